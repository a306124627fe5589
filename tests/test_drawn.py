"""What is drawn: patterns, slices, pairings and ends, in values and in formulas; and what the judge says of them."""

from __future__ import annotations

import pytest
from sympy import S, Sum, Symbol

import derive
from derive.drawn import Ends, Frobenius, Pattern, Slice
from derive.general import PLACE
from derive.latex import LatexPrinter
from derive.latex_display import LatexWriter
from derive.model import Model
from derive.modular import Unreadable
from derive.operation import catalogue
from derive.terms import Delta, Partial
from tests.operations import DERIVED
from tests.references import PARAMETERS, SIZES

D = derive.derivation("matmul", m=2, k=4, n=3)
AT = Model(D, {"m": 2, "k": 3, "n": 4}, 1)


def made(operation: str):
    sizes = {s: SIZES[s] for s in catalogue()[operation].sizes}
    return derive.derivation(operation, **sizes, **PARAMETERS.get(operation, {}))


def test_a_pattern_is_the_matrix_that_its_cells_tell():
    X = D.inputs[0]
    pattern = Pattern.of(X, lambda i, j: X[i, j], PLACE)
    assert pattern.shape == X.shape
    assert pattern[0, X.cols - 1] == X[0, X.cols - 1]
    assert AT.matrix(pattern) == AT.matrix(X)


def test_a_slice_holds_the_derivative_of_each_entry():
    [example, _] = D.worked.examples
    slice = example.slice.goal
    assert slice == Slice(D.output.xreplace(dict(zip(D.output.shape, (S(2), S(3)), strict=True))), example.entry)
    assert slice[1, 2] == Partial(slice.of[1, 2], example.entry)
    assert [calc.result for calc in example.partials] == list(example.slice.result)


def test_a_pairing_is_the_same_either_way_round_and_needs_one_shape():
    left, right = D.upstream, D.output
    assert AT.value(Frobenius(left, right), {}) == AT.value(Frobenius(right, left), {})
    with pytest.raises(Unreadable, match="different shapes"):
        AT.value(Frobenius(left, D.inputs[0]), {})


def test_a_sum_by_its_ends_is_the_sum():
    t, X = Symbol("t"), D.inputs[0]
    total = Sum(X[0, t], (t, 0, X.cols - 1))
    assert Ends(total).sum == total
    assert AT.value(Ends(total), {}) == AT.value(total, {})


def test_how_they_are_written():
    written = LatexPrinter().text
    rows = (
        r"x_{11} & x_{12} & \cdots & x_{1k} \\ x_{21} & x_{22} & \cdots & x_{2k} \\ \vdots & \vdots & \ddots & \vdots"
    )
    assert (
        written(D.general.inputs[0].result)
        == rf"\begin{{bmatrix}} {rows} \\ x_{{m1}} & x_{{m2}} & \cdots & x_{{mk}} \end{{bmatrix}}"
    )
    writer = LatexWriter(D)
    writer.follow(D.output)
    assert (
        writer.printer.text(D.general.output.result[0, 0]) == r"x_{11} w_{11} + x_{12} w_{21} + \cdots + x_{1k} w_{k1}"
    )
    example = D.worked.examples[1]
    assert written(example.slice.goal) == r"\frac{\partial Y}{\partial w_{32}}"
    assert r"\left\langle" in written(example.pairing.steps[0].result)


# --- matrices by their ends ------------------------------------------------------------------------


SCATTERED = {"diag", "diagvec", "entry", "inv", "kron", "matpow", "tr", "unvec", "vec"}
"""Operations whose entries, or whose derivatives, no formula tells by row and column alone."""


@pytest.mark.parametrize("operation", DERIVED)
def test_what_is_drawn_tells_all_entries(operation):
    """At other sizes than those of the page, and modulo a prime where the functions have values there."""
    d = made(operation)
    assert (d.general is None) == (operation in SCATTERED)
    if d.general is None or not d.verdict.modulus:
        return
    at = Model(d, {letter: size + 1 for letter, size in d.sizes.items()}, 3)
    for calc in (d.general.output, *d.general.gradients):
        wanted = at.matrix(calc.goal)
        assert all(at.matrix(step.result) == wanted for step in calc.steps)


def test_the_ends_are_the_first_row_and_the_last_column():
    written = [LatexPrinter().text(calc.goal.wrt) for calc in D.general.entries[0]]
    assert written == ["x_{11}", "x_{12}", "x_{1k}", "x_{2k}", "x_{mk}"]
    affine = derive.derivation("affine", m=2, k=4, n=3)
    written = LatexWriter(affine).printer.text
    assert [written(calc.goal.wrt) for calc in affine.general.entries[2]] == ["b_{1}", "b_{2}", "b_{n}"]


# --- paths without zeros ---------------------------------------------------------------------------


@pytest.mark.parametrize("operation", DERIVED)
def test_what_is_left_of_a_chain_rule_holds_no_zeros(operation):
    for theorem in made(operation).theorems:
        support = theorem.support
        if support is None:
            continue
        above = support.goal.of.args[1:]
        assert all(i in above and p in support.goal.wrt.args[1:] for i, p in support.agree)
        assert support.local.goal == support.goal.xreplace(dict(support.agree))
        assert not support.local.result.has(Delta)
        assert not support.entry.steps[1].result.has(Delta)
        assert support.entry.result == theorem.entry.result


def test_which_paths_are_left():
    """The pairs of indices that have to agree; none where every entry of the input acts on every one of the output."""
    found = {
        (name, theorem.wrt.name): theorem.support and len(theorem.support.agree)
        for name in ("matmul", "hadamard", "bias", "sum", "softmax")
        for theorem in made(name).theorems
    }
    assert found == {
        ("matmul", "X"): 1,
        ("matmul", "W"): 1,
        ("hadamard", "X"): 2,
        ("hadamard", "W"): 2,
        ("bias", "X"): 2,
        ("bias", "b"): 1,
        ("sum", "X"): None,
        ("softmax", "X"): None,
    }
