"""From LaTeX to the tree, in every notation."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from tests.reading.faults import Unreadable
from tests.reading.told import Given
from tests.reading.tree import (
    SKIP,
    Add,
    Braced,
    Called,
    Chain,
    Condition,
    Delta,
    Dots,
    Entry,
    Entrywise,
    Every,
    Flattened,
    Frobenius,
    Grid,
    Name,
    Negative,
    Node,
    Num,
    Ones,
    Partial,
    Picked,
    Power,
    Powers,
    Product,
    Quotient,
    Reciprocal,
    Shape,
    Sized,
    Space,
    Sum,
    Transposed,
)

_SPACE = (
    r"\\[,;:! ]|~|\s+|\\(?:left|right|[bB]igg?[lr]?|displaystyle|textstyle|tiny|scriptsize|footnotesize|small"
    r"|normalsize|limits|nolimits|nonumber|notag|hfill|allowbreak)(?![A-Za-z])|\\(?:tag\*?|label)\{[^{}]*\}"
)
_TOKEN = re.compile(
    rf"(?P<space>{_SPACE})|(?P<end>\\\\(?:\[[^\]]*\])?)|(?P<token>\\(?:begin|end)\{{\w+\*?\}}|\\text\{{[^{{}}]*\}}"
    r"|\\[A-Za-z]+|\.\.\.|\d+(?:\.\d+)?|[A-Za-z]|[{}()\[\]_^&=+,.:;'/-])|(?P<unknown>.)",
    re.DOTALL,
)
_RESIZED = re.compile(r"\\(?:text|scalebox|resizebox)(?:\{[^{}$]*\})*\{(?:\\[a-z]+)?\$(.*?)\$\}", re.DOTALL)
"""A part of a formula in another size."""
_GREEK = {
    r"\alpha", r"\beta", r"\gamma", r"\epsilon", r"\varepsilon", r"\zeta", r"\eta", r"\theta", r"\vartheta",
    r"\kappa", r"\lambda", r"\mu", r"\nu", r"\xi", r"\pi", r"\rho", r"\sigma", r"\tau", r"\phi", r"\varphi",
    r"\chi", r"\psi", r"\omega", r"\Gamma", r"\Delta", r"\Theta", r"\Lambda", r"\Xi", r"\Pi", r"\Sigma",
    r"\Phi", r"\Psi", r"\Omega", r"\ell",
}  # fmt: skip
_DOTS = {r"\cdots", r"\dots", r"\ldots", "..."}
_FRACTIONS = {r"\frac", r"\dfrac", r"\tfrac"}
_BOLD = {r"\mathbf", r"\boldsymbol"}
_BRACES = {r"\underbrace": "_", r"\overbrace": "^"}
_MATRICES = {rf"\begin{{{kind}}}" for kind in ("bmatrix", "pmatrix")}
_SIGNS = {r"\times", r"\cdot"}
_OPENING = {
    *"({[", r"\exp", r"\sum", r"\delta", r"\langle", *_GREEK, *_DOTS, *_FRACTIONS, *_BOLD, *_BRACES, *_MATRICES,
}  # fmt: skip
_QUAD = (r"\quad", r"\qquad")
_ALIGNED = {rf"\begin{{{kind}}}" for kind in ("aligned", "gathered", "align*", "split")}
_FOR = {"for", "if", "where", "when", "forall", "for all", "whenever", "with"}


def tokens(tex: str) -> list[str]:
    """The tokens that carry meaning: no spaces, no sizes of brackets and fonts, no empty groups."""
    found = []
    for match in _TOKEN.finditer(_RESIZED.sub(r"{\1}", tex).replace("{}", "")):
        if match["unknown"]:
            raise Unreadable(f"what does {match['unknown']!r} mean?")
        if match["end"]:
            found.append(r"\\")
        elif match["token"]:
            token = match["token"]
            found.append(f"\\text{{{token[6:-1].strip()}}}" if token.startswith(r"\text{") else token)
    return found


class Parser:
    """Recursive descent over the tokens of one formula."""

    def __init__(self, tex: str, given: Given) -> None:
        self.given = given
        self.tokens = tokens(tex)
        self.at = 0
        self.style: Counter[tuple[str, str]] = Counter()
        """How often each way of writing is met: which sign of derivatives, which brackets, ..."""

    def peek(self, ahead: int = 0) -> str:
        return self.tokens[self.at + ahead] if self.at + ahead < len(self.tokens) else ""

    def take(self, *expected: str) -> str:
        token = self.peek()
        if expected and token not in expected:
            around = " ".join(self.tokens[max(0, self.at - 6) : self.at + 3])
            raise Unreadable(f"{' or '.join(expected)} should stand at {token!r}, in: {around}")
        self.at += 1
        return token

    def accept(self, *tokens: str) -> bool:
        found = self.peek() in tokens
        self.at += found
        return found

    # lines and chains

    def formula(self) -> list[Node]:
        """The lines of a display, or the formulas between commas: chains, and dots for left out lines."""
        aligned = self.take() if self.peek() in _ALIGNED else ""
        lines: list[Node] = []
        self.line(lines)
        while True:
            stopped = self.accept(".")
            if self.peek() in ("", r"\end{" + aligned[7:]):
                break
            if stopped or not self.separated():
                self.take("the end")
            if self.peek() in ("", r"\end{" + aligned[7:]):
                break
            self.line(lines)
        if aligned:
            self.take(r"\end{" + aligned[7:])
            self.accept(".", ",")
        if self.peek():
            self.take("the end")
        return lines

    def separated(self) -> bool:
        """Between two formulas stand a comma, a wide space, the end of a line, "and"."""
        at = self.at
        while self.accept(r"\\", ",", ";", *_QUAD, r"\text{and}", r"\text{so}", r"\text{or}", r"\therefore"):
            pass
        return self.at > at

    def line(self, lines: list[Node]) -> None:
        """A line opens a chain, or goes on with the one above: by its next side or by the rest of its sum."""
        self.accept(*_QUAD)
        if self.accept(r"\boxed"):
            self.take("{")
            self.line(lines)
            self.take("}")
            return
        at = self.at
        if lines and self.accept(*_DOTS) and self.peek() in (",", *_QUAD):
            lines.append(SKIP)  # formulas side by side, and those between them left out
            return
        self.at = at
        opens = self.peek() not in ("&", "=")
        if opens:
            lines.append(Chain((self.side(),)))
        marked = self.accept("&")
        if not opens and marked and self._is_reason():
            return
        if not marked and self.peek() not in ("=", r"\neq", r"\ne", r"\in", r"\to", r"\rightarrow", *_QUAD):
            return
        while marked and self.accept(*_QUAD):
            pass
        if not opens and self.accept(r"\vdots"):
            lines.append(SKIP)
            return
        if not lines or not isinstance(lines[-1], Chain):
            raise Unreadable("a line continues nothing")
        chain = lines[-1]
        sides, differs = list(chain.sides), False
        if self.peek() in ("+", "-"):
            if len(sides) == 1:
                raise Unreadable("a line continues the left side")
            sides.append(Add((*_summands(sides.pop()), *_summands(self.side()))))
        elif self.accept(r"\neq", r"\ne"):
            sides.append(self.side())
            differs = True
        elif marked or self.peek() == "=":
            self.take("=")
            sides.append(self.side())
        while self.accept("="):
            sides.append(self.side())
        if self.accept(r"\to", r"\rightarrow"):
            sides[-1] = Flattened(sides[-1], self.side())
        member = self.space() if self.accept(r"\in") else None
        lines[-1] = Chain(tuple(sides), self.conditions(), member, differs)
        if self.accept("&"):
            self.take("&")
            if not self._is_reason():
                raise Unreadable("beside a line stands something that is no reason")

    def _is_reason(self) -> bool:
        """A reason stands beside its line, or below it."""
        at = self.at
        while self.accept(*_QUAD):
            pass
        if self.peek().startswith(r"\text{"):
            self.at += 1
            return True
        self.at = at
        return False

    def conditions(self) -> tuple[Condition, ...]:
        """for i ≠ p and j ≠ q."""
        at = self.at
        while self.accept(*_QUAD, ","):
            pass
        if not (self.peek().startswith(r"\text{") and self.peek()[6:-1] in _FOR) and self.peek() != r"\forall":
            self.at = at
            return ()
        self.take()
        found = [self.condition()]
        while self.accept(",", r"\text{and}"):
            found.append(self.condition())
        return tuple(found)

    def condition(self) -> Condition:
        index = self.take()
        if index.isalpha() and len(index) == 1 and self.peek() in ("", ",", ".", r"\\", "}", r"\text{and}", *_QUAD):
            return index, "any", ""
        sign = self.take("=", r"\neq", r"\ne")
        other = self.take()
        if not (index.isalpha() and (other.isalpha() or other.isdigit())):
            raise Unreadable(f"the condition {index} {sign} {other}")
        if sign == "=" and other == "1" and (self.peek(), self.peek(2)) == (",", ",") and self.peek(1) in _DOTS:
            self.at += 3
            return index, "up to", self.take()
        return index, "=" if sign == "=" else "≠", int(other) if other.isdigit() else other

    def space(self) -> Space:
        """ℝ, ℝ^n or ℝ^{m × n}."""
        self.take(r"\mathbb")
        self.take("{")
        self.take("R")
        self.take("}")
        if not self.accept("^"):
            return Space(())
        shape = self.subscript()
        return Space(shape.sizes if isinstance(shape, Shape) else (shape,))

    def side(self) -> Node:
        self.accept("+")
        return self.sum()

    def sum(self) -> Node:
        found = [self.signed()]
        while self.peek() in ("+", "-"):
            self.accept("+")
            found.append(self.signed())
        return found[0] if len(found) == 1 else Add(tuple(found))

    def signed(self) -> Node:
        return Negative(self.product()) if self.accept("-") else self.product()

    def product(self) -> Node:
        parts = [self.juxtaposed()]
        while self.peek() in (r"\odot", r"\circ", r"\oslash"):
            divides = self.take() == r"\oslash"
            part = self.juxtaposed()
            parts.append(Reciprocal(part) if divides else part)
        if len(parts) == 1:
            return parts[0]
        bare = [part.matrix if isinstance(part, Reciprocal) else part for part in parts]
        if any(isinstance(part, Product) and not _scaled(part) for part in bare):
            raise Unreadable("which comes first, ⊙ or the product beside it?")
        return Entrywise(tuple(parts))

    def juxtaposed(self) -> Node:
        factors, signs = [self.factor()], []
        while self.peek() in _SIGNS or self.peek() in _OPENING or self.peek()[:1].isalnum():
            signs.append(self.take() if self.peek() in _SIGNS else "")
            factors.append(self.factor())
        if len(factors) == 1:
            return factors[0]
        if set(signs) == {r"\times"} and all(self._counts(factor) for factor in factors):
            return Shape(tuple(factors))
        self.style.update(("product", {r"\times": "times", r"\cdot": "dot"}.get(sign, "")) for sign in signs)
        return Product(tuple(factors))

    def _counts(self, node: Node) -> bool:
        return isinstance(node, Num) or (isinstance(node, Name) and node.name in self.given.letters)

    def factor(self) -> Node:
        node = self.atom()
        while self.peek() in ("^", "_"):
            if self.take() == "_":
                written = self.peek_group()
                if r"\times" in written:
                    shape = self.subscript()
                    if not isinstance(shape, Shape):
                        raise Unreadable("a subscript that is no shape")
                    node = Sized(node, shape)
                else:
                    node = Picked(node, _indices(self.group(), None, self.style))
                continue
            node = self.exponent(node)
        return node

    def exponent(self, node: Node) -> Node:
        braced = self.accept("{")
        if self.peek() in (r"\top", "T", r"\intercal") and (not braced or self.peek(1) == "}"):
            self.style["transpose", self.take().removeprefix("\\")] += 1
            node = Transposed(node)
        elif self.accept(r"\circ"):
            node = Powers(node, self.sum())
        else:
            node = Power(node, self.sum() if braced else self.atom())
        if braced:
            self.take("}")
        return node

    def atom(self) -> Node:
        token = self.take()
        if token.isdigit():
            return Num(int(token))
        if re.fullmatch(r"\d+\.\d+", token):
            whole, decimals = token.split(".")
            return Quotient(Num(int(whole + decimals)), Num(10 ** len(decimals)))
        if token == r"\exp" or (token == "e" and self.peek() == "^" and "e" not in self.given.owners):
            return self.exponential(token)
        if token.isalpha() or token in _GREEK:
            return self.name(token)
        if token in ("(", "{", "["):
            node = self.sum()
            self.take({"(": ")", "{": "}", "[": "]"}[token])
            return node
        if token in _FRACTIONS:
            return self.fraction()
        if token in _BOLD:
            return self.bold(token)
        if token in _BRACES:
            return self.braced(token)
        if token == r"\mathrm":
            return self.called("".join(self.group()))
        if token in _MATRICES:
            self.style["matrix", token[7:-1]] += 1
            return self.grid(token[7:-1])
        if token in _DOTS:
            return Dots(r"\cdots")
        match token:
            case r"\sum":
                return self.summation()
            case r"\delta":
                self.take("_")
                return Delta(_indices(self.group(), 2, self.style))
            case r"\langle":
                return self.frobenius()
        raise Unreadable(f"what does {token or 'nothing'} mean here?")

    def exponential(self, token: str) -> Node:
        """e^{x}, or exp(x)."""
        self.take("^" if token == "e" else "(")
        if token == "e":
            return Called("exp", (self.subscript(),))
        argument = self.sum()
        self.take(")")
        return Called("exp", (argument,))

    # names

    def bold(self, style: str) -> Node:
        """A matrix in bold, or a column of ones."""
        braced = self.accept("{")
        if self.accept("1"):
            if braced:
                self.take("}")
            self.take("_")
            return Ones(self.subscript())
        letter = self.take()
        if not (letter.isalpha() or letter in _GREEK):
            raise Unreadable(f"what is a bold {letter}?")
        letter += self.suffix()
        if braced:
            self.take("}")
        return self.name(letter, style)

    def name(self, letter: str, bold: str = "") -> Node:
        """A letter, what tells it from others of that letter, as in W^{(1)}, and its indices: w_{23}^{(1)}."""
        given = self.given
        name = letter.removeprefix("\\") + self.suffix()
        if self.peek() == "'" and any(f == f"{name}'" for f, _ in given.functions):
            name += self.take()
        functions = dict(given.functions)
        if self.peek() == "(" and (name in functions or letter in functions):
            return self.called(name if name in functions else letter)
        if self.peek() == "(" and name in "fgh" and (name not in given.shapes or given.define is None):
            return self.called(name)
        if self.peek() == "_" and r"\times" not in self.peek_group(1):
            self.take("_")
            written = self.group()
            name += self.suffix()
            if name not in given.owners:
                raise Unreadable(f"{name} has indices, but no matrix has such entries")
            if bold:
                raise Unreadable(f"an entry of {name} in bold")
            matrix = given.owners[name]
            if given.images and matrix == given.images[0] and len(written) >= 3 and written.count(",") == 2:
                return Entry(matrix, _indices(written, 3, self.style))
            if matrix[:1].isupper():
                self.style["capital", str(name == matrix)] += 1
            return Entry(matrix, _indices(written, given.indices_of(matrix), self.style))
        if name in given.shapes:
            if bold or not given.is_scalar(name):
                self.style["bold", bold.removeprefix("\\")] += 1
        elif bold:
            raise Unreadable(f"{name} in bold is no matrix")
        if name not in (*given.shapes, given.loss, *given.letters, *given.scalars):
            raise Unreadable(f"the name {name} stands for nothing")
        return Name(name)

    def called(self, function: str) -> Node:
        self.take("(")
        found = [self.sum()]
        while self.accept(","):
            found.append(self.sum())
        self.take(")")
        return Called(function, tuple(found))

    def suffix(self) -> str:
        if (self.peek(), self.peek(2)) != ("^", "("):
            return ""
        self.at += 3
        found = "".join(self.group()) if self.accept(r"\mathrm") else self.take()
        self.take(")")
        self.take("}")
        return found

    # groups

    def peek_group(self, ahead: int = 0) -> list[str]:
        """The tokens of the group that comes, or the single token."""
        if self.peek(ahead) != "{":
            return [self.peek(ahead)]
        stop = self.tokens.index("}", self.at + ahead) if "}" in self.tokens[self.at :] else len(self.tokens)
        return self.tokens[self.at + ahead + 1 : stop]

    def group(self) -> list[str]:
        """The tokens between two braces, or one token."""
        if not self.accept("{"):
            return [self.take()]
        found = []
        while self.peek() not in ("}", ""):
            found.append(self.take())
        self.take("}")
        return found

    def subscript(self) -> Node:
        """An expression in braces, or one token."""
        if not self.accept("{"):
            return self.atom()
        node = self.sum()
        self.take("}")
        return node

    # what is built from others

    def fraction(self) -> Node:
        self.take("{")
        sign = self.differential()
        if not sign:
            above = self.sum()
            self.take("}")
            self.take("{")
            below = self.sum()
            self.take("}")
            return Quotient(above, below)
        of = None if self.peek() == "}" else self.factor()
        for expected in "}{":
            self.take(expected)
        if self.differential() != sign:
            raise Unreadable("a derivative without its sign below")
        self.style["differential", sign] += 1
        by = self.factor()
        self.take("}")
        if of is None:
            if self.peek() not in ("(", "[", r"\sum", r"\exp") and (self.peek(), self.peek(1)) != ("e", "^"):
                raise Unreadable("∂/∂ stands before something that is no bracket and no sum")
            of = self.atom()
        return Partial(of, by)

    def differential(self) -> str:
        """∂ or an upright d, if that comes next."""
        if self.accept(r"\partial"):
            return "partial"
        if self.peek() == r"\mathrm" and self.peek_group(1) == ["d"]:
            self.at += 4
            return "d"
        return ""

    def summation(self) -> Node:
        self.take("_")
        written = self.group()
        if "=" not in written:
            return self._over_all([index for index in written if index != ","])
        index, equals, low = (*written, "", "", "")[:3]
        if not (index.isalpha() and equals == "=" and low.isdigit() and len(written) == 3):
            raise Unreadable(f"a sum over {' '.join(written)}")
        self.take("^")
        high = self.subscript()
        return Sum(index, int(low), high, self.juxtaposed())

    def _over_all(self, indices: Sequence[str]) -> Node:
        if not indices or not all(index.isalpha() for index in indices):
            raise Unreadable(f"a sum over {' '.join(indices)}")
        body = self.juxtaposed()
        for index in reversed(indices):
            body = Sum(index, 1, Every(), body)
        return body

    def braced(self, kind: str) -> Node:
        self.style["over", str(kind == r"\overbrace")] += 1
        self.take("{")
        body = self.sum()
        self.take("}")
        self.take(_BRACES[kind])
        self.take("{")
        if self.peek().startswith(r"\text{") and self.peek(1) == "}":
            self.style["label", self.take()] += 1
            self.take("}")
            return body
        label = self.side()
        self.take("}")
        return Braced(body, label)

    def frobenius(self) -> Node:
        left = self.sum()
        self.take(",")
        right = self.sum()
        self.take(r"\rangle")
        self.take("_")
        if self.group() != ["F"]:
            raise Unreadable("which product do the angles mean?")
        return Frobenius(left, right)

    def grid(self, kind: str) -> Node:
        rows = [[self.cell()]]
        while self.peek() in ("&", r"\\"):
            if self.take() == "&":
                rows[-1].append(self.cell())
            elif self.peek() != rf"\end{{{kind}}}":
                rows.append([self.cell()])
        self.take(rf"\end{{{kind}}}")
        return Grid(tuple(map(tuple, rows)))

    def cell(self) -> Node:
        return Dots(self.take()) if self.peek() in (r"\vdots", r"\ddots") else self.sum()


def _indices(written: Sequence[str], count: int | None, style: Counter[tuple[str, str]]) -> tuple[int | str, ...]:
    """23, 2,13 or ij: without commas each digit and letter is an index, unless there is but one index."""
    text = "".join(written)
    if count is None and len(text) == 1:
        count = 1
    pieces = text.split(",") if "," in text else [text] if count == 1 else list(text)
    if len(pieces) != (count or 2) or not all(piece.isdigit() or len(piece) == 1 for piece in pieces):
        raise Unreadable(f"{text} are not {count or 2} indices")
    if len(pieces) == 2 and any(piece.isdigit() for piece in pieces):
        style["comma", str("," in text)] += 1
    return tuple(int(piece) if piece.isdigit() else piece for piece in pieces)


def _scaled(product: Product) -> bool:
    """Numbers before one factor: 2 Y."""
    return all(isinstance(factor, (Num, Quotient)) for factor in product.factors[:-1])


def _summands(side: Node) -> tuple[Node, ...]:
    """The terms of a sum that is broken into lines."""
    return side.terms if isinstance(side, Add) else (side,)


def parsed(tex: str, given: Given) -> list[Node]:
    """The lines of a formula as trees."""
    return Parser(tex, given).formula()
