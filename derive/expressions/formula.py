"""Expressions in LaTeX, in the part of it that KaTeX, MathJax and LaTeX share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import reduce

from derive.expressions.expression import Node
from derive.expressions.sizes import SCALAR, Size
from derive.expressions.text import ATOM, HALF, POWER, PRODUCT, SUM, UNARY, fraction_parts
from derive.operation import named

GREEK = frozenset(("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda"))
GREEK |= frozenset(("mu", "nu", "xi", "rho", "sigma", "tau", "phi", "chi", "psi", "omega"))

Latex = tuple[str, int]


def latex(node: Node) -> str:
    r"""The LaTeX of an expression.

    >>> from derive.expressions.language import parse
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
    r"""A number of rows or columns.

    >>> size_latex("2*k*n"), size_latex("n*n")
    ('2 k n', 'n^{2}')
    """
    powers = Counter(str(size).split("*"))
    written = ((part if part.isdigit() else name_latex(part), by) for part, by in powers.items())
    return " ".join(f"{part}^{{{by}}}" if by > 1 else part for part, by in written)


def _latex(node: Node) -> Latex:
    special = _SPECIAL.get(node.op)
    if special is not None:
        return special(node)
    operation = named(node.op)
    sign = operation.sign
    if "{X}" in sign:
        before, _, after = sign.partition("{X}")
        # Bars hold their content together; a name before it does not.  A sign that ends in an exponent takes no
        # second one, and one that begins with a name would lend the exponent to what follows the name.
        barred = before.strip() in (r"\lvert", r"\lVert")
        inner = latex(node.args[0]) if barred else held(node.args[0], ATOM)
        return f"{before}{inner}{after}", ATOM if barred and "^" not in after else POWER
    return f"{sign}{_bracketed([*map(latex, node.args), *map(size_latex, node.data or ())])}", ATOM


def _bracketed(texts: list[str]) -> str:
    """In round brackets, as tall as what they hold."""
    inner = ", ".join(texts)
    return rf"\left({inner}\right)" if r"\frac" in inner else f"({inner})"


def held(node: Node, level: int) -> str:
    """The LaTeX of a node, in brackets unless it holds together as strongly as ``level``."""
    written, strength = _latex(node)
    return written if strength >= level else _bracketed([written])


def _leaf(node: Node) -> Latex:
    if node.op == "symbol":
        return name_latex(node.name), POWER if node.name.startswith("∂") else ATOM
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
    if _decimal(value):
        return repr(float(value)), ATOM
    return rf"\tfrac{{{value.numerator}}}{{{value.denominator}}}", POWER


def _decimal(value: Fraction) -> bool:
    """Whether a number is easier to read as a decimal than as a fraction."""
    short = repr(float(value))
    return value.denominator > 12 and "e" not in short and Fraction(short) == value


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
        body = held(matrices[0], POWER if matrices[0].op == "kron" and front else PRODUCT)
    else:
        body = r" \circ ".join(held(part, POWER) for part in matrices)
    return sign + (_joined(front, body, r"\, ") if front and body else front or body), PRODUCT


def _front(coefficient: Fraction, scalars: list[Node], under: list[Node], *, alone: bool) -> str:
    """The number and the scalars of a product; a fraction, if something stands below the line."""
    # A derivative is a fraction itself, and stands beside another one.
    beside = [part for part in scalars if part.op == "symbol" and part.name.startswith("∂")]
    if beside and (under or (coefficient.denominator != 1 and not _decimal(coefficient))):
        rest = [part for part in scalars if part not in beside]
        return _beside([_front(coefficient, rest, under, alone=bool(rest or under)), *map(latex, beside)])
    bottom = _ending_bare(under)
    whole = alone or bottom or (coefficient.denominator != 1 and scalars and not _decimal(coefficient))
    top = _ending_bare(scalars) if whole else [held(part, UNARY) for part in scalars]
    above, below = _number(Fraction(coefficient.numerator))[0], coefficient.denominator
    if _decimal(coefficient):
        above, below = _number(coefficient)[0], 1
    if below != 1:
        bottom.insert(0, str(below))
    if above != "1":
        top.insert(0, above)
    if bottom:
        single = len(scalars) == 1 and above == "1"
        over = latex(scalars[0]) if single else _beside(top) or "1"
        beneath = latex(under[0]) if len(bottom) == 1 and under else _beside(bottom)
        small = not scalars and not under and alone is False
        return rf"\{'t' if small else ''}frac{{{over}}}{{{beneath}}}"
    return _beside(top)


def _beside(factors: list[str]) -> str:
    """Factors side by side, set apart by what tells them from something else."""
    out = ""
    for factor in factors:
        out = _joined(out, factor, r"\, ") if out else factor
    return out


def _joined(left: str, right: str, space: str) -> str:
    """A digit keeps away from the factor before it, and a bracket from σ, which is a function too."""
    if right[0].isdigit() or (left.endswith(r"\sigma") and right.startswith(("(", r"\left("))):
        return rf"{left} \cdot {right}"
    return left + (" " if left.replace(".", "").isdigit() else space) + right


def _ending_bare(factors: list[Node]) -> list[str]:
    """Numbers in a product; a single inner product stands at its end, and needs no brackets there."""
    inner = [part for part in factors if part.op == "matmul"]
    bare = inner[0] if len(inner) == 1 else None
    written = [held(part, POWER if part.op == "matmul" else UNARY) for part in factors if part is not bare]
    return [*written, latex(bare)] if bare else written


def _matmul(node: Node) -> Latex:
    first, *rest = (held(arg, POWER) for arg in node.args)
    return reduce(lambda left, right: _joined(left, right, " "), rest, first), PRODUCT


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
    return r" \otimes ".join(held(arg, PRODUCT if arg.op == "kron" else POWER) for arg in node.args), PRODUCT


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
