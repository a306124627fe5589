"""The expansion at given sizes: matrices of sympy symbols, written out and differentiated.

The cost is that of the terms written: a symbol's derivatives are found from the terms in which it
occurs, not by differentiating every entry by every symbol.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from sympy import (
    Expr,
    ImmutableDenseMatrix,
    Integer,
    Mul,
    OneMatrix,
    S,
    Symbol,
)
from sympy.core.basic import Basic

from derive.definition import by_definition, speaks_of
from derive.drawn import Frobenius, Slice
from derive.edges import NoMatrixForm, transposed
from derive.grids import explicit, is_plain, leaves, readings, spelled
from derive.order import ReadingOrder
from derive.proof import Calc, Example, Reason, Step, Theorem, Worked
from derive.rules import Rule
from derive.spots import interior
from derive.terms import (
    Call,
    Gradient,
    Labelled,
    MatrixElement,
    MatrixExpr,
    Partial,
    Terms,
    addends,
    entries,
    factors,
)

BY_ENTRIES = Reason("entries", "by its entries")
DEFINITION = Reason("definition", "written out by definition")
EACH_ENTRY = Reason("each entry", "the same calculation for every entry")
CHAIN_RULE = Reason("chain rule", "all paths are added, the factors along a path are multiplied")
INSERT = Reason("insert", "the local partial derivatives inserted")
DROP_ZEROS = Reason("zeros", "the zeros dropped")
ABSENT = Reason("absent", "the entry does not hold the variable")
TERM_BY_TERM = Reason("sum rule", "term by term; terms without the variable give 0")
REMAINING = Reason("derivative", "the derivative of the remaining term")
MULTIPLIED = Reason("product", "every entry written out")
PAIRED = Reason("pairing", "the products of the entries in the same places, added")
FACTORED = Reason("recognition", "factored into matrices")
NAMED = Reason("names", "the names of the factors")

Local = dict[tuple[int, int], dict[int, Expr]]
"""For one variable: output entry -> number of the term that holds the variable -> its derivative."""


def worked(
    element: Callable[..., Expr],
    sizes: Mapping[str, int],
    upstream: Gradient,
    form: MatrixExpr,
    theorems: Sequence[Theorem],
    chosen: Mapping[str, tuple[int, int]],
) -> Worked:
    """Everything entry by entry at ``sizes``; the factors are read off the grids of sums.

    Raises:
        NoMatrixForm: a grid of sums is not the product that the proof for all sizes found.
    """
    numbers = {
        s: Integer(sizes[s.name])
        for t in theorems
        for s in t.gradient.atoms(Symbol) | upstream.atoms(Symbol)
        if s.name in sizes
    }
    inputs = [t.wrt.xreplace(numbers) for t in theorems]
    symbols = [explicit(matrix) for matrix in inputs]
    gradient = upstream.xreplace(numbers)
    order = ReadingOrder([matrix.name for matrix in inputs])
    formulas = [[_written(element(*symbols, i, j), order) for j in range(gradient.cols)] for i in range(gradient.rows)]
    occurrences = _occurrences(formulas)
    spots = interior([m.name for m in inputs], [m.shape for m in inputs], chosen)
    product = spelled(form.xreplace(numbers))
    forms = [t.matrix.xreplace(numbers) for t in theorems]
    fold = by_definition(gradient.wrt, lambda i, j: formulas[int(i)][int(j)])
    folds = [fold if speaks_of(form, gradient.wrt) else None for form in forms]
    return Worked(
        inputs=tuple(Calc(m, (Step(grid, BY_ENTRIES),)) for m, grid in zip(inputs, symbols, strict=True)),
        output=steps(
            gradient.wrt,
            (explicit(gradient.wrt), BY_ENTRIES),
            *(() if isinstance(product, Labelled) else ((product, DEFINITION),)),
            (ImmutableDenseMatrix(formulas), MULTIPLIED),
        ),
        upstream=Calc(gradient, (Step(explicit(gradient), BY_ENTRIES),)),
        examples=tuple(
            example(
                Gradient(gradient.loss, matrix),
                spot,
                gradient,
                _partials(gradient.wrt, formulas, explicit(matrix)[spot], occurrences, fold),
                _cell(gradient, occurrences, fold),
                form,
            )
            for matrix, spot, form, fold in zip(inputs, spots, forms, folds, strict=True)
        ),
    )


def example(
    goal: Gradient,
    spot: tuple[int, int],
    upstream: Gradient,
    partials: tuple[Calc, ...],
    cell: Callable[[MatrixElement], Expr],
    form: MatrixExpr,
) -> Example:
    """One gradient: an entry by all its paths, ``cell`` of every entry, and the factors of the whole."""
    outputs, paths, entries_of = explicit(upstream.wrt), explicit(upstream), explicit(goal.wrt)
    cells = [(i, j) for i in range(paths.rows) for j in range(paths.cols)]
    products = [paths[at] * calc.result for at, calc in zip(cells, partials, strict=True)]
    chain = steps(
        goal[spot],
        (Terms.of(paths[at] * Partial(outputs[at], entries_of[spot]) for at in cells), CHAIN_RULE),
        (Terms.of(products), INSERT),
        (Terms.of(term for term in products if term != 0), DROP_ZEROS),
    )
    slice = Slice(upstream.wrt, entries_of[spot])
    values = ImmutableDenseMatrix(*paths.shape, [calc.result for calc in partials])
    pairing = steps(
        goal[spot],
        (Frobenius(upstream, slice), PAIRED),
        (Frobenius(Labelled(paths, upstream), Labelled(values, slice)), INSERT),
        (Terms.of(term for term in products if term != 0), DROP_ZEROS),
    )
    sums = entries_of.applyfunc(cell)
    factored = form if isinstance(form, Call) else _agreeing(sums, form, goal)
    factors_shown = () if factored == form or isinstance(factored, Labelled) else ((factored, FACTORED),)
    gradient = steps(goal, (explicit(goal), BY_ENTRIES), (sums, EACH_ENTRY), *factors_shown, (form, NAMED))
    listed = steps(slice, (explicit(slice), BY_ENTRIES), (values, EACH_ENTRY))
    return Example(entries_of[spot], partials, chain, listed, pairing, gradient)


def _agreeing(sums: ImmutableDenseMatrix, form: MatrixExpr, goal: Gradient) -> MatrixExpr:
    """The factors read off the grid, which must be those that the index calculation found.

    A grid shows a single matrix, a product of two, or an entrywise product of single matrices; any
    other form is written out as it is, and what it multiplies out to is for the judge to compare.
    """
    if not is_plain(form):
        return spelled(form)
    names = leaves(form) | {transposed(leaf) for leaf in leaves(form)}
    lengths = {size for matrix in (goal, *names) for size in matrix.shape}
    names |= {OneMatrix(*shape) for size in lengths for shape in ((1, size), (size, 1))}
    try:
        found = list(readings(sums, sorted(names, key=str)))
    except NoMatrixForm as unread:
        raise NoMatrixForm(f"∂{goal.loss}/∂{goal.wrt.name}: {unread}") from None
    if spelled(form) not in found:
        read = found[0].replace(lambda part: isinstance(part, Labelled), lambda part: part.label)
        raise NoMatrixForm(f"the grid of {goal.wrt.name} reads as {read}, the calculation for all sizes as {form}")
    return spelled(form)


def _partials(
    output: MatrixExpr,
    formulas: list[list[Expr]],
    wrt: MatrixElement,
    occurrences: Mapping[MatrixElement, Local],
    fold: Rule | None,
) -> tuple[Calc, ...]:
    """The derivatives of all entries of the output by one entry of an input."""
    local = occurrences[wrt]
    cells = [(i, j) for i, row in enumerate(formulas) for j, _ in enumerate(row)]
    return tuple(_partial(output[at], formulas[at[0]][at[1]], wrt, local.get(at, {}), fold) for at in cells)


def _partial(
    output: MatrixElement, formula: Expr, wrt: MatrixElement, local: Mapping[int, Expr], fold: Rule | None
) -> Calc:
    goal = Partial(output, wrt)
    if not local:
        return steps(goal, (S.Zero, ABSENT))
    written = [Partial(term, wrt) if k in local else S.Zero for k, term in enumerate(addends(formula))]
    derivative = Terms.of(local.values())
    lines = [(Partial(formula, wrt), DEFINITION), (Terms.of(written), TERM_BY_TERM), (derivative, REMAINING)]
    if fold is not None:
        lines.append((_folded(derivative, fold), fold.reason))
    return steps(goal, *lines)


def _folded(expr: Expr, fold: Rule | None) -> Expr:
    """With the entries of the result in the place of their formulas."""
    while fold is not None and (written := fold.everywhere(expr)) != expr:
        expr = written
    return expr


def _cell(
    upstream: Gradient, occurrences: Mapping[MatrixElement, Local], fold: Rule | None
) -> Callable[[MatrixElement], Expr]:
    """What an entry of the gradient is, by all paths on which its variable stands."""
    paths = explicit(upstream)
    return lambda variable: Terms.of(
        paths[at] * _folded(derivative, fold)
        for at, terms in occurrences[variable].items()
        for derivative in terms.values()
    )


def _occurrences(formulas: list[list[Expr]]) -> defaultdict[MatrixElement, Local]:
    found: defaultdict[MatrixElement, Local] = defaultdict(dict)
    for i, row in enumerate(formulas):
        for j, formula in enumerate(row):
            for k, term in enumerate(addends(formula)):
                for entry in dict.fromkeys(entries(term)):
                    found[entry].setdefault((i, j), {})[k] = _derivative(term, entry)
    return found


def _derivative(term: Expr, wrt: MatrixElement) -> Expr:
    """∂term/∂wrt: the other factors where ``wrt`` is one factor of several, else by sympy."""
    others = [factor for factor in factors(term) if factor != wrt]
    if len(others) == len(factors(term)) - 1 and all(wrt not in entries(factor) for factor in others):
        return Mul(*others)
    return term.diff(wrt)


def _written(formula: Expr, order: ReadingOrder) -> Expr:
    return Terms.of(_flat(order.terms(formula)))


def _flat(terms: Iterable[Expr]) -> Iterator[Expr]:
    """The terms, those of a sum within a sum among them."""
    for term in terms:
        parts = addends(term)
        yield from parts if len(parts) == 1 else _flat(parts)


def steps(goal: Basic, *lines: tuple[Basic, Reason]) -> Calc:
    """A calculation of the lines that say something new."""
    found: list[Step] = []
    for result, reason in lines:
        if not found or found[-1].result != result:
            found.append(Step(result, reason))
    return Calc(goal, tuple(found))
