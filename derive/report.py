"""What the commands tell in the terminal."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from derive.errors import DeriveError
from derive.operation import registered

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


def show_operations() -> None:
    """Every operation with its results, or with the reason why it has no page."""
    from rich.table import Table

    from derive.api import derivation
    from derive.plain_display import PlainWriter

    table = Table("operation", "signature", "result")
    for name, operation in registered().items():
        numbers: dict[str, Any] = dict.fromkeys(operation.signature.sizes, 1) | dict.fromkeys(operation.parameters, 3)
        try:
            made = derivation(name, **numbers)
        except DeriveError as refused:
            table.add_row(name, str(operation.signature), f"no page: {refused}")
            continue
        writer = PlainWriter(made)
        rules = [writer.rule(theorem) for theorem in made.theorems]
        table.add_row(name, str(operation.signature), "\n".join([writer.equation(made.output, made.matrix), *rules]))
    show(table)


def show(table: Table) -> None:
    """Print a table; by hand, since rich takes a closed pipe for an ordinary end."""
    from rich.console import Console

    console = Console(width=None if sys.stdout.isatty() else 160, markup=False)
    with console.capture() as text:
        console.print(table)
    click.echo(text.get(), nl=False)
