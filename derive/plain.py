"""The same formulas in Unicode, for a terminal, which has no bold letters and one sign for transposes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from derive.glyphs import with_dots
from derive.measure import MOST_ROWS, MOST_TERMS
from derive.operation import spelling
from derive.printer import Printer

ROOM = 132
"""Columns of a terminal that a matrix may take."""

DIFFERENTIALS = {"partial": "∂", "d": "d"}
PRODUCTS = {"none": "·", "dot": "·", "times": "×"}
BRACKETS = {
    "bmatrix": (("[", "]"), ("⎡", "⎤"), ("⎢", "⎥"), ("⎣", "⎦")),
    "pmatrix": (("(", ")"), ("⎛", "⎞"), ("⎜", "⎟"), ("⎝", "⎠")),
}
"""Around one row, and beside the first, the next and the last of several."""

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


class PlainPrinter(Printer):
    """Expressions to Unicode.

    >>> from derive.terms import MatrixSymbol, Partial
    >>> X, Y = MatrixSymbol("X", 2, 2), MatrixSymbol("Y", 2, 2)
    >>> PlainPrinter().text(Partial(Y[0, 0], X[0, 1]))
    '∂y₁₁/∂x₁₂'
    """

    dots = "⋯"
    dots_down = "⋮"
    unequal = "≠"
    lengths = (MOST_TERMS, 3, 2)

    def letter(self, name: str) -> str:
        return name

    def matrix_letter(self, name: str) -> str:
        return name

    def entry(self, name: str, indices: str) -> str:
        return self.subscript(name if self.notation.capital else spelling(name), indices)

    def subscript(self, base: str, indices: str) -> str:
        if indices.isdigit() and not base[-1].isdigit():
            return base + indices.translate(_SUBSCRIPTS)
        return f"{base}[{indices}]" if not indices.isalpha() else f"{base}_{indices}"

    def brackets(self, text: str) -> str:
        """None around what is the value of a function already."""
        return text if re.fullmatch(r"\w+\([^()]*\)", text) else f"({text})"

    def fraction(self, above: str, below: str) -> str:
        return f"{above}/{below}"

    def power(self, base: str, exponent: str) -> str:
        return f"{base}^{exponent}"

    def root(self, text: str) -> str:
        return f"√({text})"

    def quotient(self, above: str, below: str, hold_above: bool, hold_below: bool) -> str:
        over = self.brackets(above) if hold_above else above
        return f"{over} / {self.brackets(below) if hold_below else below}"

    def function(self, name: str, argument: str) -> str:
        return self.applied(name, [argument])

    def applied(self, name: str, operands: Sequence[str]) -> str:
        return f"{name}({', '.join(operands)})"

    def divided(self, above: str, below: Sequence[str]) -> str:
        return _beside([above, *below], " ⊘ ")

    def raised(self, base: str, exponent: str) -> str:
        return f"{base}^∘{exponent if exponent.isdigit() else self.brackets(exponent)}"

    def identity(self, size: str) -> str:
        return f"I[{size}]"

    def diagonal(self, text: str) -> str:
        return f"diag({text})"

    def on_the_diagonal(self, text: str) -> str:
        return f"diagvec({text})"

    def trace(self, text: str) -> str:
        return f"tr({text})"

    def determinant(self, text: str) -> str:
        return f"det {text}"

    def cofactors(self, text: str) -> str:
        return f"cof({text})"

    def unit(self, index: str) -> str:
        return self.subscript("𝐞", index)

    def derivative(self, above: str, below: str) -> str:
        sign = DIFFERENTIALS[self.notation.differential]
        return f"{sign}{above}/{sign}{below}"

    def summation(self, index: str, upper: str) -> str:
        return f"Σ[{index}=1..{upper}]"

    def delta(self, indices: str) -> str:
        return self.subscript("δ", indices)

    def transposed(self, text: str) -> str:
        return f"{text}ᵀ"

    def ones(self, size: str) -> str:
        return f"𝟏[{size}]"

    def zeros(self, size: str) -> str:
        return f"𝟎[{size}]"

    def product(self, factors: Sequence[str]) -> str:
        over = f"/{DIFFERENTIALS[self.notation.differential]}"
        close = self.notation.product == "none" and not any(over in f or " / " in f for f in factors)
        return (" " if close else self._times_sign).join(_apart(factors))

    def matrix_product(self, factors: Sequence[str]) -> str:
        return _beside(_apart(factors), self._times_sign)

    @property
    def _times_sign(self) -> str:
        return f" {PRODUCTS[self.notation.product]} "

    def entrywise(self, factors: Sequence[str]) -> str:
        return _beside(factors, " ⊙ ")

    def plus(self, terms: Sequence[str]) -> str:
        """Side by side; a minus that a term begins with takes the place of the plus."""
        joined = terms[0]
        for term in terms[1:]:
            joined = _beside([joined, term[1:]], " - ") if term.startswith("-") else _beside([joined, term], " + ")
        return joined

    def signed(self, negative: bool, text: str) -> str:
        return _beside(["", text], "-") if negative else text

    def times(self, sizes: Sequence[str]) -> str:
        return "×".join(sizes)

    def grid(self, cells: Sequence[Sequence[str]]) -> str:
        """Rows in columns between tall brackets."""
        rows = self.shown(len(cells), MOST_ROWS)
        cols = self.shown(len(cells[0]), MOST_ROWS)
        for most in (3, 2):
            if self.fits([[row[j] for j in cols if j is not None] for row in cells]):
                break
            cols = self.shown(len(cells[0]), most)
        lines = [
            ["⋱" if i is None and j is None else "⋮" if i is None else "⋯" if j is None else cells[i][j] for j in cols]
            for i in rows
        ]
        return self._bracketed(lines)

    def dotted(self, cells: Sequence[Sequence[str]], row: int, col: int) -> str:
        return self._bracketed(with_dots(cells, row, col, (self.dots, self.dots_down, self.crossing or "⋱")))

    def fits_line(self, text: str) -> bool:
        return max(map(len, text.split("\n"))) <= ROOM

    def pairing(self, left: str, right: str) -> str:
        return _beside(["", left, right, ""], "") if "\n" in left else f"⟨{left}, {right}⟩"

    def _bracketed(self, lines: Sequence[Sequence[str]]) -> str:
        (first, last), tops, sides, bottoms = BRACKETS[self.notation.matrix]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        bodies = ["  ".join(f"{c:<{w}}" for c, w in zip(line, widths, strict=True)) for line in lines]
        if len(bodies) == 1:
            return f"{first} {bodies[0]} {last}"
        left = [tops[0], *sides[:1] * (len(bodies) - 2), bottoms[0]]
        right = [tops[1], *sides[1:] * (len(bodies) - 2), bottoms[1]]
        return "\n".join(f"{a} {body} {b}" for a, body, b in zip(left, bodies, right, strict=True))

    def fits(self, cells: Sequence[Sequence[str]]) -> bool:
        return sum(max(map(len, column)) + 2 for column in zip(*cells, strict=True)) <= ROOM or self.notation.full

    def labelled(self, grid: str, label: str) -> str:
        return grid


def _apart(factors: Sequence[str]) -> Sequence[str]:
    """Factors side by side, fractions in brackets."""
    if len(factors) == 1:
        return factors
    return [
        f"({factor})" if " / " in factor and "\n" not in factor and factor[0] != "(" else factor for factor in factors
    ]


def _beside(blocks: Sequence[str], sign: str) -> str:
    """Blocks of lines side by side, the sign between them on the middle line."""
    parts = [block.split("\n") for block in blocks]
    height = max(map(len, parts))
    columns: list[list[str]] = []
    for k, lines in enumerate(parts):
        if k:
            columns.append([sign if i == (height - 1) // 2 else " " * len(sign) for i in range(height)])
        top = (height - len(lines)) // 2
        wide = max(map(len, lines))
        padded = [""] * top + lines + [""] * (height - len(lines) - top)
        columns.append([f"{line:<{wide}}" for line in padded])
    return "\n".join("".join(row).rstrip() for row in zip(*columns, strict=True))
