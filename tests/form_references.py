"""What sentences refer to: formulas by their numbers, and the entry or matrix that the next ones are about."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tests.form_claims import role_of
from tests.reading import Document, Untrue, about, chosen
from tests.reading.checks import matrix_of
from tests.reading.sentences import Check, one
from tests.reading.tree import Name, Partial


def _labels(text: str) -> list[str]:
    """The numbers or labels in a text, as in "equations (3) and (5)"; words without a number refer to nothing."""
    words = re.sub(r"\$[^$]*\$", "", text)
    return [number or label for number, label in re.findall(r"\(([^()\s]+)\)|⟨ref ([^⟩]*)⟩", words)]


def refers(gap: str, what: str, matrix: Callable[[Document], str] | None = None, also: str = "") -> Check:
    """The reference is to a formula for this kind of goal, of a certain matrix or that in the gap ``also``."""

    def check(document: Document, **gaps: Any) -> None:
        for label in _labels(gaps[gap]):
            name = matrix_of(document.tree(one(gaps[also]))) if also else matrix and matrix(document)
            if label not in document.displayed:
                raise Untrue(f"{gaps[gap]} refers to nothing")
            kinds = document.displayed[label].kinds
            written_out = what == "gradient" and "matrix}" in document.displayed[label].text
            if written_out or not any(kind == what and name in (None, of) for kind, of in kinds):
                raise Untrue(f"{gaps[gap]} refers to {kinds}, not to {what} {name}")

    return check


def refers_above(gap: str) -> Check:
    """The reference is to the last numbered formula."""

    def check(document: Document, **gaps: Any) -> None:
        if _labels(gaps[gap]) not in ([], document.numbered[-1:]):
            raise Untrue(f"{gaps[gap]} is not the formula above, {document.numbered[-1:]}")

    return check


def refers_to_text(gap: str, part: str) -> Check:
    """The reference is to a formula that holds this LaTeX."""

    def check(document: Document, **gaps: Any) -> None:
        for label in _labels(gaps[gap]):
            if label not in document.displayed or part not in document.displayed[label].text:
                raise Untrue(f"{gaps[gap]} refers to a formula without {part}")

    return check


def rules(document: Document, rules: str) -> None:
    """The references are to the rules for the two factors."""
    shown = [document.displayed[label] for label in _labels(rules) if label in document.displayed]
    kinds = {each.kinds for each in shown if "matrix}" not in each.text}
    if kinds != {(("gradient", role_of(document, role)),) for role in ("weight", "data")}:
        raise Untrue(f"{rules} are not the rules for the two factors")


def role(name: str) -> Callable[[Document], str]:
    """The name of the weight, the data or the bias, for ``refers``."""
    return lambda document: role_of(document, name)


def output(document: Document) -> str:
    """The name of the output, for ``refers``."""
    return document.given.output[0]


def takes(document: Document, entry: list[str]) -> None:
    """{entry} exists, is of the matrix that was announced, and the next displays differentiate by it."""
    matrix = matrix_of(document.tree(one(entry)))
    if document.announced & set(dict(document.given.inputs)) and matrix not in document.announced:
        raise Untrue(f"{one(entry)} is no entry of {document.announced}")
    document.readable(one(entry))
    chosen(document, entry)


def announces(document: Document, matrix: list[str]) -> None:
    """What follows is about {matrix}, as all that was said since the last display."""
    before = document.announced
    about(document, matrix)
    if before and before != document.announced:
        raise Untrue(f"the text speaks of {before} and of {document.announced}")


def pairs(document: Document, upstream: list[str], slice: list[str]) -> None:
    """{upstream} is the upstream gradient, {slice} the derivative of the output by the entry that was taken."""
    out = Name(output(document))
    if document.tree(one(upstream)) != Partial(Name(document.given.loss), out):
        raise Untrue(f"{one(upstream)} is not what arrives from the loss")
    if document.chosen is None or document.tree(one(slice)) != Partial(out, document.chosen):
        raise Untrue(f"{one(slice)} is by another entry")


def nothing_chosen(document: Document, **gaps: Any) -> None:
    """From here on no entry is the one that was taken."""
    document.chosen = None
