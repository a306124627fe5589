"""Expressions to differentiate, with their variables and shapes, and numbers for their symbols.

A case is an expression, a variable, and all symbols as ``name:shape:structure``; where the variable
has a structure that counts, also the convention.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

SIZES = {"k": 2, "n": 3, "m": 4, "p": 5}
"""Pairwise different, so that no shape fits by accident; square roots of det(XᵀX) need m > n."""


class Case(NamedTuple):
    kind: str
    expression: str
    wrt: str
    shapes: dict[str, str]
    convention: str = "free"

    def __str__(self) -> str:
        return f"{self.kind} of {self.expression} by {self.wrt}"


GRADIENTS = [
    # Reported to other tools as wrong or refused
    ("tr((x - b).T @ (x - b)) + tr((A - C).T @ (A - C))", "x", "x:n,n b:n,n A:n,n C:n,n"),
    ("tr(inv(X))", "X", "X:n,n:spd", "symmetric-projection"),
    ("tr(X @ A)", "X", "X:n,n A:n,n"),
    ("M[1, 1]", "M", "M:n,n"),
    ("0.5 * sumsq(sigmoid(W @ x + b) - y)", "W", "W:k,n x:n b:k y:k"),
    ("tr(E)**2 + tr(E @ E.T)", "E", "E:n,n"),
    ("tr(x.T @ w) + b", "w", "x:n w:n b:"),
    ("tr(E) + 1", "E", "E:n,n"),
    ("tr(A.T @ A) + tr(B.T @ B)", "A", "A:n,n B:n,n"),
    ("log(det(A))", "A", "A:n,n:spd"),
    ("a.T @ matpow(X, 4) @ b", "X", "X:n,n a:n b:n"),
    ("log(det(matpow(A, 2)))", "A", "A:n,n:invertible"),
    ("c * det(X)", "X", "c: X:n,n:invertible"),
    ("1 / det(X)", "X", "X:n,n:invertible"),
    ("tr(B @ inv(A) @ inv(A))", "A", "A:n,n:invertible B:n,n"),
    ("x.T @ A @ x + x.T @ b + 6", "x", "x:n A:n,n b:n"),
    # Determinants
    ("det(X)", "X", "X:n,n:invertible"),
    ("det(A @ X @ B)", "X", "A:n,n:invertible X:n,n:invertible B:n,n:invertible"),
    ("det(A @ X @ B)", "X", "A:k,m X:m,n B:n,k"),
    ("det(X.T @ A @ X)", "X", "X:n,n:invertible A:n,n:invertible"),
    ("det(matpow(X, 3))", "X", "X:n,n:invertible"),
    ("logdet(X)", "X", "X:n,n:spd", "symmetric-independent-entries"),
    ("det(A + a @ b.T)", "a", "a:n b:n A:n,n:spd"),
    ("logdet(X)", "X", "X:n,n:spd", "symmetric-projection"),
    ("det(X @ X)", "X", "X:n,n:invertible"),
    ("det(t * A)", "t", "A:n,n:invertible t:"),
    ("sqrt(det(X.T @ X))", "X", "X:m,n"),
    # Entry by entry
    ("sum(abs(X))", "X", "X:m,n"),
    ("sum(A * (x @ x.T))", "x", "x:n A:n,n"),
    ("a.T @ (X * A) @ b", "X", "a:m A:m,n X:m,n b:n"),
    ("sum(x * log(x / y))", "x", "x:n:positive y:n:positive"),
    ("sum(log(X))", "X", "X:m,n:positive"),
    ("x.T @ A @ x + c * (sin(y).T @ x)", "x", "x:n A:n,n c: y:n"),
    ("(x * y).T @ A @ (x * y)", "x", "x:n y:n A:n,n"),
    ("sum(A / X)", "X", "X:m,n:positive A:m,n"),
    ("cos(a.T @ x)", "x", "a:n x:n"),
    ("sum(sigmoid(A @ X))", "X", "A:m,n X:n,k"),
    ("sum(sin(X))", "X", "X:m,n"),
    ("sum(softplus(X @ w))", "w", "X:m,n w:n"),
    ("sum(tanh(X @ W))", "W", "X:m,n W:n,k"),
    ("x.T @ A @ sigmoid(x)", "x", "x:n A:n,n"),
    # Inverses
    ("tr(inv(X + A))", "X", "X:n,n:invertible A:n,n:spd"),
    ("tr(A @ inv(X) @ B)", "X", "A:n,n X:n,n:invertible B:n,n"),
    ("tr(inv(X.T @ C @ X) @ (X.T @ B @ X))", "X", "X:m,n C:m,m:spd B:m,m:symmetric"),
    ("c.T @ inv(diag(x) + A) @ c", "x", "c:n A:n,n:spd x:n:positive"),
    ("sum(G * inv(A))", "A", "G:n,n A:n,n:invertible"),
    ("sum(G * (B.T @ inv(A) @ B))", "B", "G:k,k A:n,n:invertible B:n,k"),
    ("sum(G * (inv(A) @ B))", "A", "G:n,k A:n,n:invertible B:n,k"),
    ("sum(A * inv(X) * inv(X))", "X", "X:n,n:invertible A:n,n"),
    ("(x - u).T @ inv(S) @ (x - u)", "x", "x:n u:n S:n,n:spd"),
    ("a.T @ inv(inv(X) + A) @ b", "X", "a:n X:n,n:spd A:n,n:spd b:n"),
    ("y.T @ inv(X.T @ X + eye(n)) @ y", "X", "y:n X:m,n"),
    ("tr(A @ inv(X.T))", "X", "X:n,n:invertible A:n,n"),
    # Layers of networks
    ("sum(G * (X @ W + ones(m,1) @ b.T))", "X", "G:m,k X:m,n W:n,k b:k"),
    ("sum(G * sigmoid(X @ W + ones(m,1) @ b.T))", "b", "G:m,k X:m,n W:n,k b:k"),
    ("sum(G * (softmax(Q @ K.T / sqrt(n)) @ V))", "Q", "G:m,k Q:m,n K:p,n V:p,k"),
    (
        "sum(G * ((X - ones(m,1) @ colsum(X) / m)"
        " / (ones(m,1) @ sqrt(0.1 + colsum((X - ones(m,1) @ colsum(X) / m)**2) / m))))",
        "X",
        "G:m,n X:m,n",
    ),
    ("tanh(x.T @ W @ y)", "W", "x:m W:m,n y:n"),
    ("sum(G * relu(A @ X @ W))", "W", "G:m,k A:m,m X:m,n W:n,k"),
    ("tr(G.T @ A @ B)", "A", "G:m,k A:m,n B:n,k"),
    ("tr(G.T @ B.T @ A @ B)", "A", "G:k,k A:n,n B:n,k"),
    ("sum(G * ((X @ A) * sigmoid(X @ B)))", "X", "G:m,k X:m,n A:n,k B:n,k"),
    (
        "sum(G * ((X - rowsum(X) @ ones(1,n) / n)"
        " / (sqrt(0.1 + rowsum((X - rowsum(X) @ ones(1,n) / n)**2) / n) @ ones(1,n))))",
        "X",
        "G:m,n X:m,n",
    ),
    ("sum(G * (X @ (W + A @ B)))", "A", "G:m,k X:m,n W:n,k A:n,p B:p,k"),
    ("sum(G * sigmoid(Z))", "Z", "G:m,n Z:m,n"),
    ("sum(G * softmax(Z))", "Z", "G:m,n Z:m,n"),
    ("sum(G * Z * sigmoid(Z))", "Z", "G:m,n Z:m,n"),
    ("sum(G * tanh(Z))", "Z", "G:m,n Z:m,n"),
    ("sum(G * (X @ inv(S)))", "S", "G:m,n X:m,n S:n,n:spd"),
    # Linear forms
    ("a.T @ x", "x", "x:n a:n"),
    ("a.T @ X.T @ b", "X", "a:n X:m,n b:m"),
    ("a.T @ X @ a", "X", "a:n X:n,n"),
    ("a.T @ (A @ x + b)", "A", "a:m A:m,n x:n b:m"),
    ("a.T @ diag(x) @ b", "x", "a:n x:n b:n"),
    ("(c.T @ a) * (x.T @ b)", "x", "a:n c:n b:n x:n"),
    ("c * (a.T @ x)", "c", "c: a:n x:n"),
    ("tr(diag(x) @ A)", "x", "A:n,n x:n"),
    ("a.T @ (A @ X @ B).T @ b", "X", "a:k B:n,k X:m,n A:p,m b:p"),
    ("a.T @ X @ b - 3 * (c.T @ X.T @ d)", "X", "a:n X:n,n b:n c:n d:n"),
    # Norms
    ("norm2(x - a)", "x", "x:n a:n"),
    ("sumsq(x)", "x", "x:n"),
    ("sumsq(A @ X @ B - C)", "X", "A:p,m X:m,n B:n,k C:p,k"),
    ("(a.T @ x) / (norm2(a) * norm2(x))", "x", "a:n x:n"),
    ("norm2(X)", "X", "X:m,n"),
    ("sumsq(X @ X.T - A)", "X", "X:m,n A:m,m:symmetric"),
    ("norm1(A @ x - y)", "x", "A:m,n x:n y:m"),
    ("sumsq(X - U @ V)", "U", "X:m,n U:m,k V:k,n"),
    ("(x.T @ x)**1.5", "x", "x:n"),
    ("sum(sqrt(1 + (A @ x - b)**2))", "x", "A:m,n x:n b:m"),
    # Quadratic forms
    ("sum(X)**2", "X", "X:m,n"),
    ("b.T @ X.T @ X @ c", "X", "X:m,n b:n c:n"),
    ("(X @ b + c).T @ D @ (X @ b + c)", "X", "X:m,n b:n c:m D:m,m"),
    ("(x - A @ s).T @ W @ (x - A @ s)", "s", "x:m A:m,n s:n W:m,m:symmetric"),
    ("(x - A @ s).T @ W @ (x - A @ s)", "s", "x:m A:m,n s:n W:m,m"),
    ("(x - s).T @ W @ (x - s)", "x", "x:n s:n W:n,n:symmetric"),
    ("(x - s).T @ W @ (x - s)", "s", "x:n s:n W:n,n:symmetric"),
    ("a.T @ (X @ X).T @ (X @ X) @ b", "X", "a:n X:n,n b:n"),
    ("x.T @ A @ y", "x", "x:m A:m,n y:n"),
    ("x.T @ A @ y", "y", "x:m A:m,n y:n"),
    ("(x.T @ A @ x) / (x.T @ B @ x)", "x", "x:n A:n,n B:n,n:spd"),
    ("(A @ x - b).T @ (A @ x - b)", "b", "A:m,n x:n b:m"),
    ("sumsq(X @ w - y) / (2 * m)", "w", "X:m,n w:n y:m"),
    ("sumsq(A @ x - b) + c * sumsq(x)", "x", "A:m,n x:n b:m c:"),
    ("sumsq(A @ x - b) + c * sumsq(x)", "c", "A:m,n x:n b:m c:"),
    ("(A @ x - b).T @ diag(w) @ (A @ x - b)", "w", "A:m,n x:n b:m w:m"),
    # Losses
    ("-sum(y * log(sigmoid(X @ w)) + (1 - y) * log(1 - sigmoid(X @ w)))", "w", "X:m,n w:n y:m"),
    ("log(sum(exp(x))) - y.T @ x", "x", "x:n y:n:stochastic"),
    ("0.5 * sumsq(A @ B @ X - Y)", "B", "A:k,n B:n,m X:m,p Y:k,p"),
    ("0.5 * m * logdet(S) + 0.5 * tr(inv(S) @ X.T @ X)", "S", "X:m,n S:n,n:spd"),
    ("0.5 * logdet(S) + 0.5 * (x - u).T @ inv(S) @ (x - u)", "u", "x:n u:n S:n,n:spd"),
    ("tr(S @ L) - logdet(L)", "L", "L:n,n:spd S:n,n:spd"),
    ("sum(log(1 + exp(-y * (X @ w))))", "w", "X:m,n w:n y:m"),
    ("log(sum(exp(x)))", "x", "x:n"),
    ("sum(U @ V) - sum(X * log(U @ V))", "U", "X:m,n:positive U:m,k:positive V:k,n:positive"),
    ("sumsq(X - X @ W @ W.T)", "W", "X:m,n W:n,k"),
    ("(a.T @ exp(x)) / sum(exp(x))", "x", "a:n x:n"),
    ("softplus(x.T @ u - x.T @ v)", "x", "x:n u:n v:n"),
    # Traces
    ("tr(A @ X @ B)", "X", "A:k,m X:m,n B:n,k"),
    ("tr(A @ X.T @ B)", "X", "A:k,n X:m,n B:m,k"),
    ("tr(X.T @ A)", "X", "X:m,n A:m,n"),
    ("tr(X @ X)", "X", "X:n,n"),
    ("tr(X.T @ B @ X)", "X", "X:m,n B:m,m"),
    ("tr(X @ X.T @ B)", "X", "X:m,n B:m,m"),
    ("tr(B @ X.T @ X)", "X", "X:m,n B:n,n"),
    ("tr(X.T @ X @ B)", "X", "X:m,n B:n,n"),
    ("tr((A @ X @ B + C) @ (A @ X @ B + C).T)", "X", "A:p,m X:m,n B:n,k C:p,k"),
    ("tr(kron(X, X))", "X", "X:n,n"),
    ("tr(B.T @ X.T @ C @ X @ X.T @ C @ X @ B)", "X", "B:n,k X:m,n C:m,m"),
    ("tr(A @ X)", "X", "A:n,n X:n,n:symmetric", "symmetric-projection"),
    ("tr(A @ X)", "X", "A:n,n X:n,n:diagonal", "diagonal-independent-entries"),
    ("tr(A @ (X @ B - B @ X))", "X", "A:n,n B:n,n X:n,n"),
    ("tr(A @ X) * tr(B @ X)", "X", "A:n,m X:m,n B:n,m"),
    ("tr((A @ X + X @ B - C).T @ (A @ X + X @ B - C))", "X", "A:m,m X:m,n B:n,n C:m,n"),
]

JACOBIANS = [
    ("v * t + r", "t", "v:n r:n t:"),
    ("tr(A) * A.T", "A", "A:n,n"),
    ("exp(M @ x)", "x", "x:n M:m,n"),
    ("(u - W @ tanh(u)).T", "u", "u:n W:n,n"),
    ("X.T", "X", "X:m,n"),
    ("inv(A + t * B)", "t", "A:n,n:spd B:n,n t:"),
    ("X.T @ A", "X", "X:m,n A:m,k"),
    ("matpow(X, 3)", "X", "X:n,n"),
    ("A @ X @ B", "X", "A:p,m X:m,n B:n,k"),
    ("A @ x", "x", "A:m,n x:n"),
    ("X @ a", "X", "X:m,n a:n"),
    ("A @ diag(x) @ b", "x", "A:m,n x:n b:n"),
    ("exp(A @ x)", "x", "A:m,n x:n"),
    ("diagvec(inv(diag(x) + A))", "x", "A:n,n:spd x:n:positive"),
    ("A @ exp(x)", "x", "A:m,n x:n"),
    ("(A @ x) / (2 + (b.T @ x)**2)", "x", "A:m,n b:n x:n"),
    ("vec(A @ X @ B)", "X", "A:p,m X:m,n B:n,k"),
    ("x.T @ A", "x", "x:m A:m,n"),
]

HESSIANS = [
    ("x.T @ A @ x + b.T @ x", "x", "x:n A:n,n b:n"),
    ("-y.T @ log(exp(x) / sum(exp(x)))", "x", "x:n y:n:stochastic"),
    ("(a.T @ x) * (x.T @ A @ x)", "x", "a:n x:n A:n,n"),
    ("exp(a.T @ x)", "x", "a:n x:n"),
    ("sumsq(X - U @ V)", "U", "X:m,n U:m,k V:k,n"),
    ("logdet(X)", "X", "X:n,n:invertible"),
    ("norm2(x)", "x", "x:n"),
    ("sum(exp(x))", "x", "x:n"),
    ("tr(X.T @ A @ X)", "X", "X:m,n A:m,m"),
]


def _shapes(text: str) -> dict[str, str]:
    """From "A:m,n S:n,n:spd" to what ``derive.gradient`` is told."""
    parts = (symbol.split(":", 1) for symbol in text.split())
    return {name: shape.replace(":", " ") for name, shape in parts}


CASES = [
    Case(kind, expression, wrt, _shapes(symbols), *convention)
    for kind, rows in (("gradient", GRADIENTS), ("jacobian", JACOBIANS), ("hessian", HESSIANS))
    for expression, wrt, symbols, *convention in rows
]


def numbers(shapes: dict[str, str], seed: int) -> dict[str, np.ndarray]:
    """Random numbers for each symbol, as its structure demands; a scalar has no axes."""
    random = np.random.default_rng(seed)
    return {name: _draw(shape, random) for name, shape in shapes.items()}


def _draw(shape: str, random: np.random.Generator) -> np.ndarray:
    sides, _, structure = shape.partition(" ")
    if not sides:
        return np.array(0.3 + random.random())
    rows, *cols = (SIZES[side] for side in sides.split(","))
    return STRUCTURES[structure](random, rows, *(cols or [1]))


def _normal(random, rows, cols):
    return random.standard_normal((rows, cols))


def _stochastic(random, rows, cols):
    weights = 0.1 + random.random((rows, cols))
    return weights / weights.sum(axis=0 if cols == 1 else 1, keepdims=True)


def _definite(random, rows, cols):
    root = random.standard_normal((rows, cols))
    return root @ root.T / rows + 0.7 * np.eye(rows)


STRUCTURES = {
    "": _normal,
    "positive": lambda random, rows, cols: 0.5 + random.random((rows, cols)),
    "stochastic": _stochastic,
    "spd": _definite,
    "symmetric": lambda random, rows, cols: (root := _normal(random, rows, cols)) + root.T,
    "invertible": lambda random, rows, cols: _normal(random, rows, cols) / 2 + 1.5 * np.eye(rows),
    "diagonal": lambda random, rows, cols: np.diag(random.standard_normal(rows)),
}
