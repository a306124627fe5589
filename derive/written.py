"""Reading a line as it is written: what must agree whatever the values say.

A wrong index can hide in a term that is differentiated away, or in a path whose other factor is 0,
and a wrong limit can agree with the right one at the sizes where the judge looks.  So indices,
limits and what stands under ∂ are compared as they stand there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sympy import ImmutableDenseMatrix, Mul, OneMatrix, S, Sum, preorder_traversal
from sympy.core.basic import Basic

from derive.drawn import Pattern
from derive.positions import axis, letters
from derive.proof import Derivation
from derive.terms import Delta, MatrixElement, MatrixSymbol, Partial, factors


@dataclass(frozen=True)
class Wording:
    """How lines that speak of these matrices, at these sizes, may be worded."""

    loss: Basic
    output: MatrixSymbol
    matrices: frozenset[MatrixSymbol]

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
        return cls(derivation.loss, output, frozenset([output, *inputs]))

    def fault(self, goal: Basic, before: Basic, line: Basic) -> str | None:
        """What is wrong with the wording of a line that follows ``before``, if anything is."""
        checks = (self._paths(goal, line), self._operands(before, line), self._ranges(goal, line))
        return next((fault for check in checks for fault in check), None)

    def _paths(self, goal: Basic, line: Basic) -> Iterator[str]:
        """Every ∂ has the variable of the goal below it, and the factors of a path meet."""
        variables = {node.wrt for node in preorder_traversal(goal) if isinstance(node, Partial)}
        variable = variables.pop() if len(variables) == 1 else None
        for node in preorder_traversal(line):
            if self._local(node) and node.wrt != variable:
                yield f"{node} is not a derivative by {variable}"
            if isinstance(node, Mul):
                passed = [f.of for f in node.args if self._local(f) and isinstance(f.of, MatrixElement)]
                upstream = [f.wrt for f in node.args if isinstance(f, Partial) and f.of == self.loss]
                if upstream and any(entry not in upstream for entry in passed):
                    yield f"the factors of {node} do not belong to one path"

    def _operands(self, before: Basic, line: Basic) -> Iterator[str]:
        """What stands under ∂ stood in the line before; where that is the goal, the values tell."""
        if self._local(before):
            return
        known = set(preorder_traversal(before))
        for node in preorder_traversal(line):
            if self._local(node) and not self._is_output(node.of) and not set(factors(node.of)) <= known:
                yield f"{node.of} under ∂ does not stand in the line before"

    def _ranges(self, goal: Basic, line: Basic) -> Iterator[str]:
        """Every index runs over the axis that it stands on, and over all of it."""
        for entry in goal.args if isinstance(goal, Partial) else (goal,):
            if isinstance(entry, MatrixElement):
                indices = [index for index in entry.args[1:] if index.is_Symbol]
                if len(set(indices)) < len(indices):
                    yield f"the indices of {entry} are one and the same"
        sizes = letters(goal)
        yield from self._within(line, sizes)

    def shapes(self, matrix: Basic) -> str | None:
        """What is wrong with the shapes of the single matrices in a matrix expression, if anything is."""
        return next(self._within(matrix, {}), None)

    def _within(self, node: Basic, sizes: Mapping[Basic, Basic]) -> Iterator[str]:
        if isinstance(node, ImmutableDenseMatrix):
            return  # its cells have numbers for indices, and the values tell
        if isinstance(node, Pattern):
            sizes = {**sizes, **dict(zip(node.letters, node.shape, strict=True))}
        if isinstance(node, Sum):
            for index, low, high in node.limits:
                sizes = {**sizes, index: high + 1}
                if low != 0 or high + 1 not in self.sizes:
                    yield f"the sum over {index} does not run over an axis"
        if isinstance(node, MatrixSymbol) and node not in self.matrices:
            yield f"{node} of shape {node.rows}×{node.cols} is none of the matrices"
        if isinstance(node, OneMatrix) and not set(node.shape) <= self.sizes:
            yield f"the shape {node.rows}×{node.cols} of the ones is none that occurs"
        if isinstance(node, MatrixElement):
            for index, size in zip(node.args[1:], node.args[0].shape, strict=True):
                if any(sizes.get(letter) != length for letter, length in axis(index, size)):
                    yield f"the index {index} of {node} does not run from 1 to {size}"
        letters = [index for index in node.args if not index.is_Integer] if isinstance(node, Delta) else []
        if len({sizes.get(letter) for letter in letters}) > 1:
            yield f"the indices of {node} run over different ranges"
        for arg in node.args:
            yield from self._within(arg, sizes)

    def _local(self, node: Basic) -> bool:
        return isinstance(node, Partial) and node.of != self.loss

    def _is_output(self, node: Basic) -> bool:
        return isinstance(node, MatrixElement) and node.args[0] == self.output
