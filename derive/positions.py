"""Indices of an axis as long as a product of two sizes: a fast one and a slow one, in one number.

The place of row i and column j in the stacked columns of a matrix with m rows is i + m j: the remainder
modulo m is i, the quotient is j.  In the data indices count from 0; the printers write i + (j - 1) m.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sympy import Add, Expr, Mul, Symbol, preorder_traversal
from sympy.core.basic import Basic

from derive.terms import MatrixElement


class NoPosition(Exception):
    """An index is taken apart by another size than its own."""


@dataclass(frozen=True)
class Position:
    """fast + size · slow, as an element formula takes it apart.

    >>> i, j, m = Symbol("i"), Symbol("j"), Symbol("m")
    >>> place = Position(i, j, m)
    >>> place % m, place // m, place.index
    (i, j, i + j*m)
    """

    fast: Expr
    slow: Expr
    size: Expr

    @property
    def index(self) -> Expr:
        return self.fast + self.size * self.slow

    def __mod__(self, size: Any) -> Expr:
        return self.fast if size == self.size else self._refused(size)

    def __floordiv__(self, size: Any) -> Expr:
        return self.slow if size == self.size else self._refused(size)

    def _refused(self, size: Any) -> Expr:
        raise NoPosition(f"{self.index} is taken apart by {size}")


def position(index: Basic) -> Position | None:
    """The two letters of an index that is made of two, or ``None``.

    >>> i, j, m = Symbol("i"), Symbol("j"), Symbol("m", integer=True, positive=True)
    >>> position(i + m * j), position(i)
    (Position(fast=i, slow=j, size=m), None)
    """
    if not (isinstance(index, Add) and len(index.args) == 2):
        return None
    fast = [term for term in index.args if isinstance(term, Symbol) and not term.is_positive]
    products = [term for term in index.args if isinstance(term, Mul) and len(term.args) == 2]
    if not (len(fast) == len(products) == 1):
        return None
    sizes = [factor for factor in products[0].args if factor.is_positive]
    slow = [factor for factor in products[0].args if isinstance(factor, Symbol) and not factor.is_positive]
    return Position(fast[0], slow[0], sizes[0]) if len(sizes) == len(slow) == 1 else None


def axis(index: Basic, size: Expr) -> list[tuple[Expr, Expr]]:
    """The letters of an index, each with its range, the slow one last.

    >>> i, j = Symbol("i"), Symbol("j")
    >>> m, n = (Symbol(name, integer=True, positive=True) for name in "mn")
    >>> axis(i + m * j, m * n), axis(i, m)
    ([(i, m), (j, n)], [(i, m)])
    """
    found = position(index)
    if found is not None:
        return [(found.fast, found.size), (found.slow, size / found.size)]
    return [(index, size)] if index.is_Symbol else []


def letters(formula: Basic) -> dict[Expr, Expr]:
    """The free indices of the entries in a formula, with their ranges, in the order in which they stand there."""
    found: dict[Expr, Expr] = {}
    bound = {limit[0] for node in preorder_traversal(formula) for limit in getattr(node, "limits", ())}
    for node in preorder_traversal(formula):
        if isinstance(node, MatrixElement):
            for index, size in zip(node.args[1:], node.args[0].shape, strict=True):
                found |= {letter: length for letter, length in axis(index, size) if letter not in bound}
    return found
