"""Recognition: reading a matrix expression off the formula of its entry.

Indices are nodes and entries are edges.  Parallel edges are an entrywise product, a summed index
between two edges joins a matrix product (transposing the edge that runs the other way), a summed
index at the end of one edge takes a vector of ones, and the edge that is left between the row and
the column is the answer.
"""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Dummy, Expr, HadamardProduct, Integer, MatAdd, MatMul, OneMatrix, Pow, S, Sum, Transpose
from sympy.core.basic import Basic

from derive.errors import DeriveError
from derive.order import ReadingOrder
from derive.terms import Gradient, MatrixElement, MatrixExpr, Partial

UNIT = Integer(0)
"""The only index of an axis of length 1: a node that joins columns to rows without a sum."""


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
    if isinstance(matrix, OneMatrix):
        return OneMatrix(*reversed(matrix.shape))
    if isinstance(matrix, MatMul):
        numbers, matrices = matrix.as_coeff_matrices()
        return product(numbers, *(transposed(m) for m in reversed(matrices)))
    if isinstance(matrix, (HadamardProduct, MatAdd)):
        return matrix.func(*(transposed(m) for m in matrix.args))
    return Transpose(matrix)


def product(coefficient: Expr, *matrices: MatrixExpr) -> MatrixExpr:
    """A number times a matrix product, with nothing in it that changes nothing."""
    kept = [m for m in matrices if not (isinstance(m, OneMatrix) and m.shape == (1, 1))]
    parts = ([] if coefficient == 1 else [coefficient]) + (kept or list(matrices))
    return parts[0] if len(parts) == 1 else MatMul(*parts)


def matrix_form(formula: Expr, row: Basic, col: Basic, shape: tuple[Expr, Expr], first: ReadingOrder) -> MatrixExpr:
    """The matrix whose entry at (``row``, ``col``) is ``formula``.

    ``first`` orders the factors of entrywise products.  All terms of a sum are read with the same
    row and column, or a transpose would be lost.

    Raises:
        NoMatrixForm: there is none.

    >>> from sympy import MatrixSymbol, symbols
    >>> i, j, t, m, n, k = symbols("i j t m n k")
    >>> A, B = MatrixSymbol("A", m, k), MatrixSymbol("B", n, k)
    >>> matrix_form(Sum(A[i, t] * B[j, t], (t, 0, k - 1)), i, j, (m, n), ReadingOrder("AB"))
    A*B.T
    """
    terms = [_monomial(term, row, col, shape, first) for term in first.terms(formula)]
    return terms[0] if len(terms) == 1 else MatAdd(*terms)


def _monomial(term: Expr, row: Basic, col: Basic, shape: tuple[Expr, Expr], first: ReadingOrder) -> MatrixExpr:
    coefficient, edges, bound = _graph(term, first)
    edges = _parallel(edges)
    while bound:
        at = {index: [edge for edge in edges if index in (edge.row, edge.col)] for index in bound}
        index = next((i for i, ends in at.items() if _joins(ends)), None)
        if index is None:
            letters = ", ".join(sorted(i.name for i in bound))
            raise NoMatrixForm(f"the sum over {letters} is no product of two matrices")
        ends, size = at[index], bound.pop(index)
        before = ends[0].starting(ends[0].other(index))
        after = ends[1].starting(index) if len(ends) == 2 else Edge(OneMatrix(size, 1), index, UNIT)
        joined = Edge(product(S.One, before.matrix, after.matrix), before.row, after.col)
        edges = _parallel([edge for edge in edges if edge not in ends] + [joined])
    return product(coefficient, *_path(edges, row, col, shape))


def _joins(ends: list[Edge]) -> bool:
    """Whether a summed index at these edges makes one of them: a product, or row sums."""
    return 1 <= len(ends) <= 2 and not any(edge.row == edge.col for edge in ends)


def _graph(term: Expr, first: ReadingOrder) -> tuple[Expr, list[Edge], dict[Basic, Expr]]:
    """The number in front, the entries as edges, and the summed indices with their sizes."""
    coefficient: Expr = S.One
    edges: list[Edge] = []
    bound: dict[Basic, Expr] = {}
    for factor in first.factors(term):
        if factor.is_number:
            coefficient *= factor
        elif isinstance(factor, Sum):
            # Two sums in one product may run over the same letter: each gets an index of its own.
            own = {index: Dummy(index.name) for index in factor.variables}
            inner, more, deeper = _graph(factor.function.xreplace(own), first)
            coefficient, edges = coefficient * inner, edges + more
            bound |= {own[index]: upper + 1 for index, _, upper in factor.limits} | deeper
        elif isinstance(factor, Pow) and factor.exp.is_Integer and factor.exp > 0:
            edges += [_edge(factor.base)] * int(factor.exp)
        else:
            edges.append(_edge(factor))
    return coefficient, edges, bound


def _edge(factor: Expr) -> Edge:
    if isinstance(factor, MatrixElement):
        return Edge(*factor.args)
    if isinstance(factor, Partial):
        matrix, row, col = factor.wrt.args
        return Edge(Gradient(factor.of, matrix), row, col)
    raise NoMatrixForm("a factor of the formula is the entry of no matrix")


def _parallel(edges: list[Edge]) -> list[Edge]:
    """Edges between the same two nodes joined into one entrywise product."""
    groups: dict[frozenset[Basic], list[Edge]] = {}
    for edge in edges:
        groups.setdefault(frozenset((edge.row, edge.col)), []).append(edge)
    return [
        Edge(HadamardProduct(*(e.starting(group[0].row).matrix for e in group)), group[0].row, group[0].col)
        if len(group) > 1
        else group[0]
        for group in groups.values()
    ]


def _path(edges: list[Edge], row: Basic, col: Basic, shape: tuple[Expr, Expr]) -> tuple[MatrixExpr, ...]:
    """The matrices along the way from the row to the column, over the unit node if need be."""
    direct = [edge for edge in edges if {edge.row, edge.col} == {row, col}]
    if direct and len(edges) == 1:
        return (edges[0].starting(row).matrix,)
    halves = []
    for node, ones in ((row, OneMatrix(shape[0], 1)), (col, OneMatrix(1, shape[1]))):
        at = [edge for edge in edges if {edge.row, edge.col} == {node, UNIT}]
        if len(at) > 1:
            raise NoMatrixForm(f"the index {node} stands in {len(at)} separate factors")
        halves.append(at[0] if at else Edge(ones, *((node, UNIT) if node == row else (UNIT, node))))
        edges = [edge for edge in edges if edge not in at]
    if edges:
        raise NoMatrixForm("the factors form no path from the row to the column")
    return halves[0].starting(row).matrix, halves[1].starting(UNIT).matrix


def entrywise(matrix: MatrixExpr, row: Basic, col: Basic, formula: Expr) -> Expr:
    """``formula`` with every factor written as the entry of the matrix that stands in ``matrix``.

    w_qj becomes (Wᵀ)_jq where ``matrix`` holds Wᵀ, so that the last step, the definition of the
    matrix product, can be read off without turning anything round in one's head.
    """
    turned = {part.arg for part in matrix.atoms(Transpose)}

    def turn(node: Basic) -> Basic:
        if isinstance(node, (MatrixElement, Partial)):
            edge = _edge(node)
            return MatrixElement(Transpose(edge.matrix), edge.col, edge.row) if edge.matrix in turned else node
        args = tuple(turn(arg) for arg in node.args)
        return node if args == node.args else node.func(*args)

    return turn(formula)
