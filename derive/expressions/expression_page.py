"""From an answer to its page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from textwrap import fill
from typing import TYPE_CHECKING, Any

from derive.chain import Finding
from derive.environment import environment
from derive.errors import DeriveError, Rejected
from derive.expressions.at_numbers import At
from derive.expressions.examine import POINTS
from derive.expressions.examine_page import examine_page
from derive.expressions.expression import Node
from derive.expressions.expression_display import ExpressionWriter, LatexExpressions, PlainExpressions
from derive.expressions.formula import size_latex
from derive.expressions.index_lines import IndexProof
from derive.expressions.index_proof import index_proof
from derive.expressions.lines import Narrative, Theorem
from derive.expressions.narrative import narrative
from derive.files import FORMATS
from derive.operation import named

if TYPE_CHECKING:
    from derive.expressions.answer import Answer

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
        from derive.expressions.encode_answer import encoded

        return encoded(answers, at)
    text = environment().get_template(f"expression.{format}.jinja").render(**context(answers, format, at))
    text = re.sub(r"\n{3,}", "\n\n", text)
    if format == "txt":
        lines = [line if line.startswith(" ") else fill(line, PROSE) for line in text.split("\n")]
        text = "\n".join(lines)
    return text.strip() + "\n"


def told_of(answer: Answer) -> list[Narrative]:
    """The parts of an answer: of a Hessian, the gradient and its Jacobian."""
    first, *rest = answer.differentials
    begin = narrative(first)
    taken = {node.name for node in answer.symbols}
    slopes = next(name for name in ("g", "h", "r", "s") if name not in taken)
    return [begin, *(narrative(each, slopes) for each in rest)]


def context(answers: Sequence[Answer], format: str, at: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the template shows; every line of it has been judged."""
    tales = [(answer, told) for answer in answers for told in told_of(answer)]
    proofs = [
        index_proof(told.differential.value, told.differential.wrt, told.root)
        if told.differential.convention == "free"
        else None
        for _, told in tales
    ]
    findings = _judged(tales, proofs)
    writer: ExpressionWriter = (PlainExpressions if format == "txt" else LatexExpressions)(tales[0][1])
    numbers = [At(told.differential, at, answer.symbols) for answer, told in tales] if at else []
    ways = [_way(told, writer, numbers[k : k + 1]) for k, (_, told) in enumerate(tales)]
    parts = [
        {
            "told": told,
            "wrt": told.differential.wrt,
            "graph": _graph(told, writer, numbers[k : k + 1]),
            "way": [row for row in ways[k] if not any(row in earlier for earlier in ways[:k])],
            "shared": any(row in earlier for earlier in ways[:k] for row in ways[k]),
            "chain": [(writer.line(line), reason) for line, reason in told.chain],
            "dimensions": _dimensions(told, writer, format),
            "proof": proof,
            "new": told.differential.value is not tales[k - 1][1].differential.value if k else True,
            "result": told.differential.result,
            "number": writer.numbers(numbers[k].value(told.differential.result)) if numbers else "",
            "folded": bool(told.differential.axes),
        }
        for k, ((_, told), proof) in enumerate(zip(tales, proofs, strict=True))
    ]
    theorems = {theorem.operation: theorem for _, told in tales for theorem in told.theorems}
    return {
        "kind": KINDS[answers[0].kind],
        "root": tales[0][1].root,
        "w": writer,
        "value": answers[0].value,
        "answers": answers,
        "parts": parts,
        "symbols": answers[0].symbols,
        "convention": answers[0].convention,
        "spread": any(
            _spreads(node) for _, told in tales for node in (told.differential.value, told.differential.result)
        ),
        "at": at,
        "theorems": _theorems([theorems[name] for name in sorted(theorems)], writer),
        "equalities": sum(finding.equalities for finding in findings),
        "sizes": _at_sizes(findings),
    }


def _spreads(node: Node) -> bool:
    """Whether somewhere a number is added to a matrix, which is no sum of matrices as it stands."""
    return any(each.op == "add" and not each.scalar and any(arg.scalar for arg in each.args) for each in node.walk())


def _judged(tales: Sequence[tuple[Answer, Narrative]], proofs: Sequence[IndexProof | None]) -> list[Finding]:
    """All findings on the page.

    Raises:
        Rejected: one of them is a fault.
    """
    findings: list[Finding] = []
    for (answer, told), proof in zip(tales, proofs, strict=True):
        wrt = told.differential.wrt
        symbols = tuple(wrt if node.name == wrt.name else node for node in answer.symbols)
        findings += [
            *(answer.findings if told.differential is answer.last else ()),
            *examine_page(told, proof, symbols),
        ]
    for fault in (finding for finding in findings if not finding.ok):
        raise Rejected(f"the judge rejects the page, so nothing is written: {fault.where} ({fault.detail}).")
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


def _theorems(theorems: Sequence[Theorem], writer: ExpressionWriter) -> list[list[Cell]]:
    """Each theorem as an equality of pairings, one row for each input."""
    rows: list[list[Cell]] = []
    for theorem in theorems:
        begin = [("text", theorem.title[:1].lower() + theorem.title[1:]), ("math", writer.rule(theorem))]
        left = f"{writer.pairing('G', writer.math(theorem.value))} = "
        for variable, pullback in theorem.pullbacks:
            rows.append([*begin, ("math", left + writer.pairing(writer.math(pullback), writer.math(variable)))])
            begin, left = [("text", ""), ("text", "")], "{} + " if isinstance(writer, LatexExpressions) else "+ "
    return rows


def _way(told: Narrative, writer: ExpressionWriter, numbers: Sequence[At]) -> list[tuple[str, str, str]]:
    """Each line of the way back, the operations it comes from, and its numbers."""
    rows = []
    for cotangent, line in zip(told.differential.cotangents, told.backward, strict=True):
        titles = [named(operation).signature.title for operation in line.operations]
        operations = "; ".join(title[:1].lower() + title[1:] for title in titles)
        known = numbers and told.differential.kind == "gradient"
        number = writer.numbers(numbers[0].value(cotangent.value)) if known else ""
        rows.append((writer.line(line), operations, number))
    return rows


def _dimensions(told: Narrative, writer: ExpressionWriter, format: str) -> str:
    """The sentence that compares the shapes."""
    result, wrt = told.result.results[0], told.differential.wrt

    def math(tex: str) -> str:
        return tex if format == "txt" else f"${tex}$"

    terms = [arg for arg in (result.args if result.op == "add" else (result,)) if not arg.scalar]
    chains = []
    for term in terms:
        chain = next((p for p in (term.args if term.op == "mul" else (term,)) if p.op == "matmul"), None)
        if chain is not None:
            shapes = (r"\," if format != "txt" else " ").join(f"({writer.shape(part)})" for part in chain.args)
            chains.append(f"{math(writer.math(chain))} multiplies {math(shapes)}, which is {math(writer.shape(chain))}")
    if told.differential.kind == "gradient":
        end = f"the result has the shape {math(writer.shape(result))} of {math(writer.math(wrt))}."
    else:
        end = f"the result is {math(writer.shape(result))}."
    if told.differential.axes:
        cross = " × " if format == "txt" else r" \times "
        axes = cross.join(str(axis) if format == "txt" else size_latex(axis) for axis in told.differential.axes)
        end += f" It holds the entries of an array with the axes {math(axes)}, for which there is no matrix form."
    return "Shapes: " + "; ".join([*dict.fromkeys(chains), end])
