"""Identities of functions of a number: exponentials, logarithms, the logistic function, signs."""

from __future__ import annotations

from derive.expressions.calls import call
from derive.expressions.expression import Node, mul, neg, number, ones, power
from derive.expressions.identities import identity, normal
from derive.expressions.powers import positive

ONE = number(1)


@identity("functions", "exp", "log")
def undone(node: Node) -> Node | None:
    """exp(log x) = x and log(exp x) = x; exp(0) = 1 and log(1) = 0."""
    (x,) = node.args
    if x.op == {"exp": "log", "log": "exp"}[node.op]:
        return x.args[0]
    if x.value is not None and x.value == {"exp": 0, "log": 1}[node.op]:
        return number(1 if node.op == "exp" else 0)
    return None


@identity("functions", "abs", "relu", "sign", "step")
def of_positive(node: Node) -> Node | None:
    """|x| = x and sign x = 1 for a positive x."""
    (x,) = node.args
    if not positive(x):
        return None
    return x if node.op in ("abs", "relu") else ones(*node.shape)


@identity("functions", "pow")
def logistic_alone(node: Node) -> Node | None:
    """1 / (1 + exp(u)) = sigmoid(-u)."""
    argument = _one_plus_exp(node)
    if argument is None:
        return None
    return power(call("sigmoid", normal(neg(argument))), number(-node.args[1].data))


def _one_plus_exp(node: Node) -> Node | None:
    """u, where a node is a negative whole power of 1 + exp(u)."""
    if node.op != "pow" or node.args[0].op != "add" or node.args[1].value is None:
        return None
    exponent, terms = node.args[1].data, node.args[0].args
    if exponent >= 0 or exponent.denominator != 1 or len(terms) != 2 or ONE not in terms:
        return None
    other = terms[1] if terms[0] is ONE else terms[0]
    return other.args[0] if other.op == "exp" else None


@identity("functions", "mul")
def sign_times_absolute(node: Node) -> Node | None:
    """sign(x) |x|^p = x |x|^(p - 1)."""
    for arg in node.args:
        base, exponent = arg.args if arg.op == "pow" else (arg, ONE)
        if base.op == "abs" and exponent.value is not None and exponent.value >= 1:
            other = call("sign", base.args[0])
            if other in node.args:
                rest = [each for each in node.args if each is not arg and each is not other]
                return mul(*rest, base.args[0], power(base, number(exponent.value - 1)))
    return None


@identity("functions", "mul")
def sigmoid_times_exp(node: Node) -> Node | None:
    """sigmoid(u) exp(-u) = sigmoid(-u)."""
    for k, arg in enumerate(node.args):
        if arg.op == "sigmoid":
            opposite = normal(neg(arg.args[0]))
            rest = [*node.args[:k], *node.args[k + 1 :]]
            if call("exp", opposite) in rest:
                rest.remove(call("exp", opposite))
                return mul(*rest, call("sigmoid", opposite))
    return None
