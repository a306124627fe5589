"""The datum: a derivation is a chain of equalities with reasons, and nothing else.

The engine makes it, the judge checks it, the printers show it.  Whatever equality a page shows
stands here as data, so that the judge sees it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sympy import Expr, Symbol
from sympy.core.basic import Basic

from derive.chain import Finding as Finding
from derive.chain import Reason as Reason
from derive.chain import Step as Step
from derive.terms import Gradient, MatrixElement, MatrixExpr, MatrixSymbol, Partial


@dataclass(frozen=True)
class Calc:
    """``goal`` = s1 = s2 = ... = sn.

    The goal says what is calculated, in the words of the definition: an entry ``Y[i, j]``, a
    derivative ``Partial(Y[i, j], X[p, q])`` or ``Partial(L, X[p, q])``, a matrix ``Y`` or
    ``Gradient(L, X)``.
    """

    goal: Basic
    steps: tuple[Step, ...]

    @property
    def result(self) -> Basic:
        return self.steps[-1].result


@dataclass(frozen=True)
class Lemma:
    """A calculation that a proof begins with, and the sentence that leads to it."""

    says: str
    calc: Calc


@dataclass(frozen=True)
class Support:
    """Where a local partial derivative is not 0 for want of its variable, and what it is there.

    ``goal``, ∂y_ij/∂x_pq, is 0 unless the pairs of indices in ``agree`` do.  ``local`` calculates it where
    they do, and ``entry`` is ∂L/∂x_pq once more: a sum over all paths, of which those remain.
    """

    goal: Partial
    agree: tuple[tuple[Symbol, Symbol], ...]
    local: Calc
    entry: Calc

    @property
    def held(self) -> MatrixElement:
        """The entries of the input that y_ij holds: x_pq with the indices of y_ij, where these have to agree."""
        return self.goal.wrt.xreplace({of_input: of_output for of_output, of_input in self.agree})

    @property
    def is_single(self) -> bool:
        """Whether y_ij holds a single entry of the input."""
        return len(self.agree) == len([index for index in self.goal.wrt.args[1:] if index.is_Symbol])

    @property
    def row(self) -> tuple[Symbol, Symbol] | None:
        """Where y_ij holds entries of one row only: which row, and that of x_pq."""
        return next((pair for pair in self.agree if pair[1] == self.goal.wrt.args[1]), None)

    @property
    def column(self) -> tuple[Symbol, Symbol] | None:
        """Where y_ij holds entries of one column only: which column, and that of x_pq."""
        return next((pair for pair in self.agree if pair[1] == self.goal.wrt.args[2]), None)


@dataclass(frozen=True)
class Theorem:
    """The gradient with respect to one input, in closed matrix form, and why.

    ``local`` calculates ∂y_ij/∂x_pq (the lemma), ``entry`` calculates ∂L/∂x_pq from it, and
    ``matrix`` is what that entry is the entry of.
    """

    gradient: Gradient
    matrix: MatrixExpr
    local: Calc
    entry: Calc
    support: Support | None = None

    @property
    def wrt(self) -> MatrixSymbol:
        return self.gradient.wrt

    @property
    def direct(self) -> Expr:
        """The last line for ∂L/∂x_pq that speaks of entries of single matrices alone."""
        lines = (step.result for step in reversed(self.entry.steps))
        elements = ((line, line.atoms(MatrixElement)) for line in lines)
        return next(line for line, found in elements if all(isinstance(e.args[0], MatrixSymbol) for e in found))


@dataclass(frozen=True)
class Example:
    """One gradient at given sizes: one entry in every detail, then all entries as a matrix.

    ``slice`` holds the local ``partials`` as a matrix, and ``pairing`` is the sum of ``chain`` as a Frobenius
    product with it.  ``summed`` is that sum with indices; there is none where an index is taken apart.
    """

    entry: MatrixElement
    partials: tuple[Calc, ...]
    chain: Calc
    slice: Calc
    pairing: Calc
    gradient: Calc
    summed: Calc | None = None


@dataclass(frozen=True)
class Worked:
    """The expansion at given sizes, entry by entry.

    ``held`` counts for each input the pairs of an entry of the output and an entry of this input that it holds:
    all other derivatives of the one by the other are 0.
    """

    inputs: tuple[Calc, ...]
    output: Calc
    upstream: Calc
    examples: tuple[Example, ...]
    held: tuple[int, ...] = ()


@dataclass(frozen=True)
class General:
    """The matrices at letters for sizes, drawn by their ends, and the gradients at some of their entries.

    ``product`` draws the factors of the output, where its form is made of single matrices.
    ``spread`` draws what is added to every row or column of the output, and ``turned`` is the transposed output,
    where that is a product or a sum.
    """

    inputs: tuple[Calc, ...]
    output: Calc
    product: Calc | None
    upstream: Calc
    gradients: tuple[Calc, ...]
    entries: tuple[tuple[Calc, ...], ...]
    spread: tuple[Calc, ...] = ()
    turned: Calc | None = None


@dataclass(frozen=True)
class Paths:
    """The chain rule by itself: a loss that depends on ``variables`` through ``functions`` alone.

    Both are rows, of which nothing else is known; ``calc`` is ∂L/∂x_i as a sum over all paths.
    """

    variables: MatrixSymbol
    functions: MatrixSymbol
    calc: Calc

    @property
    def path(self) -> tuple[Partial, Partial]:
        """The factors along a path: what arrives from the loss, and the local derivative."""
        wrt = self.calc.result.limits[0][0]
        return Partial(self.calc.goal.of, self.functions[0, wrt]), Partial(self.functions[0, wrt], self.calc.goal.wrt)


@dataclass(frozen=True)
class Code:
    """One line of a program, ``target = text``, and what it claims to compute."""

    target: str
    text: str
    goal: MatrixSymbol | Gradient


@dataclass(frozen=True)
class Derivation:
    """Everything that a page says about the gradients of one operation.

    ``definition`` is the formula of ``output[i, j]`` (i, j being the indices of ``forward.goal``):
    the only thing taken on trust.  All else is claimed, and checked; it is claimed where the
    conditions of ``domain`` hold.  ``lemmas`` come before the local partials: where an entry has no
    formula for all sizes, the identity that defines it, and what becomes of it by differentiation.
    ``general`` is there where the formula of an entry tells all entries alike.  ``code`` is NumPy, and
    ``torch`` the same lines for PyTorch; ``paths`` is the rule that all gradients rest on, in letters of its own.
    """

    operation: str
    title: str
    sizes: Mapping[str, int]
    inputs: tuple[MatrixSymbol, ...]
    output: MatrixSymbol
    loss: Symbol
    definition: Expr
    domain: tuple[Basic, ...]
    forward: Calc
    matrix: MatrixExpr
    theorems: tuple[Theorem, ...]
    worked: Worked
    code: tuple[Code, ...]
    torch: tuple[Code, ...]
    paths: Paths
    lemmas: tuple[Lemma, ...] = ()
    general: General | None = None

    @property
    def upstream(self) -> Gradient:
        return Gradient(self.loss, self.output)


@dataclass(frozen=True)
class Exercise:
    """A product of two matrices of integers, the squares of its entries, and their sum for the loss: all in numbers.

    ``square`` and ``sum`` tell what is squared and added up, for any entry; the ``gradients`` are those with
    respect to the squares, the product and its factors, in this order.
    """

    inputs: tuple[Calc, ...]
    square: Calc
    sum: Calc
    output: Calc
    squares: Calc
    loss: Calc
    gradients: tuple[Calc, ...]


@dataclass(frozen=True)
class Verdict:
    """All findings, and how they were come by.

    ``sizes`` are those at which the calculations for all sizes were evaluated, ``modulus`` is the
    prime of the exact arithmetic, and ``bound`` the probability that a false equality of formulas
    went unnoticed, at the most; the NumPy lines are run on small integers, and not part of it.
    Where functions occur that no exact arithmetic knows, ``modulus`` is 0, and both sides of every
    equality agree up to the relative error ``bound``.
    """

    findings: tuple[Finding, ...]
    sizes: Mapping[str, int]
    modulus: int
    bound: float

    @property
    def ok(self) -> bool:
        return all(finding.ok for finding in self.findings)

    @property
    def equalities(self) -> int:
        return sum(finding.equalities for finding in self.findings)

    @property
    def faults(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if not finding.ok)
