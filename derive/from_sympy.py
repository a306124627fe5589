"""Sympy expressions of matrix symbols, read as expressions of the language.

What sympy can write and the language cannot is refused by the name of its class; nothing is taken
for a constant because it is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import reduce
from typing import Any, NoReturn

import sympy
from sympy import Basic
from sympy.matrices import expressions as matrices
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction
from sympy.matrices.expressions.matexpr import MatrixElement

import derive.ops  # noqa: F401 - registers the operations
from derive import expression as tree
from derive.declarations import STRUCTURES, declaration, declarations
from derive.errors import DeriveError
from derive.expression import Node, call
from derive.language import LARGEST_POWER
from derive.sizes import SCALAR, Shape, Size, times


def from_sympy(expression: Any, shapes: Mapping[str, str] | None = None) -> Node:
    """The expression of the language that a sympy expression of matrix symbols stands for.

    A symbol that is the size of a matrix is a dimension, any other a scalar.  ``shapes`` may tell
    what sympy does not: ``{"S": "spd"}`` or ``{"S": "n,n spd"}``.

    Raises:
        DeriveError: a part of it has no counterpart in the language; the message names its class.

    >>> from sympy import MatrixSymbol, Trace, symbols
    >>> m, n = symbols("m n")
    >>> A, X = MatrixSymbol("A", n, m), MatrixSymbol("X", m, n)
    >>> from_sympy(Trace(A * X) / n + Trace(X.T * X))
    tr(X.T @ X) + tr(A @ X) / n
    """
    if not isinstance(expression, Basic):
        kind = type(expression).__name__
        raise DeriveError(f"an expression is a text, or a sympy expression of matrix symbols; not {kind}.")
    reader = _Reader(expression, shapes or {})
    try:
        return reader.read(expression)
    except RecursionError:
        raise DeriveError("the expression is nested too deeply.") from None


class _Reader:
    """One expression on its way from sympy to the language."""

    def __init__(self, expression: Basic, shapes: Mapping[str, str]) -> None:
        self.shapes = shapes
        self.named: dict[str, Basic] = {}
        self.known: dict[Basic, Node | None] = {}
        """What has been read, and what bound symbols stand for: ``None``, where they cannot stand alone."""
        matrix = (part for part in sympy.preorder_traversal(expression) if isinstance(part, sympy.MatrixExpr))
        self.dimensions = {letter for part in matrix for side in part.shape for letter in sympy.sympify(side).free_symbols}

    def read(self, part: Basic) -> Node:
        if part not in self.known:
            self.known[part] = self.one(part)
        found = self.known[part]
        if found is None:
            raise DeriveError(f"the index {part} of a sum stands for itself, and not for an entry.")
        return found

    def one(self, part: Basic) -> Node:
        reader = _READERS.get(type(part))
        if reader is not None:
            return reader(self, part)
        if isinstance(part, (sympy.Rational, sympy.Float)):
            return tree.number(_exact(part))
        self.refuse(part)

    def refuse(self, part: Basic, why: str = "") -> NoReturn:
        kind, shown = type(part).__name__, str(part)
        why = why or _HINTS.get(kind, "it has no counterpart in the language")
        raise DeriveError(f"sympy's {kind} is not read here: {why}, in {shown if len(shown) < 60 else shown[:59] + '…'}.")

    def all(self, parts: tuple[Basic, ...]) -> tuple[Node, ...]:
        return tuple(self.read(part) for part in parts)

    def numbers(self, part: Basic) -> tuple[Node, ...]:
        """The arguments of what takes numbers; a matrix among them would not be meant entry by entry."""
        args = self.all(part.args)
        for arg, node in zip(part.args, args, strict=True):
            if getattr(arg, "is_Matrix", False) and not node.scalar:
                self.refuse(part, f"{arg} is a matrix; entry by entry it is written with applyfunc")
        return args

    def within(self, body: Basic, bound: Mapping[Basic, Node | None]) -> Node:
        """What a body stands for where some of its symbols stand for something else."""
        outside, self.known = self.known, dict(bound)
        try:
            return self.read(body)
        finally:
            self.known = outside

    def name(self, part: Basic) -> str:
        """The name of a symbol; two symbols of one name cannot be told apart in a text."""
        name = str(part.name)
        if self.named.setdefault(name, part) != part:
            raise DeriveError(f"two different symbols of sympy have the name {name}; give one of them another.")
        declarations({name: ""})
        return name

    def size(self, part: Basic) -> Size:
        if isinstance(part, sympy.Integer) and part > 0:
            return int(part)
        if isinstance(part, (sympy.Symbol, sympy.Dummy)):
            return self.name(part)
        if isinstance(part, sympy.Mul):
            return times(*(self.size(factor) for factor in part.args))
        if isinstance(part, sympy.Pow) and isinstance(part.exp, sympy.Integer) and part.exp > 0:
            return times(*[self.size(part.base)] * int(part.exp))
        raise DeriveError(f"a size is a name, a positive number or a product of them; not {part}.")

    def shape(self, part: Basic) -> Shape:
        return self.size(part.shape[0]), self.size(part.shape[1])

    def symbol(self, part: Basic) -> Node:
        if part in self.dimensions:
            name = self.name(part)
            if name in self.shapes:
                raise DeriveError(f"'{name}' is declared as a symbol and used as a size; give one another name.")
            return tree.dimension(name)
        return self.declared(part, SCALAR)

    def matrix_symbol(self, part: Basic) -> Node:
        return self.declared(part, self.shape(part))

    def declared(self, part: Basic, shape: Shape) -> Node:
        """A symbol with the structure that ``shapes`` tells."""
        name = self.name(part)
        text = self.shapes.get(name)
        if isinstance(text, str) and text.strip() in STRUCTURES:
            text = f"{shape[0]},{shape[1]} {text}"
        told = declaration(name, text) if text is not None else None
        if told is not None and told.shape != shape:
            raise DeriveError(f"{name} is {_shown(shape)} in sympy, and declared as {_shown(told.shape)}.")
        return tree.symbol(name, shape, told.structure if told is not None else "")

    def product(self, part: Basic) -> Node:
        """A matrix product; sympy keeps numbers among its factors."""
        numbers = self.all(tuple(arg for arg in part.args if not arg.is_Matrix))
        factors = self.all(tuple(arg for arg in part.args if arg.is_Matrix))
        return tree.mul(*numbers, tree.matmul(*factors))

    def powered(self, part: Basic) -> Node:
        return self.to_the_power(part, *self.numbers(part))

    def entries_powered(self, part: Basic) -> Node:
        return self.to_the_power(part, *self.all(part.args))

    def to_the_power(self, part: Basic, base: Node, exponent: Node) -> Node:
        """Entry by entry: an exponent is a number, or the base is one."""
        if all(each.op in ("number", "dimension", "add", "mul", "pow") for each in exponent.walk()):
            return tree.power(base, exponent)
        if base.value is not None and base.value > 0:
            return call("exp", tree.mul(exponent, call("log", base)))
        self.refuse(part, "an exponent is a number; for a variable one write exp(p*log(x))")

    def matrix_power(self, part: Basic) -> Node:
        base = self.read(part.base)
        if base.scalar:
            return self.to_the_power(part, base, self.read(part.exp))
        if not isinstance(part.exp, sympy.Integer) or abs(part.exp) > LARGEST_POWER:
            self.refuse(part, f"the power of a matrix is a whole number between -{LARGEST_POWER} and {LARGEST_POWER}")
        exponent = int(part.exp)
        if exponent == 0:
            return tree.eye(base.shape[0])
        if exponent == -1:
            return call("inv", base)
        return base if exponent == 1 else call("matpow", base, data=(exponent,))

    def inverse(self, part: Basic) -> Node:
        x = self.read(part.arg)
        return tree.power(x, tree.number(-1)) if x.scalar else call("inv", x)

    def entry(self, part: Basic) -> Node:
        x, index = self.read(part.parent), part.indices
        if not all(isinstance(each, sympy.Integer) and each >= 0 for each in index):
            self.refuse(part, "an index is a whole number, counted from 0")
        return x if x.scalar else call("entry", x, data=tuple(int(each) for each in index))

    def applied(self, part: Basic) -> Node:
        """A function of one number, entry by entry."""
        x, argument = self.read(part.expr), sympy.Dummy()
        return self.spread(self.within(part.function(argument), {argument: x}), x.shape)

    def spread(self, node: Node, shape: Shape) -> Node:
        return tree.mul(node, tree.ones(*shape)) if node.scalar and shape != SCALAR else node

    def diagonal_of(self, part: Basic) -> Node:
        x = self.read(part.arg)
        return x if x.scalar else call("diagvec", x)

    def diagonal_from(self, part: Basic) -> Node:
        x = self.read(part.args[0])
        return x if x.scalar else call("diag", x if x.shape[1] == 1 else tree.transpose(x))

    def diagonal_part(self, part: Basic) -> Node:
        x = self.read(part.arg)
        if x.shape[0] != x.shape[1]:
            self.refuse(part, f"{part.arg} is not square")
        return tree.mul(x, tree.eye(x.shape[0]))

    def dot(self, part: Basic) -> Node:
        x, y = (arg if arg.shape[1] == 1 else tree.transpose(arg) for arg in self.all(part.args))
        return tree.matmul(tree.transpose(x), y)

    def kronecker(self, part: Basic) -> Node:
        return reduce(
            lambda x, y: tree.mul(x, y) if x.scalar or y.scalar else call("kron", x, y), self.all(part.args)
        )

    def largest(self, part: Basic) -> Node:
        rest = [arg for arg in part.args if arg != 0]
        if len(rest) != 1 or len(part.args) != 2:
            self.refuse(part, "a largest is read with 0 alone, Max(x, 0)")
        return call("relu", next(node for arg, node in zip(part.args, self.numbers(part), strict=True) if arg != 0))

    def number_function(self, part: Basic) -> Node:
        return call(_FUNCTIONS[type(part)], self.numbers(part)[0])

    def scalar_call(self, part: Basic) -> Node:
        """The trace or determinant of a matrix; of a number it is the number."""
        x = self.read(part.arg)
        return x if x.scalar else call({sympy.Trace: "tr", sympy.Determinant: "det"}[type(part)], x)

    def total(self, part: Basic) -> Node:
        """A sum over all entries: what stands under it is read entry by entry."""
        if len(part.limits) > 2:
            self.refuse(part, "a sum has one index or two")
        ranges = {limit[0]: self.counted(part, limit) for limit in part.limits}
        rows, cols = [*ranges, None][:2]
        shape: Shape = (ranges[rows], ranges[cols] if cols is not None else 1)
        bound: dict[Basic, Node | None] = dict.fromkeys(ranges)
        for element in part.function.atoms(MatrixElement):
            if element.indices and element.has(*ranges):
                bound[element] = self.element(part, element, rows, cols, shape)
        return call("sum", self.spread(self.within(part.function, bound), shape))

    def counted(self, part: Basic, limit: Any) -> Size:
        """How many values an index takes."""
        if len(limit) != 3 or limit[1] != 0:
            self.refuse(part, "an index counts from 0")
        return self.size(limit[2] + 1)

    def element(self, part: Basic, element: Basic, rows: Any, cols: Any, shape: Shape) -> Node:
        """The matrix whose entry (row, col) is an element under a sum."""
        x = self.read(element.parent)
        down, across = tree.ones(shape[0], 1), tree.ones(1, shape[1])
        turns: dict[Any, Callable[[], Node]] = {
            (rows, cols): lambda: x,
            (cols, rows): lambda: tree.transpose(x),
            (rows, 0): lambda: tree.matmul(x, across),
            (cols, 0): lambda: tree.matmul(down, tree.transpose(x)),
            (0, cols): lambda: tree.matmul(down, x),
            (0, rows): lambda: tree.matmul(tree.transpose(x), across),
            (rows, rows): lambda: tree.matmul(call("diagvec", x), across),
        }
        indices = tuple(0 if index == 0 else index for index in element.indices)
        made = turns[indices]() if indices in turns else None
        if made is None or made.shape != shape:
            self.refuse(part, f"{element} does not run over all entries of {element.parent}")
        return made


def _exact(value: Any) -> Fraction:
    """A number as it was written: 0.1 is a tenth."""
    if isinstance(value, sympy.Rational):
        return Fraction(int(value.p), int(value.q))
    return Fraction(repr(float(value)) if value._prec <= 53 else str(value))


def _shown(shape: Shape) -> str:
    return "a scalar" if shape == SCALAR else f"({shape[0]}, {shape[1]})"


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
    sympy.Symbol: _Reader.symbol,
    sympy.Dummy: _Reader.symbol,
    sympy.MatrixSymbol: _Reader.matrix_symbol,
    type(sympy.E): lambda reader, part: call("exp", tree.number(1)),
    sympy.Add: lambda reader, part: tree.add(*reader.numbers(part)),
    sympy.Mul: lambda reader, part: tree.mul(*reader.numbers(part)),
    sympy.Pow: _Reader.powered,
    sympy.Max: _Reader.largest,
    sympy.Sum: _Reader.total,
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
