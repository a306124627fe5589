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

SECONDS = 120
"""For one cell."""

# In a process of its own: the kernel's client has an event loop and warnings of its own.
EXECUTE = """
import json, sys
import nbclient, nbformat

path, folder, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3])
faults = []
notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
if notebook.nbformat != 4:
    faults.append(f"format {notebook.nbformat}, not 4")
else:
    try:
        nbformat.validate(notebook)
    except nbformat.ValidationError as error:
        faults.append(f"no valid notebook: {error.message}")
    client = nbclient.NotebookClient(
        notebook, timeout=seconds, kernel_name="python3", allow_errors=True, resources={"metadata": {"path": folder}}
    )
    alive = True
    try:
        client.execute()
    except (nbclient.exceptions.CellTimeoutError, nbclient.exceptions.DeadKernelError) as error:
        alive = False
        faults.append(str(error).strip().splitlines()[0])
    for number, cell in enumerate(notebook.cells, start=1):
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                faults.append(f"cell {number}: {output.ename}: {output.evalue}")
        if cell.cell_type == "code" and cell.source.strip() and cell.execution_count is None and alive:
            faults.append(f"cell {number}: not executed")
    if not any(cell.cell_type == "code" for cell in notebook.cells):
        faults.append("no code cell")
print(json.dumps(faults))
"""


def executed(path: Path) -> list[str]:
    """The faults of the code cells of one notebook. The file stays as it is."""
    done = run([sys.executable, "-c", EXECUTE, path.resolve(), path.resolve().parent, str(SECONDS)])
    if done.returncode != 0:
        return [f"nbclient left with {done.returncode}: {done.stderr.strip().splitlines()[-1]}"]
    return [str(fault) for fault in json.loads(done.stdout.splitlines()[-1])]


def notebook_faults(paths: list[Path]) -> Faults:
    """Cells that raise, and formulas that are not shown."""
    if absent := [name for name in ("nbclient", "ipykernel") if importlib.util.find_spec(name) is None]:
        missing(f"{' and '.join(absent)} not installed: pip install -e '.[notebook]'")
    formulas = formula_faults(paths)
    with ThreadPoolExecutor(2) as pool:
        return {path: cells + formulas[path] for path, cells in zip(paths, pool.map(executed, paths), strict=True)}
