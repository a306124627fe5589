"""Planted faults: each is found on the slides of a deck and in a document that stands alone."""

import pytest

from tests.rendering.slides import slide_faults
from tests.rendering.standalone import standalone_faults

DECK = r"""---
marp: true
title: Product
paginate: true
math: MATH
---

# <!-- fit --> The gradients of a product

---

## One entry

Let $x_{ij}$ be an entry; $a^{b^{c}}$ is small.

$$
\frac{\partial L}{\partial X} =
\underbrace{\begin{bmatrix} g_{11} & g_{12} \\ g_{21} & g_{22} \end{bmatrix}}_{G} W^{\top}
$$

- The first
- The second

```python
dX = G @ W.T
```
"""

LONG = " + ".join(rf"x_{{1{n}}} w_{{{n}1}}" for n in range(10, 26))
SLIDES = {
    "tall": ("\n\n".join(f"Line {n}" for n in range(20)), "beyond the bottom margin: Line 19"),
    "wide": (f"$$\n{LONG}\n$$", "shrunk to"),
    "inline-wide": (f"${LONG}$", "beyond the right margin"),
    "table": ("| " + " | ".join(["wideword" * 3] * 9) + " |\n" + "|---" * 9 + "|\n", "beyond the right margin"),
    "code": ("```\n" + "x" * 200 + "\n```", "shrunk to"),
    "small": ('<small style="font-size: 9px">tiny</small>', "letters of 9.0 px"),
    "small-formula": ('<span style="font-size: 12px">$x^{y^{z}}$</span>', "letters of"),
    "hidden": ('<div style="height: 20px; overflow: hidden">a<br>b<br>c</div>', "cut off by"),
    "pinned": ('<div style="position: absolute; left: 1240px">out of it</div>', "beyond the right margin: out of it"),
}


@pytest.fixture(scope="module")
def decks(tmp_path_factory):
    folder = tmp_path_factory.mktemp("decks")
    for math in ("mathjax", "katex"):
        good = DECK.replace("MATH", math)
        (folder / f"good-{math}.md").write_text(good, "utf-8")
        slides = [good, *(f"\n## Slide\n\n{slide}\n" for slide, _ in SLIDES.values())]
        (folder / f"bad-{math}.md").write_text("\n---\n".join(slides), "utf-8")
    return {path.stem: faults for path, faults in slide_faults(sorted(folder.iterdir())).items()}


@pytest.mark.parametrize("math", ["mathjax", "katex"])
def test_a_good_deck_has_no_fault(decks, math):
    assert decks[f"good-{math}"] == []


@pytest.mark.parametrize("math", ["mathjax", "katex"])
@pytest.mark.parametrize("name", SLIDES)
def test_a_slide_that_is_too_full_or_too_small_is_a_fault(decks, name, math):
    number = 3 + list(SLIDES).index(name)
    found = [fault for fault in decks[f"bad-{math}"] if fault.startswith(f"slide {number}: ")]
    if (name, math) == ("inline-wide", "katex"):  # KaTeX breaks a line after a sign, and MathJax does not
        assert found == []
    else:
        assert any(SLIDES[name][1] in fault for fault in found), found


PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Product</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
:root { color-scheme: light dark; }
body { max-width: 40rem; margin: auto; color: #111; background: #fff; }
@media (prefers-color-scheme: dark) { body { color: #eee; background: #111; } }
</style>
</head>
<body>
<main>
<h1>Product</h1>
<p>A formula <math><semantics><mrow><mi>Y</mi><mo>=</mo><mi>X</mi></mrow>
<annotation encoding="application/x-tex">Y = X</annotation></semantics></math>.</p>
<pre id="code"><code>dX = G @ W.T</code></pre>
<button type="button" class="copy" onclick="copyCode()">Copy</button>
</main>
<script>
function copyCode() { navigator.clipboard.writeText(document.getElementById("code").textContent); }
</script>
</body>
</html>
"""

PIXEL = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
PAGES = {
    "image": ("</main>", '<img src="https://example.org/x.png" alt="x"></main>', "a request for https://example.org/x"),
    "stylesheet": ("<style>", '<link rel="stylesheet" href="own.css"><style>', "a request for file:///"),
    "font": ("<style>", '<style>@import url("//example.org/f.css");', "f.css"),
    "fetch": ("function", 'fetch("https://example.org/data");function', "a request for https://example.org/data"),
    "error": ("function", 'console.error("planted");function', "console.error: planted"),
    "warning": ("function", 'console.warn("planted");function', "console.warning: planted"),
    "throws": ("function", "nowhere();function", "uncaught: nowhere is not defined"),
    "light": ("color: #111;", "color: #ccc;", "axe, light: color-contrast"),
    "dark": ("color: #eee;", "color: #333;", "axe, dark: color-contrast"),
    "alternative": ("</main>", f'<img src="{PIXEL}"></main>', "axe, light: image-alt"),
    "language": (' lang="en"', "", "axe, light: html-has-lang"),
    "button": ("navigator.clipboard", "void ", "the button 'Copy' copies nothing"),
    "button-other": ("document.getElementById(", '"unknown text" || (', "copies what the page does not hold"),
    "quirks": ("<!DOCTYPE html>\n", "", "quirks mode"),
    "merror": ("<mi>X</mi>", "<merror><mtext>lost</mtext></merror>", "MathML that is an error: lost"),
    "sideways": ("<h1>", '<div style="width: 700px">wide</div><h1>', "px wide on a telephone"),
    "tags": ("</main>", "", "closes <main>"),
    "tex": ("A formula", r"A formula \frac{a}{b}", "TeX outside a formula"),
    "dollar": ("A formula", "A formula $x$", "a dollar that belongs to no formula"),
}
TOGETHER = [
    ["image", "stylesheet", "light", "language", "tex", "button"],
    ["font", "fetch", "error", "warning", "dark", "alternative", "dollar", "button-other", "merror"],
    ["throws", "sideways", "tags", "quirks"],
]
"""The faults that one page may have at the same time."""

GOOD = {
    "good": PAGE,
    "image-inside": PAGE.replace("</main>", f'<img src="{PIXEL}" alt="A dot"></main>'),
    "old-copying": PAGE.replace(
        'navigator.clipboard.writeText(document.getElementById("code").textContent)',
        'getSelection().selectAllChildren(document.getElementById("code")); document.execCommand("copy")',
    ),
}


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    texts = {"+".join(names): spoilt(names) for names in TOGETHER} | GOOD
    for name, text in texts.items():
        (folder / f"{name}.html").write_text(text, "utf-8")
    found = {path.stem: faults for path, faults in standalone_faults(sorted(folder.iterdir())).items()}
    return {name: faults for names, faults in found.items() for name in names.split("+")}


def spoilt(names):
    text = PAGE
    for old, new, _ in (PAGES[name] for name in names):
        assert old in text
        text = text.replace(old, new, 1)
    return text


@pytest.mark.parametrize("name", GOOD)
def test_a_good_page_has_no_fault(pages, name):
    assert pages[name] == []


@pytest.mark.parametrize("name", PAGES)
def test_what_a_reader_would_stumble_over_is_a_fault(pages, name):
    assert any(PAGES[name][2] in fault for fault in pages[name]), pages[name]
