"""Common factors: A B + A C = A (B + C), whichever shortens the formula most."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from derive.expressions.expression import Node, add, eye, matmul, mul, number, power
from derive.expressions.identities import normal
from derive.expressions.text import formula_size

ONE = number(1)


@dataclass(frozen=True)
class Term:
    """One term of a sum: entrywise factors with their exponents, or a chain of a matrix product."""

    whole: Node
    scalars: tuple[tuple[Node, Node], ...]
    entrywise: tuple[tuple[Node, Node], ...]
    chain: tuple[Node, ...]

    @classmethod
    def of(cls, node: Node) -> Term:
        parts = node.args if node.op == "mul" else (node,)
        split = [(arg.args[0], arg.args[1]) if arg.op == "pow" else (arg, ONE) for arg in parts]
        scalars = tuple((base, by) for base, by in split if base.scalar)
        matrices = tuple((base, by) for base, by in split if not base.scalar)
        chain: tuple[Node, ...] = ()
        if len(matrices) == 1 and matrices[0][1] is ONE:
            only = matrices[0][0]
            chain = only.args if only.op == "matmul" else (only,)
        return cls(node, scalars, matrices, chain)


def factored(node: Node) -> Node:
    """A sum with the common factors outside that shorten it most.

    >>> from derive.expressions.language import parse
    >>> factored(parse("A @ X + A.T @ X", {"A": "n,n"}))
    (A + A.T) @ X
    """
    if node.op != "add" or len(node.args) > 24:
        return node
    best, least = node, formula_size(node)
    for other in _ways(node):
        size = formula_size(other)
        if size < least:
            best, least = other, size
    return best if best is node else _again(best)


def _again(node: Node) -> Node:
    """What is left of a sum, or what stands inside the brackets, may have more common factors."""
    if node.op == "add":
        return factored(node)
    inner = {arg: factored(arg) for arg in node.args if arg.op == "add"}
    if node.op == "mul":
        inner |= {arg: matmul(*(factored(f) for f in arg.args)) for arg in node.args if arg.op == "matmul"}
        return mul(*(inner.get(arg, arg) for arg in node.args))
    if node.op == "matmul":
        return matmul(*(inner.get(arg, arg) for arg in node.args))
    return node


def _ways(node: Node) -> Iterator[Node]:
    """The sum with one common factor of some of its terms outside."""
    terms = [Term.of(arg) for arg in node.args]
    seen: set[Node] = set()
    for way in (*_common_powers(terms), *_common_ends(terms)):
        group, outside = way
        rest = [term.whole for term in terms if term not in group]
        if outside.shape != node.shape and not outside.scalar:
            continue
        made = add(outside, *rest) if group[0] is terms[0] or not rest else add(*rest, outside)
        if made.shape == node.shape and made not in seen:
            seen.add(made)
            yield made


def _common_powers(terms: list[Term]) -> Iterator[tuple[list[Term], Node]]:
    """A scalar or an entrywise factor that several terms have."""
    for part in ("scalars", "entrywise"):
        bases = dict.fromkeys(base for term in terms for base, _ in getattr(term, part) if base.op != "number")
        for base in bases:
            group = [term for term in terms if base in dict(getattr(term, part))]
            if len(group) < 2:
                continue
            exponents = [dict(getattr(term, part))[base] for term in group]
            values = [exponent.value for exponent in exponents if exponent.value is not None]
            if len(values) < len(exponents) or min(values) < 0 < max(values):
                continue
            nearest = number(min(values, key=abs))
            factor = power(base, nearest)
            inner = [normal(mul(term.whole, power(base, number(-nearest.data)))) for term in group]
            if all(each.op == "zeros" for each in inner):
                continue
            yield group, mul(factor, add(*(_bare(each) for each in inner)))


def _bare(node: Node) -> Node:
    """c 1 as the number c: it is spread again by what it is multiplied with."""
    if node.op == "ones":
        return ONE
    if node.op == "mul" and [arg.op for arg in node.args if not arg.scalar] == ["ones"]:
        return mul(*(arg for arg in node.args if arg.scalar))
    return node


def _common_ends(terms: list[Term]) -> Iterator[tuple[list[Term], Node]]:
    """A common beginning or end of matrix products."""
    for turn in (1, -1):
        ends = dict.fromkeys(
            end for one, other in combinations(terms, 2) if (end := _common(one.chain[::turn], other.chain[::turn]))
        )
        for end in ends:
            group = [term for term in terms if term.chain[::turn][: len(end)] == end]
            outside = matmul(*end[::turn])
            inner = [_without(term, len(end), turn) for term in group]
            together = add(*inner)
            yield group, matmul(outside, together) if turn == 1 else matmul(together, outside)


def _common(one: tuple[Node, ...], other: tuple[Node, ...]) -> tuple[Node, ...]:
    length = 0
    for a, b in zip(one, other, strict=False):
        if a is not b:
            break
        length += 1
    return one[:length]


def _without(term: Term, length: int, turn: int) -> Node:
    """A term whose chain has lost its first (or last) factors."""
    rest = term.chain[::turn][length:][::turn]
    scalars = [power(base, by) for base, by in term.scalars]
    if rest:
        return mul(*scalars, matmul(*rest))
    size = term.chain[-1].shape[1] if turn == 1 else term.chain[0].shape[0]
    return mul(*scalars, eye(size))
