"""Numbers modulo a prime, with derivatives, and matrices of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.reading.faults import Untrue

PRIME = 2**61 - 1

Variable = tuple[str, int, int]


class Dual:
    """A number modulo the prime, with its derivative by every entry that it depends on."""

    __slots__ = ("slopes", "value")

    def __init__(self, value: int, slopes: Mapping[Variable, int] | None = None) -> None:
        self.value = value % PRIME
        self.slopes = slopes or {}

    def _combined(self, value: int, other: Dual, mine: int, its: int) -> Dual:
        slopes = {variable: slope * mine % PRIME for variable, slope in self.slopes.items()}
        for variable, slope in other.slopes.items():
            slopes[variable] = (slopes.get(variable, 0) + slope * its) % PRIME
        return Dual(value, slopes)

    def __add__(self, other: Dual | int) -> Dual:
        if isinstance(other, int):
            return Dual(self.value + other, self.slopes)
        return self._combined(self.value + other.value, other, 1, 1)

    def __mul__(self, other: Dual | int) -> Dual:
        if isinstance(other, int):
            other = Dual(other)
        return self._combined(self.value * other.value, other, other.value, self.value)

    def inverse(self) -> Dual:
        """1 divided by it."""
        value = pow(self.value, -1, PRIME)
        return Dual(value, {variable: -slope * value * value % PRIME for variable, slope in self.slopes.items()})

    def __neg__(self) -> Dual:
        return self * -1

    __radd__, __rmul__ = __add__, __mul__

    def __mod__(self, modulus: int) -> Dual:
        """Already done: lets numbers with and without derivatives be written alike."""
        return self


Scalar = int | Dual
Matrix = tuple[tuple[Scalar, ...], ...]


def shape_of(value: Scalar | Matrix) -> tuple[int, int] | None:
    return (len(value), len(value[0])) if isinstance(value, tuple) else None


def plus(a: Any, b: Any) -> Any:
    _alike(a, b, "+")
    if isinstance(a, tuple):
        return tuple(tuple((x + y) % PRIME for x, y in zip(r, s, strict=True)) for r, s in zip(a, b, strict=True))
    return (a + b) % PRIME


def entrywise(a: Any, b: Any) -> Any:
    _alike(a, b, "⊙")
    return tuple(tuple(x * y % PRIME for x, y in zip(r, s, strict=True)) for r, s in zip(a, b, strict=True))


def times(a: Any, b: Any) -> Any:
    """The product of numbers, of matrices, or of a number and a matrix."""
    if isinstance(a, tuple) and isinstance(b, tuple):
        if len(a[0]) != len(b):
            raise Untrue(f"no matrix of shape {shape_of(a)} times one of shape {shape_of(b)}")
        columns = tuple(zip(*b, strict=True))
        return tuple(tuple(sum(map(_multiplied, row, column)) % PRIME for column in columns) for row in a)
    if isinstance(b, tuple):
        a, b = b, a
    if isinstance(a, tuple):
        return tuple(tuple(x * b % PRIME for x in row) for row in a)
    return a * b % PRIME


def _multiplied(x: Scalar, y: Scalar) -> Scalar:
    return x * y % PRIME


def _alike(a: Any, b: Any, sign: str) -> None:
    if shape_of(a) != shape_of(b):
        raise Untrue(f"{shape_of(a) or 'a number'} {sign} {shape_of(b) or 'a number'}: the shapes do not fit")
