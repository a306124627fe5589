"""The order in which a person writes factors and terms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from sympy import Add, Mul, Sum, Symbol
from sympy.core.basic import Basic
from sympy.core.traversal import preorder_traversal

from derive.terms import Delta, Gradient, MatrixElement, MatrixSymbol, Partial

UPSTREAM = "∂"


def sources(expr: Basic) -> list[str]:
    """The names of the matrices that ``expr`` is made of, from left to right.

    The upstream gradient goes by the name "∂".

    >>> X, Y = MatrixSymbol("X", 2, 2), MatrixSymbol("Y", 2, 2)
    >>> sources(X.T * Gradient(Symbol("L"), Y))
    ['X', '∂']
    """
    if isinstance(expr, MatrixSymbol):
        return [expr.name]
    if isinstance(expr, Gradient) or (isinstance(expr, Partial) and isinstance(expr.of, Symbol)):
        return [UPSTREAM]
    if isinstance(expr, Partial):
        return sources(expr.of)
    return [name for arg in expr.args for name in sources(arg)]


def unlike(terms: Sequence[Basic]) -> list[int]:
    """The few terms that are of another kind than most, and those beside them, so that dots stand between like terms.

    >>> a, b, c = (Symbol(letter) for letter in "abc")
    >>> unlike([a, a + a * b, a, a, a])
    [0, 1, 2]
    """
    kinds = [_kind(term) for term in terms]
    usual = max(kinds, key=kinds.count)
    odd = [k for k, kind in enumerate(kinds) if kind != usual]
    kept = {near for k in odd for near in (k - 1, k, k + 1) if 0 <= near < len(terms)}
    return sorted(kept) if len(odd) < len(terms) / 2 else []


@lru_cache(maxsize=1 << 14)
def _kind(term: Basic) -> tuple[frozenset[str], int]:
    """The matrices that a term is made of, and how many parts it has."""
    return frozenset(sources(term)), sum(1 for _ in preorder_traversal(term))


class ReadingOrder:
    """The order of factors and terms that follows a matrix form.

    Sympy sorts products when it builds them, so their order is lost in the data.  It comes back
    from the matrix form of the same result: factors of an entry stand as the factors of the matrix
    product do, ``∂L/∂Y Wᵀ`` giving ∂L/∂y_ij w_jq and ``Xᵀ ∂L/∂Y`` giving x_ip ∂L/∂y_iq.  Numbers
    come first and sums last.  ``forward`` is the form of Y, for what holds no upstream factor, and
    ``backward`` that of the gradient.  While a product still holds a δ or a derivative to be worked
    out, the upstream factor leads, as in the chain rule that it came from.

    >>> A, B = MatrixSymbol("A", 2, 2), MatrixSymbol("B", 2, 2)
    >>> ReadingOrder(["B", "A"]).factors(A[0, 0] * B[1, 1])
    (B[1, 1], A[0, 0])
    """

    def __init__(self, forward: Sequence[str], backward: Sequence[str] = (UPSTREAM,)) -> None:
        self.forward, self.backward = _numbered(forward), _numbered(backward)

    def factors(self, product: Basic) -> tuple[Basic, ...]:
        """The factors of a product, in order."""
        return self.sort(Mul.make_args(product))

    def sort(self, items: Iterable[Basic]) -> tuple[Basic, ...]:
        """Factors in order."""
        items = tuple(items)
        places = self._places(items)
        pending = any(isinstance(item, Delta) or _is_local(item) for item in items)
        return tuple(
            sorted(items, key=lambda item: (_rank(item, pending), _place(item, places), item.is_Add, _indices(item)))
        )

    def terms(self, total: Basic) -> tuple[Basic, ...]:
        """The terms of a sum, in the order of their first matrices, one without a minus in front if there is any."""
        items = Add.make_args(total)
        places = self._places(items)
        found = sorted(items, key=lambda item: (_place(item, places), _indices(item)))
        first = next((k for k, item in enumerate(found) if not _is_negative(item)), 0)
        return (found[first], *found[:first], *found[first + 1 :])

    def _places(self, items: Iterable[Basic]) -> Mapping[str, int]:
        return self.backward if any(UPSTREAM in sources(item) for item in items) else self.forward


def _rank(item: Basic, pending: bool) -> int:
    if pending and sources(item) == [UPSTREAM]:
        return 1
    if isinstance(item, Delta):
        return 2
    return 0 if item.is_number else 4 if isinstance(item, Sum) or _is_local(item) else 3


def _place(item: Basic, places: Mapping[str, int]) -> int:
    return min((places.get(name, len(places)) for name in sources(item)), default=-1)


def _is_negative(item: Basic) -> bool:
    body = item.function if isinstance(item, Sum) else item
    return bool(body.as_coeff_Mul()[0].is_negative)


def _numbered(names: Sequence[str]) -> dict[str, int]:
    return {name: place for place, name in reversed(list(enumerate(names)))}


def _is_local(item: Basic) -> bool:
    return isinstance(item, Partial) and not isinstance(item.of, Symbol)


def _indices(item: Basic) -> tuple[tuple[int, str], ...]:
    if isinstance(item, (MatrixElement, Delta)):
        indices = item.args[1:] if isinstance(item, MatrixElement) else item.args[::-1]
        return tuple((int(i), "") if i.is_Integer else (-1, str(i)) for i in indices)
    return tuple(pair for arg in item.args for pair in _indices(arg))
