"""What the commands for expressions tell in the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from derive.answer import Answer
from derive.at_numbers import At
from derive.expression_display import PlainExpressions
from derive.narrative import narrative
from derive.operation import named
from derive.text import text


def results(answers: Sequence[Answer]) -> str:
    """One line for each derivative."""
    return "\n".join(f"{_goal(answer)} = {answer.formula}" for answer in answers)


def _goal(answer: Answer) -> str:
    root = narrative(answer.last).root.name
    if answer.kind == "hessian":
        return f"∂²{root}/∂{answer.wrt.name}²"
    return f"∂{root}/∂{answer.wrt.name}"


def report(answers: Sequence[Answer], at: Mapping[str, Any]) -> str:
    """The formula, the main steps and the verdict; with numbers, those of every node."""
    first = narrative(answers[0].last)
    writer = PlainExpressions(first)
    numbers = At(answers[0].last, at) if at else None
    out = [results(answers), ""]
    out.append(f"forwards, {writer.inline(first.root, answers[0].last.value)}:")
    rows = []
    for line in first.forward:
        value = writer.numbers(numbers.value(line.of)) if numbers else ""
        rows.append(
            (writer.inline(line.name, line.results[0]), writer.shape(line.name), _title(line.operations), value)
        )
    out += _aligned(rows)
    for answer in answers:
        out += ["", f"backwards to {answer.wrt.name}:"] if answer.last.cotangents else []
        told = narrative(answer.last)
        own = At(answer.last, at) if at else None
        rows = []
        for cotangent, line in zip(told.differential.cotangents, told.backward, strict=True):
            value = writer.numbers(own.value(cotangent.value)) if own else ""
            rows.append((writer.inline(line.name, line.results[0]), _title(line.operations), value))
        out += _aligned(rows)
        steps = answer.last.steps[1:]
        if steps:
            out += ["", "simplified:"]
            out += _aligned([(f"= {text(step.result)}", step.by.text) for step in steps])
    equalities = sum(finding.equalities for answer in answers for finding in answer.findings)
    out += ["", f"{answers[0].convention}"]
    out.append(f"verified: {equalities} comparisons at random points hold, formula and NumPy function included")
    return "\n".join(out)


def _title(operations: Sequence[str]) -> str:
    titles = [named(operation).signature.title for operation in operations]
    return ", ".join(title[:1].lower() + title[1:] for title in titles)


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Rows with their columns one below the other, unless a cell is too wide."""
    widths = [min(48, max((len(row[k]) for row in rows), default=0)) for k in range(len(rows[0]) if rows else 0)]
    return ["  " + "   ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in rows]
