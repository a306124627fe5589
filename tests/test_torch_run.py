"""The program of a post: it is run, what it measured is printed, and what differs is no page."""

import re
from dataclasses import replace
from importlib import import_module

import pytest

import derive
from derive import torch_run
from derive.errors import DeriveError
from derive.torch_run import Experiment, unmeasured
from tests.autodiff import needed


@pytest.fixture(scope="module")
def torch():
    return needed("torch")


def made(operation="matmul", names=None, **sizes):
    return derive.derivation(operation, names=names, **(sizes or {"m": 2, "k": 4, "n": 3}))


def test_each_gradient_is_measured_against_that_of_autograd(torch):
    printed = Experiment(made(names="C = A B")).output.split("\n")
    found = [re.fullmatch(r"(\w+): largest difference (\S+)", line).groups() for line in printed]
    assert [name for name, _ in found] == ["dA", "dB"]
    assert all(0 <= float(difference) <= 1e-12 for _, difference in found)


def test_the_page_prints_what_the_program_prints_when_it_is_run_as_it_stands(torch, capsys):
    experiment = Experiment(made())
    before, seed = torch.get_default_dtype(), torch.initial_seed()
    try:
        exec(experiment.program, {})
    finally:
        torch.set_default_dtype(before)
        torch.manual_seed(seed)
    assert capsys.readouterr().out == f"{experiment.output}\n"
    for format in ("md", "html"):
        assert experiment.output in made().render(format, template="post")


def test_what_pytorch_was_set_to_stays(torch):
    before, state = torch.get_default_dtype(), torch.random.get_rng_state()
    assert Experiment(made()).output
    assert torch.get_default_dtype() == before
    assert torch.equal(torch.random.get_rng_state(), state)


def with_code(derivation, old, new):
    lines = tuple(replace(line, text=line.text.replace(old, new)) for line in derivation.torch)
    assert lines != derivation.torch
    return Experiment(replace(derivation, torch=lines))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("dY @ W.T", "2 * dY @ W.T", "the gradients differ from those of PyTorch: dX."),
        ("dY @ W.T", "dY @ W.T + 1e-9", "the gradients differ from those of PyTorch: dX."),
        ("X.T @ dY", "X.T @ W", "the PyTorch program raises RuntimeError"),
        ("X.T @ dY", "X.T @ Q", "the PyTorch program speaks of Q, which is nothing there."),
        ("X.T @ dY", "X.__class__", "the PyTorch program speaks of __class__"),
    ],
)
def test_a_program_that_is_wrong_makes_no_page(torch, old, new, message):
    with pytest.raises(DeriveError, match=re.escape(message)):
        print(with_code(made(), old, new).output)


def test_without_pytorch_the_page_says_so(monkeypatch):
    monkeypatch.setattr(torch_run, "import_module", absent)
    text = made().render("md", template="post")
    assert "PyTorch was not installed where this page was made, so the program was *not* run." in text
    assert "It printed" not in text


def absent(name):
    if name == "torch":
        raise ImportError(name)
    return import_module(name)


def test_only_what_was_measured_is_left_out_of_a_comparison():
    assert unmeasured("dX: largest difference 5.6e-17</samp>") == "dX: largest difference</samp>"
    assert unmeasured("x_{12} + 1e-12") == "x_{12} + 1e-12"
