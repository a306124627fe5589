"""A whole document: all its formulas, and what its sentences say about them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

from tests.reading.checks import Findings, check, examined, literal, matrix_of, written
from tests.reading.definitions import composition, declarations, declared
from tests.reading.ellipsis import settled
from tests.reading.faults import Fault, Unreadable, Untrue
from tests.reading.files import Piece, pieces
from tests.reading.latex import Parser, parsed
from tests.reading.numbers import Variable, shape_of
from tests.reading.sentences import Sentence
from tests.reading.told import Given, additivity, chain_rule
from tests.reading.tree import (
    SKIP,
    Chain,
    Delta,
    Dots,
    Entry,
    Entrywise,
    Flattened,
    Grid,
    Name,
    Negative,
    Node,
    Num,
    Partial,
    Picked,
    Product,
    Shape,
    Sized,
    Sum,
    parts,
)
from tests.reading.values import Evaluation, counted
from tests.reading.worlds import World, world


@dataclass(frozen=True)
class Found:
    """Something that is wrong: the formula or the sentence, and why."""

    formula: str
    reason: str
    where: str = ""

    def __str__(self) -> str:
        return f"{self.reason} in {self.formula}" + (f" ({self.where})" if self.where else "")


@dataclass(frozen=True)
class Displayed:
    """A numbered formula, and what it calculates: see ``Report.goals``."""

    text: str
    kinds: tuple[tuple[str, str], ...]


@dataclass
class Signs:
    """Signs of equality: how many stand in the formulas, and how many were read as claims."""

    seen: int = 0
    read: int = 0


@dataclass
class Report:
    """What a document says: how much of it was found to be true, and every fault."""

    faults: list[Found] = field(default_factory=list)
    signs: Signs = field(default_factory=Signs)
    compared: int = 0
    """Pairs of numbers that were compared."""
    claims: Counter[str] = field(default_factory=Counter)
    """How many of each kind were found to be true: see ``Findings``; and display, inline, sentence, list, ..."""
    goals: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How often each kind of goal was reached, for each matrix: ("gradient", "W"), ("local entry", "X"), ..."""
    sentences: Counter[str] = field(default_factory=Counter)
    """How often each sentence occurs, by its template."""
    style: dict[str, set[str]] = field(default_factory=dict)
    """The notation that was met: see ``Parser.style``."""


_LEFT_OVER = re.compile(r"[$^]|\\[A-Za-z(\[]|(?<![\w/])[A-Za-z]_[\w{]|\w_\{")
_RANGE = re.compile(r"([a-z])\s*=\s*1,\s*(?:\\[lc]?dots|\.\.\.)\s*,\s*([A-Za-z])")
_CONDITION = re.compile(r"([a-z])\s*(=|\\neq?(?![A-Za-z]))\s*([a-z])")
_CONDITIONAL = re.compile(r"\s*,?\s*(?:only\s+)?(if|for|when|where|whenever|unless)(?:\s+only)?\s*$")
_SHAPED = re.compile(
    r"(?:,\s)?(?:is|of shape|has shape|has the shape|is of shape|is of the shape|of the shape|with shape)"
)
"""What may stand between a matrix and its shape."""
_PLAIN = re.compile(r"[-+\d\s.{}()]+|\\blacksquare|\d+\^\{?-?\d+\}?(?:\s*-\s*\d+)?|10\^\{-\d+\}")
_NAMELESS = "stands for nothing"
_EXCLUSIVE = ("differential", "matrix", "transpose", "bold")
"""What a document does not mix."""


def read_document(
    text: str,
    form: str,
    given: Given,
    *,
    others: Sequence[Given] = (),
    notation: Mapping[str, Any] | None = None,
    sentences: Sequence[Sentence] = (),
    lists: bool = True,
    turns: Mapping[str, Given] | None = None,
) -> Report:
    """Read everything in a file that is a formula, and say what of it is false or cannot be read.

    Args:
        text: the file.
        form: its format: md, github, marp, html, jekyll, standalone, tex, ipynb.
        given: the operation, the names and the sizes.
        others: what else the document speaks of: the operation under a certain loss, an exercise.
        notation: how it should be written, as far as that matters: differential ("partial", "d"), bold ("",
            "mathbf", "boldsymbol"), matrix ("bmatrix", "pmatrix"), transpose ("top", "T"), comma, capital, over
            (True, False).
        sentences: what its prose claims.
        lists: whether neighbouring formulas about the entries of one matrix have to be all of them, in order.
        turns: words from which on the document speaks of another operation, and no more of the first.
    """
    return Document(text, form, given, others, notation or {}, sentences, lists, turns).report


class Document:
    """A walk over the pieces of a document."""

    def __init__(
        self,
        text: str,
        form: str,
        given: Given,
        others: Sequence[Given] = (),
        notation: Mapping[str, Any] | None = None,
        sentences: Sequence[Sentence] = (),
        lists: bool = True,
        turns: Mapping[str, Given] | None = None,
    ) -> None:
        self.lists, self.notation, self.turns = lists, notation or {}, turns or {}
        self.report = Report()
        self._speak_of(given, others)
        self.style: Counter[tuple[str, str]] = Counter()
        self.numbered: list[str] = []
        self.displayed: dict[str, Displayed] = {}
        """The numbered formulas, by their number or label."""
        self.indices: set[str] = set(given.letters)
        """The letters that are indices or sizes somewhere."""
        self.lone: list[str] = []
        self.kinds: tuple[tuple[str, str], ...] = ()
        """What the last display calculates."""
        self.goal_tex = ""
        """The goal of the last display, with which a display goes on that begins with a sign of equality."""
        self.factors: tuple[Node, ...] = ()
        """The factors of the last product that was displayed."""
        self.last: tuple[Chain, ...] = ()
        self.run: list[Node] = []
        """The goals of neighbouring formulas that list the entries of one matrix."""
        self.declarations = ""
        """The functions and variables whose spaces were told last."""
        self.before, self.between = "", ""
        """The formula before in the text, and the words since."""
        self.begun: dict[tuple[Any, ...], list[Variable | None]] = {}
        """Lists that go on elsewhere, on the next slide for instance."""
        self.announced: set[str] = set()
        self.chosen: Node | None = None
        self.assignments: list[tuple[str, int]] = []
        self.where = ""
        self.sentences = sentences
        self.matched = self.report.sentences
        self.prose = ""
        self._walk(pieces(text, form))
        self._end()

    def _speak_of(self, given: Given, others: Sequence[Given] = ()) -> None:
        self.given = given
        self.contexts = [given, *others, chain_rule(given.loss), chain_rule(given.loss, "u"), additivity()]
        self.page = world(World, given, given.sizes)

    # the walk

    def _walk(self, found: Sequence[Piece]) -> None:
        for place, piece in enumerate(found):
            after = found[place + 1 :]
            if piece.kind == "words":
                self.between += piece.text
                self._guarded(self._words, piece.text)
            elif piece.kind == "inline":
                self._guarded(lambda tex, after=after: self._inline(tex, after), piece.text)
                self.prose += f"${' '.join(piece.text.split())}$"
                self.before, self.between = piece.text, ""
            elif piece.kind == "display":
                self.before = ""
                self._sentences()
                self._numbers(piece.numbers)
                self.kinds = ()
                self._guarded(self._display, piece.text)
                self.displayed |= {number: Displayed(piece.text, self.kinds) for number in piece.numbers}
            elif piece.kind == "code":
                self.prose += piece.text
            elif piece.kind == "fault":
                self._fault("", piece.text)
        self._sentences()
        self._list_ends()
        self._sizes_end()

    def _guarded(self, read: Callable[[str], Any], text: str) -> None:
        try:
            read(text)
        except Fault as fault:
            self._fault(text, f"{type(fault).__name__.lower()}: {fault}")

    def _fault(self, text: str, reason: str) -> None:
        self.report.faults.append(Found(" ".join(text.split())[:2000], reason, self.where))

    def _end(self) -> None:
        for family, found in self.begun.items():
            self._fault(", ".join(map(str, found)), f"untrue: the list of all {family[:2]} ends too early")
        for given in self.contexts:
            if 0 < len(given.numbers) < len(given.inputs):
                self._fault(str(given.numbers), "untrue: an exercise without numbers for all inputs")
        names = {name for given in self.contexts[:-1] for name in (*given.shapes, *given.scalars, *given.letters)}
        for letter in self.lone:
            if letter not in self.indices | names | {f for given in self.contexts for f, _ in given.functions}:
                self._fault(letter, "unreadable: the letter stands for nothing")
        for sentence in self.sentences:
            if self.matched[sentence.template] < sentence.at_least:
                self._fault(sentence.template, "untrue: this sentence is not in the document")
        for kind, value in self.style:
            self.report.style.setdefault(kind, set()).add(value)
        for kind, values in self.report.style.items():
            told = self.notation.get(kind)
            if kind in _EXCLUSIVE and len(values) > 1:
                self._fault("", f"untrue: mixed notation: {kind} is {' and '.join(sorted(values))}")
            if told is not None and not _told(kind, told, values):
                self._fault("", f"untrue: {kind} should be {told} and is {' and '.join(sorted(values))}")
        if self.report.signs.seen != self.report.signs.read and not self.report.faults:
            self._fault("", f"unreadable: {self.report.signs.read} of {self.report.signs.seen} signs = were read")

    # words

    def _words(self, text: str) -> None:
        self.where = " ".join(text.split())[-60:] or self.where
        for words, given in self.turns.items():
            if words in " ".join(text.split()):
                self._speak_of(given)
        if text.strip() not in ("", ",", "and", ", and", "."):
            self._sizes_end()
        if len(text.split()) > 3:
            self._list_ends()
        self.prose += text
        for label in re.findall(r"⟨ref ([^⟩]*)⟩", text):
            self._reference(label)
        if self.numbered:
            for number in re.findall(r"(?<![\w)])\((\d{1,3})\)", text):
                self._reference(number)
        found = _LEFT_OVER.search(re.sub(r"⟨ref [^⟩]*⟩", "", text))
        if found:
            raise Unreadable(f"{found[0]!r} stands outside of every formula")

    def _reference(self, number: str) -> None:
        if number not in self.numbered:
            self._fault(number, "untrue: a reference to a formula that is not above")
        self.report.claims["references"] += 1

    def _numbers(self, numbers: Sequence[str]) -> None:
        for number in numbers:
            if number in self.numbered:
                self._fault(number, "untrue: two formulas have this number")
            before = [int(n) for n in self.numbered if n.isdigit()]
            if number.isdigit() and before and int(number) != before[-1] + 1:
                self._fault(number, f"untrue: it stands behind {before[-1]}")
            self.numbered.append(number)

    def _sentences(self) -> None:
        """The sentences between two displays."""
        prose, self.prose = " ".join(self.prose.split()), ""
        for sentence in self.sentences:
            for match in sentence.pattern.finditer(prose):
                self.matched[sentence.template] += 1
                values = sentence.values(match)
                before = len(self.report.faults)
                self._guarded(lambda _, s=sentence, v=values: s.check(self, **v), match[0])
                self.report.claims["sentences"] += before == len(self.report.faults)

    # inline formulas

    def _inline(self, tex: str, after: Sequence[Piece]) -> None:
        tex = tex.strip()
        if not tex:
            raise Unreadable("an empty formula")
        self.report.claims["inline"] += 1
        self.report.signs.seen += _signs(tex)
        if _PLAIN.fullmatch(tex):
            return
        if re.fullmatch(r"[a-z]|[A-Z]", tex) and tex not in (*self.given.shapes, self.given.loss):
            self.lone.append(tex)
            return
        if match := _RANGE.fullmatch(tex):
            self._counts_up_to(match[1], match[2])
            self.report.signs.read += _signs(tex)
            return
        if (match := _CONDITION.fullmatch(tex)) and match[1] not in self.given.letters:
            self.lone += [match[1], match[3]]
            self.report.claims["conditions"] += 1
            self.report.signs.read += _signs(tex)
            return
        assigned = re.fullmatch(r"([A-Za-z])\s*=\s*(\d+)", tex)
        if assigned and assigned[1] in self.given.letters:
            self.assignments.append((assigned[1], int(assigned[2])))
            self.report.signs.read += 1
            return
        if re.fullmatch(r"\(?\s*(?:[a-z]|\d+)\s*,\s*(?:[a-z]|\d+)\s*\)?", tex):
            self.lone += re.findall(r"[a-z]", tex)
            return
        if match := re.fullmatch(r"1\s*\\leq?\s*([a-z])\s*\\leq?\s*([A-Za-z])", tex):
            self._counts_up_to(match[1], match[2])
            return
        if match := re.fullmatch(r"\\mathbb\{R\}(?:\^(?:\{([^{}]*)\}|(\w)))?", tex):
            if r"\times" in (match[1] or ""):
                self._mentioned(match[1], after)
            return
        self._mentioned(tex, after)

    def _mentioned(self, tex: str, after: Sequence[Piece]) -> None:
        """A formula in a sentence: true if it claims something, and at least readable if not."""
        findings = self.judged(tex)
        if findings.fault and not findings.unreadable and (condition := _condition_after(after)):
            word, other = condition
            sign = "≠" if ("neq" in other or r"\ne" in other) != (word == "unless") else "="
            index, _, letter = _CONDITION.fullmatch(other).groups()  # type: ignore[union-attr]
            findings = self.judged(
                rf"{tex} \quad \text{{for }} {index} {'=' if sign == '=' else chr(92) + 'neq'} {letter}"
            )
        if findings.fault:
            self._fault(tex, findings.fault)
            return
        self._counted(findings)
        first = findings.chains[0].sides[0] if findings.chains else None
        if isinstance(first, Shape) and len(findings.chains) == 1 and not findings.signs:
            self._some_shape(first)
            if self.before and _SHAPED.fullmatch(" ".join(self.between.split())):
                self._shape_of(self.before, first)
        if self.run and findings.signs:
            self._list_ends()

    def _some_shape(self, shape: Shape) -> None:
        """A shape in a sentence is at least one that some matrix here has."""
        images = list(self.given.images or ())[1:]
        sizes = [size.number for size in shape.sizes if isinstance(size, Num) and size.number != 1]
        if images and sizes in ([size for size in images if size != 1], [size for size in images[1:] if size != 1]):
            self.report.claims["shapes"] += 1
            return
        shapes = [shape for given in self.contexts[:-3] for shape in given.shapes.values()]
        known = {*shapes, *(shape[::-1] for shape in shapes)}
        letters = tuple("1" if size == Num(1) else size.name if isinstance(size, Name) else "" for size in shape.sizes)
        numbers = tuple(size.number if isinstance(size, Num) else 0 for size in shape.sizes)
        lengths = {**dict(self.given.sizes), "1": 1}
        if letters not in known and numbers not in {tuple(lengths[x] for x in shape) for shape in known}:
            raise Untrue("nothing here has this shape")
        self.report.claims["shapes"] += 1
        return

    def _shape_of(self, tex: str, shape: Shape) -> None:
        """X of shape m × k: of X as the document has it, or in one of its examples."""
        known = False
        for given in self.contexts[:-3]:
            try:
                side = next(line.sides[0] for line in parsed(tex, given) if isinstance(line, Chain))
                sizes = (
                    [given.sizes]
                    if any(isinstance(size, Num) and size != Num(1) for size in shape.sizes)
                    else given.general
                )
                worlds = [world(World, given, at) for at in sizes]
                found = [
                    (shape_of(Evaluation(at, {})(side)), tuple(map(Evaluation(at, {}), shape.sizes))) for at in worlds
                ]
            except Fault:
                continue
            known = known or any(actual for actual, _ in found)
            if all(actual == told for actual, told in found):
                self.report.claims["shapes"] += 1
                return
        if known:
            raise Untrue(f"{tex} has another shape")

    def _counts_up_to(self, index: str, size: str) -> None:
        if size not in self.given.letters:
            raise Untrue(f"{index} counts up to {size}, which is no size")
        if self.last:
            self.counts(index, size)
        self.indices.add(index)
        self.report.claims["ranges"] += 1

    def _sizes_end(self) -> None:
        """m = 2, k = 4, n = 3: the sizes of the page, or pairwise different ones."""
        assigned, self.assignments = self.assignments, []
        if not assigned:
            return
        page = dict(self.given.sizes)
        if all(page[letter] == number for letter, number in assigned):
            self.report.claims["sizes"] += 1
            return
        numbers = [number for _, number in assigned]
        if len({letter for letter, _ in assigned}) < len(page) or len(set(numbers)) < len(numbers) or min(numbers) < 2:
            self._fault(", ".join(f"{letter} = {number}" for letter, number in assigned), "untrue: not the sizes")
        self.report.claims["sizes"] += 1

    # displays

    def _display(self, tex: str) -> None:
        tex = tex.strip()
        if not tex:
            raise Unreadable("an empty formula")
        self.report.claims["display"] += 1
        self.report.signs.seen += _signs(tex)
        self._sizes_end()
        if tex.startswith(("=", "&=", "& =")):
            if not self.goal_tex:
                raise Unreadable("a display continues nothing")
            tex = f"{self.goal_tex} {tex.lstrip('&')}"
        else:
            self.goal_tex = re.sub(r"^\\begin\{\w+\}", "", tex.split("=")[0]).replace("&", "").strip()
        findings = self.judged(tex)
        if findings.fault:
            self._list_ends()
            self._fault(tex, findings.fault)
            return
        self._counted(findings)
        self.kinds = tuple(_kind(goal, self.given) for goal in findings.goals)
        if findings.idle:
            self._shown(findings)
        self.last = findings.chains
        general = any(_names_sizes(goal, self.given) for goal in findings.goals)
        if general:
            self._list_ends()
        for line in findings.lines:
            if isinstance(line, Chain):
                self._goal(line.sides[0], not general)
            elif self.run:
                self.run.append(SKIP)
            elif line is findings.lines[0]:
                raise Unreadable("dots for lines before all others")
        for chain in findings.chains:
            for side in chain.sides:
                if isinstance(side, (Entrywise, Product)):
                    self.factors = side.factors
        self._about(findings)

    def _shown(self, findings: Findings) -> None:
        """A matrix that is drawn without its name has to be one that has a name."""
        for chain in findings.chains:
            if len(chain.sides) > 1 or chain.member is not None:
                continue
            (side,) = chain.sides
            if isinstance(side, Flattened):
                continue  # it claims an order, which is checked
            body = side.body if isinstance(side, Sized) else side
            if not isinstance(body, Grid):
                raise Unreadable("a displayed formula without an equality")
            names = [
                *self.given.shapes,
                *(rf"\frac{{\partial {self.given.loss}}}{{\partial {n}}}" for n in self.given.shapes),
            ]
            cell = body.rows[0][0]
            of = matrix_of(cell)
            goal: Node = Name(of) if isinstance(cell, Entry) else Partial(Name(self.given.loss), Name(of))
            if of not in names:
                raise Unreadable("a matrix without a name")
            check(Chain((goal, side)), self.given, Findings())

    def _about(self, findings: Findings) -> None:
        """The sentences before have announced a matrix, or an entry."""
        announced, self.announced = self.announced, set()
        goals = [goal.by for goal in findings.goals if isinstance(goal, Partial)]
        inputs = dict(self.given.inputs)
        matrices = {matrix_of(goal) for goal in goals} & set(inputs)
        if announced & set(inputs) and matrices and not matrices <= announced:
            raise Untrue(f"the text speaks of {sorted(announced)}, the formula of {sorted(matrices)}")
        chosen = self.chosen
        if isinstance(chosen, Entry):
            entries = [goal for goal in goals if isinstance(goal, Entry) and goal.matrix == chosen.matrix]
            if entries and all(goal != chosen for goal in entries) and len(set(entries)) == 1:
                raise Untrue("the text takes another entry than the formula")

    def _goal(self, goal: Node, listed: bool) -> None:
        self.report.goals[_kind(goal, self.given)] += 1
        if listed:
            self._listed(goal)

    # lists of entries

    def _listed(self, goal: Node) -> None:
        """Goals about the entries of one matrix, or local partials by one entry, belong together."""
        if not _entrylike(goal, self.given):
            self._list_ends()
            return
        if self.run and _family(self.run[0], self.given) != _family(goal, self.given):
            self._list_ends()
        self.run.append(goal)

    def _list_ends(self) -> None:
        run, self.run = self.run, []
        if not self.lists or not run or (len(run) < 2 and _family(run[0], self.given) not in self.begun):
            return
        name = _family(run[0], self.given)[1]
        rows, columns = self.page.shapes[name]
        order = [(name, i, j) for i, j in product(range(1, rows + 1), range(1, columns + 1))]
        found = [
            None if goal == SKIP else self.variable(goal.of if _is_local(goal, self.given) else _entry(goal))
            for goal in run
        ]
        expected = [order]
        if _is_local(run[0], self.given):
            by = self.variable(run[0].by)  # type: ignore[attr-defined]
            expected.append([of for of in order if self.page.local(of, by)])
        family = _family(run[0], self.given)
        whole = [*self.begun.pop(family, []), *found]
        if any(_in_order(whole, wanted) for wanted in expected):
            self.report.claims["lists"] += 1
        elif any(_in_order(whole, wanted, begun=True) for wanted in expected):
            self.begun[family] = whole
        else:
            self._fault(", ".join(map(str, found)), f"untrue: this is no list of all entries of {name} in order")

    # formulas

    def judged(self, tex: str) -> Findings:
        """The findings about a formula, in the first context in which it is true; else those that say most."""
        found = []
        for place, given in enumerate(self.contexts):
            if given.exercise:
                given = self._captured(tex, place)
                if isinstance(given, Findings):
                    if not given.fault:
                        return given
                    found.append(given)
                    continue
            findings = examined(tex, given, False)
            if not findings.fault and findings.idle:
                findings = self._evaluated(findings, given, tex)
            if not findings.fault:
                if place <= len(self.contexts) - 4:
                    self.style.update(findings.style)
                return findings
            found.append(findings)
        composed = composition(tex, self.given.loss)
        if not composed.unreadable:
            return composed
        if r"\mathbb" in tex or ":" in tex or self.declarations:
            findings = declared(tex, self.given, self.declarations)
            if not findings.fault:
                if findings.claims["types"]:
                    self.declarations = declarations(tex)
                return findings
            found.insert(0 if r"\mathbb" in tex else len(found), findings)
        return min(found, key=lambda findings: (findings.unreadable, _NAMELESS in findings.fault))

    def _captured(self, tex: str, place: int) -> Given | Findings:
        """The context of an exercise, with the numbers that the formula gives for its inputs."""
        given = self.contexts[place]
        try:
            chains = parsed(tex, given)
        except Fault:
            return given
        numbers = dict(given.numbers)
        captured = 0
        for chain in chains:
            if not (isinstance(chain, Chain) and len(chain.sides) == 2 and isinstance(chain.sides[0], Name)):
                continue
            name, side = chain.sides[0].name, chain.sides[1]
            grid = side.body if isinstance(side, Sized) else side
            if name not in dict(given.inputs) or not isinstance(grid, Grid) or not literal(grid):
                continue
            rows = tuple(tuple(_integer(cell) for cell in row) for row in grid.rows)
            lengths = {**dict(given.sizes), "1": 1}
            expected = tuple(lengths[letter] for letter in given.shapes[name])
            shape = side.shape.sizes if isinstance(side, Sized) else ()
            fault = ""
            if (len(rows), len(rows[0])) != expected or (shape and shape != tuple(map(Num, expected))):
                fault = f"untrue: {name} is {expected} in {tex}"
            if numbers.setdefault(name, rows) != rows:
                fault = f"untrue: {name} had other numbers before, or was told to have, in {tex}"
            if fault:
                return Findings(signs=1, fault=fault)
            captured += 1
        self.contexts[place] = replace(
            given, numbers=tuple((name, numbers[name]) for name, _ in given.inputs if name in numbers)
        )
        if captured and captured == len(chains):
            goals = tuple(chain.sides[0] for chain in chains if isinstance(chain, Chain))
            parser = Parser(tex, given)
            parser.formula()
            self.style.update(parser.style)
            return Findings(signs=captured, claims=Counter(numbers=captured), goals=goals)
        return self.contexts[place]

    def _evaluated(self, findings: Findings, given: Given, tex: str) -> Findings:
        """What claims nothing names at least something that exists."""
        try:
            for chain in findings.chains:
                if len(chain.sides) == 1 and chain.member is None:
                    _exists(chain.sides[0], given)
        except Fault as fault:
            return replace(
                findings,
                unreadable=isinstance(fault, Unreadable),
                fault=f"{type(fault).__name__.lower()}: {fault} in {tex}",
            )
        return findings

    def _counted(self, findings: Findings) -> None:
        self.report.signs.read += findings.signs
        self.report.compared += findings.compared
        self.report.claims += findings.claims
        for part in parts(findings.chains):
            if isinstance(part, (Entry, Picked, Delta)):
                self.indices |= {index for index in part.indices if isinstance(index, str)}
            elif isinstance(part, Sum):
                self.indices.add(part.index)
            elif isinstance(part, Name) and len(part.name) == 1:
                self.indices.add(part.name)

    # what the checks of sentences need

    def tree(self, tex: str) -> Node:
        """One formula without an equality."""
        lines = parsed(tex.strip(), self.given)
        if len(lines) != 1 or not isinstance(lines[0], Chain) or len(lines[0].sides) != 1:
            raise Unreadable(f"one term should stand for {tex}")
        return lines[0].sides[0]

    def worlds(self, node: Node | None) -> list[World]:
        """Where a claim about shapes is looked at: for letters at all sizes, for numbers at those of the page."""
        numbers = node is not None and any(isinstance(part, Num) and part.number > 1 for part in parts(node))
        return [world(World, self.given, sizes) for sizes in ([self.given.sizes] if numbers else self.given.general)]

    def value(self, node: Node, at: World) -> Any:
        """The value of a node without free indices."""
        return Evaluation(at, {})(settled(node, at.sizes))

    def variable(self, node: Node) -> Variable:
        """The entry of the page that a node names."""
        return Evaluation(self.page, {}).variable(node)

    def readable(self, tex: str) -> None:
        """It names something that exists."""
        _exists(self.tree(tex), self.given)

    def claim(self, tex: str) -> None:
        """A formula has to be true."""
        findings = self.judged(tex)
        if findings.fault:
            raise Untrue(findings.fault)

    def claim_equal(self, a: Node, b: Node) -> None:
        """Two parts of formulas have to be the same: matrices drawn with their labels, or without."""
        check(Chain((b, a)), self.given, Findings())

    def counts(self, index: str, size: str) -> None:
        """In the last display, an index counts what there are so many of."""
        (sizes,) = self.given.general[:1]
        at = world(World, self.given, sizes)
        expected = at.sizes.get(size, int(size) if size.isdigit() else None)
        found: set[int] = set()
        for chain in self.last:
            found |= counted(at, chain.sides).get(index, set())
        if found and found != {expected}:
            raise Untrue(f"{index} does not count up to {size}")


def _told(kind: str, told: Any, values: set[str]) -> bool:
    """Whether what was met is what was told; without commas says nothing from 10 on."""
    if kind == "capital":
        return values == {str(told)} or not told
    return values == {str(told)}


def _signs(tex: str) -> int:
    """The signs of equality, without those of the limits of sums."""
    tex = re.sub(r"\\(?:tag\*?|label)\{[^{}]*\}", "", tex)
    return len(re.findall(r"=", re.sub(r"_\{\s*\w\s*=\s*\w+\s*\}", "", tex)))


def _condition_after(after: Sequence[Piece]) -> tuple[str, str] | None:
    """The word and the condition that follow a formula in its sentence."""
    if len(after) < 2 or after[0].kind != "words" or after[1].kind != "inline":
        return None
    word = _CONDITIONAL.fullmatch(after[0].text)
    if word and _CONDITION.fullmatch(after[1].text.strip()):
        return word[1], after[1].text.strip()
    return None


def _integer(cell: Node) -> int:
    if isinstance(cell, Negative) and isinstance(cell.term, Num):
        return -cell.term.number
    if not isinstance(cell, Num):
        raise Unreadable("the numbers of an exercise are integers")
    return cell.number


def _exists(node: Node, given: Given) -> None:
    """Its entries exist: with numbers at the sizes of the page or, with sizes as indices, at all."""
    if isinstance(node, (Shape, Dots)) or node == Name(given.loss):
        return
    for part in parts(node):
        if isinstance(part, Entry) and len(part.indices) < 3:
            at = world(World, given, given.sizes)
            sized = any(isinstance(i, str) and i in given.letters for i in part.indices)
            at = world(World, given, given.sizes_from(5)[0]) if sized else at
            axes = [{**at.sizes, "1": 1}[letter] for letter in given.axes(part.matrix, len(part.indices))]
            for index, size in zip(part.indices, axes, strict=True):
                number = at.sizes.get(index, 1) if isinstance(index, str) else index
                last = isinstance(index, str) and index in given.letters
                if not 1 <= number <= size or (last and number != size):
                    raise Untrue(f"{part.matrix} has no entry {part.indices}")


def _names_sizes(goal: Node, given: Given) -> bool:
    """It speaks of an entry in the last row or column, of any matrix: x_{1k}."""
    entries = [part for part in parts(goal) if isinstance(part, Entry)]
    return any(isinstance(i, str) and i in given.letters for entry in entries for i in entry.indices)


def _in_order(found: Sequence[Variable | None], order: Sequence[Variable], begun: bool = False) -> bool:
    """All of them in order, or with dots for some between the first and the last; or the first of them."""
    at, dots = 0, False
    for variable in found:
        if variable is None:
            if dots or at == 0:
                return False
            dots = True
            continue
        place = order.index(variable) if variable in order else -1
        if not (place > at if dots else place == at):
            return False
        at, dots = place + 1, False
    return begun or (not dots and at == len(order))


def _entry(goal: Node) -> Node:
    return goal.by if isinstance(goal, Partial) else goal


def _is_local(goal: Node, given: Given) -> bool:
    return isinstance(goal, Partial) and isinstance(goal.of, Entry) and goal.of.matrix == given.output[0]


def _entrylike(goal: Node, given: Given) -> bool:
    """It is about one entry of the page, with numbers for its indices."""
    if _is_local(goal, given):
        assert isinstance(goal, Partial)
        if matrix_of(goal.by) not in given.shapes:
            return False
        return written(goal.of, given.output[0]) and written(goal.by, matrix_of(goal.by)) and _on_page(goal.by, given)
    entry = _entry(goal)
    if isinstance(goal, Partial) and goal.of != Name(given.loss):
        return False
    return matrix_of(entry) in given.shapes and written(entry, matrix_of(entry)) and _on_page(entry, given)


def _on_page(entry: Node, given: Given) -> bool:
    try:
        Evaluation(world(World, given, given.sizes), {}).variable(entry)
    except Fault:
        return False
    return True


def _family(goal: Node, given: Given) -> tuple[Any, ...]:
    """What a list is about: local partials by an entry, gradients by entries of a matrix, its entries."""
    if _is_local(goal, given):
        assert isinstance(goal, Partial)
        return "local", matrix_of(goal.of), goal.by
    return type(goal).__name__, matrix_of(goal)


def _kind(goal: Node, given: Given) -> tuple[str, str]:
    """What is derived, and for which matrix."""
    body = getattr(goal, "body", goal)
    if not isinstance(body, Partial):
        return ("definition" if isinstance(body, Entry) else "matrix"), matrix_of(body)
    what = "gradient" if body.of == Name(given.loss) else "local"
    if isinstance(body.by, Name):
        return what, matrix_of(body.by)
    return f"{what} {'entry' if written(body.by, matrix_of(body.by)) else 'proof'}", matrix_of(body.by)
