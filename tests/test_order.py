"""The order in which factors and terms are written."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import HadamardProduct, Integer, Sum, Symbol, symbols

from derive.order import ReadingOrder, sources
from derive.terms import Delta, Gradient, MatrixSymbol, Partial

X, W, Y = (MatrixSymbol(name, 3, 3) for name in "XWY")
L, i, j, p, q, t = symbols("L i j p q t")
G = Gradient(L, Y)
LOCAL = Partial(Y[i, j], X[p, q])


@pytest.mark.parametrize(
    ("expr", "names"),
    [
        (X, ["X"]),
        (X * W, ["X", "W"]),
        (W * X, ["W", "X"]),
        (X.T * G, ["X", "∂"]),
        (G * W.T, ["∂", "W"]),
        (X * W + X, ["X", "X", "W"]),
        (HadamardProduct(G, W), ["∂", "W"]),
        (Partial(L, Y[0, 0]), ["∂"]),
        (LOCAL, ["Y"]),
        (Integer(3), []),
        (Delta(i, j), []),
    ],
)
def test_sources(expr, names):
    assert sorted(sources(expr)) == sorted(names)
    if not expr.is_MatAdd:
        assert sources(expr) == names


FORWARD, BACKWARD_X, BACKWARD_W = ["X", "W"], ["∂", "W"], ["X", "∂"]
UP = Partial(L, Y[i, j])


@pytest.mark.parametrize(
    ("backward", "written"),
    [
        (["∂"], (X[i, t], W[t, j])),
        (BACKWARD_X, (UP, W[q, j])),
        (BACKWARD_W, (X[i, p], UP)),
        (BACKWARD_X, (Integer(2), UP, W[q, j])),
        (BACKWARD_W, (UP, Delta(j, q), X[i, p])),  # a δ to be worked out: the upstream factor leads
        (BACKWARD_W, (UP, LOCAL)),
        (BACKWARD_W, (Integer(3), X[i, p], Sum(W[t, j], (t, 0, 2)))),
        (["∂"], (Delta(i, p), Delta(t, q), W[t, j])),
    ],
)
def test_factors_stand_as_in_the_matrix_form(backward, written):
    order = ReadingOrder(FORWARD, backward)
    for shuffled in permutations(written):
        assert order.sort(shuffled) == written


@pytest.mark.parametrize(
    ("forward", "written"),
    [
        (["X", "W"], (X[0, 0], W[0, 0])),
        (["W", "X"], (W[0, 0], X[0, 0])),
        (["X", "W"], (X[0, 0], X[0, 1], X[1, 0])),
        ([], (X[0, 2], X[1, 0])),
        (["X", "W"], (X[0, 0] * W[0, 0], X[0, 1] * W[1, 0])),
        (["X", "W"], (X[i, t] * W[t, j], Sum(X[i, t], (t, 0, 2)))),
    ],
)
def test_terms_stand_by_their_matrices_then_by_their_indices(forward, written):
    for shuffled in permutations(written):
        assert ReadingOrder(forward).sort(shuffled) == written


def test_products_and_sums_of_sympy_are_taken_apart():
    order = ReadingOrder(["W", "X"])
    assert order.factors(X[0, 0] * W[1, 1] * 5) == (Integer(5), W[1, 1], X[0, 0])
    assert order.terms(X[0, 0] + W[1, 1]) == (W[1, 1], X[0, 0])
    assert order.factors(X[0, 0]) == (X[0, 0],)


def test_numbers_are_sorted_by_value_not_by_digits():
    cells = [MatrixSymbol("X", 12, 12)[0, k] for k in range(12)]
    assert list(ReadingOrder(["X"]).sort(reversed(cells))) == cells


@given(
    st.permutations([X[a, b] for a in range(2) for b in range(2)] + [W[0, 1], UP, Delta(i, p), Integer(2), Symbol("x")])
)
def test_the_order_of_what_came_in_does_not_matter(items):
    order = ReadingOrder(FORWARD, BACKWARD_W)
    written = order.sort(items)
    assert sorted(map(str, written)) == sorted(map(str, items))
    assert order.sort(written) == written
    assert order.sort(reversed(items)) == written
