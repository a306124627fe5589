"""Judging the NumPy lines: they are run."""

from __future__ import annotations

from collections.abc import Iterator

from derive.compare import differing, guarded
from derive.model import Model
from derive.proof import Code, Derivation, Finding
from derive.terms import Gradient


def code_findings(derivation: Derivation, model: Model) -> Iterator[Finding]:
    """Run the NumPy lines on small integers, which floating point holds exactly."""
    import numpy as np

    measured = model.arithmetic.measured

    names: dict[str, object] = {"np": np}
    names |= {m.name: np.array(model.matrix(m), float) for m in (*derivation.inputs, derivation.output)}
    names |= {letter: size for letter, size in model.sizes.items() if letter not in names}
    names[f"d{derivation.output.name}"] = np.array(model.matrix(derivation.upstream), float)
    expected = {derivation.output: derivation.output.name}
    expected |= {Gradient(derivation.loss, m): f"d{m.name}" for m in derivation.inputs}
    complete = [line.goal for line in derivation.code] == list(expected)
    yield Finding("NumPy, list", complete, "each of them once, in order", 0)
    for line in derivation.code:

        def compare(line: Code = line) -> tuple[str | None, int]:
            wanted = model.matrix(line.goal)
            try:
                # Our own text, made from the datum: what is printed is what is run. All that a user gives
                # to it are names, and those are letters and digits.
                result = np.asarray(eval(compile(line.text, "<numpy>", "eval"), dict(names)))
            except Exception as error:  # whatever the line raises is the line's fault
                return f"{line.text} raises {type(error).__name__}: {error}", 0
            if result.ndim == 0 and line.goal.shape == (1, 1):
                result = result.reshape(1, 1)
            if result.ndim != 2 or result.dtype.kind not in "fi":
                return f"{line.text} is no matrix of numbers", 0
            if result.shape != (len(wanted), len(wanted[0])):
                return differing(wanted, result.tolist()), 0
            found = [[measured(x, w) for x, w in zip(*rows, strict=True)] for rows in zip(result, wanted, strict=True)]
            fault = differing(wanted, found, model.arithmetic.same)
            if fault is None and line.goal == derivation.output:
                names[line.target] = result  # the lines after it read it, and a residue is no float
            return fault, result.size

        yield guarded(f"NumPy, {line.target} = {line.text}", compare)
        yield Finding(
            f"NumPy, name {line.target}", expected.get(line.goal) == line.target, "the name says what it is", 0
        )
