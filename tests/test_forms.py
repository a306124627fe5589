"""The registry of forms, what suits a derivation, what is told beside it, and the numbers of equations."""

from __future__ import annotations

from html import unescape

import pytest

import derive
from derive.companions import companion, product
from derive.errors import DeriveError
from derive.forms import FORMS, Options, form, style
from derive.latex_display import LatexWriter
from derive.notation import NOTATIONS
from derive.numbering import Numbering
from derive.operation import catalogue
from derive.render import template_folder
from derive.suitable import NEEDS, data, is_drawn, is_layer, is_sparse, refuse_unsuited, suits, weight
from tests.references import PARAMETERS, SIZES


def made(operation):
    sizes = {letter: SIZES[letter] for letter in catalogue()[operation].sizes}
    return derive.derivation(operation, **sizes, **PARAMETERS.get(operation, {}))


MATMUL = derive.derivation("matmul", m=2, k=4, n=3)
TOLD = {
    "matmul": MATMUL,
    "W first": derive.derivation("matmul", m=2, k=4, n=3, names="D = W X"),
    "affine": derive.derivation("affine", m=2, k=4, n=3),
    "columns": derive.derivation("affine_columns", m=2, k=4, n=3),
    "hadamard": derive.derivation("hadamard", m=2, n=3),
    "sum": derive.derivation("sum", m=2, n=3),
    "softmax": derive.derivation("softmax", m=2, n=3),
    "tr": derive.derivation("tr", n=2),
}


@pytest.mark.parametrize("name", FORMS)
def test_a_form_has_what_it_names(name):
    each = form(name)
    assert each.notation in NOTATIONS
    assert set(each.needs) <= set(NEEDS)
    assert each.about
    assert style(name) == NOTATIONS[each.notation]
    dresses = {dress for dress in each.formats.values() if dress not in ("json", "notebook")}
    assert all((template_folder() / f"dress.{dress}.jinja").is_file() for dress in dresses)
    assert each.dress(next(iter(each.formats))) == next(iter(each.formats.values()))


def test_html_is_the_standalone_page_unless_a_form_has_its_own():
    assert form("worked").dress("html") == form("worked").dress("standalone") == "html"
    assert form("post").dress("html") == "jekyll"


@pytest.mark.parametrize(("name", "hint"), [("slide", "did you mean 'slides'?"), ("x", "Known: worked, slides")])
def test_an_unknown_form_is_refused(name, hint):
    with pytest.raises(DeriveError, match="unknown template") as error:
        form(name)
    assert hint in str(error.value)


def test_an_unknown_format_is_refused_with_those_that_there_are():
    with pytest.raises(DeriveError, match=r"the form slides has no format 'tex'\. It has: md"):
        form("slides").dress("tex")


@pytest.mark.parametrize(("name", "chosen"), [("depth", "deep"), ("solutions", "maybe")])
def test_an_option_is_one_of_those_known(name, chosen):
    with pytest.raises(DeriveError, match=f"unknown {name} '{chosen}'"):
        Options(**{name: chosen})
    assert Options(depth="short").short
    assert not Options().short


# --- what suits ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "drawn", "sparse", "layer"),
    [
        ("matmul", True, True, True),
        ("W first", True, True, True),
        ("affine", True, True, True),
        ("columns", True, True, True),
        ("hadamard", True, True, False),
        ("sum", False, False, False),
        ("softmax", None, False, False),
        ("tr", False, False, False),
    ],
)
def test_what_a_derivation_is(told, drawn, sparse, layer):
    d = TOLD[told]
    assert drawn is None or is_drawn(d) is drawn
    assert is_sparse(d) is sparse
    assert is_layer(d) is layer


@pytest.mark.parametrize("told", TOLD)
@pytest.mark.parametrize("name", FORMS)
def test_what_does_not_suit_is_refused_with_what_does(name, told):
    d = TOLD[told]
    if suits(form(name), d):
        refuse_unsuited(form(name), d)
        return
    with pytest.raises(DeriveError, match=f"the form {name} does not suit {d.operation}: ") as error:
        refuse_unsuited(form(name), d)
    offered = str(error.value).partition("Forms that suit it: ")[2].rstrip(".").split(", ")
    assert offered == [other for other in FORMS if suits(FORMS[other], d)]
    assert "worked" in offered


@pytest.mark.parametrize(("told", "learned"), [("matmul", "W"), ("W first", "W"), ("affine", "W"), ("columns", "W")])
def test_the_weight_is_what_is_learned(told, learned):
    assert (weight(TOLD[told]).name, data(TOLD[told]).name) == (learned, "X")


def test_without_a_w_the_second_factor_is_learned():
    d = derive.derivation("matmul", m=2, k=4, n=3, names="C = A B")
    assert (weight(d).name, data(d).name) == ("B", "A")


CONDITIONED = ("relu", "log", "div", "inv")


@pytest.mark.parametrize("name", FORMS)
def test_every_form_says_where_its_formulas_hold(name):
    told = [made(operation) for operation in CONDITIONED]
    suited = [d for d in told if suits(FORMS[name], d)]
    assert suited or name == "lecture"
    for d in suited:
        text = unescape(d.render(template=name)).replace(r"\\", "\\")
        w = LatexWriter(d, style(name))
        assert all(w.math(condition) in text for condition in d.domain), d.operation


# --- companions ------------------------------------------------------------------------------------


def test_a_bias_is_a_row_beside_rows_and_a_column_beside_columns():
    assert companion("bias", MATMUL) == ("affine", "Y = X W b", "L", MATMUL.sizes)
    assert companion("bias", TOLD["W first"])[:2] == ("affine_columns", "D = W X b")
    assert companion("bias", TOLD["affine"])[:2] == ("affine", "Y = X W b")
    assert companion("bias", TOLD["columns"])[:2] == ("affine_columns", "Y = W X b")
    assert companion("bias", TOLD["hadamard"]) is None


def test_a_layer_with_a_bias_has_a_product():
    assert product(TOLD["affine"])[:2] == ("matmul", "Y = X W")
    assert product(MATMUL) is None


def test_a_loss_and_an_activation_have_letters_of_their_own():
    operation, names, loss, sizes = companion("mean", MATMUL)
    assert (operation, names, sizes) == ("mean", "L = Y", {"m": 2, "n": 3})
    assert loss != "L"
    operation, names, loss, sizes = companion("sigmoid", MATMUL)
    assert (operation, loss, sizes) == ("sigmoid", "L", {"m": 2, "n": 3})
    assert names.split(" = ")[1] == "Y"
    assert names[0] not in "XWYL"


def test_a_companion_takes_no_name_that_is_taken():
    d = derive.derivation("matmul", m=2, k=4, n=3, names="B = X C")
    assert companion("bias", d)[1].split()[-1] not in ("b", "c")
    crowded = derive.derivation("matmul", m=2, k=4, n=3, names="S = Z H", loss="A")
    with pytest.raises(DeriveError, match="no letter is left"):
        companion("sigmoid", crowded)


@pytest.mark.parametrize("told", ["matmul", "W first", "affine", "columns"])
def test_every_companion_is_a_derivation_that_the_judge_accepts(told):
    for kind in ("bias", "mean", "sigmoid"):
        asked = companion(kind, TOLD[told])
        operation, names, loss, sizes = asked
        assert operation in catalogue()
        assert derive.derivation(operation, names=names, loss=loss, **sizes).verdict.ok


# --- numbers ---------------------------------------------------------------------------------------


def test_equations_are_numbered_in_turn_and_cited_above_only():
    numbers = Numbering()
    assert [numbers.given("a"), numbers.given("b"), numbers.of("a"), numbers.of("b")] == [1, 2, 1, 2]
    with pytest.raises(DeriveError, match="two equations go by the name 'a'"):
        numbers.given("a")
    with pytest.raises(DeriveError, match="no equation above goes by the name 'c'"):
        numbers.of("c")
    assert numbers.given("c") == 3
