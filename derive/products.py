"""Identities of products: neutral elements, scalars, powers, inverses that cancel."""

from __future__ import annotations

from fractions import Fraction
from itertools import groupby, pairwise
from math import gcd, isqrt

from derive.expression import (
    Node,
    add,
    call,
    dimension,
    eye,
    matmul,
    mul,
    number,
    ones,
    power,
    transpose,
    zeros,
)
from derive.identities import identity, normal
from derive.text import text
from derive.transposes import turns

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


@identity("scalars", "pow")
def power_of_sum_of_one(node: Node) -> Node | None:
    """A⁰ = 1, A¹ = A."""
    base, exponent = node.args
    if exponent.value == 0:
        return ones(*base.shape)
    return None


@identity("powers", "mul")
def equal_bases(node: Node) -> Node | None:
    """A ∘ A = A², A / A = 1: powers of one base are one power."""
    powers: dict[Node, list[Node]] = {}
    for arg in node.args:
        if arg.op != "number":
            base, exponent = (arg.args[0], arg.args[1]) if arg.op == "pow" else (arg, ONE)
            powers.setdefault(base, []).append(exponent)
    if all(len(exponents) == 1 for exponents in powers.values()):
        return None
    numbers = [arg for arg in node.args if arg.op == "number"]
    made = mul(*numbers, *(power(base, normal(add(*exponents))) for base, exponents in powers.items()))
    return made if made.shape == node.shape else mul(made, ones(*node.shape))


@identity("powers", "pow")
def nested_power(node: Node) -> Node | None:
    """(A^p)^q = A^(pq) for a whole q, or where A is positive; (A B)^p for a positive factor."""
    base, exponent = node.args
    if base.op == "pow" and (positive(base.args[0]) or _whole(exponent)):
        return power(base.args[0], normal(mul(base.args[1], exponent)))
    if base.op == "mul" and exponent.value is not None:
        loose = [arg for arg in base.args if positive(arg)]
        if loose:
            rest = [arg for arg in base.args if not positive(arg)]
            outside = [power(arg, exponent) for arg in loose]
            return mul(*outside, power(mul(*rest), exponent)) if rest else mul(*outside)
    return None


@identity("powers", "pow")
def power_of_a_number(node: Node) -> Node | None:
    """A square root of a square number is a number."""
    base, exponent = node.args
    if base.value is not None and exponent.value is not None and exponent.value.denominator == 2 and base.value > 0:
        root = _root(base.value)
        return None if root is None else number(root ** int(exponent.value * 2))
    return None


def _root(value: Fraction) -> Fraction | None:
    top, bottom = isqrt(value.numerator), isqrt(value.denominator)
    return Fraction(top, bottom) if (top * top, bottom * bottom) == (value.numerator, value.denominator) else None


def _whole(node: Node) -> bool:
    """Whether an exponent is a whole number, whatever the sizes."""
    if node.op == "dimension":
        return True
    if node.op in ("add", "mul"):
        return all(_whole(arg) for arg in node.args)
    return node.value is not None and node.value.denominator == 1


def positive(node: Node) -> bool:
    """Whether all entries are positive, whatever the numbers."""
    if node.op == "number":
        return bool(node.data > 0)
    if node.op == "symbol":
        return node.data[1] in ("positive", "stochastic")
    if node.op in ("dimension", "exp", "sigmoid", "softmax", "softplus", "ones"):
        return True
    if node.op == "pow":
        return positive(node.args[0])
    if node.op in ("add", "mul", "sum", "rowsum", "colsum", "transpose", "matmul"):
        return all(positive(arg) for arg in node.args)
    return False


@identity("powers", "matmul")
def equal_factors(node: Node) -> Node | None:
    """A⁻¹ A = I, and runs of one matrix are a power of it."""
    runs = [(base, sum(k for _, k in run)) for base, run in groupby(map(matrix_power, node.args), lambda pair: pair[0])]
    if len(runs) == len(node.args):
        return None
    made = [part for base, exponent in runs for part in _repeated(base, exponent)]
    if tuple(made) == node.args:
        return None
    kept = [part for part in made if part.op != "eye"] or [eye(node.shape[0])]
    return matmul(*kept)


def matrix_power(node: Node) -> tuple[Node, int]:
    """A, and how often it stands as a factor."""
    if node.op == "transpose" and node.args[0].op in ("inv", "matpow"):
        base, exponent = matrix_power(node.args[0])
        return transpose(base), exponent
    if node.op == "inv":
        base, exponent = matrix_power(node.args[0])
        return base, -exponent
    if node.op == "matpow":
        base, exponent = matrix_power(node.args[0])
        return base, exponent * node.data[0]
    if node.op == "matmul":
        powers = [matrix_power(arg) for arg in node.args]
        if len({base for base, _ in powers}) == 1:
            return powers[0][0], sum(exponent for _, exponent in powers)
    return node, 1


def _repeated(base: Node, exponent: int) -> list[Node]:
    """Factors that make up a power of a matrix."""
    if exponent == 0:
        return [eye(base.shape[0])]
    plain, turn = (base.args[0], True) if base.op == "transpose" else (base, False)
    if exponent in (1, 2):
        return [base] * exponent
    if exponent in (-1, -2):
        one = call("inv", plain)
        return [transpose(one) if turn else one] * -exponent
    if exponent > 0:
        return [call("matpow", base, data=(exponent,))]
    one = call("matpow", plain, data=(exponent,))
    return [transpose(one) if turn else one]


@identity("powers", "matpow")
def small_power(node: Node) -> Node | None:
    """A⁰ = I, A¹ = A, A² = A A, A⁻¹."""
    (x,), exponent = node.args, node.data[0]
    base, inner = matrix_power(x)
    if inner == 1 and abs(exponent) > 2:
        return None
    return matmul(*_repeated(base, inner * exponent))


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


@identity("scalars", "pow")
def sign_of_base(node: Node) -> Node | None:
    """(c A)^n = cⁿ Aⁿ for a number c, where n is a size."""
    base, exponent = node.args
    if base.op == "mul" and exponent.value is None and _whole(exponent):
        return mul(*(power(arg, exponent) for arg in base.args))
    return None


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
