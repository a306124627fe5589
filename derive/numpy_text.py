"""The NumPy text of a matrix form."""

from __future__ import annotations

from sympy import HadamardProduct, MatAdd, MatMul, OneMatrix, Transpose
from sympy.core.basic import Basic

from derive.errors import DeriveError
from derive.terms import Gradient, MatrixSymbol


def numpy_text(matrix: Basic) -> str:
    """NumPy source that computes ``matrix`` from arrays of the same names, all of them 2-D.

    The upstream gradient ∂L/∂Y is the array ``dY``.

    Raises:
        DeriveError: a part of ``matrix`` has no NumPy text.

    >>> X, W = MatrixSymbol("X", 2, 4), MatrixSymbol("W", 4, 3)
    >>> numpy_text(X * W), numpy_text(OneMatrix(1, 2) * X)
    ('X @ W', 'X.sum(axis=0, keepdims=True)')
    """
    if isinstance(matrix, MatrixSymbol):
        return str(matrix.name)
    if isinstance(matrix, Gradient):
        return f"d{matrix.wrt.name}"
    if isinstance(matrix, Transpose):
        return f"{_atom(matrix.arg)}.T"
    if isinstance(matrix, OneMatrix):
        return f"np.ones(({matrix.rows}, {matrix.cols}))"
    if isinstance(matrix, MatAdd):
        return " + ".join(_term(part) for part in matrix.args).replace("+ -", "- ")
    if isinstance(matrix, HadamardProduct):
        return " * ".join(_atom(part) for part in matrix.args)
    if isinstance(matrix, MatMul):
        number, matrices = matrix.as_coeff_matrices()
        text = _product(list(matrices)) if number == 1 or len(matrices) == 1 else f"({_product(list(matrices))})"
        return text if number == 1 else f"-{text}" if number == -1 else f"{number} * {text}"
    raise DeriveError(f"there is no NumPy text for {type(matrix).__name__}.")


def _product(matrices: list[Basic]) -> str:
    """Sums over rows or columns rather than products with explicit ones."""
    if len(matrices) == 2 and isinstance(matrices[0], OneMatrix) and matrices[0].rows == 1:
        return f"{_atom(matrices[1])}.sum(axis=0, keepdims=True)"
    if len(matrices) == 2 and isinstance(matrices[1], OneMatrix) and matrices[1].cols == 1:
        return f"{_atom(matrices[0])}.sum(axis=1, keepdims=True)"
    return " @ ".join(_atom(part) for part in matrices)


def _term(part: Basic) -> str:
    """A row of a sum: a row or column vector that is copied over all rows or columns is broadcast."""
    if isinstance(part, MatMul) and len(part.args) == 2:
        left, right = part.args
        if isinstance(left, OneMatrix) and left.cols == 1:
            return _atom(right)
        if isinstance(right, OneMatrix) and right.rows == 1:
            return _atom(left)
    return numpy_text(part)


def _atom(part: Basic) -> str:
    text = numpy_text(part)
    return text if isinstance(part, (MatrixSymbol, Gradient, Transpose, OneMatrix)) else f"({text})"
