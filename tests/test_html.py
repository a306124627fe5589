"""Pages in HTML: whole, self-contained, with the formulas of the Markdown page, and what readers need to use them."""

import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from itertools import pairwise

import pytest

import derive
from derive.environment import environment
from derive.forms import Options
from derive.hypertext import heading, paragraphs
from derive.numbering import Numbering
from derive.operation import catalogue
from derive.prose import prose

VOID = {"meta", "link", "br", "hr", "img", "input"}
CASES = [
    ("matmul", (1, 1, 1)),
    ("matmul", (2, 4, 3)),
    ("matmul", (12, 11, 13)),
    ("hadamard", (2, 2)),
    ("bias", (2, 3)),
    ("affine", (2, 2, 3)),
    ("inv", (2,)),
    ("norm2", (2, 3)),
    ("logdet", (2,)),
    ("softmax", (2, 3)),
    ("vec", (2, 2)),
    ("abs", (2, 2)),
]
MATH = re.compile(r"<math\b.*?</math>", re.DOTALL)


class Tree(HTMLParser):
    """The elements of a page, in order; it fails where they are not nested."""

    def __init__(self, page):
        super().__init__()
        self.open, self.elements, self.ids = [], [], []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.elements.append((tag, attrs, tuple(self.open)))
        self.ids += [attrs["id"]] if "id" in attrs else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, f"</{tag}> at {self.getpos()}"

    def all(self, tag):
        return [(attrs, above) for name, attrs, above in self.elements if name == tag]


def made(name, sizes, **options):
    return derive.derivation(name, **dict(zip(catalogue()[name].sizes, sizes, strict=True)), **options)


@pytest.fixture(scope="module", params=CASES, ids=lambda case: f"{case[0]}-{'x'.join(map(str, case[1]))}")
def pages(request):
    derivation = made(*request.param)
    return derivation.render("html"), derivation.render("md")


def annotation(math):
    return ET.fromstring(math).find("semantics/annotation").text


def test_its_formulas_are_those_of_the_markdown_page(pages):
    page, markdown = pages
    formulas = re.findall(r"\$\$\n(.*?)\n\$\$|\$([^$]+)\$", markdown, re.DOTALL)
    # The sign at the end of a proof is a letter of the text here.
    wanted = [display or inline for display, inline in formulas if inline != r"\blacksquare"]
    assert [annotation(math) for math in MATH.findall(page)] == wanted
    displays = [annotation(math) for math in MATH.findall(page) if 'display="block"' in math]
    assert displays == [display for display, _ in formulas if display]


def test_its_words_are_those_of_the_markdown_page(pages):
    page, markdown = pages
    main = re.search(r"<main>(.*)</main>", page, re.DOTALL)[1]
    main = re.sub(
        r"<button.*?</button>|<span [^>]*hidden>.*?</span>|<pre.*?</pre>", "", MATH.sub(" ", main), flags=re.DOTALL
    )
    plain = re.sub(r"```.*?```|\$\$.*?\$\$|\$.*?\$", " ", markdown, flags=re.DOTALL)
    letters = re.compile(r"[^\W\d_]+")
    assert letters.findall(re.sub(r"<[^>]*>", " ", main)) == letters.findall(plain.replace("\\", ""))


def test_every_display_has_its_button_and_its_name(pages):
    page, _ = pages
    blocks = re.findall(r'<div class="display".*?</div>\n.*?</div>', page, re.DOTALL)
    assert len(blocks) == page.count('display="block"') == page.count("<button") > 5
    for number, block in enumerate(blocks, start=1):
        assert f'<span id="formula-{number}" hidden>Formula {number}</span>' in block
        assert f'role="group" tabindex="0" aria-labelledby="formula-{number}"><math display="block"' in block
        assert f'id="copy-{number}" aria-labelledby="copy-{number} formula-{number}">Copy LaTeX</button>' in block


def test_it_is_a_whole_document(pages):
    page, _ = pages
    tree = Tree(page)
    assert page.startswith("<!doctype html>\n<html lang=")
    assert tree.all("html")[0][0] == {"lang": "en"}
    assert len(tree.ids) == len(set(tree.ids))
    for tag in ("title", "main", "h1", "style", "script"):
        assert len(tree.all(tag)) == 1, tag
    labels = [label for _, attrs, _ in tree.elements for label in attrs.get("aria-labelledby", "").split()]
    assert set(labels) <= set(tree.ids)
    levels = [int(name[1]) for name, _, _ in tree.elements if re.fullmatch("h[1-6]", name)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    for block in ("p", "h1", "h2", "pre"):
        assert not [above for _, above in tree.all(block) if "p" in above], f"{block} inside of p"


def test_it_asks_for_nothing(pages):
    page, _ = pages
    assert "http" not in page
    assert not re.search(r"@import|url\(|@font-face|fetch\(|XMLHttp|import\(", page)
    for tag, attrs, _ in Tree(page).elements:
        assert not {"src", "srcset", "data", "action", "poster"} & set(attrs), tag
        assert tag not in ("link", "iframe", "img", "object", "embed", "base")
        assert attrs.get("href", "#").startswith("#")


def test_the_title_is_that_of_the_page():
    page = made("matmul", (2, 4, 3)).render("html")
    assert "<title>Matrix product: the gradients of Y = XW</title>" in page


def test_indices_of_large_matrices_stay_whole():
    assert "<mn>12</mn>" in made("matmul", (12, 11, 13)).render("html")
    small = made("matmul", (2, 4, 3)).render("html")
    assert "<msub><mi>x</mi><mrow><mn>1</mn><mn>2</mn></mrow></msub>" in small


def dressed(template, **given):
    start = '{% import "dress.html.jinja" as dress with context %}'
    given |= {"say": prose("en", "worked", "html"), "w": Plain(), "o": Options(numbered=True), "eq": Numbering()}
    return environment().from_string(start + template).render(given)


class Plain:
    """A writer that knows nothing."""

    digits_apart = False


EVIL = "</code><script>alert(1)</script>&\"'"


@pytest.mark.parametrize("macro", ["code", "program", "output"])
def test_code_is_escaped(macro):
    page = dressed(f"{{{{ dress.{macro}(text) }}}}", text=EVIL)
    assert "<script" not in page
    assert ET.fromstring(page).itertext().__next__() == EVIL


def test_formulas_are_escaped():
    page = dressed("{{ dress.math(tex) }}", tex=r'\text{<b>&amp;"} < x')
    assert "<b>" not in page
    assert ET.fromstring(page).find("semantics/annotation").text == r'\text{<b>&amp;"} < x'


def test_a_reference_leads_to_its_display():
    page = dressed("{{ dress.display('a = b', 'eq-sum') }}\n{{ dress.ref('eq-sum') }}")
    assert '<div class="display" id="eq-sum">' in page
    assert '<span class="number">(1)</span>' in page
    assert page.endswith('<a href="#eq-sum">(1)</a>')


def test_numbers_of_displays_begin_anew_on_every_page():
    once = dressed("{{ dress.display('a') }}")
    assert dressed("{{ dress.display('a') }}") == once
    assert 'id="formula-1"' in once


def test_the_other_blocks():
    template = """
{{ dress.subsection("S") }}

{{ dress.note("<em>n</em>") }}

{{ dress.items(["a", "b"]) }}

{{ dress.numbered(["a"]) }}

{{ dress.table(["h"], [[("math", "x"), ("text", "t")]]) }}
"""
    page = paragraphs(dressed(template))
    Tree(page)
    assert "<p>" not in page
    assert "<h3>S</h3>" in page
    assert '<th scope="col">h</th>' in page
    assert "<td>t</td>" in page
    assert page.count("<li>") == 3


def test_paragraphs_keep_code_as_it_is():
    code = '<pre class="program" tabindex="0"><code>a\n\n\nb\n</code></pre>'
    assert paragraphs(f"one\n\n\n{code}\n  \ntwo\n") == f"<p>one</p>\n{code}\n<p>two</p>"


def test_no_line_begins_with_a_comma():
    formula = dressed("{{ dress.math('x') }}")
    page = paragraphs(f"in {formula}, ({formula}) and {formula}.\n\n<h2>At {formula}: {formula}</h2>")
    assert page.count(f'<span class="whole">{formula},</span>') == 1
    assert "(<math" in page
    assert f'<span class="whole">({formula})</span>' in page
    assert f'<span class="whole">{formula}.</span></p>' in page
    assert page.endswith(f'<h2>At <span class="whole">{formula}:</span> {formula}</h2>')


def test_a_page_without_a_heading_has_an_empty_title():
    assert heading("<p>text</p>") == ""
