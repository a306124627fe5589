"""What an operation is: a signature and the formula of one entry of its result."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from importlib import import_module
from math import prod
from typing import TYPE_CHECKING, Any

from derive.errors import DeriveError

if TYPE_CHECKING:
    from sympy import Expr

Element = Callable[..., "Expr"]

Pullback = str | Callable[..., str]
"""∂L/∂X in the expression language; where it depends on the parameters, a function that writes it."""

NAME = re.compile(r"([A-Za-z])([A-Za-z0-9]*)")
"""The names that matrices can have: a letter, and letters or digits that tell it from others."""


def spelling(name: str) -> str:
    """How the entries of a matrix are spelled.

    >>> spelling("W1"), spelling("Wa")
    ('w1', 'wa')
    """
    return name[0].lower() + name[1:]


_OPERAND = re.compile(r"\s*([A-Za-z]\w*)\s*\[\s*(\w+(?:\*\w+)?)\s*,\s*(\w+(?:\*\w+)?)\s*\]\s*")


@dataclass(frozen=True)
class Operand:
    """A matrix of the signature: its name and its two sizes, letters, products of two, or the number 1."""

    name: str
    rows: str
    cols: str

    @classmethod
    def parse(cls, text: str) -> Operand:
        match = _OPERAND.fullmatch(text)
        if match is None or any(size.isdigit() and size != "1" for size in match.groups()[1:]):
            raise ValueError(f"not an operand of the form X[m,k]: {text!r}")
        return cls(*match.groups())

    def __str__(self) -> str:
        return f"{self.name}[{self.rows},{self.cols}]"


@dataclass(frozen=True)
class Signature:
    """Name, title and shapes of an operation: all that can be said of it without computing.

    >>> matmul = Signature.parse("matmul", "Matrix product", "X[m,k], W[k,n] -> Y[m,n]")
    >>> matmul.sizes, str(matmul)
    (('m', 'k', 'n'), 'X[m,k], W[k,n] -> Y[m,n]')
    """

    name: str
    title: str
    inputs: tuple[Operand, ...]
    output: Operand

    @classmethod
    def parse(cls, name: str, doc: str, text: str) -> Signature:
        """From ``X[m,k], W[k,n] -> Y[m,n]``; the first line of ``doc`` is the title."""
        left, arrow, right = text.partition("->")
        if not arrow:
            raise ValueError(f"a signature has an arrow: {text!r}")
        inputs = tuple(Operand.parse(operand) for operand in re.split(r",(?![^\[]*\])", left))
        made = cls(name, doc.strip().splitlines()[0].rstrip("."), inputs, Operand.parse(right))
        untold = {*made.output.rows.split("*"), *made.output.cols.split("*")} - {"1", *made.sizes}
        if untold:
            raise ValueError(f"no input tells the size {', '.join(sorted(untold))}: {text!r}")
        if len({spelling(operand.name) for operand in (made.output, *inputs)}) <= len(inputs):
            raise ValueError(f"two matrices whose entries are written alike: {text!r}")
        return made

    @property
    def sizes(self) -> tuple[str, ...]:
        """The size letters in the order of the signature."""
        sides = [side for operand in self.inputs for side in (operand.rows, operand.cols)]
        letters = [size for side in sides for size in side.split("*")]
        return tuple(dict.fromkeys(size for size in letters if not size.isdigit()))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the output and the inputs."""
        return (self.output.name, *(operand.name for operand in self.inputs))

    def terms(self, sizes: Mapping[str, int]) -> int:
        """About how many terms a derivation at these sizes writes.

        An axis of an input either becomes an axis of the output, or is summed over together with
        another of its size; every gradient holds the same terms again, sorted by the entries of its
        input.
        """
        ends = [size for operand in self.inputs for size in (operand.rows, operand.cols)]
        kept = [self.output.rows, self.output.cols]
        summed = [size for size in self.sizes if size not in kept]
        summed += [size for size in set(kept) for _ in range((ends.count(size) - kept.count(size)) // 2)]
        return prod(sizes.get(size, 1) for size in (*kept, *summed)) * (1 + len(self.inputs))

    def __str__(self) -> str:
        return f"{', '.join(map(str, self.inputs))} -> {self.output}"


@dataclass(frozen=True)
class Operation:
    """An operation Y = f(X, W, ...) given by ``element``, the formula of the entry y_ij.

    ``element(X, W, ..., i, j)`` is called with matrices and two indices; it reads entries as
    ``X[i, j]``, sizes as ``X.rows`` and ``X.cols``, and sums with ``total``.  What follows the
    indices are ``parameters``: numbers that the operation depends on, an exponent for instance.

    Only the element formula is taken on trust.  The ``pullbacks`` tell ∂L/∂X for each input in the
    expression language (G is ∂L/∂Y, and the names and sizes are those of the signature); ``syntax``
    is how the operation is written there if not as a call, ``latex`` its sign in formulas, and
    ``numpy`` its value in NumPy; ``torch`` that in PyTorch, where it is not the same but for the name.
    They are claims, and checked.

    Where there is no formula that holds for all sizes, ``identities`` say what the result is: "X @ Y = eye(n)"
    and "Y @ X = eye(n)" for an inverse.  The first is differentiated, the second solves for the derivative.
    """

    signature: Signature
    element: Element
    pullbacks: Mapping[str, Pullback] = field(default_factory=dict)
    syntax: str = ""
    numpy: str = ""
    torch: str = ""
    latex: str = ""
    identities: tuple[str, ...] = ()

    @property
    def sign(self) -> str:
        """Its sign in formulas: its own, or its name in upright letters."""
        written = self.signature.name.replace("_", r"\_")
        return self.latex or rf"\mathrm{{{written}}}"

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the numbers that the operation depends on."""
        return tuple(name for name in self._told if name not in self.signature.sizes)

    def text(self, library: str) -> str:
        """Its value in NumPy, or in PyTorch where that is not the same but for the name."""
        return (self.torch if library == "torch" else "") or self.numpy

    @property
    def told_sizes(self) -> tuple[str, ...]:
        """The size letters that the element formula asks for by name."""
        return tuple(name for name in self._told if name in self.signature.sizes)

    @property
    def sample(self) -> dict[str, int]:
        """Numbers for its parameters, to show how it is called: an exponent, or row and column."""
        return dict.fromkeys(self.parameters, 3 if len(self.parameters) == 1 else 1)

    def told(self, rows: Any, cols: Any) -> dict[str, Any]:
        """Those sizes, where the result has this shape."""
        output = self.signature.output
        return {name: rows if output.rows == name else cols for name in self.told_sizes}

    @property
    def _told(self) -> tuple[str, ...]:
        return tuple(inspect.signature(self.element).parameters)[len(self.signature.inputs) + 2 :]


_registry: dict[str, Operation] = {}


def operation(
    signature: str,
    *,
    pullbacks: Mapping[str, Pullback] | None = None,
    syntax: str = "",
    numpy: str = "",
    torch: str = "",
    latex: str = "",
    identities: tuple[str, ...] = (),
    register: bool = True,
) -> Callable[[Element], Operation]:
    """Make an operation of the decorated element formula; its docstring's first line is its title.

    >>> @operation("X[m,n] -> Y[m,n]", register=False)
    ... def doubled(X, i, j):
    ...     "Twice a matrix."
    ...     return 2 * X[i, j]
    >>> doubled.signature.title
    'Twice a matrix'
    """

    def decorate(element: Element) -> Operation:
        doc = inspect.getdoc(element) or element.__name__
        stated = Signature.parse(element.__name__, doc, signature)
        made = Operation(stated, element, dict(pullbacks or {}), syntax, numpy, torch, latex, identities)
        if register:
            _registry[made.signature.name] = made
        return made

    return decorate


def registered() -> Mapping[str, Operation]:
    """All registered operations by name, in alphabetical order."""
    return dict(sorted(_registry.items()))


def catalogue() -> Mapping[str, Signature]:
    """The signatures of all operations in ``ops/``.

    >>> str(catalogue()["transpose"])
    'X[m,n] -> Y[n,m]'
    """
    import_module("derive.ops")
    return {name: each.signature for name, each in registered().items()}


def named(name: str) -> Operation:
    """The operation of that name.

    Raises:
        DeriveError: there is none; the message proposes the nearest name.
    """
    if name not in _registry:
        raise DeriveError(unknown("operation", name, registered()))
    return _registry[name]


def unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """The sentence that says that ``name`` is unknown, with the nearest known one.

    >>> unknown("operation", "matmull", ["matmul", "bias"])
    "unknown operation 'matmull'; did you mean 'matmul'? Known: matmul, bias."
    """
    known = list(known)
    near = get_close_matches(name, known, n=1)
    hint = f"; did you mean '{near[0]}'?" if near else "."
    return f"unknown {kind} '{name}'{hint} Known: {', '.join(known) or 'none'}."
