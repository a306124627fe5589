"""What the findings of the judge are about: the entries and lists that a derivation has to hold, and their names."""

from __future__ import annotations

from collections.abc import Iterable

from sympy import S, Symbol
from sympy.core.basic import Basic

from derive.positions import axis
from derive.proof import Calc, Finding
from derive.terms import MatrixElement, MatrixSymbol, Terms


def by(loss: Symbol, matrix: MatrixSymbol) -> str:
    """∂L/∂X, by the name of the loss."""
    return f"∂{loss}/∂{matrix.name}"


def any_entry(goal: Basic, matrix: MatrixSymbol) -> bool:
    """Whether a goal speaks of every entry of a matrix: two indices that are free and not the same."""
    if not (isinstance(goal, MatrixElement) and goal.args[0] == matrix):
        return False
    axes = [axis(index, size) for index, size in zip(goal.args[1:], matrix.shape, strict=True) if size != 1]
    letters = [letter for found in axes for letter, _ in found]
    return all(axes) and all(letter.is_Symbol for letter in letters) and len(set(letters)) == len(letters)


def ends(matrix: MatrixSymbol) -> list[MatrixElement]:
    """The entries at which a gradient is drawn: along the first row and down the last column, both by their ends."""
    rows, cols = ([S.Zero] if size == 1 else [S.Zero, S.One, size - 1] for size in matrix.shape)
    return [matrix[0, col] for col in cols] + [matrix[row, cols[-1]] for row in rows[1:]]


def listed(what: str, found: Iterable[Basic], wanted: Iterable[Basic]) -> Finding:
    """That a list names everything once, in order."""
    return Finding(f"{what}, list", list(found) == list(wanted), "each of them once, in order", 0)


def first_paths(chain: Calc) -> list[Basic]:
    """The terms of a chain rule's first line."""
    first = chain.steps[0].result if chain.steps else S.Zero
    return list(first.args) if isinstance(first, Terms) else [first]


def at(entry: Basic) -> str:
    """An entry in the judge's words: y_2,3, counted from 1."""
    if not (isinstance(entry, MatrixElement) and isinstance(entry.args[0], MatrixSymbol)):
        return str(entry)
    indices = [str(index if index.is_Symbol else index + 1) for index in entry.args[1:]]
    return f"{entry.args[0].name.lower()}_{','.join(indices)}"
