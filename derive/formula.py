"""Expressions in LaTeX, in the part of it that KaTeX, MathJax and LaTeX share."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction

from derive.expression import Node
from derive.operation import named
from derive.sizes import SCALAR, Size
from derive.text import ATOM, HALF, POWER, PRODUCT, SUM, UNARY, fraction_parts

GREEK = frozenset(
    [
        "alpha",
        "beta",
        "gamma",
        "delta",
        "epsilon",
        "zeta",
        "eta",
        "theta",
        "iota",
        "kappa",
        "lambda",
        "mu",
        "nu",
        "xi",
        "rho",
        "sigma",
        "tau",
        "phi",
        "chi",
        "psi",
        "omega",
    ]
)

Latex = tuple[str, int]


def latex(node: Node) -> str:
    r"""The LaTeX of an expression.

    >>> from derive.language import parse
    >>> print(latex(parse("2 * A.T @ (A @ x - b) / n", {"A": "m,n", "x": "n", "b": "m"})))
    \frac{2}{n}\, A^\top (A x - b)
    >>> print(latex(parse("-inv(X).T * Y**2", {"X": "n,n", "Y": "n,n"})))
    -X^{-\top} \circ Y^{\circ 2}
    """
    return _latex(node)[0]


def name_latex(name: str) -> str:
    r"""A symbol's name: what follows its first letter is an index.

    >>> name_latex("W1"), name_latex("x_0"), name_latex("alpha")
    ('W_{1}', 'x_{0}', '\\alpha')
    """
    if name.startswith("∂"):
        of, by = (name_latex(part[1:]) for part in name.split("/"))
        return rf"\frac{{\partial {of}}}{{\partial {by}}}"
    head, _, tail = name.partition("_")
    if head not in GREEK and len(head) > 1:
        head, tail = head[0], head[1:] + (f",{tail}" if tail else "")
    head = f"\\{head}" if head in GREEK else head
    tail = tail.replace("_", ",")
    return f"{head}_{{{tail}}}" if tail else head


def size_latex(size: Size) -> str:
    """A number of rows or columns."""
    return " ".join(part if part.isdigit() else name_latex(part) for part in str(size).split("*"))


def _latex(node: Node) -> Latex:
    special = _SPECIAL.get(node.op)
    if special is not None:
        return special(node)
    operation = named(node.op)
    arguments = [latex(arg) for arg in node.args]
    sign = operation.latex or rf"\mathrm{{{node.op}}}"
    if "{X}" in sign:
        return sign.replace("{X}", arguments[0]), POWER if re.search(r"\^\w$", sign) else ATOM
    told = [str(part) for part in node.data or ()]
    return rf"{sign}\left({', '.join([*arguments, *told])}\right)" if _tall(arguments) else (
        f"{sign}({', '.join([*arguments, *told])})"
    ), ATOM


def _tall(texts: list[str]) -> bool:
    return any(r"\frac" in text for text in texts)


def held(node: Node, level: int) -> str:
    """The LaTeX of a node, in brackets unless it holds together as strongly as ``level``."""
    written, strength = _latex(node)
    if strength >= level:
        return written
    return rf"\left({written}\right)" if _tall([written]) else f"({written})"


def _leaf(node: Node) -> Latex:
    if node.op == "symbol":
        return name_latex(node.name), ATOM
    if node.op == "number":
        return _number(node.data)
    if node.op == "dimension":
        return size_latex(node.data), ATOM
    rows, cols = node.shape
    if node.op == "eye":
        return f"I_{{{size_latex(rows)}}}", ATOM
    if node.op == "unit":
        return f"e_{{{node.data[0] + 1}}}", ATOM
    if node.op == "commutation":
        return f"K_{{{', '.join(size_latex(size) for size in node.data)}}}", ATOM
    sign = r"\mathbf{1}" if node.op == "ones" else r"\mathbf{0}"
    if cols == 1:
        return f"{sign}_{{{size_latex(rows)}}}", ATOM
    if rows == 1:
        return rf"{sign}_{{{size_latex(cols)}}}^\top", POWER
    return rf"{sign}_{{{size_latex(rows)} \times {size_latex(cols)}}}", ATOM


def _number(value: Fraction) -> Latex:
    if value < 0:
        return f"-{_number(-value)[0]}", UNARY
    if value.denominator == 1:
        return str(value.numerator), ATOM
    if value.denominator > 12 and Fraction(repr(float(value))) == value and "e" not in repr(float(value)):
        return repr(float(value)), ATOM
    return rf"\tfrac{{{value.numerator}}}{{{value.denominator}}}", ATOM


def _sum(node: Node) -> Latex:
    out = ""
    for part in node.args:
        written = held(part, PRODUCT)
        if not out:
            out = written
        else:
            out += f" - {written[1:].lstrip()}" if written.startswith("-") else f" + {written}"
    return out, SUM


def _product(node: Node) -> Latex:
    coefficient, above, below = fraction_parts(node)
    sign, coefficient = ("-", -coefficient) if coefficient < 0 else ("", coefficient)
    scalars = [part for part in above if part.shape == SCALAR]
    matrices = [part for part in above if part.shape != SCALAR]
    under = [part for part in below if part.shape == SCALAR]
    divisors = [part for part in below if part.shape != SCALAR]
    front = _front(coefficient, scalars, under, alone=not (matrices or divisors))
    if divisors:
        over = r" \circ ".join(latex(part) if len(matrices) == 1 else held(part, POWER) for part in matrices)
        beneath = r" \circ ".join(latex(part) if len(divisors) == 1 else held(part, POWER) for part in divisors)
        if not over and coefficient.denominator != 1:
            beneath = rf"{coefficient.denominator} {held(divisors[0], POWER) if len(divisors) == 1 else beneath}"
            front = _front(Fraction(coefficient.numerator), scalars, under, alone=True)
        top = over or front or "1"
        front = front if over else ""
        body = rf"\frac{{{top}}}{{{beneath}}}"
    elif len(matrices) == 1:
        body = held(matrices[0], PRODUCT)
    else:
        body = r" \circ ".join(held(part, POWER) for part in matrices)
    thin = (" " if front.isdigit() else r"\, ") if front and body else ""
    return f"{sign}{front}{thin}{body}", PRODUCT


def _front(coefficient: Fraction, scalars: list[Node], under: list[Node], *, alone: bool) -> str:
    """The number and the scalars of a product; a fraction, if something stands below the line."""
    several = len(scalars) > 1 or not alone
    top = [held(part, ATOM if part.op == "matmul" and several else UNARY) for part in scalars]
    bottom = [held(part, UNARY) for part in under]
    if coefficient.denominator != 1:
        bottom.insert(0, str(coefficient.denominator))
    if coefficient.numerator != 1:
        top.insert(0, str(coefficient.numerator))
    if bottom:
        single = len(scalars) == 1 and coefficient.numerator == 1
        over = latex(scalars[0]) if single else r"\, ".join(top) or "1"
        beneath = latex(under[0]) if len(bottom) == 1 and under else r"\, ".join(bottom)
        small = not scalars and not under and alone is False
        return rf"\{'t' if small else ''}frac{{{over}}}{{{beneath}}}"
    return r"\, ".join(top)


def _matmul(node: Node) -> Latex:
    return " ".join(held(arg, POWER) for arg in node.args), PRODUCT


def _transpose(node: Node) -> Latex:
    (x,) = node.args
    if x.op == "inv":
        return rf"{_base(x.args[0])}^{{-\top}}", POWER
    return rf"{_base(x)}^\top", POWER


def _base(node: Node) -> str:
    return held(node, ATOM)


def _power(node: Node) -> Latex:
    base, exponent = node.args
    if exponent.value is not None and exponent.value < 0:
        return _product(node)
    if exponent.value == HALF:
        return rf"\sqrt{{{latex(base)}}}", ATOM
    circle = "" if node.scalar else r"\circ "
    value = exponent.value
    if value is not None and value.denominator != 1:
        written = f"{value.numerator}/{value.denominator}"
    else:
        written = latex(exponent)
    return rf"{_base(base)}^{{{circle}{written}}}", POWER


def _entry(node: Node) -> Latex:
    row, col = node.data
    base = _base(node.args[0])
    comma = "," if max(row, col) > 8 else ""
    index = f"{{{row + 1}{comma}{col + 1}}}"
    bare = node.args[0].op == "symbol" and "_" not in base
    return (f"{base}_{index}" if bare or base.endswith(")") else f"({base})_{index}"), ATOM


def _inverse(node: Node) -> Latex:
    return f"{_base(node.args[0])}^{{-1}}", POWER


def _matpow(node: Node) -> Latex:
    return f"{_base(node.args[0])}^{{{node.data[0]}}}", POWER


def _kronecker(node: Node) -> Latex:
    return r" \otimes ".join(held(arg, POWER) for arg in node.args), SUM


_SPECIAL: Mapping[str, Callable[[Node], Latex]] = {
    **dict.fromkeys(("symbol", "number", "dimension", "ones", "zeros", "eye", "unit", "commutation"), _leaf),
    "add": _sum,
    "mul": _product,
    "matmul": _matmul,
    "transpose": _transpose,
    "pow": _power,
    "entry": _entry,
    "inv": _inverse,
    "matpow": _matpow,
    "kron": _kronecker,
}
