"""Judging the chain rule by itself, in a world of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sympy import Sum, Symbol
from sympy.core.basic import Basic

from derive.judge_lines import LineJudge
from derive.model import Model
from derive.positions import axis
from derive.proof import Calc, Derivation, Finding
from derive.terms import MatrixElement, MatrixSymbol, Partial
from derive.written import Wording

SEED = 20261121


def paths_findings(derivation: Derivation) -> Iterator[Finding]:
    """The chain rule by itself, where f is any linear function: at one point, no other differs from it."""
    rule = derivation.paths
    x, f = rule.variables, rule.functions
    index, at = Symbol("index"), Symbol("at")
    slopes = MatrixSymbol("slopes", x.cols, f.cols)
    definition = Sum(x[0, index] * slopes[index, at], (index, 0, x.cols - 1))
    known = replace(
        derivation, inputs=(x, slopes), output=f, definition=definition, forward=Calc(f[0, at], ()), theorems=()
    )
    model = Model(known, {str(x.cols): 3, str(f.cols): 4}, SEED)
    goal = rule.calc.goal
    fits = isinstance(goal, Partial) and goal.of == derivation.loss and any_entry(goal.wrt, x)
    yield Finding("chain rule, what is calculated", bool(fits), "an entry of any variable", 0)
    yield from LineJudge(model, Wording.of(known, {})).lines("chain rule", rule.calc)


def any_entry(goal: Basic, matrix: MatrixSymbol) -> bool:
    """Whether a goal speaks of every entry of a matrix: two indices that are free and not the same."""
    if not (isinstance(goal, MatrixElement) and goal.args[0] == matrix):
        return False
    axes = [axis(index, size) for index, size in zip(goal.args[1:], matrix.shape, strict=True) if size != 1]
    letters = [letter for found in axes for letter, _ in found]
    return all(axes) and all(letter.is_Symbol for letter in letters) and len(set(letters)) == len(letters)
