"""What sentences say of a derivation: what an entry is computed from, and how many derivatives there are."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr, HadamardPower, HadamardProduct, MatMul, Mul, Sum

from derive.functions import step
from derive.proof import Derivation, Example
from derive.terms import MatrixElement, MatrixExpr, MatrixSymbol, entries


@dataclass(frozen=True)
class Part:
    """What an entry of the output needs of an input: an entry, a row, a column, or all of it (``kind``).

    ``index`` tells which row or column, counted as in the formula of the entry.
    """

    kind: str
    entry: MatrixElement
    index: Expr

    @property
    def matrix(self) -> MatrixSymbol:
        return self.entry.args[0]


def parts(d: Derivation) -> list[Part]:
    """The parts of the inputs that an entry of the output is computed from, and no others."""
    free = {index for index in d.forward.goal.args[1:] if index.is_Symbol}
    found: dict[tuple[str, MatrixSymbol, Expr], Part] = {}
    for entry in sorted(entries(d.definition), key=lambda e: d.inputs.index(e.args[0])):
        part = _part(entry, free)
        found[part.kind, part.matrix, part.index] = part
    lines = {(part.matrix, part.index) for part in found.values() if part.kind in ("row", "column")}
    return [
        part
        for part in found.values()
        if part.kind != "entry" or not any((part.matrix, index) in lines for index in part.entry.args[1:])
    ]


def _part(entry: MatrixElement, free: set[Expr]) -> Part:
    matrix, row, col = entry.args
    fixed = [index in free or (index == 0 and size == 1) for index, size in zip((row, col), matrix.shape, strict=True)]
    if all(fixed):
        return Part("entry", entry, row)
    if not any(fixed) or 1 in matrix.shape:
        return Part("whole", entry, row)
    return Part("row", entry, row) if fixed[0] else Part("column", entry, col)


def is_dot(d: Derivation) -> bool:
    """Whether an entry of the output is a row or column of one input times one of another, added up."""
    if not (isinstance(d.definition, Sum) and len(d.definition.limits) == 1):
        return False
    factors = Mul.make_args(d.definition.function)
    kinds = [part.kind for part in parts(d)]
    return (
        all(isinstance(f, MatrixElement) for f in factors)
        and len(factors) == len(kinds) == 2
        and not (set(kinds) - {"row", "column"})
    )


@dataclass(frozen=True)
class Count:
    """How many derivatives of an entry of the output by an entry of an input there are, and what for."""

    matrix: MatrixSymbol
    indices: int
    entries: int
    outputs: int
    zeros: int

    @property
    def derivatives(self) -> int:
        return self.entries * self.outputs


def counts(d: Derivation) -> list[Count]:
    """For each input, at the sizes of the example."""
    output = d.worked.output.goal
    outputs = int(output.rows * output.cols)
    found = []
    for matrix, calc, held in zip(d.inputs, d.worked.inputs, d.worked.held, strict=True):
        number = int(calc.goal.rows * calc.goal.cols)
        indices = sum(size != 1 for size in (*d.output.shape, *matrix.shape))
        found.append(Count(matrix, indices, number, outputs, number * outputs - held))
    return found


def has_step(d: Derivation) -> bool:
    """Whether the formula of the result holds the step function, which not every reader knows by this name."""
    return bool(d.definition.has(step))


def zeros(example: Example) -> int:
    """How many local partial derivatives of an example are 0."""
    return sum(calc.result == 0 for calc in example.partials)


def is_single(example: Example) -> bool:
    """Whether the matrix has one entry at these sizes."""
    return bool(example.gradient.goal.shape == (1, 1))


def is_entrywise(example: Example) -> bool:
    """Whether the gradient is an entrywise product."""
    return isinstance(example.gradient.result, HadamardProduct)


def factors(example: Example) -> list[MatrixExpr]:
    """The names of the matrices whose product the gradient is written out as, if it is."""
    if not any(step.by.name == "recognition" for step in example.gradient.steps):
        return []
    form = example.gradient.result
    if isinstance(form, HadamardProduct):  # what divides is no factor
        return [] if any(isinstance(part, HadamardPower) for part in form.args) else list(form.args)
    number, matrices = form.as_coeff_matrices() if isinstance(form, MatMul) else (0, [])
    return list(matrices) if number == 1 and len(matrices) > 1 else []
