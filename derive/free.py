"""The free indices of a calculation: which letters they go by, and how they make up a place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from sympy import Expr, Integer, Mul, Symbol

from derive.positions import Position, position
from derive.terms import MatrixSymbol, entries


def size_of(text: str) -> Expr:
    """The size that a signature writes: a letter, a product of two, or 1."""
    parts = text.split("*")
    return Mul(*(Integer(t) if t.isdigit() else Symbol(t, integer=True, positive=True) for t in parts))


def places(shape: Sequence[Expr], letters: Sequence[str]) -> Iterator[tuple[Expr | Position, ...]]:
    """The ways to write the indices of an entry; an axis as long as m n has two letters, and there are two ways."""
    made = [size.is_Mul for size in shape]
    pairs = [letters[:2], letters[:2]] if sum(made) < 2 else [letters[0:3:2], letters[1:4:2]]
    choices: list[list[Expr | Position]] = []
    for size, letter, pair in zip(shape, letters, pairs, strict=False):
        if size.is_Mul:
            a, b = map(Symbol, pair)
            fast_first = sum(made) < 2
            fast, slow = (a, b) if fast_first else (b, a)
            choices.append([Position(fast, slow, part) for part in size.args])
        else:
            choices.append([index_of(letter, size)])
    yield from product(*choices)


def variable_place(variable: MatrixSymbol, definition: Expr, letters: Sequence[str]) -> tuple[Expr, ...]:
    """The indices of the entry by which is differentiated, made up as those of its matrix in ``definition``."""
    made = [[position(entry.args[k]) for entry in entries(definition) if entry.args[0] == variable] for k in (1, 2)]
    found: list[Expr] = []
    for size, letter, known in zip(variable.shape, letters, made, strict=False):
        first = next((place for place in known if place is not None), None)
        if first is None:
            found.append(index_of(letter, size))
        else:
            found.append(Position(Symbol(letters[0]), Symbol(letters[1]), first.size).index)
    return tuple(found)


def index_of(letter: str, size: Expr) -> Expr:
    """An index by that letter; on an axis of length 1 there is only one."""
    return Integer(0) if size == 1 else Symbol(letter)


def index_letters(names: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    """Letters for the free indices: i, j, p, q where no matrix or size goes by that letter.

    >>> index_letters(("Y", "X", "W"), ("m", "k", "n", "L"))[:4]
    ('i', 'j', 'p', 'q')
    >>> index_letters(("C", "P", "Q"), ("m", "k", "n", "L"))[:4]
    ('i', 'j', 'r', 's')
    """
    taken = {name[0].lower() for name in (*names, *others)}
    return tuple(letter for letter in "ijpqrsuvabcdefgh" if letter not in taken)
