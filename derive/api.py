"""The face of the library: ask for a derivation, show it, verify it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import derive.ops  # noqa: F401 - registers the operations
from derive.engine import derive_operation
from derive.judge import verdict
from derive.operation import named
from derive.proof import Derivation, Verdict
from derive.prose import ENGLISH
from derive.render import document, refuse_faults
from derive.request import check_entries, check_names, check_parameters, check_sizes


@dataclass(frozen=True)
class Derived(Derivation):
    """A derivation that can show itself.

    It is frozen; ``render`` and the notebook representations are views of it.  A derivation whose
    judge found a fault renders nowhere: ``render`` raises ``DeriveError``.
    """

    @cached_property
    def verdict(self) -> Verdict:
        return verdict(self)

    def render(self, format: str = "md", *, full: bool = False, language: str = ENGLISH) -> str:
        """The document in ``md``, ``html``, ``tex``, ``txt`` or ``json``; ``full`` elides nothing.

        Its prose is English, or that of a TOML file: ``language="de.toml"``.

        Raises:
            DeriveError: the format or the language is unknown, or the judge found a fault.

        >>> derivation("transpose", m=2, n=3).render("txt").splitlines()[0]
        'Transpose: the gradients of Y = Xᵀ'
        """
        return document(self, self.verdict, format, full=full, language=language)

    def _repr_markdown_(self) -> str:
        return self.render("md")

    def _repr_latex_(self) -> str:
        """The rules alone, for a front end that shows LaTeX but no Markdown."""
        from derive.latex_display import LatexWriter

        writer = LatexWriter(self)
        refuse_faults(self.verdict)
        return "\n".join(f"$$\n{writer.rule(theorem)}\n$$" for theorem in self.theorems)


def derivation(
    operation: str,
    *,
    names: str | None = None,
    loss: str = "L",
    entries: Mapping[str, tuple[int, int]] | None = None,
    **sizes: Any,
) -> Derived:
    """The gradients of an operation, derived for all sizes and worked out at ``sizes``.

    For Y = f(X, W, ...), a scalar loss L and G = ∂L/∂Y, the identity behind every result is the
    chain rule ∂L/∂x_pq = Σ_i Σ_j ∂L/∂y_ij ∂y_ij/∂x_pq; for a matrix product it gives
    ∂L/∂X = G Wᵀ and ∂L/∂W = Xᵀ G.  Gradients are in denominator layout: ∂L/∂X has the shape of X.

    Args:
        operation: a registered operation, "matmul" for instance.
        names: other names for the matrices, output first: ``"C = A B"``.
        loss: another name for the loss.
        entries: the entry of an input to work out in detail, counted from 1: ``{"X": (2, 3)}``.
        sizes: one positive integer for each size letter of the signature: ``m=2, k=4, n=3``; and the
            numbers that the operation depends on, if any: ``p=3``.

    Raises:
        DeriveError: the operation is unknown, or the sizes, names or entries do not fit it.

    Source: the chain rule in index form, as in Magnus and Neudecker, Matrix Differential Calculus.

    >>> d = derivation("matmul", m=2, k=4, n=3)
    >>> [str(theorem.matrix) for theorem in d.theorems]
    ['Gradient(L, Y)*W.T', 'X.T*Gradient(L, Y)']
    >>> verify(d).ok
    True
    """
    chosen = named(operation)
    numbers = {name: sizes.pop(name, None) for name in chosen.parameters}
    checked = check_sizes(chosen.signature, sizes)
    parameters = check_parameters(operation, numbers)
    checked_names = check_names(chosen.signature, names, loss)
    spots = check_entries(chosen.signature, checked_names, checked, entries or {})
    made = derive_operation(chosen, checked, checked_names, loss, spots, parameters)
    return Derived(**vars(made))


def verify(derivation: Derivation) -> Verdict:
    """Judge every line, cell, label, shape and NumPy line of a derivation.

    The judge evaluates the datum in exact arithmetic modulo 2^61 - 1 against the definition.

    >>> verify(derivation("transpose", m=2, n=3)).faults
    ()
    """
    return verdict(derivation)
