"""Where a formula has a derivative: what must not be 0, and what must be positive."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Add, Expr, Mul, Pow, StrictGreaterThan, Sum, Unequality
from sympy.core.basic import Basic

from derive.functions import KINKED, abs, exp, log
from derive.terms import Terms


def domain(formula: Expr) -> tuple[Basic, ...]:
    """The conditions under which ``formula`` has a derivative, as far as they say anything.

    >>> from sympy import Symbol
    >>> x = Symbol("x")
    >>> domain(log(x)), domain(1 / (1 + exp(x)))
    ((x > 0,), ())
    """
    return tuple(dict.fromkeys(_conditions(formula)))


def _conditions(node: Basic) -> Iterator[Basic]:
    for arg in node.args:
        yield from _conditions(arg)
    if isinstance(node, KINKED):
        yield Unequality(node.args[0], 0)
    elif isinstance(node, log) and not isinstance(node.args[0], abs) and not _positive(node.args[0]):
        yield StrictGreaterThan(node.args[0], 0)
    elif isinstance(node, Pow) and not _positive(node.base):
        if not node.exp.is_Integer:
            yield StrictGreaterThan(node.base, 0)
        elif node.exp.is_negative:
            yield Unequality(node.base, 0)


def _positive(node: Basic) -> bool:
    """Whether a formula is positive whatever the entries are."""
    if isinstance(node, Sum):
        return _positive(node.function)
    if isinstance(node, (Add, Mul, Terms)):
        return all(map(_positive, node.args))
    return isinstance(node, exp) or bool(node.is_positive)
