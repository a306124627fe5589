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
    sympify,
)
from sympy.matrices.expressions.diagonal import DiagonalOf

from derive.errors import DeriveError
from derive.operation import named
from derive.terms import Call, Delta, Labelled, MatrixExpr, total

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
        return sympify(self.matrix.rows)

    @property
    def cols(self) -> Any:
        return sympify(self.matrix.cols)

    def power(self, exponent: int) -> View:
        """The matrix product of that many copies."""
        if exponent < 1:
            raise NoEntry("a power that is no product has no formula for its entries")
        return View(MatMul(*[self.matrix] * int(exponent))) if exponent > 1 else self

    def __getitem__(self, at: tuple[Expr, Expr]) -> Expr:
        return indexed(self.matrix, *(Integer(k) if isinstance(k, int) else k for k in at))


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
    if isinstance(matrix, Call):
        return Add(named(matrix.name).element(*map(View, matrix.operands), i, j))
    return matrix[i, j]


def _product(parts: list[MatrixExpr], i: Expr, j: Expr) -> Expr:
    first, *rest = parts
    if not rest:
        return indexed(first, i, j)
    if first.cols == 1:
        return indexed(first, i, UNIT) * _product(rest, UNIT, j)
    return total(first.cols, lambda t: indexed(first, i, t) * _product(rest, t, j))
