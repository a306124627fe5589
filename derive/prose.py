"""The sentences of the documents: a language is one TOML file, ``templates/en.toml`` or a translation of it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, reduce
from pathlib import Path
from typing import Any

from derive.chain import Reason
from derive.environment import template_folder
from derive.errors import DeriveError
from derive.markup import MARKUP, PLACEHOLDER

ENGLISH = "en"
COMMON, WORDS, REASONS, TERMS = "common", "words", "reasons", "terms"

Table = Mapping[str, str]


@dataclass(frozen=True)
class Prose:
    """The sentences of one form, as one format writes them; a template knows it as ``say``.

    >>> say = prose("en", "worked", "md")
    >>> say("gradient", input="$W$")
    'The gradient with respect to $W$'
    >>> say.listed(["$X$", "$W$", "$b$"])
    '$X$, $W$ and $b$'
    """

    file: str
    form: str
    format: str
    sentences: Table
    words: Table
    reasons: Table
    """Other words for the reasons beside the lines, by the reason's name or its English words."""
    terms: Table
    """Other words for titles and sentences that come with an operation, by the English ones."""

    def __call__(self, key: str, /, **given: object) -> str:
        """The sentence of that key.

        Raises:
            DeriveError: there is none, or its placeholders are not what is given.
        """
        if key not in self.sentences:
            raise DeriveError(f"{self.file}: there is no sentence '{key}' in [{self.form}] or [{COMMON}].")
        sentence = self.sentences[key]
        for fault in _misfits(sentence, given):
            raise DeriveError(f"{self.file}: the sentence '{key}' of [{self.form}] {fault}.")
        return MARKUP[self.format].sentence(sentence, given)

    def listed(self, items: Iterable[str]) -> str:
        """a, b and c."""
        *items, last = items
        return self._joined("and", [self.sequence(items), last]) if items else last

    def sequence(self, items: Iterable[str]) -> str:
        """a, b, c."""
        return self._joined("comma", items)

    def chained(self, items: Iterable[str]) -> str:
        """a and b and c, for items that hold commas."""
        return self._joined("and", items)

    def number(self, count: int) -> str:
        """A number as a word, as far as the language has words for it here.

        >>> prose().number(2), prose().number(40)
        ('two', '40')
        """
        words = self.words["numbers"].split(", ")
        return MARKUP[self.format].escaped(words[count]) if count < len(words) else str(count)

    def clauses(self, items: Iterable[str]) -> str:
        """a; b; c."""
        return self._joined("semicolon", items)

    def _joined(self, word: str, items: Iterable[str]) -> str:
        markup, pattern = MARKUP[self.format], self.words[word]
        return reduce(lambda these, item: markup.sentence(pattern, {"these": these, "next": item}), items)

    def reason(self, by: Reason) -> str:
        """Why a line holds, in running text."""
        return MARKUP[self.format].escaped(worded(by, self.reasons))

    def term(self, english: str) -> str:
        """Words that come with the datum: a title, the sentence before a lemma."""
        return MARKUP[self.format].escaped(self.terms.get(english, english))

    @property
    def reasons_in_formulas(self) -> Table:
        """The reasons as they stand inside of a display: in LaTeX, except where nothing is."""
        markup = MARKUP["txt" if self.format == "txt" else "tex"]
        return {name: markup.escaped(words) for name, words in self.reasons.items()}


def worded(by: Reason, reasons: Table) -> str:
    """The words of a reason: those for its English words, those for its name, or the English.

    >>> worded(Reason("sum", "term by term"), {"sum": "gliedweise"})
    'gliedweise'
    """
    return reasons.get(by.text, reasons.get(by.name, by.text))


def prose(language: str = ENGLISH, form: str = "worked", format: str = "md") -> Prose:
    """The sentences of a form in a language: the name of one that is built in, or the path of a TOML file.

    Raises:
        DeriveError: there is no such file, it is no TOML, or it does not have what ``en.toml`` has; the
            message names all that is missing.

    >>> prose("de", "worked", "md")
    Traceback (most recent call last):
    ...
    derive.errors.DeriveError: unknown language 'de'; known: en, or the path of a translation: de.toml.
    """
    if format not in MARKUP:
        raise DeriveError(f"no prose is written in the format '{format}'; known: {', '.join(MARKUP)}.")
    english = _tables(template_folder() / f"{ENGLISH}.toml")
    if form not in english:
        raise DeriveError(f"{ENGLISH}.toml: there is no table [{form}].")
    file = _file(language)
    tables = english if language == ENGLISH else _tables(file)
    faults = [*_faults(tables, english, form), *_faults(tables, english, WORDS)]
    if faults:
        raise DeriveError(f"{file.name}: {'; '.join(faults)}.")
    return Prose(
        file.name,
        form,
        format,
        _sentences(tables, form),
        tables[WORDS],
        tables.get(REASONS, {}),
        tables.get(TERMS, {}),
    )


def _file(language: str) -> Path:
    """Where a language is written down."""
    if language.endswith(".toml"):
        return Path(language)
    known = sorted(path.stem for path in template_folder().glob("*.toml"))
    if language not in known:
        raise DeriveError(
            f"unknown language '{language}'; known: {', '.join(known)}, or the path of a translation: {language}.toml."
        )
    return template_folder() / f"{language}.toml"


_loads = cache(tomllib.loads)


def _tables(path: Path) -> Mapping[str, Table]:
    """The tables of a file; sentences that were broken into lines are joined.

    Raises:
        DeriveError: it cannot be read, is no TOML, or holds something else than tables of text.
    """
    try:
        read = _loads(path.read_text("utf-8"))
    except OSError as error:
        raise DeriveError(f"cannot read the language {path}: {error.strerror or error}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DeriveError(f"the language {path} is no TOML: {error}.") from error
    return {name: _table(path, name, table) for name, table in read.items()}


def _table(path: Path, name: str, table: Any) -> Table:
    if not isinstance(table, dict):
        raise DeriveError(f"{path.name}: '{name}' stands outside of the tables.")
    for key, text in table.items():
        if not isinstance(text, str):
            raise DeriveError(f"{path.name}: '{key}' of [{name}] is no text.")
    # Not split(): it would take a no-break space for a line break.
    return {key: " ".join(line.strip(" \t") for line in text.splitlines()).strip(" ") for key, text in table.items()}


def _sentences(tables: Mapping[str, Table], form: str) -> Table:
    """Those of the form; common ones where it has none of its own."""
    return tables.get(form, {}) if form == WORDS else {**tables.get(COMMON, {}), **tables.get(form, {})}


def _faults(tables: Mapping[str, Table], english: Mapping[str, Table], form: str) -> Iterator[str]:
    """What keeps a translation from taking the place of the English."""
    if form not in tables:
        yield f"there is no table [{form}]"
        return
    own, model = _sentences(tables, form), _sentences(english, form)
    known = {key for table in english.values() for key in table}
    missing = [key for key in model if key not in own]
    if missing:
        yield f"[{form}] lacks {', '.join(missing)}"
    for key in own:
        if key not in known:
            near = get_close_matches(key, missing or model, n=1)
            yield f"[{form}] has an unknown '{key}'" + (f" (did you mean '{near[0]}'?)" if near else "")
        elif key in model:
            yield from (f"'{key}' of [{form}] {fault}" for fault in _misfits(own[key], PLACEHOLDER.findall(model[key])))


def _misfits(sentence: str, given: Iterable[str]) -> Iterator[str]:
    """How the placeholders of a sentence differ from the names that are given."""
    asked = set(PLACEHOLDER.findall(sentence))
    for name in sorted(set(given) - asked):
        yield f"lacks the placeholder {{{name}}}"
    for name in sorted(asked - set(given)):
        yield f"has an unknown placeholder {{{name}}}"
