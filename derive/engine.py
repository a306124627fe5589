"""The engine: from an operation's element formula to a derivation.

It expands, differentiates and recognises; it knows no answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from sympy import (
    Add,
    DiagMatrix,
    Expr,
    HadamardPower,
    HadamardProduct,
    Identity,
    Integer,
    MatAdd,
    MatMul,
    MatrixSymbol,
    OneMatrix,
    Rational,
    Symbol,
    Transpose,
    ZeroMatrix,
)
from sympy.core.basic import Basic
from sympy.matrices.expressions.diagonal import DiagonalOf

from derive.claims import claim, is_special
from derive.definition import by_definition, speaks_of
from derive.domain import domain
from derive.edges import NoMatrixForm
from derive.indexed import View, indexed
from derive.numpy_text import NumpyPrinter
from derive.operation import Operation, registered
from derive.order import ReadingOrder
from derive.proof import Calc, Code, Derivation, Reason, Step, Theorem
from derive.recognise import entrywise, matrix_form
from derive.rules import COLLAPSE, Rule, calculate, local_partial
from derive.terms import Call, Gradient, MatrixElement, MatrixExpr, Partial, Scalar, apart, over
from derive.worked import worked

DEFINITION = Reason("definition", "by definition")
CHAIN_RULE = Reason("chain rule", "chain rule, over all entries")
LOCAL = Reason("local partial", "the local partial derivative above")
TURNED = Reason("transpose", "the transpose exchanges the indices")
ONES = Reason("ones", "a product with ones adds up")
NUMBER = Reason("number", "a number times each entry")
READ = {
    MatMul: Reason("matrix product", "row times column: a matrix product"),
    HadamardProduct: Reason("entrywise product", "entry times entry: an entrywise product"),
    Transpose: TURNED,
    MatAdd: Reason("matrix sum", "entry by entry: a sum of matrices"),
    (Identity, DiagMatrix): Reason("diagonal", "the entries of a diagonal matrix"),
    DiagonalOf: Reason("diagonal entries", "the entries on the diagonal"),
    (Call, HadamardPower): Reason("function", "entry by entry"),
    (OneMatrix, ZeroMatrix): Reason("constant", "every entry is the same"),
    Scalar: Reason("scalar", "in matrices"),
}
SAME_ENTRY = Reason("entry", "the same entry of the gradient")
REARRANGED = Reason("rearranged", "rearranged")


def derive_operation(
    operation: Operation,
    sizes: Mapping[str, int],
    names: tuple[str, ...] = (),
    loss: str = "L",
    entries: Mapping[str, tuple[int, int]] | None = None,
    parameters: Mapping[str, Fraction] | None = None,
) -> Derivation:
    """The derivation of all gradients of ``operation`` for any sizes, and worked out at ``sizes``.

    ``names`` are those of the output and the inputs, in this order; ``entries`` tells, by the name
    of an input, which entry is worked out in detail (counted from 1).

    Raises:
        DeriveError: the sizes, names or entries do not fit the operation, or a result has no
            matrix form.
    """
    signature = operation.signature
    numbers = {name: Rational(number) for name, number in (parameters or {}).items()}
    names = names or signature.names
    output, *inputs = (
        MatrixSymbol(name, _size(operand.rows), _size(operand.cols))
        for name, operand in zip(names, (signature.output, *signature.inputs), strict=True)
    )
    letters = index_letters(names, (*signature.sizes, loss))
    row, col = _index(letters[0], output.rows), _index(letters[1], output.cols)
    taken = {name[0].lower() for name in (*names, *signature.sizes, loss)} | set(letters[:4])

    def element(*arguments: Any) -> Expr:
        *matrices, i, j = arguments
        return operation.element(*map(View, matrices), i, j, *numbers.values())

    definition = apart(Add(element(*inputs, row, col)), taken)
    upstream = Gradient(Symbol(loss), output)
    matrix = _forward(operation, definition, (row, col), output, inputs)
    forward = Calc(output[row, col], (Step(definition, DEFINITION), _reading(matrix, row, col)))
    claims = _claims(operation, dict(zip(signature.names, (output, *inputs), strict=True)), upstream, numbers)
    theorems = tuple(
        theorem(Gradient(upstream.loss, wrt), forward.goal, definition, letters[2:4], claims[stated.name])
        for wrt, stated in zip(inputs, signature.inputs, strict=True)
    )
    code = [Code(output.name, _forward_text(operation, matrix, (output, *inputs), numbers), output)]
    numpy = NumpyPrinter(_sizes_read(inputs))
    code += [Code(f"d{t.wrt.name}", numpy.text(t.matrix), t.gradient) for t in theorems]
    return Derivation(
        operation=signature.name,
        title=signature.title,
        sizes=dict(sizes),
        inputs=tuple(inputs),
        output=output,
        loss=upstream.loss,
        definition=definition,
        domain=domain(definition),
        forward=forward,
        matrix=matrix,
        theorems=theorems,
        worked=worked(element, sizes, upstream, matrix, theorems, entries or {}),
        code=tuple(code),
    )


def _claims(
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


def _forward(
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


def _forward_text(
    operation: Operation,
    form: MatrixExpr,
    matrices: Sequence[MatrixSymbol],
    parameters: Mapping[str, Rational],
) -> str:
    """The forward pass in NumPy: as the operation's file claims it, or as its matrix form reads."""
    if not operation.numpy:
        return NumpyPrinter(_sizes_read(matrices[1:])).text(form)
    stated = (operation.signature.output, *operation.signature.inputs)
    names = {operand.name: matrix.name for operand, matrix in zip(stated, matrices, strict=True)}
    return operation.numpy.format(**names, **parameters)


def _sizes_read(inputs: Sequence[MatrixSymbol]) -> Mapping[Basic, str]:
    """How a size is read off an array."""
    return {size: f"{m.name}.shape[{axis}]" for m in reversed(inputs) for axis, size in enumerate(m.shape) if size != 1}


def theorem(
    gradient: Gradient,
    output: MatrixElement,
    definition: Expr,
    letters: tuple[str, ...],
    claimed: MatrixExpr | None = None,
) -> Theorem:
    """∂L/∂x_pq from the formula of y_ij, for all sizes, and the matrix that it is an entry of.

    The identity is the chain rule ∂L/∂x_pq = Σ_i Σ_j ∂L/∂y_ij ∂y_ij/∂x_pq.  What is read off the
    result is its matrix form; where that is no product or sum, it is written as ``claimed``.
    """
    variable = gradient.wrt
    p, q = (_index(letter, size) for letter, size in zip(letters, variable.shape, strict=True))
    matrix, row, col = output.args
    fold = _folding(output, definition) if claimed is not None and speaks_of(claimed, matrix) else ()
    local = local_partial(definition, Partial(output, variable[p, q]), DEFINITION, fold)
    upstream = Partial(gradient.loss, output)
    limits = [(index, 0, size - 1) for index, size in ((col, matrix.cols), (row, matrix.rows)) if index.is_Symbol]
    chain = over(upstream * local.goal, limits)
    collapsed = calculate(gradient[p, q], Step(over(upstream * local.result, limits), LOCAL), COLLAPSE)
    steps = (Step(chain, CHAIN_RULE), *collapsed.steps)
    read = form = _read(steps[-1].result, (p, q), variable, claimed)
    if claimed is not None and (read is None or is_special(read) or speaks_of(claimed, matrix)):
        form = claimed
    if form != read:
        taken = {str(s).lower() for s in steps[-1].result.free_symbols | {p, q}}
        restated = apart(Add(indexed(form, p, q)), taken)
        if restated != steps[-1].result:
            steps += (Step(restated, REARRANGED),)
    turned = entrywise(form, p, q, steps[-1].result)
    if turned != steps[-1].result and turned != MatrixElement(form, p, q):
        steps += (Step(turned, TURNED),)
    steps += (_reading(form, p, q),)
    return Theorem(gradient, form, local, Calc(gradient[p, q], steps))


def _folding(output: MatrixElement, definition: Expr) -> tuple[Rule, ...]:
    """The rule that writes y_ij where its formula stands."""
    matrix, row, col = output.args
    return (by_definition(matrix, lambda a, b: definition.xreplace({row: a, col: b})),)


def _read(formula: Expr, at: tuple[Expr, Expr], variable: MatrixSymbol, claimed: MatrixExpr | None) -> Any:
    """The matrix form that is read off, or ``None`` where there is none but a claim instead."""
    try:
        return matrix_form(formula, *at, variable.shape, ReadingOrder([]))
    except NoMatrixForm:
        if claimed is None:
            raise
        return None


def _reading(form: MatrixExpr, row: Expr, col: Expr) -> Step:
    """The last step of an index calculation: what the line before is the entry of."""
    number, matrix = form.as_coeff_matrices() if isinstance(form, MatMul) else (1, [form])
    kind = matrix[0] if len(matrix) == 1 else form
    reason = next((reason for kinds, reason in READ.items() if isinstance(kind, kinds)), SAME_ENTRY)
    if len(matrix) > 1 and any(isinstance(part, OneMatrix) for part in matrix):
        reason = ONES
    elif reason is SAME_ENTRY and number != 1:
        reason = NUMBER
    return Step(MatrixElement(form, row, col), reason)


def index_letters(names: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    """Letters for the free indices: i, j, p, q where no matrix or size goes by that letter.

    >>> index_letters(("Y", "X", "W"), ("m", "k", "n", "L"))[:4]
    ('i', 'j', 'p', 'q')
    >>> index_letters(("C", "P", "Q"), ("m", "k", "n", "L"))[:4]
    ('i', 'j', 'r', 's')
    """
    taken = {name[0].lower() for name in (*names, *others)}
    return tuple(letter for letter in "ijpqrsuvabcdefgh" if letter not in taken)


def _size(text: str) -> Expr:
    return Integer(text) if text.isdigit() else Symbol(text, integer=True, positive=True)


def _index(letter: str, size: Expr) -> Expr:
    return Integer(0) if size == 1 else Symbol(letter)
