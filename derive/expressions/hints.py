"""What to say of texts that many would write, and that are not of the language."""

from __future__ import annotations

import ast
from unicodedata import name

REFUSED = {
    ast.BitXor: "'^' is no operator here; a power is written '**', a transpose X.T",
    ast.Mod: "'%' is no operator here",
    ast.FloorDiv: "'//' is no operator here; a quotient is written '/'",
    ast.Compare: "a comparison is no expression here; write one side only",
    ast.Lambda: "a lambda is no expression here; write its body",
    ast.List: "lists are not read here; name the matrix and give its numbers with --at",
    ast.Tuple: "a comma stands only between the arguments of a function",
    ast.IfExp: "conditions are not read here",
    ast.BoolOp: "'and' and 'or' are not read here",
    ast.NamedExpr: "names are not assigned here",
}


QUOTES = "quotes are not read here; a transpose is written X.T"

MEANT = {
    "trace": "unknown function 'trace'; did you mean 'tr'?",
    "transpose": "unknown function 'transpose'; a transpose is written X.T",
    "norm": "unknown function 'norm'; did you mean 'norm2' (its square is 'sumsq')?",
    "dot": "unknown function 'dot'; a product is written x.T @ y",
    "ln": "unknown function 'ln'; did you mean 'log'?",
    "identity": "unknown function 'identity'; did you mean 'eye'?",
    "hadamard": "unknown function 'hadamard'; an entrywise product is written A * B",
    "matmul": "unknown function 'matmul'; a matrix product is written A @ B",
}


def strange(sign: str) -> str:
    """What to write for a character that is not ASCII.

    >>> strange("θ")
    "the character 'θ' is not ASCII, as names and operators are; write theta"
    """
    words = name(sign, "").split()
    instead = ""
    if words[:1] == ["GREEK"] and words[-2:-1] == ["LETTER"]:
        spelled = {"LAMDA": "LAM"}.get(words[-1], words[-1])  # lambda is a word of Python
        instead = f"; write {spelled.lower() if 'SMALL' in words else spelled.capitalize()}"
    elif sign in "ᵀ⊤ᵗ":
        instead = "; a transpose is written X.T"
    elif sign in "·×∘⊙":
        instead = "; a product is written '@', an entrywise one '*'"
    elif sign in "−–—":
        instead = "; a minus is written '-'"
    return f"the character {sign!r} is not ASCII, as names and operators are{instead}"
