"""Numbers that carry their derivative, for many points and entries at once.

A dual number a + a'ε with ε² = 0 follows the definition of the derivative through every function,
and knows no rule of matrix calculus.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from derive.elements import Number

Array = NDArray[Any]


class Dual(Number):
    """Arrays of values and of slopes, of the same shape.

    >>> x = Dual(np.array(3.0), np.array(1.0))
    >>> float((x * x).slope)
    6.0
    """

    __slots__ = ("slope", "value")
    __array_ufunc__ = None

    def __init__(self, value: Array, slope: Array) -> None:
        self.value, self.slope = value, slope

    def __add__(self, other: Any) -> Dual:
        if isinstance(other, Dual):
            return Dual(self.value + other.value, self.slope + other.slope)
        return Dual(self.value + other, self.slope)

    def __mul__(self, other: Any) -> Dual:
        if isinstance(other, Dual):
            return Dual(self.value * other.value, self.slope * other.value + self.value * other.slope)
        return Dual(self.value * other, self.slope * other)

    def __truediv__(self, other: Any) -> Dual:
        if not isinstance(other, Dual):
            return self.__mul__(1.0 / other)
        ratio = self.value / other.value  # the square of the divisor may be too large for a number
        return Dual(ratio, (self.slope - ratio * other.slope) / other.value)

    def __pow__(self, exponent: float) -> Dual:
        return self._through(self.value**exponent, exponent * self.value ** (exponent - 1) if exponent else 0.0)

    def __neg__(self) -> Dual:
        return Dual(-self.value, -self.slope)

    def __sub__(self, other: Any) -> Dual:
        return self.__add__(-other)

    def __rsub__(self, other: Any) -> Dual:
        return self.__neg__().__add__(other)

    def __rtruediv__(self, other: Any) -> Dual:
        ratio = other / self.value
        return Dual(ratio, -ratio * self.slope / self.value)

    __radd__ = __add__
    __rmul__ = __mul__

    def _through(self, value: Any, derivative: Any) -> Dual:
        return Dual(value, derivative * self.slope)

    def exp(self) -> Dual:
        return self._through(np.exp(self.value), np.exp(self.value))

    def log(self) -> Dual:
        return self._through(np.log(self.value), 1 / self.value)

    def sqrt(self) -> Dual:
        return self._through(np.sqrt(self.value), 0.5 / np.sqrt(self.value))

    def sin(self) -> Dual:
        return self._through(np.sin(self.value), np.cos(self.value))

    def cos(self) -> Dual:
        return self._through(np.cos(self.value), -np.sin(self.value))

    def tanh(self) -> Dual:
        return self._through(np.tanh(self.value), 1 / np.cosh(self.value) ** 2)

    def absolute(self) -> Dual:
        return self._through(np.abs(self.value), np.sign(self.value))

    def sign(self) -> Dual:
        return self._through(np.sign(self.value), 0.0)

    def step(self) -> Dual:
        return self._through(np.where(self.value > 0, 1.0, 0.0), 0.0)


class Entries:
    """A matrix of dual numbers at several points: arrays of the shape points × rows × columns."""

    def __init__(self, value: Array, slope: Array) -> None:
        self.value, self.slope = value, slope

    @property
    def rows(self) -> int:
        return int(self.value.shape[1])

    @property
    def cols(self) -> int:
        return int(self.value.shape[2])

    def __getitem__(self, at: tuple[Any, Any]) -> Dual:
        value, slope = self.value[:, at[0], at[1]], self.slope[:, at[0], at[1]]
        if value.ndim == 1:
            return Dual(value[:, None, None], slope[:, None, None])
        return Dual(value, slope)

    def power(self, exponent: int) -> Entries:
        """The matrix power; a negative one is that of the inverse."""
        if exponent < 0:
            inverse = np.linalg.inv(self.value)
            return Entries(inverse, -inverse @ self.slope @ inverse).power(-exponent)
        made = Entries(np.broadcast_to(np.eye(self.rows), self.value.shape), np.zeros_like(self.value))
        for _ in range(exponent):
            made = made.times(self)
        return made

    def times(self, other: Entries) -> Entries:
        """The matrix product."""
        value = self.value @ other.value
        slope = np.zeros_like(value)
        if self.slope.any():  # most factors are constants, and large ones among them
            slope = slope + self.slope @ other.value
        if other.slope.any():
            slope = slope + self.value @ other.slope
        return Entries(value, slope)


def tabulated(element: Callable[..., Any], args: tuple[Entries, ...], rows: int, cols: int, **told: Any) -> Entries:
    """The matrix whose entries an element formula tells, all entries at once."""
    i, j = np.arange(rows)[:, None], np.arange(cols)[None, :]
    shape = (args[0].value.shape[0], rows, cols)
    found = element(*args, i, j, **told)
    return Entries(np.broadcast_to(found.value, shape), np.broadcast_to(found.slope, shape))
