"""The pages as their readers' programs take them: KaTeX, MathJax and LaTeX."""

import re
import subprocess
from pathlib import Path

import pytest

import derive
from derive.operation import catalogue
from tests.operations import SOME
from tests.rendering.latex import latex_faults
from tests.rendering.programs import RENDER, need_modules, run

SIZES = [(1, 1, 1), (2, 2, 2), (2, 4, 3), (3, 1, 2), (1, 5, 4), (12, 11, 13)]
LARGE = (12, 11, 13)
FULL = ("bias", "sigmoid")

ARTICLE = r"""
\documentclass{article}
\usepackage{amsmath}
\setlength{\parindent}{0pt}
\begin{document}
%s
\end{document}
"""


def check_formulas(files: list[Path]) -> subprocess.CompletedProcess[str]:
    need_modules("katex", "mathjax", "markdown-it")
    return run(["node", RENDER / "formulas.mjs", *files])


def latex_messages(files: list[Path]) -> list[str]:
    return [f"{file.name}: {fault}" for file, faults in latex_faults(files).items() for fault in faults]


@pytest.fixture(scope="module")
def pages() -> dict[str, tuple[derive.Derived, bool]]:
    """Operations and kinds of sizes in turn, a product at all of them, and what else changes a page."""
    made = {}
    for turn, operation in enumerate(SOME):
        signature = catalogue()[operation]
        for numbers in SIZES if operation == "matmul" else (SIZES[turn % 5], LARGE)[: 1 + turn % 2]:
            sizes = dict(zip(signature.sizes, numbers, strict=False))
            name = f"{operation}-{'x'.join(map(str, sizes.values()))}"
            made[name] = derive.derivation(operation, **sizes), False
            if numbers == LARGE and operation in FULL:
                made[f"{name}-full"] = made[name][0], True
        if len(signature.inputs) == 2:
            sizes = dict(zip(signature.sizes, (2, 3, 2), strict=False))
            made[f"{operation}-names"] = derive.derivation(operation, names="C1 = A1 B1", loss="J", **sizes), False
    return made


def written(pages: dict[str, tuple[derive.Derived, bool]], format: str, folder: Path) -> list[Path]:
    files = []
    for name, (derived, full) in pages.items():
        files.append(folder / f"{name}.{format}")
        files[-1].write_text(derived.render(format, full=full), "utf-8")
    return files


def test_katex_and_mathjax_take_every_formula(pages, tmp_path):
    files = written(pages, "md", tmp_path)
    done = check_formulas(files)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(rf"^[1-9]\d* formulas in {len(files)} files, 0 faults$", done.stdout, re.MULTILINE)


def test_latex_takes_every_document(pages, tmp_path):
    assert latex_messages(written(pages, "tex", tmp_path)) == []


BAD_MARKDOWN = {
    "argument": (r"$\frac{1}$", "KaTeX parse error"),
    "unicode": ("$é$", "Unicode"),
    "katex-alone": (r"$\buildrel a \over b$", "KaTeX parse error"),
    "mathjax-alone": (r"$\cancel{x}$", r"MathJax: Undefined control sequence \cancel"),
    "operatorname": (r"$\operatorname{tr} X$", r"\operatorname is not for pages"),
    "bm": (r"$\bm{x}$", r"\bm is not for pages"),
    "mathop": (r"$\mathop{x}$", r"\mathop is not for pages"),
    "label": ("$$\n\\label{one} x\n$$", r"\label is not for pages"),
    "blank-line": ("$$\nx\n\n+ y\n$$", "a blank line"),
    "heading": ("$$\nx\n=\ny\n$$", "underlines a heading"),
    "list": ("$$\nx\n+ y\n$$", "starts a block"),
    "open-display": ("$$\nx\n\nand so on", "a dollar that opens or closes no formula"),
    "open-inline": ("$x$ and $y", "a dollar that opens or closes no formula"),
    "none": ("only `$code$`\n\n```\n$$\nx\n$$\n```", "no formula at all"),
}


def test_a_bad_formula_is_a_fault(tmp_path):
    files = []
    for name, (text, _) in BAD_MARKDOWN.items():
        files.append(tmp_path / f"{name}.md")
        files[-1].write_text(f"# Page\n\n{text}\n", "utf-8")
    done = check_formulas(files)
    assert done.returncode == 1, done.stderr
    for name, (_, message) in BAD_MARKDOWN.items():
        lines = [line for line in done.stdout.splitlines() if f"{name}.md" in line]
        assert any(message in line for line in lines), (name, lines)


def test_one_bad_formula_among_good_ones_is_one_fault(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("$x$ and `$` and\n\n$$\n\\frac{a}{b}\n$$\n\n```sh\necho $HOME\n```\n", "utf-8")
    good = check_formulas([page])
    assert (good.returncode, good.stdout) == (0, "2 formulas in 1 files, 0 faults\n")
    page.write_text(page.read_text("utf-8").replace(r"\frac", r"\dfrak"), "utf-8")
    bad = check_formulas([page])
    assert bad.returncode == 1
    assert f"{page}:3: " in bad.stdout


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (r"\undefined", "! Undefined control sequence"),
        (r"\[ \rule{2\textwidth}{1pt} \]", r"Overfull \hbox"),
        (r"\rule{\textwidth}{1pt}\rule{21pt}{1pt}", r"Overfull \hbox"),
        (r"\rule{1pt}{2\textheight}", r"Overfull \vbox"),
        (r"See \ref{nowhere}.", "Reference `nowhere'"),
        (r"\[ \text{\char200} \]", "Missing character"),
    ],
)
def test_a_bad_document_is_a_fault(body, message, tmp_path):
    file = tmp_path / "bad.tex"
    file.write_text(ARTICLE % body, "utf-8")
    assert message in "\n".join(latex_messages([file]))


def test_a_good_document_is_none(tmp_path):
    file = tmp_path / "good.tex"
    file.write_text(ARTICLE % r"\rule{\textwidth}{1pt}\rule{19pt}{1pt} \[ \label{a} x \] See \ref{a}.", "utf-8")
    assert latex_messages([file]) == []
