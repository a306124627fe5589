"""What was asked for is checked before any work starts: sizes, names, the loss, entries."""

import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.errors import DeriveError
from derive.operation import NAME, catalogue
from derive.request import MOST_TERMS, check_entries, check_names, check_sizes, parse_entries, parse_entry

MATMUL, BIAS = catalogue()["matmul"], catalogue()["bias"]
GOOD = {"m": 2, "k": 4, "n": 3}


def refusal(function, *arguments):
    """The message, which is one line."""
    with pytest.raises(DeriveError) as error:
        function(*arguments)
    message = str(error.value)
    assert message
    assert "\n" not in message
    return message


@pytest.mark.parametrize(
    "sizes", [GOOD, {"n": 3, "m": 2, "k": 4}, {"m": 1, "k": 1, "n": 1}, {"m": 80, "k": 80, "n": 80}]
)
def test_good_sizes_come_back_in_the_order_of_the_signature(sizes):
    checked = check_sizes(MATMUL, sizes)
    assert checked == sizes
    assert list(checked) == ["m", "k", "n"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"m": 0}, "the size m must be a positive integer, not 0"),
        ({"k": -1}, "the size k must be a positive integer, not -1"),
        ({"n": True}, "the size n must be a positive integer, not True"),
        ({"m": 2.5}, "the size m must be a positive integer, not 2.5"),
        ({"m": 2.0}, "not 2.0"),
        ({"m": "2"}, "not '2'"),
        ({"m": None}, "not None"),
        ({"m": float("nan")}, "not nan"),
        ({"m": [2]}, "not [2]"),
        ({"q": 2}, "matmul has no size q"),
        ({"M": 2}, "matmul has no size M"),
        ({"names": 2}, "matmul has no size names"),
    ],
)
def test_a_bad_size_is_refused(change, words):
    message = refusal(check_sizes, MATMUL, GOOD | change)
    assert words in message


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ("m", "needs the size m as well"),
        ("n", "needs the size n as well"),
        ("mk", "needs the sizes m and k as well"),
        ("mkn", "needs the sizes m, k and n as well"),
    ],
)
def test_a_missing_size_is_told(missing, words):
    message = refusal(check_sizes, MATMUL, {size: 2 for size in GOOD if size not in missing})
    assert words in message
    assert "X[m,k], W[k,n] -> Y[m,n]" in message


@pytest.mark.parametrize(
    "sizes",
    [
        {"m": 10**9, "k": 1, "n": 1},
        {"m": 10**9, "k": 10**9, "n": 10**9},
        {"m": 1000, "k": 1000, "n": 1000},
        {"m": 10**400, "k": 1, "n": 1},  # no float holds it
    ],
)
def test_sizes_that_no_machine_holds_are_refused_with_an_estimate(sizes):
    message = refusal(check_sizes, MATMUL, sizes)
    assert "terms" in message
    assert "GB" in message
    assert f"{MOST_TERMS:,}" in message
    assert len(message) < 400


def test_the_limit_is_where_it_says():
    size = MOST_TERMS // 3
    assert check_sizes(BIAS, {"m": size, "n": 1})
    assert refusal(check_sizes, BIAS, {"m": size + 1, "n": 1})


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (None, ("Y", "X", "W")),
        ("C = A B", ("C", "A", "B")),
        ("C=A B", ("C", "A", "B")),
        ("  C  =  A   B  ", ("C", "A", "B")),
        ("D = W X", ("D", "W", "X")),
        ("A3 = A1 A2", ("A3", "A1", "A2")),
        ("c = a b", ("c", "a", "b")),
        ("Xhat = X W", ("Xhat", "X", "W")),
        ("AB = A B", ("AB", "A", "B")),
    ],
)
def test_good_names(names, chosen):
    assert check_names(MATMUL, names, "L") == chosen


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ("", "names are written like 'Y = X W', with spaces, 3 of them"),
        (" ", "written like"),
        ("=", "written like"),
        ("C", "written like"),
        ("C = A", "3 of them; got 'C = A'"),
        ("C = A B D", "3 of them"),
        ("C A B", "written like"),
        ("= A B", "'' is not"),
        ("C D = A B", "'C D' is not"),
        ("C = A = B", "written like"),
        ("C = A, B", "'A,' is not"),
        ("\\alpha = A B", "'\\alpha' is not"),
        ("C = X_{1} B", "'X_{1}' is not"),
        ("C = X$ B", "'X$' is not"),
        ("C = X^2 B", "'X^2' is not"),
        ("C = X_1 B", "'X_1' is not"),
        ("C = 1X B", "'1X' is not"),
        ("C = Ä B", "'Ä' is not"),
        ("C = X² B", "'X²' is not"),
        ("C = Σ B", "'Σ' is not"),
        ("C = A' B", "is not"),
        ("C = {{x}} B", "is not"),
        ("C = %x B", "is not"),
        ("C = A a", "the names A and a collide: both have entries a_ij"),
        ("a = A B", "the names a and A collide"),
        ("X = X W", "the names X and X collide"),
        ("C = A A", "the names A and A collide"),
        ("C = A1 a1", "collide"),
        ("m = A B", "the name m is already that of a size"),
        ("C = k B", "the name k is already that of a size"),
        ("C = A n", "the name n is already that of a size"),
        ("L = A B", "L is the name of the loss"),
        ("C = L B", "L is the name of the loss"),
        ("dA = A B", "the name dA is already that of a gradient in the code"),
        ("C = dC B", "the name dC is already that of a gradient in the code"),
        ("C = dB B", "the name dB is already that of a gradient in the code"),
        ("np = A B", "the name np is already that of NumPy"),
    ],
)
def test_a_bad_name_is_refused(names, words):
    assert words in refusal(check_names, MATMUL, names, "L")


@pytest.mark.parametrize("word", ["is", "in", "lambda", "None"])
def test_a_word_of_python_is_no_name(word):
    """The names stand in NumPy lines: ``C = A @ in`` is no Python."""
    assert keyword.iskeyword(word)
    refusal(check_names, MATMUL, f"C = A {word}", "L")


@pytest.mark.parametrize("loss", ["L", "E", "J", "loss", "l", "L2", "dX"])
def test_good_losses(loss):
    assert check_names(MATMUL, None, loss) == ("Y", "X", "W")


@pytest.mark.parametrize(
    ("names", "loss", "words"),
    [
        (None, "Y", "Y is the name of the loss"),
        (None, "X", "X is the name of the loss"),
        ("L = A B", "L", "L is the name of the loss"),
        (None, "m", "the loss m has the name of a size"),
        (None, "", "'' is not"),
        (None, "\\ell", "'\\ell' is not"),
        (None, "L_1", "'L_1' is not"),
        (None, "ℓ", "'ℓ' is not"),
        (None, " L", "' L' is not"),
    ],
)
def test_a_bad_loss_is_refused(names, loss, words):
    assert words in refusal(check_names, MATMUL, names, loss)


def test_another_loss_frees_its_letter():
    assert check_names(MATMUL, "L = A B", "E") == ("L", "A", "B")


def test_operations_of_one_input_have_two_names():
    transpose = catalogue()["transpose"]
    assert check_names(transpose, "B = A", "L") == ("B", "A")
    assert "'Y = X', with spaces, 2 of them" in refusal(check_names, transpose, "C = A B", "L")


@given(st.text(max_size=12), st.text(max_size=3))
def test_whatever_is_asked_names_come_out_clean_or_not_at_all(names, loss):
    try:
        chosen = check_names(MATMUL, names, loss)
    except DeriveError:
        return
    assert len(chosen) == 3
    assert all(name.isascii() and NAME.fullmatch(name) for name in (*chosen, loss))
    assert len({name[0].lower() + name[1:] for name in chosen}) == 3


@given(
    st.dictionaries(st.sampled_from("mknq"), st.one_of(st.integers(), st.floats(), st.booleans(), st.text(max_size=2)))
)
def test_whatever_is_asked_sizes_come_out_positive_and_small_or_not_at_all(sizes):
    try:
        checked = check_sizes(MATMUL, sizes)
    except DeriveError:
        return
    assert all(type(size) is int and size > 0 for size in checked.values())
    assert MATMUL.terms(checked) <= MOST_TERMS


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("X=2,3", ("X", (2, 3))),
        (" X = 2 , 3 ", ("X", (2, 3))),
        ("b=1,10", ("b", (1, 10))),
        ("W1=1,1", ("W1", (1, 1))),
        ("X=0,1", ("X", (0, 1))),
    ],
)
def test_an_entry_is_read(text, entry):
    assert parse_entry(text) == entry


@pytest.mark.parametrize(
    "text", ["", "X", "X=", "X=2", "X=2,", "X=2,3,4", "=2,3", "X=a,b", "X=-1,2", "X=2.5,1", "X 2,3", "X[2,3]"]
)
def test_a_bad_entry_is_refused(text):
    assert "an entry is written like X=2,3" in refusal(parse_entry, text)


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({"A": (0, 1)}, "A is 2×3: it has no entry 0,1"),
        ({"A": (3, 1)}, "no entry 3,1"),
        ({"A": (1, 4)}, "no entry 1,4"),
        ({"A": (-1, 1)}, "no entry -1,1"),
        ({"Y": (1, 1)}, "unknown input 'Y'"),
        ({"a": (1, 1)}, "unknown input 'a'. Known: A."),
        ({"A": (1.5, 2)}, "no entry 1.5,2"),
        ({"A": (True, 2)}, "no entry True,2"),
        ({"A": (2,)}, "no entry 2"),
    ],
)
def test_a_chosen_entry_has_to_exist(chosen, words):
    with pytest.raises(DeriveError) as error:
        check_entries(catalogue()["transpose"], ("Y", "A"), {"m": 2, "n": 3}, chosen)
    assert words in str(error.value)


def test_an_input_has_one_chosen_entry():
    with pytest.raises(DeriveError, match="given twice"):
        parse_entries(["X=1,1", "X=2,2"])
