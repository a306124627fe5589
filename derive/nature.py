"""What an operation is like, found out by calling its element formula: no list has to be kept."""

from __future__ import annotations

from functools import cache
from typing import Any

from derive.elements import Number
from derive.operation import registered


class _Probe(Number):
    """An entry that knows whether any other entry than [i, j] was read."""

    def __init__(self, foreign: bool) -> None:
        self.foreign = foreign

    def _with(self, *others: Any) -> _Probe:
        return _Probe(self.foreign or any(isinstance(o, _Probe) and o.foreign for o in others))

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _with
    __truediv__ = __rtruediv__ = __pow__ = __neg__ = __floordiv__ = __mod__ = __rfloordiv__ = _with
    exp = log = sqrt = sin = cos = tanh = absolute = sign = step = _with


class _Matrix:
    rows = cols = 3

    def __getitem__(self, at: tuple[int, int]) -> _Probe:
        return _Probe(at != (1, 2))

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
    read = operation.element(_Matrix(), 1, 2)
    return isinstance(read, _Probe) and not read.foreign
