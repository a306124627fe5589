"""What an operation is like, found out by calling its element formula: no list has to be kept."""

from __future__ import annotations

from functools import cache
from typing import Any

from derive.elements import Number
from derive.operation import registered


class _Probe(Number):
    """An entry that knows what is done with it."""

    def __init__(self, seen: set[str], plain: bool = False) -> None:
        self.seen, self.plain = seen, plain

    def _with(self, *_: Any) -> _Probe:
        return _Probe(self.seen)

    def _bent(self) -> _Probe:
        if self.plain:
            self.seen.add("bent")
        return _Probe(self.seen)

    def sqrt(self) -> _Probe:
        if not self.plain:
            self.seen.add("root")
        return _Probe(self.seen)

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _with
    __truediv__ = __rtruediv__ = __pow__ = __neg__ = __floordiv__ = __mod__ = __rfloordiv__ = _with
    absolute = sign = step = _bent

    def __getattr__(self, name: str) -> Any:
        """Any other function of a number is smooth where it has a value."""
        return self._with


class _Matrix:
    rows = cols = 3

    def __init__(self) -> None:
        self.seen: set[str] = set()

    def __getitem__(self, at: tuple[int, int]) -> _Probe:
        if at != (1, 2):
            self.seen.add("foreign")
        return _Probe(self.seen, plain=True)

    def power(self, _: int) -> _Matrix:
        return self


@cache
def entrywise(name: str) -> bool:
    """Whether each entry of the result depends on the same entry of the only argument, and on no other.

    >>> entrywise("exp"), entrywise("softmax"), entrywise("transpose")
    (True, False, False)
    """
    operation = registered().get(name)
    if operation is None or operation.parameters or len(operation.signature.inputs) != 1:
        return False
    operand, output = operation.signature.inputs[0], operation.signature.output
    if (operand.rows, operand.cols) != (output.rows, output.cols) or operand.rows == operand.cols:
        return False
    matrix = _Matrix()
    return isinstance(operation.element(matrix, 1, 2), _Probe) and "foreign" not in matrix.seen


@cache
def kink(name: str) -> str:
    """Where an operation of one argument has a value and no derivative: where an "entry" is 0, or the "whole".

    >>> kink("relu"), kink("norm2"), kink("exp")
    ('entry', 'whole', '')
    """
    operation = registered().get(name)
    if operation is None or operation.parameters or operation.told_sizes or len(operation.signature.inputs) != 1:
        return ""
    matrix = _Matrix()
    operation.element(matrix, 1, 2)
    return "entry" if "bent" in matrix.seen else "whole" if "root" in matrix.seen else ""
