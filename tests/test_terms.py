"""The inert nodes, written-out sums and index letters."""

import pytest
from sympy import Add, ImmutableDenseMatrix, Integer, Mul, Sum, Symbol, symbols

from derive.terms import (
    BOUND_LETTERS,
    Delta,
    Gradient,
    Labelled,
    MatrixElement,
    MatrixSymbol,
    Partial,
    Terms,
    addends,
    entries,
    factors,
    fresh,
    total,
)

A, B = MatrixSymbol("A", 2, 3), MatrixSymbol("B", 3, 2)
L, x, y, i, j, m, n = symbols("L x y i j m n")


@pytest.mark.parametrize(
    ("expr", "kind"),
    [
        (Partial(A[0, 0], A[0, 1]), Partial),  # would be 0
        (Partial(A[0, 0], A[0, 0]), Partial),  # would be 1
        (Partial(Integer(3), A[0, 0]), Partial),
        (2 * Partial(x * A[0, 0], A[0, 0]), Mul),
        (Terms(Integer(0), x, x), Terms),  # would be 2 x
        (Terms(x), Terms),
        (Delta(i, j), Delta),
        (Sum(Partial(A[0, i], A[0, 0]), (i, 0, 2)), Sum),
    ],
)
def test_nothing_evaluates_by_itself(expr, kind):
    assert isinstance(expr, kind)
    assert expr == expr.func(*expr.args)
    assert isinstance(expr.xreplace({symbols("unused"): Integer(1)}), kind)


def test_a_partial_knows_what_by_what():
    partial = Partial(A[0, 0] * x, A[0, 1])
    assert (partial.of, partial.wrt) == (A[0, 0] * x, A[0, 1])


@pytest.mark.parametrize(
    ("row", "col", "value"),
    [(i, i, 1), (Integer(2), Integer(2), 1), (Integer(2), Integer(0), 0), (i, j, None), (i, Integer(0), None)],
)
def test_delta_is_worked_out_only_where_it_is_known(row, col, value):
    delta = Delta(row, col)
    assert delta == value if value is not None else delta.args == (row, col)


def test_delta_keeps_the_order_of_its_indices():
    assert Delta(j, i).args == (j, i)
    assert Delta(j, i) != Delta(i, j)


def test_delta_is_worked_out_when_its_indices_become_known():
    assert [Delta(i, j).subs({i: 0, j: k}) for k in range(2)] == [1, 0]
    assert [Delta(i, j).xreplace({i: Integer(0), j: Integer(k)}) for k in range(2)] == [1, 0]


@pytest.mark.parametrize(
    ("items", "sum_"),
    [
        ([], Integer(0)),
        ([x], x),
        ([x, x], Terms(x, x)),
        ([x, Integer(0)], Terms(x, Integer(0))),
        (iter([x, y]), Terms(x, y)),
    ],
)
def test_a_sum_is_written_the_shortest_way(items, sum_):
    assert Terms.of(items) == sum_


def test_terms_keep_their_order():
    assert Terms(y, x).args == (y, x)
    assert Terms(y, x) != Terms(x, y)


def test_a_gradient_has_the_shape_of_what_it_is_taken_by():
    Y = MatrixSymbol("Y", m, n)
    gradient = Gradient(L, Y)
    assert (gradient.loss, gradient.wrt, gradient.shape) == (L, Y, (m, n))
    assert gradient[i, j] == Partial(L, Y[i, j])
    assert gradient.T.shape == (n, m)
    assert (gradient.T)[j, i].doit() == Partial(L, Y[i, j])


def test_a_labelled_matrix_is_its_grid():
    grid = ImmutableDenseMatrix([[x, y], [y, x]])
    labelled = Labelled(grid, MatrixSymbol("C", 2, 2))
    assert (labelled.grid, labelled.label, labelled.shape) == (grid, MatrixSymbol("C", 2, 2), (2, 2))
    assert labelled[0, 1] == y


@pytest.mark.parametrize(
    ("size", "written"),
    [
        (0, Integer(0)),
        (1, A[0, 0]),
        (2, Terms(A[0, 0], A[0, 1])),
        (Integer(2), Terms(A[0, 0], A[0, 1])),
        (n, Sum(A[0, Symbol("t")], (Symbol("t"), 0, n - 1))),
    ],
)
def test_total_writes_out_what_it_can(size, written):
    assert total(size, lambda t: A[0, t]) == written


def test_nested_totals_run_over_different_letters():
    C, D, E = MatrixSymbol("C", m, n), MatrixSymbol("D", n, n), MatrixSymbol("E", n, m)
    formula = total(n, lambda t: C[i, t] * total(n, lambda s: D[t, s] * E[s, j]))
    inner = next(iter(formula.function.atoms(Sum)))
    assert formula.variables != inner.variables
    assert formula.free_symbols & {*formula.variables, *inner.variables} == set()


@pytest.mark.parametrize(
    ("expr", "letter"),
    [
        (A[0, i], "t"),
        (A[0, Symbol("t")], "s"),
        (MatrixSymbol("T", 2, 2)[0, i], "s"),  # t_1j and the index t would be confused
        (MatrixSymbol("t", 2, 2)[0, i] * MatrixSymbol("S", 2, 2)[0, i], "r"),
        (Sum(A[0, Symbol("t")], (Symbol("t"), 0, 1)), "s"),
        (MatrixSymbol("A", Symbol("t"), 2)[0, i], "s"),
        (MatrixSymbol("T1", 2, 2)[0, i], "s"),
    ],
)
def test_a_fresh_letter_occurs_nowhere(expr, letter):
    assert fresh(expr) == Symbol(letter)


def test_index_letters_differ():
    assert len(set(BOUND_LETTERS)) == len(BOUND_LETTERS)


@pytest.mark.parametrize(
    ("expr", "terms"),
    [
        (x, (x,)),
        (Terms(y, x, y), (y, x, y)),
        (Integer(0), (Integer(0),)),
        (x * y, (x * y,)),
        (x + y, Add.make_args(x + y)),
    ],
)
def test_addends(expr, terms):
    assert addends(expr) == terms


@pytest.mark.parametrize(
    ("expr", "found"),
    [
        (x, []),
        (A[0, 0], [A[0, 0]]),
        (A[0, 0] ** 2, [A[0, 0]]),
        (Terms(A[0, 1], A[0, 0], A[0, 1]), [A[0, 1], A[0, 0], A[0, 1]]),
        (Partial(A[0, 0], A[1, 1]), [A[0, 0], A[1, 1]]),
        (Sum(A[0, i] * B[i, 0], (i, 0, 2)), [A[0, i], B[i, 0]]),
    ],
)
def test_entries_from_left_to_right(expr, found):
    assert entries(expr) == found
    assert all(isinstance(entry, MatrixElement) for entry in found)


@pytest.mark.parametrize(("term", "parts"), [(x, {x}), (2 * x, {2, x}), (x * y, {x, y}), (x**2, {x**2})])
def test_factors(term, parts):
    assert set(factors(term)) == parts
