"""The notebook: valid, the same in every run, and its cells find what is false."""

import contextlib
import io
import json
import re
import subprocess
import sys

import pytest

import derive
from derive.errors import DeriveError
from derive.notebook import notebook
from derive.operation import catalogue, registered
from derive.programs import Programs

SOME = ["matmul", "affine", "inv", "logdet", "scale", "log", "abs", "step", "softmax", "kron", "vec", "det", "norm2"]


def made(name, numbers=(2, 4, 3, 2), **options):
    letters = catalogue()[name].sizes
    numbers = (3,) if letters == ("n",) else numbers
    return derive.derivation(name, **dict(zip(letters, numbers, strict=False)), **registered()[name].sample, **options)


def cells(name, numbers=(2, 4, 3, 2), **options):
    return json.loads(made(name, numbers).render(template="notebook", **options))["cells"]


def programs(found):
    return ["".join(cell["source"]) for cell in found if cell["cell_type"] == "code"]


def run(sources):
    """What the cells print, one after the other in the same namespace."""
    printed, names = [], {}
    for source in sources:
        with contextlib.redirect_stdout(io.StringIO()) as output:
            exec(compile(source, "<cell>", "exec"), names)
        printed.append(output.getvalue())
    return printed


@pytest.mark.parametrize("name", SOME)
def test_every_cell_runs_and_every_check_prints_lines(name):
    sources = programs(cells(name))
    for source, printed in zip(sources, run(sources), strict=True):
        lines = printed.splitlines()
        checks = len(re.findall(r"^(?:show_\w+|print)\(", source, re.MULTILINE))
        assert len(lines) == checks or "import torch" in source
        assert all(
            re.search(r"relative error \d|all \d+ entries|shape|one number|not installed", line) for line in lines
        )


def test_the_cells_need_no_more_than_numpy_and_sympy():
    sources = programs(cells("matmul"))
    modules = set(re.findall(r"^\s*(?:import|from) (\w+)", "\n".join(sources), re.MULTILINE))
    assert modules == {"numpy", "sympy", "random", "torch"}
    blocked = "import sys; sys.modules.update(derive=None, torch=None)\n"
    done = subprocess.run([sys.executable, "-c", blocked + "\n".join(sources)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "PyTorch is not installed: nothing is compared here"


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("dX = dY @ W.T", "dX = 2 * dY @ W.T", "dX against slopes"),
        ("dW = X.T @ dY", "dW = X.T @ dY * 1.001", "dW against slopes"),
        ("dY[p, j] * W[q, j]", "dY[p, j] * W[j, q]", "out of bounds|dX against its sums"),
        ("dY[0, 2] * W[1, 2],", "dY[0, 1] * W[1, 2],", "dX by sympy: the entries differ"),
        ("X[0, 3] * W[3, 1],", "X[0, 3] * W[3, 0],", "Y against its entries"),
        ("dW = X.T @ dY", "dW = dY.T @ X", "does not have the shape"),
    ],
)
def test_what_is_wrong_is_found(right, wrong, message):
    """At sizes that are pairwise different."""
    sources = [source.replace(right, wrong, 1) for source in programs(cells("matmul"))]
    assert sources != programs(cells("matmul"))
    with pytest.raises((AssertionError, IndexError), match=message):
        run(sources)


@pytest.mark.parametrize("numbers", [(1, 1, 1), (2, 2, 2), (12, 11, 13)])
def test_it_runs_at_any_size(numbers):
    found = cells("affine", numbers)
    small = max(numbers) < 10
    assert ("sp.Matrix([" in str(found)) == small
    assert ("too large to be written out as code" in str(found)) != small
    assert len(run(programs(found))) == (11 if small else 7)


def test_it_is_a_notebook_of_format_4():
    text = made("matmul").render("ipynb", template="notebook")
    read = json.loads(text)
    assert (read["nbformat"], read["nbformat_minor"]) == (4, 5)
    assert read["metadata"]["kernelspec"]["name"] == "python3"
    ids = [cell["id"] for cell in read["cells"]]
    assert len(set(ids)) == len(ids)
    assert text == made("matmul").render(template="notebook")
    for cell in read["cells"]:
        assert cell["metadata"] == {}
        assert "".join(cell["source"]).strip() == "".join(cell["source"])
        if cell["cell_type"] == "code":
            assert (cell["outputs"], cell["execution_count"]) == ([], None)


def test_nbformat_takes_it():
    nbformat = pytest.importorskip("nbformat")
    for name in SOME:
        nbformat.validate(nbformat.reads(made(name).render(template="notebook"), as_version=4))


def test_a_cell_is_what_stands_between_markers():
    read = json.loads(notebook("\fmarkdown\n\n# T\n\n\n\ntext\n\fcode\n\n\fcode\nx = 1\n\n\ny = 2\n"))
    assert ["".join(cell["source"]) for cell in read["cells"]] == ["# T\n\ntext", "x = 1\n\n\ny = 2"]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ("Y = sum W", "sum has a meaning in Python"),
        ("np1 = X sp", "sp has a meaning in Python"),
        ("torch = X W", "the name torch is already that of PyTorch"),
        ("Y = X print", "the name print is already that of Python"),
    ],
)
def test_names_that_python_needs_are_refused(names, said):
    with pytest.raises(DeriveError, match=said):
        derive.derivation("matmul", m=2, k=4, n=3, names=names).render(template="notebook")


def test_other_names_run():
    d = derive.derivation("affine", m=2, k=4, n=3, names="Out = W1 Xab t", loss="E")
    run(programs(json.loads(d.render(template="notebook"))["cells"]))


def test_the_numbers_satisfy_the_conditions():
    assert "X = np.abs(random_matrix(m, n))" in Programs(made("log")).setup
    assert "X = random_matrix(n, n) + 2 * n * np.eye(n)" in Programs(made("inv")).setup
    assert "positive=True" in Programs(made("sqrt")).symbols
    assert "real=True" in Programs(made("abs")).symbols


def test_short_is_shorter_and_tests_the_same():
    full, short = cells("matmul"), cells("matmul", depth="short")
    assert programs(full) == programs(short)
    assert len(str(short)) < 0.9 * len(str(full))
