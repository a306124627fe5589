"""The expressions of a derivation: sympy's own, and the few inert nodes that sympy lacks.

Sympy evaluates what it builds: a derivative of one symbol by another collapses to 0, a sum drops
its zeros.  A proof has to *write* such things before it evaluates them, so the nodes here never
evaluate.  Indices are stored from 0, as sympy and NumPy count; only the printers count from 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from sympy import Add, Expr, Integer, Mul, S, Sum, Symbol
from sympy import MatrixExpr as MatrixExpr
from sympy import MatrixSymbol as MatrixSymbol
from sympy.core.basic import Basic
from sympy.core.symbol import Str
from sympy.matrices.expressions.matexpr import MatrixElement as MatrixElement

BOUND_LETTERS = "tsruvwabcdefghlmnopqxyz"


class Partial(Expr):
    r"""The derivative ∂f/∂x, written and not evaluated.

    ``of`` is an entry, a formula in entries, or the loss; ``wrt`` is an entry.

    >>> X = MatrixSymbol("X", 2, 2)
    >>> Partial(X[0, 0], X[1, 1])
    Partial(X[0, 0], X[1, 1])
    """

    is_commutative = True

    @property
    def of(self) -> Expr:
        return self.args[0]

    @property
    def wrt(self) -> MatrixElement:
        return self.args[1]


class Delta(Expr):
    """Kronecker's δ: 1 where its two indices agree, else 0.

    Unlike sympy's, it keeps the order of its indices, and with it the way a person writes it.

    >>> i, j = Symbol("i"), Symbol("j")
    >>> Delta(j, i), Delta(i, i), Delta(Integer(0), Integer(1))
    (Delta(j, i), 1, 0)
    """

    is_commutative = True

    def __new__(cls, row: Expr, col: Expr) -> Expr:
        if row == col:
            return S.One
        if row.is_Integer and col.is_Integer:
            return S.Zero
        return Expr.__new__(cls, row, col)


class Terms(Expr):
    """A sum exactly as it is written: order, repetitions and zeros stay.

    >>> x = Symbol("x")
    >>> Terms(S.Zero, x, S.Zero).args
    (0, x, 0)
    >>> Terms.of([x])
    x
    """

    is_commutative = True

    @staticmethod
    def of(items: Iterable[Expr]) -> Expr:
        """The shortest way to write the sum of ``items``: 0, the only item, or all of them."""
        items = tuple(items)
        if len(items) > 1:
            return Terms(*items)
        return items[0] if items else S.Zero

    def _eval_derivative(self, wrt: Expr) -> Expr:
        return Add(*(term.diff(wrt) for term in self.args))


class Gradient(MatrixExpr):
    """∂L/∂Y in denominator layout: it has the shape of Y, and its entries are ∂L/∂y_ij.

    >>> Gradient(Symbol("L"), MatrixSymbol("Y", 2, 3))[0, 1]
    Partial(L, Y[0, 1])
    """

    @property
    def loss(self) -> Symbol:
        return self.args[0]

    @property
    def wrt(self) -> MatrixSymbol:
        return self.args[1]

    @property
    def shape(self) -> tuple[Expr, Expr]:
        rows, cols = self.wrt.shape
        return rows, cols

    def _entry(self, i: Expr, j: Expr, **_: object) -> Expr:
        return Partial(self.loss, MatrixElement(self.wrt, i, j))


class Labelled(MatrixExpr):
    """A matrix written out, with the claim (the label under its brace) of what it is."""

    @property
    def grid(self) -> MatrixExpr:
        return self.args[0]

    @property
    def label(self) -> MatrixExpr:
        return self.args[1]

    @property
    def shape(self) -> tuple[Expr, Expr]:
        rows, cols = self.grid.shape
        return rows, cols

    def _entry(self, i: Expr, j: Expr, **_: object) -> Expr:
        return self.grid[i, j]


class Scalar(MatrixExpr):
    """A number as a 1×1 matrix: what a gradient is of, or with respect to, may be one."""

    shape = (S.One, S.One)

    @property
    def number(self) -> Expr:
        return self.args[0]

    def _entry(self, i: Expr, j: Expr, **_: object) -> Expr:
        return self.number


class Call(MatrixExpr):
    """The result of an operation, by the operation's name: what a formula writes as exp(X).

    >>> X = MatrixSymbol("X", 2, 3)
    >>> Call.of("exp", X.shape, X).name
    'exp'
    """

    @staticmethod
    def of(name: str, shape: Sequence[Expr], *operands: MatrixExpr) -> Call:
        """``name`` of the operands, of that shape."""
        return Call(Str(name), *shape, *operands)

    @property
    def name(self) -> str:
        return str(self.args[0].name)

    @property
    def shape(self) -> tuple[Expr, Expr]:
        return self.args[1], self.args[2]

    @property
    def operands(self) -> tuple[MatrixExpr, ...]:
        return tuple(self.args[3:])

    def _entry(self, i: Expr, j: Expr, **_: object) -> Expr:
        return MatrixElement(self, i, j)


def exact(number: Expr | int) -> Expr:
    """An index or a size as sympy has it.

    >>> exact(2), exact(Symbol("n"))
    (2, n)
    """
    return Integer(number) if isinstance(number, int) else number


def total(size: Expr | int, body: Callable[[Expr], Expr]) -> Expr:
    """The sum of ``body(t)`` over t = 1, ..., ``size``.

    With a letter for the size it is a ``Sum`` over a fresh index; with a number it is written out,
    term by term, sums within it as well.  One element formula so serves the proof for all sizes and the worked example.

    >>> A, n = MatrixSymbol("A", 2, 2), Symbol("n")
    >>> total(n, lambda t: A[0, t])
    Sum(A[0, t], (t, 0, n - 1))
    >>> total(2, lambda t: A[0, t])
    Terms(A[0, 0], A[0, 1])
    """
    if isinstance(size, int) or size.is_Integer:
        terms = (body(Integer(t)) for t in range(int(size)))
        return Terms.of(part for term in terms for part in (term.args if isinstance(term, Terms) else (term,)))
    probe = body(Symbol("?"))
    index = fresh(probe)
    return Sum(body(index), (index, 0, size - 1))


def fresh(expr: Basic) -> Symbol:
    """An index letter that occurs nowhere in ``expr``, neither free nor bound.

    Matrix entries count too, whatever their case: no sum over w runs through entries of W.
    """
    taken = {s.name.lower() for s in expr.atoms(Symbol)} | {m.name[0].lower() for m in expr.atoms(MatrixSymbol)}
    return Symbol(next(letter for letter in BOUND_LETTERS if letter not in taken))


def free_of(wanted: str, taken: set[str]) -> str:
    """The first letter that is free: of those that are usual here, else of all.

    >>> free_of("fgh", {"f", "w"})
    'g'
    """
    others = "abcdefghopqrstuvwxyz" if wanted.islower() else "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    free: list[str] = [letter for letter in wanted + others if letter not in taken]
    return free[0]


def over(body: Expr, limits: Sequence[tuple[Expr, Expr, Expr]]) -> Expr:
    """The sum of ``body`` over the limits, a number in front of it; over none it is ``body``."""
    number, rest = body.as_coeff_Mul()
    return number * Sum(rest, *limits) if limits else body


def apart(expr: Basic, taken: Iterable[str]) -> Basic:
    """``expr`` with its bound letters changed where they are among those ``taken``.

    A sum may not run over a letter that means something else in the same derivation: an index that
    is put in for another would be caught by it.

    >>> A, n = MatrixSymbol("A", 2, 2), Symbol("n")
    >>> apart(total(n, lambda t: A[0, t]), ["t", "s"])
    Sum(A[0, r], (r, 0, n - 1))
    """
    taken = set(taken)
    bound = {limit[0] for node in expr.atoms(Sum) for limit in node.limits}
    free = iter(letter for letter in BOUND_LETTERS if letter not in taken | {index.name for index in bound})
    return expr.xreplace({index: Symbol(next(free)) for index in sorted(bound, key=str) if index.name in taken})


def addends(expr: Expr) -> tuple[Expr, ...]:
    """The terms of a sum that is written out; any other expression is its own only term."""
    return tuple(expr.args if isinstance(expr, Terms) else Add.make_args(expr))


def entries(expr: Basic) -> list[MatrixElement]:
    """The matrix entries in ``expr``, as often as they are written.

    >>> A = MatrixSymbol("A", 2, 2)
    >>> entries(Terms(A[0, 0], A[0, 1], A[0, 0]))
    [A[0, 0], A[0, 1], A[0, 0]]
    """
    if isinstance(expr, MatrixElement):
        return [expr]
    return [e for arg in expr.args for e in entries(arg)]


def factors(term: Expr) -> tuple[Expr, ...]:
    """The factors of a product; any other expression is its own only factor."""
    return tuple(Mul.make_args(term))
