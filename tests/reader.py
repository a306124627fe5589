"""An independent reader of the pages: it takes the LaTeX back off the page and checks what it says.

It shares no code with the program that writes the pages.  All it is told is the definition of the
operation, as a plain function of nested lists, and the names and sizes (``Given``).  Every formula is
parsed, and every equality in it is evaluated at random numbers modulo the prime 2^61 - 1:

* what has numbers in its indices at the sizes of the page, matrices cell by cell;
* what has letters in its indices for every value of the free ones, at pairwise different sizes;
* a rule between whole matrices at both.

Two things make an error visible where a factor 0 would hide it.  A sum over all paths must hold for
*any* operation, so it is evaluated with a random Jacobian too; and what stands under a ∂/∂x must
have the value of what it replaces, not only the derivative.

A formula that cannot be read is a fault, exactly like one that is false.
"""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import pairwise, product
from typing import Any

import numpy as np

PRIME = 2**61 - 1


class Fault(Exception):
    """Something on the page is wrong."""


class Unreadable(Fault):
    """A formula has no, or no unique, meaning."""


class Untrue(Fault):
    """A formula has a meaning, and it is false."""


# ------------------------------------------------------------------------------------------------
# What the reader is told


@dataclass(frozen=True)
class Given:
    """The definition, the names and the sizes.  Shapes are size letters, "1" for a single row."""

    define: Callable[..., Sequence[Sequence[Any]]]
    inputs: tuple[tuple[str, tuple[str, str]], ...]
    output: tuple[str, tuple[str, str]]
    loss: str
    sizes: tuple[tuple[str, int], ...]

    @cached_property
    def shapes(self) -> dict[str, tuple[str, str]]:
        return dict([*self.inputs, self.output])

    @cached_property
    def owners(self) -> dict[str, str]:
        """The matrix that an entry belongs to: x1 to X1."""
        return {name[0].lower() + name[1:]: name for name in self.shapes}

    @property
    def letters(self) -> list[str]:
        return [letter for letter, _ in self.sizes]

    @property
    def general(self) -> list[tuple[tuple[str, int], ...]]:
        """Pairwise different sizes, once growing and once shrinking: no two can be confused."""
        numbers = range(2, 2 + len(self.sizes))
        return [tuple(zip(self.letters, order, strict=True)) for order in (numbers, numbers[::-1])]


# ------------------------------------------------------------------------------------------------
# The tree of a formula


@dataclass(frozen=True)
class Node:
    """A part of a formula."""


@dataclass(frozen=True)
class Num(Node):
    number: int


@dataclass(frozen=True)
class Name(Node):
    """A matrix, the loss or a size."""

    name: str


@dataclass(frozen=True)
class Entry(Node):
    matrix: str
    indices: tuple[int | str, ...]


@dataclass(frozen=True)
class Picked(Node):
    """An entry of an expression: (A B)_pq."""

    matrix: Node
    indices: tuple[int | str, ...]


@dataclass(frozen=True)
class Ones(Node):
    size: Node


@dataclass(frozen=True)
class Delta(Node):
    indices: tuple[int | str, ...]


@dataclass(frozen=True)
class Partial(Node):
    """∂of/∂by, or ∂/∂by (of)."""

    of: Node
    by: Node


@dataclass(frozen=True)
class Sum(Node):
    index: str
    low: int
    high: Node
    body: Node


@dataclass(frozen=True)
class Add(Node):
    terms: tuple[Node, ...]


@dataclass(frozen=True)
class Elided(Node):
    """A sum with dots and zeros: only beside the sum that it comes from is it clear what the dots hide."""

    terms: tuple[Node, ...]


@dataclass(frozen=True)
class Negative(Node):
    term: Node


@dataclass(frozen=True)
class Product(Node):
    factors: tuple[Node, ...]


@dataclass(frozen=True)
class Entrywise(Node):
    factors: tuple[Node, ...]


@dataclass(frozen=True)
class Transposed(Node):
    matrix: Node


@dataclass(frozen=True)
class Power(Node):
    base: Node
    exponent: Node


@dataclass(frozen=True)
class Grid(Node):
    rows: tuple[tuple[Node, ...], ...]


@dataclass(frozen=True)
class Braced(Node):
    """What stands over a brace, and the claim under it: what it is, or of which shape."""

    body: Node
    label: Node


@dataclass(frozen=True)
class Shape(Node):
    sizes: tuple[Node, ...]


@dataclass(frozen=True)
class Dots(Node):
    kind: str


@dataclass(frozen=True)
class Chain(Node):
    """a = b = c; one side alone claims nothing."""

    sides: tuple[Node, ...]


ZERO = Num(0)
SKIP = Dots(r"\vdots")


def parts(root: Node | tuple[Node, ...]) -> list[Node]:
    """The node and everything in it, in the order in which it is written."""
    found: list[Node] = []
    waiting: list[Any] = [root]
    while waiting:
        item = waiting.pop()
        if isinstance(item, tuple):
            waiting.extend(reversed(item))
        elif isinstance(item, Node):
            found.append(item)
            waiting.extend(getattr(item, name) for name in reversed(item.__match_args__))
    return found


def rebuilt(node: Any, change: Callable[[Node], Node]) -> Any:
    """The tree with every node changed, the leaves first."""
    if isinstance(node, Node):
        return change(type(node)(*(rebuilt(getattr(node, name), change) for name in node.__match_args__)))
    return tuple(rebuilt(part, change) for part in node) if isinstance(node, tuple) else node


def terms(node: Node) -> tuple[Node, ...]:
    """The terms of a sum; the derivative of a sum has the derivatives of its terms."""
    if isinstance(node, (Add, Elided)):
        return node.terms
    if isinstance(node, Partial) and isinstance(node.of, Add):
        return tuple(Partial(term, node.by) for term in node.of.terms)
    return (node,)


# ------------------------------------------------------------------------------------------------
# From LaTeX to the tree

_SPACE = (
    r"\\[,;:! ]|\s+|\\(?:quad|qquad|left|right|displaystyle|textstyle|tiny|scriptsize|footnotesize|small|normalsize)\b"
)
_TOKEN = re.compile(
    rf"(?P<space>{_SPACE})|(?P<end>\\\\(?:\[[^\]]*\])?)|(?P<token>\\(?:begin|end)\{{\w+\}}|\\text\{{[^{{}}]*\}}"
    r"|\\[A-Za-z]+|\d+|[A-Za-z]|[{}()_^&=+,-])|(?P<unknown>.)",
    re.DOTALL,
)
_RESIZED = re.compile(r"\\(?:text|scalebox|resizebox)(?:\{[^{}$]*\})*\{(?:\\[a-z]+)?\$(.*?)\$\}", re.DOTALL)
"""A part of a formula in another size."""
_OPENING = {"(", "{", r"\frac", r"\sum", r"\delta", r"\mathbf", r"\underbrace", r"\begin{bmatrix}", r"\cdots"}


def tokens(tex: str) -> list[str]:
    """The tokens that carry meaning: no spaces, no sizes of brackets and fonts, no empty groups."""
    found = []
    for match in _TOKEN.finditer(_RESIZED.sub(r"{\1}", tex).replace("{}", "")):
        if match["unknown"]:
            raise Unreadable(f"what does {match['unknown']!r} mean?")
        if match["end"]:
            found.append(r"\\")
        elif match["token"]:
            found.append(match["token"])
    return found


class Parser:
    """Recursive descent over the tokens of one formula."""

    def __init__(self, tex: str, given: Given) -> None:
        self.given = given
        self.tokens = tokens(tex)
        self.at = 0

    def peek(self, ahead: int = 0) -> str:
        return self.tokens[self.at + ahead] if self.at + ahead < len(self.tokens) else ""

    def take(self, *expected: str) -> str:
        token = self.peek()
        if expected and token not in expected:
            around = " ".join(self.tokens[max(0, self.at - 6) : self.at + 3])
            raise Unreadable(f"{' or '.join(expected)} should stand at {token!r}, in: {around}")
        self.at += 1
        return token

    def accept(self, token: str) -> bool:
        found = self.peek() == token
        self.at += found
        return found

    def formula(self) -> list[Node]:
        """The lines of a display, or the formulas between commas: chains, and dots for left out lines."""
        aligned = self.accept(r"\begin{aligned}")
        lines: list[Node] = []
        self.line(lines)
        while self.accept(r"\\") or self.accept(","):
            self.line(lines)
        if aligned:
            self.take(r"\end{aligned}")
        if self.peek():
            self.take("the end")
        return [rebuilt(line, _spelled_out) for line in lines] if r"\cdots" in self.tokens else lines

    def line(self, lines: list[Node]) -> None:
        """A line opens a chain, or goes on with the one above: by its next side or by the rest of its sum."""
        if self.accept(r"\boxed"):
            self.take("{")
            self.line(lines)
            self.take("}")
            return
        opens = self.peek() != "&"
        if opens:
            lines.append(Chain((self.side(),)))
        if not self.accept("&") and self.peek() != "=":
            return
        if not opens and self.accept(r"\vdots"):
            lines.append(SKIP)
            return
        if not lines or not isinstance(lines[-1], Chain):
            raise Unreadable("a line continues nothing")
        sides = list(lines[-1].sides)
        if self.peek() in ("+", "-"):
            if len(sides) == 1:
                raise Unreadable("a line continues the left side")
            sides.append(Add((*_summands(sides.pop()), *_summands(self.side()))))
        else:
            self.take("=")
            sides.append(self.side())
            while self.accept("="):
                sides.append(self.side())
        lines[-1] = Chain(tuple(sides))
        if self.accept("&"):
            self.take("&")
            if not self.take().startswith(r"\text{"):
                raise Unreadable("beside a line stands something that is no reason")

    def side(self) -> Node:
        self.accept("+")
        node = self.sum()
        if self.peek() != r"\times":
            return node
        sizes = [node]
        while self.accept(r"\times"):
            sizes.append(self.sum())
        return Shape(tuple(sizes))

    def sum(self) -> Node:
        found = [self.signed()]
        while self.peek() in ("+", "-"):
            self.accept("+")
            found.append(self.signed())
        return found[0] if len(found) == 1 else Add(tuple(found))

    def signed(self) -> Node:
        return Negative(self.product()) if self.accept("-") else self.product()

    def product(self) -> Node:
        parts = [self.juxtaposed()]
        while self.accept(r"\odot"):
            parts.append(self.juxtaposed())
        if len(parts) == 1:
            return parts[0]
        if any(isinstance(part, Product) for part in parts):
            raise Unreadable("which comes first, ⊙ or the product beside it?")
        return Entrywise(tuple(parts))

    def juxtaposed(self) -> Node:
        factors = [self.factor()]
        while self.peek() in _OPENING or self.peek()[:1].isalnum():
            factors.append(self.factor())
        return factors[0] if len(factors) == 1 else Product(tuple(factors))

    def factor(self) -> Node:
        node = self.atom()
        while self.peek() in ("^", "_"):
            if self.take() == "_":
                node = Picked(node, _indices(self.braces(), None))
                continue
            self.take("{")
            node = Transposed(node) if self.accept(r"\top") else Power(node, self.sum())
            self.take("}")
        return node

    def atom(self) -> Node:
        token = self.take()
        if token.isdigit():
            return Num(int(token))
        if token.isalpha():
            return self.name(token)
        if token in ("(", "{"):
            node = self.sum()
            self.take({"(": ")", "{": "}"}[token])
            return node
        match token:
            case r"\frac":
                return self.derivative()
            case r"\sum":
                return self.summation()
            case r"\delta":
                self.take("_")
                return Delta(_indices(self.braces(), 2))
            case r"\mathbf":
                return self.ones()
            case r"\underbrace":
                return self.braced()
            case r"\begin{bmatrix}":
                return self.grid()
            case r"\cdots":
                return Dots(token)
        raise Unreadable(f"what does {token or 'nothing'} mean here?")

    def name(self, letter: str) -> Node:
        """A letter, what tells it from others of that letter, as in W^{(1)}, and its indices: w_{23}^{(1)}."""
        name = letter + self.suffix()
        if self.accept("_"):
            written = self.braces()
            name += self.suffix()
            if name not in self.given.owners:
                raise Unreadable(f"{name} has indices, but no matrix has such entries")
            matrix = self.given.owners[name]
            return Entry(matrix, _indices(written, 1 if self.given.shapes[matrix][0] == "1" else 2))
        if name not in (*self.given.shapes, self.given.loss, *self.given.letters):
            raise Unreadable(f"the name {name} stands for nothing")
        return Name(name)

    def suffix(self) -> str:
        if (self.peek(), self.peek(2)) != ("^", "("):
            return ""
        self.at += 3
        found = "".join(self.braces()) if self.accept(r"\mathrm") else self.take()
        self.take(")")
        self.take("}")
        return found

    def braces(self) -> list[str]:
        """The tokens between two braces."""
        self.take("{")
        found = []
        while self.peek() not in ("}", ""):
            found.append(self.take())
        self.take("}")
        return found

    def ones(self) -> Node:
        braced = self.accept("{")
        self.take("1")
        if braced:
            self.take("}")
        for expected in "_{":
            self.take(expected)
        size = self.sum()
        self.take("}")
        return Ones(size)

    def derivative(self) -> Node:
        self.take("{")
        self.take(r"\partial")
        of = None if self.peek() == "}" else self.factor()
        for expected in ("}", "{", r"\partial"):
            self.take(expected)
        by = self.factor()
        self.take("}")
        if of is None:
            if self.peek() not in ("(", r"\sum"):
                raise Unreadable("∂/∂ stands before something that is no bracket and no sum")
            of = self.atom()
        return Partial(of, by)

    def summation(self) -> Node:
        self.take("_")
        index, equals, low = (*self.braces(), "", "", "")[:3]
        if not (index.isalpha() and equals == "=" and low.isdigit()):
            raise Unreadable(f"a sum over {index}{equals}{low}")
        self.take("^")
        self.take("{")
        high = self.sum()
        self.take("}")
        return Sum(index, int(low), high, self.juxtaposed())

    def braced(self) -> Node:
        self.take("{")
        body = self.sum()
        for expected in "}_{":
            self.take(expected)
        label = self.side()
        self.take("}")
        return Braced(body, label)

    def grid(self) -> Node:
        rows = [[self.cell()]]
        while self.peek() in ("&", r"\\"):
            if self.take() == "&":
                rows[-1].append(self.cell())
            else:
                rows.append([self.cell()])
        self.take(r"\end{bmatrix}")
        return Grid(tuple(map(tuple, rows)))

    def cell(self) -> Node:
        return Dots(self.take()) if self.peek() in (r"\vdots", r"\ddots") else self.sum()


def _indices(written: Sequence[str], count: int | None) -> tuple[int | str, ...]:
    """23, 2,13 or ij: without commas each digit and letter is an index, unless there is but one index."""
    text = "".join(written)
    if count is None and len(text) == 1:
        count = 1
    pieces = text.split(",") if "," in text else [text] if count == 1 else list(text)
    if len(pieces) != (count or 2) or not all(piece.isdigit() or len(piece) == 1 for piece in pieces):
        raise Unreadable(f"{text} are not {count or 2} indices")
    return tuple(int(piece) if piece.isdigit() else piece for piece in pieces)


def _summands(side: Node) -> tuple[Node, ...]:
    """The terms of a sum that is broken into lines."""
    return side.terms if isinstance(side, Add) else (side,)


def parsed(tex: str, given: Given) -> list[Node]:
    """The lines of a formula as trees."""
    return Parser(tex, given).formula()


# ------------------------------------------------------------------------------------------------
# What the dots in a sum stand for


def _spelled_out(node: Node) -> Node:
    """a + b + ⋯ + z written out in full.  Beside zeros the dots have to wait for the sum that they abridge."""
    if not isinstance(node, Add) or not any(isinstance(term, Dots) for term in node.terms):
        return node
    return Elided(node.terms) if ZERO in node.terms else Add(tuple(_progression(node.terms)))


def _numbers(term: Node) -> tuple[int, ...]:
    """The numbers in the indices of a term, in order."""
    return tuple(i for part in parts(term) if isinstance(part, Entry) for i in part.indices if isinstance(i, int))


def _with_numbers(term: Node, numbers: Iterable[int]) -> Node:
    """The term with other numbers in its indices."""
    supply = iter(numbers)

    def change(node: Node) -> Node:
        if not isinstance(node, Entry):
            return node
        return Entry(node.matrix, tuple(next(supply) if isinstance(i, int) else i for i in node.indices))

    # Leaves are visited in the order of ``parts``, because no entry has another inside it.
    return rebuilt(term, change)


def _progression(shown: Sequence[Node]) -> list[Node]:
    """All terms of a sum of which some are shown: the indices run on, or run through rows and columns."""
    drawn = [term for term in shown if not isinstance(term, Dots)]
    first = drawn[0]
    if any(_with_numbers(term, _numbers(first)) != first for term in drawn) or isinstance(shown[0], Dots):
        raise Unreadable("dots between terms that are not alike")
    vectors = [_numbers(term) for term in drawn]
    together = not isinstance(shown[1], Dots)
    step = [b - a for a, b in zip(*vectors[:2], strict=True)] if together else None
    walk = _walk(vectors[0], step, vectors[-1])
    if not set(vectors) <= set(walk) or isinstance(shown[-1], Dots):
        raise Untrue("a term of the sum is not on the way from the first to the last")
    _well_placed([_Group(group, walk) for group in _groups(shown)], len(walk))
    return [_with_numbers(first, numbers) for numbers in walk]


def _walk(first: Sequence[int], step: Sequence[int] | None, last: Sequence[int]) -> list[tuple[int, ...]]:
    """The indices from the first term to the last, in even steps, or row by row."""
    way = [b - a for a, b in zip(first, last, strict=True)]
    if step is None:
        step = [int(distance > 0) for distance in way]
    length = max(way, default=0)
    for count in range(1, length + 1):
        if [count * s for s in step] == way:
            return [tuple(a + k * s for a, s in zip(first, step, strict=True)) for k in range(count + 1)]
    columns = {distance for distance, s in zip(way, step, strict=True) if s}
    rows = {distance for distance, s in zip(way, step, strict=True) if not s and distance}
    if len(columns) != 1 or len(rows) != 1 or min(columns | rows) < 1 or not set(step) <= {0, 1}:
        raise Unreadable(f"how does one come from the indices {first} by the step {step} to {last}?")
    down = [int(not s and distance > 0) for distance, s in zip(way, step, strict=True)]
    grid = product(range(rows.pop() + 1), range(columns.pop() + 1))
    return [tuple(a + r * d + c * s for a, d, s in zip(first, down, step, strict=True)) for r, c in grid]


def _groups(shown: Sequence[Node]) -> list[list[Node]]:
    """The terms between the dots."""
    groups: list[list[Node]] = [[]]
    for term in shown:
        if isinstance(term, Dots):
            groups.append([])
        else:
            groups[-1].append(term)
    if not all(groups):
        raise Unreadable("dots at the end of a sum, or beside dots")
    return groups


class _Group:
    """Neighbouring terms of an elided sum, with the place where they stand in the whole sum."""

    def __init__(self, drawn: Sequence[Node], walk: Sequence[tuple[int, ...]]) -> None:
        self.start = walk.index(_numbers(drawn[0]))
        self.stop = self.start + len(drawn)
        if [_numbers(term) for term in drawn] != list(walk[self.start : self.stop]):
            raise Untrue("neighbouring terms of the sum are no neighbours")


def _well_placed(groups: Sequence[_Group], length: int) -> None:
    """The first group starts the sum, the last ends it, and every ⋯ hides something."""
    if groups[0].start != 0 or groups[-1].stop != length:
        raise Untrue("the ends of the sum are not shown")
    if any(right.start <= left.stop for left, right in pairwise(groups)):
        raise Untrue("dots stand for nothing, or terms are out of order")


# ------------------------------------------------------------------------------------------------
# Numbers: a value, and the derivatives by the entries that went into it

Variable = tuple[str, int, int]


class Dual:
    """A number modulo the prime, with its derivative by every entry that it depends on."""

    __slots__ = ("slopes", "value")

    def __init__(self, value: int, slopes: Mapping[Variable, int] | None = None) -> None:
        self.value = value % PRIME
        self.slopes = slopes or {}

    def _combined(self, value: int, other: Dual, mine: int, its: int) -> Dual:
        slopes = {variable: slope * mine % PRIME for variable, slope in self.slopes.items()}
        for variable, slope in other.slopes.items():
            slopes[variable] = (slopes.get(variable, 0) + slope * its) % PRIME
        return Dual(value, slopes)

    def __add__(self, other: Dual | int) -> Dual:
        if isinstance(other, int):
            return Dual(self.value + other, self.slopes)
        return self._combined(self.value + other.value, other, 1, 1)

    def __mul__(self, other: Dual | int) -> Dual:
        if isinstance(other, int):
            other = Dual(other)
        return self._combined(self.value * other.value, other, other.value, self.value)

    __radd__, __rmul__ = __add__, __mul__

    def __mod__(self, modulus: int) -> Dual:
        """Already done: lets numbers with and without derivatives be written alike."""
        return self


Scalar = int | Dual
Matrix = tuple[tuple[Scalar, ...], ...]


def shape_of(value: Scalar | Matrix) -> tuple[int, int] | None:
    return (len(value), len(value[0])) if isinstance(value, tuple) else None


def plus(a: Any, b: Any) -> Any:
    _alike(a, b, "+")
    if isinstance(a, tuple):
        return tuple(tuple((x + y) % PRIME for x, y in zip(r, s, strict=True)) for r, s in zip(a, b, strict=True))
    return (a + b) % PRIME


def entrywise(a: Any, b: Any) -> Any:
    _alike(a, b, "⊙")
    return tuple(tuple(x * y % PRIME for x, y in zip(r, s, strict=True)) for r, s in zip(a, b, strict=True))


def times(a: Any, b: Any) -> Any:
    """The product of numbers, of matrices, or of a number and a matrix."""
    if isinstance(a, tuple) and isinstance(b, tuple):
        if len(a[0]) != len(b):
            raise Untrue(f"no matrix of shape {shape_of(a)} times one of shape {shape_of(b)}")
        columns = tuple(zip(*b, strict=True))
        return tuple(tuple(sum(map(_multiplied, row, column)) % PRIME for column in columns) for row in a)
    if isinstance(b, tuple):
        a, b = b, a
    if isinstance(a, tuple):
        return tuple(tuple(x * b % PRIME for x in row) for row in a)
    return a * b % PRIME


def _multiplied(x: Scalar, y: Scalar) -> Scalar:
    return x * y % PRIME


def _alike(a: Any, b: Any, sign: str) -> None:
    if shape_of(a) != shape_of(b):
        raise Untrue(f"{shape_of(a) or 'a number'} {sign} {shape_of(b) or 'a number'}: the shapes do not fit")


# ------------------------------------------------------------------------------------------------
# Random numbers for everything that has a name


class World:
    """The operation at certain sizes and at random numbers: what every name stands for."""

    def __init__(self, given: Given, sizes: tuple[tuple[str, int], ...], top: int = PRIME) -> None:
        self.given, self.sizes = given, dict(sizes)
        lengths = {**self.sizes, "1": 1}
        self.shapes = {name: (lengths[rows], lengths[columns]) for name, (rows, columns) in given.shapes.items()}
        numbers = random.Random(f"{sizes} {top}")
        self.duals: dict[str, Sequence[Sequence[Dual]]] = {}
        for name, _ in given.inputs:
            rows, columns = self.shapes[name]
            self.duals[name] = [
                [Dual(numbers.randrange(1, top), {(name, i, j): 1}) for j in range(1, columns + 1)]
                for i in range(1, rows + 1)
            ]
        self.out = given.output[0]
        self.duals[self.out] = given.define(*self.duals.values())
        rows, columns = self.shapes[self.out]
        if (len(self.duals[self.out]), len(self.duals[self.out][0])) != (rows, columns):
            raise ValueError("the definition does not have the shape that the reader was told")
        self.upstream = {
            (self.out, i, j): numbers.randrange(1, top) for i in range(1, rows + 1) for j in range(1, columns + 1)
        }
        self.downstream: dict[Variable, int] = Counter()
        for (_, i, j), upstream in self.upstream.items():
            for variable, slope in self.duals[self.out][i - 1][j - 1].slopes.items():
                self.downstream[variable] = (self.downstream[variable] + upstream * slope) % PRIME

    def variable(self, name: str, indices: Sequence[int]) -> Variable:
        """The entry of this name and these indices, if there is one."""
        row, column = indices if len(indices) == 2 else (1, *indices)
        rows, columns = self.shapes[name]
        if not (1 <= row <= rows and 1 <= column <= columns):
            raise Untrue(f"{name} is {rows} × {columns} and has no entry {', '.join(map(str, indices))}")
        return name, row, column

    def number(self, variable: Variable) -> Dual:
        name, row, column = variable
        return self.duals[name][row - 1][column - 1]

    def gradient(self, variable: Variable) -> int:
        """∂L/∂ an entry: given for the output, by the chain rule for an input."""
        return self.upstream[variable] if variable[0] == self.out else self.downstream[variable]

    def local(self, of: Variable, by: Variable) -> int:
        """∂y/∂x for two entries."""
        return self.number(of).slopes.get(by, 0)

    def matrix(self, name: str, entry: Callable[[Variable], Scalar]) -> Matrix:
        rows, columns = self.shapes[name]
        return tuple(tuple(entry((name, i, j)) for j in range(1, columns + 1)) for i in range(1, rows + 1))


class AnyOperation(World):
    """Some other operation on the same matrices: every y and every ∂y/∂x is a random number of its own.

    Matrices are made of their entries there as well, and a sum over all paths holds, in which now no
    factor 0 hides an error.
    """

    def __init__(self, given: Given, sizes: tuple[tuple[str, int], ...], top: int = PRIME) -> None:
        super().__init__(given, sizes, top)
        numbers = random.Random(f"any {sizes}")
        self.duals[self.out] = [[Dual(numbers.randrange(top)) for _ in row] for row in self.duals[self.out]]
        self.jacobian: dict[tuple[Variable, Variable], int] = defaultdict(lambda: numbers.randrange(1, top))
        self.downstream = {}

    def local(self, of: Variable, by: Variable) -> int:
        return self.jacobian[of, by]

    def gradient(self, variable: Variable) -> int:
        if variable[0] != self.out and variable not in self.downstream:
            paths = (number * self.local(of, variable) for of, number in self.upstream.items())
            self.downstream[variable] = sum(paths) % PRIME
        return super().gradient(variable)


@cache
def world(kind: type[World], given: Given, sizes: tuple[tuple[str, int], ...], top: int = PRIME) -> World:
    return kind(given, sizes, top)


# ------------------------------------------------------------------------------------------------
# The value of a tree


_METHODS = {kind: f"_{kind.__name__.lower()}" for kind in Node.__subclasses__()}
"""The value of a node is found by the method that has the name of its kind."""


class Evaluation:
    """Values in one world with one value for every free index; ``lifted`` ones carry derivatives."""

    def __init__(self, at: World, indices: Mapping[str, int], lifted: bool = False) -> None:
        self.world, self.indices, self.lifted = at, dict(indices), lifted

    def __call__(self, node: Node) -> Any:
        return getattr(self, _METHODS[type(node)])(node)

    def places(self, indices: Sequence[int | str]) -> list[int]:
        for index in indices:
            if isinstance(index, str) and index not in self.indices:
                raise Untrue(f"the index {index} has no value here")
        return [index if isinstance(index, int) else self.indices[index] for index in indices]

    def variable(self, node: Node) -> Variable:
        if not isinstance(node, Entry):
            raise Unreadable("a derivative by something that is no entry")
        return self.world.variable(node.matrix, self.places(node.indices))

    def _num(self, node: Num) -> Scalar:
        return node.number

    def _name(self, node: Name) -> Scalar | Matrix:
        if node.name in self.world.sizes:
            return self.world.sizes[node.name]
        if node.name == self.world.given.loss:
            raise Unreadable("the loss itself is nowhere given")
        return self.world.matrix(node.name, self._of)

    def _of(self, variable: Variable) -> Scalar:
        dual = self.world.number(variable)
        return dual if self.lifted else dual.value

    def _entry(self, node: Entry) -> Scalar:
        return self._of(self.variable(node))

    def _picked(self, node: Picked) -> Scalar:
        matrix = self(node.matrix)
        places = self.places(node.indices)
        shape = shape_of(matrix)
        if shape is None or (len(places) == 1 and shape[0] != 1):
            raise Untrue("an entry of something that has no such entries")
        row, column = places if len(places) == 2 else (1, *places)
        if not (1 <= row <= shape[0] and 1 <= column <= shape[1]):
            raise Untrue(f"a matrix of shape {shape} has no entry {row}, {column}")
        return matrix[row - 1][column - 1]

    def _ones(self, node: Ones) -> Matrix:
        return ((1,),) * self(node.size)

    def _delta(self, node: Delta) -> Scalar:
        row, column = self.places(node.indices)
        return int(row == column)

    def _partial(self, node: Partial) -> Scalar | Matrix:
        if node.of == Name(self.world.given.loss):
            if isinstance(node.by, Name) and node.by.name in self.world.given.shapes:
                return self.world.matrix(node.by.name, self.world.gradient)
            return self.world.gradient(self.variable(node.by))
        by = self.variable(node.by)
        if by[0] == self.world.out:
            raise Untrue("a derivative by an entry of the output, of something that is not the loss")
        if isinstance(node.of, Entry) and node.of.matrix == self.world.out:
            return self.world.local(self.variable(node.of), by)
        value = Evaluation(self.world, self.indices, lifted=True)(node.of)
        if isinstance(value, tuple):
            raise Unreadable("the derivative of a matrix")
        return value.slopes.get(by, 0) if isinstance(value, Dual) else 0

    def _sum(self, node: Sum) -> Any:
        if node.index in self.indices:
            raise Unreadable(f"{node.index} is the index of a sum and something else as well")
        high = self(node.high)
        total: Any = 0
        for number in range(node.low, high + 1):
            self.indices[node.index] = number
            term = self(node.body)
            total = term if number == node.low else plus(total, term)
        self.indices.pop(node.index, None)
        return total

    def _add(self, node: Add) -> Any:
        first, *others = node.terms
        total = self(first)
        for term in others:
            total = plus(total, self(term))
        return total

    def _elided(self, node: Elided) -> Scalar:
        if all(isinstance(term, Dots) or term == ZERO for term in node.terms):
            return 0
        raise Unreadable("dots and zeros, and no sum beside them that tells what they stand for")

    def _negative(self, node: Negative) -> Any:
        return times(-1, self(node.term))

    def _product(self, node: Product) -> Any:
        first, *others = node.factors
        total = self(first)
        for factor in others:
            total = times(total, self(factor))
        return total

    def _entrywise(self, node: Entrywise) -> Any:
        first, *others = node.factors
        total = self(first)
        for factor in others:
            total = entrywise(total, self(factor))
        return total

    def _transposed(self, node: Transposed) -> Matrix:
        matrix = self(node.matrix)
        if shape_of(matrix) is None:
            raise Untrue("the transpose of a number")
        return tuple(zip(*matrix, strict=True))

    def _power(self, node: Power) -> Scalar:
        return pow(self(node.base), self(node.exponent), PRIME)

    def _grid(self, node: Grid) -> Matrix:
        if len({len(row) for row in node.rows}) != 1:
            raise Unreadable("the rows of a matrix are not of one length")
        return tuple(tuple(self(cell) for cell in row) for row in node.rows)

    def _braced(self, node: Braced) -> Any:
        """An elided matrix counts as what its label says; ``check`` compares the two."""
        elided = isinstance(node.body, Grid) and any(isinstance(cell, Dots) for row in node.body.rows for cell in row)
        return self(node.label if elided else node.body)

    def _dots(self, node: Dots) -> Any:
        raise Unreadable("dots, and nothing that tells what they stand for")

    def _shape(self, node: Shape) -> Any:
        raise Unreadable("a shape where a value should be")


# ------------------------------------------------------------------------------------------------
# One formula: is what it says true?


@dataclass
class Findings:
    """What was found in a formula: how much of it was compared, and what it is about."""

    signs: int = 0
    """Signs of equality."""
    compared: int = 0
    """Pairs of numbers that were compared."""
    claims: Counter[str] = field(default_factory=Counter)
    """What else was found to be true, by kind: braces, notation, paths, lists."""
    goals: tuple[Node, ...] = ()
    by: Entry | None = None
    """The entry by which a list of local partials differentiates."""
    idle: bool = False
    """A part of it claims nothing: it names something, but says not what it equals."""
    fault: str = ""


@cache
def examined(tex: str, given: Given) -> Findings:
    """Read a formula and check every claim in it."""
    findings = Findings()
    try:
        lines = parsed(tex, given)
        chains = [line for line in lines if isinstance(line, Chain)]
        findings.goals = tuple(chain.sides[0] for chain in chains)
        findings.idle = any(len(chain.sides) == 1 for chain in chains)
        for chain in chains:
            _Check(chain, given, findings).run()
        _check_list(lines, given, findings)
    except Fault as fault:
        findings.fault = f"{type(fault).__name__.lower()}: {fault} in {' '.join(tex.split())}"
    return findings


class _Check:
    """The claims of one chain of equalities."""

    def __init__(self, chain: Chain, given: Given, findings: Findings) -> None:
        self.given, self.findings = given, findings
        self.goal, *self.sides = chain.sides
        self.subject = self.goal.body if isinstance(self.goal, Braced) else self.goal
        self.left = parts(self.goal)
        self.right = [parts(side) for side in self.sides]
        self.everything = [*self.left, *(part for side in self.right for part in side)]
        self.braced = [part for part in self.everything if isinstance(part, Braced)]
        self.paths = [
            side
            for side, inside in zip(self.sides, self.right, strict=True)
            if self._about_gradient() and any(isinstance(p, Partial) and isinstance(p.of, Entry) for p in inside)
        ]

    def run(self) -> None:
        self._denominators()
        self._sought()
        for sizes in self._where():
            here, elsewhere = (world(kind, self.given, sizes) for kind in (World, AnyOperation))
            for indices in self._free(here):
                evaluate = Evaluation(here, indices)
                self._labels(evaluate)
                self._equalities(evaluate)
                self._anywhere(Evaluation(elsewhere, indices))
        self.findings.signs += len(self.sides)
        self.findings.claims["braces"] += len(self.braced)

    def _where(self) -> list[tuple[tuple[str, int], ...]]:
        """Written out formulas hold at the sizes of the page, formulas with letters at any."""
        indices = [i for part in self.everything if isinstance(part, (Entry, Picked, Delta)) for i in part.indices]
        written = any(isinstance(i, int) for i in indices) or any(
            isinstance(part, Grid) or (isinstance(part, Ones) and isinstance(part.size, Num))
            for part in self.everything
        )
        if written or (isinstance(self.goal, Name) and self.goal.name in self.given.letters):
            return [self.given.sizes]
        letters = any(isinstance(i, str) for i in indices)
        return self.given.general if letters else [self.given.sizes, *self.given.general]

    def _free(self, at: World) -> Iterator[dict[str, int]]:
        """All values of the indices that the goal leaves free; the other sides may have no more."""
        ranges: dict[str, int] = {}
        for part in self.left:
            if isinstance(part, Entry):
                shape = at.shapes[part.matrix][-len(part.indices) :]
                for index, size in zip(part.indices, shape, strict=True):
                    if isinstance(index, str) and ranges.setdefault(index, size) != size:
                        raise Untrue(f"{index} counts two different things")
        for numbers in product(*(range(1, size + 1) for size in ranges.values())):
            yield dict(zip(ranges, numbers, strict=True))

    def _denominators(self) -> None:
        """Every derivative in a chain is by the entry that the goal differentiates by."""
        if not isinstance(self.goal, Partial) or not isinstance(self.goal.by, Entry):
            return
        for part in self.everything:
            upstream = isinstance(part, Partial) and part.of == Name(self.given.loss)
            if isinstance(part, Partial) and not upstream and part.by != self.goal.by:
                raise Untrue(f"a derivative by {part.by} on the way to one by {self.goal.by}")

    def _labels(self, evaluate: Evaluation) -> None:
        for part in self.braced:
            if isinstance(part.label, Shape):
                if shape_of(evaluate(part.body)) != tuple(evaluate(size) for size in part.label.sizes):
                    raise Untrue("a matrix does not have the shape under its brace")
            else:
                self._same(evaluate, evaluate(part.label), part.body)

    def _equalities(self, evaluate: Evaluation) -> None:
        if not self.sides:
            return
        target = evaluate(self.goal)
        before = self.goal
        for side in self.sides:
            self._termwise(evaluate, before, side)
            if not isinstance(side, Elided):  # of those the terms have just been compared, hidden ones included
                self._same(evaluate, target, side)
            if before is self.goal or len(terms(before)) == len(terms(side)):
                self._bodies(evaluate, before, side)
            before = side

    def _same(self, evaluate: Evaluation, target: Any, side: Node) -> None:
        """A side has the value of the goal; of a written-out matrix, every cell that is drawn."""
        shape = shape_of(target)
        if isinstance(side, Grid) and shape:
            cells = _drawn(side, *shape)
            for (i, j), cell in cells.items():
                if evaluate(cell) != target[i][j]:
                    raise Untrue(f"the cell in row {i + 1} and column {j + 1} is wrong")
            self.findings.compared += len(cells)
            return
        value = evaluate(side)
        if shape_of(value) != shape:
            raise Untrue(f"one side is {shape or 'a number'}, the other {shape_of(value) or 'a number'}")
        if value != target:
            raise Untrue(f"the sides differ at {evaluate.indices or 'the numbers of the page'}")
        self.findings.compared += shape[0] * shape[1] if shape else 1

    def _termwise(self, evaluate: Evaluation, before: Node, side: Node) -> None:
        """Where zeros are kept, each stands in the place of a term of the sum before."""
        if len(terms(side)) == 1 or ZERO not in terms(side):
            return
        whole = [(term, evaluate(term)) for term in terms(before)]
        pairs = list(_aligned(evaluate, whole, terms(side)))
        for old, new in pairs:
            self._bodies(evaluate, old, new)
        self.findings.compared += len(pairs)

    def _bodies(self, evaluate: Evaluation, before: Node, side: Node) -> None:
        """What stands under ∂/∂x is equal itself, not only its derivative."""
        old, new = self._body(before), self._body(side)
        if old is None or new is None:
            return
        if evaluate(old) != evaluate(new):
            raise Untrue("under ∂/∂x stands something else than what is differentiated")
        self.findings.compared += 1

    def _body(self, node: Node) -> Node | None:
        """The sum without the ∂/∂x before each of its terms; None if there are others."""
        if isinstance(node, Partial):
            return None if node.of == Name(self.given.loss) else node.of
        if isinstance(node, Negative):
            body = self._body(node.term)
            return body and Negative(body)
        if isinstance(node, Sum):
            body = self._body(node.body)
            return body and Sum(node.index, node.low, node.high, body)
        if isinstance(node, Add):
            bodies = [self._body(term) for term in node.terms]
            return Add(tuple(body for body in bodies if body)) if all(bodies) else None
        return None

    def _anywhere(self, evaluate: Evaluation) -> None:
        """What holds for any operation: matrices are made of their entries, and the chain rule.

        There no two things are equal by chance, and no term is 0 that could hide an error.
        """
        grids = self.sides[:1] if self._named_grid() else []
        try:
            for side in (*grids, *self.paths):
                self._same(evaluate, evaluate(self.goal), side)
        except Untrue as fault:
            raise Untrue(f"this would have to hold for any operation: {fault}") from None
        self.findings.claims["notation"] += len(grids)
        self.findings.claims["paths"] += len(self.paths)

    def _named_grid(self) -> bool:
        """The chain begins with a matrix and its entries."""
        return isinstance(self.goal.by if isinstance(self.goal, Partial) else self.goal, Name) and any(
            isinstance(side, Grid) for side in self.sides[:1]
        )

    def _about_gradient(self) -> bool:
        """The chain calculates the gradient of the loss by an input."""
        loss = isinstance(self.subject, Partial) and self.subject.of == Name(self.given.loss)
        return loss and _matrix(self.subject) != self.given.output[0]

    def _sought(self) -> None:
        """What is calculated does not stand on the right, except in a matrix that shows its entries."""
        for side in self.right[self._named_grid() :]:
            if any(self._again(part) for part in side):
                raise Untrue("what is calculated is used to calculate it")

    def _again(self, part: Node) -> bool:
        """The part is of the kind that the chain calculates: gradients, local partials or the output."""
        out = self.given.output[0]
        if self._about_gradient():
            return isinstance(part, Partial) and part.of == Name(self.given.loss) and _matrix(part) != out
        if isinstance(self.subject, Partial):
            return isinstance(part, Partial) and _matrix(part.of) == out
        return isinstance(part, (Name, Entry)) and _matrix(part) == _matrix(self.subject) == out


def _drawn(grid: Grid, rows: int, columns: int) -> dict[tuple[int, int], Node]:
    """The cells that a written-out matrix shows, by their place in the whole one.

    Dots stand in a whole row, a whole column, or both; counted from the first before them and from
    the last behind them, they have to hide something.
    """
    dotted_rows = [i for i, row in enumerate(grid.rows) if row[0] == SKIP]
    kept = next((row for row in grid.rows if row[0] != SKIP), ())
    dotted_columns = [j for j, cell in enumerate(kept) if isinstance(cell, Dots)]
    for i, row in enumerate(grid.rows):
        if len(row) != len(kept):
            raise Unreadable("the rows of a matrix are not of one length")
        for j, cell in enumerate(row):
            kinds = {(True, True): r"\ddots", (True, False): r"\vdots", (False, True): r"\cdots"}
            expected = kinds.get((i in dotted_rows, j in dotted_columns))
            if (cell.kind if isinstance(cell, Dots) else None) != expected:
                raise Unreadable("the dots in a matrix do not make a row and a column")
    across = _places(len(kept), dotted_columns, columns)
    down = _places(len(grid.rows), dotted_rows, rows)
    return {
        (down[i], across[j]): cell
        for i, row in enumerate(grid.rows)
        for j, cell in enumerate(row)
        if i in down and j in across
    }


def _places(shown: int, dotted: Sequence[int], whole: int) -> dict[int, int]:
    """The place of every row or column that is shown, in the whole matrix."""
    if not dotted and shown == whole:
        return {k: k for k in range(shown)}
    if len(dotted) != 1 or shown - 1 >= whole or dotted[0] in (0, shown - 1):
        raise Untrue(f"{shown} rows or columns, {len(dotted)} of dots, do not stand for {whole}")
    return {k: k if k < dotted[0] else k - shown + whole for k in range(shown) if k != dotted[0]}


def _aligned(
    evaluate: Evaluation, whole: Sequence[tuple[Node, Any]], shown: Sequence[Node]
) -> Iterator[tuple[Node, Node]]:
    """The terms that are shown, each with the term of the whole sum in whose place it stands.

    Dots beside a 0 stand for zeros; between two terms they may stand for terms and zeros.
    """
    groups = _groups(shown)
    at = 0
    for number, group in enumerate(groups):
        values = [evaluate(term) for term in group]
        first = at if number == 0 else at + 1
        last = len(whole) - len(group)
        starts = [0] if number == 0 else [last] if number == len(groups) - 1 else range(first, last + 1)
        start = next((k for k in starts if [value for _, value in whole[k : k + len(group)]] == values), None)
        if start is None or start < first or (len(groups) == 1 and len(group) != len(whole)):
            raise Untrue("the terms are not those of the sum before, in its order")
        if number and ZERO in (groups[number - 1][-1], group[0]) and any(value for _, value in whole[at:start]):
            raise Untrue("the dots beside a 0 hide something that is not 0")
        at = start + len(group)
        yield from zip((term for term, _ in whole[start:at]), group, strict=True)


def _check_list(lines: Sequence[Node], given: Given, findings: Findings) -> None:
    """A list of local partials names every entry of the output once, in order, or has dots for the rest."""
    goals = [line.sides[0] if isinstance(line, Chain) else SKIP for line in lines]
    if not any(isinstance(goal, Partial) and _written(goal.of, given.output[0]) for goal in goals):
        if SKIP in goals:
            raise Unreadable("dots between lines that are no list of local partials")
        return
    out = given.output[0]
    rows, columns = world(World, given, given.sizes).shapes[out]
    order = list(product(range(1, rows + 1), range(1, columns + 1)))
    at, dots = 0, False
    for goal in goals:
        if goal == SKIP:
            if dots:
                raise Unreadable("dots beside dots")
            dots = True
            continue
        if not (isinstance(goal, Partial) and _written(goal.of, out) and isinstance(goal.by, Entry)):
            raise Untrue("a list of local partials holds something else")
        findings.by = findings.by or goal.by
        place = order.index(goal.of.indices) if goal.of.indices in order else -1
        if goal.by != findings.by or not (place > at if dots else place == at):
            raise Untrue("the list of local partials is not that of all entries of the output by one entry")
        at, dots = place + 1, False
    if dots or at != len(order):
        raise Untrue("the list of local partials ends too early")
    findings.claims["lists"] += 1


def _written(node: Node, matrix: str) -> bool:
    """An entry of this matrix with numbers for its indices."""
    return isinstance(node, Entry) and node.matrix == matrix and all(isinstance(i, int) for i in node.indices)


# ------------------------------------------------------------------------------------------------
# A page


@dataclass
class Report:
    """What a page says: how much of it was found to be true, and every fault."""

    faults: list[str] = field(default_factory=list)
    signs: int = 0
    compared: int = 0
    claims: Counter[str] = field(default_factory=Counter)
    """As in ``Findings``, and in the text: shapes, sizes, code."""
    goals: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How often each kind of goal was reached, for each matrix."""
    examples: dict[str, tuple[int | str, ...]] = field(default_factory=dict)
    """The entry of each input for which all paths are added."""


_PIECES = {
    "md": re.compile(
        r"```python\n(?P<listing>.*?)```|\$\$(?P<display>.*?)\$\$|\$(?P<inline>[^$]*)\$|`(?P<code>[^`]*)`", re.DOTALL
    ),
    "tex": re.compile(
        r"\\begin\{verbatim\}(?P<listing>.*?)\\end\{verbatim\}|\\begin\{align\*\}(?P<display>.*?)\\end\{align\*\}"
        r"|\$(?P<inline>[^$]*)\$|\\texttt\{(?P<code>.*?)\}",
        re.DOTALL,
    ),
}
_LEFT_OVER = re.compile(r"[$=&^_]|\\(?:frac|sum|partial|delta|begin\{(?!document)|\[|\()")
_WORDLESS = {r"\blacksquare"}


def displays(page: str, form: str) -> list[str]:
    """The displayed formulas of a page."""
    return [match["display"] for match in _PIECES[form].finditer(page) if match["display"]]


def read_back(page: str, form: str, given: Given) -> Report:
    """Read everything on a page that is a formula or code, and say what of it is false."""
    return _Page(page, form, given).report


class _Page:
    """A walk over the pieces of a page, with what was said last, to which the next piece refers."""

    def __init__(self, page: str, form: str, given: Given) -> None:
        self.given, self.report = given, Report()
        self.words = ""
        self.goal: Node | None = None
        """What the formula in the text before is about."""
        self.named: set[str] = set()
        """The inputs that the text since the last display names."""
        self.announced: set[Node] = set()
        """The entries that the text since the last display names."""
        self.by: Node | None = None
        """The entry by which the last list of local partials differentiates."""
        self.upstream = ""
        """The name of ∂L/∂Y in the code."""
        self.sizes: list[tuple[Node, int]] = []
        """The sizes that the text lists here."""
        self.general = False
        """They are those at which the formulas for all sizes were evaluated."""
        at = page.index(r"\title{") if form == "tex" else 0
        for match in _PIECES[form].finditer(page, at):
            self.words = page[at : match.start()]
            self._guarded(self._prose, self.words)
            if self.sizes and self.words.strip() != ",":
                self._guarded(self._all_sizes, self.words)
            self._guarded(getattr(self, f"_{match.lastgroup}"), match[match.lastgroup or 0])
            at = match.end()
        self._guarded(self._prose, page[at:])

    def _guarded(self, read: Callable[[str], None], text: str) -> None:
        try:
            read(text)
        except Fault as fault:
            self.report.faults.append(f"{type(fault).__name__.lower()}: {fault} ({' '.join(text.split())[:300]})")

    def _prose(self, text: str) -> None:
        found = _LEFT_OVER.search(text)
        if found:
            raise Unreadable(f"{found[0]!r} stands outside of every formula")

    def _formula(self, tex: str) -> Findings:
        findings = examined(tex.strip(), self.given)
        if findings.fault:
            self.report.faults.append(findings.fault)
        self.report.signs += findings.signs
        self.report.compared += findings.compared
        self.report.claims += findings.claims
        return findings

    def _display(self, tex: str) -> None:
        findings = self._formula(tex)
        if findings.idle:
            raise Unreadable("a displayed formula without an equality")
        goals = findings.goals
        self.report.goals.update(self._kind(goal) for goal in goals)
        inputs = dict(self.given.inputs)
        by = {_matrix(goal) for goal in goals if isinstance(goal, Partial)} & inputs.keys()
        if self.named and not by <= self.named:
            raise Untrue(f"the text speaks of {self.named}, the formula of {by}")
        if findings.by:
            if not self.announced <= {findings.by}:
                raise Untrue("the text takes another entry than the list of local partials")
            self.by = findings.by
        for goal in goals:
            if isinstance(goal, Partial) and goal.of == Name(self.given.loss) and _written(goal.by, _matrix(goal.by)):
                if goal.by != self.by:
                    raise Untrue("the paths are added for another entry than that of the local partials")
                self.report.examples[goal.by.matrix] = goal.by.indices
        self.named, self.announced = set(), set()

    def _kind(self, goal: Node) -> tuple[str, str]:
        """What is derived, and for which matrix."""
        if isinstance(goal, Braced):
            goal = goal.body
        if not isinstance(goal, Partial):
            return ("definition" if isinstance(goal, Entry) else "matrix"), _matrix(goal)
        what = "gradient" if goal.of == Name(self.given.loss) else "local"
        if isinstance(goal.by, Name):
            return what, _matrix(goal.by)
        return f"{what} {'entry' if _written(goal.by, _matrix(goal.by)) else 'proof'}", _matrix(goal.by)

    def _inline(self, tex: str) -> None:
        if tex in _WORDLESS or re.fullmatch(r"[\d^{}\s-]+", tex) or tex in self.given.letters:
            # A number, a sign or a size claims nothing, unless it counts the ones just named.
            if isinstance(self.goal, Ones) and self.goal.size != Name(tex):
                raise Untrue(f"{tex} ones, after {self.goal}")
            self.goal = None
            return
        lines = parsed(tex, self.given)
        first = lines[0].sides[0] if isinstance(lines[0], Chain) else SKIP
        if isinstance(first, Name) and first.name in self.given.letters:
            self._sizes(lines)
        elif isinstance(first, Shape):
            self._shape(first)
        else:
            self._formula(tex)
            self._mentioned(first)
        self.goal = first

    def _sizes(self, lines: Sequence[Node]) -> None:
        """m = 2, n = 3, in one formula or in several."""
        if not self.sizes:
            self.general = "for all sizes" in self.words
        for line in lines:
            if not (isinstance(line, Chain) and len(line.sides) == 2 and isinstance(line.sides[1], Num)):
                raise Unreadable("a size has no number")
            self.sizes.append((line.sides[0], line.sides[1].number))

    def _all_sizes(self, _: str) -> None:
        """They are the sizes of the page, or, where the text speaks of all sizes, different ones."""
        sizes, self.sizes = self.sizes, []
        if [letter for letter, _ in sizes] != [Name(letter) for letter in self.given.letters]:
            raise Untrue("these are not the sizes of the operation")
        numbers = [number for _, number in sizes]
        if self.general and (len(set(numbers)) < len(numbers) or min(numbers) < 2):
            raise Untrue(f"the sizes {numbers} can be confused")
        if not self.general and numbers != [number for _, number in self.given.sizes]:
            raise Untrue(f"{numbers} are not the sizes of the page")
        self.report.signs += len(numbers)
        self.report.claims["sizes"] += 1

    def _shape(self, shape: Shape) -> None:
        """A shape in the text is that of the matrix named before."""
        matrix = _matrix(self.goal)
        letters = self.given.shapes.get(matrix, ())
        if tuple(Num(1) if letter == "1" else Name(letter) for letter in letters) != shape.sizes:
            raise Untrue(f"{matrix or 'what stands before'} is of another shape")
        self.report.claims["shapes"] += 1

    def _mentioned(self, first: Node) -> None:
        if isinstance(first, Name) and first.name in dict(self.given.inputs):
            self.named.add(first.name)
        if isinstance(first, Entry) and first.matrix != self.given.output[0]:
            self.announced.add(first)
        if self.words.rstrip().endswith("has the shape of") or re.search(r"\bthat of\s*$", self.words):
            if not isinstance(self.goal, Partial) or self.goal.by != first:
                raise Untrue("a gradient has the shape of its own denominator")
            self.report.claims["shapes"] += 1
        if self.words == " for " and self.upstream:
            if first != Partial(Name(self.given.loss), Name(self.given.output[0])):
                raise Untrue("the name in the code stands for something else")
            self.report.claims["code"] += 1

    def _code(self, text: str) -> None:
        self.upstream = text

    def _listing(self, text: str) -> None:
        """The NumPy lines, run on small numbers at the sizes of the page and at others."""
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        for sizes in [self.given.sizes, *self.given.general]:
            self._run(lines, world(World, self.given, sizes, 1000))
        self.report.claims["code"] += len(lines)

    def _run(self, lines: Sequence[str], at: World) -> None:
        values: dict[str, Any] = {"np": np, "__builtins__": {}}
        results = {at.out: at.matrix(at.out, lambda variable: at.number(variable).value)}
        for name, _ in self.given.inputs:
            values[name] = np.array(at.matrix(name, lambda variable: at.number(variable).value))
            results[f"d{name}"] = at.matrix(name, at.gradient)
        values[self.upstream] = np.array(at.matrix(at.out, at.gradient))
        targets = []
        for line in lines:
            target = line.split("=")[0].strip()
            targets.append(target)
            try:
                exec(line, values)
            except Exception as error:  # whatever goes wrong in the code of the page is a fault of the page
                raise Untrue(f"{line} fails: {error}") from None
            if target not in results or not np.array_equal(values[target], np.array(results[target])):
                raise Untrue(f"{line} computes something else, or another shape")
        if sorted(targets) != sorted(results):
            raise Untrue(f"the code computes {targets}, not {list(results)}")


def _matrix(node: Node | None) -> str:
    """The matrix that a name, an entry or a gradient belongs to."""
    if isinstance(node, Partial):
        return _matrix(node.by)
    return node.name if isinstance(node, Name) else node.matrix if isinstance(node, Entry) else ""
