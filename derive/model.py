"""What the judge knows of mathematics: the value of every expression at one random point.

Derivatives come from dual numbers, that is from the definition of the derivative, and from no rule
of the engine.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from itertools import product
from math import prod
from typing import Any

from sympy import Add, Integer, Mul, Pow, Sum, Symbol, Trace
from sympy.core.basic import Basic

from derive.drawn import Ends, Frobenius
from derive.dual_rows import Duals, determinant, dual_rows
from derive.functions import Elementary
from derive.minors import Determinant
from derive.modular import PRIME, RESIDUES, Arithmetic, Dual, Key, Unreadable, plus, times
from derive.positions import letters, position
from derive.proof import Derivation
from derive.rows import Rows, evaluated
from derive.terms import Delta, Gradient, MatrixElement, MatrixSymbol, Partial, Terms

Env = Mapping[Basic, int]


class Model:
    """Numbers for all entries of a derivation's matrices, and the values that follow from them.

    The inputs and ∂L/∂Y are random residues from 1 to ``largest``; Y and its derivatives follow
    from the definition, and ∂L/∂X from Y by the chain rule summed over every path.
    """

    def __init__(
        self,
        derivation: Derivation,
        sizes: Mapping[str, int],
        seed: int,
        largest: int = PRIME - 1,
        arithmetic: Arithmetic = RESIDUES,
    ) -> None:
        self.arithmetic, self.reduced = arithmetic, arithmetic.reduced
        self.sizes = dict(sizes)
        self.loss = derivation.loss
        self.output = derivation.output.name
        self.definition = derivation.definition
        self.letters = letters(derivation.forward.goal)
        matrices = (*derivation.inputs, derivation.output)
        self.shapes = {m.name: (self.size(m.shape[0]), self.size(m.shape[1])) for m in matrices}
        draw = random.Random(seed)
        self.point: dict[Key, Any] = {
            key: arithmetic.draw(draw, largest) for m in derivation.inputs for key in self._keys(m.name)
        }
        self.upstream: dict[Key, Any] = {key: arithmetic.draw(draw, largest) for key in self._keys(self.output)}
        self._closed: dict[Basic, Any] = {}
        self._matrices: dict[Basic, Rows] = {}
        self._duals: dict[Basic, Duals] = {}
        self._bounds: dict[Basic, int] = {}
        self.outputs: dict[Key, Dual] = {}
        for numbers in product(*(range(self.size(length)) for length in self.letters.values())):
            at = dict(zip(self.letters, numbers, strict=True))
            self.outputs[self.key(derivation.forward.goal, at)] = self.dual(self.definition, at)
        if len(self.outputs) != len(self.upstream):
            raise Unreadable(f"{self.output} has entries without a definition")
        self.gradients: dict[Key, Any] = dict.fromkeys(self.point, 0)
        for key, (_, tangent) in self.outputs.items():
            for variable, slope in tangent.items():
                self.gradients[variable] = self.reduced(self.gradients[variable] + self.upstream[key] * slope)

    def _output(self, key: Key) -> Dual:
        if key not in self.outputs:
            raise Unreadable(f"{key[0]} is defined by itself")
        return self.outputs[key]

    def size(self, size: Basic) -> int:
        if size.is_Integer:
            return int(size)
        if isinstance(size, Symbol) and size.name in self.sizes:
            return self.sizes[size.name]
        if isinstance(size, Mul):
            return prod(self.size(part) for part in size.args)
        raise Unreadable(f"{size} is no size")

    def _keys(self, name: str) -> Iterator[Key]:
        rows, cols = self.shapes[name]
        return product((name,), range(rows), range(cols))

    def key(self, entry: Basic, env: Env) -> Key:
        """Name, row and column of an entry of one of the matrices."""
        if not (isinstance(entry, MatrixElement) and isinstance(entry.args[0], MatrixSymbol)):
            raise Unreadable(f"{entry} is not an entry of a matrix")
        name = entry.args[0].name
        if name not in self.shapes:
            raise Unreadable(f"{name} is none of the matrices")
        row, col = self._index(entry.args[1], env), self._index(entry.args[2], env)
        rows, cols = self.shapes[name]
        if not (0 <= row < rows and 0 <= col < cols):
            raise Unreadable(f"entry {row + 1},{col + 1} of the {rows}×{cols} matrix {name}")
        return name, row, col

    def _index(self, index: Basic, env: Env) -> int:
        if index.is_Integer:
            return int(index)
        if index in env:
            return env[index]
        place = position(index)
        if place is not None:
            fast, slow = self._index(place.fast, env), self._index(place.slow, env)
            return fast + self.size(place.size) * slow
        return self._bound(index)

    def value(self, expr: Basic, env: Env) -> Any:
        """The value of a scalar expression, its indices being those of ``env``.

        Raises:
            Unreadable: the expression, or a part of it, has no value.
        """
        if not env and expr in self._closed:
            return self._closed[expr]
        found = self._value(expr, env)
        if not env:
            self._closed[expr] = found
        return found

    def _value(self, expr: Basic, env: Env) -> Any:
        if isinstance(expr, MatrixElement):
            if not isinstance(expr.args[0], MatrixSymbol):
                rows = self.matrix(expr.args[0])
                row, col = self._within(expr, len(rows), len(rows[0]), env)
                return rows[row][col]
            key = self.key(expr, env)
            return self._output(key)[0] if key[0] == self.output else self.point[key]
        if isinstance(expr, Mul):
            found = 1
            for factor in expr.args:
                found = self.reduced(found * self.value(factor, env))
            return found
        if isinstance(expr, (Add, Terms)):
            return self.reduced(sum(self.value(term, env) for term in expr.args))
        if isinstance(expr, Partial):
            return self._partial(expr, env)
        if isinstance(expr, Sum):
            return self.reduced(sum(self.value(expr.function, inner) for inner in self.ranges(expr, env)))
        if isinstance(expr, Delta):
            return int(self._index(expr.args[0], env) == self._index(expr.args[1], env))
        if expr.is_Rational:
            return self.arithmetic.number(int(expr.p), int(expr.q))
        if isinstance(expr, Pow) and expr.exp.is_Rational:
            return self.arithmetic.power(self.value(expr.base, env), expr.exp)
        if isinstance(expr, Elementary):
            return self.arithmetic.function(type(expr), self.value(expr.args[0], env))
        if isinstance(expr, Determinant):
            return self.dual(expr, env)[0]
        if isinstance(expr, Symbol):
            return self.arithmetic.number(self.size(expr), 1)
        if isinstance(expr, Ends):
            return self.value(expr.sum, env)
        if isinstance(expr, Frobenius):
            return self._pairing(*map(self.matrix, expr.args))
        if isinstance(expr, Trace):
            rows = self.matrix(expr.arg)
            return self.reduced(sum(rows[k][k] for k in range(len(rows))))
        raise Unreadable(f"{expr} has no value")

    def _pairing(self, left: Rows, right: Rows) -> Any:
        if [len(row) for row in left] != [len(row) for row in right]:
            raise Unreadable("a Frobenius product of matrices of different shapes")
        pairs = (pair for rows in zip(left, right, strict=True) for pair in zip(*rows, strict=True))
        return self.reduced(sum(a * b for a, b in pairs))

    def ranges(self, total: Sum, env: Env) -> Iterator[Env]:
        """The indices of a sum, one after the other, together with those of ``env``."""
        bounds = [range(self._bound(low), self._bound(high) + 1) for _, low, high in total.limits]
        letters = [limit[0] for limit in total.limits]
        for numbers in product(*bounds):
            yield {**env, **dict(zip(letters, numbers, strict=True))}

    def _bound(self, bound: Basic) -> int:
        if bound not in self._bounds:
            letters = {s: Integer(self.size(s)) for s in bound.free_symbols}
            number = bound.xreplace(letters)
            if not number.is_Integer:
                raise Unreadable(f"a sum to {bound}")
            self._bounds[bound] = int(number)
        return self._bounds[bound]

    def _partial(self, expr: Partial, env: Env) -> Any:
        key = self.key(expr.wrt, env)
        if expr.of == self.loss:
            return self.upstream[key] if key[0] == self.output else self.gradients[key]
        if key[0] == self.output:
            raise Unreadable(f"{expr.of} is differentiated by an entry of {self.output}")
        return self.dual(expr.of, env)[1].get(key, 0)

    def dual(self, expr: Basic, env: Env) -> Dual:
        """Value and derivatives by all input entries that the expression depends on."""
        if isinstance(expr, MatrixElement) and not isinstance(expr.args[0], MatrixSymbol):
            duals = self._dual_rows(expr.args[0])
            row, col = self._within(expr, len(duals), len(duals[0]), env)
            return duals[row][col]
        if isinstance(expr, Determinant):
            if expr not in self._duals:
                self._duals[expr] = [[determinant(expr.arg, self)]]
            return self._duals[expr][0][0]
        if isinstance(expr, MatrixElement):
            key = self.key(expr, env)
            return self._output(key) if key[0] == self.output else (self.point[key], {key: 1})
        if isinstance(expr, (Add, Terms)):
            return plus((self.dual(term, env) for term in expr.args), self.reduced)
        if isinstance(expr, Sum):
            return plus((self.dual(expr.function, inner) for inner in self.ranges(expr, env)), self.reduced)
        if isinstance(expr, Mul):
            found: Dual = (1, {})
            for factor in expr.args:
                found = times(found, self.dual(factor, env), self.reduced)
            return found
        if isinstance(expr, Pow) and expr.exp.is_Rational:
            base, tangent = self.dual(expr.base, env)
            value = self.arithmetic.power(base, expr.exp)
            slope = self.arithmetic.number(expr.exp.p, expr.exp.q) * self.arithmetic.power(base, expr.exp - 1)
            return value, self._scaled(tangent, slope)
        if isinstance(expr, Elementary):
            inner, tangent = self.dual(expr.args[0], env)
            value, slope = self.arithmetic.function(type(expr), inner), self.arithmetic.slope(type(expr), inner)
            return value, self._scaled(tangent, slope)
        if isinstance(expr, (Delta, Symbol)) or expr.is_Rational:
            return self.value(expr, env), {}
        raise Unreadable(f"{expr} has no derivative")

    def _dual_rows(self, matrix: Basic) -> Duals:
        if matrix not in self._duals:
            self._duals[matrix] = dual_rows(matrix, self)
        return self._duals[matrix]

    def _within(self, entry: Basic, rows: int, cols: int, env: Env) -> tuple[int, int]:
        """Row and column of an entry of a matrix that is no single one."""
        row, col = (self._index(index, env) for index in entry.args[1:])
        if not (0 <= row < rows and 0 <= col < cols):
            raise Unreadable(f"entry {row + 1},{col + 1} of a {rows}×{cols} matrix")
        return row, col

    def _scaled(self, tangent: Mapping[Key, Any], slope: Any) -> dict[Key, Any]:
        return {key: self.reduced(each * slope) for key, each in tangent.items()}

    def matrix(self, expr: Basic) -> Rows:
        """The values of a matrix expression, row by row.

        Raises:
            Unreadable: an expression without a value, or shapes that do not fit.
        """
        if isinstance(expr, MatrixSymbol):
            return self._symbol(expr)
        if isinstance(expr, Gradient):
            return self._gradient(expr)
        if expr not in self._matrices:
            self._matrices[expr] = evaluated(expr, self)
        return self._matrices[expr]

    def _symbol(self, expr: MatrixSymbol) -> Rows:
        if expr.name not in self.shapes:
            raise Unreadable(f"{expr.name} is none of the matrices")
        rows, cols = self.shapes[expr.name]
        if (self.size(expr.rows), self.size(expr.cols)) != (rows, cols):
            raise Unreadable(f"{expr.name} is {rows}×{cols}, not {expr.rows}×{expr.cols}")
        if expr.name == self.output:
            return [[self.outputs[expr.name, i, j][0] for j in range(cols)] for i in range(rows)]
        return [[self.point[expr.name, i, j] for j in range(cols)] for i in range(rows)]

    def _gradient(self, expr: Gradient) -> Rows:
        rows = self._symbol(expr.wrt)
        source = self.upstream if expr.wrt.name == self.output else self.gradients
        if expr.loss != self.loss:
            raise Unreadable(f"{expr.loss} is not the loss")
        return [[source[expr.wrt.name, i, j] for j in range(len(rows[0]))] for i in range(len(rows))]
