"""Signatures, the catalogue, and what a new file in ops/ needs: nothing else."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import derive.ops  # noqa: F401 - registers the operations
from derive.errors import DeriveError
from derive.operation import NAME, Operand, Signature, catalogue, named, operation, registered, unknown

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize(
    ("text", "sizes", "names", "terms"),
    [
        ("X[m,k], W[k,n] -> Y[m,n]", ("m", "k", "n"), ("Y", "X", "W"), 24 * 3),
        ("X[m,n] -> Y[n,m]", ("m", "n"), ("Y", "X"), 6 * 2),
        ("X[m,n], b[1,n] -> Y[m,n]", ("m", "n"), ("Y", "X", "b"), 6 * 3),
        ("  A1[ m , m ],B2[m,m]->C[m,m]", ("m",), ("C", "A1", "B2"), 8 * 3),
        ("x[1,n], w[n,1] -> y[1,1]", ("n",), ("y", "x", "w"), 3 * 3),
    ],
)
def test_a_signature_is_read(text, sizes, names, terms):
    signature = Signature.parse("f", "A title.\n\nMore.", text)
    assert (signature.sizes, signature.names, signature.title) == (sizes, names, "A title")
    assert (
        signature.terms({"m": 2, "n": 3, "k": 4} if len(sizes) == 3 else {s: {"m": 2, "n": 3}[s] for s in sizes})
        == terms
    )
    assert Signature.parse("f", "A title.", str(signature)) == signature


@pytest.mark.parametrize(
    "text",
    [
        "X[m,n]",
        "",
        "->",
        "-> Y[m,n]",
        "X[m,n] ->",
        "X[m,n], -> Y[m,n]",
        "X[m] -> Y[m,n]",
        "X[m,n,k] -> Y[m,n]",
        "X(m,n) -> Y[m,n]",
        "X -> Y[m,n]",
        "[m,n] -> Y[m,n]",
        "1X[m,n] -> Y[m,n]",
        "X[m,n] W[m,n] -> Y[m,n]",
        "X[m,n] -> Y[m,n], Z[m,n]",
        "X[m,n] -> Y[m,n] -> Z[m,n]",
    ],
)
def test_a_malformed_signature_is_refused(text):
    with pytest.raises(ValueError, match=r"operand of the form|has an arrow"):
        Signature.parse("f", "A title.", text)


@pytest.mark.parametrize(
    "text",
    [
        "X[m,n] -> Y[m,k]",  # nothing tells the size k
        "X[m,n], X[m,n] -> Y[m,n]",  # two matrices of one name
        "X[m,n], x[m,n] -> Y[m,n]",  # two matrices whose entries are written alike
        "X[0,n] -> Y[1,n]",  # a matrix without entries
    ],
)
def test_a_signature_that_no_operation_can_have_is_refused(text):
    """Its author should hear of it when the file is loaded, not from a failure in the middle of a derivation."""
    with pytest.raises(ValueError, match=r"\w"):
        Signature.parse("f", "A title.", text)


def test_an_operand_names_its_shape():
    assert Operand.parse(" X[m, 1]") == Operand("X", "m", "1")


@pytest.mark.parametrize(("name", "fits"), [("X", True), ("W1", True), ("Xhat", True), ("X_1", False), ("1X", False)])
def test_names_are_a_letter_and_letters_or_digits(name, fits):
    assert bool(NAME.fullmatch(name)) is fits


def test_the_catalogue_is_what_the_files_register():
    assert catalogue() == {name: made.signature for name, made in registered().items()}
    assert list(catalogue()) == sorted(catalogue())


def test_every_operation_has_its_own_file_and_a_title():
    files = {file.stem for file in (ROOT / "derive/ops").glob("[!_]*.py")}
    assert files == set(registered())
    for name, made in registered().items():
        assert made.signature.title != name, f"{name} has no docstring"


def test_an_operation_can_be_made_without_being_registered():
    @operation("X[m,n] -> Y[m,n]", register=False)
    def thrice(X, i, j):
        return 3 * X[i, j]

    assert thrice.signature.title == "thrice"
    assert "thrice" not in registered()
    with pytest.raises(DeriveError, match="unknown operation 'thrice'"):
        named("thrice")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("matmull", "did you mean 'matmul'?"),
        ("Matmul", "did you mean 'matmul'?"),
        ("transpos", "'transpose'?"),
        ("zzz", "."),
    ],
)
def test_an_unknown_name_proposes_the_nearest(name, hint):
    with pytest.raises(DeriveError) as error:
        named(name)
    assert hint in str(error.value)
    assert "Known: abs, add, affine, affine_columns, bias" in str(error.value)
    assert str(error.value).count("\n") == 0


def test_unknown_says_what_is_unknown():
    assert unknown("input", "Q", ["X"]) == "unknown input 'Q'. Known: X."


@pytest.fixture
def package(tmp_path):
    """A copy of the package, to change operations in, and a way to run it."""
    shutil.copytree(ROOT / "derive", tmp_path / "derive", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "templates", tmp_path / "templates")

    def run(*arguments):
        environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
        done = subprocess.run(
            [sys.executable, "-m", "derive", *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            encoding="utf-8",
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    run.ops = tmp_path / "derive/ops"
    return run


DOUBLE = '''
from derive.operation import operation


@operation("X[m,n] -> Y[m,n]")
def double(X, i, j):
    """Twice a matrix.

    y_ij = 2 x_ij.
    """
    return 2 * X[i, j]
'''


def test_a_new_file_needs_nothing_else(package):
    (package.ops / "double.py").write_text(DOUBLE, "utf-8")
    page = package("double", "--m", "2", "--n", "2", "-o", "-")
    assert page.startswith("# Twice a matrix")
    assert r"\frac{\partial L}{\partial X} = 2 \, \frac{\partial L}{\partial Y}" in page
    assert "dX = 2 * (dY)" in page or "dX = 2 * dY" in page


def test_a_new_file_is_listed(package):
    (package.ops / "double.py").write_text(DOUBLE, "utf-8")
    assert "double" in package("ops")


def test_a_new_file_is_in_the_help(package):
    (package.ops / "double.py").write_text(DOUBLE, "utf-8")
    assert re.search("double +Twice a matrix: X\\[m,n\\] -> Y\\[m,n\\]", package("--help"))
    assert "--n N" in package("double", "--help")


def test_a_new_file_may_hold_other_functions(package):
    """What is no operation in it is passed over."""
    other = "from functools import lru_cache\n\n\n@lru_cache(maxsize=None)\ndef two():\n    return 2\n"
    (package.ops / "double.py").write_text(other + DOUBLE.replace("2 * X", "two() * X"), "utf-8")
    assert re.search("double +Twice a matrix", package("--help"))


def test_the_page_follows_the_formula(package):
    """Nothing of matmul's page stands anywhere but in its element formula."""
    source = (package.ops / "matmul.py").read_text("utf-8")
    changed = source.replace("W[k,n]", "W[n,k]").replace("W[t, j]", "W[j, t]")
    assert changed.count("W[n,k]") == changed.count("W[j, t]") == 1
    (package.ops / "matmul.py").write_text(changed, "utf-8")
    page = package("matmul", "--m", "2", "--k", "4", "--n", "3", "-o", "-", "--format", "txt")
    assert "Y = X · Wᵀ" in page
    assert "∂L/∂X = ∂L/∂Y · W\n" in page
    assert "∂L/∂W = (∂L/∂Y)ᵀ · X\n" in page
    assert "Xᵀ" not in page
    assert "dX = dY @ W\n" in page
    assert "dW = dY.T @ X\n" in page
