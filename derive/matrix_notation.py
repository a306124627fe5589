"""How matrix expressions are written: which signs stand between them, and where brackets do."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

from sympy import (
    DiagMatrix,
    HadamardPower,
    HadamardProduct,
    Identity,
    ImmutableDenseMatrix,
    Integer,
    MatAdd,
    MatMul,
    OneMatrix,
    Pow,
    S,
    Trace,
    Transpose,
    ZeroMatrix,
)
from sympy.core.basic import Basic
from sympy.matrices.expressions.diagonal import DiagonalOf

from derive.drawn import Ends, Frobenius, Pattern, Slice
from derive.glyphs import Glyphs, join_signed
from derive.measure import MOST_TERMS
from derive.minors import Cofactors, Commutation, Determinant, Unit
from derive.positions import position
from derive.terms import Call, Gradient, Labelled, MatrixSymbol, Scalar


class MatrixNotation(Glyphs):
    """The matrix part of a printer; numbers and entries are for ``text`` and ``factor``."""

    over = False
    """Whether the names of factors stand above their braces, where there are braces."""

    @abstractmethod
    def text(self, expr: Basic) -> str:
        """The expression as it is written."""

    @abstractmethod
    def _cells(self, expr: ImmutableDenseMatrix, most: int) -> list[list[str]]:
        """The entries of a written-out matrix, long sums shortened."""

    @abstractmethod
    def factor(self, part: Basic, last: bool) -> str:
        """A number as a factor of a product."""

    def _index(self, index: Basic) -> str:
        """Counted from 1."""
        place = position(index)
        if place is not None:
            return f"{self.text(place.fast)} + ({self.text(place.slow)} - 1) {self.text(place.size)}"
        return self.text(index if index.is_Symbol else index + 1)

    def _gradient(self, expr: Gradient) -> str:
        return self.derivative(self.text(expr.loss), self.text(expr.wrt))

    def _ends(self, expr: Ends) -> str:
        """a + b + ⋯ + z: the first two terms of a sum, and the last."""
        index, low, high = expr.sum.limits[0]
        ends = [expr.sum.function.xreplace({index: at}) for at in (low, low + 1, high)]
        first, second, last = map(self.text, ends)
        return join_signed([first, second, self.dots, last])

    def _frobenius(self, expr: Frobenius) -> str:
        """The line before names both factors; a label between the brackets only tells what dots stand for."""
        bare = self.pairing(*(self.text(each.grid if isinstance(each, Labelled) else each) for each in expr.args))
        return self.pairing(*map(self.text, expr.args)) if {self.dots, self.dots_down} & set(bare.split()) else bare

    def _pattern(self, expr: Pattern) -> str:
        """A matrix of any size by its first two rows and columns and its last; if that is too wide, by one less."""
        rows = _ends_of(expr.rows, 2)
        for count in (2, 1):
            cols = _ends_of(expr.cols, count)
            cells = self._cells(ImmutableDenseMatrix([[expr[i, j] for j in cols] for i in rows]), MOST_TERMS)
            text = self.dotted(cells, len(rows) - 1, len(cols) - 1)
            if self.fits_line(text):
                break
        return text

    def _slice(self, expr: Slice) -> str:
        return self.derivative(self.text(expr.of), self.text(expr.wrt))

    def _matrix_symbol(self, expr: MatrixSymbol) -> str:
        return self.matrix_letter(expr.name)

    def _transpose(self, expr: Transpose) -> str:
        text = self.text(expr.arg)
        return self.transposed(text if isinstance(expr.arg, (MatrixSymbol, Unit)) else self.brackets(text))

    def _ones(self, expr: OneMatrix) -> str:
        if expr.cols == 1:
            return self.ones(self.text(expr.rows))
        if expr.rows == 1:
            return self.transposed(self.ones(self.text(expr.cols)))
        return self.ones(self.shape((expr.rows, expr.cols)))

    def _matrix_product(self, expr: MatMul) -> str:
        number, matrices = expr.as_coeff_matrices()
        sign, number = number.could_extract_minus_sign(), abs_of(number)
        texts = [] if number == 1 else [self.factor(number, last=False)]
        if len(matrices) == 1 and isinstance(matrices[0], HadamardProduct):
            texts.append(self.text(matrices[0]))
        else:
            texts += [self._matrix_factor(part) for part in matrices]
        return self.signed(sign, self.matrix_product(texts))

    def _matrix_factor(self, part: Basic) -> str:
        text = self.text(part)
        return self.brackets(text) if isinstance(part, (MatAdd, HadamardProduct)) else text

    def _hadamard(self, expr: HadamardProduct) -> str:
        above = [self._entrywise_factor(part) for part in expr.args if not divides(part)]
        below = [self._entrywise_factor(inverse(part)) for part in expr.args if divides(part)]
        return self.divided(self.entrywise(above), below) if below else self.entrywise(above)

    def _entrywise_factor(self, part: Basic) -> str:
        return self.brackets(self.text(part)) if isinstance(part, (MatAdd, MatMul)) else self.text(part)

    def _hadamard_power(self, expr: HadamardPower) -> str:
        base = self.text(expr.base)
        held = base if isinstance(expr.base, (MatrixSymbol, Labelled)) else self.brackets(base)
        return self.raised(held, self.text(expr.exp))

    def _identity(self, expr: Identity) -> str:
        return self.identity(self.text(expr.rows))

    def _zero(self, expr: ZeroMatrix) -> str:
        return self.zeros(self.shape((expr.rows, expr.cols)))

    def _diagonal_matrix(self, expr: DiagMatrix) -> str:
        return self.diagonal(self.text(expr.args[0]))

    def _determinant(self, expr: Determinant) -> str:
        text = self.text(expr.arg)
        return self.determinant(text if isinstance(expr.arg, MatrixSymbol) else self.brackets(text))

    def _cofactors(self, expr: Cofactors) -> str:
        return self.cofactors(self.text(expr.arg))

    def _unit(self, expr: Unit) -> str:
        return self.unit(str(int(expr.index) + 1))

    def _commutation(self, expr: Commutation) -> str:
        return self.subscript("K", ", ".join(map(self.text, expr.args)))

    def _diagonal_of(self, expr: DiagonalOf) -> str:
        return self.on_the_diagonal(self.text(expr.arg))

    def _trace(self, expr: Trace) -> str:
        return self.trace(self.text(expr.arg))

    def _scalar(self, expr: Scalar) -> str:
        return self.text(expr.number)

    def _call(self, expr: Call) -> str:
        return self.applied(expr.name, [self.text(operand) for operand in expr.operands])

    def _matrix_sum(self, expr: MatAdd) -> str:
        return self.plus([self.text(part) for part in expr.args])

    def _labelled(self, expr: Labelled) -> str:
        grid, label = self.text(expr.grid), self.text(expr.label)
        return grid if grid == label else self.labelled(grid, label)

    def shape(self, sizes: Sequence[Basic]) -> str:
        return self.times([self.text(size) for size in sizes])


def divides(part: Basic) -> bool:
    """Whether a factor stands below the line."""
    return isinstance(part, (Pow, HadamardPower)) and bool(part.exp.is_negative)


def inverse(power: HadamardPower) -> Basic:
    """What an entrywise product is divided by."""
    return power.base if power.exp == -1 else HadamardPower(power.base, -power.exp)


def abs_of(number: Basic) -> Basic:
    """A number without its minus sign."""
    return -number if number.could_extract_minus_sign() else number


def _ends_of(size: Basic, count: int) -> list[Basic]:
    """The first ``count`` places of an axis and its last; all of them, if it has one."""
    return [S.Zero] if size == 1 else [*map(Integer, range(count)), size - 1]
