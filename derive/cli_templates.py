"""The commands about forms: what there is, what a template may use, and the gallery."""

from __future__ import annotations

from pathlib import Path

import click

from derive.errors import DeriveError, Rejected


@click.command(
    help="List the forms of documents, or what a template of your own may use.\n\n"
    "Example: derive templates --show-context",
)
@click.option("--show-context", is_flag=True, help="Show the names that a template may use, and what they offer.")
def templates(show_context: bool) -> None:
    from rich.table import Table

    from derive.report import show

    if show_context:
        from derive.offer import offered

        for name, about, rows in offered():
            click.echo(f"{name}: {about}")
            width = max((len(left) for left, _ in rows), default=0)
            for left, right in rows:
                click.echo(f"    {left:<{width}}  {right}".rstrip())
        return
    from derive.forms import FORMS

    table = Table("form", "what it is", "formats", "notation", "options")
    for form in FORMS.values():
        table.add_row(form.name, form.about, ", ".join(form.formats), form.notation, ", ".join(form.options))
    show(table)


@click.command(help="Write every form once into a folder, with an index page.\n\nExample: derive gallery -o notes/")
@click.option("-o", "--output", metavar="DIR", help="Where to. [default: output/gallery/]")
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if a file is not what would be written.")
def gallery(output: str | None, check: bool) -> None:
    from derive.gallery import FOLDER, hang, stale

    folder = Path(output) if output else FOLDER
    if folder.exists() and not folder.is_dir():
        raise DeriveError(f"{folder} is no folder.")
    if check:
        outdated = stale(folder)
        if outdated:
            raise Rejected(f"not what derive gallery writes: {', '.join(outdated)}.")
        click.echo(f"{folder} is up to date")
        return
    for path in hang(folder):
        click.echo(f"written to {path}")
