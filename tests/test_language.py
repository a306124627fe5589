"""Reading and writing the expression language: what is read, what is inferred, and what is refused."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

import derive
from derive.expressions.declarations import STRUCTURES
from derive.expressions.language import CONSTANTS, functions, parse
from derive.expressions.text import formula_size, text
from tests.expressions import NAMED, SHAPES, numbers, questions, value

DECLARED = {"A": "m,n", "B": "n,k", "C": "m,n", "X": "n,n", "x": "n", "b": "m", "c": "", "S": "n,n spd"}

READ = [
    ("A @ x", ("m", 1), "A @ x"),
    ("(A @ B).T", ("k", "m"), "(A @ B).T"),
    ("A.T.T", ("m", "n"), "A"),
    ("c.T", (1, 1), "c"),
    ("x.T @ x", (1, 1), "x.T @ x"),
    ("A * c", ("m", "n"), "c * A"),
    ("A + c", ("m", "n"), "A + c"),
    ("x.T @ x * A", ("m", "n"), "(x.T @ x) * A"),
    ("(x.T @ x) * A", ("m", "n"), "(x.T @ x) * A"),
    ("2 * 3 * A * 0.5", ("m", "n"), "3 * A"),
    ("-(-A)", ("m", "n"), "A"),
    ("A - -C", ("m", "n"), "A + C"),
    ("A - (C - A)", ("m", "n"), "A - (C - A)"),
    ("-A**2", ("m", "n"), "-A**2"),
    ("(-A)**2", ("m", "n"), "A**2"),
    ("A / (2 * c)", ("m", "n"), "A / (2 * c)"),
    ("A / C / c", ("m", "n"), "A / (c * C)"),
    ("A / (C / A)", ("m", "n"), "A * A / C"),
    ("A**-2", ("m", "n"), "1 / A**2"),
    ("A**0.5", ("m", "n"), "sqrt(A)"),
    ("2**3 * x", ("n", 1), "8 * x"),
    ("1e-3 * x", ("n", 1), "x / 1000"),
    ("x / 3", ("n", 1), "x / 3"),
    ("sum(x) / n", (1, 1), "sum(x) / n"),
    ("A**n", ("m", "n"), "A**n"),
    ("matpow(X, -2)", ("n", "n"), "matpow(X, -2)"),
    ("A[0, 1]", (1, 1), "A[0, 1]"),
    ("(A @ B)[0, 1]", (1, 1), "(A @ B)[0, 1]"),
    ("kron(A, B)", ("m*n", "k*n"), "kron(A, B)"),
    ("vec(A)", ("m*n", 1), "vec(A)"),
    ("unvec(vec(A), n, m)", ("n", "m"), "unvec(vec(A), n, m)"),
    ("ones(m, n) + eye(3)[0, 0]", ("m", "n"), "ones(m, n) + eye(3)[0, 0]"),
    ("ones(1, 1) + zeros(1, 1)", (1, 1), "1"),
    ("eye(1) * x", ("n", 1), "x"),
    ("unit(1, 0) * x", ("n", 1), "x"),
    ("commutation(m, n) @ vec(A)", ("m*n", 1), "commutation(m, n) @ vec(A)"),
    ("unit(n, 0).T @ x", (1, 1), "unit(n, 0).T @ x"),
    ("  A\t@\n x ", ("m", 1), "A @ x"),
    ("x.T @ x @ x.T @ x", (1, 1), "(x.T @ x) * (x.T @ x)"),
    ("A @ x @ b.T @ A", ("m", "n"), "A @ x @ b.T @ A"),
    ("+x", ("n", 1), "x"),
]
"""A text, the shape of what it means, and how that is written."""

INFERRED = [
    ("A @ x + b", {"A": ("m", "n"), "x": ("n", 1), "b": ("m", 1)}),
    ("tr(A @ X @ B)", {"A": ("m", "n"), "X": ("n", "k"), "B": ("k", "m")}),
    ("x.T @ A @ x", {"A": ("m", "m"), "x": ("m", 1)}),
    ("inv(A) @ B", {"A": ("m", "m"), "B": ("m", "n")}),
    ("A * B", {"A": ("m", "n"), "B": ("m", "n")}),
    ("sum(X)", {"X": ("m", "n")}),
    ("logdet(X) + tr(Y)", {"X": ("m", "m"), "Y": ("n", "n")}),
    ("X @ ones(n, 1)", {"X": ("m", "n")}),
    ("diag(x) @ A", {"x": ("m", 1), "A": ("m", "n")}),
    ("sumsq(A @ X - Y)", {"A": ("m", "n"), "X": ("n", "k"), "Y": ("m", "k")}),
    ("softmax(X @ W)", {"X": ("m", "n"), "W": ("n", "k")}),
    ("kron(A, B) @ x", {"A": ("m", "k"), "B": ("n", "p"), "x": ("k*p", 1)}),
]
"""A text without declarations, and the shapes that its symbols get."""

REFUSED = [
    ("", 'the expression is empty; write for example "tr(A @ X @ B)".', None),
    ("   ", 'the expression is empty; write for example "tr(A @ X @ B)".', None),
    ("\t\n", 'the expression is empty; write for example "tr(A @ X @ B)".', None),
    ("foo(X)", "unknown function 'foo'", 0),
    ("trace(X)", "unknown function 'trace'; did you mean 'tr'?", 0),
    ("trr(X)", "unknown function 'trr'; did you mean 'tr'?", 0),
    ("expp(x)", "unknown function 'expp'; did you mean 'exp'?", 0),
    ("Transpose(X)", "unknown function 'Transpose'", 0),
    ("transpose(X)", "unknown function 'transpose'; a transpose is written X.T", 0),
    ("norm(x)", "unknown function 'norm'; did you mean 'norm2' (its square is 'sumsq')?", 0),
    ("dot(x, x)", "unknown function 'dot'; a product is written x.T @ y", 0),
    ("ln(x)", "unknown function 'ln'; did you mean 'log'?", 0),
    ("identity(n)", "unknown function 'identity'; did you mean 'eye'?", 0),
    ("hadamard(A, C)", "unknown function 'hadamard'; an entrywise product is written A * B", 0),
    ("matmul(A, B)", "unknown function 'matmul'; a matrix product is written A @ B", 0),
    ("softmx(A)", "unknown function 'softmx'; did you mean 'softmax'?", 0),
    ("A + B", "these cannot be added: A is (m, n), B is (n, k)", 4),
    ("A - x", "these cannot be subtracted: A is (m, n), x is (n, 1)", 4),
    (
        "A * B",
        "these cannot be multiplied entry by entry: A is (m, n), B is (n, k); did you mean the matrix product '@'?",
        4,
    ),
    ("A / B", "these cannot be divided: A is (m, n), B is (n, k)", 4),
    (
        "A @ C",
        "these cannot be multiplied: A is (m, n), C is (m, n); did you mean the entrywise product '*', or a transpose?",
        4,
    ),
    ("B @ A @ x", "these cannot be multiplied: B is (n, k), A is (m, n)", 4),
    ("x @ A", "these cannot be multiplied: x is (n, 1), A is (m, n)", 4),
    ("tr(A)", "tr needs a square matrix; A is (m, n)", 3),
    ("det(A)", "det needs a square matrix; A is (m, n)", 4),
    ("inv(A)", "inv needs a square matrix; A is (m, n)", 4),
    ("logdet(x)", "logdet needs a square matrix; x is (n, 1)", 7),
    ("diag(A)", "diag needs a shape like x[n,1]; A is (m, n)", 5),
    ("diagvec(A)", "diagvec needs a square matrix; A is (m, n)", 8),
    ("matpow(A, 2)", "matpow needs a square matrix; A is (m, n)", 7),
    ("c @ A", "these cannot be multiplied: c is a scalar, A is (m, n); a number multiplies with '*'", 4),
    ("X + x", "these cannot be added: X is (n, n), x is (n, 1)", 4),
    ("A[5]", "an entry has two indices, as in A[0, 1]", 0),
    ("A[0]", "an entry has two indices, as in A[0, 1]", 0),
    ("A[:, 0]", "an index is a whole number, counted from 0", 2),
    ("A[0, 1, 2]", "an entry has two indices, as in A[0, 1]", 0),
    ("A[-1, 0]", "an index is a whole number, counted from 0", 2),
    ("A[i, j]", "an index is a whole number, counted from 0", 2),
    ("A[1.0, 0]", "an index is a whole number, counted from 0", 2),
    ("unvec(x, 2, 3)", "unvec needs a shape like x[m*n,1]; x is (n, 1)", 6),
    ("exp()", "exp takes 1 argument, not 0: exp(X)", 0),
    ("exp(x, x)", "exp takes 1 argument, not 2: exp(X)", 0),
    ("kron(A)", "kron takes 2 arguments, not 1: kron(A, B)", 0),
    ("matpow(X)", "matpow takes 2 arguments, not 1: matpow(X, p)", 0),
    ("ones(m)", "ones takes 2 arguments, as in ones(m, n)", 0),
    ("eye(2, 2)", "eye takes 1 argument, as in eye(m)", 0),
    ("unit(n)", "unit takes 2 arguments, as in unit(n, 0)", 0),
    ("tr(x=X)", "arguments are not given by name", 5),
    ("tr(*X)", "'*' before an argument is not read here", 3),
    ("sum(**X)", "arguments are not given by name", 6),
    ("__import__('os')", "unknown function '__import__'", 0),
    ("().__class__", "unknown attribute '.__class__'; only '.T', the transpose, is known", 3),
    ("x.__class__", "unknown attribute '.__class__'; only '.T', the transpose, is known", 2),
    ("A.T.T.shape", "unknown attribute '.shape'; only '.T', the transpose, is known", 6),
    ("A.inv", "unknown attribute '.inv'; only '.T', the transpose, is known", 2),
    ("A.t", "unknown attribute '.t'; only '.T', the transpose, is known", 2),
    ("os.system", "unknown attribute '.system'; only '.T', the transpose, is known", 3),
    ("A.T()", "only the functions of the language can be called", 0),
    ("(x)(A)", "unknown function 'x'", 1),
    ("lambda x: x", "a lambda is no expression here; write its body", 0),
    ("[x for x in A]", "ListComp is not read here", 0),
    ("{x}", "Set is not read here", 0),
    ("{}", "Dict is not read here", 0),
    ("f'{x}'", "JoinedStr is not read here", 0),
    ("'x'", "'x' is no number", 0),
    ("b'x'", "b'x' is no number", 0),
    ('"a" + x', "'a' is no number", 0),
    ("[1, 2]", "lists are not read here; name the matrix and give its numbers with --at", 0),
    ("(A, B)", "a comma stands only between the arguments of a function", 0),
    ("A,", "a comma stands only between the arguments of a function", 0),
    ("A if x else B", "conditions are not read here", 0),
    ("A and B", "'and' and 'or' are not read here", 0),
    ("not A", "Not is not read here", 0),
    ("(y := x)", "names are not assigned here", 1),
    ("A == B", "a comparison is no expression here; write one side only", 0),
    ("A < B", "a comparison is no expression here; write one side only", 0),
    ("A ^ 2", "'^' is no operator here; a power is written '**', a transpose X.T", 0),
    ("A % 2", "'%' is no operator here", 0),
    ("A // 2", "'//' is no operator here; a quotient is written '/'", 0),
    ("A | B", "BitOr is not read here", 0),
    ("~A", "Invert is not read here", 0),
    ("x << 2", "LShift is not read here", 0),
    ("yield x", "this is no expression: invalid syntax", 0),
    ("await x", "Await is not read here", 0),
    ("x!", "this is no expression: invalid syntax", 1),
    ("1j * x", "1j is no number", 0),
    ("True * x", "True is no number", 0),
    ("None", "None is no number", 0),
    ("...", "... is no number", 0),
    ("1e400 * x", "numbers lie between 1e-12 and 1e+12", 0),
    ("1e-30 * x", "numbers lie between 1e-12 and 1e+12", 0),
    ("0x10 * x", "numbers are written in decimals, as 2, 0.5 or 1e-3", 0),
    ("1_000_0 ** x", "an exponent is a number; for a variable one write exp(p * log(X))", 11),
    ("111111111111111111111111111111", "numbers lie between 1e-12 and 1e+12", 0),
    ("x**10**9", "an exponent is a number", 3),
    ("2**1000", "this number is larger than 1e+12", 0),
    ("x**x", "an exponent is a number; for a variable one write exp(p * log(X))", 3),
    ("A**A", "an exponent is a number; for a variable one write exp(p * log(X))", 3),
    ("x**c", "an exponent is a number; for a variable one write exp(p * log(X))", 3),
    ("A**(c + 1)", "an exponent is a number; for a variable one write exp(p * log(X))", 4),
    ("x**(2*", "this is no expression: '(' was never closed", 3),
    ("((x)", "this is no expression: '(' was never closed", 0),
    ("x)", "this is no expression: unmatched ')'", 1),
    ("A @", "this is no expression: invalid syntax", 0),
    ("@ A", "this is no expression: invalid syntax", 0),
    ("A B", "this is no expression: invalid syntax", 2),
    ("2x", "this is no expression: invalid decimal literal", 0),
    ("x y", "this is no expression: invalid syntax", 2),
    ("sum(x", "this is no expression: '(' was never closed", 3),
    ("A @@ B", "this is no expression: invalid syntax", 3),
    ("A ** ** 2", "this is no expression: invalid syntax", 5),
    ("x..T", "this is no expression: invalid syntax", 2),
    ("x.", "this is no expression: invalid syntax", 0),
    ("import os", "this is no expression: invalid syntax", 0),
    ("x = 1", "this is no expression: invalid syntax", 2),
    ("x; y", "this is no expression: invalid syntax", 1),
    ("del x", "this is no expression: invalid syntax", 0),
    ("def f(): pass", "this is no expression: invalid syntax", 0),
    ("print(x)", "unknown function 'print'", 0),
    ("eval(x)", "unknown function 'eval'", 0),
    ("exp", "'exp' is a function; write exp(...), or give the symbol another name", 0),
    ("tr", "'tr' is a function; write tr(...), or give the symbol another name", 0),
    ("eye", "'eye' is a function; write eye(...), or give the symbol another name", 0),
    ("ones + x", "'ones' is a function; write ones(...), or give the symbol another name", 0),
    ("matpow(X, 1000)", "this whole number has to be between -16 and 16", 10),
    ("matpow(X, 0.5)", "this has to be a whole number", 10),
    ("matpow(X, n)", "this has to be a whole number", 10),
    ("unit(n, -1)", "this whole number has to be from 0 to 999", 8),
    ("eye(0)", "a size is the name of a dimension or a positive whole number", 4),
    ("ones(-1, n)", "a size is the name of a dimension or a positive whole number", 5),
    ("ones(x, n)", "'x' is declared as a symbol and cannot be a size", 5),
    ("eye(m + n)", "a size is the name of a dimension or a positive whole number", 4),
    ("eye(1.5)", "a size is the name of a dimension or a positive whole number", 4),
    ("А @ x", "the character 'А' is not ASCII, as names and operators are", 0),
    ("ＡＢ @ x", "the character 'Ａ' is not ASCII, as names and operators are", 0),
    ("x − b", "the character '−' is not ASCII, as names and operators are; a minus is written '-'", 2),
    (
        "x · x",
        "the character '·' is not ASCII, as names and operators are; a product is written '@', an entrywise one '*'",
        2,
    ),
    ("xᵀ", "the character 'ᵀ' is not ASCII, as names and operators are; a transpose is written X.T", 1),
    ("λ * x", "the character 'λ' is not ASCII, as names and operators are; write lam", 0),
    ("x\u200b", "the character '\\u200b' is not ASCII, as names and operators are", 1),
    ("x\x00", "the character '\\x00' is not ASCII, as names and operators are", 1),
    ("_x", "'_x' is no name; a name is a letter, then letters or digits", 0),
    ("x_", "'x_' is no name; a name is a letter, then letters or digits", 0),
    ("x__y", "'x__y' is no name; a name is a letter, then letters or digits", 0),
    ("in + x", "this is no expression: invalid syntax", 0),
    ("if", "this is no expression: invalid syntax", 0),
    ("lambda * x", "this is no expression: invalid syntax", 0),
    ("for", "this is no expression: invalid syntax", 0),
    ("None @ x", "None is no number", 0),
    ("x/0", "a division by 0", 0),
    ("x/(1 - 1)", "a division by 0", 0),
    ("0**-1", "a division by 0", 0),
    ("10**12 * 10**12", "this number is larger than 1e+12", 0),
    ("2**-1000 * x + 1e12**2", "this number is larger than 1e+12", 15),
    ("eye()", "eye takes 1 argument, as in eye(m)", 0),
    ("commutation(m)", "commutation takes 2 arguments, as in commutation(m, n)", 0),
    ("norm22(x)", "unknown function 'norm22'; did you mean 'norm2'?", 0),
    ("sig(x)", "unknown function 'sig'; did you mean 'sign'?", 0),
    ("logdets(X)", "unknown function 'logdets'; did you mean 'logdet'?", 0),
    ("rowsums(A)", "unknown function 'rowsums'; did you mean 'rowsum'?", 0),
    (
        "A @ B.T",
        "these cannot be multiplied: A is (m, n), B.T is (k, n); did you mean the transpose of the right one, '.T'?",
        4,
    ),
    (
        "A.T @ B",
        "these cannot be multiplied: A.T is (n, m), B is (n, k); did you mean the transpose of the left one, '.T'?",
        6,
    ),
    (
        "S @ A",
        "these cannot be multiplied: S is (n, n), A is (m, n); did you mean the transpose of the right one, '.T'?",
        4,
    ),
    ("x + b", "these cannot be added: x is (n, 1), b is (m, 1)", 4),
    ("A - B.T", "these cannot be subtracted: A is (m, n), B.T is (k, n)", 4),
    ("x.T @ b", "these cannot be multiplied: x.T is (1, n), b is (m, 1)", 6),
    ("S * A", "these cannot be multiplied entry by entry: S is (n, n), A is (m, n)", 4),
    ("b / x", "these cannot be divided: b is (m, 1), x is (n, 1)", 4),
    ("(A + C) * (x + b)", "these cannot be added: x is (n, 1), b is (m, 1)", 15),
    ("kron(A, B) + A", "these cannot be added: A is (m, n), kron(A, B) is (m*n, k*n)", 0),
    ("vec(A) + x", "these cannot be added: x is (n, 1), vec(A) is (m*n, 1)", 0),
]
"""A text that is refused, the sentence that says why, and the column under which the caret stands."""

LARGE = [
    ("(" * 100 + "x" + ")" * 100, "brackets are nested more than 60 deep"),
    ("sum(" * 70 + "x" + ")" * 70, "brackets are nested more than 60 deep"),
    ("-" * 3000 + "x", "the expression is nested too deeply"),
    ("-" * 500 + "x", "the expression is nested too deeply"),
    ("x" + "+x" * 1500, "the expression is nested too deeply"),
    ("x" + ".T" * 1000, "the expression is nested too deeply"),
    ("x" + "**1" * 500, "the expression is nested too deeply"),
    ("2" + "**2" * 100, "an exponent is a number"),
    ("x+" * 5001, "the expression has 10002 characters; at most 4000 are read."),
    ("x" * 5000, "the expression has 5000 characters; at most 4000 are read."),
]

UNDECLARED = [
    ({"A": "m,n,k"}, 'the shape of A is one or two sizes such as "m,n"; got "m,n,k".'),
    ({"A": "0,n"}, "'0' in the shape of A, \"0,n\", is no size: a name or a positive number."),
    ({"A": "-1"}, "'-1' in the shape of A, \"-1\", is no size: a name or a positive number."),
    ({"A": "m+1,n"}, "'m+1' in the shape of A, \"m+1,n\", is no size: a name or a positive number."),
    ({"A": "1.5"}, "'1.5' in the shape of A, \"1.5\", is no size: a name or a positive number."),
    ({"A": "for,n"}, "'for' in the shape of A, \"for,n\", is no size: a name or a positive number."),
    ({"A": "99999999"}, "'99999999' in the shape of A, \"99999999\", is no size: a name or a positive number."),
    ({"A": "m,,n"}, 'the shape of A is one or two sizes such as "m,n"; got "m,,n".'),
    ({"A": "m,"}, 'the shape of A is one or two sizes such as "m,n"; got "m,".'),
    ({"A": "m,n spdd"}, f"unknown structure 'spdd'; did you mean 'spd'? Known: {', '.join(STRUCTURES)}."),
    ({"A": "m n"}, f"unknown structure 'n'. Known: {', '.join(STRUCTURES)}."),
    ({"A": "m,n spd"}, "A is spd, so it is square; (m, n) is not."),
    ({"A": "n,n spd symmetric"}, 'A can have one structure, not 2: "n,n spd symmetric".'),
    ({"A": 3}, 'the shape of A is a text such as "m,n" or "n,n symmetric", not 3.'),
    ({"A": None}, 'the shape of A is a text such as "m,n" or "n,n symmetric", not None.'),
    ({"1A": "m"}, "'1A' cannot be the name of a symbol; a name is a letter, then letters or digits."),
    ({"np": "m"}, "'np' cannot be the name of a symbol; a name is a letter, then letters or digits."),
    ({"if": "m"}, "'if' cannot be the name of a symbol; a name is a letter, then letters or digits."),
    ({"А": "m"}, "'А' cannot be the name of a symbol; a name is a letter, then letters or digits."),
    ({3: "m"}, "'3' cannot be the name of a symbol; a name is a letter, then letters or digits."),
    ({"n": "m", "A": "n,m"}, "'n' is declared as a symbol and used as a size; give one of them another name."),
    ("m,n", 'the shapes are a dictionary such as {"A": "m,n", "x": "n"}, not \'m,n\'.'),
    (["A"], 'the shapes are a dictionary such as {"A": "m,n", "x": "n"}, not [\'A\'].'),
]
"""Declarations that are refused, and the sentence that says why."""


@pytest.mark.parametrize(("written", "shape", "again"), READ)
def test_what_is_read(written, shape, again):
    node = parse(written, DECLARED)
    assert node.shape == shape
    assert text(node) == again
    assert parse(again, DECLARED, ("m", "n", "k")) is node


@pytest.mark.parametrize(("written", "shape", "again"), READ)
def test_what_is_read_means_what_is_written(written, shape, again):
    sizes = {"m": 2, "n": 3, "k": 4}
    symbols = {name: (parse(name, DECLARED).shape, "spd" if name == "S" else "") for name in DECLARED}
    values = numbers(sizes, 1, "positive", symbols)
    one, other = value(" ".join(written.split()), values, sizes), value(again, values, sizes)
    assert np.allclose(one, other)


@pytest.mark.parametrize(("written", "shapes"), INFERRED)
def test_shapes_follow_from_where_symbols_stand(written, shapes):
    assert {node.name: node.shape for node in parse(written).walk() if node.op == "symbol"} == shapes


@pytest.mark.parametrize(("written", "message", "column"), REFUSED, ids=lambda each: repr(each)[:40])
def test_a_text_that_is_refused(written, message, column):
    with pytest.raises(derive.DeriveError) as refusal:
        parse(written, DECLARED)
    first, *place = str(refusal.value).splitlines()
    assert first == message
    if column is None:
        assert not place
    else:
        shown, caret = place
        assert shown[2:].rstrip() == "".join(sign if sign.isprintable() else " " for sign in written).rstrip()
        assert caret.index("^") - 2 == column


@pytest.mark.parametrize(("written", "message"), LARGE, ids=lambda each: each[:12])
def test_a_text_that_is_too_large(written, message):
    with pytest.raises(derive.DeriveError) as refusal:
        parse(written, DECLARED)
    assert str(refusal.value).splitlines()[0].removesuffix(".") == message.removesuffix(".")
    assert all(len(line) < 90 for line in str(refusal.value).splitlines())


@pytest.mark.parametrize(("shapes", "message"), UNDECLARED, ids=repr)
def test_a_declaration_that_is_refused(shapes, message):
    with pytest.raises(derive.DeriveError) as refusal:
        parse("x", shapes)
    assert str(refusal.value) == message


@pytest.mark.parametrize("given", [3, None, b"x", ["x"]])
def test_only_a_text_is_read(given):
    with pytest.raises(derive.DeriveError, match="an expression is a text"):
        parse(given)


def test_the_evaluator_of_the_tests_knows_every_function():
    assert {*functions(), *CONSTANTS} <= set(NAMED)


def test_equal_expressions_are_one_object():
    assert parse("A @ x", DECLARED) is parse("(A@x)", DECLARED)
    assert parse("A @ x", DECLARED) is not parse("A @ x", {"A": "n,n"})


@pytest.mark.parametrize(
    ("written", "size"), [("x", 1), ("-x", 2), ("A @ x + b", 5), ("A.T", 2), ("inv(X) / 2", 4), ("x**2", 3)]
)
def test_the_size_of_a_formula(written, size):
    assert formula_size(parse(written, DECLARED)) == size


@settings(max_examples=150, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(questions())
def test_every_expression_is_read_back_from_its_text(question):
    _, written, _ = question
    try:
        node = parse(written, SHAPES, ("m", "n", "k"))
    except derive.DeriveError:  # a division by 0 is the only mistake that the generator makes
        with pytest.raises(derive.DeriveError, match="a division by 0"):
            parse(written, SHAPES)
        return
    assert parse(text(node), SHAPES, ("m", "n", "k")) is node
