"""What dots stand for: in a sum, in a matrix, beside zeros."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise, product
from typing import Any

from tests.reading.faults import Unreadable, Untrue
from tests.reading.tree import (
    SKIP,
    ZERO,
    Add,
    Delta,
    Dots,
    Elided,
    Entry,
    Grid,
    Node,
    Picked,
    Sum,
    parts,
    rebuilt,
)


def settled(node: Any, sizes: Mapping[str, int], bound: frozenset[str] = frozenset()) -> Any:
    """The tree at certain sizes: x_{mn} is an entry with numbers now, and sums by their ends are written out.

    A letter that a sum counts with is its index, even if it is a size elsewhere.
    """
    if isinstance(node, tuple):
        return tuple(settled(part, sizes, bound) for part in node)
    if not isinstance(node, Node):
        return node
    if isinstance(node, Sum):
        bound |= {node.index}
        return Sum(node.index, node.low, settled(node.high, sizes, bound), settled(node.body, sizes, bound))
    made = type(node)(*(settled(getattr(node, name), sizes, bound) for name in node.__match_args__))
    if isinstance(made, (Entry, Picked, Delta)):
        indices = tuple(sizes[i] if isinstance(i, str) and i in sizes and i not in bound else i for i in made.indices)
        return type(made)(*(indices if name == "indices" else getattr(made, name) for name in made.__match_args__))
    return _spelled_out(made)


def _spelled_out(node: Node) -> Node:
    """a + b + ⋯ + z written out in full.  Beside zeros the dots have to wait for the sum that they abridge."""
    if not isinstance(node, Add) or not any(isinstance(term, Dots) for term in node.terms):
        return node
    return Elided(node.terms) if ZERO in node.terms else Add(tuple(_with_progressions(node.terms)))


def _with_progressions(shown: Sequence[Node]) -> list[Node]:
    """Terms of which those beside dots are alike: x_1 w_1 + ⋯ + x_k w_k + b."""
    if not any(isinstance(term, Dots) for term in shown):
        return list(shown)
    at = next(k for k, term in enumerate(shown) if isinstance(term, Dots))
    if at in (0, len(shown) - 1):
        raise Unreadable("dots at the end of a sum")
    kind = shown[at - 1]
    start, stop = at, at + 1
    while start > 0 and _alike(shown[start - 1], kind):
        start -= 1
    while stop < len(shown) and (isinstance(shown[stop], Dots) or _alike(shown[stop], kind)):
        stop += 1
    if stop == at + 1:
        raise Unreadable("dots between terms that are not alike")
    return [*shown[:start], *_progression(shown[start:stop]), *_with_progressions(shown[stop:])]


def _alike(a: Node, b: Node) -> bool:
    """The same but for the numbers in their indices."""
    return len(numbers_of(a)) == len(numbers_of(b)) and with_numbers(a, numbers_of(b)) == b


def numbers_of(term: Node) -> tuple[int, ...]:
    """The numbers in the indices of a term, in order."""
    return tuple(i for part in parts(term) if isinstance(part, Entry) for i in part.indices if isinstance(i, int))


def with_numbers(term: Node, numbers: Iterable[int]) -> Node:
    """The term with other numbers in its indices."""
    supply = iter(numbers)

    def change(node: Node) -> Node:
        if not isinstance(node, Entry):
            return node
        return Entry(node.matrix, tuple(next(supply) if isinstance(i, int) else i for i in node.indices))

    # Leaves are visited in the order of ``parts``, because no entry has another inside it.
    return rebuilt(term, change)


def _progression(shown: Sequence[Node]) -> list[Node]:
    """All terms of a sum of which some are shown: the indices run on, or run through rows and columns."""
    drawn = [term for term in shown if not isinstance(term, Dots)]
    first = drawn[0]
    if any(with_numbers(term, numbers_of(first)) != first for term in drawn) or isinstance(shown[0], Dots):
        raise Unreadable("dots between terms that are not alike")
    vectors = [numbers_of(term) for term in drawn]
    together = not isinstance(shown[1], Dots)
    step = [b - a for a, b in zip(*vectors[:2], strict=True)] if together else None
    walk = _walk(vectors[0], step, vectors[-1])
    if not set(vectors) <= set(walk) or isinstance(shown[-1], Dots):
        raise Untrue("a term of the sum is not on the way from the first to the last")
    _well_placed([_Group(group, walk) for group in _groups(shown)], len(walk))
    return [with_numbers(first, numbers) for numbers in walk]


def _walk(first: Sequence[int], step: Sequence[int] | None, last: Sequence[int]) -> list[tuple[int, ...]]:
    """The indices from the first term to the last, in even steps, or row by row."""
    way = [b - a for a, b in zip(first, last, strict=True)]
    if step is None:
        step = [int(distance > 0) for distance in way]
    length = max(way, default=0)
    for count in range(1, length + 1):
        if [count * s for s in step] == way:
            return [tuple(a + k * s for a, s in zip(first, step, strict=True)) for k in range(count + 1)]
    columns = {distance for distance, s in zip(way, step, strict=True) if s}
    rows = {distance for distance, s in zip(way, step, strict=True) if not s and distance}
    if len(columns) != 1 or len(rows) != 1 or min(columns | rows) < 1 or not set(step) <= {0, 1}:
        raise Unreadable(f"how does one come from the indices {first} by the step {step} to {last}?")
    down = [int(not s and distance > 0) for distance, s in zip(way, step, strict=True)]
    grid = product(range(rows.pop() + 1), range(columns.pop() + 1))
    return [tuple(a + r * d + c * s for a, d, s in zip(first, down, step, strict=True)) for r, c in grid]


def _groups(shown: Sequence[Node]) -> list[list[Node]]:
    """The terms between the dots."""
    groups: list[list[Node]] = [[]]
    for term in shown:
        if isinstance(term, Dots):
            groups.append([])
        else:
            groups[-1].append(term)
    if not all(groups):
        raise Unreadable("dots at the end of a sum, or beside dots")
    return groups


class _Group:
    """Neighbouring terms of an elided sum, with the place where they stand in the whole sum."""

    def __init__(self, drawn: Sequence[Node], walk: Sequence[tuple[int, ...]]) -> None:
        self.start = walk.index(numbers_of(drawn[0]))
        self.stop = self.start + len(drawn)
        if [numbers_of(term) for term in drawn] != list(walk[self.start : self.stop]):
            raise Untrue("neighbouring terms of the sum are no neighbours")


def _well_placed(groups: Sequence[_Group], length: int) -> None:
    """The first group starts the sum, the last ends it, and every ⋯ hides something."""
    if groups[0].start != 0 or groups[-1].stop != length:
        raise Untrue("the ends of the sum are not shown")
    if any(right.start <= left.stop for left, right in pairwise(groups)):
        raise Untrue("dots stand for nothing, or terms are out of order")


# ------------------------------------------------------------------------------------------------
# A drawn matrix of which nothing else says what it is


class Open(Exception):
    """A drawn matrix whose number of rows or columns only what stands around it tells."""

    def __init__(self, grid: Grid, axis: int) -> None:
        super().__init__(f"{axis}")
        self.grid, self.axis = grid, axis


def dotted(grid: Grid) -> bool:
    """Whether it has dots."""
    return any(isinstance(cell, Dots) for row in grid.rows for cell in row)


def expanded(grid: Grid, sizes: Sequence[int | None]) -> Grid:
    """The whole matrix behind a drawn one: between two cells with dots between them the indices run on.

    What the corners do not tell (a row repeated in every row) the ``sizes`` must.
    """
    dotted_rows, dotted_columns = dots_of(grid)
    columns = [j for j in range(len(grid.rows[0])) if j not in dotted_columns]
    kept = [tuple(row[j] for j in columns) for i, row in enumerate(grid.rows) if i not in dotted_rows]
    across = _gap(kept, dotted_columns, grid, 1, sizes[1])
    rows = [_filled(row, across) for row in kept]
    down = _gap(tuple(zip(*kept, strict=True)), dotted_rows, grid, 0, sizes[0])
    return Grid(tuple(zip(*(_filled(column, down) for column in zip(*rows, strict=True)), strict=True)))


def _gap(
    lines: Sequence[Sequence[Node]], at: Sequence[int], grid: Grid, axis: int, size: int | None
) -> tuple[int, int] | None:
    """The numbers of the cells before and behind the dots, counted from 1; the second is counted in the whole."""
    if not at:
        return None
    if len(at) != 1 or at[0] in (0, len(lines[0])):
        raise Unreadable("dots at the end of a matrix, or more than once")
    before, behind = at[0], len(lines[0]) - at[0] - 1
    found = {size - behind} if size else set()
    for line in lines:
        first, last = (numbers_of(line[k]) for k in (before - 1, before))
        found |= {b for a, b in zip(first, last, strict=False) if a == before and a != b}
    if not found:
        raise Open(grid, axis)
    if len(found) > 1:
        raise Untrue(f"the indices behind the dots run to {sorted(found)}")
    (stop,) = found
    if stop < before + 2:
        raise Untrue("dots in a matrix hide nothing")
    return before, stop


def _filled(line: Sequence[Node], gap: tuple[int, int] | None) -> tuple[Node, ...]:
    """The line with the cells that the dots hide."""
    if gap is None:
        return tuple(line)
    start, stop = gap
    left, right = line[start - 1], line[start]
    first, last = numbers_of(left), numbers_of(right)
    if len(first) != len(last) or with_numbers(left, last) != right:
        raise Untrue("the cells before and behind the dots are not alike")
    for a, b in zip(first, last, strict=True):
        if a != b and (a, b) != (start, stop):
            raise Untrue(f"an index runs from {a} to {b}, in the places {start} to {stop}")
    hidden = [
        with_numbers(left, [a if a == b else k for a, b in zip(first, last, strict=True)])
        for k in range(start + 1, stop)
    ]
    return (*line[:start], *hidden, *line[start:])


# ------------------------------------------------------------------------------------------------
# A drawn matrix beside the one that it shows


def dots_of(grid: Grid) -> tuple[list[int], list[int]]:
    """The rows and the columns of dots; there are no others."""
    dotted_rows = [i for i, row in enumerate(grid.rows) if row[0] == SKIP]
    kept = next((row for row in grid.rows if row[0] != SKIP), ())
    dotted_columns = [j for j, cell in enumerate(kept) if isinstance(cell, Dots)]
    for i, row in enumerate(grid.rows):
        if len(row) != len(kept):
            raise Unreadable("the rows of a matrix are not of one length")
        for j, cell in enumerate(row):
            kinds = {(True, True): r"\ddots", (True, False): r"\vdots", (False, True): r"\cdots"}
            expected = kinds.get((i in dotted_rows, j in dotted_columns))
            if expected == r"\ddots" and _generic(cell, grid.rows[0][0]):
                continue
            if (cell.kind if isinstance(cell, Dots) else None) != expected:
                raise Unreadable("the dots in a matrix do not make a row and a column")
    return dotted_rows, dotted_columns


def _generic(cell: Node, corner: Node) -> bool:
    """y_{ij} among the dots: an entry of the same matrix with letters that count, the row's before the column's."""
    if not (isinstance(cell, Entry) and isinstance(corner, Entry) and cell.matrix == corner.matrix):
        return False
    first, *others = cell.indices
    return len(others) == 1 and isinstance(first, str) and isinstance(others[0], str) and first < others[0]


def drawn(grid: Grid, rows: int, columns: int) -> dict[tuple[int, int], Node]:
    """The cells that a written-out matrix shows, by their place in the whole one.

    Dots stand in a whole row, a whole column, or both; counted from the first before them and from
    the last behind them, they have to hide something.
    """
    dotted_rows, dotted_columns = dots_of(grid)
    across = _places(len(grid.rows[0]), dotted_columns, columns)
    down = _places(len(grid.rows), dotted_rows, rows)
    return {
        (down[i], across[j]): cell
        for i, row in enumerate(grid.rows)
        for j, cell in enumerate(row)
        if i in down and j in across
    }


def _places(shown: int, dotted: Sequence[int], whole: int) -> dict[int, int]:
    """The place of every row or column that is shown, in the whole matrix."""
    if not dotted and shown == whole:
        return {k: k for k in range(shown)}
    if len(dotted) != 1 or shown - 1 >= whole or dotted[0] in (0, shown - 1):
        raise Untrue(f"{shown} rows or columns, {len(dotted)} of dots, do not stand for {whole}")
    return {k: k if k < dotted[0] else k - shown + whole for k in range(shown) if k != dotted[0]}


def aligned(
    evaluate: Callable[[Node], Any], whole: Sequence[tuple[Node, Any]], shown: Sequence[Node]
) -> Iterator[tuple[Node, Node]]:
    """The terms that are shown, each with the term of the whole sum in whose place it stands.

    Dots beside a 0 stand for zeros; between two terms they may stand for terms and zeros.
    """
    groups = _groups(shown)
    at = 0
    for number, group in enumerate(groups):
        values = [evaluate(term) for term in group]
        first = at if number == 0 else at + 1
        last = len(whole) - len(group)
        starts = [0] if number == 0 else [last] if number == len(groups) - 1 else range(first, last + 1)
        start = next((k for k in starts if [value for _, value in whole[k : k + len(group)]] == values), None)
        if start is None or start < first or (len(groups) == 1 and len(group) != len(whole)):
            raise Untrue("the terms are not those of the sum before, in its order")
        if number and ZERO in (groups[number - 1][-1], group[0]) and any(value for _, value in whole[at:start]):
            raise Untrue("the dots beside a 0 hide something that is not 0")
        at = start + len(group)
        yield from zip((term for term, _ in whole[start:at]), group, strict=True)
