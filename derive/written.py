"""Reading a line as it is written: what must agree whatever the values say.

A wrong index can hide in a term that is differentiated away, or in a path whose other factor is 0,
and a wrong limit can agree with the right one at the sizes where the judge looks.  So indices,
limits and what stands under ∂ are compared as they stand there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from sympy import (
    Identity,
    ImmutableDenseMatrix,
    Mul,
    OneMatrix,
    S,
    Sum,
    Symbol,
    ZeroMatrix,
)
from sympy.core.basic import Basic

from derive.drawn import Ends, Pattern, Slice
from derive.minors import Commutation, Unit
from derive.positions import axis, letters
from derive.proof import Derivation
from derive.terms import Call, Delta, Gradient, MatrixElement, MatrixSymbol, Partial, factors


@dataclass(frozen=True)
class Wording:
    """How lines that speak of these matrices, at these sizes, may be worded."""

    loss: Basic
    output: MatrixSymbol
    matrices: frozenset[MatrixSymbol]
    named: frozenset[Basic] = frozenset()
    """The indices that are no letters, in the definition."""

    @property
    def sizes(self) -> set[Basic]:
        """The sizes that occur."""
        sides = [size for matrix in self.matrices for size in matrix.shape]
        return {S.One, *sides, *(part for size in sides for part in Mul.make_args(size))}

    @classmethod
    def of(cls, derivation: Derivation, numbers: Mapping[Basic, Basic]) -> Wording:
        """Of the calculations for all sizes, or with ``numbers`` for the letters of the sizes."""
        output = derivation.output.xreplace(numbers)
        inputs = [matrix.xreplace(numbers) for matrix in derivation.inputs]
        return cls(derivation.loss, output, frozenset([output, *inputs]), _named(derivation.definition))

    def fault(self, goal: Basic, before: Basic, line: Basic) -> str | None:
        """What is wrong with the wording of a line that follows ``before``, if anything is."""
        checks = (self._paths(goal, line), self._operands(before, line), self._ranges(goal, line))
        return next((fault for check in checks for fault in check), None)

    def _paths(self, goal: Basic, line: Basic) -> Iterator[str]:
        """Every ∂ has the variable of the goal below it, and the factors of a path meet."""
        variables = {node.wrt for node in _nodes(goal) if isinstance(node, Partial)}
        variable = variables.pop() if len(variables) == 1 else None
        for node in _nodes(line):
            if self._local(node) and node.wrt != variable:
                yield f"{node} is not a derivative by {variable}"
            if isinstance(node, Slice) and node != Slice(self.output, variable):
                yield f"{node} is not the derivative of {self.output} by {variable}"
            if isinstance(node, Mul):
                passed = [f.of for f in node.args if self._local(f) and isinstance(f.of, MatrixElement)]
                upstream = [f.wrt for f in node.args if isinstance(f, Partial) and f.of == self.loss]
                if upstream and any(entry not in upstream for entry in passed):
                    yield f"the factors of {node} do not belong to one path"

    def _operands(self, before: Basic, line: Basic) -> Iterator[str]:
        """What stands under ∂ stood in the line before; where that is the goal, the values tell."""
        if self._local(before):
            return
        known = set(_nodes(before))
        for node in _nodes(line):
            if self._local(node) and not self._is_output(node.of) and not set(factors(node.of)) <= known:
                yield f"{node.of} under ∂ does not stand in the line before"

    def _ranges(self, goal: Basic, line: Basic) -> Iterator[str]:
        """Every index runs over the axis that it stands on, and over all of it."""
        for entry in goal.args if isinstance(goal, Partial) else (goal,):
            if isinstance(entry, MatrixElement):
                indices = [index for index in entry.args[1:] if index.is_Symbol]
                if len(set(indices)) < len(indices):
                    yield f"the indices of {entry} are one and the same"
        yield from self._within(line, letters(goal), self.named | _named(goal))

    def shapes(self, matrix: Basic) -> str | None:
        """What is wrong with the shapes of the single matrices in a matrix expression, if anything is."""
        return next(self._within(matrix, {}, self.named), None)

    def cells(self, goal: Basic, shown: Basic) -> str | None:
        """What is wrong with a matrix of derivatives, if anything is: each stands in its own place.

        Where they are 0, their values do not tell.
        """
        places: Iterable[Sequence[Any]] = ()
        if isinstance(shown, ImmutableDenseMatrix):
            places = product(range(shown.rows), range(shown.cols))
        elif isinstance(shown, Pattern):
            if shown.shape != goal.shape:
                return f"the shape is {_times(shown)}, not {_times(goal)}"
            places = [[S.Zero if size == 1 else at for at, size in zip(shown.letters, shown.shape, strict=True)]]
        kept = isinstance(goal, Slice) or (isinstance(goal, Gradient) and goal.wrt != self.output)
        for row, col in places if kept else ():
            cell = shown[row, col]
            own = isinstance(goal, Slice) or (isinstance(cell, Partial) and cell.wrt.args[0] == goal.wrt)
            if isinstance(cell, Partial) and own and cell != goal[row, col]:
                return f"{cell} stands in the place of {goal[row, col]}"
        return None

    def _within(self, node: Basic, sizes: Mapping[Basic, Basic], named: frozenset[Basic]) -> Iterator[str]:
        if isinstance(node, ImmutableDenseMatrix):
            return  # its cells have numbers for indices, and the values tell
        if isinstance(node, Pattern):
            sizes = {**sizes, **dict(zip(node.letters, node.shape, strict=True))}
        if isinstance(node, Ends) and not (isinstance(node.sum, Sum) and len(node.sum.limits) == 1):
            yield f"{node.sum} has no ends"
        if isinstance(node, Sum):
            for index, low, high in node.limits:
                sizes = {**sizes, index: high + 1}
                if low != 0 or high + 1 not in self.sizes:
                    yield f"the sum over {index} does not run over an axis"
        if isinstance(node, MatrixSymbol) and node not in self.matrices:
            yield f"{node} of shape {node.rows}×{node.cols} is none of the matrices"
        if isinstance(node, (OneMatrix, Pattern)) and not set(node.shape) <= self.sizes:
            yield f"the shape {_times(node)} of {node} is none that occurs"
        if isinstance(node, MatrixElement):
            for index, size in zip(node.args[1:], node.args[0].shape, strict=True):
                along = axis(index, size)
                if any(sizes.get(letter) != length for letter, length in along):
                    yield f"the index {index} of {node} does not run from 1 to {size}"
                if not (along or index in named or (size.is_Integer and index.is_Integer)):
                    yield f"the index {index} of {node} is not that of what is calculated"
        letters = [index for index in node.args if not index.is_Integer] if isinstance(node, Delta) else []
        if len({sizes.get(letter) for letter in letters}) > 1:
            yield f"the indices of {node} run over different ranges"
        for arg in node.args:
            yield from self._within(arg, sizes, named)

    def _local(self, node: Basic) -> bool:
        return isinstance(node, Partial) and node.of != self.loss

    def _is_output(self, node: Basic) -> bool:
        return isinstance(node, MatrixElement) and node.args[0] == self.output


def _nodes(expr: Basic) -> Iterator[Basic]:
    """The nodes of an expression, from the outside in and from left to right, but not those of an entry."""
    left = [expr]
    while left:
        node = left.pop()
        yield node
        if not isinstance(node, (MatrixElement, MatrixSymbol)):
            left += reversed(node.args)


def counts(derivation: Derivation) -> bool:
    """Whether a size stands among the numbers of a derivation for all sizes, as in a mean.

    Such a number may be right where the judge looks and nowhere else.
    """
    d = derivation
    calcs = [d.forward, *(lemma.calc for lemma in d.lemmas)]
    for theorem in d.theorems:
        calcs += [theorem.local, theorem.entry]
        calcs += [theorem.support.local, theorem.support.entry] if theorem.support else []
    if d.general is not None:
        calcs += [*d.general.inputs, d.general.output, d.general.upstream, *d.general.gradients]
        calcs += [calc for at_ends in d.general.entries for calc in at_ends]
    lines = [step.result for calc in calcs for step in calc.steps]
    return any(map(_counts, (d.definition, d.matrix, *(theorem.matrix for theorem in d.theorems), *lines)))


def _counts(node: Basic) -> bool:
    if isinstance(node, (MatrixSymbol, Gradient, OneMatrix, ZeroMatrix, Identity, Unit, Commutation, Slice, Delta)):
        return False
    if isinstance(node, MatrixElement):
        return _counts(node.args[0])
    if isinstance(node, Sum):
        return _counts(node.function) or any(index not in node.function.free_symbols for index, *_ in node.limits)
    if isinstance(node, Pattern):
        return _counts(node.cell)
    if isinstance(node, Call):
        return any(map(_counts, node.operands))
    return (isinstance(node, Symbol) and bool(node.is_positive)) or any(map(_counts, node.args))


def _named(formula: Basic) -> frozenset[Basic]:
    """The indices in a formula that stand for one row or column."""
    entries = formula.atoms(MatrixElement)
    return frozenset(
        index for e in entries for index, size in zip(e.args[1:], e.args[0].shape, strict=True) if not axis(index, size)
    )


def _times(matrix: Basic) -> str:
    return "×".join(map(str, matrix.shape))
