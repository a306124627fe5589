"""The rules of the index calculation: what each makes of a node, what it leaves alone, and that both are equal."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Add, Integer, Mul, S, Sum, Symbol, symbols

from derive.functions import absolute, cos, exp, log, sign, sin, step
from derive.minors import Cofactors, Determinant
from derive.proof import Reason, Step
from derive.rules import (
    COLLAPSE,
    DIFFERENTIATE,
    calculate,
    collapse_delta,
    constant_factor,
    constant_rule,
    depends,
    entry_rule,
    expansion_rule,
    function_rule,
    local_partial,
    power_rule,
    product_rule,
    sign_rule,
    split_sum,
    sum_rule,
)
from derive.terms import Delta, MatrixElement, MatrixSymbol, Partial, Terms
from tests.numeric import Point

m, k, n = (Symbol(size, integer=True, positive=True) for size in "mkn")
i, j, p, q, t, s = symbols("i j p q t s")
L = Symbol("L")
X, W, Y, b = MatrixSymbol("X", m, k), MatrixSymbol("W", k, n), MatrixSymbol("Y", m, n), MatrixSymbol("b", 1, n)
V = MatrixSymbol("V", m, k)
BY_X, UP = X[p, q], Partial(L, Y[i, j])
RANGE = {i: 2, p: 2, q: 3, j: 3, s: 2, t: 2}
"""Values that every index can take in every matrix where it stands in the tables below."""


def by_x(formula):
    return Partial(formula, BY_X)


S_, K = MatrixSymbol("S", n, n), Cofactors(MatrixSymbol("S", n, n))
BY_S = S_[p, q]

TABLES = {
    expansion_rule: [
        (
            Partial(Determinant(S_), BY_S),
            Partial(Sum(S_[p, t] * MatrixElement(K, p, t), (t, 0, n - 1)), BY_S),
        ),
    ],
    sign_rule: [
        (sign(X[i, t]) / absolute(X[i, t]), 1 / X[i, t]),
        (W[t, j] * sign(X[i, t]) / absolute(X[i, t]), W[t, j] / X[i, t]),
    ],
    sum_rule: [
        (by_x(X[i, t] + V[i, t]), by_x(X[i, t]) + by_x(V[i, t])),
        (by_x(Terms(X[0, 0], S.Zero, X[0, 1])), Terms(by_x(X[0, 0]), by_x(S.Zero), by_x(X[0, 1]))),
        (by_x(Sum(X[i, t] * W[t, j], (t, 0, k - 1))), Sum(by_x(X[i, t] * W[t, j]), (t, 0, k - 1))),
        (by_x(Sum(X[s, t], (t, 0, k - 1), (s, 0, m - 1))), Sum(by_x(X[s, t]), (t, 0, k - 1), (s, 0, m - 1))),
    ],
    constant_factor: [
        (by_x(X[i, t] * W[t, j]), W[t, j] * by_x(X[i, t])),
        (by_x(2 * X[i, t]), 2 * by_x(X[i, t])),
        (by_x(-X[i, t]), -by_x(X[i, t])),
        (by_x(3 * W[t, j] * V[i, t] * X[i, t]), 3 * W[t, j] * V[i, t] * by_x(X[i, t])),
        (by_x(W[t, j] * X[i, t] ** 2), W[t, j] * by_x(X[i, t] ** 2)),
    ],
    product_rule: [
        (by_x(X[i, t] * X[s, t]), by_x(X[i, t]) * X[s, t] + X[i, t] * by_x(X[s, t])),
        (
            by_x(X[0, 0] * X[0, 1] * X[1, 0]),
            Add(
                by_x(X[0, 0]) * X[0, 1] * X[1, 0],
                X[0, 0] * by_x(X[0, 1]) * X[1, 0],
                X[0, 0] * X[0, 1] * by_x(X[1, 0]),
            ),
        ),
    ],
    function_rule: [
        (by_x(exp(X[i, t])), exp(X[i, t]) * by_x(X[i, t])),
        (by_x(log(X[i, t])), by_x(X[i, t]) / X[i, t]),
        (by_x(sin(-X[i, t])), cos(-X[i, t]) * by_x(-X[i, t])),
        (by_x(cos(X[i, t])), -sin(X[i, t]) * by_x(X[i, t])),
        (by_x(absolute(X[i, t])), sign(X[i, t]) * by_x(X[i, t])),
        (by_x(step(X[i, t])), S.Zero),
    ],
    power_rule: [
        (by_x(X[i, t] ** 2), 2 * X[i, t] * by_x(X[i, t])),
        (by_x(X[i, t] ** 3), 3 * X[i, t] ** 2 * by_x(X[i, t])),
    ],
    entry_rule: [
        (by_x(X[i, t]), Delta(i, p) * Delta(t, q)),
        (by_x(X[p, t]), Delta(t, q)),
        (by_x(X[p, q]), S.One),
        (Partial(X[0, 1], X[0, 1]), S.One),
        (Partial(X[0, 1], X[1, 1]), S.Zero),
        (Partial(b[0, j], b[0, q]), Delta(j, q)),
    ],
    constant_rule: [
        (by_x(W[t, j]), S.Zero),
        (by_x(S.Zero), S.Zero),
        (by_x(Integer(5)), S.Zero),
        (by_x(W[t, j] * V[i, t]), S.Zero),
        (by_x(Sum(W[t, j], (t, 0, k - 1))), S.Zero),
    ],
    collapse_delta: [
        (Sum(Delta(t, q) * W[t, j], (t, 0, k - 1)), W[q, j]),
        (Sum(Delta(q, t) * W[t, j], (t, 0, k - 1)), W[q, j]),
        (Sum(Delta(i, p) * UP, (i, 0, m - 1)), Partial(L, Y[p, j])),
        (Sum(Delta(t, q), (t, 0, k - 1)), S.One),
        (Sum(Delta(t, s) * X[i, t] * X[i, s], (t, 0, k - 1), (s, 0, k - 1)), Sum(X[i, s] ** 2, (s, 0, k - 1))),
        (
            Sum(UP * Delta(i, p) * W[q, j], (j, 0, n - 1), (i, 0, m - 1)),
            Sum(Partial(L, Y[p, j]) * W[q, j], (j, 0, n - 1)),
        ),
        (Sum(Delta(t, q) * W[t, j] * X[i, t] ** 2, (t, 0, k - 1)), W[q, j] * X[i, q] ** 2),
    ],
    split_sum: [
        (
            Sum(X[i, t] + V[i, t], (t, 0, k - 1)),
            Sum(X[i, t], (t, 0, k - 1)) + Sum(V[i, t], (t, 0, k - 1)),
        ),
        (
            Sum(W[t, j] * (X[i, t] + V[i, t]), (t, 0, k - 1)),
            Sum(W[t, j] * X[i, t], (t, 0, k - 1)) + Sum(W[t, j] * V[i, t], (t, 0, k - 1)),
        ),
    ],
}

REFUSED = {
    expansion_rule: [by_x(Determinant(S_)), Determinant(S_), Partial(2 * Determinant(S_), BY_S)],
    sign_rule: [sign(X[i, t]) / absolute(W[t, j]), sign(X[i, t]) * absolute(X[i, t]), sign(X[i, t])],
    sum_rule: [by_x(X[i, t]), by_x(X[i, t] * W[t, j]), X[i, t] + V[i, t], Sum(X[i, t], (t, 0, k - 1))],
    constant_factor: [by_x(X[i, t]), by_x(X[i, t] * X[s, t]), by_x(W[t, j]), by_x(X[i, t] + 2), 2 * X[i, t]],
    product_rule: [by_x(X[i, t]), by_x(X[i, t] + W[t, j]), by_x(X[i, t] ** 2), X[i, t] * X[s, t]],
    function_rule: [by_x(X[i, t]), by_x(X[i, t] ** 2), exp(X[i, t])],
    power_rule: [by_x(X[i, t]), by_x(X[i, t] * W[t, j]), by_x(2 ** X[i, t]), X[i, t] ** 2],
    entry_rule: [by_x(W[t, j]), by_x(2 * X[i, t]), by_x(X[i, t] ** 2), UP, X[i, t]],
    constant_rule: [by_x(X[i, t]), by_x(X[0, 0]), by_x(W[t, j] * X[i, t]), W[t, j], S.Zero],
    collapse_delta: [
        Sum(W[t, j], (t, 0, k - 1)),
        Sum(Delta(i, p) * W[t, j], (t, 0, k - 1)),  # the δ is not of the summed index
        Sum(Delta(t, q) + W[t, j], (t, 0, k - 1)),  # no factor
        Sum(Delta(t, q) ** 2, (t, 0, k - 1)),
        Delta(i, p) * W[t, j],
    ],
    split_sum: [Sum(X[i, t] * W[t, j], (t, 0, k - 1)), X[i, t] + V[i, t], by_x(X[i, t] + V[i, t])],
}

ROWS = [(rule, before, after) for rule, table in TABLES.items() for before, after in table]


def title(value):
    return value.reason.name.replace(" ", "-") if hasattr(value, "reason") else str(value).replace(" ", "")


def values(expr, seed):
    """The value of an expression at numbers, for several values of each of its free indices."""
    free = sorted((index for index in expr.free_symbols & set(RANGE)), key=str)
    point = Point(seed)
    for numbers in product(*(range(RANGE[index]) for index in free)):
        yield dict(zip(free, numbers, strict=True)), point


def test_every_rule_has_a_table():
    assert set(TABLES) == set(REFUSED) == {*DIFFERENTIATE, *COLLAPSE}


@pytest.mark.parametrize(("rule", "before", "after"), ROWS, ids=title)
def test_a_rule_makes(rule, before, after):
    assert rule.rewrite(before) == after


EXACT = [row for row in ROWS if row[0] not in (function_rule, sign_rule, expansion_rule)]
"""What can be compared in fractions; functions are compared where pages are read back."""


@pytest.mark.parametrize(("rule", "before", "after"), EXACT, ids=title)
def test_what_a_rule_makes_is_equal(rule, before, after):
    """By numbers: derivatives are differences here, and deltas comparisons."""
    for seed in (1, 2):
        for env, point in values(before, seed):
            assert point.scalar(rule.rewrite(before), env) == point.scalar(before, env)


@pytest.mark.parametrize(("rule", "node"), [(r, node) for r, nodes in REFUSED.items() for node in nodes], ids=title)
def test_a_rule_leaves_alone(rule, node):
    assert rule.rewrite(node) is None


@pytest.mark.parametrize("rule", TABLES, ids=title)
def test_a_rule_gives_its_reason(rule):
    assert rule.reason.name
    assert rule.reason.text


def test_a_rule_applies_everywhere_the_outermost_first():
    assert entry_rule.everywhere(W[0, 0] * by_x(X[i, t])) == W[0, 0] * Delta(i, p) * Delta(t, q)
    both = Terms(by_x(X[i, t]), UP, by_x(X[p, q]))
    assert entry_rule.everywhere(both) == Terms(Delta(i, p) * Delta(t, q), UP, S.One)
    nested = by_x(Sum(X[i, t] + V[i, t], (t, 0, k - 1)))
    assert sum_rule.everywhere(nested) == Sum(by_x(X[i, t] + V[i, t]), (t, 0, k - 1))


@pytest.mark.parametrize(
    ("expr", "wrt", "does"),
    [(X[0, 0], X[p, q], True), (W[0, 0] * X[i, j], X[p, q], True), (W[i, j], X[p, q], False), (S.One, X[p, q], False)],
)
def test_depends(expr, wrt, does):
    assert depends(expr, wrt) is does


FORMULAS = [
    (X[i, j], Delta(i, p) * Delta(j, q)),
    (2 * X[i, t] + W[t, j], 2 * Delta(i, p) * Delta(t, q)),
    (Sum(X[i, t] * W[t, j], (t, 0, k - 1)), Delta(i, p) * W[q, j]),
    (X[i, t] ** 2, 2 * X[i, t] * Delta(i, p) * Delta(t, q)),
    (X[i, t] * X[s, t], Delta(i, p) * Delta(t, q) * X[s, t] + X[i, t] * Delta(s, p) * Delta(t, q)),
    (W[t, j], S.Zero),
]


@pytest.mark.parametrize(("formula", "result"), FORMULAS, ids=title)
def test_a_local_partial_is_calculated_to_the_end(formula, result):
    goal, by = Partial(MatrixElement(Y, i, j), BY_X), Reason("definition", "by definition")
    calc = local_partial(formula, goal, by)
    assert calc.goal == goal
    assert calc.steps[0] == Step(Partial(formula, BY_X), by)
    assert calc.result == result
    assert not calc.result.has(Partial)
    for before, after in zip(calc.steps, calc.steps[1:], strict=False):
        assert before.result != after.result
        assert after.by in [rule.reason for rule in DIFFERENTIATE]
        for env, point in values(before.result, 3):
            assert point.scalar(before.result, env) == point.scalar(after.result, env)


def test_the_reasons_of_the_matrix_product():
    goal = Partial(Y[i, j], BY_X)
    calc = local_partial(Sum(X[i, t] * W[t, j], (t, 0, k - 1)), goal, Reason("definition", ""))
    names = [step.by.name for step in calc.steps]
    assert names == ["definition", "sum rule", "constant factor", "independence", "delta"]


def test_calculate_ends_at_once_where_nothing_applies():
    start = Step(W[q, j], Reason("definition", ""))
    assert calculate(X[p, q], start, COLLAPSE).steps == (start,)


ATOMS = st.sampled_from([X[i, t], X[p, q], X[s, q], X[0, 0], W[t, j], V[i, t], Integer(2), Integer(-3)])
MONOMIALS = st.lists(ATOMS, min_size=1, max_size=3).map(lambda parts: Mul(*parts))
POLYNOMIALS = st.lists(MONOMIALS, min_size=1, max_size=3).map(lambda terms: Add(*terms))


@settings(max_examples=60, deadline=None)
@given(POLYNOMIALS)
def test_the_rules_differentiate_every_polynomial(formula):
    """To the end, without a derivative left over, and correctly."""
    calc = local_partial(formula, by_x(Y[i, j]), Reason("definition", ""))
    assert not calc.result.has(Partial)
    for number, (env, point) in enumerate(values(by_x(formula), 5)):
        if number % 7 == 0:
            assert point.scalar(calc.result, env) == point.scalar(by_x(formula), env)


@settings(max_examples=60, deadline=None)
@given(POLYNOMIALS)
def test_the_rules_differentiate_under_a_sum(formula):
    total = Sum(formula, (t, 0, k - 1))
    calc = local_partial(total, by_x(Y[i, j]), Reason("definition", ""))
    assert not calc.result.has(Partial)
    for number, (env, point) in enumerate(values(by_x(total), 5)):
        if number % 7 == 0:
            assert point.scalar(calc.result, env) == point.scalar(by_x(total), env)
