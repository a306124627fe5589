"""Identities of diagonals and traces."""

from __future__ import annotations

from functools import partial

from derive.expressions.calls import call
from derive.expressions.expression import Node, add, dimension, eye, matmul, mul, ones, transpose
from derive.expressions.identities import identity, normal
from derive.expressions.products import normal_transpose
from derive.expressions.reductions import outer
from derive.expressions.text import text
from derive.expressions.transposes import turns


@identity("reductions", "tr", "sum", "diagvec", "rowsum", "colsum")
def of_identity(node: Node) -> Node | None:
    """tr I = n; the diagonal of I holds ones, and so do its row sums."""
    (x,) = node.args
    if x.op == "eye":
        return dimension(x.shape[0]) if node.op in ("tr", "sum") else ones(*node.shape)
    if x.op == "diag":
        if node.op in ("diagvec", "rowsum"):
            return x.args[0]
        return transpose(x.args[0]) if node.op == "colsum" else call("sum", x.args[0])
    return None


@identity("reductions", "tr")
def trace_of_product(node: Node) -> Node | None:
    """tr(A B) = tr(B A) = tr(Bᵀ Aᵀ): the turn with the fewest transposes; tr(a bᵀ) = bᵀ a."""
    (x,) = node.args
    if x.op != "matmul":
        return None
    split = outer(x)
    if split is not None:
        return matmul(split[1], split[0])
    turned = normal_transpose(x)
    ways = [matmul(*each.args[k:], *each.args[:k]) for each in (x, turned) for k in range(len(each.args))]
    best = min(ways, key=lambda way: (turns(way), text(way)))
    return call("tr", best) if (turns(best), text(best)) < (turns(x), text(x)) else None


@identity("reductions", "tr", "diagvec", "sum", "sumsq", "norm1", "norm2", "rowsum", "colsum")
def of_kronecker(node: Node) -> Node | None:
    """tr(A ⊗ B) = tr(A) tr(B), and the same for sums; row sums of A ⊗ B are those of A ⊗ those of B."""
    (x,) = node.args
    if x.op != "kron":
        return None
    if node.op in ("tr", "diagvec") and any(arg.shape[0] != arg.shape[1] for arg in x.args):
        return None
    return (mul if node.scalar else partial(call, "kron"))(*(call(node.op, arg) for arg in x.args))


@identity("reductions", "diagvec")
def diagonal_of_turned(node: Node) -> Node | None:
    """A matrix and its transpose have one diagonal; that of A Bᵀ holds the row sums of A ∘ B."""
    (x,) = node.args
    if x.op != "matmul":
        return None
    last = x.args[-1]
    rest = matmul(*x.args[:-1])
    if last.op == "transpose" and rest.shape == last.args[0].shape:
        return call("rowsum", mul(rest, last.args[0]))
    turned = normal_transpose(x)
    return call("diagvec", turned) if turns(turned) < turns(x) else None


@identity("reductions", "diagvec")
def diagonal_of(node: Node) -> Node | None:
    """The diagonal of a bᵀ is a ∘ b; of A ∘ B, the product of the diagonals; of diag(a) B, a ∘ that of B."""
    (x,) = node.args
    split = outer(x)
    if split is not None:
        return mul(split[0], normal(transpose(split[1])))
    if x.op == "mul":
        return mul(*(arg if arg.scalar else call("diagvec", arg) for arg in x.args))
    if x.op == "matmul" and any(arg.op == "diag" for arg in x.args[1:-1]):
        k = next(k for k, arg in enumerate(x.args[1:-1], 1) if arg.op == "diag")
        left, right = matmul(*x.args[:k]), matmul(*x.args[k + 1 :])
        return matmul(mul(left, normal(transpose(right))), x.args[k].args[0])
    if x.op == "matmul" and x.args[0].op == "diag":
        return mul(x.args[0].args[0], call("diagvec", matmul(*x.args[1:])))
    if x.op == "matmul" and x.args[-1].op == "diag":
        return mul(call("diagvec", matmul(*x.args[:-1])), x.args[-1].args[0])
    if x.op == "add" and any(arg.op in ("eye", "diag") or outer(arg) for arg in x.args):
        return add(*(arg if arg.scalar else call("diagvec", arg) for arg in x.args))
    return None


@identity("reductions", "add")
def sum_of_diagonals(node: Node) -> Node | None:
    """c diag(a) + diag(b) = diag(c a + b)."""
    found = {arg: inside for arg in node.args if (inside := _inside_diagonal(arg)) is not None}
    if len(found) < 2:
        return None
    return add(*(arg for arg in node.args if arg not in found), call("diag", add(*found.values())))


def _inside_diagonal(node: Node) -> Node | None:
    """a, where a term is diag(a); c a, where it is c diag(a)."""
    if node.op == "diag":
        return node.args[0]
    if node.op == "mul" and [arg.op for arg in node.args if not arg.scalar] == ["diag"]:
        return mul(*(arg if arg.scalar else arg.args[0] for arg in node.args))
    return None


@identity("reductions", "diag")
def diag_of(node: Node) -> Node | None:
    """diag(1) = I."""
    return eye(node.shape[0]) if node.args[0].op == "ones" else None


@identity("reductions", "matmul")
def with_diagonals(node: Node) -> Node | None:
    """diag(a) b = a ∘ b for columns, and diag(a) diag(b) = diag(a ∘ b)."""
    for k, (left, right) in enumerate(zip(node.args, node.args[1:], strict=False)):
        if left.op == right.op == "diag":
            made = call("diag", mul(left.args[0], right.args[0]))
        elif left.op == "diag" and right.shape[1] == 1:
            made = mul(left.args[0], right)
        elif right.op == "diag" and left.shape[0] == 1:
            made = mul(left, normal(transpose(right.args[0])))
        else:
            continue
        return matmul(*node.args[:k], made, *node.args[k + 2 :])
    return None
