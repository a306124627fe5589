"""What a user declares: names, shapes, structures; and how a mistake in a text is pointed at."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from keyword import iskeyword

from derive.errors import DeriveError
from derive.expressions.sizes import Shape, Size, times
from derive.operation import unknown

NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*")
"""The names that symbols and dimensions can have."""

STRUCTURES = ("symmetric", "spd", "invertible", "positive", "diagonal", "stochastic")

RESERVED = frozenset(("np", "torch", "jnp"))
"""Names of libraries in the programs that are printed."""

SQUARE = frozenset(("symmetric", "spd", "invertible", "diagonal"))

WIDTH = 76


class LanguageError(DeriveError):
    """A text that is not of the language, with the place where it leaves it."""


@dataclass(frozen=True)
class Declaration:
    """A symbol's shape and structure."""

    shape: Shape
    structure: str = ""


def pointed(message: str, text: str, at: tuple[int, int]) -> str:
    """The message, the text below it, and a caret under the place.

    >>> print(pointed("unknown function 'trace'; did you mean 'tr'?", "2 * trace(X)", (4, 9)))
    unknown function 'trace'; did you mean 'tr'?
      2 * trace(X)
          ^~~~~
    """
    begin, end = at
    line = "".join(sign if sign.isprintable() else " " for sign in text)
    first = max(0, min(begin - WIDTH // 3, len(line) - WIDTH))
    shown = line[first : first + WIDTH]
    begin, end = begin - first, min(end - first, len(shown))
    lead, trail = ("…" if first else ""), ("…" if first + WIDTH < len(line) else "")
    marks = "^" + "~" * max(0, end - begin - 1)
    return f"{message}\n  {lead}{shown.rstrip()}{trail}\n  {' ' * (begin + len(lead))}{marks}"


def declarations(shapes: Mapping[str, str]) -> dict[str, Declaration]:
    """The declared symbols by name.

    >>> declarations({"S": "n,n spd", "c": "", "x": "n"})["S"].structure
    'spd'

    Raises:
        DeriveError: a name, a size or a structure that cannot be.
    """
    if not isinstance(shapes, Mapping):
        raise DeriveError(f'the shapes are a dictionary such as {{"A": "m,n", "x": "n"}}, not {shapes!r:.40}.')
    found = {}
    for name, text in shapes.items():
        if not isinstance(name, str) or NAME.fullmatch(name) is None or iskeyword(name) or name in RESERVED:
            raise DeriveError(f"'{name}' cannot be the name of a symbol; a name is a letter, then letters or digits.")
        found[name] = declaration(name, text)
    sizes = {part for each in found.values() for size in each.shape for part in str(size).split("*")}
    for name in found:
        if name in sizes:
            raise DeriveError(f"'{name}' is declared as a symbol and used as a size; give one of them another name.")
    return found


def declaration(name: str, text: str) -> Declaration:
    """One declared symbol, from a text such as ``n,n spd``."""
    if not isinstance(text, str):
        raise DeriveError(f'the shape of {name} is a text such as "m,n" or "n,n symmetric", not {text!r}.')
    match = re.fullmatch(r"\s*([^a-zA-Z]*|[^\s,]+(?:\s*,\s*[^\s,]+)*)??\s*((?:[A-Za-z-]+\s*)*)", text)
    words = re.split(r"[\s]+", re.sub(r"\s*,\s*", ",", text.strip()))
    head, *structures = words if text.strip() else [""]
    if head in STRUCTURES:
        head, structures = "", words
    parts = [part for part in re.sub(r"^\((.*)\)$", r"\1", head).split(",") if part] if head else []
    if match is None or len(parts) > 2:
        raise DeriveError(f'the shape of {name} is one or two sizes such as "m,n"; got "{text}".')
    sizes = [_size(name, part, text) for part in parts]
    shape: Shape = (sizes[0], sizes[1]) if len(sizes) == 2 else (sizes[0], 1) if sizes else (1, 1)
    if len(structures) > 1:
        raise DeriveError(f'{name} can have one structure, not {len(structures)}: "{text}".')
    structure = structures[0] if structures else ""
    if structure and structure not in STRUCTURES:
        raise DeriveError(unknown("structure", structure, STRUCTURES))
    if structure in SQUARE and shape[0] != shape[1]:
        raise DeriveError(f"{name} is {structure}, so it is square; ({shape[0]}, {shape[1]}) is not.")
    return Declaration(shape, structure)


def _size(name: str, part: str, text: str) -> Size:
    pieces: list[Size] = []
    for piece in part.split("*"):
        if re.fullmatch(r"[1-9][0-9]{0,6}", piece):
            pieces.append(int(piece))
        elif NAME.fullmatch(piece) and not iskeyword(piece) and piece not in RESERVED:
            pieces.append(piece)
        else:
            raise DeriveError(f"'{piece}' in the shape of {name}, \"{text}\", is no size: a name or a positive number.")
    return times(*pieces)


def shape_options(texts: Iterable[str]) -> dict[str, str]:
    """Shapes as the command line gives them: ``A: m,n``.

    >>> shape_options(["A: m,n", "S: n,n spd"])
    {'A': 'm,n', 'S': 'n,n spd'}

    Raises:
        DeriveError: a text without a colon, or a symbol that is declared twice.
    """
    found: dict[str, str] = {}
    for text in texts:
        name, colon, shape = text.partition(":")
        if not colon:
            raise DeriveError(f"a shape is given like 'A: m,n' or 'S: n,n symmetric'; got '{text}'.")
        if name.strip() in found:
            raise DeriveError(f"the shape of {name.strip()} is given twice.")
        found[name.strip()] = shape.strip()
    return found
