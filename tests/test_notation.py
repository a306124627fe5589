"""Each choice of the notation shows in formulas, in LaTeX and in plain text; every style writes every operation."""

from __future__ import annotations

from dataclasses import fields

import pytest

import derive
from derive.errors import DeriveError
from derive.notation import CHOICES, NOTATIONS, Notation
from derive.operation import catalogue
from tests.operations import DERIVED
from tests.references import PARAMETERS, SIZES

SHOWN = {
    "comma": (True, "x_{1,2}", "x_{12}", "x[1,2]", "x₁₂"),
    "differential": ("d", r"\mathrm{d} L", r"\partial L", "dL/d", "∂L/∂"),
    "capital": (True, "X_{12}", "x_{12}", "X₁₂", "x₁₂"),
    "matrix": ("pmatrix", r"\begin{pmatrix}", "bmatrix", "⎝ x", "⎣ x"),
    "product": ("times", r"\times w_{21}", "x_{12} w_{21}", "X × W", "X · W"),
    "transpose": ("T", "W^{T}", r"W^{\top}", None, None),
    "bold": ("mathbf", r"\mathbf{W}", "$W$", None, None),
    "over": (True, r"\overbrace", None, None, None),
}
"""Of each field: a choice, what it writes and what no more, in LaTeX and in plain text, which has not all of them."""


def page(format: str = "md", notation: Notation | str | None = None, **sizes: int) -> str:
    return derive.derivation("matmul", **(sizes or {"m": 2, "k": 3, "n": 2})).render(format, notation=notation)


@pytest.mark.parametrize("name", SHOWN)
def test_a_choice_shows_in_formulas(name):
    chosen, tex, no_tex, plain, no_plain = SHOWN[name]
    notation = Notation(**{name: chosen})
    for format, here, gone in (("md", tex, no_tex), ("txt", plain, no_plain)):
        usual, text = page(format), page(format, notation)
        if here is not None:
            assert here in text
            assert here not in usual
        if gone is not None:
            assert gone in usual
            assert gone not in "".join(text.split("```")[::2])


@pytest.mark.parametrize("name", ["transpose", "bold", "over"])
def test_plain_text_has_one_way_to_write_some(name):
    assert page("txt", Notation(**{name: SHOWN[name][0]})) == page("txt")


def test_every_field_is_shown_here():
    assert {*SHOWN, "full"} == {field.name for field in fields(Notation)}


def test_full_elides_nothing():
    assert r"\cdots" in page(m=2, k=12, n=2)
    assert r"\cdots" not in page(notation=Notation(full=True), m=2, k=12, n=2)


def test_a_comma_comes_by_itself_from_size_ten_on():
    assert "x_{1,2}" not in page(m=2, k=9, n=2)
    assert "x_{1,2}" in page(m=2, k=10, n=2)
    assert "x[1,2]" in page("txt", m=2, k=10, n=2)


def test_a_size_of_letters_takes_the_comma_of_the_notation():
    from derive.latex_display import LatexWriter

    d = derive.derivation("matmul", m=2, k=12, n=2)
    assert r"\frac{\partial L}{\partial x_{pq}}" in page(m=2, k=3, n=2)
    assert "x_{p,q}" in LatexWriter(d, Notation(comma=True)).math(d.theorems[0].entry.goal)


@pytest.mark.parametrize("number", range(5))
def test_a_seed_is_another_name_of_a_style(number):
    style = ("slides", "readme", "indices", "lecture", "post")[number]
    assert Notation.named(f"seed-00{number}") is Notation.named(style)


@pytest.mark.parametrize(
    ("name", "hint"), [("slide", "did you mean 'slides'?"), ("seed-5", "seed-"), ("x", "Known: plain, slides")]
)
def test_an_unknown_style_is_refused_with_a_proposal(name, hint):
    with pytest.raises(DeriveError, match="unknown notation") as error:
        Notation.named(name)
    assert hint in str(error.value)
    with pytest.raises(DeriveError):
        page(notation=name)


@pytest.mark.parametrize("name", [field.name for field in fields(Notation)])
def test_an_unknown_choice_is_refused(name):
    with pytest.raises(DeriveError, match=f"the notation has no {name} 'frak'. Known: "):
        Notation(**{name: "frak"})


STYLES = [name for name in NOTATIONS if not name.startswith("seed")]


@pytest.mark.parametrize("operation", DERIVED)
def test_every_style_writes_every_operation(operation):
    """Brackets close, and what the style leaves out is nowhere in its formulas."""
    sizes = {s: SIZES[s] for s in catalogue()[operation].sizes}
    d = derive.derivation(operation, **sizes, **PARAMETERS.get(operation, {}))
    turn = DERIVED.index(operation)
    for name in (STYLES[turn % len(STYLES)], STYLES[(turn + 2) % len(STYLES)]):
        style = NOTATIONS[name]
        for format in ("md", "tex"):
            text = d.render(format, notation=name)
            for opened, closed in (("{", "}"), (r"\left", r"\right"), (r"\begin{", r"\end{")):
                ended = text.count(closed) - (text.count(r"\rightarrow") if closed == r"\right" else 0)
                assert text.count(opened) - (text.count(r"\leftarrow") if opened == r"\left" else 0) == ended
            other = {"bmatrix": "pmatrix", "pmatrix": "bmatrix"}[style.matrix]
            assert rf"\begin{{{other}}}" not in text
            assert (r"^{T}" if style.transpose == "top" else r"^{\top}") not in text
            assert style.over or r"\overbrace" not in text
            assert (r"\frac{\partial" in text) == (style.differential == "partial")


def test_choices_are_those_of_the_fields():
    assert set(CHOICES) < {field.name for field in fields(Notation)}
    for name, known in CHOICES.items():
        assert getattr(Notation(), name) == known[0]
