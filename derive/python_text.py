"""Formulas in entries as Python: for NumPy arrays, or for sympy's matrices."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sympy import Add, Mul, Pow, Rational, S, Sum, Symbol
from sympy.core.basic import Basic

from derive.errors import DeriveError
from derive.functions import Elementary
from derive.glyphs import join_signed
from derive.matrix_notation import divides
from derive.minors import Determinant
from derive.operation import registered
from derive.order import ReadingOrder
from derive.terms import Call, Delta, MatrixElement, MatrixSymbol, Partial, Terms

TOTAL, PRODUCT, POWER, ATOM = range(4)
"""How tightly a text is held together."""

IN_SYMPY = {"abs": "Abs", "step": "Heaviside"}
"""What sympy calls otherwise."""

Text = tuple[str, int]


class Unwritable(DeriveError):
    """A part of a formula has no Python text."""


class PythonPrinter:
    """Formulas in the entries of matrices, which are ``X[i, j]``; ∂L/∂y_ij is ``dY[i, j]``.

    Factors and terms stand in the reading order, as on the page.  Indices count from 0, as Python's do.

    >>> from sympy import Symbol
    >>> m = Symbol("m", integer=True, positive=True)
    >>> X, i = MatrixSymbol("X", m, 2), Symbol("i")
    >>> PythonPrinter("np").text(Sum(X[i, 0] * X[i, 1] / 2, (i, 0, m - 1)))
    'sum(X[i, 0] * X[i, 1] / 2 for i in range(m))'
    """

    def __init__(self, library: str, order: ReadingOrder | None = None) -> None:
        self.library, self.order = library, order or ReadingOrder([])

    def text(self, expr: Basic) -> str:
        """The source of an expression.

        Raises:
            Unwritable: there is none for a part of it.
        """
        return self._text(expr)[0]

    def held(self, expr: Basic, level: int) -> str:
        """As a part of something that holds its parts together at that level."""
        text, own = self._text(expr)
        return text if own >= level else f"({text})"

    def _text(self, expr: Basic) -> Text:
        for kind, method in _KINDS:
            if isinstance(expr, kind):
                return method(self, expr)
        raise Unwritable(f"there is no Python for {type(expr).__name__}.")

    def _symbol(self, expr: Symbol) -> Text:
        return expr.name, ATOM

    def _number(self, expr: Rational) -> Text:
        if expr.is_Integer:
            return str(expr), ATOM if expr >= 0 else PRODUCT
        if self.library == "sp":
            return f"sp.Rational({expr.p}, {expr.q})", ATOM
        return f"{expr.p} / {expr.q}", PRODUCT

    def _entry(self, expr: MatrixElement) -> Text:
        matrix, row, col = expr.args
        return f"{self._matrix(matrix)}[{self.text(row)}, {self.text(col)}]", ATOM

    def _matrix(self, matrix: Basic) -> str:
        if isinstance(matrix, MatrixSymbol):
            return str(matrix.name)
        if isinstance(matrix, Call) and len(matrix.operands) == 1 and isinstance(matrix.operands[0], MatrixSymbol):
            return self._applied(matrix.name, matrix.operands[0].name)
        raise Unwritable(f"there is no Python for entries of {matrix}.")

    def _applied(self, name: str, argument: str) -> str:
        """An operation on one matrix: a method in sympy."""
        if self.library == "sp":
            return f"{argument}.{name}()"
        operation = registered()[name]
        return operation.numpy.replace(f"{{{operation.signature.inputs[0].name}}}", argument)

    def _determinant(self, expr: Determinant) -> Text:
        if not isinstance(expr.arg, MatrixSymbol):
            raise Unwritable(f"there is no Python for the determinant of {expr.arg}.")
        return f"{expr.arg.name}.det()" if self.library == "sp" else f"np.linalg.det({expr.arg.name})", ATOM

    def _partial(self, expr: Partial) -> Text:
        if not (isinstance(expr.of, Symbol) and isinstance(expr.wrt.args[0], MatrixSymbol)):
            raise Unwritable(f"there is no Python for {expr}.")
        return f"d{self._entry(expr.wrt)[0]}", ATOM

    def _delta(self, expr: Delta) -> Text:
        row, col = (self.text(index) for index in expr.args)
        return f"int({row} == {col})", ATOM

    def _sum(self, expr: Sum) -> Text:
        loops = [f"for {i} in range({self.text(high + 1)})" for i, _, high in reversed(expr.limits)]
        return f"sum({' '.join([self.text(expr.function), *loops])})", ATOM

    def _add(self, expr: Add) -> Text:
        return self._joined(self.order.terms(expr))

    def _terms(self, expr: Terms) -> Text:
        return self._joined(expr.args)

    def _joined(self, terms: Sequence[Basic]) -> Text:
        return join_signed([self.held(term, PRODUCT) for term in terms]), TOTAL

    def _mul(self, expr: Mul) -> Text:
        number, rest = expr.as_coeff_Mul()
        parts = [] if rest == 1 else self.order.factors(rest)
        above = [self.held(part, POWER) for part in parts if not divides(part)]
        below = [self.held(part.base**-part.exp, POWER) for part in parts if divides(part)]
        if abs(number.p) != 1:
            above.insert(0, str(abs(number.p)))
        if number.q != 1:
            below.append(str(number.q))
        under = [f"({' * '.join(below)})" if len(below) > 1 else below[0]] if below else []
        return ("-" if number < 0 else "") + " / ".join([" * ".join(above) or "1", *under]), PRODUCT

    def _pow(self, expr: Pow) -> Text:
        if expr.exp == S.Half:
            return f"{self.library}.sqrt({self.text(expr.base)})", ATOM
        if divides(expr):
            return f"1 / {self.held(expr.base**-expr.exp, POWER)}", PRODUCT
        return f"{self.held(expr.base, ATOM)}**{self.held(expr.exp, ATOM)}", POWER

    def _elementary(self, expr: Elementary) -> Text:
        name, argument = type(expr).__name__, self.text(expr.args[0])
        if self.library == "sp":
            return f"sp.{IN_SYMPY.get(name, name)}({argument})", ATOM
        return self._applied(name, argument), ATOM


_KINDS: tuple[tuple[type, Callable[..., Text]], ...] = (
    (MatrixElement, PythonPrinter._entry),
    (Symbol, PythonPrinter._symbol),
    (Rational, PythonPrinter._number),
    (Terms, PythonPrinter._terms),
    (Add, PythonPrinter._add),
    (Mul, PythonPrinter._mul),
    (Pow, PythonPrinter._pow),
    (Sum, PythonPrinter._sum),
    (Delta, PythonPrinter._delta),
    (Partial, PythonPrinter._partial),
    (Determinant, PythonPrinter._determinant),
    (Elementary, PythonPrinter._elementary),
)
