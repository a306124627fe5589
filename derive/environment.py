"""Where the templates are, and how they are read: in a sandbox, since anybody may write one."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from derive.errors import DeriveError
from derive.hypertext import FILTERS

OF_FORMULAS = {"name", "rows", "cols", "shape", "T", "args", "wrt", "loss", "of"}
"""What a template may ask of a formula: sympy's own methods would run texts as Python."""


class Sandbox(SandboxedEnvironment):
    """Templates read what the derivation offers; they reach nothing else."""

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        of_sympy = any(base.__module__.partition(".")[0] == "sympy" for base in type(obj).__mro__)
        return bool(super().is_safe_attribute(obj, attr, value)) and (not of_sympy or attr in OF_FORMULAS)


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
