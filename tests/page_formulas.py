"""The formulas of a page as texts: their fractions, braces and matrices, without the reader of their meaning."""

import re
from collections.abc import Iterator

from tests.form_reading import Page, language
from tests.reading import pieces

SIZES = ("m", "k", "n")
ENTRY = re.compile(r"(?<![A-Za-z\\])([A-Za-z])_\{([\da-z,]+)\}")
MATRIX = re.compile(r"\\begin\{[bp]matrix\}((?:(?!\\begin\{[bp]matrix).)*?)\\end\{[bp]matrix\}", re.DOTALL)


def formulas(page: Page) -> list[str]:
    """The LaTeX of the page; definitions by type have letters of their own."""
    found = pieces(page.text, language(page.form, page.format))
    return [piece.text for piece in found if piece.kind in ("display", "inline") and r"\mathbb" not in piece.text]


def group(tex: str, at: int) -> str:
    """What stands between the brace that opens here and its own closing one."""
    depth = 0
    for place in range(at, len(tex)):
        depth += {"{": 1, "}": -1}.get(tex[place], 0)
        if depth == 0:
            return tex[at + 1 : place]
    raise ValueError(tex)


def fractions(page: Page) -> Iterator[tuple[str, str]]:
    for tex in formulas(page):
        for found in re.finditer(r"\\frac(?=\{)", tex):
            above = group(tex, found.end())
            yield above, group(tex, found.end() + len(above) + 2)


def shapes(page: Page) -> dict[str, tuple[str, str]]:
    """The letters of the sizes of each matrix, with its bias if the page tells of one."""
    given = (page.told.layer if page.form in ("slides", "lecture") else page.told).given
    return {name.lower(): shape for name, shape in given.shapes.items()}


def places(indices: str) -> list[str]:
    return indices.split(",") if "," in indices else [*indices]


def cells(body: str) -> list[list[str]]:
    body = re.sub(r"\\\\(?:\[[^\]]*\])?", r"\\\\", body)
    return [[cell.strip() for cell in row.split("&")] for row in body.split(r"\\")]


def braces(page: Page) -> Iterator[tuple[str, str]]:
    """What stands under or over braces, and their labels."""
    for tex in formulas(page):
        for found in re.finditer(r"\\(?:under|over)brace(?=\{)", tex):
            body = group(tex, found.end())
            yield body, group(tex, found.end() + len(body) + 3)
