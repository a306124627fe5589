"""Shapes by unification: what is not declared follows from where it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from derive.expressions.sizes import Size, factors, times

LETTERS = "mnkpqrstuvwabcdefghijloxyz"
"""The names of dimensions that nobody named, in this order."""


class Clash(Exception):
    """Two sizes that are not the same."""


class Unknown:
    """A size that is not known yet, or has become another one."""

    __slots__ = ("is_",)

    def __init__(self) -> None:
        self.is_: Unknown | Size | None = None


Side = Unknown | Size


def settled(side: Side) -> Side:
    """What a side is known to be by now."""
    while isinstance(side, Unknown) and side.is_ is not None:
        side = side.is_
    return side


def unify(one: Side, other: Side) -> None:
    """Make two sides the same.

    Raises:
        Clash: they are known to differ.

    >>> n = Unknown()
    >>> unify(n, "k"); settled(n)
    'k'
    """
    one, other = settled(one), settled(other)
    if one is other or one == other:
        return
    if isinstance(one, Unknown):
        one.is_ = other
    elif isinstance(other, Unknown):
        other.is_ = one
    else:
        raise Clash


Sides = tuple[Side, Side]


@dataclass
class Draft:
    """A node that was read, before its shape is known; ``at`` is its place in the text."""

    op: str
    args: tuple[Draft, ...]
    at: tuple[int, int]
    data: Any = None
    sides: Sides = field(default_factory=lambda: (Unknown(), Unknown()))

    @property
    def shape(self) -> Sides:
        return settled(self.sides[0]), settled(self.sides[1])


Constraint = Callable[[bool], bool]
"""Tries to settle something and says whether it is done; it must decide when it is ``forced``."""


def solve(constraints: Iterable[Constraint]) -> None:
    """Settle what can be settled, and then, one at a time, what has to be decided."""
    left = list(constraints)
    while left:
        waiting = [constraint for constraint in left if not constraint(False)]
        if len(waiting) == len(left):
            waiting[0](True)
            waiting = waiting[1:]
        left = waiting


def spread_to(out: Draft, parts: tuple[Draft, ...], complain: Callable[[Draft, Draft], Exception]) -> Constraint:
    """Entrywise: all parts that are no scalars have one shape, which is that of the result."""

    def constraint(forced: bool) -> bool:
        unclear = []
        for part in parts:
            if part.shape == (1, 1):
                continue
            unknown = [side for side in part.shape if isinstance(side, Unknown)]
            if len(unknown) == 2 or (unknown and 1 in part.shape):
                unclear.append(part)
            else:
                _same(out, part)
        if not unclear:
            if all(part.shape == (1, 1) for part in parts):
                _same(out, parts[0])
            return True
        if forced:
            for part in unclear:
                _same(out, part)
        return forced

    def _same(one: Draft, part: Draft) -> None:
        try:
            unify(one.sides[0], part.sides[0])
            unify(one.sides[1], part.sides[1])
        except Clash:
            first = next((p for p in parts if p is not part and p.shape != (1, 1)), parts[0])
            raise complain(first, part) from None

    return constraint


def product_is(
    whole: Side, parts: tuple[Side, ...], complain: Callable[[], Exception], name: Callable[[tuple[Side, ...]], None]
) -> Constraint:
    """A side that is a product of others; ``name`` gives names to those that never become known."""

    def constraint(forced: bool) -> bool:
        if forced:
            name(parts)
        known = [side for side in map(settled, parts) if not isinstance(side, Unknown)]
        if len(known) < len(parts):
            return False
        try:
            unify(whole, times(*known))
        except Clash:
            raise complain() from None
        return True

    return constraint


def name_the_rest(sides: Iterable[Side], taken: Iterable[str]) -> None:
    """Give the sides that nobody named the first letters that are free."""
    used = set(taken)
    for side in sides:
        side = settled(side)
        if not isinstance(side, Unknown):
            used |= set(factors(side)[1])
    letters = (letter for letter in (*LETTERS, *(f"n{k}" for k in range(1, 1000))) if letter not in used)
    for side in sides:
        side = settled(side)
        if isinstance(side, Unknown):
            side.is_ = next(letters)
