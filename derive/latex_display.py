"""Calculations in LaTeX: for Markdown pages, and for an article."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from math import ceil

from sympy.core.basic import Basic

from derive.display import Writer
from derive.latex import ArticlePrinter, LatexPrinter
from derive.lessons import Lessons
from derive.measure import FEW_COLUMNS, TEXT_WIDTH, font, width
from derive.notation import DEFAULT, Notation
from derive.proof import Calc, Derivation, Support, Theorem
from derive.terms import MatrixExpr

A4 = 483
"""The width of the text on A4 between margins of 20 mm, in points."""

REASONED_WIDTH = 48.0
"""The room for a line and the reason beside it, in em of which a letter of running text takes ``LETTER``."""

LETTER = 0.4

NUMBER = 3.0
"""The room that the number of a display takes, in em."""

NUMBER_ON_PAPER = 1.0
"""The same where the text is as wide as on A4: most of the number stands beyond ``TEXT_WIDTH``."""

ROW_END = " \\\\[0.6em]\n"


class LatexWriter(Writer, Lessons):
    """Displays in LaTeX: one line, or an ``aligned`` of several."""

    printer: LatexPrinter
    continued = r"&\quad {} + "
    number = NUMBER

    def joined(self, pieces: Sequence[str]) -> str:
        """The lines of one sum; a minus that a line begins with takes the place of the plus."""
        first, *others = pieces
        lines = [rf"&\quad {{}} - {p[1:]}" if p.startswith("-") else self.continued + p for p in others]
        return " \\\\\n".join([first, *lines])

    def __init__(
        self, derivation: Derivation, notation: Notation = DEFAULT, reasons: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(derivation, notation, reasons)
        self.printer = LatexPrinter(notation, self.vectors, self.wide)

    def measure(self, text: str) -> float:
        return width(text)

    def leave_room(self) -> None:
        self.printer.room -= self.number

    def reasoned(self, calc: Calc, start: int | None = None) -> str:
        """The reasons in a column of their own, or below their lines where these are too long."""
        self.follow(calc.goal)
        goal = self.printer.text(calc.goal)
        steps = calc.steps[start:]
        texts = [self.printer.text(step.result) for step in steps]
        reasons = [rf"\text{{{self.reason(step)}}}" for step in steps]
        longest = max(len(self.reason(step)) for step in steps) * LETTER
        if width(goal) + max(map(width, texts)) + longest <= self.printer.room + 5:
            rows = [f"{text} && {reason}" for text, reason in zip(texts, reasons, strict=True)]
        else:
            rows = [f"{text} \\\\\n&\\qquad {reason}" for text, reason in zip(texts, reasons, strict=True)]
        return self.aligned(left_aligned(goal, rows))

    def zeros(self, support: Support, when: str) -> str:
        goal = self.printer.text(support.goal)
        rows = [
            rf"0 \quad \text{{{when} }} {self.math(i)} {self.printer.unequal} {self.math(p)}" for i, p in support.agree
        ]
        return self.aligned(left_aligned(goal, rows, again=True)) if len(rows) > 1 else f"{goal} = {rows[0]}"

    def aligned(self, rows: Sequence[str]) -> str:
        """Rows under each other, their equality signs in line."""
        return f"\\begin{{aligned}}\n{ROW_END.join(rows)}\n\\end{{aligned}}"

    def interval(self, index: str, last: str) -> str:
        return rf"{index} = 1, \ldots, {last}"

    def box(self, theorem: Theorem) -> str:
        return rf"\boxed{{\;{self.rule(theorem)}\;}}"

    def shaped(self, matrix: MatrixExpr, held: bool) -> str:
        text = self.printer.text(matrix)
        text = self.printer.brackets(text) if held else text
        return rf"\underbrace{{{text}}}_{{{self.shape(matrix)}}}"

    def _lines(self, goal: str, results: Sequence[Basic]) -> str:
        room = self.printer.room - width(f"{goal} = ")
        texts = [self._pieces(result, room) for result in results]
        line = " = ".join([goal, *(pieces[0] for pieces in texts)])
        if all(len(pieces) == 1 for pieces in texts) and width(line) <= self.printer.room:
            return line
        return self.aligned(left_aligned(goal, [self.joined(pieces) for pieces in texts]))

    def _fitted(self, expr: Basic, room: float) -> str:
        """In the largest size that fits; else with fewer columns, then with fewer terms, then in small print."""
        known, usual = self.printer.lengths, self.printer.sizes
        ways = [(None, known), *((columns, known) for columns in FEW_COLUMNS), (FEW_COLUMNS[-1], (2,))]
        all_sizes = dict.fromkeys((tuple(usual), tuple(self.printer.small_print)))
        for self.printer.sizes, (self.printer.narrow, self.printer.lengths) in product(all_sizes, ways):
            if width(self.printer.text(expr)) * self.printer.sizes[-1][1] <= room:
                break
        self.printer.size = font(width(self.printer.text(expr)), room, self.printer.sizes)
        text = self.printer.text(expr)
        self.printer.size, self.printer.narrow, self.printer.lengths, self.printer.sizes = "", None, known, usual
        return text

    def _list(self, calcs: Sequence[Calc | None]) -> str:
        rows = []
        for calc in calcs:
            if calc is None:
                rows.append(r"&\;\;\vdots")
                continue
            self.follow(calc.goal)
            goal = self.printer.text(calc.goal)
            texts = [self._short(step.result) for step in calc.steps]
            line = " = ".join(texts)
            rows += left_aligned(goal, [line] if width(f"{goal} = {line}") <= self.printer.room else texts)
        return self.aligned(rows)


class ArticleWriter(LatexWriter):
    """Displays for a LaTeX article: rows of an ``align*``, which may break over pages."""

    number = NUMBER_ON_PAPER

    def __init__(
        self, derivation: Derivation, notation: Notation = DEFAULT, reasons: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(derivation, notation, reasons)
        self.printer = ArticlePrinter(notation, self.vectors, self.wide)
        self.widest = TEXT_WIDTH

    @property
    def points(self) -> int:
        """The width of the text, in points: A4, unless a line asked for in full has outgrown it."""
        return max(A4, ceil(self.widest * 11.0)) if self.notation.full else A4

    def aligned(self, rows: Sequence[str]) -> str:
        self.widest = max(self.widest, *(width(row) for row in rows))
        return ROW_END.join(rows)

    def _fitted(self, expr: Basic, room: float) -> str:
        """What is asked for in full keeps its size: the paper grows with it."""
        return self.printer.text(expr) if self.notation.full else super()._fitted(expr, room)


class NumberedWriter(ArticleWriter):
    """Displays for an article with numbered equations: rows in one block, which has a single number."""

    def aligned(self, rows: Sequence[str]) -> str:
        return f"\\begin{{aligned}}\n{super().aligned(rows)}\n\\end{{aligned}}"


def left_aligned(goal: str, rows: Sequence[str], again: bool = False) -> list[str]:
    """The goal before the first row, and a bare equality sign before the others, or the goal ``again``."""
    return [f"{goal if k == 0 or again else ''} &= {row}".lstrip() for k, row in enumerate(rows)]
