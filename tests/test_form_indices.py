"""The index proof: what its sentences claim, for every operation that it suits, and for both ways to write a layer."""

import re

import pytest

import derive
from derive import suitable
from derive.errors import DeriveError
from derive.operation import catalogue, registered
from derive.terms import MatrixElement


def made(name, names=None, numbers=(2, 4, 3, 5)):
    sizes = dict(zip(catalogue()[name].sizes, numbers, strict=False))
    return derive.derivation(name, names=names, **sizes, **registered()[name].sample)


LAYERS = [("matmul", None), ("matmul", "D = W X"), ("matmul", "C = A B"), ("affine", None), ("affine_columns", None)]
OTHERS = ["hadamard", "div", "bias", "transpose", "rowsum", "colsum", "log", "sigmoid", "softplus"]


def page(name, names=None, **options):
    return " ".join(made(name, names).render(template="indices", **options).split())


@pytest.mark.parametrize("name", [layer[0] for layer in LAYERS[2:]] + OTHERS)
def test_what_the_formula_of_an_entry_holds_is_what_it_holds(name):
    """The sentences about rows and columns come from deltas; here they are compared with the formula itself."""
    d = made(name)
    for theorem in d.theorems:
        support = theorem.support
        found = [e.args for e in d.definition.atoms(MatrixElement) if e.args[0] == theorem.wrt]
        assert found
        for entry in found:
            if support.is_single:
                assert MatrixElement(*entry) == support.held
            elif support.row:
                assert entry[1] == support.row[0]
                assert entry[2] != support.goal.of.args[2]
            else:
                assert entry[2] == support.column[0]
                assert entry[1] != support.goal.of.args[1]


def test_no_other_operation_is_told_in_indices():
    suited = {name for name in catalogue() if suitable.is_sparse(made(name))}
    assert {*OTHERS, "matmul", "affine", "affine_columns"} <= suited
    with pytest.raises(DeriveError, match="the form indices does not suit softmax"):
        page("softmax")


@pytest.mark.parametrize(
    ("name", "names", "rows", "dot"),
    [
        ("matmul", None, False, r"row $p$ of $X^{T}$ and column $q$ of $\frac{\partial L}{\partial Y}$"),
        ("matmul", "D = W X", True, r"row $p$ of $\frac{\partial L}{\partial D}$ and column $q$ of $X^{T}$"),
        ("affine_columns", None, True, r"row $p$ of $\frac{\partial L}{\partial Y}$ and column $q$ of $X^{T}$"),
    ],
)
def test_the_weight_comes_first_with_its_rows_or_columns(name, names, rows, dot):
    text = page(name, names)
    parts = text.split(" ## ")
    assert parts[2].startswith("The gradient with respect to $W$")
    assert parts[3].startswith("The gradient with respect to $X$")
    place, letters = ("row", "ip") if rows else ("column", "jq")
    output = "D" if names else "Y"
    assert f"the formula of ${output}_{{ij}}$ contains only those of {place} ${letters[0]}$." in text
    assert rf"= 0 \quad \text{{for }} {letters[0]} \neq {letters[1]}" in parts[2]
    assert f"This is a dot product, of {dot}." in parts[2]
    assert f"stands {'last' if rows else 'first'} in both factors" in parts[2]


@pytest.mark.parametrize(("name", "names"), LAYERS)
def test_upper_limits_are_sizes_that_are_declared(name, names):
    """The seed sums up to a letter that stands for nothing."""
    text = made(name, names).render(template="indices")
    assert set(re.findall(r"\\sum_\{[a-z]=1\}\^\{([^}]*)\}", text)) <= {"m", "k", "n"}
    assert r"\sum_{i,j}" not in text
    assert r"\sum_j" not in text


@pytest.mark.parametrize(
    ("name", "names", "theirs", "rules"),
    [
        (
            "matmul",
            None,
            "Y = W X",
            [r"\frac{\partial L}{\partial Y} \, X^{T}", r"W^{T} \, \frac{\partial L}{\partial Y}"],
        ),
        (
            "matmul",
            "D = W X",
            "D = X W",
            [r"X^{T} \, \frac{\partial L}{\partial D}", r"\frac{\partial L}{\partial D} \, W^{T}"],
        ),
        (
            "affine",
            None,
            r"Y = W X + b \mathbf 1_{n}^{T}",
            [
                r"\frac{\partial L}{\partial Y} \, X^{T}",
                r"W^{T} \, \frac{\partial L}{\partial Y}",
                r"\frac{\partial L}{\partial Y} \, \mathbf 1_{n}",
            ],
        ),
    ],
)
def test_the_other_convention_has_other_results(name, names, theirs, rules):
    """The seed calls them identical."""
    text = page(name, names)
    _, last = text.split(" ## If the samples are ")
    assert f"write ${theirs}$" in last
    for rule in rules:
        assert f"= {rule} $$" in last


def test_the_other_convention_is_worked_out_whatever_entry_is_chosen():
    made = derive.derivation("matmul", m=2, k=4, n=3, names="D = W X", entries={"W": (1, 4), "X": (4, 3)})
    assert "samples are rows" in made.render(template="indices")


def test_what_is_no_layer_has_no_neurons():
    text = page("hadamard")
    assert "neuron" not in text
    assert "samples" not in text
    assert r"for } i \neq p" in text
    assert r"for } j \neq q" in text


def test_conditions_are_told():
    assert "This holds where $X_{ij} > 0$" in page("log")


def test_short_is_shorter_and_holds_the_same_rules():
    full, short = page("affine"), page("affine", depth="short")
    assert len(short) < 0.8 * len(full)
    boxes = re.compile(r"\\boxed\{.*?\$\$")
    assert boxes.findall(full) == boxes.findall(short)


@pytest.mark.parametrize(
    ("format", "notation"),
    [("md", "slides"), ("tex", "lecture"), ("html", "readme"), ("html", "plain"), ("tex", "post")],
)
def test_it_is_written_in_every_format_and_notation(format, notation):
    text = made("affine", numbers=(12, 11, 13)).render(format, template="indices", notation=notation)
    assert r"\operatorname" not in text
    assert "\n\n\n\n" not in text
