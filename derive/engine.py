"""The engine: from an operation's element formula to a derivation.

It expands, differentiates and recognises; it knows no answer.
"""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Add, Expr, HadamardProduct, Integer, MatAdd, MatMul, MatrixSymbol, OneMatrix, Symbol, Transpose

from derive.numpy_text import NumpyPrinter
from derive.operation import Operation
from derive.order import ReadingOrder
from derive.proof import Calc, Code, Derivation, Reason, Step, Theorem
from derive.recognise import entrywise, matrix_form
from derive.rules import COLLAPSE, calculate, local_partial
from derive.terms import Gradient, MatrixElement, MatrixExpr, Partial, apart, over
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
}
SAME_ENTRY = Reason("entry", "the same entry of the gradient")


def derive_operation(
    operation: Operation,
    sizes: Mapping[str, int],
    names: tuple[str, ...] = (),
    loss: str = "L",
    entries: Mapping[str, tuple[int, int]] | None = None,
) -> Derivation:
    """The derivation of all gradients of ``operation`` for any sizes, and worked out at ``sizes``.

    ``names`` are those of the output and the inputs, in this order; ``entries`` tells, by the name
    of an input, which entry is worked out in detail (counted from 1).

    Raises:
        DeriveError: the sizes, names or entries do not fit the operation, or a result has no
            matrix form.
    """
    signature = operation.signature
    names = names or signature.names
    output, *inputs = (
        MatrixSymbol(name, _size(operand.rows), _size(operand.cols))
        for name, operand in zip(names, (signature.output, *signature.inputs), strict=True)
    )
    letters = index_letters(names, (*signature.sizes, loss))
    row, col = _index(letters[0], output.rows), _index(letters[1], output.cols)
    taken = {name[0].lower() for name in (*names, *signature.sizes, loss)} | set(letters[:4])
    definition = apart(Add(operation.element(*inputs, row, col)), taken)
    order = ReadingOrder([m.name for m in inputs])
    matrix = matrix_form(definition, row, col, output.shape, order)
    forward = Calc(output[row, col], (Step(definition, DEFINITION), _reading(matrix, row, col)))
    theorems = tuple(theorem(Gradient(Symbol(loss), wrt), forward.goal, definition, letters[2:4]) for wrt in inputs)
    read = {size: f"{m.name}.shape[{axis}]" for m in reversed(inputs) for axis, size in enumerate(m.shape) if size != 1}
    numpy = NumpyPrinter(read)
    code = [Code(output.name, numpy.text(matrix), output)]
    code += [Code(f"d{t.wrt.name}", numpy.text(t.matrix), t.gradient) for t in theorems]
    return Derivation(
        operation=signature.name,
        title=signature.title,
        sizes=dict(sizes),
        inputs=tuple(inputs),
        output=output,
        loss=Symbol(loss),
        definition=definition,
        forward=forward,
        matrix=matrix,
        theorems=theorems,
        worked=worked(operation.element, sizes, Gradient(Symbol(loss), output), matrix, theorems, entries or {}),
        code=tuple(code),
    )


def theorem(gradient: Gradient, output: MatrixElement, definition: Expr, letters: tuple[str, ...]) -> Theorem:
    """∂L/∂x_pq from the formula of y_ij, for all sizes, and the matrix that it is an entry of.

    The identity is the chain rule ∂L/∂x_pq = Σ_i Σ_j ∂L/∂y_ij ∂y_ij/∂x_pq.
    """
    variable = gradient.wrt
    p, q = (_index(letter, size) for letter, size in zip(letters, variable.shape, strict=True))
    local = local_partial(definition, Partial(output, variable[p, q]), DEFINITION)
    upstream = Partial(gradient.loss, output)
    matrix, row, col = output.args
    limits = [(index, 0, size - 1) for index, size in ((col, matrix.cols), (row, matrix.rows)) if index.is_Symbol]
    chain = over(upstream * local.goal, limits)
    collapsed = calculate(gradient[p, q], Step(over(upstream * local.result, limits), LOCAL), COLLAPSE)
    steps = (Step(chain, CHAIN_RULE), *collapsed.steps)
    form = matrix_form(steps[-1].result, p, q, variable.shape, ReadingOrder([]))
    turned = entrywise(form, p, q, steps[-1].result)
    if turned != steps[-1].result and turned != MatrixElement(form, p, q):
        steps += (Step(turned, TURNED),)
    steps += (_reading(form, p, q),)
    return Theorem(gradient, form, local, Calc(gradient[p, q], steps))


def _reading(form: MatrixExpr, row: Expr, col: Expr) -> Step:
    """The last step of an index calculation: what the line before is the entry of."""
    number, matrix = form.as_coeff_mmul() if isinstance(form, MatMul) else (1, form)
    reason = next((reason for kind, reason in READ.items() if isinstance(matrix, kind)), SAME_ENTRY)
    if isinstance(matrix, MatMul) and any(isinstance(part, OneMatrix) for part in matrix.args):
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
