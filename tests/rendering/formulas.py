"""Every formula of any document, as KaTeX (strict) and MathJax 3 take it.

    formula_faults([Path("deck.md"), Path("post.html"), Path("lesson.ipynb")])

reads Markdown (`$`, `$$`, ``$`...`$``, fences of the language ``math``), HTML (``\\( \\)``, ``\\[ \\]`` and the TeX
that MathML is annotated with) and the Markdown cells of a notebook, and answers what is wrong in each file. A file
without a formula is at fault: a check that found nothing to check has not passed. All files go to one program.
"""

import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

from tests.rendering.html_reader import read_html
from tests.rendering.programs import Faults, ask_node, need_modules

FRONT_MATTER = re.compile(r"\A---[ \t]*\n.*?\n---[ \t]*(?:\n|\Z)", re.DOTALL)
RAW = re.compile(r"\{%-?\s*(?:end)?raw\s*-?%\}")


def body(text: str) -> str:
    """A text without its front matter and the tags that keep Liquid away; its lines keep their numbers.

    >>> body("---\\nlayout: post\\n---\\n{% raw %}a{% endraw %}")
    '\\n\\n\\na'
    """
    front = FRONT_MATTER.match(text)
    return "\n" * front[0].count("\n") + RAW.sub("", text[front.end() :]) if front else text


def parts(path: Path) -> list[dict[str, Any]]:
    """What .ci/render/formulas.mjs is asked about a file."""
    text = path.read_text("utf-8")
    if path.suffix == ".html":
        found = [formula._asdict() for formula in read_html(body(text)).formulas]
        return [{"name": path.name, "formulas": found}]
    if path.suffix == ".ipynb":
        cells = enumerate(json.loads(text)["cells"], start=1)
        return [
            {"name": f"cell {number}", "markdown": "".join(cell["source"])}
            for number, cell in cells
            if cell["cell_type"] == "markdown"
        ]
    return [{"name": path.name, "markdown": text}]


def judged(paths: list[Path]) -> dict[Path, list[dict[str, Any]]]:
    """For each file the parts that it was read in: `formulas`, each with `tex` and `display`, and `faults`."""
    need_modules("katex", "mathjax", "markdown-it")
    asked = [(path, part) for path in paths for part in parts(path)]
    answers = ask_node("formulas.mjs", [part for _, part in asked], "--json") if asked else []
    result = defaultdict(list)
    for (path, _), answer in zip(asked, answers, strict=True):
        result[path].append(answer)
    return result


def formula_faults(paths: list[Path]) -> Faults:
    """Formulas that KaTeX or MathJax refuses, or that another renderer is known to; stray dollars."""
    found = judged(paths)
    return {
        path: [fault for part in found[path] for fault in part["faults"]]
        if any(part["formulas"] for part in found[path])
        else [f"{path.name}: no formula at all", *(fault for part in found[path] for fault in part["faults"])]
        for path in paths
    }


def intact(source: list[str], shown: list[str], by: str) -> list[str]:
    """What a renderer did to the formulas of the source: a fault for each that it does not show as it is written.

    >>> intact(["a_1", "b"], ["b"], "Markdown")
    ['Markdown tears the formula: a_1']
    >>> intact(["a", "a"], ["a"], "Markdown")
    ['Markdown tears the formula: a']
    """
    rest = [" ".join(tex.split()) for tex in shown]
    faults = []
    for tex in (" ".join(tex.split()) for tex in source):
        if tex in rest:
            rest.remove(tex)
        else:
            faults.append(f"{by} tears the formula: {tex}")
    return faults + [f"{by} makes a formula of: {tex}" for tex in rest]
