"""The programs that documents are rendered with: where they are, and what their absence means.

A machine without a renderer skips the test that needs it, with the reason; where ``CI`` is ``true``, the
machine that decides, it fails instead.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import pytest

RENDER = Path(__file__).resolve().parents[2] / ".ci" / "render"
CHROMIUM = "/usr/bin/chromium"

Faults = dict[Path, list[str]]
"""What every check answers: each file that it was asked about, with what is wrong with it."""


def missing(what: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what}; CI has to have it")
    pytest.skip(what)


def need(program: str, package: str = "") -> None:
    if shutil.which(program) is None:
        missing(f"{program} is not installed; it comes with Debian's package {package or program}")


def need_modules(*names: str) -> Path:
    """The folder that npm has installed into, with these packages in it."""
    need("node", "nodejs")
    modules = Path(os.environ.get("DERIVE_NODE_MODULES") or RENDER / "node_modules")
    if not RENDER.is_dir():
        missing(f"{RENDER} is not there: this is no checkout")
    if absent := [name for name in names if not (modules / name).is_dir()]:
        missing(f"{', '.join(absent)} not in {modules}: run 'npm install --no-package-lock' in .ci/render")
    return modules


def run(command: Sequence[str | Path], **more: Any) -> subprocess.CompletedProcess[str]:
    """A program without a terminal; what it leaves with is for the caller to judge."""
    more = {"stdin": subprocess.DEVNULL, **more} if "input" not in more else more
    return subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False, **more)


def ask_node(script: str, question: object, *arguments: str) -> Any:
    """The JSON that a script in .ci/render answers to this JSON."""
    done = run(["node", RENDER / script, *arguments], input=json.dumps(question))
    if done.returncode != 0:
        raise RuntimeError(f"{script} left with {done.returncode}: {done.stderr or done.stdout}")
    return json.loads(done.stdout)
