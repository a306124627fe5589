"""Reading expressions: Python's own grammar, a whitelist of its nodes, and nothing is evaluated."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from fractions import Fraction

from derive.errors import DeriveError
from derive.expressions import expression
from derive.expressions.calls import call, untold
from derive.expressions.declarations import NAME, RESERVED, Declaration, LanguageError, declarations, pointed
from derive.expressions.expression import Node
from derive.expressions.hints import MEANT, QUOTES, REFUSED, strange
from derive.expressions.inference import Draft
from derive.expressions.shapes import infer
from derive.expressions.sizes import times
from derive.operation import Operation, registered, unknown

LONGEST_TEXT = 4_000
DEEPEST = 60
LARGEST_NUMBER = 10**12
LARGEST_POWER = 16
CONSTANTS = {"ones": 2, "zeros": 2, "eye": 1, "unit": 2, "commutation": 2}  # and how many sizes they are told

_INFIX: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "div",
    ast.MatMult: "matmul",
}


def functions() -> Mapping[str, Operation]:
    """The operations that are written as calls."""
    import derive.ops  # noqa: F401 - registers them

    return {name: each for name, each in registered().items() if not each.syntax}


def parse(text: str, shapes: Mapping[str, str] | None = None, dimensions: Iterable[str] = ()) -> Node:
    """The expression that a text stands for.

    ``shapes`` declares symbols, ``{"A": "m,n", "S": "n,n spd", "c": ""}``, and ``dimensions`` are
    names of sizes that occur in no shape.  What is not declared is inferred: a capital letter is a
    matrix, a small one a column, and sizes follow from the expression.

    Raises:
        DeriveError: the text is no expression of the language, or its shapes do not fit; the message
            shows the place with a caret.

    >>> parse("tr(A @ X @ B)").shape
    (1, 1)
    """
    declared = declarations(shapes or {})
    tree = _Reader(text, declared).read()
    return _node(infer(tree, text, declared, dimensions), text)


class _Reader:
    """From Python's syntax tree to a draft, refusing whatever is not in the whitelist."""

    def __init__(self, text: str, declared: Mapping[str, Declaration]) -> None:
        if not isinstance(text, str):
            raise DeriveError(f"an expression is a text, not {type(text).__name__}.")
        self.text = text
        self.declared = declared
        self.functions = functions()

    def read(self) -> Draft:
        text = self.text
        if not text.strip():
            raise DeriveError('the expression is empty; write for example "tr(A @ X @ B)".')
        if len(text) > LONGEST_TEXT:
            raise DeriveError(f"the expression has {len(text)} characters; at most {LONGEST_TEXT} are read.")
        found = re.search(r"[^\x20-\x7e\t\r\n]", text)
        if found:
            raise self.refused(strange(found[0]), found.span())
        self._nesting()
        flat = re.sub(r"[\t\r\n]", " ", text)
        self.lead = len(flat) - len(flat.lstrip())
        try:
            tree = ast.parse(flat.strip(), mode="eval").body
        except SyntaxError as error:
            at = max(0, min(len(text.rstrip()), (error.offset or 1) - 1 + self.lead))
            if "string literal" in (error.msg or ""):
                raise self.refused(QUOTES, (at, at + 1)) from None
            what = (error.msg or "it cannot be read").split(". ")[0]
            raise self.refused(f"this is no expression: {what[:1].lower()}{what[1:]}", (at, at + 1)) from None
        except (RecursionError, MemoryError, ValueError):
            raise DeriveError("the expression is nested too deeply.") from None
        return self.draft(tree, 0)

    def _nesting(self) -> None:
        depth = 0
        for at, sign in enumerate(self.text):
            depth += (sign in "([{") - (sign in ")]}")
            if depth > DEEPEST:
                raise self.refused(f"brackets are nested more than {DEEPEST} deep", (at, at + 1))

    def span(self, tree: ast.expr) -> tuple[int, int]:
        return tree.col_offset + self.lead, (tree.end_col_offset or tree.col_offset + 1) + self.lead

    def refused(self, message: str, at: tuple[int, int]) -> LanguageError:
        return LanguageError(pointed(message, self.text, at))

    def draft(self, tree: ast.expr, depth: int) -> Draft:
        at = self.span(tree)
        if depth > 4 * DEEPEST:
            raise self.refused("the expression is nested too deeply", at)
        if isinstance(tree, ast.Constant):
            return Draft("number", (), at, self._number(tree))
        if isinstance(tree, ast.Name):
            return self._name(tree)
        if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, (ast.USub, ast.UAdd)):
            operand = self.draft(tree.operand, depth + 1)
            return Draft("neg", (operand,), at) if isinstance(tree.op, ast.USub) else operand
        if isinstance(tree, ast.BinOp) and type(tree.op) in _INFIX:
            return Draft(_INFIX[type(tree.op)], self._operands(tree, depth), at)
        if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Pow):
            base, exponent = self._operands(tree, depth)
            return Draft("pow", (base, exponent), at)
        if isinstance(tree, ast.Attribute):
            if tree.attr != "T":
                raise self.refused(
                    f"unknown attribute '.{tree.attr}'; only '.T', the transpose, is known", self._tail(tree)
                )
            return Draft("transpose", (self.draft(tree.value, depth + 1),), at)
        if isinstance(tree, ast.Subscript):
            return self._entry(tree, depth)
        if isinstance(tree, ast.Call):
            return self._call(tree, depth)
        kind = type(tree.op) if isinstance(tree, (ast.BinOp, ast.UnaryOp)) else type(tree)
        raise self.refused(REFUSED.get(kind, f"{kind.__name__} is not read here"), at)

    def _operands(self, tree: ast.BinOp, depth: int) -> tuple[Draft, Draft]:
        return self.draft(tree.left, depth + 1), self.draft(tree.right, depth + 1)

    def _tail(self, tree: ast.Attribute) -> tuple[int, int]:
        end = self.span(tree)[1]
        return end - len(tree.attr), end

    def _number(self, tree: ast.Constant) -> Fraction:
        value = tree.value
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self.refused(f"{ast.unparse(tree)[:20]} is no number", self.span(tree))
        begin, end = self.span(tree)
        written = self.text[begin:end].replace("_", "")
        try:
            exact = Fraction(written)
        except ValueError:
            raise self.refused("numbers are written in decimals, as 2, 0.5 or 1e-3", (begin, end)) from None
        if abs(value) > LARGEST_NUMBER or (value and abs(value) < 1 / LARGEST_NUMBER):
            raise self.refused(f"numbers lie between {1 / LARGEST_NUMBER:g} and {LARGEST_NUMBER:g}", (begin, end))
        return exact

    def _name(self, tree: ast.Name) -> Draft:
        at, name = self.span(tree), tree.id
        if name not in self.declared:
            if name in self.functions or name in CONSTANTS:
                raise self.refused(f"'{name}' is a function; write {name}(...), or give the symbol another name", at)
            if name in RESERVED:
                raise self.refused(f"'{name}' is the name of a library in the programs; choose another", at)
            if NAME.fullmatch(name) is None:
                raise self.refused(f"'{name}' is no name; a name is a letter, then letters or digits", at)
        return Draft("symbol", (), at, name)

    def _entry(self, tree: ast.Subscript, depth: int) -> Draft:
        at = self.span(tree)
        indices = tree.slice.elts if isinstance(tree.slice, ast.Tuple) else [tree.slice]
        numbers = []
        for index in indices:
            if not (isinstance(index, ast.Constant) and type(index.value) is int and 0 <= index.value < 1000):
                raise self.refused("an index is a whole number, counted from 0", self.span(index))
            numbers.append(index.value)
        if len(numbers) != 2:
            raise self.refused("an entry has two indices, as in A[0, 1]", at)
        return Draft("entry", (self.draft(tree.value, depth + 1),), at, tuple(numbers))

    def _call(self, tree: ast.Call, depth: int) -> Draft:
        at = self.span(tree)
        if not isinstance(tree.func, ast.Name):
            raise self.refused("only the functions of the language can be called", self.span(tree.func))
        name, place = tree.func.id, self.span(tree.func)
        if name not in self.functions and name not in CONSTANTS:
            known = [*self.functions, *CONSTANTS]
            raise self.refused(
                MEANT.get(name) or unknown("function", name, known).partition(" Known")[0].rstrip("."), place
            )
        if tree.keywords:
            raise self.refused("arguments are not given by name", self.span(tree.keywords[0].value))
        for given in tree.args:
            if isinstance(given, ast.Starred):
                raise self.refused("'*' before an argument is not read here", self.span(given))
        if name in CONSTANTS:
            return self._constant(name, tree)
        operation = self.functions[name]
        inputs = len(operation.signature.inputs)
        told = len(untold(name)) or len(operation.parameters)
        if len(tree.args) != inputs + told:
            count = f"{inputs + told} argument{'s' * (inputs + told > 1)}"
            raise self.refused(f"{name} takes {count}, not {len(tree.args)}: {_usage(operation)}", at)
        args = tuple(self.draft(given, depth + 1) for given in tree.args[:inputs])
        rest = tree.args[inputs:]
        read = self._size if untold(name) else self._whole
        return Draft(name, args, at, tuple(read(given) for given in rest))

    def _constant(self, name: str, tree: ast.Call) -> Draft:
        if len(tree.args) != CONSTANTS[name]:
            usage = "unit(n, 0)" if name == "unit" else f"{name}({', '.join('mn'[: CONSTANTS[name]])})"
            count = f"{CONSTANTS[name]} argument{'s' * (CONSTANTS[name] > 1)}"
            raise self.refused(f"{name} takes {count}, as in {usage}", self.span(tree))
        if name == "unit":
            return Draft(name, (), self.span(tree), (self._size(tree.args[0]), self._whole(tree.args[1], least=0)))
        return Draft(name, (), self.span(tree), tuple(self._size(given) for given in tree.args))

    def _whole(self, tree: ast.expr, least: int = -LARGEST_POWER) -> int:
        sign = 1
        inner = tree
        if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.USub):
            sign, inner = -1, tree.operand
        if not (isinstance(inner, ast.Constant) and type(inner.value) is int):
            raise self.refused("this has to be a whole number", self.span(tree))
        if not least <= sign * inner.value <= (LARGEST_POWER if least < 0 else 999):
            limit = f"between {least} and {LARGEST_POWER}" if least < 0 else "from 0 to 999"
            raise self.refused(f"this whole number has to be {limit}", self.span(tree))
        return sign * inner.value

    def _size(self, tree: ast.expr) -> int | str:
        if isinstance(tree, ast.Constant) and type(tree.value) is int and 0 < tree.value < 10**6:
            return tree.value
        if isinstance(tree, ast.Name) and NAME.fullmatch(tree.id):
            if tree.id in self.declared:
                raise self.refused(f"'{tree.id}' is declared as a symbol and cannot be a size", self.span(tree))
            return tree.id
        if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Mult):
            return times(self._size(tree.left), self._size(tree.right))
        raise self.refused("a size is the name of a dimension or a positive whole number", self.span(tree))


def _usage(operation: Operation) -> str:
    signature = operation.signature
    names = [operand.name for operand in signature.inputs]
    told = untold(signature.name) or operation.parameters
    return f"{signature.name}({', '.join([*names, *told])})"


def _node(draft: Draft, text: str) -> Node:
    """The expression of a draft whose shapes are known."""
    args = tuple(_node(arg, text) for arg in draft.args)
    try:
        made = _made(draft, args)
        if made.value is not None and abs(made.value) > LARGEST_NUMBER:
            raise DeriveError(f"this number is larger than {LARGEST_NUMBER:g}")
        return made
    except DeriveError as error:
        raise LanguageError(pointed(str(error), text, draft.at)) from None


def _made(draft: Draft, args: tuple[Node, ...]) -> Node:
    if draft.op == "number":
        return expression.number(draft.data)
    if draft.op == "dimension":
        return expression.dimension(draft.data)
    if draft.op == "symbol":
        name, structure = draft.data
        rows, cols = draft.shape
        return expression.symbol(name, (rows, cols), structure)  # type: ignore[arg-type]
    if draft.op in CONSTANTS:
        return getattr(expression, draft.op)(*draft.data)  # type: ignore[no-any-return]
    if draft.op == "pow":
        return expression.power(*args)
    if draft.op == "mul":
        return expression.mul(*args)
    if draft.op in ("add", "sub", "neg", "div", "matmul", "transpose"):
        return call(draft.op, *args)
    return call(draft.op, *args, data=draft.data or ())
