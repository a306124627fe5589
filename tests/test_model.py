"""What the judge knows of mathematics is right: every value and every derivative, computed in another way.

The other way is sympy's: the formulas are written out entry by entry here, differentiated by
``sympy.diff``, and the model's own numbers are put into them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import (
    Add,
    Expr,
    Function,
    HadamardProduct,
    I,
    ImmutableDenseMatrix,
    Integer,
    MatAdd,
    MatMul,
    Matrix,
    Mul,
    OneMatrix,
    Poly,
    Rational,
    S,
    Sum,
    Symbol,
    Transpose,
    oo,
    sqrt,
)
from sympy.core.basic import Basic

import derive
from derive.model import Model, Unreadable
from derive.modular import PRIME, degree
from derive.proof import Derivation
from derive.terms import Delta, Gradient, Labelled, MatrixElement, MatrixSymbol, Partial, Terms

SIZES = {"m": 2, "k": 3, "n": 4}
L, G = Symbol("L"), Symbol("G")
i, j, p, q, s, t = (Symbol(letter) for letter in "ijpqst")
X, W, Y = MatrixSymbol("X", 2, 3), MatrixSymbol("W", 3, 4), MatrixSymbol("Y", 2, 4)
UPSTREAM = MatrixSymbol("dY", 2, 4)
"""∂L/∂Y in the formulas that are written out here."""


@cache
def matmul() -> Derivation:
    return derive.derivation("matmul", **SIZES)


@cache
def model(largest: int = PRIME - 1) -> Model:
    return Model(matmul(), SIZES, seed=5, largest=largest)


def entries_of(*matrices: MatrixSymbol) -> list[MatrixElement]:
    return [m[row, col] for m in matrices for row in range(m.rows) for col in range(m.cols)]


def key(entry: MatrixElement) -> tuple[str, int, int]:
    return entry.args[0].name, int(entry.args[1]), int(entry.args[2])


def residue(formula: Expr, at: Model) -> int:
    """The value of a formula in entries of X, W and dY, by substitution and in fractions."""
    numbers = {entry: Integer(at.point[key(entry)]) for entry in entries_of(X, W)}
    numbers |= {entry: Integer(at.upstream["Y", *key(entry)[1:]]) for entry in entries_of(UPSTREAM)}
    value = Rational(formula.xreplace(numbers))
    return int(value.p) * pow(int(value.q), -1, PRIME) % PRIME


def output(row: int, col: int) -> Expr:
    """y_ij = Σ_t x_it w_tj, term by term."""
    return Add(*(X[row, k] * W[k, col] for k in range(3)))


def loss_by(entry: MatrixElement) -> Expr:
    """∂L/∂x for L = Σ g_ij y_ij."""
    return Add(*(UPSTREAM[r, c] * output(r, c).diff(entry) for r, c in product(range(2), range(4))))


SCALARS: dict[str, tuple[Expr, dict[Symbol, int], Expr]] = {
    "entry": (X[1, 2], {}, X[1, 2]),
    "entry at letters": (X[i, t], {i: 1, t: 2}, X[1, 2]),
    "entry at a letter and a number": (X[1, t], {t: 0}, X[1, 0]),
    "entry of the output": (Y[i, j], {i: 1, j: 3}, output(1, 3)),
    "number": (Integer(7), {}, Integer(7)),
    "negative number": (Integer(-7), {}, Integer(-7)),
    "fraction": (Rational(-2, 3), {}, Rational(-2, 3)),
    "product": (2 * X[0, 0] * W[1, 1] * W[1, 2], {}, 2 * X[0, 0] * W[1, 1] * W[1, 2]),
    "sum": (X[0, 0] - W[1, 1] / 2 + 1, {}, X[0, 0] - W[1, 1] / 2 + 1),
    "terms": (Terms(S.Zero, X[0, 0], X[0, 0], -W[0, 0]), {}, 2 * X[0, 0] - W[0, 0]),
    "power": (X[0, 1] ** 3, {}, X[0, 1] ** 3),
    "negative power": (X[0, 1] ** -2, {}, 1 / (X[0, 1] * X[0, 1])),
    "sum over an index": (Sum(X[i, t] * W[t, j], (t, 0, 2)), {i: 0, j: 1}, output(0, 1)),
    "sum up to a letter": (Sum(X[0, t], (t, 0, Symbol("k") - 1)), {}, X[0, 0] + X[0, 1] + X[0, 2]),
    "sum from another start": (Sum(X[0, t], (t, 1, 2)), {}, X[0, 1] + X[0, 2]),
    "sum over nothing": (Sum(X[0, t], (t, 2, 1)), {}, Integer(0)),
    "sum over two indices": (Sum(X[s, t] ** 2, (t, 0, 2), (s, 0, 1)), {}, Add(*(e**2 for e in entries_of(X)))),
    "sum in a sum": (
        Sum(X[s, 0] * Sum(W[t, s], (t, 0, 2)), (s, 0, 1)),
        {},
        Add(*(X[r, 0] * (W[0, r] + W[1, r] + W[2, r]) for r in range(2))),
    ),
    "the index of a sum before that of the place": (Sum(X[i, t], (i, 0, 1)), {i: 1, t: 2}, X[0, 2] + X[1, 2]),
    "δ of equal indices": (Delta(i, p), {i: 1, p: 1}, Integer(1)),
    "δ of different indices": (Delta(i, p), {i: 1, p: 0}, Integer(0)),
    "δ with a number": (Delta(i, Integer(1)), {i: 1}, Integer(1)),
    "δ in a sum": (Sum(Delta(t, p) * W[t, 0], (t, 0, 2)), {p: 2}, W[2, 0]),
    "∂ of an entry by itself": (Partial(X[i, j], X[p, q]), {i: 1, j: 2, p: 1, q: 2}, Integer(1)),
    "∂ of an entry by another": (Partial(X[i, j], X[p, q]), {i: 1, j: 2, p: 0, q: 2}, Integer(0)),
    "∂ of an entry of the output": (Partial(Y[1, 3], X[1, 2]), {}, W[2, 3]),
    "∂ that vanishes": (Partial(Y[0, 3], X[1, 2]), {}, Integer(0)),
    "∂ by the other factor": (Partial(Y[i, j], W[p, q]), {i: 1, j: 3, p: 2, q: 3}, X[1, 2]),
    "∂ of a sum over an index": (Partial(Sum(X[0, t] * W[t, 1], (t, 0, 2)), W[2, 1]), {}, X[0, 2]),
    "∂ of terms": (Partial(Terms(X[0, 0] * W[0, 0], X[0, 0]), X[0, 0]), {}, W[0, 0] + 1),
    "∂ of a power": (Partial(X[0, 0] ** 3 * W[0, 0], X[0, 0]), {}, 3 * X[0, 0] ** 2 * W[0, 0]),
    "∂ of a negative power": (Partial(X[0, 0] ** -1, X[0, 0]), {}, -1 / X[0, 0] ** 2),
    "∂ of a constant": (Partial(Integer(3), X[0, 0]), {}, Integer(0)),
    "∂ in a sum": (Sum(Partial(X[0, t] ** 2, X[0, 1]), (t, 0, 2)), {}, 2 * X[0, 1]),
    "∂L by the output": (Partial(L, Y[i, j]), {i: 1, j: 3}, UPSTREAM[1, 3]),
    "∂L by an input": (Partial(L, X[1, 2]), {}, loss_by(X[1, 2])),
    "∂L by the other input": (Partial(L, W[p, q]), {p: 2, q: 0}, loss_by(W[2, 0])),
    "path of the chain rule": (Partial(L, Y[1, 3]) * Partial(Y[1, 3], X[1, 2]), {}, UPSTREAM[1, 3] * W[2, 3]),
    "entry of a product": (MatrixElement(X * W, i, j), {i: 1, j: 3}, output(1, 3)),
    "entry of a transpose": (MatrixElement(Transpose(W), j, t), {j: 3, t: 1}, W[1, 3]),
    "entry of the gradient": (MatrixElement(Transpose(Gradient(L, Y)), j, i), {j: 3, i: 1}, UPSTREAM[1, 3]),
}


@pytest.mark.parametrize("name", SCALARS)
def test_the_value_of_every_kind_of_scalar(name: str) -> None:
    expr, env, expected = SCALARS[name]
    assert model().value(expr, env) == residue(expected, model())


def test_a_value_does_not_depend_on_what_was_asked_before() -> None:
    """The model remembers values; the same expression at other indices is another value."""
    one = Model(matmul(), SIZES, seed=5)
    expr = Sum(X[i, t], (t, 0, 2))
    for row in (0, 1, 0):
        assert one.value(expr, {i: row}) == residue(X[row, 0] + X[row, 1] + X[row, 2], one)
    assert one.value(X[0, 0], {}) == one.value(X[i, i], {i: 0}) == one.value(X[0, 0], {})


MATRICES: dict[str, tuple[Basic, Callable[[Matrix, Matrix, Matrix], Matrix]]] = {
    "input": (X, lambda x, w, g: x),
    "output": (Y, lambda x, w, g: x * w),
    "upstream gradient": (Gradient(L, Y), lambda x, w, g: g),
    "gradient": (Gradient(L, X), lambda x, w, g: g * w.T),
    "gradient by the other input": (Gradient(L, W), lambda x, w, g: x.T * g),
    "transpose": (Transpose(X), lambda x, w, g: x.T),
    "product": (X * W, lambda x, w, g: x * w),
    "product of three": (X * W * Transpose(Gradient(L, Y)), lambda x, w, g: x * w * g.T),
    "product with a number": (MatMul(-3, X, W), lambda x, w, g: -3 * x * w),
    "matrix with a number": (MatMul(Rational(1, 2), X), lambda x, w, g: x / 2),
    "entrywise product": (HadamardProduct(Y, Gradient(L, Y)), lambda x, w, g: (x * w).multiply_elementwise(g)),
    "entrywise product of three": (
        HadamardProduct(X, X, X),
        lambda x, w, g: x.multiply_elementwise(x).multiply_elementwise(x),
    ),
    "sum": (MatAdd(Y, Gradient(L, Y)), lambda x, w, g: x * w + g),
    "transpose of a product": (Transpose(X * W), lambda x, w, g: w.T * x.T),
    "ones": (OneMatrix(2, 3), lambda x, w, g: Matrix.ones(2, 3)),
    "ones of a letter": (OneMatrix(1, Symbol("m")) * X, lambda x, w, g: Matrix.ones(1, 2) * x),
    "row sums": (X * OneMatrix(3, 1), lambda x, w, g: x * Matrix.ones(3, 1)),
    "grid": (
        ImmutableDenseMatrix([[X[0, 0], Terms(X[0, 1], W[0, 0])], [S.Zero, Partial(L, Y[1, 1])]]),
        lambda x, w, g: Matrix([[x[0, 0], x[0, 1] + w[0, 0]], [0, g[1, 1]]]),
    ),
    "grid with a label": (
        Labelled(ImmutableDenseMatrix([[X[1, 0], X[1, 1]]]), Y),
        lambda x, w, g: Matrix([[x[1, 0], x[1, 1]]]),
    ),
    "labelled factor": (
        MatMul(Labelled(ImmutableDenseMatrix(2, 3, entries_of(X)), X), W),
        lambda x, w, g: x * w,
    ),
}


@pytest.mark.parametrize("name", MATRICES)
def test_the_value_of_every_kind_of_matrix(name: str) -> None:
    expr, build = MATRICES[name]
    written = build(*(Matrix(m.rows, m.cols, entries_of(m)) for m in (X, W, UPSTREAM)))
    expected = [[residue(S(written[r, c]), model()) for c in range(written.cols)] for r in range(written.rows)]
    assert model().matrix(expr) == expected


@pytest.mark.parametrize("operation", ["matmul", "hadamard", "transpose", "bias"])
def test_outputs_and_gradients_follow_from_the_definition(operation: str) -> None:
    """Y, every ∂y/∂x and ∂L/∂x of each operation, from its definition by ``sympy.diff``."""
    sizes = {"m": 2, "n": 3} | ({"k": 2} if operation == "matmul" else {})
    d = derive.derivation(operation, **sizes)
    at = Model(d, sizes, seed=3)
    numbers = {size: Integer(sizes[size.name]) for m in d.inputs for size in m.shape if size.is_Symbol}
    inputs = {m: m.xreplace(numbers) for m in d.inputs}
    definition = d.definition.xreplace(numbers | inputs)
    variables = entries_of(*inputs.values())
    values = {e: Integer(at.point[key(e)]) for e in variables}
    loss: Expr = S.Zero
    for name, row, col in at.outputs:
        letters = zip(d.forward.goal.args[1:], (Integer(row), Integer(col)), strict=True)
        formula = definition.xreplace({a: b for a, b in letters if a.is_Symbol}).doit()
        value, tangent = at.outputs[name, row, col]
        assert value == formula.xreplace(values) % PRIME
        assert [tangent.get(key(e), 0) for e in variables] == [
            formula.diff(e).xreplace(values) % PRIME for e in variables
        ]
        loss += at.upstream[name, row, col] * formula
    assert [at.gradients[key(e)] for e in variables] == [loss.diff(e).xreplace(values) % PRIME for e in variables]


def test_the_definition_may_be_any_polynomial() -> None:
    d = replace(matmul(), definition=X[i, 0] ** 3 * W[0, j] - 2 * X[i, 1] + Rational(1, 2))
    at = Model(d, SIZES, seed=4)
    x, w = X[1, 0], W[0, 3]
    assert at.value(Y[1, 3], {}) == residue(x**3 * w - 2 * X[1, 1] + Rational(1, 2), at)
    assert at.value(Partial(Y[1, 3], x), {}) == residue(3 * x**2 * w, at)
    assert at.value(Partial(Y[1, 3], X[1, 1]), {}) == PRIME - 2
    by_x = Add(*(UPSTREAM[1, c] * 3 * x**2 * W[0, c] for c in range(4)))
    assert at.value(Partial(L, x), {}) == residue(by_x, at)


# --- dual numbers -------------------------------------------------------------------------------

atoms = st.sampled_from(entries_of(X, W)) | st.fractions(-3, 3, max_denominator=4).map(Rational)
polynomials = st.recursive(
    atoms,
    lambda parts: st.one_of(
        st.lists(parts, min_size=2, max_size=3).map(lambda few: Add(*few)),
        st.lists(parts, min_size=2, max_size=3).map(lambda few: Mul(*few)),
        st.lists(parts, min_size=2, max_size=3).map(lambda few: Terms(*few)),
        st.tuples(parts, st.integers(2, 3)).map(lambda pair: pair[0] ** pair[1]),
    ),
    max_leaves=6,
)


def without_terms(expr: Expr) -> Expr:
    """``expr`` with sympy's own sums in place of the written ones, which sympy cannot differentiate."""
    args = [without_terms(arg) for arg in expr.args]
    if isinstance(expr, MatrixElement) or not args:
        return expr
    return Add(*args) if isinstance(expr, Terms) else expr.func(*args)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(polynomials)
def test_dual_numbers_are_value_and_derivatives(polynomial: Expr) -> None:
    at = model(largest=9)
    plain = without_terms(polynomial)
    value, tangent = at.dual(polynomial, {})
    assert value == at.value(polynomial, {}) == residue(plain, at)
    for entry in entries_of(X, W):
        assert tangent.get(key(entry), 0) == residue(plain.diff(entry), at)
        assert at.value(Partial(polynomial, entry), {}) == tangent.get(key(entry), 0)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(polynomials)
def test_the_degree_is_never_too_small(polynomial: Expr) -> None:
    """The bound on the judge's error rests on it."""
    numbered = {entry: Symbol(f"e{n}") for n, entry in enumerate(entries_of(X, W))}
    plain = without_terms(polynomial).xreplace(numbered)
    assert degree(polynomial) >= max(Poly(plain, *numbered.values()).total_degree(), 0)


def test_the_derivative_of_a_negative_power() -> None:
    at = model()
    value, tangent = at.dual(X[0, 0] ** -2 * W[0, 0], {})
    assert value == residue(X[0, 0] ** -2 * W[0, 0], at)
    assert tangent["X", 0, 0] == residue(-2 * X[0, 0] ** -3 * W[0, 0], at)
    assert tangent["W", 0, 0] == residue(X[0, 0] ** -2, at)


# --- the random point ---------------------------------------------------------------------------


def test_the_point_is_drawn_from_the_seed_alone() -> None:
    first, again, other = (Model(matmul(), SIZES, seed) for seed in (1, 1, 2))
    assert (first.point, first.upstream) == (again.point, again.upstream)
    assert first.point != other.point
    assert first.upstream != other.upstream


def test_the_point_has_one_number_for_every_entry_and_none_twice() -> None:
    at = model()
    assert set(at.point) == {key(e) for e in entries_of(X, W)}
    assert set(at.upstream) == {key(e) for e in entries_of(Y)}
    numbers = [*at.point.values(), *at.upstream.values()]
    assert len(set(numbers)) == len(numbers)
    assert all(0 < number < PRIME for number in numbers)


def test_small_numbers_are_small() -> None:
    assert all(1 <= number <= 9 for number in [*model(largest=9).point.values(), *model(largest=9).upstream.values()])


# --- what has no value --------------------------------------------------------------------------


def entry(matrix: MatrixSymbol, row: int | Basic, col: int | Basic) -> MatrixElement:
    """An entry whether the matrix has it or not; sympy's own constructor refuses some."""
    return Basic.__new__(MatrixElement, matrix, S(row), S(col))


SENSELESS: dict[str, tuple[Basic, dict[Symbol, int]]] = {
    "row outside": (entry(X, 2, 0), {}),
    "column outside": (entry(X, 0, 3), {}),
    "row below": (entry(X, -1, 0), {}),
    "letter outside": (X[i, 0], {i: 2}),
    "letter without a range": (X[i, 0], {}),
    "index that is a formula": (entry(X, i - 1, 0), {i: 1}),
    "index that is a fraction": (entry(X, Rational(1, 2), 0), {}),
    "unknown matrix": (entry(MatrixSymbol("Q", 2, 3), 0, 0), {}),
    "unknown matrix under ∂": (Partial(entry(MatrixSymbol("Q", 2, 3), 0, 0), X[0, 0]), {}),
    "letter": (Symbol("x"), {}),
    "index letter as a number": (i, {i: 1}),
    "unknown function": (Function("f")(X[0, 0]), {}),
    "unknown function in a product": (2 * X[0, 1] * Function("f")(X[0, 0]), {}),
    "unknown function in a sum": (Terms(X[0, 1], Function("f")(X[0, 0])), {}),
    "unknown function under ∂": (Partial(Function("f")(X[0, 0]), X[0, 0]), {}),
    "root": (sqrt(X[0, 0]), {}),
    "root under ∂": (Partial(sqrt(X[0, 0]), X[0, 0]), {}),
    "power by a letter": (X[0, 0] ** Symbol("a"), {}),
    "not a number": (S.NaN, {}),
    "infinity": (oo, {}),
    "complex infinity": (S.ComplexInfinity, {}),
    "imaginary unit": (I * X[0, 0], {}),
    "irrational number": (sqrt(2), {}),
    "floating point number": (S(0.5), {}),
    "matrix for a number": (X, {}),
    "grid for a number": (ImmutableDenseMatrix([[X[0, 0]]]), {}),
    "division by zero": (Delta(i, p) ** -1, {i: 0, p: 1}),
    "division by zero under ∂": (Partial(Delta(i, p) ** -1, X[0, 0]), {i: 0, p: 1}),
    "δ with a letter without a range": (Delta(i, p), {i: 0}),
    "δ with a formula": (Delta(i, p + 1), {i: 0, p: 1}),
    "∂ by an entry outside": (Partial(X[0, 0], entry(X, 5, 0)), {}),
    "∂ by a letter": (Partial(X[0, 0], Symbol("x")), {}),
    "∂ by a matrix": (Partial(X[0, 0], X), {}),
    "∂ by an entry of the output": (Partial(X[0, 0], Y[0, 0]), {}),
    "∂L by a letter": (Partial(L, Symbol("x")), {}),
    "∂ of another loss": (Partial(G, Y[0, 0]), {}),
    "∂ of a matrix": (Partial(X, X[0, 0]), {}),
    "∂ in ∂": (Partial(Partial(L, Y[0, 0]), X[0, 0]), {}),
    "sum outside a range": (Sum(X[0, t], (t, 0, 3)), {}),
    "sum to an unknown letter": (Sum(X[0, t], (t, 0, Symbol("z"))), {}),
    "sum without an end": (Sum(X[0, t], (t, 0, oo)), {}),
    "sum to a fraction": (Sum(X[0, t], (t, 0, Rational(3, 2))), {}),
    "sum to a function": (Sum(X[0, t], (t, 0, Function("f")(Symbol("k")))), {}),
    "sum to not a number": (Sum(X[0, t], (t, 0, S.NaN)), {}),
    "sum to an entry": (Sum(X[0, t], (t, 0, X[0, 0])), {}),
    "sum with a letter without a range": (Sum(X[i, t], (t, 0, 2)), {}),
    "index of a sum outside it": (Terms(Sum(X[0, t], (t, 0, 2)), X[0, t]), {}),
    "entry outside a product": (MatrixElement(X * W, i, j), {i: 0, j: 4}),
    "entry of a product without a range": (MatrixElement(X * W, i, j), {i: 0}),
}


def test_a_size_is_a_number_too() -> None:
    m, n = (Symbol(letter, integer=True, positive=True) for letter in "mn")
    assert model().value(m * n, {}) == 2 * 4


@pytest.mark.parametrize("name", SENSELESS)
def test_what_has_no_value_is_unreadable(name: str) -> None:
    expr, env = SENSELESS[name]
    with pytest.raises(Unreadable):
        model().value(expr, env)
    with pytest.raises(Unreadable):  # asked again, too
        model().value(expr, env)


m, k, n = (Symbol(letter, integer=True, positive=True) for letter in "mkn")
GENERAL_X, GENERAL_W = MatrixSymbol("X", m, k), MatrixSymbol("W", k, n)

NO_MATRICES: dict[str, Basic] = {
    "number": S.One,
    "entry": X[0, 0],
    "unknown matrix": MatrixSymbol("Q", 2, 3),
    "other shape": MatrixSymbol("X", 3, 2),
    "unknown size": MatrixSymbol("X", Symbol("z"), 3),
    "gradient of another loss": Gradient(G, Y),
    "gradient by an unknown matrix": Gradient(L, MatrixSymbol("Q", 2, 3)),
    "gradient by another shape": Gradient(L, MatrixSymbol("Y", 4, 2)),
    "grid with a cell without a value": ImmutableDenseMatrix([[X[0, 0], X[i, 0]]]),
    "grid with a cell outside": ImmutableDenseMatrix([[entry(X, 7, 7)]]),
    "grid without rows": ImmutableDenseMatrix(0, 3, []),
    "grid without columns": ImmutableDenseMatrix(2, 0, []),
    "no ones": OneMatrix(0, 3),
    "ones of an unknown size": OneMatrix(Symbol("z"), 1),
    "inner sizes that differ": MatMul(GENERAL_X, GENERAL_X),
    "shapes that differ in an entrywise product": HadamardProduct(GENERAL_X, GENERAL_W),
    "letter in front": MatMul(Symbol("a"), X),
    "unknown function of a matrix": X.applyfunc(Function("f")),
}


@pytest.mark.parametrize("name", NO_MATRICES)
def test_what_is_no_matrix_is_unreadable(name: str) -> None:
    with pytest.raises(Unreadable):
        model().matrix(NO_MATRICES[name])


def test_letters_and_numbers_for_a_shape_are_the_same_matrix() -> None:
    at = model()
    assert at.matrix(GENERAL_X * GENERAL_W) == at.matrix(X * W) == at.matrix(Y)


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(lambda d: replace(d, definition=Function("f")(d.definition)), id="function"),
        pytest.param(lambda d: replace(d, definition=d.definition + Symbol("z")), id="letter"),
        pytest.param(lambda d: replace(d, definition=entry(d.inputs[0], 9, 9)), id="outside"),
        pytest.param(lambda d: replace(d, definition=d.output[0, 0]), id="circular"),
    ],
)
def test_a_definition_without_a_value_is_unreadable(broken: Callable[[Derivation], Derivation]) -> None:
    with pytest.raises(Unreadable):
        Model(broken(matmul()), SIZES, seed=1)


def test_sizes_must_be_known() -> None:
    with pytest.raises(Unreadable):
        Model(matmul(), {"m": 2, "k": 3}, seed=1)
