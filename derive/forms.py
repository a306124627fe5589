"""The forms that a document takes: which formats each has, how it writes, what it needs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from derive.errors import DeriveError
from derive.notation import Notation
from derive.operation import unknown

DEPTHS = ("full", "short")
SOLUTIONS = ("yes", "no", "separate")
DATE = re.compile(r"\d{4}-[01]\d-[0-3]\d( [0-2]\d:[0-5]\d:[0-5]\d( [+-]\d{4})?)?", re.ASCII)
"""As Jekyll reads it: a day, or a time with or without its zone."""


@dataclass(frozen=True)
class Form:
    """One form of document.

    ``formats`` tells the dress of each format, the first being the usual one; ``needs`` what the
    derivation has to hold (see ``fits``), and ``companions`` which derivations it tells beside its own; ``own``
    are options that no other form has.
    """

    name: str
    about: str
    formats: Mapping[str, str]
    notation: str
    needs: tuple[str, ...] = ()
    companions: tuple[str, ...] = ()
    numbered: bool = False
    own: tuple[str, ...] = ()

    @property
    def practises(self) -> bool:
        """Whether it ends in an exercise with numbers."""
        return "numbers" in self.own

    @property
    def options(self) -> tuple[str, ...]:
        """The options that change it, besides notation and language."""
        return (*(("numbered",) if self.numbered else ()), "depth", *self.own)

    def dress(self, format: str) -> str:
        """The dress of a format; where a form has no HTML of its own, that is the standalone one.

        Raises:
            DeriveError: the form does not come in it.
        """
        found = "standalone" if format == "html" and format not in self.formats else format
        if found not in self.formats:
            raise DeriveError(f"the form {self.name} has no format '{format}'. It has: {', '.join(self.formats)}.")
        return self.formats[found]


@dataclass(frozen=True)
class Options:
    """What a reader may choose about a document, besides its notation and its language.

    ``numbered`` numbers the displays that are referred to; ``depth`` leaves out what repeats, where it is "short";
    ``solutions`` tells whether those of exercises are shown, and ``numbers`` and ``seed`` which numbers these have;
    ``date`` is that of a post, which has none unless it is given: a document depends on nothing but what is asked.
    """

    numbered: bool = False
    depth: str = "full"
    solutions: str = "yes"
    numbers: Mapping[str, Any] = field(default_factory=dict)
    seed: int | None = None
    date: str = ""

    def __post_init__(self) -> None:
        for name, known in (("depth", DEPTHS), ("solutions", SOLUTIONS)):
            chosen = getattr(self, name)
            if chosen not in known:
                raise DeriveError(unknown(name, str(chosen), known))
        if self.date and not _is_date(self.date):
            raise DeriveError(f"a date is written like 2026-11-21 or 2026-11-21 09:30:00 +0000; got '{self.date}'.")

    @property
    def short(self) -> bool:
        return self.depth == "short"


def _is_date(text: str) -> bool:
    """Whether it is written as a date, and there is such a day."""
    if DATE.fullmatch(text) is None:
        return False
    try:
        date.fromisoformat(text[:10])
    except ValueError:
        return False
    return True


def form(name: str) -> Form:
    """The form that goes by ``name``.

    Raises:
        DeriveError: none does.

    >>> form("slides").notation
    'slides'
    """
    if name not in FORMS:
        raise DeriveError(unknown("template", name, FORMS))
    return FORMS[name]


def style(name: str) -> Notation:
    """The notation in which a form is usually written."""
    return Notation.named(form(name).notation)


FORMS: Mapping[str, Form] = {
    each.name: each
    for each in (
        Form(
            "worked",
            "the whole derivation on a page, with a proof for all sizes",
            {"md": "md", "tex": "tex", "txt": "txt", "standalone": "html", "json": "json"},
            "plain",
        ),
        Form(
            "slides", "a Marp deck, worked by hand and then in general", {"md": "marp"}, "slides", ("drawn",), ("bias",)
        ),
        Form("readme", "a page for GitHub: any sizes, both index arguments", {"md": "github"}, "readme", ("drawn",)),
        Form(
            "indices",
            "the pure index proof of a blog post, one arbitrary entry at a time",
            {"md": "md", "tex": "tex", "standalone": "html"},
            "indices",
            ("sparse",),
            ("swapped",),
        ),
        Form(
            "lecture",
            "lecture notes with numbered equations and exercises",
            {"tex": "article", "md": "md", "standalone": "html"},
            "lecture",
            ("layer",),
            ("bias", "sigmoid"),
            numbered=True,
            own=("solutions", "numbers", "seed"),
        ),
        Form(
            "post",
            "a Jekyll post that ends in PyTorch code",
            {"html": "jekyll", "md": "post", "standalone": "html"},
            "post",
            ("drawn", "changing"),
            ("mean",),
            numbered=True,
        ),
        Form("notebook", "a Jupyter notebook with checks to run", {"ipynb": "notebook"}, "plain"),
    )
}
