"""What every chain of equalities is made of: steps with reasons, and what the judge found.

The expressions in it are sympy's, or nodes of the expression language; nothing here depends on which.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Reason:
    """Why a step holds: a name to cite, and the words printed beside the line."""

    name: str
    text: str


@dataclass(frozen=True)
class Step:
    """One more equality: ... = ``result``, because ``by``.

    Its left side is the step before it, and is not stored: the two cannot disagree.
    """

    result: Any
    by: Reason


@dataclass(frozen=True)
class Finding:
    """One sentence of the judge: what was compared, where, how often, and whether it held."""

    where: str
    ok: bool
    detail: str
    equalities: int = 1
