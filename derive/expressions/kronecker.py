"""Identities of the Kronecker product and of stacked columns (Magnus and Neudecker 1979)."""

from __future__ import annotations

from derive.expressions.calls import call
from derive.expressions.expression import Node, eye, matmul, mul, ones, transpose, zeros
from derive.expressions.identities import identity
from derive.expressions.sizes import times


@identity("reductions", "kron")
def kronecker_of(node: Node) -> Node | None:
    """I ⊗ I = I, 1 ⊗ 1 = 1, 0 ⊗ A = 0, c ⊗ A = c A, a ⊗ bᵀ = a bᵀ, and numbers stand before the product."""
    left, right = node.args
    if left.scalar or right.scalar:
        return mul(left, right)
    if "zeros" in (left.op, right.op):
        return zeros(*node.shape)
    if left.op == right.op == "ones":
        return ones(*node.shape)
    if left.shape[1] == 1 == right.shape[0]:
        return matmul(left, right)
    if left.shape[0] == 1 == right.shape[1]:
        return matmul(right, left)
    if left.op == right.op == "eye":
        return eye(times(left.shape[0], right.shape[0]))
    scalars = [arg for x in (left, right) if x.op == "mul" for arg in x.args if arg.scalar]
    if not scalars:
        return None
    bare = [mul(*(arg for arg in x.args if not arg.scalar)) if x.op == "mul" else x for x in (left, right)]
    return mul(*scalars, call("kron", *bare))


@identity("reductions", "matmul")
def mixed_product(node: Node) -> Node | None:
    """(A ⊗ B)(C ⊗ D) = (A C) ⊗ (B D), where the shapes fit."""
    for k, (left, right) in enumerate(zip(node.args, node.args[1:], strict=False)):
        if left.op == right.op == "kron":
            (a, b), (c, d) = left.args, right.args
            if a.shape[1] == c.shape[0] and b.shape[1] == d.shape[0]:
                made = call("kron", matmul(a, c), matmul(b, d))
                return matmul(*node.args[:k], made, *node.args[k + 2 :])
            split = _eye_split(a, b, c, d)
            if split is not None:
                return matmul(*node.args[:k], split, *node.args[k + 2 :])
    return None


def _eye_split(a: Node, b: Node, c: Node, d: Node) -> Node | None:
    """I ⊗ (b ᵀ) times C ⊗ d, where only the second factors fit as they are split."""
    if a.op == "eye" and b.shape[0] == 1 and b.shape[1] == d.shape[0] and c.shape[0] == a.shape[0]:
        return mul(matmul(b, d), c) if d.shape[1] == 1 else None
    return None


@identity("reductions", "matmul")
def vec_of_kronecker(node: Node) -> Node | None:
    """(I ⊗ K ⊗ I) vec(C ⊗ D) = vec(C) ⊗ vec(D) for the commutation matrix K of fitting sizes."""
    for k, (left, right) in enumerate(zip(node.args, node.args[1:], strict=False)):
        if right.op != "vec" or left.op != "kron" or left.args[0].op != "kron":
            continue
        (outer, middle), inner = left.args[0].args, left.args[1]
        if (outer.op, middle.op, inner.op) != ("eye", "commutation", "eye"):
            continue
        n, p, (m, q) = outer.shape[0], inner.shape[0], middle.data
        parts = _kronecker_parts(right.args[0], (m, n), (p, q))
        if parts is not None:
            made = call("kron", *(call("vec", part) for part in parts))
            return matmul(*node.args[:k], made, *node.args[k + 2 :])
    return None


def _kronecker_parts(node: Node, one: tuple[object, object], two: tuple[object, object]) -> tuple[Node, Node] | None:
    """C and D of the given shapes with C ⊗ D = the node."""
    if node.op == "kron" and (node.args[0].shape, node.args[1].shape) == (one, two):
        return node.args[0], node.args[1]
    if node.op == "eye" and one[0] == one[1] and two[0] == two[1]:
        return eye(one[0]), eye(two[0])  # type: ignore[arg-type]
    return None


@identity("reductions", "matmul")
def vec_times_vec(node: Node) -> Node | None:
    """vec(A)ᵀ vec(B) is the sum of A ∘ B."""
    for k, (left, right) in enumerate(zip(node.args, node.args[1:], strict=False)):
        if left.op == "transpose" and left.args[0].op == right.op == "vec":
            one, two = left.args[0].args[0], right.args[0]
            if one.shape == two.shape:
                return matmul(*node.args[:k], call("sum", mul(one, two)), *node.args[k + 2 :])
    return None


@identity("reductions", "matmul")
def commuted_vec(node: Node) -> Node | None:
    """K vec(A) = vec(Aᵀ), and K(n,m) K(m,n) = I."""
    for k, (left, right) in enumerate(zip(node.args, node.args[1:], strict=False)):
        if left.op != "commutation":
            continue
        if right.op == "vec" and right.args[0].shape == left.data:
            made = call("vec", transpose(right.args[0]))
        elif right.op == "commutation" and right.data == left.data[::-1]:
            made = eye(left.shape[0])
        else:
            continue
        return matmul(*node.args[:k], made, *node.args[k + 2 :])
    return None


@identity("reductions", "sum", "sumsq", "norm1", "norm2")
def of_stacked(node: Node) -> Node | None:
    """Sums do not see how entries are stacked."""
    (x,) = node.args
    return call(node.op, x.args[0]) if x.op in ("vec", "unvec") else None


@identity("reductions", "matmul")
def kronecker_times_vec(node: Node) -> Node | None:
    """(Bᵀ ⊗ A) vec(X) = vec(A X B), and the same from the left."""
    for k, (left, right) in enumerate(zip(node.args, node.args[1:], strict=False)):
        if left.op == "kron" and right.op == "vec":
            (p, q), x = left.args, right.args[0]
            if (q.shape[1], p.shape[1]) == x.shape:
                made = call("vec", matmul(q, x, transpose(p)))
                return matmul(*node.args[:k], made, *node.args[k + 2 :])
        if right.op == "kron" and left.op == "transpose" and left.args[0].op == "vec":
            (p, q), x = right.args, left.args[0].args[0]
            if (q.shape[0], p.shape[0]) == x.shape:
                made = transpose(call("vec", matmul(transpose(q), x, p)))
                return matmul(*node.args[:k], made, *node.args[k + 2 :])
    return None


@identity("reductions", "matmul")
def commuted_kronecker(node: Node) -> Node | None:
    """K (A ⊗ B) K = B ⊗ A for commutation matrices of fitting sizes."""
    for k, (left, middle, right) in enumerate(zip(node.args, node.args[1:], node.args[2:], strict=False)):
        if (left.op, middle.op, right.op) == ("commutation", "kron", "commutation"):
            a, b = middle.args
            if left.data == (b.shape[0], a.shape[0]) and right.data == (a.shape[1], b.shape[1]):
                return matmul(*node.args[:k], call("kron", b, a), *node.args[k + 3 :])
    return None
