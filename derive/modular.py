"""Exact arithmetic modulo a large prime, and dual numbers over it.

Two different polynomials of degree d agree at a random point with a probability of at most d / PRIME
(Schwartz 1980, Zippel 1979), so comparing values is comparing formulas, but for that chance.
"""

from __future__ import annotations

from collections.abc import Iterable

from sympy import Expr, Mul, Pow, Sum

from derive.terms import MatrixElement

PRIME = 2**61 - 1

Key = tuple[str, int, int]
"""An entry: the name of its matrix, its row and its column, counted from 0."""

Dual = tuple[int, dict[Key, int]]
"""A value, and its derivatives by the entries that it depends on; all others are 0."""


class Unreadable(Exception):
    """An expression that has no value at this point; the judge reports it as a failure."""


def plus(duals: Iterable[Dual]) -> Dual:
    """The sum of dual numbers.

    >>> plus([(1, {("X", 0, 0): 2}), (3, {("X", 0, 0): 4})])
    (4, {('X', 0, 0): 6})
    """
    value, tangent = 0, dict[Key, int]()
    for number, slopes in duals:
        value += number
        for key, slope in slopes.items():
            tangent[key] = (tangent.get(key, 0) + slope) % PRIME
    return value % PRIME, tangent


def times(left: Dual, right: Dual) -> Dual:
    """The product of two dual numbers: (a + a'ε)(b + b'ε) = ab + (a'b + ab')ε.

    >>> times((3, {("X", 0, 0): 1}), (3, {("X", 0, 0): 1}))
    (9, {('X', 0, 0): 6})
    """
    (a, da), (b, db) = left, right
    tangent = {key: slope * b % PRIME for key, slope in da.items()}
    for key, slope in db.items():
        tangent[key] = (tangent.get(key, 0) + slope * a) % PRIME
    return a * b % PRIME, tangent


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
