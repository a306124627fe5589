"""Judging calculations: every line against the goal, and against the line before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from sympy import Add, ImmutableDenseMatrix, Sum
from sympy.core.basic import Basic

from derive.compare import UNREADABLE, differing, guarded
from derive.model import Env, Model
from derive.positions import letters
from derive.proof import Calc, Finding
from derive.terms import Labelled, Partial, Terms
from derive.written import Wording


@dataclass(frozen=True)
class _Leaf:
    """One term of a line that is multiplied out: its value and, of a bare ∂f/∂x, the value of f."""

    value: Any
    operand: Any | None
    zero: bool = False
    """Whether it is a 0 that was written for a term."""


@dataclass(frozen=True)
class _Line:
    """A line, and its terms for each value of the free indices."""

    expr: Basic
    leaves: list[list[_Leaf]]


@dataclass(frozen=True)
class LineJudge:
    """Judges the lines that speak of one model's numbers in one wording."""

    model: Model
    wording: Wording

    def lines(self, where: str, calc: Calc) -> Iterator[Finding]:
        """The findings of a calculation of one entry, line by line."""
        try:
            places = list(self._places(calc.goal))
            before = _Line(calc.goal, [[*self._leaves(calc.goal, env)] for env in places])
            wanted = [self.model.value(calc.goal, env) for env in places]
        except UNREADABLE as unreadable:
            yield Finding(where, False, f"goal: {unreadable}")
            return
        if not calc.steps:
            yield Finding(where, False, "no line")
        for number, step in enumerate(calc.steps, start=1):
            try:
                fault = self.wording.fault(calc.goal, before.expr, step.result)
                line = before if fault else _Line(step.result, [[*self._leaves(step.result, env)] for env in places])
                fault = fault or self._compared(before, line, places, wanted) or self._mislabelled(step.result)
            except UNREADABLE as unreadable:
                fault = str(unreadable)
            yield Finding(f"{where}, line {number}", fault is None, fault or step.by.text, len(places))
            if fault is None:
                before = line

    def _leaves(self, expr: Basic, env: Env) -> Iterator[_Leaf]:
        """The terms of a line, sums over an index and sums under ∂ written out."""
        if isinstance(expr, Sum):
            for inner in self.model.ranges(expr, env):
                yield from self._leaves(expr.function, inner)
        elif isinstance(expr, (Add, Terms)):
            for term in expr.args:
                yield from self._leaves(term, env)
        elif isinstance(expr, Partial) and expr.of != self.wording.loss:
            if isinstance(expr.of, Sum):
                for inner in self.model.ranges(expr.of, env):
                    yield from self._leaves(Partial(expr.of.function, expr.wrt), inner)
            elif isinstance(expr.of, (Add, Terms)):
                for term in expr.of.args:
                    yield from self._leaves(Partial(term, expr.wrt), env)
            else:
                yield _Leaf(self.model.value(expr, env), self.model.value(expr.of, env))
        else:
            yield _Leaf(self.model.value(expr, env), None, zero=expr == 0)

    def _places(self, goal: Basic) -> Iterator[Env]:
        """All values of the free indices of the goal."""
        ranges = {letter: range(self.model.size(size)) for letter, size in letters(goal).items()}
        for numbers in product(*ranges.values()):
            yield dict(zip(ranges, numbers, strict=True))

    def zeros(self, where: str, goal: Partial, agree: Sequence[tuple[Basic, Basic]]) -> Finding:
        """That ``goal`` is 0 wherever a pair of indices differs, and not wherever all agree."""

        def compare() -> tuple[str | None, int]:
            if not agree or not all(a in goal.of.args[1:] and b in goal.wrt.args[1:] for a, b in agree):
                return "what is to agree is not an index above and one below", 0
            places = [(env, all(env[a] == env[b] for a, b in agree)) for env in self._places(goal)]
            elsewhere = [self.model.value(goal, env) for env, here in places if not here]
            if any(value != 0 for value in elsewhere):
                return "a path that is left out is not 0", len(elsewhere)
            idle = all(self.model.value(goal, env) == 0 for env, here in places if here)
            return "all paths are 0" if idle else None, len(elsewhere)

        return guarded(where, compare)

    def grids(self, where: str, calc: Calc, goal: Basic) -> Iterator[Finding]:
        """The findings of a calculation of a whole matrix, and of the labels in it."""
        if calc.goal != goal:
            yield Finding(where, False, f"the goal is {calc.goal}, not {goal}")
        if not calc.steps:
            yield Finding(where, False, "no line")
        for number, step in enumerate(calc.steps, start=1):
            yield self.matrix(f"{where}, line {number}", goal, step.result)
            for place, labelled in enumerate(_labels(step.result), start=1):
                yield self.matrix(f"{where}, line {number}, label {place}", labelled.grid, labelled.label)

    def matrix(self, where: str, goal: Basic, shown: Basic) -> Finding:
        """The finding of one equality of matrices, cell by cell."""

        def compare() -> tuple[str | None, int]:
            misworded = self.wording.shapes(shown) or self.wording.cells(goal, shown)
            if misworded:
                return misworded, 1
            wanted, found = self.model.matrix(goal), self.model.matrix(shown)
            return differing(wanted, found, self.model.arithmetic.same), len(wanted) * len(wanted[0])

        return guarded(where, compare)

    def _mislabelled(self, line: Basic) -> str | None:
        """What is wrong with a label in a line, if anything is."""
        found = (self.matrix("", labelled.grid, labelled.label) for labelled in _labels(line))
        return next((f"a label: {finding.detail}" for finding in found if not finding.ok), None)

    def _compared(self, before: _Line, line: _Line, places: list[Env], wanted: list[Any]) -> str | None:
        """The values of a line against those of the goal, and its terms against those of the line before."""
        same = self.model.arithmetic.same
        for env, value, old, new in zip(places, wanted, before.leaves, line.leaves, strict=True):
            if not same(sum(leaf.value for leaf in new), value):
                at = ", ".join(f"{index} = {k + 1}" for index, k in env.items())
                return f"not equal to the goal{' at ' + at if at else ''}"
            fault = self._term_by_term(old, self._paired(old, new) if line.expr.has(Add) else new)
            if fault is not None:
                return fault
        return None

    def _paired(self, old: list[_Leaf], new: list[_Leaf]) -> list[_Leaf]:
        """The terms of a sum that sympy has sorted, each at the place of the one that it equals."""
        left, paired = [*new], []
        for leaf in old if len(old) == len(new) else []:
            equal = (k for k, other in enumerate(left) if self.model.arithmetic.same(leaf.value, other.value))
            paired.append(left.pop(next(equal, 0)))
        return paired or new

    def _term_by_term(self, old: list[_Leaf], new: list[_Leaf]) -> str | None:
        """Two lines of as many terms agree in each; and a sum of bare ∂f/∂x keeps what stands under ∂."""
        same = self.model.arithmetic.same
        if len(old) == len(new):
            for number, (a, b) in enumerate(zip(old, new, strict=True), start=1):
                known = a.operand is not None and b.operand is not None
                if not same(a.value, b.value) or (known and not same(a.operand, b.operand)):
                    return f"term {number} differs from the line before"
            return None
        if any(leaf.operand is None for leaf in old):
            return None
        if min(len(old), len(new)) > 1 and any(leaf.zero for leaf in new):
            return f"{len(new)} terms stand for {len(old)}"
        under, here = [leaf.operand or 0 for leaf in old], [leaf.operand for leaf in new if leaf.operand is not None]
        grown = len(old) < len(new) and len(here) == len(new) and not same(sum(under), sum(here))
        if grown or (len(old) > len(new) and not all(any(same(a, b) for b in under) for a in here)):
            return "what stands under ∂ is not what stood there before"
        return None


def _labels(expr: Basic) -> list[Labelled]:
    """The matrices with a label, from left to right, wherever they stand."""
    found = [expr] if isinstance(expr, Labelled) else []
    parts = () if isinstance(expr, ImmutableDenseMatrix) else expr.args
    return found + [labelled for part in parts for labelled in _labels(part)]
