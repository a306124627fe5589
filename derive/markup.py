"""How a sentence is written in each format: what fills it, what is escaped, how emphasis and code look."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")

_PIECE = re.compile(
    r"\{(?P<name>[a-z_]+)\}|\*(?P<emphasis>[^\s*](?:[^*]*[^\s*])?)\*|`(?P<code>[^`]+)`|(?P<letter>.)", re.DOTALL
)


@dataclass(frozen=True)
class Markup:
    """The marks of one format."""

    escapes: Mapping[str, str] = field(default_factory=dict)
    emphasis: tuple[str, str] = ("", "")
    code: tuple[str, str] = ("", "")
    verbatim: bool = False
    """Whether code stands as it is, without escapes."""
    lists: bool = False
    """Whether a text that begins like an item of a list becomes one."""

    def escaped(self, text: str) -> str:
        """Text that means itself."""
        return "".join(self.escapes.get(letter, letter) for letter in text)

    def sentence(self, text: str, given: Mapping[str, object]) -> str:
        r"""A sentence of the prose with its placeholders filled.

        Only names stand for something: a sentence comes from a file of the user's, so that nothing in it
        is looked up in an object, as ``str.format`` would.  What is given is dressed already and stays.

        >>> MARKUP["tex"].sentence("*all* of {what} & more", {"what": "$x_1$"})
        '\\emph{all} of $x_1$ \\& more'
        """
        written = "".join(self._piece(piece, given) for piece in _PIECE.finditer(text))
        return re.sub(r"^\d*(?=[-+=.)])", r"\g<0>\\", written) if self.lists else written

    def _piece(self, piece: re.Match[str], given: Mapping[str, object]) -> str:
        if piece["name"]:
            return str(given[piece["name"]])
        if piece["emphasis"]:
            inner = "".join(self._piece(each, given) for each in _PIECE.finditer(piece["emphasis"]))
            return self.emphasis[0] + inner + self.emphasis[1]
        if piece["code"]:
            parts = PLACEHOLDER.split(piece["code"])
            parts[::2] = [part if self.verbatim else self.escaped(part) for part in parts[::2]]
            parts[1::2] = [str(given[name]) for name in parts[1::2]]
            return self.code[0] + "".join(parts) + self.code[1]
        return self.escaped(piece["letter"])


_TEX = {letter: f"\\{letter}" for letter in "&%#_${}"} | {
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "\\": r"\textbackslash{}",
}
_HTML = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
_MARKDOWN = {letter: f"\\{letter}" for letter in "\\`*_[]{}<>$|~#&"}

MARKUP: Mapping[str, Markup] = {
    "md": Markup(_MARKDOWN, ("*", "*"), ("`", "`"), verbatim=True, lists=True),
    "tex": Markup(_TEX, (r"\emph{", "}"), (r"\texttt{", "}")),
    "html": Markup(_HTML, ("<em>", "</em>"), ("<code>", "</code>")),
    "txt": Markup(),
}
"""By format.  Markdown's are those of CommonMark, of its tables, and of kramdown and Liquid, which Jekyll runs."""
