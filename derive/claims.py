"""Reading what an operation's file claims: a formula of the language as a matrix expression.

A claim is never trusted.  Where a page shows one, it stands as the last line of a calculation that
the judge has checked.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping

from sympy import (
    Expr,
    HadamardPower,
    HadamardProduct,
    Identity,
    MatAdd,
    MatMul,
    Mul,
    OneMatrix,
    Rational,
    S,
    Symbol,
    ZeroMatrix,
)
from sympy.core.basic import Basic

from derive.edges import NoMatrixForm, product, transposed
from derive.indexed import UNIT, indexed
from derive.minors import Commutation, Unit
from derive.operation import Operation, registered
from derive.order import ReadingOrder
from derive.recognise import matrix_form
from derive.terms import Call, Gradient, MatrixElement, MatrixExpr, MatrixSymbol, Partial, Scalar

CONSTANTS: Mapping[str, Callable[..., MatrixExpr]] = {
    "ones": OneMatrix,
    "zeros": ZeroMatrix,
    "eye": Identity,
    "commutation": Commutation,
    "unit": Unit,
}


class Unclaimed(NoMatrixForm):
    """The claim uses something that has no notation on a page."""


def claim(text: str, names: Mapping[str, Basic]) -> MatrixExpr:
    """The matrix expression that ``text`` writes; ``names`` are those of matrices, sizes and parameters.

    Raises:
        Unclaimed: a part of it cannot be read.

    >>> X, Y = MatrixSymbol("X", 2, 3), MatrixSymbol("Y", 2, 3)
    >>> claim("X * (1 - Y)", {"X": X, "Y": Y})
    HadamardProduct(X, -Y + 1)
    """
    try:
        return _matrix(_Reader(names).read(ast.parse(text.strip(), mode="eval").body))
    except (KeyError, TypeError, ValueError) as error:
        raise Unclaimed(f"the claim {text} cannot be read ({error})") from None


class _Reader:
    def __init__(self, names: Mapping[str, Basic]) -> None:
        self.names = names

    def read(self, node: ast.AST) -> Basic:
        match node:
            case ast.Constant(value=number):
                return Rational(str(number))
            case ast.Name(id=name):
                return self.names[name]
            case ast.Attribute(value=inner, attr="T"):
                return transposed(_matrix(self.read(inner)))
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                return times(S.NegativeOne, self.read(inner))
            case ast.BinOp(left=left, op=sign, right=right):
                return self._joined(sign, self.read(left), self.read(right))
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return self._called(name, [self.read(argument) for argument in arguments])
        raise Unclaimed(f"{ast.unparse(node)} has no notation")

    def _joined(self, sign: ast.operator, left: Basic, right: Basic) -> Basic:
        match sign:
            case ast.Add():
                return plus(left, right)
            case ast.Sub():
                return plus(left, times(S.NegativeOne, right))
            case ast.Mult():
                return times(left, right)
            case ast.MatMult():
                return product(S.One, left, right)
            case ast.Div():
                return times(left, raised(right, S.NegativeOne))
            case ast.Pow():
                return raised(left, right)
        raise Unclaimed(f"{type(sign).__name__} has no notation")

    def _called(self, name: str, operands: list[Basic]) -> MatrixExpr:
        if name in CONSTANTS:
            return CONSTANTS[name](*operands)
        operation = registered()[name]
        if operation.told_sizes:
            number = len(operation.signature.inputs)
            return Call.of(name, operands[number:], *map(_matrix, operands[:number]))
        return application(operation, [_matrix(operand) for operand in operands])


def application(operation: Operation, operands: list[MatrixExpr]) -> MatrixExpr:
    """The result of an operation: read as products and sums if it is one, else by its name."""
    signature = operation.signature
    sizes: dict[str, Expr] = {"1": S.One}
    for stated, given in zip(signature.inputs, operands, strict=True):
        sizes |= {stated.rows: given.rows, stated.cols: given.cols}
    output = (signature.output.rows, signature.output.cols)
    shape = tuple(Mul(*(sizes[part] for part in side.split("*"))) for side in output)
    if any("*" in side for side in output):
        return Call.of(signature.name, shape, *operands)
    held = [MatrixSymbol(f"?{k}", *each.shape) for k, each in enumerate(operands)]
    call = Call.of(signature.name, shape, *held)
    row, col = (UNIT if size == 1 else Symbol(letter) for letter, size in zip("ij", shape, strict=True))
    try:
        read = matrix_form(indexed(call, row, col), row, col, shape, ReadingOrder([m.name for m in held]))
    except (NoMatrixForm, TypeError):
        read = call
    found = call if is_special(read) else read
    return found.xreplace(dict(zip(held, operands, strict=True)))


def is_special(form: MatrixExpr) -> bool:
    """Whether a matrix form holds more than products and sums."""
    return bool(form.has(Call, HadamardPower))


def plus(left: Basic, right: Basic) -> Basic:
    """A sum, in which a number is added to every entry."""
    if not (isinstance(left, MatrixExpr) or isinstance(right, MatrixExpr)):
        return left + right
    shape = max((_matrix(side).shape for side in (left, right)), key=lambda shape: shape != (1, 1))
    sides = [_matrix(side) for side in (left, right)]
    if shape != (1, 1):
        sides = [product(_number(s), OneMatrix(*shape)) if s.shape == (1, 1) else s for s in sides]
    elif any(isinstance(side, Scalar) for side in sides):
        return Scalar(_number(sides[0]) + _number(sides[1]))
    return MatAdd(*(part for side in sides for part in (side.args if isinstance(side, MatAdd) else (side,))))


def times(left: Basic, right: Basic) -> Basic:
    """An entrywise product, or a number times every entry."""
    if not (isinstance(left, MatrixExpr) or isinstance(right, MatrixExpr)):
        return left * right
    sides = [_matrix(side) for side in (left, right)]
    numbers = [side for side in sides if side.shape == (1, 1)]
    if len(numbers) == 2:
        sums = [side for side in sides if isinstance(side, MatMul) and side.has(OneMatrix)]
        if len(sums) == 1:
            other = next(side for side in sides if side is not sums[0])
            return product(_number(other), sums[0])
        return Scalar(_number(sides[0]) * _number(sides[1]))
    if numbers:
        matrix = next(side for side in sides if side.shape != (1, 1))
        return product(_number(numbers[0]), matrix)
    pairs = [side.as_coeff_matrices() if isinstance(side, MatMul) else (S.One, [side]) for side in sides]
    parts = [product(S.One, *matrices) for _, matrices in pairs]
    flat = [part for side in parts for part in (side.args if isinstance(side, HadamardProduct) else (side,))]
    kept = [part for part in flat if not isinstance(part, OneMatrix)] or flat[:1]
    number = pairs[0][0] * pairs[1][0]
    return product(number, HadamardProduct(*kept) if len(kept) > 1 else kept[0])


def raised(base: Basic, exponent: Expr) -> Basic:
    """An entrywise power."""
    if not isinstance(base, MatrixExpr):
        return base**exponent
    if base.shape == (1, 1):
        return Scalar(_number(base) ** exponent)
    number, matrices = base.as_coeff_matrices() if isinstance(base, MatMul) else (S.One, [base])
    if exponent.is_zero:
        return OneMatrix(*base.shape)
    inner = product(S.One, *matrices)
    if isinstance(inner, HadamardPower):
        return product(number**exponent, HadamardPower(inner.base, inner.exp * exponent))
    return product(number**exponent, inner if exponent == 1 else HadamardPower(inner, exponent))


def _matrix(value: Basic) -> MatrixExpr:
    return value if isinstance(value, MatrixExpr) else Scalar(value)


def _number(matrix: MatrixExpr) -> Expr:
    """The number that a 1×1 matrix holds."""
    if isinstance(matrix, Scalar):
        return matrix.number
    if isinstance(matrix, Gradient):
        return Partial(matrix.loss, MatrixElement(matrix.wrt, UNIT, UNIT))
    return MatrixElement(matrix, UNIT, UNIT)
