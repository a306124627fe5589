"""Lecture notes: what their prose claims, the mistakes that they may not make, and the exercise."""

import re
from dataclasses import replace

import numpy as np
import pytest
from sympy import ImmutableDenseMatrix, Integer

import derive
from derive.errors import DeriveError
from derive.exercise import exercise
from derive.judge_exercise import exercise_verdict
from derive.latex_display import LatexWriter
from derive.lessons import IMAGES, flattened
from derive.notation import Notation
from derive.operation import catalogue, registered
from derive.proof import Calc, Step
from derive.suitable import is_layer, weight

ROWS = derive.derivation("matmul", m=2, k=3, n=4)
COLUMNS = derive.derivation("matmul", names="D = W X", m=2, k=3, n=4)
LAYERS = {
    "rows": (ROWS, "X"),
    "columns": (COLUMNS, "X"),
    "affine": (derive.derivation("affine", m=2, k=3, n=4), "X"),
    "affine-columns": (derive.derivation("affine_columns", names="C = A B v", m=2, k=3, n=4), "B"),
}


WRITTEN = {}


def notes(derived, format="md", **options):
    """The document; that which is asked for again and again is written once."""
    if options:
        return derived.render(format, template="lecture", **options)
    key = (id(derived), format)
    if key not in WRITTEN:
        WRITTEN[key] = derived.render(format, template="lecture")
    return WRITTEN[key]


@pytest.fixture(scope="module", params=LAYERS)
def layer(request):
    return LAYERS[request.param]


# The numbers of the exercise


def solved(derived=ROWS, numbers=None, seed=None):
    return exercise(derived, numbers or {}, seed)


def array(grid):
    return np.array(grid.tolist(), dtype=int)


def results(made):
    return [array(calc.result) for calc in (made.output, made.squares, *made.gradients)]


def test_the_usual_exercise_has_its_well_known_solutions():
    made = solved()
    assert [calc.result.tolist() for calc in made.inputs] == [[[0, 1], [2, 3]], [[1, 1], [1, 1]]]
    assert made.loss.result == 52
    assert [calc.result.tolist() for calc in made.gradients] == [
        [[1, 1], [1, 1]],
        [[2, 2], [10, 10]],
        [[4, 4], [20, 20]],
        [[20, 20], [32, 32]],
    ]
    page = notes(ROWS)
    assert "L = 1 + 1 + 25 + 25 = 52" in page
    assert r"\begin{pmatrix} 20 & 20 \\ 32 & 32 \end{pmatrix}" in page


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("derived", [ROWS, COLUMNS], ids=["rows", "columns"])
def test_a_drawn_exercise_is_solved(derived, seed):
    made = solved(derived, seed=seed)
    left, right = (array(calc.result) for calc in made.inputs)
    product = left @ right
    wanted = [product, product**2, np.ones_like(product), 2 * product, 2 * product @ right.T, 2 * left.T @ product]
    for found, each in zip(results(made), wanted, strict=True):
        assert (found == each).all()
    assert made.loss.result == (product**2).sum()
    assert made == solved(derived, seed=seed)
    assert exercise_verdict(made).ok


def test_seeds_draw_different_exercises():
    assert len({solved(seed=seed).inputs for seed in range(12)}) > 8
    assert {calc.result.shape for seed in range(12) for calc in solved(seed=seed).inputs} >= {(2, 3), (3, 2), (2, 2)}


def test_given_numbers_are_taken_and_the_others_fit():
    made = solved(numbers={"X": [[1, 2, 3]]})
    assert [calc.result.tolist() for calc in made.inputs] == [[[1, 2, 3]], [[1, 1], [1, 1], [1, 1]]]
    made = solved(numbers={"W": np.array([[1.0], [-2.0]])}, seed=1)
    assert made.inputs[1].result == ImmutableDenseMatrix([[1], [-2]])
    assert made.inputs[0].result.shape[1] == 2
    largest = np.full((8, 8), 999)
    made = solved(numbers={"X": largest, "W": -largest})
    assert made.loss.result == 64 * (8 * 999**2) ** 2
    assert exercise_verdict(made).ok


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ({"X": [[1, 2]], "W": [[1, 2]]}, "the numbers of X have 2 columns, and those of W 1 rows"),
        ({"X": [[0.5]]}, "integers from -999 to 999"),
        ({"X": [[1000]]}, "integers from -999 to 999"),
        ({"X": [[float("nan")]]}, "integers from -999 to 999"),
        ({"X": [1, 2]}, "at most 8 rows and columns"),
        ({"X": [[1] * 9]}, "at most 8 rows and columns"),
        ({"X": [[]]}, "at most 8 rows and columns"),
        ({"X": [["a"]]}, "no matrix"),
        ({"X": [[1], [1, 2]]}, "no matrix"),
        ({"b": [[1]]}, "unknown matrix of the exercise 'b'"),
    ],
)
def test_numbers_that_do_not_fit_are_refused(numbers, message):
    with pytest.raises(DeriveError, match=re.escape(message)):
        notes(ROWS, numbers=numbers)


def planted(made):
    """The exercise with a single error, in every calculation once."""
    names = ("output", "squares", "loss", "square", "sum")
    for name in names:
        calc = getattr(made, name)
        for number, step in enumerate(calc.steps):
            yield replace(made, **{name: wrong(calc, number, step)})
    for place, calc in enumerate(made.gradients):
        for number, step in enumerate(calc.steps):
            changed = [*made.gradients]
            changed[place] = wrong(calc, number, step)
            yield replace(made, gradients=tuple(changed))
    yield replace(made, gradients=made.gradients[::-1])
    yield replace(made, gradients=made.gradients[1:])
    yield replace(made, inputs=made.inputs[::-1])


def wrong(calc, number, step):
    steps = [*calc.steps]
    steps[number] = Step(2 * step.result if step.result != 0 else Integer(1), step.by)
    return Calc(calc.goal, tuple(steps))


def test_the_judge_of_the_exercise_finds_every_error():
    made = solved(numbers={"X": [[1, 2], [3, 4]], "W": [[1, -1, 2], [5, 0, 1]]})
    assert exercise_verdict(made).ok
    assert exercise_verdict(made).equalities > 50
    cases = [*planted(made)]
    assert len(cases) > 15
    for case in cases:
        assert not exercise_verdict(case).ok


def test_a_false_exercise_is_not_written(monkeypatch):
    first = next(planted(solved()))
    monkeypatch.setattr("derive.exercise.exercise", lambda *_: first)
    with pytest.raises(DeriveError, match="the judge rejects"):
        notes(ROWS, depth="short")


def test_solutions_stand_where_they_are_asked_for():
    within, without, apart = (notes(ROWS, solutions=chosen) for chosen in ("yes", "no", "separate"))
    for solution in ("= 52", r"\odot S \odot"):
        assert solution in within
        assert solution in apart
        assert solution not in without
    task = without.index("## Exercises")
    assert apart[task:].index("= 52") > apart[task:].index("\n---\n") > apart[task:].index("Find, one after the other")
    assert r"\clearpage" in notes(ROWS, "tex", solutions="separate")
    assert r"\clearpage" not in notes(ROWS, "tex")
    assert '<div class="new-page">' in notes(ROWS, "standalone", solutions="separate")


# Pictures as rows


def test_pictures_are_flattened_row_by_row():
    count, rows, columns = IMAGES
    batch = np.arange(count * rows * columns).reshape(count, rows, columns)
    order = [[batch[n - 1, r - 1, c - 1] for n, r, c in line] for line in flattened(*IMAGES)]
    assert (np.array(order) == batch.reshape(count, -1)).all()


@pytest.mark.parametrize("by_rows", [True, False], ids=["rows", "columns"])
def test_the_pixels_that_are_shown_are_in_order(by_rows):
    """Each row or column of the matrix shows pixels of one picture in order, the first and the last among them."""
    w = LatexWriter(ROWS, Notation.named("lecture"))
    _, after = w.flattening(ROWS.inputs[0], by_rows).split(r" \rightarrow ")
    body = after.removeprefix(r"\begin{pmatrix} ").removesuffix(r" \end{pmatrix}")
    cells = [row.split(" & ") for row in body.split(r" \\ ")]
    lines = cells if by_rows else [list(line) for line in zip(*cells, strict=True)]
    for line, order in zip(lines, flattened(*IMAGES), strict=True):
        places = [order.index(tuple(map(int, re.findall(r"\d", cell)))) for cell in line if cell.startswith("x")]
        assert places == [0, 7, 8, 63]
        assert [k for k, cell in enumerate(line) if "dots" in cell] == [1, 4]


# What the prose claims


def test_every_layer_has_its_notes():
    fitting = []
    for name, signature in catalogue().items():
        sizes = dict(zip(signature.sizes, (2, 3, 4, 2), strict=False))
        made = derive.derivation(name, **sizes, **registered()[name].sample)
        if is_layer(made):
            fitting.append(name)
            continue
        with pytest.raises(DeriveError, match="does not suit"):
            notes(made)
    assert fitting == ["affine", "affine_columns", "matmul"]


def test_samples_and_weights_are_where_the_notes_say(layer):
    """Each row (or column) of the input is a sample: changed alone, it changes that row (or column) of the output."""
    derived, name = layer
    page = notes(derived)
    by_rows = "Each row is one sample" in page
    assert by_rows != ("Each column is one sample" in page)
    assert f"### What is ${name}$?" in page
    left, right = np.ones((2, 3)), np.ones((3, 4))
    before = left @ right
    if by_rows:
        left[1] = 5
        assert weight(derived) == derived.inputs[1]
        changed = {row for row, _ in np.argwhere(left @ right != before)}
    else:
        right[:, 1] = 5
        assert weight(derived) == derived.inputs[0]
        changed = {column for _, column in np.argwhere(left @ right != before)}
    assert changed == {1}
    assert ("is added once on the left and twice on the right" in page) is True


def test_the_function_computes_all_gradients(layer):
    """As the derivative of the sum of the output times numbers, by the difference of linear functions."""
    derived, _ = layer
    page = notes(derived)
    stub, function = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert "..." in stub
    compile(stub, "stub", "exec")
    space = {"np": np}
    exec(function, space)
    by_rows = "Each row is one sample" in page
    draw = np.random.default_rng(1)
    P, Q = draw.integers(-9, 9, (2, 3)), draw.integers(-9, 9, (3, 4))
    b = draw.integers(-9, 9, (1, 4) if by_rows else (2, 1))
    G = draw.integers(-9, 9, (2, 4))
    found = space["affine_backward"](G, (P, Q, b))
    for number, matrix in enumerate((P, Q, b)):
        assert found[number].shape == matrix.shape
        for at in np.ndindex(matrix.shape):
            inputs = [P.copy(), Q.copy(), b.copy()]
            inputs[number][at] += 1
            assert found[number][at] == (G * (inputs[0] @ inputs[1] + inputs[2] - (P @ Q + b))).sum()


def test_the_notes_make_no_known_mistake(layer):
    """An undefined operator; a corner w_mn; a broadcast bias without its ones; a sum that loses a dimension."""
    derived, _ = layer
    page = notes(derived)
    assert r"\oplus" not in page
    assert r"\mathbf 1_" in page
    assert page.count("keepdims=True") == 2
    assert r"\frac{\partial f}{\partial x_{n,m}}" in page
    assert r"\frac{\partial f_{1}}{\partial x_{n}} \\[0.5em] \vdots" in page
    assert r"\frac{\partial f_{m}}{\partial x_{1}} & \cdots & \frac{\partial f_{m}}{\partial x_{n}}" in page
    assert page.count("Frobenius") == 2
    assert page.count(r"\rangle_{F}") == 4


def test_row_sums_belong_to_columns_and_column_sums_to_rows():
    for derived, words, axis in ((ROWS, "each of its columns", "axis=0"), (COLUMNS, "each of its rows", "axis=1")):
        page = notes(derived)
        assert words in page
        assert page.count(axis) == 2


def test_the_bias_tells_which_factor_is_learned():
    """Whatever the factors are called."""
    assert weight(derive.derivation("affine", names="Y = W X b", m=2, k=2, n=2)).name == "X"
    assert weight(derive.derivation("affine_columns", names="Y = A B v", m=2, k=2, n=2)).name == "A"


# Numbers and references


def references(tex):
    labels = re.findall(r"\\label\{(eq:[\w-]+)\}", tex)
    return labels, re.findall(r"\\eqref\{(eq:[\w-]+)\}", tex)


@pytest.mark.parametrize("depth", ["full", "short"])
@pytest.mark.parametrize("solutions", ["yes", "no", "separate"])
def test_every_reference_has_its_label_above(depth, solutions):
    tex = notes(ROWS, "tex", depth=depth, solutions=solutions)
    labels, cited = references(tex)
    assert len(set(labels)) == len(labels) > 15
    assert set(cited) <= set(labels)
    assert len(cited) > 4
    for name in cited:
        assert tex.index(rf"\label{{{name}}}") < tex.index(rf"\eqref{{{name}}}")


def test_markdown_cites_the_numbers_that_it_gives():
    page = notes(ROWS)
    tags = [int(number) for number in re.findall(r"\\tag\{(\d+)\}", page)]
    assert tags == [*range(1, len(tags) + 1)]
    assert set(re.findall(r"(?<=\w )\((\d+)\)", page)) <= {str(number) for number in tags}


def test_without_numbers_nothing_is_cited():
    for format in ("md", "tex", "standalone"):
        page = notes(ROWS, format, numbered=False)
        assert r"\tag" not in page
        assert "eqref" not in page
        assert not re.search(r">\(\d+\)<|\w \(\d+\)", page)


def test_short_notes_leave_out_the_introduction_and_what_repeats():
    full, short = notes(ROWS), notes(ROWS, depth="short")
    assert len(short) < 0.7 * len(full)
    for left_out in ("What is", "Two remarks", "Jacobian", "One layer at a time", r"\rightarrow"):
        assert left_out in full
        assert left_out not in short
    for kept in ("Frobenius", "## The bias", "## Exercises", r"\mathbf 1_{m}^{T}", "= 52"):
        assert kept in short


# What is said of matrices with a single entry


def test_a_single_entry_has_no_others():
    """At 1 × 1 · 1 × 1 no sentence speaks of other entries, rows of them, or zeros."""
    text = notes(derive.derivation("matmul", m=1, k=1, n=1))
    assert "There is no other entry, so that the whole gradient is" in text
    assert "no entry is without" in text
    for plural in ("Every other entry", "in each of the others", "all entries of one row"):
        assert plural not in text
        assert plural in notes(ROWS)


def test_labels_stand_between_angle_brackets_only_beside_dots():
    """There they tell what the dots stand for; elsewhere the line before has named both factors."""
    for size, labels in ((2, 0), (12, 2)):
        text = notes(derive.derivation("matmul", m=size, k=2, n=3))
        inside = re.findall(r"\\left\\langle (.*?) \\right\\rangle", text)
        assert [each.count(r"\underbrace") for each in inside if "matrix" in each] == [labels] * 2


@pytest.mark.parametrize(
    ("names", "line", "linear"),
    [
        ("Y = X W b", "y = a x + b", r"f(u + v) = f(u) + f(v), \quad f(c u) = c f(u)"),
        ("Y = a b c", "y = d x + c", r"f(u + v) = f(u) + f(v), \quad f(t u) = t f(u)"),
        ("f = u v c", "y = a x + b", r"g(x + y) = g(x) + g(y), \quad g(a x) = a g(x)"),
    ],
)
def test_letters_for_anything_are_those_of_nothing_on_the_page(names, line, linear):
    text = derive.derivation("affine", m=2, k=3, n=2, names=names).render("md", template="lecture")
    assert f"\n{line}\n" in text
    assert linear in text


def test_the_rules_are_shown_for_any_sizes():
    text = derive.derivation("matmul", m=2, k=4, n=3).render("md", template="lecture")
    assert "In general $y_{i,j}$ contains $w_{p,q}$ only where $j = q$, and the chain rule gives" in text
    assert text.count("Therefore, for all sizes,") == text.count("The sizes do not matter for this.") == 2


def test_a_single_square_is_no_sum_of_one():
    made = derive.derivation("affine", m=2, k=3, n=1)
    assert "L = 4 \\tag" in made.render("md", template="lecture", numbers={"X": [[-1]], "W": [[-2]]})
