"""What a page draws rather than computes with: matrices by their ends, sums by theirs, a matrix of derivatives."""

from __future__ import annotations

from collections.abc import Callable

from sympy import Expr, Sum

from derive.terms import MatrixElement, MatrixExpr, MatrixSymbol, Partial


class Pattern(MatrixExpr):
    """A matrix of any size by the formula of its cells, to be drawn by its ends with dots between.

    >>> from sympy import Symbol
    >>> i, j, m, n = (Symbol(letter) for letter in "ijmn")
    >>> X = MatrixSymbol("X", m, n)
    >>> Pattern(X[i, j], i, j, m, n)[0, n - 1]
    X[0, n - 1]
    """

    @staticmethod
    def of(matrix: MatrixExpr, cell: Callable[[Expr, Expr], Expr], letters: tuple[Expr, Expr]) -> Pattern:
        """The matrix of that shape with ``cell`` of row and column for its entries."""
        return Pattern(cell(*letters), *letters, *matrix.shape)

    @property
    def cell(self) -> Expr:
        return self.args[0]

    @property
    def letters(self) -> tuple[Expr, Expr]:
        """The row and the column that the formula speaks of."""
        return self.args[1], self.args[2]

    @property
    def shape(self) -> tuple[Expr, Expr]:
        return self.args[3], self.args[4]

    def _entry(self, i: Expr, j: Expr, **_: object) -> Expr:
        return self.cell.xreplace(dict(zip(self.letters, (i, j), strict=True)))


class Slice(MatrixExpr):
    """∂Y/∂x: the derivatives of all entries of a matrix by one entry of another.

    >>> X, Y = MatrixSymbol("X", 2, 2), MatrixSymbol("Y", 2, 2)
    >>> Slice(Y, X[0, 1])[1, 0]
    Partial(Y[1, 0], X[0, 1])
    """

    @property
    def of(self) -> MatrixSymbol:
        return self.args[0]

    @property
    def wrt(self) -> MatrixElement:
        return self.args[1]

    @property
    def shape(self) -> tuple[Expr, Expr]:
        rows, cols = self.of.shape
        return rows, cols

    def _entry(self, i: Expr, j: Expr, **_: object) -> Expr:
        return Partial(MatrixElement(self.of, i, j), self.wrt)


class Frobenius(Expr):
    """⟨A, B⟩: the sum of the products of the entries in the same places."""

    is_commutative = True


class Ends(Expr):
    """A sum over an index, to be shown by its ends: a + b + ⋯ + z."""

    is_commutative = True

    @property
    def sum(self) -> Sum:
        return self.args[0]
