"""Operations of `ops/` as expressions: shapes from signatures, and rebuilding trees."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from derive.expressions.expression import (
    Node,
    ShapeClash,
    add,
    div,
    matmul,
    mul,
    neg,
    number,
    power,
    shown_shape,
    sub,
    transpose,
)
from derive.expressions.sizes import Size, times
from derive.operation import named


def call(name: str, *args: Node, data: tuple[Any, ...] = ()) -> Node:
    """An operation of ``ops/`` on its arguments; ``data`` are its parameters.

    >>> from derive.expressions.expression import symbol
    >>> X = symbol("X", ("n", "n"))
    >>> call("inv", X).shape
    ('n', 'n')

    Raises:
        ShapeClash: the shapes do not fit the operation's signature.
    """
    if name in _OPERATORS:
        made: Node = _OPERATORS[name](*args)
        return made
    if name == "pow":
        return power(args[0], data[0])
    sizes = bound(name, args, data)
    output = named(name).signature.output
    return Node(name, args, (_side(output.rows, sizes), _side(output.cols, sizes)), data or None)


def bound(name: str, args: tuple[Node, ...], data: tuple[Any, ...] = ()) -> dict[str, Size]:
    """What the size letters of an operation's signature stand for, at these arguments.

    A letter that no side of an input tells by itself is told by a parameter.

    >>> from derive.expressions.expression import symbol
    >>> bound("matmul", (symbol("A", ("n", 2)), symbol("B", (2, "p"))))
    {'m': 'n', 'k': 2, 'n': 'p'}
    """
    signature = named(name).signature
    sizes: dict[str, Size] = {}
    sides = [
        pair
        for operand, arg in zip(signature.inputs, args, strict=True)
        for pair in zip((operand.rows, operand.cols), arg.shape, strict=True)
    ]
    if untold(name):
        sizes.update(zip(untold(name), data, strict=True))
    for side, size in sides:
        if "*" not in side and not side.isdigit() and sizes.setdefault(side, size) != size:
            raise ShapeClash(f"{name} of {' and '.join(shown_shape(arg.shape) for arg in args)}, for {signature}")
    for side, size in sides:
        if _side(side, sizes) != size:
            raise ShapeClash(f"{name} of {' and '.join(shown_shape(arg.shape) for arg in args)}, for {signature}")
    return sizes


def untold(name: str) -> tuple[str, ...]:
    """The size letters that stand in products alone: they have to be told.

    >>> untold("unvec"), untold("vec")
    (('m', 'n'), ())
    """
    signature = named(name).signature
    told = {side for operand in signature.inputs for side in (operand.rows, operand.cols)}
    return tuple(letter for letter in signature.sizes if letter not in told)


def _side(side: str, sizes: dict[str, Size]) -> Size:
    return times(*(int(part) if part.isdigit() else sizes[part] for part in side.split("*")))


_OPERATORS: dict[str, Any] = {
    "add": add,
    "sub": sub,
    "neg": neg,
    "hadamard": mul,
    "scale": mul,
    "shift": add,
    "div": div,
    "ratio": div,
    "matmul": matmul,
    "transpose": transpose,
    "sqrt": lambda x: power(x, number(Fraction(1, 2))),
}


def rebuilt(node: Node, args: tuple[Node, ...]) -> Node:
    """The same operation on other arguments."""
    if args == node.args:
        return node
    if node.op == "mul":
        return mul(*args)
    if node.op == "pow":
        return power(*args)
    return call(node.op, *args, data=node.data or ())


def replaced(node: Node, swap: dict[Node, Node]) -> Node:
    """The expression with every node that ``swap`` names exchanged for another."""
    made: dict[Node, Node] = {}
    for each in node.walk():
        made[each] = swap[each] if each in swap else rebuilt(each, tuple(made[arg] for arg in each.args))
    return made[node]
