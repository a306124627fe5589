"""Pages without a formula for all sizes: what they say, and that no false line of theirs passes."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache

import pytest
from sympy import Add, Integer, Rational, Symbol

import derive
from derive.decimals import Decimals
from derive.errors import DeriveError
from derive.judge import verdict
from derive.judge_lines import LineJudge
from derive.minors import Cofactors, Determinant, Unit
from derive.model import Model
from derive.modular import RESIDUES
from derive.positions import Position, axis, letters, position
from derive.proof import Calc, Lemma, Step
from derive.terms import Delta, MatrixElement, MatrixSymbol, Partial
from derive.written import Wording

CASES = {
    "inv": {"n": 2},
    "det": {"n": 3},
    "logdet": {"n": 2},
    "matpow": {"n": 2, "p": -2},
    "vec": {"m": 2, "n": 3},
    "unvec": {"m": 2, "n": 3},
    "kron": {"m": 2, "n": 1, "p": 1, "q": 2},
    "entry": {"m": 2, "n": 3, "row": 1, "col": 2},
}

m, n = (Symbol(size, integer=True, positive=True) for size in "mn")
i, j, p, q = (Symbol(index) for index in "ijpq")


@cache
def made(name):
    return derive.derivation(name, **CASES[name])


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("form", ["md", "html", "tex", "txt", "json"])
def test_a_page_in_every_format(name, form):
    text = made(name).render(form)
    assert len(text) > 1000
    if form == "json":
        data = json.loads(text)
        assert data["verdict"]["ok"]
        assert len(data["lemmas"]) == len(made(name).lemmas)


@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("name", ["inv", "det", "logdet"])
def test_small_sizes(name, size):
    assert derive.derivation(name, n=size).verdict.ok


@pytest.mark.parametrize(("name", "n"), [("det", 7), ("inv", 9), ("logdet", 100)])
def test_a_size_with_too_many_terms_is_refused(name, n):
    with pytest.raises(DeriveError, match="smaller size"):
        derive.derivation(name, n=n)


def test_other_names():
    page = derive.derivation("inv", n=2, names="B = A", loss="J").render("txt")
    assert "∂J/∂A = -Bᵀ · ∂J/∂B · Bᵀ" in page


def test_the_inverse_is_derived_from_its_identity():
    d = made("inv")
    says = [str(lemma.calc.goal) for lemma in d.lemmas]
    assert says[:2] == ["Sum(X[i, t]*Y[t, j], (t, 0, n - 1))", "Sum(X[t, j]*Y[i, t], (t, 0, n - 1))"]
    assert [lemma.calc.result for lemma in d.lemmas[:2]] == [Delta(i, j), Delta(i, j)]
    Y = d.output
    assert d.theorems[0].local.result == -Y[i, p] * Y[q, j]
    page = d.render("txt")
    assert "x₁₁ x₂₂ - x₁₂ x₂₁" in page
    assert "there is no inverse" in page


def test_the_determinant_is_expanded_along_the_row_of_the_variable():
    X = made("det").inputs[0]
    results = [step.result for step in made("det").theorems[0].local.steps]
    assert MatrixElement(Cofactors(X), p, q) in results
    assert any(result.has(Determinant) for result in results)


@pytest.mark.parametrize(
    ("name", "rules"),
    [
        ("inv", ["-Yᵀ · ∂L/∂Y · Yᵀ"]),
        ("det", ["∂L/∂y · y · inv(X)ᵀ"]),
        ("logdet", ["∂L/∂y · inv(X)ᵀ"]),
        ("vec", ["unvec(∂L/∂y)"]),
        ("unvec", ["vec(∂L/∂Y)"]),
        ("entry", ["∂L/∂y · 𝐞₂ · 𝐞₃ᵀ"]),
    ],
)
def test_the_rules(name, rules):
    from derive.plain_display import PlainWriter

    writer = PlainWriter(made(name))
    assert [writer.rule(theorem).partition(" = ")[2] for theorem in made(name).theorems] == rules


# --- planted errors ---------------------------------------------------------------------------


@cache
def judge_of(name):
    """A judge of the calculations for all sizes."""
    d = made(name)
    arithmetic = RESIDUES if d.verdict.modulus else Decimals()
    return LineJudge(Model(d, d.verdict.sizes, 1, arithmetic=arithmetic), Wording.of(d, {}))


def broken(result, zero=False):
    """What a slip of the pen makes of a line; where its value is ``zero``, a multiple of the whole is no slip."""
    if isinstance(result, Add):
        first, *others = result.args
        yield "one term doubled", Add(2 * first, *others)
        yield "one term of another sign", Add(-first, *others)
    elif not zero:
        yield "doubled", 2 * result
        yield "sign", -result
    yield "one more", result + 1
    turned = result.xreplace({p: q, q: p})
    if turned != result and not zero:
        yield "p and q exchanged", turned
    known = sorted(result.atoms(Delta), key=str)
    if known:
        yield "without a delta", result.xreplace({known[0]: Integer(1)})


def planted():
    for name in ("inv", "matpow", "logdet"):
        for number, lemma in enumerate(made(name).lemmas):
            zero = name != "logdet" and number == 2  # the derivative of a constant
            for line, step in enumerate(lemma.calc.steps):
                for kind, result in broken(step.result, zero):
                    yield pytest.param(name, number, line, result, id=f"{name}-{number}-{line}-{kind}")


@pytest.mark.parametrize(("name", "number", "line", "result"), list(planted()))
def test_a_false_line_of_a_lemma_is_found_where_it_stands(name, number, line, result):
    d = made(name)
    lemma = d.lemmas[number]
    steps = list(lemma.calc.steps)
    steps[line] = Step(result, steps[line].by)
    faults = [f for f in judge_of(name).lines("lemma", Calc(lemma.calc.goal, tuple(steps))) if not f.ok]
    assert [fault.where for fault in faults][:1] == [f"lemma, line {line + 1}"]


def test_the_verdict_tells_which_lemma_is_false():
    d = made("inv")
    first, *others = d.lemmas
    false = Lemma(first.says, Calc(first.calc.goal, (Step(Integer(1), first.calc.steps[0].by),)))
    faults = verdict(replace(d, lemmas=(false, *others))).faults
    assert [fault.where for fault in faults] == ["lemma 1, line 1"]


@pytest.mark.parametrize("name", ["inv", "det", "vec", "entry"])
def test_a_false_line_of_a_proof_is_found_where_it_stands(name):
    d = made(name)
    [theorem] = d.theorems
    for part in ("local", "entry"):
        calc = getattr(theorem, part)
        for line, step in enumerate(calc.steps):
            for _, result in broken(step.result):
                steps = (*calc.steps[:line], Step(result, step.by), *calc.steps[line + 1 :])
                faults = [f.where for f in judge_of(name).lines("proof", Calc(calc.goal, steps)) if not f.ok]
                assert faults[:1] == [f"proof, line {line + 1}"], (line, result)


def test_a_false_matrix_is_found():
    d = made("inv")
    [theorem] = d.theorems
    wrong = replace(theorem, matrix=-theorem.matrix)
    assert [fault.where for fault in verdict(replace(d, theorems=(wrong,))).faults] == ["∂L/∂X as a matrix"]


def test_a_false_unit_is_found():
    d = made("entry")
    [theorem] = d.theorems
    moved = {Unit(m, Integer(1)): Unit(m, Integer(0))}
    wrong = replace(theorem, matrix=theorem.matrix.xreplace(moved))
    assert [fault.where for fault in verdict(replace(d, theorems=(wrong,))).faults] == ["∂L/∂X as a matrix"]


# --- places made of two indices ------------------------------------------------------------------


def test_a_place_is_taken_apart_by_its_own_size_alone():
    place = Position(i, j, m)
    assert (place % m, place // m) == (i, j)
    for size in (n, m + 1):
        with pytest.raises(Exception, match="taken apart"):
            place % size


@pytest.mark.parametrize("index", [i, i + j, 2 * i, i + m, Integer(3), i + m * j + p, m * j])
def test_what_is_no_place(index):
    assert position(index) is None


def test_the_letters_of_a_goal():
    y, X = MatrixSymbol("y", m * n, 1), MatrixSymbol("X", m, n)
    goal = Partial(MatrixElement(y, i + m * j, Integer(0)), X[p, q])
    assert letters(goal) == {i: m, j: n, p: m, q: n}
    assert axis(i + m * j, m * n) == [(i, m), (j, n)]


def test_exponents_of_a_matrix_power():
    for exponent in (-1, 0):
        assert derive.derivation("matpow", n=2, p=Rational(exponent)).verdict.ok
