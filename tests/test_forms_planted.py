"""Errors that are planted in the forms are found, in the text of a document and in its template.

Every document here is true as it is: ``test_forms_read_back.py``.  One error at a time is planted in it, at the
first place where its old text stands.
"""

import random
import re
import shutil
from pathlib import Path

import pytest

import derive.environment
from tests.form_reading import FORMATS, Page
from tests.told_operations import Told

LAYER, PRODUCT = Told("affine", (2, 4, 3)), Told("matmul", (2, 4, 3))
PAGES = {
    "worked": Page("worked", "md", LAYER),
    "slides": Page("slides", "md", PRODUCT),
    "readme": Page("readme", "md", LAYER),
    "indices": Page("indices", "md", LAYER),
    "lecture": Page("lecture", "md", PRODUCT),
    "post": Page("post", "md", LAYER),
    "notebook": Page("notebook", "ipynb", LAYER),
}

WRITTEN = {
    "worked": [
        ("a wrong shape in a sentence", r"$W$ be of shape $k \times n$", r"$W$ be of shape $n \times k$"),
        ("the shape of another matrix", r"\frac{\partial L}{\partial X}$ that of $X$", r"\frac{\partial L}{\partial X}$ that of $W$"),
        ("another entry is taken", "Take one entry, $x_{23}$,", "Take one entry, $x_{32}$,"),
        ("ones of another length", r"the column of $m$ ones", "the column of $n$ ones"),
        ("a label under a brace", r"_{W^{\top}} = ", "_{W} = "),
        ("a shape under a brace", r"\underbrace{W^{\top}}_{n \times k}", r"\underbrace{W^{\top}}_{k \times n}"),
        ("row sums for column sums", r"\mathbf 1_{m}^{\top} \, \frac", r"\mathbf 1_{n}^{\top} \, \frac"),
    ],
    "slides": [
        ("an output that the entry is not used in", "$y_{2,1}$, $y_{2,2}$ and", "$y_{1,1}$, $y_{2,2}$ and"),
        ("an output is missing in the list", "$y_{2,1}$, $y_{2,2}$ and $y_{2,3}$", "$y_{2,1}$ and $y_{2,3}$"),
        ("a wrong count", "three outputs, $y_{2,1}$, $y_{2,2}$ and $y_{2,3}$: all three", "two outputs, $y_{2,1}$, $y_{2,2}$ and $y_{2,3}$: all two"),
        ("a label over a brace", "}}^{X} ", "}}^{W} "),
        ("a transposed pattern under dots", r"x_{m,1} & x_{m,2} & \cdots & x_{m,k}", r"x_{k,1} & x_{k,2} & \cdots & x_{k,m}"),
        ("the wrong corner", "w_{k,n} ", "w_{n,k} "),
        ("the gradient of the other matrix", r"In the same way, for every entry of $X$", "In the same way, for every entry of $W$"),
        ("the weights are the data", "that the weights $W$", "that the weights $X$"),
        ("half a derivative", r"\frac{\partial L}{\partial x_{1,1}} &=", r"\frac{\partial L}{x_{1,1}} &="),
        ("an entry of the bias", "+ b_{2} ", "+ b_{1} "),
        ("the bias is another matrix", "replicates $b$ to", "replicates $W$ to"),
        ("a shape that is not its own", r"where $X$ is $m \times k$", r"where $X$ is $k \times m$"),
    ],
    "readme": [
        ("factors exchanged", r"$`\mathbf{Y} = \mathbf{X} \mathbf{W}", r"$`\mathbf{Y} = \mathbf{W} \mathbf{X}"),
        ("an index of the condition", "unless $`i = p`$", "unless $`j = p`$"),
        ("a shape in the table", r"`$ | $`m \times k`$ |", r"`$ | $`k \times m`$ |"),
        ("a shape in the text", r"`$ has shape $`m \times k`$", r"`$ has shape $`m \times n`$"),
        ("a transposed pattern under dots", "w_{k1} & w_{k2}", "w_{n1} & w_{n2}"),
        ("an upper limit", r"\sum_{j=1}^{n} \frac", r"\sum_{j=1}^{k} \frac"),
        ("no transpose", r"\mathbf{X}^{T} \, \frac", r"\mathbf{X} \, \frac"),
    ],
    "indices": [
        ("rows for columns in a sentence", "contains only those of column $j$", "contains only those of column $i$"),
        ("the condition that is left", "only the terms with $j = q$", "only the terms with $i = q$"),
        ("a condition", r"\text{for } j \neq q", r"\text{for } j = q"),
        ("the transpose of the other factor", "So write $X$ as its transpose", r"So write $W$ as its transpose"),
        ("a row of another matrix", "row $p$ of $X^{T}$ and", "row $p$ of $X$ and"),
        ("a column with another number", r"and column $q$ of $\frac", r"and column $p$ of $\frac"),
        ("an undeclared limit", r"\sum_{t=1}^{k} X_{it}", r"\sum_{t=1}^{d} X_{it}"),
        ("the same result for the other convention", r"\frac{\partial L}{\partial Y} \, X^{T}", r"X^{T} \, \frac{\partial L}{\partial Y}"),
        ("samples for neurons", "for $n$ samples and $m$ neurons", "for $m$ samples and $n$ neurons"),
        ("a row of biases as a column", "added to every row of the product", "added to every column of the product"),
        ("an entry of another matrix", "Take one entry of $W$, say $W_{pq}$", "Take one entry of $W$, say $X_{pq}$"),
    ],
    "lecture": [
        ("a reference to another formula", "the sum over all paths (9)", "the sum over all paths (10)"),
        ("a reference to another definition", "in the sense of definition (7)", "in the sense of definition (6)"),
        ("the rules of another page", "Rules (21) and (26)", "Rules (21) and (25)"),
        ("a number that is there twice", r"\tag{12}", r"\tag{11}"),
        ("a solution", "25 + 25 = 52", "25 + 25 = 51"),
        ("an entry of a solution", r"20 & 20 \\ 32 & 32", r"20 & 20 \\ 32 & 23"),
        ("a shape as a subscript", r"_{2 \times 4} \qquad W", r"_{4 \times 2} \qquad W"),
        ("row sums for column sums", "adds up each of its columns", "adds up each of its rows"),
        ("the other axis", "np.sum(dY, axis=0, keepdims=True)`", "np.sum(dY, axis=1, keepdims=True)`"),
        ("the bias is added to columns", "adds a bias $b$ to every row", "adds a bias $b$ to every column"),
        ("a wrong slice", r"0 & x_{1,3} & 0 \\ 0 & x_{2,3} & 0", r"0 & x_{1,3} & 0 \\ 0 & x_{2,2} & 0"),
        ("the order of pixels", "x_{1,2,1} &", "x_{1,1,2} &"),
        ("a wrong shape in a sentence", r"makes its shape $k \times n$", r"makes its shape $n \times k$"),
        ("the numbers of samples and features", "$m$ samples, described by $k$", "$k$ samples, described by $m$"),
        ("another pixel", "where $x_{2,1,8}$", "where $x_{2,8,1}$"),
        ("a product of matrices for the Frobenius product", r"\right\rangle_{F}", r"\right\rangle"),
        ("the transpose of the layer", "= W^{T} X^{T} +", "= X^{T} W^{T} +"),
    ],
    "post": [
        ("a wrong count of derivatives", "| 4 | 8 | 6 | 48 | 24 |", "| 4 | 8 | 6 | 48 | 25 |"),
        ("a row for a column", r"depends on row $$i$$ of", r"depends on column $$i$$ of"),
        ("a part is missing", r", column $$j$$ of $$\boldsymbol{W}$$ and $$b_{j}$$, and on", r" and column $$j$$ of $$\boldsymbol{W}$$, and on"),
        ("a reference to another formula", "By equation [(8)](#paths), all", "By equation [(7)](#paths), all"),
        ("a formula that is not above", "Now look at equation [(15)]", "Now look at equation [(14)]"),
        ("the names of the factors", r"factors are $$\frac{\partial L}{\partial \boldsymbol{Y}}$$ and $$\boldsymbol{W}^{T}$$", r"factors are $$\boldsymbol{W}^{T}$$ and $$\frac{\partial L}{\partial \boldsymbol{Y}}$$"),
        ("a term that is differentiated away", r"(x_{21} w_{11} + x_{22}", r"(x_{21} w_{12} + x_{22}"),
        ("the pairs of the chain rule", r"\frac{\partial L}{\partial y_{12}} \, \frac{\partial y_{12}}", r"\frac{\partial L}{\partial y_{12}} \, \frac{\partial y_{11}}"),
        ("a mean over other sizes", r"L = \frac{1}{m n}", r"L = \frac{1}{m k}"),
        ("a number that is there twice", r"\tag{13}", r"\tag{12}"),
        ("the factors of a path", r"above, $$\frac{\partial L}{\partial f_{j}}$$, is", r"above, $$\frac{\partial L}{\partial u_{i}}$$, is"),
        ("where an entry is contained", "contains it only where $$i = p$$", "contains it only where $$j = p$$"),
    ],
    "notebook": [
        ("a wrong shape in a sentence", r"$W$ has shape $k \\times n$", r"$W$ has shape $n \\times k$"),
        ("ones of another length", "the column of $m$ ones", "the column of $n$ ones"),
        ("a label under a brace", r"_{W^{\\top}} = ", "_{W} = "),
        ("a term of a sum", "x_{it} w_{tj} + b_{j}", "x_{it} w_{tj} + b_{i}"),
        ("another entry is taken", "Begin with one entry, $x_{23}$", "Begin with one entry, $x_{13}$"),
        ("the wrong sizes", "The sizes are $m = 2$, $k = 4$", "The sizes are $m = 4$, $k = 2$"),
        ("a zero for a term", r"= 0 + 0 + \\frac", r"= 0 + \\frac"),
    ],
}  # fmt: skip


def planted():
    return [
        pytest.param(form, old, new, id=f"{form}: {what}") for form, each in WRITTEN.items() for what, old, new in each
    ]


@pytest.mark.parametrize("form", FORMATS)
def test_the_documents_are_true_as_they_are(form):
    assert [str(fault) for fault in PAGES[form].read().faults] == []


@pytest.mark.parametrize(("form", "old", "new"), planted())
def test_an_error_in_the_text_is_found(form, old, new):
    text = PAGES[form].text
    assert old in text
    assert PAGES[form].read(text.replace(old, new, 1)).faults


# ------------------------------------------------------------------------------------------------
# In templates and prose

MADE = {
    "worked": [
        ("the shape of another matrix", "worked.jinja", "shape=dress.math(w.shape(X))", "shape=dress.math(w.shape(Y))"),
        ("ones of another length", "worked.jinja", "length=math(one.rows)", "length=math(Y.cols)"),
        ("the gradient of another matrix", "worked.jinja", "say(\"gradient\", input=math(X))", "say(\"gradient\", input=math(d.inputs[0]))"),
    ],
    "slides": [
        ("the weights are the data", "slides.jinja", "theorem.wrt == suitable.data(d)", "theorem.wrt == suitable.weight(d)"),
        ("the shape of another matrix", "slides.jinja", "shape=dress.math(w.shape(Y))", "shape=dress.math(w.shape(d.inputs[0]))"),
        ("another entry is taken", "slides.jinja", "say(\"one\", entry=dress.math(part.w.math(example.entry))", "say(\"one\", entry=dress.math(part.w.math(part.d.worked.examples[0].entry))"),
    ],
    "readme": [
        ("an index of the condition", "readme.jinja", "w.equation(left, right)", "w.equation(left, left)"),
        ("the shape of another matrix", "readme.jinja", "w.shape(theorem.wrt))])", "w.shape(Y))])"),
        ("a matrix by another", "readme.jinja", "gradient\", input=math(theorem.wrt)", "gradient\", input=math(d.inputs[0])"),
    ],
    "indices": [
        ("a column for a row", "indices.jinja", "row=math(dot.row), left=math(dot.left), column=math(dot.column)", "row=math(dot.column), left=math(dot.left), column=math(dot.row)"),
        ("the factors exchanged", "en.toml", "row {row} of {left} and column {column} of {right}. Such", "row {row} of {right} and column {column} of {left}. Such"),
        ("samples for features", "indices.jinja", "neurons=math(X.cols), features=math(X.rows)", "neurons=math(X.rows), features=math(X.cols)"),
        ("the wrong end", "indices.jinja", "{% if dot.turns_right %}", "{% if not dot.turns_right %}"),
    ],
    "lecture": [
        ("a reference to another formula", "lecture.jinja", "say(\"double-sum\"), \"paths\")", "say(\"double-sum\"), \"activation\")"),
        ("the rule for the other factor", "lecture.jinja", "say(\"the-rule\"), \"weight-rule\")", "say(\"the-rule\"), \"data-rule\")"),
        ("row sums for column sums", "lecture.jinja", "\"bias-sums-rows\" if by_rows else \"bias-sums-columns\"", "\"bias-sums-columns\" if by_rows else \"bias-sums-rows\""),
        ("samples for features", "lecture.jinja", "(X.rows, X.cols) if by_rows", "(X.cols, X.rows) if by_rows"),
        ("the length of the ones", "lecture.jinja", "length=math(ones.rows)", "length=math(Y.cols)"),
    ],
    "post": [
        ("a wrong count", "post.jinja", "(\"text\", count.zeros)", "(\"text\", count.outputs)"),
        ("a reference to another formula", "post.jinja", "rule=cite(\"paths\", say(\"paths-words\"))) }}\n\n{{ dress.items", "rule=cite(\"forward\", say(\"paths-words\"))) }}\n\n{{ dress.items"),
        ("a row for a column", "post.jinja", "\"row\" if part.kind == \"row\" else \"column\"", "\"column\" if part.kind == \"row\" else \"row\""),
        ("the shape of another matrix", "post.jinja", "shape=dress.math(w.shape(theorem.wrt))", "shape=dress.math(w.shape(Y))"),
    ],
    "notebook": [
        ("the shape of another matrix", "notebook.jinja", "shape=dress.math(w.shape(X))", "shape=dress.math(w.shape(Y))"),
        ("another entry is taken", "notebook.jinja", "entry=math(example.entry), output", "entry=math(d.worked.examples[0].entry), output"),
    ],
}  # fmt: skip


@pytest.fixture
def templates(tmp_path, monkeypatch):
    """A copy of the templates, from which the documents are made."""
    folder = tmp_path / "templates"
    shutil.copytree(Path(__file__).parent.parent / "templates", folder)
    monkeypatch.setattr("derive.environment.template_folder", lambda: folder)
    monkeypatch.setattr("derive.prose.template_folder", lambda: folder)
    derive.environment.environment.cache_clear()
    yield folder
    derive.environment.environment.cache_clear()


def made():
    return [pytest.param(form, *change, id=f"{form}: {what}") for form, each in MADE.items() for what, *change in each]


@pytest.fixture
def written(form):
    """The page as it is, before its templates are changed."""
    return PAGES[form].text


@pytest.mark.parametrize(("form", "file", "old", "new"), made())
def test_an_error_in_a_template_is_found(written, form, file, old, new, templates):
    template = (templates / file).read_text("utf-8")
    assert old in template
    (templates / file).write_text(template.replace(old, new, 1), "utf-8")
    page = PAGES[form]
    text = page.written_anew()
    assert text != written
    assert page.read(text).faults


# ------------------------------------------------------------------------------------------------
# Anywhere


def exchanges(text):
    """Single errors in displays: an index, a name, a size, a sign, exchanged for another."""
    mark = r"```math|```" if "```math" in text else r"\$\$"
    stops = [found.span() for found in re.finditer(mark, text)]
    for (_, start), (stop, _) in zip(stops[::2], stops[1::2], strict=False):
        for found in re.finditer(r"_\{(\w,?\w)\}", text[start:stop]):
            for at in {found.start(1), found.end(1) - 1}:
                old = text[start + at]
                yield (
                    start + at,
                    start + at + 1,
                    {"1": "2", "2": "1"}.get(old, "1" if old.isdigit() else "qp"[old == "q"]),
                )
        for found in re.finditer(r"(?<=[{ ])[xwyXWY](?=_\{|[} ^])", text[start:stop]):
            other = {"x": "w", "X": "W"}.get(found[0], "X" if found[0].isupper() else "x")
            yield start + found.start(), start + found.end(), other
        for found in re.finditer(r"(?<=\}\^\{)[mkn](?=\})", text[start:stop]):
            yield start + found.start(), start + found.end(), "k" if found[0] == "m" else "m"
        for found in re.finditer(r"\^\{(?:T|\\+top)\}| \+ (?=x|\\+frac)", text[start:stop]):
            yield start + found.start(), start + found.end(), " - " if "+" in found[0] else ""


@pytest.mark.parametrize("form", FORMATS)
def test_any_error_in_a_display_is_found(form):
    """A sample of hundreds, which is another one for each form; one at a time."""
    page = PAGES[form]
    errors = sorted(exchanges(page.text))
    missed = []
    for start, stop, other in random.Random(form).sample(errors, 12):
        wrong = page.text[:start] + other + page.text[stop:]
        if not page.read(wrong).faults:
            missed.append(f"{page.text[start:stop]} > {other} in {page.text[max(0, start - 50) : stop + 40]}")
    assert missed == []
    assert len(errors) > 150
