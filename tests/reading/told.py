"""What the reader is told: the definition of the operation, the names, the sizes, and what it may assume besides."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tests.reading.numbers import PRIME, Dual

Rows = Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Given:
    """The definition, the names and the sizes.  Shapes are size letters, "1" for a single row or column.

    The first five fields describe an operation under a loss of which nothing is known.  The others are for
    examples that know more: layers behind the output, a loss that is a formula, numbers, functions by name.
    """

    define: Callable[..., Rows] | None
    """The operation, on nested lists; None for one of which only the shapes are known."""
    inputs: tuple[tuple[str, tuple[str, str]], ...]
    output: tuple[str, tuple[str, str]]
    loss: str
    sizes: tuple[tuple[str, int], ...]
    layers: tuple[tuple[str, tuple[str, str], Callable[..., Rows]], ...] = ()
    """What is computed from the output, one after the other: name, shape, function of nested lists."""
    also: tuple[tuple[str, tuple[str, str], Callable[..., Rows]], ...] = ()
    """What else has a name: a function of the inputs that the output is not computed from, as B = 1 b."""
    total: Callable[[Rows], Any] | None = None
    """The loss as a function of the last of these; None for an arbitrary loss."""
    exercise: bool = False
    """Whether the document gives integers for the inputs, and results in numbers."""
    numbers: tuple[tuple[str, tuple[tuple[int, ...], ...]], ...] = ()
    """The integers; what is missing here is taken from where the document gives it."""
    functions: tuple[tuple[str, Callable[[Any], Any]], ...] = ()
    """Functions of one number, by their LaTeX name; of a matrix they are taken entry by entry."""
    scalars: tuple[str, ...] = ()
    """Letters that stand for numbers of which nothing is known."""
    images: tuple[str, int, int, int] | None = None
    """A batch of pictures whose entries have three indices: name, pictures, rows and columns of each."""

    @cached_property
    def shapes(self) -> dict[str, tuple[str, str]]:
        others = [(name, shape) for name, shape, _ in (*self.layers, *self.also)]
        return dict([*self.inputs, self.output, *others])

    @cached_property
    def owners(self) -> dict[str, str]:
        """The matrix that an entry belongs to: x1 to X1, and X1 itself where entries are capital."""
        names = [name for name in self.shapes if name]
        return {**{name[:1].lower() + name[1:]: name for name in names}, **{name: name for name in names}}

    @property
    def letters(self) -> list[str]:
        return [letter for letter, _ in self.sizes]

    @property
    def last(self) -> str:
        """What the loss is computed from."""
        return self.layers[-1][0] if self.layers else self.output[0]

    def is_scalar(self, name: str) -> bool:
        return self.shapes[name] == ("1", "1")

    def indices_of(self, name: str) -> int:
        """The number of indices of an entry: a row and a column count in one direction only."""
        return 1 if "1" in self.shapes[name] else 2

    def axes(self, name: str, indices: int) -> tuple[str, ...]:
        """The size letters that the indices of an entry count."""
        rows, columns = self.shapes[name]
        if indices == 2:
            return rows, columns
        return (columns,) if rows == "1" else (rows,)

    @property
    def general(self) -> list[tuple[tuple[str, int], ...]]:
        """Sizes at which formulas for all sizes are evaluated."""
        return self.sizes_from(2)

    def sizes_from(self, least: int) -> list[tuple[tuple[str, int], ...]]:
        """Pairwise different sizes, once growing and once shrinking: no two can be confused."""
        numbers = range(least, least + len(self.sizes))
        return [tuple(zip(self.letters, order, strict=True)) for order in (numbers, numbers[::-1])]


# ------------------------------------------------------------------------------------------------
# Losses and functions for examples


def added_up(rows: Rows) -> Any:
    """The sum of all entries."""
    return sum(entry for row in rows for entry in row)


def mean(rows: Rows) -> Any:
    """The mean of all entries, modulo the prime."""
    return added_up(rows) * pow(len(rows) * len(rows[0]), -1, PRIME)


def squares(rows: Rows) -> Rows:
    """The square of each entry."""
    return [[entry * entry for entry in row] for row in rows]


def exponential(x: Any) -> Any:
    """A function of which only exp' = exp is known: otherwise its values are random."""
    value = x.value if isinstance(x, Dual) else x % PRIME
    power = random.Random(f"exponential {value}").randrange(2, PRIME)
    if not isinstance(x, Dual):
        return power
    return Dual(power, {variable: slope * power % PRIME for variable, slope in x.slopes.items()})


def sigmoid(x: Any) -> Any:
    """1 / (1 + e^{-x})."""
    below = 1 + exponential(-x)
    return below.inverse() if isinstance(below, Dual) else pow(below, -1, PRIME)


def sigmoids(rows: Rows) -> Rows:
    """The sigmoid of each entry."""
    return [[sigmoid(entry) for entry in row] for row in rows]


def linear(x: Any) -> Any:
    """A linear function of a number."""
    return x * 1_000_003 % PRIME


def additivity(f: str = "f") -> Given:
    """A linear function of numbers, for what linear means: f(x + y) = f(x) + f(y)."""
    scalars = tuple("abcdefghijklmnopqrstuvwxyz".replace(f, ""))
    return Given(None, (), ("", ("1", "1")), "", (), functions=((f, linear),), scalars=scalars)


def chain_rule(loss: str = "L", variable: str = "x", function: str = "f") -> Given:
    """A loss that depends on x_1, ..., x_N through f_1, ..., f_M, and nothing more."""
    return Given(None, ((variable, ("1", "N")),), (function, ("1", "M")), loss, (("N", 3), ("M", 4)))
