"""The values of matrix expressions: what every sign between matrices means, in numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from sympy import (
    DiagMatrix,
    HadamardPower,
    HadamardProduct,
    Identity,
    ImmutableDenseMatrix,
    MatAdd,
    MatMul,
    OneMatrix,
    Transpose,
    ZeroMatrix,
)
from sympy.core.basic import Basic
from sympy.matrices.expressions.diagonal import DiagonalOf

from derive.called import Array, Value, called
from derive.drawn import Pattern, Slice
from derive.dual_rows import cofactors
from derive.minors import Cofactors, Commutation, Unit
from derive.modular import Arithmetic, Unreadable
from derive.terms import Call, Labelled, Scalar

Rows = list[list[Any]]


class Numbers(Protocol):
    """What knows the values of single matrices and of scalars."""

    arithmetic: Arithmetic

    def matrix(self, expr: Basic) -> Rows: ...
    def value(self, expr: Basic, env: dict[Basic, int]) -> Any: ...
    def size(self, size: Basic) -> int: ...


def evaluated(expr: Basic, at: Numbers) -> Rows:
    """The values of a matrix expression that is no single matrix.

    Raises:
        Unreadable: an expression without a value, or shapes that do not fit.
    """
    for kind, evaluate in _KINDS:
        if isinstance(expr, kind):
            return evaluate(expr, at)
    raise Unreadable(f"{expr} is no matrix")


def _written(expr: ImmutableDenseMatrix, at: Numbers) -> Rows:
    if not (expr.rows and expr.cols):
        raise Unreadable("a matrix without entries")
    return [[at.value(expr[i, j], {}) for j in range(expr.cols)] for i in range(expr.rows)]


def _pattern(expr: Pattern, at: Numbers) -> Rows:
    row, col = expr.letters
    rows, cols = at.size(expr.rows), at.size(expr.cols)
    return [[at.value(expr.cell, {row: i, col: j}) for j in range(cols)] for i in range(rows)]


def _slice(expr: Slice, at: Numbers) -> Rows:
    rows, cols = at.size(expr.rows), at.size(expr.cols)
    return [[at.value(expr[i, j], {}) for j in range(cols)] for i in range(rows)]


def _constant(expr: Basic, at: Numbers) -> Rows:
    rows, cols = at.size(expr.rows), at.size(expr.cols)
    if not (rows and cols):
        raise Unreadable("a matrix without entries")
    off = int(isinstance(expr, OneMatrix))
    on = int(not isinstance(expr, ZeroMatrix))
    return [[on if i == j else off for j in range(cols)] for i in range(rows)]


def _transposed(expr: Transpose, at: Numbers) -> Rows:
    return [list(row) for row in zip(*at.matrix(expr.arg), strict=True)]


def _added(expr: MatAdd, at: Numbers) -> Rows:
    return _entrywise(lambda *xs: at.arithmetic.reduced(sum(xs)), [at.matrix(part) for part in expr.args])


def _multiplied_entrywise(expr: HadamardProduct, at: Numbers) -> Rows:
    def multiply(*numbers: Any) -> Any:
        found = 1
        for number in numbers:
            found = at.arithmetic.reduced(found * number)
        return found

    return _entrywise(multiply, [at.matrix(part) for part in expr.args])


def _raised(expr: HadamardPower, at: Numbers) -> Rows:
    if not expr.exp.is_Rational:
        raise Unreadable(f"the exponent {expr.exp} is no number")
    return _entrywise(lambda x: at.arithmetic.power(x, expr.exp), [at.matrix(expr.base)])


def _multiplied(expr: MatMul, at: Numbers) -> Rows:
    number, matrices = expr.as_coeff_matrices()
    first, *rest = (at.matrix(part) for part in matrices)
    reduced = at.arithmetic.reduced
    for rows in rest:
        if len(first[0]) != len(rows):
            raise Unreadable(f"a matrix with {len(first[0])} columns times one with {len(rows)} rows")
        columns = list(zip(*rows, strict=True))
        first = [[reduced(sum(x * y for x, y in zip(row, col, strict=True))) for col in columns] for row in first]
    scale = at.value(number, {})
    return first if number == 1 else [[reduced(scale * x) for x in row] for row in first]


def _diagonal(expr: DiagMatrix, at: Numbers) -> Rows:
    column = at.matrix(expr.args[0])
    if len(column[0]) != 1:
        raise Unreadable(f"the diagonal of a matrix with {len(column[0])} columns")
    return [[row[0] if i == j else 0 for j in range(len(column))] for i, row in enumerate(column)]


def _on_the_diagonal(expr: DiagonalOf, at: Numbers) -> Rows:
    return [[row[k]] for k, row in enumerate(at.matrix(expr.arg))]


def _call(expr: Call, at: Numbers) -> Rows:
    shape = (at.size(expr.rows), at.size(expr.cols))
    return called(expr.name, [at.matrix(operand) for operand in expr.operands], shape, at.arithmetic)


def _cofactors(expr: Cofactors, at: Numbers) -> Rows:
    found = cofactors(Array([[Value(x, at.arithmetic) for x in row] for row in at.matrix(expr.arg)]))
    return [[x.number if isinstance(x, Value) else at.arithmetic.number(int(x)) for x in row] for row in found]


def _unit(expr: Unit, at: Numbers) -> Rows:
    size, index = at.size(expr.rows), at.size(expr.index)
    if not 0 <= index < size:
        raise Unreadable(f"row {index + 1} of a column of {size}")
    return [[int(k == index)] for k in range(size)]


def _commutation(expr: Commutation, at: Numbers) -> Rows:
    rows, cols = (at.size(size) for size in expr.args)
    places = [j * rows + i for i in range(rows) for j in range(cols)]
    return [[int(k == place) for k in range(rows * cols)] for place in places]


_KINDS: tuple[tuple[type, Callable[[Any, Numbers], Rows]], ...] = (
    (Labelled, lambda expr, at: at.matrix(expr.grid)),
    (Pattern, _pattern),
    (Slice, _slice),
    (ImmutableDenseMatrix, _written),
    (Transpose, _transposed),
    (MatMul, _multiplied),
    (HadamardProduct, _multiplied_entrywise),
    (HadamardPower, _raised),
    (MatAdd, _added),
    (OneMatrix, _constant),
    (ZeroMatrix, _constant),
    (Identity, _constant),
    (DiagMatrix, _diagonal),
    (DiagonalOf, _on_the_diagonal),
    (Scalar, lambda expr, at: [[at.value(expr.number, {})]]),
    (Call, _call),
    (Cofactors, _cofactors),
    (Unit, _unit),
    (Commutation, _commutation),
)


def _entrywise(combine: Callable[..., Any], parts: Sequence[Rows]) -> Rows:
    shapes = {(len(rows), len(rows[0])) for rows in parts}
    if len(shapes) > 1:
        raise Unreadable(f"shapes {' and '.join(f'{r}×{c}' for r, c in sorted(shapes))} side by side")
    return [[combine(*cells) for cells in zip(*rows, strict=True)] for rows in zip(*parts, strict=True)]
