"""The prose of the documents: one file, used as a whole, that a translation can take the place of."""

import re
import tomllib

import pytest
from jinja2 import nodes

import derive
import derive.expressions.expression_page
import derive.forms
from derive.chain import Reason
from derive.environment import environment, template_folder
from derive.errors import DeriveError
from derive.expressions.differential import CONVENTIONS
from derive.markup import MARKUP, PLACEHOLDER
from derive.prose import Prose, prose

ENGLISH = tomllib.loads((template_folder() / "en.toml").read_text("utf-8"))
FORMS = sorted(set(ENGLISH) - {"words", "common", "reasons", "terms"})
TEMPLATES = sorted(path.name for path in template_folder().glob("*.jinja"))


def keys(node):
    """The keys that a first argument can be."""
    if isinstance(node, nodes.Const):
        return [node.value]
    assert isinstance(node, nodes.CondExpr), f"line {node.lineno}: a key has to be written out"
    return [*keys(node.expr1), *keys(node.expr2)]


def calls(template):
    """(key, names of what is given) for every sentence that a template says."""
    tree = environment().parse((template_folder() / template).read_text("utf-8"))
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "say":
            [key] = call.args
            for each in keys(key):
                yield each, {given.key for given in call.kwargs}


def forms_of(template):
    """The forms that a template is for: its own, or for a dress or its shell, those of which no other is worn."""
    kind, name, *_ = template.split(".")
    if kind not in ("dress", "page"):
        return [kind] if kind in ENGLISH else []
    wearers = [each.name for each in derive.forms.FORMS.values() if name in each.formats.values()]
    return wearers if len(wearers) == 1 else []


def sentences(template):
    """The sentences that a template can say: those of its form, whatever format it is for."""
    return ENGLISH["common"] | {key: text for form in forms_of(template) for key, text in ENGLISH[form].items()}


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_says_what_there_is(template):
    for key, given in calls(template):
        assert key in sentences(template), key
        assert set(PLACEHOLDER.findall(sentences(template)[key])) == given, key


@pytest.mark.parametrize("form", [*FORMS, "common"])
def test_no_sentence_is_left_over(form):
    used = {key for name in TEMPLATES for key, _ in calls(name) if form == "common" or form in forms_of(name)}
    assert set(ENGLISH[form]) <= used
    assert form == "common" or set(ENGLISH[form]).isdisjoint(ENGLISH["common"])


def test_a_template_holds_no_prose():
    """Its own text is white space, or the markup of a format."""
    for name in (template for template in TEMPLATES if template.removesuffix(".jinja") in derive.forms.FORMS):
        tree = environment().parse((template_folder() / name).read_text("utf-8"))
        assert not "".join(data.data for data in tree.find_all(nodes.TemplateData)).strip(), name
        said = {key for key, _ in calls(name)} | {"Y", "G"}
        texts = {each.value for each in tree.find_all(nodes.Const) if isinstance(each.value, str)} - said
        assert not [text for text in texts if re.search(r"[A-Z]|\w[\w,.:;]* ", text)], name


def foreign(text):
    """Other words, without a Latin letter, around the same placeholders."""
    parts = PLACEHOLDER.split(text)
    parts[::2] = ["".join(chr(ord(c) + 0x400) if c.isascii() and c.isalpha() else c for c in p) for p in parts[::2]]
    parts[1::2] = [f"{{{name}}}" for name in parts[1::2]]
    return "".join(parts)


def toml(tables):
    quoted = [
        f"[{name}]\n" + "\n".join(f'{key!r} = """{text}"""' for key, text in table.items())
        for name, table in tables.items()
    ]
    return "\n".join(quoted).replace("\\", "\\\\")


@pytest.fixture
def language(tmp_path):
    """Writes a language down and gives its path."""

    def write(change=lambda tables: None):
        tables = {name: {key: foreign(text) for key, text in table.items()} for name, table in ENGLISH.items()}
        change(tables)
        path = tmp_path / "other.toml"
        path.write_text(toml(tables), "utf-8")
        return str(path)

    return write


def running_text(page):
    """A page without its formulas and its code."""
    return re.sub(r"```.*?```|\$\$.*?\$\$|\$.*?\$|`.*?`", "", page, flags=re.DOTALL)


WORKED = [("matmul", (2, 4, 3)), ("bias", (2, 3)), ("inv", (2,)), ("norm2", (2, 3)), ("tr", (2,)), ("vec", (2, 2))]


def derivation(name, sizes):
    letters = derive.operation.catalogue()[name].sizes
    return derive.derivation(name, **dict(zip(letters, sizes, strict=True)))


@pytest.mark.parametrize(("name", "sizes"), WORKED)
def test_a_translated_page_has_no_english_sentence(name, sizes, language):
    made = derivation(name, sizes)
    english = {made.title, *(lemma.says for lemma in made.lemmas)}
    page = made.render("md", language=language(lambda t: t.update(terms={text: foreign(text) for text in english})))
    assert not re.search(r"[A-Za-z]", running_text(page))
    assert re.findall(r"\$\$.*?\$\$", page) == re.findall(r"\$\$.*?\$\$", made.render("md"))


EXPRESSIONS = [
    ("gradient", "sumsq(A @ x - b)", ["A", "x"], {}),
    ("gradient", "c * sum(relu(A @ x + c))", ["A"], {"c": ""}),
    ("gradient", "tr(A @ X)", ["X"], {"A": "n,n", "X": "n,n symmetric"}),
    ("gradient", "c", ["c"], {"c": ""}),
    ("jacobian", "A @ X @ B", ["X"], {}),
    ("jacobian", "inv(A + t * B)", ["t"], {"A": "n,n", "B": "n,n", "t": ""}),
    ("hessian", "tr(X.T @ A @ X) + norm2(X)", ["X"], {"A": "m,m"}),
]


@pytest.mark.parametrize(("kind", "text", "names", "shapes"), EXPRESSIONS)
def test_a_translated_page_about_an_expression_has_no_english_sentence(kind, text, names, shapes, language):
    answers = [getattr(derive, kind)(text, wrt=name, shapes=shapes) for name in names]
    at = {"c": 2.0} if text == "c" else None
    english = {step.by.text for answer in answers for step in answer.steps} | {"symmetric"}
    titles = {signature.title for signature in derive.operation.catalogue().values()}
    english |= {title[:1].lower() + title[1:] for title in titles} | set(CONVENTIONS.values())
    words = {each: foreign(each) for each in english}
    path = language(lambda tables: tables.update(reasons=words, terms=words))
    page = derive.expressions.expression_page.page(answers, "md", at, language=path)
    text = running_text(page)
    text = re.sub(r"\b[a-z] = \d|\bfree:", "", text)  # sizes of the points, and the name of a convention
    assert not re.search(r"[A-Za-z]", text)


@pytest.mark.parametrize(("format", "written"), [("tex", r"S\_1 is"), ("txt", "S_1 is")])
def test_what_comes_with_the_datum_is_text(format, written):
    assert prose("en", "expression", format).reason(Reason("structure", "S_1 is")) == written
    assert prose("en", "expression", format).term("S_1 is") == written


@pytest.mark.parametrize("format", ["md", "tex", "txt"])
def test_reasons_go_by_their_words_or_their_name(format, language):
    made = derivation("inv", (2,))
    reasons = {"identity": "la 1\u00a0& 2", "the second identity": "la seconde_identité"}
    page = made.render(format, language=language(lambda tables: tables.update(reasons=reasons)))
    first, second = ("la 1\u00a0& 2", "la seconde_identité")
    if format != "txt":
        first, second = first.replace("&", r"\&"), second.replace("_", r"\_")
    assert first in page
    assert second in page
    assert "the identity that defines it" not in page
    assert "chain rule, over all entries" in page, "what is not translated stays"


def test_without_a_language_reasons_are_those_of_the_datum():
    writer = derive.latex_display.LatexWriter(derivation("transpose", (2, 3)))
    step = derive.chain.Step(None, Reason("a name", "some words"))
    assert writer.reason(step) == "some words"
    assert prose().reasons_in_formulas == {}


def said(format, sentence, **given):
    words = {"comma": "{these}, {next}", "and": "{these} & {next}", "semicolon": "{these}; {next}"}
    return Prose("test.toml", "worked", format, {"it": sentence}, words, {}, {})("it", **given)


@pytest.mark.parametrize(
    ("format", "text", "written"),
    [
        ("tex", "50 % of #1 & a_b, {x} costs $2", r"50 \% of \#1 \& a\_b, $x_1$ costs \$2"),
        ("tex", r"~a^b\c{ }", r"\textasciitilde{}a\textasciicircum{}b\textbackslash{}c\{ \}"),
        ("tex", "*all of {x}*, `f(x_1)`", r"\emph{all of $x_1$}, \texttt{f(x\_1)}"),
        ("html", "a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("html", "*all of {x}*, `a<b`", "<em>all of $x_1$</em>, <code>a&lt;b</code>"),
        ("md", "*all of {x}*, `a_b < c`", "*all of $x_1$*, `a_b < c`"),
        ("md", "5 * 3, a_b, [x], 2 < 3 | $", r"5 \* 3, a\_b, \[x\], 2 \< 3 \| \$"),
        ("md", "{{ x }} {% x %}", r"\{\{ x \}\} \{% x %\}"),
        ("md", "1. Satz", r"1\. Satz"),
        ("md", "- und", r"\- und"),
        ("txt", "*all of {x}*, `a_b` & 5 * 3 < 16", "all of $x_1$, a_b & 5 * 3 < 16"),
    ],
)
def test_text_is_written_as_the_format_needs_it(format, text, written):
    given = {"x": "$x_1$"} if "{x}" in text and "{{" not in text else {}
    assert said(format, text, **given) == written


@pytest.mark.parametrize("format", MARKUP)
def test_what_is_given_stays_as_it_is(format):
    given = r"{x} {{ *a* `b` & % <b> \frac_{1}"
    assert said(format, "{formula}", formula=given) == given


def test_nothing_is_looked_up_in_what_is_given():
    for attack in ("{x.__class__}", "{x[0]}", "{0}", "{x!r}", "{x:>99999}", "%(x)s", "{{x.real}}"):
        with pytest.raises(DeriveError, match=r"'it' .* lacks the placeholder \{x\}"):
            said("txt", attack, x="1")
    assert said("txt", "{x} {0.__class__} %s", x="1") == "1 {0.__class__} %s"


def test_lists_are_joined_by_the_words_of_the_language():
    say = Prose("test.toml", "worked", "tex", {}, {"comma": "{these}. {next}", "and": "{these} & {next}"}, {}, {})
    assert [say.listed("abc"[:n]) for n in (1, 2, 3)] == ["a", r"a \& b", r"a. b \& c"]
    assert say.sequence("abc") == "a. b. c"
    assert prose().clauses("abc") == "a; b; c"


def test_lines_of_a_sentence_are_joined_and_a_no_break_space_stays(language):
    path = language(lambda tables: tables["worked"].update(proof="\nune\n  preuve\u00a0!\n"))
    assert prose(path)("proof") == "une preuve\u00a0!"


def test_a_sentence_of_a_form_comes_before_the_common_one(language):
    path = language(lambda tables: tables["worked"].update({"in-numpy": "own"}))
    assert prose(path)("in-numpy") == "own"


def test_what_a_template_asks_for_wrongly_is_told():
    say = prose()
    with pytest.raises(DeriveError, match=r"en.toml: there is no sentence 'no-such' in \[worked\] or \[common\]"):
        say("no-such")
    with pytest.raises(DeriveError, match=r"en.toml: the sentence 'gradient' .* lacks the placeholder \{output\}"):
        say("gradient", input="X", output="Y")
    with pytest.raises(DeriveError, match=r"'gradient' .* has an unknown placeholder \{input\}"):
        say("gradient")
    with pytest.raises(DeriveError, match="written in the format 'pdf'; known: md, tex"):
        prose("en", "worked", "pdf")
    with pytest.raises(DeriveError, match=r"no table \[novel\]"):
        prose("en", "novel", "md")


def lose(*names):
    def change(tables):
        for name in names:
            del tables["worked"][name]

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lose("title", "rule"), r"other.toml: \[worked\] lacks title, rule\."),
        (lambda t: t.pop("worked"), r"other.toml: there is no table \[worked\]\."),
        (lambda t: t["words"].pop("and"), r"other.toml: \[words\] lacks and\."),
        (
            lambda t: t["worked"].update(titel=t["worked"].pop("title")),
            r"\[worked\] lacks title; \[worked\] has an unknown 'titel' \(did you mean 'title'\?\)\.",
        ),
        (lambda t: t["worked"].update(gradient="nothing"), r"'gradient' of \[worked\] lacks the placeholder \{input\}"),
        (lambda t: t["worked"].update(proof="{a}"), r"'proof' of \[worked\] has an unknown placeholder \{a\}"),
        (lambda t: t["words"].update(comma="{these}"), r"'comma' of \[words\] lacks the placeholder \{next\}"),
    ],
)
def test_what_is_wrong_with_a_translation_is_told_at_once(change, message, language):
    with pytest.raises(DeriveError, match=message):
        prose(language(change), "worked", "md")


def test_a_translation_need_not_have_the_other_forms(language):
    path = language(lambda tables: [tables.pop(form) for form in FORMS if form != "worked"])
    assert prose(path, "worked")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"no toml", "is no TOML: "),
        (b"a = '\xff'", "is no TOML: "),
        (b"a = 1", "'a' stands outside of the tables"),
        (b"[worked]\ntitle = 1", r"'title' of \[worked\] is no text"),
    ],
)
def test_a_file_that_is_no_language_is_told(content, message, tmp_path):
    path = tmp_path / "other.toml"
    path.write_bytes(content)
    with pytest.raises(DeriveError, match=message):
        prose(str(path))


def test_a_missing_language_is_told(tmp_path):
    with pytest.raises(DeriveError, match=r"cannot read the language .*none.toml: No such file"):
        prose(str(tmp_path / "none.toml"))
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises(DeriveError, match=r"cannot read the language .*: Is a directory"):
        prose(str(tmp_path / "folder.toml"))
    with pytest.raises(DeriveError, match=r"unknown language 'english'; known: en, or the path of a translation: engl"):
        prose("english")
