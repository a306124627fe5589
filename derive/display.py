"""How calculations stand on a page: lines, line breaks, reasons, boxes."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sympy import HadamardProduct, MatAdd, MatMul, OneMatrix
from sympy.core.basic import Basic

from derive.latex import LatexPrinter
from derive.measure import TEXT_WIDTH, font, width
from derive.order import ReadingOrder, sources
from derive.plain import PlainPrinter
from derive.printer import Notation, Printer, join_signed
from derive.proof import Calc, Derivation, Example, Theorem, Verdict
from derive.terms import Gradient, MatrixElement, MatrixExpr, MatrixSymbol, Partial, Terms

MOST_LINES = 12
"""A list of local partials or a sum over all paths shows at most so many lines or terms."""


@dataclass(frozen=True)
class Block:
    """A displayed formula: its text, and the font size that makes it fit ("" is the normal one)."""

    text: str
    size: str = ""


class Writer(ABC):
    """The formulas of one derivation in one notation, ready to be set into a page."""

    printer: Printer

    def __init__(self, derivation: Derivation, full: bool = False) -> None:
        self.derivation = derivation
        matrices = (*derivation.inputs, derivation.output)
        self.notation = Notation(
            vectors=frozenset(m.name for m in matrices if m.shape[0] == 1),
            comma=max(derivation.sizes.values()) >= 10,
            full=full,
        )
        forward = sources(derivation.matrix)
        self._forward = ReadingOrder(forward)
        self._backward = {t.wrt.name: ReadingOrder(forward, sources(t.matrix)) for t in derivation.theorems}

    def math(self, expr: Basic) -> str:
        """A formula in running text."""
        return self.printer.text(expr)

    def shape(self, matrix: MatrixExpr) -> str:
        """m × k, in the letters of the signature or in numbers."""
        return self.printer.shape(matrix.shape)

    def equation(self, left: Basic, right: Basic) -> str:
        """left = right, in running text."""
        return f"{self.math(left)} = {self.math(right)}"

    def assignment(self, sizes: Mapping[str, int]) -> str:
        """m = 2, k = 4, n = 3."""
        return ", ".join(f"{self.printer.letter(name)} = {size}" for name, size in sizes.items())

    def rule(self, theorem: Theorem) -> Block:
        """The result: gradient = matrix form."""
        return Block(self.equation(theorem.gradient, theorem.matrix))

    def modulus(self, verdict: Verdict) -> str:
        """The prime of the judge's arithmetic, 2^e - 1."""
        return f"{self.printer.power('2', str(verdict.modulus.bit_length()))} - 1"

    def bound(self, verdict: Verdict) -> str:
        """The power of ten above the error bound of the verdict."""
        return self.printer.power("10", str(math.ceil(math.log10(verdict.bound))))

    @property
    def delta(self) -> str:
        """Kronecker's δ, with the indices of the output."""
        return self.printer.delta("".join(self.math(index) for index in self.derivation.forward.goal.args[1:]))

    @property
    def ones(self) -> list[OneMatrix]:
        """The columns of ones that the rules speak of."""
        forms = [self.derivation.matrix, *(t.matrix for t in self.derivation.theorems)]
        lengths = {size for form in forms for one in form.atoms(OneMatrix) for size in one.shape if size != 1}
        return [OneMatrix(size, 1) for size in sorted(lengths, key=str)]

    @property
    def columns(self) -> int:
        """The number of columns that a written-out matrix can have here."""
        return max(10, *self.derivation.sizes.values())

    @property
    def given(self) -> str:
        """The name of the upstream gradient in the code."""
        return f"d{self.derivation.output.name}"

    def calc(self, calc: Calc, start: int | None = None, stop: int | None = None) -> Block:
        """A calculation on one line if it fits, else with every equality on a line of its own."""
        self.follow(calc.goal)
        return self._lines(self.printer.text(calc.goal), [step.result for step in calc.steps[start:stop]])

    def partials(self, example: Example) -> Block:
        """The list of all local partials, one line each; a long list keeps those that are not 0."""
        kept = [k for k, calc in enumerate(example.partials) if calc.result != 0]
        rows = self.printer.shown(len(example.partials), MOST_LINES, [*kept[:2], *kept[-1:]])
        return self._list([None if k is None else example.partials[k] for k in rows])

    def follow(self, goal: Basic) -> None:
        """Take up the reading order that belongs to what is calculated."""
        of = goal.wrt if isinstance(goal, (Partial, Gradient)) else goal
        matrix = of.args[0] if isinstance(of, MatrixElement) else of
        name = matrix.name if isinstance(matrix, MatrixSymbol) else ""
        self.printer.order = self._backward.get(name, self._forward)

    def _pieces(self, expr: Basic, room: float) -> list[str]:
        """A formula, broken before a + where it is longer than the line."""
        if not isinstance(expr, Terms):
            return [self.printer.text(expr)]
        rows = self.printer.shown(len(expr.args), 2 * MOST_LINES)
        texts = [self.printer.dots if k is None else self.printer.text(expr.args[k]) for k in rows]
        pieces, current = [], [texts[0]]
        for text in texts[1:]:
            if self.measure(join_signed([*current, text])) > room:
                pieces.append(join_signed(current))
                current = []
            current.append(text)
        return [*pieces, join_signed(current)]

    @abstractmethod
    def reasoned(self, calc: Calc) -> Block:
        """A calculation with the reason beside each line."""

    @abstractmethod
    def box(self, theorem: Theorem) -> Block:
        """The rule, set apart."""

    @abstractmethod
    def dimensions(self, theorem: Theorem) -> Block:
        """The rule with the shape of every matrix, at these sizes' letters."""

    @abstractmethod
    def measure(self, text: str) -> float: ...
    @abstractmethod
    def _lines(self, goal: str, results: Sequence[Basic]) -> Block: ...
    @abstractmethod
    def _list(self, calcs: Sequence[Calc | None]) -> Block: ...


class LatexWriter(Writer):
    """Displays in LaTeX: one line, or an ``aligned`` of several."""

    def __init__(self, derivation: Derivation, full: bool = False) -> None:
        super().__init__(derivation, full)
        self.printer = LatexPrinter(self.notation)

    def measure(self, text: str) -> float:
        return width(text)

    def reasoned(self, calc: Calc) -> Block:
        self.follow(calc.goal)
        goal = self.printer.text(calc.goal)
        rows = [rf"{self.printer.text(step.result)} && \text{{{step.by.text}}}" for step in calc.steps]
        return self._aligned(_left(goal, rows))

    def box(self, theorem: Theorem) -> Block:
        return Block(rf"\boxed{{\;{self.rule(theorem).text}\;}}")

    def dimensions(self, theorem: Theorem) -> Block:
        return Block(f"{self._shaped(theorem.gradient)} = {self._shaped(theorem.matrix)}")

    def _shaped(self, matrix: MatrixExpr) -> str:
        """Every single matrix with its shape under a brace."""
        join = {MatMul: self.printer.matrix_product, HadamardProduct: self.printer.entrywise, MatAdd: self.printer.plus}
        for kind, joined in join.items():
            if isinstance(matrix, kind):
                return joined([self._shaped(part) for part in matrix.args])
        return rf"\underbrace{{{self.printer.text(matrix)}}}_{{{self.shape(matrix)}}}"

    def _lines(self, goal: str, results: Sequence[Basic]) -> Block:
        texts = [self._pieces(result, TEXT_WIDTH - width(goal) - 2) for result in results]
        line = " = ".join([goal, *(pieces[0] for pieces in texts)])
        if all(len(pieces) == 1 for pieces in texts) and width(line) <= TEXT_WIDTH:
            return Block(line)
        return self._aligned(_left(goal, [" \\\\\n&\\quad {} + ".join(pieces) for pieces in texts]))

    def _list(self, calcs: Sequence[Calc | None]) -> Block:
        rows = []
        for calc in calcs:
            if calc is None:
                rows.append(r"&\;\;\vdots")
                continue
            self.follow(calc.goal)
            texts = [self.printer.cell(step.result) for step in calc.steps]
            goal = self.printer.text(calc.goal)
            line = " = ".join(texts)
            if width(f"{goal} = {line}") <= TEXT_WIDTH / 0.8:
                rows.append(f"{goal} &= {line}")
            else:
                rows += _left(goal, texts)
        return self._aligned(rows)

    def _aligned(self, rows: Sequence[str]) -> Block:
        size, _ = font(max(width(line) for row in rows for line in row.split("\\\\\n")))
        body = " \\\\[0.6em]\n".join(rows)
        return Block(f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}", size)


class PlainWriter(Writer):
    """The same displays in Unicode."""

    ROOM = 96

    def __init__(self, derivation: Derivation, full: bool = False) -> None:
        super().__init__(derivation, full)
        self.printer = PlainPrinter(self.notation)

    def measure(self, text: str) -> float:
        return len(text)

    def reasoned(self, calc: Calc) -> Block:
        self.follow(calc.goal)
        texts = [self.printer.text(step.result) for step in calc.steps]
        wide = max(map(len, texts))
        goal = self.printer.text(calc.goal)
        rows = [f"= {text:<{wide}}   {step.by.text}" for text, step in zip(texts, calc.steps, strict=True)]
        return Block(_under(goal, rows))

    def box(self, theorem: Theorem) -> Block:
        line = self.rule(theorem).text
        return Block(f"┌─{'─' * len(line)}─┐\n│ {line} │\n└─{'─' * len(line)}─┘")

    def dimensions(self, theorem: Theorem) -> Block:
        return Block(f"{self._shaped(theorem.gradient)} = {self._shaped(theorem.matrix)}")

    def _shaped(self, matrix: MatrixExpr) -> str:
        for kind, sign in ((MatMul, " · "), (HadamardProduct, " ⊙ "), (MatAdd, " + ")):
            if isinstance(matrix, kind):
                return sign.join(self._shaped(part) for part in matrix.args)
        return f"{self.printer.text(matrix)} [{self.shape(matrix)}]"

    def _lines(self, goal: str, results: Sequence[Basic]) -> Block:
        texts = ["\n+ ".join(self._pieces(result, self.ROOM)) for result in results]
        line = " = ".join([goal, *texts])
        if "\n" not in line and len(line) <= self.ROOM:
            return Block(line)
        return Block(_under(goal, ["= " + text.replace("\n", "\n  ") for text in texts]))

    def _list(self, calcs: Sequence[Calc | None]) -> Block:
        rows = []
        for calc in calcs:
            if calc is None:
                rows.append("  ⋮")
                continue
            self.follow(calc.goal)
            rows.append(" = ".join([self.printer.text(calc.goal), *(self.printer.cell(s.result) for s in calc.steps)]))
        return Block("\n".join(rows))


def _left(goal: str, rows: Sequence[str]) -> list[str]:
    """The goal before the first row, and a bare equality sign before the others."""
    return [f"{goal if k == 0 else ''} &= {row}".lstrip() for k, row in enumerate(rows)]


def _under(goal: str, rows: Sequence[str]) -> str:
    return "\n".join([goal, *("  " + row.replace("\n", "\n  ") for row in rows)])
