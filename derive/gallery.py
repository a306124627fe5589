"""The gallery: every form once, for the case and the names of the notes that it was made after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from derive.api import Derived, derivation
from derive.environment import environment
from derive.errors import DeriveError
from derive.files import deliver, operation_name
from derive.forms import FORMS
from derive.prose import prose
from derive.torch_run import unmeasured

FOLDER = Path("output") / "gallery"
INDEX = "README.md"


@dataclass(frozen=True)
class Exhibit:
    """A document to show: what is derived, and in which form."""

    template: str
    operation: str
    sizes: Mapping[str, int]
    names: str
    entries: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def command(self) -> str:
        """What one would type for it."""
        sizes = " ".join(f"--{letter} {size}" for letter, size in self.sizes.items())
        entries = "".join(f" --entry {name}={row},{col}" for name, (row, col) in self.entries.items())
        return f'derive {self.operation} {sizes} --names "{self.names}"{entries} --template {self.template}'

    def derived(self) -> Derived:
        """What the document is about."""
        sizes: dict[str, Any] = {**self.sizes}
        return derivation(self.operation, names=self.names, entries=self.entries, **sizes)

    def files(self) -> Iterator[tuple[str, str]]:
        """The documents in every format, by the names of their files."""
        made = self.derived()
        for format in FORMS[self.template].formats:
            if format == "json":
                continue
            name = operation_name(self.operation, self.sizes.values(), {}, self.template, format)
            stem, _, ending = name.rpartition(".")
            yield (
                f"{stem}-{format}.{ending}" if format == "standalone" else name,
                made.render(format, template=self.template),
            )


EXHIBITS = (
    Exhibit("slides", "matmul", {"m": 2, "k": 2, "n": 2}, "A = Z W"),
    Exhibit("readme", "matmul", {"m": 3, "k": 4, "n": 2}, "Y = X W"),
    Exhibit("indices", "matmul", {"m": 2, "k": 4, "n": 3}, "D = W X"),
    Exhibit("lecture", "affine", {"m": 2, "k": 2, "n": 3}, "Y = X W b", {"X": (1, 1), "W": (1, 1)}),
    Exhibit("post", "matmul", {"m": 2, "k": 4, "n": 3}, "C = A B", {"A": (2, 3), "B": (1, 2)}),
    Exhibit("notebook", "matmul", {"m": 2, "k": 4, "n": 3}, "Y = X W"),
    Exhibit("worked", "matmul", {"m": 2, "k": 4, "n": 3}, "Y = X W"),
)


def gallery() -> Iterator[tuple[str, str]]:
    """All documents of the gallery and its index page, by the names of their files.

    Raises:
        DeriveError: PyTorch is missing, so that the post could not tell what its program prints.
    """
    if find_spec("torch") is None:
        raise DeriveError("the post of the gallery runs PyTorch: pip install 'derive-matrix[torch]'.")
    rows = []
    for exhibit in EXHIBITS:
        files = dict(exhibit.files())
        yield from files.items()
        rows.append((exhibit, FORMS[exhibit.template], list(files)))
    say = prose("en", "gallery", "md")
    index = environment().get_template("gallery.jinja").render(rows=rows, say=say)
    yield INDEX, index.strip() + "\n"


def hang(folder: Path) -> list[Path]:
    """Write the gallery into a folder, and tell what was written.

    Raises:
        DeriveError: a file cannot be written, or PyTorch is missing.
    """
    written = []
    for name, text in gallery():
        deliver(text, folder / name)
        written.append(folder / name)
    return written


def stale(folder: Path) -> list[str]:
    """The files of a folder that are not what would be written now, missing and superfluous ones among them.

    What PyTorch measured is not compared: other machines round otherwise.
    """
    wanted = {name: unmeasured(text) for name, text in gallery()}
    found = {path.name: unmeasured(path.read_text("utf-8", "replace")) for path in folder.glob("*") if path.is_file()}
    return sorted(name for name in found.keys() | wanted if found.get(name) != wanted.get(name))
