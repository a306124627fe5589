r"""What is printed of an expression is true: its LaTeX is read back by a reader that is no part of the program.

First formulas: expressions of all functions and their derivatives, against NumPy and against differences.  Then
whole pages: every formula on them, against numbers that come from the question alone.  At last, errors planted in
the text of true pages, every one of which is found.
"""

import re
from functools import cache

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, reject, settings
from hypothesis import strategies as st

import derive
from derive.errors import DeriveError
from derive.expressions.formula import latex
from derive.expressions.language import functions, parse
from derive.operation import registered
from tests import expression_reader as reader
from tests.expression_page_reader import Page, Question, Wrong, laid_out, slopes
from tests.expression_reader import Misread, close, faults_of_style, written_name

# ------------------------------------------------------------------------------------------------
# Numbers for the symbols

LENGTHS = {"m": 2, "n": 3, "k": 4, "p": 5, "q": 4}
"""Different, so that a product that fits by accident does not."""


def length(side):
    """The number that a side of a shape is: 3, n, 2*k."""
    return int(np.prod([int(part) if part.isdigit() else LENGTHS[part] for part in str(side).split("*")]))


def numbers(name, shape, structure=""):
    """An array for a symbol, the same in every run."""
    random = np.random.default_rng([ord(letter) for letter in name])
    made = random.uniform(0.4, 1.6, shape) * random.choice([-1, 1], shape)
    if structure == "positive":
        return np.abs(made)
    if structure == "symmetric":
        return made + made.T
    if structure == "spd":
        return made @ made.T + np.eye(shape[0])
    if structure == "diagonal":
        return np.diag(np.diag(made))
    if structure == "stochastic":
        return np.abs(made) / np.abs(made).sum(axis=0 if shape[1] == 1 else 1, keepdims=True)
    return made + 3 * np.eye(shape[0]) if shape[0] == shape[1] > 1 else made


def arrays(symbols):
    """Arrays for the symbols of an answer, by name."""
    return {each.name: numbers(each.name, tuple(map(length, each.shape)), each.data[1]) for each in symbols}


def world(symbols):
    return {written_name(name): array for name, array in symbols.items()}, dict(LENGTHS)


# ------------------------------------------------------------------------------------------------
# The language in NumPy: Python reads the text


def _one(x):
    return np.array([[float(x)]])


def _softmax(x):
    x = np.atleast_2d(x)
    return np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)


def commutation(m, n):
    """K with K vec(X) = vec(Xᵀ), column by column: X = e_i e_jᵀ in turn."""
    columns = []
    for j in range(n):
        for i in range(m):
            x = np.zeros((m, n))
            x[i, j] = 1
            columns.append(x.T.reshape(-1, order="F"))
    return np.array(columns).T


LANGUAGE = {
    "abs": np.abs,
    "affine": lambda X, W, b: X @ W + b,
    "affine_columns": lambda W, X, b: W @ X + b,
    "bias": lambda X, b: X + b,
    "colsum": lambda x: x.sum(0, keepdims=True),
    "commutation": commutation,
    "cos": np.cos,
    "det": lambda x: _one(np.linalg.det(x)),
    "diag": np.diagflat,
    "diagvec": lambda x: np.diagonal(x)[:, None],
    "exp": np.exp,
    "eye": np.eye,
    "inv": np.linalg.inv,
    "kron": np.kron,
    "log": np.log,
    "logdet": lambda x: _one(np.linalg.slogdet(x)[1]),
    "logsumexp": lambda x: _one(np.log(np.exp(x).sum())),
    "matpow": np.linalg.matrix_power,
    "norm1": lambda x: _one(np.abs(x).sum()),
    "norm2": lambda x: _one(np.sqrt((x**2).sum())),
    "ones": lambda m, n: np.ones((m, n)),
    "relu": lambda x: np.maximum(x, 0),
    "rowsum": lambda x: x.sum(1, keepdims=True),
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "sign": np.sign,
    "sin": np.sin,
    "softmax": _softmax,
    "softplus": lambda x: np.log1p(np.exp(x)),
    "sqrt": np.sqrt,
    "step": lambda x: np.heaviside(x, 0),
    "sum": lambda x: _one(np.sum(x)),
    "mean": lambda x: _one(np.mean(x)),
    "sumsq": lambda x: _one(np.sum(x**2)),
    "tanh": np.tanh,
    "tr": lambda x: _one(np.trace(x)),
    "unit": lambda n, i: np.eye(n)[:, [i]],
    "unvec": lambda x, m, n: x.reshape(m, n, order="F"),
    "vec": lambda x: x.reshape(-1, 1, order="F"),
    "zeros": lambda m, n: np.zeros((m, n)),
}


def computed(text, symbols):
    """The numbers of an expression of the language, always with two axes."""
    return np.atleast_2d(eval(text, {"__builtins__": {}}, {**LANGUAGE, **LENGTHS, **symbols}))


# ------------------------------------------------------------------------------------------------
# Formulas: the expression | the variable | shapes

CASES = """
sumsq(A @ x - b) | x | A: m,n
norm2(A @ x - b) | x | A: m,n
norm2(A @ x - b)**3 | x | A: m,n
sumsq(x)**2 | x |
norm1(X)**2 | X | X: m,n
norm1(A @ x) / norm2(x) | x | A: m,n
x.T @ A @ x | x | A: n,n
x.T @ A @ x / (x.T @ x) | x | A: n,n
2 * x.T @ A @ x * c / s | x | A: n,n; c: ; s:
(x.T @ A @ y) * (y.T @ x) | x | A: n,n
(x.T @ A @ y)**3 | A | A: n,n
tr(X.T @ A @ X) | X | A: m,m symmetric; X: m,n
tr(A @ X @ B) | X | A: k,m; X: m,n; B: n,k
tr(A @ inv(X) @ B) | X | X: n,n; A: n,n; B: n,n
tr(inv(A + X) @ B) | X | X: n,n; A: n,n; B: n,n
tr(matpow(X, 3)) | X | X: n,n
tr(matpow(X, -2) @ A) | X | X: n,n; A: n,n
sum(matpow(A + X, 3)) | X | X: n,n; A: n,n
logdet(X) | X | X: n,n
logdet(X)**2 | X | X: n,n
logdet(X + A)**2 | X | X: n,n; A: n,n
logdet(X.T @ X) | X | X: m,n; X: k,n
logdet(A @ X) * tr(X) | X | X: n,n; A: n,n
det(X) | X | X: n,n
det(2 * X) | X | X: n,n
3 * det(2 * X) | X | X: n,n
det(c * X) | X | X: n,n; c:
det(X)**2 * tr(A @ X) | X | X: n,n; A: n,n
logsumexp(A @ x) | x | A: m,n
logsumexp(X)**2 / 2 | X | X: m,n
sum(exp(A @ x)) | x | A: m,n
sum(exp(X) / A) | X | X: m,n; A: m,n
sum(A / X) | X | X: m,n; A: m,n
sum(A / (3 * X)) | X | X: m,n; A: m,n
sum(c / X**2) / 7 | X | X: m,n; c:
sum((A / X) @ x) | X | X: m,n; A: m,n
sum((A / X).T @ y) | A | X: m,n; A: m,n
sum((A / X)**1.5) | X | X: m,n positive; A: m,n positive
sum(1 / (1 + exp(-A @ x))) | x | A: m,n
-y.T @ log(sigmoid(A @ x)) - (1 - y).T @ log(1 - sigmoid(A @ x)) | x | A: m,n
sum(sigmoid(X) * tanh(X)) | X | X: m,n
sum(softplus(-X)) | X | X: m,n
sum(relu(A @ X) * B) | X | A: k,m; X: m,n; B: k,n
sum(abs(X)**3) | X | X: m,n
sum(abs(X) * sign(A)) | X | X: m,n; A: m,n
sum(step(A) * X * X) | X | X: m,n; A: m,n
sum(sin(X) * cos(A)) | X | X: m,n; A: m,n
sum(sin(X)**2 * cos(X)) | X | X: m,n
sum(tanh(A @ x + b)**2) | x | A: m,n
sum(log(X) * A) | X | X: m,n positive; A: m,n
sum(sqrt(X) @ A) | X | X: m,n positive; A: n,k
sum(X**0.5 * X) | X | X: m,n positive
sum(X**2.5) | X | X: m,n positive
sum(X**(-0.5)) | X | X: m,n positive
sum(softmax(X) * A) | X | X: m,n; A: m,n
sumsq(softmax(X @ W) - A) | W | X: m,n; W: n,k; A: m,k
sum(affine(X, W, r) * A) | W | X: m,n; W: n,k; A: m,k; r: 1,k
sumsq(affine_columns(W, X, x)) | W | X: k,n; W: m,k; x: m
sumsq(affine_columns(W, X, x)) | x | X: k,n; W: m,k; x: m
mean((A @ x - b)**2) | x | A: m,n
mean(X * exp(A)) | A | X: m,n; A: m,n
sumsq(affine(X, W, r)) | r | X: m,n; W: n,k; r: 1,k
sumsq(bias(X, r)) | r | X: m,n; r: 1,n
sum(rowsum(X)**2) | X | X: m,n
sum(colsum(X) @ A) | X | X: m,n; A: n,k
sumsq(rowsum(X) @ colsum(A)) | X | X: m,n; A: k,p
tr(diag(x) @ A) | x | A: n,n
sum(diag(x) @ A @ diag(x)) | x | A: n,n
sumsq(diagvec(X) - x) | X | X: n,n
diagvec(X @ A).T @ x | X | X: m,n; A: n,m; x: m
vec(X).T @ S @ vec(X) | X | X: m,n; S: m*n,m*n
sum(kron(A, X) @ kron(B, C)) | X | A: m,n; X: k,p; B: n,m; C: p,k
tr(kron(X, A)) | X | X: n,n; A: m,m
sumsq(unvec(x, m, n) @ A) | x | x: m*n; A: n,k
X[0, 1] | X | X: m,n
X[0, 1]**2 * W1[1, 2] | X | X: m,n; W1: k,n
(A.T @ X)[1, 0] | X | A: m,n; X: m,k
c * X[0, 0] * X[1, 1] | X | X: n,n; c:
inv(X)[0, 1] | X | X: n,n
sum(unit(n, 1).T @ X) | X | X: n,m
tr(commutation(m, n) @ kron(X, A)) | X | X: m,m; A: n,n
sum(ones(k, m) @ X * A) | X | X: m,n; A: k,n
sum((X - ones(m, 1) @ r) ** 2) / m | r | X: m,n; r: 1,n
sum(X) / (m * n) | X | X: m,n
0.001 * sumsq(X) + 1e-9 * sum(A * X) | X | X: m,n; A: m,n
sumsq(X @ W1 - W2) / 3 + 2 / 3 * norm2(W1) | W1 | X: m,n; W1: n,k; W2: m,k
sigma * sum(sigmoid(sigma * (x + y))) | sigma | sigma: ; x: n; y: n
sum(sigma @ (x + y)) + sum(sigmoid(x + y)) | x | sigma: n,n; x: n; y: n
alpha * sum(exp(x))**2 / (beta + gamma) | x | alpha: ; beta: ; gamma:
c**2.5 / (1 + c) | c | c: positive
exp(c) * log(s) * s | s | c: ; s: positive
sum(exp(x).T @ A @ exp(x)**2) | x | A: n,n
sum((x @ y.T) * A) | x | A: n,m
tr((A @ X) * (B @ X)) | X | A: n,n; B: n,n; X: n,n
sum(((A + X) * (A - X)) @ y) | X | A: m,n; X: m,n
tr(X @ A @ X.T @ B) | X | X: m,n; A: n,n; B: m,m
tr(X) * X[0, 0] + det(X) / tr(X) | X | X: n,n
sum((X * eye(n)) @ A) | X | X: n,n; A: n,n
tr(inv(S) @ X) | S | S: n,n spd; X: n,n
logdet(S) + x.T @ inv(S) @ x | S | S: n,n spd
x.T @ diag(y) @ x - 2 * x.T @ y | x | x: n; y: n
"""

JACOBIANS = """
A @ x | x | A: m,n
exp(A @ x) | x | A: m,n
x * y | x | x: n; y: n
x / norm2(x) | x | x: n
A @ X @ B | X | A: k,m; X: m,n; B: n,p
X.T | X | X: m,n
inv(X) | X | X: n,n
X * X | X | X: m,n
sin(X) @ A | X | X: m,n; A: n,k
kron(X, A) | X | X: m,n; A: k,p
matpow(X, 2) | X | X: n,n
softmax(X) | X | X: m,n
vec(X) @ r | X | X: m,n; r: 1,k
x @ x.T | x | x: n
c * A | c | c: ; A: m,n
x.T @ A | x | x: m; A: m,n
diag(x) @ A | x | x: m; A: m,n
rowsum(X) | X | X: m,n
"""

HESSIANS = """
sumsq(A @ x - b) | x | A: m,n
logsumexp(x) | x | x: n
sum(exp(A @ x)) | x | A: m,n
norm2(x) | x | x: n
norm2(x)**4 / 4 | x | x: n
x.T @ A @ x * (b.T @ x) | x | A: n,n; b: n
log(1 + x.T @ x) | x | x: n
sum(softplus(A @ x)) | x | A: m,n
tr(X.T @ A @ X) | X | A: m,m; X: m,n
logdet(X) | X | X: n,n
tr(X @ X) | X | X: n,n
x.T @ y / norm2(x) | x | x: n; y: n
"""


def cases(table):
    """The lines of a table: an expression, its variable, and declared shapes."""
    found = []
    for line in table.strip().splitlines():
        text, wrt, shapes = (part.strip() for part in line.split("|"))
        told = dict(part.split(":") for part in shapes.split(";") if part)
        found.append((text, wrt, tuple((name.strip(), shape.strip()) for name, shape in told.items())))
    return found


@cache
def asked(kind, text, wrt, shapes, **options):
    return getattr(derive, kind)(text, wrt, dict(shapes), **options)


def run(source, name, symbols):
    """What a printed program returns."""
    space = {"np": np}
    exec(source, space)
    head = source.partition("(*, ")[2].partition(")")[0].split(", ")
    return space[name](**{each: symbols[each] if each in symbols else LENGTHS[each] for each in head})


def reads(text, answer_symbols, shape=None):
    """The numbers of a formula, after a look at its style."""
    assert not faults_of_style(text), (faults_of_style(text), text)
    return reader.read(text, *world(answer_symbols), shape)


def examined_answer(kind, text, wrt, shapes):
    """An expression and its derivative, read back from their LaTeX."""
    answer = asked(kind, text, wrt, shapes)
    symbols = arrays(answer.symbols)
    value = computed(text, symbols)
    read = reads(latex(parse(text, dict(shapes))), symbols, value.shape)
    assert close(read, value), latex(answer.value)

    def moved(array):
        return computed(text, {**symbols, wrt: array})

    shape = tuple(map(length, answer.result.shape))
    result = reads(answer.latex, symbols, shape)
    program = np.asarray(run(answer.numpy, kind, symbols), float)
    if kind == "gradient":
        expected = slopes(moved, symbols[wrt])[0, 0]
    elif kind == "jacobian":
        expected = laid_out(slopes(moved, symbols[wrt]))
    else:
        slope = asked("gradient", text, wrt, shapes).numpy
        expected = laid_out(
            slopes(lambda array: np.atleast_2d(run(slope, "gradient", {**symbols, wrt: array})), symbols[wrt])
        )
    assert close(result, expected, 1e-5), answer.latex
    assert close(result.reshape(program.shape, order="F"), program), answer.latex


@pytest.mark.parametrize(("text", "wrt", "shapes"), cases(CASES))
def test_a_gradient_reads_back(text, wrt, shapes):
    examined_answer("gradient", text, wrt, shapes)


@pytest.mark.parametrize(("text", "wrt", "shapes"), cases(JACOBIANS))
def test_a_jacobian_reads_back(text, wrt, shapes):
    examined_answer("jacobian", text, wrt, shapes)


@pytest.mark.parametrize(("text", "wrt", "shapes"), cases(HESSIANS))
def test_a_hessian_reads_back(text, wrt, shapes):
    examined_answer("hessian", text, wrt, shapes)


def test_the_tables_hold_every_function():
    table = CASES + JACOBIANS + HESSIANS
    assert len(table.strip().splitlines()) >= 80
    assert [name for name in functions() if f"{name}(" not in table] == []


# ------------------------------------------------------------------------------------------------
# Random expressions


LEAVES = {"A": ("m", "n"), "B": ("n", "n"), "C": ("n", "n"), "x": ("n", "1"), "y": ("m", "1")}
LEAVES |= {"c": ("1", "1"), "s": ("1", "1")}
SCALARS = ("sum", "sumsq", "norm1", "norm2", "logsumexp")
ENTRYWISE = ("exp", "sin", "tanh", "sigmoid", "abs", "softplus", "relu", "softmax")
NUMBERS = ("2", "0.5", "3", "(1 / 3)", "0.001", "7 / 2", "-1", "-4")


@st.composite
def expressions(draw, shape=("1", "1"), depth=4):
    """The text of an expression of a shape; brackets are put around everything."""

    def part(of, less=1):
        return draw(expressions(of, depth - less))

    rows, cols = shape
    leaves = [name for name, side in LEAVES.items() if side == shape]
    leaves += [f"{name}.T" for name, (high, wide) in LEAVES.items() if (wide, high) == shape != ("1", "1")]
    scalar = shape == ("1", "1")
    constants = draw(st.sampled_from(NUMBERS)) if scalar else f"ones({rows}, {cols})"
    if depth <= 0:
        return draw(st.sampled_from([*leaves, f"({constants})"]))
    kinds = ["leaf", "add", "sub", "times", "scale", "divide", "entrywise", "power", "neg"]
    kinds += ["matmul"] if scalar else ["matmul", "matmul", "turned"]
    kinds += ["reduced", "reduced", "inner", "inner", "picked"] if scalar else []
    kinds += ["inverse", "diag"] if shape == ("n", "n") else []
    kinds += ["rowsum"] if cols == "1" and not scalar else []
    kind = draw(st.sampled_from(kinds))
    if kind == "leaf":
        return draw(st.sampled_from([*leaves, f"({constants})"]))
    if kind in ("add", "sub", "times", "divide"):
        sign = {"add": "+", "sub": "-", "times": "*", "divide": "/"}[kind]
        right = part(shape)
        return f"({part(shape)} {sign} {f'(3 + ({right})**2)' if kind == 'divide' else right})"
    if kind == "scale":
        return f"({part(('1', '1'), 2)} * {part(shape)})"
    if kind == "entrywise":
        return f"{draw(st.sampled_from(ENTRYWISE))}({part(shape)})"
    if kind == "power":
        powers = ["(({})**2)", "((1 + ({})**2)**0.5)", "((2 + ({})**2)**(-1.5))", "(({})**3)"]
        return draw(st.sampled_from(powers)).format(part(shape))
    if kind == "neg":
        return f"(-{part(shape)})"
    if kind == "turned":
        return f"({part((cols, rows))}).T"
    if kind == "matmul":
        inner = draw(st.sampled_from(["m", "n"]))
        return f"({part((rows, inner))} @ {part((inner, cols))})"
    if kind == "reduced":
        return f"{draw(st.sampled_from(SCALARS))}({part(draw(st.sampled_from([('m', 'n'), ('n', '1')])))})"
    if kind == "inner":
        side = draw(st.sampled_from("mn"))
        return f"({part((side, '1'))}.T @ {part((side, '1'))})"
    if kind == "picked":
        picks = ["tr({})", "({})[0, 1]", "logdet(9 * eye(n) + {0} @ ({0}).T)"]
        return draw(st.sampled_from(picks)).format(part(("n", "n"), 2))
    if kind == "inverse":
        square = part(("n", "n"), 2)
        return f"inv(9 * eye(n) + {square} @ ({square}).T)"
    if kind == "diag":
        return f"diag({part(('n', '1'))})"
    return f"rowsum({part((rows, draw(st.sampled_from('mn'))))})"


SHAPES = {name: f"{rows},{cols}" for name, (rows, cols) in LEAVES.items()}


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(st.sampled_from([("1", "1"), ("m", "n"), ("n", "n"), ("n", "1"), ("1", "n")]).flatmap(expressions))
def test_a_random_expression_reads_back(text):
    symbols = {name: numbers(name, tuple(map(length, shape))) for name, shape in LEAVES.items()}
    with np.errstate(all="ignore"):
        value = computed(text, symbols)
    try:
        node = parse(text, SHAPES, LENGTHS)
    except DeriveError:  # too large a text, or a division by 0
        reject()
    shape = tuple(map(length, node.shape))
    value = np.broadcast_to(value, shape)
    assume(np.all(np.isfinite(value)) and np.abs(value).max() < 1e12)
    assert close(reads(latex(node), symbols, shape), value), latex(node)


# ------------------------------------------------------------------------------------------------
# Pages

PAGES = """
gradient | sumsq(A @ x - b) | x | A: m,n
gradient | norm2(A @ x - b)**3 / m | x | A: m,n
gradient | tr(A @ X @ B) | X | A: k,m; X: m,n; B: n,k
gradient | tr(X.T @ S @ X) + c * sum(X) | X | S: m,m symmetric; X: m,n; c:
gradient | x.T @ A @ x / (x.T @ x) | x | A: n,n
gradient | logdet(X)**2 - tr(inv(X) @ B) | X | X: n,n; B: n,n
gradient | -y.T @ log(sigmoid(A @ x)) - (1 - y).T @ log(1 - sigmoid(A @ x)) + alpha * sumsq(x) / 2 | x | A: m,n; alpha:
gradient | sum(softmax(X @ W1) * A) | W1 | X: m,n; W1: n,k; A: m,k
gradient | sumsq(relu(affine(X, W1, r)) - A) | r | X: m,n; W1: n,k; r: 1,k; A: m,k
gradient | c * X[0, 1] * tr(X @ X) | X | X: n,n; c:
gradient | sum(kron(X, A) @ ones(k*n, q)) | X | X: m,n; A: p,k
gradient | sumsq(vec(X).T @ S - x.T) + norm1(X) | X | X: m,n; S: m*n,k; x: k
gradient | logsumexp(A @ x) + sum(matpow(B, 3) @ x) | x | A: m,n; B: n,n
gradient | sum(X**1.5 / (A + sqrt(X))) | X | X: m,n positive; A: m,n positive
jacobian | A @ X @ B | X | A: k,m; X: m,n; B: n,p
jacobian | tanh(A @ x) * y | x | A: m,n; y: m
jacobian | x * y - c * x | x | x: n; y: n; c:
jacobian | X @ X | X | X: n,n
jacobian | x / norm2(x) | x | x: n
hessian | sumsq(A @ x - b) | x | A: m,n
hessian | logsumexp(x) | x | x: n
hessian | tr(X.T @ A @ X) | X | A: m,m; X: m,n
"""


OPERATORS = {
    "add": lambda X, W: X + W,
    "div": lambda X, W: X / W,
    "hadamard": lambda X, W: X * W,
    "matmul": lambda X, W: X @ W,
    "neg": lambda X: -X,
    "ratio": lambda X, c: X / c,
    "scale": lambda c, X: c * X,
    "shift": lambda c, X: c + X,
    "sub": lambda X, W: X - W,
    "transpose": lambda X: X.T,
    "pow": None,
    "matpow": None,
    "entry": None,
    "unvec": None,
}
"""What the operations of the theorems compute; those of numbers are known by their formula alone."""


def theorems():
    """The letters, shapes and meaning of the operations, by title."""
    found = {}
    for each in registered().values():
        sides = [each.signature.output, *each.signature.inputs]
        title = each.signature.title
        shapes = tuple((o.name, (length(o.rows), length(o.cols))) for o in sides)
        name = each.signature.name
        found[title[:1].lower() + title[1:]] = shapes, {**LANGUAGE, **OPERATORS}.get(name)
    return found


def page_cases():
    found = []
    for line in PAGES.strip().splitlines():
        kind, _, rest = line.partition("|")
        found += [(kind.strip(), *case) for case in cases(rest)]
    return found


@cache
def page(kind, text, wrt, shapes):
    return asked(kind, text, wrt, shapes).render("md")


def question(kind, text, wrt, shapes, at=None):
    answer = asked(kind, text, wrt, shapes)
    symbols = at or arrays(answer.symbols)
    return Question(kind, lambda given: computed(text, given), wrt, symbols, LENGTHS, theorems())


@pytest.mark.parametrize(("kind", "text", "wrt", "shapes"), page_cases())
def test_a_page_reads_back(kind, text, wrt, shapes):
    read = Page(page(kind, text, wrt, shapes), question(kind, text, wrt, shapes)).read()
    assert read > 8


WITH_NUMBERS = [case for case in page_cases() if "q)" not in case[1]]


@pytest.mark.parametrize(("kind", "text", "wrt", "shapes"), WITH_NUMBERS)
def test_a_page_with_numbers_reads_back(kind, text, wrt, shapes):
    """Every node shows its value, and its gradient, to six digits."""
    answer = asked(kind, text, wrt, shapes)
    symbols = {
        each.name: np.round(numbers(each.name, tuple(map(length, each.shape)), each.data[1]), 2)
        for each in answer.symbols
    }
    shown = answer.render("md", at={name: array.tolist() for name, array in symbols.items()})
    plain = Page(page(kind, text, wrt, shapes), question(kind, text, wrt, shapes)).read()
    assert Page(shown, question(kind, text, wrt, shapes, symbols)).read() > plain


# ------------------------------------------------------------------------------------------------
# Errors in the text

SLIPS = {
    "a sign": [(r" \+ ", " - "), (r" - ", " + "), (r"= -", "= "), (r"= (?=[A-Za-z0-9\\])", "= -")],
    "a transpose": [(r"\^\\top", "")],
    "a number": [(r"(?<![\w.{-])(\d)(?![\w.])", lambda match: str(int(match[1]) + 1))],
    "an exponent": [(r"\^\{(-?)(\d)\}", r"^{\g<1>\g<2>1}"), (r"\^2", "^3"), (r"\^\{-1\}", "")],
    # δ is symmetric, and two cotangents may be equal: on a right side either name is right
    "an index": [
        (r"(?<!delta)_\{([a-z])([a-z])\}", r"_{\2\1}"),
        (r"(?<!partial )([ZV])_\{1\}", r"\1_{2}"),
        (r"(?<!partial )([ZV])_\{2\}", r"\1_{1}"),
        (r"(aligned\}\n\\frac\{\\partial \w\}\{\\partial [ZV])_\{2\}", r"\1_{1}"),
    ],
    "the order": [(r"(?<![\w\\])([A-Zxyb]) ([A-Zxyb])(?!\w)", r"\2 \1")],
    "a product": [(r" \\circ ", " "), (r"\\, ", r" \\circ "), (r" \\otimes ", " ")],
    "a function": [
        (r"\\mathrm\{tr\}", r"\\det"),
        (r"\\exp", r"\\sin"),
        (r"\\log", r"\\exp"),
        (r"\\mathbf\{1\}", r"\\mathbf{0}"),
        (r"rowsum", "colsum"),
    ],
    "a size": [(r"m \\times n", r"n \\times m"), (r"\^\{m\}", "^{n}"), (r"I_\{n\}", "I_{m}")],
}


def slips(text):
    """The page with one error each: its kind, the place, and the text."""
    body = text.partition("## Verification")[0]
    program = body.find("```python")
    for kind, changes in SLIPS.items():
        for pattern, new in changes:
            for match in re.finditer(pattern, body):
                inside = body[: match.start()].count("$") % 2 or body[: match.start()].count("$$") % 2
                if match.start() < program and inside:
                    put = new(match) if callable(new) else match.expand(new)
                    if put != match[0]:
                        yield kind, match.start(), text[: match.start()] + put + text[match.end() :]


TELLING = (
    "norm2(A @ x - b)**3 / m",
    "tr(A @ X @ B)",
    "x.T @ A @ x / (x.T @ x)",
    "sum(softmax(X @ W1) * A)",
    "sumsq(relu(affine(X, W1, r)) - A)",
    "sum(X**1.5 / (A + sqrt(X)))",
    "A @ X @ B",
    "tanh(A @ x) * y",
    "sumsq(A @ x - b)",
    "logsumexp(x)",
)
"""Expressions whose pages have no two ways to say a thing: any error in them is false."""


def test_every_error_in_the_text_of_a_page_is_found():
    found, missed = {}, []
    for case in page_cases():
        if case[1] not in TELLING:
            continue
        text, asked_for = page(*case), question(*case)
        for kind, at, bad in list(slips(text))[:: 3 if len(text) < 9000 else 6]:
            try:
                with np.errstate(all="ignore"):
                    Page(bad, asked_for).read()
            except (Wrong, Misread):
                found[kind] = found.get(kind, 0) + 1
            else:
                missed.append((kind, case[1], bad[max(0, at - 80) : at + 40]))
    assert missed == []
    assert set(found) == set(SLIPS)
    assert sum(found.values()) > 200


def test_errors_in_formulas_are_found():
    """Texts that differ from what is true, or that can be read in two ways."""
    symbols = {name: numbers(name, tuple(map(length, shape))) for name, shape in LEAVES.items()}
    names, sizes = world(symbols)
    true = {
        r"A^\top (A x - y)": computed("A.T @ (A @ x - y)", symbols),
        r"2 x^\top B x\, c": computed("2 * x.T @ B @ x * c", symbols),
        r"\frac{1}{\lVert x \rVert}\, x x^\top": computed("x @ x.T / norm2(x)", symbols),
    }
    for text, value in true.items():
        assert close(reader.read(text, names, sizes), value)
    for text in (
        r"A^\top A x - y",
        r"A (A^\top x - y)",
        r"A x A^\top",
        r"2 3",
        r"2\, 3",
        r"A B \circ A",
        r"A \circ A B",
        r"A \otimes B x",
        r"c \circ s",
        r"\lVert x \rVert^2^{2}",
        r"\frac{x}{c}^\top",
        r"\log \lvert \det B + C \rvert^{2} x^\top",
        r"x + y",
        r"A_{45}",
        r"\left(A x)",
        r"\mathrm{trace}(B)",
        r"Q x",
        r"x -",
        r"(x",
    ):
        with pytest.raises((Misread, IndexError)):
            reader.read(text, names, sizes)
