"""One formula: is what it says true?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import product
from typing import Any

from tests.reading.ellipsis import Open, aligned, dotted, drawn, settled
from tests.reading.faults import Fault, Unreadable, Untrue
from tests.reading.flattening import check_flattening
from tests.reading.latex import Parser
from tests.reading.numbers import PRIME, shape_of
from tests.reading.told import Given
from tests.reading.tree import (
    SKIP,
    ZERO,
    Add,
    Braced,
    Called,
    Chain,
    Delta,
    Dots,
    Elided,
    Entry,
    Flattened,
    Grid,
    Name,
    Negative,
    Node,
    Num,
    Ones,
    Partial,
    Picked,
    Shape,
    Sized,
    Space,
    Sum,
    parts,
    rebuilt,
    terms,
)
from tests.reading.values import Evaluation, counted
from tests.reading.worlds import AnyOperation, Sizes, SparseOperation, World, world


@dataclass
class Findings:
    """What was found in a formula: how much of it was compared, and what it is about."""

    signs: int = 0
    """Signs of equality."""
    compared: int = 0
    """Pairs of numbers that were compared."""
    claims: Counter[str] = field(default_factory=Counter)
    """What else was found to be true, by kind: braces, notation, paths, lists."""
    goals: tuple[Node, ...] = ()
    lines: tuple[Node, ...] = ()
    """Chains, and dots for left out lines."""
    chains: tuple[Chain, ...] = ()
    by: Entry | None = None
    """The entry by which a list of local partials differentiates."""
    idle: bool = False
    """A part of it claims nothing: it names something, but says not what it equals."""
    style: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How it is written: see ``Parser.style``."""
    fault: str = ""
    unreadable: bool = False


@cache
def examined(tex: str, given: Given, listed: bool = True) -> Findings:
    """Read a formula and check every claim in it.

    ``listed``: a display of local partials is a list of all of them.
    """
    findings = Findings()
    try:
        parser = Parser(tex, given)
        lines = parser.formula()
        findings.style = parser.style
        chains = [line for line in lines if isinstance(line, Chain)]
        findings.goals = tuple(chain.sides[0] for chain in chains)
        findings.lines, findings.chains = tuple(lines), tuple(chains)
        findings.idle = any(
            len(chain.sides) == 1 and chain.member is None and not isinstance(chain.sides[0], Flattened)
            for chain in chains
        )
        general = any(_at_the_end(chain, given) for chain in chains)
        for chain in chains:
            check(chain, given, findings, general)
        if listed:
            _check_list(lines, given, findings)
    except Fault as fault:
        findings.unreadable = isinstance(fault, Unreadable)
        findings.fault = f"{type(fault).__name__.lower()}: {fault} in {' '.join(tex.split())}"
    except (RecursionError, MemoryError, OverflowError) as error:
        findings.unreadable = True
        findings.fault = f"unreadable: {error!r} in {' '.join(tex.split())}"
    return findings


def _at_the_end(chain: Chain, given: Given) -> bool:
    """It speaks of the last row or column, as in x_{1n}: it and the lines beside it hold at any sizes."""
    goal = chain.sides[0]
    entry = goal.by if isinstance(goal, Partial) else goal
    return isinstance(entry, Entry) and any(isinstance(i, str) and i in given.letters for i in entry.indices)


def check(chain: Chain, given: Given, findings: Findings, general: bool = False) -> None:
    """Every claim of a chain, at all sizes at which it has a meaning; ``general``: whatever its own indices are."""
    findings.signs += 0 if chain.differs else len(chain.sides) - 1
    findings.signs += sum(sign in ("=", "up to") for _, sign, _ in chain.conditions)
    if isinstance(chain.sides[0], Flattened):
        findings.compared += check_flattening(chain.sides[0], given)
        findings.claims["flattened"] += 1
        return
    if len(chain.sides) > 1 and isinstance(chain.sides[-1], Flattened):
        *others, last = chain.sides
        findings.compared += check_flattening(last, given)
        findings.claims["flattened"] += 1
        if others != [Name(given.images[0] if given.images else "")]:
            raise Unreadable("pictures beside something else")
        return
    if chain.sides[0] == Name(given.loss) and isinstance(chain.sides[-1], Called) and len(chain.sides) == 2:
        if chain.sides[1].arguments not in ((Name(given.output[0]),), (Name(given.last),)):
            raise Untrue("the loss is computed from the output")
        findings.claims["losses"] += 1
        return
    _denominators(chain, given)
    for sizes in where(chain, given, general):
        _Check(settled(chain, dict(sizes)), given, findings, sizes).run()
    findings.claims["braces"] += sum(isinstance(part, Braced) for part in parts(chain.sides))
    findings.claims["subscripts"] += sum(isinstance(part, Sized) for part in parts(chain.sides))
    findings.claims["conditions"] += len(chain.conditions)
    findings.claims["members"] += chain.member is not None


def where(chain: Chain, given: Given, general: bool = False) -> list[Sizes]:
    """Written out formulas hold at the sizes of the page, formulas with letters at any."""
    inside = parts(chain.sides)
    indices = [i for part in inside if isinstance(part, (Entry, Picked, Delta)) for i in part.indices]
    numbers = [i for i in indices if isinstance(i, int)]
    bound = {part.index for part in inside if isinstance(part, Sum)}
    letters = [i for i in indices if isinstance(i, str)]
    sized = any(isinstance(part, Name) and part.name in given.letters for part in inside)
    sized = sized or any(i in given.letters and i not in bound for i in letters)
    dots = any(isinstance(part, Dots) for part in inside)
    for grid in inside:
        if isinstance(grid, Grid) and not dots:
            own = [i for part in parts(grid) if isinstance(part, Entry) for i in part.indices]
            if any(i in given.letters and i not in bound for i in own) and any(isinstance(i, int) for i in own):
                raise Untrue("a size among the numbers of a written-out matrix")
    fixed = (
        any(isinstance(part, Grid) and not dotted(part) for part in inside)
        or any(isinstance(part, Sum) and isinstance(part.high, Num) for part in inside)
        or any(isinstance(part, Ones) and isinstance(part.size, Num) for part in inside)
    )
    goal = chain.sides[0]
    if general and numbers and not fixed:
        return given.sizes_from(max([2, *numbers]))
    if fixed or (numbers and not (letters or sized)) or (isinstance(goal, Name) and goal.name in given.letters):
        return [given.sizes]
    if dots:
        return given.sizes_from(max([5, *numbers])) if sized else [given.sizes]
    if letters or (numbers and sized):
        return given.sizes_from(max([2, *numbers]))
    return [given.sizes, *given.general]


def _denominators(chain: Chain, given: Given) -> None:
    """Every derivative in a chain is by the entry that the goal differentiates by."""
    goal = chain.sides[0]
    if not isinstance(goal, Partial) or not isinstance(goal.by, Entry):
        return
    for part in parts(chain.sides):
        upstream = isinstance(part, Partial) and part.of == Name(given.loss)
        if isinstance(part, Partial) and not upstream and part.by != goal.by:
            raise Untrue(f"a derivative by {part.by} on the way to one by {goal.by}")


def literal(side: Node) -> bool:
    """Made of numbers: it can be true for certain numbers only."""
    inside = parts(side)
    grids = [part for part in inside if isinstance(part, Grid) and not dotted(part)]
    if any(not any(isinstance(part, _NAMED) for part in parts(grid)) for grid in grids):
        return True
    return not any(isinstance(part, _NAMED) for part in inside)


_NAMED = (Name, Entry, Partial, Called, Ones, Delta, Dots)


class _Check:
    """The claims of one chain of equalities, at certain sizes."""

    def __init__(self, chain: Chain, given: Given, findings: Findings, sizes: Sizes) -> None:
        self.chain, self.given, self.findings, self.sizes = chain, given, findings, sizes
        self.goal, *self.sides = chain.sides
        self.subject = self.goal.body if isinstance(self.goal, Braced) else self.goal
        self.right = [parts(side) for side in self.sides]
        self.everything = [*parts(self.goal), *(part for side in self.right for part in side)]
        self.named = [side for side in self.sides if self._shows_names(side)]
        self.paths = [
            side
            for side, inside in zip(self.sides, self.right, strict=True)
            if self._about_gradient() and any(self._is_local(part) for part in _without_labels(side, inside))
        ]

    def run(self) -> None:
        self._sought()
        for part in self.everything:
            if isinstance(part, Grid):
                self._in_place(part)
        self.arbitrary = replace(self.given, total=None, exercise=False, numbers=())
        here = world(World, self.arbitrary, self.sizes)
        held = 0
        for indices in self._free(here):
            held += 1
            self.indices = indices
            self._labels()
            if self.chain.differs:
                self._differences(Evaluation(here, indices))
                continue
            self._equalities(here)
            if not self._layered():
                self._anywhere()
            if self.chain.member is not None:
                self._member(Evaluation(here, indices), self.chain.member)
        if not held:
            raise Untrue("the condition is met by no index")

    def _in_place(self, grid: Grid) -> None:
        """A matrix of the entries of one matrix, of its shape or turned, has each in its own place.

        Beside a matrix with zeros the values alone would not tell.
        """
        cells = [[cell.by if self._is_gradient(cell) else cell for cell in row] for row in grid.rows]
        names = {cell.matrix if isinstance(cell, Entry) else "" for row in cells for cell in row}
        if len(names) > 1 or names == {""} or dotted(grid) or len({len(row) for row in cells}) > 1:
            return
        shape = world(World, self.given, self.sizes).shapes[names.pop()]
        straight = [[(i, j) for j in range(1, shape[1] + 1)] for i in range(1, shape[0] + 1)]
        places = [[cell.indices for cell in row] for row in cells]  # type: ignore[attr-defined]
        here = (len(cells), len(cells[0]))
        if 1 in shape or not all(isinstance(i, int) for row in places for indices in row for i in indices):
            return
        turned = [list(column) for column in zip(*straight, strict=True)]
        if here in (shape, shape[::-1]) and places not in (straight, turned):
            raise Untrue("a matrix of entries has one in the place of another")

    def _is_gradient(self, cell: Node) -> bool:
        return isinstance(cell, Partial) and cell.of == Name(self.given.loss)

    # free indices

    def _free(self, at: World) -> Iterator[dict[str, int]]:
        """All values of the indices that the goal leaves free; the other sides may have no more."""
        bound = {part.index for part in parts(self.goal) if isinstance(part, Sum)}
        ranges: dict[str, int] = {}
        for index, sizes in counted(at, self.goal).items():
            if index in bound:
                continue
            if len(sizes) > 1:
                raise Untrue(f"{index} counts two different things")
            ranges[index] = min(sizes)
        for index, sign, other in self.chain.conditions:
            if index not in ranges:
                raise Untrue(f"a condition on {index}, which does not occur")
            if sign == "up to" and at.sizes.get(str(other), 0) != ranges[index]:
                raise Untrue(f"{index} does not count up to {other}")
        for numbers in product(*(range(1, size + 1) for size in ranges.values())):
            values = dict(zip(ranges, numbers, strict=True))
            if all(_holds(values, condition) for condition in self.chain.conditions):
                yield values

    # equalities

    def _evaluations(self, side: Node) -> Iterator[Evaluation]:
        """Where a side has to hold: at random numbers under any loss; else under the given one, or for the given
        numbers, if it speaks of no gradient of the loss, or of numbers only."""
        yield Evaluation(world(World, self.arbitrary, self.sizes), self.indices)
        if self.given.total is not None and not self._uses_loss(side):
            yield Evaluation(world(World, replace(self.given, exercise=False, numbers=()), self.sizes), self.indices)
        if (
            self.given.exercise
            and self._computes()
            and literal(side)
            and len(self.given.numbers) == len(self.given.inputs)
        ):
            yield Evaluation(world(World, self.given, self.given.sizes, exact=True), self.indices)

    def _computes(self) -> bool:
        """The goal is something that an exercise asks for: no local partial, whose 0 or 1 might hold by chance."""
        return not (isinstance(self.subject, Partial) and self.subject.of != Name(self.given.loss))

    def _uses_loss(self, side: Node) -> bool:
        return any(isinstance(part, Partial) and part.of == Name(self.given.loss) for part in parts(side))

    def _agree(self, target: Node, side: Node) -> None:
        """Two parts of the chain have the same value, wherever that has a meaning."""
        faults: list[Fault] = []
        for evaluate in self._evaluations(side):
            try:
                self._same(evaluate, target, side)
                return
            except Fault as fault:
                faults.append(fault)
        raise next((fault for fault in reversed(faults) if isinstance(fault, Untrue)), faults[0])

    def _same(self, evaluate: Evaluation, target: Node, side: Node) -> None:
        """A side has the value of the goal; of a written-out matrix, every cell that is drawn.

        Where a drawn matrix does not tell its size, every size is tried: one of them has to fit.
        """
        self._trying(evaluate, lambda at: self._compared(at, at(target), side))

    def _trying(self, evaluate: Evaluation, compare: Callable[[Evaluation], None]) -> None:
        try:
            compare(evaluate)
        except Open as missing:
            first: Fault | None = None
            for size in sorted({1, *evaluate.world.sizes.values()}, reverse=True):
                hints = {**evaluate.hints, (missing.grid, missing.axis): size}
                try:
                    self._trying(Evaluation(evaluate.world, evaluate.indices, evaluate.lifted, hints), compare)
                    return
                except Fault as fault:
                    first = first or fault
            raise first or Untrue("a drawn matrix of no size") from None

    def _compared(self, evaluate: Evaluation, target: Any, side: Node) -> None:
        shape = shape_of(target)
        if isinstance(side, Sized):
            if tuple(evaluate(size) for size in side.shape.sizes) != (shape or (1, 1)):
                raise Untrue("a matrix does not have the shape of its subscript")
            side = side.body
        if isinstance(side, Braced) and isinstance(side.body, Grid) and dotted(side.body):
            side = side.body
        if isinstance(side, Grid) and shape:
            cells = drawn(side, *shape)
            for (i, j), cell in cells.items():
                if evaluate(cell) != target[i][j]:
                    raise Untrue(f"the cell in row {i + 1} and column {j + 1} is wrong")
            self.findings.compared += len(cells)
            return
        value = evaluate(side)
        if shape is None and shape_of(value) == (1, 1) and not isinstance(side, Grid):
            ((value,),) = value  # a row times a column is a number
        if shape_of(value) != shape:
            raise Untrue(f"one side is {shape or 'a number'}, the other {shape_of(value) or 'a number'}")
        if not _equal(value, target):
            raise Untrue(f"the sides differ at {evaluate.indices or 'the numbers of the page'}")
        self.findings.compared += shape[0] * shape[1] if shape else 1

    def _labels(self) -> None:
        """What is said over or under a brace, or as a subscript, of the whole below or before it."""
        for part in self.everything:
            if isinstance(part, Braced) and isinstance(part.label, Shape):
                self._shaped(part.body, part.label)
            elif isinstance(part, Braced):
                self._agree(part.label, part.body)
            elif isinstance(part, Sized) and not (isinstance(part.body, Grid) and dotted(part.body)):
                self._shaped(part.body, part.shape)

    def _shaped(self, body: Node, shape: Shape) -> None:
        faults: list[Fault] = []
        for evaluate in self._evaluations(body):
            try:
                self._trying(evaluate, lambda at: _has_shape(at, body, shape))
                return
            except Fault as fault:
                faults.append(fault)
        raise faults[-1]

    def _equalities(self, here: World) -> None:
        evaluate = Evaluation(here, self.indices)
        before = self.goal
        for side in self.sides:
            if not self.given.exercise:
                self._termwise(evaluate, before, side)
            if not isinstance(side, Elided):  # of those the terms have just been compared, hidden ones included
                self._agree(self.goal, side)
            if before is self.goal or len(terms(before)) == len(terms(side)):
                self._bodies(evaluate, before, side)
            before = side

    def _differences(self, evaluate: Evaluation) -> None:
        for side in self.sides:
            left, right = evaluate(self.goal), evaluate(side)
            if shape_of(left) == shape_of(right) and _equal(left, right):
                raise Untrue("both sides of ≠ are the same")
            self.findings.compared += 1

    def _member(self, evaluate: Evaluation, space: Node) -> None:
        """The value is in ℝ, ℝ^n (a column, or a row that has but one index) or ℝ^{m×n}."""
        if not isinstance(space, Space):
            raise Unreadable("in what?")
        sizes = tuple(evaluate(size) for size in space.sizes)
        shape = None if self.goal == Name(self.given.loss) else shape_of(evaluate(self.goal))
        fits = {0: shape in (None, (1, 1)), 1: shape is not None and shape in ((*sizes, 1), (1, *sizes))}
        if not fits.get(len(sizes), shape == sizes):
            raise Untrue(f"what has the shape {shape} is not in this space")

    def _termwise(self, evaluate: Evaluation, before: Node, side: Node) -> None:
        """Where zeros are kept, each stands in the place of a term of the sum before."""
        if len(terms(side)) == 1 or ZERO not in terms(side):
            return
        whole = [(term, evaluate(term)) for term in terms(before)]
        pairs = list(aligned(evaluate, whole, terms(side)))
        for old, new in pairs:
            self._bodies(evaluate, old, new)
        self.findings.compared += len(pairs)

    def _bodies(self, evaluate: Evaluation, before: Node, side: Node) -> None:
        """What stands under ∂/∂x is equal itself, not only its derivative."""
        old, new = self._body(before), self._body(side)
        if old is None or new is None:
            return
        if evaluate(old) != evaluate(new):
            raise Untrue("under ∂/∂x stands something else than what is differentiated")
        self.findings.compared += 1

    def _body(self, node: Node) -> Node | None:
        """The sum without the ∂/∂x before each of its terms; None if there are others."""
        if isinstance(node, Partial):
            return None if node.of == Name(self.given.loss) else node.of
        if isinstance(node, Negative):
            body = self._body(node.term)
            return body and Negative(body)
        if isinstance(node, Sum):
            body = self._body(node.body)
            return body and Sum(node.index, node.low, node.high, body)
        if isinstance(node, Add):
            bodies = [self._body(term) for term in node.terms]
            return Add(tuple(body for body in bodies if body)) if all(bodies) else None
        return None

    # what holds for any operation

    def _anywhere(self) -> None:
        """What holds for any operation: matrices are made of their entries, and the chain rule.

        There no two things are equal by chance, and no term is 0 that could hide an error.  A sum over
        those paths alone that are not 0 holds for any operation with the same zeros.
        """
        single = replace(self.arbitrary, layers=())
        elsewhere = Evaluation(world(AnyOperation, single, self.sizes), self.indices)
        sparse = Evaluation(world(SparseOperation, single, self.sizes), self.indices)
        for side in (*self.named, *self.paths):
            try:
                self._same(elsewhere, self.goal, side)
            except Untrue as fault:
                if side in self.named or self._vanishing(side):
                    raise Untrue(f"this would have to hold for any operation: {fault}") from None
                self._same(sparse, self.goal, side)
        self.findings.claims["notation"] += len(self.named)
        self.findings.claims["paths"] += len(self.paths)

    def _layered(self) -> bool:
        """It speaks of what is computed from the output."""
        layers = {name for name, _, _ in self.given.layers}
        return any(matrix_of(part) in layers for part in self.everything if isinstance(part, (Name, Entry)))

    def _vanishing(self, side: Node) -> bool:
        """Whether a term of a sum is 0."""
        evaluate = Evaluation(world(World, self.arbitrary, self.sizes), self.indices)
        return any(evaluate(term) == 0 for term in _instances(side, evaluate))

    def _is_local(self, part: Node) -> bool:
        """∂y/∂x of an entry, or of the whole output."""
        out = self.given.output[0]
        return isinstance(part, Partial) and (isinstance(part.of, Entry) or part.of == Name(out))

    def _shows_names(self, side: Node) -> bool:
        """A matrix is written out by the names of its entries: x_{11} in X, ∂L/∂x_{11} in ∂L/∂X, ∂y_{11}/∂w_{11}."""
        grid = side.body if isinstance(side, Sized) else side
        goal = self.subject
        if not isinstance(grid, Grid):
            return False
        cells = [cell for row in grid.rows for cell in row if not isinstance(cell, Dots)]
        if isinstance(goal, Name):
            own = goal.name in dict(self.given.inputs) and not self.given.exercise
            return own or any(isinstance(cell, Entry) and cell.matrix == goal.name for cell in cells)
        if not isinstance(goal, Partial):
            return False
        if isinstance(goal.by, Name):
            return any(isinstance(cell, Partial) and matrix_of(cell.by) == goal.by.name for cell in cells)
        return any(isinstance(cell, Partial) and cell.by == goal.by for cell in cells)

    def _about_gradient(self) -> bool:
        """The chain calculates the gradient of the loss by an input."""
        loss = isinstance(self.subject, Partial) and self.subject.of == Name(self.given.loss)
        return loss and matrix_of(self.subject) in dict(self.given.inputs)

    def _sought(self) -> None:
        """What is calculated does not stand on the right, except in a matrix that shows its entries."""
        for side, inside in zip(self.sides, self.right, strict=True):
            if side not in self.named and any(self._again(part) for part in inside):
                raise Untrue("what is calculated is used to calculate it")

    def _again(self, part: Node) -> bool:
        """The part is of the kind that the chain calculates: gradients, local partials or the output."""
        out = self.given.output[0]
        if self._about_gradient():
            inputs = dict(self.given.inputs)
            return isinstance(part, Partial) and part.of == Name(self.given.loss) and matrix_of(part) in inputs
        if isinstance(self.subject, Partial):
            local = self.subject.of != Name(self.given.loss) and isinstance(self.subject.of, Entry)
            return local and isinstance(part, Partial) and matrix_of(part.of) == out
        return isinstance(part, (Name, Entry)) and matrix_of(part) == matrix_of(self.subject) == out


def _without_labels(side: Node, inside: list[Node]) -> list[Node]:
    """What stands in a formula itself, not over or under its braces."""
    if not any(isinstance(part, Braced) for part in inside):
        return inside
    return parts(rebuilt(side, lambda node: node.body if isinstance(node, Braced) else node))


def _holds(values: dict[str, int], condition: tuple[str, str, int | str]) -> bool:
    index, sign, other = condition
    if sign in ("up to", "any"):
        return True
    value = other if isinstance(other, int) else values.get(other)
    if value is None:
        raise Untrue(f"a condition on {other}, which does not occur")
    return (values[index] == value) == (sign == "=")


def _has_shape(evaluate: Evaluation, body: Node, shape: Shape) -> None:
    sizes = tuple(evaluate(size) for size in shape.sizes)
    if (shape_of(evaluate(body)) or (1, 1)) != sizes:
        raise Untrue("a matrix does not have the shape that is said under it")


def _equal(a: Any, b: Any) -> bool:
    """The same modulo the prime: numbers as they are written may be negative."""
    if isinstance(a, tuple):
        return all(_equal(x, y) for x, y in zip(a, b, strict=True))
    return a == b if not (isinstance(a, int) and isinstance(b, int)) else (a - b) % PRIME == 0


def _instances(node: Node, evaluate: Evaluation) -> Iterator[Any]:
    """The terms of all sums, as trees with numbers in place of the indices that the sums count with."""
    if isinstance(node, Sum):
        high = evaluate._range(node) if not isinstance(node.high, (Num, Name)) else evaluate(node.high)
        for number in range(node.low, high + 1):
            yield from _instances(settled(node.body, {node.index: number}), evaluate)
    elif isinstance(node, Add):
        for term in node.terms:
            yield from _instances(term, evaluate)
    else:
        yield node


def matrix_of(node: Node | None) -> str:
    """The matrix that a name, an entry or a gradient belongs to."""
    if isinstance(node, Partial):
        return matrix_of(node.by)
    return node.name if isinstance(node, Name) else node.matrix if isinstance(node, Entry) else ""


def _check_list(lines: Sequence[Node], given: Given, findings: Findings) -> None:
    """A list of local partials names every entry of the output once, in order, or has dots for the rest."""
    goals = [line.sides[0] if isinstance(line, Chain) else SKIP for line in lines]
    out = given.output[0]
    if not any(isinstance(goal, Partial) and written(goal.of, out) for goal in goals):
        if SKIP in goals:
            raise Unreadable("dots between lines that are no list of local partials")
        return
    rows, columns = world(World, given, given.sizes).shapes[out]
    order = list(product(range(1, rows + 1), range(1, columns + 1)))
    at, dots = 0, False
    for goal in goals:
        if goal == SKIP:
            if dots:
                raise Unreadable("dots beside dots")
            dots = True
            continue
        if not (isinstance(goal, Partial) and written(goal.of, out) and isinstance(goal.by, Entry)):
            raise Untrue("a list of local partials holds something else")
        findings.by = findings.by or goal.by
        place = order.index(goal.of.indices) if goal.of.indices in order else -1
        if goal.by != findings.by or not (place > at if dots else place == at):
            raise Untrue("the list of local partials is not that of all entries of the output by one entry")
        at, dots = place + 1, False
    if dots or at != len(order):
        raise Untrue("the list of local partials ends too early")
    findings.claims["lists"] += 1


def written(node: Node, matrix: str) -> bool:
    """An entry of this matrix with numbers for its indices."""
    return isinstance(node, Entry) and node.matrix == matrix and all(isinstance(i, int) for i in node.indices)
