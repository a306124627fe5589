"""The programs of a notebook: each computes what the text beside it says, and raises where that is not so."""

from __future__ import annotations

import builtins
from collections.abc import Iterator, Sequence
from textwrap import indent

from sympy import ImmutableDenseMatrix, StrictGreaterThan, ZeroMatrix
from sympy.core.basic import Basic

from derive.errors import DeriveError
from derive.minors import Determinant
from derive.operation import registered
from derive.order import ReadingOrder, sources
from derive.positions import axis
from derive.program_texts import DIFFERENCES, ENTRIES, HELPERS, SYMBOLS, TORCH
from derive.proof import Derivation, Theorem
from derive.python_text import PythonPrinter, Unwritable
from derive.terms import MatrixElement, MatrixSymbol, Terms

MOST_TERMS = 400
"""Matrices with more terms than this are not written out as code."""

MOST_INVERTED = 3
"""The largest size at which sympy inverts a matrix of symbols in no time."""

CALLED = frozenset([*dir(builtins), "np", "sp", "torch", "random"])
"""No matrix has these names; what else the programs define has a low line in its name, as no matrix has."""


class Programs:
    """The code cells that go with one derivation."""

    def __init__(self, derivation: Derivation) -> None:
        self.d = derivation
        self.inputs = [matrix.name for matrix in derivation.inputs]
        self.output = derivation.output.name

    @property
    def setup(self) -> str:
        """The sizes, random inputs where everything is defined, and what the checks share.

        Raises:
            DeriveError: a matrix has the name of a function or a module that the code calls.
        """
        d = self.d
        for name in (*self.inputs, self.output):
            if name in CALLED:
                raise DeriveError(f"{name} has a meaning in Python, and the notebook could not be run; choose another.")
        letters, numbers = ", ".join(d.sizes), ", ".join(map(str, d.sizes.values()))
        lines = [f"{matrix.name} = {self._random(matrix)}" for matrix in d.inputs]
        lines.append(f"d{self.output} = random_matrix({self._shape(d.output)})")
        return HELPERS.format(sizes=f"{letters} = {numbers}", matrices="\n".join(lines))

    @property
    def passes(self) -> str:
        """The lines of NumPy that the derivation claims."""
        lines = [f"{line.target} = {line.text}" for line in self.d.code]
        if self.d.output.shape == (1, 1):
            lines.insert(1, f"{self.output} = np.reshape({self.output}, (1, 1))")
        checks = []
        for name, matrix in zip(self.inputs, self.d.inputs, strict=True):
            if matrix.shape == (1, 1):
                checks += [f"assert np.size(d{name}) == 1", f'print("d{name} is one number, as {name} is")']
            else:
                checks += [
                    f'assert np.shape(d{name}) == {name}.shape, "d{name} does not have the shape of {name}"',
                    f'print("d{name} has the shape of {name}:", {name}.shape)',
                ]
        return "\n".join([*lines, "", *checks])

    @property
    def differences(self) -> str:
        """Central differences of a loss, entry by entry."""
        return DIFFERENCES.format(
            inputs=", ".join(self.inputs),
            Y=self.output,
            forward=f"{self.output} = {self.d.code[0].text}",
            checks="\n".join(self._slopes(name) for name in self.inputs),
        )

    def _slopes(self, name: str) -> str:
        slopes = f"central_differences(lambda {name}: loss_at({', '.join(self.inputs)}), {name})"
        compared = f'show_agreement("d{name} against slopes", d{name}, slopes_of_{name}, 1e-6)'
        return f"slopes_of_{name} = {slopes}\n{compared}"

    def loops(self, theorem: Theorem) -> str:
        """The sum over indices for every entry of a gradient; "" where there is no such formula."""
        name, (_, row, col) = theorem.wrt.name, theorem.entry.goal.wrt.args
        printer = PythonPrinter("np", self._order(theorem))
        try:
            formula, place = printer.text(theorem.direct), f"{printer.text(row)}, {printer.text(col)}"
        except Unwritable:
            return ""
        ranges = [*axis(row, theorem.wrt.rows), *axis(col, theorem.wrt.cols)]
        lines = [f"d{name}_by_sums = np.zeros({name}.shape)"]
        for depth, (index, size) in enumerate(ranges):
            lines.append(f"{'    ' * depth}for {index} in range({printer.text(size)}):")
        lines.append(f"{'    ' * len(ranges)}d{name}_by_sums[{place}] = {formula}")
        lines.append(f'show_agreement("d{name} against its sums", d{name}, d{name}_by_sums, 1e-12)')
        return "\n".join(lines)

    @property
    def is_written_out(self) -> bool:
        """Whether the matrices are small enough to be written out as code."""
        examples = self.d.worked.examples
        cells = [cell for each in examples for cell in each.gradient.steps[1].result]
        by_rule = examples[0].partials[0].steps[-1].by.name == "local partial"
        small = not by_rule or max(self.d.sizes.values()) <= MOST_INVERTED
        return small and sum(_terms(cell) for cell in [*cells, *self.d.worked.output.result]) <= MOST_TERMS

    @property
    def symbols(self) -> str:
        """The entries of the output in sympy."""
        d, printer = self.d, PythonPrinter("sp", ReadingOrder(sources(self.d.matrix)))
        known = [*d.inputs, MatrixSymbol(f"d{self.output}", *d.output.shape)]
        declared = [f'    "{each.name}": symbol_matrix("{each.name}", {self._shape(each)}),' for each in known]
        return SYMBOLS.format(
            inputs=", ".join(self.inputs),
            Y=self.output,
            kind="positive" if any(isinstance(each, StrictGreaterThan) for each in d.domain) else "real",
            output=self._output_entries(printer),
            symbols="\n".join(declared),
            numbers="\n".join(f'    place.update(zip(symbols_of["{name}"], {name}.ravel()))' for name in self.inputs),
            from_symbols=", ".join(f'symbols_of["{name}"]' for name in self.inputs),
        )

    def entries(self, theorem: Theorem) -> str:
        """The written-out entries of a gradient against sympy's derivatives."""
        example = self.d.worked.examples[self.d.theorems.index(theorem)]
        return ENTRIES.format(
            X=theorem.wrt.name,
            names=", ".join([*self.inputs, f"d{self.output}", self.output]),
            gradient=_written(example.gradient.steps[1].result, PythonPrinter("sp", self._order(theorem))),
        )

    @property
    def torch(self) -> str:
        """The same gradients by PyTorch; "" where nothing depends on the inputs."""
        d, operation = self.d, registered()[self.d.operation]
        if all(isinstance(theorem.matrix, ZeroMatrix) for theorem in d.theorems):
            return ""
        text = operation.torch
        for stated, name in zip(operation.signature.inputs, self.inputs, strict=True):
            text = text.replace(f"{{{stated.name}}}", name)
        for size in d.sizes:
            text = text.replace(f"{{{size}}}", size)
        tensors = [f"        {name} = torch.tensor({name}, requires_grad=True)" for name in self.inputs]
        checks = [
            f'    show_agreement("d{name} against PyTorch", d{name}, by_torch[{number}], 1e-9)'
            for number, name in enumerate(self.inputs)
        ]
        return TORCH.format(
            inputs=", ".join(self.inputs),
            Y=self.output,
            tensors="\n".join(tensors),
            forward=f"{self.output} = {text or d.code[0].text.replace('np.', 'torch.')}",
            checks="\n".join(checks),
        )

    def _order(self, theorem: Theorem) -> ReadingOrder:
        return ReadingOrder(sources(self.d.matrix), sources(theorem.matrix))

    def _shape(self, matrix: MatrixSymbol) -> str:
        return ", ".join(PythonPrinter("np").text(size) for size in matrix.shape)

    def _random(self, matrix: MatrixSymbol) -> str:
        """Numbers for an input, such that the conditions of the derivation hold."""
        drawn = f"random_matrix({self._shape(matrix)})"
        for condition in self.d.domain:
            if condition.has(Determinant) and condition.has(matrix):
                size = PythonPrinter("np").text(matrix.rows)
                return f"{drawn} + 2 * {size} * np.eye({size})"
            if isinstance(condition, StrictGreaterThan) and _is_entry(condition.lhs, matrix):
                return f"np.abs({drawn})"
        return drawn

    def _output_entries(self, printer: PythonPrinter) -> str:
        cells = self.d.worked.output.result
        if self.output not in {entry.args[0].name for entry in cells.atoms(MatrixElement)}:
            return _written(cells, printer)
        _, row, col = self.d.forward.goal.args
        definition = printer.text(self.d.definition)
        if row.is_Symbol:
            return f"sp.Matrix({self._shape(self.d.output)}, lambda {row}, {col}: {definition})"
        return f"sp.Matrix([[{definition}]])"


def _terms(cell: Basic) -> int:
    return len(cell.args) if isinstance(cell, Terms) else 1


def _is_entry(expr: Basic, matrix: MatrixSymbol) -> bool:
    return isinstance(expr, MatrixElement) and expr.args[0] == matrix


def _written(cells: ImmutableDenseMatrix, printer: PythonPrinter) -> str:
    """A matrix with each entry on a line of its own."""
    rows = [indent(_row([printer.text(cell) for cell in cells[i, :]]), "    " * 2) for i in range(cells.rows)]
    return "\n".join(["sp.Matrix([", *rows, "    ])"])


def _row(cells: Sequence[str]) -> str:
    return "\n".join(["[", *_lines(cells), "],"])


def _lines(cells: Sequence[str]) -> Iterator[str]:
    yield from (f"    {cell}," for cell in cells)
