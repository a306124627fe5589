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
from derive.expressions.differential import CONVENTIONS
from derive.expressions.examine import POINTS
from derive.expressions.examine_page import examine_page
from derive.expressions.expression import Node
from derive.expressions.expression_display import ExpressionWriter, LatexExpressions, PlainExpressions
from derive.expressions.index_lines import IndexProof
from derive.expressions.index_proof import index_proof
from derive.expressions.lines import Narrative, Theorem
from derive.expressions.narrative import narrative
from derive.files import EXPRESSION_FORMATS
from derive.operation import named
from derive.prose import ENGLISH, Prose, prose

if TYPE_CHECKING:
    from derive.expressions.answer import Answer

PROSE = 96


def page(
    answers: Sequence[Answer], format: str = "md", at: Mapping[str, Any] | None = None, *, language: str = ENGLISH
) -> str:
    """The document about one expression, differentiated by one variable or by several; its prose in a language.

    Raises:
        DeriveError: the format or the language is unknown, the judge rejects a line, or the numbers do not fit.
    """
    if format not in EXPRESSION_FORMATS:
        raise DeriveError(f"unknown format '{format}'. Known: {', '.join(EXPRESSION_FORMATS)}.")
    if format == "json":
        from derive.expressions.encode_answer import encoded

        return encoded(answers, at)
    say = prose(language, "expression", format)
    shown = context(answers, format, at, say)
    text = environment().get_template(f"expression.{format}.jinja").render(**shown, say=say)
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


def context(answers: Sequence[Answer], format: str, at: Mapping[str, Any] | None, say: Prose) -> dict[str, Any]:
    """What the template shows; every line of it has been judged."""
    tales = [(answer, told) for answer in answers for told in told_of(answer)]
    proofs = [
        index_proof(told.differential.value, told.differential.wrt, told.root)
        if told.differential.convention == "free"
        else None
        for _, told in tales
    ]
    findings = _judged(tales, proofs)
    kind: type[ExpressionWriter] = PlainExpressions if format == "txt" else LatexExpressions
    writer = kind(tales[0][1], say.term("scalar"))
    numbers = [At(told.differential, at, answer.symbols) for answer, told in tales] if at else []
    ways = [_way(told, writer, numbers[k : k + 1], say) for k, (_, told) in enumerate(tales)]
    parts = [
        {
            "told": told,
            "wrt": told.differential.wrt,
            "graph": _graph(told, writer, numbers[k : k + 1], say),
            "way": [row for row in ways[k] if not any(row in earlier for earlier in ways[:k])],
            "shared": any(row in earlier for earlier in ways[:k] for row in ways[k]),
            "chain": [(writer.line(line), say.reason(by)) for line, by in told.chain],
            "products": _products(told, writer),
            "laid": told.result.results[0],
            "axes": writer.sides(told.differential.axes),
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
        "kind": answers[0].kind,
        "root": tales[0][1].root,
        "w": writer,
        "value": answers[0].value,
        "answers": answers,
        "parts": parts,
        "symbols": answers[0].symbols,
        "last": answers[0].last,
        "meaning": CONVENTIONS[answers[0].last.convention] if answers[0].wrt.data[1] else "",
        "spread": any(
            _spreads(node) for _, told in tales for node in (told.differential.value, told.differential.result)
        ),
        "at": at,
        "theorems": _theorems([theorems[name] for name in sorted(theorems)], writer, say),
        "equalities": sum(finding.equalities for finding in findings),
        "sizes": _at_sizes(findings),
        "points": POINTS,
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


def _at_sizes(findings: Sequence[Finding]) -> list[str]:
    found = (finding.detail.rpartition(" at ")[2] for finding in findings if " at " in finding.detail)
    return list(dict.fromkeys(found))


Cell = tuple[str, str]


def _titled(title: str, say: Prose) -> str:
    """The title of an operation within a sentence."""
    return say.term(title[:1].lower() + title[1:])


def _graph(told: Narrative, writer: ExpressionWriter, numbers: Sequence[At], say: Prose) -> list[list[Cell]]:
    """One row for each operation."""
    rows = []
    for line in told.forward:
        title = named(line.operations[0]).signature.title
        row = [("math", writer.math(line.name)), ("text", _titled(title, say))]
        row += [("math", writer.shape(line.name)), ("math", writer.math(line.results[0]))]
        if numbers:
            row.append(("math", writer.numbers(numbers[0].value(line.of))))
        rows.append(row)
    return rows


def _theorems(theorems: Sequence[Theorem], writer: ExpressionWriter, say: Prose) -> list[list[Cell]]:
    """Each theorem as an equality of pairings, one row for each input."""
    rows: list[list[Cell]] = []
    for theorem in theorems:
        begin = [("text", _titled(theorem.title, say)), ("math", writer.rule(theorem))]
        left = f"{writer.pairing('G', writer.math(theorem.value))} = "
        for variable, pullback in theorem.pullbacks:
            rows.append([*begin, ("math", left + writer.pairing(writer.math(pullback), writer.math(variable)))])
            begin, left = [("text", ""), ("text", "")], "{} + " if isinstance(writer, LatexExpressions) else "+ "
    return rows


def _way(
    told: Narrative, writer: ExpressionWriter, numbers: Sequence[At], say: Prose
) -> list[tuple[str, list[str], str]]:
    """Each line of the way back, the operations it comes from, and its numbers."""
    rows = []
    for cotangent, line in zip(told.differential.cotangents, told.backward, strict=True):
        operations = [_titled(named(operation).signature.title, say) for operation in line.operations]
        known = numbers and told.differential.kind == "gradient"
        number = writer.numbers(numbers[0].value(cotangent.value)) if known else ""
        rows.append((writer.line(line), operations, number))
    return rows


def _products(told: Narrative, writer: ExpressionWriter) -> list[tuple[str, str, str]]:
    """The matrix products in the result, with the shapes of their factors and their own."""
    result = told.result.results[0]
    terms = [arg for arg in (result.args if result.op == "add" else (result,)) if not arg.scalar]
    products = []
    for term in terms:
        product = next((p for p in (term.args if term.op == "mul" else (term,)) if p.op == "matmul"), None)
        if product is not None:
            shapes = writer.gap.join(f"({writer.shape(part)})" for part in product.args)
            products.append((writer.math(product), shapes, writer.shape(product)))
    return list(dict.fromkeys(products))
