"""The library from Python: ask, show, verify; and what a derivation is as data."""

import json
import re
import string
from dataclasses import FrozenInstanceError, replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import derive.ops
from derive import api
from derive.encode import VERSION
from derive.errors import DeriveError
from derive.forms import FORMS
from derive.operation import registered
from derive.proof import Calc, Derivation, Step, Verdict
from tests.operations import SOME

FORMATS = tuple(FORMS["worked"].formats)

OPERATIONS = [name for name in SOME if name != "softmax"]  # its page is long, and read elsewhere
SIZES = {"m": 2, "k": 4, "n": 3}


@cache
def matmul():
    return derive.derivation("matmul", **SIZES)


def made(name, sizes=SIZES):
    return derive.derivation(name, **{letter: sizes[letter] for letter in registered()[name].signature.sizes})


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_derivation_is_made_judged_and_shown(name):
    derivation = made(name)
    assert isinstance(derivation, derive.Derived)
    assert isinstance(derivation, Derivation)
    verdict = derive.verify(derivation)
    assert isinstance(verdict, Verdict)
    assert verdict.ok
    assert verdict.faults == ()
    assert verdict.equalities == sum(finding.equalities for finding in verdict.findings) > 50
    assert 0 < verdict.bound < 1e-9
    assert verdict == derivation.verdict


def test_what_the_package_offers():
    for name in derive.__all__:
        assert getattr(derive, name)
    assert derive.DeriveError is DeriveError
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = derive.nothing


@pytest.mark.parametrize(
    ("operation", "options", "words"),
    [
        ("matmull", SIZES, "did you mean 'matmul'?"),
        ("matmul", {"m": 2}, "needs the sizes k and n"),
        ("matmul", {**SIZES, "q": 1}, "no size q"),
        ("matmul", {**SIZES, "m": 0}, "positive integer"),
        ("matmul", {**SIZES, "m": True}, "positive integer"),
        ("matmul", {**SIZES, "m": 2.5}, "positive integer"),
        ("matmul", {**SIZES, "m": 10**9}, "GB"),
        ("matmul", {**SIZES, "names": "C = A a"}, "collide"),
        ("matmul", {**SIZES, "names": ""}, "written like"),
        ("matmul", {**SIZES, "loss": "Y"}, "the name of the loss"),
        ("matmul", {**SIZES, "entries": {"X": (3, 1)}}, "no entry 3,1"),
        ("matmul", {**SIZES, "entries": {"Q": (1, 1)}}, "unknown input 'Q'"),
    ],
)
def test_a_mistake_raises_the_one_exception(operation, options, words):
    with pytest.raises(DeriveError) as error:
        derive.derivation(operation, **options)
    assert words in str(error.value)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_shows_in_every_format(name, form):
    text = made(name).render(form)
    assert registered()[name].signature.title in text
    assert text.endswith("\n")


def test_markdown_is_the_default():
    assert matmul().render() == matmul().render("md") == matmul().render(format="md")


@pytest.mark.parametrize("form", ["pdf", "", "MD", "htm", "md "])
def test_an_unknown_format_is_refused(form):
    with pytest.raises(DeriveError) as error:
        matmul().render(form)
    assert str(error.value) == f"the form worked has no format '{form}'. It has: md, tex, txt, standalone, json."


def test_a_notebook_shows_the_page():
    assert matmul()._repr_markdown_() == matmul().render("md")
    assert matmul()._repr_markdown_().count("$$") > 20


def test_a_notebook_without_markdown_shows_the_rules():
    text = matmul()._repr_latex_()
    assert text.startswith("$$")
    assert text.endswith("$$")
    assert text.count("$$") == 2 * len(matmul().theorems)
    assert r"\frac{\partial L}{\partial X} = \frac{\partial L}{\partial Y} \, W^{\top}" in text
    assert r"\frac{\partial L}{\partial W} = X^{\top} \, \frac{\partial L}{\partial Y}" in text
    assert "\n\n" not in text


@pytest.mark.parametrize("field", ["sizes", "matrix", "theorems", "definition", "verdict"])
def test_a_derivation_is_frozen(field):
    with pytest.raises(FrozenInstanceError):
        setattr(matmul(), field, None)
    with pytest.raises(FrozenInstanceError):
        delattr(matmul(), field)


def test_two_derivations_of_the_same_are_equal():
    assert made("matmul") == made("matmul")
    assert made("matmul") != made("matmul", {"m": 3, "k": 4, "n": 3})
    assert made("matmul").render("json") == made("matmul").render("json")


def test_showing_changes_nothing():
    before = repr(matmul())
    pages = [matmul().render(form) for form in FORMATS]
    matmul().render("md", full=True)
    assert [matmul().render(form) for form in reversed(FORMATS)] == pages[::-1]
    assert repr(matmul()) == before


def test_the_sizes_are_the_order_of_the_signature():
    assert list(derive.derivation("matmul", n=3, k=4, m=2).sizes) == ["m", "k", "n"]


def spoilt(derivation):
    """With a false last line of the first proof."""
    theorem, *others = derivation.theorems
    steps = theorem.entry.steps
    wrong = replace(theorem.entry, steps=(*steps[:-1], Step(2 * steps[2].result, steps[-1].by)))
    return replace(derivation, theorems=(replace(theorem, entry=wrong), *others))


@pytest.mark.parametrize("show", [*FORMATS, "_repr_markdown_", "_repr_latex_"])
def test_a_false_derivation_shows_nowhere(show):
    wrong = spoilt(matmul())
    assert not derive.verify(wrong).ok
    with pytest.raises(DeriveError, match="the judge rejects the derivation at: ∂L/∂X for all sizes, line 5"):
        getattr(wrong, show)() if show.startswith("_") else wrong.render(show)


def test_a_verdict_is_not_inherited():
    """A changed copy is judged anew, even when the original has its verdict already."""
    _ = matmul().verdict
    assert not spoilt(matmul()).verdict.ok


def test_verify_takes_a_bare_derivation_as_well():
    from derive.engine import derive_operation

    bare = derive_operation(registered()["transpose"], {"m": 2, "n": 3})
    assert api.verify(bare).ok


# JSON ----------------------------------------------------------------------------------------------


def calcs(derivation):
    """All calculations of a derivation, in the order of the JSON."""
    yield derivation.forward
    for theorem in derivation.theorems:
        yield from (theorem.local, theorem.entry)
        yield from (theorem.support.local, theorem.support.entry) if theorem.support else ()
    worked = derivation.worked
    yield from (*worked.inputs, worked.output, worked.upstream)
    for example in worked.examples:
        yield from (*example.partials, example.chain, example.slice, example.pairing)
        yield from (example.summed, example.gradient) if example.summed else (example.gradient,)


def encoded_calcs(node):
    """All calculations in the JSON, in its order."""
    if isinstance(node, dict):
        if "steps" in node:
            yield node
            return
        for value in node.values():
            yield from encoded_calcs(value)
    elif isinstance(node, list):
        for value in node:
            yield from encoded_calcs(value)


@pytest.mark.parametrize("name", OPERATIONS)
def test_json_holds_every_step_and_every_reason(name):
    derivation = made(name)
    data = json.loads(derivation.render("json"))
    found, wanted = list(encoded_calcs(data)), list(calcs(derivation))
    assert all(isinstance(calc, Calc) for calc in wanted)
    assert [len(calc["steps"]) for calc in found] == [len(calc.steps) for calc in wanted]
    for encoded, calc in zip(found, wanted, strict=True):
        assert encoded["goal"]["latex"]
        assert encoded["goal"]["text"]
        for written, step in zip(encoded["steps"], calc.steps, strict=True):
            assert written["reason"] == {"name": step.by.name, "text": step.by.text}
            assert written["latex"]
            assert written["text"]


@pytest.mark.parametrize("name", ["matmul", "affine", "hadamard", "div"])
def test_json_holds_every_grid(name):
    """Cell by cell, nothing elided, and the label of every factor."""
    derivation = made(name, {"m": 11, "k": 10, "n": 12})
    data = json.loads(derivation.render("json"))
    for encoded, example in zip(data["worked"]["examples"], derivation.worked.examples, strict=True):
        sums = example.gradient.steps[1].result
        grid = encoded["gradient"]["steps"][1]["grid"]
        assert [len(row) for row in grid] == [sums.cols] * sums.rows
        assert all(isinstance(cell, str) and cell and "⋯" not in cell for row in grid for cell in row)
    text = derivation.render("json")
    assert not any(dots in text for dots in ("⋯", "⋮", "⋱", "dots"))


def test_json_labels_the_factors():
    data = json.loads(matmul().render("json"))
    factored = data["worked"]["examples"][0]["gradient"]["steps"][2]
    assert [factor["label"] for factor in factored["factors"]] == ["∂L/∂Y", "Wᵀ"]
    assert factored["factors"][1]["grid"][0] == ["w₁₁", "w₂₁", "w₃₁", "w₄₁"]


def test_json_labels_the_only_factor_too():
    """Of the gradient of a transpose: a single matrix, with the name that it has."""
    data = json.loads(made("transpose").render("json"))
    steps = data["worked"]["examples"][0]["gradient"]["steps"]
    assert any("grid" in step for step in steps)
    assert steps[-1]["text"] == "(∂L/∂Y)ᵀ"


@pytest.mark.parametrize("name", OPERATIONS)
def test_json_holds_the_verdict_with_every_finding(name):
    derivation = made(name)
    verdict = json.loads(derivation.render("json"))["verdict"]
    assert verdict["ok"] is True
    assert verdict["equalities"] == derivation.verdict.equalities
    assert verdict["modulus"] == derivation.verdict.modulus
    assert verdict["sizes"] == dict(derivation.verdict.sizes)
    assert verdict["bound"] == derivation.verdict.bound
    assert verdict["findings"] == [
        {"where": f.where, "ok": f.ok, "detail": f.detail, "equalities": f.equalities}
        for f in derivation.verdict.findings
    ]


def test_json_says_what_it_is():
    data = json.loads(matmul().render("json"))
    assert data["version"] == VERSION
    assert isinstance(data["version"], int)
    assert {key: data[key] for key in ("operation", "title", "layout", "loss", "sizes")} == {
        "operation": "matmul",
        "title": "Matrix product",
        "layout": "denominator",
        "loss": "L",
        "sizes": SIZES,
    }
    assert data["inputs"] == [{"name": "X", "shape": ["m", "k"]}, {"name": "W", "shape": ["k", "n"]}]
    assert data["output"] == {"name": "Y", "shape": ["m", "n"]}
    assert data["matrix"]["text"] == "X · W"
    assert [theorem["matrix"]["text"] for theorem in data["theorems"]] == ["∂L/∂Y · Wᵀ", "Xᵀ · ∂L/∂Y"]
    assert data["numpy"] == [{"target": line.target, "text": line.text} for line in matmul().code]


def test_json_is_text_that_everybody_reads():
    text = matmul().render("json")
    assert not re.search(r"(?<!\\)\\u[0-9a-f]{4}", text), "letters are written as they are"
    assert all(character == "\n" or character.isprintable() for character in text)
    json.loads(text, parse_constant=lambda constant: pytest.fail(f"{constant} is no JSON"))


# Requests at random --------------------------------------------------------------------------------


@settings(max_examples=20, deadline=None)
@given(
    st.sampled_from(OPERATIONS),
    st.fixed_dictionaries({letter: st.integers(1, 4) for letter in SIZES}),
    st.permutations(sorted({*string.ascii_uppercase} - {"L"})),
    st.sampled_from(FORMATS),
)
def test_any_request_comes_out_true(name, sizes, letters, form):
    """At any small sizes and with any names: a page, and no fault in it."""
    signature = registered()[name].signature
    output, *inputs = letters[: len(signature.names)]
    chosen = {letter: sizes[letter] for letter in signature.sizes}
    derivation = derive.derivation(name, names=f"{output} = {' '.join(inputs)}", **chosen)
    assert derivation.verdict.ok, derivation.verdict.faults
    assert derivation.render(form)
