"""What the judge is worth: it accepts what is right, and finds every planted error where it stands.

The errors are made in ``tests/mutations.py``.  None may pass, none may crash the judge, and none may
be reported anywhere but at the calculation and line that holds it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, note, settings
from hypothesis import strategies as st
from sympy import Expr, ImmutableDenseMatrix, Integer, Symbol, srepr
from sympy.core.basic import Basic
from sympy.core.containers import Tuple

import derive
from derive.drawn import Pattern
from derive.proof import Derivation
from derive.terms import Delta, Labelled, MatrixElement, MatrixExpr, Partial
from tests.mutations import (
    CALC_KINDS,
    CASES,
    LINE_KINDS,
    PART_KINDS,
    WRITTEN,
    Place,
    Planted,
    derived,
    get,
    holds,
    node_at,
    places,
    plant,
    planted_calculations,
    planted_lines,
    planted_parts,
    put,
    spots,
    written,
)

NAMES = ("matmul", "hadamard", "transpose", "bias", "affine", "sub", "mean")
OPERATIONS = [[case for case in CASES if case.split("-")[0] == name] for name in NAMES]
TURNS = [cases[k % len(cases)] for k in range(15) for cases in OPERATIONS if k % 3 == 0 or cases is not OPERATIONS[0]]
"""The cases by turns; a product of matrices takes the judge longest, so that it comes at every third round."""


KINDS = [*LINE_KINDS, *CALC_KINDS, *PART_KINDS]


def planted_of(kind: str) -> Iterator[Planted]:
    """The errors of one kind, every kind beginning with another case."""
    first = KINDS.index(kind) % len(TURNS)
    turns = [*TURNS[first:], *TURNS[:first]]
    if kind in CALC_KINDS:
        yield from planted_calculations(turns, kind)
    elif kind in PART_KINDS:
        yield from planted_parts(turns, kind)
    elif kind not in WRITTEN:
        yield from planted_lines(turns, kind)
    for cases in OPERATIONS:
        # values do not show these, and every operation writes other terms: so each has its own
        if kind in WRITTEN:
            yield from planted_lines(cases, kind)
        if kind in PART_KINDS and ("path" in kind or "local partial" in kind):
            yield from planted_parts(cases, kind)


def stands_in(where: str, place: str) -> bool:
    """Whether the judge's words ``where`` are about ``place``, or about a part of it."""
    if place.endswith("…"):
        return where.startswith(place[:-1])
    return where == place or where.startswith(f"{place},")


def missed(planted: Planted) -> str | None:
    """What the judge did not do about an error: find it, where it stands, and nowhere else."""
    verdict = derive.verify(planted.derivation)
    faults = [fault.where.replace(f"∂{loss_of(planted)}/∂", "∂L/∂") for fault in verdict.faults]
    if verdict.ok:
        return "no fault was found"
    if not any(stands_in(where, place) for where in faults for place in planted.where):
        return f"found elsewhere: {faults}"
    unrelated = [w for w in faults if not any(stands_in(w, place) for place in (*planted.where, *planted.also))]
    return f"found elsewhere as well: {unrelated}" if unrelated else None


def loss_of(planted: Planted) -> str:
    return str(derived(planted.case).loss)


@pytest.mark.parametrize("case", CASES)
def test_a_right_derivation_has_no_fault(case: str) -> None:
    verdict = derive.verify(derived(case))
    assert verdict.faults == ()
    assert verdict.ok
    assert verdict.bound < 1e-12


@pytest.mark.parametrize("case", CASES)
def test_every_line_has_a_finding_of_its_own(case: str) -> None:
    d = derived(case)
    words = [finding.where for finding in derive.verify(d).findings]
    assert len(words) == len(set(words))
    normal = {where.replace(f"∂{d.loss}/∂", "∂L/∂") for where in words}
    assert {place.where for place in places(d)} <= normal
    assert {f"NumPy, {line.target} = {line.text}" for line in d.code} <= normal


def test_findings_call_the_loss_by_its_name() -> None:
    words = [finding.where for finding in derive.verify(derived("matmul-C=AB")).findings]
    assert "∂J/∂A as a matrix" in words
    assert not [where for where in words if "∂L" in where]


@pytest.mark.parametrize("kind", KINDS)
def test_a_planted_error_is_found_where_it_stands(kind: str) -> None:
    planted = {str(each): each for each in planted_of(kind)}
    assert planted
    assert {name: found for name, each in planted.items() if (found := missed(each))} == {}


def test_there_are_at_least_forty_kinds_of_errors() -> None:
    assert len(KINDS) == len(set(KINDS)) >= 40


def test_every_kind_of_place_is_spoilt() -> None:
    """No line, no grid, no closed form, no calculation is spared."""
    planted = planted_of("matrix for a number, number for a matrix")
    spoilt = {where for each in planted for where in each.where}
    everywhere = [place for case in CASES for place in places(derived(case))]
    for role in {place.role for place in everywhere}:
        assert any(place.where in spoilt for place in everywhere if place.role == role), role


@pytest.mark.parametrize("case", CASES)
def test_no_case_is_spared(case: str) -> None:
    assert missed(next(planted_lines([case], "wrong sign"))) is None


# --- random errors ------------------------------------------------------------------------------


def sort_of(expr: Basic, spot: tuple[int, ...]) -> str | None:
    """What a node is: only its like can stand in its place by mistake."""
    node, parent = node_at(expr, spot), node_at(expr, spot[:-1]) if spot else None
    if isinstance(parent, ImmutableDenseMatrix) or isinstance(node, Tuple):
        return None
    if isinstance(parent, Delta) or (isinstance(parent, MatrixElement) and spot[-1] > 0):
        return "index"
    if isinstance(node, (MatrixExpr, ImmutableDenseMatrix)):
        return "matrix"
    if isinstance(parent, Partial):
        return "entry" if isinstance(node, MatrixElement) else None
    return "scalar" if isinstance(node, Expr) else None


def alike(d: Derivation, place: Place, sort: str) -> list[Basic]:
    """All that is of one sort in the proof for all sizes, or in the expansion."""
    found: dict[Basic, None] = {}
    for other in places(d):
        if other.general == place.general:
            expr = get(d, other.path)
            found |= {node: None for spot, node in spots(expr) if sort_of(expr, spot) == sort}
    return list(found)


@st.composite
def random_errors(draw: st.DrawFn) -> Planted:
    """Some node of some line, with another one of its sort in its place."""
    case = draw(st.sampled_from(list(CASES)))
    d = derived(case)
    place = draw(st.sampled_from(list(places(d))))
    expr = get(d, place.path)
    sorted_spots = [(spot, sort) for spot, _ in spots(expr) if (sort := sort_of(expr, spot)) is not None]
    spot, sort = draw(st.sampled_from(sorted_spots))
    new = draw(st.sampled_from(alike(d, place, sort)))
    shown = written(expr, spot, lambda: new)
    assume(shown is not None)
    assume(not holds(case, place, shown))
    note(srepr(shown))
    return plant(case, "random", place, shown)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(random_errors())
def test_a_random_error_is_found_where_it_stands(planted: Planted) -> None:
    assert missed(planted) is None


def test_terms_that_change_places_among_the_zeros_are_found() -> None:
    """The line with the zeros says which path gives what: exchanged terms keep the sum and tell a falsehood."""
    derivation = derive.derivation("matmul", m=2, k=4, n=3)
    [example, other] = derivation.worked.examples
    first, zeros, short = example.chain.steps
    exchanged = replace(zeros, result=zeros.result.func(*reversed(zeros.result.args)))
    chain = replace(example.chain, steps=(first, exchanged, short))
    worked = replace(derivation.worked, examples=(replace(example, chain=chain), other))
    faults = derive.verify(replace(derivation, worked=worked)).faults
    assert [fault.where for fault in faults] == ["chain rule for x_2,3, line 2"]


def test_the_shape_of_a_drawn_matrix_is_one_that_occurs() -> None:
    """At m = 2 a row of two ones is as long as a row of m."""
    d = derived("bias-Z=Ac")
    [(k, step)] = [(k, s) for k, s in enumerate(d.general.gradients[1].steps) if s.result.has(Labelled)][-1:]
    wrong = step.result.replace(
        lambda part: isinstance(part, Pattern) and part.shape[0] == 1,
        lambda part: Pattern(
            *part.args[:4], part.args[4].xreplace({Symbol("m", integer=True, positive=True): Integer(2)})
        ),
    )
    assert wrong != step.result
    planted = put(d, ("general", "gradients", 1, "steps", k, "result"), wrong)
    assert [f.where for f in derive.verify(planted).faults] == [f"∂L/∂c drawn, line {k + 1}"]


def test_the_index_along_an_axis_of_length_1_is_a_number() -> None:
    """At m = 2 the only row of b is also that of m - 2."""
    d = derived("bias-1x1")
    pattern = d.general.inputs[1].steps[0].result
    m = Symbol("m", integer=True, positive=True)
    wrong = pattern.replace(
        lambda part: isinstance(part, MatrixElement),
        lambda part: Basic.__new__(MatrixElement, part.args[0], m - 2, part.args[2]),
    )
    assert wrong != pattern
    planted = put(d, ("general", "inputs", 1, "steps", 0, "result"), wrong)
    assert [f.where for f in derive.verify(planted).faults] == ["b drawn, line 1"]
