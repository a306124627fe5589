"""The datum of a proof by index sums."""

from __future__ import annotations

from dataclasses import dataclass

from derive.expressions.expression import Node
from derive.expressions.sizes import Size


@dataclass(frozen=True)
class Entry:
    """An entry of a symbol; of a column, a row or a scalar the index of the single line is ``None``."""

    symbol: Node
    row: str | None
    col: str | None


@dataclass(frozen=True)
class Delta:
    """Kronecker's δ of two indices."""

    one: str
    other: str


@dataclass(frozen=True)
class Product:
    """A number and dimensions times entries and deltas, summed over ``bound`` indices."""

    scale: Node
    factors: tuple[Entry | Delta, ...]
    bound: tuple[tuple[str, Size], ...] = ()


@dataclass(frozen=True)
class IndexProof:
    """F_ij = ``sums``; ∂F_ij/∂x_pq = ``differentiated`` = ``collapsed``; of a scalar F, without i and j."""

    value: Entry
    variable: Entry
    sums: tuple[Product, ...]
    differentiated: tuple[Product, ...]
    collapsed: tuple[Product, ...]
