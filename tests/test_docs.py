"""Every code block in README.md and docs/ is run, or compared with what the program prints."""

from __future__ import annotations

import doctest
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import derive
from derive.cli import main
from derive.engine import derive_operation
from derive.environment import template_folder
from derive.judge import verdict
from derive.operation import Operation
from derive.prose import prose

TOP = Path(__file__).parents[1]
PAGES = [TOP / "README.md", *sorted((TOP / "docs").rglob("*.md"))]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INSTALL = "pip install"

BLOCKS = [
    pytest.param(page, language, body, id=f"{page.name}-{number}-{language}")
    for page in PAGES
    for number, (language, body) in enumerate(FENCE.findall(page.read_text("utf-8")), start=1)
]


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A line of shell, with `derive` being this Python's."""
    script = f'derive() {{ "{sys.executable}" -m derive "$@"; }}\n{command}'
    return subprocess.run(["bash", "-ec", script], cwd=folder, capture_output=True, encoding="utf-8", check=False)


@pytest.mark.parametrize(("page", "language", "body"), BLOCKS)
def test_a_block_does_what_it_says(page, language, body, tmp_path):
    runners = {"bash": shell, "text": text, "pycon": console, "python": python, "toml": translation}
    assert language in runners, f"a block of {language or 'no language'} in {page.name} is run by nobody"
    runners[language](body, tmp_path)


def shell(body: str, folder: Path) -> None:
    """The commands; the two that install are run as they stand by .ci/run, here without installing."""
    for command in body.splitlines() if "<<" not in body else [body]:
        install, _, rest = command.partition(" && ") if command.startswith(INSTALL) else ("", "", command)
        if rest == "pytest":
            assert install == 'pip install -e ".[test]"'
            continue
        done = run(rest, folder)
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr


def text(body: str, folder: Path) -> None:
    """Output is compared with the program's; a synopsis or a picture must name only what exists."""
    if body.startswith("∂L/∂X"):
        assert run("derive matmul --m 2 --k 4 --n 3", folder).stdout == body
    for command in re.findall(r"^derive (\w+) ((?:--\w+ \d+ ?)+)$", body, re.MULTILINE):
        name, sizes = command
        assert name in derive.operation.catalogue() or name == "gram"
        assert re.findall(r"--(\w+)", sizes) == ["m", "k", "n"]
    for option in re.findall(r"^derive (--\w+)", body, re.MULTILINE):
        assert run(f"derive {option}", folder).returncode == 0


def console(body: str, folder: Path) -> None:
    test = doctest.DocTestParser().get_doctest(body, {}, "README", None, None)
    results = doctest.DocTestRunner(verbose=False).run(test)
    assert results.attempted > 0
    assert results.failed == 0


def python(body: str, folder: Path) -> None:
    """An operation of the docs derives, and the judge accepts it; what else is claimed is asserted there."""
    unregistered = re.sub(r"^@operation\(\s*(\"[^\"]*\")", r"@operation(\1, register=False", body, flags=re.MULTILINE)
    space: dict[str, object] = {}
    exec(compile(unregistered, "<docs>", "exec"), space)
    operations = [value for value in space.values() if isinstance(value, Operation)]
    assert operations or "assert" in body, "a block that shows nothing"
    for operation in operations:
        made = derive_operation(operation, dict(zip(operation.signature.sizes, (2, 4, 3), strict=False)))
        assert verdict(made).ok


def translation(body: str, folder: Path) -> None:
    """A part of a language: with the rest of the English it is a whole one."""
    tables = tomllib.loads((template_folder() / "en.toml").read_text("utf-8"))
    for name, table in tomllib.loads(body).items():
        assert name in ("reasons", "terms") or set(table) <= set(tables[name])
        tables.setdefault(name, {}).update(table)
    lines = [
        f"[{name}]\n" + "\n".join(f"{json.dumps(key)} = {json.dumps(text)}" for key, text in table.items())
        for name, table in tables.items()
    ]
    (folder / "other.toml").write_text("\n".join(lines), "utf-8")
    say = prose(str(folder / "other.toml"))
    assert all(say.reasons[key] for key in tables.get("reasons", ()))


def test_the_readme_shows_a_piece_of_the_real_page():
    quoted = re.findall(r"^>(?: (.*))?$", (TOP / "README.md").read_text("utf-8"), re.MULTILINE)
    page = derive.derivation("matmul", m=2, k=4, n=3).render("md")
    sentence, formula = "\n".join(quoted).split("\n\n", 1)
    assert sentence in page
    assert formula.strip() in page


def test_every_link_leads_somewhere():
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_a_wrong_block_would_be_noticed(tmp_path, capsys):
    with pytest.raises(AssertionError):
        shell("derive matmul --m 2", tmp_path)
    with pytest.raises(AssertionError):
        console(">>> 1 + 1\n3\n", tmp_path)
    assert main(["no-such-operation"]) == 2
    capsys.readouterr()
