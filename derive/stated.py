"""What an operation's file states besides its formula: how the result and the gradients are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sympy import Expr, MatrixSymbol, Rational, Symbol
from sympy.core.basic import Basic

from derive.claims import claim
from derive.edges import NoMatrixForm
from derive.numpy_text import NumpyPrinter
from derive.operation import Operation, registered
from derive.order import ReadingOrder
from derive.recognise import matrix_form
from derive.terms import Call, Gradient, MatrixExpr


def claims(
    operation: Operation, matrices: Mapping[str, MatrixSymbol], upstream: Gradient, parameters: Mapping[str, Rational]
) -> Mapping[str, MatrixExpr | None]:
    """For each input what the operation's file claims, if that can be read."""
    names = {size: Symbol(size, integer=True, positive=True) for size in operation.signature.sizes}
    names |= {**matrices, **parameters, "G": upstream}
    found: dict[str, MatrixExpr | None] = {}
    for operand in operation.signature.inputs:
        stated = operation.pullbacks.get(operand.name)
        try:
            text = stated if stated is None or isinstance(stated, str) else stated(*parameters.values())
            found[operand.name] = claim(text, names) if text is not None else None
        except NoMatrixForm:
            found[operand.name] = None
    return found


def forward_form(
    operation: Operation,
    definition: Expr,
    at: tuple[Expr, Expr],
    output: MatrixSymbol,
    inputs: Sequence[MatrixSymbol],
) -> MatrixExpr:
    """The result as the operation is written: by its sign where it has one, else as it reads."""
    call = Call.of(operation.signature.name, output.shape, *inputs)
    is_word = registered().get(operation.signature.name) is operation and not operation.parameters
    if operation.latex and is_word:
        return call
    try:
        return matrix_form(definition, *at, output.shape, ReadingOrder([m.name for m in inputs]))
    except NoMatrixForm:
        if not (is_word and operation.pullbacks):
            raise
        return call


def forward_text(
    operation: Operation,
    form: MatrixExpr,
    matrices: Sequence[MatrixSymbol],
    parameters: Mapping[str, Rational],
    library: str = "numpy",
) -> str:
    """The forward pass in NumPy or PyTorch: as the operation's file claims it, or as its matrix form reads."""
    if not operation.numpy:
        return NumpyPrinter(sizes_read(matrices[1:]), library).text(form)
    stated = (operation.signature.output, *operation.signature.inputs)
    names = {operand.name: matrix.name for operand, matrix in zip(stated, matrices, strict=True)}
    sizes = {size: size for size in operation.signature.sizes}
    return operation.text(library).format(**sizes, **names, **parameters)


def sizes_read(inputs: Sequence[MatrixSymbol]) -> Mapping[Basic, str]:
    """How a size is read off an array."""
    return {size: f"{m.name}.shape[{axis}]" for m in reversed(inputs) for axis, size in enumerate(m.shape) if size != 1}
