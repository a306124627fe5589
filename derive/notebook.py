"""A rendered text as a notebook: Markdown and code cells, in the JSON of nbformat 4."""

from __future__ import annotations

import json
import re

MARKER = re.compile(r"^\f(markdown|code)\n", re.MULTILINE)
"""What a cell begins with; a form feed stands in no text."""


def notebook(text: str) -> str:
    r"""The notebook of a text whose cells are kept apart by markers.

    No outputs are stored: whoever opens it sees what their own Python prints.

    >>> import json
    >>> made = json.loads(notebook("\fmarkdown\n# Title\n\fcode\nx = 1\n\fmarkdown\n\n"))
    >>> [(cell["cell_type"], cell["source"]) for cell in made["cells"]]
    [('markdown', ['# Title']), ('code', ['x = 1'])]
    """
    _, *pieces = MARKER.split(text)
    sources = [(kind, source.strip("\n")) for kind, source in zip(pieces[::2], pieces[1::2], strict=True)]
    cells = [_cell(kind, source, number) for number, (kind, source) in enumerate(filter(_filled, sources), start=1)]
    whole = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def _filled(cell: tuple[str, str]) -> bool:
    return bool(cell[1].strip())


def _cell(kind: str, source: str, number: int) -> dict[str, object]:
    """A cell; its id is its place, so that the same notebook has the same ids."""
    source = re.sub(r"\n{3,}", "\n\n", source) if kind == "markdown" else source
    cell: dict[str, object] = {
        "cell_type": kind,
        "id": f"cell-{number}",
        "metadata": {},
        "source": source.splitlines(keepends=True),
    }
    return cell if kind == "markdown" else {**cell, "execution_count": None, "outputs": []}
