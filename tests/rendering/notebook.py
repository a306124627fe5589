"""Notebooks, executed from the first cell to the last by a fresh kernel of this Python.

    notebook_faults([Path("lesson.ipynb")])

The kernel starts in the folder of the notebook. A cell that raises is a fault and the cells after it run all the
same, so that one answer has all of them; so are code cells that no kernel runs, a file that is no notebook of
format 4, and formulas of the Markdown cells that KaTeX or MathJax refuses.
"""

import importlib.util
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.rendering.formulas import formula_faults
from tests.rendering.programs import Faults, missing, run

PROGRAM = Path(__file__).with_name("execute_notebook.py")


def executed(path: Path) -> list[str]:
    """The faults of the code cells of one notebook. The file stays as it is."""
    done = run([sys.executable, PROGRAM, path])
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["without a word"])[-1]
        return [f"{PROGRAM.name} left with {done.returncode}: {last}"]
    return [str(fault) for fault in json.loads(done.stdout.splitlines()[-1])]


def notebook_faults(paths: list[Path]) -> Faults:
    """Cells that raise, and formulas that are not shown."""
    if absent := [name for name in ("nbclient", "ipykernel") if importlib.util.find_spec(name) is None]:
        missing(f"{' and '.join(absent)} not installed: pip install -e '.[notebook]'")
    formulas = formula_faults(paths)
    with ThreadPoolExecutor(2) as pool:
        return {path: cells + formulas[path] for path, cells in zip(paths, pool.map(executed, paths), strict=True)}
