"""The flags that say how a document is to be written, and what is asked by them."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import click

from derive.forms import DEPTHS, FORMS, SOLUTIONS
from derive.notation import CHOICES, NOTATIONS, Notation

FORMATS = tuple(dict.fromkeys(format for form in FORMS.values() for format in (*form.formats, "html")))
OF_NOTATION = tuple(field.name for field in fields(Notation) if field.name != "full")

ABOUT = {
    "comma": "A comma between indices, or only where it is needed.",
    "differential": "How a derivative is written.",
    "bold": "How matrices are written.",
    "capital": "Entries of W as W_ij, or as w_ij.",
    "matrix": "The brackets of matrices.",
    "product": "The sign between factors.",
    "transpose": "The sign of a transpose.",
    "over": "Names of factors over their braces, or under them.",
}


def document_options() -> list[click.Parameter]:
    """The flags, each with a sentence of help."""
    return [
        click.Option(
            ["--template"],
            metavar="FORM|FILE",
            default="worked",
            show_default=True,
            help=f"The form of the document ({', '.join(FORMS)}), or a template of your own: mine.md.jinja.",
        ),
        click.Option(
            ["--format", "format"],
            type=click.Choice(FORMATS),
            help="The format. [default: the form's first, or as the ending of FILE says]",
        ),
        click.Option(
            ["--notation"],
            type=click.Choice(tuple(NOTATIONS)),
            metavar="STYLE",
            help="The style of notation: plain, that of a form, or seed-000 to seed-004. [default: the form's own]",
        ),
        *(_of_notation(name) for name in OF_NOTATION),
        click.Option(["--full"], is_flag=True, help="Elide nothing, however wide."),
        click.Option(
            ["--numbered/--unnumbered"], default=None, help="Number the equations. [default: as the form does]"
        ),
        click.Option(
            ["--depth"], type=click.Choice(DEPTHS), default="full", show_default=True, help="How much is told."
        ),
        click.Option(
            ["--solutions"],
            type=click.Choice(SOLUTIONS),
            default="yes",
            show_default=True,
            help="The solutions of exercises: after each, not at all, or on a page of their own.",
        ),
        click.Option(
            ["--numbers"],
            metavar="X=[[0,1],[2,3]]",
            multiple=True,
            help="The numbers of the exercise; may be repeated.",
        ),
        click.Option(["--seed"], type=click.IntRange(min=0), metavar="N", help="Draw the numbers of the exercise."),
        click.Option(["--date"], metavar="YYYY-MM-DD", default="", help="The date of a post. [default: none]"),
        click.Option(
            ["--language"], metavar="NAME|FILE", default="en", show_default=True, help="The language of the sentences."
        ),
    ]


def _of_notation(name: str) -> click.Option:
    if name in CHOICES:
        return click.Option([f"--{name}"], type=click.Choice(CHOICES[name]), help=ABOUT[name])
    return click.Option([f"--{name}/--no-{name}"], default=None, help=ABOUT[name])


def asked(options: dict[str, Any]) -> dict[str, Any]:
    """What the flags ask of ``render``; they are taken out of ``options``.

    Raises:
        DeriveError: an option of the notation or the numbers are not what they should be.
    """
    chosen = {name: options.pop(name) for name in OF_NOTATION}
    chosen = {name: value for name, value in chosen.items() if value is not None}
    template, style = options.pop("template"), options.pop("notation")
    if style is None:
        style = FORMS[template].notation if template in FORMS else "plain"
    found = {
        "template": template,
        "notation": replace(Notation.named(style), **chosen),
        "full": options.pop("full"),
        "language": options.pop("language"),
        "depth": options.pop("depth"),
        "solutions": options.pop("solutions"),
        "seed": options.pop("seed"),
        "date": options.pop("date"),
        "numbers": _numbers(options.pop("numbers")),
    }
    numbered = options.pop("numbered")
    return found if numbered is None else {**found, "numbered": numbered}


def _numbers(texts: tuple[str, ...]) -> dict[str, Any]:
    """The matrices that are given, if any: only then is NumPy needed."""
    if not texts:
        return {}
    from derive.expressions.at_numbers import parse_numbers

    return dict(parse_numbers(texts))
