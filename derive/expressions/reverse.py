"""The reverse pass: from ⟨∂f/∂Y, dY⟩ back to every variable, one theorem at a time."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from derive.errors import DeriveError
from derive.expressions.calls import bound, call, rebuilt
from derive.expressions.differential import Cotangent, Pulled, Vertex
from derive.expressions.expression import Node, add, commutation, dimension, eye, number, ones, unit, zeros
from derive.expressions.graph import vertices
from derive.expressions.identities import normal
from derive.expressions.language import parse
from derive.expressions.sizes import Size, factors, times
from derive.operation import named


def reverse_pass(root: Node, wrt: Iterable[str], seed: Node | None = None) -> dict[Node, Cotangent]:
    """The cotangents of all nodes that depend on the variables, from the root backwards.

    For a scalar f the seed is ∂f/∂f = 1.  Each step is an equality of pairings: from df = ⟨G, dY⟩
    and the operation's theorem follows df = ⟨X̄, dX⟩.

    Raises:
        DeriveError: an operation has no pullback.

    >>> f = parse("x.T @ A @ x")
    >>> [found.value for node, found in reverse_pass(f, ["A"]).items() if node.op == "symbol"]
    [x @ x.T]
    """
    names = frozenset(wrt)
    order = [vertex for vertex in vertices(root) if vertex.value.symbols & names]
    gathered: dict[Node, list[Pulled]] = {root: []}
    found = {root: Cotangent(root, (), seed if seed is not None else number(1))}
    for vertex in reversed(order):
        if vertex.value not in found:
            parts = gathered[vertex.value]
            found[vertex.value] = Cotangent(vertex.value, tuple(parts), normal(add(*(part.value for part in parts))))
        upstream = found[vertex.value].value
        for position, arg in enumerate(vertex.args):
            if arg.symbols & names:
                part = Pulled(vertex, position, pulled_back(vertex, position, upstream))
                gathered.setdefault(arg, []).append(part)
    for node, parts in gathered.items():
        if node not in found:
            found[node] = Cotangent(node, tuple(parts), normal(add(*(part.value for part in parts))))
    missed = names & root.symbols - {node.name for node in found if node.op == "symbol"}
    if missed:  # a missing cotangent would be taken for 0
        raise DeriveError(f"internal: the reverse pass did not arrive at {', '.join(sorted(missed))}.")
    return found


def pulled_back(vertex: Vertex, position: int, upstream: Node) -> Node:
    """The cotangent of an argument, by the theorem of the operation."""
    template = theorem(vertex.operation, position, vertex.data)
    operation = named(vertex.operation)
    names = [operand.name for operand in operation.signature.inputs]
    symbols = dict(zip(names, vertex.args, strict=True))
    symbols |= {operation.signature.output.name: vertex.value, "G": upstream}
    sizes = bound(vertex.operation, vertex.args, vertex.data)
    return instantiated(template, symbols, {**sizes, **{f"{OUTER}{name}": name for name in _told(vertex.data)}})


OUTER = "outer_"
"""Marks a dimension that a parameter brings along: a theorem's own sizes may have the same name."""


def _told(data: tuple[Any, ...]) -> list[str]:
    """The dimensions in the parameters of an operation."""
    nodes = [node for part in data if isinstance(part, Node) for node in part.walk()]
    return [node.data for node in nodes if node.op == "dimension"]


@cache
def theorem(operation: str, position: int, data: tuple[Any, ...]) -> Node:
    """The pullback of an operation with respect to one argument, in the words of its signature.

    >>> theorem("matmul", 0, ())
    G @ W.T
    """
    each = named(operation)
    operand = each.signature.inputs[position]
    pullback = each.pullbacks.get(operand.name)
    if pullback is None:
        raise DeriveError(f"the file of {operation} states no derivative by {operand.name} (pullbacks=...).")
    marked = {name: f"{OUTER}{name}" for name in _told(data)}
    told = [instantiated(part, {}, {**marked}) if isinstance(part, Node) else part for part in data]
    text = pullback if isinstance(pullback, str) else pullback(*told)
    shapes = {o.name: f"{o.rows},{o.cols}" for o in (*each.signature.inputs, each.signature.output)}
    shapes["G"] = f"{each.signature.output.rows},{each.signature.output.cols}"
    return parse(text, shapes, {*marked.values(), *each.signature.sizes})


def instantiated(template: Node, symbols: dict[str, Node], sizes: dict[str, Size]) -> Node:
    """A theorem with expressions for its symbols and sizes for its letters."""

    def size(old: Size) -> Size:
        number_, names = factors(old)
        return times(number_, *(sizes.get(name, name) for name in names))

    made: dict[Node, Node] = {}
    for each in template.walk():
        if each.op == "symbol":
            made[each] = symbols[each.name]
        elif each.op == "dimension":
            made[each] = dimension(size(each.data))
        elif each.op in ("ones", "zeros"):
            made[each] = (ones if each.op == "ones" else zeros)(size(each.shape[0]), size(each.shape[1]))
        elif each.op == "eye":
            made[each] = eye(size(each.shape[0]))
        elif each.op == "unit":
            made[each] = unit(size(each.shape[0]), each.data[0])
        elif each.op == "commutation":
            made[each] = commutation(*(size(part) for part in each.data))
        elif each.op == "unvec":
            made[each] = call("unvec", made[each.args[0]], data=tuple(size(part) for part in each.data))
        else:
            made[each] = rebuilt(each, tuple(made[arg] for arg in each.args))
    return made[template]
