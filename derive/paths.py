"""The chain rule by itself, in letters that mean nothing else on the page."""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Integer, Sum, Symbol

from derive.drawn import Ends
from derive.proof import Calc, Paths, Reason, Step
from derive.terms import MatrixSymbol, Partial, free_of

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
    variable, function = free_of("xuzv", taken), free_of("fgh", taken)
    count, number = free_of("NPQR", {*names, loss.name}), free_of("MKST", {*names, loss.name})
    variables, functions = (
        MatrixSymbol(name, Integer(1), Symbol(size, integer=True, positive=True))
        for name, size in ((variable, count), (function, number))
    )
    i, j = map(Symbol, letters[:2])
    goal = Partial(loss, variables[0, i])
    path = Partial(loss, functions[0, j]) * Partial(functions[0, j], variables[0, i])
    total = Sum(path, (j, 0, functions.cols - 1))
    return Paths(variables, functions, Calc(goal, (Step(Ends(total), BY_ENDS), Step(total, AS_SUM))))
