"""The pieces of a file, whatever its format: formulas, code, and the words between them."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

from tests.reading.mathml import differences


@dataclass(frozen=True)
class Piece:
    """A piece of a document."""

    kind: str
    """display, inline, words, code, listing, or fault: something that is wrong with the file itself."""
    text: str
    numbers: tuple[str, ...] = ()
    """The numbers or labels of a displayed formula."""


_MARKDOWN = re.compile(
    r"```math[ \t]*\n(?P<fence>.*?)```"
    r"|(?P<ticks>```+|~~~+)[^\n]*\n(?P<listing>.*?)(?P=ticks)"
    r"|\$\$(?P<display>.*?)\$\$"
    r"|\\\[(?P<bracketed>.*?)\\\]"
    r"|\\\((?P<round>.*?)\\\)"
    r"|\$`(?P<github>[^`]*)`\$"
    r"|(?<!\\)\$(?P<inline>[^$]*)\$"
    r"|`(?P<code>[^`\n]*)`",
    re.DOTALL,
)
_TEX = re.compile(
    r"\\begin\{(?P<listed>verbatim|lstlisting|minted)\}(?P<listing>.*?)\\end\{(?P=listed)\}"
    r"|\\begin\{(?P<kind>align|equation|gather|multline|displaymath)(?P<star>\*?)\}(?P<display>.*?)"
    r"\\end\{(?P=kind)(?P=star)\}"
    r"|\\\[(?P<bracketed>.*?)\\\]"
    r"|\\\((?P<round>.*?)\\\)"
    r"|\$\$(?P<dollars>.*?)\$\$"
    r"|(?<!\\)\$(?P<inline>[^$]*)\$"
    r"|\\texttt\{(?P<code>(?:[^{}]|\{[^{}]*\})*)\}|\\verb(?P<mark>[|!+@])(?P<verb>.*?)(?P=mark)",
    re.DOTALL,
)
_HTML = re.compile(
    r"\x01(?P<block>.*?)\x02|\\\[(?P<bracketed>.*?)\\\]|\$\$(?P<display>.*?)\$\$|\\\((?P<inline>.*?)\\\)", re.DOTALL
)
_FRONT = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_BRACED = r"\{(?:[^{}]|\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\})*\}"
_BOOKMARKED = re.compile(rf"\\texorpdfstring({_BRACED}){_BRACED}")
"""A heading, and what stands for it where there are no formulas."""
_NUMBER = re.compile(r"\\tag\*?\{([^{}]*)\}|\\label\{([^{}]*)\}")


def pieces(text: str, form: str) -> list[Piece]:
    """All of a file: md (also Marp and GitHub), tex, html (with MathJax, or with MathML), ipynb."""
    found = list(_READERS[form](text))
    return [piece for piece in found if piece.kind != "words" or piece.text.strip()]


def _display(tex: str) -> Piece:
    return Piece("display", _NUMBER.sub("", tex), tuple(a or b for a, b in _NUMBER.findall(tex)))


def _markdown(text: str) -> Iterator[Piece]:
    text = re.sub(r"<!--.*?-->|<(style|script)\b.*?</\1>", "", _FRONT.sub("", text), flags=re.DOTALL)
    at = 0
    for match in _MARKDOWN.finditer(text):
        yield Piece("words", _plain_markdown(text[at : match.start()]))
        at = match.end()
        kind = match.lastgroup or ""
        if kind in ("fence", "display", "bracketed"):
            alone = kind != "display" or not text[: match.start()].rpartition("\n")[2].strip(" >*-")
            yield _display(_unquoted(match[kind])) if alone else Piece("inline", match[kind])
        elif kind in ("listing", "code"):
            yield Piece(kind, match[kind])
        else:
            yield Piece("inline", match[kind])
    yield Piece("words", _plain_markdown(text[at:]))


def _unquoted(tex: str) -> str:
    """A display in a quotation has its sign before each line."""
    return re.sub(r"\n[ \t]*>", "\n", tex)


def _plain_markdown(text: str) -> str:
    """Words without links, tags and emphasis; what is no formula has none of its signs."""
    text = re.sub(r"!?\[([^\]\n]*)\]\([^)\n]*\)", r"\1", text)
    text = re.sub(r"<[/!]?[A-Za-z][^<>]*>", "", re.sub(r"https?://\S+", "", text))
    text = re.sub(r"\{%\s*(?:end)?raw\s*%\}|^\{:[^}\n]*\}", "", text, flags=re.MULTILINE)
    text = re.sub(
        r"(?m)^[ \t]*(?:#{1,6}[ \t]+|>[ \t]?|(?:---|\*\*\*|===+)[ \t]*$|[-*+][ \t]+|\|[ \t:|-]+\|[ \t]*$)", "", text
    )
    return html.unescape(re.sub(r"\\([*_#`$\\])", r"\1", re.sub(r"(?<!\\)\*{1,2}", "", text)))


def _tex(text: str) -> Iterator[Piece]:
    if r"\begin{document}" in text:
        text = text[text.index(r"\begin{document}") + 16 : text.rindex(r"\end{document}")]
    text = _BOOKMARKED.sub(r"\1", re.sub(r"(?<!\\)%[^\n]*\n?", "", text))
    at = 0
    for match in _TEX.finditer(text):
        yield Piece("words", _plain_tex(text[at : match.start()]))
        at = match.end()
        if match["listing"] is not None:
            yield Piece("listing", match["listing"])
        elif match["code"] is not None or match["verb"] is not None:
            yield Piece("code", _plain_tex(match["code"] or match["verb"] or ""))
        elif match["round"] is not None or match["inline"] is not None:
            yield Piece("inline", match["round"] if match["round"] is not None else match["inline"])
        else:
            yield _display(next(match[kind] for kind in ("display", "bracketed", "dollars") if match[kind] is not None))
    yield Piece("words", _plain_tex(text[at:]))


def _plain_tex(text: str) -> str:
    """Words without the commands that only dress them; references stay, as \\ref{label}."""
    text = re.sub(r"\\(?:label|vspace|hspace|includegraphics|author|date|documentclass|usepackage|href)\*?"
                  r"(?:\[[^\]]*\])?\{[^{}]*\}", "", text)  # fmt: skip
    text = re.sub(r"\\(?:eqref|ref|autoref|cref)\{([^{}]*)\}", r"⟨ref \1⟩", text)
    text = re.sub(r"\\(?:begin|end)\{[^{}]*\}(?:\[[^\]]*\])?(?:\{[^{}]*\})?", "", text)
    text = re.sub(r"\\item(?:\[([^\]]*)\])?", r"\1", text)
    text = re.sub(r"\\([%&#_${}])", r"\1", text.replace("~", " ").replace(r"\\", " "))
    return re.sub(r"\\[A-Za-z]+\*?[ ]?|[{}]", "", text).replace("``", '"').replace("''", '"')


def _html(text: str) -> Iterator[Piece]:
    text = re.sub(r"<!--.*?-->|\{%\s*(?:end)?raw\s*%\}", "", _FRONT.sub("", text), flags=re.DOTALL)
    text = re.sub(r"<(script|style|head|title|svg|button)\b.*?</\1>", "", text, flags=re.DOTALL | re.IGNORECASE)
    text = re.sub(r"</tr>", " |", re.sub(r"<t[dh]\b[^<>]*>", " | ", text))  # a table, as in Markdown
    if "<math" in text:
        yield from _mathml(text)
        return
    at = 0
    for match in re.finditer(r"<pre\b.*?</pre>|<code\b.*?</code>", text, re.DOTALL):
        yield from _mathjax(text[at : match.start()])
        kind = "listing" if match[0].startswith("<pre") else "code"
        yield Piece(kind, html.unescape(re.sub(r"<[^<>]*>", "", match[0])))
        at = match.end()
    yield from _mathjax(text[at:])


def _mathjax(text: str) -> Iterator[Piece]:
    text = re.sub(r"<div[^<>]*\b(?:equation|display|math)\b[^<>]*>(.*?)</div>", "\x01\\1\x02", text, flags=re.DOTALL)
    text = html.unescape(re.sub(r"<[/!]?[A-Za-z][^<>]*>", "", text))
    at = 0
    for match in _HTML.finditer(text):
        yield Piece("words", text[at : match.start()])
        at = match.end()
        kind = match.lastgroup or ""
        if kind == "block":
            yield from _block(match["block"])
        else:
            yield Piece("inline", match[kind]) if kind == "inline" else _display(match[kind])
    yield Piece("words", text[at:])


def _block(text: str) -> Iterator[Piece]:
    """The formulas of a displayed block, with the number that stands beside them."""
    formulas = [next(part for part in found if part) for found in re.findall(
        r"\\\((.*?)\\\)|\\\[(.*?)\\\]|\$\$(.*?)\$\$", text, re.DOTALL)]  # fmt: skip
    words = re.sub(r"\\\(.*?\\\)|\\\[.*?\\\]|\$\$.*?\$\$", "", text, flags=re.DOTALL)
    numbers = re.findall(r"\(([^()\s]+)\)", words)
    yield Piece("words", re.sub(r"\([^()\s]+\)|\band\b|[.,;]", "", words))
    for place, tex in enumerate(formulas):
        piece = _display(tex)
        yield Piece("display", piece.text, (*piece.numbers, *(numbers if place == len(formulas) - 1 else ())))


def _mathml(text: str) -> Iterator[Piece]:
    """A file of its own: the LaTeX stands beside the MathML, as an annotation, and is what a button copies."""
    at, known = 0, set()
    for match in re.finditer(r"<math\b.*?</math>|<pre\b.*?</pre>|<code\b.*?</code>", text, re.DOTALL):
        yield Piece("words", _untagged(text[at : match.start()]))
        at = match.end()
        if not match[0].startswith("<math"):
            kind = "listing" if match[0].startswith("<pre") else "code"
            yield Piece(kind, html.unescape(re.sub(r"<[^<>]*>", "", match[0])))
            continue
        root = _parsed(match[0])
        tex = next((node.text or "" for node in root.iter() if node.tag == "annotation"), None)
        if tex is None:
            yield Piece("fault", "a formula without its LaTeX")
            continue
        known.add(tex.strip())
        if (alternative := root.get("alttext")) is not None and alternative.split() != tex.split():
            yield Piece("fault", f"the text alternative {alternative} of the LaTeX {tex.strip()}")
        for difference in differences(root, tex):
            yield Piece("fault", f"the MathML says something else than the LaTeX {tex.strip()}: {difference}")
        if root.get("display") != "block":
            yield Piece("inline", tex)
            continue
        beside = re.match(r"\s*</div>\s*<span class=\"number\">\(([^()<]*)\)</span>", text[at:])
        at += beside.end() if beside else 0
        yield Piece("display", _display(tex).text, (beside[1],) if beside else ())
    yield Piece("words", _untagged(text[at:]))
    for copied in re.findall(r"\bdata-(?:tex|latex|copy|clipboard-text)=\"([^\"]*)\"", text):
        if html.unescape(copied).strip() not in known:
            yield Piece("fault", f"what is copied stands nowhere: {html.unescape(copied)}")


def _untagged(text: str) -> str:
    return html.unescape(re.sub(r"<[/!]?[A-Za-z][^<>]*>", "", text))


def _parsed(source: str) -> ElementTree.Element:
    """The tree of a formula, without namespaces and with letters for names of letters."""
    named = re.sub(r"&(?!lt;|gt;|amp;|quot;|#)(\w+);", lambda m: html.unescape(m[0]), source)
    root = ElementTree.fromstring(named)
    for node in root.iter():
        node.tag = node.tag.rpartition("}")[2]
    return root


def _notebook(text: str) -> Iterator[Piece]:
    for cell in json.loads(text)["cells"]:
        source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            yield from _markdown(source)
        elif cell["cell_type"] == "code":
            yield Piece("listing", source)


_READERS = {
    "md": _markdown, "marp": _markdown, "github": _markdown, "tex": _tex, "html": _html, "jekyll": _html,
    "standalone": _html, "ipynb": _notebook,
}  # fmt: skip
