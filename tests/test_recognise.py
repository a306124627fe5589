"""Recognition from the formula of an entry: the right matrix, or a refusal; never a wrong one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import (
    Dummy,
    HadamardPower,
    HadamardProduct,
    Integer,
    MatAdd,
    MatMul,
    OneMatrix,
    S,
    Sum,
    Symbol,
    Transpose,
    symbols,
)

from derive.errors import DeriveError
from derive.order import ReadingOrder
from derive.recognise import Edge, NoMatrixForm, entrywise, matrix_form, product, transposed
from derive.terms import Delta, Gradient, MatrixElement, MatrixSymbol, Partial
from tests.numeric import Point

m, k, n, o = (Symbol(size, integer=True, positive=True) for size in "mkno")
i, j, t, s = symbols("i j t s")
ZERO = Integer(0)


def matrix(name, rows, cols):
    return MatrixSymbol(name, rows, cols)


A, B, C, D, E = matrix("A", m, k), matrix("B", k, n), matrix("C", n, o), matrix("D", m, n), matrix("E", m, n)
AT, BT, DT, SQ = matrix("F", k, m), matrix("H", n, k), matrix("J", n, m), matrix("Q", n, n)
row, col, one = matrix("r", 1, n), matrix("c", m, 1), matrix("u", 1, 1)
G = Gradient(Symbol("L"), matrix("Y", m, n))
UP = Partial(Symbol("L"), matrix("Y", m, n)[i, j])


def over(size, body):
    """Σ over t = 1, ..., size."""
    return Sum(body, (t, 0, size - 1))


TABLE = [
    # single matrices
    (D[i, j], (m, n), D),
    (J := DT[j, i], (m, n), DT.T),
    (UP, (m, n), G),
    (2 * D[i, j], (m, n), 2 * D),
    (-D[i, j], (m, n), -D),
    (D[i, j] / 3, (m, n), D / 3),
    # products, either factor turned round
    (over(k, A[i, t] * B[t, j]), (m, n), A * B),
    (over(k, A[i, t] * BT[j, t]), (m, n), A * BT.T),
    (over(k, AT[t, i] * B[t, j]), (m, n), AT.T * B),
    (over(k, AT[t, i] * BT[j, t]), (m, n), AT.T * BT.T),
    (over(m, D[t, i] * E[t, j]), (n, n), D.T * E),
    (over(n, D[i, t] * D[j, t]), (m, m), D * D.T),
    (over(n, Partial(Symbol("L"), matrix("Y", m, n)[i, t]) * BT[t, j]), (m, k), G * BT),
    (3 * over(k, A[i, t] * B[t, j]), (m, n), 3 * A * B),
    (over(k, 3 * A[i, t] * B[t, j]), (m, n), 3 * A * B),
    # chains
    (Sum(A[i, t] * B[t, s] * C[s, j], (s, 0, n - 1), (t, 0, k - 1)), (m, o), A * B * C),
    (over(k, A[i, t] * Sum(B[t, s] * C[s, j], (s, 0, n - 1))), (m, o), A * B * C),
    (Sum(A[j, t] * B[t, s] * C[s, i], (s, 0, n - 1), (t, 0, k - 1)), (o, m), C.T * B.T * A.T),
    # entrywise products
    (D[i, j] * E[i, j], (m, n), HadamardProduct(D, E)),
    (D[i, j] * DT[j, i], (m, n), HadamardProduct(D, DT.T)),
    (D[i, j] ** 2, (m, n), HadamardProduct(D, D)),
    (D[i, j] ** 3, (m, n), HadamardPower(D, 3)),
    (D[i, j] * over(k, A[i, t] * B[t, j]), (m, n), HadamardProduct(D, A * B)),
    (over(n, D[i, t] * E[i, t] * C[t, j]), (m, o), HadamardProduct(D, E) * C),
    (
        over(n, D[i, t] * Sum(A[i, s] * B[s, t], (s, 0, k - 1)) * C[t, j]),
        (m, o),
        HadamardProduct(D, A * B) * C,
    ),
    # sums over one index, outer products
    (over(m, D[t, j]), (1, n), OneMatrix(1, m) * D),
    (over(n, D[i, t]), (m, 1), D * OneMatrix(n, 1)),
    (over(m, D[t, j]), (m, n), OneMatrix(m, 1) * OneMatrix(1, m) * D),
    (Sum(D[s, t], (s, 0, m - 1), (t, 0, n - 1)), (1, 1), OneMatrix(1, m) * D * OneMatrix(n, 1)),
    (col[i, 0] * row[0, j], (m, n), col * row),
    (row[0, i] * row[0, j], (n, n), row.T * row),
    (row[0, j], (m, n), OneMatrix(m, 1) * row),
    (col[i, 0], (m, n), col * OneMatrix(1, n)),
    (over(n, D[i, t] * row[0, t]), (m, 1), D * row.T),
    (Integer(1), (m, n), OneMatrix(m, 1) * OneMatrix(1, n)),
    (Integer(5), (m, n), 5 * OneMatrix(m, 1) * OneMatrix(1, n)),
    # sums of terms
    (D[i, j] + E[i, j], (m, n), D + E),
    (D[i, j] - 2 * DT[j, i], (m, n), D - 2 * DT.T),
    (D[i, j] + row[0, j], (m, n), D + OneMatrix(m, 1) * row),
    (over(k, A[i, t] * B[t, j]) + row[0, j], (m, n), A * B + OneMatrix(m, 1) * row),
    (SQ[i, j] + SQ[j, i], (n, n), SQ + SQ.T),
]


def form(formula, shape):
    shape = tuple(S(size) for size in shape)
    at = tuple(ZERO if size == 1 else index for size, index in zip(shape, (i, j), strict=True))
    return matrix_form(formula, *at, shape, ReadingOrder([])), at, shape


def same(found, wanted, shape):
    """Equal in shape and, at random numbers, in every cell."""
    return all(
        (a := point.matrix(found)).shape == (b := point.matrix(wanted)).shape == tuple(map(point.size, shape))
        and (a == b).all()
        for point in (Point(1), Point(2))
    )


@pytest.mark.parametrize(("formula", "shape", "wanted"), TABLE, ids=[str(wanted) for *_, wanted in TABLE])
def test_the_matrix_of_a_formula(formula, shape, wanted):
    found, at, shape = form(formula, shape)
    assert same(found, wanted, shape), f"{found} is not {wanted}"
    point = Point(3)
    assert (point.matrix(found) == point.by_entries(formula, *at, shape)).all()


@pytest.mark.parametrize(
    ("formula", "shape", "written"),
    [
        (over(k, A[i, t] * B[t, j]), (m, n), MatMul(A, B)),
        (over(k, A[i, t] * BT[j, t]), (m, n), MatMul(A, Transpose(BT))),
        (over(m, D[t, j]), (1, n), MatMul(OneMatrix(1, m), D)),
        (over(n, D[i, t]), (m, 1), MatMul(D, OneMatrix(n, 1))),
        (DT[j, i], (m, n), Transpose(DT)),
        (2 * D[i, j], (m, n), MatMul(2, D)),
        (col[i, 0] * row[0, j], (m, n), MatMul(col, row)),
        (over(n, Partial(Symbol("L"), matrix("Y", n, m)[t, i]) * C[t, j]), (m, o), None),
    ],
)
def test_the_form_is_the_one_that_a_person_writes(formula, shape, written):
    """No spare ones, no double transposes, no brackets."""
    found, _, _ = form(formula, shape)
    if written is None:
        written = MatMul(Transpose(Gradient(Symbol("L"), matrix("Y", n, m))), C)
    assert found == written


def test_the_reading_order_orders_entrywise_products():
    formula = D[i, j] * E[i, j]
    for names in ("DE", "ED"):
        found = matrix_form(formula, i, j, (m, n), ReadingOrder(list(names)))
        assert [part.name for part in found.args] == list(names)


REFUSED = [
    (over(k, A[i, t] * B[t, j] * matrix("P", o, k)[0, t]), (m, n)),  # three factors share one index
    (Delta(i, j), (m, n)),  # the ranges differ
    (Symbol("x") * D[i, j], (m, n)),
    (Symbol("x"), (m, n)),
    (D[i, j] ** Symbol("x"), (m, n)),
    (over(k, Integer(1)) * D[i, j], (m, n)),  # k times D, and k is no number
    (over(k, A[i, t] * B[t, j]) ** 2 * Symbol("x"), (m, n)),
]


@pytest.mark.parametrize(("formula", "shape"), REFUSED, ids=[str(formula) for formula, _ in REFUSED])
def test_a_formula_without_a_matrix_form_is_refused(formula, shape):
    with pytest.raises(NoMatrixForm) as error:
        form(formula, shape)
    assert isinstance(error.value, DeriveError)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("formula", "shape"),
    [
        (over(k, A[i, t]) * over(k, B[t, j]), (m, n)),  # (row sum) times (column sum): no A B
        (over(k, A[i, t] * B[t, j]) * over(k, B[t, j]), (m, n)),
        (over(n, D[i, t]) * over(n, E[i, t]), (m, 1)),  # not (D ⊙ E) 1
        (over(n, D[i, t]) ** 2, (m, 1)),
    ],
)
def test_sums_over_one_letter_are_not_mixed_up(formula, shape):
    """Two sums in one product may use the same letter: each still runs by itself."""
    try:
        found, at, shape = form(formula, shape)
    except NoMatrixForm:
        return
    point = Point(4)
    assert (point.matrix(found) == point.by_entries(formula, *at, shape)).all(), f"read as {found}"


@pytest.mark.parametrize(
    ("matrix", "turned"),
    [
        (A, Transpose(A)),
        (Transpose(A), A),
        (MatMul(A, B), MatMul(Transpose(B), Transpose(A))),
        (MatMul(2, A, Transpose(BT)), MatMul(2, BT, Transpose(A))),
        (HadamardProduct(D, E), HadamardProduct(Transpose(D), Transpose(E))),
        (MatAdd(D, E), MatAdd(Transpose(D), Transpose(E))),
        (OneMatrix(1, n), OneMatrix(n, 1)),
        (G, Transpose(G)),
    ],
)
def test_transposes_are_pushed_to_the_single_matrices(matrix, turned):
    assert transposed(matrix) == turned
    assert transposed(transposed(matrix)) == matrix


@pytest.mark.parametrize(
    ("parts", "made"),
    [
        ((S.One, A), A),
        ((S.One, A, B), MatMul(A, B)),
        ((Integer(2), A), MatMul(2, A)),
        ((S.One, A, OneMatrix(1, 1)), A),
        ((S.One, OneMatrix(1, 1)), OneMatrix(1, 1)),
    ],
)
def test_products_are_made_without_needless_factors(parts, made):
    found = product(*parts)
    assert found == made
    assert found.shape == made.shape


def test_an_edge_can_be_walked_either_way():
    edge = Edge(A, i, t)
    assert edge.starting(i) == edge
    assert edge.starting(t) == Edge(Transpose(A), t, i)
    assert (edge.other(i), edge.other(t)) == (t, i)


@pytest.mark.parametrize(
    ("form", "formula", "written"),
    [
        (MatMul(A, Transpose(BT)), over(k, A[i, t] * BT[j, t]), over(k, A[i, t] * MatrixElement(Transpose(BT), t, j))),
        (MatMul(A, B), over(k, A[i, t] * B[t, j]), over(k, A[i, t] * B[t, j])),
        (Transpose(G), UP, MatrixElement(Transpose(G), j, i)),
    ],
)
def test_entries_are_turned_as_the_matrix_form_has_them(form, formula, written):
    assert entrywise(form, i, j, formula) == written


# Random expressions ---------------------------------------------------------------------------------

LENGTHS = (Integer(2), Integer(3), Integer(4), Integer(5))


@st.composite
def expressions(draw, rows=None, cols=None, depth=3, lengths=LENGTHS):
    """Products, transposes and entrywise products of matrices with pairwise different sizes.

    A matrix may stand several times.
    """
    rows = rows or draw(st.sampled_from(lengths))
    cols = cols or draw(st.sampled_from([size for size in lengths if size != rows]))
    kind = draw(st.sampled_from(["symbol", "transpose", "product", "entrywise"])) if depth else "symbol"
    if kind == "transpose":
        return Transpose(draw(expressions(cols, rows, depth - 1, lengths)))
    if kind == "product":
        inner = draw(st.sampled_from([size for size in lengths if size not in (rows, cols)]))
        return MatMul(
            draw(expressions(rows, inner, depth - 1, lengths)), draw(expressions(inner, cols, depth - 1, lengths))
        )
    if kind == "entrywise":
        return HadamardProduct(
            draw(expressions(rows, cols, depth - 1, lengths)), draw(expressions(rows, cols, depth - 1, lengths))
        )
    return MatrixSymbol(f"{draw(st.sampled_from('ABCD'))}{rows}{cols}", rows, cols)


def entry(matrix, a, b):
    """The formula of an entry, by the definitions of the operations."""
    if isinstance(matrix, Transpose):
        return entry(matrix.arg, b, a)
    if isinstance(matrix, MatMul):
        left, right = matrix.args
        c = Dummy("c")
        return Sum(entry(left, a, c) * entry(right, c, b), (c, 0, left.cols - 1))
    if isinstance(matrix, HadamardProduct):
        found = S.One
        for part in matrix.args:
            found *= entry(part, a, b)
        return found
    return matrix[a, b]


@settings(max_examples=150, deadline=None)
@given(expressions())
def test_every_expression_is_recognised_by_its_entries(original):
    found = matrix_form(entry(original, i, j), i, j, original.shape, ReadingOrder([]))
    assert same(found, original, original.shape)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([1, 2, -5]), expressions(Integer(2), Integer(3), 2)), min_size=2, max_size=3))
def test_every_sum_of_expressions_is_recognised(terms):
    """The numbers are such that no terms cancel."""
    formula = sum(number * entry(term, i, j) for number, term in terms)
    found = matrix_form(formula, i, j, (Integer(2), Integer(3)), ReadingOrder([]))
    assert same(found, MatAdd(*(MatMul(number, term) for number, term in terms)), (Integer(2), Integer(3)))


@settings(max_examples=150, deadline=None)
@given(expressions(lengths=(Integer(1), Integer(2), Integer(3), Integer(4))))
def test_with_vectors_the_form_is_right_or_refused(original):
    """An axis of length 1 has no index, so that some of what is recognised above has several readings or none."""
    at = tuple(ZERO if size == 1 else index for size, index in zip(original.shape, (i, j), strict=True))
    try:
        found = matrix_form(by_index(original, *at), *at, original.shape, ReadingOrder([]))
    except NoMatrixForm:
        return
    assert same(found, original, original.shape)


def by_index(matrix, a, b):
    """Like ``entry``, but without a sum over an axis of length 1, as an element formula is written."""
    if isinstance(matrix, Transpose):
        return by_index(matrix.arg, b, a)
    if isinstance(matrix, MatMul):
        left, right = matrix.args
        if left.cols == 1:
            return by_index(left, a, ZERO) * by_index(right, ZERO, b)
        c = Dummy("c")
        return Sum(by_index(left, a, c) * by_index(right, c, b), (c, 0, left.cols - 1))
    if isinstance(matrix, HadamardProduct):
        found = S.One
        for part in matrix.args:
            found *= by_index(part, a, b)
        return found
    return matrix[a, b]
