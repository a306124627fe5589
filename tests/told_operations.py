"""The operations written down a second time, as functions of nested lists, for the reader of the documents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import derive
from tests.reading import Given


def product(left: Any, right: Any) -> Any:
    columns = [*zip(*right, strict=True)]
    return [[sum(a * b for a, b in zip(row, column, strict=True)) for column in columns] for row in left]


def entrywise(combine: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *matrices: [
        [combine(*cells) for cells in zip(*rows, strict=True)] for rows in zip(*matrices, strict=True)
    ]


add = entrywise(lambda x, w: x + w)
DEFINED: dict[str, Callable[..., Any]] = {
    "matmul": product,
    "affine": lambda X, W, b: [[y + c for y, c in zip(row, b[0], strict=True)] for row in product(X, W)],
    "affine_columns": lambda W, X, b: [[y + c for y in row] for row, (c,) in zip(product(W, X), b, strict=True)],
    "hadamard": entrywise(lambda x, w: x * w),
    "add": add,
    "sub": entrywise(lambda x, w: x + w * -1),
    "neg": entrywise(lambda x: x * -1),
    "bias": lambda X, b: [[y + c for y, c in zip(row, b[0], strict=True)] for row in X],
    "transpose": lambda X: [list(column) for column in zip(*X, strict=True)],
}

SHAPES = {
    "matmul": ("mn", "mk", "kn"),
    "affine": ("mn", "mk", "kn", "1n"),
    "affine_columns": ("mn", "mk", "kn", "m1"),
    "hadamard": ("mn", "mn", "mn"),
    "add": ("mn", "mn", "mn"),
    "sub": ("mn", "mn", "mn"),
    "neg": ("mn", "mn"),
    "bias": ("mn", "mn", "1n"),
    "transpose": ("nm", "mn"),
}
NAMES = {
    "matmul": "Y = X W",
    "affine": "Y = X W b",
    "affine_columns": "Y = W X b",
    "hadamard": "Y = X W",
    "add": "Y = X W",
    "sub": "Y = X W",
    "neg": "Y = X",
    "bias": "Y = X b",
    "transpose": "Y = X",
}


@dataclass(frozen=True)
class Told:
    """What is asked of the program, and what the reader is told about it."""

    operation: str
    sizes: tuple[int, int, int] = (2, 4, 3)
    names: str = ""
    loss: str = "L"

    @property
    def matrices(self) -> list[str]:
        return (self.names or NAMES[self.operation]).replace("=", " ").split()

    @property
    def lengths(self) -> dict[str, int]:
        """The sizes of the letters that the operation has."""
        letters = {letter for shape in SHAPES[self.operation] for letter in shape}
        return {letter: size for letter, size in zip("mkn", self.sizes, strict=True) if letter in letters}

    @property
    def given(self) -> Given:
        output, *inputs = zip(self.matrices, map(tuple, SHAPES[self.operation]), strict=True)
        return Given(DEFINED[self.operation], tuple(inputs), output, self.loss, tuple(self.lengths.items()))

    def __str__(self) -> str:
        return f"{self.operation} {'x'.join(map(str, self.sizes))} {self.names}".strip()


SIZES = ((1, 1, 1), (2, 2, 2), (2, 4, 3), (5, 2, 7), (12, 11, 13))


@cache
def derived(told: Told) -> derive.Derived:
    """What the program makes of it."""
    return derive.derivation(told.operation, names=told.names or None, loss=told.loss, **told.lengths)
