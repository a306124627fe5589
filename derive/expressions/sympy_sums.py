"""Sympy's sums over indices: those over all entries of a matrix, read without indices."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from sympy import Basic, Mul
from sympy.matrices.expressions.matexpr import MatrixElement

from derive.errors import DeriveError
from derive.expressions.calls import call
from derive.expressions.expression import Node, matmul, ones, transpose
from derive.expressions.sizes import Shape, Size


class Reader(Protocol):
    """What reads the parts of an expression."""

    def read(self, part: Basic) -> Node: ...

    def size(self, part: Basic) -> Size: ...

    def within(self, body: Basic, bound: Mapping[Basic, Node | None], shape: Shape) -> Node:
        """What a body stands for at every entry, where symbols of it stand for matrices."""

    def refusal(self, part: Basic, why: str = "") -> DeriveError: ...


def total(reader: Reader, part: Any) -> Node:
    """The sum over one index or two.

    Of two, factors that depend on one of them alone are a column at the side: the sum of
    u_i a_ij v_j is uᵀ A v.
    """
    if len(part.limits) > 2:
        raise reader.refusal(part, "a sum has one index or two")
    ranges = {limit[0]: _count(reader, part, limit) for limit in part.limits}
    if len(ranges) == 1:
        return call("sum", _entries(reader, part, part.function, ranges))
    sides, inner = [], list(Mul.make_args(part.function))
    for index, size in ranges.items():
        alone = [factor for factor in inner if factor.has(index) and not factor.has(*(ranges.keys() - {index}))]
        inner = [factor for factor in inner if factor not in alone]
        sides.append(_entries(reader, part, Mul(*alone), {index: size}) if alone else None)
    matrix = _entries(reader, part, Mul(*inner), ranges)
    if sides == [None, None]:
        return call("sum", matrix)
    left, right = (ones(size, 1) if side is None else side for side, size in zip(sides, ranges.values(), strict=True))
    return matmul(transpose(left), matrix, right)


def _entries(reader: Reader, part: Any, body: Any, ranges: Mapping[Any, Size]) -> Node:
    """The matrix whose entries are the values of a body, at all values of the indices."""
    bound: dict[Basic, Node | None] = dict.fromkeys(ranges)
    for element in body.atoms(MatrixElement):
        if element.has(*ranges):
            bound[element] = _spread(reader, part, element, ranges)
    sides = [*ranges.values(), 1]
    return reader.within(body, bound, (sides[0], sides[1]))


def _count(reader: Reader, part: Any, limit: Any) -> Size:
    """How many values an index takes."""
    if len(limit) != 3 or limit[1] != 0:
        raise reader.refusal(part, "an index counts from 0")
    return reader.size(limit[2] + 1)


def _spread(reader: Reader, part: Any, element: Any, ranges: Mapping[Any, Size]) -> Node:
    """The matrix whose entries are those that an element takes, at all values of the indices."""
    (row, rows), (col, cols) = [*ranges.items(), (None, 1)][:2]
    x = reader.read(element.parent)
    down, across = ones(rows, 1), ones(1, cols)
    turns: dict[Any, Callable[[], Node]] = {
        (row, col): lambda: x,
        (col, row): lambda: transpose(x),
        (row, 0): lambda: matmul(x, across),
        (0, row): lambda: matmul(transpose(x), across),
        (row, row): lambda: matmul(call("diagvec", x), across),
        (0, col): lambda: matmul(down, x),
        (col, 0): lambda: matmul(down, transpose(x)),
        (col, col): lambda: matmul(down, transpose(call("diagvec", x))),
    }
    turn = turns.get(tuple(0 if index == 0 else index for index in element.indices))
    made = None
    if turn is not None:
        try:
            made = turn()
        except DeriveError:  # a vector is asked for, and this is none
            made = None
    if made is None or made.shape != (rows, cols):
        raise reader.refusal(part, f"{element} does not run over all entries of {element.parent}")
    return made
