"""The judge: every line of every calculation, every cell of every grid, every label and shape.

It shares no code with the engine.  It evaluates what stands in the datum, as exact numbers modulo a
prime, against the definition; and because a wrong index can hide in a term that vanishes, it also
compares what is *written*: what stands under ∂ with the definition, the two entries of a chain-rule
factor with each other, and sums term by term.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from sympy import Add, HadamardProduct, MatAdd, MatMul, Mul, S, Sum, preorder_traversal
from sympy.core.basic import Basic

from derive.compare import differing, guarded
from derive.judge_numpy import code_findings
from derive.model import Env, Model, Unreadable
from derive.modular import PRIME, degree
from derive.proof import Calc, Derivation, Finding, Theorem, Verdict, Worked
from derive.terms import Gradient, Labelled, MatrixElement, MatrixExpr, MatrixSymbol, Partial, Terms

SEED = 20261121
SMALL = 9


def verdict(derivation: Derivation) -> Verdict:
    """Judge a derivation, line by line.

    The calculations for all sizes are evaluated at pairwise different sizes 2, 3, 4, ..., for every
    value of their indices; the worked part at its own sizes.  Whatever cannot be evaluated fails.
    """
    general = {letter: 2 + k for k, letter in enumerate(derivation.sizes)}
    judge = _Judge(derivation, Model(derivation, general, SEED))
    findings = [*judge.statements()]
    for theorem in derivation.theorems:
        findings += judge.theorem(theorem)
    at_sizes = _Judge(derivation, Model(derivation, derivation.sizes, SEED + 1))
    findings += at_sizes.worked(derivation.worked)
    integers = Model(derivation, general, SEED + 2, largest=SMALL)
    findings += code_findings(derivation, integers)
    equalities = sum(finding.equalities for finding in findings)
    bound = equalities * (1 + degree(derivation.definition)) / PRIME
    return Verdict(tuple(findings), general, PRIME, bound)


@dataclass(frozen=True)
class _Leaf:
    """One term of a line that is multiplied out: its value and, of a bare ∂f/∂x, the value of f."""

    value: int
    operand: int | None


def _under(leaves: list[_Leaf]) -> int | None:
    """The sum of all that stands under ∂, if the line is a sum of bare ∂f/∂x and nothing else."""
    operands = [leaf.operand for leaf in leaves if leaf.operand is not None]
    return sum(operands) % PRIME if len(operands) == len(leaves) else None


@dataclass(frozen=True)
class _Judge:
    derivation: Derivation
    model: Model

    def statements(self) -> Iterator[Finding]:
        """The forward calculation and the matrix form of the output."""
        forward = self.derivation.forward
        where = f"{self.derivation.output.name} by definition"
        ranges = forward.goal.args[1:]
        if forward.goal.args[0] != self.derivation.output or not all(i.is_Symbol or i == 0 for i in ranges):
            yield Finding(where, False, f"the goal is {forward.goal}, not an entry of the output", 0)
        yield from self._lines(where, forward)
        yield self._matrix(f"{self.derivation.output.name} as a matrix", self.derivation.output, self.derivation.matrix)

    def theorem(self, theorem: Theorem) -> Iterator[Finding]:
        name = theorem.wrt.name
        entry = theorem.entry.goal
        goals = (
            theorem.wrt in self.derivation.inputs
            and theorem.gradient == Gradient(self.derivation.loss, theorem.wrt)
            and isinstance(entry, Partial)
            and entry.of == self.derivation.loss
            and entry.wrt.args[0] == theorem.wrt
            and theorem.local.goal == Partial(self.derivation.forward.goal, entry.wrt)
        )
        yield Finding(f"∂L/∂{name}, what is calculated", bool(goals), "the goals fit the theorem", 0)
        yield from self._lines(f"∂{self.derivation.output.name}/∂{name} for all sizes", theorem.local)
        yield from self._lines(f"∂L/∂{name} for all sizes", theorem.entry)
        yield self._matrix(f"∂L/∂{name} as a matrix", theorem.gradient, theorem.matrix)

    def worked(self, worked: Worked) -> Iterator[Finding]:
        for calc, matrix in zip(worked.inputs, self.derivation.inputs, strict=True):
            yield from self._grids(f"{matrix.name} by its entries", calc, matrix.name)
        yield from self._grids(f"{self.derivation.output.name} written out", worked.output, self.derivation.output.name)
        yield from self._grids("∂L/∂" + self.derivation.output.name, worked.upstream, self.derivation.output.name)
        for example, matrix in zip(worked.examples, self.derivation.inputs, strict=True):
            name, output = matrix.name, worked.output.goal
            cells = [output[i, j] for i in range(output.rows) for j in range(output.cols)]
            listed = [Partial(entry, example.entry) for entry in cells]
            where = f"local partials by an entry of {name}"
            complete = [calc.goal for calc in example.partials] == listed
            yield Finding(f"{where}, list", complete, "every entry of the output once, in order", 0)
            for calc in example.partials:
                yield from self._lines(f"∂{_at(calc.goal.args[0])}/∂{_at(example.entry)}", calc)
            paths = [Partial(self.derivation.loss, cell) * Partial(cell, example.entry) for cell in cells]
            chain = example.chain.steps[0].result if example.chain.steps else S.Zero
            shown = chain.args if isinstance(chain, Terms) else (chain,)
            where = f"chain rule for {_at(example.entry)}"
            goal = example.chain.goal == Partial(self.derivation.loss, example.entry) and _source(example.entry) == name
            yield Finding(f"{where}, paths", goal and list(shown) == paths, "line 1: one path per entry, in order", 0)
            yield from self._lines(where, example.chain)
            yield from self._grids(f"∂L/∂{name} at these sizes", example.gradient, name)

    def _lines(self, where: str, calc: Calc) -> Iterator[Finding]:
        """Each line against the goal; and as it is written, against the line before."""
        try:
            places = list(self._places(calc.goal))
            wanted = [self.model.value(calc.goal, env) for env in places]
        except Unreadable as unreadable:
            yield Finding(where, False, f"goal: {unreadable}")
            return
        if not calc.steps:
            yield Finding(where, False, "no line")
        before: Basic = calc.goal
        for number, step in enumerate(calc.steps, start=1):
            fault = self._line(calc.goal, before, step.result, places, wanted)
            yield Finding(f"{where}, line {number}", fault is None, fault or step.by.text, len(places))
            if fault is None:
                before = step.result

    def _line(self, goal: Basic, before: Basic, line: Basic, places: list[Env], wanted: list[int]) -> str | None:
        """What is wrong with a line, if anything is."""
        try:
            return self._compared(goal, before, line, places, wanted)
        except Unreadable as unreadable:
            return str(unreadable)

    def _compared(self, goal: Basic, before: Basic, line: Basic, places: list[Env], wanted: list[int]) -> str | None:
        written = _written_wrongly(goal, line, self.derivation.loss)
        if written is not None:
            return written
        for env, value in zip(places, wanted, strict=True):
            at = ", ".join(f"{index} = {k + 1}" for index, k in env.items())
            if self.model.value(line, env) != value:
                return f"not equal to the goal{' at ' + at if at else ''}"
            old, new = list(self._leaves(before, env)), list(self._leaves(line, env))
            if len(old) == len(new):
                for k, (a, b) in enumerate(zip(old, new, strict=True), start=1):
                    if a.value != b.value or (None not in (a.operand, b.operand) and a.operand != b.operand):
                        return f"term {k} differs from the line before"
            elif len(old) < len(new) and (_under(old) is not None) and _under(new) not in (None, _under(old)):
                return "what stands under ∂ is not what stood there before"
        return None

    def _leaves(self, expr: Basic, env: Env) -> Iterator[_Leaf]:
        """The terms of a line, sums over an index written out."""
        if isinstance(expr, Sum):
            for inner in self.model.ranges(expr, env):
                yield from self._leaves(expr.function, inner)
        elif isinstance(expr, (Add, Terms)):
            for term in expr.args:
                yield from self._leaves(term, env)
        elif isinstance(expr, Partial) and expr.of != self.derivation.loss:
            yield _Leaf(self.model.value(expr, env), self.model.value(expr.of, env))
        else:
            yield _Leaf(self.model.value(expr, env), None)

    def _places(self, goal: Basic) -> Iterator[Env]:
        """All values of the free indices of the goal."""
        ranges: dict[Basic, range] = {}
        for entry in goal.args if isinstance(goal, Partial) else (goal,):
            if isinstance(entry, MatrixElement):
                name = entry.args[0].name if isinstance(entry.args[0], MatrixSymbol) else ""
                for index, size in zip(entry.args[1:], self.model.shapes.get(name, (0, 0)), strict=True):
                    if index.is_Symbol:
                        ranges[index] = range(size)
        for numbers in product(*ranges.values()):
            yield dict(zip(ranges, numbers, strict=True))

    def _grids(self, where: str, calc: Calc, name: str) -> Iterator[Finding]:
        """Each line of a calculation of whole matrices, cell by cell, and the labels in it."""
        goal = calc.goal.wrt if isinstance(calc.goal, Gradient) else calc.goal
        if not (isinstance(goal, MatrixSymbol) and goal.name == name):
            yield Finding(where, False, f"the goal {calc.goal} does not speak of {name}")
        for number, step in enumerate(calc.steps, start=1):
            yield self._matrix(f"{where}, line {number}", calc.goal, step.result)
            for labelled in _labels(step.result):
                yield self._matrix(f"{where}, line {number}, label {labelled.label}", labelled.grid, labelled.label)

    def _matrix(self, where: str, goal: Basic, shown: Basic) -> Finding:
        def compare() -> tuple[str | None, int]:
            wanted, found = self.model.matrix(goal), self.model.matrix(shown)
            return differing(wanted, found), len(wanted) * len(wanted[0])

        return guarded(where, compare)


def _labels(expr: Basic) -> list[Labelled]:
    """The matrices with a label, from left to right."""
    if isinstance(expr, Labelled):
        return [expr]
    parts = expr.args if isinstance(expr, (MatMul, MatAdd, HadamardProduct)) else ()
    return [labelled for part in parts for labelled in _labels(part)]


def _written_wrongly(goal: Basic, line: Basic, loss: Basic) -> str | None:
    """Indices that must agree as they are written, whatever the values say."""
    variable = goal.wrt if isinstance(goal, Partial) else None
    for node in preorder_traversal(line):
        if isinstance(node, Partial) and node.of != loss and node.wrt != variable:
            return f"{node} is not a derivative by {variable}"
        if isinstance(node, Mul):
            passed = [f.of for f in node.args if isinstance(f, Partial) and isinstance(f.of, MatrixElement)]
            upstream = [f.wrt for f in node.args if isinstance(f, Partial) and f.of == loss]
            if upstream and any(entry not in upstream for entry in passed):
                return f"the factors of {node} do not belong to one path"
    return None


def _source(entry: Basic) -> str:
    matrix = entry.args[0] if isinstance(entry, MatrixElement) else None
    return str(matrix.name) if isinstance(matrix, MatrixExpr) and isinstance(matrix, MatrixSymbol) else ""


def _at(entry: Basic) -> str:
    """An entry in the judge's words: y_2,3, counted from 1."""
    if not (isinstance(entry, MatrixElement) and entry.args[1].is_Integer and entry.args[2].is_Integer):
        return str(entry)
    return f"{_source(entry).lower()}_{int(entry.args[1]) + 1},{int(entry.args[2]) + 1}"
