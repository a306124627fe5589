"""The functions of a number, named as in the language: written, never evaluated.

Sympy's own combine and rewrite themselves (e^x e^x becomes e^(2x)); a proof has to show what stands
there.  Each function here knows its derivative, and nothing else.
"""

from __future__ import annotations

from sympy import Expr, Function, Rational, S


class Elementary(Function):
    """A function of one number.

    >>> from sympy import Symbol
    >>> x = Symbol("x")
    >>> exp(x) * exp(-x), tanh(x).fdiff()
    (exp(-x)*exp(x), 1 - tanh(x)**2)
    """

    nargs = 1


class exp(Elementary):
    def fdiff(self, argindex: int = 1) -> Expr:
        return self


class log(Elementary):
    def fdiff(self, argindex: int = 1) -> Expr:
        return 1 / self.args[0]


class sin(Elementary):
    def fdiff(self, argindex: int = 1) -> Expr:
        return cos(self.args[0])


class cos(Elementary):
    def fdiff(self, argindex: int = 1) -> Expr:
        return -sin(self.args[0])


class tanh(Elementary):
    def fdiff(self, argindex: int = 1) -> Expr:
        return 1 - self**2


class abs(Elementary):
    def fdiff(self, argindex: int = 1) -> Expr:
        return sign(self.args[0])


class sign(Elementary):
    def fdiff(self, argindex: int = 1) -> Expr:
        return S.Zero


class step(Elementary):
    def fdiff(self, argindex: int = 1) -> Expr:
        return S.Zero


absolute = abs
KINKED = (abs, sign, step)
"""These have no derivative where their argument is 0."""


def sqrt(x: Expr) -> Expr:
    """The square root, as the power that it is."""
    return x ** Rational(1, 2)
