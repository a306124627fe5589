"""Marp decks, as marp-cli makes HTML and PDF of them, and as they look in Chromium.

    slide_faults([Path("deck.md")])

Every slide is measured at the size of its theme (1280 by 720): nothing reaches over the margins or is cut off,
nothing has been shrunk to fit (a heading with `fit` may be), and no letter of the text or of a formula, scripts
included, is below `SMALLEST` pixels. The PDF has a page for each slide.
"""

import os
import re
import tempfile
import zlib
from pathlib import Path

from tests.rendering.programs import CHROMIUM, Faults, ask_node, need, need_modules, run

SMALLEST = 14.0
"""Pixels; on a projected slide of 720 lines, about what the last row can read."""

SLACK = 2.0
"""Pixels that an accent or a rounded length may stand over."""

FLAGS = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
OFFLINE = '--disable-component-update --disable-sync --host-resolver-rules="MAP * ~NOTFOUND"'
CHROMIUM_SCRIPT = f'#!/bin/sh\nexec {CHROMIUM} {FLAGS} {OFFLINE} "$@"\n'


def convert(decks: Path, target: Path, *format: str) -> str:
    """Every deck of a folder made into a file of another one; what marp-cli says besides."""
    modules = need_modules("@marp-team/marp-cli")
    browser = decks.parent / "chromium"
    browser.write_text(CHROMIUM_SCRIPT, "utf-8")
    browser.chmod(0o755)
    marp = modules / "@marp-team" / "marp-cli" / "marp-cli.js"
    command: list[str | Path] = ["node", marp, "--no-config-file", "--html", *format, "--browser-path", browser]
    done = run([*command, "--input-dir", decks, "--output", target], env={**os.environ, "CHROME_NO_SANDBOX": "1"})
    said = [line for line in (done.stdout + done.stderr).splitlines() if "[  INFO ]" not in line and line.strip()]
    return "\n".join(said) or ("" if done.returncode == 0 else f"marp-cli left with {done.returncode}")


def pages(pdf: bytes) -> int:
    """How many pages a PDF has; its objects may stand in streams that are compressed.

    >>> pages(b"%PDF-1.7 <</Type /Pages>> <</Type /Page\\n>> <</Type /Page>>")
    2
    """
    objects = [pdf]
    for stream in re.finditer(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        try:
            objects.append(zlib.decompress(stream[1]))
        except zlib.error:
            continue  # a picture or a font, compressed in another way
    return sum(len(re.findall(rb"/Type\s*/Page\b", part)) for part in objects)


def slide_faults(paths: list[Path], smallest: float = SMALLEST) -> Faults:
    """What marp-cli does not make of a deck, and slides that are too full, shrunk, or too small to read."""
    need_modules("@marp-team/marp-cli", "playwright-core", "katex")
    need("chromium")
    with tempfile.TemporaryDirectory() as temporary:
        decks, made = Path(temporary) / "decks", Path(temporary) / "made"
        decks.mkdir()
        names = {f"deck{number}": path for number, path in enumerate(paths)}
        for name, path in names.items():
            (decks / f"{name}.md").write_bytes(path.read_bytes())
        said = convert(decks, made, "--template", "bare") + convert(decks, made, "--pdf")
        faults: Faults = {path: [said] if said else [] for path in paths}
        html = {name: made / f"{name}.html" for name in names}
        asked = [{"file": str(file), "smallest": smallest, "slack": SLACK} for file in html.values() if file.is_file()]
        measured = {Path(answer["file"]).stem: answer for answer in ask_node("slides.mjs", asked)}
        for name, path in names.items():
            if name not in measured:
                faults[path].append("marp-cli made no HTML of it")
                continue
            faults[path] += measured[name]["faults"]
            pdf = made / f"{name}.pdf"
            count = pages(pdf.read_bytes()) if pdf.is_file() else 0
            if count != measured[name]["slides"]:
                faults[path].append(f"{measured[name]['slides']} slides, but the PDF has {count} pages")
    return faults
