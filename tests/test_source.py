"""The programs that are printed: NumPy, PyTorch and JAX; what they solve, share and never overflow at."""

import ast

import numpy as np
import pytest

import derive
from derive.expressions.language import parse
from derive.expressions.libraries import LIBRARIES
from derive.expressions.source import function_source
from derive.operation import catalogue, registered
from tests.expressions import NAMED, numbers, sides, value

catalogue()

SHAPES = {"A": "m,n", "B": "n,n", "C": "n,n", "P": "n,n spd", "x": "n", "b": "m", "r": "1,n", "c": ""}
SIZES = {"m": 3, "n": 2, "k": 4}

TEXTS = [
    ("A @ x", "A @ x"),
    ("inv(B) @ x", "np.linalg.solve(B, x)"),
    ("inv(B).T @ x", "np.linalg.solve(B.T, x)"),
    ("A @ inv(B)", "np.linalg.solve(B.T, A.T).T"),
    ("r @ inv(B)", "np.linalg.solve(B.T, r.T).T"),
    ("A @ inv(B) @ x", "A @ np.linalg.solve(B, x)"),
    ("inv(B) @ C @ x", "np.linalg.solve(B, C @ x)"),
    ("inv(B) @ inv(C) @ x", "np.linalg.solve(B, np.linalg.solve(C, x))"),
    ("x.T @ inv(B) @ x", "np.squeeze(x.T @ np.linalg.solve(B, x))"),
    ("inv(B)", "np.linalg.inv(B)"),
    ("tr(B)", "np.squeeze(np.trace(B))"),
    ("logdet(B)", "np.squeeze(np.linalg.slogdet(B)[1])"),
    ("2 * A / 3", "2 * A / 3"),
    ("A / (2 * c)", "A / (2 * c)"),
    ("sqrt(A)", "np.sqrt(A)"),
    ("A**3", "A ** 3"),
    ("A**-1", "1 / A"),
    ("matpow(B, 5)", "np.linalg.matrix_power(B, 5)"),
    ("A[0, 1]", "np.squeeze(A[0, 1])"),
    ("diagvec(B)", "np.diagonal(B).reshape(-1, 1)"),
    ("vec(A)", 'A.reshape(-1, 1, order="F")'),
    ("kron(A, B)", "np.kron(A, B)"),
    ("relu(A)", "np.maximum(A, 0.0)"),
    ("ones(2, 3)", "np.ones((2, 3))"),
    ("3", "3"),
]
"""An expression, and what its NumPy function returns."""

STABLE = [
    ("sigmoid(x)", [0.0, 1.0]),
    ("sigmoid(-x)", [1.0, 0.0]),
    ("softplus(x)", [0.0, 800.0]),
    ("softmax(x.T).T", [0.0, 1.0]),
    ("logsumexp(x)", 800.0),
    ("exp(x - logsumexp(x))", [0.0, 1.0]),
    ("tanh(x)", [-1.0, 1.0]),
    ("sigmoid(x) * (1 - sigmoid(x))", [0.0, 0.0]),
]
"""At x = (-800, 800) no function overflows, and each has its limit."""


def body(written, library="numpy"):
    return function_source(parse(written, SHAPES), "f", symbols(written), library)


def symbols(written):
    node = parse(written, SHAPES)
    return sorted((each for each in node.walk() if each.op == "symbol"), key=lambda each: each.name)


def run(written, given):
    space = {"np": np}
    exec(body(written), space)
    return space["f"](**{node.name: given[node.name] for node in symbols(written)})


@pytest.mark.parametrize(("written", "returned"), TEXTS)
def test_what_the_numpy_function_returns(written, returned):
    assert body(written).splitlines()[-1] == f"    return {returned}"


@pytest.mark.parametrize(("written", "returned"), TEXTS)
def test_the_numpy_function_computes_the_expression(written, returned):
    values = numbers(SIZES, 1, "positive", {name: sides(shape) for name, shape in SHAPES.items()})
    found = run(written, values)
    assert np.allclose(np.atleast_2d(found), value(written, values, SIZES))
    assert np.ndim(found) == (0 if parse(written, SHAPES).scalar else 2)


@pytest.mark.parametrize(("written", "limits"), STABLE)
def test_no_program_overflows(written, limits):
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        found = run(written, {"x": np.array([[-800.0], [800.0]])})
    assert np.allclose(np.ravel(found), limits)


@pytest.mark.parametrize(
    ("kind", "expression"),
    [
        ("gradient", "sum(softplus(x))"),
        ("gradient", "logsumexp(x)"),
        ("gradient", "sum(sigmoid(x))"),
        ("gradient", "sum(log(sigmoid(x)))"),
        ("gradient", "sum(tanh(x))"),
        ("hessian", "logsumexp(x)"),
        ("hessian", "sum(softplus(x))"),
        ("jacobian", "softmax(x.T)"),
    ],
)
def test_no_derivative_overflows(kind, expression):
    space = {"np": np}
    exec(getattr(derive, kind)(expression, wrt="x").numpy, space)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        assert np.isfinite(space[kind](x=np.array([[-800.0], [800.0]]))).all()


def test_what_is_used_twice_is_computed_once():
    source = body("exp(A @ x) * sigmoid(exp(A @ x)) + exp(A @ x)")
    assert source.count("np.exp(A @ x)") == 1


def test_a_temporary_name_is_no_symbol_of_the_user():
    found = parse("sin(exp(A @ t1)) + exp(A @ t1)", {"A": "m,n", "t1": "n"})
    source = function_source(found, "f", [each for each in found.walk() if each.op == "symbol"])
    assert "t2 = np.exp(A @ t1)" in source


def test_sizes_are_read_off_the_arrays_or_asked_for():
    assert "    m = A.shape[0]" in body("ones(m, 1).T @ A")
    assert body("ones(k, 1) * c").startswith("def f(*, c, k):")


def test_a_jacobian_is_folded_to_its_axes():
    answer = derive.jacobian("A @ X", wrt="X", shapes={"A": "m,n", "X": "n,p"})
    assert 'reshape(m, p, n, p, order="F")' in answer.numpy
    assert "permute(3, 2, 1, 0)" in answer.torch


@pytest.mark.parametrize("library", sorted(LIBRARIES))
@pytest.mark.parametrize("written", [written for written, _ in TEXTS] + [written for written, _ in STABLE])
def test_every_library_gets_python_with_its_own_names(written, library):
    source = body(written, library)
    tree = ast.parse(source)
    modules = {each.module for each in LIBRARIES.values()}
    assert modules & {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} <= {LIBRARIES[library].module}


def test_no_torch_text_uses_what_only_numpy_has():
    answer = derive.gradient("tr(kron(X, X)) + sum(relu(X)) + sum(vec(softplus(X)))", wrt="X", shapes={"X": "n,n"})
    assert "order=" not in answer.torch
    assert "np." not in answer.torch


def test_an_unknown_library_is_refused():
    with pytest.raises(derive.DeriveError, match="unknown library 'tensorflow'; known: numpy, torch, jax"):
        derive.gradient("sum(x)", wrt="x").source("tensorflow")


@pytest.mark.parametrize("name", sorted(name for name, each in registered().items() if each.numpy))
def test_the_numpy_text_of_an_operation_computes_it(name):
    """Against the evaluator of the tests, which was written apart from it."""
    each = registered()[name]
    shapes = {operand.name: f"{operand.rows},{operand.cols}" for operand in each.signature.inputs}
    rest = {"matpow": ["3"], "unvec": ["m", "n"]}.get(name, [])
    written = f"{name}({', '.join([*shapes, *rest])})"
    node = parse(written, shapes)
    given = numbers({"m": 3, "n": 2, "k": 4, "p": 2, "q": 3}, 2, "normal", {key: sides(s) for key, s in shapes.items()})
    if name in ("log", "sqrt"):
        given = {key: np.abs(array) for key, array in given.items()}
    source = function_source(node, "f", [each for each in node.walk() if each.op == "symbol"])
    space = {"np": np}
    exec(source, space)
    parameters = source.partition("(*, ")[2].partition(")")[0].split(", ")
    result = space["f"](**{key: given[key] if key in given else {"m": 3, "n": 2}[key] for key in parameters})
    assert name in NAMED
    assert np.allclose(result, value(written, given, {"m": 3, "n": 2}))
