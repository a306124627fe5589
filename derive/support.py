"""Where a local partial derivative is 0 because the variable does not occur, and the sum without those paths."""

from __future__ import annotations

from collections.abc import Callable

from sympy import Expr, Mul

from derive.proof import Calc, Reason, Step, Support, Theorem
from derive.terms import Delta, Partial, factors, over

VANISHING = Reason("zeros", "the other local partial derivatives are 0")
INSERTED = Reason("insert", "the local partial derivatives inserted")


def support(theorem: Theorem, local: Callable[[dict[Expr, Expr]], Calc]) -> Support | None:
    """What is left of a chain rule when the paths without the variable are left out.

    For ∂y_ij/∂x_pq = δ_ip (...) these are the paths with i ≠ p.  ``local`` calculates the local partial
    derivative with some of the indices replaced.  There is none where no path can be left out, or
    where the terms of a local partial derivative differ in that.
    """
    goal = theorem.local.goal
    row_col = [index for index in goal.of.args[1:] if index.is_Symbol]
    variable = [index for index in goal.wrt.args[1:] if index.is_Symbol]
    deltas = [part for part in factors(theorem.local.result) if isinstance(part, Delta)]
    pairs = [tuple(sorted(delta.args, key=lambda index: index in variable)) for delta in deltas]
    agree = tuple((i, p) for i, p in pairs if i in row_col and p in variable)
    if not agree or len(agree) < len(deltas) or len({i for i, _ in agree}) < len(agree):
        return None
    here = dict(agree)
    full = theorem.entry.steps[0]
    limits = [limit for limit in getattr(full.result, "limits", ()) if limit[0] not in here]
    term = Mul(Partial(theorem.gradient.loss, goal.of), goal).xreplace(here)
    found = local(here)
    lines = [full, Step(over(term, limits), VANISHING)]
    inserted = over(term.xreplace({found.goal: found.result}), limits)
    at = next((k for k, step in enumerate(theorem.entry.steps) if step.result == inserted), None)
    if at is None:
        return None
    rest = (Step(inserted, INSERTED), *theorem.entry.steps[at + 1 :])
    return Support(goal, agree, found, Calc(theorem.entry.goal, (*lines, *rest)))
