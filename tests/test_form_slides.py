"""The deck: its claims in words, what stands on a slide, and the mistakes that it must not make."""

import re

import pytest

import derive
from derive.errors import DeriveError
from derive.forms import FORMS
from derive.heights import depth, height
from derive.operation import registered
from derive.slide_display import SlideWriter
from derive.slides import SLIDE, slides
from derive.suitable import suits
from tests.operations import DERIVED

SIZES = {"m": 2, "k": 4, "n": 3}


def deck(operation="matmul", names=None, entries=None, sizes=SIZES, **options):
    return derive.derivation(operation, names=names, entries=entries, **sizes).render(template="slides", **options)


def cut(text):
    """The slides, without the front matter."""
    return text.split("\n---\n", 1)[1].split("\n\n---\n\n")


def titled(text, words):
    return [slide for slide in cut(text) if words in slide.split("\n\n")[0]]


def test_a_deck_tells_marp_what_it_is():
    front = deck().split("\n---\n")[0].split("\n")
    assert front[0] == "---"
    assert {"marp: true", "theme: default", "math: katex", "size: 16:9", "paginate: true"} <= set(front)


@pytest.mark.parametrize(
    ("sizes", "words"),
    [
        ((1, 1, 1), "is used in one output, $a_{1,1}$, so there is one contribution."),
        ((2, 2, 2), "is used in two outputs, $a_{1,1}$ and $a_{1,2}$: both contributions are added."),
        ((2, 4, 3), "is used in three outputs, $a_{1,1}$, $a_{1,2}$ and $a_{1,3}$: all three contributions are added."),
        (
            (2, 2, 7),
            r"is used in seven outputs, $a_{1,1}, a_{1,2}, \ldots, a_{1,7}$: all seven contributions are added.",
        ),
        ((2, 2, 13), r"is used in 13 outputs, $a_{1,1}, a_{1,2}, \ldots, a_{1,13}$: all 13 contributions are added."),
    ],
)
def test_the_note_counts_the_outputs_that_an_entry_acts_on(sizes, words):
    text = deck(names="A = Z W", entries={"Z": (1, 1)}, sizes=dict(zip("mkn", sizes, strict=True)))
    assert f"> $z_{{1,1}}$ {words}" in text


def test_the_note_is_about_the_entry_that_is_asked_for():
    assert "> $w_{4,1}$ is used in two outputs, $y_{1,1}$ and $y_{2,1}$:" in deck(entries={"W": (4, 1)})
    assert "> No output changes with $x_{2,2}$" in deck("sign", sizes={"m": 2, "n": 2}, entries={"X": (2, 2)})


def test_the_factor_of_the_upstream_gradient_is_labelled_by_it():
    """Seed 000 writes dL/dW under the matrix that is dL/dA, and lets columns of the transpose run to k."""
    text = deck(names="A = Z W", sizes={"m": 2, "k": 2, "n": 2})
    start = r"\frac{\partial L}{\partial W} = \underbrace{\begin{bmatrix} z_{1,1} & z_{2,1} & \cdots & z_{m,1}"
    [last] = [line for line in text.split("\n") if line.startswith(start) and r"\vdots" in line]
    assert r"z_{1,k} & z_{2,k} & \cdots & z_{m,k} \end{bmatrix}}_{Z^{T}}" in last
    assert last.count(r"}_{\tfrac{\partial L}{\partial A}}") == 1
    assert last.count(r"\frac{\partial L}{\partial W}") == 1


def test_every_derivative_has_both_of_its_signs():
    for above, below in re.findall(r"\\frac\{([^{}]*(?:\{[^{}]*\})?)\}\{([^{}]*(?:\{[^{}]*\})?)\}", deck()):
        assert above.startswith(r"\partial")
        assert below.startswith(r"\partial")


@pytest.mark.parametrize(
    ("names", "bias", "rule"),
    [
        (None, r"\mathbf 1_{m} \times b", r"\mathbf 1_{m}^{T} \times \frac{\partial L}{\partial Y}"),
        ("Y = W X", r"b \times \mathbf 1_{n}^{T}", r"\frac{\partial L}{\partial Y} \times \mathbf 1_{n}"),
    ],
)
def test_the_bias_goes_with_the_side_of_the_weight(names, bias, rule):
    text = deck(names=names)
    assert f"+ {bias}$, where the vector of ones replicates $b$ to" in text
    assert rf"\boxed{{\;\frac{{\partial L}}{{\partial b}} = {rule}\;}}" in text
    assert "gradient passed back to the input $X$:" in text
    assert "gradient that the weights $W$ learn from:" in text


def test_an_affine_layer_is_told_as_a_product_and_then_with_its_bias():
    text = deck("affine", names="Y = X W c")
    assert "\n# Affine layer: the backward pass\n" in text
    assert r"The gradients of $Y = X \times W + \mathbf 1_{m} \times c$," in text
    assert "First the product alone;" in titled(text, "The matrices")[0]
    assert "First the product alone;" not in deck()
    assert len(titled(text, "With a bias")) == 1
    assert r"replicates $c$ to" in text


def test_factors_of_the_product_stand_under_their_braces_and_those_of_the_gradients_over():
    text = deck()
    assert r"\overbrace" in titled(text, "The matrices")[0]
    assert r"\underbrace" in titled(text, "as a matrix (2 of 2)")[0]
    assert r"\overbrace" not in titled(text, "as a matrix (2 of 2)")[0]
    assert r"\overbrace" not in deck(notation="plain")


def test_a_long_section_goes_on_with_its_title():
    text = deck()
    assert [slide.split("\n")[0] for slide in titled(text, "W}$, entry by entry")] == [
        rf"## $\frac{{\partial L}}{{\partial W}}$, entry by entry ({number} of 2)" for number in (1, 2)
    ]
    assert sum(slide.count("&=") for slide in titled(text, "W}$, entry by entry")) == 12


@pytest.mark.parametrize(("entries", "place"), [(None, "2,1"), ({"X": (7, 6)}, "7,6")])
def test_a_long_list_shows_its_ends_and_the_entry_of_the_example(entries, place):
    [slide] = titled(deck(sizes={"m": 12, "k": 11, "n": 13}, entries=entries), "X}$, entry by entry")
    goals = re.findall(r"x_\{(\d+,\d+)\}\} &=", slide)
    assert goals == ["1,1", "1,2", place, "12,11"]
    assert slide.count(r"\vdots") == 2


def test_short_leaves_out_what_repeats():
    long, short = deck(), deck(depth="short")
    assert len(cut(short)) < len(cut(long))
    assert titled(long, "One entry: $w")
    assert not titled(short, "One entry: $w")
    assert titled(short, "One entry: $x")


CASES = {"m": (1, 2, 5, 12), "k": (1, 2, 2, 11), "n": (1, 2, 7, 13)}


@pytest.mark.parametrize(
    ("notation", "at"), [("readme", 0), ("lecture", 1), ("slides", 2), ("plain", 3), ("slides", 3), ("lecture", 2)]
)
def test_every_display_fits_a_slide(at, notation):
    text = deck(sizes={letter: CASES[letter][at] for letter in "mkn"}, notation=notation)
    for slide in cut(text):
        displays = re.findall(r"\$\$\n(.*?)\n\$\$", slide, re.DOTALL)
        assert sum(height(each) for each in displays) * SLIDE.formula <= SLIDE.body
        for each in displays:
            assert "\n\n" not in each
            assert not each.startswith("=")


@pytest.mark.parametrize("operation", DERIVED)
def test_a_deck_is_made_of_every_operation_that_it_suits(operation):
    chosen = registered()[operation]
    sizes = {letter: number for number, letter in enumerate(chosen.signature.sizes, start=2)}
    if operation == "softmax":
        sizes["n"] = 2  # three terms of two kinds are too wide
    d = derive.derivation(operation, **sizes | chosen.sample)
    if not suits(FORMS["slides"], d):
        pytest.skip("the form does not suit it")
    text = d.render(template="slides")
    assert text.count("$$") % 2 == 0
    assert len(cut(text)) > 10


def test_what_no_slide_holds_is_refused():
    assert deck(sizes={"m": 2, "k": 2, "n": 2}, full=True)
    with pytest.raises(DeriveError, match="no room for all of a formula; leave out --full"):
        deck(sizes={"m": 5, "k": 2, "n": 7}, full=True)
    with pytest.raises(DeriveError, match="choose shorter names, or smaller sizes"):
        deck("softmax", names="outputs = inputs", sizes={"m": 3, "n": 5})


def test_heights_are_those_of_katex():
    """Measured in Chromium, in em."""
    for tex, known in (
        (r"\frac{\partial L}{\partial x_{11}}", 2.36),
        (r"\begin{bmatrix} a & b \\ c & d \end{bmatrix}", 2.4),
        (r"\sum_{i=1}^{m} x_i", 2.95),
    ):
        assert height(tex) == pytest.approx(known, rel=0.1)
    assert depth(r"&= \frac{a}{b}") == depth(r"\frac{a}{b}") > depth("a")


def test_a_sentence_stays_with_its_formula():
    tall = "$$\n" + r"\begin{bmatrix} " + r" \\ ".join("a" * 12) + r" \end{bmatrix}" + "\n$$"
    text = slides(
        f"# T\n\n## S\n\none\n\n{tall}\n\ntwo\n\n$$\nx\n$$", lambda title, number, of: f"{title} {number}/{of}"
    )
    assert cut(f"x\n---\n{text}")[1:] == [f"## S 1/2\n\none\n\n{tall}", "## S 2/2\n\ntwo\n\n$$\nx\n$$"]


def test_entries_of_a_judged_step_are_listed_as_they_are():
    d = derive.derivation("matmul", m=2, k=1, n=2)
    [listed] = SlideWriter(d).entries(d.worked.output)
    assert listed.count("&=") == 4
    assert r"y_{21} &= x_{21} w_{11}" in listed


@pytest.mark.parametrize("sizes", [SIZES, {"m": 2, "k": 2, "n": 2}, {"m": 1, "k": 1, "n": 1}, {"m": 5, "k": 2, "n": 7}])
@pytest.mark.parametrize("operation", ["matmul", "affine"])
def test_no_slide_ends_before_what_it_announces(operation, sizes):
    assert [slide for slide in cut(deck(operation, sizes=sizes)) if slide.rstrip().endswith(":")] == []


def test_the_rules_are_shown_for_any_sizes():
    [first, second, third] = titled(deck(), "an arbitrary entry of")
    assert "$y_{i,j}$ contains $x_{p,q}$ only where $i = p$." in first
    assert "$y_{i,j}$ contains $w_{p,q}$ only where $j = q$." in second
    assert "$y_{i,j}$ contains $b_{q}$ only where $j = q$." in third
    assert titled(deck("softmax", sizes={"m": 2, "n": 2}), "an arbitrary entry of") == []
