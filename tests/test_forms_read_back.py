"""Every equation of every form is read back from the file and is true: forms, operations, sizes, notations, formats."""

import re
from functools import cache
from itertools import product

import pytest

import derive
from derive.errors import DeriveError
from derive.forms import FORMS
from derive.notation import NOTATIONS
from tests.reading import read_document
from tests.told_operations import Told, cases

LANGUAGE = {"md": "md", "github": "github", "marp": "marp", "tex": "tex", "article": "tex", "html": "standalone",
            "jekyll": "jekyll", "post": "md", "notebook": "ipynb"}  # fmt: skip
"""What the reader calls the dress of a document."""

STYLES = [name for name in NOTATIONS if not name.startswith("seed")]
WIDE = ("plain", "post")


@cache
def derived(told):
    return derive.derivation(told.operation, names=told.names or None, loss=told.loss, **told.lengths)


def documents():
    """Every form in its own notation for all cases; in every notation and format for one."""
    for form in FORMS.values():
        if form.name in WRITTEN:
            usual = next(iter(form.formats))
            yield from product((form.name,), (usual,), (form.notation,), cases())
            formats = [name for name in form.formats if form.formats[name] in LANGUAGE and name != usual]
            yield from product((form.name,), formats, (form.notation,), (Told("matmul"), Told("affine", (5, 2, 7))))
            styles = [style for style in STYLES if style != form.notation]
            yield from product((form.name,), (usual,), styles, (Told("matmul"), Told("matmul", (2, 4, 3), "D = W X")))


WRITTEN = ("readme", "indices")


@pytest.mark.parametrize(("name", "format", "style", "told"), [*documents()], ids=str)
def test_every_equation_of_a_document_is_true(name, format, style, told):
    try:
        text = derived(told).render(format, template=name, notation=style)
    except DeriveError as refused:
        assert re.search(r"does not suit|not to be had", str(refused))
        return
    others = [told.swapped.given] if "swapped" in FORMS[name].companions and told.swapped else []
    report = read_document(text, LANGUAGE[FORMS[name].dress(format)], told.given, others=others)
    assert report.faults == []
    assert report.signs.seen == report.signs.read > 0
