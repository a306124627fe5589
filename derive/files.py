"""Writing documents: whole or not at all."""

from __future__ import annotations

import os
import re
import stat
import sys
import zlib
from collections.abc import Iterable, Mapping
from fractions import Fraction
from pathlib import Path

from derive.errors import DeriveError
from derive.forms import form

EXPRESSION_FORMATS = ("md", "tex", "txt", "json")
ENDINGS = {"standalone": "html"}
"""Of formats that do not end in their own name."""
STANDARD_OUTPUT = "-"
ATOMIC = 1000
LONGEST_PART = 40
"""What is longer in a file name is cut off."""


def operation_name(
    operation: str, sizes: Iterable[int], numbers: Mapping[str, Fraction], template: str, format: str
) -> str:
    """The name of the file that holds a document about an operation.

    >>> operation_name("matmul", (2, 4, 3), {}, "worked", "md")
    'matmul-2x4x3.md'
    >>> operation_name("pow", (2, 2), {"p": Fraction(-1, 2)}, "post", "standalone")
    'pow-2x2-p-1over2-post.html'
    """
    parts = [f"{letter}{number}".replace("/", "over") for letter, number in numbers.items()]
    form = [] if template == "worked" else [Path(template).name.partition(".")[0]]
    return f"{'-'.join([operation, 'x'.join(map(str, sizes)), *parts, *form])}.{ENDINGS.get(format, format)}"


def question_name(kind: str, expression: str, variables: Iterable[str], told: Iterable[str]) -> str:
    """The name of a page about an expression, without an ending.

    It reads like the question; what a file name cannot hold, and what else was ``told``, is in the
    number at its end, so that another question has another name.

    >>> question_name("gradient", "sumsq(A @ x - b)", ["x"], [])
    'gradient-sumsq-A-x-b-by-x-34f503b5'
    """
    variables = list(variables)
    number = zlib.crc32("\n".join([expression, *variables, "", *told]).encode())
    return f"{kind}-{_part(expression)}-by-{_part(' '.join(variables))}-{number:08x}"


def _part(text: str) -> str:
    """A text in letters, digits and single dashes, which every file system takes."""
    return re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-")[:LONGEST_PART].rstrip("-")


def place(target: str | None, name: str) -> Path | None:
    """Where a document goes: a file, a folder (then ``name`` in it), or ``None`` for standard output.

    >>> place(None, "matmul-2x4x3.md").as_posix(), place("-", "matmul-2x4x3.md")
    ('output/matmul-2x4x3.md', None)
    """
    if target == STANDARD_OUTPUT:
        return None
    if target == "":
        raise DeriveError("a file without a name: -o takes a file, a folder or - for standard output.")
    if target is None:
        return Path("output") / name
    if target.endswith(("/", os.sep)) or Path(target).is_dir():
        return Path(target) / name
    return Path(target)


def format_of(template: str, output: str | None, format: str | None) -> str:
    """The format that is asked for, by name or by the ending of a file; else the usual one of the form.

    Raises:
        DeriveError: the form has no format that goes by it.

    >>> format_of("worked", "notes/", None), format_of("worked", "page.tex", None), format_of("lecture", "-", None)
    ('md', 'tex', 'tex')
    """
    if template.endswith(".jinja"):
        return Path(Path(template).stem).suffix.lstrip(".")
    chosen = form(template)
    ending = Path(output or "").suffix.lstrip(".").lower()
    folder = output is None or output.endswith("/") or not ending or Path(output).is_dir()
    if format is None and not folder and ending not in {ENDINGS.get(name, name) for name in chosen.formats}:
        known = "|".join(chosen.formats)
        raise DeriveError(f"no format of {template} goes by the ending .{ending}; choose one with --format {known}.")
    found = format or (next(iter(chosen.formats)) if folder else ending)
    chosen.dress(found)
    return found


def deliver(text: str, path: Path | None) -> None:
    """Write ``text`` to ``path``, making its folder, or to standard output.

    The text goes to a new file beside the old one, which it replaces when it is complete.

    Raises:
        DeriveError: the file cannot be written; what was there before is untouched.
    """
    if path is None:
        # A piece of this length goes into a pipe whole or not at all, even when Python does not buffer.
        for start in range(0, len(text), ATOMIC):
            sys.stdout.write(text[start : start + ATOMIC])
        sys.stdout.flush()
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.is_file():
            path.write_text(text, "utf-8")
        else:
            _replace(Path(os.path.realpath(path)), text)
    except OSError as error:
        raise DeriveError(f"cannot write {path}: {error.strerror or error}.") from error


def _replace(path: Path, text: str) -> None:
    unfinished = path.with_name(f".{os.getpid()}.part")
    try:
        unfinished.write_text(text, "utf-8")
        if path.exists():
            unfinished.chmod(stat.S_IMODE(path.stat().st_mode))
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)
