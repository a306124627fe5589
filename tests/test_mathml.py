"""Formulas in MathML: every construct that pages hold, and nothing that only looks like one."""

import re
import xml.etree.ElementTree as ET

import pytest

from derive.errors import DeriveError
from derive.mathml import mathml


def written(tex, **options):
    """The content of the formula, without what surrounds it."""
    found = re.fullmatch(r"<math[^>]*><semantics>(.*)<annotation [^>]*>.*</annotation></semantics></math>",
                         mathml(tex, **options), re.DOTALL)  # fmt: skip
    return found[1]


def leaves(tex, **options):
    """What is read, in order; without the sign that a function is applied."""
    tree = ET.fromstring(f"<all>{written(tex, **options)}</all>")
    tokens = [node.text for node in tree.iter() if node.tag in ("mi", "mn", "mo", "mtext")]
    return " ".join(token for token in tokens if token != "\u2061")


CONSTRUCTS = [
    # (LaTeX, what its MathML contains, its leaves)
    ("x", "<mi>x</mi>", "x"),
    ("12.5", "<mn>12.5</mn>", "12.5"),
    ("x_{12}", "<msub><mi>x</mi><mn>12</mn></msub>", "x 12"),
    ("x_{1,2,8}", '<mn>1</mn><mo lspace="0" rspace="0">,</mo><mn>2</mn>', "x 1 , 2 , 8"),
    ("x_i^2", "<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup>", "x i 2"),
    ("x^2_i", "<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup>", "x i 2"),
    ("x^12", "<msup><mi>x</mi><mn>1</mn></msup><mn>2</mn>", "x 1 2"),
    (r"\frac{a + b}{2}", "<mfrac><mrow><mi>a</mi>", "a + b 2"),
    (r"\frac{\partial L}{\partial x_{12}}", "<mfrac><mrow><mi>∂</mi><mi>L</mi></mrow>", "∂ L ∂ x 12"),
    (r"\frac{\partial}{\partial b}", "<mfrac><mi>∂</mi>", "∂ ∂ b"),
    (r"\frac{\mathrm{d} L}{\mathrm{d} x}", '<mi mathvariant="normal">d</mi><mi>L</mi>', "d L d x"),
    (r"\sqrt{x + 1}", "<msqrt><mrow><mi>x</mi>", "x + 1"),
    (r"e^{-x}", '<mo form="prefix" lspace="0" rspace="0">−</mo>', "e − x"),
    (r"a - b", '<mo form="infix">−</mo>', "a − b"),
    (r"a = -b", '<mo form="prefix" lspace="0" rspace="0">−</mo>', "a = − b"),
    (r"{} + b", '<mo form="infix">+</mo>', "+ b"),
    (r"A \odot B \oslash C \otimes D", "<mo>⊙</mo>", "A ⊙ B ⊘ C ⊗ D"),
    (r"a \cdot b \times c", "<mo>×</mo>", "a ⋅ b × c"),
    (r"X^{\circ 2}", '<mrow><mo lspace="0" rspace="0">∘</mo><mn>2</mn></mrow>', "X ∘ 2"),
    (r"X^{\top}", '<msup><mi>X</mi><mi mathvariant="normal">⊤</mi></msup>', "X ⊤"),
    (r"X^{T}", "<msup><mi>X</mi><mi>T</mi></msup>", "X T"),
    (r"{W^{(1)}}^{\top}", "<msup><msup>", "W ( 1 ) ⊤"),
    (r"\left(X^{-1}\right)^{\top}", '<msup><mrow><mo form="prefix"', "( X − 1 ) ⊤"),
    (r"\left(\frac{a}{b}\right)", '<mo form="prefix" stretchy="true">(</mo><mfrac>', "( a b )"),
    (r"\left(X\right)", '<mo form="prefix" stretchy="false">(</mo>', "( X )"),
    (r"\left\langle A, B \right\rangle_{F}", "<msub><mrow>", "⟨ A , B ⟩ F"),
    (r"\lvert x \rvert", '<mo form="postfix" stretchy="false">|</mo>', "| x |"),
    (r"\lVert X \rVert^2", '<msup><mo form="postfix" stretchy="false">‖</mo><mn>2</mn></msup>', "‖ X ‖ 2"),
    (r"\sum_{i=1}^{m} y_{ij}", '<munderover><mo lspace="0" rspace="0">∑</mo>', "∑ i = 1 m y i j"),
    (r"\mathbf 1_{m}", "<msub><mn>𝟏</mn><mi>m</mi></msub>", "𝟏 m"),
    (r"\mathbf{W}", "<mi>𝐖</mi>", "𝐖"),
    (r"\boldsymbol{W} \boldsymbol{\theta}", "<mi>𝑾</mi><mi>𝜽</mi>", "𝑾 𝜽"),
    (r"\mathbf e_{3}", "<msub><mi>𝐞</mi>", "𝐞 3"),
    (r"\mathrm{hidden}_{2}", "<msub><mi>hidden</mi>", "hidden 2"),
    (r"X \in \mathbb{R}^{m \times n}", "<msup><mi>ℝ</mi>", "X ∈ ℝ m × n"),
    (r"f : A \rightarrow B", '<mo stretchy="false">→</mo>', "f : A → B"),
    (r"\delta_{ij} \sigma\left(x\right)", "<mi>δ</mi><mrow><mi>i</mi><mi>j</mi></mrow>", "δ i j σ ( x )"),
    (r"\log x", '<mi>log</mi><mo>\u2061</mo><mspace width="0.1667em"></mspace><mi>x</mi>', "log x"),
    (r"\log \lvert \det X \rvert", "<mi>log</mi><mo>\u2061</mo><mo form", "log | det X |"),
    (r"x \cdots y", '<mspace width="0.1667em"></mspace><mi>⋯</mi>', "x ⋯ y"),
    (r"i \neq p, a < b", '<mo stretchy="false">&lt;</mo>', "i ≠ p , a < b"),
    (r"a \, b \; c \quad d", '<mspace width="1em">', "a b c d"),
    (r"\text{for } i", "<mtext>for\u00a0</mtext>", "for\u00a0 i"),
    (r"\text{by Cramer's rule, a \& b < c}", "by Cramer’s rule, a &amp; b &lt; c", "by Cramer’s rule, a & b < c"),
    (r"\underbrace{X}_{m \times k}", '<munder><munder accentunder="true"><mi>X</mi>', "X ⏟ m × k"),
    (r"\overbrace{X}^{A}", '<mover><mover accent="true"><mi>X</mi>', "X ⏞ A"),
    (r"\boxed{\;a = b\;}", '<mrow class="boxed">', "a = b"),
    (r"\blacksquare", "■", "■"),
    (r"{\small a}", '<mstyle mathsize="92%"><mi>a</mi></mstyle>', "a"),
    (r"{\scriptsize \begin{bmatrix} a \end{bmatrix}}", '<mstyle mathsize="78%"><mrow>', "[ a ]"),
    (r"\begin{bmatrix} a & b \\ c & d \end{bmatrix}", "<mtr><mtd><mi>a</mi></mtd><mtd>", "[ a b c d ]"),
    (r"\begin{bmatrix} a \\[0.5em] b \end{bmatrix}", '<mtr style="--gap:0.5em">', "[ a b ]"),
    (r"\begin{bmatrix} \vdots & \ddots \end{bmatrix}", "<mi>⋱</mi>", "[ ⋮ ⋱ ]"),
    (r"\begin{pmatrix} a \end{pmatrix}_{2 \times 3}", "</mrow><mrow><mn>2</mn>", "( a ) 2 × 3"),
    (
        "\\begin{aligned}\na &= b && \\text{why} \\\\[0.6em]\n&= c\n\\end{aligned}",
        '<mtable class="aligned" displaystyle="true"><mtr style="--gap:0.6em"><mtd><mi>a</mi></mtd><mtd><mo',
        "a = b why = c",
    ),
    (r"\begin{aligned} a \\ \end{aligned}", "<mtr><mtd><mi>a</mi></mtd></mtr></mtable>", "a"),
    (r"a = b \tag{3}", "<mtext>(3)</mtext>", "a = b (3)"),
    (r"\displaystyle \frac{a}{b}", '<mstyle displaystyle="true"><mfrac>', "a b"),
]


@pytest.mark.parametrize(("tex", "contained", "read"), CONSTRUCTS, ids=[tex for tex, _, _ in CONSTRUCTS])
def test_a_construct(tex, contained, read):
    assert contained in written(tex)
    assert leaves(tex) == read


@pytest.mark.parametrize("tex", [tex for tex, _, _ in CONSTRUCTS])
@pytest.mark.parametrize("display", [False, True])
def test_what_every_formula_has(tex, display):
    [math] = [ET.fromstring(mathml(tex, display))]
    assert math.get("display") == ("block" if display else None)
    assert math.get("alttext").split() == tex.split()
    [semantics] = math
    content, annotation = semantics
    assert annotation.get("encoding") == "application/x-tex"
    assert annotation.text == tex
    for node in content.iter():
        wanted = {"mfrac": 2, "msub": 2, "msup": 2, "msubsup": 3, "munder": 2, "mover": 2, "munderover": 3}
        if node.tag in wanted:
            assert len(node) == wanted[node.tag], node.tag


GARBAGE = [
    "", " ", "{}", "x_", "x^", "_", "x_{1", "x}", "{x", "x_1_2", "x^1^2", "x^{a}^{b}", r"\foo", r"\foo x", "a & b",
    r"a \\ b", r"\frac{a}", r"\frac a", r"\frac{a}{", r"\left( a", r"\left( a \right", r"a \right)",
    r"\left a \right)", r"\left\{ a \right)x_", r"\begin{bmatrix} a", r"\begin{bmatrix} a \end{pmatrix}",
    r"\begin{cases} a \end{cases}", r"\end{bmatrix}", r"\text{a", r"\text a", r"\text{$x$}", r"\text{\alpha}",
    r"\mathbb{1}", r"\mathbf{a+b}", r"\mathrm{}", r"\sqrt[3]{x}", r"\sqrt", r"=_2", r"(_2", r"\boxed",
    r"\underbrace", "a # b", "a % b", "a ~ b", "é", "$x$", r"\(x\)", r"\operatorname{tr} X", r"\bm{x}",
    r"\label{a} x", r"a \tag", r"\.", "\\", "x'", r"\cancel{x}", r"\hspace{1em}",
    r"\left{ a \right}", r"\left[ a \right\foo", "`", '"', "@", "|x|", "a\0b", r"\frac\frac{a}{b}{c}d\\",
]  # fmt: skip


@pytest.mark.parametrize("tex", GARBAGE)
def test_what_is_not_known_is_refused(tex):
    with pytest.raises(DeriveError, match="MathML"):
        mathml(tex)


@pytest.mark.parametrize("tex", [tex for tex, _, _ in CONSTRUCTS if len(tex) > 4])
def test_what_is_cut_off_in_the_middle_is_refused(tex):
    for end in range(1, len(tex)):
        part = tex[:end]
        try:
            mathml(part)
        except DeriveError:
            continue
        tokens = re.findall(r"\\[A-Za-z]+|\\.|.", part)
        for opening, closing in (("{", "}"), (r"\left", r"\right"), (r"\begin", r"\end")):
            assert tokens.count(opening) == tokens.count(closing), part


def test_digits_of_an_index_are_heard_apart():
    assert leaves("x_{12} + 12 + 2^{12}", digits_apart=True) == "x 1 2 + 12 + 2 12"


def test_spaces_are_those_of_tex():
    thin = '<mspace width="0.1667em">'
    assert thin not in written("x y (z)")
    assert written(r"\sum_{i=1}^{m} x").count(thin) == written(r"x \sum_{i=1}^{m}").count(thin) == 1
    assert written(r"x_{y \log z}").count(thin) == 0, "there are none in a script"
    assert written(r"x \, y").count(thin) == 1
