"""The page of an expression: what stands on it, the judge of its lines, and goldens in two layers."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

import derive
from derive.errors import DeriveError, Rejected
from derive.expressions.calculus import gradient_differential, jacobian_differential
from derive.expressions.examine_page import examine_page
from derive.expressions.expression import add, mul, neg, number, symbol
from derive.expressions.expression_page import page
from derive.expressions.index_lines import Delta, Entry
from derive.expressions.index_proof import index_proof
from derive.expressions.language import parse
from derive.expressions.narrative import narrative

FOLDER = Path(__file__).parent / "golden"
BLESS = "DERIVE_BLESS=1 pytest tests/test_expression_page.py"

LAYER_NORM = (
    "sum(G * ((X - rowsum(X) @ ones(1,n) / n) / "
    "(sqrt(0.1 + rowsum((X - rowsum(X) @ ones(1,n) / n)**2) / n) @ ones(1,n))))"
)
PAGES = {
    "least-squares": ("gradient", "sumsq(A @ x - b)", "x", {}, {}),
    "trace": ("gradient", "tr(X.T @ A @ X)", "X", {"A": "m,m"}, {}),
    "symmetric": (
        "gradient",
        "tr(A @ X)",
        "X",
        {"A": "n,n", "X": "n,n symmetric"},
        {"convention": "symmetric-independent-entries"},
    ),
    "attention": (
        "gradient",
        "sum(G * (softmax(Q @ K.T / sqrt(n)) @ V))",
        "Q",
        {"G": "m,k", "Q": "m,n", "K": "p,n", "V": "p,k"},
        {},
    ),
    "layer-norm": ("gradient", LAYER_NORM, "X", {"G": "m,n", "X": "m,n"}, {}),
    "variable": ("gradient", "c", "c", {"c": ""}, {}),
    "sandwich": ("jacobian", "A @ X @ B", "X", {}, {}),
    "diagonal": ("jacobian", "exp(A @ x)", "x", {}, {}),
    "scalar-variable": ("jacobian", "inv(A + t * B)", "t", {"A": "n,n", "B": "n,n", "t": ""}, {}),
    "hessian": ("hessian", "logsumexp(x)", "x", {}, {}),
    "matrix-hessian": ("hessian", "tr(X.T @ A @ X)", "X", {"A": "m,m"}, {}),
}


def answer(name):
    kind, expression, wrt, shapes, options = PAGES[name]
    return getattr(derive, kind)(expression, wrt=wrt, shapes=shapes, **options)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("format", ["md", "tex", "txt", "json"])
def test_every_page_is_written_in_every_format(name, format):
    text = answer(name).render(format)
    assert text.endswith("\n")
    assert "  \n" not in text


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_the_golden_one(name):
    text = answer(name).render("md")
    file = FOLDER / f"expression-{name}.md"
    if os.environ.get("DERIVE_BLESS"):
        file.write_text(text, "utf-8")
    assert file.exists(), f"there is no golden {file.name}; to make it: {BLESS}"
    assert text == file.read_text("utf-8"), f"{file.name} has changed; if that is meant: {BLESS}"


@pytest.mark.parametrize("name", PAGES)
def test_the_data_are_the_golden_ones(name):
    """Formulas, steps and findings, whatever the page makes of them."""
    data = json.loads(answer(name).render("json"))
    text = json.dumps(data, indent=1, ensure_ascii=False) + "\n"
    file = FOLDER / f"expression-{name}.json"
    if os.environ.get("DERIVE_BLESS"):
        file.write_text(text, "utf-8")
    assert file.exists(), f"there is no golden {file.name}; to make it: {BLESS}"
    assert data == json.loads(file.read_text("utf-8")), f"{file.name} has changed; if that is meant: {BLESS}"
    assert data["answers"][0]["verified"] is True


def test_no_golden_page_is_left_over():
    expected = {f"expression-{name}.{ending}" for name in PAGES for ending in ("md", "json")}
    assert {file.name for file in FOLDER.glob("expression-*")} == expected


def test_the_page_holds_its_parts_in_order():
    text = answer("least-squares").render("md")
    parts = [
        "## Statement",
        "## The computational graph",
        "## The theorems",
        "## The way back",
        "## The result",
        "Shapes:",
        "## The same by indices",
        "## In NumPy",
        "## Verification",
    ]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


def test_a_long_result_uses_the_names_of_the_graph():
    text = answer("attention").render("md")
    result = text.partition("## The result")[2].partition("Shapes:")[0]
    assert r"\mathrm{softmax}" not in result
    assert "Z_{5}" in result


def test_several_variables_share_a_page():
    answers = derive.gradient("sum((X @ W)**2)", wrt=["X", "W"])
    text = page(list(answers.values()), "md")
    assert text.count("## The computational graph") == 1
    assert text.count("## The way back") == 2


def test_the_numbers_of_the_page():
    """The example of the documentation: loss 52 and both gradients."""
    answers = derive.gradient("sum((X @ W)**2)", wrt=["X", "W"])
    from derive.expressions.at_numbers import parse_numbers

    at = parse_numbers(("X=[[0,1],[2,3]]", "W=[[1,1],[1,1]]"))
    text = page(list(answers.values()), "txt", at)
    for shown in ("52", "[[2, 2], [10, 10]]", "[[4, 4], [20, 20]]", "[[20, 20], [32, 32]]"):
        assert shown in text
    data = json.loads(page(list(answers.values()), "json", at))
    assert [each["derivative"] for each in data["answers"]] == [[[4, 4], [20, 20]], [[20, 20], [32, 32]]]
    assert data["answers"][0]["value"] == [[52]]


def test_an_unknown_format_is_refused():
    with pytest.raises(DeriveError, match="unknown format 'pdf'"):
        answer("trace").render("pdf")


# The judge of the page

JUDGED = {
    "least-squares": gradient_differential(
        parse("sumsq(A @ x - b)", {"A": "m,n", "x": "n", "b": "m"}), symbol("x", ("n", 1))
    ),
    "trace": gradient_differential(parse("tr(X.T @ A @ X)", {"A": "m,m", "X": "m,n"}), symbol("X", ("m", "n"))),
    "attention": gradient_differential(
        parse("sum(G * (softmax(Q @ K.T) @ V))", {"G": "m,k", "Q": "m,n", "K": "p,n", "V": "p,k"}),
        symbol("Q", ("m", "n")),
    ),
    "sandwich": jacobian_differential(
        parse("A @ X @ B", {"A": "m,n", "X": "n,k", "B": "k,p"}), symbol("X", ("n", "k"))
    ),
}


def told(name):
    return narrative(JUDGED[name])


def symbols(name):
    return [node for node in JUDGED[name].value.walk() if node.op == "symbol"]


def faults(story, proof, name):
    return [finding.where for finding in examine_page(story, proof, symbols(name)) if not finding.ok]


@pytest.mark.parametrize("name", JUDGED)
def test_the_judge_accepts_the_page(name):
    proof = index_proof(JUDGED[name].value, JUDGED[name].wrt, told(name).root)
    assert faults(told(name), proof, name) == []


WRONG = {
    "sign": neg,
    "factor": lambda node: mul(number(3), node),
    "shift": lambda node: add(node, number(1)),
}


@pytest.mark.parametrize("error", WRONG)
@pytest.mark.parametrize("part", ["forward", "backward"])
@pytest.mark.parametrize("name", JUDGED)
def test_a_wrong_line_is_found_where_it_stands(name, part, error):
    story = told(name)
    lines = getattr(story, part)
    for position, line in enumerate(lines):
        for place, result in enumerate(line.results):
            broken = replace(line, results=(*line.results[:place], WRONG[error](result), *line.results[place + 1 :]))
            wrong = replace(story, **{part: (*lines[:position], broken, *lines[position + 1 :])})
            assert faults(wrong, None, name) == [f"line {line.name}"]


@pytest.mark.parametrize("error", WRONG)
@pytest.mark.parametrize("name", JUDGED)
def test_a_wrong_result_is_found(name, error):
    story = told(name)
    broken = replace(story.result, results=(WRONG[error](story.result.results[0]),))
    assert faults(replace(story, result=broken), None, name) == [f"line {story.result.name}"]
    line, reason = story.chain[-1]
    chain = (*story.chain[:-1], (replace(line, results=(WRONG[error](line.results[0]),)), reason))
    assert faults(replace(story, chain=chain), None, name) == [f"line {line.name}"]


@pytest.mark.parametrize("error", WRONG)
@pytest.mark.parametrize("name", JUDGED)
def test_a_wrong_theorem_is_found(name, error):
    story = told(name)
    for position, theorem in enumerate(story.theorems):
        for place, (variable, pullback) in enumerate(theorem.pullbacks):
            pullbacks = list(theorem.pullbacks)
            pullbacks[place] = (variable, WRONG[error](pullback))
            theorems = list(story.theorems)
            theorems[position] = replace(theorem, pullbacks=tuple(pullbacks))
            assert faults(replace(story, theorems=tuple(theorems)), None, name) == [f"theorem {theorem.operation}"]


def test_a_wrong_abbreviation_is_found():
    differential = gradient_differential(parse(PAGES["attention"][1], PAGES["attention"][3]), symbol("Q", ("m", "n")))
    story = narrative(differential)
    first, *rest = story.abbreviations
    broken = replace(story, abbreviations=(replace(first, results=(neg(first.results[0]),)), *rest))
    nodes = [node for node in differential.value.walk() if node.op == "symbol"]
    assert [f.where for f in examine_page(broken, None, nodes) if not f.ok] == [f"line {first.name}"]


def swapped(factor):
    return Delta(factor.other, "zz") if isinstance(factor, Delta) else Entry(factor.symbol, factor.col, factor.row)


@pytest.mark.parametrize("part", ["sums", "differentiated", "collapsed"])
@pytest.mark.parametrize("name", ["least-squares", "trace", "sandwich"])
def test_a_wrong_proof_by_indices_is_found(name, part):
    story = told(name)
    proof = index_proof(JUDGED[name].value, JUDGED[name].wrt, story.root)
    assert proof is not None
    products = getattr(proof, part)
    where = {"sums": "F", "differentiated": "differentiated", "collapsed": "collapsed"}[part]
    for position, product in enumerate(products):
        variants = [
            replace(product, scale=mul(number(2), product.scale)),
            replace(product, bound=product.bound[1:]) if product.bound else replace(product, scale=number(0)),
        ]
        for k, factor in enumerate(product.factors if part != "sums" else ()):  # f may well be symmetric in its factors
            if not (isinstance(factor, Entry) and None in (factor.row, factor.col)):
                variants.append(
                    replace(product, factors=(*product.factors[:k], swapped(factor), *product.factors[k + 1 :]))
                )
        for variant in variants:
            broken = replace(proof, **{part: (*products[:position], variant, *products[position + 1 :])})
            assert faults(story, broken, name) == [f"proof by indices, {where}"]


def test_a_rejected_page_is_not_written(monkeypatch):
    right = answer("trace")
    monkeypatch.setattr("derive.expressions.narrative.pulled_back", lambda vertex, argument, upstream: number(7))
    with pytest.raises(Rejected, match="nothing is written"):
        right.render("md")


# The proof by indices

PROOFS = {
    "a.T @ X @ b": ("X", 1),
    "tr(A @ X)": ("X", 1),
    "tr(X.T @ A @ X)": ("X", 2),
    "sumsq(A @ x - b)": ("x", 4),
    "sum(A * X)": ("X", 1),
    "sum(rowsum(X) * a)": ("X", 1),
    "tr(diag(x) @ A)": ("x", 1),
    "sum(x)**2": ("x", 2),
    "3 * c * (a.T @ x)": ("x", 1),
}


@pytest.mark.parametrize("text", PROOFS)
def test_a_polynomial_has_a_proof(text):
    variable, count = PROOFS[text]
    shapes = {"c": ""} if "c" in text else {}
    value = parse(text, shapes)
    wrt = next(node for node in value.walk() if node.op == "symbol" and node.name == variable)
    proof = index_proof(value, wrt, symbol("f", (1, 1)))
    assert proof is not None
    assert len(proof.collapsed) == count
    nodes = [node for node in value.walk() if node.op == "symbol"]
    story = narrative(gradient_differential(value, wrt))
    assert all(finding.ok for finding in examine_page(story, proof, nodes))


@pytest.mark.parametrize("text", ["sum(exp(x))", "norm2(x)", "det(X)", "sum(1 / x)", "sum(x**0.5)", "sum(x**5)"])
def test_what_is_no_polynomial_has_none(text):
    value = parse(text)
    wrt = next(node for node in value.walk() if node.op == "symbol")
    assert index_proof(value, wrt, symbol("f", (1, 1))) is None


def test_no_size_is_also_an_index():
    """With sizes p and q, the indices of the variable go by other letters."""
    value = parse("tr(A @ X)", {"A": "q,p", "X": "p,q"})
    proof = index_proof(value, symbol("X", ("p", "q")), symbol("f", (1, 1)))
    assert proof is not None
    used = {proof.variable.row, proof.variable.col, *(index for part in proof.sums for index, _ in part.bound)}
    assert used.isdisjoint({"p", "q", "a", "x"})
