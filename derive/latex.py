"""The LaTeX of a formula, in the part of LaTeX that KaTeX, MathJax and amsmath share."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sympy.core.basic import Basic

from derive.functions import exp
from derive.glyphs import join_signed, with_dots
from derive.measure import FEW_COLUMNS, MOST_ROWS, SIDE, SIZES, TEXT_WIDTH, width
from derive.operation import NAME, registered, spelling
from derive.printer import Printer
from derive.terms import Call

UPRIGHT = r"\mathrm"
DIFFERENTIALS = {"partial": r"\partial", "d": r"\mathrm{d}"}
TRANSPOSES = {"top": r"\top", "T": "T"}
PRODUCTS = {"dot": r"\cdot", "times": r"\times"}


class LatexPrinter(Printer):
    """Expressions to LaTeX.

    >>> from derive.terms import MatrixSymbol, Partial
    >>> X, Y = MatrixSymbol("X", 2, 2), MatrixSymbol("Y", 2, 2)
    >>> LatexPrinter().text(Partial(Y[0, 0], X[0, 1]))
    '\\\\frac{\\\\partial y_{11}}{\\\\partial x_{12}}'
    """

    dots = r"\cdots"
    dots_down = r"\vdots"
    unequal = r"\neq"
    size = ""
    """The font size of written-out matrices, for a line that would be too wide; "" is the normal one."""
    room = TEXT_WIDTH
    """The width of the page, in em."""
    sizes: Sequence[tuple[str, float]] = SIZES
    """The font sizes that there are."""
    small_print: Sequence[tuple[str, float]] = SIZES
    """Those for what fits in none of them."""
    narrow: int | None = None
    """Their columns beyond this many give way to dots, in a line that no font size can fit."""

    def letter(self, name: str) -> str:
        base, suffix = self._split(name)
        return base + suffix

    def matrix_letter(self, name: str) -> str:
        if self.notation.bold == "plain" or name in self.vectors.scalars:
            return self.letter(name)
        base, suffix = self._split(name)
        return rf"\{self.notation.bold}{{{base.removeprefix(UPRIGHT).strip('{}')}}}{suffix}"

    def entry(self, name: str, indices: str) -> str:
        base, suffix = self._split(name)
        spelled = base.replace(name, spelling(name)) if base.startswith("\\") else base.lower()
        spelled = base if self.notation.capital else spelled
        return f"{spelled}_{{{indices}}}{suffix}"

    def _split(self, name: str) -> tuple[str, str]:
        """The letter, and what distinguishes it from others of that letter: W1 is W with a (1).

        A word stays a word, upright.
        """
        match = NAME.fullmatch(name)
        if match is None:
            return name, ""
        letter, suffix = match.groups()
        if len(suffix) > 2 and suffix[0].isalpha():
            return rf"\mathrm{{{name}}}", ""
        upright = suffix if suffix.isdigit() else rf"\mathrm{{{suffix}}}"
        return letter, f"^{{({upright})}}" if suffix else ""

    def subscript(self, base: str, indices: str) -> str:
        return f"{base}_{{{indices}}}"

    def brackets(self, text: str) -> str:
        tall = any(command in text for command in (r"\frac", r"\sum", "^", r"\begin"))
        return rf"\left({text}\right)" if tall else f"({text})"

    def fraction(self, above: str, below: str) -> str:
        return rf"\frac{{{above}}}{{{below}}}"

    def power(self, base: str, exponent: str) -> str:
        return f"{base}^{{{exponent}}}"

    def root(self, text: str) -> str:
        return rf"\sqrt{{{text}}}"

    def quotient(self, above: str, below: str, hold_above: bool, hold_below: bool) -> str:
        return self.fraction(above, below)

    def function(self, name: str, argument: str) -> str:
        return self.power("e", argument) if name == exp.__name__ else self.applied(name, [argument])

    def applied(self, name: str, operands: Sequence[str]) -> str:
        """The sign of an operation before its operands, or around its only one."""
        sign = registered()[name].sign
        names = [operand.name for operand in registered()[name].signature.inputs]
        if f"{{{names[0]}}}" in sign:
            for operand, text in zip(names, operands, strict=True):
                outside = re.sub(r"\{[^{}]*\}|\([^()]*\)", "", text)
                held = " " in outside or ("^" in outside and len(operands) == 1)
                sign = sign.replace(f"{{{operand}}}", self.brackets(text) if held else text)
            return sign
        return sign + self.brackets(", ".join(operands))

    def _matrix_factor(self, part: Basic) -> str:
        """An operation between two operands is held together."""
        text = super()._matrix_factor(part)
        return self.brackets(text) if isinstance(part, Call) and len(part.operands) > 1 else text

    def divided(self, above: str, below: Sequence[str]) -> str:
        return r" \oslash ".join([above, *below])

    def raised(self, base: str, exponent: str) -> str:
        held = rf"{{{base}}}" if "^" in base and not base.startswith((r"\left", r"\underbrace")) else base
        return rf"{held}^{{\circ {exponent}}}"

    def identity(self, size: str) -> str:
        return f"I_{{{size}}}"

    def diagonal(self, text: str) -> str:
        return rf"\mathrm{{diag}}{self.brackets(text)}"

    def on_the_diagonal(self, text: str) -> str:
        return rf"\mathrm{{diagvec}}{self.brackets(text)}"

    def trace(self, text: str) -> str:
        return rf"\mathrm{{tr}}{self.brackets(text)}"

    def determinant(self, text: str) -> str:
        return rf"\det {text}"

    def cofactors(self, text: str) -> str:
        return rf"\mathrm{{cof}}{self.brackets(text)}"

    def unit(self, index: str) -> str:
        return rf"\mathbf e_{{{index}}}"

    def derivative(self, above: str, below: str) -> str:
        sign = DIFFERENTIALS[self.notation.differential]
        return rf"\frac{{{sign} {above}}}{{{sign} {below}}}" if above else rf"\frac{{{sign}}}{{{sign} {below}}}"

    def summation(self, index: str, upper: str) -> str:
        return rf"\sum_{{{index}=1}}^{{{upper}}}"

    def delta(self, indices: str) -> str:
        return rf"\delta_{{{indices}}}"

    def transposed(self, text: str) -> str:
        sign = TRANSPOSES[self.notation.transpose]
        return f"{{{text}}}^{{{sign}}}" if "^" in text and not text.startswith(r"\left") else f"{text}^{{{sign}}}"

    def ones(self, size: str) -> str:
        return rf"\mathbf 1_{{{size}}}"

    def zeros(self, size: str) -> str:
        return rf"\mathbf 0_{{{size}}}"

    def product(self, factors: Sequence[str]) -> str:
        r"""Juxtaposed; a thin space keeps fractions apart, but for the narrow cells of a matrix.

        Formulas without fractions stand in running text too, where Markdown may take ``\,`` for a comma.
        """
        if self.notation.product != "none":
            return f" {PRODUCTS[self.notation.product]} ".join(factors)
        spaced = not self.tight and any(r"\frac" in factor or factor.startswith(r"\mathrm") for factor in factors)
        return (r" \, " if spaced else " ").join(factors)

    def matrix_product(self, factors: Sequence[str]) -> str:
        return self.product(factors)

    def entrywise(self, factors: Sequence[str]) -> str:
        return r" \odot ".join(factors)

    def plus(self, terms: Sequence[str]) -> str:
        return join_signed(terms)

    def signed(self, negative: bool, text: str) -> str:
        return f"-{text}" if negative else text

    def times(self, sizes: Sequence[str]) -> str:
        return r" \times ".join(sizes)

    def grid(self, cells: Sequence[Sequence[str]]) -> str:
        """A bmatrix; rows beyond a readable number and columns beyond the page become dots."""
        rows = self.shown(len(cells), self.most_rows(cells))
        cols = self.shown(len(cells[0]), self.narrow or (MOST_ROWS if self.fits(cells) else FEW_COLUMNS[0]))
        lines = []
        for i in rows:
            if i is None:
                line = [r"\ddots" if j is None else r"\vdots" for j in cols]
            else:
                line = [r"\cdots" if j is None else cells[i][j] for j in cols]
            lines.append(" & ".join(line))
        return self._bracketed(lines)

    def most_rows(self, cells: Sequence[Sequence[str]]) -> int:
        """How many rows of a matrix of these cells are drawn."""
        return MOST_ROWS

    def dotted(self, cells: Sequence[Sequence[str]], row: int, col: int) -> str:
        return self.drawn(with_dots(cells, row, col, (self.dots, self.dots_down, self.crossing or r"\ddots")))

    def drawn(self, cells: Sequence[Sequence[str]]) -> str:
        """A matrix of these cells, whatever they are."""
        return self._bracketed([" & ".join(line) for line in cells])

    def _bracketed(self, lines: Sequence[str]) -> str:
        gap = r" \\[0.5em] " if any(r"\frac" in line for line in lines) else r" \\ "
        kind = self.notation.matrix
        matrix = rf"\begin{{{kind}}} {gap.join(lines)} \end{{{kind}}}"
        return self.shrunk(matrix) if self.size else matrix

    def fits(self, cells: Sequence[Sequence[str]]) -> bool:
        rows = r" \\ ".join(" & ".join(row) for row in cells)
        return width(rf"\begin{{bmatrix}}{rows}\end{{bmatrix}}") * self.sizes[-1][1] <= self.room - SIDE

    def shrunk(self, matrix: str) -> str:
        """In the smaller font: a group of its own, since a switch around a brace counts twice in KaTeX."""
        return rf"{{\{self.size} {matrix}}}"

    def labelled(self, grid: str, label: str) -> str:
        """A fraction in a label is as large as in running text: within a script it would be too small to read."""
        label = label.replace(r"\frac", r"\tfrac")
        return rf"\overbrace{{{grid}}}^{{{label}}}" if self.over else rf"\underbrace{{{grid}}}_{{{label}}}"

    def fits_line(self, text: str) -> bool:
        return self.narrow is None and width(text) <= self.room - SIDE

    def pairing(self, left: str, right: str) -> str:
        return rf"\left\langle {left}, {right} \right\rangle_{{F}}"


class ArticlePrinter(LatexPrinter):
    """LaTeX proper, where a size switch is not for mathematics and small print shrinks less than the rest."""

    small_print = (*SIZES, ("tiny", 0.7))

    def shrunk(self, matrix: str) -> str:
        return rf"\scalebox{{{dict(self.sizes)[self.size]}}}{{${matrix}$}}"
