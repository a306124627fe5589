"""The judge of expressions: every line against the definition of the derivative, at random points.

It runs the element formulas on dual numbers, forwards, and knows none of the theorems or identities
that the derivation used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain
from itertools import count as counting
from typing import Any

import numpy as np

from derive.chain import Finding
from derive.errors import DeriveError
from derive.expressions.differential import Differential, Vertex
from derive.expressions.dual import Array, Entries
from derive.expressions.expression import Node
from derive.expressions.sizes import count
from derive.expressions.values import MOODS, Points, Unreal, determinants, dimensions, entries

ROUNDS: tuple[tuple[int, ...], ...] = ((2, 3, 4, 5, 6, 7, 8), (3, 5, 4, 7, 6, 9, 8))
"""The sizes of each round: those of matrices that are inverted are the smallest."""

POINTS = 2
TOLERANCE = 1e-8
TOO_LARGE = 1e7
"""Points with larger numbers on the way are left out: rounding would hide what is compared."""
SCOUTS = 32
"""Points at which only the expression and the result are evaluated."""
LARGEST_DETERMINANT = 8
"""Its definition has 8! terms."""
NOISE = 1e-12
"""Relative to the largest number met on the way: what rounding alone makes of 0."""


def examine(
    differential: Differential,
    symbols: Iterable[Node],
    printed: Node,
    run: Callable[[dict[str, Any]], Any] | None,
    told: Iterable[str] = (),
) -> tuple[Finding, ...]:
    """All findings on a derivative, its printed formula (read again from its text) and its program.

    Raises:
        DeriveError: the expression has no real value at any of the points that were tried.
    """
    findings: dict[str, Finding] = {}
    for number, row in enumerate(ROUNDS):
        for finding in Round(differential, tuple(symbols), printed, row, number).findings(run, tuple(told)):
            before = findings.get(finding.where)
            if before is None or (before.ok and not finding.ok):
                findings[finding.where] = finding
    return tuple(findings.values())


class Round:
    """One choice of sizes, with several random points."""

    def __init__(
        self, differential: Differential, symbols: tuple[Node, ...], printed: Node, row: tuple[int, ...], number: int
    ) -> None:
        self.differential, self.symbols, self.printed = differential, symbols, printed
        every = [differential.value, differential.wrt, *(step.result for step in differential.steps), *symbols]
        numbers = chain(row, counting(max(row) + 1))
        self.sizes = dict(zip(dimensions(every), numbers, strict=False))
        largest = max((count(side, self.sizes) for side in determinants(every)), default=0)
        if largest > LARGEST_DETERMINANT:
            names = list(self.sizes)
            self.sizes = dict(zip(names, (2, 3, *row[2:]) if number else (3, 2, *row[2:]), strict=False))
            largest = max(count(side, self.sizes) for side in determinants(every))
        if largest > LARGEST_DETERMINANT:
            raise DeriveError(f"a determinant of size {largest} is too large to be checked from its definition.")
        for name, least in entries(every).items():
            self.sizes[name] = max(self.sizes[name], least)
        roots = [*(each.value for each in differential.cotangents), *(step.result for step in differential.steps)]
        met = {node for root in (differential.value, *roots) for node in root.walk() if node.op == "symbol"}
        met |= {*symbols, differential.wrt}
        self._refuse_gaps(Points(met, self.sizes, MOODS[0], SCOUTS, 97 * number + len(MOODS)))
        drawn = (Points(met, self.sizes, mood, POINTS, 97 * number + k) for k, mood in enumerate(MOODS))
        self.points, self.known = self._first_real(drawn, roots)

    def _refuse_gaps(self, points: Points) -> None:
        """A result that is no number at most points where the expression is one answers nothing there.

        Raises:
            DeriveError: it is such a result.
        """
        known: dict[Node, Entries] = {}
        valued = points.real(self.differential.value, known)
        for each in known.values():  # behind a number that is too large the result may be one that overflows
            valued &= np.fmax.reduce(np.abs(each.value), axis=(1, 2), initial=0) < TOO_LARGE
        gaps = valued & ~points.real(self.differential.result, known)
        if 2 * gaps.sum() > valued.sum():
            raise DeriveError(
                "the result cannot be verified: at most points where the expression is a real number, the formula of "
                "its derivative is not, so nothing is printed. (It divides by 0, or takes a root or a logarithm "
                "that the expression does not need.)"
            )

    def _first_real(self, drawn: Iterable[Points], roots: Iterable[Node]) -> tuple[Points, dict[Node, Entries]]:
        """The first points at which every part of the derivation is a real number of moderate size."""
        differential = self.differential
        parts = [differential.value, *(vertex.value for vertex in differential.graph), *roots]
        for points in drawn:
            known: dict[Node, Entries] = {}
            try:
                for part in parts:
                    points.evaluate(part, memo=known)
            except (Unreal, np.linalg.LinAlgError):
                continue
            if max(float(np.abs(each.value).max(initial=0)) for each in known.values()) < TOO_LARGE:
                return points, known
        raise DeriveError(
            "the result cannot be verified: at none of the random points that were tried is every part of it "
            "a real number, so nothing is printed. (Declare symbols as positive where logarithms or roots need it.)"
        )

    def findings(self, run: Callable[[dict[str, Any]], Any] | None, told: tuple[str, ...]) -> Iterable[Finding]:
        differential = self.differential
        yield from self._graph()
        for cotangent in differential.cotangents:
            yield self._pairing(f"cotangent of {_short(cotangent.of)}", cotangent.of, cotangent.value)
        first = self._value(differential.steps[0].result)
        yield self._definition("the result, against the definition of the derivative")
        for position, step in enumerate(differential.steps[1:], 2):
            ok = self.close(self._value(step.result), first)
            yield self.finding(f"step {position}: {step.by.text}", ok, _short(step.result))
        result = self._value(differential.result)
        yield self.finding("the printed formula, read again", self.close(self._value(self.printed), result), "")
        if run is not None:
            yield from self._program(run, result, told)

    def finding(self, where: str, ok: bool, detail: str) -> Finding:
        sizes = ", ".join(f"{name} = {size}" for name, size in self.sizes.items())
        at = f"{POINTS} random points" + (f" at {sizes}" if sizes else "")
        return Finding(where, ok, f"{detail + '; ' if detail else ''}{at}", POINTS)

    def _value(self, node: Node) -> Array:
        try:
            return self.points.evaluate(node, memo=self.known).value
        except (Unreal, np.linalg.LinAlgError):
            return np.array(np.nan)

    def close(self, one: Array, other: Array, scale: float = 0.0, met: float = 0.0) -> bool:
        """Whether two arrays agree but for rounding; ``met`` is the largest slope on the way to them."""
        if one.shape != other.shape or not (np.isfinite(one).all() and np.isfinite(other).all()):
            return False
        largest = max(float(np.abs(one).max(initial=0)), float(np.abs(other).max(initial=0)), scale)
        return bool(np.abs(one - other).max(initial=0) <= TOLERANCE * largest + self._noise() + NOISE * met)

    def _noise(self) -> float:
        met = max((float(np.abs(each.value).max(initial=0)) for each in self.known.values()), default=1.0)
        return NOISE * max(met, 1.0)

    def _graph(self) -> Iterable[Finding]:
        """Each operation of the graph makes the value that the expression has there."""
        for vertex in self.differential.graph:
            where = f"graph, {vertex.operation} at {_short(vertex.value)}"
            try:
                made = self._operation(vertex, [self.known_or_made(arg) for arg in vertex.args])
            except (DeriveError, Unreal, TypeError, ValueError):  # these arguments do not fit the operation
                yield self.finding(where, False, "")
            else:
                yield self.finding(where, self.close(made.value, self._value(vertex.value)), "")

    def known_or_made(self, node: Node) -> Entries:
        return self.points.evaluate(node, memo=self.known)

    def _operation(self, vertex: Vertex, args: list[Entries]) -> Entries:
        """The operation's element formula on dual numbers."""
        return self.points.operate(vertex.operation, vertex.args, vertex.data, vertex.value.shape, args)

    def slope(self, of: Node, direction: Array) -> tuple[Array, float]:
        """The derivative of the value along a direction of one node of the graph, and the largest on the way."""
        moved = {of: Entries(self.known_or_made(of).value, direction)}
        for vertex in self.differential.graph:
            if vertex.value not in moved and any(arg in moved for arg in vertex.args):
                args = [moved[arg] if arg in moved else self.known_or_made(arg) for arg in vertex.args]
                moved[vertex.value] = self._operation(vertex, args)
        root = moved.get(self.differential.value)
        steepest = max(_largest(each.slope) for each in moved.values())
        if root is None:
            return np.zeros_like(self.known_or_made(self.differential.value).value), steepest
        return root.slope, steepest

    def _pairing(self, where: str, of: Node, cotangent: Node) -> Finding:
        """⟨G, dF⟩ = ⟨X̄, dX⟩ for a random direction dX."""
        direction = self.points.direction(of, str(of))
        seed = self.differential.cotangents[0].value
        try:
            slope, steepest = self.slope(of, direction)
        except (DeriveError, Unreal, TypeError, ValueError):
            return self.finding(where, False, "the graph does not fit together")
        change = (self._value(seed) * slope).sum((1, 2))
        found = self._value(cotangent)
        if found.shape != direction.shape:
            return self.finding(where, False, f"{_short(cotangent)} has another shape")
        paired = (found * direction).sum((1, 2))
        scale = float(np.abs(found * direction).sum((1, 2)).max(initial=0))
        return self.finding(where, self.close(paired, change, scale, steepest), _short(cotangent))

    def _definition(self, where: str) -> Finding:
        """The result times a direction is the derivative along that direction."""
        differential = self.differential
        wrt, value = differential.wrt, self._value(differential.steps[0].result)
        direction = self._restricted(self.points.direction(wrt, "result"))
        moved = {wrt: Entries(self._value(wrt), direction)}
        change = self.points.evaluate(differential.value, memo=moved).slope
        met = max(_largest(each.slope) for each in moved.values())
        if differential.kind == "gradient":
            if value.shape != direction.shape:
                return self.finding(where, False, "another shape")
            weights = self._weights(value.shape)
            paired = (value * direction * weights).sum((1, 2))
            scale = float(np.abs(value * direction).sum((1, 2)).max(initial=0))
            ok = self.close(paired, change.sum((1, 2)), scale, met)
            return self.finding(where, ok and self._conforming(value), "")
        if wrt.scalar:
            return self.finding(where, self.close(value * direction, change, 0.0, met), "")
        stacked = direction.swapaxes(1, 2).reshape(POINTS, -1, 1)
        expected = change.swapaxes(1, 2).reshape(POINTS, -1, 1)
        if value.shape != (POINTS, expected.shape[1], stacked.shape[1]):
            return self.finding(where, False, "another shape")
        return self.finding(where, self.close(value @ stacked, expected, _largest(value), met), "")

    def _restricted(self, direction: Array) -> Array:
        """A direction in which the variable keeps its structure."""
        convention = self.differential.convention
        if convention.startswith("symmetric"):
            return direction + direction.swapaxes(1, 2)
        return direction * np.eye(direction.shape[1]) if convention.startswith("diagonal") else direction

    def _weights(self, shape: tuple[int, ...]) -> Array:
        """How often an entry counts: those below the diagonal are not independent of those above."""
        if self.differential.convention == "symmetric-independent-entries":
            return np.broadcast_to(np.triu(np.ones(shape[1:])), shape)
        return np.ones(shape)

    def _conforming(self, value: Array) -> bool:
        """Whether the gradient has the structure that the convention demands."""
        convention = self.differential.convention
        if convention.startswith("symmetric"):
            return self.close(value, value.swapaxes(1, 2))
        return not convention.startswith("diagonal") or self.close(value, value * np.eye(value.shape[1]))

    def _program(self, run: Callable[[dict[str, Any]], Any], result: Array, told: tuple[str, ...]) -> Iterable[Finding]:
        """The printed function, run on the numbers of each point."""
        axes = tuple(count(axis, self.sizes) for axis in self.differential.axes)
        ok = True
        for point in range(POINTS):
            given: dict[str, Any] = {
                node.name: self.points.values[node][point] if not node.scalar else self.points.values[node][point, 0, 0]
                for node in self.symbols
            }
            given |= {name: self.sizes[name] for name in told}
            want = result[point].reshape(axes, order="F") if axes else result[point]
            try:
                with np.errstate(all="ignore"):
                    got = np.asarray(run(given), float)
            except Exception:  # whatever the program raises, it does not compute the result
                got = np.array(np.nan)
            if self.differential.result.scalar:
                want = want.reshape(())
            ok = ok and got.shape == want.shape and self.close(got, want)
        yield self.finding("the NumPy function, run", ok, "")


def _largest(slope: Array) -> float:
    finite = slope[np.isfinite(slope)]
    return float(np.abs(finite).max(initial=0))


def _short(node: Node) -> str:
    written = str(node)
    return written if len(written) <= 60 else written[:59] + "…"
