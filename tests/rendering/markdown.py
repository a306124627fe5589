"""Markdown as GitHub shows it.

    markdown_faults([Path("README.md")])

GitHub reads a fence of the language ``math``, a code span between dollars, and a display whose dollars stand on
lines of their own, before it reads Markdown. What stands between other dollars is Markdown first: `_` and `*` are
emphasis there, a backslash before a sign of punctuation is gone, `|` ends the cell of a table. The text goes through
cmark-gfm, which GitHub's reader is built of, and the formulas that come out are compared with those that went in.
"""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.rendering.formulas import body, intact, judged
from tests.rendering.html_reader import GITHUB, read_html
from tests.rendering.programs import Faults, need, run

EXTENSIONS = ["table", "strikethrough", "autolink", "tagfilter", "tasklist"]
LINE_OF_DOLLARS = re.compile(r"^(?P<before>[\s>]*(?:[-*+]\s+)?)\$\$\s*$")
FENCE = re.compile(r"^[\s>]*(```|~~~)")


def fenced(text: str) -> str:
    """A text whose displays on lines of their own are fences, which is what GitHub takes them for.

    >>> print(fenced("> $$\\n> a \\\\\\\\ b\\n> $$"))
    > ```math
    > a \\\\ b
    > ```
    """
    lines = []
    code = inside = False
    for line in text.split("\n"):
        dollars = LINE_OF_DOLLARS.match(line)
        if FENCE.match(line) and not inside:
            code = not code
        if dollars and not code:
            line = f"{dollars['before']}```{'' if inside else 'math'}"
            inside = not inside
        lines.append(line)
    return "\n".join(lines)


def shown_by_github(text: str) -> str:
    flags = [flag for extension in EXTENSIONS for flag in ("--extension", extension)]
    done = run(["cmark-gfm", "--unsafe", *flags], input=fenced(text))
    if done.returncode != 0:
        raise RuntimeError(f"cmark-gfm left with {done.returncode}: {done.stderr}")
    return done.stdout


def markdown_faults(paths: list[Path]) -> Faults:
    """Formulas that GitHub's Markdown tears, dollars that it leaves, TeX that is read as words."""
    need("cmark-gfm")
    sources = judged(paths)

    def faults(path: Path) -> list[str]:
        reading = read_html(shown_by_github(body(path.read_text("utf-8"))), GITHUB)
        source = [formula["tex"] for part in sources[path] for formula in part["formulas"]]
        return intact(source, [formula.tex for formula in reading.formulas], "GitHub's Markdown") + [
            stray.partition(": ")[2] for stray in reading.strays
        ]

    with ThreadPoolExecutor(2) as pool:
        return dict(zip(paths, pool.map(faults, paths), strict=True))
