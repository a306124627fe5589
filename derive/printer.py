"""What the printers share: the order, the signs, the brackets and the dots of a written formula.

A printer turns expressions into text; LaTeX and Unicode differ only in the glyphs, which the
subclasses supply.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sympy import (
    Add,
    HadamardProduct,
    ImmutableDenseMatrix,
    MatAdd,
    MatMul,
    Mul,
    OneMatrix,
    Pow,
    Rational,
    Sum,
    Symbol,
    Transpose,
)
from sympy.core.basic import Basic

from derive.glyphs import Glyphs
from derive.measure import shown
from derive.order import ReadingOrder
from derive.terms import Delta, Gradient, Labelled, MatrixElement, MatrixSymbol, Partial, Terms


@dataclass(frozen=True)
class Notation:
    """How one document writes: which names are row or column vectors, commas between indices, dots or not."""

    rows: frozenset[str] = frozenset()
    columns: frozenset[str] = frozenset()
    comma: bool = False
    full: bool = False


class Unprintable(Exception):
    """The printer meets an expression that it has no notation for."""


class Printer(Glyphs):
    """Expressions to text.

    ``order`` is the reading order of the formula at hand, and ``most`` the number of terms from
    which on a written-out sum in it is shortened; ``tight`` saves room in the cells of a matrix.
    """

    def __init__(self, notation: Notation) -> None:
        self.notation = notation
        self.order = ReadingOrder([])
        self.most: int | None = None
        self.tight = False

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
        keep = [*others[:2], *others[-1:]] if len(others) < len(terms) else []
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
            kept = {matrix.name in self.notation.rows: [col], matrix.name in self.notation.columns: [row]}
            return self.entry(matrix.name, self._indices(kept.get(True, [row, col])))
        indices = [col] if matrix.rows == 1 else [row] if matrix.cols == 1 else [row, col]
        return self.subscript(self.brackets(self.text(matrix)), self._indices(indices))

    def _indices(self, indices: Sequence[Basic]) -> str:
        texts = [str(int(index) + 1) if index.is_Integer else self.text(index) for index in indices]
        numbers = any(index.is_Integer for index in indices)
        return ("," if numbers and self.notation.comma else "").join(texts)

    def _terms(self, expr: Terms) -> str:
        return self.sum_of(expr.args, self.most)

    def _add(self, expr: Add) -> str:
        return self.sum_of(self.order.terms(expr))

    def _mul(self, expr: Mul) -> str:
        number, rest = expr.as_coeff_Mul()
        if rest == 1:
            return self._number(number)
        parts = self.order.factors(rest)
        texts = [self._factor(part, last=k == len(parts) - 1) for k, part in enumerate(parts)]
        sign = "-" if number < 0 else ""
        return sign + self.product(([] if abs(number) == 1 else [self._number(abs(number))]) + texts)

    def _factor(self, part: Basic, last: bool) -> str:
        text = self.text(part)
        return self.brackets(text) if isinstance(part, (Add, Terms)) or (isinstance(part, Sum) and not last) else text

    def _pow(self, expr: Pow) -> str:
        base = self.text(expr.base)
        return self.power(base if isinstance(expr.base, Symbol) else self.brackets(base), self.text(expr.exp))

    def _sum(self, expr: Sum) -> str:
        body = self.text(expr.function)
        if isinstance(expr.function, (Add, Terms)):
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
        return f"{self.derivative('', below)} {body if isinstance(expr.of, Sum) else self.brackets(body)}"

    def _gradient(self, expr: Gradient) -> str:
        return self.derivative(self.text(expr.loss), self.text(expr.wrt))

    def _matrix_symbol(self, expr: MatrixSymbol) -> str:
        return self.letter(expr.name)

    def _transpose(self, expr: Transpose) -> str:
        text = self.text(expr.arg)
        return self.transposed(text if isinstance(expr.arg, MatrixSymbol) else self.brackets(text))

    def _ones(self, expr: OneMatrix) -> str:
        if expr.cols == 1:
            return self.ones(self.text(expr.rows))
        if expr.rows == 1:
            return self.transposed(self.ones(self.text(expr.cols)))
        return self.ones(self.shape((expr.rows, expr.cols)))

    def _matrix_product(self, expr: MatMul) -> str:
        number, matrices = expr.as_coeff_matrices()
        texts = [] if abs(number) == 1 else [self.text(abs(number))]
        return self.signed(number < 0, self.matrix_product(texts + [self._matrix_factor(part) for part in matrices]))

    def _matrix_factor(self, part: Basic) -> str:
        text = self.text(part)
        return self.brackets(text) if isinstance(part, (MatAdd, HadamardProduct)) else text

    def _hadamard(self, expr: HadamardProduct) -> str:
        texts = [self.brackets(self.text(p)) if isinstance(p, (MatAdd, MatMul)) else self.text(p) for p in expr.args]
        return self.entrywise(texts)

    def _matrix_sum(self, expr: MatAdd) -> str:
        return self.plus([self.text(part) for part in expr.args])

    def _grid(self, expr: ImmutableDenseMatrix) -> str:
        for most in self.lengths:
            cells = self._cells(expr, most)
            if self.notation.full or self.fits(cells):
                break
        return self.grid(cells)

    def _cells(self, expr: ImmutableDenseMatrix, most: int) -> list[list[str]]:
        """The entries of a written-out matrix, sums of more than ``most`` terms shortened."""
        self.tight = True
        cells = [
            [self.sum_of(e.args, most) if isinstance(e, Terms) else self.text(e) for e in expr[i, :]]
            for i in range(expr.rows)
        ]
        self.tight = False
        return cells

    def _labelled(self, expr: Labelled) -> str:
        return self.labelled(self.text(expr.grid), self.text(expr.label))

    def shape(self, sizes: Sequence[Basic]) -> str:
        return self.times([self.text(size) for size in sizes])


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
    (Add, "_add"),
    (Mul, "_mul"),
    (Pow, "_pow"),
    (Sum, "_sum"),
    (Delta, "_delta"),
    (Partial, "_partial"),
    (Gradient, "_gradient"),
    (Transpose, "_transpose"),
    (OneMatrix, "_ones"),
    (HadamardProduct, "_hadamard"),
    (Labelled, "_labelled"),
    (ImmutableDenseMatrix, "_grid"),
)


def join_signed(texts: Sequence[str]) -> str:
    """Terms with " + " between them, or " - " before a term that begins with a minus.

    >>> join_signed(["a", "-b", "c"])
    'a - b + c'
    """
    joined = texts[0]
    for text in texts[1:]:
        joined += f" - {text[1:]}" if text.startswith("-") else f" + {text}"
    return joined
