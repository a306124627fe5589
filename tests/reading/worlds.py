"""Random numbers for everything that has a name."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cache

from tests.reading.faults import Unreadable, Untrue
from tests.reading.numbers import PRIME, Dual, Matrix, Scalar, Variable
from tests.reading.told import Given

Sizes = tuple[tuple[str, int], ...]


class World:
    """The operation at certain sizes and at random numbers: what every name stands for."""

    def __init__(self, given: Given, sizes: Sizes, top: int = PRIME, exact: bool = False) -> None:
        self.given, self.sizes = given, dict(sizes)
        lengths = {**self.sizes, "1": 1}
        self.shapes = {name: (lengths[rows], lengths[columns]) for name, (rows, columns) in given.shapes.items()}
        numbers = random.Random(f"{sizes} {top}")
        told = dict(given.numbers) if exact else {}
        self.duals: dict[str, Sequence[Sequence[Dual]]] = {}
        for name, _ in given.inputs:
            rows, columns = self.shapes[name]
            drawn = [[numbers.randrange(1, top) for _ in range(columns)] for _ in range(rows)]
            self.duals[name] = self._variables(name, told.get(name, drawn))
        self.scalars = {name: numbers.randrange(1, top) for name in given.scalars}
        self.out, self.last = given.output[0], given.last
        self.upstream: dict[Variable, int] = {}
        self.loss: Dual | None = None
        self._forward(numbers, top)
        rows, columns = self.shapes[self.last]
        for i in range(1, rows + 1):
            for j in range(1, columns + 1):
                self.upstream[self.last, i, j] = numbers.randrange(1, top)
        self._back()
        self.pixels: dict[tuple[int, ...], int] = defaultdict(lambda: numbers.randrange(1, top))

    def _variables(self, name: str, rows: Sequence[Sequence[int]]) -> list[list[Dual]]:
        shape = (len(rows), len(rows[0]))
        if shape != self.shapes[name]:
            raise Untrue(f"the numbers for {name} are {shape}, and it is {self.shapes[name]}")
        return [[Dual(x, {(name, i, j): 1}) for j, x in enumerate(row, 1)] for i, row in enumerate(rows, 1)]

    def _forward(self, numbers: random.Random, top: int) -> None:
        """The output, and what is computed from it; an entry depends on itself as well."""
        if self.given.define is None:
            self.duals[self.out] = self._unknown(numbers, top)
            return
        inputs = list(self.duals.values())
        for name, _, function in self.given.also:
            self.duals[name] = self._own(name, function(*inputs))
        seen = self._own(self.out, self.given.define(*inputs))
        self.duals[self.out] = seen
        for name, _, function in self.given.layers:
            seen = self._own(name, function(seen))
            self.duals[name] = seen

    def _own(self, name: str, rows: Sequence[Sequence[Dual]]) -> list[list[Dual]]:
        shape = (len(rows), len(rows[0]))
        if shape != self.shapes[name]:
            raise ValueError("the definition does not have the shape that the reader was told")
        return [
            [Dual(x.value, {**x.slopes, (name, i, j): 1}) for j, x in enumerate(row, 1)]
            for i, row in enumerate(rows, 1)
        ]

    def _unknown(self, numbers: random.Random, top: int) -> list[list[Dual]]:
        rows, columns = self.shapes[self.out]
        return self._variables(self.out, [[numbers.randrange(top) for _ in range(columns)] for _ in range(rows)])

    def _back(self) -> None:
        """∂L/∂ every entry: by random numbers for what the loss sees, or by the formula of the loss."""
        seen = self.duals[self.last]
        if self.given.total is not None:
            self.loss = self.given.total(seen)
            self.gradients = dict(self.loss.slopes)
            return
        self.gradients = {}
        for (_, i, j), upstream in self.upstream.items():
            for variable, slope in seen[i - 1][j - 1].slopes.items():
                self.gradients[variable] = (self.gradients.get(variable, 0) + upstream * slope) % PRIME

    def variable(self, name: str, indices: Sequence[int]) -> Variable:
        """The entry of this name and these indices, if there is one."""
        if len(indices) == 2:
            row, column = indices
        else:
            row, column = (1, *indices) if self.given.shapes[name][0] == "1" else (*indices, 1)
        rows, columns = self.shapes[name]
        if not (1 <= row <= rows and 1 <= column <= columns):
            raise Untrue(f"{name} is {rows} × {columns} and has no entry {', '.join(map(str, indices))}")
        return name, row, column

    def number(self, variable: Variable) -> Dual:
        name, row, column = variable
        return self.duals[name][row - 1][column - 1]

    def gradient(self, variable: Variable) -> int:
        """∂L/∂ an entry: given for the output, by the chain rule for an input."""
        return self.gradients.get(variable, 0)

    def local(self, of: Variable, by: Variable) -> int:
        """∂y/∂x for two entries."""
        return self.number(of).slopes.get(by, 0)

    def matrix(self, name: str, entry: Callable[[Variable], Scalar]) -> Matrix:
        rows, columns = self.shapes[name]
        return tuple(tuple(entry((name, i, j)) for j in range(1, columns + 1)) for i in range(1, rows + 1))


class AnyOperation(World):
    """Some other operation on the same matrices: every y and every ∂y/∂x is a random number of its own.

    Matrices are made of their entries there as well, and a sum over all paths holds, in which now no
    factor 0 hides an error.
    """

    def __init__(self, given: Given, sizes: Sizes, top: int = PRIME, exact: bool = False) -> None:
        super().__init__(given, sizes, top)
        numbers = random.Random(f"any {sizes}")
        real = self.duals[self.out]
        self.real = {(self.out, i, j): x.slopes for i, row in enumerate(real, 1) for j, x in enumerate(row, 1)}
        self.duals[self.out] = [[Dual(numbers.randrange(top)) for _ in row] for row in real]
        self.jacobian: dict[tuple[Variable, Variable], int] = defaultdict(lambda: numbers.randrange(1, top))
        self.gradients = {}
        rows, columns = self.shapes[self.out]
        for i in range(1, rows + 1):
            for j in range(1, columns + 1):
                self.gradients[self.out, i, j] = numbers.randrange(1, top)

    def local(self, of: Variable, by: Variable) -> int:
        return self.jacobian[of, by]

    def gradient(self, variable: Variable) -> int:
        if variable[0] not in (self.out, *dict(self.given.inputs)):
            raise Unreadable(f"the gradient by {variable[0]}, of any operation")
        if variable not in self.gradients:
            paths = (self.gradients[of] * self.local(of, variable) for of in list(self.gradients) if of[0] == self.out)
            self.gradients[variable] = sum(paths) % PRIME
        return self.gradients[variable]


class SparseOperation(AnyOperation):
    """Any operation, in which an entry depends on those entries alone on which it depends in the given one."""

    def local(self, of: Variable, by: Variable) -> int:
        return self.jacobian[of, by] if self.real[of].get(by, 0) else 0


@cache
def world(kind: type[World], given: Given, sizes: Sizes, top: int = PRIME, exact: bool = False) -> World:
    """A world is made once."""
    return kind(given, sizes, top, exact)
