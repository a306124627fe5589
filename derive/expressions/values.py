"""The value and the derivative of an expression at random points, from the definitions alone.

Operations are computed from their element formulas; only sums and products are known here.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from derive.expressions.calls import bound
from derive.expressions.dual import Array, Entries, tabulated
from derive.expressions.expression import Node
from derive.expressions.sizes import Shape, Size, count, factors
from derive.operation import named


class Unreal(Exception):
    """The expression has no real value at these points."""


MOODS = ("normal", "positive", "small", "large", "dominant")
"""What the random numbers are like: an expression with a logarithm has values at positive ones only."""


def dimensions(nodes: Iterable[Node]) -> list[str]:
    """The names of all sizes, those of square matrices that are inverted first."""
    first, rest = dict[str, None](), dict[str, None]()
    for root in nodes:
        for node in root.walk():
            for side in node.shape if node.op not in ("inv", "det", "logdet") else node.args[0].shape:
                into = first if node.op in ("inv", "det", "logdet", "matpow") else rest
                into.update(dict.fromkeys(factors(side)[1]))
            if node.op == "dimension":
                rest[node.data] = None
            if node.op == "commutation":
                rest.update(dict.fromkeys(name for side in node.data for name in factors(side)[1]))
    return [*first, *(name for name in rest if name not in first)]


def determinants(nodes: Iterable[Node]) -> set[Size]:
    """The sizes of all matrices whose determinant or inverse is taken."""
    return {node.args[0].shape[0] for root in nodes for node in root.walk() if node.op in ("inv", "det", "logdet")}


def entries(nodes: Iterable[Node]) -> dict[str, int]:
    """How large a dimension has to be for all entries to be there that are asked for."""
    least: dict[str, int] = {}
    for root in nodes:
        for node in root.walk():
            if node.op not in ("entry", "unit"):
                continue
            sides = node.args[0].shape if node.op == "entry" else node.shape[:1]
            for side, index in zip(sides, node.data, strict=True):
                if isinstance(side, str) and "*" not in side:
                    least[side] = max(least.get(side, 0), index + 1)
    return least


class Points:
    """Random numbers for the symbols of an expression, at given sizes."""

    def __init__(self, symbols: Iterable[Node], sizes: Mapping[str, int], mood: str, points: int, seed: int) -> None:
        self.sizes, self.mood, self.points, self.seed = sizes, mood, points, seed
        self.values = {node: self.draw(node) for node in symbols}

    def _random(self, name: str) -> np.random.Generator:
        return np.random.default_rng([self.seed, zlib.crc32(name.encode())])

    def draw(self, node: Node) -> Array:
        """Numbers for a symbol, as its structure demands."""
        random, structure = self._random(node.name), node.data[1]
        rows, cols = (count(side, self.sizes) for side in node.shape)
        shape = (self.points, rows, cols)
        numbers = random.standard_normal(shape)
        if structure in ("positive", "stochastic") or self.mood == "positive":
            numbers = 0.4 + random.random(shape)
        elif self.mood == "small":
            numbers = 0.2 * numbers
        elif self.mood == "large":
            numbers = 1.5 + random.random(shape)
        if structure == "stochastic":
            weights: Array = numbers / numbers.sum(1 if cols == 1 else 2, keepdims=True)
            return weights
        near = 0.5 if self.mood == "small" else 1.0
        if structure == "diagonal":
            return near * (1.2 + np.abs(numbers)) * np.eye(rows)
        if structure == "symmetric":
            return (numbers + numbers.swapaxes(1, 2)) / 2
        if structure == "spd":
            return numbers @ numbers.swapaxes(1, 2) / rows + 0.7 * np.eye(rows)
        if structure == "invertible" or (self.mood == "dominant" and rows == cols and not structure):
            return numbers / 2 + 1.5 * near * np.eye(rows)
        return numbers

    def direction(self, node: Node, label: str) -> Array:
        """Random numbers of the shape of a node, to differentiate along."""
        rows, cols = (count(side, self.sizes) for side in node.shape)
        return self._random(f"d{label}").standard_normal((self.points, rows, cols))

    def evaluate(self, node: Node, preset: Mapping[Node, Entries] | None = None, memo: Any = None) -> Entries:
        """Value and slope of an expression; ``preset`` tells those of some of its nodes.

        Raises:
            Unreal: it is no finite real number.
        """
        found: dict[Node, Entries] = memo if memo is not None else {}
        found.update(preset or {})
        with np.errstate(all="ignore"):
            for each in node.walk():
                if each not in found:
                    found[each] = self._one(each, [found[arg] for arg in each.args])
        result = found[node]
        if not (np.isfinite(result.value).all() and np.isfinite(result.slope).all()):
            raise Unreal
        return result

    def real(self, node: Node, memo: dict[Node, Entries]) -> Array:
        """At which of the points the value of an expression is a finite real number."""
        try:
            self.evaluate(node, memo=memo)
        except (Unreal, np.linalg.LinAlgError):
            if node not in memo:
                return np.zeros(self.points, bool)
        finite: Array = np.logical_and.reduce(np.isfinite(memo[node].value), axis=(1, 2))
        return finite

    def _one(self, node: Node, args: list[Entries]) -> Entries:
        if node.op == "symbol":
            return self._constant(self.values[node])
        if node.op in _LEAVES:
            return self._constant(_LEAVES[node.op](self, node))
        if node.op == "matmul":
            made = args[0]
            for factor in args[1:]:
                made = made.times(factor)
            return made
        if node.op in ("add", "mul"):
            total = args[0][:, :]
            for other in args[1:]:
                total = total + other[:, :] if node.op == "add" else total * other[:, :]
            return self._shaped(node, total.value, total.slope)
        if node.op == "transpose":
            return Entries(args[0].value.swapaxes(1, 2), args[0].slope.swapaxes(1, 2))
        if node.op == "pow":
            made_power = args[0][:, :] ** float(args[1].value[0, 0, 0])
            return Entries(made_power.value, made_power.slope)
        return self.operate(node.op, node.args, node.data or (), node.shape, args)

    def operate(
        self, name: str, nodes: tuple[Node, ...], data: tuple[Any, ...], shape: Shape, args: Sequence[Entries]
    ) -> Entries:
        """The result of an operation, from its element formula.

        Raises:
            Unreal: an entry is asked for that a matrix of these sizes does not have.
        """
        operation = named(name)
        sizes = bound(name, nodes, data)
        rows, cols = (count(side, self.sizes) for side in shape)
        told = dict(zip(operation.parameters, map(self._parameter, data), strict=False))
        told |= {letter: count(sizes[letter], self.sizes) for letter in operation.told_sizes}
        try:
            with np.errstate(all="ignore"):
                return tabulated(operation.element, tuple(args), rows, cols, **told)
        except IndexError:
            raise Unreal from None

    def _parameter(self, part: Any) -> Any:
        return float(self.evaluate(part).value[0, 0, 0]) if isinstance(part, Node) else part

    def _shaped(self, node: Node, value: Array, slope: Array) -> Entries:
        shape = (value.shape[0], *(count(side, self.sizes) for side in node.shape))
        return Entries(np.broadcast_to(value, shape), np.broadcast_to(slope, shape))

    def _constant(self, value: Array) -> Entries:
        return Entries(value, np.zeros_like(value))


def _filled(value: float) -> Any:
    def make(points: Points, node: Node) -> Array:
        return np.full((points.points, *(count(side, points.sizes) for side in node.shape)), value)

    return make


def _each_point(points: Points, matrix: Array) -> Array:
    return np.broadcast_to(matrix, (points.points, *matrix.shape)).copy()


def _commutation(points: Points, node: Node) -> Array:
    rows, cols = (count(side, points.sizes) for side in node.data)
    order = np.arange(rows * cols).reshape(rows, cols, order="F").T.reshape(-1, order="F")
    return _each_point(points, np.eye(rows * cols)[order])


def _unit(points: Points, node: Node) -> Array:
    size, index = count(node.shape[0], points.sizes), node.data[0]
    if index >= size:
        raise Unreal
    return _each_point(points, np.eye(size)[:, [index]])


_LEAVES: dict[str, Any] = {
    "number": lambda points, node: np.full((points.points, 1, 1), float(node.data)),
    "dimension": lambda points, node: np.full((points.points, 1, 1), float(points.sizes[node.data])),
    "ones": _filled(1.0),
    "zeros": _filled(0.0),
    "eye": lambda points, node: _each_point(points, np.eye(count(node.shape[0], points.sizes))),
    "commutation": _commutation,
    "unit": _unit,
}
