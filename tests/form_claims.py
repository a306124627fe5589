"""What sentences of the forms claim that no other document says: checks for the reader, as in reading/sentences.py."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from itertools import product
from typing import Any

from tests.reading import Document, Unreadable, Untrue, has_shape, independent_unless
from tests.reading.checks import matrix_of
from tests.reading.latex import parsed
from tests.reading.numbers import Variable
from tests.reading.sentences import Check, one
from tests.reading.tree import Braced, Chain, Entry, Name, Node, Partial, Product, Sum

NUMBERS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]


def both(*checks: Check) -> Check:
    """All of these checks, of the same gaps."""

    def check(document: Document, **gaps: Any) -> None:
        for each in checks:
            each(document, **gaps)

    return check


# ------------------------------------------------------------------------------------------------
# The parts of a layer


def role_of(document: Document, role: str) -> str:
    """The name of the weight, the data or the bias: a column of biases stands beside weights that come first."""
    first, second, *bias = document.given.inputs
    weight, data = (first, second) if bias and bias[0][1][1] == "1" else (second, first)
    return {"weight": weight[0], "data": data[0], "bias": bias[0][0] if bias else ""}[role]


def plays(**roles: str) -> Check:
    """The gaps name the weight, the data, the bias or the output: plays(input="data")."""

    def check(document: Document, **gaps: Any) -> None:
        for gap, role in roles.items():
            name = document.given.output[0] if role == "output" else role_of(document, role)
            if matrix_of(document.tree(one(gaps[gap]))) != name:
                raise Untrue(f"{one(gaps[gap])} is not the {role}, which is {name}")

    return check


def laid_out(matrix: str, rows: str, columns: str) -> Check:
    """The matrix in a gap, or that of this part in the layer, has so many rows and columns as two other gaps say."""

    def check(document: Document, **gaps: Any) -> None:
        name = matrix_of(document.tree(one(gaps[matrix]))) if matrix in gaps else role_of(document, matrix)
        if document.given.shapes[name] != (one(gaps[rows]), one(gaps[columns])):
            raise Untrue(f"{name} has other rows and columns")

    return check


def ones(document: Document, ones: list[str], length: list[str]) -> None:
    """{ones} is the column of {length} ones."""
    has_shape(document, ones, [rf"{one(length)} \times 1"])


def bias_is(kind: str) -> Check:
    """The bias is a row, or a column; where a gap is called code, NumPy adds up along that axis."""

    def check(document: Document, code: str = "", **gaps: Any) -> None:
        rows, columns = document.given.shapes[role_of(document, "bias")]
        if (rows == "1") != (kind == "row") or (columns == "1") != (kind == "column"):
            raise Untrue(f"the bias is no {kind}")
        if code and f"axis={int(kind == 'column')}" not in code:
            raise Untrue(f"{code} adds up along the other axis")

    return check


def stay(document: Document, inputs: list[str], gradients: list[str] | None = None) -> None:
    """The gradients of the product by {inputs}, which are not the bias, do not change with it."""
    named = [matrix_of(document.tree(tex)) for tex in inputs]
    if {*named} != {name for name, _ in document.given.inputs[:2]} or len(named) != 2:
        raise Untrue(f"the bias changes nothing of {inputs}")
    if gradients is not None and named != [matrix_of(document.tree(tex)) for tex in gradients]:
        raise Untrue(f"{gradients} are not the gradients by {inputs}")


def wanted(document: Document, gradients: list[str]) -> None:
    """{gradients} are by all inputs, each once; the bias may come later."""
    named = [matrix_of(document.tree(tex)) for tex in gradients]
    names = [name for name, _ in document.given.inputs]
    if named not in (names, names[:2]):
        raise Untrue(f"{gradients} are not all that is wanted")


def broadcast(rows: bool) -> Check:
    """{product} has {count} rows, or columns."""

    def check(document: Document, product: list[str], bias: list[str], count: list[str]) -> None:
        plays(bias="bias")(document, bias=bias)
        bias_is("row" if rows else "column")(document)
        other = document.given.shapes[document.given.output[0]][rows]
        sizes = (one(count), other) if rows else (other, one(count))
        has_shape(document, product, [r" \times ".join(sizes)])

    return check


def pictures(document: Document, images: str, rows: str, columns: str, pixel: list[str]) -> None:
    """A batch of {images} images of {rows} by {columns}, where {pixel} is pixel 8 in row 1 of image 2."""
    told = document.given.images
    if told is None or (int(images), int(rows), int(columns)) != told[1:]:
        raise Untrue("the pictures are others")
    entry = document.tree(one(pixel))
    if not isinstance(entry, Entry) or entry.indices != (2, 1, 8):
        raise Untrue(f"{one(pixel)} is another pixel")


def sizes(document: Document, sizes: list[str]) -> None:
    """{sizes} are those of the page, all of them."""
    if sizes != [f"{letter} = {number}" for letter, number in document.given.sizes]:
        raise Untrue(f"the sizes are not {sizes}")


# ------------------------------------------------------------------------------------------------
# Entries, and what depends on them


def used_in(document: Document, entry: list[str], outputs: list[str], count: str = "one") -> None:
    """{entry} is used in so many outputs, {outputs}: these and no others, or the first and the last of them."""
    if document.chosen not in (None, document.tree(one(entry))):
        raise Untrue(f"{one(entry)} is not the entry that was taken")
    by = document.variable(document.tree(one(entry)))
    used = [of for of in _entries(document, document.given.output[0]) if document.page.local(of, by)]
    pieces = [piece for tex in outputs for piece in re.split(r",\s(?![^{]*\})", tex)]
    named = [piece if "dots" in piece else document.variable(document.tree(piece)) for piece in pieces]
    elided = any(isinstance(name, str) for name in named)
    whole = named == [*used[:2], named[2], used[-1]] if elided and len(named) == 4 else named == used
    if not whole:
        raise Untrue(f"{one(entry)} is used in {used}")
    if (NUMBERS.index(count) if count in NUMBERS else int(count)) != len(used):
        raise Untrue(f"{one(entry)} is not used in {count} outputs")


def unused(document: Document, entry: list[str]) -> None:
    """No output changes with {entry}."""
    by = document.variable(document.tree(one(entry)))
    if any(document.page.local(of, by) for of in _entries(document, document.given.output[0])):
        raise Untrue(f"an output changes with {one(entry)}")


def depends_on(document: Document, entry: list[str], parts: str) -> None:
    """{entry} depends on {parts}, rows, columns, entries or whole matrices, and on nothing else."""
    goal = document.tree(one(entry))
    if not isinstance(goal, Entry):
        raise Unreadable(f"{one(entry)} is no entry")
    for output in _entries(document, goal.matrix):
        places = dict(zip(goal.indices, _indices(document, output), strict=True))
        told = {variable for part in _parts(parts) for variable in _held(document, part, places)}
        found = {by for name, _ in document.given.inputs for by in _entries(document, name)}
        if told != {by for by in found if document.page.local(output, by)}:
            raise Untrue(f"{output} depends on other entries than {parts}")


def derivatives(
    document: Document, input: list[str], indices: str, entries: str, outputs: str, derivatives: str, zeros: str
) -> None:
    """A row of a table: how many derivatives by {input} there are, and how many of them are always 0."""
    out = document.given.output[0]
    name = matrix_of(document.tree(one(input)))
    above, below = _entries(document, out), _entries(document, name)
    kept = sum(bool(document.page.local(of, by)) for of, by in product(above, below))
    lengths = [size for matrix in (out, name) for size in document.given.shapes[matrix] if size != "1"]
    expected = [len(lengths), len(below), len(above), len(above) * len(below), len(above) * len(below) - kept]
    if [*map(int, (indices, entries, outputs, derivatives, zeros))] != expected:
        raise Untrue(f"for {one(input)} the numbers are {expected}")


def _entries(document: Document, matrix: str) -> list[Variable]:
    rows, columns = document.page.shapes[matrix]
    return [(matrix, i, j) for i, j in product(range(1, rows + 1), range(1, columns + 1))]


def _indices(document: Document, variable: Variable) -> Iterable[int]:
    """The indices that an entry is written with."""
    name, row, column = variable
    sizes = document.given.shapes[name]
    return [index for index, size in zip((row, column), sizes, strict=True) if size != "1" or "1" not in sizes]


def _parts(text: str) -> list[tuple[str, ...]]:
    """row $i$ of $X$, column $j$ of $W$, all entries of $V$ and $b_j$."""
    phrase = r"(row|column) \$([^$]*)\$ of \$([^$]*)\$|all entries of \$([^$]*)\$|\$([^$]*)\$"
    left = re.sub(phrase, "", text)
    if re.sub(r"\band\b|,|\s", "", left):
        raise Unreadable(f"the parts {text}")
    return re.findall(phrase, text)


def _held(document: Document, part: tuple[str, ...], places: dict[int | str, int]) -> list[Variable]:
    """The entries that a phrase speaks of, where the indices have these values."""
    kind, index, matrix, whole, entry = part
    if entry:
        tree = document.tree(entry)
        if not isinstance(tree, Entry):
            return [document.variable(tree)]
        return [document.page.variable(tree.matrix, [places[i] for i in tree.indices])]
    found = _entries(document, matrix_of(document.tree(matrix or whole)))
    return [variable for variable in found if whole or variable[1 if kind == "row" else 2] == places[index]]


# ------------------------------------------------------------------------------------------------
# What is said of the display above


def left_over(document: Document, conditions: list[str]) -> None:
    """Above stands which local derivatives are 0; all others meet {conditions}."""
    sign = r"(?:\\partial|\\mathrm\{d\})"
    goal = re.fullmatch(rf"\\frac\{{{sign} (.*)\}}\{{{sign} (.*)\}}", document.goal_tex)
    if goal is None:
        raise Unreadable(f"no local derivative is above, but {document.goal_tex}")
    independent_unless(document, [goal[1]], [goal[2]], conditions)


def stands(last: bool) -> Check:
    """{index} stands last, or first, in both factors of the sum above; {matrix} is the right, or the left, of them."""

    def check(document: Document, index: list[str], matrix: list[str]) -> None:
        sums = [side for chain in document.last for side in chain.sides if isinstance(side, Sum)]
        if not sums or sums[-1].index != one(index) or not isinstance(sums[-1].body, Product):
            raise Untrue(f"the sum above does not run over {one(index)}")
        factors = [factor.by if isinstance(factor, Partial) else factor for factor in sums[-1].body.factors]
        for factor in factors:
            if not isinstance(factor, Entry) or factor.indices[-1 if last else 0] != one(index):
                raise Untrue(f"{one(index)} stands in another place of {factor}")
        if document.tree(one(matrix)) != _whole(sums[-1].body.factors[-1 if last else 0]):
            raise Untrue(f"it is not {one(matrix)} that has to be transposed")

    return check


def _whole(factor: Node) -> Node:
    """The matrix whose entry a factor is."""
    return Partial(factor.of, Name(matrix_of(factor))) if isinstance(factor, Partial) else Name(matrix_of(factor))


def in_the_sum(*gaps: str) -> Check:
    """The factors of the sum over all paths above are these, in order."""

    def tree(document: Document, tex: str) -> Node:
        """The chain rule has functions and variables of its own."""
        for given in document.contexts:
            with suppress(Unreadable):
                (line,) = parsed(tex, given)
                if isinstance(line, Chain):
                    return line.sides[0]
        raise Unreadable(f"what is {tex}?")

    def check(document: Document, **values: Any) -> None:
        sums = [side for chain in document.last for side in chain.sides if isinstance(side, Sum)]
        factors = sums[-1].body.factors if sums and isinstance(sums[-1].body, Product) else ()
        if factors != tuple(tree(document, one(values[gap])) for gap in gaps):
            raise Untrue(f"{[values[gap] for gap in gaps]} are not multiplied above")

    return check


def factors(document: Document, factors: list[str]) -> None:
    """The factors of the product above are, from left to right, {factors}."""
    if len(factors) != len(document.factors):
        raise Untrue(f"there are {len(document.factors)} factors above")
    for written, named in zip(document.factors, factors, strict=True):
        if isinstance(written, Braced):
            if written.label != document.tree(named):
                raise Untrue(f"a factor above is not {named}")
            continue
        document.claim_equal(written, document.tree(named))
