"""Differentiating an identity: the derivative of what has no formula that holds for all sizes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sympy import Add, Expr, Sum, Symbol, Unequality
from sympy.core.basic import Basic

from derive.claims import claim
from derive.domain import domain
from derive.indexed import indexed, inverse_of
from derive.minors import Cofactors, Determinant
from derive.operation import Operation, registered
from derive.proof import Calc, Lemma, Reason, Step, Theorem
from derive.rules import (
    COLLAPSE,
    DIFFERENTIATE,
    Rule,
    calculate,
    collapse_delta,
    expansion_rule,
    rule,
    split_sum,
    sum_rule,
)
from derive.terms import Call, Delta, MatrixElement, MatrixSymbol, Partial, fresh

INVERSE = Reason("the derivative of the inverse", "the derivative of the inverse, above")
DETERMINANT = Reason("the derivative of the determinant", "the derivative of the determinant, above")
IDENTITY = Reason("identity", "the identity that defines it")
OTHER_SIDE = Reason("identity", "it holds from the other side as well")
ZERO = Reason("constant", "the derivative of the identity is that of a constant: 0")
ONE_TERM = Reason("delta", "the Kronecker delta keeps one term")
UNIT = Reason("identity", "the second identity")
EXCHANGED = Reason("exchange", "the sums are exchanged")
ABOVE = Reason("solved", "the equation above")


@dataclass(frozen=True)
class Known:
    """What is shown ahead of the local partials: lemmas, and the derivative of ``unknown`` that they end with."""

    unknown: Basic
    lemmas: tuple[Lemma, ...]
    local: Calc
    reason: Reason

    def of(self, output: MatrixSymbol) -> tuple[tuple[Lemma, ...], Calc]:
        """The same of the output of an operation that is the unknown itself."""
        names = {self.unknown: output}
        return tuple(Lemma(each.says, _renamed(each.calc, names)) for each in self.lemmas), _renamed(self.local, names)

    @property
    def cited(self) -> tuple[Lemma, ...]:
        """All of it as lemmas, for a formula in which the unknown stands."""
        return (*self.lemmas, Lemma(f"{self.reason.name[0].upper()}{self.reason.name[1:]}:", self.local))

    @property
    def rule(self) -> Rule:
        """The derivative as a rule."""
        goal = self.local.goal
        letters = (*_indices(goal.of), *goal.wrt.args[1:])

        def known(node: Basic) -> Basic | None:
            if not isinstance(node, Partial) or node.wrt.args[0] != goal.wrt.args[0]:
                return None
            if self.unknown != (node.of.args[0] if isinstance(node.of, MatrixElement) else node.of):
                return None
            at = (*_indices(node.of), *node.wrt.args[1:])
            return self.local.result.xreplace(dict(zip(letters, at, strict=True)))

        return Rule(self.reason, known)


def _indices(of: Basic) -> tuple[Basic, ...]:
    return tuple(of.args[1:]) if isinstance(of, MatrixElement) else ()


def implicit(operation: Operation, unknown: Call, letters: Sequence[str]) -> Known:
    """The derivative of an inverse, from X Y = I and Y X = I.

    The first identity is differentiated by x_pq; the second solves what it becomes for ∂y_ij/∂x_pq.
    """
    [variable] = unknown.operands
    i, j, p, q = map(Symbol, letters[:4])
    stated = (operation.signature.output, *operation.signature.inputs)
    names = dict(zip((operand.name for operand in stated), (unknown, variable), strict=True))
    names |= {operation.signature.output.rows: variable.rows}
    first, second = (claim(text.partition("=")[0], names) for text in operation.identities)
    identity, other = indexed(first, i, j), indexed(second, i, j)
    goal = Partial(identity, variable[p, q])
    rules = (*DIFFERENTIATE, split_sum)
    differentiated = calculate(goal, Step(sum_rule.everywhere(goal), sum_rule.reason), rules)
    terms = Add.make_args(differentiated.result)
    left = next(term for term in terms if term.has(Partial))
    right = -Add(*(term for term in terms if term != left))
    unit = Delta(i, j)
    lemmas = (
        Lemma("Entry by entry, the identity that defines the inverse is", Calc(identity, (Step(unit, IDENTITY),))),
        Lemma("It holds from the other side as well,", Calc(other, (Step(unit, OTHER_SIDE),))),
        Lemma("The left side of the first is differentiated by an entry of the variable:", differentiated),
        Lemma("Its right side is constant, so that this is 0. Hence", Calc(left, (Step(right, ZERO),))),
    )
    local = _solved(Partial(MatrixElement(unknown, i, j), variable[p, q]), other, left, right)
    return Known(unknown, lemmas, local, INVERSE)


def _solved(goal: Partial, other: Sum, left: Sum, right: Expr) -> Calc:
    """∂y_ij/∂x_pq from Σ_s x_ts ∂y_sj/∂x_pq = ``right``, by the products with the y_it."""
    unknown, i, j = goal.of.args
    (t, low, high), s = other.limits[0], fresh(Add(other, left, goal.wrt, goal.of))
    moved = goal.xreplace({i: s})
    steps = (
        Step(Sum(Delta(i, s) * moved, (s, low, high)), ONE_TERM),
        Step(Sum(other.function.xreplace({j: s}) * moved, (t, low, high), (s, low, high)), UNIT),
        Step(
            Sum(
                MatrixElement(unknown, i, t)
                * Sum(left.function.xreplace({left.limits[0][0]: s}).xreplace({i: t}), (s, low, high)),
                (t, low, high),
            ),
            EXCHANGED,
        ),
    )
    put_in = Step(Sum(MatrixElement(unknown, i, t) * right.xreplace({i: t}), (t, low, high)), ABOVE)
    return Calc(goal, (*steps, *calculate(goal, put_in, (collapse_delta, *COLLAPSE)).steps))


def _renamed(calc: Calc, names: Mapping[Basic, Basic]) -> Calc:
    return Calc(calc.goal.xreplace(names), tuple(Step(step.result.xreplace(names), step.by) for step in calc.steps))


def implied(definition: Expr, letters: Sequence[str]) -> Known | None:
    """What is known of the inverse or the determinant in a formula, if one is in it."""
    for entry in sorted(definition.atoms(MatrixElement), key=str):
        if isinstance(entry.args[0], Call) and registered()[entry.args[0].name].identities:
            return implicit(registered()[entry.args[0].name], entry.args[0], letters)
    for determinant in sorted(definition.atoms(Determinant), key=str):
        if isinstance(determinant.arg, MatrixSymbol) and determinant != definition:
            goal = Partial(determinant, determinant.arg[Symbol(letters[2]), Symbol(letters[3])])
            first = Step(expansion_rule.everywhere(goal), expansion_rule.reason)
            return Known(determinant, (), calculate(goal, first, (*DIFFERENTIATE, CRAMER)), DETERMINANT)
    return None


def is_implied(definition: Expr) -> bool:
    """Whether a formula speaks of determinants or inverses."""
    return bool(definition.has(Determinant, Call))


@rule("Cramer's rule", "by Cramer's rule")
def CRAMER(node: Basic) -> Basic | None:
    """cof(X)_pq = det X (X⁻¹)_qp."""
    if not (isinstance(node, MatrixElement) and isinstance(node.args[0], Cofactors)):
        return None
    matrix, row, col = node.args
    return Determinant(matrix.arg) * MatrixElement(inverse_of(matrix.arg), col, row)


def conditions(definition: Expr, theorems: Sequence[Theorem]) -> tuple[Basic, ...]:
    """Where the result has a derivative, and what the gradients speak of exists."""
    formulas = (definition, *(theorem.matrix for theorem in theorems))
    calls = [call for formula in formulas for call in sorted(formula.atoms(Call), key=str)]
    inverted = [call.operands[0] for call in calls if registered()[call.name].identities]
    exist = (Unequality(Determinant(matrix), 0) for matrix in inverted)
    return tuple(dict.fromkeys((*domain(definition), *exist)))
