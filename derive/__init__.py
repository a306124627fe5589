"""Matrix-calculus derivations, written out step by step and checked line by line.

>>> import derive
>>> d = derive.derivation("matmul", m=2, k=4, n=3)
>>> derive.verify(d).ok
True
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from derive.errors import DeriveError

if TYPE_CHECKING:
    from derive.api import Derived, derivation, verify
    from derive.expressions.answer import Answer
    from derive.expressions.calculus import gradient, hessian, jacobian

_HOMES = {
    "Answer": "derive.expressions.answer",
    "gradient": "derive.expressions.calculus",
    "hessian": "derive.expressions.calculus",
    "jacobian": "derive.expressions.calculus",
    "Derived": "derive.api",
    "derivation": "derive.api",
    "verify": "derive.api",
}

__all__ = [
    "Answer",
    "DeriveError",
    "Derived",
    "__version__",
    "derivation",
    "gradient",
    "hessian",
    "jacobian",
    "verify",
]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """The API on first use: importing sympy costs half a second, and not every command needs it."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'derive' has no attribute '{name}'")


def __dir__() -> list[str]:
    return __all__
