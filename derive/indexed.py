"""The formula of an entry of a matrix expression: recognition, read the other way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sympy import (
    Add,
    DiagMatrix,
    Expr,
    HadamardPower,
    HadamardProduct,
    Identity,
    Integer,
    MatAdd,
    MatMul,
    Mul,
    OneMatrix,
    S,
    Transpose,
    ZeroMatrix,
)
from sympy.matrices.expressions.diagonal import DiagonalOf

from derive.errors import DeriveError
from derive.minors import Unit
from derive.operation import named, registered
from derive.positions import position
from derive.terms import Call, Delta, Labelled, MatrixElement, MatrixExpr, exact, total

UNIT = Integer(0)
"""The only index of an axis of length 1."""


class NoEntry(DeriveError):
    """The entries of a matrix have no formula."""


@dataclass(frozen=True)
class View:
    """A matrix expression as an element formula sees it: its entries and its sizes."""

    matrix: MatrixExpr

    @property
    def rows(self) -> Any:
        return exact(self.matrix.rows)

    @property
    def cols(self) -> Any:
        return exact(self.matrix.cols)

    def power(self, exponent: int) -> View:
        """The matrix product of that many copies; of the inverse, where the exponent is negative."""
        if not exact(exponent).is_Integer:
            raise NoEntry("a matrix power has a whole number for its exponent")
        if exponent == 0:
            return View(Identity(self.matrix.rows))
        factor = self.matrix if exponent > 0 else inverse_of(self.matrix)
        return View(MatMul(*[factor] * abs(int(exponent)))) if abs(exponent) > 1 else View(factor)

    def __getitem__(self, at: tuple[Expr, Expr]) -> Expr:
        return indexed(self.matrix, *map(exact, at))


def inverse_of(matrix: MatrixExpr) -> Call:
    """The inverse, by the name of the operation that an identity defines to be it."""
    name = next(name for name, operation in registered().items() if operation.identities)
    return Call.of(name, matrix.shape, matrix)


def indexed(matrix: MatrixExpr, i: Expr, j: Expr) -> Expr:
    """The entry of ``matrix`` at (i, j), in entries of the single matrices that it is made of.

    >>> from sympy import MatrixSymbol, Symbol
    >>> A, B = MatrixSymbol("A", Symbol("m"), Symbol("k")), MatrixSymbol("B", Symbol("k"), Symbol("n"))
    >>> indexed((A * B).T, Symbol("p"), Symbol("q"))
    Sum(A[q, t]*B[t, p], (t, 0, k - 1))
    """
    if isinstance(matrix, Transpose):
        return indexed(matrix.arg, j, i)
    if isinstance(matrix, (OneMatrix, ZeroMatrix)):
        return S.One if isinstance(matrix, OneMatrix) else S.Zero
    if isinstance(matrix, Identity):
        return Delta(i, j)
    if isinstance(matrix, MatMul):
        number, parts = matrix.as_coeff_matrices()
        return number * _product(parts, i, j)
    if isinstance(matrix, MatAdd):
        return Add(*(indexed(part, i, j) for part in matrix.args))
    if isinstance(matrix, HadamardProduct):
        return Mul(*(indexed(part, i, j) for part in matrix.args))
    if isinstance(matrix, HadamardPower):
        return indexed(matrix.base, i, j) ** matrix.exp
    if isinstance(matrix, DiagMatrix):
        return Delta(i, j) * indexed(matrix.args[0], i, UNIT)
    if isinstance(matrix, DiagonalOf):
        return indexed(matrix.arg, i, i)
    if isinstance(matrix, Labelled):
        return indexed(matrix.label, i, j)
    if isinstance(matrix, Unit):
        return Delta(i, matrix.index)
    if isinstance(matrix, Call):
        return _called(matrix, i, j)
    return matrix[i, j]


def _called(matrix: Call, i: Expr, j: Expr) -> Expr:
    """By the element formula; where there is none for all sizes, by name."""
    operation = named(matrix.name)
    if operation.identities:
        return MatrixElement(matrix, i, j)
    told = operation.told(*matrix.shape)
    return Add(operation.element(*map(View, matrix.operands), position(i) or i, position(j) or j, **told))


def _product(parts: list[MatrixExpr], i: Expr, j: Expr) -> Expr:
    first, *rest = parts
    if not rest:
        return indexed(first, i, j)
    if first.cols == 1:
        return indexed(first, i, UNIT) * _product(rest, UNIT, j)
    return total(first.cols, lambda t: indexed(first, i, t) * _product(rest, t, j))
