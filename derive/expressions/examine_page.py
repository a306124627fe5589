"""The judge of a page: every line of it, the theorems it cites, and its proof by indices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import count as counting
from typing import Any

import numpy as np

from derive.chain import Finding
from derive.expressions.differential import Differential
from derive.expressions.dual import Array, Entries
from derive.expressions.examine import POINTS, ROUNDS, Round
from derive.expressions.expression import Node, symbol
from derive.expressions.index_lines import Delta, Entry, IndexProof, Product
from derive.expressions.lines import Line, Narrative, Theorem
from derive.expressions.sizes import Size, count
from derive.expressions.values import Points, Unreal, dimensions


def examine_page(told: Narrative, proof: IndexProof | None, symbols: Sequence[Node]) -> tuple[Finding, ...]:
    """A finding for every line of a page, each at random points of one choice of sizes."""
    judge = _Page(told, tuple(symbols))
    findings = [*judge.lines(), *(_theorem(theorem) for theorem in told.theorems)]
    return (*findings, *(judge.proof(proof) if proof else ()))


class _Page:
    def __init__(self, told: Narrative, symbols: tuple[Node, ...]) -> None:
        self.told = told
        self.differential: Differential = told.differential
        self.round = Round(self.differential, symbols, self.differential.result, ROUNDS[0], 0)
        self.meant: dict[Node, Entries] = {}
        for line in told.forward:
            self.meant[line.name] = self.round.known_or_made(line.of)
        for cotangent, line in zip(self.differential.cotangents, told.backward, strict=True):
            self.meant[line.name] = self.round.known_or_made(cotangent.value)

    def lines(self) -> Iterator[Finding]:
        for line in (*self.told.forward, *self.told.backward):
            yield self._line(line, self.meant[line.name].value)
        for line in self.told.abbreviations:
            yield self._line(line, self.round.known_or_made(line.of).value)
        for line, _ in self.told.chain:
            yield self._line(line, self.round.known_or_made(self.differential.result).value)
        yield self._line(self.told.result, self.round.known_or_made(self.differential.result).value)

    def _line(self, line: Line, expected: Array) -> Finding:
        ok = all(self._agrees(result, expected) for result in line.results)
        return self.round.finding(f"line {line.name}", ok, str(line.results[-1])[:60])

    def _agrees(self, result: Node, expected: Array) -> bool:
        try:
            found = self.round.points.evaluate(result, preset=self.meant, memo=dict(self.round.known))
        except (Unreal, KeyError, np.linalg.LinAlgError):
            return False
        return self.round.close(found.value, expected)

    def proof(self, proof: IndexProof) -> Iterator[Finding]:
        """The sums against the value, and their derivatives against the result that was verified."""
        value = self.round.known_or_made(self.differential.value).value
        result = self.round.known_or_made(self.differential.result).value
        outer = [(index, side) for index, side in _axes(proof.value) if index is not None]
        inner = [(index, side) for index, side in _axes(proof.variable) if index is not None]
        yield self._sums("proof by indices, F", proof.sums, outer, value)
        if self.differential.kind == "jacobian" and not self.differential.wrt.scalar:
            counts = [self._count(side) for side in (*self.differential.value.shape, *self.differential.wrt.shape)]
            result = np.stack([point.reshape(counts, order="F") for point in result])
        for where, products in (("differentiated", proof.differentiated), ("collapsed", proof.collapsed)):
            yield self._sums(f"proof by indices, {where}", products, [*outer, *inner], result)

    def _sums(self, where: str, products: Iterable[Product], free: list[tuple[str, Size]], expected: Array) -> Finding:
        try:
            found = np.asarray(sum(self._product(product, free) for product in products))
            ok = self.round.close(found.reshape(expected.shape), expected)
        except (KeyError, ValueError):
            ok = False
        return self.round.finding(where, ok, "")

    def _product(self, product: Product, free: list[tuple[str, Size]]) -> Array:
        """A product of entries, summed over its bound indices, for all values of the free ones."""
        ranges = {**dict(product.bound), **dict(free)}
        places = {index: place for place, index in enumerate(ranges, 1)}
        operands: list[Any] = []
        for index, side in ranges.items():
            operands += [np.ones(self._count(side)), [places[index]]]
        for factor in product.factors:
            if isinstance(factor, Delta):
                operands += [np.eye(self._count(ranges[factor.one])), [places[factor.one], places[factor.other]]]
            else:
                array = self.round.known_or_made(factor.symbol).value
                axes = [index for index in (factor.row, factor.col) if index is not None]
                operands += [
                    array.reshape(POINTS, *(self._count(ranges[i]) for i in axes)),
                    [0, *map(places.get, axes)],
                ]
        scale = self.round.known_or_made(product.scale).value[:, 0, 0]
        made = np.einsum(scale, [0], *operands, [0, *(places[index] for index, _ in free)])
        return np.asarray(made)

    def _count(self, side: Size) -> int:
        return count(side, self.round.sizes)


def _axes(entry: Entry) -> Iterator[tuple[str | None, Size]]:
    """The indices of an entry with their sizes."""
    return zip((entry.row, entry.col), entry.symbol.shape, strict=True)


def _theorem(theorem: Theorem) -> Finding:
    """A pullback in the letters of its signature, against the slope of the element formula."""
    held = [_paired(theorem, mood) for mood in ("normal", "positive")]
    ok = all(each is not False for each in held) and any(held)
    return Finding(f"theorem {theorem.operation}", ok, f"{POINTS} random points", len(theorem.pullbacks))


def _paired(theorem: Theorem, mood: str) -> bool | None:
    """Whether both sides of a theorem agree at random points; ``None`` where they have no real value."""
    inputs = tuple(variable for variable, _ in theorem.pullbacks)
    upstream = symbol("G", theorem.result.shape)
    symbols = {node for _, pullback in theorem.pullbacks for node in pullback.walk() if node.op == "symbol"}
    roots = [theorem.result, theorem.value, *inputs, *(pullback for _, pullback in theorem.pullbacks)]
    least = 2 + max((part for part in theorem.data if isinstance(part, int)), default=0)
    sizes = dict(zip(dimensions(roots), counting(max(2, least)), strict=False))
    points = Points({*symbols, *inputs, upstream}, sizes, mood, POINTS, 5)
    try:
        return all(_one_pairing(theorem, position, points, inputs, upstream) for position in range(len(inputs)))
    except (Unreal, np.linalg.LinAlgError):
        return None


def _one_pairing(theorem: Theorem, position: int, points: Points, inputs: tuple[Node, ...], upstream: Node) -> bool:
    """⟨G, dY⟩ = ⟨X̄, dX⟩ for one input."""
    direction = points.direction(inputs[position], inputs[position].name)
    args = [points.evaluate(node) for node in inputs]
    args[position] = Entries(args[position].value, direction)
    made = points.operate(theorem.operation, inputs, theorem.data, theorem.result.shape, args)
    if not (np.isfinite(made.value).all() and np.isfinite(made.slope).all()):
        raise Unreal
    output = {theorem.value: Entries(made.value, np.zeros_like(made.value))}
    found = points.evaluate(theorem.pullbacks[position][1], preset=output).value
    if found.shape != direction.shape:
        return False
    left = (points.evaluate(upstream).value * made.slope).sum((1, 2))
    return bool(np.allclose(left, (found * direction).sum((1, 2)), rtol=1e-8, atol=1e-10))
