"""The engine: the steps of a derivation and their reasons, the letters of indices, and what it refuses."""

import re
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from sympy import HadamardProduct, MatMul, OneMatrix, Sum, Symbol, Transpose

import derive.ops  # noqa: F401 - registers the operations
from derive.engine import derive_operation
from derive.errors import DeriveError
from derive.forms import FORMS
from derive.free import index_letters
from derive.judge import verdict
from derive.operation import Signature, named, operation
from derive.proof import Calc, Code
from derive.recognise import NoMatrixForm
from derive.render import document
from derive.terms import Delta, Gradient, MatrixElement, Partial, addends, total
from tests.numeric import SIZES, Point
from tests.operations import PLAIN, POLYNOMIAL, SOME


@cache
def matmul():
    return derive_operation(named("matmul"), {"m": 2, "k": 4, "n": 3})


def made(signature, element, sizes=None, **more):
    """The derivation of an operation that is not registered."""
    element.__name__ = "made"
    operation_ = operation(signature, register=False)(element)
    return derive_operation(operation_, {s: (sizes or SIZES)[s] for s in operation_.signature.sizes}, **more)


def reasons(calc):
    return [step.by.name for step in calc.steps]


def test_the_matrix_product_is_stated():
    X, W, Y, L = *matmul().inputs, matmul().output, matmul().loss
    assert [(m.name, tuple(map(str, m.shape))) for m in (X, W, Y)] == [
        ("X", ("m", "k")),
        ("W", ("k", "n")),
        ("Y", ("m", "n")),
    ]
    assert (matmul().operation, matmul().title, dict(matmul().sizes)) == (
        "matmul",
        "Matrix product",
        {"m": 2, "k": 4, "n": 3},
    )
    assert matmul().matrix == MatMul(X, W)
    assert matmul().upstream == Gradient(L, Y)
    assert [(t.gradient, t.matrix) for t in matmul().theorems] == [
        (Gradient(L, X), MatMul(Gradient(L, Y), Transpose(W))),
        (Gradient(L, W), MatMul(Transpose(X), Gradient(L, Y))),
    ]
    assert [(line.target, line.text) for line in matmul().code] == [
        ("Y", "X @ W"),
        ("dX", "dY @ W.T"),
        ("dW", "X.T @ dY"),
    ]
    assert isinstance(matmul().code[0], Code)
    assert [line.goal for line in matmul().code] == [Y, Gradient(L, X), Gradient(L, W)]


def test_the_steps_of_the_matrix_product():
    i, j, p, q, t = (Symbol(letter) for letter in "ijpqt")
    X, W, Y, L = *matmul().inputs, matmul().output, matmul().loss
    m, k, n = X.rows, X.cols, W.cols
    assert matmul().definition == Sum(X[i, t] * W[t, j], (t, 0, k - 1))
    by_x, by_w = matmul().theorems
    assert by_x.local.goal == Partial(Y[i, j], X[p, q])
    assert [step.result for step in by_x.local.steps] == [
        Partial(matmul().definition, X[p, q]),
        Sum(Partial(X[i, t] * W[t, j], X[p, q]), (t, 0, k - 1)),
        Sum(W[t, j] * Partial(X[i, t], X[p, q]), (t, 0, k - 1)),
        Sum(W[t, j] * Delta(i, p) * Delta(t, q), (t, 0, k - 1)),
        W[q, j] * Delta(i, p),
    ]
    up = Partial(L, Y[i, j])
    every = [(j, 0, n - 1), (i, 0, m - 1)]
    assert by_x.entry.goal == Partial(L, X[p, q])
    assert [step.result for step in by_x.entry.steps] == [
        Sum(up * Partial(Y[i, j], X[p, q]), *every),
        Sum(up * Delta(i, p) * W[q, j], *every),
        Sum(Partial(L, Y[p, j]) * W[q, j], every[0]),
        Sum(Partial(L, Y[p, j]) * MatrixElement(Transpose(W), j, q), every[0]),
        MatrixElement(MatMul(Gradient(L, Y), Transpose(W)), p, q),
    ]
    assert [step.result for step in by_w.entry.steps][-2:] == [
        Sum(MatrixElement(Transpose(X), p, i) * Partial(L, Y[i, q]), every[1]),
        MatrixElement(MatMul(Transpose(X), Gradient(L, Y)), p, q),
    ]


LOCAL = ["definition", "sum rule", "constant factor", "independence", "delta"]
TABLE = {
    "matmul": {
        "forward": ["definition", "matrix product"],
        "X": (LOCAL, ["chain rule", "local partial", "delta", "transpose", "matrix product"]),
        "W": (LOCAL, ["chain rule", "local partial", "delta", "transpose", "matrix product"]),
    },
    "transpose": {
        "forward": ["definition", "transpose"],
        "X": (["definition", "independence"], ["chain rule", "local partial", "delta", "delta", "transpose"]),
    },
    "hadamard": {
        "forward": ["definition", "entrywise product"],
        "X": (
            ["definition", "constant factor", "independence"],
            ["chain rule", "local partial", "delta", "delta", "entrywise product"],
        ),
        "W": (
            ["definition", "constant factor", "independence"],
            ["chain rule", "local partial", "delta", "delta", "entrywise product"],
        ),
    },
    "bias": {
        "forward": ["definition", "matrix sum"],
        "X": (
            ["definition", "sum rule", "constant", "independence"],
            ["chain rule", "local partial", "delta", "delta", "entry"],
        ),
        "b": (
            ["definition", "sum rule", "constant", "independence"],
            ["chain rule", "local partial", "delta", "ones"],
        ),
    },
}


@pytest.mark.parametrize("name", TABLE)
def test_the_reasons(name):
    derivation = derive_operation(named(name), {s: SIZES[s] for s in named(name).signature.sizes})
    assert reasons(derivation.forward) == TABLE[name]["forward"]
    assert {t.wrt.name: (reasons(t.local), reasons(t.entry)) for t in derivation.theorems} == {
        matrix: both for matrix, both in TABLE[name].items() if matrix != "forward"
    }


@pytest.mark.parametrize("name", POLYNOMIAL)
def test_every_line_equals_the_line_before(name):
    """Evaluated here, without the judge: at numbers, with derivatives as differences."""
    derivation = derive_operation(named(name), {s: SIZES[s] for s in named(name).signature.sizes})
    point = Point(5)
    goal_output = derivation.forward.goal
    for theorem in derivation.theorems:
        places = {index: 1 for index in theorem.entry.goal.wrt.args[1:] if index.is_Symbol}
        places |= {index: 1 for index in goal_output.args[1:] if index.is_Symbol}
        results = [step.result.xreplace({goal_output: derivation.definition}) for step in theorem.local.steps]
        lines = [point.scalar(result, places) for result in results]
        assert len(set(lines)) == 1
        chain, *rest = theorem.entry.steps
        written = {Partial(goal_output, theorem.entry.goal.wrt): theorem.local.result}
        lines = [
            point.scalar(step.result, places) for step in (type(chain)(chain.result.xreplace(written), chain.by), *rest)
        ]
        assert len(set(lines)) == 1


@pytest.mark.parametrize("name", PLAIN)
def test_no_step_repeats_the_one_before_and_each_has_a_reason(name):
    derivation = derive_operation(named(name), dict.fromkeys(named(name).signature.sizes, 2))

    def calcs(node):
        if isinstance(node, Calc):
            yield node
        elif isinstance(node, tuple):
            for part in node:
                yield from calcs(part)
        elif hasattr(node, "__dataclass_fields__"):
            for field in node.__dataclass_fields__:
                yield from calcs(getattr(node, field))

    found = list(calcs(derivation))
    assert len(found) > 8
    for calc in found:
        assert calc.steps
        assert all(a.result != b.result for a, b in pairwise(calc.steps))
        assert all(step.by.name and step.by.text for step in calc.steps)


@pytest.mark.parametrize(
    ("names", "others", "letters"),
    [
        (("Y", "X", "W"), ("m", "k", "n", "L"), "ijpq"),
        (("C", "A", "B"), ("m", "k", "n", "L"), "ijpq"),
        (("J", "I", "P"), ("m", "k", "n", "L"), "qrsu"),
        (("Y", "X", "W"), ("i", "j", "L"), "pqrs"),
        (("Y", "X", "W"), ("m", "k", "n", "p"), "ijqr"),
        (("Y", "Q1", "W"), ("m", "k", "n", "L"), "ijpr"),
        (("y", "p", "Q"), ("m", "k", "n", "L"), "ijrs"),
    ],
)
def test_index_letters_avoid_the_names(names, others, letters):
    assert index_letters(names, others)[:4] == tuple(letters)


@pytest.mark.parametrize(
    ("names", "loss"),
    [
        (("I", "P", "Q"), "L"),
        (("T", "S", "R"), "L"),
        (("J", "T", "I"), "L"),
        (("Y", "X", "W"), "i"),
        (("Y", "X", "W"), "t"),
        (("T1", "T2", "T3"), "L"),
        (("A", "B", "C"), "E"),
    ],
)
def test_no_index_goes_by_the_letter_of_a_matrix_a_size_or_the_loss(names, loss):
    derivation = derive_operation(named("matmul"), {"m": 2, "k": 4, "n": 3}, names, loss)
    assert verdict(derivation).ok
    letters = set()
    for theorem in derivation.theorems:
        for calc in (theorem.local, theorem.entry):
            for expr in (calc.goal, *(step.result for step in calc.steps)):
                for node in expr.atoms(MatrixElement, Delta):
                    letters |= {arg.name for arg in node.args[-2:] if arg.is_Symbol}
    taken = {name[0].lower() for name in (*names, loss)} | set(derivation.sizes)
    assert letters.isdisjoint(taken)


def test_names_and_loss_are_those_that_were_asked_for():
    derivation = derive_operation(named("matmul"), {"m": 2, "k": 4, "n": 3}, ("C", "A", "B"), "E")
    A, B = derivation.inputs
    up = Gradient(Symbol("E"), derivation.output)
    assert [t.matrix for t in derivation.theorems] == [MatMul(up, Transpose(B)), MatMul(Transpose(A), up)]
    assert [f"{line.target} = {line.text}" for line in derivation.code] == [
        "C = A @ B",
        "dA = dC @ B.T",
        "dB = A.T @ dC",
    ]


@pytest.mark.parametrize("name", SOME)
def test_two_runs_agree(name):
    sizes = {s: SIZES[s] for s in named(name).signature.sizes}
    first, second = (derive_operation(named(name), sizes) for _ in range(2))
    assert first == second
    assert repr(first) == repr(second)


@pytest.mark.parametrize(
    ("entries", "chosen"),
    [
        ({}, ["X[1, 2]", "W[2, 1]"]),
        ({"X": (1, 1)}, ["X[0, 0]", "W[2, 1]"]),
        ({"X": (2, 4), "W": (4, 3)}, ["X[1, 3]", "W[3, 2]"]),
        ({"W": (1, 3)}, ["X[1, 2]", "W[0, 2]"]),
    ],
)
def test_the_chosen_entries_are_worked_out(entries, chosen):
    derivation = derive_operation(named("matmul"), {"m": 2, "k": 4, "n": 3}, entries=entries)
    assert [str(example.entry) for example in derivation.worked.examples] == chosen
    for example in derivation.worked.examples:
        assert example.chain.goal == Partial(derivation.loss, example.entry)
        assert {calc.goal.wrt for calc in example.partials} == {example.entry}


@pytest.mark.parametrize("sizes", [{"m": 1, "k": 1, "n": 1}, {"m": 1, "k": 3, "n": 1}, {"m": 3, "k": 1, "n": 3}])
@pytest.mark.parametrize("name", PLAIN)
def test_thin_sizes(name, sizes):
    letters = named(name).signature.sizes
    assert verdict(derive_operation(named(name), {s: sizes.get(s, 1) for s in letters})).ok


def test_square_matrices_do_not_confuse_a_matrix_with_its_transpose():
    for name in PLAIN:
        size = 3 if len(named(name).signature.sizes) < 4 else 2
        derivation = derive_operation(named(name), dict.fromkeys(named(name).signature.sizes, size))
        general = derive_operation(named(name), {s: SIZES.get(s, 2) for s in named(name).signature.sizes})
        assert [t.matrix for t in derivation.theorems] == [t.matrix for t in general.theorems]


# Operations that are in no file ---------------------------------------------------------------------

FORMULAS = {
    "twice": ("X[m,n] -> Y[m,n]", lambda X, i, j: 2 * X[i, j]),
    "negative": ("X[m,n] -> Y[m,n]", lambda X, i, j: -X[i, j]),
    "sum": ("X[m,n], W[m,n] -> Y[m,n]", lambda X, W, i, j: X[i, j] + W[i, j]),
    "difference": ("X[m,n], W[m,n] -> Y[m,n]", lambda X, W, i, j: X[i, j] - W[i, j]),
    "affine": (
        "X[m,k], W[k,n], b[1,n] -> Y[m,n]",
        lambda X, W, b, i, j: total(X.cols, lambda t: X[i, t] * W[t, j]) + b[0, j],
    ),
    "second operand transposed": (
        "X[m,k], W[n,k] -> Y[m,n]",
        lambda X, W, i, j: total(X.cols, lambda t: X[i, t] * W[j, t]),
    ),
    "both operands transposed": (
        "X[k,m], W[n,k] -> Y[m,n]",
        lambda X, W, i, j: total(X.rows, lambda t: X[t, i] * W[j, t]),
    ),
    "matrix times vector": ("A[m,n], x[n,1] -> y[m,1]", lambda A, x, i, j: total(A.cols, lambda t: A[i, t] * x[t, 0])),
    "outer product": ("x[m,1], w[1,n] -> Y[m,n]", lambda x, w, i, j: x[i, 0] * w[0, j]),
}


def check_and_show(derivation):
    """The judge accepts it, its NumPy lines run as they stand, and every format shows it."""
    judged = verdict(derivation)
    assert judged.ok, judged.faults
    scope = {matrix.name: np.ones(tuple(map(Point().size, matrix.shape))) for matrix in derivation.inputs}
    scope |= {"np": np, f"d{derivation.output.name}": np.ones(tuple(map(Point().size, derivation.output.shape)))}
    for line in derivation.code:
        exec(f"{line.target} = {line.text}", scope)
    for form in FORMS["worked"].formats:
        page = document(derivation, judged, form)
        assert not re.search(r"\+ -|- -|\+ \+", page), "two signs in a row"


@pytest.mark.parametrize("name", FORMULAS)
def test_other_formulas_are_derived_as_well(name):
    signature, element = FORMULAS[name]
    derivation = made(signature, element)
    check_and_show(derivation)
    point = Point(6)
    for theorem in derivation.theorems:
        found = point.matrix(theorem.matrix)
        assert found.shape == tuple(map(point.size, theorem.wrt.shape))


HARD = {
    "half": ("X[m,n] -> Y[m,n]", lambda X, i, j: X[i, j] / 2),
    "twice a product": (
        "X[m,k], W[k,n] -> Y[m,n]",
        lambda X, W, i, j: 2 * total(X.cols, lambda t: X[i, t] * W[t, j]),
    ),
    "square": ("X[m,n] -> Y[m,n]", lambda X, i, j: X[i, j] ** 2),
    "three factors": ("X[m,n], W[m,n], V[m,n] -> Y[m,n]", lambda X, W, V, i, j: X[i, j] * W[i, j] * V[i, j]),
    "Gram": ("X[m,n] -> Y[n,n]", lambda X, i, j: total(X.rows, lambda t: X[t, i] * X[t, j])),
    "chain": (
        "A[m,k], B[k,l], C[l,n] -> Y[m,n]",
        lambda A, B, C, i, j: total(A.cols, lambda t: A[i, t] * total(B.cols, lambda s: B[t, s] * C[s, j])),
    ),
    "gate": (
        "X[m,n], W[m,k], V[k,n] -> Y[m,n]",
        lambda X, W, V, i, j: X[i, j] * total(W.cols, lambda t: W[i, t] * V[t, j]),
    ),
    "row sum times column sum": (
        "A[m,k], B[k,n] -> Y[m,n]",
        lambda A, B, i, j: total(A.cols, lambda t: A[i, t]) * total(B.rows, lambda t: B[t, j]),
    ),
    "row sums": ("X[m,n] -> y[m,1]", lambda X, i, j: total(X.cols, lambda t: X[i, t])),
    "column sums": ("X[m,n] -> y[1,n]", lambda X, i, j: total(X.rows, lambda t: X[t, j])),
    "scalar product": ("x[1,n], w[n,1] -> y[1,1]", lambda x, w, i, j: total(x.cols, lambda t: x[0, t] * w[t, 0])),
    "sum of all": ("X[m,n] -> y[1,1]", lambda X, i, j: total(X.rows, lambda t: total(X.cols, lambda s: X[t, s]))),
    "trace": ("X[n,n] -> y[1,1]", lambda X, i, j: total(X.rows, lambda t: X[t, t])),
    "scalar times matrix": ("s[1,1], X[m,n] -> Y[m,n]", lambda s, X, i, j: s[0, 0] * X[i, j]),
    "scaled columns": ("X[m,n], b[1,n] -> Y[m,n]", lambda X, b, i, j: X[i, j] * b[0, j]),
    "plus one": ("X[m,n] -> Y[m,n]", lambda X, i, j: X[i, j] + 1),
    "product of sums": ("X[m,n], W[m,n] -> Y[m,n]", lambda X, W, i, j: X[i, j] * (X[i, j] + W[i, j])),
    "first row": ("X[m,n] -> Y[m,n]", lambda X, i, j: X[0, j]),
    "unused input": ("X[m,n], W[m,n] -> Y[m,n]", lambda X, W, i, j: X[i, j]),
    "constant": ("X[m,n] -> Y[m,n]", lambda X, i, j: 5),
}


@pytest.mark.parametrize("name", HARD)
def test_a_formula_is_derived_or_refused_in_words(name):
    """Whatever the formula: a derivation that the judge accepts, and pages, or one sentence; no other error."""
    signature, element = HARD[name]
    try:
        derivation = made(signature, element)
    except DeriveError as refusal:
        message = str(refusal)
    else:
        check_and_show(derivation)
        message = "a derivation"
    assert "\n" not in message


@pytest.mark.parametrize(
    ("signature", "element"),
    [
        ("X[n,n] -> Y[n,n]", lambda X, i, j: X[i, i] * X[j, i] * X[j, j] + Delta(i, j) ** X[i, j]),
        ("X[m,n], W[m,n] -> Y[m,n]", lambda X, W, i, j: X[i, j] ** W[i, j]),
        (
            "X[m,k], W[k,n], v[1,k] -> Y[m,n]",
            lambda X, W, v, i, j: total(X.cols, lambda t: X[i, t] * W[t, j] * v[0, t]),
        ),
    ],
)
def test_a_formula_without_a_matrix_form_is_refused(signature, element):
    with pytest.raises(NoMatrixForm):
        made(signature, element)


def written_terms(derivation):
    """The terms in the grids of a worked example."""
    worked = derivation.worked
    grids = [worked.output.steps[-1].result, *(example.gradient.steps[1].result for example in worked.examples)]
    return sum(len(addends(cell)) for grid in grids for cell in grid)


@pytest.mark.parametrize("name", [*SOME, "square matmul"])
def test_the_estimate_before_the_work_is_no_less_than_the_work(name):
    """It decides what is refused; were it too small, a large request would run out of memory.

    An estimate does not see how many terms a formula has: half of the terms will do.
    """
    if name == "square matmul":
        signature = "X[n,n], W[n,n] -> Y[n,n]"
        sizes = {"n": 8}
        derivation = made(signature, lambda X, W, i, j: total(X.cols, lambda t: X[i, t] * W[t, j]), sizes)
        estimate = Signature.parse("made", "Made", signature).terms(sizes)
    else:
        sizes = {s: SIZES[s] for s in named(name).signature.sizes}
        derivation, estimate = derive_operation(named(name), sizes), named(name).signature.terms(sizes)
    assert 2 * estimate >= written_terms(derivation)


def test_sums_read_as_products_with_ones():
    derivation = derive_operation(named("bias"), {"m": 2, "n": 3})
    X, b = derivation.inputs
    assert derivation.matrix.args == (X, MatMul(OneMatrix(X.rows, 1), b))
    assert derivation.theorems[1].matrix == MatMul(OneMatrix(1, X.rows), derivation.upstream)


def test_factors_of_an_entrywise_product_stand_upstream_first():
    derivation = derive_operation(named("hadamard"), {"m": 2, "n": 3})
    X, W = derivation.inputs
    assert derivation.matrix == HadamardProduct(X, W)
    assert [t.matrix for t in derivation.theorems] == [
        HadamardProduct(derivation.upstream, W),
        HadamardProduct(derivation.upstream, X),
    ]
