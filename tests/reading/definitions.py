"""Definitions by type: what the derivative of a function between two spaces is, entry by entry."""

from __future__ import annotations

import re
from dataclasses import replace

from tests.reading.checks import Findings, examined
from tests.reading.faults import Fault, Unreadable, Untrue
from tests.reading.told import Given

_SPACE = r"\\mathbb\{R\}(?:\^(?:\{([^{}]*)\}|(\w)))?"
_FUNCTION = re.compile(rf"([a-zA-Z])\s*(?::|\\colon)\s*{_SPACE}\s*\\(?:to|rightarrow)\s*{_SPACE}")
_ELEMENT = re.compile(rf"([a-zA-Z])\s*\\in\s*{_SPACE}")
_SEPARATOR = re.compile(r"(?:,?\s*\\q?quad\s*|(?<!\\),\s+(?=\\frac|[a-zA-Z]\s*(?:\\in|:)))")


def declarations(tex: str) -> str:
    """The types that a formula declares, without what it says of them."""
    found = [part.strip().rstrip(".,") for part in _SEPARATOR.split(tex) if part]
    return r" \quad ".join(part for part in found if _FUNCTION.fullmatch(part) or _ELEMENT.fullmatch(part))


def declared(tex: str, given: Given, before: str = "") -> Findings:
    r"""f : ℝ^n → ℝ^m, x ∈ ℝ^n, and what is said about ∂f/∂x: of any function between these spaces.

    The gradient of a number has the shape of x; the derivative of a column by a column has a row for each
    entry of the first and a column for each of the second.  ``before``: what was declared in earlier formulas.
    """
    if tex.count("\\\\") == tex.count("\\\\[0.5em]"):
        tex = re.sub(r"\\(?:begin|end)\{aligned\}", "", tex).strip()
    findings = Findings(signs=tex.count("=") - len(re.findall(r"_\{\s*\w\s*=", tex)))
    try:
        _read(tex if _FUNCTION.search(tex) else rf"{before} \quad {tex}", given, findings)
    except Fault as fault:
        findings.fault = f"{type(fault).__name__.lower()}: {fault} in {' '.join(tex.split())}"
        findings.unreadable = isinstance(fault, Unreadable)
    return findings


def _read(tex: str, given: Given, findings: Findings) -> None:
    spaces: dict[str, tuple[str, str]] = {}
    function, chains = "", []
    codomain = ("1", "1")
    for part in filter(None, (piece.strip().rstrip(".,") for piece in _SEPARATOR.split(tex) if piece)):
        if match := _FUNCTION.fullmatch(part):
            function = match[1]
            domain, codomain = _shape(match[2] or match[3]), _shape(match[4] or match[5])
            spaces[""] = domain
            findings.claims["types"] += 1
        elif (match := _ELEMENT.fullmatch(part)) and match[1] not in given.shapes:
            spaces[match[1]] = _shape(match[2] or match[3])
            findings.claims["types"] += 1
        else:
            chains.append(part)
    if not function:
        raise Unreadable("no function is declared")
    variables = [name for name in spaces if name]
    if len(variables) > 1 or any(spaces[name] != spaces[""] for name in variables):
        raise Untrue("the variable is in another space than the function is defined on")
    for chain in chains:
        context = _context(function, codomain, variables[0] if variables else "x", spaces[""])
        found = examined(chain, context, False)
        if found.fault:
            (kind, _, message) = found.fault.partition(": ")
            raise (Unreadable if kind == "unreadable" else Untrue)(message)
        findings.compared += found.compared
        findings.claims += found.claims


def composition(tex: str, loss: str) -> Findings:
    """L(x_1, ..., x_N) = L(f_1(x_1, ..., x_N), ..., f_M(x_1, ..., x_N)): a loss through functions of variables."""
    bare = re.sub(r"\\(?:left|right|[,;:! ])|\s|[{}]", "", tex).rstrip(".,")
    bare = re.sub(r"\\[lc]?dots,?", "…,", bare)
    match = re.fullmatch(rf"{re.escape(loss)}\(([^()=]*)\)={re.escape(loss)}\((.*)\)", bare)
    if not match:
        return Findings(unreadable=True, fault="unreadable: no composition")
    variables = match[1]
    inner = re.findall(r"f_(\w)\(([^()]*)\)|(…)", match[2])
    names = [name or dots for name, _, dots in inner]
    fault = ""
    if not re.fullmatch(r"x_1,(?:x_2,)?…,x_N", variables):
        fault = "untrue: the variables are not x_1, ..., x_N"
    if names not in (["1", "…", "M"], ["1", "2", "…", "M"]) or any(a != variables for name, a, _ in inner if name):
        fault = "untrue: the functions are not f_1, ..., f_M of all variables"
    return Findings(signs=1, fault=f"{fault} in {tex}" if fault else "")


def _shape(written: str | None) -> tuple[str, str]:
    """ℝ, ℝ^n, ℝ^{m × n}, in letters."""
    if not written:
        return "1", "1"
    sizes = [size.strip() for size in written.split(r"\times")]
    if len(sizes) > 2 or not all(re.fullmatch(r"[A-Za-z]|1", size) for size in sizes):
        raise Unreadable(f"the space of {written}")
    return (sizes[0], "1") if len(sizes) == 1 else (sizes[0], sizes[1])


def _context(function: str, codomain: tuple[str, str], variable: str, domain: tuple[str, str]) -> Given:
    letters = sorted({letter for letter in (*domain, *codomain) if letter != "1"})
    sizes = tuple((letter, 5 + k) for k, letter in enumerate(letters))
    if codomain == ("1", "1"):
        return Given(None, (), (variable, domain), function, sizes)
    if domain == codomain == ("1", "1"):
        return replace(Given(None, (), (variable, domain), function, sizes))
    return Given(None, ((variable, domain),), (function, codomain), "", sizes)
