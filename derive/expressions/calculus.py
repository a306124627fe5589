"""Gradients, Jacobians and Hessians of expressions: derived, checked, and handed out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import derive.ops  # noqa: F401 - registers them, also for trees that no parser has read
from derive.chain import Reason, Step
from derive.errors import DeriveError
from derive.expressions import diagonals, exponentials, inverses, kronecker, powers, products, reductions, transposes
from derive.expressions.answer import Answer, checked
from derive.expressions.calls import call, replaced
from derive.expressions.declarations import NAME
from derive.expressions.differential import CONVENTIONS, Cotangent, Differential
from derive.expressions.expression import Node, add, eye, mul, neg, number, symbol, transpose, zeros
from derive.expressions.graph import vertices
from derive.expressions.identities import normal, steps
from derive.expressions.language import parse
from derive.expressions.linear_maps import jacobian_matrix, seed_for, slope
from derive.expressions.reverse import reverse_pass
from derive.expressions.shorter import presented, shortest
from derive.expressions.sizes import times
from derive.operation import unknown

RULES = (transposes, products, powers, reductions, diagonals, kronecker, inverses, exponentials)
"""The modules whose identities simplify the results."""

Shapes = Mapping[str, str]


def gradient(expression: Any, wrt: str | Iterable[str], shapes: Shapes | None = None, convention: str = "free") -> Any:
    """The gradient of a scalar expression: ∂f/∂X in denominator layout, the shape of X.

    The reverse pass carries ⟨∂f/∂Y, dY⟩ from f back to X with the theorem of each operation; the
    contributions of a variable that occurs several times are added; identities then bring the sum
    to its shortest form.  The result is checked against the definition of the derivative before it
    is returned: by dual numbers through the element formulas, at random points of several sizes.

    Args:
        expression: a text of the language, or a sympy expression of matrix symbols.
        wrt: the variable; or several, for a dictionary of answers.
        shapes: declared symbols, ``{"A": "m,n", "S": "n,n spd", "c": ""}``; the rest is inferred.
        convention: of a structured variable; see ``derive.expressions.differential.CONVENTIONS``.

    Raises:
        DeriveError: the text, the shapes or the convention cannot be read, the value is no scalar,
            or the result cannot be verified.

    Source: Magnus and Neudecker, Matrix Differential Calculus, chapters 5 and 9.

    >>> gradient("sumsq(A @ x - b)", wrt="x").formula
    '2 * A.T @ (A @ x - b)'
    """
    return _each(expression, wrt, shapes, convention, _gradient)


def jacobian(expression: Any, wrt: str | Iterable[str], shapes: Shapes | None = None) -> Any:
    """The Jacobian: the axes of the value, then those of the variable; axes of length 1 are dropped.

    Two axes print as a matrix.  More are the matrix K with dvec(F) = K dvec(X), which the program
    folds to an array with all its axes.

    Raises:
        DeriveError: as for ``gradient``.

    Source: Magnus and Neudecker, Matrix Differential Calculus, chapter 9.

    >>> jacobian("exp(A @ x)", wrt="x").formula
    'diag(exp(A @ x)) @ A'
    >>> jacobian("A @ X @ B", wrt="X").formula
    'kron(B.T, A)'
    """
    return _each(expression, wrt, shapes, "free", _jacobian)


def hessian(expression: Any, wrt: str | Iterable[str], shapes: Shapes | None = None) -> Any:
    """The Hessian of a scalar expression: the axes of the variable twice.

    It is the Jacobian of the gradient; both are checked.

    Raises:
        DeriveError: as for ``gradient``.

    >>> hessian("x.T @ A @ x", wrt="x").formula
    'A + A.T'
    """
    return _each(expression, wrt, shapes, "free", _hessian)


def _each(expression: Any, wrt: Any, shapes: Shapes | None, convention: str, derive: Any) -> Any:
    value = read(expression, shapes)
    if isinstance(wrt, str):
        return derive(value, _variable(value, wrt, shapes), shapes, convention)
    names = [_name(each, expression) for each in (wrt if isinstance(wrt, Iterable) else [wrt])]
    if not names:
        raise DeriveError("no variable was named to differentiate by.")
    answers = {name: derive(value, _variable(value, name, shapes), shapes, convention) for name in names}
    return answers if isinstance(wrt, Iterable) else answers[names[0]]


def _name(variable: Any, expression: Any) -> Any:
    """The name of a variable; a symbol of sympy is one of the expression's, and not another of that name."""
    if isinstance(variable, str):
        return variable
    symbols = [*getattr(expression, "free_symbols", (variable,))]
    if variable not in symbols:
        raise DeriveError(unknown("variable", str(variable), sorted(map(str, symbols))))
    return getattr(variable, "name", variable)


def read(expression: Any, shapes: Shapes | None = None) -> Node:
    """The expression that was given, as text, in sympy, or read before."""
    if isinstance(expression, Node):
        return expression
    if isinstance(expression, str):
        return parse(expression, shapes)
    from derive.expressions.from_sympy import from_sympy

    return from_sympy(expression, shapes or {})


def _variable(value: Node, name: Any, shapes: Shapes | None) -> Node:
    """The symbol that is differentiated by."""
    found = {node.name: node for node in value.walk() if node.op == "symbol"}
    if name in found:
        return found[name]
    if isinstance(name, str) and name in (shapes or {}) and NAME.fullmatch(name):
        return next(node for node in parse(f"{name}", shapes).walk() if node.op == "symbol")
    raise DeriveError(unknown("variable", str(name), sorted(found)))


def _unstructured(value: Node, wrt: Node) -> tuple[Node, Node]:
    """The variable without what is known of it, so that a derivative sees all its entries."""
    plain = symbol(wrt.name, wrt.shape)
    return replaced(value, {wrt: plain}), plain


def _gradient(value: Node, wrt: Node, shapes: Shapes | None, convention: str) -> Answer:
    if not value.scalar:
        rows, cols = value.shape
        raise DeriveError(
            f"a gradient is that of a scalar, and this is ({rows}, {cols}); ask for the Jacobian."
            + _taken_as_columns(value, shapes or {})
        )
    _check_convention(wrt, convention)
    return checked("gradient", value, wrt, [gradient_differential(value, wrt, convention)], shapes)


def _taken_as_columns(value: Node, shapes: Shapes) -> str:
    """What may be meant as numbers, and was not declared."""
    symbols = [node.name for node in value.walk() if node.op == "symbol" and node.name not in shapes]
    columns = [name for name in symbols if name[0].islower()]
    if not columns:
        return ""
    return f" Taken as columns: {', '.join(columns)}; a number is declared, as in --shape 'c: 1,1'."


def gradient_differential(value: Node, wrt: Node, convention: str = "free") -> Differential:
    """The reverse pass and the simplification, as a chain of equal expressions."""
    found = reverse_pass(value, [wrt.name])
    start = found[wrt].value if wrt in found else zeros(*wrt.shape)
    raw = add(*(part.value for part in found[wrt].contributions)) if wrt in found and wrt is not value else start
    chain = [Step(raw, Reason("reverse pass", "the contributions of all operations that it enters"))]
    if convention != "free":
        chain = [Step(_projected(raw, convention), Reason("convention", CONVENTIONS[convention]))]
    return Differential(
        "gradient",
        value,
        wrt,
        convention,
        tuple(vertices(value)),
        _backwards(found, value),
        tuple(simplified(chain, value)),
        (),
    )


def _backwards(found: Mapping[Node, Cotangent], root: Node) -> tuple[Cotangent, ...]:
    """The cotangents in the order of the reverse pass."""
    order = [vertex.value for vertex in vertices(root)][::-1]
    places = {node: place for place, node in enumerate(order)}
    return tuple(sorted(found.values(), key=lambda each: places.get(each.of, len(order))))


def simplified(chain: list[Step], value: Node) -> Iterable[Step]:
    """The chain, and the steps that lead from its end to the form that a person would write."""
    yield from chain
    current = chain[-1].result
    for new, reason in steps(current):
        yield Step(new, Reason("identity", reason))
        current = new
    written = [normal(node) for node in value.walk()]
    short = shortest(current, written)
    if short is not current:
        yield Step(short, Reason("shortest form", "common factors outside, and what cancels is gone"))
    shown = presented(short)
    if shown is not short:
        yield Step(shown, Reason("order", "terms and factors in the usual order"))


def _jacobian(value: Node, wrt: Node, shapes: Shapes | None, convention: str) -> Answer:
    if value.scalar:
        return checked("jacobian", value, wrt, [gradient_differential(value, wrt)], shapes)
    return checked("jacobian", value, wrt, [jacobian_differential(value, wrt)], shapes)


def jacobian_differential(value: Node, wrt: Node) -> Differential:
    """The Jacobian as a matrix, with the axes that it folds to."""
    plain_value, plain = _unstructured(value, wrt)
    seed = seed_for(value)
    found = reverse_pass(plain_value, [plain.name], seed)
    if plain in found:
        arrived = found[plain].value
        raw = slope(arrived, seed) if wrt.scalar else jacobian_matrix(arrived, seed)
    else:
        raw = zeros(*value.shape) if wrt.scalar else zeros(times(*value.shape), times(*wrt.shape))
    axes = tuple(side for side in (*value.shape, *wrt.shape) if side != 1)
    chain = [
        Step(replaced(raw, {plain: wrt}), Reason("linear map", "what arrives, read as a linear map of the cotangent"))
    ]
    return Differential(
        "jacobian",
        value,
        wrt,
        "free",
        tuple(vertices(value)),
        _backwards(found, value) if plain is wrt else (),
        tuple(simplified(chain, value)),
        axes if len(axes) > 2 else (),
    )


def _hessian(value: Node, wrt: Node, shapes: Shapes | None, convention: str) -> Answer:
    if not value.scalar:
        raise DeriveError("a Hessian is that of a scalar expression.")
    plain_value, plain = _unstructured(value, wrt)
    first = gradient_differential(plain_value, plain)
    slopes = first.result
    second = gradient_differential(slopes, plain) if plain.scalar else jacobian_differential(slopes, plain)
    if plain is not wrt:
        raw = replaced(second.result, {plain: wrt})
        second = Differential(
            second.kind,
            replaced(slopes, {plain: wrt}),
            wrt,
            "free",
            tuple(vertices(replaced(slopes, {plain: wrt}))),
            (),
            tuple(simplified([Step(raw, Reason("structure", f"{wrt.name} has its structure"))], value)),
            second.axes,
        )
    return checked("hessian", value, wrt, [first, second], shapes)


def _check_convention(wrt: Node, convention: str) -> None:
    if convention not in CONVENTIONS:
        raise DeriveError(unknown("convention", convention, CONVENTIONS))
    if convention == "free":
        return
    needed = {"symmetric": ("symmetric", "spd"), "diagonal": ("diagonal",)}[convention.partition("-")[0]]
    if wrt.data[1] not in needed:
        raise DeriveError(
            f"the convention {convention} is for a variable declared as {' or '.join(needed)}; {wrt.name} is not."
        )


def _projected(free: Node, convention: str) -> Node:
    """The gradient that the convention means, from that with independent entries."""
    if convention == "symmetric-projection":
        return mul(number(1) if free.scalar else call("ratio", number(1), number(2)), add(free, transpose(free)))
    identity = eye(free.shape[0])
    if convention == "symmetric-independent-entries":
        return add(free, transpose(free), neg(mul(free, identity)))
    return mul(free, identity)
