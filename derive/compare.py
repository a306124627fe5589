"""Comparing two matrices of values, and saying where they differ."""

from __future__ import annotations

from collections.abc import Callable
from operator import eq
from typing import Any

from derive.modular import Unreadable
from derive.proof import Finding
from derive.rows import Rows

UNREADABLE = (Unreadable, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What evaluating a statement that makes no sense may raise: a fault of the statement, not a crash."""


def guarded(where: str, compare: Callable[[], tuple[str | None, int]]) -> Finding:
    """The finding of a comparison that returns its fault and its number of equalities.

    What cannot be evaluated is a fault, not a crash.
    """
    try:
        fault, equalities = compare()
    except UNREADABLE as unreadable:
        return Finding(where, False, str(unreadable))
    return Finding(where, fault is None, fault or "every cell", equalities)


def differing(wanted: Rows, found: Rows, same: Callable[[Any, Any], bool] = eq) -> str | None:
    """Where two matrices of numbers differ first, in words.

    >>> differing([[1, 2]], [[1, 3]]), differing([[1, 2]], [[1], [2]])
    ('cell 1,2 differs', 'the shape is 2×1, not 1×2')
    """
    shapes = [(len(rows), len(rows[0])) for rows in (wanted, found)]
    if shapes[0] != shapes[1]:
        return f"the shape is {shapes[1][0]}×{shapes[1][1]}, not {shapes[0][0]}×{shapes[0][1]}"
    for i, (row, other) in enumerate(zip(wanted, found, strict=True), start=1):
        for j, (a, b) in enumerate(zip(row, other, strict=True), start=1):
            if not same(a, b):
                return f"cell {i},{j} differs"
    return None
