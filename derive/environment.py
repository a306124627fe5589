"""Where the templates are, and how they are read."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from derive.errors import DeriveError
from derive.hypertext import FILTERS


@cache
def environment() -> Environment:
    """The environment of all templates; what a template does not know is an error."""
    made = Environment(
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
        if (folder / "worked.md.jinja").is_file():
            return folder
    raise DeriveError(f"the templates are missing beside {here}; install derive-matrix again.")
