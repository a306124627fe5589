"""Calculations in Unicode, for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sympy.core.basic import Basic

from derive.display import Writer
from derive.notation import DEFAULT, Notation
from derive.plain import ROOM, PlainPrinter
from derive.proof import Calc, Derivation, Support, Theorem
from derive.terms import MatrixExpr


class PlainWriter(Writer):
    """The same displays in Unicode."""

    ROOM = 96
    continued = "+ "

    def __init__(
        self, derivation: Derivation, notation: Notation = DEFAULT, reasons: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(derivation, notation, reasons)
        self.printer = PlainPrinter(notation, self.vectors, self.wide)

    def measure(self, text: str) -> float:
        return len(text)

    def reasoned(self, calc: Calc, start: int | None = None) -> str:
        """The reasons in a column of their own, or below their lines where these are too long."""
        self.follow(calc.goal)
        steps = calc.steps[start:]
        texts = [self.printer.text(step.result) for step in steps]
        wide = max(map(len, texts))
        goal = self.printer.text(calc.goal)
        gap = "   " if wide <= self.ROOM else "\n      "
        pad = wide if wide <= self.ROOM else 0
        rows = [f"= {text:<{pad}}{gap}{self.reason(step)}" for text, step in zip(texts, steps, strict=True)]
        return _under(goal, rows)

    def interval(self, index: str, last: str) -> str:
        return f"{index} = 1, …, {last}"

    def zeros(self, support: Support, when: str) -> str:
        goal = self.math(support.goal)
        pairs = [f"{self.math(i)} {self.printer.unequal} {self.math(p)}" for i, p in support.agree]
        return "\n".join(f"{goal} = 0   {when} {pair}" for pair in pairs)

    def box(self, theorem: Theorem) -> str:
        line = self.rule(theorem)
        return f"┌─{'─' * len(line)}─┐\n│ {line} │\n└─{'─' * len(line)}─┘"

    def _signed(self, pieces: Sequence[str]) -> list[str]:
        """The lines of one sum, each but the first beginning with its sign."""
        first, *others = pieces
        return [first, *(f"- {p[1:]}" if p.startswith("-") else self.continued + p for p in others)]

    def shaped(self, matrix: MatrixExpr, held: bool) -> str:
        text = self.printer.text(matrix)
        text = self.printer.brackets(text) if held else text
        return f"{text} [{self.shape(matrix)}]"

    def _fitted(self, expr: Basic, room: float) -> str:
        return self.printer.text(expr)

    def _lines(self, goal: str, results: Sequence[Basic]) -> str:
        texts = ["\n".join(self._signed(self._pieces(result, self.ROOM))) for result in results]
        line = " = ".join([goal, *texts])
        if "\n" not in line and len(line) <= self.ROOM:
            return line
        return _under(goal, ["= " + text.replace("\n", "\n  ") for text in texts])

    def _list(self, calcs: Sequence[Calc | None]) -> str:
        rows = []
        for calc in calcs:
            if calc is None:
                rows.append("  ⋮")
                continue
            self.follow(calc.goal)
            texts = [self._short(step.result) for step in calc.steps]
            line = " = ".join([self.printer.text(calc.goal), *texts])
            rows.append(line if len(line) <= ROOM else _under(self.printer.text(calc.goal), [f"= {t}" for t in texts]))
        return "\n".join(rows)


def _under(goal: str, rows: Sequence[str]) -> str:
    return "\n".join([goal, *("  " + row.replace("\n", "\n  ") for row in rows)])
