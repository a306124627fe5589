"""The expansion at given sizes where the entries have no formula that is worth writing out.

The local partial derivatives are those of the proof, at the numbers of the indices.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sympy import Add, Expr, Integer, Mul, Sum, Symbol
from sympy.core.basic import Basic

from derive.grids import explicit
from derive.proof import Calc, Reason, Step, Theorem, Worked
from derive.spots import interior
from derive.terms import Call, Gradient, MatrixElement, Partial, Terms, addends
from derive.worked import BY_ENTRIES, example, steps

RULE = Reason("local partial", "the local partial derivative of the proof below")
FORMULA = Reason("formula", "by its formula at these sizes")
DERIVATIVE = Reason("derivative", "its derivative")

MOST_WRITTEN = 2
"""Up to this size the formula of an entry is written out and differentiated as well."""


def worked_by_rule(
    element: Callable[..., Expr],
    sizes: Mapping[str, int],
    upstream: Gradient,
    goal: MatrixElement,
    theorems: Sequence[Theorem],
    chosen: Mapping[str, tuple[int, int]],
) -> Worked:
    """Everything entry by entry at ``sizes``, with the local partials that the theorems tell."""
    numbers = {Symbol(name, integer=True, positive=True): Integer(size) for name, size in sizes.items()}
    inputs = [t.wrt.xreplace(numbers) for t in theorems]
    gradient = upstream.xreplace(numbers)
    outputs, paths = explicit(gradient.wrt), explicit(gradient)
    spots = interior([m.name for m in inputs], [m.shape for m in inputs], chosen)
    cells = [(i, j) for i in range(paths.rows) for j in range(paths.cols)]
    small = max(sizes.values()) <= MOST_WRITTEN
    formulas = outputs
    if small:
        formulas = outputs.applyfunc(lambda cell: element(*map(explicit, inputs), *map(int, cell.args[1:])))
        small = not formulas.has(Call)
    examples = []
    for theorem, matrix, spot in zip(theorems, inputs, spots, strict=True):

        def value(at: tuple[int, int], entry: MatrixElement, theorem: Theorem = theorem) -> Expr:
            letters = (*goal.args[1:], *theorem.local.goal.wrt.args[1:])
            places = dict(zip(letters, map(Integer, (*at, *entry.args[1:])), strict=True))
            places = {letter: place for letter, place in places.items() if letter.is_Symbol}
            return written(theorem.local.result.xreplace({**numbers, **places}))

        entry = explicit(matrix)[spot]

        def partial(at: tuple[int, int], entry: MatrixElement = entry, value: Callable[..., Expr] = value) -> Calc:
            lines = [(value(at, entry), RULE)]
            if small:
                lines = [(Partial(formulas[at], entry), FORMULA), (formulas[at].diff(entry), DERIVATIVE), *lines]
            return steps(Partial(outputs[at], entry), *lines)

        def cell(variable: MatrixElement, value: Callable[..., Expr] = value, paths: Basic = paths) -> Expr:
            found = [paths[at] * part for at in cells for part in addends(value(at, variable))]
            return Terms.of(part for part in found if part != 0)

        partials = tuple(map(partial, cells))
        examples.append(
            example(Gradient(gradient.loss, matrix), spot, gradient, partials, cell, theorem.matrix.xreplace(numbers))
        )
    return Worked(
        inputs=tuple(Calc(m, (Step(explicit(m), BY_ENTRIES),)) for m in inputs),
        output=steps(gradient.wrt, (outputs, BY_ENTRIES), *([(formulas, FORMULA)] if small else [])),
        upstream=Calc(gradient, (Step(paths, BY_ENTRIES),)),
        examples=tuple(examples),
    )


def written(expr: Expr) -> Expr:
    """A formula with its sums written out."""
    if isinstance(expr, Sum):
        index, _, high = expr.limits[-1]
        inner = expr.function if len(expr.limits) == 1 else Sum(expr.function, *expr.limits[:-1])
        parts = (written(inner.xreplace({index: Integer(k)})) for k in range(int(high) + 1))
        return Terms.of(part for whole in parts for part in addends(whole) if part != 0)
    if isinstance(expr, Add):
        return Terms.of(part for term in expr.args for part in addends(written(term)) if part != 0)
    if isinstance(expr, Mul):
        sums = [factor for factor in expr.args if factor.has(Sum)]
        if len(sums) == 1:
            rest = expr / sums[0]
            return Terms.of(rest * part for part in addends(written(sums[0])))
    return expr
