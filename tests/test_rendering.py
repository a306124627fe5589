"""The pages as their readers' programs take them: KaTeX, MathJax and LaTeX."""

import os
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NoReturn

import pytest

import derive
from derive.operation import catalogue
from tests.operations import SOME

RENDER = Path(__file__).resolve().parent.parent / ".ci" / "render"
FORMULAS = RENDER / "formulas.mjs"
SIZES = [(1, 1, 1), (2, 2, 2), (2, 4, 3), (3, 1, 2), (1, 5, 4), (12, 11, 13)]
LARGE = (12, 11, 13)
WIDEST = 20.0  # points: less than a quarter of an inch stays inside the margin

ARTICLE = r"""
\documentclass{article}
\usepackage{amsmath}
\setlength{\parindent}{0pt}
\begin{document}
%s
\end{document}
"""


def missing(what: str) -> NoReturn:
    """A machine without the renderer may skip; the one that decides may not."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what}; CI has to have it")
    pytest.skip(what)


def check_formulas(files: list[Path]) -> subprocess.CompletedProcess[str]:
    modules = Path(os.environ.get("DERIVE_NODE_MODULES") or RENDER / "node_modules")
    if not FORMULAS.is_file():
        missing(f"{FORMULAS} is not there: this is no checkout")
    if shutil.which("node") is None:
        missing("node is not installed")
    if not (modules / "katex").is_dir():
        missing(f"KaTeX and MathJax are not in {modules}: run 'npm install --no-package-lock' in .ci/render")
    return subprocess.run(["node", FORMULAS, *files], capture_output=True, text=True, check=False)


def log_faults(log: str) -> list[str]:
    """What LaTeX survives and a reader does not: overfull boxes, references and letters that are lost.

    >>> log_faults("Overfull \\\\hbox (19.9pt too wide) in paragraph at lines 3--4")
    []
    >>> log_faults("Overfull \\\\hbox (20.5pt too wide) detected at line 7")
    ['Overfull \\\\hbox (20.5pt too wide) detected at line 7']
    """
    faults = [
        line
        for line in log.splitlines()
        if (width := re.match(r"Overfull \\[hv]box \((\d+(?:\.\d*)?)pt too", line)) and float(width[1]) > WIDEST
    ]
    faults += re.findall(r"^.*(?:Reference|Citation) .* undefined.*$", log, re.MULTILINE)
    faults += re.findall(r"^Missing character: .*$", log, re.MULTILINE)
    return faults


def compile_latex(file: Path) -> list[str]:
    """The faults of one document, each with its name."""
    status, log = run_latex(file)
    if status == 0 and "Rerun to get" in log:
        status, log = run_latex(file)
    faults = log_faults(log)
    if status != 0:
        error = re.search(r"^! .*(?:\n.*){0,8}", log, re.MULTILINE)
        faults.append(error[0] if error else f"pdflatex left with {status}")
    return [f"{file.name}: {fault}" for fault in faults]


def run_latex(file: Path) -> tuple[int, str]:
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-draftmode", file.name]
    # LaTeX breaks the lines of its log at 79 letters unless told, in the middle of a number too.
    environment = {**os.environ, "max_print_line": "10000"}
    done = subprocess.run(
        command, cwd=file.parent, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    return done.returncode, file.with_suffix(".log").read_text("latin-1")


def check_latex(files: list[Path]) -> list[str]:
    if shutil.which("pdflatex") is None:
        missing("pdflatex is not installed")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return [fault for faults in pool.map(compile_latex, files) for fault in faults]


@pytest.fixture(scope="module")
def pages() -> dict[str, tuple[derive.Derived, bool]]:
    """Every operation at every kind of size, and what else changes a page: its derivation and ``full``."""
    made = {}
    for operation, signature in ((name, catalogue()[name]) for name in SOME):
        for numbers in SIZES:
            sizes = dict(zip(signature.sizes, numbers, strict=False))
            name = f"{operation}-{'x'.join(map(str, sizes.values()))}"
            made[name] = derive.derivation(operation, **sizes), False
            if numbers == LARGE:
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
    assert check_latex(written(pages, "tex", tmp_path)) == []


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
    assert message in "\n".join(check_latex([file]))


def test_a_good_document_is_none(tmp_path):
    file = tmp_path / "good.tex"
    file.write_text(ARTICLE % r"\rule{\textwidth}{1pt}\rule{19pt}{1pt} \[ \label{a} x \] See \ref{a}.", "utf-8")
    assert check_latex([file]) == []
