"""Pictures that are laid out as the rows of a matrix."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from tests.reading.ellipsis import drawn
from tests.reading.faults import Unreadable, Untrue
from tests.reading.told import Given
from tests.reading.tree import Dots, Entry, Flattened, Grid, Node, Sized


def check_flattening(arrow: Flattened, given: Given) -> int:
    """On the left the pictures, each a matrix; on the right a row or a column for each, with its rows in order."""
    if given.images is None:
        raise Unreadable("an arrow, and no pictures")
    name, count, rows, columns = given.images
    before, after = (node.body if isinstance(node, Sized) else node for node in (arrow.before, arrow.after))
    if not (isinstance(before, Grid) and isinstance(after, Grid)):
        raise Unreadable("pictures that are not drawn")
    if len(after.rows[0]) == count and len(after.rows) != count:
        after = _upright(after)
    pictures = [cell for row in before.rows for cell in row]
    if len(pictures) != count or len(after.rows) != count:
        raise Untrue(f"{len(pictures)} pictures and {len(after.rows)} rows, of {count}")
    compared = 0
    for number, (picture, row) in enumerate(zip(pictures, after.rows, strict=True), 1):
        if not isinstance(picture, Grid):
            raise Unreadable("a picture is no matrix")
        for (i, j), cell in drawn(picture, rows, columns).items():
            _is_pixel(cell, name, (number, i + 1, j + 1))
            compared += 1
        compared += _check_row(row, name, [(number, *at) for at in product(range(1, rows + 1), range(1, columns + 1))])
    return compared


def _upright(grid: Grid) -> Grid:
    """Pictures as columns, turned."""
    if len({len(row) for row in grid.rows}) > 1:
        raise Unreadable("the rows of a matrix are not of one length")
    return Grid(tuple(zip(*grid.rows, strict=True)))


def _is_pixel(cell: Node, name: str, indices: tuple[int, ...]) -> None:
    if cell != Entry(name, indices):
        raise Untrue(f"where {name} {indices} should stand is something else")


def _check_row(row: Sequence[Node], name: str, order: Sequence[tuple[int, ...]]) -> int:
    """The pixels in order; dots hide at least one, the first and the last are shown."""
    at, hidden = 0, False
    for cell in row:
        if isinstance(cell, Dots):
            if hidden or at == 0:
                raise Untrue("dots at the beginning of a row, or twice")
            hidden = True
            continue
        if not (isinstance(cell, Entry) and cell.matrix == name and cell.indices in order):
            raise Untrue("a row of the batch holds something else")
        place = order.index(cell.indices)
        if place != at if not hidden else place <= at:
            raise Untrue(f"the pixels are out of order at {cell.indices}")
        at, hidden = place + 1, False
    if hidden or at != len(order):
        raise Untrue("the last pixel is not shown")
    return len(row)
