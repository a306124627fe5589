"""Any document: which checks are for it, and what all of them say.

    document_faults([Path("deck.md"), Path("post.html"), Path("lecture.tex")])

or, from the top of the checkout, ``python -m tests.rendering FILE...``. The kind of a document follows from its
suffix and its front matter: with `marp` in it a Markdown file is a deck, with a `layout` it is a post for Jekyll,
and without front matter it is a page for GitHub; HTML with front matter is a post, without it a document of its own.
"""

import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from tests.rendering.formulas import FRONT_MATTER, formula_faults
from tests.rendering.jekyll import jekyll_faults
from tests.rendering.latex import latex_faults
from tests.rendering.markdown import markdown_faults
from tests.rendering.notebook import notebook_faults
from tests.rendering.programs import Faults
from tests.rendering.slides import slide_faults
from tests.rendering.standalone import standalone_faults

Check = Callable[[list[Path]], Faults]


def text_faults(paths: list[Path]) -> Faults:
    """Plain text is read as it is: no TeX, no Markdown fence."""
    signs = re.compile(r"\\[A-Za-z]{2,}|\$|^```", re.MULTILINE)
    return {
        path: [f"TeX or Markdown in plain text: {found[0]}"] if (found := signs.search(path.read_text("utf-8"))) else []
        for path in paths
    }


def checks_for(path: Path) -> list[Check]:
    """The checks that a file has to pass."""
    fixed: dict[str, list[Check]] = {".tex": [latex_faults], ".ipynb": [notebook_faults], ".txt": [text_faults]}
    if path.suffix in fixed:
        return fixed[path.suffix]
    if path.suffix not in {".md", ".html"}:
        raise ValueError(f"{path.name}: no check is for {path.suffix or 'a file without a suffix'}")
    front = FRONT_MATTER.match(path.read_text("utf-8"))
    if path.suffix == ".html":
        return [formula_faults, jekyll_faults if front else standalone_faults]
    if front and re.search(r"^marp\s*:\s*true\s*$", front[0], re.MULTILINE):
        return [formula_faults, slide_faults]
    return [formula_faults, jekyll_faults if front else markdown_faults]


def document_faults(paths: list[Path]) -> Faults:
    """What is wrong with each document, by all the checks that are for it; each check runs once."""
    files = defaultdict(list)
    for path in paths:
        for check in checks_for(path):
            files[check].append(path)
    faults: Faults = {path: [] for path in paths}
    for check, its in files.items():
        for path, found in check(its).items():
            faults[path] += found
    return faults
