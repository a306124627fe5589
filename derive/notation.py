"""How a document writes its formulas: one frozen choice, and the styles that are known by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from derive.errors import DeriveError
from derive.operation import unknown


@dataclass(frozen=True)
class Notation:
    """The choices that mathematics leaves to the writer.

    ``comma`` stands between indices always, or, where it is False, only where numbers from 10 on need
    it.  ``capital`` writes the entries of W as W_ij.  ``over`` puts the names of factors above their
    braces, in the forward calculation.  ``full`` elides nothing.

    >>> Notation.named("readme").bold, Notation.named("seed-001") == Notation.named("readme")
    ('mathbf', True)
    """

    comma: bool = False
    differential: str = "partial"
    bold: str = "plain"
    capital: bool = False
    matrix: str = "bmatrix"
    product: str = "none"
    transpose: str = "top"
    over: bool = False
    full: bool = False

    def __post_init__(self) -> None:
        for field in fields(self):
            chosen, known = getattr(self, field.name), CHOICES.get(field.name, (True, False))
            if chosen not in known:
                raise DeriveError(f"the notation has no {field.name} '{chosen}'. Known: {', '.join(map(str, known))}.")

    @staticmethod
    def named(name: str) -> Notation:
        """The notation that goes by ``name``.

        Raises:
            DeriveError: none does.
        """
        if name not in NOTATIONS:
            raise DeriveError(unknown("notation", name, NOTATIONS))
        return NOTATIONS[name]


CHOICES: Mapping[str, tuple[Any, ...]] = {
    "differential": ("partial", "d"),
    "bold": ("plain", "mathbf", "boldsymbol"),
    "matrix": ("bmatrix", "pmatrix"),
    "product": ("none", "dot", "times"),
    "transpose": ("top", "T"),
}

_STYLES = {
    "slides": Notation(comma=True, product="times", transpose="T", over=True),
    "readme": Notation(differential="d", bold="mathbf", transpose="T"),
    "indices": Notation(capital=True, transpose="T"),
    "lecture": Notation(comma=True, matrix="pmatrix", transpose="T"),
    "post": Notation(bold="boldsymbol", transpose="T"),
}

NOTATIONS: Mapping[str, Notation] = {
    "plain": Notation(),
    **_STYLES,
    **{f"seed-{number:03}": style for number, style in enumerate(_STYLES.values())},
}

DEFAULT = Notation()


@dataclass(frozen=True)
class Vectors:
    """The matrices of a derivation that are rows or columns: their entries have one index, or none."""

    rows: frozenset[str] = frozenset()
    columns: frozenset[str] = frozenset()

    @property
    def scalars(self) -> frozenset[str]:
        return self.rows & self.columns


MATRICES = Vectors()
