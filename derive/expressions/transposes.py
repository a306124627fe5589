"""Identities of the transpose: (A B)ᵀ = Bᵀ Aᵀ, and where a transpose changes nothing."""

from __future__ import annotations

from derive.expressions.calls import call, rebuilt
from derive.expressions.expression import Node, commutation, matmul, mul, ones, transpose, zeros
from derive.expressions.identities import identity, normal
from derive.expressions.nature import entrywise

SYMMETRIC = frozenset(("symmetric", "spd", "diagonal"))

UNTURNED = ("sum", "sumsq", "norm1", "norm2", "logsumexp", "tr", "det", "logdet", "diagvec")
"""Operations that give the same for a matrix and its transpose."""


@identity("transposes", "transpose")
def transpose_of(node: Node) -> Node | None:
    """(A B)ᵀ = Bᵀ Aᵀ, (c A)ᵀ = c Aᵀ, (A ⊗ B)ᵀ = Aᵀ ⊗ Bᵀ."""
    (x,) = node.args
    if x.op == "matmul":
        return matmul(*(transpose(factor) for factor in reversed(x.args)))
    if x.op in ("ones", "zeros"):
        return (ones if x.op == "ones" else zeros)(*node.shape)
    if x.op in ("eye", "diag"):
        return x
    if x.op == "commutation":
        return commutation(x.data[1], x.data[0])
    if x.op == "kron":
        return call("kron", *(transpose(arg) for arg in x.args))
    if x.op == "mul" and x.args[0].scalar:
        matrices = [arg for arg in x.args if not arg.scalar]
        return mul(*(arg for arg in x.args if arg.scalar), transpose(mul(*matrices))) if matrices else x
    return None


@identity("structure", "transpose")
def symmetric(node: Node) -> Node | None:
    """Sᵀ = S for what is symmetric: declared so, or built symmetrically."""
    (x,) = node.args
    if x.shape[0] != x.shape[1]:
        return None
    if x.op == "symbol":
        return x if x.data[1] in SYMMETRIC else None
    if x.op in ("inv", "matpow", "pow") or entrywise(x.op):
        inner = x.args[0]
        return x if normal(transpose(inner)) is normal(inner) else None
    if x.op in ("add", "mul"):
        return x if _same_parts(x, _turned(x)) else None
    return None


def _turned(x: Node) -> Node:
    """The transpose of a sum or an entrywise product, part by part."""
    return rebuilt(x, tuple(arg if arg.scalar else normal(transpose(arg)) for arg in x.args))


def _same_parts(one: Node, other: Node) -> bool:
    return one.op == other.op and sorted(map(id, one.args)) == sorted(map(id, other.args))


@identity("transposes", "inv", "matpow", "pow")
def outwards(node: Node) -> Node | None:
    """f(Xᵀ) = f(X)ᵀ for inverses and powers."""
    if node.args[0].op != "transpose":
        return None
    return transpose(rebuilt(node, (node.args[0].args[0], *node.args[1:])))


@identity("transposes", *UNTURNED, "rowsum", "colsum")
def reduced(node: Node) -> Node | None:
    """Sums and traces do not see a transpose; row sums become column sums."""
    (x,) = node.args
    if x.op != "transpose":
        return None
    if node.op in UNTURNED:
        return call(node.op, x.args[0])
    return transpose(call("colsum" if node.op == "rowsum" else "rowsum", x.args[0]))


def turns(node: Node) -> int:
    """How many transposes are written."""
    return sum(turns(arg) for arg in node.args) + (node.op == "transpose")


@identity("transposes", "add", "mul")
def gathered(node: Node) -> Node | None:
    """Aᵀ + Bᵀ = (A + B)ᵀ, where that writes fewer transposes."""
    if node.scalar or (node.op == "mul" and sum(not arg.scalar for arg in node.args) < 2):
        return None
    if not any(arg.op in ("transpose", "matmul", "mul") for arg in node.args):
        return None
    other = _turned(node)
    return transpose(other) if turns(other) + 1 < turns(node) else None


@identity("transposes", "transpose")
def scattered(node: Node) -> Node | None:
    """(Aᵀ + Bᵀ)ᵀ = A + B, where that writes fewer transposes."""
    (x,) = node.args
    if x.op not in ("add", "mul"):
        return None
    other = _turned(x)
    return other if turns(other) < turns(x) + 1 else None


@identity("transposes", "*")
def entrywise_turned(node: Node) -> Node | None:
    """f(Xᵀ) = f(X)ᵀ for a function of each entry."""
    if node.args and node.args[0].op == "transpose" and entrywise(node.op):
        return transpose(call(node.op, node.args[0].args[0]))
    return None
