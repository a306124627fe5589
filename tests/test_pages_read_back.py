"""What a page says is true: every formula on it is read back from its LaTeX by an independent reader.

The reader (``reading/``) knows nothing of the program.  It is told the definition of the operation, which
stands here as a function of nested lists, and the names and sizes that were asked for.  The first half of
this file reads pages and finds them true; the second half plants errors in the text of true pages, and
finds every one of them, so that the first half means something.
"""

import ast
import re
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice, product
from pathlib import Path

import pytest

import derive
from derive.cli import main
from tests import reading
from tests.reading import Given, displays, examined, read_back

# ------------------------------------------------------------------------------------------------
# The operations, written down a second time


def matmul(X, W):
    return [[sum(a * b for a, b in zip(row, column, strict=True)) for column in zip(*W, strict=True)] for row in X]


def hadamard(X, W):
    return [[a * b for a, b in zip(*rows, strict=True)] for rows in zip(X, W, strict=True)]


def transpose(X):
    return [list(column) for column in zip(*X, strict=True)]


def bias(X, b):
    return [[x + y for x, y in zip(row, b[0], strict=True)] for row in X]


@dataclass(frozen=True)
class Case:
    """A derivation to ask for."""

    operation: str
    sizes: tuple[int, ...]
    names: str | None = None
    loss: str = "L"
    entries: tuple[tuple[str, tuple[int, int]], ...] = ()

    @property
    def lengths(self):
        return dict(zip(LETTERS[self.operation], self.sizes, strict=True))

    @property
    def matrices(self):
        return (self.names or DEFAULT[self.operation]).replace("=", " ").split()

    def __str__(self):
        return " ".join([self.operation, "x".join(map(str, self.sizes)), *([self.names] if self.names else [])])


DEFINITION = {"matmul": matmul, "hadamard": hadamard, "transpose": transpose, "bias": bias}
DEFAULT = {"matmul": "Y = X W", "hadamard": "Y = X W", "transpose": "Y = X", "bias": "Y = X b"}
SHAPES = {
    "matmul": ("mn", "mk", "kn"),
    "hadamard": ("mn", "mn", "mn"),
    "transpose": ("nm", "mn"),
    "bias": ("mn", "mn", "1n"),
}
LETTERS = {"matmul": "mkn", "hadamard": "mn", "transpose": "mn", "bias": "mn"}
LONG = {"matmul": "Out = W1 Xab", "hadamard": "Z = A1 A2", "transpose": "T = Q9", "bias": "Z1 = Zz B"}
SMALL = {"matmul": "K = i p", "hadamard": "t = i j", "transpose": "p = j", "bias": "z = a c"}
SIZES = [(1, 1, 1), (2, 2, 2), (2, 4, 3), (3, 1, 2), (1, 3, 4), (5, 2, 7), (12, 11, 13)]


def given(case):
    """All that the reader is told."""
    output, *inputs = zip(case.matrices, map(tuple, SHAPES[case.operation]), strict=True)
    return Given(DEFINITION[case.operation], tuple(inputs), output, case.loss, tuple(case.lengths.items()))


@cache
def derived(case):
    options = {"names": case.names, "loss": case.loss, "entries": dict(case.entries)}
    return derive.derivation(case.operation, **options, **case.lengths)


@cache
def page(case, form="md", full=False):
    return derived(case).render(form, full=full)


def renamed(case, names, loss):
    """With other names, and worked out for the first entry of the first input and the last of the second."""
    case = replace(case, names=names[case.operation], loss=loss)
    _, first, *second = case.matrices
    corners = [(name, (size(case, name, 0), size(case, name, 1))) for name in second]
    return replace(case, entries=((first, (1, 1)), *corners))


def size(case, name, axis):
    """The number of rows or columns of a matrix."""
    shape = SHAPES[case.operation][case.matrices.index(name)]
    return {"1": 1, **case.lengths}[shape[axis]]


def pages():
    """The pages to read: plain, with other names, and with all dots written out where there are any."""
    for operation, triple in product(DEFINITION, SIZES):
        sizes = triple if operation == "matmul" else (triple[0], triple[2])
        plain = Case(operation, sizes)
        yield from ((plain, "md", False), (renamed(plain, LONG, "J2"), "tex", False))
        if triple in ((2, 4, 3), (5, 2, 7)):
            yield renamed(plain, SMALL, "E"), "md", False
        if max(sizes) > 4:
            yield plain, "md", True


# ------------------------------------------------------------------------------------------------
# The pages are true


@pytest.mark.parametrize(("case", "form", "full"), [*pages()], ids=str)
def test_every_formula_on_the_page_is_read_and_true(case, form, full):
    """And there is enough of it: every sign of equality counts, and all that a derivation needs is there."""
    text, told = page(case, form, full), given(case)
    report = read_back(text, form, told)
    assert report.faults == []
    assert report.signs == signs_of_equality(text, form)
    elided = r"\cdots" in text or r"\vdots" in text
    assert not (full and elided)
    cells = {name: told_cells(case, name) for name in case.matrices}
    output, *inputs = case.matrices
    for name in inputs:
        assert report.goals["local entry", name] == cells[output] or elided
        assert report.goals["gradient entry", name] == report.goals["local proof", name] == 1
        assert report.goals["gradient proof", name] == 2
        assert report.goals["gradient", name] == 5
        assert report.claims["lists"] == len(report.examples) == len(inputs)
        assert case.entries == () or report.examples[name] == asked(case, name)
    assert report.goals["definition", output] == 1
    assert report.claims["code"] == len(case.matrices) + 1
    assert report.claims["sizes"] == 3
    assert report.claims["shapes"] == report.claims["notation"] == 2 * len(case.matrices)
    assert report.claims["paths"] > 2 * len(inputs)
    assert report.claims["braces"] == text.count(r"\underbrace")
    # All entries: each in its own matrix and its gradient's, the sums in the output's and the gradients', and
    # the lists.  For all sizes: every value of all indices, in two lines of a proof or more.
    written = sum(cells.values()) * 2 + sum(cells[name] for name in inputs) + len(inputs) * cells[output]
    proofs = sum(count(told, output, at) * count(told, name, at) for name in inputs for at in told.general)
    assert report.compared >= 2 * proofs + (0 if elided else written)


def signs_of_equality(text, form):
    """Those in formulas, without the i=1 under a sum."""
    if form == "tex":
        text = text[text.index(r"\title") :]
    text = re.sub(r"```.*?```|\\begin\{verbatim\}.*?\\end\{verbatim\}", "", text, flags=re.DOTALL)
    return len(re.findall("=", re.sub(r"_\{\w=1\}", "", text)))


def told_cells(case, name):
    return count(given(case), name, tuple(case.lengths.items()))


def count(told, name, sizes):
    """The number of entries of a matrix."""
    rows, columns = ({"1": 1, **dict(sizes)}[letter] for letter in told.shapes[name])
    return rows * columns


def asked(case, name):
    """The indices of the entry that was asked for, as they are written."""
    row, column = dict(case.entries)[name]
    return (column,) if given(case).shapes[name][0] == "1" else (row, column)


@pytest.mark.parametrize("form", ["md", "tex"])
def test_a_file_from_the_command_line_is_true(form, tmp_path, capsys):
    """The file itself, not a string that was on its way to it."""
    case = Case("matmul", (2, 4, 3), "C = A B", "J", (("A", (1, 3)), ("B", (4, 1))))
    path = tmp_path / f"page.{form}"
    arguments = ["matmul", "--m", "2", "--k", "4", "--n", "3", "--names", "C = A B", "--loss", "J"]
    assert main([*arguments, "--entry", "A=1,3", "--entry", "B=4,1", "-o", str(path)]) in (0, None)
    text = path.read_text(encoding="utf-8")
    report = read_back(text, form, given(case))
    assert report.faults == []
    assert report.examples == {"A": (1, 3), "B": (4, 1)}
    assert report.signs == signs_of_equality(text, form)


def test_the_reader_shares_no_code_with_the_program():
    """Otherwise it might share its errors."""
    modules = set()
    for path in Path(reading.__file__).parent.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        modules |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        modules |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {module.split(".")[0] for module in modules if not module.startswith("tests.reading")} <= {
        "__future__", "collections", "dataclasses", "functools", "html", "itertools", "json", "numpy", "random", "re",
        "typing", "unicodedata", "xml",
    }  # fmt: skip


# ------------------------------------------------------------------------------------------------
# Errors in the text of a page are found

MATMUL, BIAS, ENTRYWISE = Case("matmul", (2, 4, 3)), Case("bias", (2, 3)), Case("hadamard", (2, 3))
TRANSPOSE, WIDE = Case("transpose", (2, 3)), Case("matmul", (12, 11, 13))

# For each page: what is wrong, what stands on the page (at the first such place), and what is planted there.
# The page is stripped of spaces and sizes first; ∂y/∂x, ⊤ and ⋯ are short for their LaTeX.
PLANTED = {
    MATMUL: {
        # the statement, the rule and the shapes
        "the output in the title": ("Y = X W", "Y = W X"),
        "the factors of a product are swapped": ("∂L/∂Y W⊤", "W⊤ ∂L/∂Y"),
        "the transpose is lost in the statement": ("∂L/∂Y W⊤", "∂L/∂Y W"),
        "the transpose is lost in the box": ("X⊤ ∂L/∂Y}", "X ∂L/∂Y}"),
        "another matrix in the box": ("∂L/∂Y W⊤}", "∂L/∂Y X⊤}"),
        "the gradient of the other input": ("∂L/∂X = ∂L/∂Y", "∂L/∂W = ∂L/∂Y"),
        "a shape under a brace is transposed": (r"}_{n \times k}", r"}_{k \times n}"),
        "the shape of the gradient is transposed": (r"}_{k \times n}", r"}_{n \times k}"),
        # the text
        "a shape in the text": (r"$m \times k$", r"$k \times m$"),
        "the shape of the output in the text": (r"of shape $m \times n$", r"of shape $n \times m$"),
        "the size of the page": ("k = 4", "k = 5"),
        "the sizes of the proof are not told apart": ("k = 3", "k = 2"),
        "a gradient has the shape of something else": ("that of $X$", "that of $W$"),
        "a section about the other matrix": ("respect to $X$", "respect to $W$"),
        "a proof about the other matrix": ("For $X$, the", "For $W$, the"),
        "another entry is announced": ("$x_{23}$", "$x_{13}$"),
        "a formula outside of a formula": ("$∂L/∂Y$ is given", "∂L/∂Y is given"),
        # the entries
        "a cell with swapped indices": ("x_{13} & x_{14}", "x_{31} & x_{14}"),
        "two cells swapped": ("x_{13} & x_{14}", "x_{14} & x_{13}"),
        "two rows in one": (r"x_{14} \\ x_{21}", "x_{14} & x_{21}"),
        "a label of the wrong matrix": ("}_{X}", "}_{W}"),
        "a label without its transpose": ("}_{W⊤}", "}_{W}"),
        "the definition with swapped indices": ("x_{it} w_{tj}", "x_{ti} w_{tj}"),
        "a sum up to a larger size": (r"\sum_{t=1}^{k}", r"\sum_{t=1}^{n}"),
        "a sum up to a smaller size": (r"\sum_{t=1}^{k}", r"\sum_{t=1}^{m}"),
        "a sum from 2": (r"\sum_{t=1}^{k}", r"\sum_{t=2}^{k}"),
        "a term with a wrong factor": ("x_{12} w_{21} + x_{13}", "x_{12} w_{12} + x_{13}"),
        "a term is dropped": ("x_{12} w_{21} + x_{13} w_{31}", "x_{12} w_{21}"),
        "a term is there twice": ("x_{12} w_{21} + ", "x_{12} w_{21} + x_{12} w_{21} + "),
        "a wrong sign": ("x_{11} w_{11} + x_{12}", "x_{11} w_{11} - x_{12}"),
        # the local partial derivatives
        "a line of the list is missing": ("∂y_{12}/∂x_{23} &= 0 \\\\\n", ""),
        "the last line of the list is missing": (" \\\\\n∂y_{23}/∂w_{32} &= 0", ""),
        "a line of the list comes twice": ("∂y_{12}/∂x_{23} &=", "∂y_{11}/∂x_{23} &="),
        "a line by another entry": ("∂y_{12}/∂x_{23} &=", "∂y_{12}/∂x_{22} &="),
        "a line of another matrix": ("∂y_{12}/∂x_{23} &=", "∂w_{12}/∂x_{23} &="),
        "a derivative that is not 0": ("= w_{32} ", "= 0 "),
        "a derivative that is 0": ("∂y_{12}/∂x_{23} &= 0", "∂y_{12}/∂x_{23} &= 1"),
        "a constant under the derivative": ("(x_{21} w_{11} + x_{22}", "(x_{21} w_{12} + x_{22}"),
        "a constant too many under the derivative": ("(x_{21} w_{11} + x_{22}", "(x_{21} w_{11} + x_{11} + x_{22}"),
        "a constant under the last derivative": ("(x_{23} w_{31}) + 0", "(x_{23} w_{31} + x_{21}) + 0"),
        "another entry below the line": ("∂/∂x_{23} (x_{21}", "∂/∂x_{22} (x_{21}"),
        "the term left is in another place": (
            "0 + 0 + ∂/∂x_{23} (x_{23} w_{31}) + 0",
            "0 + ∂/∂x_{23} (x_{23} w_{31}) + 0 + 0",
        ),
        "a 0 too many": ("0 + 0 + ∂/∂x_{23}", "0 + 0 + 0 + ∂/∂x_{23}"),
        # the sum over all paths
        "a path through two entries, with a factor 0": (
            "∂L/∂y_{11} ∂y_{11}/∂x_{23}",
            "∂L/∂y_{12} ∂y_{11}/∂x_{23}",
        ),
        "a path by another entry, with a factor 0": ("∂y_{11}/∂x_{23} + ", "∂y_{11}/∂x_{13} + "),
        "a path that is 0 is missing": ("∂L/∂y_{12} ∂y_{12}/∂x_{23} + ", ""),
        "a path that is 0 comes twice": ("∂L/∂y_{12} ∂y_{12}/∂x_{23}", "∂L/∂y_{11} ∂y_{11}/∂x_{23}"),
        "a path that is 0 with a minus": (" + ∂L/∂y_{12}", " - ∂L/∂y_{12}"),
        "the zeros are too few": ("= 0 + 0 + 0 + ∂L", "= 0 + 0 + ∂L"),
        "the zeros are in another place": ("= 0 + x_{13} ∂L/∂y_{12} +", "= x_{13} ∂L/∂y_{12} + 0 +"),
        "the sum by another entry": ("∂L/∂x_{23} &=", "∂L/∂x_{13} &="),
        "a path with a wrong factor": ("∂L/∂y_{22} w_{32}", "∂L/∂y_{22} w_{23}"),
        # the gradient
        "a cell of the gradient": ("∂L/∂y_{11} w_{11} + ", "∂L/∂y_{11} w_{12} + "),
        "a term of a cell of the gradient": (" + ∂L/∂y_{13} w_{13} &", " &"),
        "the gradient shows other entries": ("∂L/∂x_{12} &", "∂L/∂x_{21} &"),
        "a cell under a brace": ("w_{11} & w_{21} & w_{31}", "w_{11} & w_{12} & w_{31}"),
        # the proof for all sizes
        "the chain rule with swapped indices": (
            "∂L/∂y_{ij} ∂y_{ij}/∂x_{pq}",
            "∂L/∂y_{ji} ∂y_{ij}/∂x_{pq}",
        ),
        "the chain rule by another entry": ("∂y_{ij}/∂x_{pq}", "∂y_{ij}/∂x_{qp}"),
        "the chain rule without one of its sums": (r"\sum_{j=1}^{n} ∂L/∂y_{ij}", "∂L/∂y_{ij}"),
        "the chain rule over the wrong range": (r"\sum_{j=1}^{n} ∂L", r"\sum_{j=1}^{m} ∂L"),
        "a sum over an index that is taken": (
            r"\sum_{t=1}^{k} x_{it} w_{tj} &&",
            r"\sum_{j=1}^{k} x_{ij} w_{jj} &&",
        ),
        "a delta with a wrong index": (r"\delta_{ip} \delta_{tq}", r"\delta_{iq} \delta_{tq}"),
        "a delta is lost": (r"\delta_{ip} \delta_{tq}", r"\delta_{tq}"),
        "the delta keeps the wrong term": (r"&= \delta_{ip} w_{qj}", r"&= \delta_{ip} w_{pj}"),
        "the sum is gone without its index": (r"&= \delta_{ip} w_{qj}", r"&= \delta_{ip} w_{tj}"),
        "the sum runs over the wrong index": (r"\sum_{j=1}^{n} ∂L/∂y_{pj}", r"\sum_{i=1}^{n} ∂L/∂y_{pi}"),
        "the transpose with its old indices": (r"\left(W⊤\right)_{jq}", r"\left(W⊤\right)_{qj}"),
        "the entry of the product": (r"W⊤\right)_{pq}", r"W⊤\right)_{qp}"),
        # the code
        "the factors of the code": ("dY @ W.T", "W.T @ dY"),
        "the code without its transpose": ("X.T @ dY", "X @ dY"),
        "the code of the forward pass": ("Y = X @ W", "Y = W @ X"),
        "a line of code is missing": ("dW = X.T @ dY\n", ""),
        "a line of code comes twice": ("dW = X.T @ dY\n", "dX = dY @ W.T\n"),
        "the name of the gradient in the code": ("`dY`", "`dX`"),
        "what the name in the code stands for": ("`dY` for $∂L/∂Y$", "`dY` for $Y$"),
        # what has no meaning
        "an unknown sign": ("Y = X W", r"Y = X \star W"),
        "a name for nothing": (r"\boxed{∂L/∂X", r"\boxed{∂L/∂Z"),
        "a rule without its right side": ("∂L/∂X = ∂L/∂Y W⊤}", "∂L/∂X}"),
        "a brace too few": (r"W⊤\right)_{pq}", r"W^{\top\right)_{pq}"),
        "three indices": ("w_{tj}", "w_{tjq}"),
    },
    BIAS: {
        "the number of ones": ("of $m$ ones", "of $n$ ones"),
        "the shape of a row": (r"}_{1 \times n}", r"}_{n \times 1}"),
        "a column of too many ones": (r"\mathbf 1_{2}", r"\mathbf 1_{3}"),
        "one of the ones is none": (r"1 \\ 1", r"1 \\ 2"),
        "the wrong entry of the row": ("x_{12} + b_{2}", "x_{12} + b_{1}"),
        "what is sought is used": ("0 + ∂L/∂y_{12} + 0", "0 + ∂L/∂x_{12} + 0"),
        "the entry of a row of the product": (r"\right)_{q}", r"\right)_{p}"),
        "a constant of the proof": ("(x_{ij} + b_{j})", "(x_{ij} + b_{i})"),
        "a constant of the proof, by itself": ("∂b_{j}/∂x_{pq}", "∂b_{i}/∂x_{pq}"),
        "another entry below what is 0": ("∂b_{j}/∂x_{pq}", "∂b_{j}/∂x_{pj}"),
        "a minus before what is 0": (" + ∂b_{j}/∂x_{pq}", " - ∂b_{j}/∂x_{pq}"),
        "the code sums the wrong way": ("axis=0", "axis=1"),
        "the code loses a dimension": (", keepdims=True", ""),
    },
    ENTRYWISE: {
        "an entrywise product is a matrix product": (r"∂L/∂Y \odot W", "∂L/∂Y W"),
        "two products without brackets": (r"∂L/∂Y \odot W", r"∂L/∂Y \odot W X"),
        "the code of the other product": ("dY * W", "dY @ W"),
    },
    TRANSPOSE: {
        "the transpose of the gradient is lost": (r"\left(∂L/∂Y\right)⊤", "∂L/∂Y"),
        "a matrix of the entries of another": ("x_{11} & x_{12}", "y_{11} & x_{12}"),
        "the definition": ("y_{ij} = x_{ji}", "y_{ij} = x_{ij}"),
        "the deltas": (r"\delta_{jp} \delta_{iq}", r"\delta_{ip} \delta_{jq}"),
        "the code without its transpose": ("dX = dY.T", "dX = dY"),
    },
    WIDE: {
        "the last column behind the dots": ("⋯ & x_{1,11}", "⋯ & x_{1,10}"),
        "the rows before the dots": ("x_{2,1} & x_{2,2}", "x_{3,1} & x_{3,2}"),
        "dots in the wrong direction": (r"\vdots & \ddots", r"\vdots & \vdots"),
        "a cell for dots": ("x_{2,2} & ⋯", "x_{2,2} & x_{2,3}"),
        "a row without dots": (" & ⋯ & x_{1,11}", " & x_{1,11}"),
        "a label of an elided matrix": ("}_{X⊤}", "}_{X}"),
        "the last term of an elided sum": ("x_{1,11} w_{11,1}", "x_{1,10} w_{10,1}"),
        "the first terms of an elided sum": ("x_{1,2} w_{2,1} +", "x_{1,3} w_{3,1} +"),
        "an elided sum of other terms": ("x_{1,1} w_{1,1} + x_{1,2} w_{2,1}", "x_{1,1} w_{1,1} + x_{2,1} w_{2,1}"),
        "a sum without its dots": ("x_{1,2} w_{2,1} + ⋯ +", "x_{1,2} w_{2,1} +"),
        "dots before everything": ("&= 0 + 0 + ⋯", "&= ⋯ + 0 + ⋯"),
        "dots hide what is not 0": (
            "⋯ + ∂L/∂y_{2,1} w_{1,1} + ∂L/∂y_{2,2} w_{1,2} + ⋯ + ∂L/∂y_{2,13} w_{1,13} + ⋯",
            "⋯",
        ),
        "a path among the zeros": ("⋯ + ∂L/∂y_{2,1} w_{1,1}", "⋯ + ∂L/∂y_{3,1} w_{1,1}"),
        "a term among the zeros": ("(x_{2,1} w_{1,1}) +", "(x_{2,1} w_{1,2}) +"),
        "lines are left out without dots": ("&\\vdots \\\\\n", ""),
        "dots for no line": ("∂y_{1,2}/∂x_{2,1} &=", "&\\vdots \\\\\n∂y_{1,2}/∂x_{2,1} &="),
        "the last line of an elided list": ("∂y_{12,13}/∂x_{2,1} &= 0", "∂y_{12,12}/∂x_{2,1} &= 0"),
        "a piece of a broken sum is wrong": (r"&\quad {} + ", r"&\quad {} - "),
    },
}


def latex(short):
    r"""The LaTeX of ∂y/∂x, ⊤ and ⋯.

    >>> print(latex("∂L/∂y_{11} ⋯ W⊤"))
    \frac{\partial L}{\partial y_{11}} \cdots W^{\top}
    """
    name = r"[A-Za-z](?:_\{[^}]*\})?"
    above = re.sub(rf"∂({name})?/∂({name})", lambda m: rf"\frac{{\partial {m[1] or ''}}}{{\partial {m[2]}}}", short)
    above = above.replace(r"\partial }", r"\partial}").replace("∂L", r"\frac{\partial L}")
    return above.replace("⊤", r"^{\top}").replace("⋯", r"\cdots")


def bare(text):
    """The page without what only looks: thin spaces, distances between lines, sizes of letters."""
    text = re.sub(r"\\[,;](?!\w)|\\(?:scriptsize|footnotesize|small)\b", "", text).replace(r"\mathbf{1}", r"\mathbf 1")
    return re.sub(r" +", " ", re.sub(r"\\\\\[[^\]]*\]", r"\\\\", text))


def planted(text, old, new):
    """The page with one error in it."""
    assert latex(old) in text, f"{old} is not on the page any more: the error needs another place"
    return text.replace(latex(old), latex(new), 1)


@pytest.mark.parametrize(("case", "error"), [(case, error) for case in PLANTED for error in PLANTED[case]], ids=str)
def test_an_error_planted_in_a_page_is_found(case, error):
    """The reader finds nothing on the page, and something on the same page with this one error."""
    text = bare(page(case))
    assert read_back(text, "md", given(case)).faults == []
    assert read_back(planted(text, *PLANTED[case][error]), "md", given(case)).faults != []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("∂L/∂Y W⊤", "∂L/∂Y W"),
        ("x_{13} & x_{14}", "x_{14} & x_{13}"),
        (r"\delta_{ip} \delta_{tq}", r"\delta_{iq} \delta_{tq}"),
        ("dY @ W.T", "W.T @ dY"),
        ("k = 4", "k = 5"),
        (r"\begin{align*}", r"\begin{gather*}"),
    ],
)
def test_an_error_planted_in_an_article_is_found(old, new):
    """Markdown and LaTeX differ in their dress; the reader looks under both."""
    text = bare(page(MATMUL, "tex"))
    assert read_back(text, "tex", given(MATMUL)).faults == []
    assert read_back(planted(text, old, new), "tex", given(MATMUL)).faults != []


SWEPT = [MATMUL, BIAS, ENTRYWISE, TRANSPOSE, Case("transpose", (2, 2)), WIDE]


@pytest.mark.parametrize("case", SWEPT, ids=str)
def test_every_index_and_every_letter_counts(case):
    """Each number, index letter, matrix, size and sign of a display, exchanged for another, makes it wrong.

    There are hundreds to thousands of such errors.  Those that leave an equality true are told apart
    beforehand: an index for another that a δ ties to it, and a minus before a 0.
    """
    told = given(case)
    survivors, errors = [], 0
    for tex in displays(page(case), "md"):
        if case is WIDE and "dots" not in tex:
            continue  # the same is on the page of small matrices
        assert examined(tex.strip(), told).fault == ""
        every = 3 if case is WIDE else 1  # of the wide page's errors a third is many enough
        for start, stop, other in islice(exchanges(tex, case), 0, None, every):
            errors += 1
            if not examined(tex[:start] + other + tex[stop:], told).fault:
                survivors.append(f"{tex[start:stop]} > {other} in {tex[max(0, start - 60) : stop + 30]}")
    assert survivors == []
    assert errors > 250


def exchanges(tex, case):
    """Single errors in a formula: where, and what stands there instead."""
    number = r"\d+" if max(case.sizes) > 9 else r"\d"
    for subscript in re.finditer(r"_\{([\d,]+)\}", tex):
        for found in re.finditer(number, subscript[1]):
            start = subscript.start(1) + found.start()
            yield start, start + len(found[0]), "2" if found[0] == "1" else "1"
    letters = sorted({*"".join(re.findall(r"_\{([a-z]{1,2})\}", tex))})
    for subscript in re.finditer(r"_\{([a-z]+)(=1)?\}", tex):
        for start in range(*subscript.span(1)):
            for other in letters:
                if other != tex[start] and frozenset((other, tex[start])) not in tied(tex, start):
                    yield start, start + 1, other
    entries = sorted({name.lower() for name in case.matrices})
    for found in re.finditer(r"(?<![\\a-z])[a-z](?=_\{)", tex):
        yield from ((*found.span(), other) for other in entries if other != found[0])
    for found in re.finditer(r"(?<=\^\{)[a-z](?=\})", tex):
        yield from ((*found.span(), other) for other in LETTERS[case.operation] if other != found[0])
    for found in re.finditer(r" \+ (?!0)", tex):
        yield *found.span(), " - "


def tied(tex, place):
    """The pairs of indices that are equal in this line wherever it is not 0."""
    line = tex[tex.rfind("\\\\", 0, place) + 1 :].split("\\\\")[0]
    pairs = {frozenset(pair) for pair in re.findall(r"\\delta_\{(\w)(\w)\}", line)}
    own = re.compile(r"\\frac\{\\partial ([a-z])_\{(\w+)\}\}\{\\partial \1_\{(\w+)\}\}")
    for _, of, by in own.findall(line):
        pairs |= {frozenset(pair) for pair in zip(of, by, strict=False)}
    return pairs


MEANINGLESS = [
    r"Y = X \, W \odot Y",
    r"Y = \mystery X",
    "Y = X W)",
    "y_{ij} = x_{ij",
    "y_{i} = 0",
    "L = 1",
    "Y == X",
    "",
    r"\frac{\partial}{\partial x_{11}} x_{11} = 1",
    r"\sum_{t=1} x_{1t} = 0",
    r"Y = \begin{bmatrix} y_{11} & \vdots \\ y_{21} & y_{22} \end{bmatrix}",
    r"y_{11} = \cdots + x_{11} w_{11}",
    r"y_{11} = x_{11} w_{11} + w_{21} x_{12} + \cdots + x_{14} w_{41}",
]


@pytest.mark.parametrize("tex", MEANINGLESS)
def test_what_has_no_meaning_is_a_fault(tex):
    """Nothing is passed over in silence."""
    assert examined(tex, given(MATMUL)).fault.startswith("unreadable")
