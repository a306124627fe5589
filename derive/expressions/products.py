"""Identities of sums and products: neutral elements, scalars, like terms."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import gcd

from derive.expressions.expression import (
    Node,
    add,
    dimension,
    matmul,
    mul,
    number,
    ones,
    transpose,
    zeros,
)
from derive.expressions.identities import identity, normal
from derive.expressions.text import text
from derive.expressions.transposes import turns

ONE = number(1)


@identity("neutral", "mul")
def zero_factor(node: Node) -> Node | None:
    """0 A = 0."""
    if any(arg.value == 0 or arg.op == "zeros" for arg in node.args):
        return zeros(*node.shape)
    return None


@identity("neutral", "mul")
def ones_in_entrywise(node: Node) -> Node | None:
    """A ∘ 1 = A, where the other factors have the shape; I ∘ I = I."""
    matrices = [arg for arg in node.args if not arg.scalar]
    kept = [arg for arg in matrices if arg.op != "ones"] or matrices[:1]
    eyes = [arg for arg in kept if arg.op == "eye"]
    if eyes:
        kept = [arg for arg in kept if arg.op != "eye"] + ([] if any(map(_diagonal, kept)) else eyes[:1])
    if len(kept) == len(matrices):
        return None
    return mul(*(arg for arg in node.args if arg.scalar), *kept)


def _diagonal(node: Node) -> bool:
    return node.op == "diag" or (node.op == "symbol" and node.data[1] == "diagonal")


@identity("neutral", "matmul")
def neutral_factor(node: Node) -> Node | None:
    """I A = A and 0 A = 0."""
    if any(arg.op == "zeros" for arg in node.args):
        return zeros(*node.shape)
    kept = [arg for arg in node.args if arg.op != "eye"] or [node.args[0]]
    return matmul(*kept) if len(kept) < len(node.args) else None


@identity("neutral", "matmul")
def product_of_ones(node: Node) -> Node | None:
    """1 (m by k) times 1 (k by n) is k 1 (m by n)."""
    for k, (left, right) in enumerate(zip(node.args, node.args[1:], strict=False)):
        if left.op == right.op == "ones":
            made = mul(dimension(left.shape[1]), ones(left.shape[0], right.shape[1]))
            return matmul(*node.args[:k], made, *node.args[k + 2 :])
    return None


@identity("neutral", "add")
def zero_term(node: Node) -> Node | None:
    """A + 0 = A."""
    kept = [arg for arg in node.args if arg.op != "zeros" and arg.value != 0]
    if len(kept) == len(node.args):
        return None
    made = add(*kept)
    return made if made.shape == node.shape else mul(made, ones(*node.shape)) if kept else zeros(*node.shape)


@identity("neutral", "add")
def ones_term(node: Node) -> Node | None:
    """c 1 + A = c + A: a number is spread over the shape of A."""
    parts = [(arg, *_split_ones(arg)) for arg in node.args]
    if not any(found for _, _, found in parts) or all(found or arg.scalar for arg, _, found in parts):
        return None
    return add(*(scale if found else arg for arg, scale, found in parts))


def _split_ones(node: Node) -> tuple[Node, bool]:
    """The number c of a term c 1."""
    if node.op == "ones":
        return ONE, True
    if node.op == "mul" and [arg.op for arg in node.args if not arg.scalar] == ["ones"]:
        return mul(*(arg for arg in node.args if arg.scalar)), True
    return node, False


@identity("scalars", "matmul")
def inner_products(node: Node) -> Node | None:
    """A piece of a product that is 1 by 1 is a number, and stands in front."""
    edges = [node.args[0].shape[0], *(arg.shape[1] for arg in node.args)]
    cuts = [k for k, edge in enumerate(edges) if edge == 1]
    if len(cuts) < 2 or cuts == [0, len(edges) - 1]:
        return None
    first, last = cuts[0], cuts[-1]
    numbers = [matmul(*node.args[a:b]) for a, b in pairwise(cuts)]
    rest = [*node.args[:first], *node.args[last:]]
    return mul(*numbers, matmul(*rest)) if rest else mul(*numbers)


@identity("scalars", "matmul")
def turned_number(node: Node) -> Node | None:
    """A number is its own transpose: xᵀ Aᵀ y = yᵀ A x."""
    if not node.scalar:
        return None
    other = normal_transpose(node)
    return other if _rank(other) < _rank(node) else None


def normal_transpose(node: Node) -> Node:
    """The transpose of a matrix product, factor by factor."""
    return matmul(*(normal(transpose(arg)) for arg in reversed(node.args)))


def _rank(node: Node) -> tuple[int, str]:
    return turns(node), text(node)


@identity("like terms", "add")
def like_terms(node: Node) -> Node | None:
    """2 A + 3 A = 5 A."""
    found: dict[tuple[int, ...], tuple[Node, Fraction]] = {}
    for arg in node.args:
        coefficient, rest = coefficient_of(arg)
        key = tuple(sorted(map(id, rest.args if rest.op == "mul" else (rest,))))
        first, sum_ = found.get(key, (rest, Fraction(0)))
        found[key] = first, sum_ + coefficient
    if len(found) == len(node.args):
        return None
    made = add(*(mul(number(c), rest) for rest, c in found.values() if c))
    if made.shape == node.shape:
        return made
    return zeros(*node.shape) if made.value == 0 else mul(made, ones(*node.shape))


def coefficient_of(node: Node) -> tuple[Fraction, Node]:
    """A term as a number times the rest."""
    if node.op == "number":
        return node.data, ONE
    if node.op == "mul" and node.args[0].op == "number":
        return node.args[0].data, mul(*node.args[1:])
    return Fraction(1), node


@identity("like terms", "add")
def common_number(node: Node) -> Node | None:
    """2 A - 2 B = 2 (A - B)."""
    split = [coefficient_of(arg) for arg in node.args]
    numbers = [number_ for number_, _ in split]
    if len({abs(number_) for number_ in numbers}) == 1:
        content = abs(numbers[0])
    elif all(number_.denominator == 1 for number_ in numbers):
        content = Fraction(gcd(*(number_.numerator for number_ in numbers)))
    else:
        return None
    if all(number_ < 0 for number_ in numbers):
        content = -content
    if content == 1:
        return None
    return mul(number(content), add(*(mul(number(number_ / content), rest) for number_, rest in split)))
