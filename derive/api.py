"""The face of the library: ask for a derivation, show it, verify it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import derive.ops  # noqa: F401 - registers the operations
from derive.companions import Asked, companion, product
from derive.engine import derive_operation
from derive.forms import Options
from derive.judge import verdict
from derive.judge_exercise import exercise_verdict
from derive.notation import Notation
from derive.operation import named
from derive.proof import Derivation, Verdict
from derive.prose import ENGLISH
from derive.render import Manner, Practice, document, manner_of, refuse_faults
from derive.request import check_entries, check_names, check_parameters, check_sizes
from derive.suitable import refuse_unsuited


@dataclass(frozen=True)
class Derived(Derivation):
    """A derivation that can show itself.

    It is frozen; ``render`` and the notebook representations are views of it.  A derivation whose
    judge found a fault renders nowhere: ``render`` raises ``DeriveError``.
    """

    @cached_property
    def verdict(self) -> Verdict:
        return verdict(self)

    def render(
        self,
        format: str | None = None,
        *,
        template: str = "worked",
        notation: Notation | str | None = None,
        full: bool = False,
        language: str = ENGLISH,
        **options: Any,
    ) -> str:
        """The document, in a form (see ``derive templates``) or by a template of one's own.

        Args:
            format: a format of the form; its first one by default, ``md`` for the worked page.
            template: the name of a form, or the path of a template such as ``mine.md.jinja``.
            notation: a ``Notation``, or the name of one; by default the form's own.
            full: elide nothing.
            language: the name or the path of a file of sentences.
            options: what ``Options`` holds: ``numbered``, ``depth``, ``solutions``, ``numbers``, ``seed``.

        Raises:
            DeriveError: the form, the format, the notation, the language or an option is unknown, the form does
                not suit the operation, or the judge found a fault.

        >>> derivation("transpose", m=2, n=3).render("txt").splitlines()[0]
        'Transpose: the gradients of Y = Xᵀ'
        """
        manner = manner_of(template, notation, full, language, options)
        chosen = manner.usual if format is None else format
        main, told = self._told(manner.form.companions)
        refuse_unsuited(manner.form, main)
        companions = {name: (d, d.verdict) for name, d in told.items()}
        return document(main, main.verdict, chosen, manner, companions, self._practice(manner))

    def _practice(self, manner: Manner) -> Practice | None:
        """The exercise of a form that has one, with its numbers."""
        if not manner.form.practises:
            return None
        from derive.exercise import exercise

        options = manner.options or Options()
        made = exercise(self, options.numbers, options.seed)
        return made, exercise_verdict(made)

    def _told(self, kinds: tuple[str, ...]) -> tuple[Derived, dict[str, Derived]]:
        """What a form tells: of a layer the product, and its bias beside it; and what goes with them."""
        bare = product(self) if "bias" in kinds else None
        main = self if bare is None else _derived(bare, self)
        asked = {kind: companion(kind, self) for kind in kinds}
        told = {kind: _derived(each, self) for kind, each in asked.items() if each is not None}
        return main, told if bare is None else {"asked": self, **told}

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


def _derived(asked: Asked, of: Derivation) -> Derived:
    """A companion, worked out at the same entries, as far as its inputs have them."""
    operation, names, loss, sizes = asked
    inputs = dict(zip(names.split()[2:], named(operation).signature.inputs, strict=True))
    last = {name: (sizes.get(input.rows, 1), sizes.get(input.cols, 1)) for name, input in inputs.items()}
    entries = {e.entry.args[0].name: tuple(int(i) + 1 for i in e.entry.args[1:]) for e in of.worked.examples}
    chosen = {n: (i, j) for n, (i, j) in entries.items() if n in last and i <= last[n][0] and j <= last[n][1]}
    return derivation(operation, names=names, loss=loss, entries=chosen, **sizes)
