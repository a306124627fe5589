"""What LaTeX and Unicode write differently: one method for each construct of a formula."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from derive.measure import MOST_TERMS


class Glyphs(ABC):
    """The texts of a construct, from the texts of its parts."""

    dots: str
    dots_down: str
    unequal: str
    lengths: Sequence[int] = (MOST_TERMS, 3)
    """How many terms a sum in a matrix shows: the first that fits, else the last."""
    crossing = ""
    """What stands where the dots of a row and of a column of a drawn matrix meet, if not dots as well."""

    @abstractmethod
    def letter(self, name: str) -> str: ...
    @abstractmethod
    def matrix_letter(self, name: str) -> str: ...
    @abstractmethod
    def entry(self, name: str, indices: str) -> str: ...
    @abstractmethod
    def subscript(self, base: str, indices: str) -> str: ...
    @abstractmethod
    def brackets(self, text: str) -> str: ...
    @abstractmethod
    def fraction(self, above: str, below: str) -> str: ...
    @abstractmethod
    def power(self, base: str, exponent: str) -> str: ...
    @abstractmethod
    def root(self, text: str) -> str: ...
    @abstractmethod
    def quotient(self, above: str, below: str, hold_above: bool, hold_below: bool) -> str:
        """A fraction; it is told which of its sides needs brackets in a line."""

    @abstractmethod
    def function(self, name: str, argument: str) -> str:
        """A function of a number."""

    @abstractmethod
    def applied(self, name: str, operands: Sequence[str]) -> str:
        """An operation on matrices, by its sign."""

    @abstractmethod
    def divided(self, above: str, below: Sequence[str]) -> str:
        """An entrywise quotient."""

    @abstractmethod
    def raised(self, base: str, exponent: str) -> str:
        """An entrywise power."""

    @abstractmethod
    def identity(self, size: str) -> str: ...
    @abstractmethod
    def diagonal(self, text: str) -> str: ...
    @abstractmethod
    def on_the_diagonal(self, text: str) -> str: ...
    @abstractmethod
    def trace(self, text: str) -> str: ...
    @abstractmethod
    def determinant(self, text: str) -> str: ...
    @abstractmethod
    def cofactors(self, text: str) -> str: ...
    @abstractmethod
    def unit(self, index: str) -> str:
        """A column that is 1 in one row, else 0."""

    @abstractmethod
    def derivative(self, above: str, below: str) -> str: ...
    @abstractmethod
    def summation(self, index: str, upper: str) -> str: ...
    @abstractmethod
    def delta(self, indices: str) -> str: ...
    @abstractmethod
    def transposed(self, text: str) -> str: ...
    @abstractmethod
    def ones(self, size: str) -> str: ...
    @abstractmethod
    def zeros(self, size: str) -> str: ...
    @abstractmethod
    def product(self, factors: Sequence[str]) -> str: ...
    @abstractmethod
    def matrix_product(self, factors: Sequence[str]) -> str: ...
    @abstractmethod
    def entrywise(self, factors: Sequence[str]) -> str: ...
    @abstractmethod
    def plus(self, terms: Sequence[str]) -> str: ...
    @abstractmethod
    def signed(self, negative: bool, text: str) -> str: ...
    @abstractmethod
    def times(self, sizes: Sequence[str]) -> str: ...
    @abstractmethod
    def grid(self, cells: Sequence[Sequence[str]]) -> str: ...
    @abstractmethod
    def fits(self, cells: Sequence[Sequence[str]]) -> bool:
        """Whether a matrix of these cells fits the page."""

    @abstractmethod
    def dotted(self, cells: Sequence[Sequence[str]], row: int, col: int) -> str:
        """A matrix of any size: these cells, with dots before a row and a column (none, where there is one)."""

    @abstractmethod
    def pairing(self, left: str, right: str) -> str:
        """The Frobenius product: the sum of the products of the entries in the same places."""

    @abstractmethod
    def fits_line(self, text: str) -> bool:
        """Whether a formula fits the page as it is."""

    @abstractmethod
    def labelled(self, grid: str, label: str) -> str: ...


def join_signed(texts: Sequence[str]) -> str:
    """Terms with " + " between them, or " - " before a term that begins with a minus.

    >>> join_signed(["a", "-b", "c"])
    'a - b + c'
    """
    joined = texts[0]
    for text in texts[1:]:
        joined += f" - {text[1:]}" if text.startswith("-") else f" + {text}"
    return joined


def with_dots(cells: Sequence[Sequence[str]], row: int, col: int, dots: tuple[str, str, str]) -> list[list[str]]:
    """The cells with dots before a row and a column, those to the right, down, and both ways.

    >>> with_dots([["a", "b"]], 0, 1, (">", "v", "x"))
    [['a', '>', 'b']]
    """
    right, down, both = dots
    lines = [[*line[:col], *([right] if col else []), *line[col:]] for line in cells]
    between = [down if k != col or not col else both for k in range(len(lines[0]))]
    return [*lines[:row], *([between] if row else []), *lines[row:]]
