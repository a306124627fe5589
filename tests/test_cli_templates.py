"""The list of forms, and what a template may use: that it is all there, and only what is there."""

from __future__ import annotations

import re

import derive
from derive.cli import main
from derive.forms import FORMS
from derive.offer import PARTS, offered


def said(capsys, *arguments):
    assert main(["templates", *arguments]) == 0
    return capsys.readouterr().out


def test_every_form_is_listed_with_its_formats_and_options(capsys):
    text = said(capsys)
    for form in FORMS.values():
        assert form.name in text
        for word in (*form.formats, *form.options, form.notation):
            assert word in text


def test_the_context_is_shown_name_by_name(capsys):
    text = said(capsys, "--show-context")
    shown = re.findall(r"^(\w+): ", text, re.MULTILINE)
    assert shown == [name for name, _, _ in offered()]


def test_what_is_offered_is_there(tmp_path, capsys):
    """Each name of the context is defined in a template, with every attribute that is listed under it."""
    path = tmp_path / "all.md.jinja"
    asked = [(name, row.partition("(")[0]) for name, _, rows in offered() for row, _ in rows]
    parts = {kind.__name__ for kind in PARTS}
    tests = [f"{{{{ {name}.{row} is defined }}}}" for name, row in asked if name not in {*parts, "exercise", "torch"}]
    path.write_text("\n".join(tests) + "\n", "utf-8")
    assert main(["matmul", "--m", "2", "--k", "2", "--n", "2", "--template", str(path), "-o", "-", "-q"]) == 0
    assert set(capsys.readouterr().out.split()) == {"True"}
    assert len(tests) > 100


def test_parts_of_the_derivation_have_what_is_listed():
    d = derive.derivation("matmul", m=2, k=2, n=2)
    found = {
        "Theorem": d.theorems[0],
        "Support": d.theorems[0].support,
        "Calc": d.forward,
        "Worked": d.worked,
        "Example": d.worked.examples[0],
        "General": d.general,
        "Paths": d.paths,
    }
    assert set(found) == {kind.__name__ for kind in PARTS}
    listed = {name: rows for name, _, rows in offered() if name in found}
    for name, rows in listed.items():
        assert rows
        assert all(hasattr(found[name], row) for row, _ in rows)
