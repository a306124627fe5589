"""A deck from its text: what stands under one heading becomes as many slides as it takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil

from derive.heights import height
from derive.measure import width

SEPARATOR = "\n\n---\n\n"

_INLINE = re.compile(r"(?<!\\)\$(.+?)(?<!\\)\$")
_DISPLAY = re.compile(r"\$\$\n(.*)\n\$\$", re.DOTALL)


@dataclass(frozen=True)
class Slide:
    """The measures of a slide, in pixels; its style sheet has them from here."""

    width: int = 1280
    height: int = 720
    side: int = 56
    top: int = 32
    bottom: int = 48
    title: int = 36
    head: int = 60
    """The height of the title's line, with fractions in it."""
    air: int = 44
    """Below the title at most, where there is room."""
    text: int = 26
    formula: int = 30
    code: int = 23
    gap: int = 11
    """Between blocks, above and below each."""

    @property
    def room(self) -> float:
        """The width of a formula, in em."""
        return (self.width - 2 * self.side) / self.formula

    @property
    def body(self) -> float:
        """The height below the title."""
        return self.height - self.top - self.bottom - self.head

    @property
    def tall(self) -> float:
        """The height of a formula under a line of text, in em."""
        return (self.body - self.line - 4 * self.gap) / self.formula

    @property
    def whole(self) -> float:
        """The height of a formula alone, in em."""
        return (self.body - 2 * self.gap) / self.formula

    @property
    def line(self) -> float:
        """The height of a line of text."""
        return 1.4 * self.text


SLIDE = Slide()


def slides(body: str, continued: Callable[..., str], slide: Slide = SLIDE) -> str:
    r"""The deck: a slide for each heading, and more where they do not suffice, with titles by ``continued``.

    A sentence stays with the formula that follows it.

    >>> print(slides("# Deck\n\nabout\n\n## One\n\n$$\nx\n$$", lambda title, number, of: title))
    # Deck
    <BLANKLINE>
    about
    <BLANKLINE>
    ---
    <BLANKLINE>
    ## One
    <BLANKLINE>
    $$
    x
    $$
    """
    found: list[str] = []
    for section in re.split(r"\n(?=## )", body):
        title, *blocks = [block.strip("\n") for block in re.split(r"\n[ \t]*(?=\n)", section) if block.strip()]
        parts = _filled(_groups(blocks), slide)
        for number, part in enumerate(parts, start=1):
            one = title if len(parts) == 1 else "## " + continued(title.removeprefix("## "), number, len(parts))
            found.append("\n\n".join([one, *part]))
    return SEPARATOR.join(found)


def _groups(blocks: Sequence[str]) -> list[list[str]]:
    """Blocks that stay together: sentences with what they lead to, and the last ones with what they follow."""
    groups: list[list[str]] = [[]]
    for block in blocks:
        groups[-1].append(block)
        if block.startswith(("$$", "```")):
            groups.append([])
    *groups, last = groups
    if groups:
        groups[-1] += last
        last = []
    return [group for group in [*groups, last] if group]


def _filled(groups: Sequence[Sequence[str]], slide: Slide) -> list[list[str]]:
    """The blocks of each slide, as few slides as it takes, filled alike; a group that is too tall is taken apart."""
    pieces: list[tuple[float, list[str]]] = []
    for group in groups:
        heights = [_tall(block, slide) for block in group]
        held = sum(heights) <= slide.body
        pieces += [(sum(heights), [*group])] if held else [(h, [b]) for h, b in zip(heights, group, strict=True)]
    count = len(_packed(pieces, slide.body))
    sums = {sum(tall for tall, _ in pieces[i:k]) for i in range(len(pieces)) for k in range(i + 1, len(pieces) + 1)}
    limits = sorted(min(one, slide.body) for one in sums)
    return next((parts for limit in limits if len(parts := _packed(pieces, limit)) == count), [[]])


def _packed(pieces: Sequence[tuple[float, list[str]]], limit: float) -> list[list[str]]:
    """Pieces in turn, as many together as stay below the limit."""
    parts: list[list[str]] = []
    used = limit
    for tall, blocks in pieces:
        if used + tall > limit:
            parts.append([])
            used = 0.0
        parts[-1] += blocks
        used += tall
    return parts


def _tall(block: str, slide: Slide) -> float:
    """The height of a block with the space around it, in pixels."""
    display = _DISPLAY.fullmatch(block)
    if display:
        return height(display[1]) * slide.formula + 2 * slide.gap
    if block.startswith("```"):
        return (block.count("\n") - 1) * 1.4 * slide.code + 2 * slide.gap + 24
    lines = block.split("\n") if block.startswith("- ") else [block]
    return sum(_paragraph(line, slide) for line in lines) + 2 * slide.gap


def _paragraph(text: str, slide: Slide) -> float:
    """Lines of text, with the formulas in it as wide as they are."""
    formulas = [found[1] for found in _INLINE.finditer(text)]
    wide = len(_INLINE.sub("", text)) * 0.5 * slide.text + sum(map(width, formulas)) * slide.formula
    tall = max([slide.line, *(height(rf"{{{each}}}") * slide.formula for each in formulas if r"\frac" in each)])
    return ceil(wide / (slide.width - 2.5 * slide.side)) * tall
