r"""Reads the LaTeX of expressions back: a parser of its own, and NumPy.

Nothing of the package is used, so an error of the printer cannot hide in a helper that both share.  The reader
is strict where a human reader would hesitate: two numbers side by side, a matrix product beside an entrywise or
a Kronecker product without brackets, a power of a power, a fraction with an exponent are refused, not guessed.

Juxtaposition is the matrix product, or scaling where one side is 1 by 1; ``\circ`` works entry by entry.  The
size of a unit vector is not written down; it is the one size with which all shapes of a formula fit.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product as combinations

import numpy as np


class Misread(Exception):
    """A text that is no formula, that can be read in two ways, or whose shapes do not fit."""


GREEK = r"\alpha\beta\gamma\delta\epsilon\zeta\eta\theta\iota\kappa\lambda\mu\nu\xi\rho\sigma\tau\phi\chi\psi\omega"[
    1:
].split("\\")
IGNORED = {r"\,", r"\thinspace", r"\quad", "{}"}

TOKEN = re.compile(r"\s*(\{\}|\\[A-Za-z]+|\\[,\\_]|\d+(?:\.\d+)?|[A-Za-z]|[{}()_^+\-/,=&])")


def tokens(text):
    """The tokens; what only makes space is left out, and \\left and \\right are held against each other."""
    found, at = list[str](), 0
    text = text.strip()
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            raise Misread(f"cannot read {text[at : at + 20]!r}")
        at = match.end()
        if match[1] not in IGNORED:
            found.append(match[1])
    out = []
    for token, after in zip(found, [*found[1:], ""], strict=True):
        if token in (r"\left", r"\right"):
            if after not in ("()"[token == r"\right"],):
                raise Misread(f"{token} before {after!r}")
            continue
        out.append(token)
    if found.count(r"\left") != found.count(r"\right"):
        raise Misread(r"\left without \right")
    return out


@dataclass(frozen=True)
class Tree:
    """``op`` on ``args``; what is no expression stands in ``data``."""

    op: str
    args: tuple = ()
    data: object = None


@dataclass
class World:
    """What the names stand for: arrays with two axes for symbols, whole numbers for dimensions.

    Keys are names as they are written in LaTeX.  ``derivatives`` are the numbers ∂F_ij/∂X_pq with four axes.
    """

    symbols: Mapping[str, np.ndarray]
    sizes: Mapping[str, int]
    derivatives: Mapping[tuple[str, str], np.ndarray] = field(default_factory=dict)
    indices: Mapping[str, int] = field(default_factory=dict)

    def beside(self, **more):
        return World(**{**vars(self), **more})


# ------------------------------------------------------------------------------------------------
# Parsing

FUNCTIONS = {
    **{rf"\{name}": name for name in ("exp", "log", "sin", "cos", "tanh", "det")},
    r"\sigma": "sigmoid",
    **{
        rf"\mathrm{{{name}}}": name
        for name in ("tr", "sum", "mean", "rowsum", "colsum", "logsumexp", "diag", "diagvec")
    },
    **{rf"\mathrm{{{name}}}": name for name in ("sign", "relu", "softplus", "step", "softmax", "vec", "unvec")},
    **{rf"\mathrm{{{name}}}": name for name in ("affine", "bias")},
    r"\mathrm{affine\_columns}": "affine_columns",
}


class Parser:
    """Recursive descent."""

    def __init__(self, text, symbols):
        self.text = text
        self.symbols = symbols
        self.left = tokens(text)
        self.at = 0

    def fail(self, why):
        raise Misread(f"{why} at {''.join(self.left[self.at : self.at + 8])!r} in {self.text!r}")

    @property
    def next(self):
        return self.left[self.at] if self.at < len(self.left) else ""

    def ahead(self, *wanted):
        return tuple(self.left[self.at : self.at + len(wanted)]) == wanted

    def take(self, *wanted):
        for each in wanted:
            if self.next != each:
                self.fail(f"{each!r} is missing")
            self.at += 1

    def taken(self, *wanted):
        if self.ahead(*wanted):
            self.at += len(wanted)
            return True
        return False

    def group(self):
        """The tokens in braces; or, as LaTeX has it, a single one."""
        if self.next != "{":
            self.at += 1
            return [self.left[self.at - 1]]
        self.take("{")
        begin, depth = self.at, 1
        while depth:
            if not self.next:
                self.fail("a brace is open")
            depth += (self.next == "{") - (self.next == "}")
            self.at += 1
        return self.left[begin : self.at - 1]

    def inside(self, read):
        """What ``read`` makes of the whole of a group."""
        inner = Parser(self.text, self.symbols)
        inner.left = self.group()
        made = read(inner)
        if inner.next:
            inner.fail("something is left over in braces")
        return made

    # -- sums and products

    def chain(self):
        """left = right = ..."""
        parts = [self.sum()]
        while self.taken("="):
            parts.append(self.sum())
        if self.next:
            self.fail("something is left over")
        return parts

    def sum(self):
        terms = [self._signed(self.next in ("+", "-"))]
        while self.next in ("+", "-"):
            terms.append(self._signed(True))
        return terms[0] if len(terms) == 1 else Tree("add", tuple(terms))

    def _signed(self, sign):
        negative = sign and self.next == "-"
        if sign:
            self.at += 1
        term = self.term()
        return Tree("neg", (term,)) if negative else term

    def term(self):
        parts, joins = [self.sequence()], set()
        while self.next in (r"\circ", r"\otimes"):
            joins.add(self.next)
            self.at += 1
            parts.append(self.sequence())
        if not joins:
            return parts[0]
        if len(joins) > 1:
            self.fail(r"\circ beside \otimes")
        (join,) = joins
        if join == r"\otimes":
            if any(part.op == "juxtaposed" for part in parts):
                self.fail(r"a product beside \otimes without brackets")
            return Tree("kron", tuple(parts))
        if any(part.op == "juxtaposed" for part in parts[1:]):
            self.fail(r"a product after \circ without brackets")
        first, front = parts[0], ()
        if first.op == "juxtaposed":  # numbers may stand in front of an entrywise product, and matrices may not
            *front, first = first.args
        made = Tree("circ", (first, *parts[1:]))
        return Tree("juxtaposed", (*(Tree("number_only", (each,)) for each in front), made)) if front else made

    ENDS = frozenset(["", *"+-=)},&/", r"\circ", r"\otimes", r"\rVert", r"\rvert", r"\rangle"])

    def sequence(self):
        if self.next == r"\sum":
            return self.sigma_sum()
        factors = []
        while self.next not in self.ENDS:
            if self.next == r"\sum":
                factors.append(self.sigma_sum())
                break
            if self.taken(r"\cdot"):
                factors.append(self.factor())
                continue
            if factors and self.next[0].isdigit() and factors[-1].op == "number":
                self.fail("two numbers side by side")
            factors.append(self.factor())
        if not factors:
            self.fail("nothing stands where a formula is expected")
        return factors[0] if len(factors) == 1 else Tree("juxtaposed", tuple(factors))

    def sigma_sum(self):
        r"""\sum_{i=1}^{m}: all that follows up to + or -."""
        self.take(r"\sum", "_", "{")
        index = self.next
        self.at += 1
        self.take("=", "1", "}", "^")
        size = self.inside(Parser.sequence)
        return Tree("total", (size, self.sequence()), index)

    # -- factors

    def factor(self):
        base = self.base()
        powers = 0
        while self.next in ("^", "_"):
            if self.taken("_"):
                if base.op not in ("bracket", "call"):
                    self.fail("an index without brackets")
                base = Tree(
                    "entry", base.args if base.op == "bracket" else (base,), self._indices("".join(self.group()))
                )
                continue
            powers += 1
            if powers > 1:
                self.fail("a power of a power")
            if base.op in ("fraction", "derivative", "application"):
                self.fail("an exponent without brackets")
            self.take("^")
            base = self.raised(base)
        return base

    def raised(self, base):
        group = self.group()
        if group == [r"\top"]:
            return Tree("transpose", (base,))
        if group == ["-", r"\top"]:
            return Tree("transpose", (Tree("power", (base,), Tree("number", (), -1.0)),))
        inner = Parser(self.text, self.symbols)
        circle = group[:1] == [r"\circ"]
        inner.left = group[1:] if circle else group
        exponent = inner.exponent()
        if inner.next:
            inner.fail("something is left over in an exponent")
        return Tree("entrywise" if circle else "power", (base,), exponent)

    def exponent(self):
        made = self.sum()
        if self.taken("/"):
            made = Tree("fraction", (made, self.sum()))
        return made

    def base(self):
        token = self.next
        if re.fullmatch(r"\d.*", token):
            self.at += 1
            return Tree("number", (), float(token))
        if token == "(":
            self.take("(")
            inner = self.sum()
            self.take(")")
            return Tree("bracket", (inner,))
        if token in (r"\frac", r"\tfrac"):
            return self.fraction()
        if self.taken(r"\sqrt"):
            return Tree("sqrt", (self.inside(Parser.sum),))
        if self.taken(r"\lvert"):
            inner = self.sum()
            self.take(r"\rvert")
            return Tree("call", (inner,), "abs")
        if self.taken(r"\lVert"):
            inner = self.sum()
            self.take(r"\rVert")
            return Tree("call", (inner,), "norm1" if self.taken("_", "1") else "norm2")
        if self.ahead(r"\mathbf", "{", "1", "}") or self.ahead(r"\mathbf", "{", "0", "}"):
            return self.constant()
        if token == r"\mathrm":
            begin = self.at
            self.at += 1
            name = rf"\mathrm{{{''.join(self.group())}}}"
            if name not in FUNCTIONS:
                self.at = begin
                self.fail("an unknown word")
            return self.call(FUNCTIONS[name])
        if token in FUNCTIONS and not (token in self.symbols and self.left[self.at + 1 : self.at + 2] != ["("]):
            self.at += 1
            return self.call(FUNCTIONS[token])
        return self.name()

    def call(self, name):
        if self.next != "(":
            if name not in ("log", "det"):
                self.fail("a function without an argument")
            # `\log \lvert \det X \rvert`: the sign reaches over the next factor, with its exponent
            return Tree("application", (self.factor(),), name)
        self.take("(")
        args = [self.sum()]
        while self.taken(","):
            args.append(self.sum())
        self.take(")")
        return Tree("call", tuple(args), name)

    def fraction(self):
        self.at += 1
        if self.ahead("{", r"\partial"):
            return Tree("derivative", (), (self.inside(Parser.partial), self.inside(Parser.partial)))
        return Tree("fraction", (self.inside(Parser.sum), self.inside(Parser.sum)))

    def partial(self):
        r"""\partial F_{ij}, or a name: the name and its indices."""
        self.take(r"\partial")
        found = self.factor()
        if found.op == "symbol":
            return found.data, ()
        if found.op == "entry" and found.args[0].op == "symbol":
            return found.args[0].data, found.data
        return self.fail("a derivative of no name")

    def constant(self):
        self.at += 2
        kind = self.next
        self.take(kind, "}")
        if not self.taken("_"):
            self.fail("a constant without a size")
        sides = self.inside(Parser.sides)
        return Tree("constant", tuple(sides), kind)

    def sides(self):
        found = [self.sequence_of_sizes()]
        while self.taken(r"\times") or self.taken(","):
            found.append(self.sequence_of_sizes())
        return found

    def sequence_of_sizes(self):
        parts = []
        while self.next not in ("", r"\times", ",", ")"):
            parts.append(self.factor())
        if not parts:
            self.fail("a size is missing")
        return Tree("juxtaposed", tuple(parts)) if len(parts) > 1 else parts[0]

    def name(self):
        r"""A symbol, a dimension, an entry, a constant matrix with its size."""
        head = self.next
        if not re.fullmatch(r"[A-Za-z]|\\[a-z]+", head) or (head[0] == "\\" and head[1:] not in GREEK):
            self.fail("this is no name")
        self.at += 1
        if self.next != "_":
            return Tree("symbol", (), head)
        self.at += 1
        begin = self.at
        index = "".join(self.group())
        if f"{head}_{{{index}}}" in self.symbols:
            return Tree("symbol", (), f"{head}_{{{index}}}")
        if head in self.symbols:
            return Tree("entry", (Tree("symbol", (), head),), self._indices(index))
        if head == r"\delta":
            return Tree("delta", (), self._indices(index))
        if head == "e" and index.isdigit():
            return Tree("unit", (), int(index) - 1)
        if head in ("I", "K"):
            self.at = begin
            return Tree("eye" if head == "I" else "commutation", tuple(self.inside(Parser.sides)))
        return self.fail(f"the unknown name {head}_{{{index}}}")

    def _indices(self, text):
        r"""Of `12` or `10,2` the numbers, of `ij` the letters."""
        if "," in text:
            return tuple(text.split(","))
        return tuple(text)


# ------------------------------------------------------------------------------------------------
# Evaluating


def _softmax(x):
    powers = np.exp(x - x.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def _one(x):
    return np.array([[float(x)]])


def _square(x):
    if x.shape[0] != x.shape[1]:
        raise Misread(f"a matrix of shape {x.shape} is not square")
    return x


def _column(x):
    if x.shape[1] != 1:
        raise Misread(f"an array of shape {x.shape} is no column")
    return x


MEANING = {
    "exp": np.exp,
    "log": np.log,
    "sin": np.sin,
    "cos": np.cos,
    "tanh": np.tanh,
    "abs": np.abs,
    "sign": np.sign,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "softplus": lambda x: np.log(1 + np.exp(x)),
    "relu": lambda x: x * (x > 0),
    "step": lambda x: 1.0 * (x > 0),
    "softmax": _softmax,
    "tr": lambda x: _one(np.trace(_square(x))),
    "det": lambda x: _one(np.linalg.det(_square(x))),
    "sum": lambda x: _one(x.sum()),
    "mean": lambda x: _one(x.mean()),
    "rowsum": lambda x: x.sum(axis=1, keepdims=True),
    "colsum": lambda x: x.sum(axis=0, keepdims=True),
    "logsumexp": lambda x: _one(np.log(np.exp(x).sum())),
    "norm1": lambda x: _one(np.abs(x).sum()),
    "norm2": lambda x: _one(np.sqrt((x * x).sum())),
    "diag": lambda x: np.diag(_column(x)[:, 0]),
    "diagvec": lambda x: np.diag(_square(x))[:, None],
    "vec": lambda x: x.reshape(-1, 1, order="F"),
}


def _entrywise(work, one, other):
    """``work`` on two arrays of one shape; a number is spread."""
    if one.shape != other.shape and (1, 1) not in (one.shape, other.shape):
        raise Misread(f"shapes {one.shape} and {other.shape} side by side")
    return work(one, other)


class Evaluator:
    def __init__(self, world, lengths=()):
        self.world = world
        self.lengths = iter(lengths)

    def value(self, tree):
        return getattr(self, f"_{tree.op}")(tree)

    def whole(self, tree):
        found = self.value(tree)
        if found.shape != (1, 1) or found[0, 0] != round(found[0, 0]):
            raise Misread("a size that is no whole number")
        return round(found[0, 0])

    def _number(self, tree):
        return _one(tree.data)

    def _symbol(self, tree):
        if tree.data in self.world.symbols:
            return self.world.symbols[tree.data]
        if tree.data in self.world.sizes:
            return _one(self.world.sizes[tree.data])
        raise Misread(f"the unknown name {tree.data}")

    def _bracket(self, tree):
        return self.value(tree.args[0])

    def _add(self, tree):
        made, *rest = map(self.value, tree.args)
        for each in rest:
            made = _entrywise(np.add, made, each)
        return made

    def _neg(self, tree):
        return -self.value(tree.args[0])

    def _juxtaposed(self, tree):
        made, *rest = map(self.value, tree.args)
        for each in rest:
            if (1, 1) in (made.shape, each.shape):
                made = made * each
            elif made.shape[1] != each.shape[0]:
                raise Misread(f"a product of shapes {made.shape} and {each.shape}")
            else:
                made = made @ each
        return made

    def _number_only(self, tree):
        found = self.value(tree.args[0])
        if found.shape != (1, 1):
            raise Misread("a matrix product before an entrywise one, without brackets")
        return found

    def _circ(self, tree):
        made, *rest = map(self.value, tree.args)
        for each in rest:
            if made.shape != each.shape or made.shape == (1, 1):
                raise Misread(f"an entrywise product of shapes {made.shape} and {each.shape}")
            made = made * each
        return made

    def _kron(self, tree):
        made, *rest = map(self.value, tree.args)
        for each in rest:
            made = np.kron(made, each)
        return made

    def _fraction(self, tree):
        return _entrywise(np.divide, self.value(tree.args[0]), self.value(tree.args[1]))

    def _sqrt(self, tree):
        return np.sqrt(self.value(tree.args[0]))

    def _transpose(self, tree):
        return self.value(tree.args[0]).T

    def _exponent(self, tree):
        found = self.value(tree.data)
        if found.shape != (1, 1):
            raise Misread("an exponent that is no number")
        return found[0, 0]

    def _entrywise(self, tree):
        base = self.value(tree.args[0])
        if base.shape == (1, 1):
            raise Misread(r"\circ in the exponent of a number")
        return base ** self._exponent(tree)

    def _power(self, tree):
        base, exponent = self.value(tree.args[0]), self._exponent(tree)
        if base.shape == (1, 1):
            return base**exponent
        if exponent != round(exponent):
            raise Misread("a power of a matrix")
        return np.linalg.matrix_power(_square(base), round(exponent))

    def _call(self, tree):
        args = list(map(self.value, tree.args))
        if tree.data == "affine_columns":
            weight, x, b = args
            if b.shape != (weight.shape[0], 1):
                raise Misread(f"a bias of shape {b.shape}")
            return weight @ x + b
        if tree.data in ("affine", "bias"):
            *factors, b = args
            made = factors[0] @ factors[1] if tree.data == "affine" else factors[0]
            if b.shape != (1, made.shape[1]):
                raise Misread(f"a bias of shape {b.shape}")
            return made + b
        if tree.data == "unvec":
            x, rows, cols = args
            return _column(x).reshape(round(rows[0, 0]), round(cols[0, 0]), order="F")
        (x,) = args
        return MEANING[tree.data](x)

    def _application(self, tree):
        return MEANING[tree.data](self.value(tree.args[0]))

    def _constant(self, tree):
        sides = [self.whole(side) for side in tree.args]
        return np.full((*sides, 1)[:2], float(tree.data))

    def _eye(self, tree):
        return np.eye(self.whole(tree.args[0]))

    def _commutation(self, tree):
        """K vec(X) = vec(Xᵀ) for an m by n matrix X."""
        m, n = map(self.whole, tree.args)
        made = np.zeros((m * n, m * n))
        for i in range(m):
            for j in range(n):
                made[i * n + j, j * m + i] = 1
        return made

    def _unit(self, tree):
        length = next(self.lengths)
        if tree.data >= length:
            raise Misread("a unit vector beyond its size")
        return np.eye(length)[:, [tree.data]]

    def _place(self, indices, shape):
        """Where an entry is; of a row or a column one index is enough."""
        numbers = []
        for index in indices:
            if index in self.world.indices:
                numbers.append(self.world.indices[index])
            elif index.isdigit():
                numbers.append(int(index) - 1)
            else:
                raise Misread(f"the unknown index {index}")
        if len(numbers) == 1 and 1 in shape:
            numbers = [numbers[0], 0] if shape[1] == 1 else [0, numbers[0]]
        if not numbers and shape == (1, 1):
            numbers = [0, 0]
        if len(numbers) != 2 or not all(0 <= at < side for at, side in zip(numbers, shape, strict=True)):
            raise Misread(f"no entry {indices} in an array of shape {shape}")
        return tuple(numbers)

    def _entry(self, tree):
        base = self.value(tree.args[0])
        return _one(base[self._place(tree.data, base.shape)])

    def _delta(self, tree):
        one, other = (self.world.indices.get(index) for index in tree.data)
        if one is None or other is None:
            raise Misread(f"the unknown index in δ_{tree.data}")
        return _one(one == other)

    def _total(self, tree):
        if tree.data in self.world.indices:
            raise Misread(f"the index {tree.data} is bound twice")
        outer, made = self.world, 0.0
        for at in range(self.whole(tree.args[0])):
            self.world = outer.beside(indices={**outer.indices, tree.data: at})
            made = made + self.value(tree.args[1])
        self.world = outer
        return made

    def _derivative(self, tree):
        (value, of), (variable, by) = tree.data
        if not of and not by:
            return self._symbol(Tree("symbol", (), f"∂{value}/∂{variable}"))
        if (value, variable) not in self.world.derivatives:
            raise Misread(f"an unknown derivative of {value} by {variable}")
        numbers = self.world.derivatives[value, variable]
        return _one(numbers[(*self._place(of, numbers.shape[:2]), *self._place(by, numbers.shape[2:]))])


# ------------------------------------------------------------------------------------------------
# Reading


def walk(tree):
    yield tree
    for arg in tree.args:
        yield from walk(arg)
    if isinstance(tree.data, Tree):
        yield from walk(tree.data)


def parsed(text, world):
    """The sides of an equality."""
    return Parser(text, {**world.symbols, **world.sizes}).chain()


def evaluated(tree, world, shape=None):
    """The numbers of a formula, of the given shape where one is told.

    Raises:
        Misread: the shapes do not fit, or fit with different values.
    """
    units = sum(each.op == "unit" for each in walk(tree))
    lengths = sorted({side for each in world.symbols.values() for side in each.shape} | set(world.sizes.values()))
    lengths = [each for each in lengths if each > 1]
    if units > 5:
        raise Misread("too many unit vectors")
    found, why = [], ""
    for chosen in combinations(lengths, repeat=units):
        try:
            made = Evaluator(world, chosen).value(tree)
        except Misread as error:
            why = str(error)
            continue
        if shape is None or made.shape == tuple(shape):
            found.append(made)
        else:
            why = f"shape {made.shape}, and not {shape}"
    if not found:
        raise Misread(why)
    if any(each.shape != found[0].shape or not np.allclose(each, found[0]) for each in found):
        raise Misread("unit vectors of several sizes fit")
    return found[0]


def read(text, symbols, sizes, shape=None):
    r"""The numbers of a formula in LaTeX.

    >>> read(r"2\, x^\top x", {"x": np.array([[1.0], [2.0]])}, {})
    array([[10.]])
    """
    world = World(symbols, sizes)
    (tree,) = parsed(text, world)
    return evaluated(tree, world, shape)


def written_name(name):
    """A symbol's name as it is set: what follows its first letter is an index."""
    head, _, tail = name.partition("_")
    if head not in GREEK and len(head) > 1:
        head, tail = head[0], ",".join(filter(None, (head[1:], tail)))
    head = f"\\{head}" if head in GREEK else head
    return f"{head}_{{{tail.replace('_', ',')}}}" if tail else head


def close(one, other, tolerance=1e-8):
    return one.shape == other.shape and bool(
        np.all(np.abs(one - other) <= tolerance * (1 + np.abs(one) + np.abs(other)))
    )


STYLE = (
    (re.compile(r"\\(operatorname|label|bm|mathop|boldsymbol|text|displaystyle)\b"), "a command that not all know"),
    (re.compile(r"\n\s*\n"), "a blank line"),
    (re.compile(r"(?m)^\s*=\s*$"), "a lone = on a line, which Markdown takes for a heading"),
    (re.compile(r"\^\s*$|_\s*$|\^\^|__"), "an exponent without content"),
    (re.compile(r"\(\(([^()]*)\)\)"), "doubled brackets"),
    (re.compile(r"[^\x20-\x7e\n]"), "a sign that is not ASCII"),
    (re.compile(r"\* |\*[A-Za-z]"), "an asterisk"),
)


def faults_of_style(text):
    """What no formula should have."""
    found = [why for pattern, why in STYLE if pattern.search(text)]
    depth = 0
    for sign in re.sub(r"\\[{}]", "", text):
        depth += (sign == "{") - (sign == "}")
        if depth < 0:
            break
    if depth:
        found.append("braces that do not match")
    lefts, rights = re.findall(r"\\left\b", text), re.findall(r"\\right\b", text)
    if len(lefts) != len(rights):
        found.append(r"\left and \right that do not match")
    if text.count("(") != text.count(")"):
        found.append("brackets that do not match")
    return found
