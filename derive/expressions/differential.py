"""The datum of an expression's derivative: the graph, the way back, and the steps to the result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from derive.chain import Step
from derive.expressions.expression import Node
from derive.expressions.sizes import Size

CONVENTIONS: Mapping[str, str] = {
    "free": "all entries are independent",
    "symmetric-projection": "the gradient among the symmetric matrices",
    "symmetric-independent-entries": "the derivative by the entries on and above the diagonal",
    "diagonal-independent-entries": "the derivative by the diagonal entries",
}


@dataclass(frozen=True)
class Vertex:
    """One operation of the graph: ``value`` = ``operation`` of ``args``."""

    value: Node
    operation: str
    args: tuple[Node, ...]
    data: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Pulled:
    """What one operation contributes to a cotangent: its theorem with names put in, and its value."""

    vertex: Vertex
    argument: int
    value: Node


@dataclass(frozen=True)
class Cotangent:
    """∂f/∂``of``: the sum of the contributions of all operations that ``of`` enters."""

    of: Node
    contributions: tuple[Pulled, ...]
    value: Node


@dataclass(frozen=True)
class Differential:
    """The derivative of ``value`` with respect to ``wrt``, and how it was found.

    ``kind`` is "gradient" (the result has the shape of the variable) or "jacobian" (the result is
    ∂vec(F)/∂vec(X); for a scalar variable, ∂F/∂t).  ``steps`` is a chain of equal expressions that
    ends with ``result``; ``axes`` are those of the array that the result stands for.
    """

    kind: str
    value: Node
    wrt: Node
    convention: str
    graph: tuple[Vertex, ...]
    cotangents: tuple[Cotangent, ...]
    steps: tuple[Step, ...]
    axes: tuple[Size, ...]

    @property
    def result(self) -> Node:
        found: Node = self.steps[-1].result
        return found
