"""How formulas are written, in LaTeX and in Unicode: names, indices, signs, brackets, dots and line breaks."""

import re
from functools import cache
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import (
    Add,
    Function,
    HadamardProduct,
    ImmutableDenseMatrix,
    Integer,
    MatAdd,
    MatMul,
    Mul,
    OneMatrix,
    Rational,
    Sum,
    Symbol,
    Transpose,
    symbols,
)

import derive.ops
from derive.glyphs import join_signed
from derive.latex import LatexPrinter
from derive.measure import SIZES, TEXT_WIDTH, font, shown, width
from derive.notation import Notation, Vectors
from derive.operation import registered
from derive.order import ReadingOrder
from derive.plain import ROOM, PlainPrinter
from derive.printer import Unprintable
from derive.terms import Delta, Gradient, Labelled, MatrixElement, MatrixSymbol, Partial, Terms
from tests.operations import SOME

i, j, p, q, t, L, x = symbols("i j p q t L x")
m, k, n = (Symbol(size, integer=True, positive=True) for size in "mkn")
X, W, Y, W1, Xhat = (MatrixSymbol(name, 12, 12) for name in ("X", "W", "Y", "W1", "Xhat"))
b, c = MatrixSymbol("b", 1, 12), MatrixSymbol("c", 12, 1)
G = Gradient(L, Y)

TABLE = [
    # names and entries
    (X, "X", "X"),
    (W1, "W^{(1)}", "W1"),
    (Xhat, r"\mathrm{Xhat}", "Xhat"),
    (X[0, 0], "x_{11}", "x₁₁"),
    (X[1, 2], "x_{23}", "x₂₃"),
    (X[i, j], "x_{ij}", "x_ij"),
    (X[i, 0], "x_{i1}", "x[i1]"),
    (W1[1, 2], "w_{23}^{(1)}", "w1[23]"),
    (W1[i, j], "w_{ij}^{(1)}", "w1_ij"),
    (Xhat[1, 2], r"\mathrm{xhat}_{23}", "xhat₂₃"),
    (b[0, 4], "b_{5}", "b₅"),
    (b[0, j], "b_{j}", "b_j"),
    (c[3, 0], "c_{41}", "c₄₁"),
    # numbers and signs
    (Integer(0), "0", "0"),
    (Integer(-3), "-3", "-3"),
    (Rational(1, 2), r"\frac{1}{2}", "1/2"),
    (2 * X[0, 0], "2 x_{11}", "2 x₁₁"),
    (-X[0, 0], "-x_{11}", "-x₁₁"),
    (-2 * X[0, 0], "-2 x_{11}", "-2 x₁₁"),
    (X[0, 0] / 2, r"\frac{1}{2} \, x_{11}", "1/2 x₁₁"),
    (X[0, 0] ** 2, "x_{11}^{2}", "x₁₁^2"),
    # sums, brackets
    (Terms(X[0, 0], W[0, 0]), "x_{11} + w_{11}", "x₁₁ + w₁₁"),
    (Terms(X[0, 0], -W[0, 0]), "x_{11} - w_{11}", "x₁₁ - w₁₁"),
    (Terms(-X[0, 0], -2 * W[0, 0]), "-x_{11} - 2 w_{11}", "-x₁₁ - 2 w₁₁"),
    (Terms(Integer(0), X[0, 0], Integer(0)), "0 + x_{11} + 0", "0 + x₁₁ + 0"),
    (X[0, 0] * Terms(W[0, 0], W[0, 1]), "x_{11} (w_{11} + w_{12})", "x₁₁ (w₁₁ + w₁₂)"),
    (Sum(X[i, t] * W[t, j], (t, 0, k - 1)), r"\sum_{t=1}^{k} x_{it} w_{tj}", "Σ[t=1..k] x_it w_tj"),
    (Sum(X[i, t], (t, 0, 3)), r"\sum_{t=1}^{4} x_{it}", "Σ[t=1..4] x_it"),
    (
        Sum(Terms(X[i, t], W[i, t]), (t, 0, k - 1)),
        r"\sum_{t=1}^{k} (x_{it} + w_{it})",
        "Σ[t=1..k] (x_it + w_it)",
    ),
    (
        Sum(Partial(L, Y[i, j]), (j, 0, n - 1), (i, 0, m - 1)),
        r"\sum_{i=1}^{m} \sum_{j=1}^{n} \frac{\partial L}{\partial y_{ij}}",
        "Σ[i=1..m] Σ[j=1..n] ∂L/∂y_ij",
    ),
    (
        Sum(X[i, t], (t, 0, k - 1)) * W[0, 0],
        r"w_{11} \sum_{t=1}^{k} x_{it}",
        "w₁₁ Σ[t=1..k] x_it",
    ),
    # derivatives and deltas
    (Partial(Y[0, 0], X[0, 1]), r"\frac{\partial y_{11}}{\partial x_{12}}", "∂y₁₁/∂x₁₂"),
    (Partial(L, X[p, q]), r"\frac{\partial L}{\partial x_{pq}}", "∂L/∂x_pq"),
    (
        Partial(X[0, 0] * W[0, 0], X[0, 0]),
        r"\frac{\partial}{\partial x_{11}} (x_{11} w_{11})",
        "∂/∂x₁₁ (x₁₁ w₁₁)",
    ),
    (
        Partial(Sum(X[i, t], (t, 0, k - 1)), X[p, q]),
        r"\frac{\partial}{\partial x_{pq}} \sum_{t=1}^{k} x_{it}",
        "∂/∂x_pq Σ[t=1..k] x_it",
    ),
    (-Partial(L, Y[0, 0]), r"-\frac{\partial L}{\partial y_{11}}", "-∂L/∂y₁₁"),
    (
        Partial(L, Y[0, 0]) * W[0, 1],
        r"\frac{\partial L}{\partial y_{11}} \, w_{12}",
        "∂L/∂y₁₁ · w₁₂",
    ),
    (Delta(i, p), r"\delta_{ip}", "δ_ip"),
    (Delta(i, p) * W[q, j], r"\delta_{ip} w_{qj}", "δ_ip w_qj"),
    # matrices
    (G, r"\frac{\partial L}{\partial Y}", "∂L/∂Y"),
    (X.T, r"X^{\top}", "Xᵀ"),
    (W1.T, r"{W^{(1)}}^{\top}", "W1ᵀ"),
    (Transpose(G), r"\left(\frac{\partial L}{\partial Y}\right)^{\top}", "(∂L/∂Y)ᵀ"),
    (MatMul(G, W.T), r"\frac{\partial L}{\partial Y} \, W^{\top}", "∂L/∂Y · Wᵀ"),
    (MatMul(X.T, G), r"X^{\top} \, \frac{\partial L}{\partial Y}", "Xᵀ · ∂L/∂Y"),
    (MatMul(2, X, W), r"2 \, X \, W", "2 · X · W"),
    (MatMul(-1, X), "-X", "-X"),
    (MatMul(-2, X), r"-2 \, X", "-2 · X"),
    (MatMul(HadamardProduct(X, W), Y), r"(X \odot W) \, Y", "(X ⊙ W) · Y"),
    (MatMul(MatAdd(X, W), Y), "(X + W) \\, Y", "(X + W) · Y"),
    (HadamardProduct(X, W), r"X \odot W", "X ⊙ W"),
    (HadamardProduct(MatMul(X, W), Y), r"(X \, W) \odot Y", "(X · W) ⊙ Y"),
    (MatAdd(X, MatMul(OneMatrix(m, 1), b)), r"X + \mathbf{1}_{m} \, b", "X + 𝟏[m] · b"),
    (MatAdd(X, MatMul(-1, W)), "X - W", "X - W"),
    (OneMatrix(m, 1), r"\mathbf{1}_{m}", "𝟏[m]"),
    (OneMatrix(1, m), r"\mathbf{1}_{m}^{\top}", "𝟏[m]ᵀ"),
    (OneMatrix(2, 3), r"\mathbf{1}_{2 \times 3}", "𝟏[2×3]"),
    (MatrixElement(X.T, p, i), r"\left(X^{\top}\right)_{pi}", "(Xᵀ)_pi"),
    (MatrixElement(G, p, q), r"\left(\frac{\partial L}{\partial Y}\right)_{pq}", "(∂L/∂Y)_pq"),
    (MatrixElement(MatMul(X, W), i, j), r"(X \, W)_{ij}", "(X · W)_ij"),
    # matrices written out
    (ImmutableDenseMatrix([[x, 0], [0, x]]), r"\begin{bmatrix} x & 0 \\ 0 & x \end{bmatrix}", "⎡ x  0 ⎤\n⎣ 0  x ⎦"),
    (ImmutableDenseMatrix([[x, 2]]), r"\begin{bmatrix} x & 2 \end{bmatrix}", "[ x  2 ]"),
    (
        ImmutableDenseMatrix([[1], [2], [3]]),
        r"\begin{bmatrix} 1 \\ 2 \\ 3 \end{bmatrix}",
        "⎡ 1 ⎤\n⎢ 2 ⎥\n⎣ 3 ⎦",
    ),
    (
        Labelled(ImmutableDenseMatrix([[1, 2]]), b.T.T),
        r"\underbrace{\begin{bmatrix} 1 & 2 \end{bmatrix}}_{b}",
        "[ 1  2 ]",
    ),
    (
        MatMul(Labelled(ImmutableDenseMatrix([[1], [2]]), c), Labelled(ImmutableDenseMatrix([[3, 4]]), b)),
        r"\underbrace{\begin{bmatrix} 1 \\ 2 \end{bmatrix}}_{c} "
        r"\, \underbrace{\begin{bmatrix} 3 & 4 \end{bmatrix}}_{b}",
        "⎡ 1 ⎤ · [ 3  4 ]\n⎣ 2 ⎦",
    ),
]


def tidy(latex):
    """LaTeX without what is a matter of taste: thin spaces, and braces around a single digit."""
    return re.sub(r"\s+", " ", latex.replace(r"\,", " ").replace(r"\mathbf{1}", r"\mathbf 1"))


def printers(wide=False, **notation):
    """Both printers, in a reading order that has X before W before Y, and b a vector."""
    vectors = Vectors(rows=frozenset("b"))
    pair = tuple(printer(Notation(**notation), vectors, wide) for printer in (LatexPrinter, PlainPrinter))
    for printer in pair:
        printer.order = ReadingOrder(["X", "W", "Y"])
    return pair


@pytest.mark.parametrize(("expr", "latex", "plain"), TABLE, ids=[plain for *_, plain in TABLE])
def test_a_formula_is_written(expr, latex, plain):
    written = [printer.text(expr) for printer in printers()]
    assert [tidy(written[0]), written[1]] == [tidy(latex), plain]


@pytest.mark.parametrize(
    ("expr", "latex", "plain"),
    [
        (X[0, 10], "x_{1,11}", "x[1,11]"),
        (X[10, 0], "x_{11,1}", "x[11,1]"),
        (X[0, 0], "x_{1,1}", "x[1,1]"),  # in all entries of a page, or in none
        (X[i, j], "x_{ij}", "x_ij"),
        (X[i, 0], "x_{i,1}", "x[i,1]"),
        (b[0, 11], "b_{12}", "b₁₂"),
        (Delta(Integer(0), j), r"\delta_{1,j}", "δ[1,j]"),
        (Partial(L, Y[9, 9]), r"\frac{\partial L}{\partial y_{10,10}}", "∂L/∂y[10,10]"),
    ],
)
def test_indices_have_commas_where_there_may_be_two_digits(expr, latex, plain):
    assert tuple(printer.text(expr) for printer in printers(wide=True)) == (latex, plain)


@pytest.mark.parametrize(("size", "comma"), [(9, False), (10, True), (12, True)])
def test_commas_begin_at_size_ten(size, comma):
    page = derive.derivation("hadamard", m=2, n=size).render("md")
    assert ("x_{1,1}" in page) is comma
    assert ("x_{11}" in page) is not comma


@pytest.mark.parametrize("expr", [Function("f")(x), Symbol("x") < 1, ReadingOrder])
def test_what_has_no_notation_is_not_guessed(expr):
    for printer in printers():
        with pytest.raises(Unprintable, match="no notation"):
            printer.text(expr)


# Order ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("names", list(permutations("XWY")), ids="".join)
@pytest.mark.parametrize("order", list(permutations("XWY")), ids="".join)
def test_matrix_products_are_never_reordered(names, order):
    """In sympy a matrix product is also a product, and a product may be sorted; this one may not."""
    matrices = {"X": X, "W": W, "Y": Y}
    factors = [matrices[name] for name in names]
    for printer in printers():
        printer.order = ReadingOrder(order, order)
        assert re.findall("[XWY]", printer.text(MatMul(*factors))) == list(names)
        assert re.findall("[XWY]", printer.text(MatMul(2, *factors))) == list(names)
        assert re.findall("[XWY]", printer.text(MatAdd(*factors))) == list(names)
        assert re.findall("[XWY]", printer.text(HadamardProduct(*factors))) == list(names)
        turned = [Transpose(factor) for factor in factors]
        assert re.findall("[XWY]", printer.text(MatMul(*turned))) == list(names)
        entry = MatrixElement(MatMul(*factors), i, j)
        assert re.findall("[XWY]", printer.text(entry)) == list(names)


@given(st.permutations([X[0, 0], X[0, 1], W[0, 0], Y[1, 0]]), st.permutations("XWY"))
def test_products_of_entries_follow_the_reading_order(parts, order):
    for printer in printers():
        printer.order = ReadingOrder(order)
        letters = re.findall("[xwy]", printer.text(Mul(*parts)))
        assert letters == sorted(letters, key=lambda letter: order.index(letter.upper()))


@given(st.permutations([X[0, 0], X[0, 1], W[0, 0], Y[1, 0]]))
def test_sums_of_sympy_follow_the_reading_order(parts):
    assert {printer.text(Add(*parts)) for printer in printers()} == {
        "x_{11} + x_{12} + w_{11} + y_{21}",
        "x₁₁ + x₁₂ + w₁₁ + y₂₁",
    }


@given(st.permutations([X[0, 0], X[0, 1], -W[0, 0], Integer(0)]))
def test_written_out_sums_keep_their_order(parts):
    for printer in printers():
        assert printer.text(Terms(*parts)) == join_signed([printer.text(part) for part in parts])


@pytest.mark.parametrize(
    ("texts", "joined"),
    [(["a"], "a"), (["-a"], "-a"), (["a", "b"], "a + b"), (["a", "-b"], "a - b"), (["-a", "-b", "0"], "-a - b + 0")],
)
def test_signs(texts, joined):
    assert join_signed(texts) == joined


# Dots ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "most", "keep", "items"),
    [
        (1, 1, (), [0]),
        (3, 3, (), [0, 1, 2]),
        (4, 3, (), [0, 1, None, 3]),
        (5, 4, (2,), [0, 1, 2, None, 4]),
        (5, 3, (), [0, 1, None, 4]),
        (100, 10, (), [0, 1, None, 99]),
        (9, 5, (0, 1, 8), [0, 1, None, 8]),
        (9, 5, (2,), [0, 1, 2, None, 8]),
        (9, 5, (3,), [0, 1, 2, 3, None, 8]),  # there is room: dots for a single item would save nothing
        (9, 5, (6,), [0, 1, None, 6, 7, 8]),
        (9, 4, (6,), [0, 1, None, 6, None, 8]),
        (9, 5, (4, 5), [0, 1, None, 4, 5, None, 8]),
    ],
)
def test_which_items_are_shown(count, most, keep, items):
    assert shown(count, most, keep) == items


@given(st.integers(1, 40), st.integers(1, 12), st.lists(st.integers(0, 39), max_size=4))
def test_dots_stand_for_what_is_missing_and_nothing_is_lost(count, most, keep):
    keep = [number for number in keep if number < count]
    items = shown(count, most, keep)
    numbers = [number for number in items if number is not None]
    assert numbers == sorted(set(numbers))
    assert {0, count - 1, *keep} <= set(numbers)
    for before, item, after in zip(items, items[1:], items[2:], strict=False):
        if item is None:
            assert after - before > (1 if len(numbers) >= most else 2)
        elif before is not None:
            assert item - before == 1
    if count <= most:
        assert numbers == list(range(count))


WIDE = ImmutableDenseMatrix(12, 12, lambda a, b: X[a, b])


def test_a_large_matrix_has_dots_in_all_three_directions():
    latex, plain = (printer.text(WIDE) for printer in printers(wide=True))
    assert [latex.count(dots) for dots in (r"\cdots", r"\vdots", r"\ddots")] == [3, 3, 1]
    assert [plain.count(dots) for dots in "⋯⋮⋱"] == [3, 3, 1]
    assert "x_{12,12}" in latex
    assert "x_{3,3}" not in latex
    lines = plain.split("\n")
    assert len({len(line) for line in lines}) == 1
    assert len(lines) == 4


def test_asked_for_in_full_there_are_no_dots():
    latex, plain = (printer.text(WIDE) for printer in printers(wide=True, full=True))
    assert not re.search(r"dots|[⋯⋮⋱]", latex + plain)
    assert len(re.findall(r"x_\{\d+,\d+\}", latex)) == len(re.findall(r"x\[\d+,\d+\]", plain)) == 144


def test_a_long_sum_in_a_cell_shows_its_ends():
    cell = Terms(*(X[0, s] * W[s, 0] for s in range(12)))
    for printer, dots in zip(printers(), (r"+ \cdots +", "+ ⋯ +"), strict=True):
        text = printer.text(ImmutableDenseMatrix([[cell]]))
        assert dots in text
        assert printer.text(cell.args[0]) in text
        assert printer.text(cell.args[-1]) in text
        assert printer.text(cell.args[6]) not in text


# Widths --------------------------------------------------------------------------------------------


@given(st.lists(st.sampled_from(["x_{11}", r"\frac{a}{b}", r"\sum_{t=1}^{k}", "+", r"\, ", "W^{\\top}"]), max_size=8))
def test_more_is_wider(parts):
    widths = [width(" ".join(parts[:count])) for count in range(len(parts) + 1)]
    assert widths == sorted(widths)
    assert widths[0] == 0


@pytest.mark.parametrize(
    ("tex", "low", "high"),
    [
        ("x", 0.4, 0.7),
        ("x_{23}", 1.0, 1.7),
        (r"\frac{a}{b}", 0.5, 1.0),
        (r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}", 2.5, 4.0),
        (r"\underbrace{\begin{bmatrix} 1 & 2 \end{bmatrix}}_{X}", 2.5, 4.0),
        (r"\left(x\right)", 1.0, 1.7),
    ],
)
def test_widths_are_about_right(tex, low, high):
    assert low <= width(tex) <= high


def test_the_font_shrinks_as_the_line_grows():
    names = [name for name, _ in SIZES]
    fonts = [font(TEXT_WIDTH * grown / 10) for grown in range(1, 30)]
    assert sorted(fonts, key=names.index) == fonts
    assert fonts[0] == names[0] == ""
    assert fonts[-1] == names[-1]


# Whole pages ---------------------------------------------------------------------------------------

SMALL = ({"m": 1, "k": 1, "n": 1}, {"m": 2, "k": 4, "n": 3}, {"m": 3, "k": 3, "n": 3})
LARGE = {"m": 11, "k": 5, "n": 12}
PAGES = [(name, sizes) for turn, name in enumerate(SOME) for sizes in (SMALL[turn % 3], LARGE)]


def page(name, sizes, form, **more):
    letters = registered()[name].signature.sizes
    return derived(name, *((letter, sizes[letter]) for letter in letters)).render(form, **more)


@cache
def derived(name, *sizes):
    return derive.derivation(name, **dict(sizes))


def displays(text):
    """The displayed formulas of a Markdown page."""
    return re.findall(r"^\$\$\n(.*?)\n\$\$$", text, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize(
    ("name", "sizes", "full"),
    [(name, sizes, full) for turn, (name, sizes) in enumerate(PAGES) for full in (False, True)[: 1 + (turn % 4 != 1)]],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_no_page_has_what_a_renderer_refuses(name, sizes, full):
    """Constructs that one of KaTeX, MathJax and GitHub does not know, or that Markdown takes for its own."""
    text = page(name, sizes, "md", full=full)
    assert not re.search(
        r"\\operatorname|\\label|\\bm\b|\\mathop|\\tag|\\require|\\newcommand|\\middle|\\scalebox", text
    )
    assert text.count("$$") == 2 * len(displays(text))
    assert len(displays(text)) > 10
    for formula in displays(text):
        assert "$" not in formula
        for line in formula.split("\n"):
            assert line.strip(), "a blank line ends the formula"
            assert not re.match(r"\s*(=+|-+)\s*$", line), "a lone line of = or - makes a heading"
            assert not re.match(r"\s*([-+*>#]|\d+[.)])\s", line), "the line begins a list, a quotation or a heading"
        assert formula.count("{") == formula.count("}")
        assert formula.count(r"\left") == formula.count(r"\right")
        assert sorted(re.findall(r"\\begin\{(\w+)\}", formula)) == sorted(re.findall(r"\\end\{(\w+)\}", formula))
        assert set(re.findall(r"\\begin\{(\w+)\}", formula)) <= {"aligned", "bmatrix"}
    assert not re.search(r"[^\S\n]\n", text.replace("  \n", "")), "spaces at the end of a line"
    assert "\n\n\n" not in text


@pytest.mark.parametrize(("name", "sizes"), PAGES, ids=lambda value: value if isinstance(value, str) else "")
@pytest.mark.parametrize("form", ["md", "tex", "txt"])
def test_no_page_shows_how_the_program_sees_it(name, sizes, form):
    text = page(name, sizes, form)
    assert not re.search(r"MatrixSymbol|Matrix\(|Partial|Gradient\(|Terms|Labelled|Delta|None|<|object at", text)
    assert not re.search(r"\+ -|- -|\+ \+|--", text.replace("---", "")), "two signs in a row"
    assert not re.search(r"[xwyb]_\{?0", text), "indices count from 1"
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


@pytest.mark.parametrize("name", [name for name in SOME if name != "softmax"])
def test_lines_of_a_page_in_unicode_are_not_too_long_for_their_terminal(name):
    """Formulas are broken or elided, but for the indent, an equality sign and brackets; prose is not broken."""
    for line in page(name, {"m": 12, "k": 12, "n": 12}, "txt").split("\n"):
        if line.startswith("    "):
            assert len(line) <= ROOM + 20, line


def test_a_long_sum_is_broken_before_a_plus():
    text = derive.derivation("matmul", m=3, k=2, n=4).render("txt")
    start = text.index("∂L/∂x₂₁\n")
    first, second, *_ = text[start:].split("\n      = ")[1].split("\n")
    assert second.strip().startswith("+ ∂L/∂y")
    assert not first.rstrip().endswith("+")


def test_signs_survive_a_line_break():
    """A sum of negative terms that is broken into lines: no line begins with + and goes on with -."""
    from derive.latex_display import LatexWriter
    from derive.plain_display import PlainWriter
    from derive.proof import Calc, Reason, Step

    derivation = derive.derivation("matmul", m=3, k=2, n=4)
    long = Terms(*(-Partial(L, Y[a, b]) * W[a, b] for a in range(4) for b in range(4)))
    calc = Calc(Partial(L, X[0, 0]), (Step(long, Reason("test", "test")),))
    for writer in (LatexWriter(derivation), PlainWriter(derivation)):
        text = writer.calc(calc)
        assert "\n" in text
        assert not re.search(r"\+\s*(\{\}\s*)?-", text), text
