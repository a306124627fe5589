"""LaTeX documents, compiled.

    latex_faults([Path("lecture.tex")])

pdflatex runs until the references are settled. What it survives and a reader does not counts as well: boxes that
stick out by more than `WIDEST`, references, citations and labels that lead nowhere or twice, missing letters.
"""

import os
import re
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.rendering.programs import Faults, need, run

WIDEST = 20.0
"""Points: less than a quarter of an inch stays inside the margin."""


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
    faults += re.findall(r"^.*Label .* multiply defined.*$", log, re.MULTILINE)
    faults += re.findall(r"^Missing character: .*$", log, re.MULTILINE)
    return faults


def compiled(file: Path) -> list[str]:
    """The faults of one document."""
    with tempfile.TemporaryDirectory() as folder:
        status, log = run_latex(file, Path(folder))
        for _ in range(2):
            if status == 0 and "Rerun to get" in log:
                status, log = run_latex(file, Path(folder))
    faults = log_faults(log)
    if status != 0:
        error = re.search(r"^! .*(?:\n.*){0,8}", log, re.MULTILINE)
        faults.append(error[0] if error else f"pdflatex left with {status}")
    return faults


def run_latex(file: Path, folder: Path) -> tuple[int, str]:
    flags = ["-interaction=nonstopmode", "-halt-on-error", "-draftmode", f"-output-directory={folder}"]
    # LaTeX breaks the lines of its log at 79 letters unless told, in the middle of a number too.
    done = run(["pdflatex", *flags, file.name], cwd=file.parent, env={**os.environ, "max_print_line": "10000"})
    log = folder / f"{file.stem}.log"
    return done.returncode, log.read_text("latin-1") if log.is_file() else done.stdout


def latex_faults(paths: list[Path]) -> Faults:
    """What keeps a document from compiling or a reader from reading it."""
    need("pdflatex", "texlive-latex-base")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(paths, pool.map(compiled, paths), strict=True))
