"""The datum of a page about an expression: lines, each of which the judge evaluates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from derive.chain import Reason
from derive.expressions.differential import Differential
from derive.expressions.expression import Node


@dataclass(frozen=True)
class Line:
    """``name`` = ``results[0]`` = ``results[1]`` = ...; ``of`` is the node that the name stands for."""

    name: Node
    of: Node
    results: tuple[Node, ...]
    operations: tuple[str, ...] = ()


@dataclass(frozen=True)
class Theorem:
    """An operation that the graph uses, with its pullbacks."""

    operation: str
    title: str
    value: Node
    result: Node
    pullbacks: tuple[tuple[Node, Node], ...]
    data: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Narrative:
    """The lines of a page about one differential.

    ``root`` is the name of the value, and ``loss`` that of the scalar whose cotangents go back (for
    a Jacobian, ⟨U, F⟩ with an arbitrary U); ``abbreviations`` say what the names of the graph stand
    for that long formulas use; ``chain`` is the simplification, each line with its reason; ``kinks``
    are arguments of operations that have no derivative where they, or an entry of them, are 0.
    """

    differential: Differential
    root: Node
    loss: str
    forward: tuple[Line, ...]
    backward: tuple[Line, ...]
    result: Line
    abbreviations: tuple[Line, ...]
    theorems: tuple[Theorem, ...]
    chain: tuple[tuple[Line, Reason], ...] = ()
    kinks: tuple[tuple[Node, str], ...] = ()
