"""Standard output and standard error, whatever state they come in."""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext
from typing import Any


def prepare_streams() -> None:
    """Formulas are Unicode, whatever the locale; and a standard output that was closed is none."""
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115 - it lives as long as the program
    sys.stderr = sys.stderr or sys.stdout
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")


def silence() -> None:
    """What Python still holds back for a standard output that takes no more goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def working(slow: bool, what: str) -> Any:
    """Something that moves while long work is done, if somebody is watching."""
    if not (slow and sys.stderr.isatty()):
        return nullcontext()
    from rich.console import Console

    return Console(stderr=True).status(f"{what} …")
