"""From a derivation and its verdict to a document."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from textwrap import fill
from typing import Any

from jinja2 import TemplateNotFound

from derive import facts, suitable
from derive.display import Writer
from derive.encode import encoded
from derive.environment import environment
from derive.environment import template_folder as template_folder
from derive.errors import DeriveError
from derive.forms import Form, Options, form
from derive.latex_display import ArticleWriter, LatexWriter, NumberedWriter
from derive.notation import Notation
from derive.notebook import notebook
from derive.numbering import Numbering
from derive.operation import unknown
from derive.plain_display import PlainWriter
from derive.programs import Programs
from derive.proof import Derivation, Exercise, Verdict
from derive.prose import ENGLISH, Prose, prose
from derive.slide_display import SlideWriter
from derive.torch_run import Experiment

WRITERS: dict[str, type[Writer]] = {
    "tex": ArticleWriter,
    "article": NumberedWriter,
    "txt": PlainWriter,
    "marp": SlideWriter,
}
"""By dress; the others write LaTeX for a page."""

MARKS = {"tex": "tex", "article": "tex", "txt": "txt", "html": "html", "jekyll": "html"}
"""The markup of a dress; the others write Markdown."""

OWN = ".jinja"
PROSE = 96
"""The width of a line of prose in plain text."""


@dataclass(frozen=True)
class Part:
    """A derivation that a document tells, its formulas in the document's notation, and what the judge says."""

    d: Derivation
    w: Writer
    verdict: Verdict


Judged = tuple[Derivation, Verdict]
Practice = tuple[Exercise, Verdict]


@dataclass(frozen=True)
class Manner:
    """How a document is to be written: its form or the path of a template, notation, language and options."""

    template: str = "worked"
    notation: Notation | None = None
    language: str = ENGLISH
    options: Options | None = None

    @property
    def own(self) -> Path | None:
        """The reader's own template, if it is one: ``mine.md.jinja``, where the format stands before the ending."""
        return Path(self.template) if self.template.endswith(OWN) else None

    @property
    def usual(self) -> str:
        """The format, where none is asked for."""
        return next(iter(self.form.formats))

    @property
    def form(self) -> Form:
        """The form, or that of a template of one's own, which is told as the default page is."""
        return form("worked" if self.own else self.template)

    def dress(self, format: str) -> str:
        """The macros of a format; those of a template of one's own are told by its name."""
        if self.own is None:
            return self.form.dress(format)
        named = Path(self.own.stem).suffix.lstrip(".")
        if not (template_folder() / f"dress.{named}{OWN}").is_file():
            raise DeriveError(
                f"the name of a template tells its format, as in mine.md.jinja; '{self.own.name}' does not."
            )
        return named


def manner_of(
    template: str, notation: Notation | str | None, full: bool, language: str, options: Mapping[str, Any]
) -> Manner:
    """The manner that is asked for, checked.

    Raises:
        DeriveError: something in it is unknown.
    """
    plain = Manner(template)
    style = Notation.named(notation or plain.form.notation) if not isinstance(notation, Notation) else notation
    known = {each.name for each in fields(Options)}
    for name in options:
        if name not in known:
            raise DeriveError(unknown("option", name, sorted(known)))
    chosen = Options(**{"numbered": plain.form.numbered, **options})
    return Manner(template, replace(style, full=full or style.full), language, chosen)


def document(
    derivation: Derivation,
    verdict: Verdict,
    format: str = "md",
    manner: Manner = Manner(),
    companions: Mapping[str, Judged] | None = None,
    practice: Practice | None = None,
) -> str:
    """The text of a document.

    Raises:
        DeriveError: the form, the format or the language is unknown or does not suit the derivation, a
            template of one's own fails, or a verdict found a fault: a page that holds a false line is never written.
    """
    told = {"": (derivation, verdict), **(companions or {})}
    for _, each in (*told.values(), *([practice] if practice else [])):
        refuse_faults(each)
    suitable.refuse_unsuited(manner.form, derivation)
    dress = manner.dress(format)
    if dress == "json":
        return encoded(derivation, verdict)
    marks = MARKS.get(dress, "md")
    notation = manner.notation or Notation.named(manner.form.notation)
    say = prose(manner.language, manner.form.name, marks)
    make = WRITERS.get(dress, LatexWriter)
    parts = {name: Part(d, make(d, notation, say.reasons_in_formulas), v) for name, (d, v) in told.items()}
    options = manner.options or Options(numbered=manner.form.numbered)
    for part in parts.values():
        if options.numbered:
            part.w.leave_room()
    text = _filled(manner, dress, say, parts, options, practice)
    finish = FINISHES.get(dress, str)
    return finish(text).strip() + "\n"


def _filled(
    manner: Manner, dress: str, say: Prose, parts: Mapping[str, Part], options: Options, practice: Practice | None
) -> str:
    """The body of the document, then the shell of its dress around it."""
    main = parts[""]
    context: dict[str, Any] = {
        "d": main.d,
        "w": main.w,
        "verdict": main.verdict,
        "also": {name: part for name, part in parts.items() if name},
        "say": say,
        "o": options,
        "eq": Numbering(),
        "form": manner.form.name,
        "suitable": suitable,
        "facts": facts,
        "torch": Experiment(main.d),
        "exercise": practice[0] if practice else None,
        "solved": practice[1] if practice else None,
        "programs": Programs(main.d),
    }
    templates = environment()
    context["dress"] = templates.get_template(f"dress.{dress}{OWN}").make_module(context)
    if manner.own is not None:
        return _own(manner.own, context)
    body = templates.get_template(f"{manner.form.name}{OWN}").render(context)
    try:
        shell = templates.get_template(f"page.{dress}{OWN}")
    except TemplateNotFound:
        return body
    return shell.render(context, body=body)


def _own(path: Path, context: Mapping[str, Any]) -> str:
    """A template of the reader's, filled.

    Raises:
        DeriveError: it cannot be read, is no template, or asks for what it may not have.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is no text in UTF-8"
        raise DeriveError(f"cannot read the template {path}: {why}.") from error
    try:
        return environment().from_string(text).render(context)
    except DeriveError:
        raise
    except Exception as error:  # whatever a template raises is the template's fault
        number = getattr(error, "lineno", None)
        line = f", line {number}" if number else ""
        what = f"there is no template '{error.name}'" if isinstance(error, TemplateNotFound) else str(error).rstrip(".")
        raise DeriveError(f"the template {path.name}{line}: {what or type(error).__name__}.") from error


def _wrapped(text: str) -> str:
    """Prose in lines of a terminal's width; formulas, which are indented, stay as they are."""
    lines = [line if line.startswith(" ") else fill(line, PROSE) for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


FINISHES = {"txt": _wrapped, "notebook": notebook}
"""What is done to the text of a dress in the end."""


def refuse_faults(verdict: Verdict) -> None:
    """Let nothing out that the judge rejects.

    Raises:
        DeriveError: the verdict found a fault; the message says where.
    """
    for first in verdict.faults[:1]:
        raise DeriveError(f"the judge rejects the derivation at: {first.where}: {first.detail}.")
