"""Every theorem of every operation: it is right, and when it is made wrong the judge says so."""

import dataclasses

import pytest

import derive
from derive import operation
from derive.expressions import reverse
from derive.expressions.identities import forget
from derive.operation import catalogue, registered

catalogue()

PARAMETERS = {"pow": [{"p": 3}, {"p": 1.5}], "matpow": [{"p": 3}, {"p": -2}], "entry": [{"row": 0, "col": 1}]}
"""Numbers for the operations that take them."""

ZERO = {"sign", "step"}
"""Their derivative is 0 wherever there is one, so the negative of it is no mistake."""

TURNED = [
    ("matmul", "X", "G @ W"),
    ("matmul", "W", "X @ G"),
    ("matmul", "W", "G @ X.T"),
    ("affine", "X", "G @ W"),
    ("affine", "W", "G @ X"),
    ("inv", "X", "-Y @ G @ Y"),
    ("inv", "X", "-Y.T @ G @ Y"),
    ("inv", "X", "Y.T @ G @ Y.T"),
    ("det", "X", "G * y * inv(X)"),
    ("logdet", "X", "G * inv(X)"),
    ("transpose", "X", "G"),
    ("vec", "X", "unvec(G, n, m).T"),
    ("unvec", "x", "vec(G.T)"),
    ("rowsum", "X", "ones(m, 1) @ G.T"),
    ("colsum", "X", "G.T @ ones(1, m)"),
    ("diag", "x", "rowsum(G)"),
    ("diagvec", "X", "G @ ones(1, n)"),
    ("softmax", "X", "Y * (G - colsum(G * Y))"),
    ("mean", "X", "G * ones(m, n)"),
    ("mean", "X", "G * ones(m, n) / m"),
    ("affine_columns", "W", "X @ G"),
    ("affine_columns", "b", "colsum(G).T"),
    ("sub", "X", "-G"),
    ("sub", "W", "G"),
    ("div", "W", "-G * X / W"),
    ("ratio", "c", "-sum(G * X) / c"),
    ("scale", "c", "sum(G)"),
    ("hadamard", "W", "G * W"),
    ("norm2", "X", "G * X"),
    ("logsumexp", "X", "G * exp(X)"),
]
"""Mistakes of textbooks: a transpose dropped, a sign lost, a factor forgotten, two operands exchanged."""


def question(name, told, square=False):
    """A scalar with an operation in it, and the shapes of its symbols."""
    each = registered()[name]
    shapes = {o.name: f"{o.rows},{o.cols}" for o in each.signature.inputs}
    output = each.signature.output
    shapes["Z"] = f"{output.rows},{output.cols}"
    if square:
        shapes = {key: "n,n" if "1" not in shape.split(",") else shape for key, shape in shapes.items()}
        shapes = {key: shape.replace("m*n", "n*n").replace("m,1", "n,1") for key, shape in shapes.items()}
        shapes = {key: shape.replace("1,m", "1,n") for key, shape in shapes.items()}
    names = {o.name: o.name for o in each.signature.inputs}
    rest = [str(value) for value in told.values()]
    if name == "unvec":
        rest = ["n", "n"] if square else ["m", "n"]
    written = each.syntax.format(**names, **told) if each.syntax else f"{name}({', '.join([*names, *rest])})"
    return f"sum(({written}) * Z)", shapes


CASES = [(name, told) for name in registered() for told in PARAMETERS.get(name, [{}])]
PULLBACKS = [(name, told, operand) for name, told in CASES for operand in registered()[name].pullbacks]


@pytest.fixture
def plant(monkeypatch):
    """Exchanges a pullback of an operation; what was remembered of the right one is forgotten."""

    def exchange(name, operand, wrong):
        pullbacks = {**registered()[name].pullbacks, operand: wrong}
        made = dataclasses.replace(registered()[name], pullbacks=pullbacks)
        monkeypatch.setitem(operation._registry, name, made)
        reverse.theorem.cache_clear()
        forget()

    yield exchange
    monkeypatch.undo()
    reverse.theorem.cache_clear()
    forget()


def changed(pullback, how):
    """A pullback with its text changed, also where the text depends on the parameters."""
    if callable(pullback):
        return lambda *data: how(pullback(*data))
    return how(pullback)


def test_every_operation_has_a_pullback_for_each_input():
    for name, each in registered().items():
        assert set(each.pullbacks) == {o.name for o in each.signature.inputs}, name


@pytest.mark.parametrize(("name", "told", "operand"), PULLBACKS)
def test_a_pullback_is_right(name, told, operand):
    expression, shapes = question(name, told)
    assert derive.gradient(expression, wrt=operand, shapes=shapes).verified


@pytest.mark.parametrize("wrong", ["-({})", "2 * ({})", "({}) + 1", "0 * ({})"])
@pytest.mark.parametrize(("name", "told", "operand"), PULLBACKS)
def test_a_wrong_pullback_is_caught(name, told, operand, wrong, plant):
    if name in ZERO and "+" not in wrong:
        return
    expression, shapes = question(name, told)
    plant(name, operand, changed(registered()[name].pullbacks[operand], wrong.format))
    with pytest.raises(derive.DeriveError, match="the judge rejects"):
        derive.gradient(expression, wrt=operand, shapes=shapes)
    if registered()[name].signature.output.rows != "1" and "+" not in wrong:
        with pytest.raises(derive.DeriveError):  # the judge, or no linear map
            derive.jacobian(expression.removeprefix("sum(").removesuffix(" * Z)"), wrt=operand, shapes=shapes)


@pytest.mark.parametrize(("name", "operand", "wrong"), TURNED)
def test_a_mistake_of_textbooks_is_caught(name, operand, wrong, plant):
    expression, shapes = question(name, {}, square=True)
    assert derive.gradient(expression, wrt=operand, shapes=shapes).verified
    plant(name, operand, wrong)
    with pytest.raises(derive.DeriveError):
        derive.gradient(expression, wrt=operand, shapes=shapes)


@pytest.mark.parametrize("name", [name for name, each in registered().items() if each.numpy])
def test_a_wrong_numpy_text_is_caught(name, monkeypatch):
    """∂(t F)/∂t = F, whose program is the text of the operation."""
    told = PARAMETERS.get(name, [{}])[0]
    written, shapes = question(name, told)
    written = written.removeprefix("sum(").removesuffix(" * Z)")
    each = registered()[name]
    monkeypatch.setitem(operation._registry, name, dataclasses.replace(each, numpy=f"(1.5 * {each.numpy})"))
    if name in ("sqrt", "matpow", "mean"):  # they are written by rules of their own
        assert derive.jacobian(f"t * {written}", wrt="t", shapes={**shapes, "t": ""}).verified
    else:
        with pytest.raises(derive.DeriveError, match="the NumPy function, run"):
            derive.jacobian(f"t * {written}", wrt="t", shapes={**shapes, "t": ""})


def test_an_operation_without_a_pullback_is_refused(monkeypatch):
    monkeypatch.setitem(operation._registry, "exp", dataclasses.replace(registered()["exp"], pullbacks={}))
    reverse.theorem.cache_clear()
    with pytest.raises(derive.DeriveError, match="the file of exp states no derivative by X"):
        derive.gradient("sum(exp(x))", wrt="x")
