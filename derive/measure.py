"""How wide a formula is, and what is left of it where it is too wide to read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import zip_longest

TEXT_WIDTH = 46.0
"""The width of a page, in em of the formula's font: what a browser column or a sheet of A4 holds."""

MOST_ROWS = 10
"""Rows and columns beyond this many are elided."""

MOST_TERMS = 8
"""A sum inside a matrix cell shows at most this many terms."""

SIZES = (("", 1.0), ("small", 0.9), ("footnotesize", 0.8), ("scriptsize", 0.7))

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[{}^_&]|\s+|.")
_MATRIX = re.compile(r"\\begin\{bmatrix\}(.*?)\\end\{bmatrix\}", re.DOTALL)
_ROW_END = re.compile(r"\\\\(?:\[[^\]]*\])?")
_WIDTHS = {
    "\\quad": 1.0,
    "\\qquad": 2.0,
    "\\sum": 1.45,
    "\\partial": 0.55,
    "\\cdots": 1.3,
    "\\vdots": 0.3,
    "\\ddots": 1.3,
    "\\odot": 1.2,
    "\\times": 1.2,
    "\\,": 0.17,
    "+": 1.25,
    "-": 1.25,
    "=": 1.35,
    ",": 0.45,
    "(": 0.4,
    ")": 0.4,
}
_SILENT = {"\\left", "\\right", "\\text", "\\mathbf", "\\mathrm", "\\mathsf", "\\begin", "\\end", "\\top"}


def width(tex: str) -> float:
    """An estimate of the width of a one-line formula, in em.

    >>> 1.0 < width(r"x_{23}") < 1.6
    True
    >>> width(r"\\frac{\\partial L}{\\partial y}") < width(r"\\partial L + \\partial y")
    True
    """
    flat = _MATRIX.sub(lambda match: f"\\hspace{{{_matrix(match[1]):.1f}}}", tex)
    return _sequence(_TOKEN.findall(flat), 0)[0]


def _matrix(body: str) -> float:
    rows = [[width(cell) for cell in row.split("&")] for row in _ROW_END.split(body)]
    return sum(map(max, zip_longest(*rows, fillvalue=0.0))) + max(map(len, rows)) * 1.0 + 0.1


def _sequence(tokens: Sequence[str], at: int) -> tuple[float, int]:
    """The width of the tokens from ``at`` to the closing brace, and the place behind it."""
    total = 0.0
    while at < len(tokens) and tokens[at] != "}":
        token = tokens[at]
        at += 1
        if token in ("\\frac", "\\underbrace"):
            first, at = _group(tokens, at)
            second, at = _group(tokens, at + (token == "\\underbrace"))
            total += (max(first, second) + 0.24) if token == "\\underbrace" else max(first, second) * 0.75 + 0.24
        elif token == "\\hspace":
            end = tokens.index("}", at)
            total += float("".join(tokens[at + 1 : end]))
            at = end + 1
        elif token in "^_":
            part, at = _group(tokens, at)
            total += part * 0.7
        elif token == "{":
            part, at = _group(tokens, at - 1)
            total += part
        elif not token.isspace() and token not in _SILENT and token != "&":
            total += _WIDTHS.get(token, 0.53)
    return total, at + 1


def _group(tokens: Sequence[str], at: int) -> tuple[float, int]:
    while at < len(tokens) and tokens[at].isspace():
        at += 1
    if at < len(tokens) and tokens[at] == "{":
        return _sequence(tokens, at + 1)
    return _sequence([*tokens[at : at + 1]], 0)[0], at + 1


def shown(count: int, most: int, keep: Sequence[int] = ()) -> list[int | None]:
    """Which of ``count`` items are shown where at most ``most`` fit; ``None`` stands for dots.

    >>> shown(3, 5), shown(9, 5)
    ([0, 1, 2], [0, 1, None, 8])
    >>> shown(9, 5, keep=[4])
    [0, 1, None, 4, None, 8]
    """
    if count <= most:
        return list(range(count))
    wanted = sorted({0, 1, count - 1, *keep})
    items: list[int | None] = []
    for number in wanted:
        last = items[-1] if items else -1
        if last is not None and number - last == 2:
            items.append(number - 1)
        elif last is not None and number - last > 2:
            items.append(None)
        items.append(number)
    return items


def font(tex_width: float) -> tuple[str, float]:
    """The largest font size in which a formula of this width fits the page, with its scale."""
    return next((size for size in SIZES if tex_width * size[1] <= TEXT_WIDTH), SIZES[-1])
