"""Planted faults: each is found in a notebook."""

import json

from tests.rendering.notebook import notebook_faults


def notebook(*cells: tuple[str, str]) -> str:
    return json.dumps(
        {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": {},
            "cells": [
                {"id": f"cell{number}", "cell_type": kind, "metadata": {}, "source": source.splitlines(True)}
                | ({"outputs": [], "execution_count": None} if kind == "code" else {})
                for number, (kind, source) in enumerate(cells, start=1)
            ],
        }
    )


GOOD = [("markdown", "Let $x_1$ and\n\n$$\n\\frac{a}{b}\n$$\n"), ("code", "x = 1"), ("code", "assert x == 1\nx")]
NOTEBOOKS = {
    "good": (notebook(*GOOD), []),
    "raises": (notebook(*GOOD, ("code", "x / 0"), ("code", "x")), ["cell 4: ZeroDivisionError: division by zero"]),
    "order": (notebook(GOOD[0], *reversed(GOOD[1:])), ["cell 2: NameError: name 'x' is not defined"]),
    "formula": (notebook(("markdown", "$\\frac{1}$"), *GOOD), ["cell 1:1: \\frac{1}: KaTeX parse error", "MathJax"]),
    "prose-only": (notebook(GOOD[0]), ["no code cell"]),
    "unfit": (
        notebook(*GOOD).replace('"cell_type": "code"', '"cell_type": "cod"', 1),
        ["no valid notebook", "cell 3: NameError"],
    ),
    "dies": (notebook(*GOOD, ("code", "import os; os._exit(1)")), ["Kernel died"]),
}


def test_each_fault_of_a_notebook_is_found(tmp_path):
    for name, (text, _) in NOTEBOOKS.items():
        (tmp_path / f"{name}.ipynb").write_text(text, "utf-8")
    faults = notebook_faults([tmp_path / f"{name}.ipynb" for name in NOTEBOOKS])
    for path, found in faults.items():
        expected = NOTEBOOKS[path.stem][1]
        assert len(found) == len(expected), (path.stem, found)
        assert all(part in fault for part, fault in zip(expected, found, strict=True)), (path.stem, found)
        assert path.read_text("utf-8") == NOTEBOOKS[path.stem][0]
