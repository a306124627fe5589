"""Numbers for symbols: how they are given, and what is wrong with them."""

import numpy as np
import pytest

import derive
from derive.errors import DeriveError
from derive.expressions.at_numbers import At, parse_numbers


def test_lists_files_and_archives(tmp_path):
    np.savetxt(tmp_path / "A.csv", [[1, 2], [3, 4]], delimiter=",")
    np.savez(tmp_path / "all.npz", x=[1, 2, 3], c=2.5)
    found = parse_numbers(("X=[[0, 1], [2, 3]]", f"A={tmp_path / 'A.csv'}", str(tmp_path / "all.npz"), "v=[1,2]"))
    assert {name: array.shape for name, array in found.items()} == {
        "X": (2, 2),
        "A": (2, 2),
        "x": (3, 1),
        "c": (1, 1),
        "v": (2, 1),
    }
    assert found["A"].tolist() == [[1, 2], [3, 4]]


BAD = {
    "X": "numbers are given like",
    "X=": "a list of rows",
    "X=[[1,2],[3]]": "rows of different lengths",
    "X=[[1,'a']]": "a list of rows",
    "X=__import__('os')": "a list of rows",
    "X=[[[1]]]": "at most two dimensions",
    "X=[]": "finite",
    "X=[[NaN]]": "finite",
    "X=[[1e999]]": "finite",
    "X={}": "no matrix",
    "X=[1" + "0" * 400 + "]": "no matrix",
    "X=nothing.csv": "cannot read numbers",
    "nothing.npz": "cannot read numbers",
    "1X=[[1]]": "numbers are given like",
    "X=" + "[" * 100_000: "a list of rows",
}


@pytest.mark.parametrize("text", BAD, ids=lambda text: text[:20])
def test_bad_numbers_are_refused(text):
    with pytest.raises(DeriveError, match=BAD[text]):
        parse_numbers((text,))


def test_an_archive_is_never_unpickled(tmp_path):
    np.savez(tmp_path / "evil.npz", x=np.array([object()], dtype=object))
    with pytest.raises(DeriveError, match="cannot read numbers"):
        parse_numbers((str(tmp_path / "evil.npz"),))


MISMATCHES = {
    ("X=[[1,2]]",): "no numbers are given for W",
    ("X=[[1,2]]", "W=[[1,2]]"): "W has 1 rows in the numbers, but k is 2 in those of X",
    ("X=[[1,2]]", "W=[[1],[2]]", "Z=[[1]]"): "unknown symbol 'Z'",
}


@pytest.mark.parametrize("texts", MISMATCHES)
def test_numbers_that_do_not_fit_are_refused(texts):
    answer = derive.gradient("sum(X @ W)", wrt="X", shapes={"X": "m,k", "W": "k,n"})
    with pytest.raises(DeriveError, match=MISMATCHES[texts]):
        At(answer.last, parse_numbers(texts))


def test_a_declared_number_of_rows_is_kept():
    answer = derive.gradient("sum(X)", wrt="X", shapes={"X": "3,2"})
    with pytest.raises(DeriveError, match="X has 1 rows in the numbers, and is declared with 3"):
        At(answer.last, parse_numbers(("X=[[1,2]]",)))


STRUCTURES = {
    "n,n symmetric": "[[0,1],[0,0]]",
    "n,n spd": "[[1,0],[0,-1]]",
    "n,n diagonal": "[[1,1],[0,1]]",
    "n,n invertible": "[[1,1],[1,1]]",
    "n,n positive": "[[1,-1],[1,1]]",
    "n,n stochastic": "[[1,1],[0,1]]",
}


@pytest.mark.parametrize("shape", STRUCTURES)
def test_numbers_have_the_structure_that_is_declared(shape):
    """Formulas rest on it."""
    answer = derive.gradient("sum(S @ x)", wrt="x", shapes={"S": shape, "x": "n"})
    with pytest.raises(DeriveError, match=f"S is declared as {shape.split()[1]}, and its numbers are not"):
        At(answer.last, parse_numbers((f"S={STRUCTURES[shape]}", "x=[1,2]")))


def test_a_side_that_is_a_product_is_counted():
    answer = derive.gradient("sum(x) * tr(A)", wrt="A", shapes={"x": "2*n", "A": "n,n"})
    with pytest.raises(DeriveError, match=r"x has a side of 5 in the numbers, and 2\*n is 4"):
        At(answer.last, parse_numbers(("x=[1,2,3,4,5]", "A=[[1,0],[0,1]]")))


def test_a_point_without_a_value_is_refused():
    answer = derive.gradient("sum(log(x))", wrt="x")
    with pytest.raises(DeriveError, match="no finite real value"):
        At(answer.last, parse_numbers(("x=[-1,2]",))).value(answer.value)
