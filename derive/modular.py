"""Exact arithmetic modulo a large prime, and dual numbers over it.

Two different polynomials of degree d agree at a random point with a probability of at most d / PRIME
(Schwartz 1980, Zippel 1979), so comparing values is comparing formulas, but for that chance.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any, Protocol

from sympy import Expr, Mul, Pow, Rational, Sum

from derive.functions import Elementary
from derive.terms import MatrixElement

PRIME = 2**61 - 1

Key = tuple[str, int, int]
"""An entry: the name of its matrix, its row and its column, counted from 0."""

Dual = tuple[Any, dict[Key, Any]]
"""A value, and its derivatives by the entries that it depends on; all others are 0."""


class Unreadable(Exception):
    """An expression that has no value at this point; the judge reports it as a failure."""


class Arithmetic(Protocol):
    """The numbers of a judge: how they are drawn, calculated with, and compared."""

    exact: bool

    def draw(self, source: random.Random, largest: int) -> Any: ...
    def number(self, p: int, q: int = 1) -> Any: ...
    def reduced(self, x: Any) -> Any: ...
    def power(self, base: Any, exponent: Rational) -> Any: ...
    def function(self, kind: type[Elementary], x: Any) -> Any: ...
    def slope(self, kind: type[Elementary], x: Any) -> Any: ...
    def same(self, a: Any, b: Any) -> bool: ...
    def measured(self, x: float, wanted: Any) -> Any: ...


class Residues:
    """Whole numbers modulo the prime.

    >>> Residues().power(2, Rational(-1)) * 2 % PRIME, Residues().number(1, 2) * 2 % PRIME
    (1, 1)
    """

    exact = True

    def draw(self, source: random.Random, largest: int) -> int:
        return source.randint(1, largest)

    def number(self, p: int, q: int = 1) -> int:
        return p * power(q, -1) % PRIME

    def reduced(self, x: int) -> int:
        return x % PRIME

    def power(self, base: int, exponent: Rational) -> int:
        if exponent.q != 1:
            raise Unreadable("a root has no value modulo a prime")
        return power(base, int(exponent))

    def function(self, kind: type[Elementary], x: int) -> int:
        raise Unreadable(f"{kind.__name__} has no value modulo a prime")

    slope = function

    def same(self, a: int, b: int) -> bool:
        return (a - b) % PRIME == 0

    def measured(self, x: float, wanted: int) -> int:
        """A small fraction modulo the prime: 0.5 is the inverse of 2."""
        exact = Fraction(float(x))
        near = exact.limit_denominator(10**6)
        if abs(exact - near) * 2**40 > 1 + abs(exact):
            raise Unreadable(f"{x} is no small fraction")
        return self.number(near.numerator, near.denominator)


RESIDUES = Residues()


def plus(duals: Iterable[Dual], reduced: Callable[[Any], Any] = RESIDUES.reduced) -> Dual:
    """The sum of dual numbers.

    >>> plus([(1, {("X", 0, 0): 2}), (3, {("X", 0, 0): 4})])
    (4, {('X', 0, 0): 6})
    """
    value, tangent = 0, dict[Key, Any]()
    for number, slopes in duals:
        value += number
        for key, slope in slopes.items():
            tangent[key] = reduced(tangent.get(key, 0) + slope)
    return reduced(value), tangent


def times(left: Dual, right: Dual, reduced: Callable[[Any], Any] = RESIDUES.reduced) -> Dual:
    """The product of two dual numbers: (a + a'ε)(b + b'ε) = ab + (a'b + ab')ε.

    >>> times((3, {("X", 0, 0): 1}), (3, {("X", 0, 0): 1}))
    (9, {('X', 0, 0): 6})
    """
    (a, da), (b, db) = left, right
    tangent = {key: reduced(slope * b) for key, slope in da.items()}
    for key, slope in db.items():
        tangent[key] = reduced(tangent.get(key, 0) + slope * a)
    return reduced(a * b), tangent


def power(base: int, exponent: int) -> int:
    """A power, also of a negative exponent.

    >>> power(3, 2), power(2, -1) * 2 % PRIME
    (9, 1)
    """
    try:
        return pow(base, exponent, PRIME)
    except ValueError:
        raise Unreadable("a division by 0") from None


def degree(expr: Expr) -> int:
    """The degree of a formula as a polynomial in the entries.

    >>> from sympy import MatrixSymbol
    >>> A = MatrixSymbol("A", 2, 2)
    >>> degree(A[0, 0] * A[1, 1] ** 2 + 1)
    3
    """
    if isinstance(expr, MatrixElement):
        return 1
    if isinstance(expr, Mul):
        return sum(degree(factor) for factor in expr.args)
    if isinstance(expr, Pow):
        return degree(expr.base) * abs(int(expr.exp))
    if isinstance(expr, Sum):
        return degree(expr.function)
    return max((degree(arg) for arg in expr.args), default=0)
