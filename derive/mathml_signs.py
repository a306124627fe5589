"""The signs of LaTeX as MathML writes them: characters, alphabets, and the spaces of TeX around them."""

from __future__ import annotations

_GREEK = "alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho varsigma"
_GREEK += " sigma tau upsilon varphi chi psi omega"
_CAPITALS = "Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega"

SLANTED = dict(zip(_GREEK.split(), map(chr, range(0x3B1, 0x3CA)), strict=True))
SLANTED |= {"epsilon": "ϵ", "phi": "ϕ", "vartheta": "ϑ", "partial": "∂", "ell": "ℓ"}
"""Letters; a lone one is slanted by the browser."""

UPRIGHT = dict(zip(_CAPITALS.split(), "ΓΔΘΛΞΠΣΦΨΩ", strict=True))
UPRIGHT |= {"top": "⊤", "infty": "∞", "blacksquare": "■", "square": "□", "nabla": "∇", ".": ".", "/": "/"}
"""Letters and signs that are none of the below, and stand as they are."""

BINARY = {"+": "+", "-": "−", "times": "×", "cdot": "⋅", "odot": "⊙", "oslash": "⊘", "otimes": "⊗", "oplus": "⊕"}
BINARY |= {"circ": "∘", "pm": "±", "ast": "∗"}

RELATIONS = {"=": "=", "<": "<", ">": ">", ":": ":", "neq": "≠", "ne": "≠", "leq": "≤", "le": "≤", "geq": "≥"}
RELATIONS |= {"ge": "≥", "approx": "≈", "equiv": "≡", "in": "∈", "to": "→", "rightarrow": "→", "mapsto": "↦"}
RELATIONS |= {"Rightarrow": "⇒", "ll": "≪", "gg": "≫"}


DOTS = {"cdots": "⋯", "ldots": "…", "dots": "…", "vdots": "⋮", "ddots": "⋱"}

_FUNCTIONS = "arccos arcsin arctan cos cosh cot det exp ln log max min sin sinh tan tanh"

_LARGE = "sum prod"
LARGE = dict(zip(_LARGE.split(), "∑∏", strict=True))

OPENING = {"(": "(", "[": "[", "{": "{", "langle": "⟨", "lvert": "|", "lVert": "‖", "lfloor": "⌊", "lceil": "⌈"}
CLOSING = {")": ")", "]": "]", "}": "}", "rangle": "⟩", "rvert": "|", "rVert": "‖", "rfloor": "⌋", "rceil": "⌉"}
"""Braces are those with a backslash."""

TALL = ("mfrac", "munder", "mover", "msqrt", "mrow class")
"""The elements that brackets have to grow for."""

TIGHT = ' lspace="0" rspace="0"'

SPACES = {",": 3, ":": 4, ";": 5, "!": -3, " ": 6, "quad": 18, "qquad": 36}
"""In eighteenths of an em."""

MATRICES = {"matrix": ("", ""), "bmatrix": ("[", "]"), "pmatrix": ("(", ")"), "vmatrix": ("|", "|")}

_DOUBLE_STRUCK = {"C": "ℂ", "H": "ℍ", "N": "ℕ", "P": "ℙ", "Q": "ℚ", "R": "ℝ", "Z": "ℤ"}

_RANGES = {
    "mathbf": {"A": 0x1D400, "a": 0x1D41A, "0": 0x1D7CE, "Γ": 0x1D6AA},
    "boldsymbol": {"A": 0x1D468, "a": 0x1D482, "0": 0x1D7CE, "Γ": 0x1D6AA, "α": 0x1D736},
    "mathbb": {"A": 0x1D538},
}
_LENGTHS = {"A": 26, "a": 26, "0": 10, "Γ": 23, "α": 25}
_LOOSE = {"ϵ": "𝝐", "ϑ": "𝝑", "ϕ": "𝝓"}


def styled(alphabet: str, name: str) -> str | None:
    """A letter in an alphabet, for which Unicode has characters of its own; None where it lacks them.

    MathML Core knows no attribute for bold: browsers show it only in these characters.

    >>> styled("mathbf", "W"), styled("mathbb", "R"), styled("mathbb", "1")
    ('𝐖', 'ℝ', None)
    """
    letter = SLANTED.get(name) or UPRIGHT.get(name) or name
    if len(letter) != 1 or not letter.isalnum():
        return None
    if alphabet == "mathrm":
        return letter
    if alphabet == "mathbb" and letter in _DOUBLE_STRUCK:
        return _DOUBLE_STRUCK[letter]
    if alphabet == "boldsymbol" and letter in _LOOSE:
        return _LOOSE[letter]
    for first, code in _RANGES[alphabet].items():
        if 0 <= ord(letter) - ord(first) < _LENGTHS[first]:
            return chr(code + ord(letter) - ord(first))
    return None


def space(eighteenths: int) -> str:
    """A space of so many eighteenths of an em."""
    return f'<mspace width="{eighteenths / 18:.4g}em"></mspace>'


def fence(sign: str, kind: str, stretchy: bool) -> str:
    """A bracket that opens or closes, as tall as what it holds or as a letter; "" is none."""
    form = "prefix" if kind == "open" else "postfix"
    return f'<mo form="{form}" stretchy="{str(stretchy).lower()}">{sign}</mo>' if sign else ""


FIXED = {name: ("ord", f"<mi>{char}</mi>") for name, char in SLANTED.items()}
FIXED |= {name: ("ord", f'<mi mathvariant="normal">{char}</mi>') for name, char in UPRIGHT.items()}
FIXED |= {name: ("inner", f"<mi>{char}</mi>") for name, char in DOTS.items()}
FIXED |= {name: ("function", f"<mi>{name}</mi>") for name in _FUNCTIONS.split()}
FIXED |= {name: ("op", f"<mo{TIGHT}>{char}</mo>") for name, char in LARGE.items()}
FIXED |= {name: ("open", fence(char, "open", False)) for name, char in OPENING.items()}
FIXED |= {name: ("close", fence(char, "close", False)) for name, char in CLOSING.items()}
"""What is the same wherever it stands: its kind, and its element."""

SEPARATING = {name: ("rel", char, ' stretchy="false"') for name, char in RELATIONS.items()}
SEPARATING |= {":": ("rel", ":", ' lspace="0.2778em" rspace="0.2778em"')}
SEPARATING |= {sign: ("punct", sign, "") for sign in ",;"}
"""Kind, character and attributes of relations and punctuation; in a script they lose their spaces."""
