"""The sandbox: a template that anybody may write reads the derivation, and reaches, runs and changes nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

import derive
from derive.cli import main
from derive.environment import OF_FORMULAS, environment, template_folder
from derive.errors import DeriveError

PYTHON = "__import__('pathlib').Path('{mark}').touch()"
"""What sympy would run, if it were given it for a formula."""

ESCAPES = {
    "a method of a formula": '{{ d.loss.subs("PYTHON", 1) }}',
    "a method of a matrix": '{{ d.output.func("PYTHON", 1, 1) }}',
    "a class that a module imports": '{{ suitable.MatMul("PYTHON") }}',
    "what a module imports": "{{ suitable.FORMS }}",
    "a power of a grid": '{{ d.worked.output.steps[0].result ** "PYTHON" }}',
    "a product with a grid": '{{ "PYTHON" * d.worked.output.steps[0].result }}',
    "a sum with a matrix": '{{ d.output + "PYTHON" }}',
    "an entry by a text": '{{ d.output["PYTHON", 1] }}',
    "an entry of a grid by a text": '{{ d.worked.output.steps[0].result["PYTHON", 0] }}',
    "an entry of a pattern by a text": '{{ d.general.inputs[0].steps[0].result["PYTHON", 0] }}',
    "a comparison": '{{ d.loss < "PYTHON" }}',
    "a formula called": '{{ d.matrix("PYTHON") }}',
    "a method by a filter": '{{ (d.loss|attr("subs"))("PYTHON", 1) }}',
    "a method by its name": '{{ d.loss["subs"]("PYTHON", 1) }}',
    "a method of each": '{{ ([d.loss]|map(attribute="subs")|list)[0]("PYTHON", 1) }}',
    "the classes": "{{ ''.__class__.__mro__ }}",
    "the classes, by a filter": "{{ d|attr('__class__') }}",
    "the classes, by a format": "{{ '{0.__class__.__mro__}'.format(d) }}",
    "the globals of a method": "{{ w.math.__globals__ }}",
    "the globals of a module's function": "{{ suitable.weight.__globals__ }}",
    "the globals of cycler": "{{ cycler.__init__.__globals__ }}",
    "the globals of lipsum": "{{ lipsum.__globals__ }}",
    "the globals of namespace": "{{ namespace.__init__.__globals__ }}",
    "a file": "{% include '/etc/passwd' %}",
    "a file above": "{% include '../pyproject.toml' %}",
    "another page": "{{ d.render(template='a.md.jinja') }}",
    "the sizes, changed": "{% do d.sizes.update(m=3) %}{{ w.assignments(d.sizes) }}",
    "a size, taken out": "{{ d.sizes.pop('m') }}",
    "the findings, changed": "{{ verdict.findings.append(1) }}",
}

FAILURES = {
    "a loop without end": "{% for i in range(10**9) %}{% endfor %}",
    "a text without end": "{{ 'a' * 10**10 }}",
    "a list without end": "{{ [1] * 10**10 }}",
    "a number without end": "{{ 7 ** (10 ** 9) }}",
    "a macro that calls itself": "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
    "a template that includes itself": "{% extends 'nothing' %}",
    "a quotient by 0": "{{ 1/0 }}",
    "an index beyond the end": "{{ d.theorems[99].gradient }}",
    "a number for a formula": "{{ w.math(3) }}",
    "too many arguments": "{{ w.math(1, 2, 3) }}",
    "an unknown name": "{{ nothing }}",
    "an unknown attribute": "{{ d.nothing }}",
    "an unknown sentence": "{{ say('nothing') }}",
    "an unknown equation": "{{ eq.of('nothing') }}",
    "what is no sum": "{{ d + 1 }}",
}


def filled(folder: Path, text: str) -> str:
    path = folder / "a.md.jinja"
    path.write_text(text, "utf-8")
    return derive.derivation("matmul", m=2, k=2, n=2).render("md", template=str(path))


@pytest.mark.parametrize("name", ESCAPES)
def test_a_template_does_not_get_out(name, tmp_path):
    mark = tmp_path / "mark"
    with pytest.raises(DeriveError, match=r"^the template a\.md\.jinja"):
        filled(tmp_path, ESCAPES[name].replace("PYTHON", PYTHON.format(mark=mark)))
    assert not mark.exists()


@pytest.mark.parametrize("name", FAILURES)
def test_a_template_that_fails_is_told_in_a_sentence(name, tmp_path):
    with pytest.raises(DeriveError) as error:
        filled(tmp_path, FAILURES[name])
    assert str(error.value).endswith(".")
    assert not str(error.value).endswith("..")


@pytest.mark.parametrize("text", [ESCAPES["the classes"], ESCAPES["a file"], FAILURES["a macro that calls itself"]])
def test_the_command_line_says_it_without_a_traceback(text, tmp_path, capsys):
    path = tmp_path / "x.md.jinja"
    path.write_text(text, "utf-8")
    code = main(["matmul", "--m", "2", "--k", "2", "--n", "2", "--template", str(path), "-o", "-"])
    printed = capsys.readouterr()
    assert (code, printed.out) == (2, "")
    assert printed.err.startswith("derive: the template x.md.jinja: ")
    assert printed.err.count("\n") == 1


def test_what_is_equal_is_compared_and_not_read(tmp_path):
    mark = tmp_path / "mark"
    assert filled(tmp_path, f'{{{{ d.loss == "{PYTHON.format(mark=mark)}" }}}}') == "False\n"
    assert not mark.exists()


def test_a_template_may_ask_a_formula_for_these(tmp_path):
    asked = [
        "d.output.name",
        "d.output.shape",
        "d.output.T",
        "d.theorems[0].gradient.wrt",
        "d.upstream.loss",
        "d.output[0, 1]",
    ]
    assert filled(tmp_path, " ".join(f"{{{{ {one} }}}}" for one in asked)) == "Y (m, n) Y.T X L Y[0, 1]\n"
    assert {"subs", "func", "evalf", "replace", "doit"} & OF_FORMULAS == set()


def test_lists_and_small_arithmetic_are_free(tmp_path):
    text = "{% set found = [] %}{% for i in range(3) %}{% do found.append('a' * i + 'b') %}{% endfor %}"
    text += "{{ found|join(' ') }} {{ 2**10 }}"
    assert filled(tmp_path, text) == "b ab aab 1024\n"


def test_the_templates_are_found():
    assert (template_folder() / "worked.jinja").is_file()
    assert environment() is environment()
