"""The sentences of each form that claim something about formulas, each with its check.

A sentence is found by its key in the file of the prose, so that other words need no other test.
"""

import tomllib
from pathlib import Path

from tests.form_claims import (
    bias_is,
    both,
    broadcast,
    depends_on,
    derivatives,
    factors,
    in_the_sum,
    laid_out,
    left_over,
    ones,
    pictures,
    plays,
    sizes,
    stands,
    stay,
    unused,
    used_in,
    wanted,
)
from tests.form_references import (
    announces,
    nothing_chosen,
    output,
    pairs,
    refers,
    refers_above,
    refers_to_text,
    role,
    rules,
    takes,
)
from tests.reading import (
    Sentence,
    about,
    entry_of,
    has_shape,
    independent_unless,
    is_output,
    renamed,
    rule_with_shape,
    same_shape,
)
from tests.reading.sentences import Check, one

PROSE = tomllib.loads((Path(__file__).parent.parent / "templates" / "en.toml").read_text(encoding="utf-8"))
"""The prose, as it was when the tests began: a wrong prose of a test does not change what is looked for."""


def sentence(form: str, key: str, check: Check, at_least: int = 0, **kinds: tuple[str, ...]) -> Sentence:
    return Sentence(PROSE[form][key].strip(), check, at_least, **kinds)


def heading(form: str, key: str, gap: str = "input") -> Sentence:
    """What follows is about the matrix, and no entry of it is chosen yet."""
    return sentence(form, key, both(renamed(announces, matrix=gap), nothing_chosen))


def shape(form: str, key: str, gap: str = "input", at_least: int = 0) -> Sentence:
    return sentence(form, key, renamed(has_shape, matrix=gap, shape="shape"), at_least)


def entry_and_output(document, entry, output, **others):
    """{entry} exists, and {output} is the output."""
    document.readable(one(entry))
    is_output(document, output)


def held(place):
    """The formula of {output} holds entries of one row or column of {input}, and {entry} stands in another."""

    def check(document, input, output, entry, own, **where):
        entry_of(document, entry, input)
        independent_unless(document, output, entry, [f"{one(where[place])} = {one(own)}"])

    return check


def dot(document, row, left, column, right):
    """What was displayed last is row {row} of {left} times column {column} of {right}."""
    product = rf"\left({one(left)} {one(right)}\right)_{{{one(row)}{one(column)}}}"
    document.claim(f"{document.goal_tex} = {product}")


def added_to(kind):
    """The bias of this shape is a row, or a column."""
    return both(renamed(has_shape, matrix="input", shape="shape"), renamed(plays(input="bias"), input="input"),
                lambda document, **gaps: bias_is(kind)(document))  # fmt: skip


def other_way(rows, columns):
    """The other convention: its output has this shape, as many rows and columns as there are of these."""
    return both(renamed(has_shape, matrix="output", shape="shape"), laid_out("output", rows, columns))


SENTENCES: dict[str, tuple[Sentence, ...]] = {
    "worked": (
        shape("worked", "input-matrix", at_least=1),
        sentence("worked", "layout-first", renamed(same_shape, a="gradient", b="matrix"), 1),
        sentence("worked", "layout-other", renamed(same_shape, a="gradient", b="matrix")),
        sentence("worked", "column-of-ones", ones),
        heading("worked", "gradient"),
        sentence("worked", "partials-first", both(renamed(takes, entry="entry"), entry_and_output)),
        sentence(
            "worked",
            "partials-other",
            both(renamed(takes, entry="entry"), renamed(entry_of, entry="entry", matrix="input")),
        ),
        sentence("worked", "local-partial", both(renamed(about, matrix="input"), nothing_chosen), 1),
    ),
    "slides": (
        Sentence("{matrix} is {shape}, ", has_shape),
        sentence("slides", "shape", has_shape, 1),
        sentence("common", "ones-column", ones),
        sentence("slides", "sizes", sizes, 1, lists=("sizes",)),
        sentence("slides", "wanted", wanted, 1, lists=("gradients",)),
        sentence("slides", "one", takes, 1),
        *(
            sentence("slides", key, used_in, lists=("outputs",), words=("count",))
            for key in ("used-once", "used-twice", "used-often")
        ),
        sentence("slides", "used-never", unused),
        sentence(
            "slides",
            "only-where",
            both(renamed(independent_unless, of="of", entry="entry", condition="condition"), nothing_chosen),
            lists=("condition",),
        ),
        heading("slides", "all", "gradient"),
        heading("slides", "each-entry"),
        heading("slides", "matrix", "gradient"),
        heading("slides", "by-matrices", "gradient"),
        sentence("slides", "passed-back", both(plays(input="data"), renamed(about, matrix="input"))),
        sentence("slides", "learned", both(plays(input="weight"), renamed(about, matrix="input"))),
        sentence(
            "slides",
            "replicated",
            lambda document, equation, bias, output: both(plays(bias="bias"), plays(output="output"))(
                document, bias=bias, output=output
            ),
        ),
        sentence("slides", "unchanged", stay, lists=("inputs", "gradients")),
        sentence("slides", "bias-entries", plays(bias="bias")),
        sentence("slides", "bias-in-entries", plays(bias="bias", output="output")),
        heading("slides", "sums", "gradient"),
    ),
    "readme": (
        sentence("readme", "shape", has_shape, 1),
        sentence("common", "ones-column", ones),
        Sentence("The output {matrix} has shape {shape}.", has_shape, 1),
        Sentence("{of} does not contain {entry} unless {condition}. So", independent_unless, lists=("condition",)),
        heading("readme", "gradient"),
        Sentence("| {gradient} | {formula} | {shape} |", rule_with_shape, 1),
    ),
    "indices": (
        sentence("indices", "weight-rows", laid_out("input", "neurons", "features")),
        sentence("indices", "weight-columns", laid_out("input", "features", "neurons")),
        sentence("indices", "data-rows", laid_out("input", "samples", "features")),
        sentence("indices", "data-columns", laid_out("input", "features", "samples")),
        *(shape("indices", key) for key in ("weight-rows", "weight-columns", "data-rows", "data-columns", "input")),
        sentence("indices", "bias-row", added_to("row")),
        sentence("indices", "bias-column", added_to("column")),
        sentence("indices", "ones", ones),
        heading("indices", "gradient"),
        sentence("indices", "pick", renamed(entry_of, entry="entry", matrix="input"), 1),
        sentence("indices", "paths", entry_and_output),
        sentence("indices", "holds-row", held("row")),
        sentence("indices", "holds-column", held("column")),
        sentence("indices", "left-over", left_over, lists=("conditions",)),
        sentence("indices", "where-inside", left_over, lists=("conditions",)),
        sentence("indices", "last-in-both", stands(last=True)),
        sentence("indices", "first-in-both", stands(last=False)),
        sentence("indices", "dot", dot),
        sentence("indices", "dot-again", dot),
        sentence("indices", "same-way", renamed(entry_of, entry="entry", matrix="input")),
        sentence("indices", "in-rows", other_way("samples", "neurons")),
        sentence("indices", "in-columns", other_way("neurons", "samples")),
    ),
    "lecture": (
        sentence("lecture", "layer-rows", both(plays(input="data", weight="weight", bias="bias"), bias_is("row"))),
        sentence(
            "lecture", "layer-columns", both(plays(input="data", weight="weight", bias="bias"), bias_is("column"))
        ),
        sentence("lecture", "shape", has_shape, 3),
        *(
            sentence(
                "lecture",
                f"ones-{kind}s",
                both(renamed(ones, ones="ones", length="length"), plays(bias="bias"), bias_is(kind)),
            )
            for kind in ("row", "column")
        ),
        sentence("lecture", "data-rows", laid_out("data", "samples", "features")),
        sentence("lecture", "data-columns", laid_out("data", "features", "samples")),
        *(
            sentence("lecture", key, pictures, counts=("images", "rows", "columns"))
            for key in ("flat-rows", "flat-columns")
        ),
        shape("lecture", "weight-shape-columns", "weight"),
        shape("lecture", "weight-shape-rows", "weight"),
        sentence("lecture", "not-linear", plays(bias="bias")),
        sentence(
            "lecture",
            "loss-gradient",
            refers_to_text("definition", r"\mathbb{R}^{n \times m} \to \mathbb{R}"),
            words=("definition",),
        ),
        sentence("lecture", "paths", renamed(entry_of, entry="entry", matrix="weight"), 1),
        sentence(
            "lecture",
            "chained",
            both(refers("first", "gradient proof", output), refers("second", "gradient proof", role("weight"))),
            words=("first", "second"),
        ),
        sentence(
            "lecture",
            "one",
            both(renamed(takes, entry="entry"), refers("paths", "gradient proof", role("weight"))),
            1,
            words=("paths",),
        ),
        *(
            sentence(
                "lecture",
                f"slice-{which}",
                both(
                    renamed(takes, entry="entry"), refers("product", "matrix", output), refers_to_text("product", "_{1")
                ),
                phrases=("product",),
            )
            for which in ("some", "all")
        ),
        sentence(
            "lecture",
            "pairing",
            both(refers("paths", "gradient entry", role("weight")), renamed(pairs, upstream="upstream", slice="slice")),
            1,
            words=("paths",),
        ),
        sentence("lecture", "all", takes),
        sentence("lecture", "read", refers_above("sums"), words=("sums",)),
        sentence("lecture", "read-single", refers_above("sums"), words=("sums",)),
        sentence(
            "lecture",
            "sparse",
            both(renamed(independent_unless, of="of", entry="entry", condition="condition"), nothing_chosen),
            lists=("condition",),
        ),
        heading("lecture", "the-other"),
        sentence("lecture", "sizes", sizes, 1, lists=("sizes",)),
        sentence(
            "lecture",
            "the-other-entry",
            both(renamed(takes, entry="entry"), renamed(entry_of, entry="entry", matrix="input")),
        ),
        sentence("lecture", "both-rules", rules, words=("rules",)),
        sentence("lecture", "because-scalar", plays(output="output", weight="weight")),
        sentence("lecture", "broadcast-rows", broadcast(rows=True)),
        sentence("lecture", "broadcast-columns", broadcast(rows=False)),
        sentence(
            "lecture",
            "bias-like",
            both(plays(input="data", weight="weight", bias="bias"), refers("rule", "gradient", role("weight"))),
            1,
            words=("rule",),
        ),
        *(sentence("lecture", f"bias-sums-{kind}s", bias_is(kind)) for kind in ("row", "column")),
        *(sentence("lecture", f"bias-code-{kind}s", bias_is(kind), words=("code",)) for kind in ("row", "column")),
        sentence("lecture", "the-others-stay", stay, 1, lists=("inputs",)),
    ),
    "post": (
        sentence("common", "ones-column", ones),
        Sentence("In words: {entry} is the dot product of {parts}.", depends_on, phrases=("parts",)),
        sentence("post", "parts", depends_on, phrases=("parts",)),
        sentence(
            "post",
            "zeros",
            both(renamed(depends_on, entry="entry", parts="parts"), refers("forward", "definition", output)),
            1,
            words=("forward",),
            phrases=("parts",),
        ),
        Sentence(
            "| {input} | {indices} | {entries} | {outputs} | {derivatives} | {zeros} |",
            derivatives,
            at_least=1,
            counts=("indices", "entries", "outputs", "derivatives", "zeros"),
        ),
        sentence("post", "mean", plays(output="output")),
        sentence("post", "two-readings", refers_to_text("rule", "f_{M}"), words=("rule",)),
        sentence("post", "reading-product", in_the_sum("upstream", "local"), 1),
        heading("post", "gradient"),
        sentence("post", "written-out", sizes, 1, lists=("sizes",)),
        *(
            sentence(
                "post",
                key,
                both(renamed(takes, entry="entry"), refers("written", "matrix", output)),
                words=("written",),
            )
            for key in ("partials-some", "partials-all")
        ),
        sentence("post", "partials-again", both(renamed(takes, entry="entry"), plays(output="output"))),
        *(
            sentence("post", key, both(renamed(takes, entry="entry"), refers_to_text("rule", "f_{M}")), words=("rule",))
            for key in ("chain-some", "chain-all")
        ),
        sentence("post", "every-entry", renamed(about, matrix="gradient")),
        sentence("post", "product", refers_above("sums"), words=("sums",)),
        sentence("post", "product-entrywise", refers_above("sums"), words=("sums",)),
        sentence("post", "names", factors, lists=("factors",)),
        sentence("post", "general", both(wanted, nothing_chosen), lists=("gradients",)),
        sentence(
            "post",
            "sparse",
            renamed(independent_unless, of="entry", entry="variable", condition="condition"),
            lists=("condition",),
        ),
        sentence("post", "line-forward", refers("forward", "definition", output), words=("line", "forward")),
        sentence("post", "line-gradient", refers("rule", "gradient", also="gradient"), words=("line", "rule")),
    ),
    "notebook": (
        Sentence("The sizes are {sizes}. The numbers", sizes, 1, ("sizes",)),
        shape("notebook", "input-matrix", at_least=1),
        sentence("common", "ones-column", ones),
        heading("notebook", "gradient"),
        sentence("notebook", "one-entry", both(renamed(takes, entry="entry"), entry_and_output)),
        sentence("notebook", "local", nothing_chosen, 1),
    ),
}

ALTERNATIVES = {
    "slides": (("passed-back",), ("learned",), ("replicated",), ("unchanged",),
               ("used-once", "used-twice", "used-often")),
    "indices": (
        ("weight-rows", "weight-columns"), ("data-rows", "data-columns"), ("holds-row", "holds-column"),
        ("dot", "dot-again"), ("in-rows", "in-columns"),
    ),
    "lecture": (
        ("layer-rows", "layer-columns"), ("ones-rows", "ones-columns"), ("broadcast-rows", "broadcast-columns"),
        ("bias-sums-rows", "bias-sums-columns"), ("bias-code-rows", "bias-code-columns"),
        ("slice-some", "slice-all"), ("read", "read-single"),
    ),
    "post": (("names",), ("product", "product-entrywise"), ("chain-some", "chain-all")),
}  # fmt: skip
"""Of these sentences a document about a layer has one of each kind: with other words it might claim something else."""
