"""What the printers share: the order, the signs, the brackets and the dots of a written formula.

A printer turns expressions into text; LaTeX and Unicode differ only in the glyphs, which the
subclasses supply.
"""

from __future__ import annotations

from collections.abc import Sequence

from sympy import (
    Add,
    DiagMatrix,
    HadamardPower,
    HadamardProduct,
    Identity,
    ImmutableDenseMatrix,
    Integer,
    MatAdd,
    MatMul,
    Mul,
    OneMatrix,
    Pow,
    Rational,
    S,
    StrictGreaterThan,
    Sum,
    Symbol,
    Trace,
    Transpose,
    Unequality,
    ZeroMatrix,
)
from sympy.core.basic import Basic
from sympy.matrices.expressions.diagonal import DiagonalOf

from derive.drawn import Ends, Frobenius, Pattern, Slice
from derive.functions import Elementary
from derive.glyphs import join_signed
from derive.matrix_notation import MatrixNotation, divides
from derive.measure import shown
from derive.minors import Cofactors, Commutation, Determinant, Unit
from derive.notation import DEFAULT, MATRICES, Notation, Vectors
from derive.order import ReadingOrder, unlike
from derive.positions import position
from derive.terms import (
    Call,
    Delta,
    Gradient,
    Labelled,
    MatrixElement,
    MatrixSymbol,
    Partial,
    Scalar,
    Terms,
)


class Unprintable(Exception):
    """The printer meets an expression that it has no notation for."""


class Printer(MatrixNotation):
    """Expressions to text.

    ``order`` is the reading order of the formula at hand, and ``most`` the number of terms from
    which on a written-out sum in it is shortened; ``tight`` saves room in the cells of a matrix.
    Where indices are ``wide``, numbers from 10 on occur, which only a comma keeps apart.
    Where a ``scalar`` is calculated, it stands without the brackets of a matrix.
    """

    def __init__(self, notation: Notation = DEFAULT, vectors: Vectors = MATRICES, wide: bool = False) -> None:
        self.notation, self.vectors, self.wide = notation, vectors, wide
        self.order = ReadingOrder([])
        self.most: int | None = None
        self.tight = False
        self.scalar = False
        self._known: dict[tuple[Basic, int, ReadingOrder], list[list[str]]] = {}

    def text(self, expr: Basic) -> str:
        """The expression as it is written.

        Raises:
            Unprintable: there is no notation for a part of it.
        """
        for kind, method in _KINDS:
            if isinstance(expr, kind):
                return str(getattr(self, method)(expr))
        raise Unprintable(f"no notation for {type(expr).__name__}: {expr}")

    def sum_of(self, terms: Sequence[Basic], most: int | None = None) -> str:
        """Terms joined by their signs; beyond ``most`` of them the middle gives way to dots."""
        return join_signed(self.summands(terms, most or len(terms)))

    def summands(self, terms: Sequence[Basic], most: int) -> list[str]:
        """The texts of the terms, dots included; where most are zeros, the others stay in sight."""
        others = [k for k, term in enumerate(terms) if term != 0]
        keep = [*others[:2], *others[-1:]] if len(others) < len(terms) else unlike(terms)
        return [self.dots if k is None else self.text(terms[k]) for k in self.shown(len(terms), most, keep)]

    def shown(self, count: int, most: int, keep: Sequence[int] = ()) -> list[int | None]:
        return shown(count, count if self.notation.full else most, keep)

    def _symbol(self, expr: Symbol) -> str:
        return self.letter(expr.name)

    def _number(self, expr: Rational) -> str:
        return str(expr.p) if expr.q == 1 else self.fraction(str(expr.p), str(expr.q))

    def _entry(self, expr: MatrixElement) -> str:
        matrix, row, col = expr.args
        if isinstance(matrix, MatrixSymbol):
            if matrix.name in self.vectors.scalars:
                return self.letter(matrix.name)
            kept = {matrix.name in self.vectors.rows: [col], matrix.name in self.vectors.columns: [row]}
            return self.entry(matrix.name, self._indices(kept.get(True, [row, col])))
        if matrix.shape == (1, 1):
            return self.text(matrix)
        if isinstance(matrix, Cofactors):
            return self.subscript(self.text(matrix), self._indices([row, col]))
        indices = [col] if matrix.rows == 1 else [row] if matrix.cols == 1 else [row, col]
        return self.subscript(self.brackets(self.text(matrix)), self._indices(indices))

    def _indices(self, indices: Sequence[Basic]) -> str:
        texts = [self._index(index) for index in indices]
        numbered = any((index + 1).is_positive for index in indices)
        apart = self.notation.comma or (self.wide and numbered)
        return (", " if any(map(position, indices)) else "," if apart else "").join(texts)

    def _terms(self, expr: Terms) -> str:
        return self.sum_of(expr.args, self.most)

    def _add(self, expr: Add) -> str:
        return self.sum_of(self.order.terms(expr))

    def _mul(self, expr: Mul) -> str:
        number, rest = expr.as_coeff_Mul()
        if rest == 1:
            return self._number(number)
        parts = self.order.factors(rest)
        below = [part.base**-part.exp for part in parts if divides(part)]
        sign, number = "-" if number < 0 else "", abs(number)
        if not below:
            held = sign and number == 1 and len(parts) == 1
            return sign + (self.factor(parts[0], last=True) if held else self._times(number, parts))
        return sign + self._fraction(number, [part for part in parts if not divides(part)], below)

    def _fraction(self, number: Rational, parts: Sequence[Basic], below: Sequence[Basic]) -> str:
        """A quotient of entries and functions, times what stands better beside it than in it."""
        beside = [part for part in parts if isinstance(part, (Partial, Delta, Sum))]
        above = [part for part in parts if part not in beside]
        below = [*([Integer(number.q)] if number.q != 1 else []), *below]
        over, under = self._times(Integer(number.p), above), self._times(S.One, below)
        quotient = self.quotient(over, under, _added(above), _added(below) or len(below) > 1)
        first = next((k for k, part in enumerate(parts) if part in above), 0)
        texts = [self.factor(part, last=k == len(beside) - 1) for k, part in enumerate(beside)]
        texts.insert(len([part for part in parts[:first] if part in beside]), quotient)
        return self.product(texts)

    def _times(self, number: Rational, parts: Sequence[Basic]) -> str:
        """A number and factors side by side."""
        if len(parts) == 1 and number == 1:
            return self.text(parts[0])
        texts = [self.factor(part, last=k == len(parts) - 1) for k, part in enumerate(parts)]
        return self.product(([] if number == 1 and parts else [self._number(number)]) + texts)

    def factor(self, part: Basic, last: bool) -> str:
        text = self.text(part)
        added = isinstance(part, (Add, Terms)) or (isinstance(part, MatrixElement) and isinstance(part.args[0], MatAdd))
        return self.brackets(text) if added or (isinstance(part, Sum) and not last) else text

    def _pow(self, expr: Pow) -> str:
        if expr.exp == S.Half:
            return self.root(self.text(expr.base))
        if expr.exp.is_negative:
            below = expr.base**-expr.exp
            return self.quotient("1", self.text(below), False, _added([below]))
        base = self.text(expr.base)
        bare = isinstance(expr.base, Symbol) or (isinstance(expr.base, MatrixElement) and "^" not in base)
        return self.power(base if bare else self.brackets(base), self.text(expr.exp))

    def _elementary(self, expr: Elementary) -> str:
        return self.function(type(expr).__name__, self.text(expr.args[0]))

    def _unequal(self, expr: Unequality) -> str:
        return f"{self.text(expr.lhs)} {self.unequal} 0"

    def _greater(self, expr: StrictGreaterThan) -> str:
        return f"{self.text(expr.lhs)} > 0"

    def _sum(self, expr: Sum) -> str:
        body = self.text(expr.function)
        if isinstance(expr.function, (Add, Terms)) or body.startswith("-"):
            body = self.brackets(body)
        signs = [self.summation(self.text(i), self.text(high + 1)) for i, _, high in reversed(expr.limits)]
        return " ".join([*signs, body])

    def _delta(self, expr: Delta) -> str:
        return self.delta(self._indices(expr.args))

    def _partial(self, expr: Partial) -> str:
        below = self.text(expr.wrt)
        if isinstance(expr.of, (Symbol, MatrixElement)):
            return self.derivative(self.text(expr.of), below)
        body = self.text(expr.of)
        bare = isinstance(expr.of, (Sum, Elementary))
        return f"{self.derivative('', below)} {body if bare else self.brackets(body)}"

    def _grid(self, expr: ImmutableDenseMatrix) -> str:
        if self.scalar and expr.shape == (1, 1):
            return self.text(expr[0, 0])
        for most in self.lengths:
            cells = self._cells(expr, most)
            if self.notation.full or self.fits(cells):
                break
        return self.grid(cells)

    def _cells(self, expr: ImmutableDenseMatrix, most: int) -> list[list[str]]:
        """The entries of a written-out matrix, sums of more than ``most`` terms shortened.

        They are kept, since a matrix is written again and again until it fits its line.
        """
        key = expr, most, self.order
        if key not in self._known:
            self.tight, before, self.most = True, self.most, most
            self._known[key] = [
                [self.sum_of(e.args, most) if isinstance(e, Terms) else self.text(e) for e in expr[i, :]]
                for i in range(expr.rows)
            ]
            self.tight, self.most = False, before
        return self._known[key]


# In sympy a MatMul is also a Mul and a MatAdd an Add, but their order is part of what they say:
# they stand first, so that no reading order ever touches them.
_KINDS: tuple[tuple[type, str], ...] = (
    (MatrixSymbol, "_matrix_symbol"),
    (MatrixElement, "_entry"),
    (Symbol, "_symbol"),
    (Rational, "_number"),
    (MatMul, "_matrix_product"),
    (MatAdd, "_matrix_sum"),
    (Terms, "_terms"),
    (Ends, "_ends"),
    (Frobenius, "_frobenius"),
    (Slice, "_slice"),
    (Pattern, "_pattern"),
    (Add, "_add"),
    (Mul, "_mul"),
    (Pow, "_pow"),
    (Sum, "_sum"),
    (Delta, "_delta"),
    (Determinant, "_determinant"),
    (Cofactors, "_cofactors"),
    (Unit, "_unit"),
    (Commutation, "_commutation"),
    (Partial, "_partial"),
    (Gradient, "_gradient"),
    (Transpose, "_transpose"),
    (Elementary, "_elementary"),
    (Unequality, "_unequal"),
    (StrictGreaterThan, "_greater"),
    (Identity, "_identity"),
    (ZeroMatrix, "_zero"),
    (DiagMatrix, "_diagonal_matrix"),
    (DiagonalOf, "_diagonal_of"),
    (HadamardPower, "_hadamard_power"),
    (Trace, "_trace"),
    (Scalar, "_scalar"),
    (Call, "_call"),
    (OneMatrix, "_ones"),
    (HadamardProduct, "_hadamard"),
    (Labelled, "_labelled"),
    (ImmutableDenseMatrix, "_grid"),
)


def _added(parts: Sequence[Basic]) -> bool:
    """Whether what stands on one side of a fraction is a sum."""
    return len(parts) == 1 and isinstance(parts[0], (Add, Terms, Sum))
