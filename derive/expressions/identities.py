"""Identities of matrix algebra: rules that rewrite one node into what it equals.

Each rule belongs to a kind, whose reason is printed beside the step.  ``normal`` applies all rules
until none fits; ``steps`` applies them kind by kind, and records what each kind did.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from derive.expressions.calls import rebuilt
from derive.expressions.expression import Node

Rewrite = Callable[[Node], Node | None]


@dataclass(frozen=True)
class Identity:
    """A rewriting of nodes of certain operations ("*" is any), with its reason."""

    kind: str
    ops: tuple[str, ...]
    rewrite: Rewrite

    @property
    def name(self) -> str:
        return self.rewrite.__name__


KINDS: dict[str, str] = {
    "transposes": "transposes of products, sums and inverses",
    "structure": "the structure of the symbols",
    "neutral": "zeros and identities drop out",
    "scalars": "numbers stand in front",
    "powers": "equal factors are collected",
    "reductions": "sums, traces and diagonals of products",
    "functions": "identities of the functions",
    "like terms": "like terms are collected",
}
"""The kinds in the order in which they are applied, with their reasons."""

IDENTITIES: list[Identity] = []


def identity(kind: str, *ops: str) -> Callable[[Rewrite], Rewrite]:
    """Register a rule for nodes of the operations ``ops``."""

    def register(rewrite: Rewrite) -> Rewrite:
        IDENTITIES.append(Identity(kind, ops, rewrite))
        return rewrite

    return register


MOST_ROUNDS = 60

MOST_REMEMBERED = 100_000

_remembered: dict[tuple[Node, str], Node] = {}

_at_work = 0
"""How many calls of ``applied`` are not finished: rules call it again."""


def normal(node: Node) -> Node:
    """The expression after all identities.

    >>> from derive.expressions.language import parse
    >>> normal(parse("(A @ inv(B)).T @ eye(n) @ x + 0 * x", {"A": "n,n", "B": "n,n symmetric", "x": "n"}))
    inv(B) @ A.T @ x
    """
    return applied(node, "")


def applied(node: Node, kind: str) -> Node:
    """The expression after all identities of one kind; of every kind, if it is empty."""
    global _at_work
    if not _at_work and len(_remembered) > MOST_REMEMBERED:
        _remembered.clear()  # not below a rule that asks for normal forms itself: it still needs them
    rules = _rules(kind)
    _at_work += 1
    try:
        for each in node.walk():
            if (each, kind) not in _remembered:
                _settle(each, kind, rules)
    finally:
        _at_work -= 1
    return _remembered[node, kind]


def _settle(node: Node, kind: str, rules: dict[str, list[Rewrite]]) -> None:
    current = rebuilt(node, tuple(_remembered[arg, kind] for arg in node.args))
    for _ in range(MOST_ROUNDS):
        known = _remembered.get((current, kind))
        if known is not None:
            current = known
            break
        better = next(
            (new for rule in (*rules.get(current.op, ()), *rules.get("*", ())) if (new := rule(current)) is not None),
            current,
        )
        if better is current:
            break
        for below in better.walk():
            if below is not better and (below, kind) not in _remembered:
                _settle(below, kind, rules)
        current = rebuilt(better, tuple(_remembered.get((arg, kind), arg) for arg in better.args))
    _remembered[node, kind] = _remembered[current, kind] = current


_tables: dict[str, tuple[int, dict[str, list[Rewrite]]]] = {}


def _rules(kind: str) -> dict[str, list[Rewrite]]:
    """The rules of a kind by the operation that they look at."""
    length, table = _tables.get(kind, (0, {}))
    if length != len(IDENTITIES):
        table = {}
        for each in IDENTITIES:
            if each.kind == kind or not kind:
                for op in each.ops:
                    table.setdefault(op, []).append(each.rewrite)
        _tables[kind] = len(IDENTITIES), table
    return table


def forget() -> None:
    """Forget all results, after the rules were changed."""
    _remembered.clear()
    _tables.clear()


def steps(node: Node) -> Iterable[tuple[Node, str]]:
    """The expression after each kind of identities that changed it, with the reason."""
    for _ in range(MOST_ROUNDS):
        for kind, reason in KINDS.items():
            new = applied(node, kind)
            if new is not node:
                yield new, reason
                node = new
                break
        else:
            break
    final = normal(node)
    if final is not node:
        yield final, "simplified"
