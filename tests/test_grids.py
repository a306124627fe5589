"""Reading factors off a written-out grid: every reading multiplies out, and a grid that is no product is refused."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import HadamardProduct, ImmutableDenseMatrix, Integer, MatMul, OneMatrix, S, Symbol, Transpose

from derive.grids import explicit, readings
from derive.recognise import NoMatrixForm
from derive.terms import Gradient, Labelled, MatrixSymbol, Partial, Terms, addends
from tests.numeric import Point

A, B, D, E = (MatrixSymbol(*shape) for shape in [("A", 2, 4), ("B", 4, 3), ("D", 2, 3), ("E", 2, 3)])
W, SQ, row, one, other = (
    MatrixSymbol(*shape) for shape in [("W", 4, 3), ("Q", 3, 3), ("r", 1, 3), ("o", 1, 1), ("p", 1, 1)]
)
G = Gradient(Symbol("L"), MatrixSymbol("Y", 2, 3))


def multiplied(left, right):
    """The grid of sums of a product, term by term."""
    a, b = explicit(left), explicit(right)
    return ImmutableDenseMatrix(a.rows, b.cols, lambda i, j: Terms.of(a[i, s] * b[s, j] for s in range(a.cols)))


def entrywise(left, right):
    a, b = explicit(left), explicit(right)
    return ImmutableDenseMatrix(a.rows, a.cols, lambda i, j: a[i, j] * b[i, j])


def labels(matrix):
    """A reading by the names of its factors alone."""
    return matrix.xreplace({part: part.label for part in matrix.atoms(Labelled)})


def read(grid, names):
    return [labels(reading) for reading in readings(grid, names)]


TABLE = [
    # a single matrix
    (explicit(G), [G, D], [G]),
    (explicit(D.T), [D, D.T], [D.T]),
    (explicit(row), [row], [row]),
    (explicit(SQ), [SQ, SQ.T], [SQ]),
    # products of two
    (multiplied(A, B), [A, B], [MatMul(A, B)]),
    (multiplied(G, W.T), [G, W.T, W], [MatMul(G, Transpose(W))]),
    (multiplied(A.T, G), [A.T, G, A], [MatMul(Transpose(A), G)]),
    (multiplied(D, E.T), [D, E.T, D.T, E], [MatMul(D, Transpose(E))]),
    (multiplied(D.T, E), [D.T, E, D, E.T], [MatMul(Transpose(D), E)]),
    (multiplied(D, row.T), [D, row.T, row], [MatMul(D, Transpose(row))]),
    # products entry by entry
    (entrywise(G, D), [D, G], [HadamardProduct(G, D), HadamardProduct(D, G)]),
    # sums of rows and columns
    (multiplied(OneMatrix(1, 2), G), [G, OneMatrix(1, 2)], [MatMul(OneMatrix(1, 2), G)]),
    (multiplied(G, OneMatrix(3, 1)), [G, OneMatrix(3, 1)], [MatMul(G, OneMatrix(3, 1))]),
]


@pytest.mark.parametrize(("grid", "names", "wanted"), TABLE, ids=[str(wanted) for *_, wanted in TABLE])
def test_a_grid_is_read(grid, names, wanted):
    found = read(grid, names)
    assert sorted(map(str, found)) == sorted(map(str, wanted))
    for reading in found:
        assert (Point(1).matrix(reading) == Point(1).matrix(grid)).all()


@pytest.mark.parametrize(
    ("grid", "names", "wanted"),
    [
        (explicit(D).applyfunc(lambda entry: 2 * entry), [D], MatMul(2, D)),
        (explicit(G).applyfunc(lambda entry: -entry), [G], MatMul(-1, G)),
        (explicit(D).applyfunc(lambda entry: entry / 2), [D], MatMul(S.Half, D)),
        (multiplied(A, B).applyfunc(lambda e: Terms(*(3 * t for t in addends(e)))), [A, B], MatMul(3, A, B)),
        (entrywise(SQ, SQ), [SQ], HadamardProduct(SQ, SQ)),
        (entrywise(SQ, SQ.T), [SQ, SQ.T], HadamardProduct(SQ, SQ.T)),
        (multiplied(row.T, row), [row, row.T], MatMul(row.T, row)),
    ],
)
def test_a_grid_with_numbers_or_powers_is_read_or_refused(grid, names, wanted):
    """No other error than NoMatrixForm; and what is read is right."""
    try:
        found = read(grid, names)
    except NoMatrixForm:
        return
    for reading in found:
        assert (Point(1).matrix(reading) == Point(1).matrix(wanted)).all()


def test_a_reading_shows_its_factors_written_out():
    (reading,) = readings(multiplied(A, B), [A, B])
    assert [(part.grid, part.label) for part in reading.args] == [(explicit(A), A), (explicit(B), B)]


def spoilt(grid, i, j, cell):
    return ImmutableDenseMatrix(grid.rows, grid.cols, lambda a, b: cell if (a, b) == (i, j) else grid[a, b])


AB = multiplied(A, B)
WRONG = [
    (spoilt(AB, 1, 2, Terms(*AB[1, 2].args[:-1])), [A, B]),  # a term is missing
    (spoilt(AB, 1, 2, Terms(*AB[1, 2].args, AB[1, 2].args[0])), [A, B]),  # a term too many
    (spoilt(AB, 1, 2, AB[0, 2]), [A, B]),  # another cell's sum
    (spoilt(AB, 1, 2, AB[1, 2].xreplace({A[1, 0]: A[0, 0]})), [A, B]),  # one entry of another row
    (spoilt(AB, 1, 2, AB[1, 2].xreplace({B[0, 2]: B[0, 1]})), [A, B]),
    (spoilt(AB, 0, 0, AB[0, 0].xreplace({B[0, 0]: B[1, 0]})), [A, B]),
    (spoilt(AB, 1, 2, S.Zero), [A, B]),
    (AB, [A]),  # the second factor is none of the matrices
    (AB, []),
    (AB, [A, W]),
    (AB.T, [A, B]),  # the transpose is no product of A and B
    (spoilt(explicit(D), 0, 0, D[0, 1]), [D]),
    (spoilt(explicit(D), 0, 0, E[0, 0]), [D, E]),
    (spoilt(entrywise(G, D), 1, 1, G[1, 1] * D[1, 0]), [G, D]),
    (spoilt(entrywise(G, D), 1, 1, G[1, 1] * E[1, 1]), [G, D, E]),
    (spoilt(entrywise(G, D), 1, 1, G[1, 1]), [G, D]),
    (spoilt(multiplied(OneMatrix(1, 2), G), 0, 1, Terms(G[0, 0], G[1, 1])), [G, OneMatrix(1, 2)]),
    (spoilt(multiplied(OneMatrix(1, 2), G), 0, 1, G[0, 1]), [G, OneMatrix(1, 2)]),
    (ImmutableDenseMatrix(2, 3, lambda i, j: Terms(D[i, j], E[i, j])), [D, E]),
    (ImmutableDenseMatrix(2, 3, lambda i, j: Integer(0)), [D]),
    (ImmutableDenseMatrix(2, 3, lambda i, j: Integer(1)), [D]),
    (ImmutableDenseMatrix(2, 3, lambda i, j: D[i, j] ** 2), [E]),
    (ImmutableDenseMatrix(3, 3, lambda i, j: SQ[i, i]), [SQ]),
]


@pytest.mark.parametrize(("grid", "names"), WRONG)
def test_a_grid_that_is_no_product_is_refused(grid, names):
    """It is refused when the readings are asked for, not by an empty answer."""
    with pytest.raises(NoMatrixForm, match="no product"):
        list(readings(grid, names))


@settings(max_examples=60, deadline=None)
@given(
    st.tuples(*[st.integers(1, 4)] * 3).filter(lambda sizes: max(sizes) > 1),
    st.tuples(st.booleans(), st.booleans()),
    st.randoms(use_true_random=False),
)
def test_the_order_of_terms_does_not_matter(sizes, turned, shuffle):
    """A sum may be written in any order: in all cells but the first, and in the first as well."""
    rows, inner, cols = sizes
    left = Transpose(MatrixSymbol("A", inner, rows)) if turned[0] else MatrixSymbol("A", rows, inner)
    right = Transpose(MatrixSymbol("B", cols, inner)) if turned[1] else MatrixSymbol("B", inner, cols)
    grid = multiplied(left, right)

    def scrambled(cell):
        terms = list(addends(cell))
        shuffle.shuffle(terms)
        return Terms.of(terms)

    shuffled = grid.applyfunc(scrambled)
    assert MatMul(left, right) in read(spoilt(shuffled, 0, 0, grid[0, 0]), [left, right])
    assert MatMul(left, right) in read(shuffled, [left, right])


@settings(max_examples=60, deadline=None)
@given(st.tuples(*[st.integers(1, 3)] * 3), st.integers(0, 10**6))
def test_every_reading_multiplies_out(sizes, seed):
    """Also those of square, thin and ambiguous grids, with all transposes to choose from."""
    rows, inner, cols = sizes
    left, right = MatrixSymbol("A", rows, inner), MatrixSymbol("B", inner, cols)
    choose = random.Random(seed)
    grid = multiplied(*choose.choice([(left, right), (right.T, left.T)]))
    names = [left, right, left.T, right.T, *(OneMatrix(1, s) for s in sizes), *(OneMatrix(s, 1) for s in sizes)]
    for reading in readings(grid, list(dict.fromkeys(names))):
        found = Point(2, {}).matrix(labels(reading))
        assert (found == Point(2, {}).matrix(reading)).all(), "a label names another matrix"
        assert (found == Point(2, {}).matrix(grid)).all()


def test_one_cell_has_several_readings_all_of_them_true():
    grid = multiplied(one, other)
    found = read(grid, [one, other])
    assert {MatMul(one, other), MatMul(other, one), HadamardProduct(one, other)} <= set(found)
    for reading in found:
        assert (Point(1).matrix(reading) == Point(1).matrix(grid)).all()


def test_one_cell_with_a_single_entry():
    up = Gradient(Symbol("L"), one)
    assert up in read(explicit(up), [up])
    assert up.T in read(explicit(up), [up, up.T])


@pytest.mark.parametrize("matrix", [D, D.T, G, G.T, OneMatrix(2, 3), one])
def test_a_matrix_is_written_out_by_its_entries(matrix):
    grid = explicit(matrix)
    assert grid.shape == matrix.shape
    assert (Point(1).matrix(grid) == Point(1).matrix(matrix)).all()


def test_the_entries_of_a_gradient_are_derivatives():
    assert explicit(G)[1, 2] == Partial(Symbol("L"), MatrixSymbol("Y", 2, 3)[1, 2])
    assert explicit(G.T)[2, 1] == explicit(G)[1, 2]
