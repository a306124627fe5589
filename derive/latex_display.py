"""Calculations in LaTeX: for Markdown pages, and for an article."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sympy.core.basic import Basic

from derive.display import Writer
from derive.latex import ArticlePrinter, LatexPrinter
from derive.measure import SIDE, SIZES, TEXT_WIDTH, font, width
from derive.proof import Calc, Derivation, Theorem
from derive.terms import MatrixExpr

ROW_END = " \\\\[0.6em]\n"


class LatexWriter(Writer):
    """Displays in LaTeX: one line, or an ``aligned`` of several."""

    printer: LatexPrinter

    def __init__(self, derivation: Derivation, full: bool = False) -> None:
        super().__init__(derivation, full)
        self.printer = LatexPrinter(self.notation)

    def assignment(self, sizes: Mapping[str, int]) -> str:
        return super().assignment(sizes).replace(", ", r",\; ")

    def measure(self, text: str) -> float:
        return width(text)

    def reasoned(self, calc: Calc) -> str:
        self.follow(calc.goal)
        goal = self.printer.text(calc.goal)
        rows = [rf"{self.printer.text(step.result)} && \text{{{step.by.text}}}" for step in calc.steps]
        return self.aligned(left_aligned(goal, rows))

    def aligned(self, rows: Sequence[str]) -> str:
        """Rows under each other, their equality signs in line."""
        return f"\\begin{{aligned}}\n{ROW_END.join(rows)}\n\\end{{aligned}}"

    def box(self, theorem: Theorem) -> str:
        return rf"\boxed{{\;{self.rule(theorem)}\;}}"

    def shaped(self, matrix: MatrixExpr) -> str:
        return rf"\underbrace{{{self.printer.text(matrix)}}}_{{{self.shape(matrix)}}}"

    def _lines(self, goal: str, results: Sequence[Basic]) -> str:
        room = TEXT_WIDTH - width(f"{goal} = ")
        texts = [self._pieces(result, room) for result in results]
        line = " = ".join([goal, *(pieces[0] for pieces in texts)])
        if all(len(pieces) == 1 for pieces in texts) and width(line) <= TEXT_WIDTH:
            return line
        return self.aligned(left_aligned(goal, [" \\\\\n&\\quad {} + ".join(pieces) for pieces in texts]))

    def _fitted(self, expr: Basic, room: float) -> str:
        text = self.printer.text(expr)
        self.printer.size = font(width(text), room)
        text = self.printer.text(expr)
        self.printer.size = ""
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
            rows += left_aligned(goal, [line] if width(f"{goal} = {line}") <= TEXT_WIDTH else texts)
        return self.aligned(rows)


class ArticleWriter(LatexWriter):
    """Displays for a LaTeX article: rows of an ``align*``, which may break over pages."""

    def __init__(self, derivation: Derivation, full: bool = False) -> None:
        super().__init__(derivation, full)
        self.printer = ArticlePrinter(self.notation)

    def aligned(self, rows: Sequence[str]) -> str:
        return ROW_END.join(rows)

    def _fitted(self, expr: Basic, room: float) -> str:
        text = super()._fitted(expr, room)
        wide = width(self.printer.text(expr)) * SIZES[-1][1]
        return text if wide <= room else self._scaled(self.printer.text(expr))

    def _short(self, expr: Basic) -> str:
        text = super()._short(expr)
        return text if width(text) <= TEXT_WIDTH - SIDE else self._scaled(text)

    def _scaled(self, text: str) -> str:
        """What no font can fit, asked for in full, is scaled to the line."""
        return rf"\resizebox{{{1 - SIDE / TEXT_WIDTH:.2f}\linewidth}}{{!}}{{$\displaystyle {text}$}}"


def left_aligned(goal: str, rows: Sequence[str]) -> list[str]:
    """The goal before the first row, and a bare equality sign before the others."""
    return [f"{goal if k == 0 else ''} &= {row}".lstrip() for k, row in enumerate(rows)]
