"""Sympy expressions of matrix symbols, read as expressions of the language.

What sympy can write and the language cannot is refused by the name of its class; nothing is taken
for a constant because it is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import reduce
from typing import Any

import sympy
from sympy import Basic
from sympy.matrices import expressions as matrices
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction
from sympy.matrices.expressions.matexpr import MatrixElement

import derive.ops  # noqa: F401 - registers the operations
from derive.errors import DeriveError
from derive.expressions import expression as tree
from derive.expressions.calls import call
from derive.expressions.expression import Node
from derive.expressions.language import LARGEST_POWER
from derive.expressions.sizes import SCALAR, Shape
from derive.expressions.sympy_sums import total
from derive.expressions.sympy_symbols import Symbols


def from_sympy(expression: Any, shapes: Mapping[str, str] | None = None) -> Node:
    """The expression of the language that a sympy expression of matrix symbols stands for.

    A symbol that is the size of a matrix is a dimension, any other a scalar.  ``shapes`` may tell
    structures, which sympy does not: ``{"S": "spd"}`` or ``{"S": "n,n spd"}``.

    Raises:
        DeriveError: a part of it has no counterpart in the language; the message names its class.

    >>> from sympy import MatrixSymbol, Trace, symbols
    >>> m, n = symbols("m n")
    >>> A, X = MatrixSymbol("A", n, m), MatrixSymbol("X", m, n)
    >>> from_sympy(Trace(A * X) / n + Trace(X.T * X))
    tr(A @ X) / n + tr(X.T @ X)
    """
    if not isinstance(expression, Basic):
        kind = type(expression).__name__
        raise DeriveError(f"an expression is a text, or a sympy expression of matrix symbols; not {kind}.")
    try:
        return _Reader(Symbols(expression, shapes or {})).read(expression)
    except RecursionError:
        raise DeriveError("the expression is nested too deeply.") from None


class _Reader:
    """One expression on its way from sympy to the language."""

    def __init__(self, symbols: Symbols) -> None:
        self.symbols, self.size, self.shape = symbols, symbols.size, symbols.shape
        self.known: dict[Basic, Node | None] = {}
        """What has been read, and what bound symbols stand for: ``None``, where they cannot stand alone."""

    def read(self, part: Any) -> Node:
        if part not in self.known:
            self.known[part] = self.one(part)
        found = self.known[part]
        if found is None:
            raise DeriveError(f"the index {part} of a sum stands for itself, and not for an entry.")
        return found

    def one(self, part: Any) -> Node:
        reader = _READERS.get(type(part))
        if reader is not None:
            return reader(self, part)
        if isinstance(part, (sympy.Rational, sympy.Float)):
            return tree.number(_exact(part))
        raise self.refusal(part)

    def refusal(self, part: Basic, why: str = "") -> DeriveError:
        kind, shown = type(part).__name__, str(part)
        why = why or _HINTS.get(kind, "it has no counterpart in the language")
        raise DeriveError(
            f"sympy's {kind} is not read here: {why}, in {shown if len(shown) < 60 else shown[:59] + '…'}."
        )

    def all(self, parts: tuple[Basic, ...]) -> tuple[Node, ...]:
        return tuple(self.read(part) for part in parts)

    def numbers(self, part: Basic) -> tuple[Node, ...]:
        """The arguments of what takes numbers; a matrix among them would not be meant entry by entry."""
        args = self.all(part.args)
        for arg, node in zip(part.args, args, strict=True):
            if getattr(arg, "is_Matrix", False) and not node.scalar:
                raise self.refusal(part, f"{arg} is a matrix; entry by entry it is written with applyfunc")
        return args

    def within(self, body: Basic, bound: Mapping[Basic, Node | None], shape: Shape) -> Node:
        """What a body stands for at every entry, where symbols of it stand for matrices.

        It is read with the operations of numbers, which work entry by entry; in those of matrices
        the symbols would not be numbers any more.
        """
        for part in sympy.preorder_traversal(body):
            if isinstance(part, (sympy.MatrixExpr, sympy.Sum)) and part.has(*bound):
                raise self.refusal(part, "it is under a function of entries, and depends on the entry")
        outside, self.known = self.known, dict(bound)
        try:
            made = self.read(body)
        finally:
            self.known = outside
        return tree.mul(made, tree.ones(*shape)) if made.scalar and shape != SCALAR else made

    def product(self, part: Any) -> Node:
        """A matrix product; sympy keeps numbers among its factors."""
        numbers = self.all(tuple(arg for arg in part.args if not arg.is_Matrix))
        factors = self.all(tuple(arg for arg in part.args if arg.is_Matrix))
        return tree.mul(*numbers, tree.matmul(*factors))

    def powered(self, part: Any) -> Node:
        return self.to_the_power(part, *self.numbers(part))

    def entries_powered(self, part: Any) -> Node:
        return self.to_the_power(part, *self.all(part.args))

    def to_the_power(self, part: Basic, base: Node, exponent: Node) -> Node:
        """Entry by entry: an exponent is a number, or the base is one."""
        if all(each.op in ("number", "dimension", "add", "mul", "pow") for each in exponent.walk()):
            return tree.power(base, exponent)
        if base.value is not None and base.value > 0:
            return call("exp", tree.mul(exponent, call("log", base)))
        raise self.refusal(part, "an exponent is a number; for a variable one write exp(p*log(x))")

    def matrix_power(self, part: Any) -> Node:
        base = self.read(part.base)
        if base.scalar:
            return self.to_the_power(part, base, self.read(part.exp))
        if not isinstance(part.exp, sympy.Integer) or abs(part.exp) > LARGEST_POWER:
            raise self.refusal(
                part, f"the power of a matrix is a whole number between -{LARGEST_POWER} and {LARGEST_POWER}"
            )
        exponent = int(part.exp)
        if exponent == 0:
            return tree.eye(base.shape[0])
        if exponent == -1:
            return call("inv", base)
        return base if exponent == 1 else call("matpow", base, data=(exponent,))

    def inverse(self, part: Any) -> Node:
        x = self.read(part.arg)
        return tree.power(x, tree.number(-1)) if x.scalar else call("inv", x)

    def entry(self, part: Any) -> Node:
        x, index = self.read(part.parent), part.indices
        if not all(isinstance(each, sympy.Integer) and each >= 0 for each in index):
            raise self.refusal(part, "an index is a whole number, counted from 0")
        return x if x.scalar else call("entry", x, data=tuple(int(each) for each in index))

    def applied(self, part: Any) -> Node:
        """A function of one number, entry by entry."""
        x, argument = self.read(part.expr), sympy.Dummy()
        return self.within(part.function(argument), {argument: x}, x.shape)

    def diagonal_of(self, part: Any) -> Node:
        x = self.read(part.arg)
        return x if x.scalar else call("diagvec", x)

    def diagonal_from(self, part: Any) -> Node:
        x = self.read(part.args[0])
        return x if x.scalar else call("diag", x if x.shape[1] == 1 else tree.transpose(x))

    def diagonal_part(self, part: Any) -> Node:
        x = self.read(part.arg)
        if x.shape[0] != x.shape[1]:
            raise self.refusal(part, f"{part.arg} is not square")
        return tree.mul(x, tree.eye(x.shape[0]))

    def dot(self, part: Any) -> Node:
        x, y = (arg if arg.shape[1] == 1 else tree.transpose(arg) for arg in self.all(part.args))
        return tree.matmul(tree.transpose(x), y)

    def kronecker(self, part: Any) -> Node:
        return reduce(lambda x, y: tree.mul(x, y) if x.scalar or y.scalar else call("kron", x, y), self.all(part.args))

    def largest(self, part: Any) -> Node:
        rest = [arg for arg in part.args if arg != 0]
        if len(rest) != 1 or len(part.args) != 2:
            raise self.refusal(part, "a largest is read with 0 alone, Max(x, 0)")
        return call("relu", next(node for arg, node in zip(part.args, self.numbers(part), strict=True) if arg != 0))

    def number_function(self, part: Any) -> Node:
        (x, *_) = self.numbers(part)
        if part.func is sympy.log and x.op == "abs" and x.args[0].op == "det":
            return call("logdet", *x.args[0].args)
        return call(_FUNCTIONS[type(part)], x)

    def scalar_call(self, part: Any) -> Node:
        """The trace or determinant of a matrix; of a number it is the number."""
        x = self.read(part.arg)
        return x if x.scalar else call({sympy.Trace: "tr", sympy.Determinant: "det"}[type(part)], x)

    def unit(self, part: Any) -> Node:
        """A matrix given by a function of its indices: the columns of the identity are read."""
        (row, _), body = part.lamda.variables, part.lamda.expr
        rest = [arg for arg in body.args if arg != row]
        if part.shape[1] != 1 or type(body) is not sympy.KroneckerDelta or len(rest) != 1 or not rest[0].is_Integer:
            raise self.refusal(part)
        return tree.unit(self.shape(part)[0], int(rest[0]))


def _exact(value: Any) -> Fraction:
    """A number as it was written: 0.1 is a tenth."""
    if isinstance(value, sympy.Rational):
        return Fraction(int(value.p), int(value.q))
    return Fraction(repr(float(value)) if value._prec <= 53 else str(value))


_FUNCTIONS = {
    sympy.exp: "exp",
    sympy.log: "log",
    sympy.sin: "sin",
    sympy.cos: "cos",
    sympy.tanh: "tanh",
    sympy.Abs: "abs",
    sympy.sign: "sign",
    sympy.Heaviside: "step",
}
"""Functions of one number.  Heaviside's value at 0 alone may differ from that of step."""

_READERS: Mapping[type, Callable[[_Reader, Any], Node]] = {
    **dict.fromkeys(_FUNCTIONS, _Reader.number_function),
    sympy.Symbol: lambda reader, part: reader.symbols.scalar(part),
    sympy.Dummy: lambda reader, part: reader.symbols.scalar(part),
    sympy.MatrixSymbol: lambda reader, part: reader.symbols.matrix(part),
    type(sympy.E): lambda reader, part: call("exp", tree.number(1)),
    sympy.Add: lambda reader, part: tree.add(*reader.numbers(part)),
    sympy.Mul: lambda reader, part: tree.mul(*reader.numbers(part)),
    sympy.Pow: _Reader.powered,
    sympy.Max: _Reader.largest,
    sympy.Sum: total,
    sympy.Identity: lambda reader, part: tree.eye(reader.shape(part)[0]),
    sympy.OneMatrix: lambda reader, part: tree.ones(*reader.shape(part)),
    sympy.ZeroMatrix: lambda reader, part: tree.zeros(*reader.shape(part)),
    sympy.MatAdd: lambda reader, part: tree.add(*reader.all(part.args)),
    sympy.MatMul: _Reader.product,
    sympy.MatPow: _Reader.matrix_power,
    sympy.Inverse: _Reader.inverse,
    sympy.Transpose: lambda reader, part: tree.transpose(reader.read(part.arg)),
    sympy.Trace: _Reader.scalar_call,
    sympy.Determinant: _Reader.scalar_call,
    sympy.HadamardProduct: lambda reader, part: tree.mul(*reader.all(part.args)),
    sympy.HadamardPower: _Reader.entries_powered,
    sympy.DiagonalOf: _Reader.diagonal_of,
    sympy.DiagonalMatrix: _Reader.diagonal_part,
    matrices.DiagMatrix: _Reader.diagonal_from,
    matrices.DotProduct: _Reader.dot,
    sympy.KroneckerProduct: _Reader.kronecker,
    sympy.FunctionMatrix: _Reader.unit,
    MatrixElement: _Reader.entry,
    ElementwiseApplyFunction: _Reader.applied,
}

_HINTS = {
    "Adjoint": "matrices are real here, so write the transpose",
    "BlockMatrix": "write the expression with its blocks",
    "BlockDiagMatrix": "write the expression with its blocks",
    "ImmutableDenseMatrix": "a matrix of numbers is given a name, with MatrixSymbol",
    "Derivative": "derivatives are taken by derive itself, of the expression under it",
    "Piecewise": "conditions are not read; Max(x, 0), Abs and sign are",
}
