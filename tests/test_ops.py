"""Every operation against NumPy: its formula, its claims, its matrix forms and its code, computed another way."""

import ast

import numpy as np
import pytest
from sympy import Rational

import derive.ops
from derive.elements import Number
from derive.errors import DeriveError
from derive.operation import registered
from tests.operations import DERIVED
from tests.references import PARAMETERS, REFERENCE, SIZES, arrays, gradients, length, one, upstream, value

OPERATIONS = sorted(registered())


def test_every_operation_has_a_reference():
    assert set(REFERENCE) == set(registered())
    assert set(PARAMETERS) == {name for name, made in registered().items() if made.parameters}


# --- the element formula ------------------------------------------------------------------------


class Float(float, Number):
    """A number as element formulas calculate with it."""

    def __pow__(self, exponent):
        return Float(float(self) ** float(exponent))


def _arithmetic(name):
    def method(self, other):
        return Float(getattr(float, name)(float(self), float(other)))

    return method


for _name in ("__add__", "__radd__", "__mul__", "__rmul__", "__sub__", "__rsub__", "__truediv__", "__rtruediv__"):
    setattr(Float, _name, _arithmetic(_name))
Float.__neg__ = lambda self: Float(-float(self))
for _function in (np.exp, np.log, np.sqrt, np.sin, np.cos, np.tanh, np.sign):
    setattr(Float, _function.__name__, lambda self, function=_function: Float(function(float(self))))
Float.absolute = lambda self: Float(abs(float(self)))
Float.step = lambda self: Float(float(self) > 0)


class Matrix:
    """A matrix of such numbers."""

    def __init__(self, array):
        self.array = array
        self.rows, self.cols = array.shape

    def __getitem__(self, at):
        return Float(self.array[at])

    def power(self, p):
        return Matrix(np.linalg.matrix_power(self.array, p))


def by_formula(name, inputs):
    """The output by the element formula, entry by entry."""
    made = registered()[name]
    sizes = {"1": 1}
    for operand, array in zip(made.signature.inputs, inputs, strict=True):
        sizes |= dict(zip((operand.rows, operand.cols), array.shape, strict=True))
    shape = (
        length(made.signature.output.rows, {**SIZES, **sizes}),
        length(made.signature.output.cols, {**SIZES, **sizes}),
    )
    numbers = {**PARAMETERS.get(name, {}), **made.told(*shape)}
    matrices = [Matrix(array) for array in inputs]
    return np.array(
        [[made.element(*matrices, i, j, **numbers) for j in range(shape[1])] for i in range(shape[0])], float
    )


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_formula_is_the_operation(name, seed):
    inputs = arrays(name, seed)
    found = by_formula(name, inputs)
    assert found.shape == value(name, inputs).shape
    assert np.allclose(found, value(name, inputs), rtol=1e-12)


# --- the claims ---------------------------------------------------------------------------------


def commutation(m, n):
    """The matrix K with K vec(A) = vec(Aᵀ) for A of shape m×n."""
    found = np.zeros((m * n, m * n))
    for i in range(m):
        for j in range(n):
            found[i * n + j, j * m + i] = 1
    return found


def unit(n, k):
    return np.eye(n)[:, [k]]


class Claimed:
    """The value of a claim in the expression language, where * and ** are entrywise."""

    words = {  # noqa: RUF012
        "ones": lambda m, n: np.ones((m, n)),
        "zeros": lambda m, n: np.zeros((m, n)),
        "eye": lambda n: np.eye(int(n)),
        "commutation": commutation,
        "unit": unit,
        "matpow": np.linalg.matrix_power,
        "unvec": lambda x, m, n: x.reshape(n, m).T,
    }

    def __init__(self, names):
        self.names = names

    def __call__(self, node):
        match node:
            case ast.Expression(body=body):
                return self(body)
            case ast.Constant(value=number):
                return number
            case ast.Name(id=name):
                return self.names[name]
            case ast.Attribute(value=inner, attr="T"):
                return self(inner).T
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                return -self(inner)
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return {**REFERENCE, **self.words}[name](*map(self, arguments))
            case ast.BinOp(left=left, op=sign, right=right):
                operations = {ast.Add: "__add__", ast.Sub: "__sub__", ast.Mult: "__mul__", ast.Div: "__truediv__"}
                operations |= {ast.Pow: "__pow__", ast.MatMult: "__matmul__"}
                return getattr(np.asarray(self(left), float), operations[type(sign)])(np.asarray(self(right), float))
        raise AssertionError(ast.dump(node))


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_claim_is_the_gradient(name):
    """Of all operations, whether they have a page or not."""
    made, inputs = registered()[name], arrays(name)
    given = upstream(name, inputs)
    numbers = PARAMETERS.get(name, {})
    names = {**SIZES, **numbers, "G": given, made.signature.output.name: value(name, inputs)}
    names |= {operand.name: array for operand, array in zip(made.signature.inputs, inputs, strict=True)}
    assert set(made.pullbacks) == {operand.name for operand in made.signature.inputs}
    for operand, wanted in zip(made.signature.inputs, gradients(name, inputs, given), strict=True):
        claim = made.pullbacks[operand.name]
        text = claim if isinstance(claim, str) else claim(*numbers.values())
        found = Claimed(names)(ast.parse(text.strip(), mode="eval"))
        assert np.shape(found) == wanted.shape
        assert np.allclose(found, wanted, rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("p", [-2, -1, 1, 2, 4])
def test_the_claim_of_a_power_holds_for_every_exponent(p):
    text = registered()["matpow"].pullbacks["X"](p)
    X, G = arrays("matpow", 5)[0], np.random.default_rng(3).uniform(-1, 1, (3, 3))
    found = Claimed({"G": G, "X": X})(ast.parse(text.strip(), mode="eval"))
    moved = [(X + 1e-6 * np.outer(a, b), X - 1e-6 * np.outer(a, b)) for a in np.eye(3) for b in np.eye(3)]
    power = np.linalg.matrix_power
    wanted = [(G * (power(plus, p) - power(minus, p))).sum() / 2e-6 for plus, minus in moved]
    assert np.allclose(found.ravel(), wanted, rtol=1e-5, atol=1e-6)


# --- what is derived ----------------------------------------------------------------------------


def derivation(name):
    sizes = {size: SIZES[size] for size in registered()[name].signature.sizes}
    return derive.derivation(name, **sizes, **PARAMETERS.get(name, {}))


@pytest.mark.parametrize("name", DERIVED)
def test_every_line_of_the_derivation_holds(name):
    assert derivation(name).verdict.faults == ()


@pytest.mark.parametrize("name", DERIVED)
def test_the_numpy_lines_compute_the_gradients(name):
    """The lines are run one after the other, as a reader would."""
    made, inputs = derivation(name), arrays(name)
    given = upstream(name, inputs)
    scope = {"np": np, f"d{made.output.name}": given, **made.sizes}
    scope |= {matrix.name: array for matrix, array in zip(made.inputs, inputs, strict=True)}
    for line in made.code:
        exec(f"{line.target} = {line.text}", scope)
    wanted = {made.output.name: value(name, inputs)}
    wanted |= {f"d{m.name}": found for m, found in zip(made.inputs, gradients(name, inputs, given), strict=True)}
    assert {line.target for line in made.code} == set(wanted)
    for target, array in wanted.items():
        found = scope[target] if np.ndim(scope[target]) else one(scope[target])
        assert found.shape == array.shape
        assert np.allclose(found, array, rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("entry", {"m": 2, "n": 3, "row": 2, "col": 0}),
        ("entry", {"m": 2, "n": 3, "row": 0, "col": -1}),
        ("entry", {"m": 2, "n": 3, "row": "0.5", "col": 0}),
        ("matpow", {"n": 2, "p": "0.5"}),
    ],
)
def test_what_has_no_page_says_so_in_one_sentence(name, numbers):
    with pytest.raises(DeriveError) as error:
        derive.derivation(name, **numbers)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("p", [Rational(1, 2), -1, -2, 1, 2, 5])
def test_an_entrywise_power_is_derived_for_every_exponent(p):
    assert derive.derivation("pow", m=2, n=3, p=p).verdict.ok


@pytest.mark.parametrize("p", [-3, -2, -1, 0, 1, 2, 4])
def test_a_matrix_power_is_derived_for_every_exponent(p):
    assert derive.derivation("matpow", n=2, p=p).verdict.ok


@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("abs", ["x_ij ≠ 0"]),
        ("relu", ["x_ij ≠ 0"]),
        ("norm1", ["x_st ≠ 0"]),
        ("log", ["x_ij > 0"]),
        ("sqrt", ["x_ij > 0"]),
        ("div", ["w_ij ≠ 0"]),
        ("ratio", ["c ≠ 0"]),
        ("norm2", ["Σ[s=1..m] Σ[t=1..n] x_st^2 > 0"]),
        ("inv", ["det X ≠ 0"]),
        ("det", ["det X ≠ 0"]),
        ("logdet", ["det X ≠ 0"]),
        ("softmax", []),
        ("sigmoid", []),
        ("matmul", []),
    ],
)
def test_the_page_says_where_there_is_a_derivative(name, where):
    from derive.plain_display import PlainWriter

    made = derivation(name)
    assert [PlainWriter(made).math(condition) for condition in made.domain] == where
    page = made.render("txt")
    assert ("there is no derivative" in page or "there is no inverse" in page) == bool(where)
