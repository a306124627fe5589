"""What a page shows of a derivation without claiming anything: ranges of indices, first and last entries."""

from __future__ import annotations

from abc import abstractmethod

from sympy import S
from sympy.core.basic import Basic

from derive.positions import axis
from derive.printer import Printer
from derive.proof import Calc, Derivation
from derive.terms import MatrixSymbol


class Shown:
    """A part of the writers."""

    derivation: Derivation
    printer: Printer

    @abstractmethod
    def calc(self, calc: Calc, start: int | None = None, stop: int | None = None) -> str:
        """A calculation."""

    @abstractmethod
    def math(self, expr: Basic) -> str:
        """A formula in running text."""

    @abstractmethod
    def interval(self, index: str, last: str) -> str:
        """An index and the numbers that it takes, from 1 on."""

    def generic(self, drawn: Calc) -> str:
        """The output drawn by its ends, with the entry of the formula in the midst of the dots."""
        self.printer.crossing = self.math(self.derivation.forward.goal)
        text = self.calc(drawn, stop=1)
        self.printer.crossing = ""
        return text

    @property
    def ranges(self) -> list[str]:
        """i = 1, ..., m for each index of the formula of an entry."""
        output, *at = self.derivation.forward.goal.args
        pairs = [pair for index, size in zip(at, output.shape, strict=True) for pair in axis(index, size)]
        return [self.interval(self.math(letter), self.math(size)) for letter, size in pairs]

    def first(self, row: MatrixSymbol) -> str:
        """The first entry of a row."""
        return self.math(row[S.Zero, S.Zero])

    def last(self, row: MatrixSymbol) -> str:
        """Its last entry."""
        return self.math(row[S.Zero, row.cols - 1])
