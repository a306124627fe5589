"""Jacobians: the matrix K of a linear map, vec(F) = K vec(U), read off an expression F linear in U."""

from __future__ import annotations

from collections.abc import Iterator

from derive.errors import DeriveError
from derive.expressions.calls import call
from derive.expressions.expression import Node, add, commutation, eye, matmul, mul, ones, symbol, transpose, unit, zeros
from derive.expressions.identities import normal
from derive.expressions.reverse import reverse_pass
from derive.expressions.shorter import expansion
from derive.expressions.sizes import times


def seed_for(value: Node) -> Node:
    """A symbol for an arbitrary cotangent of a value, by a letter that the value does not use."""
    taken = {node.name for node in value.walk() if node.op == "symbol"}
    name = next(letter for letter in (*"UVWGH", *(f"U{k}" for k in range(100))) if letter not in taken)
    return symbol(name, value.shape)


def jacobian_matrix(arrived: Node, seed: Node) -> Node:
    """∂vec(F)/∂vec(X): one row for each entry of F and one column for each entry of X.

    The reverse pass carries an arbitrary cotangent U, the ``seed``, from F to X.  What ``arrived``
    there is linear in U, and ⟨U, dF⟩ = ⟨X̄(U), dX⟩ makes the Jacobian the transpose of that map.

    >>> from derive.expressions.language import parse
    >>> value = parse("A @ X @ B", {"A": "m,n", "X": "n,k", "B": "k,p"})
    >>> seed = seed_for(value)
    >>> found = reverse_pass(value, ["X"], seed)
    >>> jacobian_matrix(found[symbol("X", ("n", "k"))].value, seed)
    kron(B.T, A)
    """
    if seed.name not in arrived.symbols:
        return zeros(times(*seed.shape), times(*arrived.shape))
    return normal(transpose(linear_map(arrived, seed)))


def slope(arrived: Node, seed: Node) -> Node:
    """∂F/∂t for a scalar t, a matrix of the shape of F: what arrives at t is ⟨U, ∂F/∂t⟩.

    >>> from derive.expressions.language import parse
    >>> value = parse("inv(A + t * B)", {"A": "n,n", "B": "n,n", "t": ""})
    >>> seed = seed_for(value)
    >>> slope(reverse_pass(value, ["t"], seed)[symbol("t", (1, 1))].value, seed)
    -inv(A + t * B) @ B @ inv(A + t * B)
    """
    again = reverse_pass(arrived, [seed.name])
    return again[seed].value if seed in again else zeros(*seed.shape)


def linear_map(node: Node, of: Node) -> Node:
    """K with vec(node) = K vec(``of``), for a node that is linear in the symbol ``of``.

    Raises:
        DeriveError: the node is not linear in it, as far as can be seen.
    """
    if node is of:
        return eye(times(*of.shape))
    if of.name not in node.symbols:
        rest = normal(node)
        if rest.op == "zeros" or rest.value == 0:
            return zeros(times(*node.shape), times(*of.shape))
        raise DeriveError(f"internal: {node} does not depend on {of.name}")
    (position, inner), *others = [(k, arg) for k, arg in enumerate(node.args) if of.name in arg.symbols] or [(0, node)]
    if node.op == "add":
        return _sum(node, of)
    if others:
        parts = expansion(node)
        if len(parts) > 1:
            return _sum(add(*parts), of)
        raise DeriveError("the Jacobian has no matrix form that this program can read off.")
    if node.op == "matmul":
        left, right = node.args[:position], node.args[position + 1 :]
        if inner.op == "diag":
            return linear_map(_spread(left, inner.args[0], right), of)
        before = matmul(*left) if left else eye(inner.shape[0])
        after = matmul(*right) if right else eye(inner.shape[1])
        return _after(call("kron", transpose(after), before), inner, of)
    if node.op == "mul":
        rest = mul(*node.args[:position], *node.args[position + 1 :])
        if inner.scalar:
            return (
                matmul(call("vec", rest), linear_map(inner, of))
                if not rest.scalar
                else mul(rest, linear_map(inner, of))
            )
        if rest.scalar:
            return mul(rest, linear_map(inner, of))
        return _after(call("diag", call("vec", rest)), inner, of)
    for op, left_factor in _outer(node, inner):
        if op == node.op:
            return _after(left_factor, inner, of)
    return linear_map(_rewritten(node, inner), of)


def _sum(node: Node, of: Node) -> Node:
    parts = []
    for arg in node.args:
        made = linear_map(arg, of)
        if arg.scalar and not node.scalar:
            made = matmul(call("vec", ones(*node.shape)), made)
        parts.append(made)
    return add(*parts)


def _after(matrix: Node, inner: Node, of: Node) -> Node:
    return normal(matmul(normal(matrix), linear_map(inner, of)))


def _outer(node: Node, x: Node) -> Iterator[tuple[str, Node]]:
    """The matrix K of a linear operation: vec(f(X)) = K vec(X)."""
    rows, cols = x.shape
    if node.op == "transpose":
        yield "transpose", commutation(rows, cols)
    elif node.op == "sum":
        yield "sum", ones(1, times(rows, cols))
    elif node.op == "tr":
        yield "tr", transpose(call("vec", eye(rows)))
    elif node.op in ("vec", "unvec"):
        yield node.op, eye(times(rows, cols))
    elif node.op == "rowsum":
        yield "rowsum", call("kron", ones(1, cols), eye(rows))
    elif node.op == "colsum":
        yield "colsum", call("kron", eye(cols), ones(1, rows))
    elif node.op == "entry":
        row, col = node.data
        yield "entry", call("kron", transpose(unit(cols, col)), transpose(unit(rows, row)))


def _rewritten(node: Node, inner: Node) -> Node:
    """The same linear map in terms of those above."""
    size = node.shape[0]
    if node.op == "diag":
        return mul(matmul(inner, ones(1, size)), eye(size))
    if node.op == "diagvec":
        return call("rowsum", mul(inner, eye(size)))
    if node.op == "kron":
        left, right = node.args
        (m, n), (p, q) = left.shape, right.shape
        shuffle = call("kron", call("kron", eye(n), commutation(q, m)), eye(p))
        stacked = [call("vec", left), call("vec", right)]
        if inner is left:
            pieces = call("kron", eye(times(m, n)), stacked[1])
        else:
            pieces = call("kron", stacked[0], eye(times(p, q)))
        return call("unvec", matmul(shuffle, pieces, call("vec", inner)), data=node.shape)
    raise DeriveError(f"the Jacobian is not linear in the cotangent through {node.op}.")


def _spread(left: tuple[Node, ...], line: Node, right: tuple[Node, ...]) -> Node:
    """A diag(u) B as A ((u 1ᵀ) ∘ B)."""
    if right:
        rest = matmul(*right)
        return matmul(*left, mul(matmul(line, ones(1, rest.shape[1])), rest))
    rest = matmul(*left)
    return mul(rest, matmul(ones(rest.shape[0], 1), transpose(line)))
