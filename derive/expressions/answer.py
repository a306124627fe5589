"""The answer to a question about an expression: formula, programs, steps, and what the judge found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from derive.chain import Finding, Step
from derive.errors import DeriveError, Rejected
from derive.expressions.declarations import declarations
from derive.expressions.differential import CONVENTIONS, Differential
from derive.expressions.examine import examine
from derive.expressions.expression import Node, symbol
from derive.expressions.formula import latex, name_latex
from derive.expressions.language import LONGEST_TEXT, parse
from derive.expressions.libraries import LIBRARIES
from derive.expressions.sizes import Shape, Size, factors
from derive.expressions.source import function_source
from derive.expressions.text import text
from derive.prose import ENGLISH


@dataclass(frozen=True, repr=False)
class Answer:
    """A derivative that was checked; see ``derive.gradient``.

    ``kind`` is gradient, jacobian or hessian; ``differentials`` holds the derivation (of a Hessian
    two: of the gradient, and of its Jacobian), ``symbols`` all declared and inferred symbols.
    """

    kind: str
    value: Node
    wrt: Node
    differentials: tuple[Differential, ...]
    symbols: tuple[Node, ...]
    findings: tuple[Finding, ...]

    @property
    def last(self) -> Differential:
        return self.differentials[-1]

    @property
    def result(self) -> Node:
        """The derivative as an expression."""
        return self.last.result

    @property
    def formula(self) -> str:
        """The derivative in the language; it can be pasted back in."""
        return text(self.result)

    @property
    def latex(self) -> str:
        """The derivative in LaTeX, without delimiters."""
        return latex(self.result)

    @cached_property
    def numpy(self) -> str:
        """The source of a NumPy function; its keyword parameters are all symbols."""
        return self.source("numpy")

    @cached_property
    def torch(self) -> str:
        """The source of a PyTorch function."""
        return self.source("torch")

    @cached_property
    def jax(self) -> str:
        """The source of a JAX function."""
        return self.source("jax")

    def source(self, library: str) -> str:
        """The source of a function in one of the libraries."""
        if library not in LIBRARIES:
            raise DeriveError(f"unknown library '{library}'; known: {', '.join(LIBRARIES)}.")
        return function_source(self.result, self.kind, self.symbols, library, self.last.axes)

    @property
    def shape(self) -> Shape | tuple[Size, ...]:
        """The shape of the derivative: of a gradient that of its variable, else the axes."""
        return self.last.axes or self.result.shape

    @property
    def convention(self) -> str:
        """The layout, and what counts as independent in a structured variable."""
        layout = (
            "denominator layout: the shape of the variable"
            if self.last.kind == "gradient"
            else "axes of the value, then of the variable"
        )
        if self.last.axes:
            layout += "; the formula is the matrix K with dvec(F) = K dvec(X)"
        structured = f"; {self.last.convention}: {CONVENTIONS[self.last.convention]}" if self.wrt.data[1] else ""
        return layout + structured

    @property
    def steps(self) -> tuple[Step, ...]:
        """The chains of equal expressions that lead to the result."""
        return tuple(step for each in self.differentials for step in each.steps)

    @property
    def verified(self) -> bool:
        """Whether the judge accepted every step, the printed formula and the NumPy function."""
        return bool(self.findings) and all(finding.ok for finding in self.findings)

    @property
    def goal(self) -> str:
        """The derivative's name in LaTeX."""
        variable = latex(self.wrt)
        if self.kind == "hessian":
            return rf"\frac{{\partial^2 f}}{{\partial {variable}^2}}"
        return rf"\frac{{\partial f}}{{\partial {variable}}}"

    def render(self, format: str = "md", at: Mapping[str, Any] | None = None, *, language: str = ENGLISH) -> str:
        """The page in ``md``, ``tex``, ``txt`` or ``json``; with numbers ``at`` for all symbols.

        Its prose is English, or that of a TOML file: ``language="de.toml"``.

        Raises:
            DeriveError: the format or the language is unknown, a line is rejected, or the numbers do not fit.
        """
        from derive.expressions.expression_page import page

        return page([self], format, at, language=language)

    def __repr__(self) -> str:
        """One line, as the terminal shows it.

        >>> from derive.expressions.calculus import gradient
        >>> gradient("x.T @ x", wrt="x")
        <gradient of x.T @ x by x: 2 * x>
        """
        return f"<{self.kind} of {text(self.value)} by {self.wrt.name}: {self.formula}>"

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.goal} = {self.latex}$"

    def _repr_markdown_(self) -> str:
        return f"$${self.goal} = {self.latex}$$"

    def to_sympy(self) -> Any:
        """The derivative as a sympy expression of matrix symbols."""
        from derive.expressions.to_sympy import to_sympy

        return to_sympy(self.result)


def checked(
    kind: str, value: Node, wrt: Node, differentials: list[Differential], shapes: Mapping[str, str] | None
) -> Answer:
    """The answer, once the judge has accepted all of it.

    Raises:
        Rejected: the judge found a fault.
        DeriveError: the judge could not evaluate the expression.
    """
    symbols = _symbols(value, wrt, shapes)
    answer = Answer(kind, value, wrt, tuple(differentials), symbols, ())
    findings: list[Finding] = []
    names = _sizes((*value.walk(), *symbols))
    for each in differentials:
        final = each is differentials[-1]
        own = tuple(each.wrt if node.name == wrt.name else node for node in symbols)
        declared = {node.name: f"{node.shape[0]},{node.shape[1]} {node.data[1]}" for node in own}
        written = text(each.result)
        if len(written) > LONGEST_TEXT:
            raise DeriveError(f"the derivative is a formula of {len(written)} characters, too long to be read.")
        printed = parse(written, declared, names)
        run = compiled(answer.numpy, kind) if final else None
        told = _told(answer.numpy, symbols) if final else ()
        findings += examine(each, own, printed, run, told)
    faults = [finding for finding in findings if not finding.ok]
    if faults:
        raise Rejected(
            f"the judge rejects this derivation, so nothing is printed: {faults[0].where} ({faults[0].detail})."
        )
    _check_letters([*(node.name for node in symbols), *sorted(names)], differentials)
    return Answer(kind, value, wrt, tuple(differentials), symbols, tuple(findings))


def _sizes(nodes: Iterable[Node]) -> set[str]:
    """The names of all dimensions that occur."""
    nodes = list(nodes)
    told = {node.data for node in nodes if node.op == "dimension"}
    return told | {name for node in nodes for side in node.shape for name in factors(side)[1]}


def _symbols(value: Node, wrt: Node, shapes: Mapping[str, str] | None) -> tuple[Node, ...]:
    """All symbols: the declared ones in their order, then the others as they occur."""
    found = {node.name: node for node in value.walk() if node.op == "symbol"}
    declared = declarations(shapes or {})
    known = {name: found.get(name) or symbol(name, each.shape, each.structure) for name, each in declared.items()}
    return tuple({**known, **found, wrt.name: wrt}.values())


def _check_letters(names: Iterable[str], differentials: Iterable[Differential]) -> None:
    """A reader tells symbols, sizes, entries and constants apart by their letters alone.

    Raises:
        DeriveError: a name is written like another one, or like something else in the formulas.
    """
    owners: dict[str, str] = {}
    roots = [root for each in differentials for root in (each.value, *(step.result for step in each.steps))]
    met = dict.fromkeys(node for root in roots for node in root.walk() if not node.args or node.op == "entry")
    pairs = [(name, owners.setdefault(name_latex(name), name)) for name in names]
    # Units of two lengths are both e₁, and where they stand tells which is meant; a name is one thing.
    pairs += [(text(node), owners.get(latex(node).replace(", ", ","), text(node))) for node in met]
    for written, owner in pairs:
        if written != owner:
            raise DeriveError(f"{owner} and {written} are written alike in formulas; choose another name for {owner}.")


def _told(source: str, symbols: tuple[Node, ...]) -> tuple[str, ...]:
    """The sizes among a function's parameters."""
    parameters = source.partition("(*, ")[2].partition(")")[0].split(", ")
    return tuple(name for name in parameters if name and name not in {node.name for node in symbols})


def compiled(source: str, name: str) -> Any:
    """The function that a source text defines.  The text is our own, made of checked names only."""
    space: dict[str, Any] = {"np": np}
    exec(compile(source, f"<{name}>", "exec"), space)
    return lambda given: space[name](**given)
