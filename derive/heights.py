"""How tall a formula is: what a slide, unlike a page, has to know."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_TOKEN = re.compile(r"\\(?:begin|end)\{[a-z]+\}|\\\\(?:\[[\d.]+em\])?|\\[A-Za-z]+|\\.|[{}^_&]|\s+|.")
_GAP = re.compile(r"\[([\d.]+)em\]")
_AXIS = 0.25
_SCRIPT = 0.7
_STRUT = 0.36
"""What a row of a matrix has below its line; above it are 0.84."""
_BRACE = 0.85
"""A brace, with the space on both of its sides."""
_SIGNS = {
    "\\boxed": (1.6, 1.3),
    "\\vdots": (1.4, 0.1),
    "\\overline": (0.9, 0.2),
}


@dataclass(frozen=True)
class Extent:
    """How far a formula reaches above its line and below it, in em."""

    up: float = 0.7
    down: float = 0.2

    def __or__(self, other: Extent) -> Extent:
        """Of both, side by side."""
        return Extent(max(self.up, other.up), max(self.down, other.down))

    @property
    def whole(self) -> float:
        return self.up + self.down


def height(tex: str) -> float:
    """The height of a displayed formula, in em, from what KaTeX does.

    >>> round(height(r"x_{23} + w_{1}"), 1), round(height(r"\\frac{a}{b}"), 1)
    (1.0, 2.3)
    """
    return _extent(tex).whole


def depth(tex: str) -> float:
    """How far a displayed formula reaches below its line, in em.  Signs of alignment may stand in it."""
    return _extent(tex.replace("&", "")).down


def _extent(tex: str) -> Extent:
    return _Reader(_TOKEN.findall(tex)).sequence(display=True)


class _Reader:
    def __init__(self, tokens: Sequence[str]) -> None:
        self.tokens, self.at = tokens, 0

    def sequence(self, display: bool) -> Extent:
        """Up to what ends it: a brace, a cell, a row or an environment."""
        found = last = Extent(0.0, 0.0)
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            if token in "}&" or token == r"\right" or token.startswith((r"\\", r"\end{")):
                break
            self.at += 1
            last = self._one(token, display, last)
            found |= last
        return found

    def group(self, display: bool) -> Extent:
        while self.tokens[self.at].isspace():
            self.at += 1
        token = self.tokens[self.at]
        self.at += 1
        if token != "{":
            return self._one(token, display, Extent())
        found = self.sequence(display)
        self.at += 1
        return found

    def _one(self, token: str, display: bool, before: Extent) -> Extent:
        if token.isspace():
            return Extent(0.0, 0.0)
        if token == "{":
            self.at -= 1
            return self.group(display)
        if token in "^_":
            script = self.group(False).whole * _SCRIPT
            if token == "^":
                return Extent(max(before.up, 0.7) + 0.3, max(before.down, 0.35))
            return Extent(before.up, max(before.down, script - 0.3))
        if token == r"\sum":
            while self.tokens[self.at] in ("^", "_"):
                self.at += 1
                self.group(False)
            return Extent(1.65, 1.3) if display else Extent(1.0, 0.45)
        if token == r"\frac":
            above, below = self.group(False), self.group(False)
            if display:
                return Extent(above.up + 0.7, below.down + 0.7)
            return Extent(above.whole * _SCRIPT + 0.26, below.whole * _SCRIPT - 0.12)
        if token == r"\tfrac":
            above, below = self.group(False), self.group(False)
            return Extent(above.whole + 0.26 / _SCRIPT, below.whole - 0.12 / _SCRIPT)
        if token in (r"\underbrace", r"\overbrace"):
            body = self.group(display)
            self.at += 1
            label = self.group(False).whole * _SCRIPT + _BRACE
            under = token == r"\underbrace"
            return Extent(body.up + label * (not under), body.down + label * under)
        if token == r"\left":
            return self._held(display)
        if token.startswith(r"\begin{"):
            return self._rows(aligned=token == r"\begin{aligned}")
        return Extent(*_SIGNS.get(token, (0.7, 0.2)))

    def _held(self, display: bool) -> Extent:
        """Brackets reach as far to both sides of the axis, and cover nearly all of what they hold."""
        self.at += 1
        body = self.sequence(display)
        self.at += 2
        reach = max(0.6, 0.95 * max(body.up - _AXIS, body.down + _AXIS))
        return body | Extent(reach + _AXIS, reach - _AXIS)

    def _rows(self, aligned: bool) -> Extent:
        total, row = 0.0, Extent(0.84, _STRUT)
        while True:
            row |= self.sequence(display=aligned)
            token = self.tokens[self.at]
            self.at += 1
            if token == "&":
                continue
            gap = _GAP.search(token)
            total += row.up + max(row.down, float(gap[1]) + _STRUT if gap else 0.0) + 0.3 * aligned
            row = Extent(0.84, _STRUT)
            if token.startswith(r"\end{"):
                return Extent(total / 2 + _AXIS, total / 2 - _AXIS)
