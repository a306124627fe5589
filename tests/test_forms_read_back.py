"""What every form of document says is true: each file is read back from its LaTeX by the independent reader."""

from collections.abc import Iterator

import pytest

from tests.form_reading import FORMATS, STYLES, Page
from tests.told_operations import SIZES, Told

LAYERS = [
    Told("matmul", (5, 2, 7)),
    Told("matmul", (2, 4, 3), "D = W X"),
    Told("affine", (2, 4, 3)),
    Told("affine_columns", (3, 1, 4), "Out = W1 Xab v", "E"),
    Told("matmul", (12, 11, 13)),
    Told("matmul", (2, 2, 2), "C = A B", "J"),
    Told("affine", (1, 1, 1), "Z = H V d"),
    Told("affine_columns", (2, 4, 3)),
]
OTHERS = [
    Told("hadamard", (2, 4, 3)),
    Told("transpose", (5, 2, 7), "t = i"),
    Told("sigmoid", (1, 1, 1)),
    Told("softmax", (2, 4, 3)),
    Told("div", (2, 2, 2), "Q = U V", "J"),
    Told("scale", (2, 4, 3)),
    Told("rowsum", (5, 2, 7)),
]
SUITED = {form: LAYERS if form == "lecture" else [*LAYERS, *OTHERS] for form in FORMATS}
SUITED["indices"] = [told for told in SUITED["indices"] if told.operation not in ("softmax", "scale")]
SUITED["slides"] = [Told("softmax", (2, 2, 2)) if t.operation == "softmax" else t for t in SUITED["slides"]]
"""A slide has no room for more of it."""


def pages() -> Iterator[Page]:
    """Every form: each operation, size and name in some format and notation, and each of these several times."""
    for form, formats in FORMATS.items():
        notations = [*STYLES]
        for number, told in enumerate(SUITED[form]):
            # three formats and six notations: after each round another notation comes first
            notation = notations[(number + number // len(notations)) % len(notations)]
            yield Page(form, formats[number % len(formats)], told, notation)
        yield Page(form, formats[0], Told("matmul", (3, 2, 2), "K = i p"), options=(("depth", "short"),))
        yield Page(form, formats[-1], Told("matmul", (2, 4, 2)), options=(("full", True),))
    yield Page("lecture", "tex", Told("matmul"), options=(("solutions", "no"),))
    yield Page("lecture", "tex", Told("matmul"), options=(("solutions", "separate"), ("seed", 5)), exercise=(3, 3, 2))


def test_every_form_is_read_in_all_its_formats_and_in_all_notations():
    """At all sizes, of which the largest stands for all that is elided."""
    for form, formats in FORMATS.items():
        read = [page for page in pages() if page.form == form]
        assert {page.format for page in read} == {*formats}
        assert {*STYLES} <= {page.notation for page in read}
        assert {*SIZES} <= {page.told.sizes for page in read}
        assert sum(page.told.sizes == SIZES[-1] for page in read) == 1


@pytest.mark.parametrize("page", [*pages()], ids=str)
def test_every_formula_of_every_form_is_read_and_true(page):
    """And every sign of equality is counted."""
    report = page.read()
    assert [str(fault) for fault in report.faults] == []
    assert report.signs.seen == report.signs.read > 10
    assert report.claims["display"] > 4
    assert report.claims["sentences"] > 1
