"""The derivations that a form tells beside its own: a bias, the other convention of a layer, a loss, an activation."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import MatAdd, MatrixExpr

from derive.errors import DeriveError
from derive.operation import spelling
from derive.proof import Derivation
from derive.suitable import is_layer, weight

Asked = tuple[str, str, str, Mapping[str, int]]
"""An operation, the names of its matrices, its loss, and its sizes."""


def product(derivation: Derivation) -> Asked | None:
    """The product of a layer with a bias, in the layer's names; ``None`` where there is no bias."""
    if not (is_layer(derivation) and isinstance(derivation.matrix, MatAdd)):
        return None
    return "matmul", _names(derivation.output, *derivation.inputs[:2]), str(derivation.loss), derivation.sizes


def companion(kind: str, derivation: Derivation) -> Asked | None:
    """What to derive for ``kind``, in names and letters that go with those of the derivation.

    ``None`` where it has no place: a bias beside what is no layer, or a function of an output whose sizes
    do not go by the letters that the function's own go by.

    Raises:
        DeriveError: no name is left.
    """
    d, loss = derivation, str(derivation.loss)
    if kind == "bias":
        if not is_layer(d):
            return None
        bias = d.inputs[2].name if len(d.inputs) > 2 else free_letter(d, "bcdvh")
        operation = "affine_columns" if weight(d) == d.inputs[0] else "affine"
        return operation, f"{_names(d.output, *d.inputs[:2])} {bias}", loss, d.sizes
    if kind == "swapped":
        return _swapped(d) if is_layer(d) else None
    letters = [str(size) for size in d.output.shape]
    if letters != ["m", "n"]:
        return None
    sizes = {letter: d.sizes[letter] for letter in letters}
    if kind == "mean":
        return kind, f"{loss} = {d.output.name}", free_letter(d, "EJKF"), sizes
    return kind, f"{free_letter(d, 'SZHA')} = {d.output.name}", loss, sizes


def _swapped(derivation: Derivation) -> Asked:
    """The layer whose matrices are the transposes of those of the derivation: Y = X W for Y = W X."""
    first, second, *bias = derivation.inputs
    operation = {"affine": "affine_columns", "affine_columns": "affine"}.get(derivation.operation, derivation.operation)
    rows, columns = (str(size) for size in derivation.output.shape)
    sizes = {**derivation.sizes, rows: derivation.sizes[columns], columns: derivation.sizes[rows]}
    return operation, _names(derivation.output, second, first, *bias), str(derivation.loss), sizes


def _names(output: MatrixExpr, *inputs: MatrixExpr) -> str:
    return f"{output.name} = {' '.join(matrix.name for matrix in inputs)}"


def free_letter(derivation: Derivation, letters: str) -> str:
    """The first letter that is the name of nothing, nor of an entry, an index or a size."""
    taken = {spelling(m.name)[0] for m in (*derivation.inputs, derivation.output)}
    taken |= {str(derivation.loss)[0].lower(), *derivation.sizes}
    found = [letter for letter in letters if letter.lower() not in taken]
    if not found:
        raise DeriveError(f"no letter is left for another name; free one of {', '.join(letters)} by other names.")
    return found[0]
