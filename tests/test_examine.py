"""The judge of expressions: an error planted anywhere in a derivation is found, and at its place."""

import ast
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

import derive
from derive.chain import Reason, Step
from derive.expressions import examine as judge
from derive.expressions.answer import compiled
from derive.expressions.calculus import gradient_differential, jacobian_differential
from derive.expressions.differential import CONVENTIONS
from derive.expressions.examine import examine
from derive.expressions.expression import add, dimension, mul, neg, number, transpose
from derive.expressions.language import parse
from derive.expressions.source import function_source

SHAPES = {"A": "m,n", "X": "n,n", "S": "n,n symmetric", "D": "n,n diagonal", "x": "n", "b": "m", "t": ""}

QUESTIONS = [
    ("gradient", "sumsq(A @ x - b)", "x"),
    ("gradient", "sum(exp(A @ x)) + x.T @ x", "A"),
    ("gradient", "tr(X @ X @ inv(X + eye(n)))", "X"),
    ("gradient", "logsumexp(A @ x) * t**2", "t"),
    ("gradient", "tr(S @ S @ X)", "S"),
    ("jacobian", "tanh(A @ x)", "x"),
    ("jacobian", "A @ X", "X"),
    ("jacobian", "exp(t * A)", "t"),
    ("jacobian", "softmax(x.T)", "x"),
]
IDS = [f"{kind} of {written} by {wrt}" for kind, written, wrt in QUESTIONS]


class Derived:
    """A derivation, taken apart so that errors can be planted in it."""

    def __init__(self, kind, written, wrt, convention="free"):
        self.value = parse(written, SHAPES)
        self.wrt = next(node for node in self.value.walk() if node.op == "symbol" and node.name == wrt)
        make = gradient_differential if kind == "gradient" else jacobian_differential
        self.differential = make(self.value, self.wrt, *([convention] if kind == "gradient" else []))
        self.symbols = tuple(node for node in self.value.walk() if node.op == "symbol")

    @property
    def source(self):
        return function_source(self.differential.result, "f", self.symbols, "numpy", self.differential.axes)

    def faults(self, differential=None, printed=None, source=None):
        """Where the judge finds a fault."""
        found = examine(
            differential or self.differential,
            self.symbols,
            self.differential.result if printed is None else printed,
            compiled(source or self.source, "f"),
        )
        return [finding.where for finding in found if not finding.ok]


@pytest.fixture(params=QUESTIONS, ids=IDS)
def derived(request):
    return Derived(*request.param)


def other(node):
    """Something of the same shape that is not the same."""
    return neg(node) if node.value is None else number(node.value + 1)


def test_a_right_derivation_has_no_fault(derived):
    assert derived.faults() == []


@pytest.mark.parametrize("wrong", [neg, lambda node: mul(number(2), node), lambda node: add(node, number(1))])
def test_a_wrong_step_is_found_at_its_line(derived, wrong):
    steps = derived.differential.steps
    for place, step in enumerate(steps):
        planted = (*steps[:place], Step(wrong(step.result), step.by), *steps[place + 1 :])
        faults = derived.faults(replace(derived.differential, steps=planted))
        where = "the result, against the definition" if place == 0 else f"step {place + 1}: "
        assert any(fault.startswith(where) for fault in faults)


def test_a_wrong_step_that_is_put_right_again_is_found(derived):
    first = derived.differential.steps[0]
    reason = Reason("planted", "nothing holds here")
    planted = (first, Step(other(first.result), reason), Step(first.result, reason), *derived.differential.steps[1:])
    faults = derived.faults(replace(derived.differential, steps=planted), printed=derived.differential.result)
    assert faults == ["step 2: nothing holds here"]


def test_a_result_of_another_shape_is_found(derived):
    last = derived.differential.steps[-1]
    square = last.result.shape[0] == last.result.shape[1]
    wrong = mul(dimension("n"), last.result) if square else transpose(last.result)
    planted = (*derived.differential.steps, Step(wrong, last.by))
    assert any(fault.startswith("step ") for fault in derived.faults(replace(derived.differential, steps=planted)))


def test_a_wrong_cotangent_is_found_at_its_node(derived):
    cotangents = derived.differential.cotangents
    for place, cotangent in enumerate(cotangents):
        if cotangent.of is derived.value:
            continue  # the seed: everything is measured against it
        wrong = replace(cotangent, value=other(cotangent.value))
        planted = (*cotangents[:place], wrong, *cotangents[place + 1 :])
        faults = derived.faults(replace(derived.differential, cotangents=planted))
        assert faults
        assert all(fault.startswith("cotangent of ") for fault in faults)


@pytest.mark.parametrize(("operation", "instead"), [("matmul", "sub"), ("exp", "sin"), ("add", "sub"), ("tr", "sum")])
def test_a_wrong_operation_in_the_graph_is_found(operation, instead):
    derived = Derived("gradient", "tr(X @ X + exp(X))", "X")
    old = derived.differential.graph
    graph = tuple(replace(each, operation=instead) if each.operation == operation else each for each in old)
    faults = derived.faults(replace(derived.differential, graph=graph))
    assert any(fault.startswith(f"graph, {instead} at ") for fault in faults)


def test_a_wrong_argument_in_the_graph_is_found():
    derived = Derived("gradient", "x.T @ X @ x", "x")
    planted = tuple(
        replace(v, args=(transpose(v.args[1]), transpose(v.args[0]))) if v.operation == "matmul" else v
        for v in derived.differential.graph
        if v.operation != "transpose"
    )
    assert derived.faults(replace(derived.differential, graph=planted))


def test_a_wrong_printed_formula_is_found(derived):
    assert derived.faults(printed=other(derived.differential.result)) == ["the printed formula, read again"]


PLANTED = [
    ("return ", "return -"),
    ("return ", "return 2 * "),
    ("return ", "return 1 + "),
    ("return ", "return np.float32(1.0001) * "),
    ("return ", "return [0.0, 0.0], "),
    ("return ", "return None  # "),
    ("return ", "raise ValueError  # "),
    ("return ", "return undefined + "),
    ("return ", "return np.nan * "),
    ("return ", "return np.inf + "),
]


@pytest.mark.parametrize(("before", "after"), PLANTED)
def test_a_wrong_program_is_found(derived, before, after):
    wrong = derived.source.replace(before, after)
    assert derived.faults(source=wrong) == ["the NumPy function, run"]


def test_axes_in_another_order_are_found():
    derived = Derived("jacobian", "A @ X", "X")
    assert derived.differential.axes == ("m", "n", "n", "n")
    wrong = derived.source.replace('order="F"', 'order="C"')
    assert derived.faults(source=wrong) == ["the NumPy function, run"]
    turned = replace(derived.differential, axes=("n", "n", "n", "m"))
    assert derived.faults(turned) == ["the NumPy function, run"]


@pytest.mark.parametrize("variable", ["S", "D"])
@pytest.mark.parametrize("told", list(CONVENTIONS))
@pytest.mark.parametrize("meant", list(CONVENTIONS))
def test_another_convention_than_told_is_found(variable, told, meant):
    """The same formula under another convention is another claim."""
    own = "diagonal" if variable == "D" else "symmetric"
    if not all(each == "free" or each.startswith(own) for each in (told, meant)):
        return
    derived = Derived("gradient", f"tr(X @ {variable} @ X @ {variable})", variable, meant)
    faults = derived.faults(replace(derived.differential, convention=told))
    assert ("the result, against the definition of the derivative" in faults) == (told != meant)


def test_what_has_no_real_value_is_not_passed():
    with pytest.raises(derive.DeriveError, match="cannot be verified"):
        derive.gradient("sum(log(-exp(x)))", wrt="x")


@pytest.mark.parametrize(("written", "wrt"), [("sum(sqrt(relu(x)))", "x"), ("tr(sqrt(P))", "P"), ("tr(sqrt(X))", "X")])
def test_a_formula_without_a_value_where_the_expression_has_one_is_not_passed(written, wrt):
    with pytest.raises(derive.DeriveError, match="at most points where the expression is a real number"):
        derive.gradient(written, wrt=wrt, shapes={"P": "n,n spd"})


def test_what_cannot_be_evaluated_on_the_way_is_no_fault():
    """The determinant of steps is a number, but that of a singular matrix has no inverse to go on with."""
    with pytest.raises(derive.DeriveError, match="cannot be verified"):
        derive.gradient("det(step(X))", wrt="X")


ANSWERED = [
    "norm2(relu(x))",
    "sum(exp(-1 / x**2))",
    "log(sum(relu(x)))",
    "tanh(exp(sumsq(x)**2))",
    "sum(sqrt(sqrt(x)))",
]


@pytest.mark.parametrize("written", ANSWERED)
def test_a_formula_may_have_no_value_at_single_points(written):
    assert derive.gradient(written, wrt="x").verified


def test_a_large_determinant_is_not_passed():
    with pytest.raises(derive.DeriveError, match="a determinant of size 9 is too large"):
        derive.gradient("det(X)", wrt="X", shapes={"X": "9,9"})


def test_each_finding_tells_points_and_sizes():
    answer = derive.gradient("sumsq(A @ x)", wrt="x")
    assert all("random points at m = 2, n = 3" in finding.detail for finding in answer.findings)
    assert sum(finding.where.startswith("step ") for finding in answer.findings) == len(answer.steps) - 1


def test_entries_are_judged_where_they_exist():
    assert derive.gradient("X[7, 8] * X[0, 0]", wrt="X").formula
    assert derive.gradient("X[7, 8]", wrt="X", shapes={"X": "9,9"}).verified


def test_the_sizes_of_a_round_differ_from_each_other():
    for row in judge.ROUNDS:
        assert len(set(row)) == len(row)
    assert judge.ROUNDS[0] != judge.ROUNDS[1]


@pytest.mark.parametrize("module", ["examine", "values", "dual"])
def test_the_judge_reads_no_theorem_and_no_identity(module):
    """Neither by an import nor by a word: ``pullbacks`` are what it judges."""
    path = Path(judge.__file__).parent / f"{module}.py"
    tree = ast.parse(path.read_text("utf-8"))
    names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert "pullbacks" not in names
    rules = ("identities", "reverse", "shorter", "products", "reductions", "transposes", "linear_maps")
    assert modules.isdisjoint(f"derive.{each}" for each in rules)


def test_one_part_in_a_million_is_not_rounding():
    derived = Derived("gradient", "sum(exp(A @ x)) + x.T @ x", "x")
    last = derived.differential.steps[-1]
    slightly = Step(mul(number(Fraction(10**6 + 1, 10**6)), last.result), last.by)
    assert derived.faults(replace(derived.differential, steps=(*derived.differential.steps, slightly)))
