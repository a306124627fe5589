"""The tokens of a LaTeX formula, one after the other."""

from __future__ import annotations

import re
from typing import NoReturn

from derive.errors import DeriveError

ROW_END = "\\\\"

_TOKEN = re.compile(r"\\\\(?:\[[0-9.]+em\])?|\\[A-Za-z]+|\\.|\s+|.", re.DOTALL)


class Tokens:
    """What is read so far of a formula, and what comes next."""

    def __init__(self, tex: str) -> None:
        self.tex = tex
        self.tokens: list[str] = _TOKEN.findall(tex)
        self.at = 0

    def refuse(self, why: str) -> NoReturn:
        raise DeriveError(f"this formula cannot be written in MathML, {why}: {' '.join(self.tex.split())[:160]}")

    def peek(self) -> str:
        """The next token that is no space, of a line end without its gap; "" at the end."""
        while self.at < len(self.tokens) and self.tokens[self.at].isspace():
            self.at += 1
        token = self.tokens[self.at] if self.at < len(self.tokens) else ""
        return ROW_END if token.startswith(ROW_END) else token

    def take(self, wanted: str = "") -> str:
        token = self.peek()
        if not token or (wanted and token != wanted):
            self.refuse(f"{wanted or 'something'} is missing before {token or 'its end'}")
        self.at += 1
        return self.tokens[self.at - 1]

    def word(self) -> str:
        """What stands between the next braces, as it is read."""
        self.take("{")
        first = self.at
        while (token := self.take()) != "}":
            if token in ("{", "$"):
                self.refuse(f"{token} inside of text")
        return "".join("_" if token == r"\_" else token for token in self.tokens[first : self.at - 1])
