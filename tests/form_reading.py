"""How each form of document is read back: what it speaks of beside its own operation, and what its prose claims."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from derive.forms import FORMS as WRITTEN_FORMS
from tests.form_sentences import ALTERNATIVES, PROSE, SENTENCES
from tests.reading import Found, Given, Report, added_up, mean, read_document, sigmoid, sigmoids, squares
from tests.told_operations import Told, derived

IMAGES = (2, 8, 8)
"""The batch of pictures in the lecture: pictures, rows, columns."""

STYLES: Mapping[str, Mapping[str, Any]] = {
    "plain": {"differential": "partial", "bold": "", "matrix": "bmatrix", "transpose": "top", "capital": False},
    "slides": {"comma": True, "transpose": "T"},
    "readme": {"differential": "d", "bold": "mathbf", "transpose": "T"},
    "indices": {"capital": True, "transpose": "T"},
    "lecture": {"comma": True, "matrix": "pmatrix", "transpose": "T"},
    "post": {"bold": "boldsymbol", "transpose": "T"},
}
"""What each notation has to look like."""


@dataclass(frozen=True)
class Spoken:
    """The operation that a document is about, and what else it speaks of."""

    main: Given
    others: tuple[Given, ...] = ()
    turns: tuple[tuple[str, Given], ...] = ()
    """Headings under which it speaks of another operation alone."""


def alone(told: Told) -> Spoken:
    return Spoken(told.given)


def with_bias(told: Told) -> Spoken:
    """A layer, and the same with a bias."""
    return Spoken(told.layer.given, (told.product.given,)) if told.is_layer else alone(told)


def with_swapped(told: Told) -> Spoken:
    """A layer, and in the end that of the transposed matrices."""
    if not told.is_layer:
        return alone(told)
    headings = (PROSE["indices"][f"convention-{kind}"] for kind in ("rows", "columns"))
    return Spoken(told.given, turns=tuple((words, told.swapped.given) for words in headings))


def with_mean(told: Told) -> Spoken:
    """An arbitrary loss, and the mean as an example of one."""
    return Spoken(told.given, (replace(told.given, total=mean),))


def taught(told: Told) -> Spoken:
    """A layer with its bias, the bare product, a sigmoid behind it, an exercise with numbers, a line, pictures."""
    layer, product = told.layer.given, told.product.given
    activated = replace(layer, layers=((_behind(told), ("m", "n"), sigmoids),), functions=((r"\sigma", sigmoid),))
    exercise = replace(
        product,
        sizes=tuple((letter, 2) for letter in "mkn"),
        layers=(("F", ("m", "n"), squares),),
        total=added_up,
        exercise=True,
    )
    data = layer.inputs[told.weight_first][0]
    y, x, b, a = _letters_of_a_line(told, (told.layer.matrices[0], data, told.layer.matrices[-1]))
    numbers = tuple((name, ("1", "1")) for name in (a, x, b))
    line = Given(lambda a, x, b: [[a[0][0] * x[0][0] + b[0][0]]], numbers, (y, ("1", "1")), "J", ())
    return Spoken(replace(layer, images=(data, *IMAGES)), (product, activated, exercise, line))


def _letters_of_a_line(told: Told, roles: tuple[str, ...]) -> list[str]:
    """Those for output, data, bias and slope: the usual ones, but where another matrix has them."""
    names = (*told.layer.matrices, told.loss)
    taken = {*names, *(name[0].lower() for name in names), *"mkn"}
    found: list[str] = []
    for usual, own in zip("yxba", (*roles, ""), strict=True):
        others = taken - {own[:1].lower()} if own else taken | set(found)
        found.append(next(letter for letter in usual + "abcdefghopqrstuvwxyz" if letter not in others))
    return found


def _behind(told: Told) -> str:
    """The name of the output of the sigmoid."""
    taken = {name[0].lower() for name in (*told.layer.matrices, told.loss)}
    return next(letter for letter in "SZHA" if letter.lower() not in taken)


SPOKEN: Mapping[str, Callable[[Told], Spoken]] = {
    "worked": alone,
    "slides": with_bias,
    "readme": alone,
    "indices": with_swapped,
    "lecture": taught,
    "post": with_mean,
    "notebook": alone,
}


def language(form: str, format: str) -> str:
    """What a format of a form is written in, by the name that the reader has for it."""
    dress = WRITTEN_FORMS[form].dress(format)
    return {"article": "tex", "notebook": "ipynb", "html": "standalone", "post": "md"}.get(dress, dress)


FORMATS = {
    name: tuple(format for format in form.formats if format not in ("txt", "json"))
    for name, form in WRITTEN_FORMS.items()
}
"""The formats in which formulas are LaTeX."""


@dataclass(frozen=True)
class Page:
    """A document to be written and read."""

    form: str
    format: str
    told: Told
    notation: str = ""
    """The one that the form usually has, if it is none other."""
    options: tuple[tuple[str, Any], ...] = ()
    exercise: tuple[int, int, int] = (2, 2, 2)
    """The sizes of the exercise of a lecture."""

    @property
    def text(self) -> str:
        return _text(self)

    def written_anew(self) -> str:
        """The text as the templates that there are now make it."""
        options = {"notation": self.notation or None, **dict(self.options)}
        return derived(self.told).render(self.format, template=self.form, **options)

    def read(self, text: str | None = None) -> Report:
        """What the reader says of it, or of its text with a change."""
        spoken = SPOKEN[self.form](self.told)
        sized = tuple(zip("mkn", self.exercise, strict=True))
        others = [replace(other, sizes=sized) if other.exercise else other for other in spoken.others]
        report = read_document(
            self.text if text is None else text,
            language(self.form, self.format),
            spoken.main,
            others=others,
            notation=STYLES[self.notation or WRITTEN_FORMS[self.form].notation],
            sentences=SENTENCES[self.form],
            turns=dict(spoken.turns),
        )
        for keys in ALTERNATIVES.get(self.form, ()) if self.told.is_layer else ():
            if not any(report.sentences[PROSE[self.form][key].strip()] for key in keys):
                report.faults.append(Found(" or ".join(keys), "untrue: no such sentence is in the document"))
        return report

    def __str__(self) -> str:
        options = " ".join(f"{name}={value}" for name, value in self.options)
        return " ".join(filter(None, (self.form, self.format, str(self.told), self.notation, options)))


@cache
def _text(page: Page) -> str:
    return page.written_anew()
