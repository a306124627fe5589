"""What the prose claims beside its formulas: sentences with a check for what stands in their gaps.

A sentence is written as in the file of the prose, with ``{name}`` for what the document puts there:

    Sentence("{entry} is used in {outputs}.", used_in, lists=("outputs",))

The check is a function of the reader and the texts in the gaps, by name: formulas without their dollars as a
list, words as they are.  It raises ``Untrue``; what it has no fault with is counted as a claim.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

from tests.reading.checks import matrix_of
from tests.reading.faults import Unreadable, Untrue
from tests.reading.numbers import shape_of
from tests.reading.tree import Entry, Name, Shape, parts

if TYPE_CHECKING:
    from tests.reading.documents import Document

Check = Callable[..., None]

_FORMULA = r"\$[^$]*\$"
_PHRASES = rf"(?:[^$.\n]|{_FORMULA})+?"
_FORMULAS = rf"{_FORMULA}(?:(?:,? (?:and|or) |, ){_FORMULA})*?"


@dataclass(frozen=True)
class Sentence:
    """A sentence of the prose, and what it claims."""

    template: str
    check: Check
    at_least: int = 0
    """How often it has to occur; by default it need not, but where it does, it has to be true."""
    lists: tuple[str, ...] = ()
    """The gaps that hold several formulas, with commas and "and"."""
    words: tuple[str, ...] = ()
    """The gaps that hold words."""
    phrases: tuple[str, ...] = ()
    """The gaps that hold words with formulas among them, as "row $i$ of $X$"."""
    counts: tuple[str, ...] = ()
    """The gaps that hold a number, in digits."""

    @property
    def pattern(self) -> re.Pattern[str]:
        found, names = "", set()
        for piece in re.split(r"(\{[\w-]+\})", re.sub(r"[*`]", "", self.template.strip())):
            if not re.fullmatch(r"\{[\w-]+\}", piece):
                found += r"\s+".join(map(re.escape, re.split(r"\s+", piece)))
                continue
            name = piece[1:-1].replace("-", "_")
            kinds = {_FORMULAS: self.lists, r"[^$\n]+?": self.words, _PHRASES: self.phrases, r"\d+": self.counts}
            inside = next((kind for kind, names_of_it in kinds.items() if name in names_of_it), _FORMULA)
            found += rf"(?P={name})" if name in names else rf"(?P<{name}>{inside})"
            names.add(name)
        return re.compile(found)

    def values(self, match: re.Match[str]) -> dict[str, Any]:
        """What stands in the gaps: formulas, or words."""
        return {
            name: re.findall(r"\$([^$]*)\$", text) if "$" in text and name not in self.phrases else text.strip()
            for name, text in match.groupdict().items()
        }


def one(formulas: Sequence[str] | str) -> str:
    """The only formula in a gap."""
    if isinstance(formulas, str) or len(formulas) != 1:
        raise Unreadable(f"one formula should stand for {formulas}")
    return formulas[0]


# ------------------------------------------------------------------------------------------------
# Checks.  The names of their parameters are the names of the gaps; ``renamed`` adapts others.


def renamed(check: Check, **names: str) -> Check:
    """The check for a sentence whose gaps have other names: renamed(same_shape, a="gradient", b="input")."""

    def adapted(document: Document, **gaps: Any) -> None:
        check(document, **{mine: gaps[its] for mine, its in names.items()})

    return adapted


def has_shape(document: Document, matrix: list[str], shape: list[str]) -> None:
    """{matrix} is of the shape {shape}."""
    written = document.tree(one(shape))
    sizes = written.sizes if isinstance(written, Shape) else (written,)
    for world in document.worlds(written):
        expected = tuple(document.value(size, world) for size in sizes)
        for tex in matrix:
            actual = shape_of(document.value(document.tree(tex), world)) or (1, 1)
            if actual != expected:
                raise Untrue(f"{tex} has the shape {actual}, not {expected}")


def same_shape(document: Document, a: list[str], b: list[str]) -> None:
    """{a} has the shape of {b}."""
    for world in document.worlds(None):
        shapes = {shape_of(document.value(document.tree(tex), world)) for tex in (*a, *b)}
        if len(shapes) > 1:
            raise Untrue(f"{a} and {b} have the shapes {shapes}")


def same(document: Document, a: list[str], b: list[str]) -> None:
    """{a} is {b}."""
    document.claim(f"{one(a)} = {one(b)}")


def factor(number: int) -> Check:
    """The first, second, ... factor of the last product displayed is {matrix}."""

    def check(document: Document, matrix: list[str]) -> None:
        factors = document.factors
        if not 1 <= number <= len(factors):
            raise Untrue(f"there is no factor {number} above")
        document.claim_equal(factors[number - 1], document.tree(one(matrix)))

    return check


def equals(tex: str) -> Check:
    """What {value} is the value of: equals("L") for "the loss is {value}"."""

    def check(document: Document, value: list[str] | str) -> None:
        document.claim(f"{tex} = {value if isinstance(value, str) else one(value)}")

    return check


def used_in(document: Document, entry: list[str], outputs: list[str]) -> None:
    """{entry} is used in {outputs}, and in no others."""
    by = document.tree(one(entry))
    world = document.page
    variable = document.variable(by)
    out = document.given.output[0]
    rows, columns = world.shapes[out]
    used = {
        (out, i, j) for i in range(1, rows + 1) for j in range(1, columns + 1) if world.local((out, i, j), variable)
    }
    named = [document.variable(document.tree(tex)) for tex in outputs]
    if len(set(named)) != len(named) or set(named) != used:
        raise Untrue(f"{one(entry)} is used in {sorted(used)}")


def entry_of(document: Document, entry: list[str], matrix: list[str]) -> None:
    """{entry} is an entry of {matrix}."""
    tree, name = document.tree(one(entry)), document.tree(one(matrix))
    if not isinstance(tree, Entry) or matrix_of(name) != tree.matrix:
        raise Untrue(f"{one(entry)} is no entry of {one(matrix)}")
    document.readable(one(entry))


def row_times_column(
    document: Document, entry: list[str], row: list[str], left: list[str], column: list[str], right: list[str]
) -> None:
    """{entry} is the product of row {row} of {left} and column {column} of {right}."""
    index = "t" if "t" not in (one(row), one(column)) else "s"
    first, second = document.tree(one(left)), document.tree(one(right))
    inner = document.given.shapes[matrix_of(first)][1]
    if document.given.shapes[matrix_of(second)][0] != inner:
        raise Untrue(f"the rows of {one(left)} and the columns of {one(right)} differ in length")
    document.claim(
        rf"{one(entry)} = \sum_{{{index}=1}}^{{{inner}}} \left({one(left)}\right)_{{{one(row)}{index}}} "
        rf"\left({one(right)}\right)_{{{index}{one(column)}}}"
    )


def holds(document: Document, formula: list[str]) -> None:
    """{formula}, an equality that has to be true by itself."""
    for tex in formula:
        document.claim(tex)


def under(sign: str) -> Check:
    """{formula} if {condition}, with the sign = or ≠ that the condition must have to make it true."""

    def check(document: Document, formula: list[str], condition: list[str]) -> None:
        written = one(condition).replace(r"\neq", r"\ne").replace("=", sign) if sign else one(condition)
        document.claim(rf"{one(formula)} \quad \text{{for }} {written}")

    return check


def independent_unless(document: Document, of: list[str], entry: list[str], condition: list[str]) -> None:
    """{of} depends on {entry} if, and only if, all of {condition} hold: equalities of indices."""
    pairs = [re.fullmatch(r"\s*(\w)\s*=\s*(\w)\s*", tex) for tex in condition]
    if not all(pairs):
        raise Unreadable(f"the conditions {condition}")
    above, below = document.tree(one(of)), document.tree(one(entry))
    if not (isinstance(above, Entry) and isinstance(below, Entry)):
        raise Unreadable("entries should stand here")
    letters = [index for index in (*above.indices, *below.indices) if isinstance(index, str)]
    if len(set(letters)) < len(letters) or not {letter for pair in pairs if pair for letter in pair.groups()} <= {
        *letters
    }:
        raise Untrue(f"the conditions {condition} are not about {of} and {entry}")
    for world in document.worlds(None):
        lengths = {**world.sizes, "1": 1}
        axes = [lengths[a] for e in (above, below) for a in document.given.axes(e.matrix, len(e.indices))]
        for numbers in product(*(range(1, size + 1) for size in axes)):
            values = dict(zip(letters, numbers, strict=True))
            depends = world.local(*(world.variable(e.matrix, [values[i] for i in e.indices]) for e in (above, below)))  # type: ignore[index]
            if bool(depends) != all(values[pair[1]] == values[pair[2]] for pair in pairs if pair):
                raise Untrue(f"{one(of)} and {one(entry)} at {values}")


def rule_with_shape(document: Document, gradient: list[str], formula: list[str], shape: list[str]) -> None:
    """A row of a table: {gradient}, {formula}, {shape}."""
    same(document, gradient, formula)
    has_shape(document, gradient, shape)


def about(document: Document, matrix: list[str]) -> None:
    """What the next display is about: its goals are {matrix}, its entries, or gradients by them."""
    document.announced = {matrix_of(document.tree(tex)) for tex in matrix}


def chosen(document: Document, entry: list[str]) -> None:
    """The entry by which the next displays differentiate."""
    document.chosen = document.tree(one(entry))


def index_counts(document: Document, index: list[str], size: list[str]) -> None:
    """{index} counts up to {size} in the display above."""
    document.counts(one(index), one(size))


def mentions(document: Document, formula: list[str], part: list[str]) -> None:
    """{part} occurs in {formula}."""
    inside = parts(document.tree(one(formula)))
    if not all(document.tree(tex) in inside for tex in part):
        raise Untrue(f"{part} does not occur in {formula}")


def is_output(document: Document, name: list[str]) -> None:
    """{name} is the output of the operation."""
    if document.tree(one(name)) != Name(document.given.output[0]):
        raise Untrue(f"{one(name)} is not the output")
