"""The value of what a page prints: LaTeX read as a person would, with numbers for all letters.

It is told the operation's reference (``references.py``) and nothing of the program.  Derivatives are
differences, so that whatever stands under ∂ is tried and not differentiated.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import numpy as np

from derive.operation import registered
from tests.references import REFERENCE, SIZES, arrays, upstream, value

Reading = Callable[["World", dict[str, int]], Any]

TOKEN = re.compile(
    r"\\begin\{bmatrix\}|\\end\{bmatrix\}|\\\\(?:\[[^\]]*\])?|\\(?:left|right|small|scriptsize|,|;)(?![a-z])"
    r"|\\[A-Za-z]+|\d+|[A-Za-z]|[{}()_^&=+,<>-]"
)
FUNCTIONS = {r"\exp": "exp", r"\log": "log", r"\sin": "sin", r"\cos": "cos", r"\tanh": "tanh", r"\sigma": "sigmoid"}
ENDS = ("", "+", "-", ")", "}", "&", r"\odot", r"\oslash", r"\rvert", r"\times", r"\end{bmatrix}")
"""What no factor begins with."""

WORDS = {"cof": lambda X: np.linalg.det(X) * np.linalg.inv(X).T}
"""What is no operation."""

STEP = 1e-5


class World:
    """Numbers for everything that has a name."""

    def __init__(self, name: str) -> None:
        signature = registered()[name].signature
        self.name, self.inputs = name, arrays(name)
        self.names = [operand.name for operand in signature.inputs]
        self.output = signature.output.name
        self.upstream = upstream(name, self.inputs)
        self.sizes = {size: SIZES[size] for size in signature.sizes}

    def array(self, name: str) -> np.ndarray:
        return value(self.name, self.inputs) if name == self.output else self.inputs[self.names.index(name)]

    def difference(self, function: Callable[[], Any], name: str, at: tuple[int, int]) -> Any:
        array = self.inputs[self.names.index(name)]
        here = array[at]
        array[at] = here + STEP
        above = function()
        array[at] = here - STEP
        below = function()
        array[at] = here
        return (above - below) / (2 * STEP)

    def gradient(self, name: str) -> np.ndarray:
        if name == self.output:
            return self.upstream
        shape = self.array(name).shape
        found = [
            self.difference(lambda: (self.upstream * self.array(self.output)).sum(), name, at)
            for at in np.ndindex(shape)
        ]
        return np.array(found).reshape(shape)


class Reader:
    """Recursive descent over the tokens of one side of an equality."""

    def __init__(self, tex: str, world: World) -> None:
        found = TOKEN.findall(tex.replace("{}", ""))
        left = TOKEN.sub("", tex.replace("{}", ""))
        assert not left.strip(), f"what does {left.strip()!r} mean in {tex!r}?"
        self.tokens = [t for t in found if t not in (r"\left", r"\right", r"\,", r"\;", r"\small", r"\scriptsize")]
        self.at, self.world = 0, world
        self.entries = {n[0].lower() + n[1:]: n for n in (*world.names, world.output)}
        self.ranges: dict[str, int] = {}
        """How far each index runs that is no sum's."""
        self.bound: list[str] = []
        self.seen: list[str] = []
        """All letters and digits that stood as indices."""

    def peek(self, ahead: int = 0) -> str:
        return self.tokens[self.at + ahead] if self.at + ahead < len(self.tokens) else ""

    def take(self, *expected: str) -> str:
        token = self.peek()
        assert not expected or token in expected, f"{expected} at {self.tokens[max(0, self.at - 5) : self.at + 3]}"
        self.at += 1
        return token

    def accept(self, token: str) -> bool:
        found = self.peek() == token
        self.at += found
        return found

    def side(self) -> Reading:
        found = self.sum()
        assert not self.peek(), f"{self.peek()} is left of {self.tokens}"
        return found

    def sum(self) -> Reading:
        terms = [self.signed()]
        while self.peek() in ("+", "-"):
            self.accept("+")
            terms.append(self.signed())
        return _folded(terms, _plus)

    def signed(self) -> Reading:
        if self.accept("-"):
            inner = self.product()
            return lambda w, ix: -inner(w, ix)
        return self.product()

    def product(self) -> Reading:
        found = self.juxtaposed()
        while self.peek() in (r"\odot", r"\oslash", r"\otimes"):
            sign = self.take()
            left, right = found, self.juxtaposed()
            found = (lambda a, b, s: lambda w, ix: _entrywise(a(w, ix), b(w, ix), s))(left, right, sign)
        return found

    def juxtaposed(self) -> Reading:
        factors = [self.factor()]
        while self.peek() not in (
            "",
            "+",
            "-",
            ")",
            "}",
            "&",
            r"\odot",
            r"\oslash",
            r"\otimes",
            ",",
            r"\rvert",
            r"\times",
            r"\neq",
            ">",
        ) and not (self.peek().startswith("\\\\") or self.peek() == r"\end{bmatrix}"):
            factors.append(self.factor())
        return _folded(factors, _times)

    def factor(self) -> Reading:
        found = self.atom()
        while self.peek() in ("^", "_"):
            inner = found
            if self.take() == "_":
                indices = self.indices()
                found = (lambda f, at: lambda w, ix: _picked(f(w, ix), [i(ix) for i in at]))(inner, indices)
                continue
            self.take("{")
            if self.accept(r"\top"):
                found = (lambda f: lambda w, ix: f(w, ix).T)(inner)
            elif self.accept(r"\circ"):
                found = (lambda f, e: lambda w, ix: f(w, ix) ** e(w, ix))(inner, self.sum())
            else:
                found = (lambda f, e: lambda w, ix: _power(f(w, ix), e(w, ix)))(inner, self.sum())
            self.take("}")
        return found

    def indices(self) -> list[Callable[[dict[str, int]], int]]:
        self.take("{")
        found: list[Callable[[dict[str, int]], int]] = []
        while not self.accept("}"):
            token = self.take()
            if self.peek() in ("+", ","):
                found.append(self.position(token))
                continue
            letters = [token] if token.isalpha() else list(token)
            found += [(lambda t: lambda ix: int(t) - 1 if t.isdigit() else ix[t])(letter) for letter in letters]
            self.seen += letters
        return found

    def position(self, fast: str) -> Callable[[dict[str, int]], int]:
        """i + (j - 1) m, the place of two indices."""
        self.take("+")
        self.take("(")
        slow = self.take()
        for sign in ("-", "1", ")"):
            self.take(sign)
        size = self.world.sizes[self.take()]
        self.accept(",")
        self.seen.append(f"{fast}{slow}{size}")
        return lambda ix: ix[fast] + size * ix[slow]

    def group(self) -> Reading:
        self.take("{")
        found = self.sum()
        self.take("}")
        return found

    def atom(self) -> Reading:
        token = self.take()
        if token.isdigit():
            return lambda w, ix: float(token)
        if token in ("(", "{"):
            found = self.sum()
            self.take({"(": ")", "{": "}"}[token])
            return found
        if token == "e" and self.peek() == "^":
            self.take("^")
            exponent = self.group()
            return lambda w, ix: np.exp(exponent(w, ix))
        if token.isalpha():
            return self.name(token)
        if token in FUNCTIONS:
            return self.applied(FUNCTIONS[token])
        return getattr(self, {r"\begin{bmatrix}": "grid"}.get(token, token[1:]))()

    def applied(self, name: str) -> Reading:
        if self.peek() == r"\lvert":
            argument = self.atom()
        else:
            self.take("(")
            argument = self.sum()
            self.take(")")
        return lambda w, ix: {**REFERENCE, **WORDS}[name](argument(w, ix))

    def det(self) -> Reading:
        inner = self.atom()
        return lambda w, ix: np.linalg.det(np.atleast_2d(inner(w, ix)))

    def mathrm(self) -> Reading:
        self.take("{")
        word = ""
        while not self.accept("}"):
            word += self.take()
        return self.applied(word)

    def lvert(self) -> Reading:
        inner = self.sum()
        self.take(r"\rvert")
        return lambda w, ix: np.abs(inner(w, ix))

    def sqrt(self) -> Reading:
        inner = self.group()
        return lambda w, ix: np.sqrt(inner(w, ix))

    def mathbf(self) -> Reading:
        if self.accept("e"):
            self.take("_")
            row = self.group()
            size = "n" if self.peek(2) == r"\top" else "m"  # of a matrix with a row for each of m and a column of n
            return lambda w, ix: np.eye(w.sizes[size])[:, [int(row(w, ix)) - 1]]
        number = float(self.take("0", "1"))
        self.take("_")
        self.take("{")
        rows = self.sum()
        cols: Reading = self.sum() if self.accept(r"\times") else lambda w, ix: 1.0
        self.take("}")
        return lambda w, ix: np.full((int(rows(w, ix)), int(cols(w, ix))), number)

    def delta(self) -> Reading:
        self.take("_")
        a, b = self.indices()
        return lambda w, ix: float(a(ix) == b(ix))

    def underbrace(self) -> Reading:
        body = self.group()
        self.take("_")
        self.take("{")
        label = self.sum()
        if self.accept(r"\times"):
            cols = self.sum()
            self.take("}")

            def shaped(w: World, ix: dict[str, int]) -> Any:
                found = body(w, ix)
                assert np.shape(found) == (label(w, ix), cols(w, ix)) or (np.shape(found) == () and cols(w, ix) == 1)
                return found

            return shaped
        self.take("}")

        def labelled(w: World, ix: dict[str, int]) -> Any:
            found = body(w, ix)
            assert np.allclose(found, label(w, ix), rtol=1e-6, atol=1e-7), "a label names something else"
            return found

        return labelled

    def grid(self) -> Reading:
        rows = [[self.sum()]]
        while not self.accept(r"\end{bmatrix}"):
            if self.accept("&"):
                rows[-1].append(self.sum())
            else:
                assert self.take().startswith("\\\\")
                rows.append([self.sum()])
        return lambda w, ix: np.array([[float(cell(w, ix)) for cell in row] for row in rows])

    def sumsign(self) -> Reading:
        self.take("_")
        self.take("{")
        index = self.take()
        self.take("=")
        self.take("1")
        self.take("}")
        self.take("^")
        high = self.group()
        self.bound.append(index)
        body = self.juxtaposed()
        return lambda w, ix: sum(body(w, {**ix, index: k}) for k in range(int(high(w, ix))))

    def tfrac(self) -> Reading:
        return self.frac()

    def frac(self) -> Reading:
        if self.peek(1) != r"\partial":
            above, below = self.group(), self.group()
            return lambda w, ix: above(w, ix) / below(w, ix)
        self.take("{")
        self.take(r"\partial")
        loss = self.peek() == "L"
        of = None if self.peek() == "}" else (self.take() and (lambda w, ix: 0.0)) if loss else self.factor()
        self.take("}")
        self.take("{")
        self.take(r"\partial")
        name, at = self.place()
        self.take("}")
        if loss:
            return lambda w, ix: w.gradient(name)[at(ix)] if at else _whole(w.gradient(name))
        inner = of or self.factor()
        return lambda w, ix: w.difference(lambda: inner(w, ix), name, at(ix) if at else (0, 0))

    def place(self) -> tuple[str, Callable[[dict[str, int]], tuple[int, int]] | None]:
        """A matrix, or one entry of it."""
        letter = self.take()
        if not self.accept("_"):
            return (letter if letter in (*self.world.names, self.world.output) else self.entries[letter]), None
        name = self.entries[letter]
        start = len(self.seen)
        found = self.indices()
        rows, cols = self.world.array(name).shape
        self.noted(self.seen[start:], [rows, cols] if len(found) == 2 else [cols if rows == 1 else rows])
        if len(found) == 2:
            return name, lambda ix: (found[0](ix), found[1](ix))
        return name, (lambda ix: (0, found[0](ix))) if rows == 1 else (lambda ix: (found[0](ix), 0))

    def noted(self, letters: list[str], sizes: list[int]) -> None:
        for letter, size in zip(letters, sizes, strict=True):
            if len(letter) > 2:
                fast, slow, most = letter[0], letter[1], int(letter[2:])
                self.ranges |= {fast: most, slow: size // most}
            elif letter.isalpha():
                self.ranges[letter] = size

    def name(self, letter: str) -> Reading:
        if letter == "I":
            self.take("_")
            size = self.group()
            return lambda w, ix: np.eye(int(size(w, ix)))
        if letter == "K":
            self.take("_")
            self.take("{")
            first = self.sum()
            self.take(",")
            second = self.sum()
            self.take("}")
            return lambda w, ix: _commutation(int(first(w, ix)), int(second(w, ix)))
        if letter in self.world.sizes:
            return lambda w, ix: w.sizes[letter]
        self.at -= 1
        name, at = self.place()
        return lambda w, ix: w.array(name)[at(ix)] if at else _whole(w.array(name))


def _commutation(m: int, n: int) -> np.ndarray:
    """K with K vec(A) = vec(Aᵀ), column by column."""
    units = [np.eye(m * n)[k].reshape(n, m).T for k in range(m * n)]
    return np.array([A.reshape(-1) for A in units]).T


def _whole(array: np.ndarray) -> Any:
    return array[0, 0] if array.shape == (1, 1) else array


def _folded(readings: list[Reading], join: Callable[[Any, Any], Any]) -> Reading:
    first, *others = readings
    for other in others:
        first = (lambda a, b: lambda w, ix: join(a(w, ix), b(w, ix)))(first, other)
    return first


def _plus(a: Any, b: Any) -> Any:
    assert np.shape(a) == np.shape(b), f"shapes {np.shape(a)} + {np.shape(b)}"
    return a + b


def _times(a: Any, b: Any) -> Any:
    if np.ndim(a) and np.ndim(b):
        found = a @ b
        return found[0, 0] if found.shape == (1, 1) else found
    return a * b


def _entrywise(a: Any, b: Any, sign: str) -> Any:
    if sign == r"\otimes":
        return np.kron(np.atleast_2d(a), np.atleast_2d(b))
    assert np.shape(a) == np.shape(b), f"shapes {np.shape(a)} {sign} {np.shape(b)}"
    return a * b if sign == r"\odot" else a / b


def _picked(matrix: np.ndarray, at: list[int]) -> float:
    if len(at) == 1:
        at = [0, *at] if matrix.shape[0] == 1 else [*at, 0]
    return float(matrix[tuple(at)])


def _power(base: Any, exponent: float) -> Any:
    if np.ndim(base) and exponent == -1:
        return np.linalg.inv(base)
    assert np.ndim(base) == 0, "a power of a matrix"
    return base**exponent


def chains(display: str) -> Iterator[list[str]]:
    """The equalities of a display, each as its sides."""
    text = display.replace(r"\begin{aligned}", "").replace(r"\end{aligned}", "")
    text = re.sub(r"\\boxed\{\\;(.*)\\;\}", r"\1", text.strip(), flags=re.DOTALL)
    found: list[str] = []
    for row in re.split(r"\\\\(?:\[[^\]]*\])?\n", text):
        row = re.sub(r"&& \\text\{.*?\}", "", row.strip())
        if row.startswith(r"&\qquad"):
            continue
        if row.startswith((r"&=", r"&\quad")):
            found[-1] += row.removeprefix("&").removeprefix(r"\quad").replace("{}", "")
        else:
            found.append(row.replace("&=", "="))
    for chain in found:
        yield [side.strip() for side in _sides(chain)]


def _sides(chain: str) -> Iterator[str]:
    depth, start = 0, 0
    for at, sign in enumerate(chain):
        depth += {"{": 1, "}": -1}.get(sign, 0)
        if sign == "=" and depth == 0:
            yield chain[start:at]
            start = at + 1
    yield chain[start:]


def faults(name: str, page: str) -> tuple[list[str], int]:
    """The equalities of a page that do not hold, and the number of those that were compared."""
    world, found, compared = World(name), [], 0
    for display in re.findall(r"^\$\$\n(.*?)\n\$\$$", page, flags=re.DOTALL | re.MULTILINE):
        for sides in chains(display):
            assert len(sides) > 1, f"nothing is claimed: {sides}"
            readers = [Reader(side.replace(r"\sum", r"\sumsign"), world) for side in sides]
            readings = [reader.side() for reader in readers]
            free: dict[str, int] = {}
            for reader in readers:
                free |= {letter: size for letter, size in reader.ranges.items() if letter not in reader.bound}
            for numbers in product(*map(range, free.values())):
                at = dict(zip(free, numbers, strict=True))
                wanted, *others = (reading(world, at) for reading in readings)
                for side, other in zip(sides[1:], others, strict=True):
                    compared += 1
                    if np.shape(other) != np.shape(wanted) or not np.allclose(other, wanted, rtol=1e-5, atol=1e-6):
                        found.append(f"{sides[0]} = {side} at {at}: {wanted} {other}")
    return found, compared
