"""Arithmetic with fifty digits, for what no modular arithmetic knows: exponentials, roots, norms.

Two formulas that agree in thirty-five digits at random points are not proved equal, but a slip of
the pen has never been that small.  It offers what ``modular.Residues`` does.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from mpmath import MPContext
from sympy import Rational

from derive import functions
from derive.functions import Elementary
from derive.modular import Unreadable

DIGITS = 50
AGREEING = 35
"""Digits that two values must share; the others are left to rounding."""

_mp = MPContext()
_mp.dps = DIGITS


def _sign(x: Any) -> Any:
    if x == 0:
        raise Unreadable("a point where a function jumps or has no derivative")
    return _mp.sign(x)


def _positive(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def guarded(x: Any) -> Any:
        if x <= 0:
            raise Unreadable("a logarithm or a root of a number that is not positive")
        return function(x)

    return guarded


FUNCTIONS: dict[type[Elementary], tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    functions.exp: (_mp.exp, _mp.exp),
    functions.log: (_positive(_mp.log), lambda x: 1 / x),
    functions.sin: (_mp.sin, _mp.cos),
    functions.cos: (_mp.cos, lambda x: -_mp.sin(x)),
    functions.tanh: (_mp.tanh, lambda x: _mp.sech(x) ** 2),
    functions.abs: (_mp.fabs, _sign),
    functions.sign: (_sign, lambda x: _mp.zero),
    functions.step: (lambda x: (_sign(x) + 1) / 2, lambda x: _mp.zero),
}
"""Each function with its derivative, as the judge knows them."""


class Decimals:
    """Real numbers with fifty digits; ``positive`` draws none below 0."""

    exact = False

    def __init__(self, positive: bool = False) -> None:
        self.positive = positive

    def draw(self, source: random.Random, largest: int) -> Any:
        """A number of either sign, and of no special value."""
        size = _mp.mpf(source.randint(2**38, 2**40)) / 2**39
        return size if self.positive or source.random() < 0.5 else -size

    def number(self, p: int, q: int = 1) -> Any:
        return _mp.mpf(p) / q

    def reduced(self, x: Any) -> Any:
        return x

    def power(self, base: Any, exponent: Rational) -> Any:
        if exponent.q != 1:
            return _positive(lambda x: _mp.power(x, self.number(exponent.p, exponent.q)))(base)
        if base == 0 and exponent < 0:
            raise Unreadable("a division by 0")
        return base ** int(exponent)

    def function(self, kind: type[Elementary], x: Any) -> Any:
        return self._known(kind)[0](x)

    def slope(self, kind: type[Elementary], x: Any) -> Any:
        return self._known(kind)[1](x)

    @staticmethod
    def _known(kind: type[Elementary]) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
        if kind not in FUNCTIONS:
            raise Unreadable(f"{kind.__name__} has no value")
        return FUNCTIONS[kind]

    def same(self, a: Any, b: Any) -> bool:
        return bool(abs(a - b) <= (1 + abs(a) + abs(b)) * _mp.mpf(10) ** -AGREEING)

    def measured(self, x: float, wanted: Any) -> Any:
        """A result of floating point arithmetic: what was wanted, if it is that but for rounding."""
        return wanted if abs(x - wanted) <= 1e-9 * (1 + abs(wanted)) else _mp.mpf(x)
