"""What a template may use, in words: the names of its context, read off the code itself."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import fields
from types import ModuleType

from derive import facts, suitable
from derive.display import Writer
from derive.environment import environment
from derive.forms import Options
from derive.numbering import Numbering
from derive.proof import Calc, Derivation, Example, Exercise, General, Paths, Support, Theorem, Verdict, Worked
from derive.prose import Prose
from derive.torch_run import Experiment

TEXTS = {
    "d": "the derivation, whose parts are formulas and calculations for `w`",
    "w": "the writer: LaTeX or Unicode of what `d` holds, in the notation asked for",
    "dress": "macros that set a formula or a sentence in the format at hand",
    "say": 'sentences of the language file by their keys: say("rule"), and lists of words',
    "o": "the options asked for",
    "eq": "numbers of equations; dress.display(formula, name) gives them, dress.ref(name) cites them",
    "verdict": "what the judge found",
    "also": "further derivations of the form by name, each with its own d, w and verdict",
    "suitable": "questions about the derivation",
    "exercise": "calculations in whole numbers, in a form that ends in an exercise, and",
    "solved": "what the judge found about them",
    "facts": "what sentences say of the derivation, and of its examples",
    "torch": "the PyTorch program of the derivation; it is run when its output is asked for",
}
PARTS = (Theorem, Support, Calc, Worked, Example, General, Paths)
"""What the derivation is made of."""


def offered() -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
    """Every name of the context, what it is, and what it offers with a line on each.

    >>> names = [name for name, _, _ in offered()]
    >>> names[:2], "Theorem" in names
    (['d', 'w'], True)
    """
    dress = environment().get_template("dress.md.jinja").make_module({"eq": None, "o": None, "say": None, "w": None})
    macros = sorted((name, macro) for name, macro in vars(dress).items() if hasattr(macro, "arguments"))
    found = {
        "d": _attributes(Derivation),
        "w": _methods(Writer),
        "dress": [(f"{name}({', '.join(macro.arguments)})", "") for name, macro in macros],
        "say": _methods(Prose),
        "o": _attributes(Options),
        "eq": _methods(Numbering),
        "verdict": _attributes(Verdict),
        "also": [],
        "suitable": [(f"{name}(d)", _line(each)) for name, each in vars(suitable).items() if _asks(each)],
        "exercise": _attributes(Exercise),
        "solved": [],
        "facts": [
            (f"{name}({', '.join(inspect.signature(each).parameters)})", _line(each)) for name, each in _own(facts)
        ],
        "torch": _attributes(Experiment),
    }
    for name, rows in found.items():
        yield name, TEXTS[name], rows
    for kind in PARTS:
        yield kind.__name__, _line(kind), _attributes(kind)


def _own(module: ModuleType) -> list[tuple[str, Callable[..., object]]]:
    """The public functions of a module."""
    found = inspect.getmembers(module, inspect.isfunction)
    return [(name, each) for name, each in found if each.__module__ == module.__name__ and not name.startswith("_")]


def _asks(each: object) -> bool:
    """Whether it is a question about a derivation."""
    own = inspect.isfunction(each) and each.__module__ == suitable.__name__
    return own and list(inspect.signature(each).parameters) in (["d"], ["derivation"])  # type: ignore[arg-type]


def _attributes(kind: type) -> list[tuple[str, str]]:
    """The fields of a dataclass with their types, then its properties."""
    own = [(field.name, str(field.type)) for field in fields(kind)]
    return own + [(name, _line(each)) for name, each in vars(kind).items() if isinstance(each, property)]


def _methods(kind: type) -> list[tuple[str, str]]:
    """Public methods and properties, with the first line on each."""
    found = []
    for name, each in inspect.getmembers(kind):
        if name.startswith("_"):
            continue
        if isinstance(each, property):
            found.append((name, _line(each)))
        elif inspect.isfunction(each):
            names = [parameter for parameter in inspect.signature(each).parameters if parameter != "self"]
            found.append((f"{name}({', '.join(names)})", _line(each)))
    return found


def _line(thing: object) -> str:
    return (inspect.getdoc(thing) or "").partition("\n")[0]
