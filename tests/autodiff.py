"""Expressions in a library that differentiates by itself, and its derivatives of them.

The tree of an expression is evaluated here with the library's own functions, so that nothing of the
printed programs and nothing of the derivation is used.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from importlib import import_module, util
from operator import add, matmul, mul
from typing import Any, NoReturn

import numpy as np
import pytest

import derive
from derive.expressions.answer import Answer
from derive.expressions.expression import Node
from derive.expressions.sizes import count
from tests.expressions_table import SIZES, Case, numbers


def needed(module: str) -> Any:
    """The library of an extra: its absence is a reason to skip, but not on the machine that decides."""
    if util.find_spec(module) is None:
        missing(f"{module} is not installed; it comes with: pip install -e '.[{module}]'")
    return import_module(module)


def missing(what: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what}; CI has to have it", pytrace=False)
    pytest.skip(what, allow_module_level=True)


@dataclass(frozen=True)
class Library:
    """Arrays of a library: how they are made, and what is called differently than in NumPy."""

    space: Any
    array: Callable[[Any], Any]
    functions: Mapping[str, Callable[..., Any]]

    def value(self, node: Node, given: Mapping[str, Any]) -> Any:
        """The value of an expression; a scalar has no axes."""
        made: dict[Node, Any] = {}
        for part in node.walk():
            made[part] = self.one(part, [made[arg] for arg in part.args], given)
        return made[node]

    def one(self, node: Node, args: list[Any], given: Mapping[str, Any]) -> Any:
        if node.op == "symbol":
            return given[node.name]
        if node.op in CONSTANTS:
            return self.array(CONSTANTS[node.op](node))
        made = (self.functions.get(node.op) or FUNCTIONS[node.op])(self.space, *args, *(node.data or ()))
        return made.reshape(()) if node.scalar else made


def _side(size: int | str) -> int:
    return count(size, SIZES)


CONSTANTS: Mapping[str, Callable[[Node], Any]] = {
    "number": lambda node: float(node.data),
    "dimension": lambda node: float(_side(node.data)),
    "ones": lambda node: np.ones([_side(size) for size in node.shape]),
    "zeros": lambda node: np.zeros([_side(size) for size in node.shape]),
    "eye": lambda node: np.eye(_side(node.shape[0])),
}

FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    **{name: lambda np, x, name=name: getattr(np, name)(x) for name in ("exp", "log", "sin", "cos", "tanh", "abs")},
    "add": lambda np, *parts: reduce(add, parts),
    "mul": lambda np, *parts: reduce(mul, parts),
    "matmul": lambda np, *parts: reduce(matmul, parts),
    "transpose": lambda np, x: x.T,
    "pow": lambda np, x, p: x**p,
    "relu": lambda np, x: x * (x > 0),
    "sigmoid": lambda np, x: 1 / (1 + np.exp(-x)),
    "softplus": lambda np, x: np.log(1 + np.exp(x)),
    "softmax": lambda np, x: np.exp(x) / np.exp(x).sum(1)[:, None],
    "tr": lambda np, x: np.trace(x) if x.ndim else x,
    "det": lambda np, x: np.linalg.det(x),
    "logdet": lambda np, x: np.linalg.slogdet(x)[1],
    "inv": lambda np, x: np.linalg.inv(x),
    "matpow": lambda np, x, p: np.linalg.matrix_power(x, p),
    "diag": lambda np, x: np.diag(x.reshape(-1)),
    "diagvec": lambda np, x: np.diagonal(x).reshape(-1, 1),
    "vec": lambda np, x: x.T.reshape(-1, 1),
    "kron": lambda np, x, y: np.kron(x, y),
    "entry": lambda np, x, row, col: x[row, col],
    "sum": lambda np, x: x.sum(),
    "sumsq": lambda np, x: (x * x).sum(),
    "norm1": lambda np, x: np.abs(x).sum(),
    "norm2": lambda np, x: np.sqrt((x * x).sum()),
    "rowsum": lambda np, x: x.sum(1)[:, None],
    "colsum": lambda np, x: x.sum(0)[None, :],
}


def answer_of(case: Case) -> Answer:
    """What derive says."""
    convention = {} if case.convention == "free" else {"convention": case.convention}
    return getattr(derive, case.kind)(case.expression, case.wrt, case.shapes, **convention)


def program(answer: Answer, library: str, space: Mapping[str, Any]) -> Callable[..., Any]:
    """The function that an answer prints for a library, with the sizes that it has to be told."""
    made = dict(space)
    exec(answer.source(library), made)  # what is printed is what is tested
    function = made[answer.kind]
    told = set(function.__kwdefaults__ or {}) | set(
        function.__code__.co_varnames[: function.__code__.co_kwonlyargcount]
    )
    sizes = {name: SIZES[name] for name in told & set(SIZES)}
    return lambda given: function(**{name: given[name] for name in told - set(sizes)}, **sizes)


def conventional(free: np.ndarray, convention: str) -> np.ndarray:
    """The gradient that a convention means, from that with independent entries."""
    return CONVENTIONS[convention](free)


CONVENTIONS: Mapping[str, Callable[[np.ndarray], np.ndarray]] = {
    "free": lambda free: free,
    "symmetric-projection": lambda free: (free + free.T) / 2,
    "symmetric-independent-entries": lambda free: free + free.T - free * np.eye(len(free)),
    "diagonal-independent-entries": lambda free: free * np.eye(len(free)),
}


def agree(got: Any, want: Any) -> None:
    """Two arrays are the same but for rounding, and for axes of length 1."""
    got, want = np.squeeze(np.asarray(got, float)), np.squeeze(np.asarray(want, float))
    assert got.shape == want.shape
    scale = max(1.0, float(np.abs(want).max(initial=0)))
    assert np.abs(got - want).max(initial=0) <= 1e-9 * scale


def given_numbers(case: Case) -> dict[str, np.ndarray]:
    return numbers(case.shapes, 7)
