"""Which entry of each input is worked out in detail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sympy import Expr

LONG = 10
"""Longer rows and columns are shown by their ends."""


def interior(
    names: Sequence[str], shapes: Sequence[tuple[Expr, Expr]], chosen: Mapping[str, tuple[int, int]]
) -> list[tuple[int, int]]:
    """The entry of each input that is worked out in detail, counted from 0.

    An interior one off the diagonal unless ``chosen`` (counted from 1) tells; those of successive
    inputs lie in different rows and columns where the shapes have another.  In a row or a column so long that pages
    do not show all of it, it is the first or the second place: what is told of the entry has to be in sight.

    >>> interior(["X", "W"], [(2, 4), (4, 3)], {})
    [(1, 2), (2, 1)]
    >>> interior(["X", "W"], [(2, 2), (2, 2)], {"W": (1, 2)})
    [(1, 0), (0, 1)]
    >>> interior(["X", "W"], [(12, 11), (11, 13)], {})
    [(1, 0), (0, 1)]
    """
    spots: list[tuple[int, int]] = []
    for name, (rows, cols) in zip(names, shapes, strict=True):
        if name in chosen:
            row, col = chosen[name]
            spots.append((row - 1, col - 1))
        else:
            row, col = _middle(int(rows)), _middle(int(cols))
            if row == col:
                col = _next(col, int(cols))
            if spots:
                row = _next(row, int(rows)) if row == spots[-1][0] else row
                col = _next(col, int(cols)) if col == spots[-1][1] else col
            spots.append((row, col))
    return spots


def _middle(size: int) -> int:
    return size // 2 if size <= LONG else 1


def _next(place: int, size: int) -> int:
    return (place + 1) % size if size <= LONG else 1 - place
