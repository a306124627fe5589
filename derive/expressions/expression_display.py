"""The formulas of a page about an expression, in LaTeX or in the language itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from derive.expressions.expression import Node, number
from derive.expressions.formula import held, latex, name_latex, size_latex
from derive.expressions.index_lines import Delta, Entry, Product
from derive.expressions.lines import Line, Narrative, Theorem
from derive.expressions.sizes import Size
from derive.expressions.text import POWER, PRODUCT, text
from derive.measure import TEXT_WIDTH, width

MOST_ROWS = 8
"""Matrices of numbers with more rows or columns show their corners."""


class ExpressionWriter(ABC):
    """The formulas of one page."""

    def __init__(self, told: Narrative, scalar: str = "scalar") -> None:
        self.told, self.scalar = told, scalar

    tolerance: str
    cross: str
    gap: str
    side: Callable[[Size], str]

    def letter(self, name: str) -> str:
        """A single letter."""
        return name

    @abstractmethod
    def math(self, node: Node) -> str:
        """A formula in running text."""

    @abstractmethod
    def shape(self, node: Node) -> str:
        """The shape of an expression."""

    def sides(self, sides: Sequence[Size]) -> str:
        """The sizes of an array, or nothing where there are none."""
        return self.cross.join(map(self.side, sides))

    @abstractmethod
    def equation(self, left: Node, rights: Sequence[Node]) -> str:
        """left = right = right, on lines of its own where it is too wide for one."""

    @abstractmethod
    def numbers(self, array: Any) -> str:
        """A matrix of numbers."""

    @abstractmethod
    def sums(self, products: Sequence[Product], value: Entry, by: Entry | None = None) -> str:
        """A sum of products of entries; on the left the entry of a value, or its derivative by another."""

    def line(self, line: Line) -> str:
        """A line of the datum."""
        return self.equation(line.name, line.results)

    def rule(self, theorem: Theorem) -> str:
        """What an operation computes."""
        return self.inline(theorem.value, theorem.result)

    @abstractmethod
    def pairing(self, cotangent: str, of: str) -> str:
        """⟨cotangent, d of⟩, the Frobenius inner product."""

    @abstractmethod
    def inline(self, left: Node, right: Node) -> str:
        """left = right, in running text."""


class LatexExpressions(ExpressionWriter):
    r"""In LaTeX.

    A formula that is wider than a page breaks before a + or - that is in no brackets.
    """

    tolerance = "10^{-8}"
    cross, gap = r" \times ", r"\,"
    side = staticmethod(size_latex)

    def math(self, node: Node) -> str:
        return latex(node)

    def shape(self, node: Node) -> str:
        if node.scalar:
            return r"1 \times 1"
        return self.sides(node.shape)

    def inline(self, left: Node, right: Node) -> str:
        return f"{latex(left)} = {latex(right)}"

    def pairing(self, cotangent: str, of: str) -> str:
        return rf"\langle {cotangent}, \mathrm{{d}}{of} \rangle"

    def equation(self, left: Node, rights: Sequence[Node]) -> str:
        whole = " = ".join(latex(each) for each in (left, *rights))
        if width(whole) <= TEXT_WIDTH and len(rights) == 1:
            return whole
        rows = [piece for right in rights for piece in self._pieces(right)]
        lines = [rf"{latex(left)} &{rows[0]}", *(rf"&{row}" for row in rows[1:])]
        if len(lines) == 1:
            return whole
        body = " \\\\\n".join(lines)
        return f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}"

    def _pieces(self, node: Node) -> list[str]:
        """A right side, in several lines where it is too wide."""
        whole = latex(node)
        if node.op != "add" or width(whole) + 6 <= TEXT_WIDTH:
            return [f"= {whole}"]
        pieces: list[str] = []
        current = ""
        for arg in node.args:
            part = held(arg, PRODUCT)
            joined = part if part.startswith("-") else f"+ {part}"
            if current and width(current + joined) + 6 > TEXT_WIDTH:
                pieces.append(current)
                current = joined
            else:
                current = f"{current} {joined}".strip() if current else part
        pieces.append(current)
        return [f"= {pieces[0]}", *(rf"\quad {piece}" for piece in pieces[1:])]

    def numbers(self, array: Any) -> str:
        rows, cols = array.shape
        if (rows, cols) == (1, 1):
            return number_text(array[0, 0])
        row_at, col_at = _kept(rows), _kept(cols)
        cells = [
            " & ".join(
                (r"\ddots" if j is None else r"\vdots")
                if i is None
                else r"\cdots"
                if j is None
                else number_text(array[i, j])
                for j in col_at
            )
            for i in row_at
        ]
        return r"\begin{bmatrix} " + r" \\ ".join(cells) + r" \end{bmatrix}"

    def sums(self, products: Sequence[Product], value: Entry, by: Entry | None = None) -> str:
        begin = f"{self.entry(value)} = "
        if by is not None:
            begin = rf"\frac{{\partial {self.entry(value)}}}{{\partial {self.entry(by)}}} = "
        terms = [self._product(product) for product in products]
        whole = begin + _joined(terms)
        if width(whole) <= TEXT_WIDTH or len(terms) == 1:
            return whole
        rows = [f"{begin[:-2]}&= {terms[0]}"]
        rows += [rf"&\quad {'- ' + t[1:].lstrip() if t.startswith('-') else '+ ' + t}" for t in terms[1:]]
        body = " \\\\\n".join(rows)
        return f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}"

    def _product(self, product: Product) -> str:
        sums = "".join(rf"\sum_{{{index}=1}}^{{{size_latex(side)}}} " for index, side in _in_order(product))
        scale = product.scale
        factors = " ".join(self.entry(f) if isinstance(f, Entry) else self.delta(f) for f in product.factors)
        sign = ""
        if scale.op == "number" and scale.data < 0:
            sign, scale = "-", _positive(scale)
        front = "" if scale.value == 1 and factors else f"{held(scale, POWER)} "
        return f"{sign}{front}{sums}{factors}".strip()

    def entry(self, entry: Entry) -> str:
        """An entry with its indices."""
        indices = "".join(index for index in (entry.row, entry.col) if index is not None)
        name = name_latex(entry.symbol.name)
        if not indices:
            return name
        return f"({name})_{{{indices}}}" if "_" in name else f"{name}_{{{indices}}}"

    def delta(self, delta: Delta) -> str:
        """Kronecker's δ with its indices."""
        return rf"\delta_{{{delta.one}{delta.other}}}"


class PlainExpressions(ExpressionWriter):
    """In the language itself, for the terminal."""

    tolerance = "1e-8"
    cross, gap = " × ", " "
    side = staticmethod(str)

    def math(self, node: Node) -> str:
        return text(node)

    def shape(self, node: Node) -> str:
        return self.scalar if node.scalar else self.sides(node.shape)

    def inline(self, left: Node, right: Node) -> str:
        return f"{text(left)} = {text(right)}"

    def pairing(self, cotangent: str, of: str) -> str:
        return f"⟨{cotangent}, d{of}⟩"

    def equation(self, left: Node, rights: Sequence[Node]) -> str:
        lead = text(left)
        return "\n".join(f"{lead if not k else ' ' * len(lead)} = {text(right)}" for k, right in enumerate(rights))

    def numbers(self, array: Any) -> str:
        rows, cols = array.shape
        if (rows, cols) == (1, 1):
            return number_text(array[0, 0])
        row_at, col_at = _kept(rows), _kept(cols)
        lines = [
            "…" if i is None else "[" + ", ".join("…" if j is None else number_text(array[i, j]) for j in col_at) + "]"
            for i in row_at
        ]
        return "[" + ", ".join(lines) + "]"

    def sums(self, products: Sequence[Product], value: Entry, by: Entry | None = None) -> str:
        begin = f"∂{self.entry(value)}/∂{self.entry(by)}" if by is not None else self.entry(value)
        return f"{begin} = {_joined([self._product(product) for product in products])}"

    def _product(self, product: Product) -> str:
        sums = "".join(f"Σ_{index} " for index, _ in _in_order(product))
        scale, sign = product.scale, ""
        if scale.op == "number" and scale.data < 0:
            sign, scale = "-", _positive(scale)
        factors = " ".join(self.entry(f) if isinstance(f, Entry) else f"δ_{f.one}{f.other}" for f in product.factors)
        front = "" if scale.value == 1 and factors else f"{text(scale)} "
        return f"{sign}{front}{sums}{factors}".strip()

    def entry(self, entry: Entry) -> str:
        """An entry with its indices."""
        indices = "".join(index for index in (entry.row, entry.col) if index is not None)
        return f"{entry.symbol.name}_{indices}" if indices else entry.symbol.name


def _in_order(product: Product) -> list[tuple[str, Size]]:
    """The bound indices as they occur in the factors."""
    met: dict[str, None] = {}
    for factor in product.factors:
        pair = (factor.row, factor.col) if isinstance(factor, Entry) else (factor.one, factor.other)
        met.update(dict.fromkeys(index for index in pair if index is not None))
    places = {index: place for place, index in enumerate(met)}
    return sorted(product.bound, key=lambda pair: places.get(pair[0], len(places)))


def _positive(node: Node) -> Node:
    return number(-Fraction(node.data))


def _joined(terms: Sequence[str]) -> str:
    out = ""
    for term in terms:
        if not out:
            out = term
        else:
            out += f" - {term[1:].lstrip()}" if term.startswith("-") else f" + {term}"
    return out or "0"


def _kept(length: int) -> list[int | None]:
    if length <= MOST_ROWS:
        return list(range(length))
    return [0, 1, 2, None, length - 1]


def number_text(value: float) -> str:
    """A number with at most six digits; a whole one without a point.

    >>> number_text(52.0), number_text(0.1 + 0.2), number_text(1 / 3)
    ('52', '0.3', '0.333333')
    """
    rounded = float(f"{float(value):.6g}")
    if rounded == 0:
        return "0"
    if rounded == int(rounded) and abs(rounded) < 1e15:
        return str(int(rounded))
    return f"{rounded:.6g}"
