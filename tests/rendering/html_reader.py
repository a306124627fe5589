"""The formulas of an HTML text, as MathJax finds them in a browser, and what a renderer left of others.

MathJax looks for delimiters in running text: neither in code nor across a tag, and after the entities are read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import NamedTuple


class Formula(NamedTuple):
    """A formula, and where it begins."""

    tex: str
    display: bool
    line: int


MATHJAX = [(r"\(", r"\)", False), (r"\[", r"\]", True)]
"""What MathJax reads unless told otherwise."""

GITHUB = [("$$", "$$", True), ("$", "$", False)]
"""What GitHub's own script reads in the HTML that was made of Markdown."""

IGNORED = {"script", "noscript", "style", "textarea", "pre", "code", "annotation", "annotation-xml", "title"}
TRANSPARENT = {"br"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
BLOCK_CODE = "language-math"

STRAY = [
    (re.compile(r"\$"), "a dollar that belongs to no formula"),
    (re.compile(r"\\[()\[\]]"), "a delimiter that belongs to no formula"),
    (re.compile(r"\\(?:[A-Za-z]{2,}|[,;!{}\\])"), "TeX outside a formula"),
    (re.compile(r"\{\{|\{%|%\}"), "Liquid that nobody read"),
]


@dataclass
class Run:
    """Text between two tags, and whether it is the code that GitHub makes a formula of."""

    text: str
    line: int
    code: str = ""


@dataclass
class _Runs(HTMLParser):
    runs: list[Run] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    opened: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag in TRANSPARENT:
            return
        if tag not in VOID:
            named = dict(attributes)
            self.opened.append((tag, named.get("class") or named.get("encoding") or ""))
        self.runs.append(Run("", self.getpos()[0]))

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.runs.append(Run("", self.getpos()[0]))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            if self.opened and self.opened[-1][0] == tag:
                self.opened.pop()
            else:
                inner = f"<{self.opened[-1][0]}>" if self.opened else "nothing"
                self.faults.append(f"line {self.getpos()[0]}: </{tag}> closes {inner}")
        self.runs.append(Run("", self.getpos()[0]))

    def handle_data(self, data: str) -> None:
        tags = [tag for tag, _ in self.opened]
        if not IGNORED & set(tags):
            code = ""
        elif tags[-1] == "annotation" and "tex" in self.opened[-1][1]:
            code = "annotation"
        elif tags[-1] == "code":
            code = "fence" if self.opened[-1][1] == BLOCK_CODE else "pre" if "pre" in tags else "span"
        else:
            code = "none"
        if self.runs and self.runs[-1].code == code and not code:
            self.runs[-1].text += data
        else:
            self.runs.append(Run(data, self.getpos()[0], code))


@dataclass(frozen=True)
class Reading:
    """What a text shows: its formulas in order, what stands where a formula ought to, and tags that do not match."""

    formulas: list[Formula]
    strays: list[str]
    tags: list[str]


def read_html(text: str, delimiters: list[tuple[str, str, bool]] = MATHJAX) -> Reading:
    r"""The reading of an HTML text.

    >>> read_html(r"<p>\(a &lt; b\), <code>\(c\)</code>, \(d<em>e</em>\)</p>").formulas
    [Formula(tex='a < b', display=False, line=1)]
    >>> read_html(r"<p>\(d<em>e</em>\)</p>").strays
    ['line 1: a delimiter that belongs to no formula: \\(d', 'line 1: a delimiter that belongs to no formula: \\)']
    >>> read_html("<p>$<code>a_1</code>$ and $b$</p>", GITHUB).formulas
    [Formula(tex='a_1', display=False, line=1), Formula(tex='b', display=False, line=1)]
    """
    parser = _Runs()
    parser.feed(text)
    parser.close()
    faults = parser.faults + [f"<{tag}> is not closed" for tag, _ in parser.opened if tag not in {"p", "li"}]
    formulas: list[Formula] = []
    strays: list[str] = []
    runs = list(_joined(parser.runs)) if delimiters is GITHUB else parser.runs
    for run in runs:
        if run.code in {"fence", "math", "annotation"}:
            formulas.append(Formula(run.text.strip(), run.code == "fence", run.line))
        elif not run.code:
            _read_run(run, delimiters, formulas, strays)
    return Reading(formulas, strays, faults)


def _joined(runs: list[Run]) -> Iterator[Run]:
    """The runs, with each code span between two dollars made a formula."""
    runs = [run for run in runs if run.text]
    for before, run, after in zip([None, *runs], runs, [*runs[1:], None], strict=False):
        if run.code == "span" and before and after and before.text.endswith("$") and after.text.startswith("$"):
            before.text, after.text, run.code = before.text[:-1], after.text[1:], "math"
    yield from runs


def _read_run(run: Run, delimiters: list[tuple[str, str, bool]], formulas: list[Formula], strays: list[str]) -> None:
    kinds = [rf"{re.escape(opening)}((?:\\.|[^\\])+?){re.escape(closing)}" for opening, closing, _ in delimiters]
    outside, end = "", 0
    for found in re.finditer("|".join(kinds), run.text, re.DOTALL):
        which = next(n for n, tex in enumerate(found.groups()) if tex is not None)
        line = run.line + run.text.count("\n", 0, found.start())
        formulas.append(Formula(found[which + 1], delimiters[which][2], line))
        outside += run.text[end : found.start()] + " "
        end = found.end()
    outside += run.text[end:]
    for pattern, what in STRAY:
        for found in pattern.finditer(outside):
            excerpt = " ".join(outside[found.start() : found.start() + 60].split())
            strays.append(f"line {run.line}: {what}: {excerpt}")
            break
