"""The judge: every line of every calculation, every cell of every grid, every label and shape.

It shares no code with the engine.  It evaluates what stands in the datum, as exact numbers modulo a
prime, against the definition (``judge_lines``), compares how it is worded (``written``), and runs
the NumPy lines (``judge_numpy``).  Here stands what a derivation has to hold, and where.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from sympy import Integer, Pow
from sympy.core.basic import Basic

from derive.compare import UNREADABLE
from derive.decimals import AGREEING, Decimals
from derive.drawn import Slice
from derive.functions import Elementary
from derive.judge_general import drawn_findings, path_findings
from derive.judge_lines import LineJudge
from derive.judge_numpy import code_findings
from derive.judge_words import any_entry, at, by, first_paths, listed
from derive.minors import Determinant
from derive.model import Model
from derive.modular import PRIME, RESIDUES, Arithmetic, Unreadable, degree
from derive.proof import Derivation, Finding, Support, Theorem, Verdict
from derive.terms import Call, Gradient, MatrixSymbol, Partial, entries
from derive.written import Wording, counts

SEED = 20261121
SMALL = 9
"""The NumPy lines are run on integers up to this, which floating point holds exactly; where something is inverted, on
decimals."""


def verdict(derivation: Derivation) -> Verdict:
    """Judge a derivation, line by line.

    The calculations for all sizes are evaluated at pairwise different sizes 2, 3, 4, ... (from 3 on, where
    they speak of determinants or inverses), for every value of their indices; where a size stands among the
    numbers, as in a mean, at other ones as well.  The worked part is evaluated at its own sizes.  Whatever
    cannot be evaluated fails.
    """
    general = {letter: _least(derivation) + k for k, letter in enumerate(derivation.sizes)}
    arithmetic = _arithmetic(derivation, general)
    plain = arithmetic if not derivation.definition.has(Determinant, Call) else Decimals()
    wording = Wording.of(derivation, {})
    findings: list[Finding] = []

    def for_all(sizes: Mapping[str, int]) -> tuple[list[Finding], list[Finding]]:
        judge = LineJudge(Model(derivation, sizes, SEED, arithmetic=arithmetic), wording)
        small = Model(derivation, sizes, SEED + 2, SMALL, plain)
        return list(_Judge(derivation, judge).general()), list(code_findings(derivation, small))

    exact = 1
    try:
        numbers = {s: Integer(derivation.sizes[s.name]) for s in _letters(derivation)}
        at_given = Model(derivation, derivation.sizes, SEED + 1, arithmetic=arithmetic)
        at_sizes = LineJudge(at_given, Wording.of(derivation, numbers))
        proof, code = for_all(general)
        if counts(derivation):
            proof, code = map(_both, (proof, code), for_all(_elsewhere(general)))
        findings += proof
        findings += _Judge(derivation, at_sizes, numbers).worked()
        findings += path_findings(derivation, SEED)
        exact += sum(finding.equalities for finding in findings)
        findings += code
    except UNREADABLE as unreadable:
        where = f"{derivation.output.name} by definition"
        findings.append(Finding(where, False, f"{type(unreadable).__name__}: {unreadable}"))
    if arithmetic.exact:
        return Verdict(tuple(findings), general, PRIME, exact * _degree(derivation, general) / PRIME)
    return Verdict(tuple(findings), general, 0, 10.0**-AGREEING)


def _least(derivation: Derivation) -> int:
    """The smallest size of the calculations for all sizes.

    A 2×2 determinant is too special to speak for all; and an entry that is named has to be there.
    """
    indices = [int(index) for entry in entries(derivation.definition) for index in entry.args[1:] if index.is_Integer]
    return max([3 if derivation.definition.has(Determinant, Call) else 2, *(index + 1 for index in indices)])


def _elsewhere(sizes: Mapping[str, int]) -> Mapping[str, int]:
    """Other sizes, in the reverse order: what agrees with a size, or with another one and a number, does so no more."""
    most = min(sizes.values()) + (len(sizes) | 1)  # an even number would leave the one in the middle as it was
    return {letter: most - k for k, letter in enumerate(sizes)}


def _both(first: Iterable[Finding], second: Iterable[Finding]) -> list[Finding]:
    """The findings of the same statements at two sets of sizes, the first fault of each."""
    again = {finding.where: finding for finding in second}
    pairs = [(finding, again.get(finding.where, finding)) for finding in first]
    return [
        replace(b if a.ok and not b.ok else a, equalities=a.equalities + b.equalities if b is not a else a.equalities)
        for a, b in pairs
    ]


def _degree(derivation: Derivation, sizes: Mapping[str, int]) -> int:
    """The degree of the polynomials that are compared, at the most.

    A determinant has that of its size, and so have both sides of the fraction that an entry of an inverse is; no
    line multiplies more than three of them with what the definition holds.
    """
    definition = derivation.definition
    if not definition.has(Determinant, Call):
        return 1 + degree(definition)
    return (3 + degree(definition)) * (1 + max(*sizes.values(), *derivation.sizes.values()))


def _arithmetic(derivation: Derivation, sizes: Mapping[str, int]) -> Arithmetic:
    """Exact where the definition is a rational formula; else numbers of both signs where it allows them."""
    roots = any(not power.exp.is_Integer for power in derivation.definition.atoms(Pow))
    if not (roots or derivation.definition.has(Elementary)):
        return RESIDUES
    try:
        Model(derivation, sizes, SEED, arithmetic=Decimals())
    except Unreadable:
        return Decimals(positive=True)
    return Decimals()


def _letters(derivation: Derivation) -> set[Basic]:
    sizes = [size for m in (*derivation.inputs, derivation.output) for size in m.shape]
    return {size for size in sizes if size.is_Symbol}


@dataclass(frozen=True)
class _Judge:
    derivation: Derivation
    judge: LineJudge
    numbers: dict[Basic, Basic] | None = None

    def general(self) -> Iterator[Finding]:
        """The calculations for all sizes, and the matrix forms."""
        d = self.derivation
        gradients = [Gradient(d.loss, matrix) for matrix in d.inputs]
        yield listed("gradients", [theorem.gradient for theorem in d.theorems], gradients)
        yield from self._forward()
        for number, lemma in enumerate(d.lemmas, start=1):
            yield from self.judge.lines(f"lemma {number}", lemma.calc)
        for theorem in d.theorems:
            yield from self._theorem(theorem)
        if d.general is not None:
            yield from drawn_findings(d, d.general, self.judge)

    def _forward(self) -> Iterator[Finding]:
        forward, output = self.derivation.forward, self.derivation.output
        where = f"{output.name} by definition"
        if not any_entry(forward.goal, output):
            yield Finding(where, False, f"the goal is {forward.goal}, not an entry of the output", 0)
        yield from self.judge.lines(where, forward)
        yield self.judge.matrix(f"{output.name} as a matrix", output, self.derivation.matrix)

    def _theorem(self, theorem: Theorem) -> Iterator[Finding]:
        entry, gradient = theorem.entry.goal, theorem.gradient
        goals = (
            isinstance(entry, Partial)
            and entry.of == self.derivation.loss
            and any_entry(entry.wrt, theorem.wrt)
            and theorem.local.goal == Partial(self.derivation.forward.goal, entry.wrt)
        )
        what = by(self.derivation.loss, theorem.wrt)
        yield Finding(f"{what}, what is calculated", bool(goals), "the goals fit the theorem", 0)
        local = f"∂{self.derivation.output.name}/∂{theorem.wrt.name} for all sizes"
        yield from self.judge.lines(local, theorem.local)
        yield from self.judge.lines(f"{what} for all sizes", theorem.entry)
        yield self.judge.matrix(f"{what} as a matrix", gradient, theorem.matrix)
        if theorem.support is not None:
            yield from self._support(theorem, theorem.support)

    def _support(self, theorem: Theorem, support: Support) -> Iterator[Finding]:
        """The paths that are left out are 0, and those that are left are the whole sum."""
        where = f"{by(self.derivation.loss, theorem.wrt)} without zeros"
        here = dict(support.agree)
        goals = (
            support.goal == theorem.local.goal
            and support.entry.goal == theorem.entry.goal
            and support.local.goal == support.goal.xreplace(here)
        )
        yield Finding(f"{where}, what is calculated", bool(goals), "the goals fit the theorem", 0)
        yield self.judge.zeros(f"{where}, zeros", support.goal, support.agree)
        yield from self.judge.lines(f"{where}, local", support.local)
        yield from self.judge.lines(where, support.entry)

    def worked(self) -> Iterator[Finding]:
        """The expansion at given sizes."""
        d, worked = self.derivation, self.derivation.worked
        output = d.output.xreplace(self.numbers)
        inputs = [matrix.xreplace(self.numbers) for matrix in d.inputs]
        yield Finding("inputs, list", len(worked.inputs) == len(inputs), "one for each input", 0)
        for calc, matrix in zip(worked.inputs, inputs, strict=False):
            yield from self.judge.grids(f"{matrix.name} by its entries", calc, matrix)
        yield from self.judge.grids(f"{output.name} written out", worked.output, output)
        upstream = Gradient(d.loss, output)
        yield from self.judge.grids(by(self.derivation.loss, output), worked.upstream, upstream)
        yield Finding("examples, list", len(worked.examples) == len(inputs), "one for each input", 0)
        for number, matrix in enumerate(inputs[: len(worked.examples)]):
            yield from self._example(number, matrix, output)
        yield Finding("counted pairs, list", len(worked.held) == len(inputs), "one number for each input", 0)
        for count, matrix in zip(worked.held, inputs, strict=False):
            slopes = [slope for _, tangent in self.judge.model.outputs.values() for slope in tangent.items()]
            known = [slope for (name, _, _), slope in slopes if name == matrix.name]
            same = self.judge.model.arithmetic.same
            counted = sum(not same(slope, 0) for slope in known) <= count <= len(known)
            yield Finding(f"counted pairs of {output.name} and {matrix.name}", counted, "all others are 0")

    def _example(self, number: int, matrix: MatrixSymbol, output: MatrixSymbol) -> Iterator[Finding]:
        example, loss = self.derivation.worked.examples[number], self.derivation.loss
        cells = [output[i, j] for i in range(output.rows) for j in range(output.cols)]
        locals = [Partial(cell, example.entry) for cell in cells]
        yield listed(f"local partials by an entry of {matrix.name}", [calc.goal for calc in example.partials], locals)
        for calc in example.partials:
            of = calc.goal.of if isinstance(calc.goal, Partial) else calc.goal
            yield from self.judge.lines(f"∂{at(of)}/∂{at(example.entry)}", calc)
        where = f"chain rule for {at(example.entry)}"
        paths = [Partial(loss, cell) * Partial(cell, example.entry) for cell in cells]
        yield Finding(f"{where}, paths", first_paths(example.chain) == paths, "line 1: one path per entry, in order", 0)
        if example.chain.goal != Partial(loss, example.entry) or example.entry.args[0] != matrix:
            yield Finding(where, False, f"the goal is {example.chain.goal}", 0)
        yield from self.judge.lines(where, example.chain)
        slice = Slice(output, example.entry)
        yield from self.judge.grids(f"∂{output.name}/∂{at(example.entry)} as a matrix", example.slice, slice)
        others = [("pairing", example.pairing), ("with indices", example.summed)]
        for what, calc in ((what, calc) for what, calc in others if calc is not None):
            if calc.goal != example.chain.goal:
                yield Finding(f"{where}, {what}", False, f"the goal is {calc.goal}", 0)
            yield from self.judge.lines(f"{where}, {what}", calc)
        gradient = Gradient(loss, matrix)
        yield from self.judge.grids(f"{by(self.derivation.loss, matrix)} at these sizes", example.gradient, gradient)
