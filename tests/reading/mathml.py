"""Whether MathML and LaTeX show the same: both are brought into one plain shape, and compared."""

from __future__ import annotations

import re
import unicodedata
from typing import Any
from xml.etree import ElementTree

Shown = Any
"""A character, or a list that begins with what it is: frac, sub, sup, under, over, table, row."""

_SIGNS = {
    r"\partial": "∂", r"\cdots": "⋯", r"\dots": "…", r"\ldots": "…", r"\vdots": "⋮", r"\ddots": "⋱", r"\sum": "∑",
    r"\times": "×", r"\cdot": "⋅", r"\odot": "⊙", r"\oslash": "⊘", r"\top": "⊤", r"\neq": "≠", r"\ne": "≠", r"\in": "∈",
    r"\langle": "⟨", r"\rangle": "⟩", r"\rightarrow": "→", r"\to": "→", r"\blacksquare": "■", r"\circ": "∘",
    r"\ell": "ℓ", r"\le": "≤", r"\leq": "≤", r"\ge": "≥", r"\geq": "≥", r"\infty": "∞", r"\approx": "≈",
    r"\lvert": "|",
    r"\rvert": "|", r"\lVert": "‖", r"\rVert": "‖", r"\mid": "|", r"\forall": "∀", r"\therefore": "∴", r"\pm": "±",
    r"\prime": "′", r"\intercal": "⊺", r"\{": "{", r"\}": "}", r"\%": "%", r"\&": "&", r"\_": "_", r"\oplus": "⊕",
}  # fmt: skip
_IGNORED = {
    r"\left", r"\right", r"\displaystyle", r"\textstyle", r"\scriptstyle", r"\limits", r"\nolimits", r"\,", r"\;",
    r"\:", r"\!", r"\thinspace", r"\ ", r"\quad", r"\qquad", "~", r"\tiny", r"\scriptsize", r"\footnotesize",
    r"\small", r"\normalsize", r"\big", r"\Big", r"\bigl", r"\bigr", r"\Bigl", r"\Bigr", r"\nonumber", r"\notag",
    r"\mathstrut",
}  # fmt: skip
_STYLES = {r"\mathbf", r"\boldsymbol", r"\mathrm", r"\mathit", r"\mathbb", r"\text", r"\textrm", r"\mathsf", r"\boxed"}
_BRACKETS = {"bmatrix": "[]", "pmatrix": "()", "vmatrix": "||", "Bmatrix": "{}", "cases": "{"}
_TOKEN = re.compile(r"\\text\{[^{}]*\}|\\(?:begin|end)\{\w+\*?\}|\\[A-Za-z]+|\\.|[^\s]", re.DOTALL)
_SAME = str.maketrans({"−": "-", "·": "⋅", "∙": "⋅", "ϵ": "ε", "⏟": "", "⏞": "", "′": "'", "∣": "|", "‾": "", "◼": "■"})
_UNSEEN = re.compile(r"[\u2061-\u2064\u200b\u00a0\u2000-\u200a\s]")


def differences(root: ElementTree.Element, tex: str) -> list[str]:
    """Where the MathML and the LaTeX show something else; at most the first place."""
    try:
        left, right = _flat(_element(root)), _flat(_Tex(tex).group(""))
    except (ValueError, IndexError) as error:
        return [f"cannot be compared: {error}"]
    if left == right:
        return []
    place = next((k for k, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))
    return [f"{' '.join(left[max(0, place - 5) : place + 5])} / {' '.join(right[max(0, place - 5) : place + 5])}"]


def _flat(node: Shown) -> list[str]:
    """The characters and the structure, in one line."""
    if isinstance(node, str):
        plain = unicodedata.normalize("NFKC", _UNSEEN.sub("", node)).translate(_SAME)
        return [character for character in plain if character.strip()]
    kind, *children = node
    inside = [sign for child in children for sign in _flat(child)]
    return inside if kind == "" else [f"<{kind}", *inside, f"{kind}>"] if inside else []


def _element(node: ElementTree.Element) -> Shown:
    """The shape of a MathML element."""
    children = [_element(child) for child in node if child.tag not in ("annotation", "annotation-xml")]
    match node.tag:
        case "mi" | "mn" | "mo" | "mtext" | "ms":
            return node.text or ""
        case "mspace" | "mphantom":
            return ""
        case "mfrac":
            return ["frac", ["part", children[0]], ["part", children[1]]]
        case "msub" | "munder":
            return _scripts(children[0], children[1], None)
        case "msup" | "mover":
            return _scripts(children[0], None, children[1])
        case "msubsup" | "munderover":
            return _scripts(children[0], children[1], children[2])
        case "mtable":
            return ["table", *children]
        case "mtr":
            return ["row", *children]
        case "mtd":
            return ["cell", *children]
        case "mfenced":
            return ["", node.get("open", "("), *children, node.get("close", ")")]
    return ["", *children]


def _scripts(base: Shown, below: Shown | None, above: Shown | None) -> Shown:
    """Below comes first; a brace under or over something is no script."""
    low = ["low", below] if below is not None else ""
    high = ["high", above] if above is not None else ""
    parts = [part for part in (low, high) if part and _flat(part)]
    return ["", base, *parts]


class _Tex:
    """The shape of a formula in LaTeX; of its meaning nothing is known here."""

    def __init__(self, tex: str) -> None:
        tex = re.sub(r"\\(?:tag\*?|label)\{[^{}]*\}", "", tex)
        tex = re.sub(r"\\\\\[[^\]]*\]", r"\\\\", tex)
        self.tokens = _TOKEN.findall(tex)
        self.at = 0

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def group(self, *ends: str) -> Shown:
        """All up to one of the ends, which is left."""
        found: list[Shown] = [""]
        while self.peek() not in ends:
            if not self.peek():
                raise ValueError("a group has no end")
            found.append(self.scripted())
        return found

    def scripted(self) -> Shown:
        base = self.atom()
        low = high = None
        while self.peek() in ("_", "^", "'", r"\limits"):
            sign = self.peek()
            self.at += 1
            if sign == "_":
                low = self.argument()
            elif sign == "^":
                high = self.argument()
            elif sign == "'":
                high = ["", *([high] if high else []), "'"]
        return _scripts(base, low, high)

    def argument(self) -> Shown:
        while self.peek() in _IGNORED:
            self.at += 1
        return self.atom()

    def atom(self) -> Shown:
        token = self.peek()
        self.at += 1
        if token == "{":
            inside = self.group("}")
            self.at += 1
            return inside
        if token.startswith(r"\text{"):
            return token[6:-1]
        if token in (r"\frac", r"\dfrac", r"\tfrac"):
            above, below = self.argument(), self.argument()
            return ["frac", ["part", above], ["part", below]]
        if token in (r"\underbrace", r"\overbrace"):
            return self.argument()
        if token in _STYLES:
            return self.argument()
        if token.startswith(r"\begin{"):
            return self.environment(token[7:-1])
        if token in _IGNORED or token == "&":
            return ""
        if token in _SIGNS:
            return _SIGNS[token]
        if token.startswith("\\"):
            try:
                return unicodedata.lookup(_greek(token[1:]))
            except KeyError:
                raise ValueError(f"unknown {token}") from None
        return token

    def environment(self, name: str) -> Shown:
        end = rf"\end{{{name}}}"
        rows: list[Shown] = [["row"]]
        while True:
            rows[-1].append(["cell", self.group("&", r"\\", end)])
            sign = self.peek()
            self.at += 1
            if sign == end:
                break
            if sign == r"\\":
                rows.append(["row"])
        opening, closing = (_BRACKETS.get(name, "") + "  ")[:2]
        return ["", opening, ["table", *rows], closing]


def _greek(name: str) -> str:
    """The name of a letter in Unicode."""
    variants = {"varepsilon": "epsilon", "varphi": "phi", "vartheta": "theta", "lambda": "lamda", "Lambda": "Lamda"}
    plain = variants.get(name, name)
    size = "CAPITAL" if plain[0].isupper() else "SMALL"
    return f"GREEK {size} LETTER {plain.upper()}"
