"""The words of element formulas: sums and functions, for symbols and for numbers alike.

An operation is defined by the formula of one entry of its result.  The engine runs that formula on
sympy's symbols, the judge runs the same formula on numbers that carry their derivative; the words
here hand each call on to whichever it is.  Sympy is imported at the first symbol, not before.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from itertools import permutations
from operator import add, mul
from typing import Any

from derive.errors import DeriveError


class Number:
    """What a judge computes with: it brings its own functions along."""


def total(size: Any, body: Callable[[Any], Any]) -> Any:
    """The sum of ``body(t)`` over the ``size`` values of an index t.

    >>> total(3, lambda t: t * t)
    5
    """
    if isinstance(size, int):
        return reduce(add, (body(t) for t in range(size)))
    from derive.terms import total as written_out

    return written_out(size, body)


def signed_products(size: Any, body: Callable[[int, int], Any]) -> Any:
    """Leibniz' sum over all permutations p of sgn p · body(0, p0) · body(1, p1) ⋯.

    Where the size is a letter, it is a determinant by name.

    Raises:
        DeriveError: the size is a letter, and ``body`` is the entry of no matrix.

    >>> signed_products(2, lambda i, j: [[1, 2], [3, 4]][i][j])
    -2
    """
    if not isinstance(size, int) and not size.is_Integer:
        return _named(size, body)
    size = int(size)
    if size > 3 and isinstance(body(0, 0), Number):
        return _by_columns(size, body)
    return reduce(
        add,
        (
            reduce(mul, (body(i, j) for i, j in enumerate(chosen)), _sign(chosen))
            for chosen in permutations(range(size))
        ),
    )


def _named(size: Any, body: Callable[[Any, Any], Any]) -> Any:
    from sympy import Dummy

    from derive.minors import Determinant

    row, col = Dummy(), Dummy()
    entry = body(row, col)
    if getattr(entry, "args", ())[1:] != (row, col):
        raise DeriveError(f"a determinant has no formula by its entries for every size {size}.")
    return Determinant(entry.args[0])


def _by_columns(size: int, body: Callable[[int, int], Any]) -> Any:
    """The same sum, where permutations that begin with the same columns share their beginning.

    It costs size · 2^size products instead of size · size!.
    """
    found: dict[int, Any] = {0: 1}
    for columns in range(1, 2**size):
        row = columns.bit_count() - 1
        terms = (
            (-1) ** (columns >> (j + 1)).bit_count() * (body(row, j) * found[columns ^ (1 << j)])
            for j in range(size)
            if columns >> j & 1
        )
        found[columns] = reduce(add, terms)
    return found[2**size - 1]


def _sign(chosen: tuple[int, ...]) -> int:
    inversions = sum(a > b for k, b in enumerate(chosen) for a in chosen[:k])
    return -1 if inversions % 2 else 1


def power(X: Any, p: int) -> Any:
    """The matrix product of ``p`` copies of X; of its inverse, where ``p`` is negative."""
    return X.power(p) if hasattr(X, "power") else X**p


def delta(i: Any, j: Any) -> Any:
    """Kronecker's δ_ij: 1 where the indices agree, else 0.

    >>> delta(1, 1), delta(0, 1)
    (1, 0)
    """
    if hasattr(i, "is_Symbol") or hasattr(j, "is_Symbol"):
        from derive.terms import Delta, exact

        return Delta(exact(i), exact(j))
    return (i == j) * 1


def _function(name: str, doc: str) -> Callable[[Any], Any]:
    def function(x: Any) -> Any:
        if isinstance(x, Number):
            return getattr(x, name)()
        from derive import functions

        return getattr(functions, name)(x)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = doc
    return function


exp = _function("exp", "The exponential function.")
log = _function("log", "The natural logarithm.")
sqrt = _function("sqrt", "The square root.")
sin = _function("sin", "The sine.")
cos = _function("cos", "The cosine.")
tanh = _function("tanh", "The hyperbolic tangent.")
absolute = _function("absolute", "The absolute value.")
sign = _function("sign", "-1, 0 or 1.")
step = _function("step", "1 where positive, else 0.")
