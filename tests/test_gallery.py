"""The gallery: what hangs in it, that its index shows it, and that what is out of date is seen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from derive import gallery
from derive.cli import main
from derive.forms import FORMS
from derive.gallery import EXHIBITS, INDEX, hang, stale
from tests.autodiff import needed

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    needed("torch")
    made = tmp_path_factory.mktemp("gallery")
    hang(made)
    return made


@pytest.fixture
def changed(folder, monkeypatch):
    """The folder, with its files as they were when the test is over; what is wanted is what hangs there."""
    texts = {path.name: path.read_text("utf-8") for path in folder.iterdir()}
    monkeypatch.setattr(gallery, "gallery", lambda: iter(texts.items()))
    yield folder
    for path in folder.iterdir():
        path.unlink()
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")


def test_every_form_hangs_in_every_format(folder):
    assert [exhibit.template for exhibit in EXHIBITS] == [*sorted(FORMS, key=[e.template for e in EXHIBITS].index)]
    files = {path.name for path in folder.iterdir()} - {INDEX}
    formats = sum(format != "json" for form in FORMS.values() for format in form.formats)
    assert len(files) == formats


def test_the_index_shows_each_file_and_a_picture_of_each_form(folder):
    index = (folder / INDEX).read_text("utf-8")
    links = re.findall(r"\]\(([^)]*)\)", index)
    files = {path.name for path in folder.iterdir()} - {INDEX}
    assert files <= set(links)
    pictures = [link for link in links if link.endswith(".png")]
    assert len(pictures) == len(FORMS)
    assert all((ROOT / "output" / "gallery" / picture).is_file() for picture in pictures)


def test_the_commands_of_the_index_write_what_hangs_there(folder, capsys):
    index = (folder / INDEX).read_text("utf-8")
    commands = re.findall(r"```bash\n(.*)\n```", index)
    assert commands == [exhibit.command for exhibit in EXHIBITS]
    [readme] = [command for command in commands if command.endswith("--template readme")]
    words = [word.strip('"') for word in re.findall(r'"[^"]*"|\S+', readme)]
    assert words[0] == "derive"
    assert main([*words[1:], "-o", "-", "-q"]) == 0
    assert capsys.readouterr().out == (folder / "matmul-3x4x2-readme.md").read_text("utf-8")


def test_what_is_up_to_date_is_said_to_be(changed, capsys):
    assert main(["gallery", "-o", str(changed), "--check"]) == 0
    assert capsys.readouterr().out == f"{changed} is up to date\n"


def test_what_another_machine_measured_is_not_out_of_date(changed):
    post = changed / "matmul-2x4x3-post.md"
    text = post.read_text("utf-8")
    post.write_text(re.sub(r"(dA: largest difference) [\d.e+-]+", r"\1 3.3e-16", text), "utf-8")
    assert post.read_text("utf-8") != text
    assert stale(changed) == []
    post.write_text(text.replace("largest difference", "smallest difference", 1), "utf-8")
    assert stale(changed) == [post.name]


def test_what_is_out_of_date_is_named(changed, capsys):
    old, missing, more = changed / "matmul-2x4x3.md", changed / "matmul-2x4x3.tex", changed / "notes.md"
    old.write_text(old.read_text("utf-8").replace("x_{12}", "x_{21}", 1), "utf-8")
    missing.unlink()
    more.write_text("mine", "utf-8")
    assert stale(changed) == [old.name, missing.name, more.name]
    assert main(["gallery", "-o", str(changed), "--check"]) == 1
    assert f"{old.name}, {missing.name}, {more.name}" in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_out_of_date(changed, tmp_path):
    assert len(stale(tmp_path / "none")) == len(list(changed.iterdir()))


def test_a_file_is_no_folder(tmp_path, capsys):
    path = tmp_path / "file"
    path.write_text("", "utf-8")
    assert main(["gallery", "-o", str(path)]) == 2
    assert f"{path} is no folder" in capsys.readouterr().err


def test_without_pytorch_there_is_no_gallery(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(gallery, "find_spec", lambda name: None)
    assert main(["gallery", "-o", str(tmp_path)]) == 2
    assert "derive-matrix[torch]" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
