"""Identities of inverses and determinants."""

from __future__ import annotations

from derive.expressions.calls import call
from derive.expressions.expression import Node, dimension, mul, number, power
from derive.expressions.identities import identity
from derive.expressions.powers import matrix_power

ONE = number(1)


@identity("functions", "inv")
def inverse_of(node: Node) -> Node | None:
    """(X⁻¹)⁻¹ = X, (c X)⁻¹ = X⁻¹ / c, diag(x)⁻¹ = diag(1 / x), (A ⊗ B)⁻¹ = A⁻¹ ⊗ B⁻¹."""
    (x,) = node.args
    if x.op == "inv":
        return x.args[0]
    if x.op == "eye":
        return x
    base, exponent = matrix_power(x)
    if exponent not in (1, -1):
        return call("matpow", base, data=(-exponent,))
    if x.op == "mul" and x.args[0].scalar:
        scalars = [arg for arg in x.args if arg.scalar]
        return mul(*(power(arg, number(-1)) for arg in scalars), call("inv", mul(*x.args[len(scalars) :])))
    if x.op == "diag":
        return call("diag", power(x.args[0], number(-1)))
    if x.scalar:
        return power(x, number(-1))
    if x.op == "kron" and all(arg.shape[0] == arg.shape[1] for arg in x.args):
        return call("kron", *(call("inv", arg) for arg in x.args))
    return None


@identity("functions", "det")
def determinant_of(node: Node) -> Node | None:
    """det(c X) = cⁿ det X, det(X⁻¹) = 1 / det X, det(Xᵏ) = (det X)ᵏ."""
    (x,) = node.args
    if x.op == "mul" and x.args[0].scalar:
        scalars = [arg for arg in x.args if arg.scalar]
        scale = mul(*scalars)
        return mul(power(scale, dimension(x.shape[0])), call("det", mul(*x.args[len(scalars) :])))
    base, exponent = matrix_power(x)
    if exponent != 1:
        return power(call("det", base), number(exponent))
    return ONE if x.op == "eye" else None


@identity("functions", "logdet")
def log_determinant_of(node: Node) -> Node | None:
    """log|det X⁻¹| = -log|det X|."""
    (x,) = node.args
    base, exponent = matrix_power(x)
    if exponent != 1:
        return mul(number(exponent), call("logdet", base))
    return number(0) if x.op == "eye" else None
