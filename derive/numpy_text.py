"""The NumPy text of a matrix form, and the PyTorch text."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sympy import (
    Add,
    DiagMatrix,
    HadamardPower,
    HadamardProduct,
    Identity,
    MatAdd,
    MatMul,
    Mul,
    OneMatrix,
    Pow,
    S,
    Trace,
    Transpose,
    ZeroMatrix,
)
from sympy.core.basic import Basic
from sympy.matrices.expressions.diagonal import DiagonalOf

from derive.errors import DeriveError
from derive.functions import Elementary
from derive.minors import Commutation, Unit
from derive.operation import registered
from derive.terms import Call, Gradient, MatrixElement, MatrixExpr, MatrixSymbol, Partial, Scalar

_WORD = r"[\w.]+(\[[^\[\]]*\])?(\.T)?"
_CALL = r"np\.[\w.]+\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)(\.T|\.reshape\(-1, 1\))?"
_SUM = r"(\([^()]*\)|\w+)\.sum\([^()]*\)"
_ATOM = re.compile(f"{_WORD}|{_CALL}|{_SUM}")


@dataclass(frozen=True)
class NumpyPrinter:
    """NumPy source from arrays of the same names as the matrices, all of them 2-D.

    The upstream gradient ∂L/∂Y is the array ``dY``; ``sizes`` tells how to read a size off an array.
    Operations are written as their files say it for the ``library``; ``for_torch`` does the rest.

    >>> X, W = MatrixSymbol("X", 2, 4), MatrixSymbol("W", 4, 3)
    >>> NumpyPrinter().text(X * W), NumpyPrinter().text(OneMatrix(1, 2) * X)
    ('X @ W', 'np.sum(X, axis=0, keepdims=True)')
    """

    sizes: Mapping[Basic, str] = field(default_factory=dict)
    library: str = "numpy"

    def text(self, matrix: Basic) -> str:
        """The source of an expression that computes ``matrix``.

        Raises:
            DeriveError: a part of ``matrix`` has no NumPy text.
        """
        if isinstance(matrix, (MatrixSymbol, Gradient)):
            return _name(matrix)
        if isinstance(matrix, Transpose):
            return f"{self._atom(matrix.arg)}.T"
        if isinstance(matrix, (OneMatrix, ZeroMatrix)):
            rows, cols = (self._size(size) for size in matrix.shape)
            both = rows.endswith(".shape[0]") and cols == rows.replace("[0]", "[1]")
            word = "ones" if isinstance(matrix, OneMatrix) else "zeros"
            return f"np.{word}({rows[:-3]})" if both else f"np.{word}(({rows}, {cols}))"
        if isinstance(matrix, Identity):
            return f"np.eye({self._size(matrix.rows)})"
        if isinstance(matrix, Commutation):
            rows, cols = (self._size(size) for size in matrix.args)
            return f"np.eye({rows} * {cols})[np.arange({rows} * {cols}).reshape({cols}, {rows}).T.ravel()]"
        if isinstance(matrix, Unit):
            return f"np.eye({self._size(matrix.rows)})[:, [{matrix.index}]]"
        if isinstance(matrix, DiagMatrix):
            return f"np.diagflat({self.text(matrix.args[0])})"
        if isinstance(matrix, DiagonalOf):
            return f"np.diagonal({self.text(matrix.arg)}).reshape(-1, 1)"
        if isinstance(matrix, MatAdd):
            return " + ".join(self._term(part) for part in matrix.args).replace("+ -", "- ")
        if isinstance(matrix, Call):
            return self._called(matrix)
        if isinstance(matrix, Scalar):
            return self._scalar(matrix.number)
        if isinstance(matrix, (MatMul, HadamardProduct, HadamardPower)):
            return self._product(matrix)
        raise DeriveError(f"there is no NumPy text for {type(matrix).__name__}.")

    def _size(self, size: Basic) -> str:
        if isinstance(size, Mul) and size not in self.sizes:
            return " * ".join(self._size(part) for part in size.args)
        return self.sizes.get(size, str(size))

    def _product(self, matrix: MatrixExpr) -> str:
        number, matrices = matrix.as_coeff_matrices() if isinstance(matrix, MatMul) else (S.One, [matrix])
        return self._quotient(number, matrices)

    def _quotient(self, number: Basic, matrices: Sequence[Basic]) -> str:
        """Numbers and matrices times each other, then what they are divided by."""
        number, rest = number.as_coeff_Mul()
        scalars = [factor for factor in Mul.make_args(rest) if factor != 1]
        above = [self._factor(f) for f in scalars if not _divides(f)]
        below = [self._factor(f.base**-f.exp) for f in scalars if _divides(f)]
        if abs(number.p) != 1:
            above.insert(0, str(abs(number.p)))
        if number.q != 1:
            below.append(str(number.q))
        if len(matrices) > 1:
            text = self._matrices(matrices)
            above.append(text if not (above or below or number < 0) else _held(text))
        elif matrices:
            parts = matrices[0].args if isinstance(matrices[0], HadamardProduct) else matrices
            above += [self._atom(part) for part in parts if not _divides(part)]
            below += [self._atom(_inverse(part)) for part in parts if _divides(part)]
        divisor = [f"({' * '.join(below)})" if len(below) > 1 else below[0]] if below else []
        return ("-" if number < 0 else "") + " / ".join([" * ".join(above) or "1", *divisor])

    def _matrices(self, matrices: Sequence[Basic]) -> str:
        """Sums over rows or columns rather than products with explicit ones."""
        ones = [isinstance(part, OneMatrix) for part in matrices]
        if all(ones):
            return self.text(OneMatrix(matrices[0].rows, matrices[-1].cols))
        left, right = ones[0] and matrices[0].rows == 1, ones[-1] and matrices[-1].cols == 1
        inner = matrices[left : len(matrices) - right]
        if left or right:
            summed = self.text(inner[0]) if len(inner) == 1 else " @ ".join(map(self._atom, inner))
            kept = "" if left and right else f", axis={0 if left else 1}, keepdims=True"
            return f"np.sum({summed}{kept})"
        if len(inner) > 2 and ones[-1] and matrices[-1].rows == 1 and isinstance(matrices[-2], OneMatrix):
            return f"{self._matrices(matrices[:-1])} @ {self._atom(matrices[-1])}"
        return " @ ".join(self._atom(part) for part in matrices)

    def _term(self, part: Basic) -> str:
        """A term of a sum: what is the same in all rows or columns is broadcast."""
        number, matrices = part.as_coeff_matrices() if isinstance(part, MatMul) else (S.One, [part])
        kept = [*matrices]
        if isinstance(kept[-1], OneMatrix) and (len(kept) == 1 or kept[-1].rows == 1):
            kept.pop()
        if kept and isinstance(kept[0], OneMatrix) and kept[0].cols == 1:
            kept.pop(0)
        if not kept:
            return self._scalar(number)
        return self.text(MatMul(number, *kept) if len(kept) > 1 or number != 1 else kept[0])

    def _called(self, matrix: Call) -> str:
        operation = registered()[matrix.name]
        names = [operand.name for operand in operation.signature.inputs]
        text = operation.text(self.library)
        if not text:
            raise DeriveError(f"there is no NumPy text for {matrix.name}.")
        for name, operand in zip(names, matrix.operands, strict=True):
            text = text.replace(f"({{{name}}})", f"({self.text(operand)})").replace(f"{{{name}}}", self._atom(operand))
        output = operation.signature.output
        for letter, size in zip((output.rows, output.cols), matrix.shape, strict=True):
            text = text.replace(f"{{{letter}}}", self._size(size))
        return text

    def _scalar(self, number: Basic) -> str:
        if isinstance(number, (Mul, Pow)) and number != 1:
            return self._quotient(number, [])
        return self._factor(number)

    def _factor(self, number: Basic) -> str:
        """A number as a factor."""
        if isinstance(number, Partial):
            return _name(number.wrt.args[0], "d")
        if isinstance(number, MatrixElement):
            matrix, row, col = number.args
            return self._atom(matrix) if matrix.shape == (1, 1) else f"{self._atom(matrix)}[{row}, {col}]"
        if number in self.sizes:
            return self.sizes[number]
        if isinstance(number, Trace):
            return f"np.trace({self.text(number.arg)})"
        if isinstance(number, Pow):
            if number.exp == S.Half:
                return f"np.sqrt({self._scalar(number.base)})"
            return f"{_held(self._scalar(number.base))}**{number.exp if number.exp.is_Integer else f'({number.exp})'}"
        if isinstance(number, Elementary):
            operation = registered()[type(number).__name__]
            [name] = [operand.name for operand in operation.signature.inputs]
            return operation.text(self.library).format(**{name: self._scalar(number.args[0])})
        if isinstance(number, Add):
            return f"({' + '.join(map(self._scalar, number.args))})".replace("+ -", "- ")
        if number.is_Rational:
            return str(number)
        raise DeriveError(f"there is no NumPy text for {number}.")

    def _atom(self, part: Basic) -> str:
        if isinstance(part, HadamardPower):
            if part.exp == S.Half:
                return f"np.sqrt({self.text(part.base)})"
            if not part.exp.is_negative:
                return f"{self._atom(part.base)}**{part.exp if part.exp.is_Integer else f'({part.exp})'}"
        return _held(self.text(part))


def for_torch(text: str) -> str:
    """NumPy text with the words that PyTorch has for the same.

    >>> for_torch("np.sum(X, axis=1, keepdims=True)")
    'torch.sum(X, dim=1, keepdim=True)'
    """
    for numpy, torch in ((r"\bnp\.", "torch."), (r"\baxis=", "dim="), (r"\bkeepdims=", "keepdim=")):
        text = re.sub(numpy, torch, text)
    return text


def _held(text: str) -> str:
    """In brackets, where it is more than one word or call."""
    word = isinstance(ast.parse(text, mode="eval").body, (ast.Name, ast.Call, ast.Attribute, ast.Subscript))
    return text if word or _ATOM.fullmatch(text) else f"({text})"


def _name(matrix: Basic, prefix: str = "") -> str:
    return f"d{matrix.wrt.name}" if isinstance(matrix, Gradient) else f"{prefix}{matrix.name}"


def _divides(factor: Basic) -> bool:
    return isinstance(factor, (Pow, HadamardPower)) and bool(factor.exp.is_negative)


def _inverse(power: HadamardPower) -> MatrixExpr:
    return power.base if power.exp == -1 else HadamardPower(power.base, -power.exp)
