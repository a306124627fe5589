"""Where the templates are, and how they are read: in a sandbox, since anybody may write one."""

from __future__ import annotations

from collections.abc import MutableMapping
from functools import cache
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment, modifies_known_mutable

from derive.errors import DeriveError
from derive.hypertext import FILTERS

OF_FORMULAS = {"name", "rows", "cols", "shape", "T", "args", "wrt", "loss", "of"}
"""What a template may ask of a formula: sympy's own methods would run texts as Python."""


LONGEST = 10**6
"""What is repeated may become this long, and a power have this many digits."""


class Sandbox(SandboxedEnvironment):
    """Templates read what the derivation offers; they change nothing, since it has been judged, and reach nothing else.

    Sympy reads a text as Python where it expects a formula, and runs it.  So templates make no formulas:
    they call nothing of sympy's, and texts and formulas do not mix.
    """

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        if not super().is_safe_attribute(obj, attr, value) or attr == "render":
            return False
        if isinstance(obj, MutableMapping) and modifies_known_mutable(obj, attr):
            return False
        if isinstance(obj, ModuleType):  # what a module imports is not what it offers
            return isinstance(value, FunctionType) and value.__module__ == obj.__name__
        return not _of_sympy(type(obj)) or attr in OF_FORMULAS

    def is_safe_callable(self, obj: Any) -> bool:
        made = obj if isinstance(obj, type) else type(obj)
        return bool(super().is_safe_callable(obj)) and not _of_sympy(made) and not _from_sympy(obj)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if _of_sympy(type(obj)) and any(isinstance(i, str) for i in _parts(argument)) and argument not in OF_FORMULAS:
            raise SecurityError(f"{argument!r} is no index of a formula")
        return super().getitem(obj, argument)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        pair = (left, right)
        if any(_of_sympy(type(x)) for x in pair) and any(isinstance(x, str) for x in pair):
            raise SecurityError(f"a text and a formula have no {operator}")
        if operator == "*" and any(isinstance(x, (str, list, tuple)) for x in pair):
            long = next(x for x in pair if isinstance(x, (str, list, tuple)))
            times = next((x for x in pair if isinstance(x, int)), 0)
            if len(long) * times > LONGEST:
                raise SecurityError("what is repeated becomes too long")
        if operator == "**" and all(isinstance(x, int) for x in pair) and abs(left).bit_length() * right > LONGEST:
            raise SecurityError("a power becomes too large")
        return super().call_binop(context, operator, left, right)


def _of_sympy(kind: type) -> bool:
    return any(_from_sympy(base) for base in kind.__mro__)


def _from_sympy(obj: Any) -> bool:
    return str(getattr(obj, "__module__", "")).partition(".")[0] == "sympy"


def _parts(index: Any) -> tuple[Any, ...]:
    return index if isinstance(index, tuple) else (index,)


@cache
def environment() -> Sandbox:
    """The environment of all templates; what a template does not know is an error."""
    made = Sandbox(
        loader=FileSystemLoader(template_folder()),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
        extensions=["jinja2.ext.do"],
    )
    made.filters.update(FILTERS)
    return made


def template_folder() -> Path:
    """Where the templates are: inside an installed package, or at the top of a checkout.

    Raises:
        DeriveError: they are in neither place, so the installation is broken.
    """
    here = Path(__file__).resolve().parent
    for folder in (here / "templates", here.parent / "templates"):
        if (folder / "worked.jinja").is_file():
            return folder
    raise DeriveError(f"the templates are missing beside {here}; install derive-matrix again.")
