"""From an answer to its page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from textwrap import fill
from typing import Any

from derive.answer import Answer
from derive.at_numbers import At
from derive.chain import Finding
from derive.errors import DeriveError
from derive.examine import POINTS
from derive.examine_page import examine_page
from derive.expression_display import ExpressionWriter, LatexExpressions, PlainExpressions
from derive.files import FORMATS
from derive.index_lines import IndexProof
from derive.index_proof import index_proof
from derive.lines import Narrative
from derive.narrative import narrative
from derive.operation import named
from derive.environment import environment

KINDS = {"gradient": "The gradient", "jacobian": "The Jacobian", "hessian": "The Hessian"}

PROSE = 96


def page(answers: Sequence[Answer], format: str = "md", at: Mapping[str, Any] | None = None) -> str:
    """The document about one expression, differentiated by one variable or by several.

    Raises:
        DeriveError: the format is unknown, the judge rejects a line, or the numbers do not fit.
    """
    if format not in FORMATS:
        raise DeriveError(f"unknown format '{format}'. Known: {', '.join(FORMATS)}.")
    if format == "json":
        from derive.encode_answer import encoded

        return encoded(answers, at)
    text = environment().get_template(f"expression.{format}.jinja").render(**context(answers, format, at))
    text = re.sub(r"\n{3,}", "\n\n", text)
    if format == "txt":
        lines = [line if line.startswith(" ") else fill(line, PROSE) for line in text.split("\n")]
        text = "\n".join(lines)
    return text.strip() + "\n"


def context(answers: Sequence[Answer], format: str, at: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the template shows; every line of it has been judged."""
    tales = [narrative(answer.last) for answer in answers]
    proofs = [
        index_proof(a.value, a.wrt) if a.kind == "gradient" and a.last.convention == "free" else None for a in answers
    ]
    findings = _judged(answers, tales, proofs)
    writer: ExpressionWriter = (PlainExpressions if format == "txt" else LatexExpressions)(tales[0])
    numbers = [At(answer.last, at) for answer in answers] if at else []
    first = tales[0]
    return {
        "kind": KINDS[answers[0].kind],
        "t": first,
        "w": writer,
        "value": answers[0].last.value,
        "answers": answers,
        "results": [answer.result for answer in answers],
        "tales": tales,
        "proofs": proofs,
        "symbols": answers[0].symbols,
        "convention": answers[0].convention,
        "at": at,
        "graph": _graph(first, writer, numbers),
        "theorems": _theorems(first, writer),
        "ways": [_way(told, writer, numbers[k : k + 1]) for k, told in enumerate(tales)],
        "chains": [writer.chain(told.differential.steps) for told in tales],
        "dimensions": [_dimensions(told, writer, format) for told in tales],
        "equalities": sum(finding.equalities for finding in findings),
        "sizes": _at_sizes(findings),
    }


def _judged(
    answers: Sequence[Answer], tales: Sequence[Narrative], proofs: Sequence[IndexProof | None]
) -> list[Finding]:
    """All findings on the page.

    Raises:
        DeriveError: one of them is a fault.
    """
    findings: list[Finding] = []
    for answer, told, proof in zip(answers, tales, proofs, strict=True):
        findings += [*answer.findings, *examine_page(told, proof, answer.last_symbols)]
    for fault in (finding for finding in findings if not finding.ok):
        raise DeriveError(f"the judge rejects the page, so nothing is written: {fault.where} ({fault.detail}).")
    return findings


def _at_sizes(findings: Sequence[Finding]) -> str:
    found = dict.fromkeys(finding.detail.rpartition(" at ")[2] for finding in findings if " at " in finding.detail)
    return " and ".join(found) or f"{POINTS} points"


Cell = tuple[str, str]


def _graph(told: Narrative, writer: ExpressionWriter, numbers: Sequence[At]) -> list[list[Cell]]:
    """One row for each operation."""
    rows = []
    for line in told.forward:
        title = named(line.operations[0]).signature.title
        row = [("math", writer.math(line.name)), ("text", title[:1].lower() + title[1:])]
        row += [("math", writer.shape(line.name)), ("math", writer.math(line.results[0]))]
        if numbers:
            row.append(("math", writer.numbers(numbers[0].value(line.of))))
        rows.append(row)
    return rows


def _theorems(told: Narrative, writer: ExpressionWriter) -> list[list[Cell]]:
    rows = []
    for theorem in told.theorems:
        pullbacks = [writer.inline(gradient, pullback) for gradient, pullback in theorem.pullbacks]
        joiner = r",\quad " if isinstance(writer, LatexExpressions) else ",  "
        title = theorem.title[:1].lower() + theorem.title[1:]
        rows.append([("text", title), ("math", writer.rule(theorem)), ("math", joiner.join(pullbacks))])
    return rows


def _way(told: Narrative, writer: ExpressionWriter, numbers: Sequence[At]) -> list[tuple[str, str, str]]:
    """Each line of the way back, the operations it comes from, and its numbers."""
    rows = []
    for cotangent, line in zip(told.differential.cotangents, told.backward, strict=True):
        titles = [named(operation).signature.title for operation in line.operations]
        operations = ", ".join(title[:1].lower() + title[1:] for title in titles)
        number = writer.numbers(numbers[0].value(cotangent.value)) if numbers else ""
        rows.append((writer.line(line), operations, number))
    return rows


def _dimensions(told: Narrative, writer: ExpressionWriter, format: str) -> str:
    """The sentence that compares the shapes."""
    result, wrt = told.differential.result, told.differential.wrt

    def math(tex: str) -> str:
        return tex if format == "txt" else f"${tex}$"

    terms = [arg for arg in (result.args if result.op == "add" else (result,)) if not arg.scalar]
    chains = []
    for term in terms:
        chain = next((p for p in (term.args if term.op == "mul" else (term,)) if p.op == "matmul"), None)
        if chain is not None:
            shapes = (
                (r"\,(%s)" if format != "txt" else " (%s)")
                * len(chain.args)
                % tuple(writer.shape(part) for part in chain.args)
            )
            chains.append(
                f"{math(writer.math(chain))} multiplies {math(shapes.strip())}, which is {math(writer.shape(chain))}"
            )
    if told.differential.kind == "gradient":
        end = f"the result has the shape {math(writer.shape(result))} of {math(writer.math(wrt))}."
    else:
        end = f"the result is {math(writer.shape(result))}."
    return "Shapes: " + "; ".join([*dict.fromkeys(chains), end])
