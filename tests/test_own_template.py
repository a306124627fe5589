"""A template of the reader's own: in every format, around the page that there is, and each mistake in a sentence."""

from __future__ import annotations

import pytest

from derive.cli import main

SIZES = ["--m", "2", "--k", "2", "--n", "2"]


@pytest.fixture
def run(capsys):
    def run(path, *more):
        code = main(["matmul", *SIZES, "--template", str(path), "-q", "-o", "-", *more])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


@pytest.mark.parametrize(
    ("format", "wanted"),
    [("md", r"$Y = X W$"), ("tex", r"$Y = X W$"), ("html", "<math"), ("txt", "Y = X · W")],
)
def test_a_template_is_dressed_by_its_name(format, wanted, tmp_path, run):
    path = tmp_path / f"mine.{format}.jinja"
    path.write_text("Here is {{ dress.math(w.equation(d.output, d.matrix)) }} of {{ d.title }}.\n", "utf-8")
    code, out, err = run(path)
    assert (code, err) == (0, "")
    assert out.startswith("Here is ")
    assert wanted in out
    assert out.endswith(" of Matrix product.\n")


@pytest.mark.parametrize("format", ["md", "txt", "tex"])
def test_a_template_holds_the_worked_page(format, tmp_path, run):
    path = tmp_path / f"mine.{format}.jinja"
    path.write_text('Before.\n\n{% include "worked.jinja" %}\n\nAfter.\n', "utf-8")
    code, out, _ = run(path)
    assert code == 0
    assert out.startswith("Before.")
    assert out.endswith("After.\n")
    assert len(out.splitlines()) > 100


def test_a_template_writes_a_file_named_by_it(tmp_path, monkeypatch, capsys):
    path = tmp_path / "mine.md.jinja"
    path.write_text("{{ d.title }}\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["matmul", *SIZES, "--template", str(path), "-q"]) == 0
    assert (tmp_path / "output" / "matmul-2x2x2-mine.md").read_text("utf-8") == "Matrix product\n"
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.md.jinja", "{{ nothing }}", "the template a.md.jinja: 'nothing' is undefined."),
        ("a.md.jinja", "one\ntwo\n{% for %}\n", "the template a.md.jinja, line 3: "),
        ("a.md.jinja", "{% include 'none.jinja' %}", "the template a.md.jinja: there is no template 'none.jinja'."),
        ("a.jinja", "x", "the name of a template tells its format, as in mine.md.jinja; 'a.jinja' does not."),
        ("a.doc.jinja", "x", "the name of a template tells its format, as in mine.md.jinja; 'a.doc.jinja' does not."),
        ("a.md.jinja", None, "cannot read the template "),
        ("a.md.jinja", b"\xff\xfe\x00", "it is no text in UTF-8."),
        ("a.md.jinja", "folder", "cannot read the template "),
        ("a.md", "x", "unknown template"),
    ],
)
def test_a_mistake_is_told_in_a_sentence(name, text, said, tmp_path, run):
    path = tmp_path / name
    if text == "folder":
        path.mkdir()
    elif text is not None:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    code, out, err = run(path)
    assert (code, out) == (2, "")
    assert err.startswith("derive: ")
    assert said in err
    assert err.count("\n") == 1
