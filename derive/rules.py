"""The rules of the index calculation: pure functions from a node to what it equals.

A rule looks at one node and returns its replacement, or ``None`` where it does not apply.
``calculate`` applies an ordered tuple of rules, each to every node it fits, until none fits any
more, and records a step with the rule's reason each time one fires.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sympy import Add, Expr, Mul, Pow, S, Sum, expand_mul
from sympy.core.basic import Basic

from derive.functions import Elementary, abs, sign
from derive.minors import Cofactors, Determinant
from derive.positions import position
from derive.proof import Calc, Reason, Step
from derive.terms import Delta, MatrixElement, Partial, Terms, factors, total

Rewrite = Callable[[Basic], Basic | None]


@dataclass(frozen=True)
class Rule:
    """A rewriting with the reason why it is an equality."""

    reason: Reason
    rewrite: Rewrite

    def everywhere(self, expr: Basic) -> Basic:
        """``expr`` with every node replaced that the rule fits, the outermost first."""
        replaced = self.rewrite(expr)
        if replaced is not None:
            return replaced
        args = tuple(self.everywhere(arg) for arg in expr.args)
        return expr if args == expr.args else expr.func(*args)


def rule(name: str, text: str) -> Callable[[Rewrite], Rule]:
    """Make a rule of the decorated function, with the reason that the page prints beside it."""
    return lambda rewrite: Rule(Reason(name, text), rewrite)


def calculate(goal: Basic, start: Step, rules: tuple[Rule, ...]) -> Calc:
    """The calculation that begins with ``start`` and applies ``rules`` until nothing changes."""
    steps = [start]
    while True:
        current = steps[-1].result
        for each in rules:
            rewritten = each.everywhere(current)
            if rewritten != current:
                steps.append(Step(rewritten, each.reason))
                break
        else:
            return Calc(goal, tuple(steps))


def depends(expr: Basic, wrt: MatrixElement) -> bool:
    """Whether an entry of the matrix of ``wrt`` occurs in ``expr``; a cofactor holds none of its own row."""
    if isinstance(expr, MatrixElement) and expr.args[0] == Cofactors(wrt.args[0]):
        return bool(expr.args[1] != wrt.args[1])
    return expr == wrt.args[0] or any(depends(arg, wrt) for arg in expr.args)


@rule("sum rule", "a sum is differentiated term by term")
def sum_rule(node: Basic) -> Basic | None:
    if not isinstance(node, Partial):
        return None
    if isinstance(node.of, Sum):
        return Sum(Partial(node.of.function, node.wrt), *node.of.limits)
    if isinstance(node.of, (Add, Terms)):
        return node.of.func(*(Partial(term, node.wrt) for term in node.of.args))
    return None


@rule("constant factor", "constant factors stand outside")
def constant_factor(node: Basic) -> Basic | None:
    if not (isinstance(node, Partial) and isinstance(node.of, Mul)):
        return None
    constant = [f for f in factors(node.of) if not depends(f, node.wrt)]
    varying = [f for f in factors(node.of) if depends(f, node.wrt)]
    return Mul(*constant, Partial(Mul(*varying), node.wrt)) if constant and varying else None


@rule("product rule", "each factor is differentiated in turn")
def product_rule(node: Basic) -> Basic | None:
    if not (isinstance(node, Partial) and isinstance(node.of, Mul)):
        return None
    parts = factors(node.of)
    return Add(*(Mul(*parts[:k], Partial(f, node.wrt), *parts[k + 1 :]) for k, f in enumerate(parts)))


@rule("power rule", "a power is differentiated by its exponent")
def power_rule(node: Basic) -> Basic | None:
    if not (isinstance(node, Partial) and isinstance(node.of, Pow) and node.of.exp.is_number):
        return None
    base, exponent = node.of.args
    return exponent * base ** (exponent - 1) * Partial(base, node.wrt)


@rule("function rule", "the outer derivative times the inner one")
def function_rule(node: Basic) -> Basic | None:
    if not (isinstance(node, Partial) and isinstance(node.of, Elementary)):
        return None
    return node.of.fdiff() * Partial(node.of.args[0], node.wrt)


@rule("sign of a number", "a number over its absolute value is its sign")
def sign_rule(node: Basic) -> Basic | None:
    """sign(u) / |u| = 1 / u."""
    if not isinstance(node, Mul):
        return None
    for part in node.args:
        if isinstance(part, sign) and 1 / abs(part.args[0]) in node.args:
            return node / part * abs(part.args[0]) / part.args[0]
    return None


@rule("expansion", "the determinant expanded along the row of the variable")
def expansion_rule(node: Basic) -> Basic | None:
    """det X = Σ_t x_pt cof(X)_pt."""
    if not (isinstance(node, Partial) and isinstance(node.of, Determinant) and node.of.arg == node.wrt.args[0]):
        return None
    matrix, row, _ = node.wrt.args
    return Partial(total(matrix.cols, lambda t: matrix[row, t] * MatrixElement(Cofactors(matrix), row, t)), node.wrt)


@rule("independence", "the entries are independent variables")
def entry_rule(node: Basic) -> Basic | None:
    if not (isinstance(node, Partial) and isinstance(node.of, MatrixElement)):
        return None
    matrix, *at = node.of.args
    variable, *var_at = node.wrt.args
    return Mul(*(_agree(a, b) for a, b in zip(at, var_at, strict=True))) if matrix == variable else None


def _agree(a: Expr, b: Expr) -> Expr:
    """δ_ab; two places that are made of two indices agree where both do."""
    left, right = position(a), position(b)
    if left is None or right is None or left.size != right.size:
        return Delta(a, b)
    return Delta(left.fast, right.fast) * Delta(left.slow, right.slow)


@rule("constant", "terms without the variable have derivative 0")
def constant_rule(node: Basic) -> Basic | None:
    return S.Zero if isinstance(node, Partial) and not depends(node.of, node.wrt) else None


@rule("delta", "the Kronecker delta keeps one term")
def collapse_delta(node: Basic) -> Basic | None:
    """Σ_t δ_tq f(t) = f(q): sympy's own collapses or not by the order of the sums."""
    if not isinstance(node, Sum):
        return None
    for limit in node.limits:
        index = limit[0]
        for delta in factors(node.function):
            if isinstance(delta, Delta) and index in delta.args:
                kept = delta.args[1] if delta.args[0] == index else delta.args[0]
                body = node.function.xreplace({delta: S.One}).xreplace({index: kept})
                rest = [other for other in node.limits if other != limit]
                return Sum(body, *rest) if rest else body
    return None


@rule("linearity", "a sum may be split")
def split_sum(node: Basic) -> Basic | None:
    """Σ (f + g) = Σ f + Σ g, so that each part can collapse and be read by itself."""
    if not isinstance(node, Sum):
        return None
    terms = Add.make_args(expand_mul(node.function, deep=False))
    if len(terms) < 2:
        return None
    pairs = [term.as_coeff_Mul() for term in terms]
    return Add(*(number * Sum(rest, *node.limits) for number, rest in pairs))


DIFFERENTIATE = (
    constant_rule,
    sum_rule,
    constant_factor,
    product_rule,
    power_rule,
    function_rule,
    sign_rule,
    expansion_rule,
    entry_rule,
    collapse_delta,
)
COLLAPSE = (collapse_delta, split_sum)


def local_partial(
    formula: Expr, goal: Partial, by: Reason, last: tuple[Rule, ...] = (), first: tuple[Rule, ...] = ()
) -> Calc:
    """∂y_ij/∂x_pq from the formula of y_ij: written out by definition, then by the rules, ``last`` at the end."""
    return calculate(goal, Step(Partial(formula, goal.wrt), by), (*first, *DIFFERENTIATE, *last))
