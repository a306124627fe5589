"""Numbers of rows and columns: numbers, names of dimensions, and products of them."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

Size = int | str
"""A number, a dimension's name, or a product such as ``2*k*n``: number first, names in order."""

Shape = tuple[Size, Size]

SCALAR: Shape = (1, 1)


def factors(size: Size) -> tuple[int, tuple[str, ...]]:
    """The number in a size, and its names in order.

    >>> factors("2*k*n")
    (2, ('k', 'n'))
    """
    if isinstance(size, int):
        return size, ()
    parts = size.split("*")
    return prod(int(part) for part in parts if part.isdigit()), tuple(part for part in parts if not part.isdigit())


def times(*sizes: Size) -> Size:
    """The product of sizes.

    >>> times("n", 2, "k"), times(2, 3)
    ('2*k*n', 6)
    """
    split = [factors(size) for size in sizes]
    number, names = prod(part[0] for part in split), sorted(name for part in split for name in part[1])
    if not names:
        return number
    return "*".join(names if number == 1 else [str(number), *names])


def count(size: Size, sizes: Mapping[str, int]) -> int:
    """The number that a size is, where its names stand for ``sizes``.

    >>> count("2*k", {"k": 3})
    6
    """
    number, names = factors(size)
    return number * prod(sizes[name] for name in names)
