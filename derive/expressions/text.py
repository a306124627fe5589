"""Expressions as text of the language: what is printed can be pasted back in."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache

from derive.expressions.expression import Node, power
from derive.expressions.expression import number as constant
from derive.expressions.sizes import SCALAR

SUM, PRODUCT, UNARY, POWER, ATOM = range(5)
"""How strongly an operator holds its arguments together, as in Python."""

HALF = Fraction(1, 2)


def text(node: Node) -> str:
    """The expression in the language.

    >>> from derive.expressions.language import parse
    >>> text(parse("(X@X.T) * 2 - (A)/(b * 3)", {"X": "n,n", "A": "n,n", "b": ""}))
    '2 * X @ X.T - A / (3 * b)'
    """
    return _text(node)[0]


def formula_size(node: Node) -> int:
    """How long a formula is: its names, numbers and operators.

    >>> from derive.expressions.language import parse
    >>> formula_size(parse("A @ x + 2 * x"))
    7
    """
    return len(re.findall(r"[A-Za-z_]\w*|\d+(?:\.\d+)?|\*\*|[-+*/@]", text(node)))


@lru_cache(maxsize=20_000)
def _text(node: Node) -> tuple[str, int]:
    if node.op == "number":
        return decimal(node.data)
    if node.op == "dimension":
        return str(node.data), ATOM
    if node.op == "symbol":
        return node.name, ATOM
    if node.op == "add":
        return _sum(node), SUM
    if node.op == "mul" or (node.op == "pow" and _negative(node.args[1])):
        return _product(node)
    if node.op == "matmul":
        first, *rest = node.args
        return " @ ".join([_held(first, POWER), *(_held(arg, POWER) for arg in rest)]), PRODUCT
    if node.op == "transpose":
        return f"{_held(node.args[0], ATOM)}.T", ATOM
    if node.op == "pow":
        base, exponent = node.args
        if exponent.value == HALF:
            return f"sqrt({text(base)})", ATOM
        return f"{_held(base, ATOM)}**{_held(exponent, ATOM)}", POWER
    if node.op == "entry":
        row, col = node.data
        return f"{_held(node.args[0], ATOM)}[{row}, {col}]", ATOM
    arguments = [text(arg) for arg in node.args]
    if node.op in ("ones", "zeros"):
        arguments = [str(size) for size in node.shape]
    elif node.op in ("eye", "unit"):
        arguments = [_size(node.shape[0])]
    arguments += [str(each) for each in node.data or ()]
    return f"{node.op}({', '.join(arguments)})", ATOM


def _size(size: int | str) -> str:
    return str(size).replace("*", " * ")


def _held(node: Node, level: int) -> str:
    written, strength = _text(node)
    return written if strength >= level else f"({written})"


def _negative(exponent: Node) -> bool:
    return exponent.value is not None and exponent.value < 0


def _sum(node: Node) -> str:
    out = ""
    for part in node.args:
        written = _held(part, PRODUCT)
        if not out:
            out = written
        elif written.startswith("-"):
            out += f" - {written[1:]}"
        else:
            out += f" + {written}"
    return out


def fraction_parts(node: Node) -> tuple[Fraction, list[Node], list[Node]]:
    """The number of a product, the factors above the line, and those below it."""
    parts = node.args if node.op == "mul" else (node,)
    above, below, coefficient = list[Node](), list[Node](), Fraction(1)
    for part in parts:
        if part.op == "number":
            coefficient *= part.data
        elif part.op == "pow" and _negative(part.args[1]):
            below.append(power(part.args[0], constant(-part.args[1].data)))
        else:
            above.append(part)
    return coefficient, above, below


def _product(node: Node) -> tuple[str, int]:
    coefficient, above, below = fraction_parts(node)
    sign, coefficient = ("-", -coefficient) if coefficient < 0 else ("", coefficient)
    top = [_factor(part, above[:k], above[k + 1 :]) for k, part in enumerate(above)]
    if coefficient.numerator != 1 or not top:
        top.insert(0, str(coefficient.numerator))
    bottom = [_held(part, POWER) for part in below]
    if coefficient.denominator != 1:
        bottom.insert(0, str(coefficient.denominator))
    written = " * ".join(top)
    if bottom:
        written += f" / {bottom[0]}" if len(bottom) == 1 else f" / ({' * '.join(bottom)})"
    return f"{sign}{written}", PRODUCT


def _factor(part: Node, before: list[Node], after: list[Node]) -> str:
    """A matrix product needs no brackets where it is alone, or the only matrix and the last factor."""
    if part.op == "matmul" and not after and all(other.shape == SCALAR != part.shape for other in before):
        return text(part)
    return _held(part, POWER)


def decimal(value: Fraction) -> tuple[str, int]:
    """A number as text: whole, as a decimal if that is exact, else as a quotient.

    >>> decimal(Fraction(1, 2)), decimal(Fraction(1, 3))
    (('0.5', 4), ('1 / 3', 1))
    """
    if value < 0:
        written, level = decimal(-value)
        return f"-{written}", min(level, UNARY if level == ATOM else PRODUCT)
    if value.denominator == 1:
        return str(value.numerator), ATOM
    short = repr(float(value)) if value.numerator < 10**15 else ""
    if short and Fraction(short) == value:
        return short, ATOM
    return f"{value.numerator} / {value.denominator}", PRODUCT
