"""What every form of document says is true: each file is read back from its LaTeX by the independent reader.

A form stands in ``FORMS`` with the formats that are read and the sentences of its prose that claim something;
a sentence is found by its key in the file of the prose, so that other words need no other test.
"""

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

import pytest

import derive
from tests.reading import (
    Given,
    Sentence,
    about,
    entry_of,
    has_shape,
    independent_unless,
    read_document,
    renamed,
    rule_with_shape,
)
from tests.reading.sentences import one
from tests.told_operations import Told

PROSE = tomllib.loads(Path("templates/en.toml").read_text(encoding="utf-8"))


def matmul(X, W):
    return [[sum(a * b for a, b in zip(row, column, strict=True)) for column in zip(*W, strict=True)] for row in X]


def affine(X, W, b):
    return [[y + z for y, z in zip(row, b[0], strict=True)] for row in matmul(X, W)]


def columns(W, X, b):
    return [[y + z for y in row] for row, (z,) in zip(matmul(W, X), b, strict=True)]


OPERATIONS = {
    "matmul": (matmul, "Y = X W", ("mn", "mk", "kn")),
    "affine": (affine, "Y = X W b", ("mn", "mk", "kn", "1n")),
    "affine_columns": (columns, "Y = W X b", ("mn", "mk", "kn", "m1")),
}


def told(operation, sizes, names=None, loss="L"):
    """All that the reader is told."""
    define, default, shapes = OPERATIONS[operation]
    output, *inputs = zip((names or default).replace("=", " ").split(), map(tuple, shapes), strict=True)
    return Given(define, tuple(inputs), output, loss, tuple(zip("mkn", sizes, strict=True)))


def sentence(form, key, check, at_least=0, lists=()):
    return Sentence(PROSE[form][key], check, at_least, lists)


@dataclass(frozen=True)
class Read:
    """How a form is read."""

    formats: tuple[str, ...]
    sentences: tuple[Sentence, ...] = ()
    others: Callable[[str, tuple[int, ...], str | None], list[Given]] = lambda *case: []
    """What it speaks of beside its own operation."""


def swapped(operation, sizes, names):
    """The layer of the transposed matrices."""
    return [Told(operation, sizes, names or "").swapped.given]


def holds(place):
    """The formula of {output} holds entries of one row or column of {input}, and {entry} stands in another."""

    def check(document, input, output, entry, own, **where):
        entry_of(document, entry, input)
        independent_unless(document, output, entry, [f"{one(where[place])} = {one(own)}"])

    return check


def dot(document, row, left, column, right):
    """What was displayed last is row {row} of {left} times column {column} of {right}."""
    product = rf"\left({one(left)} {one(right)}\right)_{{{one(row)}{one(column)}}}"
    document.claim(f"{document.goal_tex} = {product}")


def laid_out(rows, columns):
    """{input} is of the shape {shape}, and these are its rows and its columns."""

    def check(document, shape, **gaps):
        matrix = gaps["input"] if "input" in gaps else gaps["output"]
        has_shape(document, matrix, shape)
        has_shape(document, matrix, [rf"{one(gaps[rows])} \times {one(gaps[columns])}"])

    return check


FORMS = {
    "worked": Read(("md", "tex", "standalone")),
    "readme": Read(
        ("md",),
        (
            sentence("readme", "shape", has_shape, 2),
            Sentence("The output {matrix} has shape {shape}.", has_shape, 1),
            Sentence("{of} does not hold {entry} unless {condition}. What", independent_unless, lists=("condition",)),
            sentence("readme", "gradient", renamed(about, matrix="input"), 2),
            Sentence("| {gradient} | {formula} | {shape} |", rule_with_shape, 2),
        ),
    ),
    "indices": Read(
        ("md", "tex", "standalone"),
        (
            sentence("indices", "weight-rows", laid_out("neurons", "features")),
            sentence("indices", "weight-columns", laid_out("features", "neurons")),
            sentence("indices", "data-rows", laid_out("samples", "features")),
            sentence("indices", "data-columns", laid_out("features", "samples")),
            sentence("indices", "holds-row", holds("row"), 1),
            sentence("indices", "holds-column", holds("column"), 1),
            sentence("indices", "dot", dot, 1),
            sentence("indices", "dot-again", dot, 1),
            sentence("indices", "gradient", renamed(about, matrix="input"), 2),
        ),
        others=swapped,
    ),
    "notebook": Read(
        ("ipynb",),
        (
            sentence("notebook", "input-matrix", renamed(has_shape, matrix="input", shape="shape"), 2),
            sentence("notebook", "gradient", renamed(about, matrix="input"), 2),
        ),
    ),
}
SIZES = [(1, 1, 1), (2, 2, 2), (2, 4, 3), (5, 2, 7), (12, 11, 13)]
NAMES = {"matmul": "C = A B", "affine": "Z = H V d", "affine_columns": "Z = V H d"}
NOTATIONS = ["plain", "slides", "readme", "indices", "lecture", "post"]
WRITTEN = {
    "plain": {"differential": "partial", "bold": "", "matrix": "bmatrix", "transpose": "top", "capital": False},
    "slides": {"comma": True, "transpose": "T"},
    "readme": {"differential": "d", "bold": "mathbf", "transpose": "T"},
    "indices": {"capital": True, "transpose": "T"},
    "lecture": {"comma": True, "matrix": "pmatrix", "transpose": "T"},
    "post": {"bold": "boldsymbol", "transpose": "T"},
}


@cache
def document(form, format, operation, sizes, names=None, notation=None):
    lengths = dict(zip("mkn", sizes, strict=True))
    return derive.derivation(operation, names=names, **lengths).render(format, template=form, notation=notation)


def read(text, form, format, operation, sizes, names=None, notation=None):
    given = told(operation, sizes, names)
    others = FORMS[form].others(operation, sizes, names)
    return read_document(text, format, given, others=others, notation=notation, sentences=FORMS[form].sentences)


def documents():
    """The documents to read: every form in every format, at all sizes, with other names, in all notations."""
    for form, reading in FORMS.items():
        for operation, format in product(OPERATIONS, reading.formats):
            if (form, operation) == ("worked", "affine") or (form, operation) == ("worked", "affine_columns"):
                continue  # their elided sums end in another term: see the report of the reader
            yield from ((form, format, operation, sizes, None, None) for sizes in SIZES)
            yield form, format, operation, (2, 4, 3), NAMES[operation], None
            yield from ((form, format, operation, (2, 4, 3), None, notation) for notation in NOTATIONS)


@pytest.mark.parametrize("case", [*documents()], ids=lambda case: "-".join(map(str, case)))
def test_every_formula_of_every_form_is_read_and_true(case):
    """And every sign of equality is counted."""
    form, format, operation, sizes, names, notation = case
    text = document(*case)
    report = read(text, form, format, operation, sizes, names, WRITTEN.get(notation))
    assert [str(fault) for fault in report.faults] == []
    assert report.signs.seen == report.signs.read > 10
    assert report.claims["display"] > 5


def exchanges(text):
    """Single errors: an index, a name, a size, a sign, exchanged for another, anywhere in the file."""
    for found in re.finditer(r"_\{([\da-z]{2})\}", text):
        for start in range(*found.span(1)):
            other = {"1": "2", "2": "1"}.get(
                text[start], "1" if text[start].isdigit() else "q" if text[start] != "q" else "p"
            )
            yield start, start + 1, other
    for found in re.finditer(r"(?<=[{ ])[xwy](?=_\{)", text):
        yield *found.span(), "w" if found[0] == "x" else "x"
    for found in re.finditer(r"(?<=[{ $])[XWY](?=[} $^])", text):
        yield *found.span(), "W" if found[0] == "X" else "X"
    for found in re.finditer(r"(?<=\^\{)[mkn](?=\})|[mkn](?= \\times)|(?<=\\times )[mkn]", text):
        yield *found.span(), "k" if found[0] == "m" else "m"
    for found in re.finditer(r"\^\{(?:T|\\top)\}| \+ (?!0|\\cdots)", text):
        yield *found.span(), " - " if "+" in found[0] else ""


@pytest.mark.parametrize(("form", "operation"), [("readme", "matmul"), ("readme", "affine"), ("indices", "matmul")])
def test_every_error_planted_in_a_form_is_found(form, operation):
    """Hundreds of them, one at a time; those in the name of an entry alone, or of a matrix alone, say nothing false."""
    sizes = (2, 4, 3)
    text = document(form, "md", operation, sizes)
    missed, errors = [], 0
    for start, stop, other in exchanges(text):
        errors += 1
        wrong = text[:start] + other + text[stop:]
        if not read(wrong, form, "md", operation, sizes).faults:
            around = text[text.rfind("$", 0, start) : text.find("$", stop) + 1]
            if len(around) > 40 or "=" in around or r"\times" in around:
                missed.append(f"{text[start:stop]} > {other} in {text[max(0, start - 50) : stop + 40]}")
    assert missed == []
    assert errors > 400
