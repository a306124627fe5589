"""Which operations the tests speak of: all that have a page, or some of every kind."""

import derive.ops  # noqa: F401 - registers the operations
from derive.operation import registered

DERIVED = sorted(registered())
"""All of them."""

PLAIN = [name for name in DERIVED if not registered()[name].parameters]
"""Those that depend on nothing but sizes."""

SOME = [
    "affine",
    "bias",
    "diag",
    "div",
    "hadamard",
    "matmul",
    "mean",
    "norm2",
    "scale",
    "sigmoid",
    "softmax",
    "tr",
    "transpose",
]
"""One of every kind, for what takes long."""

POLYNOMIAL = [
    "add",
    "affine",
    "affine_columns",
    "bias",
    "colsum",
    "hadamard",
    "matmul",
    "mean",
    "neg",
    "rowsum",
    "sub",
    "sum",
    "transpose",
]
"""Those that fractions can be calculated for."""
