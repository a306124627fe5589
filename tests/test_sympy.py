"""To sympy and back: what can be read, what is refused, and that no way changes a value."""

import inspect
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import (
    Abs,
    Adjoint,
    BlockMatrix,
    Derivative,
    Determinant,
    DiagonalMatrix,
    DiagonalOf,
    Dummy,
    Float,
    Function,
    FunctionMatrix,
    HadamardPower,
    HadamardProduct,
    Heaviside,
    Identity,
    ImmutableDenseMatrix,
    Inverse,
    KroneckerDelta,
    KroneckerProduct,
    Lambda,
    MatPow,
    Matrix,
    MatrixSymbol,
    Max,
    OneMatrix,
    Piecewise,
    Rational,
    S,
    Sum,
    Symbol,
    Trace,
    ZeroMatrix,
    cos,
    det,
    exp,
    log,
    pi,
    sign,
    sin,
    sqrt,
    symbols,
    tanh,
)
from sympy.matrices.expressions import DiagMatrix, DotProduct

import derive
from derive.expressions.expression import matmul, transpose, unit
from derive.expressions.from_sympy import from_sympy
from derive.expressions.language import parse
from derive.expressions.source import function_source
from derive.expressions.to_sympy import to_sympy
from derive.expressions.values import Points, Unreal
from tests.expressions_table import CASES, SIZES, numbers
from tests.sympy_values import sympy_value

m, n, c, t, i, j = symbols("m n c t i j")
A, B, X = MatrixSymbol("A", m, n), MatrixSymbol("B", m, n), MatrixSymbol("X", n, n)
b, x, y = MatrixSymbol("b", m, 1), MatrixSymbol("x", n, 1), MatrixSymbol("y", n, 1)

SHAPES = {"A": "m,n", "B": "m,n", "X": "n,n", "b": "m", "x": "n", "y": "n", "c": ""}

READ = [
    (A * x + b, "A @ x + b"),
    (2 * A.T * B, "2 * A.T @ B"),
    (c * A, "c * A"),
    (A / n, "A / n"),
    (x.T * X * x, "x.T @ X @ x"),
    (x * (y.T * x), "x @ (y.T @ x)"),
    (Trace(X) * X, "tr(X) * X"),
    (Trace(A.T * B), "tr(A.T @ B)"),
    (X**-1, "inv(X)"),
    (Inverse(X) * X.T, "inv(X) @ X.T"),
    (X**3, "matpow(X, 3)"),
    (X**-2, "matpow(X, -2)"),
    (MatPow(X, 0), "eye(n)"),
    ((x.T * x) ** Rational(3, 2), "(x.T @ x)**1.5"),
    (log(Determinant(X)), "log(det(X))"),
    (log(Abs(Determinant(X))), "logdet(X)"),
    (det(2 * X), "2**n * det(X)"),
    (HadamardProduct(A, B), "A * B"),
    (HadamardPower(A, Rational(1, 2)), "sqrt(A)"),
    (HadamardPower(A, -2), "1 / A**2"),
    (DiagMatrix(x), "diag(x)"),
    (DiagMatrix(x.T), "diag(x)"),
    (DiagonalOf(X), "diagvec(X)"),
    (DiagonalMatrix(X), "X * eye(n)"),
    (DotProduct(x, y), "x.T @ y"),
    (KroneckerProduct(A, X), "kron(A, X)"),
    (X + Identity(n), "X + eye(n)"),
    (A + OneMatrix(m, n), "A + ones(m, n)"),
    (ZeroMatrix(m, n), "zeros(m, n)"),
    (FunctionMatrix(n, 1, Lambda((i, j), KroneckerDelta(i, 1))), "unit(n, 1)"),
    (A[1, 0], "A[1, 0]"),
    (A.applyfunc(sin), "sin(A)"),
    (A.applyfunc(lambda t: 3 * t**2 - exp(-t) / n + c), "3 * A**2 - exp(-A) / n + c"),
    (A.applyfunc(Lambda(t, 1 / (1 + exp(-t)))), "1 / (1 + exp(-A))"),
    (A.applyfunc(Lambda(t, 2)), "2 * ones(m, n)"),
    (A.applyfunc(Lambda(t, Max(t, 0))), "relu(A)"),
    (A.applyfunc(cos).applyfunc(tanh), "tanh(cos(A))"),
    (exp(x.T * X * x), "exp(x.T @ X @ x)"),
    (Abs(c) * sign(c) + Heaviside(c) + 2**c, "abs(c) * sign(c) + step(c) + exp(c * log(2))"),
    (sqrt(Trace(A.T * A)), "sqrt(tr(A.T @ A))"),
    (c**2 / 3 + Float("0.1") * c, "c**2 / 3 + 0.1 * c"),
    (S.Exp1 * c, "exp(1) * c"),
    (Sum(A[i, j] ** 2, (i, 0, m - 1), (j, 0, n - 1)), "sum(A**2)"),
    (Sum(A[i, j] * B[i, j], (j, 0, n - 1), (i, 0, m - 1)), "sum(A * B)"),
    (Sum(X[i, j] * X[j, i], (i, 0, n - 1), (j, 0, n - 1)), "sum(X * X.T)"),
    (Sum(X[i, i], (i, 0, n - 1)), "tr(X)"),
    (Sum(exp(x[i, 0]), (i, 0, n - 1)), "sum(exp(x))"),
    (Sum(x[i, 0] * X[i, j] * y[j, 0], (i, 0, n - 1), (j, 0, n - 1)), "x.T @ X @ y"),
    (Sum(exp(x[i, 0]) * (A[j, i] + x[i, 0]), (j, 0, m - 1), (i, 0, n - 1)), "sum(A @ exp(x)) + m * x.T @ exp(x)"),
    (Sum(x[i, 0] * b[j, 0], (j, 0, m - 1), (i, 0, n - 1)), "sum(x) * sum(b)"),
    (Sum(c, (i, 0, n - 1)), "c * n"),
]
"""Expressions of sympy, and what they are in the language."""

REFUSED = [
    (BlockMatrix([[X, X]]), "BlockMatrix"),
    (Adjoint(X), "Adjoint"),
    (ImmutableDenseMatrix([[c]]), "ImmutableDenseMatrix"),
    (Matrix([[c]]), "MutableDenseMatrix"),
    (Derivative(Function("f")(c), c), "Derivative"),
    (Function("f")(c), "f"),
    (Piecewise((c, c > 0), (0, True)), "Piecewise"),
    (X.diff(X), "PermuteDims"),
    (pi * X, "Pi"),
    (S.ImaginaryUnit * c, "ImaginaryUnit"),
    (S.Infinity, "Infinity"),
    (exp(X), "applyfunc"),
    (X**c, "whole number"),
    (X ** Rational(1, 2), "whole number"),
    (X**40, "whole number"),
    (c**c, "an exponent is a number"),
    (Max(c, 1), "Max"),
    (X[i, 0], "counted from 0"),
    (FunctionMatrix(n, n, Lambda((i, j), i + j)), "FunctionMatrix"),
    (X.applyfunc(Lambda(t, Trace(t * X))), "depends on the entry"),
    (X.applyfunc(Lambda(t, Sum(t * x[i, 0], (i, 0, n - 1)))), "depends on the entry"),
    (Sum(i * x[i, 0], (i, 0, n - 1)), "the index i"),
    (Sum(x[i, 0], (i, 0, n - 2)), "n - 1"),
    (Sum(x[i, 0], (i, 1, n)), "counts from 0"),
    (Sum(X[i, 0], (i, 0, n - 1)), "does not run over all entries"),
    (Sum(A[j, i], (i, 0, m - 1), (j, 0, n - 1)), "does not run over all entries"),
    (Sum(Sum(X[i, j] ** 2, (i, 0, n - 1)) ** 2, (j, 0, n - 1)), "Sum"),
    (Trace(MatrixSymbol("Z", n + 1, n + 1)), "a size is"),
    (c + Symbol("c", real=True), "two different symbols"),
    (c + Dummy("c"), "two different symbols"),
    (n * Trace(MatrixSymbol("n", n, n)), "two different symbols"),
    (Symbol("lambda") * c, "cannot be the name"),
    (Symbol(r"\theta") * c, "cannot be the name"),
    (3, "not int"),
    (None, "not NoneType"),
]
"""What is refused, and a word of the reason."""


def values(node, seed, mood):
    points = Points([each for each in node.walk() if each.op == "symbol"], SIZES, mood, 2, seed)
    return points.evaluate(node).value


def same(one, other, seeds=range(1, 20), mood="positive"):
    """Whether two expressions agree at the first random point where they are real numbers."""
    for seed in seeds:
        with suppress(Unreal):
            return one.shape == other.shape and np.allclose(values(one, seed, mood), values(other, seed, mood))
    raise AssertionError("nowhere a real number")


@pytest.mark.parametrize(("expression", "text"), READ, ids=[text for _, text in READ])
def test_it_is_read(expression, text):
    assert same(from_sympy(expression), parse(text, SHAPES))


@pytest.mark.parametrize(("expression", "word"), REFUSED, ids=[str(number) for number in range(len(REFUSED))])
def test_it_is_refused(expression, word):
    with pytest.raises(derive.DeriveError, match=word):
        from_sympy(expression)


def test_structures_are_told():
    declared = {"X": "symmetric", "x": "n positive"}
    found = {node.name: node for node in from_sympy(x.T * X * x, declared).walk() if node.op == "symbol"}
    assert {name: (*node.shape, node.data[1]) for name, node in found.items()} == {
        "X": ("n", "n", "symmetric"),
        "x": ("n", 1, "positive"),
    }


@pytest.mark.parametrize("declared", [{"X": "m,n"}, {"X": "n"}, {"c": "n"}, {"X": "round"}, {"n": ""}, {"A": "spd"}])
def test_a_declaration_that_contradicts_sympy_is_refused(declared):
    with pytest.raises(derive.DeriveError):
        from_sympy(c * Trace(X) / n + Trace(A.T * A), declared)


def test_a_gradient_is_that_of_the_text():
    expression = (A * x - b).T * (A * x - b)
    by_text = derive.gradient("(A @ x - b).T @ (A @ x - b)", "x", {"A": "m,n"})
    assert derive.gradient(expression, "x").formula == by_text.formula
    assert derive.gradient(expression, x).formula == by_text.formula
    assert derive.gradient(expression, x).to_sympy() == 2 * A.T * (A * x - b)
    assert derive.gradient(c * Trace(X), c).formula == "tr(X)"
    by_index = Sum(x[i, 0] * X[i, j] * x[j, 0], (i, 0, n - 1), (j, 0, n - 1))
    assert derive.gradient(by_index, x).formula == derive.gradient("x.T @ X @ x", "x").formula
    assert list(derive.gradient(expression, [x, b])) == ["x", "b"]


def test_a_jacobian_and_a_hessian_are_those_of_the_text():
    assert derive.jacobian((A * x).applyfunc(exp), x).formula == "diag(exp(A @ x)) @ A"
    assert derive.hessian(x.T * X * x, x).to_sympy() == X + X.T
    assert derive.gradient(log(Determinant(X)), X, {"X": "spd"}, convention="symmetric-projection").verified


def test_what_sympy_differentiates_to_zero_is_right_here():
    """sympy 1.14 answers 0 for these; see its issues 10989 and 27406."""
    assert derive.gradient(Trace(A.T * A) + Trace(B.T * B), A).formula == "2 * A"
    assert derive.gradient(Trace(X) + Trace(X**2), X).to_sympy() == Identity(n) + 2 * X.T


@pytest.mark.parametrize(
    "variable", [X[0, 0], MatrixSymbol("Y", n, n), MatrixSymbol("X", 2, 2), Symbol("X"), n, "Y", 3]
)
def test_what_is_no_variable_is_refused(variable):
    with pytest.raises(derive.DeriveError, match="unknown variable"):
        derive.gradient(Trace(X) / n, variable)


WRITTEN = [case for case in CASES if "vec(A" not in case.expression]


@pytest.mark.parametrize("case", WRITTEN, ids=str)
def test_there_and_back_is_the_same(case):
    node = parse(case.expression, case.shapes)
    structures = {name: shape for name, shape in case.shapes.items() if name in node.symbols}
    assert same(from_sympy(to_sympy(node), structures), node)


@pytest.mark.parametrize("case", WRITTEN, ids=str)
def test_the_explicit_matrices_of_sympy_have_the_values_of_numpy(case):
    node = parse(case.expression, case.shapes)
    used = [each for each in node.walk() if each.op == "symbol"]
    space = {"np": np}
    exec(function_source(node, "value", used), space)
    given = {name: number for name, number in numbers(case.shapes, 3).items() if name in node.symbols}
    told = {name: SIZES[name] for name in inspect.signature(space["value"]).parameters if name not in given}
    want = space["value"](**given, **told)
    got = sympy_value(to_sympy(node), given)
    assert got.shape == np.shape(want)
    np.testing.assert_allclose(got, want, rtol=1e-8, atol=1e-10)


def test_a_gradient_is_an_expression_of_sympy_too():
    """The derivatives of sympy itself are compared in the benchmark; here only that ours can be written."""
    for case in WRITTEN[:40]:
        if case.kind == "gradient" and case.convention == "free":
            answer = derive.gradient(case.expression, case.wrt, case.shapes)
            declared = {name: shape for name, shape in case.shapes.items() if name in answer.result.symbols}
            assert same(from_sympy(answer.to_sympy(), declared), answer.result)


@pytest.mark.parametrize("text", ["vec(X)", "unvec(vec(X), n, n)", "commutation(m, n)"])
def test_what_sympy_has_no_form_for_is_refused(text):
    with pytest.raises(derive.DeriveError, match="sympy has no form for"):
        to_sympy(parse(text, {"X": "n,n"}, ["m", "n"]))


def test_columns_of_the_identity_have_a_form():
    node = matmul(unit("m", 1), transpose(unit("n", 2)))
    assert sympy_value(to_sympy(node), {}).tolist() == np.outer(np.eye(4)[1], np.eye(3)[2]).tolist()


SQUARE = st.deferred(
    lambda: st.one_of(
        st.sampled_from(["X", "Y", "eye(n)", "(x @ y.T)", "ones(n, n)", "matpow(X, 3)"]),
        st.builds("{}({})".format, st.sampled_from(ENTRYWISE), SQUARE),
        st.builds("({} {} {})".format, SQUARE, st.sampled_from(["+", "-", "*", "@"]), SQUARE),
        st.builds("({} * {})".format, SCALAR, SQUARE),
        st.builds("{}.T".format, SQUARE),
        st.builds("diag({})".format, COLUMN),
        st.builds("softmax({})".format, SQUARE),
        st.builds("({} + {})".format, SCALAR, SQUARE),
    )
)
COLUMN = st.deferred(
    lambda: st.one_of(
        st.sampled_from(["x", "y", "ones(n, 1)", "unit(n, 1)"]),
        st.builds("({} @ {})".format, SQUARE, COLUMN),
        st.builds("({} * {})".format, COLUMN, COLUMN),
        st.builds("diagvec({})".format, SQUARE),
        st.builds("rowsum({})".format, SQUARE),
        st.builds("colsum({}).T".format, SQUARE),
        st.builds("{}({})".format, st.sampled_from(ENTRYWISE), COLUMN),
    )
)
SCALAR = st.deferred(
    lambda: st.one_of(
        st.sampled_from(["c", "2", "0.5", "n", "X[0, 1]"]),
        st.builds("{}({})".format, st.sampled_from(["tr", "sum", "sumsq", "norm1", "det"]), SQUARE),
        st.builds("({}.T @ {})".format, COLUMN, COLUMN),
        st.builds("{}({})".format, st.sampled_from(ENTRYWISE), SCALAR),
    )
)
ENTRYWISE = ("sin", "cos", "tanh", "abs", "sigmoid", "softplus", "relu", "step", "sign")
SAMPLED = {"X": "n,n", "Y": "n,n", "x": "n", "y": "n", "c": ""}


@settings(max_examples=100, deadline=None)
@given(st.one_of(SQUARE, COLUMN, SCALAR).filter(lambda text: len(text) < 100), st.integers(0, 9))
def test_any_expression_there_and_back_is_the_same(text, seed):
    node = parse(text, SAMPLED)
    assert same(from_sympy(to_sympy(node), SAMPLED), node, [seed], "normal")
