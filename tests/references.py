"""What each operation computes, in NumPy, by another hand than that of its file; and how to differentiate it.

Every array is a matrix; a number is a 1×1 matrix.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

import derive.ops  # noqa: F401 - registers the operations
from derive.operation import registered

Arrays = Sequence[np.ndarray]


def one(x):
    return np.array([[x]], dtype=float)


REFERENCE: Mapping[str, Callable[..., np.ndarray]] = {
    "abs": np.abs,
    "add": lambda X, W: X + W,
    "affine": lambda X, W, b: X @ W + np.repeat(b, len(X), axis=0),
    "affine_columns": lambda W, X, b: W @ X + np.repeat(b, X.shape[1], axis=1),
    "bias": lambda X, b: X + b,
    "colsum": lambda X: X.sum(axis=0)[None, :],
    "cos": np.cos,
    "det": lambda X: one(np.linalg.det(X)),
    "diag": lambda x: np.diag(x[:, 0]),
    "diagvec": lambda X: np.diag(X)[:, None],
    "div": lambda X, W: X / W,
    "entry": lambda X, row, col: one(X[row, col]),
    "exp": np.exp,
    "hadamard": lambda X, W: X * W,
    "inv": np.linalg.inv,
    "kron": np.kron,
    "log": np.log,
    "logdet": lambda X: one(np.log(np.abs(np.linalg.det(X)))),
    "logsumexp": lambda X: one(np.log(np.exp(X).sum())),
    "matmul": lambda X, W: X @ W,
    "matpow": lambda X, p: np.linalg.matrix_power(X, p),
    "mean": lambda X: one(X.sum() / X.size),
    "neg": lambda X: 0 - X,
    "norm1": lambda X: one(np.linalg.norm(X.ravel(), 1)),
    "norm2": lambda X: one(np.linalg.norm(X)),
    "pow": lambda X, p: X ** float(p),
    "ratio": lambda X, c: X / c[0, 0],
    "relu": lambda X: np.where(X > 0, X, 0.0),
    "rowsum": lambda X: X.sum(axis=1)[:, None],
    "scale": lambda c, X: c[0, 0] * X,
    "shift": lambda c, X: c[0, 0] + X,
    "sigmoid": lambda X: (1 + np.tanh(X / 2)) / 2,
    "sign": np.sign,
    "sin": np.sin,
    "softmax": lambda X: np.array([np.exp(row) / np.exp(row).sum() for row in X]),
    "softplus": lambda X: X + np.log1p(np.exp(-X)),
    "sqrt": np.sqrt,
    "step": lambda X: np.heaviside(X, 0.0),
    "sub": lambda X, W: X - W,
    "sum": lambda X: one(X.sum()),
    "sumsq": lambda X: one(np.linalg.norm(X) ** 2),
    "tanh": np.tanh,
    "tr": lambda X: one(np.trace(X)),
    "transpose": lambda X: X.T,
    "unvec": lambda x, m=2: x.reshape(-1, m).T,
    "vec": lambda X: X.T.reshape(-1, 1),
}
"""A new operation file needs a line here."""

PARAMETERS: Mapping[str, Mapping[str, int]] = {
    "entry": {"row": 1, "col": 0},
    "matpow": {"p": 3},
    "pow": {"p": 3},
}
"""The numbers at which operations that depend on some are tested."""

POSITIVE = {"log", "sqrt"}
"""These are tested at positive numbers only."""

SIZES = {"m": 2, "k": 4, "n": 3, "p": 2, "q": 2}


def length(text: str, sizes: Mapping[str, int] = SIZES) -> int:
    """The number that a size of a signature stands for: m, 1, or m*n."""
    found = 1
    for part in text.split("*"):
        found *= int(sizes.get(part, part))
    return found


def arrays(name: str, seed: int = 1, sizes: Mapping[str, int] = SIZES) -> list[np.ndarray]:
    """Random inputs, well away from where the operation has no derivative."""
    draw = np.random.default_rng([seed, len(name)])
    found = []
    for operand in registered()[name].signature.inputs:
        shape = (length(operand.rows, sizes), length(operand.cols, sizes))
        signs = 1 if name in POSITIVE else draw.choice([-1.0, 1.0], shape)
        found.append(signs * draw.uniform(0.4, 1.6, shape))
    return found


def value(name: str, inputs: Arrays) -> np.ndarray:
    """The output, by the reference."""
    return REFERENCE[name](*inputs, **PARAMETERS.get(name, {}))


def gradients(name: str, inputs: Arrays, upstream: np.ndarray, step: float = 1e-5) -> list[np.ndarray]:
    """∂L/∂ each input for L = Σ upstream · output, by differences."""
    found = []
    for array in inputs:
        gradient = np.empty(array.shape)
        for at in np.ndindex(array.shape):
            here = array[at]
            sides = []
            for moved in (here + step, here - step):
                array[at] = moved
                sides.append((upstream * value(name, inputs)).sum())
            array[at] = here
            gradient[at] = (sides[0] - sides[1]) / (2 * step)
        found.append(gradient)
    return found


def upstream(name: str, inputs: Arrays) -> np.ndarray:
    """Random numbers of the shape of the output."""
    return np.random.default_rng(7).uniform(-1, 1, value(name, inputs).shape)
