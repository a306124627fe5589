"""The tree of a formula."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Node:
    """A part of a formula."""


@dataclass(frozen=True)
class Num(Node):
    number: int


@dataclass(frozen=True)
class Name(Node):
    """A matrix, the loss or a size."""

    name: str


@dataclass(frozen=True)
class Entry(Node):
    matrix: str
    indices: tuple[int | str, ...]


@dataclass(frozen=True)
class Picked(Node):
    """An entry of an expression: (A B)_pq."""

    matrix: Node
    indices: tuple[int | str, ...]


@dataclass(frozen=True)
class Ones(Node):
    size: Node


@dataclass(frozen=True)
class Delta(Node):
    indices: tuple[int | str, ...]


@dataclass(frozen=True)
class Partial(Node):
    """∂of/∂by, or ∂/∂by (of)."""

    of: Node
    by: Node


@dataclass(frozen=True)
class Sum(Node):
    index: str
    low: int
    high: Node
    body: Node


@dataclass(frozen=True)
class Add(Node):
    terms: tuple[Node, ...]


@dataclass(frozen=True)
class Elided(Node):
    """A sum with dots and zeros: only beside the sum that it comes from is it clear what the dots hide."""

    terms: tuple[Node, ...]


@dataclass(frozen=True)
class Negative(Node):
    term: Node


@dataclass(frozen=True)
class Product(Node):
    factors: tuple[Node, ...]


@dataclass(frozen=True)
class Entrywise(Node):
    factors: tuple[Node, ...]


@dataclass(frozen=True)
class Reciprocal(Node):
    """One over each entry: what stands behind ⊘."""

    matrix: Node


@dataclass(frozen=True)
class Transposed(Node):
    matrix: Node


@dataclass(frozen=True)
class Power(Node):
    base: Node
    exponent: Node


@dataclass(frozen=True)
class Powers(Node):
    """The power of each entry: W^{∘2}."""

    base: Node
    exponent: Node


@dataclass(frozen=True)
class Grid(Node):
    rows: tuple[tuple[Node, ...], ...]


@dataclass(frozen=True)
class Braced(Node):
    """What stands over a brace, and the claim under it: what it is, or of which shape."""

    body: Node
    label: Node


@dataclass(frozen=True)
class Shape(Node):
    sizes: tuple[Node, ...]


@dataclass(frozen=True)
class Dots(Node):
    kind: str


@dataclass(frozen=True)
class Quotient(Node):
    above: Node
    below: Node


@dataclass(frozen=True)
class Sized(Node):
    """Something with its shape as a subscript, which is a claim."""

    body: Node
    shape: Shape


@dataclass(frozen=True)
class Frobenius(Node):
    """The sum of the products of the entries in the same place."""

    left: Node
    right: Node


@dataclass(frozen=True)
class Called(Node):
    """The value of a function; of a matrix, entry by entry."""

    function: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True)
class Every(Node):
    """The upper limit of a sum that has none: it runs over all that its index can count."""


@dataclass(frozen=True)
class Flattened(Node):
    """Pictures on the left of an arrow, a row for each on its right."""

    before: Node
    after: Node


@dataclass(frozen=True)
class Space(Node):
    r"""ℝ^{m×n}; of no sizes: ℝ."""

    sizes: tuple[Node, ...]


Condition = tuple[str, str, int | str]
"""An index, how it compares (=, ≠), and to what."""


@dataclass(frozen=True)
class Chain(Node):
    """a = b = c; one side alone claims nothing.  It may hold only under conditions, and be in a space."""

    sides: tuple[Node, ...]
    conditions: tuple[Condition, ...] = ()
    member: Node | None = None
    differs: bool = False
    """It is a ≠ b instead."""


ZERO = Num(0)
SKIP = Dots(r"\vdots")


def parts(root: Node | tuple[Node, ...]) -> list[Node]:
    """The node and everything in it, in the order in which it is written."""
    found: list[Node] = []
    waiting: list[Any] = [root]
    while waiting:
        item = waiting.pop()
        if isinstance(item, tuple):
            waiting.extend(reversed(item))
        elif isinstance(item, Node):
            found.append(item)
            waiting.extend(getattr(item, name) for name in reversed(item.__match_args__))
    return found


def rebuilt(node: Any, change: Callable[[Node], Node]) -> Any:
    """The tree with every node changed, the leaves first."""
    if isinstance(node, Node):
        return change(type(node)(*(rebuilt(getattr(node, name), change) for name in node.__match_args__)))
    return tuple(rebuilt(part, change) for part in node) if isinstance(node, tuple) else node


def terms(node: Node) -> tuple[Node, ...]:
    """The terms of a sum; the derivative of a sum has the derivatives of its terms."""
    if isinstance(node, (Add, Elided)):
        return node.terms
    if isinstance(node, Partial) and isinstance(node.of, Add):
        return tuple(Partial(term, node.by) for term in node.of.terms)
    return (node,)
