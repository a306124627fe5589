"""Expressions of the language: immutable trees with shapes.

Trees are made by the constructors here, which keep what is written but for what changes no
meaning: sums and products are flat, numbers are folded, and scalars stand before matrices.  Equal
trees are one object, so comparing and remembering them costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from importlib import import_module
from itertools import pairwise
from typing import Any, ClassVar
from weakref import WeakValueDictionary

from derive.errors import DeriveError
from derive.expressions.sizes import SCALAR, Shape, Size, factors, times


class ShapeClash(DeriveError):
    """Shapes that do not fit together."""


class Node:
    """One operation on its arguments, or a leaf.

    ``op`` is a leaf ("number", "dimension", "symbol", "ones", "zeros", "eye", "unit",
    "commutation"), one of the operators ("add", "mul", "matmul", "transpose", "pow") or the name of
    an operation in ``ops/``.  ``data`` holds what is no expression: a number's value, a symbol's name
    and structure, an operation's parameters.
    """

    __slots__ = ("__weakref__", "args", "data", "op", "shape", "symbols")
    _made: ClassVar[WeakValueDictionary[Any, Node]] = WeakValueDictionary()

    op: str
    args: tuple[Node, ...]
    shape: Shape
    data: Any
    symbols: frozenset[str]

    def __new__(cls, op: str, args: tuple[Node, ...], shape: Shape, data: Any = None) -> Node:
        # Ratios as pairs: forgotten nodes are looked up once more when Python ends, without the numbers module.
        key = (op, args, shape, data if op != "number" else data.as_integer_ratio())
        found = cls._made.get(key)
        if found is None:
            found = object.__new__(cls)
            found.op, found.args, found.shape, found.data = op, args, shape, data
            found.symbols = frozenset((data[0],)) if op == "symbol" else frozenset().union(*(a.symbols for a in args))
            cls._made[key] = found
        return found

    @property
    def scalar(self) -> bool:
        return self.shape == SCALAR

    @property
    def value(self) -> Fraction | None:
        """The number that a number is; ``None`` for anything else."""
        return self.data if self.op == "number" else None

    @property
    def name(self) -> str:
        """A symbol's name."""
        return str(self.data[0])

    def walk(self) -> Iterator[Node]:
        """Every node below, arguments first, each once; the node itself comes last."""
        seen: set[Node] = set()
        stack = [(self, False)]
        while stack:
            node, done = stack.pop()
            if done:
                yield node
            elif node not in seen:
                seen.add(node)
                stack.append((node, True))
                stack.extend((arg, False) for arg in reversed(node.args))

    def __repr__(self) -> str:
        return str(import_module("derive.expressions.text").text(self))


def number(value: int | Fraction) -> Node:
    """A number.

    >>> number(2)
    2
    """
    return Node("number", (), SCALAR, Fraction(value))


def dimension(size: Size) -> Node:
    """The number that a size stands for.

    >>> dimension("k*n"), dimension(3)
    (k * n, 3)
    """
    constant, names = factors(size)
    return mul(number(constant), *(Node("dimension", (), SCALAR, name) for name in names))


def symbol(name: str, shape: Shape, structure: str = "") -> Node:
    """A variable with its shape and structure ("symmetric", "spd", ...)."""
    return Node("symbol", (), shape, (name, structure))


def ones(rows: Size, cols: Size) -> Node:
    """The matrix of ones; of one row and column it is the number 1."""
    return number(1) if (rows, cols) == SCALAR else Node("ones", (), (rows, cols))


def zeros(rows: Size, cols: Size) -> Node:
    """The zero matrix; of one row and column it is the number 0."""
    return number(0) if (rows, cols) == SCALAR else Node("zeros", (), (rows, cols))


def eye(size: Size) -> Node:
    """The identity matrix."""
    return number(1) if size == 1 else Node("eye", (), (size, size))


def unit(size: Size, index: int) -> Node:
    """The column with a 1 at ``index``, counted from 0, and zeros elsewhere; of one row it is the number 1."""
    return number(1) if (size, index) == (1, 0) else Node("unit", (), (size, 1), (index,))


def commutation(rows: Size, cols: Size) -> Node:
    """K with K vec(X) = vec(Xᵀ) for a ``rows`` by ``cols`` matrix X (Magnus and Neudecker 1979)."""
    if 1 in (rows, cols):
        return eye(times(rows, cols))
    return Node("commutation", (), (times(rows, cols), times(rows, cols)), (rows, cols))


def spread(parts: Iterable[Node], what: str) -> Shape:
    """The shape of an entrywise operation, where scalars are spread over the other shape.

    Raises:
        ShapeClash: two shapes differ.
    """
    shapes = dict.fromkeys(part.shape for part in parts if not part.scalar)
    if len(shapes) > 1:
        listed = " and ".join(f"({rows}, {cols})" for rows, cols in shapes)
        raise ShapeClash(f"{what} of shapes {listed}")
    return next(iter(shapes), SCALAR)


def add(*parts: Node) -> Node:
    """The sum; numbers are added up, at the place of the first."""
    flat = [part for each in parts for part in (each.args if each.op == "add" else (each,))]
    shape = spread(flat, "a sum")
    constant = sum((part.data for part in flat if part.op == "number"), Fraction(0))
    kept: list[Node] = []
    for part in flat:
        if part.op != "number":
            kept.append(part)
        elif constant:
            kept.append(number(constant))
            constant = Fraction(0)
    if not kept:
        return number(0)
    return kept[0] if len(kept) == 1 and kept[0].shape == shape else Node("add", tuple(kept), shape)


def _divides(part: Node) -> bool:
    """Whether a factor is a power with a negative number."""
    return part.op == "pow" and part.args[1].value is not None and part.args[1].data < 0


def neg(x: Node) -> Node:
    """-x."""
    return mul(number(-1), x)


def sub(x: Node, y: Node) -> Node:
    """x - y."""
    return add(x, neg(y))


def mul(*parts: Node) -> Node:
    """The entrywise product; its number stands first, then the scalars, then the matrices.

    In both, what is divided by comes last, as in a fraction: the text of a product is read back as
    the same product.
    """
    flat = [part for each in parts for part in (each.args if each.op == "mul" else (each,))]
    shape = spread(flat, "an entrywise product")
    coefficient = Fraction(1)
    scalars, matrices = list[Node](), list[Node]()
    for part in flat:
        if part.op == "number":
            coefficient *= part.data
        else:
            (scalars if part.scalar else matrices).append(part)
    kept = (*sorted(scalars, key=_divides), *sorted(matrices, key=_divides))
    if coefficient != 1 or not kept:
        kept = (number(coefficient), *kept)
    return kept[0] if len(kept) == 1 else Node("mul", kept, shape)


def div(x: Node, y: Node) -> Node:
    """x / y, entry by entry.

    Raises:
        DeriveError: y is the number 0.
    """
    return mul(x, power(y, number(-1)))


def power(base: Node, exponent: Node) -> Node:
    """The entrywise power; a whole one of a product is the product of the powers.

    Raises:
        DeriveError: 0 to a negative power.
    """
    by = exponent.value
    if by == 1:
        return base
    if by == 0 and base.scalar:
        return number(1)
    if by is not None and by.denominator == 1:
        if base.op == "number":
            if base.data == 0 and by < 0:
                raise DeriveError("a division by 0")
            if abs(by) <= 1000:
                return number(base.data ** int(by))
        if base.op == "mul":
            return mul(*(power(part, exponent) for part in base.args))
        if base.op == "pow" and base.args[1].value is not None:
            return power(base.args[0], number(base.args[1].data * by))
    return Node("pow", (base, exponent), base.shape)


def matmul(*parts: Node) -> Node:
    """The matrix product; scalars in its factors stand before it, and so does a beginning that is one.

    Raises:
        ShapeClash: the columns of one factor are not the rows of the next.
    """
    scalars, chain = list[Node](), list[Node]()
    flat: list[Node] = []
    for part in parts:
        if part.op == "mul" and part.args[0].scalar:
            within = [arg for arg in part.args if arg.scalar]
            if len(within) < len(part.args):
                scalars += within
                part = mul(*part.args[len(within) :])
        flat += part.args if part.op == "matmul" else (part,)
    for left, right in pairwise(flat):
        if left.shape[1] != right.shape[0]:
            raise ShapeClash(f"a matrix product of shapes {shown_shape(left.shape)} and {shown_shape(right.shape)}")
    for part in flat:
        (scalars if part.scalar else chain).append(part)
    while chain and chain[0].shape[0] == 1 and (cut := _first_number(chain)) < len(chain):
        scalars.append(matmul(*chain[:cut]))
        chain = chain[cut:]
    if not chain:
        return mul(*scalars)
    inner = chain[0] if len(chain) == 1 else Node("matmul", tuple(chain), (chain[0].shape[0], chain[-1].shape[1]))
    return mul(*scalars, inner) if scalars else inner


def _first_number(chain: list[Node]) -> int:
    """How many factors, from the left, make a 1 by 1 product."""
    return next((k for k, part in enumerate(chain, 1) if part.shape[1] == 1), len(chain))


def shown_shape(shape: Shape) -> str:
    """A shape as messages show it."""
    return f"({shape[0]}, {shape[1]})"


def transpose(x: Node) -> Node:
    """The transpose; of a transpose, and of a scalar, what it was."""
    if x.op == "transpose":
        return x.args[0]
    return x if x.scalar else Node("transpose", (x,), (x.shape[1], x.shape[0]))
