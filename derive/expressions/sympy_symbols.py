"""The symbols of a sympy expression: their names, their sizes, and what is declared of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy
from sympy import Basic

from derive.errors import DeriveError
from derive.expressions import expression as tree
from derive.expressions.declarations import STRUCTURES, declaration, declarations
from derive.expressions.expression import Node
from derive.expressions.sizes import SCALAR, Shape, Size, factors, times
from derive.terms import exact


class Symbols:
    """What the symbols of one expression are in the language: dimensions, scalars or matrices."""

    def __init__(self, expression: Basic, shapes: Mapping[str, str]) -> None:
        self.shapes = shapes
        self.named: dict[str, Basic] = {}
        matrices = (part for part in sympy.preorder_traversal(expression) if isinstance(part, sympy.MatrixExpr))
        sides = (exact(side) for part in matrices for side in part.shape)
        declared = (side for each in declarations(shapes).values() for side in each.shape)
        self.dimensions = {letter.name for side in sides for letter in side.free_symbols}
        self.dimensions |= {letter for side in declared for letter in factors(side)[1]}

    def scalar(self, part: Any) -> Node:
        """A number: that of a dimension, where a matrix has the symbol among its sizes."""
        name = self.name(part)
        if name not in self.dimensions:
            return self.declared(part, SCALAR)
        if name in self.shapes:
            raise DeriveError(f"'{name}' is declared as a symbol and used as a size; give one another name.")
        return tree.dimension(name)

    def matrix(self, part: Any) -> Node:
        return self.declared(part, self.shape(part))

    def declared(self, part: Any, shape: Shape) -> Node:
        """A symbol with the structure that ``shapes`` tells."""
        name = self.name(part)
        text = self.shapes.get(name)
        if isinstance(text, str) and text.strip() in STRUCTURES:
            text = f"{shape[0]},{shape[1]} {text}"
        told = declaration(name, text) if text is not None else None
        if told is not None and told.shape != shape:
            raise DeriveError(f"{name} is {_shown(shape)} in sympy, and declared as {_shown(told.shape)}.")
        return tree.symbol(name, shape, told.structure if told is not None else "")

    def name(self, part: Any) -> str:
        """The name of a symbol; two symbols of one name cannot be told apart in a text."""
        name = str(part.name)
        if self.named.setdefault(name, part) != part:
            raise DeriveError(f"two different symbols of sympy have the name {name}; give one of them another.")
        declarations({name: ""})
        return name

    def shape(self, part: Any) -> Shape:
        return self.size(part.shape[0]), self.size(part.shape[1])

    def size(self, part: Any) -> Size:
        """A number of rows or columns."""
        if isinstance(part, (int, sympy.Integer)) and part > 0:
            return int(part)
        if isinstance(part, sympy.Symbol):
            return self.name(part)
        if isinstance(part, sympy.Mul):
            return times(*(self.size(factor) for factor in part.args))
        if isinstance(part, sympy.Pow) and isinstance(part.exp, sympy.Integer) and part.exp > 0:
            return times(*[self.size(part.base)] * int(part.exp))
        raise DeriveError(f"a size is a name, a positive number or a product of them; not {part}.")


def _shown(shape: Shape) -> str:
    return "a scalar" if shape == SCALAR else f"({shape[0]}, {shape[1]})"
