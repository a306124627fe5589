"""derive gradient, jacobian and hessian from the outside."""

import json
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from derive.cli import main
from derive.cli_expressions import PROGRAMS
from derive.expressions.expression import neg


def run(*arguments, capsys):
    code = main(list(arguments))
    caught = capsys.readouterr()
    return code, caught.out, caught.err


def test_the_default_prints_formula_steps_and_verdict(capsys):
    code, out, err = run("gradient", "sumsq(A @ x - b)", "--wrt", "x", capsys=capsys)
    assert (code, err) == (0, "")
    assert out.startswith("∂L/∂x = 2 * A.T @ (A @ x - b)\n")
    for part in ("forwards", "backwards to x", "matrix product", "denominator layout", "verified:"):
        assert part in out


def test_numbers_show_at_every_node(capsys):
    arguments = ["gradient", "sum((X @ W)**2)", "--wrt", "X", "--wrt", "W"]
    arguments += ["--at", "X=[[0,1],[2,3]]", "--at", "W=[[1,1],[1,1]]"]
    code, out, _ = run(*arguments, capsys=capsys)
    assert code == 0
    for line in ("52", "[[2, 2], [10, 10]]", "[[4, 4], [20, 20]]", "[[20, 20], [32, 32]]"):
        assert line in out


SHOWN = {
    ("gradient", "sumsq(A @ x)", "x"): "∂L/∂x = 2 * A.T @ A @ x\n      = [[2], [16]] at these numbers",
    ("jacobian", "A @ x**2", "x"): "      = [[2, 0], [0, 8]] at these numbers",
    ("jacobian", "A * sum(x)", "A"): "[[3, 0, 0, 0], [0, 3, 0, 0], [0, 0, 3, 0], [0, 0, 0, 3]] at these numbers",
    ("hessian", "sum(A @ x**3)", "x"): "        = [[6, 0], [0, 24]] at these numbers",
}


@pytest.mark.parametrize("question", SHOWN, ids=lambda question: question[0])
def test_every_derivative_is_told_in_numbers(question, capsys):
    kind, expression, wrt = question
    arguments = ["--shape", "A: n,n", "--at", "A=[[1, 0], [0, 2]]", "--at", "x=[1, 2]"]
    code, out, err = run(kind, expression, "--wrt", wrt, *arguments, capsys=capsys)
    assert (code, err) == (0, "")
    assert SHOWN[question] in out


def test_numbers_may_belong_to_what_drops_out(capsys):
    arguments = ["--at", "x=[1,2]", "--at", "b=[1]"]
    for form in ([], ["--format", "md"], ["--format", "json"]):
        code, _, err = run("hessian", "sumsq(x) + sum(b)", "--wrt", "x", *arguments, *form, capsys=capsys)
        assert (code, err) == (0, "")


CODES = {
    "numpy": "def gradient(*, A, X, B):\n    return A.T @ B.T\n",
    "torch": "def gradient(*, A, X, B):\n    return A.T @ B.T\n",
    "jax": "def gradient(*, A, X, B):\n    return A.T @ B.T\n",
    "latex": "A^\\top B^\\top\n",
    "formula": "A.T @ B.T\n",
    "sympy": "A.T*B.T\n",
}


@pytest.mark.parametrize("code", PROGRAMS)
def test_code_prints_just_that(code, capsys):
    assert run("gradient", "tr(A @ X @ B)", "--wrt", "X", "--code", code, capsys=capsys) == (0, CODES[code], "")


def test_an_expression_may_begin_with_a_minus(capsys):
    arguments = ["gradient", "-sum(Y * log(softmax(Z)))", "--wrt", "Z", "--shape", "Y: m,n stochastic"]
    assert run(*arguments, "--code", "formula", capsys=capsys)[:2] == (0, "softmax(Z) - Y\n")
    assert run("hessian", "--wrt", "x", "--code", "formula", "-x.T @ A @ x", capsys=capsys)[1] == "-(A + A.T)\n"


def test_an_expression_on_standard_input():
    done = subprocess.run(
        [sys.executable, "-m", "derive", "gradient", "-", "--wrt", "X", "--code", "formula"],
        input="tr(A @ X @ B)\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "A.T @ B.T\n", "")


def test_no_command_for_expressions_imports_sympy():
    script = (
        "import sys; from derive.cli import main; "
        "code = main(['hessian', 'logsumexp(A @ x)', '--wrt', 'x', '-o', '-']); "
        "sys.exit(code or 'sympy' in sys.modules)"
    )
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, env=environment).returncode == 0


def test_the_page_goes_to_a_file_or_to_standard_output(capsys, tmp_path):
    target = tmp_path / "page.md"
    code, out, err = run("jacobian", "exp(A @ x)", "--wrt", "x", "-o", str(target), capsys=capsys)
    assert (code, err) == (0, "")
    assert out == f"∂F/∂x = diag(exp(A @ x)) @ A\nwritten to {target}\n"
    assert target.read_text("utf-8").startswith("# The Jacobian of")
    assert run("jacobian", "exp(A @ x)", "--wrt", "x", "-o", "-", capsys=capsys)[1] == target.read_text("utf-8")
    assert run("jacobian", "exp(A @ x)", "--wrt", "x", "-q", "-o", str(target), capsys=capsys)[1] == ""


def test_a_folder_takes_a_page_for_each_question(capsys, tmp_path):
    folder = tmp_path / "notes/"
    questions = [
        ["hessian", "x.T @ x", "--wrt", "x"],
        ["hessian", "x.T @ x / 2", "--wrt", "x"],
        ["hessian", "x.T @ x", "--wrt", "x", "--shape", "x: 3"],
        ["hessian", "x.T @ x", "--wrt", "x", "--at", "x=[1,2]"],
        ["hessian", "x.T   @ x", "--wrt", "x"],
    ]
    for question in questions:
        assert run(*question, "-o", f"{folder}/", "--format", "tex", capsys=capsys)[0] == 0
    pages = sorted(folder.iterdir())
    assert len(pages) == len(questions) - 1, "spaces make no other question"
    for file in pages:
        assert file.name.startswith("hessian-x-T-x-")
        assert file.read_text("utf-8").startswith("\\documentclass")


def test_json_for_machines(capsys):
    code, out, _ = run("gradient", "logdet(X)", "--wrt", "X", "--format", "json", capsys=capsys)
    data = json.loads(out)
    assert code == 0
    assert data["answers"][0]["formula"] == "inv(X).T"
    assert data["answers"][0]["verified"] is True


def test_shape_and_convention(capsys):
    arguments = ["gradient", "tr(A @ X)", "--wrt", "X", "--shape", "X: n,n symmetric"]
    assert run(*arguments, "--code", "formula", capsys=capsys)[1] == "A.T\n"
    projected = run(*arguments, "--convention", "symmetric-projection", "--code", "formula", capsys=capsys)[1]
    assert projected == "(A + A.T) / 2\n"


WRONG = {
    ("gradient", "tr(A @ X", "--wrt", "X"): "'(' was never closed",
    ("gradient", "trace(X)", "--wrt", "X"): "did you mean 'tr'?",
    ("gradient", "tr(X)", "--wrt", "Y"): "unknown variable 'Y'",
    ("gradient", "A @ x", "--wrt", "x"): "a gradient is that of a scalar",
    ("hessian", "A @ x", "--wrt", "x"): "a Hessian is that of a scalar",
    ("gradient", "tr(X)"): "Missing option '--wrt'",
    ("gradient",): "Missing argument 'EXPR'",
    ("gradient", "tr(X)", "--wrt", "X", "--shape", "X"): "a shape is given like",
    ("gradient", "tr(X)", "--wrt", "X", "--shape", "X:n,n", "--shape", "X:m,m"): "given twice",
    ("gradient", "tr(X)", "--wrt", "X", "--convention", "symmetric-projection"): "is for a variable declared as",
    ("gradient", "tr(X)", "--wrt", "X", "--code", "numpy", "-o", "x.md"): "prints just that",
    ("gradient", "tr(X)", "--wrt", "X", "--at", "X=[[1,2],[3]]"): "rows of different lengths",
    ("gradient", "sum(A @ X)", "--wrt", "X", "--at", "X=[[1]]"): "no numbers are given for A",
    ("gradient", "", "--wrt", "X"): "the expression is empty",
    ("jacobian", "X", "--wrt", "X", "--convention", "free"): "No such option",
}


@pytest.mark.parametrize("arguments", WRONG, ids=lambda arguments: " ".join(arguments))
def test_wrong_input_is_told_in_one_message(arguments, capsys):
    code, out, err = run(*arguments, capsys=capsys)
    assert (code, out) == (2, "")
    assert err.startswith("derive: ")
    assert WRONG[arguments] in err
    assert "Traceback" not in err


def test_what_the_judge_rejects_ends_with_1(capsys, monkeypatch):
    monkeypatch.setattr("derive.expressions.calculus.presented", neg)
    code, out, err = run("gradient", "tr(A @ X)", "--wrt", "X", capsys=capsys)
    assert (code, out) == (1, "")
    assert "the judge rejects" in err


@pytest.mark.parametrize("kind", ["gradient", "jacobian", "hessian"])
def test_help_has_examples(kind):
    from derive.cli import cli

    text = CliRunner().invoke(cli, [kind, "--help"]).output
    assert f'derive {kind} "' in text
