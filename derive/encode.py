"""The derivation as data: JSON with every step, reason, grid and finding; what is drawn by its ends is for pages."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from sympy import ImmutableDenseMatrix
from sympy.core.basic import Basic

from derive.display import Writer
from derive.latex_display import LatexWriter
from derive.notation import Notation
from derive.plain_display import PlainWriter
from derive.proof import Calc, Derivation, Verdict
from derive.terms import Labelled

FULL = Notation(full=True)
VERSION = 1
"""Raised whenever a reader of the JSON would have to change."""


def encoded(derivation: Derivation, verdict: Verdict) -> str:
    """JSON text, keys in a fixed order; formulas in LaTeX and in Unicode, nothing elided."""
    return json.dumps(_Encoder(derivation).derivation(verdict), ensure_ascii=False, indent=1) + "\n"


def encoded_verdict(verdict: Verdict) -> dict[str, Any]:
    """The verdict with every finding, ready for JSON."""
    return {
        "ok": verdict.ok,
        "equalities": verdict.equalities,
        "sizes": dict(verdict.sizes),
        "modulus": verdict.modulus,
        "bound": verdict.bound,
        "findings": [asdict(finding) for finding in verdict.findings],
    }


class _Encoder:
    def __init__(self, derivation: Derivation) -> None:
        self.d = derivation
        self.writers: tuple[Writer, Writer] = (LatexWriter(derivation, FULL), PlainWriter(derivation, FULL))

    def derivation(self, verdict: Verdict) -> dict[str, Any]:
        d = self.d
        return {
            "version": VERSION,
            "operation": d.operation,
            "title": d.title,
            "layout": "denominator",
            "sizes": dict(d.sizes),
            "loss": d.loss.name,
            "inputs": [{"name": m.name, "shape": [str(size) for size in m.shape]} for m in d.inputs],
            "output": {"name": d.output.name, "shape": [str(size) for size in d.output.shape]},
            "domain": [self.formula(condition) for condition in d.domain],
            "matrix": self.formula(d.matrix),
            "forward": self.calc(d.forward),
            "lemmas": [{"text": lemma.says, **self.calc(lemma.calc)} for lemma in d.lemmas],
            "theorems": [
                {
                    "wrt": t.wrt.name,
                    "gradient": self.formula(t.gradient),
                    "matrix": self.formula(t.matrix),
                    "local": self.calc(t.local),
                    "entry": self.calc(t.entry),
                    "support": t.support and {"local": self.calc(t.support.local), "entry": self.calc(t.support.entry)},
                }
                for t in d.theorems
            ],
            "worked": {
                "inputs": [self.calc(calc) for calc in d.worked.inputs],
                "output": self.calc(d.worked.output),
                "upstream": self.calc(d.worked.upstream),
                "examples": [
                    {
                        "entry": self.formula(e.entry),
                        "partials": [self.calc(calc) for calc in e.partials],
                        "chain": self.calc(e.chain),
                        "slice": self.calc(e.slice),
                        "pairing": self.calc(e.pairing),
                        "summed": e.summed and self.calc(e.summed),
                        "gradient": self.calc(e.gradient),
                    }
                    for e in d.worked.examples
                ],
            },
            "numpy": [{"target": line.target, "text": line.text} for line in d.code],
            "torch": [{"target": line.target, "text": line.text} for line in d.torch],
            "verdict": encoded_verdict(verdict),
        }

    def calc(self, calc: Calc) -> dict[str, Any]:
        for writer in self.writers:
            writer.follow(calc.goal)
        return {
            "goal": self.formula(calc.goal),
            "steps": [
                {**self.formula(step.result), "reason": {"name": step.by.name, "text": step.by.text}}
                for step in calc.steps
            ],
        }

    def formula(self, expr: Basic) -> dict[str, Any]:
        """LaTeX and Unicode; a written-out matrix besides cell by cell, with the label it has."""
        latex, plain = (writer.math(expr) for writer in self.writers)
        data: dict[str, Any] = {"latex": latex, "text": plain}
        if isinstance(expr, ImmutableDenseMatrix):
            data["grid"] = [[self.writers[1].math(expr[i, j]) for j in range(expr.cols)] for i in range(expr.rows)]
        if isinstance(expr, Labelled):
            data |= {"grid": self.formula(expr.grid)["grid"], "label": self.writers[1].math(expr.label)}
        parts = [part for part in expr.args if isinstance(part, Labelled)]
        if parts:
            data["factors"] = [self.formula(part) for part in parts]
        return data
