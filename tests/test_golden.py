"""Golden documents in two layers: the derivation as data, and the page made of it.

A change of the mathematics shows in the data, a change of the notation or the prose in the page alone.
Where a document has changed on purpose, the failing test prints the command that blesses the new one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest
from sympy.core.basic import Basic

import derive
from derive.operation import catalogue
from tests.operations import SOME

FOLDER = Path(__file__).parent / "golden"
BLESS = "DERIVE_BLESS=1 pytest tests/test_golden.py"

MATMUL = ((1, 1, 1), (2, 2, 2), (2, 4, 3), (3, 1, 2), (12, 11, 13))
OTHERS = {name: tuple(range(2, 2 + len(catalogue()[name].sizes))) for name in SOME if name != "matmul"}
OTHERS |= {"inv": (2,), "det": (3,), "vec": (2, 3)}
DOCUMENTS = [*(("matmul", sizes) for sizes in MATMUL), *OTHERS.items()]


def made(operation: str, numbers: tuple[int, ...]) -> derive.Derived:
    return derive.derivation(operation, **dict(zip(catalogue()[operation].sizes, numbers, strict=True)))


def lines(datum: object, name: str) -> Iterator[str]:
    """The datum as text, one value a line, whatever the printers do."""
    if is_dataclass(datum):
        for field in fields(datum):
            yield from lines(getattr(datum, field.name), f"{name}.{field.name}")
    elif isinstance(datum, tuple):
        for number, item in enumerate(datum):
            yield from lines(item, f"{name}[{number}]")
    elif isinstance(datum, Basic) and datum.is_Matrix and not datum.args[0].is_Matrix:
        yield f"{name} = {' '.join(str(datum).split())}"
    else:
        yield f"{name} = {datum}"


@pytest.mark.parametrize(("operation", "numbers"), DOCUMENTS, ids=lambda value: str(value))
@pytest.mark.parametrize("layer", ["data", "page"])
def test_the_document_is_the_golden_one(operation, numbers, layer):
    derivation = made(operation, numbers)
    text = "\n".join(lines(derivation, "d")) + "\n" if layer == "data" else derivation.render("md")
    name = f"{operation}-{'x'.join(map(str, numbers))}.{'data.txt' if layer == 'data' else 'md'}"
    file = FOLDER / name
    if os.environ.get("DERIVE_BLESS"):
        file.write_text(text, "utf-8")
    assert file.exists(), f"there is no golden {name}; to make it: {BLESS}"
    if file.read_text("utf-8") != text:
        new, old = text.splitlines(), file.read_text("utf-8").splitlines()
        first = next((k for k, (a, b) in enumerate(zip(new, old, strict=False)) if a != b), min(len(new), len(old)))
        pytest.fail(
            f"{name} has changed from line {first + 1} on:\n- {old[first : first + 1]}\n+ {new[first : first + 1]}\n"
            f"If that is meant, look at the new page and bless it: {BLESS}",
            pytrace=False,
        )


def test_no_golden_document_is_left_over():
    expected = {
        f"{operation}-{'x'.join(map(str, numbers))}.{ending}"
        for operation, numbers in DOCUMENTS
        for ending in ("data.txt", "md")
    }
    assert {file.name for file in FOLDER.iterdir() if not file.name.startswith("expression-")} == expected
