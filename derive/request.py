"""Checking what was asked for, before any work starts (and before sympy is imported)."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from operator import index

from derive.errors import DeriveError
from derive.operation import NAME, Signature, spelling, unknown

MOST_TERMS = 2_000_000
"""Derivations of more terms are refused before they start."""

MOST_POWER = 100
"""No exponent is larger."""

BYTES_PER_TERM = 600
"""Measured at 50×50×50: the memory that one term of a derivation takes, verdict included."""


def check_sizes(signature: Signature, sizes: Mapping[str, int]) -> dict[str, int]:
    """The sizes in the order of the signature.

    Raises:
        DeriveError: one is missing, unknown, no positive integer, or they are too large.

    >>> from derive.operation import catalogue
    >>> check_sizes(catalogue()["transpose"], {"m": 2})
    Traceback (most recent call last):
    ...
    derive.errors.DeriveError: transpose needs the size n as well: X[m,n] -> Y[n,m].
    """
    missing = [letter for letter in signature.sizes if letter not in sizes]
    if missing:
        letters = " and ".join([", ".join(missing[:-1]), missing[-1]] if len(missing) > 1 else missing)
        plural = "s" if len(missing) > 1 else ""
        raise DeriveError(f"{signature.name} needs the size{plural} {letters} as well: {signature}.")
    for letter, size in sizes.items():
        if letter not in signature.sizes:
            raise DeriveError(f"{signature.name} has no size {letter}: {signature}.")
        if not hasattr(size, "__index__") or isinstance(size, bool) or size < 1:
            raise DeriveError(f"the size {letter} must be a positive integer, not {size!r}.")
    sizes = {letter: index(sizes[letter]) for letter in signature.sizes}
    terms = signature.terms(sizes)
    if terms > MOST_TERMS:
        gigabytes = Decimal(terms) * BYTES_PER_TERM / 10**9
        raise DeriveError(
            f"these sizes mean {Decimal(terms):.2g} terms and about {gigabytes:.2g} GB of memory; the most is "
            f"{MOST_TERMS:,} terms. Take small sizes: the proof on their page holds for all sizes."
        )
    return sizes


def check_parameters(name: str, given: Mapping[str, object]) -> dict[str, Fraction]:
    """The numbers that an operation depends on, in the order of its formula.

    Raises:
        DeriveError: one is missing, or no number.

    >>> check_parameters("pow", {"p": "0.5"})
    {'p': Fraction(1, 2)}
    """
    for letter, number in given.items():
        if number is None:
            raise DeriveError(f"{name} needs the number {letter} as well.")
    try:
        found = {letter: Fraction(str(number)) for letter, number in given.items()}
    except (ValueError, ZeroDivisionError):
        raise DeriveError(f"{' and '.join(given)} of {name} must be a number like 3, -1 or 0.5.") from None
    if any(abs(number) > MOST_POWER for number in found.values()):
        raise DeriveError(f"{' and '.join(given)} of {name} must lie between -{MOST_POWER} and {MOST_POWER}.")
    return found


def check_names(signature: Signature, names: str | None, loss: str) -> tuple[str, ...]:
    """The names of the output and the inputs, from ``"C = A B"``.

    Raises:
        DeriveError: there are too few or too many, one is no letter followed by letters or digits,
            or two would be written alike.

    >>> from derive.operation import catalogue
    >>> check_names(catalogue()["matmul"], "D = W X", "L")
    ('D', 'W', 'X')
    """
    default = signature.names
    pattern = f"{default[0]} = {' '.join(default[1:])}"
    if not isinstance(loss, str) or not isinstance(names, str | None):
        raise DeriveError(f"names are text like '{pattern}', and so is the loss.")
    if names is None:
        chosen = [*default]
    else:
        left, equals, right = names.partition("=")
        chosen = [left.strip(), *right.split()]
        if not equals or len(chosen) != len(default):
            raise DeriveError(
                f"names are written like '{pattern}', with spaces, {len(default)} of them; got '{names}'."
            )
    for name, example in (*((name, pattern) for name in chosen), (loss, "J")):
        if NAME.fullmatch(name) is None or not name.isascii():
            raise DeriveError(f"a name is a letter, then letters or digits; '{name}' is not (try '{example}').")
    seen: dict[str, str] = {}
    if loss in chosen:
        raise DeriveError(f"{loss} is the name of the loss and of a matrix; choose another, for the loss with --loss.")
    for name in chosen:
        entry = spelling(name)
        if entry in seen:
            raise DeriveError(f"the names {seen[entry]} and {name} collide: both have entries {entry}_ij.")
        seen[entry] = name
    if spelling(loss) in seen:
        raise DeriveError(f"the loss {loss} and the entries of {seen[spelling(loss)]} are written alike.")
    taken = {**dict.fromkeys(signature.sizes, "a size"), "np": "NumPy", "torch": "PyTorch", "print": "Python"}
    taken |= {f"d{name}": "a gradient in the code" for name in chosen}
    for name in chosen:
        if name in taken:
            raise DeriveError(f"the name {name} is already that of {taken[name]}; choose another.")
        if keyword.iskeyword(name):
            raise DeriveError(f"the name {name} is a word of Python, and the code could not be run; choose another.")
    if loss in signature.sizes:
        raise DeriveError(f"the loss {loss} has the name of a size; choose another.")
    return tuple(chosen)


def check_entries(
    signature: Signature, names: Sequence[str], sizes: Mapping[str, int], entries: Mapping[str, tuple[int, int]]
) -> dict[str, tuple[int, int]]:
    """The chosen entries, counted from 1, by the name of the input.

    Raises:
        DeriveError: an entry belongs to no input, or is outside its matrix.

    >>> from derive.operation import catalogue
    >>> check_entries(catalogue()["transpose"], ("Y", "X"), {"m": 2, "n": 3}, {"X": (2, 3)})
    {'X': (2, 3)}
    """
    shapes = {
        name: (sizes.get(operand.rows, 1), sizes.get(operand.cols, 1))
        for name, operand in zip(names[1:], signature.inputs, strict=True)
    }
    for name, at in entries.items():
        if name not in shapes:
            raise DeriveError(unknown("input", name, shapes))
        rows, cols = shapes[name]
        whole = len(at) == 2 and all(type(number) is int for number in at)
        if not (whole and 1 <= at[0] <= rows and 1 <= at[1] <= cols):
            place = ",".join(map(str, at))
            raise DeriveError(f"{name} is {rows}×{cols}: it has no entry {place} (they count from 1,1).")
    return dict(entries)


def parse_entries(texts: Sequence[str]) -> dict[str, tuple[int, int]]:
    """The chosen entries, by the name of the input.

    Raises:
        DeriveError: one is not written like X=2,3, or an input has two.

    >>> parse_entries(["X=2,3", "W=1,1"])
    {'X': (2, 3), 'W': (1, 1)}
    """
    entries: dict[str, tuple[int, int]] = {}
    for text in texts:
        name, entry = parse_entry(text)
        if name in entries:
            raise DeriveError(f"the entry of {name} is given twice.")
        entries[name] = entry
    return entries


def parse_entry(text: str) -> tuple[str, tuple[int, int]]:
    """``X=2,3`` as ("X", (2, 3)).

    >>> parse_entry("X=2,3")
    ('X', (2, 3))
    """
    match = re.fullmatch(r"\s*(\w+)\s*=\s*([0-9]{1,9})\s*,\s*([0-9]{1,9})\s*", text)
    if match is None:
        raise DeriveError(f"an entry is written like X=2,3 (row, column, counted from 1); got '{text}'.")
    return match[1], (int(match[2]), int(match[3]))
