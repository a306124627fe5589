"""Every identity of matrix algebra, before and after; each row is true, and an identity made false is caught."""

import numpy as np
import pytest

import derive
from derive.expressions import calculus, identities, reverse
from derive.expressions.expression import mul, neg, number, ones
from derive.expressions.identities import IDENTITIES, KINDS, Identity, forget, normal, steps
from derive.expressions.language import parse
from derive.expressions.text import text
from tests.expressions import SHAPES, numbers, value

SIZES = {"m": 3, "n": 2, "k": 4}
assert calculus.RULES, "importing them registers the identities"
RULES = {identity.name: identity for identity in IDENTITIES}

TABLE = [
    ("transpose_of", "(A @ B).T", "B.T @ A.T"),
    ("transpose_of", "(2 * A).T", "2 * A.T"),
    ("transpose_of", "ones(m, n).T", "ones(n, m)"),
    ("transpose_of", "eye(n).T", "eye(n)"),
    ("transpose_of", "diag(x).T", "diag(x)"),
    ("transpose_of", "commutation(m, n).T", "commutation(n, m)"),
    ("transpose_of", "kron(A, B).T", "kron(A.T, B.T)"),
    ("transpose_of", "zeros(m, n).T", "zeros(n, m)"),
    ("symmetric", "S.T", "S"),
    ("symmetric", "P.T", "P"),
    ("symmetric", "D.T", "D"),
    ("symmetric", "inv(S).T", "inv(S)"),
    ("symmetric", "matpow(S, 3).T", "matpow(S, 3)"),
    ("symmetric", "(S + P).T", "S + P"),
    ("symmetric", "(S * D).T", "S * D"),
    ("symmetric", "(S**2).T", "S**2"),
    ("outwards", "inv(X.T)", "inv(X).T"),
    ("outwards", "matpow(X.T, 3)", "matpow(X, 3).T"),
    ("outwards", "(A.T)**2", "(A**2).T"),
    ("reduced", "sum(A.T)", "sum(A)"),
    ("reduced", "sumsq(A.T)", "sumsq(A)"),
    ("reduced", "tr(X.T)", "tr(X)"),
    ("reduced", "det(X.T)", "det(X)"),
    ("reduced", "logdet(X.T)", "logdet(X)"),
    ("reduced", "norm1(A.T)", "norm1(A)"),
    ("reduced", "norm2(A.T)", "norm2(A)"),
    ("reduced", "logsumexp(A.T)", "logsumexp(A)"),
    ("reduced", "diagvec(X.T)", "diagvec(X)"),
    ("reduced", "rowsum(A.T)", "colsum(A).T"),
    ("reduced", "colsum(A.T)", "rowsum(A).T"),
    ("gathered", "A.T + C.T", "(A + C).T"),
    ("gathered", "A.T * C.T", "(A * C).T"),
    ("scattered", "(A.T + C.T).T", "A + C"),
    ("scattered", "(A.T * C.T).T", "A * C"),
    ("scattered", "(A.T + x @ b.T).T", "A + b @ x.T"),
    ("entrywise_turned", "exp(A.T)", "exp(A).T"),
    ("entrywise_turned", "sigmoid(A.T)", "sigmoid(A).T"),
    ("zero_factor", "zeros(m, n) * A", "zeros(m, n)"),
    ("zero_factor", "0 * A", "zeros(m, n)"),
    ("ones_in_entrywise", "A * ones(m, n)", "A"),
    ("ones_in_entrywise", "2 * ones(m, n) * A", "2 * A"),
    ("ones_in_entrywise", "eye(n) * eye(n)", "eye(n)"),
    ("ones_in_entrywise", "D * eye(n)", "D"),
    ("neutral_factor", "eye(m) @ A", "A"),
    ("neutral_factor", "A @ zeros(n, k)", "zeros(m, k)"),
    ("neutral_factor", "eye(n) @ eye(n)", "eye(n)"),
    ("product_of_ones", "ones(m, n) @ ones(n, k)", "n * ones(m, k)"),
    ("product_of_ones", "ones(1, n) @ ones(n, 1)", "n"),
    ("zero_term", "A + zeros(m, n)", "A"),
    ("zero_term", "c + zeros(m, n)", "c * ones(m, n)"),
    ("zero_term", "zeros(m, n) + zeros(m, n)", "zeros(m, n)"),
    ("ones_term", "c * ones(m, n) + A", "c + A"),
    ("ones_term", "ones(m, n) + A", "1 + A"),
    ("inner_products", "x @ y.T @ x @ y.T", "(y.T @ x) * x @ y.T"),
    ("inner_products", "x @ y.T @ X @ y", "(y.T @ X @ y) * x"),
    ("inner_products", "A @ x @ b.T @ A @ y", "(b.T @ A @ y) * A @ x"),
    ("turned_number", "x.T @ X.T @ y", "y.T @ X @ x"),
    ("power_of_sum_of_one", "A**0", "ones(m, n)"),
    ("equal_bases", "A * A", "A**2"),
    ("equal_bases", "A / A", "A**0"),
    ("equal_bases", "c * A / c", "A"),
    ("equal_bases", "A**2 * A**3", "A**5"),
    ("equal_bases", "A**0.5 * A**0.5", "A"),
    ("nested_power", "(H**0.5)**0.5", "H**0.25"),
    ("nested_power", "(H * A)**0.5", "sqrt(H) * sqrt(A)"),
    ("nested_power", "(A**n)**2", "A**(2 * n)"),
    ("power_of_a_number", "sqrt(4)", "2"),
    ("power_of_a_number", "(4 / 9)**1.5", "8 / 27"),
    ("equal_factors", "inv(X) @ X", "eye(n)"),
    ("equal_factors", "X @ inv(X)", "eye(n)"),
    ("equal_factors", "X @ X @ X", "matpow(X, 3)"),
    ("equal_factors", "inv(X) @ inv(X) @ inv(X)", "matpow(X, -3)"),
    ("equal_factors", "X.T @ inv(X).T", "eye(n)"),
    ("equal_factors", "matpow(X, 3) @ inv(X)", "X @ X"),
    ("small_power", "matpow(X, 0)", "eye(n)"),
    ("small_power", "matpow(X, 1)", "X"),
    ("small_power", "matpow(X, 2)", "X @ X"),
    ("small_power", "matpow(X, -1)", "inv(X)"),
    ("small_power", "matpow(X, -2)", "inv(X) @ inv(X)"),
    ("small_power", "matpow(inv(X), 3)", "matpow(X, -3)"),
    ("small_power", "matpow(matpow(X, 2), 2)", "matpow(X, 4)"),
    ("like_terms", "2 * A + 3 * A", "5 * A"),
    ("like_terms", "A - A", "zeros(m, n)"),
    ("like_terms", "c * s - s * c", "0"),
    ("like_terms", "A + C - A", "C"),
    ("like_terms", "A * C + C * A", "2 * A * C"),
    ("sign_of_base", "(2 * A)**n", "2**n * A**n"),
    ("sign_of_base", "(c * A)**n", "c**n * A**n"),
    ("common_number", "2 * A - 2 * C", "2 * (A - C)"),
    ("common_number", "-A - C", "-(A + C)"),
    ("common_number", "4 * A + 6 * C", "2 * (2 * A + 3 * C)"),
    ("common_number", "A / 2 + C / 2", "(A + C) / 2"),
    ("inverse_of", "inv(inv(X))", "X"),
    ("inverse_of", "inv(eye(n))", "eye(n)"),
    ("inverse_of", "inv(2 * X)", "inv(X) / 2"),
    ("inverse_of", "inv(c * X)", "inv(X) / c"),
    ("inverse_of", "inv(diag(p))", "diag(1 / p)"),
    ("inverse_of", "inv(kron(X, P))", "kron(inv(X), inv(P))"),
    ("inverse_of", "inv(matpow(X, 3))", "matpow(X, -3)"),
    ("inverse_of", "inv(s)", "1 / s"),
    ("determinant_of", "det(2 * X)", "2**n * det(X)"),
    ("determinant_of", "det(inv(X))", "1 / det(X)"),
    ("determinant_of", "det(matpow(X, 3))", "det(X)**3"),
    ("determinant_of", "det(eye(n))", "1"),
    ("determinant_of", "det(X @ X)", "det(X)**2"),
    ("log_determinant_of", "logdet(inv(X))", "-logdet(X)"),
    ("log_determinant_of", "logdet(matpow(X, 3))", "3 * logdet(X)"),
    ("log_determinant_of", "logdet(eye(n))", "0"),
    ("undone", "exp(log(p))", "p"),
    ("undone", "log(exp(A))", "A"),
    ("undone", "exp(0)", "1"),
    ("undone", "log(1)", "0"),
    ("of_positive", "abs(exp(A))", "exp(A)"),
    ("of_positive", "relu(p)", "p"),
    ("of_positive", "sign(sigmoid(A))", "ones(m, n)"),
    ("of_positive", "step(softplus(A))", "ones(m, n)"),
    ("of_positive", "sign(s)", "1"),
    ("logistic_alone", "1 / (1 + exp(A))", "sigmoid(-A)"),
    ("logistic_alone", "1 / (exp(c) + 1)**2", "sigmoid(-c)**2"),
    ("sign_times_absolute", "sign(A) * abs(A)", "A * abs(A)**0"),
    ("sign_times_absolute", "sign(A) * abs(A)**3", "A * abs(A)**2"),
    ("sigmoid_times_exp", "sigmoid(A) * exp(-A)", "sigmoid(-A)"),
    ("of_one_sample", "affine(r, X, y.T)", "r @ X + y.T"),
    ("of_one_sample", "affine(x, c, s)", "c * x + s"),
    ("of_one_sample", "affine_columns(A, x, b)", "A @ x + b"),
    ("of_one_sample", "affine_columns(c, r, s)", "c * r + s"),
    ("mean_by_sum", "mean(A)", "sum(A) / (m * n)"),
    ("mean_by_sum", "mean(x)", "sum(x) / n"),
    ("of_one_sample", "bias(r, y.T)", "r + y.T"),
    ("kronecker_of", "kron(eye(m), eye(n))", "eye(m * n)"),
    ("kronecker_of", "kron(c, A)", "c * A"),
    ("kronecker_of", "kron(2 * A, B)", "2 * kron(A, B)"),
    ("kronecker_of", "kron(ones(m, n), ones(n, k))", "ones(m*n, k*n)"),
    ("kronecker_of", "kron(zeros(m, n), A)", "zeros(m*m, n*n)"),
    ("kronecker_of", "kron(x, b.T)", "x @ b.T"),
    ("kronecker_of", "kron(x.T, b)", "b @ x.T"),
    ("mixed_product", "kron(A, A) @ kron(B, X)", "kron(A @ B, A @ X)"),
    ("mixed_product", "kron(eye(n), x.T) @ kron(X, y)", "kron(eye(n) @ X, x.T @ y)"),
    ("vec_of_kronecker", "kron(kron(eye(n), commutation(m, k)), eye(n)) @ vec(kron(A, B))", "kron(vec(A), vec(B))"),
    (
        "vec_of_kronecker",
        "kron(kron(eye(n), commutation(n, n)), eye(n)) @ vec(eye(n * n))",
        "kron(vec(eye(n)), vec(eye(n)))",
    ),
    ("vec_times_vec", "vec(A).T @ vec(C)", "sum(A * C)"),
    ("commuted_vec", "commutation(m, n) @ vec(A)", "vec(A.T)"),
    ("commuted_vec", "commutation(n, m) @ commutation(m, n)", "eye(m * n)"),
    ("of_stacked", "sum(vec(A))", "sum(A)"),
    ("of_stacked", "sumsq(vec(A))", "sumsq(A)"),
    ("of_stacked", "norm1(vec(A))", "norm1(A)"),
    ("of_stacked", "norm2(unvec(vec(A), n, m))", "norm2(vec(A))"),
    ("kronecker_times_vec", "kron(B.T, A) @ vec(X)", "vec(A @ X @ B)"),
    ("kronecker_times_vec", "vec(X).T @ kron(B, A.T)", "vec(A @ X @ B).T"),
    ("commuted_kronecker", "commutation(n, m) @ kron(A, B) @ commutation(n, k)", "kron(B, A)"),
    ("linear", "sum(2 * A)", "2 * sum(A)"),
    ("linear", "tr(c * X)", "c * tr(X)"),
    ("linear", "rowsum(2 * A)", "2 * rowsum(A)"),
    ("linear", "colsum(2 * A)", "2 * colsum(A)"),
    ("linear", "diag(2 * x)", "2 * diag(x)"),
    ("linear", "diagvec(2 * X)", "2 * diagvec(X)"),
    ("linear", "vec(2 * A)", "2 * vec(A)"),
    ("linear", "sum(zeros(m, n))", "0"),
    ("linear", "unvec(2 * vec(A), m, n)", "2 * unvec(vec(A), m, n)"),
    ("of_a_number", "sum(c)", "c"),
    ("of_a_number", "tr(c)", "c"),
    ("of_a_number", "det(c)", "c"),
    ("of_a_number", "rowsum(c)", "c"),
    ("of_a_number", "colsum(c)", "c"),
    ("of_a_number", "diag(c)", "c"),
    ("of_a_number", "diagvec(c)", "c"),
    ("of_a_number", "vec(c)", "c"),
    ("of_a_number", "logsumexp(c)", "c"),
    ("of_a_number", "norm1(c)", "abs(c)"),
    ("of_a_number", "norm2(c)", "abs(c)"),
    ("of_a_number", "sumsq(c)", "c**2"),
    ("of_a_number", "logdet(c)", "log(abs(c))"),
    ("of_a_number", "matpow(c, 3)", "c**3"),
    ("of_a_number", "c[0, 0]", "c"),
    ("of_a_number", "unvec(c, 1, 1)", "c"),
    ("entry_of", "ones(m, n)[0, 0]", "1"),
    ("entry_of", "zeros(m, n)[1, 0]", "0"),
    ("entry_of", "eye(n)[0, 0]", "1"),
    ("entry_of", "eye(n)[0, 1]", "0"),
    ("entry_of", "A.T[0, 1]", "A[1, 0]"),
    ("softmax_of_a_column", "softmax(x)", "ones(n, 1)"),
    ("softmax_of_a_column", "softmax(c)", "1"),
    ("of_ones", "sum(ones(m, n))", "m * n"),
    ("of_ones", "rowsum(ones(m, n))", "n * ones(m, 1)"),
    ("of_ones", "colsum(ones(m, n))", "m * ones(1, n)"),
    ("of_ones", "sum(commutation(m, n))", "m * n"),
    ("of_ones", "rowsum(commutation(m, n))", "ones(m*n, 1)"),
    ("of_one_line", "rowsum(x)", "x"),
    ("of_one_line", "colsum(r)", "r"),
    ("of_one_line", "rowsum(r)", "sum(r)"),
    ("of_one_line", "colsum(x)", "sum(x)"),
    ("of_a_product", "rowsum(A @ B)", "A @ rowsum(B)"),
    ("of_a_product", "colsum(A @ B)", "colsum(A) @ B"),
    ("of_a_product", "sum(x @ b.T)", "sum(x) * sum(b.T)"),
    ("of_a_product", "sum(X @ x @ b.T @ A)", "sum(X @ x) * sum(b.T @ A)"),
    ("pairing", "sum((b @ x.T) * A)", "b.T @ A @ x"),
    ("pairing", "sum(x * y)", "x.T @ y"),
    ("pairing_of_diagonals", "sum(X * eye(n))", "tr(X)"),
    ("pairing_of_diagonals", "sum(X * Y.T)", "tr(X @ Y)"),
    ("of_identity", "tr(eye(n))", "n"),
    ("of_identity", "sum(eye(n))", "n"),
    ("of_identity", "diagvec(eye(n))", "ones(n, 1)"),
    ("of_identity", "rowsum(eye(n))", "ones(n, 1)"),
    ("of_identity", "colsum(eye(n))", "ones(1, n)"),
    ("of_identity", "tr(diag(x))", "sum(x)"),
    ("of_identity", "sum(diag(x))", "sum(x)"),
    ("of_identity", "diagvec(diag(x))", "x"),
    ("of_identity", "rowsum(diag(x))", "x"),
    ("of_identity", "colsum(diag(x))", "x.T"),
    ("trace_of_product", "tr(x @ y.T)", "y.T @ x"),
    ("trace_of_product", "tr(Y @ X)", "tr(X @ Y)"),
    ("trace_of_product", "tr(A.T @ C)", "tr(A @ C.T)"),
    ("trace_of_product", "tr(X.T @ Y.T)", "tr(X @ Y)"),
    ("of_kronecker", "tr(kron(X, Y))", "tr(X) * tr(Y)"),
    ("of_kronecker", "diagvec(kron(X, Y))", "kron(diagvec(X), diagvec(Y))"),
    ("of_kronecker", "sum(kron(A, B))", "sum(A) * sum(B)"),
    ("of_kronecker", "sumsq(kron(A, B))", "sumsq(A) * sumsq(B)"),
    ("of_kronecker", "norm1(kron(A, B))", "norm1(A) * norm1(B)"),
    ("of_kronecker", "norm2(kron(A, B))", "norm2(A) * norm2(B)"),
    ("of_kronecker", "rowsum(kron(A, B))", "kron(rowsum(A), rowsum(B))"),
    ("of_kronecker", "colsum(kron(A, B))", "kron(colsum(A), colsum(B))"),
    ("diagonal_of", "diagvec(x @ y.T)", "x * y"),
    ("diagonal_of", "diagvec(X * Y)", "diagvec(X) * diagvec(Y)"),
    ("diagonal_of", "diagvec(X @ diag(x) @ Y)", "(X * Y.T) @ x"),
    ("diagonal_of", "diagvec(diag(x) @ X)", "x * diagvec(X)"),
    ("diagonal_of", "diagvec(X @ diag(x))", "diagvec(X) * x"),
    ("diagonal_of", "diagvec(X + eye(n))", "diagvec(X) + diagvec(eye(n))"),
    ("diagonal_of_turned", "diagvec(X @ Y.T)", "rowsum(X * Y)"),
    ("diagonal_of_turned", "diagvec(X.T @ Y.T @ Y)", "diagvec(Y.T @ Y @ X)"),
    ("sum_of_squares", "sum(A**2)", "sumsq(A)"),
    ("diag_of", "diag(ones(n, 1))", "eye(n)"),
    ("with_diagonals", "diag(x) @ y", "x * y"),
    ("with_diagonals", "r @ diag(x)", "r * x.T"),
    ("with_diagonals", "diag(x) @ diag(y)", "diag(x * y)"),
    ("with_ones", "A @ ones(n, 1)", "rowsum(A)"),
    ("with_ones", "ones(1, m) @ A", "colsum(A)"),
    ("of_spread", "rowsum((b @ ones(1, n)) * A)", "b * rowsum(A)"),
    ("of_spread", "colsum((ones(m, 1) @ r) * A)", "r * colsum(A)"),
    ("spread_together", "(b @ ones(1, n)) * (rowsum(A) @ ones(1, n))", "(b * rowsum(A)) @ ones(1, n)"),
    ("spread_together", "(b @ ones(1, n))**2", "b**2 @ ones(1, n)"),
    ("spread_together", "(ones(m, 1) @ r) * (ones(m, 1) @ x.T)", "ones(m, 1) @ (r * x.T)"),
    ("stacked_back", "unvec(vec(A), m, n)", "A"),
    ("stacked_back", "vec(unvec(vec(A), m, n))", "vec(A)"),
    ("stacked_back", "vec(x)", "x"),
    ("stacked_back", "vec(r)", "r.T"),
    ("stacked_back", "vec(ones(m, n))", "ones(m*n, 1)"),
    ("stacked_back", "unvec(x, n, 1)", "x"),
    ("stochastic", "sum(q)", "1"),
    ("stochastic", "rowsum(softmax(A))", "ones(m, 1)"),
    ("stochastic", "sum(softmax(A))", "m"),
    ("stochastic", "rowsum(T)", "ones(n, 1)"),
    ("stochastic", "sum(T)", "n"),
    ("sum_of_diagonals", "diag(x) + diag(y)", "diag(x + y)"),
    ("sum_of_diagonals", "2 * diag(x) - diag(y) + X", "X + diag(2 * x - y)"),
]
"""The name of the identity, an expression, and what it becomes."""

NORMAL = [
    ("A @ eye(n) @ x", "A @ x"),
    ("(A @ B).T", "B.T @ A.T"),
    ("x.T @ S @ y - y.T @ S @ x", "0"),
    ("inv(W) @ W @ x", "x"),
    ("sum(kron(A, B))", "sum(A) * sum(B)"),
    ("X @ X @ X @ inv(X)", "X @ X"),
    ("0 * A + 0", "zeros(m, n)"),
    ("x / x", "ones(n, 1)"),
    ("softmax(c)", "1"),
    ("tr(eye(1)) + det(c) + sum(c)", "1 + 2 * c"),
    ("abs(-exp(A))", "abs(-exp(A))"),
]
"""An expression and its normal form, edge cases among them."""


def read(written):
    return parse(written, SHAPES, SIZES)


@pytest.fixture
def _forgetful():
    """Nothing is remembered from before an identity was broken, nor after it."""
    forget()
    reverse.theorem.cache_clear()
    yield
    forget()
    reverse.theorem.cache_clear()


def test_every_identity_has_a_row():
    assert {name for name, _, _ in TABLE} == set(RULES)
    assert len(RULES) == len(IDENTITIES), "two identities of one name"


@pytest.mark.parametrize(("name", "before", "after"), TABLE, ids=lambda each: str(each)[:40])
def test_an_identity_rewrites(name, before, after):
    node = read(before)
    assert node.op in RULES[name].ops or "*" in RULES[name].ops
    assert text(RULES[name].rewrite(node)) == after


@pytest.mark.parametrize(("name", "before", "after"), TABLE, ids=lambda each: str(each)[:40])
def test_an_identity_is_true_and_keeps_the_shape(name, before, after):
    assert read(before).shape == read(after).shape
    given = numbers(SIZES, 1, "positive")
    assert np.allclose(value(before, given, SIZES), value(after, given, SIZES), rtol=1e-9)


@pytest.mark.parametrize(("before", "after"), NORMAL)
def test_the_normal_form(before, after):
    assert text(normal(read(before))) == after


@pytest.mark.parametrize("before", sorted({before for _, before, _ in TABLE}))
def test_a_normal_form_is_its_own_normal_form(before):
    found = normal(read(before))
    assert normal(found) is found
    ends = [new for new, _ in steps(read(before))]
    assert (ends[-1] if ends else read(before)) is found


@pytest.mark.usefixtures("_forgetful")
def test_forgetting_in_between_loses_nothing(monkeypatch):
    """Rules ask for normal forms while others are being found; a full memory is emptied before and after only."""
    monkeypatch.setattr(identities, "MOST_REMEMBERED", 0)
    assert derive.hessian("det(D)", wrt="D", shapes=SHAPES).verified
    assert text(normal(read("(A @ B + 2 * A @ B).T"))) == "3 * B.T @ A.T"


def test_the_reasons_of_the_steps_are_those_of_the_kinds():
    assert {identity.kind for identity in IDENTITIES} <= set(KINDS)
    assert next(reason for _, reason in steps(read("(A @ eye(n)).T + 0 * A.T"))) == KINDS["transposes"]


def flipped(result):
    """The other sign; 1 for 0."""
    return ones(*result.shape) if result.op == "zeros" or result.value == 0 else neg(result)


def doubled(result):
    """Twice the value; 1 for 0."""
    return ones(*result.shape) if result.op == "zeros" or result.value == 0 else mul(number(2), result)


@pytest.mark.usefixtures("_forgetful")
@pytest.mark.parametrize("wrong", [flipped, doubled])
@pytest.mark.parametrize("name", sorted(RULES))
def test_an_identity_made_false_is_caught(name, wrong, monkeypatch):
    """The derivative of t F by t is F; where the false identity is used, the judge rejects the chain.

    A row whose expression another identity takes first is answered, and then the answer is right.
    """
    rule = RULES[name]

    def rewrite(node):
        result = rule.rewrite(node)
        return None if result is None else wrong(result)

    broken = [Identity(each.kind, each.ops, rewrite if each is rule else each.rewrite) for each in IDENTITIES]
    monkeypatch.setattr(identities, "IDENTITIES", broken)
    forget()
    given, caught = numbers(SIZES, 1, "positive"), 0
    for before in [before for row, before, _ in TABLE if row == name]:
        ask = derive.gradient if read(before).scalar else derive.jacobian
        try:
            found = ask(f"t * ({before})", wrt="t", shapes={**SHAPES, "t": ""}).formula
        except derive.DeriveError:
            caught += 1
        else:
            assert np.allclose(value(found, given, SIZES), value(before, given, SIZES)), f"{before}: {found}"
    assert caught
