"""What the commands for expressions tell in the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from derive.expressions.answer import Answer
from derive.expressions.at_numbers import At
from derive.expressions.expression_display import PlainExpressions
from derive.expressions.expression_page import told_of
from derive.expressions.lines import Narrative
from derive.expressions.narrative import narrative
from derive.expressions.text import text
from derive.operation import named


def results(answers: Sequence[Answer]) -> str:
    """One line for each derivative."""
    return "\n".join(f"{_goal(answer)} = {answer.formula}" for answer in answers)


def _goal(answer: Answer) -> str:
    root = narrative(answer.differentials[0]).root.name
    if answer.kind == "hessian":
        return f"∂²{root}/∂{answer.wrt.name}²"
    return f"∂{root}/∂{answer.wrt.name}"


def report(answers: Sequence[Answer], at: Mapping[str, Any]) -> str:
    """The formula, the main steps and the verdict; with numbers, those of every node."""
    out = [line for answer in answers for line in _result(answer, at)]
    shown = None
    for answer in answers:
        for told in told_of(answer):
            writer = PlainExpressions(told)
            numbers = At(told.differential, at, answer.symbols) if at else None
            if told.differential.value is not shown:
                out += ["", f"forwards, {writer.inline(told.root, told.differential.value)}:"]
                out += _aligned(list(_forward(told, writer, numbers)))
                shown = told.differential.value
            if told.backward:
                out += ["", f"backwards to {answer.wrt.name}:"]
                out += _aligned(list(_backward(told, writer, numbers)))
            if len(told.differential.steps) > 1 or told.differential.kind == "jacobian":
                out += ["", f"{told.result.name.name}"]
                out += _aligned([(f"= {text(step.result)}", step.by.text) for step in told.differential.steps])
    equalities = sum(finding.equalities for answer in answers for finding in answer.findings)
    out += ["", f"{answers[0].convention}"]
    out.append(f"verified: {equalities} comparisons at random points hold, formula and NumPy function included")
    return "\n".join(out)


def _result(answer: Answer, at: Mapping[str, Any]) -> Iterator[str]:
    """The derivative as a formula and, below it, in numbers."""
    yield results([answer])
    if at:
        writer = PlainExpressions(narrative(answer.last))
        numbers = writer.numbers(At(answer.last, at, answer.symbols).value(answer.result))
        yield f"{' ' * len(_goal(answer))} = {numbers} at these numbers"


def _forward(told: Narrative, writer: PlainExpressions, numbers: At | None) -> Iterator[tuple[str, ...]]:
    for line in told.forward:
        value = writer.numbers(numbers.value(line.of)) if numbers else ""
        yield writer.inline(line.name, line.results[0]), writer.shape(line.name), _title(line.operations), value


def _backward(told: Narrative, writer: PlainExpressions, numbers: At | None) -> Iterator[tuple[str, ...]]:
    for cotangent, line in zip(told.differential.cotangents, told.backward, strict=True):
        known = numbers is not None and told.differential.kind == "gradient"
        value = writer.numbers(numbers.value(cotangent.value)) if numbers and known else ""
        yield writer.inline(line.name, line.results[0]), _title(line.operations), value


def _title(operations: Sequence[str]) -> str:
    titles = [named(operation).signature.title for operation in operations]
    return ", ".join(title[:1].lower() + title[1:] for title in titles)


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Rows with their columns one below the other, unless a cell is too wide."""
    widths = [min(48, max((len(row[k]) for row in rows), default=0)) for k in range(len(rows[0]) if rows else 0)]
    return ["  " + "   ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in rows]
