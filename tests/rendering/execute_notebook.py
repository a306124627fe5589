"""A program, started by `tests.rendering.notebook`: executes a notebook and prints its faults as JSON.

It is a process of its own because the client of a kernel has an event loop and warnings of its own.
"""

import json
import sys
from pathlib import Path
from typing import Any

SECONDS = 120
"""For one cell."""


def executed(path: Path) -> list[str]:
    """The faults of the code cells, all of them: a cell that raises does not keep the next ones from running."""
    import nbclient  # not at the top: who only collects the tests need not have it
    import nbformat

    notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
    if notebook.nbformat != 4:
        return [f"format {notebook.nbformat}, not 4"]
    if not any(cell.cell_type == "code" for cell in notebook.cells):
        return ["no code cell"]
    faults = []
    try:
        nbformat.validate(notebook)
    except nbformat.ValidationError as error:
        faults.append(f"no valid notebook: {error.message}")
    resources = {"metadata": {"path": str(path.parent)}}
    client = nbclient.NotebookClient(
        notebook, timeout=SECONDS, kernel_name="python3", allow_errors=True, resources=resources
    )
    try:
        client.execute()
    except (nbclient.exceptions.CellTimeoutError, nbclient.exceptions.DeadKernelError) as error:
        return [*faults, str(error).strip().splitlines()[0]]
    for number, cell in enumerate(notebook.cells, start=1):
        faults += cell_faults(number, cell)
    return faults


def cell_faults(number: int, cell: Any) -> list[str]:
    raised = [output for output in cell.get("outputs", []) if output.output_type == "error"]
    faults = [f"cell {number}: {error.ename}: {error.evalue}" for error in raised]
    if cell.cell_type == "code" and cell.source.strip() and cell.execution_count is None:
        faults.append(f"cell {number}: not executed")
    return faults


if __name__ == "__main__":
    print(json.dumps(executed(Path(sys.argv[1]).resolve())))
