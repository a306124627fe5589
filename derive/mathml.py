r"""From LaTeX to MathML, for the LaTeX that the pages hold.

It is a converter of its own: what the libraries do not know they typeset all the same (a raw ``&``, the
``[0.6em]`` of a line end, the name of an unknown macro), and here a formula is right or an error.  What it
writes is MathML Core, which all browsers share, with the spaces of TeX.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html import escape
from typing import NamedTuple

from derive import mathml_signs as signs
from derive.latex_tokens import ROW_END, Tokens
from derive.mathml_signs import TIGHT, fence, space
from derive.measure import SIZES

_SWITCHES = {f"\\{name}": f'mathsize="{scale:.0%}"' for name, scale in SIZES if name}
_SWITCHES |= {"\\displaystyle": 'displaystyle="true"', "\\textstyle": 'displaystyle="false"'}
_THIN = {(a, b) for a in ("ord", "close", "op", "inner", "function") for b in ("op", "inner", "function")}
_THIN |= {("op", "ord"), ("inner", "ord"), ("inner", "open"), ("function", "ord")}
"""The neighbours with a thin space between them; around relations and signs the browser sets it."""


def mathml(tex: str, display: bool = False, *, digits_apart: bool = False) -> str:
    r"""A ``<math>`` element, which carries its LaTeX as an annotation and as its text alternative.

    With ``digits_apart`` the 12 of ``x_{12}`` are two numbers, which is heard, not seen.

    Raises:
        DeriveError: this converter does not know a part of the formula, or it is no formula.

    >>> print(mathml("x + 2").partition("<annotation")[0])
    <math alttext="x + 2"><semantics><mrow><mi>x</mi><mo form="infix">+</mo><mn>2</mn></mrow>
    """
    content = _Converter(tex, digits_apart).whole()
    block = ' display="block"' if display else ""
    return (
        f'<math{block} alttext="{escape(" ".join(tex.split()))}"><semantics>{content}'
        f'<annotation encoding="application/x-tex">{escape(tex, quote=False)}</annotation></semantics></math>'
    )


class _Atom(NamedTuple):
    """A part of a formula, and what it is to its neighbours: a kind of TeX, or "" for a mere space."""

    xml: str
    left: str = "ord"
    right: str = ""


class _Converter(Tokens):
    """It reads the formula from the left and writes as it goes."""

    def __init__(self, tex: str, digits_apart: bool = False) -> None:
        super().__init__(tex)
        self.digits_apart = digits_apart
        self.script = ""
        """The sign of the script that it stands in, "_" or "^": TeX sets no spaces there."""

    def whole(self) -> str:
        elements = self.row("")
        if not elements:
            self.refuse("it is empty")
        return _one(elements)

    def row(self, *ends: str) -> list[str]:
        """The elements up to one of ``ends``, which is left where it is."""
        elements: list[str] = []
        before = ""
        while (token := self.peek()) not in ends:
            if token in _SWITCHES:
                self.take()
                elements.append(f"<mstyle {_SWITCHES[token]}>{''.join(self.row(*ends))}</mstyle>")
                break
            atom = self.scripted(self.atom(before))
            if before == "function" and atom.left in ("ord", "open", "op", "inner", "function"):
                elements.append("<mo>\u2061</mo>")
            if (before, atom.left) in _THIN and not self.script:
                elements.append(space(3))
            if atom.xml:
                elements.append(atom.xml)
            before = atom.right or atom.left or before
        return elements

    def scripted(self, base: _Atom) -> _Atom:
        """The atom with its subscript and its superscript."""
        scripts: dict[str, str] = {}
        while base.left and (sign := self.peek()) in ("_", "^"):
            self.take()
            if sign in scripts:
                self.refuse(f"{sign} stands there twice")
            scripts[sign] = self.small(sign)
        if not scripts:
            return base
        if base.left in ("bin", "rel", "punct", "open") and not base.right:
            self.refuse("an operator has a script")
        sides = "".join(sign for sign in "_^" if sign in scripts)
        names = ("munder", "mover", "munderover") if base.left == "op" else ("msub", "msup", "msubsup")
        element = dict(zip(("_", "^", "_^"), names, strict=True))[sides]
        xml = base.xml or "<mrow></mrow>"
        return base._replace(xml=f"<{element}>{xml}{''.join(scripts[sign] for sign in sides)}</{element}>")

    def small(self, sign: str) -> str:
        outer, self.script = self.script, sign
        written = self.argument()
        self.script = outer
        return written

    def argument(self) -> str:
        """One element: of a group, or else of a single letter, digit or macro."""
        atom = self.braced() if self.peek() == "{" else self.atom("", single=True)
        if atom.left not in ("ord", "bin", "inner") and not atom.right:
            self.refuse("a macro lacks its argument")
        return atom.xml or "<mrow></mrow>"

    def braced(self) -> _Atom:
        self.take("{")
        elements = self.row("}")
        self.take("}")
        return _Atom(_one(elements) if elements else "")

    def atom(self, before: str, single: bool = False) -> _Atom:
        if self.peek() == "{":
            return self.braced()
        token = self.take()
        name = token.removeprefix("\\")
        if token in _MACROS:
            return _MACROS[token](self)
        if token.isascii() and token.isalpha():
            return _Atom(f"<mi>{token}</mi>")
        if token.isascii() and token.isdigit():
            return _Atom(f"<mn>{self.number(token, single)}</mn>")
        if token != name and name in signs.SPACES:
            return _Atom(space(signs.SPACES[name]), "")
        # A backslash before a sign makes another sign of it, but for braces.
        if token == "}" or (token != name and not name.isalpha() and name not in ("{", "}")):
            self.refuse(f"{token} is not known here")
        return self.sign(name, before)

    def number(self, digits: str, single: bool) -> str:
        if single or (self.digits_apart and self.script == "_"):
            return digits
        rest = re.match(r"[0-9]*(\.[0-9]+)?", "".join(self.tokens[self.at :][:40]))
        self.at += len(rest[0]) if rest else 0
        return digits + (rest[0] if rest else "")

    def sign(self, name: str, before: str) -> _Atom:
        """A letter that is a macro, or an operator with the spaces of its place."""
        if name in signs.FIXED:
            kind, xml = signs.FIXED[name]
            return _Atom(xml, kind)
        if name in signs.BINARY:
            unary = before in ("", "bin", "rel", "open", "punct", "op")
            form = f' form="{"prefix" if unary else "infix"}"' if name in "+-" else ""
            spaces = TIGHT if self.script or unary else ""
            return _Atom(f"<mo{form}{spaces}>{signs.BINARY[name]}</mo>", "ord" if unary and not self.script else "bin")
        if name not in signs.SEPARATING:
            self.refuse(f"{name} is not known")
        kind, char, spaces = signs.SEPARATING[name]
        return _Atom(f"<mo{TIGHT if self.script else spaces}>{escape(char)}</mo>", kind)

    def fraction(self) -> _Atom:
        return _Atom(f"<mfrac>{self.argument()}{self.argument()}</mfrac>")

    def root(self) -> _Atom:
        return _Atom(f"<msqrt>{self.argument()}</msqrt>")

    def boxed(self) -> _Atom:
        return _Atom(f'<mrow class="boxed">{self.argument()}</mrow>')

    def text(self) -> _Atom:
        words = re.sub(r"\\([%_&#${} ])", r"\1", self.word())
        if "\\" in words:
            self.refuse("a macro inside of text")
        # MathML drops the spaces at both ends.
        words = re.sub(r"^ | $", "\u00a0", words.replace("'", "’"))
        return _Atom(f"<mtext>{escape(words, quote=False)}</mtext>")

    def tag(self) -> _Atom:
        """The number of an equation, behind it: MathML Core has no margin."""
        return _Atom(f"{space(36)}<mtext>({escape(self.word())})</mtext>")

    def styled(self, alphabet: str) -> _Atom:
        """Letters in another alphabet, as one name."""
        letters = re.findall(r"\\[A-Za-z]+|.", self.word() if self.peek() == "{" else self.take())
        written = [signs.styled(alphabet, letter.removeprefix("\\")) for letter in letters]
        if not written or None in written:
            self.refuse(f"{alphabet} of {''.join(letters)}")
        element = "mn" if "".join(letters).isdigit() else "mi"
        upright = ' mathvariant="normal"' if (alphabet, len(written), element) == ("mathrm", 1, "mi") else ""
        return _Atom(f"<{element}{upright}>{''.join(map(str, written))}</{element}>")

    def braces(self, element: str, sign: str, brace: str) -> _Atom:
        """A horizontal brace and the label beside it."""
        accent = "accentunder" if sign == "_" else "accent"
        held = f'<{element} {accent}="true">{self.argument()}<mo stretchy="true">{brace}</mo></{element}>'
        if self.peek() == sign:
            self.take()
            held = f"<{element}>{held}{self.small(sign)}</{element}>"
        return _Atom(held, "inner")

    def fenced(self) -> _Atom:
        """What stands between \\left and \\right, which are as tall as it."""
        left = self.delimiter(signs.OPENING)
        inside = "".join(self.row("\\right"))
        self.take("\\right")
        right = self.delimiter(signs.CLOSING)
        return _Atom(_enclosed(left, inside, right), "open", "close")

    def delimiter(self, known: dict[str, str]) -> str:
        token = self.take()
        name = token.removeprefix("\\")
        if token == ".":
            return ""
        if name not in known or (token == name) != (name in "()[]"):
            self.refuse(f"{token} is no delimiter")
        return known[name]

    def environment(self) -> _Atom:
        name = self.word()
        if name not in (*signs.MATRICES, "aligned"):
            self.refuse(f"{name} is no environment")
        rows: list[str] = []
        cells: list[str] = []
        end = ""
        while end != "\\end":
            cells.append(f"<mtd>{''.join(self.row('&', ROW_END, chr(92) + 'end'))}</mtd>")
            token = self.take()
            end = ROW_END if token.startswith(ROW_END) else token
            if end != "&" and (cells != ["<mtd></mtd>"] or end == ROW_END):
                gap = f' style="--gap:{token[3:-1]}"' if token[2:].startswith("[") else ""
                rows.append(f"<mtr{gap}>{''.join(cells)}</mtr>")
                cells = []
        if self.word() != name:
            self.refuse(f"{name} does not end")
        if name == "aligned":
            return _Atom(f'<mtable class="aligned" displaystyle="true">{"".join(rows)}</mtable>', "inner")
        left, right = signs.MATRICES[name]
        return _Atom(_enclosed(left, f"<mtable>{''.join(rows)}</mtable>", right), "inner")


_MACROS: dict[str, Callable[[_Converter], _Atom]] = {
    "\\frac": _Converter.fraction,
    "\\tfrac": _Converter.fraction,
    "\\sqrt": _Converter.root,
    "\\boxed": _Converter.boxed,
    "\\text": _Converter.text,
    "\\tag": _Converter.tag,
    "\\left": _Converter.fenced,
    "\\begin": _Converter.environment,
    "\\underbrace": lambda reader: reader.braces("munder", "_", "⏟"),
    "\\overbrace": lambda reader: reader.braces("mover", "^", "⏞"),
    "\\mathrm": lambda reader: reader.styled("mathrm"),
    "\\mathbf": lambda reader: reader.styled("mathbf"),
    "\\boldsymbol": lambda reader: reader.styled("boldsymbol"),
    "\\mathbb": lambda reader: reader.styled("mathbb"),
}


def _enclosed(left: str, inside: str, right: str) -> str:
    """Between brackets as tall as it; Chromium makes room for the widest where they need not grow, but may."""
    tall = inside.count("<mtr") > 1 or any(f"<{element}" in inside for element in signs.TALL)
    return f"<mrow>{fence(left, 'open', tall)}{inside}{fence(right, 'close', tall)}</mrow>"


def _one(elements: Sequence[str]) -> str:
    """A single element, as a fraction or a script wants."""
    return elements[0] if len(elements) == 1 else f"<mrow>{''.join(elements)}</mrow>"
