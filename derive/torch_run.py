"""The PyTorch program of a page: what is printed is what is run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import Any

from sympy import StrictGreaterThan

from derive.errors import DeriveError
from derive.proof import Derivation

TOLERANCE = "1e-12"
"""Both gradients are calculated in double precision, with some 1e-16 of error for each operation."""

MOST = "largest difference"
_MEASURED = re.compile(rf"({MOST}) [\d.e+-]+")


def unmeasured(text: str) -> str:
    """A page without what was measured for it, which depends on the machine.

    >>> unmeasured("dX: largest difference 5.6e-17")
    'dX: largest difference'
    """
    return _MEASURED.sub(r"\1", text)


@dataclass(frozen=True)
class Experiment:
    """The gradients by hand beside those of autograd, for the mean of all entries as the loss.

    PyTorch need not be there: then ``available`` is false, and the program can be shown but not run.
    """

    derivation: Derivation

    @cached_property
    def _torch(self) -> Any:
        try:
            return import_module("torch")
        except (ImportError, OSError):  # or what it is built on is not there
            return None

    @property
    def available(self) -> bool:
        return self._torch is not None

    @property
    def given(self) -> str:
        """The name of the upstream gradient."""
        return f"d{self.derivation.output.name}"

    @property
    def loss(self) -> str:
        names = [matrix.name for matrix in (*self.derivation.inputs, self.derivation.output)]
        return next(name for name in ("loss", "total_loss") if name not in names)

    @property
    def tolerance(self) -> str:
        return TOLERANCE

    @property
    def drawn(self) -> list[str]:
        """The lines that draw the inputs."""
        positive = any(isinstance(condition, StrictGreaterThan) for condition in self.derivation.domain)
        lines = []
        for calc in self.derivation.worked.inputs:
            shape = f"{calc.goal.rows}, {calc.goal.cols}"
            tensor = f"(torch.rand({shape}) + 0.5).requires_grad_()" if positive else None
            lines.append(f"{calc.goal.name} = {tensor or f'torch.randn({shape}, requires_grad=True)'}")
        return lines

    @property
    def forward(self) -> str:
        return next(f"{line.target} = {line.text}" for line in self.derivation.torch)

    @property
    def measured(self) -> list[str]:
        """The lines that make a loss of the output, and let autograd differentiate it."""
        return [f"{self.loss} = {self.derivation.output.name}.mean()", f"{self.loss}.backward()"]

    @property
    def upstream(self) -> str:
        output = self.derivation.output.name
        return f"{self.given} = torch.ones_like({output}) / {output}.numel()"

    @property
    def gradients(self) -> list[str]:
        return [f"{line.target} = {line.text}" for line in self.derivation.torch[1:]]

    @property
    def compared(self) -> list[str]:
        return [f'print(f"{hand}: {MOST} {{({hand} - {autograd}).abs().max():.2g}}")' for hand, autograd in self._pairs]

    @property
    def _pairs(self) -> list[tuple[str, str]]:
        """Each gradient by hand, and the same by autograd."""
        lines, inputs = self.derivation.torch[1:], self.derivation.inputs
        return [(line.target, f"{matrix.name}.grad") for line, matrix in zip(lines, inputs, strict=True)]

    @property
    def program(self) -> str:
        """All lines, in the order in which they run."""
        blocks = [
            ["import torch"],
            ["torch.manual_seed(0)", "torch.set_default_dtype(torch.float64)", *self.drawn],
            [self.forward, *self.measured],
            ["with torch.no_grad():", *(f"    {line}" for line in (self.upstream, *self.gradients))],
            self.compared,
        ]
        return "\n\n".join("\n".join(block) for block in blocks)

    @cached_property
    def output(self) -> str:
        """What the program prints.

        Raises:
            DeriveError: it raises, or gradients differ by more than the tolerance: no page is made of that.
        """
        self._check_names()
        torch = self._torch
        printed: list[str] = []
        names = {"print": printed.append, "__import__": lambda name, *_: {"torch": torch}[name]}
        made: dict[str, Any] = {"__builtins__": names}
        before = torch.get_default_dtype()
        try:
            with torch.random.fork_rng(devices=[]):
                # Our own text, of names that were checked, with nothing built in but print and torch: what the
                # page shows is what has to run.
                exec(compile(self.program, "<torch>", "exec"), made)
            differing = [hand for hand, autograd in self._pairs if not self._agree(made, hand, autograd)]
        except Exception as error:  # whatever it raises is its fault
            raise DeriveError(f"the PyTorch program raises {type(error).__name__}: {error}.") from error
        finally:
            torch.set_default_dtype(before)
        if differing:
            raise DeriveError(f"the gradients differ from those of PyTorch: {', '.join(differing)}.")
        return "\n".join(printed)

    def _agree(self, made: Mapping[str, Any], hand: str, autograd: str) -> bool:
        tolerance = float(TOLERANCE)
        found, wanted = made[hand], made[autograd.removesuffix(".grad")].grad
        return bool(self._torch.allclose(found, wanted, rtol=tolerance, atol=tolerance))

    def _check_names(self) -> None:
        """Let only such names into a program as stand for something in it.

        Raises:
            DeriveError: another one occurs.
        """
        d = self.derivation
        known = {"torch", "print", self.loss, *(m.name for m in (*d.inputs, d.output))}
        known |= {self.given, *(line.target for line in d.torch)}
        unknown = set(_names(self.program)) - known
        if unknown:
            raise DeriveError(f"the PyTorch program speaks of {', '.join(sorted(unknown))}, which is nothing there.")


def _names(program: str) -> Iterator[str]:
    """The names of a program, and the attributes that are hidden."""
    for node in ast.walk(ast.parse(program)):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute) and node.attr.startswith("_"):
            yield node.attr
