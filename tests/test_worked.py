"""The expansion at given sizes: its lines, its entries, and the failure when the two recognitions disagree."""

from dataclasses import replace
from functools import cache

import pytest
from sympy import HadamardProduct, ImmutableDenseMatrix, Integer, MatMul, OneMatrix, S, Symbol, Transpose

import derive.ops  # noqa: F401 - registers the operations
from derive import worked as module
from derive.engine import derive_operation
from derive.errors import DeriveError
from derive.grids import explicit
from derive.operation import named
from derive.recognise import NoMatrixForm
from derive.spots import interior
from derive.terms import Gradient, Labelled, MatrixSymbol, Partial, Terms, addends
from derive.worked import leaves, spelled, worked
from tests.numeric import Point
from tests.operations import POLYNOMIAL

SIZES = {"m": 2, "k": 4, "n": 3}
X, W, Y = MatrixSymbol("X", 2, 4), MatrixSymbol("W", 4, 3), MatrixSymbol("Y", 2, 3)
G = Gradient(Symbol("L"), Y)


@cache
def matmul():
    return derive_operation(named("matmul"), SIZES)


def texts(calc):
    return [step.by.text for step in calc.steps]


def test_the_matrices_are_written_out_by_their_entries():
    for calc, matrix in zip(matmul().worked.inputs, (X, W), strict=True):
        assert calc.goal == matrix
        assert [step.result for step in calc.steps] == [explicit(matrix)]
    assert matmul().worked.upstream.goal == G
    assert matmul().worked.upstream.result == explicit(G)


def test_the_output_is_written_out_in_three_steps():
    output = matmul().worked.output
    by_entries, product, sums = (step.result for step in output.steps)
    assert by_entries == explicit(Y)
    assert product == MatMul(Labelled(explicit(X), X), Labelled(explicit(W), W))
    assert sums[1, 2].args == tuple(X[1, t] * W[t, 2] for t in range(4))
    assert sums.shape == (2, 3)


def test_one_entry_in_every_detail():
    example, _ = matmul().worked.examples
    x = X[1, 2]
    assert example.entry == x
    cells = [(i, j) for i in range(2) for j in range(3)]
    assert [calc.goal for calc in example.partials] == [Partial(Y[at], x) for at in cells]
    for (i, j), calc in zip(cells, example.partials, strict=True):
        if i != 1:
            assert [step.result for step in calc.steps] == [0]
            assert texts(calc) == ["the entry does not hold the variable"]
            continue
        zero = S.Zero
        assert [step.result for step in calc.steps] == [
            Partial(Terms(*(X[1, t] * W[t, j] for t in range(4))), x),
            Terms(zero, zero, Partial(x * W[2, j], x), zero),
            W[2, j],
        ]
    assert example.chain.goal == Partial(matmul().loss, x)
    paths, inserted, dropped = (step.result for step in example.chain.steps)
    assert paths.args == tuple(Partial(matmul().loss, Y[at]) * Partial(Y[at], x) for at in cells)
    assert inserted.args == (zero, zero, zero, *(G[1, j] * W[2, j] for j in range(3)))
    assert dropped.args == tuple(G[1, j] * W[2, j] for j in range(3))


def test_all_entries_as_a_matrix():
    for example, form in zip(matmul().worked.examples, (MatMul(G, Transpose(W)), MatMul(Transpose(X), G)), strict=True):
        entries, sums, factored, rule = (step.result for step in example.gradient.steps)
        wrt = example.gradient.goal.wrt
        assert entries == explicit(Gradient(matmul().loss, wrt))
        assert sums[example.entry.args[1:]] == example.chain.result
        assert factored == spelled(form)
        assert [part.label for part in factored.args] == list(form.args)
        assert rule == form
        point = Point(1)
        assert (point.matrix(sums) == point.matrix(form)).all()


def test_where_nothing_is_multiplied_no_step_is_repeated():
    transpose = derive_operation(named("transpose"), {"m": 2, "n": 3}).worked
    assert texts(transpose.output) == ["by its entries", "every entry written out"]
    assert [step.result for step in transpose.examples[0].gradient.steps][-1] == Transpose(
        Gradient(matmul().loss, MatrixSymbol("Y", 3, 2))
    )
    for example in transpose.examples:
        results = [step.result for step in example.chain.steps]
        assert len(results) == len(set(results))


@pytest.mark.parametrize("name", POLYNOMIAL)
@pytest.mark.parametrize("sizes", [{"m": 1, "k": 1, "n": 1}, {"m": 2, "k": 4, "n": 3}, {"m": 3, "k": 3, "n": 3}])
def test_every_line_of_every_grid_is_the_same_matrix(name, sizes):
    derivation = derive_operation(named(name), {s: sizes[s] for s in named(name).signature.sizes})
    point = Point(2)
    for example in derivation.worked.examples:
        _, *lines = (step.result for step in example.gradient.steps)
        arrays = [point.matrix(line) for line in lines]
        for array in arrays[1:]:
            assert array.shape == arrays[0].shape
            assert (array == arrays[0]).all()


def test_zeros_are_shown_and_then_dropped():
    bias = derive_operation(named("bias"), {"m": 2, "n": 3}).worked
    chain = bias.examples[1].chain
    assert [len(addends(step.result)) for step in chain.steps] == [6, 6, 2]
    assert sum(term == 0 for term in addends(chain.steps[1].result)) == 4


def test_a_chain_without_any_path_is_zero():
    """Of an input that the formula does not use, every derivative is 0."""
    from derive.operation import operation

    def unused(X, W, i, j):
        return X[i, j]

    try:
        made = derive_operation(operation("X[m,n], W[m,n] -> Y[m,n]", register=False)(unused), {"m": 2, "n": 2})
    except DeriveError:
        return
    assert made.worked.examples[1].chain.result == 0


@pytest.mark.parametrize(
    "wrong",
    [
        lambda form: MatMul(*reversed(form.args)),
        lambda form: MatMul(form.args[0], Transpose(form.args[1])),
        lambda form: MatMul(2, *form.args),
        lambda form: form.args[0],
        lambda form: HadamardProduct(form.args[0], form.args[0]),
    ],
)
def test_the_engine_stops_when_grid_and_calculation_disagree(wrong):
    """The calculation for all sizes says one thing, the grid of sums another: no derivation comes out.

    At square sizes, where every one of the wrong forms has the right shape.
    """
    square = dict.fromkeys(SIZES, 3)
    first, second = matmul().theorems
    theorems = (replace(first, matrix=wrong(first.matrix)), second)
    with pytest.raises(NoMatrixForm) as error:
        worked(named("matmul").element, square, matmul().upstream, matmul().matrix, theorems, {})
    assert isinstance(error.value, DeriveError)


def test_the_failure_says_what_each_of_the_two_found(monkeypatch):
    def other(grid, names):
        yield MatMul(Labelled(explicit(X), X), Labelled(explicit(W), W))

    monkeypatch.setattr(module, "readings", other)
    with pytest.raises(NoMatrixForm) as error:
        derive_operation(named("matmul"), SIZES)
    message = str(error.value)
    assert "X" in message
    assert "Gradient(L, Y)*W.T" in message or "∂L/∂Y" in message
    assert "\n" not in message
    assert "Matrix([" not in message


def test_a_grid_that_no_reading_fits_stops_the_engine(monkeypatch):
    def none(grid, names):
        raise NoMatrixForm("no product")
        yield

    monkeypatch.setattr(module, "readings", none)
    with pytest.raises(NoMatrixForm, match="no product"):
        derive_operation(named("matmul"), SIZES)


@pytest.mark.parametrize(
    ("form", "parts"),
    [
        (X, {X}),
        (MatMul(X, W), {X, W}),
        (MatMul(2, X.T), {X.T}),
        (HadamardProduct(Y, G), {Y, G}),
        (Y + MatMul(OneMatrix(2, 1), MatrixSymbol("b", 1, 3)), {Y, OneMatrix(2, 1), MatrixSymbol("b", 1, 3)}),
    ],
)
def test_leaves(form, parts):
    assert leaves(form) == parts
    named_ = {part.label for part in spelled(form).atoms(Labelled)}
    assert named_ == parts
    assert (Point(1).matrix(spelled(form)) == Point(1).matrix(form)).all()


@pytest.mark.parametrize(
    ("shapes", "chosen", "spots"),
    [
        ([(1, 1)], {}, [(0, 0)]),
        ([(1, 1), (1, 1)], {}, [(0, 0), (0, 0)]),
        ([(2, 3)], {}, [(1, 2)]),
        ([(2, 4), (4, 3)], {}, [(1, 2), (2, 1)]),
        ([(3, 3), (3, 3)], {}, [(1, 2), (2, 0)]),
        ([(2, 3), (1, 3)], {}, [(1, 2), (0, 1)]),
        ([(4, 1), (1, 4)], {}, [(2, 0), (0, 2)]),
        ([(2, 3)], {"A": (1, 1)}, [(0, 0)]),
        ([(2, 3)], {"A": (2, 3)}, [(1, 2)]),
        ([(2, 2), (2, 2)], {"B": (2, 2)}, [(1, 0), (1, 1)]),
    ],
)
def test_the_entry_that_is_worked_out(shapes, chosen, spots):
    shapes = [tuple(map(Integer, shape)) for shape in shapes]
    assert interior(["A", "B"][: len(shapes)], shapes, chosen) == spots


def test_grids_are_immutable():
    for example in matmul().worked.examples:
        assert isinstance(example.gradient.steps[0].result, ImmutableDenseMatrix)
