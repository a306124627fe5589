"""The flags of documents: each changes what it says, and nothing is silently passed over."""

from __future__ import annotations

import pytest

from derive.cli import main
from derive.cli_document import OF_NOTATION, asked, document_options
from derive.forms import FORMS
from derive.notation import NOTATIONS, Notation

USUAL = {
    "template": "worked",
    "notation": None,
    "full": False,
    "language": "en",
    "depth": "full",
    "solutions": "yes",
    "seed": None,
    "date": "",
    "numbers": (),
    "numbered": None,
    **dict.fromkeys(OF_NOTATION),
}


@pytest.fixture
def page(capsys):
    def page(*flags, sizes=("--m", "2", "--k", "3", "--n", "2")):
        assert main(["matmul", *sizes, "-q", "-o", "-", *flags]) == 0
        return capsys.readouterr().out

    return page


@pytest.mark.parametrize(
    ("flags", "here", "gone"),
    [
        (["--comma"], "x_{1,2}", "x_{12}"),
        (["--differential", "d"], r"\frac{\mathrm{d} L}", r"\frac{\partial L}"),
        (["--bold", "mathbf"], r"\mathbf{W}", None),
        (["--bold", "boldsymbol"], r"\boldsymbol{W}", None),
        (["--capital"], "X_{12}", "x_{12}"),
        (["--matrix", "pmatrix"], "pmatrix", "bmatrix"),
        (["--product", "dot"], r"\cdot", None),
        (["--transpose", "T"], "W^{T}", r"W^{\top}"),
        (["--over"], r"\overbrace", None),
        (["--notation", "lecture"], "pmatrix", "bmatrix"),
        (["--notation", "seed-003", "--no-comma"], "pmatrix", None),
        (["--format", "txt"], "Xᵀ", "$"),
        (["--template", "readme"], "```math", None),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, list) else None,
)
def test_a_flag_changes_what_it_says(flags, here, gone, page):
    usual, text = page(), page(*flags)
    assert here in text
    assert here not in usual or flags == ["--product", "dot"]
    assert gone is None or (gone in usual and gone not in text)


def test_a_flag_takes_back_what_the_style_chose(page):
    styled = ("--notation", "lecture")
    assert "x_{1,2}" in page(*styled)
    assert "x_{1,2}" not in page(*styled, "--no-comma")


def test_full_elides_nothing(page):
    sizes = ("--m", "2", "--k", "12", "--n", "2")
    assert r"\cdots" in page(sizes=sizes)
    assert r"\cdots" not in page("--full", sizes=sizes)


def test_flags_come_before_the_style_and_the_style_before_the_form():
    assert asked({**USUAL, "template": "lecture"})["notation"] == NOTATIONS["lecture"]
    assert asked({**USUAL, "template": "lecture", "notation": "post"})["notation"] == NOTATIONS["post"]
    told = asked({**USUAL, "template": "lecture", "notation": "post", "bold": "mathbf", "comma": True})["notation"]
    assert told == Notation(bold="mathbf", comma=True, transpose="T")
    assert asked({**USUAL, "template": "mine.md.jinja"})["notation"] == Notation()


def test_numbering_is_the_forms_own_unless_told():
    assert "numbered" not in asked(dict(USUAL))
    assert asked({**USUAL, "numbered": True})["numbered"] is True
    assert asked({**USUAL, "numbered": False})["numbered"] is False


def test_what_is_asked_is_taken_out():
    options = {**USUAL, "m": 2}
    asked(options)
    assert options == {"m": 2}


def test_numbers_are_read():
    found = asked({**USUAL, "numbers": ("X=[[0,1],[2,3]]",), "seed": 7})
    assert found["seed"] == 7
    assert found["numbers"]["X"].tolist() == [[0, 1], [2, 3]]


def test_every_flag_has_a_sentence_of_help():
    assert all(option.help.endswith((".", "]")) for option in document_options())
    [template] = [option for option in document_options() if option.name == "template"]
    assert all(name in template.help for name in FORMS)


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--notation", "slide"], "slide"),
        (["--bold", "frak"], "frak"),
        (["--template", "slide"], "did you mean 'slides'?"),
        (["--template", "slides", "--format", "tex"], "the form slides has no format 'tex'"),
        (["--language", "xx"], "unknown language 'xx'"),
        (["--numbers", "X"], "X"),
        (["--depth", "deep"], "deep"),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, list) else None,
)
def test_what_is_unknown_is_refused(flags, said, capsys):
    assert main(["matmul", "--m", "2", "--k", "2", "--n", "2", "-q", "-o", "-", *flags]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert said in printed.err
    assert "Traceback" not in printed.err
