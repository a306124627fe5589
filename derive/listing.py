"""The list of all operations: what each computes, and its gradients."""

from __future__ import annotations

from typing import Any

from derive.errors import DeriveError
from derive.operation import registered
from derive.report import show


def show_operations() -> None:
    """Every operation with its results, or with the reason why it has no page."""
    from rich.table import Table

    from derive.api import derivation
    from derive.plain_display import PlainWriter

    table = Table("operation", "signature", "result")
    for name, operation in registered().items():
        numbers: dict[str, Any] = dict.fromkeys(operation.signature.sizes, 2) | operation.sample
        try:
            made = derivation(name, **numbers)
        except DeriveError as refused:
            table.add_row(name, str(operation.signature), f"no page: {refused}")
            continue
        writer = PlainWriter(made)
        rules = [writer.rule(theorem) for theorem in made.theorems]
        table.add_row(name, str(operation.signature), "\n".join([writer.equation(made.output, made.matrix), *rules]))
    show(table)
