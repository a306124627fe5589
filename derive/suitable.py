"""Whether a form suits a derivation, and which of its matrices plays which part there."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import MatAdd, MatMul, MatrixSymbol, Sum, Symbol, Transpose, ZeroMatrix

from derive.errors import DeriveError
from derive.forms import FORMS, Form
from derive.proof import Derivation, Theorem
from derive.terms import MatrixExpr


def is_drawn(d: Derivation) -> bool:
    """Whether all matrices can be drawn for any size, and the output is one."""
    return d.general is not None and d.output.shape != (1, 1)


def is_sparse(d: Derivation) -> bool:
    """Whether an entry of every input acts on some entries of the output only."""
    return all(theorem.support is not None for theorem in d.theorems)


def is_layer(d: Derivation) -> bool:
    """Whether the output is a product of two inputs, with or without a bias."""
    form = d.matrix.args[0] if isinstance(d.matrix, MatAdd) else d.matrix
    return isinstance(form, MatMul) and form.args == d.inputs[:2]


def is_changing(d: Derivation) -> bool:
    """Whether the output changes with its inputs anywhere."""
    return not all(isinstance(theorem.matrix, ZeroMatrix) for theorem in d.theorems)


NEEDS = {
    "drawn": (is_drawn, "the formula of its entries does not tell all entries of a matrix alike"),
    "sparse": (
        is_sparse,
        "an entry of an input acts on all entries of the output, or not in one way on those on which it acts",
    ),
    "changing": (is_changing, "all its derivatives are 0"),
    "layer": (is_layer, "it is no product of two matrices"),
}


def refuse_unsuited(form: Form, derivation: Derivation) -> None:
    """Raise where a form has nothing to tell about a derivation.

    Raises:
        DeriveError: with the reason, and the forms that suit it.
    """
    for need in form.needs:
        fits, why = NEEDS[need]
        if not fits(derivation):
            others = ", ".join(name for name in FORMS if suits(FORMS[name], derivation))
            raise DeriveError(
                f"the form {form.name} does not suit {derivation.operation}: {why}. Forms that suit it: {others}."
            )


def suits(form: Form, derivation: Derivation) -> bool:
    """Whether a form has something to tell about a derivation."""
    return all(NEEDS[need][0](derivation) for need in form.needs)


def weight(derivation: Derivation) -> MatrixSymbol:
    """Which factor of a layer is learned.

    A bias tells: it is a row where samples are rows, and then the second factor is.  Without one, it is the factor
    whose name begins with W, else the second.
    """
    if len(derivation.inputs) > 2:
        return derivation.inputs[0] if derivation.inputs[2].cols == 1 else derivation.inputs[1]
    named = [matrix for matrix in derivation.inputs[:2] if matrix.name.startswith("W")]
    return named[0] if len(named) == 1 else derivation.inputs[:2][-1]


def data(derivation: Derivation) -> MatrixSymbol:
    """The other factor: what comes from the layer before."""
    return next(matrix for matrix in derivation.inputs if matrix != weight(derivation))


def in_turn(derivation: Derivation) -> list[Theorem]:
    """The theorems in the order of teaching: of a layer the weight first, which is what is learned."""
    first = [t for t in derivation.theorems if is_layer(derivation) and t.wrt == weight(derivation)]
    return [*first, *(t for t in derivation.theorems if t not in first)]


@dataclass(frozen=True)
class Dot:
    """An entry of a gradient: row ``row`` of ``left`` times column ``column`` of ``right``, one of them a transpose.

    ``index`` runs along both; before the transpose it stands last in both, or first in both.
    """

    row: Symbol
    left: MatrixExpr
    column: Symbol
    right: MatrixExpr
    index: Symbol

    @property
    def turns_right(self) -> bool:
        return isinstance(self.right, Transpose)


def dot(theorem: Theorem) -> Dot | None:
    """How an entry of the gradient is a row times a column; ``None`` where it is no such thing."""
    form, sums = theorem.matrix, theorem.direct.atoms(Sum)
    indices = [index for found in sums for index, *_ in found.limits]
    if not (isinstance(form, MatMul) and len(form.args) == 2 and len(indices) == 1):
        return None
    left, right = form.args
    _, row, column = theorem.entry.goal.wrt.args
    turned = isinstance(left, Transpose) != isinstance(right, Transpose)
    return Dot(row, left, column, right, indices[0]) if turned else None
