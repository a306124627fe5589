"""Judging an exercise: its results in numbers, from the definition of the derivative.

The loss is a polynomial of degree 2 in every single entry, and for such a polynomial the difference quotient
(L(x + 1) - L(x - 1)) / 2 is the derivative: no rule is needed, and nothing is rounded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from sympy import Add, ImmutableDenseMatrix, Mul, Pow, Sum
from sympy.core.basic import Basic

from derive.compare import UNREADABLE, differing, guarded
from derive.modular import RESIDUES, Arithmetic, Unreadable
from derive.positions import letters
from derive.proof import Calc, Exercise, Finding, Verdict
from derive.rows import Rows, evaluated
from derive.terms import Gradient, MatrixElement, MatrixSymbol, Terms


def exercise_verdict(exercise: Exercise) -> Verdict:
    """Judge every line of an exercise; its numbers are whole, and all is exact."""
    try:
        findings = (*_goals(exercise), *_lines(exercise, _Numbers.of(exercise)))
    except UNREADABLE as unreadable:
        findings = (Finding("the exercise", False, str(unreadable)),)
    return Verdict(findings, {}, 0, 0.0)


def _goals(exercise: Exercise) -> Iterator[Finding]:
    """What has to be calculated is calculated."""
    left, right = (calc.goal for calc in exercise.inputs)
    Y, F, loss = exercise.output.goal, exercise.squares.goal, exercise.loss.goal
    wanted = [Gradient(loss, matrix) for matrix in (F, Y, left, right)]
    found = [calc.goal for calc in exercise.gradients]
    entry = isinstance(exercise.square.goal, MatrixElement) and exercise.square.goal.args[0] == F
    yield Finding("the exercise, gradients", found == wanted, "each of them once, in order", 0)
    yield Finding("the exercise, definitions", entry and exercise.sum.goal == loss, "of the squares and the loss", 0)


def _lines(exercise: Exercise, at: _Numbers) -> Iterator[Finding]:
    matrices = (*exercise.inputs, exercise.output, exercise.squares, *exercise.gradients)
    for calc in matrices:
        for number, step in enumerate(calc.steps, start=1):

            def cells(goal: Basic = calc.goal, shown: Basic = step.result) -> tuple[str | None, int]:
                wanted = at.matrix(goal)
                return differing(wanted, at.matrix(shown)), len(wanted) * len(wanted[0])

            yield guarded(f"{calc.goal} in numbers, line {number}", cells)
    for calc in (exercise.square, exercise.sum, exercise.loss):
        places = list(_places(calc, at))
        for number, step in enumerate(calc.steps, start=1):

            def values(goal: Basic = calc.goal, shown: Basic = step.result, places: Any = places) -> Any:
                wrong = any(at.value(goal, env) != at.value(shown, env) for env in places)
                return "a number differs" if wrong else None, len(places)

            yield guarded(f"{calc.goal} in numbers, line {number}", values)


def _places(calc: Calc, at: _Numbers) -> Iterator[dict[Basic, int]]:
    """All values of the free indices of the goal."""
    ranges = {letter: range(at.size(size)) for letter, size in letters(calc.goal).items()}
    for numbers in product(*ranges.values()):
        yield dict(zip(ranges, numbers, strict=True))


@dataclass
class _Numbers:
    """The given matrices, and what follows from them by definition."""

    matrices: Mapping[str, Rows]
    gradients: Mapping[str, Rows]
    loss: Basic
    total: int
    arithmetic: Arithmetic = RESIDUES

    @classmethod
    def of(cls, exercise: Exercise) -> _Numbers:
        left, right = (_given(calc) for calc in exercise.inputs)
        names = [calc.goal.name for calc in (*exercise.inputs, exercise.output, exercise.squares)]
        if len(set(names)) < len(names):
            raise Unreadable("two matrices of the exercise have one name")
        output = _product(left, right)
        squares = [[y * y for y in row] for row in output]
        rows = dict(zip(names, (left, right, output, squares), strict=True))
        losses: tuple[Callable[[Rows], int], ...] = (
            lambda changed: _squared(_product(changed, right)),
            lambda changed: _squared(_product(left, changed)),
            _squared,
            lambda changed: sum(map(sum, changed)),
        )
        gradients = {name: _quotients(of, rows[name]) for name, of in zip(names, losses, strict=True)}
        return cls(rows, gradients, exercise.loss.goal, _squared(output))

    def matrix(self, expr: Basic) -> Rows:
        if isinstance(expr, (MatrixSymbol, Gradient)):
            known = self.gradients if isinstance(expr, Gradient) else self.matrices
            matrix = expr.wrt if isinstance(expr, Gradient) else expr
            if isinstance(expr, Gradient) and expr.loss != self.loss:
                raise Unreadable(f"{expr.loss} is not the loss")
            rows = known[matrix.name]
            if tuple(map(int, matrix.shape)) != (len(rows), len(rows[0])):
                raise Unreadable(f"{matrix.name} is {len(rows)}×{len(rows[0])}")
            return rows
        return [[_centred(x) for x in row] for row in evaluated(expr, self)]

    def value(self, expr: Basic, env: Mapping[Basic, int]) -> int:
        if expr == self.loss:
            return self.total
        if expr.is_Integer:
            return int(expr)
        if isinstance(expr, MatrixElement):
            rows = self.matrix(expr.args[0])
            row, col = (env[index] if index in env else int(index) for index in expr.args[1:])
            return int(rows[row][col])
        if isinstance(expr, (Add, Terms)):
            return sum(self.value(term, env) for term in expr.args)
        if isinstance(expr, Mul):
            found = 1
            for factor in expr.args:
                found *= self.value(factor, env)
            return found
        if isinstance(expr, Pow) and expr.exp.is_Integer and expr.exp > 0:
            return int(self.value(expr.base, env) ** int(expr.exp))
        if isinstance(expr, Sum):
            (index, low, high), *outer = reversed(expr.limits)
            inner = Sum(expr.function, *reversed(outer)) if outer else expr.function
            return sum(self.value(inner, {**env, index: k}) for k in range(int(low), int(high) + 1))
        raise Unreadable(f"{expr} has no value here")

    def size(self, size: Basic) -> int:
        return int(size)


def _given(calc: Calc) -> Rows:
    grid = calc.steps[0].result
    if not isinstance(grid, ImmutableDenseMatrix) or not all(cell.is_Integer for cell in grid):
        raise Unreadable(f"{calc.goal} is not given in integers")
    return [[int(cell) for cell in grid.row(i)] for i in range(grid.rows)]


def _product(left: Rows, right: Rows) -> Rows:
    columns = list(zip(*right, strict=True))
    return [[sum(x * y for x, y in zip(row, column, strict=True)) for column in columns] for row in left]


def _squared(rows: Rows) -> int:
    return sum(x * x for row in rows for x in row)


def _quotients(loss: Callable[[Rows], int], rows: Rows) -> Rows:
    """The derivative by every entry."""

    def at(i: int, j: int, step: int) -> int:
        return loss([[x + step * ((i, j) == (r, c)) for c, x in enumerate(row)] for r, row in enumerate(rows)])

    return [[(at(i, j, 1) - at(i, j, -1)) // 2 for j, _ in enumerate(row)] for i, row in enumerate(rows)]


def _centred(residue: int) -> int:
    """The number of smallest size that leaves this remainder: products are reduced, and ours are small."""
    found = RESIDUES.reduced(residue)
    return found if found <= RESIDUES.reduced(-1) // 2 else -RESIDUES.reduced(-found)
