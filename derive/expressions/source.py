"""Formulas as Python functions: NumPy, PyTorch and JAX."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from textwrap import wrap

from derive.errors import DeriveError
from derive.expressions.calls import bound
from derive.expressions.expression import Node, power, transpose
from derive.expressions.expression import number as constant
from derive.expressions.libraries import LIBRARIES, Library
from derive.expressions.sizes import Size, factors
from derive.expressions.text import ATOM, HALF, POWER, PRODUCT, SUM, fraction_parts
from derive.operation import named

Text = tuple[str, int]

WIDTH = 88  # longer lines of code are folded


def function_source(
    node: Node, name: str, symbols: Sequence[Node], library: str = "numpy", axes: Sequence[Size] = (), doc: str = ""
) -> str:
    """A function that computes an expression; its keyword parameters are ``symbols``.

    With ``axes`` the matrix of a Jacobian is folded to an array with these axes.

    >>> from derive.expressions.language import parse
    >>> f = parse("A.T @ inv(B) @ x", {"A": "n,m", "B": "n,n", "x": "n"})
    >>> print(function_source(f, "f", [n for n in f.walk() if n.op == "symbol"]))
    def f(*, A, B, x):
        return A.T @ np.linalg.solve(B, x)
    """
    return _Writer(node, symbols, LIBRARIES[library]).function(name, axes, doc)


class _Writer:
    def __init__(self, node: Node, symbols: Sequence[Node], library: Library) -> None:
        self.node, self.symbols, self.library = node, symbols, library
        self.names = {symbol.name for symbol in symbols}
        self.known: dict[Node, str] = {}
        self.lines: list[str] = []
        self.used: dict[str, None] = {}
        self.shared = _shared(node)

    def function(self, name: str, axes: Sequence[Size], doc: str) -> str:
        result = self.text(self.node, SUM)
        if axes:
            shape = ", ".join(self.size(axis) for axis in axes)
            held = self.text(self.node, ATOM)
            result = f'{held}.reshape({shape}, order="F")'
            if self.library.typed:
                turned = ", ".join(self.size(axis) for axis in reversed(axes))
                result = f"{held}.T.reshape({turned}).permute({', '.join(str(k) for k in reversed(range(len(axes))))})"
        elif self.node.scalar and any(each.symbols or not each.scalar for each in self.node.walk()):
            result = f"{self.library.module}.squeeze({self.text(self.node, SUM)})"
        read, told = self.readings()
        parameters = ", ".join([*(symbol.name for symbol in self.symbols), *told])
        body = [*([f'"""{doc}"""'] if doc else []), *read, *self.lines, f"return {result}"]
        head = f"def {name}(*, {parameters}):" if parameters else f"def {name}():"
        return "\n".join([head, *(f"    {piece}" for line in body for piece in _folded(line))])

    def readings(self) -> tuple[list[str], list[str]]:
        """Lines that read the sizes off the arrays, and the sizes that no array tells."""
        lines, told = [], []
        for size in self.used:
            where = next(((s.name, k) for s in self.symbols for k in (0, 1) if s.shape[k] == size), None)
            if where is None:
                told.append(size)
            else:
                lines.append(f"{size} = {where[0]}.shape[{where[1]}]")
        return lines, told

    def size(self, size: Size) -> str:
        self.used.update(dict.fromkeys(factors(size)[1]))
        return str(size).replace("*", " * ")

    def text(self, node: Node, level: int) -> str:
        """The code of a node, in brackets unless it holds together as strongly as ``level``."""
        if node in self.known:
            return self.known[node]
        written, strength = self.code(node)
        if node in self.shared:
            return self.keep(node, written)
        return written if strength >= level else f"({written})"

    def keep(self, node: Node, written: str) -> str:
        """Give a value a name, once it is computed."""
        taken = self.names | set(self.used) | set(self.known.values())
        name = next(f"t{k}" for k in range(1, 10_000) if f"t{k}" not in taken)
        self.lines.append(f"{name} = {written}")
        self.known[node] = name
        return name

    def code(self, node: Node) -> Text:
        special = _SPECIAL.get(node.op)
        if special is not None:
            return special(self, node)
        operation = named(node.op)
        template = (operation.torch if self.library.typed else "") or operation.numpy
        if not template:
            raise DeriveError(f"the file of {node.op} does not say how it is computed in NumPy (numpy=...).")
        sizes = bound(node.op, node.args, node.data or ())
        inputs = [operand.name for operand in operation.signature.inputs]
        values: dict[str, str] = {}
        for name, arg in zip(inputs, node.args, strict=True):
            bare = re.search(rf"(?<![(,]){{{name}}}|{{{name}}}\s*[-+*/@.>]|- {{{name}}}|-{{{name}}}", template)
            written = self.text(arg, ATOM if bare else SUM)
            if self.library.typed and arg.scalar and not arg.symbols and self.symbols:
                written = f"torch.as_tensor({written}, dtype={self.symbols[0].name}.dtype)"
            if template.count(f"{{{name}}}") > 1 and not re.fullmatch(r"\w+", written):
                written = self.keep(arg, self.text(arg, SUM))
            values[name] = written
        values |= {name: str(value) for name, value in zip(operation.parameters, node.data or (), strict=False)}
        values |= {name: self.size(size) for name, size in sizes.items() if f"{{{name}}}" in template}
        made = re.sub(r"\bnp\.", f"{self.library.module}.", template).format(**values)
        return made, ATOM if re.fullmatch(r"[\w.]+\([^()]*\)|[\w.]+\(.*\)", made) and _one_call(made) else SUM

    def leaf(self, node: Node) -> Text:
        if node.op == "symbol":
            return node.name, ATOM
        if node.op == "number":
            return _number(node.data)
        if node.op == "dimension":
            return self.size(node.data), ATOM
        example = self.symbols[0].name if self.symbols else "X"
        if node.op in ("ones", "zeros"):
            shape = ", ".join(self.size(side) for side in node.shape)
            return self.library.matrix(node.op, f"({shape})", example), ATOM
        size = self.size(node.shape[0])
        if node.op == "unit":
            return f"{self.library.matrix('eye', size, example)}[:, [{node.data[0]}]]", ATOM
        if node.op == "commutation":
            rows, cols = (self.size(side) for side in node.data)
            eye = self.library.matrix("eye", f"{rows} * {cols}", example)
            return f"{eye}.reshape({cols}, {rows}, {rows} * {cols}).swapaxes(0, 1).reshape({rows} * {cols}, -1)", ATOM
        return self.library.matrix("eye", size, example), ATOM

    def sum(self, node: Node) -> Text:
        out = ""
        for part in node.args:
            written = self.text(part, PRODUCT)
            if not out:
                out = written
            else:
                out += f" - {written[1:]}" if written.startswith("-") else f" + {written}"
        return out, SUM

    def product(self, node: Node) -> Text:
        coefficient, above, below = fraction_parts(node)
        sign, coefficient = ("-", -coefficient) if coefficient < 0 else ("", coefficient)
        top = [self.text(part, PRODUCT if len(above) == 1 and part.op == "matmul" else POWER) for part in above]
        if coefficient.numerator != 1 or not top:
            top.insert(0, str(coefficient.numerator))
        bottom = [self.text(part, POWER) for part in below]
        if coefficient.denominator != 1:
            bottom.insert(0, str(coefficient.denominator))
        written = " * ".join(top)
        if bottom:
            written += f" / {bottom[0]}" if len(bottom) == 1 else f" / ({' * '.join(bottom)})"
        return sign + written, PRODUCT

    def matmul(self, node: Node) -> Text:
        return self.chain(list(node.args))

    def chain(self, parts: list[Node]) -> Text:
        """A product; one with an inverse is the solution of a linear system."""
        if len(parts) == 1:
            bare = self.text(parts[0], SUM)
            return bare, POWER if bare == self.text(parts[0], POWER) else SUM
        found = next(
            (k for k, part in enumerate(parts) if _inverted(part) is not None and part not in self.known), None
        )
        if found is None:
            return " @ ".join(self.text(part, POWER) for part in parts), PRODUCT
        matrix = _inverted(parts[found])
        assert matrix is not None
        solve = f"{self.library.module}.linalg.solve"
        if found < len(parts) - 1:
            right, _ = self.chain(parts[found + 1 :])
            solved = f"{solve}({self.text(matrix, SUM)}, {right})"
            if not found:
                return solved, ATOM
            left, strength = self.chain(parts[:found])
            return f"{left if strength >= PRODUCT else f'({left})'} @ {solved}", PRODUCT
        left, strength = self.chain(parts[:found])
        held = left if strength >= ATOM or re.fullmatch(r"\w+", left) else f"({left})"
        return f"{solve}({self.text(transpose(matrix), SUM)}, {held}.T).T", ATOM

    def turned(self, node: Node) -> Text:
        return f"{self.text(node.args[0], ATOM)}.T", ATOM

    def power(self, node: Node) -> Text:
        base, exponent = node.args
        if exponent.value is not None and exponent.value < 0:
            return self.product(node)
        if exponent.value == HALF:
            if not base.symbols and self.library.typed:
                return f"{self.text(base, ATOM)} ** 0.5", POWER
            return f"{self.library.module}.sqrt({self.text(base, SUM)})", ATOM
        return f"{self.text(base, ATOM)} ** {self.text(exponent, ATOM)}", POWER

    def entry(self, node: Node) -> Text:
        return f"{self.text(node.args[0], ATOM)}[{node.data[0]}, {node.data[1]}]", ATOM

    def matpow(self, node: Node) -> Text:
        base = self.text(node.args[0], SUM)
        return f"{self.library.module}.linalg.matrix_power({base}, {node.data[0]})", ATOM


_SPECIAL: Mapping[str, Callable[[_Writer, Node], Text]] = {
    **dict.fromkeys(("symbol", "number", "dimension", "ones", "zeros", "eye", "unit", "commutation"), _Writer.leaf),
    "add": _Writer.sum,
    "mul": _Writer.product,
    "matmul": _Writer.matmul,
    "transpose": _Writer.turned,
    "pow": _Writer.power,
    "entry": _Writer.entry,
    "matpow": _Writer.matpow,
}


def _folded(line: str) -> list[str]:
    """A statement in several lines, if it is a long one."""
    if len(line) <= WIDTH:
        return [line]
    begin, _, rest = line.partition(" = " if " = " in line.split("(")[0] else " ")
    joint = " =" if " = " in line.split("(")[0] else ""
    return [
        f"{begin}{joint} (",
        *(f"    {piece}" for piece in wrap(rest, WIDTH - 4, break_long_words=False, break_on_hyphens=False)),
        ")",
    ]


def _inverted(node: Node) -> Node | None:
    """X, where a factor is X⁻¹; Xᵀ, where it is X⁻ᵀ."""
    if node.op == "inv":
        return node.args[0]
    if node.op == "transpose" and node.args[0].op == "inv":
        return transpose(node.args[0].args[0])
    return None


def _number(value: Fraction) -> Text:
    if value.denominator == 1:
        return str(value.numerator), ATOM if value >= 0 else PRODUCT
    short = repr(float(value))
    if Fraction(short) == value:
        return short, ATOM if value > 0 else PRODUCT
    return f"{value.numerator} / {value.denominator}", PRODUCT


def _one_call(text: str) -> bool:
    """Whether a text is one call, and not a call and something after it."""
    depth = 0
    for at, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if depth == 0 and sign == ")":
            return at == len(text) - 1
    return False


def _shared(node: Node) -> frozenset[Node]:
    """The parts that are worth a name: they are used more than once, and more than a transpose."""
    uses: Counter[Node] = Counter()
    for each in node.walk():
        uses.update(each.args)
        if each.op == "pow" and each.args[1].value is not None and each.args[1].data < -1:
            uses[power(each.args[0], constant(-each.args[1].data))] += 0
    simple = ("symbol", "number", "dimension", "ones", "zeros", "eye", "unit")
    return frozenset(
        each
        for each, count in uses.items()
        if count > 1 and each.op not in simple and not (each.op == "transpose" and each.args[0].op in simple)
    )
