"""The numbers that a sympy expression of matrix symbols stands for, by sympy's own explicit matrices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from sympy import DiagonalOf, Float, ImmutableDenseMatrix, Lambda, MatrixBase, MatrixSymbol, NDimArray, Symbol

from tests.expressions_table import SIZES


def sympy_value(expression: Any, numbers: Mapping[str, np.ndarray]) -> np.ndarray:
    """The value at given numbers, the names of dimensions being those of the table."""
    swap = {}
    for name, given in numbers.items():
        if given.ndim == 0:
            swap[Symbol(name)] = Float(float(given))
        else:
            swap[MatrixSymbol(name, *given.shape)] = ImmutableDenseMatrix(*given.shape, given.ravel().tolist())
    found = explicit(expression.subs({Symbol(name): size for name, size in SIZES.items()}), swap)
    if isinstance(found, (MatrixBase, NDimArray)):
        return np.array(found.tolist(), dtype=float)
    return np.array(float(found))


def explicit(part: Any, swap: Mapping[Any, Any]) -> Any:
    """The same with explicit matrices, from the leaves up: sympy does not open all of them by itself."""
    if part in swap:
        return swap[part]
    if isinstance(part, DiagonalOf):
        return explicit(part.arg, swap).diagonal().T
    if part.args and not isinstance(part, Lambda) and part.has(*swap):
        part = part.func(*(explicit(arg, swap) for arg in part.args))
    done = part.doit() if part.args and not isinstance(part, Lambda) else part
    return done.as_explicit() if hasattr(done, "as_explicit") else done
