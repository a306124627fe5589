"""The shapes of a draft: what each operation demands of its arguments, and what clashes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from derive.expressions.declarations import Declaration, LanguageError, pointed
from derive.expressions.inference import (
    Clash,
    Constraint,
    Draft,
    Side,
    Unknown,
    name_the_rest,
    product_is,
    settled,
    solve,
    spread_to,
    unify,
)
from derive.expressions.sizes import factors
from derive.operation import registered


def infer(tree: Draft, text: str, declared: Mapping[str, Declaration], dimensions: Iterable[str] = ()) -> Draft:
    """The draft with all its shapes settled; symbols carry name and structure, dimensions are told apart.

    Raises:
        LanguageError: shapes that do not fit.
    """
    return _Inference(tree, text, declared, dimensions).run()


def _walk(draft: Draft) -> Iterator[Draft]:
    for arg in draft.args:
        yield from _walk(arg)
    yield draft


class _Inference:
    def __init__(self, tree: Draft, text: str, declared: Mapping[str, Declaration], dimensions: Iterable[str]) -> None:
        self.tree, self.text, self.declared = tree, text, declared
        self.drafts = list(_walk(tree))
        self.dimensions = {name for each in declared.values() for side in each.shape for name in factors(side)[1]}
        self.dimensions |= set(dimensions)
        for draft in self.drafts:
            if draft.op in ("ones", "zeros", "eye", "unit", "commutation", "unvec"):
                for size in draft.data[: 1 if draft.op == "unit" else 2]:
                    self.dimensions |= set(factors(size)[1])
        self.symbols: dict[str, tuple[Side, Side]] = {}
        self.taken = self.dimensions | set(declared)

    def run(self) -> Draft:
        spreads: list[Constraint] = []
        products: list[Constraint] = []
        for draft in self.drafts:
            self.demand(draft, spreads, products)
        solve([*spreads, *products])
        self.name([side for draft in self.drafts for side in draft.sides])
        for draft in self.drafts:
            self.check(draft)
        return self.tree

    def name(self, sides: list[Side] | tuple[Side, ...]) -> None:
        every = [side for draft in self.drafts for side in draft.sides]
        used = {letter for side in map(settled, every) if not isinstance(side, Unknown) for letter in factors(side)[1]}
        names = {draft.data for draft in self.drafts if draft.op == "symbol" and isinstance(draft.data, str)}
        name_the_rest(sides, self.taken | used | names | set(self.symbols))

    def refuse(self, message: str, draft: Draft) -> LanguageError:
        return LanguageError(pointed(message, self.text, draft.at))

    def written(self, draft: Draft) -> str:
        """A part of the text with its shape."""
        piece = self.text[slice(*draft.at)].strip()
        piece = piece if len(piece) <= 30 else piece[:29] + "…"
        return f"{piece} is {_shown(draft)}"

    def fix(self, draft: Draft, sides: tuple[Side, Side], complain: Callable[[], Exception]) -> None:
        try:
            unify(draft.sides[0], sides[0])
            unify(draft.sides[1], sides[1])
        except Clash:
            raise complain() from None

    def demand(self, draft: Draft, spreads: list[Constraint], products: list[Constraint]) -> None:
        """Settle what a node says of its own shape and of those of its arguments."""
        args = draft.args
        if draft.op == "symbol":
            self._symbol(draft)
        elif draft.op == "number":
            draft.sides = (1, 1)
        elif draft.op in ("ones", "zeros"):
            draft.sides = (draft.data[0], draft.data[1])
        elif draft.op == "eye":
            draft.sides = (draft.data[0], draft.data[0])
        elif draft.op == "unit":
            draft.sides = (draft.data[0], 1)
        elif draft.op == "commutation":
            size = factors_product(draft.data)
            draft.sides = (size, size)
        elif draft.op in ("add", "sub", "mul", "div"):
            spreads.append(spread_to(draft, args, lambda one, two: self._entrywise(draft, one, two)))
        elif draft.op == "neg":
            draft.sides = args[0].sides
        elif draft.op == "pow":
            draft.sides = args[0].sides
            self._exponent(draft)
        elif draft.op == "transpose":
            draft.sides = (args[0].sides[1], args[0].sides[0])
        elif draft.op == "matmul":
            self._matmul(draft, spreads)
        else:
            self._function(draft, products)

    def _symbol(self, draft: Draft) -> None:
        name = draft.data
        if name in self.declared:
            each = self.declared[name]
            draft.sides, draft.data = each.shape, (name, each.structure)
        elif name in self.dimensions:
            draft.op, draft.sides = "dimension", (1, 1)
        else:
            column = name[0].islower()
            draft.sides = self.symbols.setdefault(name, (Unknown(), 1 if column else Unknown()))
            draft.data = (name, "")

    def _entrywise(self, draft: Draft, one: Draft, two: Draft) -> Exception:
        verb = {"add": "added", "sub": "subtracted", "mul": "multiplied entry by entry", "div": "divided"}[draft.op]
        hint = ""
        if draft.op == "mul" and one.shape[1] == two.shape[0]:
            hint = "; did you mean the matrix product '@'?"
        message = f"these cannot be {verb}: {self.written(one)}, {self.written(two)}{hint}"
        return self.refuse(message, two)

    def _exponent(self, draft: Draft) -> None:
        exponent = draft.args[1]
        for part in _walk(exponent):
            if part.op == "symbol":
                if part.data in self.dimensions and part.data not in self.declared:
                    continue
                raise self.refuse("an exponent is a number; for a variable one write exp(p * log(X))", part)
            if part.op not in ("number", "dimension", "add", "sub", "neg", "mul", "div"):
                raise self.refuse("an exponent is a number", part)

    def _matmul(self, draft: Draft, spreads: list[Constraint]) -> None:
        left, right = draft.args

        def constraint(forced: bool) -> bool:
            shapes = left.shape, right.shape
            undecided = any(1 in shape and any(isinstance(side, Unknown) for side in shape) for shape in shapes)
            if undecided and not forced and not isinstance(left.shape[1], str) and not isinstance(right.shape[0], str):
                return False
            try:
                unify(left.sides[1], right.sides[0])
                unify(draft.sides[0], left.sides[0])
                unify(draft.sides[1], right.sides[1])
            except Clash:
                raise self._chain(left, right) from None
            return True

        if not constraint(False):
            spreads.append(constraint)

    def _chain(self, left: Draft, right: Draft) -> Exception:
        hint = ""
        if (1, 1) in (left.shape, right.shape):
            hint = "; a number multiplies with '*'"
        elif left.shape == right.shape:
            hint = "; did you mean the entrywise product '*', or a transpose?"
        elif left.shape[1] == right.shape[1]:
            hint = "; did you mean the transpose of the right one, '.T'?"
        elif left.shape[0] == right.shape[0]:
            hint = "; did you mean the transpose of the left one, '.T'?"
        return self.refuse(f"these cannot be multiplied: {self.written(left)}, {self.written(right)}{hint}", right)

    def _function(self, draft: Draft, products: list[Constraint]) -> None:
        operation = registered()[draft.op]
        signature = operation.signature
        from derive.expressions.calls import untold

        letters: dict[str, Side] = {letter: Unknown() for letter in signature.sizes}
        if untold(draft.op):
            letters |= dict(zip(untold(draft.op), draft.data, strict=True))

        def side(written: str) -> Side | None:
            if written.isdigit():
                return int(written)
            return letters.get(written)

        for operand, arg in zip(signature.inputs, draft.args, strict=True):
            for written, actual in zip((operand.rows, operand.cols), arg.sides, strict=True):
                self._meet(written, actual, side, letters, products, lambda arg=arg: self._unfit(draft, arg))  # type: ignore[misc]
        for written, actual in zip((signature.output.rows, signature.output.cols), draft.sides, strict=True):
            self._meet(written, actual, side, letters, products, lambda: self._unfit(draft, draft))

    def _meet(
        self,
        written: str,
        actual: Side,
        side: Callable[[str], Side | None],
        letters: dict[str, Side],
        products: list[Constraint],
        complain: Callable[[], Exception],
    ) -> None:
        demanded = side(written)
        if demanded is None:
            parts = tuple(letters[part] for part in written.split("*"))
            products.append(product_is(actual, parts, complain, self.name))
            return
        try:
            unify(actual, demanded)
        except Clash:
            raise complain() from None

    def _unfit(self, draft: Draft, arg: Draft) -> Exception:
        if arg is draft:
            return self.refuse(f"the shape of {self.written(draft)} does not fit here; declare those in it", draft)
        operand = registered()[draft.op].signature.inputs[draft.args.index(arg) if arg in draft.args else 0]
        wanted = "a square matrix" if operand.rows == operand.cols else f"a shape like {operand}"
        return self.refuse(f"{draft.op} needs {wanted}; {self.written(arg)}", arg)

    def check(self, draft: Draft) -> None:
        """What can be said only when all sizes are known."""
        if draft.op == "entry":
            for index, size in zip(draft.data, draft.args[0].shape, strict=True):
                if isinstance(size, int) and index >= size:
                    message = f"there is no entry [{draft.data[0]}, {draft.data[1]}]: {self.written(draft.args[0])}"
                    raise self.refuse(message + " (indices count from 0)", draft)
        if draft.op == "symbol" and draft.shape == (1, 1) and draft.data[0] not in self.declared:
            name = draft.data[0]
            raise self.refuse(
                f'{name} would have to be a number here; if it is one, declare it (shapes={{"{name}": ""}}, '
                f"--shape '{name}: 1,1'), else write a matrix product as '@'",
                draft,
            )


def factors_product(sizes: tuple[int | str, int | str]) -> int | str:
    """The size of a commutation matrix."""
    from derive.expressions.sizes import times

    return times(*sizes)


def _shown(draft: Draft) -> str:
    rows, cols = ("?" if isinstance(side, Unknown) else side for side in draft.shape)
    return "a scalar" if (rows, cols) == (1, 1) else f"({rows}, {cols})"
