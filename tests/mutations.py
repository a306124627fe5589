"""Planted errors: every kind of mistake that a derivation could hold, put into a right one.

Two families.  ``LINE_KINDS`` write one expression wrongly (a line, a grid, a closed form), wherever
it fits; ``PART_KINDS`` spoil how the expressions are put together (goals, lists, labels, NumPy
lines).  Each planted error knows in the judge's words where it stands.

What is planted must be wrong.  ``Truth`` sees to that: it evaluates in its own way (whole numbers,
derivatives as difference quotients, several sizes) and shares no code with the judge.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache, cached_property, partial
from itertools import product
from math import prod
from typing import Any

from sympy import (
    Add,
    Function,
    HadamardProduct,
    Identity,
    ImmutableDenseMatrix,
    Integer,
    MatAdd,
    MatMul,
    Mul,
    OneMatrix,
    Pow,
    S,
    Sum,
    Symbol,
    Transpose,
    exp,
    oo,
)
from sympy.core.basic import Basic
from sympy.matrices.exceptions import ShapeError

import derive
from derive.drawn import Ends, Frobenius, Pattern, Slice
from derive.proof import Calc, Code, Derivation, Reason, Step, Support, Theorem
from derive.terms import Call, Delta, Gradient, Labelled, MatrixElement, MatrixExpr, MatrixSymbol, Partial, Terms

CASES: Mapping[str, tuple[str, dict[str, Any]]] = {
    "matmul-2x4x3": ("matmul", {"m": 2, "k": 4, "n": 3}),
    "matmul-2x2x2": ("matmul", {"m": 2, "k": 2, "n": 2}),
    "matmul-3x1x2": ("matmul", {"m": 3, "k": 1, "n": 2}),
    "matmul-1x1x1": ("matmul", {"m": 1, "k": 1, "n": 1}),
    "matmul-C=AB": ("matmul", {"m": 2, "k": 2, "n": 3, "names": "C = A B", "loss": "J"}),
    "hadamard-2x3": ("hadamard", {"m": 2, "n": 3}),
    "hadamard-2x2": ("hadamard", {"m": 2, "n": 2}),
    "hadamard-Z=UV": ("hadamard", {"m": 3, "n": 2, "names": "Z = U V"}),
    "transpose-2x3": ("transpose", {"m": 2, "n": 3}),
    "transpose-2x2": ("transpose", {"m": 2, "n": 2}),
    "transpose-B=A": ("transpose", {"m": 3, "n": 2, "names": "B = A"}),
    "affine-2x4x3": ("affine", {"m": 2, "k": 4, "n": 3}),
    "affine-C=ABd": ("affine", {"m": 2, "k": 3, "n": 2, "names": "C = A B d", "loss": "J"}),
    "sub-2x3": ("sub", {"m": 2, "n": 3}),
    "bias-2x3": ("bias", {"m": 2, "n": 3}),
    "bias-1x1": ("bias", {"m": 1, "n": 1}),
    "mean-2x3": ("mean", {"m": 2, "n": 3}),
    "bias-Z=Ac": ("bias", {"m": 3, "n": 2, "names": "Z = A c"}),
}

SIZES = ((3, 5, 4), (4, 2, 6))
"""The sizes at which a statement for all sizes must hold; no size is another one ± 1 in both."""

WRONG = Reason("planted", "a planted error")
UNKNOWN = Symbol("z")
"""A letter that no derivation uses."""


@cache
def derived(case: str) -> Derivation:
    operation, arguments = CASES[case]
    return derive.derivation(operation, **arguments)


# --- places -------------------------------------------------------------------------------------

Path = tuple[str | int, ...]


def get(datum: Any, path: Path) -> Any:
    for step in path:
        datum = datum[step] if isinstance(step, int) else getattr(datum, step)
    return datum


def put(datum: Any, path: Path, new: Any) -> Any:
    """``datum`` with ``new`` at ``path``: attributes of dataclasses, positions of tuples."""
    if not path:
        return new
    step, *rest = path
    if isinstance(step, int):
        return (*datum[:step], put(datum[step], tuple(rest), new), *datum[step + 1 :])
    return replace(datum, **{step: put(getattr(datum, step), tuple(rest), new)})


@dataclass(frozen=True)
class Calculation:
    """Where a calculation stands: its role, the judge's words for it, and its path in the datum."""

    role: str
    where: str
    path: Path
    general: bool
    grids: bool = False


@dataclass(frozen=True)
class Place:
    """Where one expression stands, and the goal that it must equal."""

    role: str
    where: str
    path: Path
    goal: Basic
    general: bool

    @property
    def words(self) -> tuple[str, ...]:
        """The judge's words for this place; the paths of the chain rule are its first line."""
        if self.where.startswith("chain rule") and self.where.endswith("line 1"):
            return self.where, self.where.replace("line 1", "paths")
        return (self.where,)


def at(entry: Basic) -> str:
    matrix, row, col = entry.args
    return f"{str(matrix.name).lower()}_{row + 1},{col + 1}"


def calculations(d: Derivation) -> Iterator[Calculation]:
    y = d.output.name
    yield Calculation("forward", f"{y} by definition", ("forward",), True)
    for k, theorem in enumerate(d.theorems):
        x = theorem.wrt.name
        yield Calculation("local", f"∂{y}/∂{x} for all sizes", ("theorems", k, "local"), True)
        yield Calculation("entry", f"∂L/∂{x} for all sizes", ("theorems", k, "entry"), True)
    for k, matrix in enumerate(d.inputs):
        yield Calculation("input grid", f"{matrix.name} by its entries", ("worked", "inputs", k), False, True)
    yield Calculation("output grid", f"{y} written out", ("worked", "output"), False, True)
    yield Calculation("upstream grid", f"∂L/∂{y}", ("worked", "upstream"), False, True)
    for k, example in enumerate(d.worked.examples):
        x, path = d.inputs[k].name, ("worked", "examples", k)
        for number, calc in enumerate(example.partials):
            where = f"∂{at(calc.goal.args[0])}/∂{at(example.entry)}"
            yield Calculation("partial", where, (*path, "partials", number), False)
        yield Calculation("chain", f"chain rule for {at(example.entry)}", (*path, "chain"), False)
        yield Calculation("gradient grid", f"∂L/∂{x} at these sizes", (*path, "gradient"), False, True)
    yield from drawn_calculations(d)


def drawn_calculations(d: Derivation) -> Iterator[Calculation]:
    """What is there for some forms only: paths without zeros, slices and pairings, matrices by their ends."""
    y = d.output.name
    for k, theorem in enumerate(d.theorems):
        if theorem.support is not None:
            where, path = f"∂L/∂{theorem.wrt.name} without zeros", ("theorems", k, "support")
            yield Calculation("support local", f"{where}, local", (*path, "local"), True)
            yield Calculation("support entry", where, (*path, "entry"), True)
    for k, example in enumerate(d.worked.examples):
        path, entry = ("worked", "examples", k), at(example.entry)
        yield Calculation("slice", f"∂{y}/∂{entry} as a matrix", (*path, "slice"), False, True)
        yield Calculation("pairing", f"chain rule for {entry}, pairing", (*path, "pairing"), False)
    if d.general is not None:
        yield Calculation("drawn output", f"{y} drawn", ("general", "output"), True, True)
        yield Calculation("drawn upstream", f"∂L/∂{y} drawn", ("general", "upstream"), True, True)
        for k, matrix in enumerate(d.inputs):
            x = matrix.name
            yield Calculation("drawn input", f"{x} drawn", ("general", "inputs", k), True, True)
            yield Calculation("drawn gradient", f"∂L/∂{x} drawn", ("general", "gradients", k), True, True)
            for n, calc in enumerate(d.general.entries[k]):
                where = f"∂L/∂{at(calc.goal.wrt)}"
                yield Calculation("end", where, ("general", "entries", k, n), True)


DRAWN = ("support", "slice", "pairing", "drawn", "end")
"""How the roles of these begin."""


def places(d: Derivation) -> Iterator[Place]:
    """Every line of every calculation, and the closed forms."""
    for calculation in calculations(d):
        calc = get(d, calculation.path)
        for k, _ in enumerate(calc.steps):
            role = f"{calculation.role} line {k + 1}" if calculation.grids else calculation.role
            path = (*calculation.path, "steps", k, "result")
            yield Place(role, f"{calculation.where}, line {k + 1}", path, calc.goal, calculation.general)
    yield Place("output as a matrix", f"{d.output.name} as a matrix", ("matrix",), d.output, True)
    for k, theorem in enumerate(d.theorems):
        where = f"∂L/∂{theorem.wrt.name} as a matrix"
        yield Place("gradient as a matrix", where, ("theorems", k, "matrix"), theorem.gradient, True)


# --- what is true -------------------------------------------------------------------------------


class Senseless(Exception):
    """The expression means nothing: an index without range, shapes that do not fit."""


class Truth:
    """The values of expressions at one random point of whole numbers.

    The loss is L = Σ g_ij y_ij, so that ∂L/∂Y = G.  A derivative is a central difference quotient,
    which is exact for polynomials whose degree in each entry is 2 at most.
    """

    def __init__(self, d: Derivation, sizes: Mapping[str, int], numbered: bool) -> None:
        self.d, self.sizes, self.draw = d, sizes, random.Random(7)
        letters = {s: Integer(sizes[s.name]) for m in (*d.inputs, d.output) for s in _letters(m)} if numbered else {}
        self.symbols = {m.name: m.xreplace(letters) for m in (*d.inputs, d.output)}
        self.definition = d.definition.xreplace(letters | {m: self.symbols[m.name] for m in d.inputs})
        self.shapes = {name: tuple(map(self.size, symbol.shape)) for name, symbol in self.symbols.items()}
        self.goals: dict[tuple[Basic, ...], Fraction] = {}
        self.point = {key: self._number() for m in d.inputs for key in self._keys(m.name)}
        self.upstream = {key: self._number() for key in self._keys(d.output.name)}

    def _number(self) -> Fraction:
        return Fraction(self.draw.randint(1, 10**6))

    def _keys(self, name: str) -> Iterator[tuple[str, int, int]]:
        rows, cols = self.shapes[name]
        return product((name,), range(rows), range(cols))

    def size(self, size: Basic) -> int:
        if size.is_Integer:
            return int(size)
        if not all(isinstance(s, Symbol) and s.name in self.sizes for s in size.free_symbols):
            raise Senseless(f"the size {size}")
        found = size.xreplace({s: Integer(self.sizes[s.name]) for s in size.free_symbols})
        if not found.is_Integer:
            raise Senseless(f"the size {size}")
        return int(found)

    def holds(self, goal: Basic, shown: Basic) -> bool:
        """Whether ``shown`` equals ``goal``, whatever the free indices, and its labels are right."""
        try:
            if isinstance(goal, MatrixExpr):
                labels = [part for part in nodes(shown) if isinstance(part, Labelled)]
                return self.rows(goal) == self.rows(shown) and all(
                    self.rows(part.grid) == self.rows(part.label) for part in labels
                )
            return all(self._goal(goal, env) == self.value(shown, env) for env in self._indices(goal))
        except (Senseless, ZeroDivisionError):
            return False

    def _goal(self, goal: Basic, env: Mapping[Basic, int]) -> Fraction:
        key = (goal, *env.values())
        if key not in self.goals:
            self.goals[key] = self.value(goal, env)
        return self.goals[key]

    def _indices(self, goal: Basic) -> Iterator[dict[Basic, int]]:
        ranges: dict[Basic, range] = {}
        for entry in goal.args if isinstance(goal, Partial) else (goal,):
            if isinstance(entry, MatrixElement):
                shape = self.shapes[entry.args[0].name]
                ranges |= {i: range(size) for i, size in zip(entry.args[1:], shape, strict=True) if i.is_Symbol}
        for numbers in product(*ranges.values()):
            yield dict(zip(ranges, numbers, strict=True))

    def index(self, index: Basic, env: Mapping[Basic, int]) -> int:
        if index.is_Integer:
            return int(index)
        if index in env:
            return env[index]
        if isinstance(index, Add):
            return self.size(index)
        raise Senseless(f"the index {index}")

    def key(self, entry: Basic, env: Mapping[Basic, int]) -> tuple[str, int, int]:
        if not (isinstance(entry, MatrixElement) and isinstance(entry.args[0], MatrixSymbol)):
            raise Senseless(f"the entry {entry}")
        matrix, *indices = entry.args
        row, col = (self.index(index, env) for index in indices)
        rows, cols = self.shapes.get(matrix.name, (0, 0))
        if self.symbols.get(matrix.name) != matrix or not (0 <= row < rows and 0 <= col < cols):
            raise Senseless(f"the entry {entry}")
        return matrix.name, row, col

    def value(self, expr: Basic, env: Mapping[Basic, int]) -> Fraction:
        if isinstance(expr, MatrixElement):
            return self._element(expr, env)
        if isinstance(expr, (Add, Terms)):
            return sum((self.value(term, env) for term in expr.args), Fraction(0))
        if isinstance(expr, Mul):
            return prod((self.value(factor, env) for factor in expr.args), start=Fraction(1))
        if isinstance(expr, Symbol) and expr.is_positive:
            return Fraction(self.size(expr))
        if isinstance(expr, Ends):
            return self.value(expr.args[0], env)
        if isinstance(expr, Frobenius):
            left, right = map(self.rows, expr.args)
            if [len(left), len(left[0])] != [len(right), len(right[0])]:
                raise Senseless(f"the shapes in {expr}")
            pairs = (pair for rows in zip(left, right, strict=True) for pair in zip(*rows, strict=True))
            return sum((a * b for a, b in pairs), Fraction(0))
        if isinstance(expr, Pow) and expr.exp.is_Integer:
            return self.value(expr.base, env) ** int(expr.exp)
        if isinstance(expr, Delta):
            return Fraction(self.index(expr.args[0], env) == self.index(expr.args[1], env))
        if isinstance(expr, Sum):
            return sum((self.value(expr.function, inner) for inner in self._summed(expr, env)), Fraction(0))
        if isinstance(expr, Partial):
            return self._derivative(expr, env)
        if expr.is_Rational:
            return Fraction(int(expr.p), int(expr.q))
        raise Senseless(f"the expression {expr}")

    def _summed(self, expr: Sum, env: Mapping[Basic, int]) -> Iterator[dict[Basic, int]]:
        letters = [limit[0] for limit in expr.limits]
        ranges = [range(self.size(low), self.size(high) + 1) for _, low, high in expr.limits]
        for numbers in product(*ranges):
            yield {**env, **dict(zip(letters, numbers, strict=True))}

    def _element(self, expr: MatrixElement, env: Mapping[Basic, int]) -> Fraction:
        if not isinstance(expr.args[0], MatrixSymbol):
            rows = self.rows(expr.args[0])
            row, col = (self.index(index, env) for index in expr.args[1:])
            if not (0 <= row < len(rows) and 0 <= col < len(rows[0])):
                raise Senseless(f"the entry {expr}")
            return rows[row][col]
        key = self.key(expr, env)
        return self._output(key) if key[0] == self.d.output.name else self.point[key]

    def _output(self, key: tuple[str, int, int]) -> Fraction:
        letters = zip(self.d.forward.goal.args[1:], key[1:], strict=True)
        return self.value(self.definition, {letter: k for letter, k in letters if letter.is_Symbol})

    def _derivative(self, expr: Partial, env: Mapping[Basic, int]) -> Fraction:
        key = self.key(expr.wrt, env)
        if expr.of == self.d.loss:
            return self.upstream[key] if key in self.upstream else self.gradients[key]
        if key in self.upstream:
            raise Senseless(f"the derivative {expr}")
        return self._slope(lambda: self.value(expr.of, env), key)

    def _slope(self, function: Callable[[], Fraction], key: tuple[str, int, int]) -> Fraction:
        here = self.point[key]
        try:
            self.point[key] = here + 1
            above = function()
            self.point[key] = here - 1
            return (above - function()) / 2
        finally:
            self.point[key] = here

    @cached_property
    def gradients(self) -> dict[tuple[str, int, int], Fraction]:
        def loss() -> Fraction:
            return sum((g * self._output(key) for key, g in self.upstream.items()), Fraction(0))

        return {key: self._slope(loss, key) for key in self.point}

    def rows(self, expr: Basic) -> list[list[Fraction]]:
        found = self._rows(expr)
        if not (found and found[0]):
            raise Senseless(f"no cells in {expr}")
        return found

    def _rows(self, expr: Basic) -> list[list[Fraction]]:
        if isinstance(expr, (MatrixSymbol, Gradient)):
            return self._named(expr)
        if isinstance(expr, Labelled):
            return self.rows(expr.grid)
        if isinstance(expr, ImmutableDenseMatrix):
            return [[self.value(expr[i, j], {}) for j in range(expr.cols)] for i in range(expr.rows)]
        if isinstance(expr, Pattern):
            cell, row, col, rows, cols = expr.args
            envs = [[{row: i, col: j} for j in range(self.size(cols))] for i in range(self.size(rows))]
            return [[self.value(cell, env) for env in line] for line in envs]
        if isinstance(expr, Slice):
            of, wrt = expr.args
            rows, cols = self.shapes.get(getattr(of, "name", ""), (0, 0))
            cells = [
                [Basic.__new__(MatrixElement, of, Integer(i), Integer(j)) for j in range(cols)] for i in range(rows)
            ]
            return [[self.value(Partial(cell, wrt), {}) for cell in line] for line in cells]
        if isinstance(expr, Call) and expr.name == "mean":
            rows = self.rows(expr.operands[0])
            return [[sum(map(sum, rows)) / (len(rows) * len(rows[0]))]]
        if isinstance(expr, Transpose):
            return [list(row) for row in zip(*self.rows(expr.arg), strict=True)]
        if isinstance(expr, Identity):
            return [[Fraction(i == j) for j in range(self.size(expr.rows))] for i in range(self.size(expr.rows))]
        if isinstance(expr, OneMatrix):
            return [[Fraction(1)] * self.size(expr.cols) for _ in range(self.size(expr.rows))]
        if isinstance(expr, (MatAdd, HadamardProduct)):
            combine = sum if isinstance(expr, MatAdd) else prod
            parts = [self.rows(part) for part in expr.args]
            if len({(len(rows), len(rows[0])) for rows in parts}) > 1:
                raise Senseless(f"the shapes in {expr}")
            return [[combine(cells) for cells in zip(*rows, strict=True)] for rows in zip(*parts, strict=True)]
        if isinstance(expr, MatMul):
            number, matrices = expr.as_coeff_matrices()
            found = [[self.value(number, {}) * x for x in row] for row in self.rows(matrices[0])]
            for rows in map(self.rows, matrices[1:]):
                if len(found[0]) != len(rows):
                    raise Senseless(f"the shapes in {expr}")
                found = [[sum(map(Fraction.__mul__, row, col)) for col in zip(*rows, strict=True)] for row in found]
            return found
        raise Senseless(f"the matrix {expr}")

    def _named(self, expr: MatrixExpr) -> list[list[Fraction]]:
        matrix = expr.wrt if isinstance(expr, Gradient) else expr
        if self.symbols.get(matrix.name) != matrix or (isinstance(expr, Gradient) and expr.loss != self.d.loss):
            raise Senseless(f"the matrix {expr}")
        rows, cols = self.shapes[matrix.name]
        entry = (lambda e: Partial(self.d.loss, e)) if isinstance(expr, Gradient) else (lambda e: e)
        return [[self.value(entry(matrix[i, j]), {}) for j in range(cols)] for i in range(rows)]


def _letters(matrix: MatrixSymbol) -> set[Symbol]:
    return {s for size in matrix.shape for s in size.free_symbols}


@cache
def truths(case: str, general: bool) -> tuple[Truth, ...]:
    d = derived(case)
    if not general:
        return (Truth(d, d.sizes, numbered=True),)
    return tuple(Truth(d, dict(zip(d.sizes, sizes, strict=False)), numbered=False) for sizes in SIZES)


def holds(case: str, place: Place, shown: Basic) -> bool:
    return all(truth.holds(place.goal, shown) for truth in truths(case, place.general))


# --- expressions --------------------------------------------------------------------------------

Spot = tuple[int, ...]


def spots(expr: Basic, spot: Spot = ()) -> Iterator[tuple[Spot, Basic]]:
    """Every node of an expression with its position, except the insides of symbols and limits."""
    yield spot, expr
    if not isinstance(expr, (MatrixSymbol, Gradient)):
        for k, arg in enumerate(expr.args[:1] if isinstance(expr, Sum) else expr.args):
            yield from spots(arg, (*spot, k))


def nodes(expr: Basic) -> Iterator[Basic]:
    return (node for _, node in spots(expr))


def node_at(expr: Basic, spot: Spot) -> Basic:
    for k in spot:
        expr = expr.args[k]
    return expr


def rewritten(expr: Basic, spot: Spot, new: Basic) -> Basic:
    """``expr`` with the node at one position replaced, and no other of the same look."""
    if not spot:
        return new
    args = list(expr.args)
    args[spot[0]] = rewritten(args[spot[0]], spot[1:], new)
    return rebuilt(expr, args)


def rebuilt(expr: Basic, args: Sequence[Basic]) -> Basic:
    # sympy refuses an entry outside its matrix; a wrong datum may well hold one
    return Basic.__new__(MatrixElement, *args) if isinstance(expr, MatrixElement) else expr.func(*args)


def is_loss(expr: Basic) -> bool:
    return isinstance(expr, Symbol)


def is_denominator(expr: Basic, spot: Spot) -> bool:
    """Whether the node is the x of a ∂f/∂x that is not ∂L/∂x."""
    parent = node_at(expr, spot[:-1])
    derivative = isinstance(parent, Slice) or (isinstance(parent, Partial) and not is_loss(parent.of))
    return bool(spot) and derivative and spot[-1] == 1


Variants = Iterator[tuple[Spot, Callable[[], Basic]]]
LineKind = Callable[[Derivation, Place, Basic], Variants]
LINE_KINDS: dict[str, LineKind] = {}
WRITTEN: list[str] = []
"""The kinds that are wrong as they are written although the values agree."""


def line_kind(name: str, written: bool = False) -> Callable[[LineKind], LineKind]:
    def register(function: LineKind) -> LineKind:
        LINE_KINDS[name] = function
        if written:
            WRITTEN.append(name)
        return function

    return register


def written(expr: Basic, spot: Spot, new: Callable[[], Basic]) -> Basic | None:
    """``expr`` with the error in it; None where there is no such thing to be written."""
    try:
        changed = rewritten(expr, spot, new())
    except (ShapeError, ValueError, TypeError, IndexError, AttributeError):
        return None  # sympy does not let it be written, so no datum can hold it
    return None if changed == expr else changed


def elements(expr: Basic, denominators: bool = False) -> Iterator[tuple[Spot, Basic]]:
    for spot, node in spots(expr):
        if isinstance(node, MatrixElement) and is_denominator(expr, spot) == denominators:
            yield spot, node


def letters_of(place: Place, expr: Basic) -> list[Symbol]:
    """The index letters of a line: those of its goal, and those of its sums."""
    bound = {limit[0] for node in nodes(expr) if isinstance(node, Sum) for limit in node.limits}
    free = {i for e in nodes(place.goal) if isinstance(e, MatrixElement) for i in e.args[1:] if i.is_Symbol}
    drawn = {letter for node in nodes(expr) if isinstance(node, Pattern) for letter in node.letters}
    return sorted(bound | free | drawn, key=str)


def other_indices(place: Place, expr: Basic, element: Basic, axis: int) -> list[Basic]:
    """What could stand by mistake in place of an index."""
    index, size = element.args[1 + axis], element.args[0].shape[axis]
    if place.general:
        return [letter for letter in [*letters_of(place, expr), Integer(0)] if letter != index]
    return [Integer(k) for k in range(int(size)) if k != index]


def with_index(element: Basic, axis: int, index: Basic) -> Basic:
    args = list(element.args)
    args[1 + axis] = index
    return rebuilt(element, args)


def matrices(d: Derivation, place: Place) -> list[MatrixSymbol]:
    """The matrices by the shapes that they have at this place."""
    numbers = {} if place.general else {s: Integer(d.sizes[s.name]) for m in (*d.inputs, d.output) for s in _letters(m)}
    return [m.xreplace(numbers) for m in (*d.inputs, d.output)]


def terms_of(expr: Basic) -> Iterator[tuple[Spot, Basic]]:
    """The sums that are written out."""
    return ((spot, node) for spot, node in spots(expr) if isinstance(node, (Add, Terms)))


def scalars(expr: Basic) -> Iterator[tuple[Spot, Basic]]:
    """Every scalar that is a term of something: a whole line, a cell, a term of a sum, a summand."""
    for spot, node in spots(expr):
        parent = node_at(expr, spot[:-1]) if spot else None
        whole = parent is None and not isinstance(node, (MatrixExpr, ImmutableDenseMatrix))
        cell = len(spot) > 1 and isinstance(node_at(expr, spot[:-2]), ImmutableDenseMatrix)
        cell = cell or (isinstance(parent, Pattern) and spot[-1] == 0)
        summand = isinstance(parent, Sum) and spot[-1] == 0
        if (whole or cell or summand or isinstance(parent, (Add, Terms))) and node != 0:
            yield spot, node


@line_kind("indices of an entry exchanged")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, node in elements(expr):
        matrix, row, col = node.args
        yield spot, lambda m=matrix, r=row, c=col: Basic.__new__(MatrixElement, m, c, r)


@line_kind("another index")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, node in elements(expr):
        for axis in range(2):
            for index in other_indices(place, expr, node, axis) if isinstance(node.args[0], MatrixSymbol) else ():
                yield spot, lambda e=node, a=axis, i=index: with_index(e, a, i)


@line_kind("index outside its range")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, node in elements(expr):
        for axis, size in enumerate(node.args[0].shape):
            for index in (size, Integer(99), Integer(-1)):
                yield spot, lambda e=node, a=axis, i=index: with_index(e, a, i)


@line_kind("index letter without a range")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, node in elements(expr):
        for axis in range(2):
            yield spot, lambda e=node, a=axis: with_index(e, a, UNKNOWN)


@line_kind("index shifted by one")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, node in elements(expr):
        for axis in range(2):
            yield spot, lambda e=node, a=axis: with_index(e, a, e.args[1 + a] + 1)


@line_kind("entry of another matrix")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, node in elements(expr):
        for matrix in matrices(d, place):
            yield spot, lambda m=matrix, e=node: Basic.__new__(MatrixElement, m, *e.args[1:])


@line_kind("denominator with another index")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, node in elements(expr, denominators=True):
        for axis in range(2):
            for index in other_indices(place, expr, node, axis):
                yield spot, lambda e=node, a=axis, i=index: with_index(e, a, i)


@line_kind("denominator of another matrix")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, node in elements(expr, denominators=True):
        for matrix in matrices(d, place):
            yield spot, lambda m=matrix, e=node: Basic.__new__(MatrixElement, m, *e.args[1:])


@line_kind("denominator of another path", written=True)
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    """∂y/∂x by another x, where both derivatives are 0."""
    for spot, node in elements(expr, denominators=True):
        for axis in range(2):
            for index in other_indices(place, expr, node, axis):
                yield spot, lambda e=node, a=axis, i=index: with_index(e, a, i)


@line_kind("wrong index under a ∂ that vanishes", written=True)
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, node in bare_derivatives(expr):
        for inner, element in elements(node.of):
            for axis in range(2):
                for index in other_indices(place, expr, element, axis):
                    yield (*spot, 0, *inner), lambda e=element, a=axis, i=index: with_index(e, a, i)


@line_kind("stranger under ∂", written=True)
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    """∂(f + c)/∂x for ∂f/∂x, c being an entry of another matrix."""
    for spot, node in bare_derivatives(expr):
        for stranger in strangers(d, place, node.wrt):
            yield (*spot, 0), lambda n=node, s=stranger: n.of + s


@line_kind("vanishing ∂ of a stranger for a zero", written=True)
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    """Term by term a 0 stands for a term without the variable; here for the ∂ of some other term."""
    if isinstance(place.goal, Partial) and not is_loss(place.goal.of):
        for spot, node in terms_of(expr):
            for k, term in enumerate(node.args):
                for stranger in strangers(d, place, place.goal.wrt) if term == 0 else ():
                    yield (*spot, k), lambda s=stranger: Partial(s, place.goal.wrt)


def strangers(d: Derivation, place: Place, wrt: MatrixElement) -> Iterator[MatrixElement]:
    """Entries of the other inputs that the line before does not hold."""
    *path, number, _result = place.path
    before = get(d, (*path, number - 1, "result")) if number else S.Zero
    for matrix in matrices(d, place)[:-1]:
        for index in (Integer(0), matrix.rows - 1):
            entry = Basic.__new__(MatrixElement, matrix, index, Integer(0))
            if matrix != wrt.args[0] and entry not in nodes(before):
                yield entry


@line_kind("term by term, at the place of another term", written=True)
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    if isinstance(place.goal, Partial) and not is_loss(place.goal.of) and isinstance(expr, Terms):
        for k in range(1, len(expr.args)):
            yield (), lambda k=k: Terms(*expr.args[k:], *expr.args[:k])


def bare_derivatives(expr: Basic) -> Iterator[tuple[Spot, Partial]]:
    """The ∂f/∂x that are terms by themselves: the next line says what each of them is."""
    for spot, node in spots(expr):
        if isinstance(node, Partial) and not is_loss(node.of):
            above = [node_at(expr, spot[:k]) for k in range(len(spot))]
            if all(isinstance(outer, (Add, Terms, Sum)) for outer in above):
                yield spot, node


@line_kind("upstream factor by an entry of an input")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, node in spots(expr):
        if isinstance(node, Partial) and is_loss(node.of):
            for matrix in matrices(d, place):
                yield (*spot, 1), lambda m=matrix, e=node.wrt: Basic.__new__(MatrixElement, m, *e.args[1:])


@line_kind("entry of the output for its derivative")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, node in spots(expr):
        if isinstance(node, Partial):
            yield spot, lambda n=node: n.wrt if is_loss(n.of) else n.of


@line_kind("another letter for the loss")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    other = Symbol("Q")
    for spot, node in spots(expr):
        if isinstance(node, Partial) and is_loss(node.of):
            yield spot, lambda n=node: Partial(other, n.wrt)
        if isinstance(node, Gradient):
            yield spot, lambda n=node: Gradient(other, n.wrt)


@line_kind("term dropped")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, node in terms_of(expr):
        for k in range(len(node.args)):
            rest = (*node.args[:k], *node.args[k + 1 :])
            yield spot, lambda n=node, r=rest: n.func(*r) if len(r) > 1 else r[0]


@line_kind("term doubled")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, node in scalars(expr):
        yield spot, lambda n=node: Terms(n, n)


@line_kind("term too many")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, node in scalars(expr):
        for matrix in matrices(d, place):
            yield spot, lambda n=node, m=matrix: Terms(n, Basic.__new__(MatrixElement, m, Integer(0), Integer(0)))


@line_kind("wrong sign")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, node in scalars(expr):
        yield spot, lambda n=node: -n


@line_kind("wrong coefficient")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, node in scalars(expr):
        yield spot, lambda n=node: 2 * n
        yield spot, lambda n=node: n / 2


@line_kind("number added")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, node in scalars(expr):
        yield spot, lambda n=node: Terms(n, S.One)


@line_kind("zero")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, _node in scalars(expr):
        yield spot, lambda: S.Zero


@line_kind("factor dropped")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, node in spots(expr):
        if isinstance(node, Mul):
            for factor in node.args:
                if not isinstance(factor, Delta):
                    yield spot, lambda n=node, f=factor: n / f


@line_kind("factor squared")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, node in spots(expr):
        if isinstance(node, Mul):
            for factor in node.args:
                yield spot, lambda n=node, f=factor: n * f


@line_kind("product for a sum, sum for a product")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, node in spots(expr):
        if isinstance(node, Mul):
            yield spot, lambda n=node: Terms(*n.args)
        if isinstance(node, (Add, Terms)):
            yield spot, lambda n=node: Mul(*n.args)


@line_kind("δ lost")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, node in spots(expr):
        if isinstance(node, Delta):
            yield spot, lambda: S.One


@line_kind("δ with another index")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, node in spots(expr):
        if isinstance(node, Delta):
            for letter in [*letters_of(place, expr), UNKNOWN, Integer(0)]:
                yield spot, lambda n=node, i=letter: Delta(i, n.args[1])
                yield spot, lambda n=node, i=letter: Delta(n.args[0], i)


@line_kind("δ in a denominator")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, node in spots(expr):
        if isinstance(node, Delta):
            yield spot, lambda n=node: 1 / n


def limits(expr: Basic) -> Iterator[tuple[Spot, Sum, int]]:
    for spot, node in spots(expr):
        if isinstance(node, Sum):
            for k in range(len(node.limits)):
                yield spot, node, k


def with_limit(total: Sum, k: int, *limit: Basic) -> Sum:
    return Sum(total.function, *(limit if n == k else old for n, old in enumerate(total.limits)))


@line_kind("sum over too many terms")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, node, k in limits(expr):
        index, low, high = node.limits[k]
        yield spot, lambda n=node, k=k, limit=(index, low, high + 1): with_limit(n, k, *limit)
        yield spot, lambda n=node, k=k, limit=(index, low - 1, high): with_limit(n, k, *limit)


@line_kind("sum without an end")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, node, k in limits(expr):
        yield spot, lambda n=node, k=k: with_limit(n, k, *n.limits[k][:2], oo)


@line_kind("sum over too few terms")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, node, k in limits(expr):
        index, low, high = node.limits[k]
        yield spot, lambda n=node, k=k, limit=(index, low, high - 1): with_limit(n, k, *limit)
        yield spot, lambda n=node, k=k, limit=(index, low + 1, high): with_limit(n, k, *limit)


@line_kind("sum up to another size")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, node, k in limits(expr):
        for high in other_bounds(d, node.limits[k][2]):
            yield spot, lambda n=node, k=k, h=high: with_limit(n, k, *n.limits[k][:2], h)


@line_kind("sum up to another size that agrees where the judge looks")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, node, k in limits(expr):
        right = node.limits[k][2]
        for high in (*other_bounds(d, right), at_judged_sizes(d, right)):
            if at_judged_sizes(d, high) == at_judged_sizes(d, right):
                yield spot, lambda n=node, k=k, h=high: with_limit(n, k, *n.limits[k][:2], h)


def letters_of_sizes(d: Derivation) -> list[Symbol]:
    return sorted({s for m in d.inputs for s in _letters(m)}, key=str)


def other_bounds(d: Derivation, right: Basic) -> list[Basic]:
    return [size + shift for size in letters_of_sizes(d) for shift in (-2, -1, 0) if size + shift != right]


@line_kind("sum up to a fraction")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, node, k in limits(expr):
        yield spot, lambda n=node, k=k: with_limit(n, k, *n.limits[k][:2], n.limits[k][2] + S.Half)


@line_kind("sum up to what is no number")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, node, k in limits(expr):
        for high in (Function("f")(node.limits[k][2]), S.NaN, UNKNOWN):
            yield spot, lambda n=node, k=k, h=high: with_limit(n, k, *n.limits[k][:2], h)


@line_kind("sum sign lost")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, node, k in limits(expr):
        rest = [limit for n, limit in enumerate(node.limits) if n != k]
        yield spot, lambda n=node, r=rest: Sum(n.function, *r) if r else n.function


@line_kind("limits of two sums exchanged")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, node, _k in limits(expr):
        if len(node.limits) == 2:
            (a, low, high), (b, lower, higher) = node.limits
            yield spot, lambda n=node, new=((a, lower, higher), (b, low, high)): Sum(n.function, *new)


@line_kind("bound letter captured")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    """The index of a sum goes by a letter that is free in the same line."""
    bound = {limit[0] for node in nodes(expr) if isinstance(node, Sum) for limit in node.limits}
    for spot, node, k in limits(expr):
        for letter in letters_of(place, expr):
            if letter not in bound:
                index, low, high = node.limits[k]
                function = node.function.xreplace({index: letter})
                others = [limit for n, limit in enumerate(node.limits) if n != k]
                yield spot, lambda f=function, o=others, limit=(letter, low, high): Sum(f, limit, *o)


@line_kind("transpose lost")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, node in spots(expr):
        if isinstance(node, Transpose):
            yield spot, lambda n=node: n.arg


@line_kind("transpose too many")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, node in matrix_leaves(expr):
        yield spot, lambda n=node: Transpose(n)


def matrix_leaves(expr: Basic) -> Iterator[tuple[Spot, Basic]]:
    """The matrices by name that stand for whole matrices, not those that an entry is taken of."""
    for spot, node in spots(expr):
        parent = node_at(expr, spot[:-1]) if spot else None
        if isinstance(node, (MatrixSymbol, Gradient)) and not isinstance(parent, MatrixElement):
            yield spot, node


@line_kind("factor matrices exchanged")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, node in spots(expr):
        if isinstance(node, MatMul):
            yield spot, lambda n=node: MatMul(*reversed(n.args))


@line_kind("matrix product for entrywise product, or the reverse")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, node in spots(expr):
        if isinstance(node, (MatMul, MatAdd, HadamardProduct)):
            for kind in (MatMul, HadamardProduct, MatAdd):
                yield spot, lambda n=node, k=kind: k(*n.args)


@line_kind("another matrix")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    shown = matrices(d, place)
    others = [*shown, *(Gradient(d.loss, m) for m in shown)]
    for spot, _node in matrix_leaves(expr):
        for other in others:
            yield spot, lambda m=other: m


@line_kind("output for the upstream gradient")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, node in matrix_leaves(expr):
        if isinstance(node, Gradient):
            yield spot, lambda n=node: n.wrt


@line_kind("matrix with a coefficient")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    if isinstance(expr, (MatrixExpr, ImmutableDenseMatrix)):
        yield (), lambda: MatMul(-1, expr)
        yield (), lambda: MatMul(2, expr)
    if isinstance(expr, MatrixElement) and not isinstance(expr.args[0], MatrixSymbol):
        yield (0,), lambda: MatMul(2, expr.args[0])


@line_kind("matrix of another shape")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, node in matrix_leaves(expr):
        rows, cols = node.shape
        for shape in ((rows + 1, cols), (cols, rows), (rows, cols + 1)):
            yield spot, lambda n=node, s=shape: reshaped(n, *s)


@line_kind("matrix with numbers for a shape of letters")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    """The numbers are the judge's own sizes, so that the values agree."""
    if place.general:
        for spot, node in matrix_leaves(expr):
            yield spot, lambda n=node: reshaped(n, *(at_judged_sizes(d, size) for size in n.shape))
        if isinstance(expr, MatrixElement):
            yield (
                (0,),
                lambda: expr.args[0].xreplace(
                    {
                        leaf: reshaped(leaf, *(at_judged_sizes(d, size) for size in leaf.shape))
                        for _, leaf in matrix_leaves(expr)
                    }
                ),
            )


def reshaped(matrix: MatrixSymbol | Gradient, rows: Basic, cols: Basic) -> MatrixExpr:
    if isinstance(matrix, Gradient):
        return Gradient(matrix.loss, MatrixSymbol(matrix.wrt.name, rows, cols))
    return MatrixSymbol(matrix.name, rows, cols)


def at_judged_sizes(d: Derivation, size: Basic) -> Basic:
    """The value of a size where the judge evaluates what is claimed for all sizes."""
    return size.xreplace({s: Integer(d.verdict.sizes[s.name]) for s in size.free_symbols})


@line_kind("ones of another length")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, node in spots(expr):
        if isinstance(node, OneMatrix):
            for shape in ((node.rows + 1, node.cols), (node.rows, node.cols + 1)):
                yield spot, lambda s=shape: OneMatrix(*s)


@line_kind("as many ones as where the judge looks")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    if place.general:
        for spot, node in spots(expr):
            if isinstance(node, OneMatrix):
                yield spot, lambda n=node: OneMatrix(*(at_judged_sizes(d, size) for size in n.shape))


@line_kind("no ones at all")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, node in spots(expr):
        if isinstance(node, OneMatrix):
            yield spot, lambda n=node: OneMatrix(0, n.cols)
            yield spot, lambda n=node: OneMatrix(n.rows, 0)


def grids(expr: Basic) -> Iterator[tuple[Spot, ImmutableDenseMatrix]]:
    return ((spot, node) for spot, node in spots(expr) if isinstance(node, ImmutableDenseMatrix))


def labelled(expr: Basic) -> list[tuple[Spot, Labelled]]:
    return [(spot, node) for spot, node in spots(expr) if isinstance(node, Labelled)]


@line_kind("wrong cell")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, grid in grids(expr):
        cells = list(grid)
        for k, cell in enumerate(cells):
            for other in (*cells, S.Zero, cell + 1):
                new = [*cells[:k], other, *cells[k + 1 :]]
                yield spot, lambda g=grid, n=new: ImmutableDenseMatrix(*g.shape, n)


@line_kind("two cells exchanged")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, grid in grids(expr):
        for a, b in product(range(len(list(grid))), repeat=2):
            cells = list(grid)
            cells[a], cells[b] = cells[b], cells[a]
            yield spot, lambda g=grid, n=cells: ImmutableDenseMatrix(*g.shape, n)


@line_kind("grid transposed")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, grid in grids(expr):
        yield spot, lambda g=grid: g.T


@line_kind("row or column of a grid lost")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, grid in grids(expr):
        if grid.rows > 1:
            yield spot, lambda g=grid: g[1:, :]
        if grid.cols > 1:
            yield spot, lambda g=grid: g[:, 1:]


@line_kind("grid without cells")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, grid in grids(expr):
        yield spot, lambda g=grid: ImmutableDenseMatrix(0, g.cols, [])
        yield spot, lambda g=grid: ImmutableDenseMatrix(g.rows, 0, [])


@line_kind("two rows exchanged")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, grid in grids(expr):
        if grid.rows > 1:
            yield spot, lambda g=grid: g.permute_rows([(0, 1)])


@line_kind("wrong label")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    shown = matrices(d, place)
    leaves = [*shown, *(Gradient(d.loss, m) for m in shown), Gradient(Symbol("Q"), shown[-1])]
    for spot, node in labelled(expr):
        for label in [*leaves, *map(Transpose, leaves), OneMatrix(*node.shape)]:
            if label != node.label:
                yield spot, lambda n=node, new=label: Labelled(n.grid, new)


@line_kind("wrong label in a transposed matrix")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, node in labelled(expr):
        for label in matrices(d, place):
            if label != node.label:
                yield spot, lambda n=node, new=label: Transpose(Labelled(n.grid.T, new))


@line_kind("labels exchanged")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, node in spots(expr):
        both = isinstance(node, (MatMul, MatAdd, HadamardProduct, Frobenius)) and all(
            isinstance(p, Labelled) for p in node.args
        )
        if both and len(node.args) == 2:
            a, b = node.args
            yield spot, lambda n=node, a=a, b=b: n.func(Labelled(a.grid, b.label), Labelled(b.grid, a.label))


@line_kind("number for a size where the judge looks")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, node in spots(expr) if place.general else ():
        if node.free_symbols and node.free_symbols <= set(letters_of_sizes(d)) and isinstance(node, (Symbol, Add)):
            yield spot, lambda n=node: at_judged_sizes(d, n)


@line_kind("size for a number where the judge looks")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    sizes = letters_of_sizes(d)
    for spot, element in elements(expr) if place.general else ():
        for axis, size, shift in product(range(2), sizes, range(-3, 1)):
            if element.args[1 + axis].is_Integer and at_judged_sizes(d, size + shift) == element.args[1 + axis]:
                yield spot, lambda e=element, a=axis, i=size + shift: with_index(e, a, i)
    for spot, _node in scalars(expr) if place.general else ():
        for size in sizes:
            yield spot, lambda n=_node, s=size: n * s / at_judged_sizes(d, s)


def patterns(expr: Basic) -> Iterator[tuple[Spot, Pattern]]:
    return ((spot, node) for spot, node in spots(expr) if isinstance(node, Pattern))


@line_kind("pattern of another shape")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, node in patterns(expr):
        rows, cols = node.shape
        shapes = [(cols, rows), (rows + 1, cols), (rows, cols - 1)]
        shapes.append((at_judged_sizes(d, rows), at_judged_sizes(d, cols)))
        for shape in shapes:
            yield spot, lambda n=node, s=shape: Pattern(n.cell, *n.letters, *s)


@line_kind("letters of a pattern exchanged")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, node in patterns(expr):
        yield spot, lambda n=node: Pattern(n.cell, *n.letters[::-1], *n.shape)


@line_kind("pattern transposed")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, node in patterns(expr):
        yield spot, lambda n=node: Pattern(n.cell, *n.letters[::-1], *n.shape[::-1])


@line_kind("ends of what is no sum", written=True)
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, node in spots(expr):
        if isinstance(node, Ends):
            yield spot, lambda n=node: Ends(Ends(n.sum))


@line_kind("slice of another matrix")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, node in spots(expr):
        if isinstance(node, Slice):
            for matrix in matrices(d, place):
                yield spot, lambda n=node, m=matrix: Slice(m, n.wrt)


@line_kind("derivative in the place of another", written=True)
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    """Where derivatives are 0, the values do not tell."""
    for spot, grid in grids(expr):
        cells = list(grid)
        for a, b in product(range(len(cells)), repeat=2):
            if isinstance(cells[a], Partial) and isinstance(cells[b], Partial) and cells[a] != cells[b]:
                new = [*cells[:a], cells[b], *cells[a + 1 :]]
                yield spot, lambda g=grid, n=new: ImmutableDenseMatrix(*g.shape, n)


@line_kind("name that is none of the matrices")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, node in spots(expr):
        if isinstance(node, MatrixSymbol):
            yield spot, lambda n=node: MatrixSymbol("Q", *n.shape)


@line_kind("unknown function")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, node in scalars(expr):
        yield spot, lambda n=node: Function("f")(n)
    for spot, node in matrix_leaves(expr):
        yield spot, lambda n=node: n.applyfunc(exp)


@line_kind("power by a letter")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, node in scalars(expr):
        yield spot, lambda n=node: n**UNKNOWN


@line_kind("not a number")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    for spot, _node in scalars(expr):
        yield spot, lambda: S.NaN
        yield spot, lambda: S.ComplexInfinity


@line_kind("matrix for a number, number for a matrix")
def _(d: Derivation, place: Place, expr: Basic) -> Variants:
    if isinstance(expr, (MatrixExpr, ImmutableDenseMatrix)):
        yield (), lambda: S.One
        yield (), lambda: MatrixElement(d.output, Integer(0), Integer(0))
    else:
        yield (), lambda: d.matrix
        yield (), lambda: ImmutableDenseMatrix([[expr]])


# --- planting -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Planted:
    """A derivation with one error, and the places where the judge must and may report it.

    One of the places in ``where`` must be named; ``also`` are those that hold the same datum.  They
    are in the judge's words, or begin with those before "…".
    """

    kind: str
    case: str
    where: tuple[str, ...]
    derivation: Derivation = field(repr=False)
    also: tuple[str, ...] = ()

    def __str__(self) -> str:
        # pytest writes other letters as numbers
        return f"{self.case}: {self.kind}: {self.where[0]}".replace("∂", "d").replace("δ", "delta")


def plant(case: str, kind: str, place: Place, shown: Basic) -> Planted:
    return Planted(kind, case, place.words, put(derived(case), place.path, shown), drawn_with(derived(case), place))


def wrong(case: str, kind: str, place: Place, shown: Basic) -> bool:
    """Whether the line is wrong: by its values, or, of some kinds, by what is written alone."""
    return (kind in WRITTEN) == holds(case, place, shown)


def roles(cases: Sequence[str], found: Callable[[Derivation], Iterator[Any]]) -> list[str]:
    return list(dict.fromkeys(each.role for case in cases for each in found(derived(case))))


def by_turns(cases: Sequence[str], attempts: Iterable[Callable[[str], Planted | None]]) -> Iterator[Planted]:
    """The first error that each attempt plants, beginning with another case each time."""
    turn = 0
    for attempt in attempts:
        start = turn % len(cases)
        found = next(filter(None, map(attempt, dict.fromkeys([*cases[start:], *cases[:start]]))), None)
        if found is not None:
            turn += 1
            yield found


def planted_lines(cases: Sequence[str], kind: str) -> Iterator[Planted]:
    """Of one kind a wrong line for its roles: the kinds share them, most of all those that only some forms tell."""
    k = list(LINE_KINDS).index(kind)
    chosen = [
        role
        for r, role in enumerate(roles(cases, places))
        if kind in (*UNSHARED, *WRITTEN) or (k + r) % (SHARED_DRAWN if role.startswith(DRAWN) else SHARED) == 0
    ]
    return by_turns(cases, [partial(_wrong_line, kind, role) for role in chosen])


SHARED, SHARED_DRAWN = 2, 8
UNSHARED = {
    "derivative in the place of another",
    "denominator of another path",
    "ends of what is no sum",
    "labels exchanged",
    "letters of a pattern exchanged",
    "matrix for a number, number for a matrix",
    "number for a size where the judge looks",
    "pattern of another shape",
    "pattern transposed",
    "size for a number where the judge looks",
    "slice of another matrix",
    "sum up to another size that agrees where the judge looks",
    "wrong label",
}


@cache
def places_of(case: str, role: str) -> list[Place]:
    return [place for place in places(derived(case)) if place.role == role]


def _wrong_line(kind: str, role: str, case: str) -> Planted | None:
    d = derived(case)
    candidates = [
        (place, spot, new)
        for place in places_of(case, role)
        for spot, new in LINE_KINDS[kind](d, place, get(d, place.path))
    ]
    random.Random(f"{case} {kind} {role}").shuffle(candidates)
    for place, spot, new in candidates:
        shown = written(get(d, place.path), spot, new)
        if shown is not None and wrong(case, kind, place, shown):
            return plant(case, kind, place, shown)
    return None


# --- calculations as a whole --------------------------------------------------------------------

CalcKind = Callable[[str, Calculation, Calc], Iterator[Planted]]
CALC_KINDS: dict[str, CalcKind] = {}


def calc_kind(name: str) -> Callable[[Callable[..., Iterator[tuple[str, Calc]]]], None]:
    """Register what yields (the judge's words for the place, the wrong calculation)."""

    def register(function: Callable[..., Iterator[tuple[str, Calc]]]) -> None:
        def planted(case: str, calculation: Calculation, calc: Calc) -> Iterator[Planted]:
            for where, new in function(case, calculation, calc):
                # the paths of the chain rule, the list of local partials: they hold the same calculation
                also = (calculation.where, *(lists_with(derived(case), calculation)))
                yield Planted(name, case, (where,), put(derived(case), calculation.path, new), also)

        CALC_KINDS[name] = planted

    return register


def drawn_with(d: Derivation, place: Place) -> tuple[str, ...]:
    """Where the judge speaks of parts of the output as a matrix: the copies of a row or a column."""
    parts = d.general.spread if d.general and place.role == "output as a matrix" else ()
    return tuple(f"{calc.goal} drawn…" for calc in parts)


def lists_with(d: Derivation, calculation: Calculation) -> tuple[str, ...]:
    """Where else the judge looks at a calculation as a whole."""
    number = calculation.path[2] if calculation.path[0] == "worked" and len(calculation.path) > 2 else 0
    name = d.inputs[int(number)].name
    if calculation.role == "partial":
        return (partials_list(name),)
    if calculation.role in ("local", "entry"):
        name = d.theorems[int(calculation.path[1])].wrt.name
        return statement(name), without_zeros(name)
    if calculation.role in ("support local", "support entry"):
        return (without_zeros(d.theorems[int(calculation.path[1])].wrt.name),)
    if calculation.role == "end":
        return (ends_list(d.inputs[int(calculation.path[2])].name),)
    return ()


def partials_list(name: str) -> str:
    return f"local partials by an entry of {name}, list"


def without_zeros(name: str) -> str:
    return f"∂L/∂{name} without zeros, what is calculated"


def ends_list(name: str) -> str:
    return f"∂L/∂{name} at its ends, list"


def statement(name: str) -> str:
    return f"∂L/∂{name}, what is calculated"


@calc_kind("no line at all")
def _(case: str, place: Calculation, calc: Calc) -> Iterator[tuple[str, Calc]]:
    yield place.where, Calc(calc.goal, ())


@calc_kind("wrong line after the last")
def _(case: str, place: Calculation, calc: Calc) -> Iterator[tuple[str, Calc]]:
    whole = isinstance(calc.result, (MatrixExpr, ImmutableDenseMatrix))
    new = MatMul(2, calc.result) if whole else 2 * calc.result or S.One
    yield f"{place.where}, line {len(calc.steps) + 1}", Calc(calc.goal, (*calc.steps, Step(new, WRONG)))


@calc_kind("wrong line before the last")
def _(case: str, place: Calculation, calc: Calc) -> Iterator[tuple[str, Calc]]:
    """Two steps further on the last line stands again, and is right."""
    whole = isinstance(calc.result, (MatrixExpr, ImmutableDenseMatrix))
    new = MatMul(-1, calc.result) if whole else -calc.result or S.One
    last = calc.steps[-1]
    yield f"{place.where}, line {len(calc.steps) + 1}", Calc(calc.goal, (*calc.steps, Step(new, WRONG), last))


@calc_kind("line of another calculation in the middle")
def _(case: str, place: Calculation, calc: Calc) -> Iterator[tuple[str, Calc]]:
    d = derived(case)
    others = [get(d, other.path) for other in calculations(d) if other.role == place.role and other.path != place.path]
    for k, other in product(range(len(calc.steps) - 1), others):
        line = Place(place.role, "", (), calc.goal, place.general)
        if k < len(other.steps) and not holds(case, line, other.steps[k].result):
            yield f"{place.where}, line {k + 1}", put(calc, ("steps", k), other.steps[k])


@calc_kind("steps of another calculation")
def _(case: str, place: Calculation, calc: Calc) -> Iterator[tuple[str, Calc]]:
    d = derived(case)
    for other in calculations(d):
        steps = get(d, other.path).steps
        line = Place(place.role, "", (), calc.goal, place.general)
        if other.role == place.role and not holds(case, line, steps[0].result):
            yield f"{place.where}, line 1", Calc(calc.goal, steps)


@calc_kind("goal of another calculation")
def _(case: str, place: Calculation, calc: Calc) -> Iterator[tuple[str, Calc]]:
    """The goal says what is calculated; where it may be anything, its value tells."""
    d = derived(case)
    for other in calculations(d):
        goal = get(d, other.path).goal
        line = Place(place.role, "", (), goal, place.general)
        if other.role == place.role and place.grids and not holds(case, line, calc.steps[0].result):
            yield place.where, Calc(goal, calc.steps)


def planted_calculations(cases: Sequence[str], kind: str) -> Iterator[Planted]:
    """Of one kind a wrong calculation for every role."""
    return by_turns(cases, [partial(_wrong_calculation, kind, role) for role in roles(cases, calculations)])


def _wrong_calculation(kind: str, role: str, case: str) -> Planted | None:
    d = derived(case)
    found = [p for c in calculations(d) if c.role == role for p in CALC_KINDS[kind](case, c, get(d, c.path))]
    return random.Random(f"{case} {kind} {role}").choice(found) if found else None


# --- how the parts are put together ---------------------------------------------------------------

Draft = tuple[tuple[str, ...], Derivation, tuple[str, ...]]
PartKind = Callable[[Derivation], Iterator[Draft]]
PART_KINDS: dict[str, PartKind] = {}
EVERYWHERE = ("…",)
"""For what all statements rest on: a fault in it may show anywhere."""


def part_kind(name: str) -> Callable[[PartKind], PartKind]:
    def register(function: PartKind) -> PartKind:
        PART_KINDS[name] = function
        return function

    return register


@dataclass(frozen=True)
class Chain:
    """The chain rule of an example at sizes: its path, its entry, the entries of Y, which of its terms vanish."""

    path: Path
    name: str
    entry: MatrixElement
    cells: tuple[MatrixElement, ...]
    vanishing: tuple[int, ...]
    loss: Symbol

    def term(self, upstream: int, local: int) -> Basic:
        return Partial(self.loss, self.cells[upstream]) * Partial(self.cells[local], self.entry)

    def planted(self, d: Derivation, terms: Sequence[Basic]) -> Draft:
        where = f"chain rule for {at(self.entry)}"
        line = (*self.path, "chain", "steps", 0, "result")
        # term by term, the second line then differs from the first one
        return (f"{where}, paths", f"{where}, line 1"), put(d, line, Terms.of(terms)), (f"{where}, line 2",)

    @property
    def terms(self) -> list[Basic]:
        return [self.term(k, k) for k in range(len(self.cells))]


def chains(d: Derivation) -> Iterator[Chain]:
    for k, example in enumerate(d.worked.examples):
        cells = tuple(calc.goal.of for calc in example.partials)
        vanishing = tuple(n for n, calc in enumerate(example.partials) if calc.result == 0)
        yield Chain(("worked", "examples", k), d.inputs[k].name, example.entry, cells, vanishing, d.loss)


@part_kind("upstream factor of a vanishing path by another entry")
def _(d: Derivation) -> Iterator[Draft]:
    for chain in chains(d):
        for k in chain.vanishing:
            other = (k + 1) % len(chain.cells)
            yield chain.planted(d, [*chain.terms[:k], chain.term(other, k), *chain.terms[k + 1 :]])


@part_kind("local partial of a vanishing path by another entry")
def _(d: Derivation) -> Iterator[Draft]:
    for chain in chains(d):
        for k, other in product(chain.vanishing, repeat=2):
            if k != other:
                yield chain.planted(d, [*chain.terms[:k], chain.term(k, other), *chain.terms[k + 1 :]])


@part_kind("local partial of a path by another entry")
def _(d: Derivation) -> Iterator[Draft]:
    for chain in chains(d):
        for k in range(len(chain.cells)):
            other = (k + 1) % len(chain.cells)
            if k != other:
                yield chain.planted(d, [*chain.terms[:k], chain.term(k, other), *chain.terms[k + 1 :]])


@part_kind("path for another one, which so stands twice")
def _(d: Derivation) -> Iterator[Draft]:
    for chain in chains(d):
        for k, other in product(chain.vanishing, repeat=2):
            if k != other:
                yield chain.planted(d, [*chain.terms[:k], chain.term(other, other), *chain.terms[k + 1 :]])


@part_kind("two paths exchanged")
def _(d: Derivation) -> Iterator[Draft]:
    for chain in chains(d):
        if len(chain.cells) > 1:
            first, second, *rest = chain.terms
            yield chain.planted(d, [second, first, *rest])


@part_kind("vanishing path twice")
def _(d: Derivation) -> Iterator[Draft]:
    for chain in chains(d):
        for k in chain.vanishing:
            yield chain.planted(d, [*chain.terms[: k + 1], *chain.terms[k:]])


@part_kind("vanishing path missing")
def _(d: Derivation) -> Iterator[Draft]:
    for chain in chains(d):
        for k in chain.vanishing:
            yield chain.planted(d, [*chain.terms[:k], *chain.terms[k + 1 :]])


@part_kind("chain rule without its paths")
def _(d: Derivation) -> Iterator[Draft]:
    for chain in chains(d):
        steps = (*chain.path, "chain", "steps")
        where = f"chain rule for {at(chain.entry)}"
        if len(get(d, steps)) > 1:
            yield (f"{where}, paths",), put(d, steps, get(d, steps)[1:]), ()


@part_kind("chain rule of another entry")
def _(d: Derivation) -> Iterator[Draft]:
    for chain in chains(d):
        matrix = chain.entry.args[0]
        others = [matrix[i, j] for i in range(matrix.rows) for j in range(matrix.cols) if matrix[i, j] != chain.entry]
        for other in others[:1]:
            where = f"chain rule for {at(chain.entry)}"
            changed = put(d, (*chain.path, "chain", "goal"), Partial(d.loss, other))
            yield (f"{where}, paths", f"{where}, line 1"), changed, (where,)


def partials_changed(d: Derivation, chain: Chain, change: Callable[[tuple[Calc, ...]], Sequence[Calc]]) -> Draft:
    path = (*chain.path, "partials")
    return (partials_list(chain.name),), put(d, path, tuple(change(get(d, path)))), ()


@part_kind("local partial missing")
def _(d: Derivation) -> Iterator[Draft]:
    for chain in chains(d):
        yield partials_changed(d, chain, lambda calcs: calcs[:-1])
        yield partials_changed(d, chain, lambda calcs: calcs[1:])


@part_kind("local partial twice")
def _(d: Derivation) -> Iterator[Draft]:
    for chain in chains(d):
        yield partials_changed(d, chain, lambda calcs: (*calcs, calcs[-1]))


@part_kind("two local partials exchanged")
def _(d: Derivation) -> Iterator[Draft]:
    for chain in chains(d):
        if len(chain.cells) > 1:
            yield partials_changed(d, chain, lambda calcs: (calcs[1], calcs[0], *calcs[2:]))


@part_kind("vanishing local partial of another entry")
def _(d: Derivation) -> Iterator[Draft]:
    """The list lacks an entry and holds another twice, though every statement in it is true."""
    for chain in chains(d):
        for k, other in product(chain.vanishing, repeat=2):
            if k != other:
                goal = Partial(chain.cells[other], chain.entry)
                yield partials_changed(d, chain, lambda calcs, k=k, goal=goal: put(calcs, (k, "goal"), goal))


@part_kind("vanishing local partial by another variable")
def _(d: Derivation) -> Iterator[Draft]:
    for chain in chains(d):
        for k in chain.vanishing:
            for other in d.worked.examples:
                matrix = other.entry.args[0]
                cells = [matrix[i, j] for i in range(matrix.rows) for j in range(matrix.cols)]
                for entry in cells:
                    goal = Partial(chain.cells[k], entry)
                    if entry != chain.entry and truth_at_sizes(d).holds(goal, S.Zero):
                        yield partials_changed(d, chain, lambda calcs, k=k, goal=goal: put(calcs, (k, "goal"), goal))


def truth_at_sizes(d: Derivation) -> Truth:
    return next(truths(case, False)[0] for case in CASES if derived(case) is d)


@part_kind("another entry chosen")
def _(d: Derivation) -> Iterator[Draft]:
    for chain in chains(d):
        matrix = chain.entry.args[0]
        for i, j in product(range(int(matrix.rows)), range(int(matrix.cols))):
            if matrix[i, j] != chain.entry:
                yield chosen(d, chain, matrix[i, j])


@part_kind("entry of another matrix chosen")
def _(d: Derivation) -> Iterator[Draft]:
    for chain in chains(d):
        for other in chains(d):
            if other.name != chain.name:
                yield chosen(d, chain, other.entry)


@part_kind("entry chosen that the matrix does not have")
def _(d: Derivation) -> Iterator[Draft]:
    for chain in chains(d):
        yield chosen(d, chain, Basic.__new__(MatrixElement, chain.entry.args[0], Integer(98), Integer(0)))


@part_kind("no entry chosen")
def _(d: Derivation) -> Iterator[Draft]:
    for chain in chains(d):
        changed = put(d, (*chain.path, "entry"), UNKNOWN)
        yield (partials_list(chain.name),), changed, ("chain rule for z", "∂…")


def chosen(d: Derivation, chain: Chain, entry: MatrixElement) -> Draft:
    changed = put(d, (*chain.path, "entry"), entry)
    also = (f"chain rule for {at(entry)}", f"∂{d.output.name}/∂{at(entry)} as a matrix")
    return (partials_list(chain.name),), changed, also


@part_kind("theorems exchanged")
def _(d: Derivation) -> Iterator[Draft]:
    if len(d.theorems) > 1:
        yield theorem_list(d), replace(d, theorems=d.theorems[::-1]), ()


@part_kind("theorem missing")
def _(d: Derivation) -> Iterator[Draft]:
    for k in range(len(d.theorems)):
        yield theorem_list(d), replace(d, theorems=d.theorems[:k] + d.theorems[k + 1 :]), ("NumPy…",)


@part_kind("theorem twice, another one missing")
def _(d: Derivation) -> Iterator[Draft]:
    if len(d.theorems) > 1:
        yield theorem_list(d), replace(d, theorems=d.theorems[:1] * 2), ("NumPy…",)
        yield theorem_list(d), replace(d, theorems=d.theorems[1:] * 2), ("NumPy…",)


def theorem_list(d: Derivation) -> tuple[str, ...]:
    return ("gradients, list", *(statement(m.name) for m in d.inputs))


@part_kind("theorem about another input")
def _(d: Derivation) -> Iterator[Draft]:
    """The gradient is that of another input; its proof is left as it is."""
    for k, theorem in enumerate(d.theorems):
        for other in d.theorems:
            if other is not theorem:
                changed = put(d, ("theorems", k, "gradient"), other.gradient)
                yield theorem_list(d), changed, ("∂…", "NumPy…")


@part_kind("theorem about another loss")
def _(d: Derivation) -> Iterator[Draft]:
    for k, theorem in enumerate(d.theorems):
        changed = put(d, ("theorems", k, "gradient"), Gradient(Symbol("Q"), theorem.wrt))
        yield theorem_list(d), changed, (f"∂L/∂{theorem.wrt.name} as a matrix", "NumPy…")


@part_kind("local partial by another input")
def _(d: Derivation) -> Iterator[Draft]:
    for k, theorem in enumerate(d.theorems):
        for other in d.theorems:
            if other is not theorem:
                changed = put(d, ("theorems", k, "local"), other.local)
                yield (statement(theorem.wrt.name),), changed, ()


@part_kind("local partial of an output entry with exchanged indices")
def _(d: Derivation) -> Iterator[Draft]:
    for k, theorem in enumerate(d.theorems):
        of, wrt = theorem.local.goal.args
        goal = Partial(Basic.__new__(MatrixElement, of.args[0], *of.args[:0:-1]), wrt)
        where = f"∂{d.output.name}/∂{theorem.wrt.name} for all sizes"
        yield (statement(theorem.wrt.name),), put(d, ("theorems", k, "local", "goal"), goal), (where,)


@part_kind("entry of another input calculated")
def _(d: Derivation) -> Iterator[Draft]:
    for k, theorem in enumerate(d.theorems):
        for other in d.theorems:
            if other is not theorem:
                yield (statement(theorem.wrt.name),), put(d, ("theorems", k, "entry"), other.entry), ()


@part_kind("proof for one row or column only")
def _(d: Derivation) -> Iterator[Draft]:
    """p or q is 1 throughout: every line is true, but the theorem speaks of all entries."""
    for k, theorem in enumerate(d.theorems):
        for letter in theorem.entry.goal.wrt.args[1:]:
            if letter.is_Symbol:
                yield (statement(theorem.wrt.name),), specialised(d, k, letter, Integer(0)), ()


@part_kind("proof for the diagonal only")
def _(d: Derivation) -> Iterator[Draft]:
    """p = q throughout."""
    for k, theorem in enumerate(d.theorems):
        p, q = theorem.entry.goal.wrt.args[1:]
        if p.is_Symbol and q.is_Symbol:
            x, y = theorem.wrt.name, d.output.name
            lines = (f"∂{y}/∂{x} for all sizes", f"∂L/∂{x} for all sizes")
            yield (statement(x),), specialised(d, k, q, p), lines


@part_kind("letters of the output and of the variable mixed up")
def _(d: Derivation) -> Iterator[Draft]:
    """∂y_ij/∂x_iq: the lemma is proved for p = i only."""
    for k, theorem in enumerate(d.theorems):
        i, p = d.forward.goal.args[1], theorem.entry.goal.wrt.args[1]
        if i.is_Symbol and p.is_Symbol:
            x, y = theorem.wrt.name, d.output.name
            lines = (f"∂{y}/∂{x} for all sizes", f"∂L/∂{x} for all sizes")
            yield (statement(x), *lines), specialised(d, k, p, i), lines


def specialised(d: Derivation, k: int, letter: Symbol, value: Basic) -> Derivation:
    """The proof of the theorem number ``k`` with ``value`` for a letter of its goal."""
    for part in ("local", "entry"):
        calc = get(d, ("theorems", k, part))
        new = {letter: value}
        steps = tuple(Step(step.result.xreplace(new), step.by) for step in calc.steps)
        d = put(d, ("theorems", k, part), Calc(calc.goal.xreplace(new), steps))
    return d


def forward_places(d: Derivation) -> tuple[str, ...]:
    return f"{d.output.name} by definition", f"{d.output.name} as a matrix"


@part_kind("output entry with exchanged indices")
def _(d: Derivation) -> Iterator[Draft]:
    goal = d.forward.goal
    changed = put(d, ("forward", "goal"), Basic.__new__(MatrixElement, goal.args[0], *goal.args[:0:-1]))
    yield forward_places(d), changed, EVERYWHERE


@part_kind("output entry with one index twice")
def _(d: Derivation) -> Iterator[Draft]:
    output, row, _col = d.forward.goal.args
    yield forward_places(d), put(d, ("forward", "goal"), output[row, row]), EVERYWHERE


@part_kind("definition for one row only")
def _(d: Derivation) -> Iterator[Draft]:
    new = {d.forward.goal.args[1]: Integer(0)}
    steps = tuple(Step(step.result.xreplace(new), step.by) for step in d.forward.steps)
    changed = replace(d, definition=d.definition.xreplace(new), forward=Calc(d.forward.goal.xreplace(new), steps))
    yield forward_places(d), changed, EVERYWHERE


@part_kind("definition of an input")
def _(d: Derivation) -> Iterator[Draft]:
    for matrix in d.inputs:
        goal = Basic.__new__(MatrixElement, matrix, *d.forward.goal.args[1:])
        yield forward_places(d), put(d, ("forward", "goal"), goal), EVERYWHERE


@part_kind("definition of no entry")
def _(d: Derivation) -> Iterator[Draft]:
    for goal in (UNKNOWN, d.output, Partial(d.loss, d.forward.goal), Function("f")(UNKNOWN)):
        yield forward_places(d), put(d, ("forward", "goal"), goal), EVERYWHERE


@part_kind("definition without a value")
def _(d: Derivation) -> Iterator[Draft]:
    for new in (Function("f")(d.definition), d.definition + UNKNOWN, S.NaN, d.inputs[0][UNKNOWN, UNKNOWN]):
        yield forward_places(d), replace(d, definition=new), EVERYWHERE


@part_kind("definition by itself")
def _(d: Derivation) -> Iterator[Draft]:
    yield forward_places(d), replace(d, definition=d.definition + d.forward.goal), EVERYWHERE


@part_kind("sizes without a letter")
def _(d: Derivation) -> Iterator[Draft]:
    letter = next(iter(d.sizes))
    yield EVERYWHERE, replace(d, sizes={s: size for s, size in d.sizes.items() if s != letter}), EVERYWHERE


@part_kind("sizes that are not those of the grids")
def _(d: Derivation) -> Iterator[Draft]:
    grid = f"{d.inputs[0].name} by its entries"
    yield (grid,), replace(d, sizes={s: size + 1 for s, size in d.sizes.items()}), EVERYWHERE


@part_kind("grids of two inputs exchanged")
def _(d: Derivation) -> Iterator[Draft]:
    if len(d.inputs) > 1:
        changed = put(d, ("worked", "inputs"), d.worked.inputs[::-1])
        yield (f"{d.inputs[0].name} by its entries",), changed, (f"{d.inputs[1].name} by its entries",)


@part_kind("grid of an input missing")
def _(d: Derivation) -> Iterator[Draft]:
    for k, matrix in enumerate(d.inputs):
        inputs = d.worked.inputs[:k] + d.worked.inputs[k + 1 :]
        also = tuple(f"{m.name} by its entries" for m in d.inputs)
        yield ("inputs, list", f"{matrix.name} by its entries"), put(d, ("worked", "inputs"), inputs), also


@part_kind("example missing")
def _(d: Derivation) -> Iterator[Draft]:
    for k in range(len(d.inputs)):
        examples = d.worked.examples[:k] + d.worked.examples[k + 1 :]
        where = ("examples, list", *(partials_list(m.name) for m in d.inputs))
        yield where, put(d, ("worked", "examples"), examples), ("local partials…", "chain rule…", "∂…")


@part_kind("examples exchanged")
def _(d: Derivation) -> Iterator[Draft]:
    if len(d.inputs) > 1:
        where = tuple(f"∂L/∂{m.name} at these sizes" for m in d.inputs)
        also = tuple(f"chain rule for {at(example.entry)}" for example in d.worked.examples)
        also += tuple(partials_list(m.name) for m in d.inputs)
        yield where, put(d, ("worked", "examples"), d.worked.examples[::-1]), (*where, *also)


@part_kind("output for the upstream gradient, in the expansion")
def _(d: Derivation) -> Iterator[Draft]:
    yield (f"∂L/∂{d.output.name}",), put(d, ("worked", "upstream"), d.worked.output), ()


@part_kind("upstream gradient for the output, in the expansion")
def _(d: Derivation) -> Iterator[Draft]:
    changed = put(d, ("worked", "output"), d.worked.upstream)
    yield (f"{d.output.name} written out",), changed, ("local partials…", "chain rule…")


@part_kind("gradient for an input, in the expansion")
def _(d: Derivation) -> Iterator[Draft]:
    for k, example in enumerate(d.worked.examples):
        yield (f"{d.inputs[k].name} by its entries",), put(d, ("worked", "inputs", k), example.gradient), ()


@part_kind("input for its gradient, in the expansion")
def _(d: Derivation) -> Iterator[Draft]:
    for k, calc in enumerate(d.worked.inputs):
        changed = put(d, ("worked", "examples", k, "gradient"), calc)
        yield (f"∂L/∂{d.inputs[k].name} at these sizes",), changed, ()


@part_kind("another letter for the loss, in all gradients at once")
def _(d: Derivation) -> Iterator[Draft]:
    yield theorem_list(d), replace(d, loss=Symbol("Q")), EVERYWHERE


@part_kind("goal without a value")
def _(d: Derivation) -> Iterator[Draft]:
    for goal in (UNKNOWN, Function("f")(UNKNOWN), Partial(d.loss, UNKNOWN), Partial(UNKNOWN, UNKNOWN), S.One):
        for calculation in calculations(d):
            if calculation.role != "forward":
                where = (calculation.where, *lists_with(d, calculation))
                # the judge words its place by the goal
                also = ("∂…",) if calculation.role == "partial" else (f"chain rule for {calculation.where[15:]}",)
                yield where, put(d, (*calculation.path, "goal"), goal), also


@part_kind("local partial whose goal is no derivative")
def _(d: Derivation) -> Iterator[Draft]:
    """The other places are judged all the same."""
    for calculation in calculations(d):
        if calculation.role == "partial":
            for goal in (UNKNOWN, S.One, S.Zero):
                yield lists_with(d, calculation), put(d, (*calculation.path, "goal"), goal), ("∂…",)


@part_kind("sum over more terms than the memory holds")
def _(d: Derivation) -> Iterator[Draft]:
    for calculation in calculations(d):
        if not calculation.grids:
            line = Step(Sum(S.One, (UNKNOWN, 0, 10**15)), WRONG)
            yield (f"{calculation.where}, line 1",), put(d, (*calculation.path, "steps", 0), line), (calculation.where,)


# --- matrices drawn by their ends, paths without zeros, slices ------------------------------------


def supports(d: Derivation) -> Iterator[tuple[Path, str, Theorem, Support]]:
    for k, theorem in enumerate(d.theorems):
        if theorem.support is not None:
            yield ("theorems", k, "support"), f"∂L/∂{theorem.wrt.name} without zeros", theorem, theorem.support


@part_kind("support: another pair of indices")
def _(d: Derivation) -> Iterator[Draft]:
    for path, where, _theorem, support in supports(d):
        goal = support.goal
        above, below = ([i for i in entry.args[1:] if i.is_Symbol] for entry in (goal.of, goal.wrt))
        for pair in product(above, below):
            if pair not in support.agree:
                changed = put(d, (*path, "agree"), (*support.agree[:-1], pair))
                yield (f"{where}, zeros", f"{where}, what is calculated"), changed, (where,)


@part_kind("support: a pair too many")
def _(d: Derivation) -> Iterator[Draft]:
    """Paths are left out that are not 0."""
    for path, where, theorem, support in supports(d):
        goal = support.goal
        above, below = ([i for i in entry.args[1:] if i.is_Symbol] for entry in (goal.of, goal.wrt))
        for pair in product(above, below):
            if not {*pair} & {i for both in support.agree for i in both}:
                agree = (*support.agree, pair)
                local = theorem.local.goal.xreplace(dict(agree))
                new = replace(support, agree=agree, local=Calc(local, (Step(local, WRONG),)))
                yield (f"{where}, zeros",), put(d, path, new), (where,)


@part_kind("support: a pair too few")
def _(d: Derivation) -> Iterator[Draft]:
    for path, where, _theorem, support in supports(d):
        changed = put(d, (*path, "agree"), support.agree[1:])
        yield (f"{where}, zeros", f"{where}, what is calculated"), changed, (where,)


@part_kind("support: a pair the other way round")
def _(d: Derivation) -> Iterator[Draft]:
    for path, where, _theorem, support in supports(d):
        changed = put(d, (*path, "agree"), tuple(pair[::-1] for pair in support.agree))
        yield (f"{where}, zeros", f"{where}, what is calculated"), changed, (where,)


@part_kind("support: nothing left out")
def _(d: Derivation) -> Iterator[Draft]:
    """An index agrees with itself, or there is no pair at all."""
    for path, where, theorem, support in supports(d):
        i = support.agree[0][0]
        for agree in ((), ((i, i),)):
            new = replace(support, agree=agree, local=theorem.local)
            yield (f"{where}, zeros",), put(d, path, new), (where,)


@part_kind("support: of another derivative")
def _(d: Derivation) -> Iterator[Draft]:
    for path, where, _theorem, support in supports(d):
        wanted = (f"{where}, what is calculated",)
        yield wanted, put(d, (*path, "goal"), support.local.goal), (where,)
        yield wanted, put(d, (*path, "local"), get(d, (*path[:2], "local"))), (where,)
        for other, *_ in supports(d):
            if other != path:
                yield wanted, put(d, path, get(d, other)), (where,)
                yield wanted, put(d, (*path, "entry"), get(d, (*other, "entry"))), (where,)


def drawn_lists(d: Derivation) -> Iterator[tuple[str, Path]]:
    for what, name in (("inputs", "inputs"), ("gradients", "gradients"), ("ends", "entries")):
        yield f"drawn {what}, list", ("general", name)


@part_kind("drawn: one missing or too many")
def _(d: Derivation) -> Iterator[Draft]:
    for where, path in drawn_lists(d) if d.general else ():
        found = get(d, path)
        also = ("∂…", *(f"{m.name} drawn" for m in d.inputs))
        for new in (found[1:], found[:-1], (*found, found[0])):
            yield (where,), put(d, path, new), also


@part_kind("drawn: two inputs exchanged")
def _(d: Derivation) -> Iterator[Draft]:
    if len(d.inputs) > 1 and d.general:
        first, second, *_ = (m.name for m in d.inputs)
        for name, where in (("inputs", "{} drawn"), ("gradients", "∂L/∂{} drawn"), ("entries", "∂L/∂{} at its ends")):
            calcs = get(d, ("general", name))
            changed = put(d, ("general", name), (calcs[1], calcs[0], *calcs[2:]))
            yield (where.format(first),), changed, (where.format(second), "∂…")


@part_kind("drawn: each matrix in the place of the next")
def _(d: Derivation) -> Iterator[Draft]:
    """All of them, once, in order; but the output stands for an input."""
    if d.general:
        g = d.general
        calcs = [*g.inputs, g.output, g.upstream, *g.gradients]
        calcs = [*calcs[1:], calcs[0]]
        n = len(g.inputs)
        new = replace(
            g, inputs=tuple(calcs[:n]), output=calcs[n], upstream=calcs[n + 1], gradients=tuple(calcs[n + 2 :])
        )
        matrices = (*d.inputs, d.output)
        also = tuple(f"{m.name} drawn" for m in matrices) + tuple(f"∂L/∂{m.name} drawn" for m in matrices)
        yield (f"{d.output.name} drawn",), put(d, ("general",), new), also


def end_lists(d: Derivation) -> Iterator[tuple[Path, str, tuple[Calc, ...]]]:
    for k, matrix in enumerate(d.inputs if d.general else ()):
        yield ("general", "entries", k), matrix.name, d.general.entries[k]


@part_kind("drawn: an end missing, twice or in the wrong place")
def _(d: Derivation) -> Iterator[Draft]:
    for path, name, calcs in end_lists(d):
        also = tuple(f"∂L/∂{at(calc.goal.wrt)}" for calc in calcs)
        for new in (calcs[1:], calcs[:-1], (*calcs, calcs[-1]), calcs[::-1] if len(calcs) > 1 else ()):
            yield (ends_list(name),), put(d, path, new), also


@part_kind("drawn: an end by its number where the judge looks")
def _(d: Derivation) -> Iterator[Draft]:
    """x_13 for x_1k: every line is true, where there are three columns; and x_22 is no end."""
    for path, name, calcs in end_lists(d):
        for n, calc in enumerate(calcs):
            ends = {i: at_judged_sizes(d, i) for i in calc.goal.wrt.args[1:] if not i.is_Integer}
            if ends:
                changed = Calc(calc.goal.xreplace(ends), tuple(Step(s.result.xreplace(ends), s.by) for s in calc.steps))
                yield (ends_list(name),), put(d, (*path, n), changed), (f"∂L/∂{at(calc.goal.wrt)}",)


@part_kind("slice by another entry")
def _(d: Derivation) -> Iterator[Draft]:
    for chain in chains(d):
        matrix = chain.entry.args[0]
        where = f"∂{d.output.name}/∂{at(chain.entry)} as a matrix"
        for i, j in product(range(int(matrix.rows)), range(int(matrix.cols))):
            if matrix[i, j] != chain.entry:
                here = {chain.entry: matrix[i, j]}
                calc = get(d, (*chain.path, "slice"))
                changed = Calc(calc.goal.xreplace(here), tuple(Step(s.result.xreplace(here), s.by) for s in calc.steps))
                yield (where,), put(d, (*chain.path, "slice"), changed), ()


@part_kind("pairing of another entry")
def _(d: Derivation) -> Iterator[Draft]:
    for chain in chains(d):
        for other in chains(d):
            if other.name != chain.name:
                changed = put(d, (*chain.path, "pairing"), get(d, (*other.path, "pairing")))
                yield (f"chain rule for {at(chain.entry)}, pairing",), changed, ()


@part_kind("pairing with a slice by another entry")
def _(d: Derivation) -> Iterator[Draft]:
    for chain in chains(d):
        matrix = chain.entry.args[0]
        line = (*chain.path, "pairing", "steps", 0, "result")
        for i, j in product(range(int(matrix.rows)), range(int(matrix.cols))):
            if matrix[i, j] != chain.entry:
                changed = put(d, line, get(d, line).xreplace({chain.entry: matrix[i, j]}))
                yield (f"chain rule for {at(chain.entry)}, pairing, line 1",), changed, ()


# --- NumPy ----------------------------------------------------------------------------------------


def code_changed(d: Derivation, k: int, **new: Any) -> Draft:
    line: Code = replace(d.code[k], **new)
    where = (f"NumPy, {line.target} = {line.text}", f"NumPy, name {line.target}")
    return where, put(d, ("code", k), line), ("NumPy, list",)


def texts(d: Derivation, change: Callable[[str], str]) -> Iterator[Draft]:
    for k, line in enumerate(d.code):
        if change(line.text) != line.text:
            yield code_changed(d, k, text=change(line.text))


@part_kind("NumPy: lost transpose")
def _(d: Derivation) -> Iterator[Draft]:
    return texts(d, lambda text: text.replace(".T", ""))


@part_kind("NumPy: factors exchanged")
def _(d: Derivation) -> Iterator[Draft]:
    return texts(d, lambda text: " @ ".join(reversed(text.split(" @ "))))


@part_kind("NumPy: entrywise product for a matrix product, or the reverse")
def _(d: Derivation) -> Iterator[Draft]:
    return texts(d, lambda text: text.translate(str.maketrans("@*", "*@")))


@part_kind("NumPy: wrong axis")
def _(d: Derivation) -> Iterator[Draft]:
    return texts(d, lambda text: text.replace("axis=0", "axis=1"))


@part_kind("NumPy: lost keepdims")
def _(d: Derivation) -> Iterator[Draft]:
    return texts(d, lambda text: text.replace(", keepdims=True", ""))


@part_kind("NumPy: wrong sign")
def _(d: Derivation) -> Iterator[Draft]:
    return texts(d, lambda text: f"-({text})")


@part_kind("NumPy: a fraction too much")
def _(d: Derivation) -> Iterator[Draft]:
    return texts(d, lambda text: f"{text} + 0.25")


@part_kind("NumPy: a tiny number too much")
def _(d: Derivation) -> Iterator[Draft]:
    return texts(d, lambda text: f"{text} + 1e-9")


@part_kind("NumPy: not a number")
def _(d: Derivation) -> Iterator[Draft]:
    yield from texts(d, lambda text: f"np.nan * ({text})")
    yield from texts(d, lambda text: f"np.inf * ({text})")


@part_kind("NumPy: imaginary")
def _(d: Derivation) -> Iterator[Draft]:
    return texts(d, lambda text: f"1j * ({text})")


@part_kind("NumPy: no numbers")
def _(d: Derivation) -> Iterator[Draft]:
    return texts(d, lambda text: '[["a"]]')


@part_kind("NumPy: a number for a matrix")
def _(d: Derivation) -> Iterator[Draft]:
    if (1, 1) not in {line.goal.shape for line in d.code}:
        yield from texts(d, lambda text: f"np.sum({text})")


@part_kind("NumPy: raises")
def _(d: Derivation) -> Iterator[Draft]:
    yield from texts(d, lambda text: f"{text} + unknown")
    yield from texts(d, lambda text: f"({text}")
    yield from texts(d, lambda text: f"({text}).nothing")


@part_kind("NumPy: wrong name")
def _(d: Derivation) -> Iterator[Draft]:
    for k, line in enumerate(d.code):
        yield code_changed(d, k, target=f"d{line.target}")


@part_kind("NumPy: two names exchanged")
def _(d: Derivation) -> Iterator[Draft]:
    first, second, *rest = d.code
    changed = (replace(first, target=second.target), replace(second, target=first.target), *rest)
    names = (f"NumPy, name {first.target}", f"NumPy, name {second.target}")
    yield names, replace(d, code=changed), ("NumPy, list",)


@part_kind("NumPy: another goal")
def _(d: Derivation) -> Iterator[Draft]:
    for k, line in enumerate(d.code):
        yield code_changed(d, k, goal=d.upstream if line.goal != d.upstream else d.output)


@part_kind("NumPy: line missing")
def _(d: Derivation) -> Iterator[Draft]:
    for k in range(len(d.code)):
        yield ("NumPy…",), replace(d, code=d.code[:k] + d.code[k + 1 :]), ("NumPy…",)


@part_kind("NumPy: line twice, another one missing")
def _(d: Derivation) -> Iterator[Draft]:
    yield ("NumPy…",), replace(d, code=(*d.code[:-1], d.code[0])), ("NumPy…",)


def planted_parts(cases: Sequence[str], kind: str) -> Iterator[Planted]:
    """Of one kind an error in what is put together."""
    return by_turns(cases, [partial(_wrong_part, kind)])


def _wrong_part(kind: str, case: str) -> Planted | None:
    drafts = [draft for draft in PART_KINDS[kind](derived(case)) if draft[1] != derived(case)]
    if not drafts:
        return None
    where, changed, also = random.Random(f"{case} {kind}").choice(drafts)
    # what is said without zeros has the goals of its theorem
    theorems = tuple(without_zeros(m.name) for m in derived(case).inputs if statement(m.name) in where)
    return Planted(kind, case, where, changed, (*also, *theorems))
