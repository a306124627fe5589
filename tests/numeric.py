"""Numbers for formulas: an evaluator of the tests' own, in exact arithmetic.

It shares nothing with the judge's model, so that a test never takes the judge's word for a value.
Derivatives come from differences of function values, which for polynomials up to degree 4 are exact.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
from sympy import (
    Add,
    DiagMatrix,
    HadamardPower,
    HadamardProduct,
    Identity,
    ImmutableDenseMatrix,
    MatAdd,
    MatMul,
    Mul,
    OneMatrix,
    Pow,
    Sum,
    Symbol,
    Trace,
    Transpose,
    ZeroMatrix,
)
from sympy.core.basic import Basic
from sympy.matrices.expressions.diagonal import DiagonalOf

from derive.terms import Delta, Gradient, Labelled, MatrixElement, MatrixExpr, MatrixSymbol, Partial, Scalar, Terms

SIZES = {"m": 2, "k": 4, "n": 3, "l": 5, "o": 6}
"""Pairwise different, so that no shape fits by accident."""


def slope(function: Callable[[int], Any]) -> Any:
    """The derivative of a polynomial at 0, exact up to degree 4."""
    return (8 * (function(1) - function(-1)) - (function(2) - function(-2))) / Fraction(12)


class Point:
    """Random whole numbers for all matrices that occur, and the value of every expression at them."""

    def __init__(self, seed: int = 1, sizes: Mapping[str, int] = SIZES) -> None:
        self.seed, self.sizes = seed, sizes
        self.arrays: dict[str, np.ndarray] = {}

    def size(self, size: Basic) -> int:
        return int(size.xreplace({letter: self.sizes[letter.name] for letter in size.free_symbols}))

    def array(self, name: str, matrix: MatrixExpr) -> np.ndarray:
        """The numbers of one matrix; they follow from its name, so that any two points of one seed agree."""
        if name not in self.arrays:
            draw = random.Random(f"{self.seed} {name}")
            rows, cols = map(self.size, matrix.shape)
            numbers = [[Fraction(draw.choice([-1, 1]) * draw.randint(1, 9)) for _ in range(cols)] for _ in range(rows)]
            self.arrays[name] = np.array(numbers, dtype=object).reshape(rows, cols)
        return self.arrays[name]

    def entry(self, expr: MatrixElement, env: Mapping[Basic, int]) -> tuple[np.ndarray, tuple[int, int]]:
        matrix, *indices = expr.args
        row, col = (int(index) if index.is_Integer else env[index] for index in indices)
        array = self.array(matrix.name, matrix) if isinstance(matrix, MatrixSymbol) else self.matrix(matrix)
        assert row >= 0, f"{expr} has a negative index"
        assert col >= 0, f"{expr} has a negative index"
        return array, (row, col)

    def scalar(self, expr: Basic, env: Mapping[Basic, int] | None = None) -> Fraction:
        """The value of a formula whose free indices are those of ``env``."""
        env = env or {}
        if isinstance(expr, MatrixElement):
            array, at = self.entry(expr, env)
            return array[at]
        if isinstance(expr, Partial):
            return self.derivative(expr, env)
        if isinstance(expr, (Add, Terms)):
            return sum((self.scalar(term, env) for term in expr.args), Fraction(0))
        if isinstance(expr, Mul):
            return Fraction(np.prod([self.scalar(factor, env) for factor in expr.args], dtype=object))
        if isinstance(expr, Pow):
            return self.scalar(expr.base, env) ** int(expr.exp)
        if isinstance(expr, Delta):
            row, col = (int(index) if index.is_Integer else env[index] for index in expr.args)
            return Fraction(row == col)
        if isinstance(expr, Sum):
            letters = [limit[0] for limit in expr.limits]
            ranges = [range(self.size(low), self.size(high) + 1) for _, low, high in expr.limits]
            inner = ({**env, **dict(zip(letters, numbers, strict=True))} for numbers in product(*ranges))
            return sum((self.scalar(expr.function, each) for each in inner), Fraction(0))
        if isinstance(expr, Symbol):
            return Fraction(self.size(expr))
        if isinstance(expr, Trace):
            return sum(np.diag(self.matrix(expr.arg)), Fraction(0))
        return Fraction(int(expr.p), int(expr.q))

    def derivative(self, expr: Partial, env: Mapping[Basic, int]) -> Fraction:
        if isinstance(expr.of, Symbol):
            matrix, *indices = expr.wrt.args
            row, col = (int(index) if index.is_Integer else env[index] for index in indices)
            return self.array(f"d{matrix.name}", matrix)[row, col]
        array, at = self.entry(expr.wrt, env)
        here = array[at]

        def moved(step: int) -> Fraction:
            array[at] = here + step
            value = self.scalar(expr.of, env)
            array[at] = here
            return value

        return slope(moved)

    def matrix(self, expr: Basic) -> np.ndarray:
        """The value of a matrix expression."""
        if isinstance(expr, MatrixSymbol):
            return self.array(expr.name, expr)
        if isinstance(expr, Gradient):
            return self.array(f"d{expr.wrt.name}", expr)
        if isinstance(expr, Labelled):
            return self.matrix(expr.grid)
        if isinstance(expr, Transpose):
            return self.matrix(expr.arg).T
        if isinstance(expr, OneMatrix):
            return np.full(tuple(map(self.size, expr.shape)), Fraction(1), dtype=object)
        if isinstance(expr, Identity):
            return np.eye(self.size(expr.rows), dtype=int).astype(object) * Fraction(1)
        if isinstance(expr, ZeroMatrix):
            return np.full(tuple(map(self.size, expr.shape)), Fraction(0), dtype=object)
        if isinstance(expr, HadamardPower):
            return self.matrix(expr.base) ** int(expr.exp)
        if isinstance(expr, DiagMatrix):
            return np.diag(self.matrix(expr.args[0])[:, 0])
        if isinstance(expr, DiagonalOf):
            return np.diag(self.matrix(expr.arg))[:, None]
        if isinstance(expr, Scalar):
            return np.array([[self.scalar(expr.number)]], dtype=object)
        if isinstance(expr, ImmutableDenseMatrix):
            numbers = [[self.scalar(expr[i, j]) for j in range(expr.cols)] for i in range(expr.rows)]
            return np.array(numbers, dtype=object).reshape(expr.shape)
        if isinstance(expr, MatMul):
            number, matrices = expr.as_coeff_matrices()
            found = self.matrix(matrices[0])
            for part in matrices[1:]:
                found = found @ self.matrix(part)
            return self.scalar(number) * found
        if isinstance(expr, (MatAdd, HadamardProduct)):
            found, *rest = (self.matrix(part) for part in expr.args)
            for part in rest:
                assert part.shape == found.shape
                found = found + part if isinstance(expr, MatAdd) else found * part
            return found
        raise TypeError(f"no value for {expr!r}")

    def by_entries(self, formula: Basic, row: Basic, col: Basic, shape: tuple[Basic, Basic]) -> np.ndarray:
        """The matrix whose entry at (``row``, ``col``) is ``formula``; an index of an axis of length 1 is 0."""
        rows, cols = map(self.size, shape)
        found = np.empty((rows, cols), dtype=object)
        for i, j in product(range(rows), range(cols)):
            found[i, j] = self.scalar(formula, {row: i, col: j})
        return found
