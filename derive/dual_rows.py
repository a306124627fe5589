"""Matrices of numbers that carry their derivative: what element formulas make of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from sympy import Integer, Rational, Transpose
from sympy.core.basic import Basic

from derive import functions
from derive.called import Array
from derive.elements import Number, signed_products
from derive.minors import Cofactors
from derive.modular import Arithmetic, Dual, Unreadable, plus, times
from derive.operation import registered
from derive.terms import Call, Gradient, MatrixElement, MatrixSymbol

Duals = list[list[Dual]]


class Point(Protocol):
    """What knows the entries of single matrices."""

    arithmetic: Arithmetic

    def dual(self, expr: Basic, env: dict[Basic, int]) -> Dual: ...
    def value(self, expr: Basic, env: dict[Basic, int]) -> Any: ...
    def size(self, size: Basic) -> int: ...


@dataclass(frozen=True)
class Slope(Number):
    """A dual number of the judge's arithmetic, as element formulas calculate with it."""

    dual: Dual
    arithmetic: Arithmetic

    def _other(self, other: Any) -> Dual:
        return other.dual if isinstance(other, Slope) else (self.arithmetic.number(int(other)), {})

    def _made(self, dual: Dual) -> Slope:
        return Slope(dual, self.arithmetic)

    def __add__(self, other: Any) -> Slope:
        return self._made(plus([self.dual, self._other(other)], self.arithmetic.reduced))

    def __mul__(self, other: Any) -> Slope:
        return self._made(times(self.dual, self._other(other), self.arithmetic.reduced))

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self) -> Slope:
        return self.__mul__(-1)

    def __sub__(self, other: Any) -> Slope:
        return self.__add__(-other)

    def __rsub__(self, other: Any) -> Slope:
        return self.__neg__().__add__(other)

    def __truediv__(self, other: Any) -> Slope:
        return self.__mul__(self._made(self._other(other)).__pow__(-1))

    def __rtruediv__(self, other: Any) -> Slope:
        return self.__pow__(-1).__mul__(other)

    def __pow__(self, exponent: Any) -> Slope:
        exact, power = Rational(exponent), self.arithmetic.power
        outer = self.arithmetic.number(int(exact.p), int(exact.q)) * power(self.dual[0], exact - 1)
        return self._through(power(self.dual[0], exact), outer)

    def _through(self, value: Any, slope: Any) -> Slope:
        return self._made((value, {key: self.arithmetic.reduced(each * slope) for key, each in self.dual[1].items()}))

    def __getattr__(self, name: str) -> Any:
        kind = getattr(functions, name, None)
        if kind is None:
            raise AttributeError(name)
        arithmetic, inner = self.arithmetic, self.dual[0]
        return lambda: self._through(arithmetic.function(kind, inner), arithmetic.slope(kind, inner))


def dual_rows(matrix: Basic, at: Point) -> Duals:
    """The entries of a matrix with their derivatives.

    Raises:
        Unreadable: they are not known.
    """
    if isinstance(matrix, (MatrixSymbol, Gradient)):
        rows, cols = at.size(matrix.rows), at.size(matrix.cols)
        cells = [[MatrixElement(matrix, Integer(i), Integer(j)) for j in range(cols)] for i in range(rows)]
        if isinstance(matrix, Gradient):
            return [[(at.value(matrix[i, j], {}), {}) for j in range(cols)] for i in range(rows)]
        return [[at.dual(cell, {}) for cell in row] for row in cells]
    if isinstance(matrix, Transpose):
        return [list(row) for row in zip(*dual_rows(matrix.arg, at), strict=True)]
    if isinstance(matrix, Cofactors):
        return _plain(cofactors(_grid(matrix.arg, at)), at.arithmetic)
    if isinstance(matrix, Call) and matrix.name in registered():
        operation = registered()[matrix.name]
        grids = [_grid(operand, at) for operand in matrix.operands]
        rows, cols = (at.size(size) for size in matrix.shape)
        told = operation.told(rows, cols)
        found = [[operation.element(*grids, i, j, **told) for j in range(cols)] for i in range(rows)]
        return _plain(found, at.arithmetic)
    raise Unreadable(f"{matrix} has no derivative")


def determinant(matrix: Basic, at: Point) -> Dual:
    """The determinant with its derivatives, by Leibniz' formula."""
    grid = _grid(matrix, at)
    return _plain([[signed_products(grid.rows, lambda i, j: grid[i, j])]], at.arithmetic)[0][0]


def cofactors(grid: Any) -> list[list[Any]]:
    """The cofactors of a square matrix of numbers, by Leibniz' formula."""
    size = grid.rows
    if grid.cols != size:
        raise Unreadable("a matrix that is not square has no cofactors")

    def cofactor(row: int, col: int) -> Any:
        minor = signed_products(size - 1, lambda i, j: grid[i + (i >= row), j + (j >= col)])
        return minor if (row + col) % 2 == 0 else -minor

    return [[cofactor(i, j) for j in range(size)] for i in range(size)]


def _grid(matrix: Basic, at: Point) -> Array:
    return Array([[Slope(dual, at.arithmetic) for dual in row] for row in dual_rows(matrix, at)])


def _plain(found: list[list[Any]], arithmetic: Arithmetic) -> Duals:
    """What element formulas return is a dual number, or a constant."""
    return [[x.dual if isinstance(x, Slope) else (arithmetic.number(int(x)), {}) for x in row] for row in found]
