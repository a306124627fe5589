"""Identities of sums, traces, diagonals and stacked columns."""

from __future__ import annotations

from functools import partial

from derive.expression import Node, add, call, dimension, eye, matmul, mul, number, ones, power, transpose, zeros
from derive.identities import identity, normal
from derive.products import normal_transpose
from derive.text import text
from derive.transposes import turns

LINEAR = ("sum", "tr", "rowsum", "colsum", "diag", "diagvec", "vec", "unvec")
"""Operations f with f(c A) = c f(A) for a number c, and f(0) = 0."""


@identity("scalars", *LINEAR)
def linear(node: Node) -> Node | None:
    """f(c A) = c f(A)."""
    (x,) = node.args
    if x.op == "zeros":
        return zeros(*node.shape)
    if x.op != "mul" or not x.args[0].scalar or x.scalar:
        return None
    scalars = [arg for arg in x.args if arg.scalar]
    return mul(*scalars, call(node.op, mul(*x.args[len(scalars) :]), data=node.data or ()))


OF_A_NUMBER = (*LINEAR, "det", "logsumexp", "norm1", "norm2", "sumsq", "logdet", "matpow", "entry")


@identity("scalars", *OF_A_NUMBER)
def of_a_number(node: Node) -> Node | None:
    """The sum, the trace, the determinant of a number is that number."""
    (x,) = node.args
    if not x.scalar:
        return None
    if node.op in ("sumsq", "matpow"):
        return power(x, number(2 if node.op == "sumsq" else node.data[0]))
    if node.op == "logdet":
        return call("log", call("abs", x))
    return call("abs", x) if node.op in ("norm1", "norm2") else x


@identity("reductions", "entry")
def entry_of(node: Node) -> Node | None:
    """Entries of 0, 1 and I, and of a transpose."""
    (x,), (row, col) = node.args, node.data
    if x.op in ("zeros", "ones"):
        return number(int(x.op == "ones"))
    if x.op == "eye":
        return number(int(row == col))
    return call("entry", x.args[0], data=(col, row)) if x.op == "transpose" else None


@identity("reductions", "softmax")
def softmax_of_a_column(node: Node) -> Node | None:
    """The softmax of a single entry is 1."""
    return ones(*node.shape) if node.shape[1] == 1 else None


@identity("reductions", "sum", "rowsum", "colsum")
def of_ones(node: Node) -> Node | None:
    """Sums of ones count; a commutation matrix has one 1 in each row and column."""
    (x,) = node.args
    if x.op == "commutation":
        return dimension(x.shape[0]) if node.op == "sum" else ones(*node.shape)
    if x.op != "ones":
        return None
    rows, cols = x.shape
    if node.op == "sum":
        return mul(dimension(rows), dimension(cols))
    return mul(dimension(cols if node.op == "rowsum" else rows), ones(*node.shape))


@identity("reductions", "sum", "rowsum", "colsum")
def of_one_line(node: Node) -> Node | None:
    """A column is its own row sum; the column sum of a column is its sum."""
    (x,) = node.args
    if (node.op == "rowsum" and x.shape[1] == 1) or (node.op == "colsum" and x.shape[0] == 1):
        return x
    if (node.op == "rowsum" and x.shape[0] == 1) or (node.op == "colsum" and x.shape[1] == 1):
        return call("sum", x)
    return None


@identity("reductions", "sum", "rowsum", "colsum")
def of_a_product(node: Node) -> Node | None:
    """The row sums of A B are A times the row sums of B; the sum of a bᵀ is the product of the sums."""
    (x,) = node.args
    if x.op != "matmul":
        return None
    if node.op == "rowsum":
        return matmul(*x.args[:-1], call("rowsum", x.args[-1]))
    if node.op == "colsum":
        return matmul(call("colsum", x.args[0]), *x.args[1:])
    cut = next((k for k in range(1, len(x.args)) if x.args[k].shape[0] == 1), None)
    if cut is None:
        return None
    return mul(call("sum", matmul(*x.args[:cut])), call("sum", matmul(*x.args[cut:])))


@identity("reductions", "sum")
def pairing(node: Node) -> Node | None:
    """The sum of (a bᵀ) ∘ A is aᵀ A b; of a ∘ b, for columns, it is aᵀ b."""
    (x,) = node.args
    if x.op != "mul" or x.scalar:
        return None
    if x.shape[1] == 1 and len(x.args) == 2:
        return matmul(normal(transpose(x.args[0])), x.args[1])
    for k, arg in enumerate(x.args):
        if arg.scalar:
            continue
        rest = mul(*x.args[:k], *x.args[k + 1 :])
        if rest.scalar:
            continue
        split = outer(arg)
        if split is not None:
            return matmul(normal(transpose(split[0])), rest, normal(transpose(split[1])))
    return None


@identity("reductions", "sum")
def pairing_of_diagonals(node: Node) -> Node | None:
    """The sum of A ∘ I is the trace of A; of A ∘ Bᵀ, the trace of A B."""
    (x,) = node.args
    if x.op != "mul" or x.scalar:
        return None
    for k, arg in enumerate(x.args):
        rest = mul(*x.args[:k], *x.args[k + 1 :])
        if rest.scalar:
            continue
        if arg.op == "eye":
            return call("tr", rest)
        if arg.op == "transpose" and arg.args[0].op != "mul":
            return call("tr", matmul(rest, arg.args[0]))
    return None


def outer(node: Node) -> tuple[Node, Node] | None:
    """The column and the row whose product a matrix is."""
    if node.op != "matmul":
        return None
    cut = next((k for k in range(1, len(node.args)) if node.args[k].shape[0] == 1), None)
    return None if cut is None else (matmul(*node.args[:cut]), matmul(*node.args[cut:]))


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


@identity("reductions", "sum")
def sum_of_squares(node: Node) -> Node | None:
    """The sum of A² is the sum of squares."""
    (x,) = node.args
    if x.op == "pow" and x.args[1].value == 2:
        return call("sumsq", x.args[0])
    return None


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


@identity("reductions", "matmul")
def with_ones(node: Node) -> Node | None:
    """A product with a column or a row of ones adds up rows or columns."""
    for k, (left, right) in enumerate(zip(node.args, node.args[1:], strict=False)):
        if right.op == "ones" and right.shape[1] == 1:
            made = call("rowsum", left)
        elif left.op == "ones" and left.shape[0] == 1:
            made = call("colsum", right)
        else:
            continue
        return matmul(*node.args[:k], made, *node.args[k + 2 :])
    return None


@identity("reductions", "rowsum", "colsum")
def of_spread(node: Node) -> Node | None:
    """Row sums of (a 1ᵀ) ∘ B are a ∘ the row sums of B."""
    (x,) = node.args
    if x.op != "mul":
        return None
    for k, arg in enumerate(x.args):
        line = spread_line(arg, "row" if node.op == "rowsum" else "col")
        rest = mul(*x.args[:k], *x.args[k + 1 :])
        if line is not None:
            return mul(line, call(node.op, ones(*x.shape) if rest.scalar else rest))
    return None


def spread_line(node: Node, way: str) -> Node | None:
    """a, where a matrix is a 1ᵀ (for rows) or 1 a (for columns), or a power of such."""
    if node.op == "pow":
        line = spread_line(node.args[0], way)
        return None if line is None else power(line, node.args[1])
    if node.op != "matmul":
        return None
    if way == "row" and node.args[-1].op == "ones" and node.args[-1].shape[0] == 1:
        return matmul(*node.args[:-1])
    if way == "col" and node.args[0].op == "ones" and node.args[0].shape[1] == 1:
        return matmul(*node.args[1:])
    return None


@identity("reductions", "mul", "pow")
def spread_together(node: Node) -> Node | None:
    """(a 1ᵀ) ∘ (b 1ᵀ) = (a ∘ b) 1ᵀ."""
    for way in ("row", "col"):
        lines = [(arg, spread_line(arg, way)) for arg in node.args if not arg.scalar]
        found = [line for _, line in lines if line is not None]
        if node.op == "pow" and found:
            made = power(found[0], node.args[1])
        elif len(found) > 1:
            made = mul(*found)
        else:
            continue
        whole = matmul(made, ones(1, node.shape[1])) if way == "row" else matmul(ones(node.shape[0], 1), made)
        if node.op == "pow":
            return whole
        return mul(*(arg for arg in node.args if arg.scalar), *(arg for arg, line in lines if line is None), whole)
    return None


@identity("reductions", "unvec", "vec")
def stacked_back(node: Node) -> Node | None:
    """unvec(vec(X)) = X; a column is its own vec; stacked ones are ones."""
    (x,) = node.args
    if x.op == "ones":
        return ones(*node.shape)
    if node.op == "unvec" and x.op == "vec" and x.args[0].shape == node.shape:
        return x.args[0]
    if node.op == "unvec" and node.shape[1] == 1:
        return x
    if node.op == "vec" and x.op == "unvec":
        return x.args[0]
    if node.op == "vec" and x.shape[0] == 1:
        return normal(transpose(x))
    return x if node.op == "vec" and x.shape[1] == 1 else None


@identity("structure", "sum", "rowsum")
def stochastic(node: Node) -> Node | None:
    """The entries of a distribution add up to 1."""
    (x,) = node.args
    rows, cols = x.shape
    known = x.op == "softmax" or (x.op == "symbol" and x.data[1] == "stochastic")
    if not known:
        return None
    if x.op == "symbol" and cols == 1:
        return number(1) if node.op == "sum" else None
    return dimension(rows) if node.op == "sum" else ones(rows, 1)


@identity("functions", "affine", "bias")
def of_one_row(node: Node) -> Node | None:
    """x W + b, where there is one row, or a number, to add b to."""
    *factors, row = node.args
    return add(matmul(*factors), row) if node.shape[0] == 1 or row.scalar else None
