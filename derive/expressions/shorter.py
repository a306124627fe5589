"""The form that a person would write: among equal formulas, the shortest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction

from derive.expressions.calls import call, rebuilt
from derive.expressions.expression import Node, add, matmul, mul, number, ones, power, transpose
from derive.expressions.factoring import factored
from derive.expressions.identities import normal
from derive.expressions.products import coefficient_of
from derive.expressions.reductions import LINEAR, spread_line
from derive.expressions.text import formula_size
from derive.expressions.transposes import turns

MOST_TERMS = 48
"""Products that expand to more terms are left as they are."""


def shortest(node: Node, written: Iterable[Node] = ()) -> Node:
    """The shortest form of an expression that the moves below reach.

    What the user wrote (``written``) stays as it is.

    >>> from derive.expressions.language import parse
    >>> s, y = "sigmoid(x)", "y"
    >>> shortest(parse("((1 - y) / (1 - sigmoid(x)) - y / sigmoid(x)) * sigmoid(x) * (1 - sigmoid(x))"))
    sigmoid(x) - y
    """
    return _Search(written).run(node)


class _Search:
    def __init__(self, written: Iterable[Node]) -> None:
        self.written = frozenset(written)
        self.known: dict[Node, Node] = {}

    def run(self, node: Node) -> Node:
        if not node.args or node in self.written:
            return node
        if node not in self.known:
            self.known[node] = node
            self.known[node] = self._search(node)
        return self.known[node]

    def _search(self, node: Node) -> Node:
        current = normal(rebuilt(node, tuple(self.run(arg) for arg in node.args)))
        if current is not node and current not in self.written:
            current = self._arguments(current)
        for _ in range(8):
            options = [self._arguments(normal(option)) for move in MOVES for option in move(current)]
            options = [option for option in options if option.shape == current.shape]
            best = min([current, *options], key=cost)
            if cost(best) >= cost(current):
                return current
            current = best
        return current

    def _arguments(self, node: Node) -> Node:
        if not node.args or node in self.written:
            return node
        return normal(rebuilt(node, tuple(self.run(arg) for arg in node.args)))


def cost(node: Node) -> tuple[int, int]:
    """What makes a formula long: names, numbers and operators; then transposes."""
    return formula_size(node), turns(node)


Move = Callable[[Node], Iterator[Node]]


def expanded(node: Node) -> Iterator[Node]:
    """A (B + C) = A B + A C, where terms then cancel or combine."""
    if node.op not in ("mul", "matmul", "add"):
        return
    terms = [term for part in (node.args if node.op == "add" else (node,)) for term in expansion(part)]
    if 1 < len(terms) <= MOST_TERMS and len(terms) > (len(node.args) if node.op == "add" else 1):
        collected = normal(add(*terms))
        yield collected
        yield factored(collected)


def expansion(node: Node) -> list[Node]:
    """The terms of a product that is multiplied out."""
    if node.op == "add":
        return [term for part in node.args for term in expansion(part)]
    if node.op == "matmul":
        for k, arg in enumerate(node.args):
            if arg.op == "add" and not any(part.scalar for part in arg.args):
                return _each(matmul(*node.args[:k], part, *node.args[k + 1 :]) for part in arg.args)
        return [node]
    if node.op == "mul":
        sums = [arg for arg in node.args if arg.op == "add"]
        divisors = {arg.args[0] for arg in node.args if arg.op == "pow"}
        inner = {b for s in sums for part in s.args for b in _divisors(part)}
        sums.sort(key=lambda arg: arg in divisors or arg in inner)
        if sums:
            rest = list(node.args)
            rest.remove(sums[0])
            return _each(mul(*rest, part) for part in sums[0].args)
        for k, arg in enumerate(node.args):
            if arg.op == "matmul":
                terms = expansion(arg)
                if len(terms) > 1:
                    return _each(mul(*node.args[:k], part, *node.args[k + 1 :]) for part in terms)
    if node.op == "pow" and node.args[0].op == "add" and node.args[1].value == 2:
        base = node.args[0]
        return _each(mul(part, base) for part in base.args)
    return [node]


def _divisors(node: Node) -> list[Node]:
    parts = node.args if node.op == "mul" else (node,)
    return [arg.args[0] for arg in parts if arg.op == "pow"]


def _each(parts: Iterable[Node]) -> list[Node]:
    found: list[Node] = []
    for part in parts:
        found += expansion(normal(part))
        if len(found) > MOST_TERMS:
            break
    return found


def common_factors(node: Node) -> Iterator[Node]:
    """A B + A C = A (B + C)."""
    if node.op == "add":
        yield factored(node)


def distributed(node: Node) -> Iterator[Node]:
    """Sums and traces of a sum, term by term; a number in it stands for that number times ones."""
    if node.op not in LINEAR or node.args[0].op != "add" or node.args[0].scalar:
        return
    whole = ones(*node.args[0].shape)
    parts = [mul(part, whole) if part.scalar else part for part in node.args[0].args]
    yield add(*(call(node.op, part, data=node.data or ()) for part in parts))


def inverses_apart(node: Node) -> Iterator[Node]:
    """(A B)⁻¹ = B⁻¹ A⁻¹ for square A and B, where factors then cancel."""
    if node.op not in ("matmul", "mul"):
        return
    swap = {}
    for arg in node.args if node.op == "matmul" else [f for a in node.args for f in (a, *a.args)]:
        turned = arg.op == "transpose"
        inverse = arg.args[0] if turned else arg
        if inverse.op == "inv" and inverse.args[0].op == "matmul":
            factors = inverse.args[0].args
            if all(f.shape[0] == f.shape[1] for f in factors):
                apart = matmul(*(call("inv", f) for f in reversed(factors)))
                swap[arg] = transpose(apart) if turned else apart
    if swap:
        yield rebuilt(node, tuple(swap.get(a, rebuilt(a, tuple(swap.get(b, b) for b in a.args))) for a in node.args))


MOVES: tuple[Move, ...] = (common_factors, expanded, distributed, inverses_apart)


def presented(node: Node) -> Node:
    """The same formula as a person orders it: positive terms first, few transposes first, names before functions."""
    made: dict[Node, Node] = {}
    for each in node.walk():
        new = rebuilt(each, tuple(made[arg] for arg in each.args))
        if new.op == "add":
            new = add(*sorted(new.args, key=lambda arg: (coefficient_of(arg)[0] < 0, turns(arg))))
        elif new.op == "mul":
            new = mul(*sorted(new.args, key=_place))
            new = _spread_outside(new)
        made[each] = new
    return made[node]


def _place(node: Node) -> tuple[int, int]:
    base = node.args[0] if node.op == "pow" else node
    return 0 if base.op in ("number", "dimension") else 1 if node.scalar else 2, 0


def _spread_outside(node: Node) -> Node:
    """(1 / a) 1ᵀ as one over a 1ᵀ."""
    out = []
    for arg in node.args if node.op == "mul" else (node,):
        for way in ("row", "col"):
            line = spread_line(arg, way) if arg.op == "matmul" else None
            if line is not None and line.op == "pow" and line.args[1].value is not None and line.args[1].data < 0:
                others = {line: power(line, number(Fraction(-1)))}
                arg = power(matmul(*(others.get(f, f) for f in arg.args)), number(-1))
                break
        out.append(arg)
    return mul(*out)
