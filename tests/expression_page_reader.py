r"""Reads pages about expressions: every formula in them, against numbers that come from the question alone.

The reader is told the expression as a function of arrays, the variable, the arrays, and the letters and shapes of
the theorems' operands.  It takes the names Z_i from the table of the graph, and the numbers of every derivative
from differences.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np

from tests.expression_reader import Misread, World, close, evaluated, faults_of_style, parsed, walk, written_name

FIRST, SECOND = 1e-5, 2e-4
"""Steps of the differences, for first and for second derivatives."""


AT_NUMBERS = r"at these numbers \$([^$]+)\$"

LETTERS = ("Y", "G", "L", "J", "f", "10^{-8}", r"\blacksquare")
"""What may stand alone in a sentence beside the names: the letters of the theorems and of losses."""


def even(tex):
    """A formula with thin spaces written in one way: in running text they are spelled out."""
    return re.sub(r"\\(?:,|thinspace)\s*", r"\\,", tex)


class Wrong(Exception):
    """A page that says what is not so."""


@dataclass(frozen=True)
class Question:
    """``work`` computes the expression from arrays by name.

    ``theorems`` tells, by the title of an operation, the output and the inputs with their shapes, and a function
    of arrays, or None where that depends on parameters.
    """

    kind: str
    work: Callable[[Mapping[str, np.ndarray]], np.ndarray]
    wrt: str
    symbols: Mapping[str, np.ndarray]
    sizes: Mapping[str, int]
    theorems: Mapping[str, tuple[tuple[tuple[str, tuple[int, int]], ...], Callable[..., np.ndarray] | None]]


def slopes(work, at, step=FIRST):
    """∂F_ij/∂X_pq by differences, with four axes."""
    columns = []
    for place in np.ndindex(at.shape):
        move = np.zeros(at.shape)
        move[place] = step
        columns.append((work(at + move) - work(at - move)) / (2 * step))
    return np.stack(columns, axis=-1).reshape(*columns[0].shape, *at.shape)


def laid_out(derivatives):
    """A derivative as it is printed: of a scalar, or by one, as a matrix, else as K with dvec(F) = K dvec(X)."""
    rows, cols, high, wide = derivatives.shape
    if (high, wide) == (1, 1):
        return derivatives[:, :, 0, 0]
    if (rows, cols) == (1, 1):
        return derivatives[0, 0]
    return derivatives.transpose(1, 0, 3, 2).reshape(rows * cols, high * wide)


def sections(page):
    """The headings and what stands below each."""
    parts = re.split(r"(?m)^#+ (.*)$", page)
    return list(zip(["", *parts[1::2]], parts[::2], strict=True))


def displays(text):
    return re.findall(r"\$\$\n(.*?)\n\$\$", text, re.S)


def prose(text):
    """What is neither a display, nor a table, nor a program."""
    text = re.sub(r"\$\$\n.*?\n\$\$", "", text, flags=re.S)
    return re.sub(r"(?m)^\|.*$", "", re.sub(r"```.*?```", "", text, flags=re.S))


def inline(text):
    return re.findall(r"\$([^$]+)\$", text)


def rows(text):
    """The rows of the tables, without their heads; each a list of cells."""
    found = [
        [cell.strip() for cell in line.strip("|").split(" |")]
        for line in text.splitlines()
        if line.startswith("|") and not line.startswith("| ---")
    ]
    return [[cell.lstrip("| ") for cell in row] for row in found[1:]]


def unaligned(text):
    """A display in one line."""
    text = text.strip()
    if text.endswith((".", ",")):
        text = text[:-1]
    if text.startswith(r"\begin{aligned}"):
        text = text.removeprefix(r"\begin{aligned}").removesuffix(r"\end{aligned}")
        text = text.replace("\\\\\n", " ").replace("&", "")
    return " ".join(text.split())


def matrix(text):
    r"""The numbers of a bmatrix, without the dots of a large one."""
    body = text.removeprefix(r"\begin{bmatrix}").removesuffix(r"\end{bmatrix}")
    lines = [line for line in body.split(r"\\") if r"\vdots" not in line]
    return np.array([[float(cell) for cell in line.split("&") if "dots" not in cell] for line in lines])


def corner(array):
    """What is shown of a matrix: of more than eight rows or columns the first three, and the last."""
    return array[np.ix_(*([0, 1, 2, side - 1] if side > 8 else range(side) for side in array.shape))]


@dataclass
class Graph:
    """A table: names with their formulas; the last is the root."""

    lines: list
    root: str

    def values(self, world, moved):
        """The values of all names, where some are ``moved`` to other numbers."""
        known = World({**world.symbols, **moved}, world.sizes)
        for name, tree, shape in self.lines:
            if name not in moved:
                known.symbols[name] = evaluated(tree, known, shape)
        return known.symbols


class Page:
    """A page and what is asked of it."""

    def __init__(self, text, question):
        self.text = text
        self.question = question
        self.count = 0
        self.world = World({written_name(name): each for name, each in question.symbols.items()}, question.sizes)
        self.wrt = written_name(question.wrt)

    def wrong(self, why):
        raise Wrong(why)

    def equal(self, one, other, where, tolerance=1e-5):
        self.count += 1
        if not close(one, other, tolerance):
            self.wrong(f"{where}: {one.tolist()} and {other.tolist()}")

    # -- names

    def read(self):
        """Read everything.

        Raises:
            Wrong: something is not so.
            Misread: something is no formula.
        """
        for each in [*displays(self.text), *inline(re.sub(r"\$\$\n.*?\n\$\$", "", self.text, flags=re.S))]:
            if faults_of_style(each):
                self.wrong(f"{faults_of_style(each)} in {each!r}")
        self.parts = sections(self.text)
        self.roots()
        self.graphs()
        for heading, body in self.parts:
            self.section(heading, body)
        return self.count

    def work(self, array):
        return self.question.work({**self.question.symbols, self.question.wrt: array})

    def roots(self):
        """The names of the value, and of the gradient of which a Hessian is the Jacobian."""
        at = self.question.symbols[self.question.wrt]
        title = next(heading for heading, _ in self.parts if heading)
        self.root = inline(title)[0].partition(" = ")[0]
        self.known = [self.root]
        self.world.symbols[self.root] = self.work(at)
        self.derived(self.root, slopes(self.work, at))
        if self.question.kind != "hessian":
            return
        found = re.search(r"and\n\n\$\$\n(?:\\begin\{aligned\}\n)?(\w) ", self.text)
        if found is None:
            self.wrong("no name for the gradient")
        self.known.append(found[1])
        self.world.symbols[found[1]] = slopes(self.work, at)[0, 0]
        self.derived(found[1], slopes(lambda x: slopes(self.work, x, SECOND)[0, 0], at, SECOND))

    def derived(self, root, derivatives):
        self.world.derivatives[root, self.wrt] = derivatives
        self.world.symbols[f"∂{root}/∂{self.wrt}"] = laid_out(derivatives)

    def graphs(self):
        """The tables of the graphs; the names that they define, and the cotangents of the names."""
        self.tables = []
        for heading, body in self.parts:
            if "graph" in heading:
                self.tables.append(self.graph(rows(body)))
        if [graph.root for graph in self.tables] != self.known[: len(self.tables)]:
            self.wrong("the graphs are those of other names")

    def graph(self, table):
        if not table:
            return Graph([], self.known[len(getattr(self, "tables", []))])
        lines = []
        for name, _, shape, formula, *value in table:
            (name, shape, formula, *value) = (cell.strip("$") for cell in (name, shape, formula, *value))
            known = name in self.world.symbols
            (tree,) = parsed(formula, self.world)
            made = evaluated(tree, self.world, self.shape(shape))
            if known:
                self.equal(made, self.world.symbols[name], f"{name} = {formula}")
            else:
                self.world.symbols[name] = made
                self.count += 1
            if value:
                self.equal(self.array(value[0]), made, f"the value of {name}")
            lines.append((name, tree, made.shape))
        return Graph(lines, lines[-1][0])

    def shape(self, text):
        r"""The numbers of `m \times n`."""
        sides = []
        for side in text.split(r"\times"):
            (tree,) = parsed(side, World({}, self.question.sizes))
            sides.append(round(evaluated(tree, World({}, self.question.sizes))[0, 0]))
        return tuple(sides)

    def array(self, text):
        if text.startswith(r"\begin{bmatrix}"):
            return matrix(text)
        return np.array([[float(text)]])

    # -- sections

    def section(self, heading, body):
        if "graph" in heading:
            shown = []
        elif "theorems" in heading:
            self.theorems(rows(body))
            shown = displays(body)
        elif "way back" in heading:
            self.ways(body)
            return
        else:
            shown = displays(body)
        self.shown = " ".join(map(unaligned, shown))
        for each in shown:
            self.equality(unaligned(each))
        for program in re.findall(r"```python\n(.*?)```", body, re.S):
            self.program(program)
        self.numbers(body)
        self.sentences(heading + "\n" + re.sub(AT_NUMBERS, "", prose(body)))

    def equality(self, text):
        """left = right = ..., at all free indices."""
        left, *rights = parsed(text, self.world)
        if not rights:
            self.wrong(f"no equality: {text}")
        for world in self.places(left):
            value = evaluated(left, world)
            for right in rights:
                self.equal(evaluated(right, world, value.shape), value, text)

    def places(self, left):
        """The worlds in which the free indices of the left side have their values."""
        free = {}
        for tree in walk(left):
            if tree.op == "entry" and tree.args[0].op == "symbol":
                self.free(free, tree.data, self.world.symbols[tree.args[0].data].shape)
            if tree.op == "derivative" and (tree.data[0][1] or tree.data[1][1]):
                for name, indices in tree.data:
                    self.free(free, indices, self.world.symbols[name].shape)
        for chosen in product(*(range(side) for side in free.values())):
            yield self.world.beside(indices=dict(zip(free, chosen, strict=True)))

    def free(self, free, indices, shape):
        sides = [side for side in shape if side > 1] if len(indices) == 1 else shape
        for index, side in zip(indices, sides, strict=bool(indices)):
            if not index.isdigit() and free.setdefault(index, side) != side:
                raise Misread(f"the index {index} runs to {side} and to {free[index]}")

    def ways(self, body):
        """Lines of a way back, each against the differences of its graph."""
        self.way = getattr(self, "way", -1) + 1
        graph = self.tables[min(self.way, len(self.tables) - 1)]
        first, *_ = (unaligned(each) for each in displays(body))
        loss = re.match(r"\\frac\{\\partial (\S+)\}", first)[1]
        value = self.world.symbols[graph.root]
        weights = np.ones((1, 1))
        if value.shape != (1, 1):
            weights = np.random.default_rng(7).uniform(0.5, 1.5, value.shape)
            self.world.symbols[first.rpartition(" ")[2]] = weights
        names = {
            name
            for each in displays(body)
            for name in re.findall(r"\\partial (\w+(?:_\{\w+\})?|\\\w+(?:_\{\w+\})?)\}", each)
        }
        for name in sorted(names - {loss} | {graph.root}):
            if name not in self.world.symbols:
                self.wrong(f"the unknown name {name}")

            def pairing(array, name=name):
                return np.array([[(weights * graph.values(self.world, {name: array})[graph.root]).sum()]])

            self.world.symbols[f"∂{loss}/∂{name}"] = slopes(pairing, self.world.symbols[name])[0, 0]
        order = [name for name, *_ in graph.lines]
        left = re.findall(rf"(?m)^\\frac\{{\\partial {re.escape(loss)}\}}\{{\\partial (\S+?)\}} &?=", body)
        met = [order.index(name) for name in left if name in order]
        if met != sorted(set(met), reverse=True):
            self.wrong("the way back does not go back")
        for each in displays(body):
            self.equality(unaligned(each))
        self.numbers(body)
        self.sentences(re.sub(AT_NUMBERS, "", prose(body)))

    def numbers(self, body):
        """What is said in numbers, of the left side of the display before it."""
        if len(re.findall(AT_NUMBERS, body)) != len(re.findall(rf"\$\$\n\n{AT_NUMBERS}", body)):
            self.wrong("numbers of nothing")
        for line, numbers in re.findall(rf"\$\$\n(.*?)\n\$\$(?:\n\n{AT_NUMBERS})?", body, re.S):
            if numbers:
                (name, *_) = parsed(unaligned(line), self.world)
                self.equal(self.array(numbers), corner(evaluated(name, self.world)), f"the numbers of {line}")

    def theorems(self, table):
        """Each pullback against the differences of ⟨G, Y⟩."""
        for title, value, pairing in table:
            if title:
                name, (operands, meaning) = title, self.question.theorems[title]
                shapes = dict(operands)
                left, _, formula = value.strip("$").partition(" = ")
                random = np.random.default_rng(len(formula))
                mixed = not re.search(r"\\log(?! \\lvert)|\\sqrt|/2", formula)
                arrays = {
                    each: random.uniform(0.4, 1.6, shape) * (random.choice([-1, 1], shape) if mixed else 1)
                    for each, shape in list(shapes.items())[1:]
                }
                for each, array in arrays.items():
                    if array.shape[0] == array.shape[1] > 1:
                        arrays[each] = array + 3 * np.eye(len(array))
                (tree,) = parsed(formula, World(arrays, self.question.sizes))
                made = evaluated(tree, World(arrays, self.question.sizes), shapes[left])
                if meaning is not None:
                    self.equal(made, meaning(*arrays.values()), f"{name}: {value}")
                G = random.uniform(0.5, 1.5, made.shape)
                todo = list(arrays)
                world = World({**arrays, left: made, "G": G}, self.question.sizes)
                begin = rf"\langle G, \mathrm{{d}}{left} \rangle = "
            else:
                begin = "{} + "
            told = pairing.strip("$")
            inner = re.fullmatch(r"\\langle (.*), \\mathrm\{d\}(\w+) \\rangle", told.removeprefix(begin))
            if not told.startswith(begin) or inner is None or inner[2] != todo.pop(0):
                self.wrong(f"{name}: {told}")

            def moved(array, tree=tree, arrays=arrays, by=inner[2], G=G):
                value = evaluated(tree, World({**arrays, by: array}, self.question.sizes), G.shape)
                return np.array([[(G * value).sum()]])

            (pullback,) = parsed(inner[1], world)
            by = arrays[inner[2]]
            self.equal(evaluated(pullback, world, by.shape), slopes(moved, by)[0, 0], told)

    def program(self, text):
        """A program returns the derivative."""
        space = {"np": np}
        exec(text, space)  # what the page shows is what is tested
        name, told = re.match(r"def (\w+)\(\*, (.*?)\):", text).groups()
        given = {**self.question.sizes, **self.question.symbols}
        result = np.atleast_2d(space[name](**{each: given[each] for each in told.split(", ")}))
        wanted = self.world.symbols[f"∂{self.known[-1]}/∂{self.wrt}"]
        self.equal(result.reshape(wanted.shape, order="F"), wanted, name)

    def sentences(self, text):
        """Formulas in running text."""
        for name, shape in re.findall(r"\$([^$ ]+)\$ be (?:of shape \$([^$]+)\$|a scalar)", text):
            if name not in self.world.symbols or self.world.symbols[name].shape != self.shape(shape or r"1 \times 1"):
                self.wrong(f"{name} is not {shape or 'a scalar'}")
        text = re.sub(r"\$[^$ ]+\$ be (of shape \$[^$]+\$|a scalar)", "", text)
        for whole, factors, result in re.findall(r"\$([^$]+)\$ multiplies \$([^$]+)\$, which is \$([^$]+)\$", text):
            (tree,) = parsed(whole, self.world)
            told = [self.shape(each) for each in re.findall(r"\(([^()]*)\)", factors)]
            args = tree.args if tree.op == "juxtaposed" else (tree,)
            if [evaluated(arg, self.world).shape for arg in args] != told:
                self.wrong(f"shapes of {whole}")
            if evaluated(tree, self.world).shape != self.shape(result) or even(whole) not in even(self.shown):
                self.wrong(f"the shape of {whole}")
            self.count += 1
        text = re.sub(r"\$[^$]+\$ multiplies \$[^$]+\$, which is \$[^$]+\$", "", text)
        for shape in re.findall(r"the result (?:is|has the shape) \$([^$]+)\$", text):
            shapes = [self.world.symbols[f"∂{root}/∂{self.wrt}"].shape for root in self.known]
            if self.shape(shape) not in shapes:
                self.wrong(f"the result is not {shape}")
        text = re.sub(r"the result (is|has the shape) \$[^$]+\$", "", text)
        for formula in re.findall(r"This is the entry of \$([^$]+)\$ in the same place", text):
            (tree,) = parsed(formula, self.world)
            self.seen = getattr(self, "seen", -1) + 1
            root = self.known[min(self.seen, len(self.known) - 1)]
            wanted = self.world.symbols[f"∂{root}/∂{self.wrt}"]
            self.equal(evaluated(tree, self.world, wanted.shape), wanted, formula)
        text = re.sub(r"This is the entry of \$[^$]+\$ in the same place", "", text)
        text = re.sub(r"There is no derivative where (an entry of )?\$[^$]+\$ is 0", "", text)
        for axes in re.findall(r"an array with the axes \$([^$]+)\$", text):
            sizes = [self.world.symbols[f"∂{root}/∂{self.wrt}"].size for root in self.known]
            if math.prod(self.shape(axes)) not in sizes:
                self.wrong(f"the array has not the axes {axes}")
        text = re.sub(r"an array with the axes \$[^$]+\$", "", text)
        for formula in inline(text):
            if " = " in formula:
                self.equality(formula)
            elif formula.startswith(r"\frac{\partial"):
                (name,) = parsed(formula, self.world)
                evaluated(name, self.world)
            elif formula not in self.world.symbols and formula not in LETTERS:
                self.wrong(f"what is {formula}?")
