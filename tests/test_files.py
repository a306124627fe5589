"""Documents are written whole or not at all."""

import errno
import os
import re
import stat
from fractions import Fraction
from pathlib import Path

import pytest

from derive.errors import DeriveError
from derive.files import LONGEST_PART, deliver, operation_name, place, question_name

TEXT = "∂L/∂X = ∂L/∂Y · Wᵀ\n"


def refusal(text, path):
    with pytest.raises(DeriveError) as error:
        deliver(text, path)
    message = str(error.value)
    assert message.startswith(f"cannot write {path}: ")
    assert "\n" not in message
    return message


@pytest.mark.parametrize(
    ("target", "placed"),
    [
        (None, "output/page.md"),
        ("-", None),
        ("mine.md", "mine.md"),
        ("pages/mine.md", "pages/mine.md"),
        ("pages/", "pages/page.md"),
        ("a/b/", "a/b/page.md"),
        ("./-", "-"),
        ("mine", "mine"),
    ],
)
def test_where_a_document_goes(target, placed):
    path = place(target, "page.md")
    assert path == (None if placed is None else Path(placed))


def test_numbers_are_in_the_name_of_an_operation():
    exponents = [Fraction(3), Fraction(-3), Fraction(1, 2), Fraction(12), Fraction(2), Fraction(0)]
    names = [operation_name("pow", (2, 2), {"p": exponent}, "worked", "md") for exponent in exponents]
    assert names[:3] == ["pow-2x2-p3.md", "pow-2x2-p-3.md", "pow-2x2-p1over2.md"]
    assert len(set(names)) == len(names)
    assert (
        operation_name("entry", (3, 4), {"row": Fraction(0), "col": Fraction(1)}, "slides", "md")
        == "entry-3x4-row0-col1-slides.md"
    )


QUESTIONS = [
    ("gradient", "A + X", ["X"], []),
    ("gradient", "A - X", ["X"], []),
    ("gradient", "a + x", ["x"], []),
    ("hessian", "A + X", ["X"], []),
    ("gradient", "A + X", ["A"], []),
    ("gradient", "A + X", ["X", "A"], []),
    ("gradient", "A + X", ["X"], ["A"]),
    ("gradient", "A + X", ["X"], ["A: (n, n) spd"]),
    ("gradient", " + ".join(["../X/*?"] * 500), ["X" * 500], []),
    ("gradient", " + ".join(["../X/*?"] * 501), ["X" * 500], []),
]


def test_every_question_has_its_own_name():
    """On a file system that does not tell capitals apart, too."""
    names = [question_name(*question) for question in QUESTIONS]
    assert names == [question_name(*question) for question in QUESTIONS]
    assert len({name.lower() for name in names}) == len(names)
    assert all(re.fullmatch(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*", name) for name in names)
    assert max(map(len, names)) < 2 * LONGEST_PART + 30
    assert names[0].startswith("gradient-A-X-by-X-")


def test_a_folder_that_exists_takes_the_document(tmp_path):
    assert place(str(tmp_path), "page.md") == tmp_path / "page.md"
    (tmp_path / "file").write_text("")
    assert place(str(tmp_path / "file"), "page.md") == tmp_path / "file"


def test_the_folder_is_made(tmp_path):
    path = tmp_path / "a/b/page.md"
    deliver(TEXT, path)
    assert path.read_text("utf-8") == TEXT
    assert [file.name for file in path.parent.iterdir()] == ["page.md"]


def test_the_old_document_is_replaced(tmp_path):
    path = tmp_path / "page.md"
    deliver("old, and longer than the new one\n" * 9, path)
    deliver(TEXT, path)
    assert path.read_text("utf-8") == TEXT
    assert list(tmp_path.iterdir()) == [path]


def test_lines_end_as_they_were_written(tmp_path):
    deliver(TEXT, tmp_path / "page.md")
    assert (tmp_path / "page.md").read_bytes() == TEXT.encode("utf-8")


def test_standard_output(capsys):
    deliver(TEXT, None)
    assert capsys.readouterr().out == TEXT


@pytest.mark.parametrize("culprit", ["os.replace", "Path.write_text"])
@pytest.mark.parametrize("existing", [True, False])
def test_a_failure_leaves_what_was_there(tmp_path, monkeypatch, culprit, existing):
    path = tmp_path / "page.md"
    if existing:
        path.write_text("old")
    real = Path.write_text

    def half_written(self, text, *rest):
        real(self, text[: len(text) // 2], *rest)
        raise OSError(errno.ENOSPC, "No space left on device")

    def fail(*_):
        raise OSError(errno.EIO, "Input/output error")

    if culprit == "os.replace":
        monkeypatch.setattr(os, "replace", fail)
    else:
        monkeypatch.setattr(Path, "write_text", half_written)
    message = refusal(TEXT, path)
    assert ("Input/output error" if culprit == "os.replace" else "No space left on device") in message
    assert [file.name for file in tmp_path.iterdir()] == (["page.md"] if existing else [])
    if existing:
        assert path.read_text() == "old"


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, MemoryError])
def test_an_interruption_leaves_what_was_there(tmp_path, monkeypatch, interruption):
    path = tmp_path / "page.md"
    path.write_text("old")

    def interrupted(*_):
        raise interruption

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(interruption):
        deliver(TEXT, path)
    monkeypatch.undo()
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_text() == "old"


def test_a_folder_cannot_be_overwritten(tmp_path):
    (tmp_path / "page.md").mkdir()
    refusal(TEXT, tmp_path / "page.md")
    assert list(tmp_path.iterdir()) == [tmp_path / "page.md"]
    assert list((tmp_path / "page.md").iterdir()) == []


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "file").write_text("old")
    refusal(TEXT, tmp_path / "file/page.md")
    assert (tmp_path / "file").read_text() == "old"


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs /proc")
def test_a_folder_that_cannot_be_made():
    refusal(TEXT, Path("/proc/nowhere/page.md"))


def test_a_folder_without_permission(tmp_path, monkeypatch):
    """Said by the system, since the superuser may write everywhere."""

    def forbidden(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "write_text", forbidden)
    assert "Permission denied" in refusal(TEXT, tmp_path / "page.md")


def test_a_name_that_is_too_long(tmp_path):
    refusal(TEXT, tmp_path / ("x" * 300 + ".md"))
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_only_just_fits(tmp_path):
    """The unfinished file beside it must not have a longer name than the file system allows."""
    path = tmp_path / ("x" * 250 + ".md")
    deliver(TEXT, path)
    assert path.read_text("utf-8") == TEXT


def test_a_link_stays_a_link(tmp_path):
    real, link = tmp_path / "real.md", tmp_path / "link.md"
    real.write_text("old")
    link.symlink_to(real)
    deliver(TEXT, link)
    assert link.is_symlink()
    assert real.read_text("utf-8") == TEXT
    assert sorted(file.name for file in tmp_path.iterdir()) == ["link.md", "real.md"]


def test_a_link_to_what_is_not_there_yet(tmp_path):
    link = tmp_path / "link.md"
    link.symlink_to(tmp_path / "real.md")
    deliver(TEXT, link)
    assert link.is_symlink()
    assert (tmp_path / "real.md").read_text("utf-8") == TEXT


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk():
    assert "No space left on device" in refusal(TEXT, Path("/dev/full"))
    assert stat.S_ISCHR(Path("/dev/full").stat().st_mode), "the device was replaced by a file"


def test_a_device_stays_a_device():
    deliver(TEXT, Path(os.devnull))
    assert not Path(os.devnull).is_file()


def test_the_permissions_of_the_old_document_stay(tmp_path):
    path = tmp_path / "page.md"
    path.write_text("old")
    path.chmod(0o640)
    deliver(TEXT, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_new_document_has_the_usual_permissions(tmp_path):
    (tmp_path / "usual").write_text("")
    deliver(TEXT, tmp_path / "page.md")
    assert (tmp_path / "page.md").stat().st_mode == (tmp_path / "usual").stat().st_mode
