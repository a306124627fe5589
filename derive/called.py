"""The value of an operation at numbers: its element formula is run on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add, mul
from typing import Any

from sympy import Rational

from derive import functions
from derive.elements import Number
from derive.modular import Arithmetic, Unreadable
from derive.operation import registered


@dataclass(frozen=True)
class Value(Number):
    """A number of the judge's arithmetic, as element formulas calculate with it."""

    number: Any
    arithmetic: Arithmetic

    def _other(self, other: Any) -> Any:
        return other.number if isinstance(other, Value) else self.arithmetic.number(int(other))

    def _made(self, number: Any) -> Value:
        return Value(self.arithmetic.reduced(number), self.arithmetic)

    def __add__(self, other: Any) -> Value:
        return self._made(self.number + self._other(other))

    def __mul__(self, other: Any) -> Value:
        return self._made(self.number * self._other(other))

    def __sub__(self, other: Any) -> Value:
        return self._made(self.number - self._other(other))

    def __rsub__(self, other: Any) -> Value:
        return self._made(self._other(other) - self.number)

    def __pow__(self, exponent: Any) -> Value:
        return self._made(self.arithmetic.power(self.number, Rational(exponent)))

    def __truediv__(self, other: Any) -> Value:
        return self._made(self.number * self.arithmetic.power(self._other(other), Rational(-1)))

    def __rtruediv__(self, other: Any) -> Value:
        return self._made(self.arithmetic.power(self.number, Rational(-1)) * self._other(other))

    def __neg__(self) -> Value:
        return self._made(-self.number)

    __radd__, __rmul__ = __add__, __mul__

    def sqrt(self) -> Value:
        return self.__pow__(Rational(1, 2))

    def __getattr__(self, name: str) -> Any:
        kind = getattr(functions, name, None)
        if kind is None:
            raise AttributeError(name)
        return lambda: self._made(self.arithmetic.function(kind, self.number))


@dataclass(frozen=True)
class Array:
    """A matrix of numbers, as element formulas read it."""

    values: Sequence[Sequence[Any]]

    @property
    def rows(self) -> int:
        return len(self.values)

    @property
    def cols(self) -> int:
        return len(self.values[0])

    def __getitem__(self, at: tuple[int, int]) -> Any:
        return self.values[at[0]][at[1]]

    def power(self, exponent: int) -> Array:
        if exponent < 1:
            raise Unreadable("a matrix power that is no product")
        return reduce(Array._times, [self] * exponent)

    def _times(self, other: Array) -> Array:
        columns = list(zip(*other.values, strict=True))
        return Array([[reduce(add, map(mul, row, c)) for c in columns] for row in self.values])


def called(name: str, operands: Sequence[list[list[Any]]], shape: tuple[int, int], over: Arithmetic) -> list[list[Any]]:
    """The result of an operation, by its element formula.

    >>> from derive.modular import RESIDUES
    >>> import derive.ops
    >>> called("transpose", [[[1, 2]]], (2, 1), RESIDUES)
    [[1], [2]]
    """
    if name not in registered():
        raise Unreadable(f"{name} is no operation")
    arrays = [Array([[Value(x, over) for x in row] for row in rows]) for rows in operands]
    operation = registered()[name]
    told = operation.told(*shape)
    found = [[operation.element(*arrays, i, j, **told) for j in range(shape[1])] for i in range(shape[0])]
    return [[x.number if isinstance(x, Value) else over.number(int(x)) for x in row] for row in found]
