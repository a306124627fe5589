"""The body of an HTML page, from blocks between blank lines; and the filters of its templates."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Mapping

from derive.mathml import mathml
from derive.slides import slides

_BLOCK = re.compile(r"<(?:h[1-6]|div|pre|table|ul|ol|p)\b")
_VERBATIM = re.compile(r"<pre\b.*?</pre>", re.DOTALL)
_KEPT = "\0"
# A browser may end a line behind a formula, and begin the next one with its comma.
_INLINE = "<math alttext(?:(?!</math>).)*</math>"
_TORN = re.compile(rf"\(?{_INLINE}[.,;:!?)]+|\({_INLINE}", re.DOTALL)


def paragraphs(body: str) -> str:
    r"""Every chunk of text between blank lines a paragraph; blocks stay as they are, and what is verbatim too.

    A formula stays on a line with the signs of punctuation around it.

    >>> paragraphs("<h1>T</h1>\n\n\none\ntwo\n\n<pre>a\n\nb</pre>")
    '<h1>T</h1>\n<p>one\ntwo</p>\n<pre>a\n\nb</pre>'
    """
    kept = _VERBATIM.sub(lambda block: block[0].replace("\n", _KEPT), body)
    chunks = [chunk.strip("\n") for chunk in re.split(r"\n[ \t]*(?=\n)", kept)]
    marked = [chunk if _BLOCK.match(chunk) else f"<p>{chunk}</p>" for chunk in chunks if chunk]
    return _TORN.sub(r'<span class="whole">\g<0></span>', "\n".join(marked)).replace(_KEPT, "\n")


def heading(body: str) -> str:
    """The first heading as plain text, for the title of the window.

    >>> heading("<h1>Of <math><semantics><mi>X</mi><annotation>x_1</annotation></semantics></math> &amp; more</h1>")
    'Of X &amp; more'
    """
    found = re.search(r"<h1>(.*?)</h1>", body, re.DOTALL)
    text = re.sub(r"<annotation\b.*?</annotation>|<[^>]*>", "", found[1] if found else "")
    return re.sub(r"\s*=\s*", " = ", " ".join(text.split()))


def quoted(words: str) -> str:
    r"""Dressed words as plain text between the quotes of YAML, which reads those of JSON.

    >>> print(quoted(r'Rows &amp; <em>columns</em>: a \_b\_ "c"'))
    "Rows & columns: a _b_ \"c\""
    """
    plain = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", html.unescape(re.sub(r"</?[a-z]+>", "", words)))
    return json.dumps(plain, ensure_ascii=False)


FILTERS: Mapping[str, Callable[..., str]] = {
    "mathml": mathml,
    "paragraphs": paragraphs,
    "heading": heading,
    "slides": slides,
    "quoted": quoted,
}
