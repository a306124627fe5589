"""Writing documents: whole or not at all."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

from derive.errors import DeriveError

FORMATS = ("md", "html", "tex", "txt", "json")
EXPRESSION_FORMATS = ("md", "tex", "txt", "json")
STANDARD_OUTPUT = "-"
ATOMIC = 1000


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


def format_of(output: str | None) -> str:
    """The format that the ending of a file name says; Markdown for a folder or a name without one.

    Raises:
        DeriveError: no format has that ending.

    >>> format_of("notes/"), format_of("page.tex")
    ('md', 'tex')
    """
    ending = Path(output or "").suffix.lstrip(".").lower()
    if output is None or output.endswith("/") or not ending or Path(output).is_dir():
        return "md"
    if ending not in FORMATS:
        raise DeriveError(f"no format goes by the ending .{ending}; choose one with --format {'|'.join(FORMATS)}.")
    return ending


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
