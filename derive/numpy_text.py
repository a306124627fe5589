"""The NumPy text of a matrix form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sympy import HadamardProduct, MatAdd, MatMul, OneMatrix, Transpose
from sympy.core.basic import Basic

from derive.errors import DeriveError
from derive.terms import Gradient, MatrixSymbol


@dataclass(frozen=True)
class NumpyPrinter:
    """NumPy source from arrays of the same names as the matrices, all of them 2-D.

    The upstream gradient ∂L/∂Y is the array ``dY``; ``sizes`` tells how to read a size off an array.

    >>> X, W = MatrixSymbol("X", 2, 4), MatrixSymbol("W", 4, 3)
    >>> NumpyPrinter().text(X * W), NumpyPrinter().text(OneMatrix(1, 2) * X)
    ('X @ W', 'X.sum(axis=0, keepdims=True)')
    """

    sizes: Mapping[Basic, str] = field(default_factory=dict)

    def text(self, matrix: Basic) -> str:
        """The source of an expression that computes ``matrix``.

        Raises:
            DeriveError: a part of ``matrix`` has no NumPy text.
        """
        if isinstance(matrix, MatrixSymbol):
            return str(matrix.name)
        if isinstance(matrix, Gradient):
            return f"d{matrix.wrt.name}"
        if isinstance(matrix, Transpose):
            return f"{self._atom(matrix.arg)}.T"
        if isinstance(matrix, OneMatrix):
            rows, cols = (self.sizes.get(size, str(size)) for size in matrix.shape)
            return f"np.ones(({rows}, {cols}))"
        if isinstance(matrix, MatAdd):
            return " + ".join(self._term(part) for part in matrix.args).replace("+ -", "- ")
        if isinstance(matrix, HadamardProduct):
            return " * ".join(self._atom(part) for part in matrix.args)
        if isinstance(matrix, MatMul):
            number, matrices = matrix.as_coeff_matrices()
            text = self._product(matrices)
            if number == 1:
                return text
            held = text if len(matrices) == 1 else f"({text})"
            return f"-{held}" if number == -1 else f"{number} * {held}"
        raise DeriveError(f"there is no NumPy text for {type(matrix).__name__}.")

    def _product(self, matrices: Sequence[Basic]) -> str:
        """Sums over rows or columns rather than products with explicit ones."""
        if len(matrices) == 2 and isinstance(matrices[0], OneMatrix) and matrices[0].rows == 1:
            return f"{self._atom(matrices[1])}.sum(axis=0, keepdims=True)"
        if len(matrices) == 2 and isinstance(matrices[1], OneMatrix) and matrices[1].cols == 1:
            return f"{self._atom(matrices[0])}.sum(axis=1, keepdims=True)"
        return " @ ".join(self._atom(part) for part in matrices)

    def _term(self, part: Basic) -> str:
        """A term of a sum: a row or column that is copied over all rows or columns is broadcast."""
        if isinstance(part, MatMul) and len(part.args) == 2:
            left, right = part.args
            if isinstance(left, OneMatrix) and left.cols == 1:
                return self._atom(right)
            if isinstance(right, OneMatrix) and right.rows == 1:
                return self._atom(left)
        return self.text(part)

    def _atom(self, part: Basic) -> str:
        text = self.text(part)
        return text if isinstance(part, (MatrixSymbol, Gradient, Transpose, OneMatrix)) else f"({text})"
