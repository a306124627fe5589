"""Self-contained HTML documents, opened in Chromium.

    standalone_faults([Path("product.html")])

Such a document asks for nothing but itself, leaves the console silent, is read by a screen reader and in both
colour schemes without a violation that axe-core knows, fits a telephone without being scrolled sideways, and its
buttons for copying copy a text that the page holds. A button counts as one for copying if its name, class or data
says "copy". The TeX that its MathML is annotated with is for `formula_faults`.
"""

from pathlib import Path

from tests.rendering.html_reader import read_html
from tests.rendering.programs import Faults, ask_node, need, need_modules


def standalone_faults(paths: list[Path]) -> Faults:
    """What a reader's browser, or a reader who cannot see it, would stumble over."""
    need_modules("playwright-core", "axe-core")
    need("chromium")
    faults: Faults = {}
    answers = ask_node("standalone.mjs", [str(path.resolve()) for path in paths])
    for path, answer in zip(paths, answers, strict=True):
        reading = read_html(path.read_text("utf-8"))
        faults[path] = answer["faults"] + reading.strays + reading.tags
    return faults
