"""Every equality on the page of every operation is read from its LaTeX, and is true."""

import re

import pytest

import derive
from derive.operation import registered
from tests.operations import DERIVED
from tests.printed import faults
from tests.references import PARAMETERS, SIZES


def page(name):
    sizes = {size: SIZES[size] for size in registered()[name].signature.sizes}
    return derive.derivation(name, **sizes, **PARAMETERS.get(name, {})).render("md", full=True)


@pytest.mark.parametrize("name", DERIVED)
def test_every_equality_on_the_page_is_true(name):
    found, compared = faults(name, page(name))
    assert found == []
    assert compared > 30


@pytest.mark.parametrize("name", DERIVED)
def test_nothing_is_written_that_a_person_would_not(name):
    text = page(name)
    assert not re.search(
        r"\+ -|- -|(?<![\d_{^])1 \\, |\^\{1\}|\\frac\{[^{}]*\}\{1\}|- 1 |None|Call\(|Str\(|Scalar\(", text
    )


@pytest.mark.parametrize(
    ("name", "true", "false"),
    [
        ("sigmoid", r"y_{pq} \, (1 - y_{pq})", r"y_{pq} \, (1 + y_{pq})"),
        (
            "softmax",
            r"- \left(\frac{\partial L}{\partial Y} \odot Y\right)",
            r"+ \left(\frac{\partial L}{\partial Y} \odot Y\right)",
        ),
        ("div", r"\oslash W^{\circ 2}", r"\oslash W^{\circ 3}"),
        ("norm2", r"\frac{1}{y}", r"\frac{2}{y}"),
        ("tanh", "1 - y_{ij}^{2}", "1 - y_{ij}^{3}"),
        ("cos", r"-\sin", r"\sin"),
        ("tr", "I_{n}", "2 I_{n}"),
    ],
)
def test_a_planted_error_is_found(name, true, false):
    text = page(name)
    assert true in text
    assert faults(name, text.replace(true, false, 1))[0]


@pytest.mark.parametrize("name", ["mean", "tr", "norm2"])
def test_a_result_that_is_one_number_has_one_path(name):
    text = derive.derivation(name, **dict.fromkeys(registered()[name].signature.sizes, 2)).render("md")
    assert "and differentiate $y$ with respect to it:" in text
    assert "There is one path, through this one number:" in text
    assert "all entries of $y$" not in text
