"""Which entries of the output hold which entries of the inputs, counted at given sizes."""

from __future__ import annotations

from dataclasses import replace

from derive.proof import Worked
from derive.terms import entries


def counted(worked: Worked) -> Worked:
    """The same, with the pairs of an entry of the output and an entry of an input that it holds counted.

    They are read off the output as it is written out.  Where it is not, because only an identity tells what it
    is, every entry holds all.
    """
    output = worked.output.goal
    written = [set(entries(cell)) for cell in worked.output.steps[-1].result]
    implied = any(entry.args[0] == output for cell in written for entry in cell)
    held = tuple(
        len(written) * int(calc.goal.rows * calc.goal.cols)
        if implied
        else sum(entry.args[0] == calc.goal for cell in written for entry in cell)
        for calc in worked.inputs
    )
    return replace(worked, held=held)
