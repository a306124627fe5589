"""The computational graph: an expression as single operations, each of which has a theorem."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from derive.expressions.differential import Vertex
from derive.expressions.expression import Node, add, matmul, mul, neg, number
from derive.expressions.text import HALF, fraction_parts
from derive.operation import registered

LEAVES = frozenset(("symbol", "number", "dimension", "ones", "zeros", "eye", "unit", "commutation"))


def vertex(node: Node) -> Vertex | None:
    """The last operation that makes a node; ``None`` for a leaf.

    >>> from derive.expressions.language import parse
    >>> vertex(parse("A @ x + 1")).operation
    'shift'
    """
    if node.op in LEAVES:
        return None
    if node.op == "add":
        return _sum(node)
    if node.op == "mul":
        return _product(node)
    if node.op == "matmul":
        left, right = matmul(*node.args[:-1]), node.args[-1]
        if left.scalar:
            return Vertex(node, "scale", (left, right))
        return Vertex(node, "matmul", (left, right))
    if node.op == "pow":
        base, exponent = node.args
        if exponent.value == HALF:
            return Vertex(node, "sqrt", (base,))
        return Vertex(node, "pow", (base,), (exponent,))
    assert node.op in registered()
    return Vertex(node, node.op, node.args, node.data or ())


def _sum(node: Node) -> Vertex:
    *first, last = node.args
    left = add(*first)
    if left.scalar != last.scalar:
        scalars = [arg for arg in node.args if arg.scalar]
        matrices = [arg for arg in node.args if not arg.scalar]
        return Vertex(node, "shift", (add(*scalars), add(*matrices)))
    if last.op == "mul" and last.args[0].op == "number" and last.args[0].data < 0:
        return Vertex(node, "sub", (left, neg(last)))
    return Vertex(node, "add", (left, last))


def _product(node: Node) -> Vertex:
    coefficient, above, below = fraction_parts(node)
    if below or (coefficient.denominator != 1 and above):
        top = mul(number(Fraction(coefficient.numerator)), *above)
        bottom = mul(number(Fraction(coefficient.denominator)), *below)
        if bottom.scalar:
            return Vertex(node, "ratio", (top, bottom))
        if not top.scalar:
            return Vertex(node, "div", (top, bottom))
    if node.args[0].value == -1:
        return Vertex(node, "neg", (neg(node),))
    scalars = [arg for arg in node.args if arg.scalar]
    matrices = [arg for arg in node.args if not arg.scalar]
    if scalars and matrices:
        return Vertex(node, "scale", (mul(*scalars), mul(*matrices)))
    *first, last = node.args
    return Vertex(node, "hadamard", (mul(*first), last))


def vertices(node: Node) -> Iterator[Vertex]:
    """All operations of an expression, arguments before what is made of them; each once."""
    seen: set[Node] = set()
    stack: list[tuple[Node, Vertex | None]] = [(node, None)]
    while stack:
        current, made = stack.pop()
        if made is not None:
            yield made
        elif current not in seen:
            seen.add(current)
            made = vertex(current)
            if made is not None:
                stack.append((current, made))
                stack.extend((arg, None) for arg in reversed(made.args))
