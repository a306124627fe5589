"""Determinants, cofactors, unit columns and commutation matrices: written, never evaluated.

What they are in numbers is for the judge; what may be done with them is for the rules.
"""

from __future__ import annotations

from sympy import Expr, MatrixExpr, S


class Determinant(Expr):
    """The determinant of a square matrix.

    >>> from sympy import MatrixSymbol
    >>> Determinant(MatrixSymbol("X", 2, 2))
    Determinant(X)
    """

    is_commutative = True

    @property
    def arg(self) -> MatrixExpr:
        return self.args[0]


class Cofactors(MatrixExpr):
    """The matrix of the cofactors: (-1)^(i+j) times the determinant without row i and column j."""

    @property
    def arg(self) -> MatrixExpr:
        return self.args[0]

    @property
    def shape(self) -> tuple[Expr, Expr]:
        rows, cols = self.arg.shape
        return rows, cols


class Unit(MatrixExpr):
    """The column of a given length that is 1 in one row, counted from 0, and 0 elsewhere."""

    @property
    def index(self) -> Expr:
        return self.args[1]

    @property
    def shape(self) -> tuple[Expr, Expr]:
        return self.args[0], S.One


class Commutation(MatrixExpr):
    """The permutation K with K vec(A) = vec(Aᵀ) for every A of the two sizes that it is given."""

    @property
    def shape(self) -> tuple[Expr, Expr]:
        size = self.args[0] * self.args[1]
        return size, size
