"""Formulas in LaTeX: what each operation looks like, and that every formula can be set."""

import re

import pytest
from hypothesis import HealthCheck, given, settings

import derive
from derive.expressions.formula import latex, name_latex, size_latex
from derive.expressions.language import parse
from tests.expressions import SHAPES, questions

MORE = {**SHAPES, "W1": "n,n", "x_0": "n", "alpha": ""}

TABLE = [
    ("A @ x", r"A x"),
    ("A.T", r"A^\top"),
    ("inv(X)", r"X^{-1}"),
    ("inv(X).T", r"X^{-\top}"),
    ("matpow(X,3)", r"X^{3}"),
    ("matpow(X, -2)", r"X^{-2}"),
    ("A * C", r"A \circ C"),
    ("A / C", r"\frac{A}{C}"),
    ("c * A", r"c\, A"),
    ("c / s", r"\frac{c}{s}"),
    ("A**2", r"A^{\circ 2}"),
    ("c**2", r"c^{2}"),
    ("A**-1", r"\frac{1}{A}"),
    ("A**0.5", r"\sqrt{A}"),
    ("A**1.5", r"A^{\circ 3/2}"),
    ("c**n", r"c^{n}"),
    ("2 * A", r"2 A"),
    ("A / 2", r"\tfrac{1}{2}\, A"),
    ("-A", r"-A"),
    ("-A - A", r"-A - A"),
    ("0.5 * A @ x", r"\tfrac{1}{2}\, A x"),
    ("(A + C) @ x", r"(A + C) x"),
    ("c * (A + C)", r"c\, (A + C)"),
    ("kron(A, B)", r"A \otimes B"),
    ("kron(A + C, B) @ vec(B.T @ X)", r"((A + C) \otimes B) \mathrm{vec}(B^\top X)"),
    ("vec(A)", r"\mathrm{vec}(A)"),
    ("unvec(vec(A), m, n)", r"\mathrm{unvec}(\mathrm{vec}(A), m, n)"),
    ("diag(x)", r"\mathrm{diag}(x)"),
    ("diagvec(X)", r"\mathrm{diagvec}(X)"),
    ("tr(X)", r"\mathrm{tr}(X)"),
    ("det(X)", r"\det(X)"),
    ("logdet(X)", r"\log \lvert \det X \rvert"),
    ("log(det(P))", r"\log(\det(P))"),
    ("exp(A)", r"\exp(A)"),
    ("log(p)", r"\log(p)"),
    ("sin(x)", r"\sin(x)"),
    ("cos(x)", r"\cos(x)"),
    ("tanh(x)", r"\tanh(x)"),
    ("abs(x)", r"\lvert x \rvert"),
    ("sign(x)", r"\mathrm{sign}(x)"),
    ("sigmoid(x)", r"\sigma(x)"),
    ("relu(x)", r"\mathrm{relu}(x)"),
    ("softplus(x)", r"\mathrm{softplus}(x)"),
    ("step(x)", r"\mathrm{step}(x)"),
    ("softmax(A)", r"\mathrm{softmax}(A)"),
    ("sum(A)", r"\mathrm{sum}(A)"),
    ("sumsq(A)", r"\lVert A \rVert^2"),
    ("norm1(x)", r"\lVert x \rVert_1"),
    ("norm2(x)", r"\lVert x \rVert"),
    ("logsumexp(x)", r"\mathrm{logsumexp}(x)"),
    ("rowsum(A)", r"\mathrm{rowsum}(A)"),
    ("colsum(A)", r"\mathrm{colsum}(A)"),
    ("ones(m, n)", r"\mathbf{1}_{m \times n}"),
    ("ones(n, 1)", r"\mathbf{1}_{n}"),
    ("ones(1, n)", r"\mathbf{1}_{n}^\top"),
    ("zeros(m, n)", r"\mathbf{0}_{m \times n}"),
    ("eye(n)", r"I_{n}"),
    ("unit(n, 0)", r"e_{1}"),
    ("commutation(m, n)", r"K_{m, n}"),
    ("A[0, 1]", r"A_{12}"),
    ("X.T[9, 10]", r"(X^\top)_{10,11}"),
    ("W1 @ x_0", r"W_{1} x_{0}"),
    ("alpha * x", r"\alpha\, x"),
    ("x.T @ A.T @ b / (x.T @ x)", r"\frac{x^\top A^\top b}{x^\top x}"),
    ("bias(A, r)", r"\mathrm{bias}(A, r)"),
    ("affine(A, B, ones(1,k))", r"\mathrm{affine}(A, B, \mathbf{1}_{k}^\top)"),
    ("exp(x / (1 + sumsq(x)))", r"\exp\left(\frac{1}{1 + \lVert x \rVert^2}\, x\right)"),
    ("(x.T @ y) * A", r"(x^\top y)\, A"),
    ("m * n * c", r"m\, n\, c"),
    ("sqrt(c)", r"\sqrt{c}"),
    ("eye(2)[0, 1]", r"(I_{2})_{12}"),
    ("x / 3", r"\tfrac{1}{3}\, x"),
    ("-(c + s) * x", r"-(c + s)\, x"),
    ("(A @ B).T", r"(A B)^\top"),
    ("inv(X + eye(n))", r"(X + I_{n})^{-1}"),
    ("(x * y).T @ x", r"(x \circ y)^\top x"),
    ("sumsq(x)**2", r"(\lVert x \rVert^2)^{2}"),
    ("norm1(x)**2", r"\lVert x \rVert_1^{2}"),
    ("(c**2)[0, 0]", r"(c^{2})_{11}"),
    ("x_0[1, 0]", r"(x_{0})_{21}"),
    ("inv(X)[0, 1]", r"(X^{-1})_{12}"),
    ("exp(A)[0, 1]", r"\exp(A)_{12}"),
]
"""An expression and its LaTeX."""

COMMANDS = (
    "top frac tfrac circ mathrm mathbf left right sqrt lvert rvert lVert rVert otimes times log exp sin cos tanh det "
    "sigma alpha"
)
"""What KaTeX, MathJax and LaTeX all know; none of it needs a package."""


def twice_raised(tex):
    """Whether two superscripts stand at one place, which LaTeX refuses."""
    flat, before = tex, ""
    while flat != before:  # groups become one letter, from the inside
        before, flat = flat, re.sub(r"\{[^{}]*\}", "g", flat)
    return re.search(r"\^(?:\\[A-Za-z]+|\w)\s*\^", flat) is not None


def assert_settable(tex):
    depth = 0
    for sign in re.sub(r"\\[{}]", "", tex):
        depth += (sign == "{") - (sign == "}")
        assert depth >= 0
    assert depth == 0
    assert tex.count(r"\left") == tex.count(r"\right")
    assert tex.count("(") == tex.count(")")
    assert r"\operatorname" not in tex
    assert set(re.findall(r"\\([A-Za-z]+)", tex)) <= set(COMMANDS.split())
    assert not twice_raised(tex)
    assert "+ -" not in tex
    assert "- -" not in tex


def test_two_superscripts_at_one_place_are_seen():
    assert twice_raised(r"\lVert x \rVert^2^{2}")
    assert twice_raised(r"A^\top^{\circ 2}")
    assert not twice_raised(r"(A^\top)^{\circ 2^{3}}")


@pytest.mark.parametrize(("written", "tex"), TABLE)
def test_the_latex_of_an_expression(written, tex):
    assert latex(parse(written, MORE)) == tex
    assert_settable(tex)


@pytest.mark.parametrize(
    ("name", "tex"),
    [
        ("W", "W"),
        ("W1", "W_{1}"),
        ("x_0", "x_{0}"),
        ("alpha", r"\alpha"),
        ("alpha_1", r"\alpha_{1}"),
        ("Ab_c", "A_{b,c}"),
    ],
)
def test_the_latex_of_a_name(name, tex):
    assert name_latex(name) == tex


def test_the_latex_of_a_size():
    assert size_latex("2*k*n") == "2 k n"
    assert size_latex(3) == "3"


def test_an_answer_has_its_latex_for_notebooks():
    answer = derive.gradient("sumsq(A @ x - b)", wrt="x")
    assert answer.latex == r"2 A^\top (A x - b)"
    assert answer._repr_latex_() == r"$\displaystyle \frac{\partial f}{\partial x} = 2 A^\top (A x - b)$"


@settings(max_examples=150, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(questions())
def test_the_latex_of_every_expression_can_be_set(question):
    try:
        node = parse(question[1], SHAPES)
    except derive.DeriveError:  # a division by 0
        return
    assert_settable(latex(node))
