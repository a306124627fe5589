"""Recognition: reading a matrix expression off the formula of its entry.

Indices are nodes and entries are edges.  Parallel edges are an entrywise product, a summed index
between two edges joins a matrix product (transposing the edge that runs the other way), a summed
index at the end of one edge takes a vector of ones, and the edge that is left between the row and
the column is the answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sympy import (
    Add,
    DiagMatrix,
    Dummy,
    Expr,
    HadamardPower,
    HadamardProduct,
    Identity,
    MatAdd,
    Mul,
    OneMatrix,
    Pow,
    S,
    Sum,
    Trace,
    Transpose,
    ZeroMatrix,
)
from sympy.core.basic import Basic
from sympy.matrices.expressions.diagonal import DiagonalOf

from derive.edges import Edge, NoMatrixForm, edge, indices, parallel, product, transposed
from derive.functions import Elementary
from derive.indexed import UNIT
from derive.minors import Unit
from derive.order import ReadingOrder
from derive.terms import Call, Delta, MatrixElement, MatrixExpr, Partial, Scalar


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
    if formula == 0:
        return ZeroMatrix(*shape)
    ranges = {row: shape[0], col: shape[1]}
    terms = [_Reader(first, ranges).monomial(term, row, col) for term in first.terms(formula)]
    return terms[0] if len(terms) == 1 else MatAdd(*terms)


class _Reader:
    """Reads one term: ``ranges`` tells how far each of its indices runs."""

    def __init__(self, first: ReadingOrder, ranges: Mapping[Basic, Expr]) -> None:
        self.first = first
        self.ranges = dict(ranges)
        self.coefficient: Expr = S.One
        self.edges: list[Edge] = []
        self.bound: list[Basic] = []

    def monomial(self, term: Expr, row: Basic, col: Basic) -> MatrixExpr:
        self.take(term)
        self.edges = parallel(self.edges)
        while self.bound:
            self._eliminate()
        path = self._path(row, col)
        return product(self.coefficient, *path)

    def take(self, term: Expr) -> None:
        """The numbers in front, the entries as edges, and the summed indices with their sizes."""
        for factor in self.first.factors(term):
            if isinstance(factor, Sum):
                # Two sums in one product may run over the same letter: each gets an index of its own.
                own = {index: Dummy(index.name) for index in factor.variables}
                self.ranges |= {own[index]: upper + 1 for index, _, upper in factor.limits}
                self.bound += own.values()
                self.take(factor.function.xreplace(own))
            elif isinstance(factor, Pow) and factor.exp == 2:
                self.edges += [*self._edges(factor.base)] * 2
            else:
                self.edges += self._edges(factor)

    def _edges(self, factor: Expr) -> Iterator[Edge]:
        """The edge of a factor; a number is none, but stands in front."""
        ends = indices(factor)
        if not ends:
            self.coefficient *= self._number(factor)
        elif isinstance(factor, (MatrixElement, Partial)):
            yield edge(factor)
        elif len(ends) > 2:
            raise NoMatrixForm("a factor of the formula is the entry of no matrix")
        else:
            before, after = (*ends, UNIT)[:2]
            yield Edge(self._entry_by_entry(factor, before, after), before, after)

    def _number(self, factor: Expr) -> Expr:
        """A factor without indices, its sums read as products of matrices."""
        counted = all(letter.is_positive for letter in factor.free_symbols)  # as sizes are, and no index is
        if any(index in self.ranges for index in factor.free_symbols) or not (
            counted or factor.has(MatrixElement, Partial)
        ):
            raise NoMatrixForm("an index of the formula is calculated from others, or stands outside of all entries")
        if not factor.has(Sum):
            return factor
        if not isinstance(factor, Sum):
            return factor.func(*(self._number(arg) for arg in factor.args))
        form = matrix_form(factor, UNIT, UNIT, (S.One, S.One), self.first)
        return form.number if isinstance(form, Scalar) else MatrixElement(form, UNIT, UNIT)

    def _entry_by_entry(self, factor: Expr, before: Basic, after: Basic) -> MatrixExpr:
        """The matrix of a factor that is a function of other entries."""
        shape = (self.ranges.get(before, S.One), self.ranges.get(after, S.One))
        if isinstance(factor, Delta) and UNIT not in (before, after) and shape[0] == shape[1]:
            return Identity(shape[0])
        if isinstance(factor, Delta) and after == UNIT and any(index.is_Integer for index in factor.args):
            return Unit(shape[0], next(index for index in factor.args if index != before))
        if isinstance(factor, Pow) and factor.exp.is_number:
            return HadamardPower(self._form(factor.base, before, after, shape), factor.exp)
        if isinstance(factor, Elementary):
            return Call.of(type(factor).__name__, shape, self._form(factor.args[0], before, after, shape))
        if isinstance(factor, Add):
            return self._form(factor, before, after, shape)
        raise NoMatrixForm("a factor of the formula is the entry of no matrix")

    def _form(self, formula: Expr, before: Basic, after: Basic, shape: tuple[Expr, Expr]) -> MatrixExpr:
        terms = [_Reader(self.first, self.ranges).monomial(t, before, after) for t in self.first.terms(formula)]
        return terms[0] if len(terms) == 1 else MatAdd(*terms)

    def _eliminate(self) -> None:
        """One summed index less: it joins two edges, or ends one."""
        at = {index: [edge for edge in self.edges if index in (edge.row, edge.col)] for index in self.bound}
        index = next((i for i, ends in at.items() if _joins(ends)), None)
        if index is None:
            letters = ", ".join(sorted(i.name for i in self.bound))
            raise NoMatrixForm(f"the sum over {letters} is no product of two matrices")
        ends = at[index]
        self.bound.remove(index)
        self.edges = [edge for edge in self.edges if edge not in ends]
        if len(ends) == 1 and isinstance(ends[0].matrix, DiagonalOf):
            self.coefficient *= Trace(ends[0].matrix.arg)
            return
        size = self.ranges[index]
        if len(ends) == 2:
            before, after = ends[0].starting(ends[0].other(index)), ends[1].starting(index)
        elif ends[0].row == index:
            before, after = Edge(OneMatrix(1, size), UNIT, index), ends[0]
        else:
            before, after = ends[0], Edge(OneMatrix(size, 1), index, UNIT)
        joined = Edge(product(S.One, before.matrix, after.matrix), before.row, after.col)
        self.edges = parallel([*self.edges, joined])

    def _path(self, row: Basic, col: Basic) -> tuple[MatrixExpr, ...]:
        """The matrices along the way from the row to the column, over the unit node if need be."""
        direct = [edge for edge in self.edges if {edge.row, edge.col} == {row, col}]
        rest = [edge for edge in self.edges if edge not in direct]
        scalars = [edge for edge in rest if edge.row == edge.col == UNIT]
        self.coefficient *= Mul(*(MatrixElement(edge.matrix, UNIT, UNIT) for edge in scalars))
        sides = {node: self._beside(node, rest) for node in (row, col) if node != UNIT}
        if len(rest) > len(scalars) + sum(side is not None for side in sides.values()):
            raise NoMatrixForm("the factors form no path from the row to the column")
        left, right = sides.get(row), sides.get(col)
        if direct:
            return _scaled(left, direct[0].starting(row).matrix, right)
        before = left or OneMatrix(self.ranges[row], 1)
        after = right or OneMatrix(self.ranges[col], 1)
        if self.ranges[row] == self.ranges[col] == 1:
            number, self.coefficient = self.coefficient, S.One
            return (Scalar(number),)
        return before, transposed(after)

    @staticmethod
    def _beside(node: Basic, edges: list[Edge]) -> MatrixExpr | None:
        """The column that hangs on a node, if one does."""
        at = [edge for edge in edges if {edge.row, edge.col} == {node, UNIT}]
        if len(at) > 1:
            raise NoMatrixForm(f"the index {node} stands in {len(at)} separate factors")
        return at[0].starting(node).matrix if at else None


def _scaled(left: MatrixExpr | None, matrix: MatrixExpr, right: MatrixExpr | None) -> tuple[MatrixExpr, ...]:
    """A matrix whose rows and columns are multiplied by the entries of columns."""
    if isinstance(matrix, Identity):
        sides = [side for side in (left, right) if side is not None]
        column = HadamardProduct(*sides) if len(sides) == 2 else sides[0] if sides else None
        return (matrix if column is None else DiagMatrix(column),)
    return (
        *([] if left is None else [DiagMatrix(left)]),
        matrix,
        *([] if right is None else [DiagMatrix(right)]),
    )


def _joins(ends: list[Edge]) -> bool:
    """Whether a summed index at these edges makes one of them: a product, or row sums."""
    return 1 <= len(ends) <= 2 and not any(edge.row == edge.col for edge in ends)


def entrywise(matrix: MatrixExpr, row: Basic, col: Basic, formula: Expr) -> Expr:
    """``formula`` with every factor written as the entry of the matrix that stands in ``matrix``.

    w_qj becomes (Wᵀ)_jq where ``matrix`` holds Wᵀ, so that the last step, the definition of the
    matrix product, can be read off without turning anything round in one's head.
    """
    turned = {part.arg for part in matrix.atoms(Transpose)}

    def turn(node: Basic) -> Basic:
        if isinstance(node, (MatrixElement, Partial)):
            found = edge(node) if indices(node) else None
            if found is not None and found.matrix in turned:
                return MatrixElement(Transpose(found.matrix), found.col, found.row)
            return node
        args = tuple(turn(arg) for arg in node.args)
        return node if args == node.args else node.func(*args)

    return turn(formula)
