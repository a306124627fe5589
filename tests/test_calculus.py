"""Gradients, Jacobians and Hessians: textbook results, conventions, and questions that are refused."""

import numpy as np
import pytest

import derive
from derive.expressions.expression import matmul, symbol, transpose
from derive.expressions.language import parse
from derive.expressions.text import formula_size
from tests.expressions import numbers, program, sides, slope, value

SIZES = {"m": 4, "n": 3, "k": 2}

SHAPES = {
    "A": "m,n",
    "B": "n,k",
    "C": "m,n",
    "M": "n,n",
    "X": "n,n",
    "Y": "m,n",
    "S": "n,n symmetric",
    "P": "n,n spd",
    "D": "n,n diagonal",
    "x": "n",
    "y": "n",
    "a": "n",
    "b": "m",
    "w": "n",
    "p": "n positive",
    "t": "",
    "c": "positive",
}

GRADIENTS = [
    # linear and quadratic forms (Petersen and Pedersen, The Matrix Cookbook, 2.3 to 2.5)
    ("a.T @ x", "x", "a"),
    ("x.T @ x", "x", "2 * x"),
    ("sumsq(x)", "x", "2 * x"),
    ("x.T @ M @ x", "x", "(M + M.T) @ x"),
    ("x.T @ S @ x", "x", "2 * S @ x"),
    ("x.T @ M @ y", "M", "x @ y.T"),
    ("x.T @ M.T @ y", "M", "y @ x.T"),
    ("x.T @ M.T @ M @ y", "M", "M @ (x @ y.T + y @ x.T)"),
    ("sumsq(A @ x - b)", "x", "2 * A.T @ (A @ x - b)"),
    ("mean((A @ x - b)**2)", "x", "2 * A.T @ (A @ x - b) / m"),
    ("sumsq(A @ x - b)", "A", "2 * (A @ x - b) @ x.T"),
    ("sumsq(A @ x - b)", "b", "2 * (b - A @ x)"),
    ("sumsq(A @ x - b) / 2 + t * sumsq(x) / 2", "x", "A.T @ (A @ x - b) + t * x"),
    ("(A @ x - b).T @ (A @ x - b)", "x", "2 * A.T @ (A @ x - b)"),
    ("norm2(x)", "x", "x / norm2(x)"),
    ("norm2(A @ x - b)", "x", "A.T @ (A @ x - b) / norm2(A @ x - b)"),
    ("norm1(x)", "x", "sign(x)"),
    ("x.T @ S @ x / (x.T @ x)", "x", "2 * (S @ x - x.T @ S @ x / (x.T @ x) * x) / (x.T @ x)"),
    ("sumsq(x)**2", "x", "4 * sumsq(x) * x"),
    # traces
    ("tr(X)", "X", "eye(n)"),
    ("tr(M @ X)", "X", "M.T"),
    ("tr(M @ X.T)", "X", "M"),
    ("tr(A.T @ Y)", "Y", "A"),
    ("tr(M @ X @ S)", "X", "M.T @ S"),
    ("tr(M @ X.T @ S)", "X", "S @ M"),
    ("tr(X @ X)", "X", "2 * X.T"),
    ("tr(X.T @ X)", "X", "2 * X"),
    ("tr(X.T @ M @ X)", "X", "(M + M.T) @ X"),
    ("tr(X @ M @ X.T)", "X", "X @ (M + M.T)"),
    ("tr(matpow(X, 3))", "X", "3 * (X @ X).T"),
    ("tr(X.T @ M @ X @ S)", "X", "M @ X @ S + M.T @ X @ S"),
    ("sumsq(Y - A @ X)", "X", "2 * A.T @ (A @ X - Y)"),
    ("tr(X * M)", "X", "M * eye(n)"),
    # determinants and inverses
    ("det(X)", "X", "det(X) * inv(X).T"),
    ("logdet(X)", "X", "inv(X).T"),
    ("log(det(P))", "P", "inv(P)"),
    ("det(M @ X)", "X", "det(M @ X) * inv(X).T"),
    ("logdet(P)", "P", "inv(P)"),
    ("logdet(A.T @ A)", "A", "2 * A @ inv(A.T @ A)"),
    ("logdet(eye(n) + A.T @ A)", "A", "2 * A @ inv(eye(n) + A.T @ A)"),
    ("tr(inv(X))", "X", "-(inv(X) @ inv(X)).T"),
    ("tr(M @ inv(X))", "X", "-(inv(X) @ M @ inv(X)).T"),
    ("a.T @ inv(X) @ y", "X", "-inv(X).T @ a @ y.T @ inv(X).T"),
    ("x.T @ inv(P) @ x", "x", "2 * inv(P) @ x"),
    ("logdet(P) + x.T @ inv(P) @ x", "P", "inv(P) - inv(P) @ x @ x.T @ inv(P)"),
    ("det(X)**2", "X", "2 * det(X)**2 * inv(X).T"),
    # entrywise functions and reductions
    ("sum(exp(x))", "x", "exp(x)"),
    ("sum(log(p))", "p", "1 / p"),
    ("sum(x**3)", "x", "3 * x**2"),
    ("sum(sqrt(p))", "p", "1 / (2 * sqrt(p))"),
    ("sum(sin(A @ x))", "x", "A.T @ cos(A @ x)"),
    ("sum(tanh(x))", "x", "1 - tanh(x)**2"),
    ("sum(sigmoid(x))", "x", "sigmoid(x) * (1 - sigmoid(x))"),
    ("sum(softplus(x))", "x", "sigmoid(x)"),
    ("sum(relu(A @ x))", "x", "A.T @ step(A @ x)"),
    ("logsumexp(x)", "x", "softmax(x.T).T"),
    ("sum(A * C)", "A", "C"),
    ("sum(A @ B)", "A", "ones(m, 1) @ rowsum(B).T"),
    ("a.T @ diag(x) @ y", "x", "a * y"),
    ("sum(x / p)", "p", "-x / p**2"),
    ("sumsq(rowsum(A))", "A", "2 * rowsum(A) @ ones(1, n)"),
    ("sumsq(colsum(A))", "A", "2 * ones(m, 1) @ colsum(A)"),
    ("A[1, 2]**2", "A", "2 * A[1, 2] * unit(m, 1) @ unit(n, 2).T"),
    # losses
    ("sum(softplus(A @ x)) - b.T @ A @ x", "x", "A.T @ (sigmoid(A @ x) - b)"),
    ("logsumexp(A @ x) - b.T @ A @ x", "x", "A.T @ (exp(A @ x - logsumexp(A @ x)) - b)"),
    ("sum(p * log(p))", "p", "1 + log(p)"),
    ("b.T @ tanh(A @ x)", "A", "(b * (1 - tanh(A @ x)**2)) @ x.T"),
    # scalars
    ("sumsq(x) * t**2", "t", "2 * t * sumsq(x)"),
    ("exp(-t * sumsq(x))", "t", "-exp(-t * sumsq(x)) * sumsq(x)"),
    ("log(c)", "c", "1 / c"),
    ("logdet(M + t * eye(n))", "t", "tr(inv(M + t * eye(n)))"),
    ("n * c", "c", "n"),
    ("sum(ones(m, n)) * c**2", "c", "2 * m * n * c"),
]
"""An expression, a variable, and the gradient as a textbook has it."""

JACOBIANS = [
    ("A @ x", "x", "A"),
    ("x", "x", "eye(n)"),
    ("exp(x)", "x", "diag(exp(x))"),
    ("tanh(A @ x + b)", "x", "diag(1 - tanh(A @ x + b)**2) @ A"),
    ("x * y", "x", "diag(y)"),
    ("x / norm2(x)", "x", "(eye(n) - x @ x.T / sumsq(x)) / norm2(x)"),
    ("x * sumsq(x)", "x", "2 * x @ x.T + sumsq(x) * eye(n)"),
    ("softmax(x.T)", "x", "diag(softmax(x.T).T) - softmax(x.T).T @ softmax(x.T)"),
    ("x @ x.T @ y", "x", "x.T @ y * eye(n) + x @ y.T"),
    ("A @ X", "X", "kron(eye(n), A)"),
    ("X @ B", "X", "kron(B.T, eye(n))"),
    ("A @ X @ B", "X", "kron(B.T, A)"),
    ("X.T", "X", "commutation(n, n)"),
    ("A.T", "A", "commutation(m, n)"),
    ("X @ X", "X", "kron(eye(n), X) + kron(X.T, eye(n))"),
    ("inv(X)", "X", "-kron(inv(X).T, inv(X))"),
    ("A * C", "A", "diag(vec(C))"),
    ("exp(A)", "A", "diag(vec(exp(A)))"),
    ("vec(A)", "A", "eye(m * n)"),
    ("A @ x", "A", "kron(x.T, eye(m))"),
    ("rowsum(A)", "A", "kron(ones(1, n), eye(m))"),
    ("t * A", "t", "A"),
    ("inv(M + t * P)", "t", "-inv(M + t * P) @ P @ inv(M + t * P)"),
    ("X.T @ X", "X", "(eye(n * n) + commutation(n, n)) @ kron(eye(n), X.T)"),
]
"""An expression, a variable, and ∂vec(F)/∂vec(X)."""

HESSIANS = [
    ("x.T @ x", "x", "2 * eye(n)"),
    ("x.T @ M @ x", "x", "M + M.T"),
    ("sumsq(A @ x - b)", "x", "2 * A.T @ A"),
    ("sum(exp(x))", "x", "diag(exp(x))"),
    ("logsumexp(x)", "x", "diag(exp(x - logsumexp(x))) - exp(x - logsumexp(x)) @ exp(x - logsumexp(x)).T"),
    ("sum(softplus(A @ x))", "x", "A.T @ diag(sigmoid(A @ x) * (1 - sigmoid(A @ x))) @ A"),
    ("a.T @ x", "x", "zeros(n, n)"),
    ("sumsq(x)**2", "x", "4 * sumsq(x) * eye(n) + 8 * x @ x.T"),
    ("sum(log(p))", "p", "-diag(1 / p**2)"),
    ("t**3", "t", "6 * t"),
    ("sumsq(A)", "A", "2 * eye(m * n)"),
    ("tr(X @ X)", "X", "2 * commutation(n, n)"),
    ("tr(X.T @ M @ X)", "X", "kron(eye(n), M + M.T)"),
    ("logdet(X)", "X", "-commutation(n, n) @ kron(inv(X).T, inv(X))"),
]

STRUCTURED = [
    ("tr(M @ S)", "S", "free", "M.T"),
    ("tr(M @ S)", "S", "symmetric-projection", "(M + M.T) / 2"),
    ("tr(M @ S)", "S", "symmetric-independent-entries", "M + M.T - M * eye(n)"),
    ("logdet(P)", "P", "free", "inv(P)"),
    ("logdet(P)", "P", "symmetric-projection", "inv(P)"),
    ("logdet(P)", "P", "symmetric-independent-entries", "2 * inv(P) - inv(P) * eye(n)"),
    ("tr(inv(P))", "P", "symmetric-projection", "-inv(P) @ inv(P)"),
    ("x.T @ S @ x", "S", "symmetric-projection", "x @ x.T"),
    ("x.T @ S @ y", "S", "symmetric-projection", "(x @ y.T + y @ x.T) / 2"),
    ("x.T @ S @ x", "S", "symmetric-independent-entries", "2 * x @ x.T - diag(x**2)"),
    ("tr(D @ M @ D)", "D", "free", "(M @ D + D @ M).T"),
    ("tr(D @ M)", "D", "diagonal-independent-entries", "M * eye(n)"),
    ("logdet(D)", "D", "diagonal-independent-entries", "inv(D)"),
]
"""The gradient by a structured variable, under each convention."""

REFUSED = [
    ("gradient", "A @ x", "x", {}, r"a gradient is that of a scalar, and this is \(m, 1\); ask for the Jacobian"),
    ("hessian", "A @ x", "x", {}, "a Hessian is that of a scalar"),
    ("gradient", "sum(x)", "z", {}, "unknown variable 'z'"),
    ("gradient", "sum(x)", "X.T", {}, "unknown variable 'X.T'"),
    ("gradient", "sum(x)", "", {}, "unknown variable ''"),
    ("gradient", "sum(x)", 3, {}, "unknown variable '3'"),
    ("gradient", "sum(x)", None, {}, "unknown variable 'None'"),
    ("gradient", "sum(x)", [], {}, "no variable was named"),
    ("gradient", "sum(x)", ["x", "z"], {}, "unknown variable 'z'"),
    ("gradient", "sum(x)", "x", {"convention": "none"}, "unknown convention 'none'"),
    ("gradient", "sum(x)", "x", {"convention": "symmetric-projection"}, "is for a variable declared as symmetric"),
    ("gradient", "tr(S)", "S", {"convention": "diagonal-independent-entries"}, "is for a variable declared as diag"),
    ("gradient", "sum(log(-exp(x)))", "x", {}, "cannot be verified"),
    ("gradient", "norm2(zeros(n, 1)) * sum(x)", "x", {}, "cannot be verified"),
    ("gradient", "sum(x / (c - c))", "x", {}, "division by 0|cannot be verified"),
    ("jacobian", "foo(x)", "x", {}, "unknown function 'foo'"),
]


def asked(kind, expression, wrt, **options):
    return getattr(derive, kind)(expression, wrt=wrt, shapes=SHAPES, **options)


def given(seed=3):
    return numbers(SIZES, seed, "positive", {name: sides(shape) for name, shape in SHAPES.items()})


def evaluated(answer, values):
    symbols = {name: sides(shape) for name, shape in SHAPES.items()}
    return np.asarray(program(answer.numpy, symbols)(values, SIZES), float)


LONGER = {"softmax(x.T)": 3}
"""What is still written longer than by textbooks, and by how many signs."""


def assert_short(answer, expression, expected):
    """At most two signs longer than in the textbook, for another order of factors."""
    most = formula_size(parse(expected, SHAPES, SIZES)) + LONGER.get(expression, 2)
    assert formula_size(answer.result) <= most, answer.formula


@pytest.mark.parametrize(("expression", "wrt", "expected"), GRADIENTS)
def test_a_gradient_of_the_textbooks(expression, wrt, expected):
    answer, values = asked("gradient", expression, wrt), given()
    want = value(expected, values, SIZES)
    found = value(answer.formula, values, SIZES)
    assert np.allclose(np.broadcast_to(want, found.shape), found)
    assert np.allclose(evaluated(answer, values).reshape(found.shape), found)
    assert answer.result.shape == parse(wrt, SHAPES).shape
    assert_short(answer, expression, expected)
    assert answer.verified


@pytest.mark.parametrize(("expression", "wrt", "expected"), GRADIENTS)
def test_a_gradient_is_that_of_differences(expression, wrt, expected):
    """The table itself is right."""
    values = given()
    direction = np.random.default_rng(5).standard_normal(values[wrt].shape)
    want = slope(lambda h: value(expression, {**values, wrt: values[wrt] + h * direction}, SIZES), 1e-3)
    assert np.allclose(np.sum(value(expected, values, SIZES) * direction), want, rtol=1e-6)


@pytest.mark.parametrize(("expression", "wrt", "expected"), JACOBIANS)
def test_a_jacobian_of_the_textbooks(expression, wrt, expected):
    answer, values = asked("jacobian", expression, wrt), given()
    assert np.allclose(value(answer.formula, values, SIZES), value(expected, values, SIZES))
    assert_short(answer, expression, expected)
    matrix = value(expected, values, SIZES)
    assert np.allclose(evaluated(answer, values).reshape(matrix.shape, order="F"), matrix)


@pytest.mark.parametrize(("expression", "wrt", "expected"), HESSIANS)
def test_a_hessian_of_the_textbooks(expression, wrt, expected):
    answer, values = asked("hessian", expression, wrt), given()
    matrix = value(expected, values, SIZES)
    assert np.allclose(value(answer.formula, values, SIZES), matrix)
    assert np.allclose(evaluated(answer, values).reshape(matrix.shape, order="F"), matrix)
    assert_short(answer, expression, expected)


@pytest.mark.parametrize(("expression", "wrt", "convention", "expected"), STRUCTURED)
def test_a_convention_for_a_structured_variable(expression, wrt, convention, expected):
    answer, values = asked("gradient", expression, wrt, convention=convention), given()
    found = value(answer.formula, values, SIZES)
    assert np.allclose(found, value(expected, values, SIZES))
    assert np.allclose(evaluated(answer, values), found)
    assert convention in answer.convention


def test_the_axes_of_jacobians_and_hessians():
    assert asked("jacobian", "A @ x", "x").shape == ("m", "n")
    assert asked("jacobian", "A @ X", "X").shape == ("m", "n", "n", "n")
    assert asked("jacobian", "A @ x", "A").shape == ("m", "m", "n")
    assert asked("jacobian", "t * A", "t").shape == ("m", "n")
    assert asked("jacobian", "sum(A)", "A").shape == ("m", "n")
    assert asked("hessian", "sumsq(A)", "A").shape == ("m", "n", "m", "n")
    assert asked("hessian", "sumsq(x)", "x").shape == ("n", "n")
    assert asked("gradient", "sumsq(A)", "A").shape == ("m", "n")


def test_the_array_of_a_jacobian_has_the_axes_of_the_value_then_of_the_variable():
    values = given()
    found = evaluated(asked("jacobian", "A @ X @ B", "X"), values)
    assert found.shape == (4, 2, 3, 3)
    assert np.allclose(found, np.einsum("ip,qj->ijpq", values["A"], values["B"]))
    assert np.allclose(evaluated(asked("jacobian", "A.T", "A"), values), np.einsum("iq,jp->ijpq", np.eye(3), np.eye(4)))


def test_several_variables_give_a_dictionary():
    answers = asked("gradient", "sumsq(A @ x - b)", ["A", "x", "b"])
    assert list(answers) == ["A", "x", "b"]
    assert answers["x"].formula == asked("gradient", "sumsq(A @ x - b)", "x").formula
    assert list(asked("gradient", "sumsq(A @ x - b)", ("x",))) == ["x"]


def test_what_does_not_depend_on_the_variable_has_derivative_0():
    assert asked("gradient", "sum(x)", "A").formula == "zeros(m, n)"
    assert asked("jacobian", "A @ x", "y").formula == "zeros(m, n)"
    assert asked("hessian", "sum(x)", "x").formula == "zeros(n, n)"
    assert asked("gradient", "sum(sign(x))", "x").formula == "zeros(n, 1)"


@pytest.mark.parametrize(("kind", "expression", "wrt", "options", "message"), REFUSED)
def test_a_question_that_is_refused(kind, expression, wrt, options, message):
    with pytest.raises(derive.DeriveError, match=message):
        asked(kind, expression, wrt, **options)


NAMES = ("__import__('os')", "x, y=print(1)", "x: print(1)", "**x", "x.T", "lambda", "np", "x\n", "∂x")


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_is_code_is_refused_before_anything_is_run(name, monkeypatch):
    """The parser lets none through, but trees can be made without it."""
    monkeypatch.setattr("derive.expressions.answer.compiled", lambda *_: pytest.fail("a program was run"))
    value = symbol(name, ("n", 1))
    with pytest.raises(derive.DeriveError, match="cannot be the name of a symbol"):
        derive.gradient(matmul(transpose(value), value), wrt=name)


ALIKE = [
    ("gradient", "tr(W1) + sum(W_1)", "W1", "W1 and W_1 are written alike"),
    ("gradient", "tr(A11 @ A) * A[0, 0]", "A", r"A11 and A\[0, 0\] are written alike"),
    ("gradient", "e1.T @ x * X[0, 2]", "X", r"e1 and unit\(m, 0\) are written alike"),
    ("gradient", "tr(I_m @ X) * sum(x) + tr(eye(m))", "x", r"I_m and eye\(m\) are written alike"),
    ("jacobian", "X.T * K_m_n", "X", r"K_m_n and commutation\(m, n\) are written alike"),
    ("gradient", "sum(k_1 * ones(k1, 1)) * k1", "k_1", "k_1 and k1 are written alike"),
]


@pytest.mark.parametrize(("kind", "expression", "wrt", "message"), ALIKE)
def test_what_would_be_written_alike_is_refused(kind, expression, wrt, message):
    """In the expression, or only in its derivative."""
    with pytest.raises(derive.DeriveError, match=message):
        getattr(derive, kind)(expression, wrt=wrt, shapes={"X": "m,n", "A": "m,m"})


def test_units_of_two_lengths_may_stand_beside_each_other():
    assert derive.gradient("A[0, 0] * e2.T @ x", wrt="A", shapes={"A": "m,n"}).verified


@pytest.mark.parametrize("size", NAMES)
def test_a_size_that_is_code_is_refused_before_anything_is_run(size, monkeypatch):
    monkeypatch.setattr("derive.expressions.answer.compiled", lambda *_: pytest.fail("a program was run"))
    x = symbol("x", (size, 1))
    with pytest.raises(derive.DeriveError):
        derive.gradient(matmul(transpose(x), x), wrt="x")


REPAIRED = [
    ("jacobian", "1 / (exp(x) * softplus(x))", "x"),
    ("gradient", "sum(p**n)", "p"),
    ("gradient", "A[0, 0]**n", "A"),
    ("gradient", "softmax(c) + sum(x) * c", "c"),
    ("gradient", "logdet(c)", "c"),
    ("gradient", "tr(matpow(c, 3))", "c"),
    ("gradient", "sum(kron(relu(A), exp(C)))", "A"),
    ("jacobian", "x * (A.T @ (zeros(m, 1) - zeros(m, 1)))", "x"),
    ("gradient", "step(softmax(zeros(1, k))) @ ones(k, 1) * c", "c"),
    ("gradient", "exp(tr(kron(P, P)))", "P"),
    ("gradient", "softmax(sumsq(sqrt((c + ones(n, 1))**2 + 1)**3)) * c", "c"),
    ("gradient", "sum(x) * tr(eye(m))", "x"),
    ("jacobian", "affine(x, c, c)", "x"),
]
"""Questions that random search found refused or answered by 0."""


@pytest.mark.parametrize(("kind", "expression", "wrt"), REPAIRED)
def test_a_question_that_was_once_refused(kind, expression, wrt):
    answer, values = asked(kind, expression, wrt), given()
    direction = np.random.default_rng(7).standard_normal(values[wrt].shape)
    want = slope(lambda h: value(expression, {**values, wrt: values[wrt] + h * direction}, SIZES), 1e-3)
    found = value(answer.formula, values, SIZES)
    assert np.allclose(np.sum(found * direction) if want.size == 1 else found @ direction, want, rtol=1e-6)
