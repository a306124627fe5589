"""Random well-shaped expressions, and an evaluator of the language that shares nothing with the package.

The generator asks a function ``choose`` for every decision, so that hypothesis and a plain random
generator draw from the same set; see ``tests/long_run.py`` and ``tests/test_expressions.py``.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from hypothesis import strategies as st

Choose = Callable[[Sequence[Any]], Any]
Shape = tuple[Any, Any]

SHAPES: Mapping[str, str] = {
    "A": "m,n",
    "B": "n,k",
    "C": "m,n",
    "X": "n,n",
    "Y": "n,n",
    "S": "n,n symmetric",
    "P": "n,n spd",
    "D": "n,n diagonal",
    "W": "n,n invertible",
    "T": "n,n stochastic",
    "H": "m,n positive",
    "x": "n",
    "y": "n",
    "b": "m",
    "p": "n positive",
    "q": "n stochastic",
    "r": "1,n",
    "c": "",
    "s": "positive",
    "E": "2,3",
    "v": "2,1",
}
"""All symbols of the random expressions: general, square and structured matrices, lines, numbers."""

DIMENSIONS = ("m", "n", "k")
ENTRYWISE = ("exp", "sin", "cos", "tanh", "abs", "sign", "sigmoid", "relu", "softplus", "step", "log", "sqrt")
TO_A_NUMBER = ("sum", "mean", "sumsq", "norm1", "norm2", "logsumexp")
OF_A_SQUARE = ("tr", "det", "logdet")
EXPONENTS = ("2", "2", "3", "-1", "-2", "0.5", "1.5", "0", "1", "-0.5", "n")


def sides(shape: str) -> tuple[Shape, str]:
    """Shape and structure of a declaration."""
    head, _, structure = shape.partition(" ")
    if head and head[0].isalpha() and "," not in head and len(head) > 1:
        head, structure = "", head
    parts = [int(part) if part.isdigit() else part for part in head.split(",") if part]
    return (parts[0] if parts else 1, parts[1] if len(parts) > 1 else 1), structure


SYMBOLS = {name: sides(shape) for name, shape in SHAPES.items()}


class Generator:
    """Texts of the language of a wanted shape and of at most a given depth."""

    def __init__(self, choose: Choose) -> None:
        self.choose = choose

    def of(self, shape: Shape, depth: int) -> str:
        ways = self.inner(shape) if depth > 0 else []
        if not ways or self.choose(range(16)) == 0:
            return self.leaf(shape)
        return str(self.choose(ways)(depth - 1))

    def leaf(self, shape: Shape) -> str:
        rows, cols = shape
        found = [name for name, (own, _) in SYMBOLS.items() if own == shape]
        found = found * 6 + [f"{name}.T" for name, (own, _) in SYMBOLS.items() if own == (cols, rows) and own != (1, 1)]
        if shape == (1, 1):
            found = found * 4 + [
                "2",
                "3",
                "0.5",
                "-1",
                "0",
                "1",
                "n",
                "m",
                "sum(x)",
                "x.T @ y",
                "y.T @ X @ x",
                "b.T @ b",
            ]
        else:
            if isinstance(rows, str) and isinstance(cols, int) and "*" in rows:
                one, other = rows.split("*")
                found.append(f"vec({self.leaf((one, other))})")
            found += [f"ones({rows}, {cols})"] + ([f"eye({rows})"] if rows == cols else [f"zeros({rows}, {cols})"])
        return str(self.choose(found))

    def side(self) -> Any:
        return self.choose(["n", "n", "m", "k", 1, 2])

    def any_shape(self) -> Shape:
        return self.choose(
            [("n", "n"), ("n", "n"), ("m", "n"), ("n", 1), (1, "n"), ("n", "k"), (2, 3), (1, 1), ("m*n", 1)]
        )

    def positive(self, shape: Shape, depth: int) -> str:
        """An argument for logarithms and roots, nearly always positive."""
        inner = self.of(shape, depth)
        return str(self.choose([f"exp({inner})", f"(({inner})**2 + 1)", f"softplus({inner})", f"({inner})"]))

    def regular(self, size: Any, depth: int) -> str:
        """A square matrix that nearly always has an inverse."""
        shape = (size, size)
        ways = [f"(({self.of((size, size), depth)}) + 3 * eye({size}))" if size != 1 else self.of(shape, depth)]
        if size != 1:
            other = self.choose(["n", "m"])
            inner = self.of((other, size), depth)
            ways.append(f"(({inner}).T @ ({inner}) + eye({size}))")
        if size == "n":
            ways += ["P", "W", "D", "P @ W", f"(W @ ({self.of(shape, depth)}) @ W.T + P)", "(x @ x.T + P)", "(2 * P)"]
        return str(self.choose(ways))

    def inner(self, shape: Shape) -> list[Callable[[int], str]]:
        rows, cols = shape
        ways: list[Callable[[int], str]] = [
            lambda d: f"({self.of(shape, d)} + {self.of(shape, d)})",
            lambda d: f"({self.of(shape, d)} - {self.of(shape, d)})",
            lambda d: f"({self.of(shape, d)}) * ({self.of(shape, d)})",
            lambda d: f"({self.of((1, 1), d)}) * ({self.of(shape, d)})",
            lambda d: f"({self.of((1, 1), d)} + {self.of(shape, d)})",
            lambda d: f"({self.of(shape, d)}) / ({self.positive((1, 1), d)})",
            lambda d: f"({self.of(shape, d)}) / ({self.positive(shape, d)})",
            lambda d: f"-({self.of(shape, d)})",
            lambda d: self.power(shape, d),
            lambda d: self.product(shape, d),
            lambda d: self.product(shape, d),
            lambda d: self.product(shape, d),
            lambda d: f"({self.of((cols, rows), d)}).T",
            lambda d: self.entrywise(shape, d),
            lambda d: self.entrywise(shape, d),
            lambda d: f"softmax({self.of(shape, d)})",
            lambda d: self.layer(shape, d),
        ]
        if shape == (1, 1):
            ways += [lambda d: f"{self.choose(TO_A_NUMBER)}({self.of(self.any_shape(), d)})"] * 5
            ways += [self.of_a_square] * 3
            ways += [lambda d: f"({self.of(('n', 'n'), d)})[0, 0]", lambda d: f"({self.of((2, 3), d)})[1, 2]"]
        elif cols == 1:
            ways += [
                lambda d: f"rowsum({self.of((rows, self.side()), d)})",
                lambda d: f"diagvec({self.of((rows, rows), d)})",
            ]
        elif rows == 1:
            ways += [lambda d: f"colsum({self.of((self.side(), cols), d)})"]
        elif rows == cols:
            ways += [
                lambda d: f"inv({self.regular(rows, d)})",
                lambda d: f"matpow({self.of(shape, d)}, {self.choose((0, 1, 2, 3))})",
                lambda d: f"matpow({self.regular(rows, d)}, {self.choose((-1, -2, -3))})",
                lambda d: f"diag({self.of((rows, 1), d)})",
            ]
        ways += self.stacked(shape)
        return ways

    def layer(self, shape: Shape, depth: int) -> str:
        """A row added to every row, or a column to every column."""
        side = self.side()
        if self.choose((True, False, False)):
            column = self.of((shape[0], 1), depth)
            return f"affine_columns({self.of((shape[0], side), depth)}, {self.of((side, shape[1]), depth)}, {column})"
        row = self.of((1, shape[1]), depth)
        if self.choose((True, False)):
            return f"bias({self.of(shape, depth)}, {row})"
        return f"affine({self.of((shape[0], side), depth)}, {self.of((side, shape[1]), depth)}, {row})"

    def stacked(self, shape: Shape) -> list[Callable[[int], str]]:
        rows, cols = shape
        one = [str(part) for part in str(rows).split("*")]
        if len(one) == 2 and cols == 1:
            return [
                lambda d: f"vec({self.of((one[0], one[1]), d)})",
                lambda d: f"kron({self.of((one[0], 1), d)}, {self.of((one[1], 1), d)})",
            ]
        if shape == ("n", "n"):
            return [
                lambda d: f"kron({self.of((1, 'n'), d)}, {self.of(('n', 1), d)})",
                lambda d: f"unvec(vec({self.of(shape, d)}), n, n)",
            ]
        if shape == ("m", "n"):
            return [lambda d: f"unvec({self.of(('m*n', 1), d)}, m, n)"]
        if shape == (1, 1):
            return [
                lambda d: f"sum(kron({self.of(self.any_shape(), d)}, {self.of(self.any_shape(), d)}))",
                lambda d: f"tr(kron({self.of(('n', 'n'), d)}, {self.of(('n', 'n'), d)}))",
                lambda d: f"sumsq(kron({self.of(('n', 1), d)}, {self.of(('m', 'n'), d)}) @ ({self.of(('n', 1), d)}))",
            ]
        return []

    def power(self, shape: Shape, depth: int) -> str:
        exponent = self.choose(EXPONENTS)
        whole = exponent in ("2", "3", "0", "1", "n")
        base = self.of(shape, depth) if whole else self.positive(shape, depth)
        return f"({base})**{exponent}" if not exponent.startswith("-") else f"({base})**({exponent})"

    def product(self, shape: Shape, depth: int) -> str:
        side = self.side()
        if shape[0] == 1 == shape[1] and side in (1, 2):
            side = "n"
        return f"({self.of((shape[0], side), depth)}) @ ({self.of((side, shape[1]), depth)})"

    def entrywise(self, shape: Shape, depth: int) -> str:
        name = self.choose(ENTRYWISE)
        return f"{name}({(self.positive if name in ('log', 'sqrt') else self.of)(shape, depth)})"

    def of_a_square(self, depth: int) -> str:
        name = self.choose(OF_A_SQUARE)
        size = self.choose(["n", "n", "n", "m", 2])
        return f"{name}({self.of((size, size), depth) if name == 'tr' else self.regular(size, depth)})"


VALUES: tuple[Shape, ...] = (("n", 1), ("m", 1), (1, "n"), ("m", "n"), ("n", "n"), (2, 3))
"""The shapes of the values that Jacobians are asked of."""


def names_in(text: str) -> set[str]:
    """The symbols that are written in a text."""
    return {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)} & set(SHAPES)


def question(choose: Choose) -> tuple[str, str, str]:
    """What is asked, of which expression, by which variable."""
    kind = choose(["gradient", "gradient", "gradient", "jacobian", "hessian"])
    depth = choose([1, 2, 2, 3, 3, 4, 5, 6] if kind == "gradient" else [1, 2, 2, 3, 3, 4])
    text = Generator(choose).of(choose(VALUES) if kind == "jacobian" else (1, 1), depth)
    present = sorted(names_in(text))
    return kind, text, choose(present) if present else "x"


@st.composite
def questions(draw: Any) -> tuple[str, str, str]:
    """The same as a strategy of hypothesis."""
    return question(lambda options: draw(st.sampled_from(list(options))))


def numbers(
    sizes: Mapping[str, int], seed: int, mood: str = "normal", symbols: Mapping[str, tuple[Shape, str]] = SYMBOLS
) -> dict[str, np.ndarray]:
    """Random matrices for all symbols; a number is 1 by 1."""
    random = np.random.default_rng(seed)
    found = {}
    for name, (shape, structure) in symbols.items():
        rows, cols = (int(np.prod([sizes.get(part) or int(part) for part in str(side).split("*")])) for side in shape)
        made = random.standard_normal((rows, cols)) * (0.3 if mood == "small" else 0.8)
        if structure in ("positive", "stochastic") or (mood == "positive" and not structure):
            made = 0.3 + random.random((rows, cols))
        if structure == "stochastic":
            made = made / made.sum(axis=0 if cols == 1 else 1, keepdims=True)
        elif structure == "symmetric":
            made = made + made.T
        elif structure == "spd":
            made = made @ made.T + 0.8 * np.eye(rows)
        elif structure == "diagonal":
            made = np.diagflat(0.7 + random.random(rows))
        elif structure == "invertible":
            made = made / 2 + 1.4 * np.eye(rows)
        found[name] = made
    return found


def _softmax(X: np.ndarray) -> np.ndarray:
    return np.exp(X) / np.exp(X).sum(axis=1, keepdims=True)


def _commutation(m: int, n: int) -> np.ndarray:
    K = np.zeros((m * n, m * n))
    for i in range(m):
        for j in range(n):
            K[i * n + j, j * m + i] = 1
    return K


NAMED: Mapping[str, Callable[..., Any]] = {
    "tr": np.trace,
    "det": np.linalg.det,
    "logdet": lambda X: np.log(np.abs(np.linalg.det(X))),
    "inv": np.linalg.inv,
    "sum": np.sum,
    "mean": lambda X: np.sum(X) / np.size(X),
    "sumsq": lambda X: np.sum(X * X),
    "norm1": lambda X: np.sum(np.abs(X)),
    "norm2": lambda X: np.sqrt(np.sum(X * X)),
    "logsumexp": lambda X: np.log(np.sum(np.exp(X))),
    "rowsum": lambda X: X.sum(axis=1, keepdims=True),
    "colsum": lambda X: X.sum(axis=0, keepdims=True),
    **{name: getattr(np, name) for name in ("exp", "log", "sqrt", "sin", "cos", "tanh", "abs", "sign")},
    "sigmoid": lambda X: 1 / (1 + np.exp(-X)),
    "relu": lambda X: X * (X > 0),
    "softplus": lambda X: np.log(1 + np.exp(X)),
    "step": lambda X: 1.0 * (X > 0),
    "softmax": _softmax,
    "diag": lambda x: np.diag(x[:, 0]),
    "diagvec": lambda X: np.diag(X)[:, None],
    "vec": lambda X: X.T.reshape(-1, 1),
    "unvec": lambda x, m, n: x.reshape(int(n), int(m)).T,
    "kron": np.kron,
    "matpow": lambda X, p: np.linalg.matrix_power(X, int(p)),
    "bias": lambda X, b: X + b,
    "affine": lambda X, W, b: X @ W + b,
    "affine_columns": lambda W, X, b: W @ X + b,
    "ones": lambda m, n: np.ones((int(m), int(n))),
    "zeros": lambda m, n: np.zeros((int(m), int(n))),
    "eye": lambda n: np.eye(int(n)),
    "unit": lambda n, i: np.eye(int(n))[:, [int(i)]],
    "commutation": lambda m, n: _commutation(int(m), int(n)),
}
"""What the functions of the language mean, in NumPy."""

INFIX: Mapping[type, Callable[[Any, Any], Any]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.MatMult: np.matmul,
    ast.Pow: lambda X, p: X ** (int(p[0, 0]) if p[0, 0] == int(p[0, 0]) else float(p[0, 0])),
}


class Undefined(ArithmeticError):
    """An expression that has no real value at these points."""


def value(text: str, given: Mapping[str, Any], sizes: Mapping[str, int]) -> np.ndarray:
    """What a text of the language is at the given matrices, always with two axes.

    Raises:
        Undefined: a part of it is no finite real number.
    """

    def of(tree: ast.AST) -> np.ndarray:
        made = part(tree)
        if not np.isfinite(made).all():
            raise Undefined
        return made

    def part(tree: ast.AST) -> np.ndarray:
        if isinstance(tree, ast.Name):
            return np.atleast_2d(given[tree.id] if tree.id in given else float(sizes[tree.id]))
        if isinstance(tree, ast.Constant):
            return np.array([[float(tree.value)]])
        if isinstance(tree, ast.UnaryOp):
            return -of(tree.operand) if isinstance(tree.op, ast.USub) else of(tree.operand)
        if isinstance(tree, ast.BinOp):
            return np.asarray(INFIX[type(tree.op)](of(tree.left), of(tree.right)), float)
        if isinstance(tree, ast.Attribute):
            return of(tree.value).T
        if isinstance(tree, ast.Subscript):
            row, col = ast.literal_eval(tree.slice)
            if row >= of(tree.value).shape[0] or col >= of(tree.value).shape[1]:
                raise Undefined
            return of(tree.value)[row : row + 1, col : col + 1]
        assert isinstance(tree, ast.Call)
        name, args = tree.func.id, [of(arg) for arg in tree.args]
        told = {"unvec": 2, "matpow": 1, "ones": 2, "zeros": 2, "eye": 1, "unit": 2, "commutation": 2}.get(name, 0)
        args = args[: len(args) - told] + [arg[0, 0] for arg in args[len(args) - told :]]
        return np.atleast_2d(np.asarray(NAMED[name](*args), float))

    with np.errstate(all="ignore"):
        return of(ast.parse(text, mode="eval").body)


def slope(function: Callable[[float], np.ndarray], step: float) -> np.ndarray:
    """The derivative at 0 by central differences of order four."""
    return (8 * (function(step) - function(-step)) - (function(2 * step) - function(-2 * step))) / (12 * step)


def program(source: str, symbols: Mapping[str, tuple[Shape, str]] = SYMBOLS) -> Callable[..., Any]:
    """The function of a printed NumPy source, of matrices and sizes; it is given a number as a number."""
    space: dict[str, Any] = {"np": np}
    exec(compile(source, "<printed>", "exec"), space)  # what is printed is what is tested
    made = next(each for name, each in space.items() if name in ("gradient", "jacobian", "hessian"))
    names = made.__code__.co_varnames[: made.__code__.co_kwonlyargcount]

    def told(name: str, given: Mapping[str, Any], sizes: Mapping[str, int]) -> Any:
        if name not in given:
            return sizes[name]
        return given[name][0, 0] if symbols[name][0] == (1, 1) else given[name]

    return lambda given, sizes: made(**{name: told(name, given, sizes) for name in names})
