"""The second derivation: the same gradient by index sums, where the expression is a polynomial.

Every term of f is a product of entries, summed over indices; each entry of the variable in it is
differentiated in turn, which gives two Kronecker deltas; the deltas remove sums; what is left is
the entry (p, q) of a matrix product.  Nothing of the reverse pass is used.
"""

from __future__ import annotations

from collections.abc import Iterator

from derive.expressions.expression import Node, mul, number, power
from derive.expressions.index_lines import Delta, Entry, IndexProof, Product
from derive.expressions.sizes import Size

LETTERS = "ijabcdeghklmnorstuvwxyz"
MOST_TERMS = 12


class NotPolynomial(Exception):
    """The expression is no polynomial in entries that this proof can write."""


def index_proof(value: Node, wrt: Node, root: Node) -> IndexProof | None:
    """The proof, in which ``root`` is the name of the value.

    It is ``None`` where the expression is no polynomial or has too many terms.

    >>> from derive.expressions.expression import symbol
    >>> from derive.expressions.language import parse
    >>> f = parse("a.T @ X @ b", {"a": "m", "X": "m,n", "b": "n"})
    >>> proof = index_proof(f, symbol("X", ("m", "n")), symbol("f", (1, 1)))
    >>> [[(entry.symbol.name, entry.row) for entry in product.factors] for product in proof.collapsed]
    [[('a', 'p'), ('b', 'q')]]
    """
    try:
        return _Indices(value, wrt).proof(root)
    except NotPolynomial:
        return None


Terms = list[Product]


class _Indices:
    def __init__(self, value: Node, wrt: Node) -> None:
        self.value, self.wrt = value, wrt
        names = {node.name[0].lower() for node in value.walk() if node.op == "symbol"}
        sizes = {str(side) for node in value.walk() for side in node.shape}
        free = [letter for letter in LETTERS if letter not in names | sizes]
        self.letters = iter([*free, *(f"{letter}'" for letter in free)])
        self.outer = tuple(self.fresh(side) for side in value.shape)
        pair = ("p", "q") if not {"p", "q"} & (names | sizes) else (next(self.letters), next(self.letters))
        self.row, self.col = (letter if side != 1 else None for letter, side in zip(pair, wrt.shape, strict=True))

    def fresh(self, size: Size) -> str | None:
        if size == 1:
            return None
        letter = next(self.letters, None)
        if letter is None:
            raise NotPolynomial
        return letter

    def proof(self, root: Node) -> IndexProof:
        row, col = self.outer
        sums = tuple(self.terms(self.value, row, col))
        if len(sums) > MOST_TERMS:
            raise NotPolynomial
        differentiated = tuple(part for product in sums for part in self.differentiated(product))
        collapsed = tuple(map(_collapsed, differentiated))
        if not 0 < len(differentiated) <= MOST_TERMS:
            raise NotPolynomial
        return IndexProof(Entry(root, row, col), Entry(self.wrt, self.row, self.col), sums, differentiated, collapsed)

    def terms(self, node: Node, row: str | None, col: str | None) -> Terms:
        """The entry (row, col) of an expression as products of entries."""
        if node.op == "symbol":
            return [Product(number(1), (Entry(node, row, col),))]
        if node.op in ("number", "dimension"):
            return [Product(node, ())]
        if node.op == "ones":
            return [Product(number(1), ())]
        if node.op == "eye":
            return [Product(number(1), (Delta(str(row), str(col)),))]
        if node.op == "transpose":
            return self.terms(node.args[0], col, row)
        if node.op == "add":
            return [t for arg in node.args for t in self.entry(arg, node, row, col)]
        if node.op == "mul":
            return self.products([self.entry(arg, node, row, col) for arg in node.args])
        if node.op == "matmul":
            return self.chain(node.args, row, col)
        if node.op == "pow":
            return self.power(node, row, col)
        return self.reduction(node, row, col)

    def entry(self, arg: Node, whole: Node, row: str | None, col: str | None) -> Terms:
        return self.terms(arg, None, None) if arg.scalar and not whole.scalar else self.terms(arg, row, col)

    def products(self, parts: list[Terms]) -> Terms:
        made: Terms = [Product(number(1), ())]
        for part in parts:
            made = [
                Product(mul(one.scale, other.scale), one.factors + other.factors, one.bound + other.bound)
                for one in made
                for other in part
            ]
            if len(made) > MOST_TERMS:
                raise NotPolynomial
        return made

    def chain(self, args: tuple[Node, ...], row: str | None, col: str | None) -> Terms:
        if len(args) == 1:
            return self.terms(args[0], row, col)
        size = args[0].shape[1]
        index = self.fresh(size)
        made = self.products([self.terms(args[0], row, index), self.chain(args[1:], index, col)])
        return [_summed(product, index, size) for product in made]

    def power(self, node: Node, row: str | None, col: str | None) -> Terms:
        base, exponent = node.args
        if exponent.value is None or exponent.value.denominator != 1 or not -9 < exponent.value <= 4:
            raise NotPolynomial
        if self.wrt.name not in base.symbols and base.op in ("number", "dimension"):
            return [Product(power(base, exponent), ())]
        if exponent.value < 1:
            raise NotPolynomial
        return self.products([self.terms(base, row, col) for _ in range(int(exponent.value))])

    def reduction(self, node: Node, row: str | None, col: str | None) -> Terms:
        if len(node.args) != 1:
            raise NotPolynomial
        (x,) = node.args
        if node.op == "tr":
            index = self.fresh(x.shape[0])
            return [_summed(product, index, x.shape[0]) for product in self.terms(x, index, index)]
        if node.op in ("sum", "sumsq"):
            i, j = self.fresh(x.shape[0]), self.fresh(x.shape[1])
            parts = [self.terms(x, i, j) for _ in range(2 if node.op == "sumsq" else 1)]
            made = self.products(parts)
            return [_summed(_summed(product, j, x.shape[1]), i, x.shape[0]) for product in made]
        if node.op == "rowsum":
            index = self.fresh(x.shape[1])
            return [_summed(product, index, x.shape[1]) for product in self.terms(x, row, index)]
        if node.op == "colsum":
            index = self.fresh(x.shape[0])
            return [_summed(product, index, x.shape[0]) for product in self.terms(x, index, col)]
        if node.op == "diagvec":
            return self.terms(x, row, row)
        if node.op == "diag":
            made = self.terms(x, row, None)
            return [Product(p.scale, (*p.factors, Delta(str(row), str(col))), p.bound) for p in made]
        raise NotPolynomial

    def differentiated(self, product: Product) -> Iterator[Product]:
        """The product rule: each entry of the variable in turn becomes two deltas."""
        for k, factor in enumerate(product.factors):
            if isinstance(factor, Entry) and factor.symbol is self.wrt:
                deltas = tuple(
                    Delta(one, other)
                    for one, other in ((factor.row, self.row), (factor.col, self.col))
                    if one is not None and other is not None
                )
                yield Product(product.scale, (*product.factors[:k], *deltas, *product.factors[k + 1 :]), product.bound)


def _summed(product: Product, index: str | None, size: Size) -> Product:
    return product if index is None else Product(product.scale, product.factors, (*product.bound, (index, size)))


def _collapsed(product: Product) -> Product:
    """Each delta keeps one term of a sum."""
    while True:
        bound = dict(product.bound)
        found = next(
            (f for f in product.factors if isinstance(f, Delta) and (f.one in bound or f.other in bound)), None
        )
        if found is None:
            return product
        old, new = (found.one, found.other) if found.one in bound else (found.other, found.one)
        factors = tuple(_renamed(f, old, new) for f in product.factors if f is not found)
        kept = tuple(pair for pair in product.bound if pair[0] != old)
        if old == new:
            kept = product.bound
        product = Product(product.scale, tuple(f for f in factors if f is not None), kept)


def _renamed(factor: Entry | Delta, old: str, new: str) -> Entry | Delta | None:
    if isinstance(factor, Delta):
        one, other = (new if x == old else x for x in (factor.one, factor.other))
        return None if one == other else Delta(one, other)
    return Entry(factor.symbol, *(new if x == old else x for x in (factor.row, factor.col)))
