"""Expressions of the language as sympy expressions of matrix symbols.

What sympy has no function for is written with what it has: a sum of all entries is 1ᵀ X 1, a
softmax a quotient of exponentials.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from operator import add, mul
from typing import Any

import sympy
from sympy.matrices import expressions as matrices
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction
from sympy.matrices.expressions.matexpr import MatrixElement

from derive.errors import DeriveError
from derive.expressions.expression import Node
from derive.expressions.sizes import Size, factors

Sympy = Any
"""A sympy expression; the library's own annotations say no more."""

ARGUMENT = sympy.Dummy("t")
"""The argument of functions that are applied entry by entry: one for all, so that equal expressions are equal."""


def to_sympy(node: Node) -> Sympy:
    """The sympy expression that says the same as an expression of the language.

    A scalar is a scalar expression of sympy (xᵀA x its trace), anything else a matrix expression;
    the names of dimensions become symbols without assumptions, as ``sympy.symbols`` makes them.

    Raises:
        DeriveError: sympy has no form for a part of it.

    >>> from derive.expressions.language import parse
    >>> to_sympy(parse("2 * A.T @ (A @ x - b)", {"A": "m,n", "x": "n", "b": "m"}))
    2*A.T*(A*x - b)
    >>> to_sympy(parse("vec(X)"))
    Traceback (most recent call last):
    ...
    derive.errors.DeriveError: sympy has no form for vec, in vec(X).
    """
    made: dict[Node, Sympy] = {}
    for part in node.walk():
        if part.op not in _WRITERS:
            raise DeriveError(f"sympy has no form for {part.op}, in {part}.")
        made[part] = _WRITERS[part.op](part, *(made[arg] for arg in part.args))
    return made[node]


def _size(size: Size) -> Sympy:
    number, names = factors(size)
    return sympy.Mul(number, *(sympy.Symbol(name) for name in names))


def _shape(node: Node) -> tuple[Sympy, Sympy]:
    return _size(node.shape[0]), _size(node.shape[1])


def _ones(node: Node) -> Sympy:
    return sympy.OneMatrix(*_shape(node))


def _symbol(node: Node) -> Sympy:
    return sympy.Symbol(node.name) if node.scalar else sympy.MatrixSymbol(node.name, *_shape(node))


def _number(node: Node) -> Sympy:
    return sympy.Rational(node.data.numerator, node.data.denominator)


def _unit(node: Node) -> Sympy:
    row, col = sympy.symbols("i j", cls=sympy.Dummy)
    return matrices.FunctionMatrix(*_shape(node), sympy.Lambda((row, col), sympy.KroneckerDelta(row, node.data[0])))


def _sum(node: Node, *parts: Sympy) -> Sympy:
    """A number that is added to a matrix is added to every entry."""
    if node.scalar:
        return sympy.Add(*parts)
    numbers = [part for part, arg in zip(parts, node.args, strict=True) if arg.scalar]
    terms = [part for part, arg in zip(parts, node.args, strict=True) if not arg.scalar]
    return reduce(add, [*terms, *([sympy.Add(*numbers) * _ones(node)] if numbers else [])])


def _product(node: Node, *parts: Sympy) -> Sympy:
    numbers = sympy.Mul(*(part for part, arg in zip(parts, node.args, strict=True) if arg.scalar))
    factors = [part for part, arg in zip(parts, node.args, strict=True) if not arg.scalar]
    if not factors:
        return numbers
    return numbers * (factors[0] if len(factors) == 1 else sympy.HadamardProduct(*factors))


def _chain(node: Node, *parts: Sympy) -> Sympy:
    return _number_of(reduce(mul, parts)) if node.scalar else reduce(mul, parts)


def _number_of(product: Sympy) -> Sympy:
    """The entry of a matrix of one row and column."""
    return sympy.Trace(product) if product.is_Matrix else product


def _power(node: Node, base: Sympy, exponent: Sympy) -> Sympy:
    return base**exponent if node.scalar else sympy.HadamardPower(base, exponent)


def _entrywise(function: Callable[[Sympy], Sympy]) -> Callable[[Node, Sympy], Sympy]:
    def write(node: Node, x: Sympy) -> Sympy:
        return function(x) if node.scalar else _apply(function, x)

    return write


def _apply(function: Callable[[Sympy], Sympy], x: Sympy) -> Sympy:
    return ElementwiseApplyFunction(sympy.Lambda(ARGUMENT, function(ARGUMENT)), x)


def _rectified(node: Node, x: Sympy) -> Sympy:
    """Of a number without Max, whose constructor takes the products under a trace apart, and fails."""
    return x * sympy.Heaviside(x, 0) if node.scalar else _apply(lambda t: sympy.Max(t, 0), x)


def _rows_added(x: Sympy) -> Sympy:
    """The sum of each row, as a column."""
    return x * sympy.OneMatrix(x.shape[1], 1) if x.shape[1] != 1 else x


def _cols_added(x: Sympy) -> Sympy:
    """The sum of each column, as a row."""
    return sympy.OneMatrix(1, x.shape[0]) * x if x.shape[0] != 1 else x


def _total(x: Sympy) -> Sympy:
    """The sum of all entries."""
    return _number_of(_cols_added(_rows_added(x))) if x.is_Matrix else x


def _squares(x: Sympy) -> Sympy:
    """The sum of the squares of all entries."""
    if not x.is_Matrix:
        return x**2
    return sympy.Trace(x * x.T if x.shape[0] == 1 else x.T * x)


def _softmax(node: Node, x: Sympy) -> Sympy:
    if node.shape[1] == 1:
        return sympy.Integer(1) if node.scalar else _ones(node)
    grown = _apply(sympy.exp, x)
    spread = _rows_added(grown) * sympy.OneMatrix(1, x.shape[1]) if node.shape[0] != 1 else None
    if spread is None:
        return grown / _total(grown)
    return sympy.HadamardProduct(grown, sympy.HadamardPower(spread, -1))


def _scalar_apart(matrix: Callable[[Sympy], Sympy]) -> Callable[[Node, Sympy], Sympy]:
    """What leaves a number as it is."""
    return lambda node, x: matrix(x) if x.is_Matrix else x


_ENTRYWISE: Mapping[str, Callable[[Sympy], Sympy]] = {
    "exp": sympy.exp,
    "log": sympy.log,
    "sin": sympy.sin,
    "cos": sympy.cos,
    "tanh": sympy.tanh,
    "abs": sympy.Abs,
    "sign": sympy.sign,
    "step": lambda t: sympy.Heaviside(t, 0),
    "sigmoid": lambda t: 1 / (1 + sympy.exp(-t)),
    "softplus": lambda t: sympy.log(1 + sympy.exp(t)),
}

_WRITERS: Mapping[str, Callable[..., Sympy]] = {
    "number": _number,
    "dimension": lambda node: _size(node.data),
    "symbol": _symbol,
    "ones": _ones,
    "zeros": lambda node: sympy.ZeroMatrix(*_shape(node)),
    "eye": lambda node: sympy.Identity(_shape(node)[0]),
    "unit": _unit,
    "add": _sum,
    "mul": _product,
    "matmul": _chain,
    "pow": _power,
    "transpose": lambda node, x: x.T,
    **{name: _entrywise(function) for name, function in _ENTRYWISE.items()},
    "relu": _rectified,
    "tr": _scalar_apart(sympy.Trace),
    "det": _scalar_apart(sympy.Determinant),
    "logdet": lambda node, x: sympy.log(sympy.Abs(sympy.Determinant(x) if x.is_Matrix else x)),
    "inv": lambda node, x: sympy.Inverse(x) if x.is_Matrix else 1 / x,
    "matpow": lambda node, x: x ** node.data[0],
    "diag": _scalar_apart(matrices.DiagMatrix),
    "diagvec": _scalar_apart(sympy.DiagonalOf),
    "kron": lambda node, x, y: sympy.KroneckerProduct(x, y) if x.is_Matrix and y.is_Matrix else x * y,
    "entry": lambda node, x: MatrixElement(x, *node.data) if x.is_Matrix else x,
    "sum": lambda node, x: _total(x),
    "sumsq": lambda node, x: _squares(x),
    "norm2": lambda node, x: sympy.sqrt(_squares(x)),
    "norm1": lambda node, x: _total(_apply(sympy.Abs, x)) if x.is_Matrix else sympy.Abs(x),
    "logsumexp": lambda node, x: sympy.log(_total(_apply(sympy.exp, x))) if x.is_Matrix else x,
    "rowsum": _scalar_apart(_rows_added),
    "colsum": _scalar_apart(_cols_added),
    "softmax": _softmax,
}
"""How each operation is written, from its node and its arguments in sympy."""
