"""Calculations on slides: each display fits one, and the text beside it is told what it shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from math import ceil

from sympy.core.basic import Basic

from derive.errors import DeriveError
from derive.heights import depth, height
from derive.latex import LatexPrinter
from derive.latex_display import LatexWriter, left_aligned
from derive.measure import MOST_ROWS, SIZES, set_width, width
from derive.notation import DEFAULT, Notation
from derive.proof import Calc, Derivation, Example, Reason, Step, Theorem
from derive.slides import SLIDE, Slide
from derive.terms import MatrixElement

SLACK = 1.03
"""Widths are estimated within some per cent."""

RULE = Reason("rule", "the rule")

LOOSE, TIGHT = 0.0, -0.45
"""The space after a row, less what KaTeX adds to it, in em."""

LEAST = 0.3
"""That space from the line of a row on is no less."""

MOST_LISTED = 12
"""A longer list of entries shows its ends."""

MOST_NAMED = 4
"""More entries in a sentence than this are told by their ends."""


class SlidePrinter(LatexPrinter):
    """Matrices that are no taller than a slide."""

    room = SLIDE.room
    tall = SLIDE.tall
    sizes: Sequence[tuple[str, float]] = SIZES[:2]
    """What is read from the last row is not much smaller than the rest."""

    def most_rows(self, cells: Sequence[Sequence[str]]) -> int:
        """As many as there is room for, with a brace and its label around them."""
        tall = any(r"\frac" in cell for row in cells for cell in row)
        return min(MOST_ROWS, int((self.tall - 3) / (2.1 if tall else 1.2)))


class SlideWriter(LatexWriter):
    """Displays that fit a slide; what does not, is told on several."""

    slide: Slide = SLIDE
    apart = LOOSE

    def __init__(
        self, derivation: Derivation, notation: Notation = DEFAULT, reasons: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(derivation, notation, reasons)
        self.printer = SlidePrinter(notation, self.vectors, self.wide)

    def aligned(self, rows: Sequence[str]) -> str:
        """Rows apart from each other: KaTeX measures the space after a row from its line, not from its depth."""
        texts = [*(rf"{row} \\[{max(depth(row) + self.apart, LEAST):.1f}em]" for row in rows[:-1]), rows[-1]]
        return "\n".join([r"\begin{aligned}", *texts, r"\end{aligned}"])

    def told(self, calc: Calc, start: int | None = None, stop: int | None = None) -> list[str]:
        """The displays of a calculation: one, or one for each of its lines where it is too tall.

        Raises:
            DeriveError: it is more than a slide holds, and may not be elided or cannot.
        """
        whole = self.calc(calc, start, stop)
        if height(whole) <= self.slide.tall:
            return [self._checked(whole)]
        goal = self.printer.text(calc.goal)
        steps = [step for step in calc.steps[start:stop] if self.printer.text(step.result) != goal]
        lines = self._in_lines(goal, [step.result for step in steps])
        rows = [[steps.pop(0) for _ in line] for line in lines]
        return [self._alone(Calc(calc.goal, tuple(row))) for row in rows]

    def _alone(self, calc: Calc) -> str:
        """A line that has a display for itself; a long sum shows its ends if it has to."""
        text = self.calc(calc)
        return self._checked(text if height(text) <= self.slide.tall else self._list([calc]))

    def _in_lines(self, goal: str, results: Sequence[Basic]) -> list[list[list[str]]]:
        """The sides of a calculation, each in its pieces: as many on one line as there is room for."""
        room = self.printer.room - width(f"{goal} = ")
        lines: list[list[list[str]]] = []
        for result in results:
            pieces = self._pieces(result, room)
            line = [*lines[-1], pieces] if lines else [pieces]
            if lines and max(map(len, line)) == 1 and set_width(" = ".join(side[0] for side in line)) <= room:
                lines[-1] = line
            else:
                lines.append([pieces])
        return lines

    def _lines(self, goal: str, results: Sequence[Basic]) -> str:
        lines = self._in_lines(goal, results)
        texts = [" = ".join(self.joined(side) for side in line) for line in lines]
        if len(lines) == 1 and max(map(len, lines[0])) == 1:
            return f"{goal} = {texts[0]}"
        return self.aligned(left_aligned(goal, texts))

    def entries(self, calc: Calc, step: int = -1, keep: MatrixElement | None = None) -> list[str]:
        """The entries of a matrix that a step writes out, a line each, in as many displays as it takes.

        A long list shows its ends, and the entry to ``keep``.
        """
        grid, by = calc.steps[step].result, calc.steps[step].by
        cells = [(i, j) for i in range(grid.rows) for j in range(grid.cols)]
        calcs = [Calc(calc.goal[at], (Step(grid[at], by),)) for at in cells]
        kept = [cells.index((int(keep.args[1]), int(keep.args[2])))] if keep is not None else []
        rows = self.printer.shown(len(calcs), MOST_LISTED, kept)
        unit = grid.cols if None not in rows else 1
        return self._parted([None if k is None else calcs[k] for k in rows], unit=unit)

    def used(self, example: Example) -> list[Basic]:
        """The entries of the output that the entry of an example acts on."""
        return [calc.goal.of for calc in example.partials if calc.result != 0]

    def named(self, entries: Sequence[Basic]) -> list[str]:
        """Entries in running text: each, or all in one formula by their ends."""
        texts = [self.math(entry) for entry in entries]
        if len(texts) <= MOST_NAMED:
            return texts
        return [", ".join([*texts[:2], r"\ldots", texts[-1]])]

    def acting(self, example: Example) -> list[str]:
        """The local partials that are not 0: side by side, or a line each where they are wide."""
        calcs = [Calc(calc.goal, calc.steps[-1:]) for calc in example.partials if calc.result != 0]
        rows = self.printer.shown(len(calcs), MOST_NAMED)
        line = r", \quad ".join(r"\ldots" if k is None else self.calc(calcs[k]) for k in rows)
        if r"\begin" not in line and set_width(line) <= self.slide.room:
            return [self._checked(line)]
        return self._parted([None if k is None else calcs[k] for k in rows])

    def corners(self, calcs: Sequence[Calc]) -> list[str]:
        """A list of calculations under a sentence, a line each."""
        return self._parted(calcs)

    def rules(self, theorems: Sequence[Theorem]) -> list[str]:
        """The results under each other."""
        return self._parted([Calc(each.gradient, (Step(each.matrix, RULE),)) for each in theorems])

    def _parted(self, calcs: Sequence[Calc | None], tall: float = SLIDE.tall, unit: int = 1) -> list[str]:
        """A list in parts of about one length, as few as there can be, each no taller than a slide.

        Where they can, parts end where a ``unit`` does.
        """
        for count, whole, self.apart in product(range(1, len(calcs) + 1), (unit, 1), (LOOSE, TIGHT)):
            size = ceil(len(calcs) / count / whole) * whole
            parts = [self._list(calcs[k : k + size]) for k in range(0, len(calcs), size)]
            if all(height(part) <= tall for part in parts):
                break
        self.apart = LOOSE
        return [self._checked(part) for part in parts]

    def _short(self, expr: Basic) -> str:
        """With as many terms as the line has room for."""
        for most in (8, 6, 5, 4, 3):
            self.printer.most = most
            text = self.printer.text(expr)
            if width(text) <= self.slide.room - 5 or self.notation.full:
                break
        self.printer.most = None
        return text

    def _checked(self, text: str) -> str:
        """What fits a slide: Marp would shrink anything else."""
        if set_width(text) > SLACK * self.slide.room or height(text) > self.slide.whole:
            way = "leave out --full" if self.notation.full else "choose shorter names"
            raise DeriveError(f"a slide has no room for all of a formula; {way}, or smaller sizes.")
        return text
