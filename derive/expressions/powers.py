"""Identities of powers: equal factors of entrywise and of matrix products."""

from __future__ import annotations

from fractions import Fraction
from itertools import groupby
from math import isqrt

from derive.expressions.calls import call
from derive.expressions.expression import Node, add, eye, matmul, mul, number, ones, power, transpose
from derive.expressions.identities import identity, normal
from derive.expressions.products import ONE


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


@identity("scalars", "pow")
def sign_of_base(node: Node) -> Node | None:
    """(c A)^n = cⁿ Aⁿ for a number c, where n is a size."""
    base, exponent = node.args
    if base.op == "mul" and exponent.value is None and _whole(exponent):
        return mul(*(power(arg, exponent) for arg in base.args))
    return None
