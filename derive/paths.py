"""The chain rule by itself, in letters that mean nothing else on the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sympy import Integer, Sum, Symbol

from derive.drawn import Ends
from derive.proof import Calc, Paths, Reason, Step
from derive.terms import MatrixSymbol, Partial

BY_ENDS = Reason("chain rule", "all paths are added, the factors along a path are multiplied")
AS_SUM = Reason("one sum", "the same as one sum")


def paths(loss: Symbol, names: Sequence[str], sizes: Sequence[str], letters: Sequence[str]) -> Paths:
    """∂L/∂x_i = ∂L/∂f_1 ∂f_1/∂x_i + ⋯ + ∂L/∂f_M ∂f_M/∂x_i.

    ``names`` are those of the matrices of the page, ``sizes`` those of its sizes, and ``letters`` its free indices.

    >>> rule = paths(Symbol("L"), ("Y", "X", "W"), ("m", "k", "n"), ("i", "j"))
    >>> rule.variables, rule.functions, rule.calc.goal
    (u, f, Partial(L, u[0, i]))
    """
    taken = {*sizes, *letters[:2], *(name[0].lower() for name in (*names, loss.name))}
    variable, function = _free("xuzv", taken), _free("fgh", taken)
    count, number = _free("NPQR", {*names, loss.name}), _free("MKST", {*names, loss.name})
    variables, functions = (
        MatrixSymbol(name, Integer(1), Symbol(size, integer=True, positive=True))
        for name, size in ((variable, count), (function, number))
    )
    i, j = map(Symbol, letters[:2])
    goal = Partial(loss, variables[0, i])
    path = Partial(loss, functions[0, j]) * Partial(functions[0, j], variables[0, i])
    total = Sum(path, (j, 0, functions.cols - 1))
    return Paths(variables, functions, Calc(goal, (Step(Ends(total), BY_ENDS), Step(total, AS_SUM))))


def _free(wanted: str, taken: set[str]) -> str:
    """The first letter that is free: of those that are usual here, else of all."""
    others = "abcdefghopqrstuvwxyz" if wanted.islower() else "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    free: Iterator[str] = (letter for letter in (*wanted, *others) if letter not in taken)
    return next(free)
