"""An expression at given numbers: the value of every node forwards, the gradient of every node backwards."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from derive.errors import DeriveError
from derive.expressions.declarations import NAME
from derive.expressions.differential import Differential
from derive.expressions.dual import Array, Entries
from derive.expressions.expression import Node
from derive.expressions.sizes import count, factors
from derive.expressions.values import Points, Unreal
from derive.operation import unknown


def parse_numbers(texts: tuple[str, ...]) -> dict[str, Array]:
    """The numbers of symbols, from ``X=[[0,1],[2,3]]``, ``X=data.csv`` or an archive ``data.npz``.

    Raises:
        DeriveError: a text or a file that holds no numbers.

    >>> parse_numbers(("X=[[0, 1], [2, 3]]", "c=2"))["X"].shape
    (2, 2)
    """
    found: dict[str, Array] = {}
    for text in texts:
        if text.endswith(".npz") and "=" not in text:
            found |= _archive(text)
            continue
        name, equals, numbers = text.partition("=")
        name = name.strip()
        if not equals or NAME.fullmatch(name) is None:
            raise DeriveError(f"numbers are given like X=[[0,1],[2,3]], X=file.csv or file.npz; got '{text[:60]}'.")
        found[name] = _table(name, numbers.strip())
    return found


def _archive(path: str) -> dict[str, Array]:
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {name: _matrix(name, archive[name]) for name in archive.files}
    except (OSError, ValueError, TypeError, EOFError, BadZipFile) as error:
        raise DeriveError(f"cannot read numbers from {path}: {str(error).rstrip('.')}.") from None


def _table(name: str, text: str) -> Array:
    if text.endswith(".csv"):
        try:
            return _matrix(name, np.loadtxt(Path(text), delimiter=",", ndmin=2))
        except (OSError, ValueError) as error:
            raise DeriveError(f"cannot read numbers from {text}: {str(error).rstrip('.')}.") from None
    try:
        return _matrix(name, json.loads(text))
    except (ValueError, RecursionError):
        raise DeriveError(f"the numbers of {name} are a list of rows like [[0,1],[2,3]]; got '{text[:60]}'.") from None


def _matrix(name: str, numbers: Any) -> Array:
    try:
        if np.iscomplexobj(numbers):
            raise ValueError
        array = np.asarray(numbers, dtype=float)
    except (TypeError, ValueError, OverflowError):
        raise DeriveError(f"the numbers of {name} are no matrix: rows of different lengths, or no numbers.") from None
    if array.ndim > 2 or array.size == 0 or not np.isfinite(array).all():
        raise DeriveError(f"the numbers of {name} have to be finite, in at most two dimensions.")
    return array.reshape(-1, 1) if array.ndim == 1 else array.reshape(1, 1) if array.ndim == 0 else array


class At:
    """The values of all nodes of a differential at given numbers.

    ``declared`` are symbols that may have numbers although the differential does without them: those
    that dropped out of a gradient, where its Jacobian is asked for.

    Raises:
        DeriveError: a symbol without numbers, numbers of another shape, or no real value there.
    """

    def __init__(self, differential: Differential, numbers: Mapping[str, Any], declared: Iterable[Node] = ()) -> None:
        self.differential = differential
        given = {name: _matrix(name, each) for name, each in numbers.items()}
        needed = {node.name: node for node in differential.value.walk() if node.op == "symbol"}
        needed.setdefault(differential.wrt.name, differential.wrt)
        known = {node.name: node for node in declared} | needed
        for name in given:
            if name not in known:
                raise DeriveError(unknown("symbol", name, sorted(known)))
        missing = sorted(set(needed) - set(given))
        if missing:
            raise DeriveError(f"no numbers are given for {', '.join(missing)}; add --at {missing[0]}=...")
        symbols = {name: known[name] for name in known if name in given}
        self.sizes = _sizes(symbols, given)
        for name, node in symbols.items():
            if not _has_structure(given[name], node.data[1]):
                raise DeriveError(f"{name} is declared as {node.data[1]}, and its numbers are not.")
        self.points = Points((), self.sizes, "normal", 1, 0)
        self.points.values = {node: given[name][None] for name, node in symbols.items()}
        self.known: dict[Node, Entries] = {}

    def value(self, node: Node) -> Array:
        """The value of an expression."""
        try:
            found: Array = self.points.evaluate(node, memo=self.known).value[0]
            return found
        except (Unreal, np.linalg.LinAlgError):
            raise DeriveError(f"at these numbers {node} has no finite real value.") from None
        except KeyError as missing:
            raise DeriveError(f"these numbers do not tell the size {missing}.") from None


def _sizes(symbols: Mapping[str, Node], given: Mapping[str, Array]) -> dict[str, int]:
    sizes: dict[str, int] = {}
    where: dict[str, str] = {}
    for name, node in symbols.items():
        for side, length, word in zip(node.shape, given[name].shape, ("rows", "columns"), strict=True):
            number, letters = factors(side)
            if not letters and length != number:
                raise DeriveError(f"{name} has {length} {word} in the numbers, and is declared with {number}.")
            if len(letters) == 1 and number == 1:
                if sizes.setdefault(letters[0], length) != length:
                    raise DeriveError(
                        f"{name} has {length} {word} in the numbers, but {letters[0]} is {sizes[letters[0]]} "
                        f"in those of {where[letters[0]]}."
                    )
                where.setdefault(letters[0], name)
    for name, node in symbols.items():
        for side, length in zip(node.shape, given[name].shape, strict=True):
            if set(factors(side)[1]) <= set(sizes) and count(side, sizes) != length:
                raise DeriveError(f"{name} has a side of {length} in the numbers, and {side} is {count(side, sizes)}.")
    return sizes


def _has_structure(numbers: Array, structure: str) -> bool:
    """Whether a matrix is what its symbol is declared to be; formulas may rest on it."""
    if structure in ("symmetric", "spd") and not np.allclose(numbers, numbers.T):
        return False
    if structure == "spd":
        return bool(np.linalg.eigvalsh(numbers).min() > 0)
    if structure == "diagonal":
        return bool(np.array_equal(numbers, np.diag(np.diagonal(numbers))))
    if structure == "positive":
        return bool((numbers > 0).all())
    if structure == "stochastic":
        sums = numbers.sum() if numbers.shape[1] == 1 else numbers.sum(1)
        return bool((numbers >= 0).all() and np.allclose(sums, 1))
    return structure != "invertible" or bool(np.linalg.matrix_rank(numbers) == len(numbers))
