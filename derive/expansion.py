"""The expansion of a derivation at given sizes: by the formulas of its entries, or by the rules of its proof."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from sympy import Expr, Integer, Symbol
from sympy.core.basic import Basic

from derive.errors import DeriveError
from derive.implicit import is_implied
from derive.minors import Determinant
from derive.proof import Calc, Example, Step, Theorem, Worked
from derive.terms import Gradient, MatrixElement
from derive.worked import worked
from derive.worked_local import worked_by_rule

MOST_EXPANDED, MOST_INVERTED = 6, 8
"""The largest size at which a determinant is written out, and at which one is only evaluated."""


def expansion(
    element: Callable[..., Expr],
    sizes: Mapping[str, int],
    upstream: Gradient,
    forward: Calc,
    theorems: Sequence[Theorem],
    chosen: Mapping[str, tuple[int, int]],
) -> Worked:
    """Everything at ``sizes``; ``chosen`` are the entries to work out in detail.

    Raises:
        DeriveError: a determinant has too many terms, or a result has no matrix form.
    """
    definition, form = forward.steps[0].result, forward.result.args[0]
    numbers = {Symbol(name, integer=True, positive=True): Integer(size) for name, size in sizes.items()}
    at_sizes = partial(element, shape=[size.xreplace(numbers) for size in upstream.shape])
    most = MOST_EXPANDED if isinstance(definition, Determinant) else MOST_INVERTED
    if is_implied(definition) and max(sizes.values()) > most:
        raise DeriveError(
            f"a determinant of more than {most} rows has too many terms for a page; take a smaller size: "
            "the proof on its page holds for all sizes."
        )
    if is_implied(definition) and not isinstance(definition, Determinant):
        found = worked_by_rule(at_sizes, sizes, upstream, forward.goal, theorems, chosen)
    else:
        found = worked(at_sizes, sizes, upstream, form, theorems, chosen)
    examples = [_summed(each, theorem, numbers) for each, theorem in zip(found.examples, theorems, strict=True)]
    return replace(found, examples=tuple(examples))


def _summed(example: Example, theorem: Theorem, numbers: Mapping[Basic, Basic]) -> Example:
    """With the chain rule of the theorem at these sizes and this entry, where plain indices tell all places."""
    goal, first = theorem.entry.goal, theorem.entry.steps[0]
    if not all(index.is_Atom for entry in first.result.atoms(MatrixElement) for index in entry.args[1:]):
        return example
    indices = zip(goal.wrt.args[1:], example.entry.args[1:], strict=True)
    here = {**numbers, **{index: place for index, place in indices if index.is_Symbol}}
    if goal.xreplace(here) != example.chain.goal:
        return example
    return replace(example, summed=Calc(example.chain.goal, (Step(first.result.xreplace(here), first.by),)))
