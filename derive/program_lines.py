"""The lines of the programs: the forward pass and the gradients, in NumPy and in PyTorch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sympy import MatrixSymbol, Rational

from derive.numpy_text import NumpyPrinter, for_torch
from derive.operation import Operation
from derive.proof import Code, Theorem
from derive.stated import forward_text, sizes_read
from derive.terms import MatrixExpr

Lines = tuple[Code, ...]


def program_lines(
    operation: Operation,
    form: MatrixExpr,
    matrices: Sequence[MatrixSymbol],
    parameters: Mapping[str, Rational],
    theorems: Sequence[Theorem],
) -> tuple[Lines, Lines]:
    """The lines in NumPy, and the same lines in PyTorch; ``matrices`` are the output and the inputs."""

    def lines(library: str) -> Lines:
        printer = NumpyPrinter(sizes_read(matrices[1:]), library)
        forward = forward_text(operation, form, matrices, parameters, library)
        backward = (Code(f"d{t.wrt.name}", printer.text(t.matrix), t.gradient) for t in theorems)
        return Code(matrices[0].name, forward, matrices[0]), *backward

    return lines("numpy"), tuple(replace(line, text=for_torch(line.text)) for line in lines("torch"))
