"""The reader of the documents, on small true samples and on the errors that are planted in them.

Each sample is one construct of the documents.  It is read in every notation, and found true; then each error
is planted in it, in every notation, and found.  ∂a/∂b, ⊤, ⋯, ⋮, ⋱ and [[ ... // ... ]] are short for their LaTeX.
"""

import json
import re
from dataclasses import replace

import pytest

from tests.reading import (
    Given,
    Sentence,
    about,
    added_up,
    entry_of,
    factor,
    has_shape,
    index_counts,
    mean,
    read_document,
    row_times_column,
    same,
    sigmoid,
    sigmoids,
    squares,
    under,
    used_in,
)


def matmul(X, W):
    return [[sum(a * b for a, b in zip(row, column, strict=True)) for column in zip(*W, strict=True)] for row in X]


def affine(X, W, b):
    return [[y + z for y, z in zip(row, b[0], strict=True)] for row in matmul(X, W)]


def column(W, X, b):
    return [[y + z for y in row] for row, (z,) in zip(matmul(W, X), b, strict=True)]


SIZES = (("m", 2), ("k", 4), ("n", 3))
M = Given(matmul, (("X", ("m", "k")), ("W", ("k", "n"))), ("Y", ("m", "n")), "L", SIZES)
A = Given(affine, (*M.inputs, ("b", ("1", "n"))), M.output, "L", SIZES)
C = Given(column, (("W", ("m", "k")), ("X", ("k", "n")), ("b", ("m", "1"))), M.output, "L", SIZES)
MEAN = replace(M, total=mean)


def latex(text):
    """The LaTeX of a sample."""
    name = r"[A-Za-z](?:_\{[^}]*\}|_\w)?"
    text = re.sub(rf"∂({name})/∂({name})", r"\\frac{\\partial \1}{\\partial \2}", text)
    text = re.sub(rf"∂/∂({name})", r"\\frac{\\partial}{\\partial \1}", text)
    signs = {"⊤": r"^{\top}", "⋯": r"\cdots", "⋮": r"\vdots", "⋱": r"\ddots", "//": r"\\"}
    signs |= {"[[": r"\begin{bmatrix}", "]]": r"\end{bmatrix}"}
    for sign, tex in signs.items():
        text = text.replace(sign, tex)
    return text


def restyled(tex, comma=False, d=False, bold="", capital=False, matrix="bmatrix", product="", transpose=r"\top"):
    """The same in another notation."""
    tex = tex.replace("bmatrix", matrix).replace(r"^{\top}", f"^{{{transpose}}}")
    if product:
        tex = re.sub(r"(?<!\^\{\w)(?<!matrix)\} (?=[xw]_)", lambda m: f"}} {product} ", tex)
    if comma:
        tex = re.sub(r"(?<=[xwy])_\{(\w)(\w)\}", r"_{\1,\2}", tex)
    if bold:
        tex = re.sub(r"(?<![A-Za-z\\])([XWYBb])(?![A-Za-z]|_\{[^}]\}|_\{[^}]{2,3}\})", rf"\\{bold}{{\1}}", tex)
    if capital and "mathbb" not in tex:
        tex = re.sub(r"(?<![A-Za-z])([xwy])(?=_\{[^}])", lambda m: m[1].upper(), tex)
    return re.sub(r"\\partial(?![a-z])", r"\\mathrm{d}", tex) if d else tex


NOTATIONS = {
    "plain": {},
    "slides": {"comma": True, "product": r"\times", "transpose": "T"},
    "readme": {"d": True, "bold": "mathbf", "transpose": "T"},
    "indices": {"capital": True, "transpose": "T"},
    "lecture": {"comma": True, "matrix": "pmatrix", "transpose": "T", "product": r"\cdot"},
    "post": {"bold": "boldsymbol", "transpose": "T"},
}


def drawn(entry, rows, columns):
    """A matrix drawn by its ends."""
    lines = [f"{entry(i, '1')} & {entry(i, '2')} & ⋯ & {entry(i, columns)}" for i in ("1", "2", rows)]
    return f"[[ {lines[0]} // {lines[1]} // ⋮ & ⋮ & ⋱ & ⋮ // {lines[2]} ]]"


def e(name):
    return lambda i, j: f"{name}_{{{i}{j}}}"


def d(name):
    return lambda i, j: f"∂L/∂{name}_{{{i}{j}}}"


def turned(name):
    return lambda i, j: f"{name}_{{{j}{i}}}"


def ends(i, j):
    return f"x_{{{i}1}} w_{{1{j}}} + x_{{{i}2}} w_{{2{j}}} + ⋯ + x_{{{i}k}} w_{{k{j}}}"


def sums(i, j):
    return f"\\sum_{{j=1}}^{{n}} ∂L/∂y_{{{i}j}} w_{{{j}j}}"


SAMPLES = {}
SAMPLES["draw"] = (
    M,
    "X = " + drawn(e("x"), "m", "k"),
    [
        ("x_{mk}", "x_{mn}"),
        ("x_{m2}", "x_{m1}"),
        ("x_{22}", "x_{21}"),
        ("x_{2k}", "x_{1k}"),
        ("x_{m1}", "x_{k1}"),
        ("⋮ & ⋱", "⋱ & ⋮"),
        ("x_{1k}", "x_{13}"),
        ("X =", "W ="),
    ],
)
SAMPLES["three"] = (
    M,
    "\\quad ".join(f"{n} = " + drawn(e(n.lower()), *s) for n, s in [("X", "mk"), ("W", "kn"), ("Y", "mn")]),
    [("w_{kn}", "w_{nk}"), ("W =", "X ="), ("y_{m2}", "y_{m1}")],
)
SAMPLES["braced"] = (
    M,
    rf"\overbrace{{{drawn(e('y'), 'm', 'n')}}}^{{Y}} = \overbrace{{{drawn(e('x'), 'm', 'k')}}}^{{X}} \times \overbrace{{{drawn(e('w'), 'k', 'n')}}}^{{W}}",
    [
        ("x_{m1}", "x_{k1}"),
        ("^{W}", "^{X}"),
        ("^{Y}", "^{W}"),
        ("w_{k2}", "w_{k1}"),
        ("w_{k2}", "w_{n2}"),
        ("y_{m2}", "y_{m1}"),
    ],
)
SAMPLES["product"] = (
    M,
    f"Y = {drawn(e('y'), 'm', 'n')} = {drawn(ends, 'm', 'n')}",
    [
        ("x_{1k} w_{k1}", "x_{1n} w_{n1}"),
        ("x_{m2} w_{22}", "x_{m2} w_{12}"),
        ("x_{m2} w_{22}", "x_{m1} w_{22}"),
        ("x_{2k} w_{kn}", "x_{2k} w_{kk}"),
        ("x_{11} w_{11} + x_{12} w_{21} +", "x_{11} w_{11} + x_{12} w_{11} +"),
    ],
)
SAMPLES["unlabelled"] = (
    M,
    f"∂L/∂W = {drawn(turned('x'), 'k', 'm')} {drawn(d('y'), 'm', 'n')}",
    [
        ("x_{m1}", "x_{1m}"),
        ("x_{mk}", "x_{km}"),
        ("y_{mn}", "y_{nm}"),
        ("∂L/∂W", "∂L/∂X"),
        ("x_{2k}", "x_{k2}"),
        ("x_{m2}", "x_{m1}"),
    ],
)
SAMPLES["grads"] = (
    M,
    f"∂L/∂W = {drawn(d('w'), 'k', 'n')} = \\underbrace{{{drawn(turned('x'), 'k', 'm')}}}_{{X⊤}} \\underbrace{{{drawn(d('y'), 'm', 'n')}}}_{{∂L/∂Y}}",
    [
        ("_{X⊤}", "_{X}"),
        ("_{∂L/∂Y}", "_{∂L/∂W}"),
        ("x_{mk}", "x_{km}"),
        ("w_{kn}", "w_{nk}"),
        ("∂L/∂y_{m2}", "∂L/∂y_{m1}"),
    ],
)
SAMPLES["sums"] = (
    M,
    f"∂L/∂X = {drawn(sums, 'm', 'k')}",
    [("^{n}", "^{k}"), ("y_{mj}", "y_{kj}"), ("w_{2j}", "w_{j2}"), ("w_{kj}", "w_{1j}")],
)
SAMPLES["inst"] = (
    M,
    r"∂L/∂w_{1n} = \sum_{i=1}^{m} x_{i1} ∂L/∂y_{in}",
    [("x_{i1}", "x_{1i}"), ("y_{in}", "y_{i1}"), ("^{m}", "^{n}"), ("w_{1n}", "w_{1m}"), ("w_{1n}", "w_{n1}")],
)
SAMPLES["inst2"] = (
    M,
    r"∂L/∂w_{11} = \sum_{i=1}^{m} x_{i1} ∂L/∂y_{i1} \quad ∂L/∂w_{2n} = \sum_{i=1}^{m} x_{i2} ∂L/∂y_{in}",
    [("x_{i2}", "x_{i1}"), ("y_{i1}", "y_{in}")],
)
SAMPLES["shape"] = (
    M,
    r"X = [[ x_{11} & x_{12} & x_{13} & x_{14} // x_{21} & x_{22} & x_{23} & x_{24} ]]_{2 \times 4}",
    [(r"2 \times 4", r"4 \times 2"), ("x_{23}", "x_{22}")],
)
SAMPLES["shapes"] = (
    M,
    r"Y_{m \times n} = X_{m \times k} \times W_{k \times n}",
    [(r"X_{m \times k}", r"X_{m \times n}"), ("X_", "W_"), (r"k \times n", r"n \times k")],
)
SAMPLES["dims"] = (
    M,
    "X = " + drawn(e("x"), "m", "k") + r"_{m \times k}",
    [(r"m \times k", r"k \times m"), ("x_{mk}", "x_{kk}")],
)
SAMPLES["dy"] = (
    M,
    r"∂Y/∂w_{11} = [[ ∂y_{11}/∂w_{11} & ∂y_{12}/∂w_{11} & ∂y_{13}/∂w_{11} // ∂y_{21}/∂w_{11} & ∂y_{22}/∂w_{11} & ∂y_{23}/∂w_{11} ]] = [[ x_{11} & 0 & 0 // x_{21} & 0 & 0 ]]",
    [
        ("∂y_{23}/∂w_{11}", "∂y_{23}/∂w_{12}"),
        ("∂y_{23}/∂w_{11}", "∂y_{22}/∂w_{11}"),
        ("x_{21}", "x_{22}"),
        ("x_{11} & 0", "0 & x_{11}"),
        ("∂Y/∂w_{11}", "∂Y/∂w_{12}"),
    ],
)
SAMPLES["frob"] = (
    M,
    r"∂L/∂w_{11} = \left\langle ∂L/∂Y, ∂Y/∂w_{11} \right\rangle_{F} = \left\langle [[ ∂L/∂y_{11} & ∂L/∂y_{12} & ∂L/∂y_{13} // ∂L/∂y_{21} & ∂L/∂y_{22} & ∂L/∂y_{23} ]], [[ x_{11} & 0 & 0 // x_{21} & 0 & 0 ]] \right\rangle_{F} = ∂L/∂y_{11} x_{11} + ∂L/∂y_{21} x_{21}",
    [
        ("∂Y/∂w_{11}", "∂Y/∂w_{12}"),
        ("∂L/∂Y", "∂Y/∂Y"),
        ("x_{21} & 0", "x_{22} & 0"),
        ("y_{21} x_{21}", "y_{21} x_{12}"),
        ("_{F}", "_{G}"),
        ("∂L/∂y_{21} &", "∂L/∂y_{11} &"),
    ],
)
SAMPLES["double"] = (
    M,
    r"∂L/∂w_{11} = \sum_{i=1}^{2} \sum_{j=1}^{3} ∂L/∂y_{ij} ∂y_{ij}/∂w_{11}",
    [("^{2}", "^{3}"), ("^{3}", "^{2}"), ("y_{ij} ", "y_{ji} "), ("∂w_{11} =", "∂w_{12} =")],
)
SAMPLES["cond"] = (
    M,
    r"∂y_{ij}/∂x_{pq} = 0 \quad \text{for } i \neq p",
    [(r"i \neq p", r"i = p"), (r"i \neq p", r"j \neq p"), (r"i \neq p", r"i \neq q"), ("= 0", "= 1")],
)
SAMPLES["cond2"] = (
    M,
    r"∂y_{ij}/∂x_{pq} = w_{qj} \quad \text{for } i = p",
    [("w_{qj}", "w_{jq}"), ("i = p", r"i \neq p"), ("i = p", "j = q")],
)
SAMPLES["reduced"] = (
    M,
    r"∂L/∂x_{pq} = \sum_{i=1}^{m} \sum_{j=1}^{n} ∂L/∂y_{ij} ∂y_{ij}/∂x_{pq} = \sum_{j=1}^{n} ∂L/∂y_{pj} ∂y_{pj}/∂x_{pq} = \sum_{j=1}^{n} ∂L/∂y_{pj} w_{qj} = \sum_{j=1}^{n} ∂L/∂y_{pj} \left(W⊤\right)_{jq} = \left(∂L/∂Y W⊤\right)_{pq}",
    [
        ("y_{pj}/∂x_{pq}", "y_{qj}/∂x_{pq}"),
        (r"∂L/∂y_{pj} ∂", r"∂L/∂y_{qj} ∂"),
        ("w_{qj}", "w_{jq}"),
        ("_{jq}", "_{qj}"),
        ("_{pq} ", "_{qp} "),
    ],
)
SAMPLES["moved"] = (
    M,
    r"∂y_{pj}/∂x_{pq} = ∂/∂x_{pq} \sum_{t=1}^{k} x_{pt} w_{tj} = \sum_{t=1}^{k} ∂/∂x_{pq} \left(x_{pt} w_{tj}\right) = w_{qj}",
    [
        ("x_{pt} w_{tj} =", "x_{pt} w_{jt} ="),
        (r"\left(x_{pt}", r"\left(x_{qt}"),
        ("^{k} x", "^{n} x"),
        ("w_{qj}", "w_{pj}"),
    ],
)
SAMPLES["local"] = (
    M,
    r"∂y_{21}/∂x_{23} = ∂/∂x_{23} \left(x_{21} w_{11} + x_{22} w_{21} + x_{23} w_{31} + x_{24} w_{41}\right) = 0 + 0 + ∂/∂x_{23} \left(x_{23} w_{31}\right) + 0 = w_{31}",
    [
        ("x_{21} w_{11}", "x_{21} w_{12}"),
        ("0 + 0 + ∂", "0 + ∂"),
        ("= w_{31}", "= w_{13}"),
        ("x_{24} w_{41}", "x_{24} w_{42}"),
    ],
)
SAMPLES["six"] = (
    M,
    r"∂L/∂x_{23} = ∂L/∂y_{11} ∂y_{11}/∂x_{23} + ∂L/∂y_{12} ∂y_{12}/∂x_{23} + ∂L/∂y_{13} ∂y_{13}/∂x_{23} + ∂L/∂y_{21} ∂y_{21}/∂x_{23} + ∂L/∂y_{22} ∂y_{22}/∂x_{23} + ∂L/∂y_{23} ∂y_{23}/∂x_{23} = 0 + 0 + 0 + ∂L/∂y_{21} w_{31} + ∂L/∂y_{22} w_{32} + ∂L/∂y_{23} w_{33} = ∂L/∂y_{21} w_{31} + ∂L/∂y_{22} w_{32} + ∂L/∂y_{23} w_{33}",
    [
        ("∂L/∂y_{11} ∂y_{11}", "∂L/∂y_{12} ∂y_{11}"),
        ("∂y_{13}/∂x_{23}", "∂y_{12}/∂x_{23}"),
        ("0 + 0 + 0", "0 + 0"),
        ("w_{33} =", "w_{32} ="),
    ],
)
SAMPLES["branches"] = (
    M,
    r"∂L/∂x_{11} = ∂L/∂y_{11} ∂y_{11}/∂x_{11} + ∂L/∂y_{12} ∂y_{12}/∂x_{11} + ∂L/∂y_{13} ∂y_{13}/∂x_{11} = ∂L/∂y_{11} w_{11} + ∂L/∂y_{12} w_{12} + ∂L/∂y_{13} w_{13}",
    [("∂L/∂y_{12} ∂y_{12}", "∂L/∂y_{12} ∂y_{11}"), ("∂L/∂y_{12} ∂y_{12}", "∂L/∂y_{22} ∂y_{22}"), ("w_{13}", "w_{31}")],
)
SAMPLES["affine"] = (A, r"Y = X W + \mathbf{1}_{m} b", [("_{m}", "_{n}"), (r"\mathbf{1}_{m} b", "b"), ("X W", "W X")])
SAMPLES["bcast"] = (
    A,
    r"\mathbf{1}_{m} b = [[ 1 // 1 // ⋮ // 1 ]]_{m \times 1} [[ b_{1} & b_{2} & ⋯ & b_{n} ]]_{1 \times n} = [[ b_{1} & b_{2} & ⋯ & b_{n} // b_{1} & b_{2} & ⋯ & b_{n} // ⋮ & ⋮ & ⋱ & ⋮ // b_{1} & b_{2} & ⋯ & b_{n} ]]_{m \times n}",
    [
        ("_{m}", "_{n}"),
        (r"m \times 1", r"n \times 1"),
        ("b_{n}", "b_{m}"),
        ("b_{1} & b_{2} & ⋯ & b_{n} // ⋮", "b_{2} & b_{2} & ⋯ & b_{n} // ⋮"),
        ("1 // 1 //", "1 // 2 //"),
        (r"m \times n", r"n \times m"),
    ],
)
SAMPLES["nosub"] = (
    A,
    r"\mathbf{1}_{m} b = [[ 1 // 1 // ⋮ // 1 ]] [[ b_{1} & b_{2} & ⋯ & b_{n} ]] = [[ b_{1} & b_{2} & ⋯ & b_{n} // b_{1} & b_{2} & ⋯ & b_{n} // ⋮ & ⋮ & ⋱ & ⋮ // b_{1} & b_{2} & ⋯ & b_{n} ]]",
    [("b_{n}", "b_{m}"), ("1 // 1 // ⋮", "1 // 2 // ⋮")],
)
SAMPLES["db"] = (
    A,
    r"∂L/∂b = \mathbf{1}_{m}⊤ ∂L/∂Y = [[ \sum_{i=1}^{m} ∂L/∂y_{i1} & \sum_{i=1}^{m} ∂L/∂y_{i2} & ⋯ & \sum_{i=1}^{m} ∂L/∂y_{in} ]]",
    [
        ("_{m}", "_{n}"),
        ("y_{in}", "y_{im}"),
        ("y_{i1}", "y_{1i}"),
        ("^{m} ∂L/∂y_{in}", "^{n} ∂L/∂y_{in}"),
        ("∂b =", "∂X ="),
    ],
)
SAMPLES["col"] = (
    C,
    r"Y = W X + b \mathbf{1}_{n}⊤ \quad ∂L/∂b = ∂L/∂Y \mathbf{1}_{n} = [[ \sum_{j=1}^{n} ∂L/∂y_{1j} // \sum_{j=1}^{n} ∂L/∂y_{2j} // ⋮ // \sum_{j=1}^{n} ∂L/∂y_{mj} ]] \quad ∂L/∂b_{i} = \sum_{j=1}^{n} ∂L/∂y_{ij}",
    [("_{n}⊤", "_{m}⊤"), ("y_{mj}", "y_{nj}"), ("y_{ij}", "y_{ji}"), ("∂b_{i}", "∂b_{j}")],
)
SAMPLES["chain"] = (
    M,
    r"∂L/∂x_i = ∂L/∂f_1 ∂f_1/∂x_i + ∂L/∂f_2 ∂f_2/∂x_i + ⋯ + ∂L/∂f_M ∂f_M/∂x_i = \sum_{m=1}^{M} ∂L/∂f_m ∂f_m/∂x_i",
    [
        ("∂L/∂f_1", "∂L/∂f_2"),
        ("^{M}", "^{N}"),
        ("∂f_M/", "∂f_N/"),
        ("∂f_2/∂x_i", "∂f_2/∂x_1"),
        ("∂L/∂f_m", "∂L/∂f_i"),
        ("∂L/∂f_M ", "∂L/∂f_N "),
    ],
)
SAMPLES["grad"] = (
    M,
    r"f : \mathbb{R}^{n} \to \mathbb{R}, \quad x \in \mathbb{R}^{n}, \quad ∂f/∂x = [[ ∂f/∂x_{1} // ⋮ // ∂f/∂x_{n} ]] \in \mathbb{R}^{n}",
    [
        ("∂x_{n}", "∂x_{m}"),
        (r"\in \mathbb{R}^{n},", r"\in \mathbb{R}^{m},"),
        ("]] \\in \\mathbb{R}^{n}", "]] \\in \\mathbb{R}^{n \\times n}"),
        ("∂x_{1}", "∂x_{2}"),
    ],
)
SAMPLES["gradm"] = (
    M,
    r"f : \mathbb{R}^{n \times m} \to \mathbb{R}, \quad x \in \mathbb{R}^{n \times m}, \quad ∂f/∂x = [[ ∂f/∂x_{11} & ⋯ & ∂f/∂x_{1m} // ⋮ & ⋱ & ⋮ // ∂f/∂x_{n1} & ⋯ & ∂f/∂x_{nm} ]] \in \mathbb{R}^{n \times m}",
    [
        ("∂x_{nm}", "∂x_{mn}"),
        ("∂x_{1m}", "∂x_{n1}"),
        ("]] \\in \\mathbb{R}^{n \\times m}", "]] \\in \\mathbb{R}^{m \\times n}"),
    ],
)
SAMPLES["jac"] = (
    M,
    r"f : \mathbb{R}^{n} \to \mathbb{R}^{m}, \quad x \in \mathbb{R}^{n}, \quad ∂f/∂x = [[ ∂f_{1}/∂x_{1} & ⋯ & ∂f_{1}/∂x_{n} // ⋮ & ⋱ & ⋮ // ∂f_{m}/∂x_{1} & ⋯ & ∂f_{m}/∂x_{n} ]] \in \mathbb{R}^{m \times n}",
    [
        ("∂f_{1}/∂x_{n}", "∂f_{n}/∂x_{1}"),
        ("∂f_{m}/∂x_{n}", "∂f_{n}/∂x_{m}"),
        ("]] \\in \\mathbb{R}^{m \\times n}", "]] \\in \\mathbb{R}^{n \\times m}"),
        ("∂f_{m}/∂x_{1}", "∂f_{1}/∂x_{1}"),
    ],
)
SAMPLES["scal"] = (
    M,
    r"f : \mathbb{R} \to \mathbb{R}, \quad x \in \mathbb{R}, \quad ∂f/∂x \in \mathbb{R}",
    [(r"∂f/∂x \in \mathbb{R}", r"∂f/∂x \in \mathbb{R}^{n}")],
)
SAMPLES["add"] = (
    M,
    r"f(x + y) = f(x) + f(y) \quad \text{and} \quad f(a x) = a f(x)",
    [("+ f(y)", "+ f(x)"), ("= a f", "= f"), ("a x", "x")],
)
SAMPLES["noadd"] = (M, r"f(x + y) \neq f(x)", [("f(x + y)", "f(x)")])
SAMPLES["space"] = (
    M,
    r"X \in \mathbb{R}^{m \times k}, \quad W \in \mathbb{R}^{k \times n}",
    [(r"k \times n", r"n \times k"), ("W", "Y")],
)
SAMPLES["mean"] = (
    M,
    r"L = \frac{1}{m n} \sum_{i=1}^{m} \sum_{j=1}^{n} y_{ij} \quad ∂L/∂y_{ij} = \frac{1}{m n}",
    [
        ("m n} \\sum", "m k} \\sum"),
        ("^{n}", "^{k}"),
        ("= \\frac{1}{m n}", "= \\frac{1}{m}"),
        ("y_{ij} \\quad", "x_{ij} \\quad"),
    ],
)
SAMPLES["meanx"] = (M, r"L = \frac{1}{m \times n} \sum_{i,j} y_{ij}", [("m \\times n", "m \\times k")])


SAMPLES["composition"] = (
    M,
    r"L\left(x_1, x_2, \ldots, x_N\right) = L\left(f_1(x_1, x_2, \ldots, x_N), \ldots, f_M(x_1, x_2, \ldots, x_N)\right)",
    [("f_M", "f_N"), ("f_1(x_1", "f_1(x_2"), (r"L\left(x_1", r"L\left(x_2"), ("f_1(", "f_2(")],
)
SAMPLES["vector function"] = (
    M,
    r"f : \mathbb{R}^{n} \to \mathbb{R}^{m}, \quad f\left([[ x_{1} // ⋮ // x_{n} ]]\right) = [[ f_{1} // ⋮ // f_{m} ]]",
    [("x_{n}", "x_{m}"), ("f_{m}", "f_{n}"), ("f_{1}", "f_{2}"), ("x_{1}", "f_{1}")],
)
SAMPLES["f(X)"] = (A, r"Y = f(X) = X W + \mathbf{1}_{m} b", [("f(X)", "f(Y)"), ("+", "-")])
SAMPLES["f(Y)"] = (M, "L = f(Y)", [("f(Y)", "f(X)")])
SAMPLES["spread"] = (
    replace(A, also=(("B", ("m", "n"), lambda X, W, b: [b[0]] * len(X)),)),
    r"Y = X W + B \quad B = \mathbf{1}_{m} b = [[ b_{1} & b_{2} & b_{3} // b_{1} & b_{2} & b_{3} ]]",
    [("b_{3} //", "b_{2} //"), ("+ B", "+ Y"), ("_{m}", "_{n}"), ("B =", "b =")],
)
SAMPLES["bias by its ends"] = (
    A,
    r"y_{11} = x_{11} w_{11} + x_{12} w_{21} + ⋯ + x_{1k} w_{k1} + b_{1}",
    [("+ b_{1}", "+ b_{2}"), ("x_{1k} w_{k1} + ", ""), ("x_{12} w_{21} + ", "x_{12} w_{12} + ")],
)
SAMPLES["ranges"] = (
    M,
    r"y_{ij} = \sum_{t=1}^{k} x_{it} w_{tj} \quad \text{for } i = 1, \ldots, m \text{ and } j = 1, \ldots, n",
    [(", m", ", n"), (", n", ", k"), ("j = 1", "t = 1"), (r"\ldots, m", "m")],
)
SAMPLES["for all"] = (
    M,
    r"∂L/∂x_{ij} = \left(∂L/∂Y W⊤\right)_{ij} \quad \text{for all } i, j",
    [("all } i", "all } t"), ("W⊤", "W")],
)
SAMPLES["aligned"] = (
    M,
    r"\begin{aligned} ∂L/∂x_{23} &= ∂L/∂y_{21} w_{31} + ∂L/∂y_{22} w_{32} //[0.6em] &\quad {} + ∂L/∂y_{23} w_{33} // ∂L/∂w_{11} &= x_{11} ∂L/∂y_{11} + x_{21} ∂L/∂y_{21} \end{aligned}",
    [("w_{33}", "w_{32}"), ("{} +", "{} -"), ("x_{21}", "x_{12}")],
)


def read(tex, given):
    return read_document(f"$$\n{tex}\n$$\n", "md", given, others=[MEAN])


@pytest.mark.parametrize("style", NOTATIONS)
@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_read_and_true_in_every_notation(name, style):
    """Every sign of equality in it is counted."""
    given, text, _ = SAMPLES[name]
    report = read(restyled(latex(text), **NOTATIONS[style]), given)
    assert [str(fault) for fault in report.faults] == []
    assert report.signs.seen == report.signs.read


@pytest.mark.parametrize("style", NOTATIONS)
@pytest.mark.parametrize("name", SAMPLES)
def test_every_error_planted_in_a_sample_is_found(name, style):
    """One at a time."""
    given, text, errors = SAMPLES[name]
    for old, new in errors:
        assert old in text, old
        wrong = restyled(latex(text.replace(old, new, 1)), **NOTATIONS[style])
        assert read(wrong, given).faults, f"{old} > {new}"


# ------------------------------------------------------------------------------------------------
# Whole documents


def faults(text, form="md", given=M, **options):
    return [str(fault) for fault in read_document(text, form, given, **options).faults]


EXERCISE = Given(
    matmul, M.inputs, M.output, "L", (("m", 2), ("k", 2), ("n", 2)),
    layers=(("F", ("m", "n"), squares),), total=added_up, exercise=True,
    functions=(("f", lambda x: x * x), ("f'", lambda x: 2 * x)), scalars=("x",),
)  # fmt: skip
TASK = r"""
Let $f(x) = x^2$, entry by entry, and let $L = \sum_{i=1}^{m} \sum_{j=1}^{n} f_{ij}$ be the loss, for

$$
X = \begin{pmatrix} 0 & 1 \\ 2 & 3 \end{pmatrix}_{2 \times 2} \quad W = \begin{pmatrix} 1 & 1 \\ 1 & 1 \end{pmatrix}
$$

Then

$$
Y = X W = \begin{pmatrix} 1 & 1 \\ 5 & 5 \end{pmatrix}, \quad F = \begin{pmatrix} 1 & 1 \\ 25 & 25 \end{pmatrix}
$$

and the loss is $L = 1 + 1 + 25 + 25 = 52$. With $f'(x) = 2 x$,

$$
\frac{\partial L}{\partial F} = \begin{pmatrix} 1 & 1 \\ 1 & 1 \end{pmatrix}
$$

$$
\frac{\partial L}{\partial Y} = \frac{\partial L}{\partial F} \odot 2 Y = 2 Y = \begin{pmatrix} 2 & 2 \\ 10 & 10 \end{pmatrix}
$$

$$
\frac{\partial L}{\partial X} = \frac{\partial L}{\partial Y} W^{T} = \begin{pmatrix} 2 & 2 \\ 10 & 10 \end{pmatrix}
\begin{pmatrix} 1 & 1 \\ 1 & 1 \end{pmatrix} = \begin{pmatrix} 4 & 4 \\ 20 & 20 \end{pmatrix}
$$

$$
\frac{\partial L}{\partial W} = X^{T} \frac{\partial L}{\partial Y} = \begin{pmatrix} 20 & 20 \\ 32 & 32 \end{pmatrix}
$$
"""


def test_an_exercise_is_computed_again():
    """With the integers that the document gives."""
    report = read_document(TASK, "md", M, others=[EXERCISE])
    assert [str(fault) for fault in report.faults] == []
    assert report.claims["numbers"] == 2
    told = replace(EXERCISE, numbers=(("X", ((0, 1), (2, 3))), ("W", ((1, 1), (1, 1)))))
    assert faults(TASK, others=[told]) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("= 52", "= 53"), ("20 & 20 \\\\ 32 & 32", "20 & 32 \\\\ 20 & 32"), ("4 & 4", "4 & 5"), ("= 2 Y", "= Y"),
        (r"\odot 2 Y", r"\odot Y"), ("W^{T}", "W"), ("X^{T}", "X"), ("1 & 1 \\\\ 25", "1 & 1 \\\\ 24"), ("X W", "W X"),
        (r"_{2 \times 2}", r"_{2 \times 3}"), ("2 & 3 ", "2 & 4 "), ("25 + 25", "25 + 24"), ("f_{ij}", "y_{ij}"),
        ("x^2", "x^3"), ("2 x", "3 x"), (r"{\partial F}", r"{\partial Y}"), ("^{m}", "^{k}"),
    ],
)  # fmt: skip
def test_an_error_in_an_exercise_is_found(old, new):
    """In its numbers, or in the rules between them."""
    assert old in TASK
    assert faults(TASK.replace(old, new, 1), others=[EXERCISE])


def test_the_numbers_of_an_exercise_are_those_told():
    """An exercise that was asked for is the one in the document."""
    told = replace(EXERCISE, numbers=(("X", ((0, 1), (2, 4))), ("W", ((1, 1), (1, 1)))))
    assert faults(TASK, others=[told])


SIGMOID = Given(
    matmul, M.inputs, M.output, "L", SIZES, layers=(("S", ("m", "n"), sigmoids),), functions=((r"\sigma", sigmoid),)
)
LAYER = r"""
$$
S = \sigma(Y) \quad \frac{\partial s_{ij}}{\partial y_{ij}} = s_{ij} (1 - s_{ij}) \quad
\frac{\partial L}{\partial y_{ij}} = \frac{\partial L}{\partial s_{ij}} \frac{\partial s_{ij}}{\partial y_{ij}}
= \frac{\partial L}{\partial s_{ij}} \, \sigma(y_{ij}) (1 - \sigma(y_{ij}))
$$
"""


def test_a_sigmoid_layer_is_differentiated():
    """Its values are random numbers; known is its derivative."""
    assert faults(LAYER, others=[SIGMOID]) == []
    for old, new in [("(1 - s_{ij})", "(1 - y_{ij})"), (r"\sigma(Y)", r"\sigma(X)"), ("s_{ij} (1", "y_{ij} (1"),
                     (r"1 - \sigma", r"2 - \sigma"), (r"\frac{\partial L}{\partial s_{ij}} \,", r"")]:  # fmt: skip
        assert old in LAYER
        assert faults(LAYER.replace(old, new, 1), others=[SIGMOID]), old


IMAGES = r"""$$
X = \begin{bmatrix}
\begin{bmatrix} x_{1,1,1} & \cdots & x_{1,1,8} \\ \vdots & \ddots & \vdots \\ x_{1,8,1} & \cdots & x_{1,8,8} \end{bmatrix} &
\begin{bmatrix} x_{2,1,1} & \cdots & x_{2,1,8} \\ \vdots & \ddots & \vdots \\ x_{2,8,1} & \cdots & x_{2,8,8} \end{bmatrix}
\end{bmatrix} \rightarrow \begin{bmatrix}
x_{1,1,1} & \cdots & x_{1,1,8} & x_{1,2,1} & \cdots & x_{1,8,8} \\
x_{2,1,1} & \cdots & x_{2,1,8} & x_{2,2,1} & \cdots & x_{2,8,8}
\end{bmatrix}
$$"""


def test_pictures_are_laid_out_row_by_row():
    """Each as a row of the batch."""
    given = replace(M, images=("X", 2, 8, 8))
    assert faults(IMAGES, given=given) == []
    for old, new in [("x_{1,2,1}", "x_{1,1,2}"), ("x_{2,2,1}", "x_{1,2,1}"), ("x_{1,8,1}", "x_{1,1,8}"),
                     ("& x_{2,8,8} \\end{bmatrix}\n", "& x_{2,8,7} \\end{bmatrix}\n"), (r"\rightarrow", "=")]:  # fmt: skip
        assert old in IMAGES
        assert faults(IMAGES.replace(old, new, 1), given=given), old


def test_claims_in_prose_are_checked():
    """By sentences that a form registers, with gaps for its formulas."""
    sentences = [
        Sentence("The entry {entry} is used in {outputs}.", used_in, 1, ("outputs",)),
        Sentence("{matrix} has the shape {shape}", has_shape, 1),
        Sentence("{entry} is row {row} of {left} times column {column} of {right}", row_times_column, 1),
        Sentence("the second factor is {matrix}", factor(2), 1),
        Sentence("{a} is another name of {b}", same),
        Sentence("{entry} is an entry of {matrix}", entry_of, 1),
        Sentence("The gradient with respect to {matrix} follows", about, 1),
        Sentence("where {index} counts up to {size}", index_counts, 1),
        Sentence("{formula} if {condition}", under("")),
    ]
    text = latex(
        r"The entry $x_{21}$ is used in $y_{21}$, $y_{22}$ and $y_{23}$. Here $X$ has the shape $m \times k$, and "
        r"$y_{ij}$ is row $i$ of $X$ times column $j$ of $W$. So $x_{11}$ is an entry of $X$. "
        r"It is $∂y_{ij}/∂x_{pq} = 0$ if $i \neq p$. The gradient with respect to $X$ follows."
        "\n\n$$\n∂L/∂X = ∂L/∂Y W⊤\n$$\n\nand the second factor is $W⊤$. "
        "Then\n\n$$\n"
        r"y_{ij} = \sum_{t=1}^{k} x_{it} w_{tj}"
        "\n$$\n\nwhere $t$ counts up to $k$, for $i = 1, \\ldots, m$."
    )
    assert faults(text, sentences=sentences) == []
    for old, new in [("$y_{22}$ and", "$y_{12}$ and"), (", $y_{22}$", ""), (r"m \times k", r"k \times m"),
                     ("row $i$", "row $j$"), ("column $j$ of $W$", "column $j$ of $X$"), (r"i \neq p", r"j \neq p"),
                     ("$x_{11}$ is an", "$w_{11}$ is an"), ("to $X$", "to $W$"), ("is $W^{", "is $X^{"), ("to $k$", "to $n$"),
                     (r"\ldots, m$", r"\ldots, n$"), ("$x_{21}$ is used", "$x_{11}$ is used"), ("where $t$", "where $i$"),
                     ("$x_{11}$ is", "$x_{15}$ is"), ("The entry", "An entry"), (r"\neq", "=")]:  # fmt: skip
        assert old in text, old
        assert faults(text.replace(old, new, 1), sentences=sentences), old


# ------------------------------------------------------------------------------------------------
# Files

RULE = latex("∂L/∂X = ∂L/∂Y W⊤")
WRONG = latex("∂L/∂X = ∂L/∂Y W")
INLINE = "y_{ij}"
MISNAMED = "z_{ij}"
MATHML = (
    "<mrow><mfrac><mrow><mi>∂</mi><mi>L</mi></mrow><mrow><mi>∂</mi><mi>X</mi></mrow></mfrac><mo>=</mo><mfrac><mrow>"
    "<mi>∂</mi><mi>L</mi></mrow><mrow><mi>∂</mi><mi>Y</mi></mrow></mfrac><msup><mi>W</mi><mi>⊤</mi></msup></mrow>"
)


def markdown(display, inline):
    return f"---\nmarp: true\nmath: katex\n---\n<!-- _class: a_b -->\n\n# One ${inline}$\n\n$$\n{display}\n$$\n\n---\n\n`a_b`\n"


def github(display, inline):
    return f"# One $`{inline}`$\n\n```math\n{display}\n```\n\n```python\nx_1 = 2 ** 3\n```\n"


def article(display, inline):
    return (
        "\\documentclass{article}\\begin{document}\n\\section{One $" + inline + "$} % a $comment$\n"
        "\\begin{equation}\\label{eq:rule}\n" + display + "\n\\end{equation}\nSee~\\eqref{eq:rule}, \\emph{and} "
        "\\texttt{a\\_b}, 5\\,\\% of \\("
        + inline
        + "\\).\n\\begin{verbatim}\n$ x_1 = $\n\\end{verbatim}\n\\end{document}\n"
    )


def post(display, inline):
    return (
        f"---\nlayout: post\ntitle: a_b\n---\n{{% raw %}}\n<p>One <em>entry</em> \\({inline}\\) &amp; more.</p>\n"
        f'<div class="alert equation">\n<span>\\({display.replace("<", "&lt;")}\\)</span><span class="ref-num">(1)</span>\n'
        "</div>\n<p>By (1), so.</p><pre><code>x_1 = 2 &lt; 3</code></pre>\n{% endraw %}\n"
    )


def notebook(display, inline):
    cells = [
        {"cell_type": "markdown", "source": [f"# One ${inline}$\n", f"$$\n{display}\n$$"]},
        {"cell_type": "code", "source": "x_1 = 2 ** 3"},
    ]
    return json.dumps({"cells": cells})


FILES = {"md": markdown, "github": github, "tex": article, "jekyll": post, "ipynb": notebook}


@pytest.mark.parametrize("form", FILES)
def test_formulas_are_taken_from_every_format(form):
    """Displayed and inline ones, and nothing else."""
    write = FILES[form]
    report = read_document(write(RULE, INLINE), form, M)
    assert [str(fault) for fault in report.faults] == []
    assert report.claims["display"] == 1
    assert report.claims["inline"] >= 1
    assert report.signs.seen == report.signs.read == 1
    assert faults(write(WRONG, INLINE), form)
    assert faults(write(RULE, MISNAMED), form)
    assert faults(write(RULE, INLINE).replace("One", "One y_{ij}", 1), form)


def page_of_its_own(tex=RULE, mathml=MATHML, alternative=RULE):
    return (
        f"<html><head><title>a_b</title></head><body><p>One</p><math display='block' alttext='{alternative}'><semantics>"
        f"{mathml}<annotation encoding='application/x-tex'>{tex}</annotation></semantics></math></body></html>"
    )


def test_mathml_says_what_its_latex_says():
    """One is seen, the other read aloud, copied, and checked here."""
    assert faults(page_of_its_own(), "standalone") == []
    assert faults(page_of_its_own(tex=WRONG), "standalone")
    assert faults(page_of_its_own(alternative=WRONG), "standalone")
    for old, new in [("<mi>⊤</mi>", "<mi>T</mi>"), ("<mi>X</mi>", "<mi>W</mi>"), ("mfrac", "mrow"), ("<mo>=</mo>", ""),
                     ("<msup><mi>W</mi><mi>⊤</mi></msup>", "<mi>W</mi><mi>⊤</mi>"), ("msup", "msub")]:  # fmt: skip
        assert old in MATHML
        assert faults(page_of_its_own(mathml=MATHML.replace(old, new)), "standalone"), old


MANY = latex(
    "$$\ny_{ij} = \\sum_{t=1}^{k} x_{it} w_{tj} \\tag{1}\n$$\n\n$$\n∂L/∂X = ∂L/∂Y W⊤ \\tag{2}\n$$\n\nBy (1) and (2).\n"
)


def test_numbers_of_formulas_are_unique_and_references_point_above():
    """Two formulas with one number, a number left out, a reference to nothing."""
    assert faults(MANY) == []
    for old, new in [("tag{2}", "tag{1}"), ("tag{2}", "tag{3}"), ("By (1)", "By (3)")]:
        assert faults(MANY.replace(old, new)), new
    assert faults(article(RULE, INLINE).replace("eqref{eq:rule}", "eqref{eq:role}"), "tex")


def test_a_display_goes_on_with_the_one_before():
    """One that begins with a sign of equality."""
    text = latex("$$\n∂L/∂X = ∂L/∂Y W⊤\n$$\n\n$$\n= \\left(W \\left(∂L/∂Y\\right)⊤\\right)⊤\n$$\n")
    assert faults(text) == []
    assert faults(text.replace(r"\right)^{\top}" + "\n", r"\right)" + "\n"))
    assert faults(text.replace("=", "", 1))


@pytest.mark.parametrize("what", ["entries", "gradients", "partials", "used"])
def test_lists_of_entries_are_complete_and_in_order(what):
    """A line is left out, there twice, or in another place: each is true by itself."""
    entries = [(i, j) for i in (1, 2) for j in (1, 2, 3)]
    lines = {
        "entries": [rf"y_{{{i}{j}}} = \sum_{{t=1}}^{{k}} x_{{{i}t}} w_{{t{j}}}" for i, j in entries],
        "gradients": [
            rf"∂L/∂x_{{{i}{t}}} = \sum_{{j=1}}^{{n}} ∂L/∂y_{{{i}j}} w_{{{t}j}}" for i in (1, 2) for t in (1, 2, 3, 4)
        ],
        "partials": [rf"∂y_{{{i}{j}}}/∂x_{{21}} = {f'w_{{1{j}}}' if i == 2 else 0}" for i, j in entries],
        "used": [rf"∂y_{{2{j}}}/∂x_{{21}} = w_{{1{j}}}" for j in (1, 2, 3)],
    }[what]

    def page(some):
        return latex("\n".join(f"$$\n{line}\n$$\n" for line in some))

    assert faults(page(lines)) == []
    assert faults(page([*lines[:1], *lines[2:]]))
    assert faults(page([*lines[:1], *lines]))
    assert faults(page([lines[1], lines[0], *lines[2:]]))
    assert faults(page(lines[:-1]))


def test_notations_are_not_mixed():
    """And are those that were asked for."""
    text = f"$${RULE}$$\n\nAnd then we have the other gradient:\n\n$${latex('∂L/∂W = X⊤ ∂L/∂Y')}$$\n"
    assert faults(text, notation={"transpose": "top", "differential": "partial", "bold": ""}) == []
    for told in ({"transpose": "T"}, {"differential": "d"}, {"bold": "mathbf"}):
        assert faults(text, notation=told), told
    for old, new in [
        ("{\\top}", "{T}"),
        ("= X", r"= \mathbf{X}"),
        (latex("∂L/∂Y$$"), r"\frac{\mathrm{d} L}{\mathrm{d} Y}$$"),
    ]:
        assert old in text
        assert faults(text.replace(old, new, 1)), new


@pytest.mark.parametrize(
    ("text", "true"),
    [
        ("$m = 2$, $k = 4$ and $n = 3$", True), ("$m = 2$, $k = 4$ and $n = 5$", True), ("$m = 2$, $k = 3$", False),
        ("a $2 \\times 4$ matrix", True), ("a $4 \\times 4$ matrix", False), ("a $n \\times m$ matrix", True),
        ("a $m \\times m$ matrix", False), ("$x_{24}$", True), ("$x_{42}$", False), ("$x_{mk}$", True), ("$x_{mn}$", False),
        ("$z$", False), ("$\\partial$", False), ("$X$ of shape $m \\times k$", True), ("$X$ is $m \\times n$", False), ("$Y = X W$, of shape $m \\times n$", True),
        ("$W$ is $4 \\times 3$", True), ("$W$ is $2 \\times 4$", False), ("$L = f(Y)$", True), ("$L = f(X)$", False),
        ("$2^{61} - 1$", True), ("$Y = X W$", True), ("$Y = W X$", False), ("the $^{3}$", False), ("see _x_ and a^b", False),
    ],
)  # fmt: skip
def test_a_formula_in_a_sentence_is_read(text, true):
    """It names something, and what it claims is true."""
    assert (faults(f"Here is {text}.\n") == []) == true


def test_a_matrix_without_its_name_shows_one():
    """The matrix of all gradients, and nothing before it."""
    grid = drawn(d("y"), "m", "n")
    assert faults(f"$$\n{latex(grid)}\n$$\n") == []
    assert faults(f"$$\n{latex(grid.replace('y_{mn}', 'y_{nm}'))}\n$$\n")
