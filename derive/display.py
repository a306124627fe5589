"""How calculations stand on a page: lines, line breaks, reasons, boxes."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

from sympy import HadamardProduct, ImmutableDenseMatrix, MatAdd, MatMul, OneMatrix, S, preorder_traversal
from sympy.core.basic import Basic

from derive.glyphs import join_signed
from derive.matrix_notation import abs_of, divides, inverse
from derive.measure import MOST_TERMS
from derive.minors import Commutation, Determinant, Unit
from derive.notation import DEFAULT, Notation, Vectors
from derive.order import ReadingOrder, sources
from derive.printer import Printer
from derive.proof import Calc, Derivation, Example, Step, Support, Theorem, Verdict
from derive.prose import worded
from derive.shown import Shown
from derive.terms import Call, Delta, Gradient, MatrixElement, MatrixExpr, MatrixSymbol, Partial, Terms

TWO_DIGITS = 10
MOST_LINES = 12
"""A list of local partials or a sum over all paths shows at most so many lines or terms."""


class Writer(Shown, ABC):
    """The formulas of one derivation in one notation, ready to be set into a page."""

    printer: Printer
    continued: str
    """What a line begins with that goes on with the sum before it."""

    def __init__(
        self, derivation: Derivation, notation: Notation = DEFAULT, reasons: Mapping[str, str] | None = None
    ) -> None:
        self.derivation, self.notation, self.reasons = derivation, notation, reasons or {}
        rule = derivation.paths
        matrices = (*derivation.inputs, derivation.output, rule.variables, rule.functions)
        self.vectors = Vectors(
            rows=frozenset(m.name for m in matrices if m.shape[0] == 1),
            columns=frozenset(m.name for m in matrices if m.shape[1] == 1),
        )
        self.wide = max(derivation.sizes.values()) >= TWO_DIGITS
        forward = sources(derivation.matrix)
        self._forward = ReadingOrder(forward)
        self._backward = {t.wrt.name: ReadingOrder(forward, sources(t.matrix)) for t in derivation.theorems}

    def math(self, expr: Basic) -> str:
        """A formula in running text."""
        return self.printer.text(expr)

    def is_scalar(self, matrix: MatrixSymbol) -> bool:
        """Whether it is a number, whatever the sizes are."""
        return bool(matrix.shape == (1, 1))

    @property
    def written_inputs(self) -> list[Calc]:
        """The inputs that have entries to write out."""
        pairs = zip(self.derivation.inputs, self.derivation.worked.inputs, strict=True)
        return [calc for matrix, calc in pairs if not self.is_scalar(matrix)]

    def shape(self, matrix: MatrixExpr) -> str:
        """m × k, in the letters of the signature or in numbers."""
        return self.printer.shape(matrix.shape)

    def sizes(self, sizes: Sequence[Basic]) -> str:
        """Rows × columns."""
        return self.printer.shape(sizes)

    def equation(self, left: Basic, right: Basic) -> str:
        """left = right, in running text."""
        return f"{self.math(left)} = {self.math(right)}"

    def assignments(self, sizes: Mapping[str, int]) -> list[str]:
        """m = 2 and k = 4 and n = 3, each a formula of its own."""
        return [f"{self.printer.letter(name)} = {size}" for name, size in sizes.items()]

    def rule(self, theorem: Theorem) -> str:
        """The result: gradient = matrix form."""
        return self.equation(theorem.gradient, theorem.matrix)

    def modulus(self, verdict: Verdict) -> str:
        """The prime of the judge's arithmetic, 2^e - 1."""
        return f"{self.printer.power('2', str(verdict.modulus.bit_length()))} - 1"

    def bound(self, verdict: Verdict) -> str:
        """The power of ten above the error bound of the verdict."""
        return self.printer.power("10", str(math.ceil(math.log10(verdict.bound))))

    @property
    def delta(self) -> str:
        """The first Kronecker δ of the proof; "" if there is none."""
        calcs = [lemma.calc for lemma in self.derivation.lemmas]
        return self.delta_in(*calcs, *(theorem.local for theorem in self.derivation.theorems))

    def delta_in(self, *calcs: Calc) -> str:
        """The first Kronecker δ of these calculations; "" if there is none."""
        lines = [step.result for calc in calcs for step in calc.steps]
        deltas = [node for line in lines for node in preorder_traversal(line) if isinstance(node, Delta)]
        return self.math(deltas[0]) if deltas else ""

    @property
    def ones(self) -> list[OneMatrix]:
        """The columns of ones that the rules speak of."""
        forms = [self.derivation.matrix, *(t.matrix for t in self.derivation.theorems)]
        columns = {one for form in forms for one in form.atoms(OneMatrix) if 1 in one.shape}
        lengths = {size for one in columns for size in one.shape if size != 1}
        return [OneMatrix(size, 1) for size in sorted(lengths, key=str)]

    @property
    def all_ones(self) -> list[OneMatrix]:
        """The matrices that hold nothing but ones."""
        forms = [self.derivation.matrix, *(t.matrix for t in self.derivation.theorems)]
        found = {one for form in forms for one in form.atoms(OneMatrix) if 1 not in one.shape}
        return sorted(found, key=str)

    @property
    def units(self) -> list[Unit]:
        """The columns with a single 1 that the rules speak of."""
        found = {unit for theorem in self.derivation.theorems for unit in theorem.matrix.atoms(Unit)}
        return sorted(found, key=str)[:1]

    @property
    def commutations(self) -> list[Commutation]:
        """The permutations that the rules speak of."""
        found = {part for theorem in self.derivation.theorems for part in theorem.matrix.atoms(Commutation)}
        return sorted(found, key=str)[:1]

    @property
    def identities(self) -> list[Calc]:
        """What defines the output, where its entries have no formula for all sizes."""
        definition, matrix = self.derivation.definition, self.derivation.matrix
        own = isinstance(definition, MatrixElement) and definition.args[0] == matrix and isinstance(matrix, Call)
        return [lemma.calc for lemma in self.derivation.lemmas[:2]] if own else []

    @property
    def by_rule(self) -> bool:
        """Whether the example takes its local partials from the proof, rather than from written-out terms."""
        calc = self.derivation.worked.examples[0].partials[0]
        return calc.steps[-1].by.name == "local partial"

    @property
    def inverted(self) -> bool:
        """Whether what is claimed speaks of an inverse."""
        return any(condition.has(Determinant) for condition in self.derivation.domain)

    @property
    def columns(self) -> int:
        """The number of columns that a written-out matrix can have here."""
        return max(10, *self.derivation.sizes.values())

    @property
    def given(self) -> str:
        """The name of the upstream gradient in the code."""
        return f"d{self.derivation.output.name}"

    @property
    def digits_apart(self) -> bool:
        """Whether the 12 of x_12 are two indices, as they are heard; with more than nine rows, nobody knows."""
        return not self.notation.comma and max(self.derivation.sizes.values()) < 10

    def calc(self, calc: Calc, start: int | None = None, stop: int | None = None) -> str:
        """A calculation on one line if it fits, else with every equality on a line of its own."""
        self.follow(calc.goal)
        goal = self.printer.text(calc.goal)
        results = [step.result for step in calc.steps[start:stop]]
        if self.printer.scalar:
            results = [r[0, 0] if isinstance(r, ImmutableDenseMatrix) and r.shape == (1, 1) else r for r in results]
        kept = [result for result in results if self.printer.text(result) != goal]
        return self._lines(goal, kept or results)

    def partials(self, example: Example) -> str:
        """The list of all local partials, one line each; a long list keeps those that are not 0."""
        kept = [k for k, calc in enumerate(example.partials) if calc.result != 0]
        rows = self.printer.shown(len(example.partials), MOST_LINES, [*kept[:2], *kept[-1:]])
        return self._list([None if k is None else example.partials[k] for k in rows])

    def dimensions(self, theorem: Theorem) -> str:
        """The rule with the shape of every matrix, in the letters of the signature."""
        return f"{self._shapes(theorem.gradient)} = {self._shapes(theorem.matrix)}"

    def _shapes(self, matrix: MatrixExpr) -> str:
        """A product or a sum with the shapes of its parts, whatever these are made of."""
        if isinstance(matrix, MatAdd):
            return self.printer.plus([self._shapes(part) for part in matrix.args])
        number, parts = matrix.as_coeff_matrices() if isinstance(matrix, MatMul) else (S.One, [matrix])
        join = self.printer.matrix_product
        if len(parts) == 1 and isinstance(parts[0], HadamardProduct):
            parts, join = parts[0].args, self.printer.entrywise
        above = [self._part(part) for part in parts if not divides(part)]
        below = [self._part(inverse(part)) for part in parts if divides(part)]
        text = self.printer.divided(join(above), below) if below and above else join(above or below)
        ahead = [self.printer.factor(abs_of(number), last=False)] if abs_of(number) != 1 else []
        return self.printer.signed(number.could_extract_minus_sign(), self.printer.matrix_product([*ahead, text]))

    def _part(self, part: MatrixExpr) -> str:
        return self.shaped(part, isinstance(part, (MatAdd, HadamardProduct, MatMul)))

    def follow(self, goal: Basic) -> None:
        """Take up the reading order that belongs to what is calculated."""
        of = goal.wrt if isinstance(goal, (Partial, Gradient)) else goal
        matrix = of.args[0] if isinstance(of, MatrixElement) else of
        name = matrix.name if isinstance(matrix, MatrixSymbol) else ""
        self.printer.order = self._backward.get(name, self._forward)
        self.printer.over = self.notation.over and of is goal
        self.printer.scalar = name in self.vectors.scalars

    def _pieces(self, expr: Basic, room: float) -> list[str]:
        """A formula, broken before a + where it is longer than the line."""
        if not isinstance(expr, Terms):
            self.printer.most = MOST_TERMS if self.measure(self.printer.text(expr)) > room else None
            fitted = self._fitted(expr, room)
            self.printer.most = None
            return [fitted]
        texts = self.printer.summands(expr.args, 2 * MOST_LINES)
        pieces: list[str] = []
        current = [texts[0]]
        for text in texts[1:]:
            used = self.measure(self.continued) if pieces else 0
            if used + self.measure(join_signed([*current, text])) > room:
                pieces.append(join_signed(current))
                current = []
            current.append(text)
        return [*pieces, join_signed(current)]

    def _short(self, expr: Basic) -> str:
        """A line of a list: a sum that is too long for one shows its ends."""
        self.printer.most = MOST_TERMS
        text = self.printer.text(expr)
        self.printer.most = None
        return text

    def reason(self, step: Step) -> str:
        """The words beside a line."""
        return worded(step.by, self.reasons)

    @abstractmethod
    def reasoned(self, calc: Calc, start: int | None = None) -> str:
        """A calculation with the reason beside each line."""

    @abstractmethod
    def zeros(self, support: Support, when: str) -> str:
        """That a local partial is 0 where indices differ, one line for each pair; ``when`` is the word between."""

    @abstractmethod
    def box(self, theorem: Theorem) -> str:
        """The rule, set apart."""

    @abstractmethod
    def shaped(self, matrix: MatrixExpr, held: bool) -> str:
        """A matrix with its shape, held together by brackets or not."""

    @abstractmethod
    def _fitted(self, expr: Basic, room: float) -> str:
        """A formula that is not broken into lines, made to fit."""

    @abstractmethod
    def measure(self, text: str) -> float: ...
    def leave_room(self) -> None:
        """From now on lines are shorter: the number of a display stands beside it."""

    @abstractmethod
    def _lines(self, goal: str, results: Sequence[Basic]) -> str: ...
    @abstractmethod
    def _list(self, calcs: Sequence[Calc | None]) -> str: ...
