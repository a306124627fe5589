"""Posts: what their prose claims, at any sizes and of any operation that they suit."""

import re

import pytest

import derive


def post(operation, **options):
    sizes = {letter: options.pop(letter) for letter in "mknpq" if letter in options}
    return derive.derivation(operation, **sizes).render("md", template="post", **options)


@pytest.mark.parametrize("operation", ["scale", "shift", "ratio"])
@pytest.mark.parametrize("depth", ["full", "short"])
@pytest.mark.parametrize("numbered", [True, False])
def test_the_gradient_by_a_number_comes_from_its_sum(operation, depth, numbered):
    """There is no matrix of sums that could be read, only the sum of all paths, and this is there at any depth."""
    text = post(operation, m=2, n=3, depth=depth, numbered=numbered)
    number = "1" if operation != "ratio" else "2"
    section = text.split(f"#gradient-{number}}}")[1].split("###")[0]
    assert f"#chain-{number}" in section
    assert f"#sums-{number}" not in section
    if "as a product of matrices" in section:
        assert f"](#chain-{number})" in section if numbered else "this sum as a product" in section


@pytest.mark.parametrize(
    ("operation", "condition"),
    [("relu", r"x_{ij} \neq 0"), ("log", "x_{ij} > 0"), ("ratio", r"c \neq 0"), ("matmul", "")],
)
def test_where_there_is_no_derivative_is_said(operation, condition):
    text = post(operation, m=2, n=3, **({"k": 2} if operation == "matmul" else {}))
    told = re.findall(r"What follows holds where \$\$(.*?)\$\$; elsewhere there is no derivative\.", text)
    assert told == [condition] * bool(condition)


@pytest.mark.parametrize(("operation", "sizes"), [("kron", "mnpq"), ("vec", "mn"), ("unvec", "mn")])
def test_two_indices_in_one_may_be_one_long(operation, sizes):
    """The place i + 1 · j is no sum of two letters to a reader or a judge, so the sum is not written for it."""
    made = derive.derivation(operation, **dict.fromkeys(sizes, 1))
    assert made.verdict.ok


@pytest.mark.parametrize("date", ["2026-02-30", "2026-13-01", "26-01-01", "2026-01-01T00:00"])
def test_a_day_that_does_not_exist_is_refused(date):
    with pytest.raises(derive.DeriveError, match="a date is written like"):
        post("matmul", m=1, k=1, n=1, date=date)


def test_without_a_mean_the_loss_is_not_another_one():
    assert "The loss may be any." in post("transpose", m=3, n=1)
    assert "the loss may be any other as well" in post("matmul", m=2, k=1, n=1)
