"""How fast `derive` is, as ratios against a bare loop measured in the same run.

    python benchmarks/run.py

Every figure is the smallest of several repetitions, so that a busy machine does not show; the ratio
is what to look at, since both sides of it ran on the same machine at the same time.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from time import perf_counter

from rich.console import Console
from rich.table import Table
from sympy import MatrixSymbol

import derive


def best(repetitions: int, work: Callable[..., object], *arguments: object) -> float:
    """The shortest time of several runs, in seconds."""
    times = []
    for _ in range(repetitions):
        start = perf_counter()
        work(*arguments)
        times.append(perf_counter() - start)
    return min(times)


def double_loop(size: int) -> None:
    """What a plain sympy script does: differentiate every entry by every symbol."""
    left, right = (MatrixSymbol(name, size, size).as_explicit() for name in "XW")
    for entry in left * right:
        for symbol in (*left, *right):
            entry.diff(symbol)


def derived(size: int) -> None:
    """The whole derivation and the judge's verdict."""
    if not derive.verify(derive.derivation("matmul", m=size, k=size, n=size)).ok:
        raise SystemExit("the judge found a fault: this benchmark measures nothing")


def run(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True)


def main() -> None:
    derived(2)
    table = Table("size", "derived and verified (s)", "sympy double loop (s)", "ratio", title="matrix product")
    for size in (4, 6, 8, 10):
        ours, theirs = best(5, derived, size), best(1, double_loop, size)
        table.add_row(f"{size}×{size}×{size}", f"{ours:.3f}", f"{theirs:.2f}", f"{theirs / ours:.0f}")
    growth = Table("size", "terms", "seconds", "microseconds per term", title="growth with the number of terms")
    for size in (5, 10, 20, 30):
        seconds = best(2, derived, size)
        growth.add_row(
            f"{size}×{size}×{size}", f"{3 * size**3:,}", f"{seconds:.3f}", f"{seconds / (3 * size**3) * 1e6:.1f}"
        )
    start = Table("command", "seconds", "ratio to an empty Python", title="start-up")
    empty = best(5, run, [sys.executable, "-c", ""])
    for arguments in (["--version"], ["--help"], ["matmul", "--m", "2", "--k", "4", "--n", "3", "-o", "-"]):
        command = [sys.executable, "-m", "derive", *arguments]
        seconds = best(5, run, command)
        start.add_row(f"derive {' '.join(arguments)}", f"{seconds:.3f}", f"{seconds / empty:.0f}")
    console = Console(width=100)
    for each in (table, growth, start):
        console.print(each)


if __name__ == "__main__":
    main()
