"""Whether a form suits a derivation, and which of its matrices plays which part there."""

from __future__ import annotations

from sympy import MatAdd, MatMul, MatrixSymbol

from derive.errors import DeriveError
from derive.forms import FORMS, Form
from derive.proof import Derivation


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


NEEDS = {
    "drawn": (is_drawn, "the formula of its entries does not tell all entries of a matrix alike"),
    "sparse": (
        is_sparse,
        "an entry of an input acts on all entries of the output, or not in one way on those on which it acts",
    ),
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
