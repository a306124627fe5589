"""Identities of sums over entries, rows and columns, and of stacked columns."""

from __future__ import annotations

from derive.expressions.calls import call
from derive.expressions.expression import Node, add, dimension, matmul, mul, number, ones, power, transpose, zeros
from derive.expressions.identities import identity, normal

LINEAR = ("sum", "tr", "rowsum", "colsum", "diag", "diagvec", "vec", "unvec")
"""Operations f with f(c A) = c f(A) for a number c, and f(0) = 0."""


@identity("scalars", "mean")
def mean_by_sum(node: Node) -> Node | None:
    """The mean of A is the sum of A over the number of its entries."""
    (x,) = node.args
    rows, cols = x.shape
    return mul(call("sum", x), power(mul(dimension(rows), dimension(cols)), number(-1)))


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


@identity("reductions", "sum")
def sum_of_squares(node: Node) -> Node | None:
    """The sum of A² is the sum of squares."""
    (x,) = node.args
    if x.op == "pow" and x.args[1].value == 2:
        return call("sumsq", x.args[0])
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


@identity("functions", "affine", "bias", "affine_columns")
def of_one_sample(node: Node) -> Node | None:
    """x W + b, where there is one row, or a number, to add b to; W x + b, where there is one column."""
    *factors, line = node.args
    samples = node.shape[1 if node.op == "affine_columns" else 0]
    return add(matmul(*factors), line) if samples == 1 or line.scalar else None
