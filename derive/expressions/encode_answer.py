"""Answers as JSON, for machines."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from derive.expressions.at_numbers import At
from derive.expressions.formula import latex
from derive.expressions.text import text

if TYPE_CHECKING:
    from derive.expressions.answer import Answer

VERSION = 1


def encoded(answers: Sequence[Answer], at: Mapping[str, Any] | None = None) -> str:
    """The answers with their steps and findings; formulas are in the language and in LaTeX."""
    document = {"version": VERSION, "answers": [_answer(answer, at) for answer in answers]}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _answer(answer: Answer, at: Mapping[str, Any] | None) -> dict[str, Any]:
    made: dict[str, Any] = {
        "kind": answer.kind,
        "expression": text(answer.value),
        "wrt": answer.wrt.name,
        "symbols": {
            node.name: {"shape": list(node.shape), "structure": node.data[1] or None} for node in answer.symbols
        },
        "formula": answer.formula,
        "latex": answer.latex,
        "shape": list(answer.shape),
        "convention": answer.convention,
        "numpy": answer.numpy,
        "steps": [
            {"formula": text(step.result), "latex": latex(step.result), "by": step.by.name, "reason": step.by.text}
            for step in answer.steps
        ],
        "verified": answer.verified,
        "findings": [
            {"where": f.where, "ok": f.ok, "detail": f.detail, "equalities": f.equalities} for f in answer.findings
        ],
    }
    if at:
        numbers = At(answer.last, at, answer.symbols)
        made["value"] = numbers.value(answer.last.value).tolist()
        made["derivative"] = numbers.value(answer.result).tolist()
    return made
