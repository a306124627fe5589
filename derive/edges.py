"""The graph of an entry formula: indices are nodes, and each entry is an edge between its two."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sympy import (
    DiagMatrix,
    Expr,
    HadamardPower,
    HadamardProduct,
    Identity,
    MatAdd,
    MatMul,
    OneMatrix,
    S,
    Sum,
    Transpose,
    ZeroMatrix,
)
from sympy.core.basic import Basic
from sympy.matrices.expressions.diagonal import DiagonalOf

from derive.errors import DeriveError
from derive.indexed import UNIT
from derive.terms import Delta, Gradient, MatrixElement, MatrixExpr, Partial, Scalar


class NoMatrixForm(DeriveError):
    """The formula is the entry of no product, entrywise product, transpose or sum of the matrices."""


@dataclass(frozen=True)
class Edge:
    """``matrix[row, col]``: an arrow from the node ``row`` to the node ``col``."""

    matrix: MatrixExpr
    row: Basic
    col: Basic

    def starting(self, node: Basic) -> Edge:
        return self if self.row == node else Edge(transposed(self.matrix), self.col, self.row)

    def other(self, node: Basic) -> Basic:
        return self.col if self.row == node else self.row


def transposed(matrix: MatrixExpr) -> MatrixExpr:
    """The transpose, pushed down to the single matrices: (A B)ᵀ = Bᵀ Aᵀ.

    >>> from sympy import MatrixSymbol
    >>> A, B = MatrixSymbol("A", 2, 3), MatrixSymbol("B", 3, 4)
    >>> transposed(A * B)
    B.T*A.T
    """
    if isinstance(matrix, Transpose):
        return matrix.arg
    if isinstance(matrix, (OneMatrix, ZeroMatrix)):
        return matrix.func(*reversed(matrix.shape))
    if isinstance(matrix, (Identity, DiagMatrix, Scalar)):
        return matrix
    if isinstance(matrix, HadamardPower):
        return HadamardPower(transposed(matrix.base), matrix.exp)
    if isinstance(matrix, MatMul):
        numbers, matrices = matrix.as_coeff_matrices()
        return product(numbers, *(transposed(m) for m in reversed(matrices)))
    if isinstance(matrix, (HadamardProduct, MatAdd)):
        return matrix.func(*(transposed(m) for m in matrix.args))
    return Transpose(matrix)


def product(coefficient: Expr, *matrices: MatrixExpr) -> MatrixExpr:
    """A number times a matrix product, with nothing in it that changes nothing.

    >>> from sympy import Integer, MatrixSymbol
    >>> A = MatrixSymbol("A", 3, 3)
    >>> product(S.One, product(Integer(2), A, A), A, OneMatrix(1, 1))
    2*A*A*A
    """
    flat: list[MatrixExpr] = []
    for matrix in matrices:
        number, parts = matrix.as_coeff_matrices() if isinstance(matrix, MatMul) else (S.One, [matrix])
        coefficient *= number
        flat += parts
    kept = [m for m in flat if not (isinstance(m, Identity) or (isinstance(m, OneMatrix) and m.shape == (1, 1)))]
    kept = kept or flat[:1]
    parts = ([] if coefficient == 1 else [coefficient]) + kept
    return parts[0] if len(parts) == 1 else MatMul(*parts)


def indices(formula: Basic) -> list[Basic]:
    """The free indices of a formula, in the order of their first appearance.

    >>> from sympy import MatrixSymbol, symbols
    >>> i, j, t = symbols("i j t")
    >>> indices(Sum(MatrixSymbol("A", 2, 2)[j, t] * Delta(t, i), (t, 0, 1)))
    [i, j]
    """

    def found(node: Basic) -> Iterator[Basic]:
        if isinstance(node, (MatrixElement, Delta)):
            yield from (i for i in node.args[-2:] if i.is_Symbol)
        else:
            inner = [i for arg in node.args for i in found(arg)]
            yield from (i for i in inner if not (isinstance(node, Sum) and i in node.variables))

    return list(dict.fromkeys(found(formula)))


def edge(factor: Expr) -> Edge:
    """The edge that an entry is; one on the diagonal hangs on its node."""
    matrix, row, col = factor.args if isinstance(factor, MatrixElement) else factor.wrt.args
    if isinstance(factor, Partial):
        matrix = Gradient(factor.of, matrix)
    if not all(index.is_Symbol or index.is_Integer for index in (row, col)):
        raise NoMatrixForm("an index of the formula is calculated from others")
    if any(index.is_Integer and size != 1 for index, size in zip((row, col), matrix.shape, strict=True)):
        raise NoMatrixForm("the formula reads one row or column by its number")
    return Edge(matrix, row, col) if row != col else Edge(DiagonalOf(matrix), row, UNIT)


def parallel(edges: list[Edge]) -> list[Edge]:
    """Edges between the same two nodes joined into one entrywise product."""
    groups: dict[frozenset[Basic], list[Edge]] = {}
    for edge in edges:
        groups.setdefault(frozenset((edge.row, edge.col)), []).append(edge)
    return [_joined(group) for group in groups.values()]


def _joined(group: list[Edge]) -> Edge:
    first, *others = group
    if not others:
        return first
    matrices = [each.starting(first.row).matrix for each in group]
    identities = [matrix for matrix in matrices if isinstance(matrix, Identity)]
    kept = [matrix for matrix in matrices if not isinstance(matrix, OneMatrix)] or matrices[:1]
    if len(identities) == len(kept):
        kept = identities[:1]
    return Edge(HadamardProduct(*kept) if len(kept) > 1 else kept[0], first.row, first.col)
