"""The default page: its formulas, and what its text says around them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tests.reading.checks import Findings, examined, matrix_of, written
from tests.reading.faults import Fault, Unreadable, Untrue
from tests.reading.latex import parsed
from tests.reading.told import Given
from tests.reading.tree import SKIP, Braced, Chain, Entry, Name, Node, Num, Ones, Partial, Shape
from tests.reading.worlds import World, world


@dataclass
class Report:
    """What a page says: how much of it was found to be true, and every fault."""

    faults: list[str] = field(default_factory=list)
    signs: int = 0
    compared: int = 0
    claims: Counter[str] = field(default_factory=Counter)
    """As in ``Findings``, and in the text: shapes, sizes, code."""
    goals: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How often each kind of goal was reached, for each matrix."""
    examples: dict[str, tuple[int | str, ...]] = field(default_factory=dict)
    """The entry of each input for which all paths are added."""


_PIECES = {
    "md": re.compile(
        r"```python\n(?P<listing>.*?)```|\$\$(?P<display>.*?)\$\$|\$(?P<inline>[^$]*)\$|`(?P<code>[^`]*)`", re.DOTALL
    ),
    "tex": re.compile(
        r"\\begin\{verbatim\}(?P<listing>.*?)\\end\{verbatim\}|\\begin\{align\*\}(?P<display>.*?)\\end\{align\*\}"
        r"|\$(?P<inline>[^$]*)\$|\\texttt\{(?P<code>.*?)\}",
        re.DOTALL,
    ),
}
_LEFT_OVER = re.compile(r"[$=&^_]|\\(?:frac|sum|partial|delta|begin\{(?!document)|\[|\()")
_WORDLESS = {r"\blacksquare"}


def displays(page: str, form: str) -> list[str]:
    """The displayed formulas of a page."""
    return [match["display"] for match in _PIECES[form].finditer(page) if match["display"]]


def read_back(page: str, form: str, given: Given) -> Report:
    """Read everything on a page that is a formula or code, and say what of it is false."""
    return _Page(page, form, given).report


class _Page:
    """A walk over the pieces of a page, with what was said last, to which the next piece refers."""

    def __init__(self, page: str, form: str, given: Given) -> None:
        self.given, self.report = given, Report()
        self.words = ""
        self.goal: Node | None = None
        """What the formula in the text before is about."""
        self.named: set[str] = set()
        """The inputs that the text since the last display names."""
        self.announced: set[Node] = set()
        """The entries that the text since the last display names."""
        self.by: Node | None = None
        """The entry by which the last list of local partials differentiates."""
        self.upstream = ""
        """The name of ∂L/∂Y in the code."""
        self.sizes: list[tuple[Node, int]] = []
        """The sizes that the text lists here."""
        self.general = False
        """They are those at which the formulas for all sizes were evaluated."""
        at = page.index(r"\title{") if form == "tex" else 0
        for match in _PIECES[form].finditer(page, at):
            self.words = page[at : match.start()]
            self._guarded(self._prose, self.words)
            if self.sizes and self.words.strip() != ",":
                self._guarded(self._all_sizes, self.words)
            self._guarded(getattr(self, f"_{match.lastgroup}"), match[match.lastgroup or 0])
            at = match.end()
        self._guarded(self._prose, page[at:])

    def _guarded(self, read: Callable[[str], None], text: str) -> None:
        try:
            read(text)
        except Fault as fault:
            self.report.faults.append(f"{type(fault).__name__.lower()}: {fault} ({' '.join(text.split())[:300]})")

    def _prose(self, text: str) -> None:
        found = _LEFT_OVER.search(text)
        if found:
            raise Unreadable(f"{found[0]!r} stands outside of every formula")

    def _formula(self, tex: str) -> Findings:
        findings = examined(tex.strip(), self.given)
        if findings.fault:
            self.report.faults.append(findings.fault)
        self.report.signs += findings.signs
        self.report.compared += findings.compared
        self.report.claims += findings.claims
        return findings

    def _display(self, tex: str) -> None:
        findings = self._formula(tex)
        if findings.idle:
            raise Unreadable("a displayed formula without an equality")
        goals = findings.goals
        self.report.goals.update(self._kind(goal) for goal in goals)
        inputs = dict(self.given.inputs)
        by = {matrix_of(goal) for goal in goals if isinstance(goal, Partial)} & inputs.keys()
        if self.named and not by <= self.named:
            raise Untrue(f"the text speaks of {self.named}, the formula of {by}")
        if findings.by:
            if not self.announced <= {findings.by}:
                raise Untrue("the text takes another entry than the list of local partials")
            self.by = findings.by
        for goal in goals:
            if isinstance(goal, Partial) and goal.of == Name(self.given.loss) and written(goal.by, matrix_of(goal.by)):
                if goal.by != self.by:
                    raise Untrue("the paths are added for another entry than that of the local partials")
                self.report.examples[goal.by.matrix] = goal.by.indices
        self.named, self.announced = set(), set()

    def _kind(self, goal: Node) -> tuple[str, str]:
        """What is derived, and for which matrix."""
        if isinstance(goal, Braced):
            goal = goal.body
        if not isinstance(goal, Partial):
            return ("definition" if isinstance(goal, Entry) else "matrix"), matrix_of(goal)
        what = "gradient" if goal.of == Name(self.given.loss) else "local"
        if isinstance(goal.by, Name):
            return what, matrix_of(goal.by)
        return f"{what} {'entry' if written(goal.by, matrix_of(goal.by)) else 'proof'}", matrix_of(goal.by)

    def _inline(self, tex: str) -> None:
        if tex in _WORDLESS or re.fullmatch(r"[\d^{}\s-]+", tex) or tex in self.given.letters:
            # A number, a sign or a size claims nothing, unless it counts the ones just named.
            if isinstance(self.goal, Ones) and self.goal.size != Name(tex):
                raise Untrue(f"{tex} ones, after {self.goal}")
            self.goal = None
            return
        lines = parsed(tex, self.given)
        first = lines[0].sides[0] if isinstance(lines[0], Chain) else SKIP
        if isinstance(first, Name) and first.name in self.given.letters:
            self._sizes(lines)
        elif isinstance(first, Shape):
            self._shape(first)
        else:
            self._formula(tex)
            self._mentioned(first)
        self.goal = first

    def _sizes(self, lines: Sequence[Node]) -> None:
        """m = 2, n = 3, in one formula or in several."""
        if not self.sizes:
            self.general = "for all sizes" in self.words
        for line in lines:
            if not (isinstance(line, Chain) and len(line.sides) == 2 and isinstance(line.sides[1], Num)):
                raise Unreadable("a size has no number")
            self.sizes.append((line.sides[0], line.sides[1].number))

    def _all_sizes(self, _: str) -> None:
        """They are the sizes of the page, or, where the text speaks of all sizes, different ones."""
        sizes, self.sizes = self.sizes, []
        if [letter for letter, _ in sizes] != [Name(letter) for letter in self.given.letters]:
            raise Untrue("these are not the sizes of the operation")
        numbers = [number for _, number in sizes]
        if self.general and (len(set(numbers)) < len(numbers) or min(numbers) < 2):
            raise Untrue(f"the sizes {numbers} can be confused")
        if not self.general and numbers != [number for _, number in self.given.sizes]:
            raise Untrue(f"{numbers} are not the sizes of the page")
        self.report.signs += len(numbers)
        self.report.claims["sizes"] += 1

    def _shape(self, shape: Shape) -> None:
        """A shape in the text is that of the matrix named before."""
        matrix = matrix_of(self.goal)
        letters = self.given.shapes.get(matrix, ())
        if tuple(Num(1) if letter == "1" else Name(letter) for letter in letters) != shape.sizes:
            raise Untrue(f"{matrix or 'what stands before'} is of another shape")
        self.report.claims["shapes"] += 1

    def _mentioned(self, first: Node) -> None:
        if isinstance(first, Name) and first.name in dict(self.given.inputs):
            self.named.add(first.name)
        if isinstance(first, Entry) and first.matrix != self.given.output[0]:
            self.announced.add(first)
        if self.words.rstrip().endswith("has the shape of") or re.search(r"\bthat of\s*$", self.words):
            if not isinstance(self.goal, Partial) or self.goal.by != first:
                raise Untrue("a gradient has the shape of its own denominator")
            self.report.claims["shapes"] += 1
        if self.words == " for " and self.upstream:
            if first != Partial(Name(self.given.loss), Name(self.given.output[0])):
                raise Untrue("the name in the code stands for something else")
            self.report.claims["code"] += 1

    def _code(self, text: str) -> None:
        self.upstream = text

    def _listing(self, text: str) -> None:
        """The NumPy lines, run on small numbers at the sizes of the page and at others."""
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        for sizes in [self.given.sizes, *self.given.general]:
            self._run(lines, world(World, self.given, sizes, 1000))
        self.report.claims["code"] += len(lines)

    def _run(self, lines: Sequence[str], at: World) -> None:
        values: dict[str, Any] = {"np": np, "__builtins__": {}}
        results = {at.out: at.matrix(at.out, lambda variable: at.number(variable).value)}
        for name, _ in self.given.inputs:
            values[name] = np.array(at.matrix(name, lambda variable: at.number(variable).value))
            results[f"d{name}"] = at.matrix(name, at.gradient)
        values[self.upstream] = np.array(at.matrix(at.out, at.gradient))
        targets = []
        for line in lines:
            target = line.split("=")[0].strip()
            targets.append(target)
            try:
                exec(line, values)  # what the page shows is what is tested
            except Exception as error:  # whatever goes wrong in the code of the page is a fault of the page
                raise Untrue(f"{line} fails: {error}") from None
            if target not in results or not np.array_equal(values[target], np.array(results[target])):
                raise Untrue(f"{line} computes something else, or another shape")
        if sorted(targets) != sorted(results):
            raise Untrue(f"the code computes {targets}, not {list(results)}")
