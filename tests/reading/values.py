"""The value of a tree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.reading.ellipsis import dotted, expanded
from tests.reading.faults import Unreadable, Untrue
from tests.reading.numbers import PRIME, Dual, Matrix, Scalar, Variable, entrywise, plus, shape_of, times
from tests.reading.told import added_up, exponential, mean
from tests.reading.tree import (
    ZERO,
    Add,
    Braced,
    Called,
    Chain,
    Delta,
    Dots,
    Elided,
    Entry,
    Entrywise,
    Every,
    Flattened,
    Frobenius,
    Grid,
    Name,
    Negative,
    Node,
    Num,
    Ones,
    Partial,
    Picked,
    Power,
    Powers,
    Product,
    Quotient,
    Reciprocal,
    Shape,
    Sized,
    Space,
    Sum,
    Transposed,
    parts,
)
from tests.reading.worlds import World

_METHODS = {kind: f"_{kind.__name__.lower()}" for kind in Node.__subclasses__()}
"""The value of a node is found by the method that has the name of its kind."""


_WHOLE = {"mean": mean, "sum": added_up}
"""Functions of a whole matrix."""


class Evaluation:
    """Values in one world with one value for every free index; ``lifted`` ones carry derivatives."""

    def __init__(
        self,
        at: World,
        indices: Mapping[str, int],
        lifted: bool = False,
        hints: Mapping[tuple[Grid, int], int] | None = None,
    ) -> None:
        self.world, self.indices, self.lifted = at, dict(indices), lifted
        self.hints = hints or {}
        """The rows (0) or columns (1) of drawn matrices that do not tell them."""

    def __call__(self, node: Node) -> Any:
        return getattr(self, _METHODS[type(node)])(node)

    def places(self, indices: Sequence[int | str]) -> list[int]:
        """The values of indices: numbers, letters that count, sizes."""
        found = []
        for index in indices:
            if isinstance(index, int):
                found.append(index)
            elif index in self.indices:
                found.append(self.indices[index])
            elif index in self.world.sizes:
                found.append(self.world.sizes[index])
            else:
                raise Untrue(f"the index {index} has no value here")
        return found

    def variable(self, node: Node) -> Variable:
        if isinstance(node, Name) and node.name in self.world.given.shapes and self.world.given.is_scalar(node.name):
            return node.name, 1, 1
        if not isinstance(node, Entry):
            raise Unreadable("a derivative by something that is no entry")
        return self.world.variable(node.matrix, self.places(node.indices))

    def _num(self, node: Num) -> Scalar:
        return node.number

    def _name(self, node: Name) -> Scalar | Matrix:
        if node.name in self.world.sizes:
            return self.world.sizes[node.name]
        if node.name in self.world.scalars:
            return self.world.scalars[node.name]
        if node.name == self.world.given.loss:
            if self.world.loss is None:
                raise Unreadable("the loss itself is nowhere given")
            return self.world.loss.value
        matrix = self.world.matrix(node.name, self._of)
        return matrix[0][0] if self.world.given.is_scalar(node.name) else matrix

    def _of(self, variable: Variable) -> Scalar:
        dual = self.world.number(variable)
        return dual if self.lifted else dual.value

    def _entry(self, node: Entry) -> Scalar:
        if len(node.indices) == 3:
            return self._pixel(node)
        return self._of(self.variable(node))

    def _pixel(self, node: Entry) -> Scalar:
        images = self.world.given.images
        places = tuple(self.places(node.indices))
        if images is None or not all(1 <= place <= size for place, size in zip(places, images[1:], strict=True)):
            raise Untrue(f"there is no pixel {places}")
        return self.world.pixels[places]

    def _picked(self, node: Picked) -> Scalar:
        matrix = self(node.matrix)
        places = self.places(node.indices)
        shape = shape_of(matrix)
        if shape is None or (len(places) == 1 and 1 not in shape):
            raise Untrue("an entry of something that has no such entries")
        row, column = places if len(places) == 2 else (1, *places) if shape[0] == 1 else (*places, 1)
        if not (1 <= row <= shape[0] and 1 <= column <= shape[1]):
            raise Untrue(f"a matrix of shape {shape} has no entry {row}, {column}")
        return matrix[row - 1][column - 1]

    def _ones(self, node: Ones) -> Matrix:
        if isinstance(node.size, Shape):
            rows, columns = (self(size) for size in node.size.sizes)
            return ((1,) * columns,) * rows
        return ((1,),) * self(node.size)

    def _delta(self, node: Delta) -> Scalar:
        row, column = self.places(node.indices)
        return int(row == column)

    def _partial(self, node: Partial) -> Scalar | Matrix:
        given = self.world.given
        named = isinstance(node.by, Name) and node.by.name in given.shapes and not given.is_scalar(node.by.name)
        if node.of == Name(given.loss):
            if named:
                return self.world.matrix(node.by.name, self.world.gradient)
            return self.world.gradient(self.variable(node.by))
        if named:
            return self._jacobian(node)
        by = self.variable(node.by)
        if by[0] == self.world.out and not given.layers and given.total is None:
            raise Untrue("a derivative by an entry of the output, of something that is not the loss")
        computed = (self.world.out, *(name for name, _, _ in given.layers))
        if isinstance(node.of, Entry) and node.of.matrix in computed:
            return self.world.local(self.variable(node.of), by)
        if isinstance(node.of, Name) and node.of.name in computed and given.is_scalar(node.of.name):
            return self.world.local((node.of.name, 1, 1), by)
        if isinstance(node.of, Name) and node.of.name in computed:
            return self.world.matrix(node.of.name, lambda of: self.world.local(of, by))
        value = Evaluation(self.world, self.indices, lifted=True, hints=self.hints)(node.of)
        if isinstance(value, tuple):
            return tuple(tuple(_slope(x, by) for x in row) for row in value)
        return _slope(value, by)

    def _jacobian(self, node: Partial) -> Matrix:
        """Of a column by a column: a row for each entry of the first, a column for each of the second."""
        shapes = self.world.given.shapes
        of, by = node.of, node.by
        if not (isinstance(of, Name) and of.name in shapes and isinstance(by, Name)):
            raise Unreadable("the derivative of something without a name by a matrix")
        if shapes[of.name][1] != "1" or shapes[by.name][1] != "1":
            raise Unreadable("the derivative of a matrix by a matrix is no matrix")
        above, below = self.world.shapes[of.name][0], self.world.shapes[by.name][0]
        return tuple(
            tuple(self.world.local((of.name, i, 1), (by.name, j, 1)) for j in range(1, below + 1))
            for i in range(1, above + 1)
        )

    def _sum(self, node: Sum) -> Any:
        if node.index in self.indices:
            raise Unreadable(f"{node.index} is the index of a sum and something else as well")
        high = self._range(node) if isinstance(node.high, Every) else self(node.high)
        total: Any = 0
        for number in range(node.low, high + 1):
            self.indices[node.index] = number
            term = self(node.body)
            total = term if number == node.low else plus(total, term)
        self.indices.pop(node.index, None)
        return total

    def _range(self, node: Sum) -> int:
        """How far an index counts that has no limit: as far as what it counts goes."""
        found = counted(self.world, node.body).get(node.index, set())
        if len(found) != 1:
            raise Unreadable(f"how far does {node.index} count?")
        return found.pop()

    def _every(self, node: Every) -> Any:
        raise Unreadable("a limit of nothing")

    def _add(self, node: Add) -> Any:
        first, *others = node.terms
        total = self(first)
        for term in others:
            total = plus(total, self(term))
        return total

    def _elided(self, node: Elided) -> Scalar:
        if all(isinstance(term, Dots) or term == ZERO for term in node.terms):
            return 0
        raise Unreadable("dots and zeros, and no sum beside them that tells what they stand for")

    def _negative(self, node: Negative) -> Any:
        return times(-1, self(node.term))

    def _product(self, node: Product) -> Any:
        first, *others = node.factors
        total = self(first)
        for factor in others:
            total = times(total, self(factor))
        return total

    def _entrywise(self, node: Entrywise) -> Any:
        first, *others = node.factors
        total = self(first)
        for factor in others:
            total = entrywise(total, self(factor))
        return total

    def _reciprocal(self, node: Reciprocal) -> Any:
        matrix = self(node.matrix)
        if shape_of(matrix) is None:
            raise Untrue("⊘ beside a number")
        return tuple(tuple(x.inverse() if isinstance(x, Dual) else pow(x, -1, PRIME) for x in row) for row in matrix)

    def _frobenius(self, node: Frobenius) -> Any:
        products = entrywise(self(node.left), self(node.right))
        total: Any = 0
        for row in products:
            for number in row:
                total = (total + number) % PRIME
        return total

    def _transposed(self, node: Transposed) -> Matrix:
        matrix = self(node.matrix)
        if shape_of(matrix) is None:
            raise Untrue("the transpose of a number")
        return tuple(zip(*matrix, strict=True))

    def _power(self, node: Power) -> Scalar:
        base, exponent = self(node.base), self(node.exponent)
        if shape_of(base) is not None or not isinstance(exponent, int):
            raise Unreadable("a power of a matrix")
        return _raised(base, exponent)

    def _powers(self, node: Powers) -> Matrix:
        base, exponent = self(node.base), self(node.exponent)
        if shape_of(base) is None or not isinstance(exponent, int):
            raise Unreadable("a power entry by entry of a number")
        return tuple(tuple(_raised(x, exponent) for x in row) for row in base)

    def _quotient(self, node: Quotient) -> Any:
        below = self(node.below)
        if isinstance(below, Dual) and below.value:
            return times(below.inverse(), self(node.above))
        if not isinstance(below, int) or below % PRIME == 0:
            raise Unreadable("a quotient by something that is no number")
        return times(pow(below, -1, PRIME), self(node.above))

    def _called(self, node: Called) -> Any:
        if node.function in _WHOLE:
            return _WHOLE[node.function](*(self(argument) for argument in node.arguments))
        function = {"exp": exponential, **dict(self.world.given.functions)}.get(node.function)
        if function is None:
            return self._operation(node)
        values = [self(argument) for argument in node.arguments]
        if len(values) == 1 and isinstance(values[0], tuple):
            return tuple(tuple(function(x) for x in row) for row in values[0])
        return function(*values)

    def _operation(self, node: Called) -> Any:
        """f(X), the output as a function of inputs; the others it may hide."""
        inputs = [self(Name(name)) for name, _ in self.world.given.inputs]
        for argument in node.arguments:
            hints = {(part, 0): len(inputs[0]) for part in parts(argument) if isinstance(part, Grid)}
            if Evaluation(self.world, self.indices, hints={**hints, **self.hints})(argument) not in inputs:
                raise Untrue(f"{node.function} of something that is no input")
        return self(Name(self.world.out))

    def _grid(self, node: Grid) -> Matrix:
        if len({len(row) for row in node.rows}) != 1:
            raise Unreadable("the rows of a matrix are not of one length")
        whole = expanded(node, [self.hints.get((node, axis)) for axis in (0, 1)]) if dotted(node) else node
        return tuple(tuple(self(cell) for cell in row) for row in whole.rows)

    def _sized(self, node: Sized) -> Any:
        """The shape is checked beside the value, and tells how large a drawn matrix is."""
        grid = node.body
        if not (isinstance(grid, Grid) and dotted(grid)):
            return self(grid)
        sizes = dict(enumerate(self(size) for size in node.shape.sizes))
        hints = {**self.hints, **{(grid, axis): size for axis, size in sizes.items()}}
        return Evaluation(self.world, self.indices, self.lifted, hints)(grid)

    def _braced(self, node: Braced) -> Any:
        """An elided matrix counts as what its label says; the check compares the two."""
        elided = isinstance(node.body, Grid) and dotted(node.body)
        return self(node.label if elided and not isinstance(node.label, Shape) else node.body)

    def _dots(self, node: Dots) -> Any:
        raise Unreadable("dots, and nothing that tells what they stand for")

    def _shape(self, node: Shape) -> Any:
        """Sizes with × between them are a product of numbers, where no shape is meant."""
        product = 1
        for size in node.sizes:
            product *= self(size)
        return product

    def _space(self, node: Space) -> Any:
        raise Unreadable("a space where a value should be")

    def _flattened(self, node: Flattened) -> Any:
        raise Unreadable("an arrow where a value should be")

    def _chain(self, node: Chain) -> Any:
        raise Unreadable("an equality where a value should be")


def _raised(base: Scalar, exponent: int) -> Scalar:
    if isinstance(base, int):
        return pow(base, exponent, PRIME)
    if exponent < 0:
        base, exponent = base.inverse(), -exponent
    power: Scalar = 1
    for _ in range(exponent):
        power = base * power
    return power


def _slope(value: Any, by: Variable) -> int:
    return value.slopes.get(by, 0) if isinstance(value, Dual) else 0


def counted(at: World, root: Node | tuple[Node, ...]) -> dict[str, set[int]]:
    """The sizes of what each index letter counts."""
    found: dict[str, set[int]] = {}
    for part in parts(root):
        if isinstance(part, Entry) and len(part.indices) < 3:
            letters = at.given.axes(part.matrix, len(part.indices))
            sizes: Sequence[int] = [{**at.sizes, "1": 1}[letter] for letter in letters]
        elif isinstance(part, Picked):
            sizes = _sizes_of(at, part.matrix) if len(part.indices) == 2 else [max(_sizes_of(at, part.matrix))]
        else:
            continue
        for index, size in zip(part.indices, sizes, strict=True):
            if isinstance(index, str):
                found.setdefault(index, set()).add(size)
    return found


def _sizes_of(at: World, matrix: Node) -> Sequence[int]:
    """The shape of a matrix without free indices."""
    shape = shape_of(Evaluation(at, {})(matrix))
    if shape is None:
        raise Untrue("an entry of a number")
    return shape
