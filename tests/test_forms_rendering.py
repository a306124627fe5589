"""Every form works where its readers open it: forms, operations, sizes, notations, formats, all checks of each."""

from pathlib import Path

import pytest

from derive.errors import DeriveError
from derive.files import operation_name
from derive.forms import FORMS
from tests.rendering.documents import document_faults
from tests.told_operations import SIZES, Told, derived

STYLES = ("lecture", "slides", "post", "readme", "plain")
COLUMNS = Told("matmul", (2, 4, 3), "D = W X", "J")
PRODUCTS = [*zip((COLUMNS if sizes == (2, 4, 3) else Told("matmul", sizes) for sizes in SIZES), STYLES, strict=True)]
AFFINE = Told("affine", (3, 2, 4))
OTHERS = {
    "worked": Told("softmax", (2, 4, 3)),
    "slides": Told("scale", (3, 4, 2)),
    "readme": Told("hadamard", (2, 4, 4)),
    "indices": Told("transpose", (3, 4, 2)),
    "lecture": Told("affine_columns", (3, 2, 4)),
    "post": Told("bias", (2, 4, 3)),
    "notebook": Told("div", (2, 4, 2)),
}
"""An operation of another kind for each form."""


def written(name: str, folder: Path) -> list[Path]:
    """The documents of a form: all sizes and notations in its first format, and one in each of the others."""
    form = FORMS[name]
    first, *others = (format for format in form.formats if format != "json")
    asked = [(told, first, style) for told, style in PRODUCTS]
    asked += [(told, first, form.notation) for told in (AFFINE, OTHERS[name])]
    asked += [(COLUMNS, format, form.notation) for format in others]
    files = []
    for number, (told, format, style) in enumerate(asked):
        try:
            text = derived(told).render(format, template=name, notation=style)
        except DeriveError as refused:
            if "does not suit" in str(refused):
                continue
            raise
        path = folder / f"{number}-{operation_name(told.operation, told.sizes, {}, name, format)}"
        path.write_text(text, "utf-8")
        files.append(path)
    return files


@pytest.mark.parametrize("name", FORMS)
def test_a_form_renders(name, tmp_path):
    files = written(name, tmp_path)
    assert len(files) > len(PRODUCTS)
    found = document_faults(files)
    assert {path.name: faults for path, faults in found.items() if faults} == {}
