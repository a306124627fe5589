"""An exercise: a layer at given integers, with all results in numbers."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sympy import ImmutableDenseMatrix, Integer, MatMul, MatrixSymbol, Sum, Transpose

from derive.companions import free_letter
from derive.errors import DeriveError
from derive.expressions.at_numbers import At
from derive.expressions.calculus import gradient
from derive.operation import unknown
from derive.proof import Calc, Derivation, Exercise, Reason, Step
from derive.suitable import weight
from derive.terms import Gradient, MatrixElement, MatrixExpr, Terms
from derive.worked import steps

Numbers = Mapping[str, Any]

GIVEN = Reason("numbers", "given")
SQUARE = Reason("definition", "the square of each entry")
ADDED = Reason("definition", "all entries added up")
DEFINITION = Reason("definition", "by definition")
RULE = Reason("rule", "the rule of the gradient")
INSERTED = Reason("insert", "the numbers inserted")
CALCULATED = Reason("numbers", "calculated")

LARGEST = 999
"""Numbers up to this are multiplied and added exactly, whatever the shapes are."""

MOST = 8
"""Rows and columns up to this many are written out."""

SIDES = (2, 3)
DRAWN = (-2, 4)
"""The sides and the numbers that are drawn."""


def exercise(derivation: Derivation, numbers: Numbers, seed: int | None) -> Exercise:
    """The layer of a derivation at ``numbers``, by the names of its two factors.

    What is not given is drawn, where there is a ``seed``; without it the weight holds ones, and the other
    factor counts up from 0.

    Raises:
        DeriveError: numbers for something else, numbers that are no small integers, or shapes that do not fit.
    """
    left, right = derivation.inputs[:2]
    grids = _grids(derivation, numbers, seed)
    return _solved(derivation, grids[left.name], grids[right.name])


def _grids(derivation: Derivation, numbers: Numbers, seed: int | None) -> dict[str, ImmutableDenseMatrix]:
    names = [matrix.name for matrix in derivation.inputs[:2]]
    for name in numbers:
        if name not in names:
            raise DeriveError(unknown("matrix of the exercise", name, names))
    given = {name: _integers(name, numbers[name]) for name in names if name in numbers}
    draw = random.Random(seed)
    shapes = _shapes(names, given, draw if seed is not None else None)
    for name in names:
        if name not in given:
            entries = range(shapes[name][0] * shapes[name][1])
            if seed is not None:
                found = [draw.randint(*DRAWN) for _ in entries]
            else:
                found = [1 if name == weight(derivation).name else k for k in entries]
            given[name] = ImmutableDenseMatrix(*shapes[name], found)
    left, right = (given[name] for name in names)
    if left.cols != right.rows:
        raise DeriveError(
            f"the numbers of {names[0]} have {left.cols} columns, and those of {names[1]} {right.rows} rows; "
            f"a product needs as many."
        )
    return given


def _shapes(
    names: Sequence[str], given: Mapping[str, ImmutableDenseMatrix], draw: random.Random | None
) -> dict[str, tuple[int, int]]:
    """Those that are given, and others that fit."""
    sides = [draw.choice(SIDES) if draw else SIDES[0] for _ in range(3)]
    left, right = (given.get(name) for name in names)
    inner = left.cols if left is not None else right.rows if right is not None else sides[1]
    return {names[0]: (sides[0], inner), names[1]: (inner, sides[2])}


def _integers(name: str, numbers: Any) -> ImmutableDenseMatrix:
    try:
        grid = np.asarray(numbers, dtype=float)
    except (TypeError, ValueError):
        raise DeriveError(f"the numbers of {name} are no matrix.") from None
    if grid.ndim != 2 or not grid.size or max(grid.shape) > MOST:
        raise DeriveError(f"the numbers of {name} are a matrix of at most {MOST} rows and columns, like [[0,1],[2,3]].")
    if not (np.abs(grid) <= LARGEST).all() or (grid != np.rint(grid)).any():
        raise DeriveError(f"the numbers of {name} in the exercise are integers from -{LARGEST} to {LARGEST}.")
    return ImmutableDenseMatrix([[int(number) for number in row] for row in grid])


def _solved(derivation: Derivation, left: ImmutableDenseMatrix, right: ImmutableDenseMatrix) -> Exercise:
    """Every result by the engine of expressions, the forms by the derivation."""
    d = derivation
    sides = zip((*d.inputs[0].shape, d.inputs[1].cols), (*left.shape, right.cols), strict=True)
    numbers = {letter: Integer(side) for letter, side in sides}
    P, Q, Y = (matrix.xreplace(numbers) for matrix in (*d.inputs[:2], d.output))
    F = MatrixSymbol(free_letter(d, "FGHQVTKMNR"), *Y.shape)
    factors = {"P": left, "Q": right}
    product, by_left = _at("sumsq(P @ Q)", "P", factors)
    by_right = _at("sumsq(P @ Q)", "Q", factors)[1]
    squared, by_product = _at("sum(Y ** 2)", "Y", {"Y": product})
    by_square = _at("sum(F)", "F", {"F": squared})[1]
    row, col = d.forward.goal.args[1:]
    added = Sum(MatrixElement(F, row, col), (col, 0, F.cols - 1), (row, 0, F.rows - 1))
    upstream = Gradient(d.loss, Y)
    values = {P: left, Q: right, Y: product, upstream: by_product}

    def inserted(form: MatrixExpr, result: ImmutableDenseMatrix) -> tuple[Step, ...]:
        """The form, the numbers in it, and the result."""
        named = {key: values[key] for key in (P, Q, upstream)}
        parts = [_numbered(part, named) for part in form.args]
        return Step(form, RULE), Step(MatMul(*parts, evaluate=False), INSERTED), Step(result, CALCULATED)

    by_factors = [
        Calc(Gradient(d.loss, matrix), inserted(theorem.matrix.xreplace(numbers), result))
        for matrix, theorem, result in zip((P, Q), d.theorems[:2], (by_left, by_right), strict=True)
    ]
    return Exercise(
        inputs=(Calc(P, (Step(left, GIVEN),)), Calc(Q, (Step(right, GIVEN),))),
        square=Calc(MatrixElement(F, row, col), (Step(MatrixElement(Y, row, col) ** 2, SQUARE),)),
        sum=Calc(d.loss, (Step(added, ADDED),)),
        output=Calc(Y, inserted(P * Q, product)),
        squares=Calc(F, (Step(squared, CALCULATED),)),
        loss=steps(d.loss, (Terms.of(squared), INSERTED), (Integer(sum(squared)), CALCULATED)),
        gradients=(
            Calc(Gradient(d.loss, F), (Step(by_square, CALCULATED),)),
            Calc(upstream, (Step(2 * Y, RULE), Step(by_product, CALCULATED))),
            *by_factors,
        ),
    )


def _numbered(part: MatrixExpr, values: Mapping[MatrixExpr, ImmutableDenseMatrix]) -> ImmutableDenseMatrix:
    return values[part.arg].T if isinstance(part, Transpose) else values[part]


def _at(
    expression: str, wrt: str, numbers: Mapping[str, ImmutableDenseMatrix]
) -> tuple[ImmutableDenseMatrix, ImmutableDenseMatrix]:
    """What a sum adds up, and the gradient of the sum, in numbers."""
    answer = gradient(expression, wrt=wrt)
    at = At(answer.last, {name: grid.tolist() for name, grid in numbers.items()})
    return _whole(at.value(answer.value.args[0])), _whole(at.value(answer.result))


def _whole(array: Any) -> ImmutableDenseMatrix:
    """The integers that floating point holds exactly."""
    return ImmutableDenseMatrix([[int(number) for number in row] for row in array])
