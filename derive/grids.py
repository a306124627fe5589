"""Reading the factors off an expanded grid of sums.

The second, independent recognition: it sees only the cells at given sizes, no index calculation.
Every reading that it returns multiplies out to the grid, cell by cell.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import permutations, product

from sympy import (
    Expr,
    HadamardPower,
    HadamardProduct,
    ImmutableDenseMatrix,
    Integer,
    MatAdd,
    MatMul,
    OneMatrix,
    S,
    Transpose,
)

from derive.edges import NoMatrixForm
from derive.edges import product as matrix_product
from derive.indexed import indexed
from derive.terms import (
    Gradient,
    Labelled,
    MatrixElement,
    MatrixExpr,
    MatrixSymbol,
    Partial,
    Scalar,
    addends,
    factors,
)

Cells = list[list[list[tuple[Expr, ...]]]]
"""For every cell its terms, for every term its factors."""


@lru_cache(maxsize=64)
def explicit(matrix: MatrixExpr) -> ImmutableDenseMatrix:
    """The matrix written out by its entries."""
    return ImmutableDenseMatrix(matrix.rows, matrix.cols, lambda i, j: indexed(matrix, Integer(i), Integer(j)))


def readings(grid: ImmutableDenseMatrix, names: Iterable[MatrixExpr]) -> Iterator[MatrixExpr]:
    """The ways to write ``grid`` as a matrix of ``names``, or as a product of two, times a number.

    Each has its factors written out and labelled by what they are.  Usually there is one; a 1×1
    grid has several, all of them true.

    Raises:
        NoMatrixForm: the grid is none of these.
    """
    known: defaultdict[ImmutableDenseMatrix, list[MatrixExpr]] = defaultdict(list)
    for name in names:
        known[explicit(name)].append(name)
    terms = [[[term.as_coeff_Mul() for term in addends(entry)] for entry in grid.row(i)] for i in range(grid.rows)]
    numbers = {number for row in terms for cell in row for number, _ in cell}
    cells = [[[factors(rest) for _, rest in cell] for cell in row] for row in terms]
    found = False
    if len(numbers) == 1:
        number = numbers.pop()
        for split, join in (
            (_alone, matrix_product),
            (_entrywise, _hadamard),
            (_product, matrix_product),
            (_sums, matrix_product),
        ):
            for parts in split(cells):
                for labels in product(*(known[part] for part in parts)):
                    found = True
                    yield join(number, *(Labelled(part, label) for part, label in zip(parts, labels, strict=True)))
    if not found:
        raise NoMatrixForm("the grid of sums is no product of the matrices that it is made of")


def _hadamard(number: Expr, *matrices: MatrixExpr) -> MatrixExpr:
    return matrix_product(number, HadamardProduct(*matrices))


def _alone(cells: Cells) -> Iterator[tuple[ImmutableDenseMatrix, ...]]:
    if all(len(terms) == 1 and len(terms[0]) == 1 for row in cells for terms in row):
        yield (ImmutableDenseMatrix([[terms[0][0] for terms in row] for row in cells]),)


def _entrywise(cells: Cells) -> Iterator[tuple[ImmutableDenseMatrix, ...]]:
    """One factor of every matrix in every cell; each order of the matrices is a reading."""
    kinds = [_kind(factor) for factor in cells[0][0][0]]
    if len(kinds) < 2 or not all(len(terms) == 1 for row in cells for terms in row):
        return
    sides = []
    for kind in kinds:
        side = [[[factor for factor in terms[0] if _kind(factor) == kind] for terms in row] for row in cells]
        if not all(len(found) == 1 for row in side for found in row):
            return
        sides.append(ImmutableDenseMatrix([[found[0] for found in row] for row in side]))
    if all(len(terms[0]) == len(kinds) for row in cells for terms in row):
        yield from permutations(sides)


def _kind(factor: Expr) -> tuple[str, ...]:
    """The matrix that a factor is an entry of; for anything else the factor itself."""
    entry = factor.wrt if isinstance(factor, Partial) else factor
    return (type(factor).__name__, entry.args[0].name if isinstance(entry, MatrixElement) else str(factor))


def _product(cells: Cells) -> Iterator[tuple[ImmutableDenseMatrix, ...]]:
    """A[p, s] and B[s, q] with cell (p, q) = Σ_s A[p, s] B[s, q].

    The first cell tells the pairs, in whatever order they are written; the first column then tells A,
    the first row B, and every other cell is checked.
    """
    if not all(len(term) == 2 for row in cells for terms in row for term in terms):
        return
    for order in (1, -1):
        pairs = sorted((sorted(term, key=_kind)[::order] for term in cells[0][0]), key=_place)
        left = [[_partner(row[0], b) for _, b in pairs] for row in cells[1:]]
        right = [[_partner(terms, a) for a, _ in pairs] for terms in cells[0][1:]]
        left.insert(0, [a for a, _ in pairs])
        right.insert(0, [b for _, b in pairs])
        products = [[Counter(map(frozenset, zip(a, b, strict=True))) for b in right] for a in left]
        if products == [[Counter(map(frozenset, terms)) for terms in row] for row in cells]:
            yield ImmutableDenseMatrix(left), ImmutableDenseMatrix(right).T


def _place(pair: Sequence[Expr]) -> tuple[int, ...]:
    """Row and column of the first entry of a pair."""
    entry = pair[0].wrt if isinstance(pair[0], Partial) else pair[0]
    return tuple(int(index) for index in entry.args[1:]) if isinstance(entry, MatrixElement) else ()


def _partner(terms: Sequence[tuple[Expr, ...]], known: Expr) -> Expr | None:
    found = [a if b == known else b for a, b in terms if known in (a, b)]
    return found[0] if len(found) == 1 else None


def _sums(cells: Cells) -> Iterator[tuple[ImmutableDenseMatrix, ...]]:
    """Column sums are a row of ones times a matrix, row sums a matrix times a column of ones."""
    if not all(len(term) == 1 for row in cells for terms in row for term in terms):
        return
    bare = [[[factor for (factor,) in terms] for terms in row] for row in cells]
    length = len(bare[0][0])
    if not all(len(terms) == length for row in bare for terms in row):
        return
    if all(row == bare[0] for row in bare):
        yield ImmutableDenseMatrix.ones(len(bare), length), ImmutableDenseMatrix(bare[0]).T
    if all(terms == row[0] for row in bare for terms in row):
        yield ImmutableDenseMatrix([row[0] for row in bare]), ImmutableDenseMatrix.ones(length, len(bare[0]))


def is_plain(form: MatrixExpr) -> bool:
    """Whether a form is one that its grid shows: at most two factors, all of them single matrices."""
    number, parts = form.as_coeff_matrices() if isinstance(form, MatMul) else (S.One, [form])
    if len(parts) == 1 and isinstance(parts[0], HadamardProduct):
        parts = parts[0].args
    single = (MatrixSymbol, Gradient, Transpose, OneMatrix)
    ones = [part for part in parts if isinstance(part, OneMatrix)]
    return bool(number.is_number) and len(ones) < len(parts) <= 2 and all(isinstance(part, single) for part in parts)


def spelled(form: MatrixExpr) -> MatrixExpr:
    """``form`` with each of its matrices written out, labelled by its name."""
    if isinstance(form, (MatMul, MatAdd)):
        return form.func(*(spelled(part) if isinstance(part, MatrixExpr) else part for part in form.args))
    if isinstance(form, HadamardProduct):
        return form.func(*map(_labelled, form.args))
    return _labelled(form) if not isinstance(form, Scalar) else form


def _labelled(matrix: MatrixExpr) -> MatrixExpr:
    """One matrix, written out; of an entrywise quotient, what it is divided by."""
    if isinstance(matrix, HadamardPower) and matrix.exp.is_negative:
        below = matrix.base if matrix.exp == -1 else HadamardPower(matrix.base, -matrix.exp)
        return HadamardPower(_labelled(below), -1)
    return Labelled(explicit(matrix), matrix)


def leaves(form: MatrixExpr) -> set[MatrixExpr]:
    """The single matrices in ``form``, each with the transposition it stands in."""
    if isinstance(form, (MatMul, MatAdd, HadamardProduct)):
        return {leaf for part in form.args for leaf in leaves(part)}
    return {form} if isinstance(form, MatrixExpr) else set()
