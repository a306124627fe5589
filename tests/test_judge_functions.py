"""Planted errors where exact arithmetic ends: functions, roots and quotients are judged as strictly."""

from dataclasses import replace
from functools import cache

import pytest
from sympy import MatMul

import derive
from derive import functions
from derive.modular import PRIME
from derive.operation import registered
from derive.proof import Step
from tests.references import SIZES

NAMES = ["abs", "cos", "div", "logsumexp", "norm2", "relu", "sigmoid", "softmax", "tanh", "tr"]
EXACT = {"div", "tr"}
OTHER = {
    functions.exp: functions.tanh,
    functions.sin: functions.cos,
    functions.sign: functions.step,
    functions.step: functions.sign,
}


@cache
def derived(name):
    return derive.derivation(name, **{size: SIZES[size] for size in registered()[name].signature.sizes})


def with_line(made, calculation, number, result):
    """The derivation with another line in the proof for its first input."""
    theorem, *others = made.theorems
    calc = getattr(theorem, calculation)
    steps = list(calc.steps)
    steps[number] = Step(result, steps[number].by)
    changed = replace(theorem, **{calculation: replace(calc, steps=tuple(steps))})
    return replace(made, theorems=(changed, *others))


def lines(name):
    theorem = derived(name).theorems[0]
    for calculation in ("local", "entry"):
        for number, step in enumerate(getattr(theorem, calculation).steps):
            yield calculation, number, step.result


@pytest.mark.parametrize("name", NAMES)
def test_the_arithmetic_is_exact_where_it_can_be(name):
    verdict = derived(name).verdict
    assert verdict.ok
    assert verdict.modulus == (PRIME if name in EXACT else 0)


@pytest.mark.parametrize("name", NAMES)
def test_a_line_that_is_off_by_a_factor_or_a_sign_is_found(name):
    for turn, (calculation, number, result) in enumerate(lines(name)):
        wrong = (2 * result, -result, result * (1 + result / 10**20))[turn % 3]
        if wrong != result:
            faults = derive.verify(with_line(derived(name), calculation, number, wrong)).faults
            assert [fault.where for fault in faults if fault.where.endswith(f"line {number + 1}")], (name, wrong)


@pytest.mark.parametrize("name", NAMES)
def test_another_function_in_its_place_is_found(name):
    for calculation, number, result in lines(name):
        for known, other in OTHER.items():
            wrong = result.replace(known, other)
            if wrong != result:
                assert not derive.verify(with_line(derived(name), calculation, number, wrong)).ok, (name, wrong)


@pytest.mark.parametrize("name", NAMES)
def test_a_wrong_matrix_form_and_wrong_code_are_found(name):
    made = derived(name)
    theorem, *others = made.theorems
    wrong = replace(theorem, matrix=MatMul(2, theorem.matrix))
    assert not derive.verify(replace(made, theorems=(wrong, *others))).ok
    code = tuple(replace(line, text=f"1.0001 * ({line.text})") for line in made.code)
    assert len(derive.verify(replace(made, code=code)).faults) == len(code)


@pytest.mark.parametrize("rows", [4, 5, 12])
def test_a_slope_that_is_0_but_for_rounding_is_0(rows):
    """Of a single column, softmax is 1 everywhere; e^x / e^x - 1 is some 1e-50 to fifty digits."""
    assert derive.derivation("softmax", m=rows, n=1).verdict.ok
