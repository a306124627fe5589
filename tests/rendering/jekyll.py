"""Posts as Jekyll publishes them: Liquid first, then kramdown where the post is Markdown, then MathJax.

    jekyll_faults([Path("post.html"), Path("post.md")])

Each post needs its front matter. Jekyll itself builds a site of all of them, with Debian's versions of Liquid and
kramdown; the formulas that MathJax will find in the pages are compared with those of the posts. In Markdown the
delimiters are `$$` for both kinds of formula, as kramdown has it: a single dollar is a dollar there.
"""

import re
import tempfile
from pathlib import Path

from tests.rendering.formulas import FRONT_MATTER, intact, judged
from tests.rendering.html_reader import read_html
from tests.rendering.programs import Faults, need, run

CONFIGURATION = """
title: Posts
markdown: kramdown
strict_front_matter: true
liquid:
  error_mode: strict
  strict_filters: true
permalink: /:slug/
"""
LAYOUT = """<!DOCTYPE html>
<html lang="en"><head><title>{{ page.title }}</title></head><body>{{ content }}</body></html>
"""
NOISE = re.compile(r"^\s*(?:Configuration file|Source|Destination|Incremental build|Generating|done in|Auto-regen).*")


def build(posts: dict[str, Path], folder: Path) -> tuple[bool, str]:
    """A site of these posts in a folder; whether Jekyll made it, and what it said."""
    (folder / "_config.yml").write_text(CONFIGURATION, "utf-8")
    (folder / "_layouts").mkdir()
    layouts = {"default", "post", "page"}
    (folder / "_posts").mkdir()
    for name, path in posts.items():
        text = path.read_text("utf-8")
        if front := FRONT_MATTER.match(text):
            layouts |= set(re.findall(r"^layout:\s*[\"']?([\w-]+)", front[0], re.MULTILINE))
        (folder / "_posts" / f"2000-01-01-{name}{path.suffix}").write_text(text, "utf-8")
    for layout in layouts:
        (folder / "_layouts" / f"{layout}.html").write_text(LAYOUT, "utf-8")
    done = run(["jekyll", "build", "--disable-disk-cache", "--future"], cwd=folder)
    said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip() and not NOISE.match(line)]
    return done.returncode == 0, "\n".join(said)


def jekyll_faults(paths: list[Path]) -> Faults:
    """Formulas that Liquid or kramdown changes, what either of them complains of, tags that do not match."""
    need("jekyll")
    sources = judged(paths)
    without = {path for path in paths if not FRONT_MATTER.match(path.read_text("utf-8"))}
    faults: Faults = {path: ["no front matter, so Jekyll copies the file as it is"] for path in without}
    posts = {f"document{number:04}": path for number, path in enumerate(paths) if path not in without}
    with tempfile.TemporaryDirectory() as temporary:
        built, said = build(posts, Path(temporary))
        if not built and len(posts) > 1:
            # Jekyll stops at the first post that it cannot read, and names it; the others are tried again.
            named = [path for name, path in posts.items() if name in said]
            rest = [path for path in posts.values() if path not in named]
            groups = [[path] for path in named] + [rest] if named and rest else [[path] for path in posts.values()]
            for group in groups:
                faults |= jekyll_faults(group)
            return faults
        for name, path in posts.items():
            page = Path(temporary) / "_site" / name / "index.html"
            about = [" ".join(line.split()) for line in said.splitlines() if len(posts) == 1 or name in line]
            if not page.is_file():
                faults[path] = about or ["Jekyll made no page of it"]
                continue
            reading = read_html(page.read_text("utf-8"))
            source = [formula["tex"] for part in sources[path] for formula in part["formulas"]]
            shown = [formula.tex for formula in reading.formulas]
            strays = [stray.partition(": ")[2] for stray in reading.strays]
            faults[path] = about + intact(source, shown, "Jekyll") + strays + reading.tags
    return faults
