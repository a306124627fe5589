"""How wide a formula is, and what is left of it where it is too wide to read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import zip_longest

TEXT_WIDTH = 43.0
"""The width of a page in em of the formula's font: a column of a forge or a blog, or a sheet of A4."""

SIDE = 3.1
"""The room that the left side of an equation takes, in em."""

MOST_ROWS = 10
"""Rows and columns beyond this many are elided."""

FEW_COLUMNS = (3, 2)
"""What is too wide for a line is drawn with at most so many columns, or else with so many."""

MOST_TERMS = 8
"""A sum in a matrix cell or in a line of a list shows at most this many terms."""

SIZES = (("", 1.0), ("small", 0.92), ("scriptsize", 0.78))
"""The font sizes that a wide matrix may take, by names that KaTeX and MathJax share, with their scale."""

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[{}^_&]|\s+|.")
_MATRIX = re.compile(r"\\begin\{([bp])matrix\}(.*?)\\end\{\1matrix\}", re.DOTALL)
_ROW_END = re.compile(r"\\\\(?:\[[^\]]*\])?")
_SIZED = re.compile(r"\{\\([a-z]+) (\\begin\{([bp])matrix\}.*?\\end\{\3matrix\})\}", re.DOTALL)
_ALIGNED = re.compile(r"\\(?:begin|end)\{aligned\}")
_LINE_END = re.compile(r"\\\\(?:\[[^\]]*\])?\n")
_SCRIPT = 0.71
"""Of script to text: 0.7 in KaTeX, and more in LaTeX, which draws small letters wider."""

# Widths in em of Computer Modern, in which KaTeX, MathJax and LaTeX all set mathematics.
_ITALICS = "a53 b43 c43 d52 e47 f49 g48 h58 i34 j41 k52 l30 m88 n60 o48 p50 q45 r45 s47 t36 u57 v48 w72 x57 y49 z46"
_WIDTHS = {entry[0]: int(entry[1:]) / 100 for entry in _ITALICS.split()} | {
    "\\quad": 1.0,
    "\\sum": 1.6,
    "\\partial": 0.53,
    "\\delta": 0.44,
    "\\cdots": 1.5,
    "\\vdots": 0.28,
    "\\ddots": 1.28,
    "\\odot": 1.22,
    "\\oslash": 1.22,
    "\\otimes": 1.22,
    "\\circ": 0.5,
    "\\exp": 1.5,
    "\\log": 1.28,
    "\\sin": 1.23,
    "\\cos": 1.34,
    "\\tanh": 2.0,
    "\\det": 1.4,
    "\\lvert": 0.28,
    "\\rvert": 0.28,
    "\\sqrt": 0.83,
    "\\times": 1.22,
    "\\cdot": 0.72,
    "\\langle": 0.39,
    "\\rangle": 0.39,
    "\\,": 0.17,
    "\\thinspace": 0.17,
    "\\;": 0.28,
    "+": 1.22,
    "-": 1.22,
    "=": 1.33,
    ",": 0.45,
    "(": 0.39,
    ")": 0.39,
}
_DIGIT, _CAPITAL = 0.5, 0.76
_SILENT = {"\\left", "\\right", "\\text", "\\mathbf", "\\boldsymbol", "\\mathrm", "\\boxed", "&"}


@lru_cache(maxsize=1 << 14)
def width(tex: str) -> float:
    """The width of a displayed formula on one line, in em.

    It is an estimate, within some per cent of what KaTeX and LaTeX set.

    >>> round(width(r"x_{23} + w_{1}"), 1)
    3.7
    """
    return _flat(_MATRIX.sub(_apart, tex), 1.0)


def set_width(tex: str) -> float:
    r"""The width of the widest row of a display, where matrices are as small as they are set.

    >>> set_width(r"{\small \begin{bmatrix} x \end{bmatrix}}") < width(r"\begin{bmatrix} x \end{bmatrix}")
    True
    """
    scaled = _SIZED.sub(
        lambda found: rf"\hspace{{{dict(SIZES)[found[1]] * width(found[2]):.2f}}}", _ALIGNED.sub("", tex)
    )
    return max(_flat(_MATRIX.sub(_apart, row), 1.0) for row in _LINE_END.split(scaled))


def _apart(found: re.Match[str]) -> str:
    return rf"\hspace{{{_matrix(found[2]):.2f}}}"


def _flat(tex: str, fraction: float) -> float:
    return _sequence(_TOKEN.findall(tex), 0, fraction)[0]


def _matrix(body: str) -> float:
    """The columns, 1 em between them, and the brackets; fractions inside are set small."""
    rows = [[_flat(cell, _SCRIPT) for cell in row.split("&")] for row in _ROW_END.split(body)]
    columns = [max(column) for column in zip_longest(*rows, fillvalue=0.0)]
    return sum(columns) + len(columns) + 0.2


def _sequence(tokens: Sequence[str], at: int, fraction: float) -> tuple[float, int]:
    """The width of the tokens from ``at`` to the closing brace, and the place behind it."""
    total = 0.0
    while at < len(tokens) and tokens[at] != "}":
        token = tokens[at]
        at += 1
        if token in ("\\frac", "\\tfrac"):
            above, at = _group(tokens, at, fraction)
            below, at = _group(tokens, at, fraction)
            total += max(above, below) * fraction + 0.24
        elif token == "\\underbrace" or token == "\\overbrace":
            body, at = _group(tokens, at, fraction)
            label, at = _group(tokens, at + 1, _SCRIPT)
            total += max(body, label * _SCRIPT)
        elif token == "\\hspace":
            end = tokens.index("}", at)
            total += float("".join(tokens[at + 1 : end]))
            at = end + 1
        elif token in "^_":
            part, at = _group(tokens, at, fraction)
            total += part * _SCRIPT + 0.05
        elif token == "{":
            part, at = _group(tokens, at - 1, fraction)
            total += part
        elif not token.isspace() and token not in _SILENT:
            total += _WIDTHS.get(token, _CAPITAL if token.isupper() else _DIGIT)
    return total, at + 1


def _group(tokens: Sequence[str], at: int, fraction: float) -> tuple[float, int]:
    while at < len(tokens) and tokens[at].isspace():
        at += 1
    if at < len(tokens) and tokens[at] == "{":
        return _sequence(tokens, at + 1, fraction)
    return _sequence([*tokens[at : at + 1]], 0, fraction)[0], at + 1


def shown(count: int, most: int, keep: Sequence[int] = ()) -> list[int | None]:
    """Which of ``count`` items are shown where at most ``most`` fit; ``None`` stands for dots.

    The first two (but for ``most`` below three) and the last always are, and those to ``keep``; where
    there is room, dots do not stand for a single item.

    >>> shown(3, 5), shown(9, 5), shown(4, 3)
    ([0, 1, 2], [0, 1, None, 8], [0, 1, None, 3])
    >>> shown(9, 5, keep=[3]), shown(9, 2)
    ([0, 1, 2, 3, None, 8], [0, None, 8])
    """
    if count <= most:
        return list(range(count))
    kept = {0, min(1, most - 2), count - 1, *keep}
    kept |= {k for k in range(count) if {k - 1, k + 1} <= kept and len(kept) < most}
    items: list[int | None] = []
    for number in sorted(kept):
        if items and number - 1 != items[-1]:
            items.append(None)
        items.append(number)
    return items


def font(tex_width: float, room: float = TEXT_WIDTH, sizes: Sequence[tuple[str, float]] = SIZES) -> str:
    """The largest font size in which a line of this width fits; the smallest if none does."""
    return next((name for name, scale in sizes if tex_width * scale <= room), sizes[-1][0])
