"""Writing y_ij where its formula stands: so a derivative is told by what is calculated already."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

from sympy import Dummy, Expr, Integer, Mul, Pow, S, Sum, solve
from sympy.core.basic import Basic

from derive.functions import Elementary, exp, log
from derive.minors import Determinant
from derive.rules import Rule, rule
from derive.terms import Gradient, MatrixElement, MatrixSymbol, Partial, entries

HELD, RESULT = Dummy(), Dummy()

Formula = Callable[[Expr, Expr], Expr]
"""The formula of y_ab, by its indices."""


def by_definition(output: MatrixSymbol, formula: Formula) -> Rule:
    """The rule that reads the formula of an entry of ``output`` backwards."""

    @rule("definition of the result", f"written with {output.name[0].lower()}{output.name[1:]}, by its definition")
    def fold(node: Basic) -> Basic | None:
        if isinstance(node, (Partial, Sum, MatrixElement)) or not node.has(Elementary, Pow, Determinant):
            return None
        for row, col in _places(output, node):
            entry = MatrixElement(output, row, col)
            for known, written in _equations(entry, formula(row, col), node):
                found = _replaced(node, known, written)
                if found is not None and found != node:
                    return found
        return None

    return fold


def speaks_of(form: Basic, output: MatrixSymbol) -> bool:
    """Whether a formula holds the result itself, and not only the gradient with respect to it.

    >>> from sympy import Symbol
    >>> Y = MatrixSymbol("Y", 2, 2)
    >>> speaks_of(Gradient(Symbol("L"), Y), Y), speaks_of(Gradient(Symbol("L"), Y) * Y, Y)
    (False, True)
    """
    if isinstance(form, (Gradient, Partial)):
        return False
    return form == output or any(speaks_of(arg, output) for arg in form.args)


def _places(output: MatrixSymbol, node: Basic) -> Iterator[tuple[Expr, Expr]]:
    """Where an entry could stand: where other entries do, or opposite."""
    known = [entry.args[1:] for entry in entries(node)]
    known += [(col, row) for row, col in known]
    one_row, one_col = (size == 1 for size in output.shape)
    cut = [(Integer(0) if one_row else row, Integer(0) if one_col else col) for row, col in known]
    yield from (at for at in dict.fromkeys(cut) if S.false not in (at[0] < output.rows, at[1] < output.cols))


def _equations(entry: MatrixElement, formula: Expr, node: Basic) -> Iterator[tuple[Expr, Expr]]:
    """What follows from y = f for the parts of ``node``: each time what is known to equal what."""
    yield formula, entry
    if isinstance(formula, log):
        yield formula.args[0], exp(entry)
    functions = formula.atoms(Elementary)
    if len(functions) == 1 and node.has(*functions):
        [function] = functions
        rational = formula.xreplace({function: HELD})
        if rational != HELD and not rational.has(Sum) and rational.is_rational_function(HELD):
            for solution in _solutions(rational)[:1]:
                yield function, solution.xreplace({RESULT: entry})


@cache
def _solutions(rational: Expr) -> list[Expr]:
    """What makes a rational formula equal to the result; the entries of a matrix all ask the same."""
    return list(solve(rational - RESULT, HELD))


def _replaced(node: Basic, known: Expr, written: Expr) -> Basic | None:
    """``node`` with as many of its factors as make up ``known`` replaced."""
    if isinstance(node, (Elementary, Determinant)) and node == known:
        return written
    if not isinstance(node, (Mul, Pow)):
        return None
    there, wanted = node.as_powers_dict(), known.as_powers_dict()
    if any(base.is_number or base not in there for base in wanted):
        return None
    ratios = [there[base] / exponent for base, exponent in wanted.items()]
    if not all(ratio.is_number for ratio in ratios):
        return None
    if len(ratios) == 1:
        times = ratios[0] if ratios[0].is_Integer else Integer(0)
    else:
        times = Integer(max(0, min(int(ratio) for ratio in ratios)))
    if times == 0:
        return None
    rest = [base ** (exponent - times * wanted.get(base, 0)) for base, exponent in there.items()]
    return Mul(*rest) * written**times
