"""What to say of texts that many would write, and that are not of the language."""

from __future__ import annotations

import ast

REFUSED = {
    ast.BitXor: "'^' is no operator here; a power is written '**'",
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
