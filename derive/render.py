"""From a derivation and its verdict to a document."""

from __future__ import annotations

import re
from textwrap import fill

from derive.display import Writer
from derive.encode import encoded
from derive.environment import environment
from derive.environment import template_folder as template_folder
from derive.errors import DeriveError
from derive.files import FORMATS
from derive.latex_display import ArticleWriter, LatexWriter
from derive.notation import Notation
from derive.plain_display import PlainWriter
from derive.proof import Derivation, Verdict
from derive.prose import ENGLISH, prose

WRITERS: dict[str, type[Writer]] = {"md": LatexWriter, "html": LatexWriter, "tex": ArticleWriter, "txt": PlainWriter}

PROSE = 96
"""The width of a line of prose in plain text."""


def document(
    derivation: Derivation, verdict: Verdict, format: str = "md", *, full: bool = False, language: str = ENGLISH
) -> str:
    """The text of the document, its prose in a language: see ``prose``.

    Raises:
        DeriveError: the format or the language is unknown, or the verdict found a fault: a page that holds a false
            line is never written.
    """
    refuse_faults(verdict)
    if format == "json":
        return encoded(derivation, verdict)
    if format not in WRITERS:
        raise DeriveError(f"unknown format '{format}'. Known: {', '.join(FORMATS)}.")
    say = prose(language, "worked", format)
    writer = WRITERS[format](derivation, Notation(full=full), say.reasons_in_formulas)
    template = environment().get_template(f"worked.{format}.jinja")
    text = template.render(d=derivation, w=writer, verdict=verdict, say=say)
    if format == "txt":
        text = _wrapped(text)
    return text.strip() + "\n"


def _wrapped(text: str) -> str:
    """Prose in lines of a terminal's width; formulas, which are indented, stay as they are."""
    lines = [line if line.startswith(" ") else fill(line, PROSE) for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


def refuse_faults(verdict: Verdict) -> None:
    """Let nothing out that the judge rejects.

    Raises:
        DeriveError: the verdict found a fault; the message says where.
    """
    for first in verdict.faults[:1]:
        raise DeriveError(f"the judge rejects the derivation at: {first.where}: {first.detail}.")
