"""What the commands tell in the terminal."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.table import Table

    from derive.api import Derived


def summary(made: Derived, path: Path | None) -> str:
    """The results, what was checked, and where the document is."""
    from derive.plain_display import PlainWriter

    writer = PlainWriter(made)
    lines = [writer.rule(theorem) for theorem in made.theorems]
    at = ", ".join(writer.assignments(made.verdict.sizes))
    how, so = "exact arithmetic", "a false one passes with a probability below"
    if not made.verdict.modulus:
        how, so = "fifty digits", "both sides of each agree up to a relative error of"
    lines.append(
        f"{made.verdict.equalities} equalities hold ({how} at random points; the proof tested at {at}); "
        f"{so} {writer.bound(made.verdict)}"
    )
    return "\n".join([*lines, *([f"written to {path}"] if path else [])])


def show_findings(made: Derived) -> None:
    """Every finding of the judge, as a table."""
    from rich.table import Table

    table = Table("what was judged", "how", "equalities", "holds")
    for finding in made.verdict.findings:
        table.add_row(finding.where, finding.detail, str(finding.equalities), "yes" if finding.ok else "NO")
    show(table)
    click.echo(f"{made.verdict.equalities} equalities, {len(made.verdict.faults)} faults")


def show(table: Table) -> None:
    """Print a table; by hand, since rich takes a closed pipe for an ordinary end."""
    from rich.console import Console

    console = Console(width=None if sys.stdout.isatty() else 160, markup=False)
    with console.capture() as text:
        console.print(table)
    click.echo(text.get(), nl=False)
