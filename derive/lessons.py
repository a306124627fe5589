r"""What a lecture shows rather than computes: definitions by type, pictures as rows, matrices with their shapes.

None of it depends on the derivation but in its names and its notation.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from itertools import product

from sympy import S, Symbol
from sympy.core.basic import Basic

from derive.latex import LatexPrinter
from derive.measure import width
from derive.notation import Vectors
from derive.proof import Calc, Derivation
from derive.terms import MatrixExpr, MatrixSymbol, Partial, free_of

ROWS, COLUMNS = Symbol("n", integer=True, positive=True), Symbol("m", integer=True, positive=True)
"""The sizes that definitions speak of."""

IMAGES = (2, 8, 8)
"""A batch of pictures: how many there are, and the rows and columns of each."""

GAP = r", \quad "

Pixel = tuple[int, int, int]
"""Picture, row and column, counted from 1."""


def flattened(images: int, rows: int, columns: int) -> list[list[Pixel]]:
    """The pixels of every picture on one line: its rows one after the other.

    >>> flattened(1, 2, 2)
    [[(1, 1, 1), (1, 1, 2), (1, 2, 1), (1, 2, 2)]]
    """
    places = list(product(range(1, rows + 1), range(1, columns + 1)))
    return [[(image, *place) for place in places] for image in range(1, images + 1)]


class Lessons(ABC):
    """The part of a LaTeX writer that a lecture needs besides."""

    derivation: Derivation
    printer: LatexPrinter

    @property
    def images(self) -> tuple[int, int, int]:
        """How many pictures are shown as rows, and the rows and columns of each."""
        return IMAGES

    def pixel(self, matrix: MatrixSymbol, place: Pixel) -> str:
        """An entry of a picture in a batch."""
        return self.printer.entry(matrix.name, ",".join(map(str, place)))

    def flattening(self, matrix: MatrixSymbol, by_rows: bool) -> str:
        """Pictures, and the matrix that has each of them in a row of its own, or in a column."""
        images, rows, columns = IMAGES
        ends = [
            [[self.pixel(matrix, (image, row, col)) for col in (1, columns)] for row in (1, rows)]
            for image in range(1, images + 1)
        ]
        pictures = [self.printer.dotted(cells, 1, 1) for cells in ends]
        shown = (0, columns - 1, columns, rows * columns - 1)
        lines = []
        for line in flattened(images, rows, columns):
            texts = [self.pixel(matrix, line[k]) for k in shown]
            dots = r"\cdots" if by_rows else r"\vdots"
            lines.append([texts[0], dots, texts[1], texts[2], dots, texts[3]])
        cells = lines if by_rows else [list(row) for row in zip(*lines, strict=True)]
        return rf"{self.printer.drawn([pictures])} \rightarrow {self.printer.drawn(cells)}"

    def line(self, output: MatrixSymbol, data: MatrixSymbol, bias: MatrixSymbol) -> str:
        """The equation of a line; its letters are the usual ones but where another matrix has them."""
        own = {"y": output, "x": data, "b": bias}
        y, x, b = (free_of(usual, self._letters - {matrix.name[0].lower()}) for usual, matrix in own.items())
        a = free_of("a", {y, x, b, *self._letters})
        return f"{y} = {self.printer.plus([self.printer.product([a, x]), b])}"

    @property
    def linear(self) -> str:
        """What makes a function linear."""
        letters: list[str] = []
        for wanted in ("fgh", "uxz", "vyz", "cat"):
            letters.append(free_of(wanted, {*letters, *self._letters}))
        f, u, v, c = letters
        added = f"{f}({u} + {v}) = {self.printer.plus([f'{f}({u})', f'{f}({v})'])}"
        scaled = f"{f}({self.printer.product([c, u])}) = {self.printer.product([c, f'{f}({u})'])}"
        return added + GAP + scaled

    @property
    def _letters(self) -> set[str]:
        """Those that mean something on the page: names, entries, sizes and the loss."""
        d = self.derivation
        names = [str(d.loss), *(matrix.name for matrix in (*d.inputs, d.output))]
        return {*d.sizes, *names, *(name[0].lower() for name in names)}

    @property
    def slope(self) -> str:
        """The derivative of a function of a number."""
        return self._definition((), (), self._plain(()).derivative("f", "x"))

    @property
    def gradient_of_column(self) -> str:
        """The gradient of a number with respect to a column."""
        return self._gradient(S.One)

    @property
    def gradient_of_matrix(self) -> str:
        """The gradient of a number with respect to a matrix."""
        return self._gradient(COLUMNS)

    @property
    def jacobian(self) -> str:
        """The derivative of a column by a column."""
        x, f = MatrixSymbol("x", ROWS, 1), MatrixSymbol("f", COLUMNS, 1)
        cells = [[Partial(f[row, 0], x[col, 0]) for col in _ends(ROWS)] for row in _ends(COLUMNS)]
        return self._definition((ROWS,), (COLUMNS,), self._drawn((x, f), f, x, cells), (COLUMNS, ROWS))

    def _gradient(self, cols: Basic) -> str:
        x = MatrixSymbol("x", ROWS, cols)
        cells = [[Partial(Symbol("f"), x[row, col]) for col in _ends(cols)] for row in _ends(ROWS)]
        shape = (ROWS,) if cols == 1 else (ROWS, cols)
        return self._definition(shape, (), self._drawn((x,), Symbol("f"), x, cells), shape)

    def _drawn(self, known: Sequence[MatrixSymbol], of: Basic, by: MatrixExpr, cells: Sequence[Sequence[Basic]]) -> str:
        """∂f/∂x = a matrix by its ends."""
        printer = self._plain(known)
        texts = [[printer.text(cell) for cell in row] for row in cells]
        grid = printer.dotted(texts, len(texts) - 1, len(texts[0]) - 1)
        return f"{printer.derivative(printer.text(of), printer.text(by))} = {grid}"

    def _definition(
        self, domain: Sequence[Basic], values: Sequence[Basic], derivative: str, space: Sequence[Basic] = ()
    ) -> str:
        """f : ℝ^n → ℝ, x ∈ ℝ^n, and what the derivative is, and where."""
        function = rf"f : {self._space(domain)} \to {self._space(values)}"
        return GAP.join([function, rf"x \in {self._space(domain)}", rf"{derivative} \in {self._space(space)}"])

    def _space(self, sizes: Sequence[Basic]) -> str:
        return rf"\mathbb{{R}}^{{{self.printer.shape(sizes)}}}" if sizes else r"\mathbb{R}"

    def _plain(self, known: Sequence[MatrixSymbol]) -> LatexPrinter:
        """A printer for the matrices of a definition, whose letters stand for anything."""
        columns = frozenset(matrix.name for matrix in known if matrix.cols == 1)
        return LatexPrinter(replace(self.printer.notation, bold="plain", capital=False), Vectors(columns=columns))

    def sized(self, calcs: Sequence[Calc]) -> str:
        """Matrices that are written out, each with its shape; beside each other where there is room."""
        texts = [f"{self.printer.text(calc.goal)} = {self._with_shape(calc)}" for calc in calcs]
        line = r" \qquad ".join(texts)
        if width(line) <= self.printer.room:
            return line
        return self.aligned([text.replace(" = ", " &= ", 1) for text in texts])

    def _with_shape(self, calc: Calc) -> str:
        return f"{self._fitted(calc.result, self.printer.room)}_{{{self.printer.shape(calc.goal.shape)}}}"

    def function(self, name: str, filled: bool) -> str:
        """The backward pass of a layer as a function of Python; with its lines, or without."""
        d = self.derivation
        inputs = [matrix.name for matrix in d.inputs]
        lines = [f"{line.target} = {line.text}" for line in d.code[1:]] if filled else ["..."]
        results = ", ".join(line.target for line in d.code[1:])
        body = [f"{', '.join(inputs)} = cache", *lines, f"return {results}"]
        return "\n".join([f"def {name}(d{d.output.name}, cache):", *(f"    {line}" for line in body)])

    @abstractmethod
    def aligned(self, rows: Sequence[str]) -> str:
        """Rows under each other, as the writer sets them."""

    @abstractmethod
    def _fitted(self, expr: Basic, room: float) -> str:
        """An expression in a line of that room, as the writer makes it fit."""


def _ends(size: Basic) -> list[Basic]:
    return [S.Zero] if size == 1 else [S.Zero, size - 1]
