"""The operations written down a second time, as functions of nested lists, for the reader of the documents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import derive
from tests.reading import Given, added_up, sigmoid, sigmoids
from tests.reading.numbers import PRIME
from tests.reading.told import exponential


def product(left: Any, right: Any) -> Any:
    columns = [*zip(*right, strict=True)]
    return [[sum(a * b for a, b in zip(row, column, strict=True)) for column in columns] for row in left]


def entrywise(combine: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *matrices: [
        [combine(*cells) for cells in zip(*rows, strict=True)] for rows in zip(*matrices, strict=True)
    ]


def quotient(x: Any, y: Any) -> Any:
    return x * (pow(y, -1, PRIME) if isinstance(y, int) else y.inverse())


def softmax(X: Any) -> Any:
    powers = [[exponential(x) for x in row] for row in X]
    return [[quotient(power, sum(row)) for power in row] for row in powers]


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
    "div": entrywise(quotient),
    "scale": lambda c, X: [[c[0][0] * x for x in row] for row in X],
    "rowsum": lambda X: [[added_up([row])] for row in X],
    "colsum": lambda X: [[added_up([column]) for column in zip(*X, strict=True)]],
    "sigmoid": sigmoids,
    "softmax": softmax,
    "sum": lambda X: [[added_up(X)]],
}
FUNCTIONS = {"sigmoid": ((r"\sigma", sigmoid),)}
"""What the formulas call by a name."""

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
    "div": ("mn", "mn", "mn"),
    "scale": ("mn", "11", "mn"),
    "rowsum": ("m1", "mn"),
    "colsum": ("1n", "mn"),
    "sigmoid": ("mn", "mn"),
    "softmax": ("mn", "mn"),
    "sum": ("11", "mn"),
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
    "div": "Y = X W",
    "scale": "Y = c X",
    "rowsum": "y = X",
    "colsum": "y = X",
    "sigmoid": "Y = X",
    "softmax": "Y = X",
    "sum": "y = X",
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
        told = Given(DEFINED[self.operation], tuple(inputs), output, self.loss, tuple(self.lengths.items()))
        return replace(told, functions=FUNCTIONS.get(self.operation, ()))

    @property
    def weight_first(self) -> bool:
        """Whether samples are columns: the bias is one then or, without a bias, W comes first."""
        _, left, right, *_ = self.matrices
        return self.operation == "affine_columns" or (self.operation == "matmul" and left[0] == "W" != right[0])

    @property
    def product(self) -> Told:
        """The layer without its bias."""
        output, left, right, *_ = self.matrices
        return replace(self, operation="matmul", names=f"{output} = {left} {right}")

    @property
    def layer(self) -> Told:
        """The layer with a bias, for whose name a letter is found where it has none."""
        output, left, right, *bias = self.matrices
        taken = {name[0].lower() for name in (output, left, right, self.loss)}
        bias = bias or [next(letter for letter in "bcdvh" if letter not in taken)]
        operation = "affine_columns" if self.weight_first else "affine"
        return replace(self, operation=operation, names=f"{output} = {left} {right} {bias[0]}")

    @property
    def swapped(self) -> Told:
        """The layer of the transposed matrices."""
        operation = {"affine": "affine_columns", "affine_columns": "affine"}.get(self.operation, self.operation)
        output, left, right, *bias = self.matrices
        return Told(operation, self.sizes[::-1], f"{output} = {' '.join((right, left, *bias))}", self.loss)

    @property
    def is_layer(self) -> bool:
        return self.operation in ("matmul", "affine", "affine_columns")

    def __str__(self) -> str:
        return f"{self.operation} {'x'.join(map(str, self.sizes))} {self.names}".strip()


SIZES = ((1, 1, 1), (2, 2, 2), (2, 4, 3), (5, 2, 7), (12, 11, 13))


@cache
def derived(told: Told) -> derive.Derived:
    """What the program makes of it."""
    return derive.derivation(told.operation, names=told.names or None, loss=told.loss, **told.lengths)
