"""The engine: from an operation's element formula to a derivation.

It expands, differentiates and recognises; it knows no answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from typing import Any

from sympy import (
    Add,
    DiagMatrix,
    Expr,
    HadamardPower,
    HadamardProduct,
    Identity,
    MatAdd,
    MatMul,
    MatrixSymbol,
    OneMatrix,
    Rational,
    Symbol,
    Transpose,
    ZeroMatrix,
)
from sympy.matrices.expressions.diagonal import DiagonalOf

from derive.claims import is_special
from derive.definition import by_definition, speaks_of
from derive.edges import NoMatrixForm
from derive.errors import DeriveError
from derive.expansion import expansion
from derive.free import index_letters, places, size_of, variable_place
from derive.general import general
from derive.held import counted
from derive.implicit import CRAMER, conditions, implied
from derive.indexed import View, indexed
from derive.operation import Operation
from derive.order import ReadingOrder
from derive.paths import paths
from derive.positions import NoPosition, Position, axis
from derive.program_lines import program_lines
from derive.proof import Calc, Derivation, Reason, Step, Theorem
from derive.recognise import entrywise, matrix_form
from derive.rules import COLLAPSE, Rule, calculate, local_partial
from derive.stated import claims, forward_form
from derive.support import support
from derive.terms import Call, Gradient, MatrixElement, MatrixExpr, Partial, Scalar, apart, over
from derive.terms import entries as entries_of

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
        MatrixSymbol(name, size_of(operand.rows), size_of(operand.cols))
        for name, operand in zip(names, (signature.output, *signature.inputs), strict=True)
    )
    letters = index_letters(names, (*signature.sizes, loss))
    used = 4 if output.rows.is_Mul and output.cols.is_Mul else 2
    taken = {name[0].lower() for name in (*names, *signature.sizes, loss)} | set(letters[: used + 2])

    def element(*arguments: Any, shape: Sequence[Any] = output.shape) -> Expr:
        *matrices, i, j = arguments
        try:
            found = operation.element(*map(View, matrices), i, j, **numbers, **operation.told(*shape))
            if numbers and any(index.is_negative for entry in entries_of(found) for index in entry.args[1:]):
                raise IndexError
            return found
        except IndexError:
            given = ", ".join(f"{name} = {number}" for name, number in numbers.items())
            raise DeriveError(f"{signature.name} has no value at {given}: rows and columns count from 0.") from None

    call = Call.of(signature.name, output.shape, *inputs)
    (row, col), formula = _formula(operation, element, call, letters)
    definition = apart(formula, taken)
    upstream = Gradient(Symbol(loss), output)
    matrix = forward_form(operation, definition, (row, col), output, inputs)
    goal = MatrixElement(output, row, col)
    read = _reading(matrix, row, col)
    forward = Calc(goal, (Step(definition, DEFINITION), *([read] if read.result != definition else [])))
    known = implied(definition, letters)
    lemmas, local = ((), None) if known is None else (known.cited, None)
    if known is not None and known.unknown == call:
        lemmas, local = known.of(output)
    claimed = claims(operation, dict(zip(signature.names, (output, *inputs), strict=True)), upstream, numbers)
    theorems = tuple(
        theorem(
            Gradient(upstream.loss, wrt),
            goal,
            definition,
            letters[used : used + 2],
            claimed[stated.name],
            local=local,
            first=(known.rule,) if known else (),
        )
        for wrt, stated in zip(inputs, signature.inputs, strict=True)
    )
    numpy, torch = program_lines(operation, matrix, (output, *inputs), numbers, theorems)
    return Derivation(
        operation=signature.name,
        title=signature.title,
        sizes=dict(sizes),
        inputs=tuple(inputs),
        output=output,
        loss=upstream.loss,
        definition=definition,
        domain=conditions(definition, theorems),
        forward=forward,
        matrix=matrix,
        theorems=theorems,
        worked=counted(expansion(element, sizes, upstream, forward, theorems, entries or {})),
        code=numpy,
        torch=torch,
        paths=paths(upstream.loss, names, signature.sizes, letters),
        lemmas=lemmas,
        general=general(goal, definition, matrix, upstream, theorems),
    )


def _formula(
    operation: Operation, element: Callable[..., Expr], call: Call, letters: Sequence[str]
) -> tuple[tuple[Expr, Expr], Expr]:
    """The indices of an entry of the output, and its formula; an identity has none but its name."""
    for at in places(call.shape, letters):
        indices = tuple(index.index if isinstance(index, Position) else index for index in at)
        if operation.identities:
            return indices, MatrixElement(call, *indices)
        with suppress(NoPosition):
            return indices, Add(element(*call.operands, *at))
    raise NoMatrixForm(f"the indices of {operation.signature.output} are taken apart in no way that is known")


def theorem(
    gradient: Gradient,
    output: MatrixElement,
    definition: Expr,
    letters: tuple[str, ...],
    claimed: MatrixExpr | None = None,
    *,
    local: Calc | None = None,
    first: tuple[Rule, ...] = (),
) -> Theorem:
    """∂L/∂x_pq from the formula of y_ij, for all sizes, and the matrix that it is an entry of.

    The identity is the chain rule ∂L/∂x_pq = Σ_i Σ_j ∂L/∂y_ij ∂y_ij/∂x_pq.  What is read off the
    result is its matrix form; where that is no product or sum, it is written as ``claimed``.
    """
    variable = gradient.wrt
    p, q = variable_place(variable, definition, letters)
    matrix, row, col = output.args
    fold = _folding(output, definition) if claimed is not None and speaks_of(claimed, matrix) else ()
    implicit = local is not None
    if local is None:
        goal = Partial(output, MatrixElement(variable, p, q))
        local = local_partial(definition, goal, DEFINITION, (CRAMER, *fold), first)
    upstream = Partial(gradient.loss, output)
    limits = [(index, 0, size - 1) for index, size in (*axis(col, matrix.cols), *axis(row, matrix.rows))]
    target = Partial(gradient.loss, MatrixElement(variable, p, q))
    chain = over(upstream * local.goal, limits)
    collapsed = calculate(target, Step(over(upstream * local.result, limits), LOCAL), COLLAPSE)
    steps = (Step(chain, CHAIN_RULE), *collapsed.steps)
    read = form = _read(steps[-1].result, (p, q), variable, claimed)
    if claimed is not None and (read is None or is_special(read) or speaks_of(claimed, matrix)):
        form = claimed
    if form != read and all(len(call.operands) == 1 for call in form.atoms(Call)):
        taken = {str(s).lower() for s in steps[-1].result.free_symbols | {p, q}}
        restated = apart(Add(indexed(form, p, q)), taken)
        if restated != steps[-1].result:
            steps += (Step(restated, REARRANGED),)
    turned = entrywise(form, p, q, steps[-1].result)
    if turned != steps[-1].result and turned != MatrixElement(form, p, q):
        steps += (Step(turned, TURNED),)
    steps += (_reading(form, p, q),)
    found = Theorem(gradient, form, local, Calc(target, steps))
    if implicit:
        return found

    def found_at(here: dict[Expr, Expr]) -> Calc:
        return local_partial(definition.xreplace(here), local.goal.xreplace(here), DEFINITION, (CRAMER, *fold), first)

    return replace(found, support=support(found, found_at))


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
    elif number != 1 and (reason is SAME_ENTRY or isinstance(kind, Transpose)):
        reason = NUMBER
    return Step(MatrixElement(form, row, col), reason)
