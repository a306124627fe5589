"""The build of the package: who imports whom, how long a module is, and that no run differs from another."""

import ast
import hashlib
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "derive"
LONGEST = 280

TIERS = [
    {
        "chain",
        "errors",
        "functions",
        "heights",
        "hints",
        "libraries",
        "markup",
        "mathml_signs",
        "measure",
        "minors",
        "notebook",
        "program_texts",
        "sizes",
        "spots",
        "streams",
        "terms",
    },
    {
        "__init__",
        "domain",
        "drawn",
        "elements",
        "expression",
        "glyphs",
        "inference",
        "latex_tokens",
        "modular",
        "numbering",
        "operation",
        "order",
        "positions",
        "proof",
        "slides",
    },
    {
        "called",
        "calls",
        "decimals",
        "declarations",
        "differential",
        "dual",
        "facts",
        "free",
        "held",
        "index_lines",
        "indexed",
        "judge_words",
        "mathml",
        "matrix_notation",
        "nature",
        "notation",
        "numpy_text",
        "ops",
        "paths",
        "request",
        "rules",
        "support",
        "text",
        "to_sympy",
        "torch_run",
        "written",
    },
    {
        "definition",
        "dual_rows",
        "edges",
        "forms",
        "formula",
        "graph",
        "hypertext",
        "identities",
        "index_proof",
        "lines",
        "printer",
        "python_text",
        "shapes",
        "source",
        "sympy_sums",
        "sympy_symbols",
        "values",
    },
    {
        "at_numbers",
        "environment",
        "examine",
        "expression_display",
        "factoring",
        "files",
        "grids",
        "kronecker",
        "language",
        "latex",
        "plain",
        "programs",
        "recognise",
        "reductions",
        "rows",
        "shown",
        "suitable",
        "transposes",
    },
    {
        "claims",
        "cli_document",
        "companions",
        "compare",
        "encode_answer",
        "examine_page",
        "from_sympy",
        "general",
        "lessons",
        "model",
        "products",
        "prose",
        "reverse",
        "worked",
    },
    {
        "diagonals",
        "display",
        "implicit",
        "judge_exercise",
        "judge_lines",
        "judge_numpy",
        "narrative",
        "powers",
        "shorter",
        "stated",
        "worked_local",
    },
    {
        "expansion",
        "exponentials",
        "expression_page",
        "inverses",
        "judge_general",
        "latex_display",
        "linear_maps",
        "offer",
        "plain_display",
        "program_lines",
    },
    {"answer", "encode", "engine", "judge", "report", "slide_display"},
    {"calculus", "expression_report", "render"},
    {"cli_expressions", "exercise"},
    {"api"},
    {"gallery", "listing"},
    {"cli_templates"},
    {"cli"},
    {"__main__"},
]
"""From the bottom to the top.  A module imports from tiers below its own; a new one has its place here."""

ENGINE = {
    "claims",
    "definition",
    "domain",
    "edges",
    "engine",
    "expansion",
    "free",
    "grids",
    "held",
    "implicit",
    "indexed",
    "numpy_text",
    "paths",
    "program_lines",
    "recognise",
    "rules",
    "spots",
    "stated",
    "worked",
    "worked_local",
}
PRINTERS = {
    "glyphs",
    "matrix_notation",
    "printer",
    "latex",
    "plain",
    "measure",
    "display",
    "latex_display",
    "lessons",
    "markup",
    "plain_display",
    "prose",
    "shown",
    "encode",
    "hypertext",
    "latex_tokens",
    "mathml",
    "mathml_signs",
    "render",
    "report",
}
JUDGES = {
    "called",
    "compare",
    "decimals",
    "dual_rows",
    "judge",
    "judge_exercise",
    "judge_general",
    "judge_lines",
    "judge_numpy",
    "judge_words",
    "model",
    "modular",
    "rows",
    "written",
}

IDENTITIES = {
    "calculus",
    "exponentials",
    "factoring",
    "identities",
    "inverses",
    "diagonals",
    "kronecker",
    "linear_maps",
    "powers",
    "products",
    "reductions",
    "reverse",
    "shorter",
    "transposes",
}
"""What derives and simplifies expressions."""

EXPRESSION_JUDGES = {"at_numbers", "dual", "examine", "examine_page", "values"}


def modules():
    """The modules of the package by name; all operations go by the name of their folder."""
    return {path: "ops" if path.parent.name == "ops" else path.stem for path in sorted(PACKAGE.rglob("*.py"))}


def _room(module):
    """The module's name, whichever folder it stands in."""
    parts = module.split(".")
    return parts[2] if parts[1] == "expressions" and len(parts) > 2 else parts[1]


def imports(path):
    """What of the package a module imports, also inside its functions, but not for type checkers alone."""

    def walk(node):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            return
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports relatively"
            if node.module in ("derive", "derive.expressions"):
                known = {file.stem for file in (PACKAGE / node.module.replace("derive", "").strip(".")).glob("*.py")}
                yield from (alias.name if alias.name in known else "__init__" for alias in node.names)
            elif node.module.startswith("derive."):
                yield _room(node.module)
        elif isinstance(node, ast.Import):
            yield from (_room(alias.name) for alias in node.names if alias.name.startswith("derive."))
        for child in ast.iter_child_nodes(node):
            yield from walk(child)

    return set(walk(ast.parse(path.read_text("utf-8"))))


@cache
def direct():
    """Module -> the modules that it imports."""
    found = {}
    for path, name in modules().items():
        found.setdefault(name, set()).update(imports(path) - ({"ops"} if name == "ops" else set()))
    return found


def reached(name):
    """The modules that are imported when this one is, directly or not."""
    graph, found, left = direct(), set(), [name]
    while left:
        for module in graph[left.pop()] - found:
            found.add(module)
            left.append(module)
    return found


def test_every_module_has_its_tier():
    listed = [name for tier in TIERS for name in tier]
    assert len(listed) == len(set(listed))
    assert set(listed) == set(modules().values())


@pytest.mark.parametrize("name", sorted(set(modules().values())))
def test_a_module_imports_from_the_tiers_below(name):
    level = next(number for number, tier in enumerate(TIERS) if name in tier)
    below = set().union(*TIERS[:level])
    assert direct()[name] <= below, f"{name} must not import {', '.join(sorted(direct()[name] - below))}"


@pytest.mark.parametrize("judge", sorted(JUDGES))
def test_the_judge_knows_nothing_of_the_engine_or_the_printers(judge):
    assert reached(judge).isdisjoint(ENGINE | PRINTERS | {"ops", "api"})


@pytest.mark.parametrize("judge", sorted(EXPRESSION_JUDGES))
def test_the_judge_of_expressions_knows_none_of_their_rules(judge):
    assert reached(judge).isdisjoint(IDENTITIES | ENGINE | PRINTERS | {"ops", "api"})


@pytest.mark.parametrize("rules", sorted(IDENTITIES - {"calculus"}))
def test_the_rules_of_expressions_know_nothing_of_their_judge(rules):
    """Only the API brings both together."""
    assert reached(rules).isdisjoint(EXPRESSION_JUDGES | PRINTERS)


@pytest.mark.parametrize("printer", sorted(PRINTERS))
def test_the_printers_know_nothing_of_the_engine_or_the_judge(printer):
    assert reached(printer).isdisjoint(ENGINE | JUDGES | {"ops", "api"})


@pytest.mark.parametrize("engine", sorted(ENGINE))
def test_the_engine_knows_nothing_of_the_judge_or_the_printers(engine):
    assert reached(engine).isdisjoint(JUDGES | PRINTERS | {"ops", "api"})


def test_an_operation_needs_no_more_than_a_signature_and_sums():
    for path, name in modules().items():
        if name == "ops" and path.name != "__init__.py":
            assert imports(path) <= {"operation", "elements"}, path.name


def test_no_answer_stands_in_the_engine():
    """Nothing there asks which operation it is: their names stand in their own files alone.

    Only "transpose" is also the name of a reason, and "entry" a word of every page.
    """
    operations = {path.stem for path, name in modules().items() if name == "ops"} - {"__init__", "transpose", "entry"}
    for path, name in modules().items():
        if name in ENGINE | JUDGES | PRINTERS:
            strings = {
                node.value for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Constant)
            }
            assert strings.isdisjoint(operations), path.name


RUNNERS = {"judge_numpy.py", "torch_run.py", "expressions/answer.py"}
"""Where a text of ours is run as a program, made of names that have been checked."""


@pytest.mark.parametrize("path", sorted(modules()), ids=lambda path: path.name)
def test_no_text_of_a_user_is_run(path):
    """Sympy's readers evaluate what they read, so none of them occurs, not even in a comment."""
    written = path.read_text("utf-8")
    assert "sympify" not in written
    assert "parse_expr" not in written
    named = {node.id for node in ast.walk(ast.parse(written)) if isinstance(node, ast.Name)}
    assert bool(named & {"eval", "exec"}) == (path.relative_to(PACKAGE).as_posix() in RUNNERS)


@pytest.mark.parametrize("path", sorted(modules()), ids=lambda path: path.name)
def test_no_module_is_too_long(path):
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize("path", sorted(modules()), ids=lambda path: path.name)
def test_every_module_says_what_it_is_for(path):
    """In its docstring; of an operation, its formula says it."""
    assert not {"util", "utils", "helper", "helpers", "misc", "common"} & set(path.stem.split("_"))
    if path.parent.name != "ops" and path.name != "__main__.py":
        assert ast.get_docstring(ast.parse(path.read_text("utf-8")))


PAGES = """
import derive
for operation, sizes in (("matmul", {"m": 2, "k": 4, "n": 3}), ("bias", {"m": 2, "n": 3})):
    for form in ("md", "html", "tex", "txt", "json"):
        print(derive.derivation(operation, **sizes).render(form))
"""


def test_every_run_writes_the_same_bytes():
    """Whatever the order of hashes is."""
    digests = set()
    for seed in ("0", "1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"}
        done = subprocess.run([sys.executable, "-c", PAGES], env=environment, capture_output=True)
        assert done.returncode == 0, done.stderr.decode()
        assert len(done.stdout) > 50_000
        digests.add(hashlib.sha256(done.stdout).hexdigest())
    assert len(digests) == 1
