"""The same derivation at letters for sizes: matrices drawn by their ends, and gradients at some entries."""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Add, Expr, HadamardProduct, MatAdd, MatMul, OneMatrix, S, Sum, Symbol, Transpose

from derive.drawn import Ends, Pattern
from derive.edges import transposed
from derive.grids import is_plain, leaves
from derive.indexed import indexed
from derive.proof import Calc, General, Reason, Step, Theorem
from derive.terms import Call, Delta, Gradient, Labelled, MatrixElement, MatrixExpr, MatrixSymbol

BY_ENTRIES = Reason("entries", "by its entries")
DEFINITION = Reason("definition", "by definition")
FACTORED = Reason("recognition", "factored into matrices")
NAMED = Reason("names", "the names of the factors")
MULTIPLIED = Reason("product", "every entry written out")
TURNED = Reason("transpose", "the transpose of a product is that of its factors in reverse order")
HERE = Reason("instance", "the formula of all entries, at this one")

PLACE = (Symbol("row"), Symbol("column"))
"""The place of a cell, where its formula has no letter for it; no page shows them."""


def general(
    output: MatrixElement, definition: Expr, form: MatrixExpr, upstream: Gradient, theorems: Sequence[Theorem]
) -> General | None:
    """The drawn matrices, or ``None`` where the formula of an entry does not hold in all places alike.

    So it is where a formula tells the entries on a diagonal apart, or takes an index apart.
    """
    formulas = [definition, *(theorem.direct for theorem in theorems)]
    if not all(_is_uniform(formula) for formula in formulas):
        return None
    matrix = output.args[0]
    cells = definition.xreplace({i: Ends(i) for i in definition.atoms(Sum) if len(i.limits) == 1})
    return General(
        inputs=tuple(Calc(t.wrt, (Step(_drawn(t.wrt), BY_ENTRIES),)) for t in theorems),
        output=Calc(
            matrix,
            (
                Step(_drawn(matrix), BY_ENTRIES),
                Step(_pattern(matrix, cells, output.args[1:]), DEFINITION),
            ),
        ),
        product=_product(matrix, form),
        upstream=Calc(upstream, (Step(_drawn(upstream), BY_ENTRIES),)),
        gradients=tuple(_gradient(theorem) for theorem in theorems),
        entries=tuple(_instances(theorem) for theorem in theorems),
        spread=tuple(_spread(part) for part in form.args if _is_spread(part)) if isinstance(form, MatAdd) else (),
        turned=_turned(matrix, form) if isinstance(form, (MatAdd, MatMul)) else None,
    )


def _is_uniform(formula: Expr) -> bool:
    entries = formula.atoms(MatrixElement)
    plain = all(isinstance(e.args[0], MatrixSymbol) and all(i.is_Symbol or i == 0 for i in e.args[1:]) for e in entries)
    return plain and not formula.has(Delta, Call)


def _drawn(matrix: MatrixExpr) -> Pattern:
    """A single matrix by its entries."""
    at = [S.Zero if size == 1 else letter for size, letter in zip(matrix.shape, PLACE, strict=True)]
    return Pattern(indexed(matrix, *at), *PLACE, *matrix.shape)


def _pattern(matrix: MatrixExpr, cell: Expr, at: Sequence[Expr]) -> Pattern:
    """``cell``, which speaks of the indices ``at``, at every place of a matrix of that shape."""
    named = [index if index.is_Symbol else letter for index, letter in zip(at, PLACE, strict=True)]
    return Pattern(cell, *named, *matrix.shape)


def _gradient(theorem: Theorem) -> Calc:
    gradient, form = theorem.gradient, theorem.matrix
    sums = _pattern(gradient, theorem.direct, theorem.entry.goal.wrt.args[1:])
    lines = [Step(_drawn(gradient), BY_ENTRIES), Step(sums, HERE)]
    factored = _factored(form)
    if is_plain(form) and not isinstance(factored, Labelled):
        lines.append(Step(factored, FACTORED))
    return Calc(gradient, (*lines, Step(form, NAMED)))


def _product(matrix: MatrixSymbol, form: MatrixExpr) -> Calc | None:
    """The output as its form, each factor drawn."""
    single = all(isinstance(leaf, (MatrixSymbol, Transpose, OneMatrix)) for leaf in leaves(form))
    if not single or form in leaves(form):
        return None
    return Calc(matrix, (Step(_drawn(matrix), BY_ENTRIES), Step(_factored(form), FACTORED), Step(form, NAMED)))


def _factored(form: MatrixExpr) -> MatrixExpr:
    """``form`` with each of its matrices drawn, labelled by its name."""
    if isinstance(form, (MatMul, MatAdd, HadamardProduct)):
        return form.func(*(_factored(p) if isinstance(p, MatrixExpr) else p for p in form.args))
    return Labelled(_drawn(form), form)


def _is_spread(part: Expr) -> bool:
    """Whether it is a row or a column of an input, times ones."""
    parts = part.args if isinstance(part, MatMul) else ()
    return len(parts) == 2 and any(isinstance(each, OneMatrix) for each in parts)


def _spread(part: MatMul) -> Calc:
    """The matrix that has the row or the column over and over."""
    copies = _pattern(part, indexed(part, *PLACE), PLACE)
    return Calc(part, (Step(_factored(part), FACTORED), Step(copies, MULTIPLIED)))


def _turned(output: MatrixExpr, form: MatrixExpr) -> Calc:
    """The output with its rows for columns, by the transposes of its parts."""
    parts = form.args if isinstance(form, MatAdd) else (form,)
    turned = [transposed(part) for part in parts]
    return Calc(
        Transpose(output),
        (Step(Transpose(form), DEFINITION), Step(MatAdd(*turned) if len(turned) > 1 else turned[0], TURNED)),
    )


def _instances(theorem: Theorem) -> tuple[Calc, ...]:
    """The first entries of a gradient, and its last: the corners of the drawn matrix."""
    variable, goal = theorem.wrt, theorem.entry.goal
    ends = [[S.Zero] if size == 1 else [S.Zero, S.One, size - 1] for size in variable.shape]
    spots = [(ends[0][0], col) for col in ends[1]] + [(row, ends[1][-1]) for row in ends[0][1:]]
    found = []
    for spot in spots:
        here = {index: place for index, place in zip(goal.wrt.args[1:], spot, strict=True) if index.is_Symbol}
        found.append(Calc(goal.xreplace(here), (Step(Add(theorem.direct.xreplace(here)), HERE),)))
    return tuple(found)
