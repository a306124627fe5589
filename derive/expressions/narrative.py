"""What a page says of an expression's derivative: named nodes, the way there, and the way back.

Every equality of the page is a line of the datum; the judge evaluates each of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from derive.chain import Reason
from derive.expressions.calls import call, rebuilt
from derive.expressions.differential import Cotangent, Differential, Vertex
from derive.expressions.expression import Node, add, symbol
from derive.expressions.lines import Line, Narrative, Theorem
from derive.expressions.nature import kink
from derive.expressions.reverse import pulled_back, theorem
from derive.expressions.text import formula_size
from derive.operation import named

LONG = 30
"""Formulas of more names, numbers and operators are written with the names of the graph."""


def narrative(differential: Differential, root: str = "") -> Narrative:
    """The page's lines for a gradient, or for a Jacobian; ``root`` is the name of the value.

    >>> from derive.expressions.calculus import gradient_differential
    >>> from derive.expressions.language import parse
    >>> f = parse("sumsq(A @ x - b)", {"A": "m,n", "x": "n", "b": "m"})
    >>> told = narrative(gradient_differential(f, symbol("x", ("n", 1))))
    >>> [(line.name, line.results) for line in told.backward][-1]
    (∂L/∂x, (A.T @ ∂L/∂Z1, 2 * A.T @ (A @ x - b)))
    """
    return _Teller(differential, root).tell()


def gradient_name(root: str, name: str) -> str:
    """How a cotangent is called."""
    return f"∂{root}/∂{name}"


class _Teller:
    def __init__(self, differential: Differential, root: str) -> None:
        self.differential = differential
        value = differential.value
        taken = {node.name for node in value.walk() if node.op == "symbol"}
        taken |= {node.data for node in value.walk() if node.op == "dimension"}
        taken |= {
            node.name for each in differential.cotangents[:1] for node in each.value.walk() if node.op == "symbol"
        }
        scalars = [name for name in ("L", "f", "g", "J") if name not in taken]
        given, root = root, root or (scalars[0] if value.scalar else next(name for name in "FHRK" if name not in taken))
        self.loss = root if value.scalar else scalars[-1 if given else 0]
        # The graph of a gradient stands on the page of its value, so its names are others.
        letters = "VPQSTZ" if given else "ZTUVPQ"
        letter = next(letter for letter in letters if not any(name.startswith(letter) for name in taken))
        self.names: dict[Node, Node] = {}
        count = 0
        for vertex in differential.graph:
            if vertex.value is value:
                self.names[value] = symbol(root, value.shape)
            else:
                count += 1
                self.names[vertex.value] = symbol(f"{letter}{count}", vertex.value.shape)
        self.names.setdefault(value, symbol(root, value.shape))
        self.root = self.names[value]

    def tell(self) -> Narrative:
        differential = self.differential
        forward = tuple(self._forward(vertex) for vertex in differential.graph)
        back = {cotangent.of: cotangent for cotangent in differential.cotangents}
        backward = tuple(self._backward(cotangent) for cotangent in differential.cotangents)
        result, chain = self._result(), tuple(self._chain())
        used = dict.fromkeys(vertex.operation for vertex in differential.graph if vertex.value in back)
        if not back:
            used = dict.fromkeys(vertex.operation for vertex in differential.graph)
        return Narrative(
            differential,
            self.root,
            self.loss,
            forward,
            backward,
            result,
            self._meant([result]),
            tuple(_theorem(vertex) for vertex in _first(differential, used)),
            chain,
            tuple(self._kinks()),
        )

    def _in_names(self, node: Node) -> Node:
        return self.names.get(node, node)

    def _forward(self, vertex: Vertex) -> Line:
        args = tuple(self._in_names(arg) for arg in vertex.args)
        result = call(vertex.operation, *args, data=vertex.data)
        return Line(self.names[vertex.value], vertex.value, (result,), (vertex.operation,))

    def cotangent_name(self, of: Node) -> Node:
        name = self._in_names(of)
        return symbol(gradient_name(self.loss, name.name), of.shape)

    def _backward(self, cotangent: Cotangent) -> Line:
        results: tuple[Node, ...]
        if cotangent.contributions:
            parts = []
            for part in cotangent.contributions:
                vertex = part.vertex
                plain = Vertex(
                    self.names[vertex.value], vertex.operation, tuple(map(self._in_names, vertex.args)), vertex.data
                )
                parts.append(pulled_back(plain, part.argument, self._upstream(vertex.value)))
            together = add(*parts)
            results = (together,) if together is cotangent.value else (together, cotangent.value)
        else:
            results = (cotangent.value,)
        results = (*results[:-1], self._shown(results[-1]))
        operations = tuple(dict.fromkeys(part.vertex.operation for part in cotangent.contributions))
        return Line(self.cotangent_name(cotangent.of), cotangent.of, tuple(dict.fromkeys(results)), operations)

    def _upstream(self, of: Node) -> Node:
        """∂L/∂Y by its name; of L itself it is 1."""
        if of is self.differential.value and of.scalar:
            return self.differential.cotangents[0].value
        return self.cotangent_name(of)

    def abbreviated(self, node: Node) -> Node:
        """A formula with the names of the graph for what the graph computes."""
        swap = {
            vertex.value: self.names[vertex.value]
            for vertex in self.differential.graph
            if formula_size(vertex.value) > 4 and vertex.value is not self.differential.value
        }
        return _outermost(node, swap)

    def _shown(self, node: Node) -> Node:
        return node if formula_size(node) <= LONG else self.abbreviated(node)

    def _result(self) -> Line:
        result = self.differential.result
        name = symbol(gradient_name(self.root.name, self.differential.wrt.name), result.shape)
        return Line(name, self.differential.wrt, (self._shown(result),))

    def _chain(self) -> Iterator[tuple[Line, Reason]]:
        """The simplification; a step that only reorders what the names hide is not shown."""
        before = None
        for step in self.differential.steps:
            shown = self._shown(step.result)
            if shown is not before:
                yield Line(self._result().name, self.differential.wrt, (shown,)), step.by
            before = shown

    def _kinks(self) -> Iterator[tuple[Node, str]]:
        for vertex in self.differential.graph:
            bend = kink(vertex.operation)
            if bend and self.differential.wrt.name in vertex.value.symbols:
                yield vertex.args[0], bend

    def _meant(self, lines: Iterable[Line]) -> tuple[Line, ...]:
        """What the names of the graph stand for that these lines use."""
        used = {node.name for line in lines for result in line.results for node in result.walk() if node.op == "symbol"}
        return tuple(
            Line(self.names[vertex.value], vertex.value, (vertex.value,))
            for vertex in self.differential.graph
            if self.names[vertex.value].name in used
        )


def _outermost(node: Node, swap: dict[Node, Node]) -> Node:
    if node in swap:
        return swap[node]
    return rebuilt(node, tuple(_outermost(arg, swap) for arg in node.args))


def _first(differential: Differential, operations: dict[str, None]) -> Iterator[Vertex]:
    """One vertex for each operation, in the order of their names."""
    for operation in sorted(operations):
        yield next(vertex for vertex in differential.graph if vertex.operation == operation)


def _theorem(vertex: Vertex) -> Theorem:
    """The theorem of an operation, in the letters of its signature."""
    operation = named(vertex.operation)
    signature = operation.signature
    inputs = [symbol(operand.name, (operand.rows, operand.cols)) for operand in signature.inputs]
    inputs = [symbol(each.name, tuple(1 if side == "1" else side for side in each.shape)) for each in inputs]  # type: ignore[arg-type]
    result = call(vertex.operation, *inputs, data=vertex.data)
    value = symbol(signature.output.name, result.shape)
    pullbacks = tuple(
        (each, theorem(vertex.operation, position, vertex.data))
        for position, each in enumerate(inputs)
        if operation.pullbacks
    )
    return Theorem(vertex.operation, signature.title, value, result, pullbacks, vertex.data)
