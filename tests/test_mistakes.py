"""The mistakes of documents written by hand, which those written here cannot make: one test each, for several names.

Every formula is also read and evaluated (``test_forms_read_back.py``).  Here each mistake is looked for by itself, in
the text, whether or not it makes anything false.
"""

import re
from dataclasses import replace

import pytest

import derive
from derive.errors import DeriveError
from tests.form_reading import FORMATS, Page
from tests.page_formulas import ENTRY, MATRIX, SIZES, braces, cells, formulas, fractions, places, shapes
from tests.told_operations import Told

LAYERS = (
    Told("affine", (2, 3, 4)),
    Told("affine_columns", (3, 4, 2), "Z = V H d"),
    Told("matmul", (4, 2, 3), "D = W X", "J"),
)


def pages(*forms: str, told: tuple[Told, ...] = LAYERS) -> list[Page]:
    return [
        Page(form, "md" if "md" in FORMATS[form] else FORMATS[form][0], each)
        for form in forms or FORMATS
        for each in told
    ]


def over(found: list[Page]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("page", found, ids=str)


# ------------------------------------------------------------------------------------------------
# Derivatives


@over(pages())
def test_a_derivative_has_its_sign_above_and_below(page):
    """A ∂ that is missing below the line leaves a fraction of a change by a number."""
    found = [*fractions(page)]
    assert len(found) > 10
    for above, below in found:
        signs = [bool(re.match(r"\\partial(?![a-z])|\\mathrm\{d\}", part)) for part in (above, below)]
        assert signs[0] == signs[1], (above, below)


@over(pages())
def test_a_local_derivative_is_no_quotient_of_entries(page):
    """Without both of its signs ∂y/∂w turns into y divided by w, which is something else and looks well-formed."""
    entry = re.compile(rf"\s*{page.told.matrices[0][0].lower()}_", re.IGNORECASE)
    assert not [(above, below) for above, below in fractions(page) if entry.match(above)]


@over(pages("slides", "readme", "post", "indices", "worked"))
def test_the_sum_for_an_entry_takes_the_indices_of_that_entry(page):
    """In ∂L/∂p_it = Σ_j g_ij q_tj the running index stands last in both factors, and the others are those of the goal.

    For the right factor, ∂L/∂q_tj = Σ_i p_it g_ij, it stands first in both.
    """
    output, left, right = (name.lower() for name in page.told.product.matrices)
    by, goes, found = "", [], 0
    for line in (line for tex in formulas(page) for line in tex.split(r"\\") if r"\delta" not in line):
        if goal := re.match(rf"[^=]*\}}\{{[^=]*?{ENTRY.pattern}\}}\s*&?=", line):
            by, goes = goal[1].lower(), places(goal[2])
        if by not in (left, right) or len(goes) != 2:
            continue
        (row, column), factor = goes, left if by == right else right
        for index, body in re.findall(r"\\sum_\{(\w)=1\}\^\{\w\} ((?:(?!\\sum|=|&).)*)", line):
            terms = {name.lower(): places(indices) for name, indices in ENTRY.findall(body)}
            if {*terms} == {output, factor}:
                wanted = ([index, column], [index, row]) if by == right else ([row, index], [column, index])
                assert (terms[output], terms[factor]) == wanted, line
                found += 1
    assert found > 1


# ------------------------------------------------------------------------------------------------
# Drawn matrices


@over(pages())
def test_the_last_entry_of_a_matrix_has_its_own_sizes(page):
    """A corner w_mn where the matrix is of another shape; in its transpose as well."""
    told = shapes(page)
    for tex in formulas(page):
        for name, indices in ENTRY.findall(tex):
            found = places(indices)
            if name.lower() in told and len(found) == 2 and {*found} <= {*SIZES}:
                assert tuple(found) == told[name.lower()], (name, indices, tex)


@over(pages())
def test_no_entry_of_a_drawn_matrix_stands_there_twice(page):
    """A row that is copied and not changed; only the bias is repeated, and on purpose."""
    told = page.told.layer.matrices
    for tex in formulas(page):
        for body in MATRIX.findall(tex):
            drawn = [cell for row in cells(body) for cell in row if ENTRY.fullmatch(cell)]
            bias = [cell for cell in drawn if cell[0].lower() == told[-1].lower()]
            assert len({*drawn}) == len(drawn) or bias == drawn, body


@over(pages("slides", "readme", "post", "worked", "notebook"))
def test_a_transposed_matrix_is_drawn_transposed(page):
    """Its rows run as far as the columns of the matrix, and its columns as far as the rows: also under dots."""
    found = 0
    for body, label in braces(page):
        turned = re.fullmatch(r"(?:\\boldsymbol\{|\\mathbf\{)?([A-Z])\}?\^\{(?:T|\\top)\}", label)
        drawn = MATRIX.search(body)
        if not (turned and drawn):
            continue
        grid = cells(drawn[1])
        for i, row in enumerate(grid):
            for j, cell in enumerate(row):
                entry, first = ENTRY.fullmatch(cell), ENTRY.fullmatch(grid[0][j])
                if entry and first and ENTRY.fullmatch(row[0]):
                    column, line = places(first[2])[0], places(ENTRY.fullmatch(row[0])[2])[-1]
                    assert (entry[1].upper(), places(entry[2])) == (turned[1], [column, line]), (i, j, body)
        found += 1
    assert found or page.form == "readme"


@over(pages("slides", "post", "worked", "notebook", "lecture"))
def test_a_brace_names_what_it_embraces(page):
    """Right numbers under a wrong name: the gradient of one matrix labelled as that of another, X for its transpose."""
    found = 0
    for body, label in braces(page):
        drawn = MATRIX.search(body)
        if not drawn or r"\times" in label or ENTRY.search(label):
            continue  # a shape, or derivatives by one entry, which hold other names
        entries = ENTRY.findall(drawn[1])
        names = {name.upper() for name, _ in entries}
        if len(names) == 1 and r"\sum" not in drawn[1] and "+" not in drawn[1]:
            plain = re.sub(r"\\(?:boldsymbol|mathbf)\{(\w)\}", r"\1", label).replace(r"\tfrac", r"\frac")
            assert names.pop() in plain.upper()
            upstream = r"\frac{\partial " + page.told.loss
            assert (upstream in drawn[1]) == (upstream in plain), (body, label)
            found += 1
    assert found


# ------------------------------------------------------------------------------------------------
# The bias


@over(pages("slides", "lecture"))
def test_a_bias_is_a_row_or_a_column_as_it_is_added(page):
    """It has as many entries as there are outputs, whatever the number of samples: b_n for rows, b_m for columns."""
    layer = page.told.layer
    name, last = layer.matrices[-1], "m" if page.told.weight_first else "n"
    found = {indices for tex in formulas(page) for entry, indices in ENTRY.findall(tex) if entry == name}
    numbers = {int(index) for index in found if index.isdigit()}
    assert numbers <= {*range(1, dict(layer.given.sizes)[last] + 1)}
    assert found - {*map(str, numbers)} <= {last, "p", "q", "i", "j"}
    assert numbers


@over(pages("slides", "lecture", "indices", "readme", "post", "notebook", "worked"))
def test_the_gradient_of_the_bias_is_not_left_out(page):
    """It is a product with ones, as long as there are samples."""
    if page.told.operation == "matmul" and page.form not in ("slides", "lecture"):
        return
    loss, bias = page.told.loss, page.told.layer.matrices[-1]
    ones = r"\\mathbf 1_\{n\}" if page.told.weight_first else r"\\mathbf 1_\{m\}\^"
    plain = [re.sub(r"\\(?:boldsymbol|mathbf)\{([A-Za-z])\}|\\mathrm\{d\}", lambda m: m[1] or r"\\partial", tex)
             for tex in formulas(page)]  # fmt: skip
    goal = re.compile(rf"\\frac\{{\\+partial {loss}\}}\{{\\+partial {bias}\}} = .*{ones}")
    assert any(goal.search(tex) for tex in plain)


@over(pages("slides", "lecture", "worked", "notebook", "post"))
def test_a_sum_in_code_keeps_its_dimension(page):
    """Without keepdims the gradient of a row would be no row any more."""
    sums = re.findall(r"\.sum\((?=axis)[^)]*\)", page.text)
    assert all("keepdims=True" in each for each in sums)
    axis = "axis=1" if page.told.weight_first else "axis=0"
    assert all(axis in each for each in sums)


# ------------------------------------------------------------------------------------------------
# Products, limits, conventions


@over(pages())
def test_the_factors_of_the_layer_stand_in_their_order(page):
    """Written once the other way round, a layer goes unnoticed where all matrices are square."""
    output, left, right = page.told.product.matrices
    words = {"indices": "## If the samples are"}.get(page.form)
    plain = re.sub(r"\\(?:boldsymbol|mathbf)\{([A-Z])\}", r"\1", page.text.split(words)[0] if words else page.text)
    times = r"(?: |\s*\\+times\s*)"
    assert re.search(rf"{output} = {left}{times}{right}(?![\^\w])", plain)
    assert not re.search(rf"(?<!\^)(?<!\w){right}{times}{left}(?![\^\w])", plain)


@over(pages())
def test_every_upper_limit_is_a_size_that_the_page_has(page):
    """A sum up to a letter that stands for nothing; the general chain rule counts its own functions."""
    for tex in formulas(page):
        for limit in re.findall(r"\\sum_\{[^}]*\}(?:\^\{([^}]*)\})?", tex):
            numbers = [str(size) for size in (*page.told.sizes, *page.exercise)]
            assert limit in (*SIZES, *numbers) or (limit == "M" and "f_{" in tex), tex


@over(pages("indices"))
def test_the_other_convention_has_results_of_its_own(page):
    """Its rules are those of the transposed matrices, with the factors exchanged, and not the same ones."""
    here, there = page.text.split("## If the samples are")
    output, *matrices = page.told.product.matrices
    sign = rf"\\frac\{{\\partial {page.told.loss}\}}\{{\\partial (\w)\}}"
    own = dict(re.findall(rf"boxed\{{\\;{sign} = (.*?)\\;\}}", here))
    other = dict(re.findall(rf"\n{sign} = (.*)\n", there))
    upstream = rf"\frac{{\partial {page.told.loss}}}{{\partial {output}}}"
    assert own.keys() == other.keys() >= {*matrices}
    for name, factor in zip(matrices, matrices[::-1], strict=True):
        either = {rf"{upstream} \, {factor}^{{T}}", rf"{factor}^{{T}} \, {upstream}"}
        assert {own[name], other[name]} == either


@over(pages())
def test_a_sum_of_products_in_place_is_a_product_of_frobenius(page):
    """A dot between two matrices would say that they are multiplied as matrices."""
    for tex in formulas(page):
        assert len(re.findall(r"\\langle", tex)) == len(re.findall(r"\\right\\rangle_\{F\}", tex))
        assert r"\cdot " not in tex
    if page.form == "lecture":
        assert "*Frobenius product*" in page.text


@over(pages())
def test_no_operation_is_left_open(page):
    """A chain rule with a sign that is explained nowhere: every product of derivatives is one of numbers, or summed."""
    assert not any(sign in tex for tex in formulas(page) for sign in (r"\oplus", r"\otimes", r"\star", r"\ast"))


# ------------------------------------------------------------------------------------------------
# Numbers, references, names


@over(pages("lecture", "post"))
def test_every_number_is_given_once_and_every_reference_is_right(page):
    """Two formulas with one number; "by equation (4)" where another is meant, or where none is."""
    numbers = [int(number) for number in re.findall(r"\\tag\{(\d+)\}", page.text)]
    assert numbers == [*range(1, len(numbers) + 1)]
    report = page.read()
    assert [str(fault) for fault in report.faults] == []
    assert report.claims["references"] > 4


@pytest.mark.parametrize("told", LAYERS, ids=str)
@pytest.mark.parametrize("format", ["html", "md"])
def test_every_link_leads_somewhere(told, format):
    """A list of sections whose links go by other names than the sections."""
    text = Page("post", format, told).text
    links = {*re.findall(r'href="#([^"]+)"' if format == "html" else r"\]\(#([^)]+)\)", text)}
    anchors = re.findall(r'\bid="([^"]+)"' if format == "html" else r"\{:? ?#([\w-]+)", text)
    assert len(links) > 8
    assert links <= {*anchors}
    assert len({*anchors}) == len(anchors)


@over(pages())
def test_there_is_one_sign_between_two_sides(page):
    """A doubled sign of equality at the break of a line."""
    assert not any(re.search(r"=\s*(?:\\\\(?:\[[^\]]*\])?)?\s*&?\s*=", tex) for tex in formulas(page))


@over(pages())
def test_the_loss_is_one_thing(page):
    """A letter for the loss, and again for a function of other arguments or for a matrix."""
    loss = page.told.loss
    assert not any(re.search(rf"(?<![\\A-Za-z]){loss}(?:\(|\\left\(|_)", tex) for tex in formulas(page))
    assert loss not in page.told.layer.matrices


@over(pages("readme", "post"))
def test_a_matrix_is_bold_everywhere_or_nowhere(page):
    """Bold in one formula and plain in the next, or bold twice over."""
    style = {"readme": "mathbf", "post": "boldsymbol"}[page.form]
    for tex in formulas(page):
        for name in page.told.matrices:
            bold = rf"\{style}{{{name}}}"
            rest = tex.replace(bold, "").replace(r"\mathrm{d}", "")
            assert not re.search(rf"(?<![A-Za-z\\]){name}(?![A-Za-z_])", rest), tex
        assert rf"\{style}{{\{style}" not in tex


@over(pages(told=(Told("matmul", (2, 11, 1), "H = G U"),)))
def test_indices_from_ten_on_are_kept_apart(page):
    """x_{111}: is it entry 1, 11 or entry 11, 1?"""
    names = {name.lower() for name in page.told.layer.matrices}
    found = [indices for tex in formulas(page) for name, indices in ENTRY.findall(tex) if name.lower() in names]
    assert any("," in indices for indices in found) or page.form == "indices"
    assert not [indices for indices in found if re.search(r"\d{3}", indices)]


# ------------------------------------------------------------------------------------------------
# The exercises of the lecture


@over(pages("lecture"))
def test_the_exercises_are_of_the_same_layer_and_have_solutions(page):
    """A task that multiplies the other way round than the notes; a task that nobody has solved."""
    output, left, right = page.told.product.matrices
    tasks = page.text.split("## Exercises")[1]
    assert re.search(rf"{output} = {left} {right} = \\begin", tasks)
    assert tasks.count("*Solution.*") == 2
    boxed = re.findall(r"boxed\{.*\}", tasks)
    assert len(boxed) == 1
    assert re.search(r"([A-Z]) \\odot \(\\mathbf 1_\{m \\times n\} - \1\)", boxed[0])
    assert re.search(rf"{page.told.loss} = [-+ \d]+ = \d+", tasks)


@over(pages("lecture"))
def test_a_shape_as_a_subscript_is_the_shape(page):
    """X of shape N × D with another shape at its foot; the numbers of rows and columns, not of columns and rows."""
    found = 0
    for tex in formulas(page):
        for body, rows, columns in re.findall(
            r"\\begin\{pmatrix\}((?:(?!pmatrix).)*)\\end\{pmatrix\}_\{(\d+) \\times (\d+)\}", tex
        ):
            grid = cells(body)
            assert (len(grid), len(grid[0])) == (int(rows), int(columns)) or r"\cdots" in body or r"\vdots" in body
            found += 1
    assert found == 4


@pytest.mark.parametrize("names", [None, "D = W X", "C = A B"])
@pytest.mark.parametrize("form", FORMATS)
def test_what_is_shown_at_square_sizes_was_judged_at_others(form, names):
    """All sides 2 long, so that nobody sees a factor on the wrong side, or one that should be turned."""
    d = derive.derivation("matmul", m=2, k=2, n=2, names=names)
    sizes = d.verdict.sizes
    assert len({*sizes.values()}) == len(sizes) == 3
    theorem, other = d.theorems
    turned = replace(theorem, matrix=other.matrix)
    wrong = replace(d, theorems=(turned, other))
    with pytest.raises(DeriveError, match="the judge rejects"):
        wrong.render(template=form)
