"""Planted faults: each is found in Markdown for GitHub and in posts for Jekyll, and good documents have none."""

from pathlib import Path

import pytest

from tests.rendering.documents import checks_for, document_faults
from tests.rendering.formulas import formula_faults
from tests.rendering.jekyll import jekyll_faults
from tests.rendering.latex import latex_faults
from tests.rendering.markdown import markdown_faults
from tests.rendering.programs import need, need_modules
from tests.rendering.slides import slide_faults
from tests.rendering.standalone import standalone_faults

GOLDEN = Path(__file__).parent / "golden"

README = r"""# The gradient of $Y$

The entry $`\mathbf{Y}_{ij} = \{a,\,b\}`$ costs `$5`, and $\frac{\partial L}{\partial x_{11}}$ is given.

```math
\mathbf{Y} =
\begin{bmatrix}
y_{11} & y_{12} \\
y_{21} & y_{22}
\end{bmatrix}
```

> $$
> \mathbf{A}_{1} \, \mathbf{B}_{2} \\ c
> $$

| entry | value |
|---|---|
| $x_{11}$ | $`\lvert x \rvert`$ |

```sh
echo $HOME
```
"""

GITHUB_FAULTS = {
    "emphasis": (r"$\mathbf{X}_{ij}$ and $\mathbf{W}_{jk}$", r"tears the formula: \mathbf{X}_{ij}"),
    "stars": (r"$a*b$ and $c*d$", "tears the formula: a*b"),
    "escape": (r"$G\,W$", r"tears the formula: G\,W"),
    "brace": (r"$\{a\}$", r"tears the formula: \{a\}"),
    "row": (r"$$a \\ b$$", r"tears the formula: a \\ b"),
    "table": ("| a |\n|---|\n| $|x|$ |", "a dollar that belongs to no formula"),
    "stray": ("It costs $5 today", "a dollar that belongs to no formula"),
    "command": (r"The \frac{a}{b} of it", r"TeX outside a formula: \frac{a}{b}"),
    "delimiter": (r"The \\(x\\) of it", "a delimiter that belongs to no formula"),
}

HTML_POST = r"""---
layout: post
mathjax: true
title: "Product"
date: 2024-03-01 10:00:00 +0000
---
<p>Let \(A\) be a matrix; {% raw %}\(\boldsymbol{a}_{{1}}\){% endraw %} and <code>\frac</code></p>
<div class="equation"><span>\[\frac{\partial L}{\partial A} = \begin{bmatrix} a &amp; b \\ c &amp; d \end{bmatrix}\]
</span></div>
"""

MARKDOWN_POST = r"""---
layout: post
title: "Product"
---
Let $$\mathbf{A}_{ij}$$ and $$\mathbf{B}_{jk}\, c*d*e$$ be given, {% raw %}$$a_{{1}}$${% endraw %}.

$$
\begin{bmatrix} a & b \\ c & d \end{bmatrix}
$$

```python
print("{}".format(1))
```
"""

JEKYLL_FAULTS = {
    "liquid.html": (HTML_POST, r"\(A\)", r"\(A_{{1}}\)", "tears the formula: A_{{1}}"),
    "tag.html": (HTML_POST, r"\(A\)", r"\(A_{%b%}\)", "Liquid"),
    "inside.html": (HTML_POST, r"\(A\)", r"\(A<em>b</em>\)", "a delimiter that belongs to no formula"),
    "unclosed.html": (HTML_POST, "</span>", "", "closes <span>"),
    "dollar.html": (HTML_POST, r"\(A\)", "$A$", "a dollar that belongs to no formula"),
    "front.html": (HTML_POST, "---\nlayout: post", "layout: post", "no front matter"),
    "yaml.html": (HTML_POST, 'title: "Product"', 'title: "Pro', "YAML"),
    "liquid.md": (MARKDOWN_POST, "c*d*e", "c_{{1}}", r"tears the formula: \mathbf{B}_{jk}\, c_{{1}}"),
    "dollar.md": (MARKDOWN_POST, r"$$\mathbf{A}_{ij}$$", r"$x_{ij}$", "a dollar that belongs to no formula"),
    "table.md": (MARKDOWN_POST, "```python", "|a|b|\n|-|-|\n|$$|x|$$|c|\n\n```python", "a dollar"),
}


def write(folder: Path, texts: dict[str, str]) -> dict[str, Path]:
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    return {name: folder / name for name in texts}


def test_good_documents_have_no_fault(tmp_path):
    files = write(tmp_path, {"README.md": README, "post.html": HTML_POST, "post.md": MARKDOWN_POST, "a.txt": "∂L/∂X\n"})
    paths = [*files.values(), GOLDEN / "matmul-2x4x3.md"]
    assert document_faults(paths) == {path: [] for path in paths}


@pytest.fixture(scope="module")
def on_github(tmp_path_factory):
    texts = {f"{name}.md": f"# Page\n\nWith $x$.\n\n{text}\n" for name, (text, _) in GITHUB_FAULTS.items()}
    files = write(tmp_path_factory.mktemp("github"), texts)
    faults = markdown_faults(list(files.values()))
    return {path.stem: found for path, found in faults.items()}


@pytest.mark.parametrize("name", GITHUB_FAULTS)
def test_what_github_tears_is_a_fault(on_github, name):
    message = GITHUB_FAULTS[name][1]
    assert any(message in fault for fault in on_github[name]), on_github[name]


@pytest.fixture(scope="module")
def by_jekyll(tmp_path_factory):
    texts = {name: text.replace(old, new, 1) for name, (text, old, new, _) in JEKYLL_FAULTS.items()}
    files = write(tmp_path_factory.mktemp("jekyll"), texts)
    # The good ones among them have no fault, though Jekyll stops at the others.
    files |= write(tmp_path_factory.mktemp("good"), {"good.html": HTML_POST, "good.md": MARKDOWN_POST})
    return {path.name: found for path, found in jekyll_faults(list(files.values())).items()}


@pytest.mark.parametrize("name", JEKYLL_FAULTS)
def test_what_jekyll_changes_is_a_fault(by_jekyll, name):
    message = JEKYLL_FAULTS[name][-1]
    assert any(message in fault for fault in by_jekyll[name]), by_jekyll[name]


@pytest.mark.parametrize("name", ["good.html", "good.md"])
def test_a_good_post_among_bad_ones_has_no_fault(by_jekyll, name):
    assert by_jekyll[name] == []


def test_a_bad_formula_is_found_in_every_kind_of_document(tmp_path):
    files = write(
        tmp_path,
        {
            "fence.md": "```math\n\\frac{1}\n```\n",
            "code.md": "$`\\frac{1}`$\n",
            "post.html": r"<p>\(\frac{1}\)</p>",
            "display.html": r"<p>\[\frac{1}\]</p>",
            "mathml.html": '<math><annotation encoding="application/x-tex">\\frac{1}</annotation></math>',
            "none.html": r"<p>Nothing, but <code>\(x\)</code></p>",
        },
    )
    faults = formula_faults(list(files.values()))
    for name, path in files.items():
        expected = ["no formula"] if name == "none.html" else ["KaTeX parse error", "MathJax: Missing argument"]
        assert len(faults[path]) == len(expected)
        assert all(part in fault for part, fault in zip(expected, faults[path], strict=True)), faults[path]


def test_the_kind_follows_from_suffix_and_front_matter(tmp_path):
    texts = {
        "deck.md": "---\nmarp: true\n---\n",
        "post.md": "---\nlayout: post\n---\n",
        "page.md": "# Page\n\n---\n\nmarp: true\n",
        "post.html": "---\nlayout: post\n---\n",
        "alone.html": "<!DOCTYPE html>",
        "a.tex": "",
    }
    kinds = {
        "deck.md": [formula_faults, slide_faults],
        "post.md": [formula_faults, jekyll_faults],
        "page.md": [formula_faults, markdown_faults],
        "post.html": [formula_faults, jekyll_faults],
        "alone.html": [formula_faults, standalone_faults],
        "a.tex": [latex_faults],
    }
    assert {name: checks_for(path) for name, path in write(tmp_path, texts).items()} == kinds
    with pytest.raises(ValueError, match="no check"):
        checks_for(tmp_path / "a.docx")


def test_tex_in_plain_text_is_a_fault(tmp_path):
    file = tmp_path / "page.txt"
    file.write_text("L = \\frac{1}{2}\n", "utf-8")
    assert document_faults([file]) == {file: [r"TeX or Markdown in plain text: \frac"]}


@pytest.mark.parametrize("absent", [lambda: need("no-such-program"), lambda: need_modules("no-such-package")])
def test_what_is_missing_is_skipped_here_and_fails_in_ci(absent, monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no-such"):
        absent()
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no-such"):
        absent()
