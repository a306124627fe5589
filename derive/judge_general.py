"""Judging what holds for any sizes beside the theorems: drawn matrices, and the chain rule by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sympy import Sum, Symbol, Transpose

from derive.judge_lines import LineJudge
from derive.judge_words import any_entry, at, by, ends, listed
from derive.model import Model
from derive.proof import Calc, Derivation, Finding, General
from derive.terms import Gradient, MatrixSymbol, Partial
from derive.written import Wording


def drawn_findings(d: Derivation, general: General, judge: LineJudge) -> Iterator[Finding]:
    """The matrices drawn by their ends, and the entries at these."""
    for what, found in (("inputs", general.inputs), ("gradients", general.gradients), ("ends", general.entries)):
        yield Finding(f"drawn {what}, list", len(found) == len(d.inputs), "one for each input", 0)
    for matrix, calc in zip(d.inputs, general.inputs, strict=False):
        yield from judge.grids(f"{matrix.name} drawn", calc, matrix)
    yield from judge.grids(f"{d.output.name} drawn", general.output, d.output)
    if general.product is not None:
        yield from judge.grids(f"{d.output.name} drawn as a product", general.product, d.output)
    yield from judge.grids(f"{by(d.loss, d.output)} drawn", general.upstream, d.upstream)
    for matrix, calc in zip(d.inputs, general.gradients, strict=False):
        yield from judge.grids(f"{by(d.loss, matrix)} drawn", calc, Gradient(d.loss, matrix))
    for matrix, at_ends in zip(d.inputs, general.entries, strict=False):
        wanted = [Partial(d.loss, entry) for entry in ends(matrix)]
        yield listed(f"{by(d.loss, matrix)} at its ends", [calc.goal for calc in at_ends], wanted)
        for goal, calc in zip(wanted, at_ends, strict=False):
            yield from judge.lines(f"∂{d.loss}/∂{at(goal.wrt)}", calc)
    parts = [(calc, calc.goal if calc.goal in d.matrix.args else d.matrix) for calc in general.spread]
    turned = [(general.turned, Transpose(d.output))] if general.turned else []
    for calc, goal in (*parts, *turned):
        yield from judge.grids(f"{calc.goal} drawn", calc, goal)


def path_findings(derivation: Derivation, seed: int) -> Iterator[Finding]:
    """The chain rule by itself, where f is any linear function: at one point, no other differs from it."""
    rule = derivation.paths
    x, f = rule.variables, rule.functions
    index, place = Symbol("index"), Symbol("place")
    slopes = MatrixSymbol("slopes", x.cols, f.cols)
    definition = Sum(x[0, index] * slopes[index, place], (index, 0, x.cols - 1))
    known = replace(
        derivation, inputs=(x, slopes), output=f, definition=definition, forward=Calc(f[0, place], ()), theorems=()
    )
    model = Model(known, {str(x.cols): 3, str(f.cols): 4}, seed)
    goal = rule.calc.goal
    fits = isinstance(goal, Partial) and goal.of == derivation.loss and any_entry(goal.wrt, x)
    yield Finding("chain rule, what is calculated", bool(fits), "an entry of any variable", 0)
    yield from LineJudge(model, Wording.of(known, {})).lines("chain rule", rule.calc)
