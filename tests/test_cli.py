"""The command line: what it prints and writes, how it ends, and that it never ends in a traceback."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import click
import pytest

import derive
from derive import api, cli
from derive.gallery import EXHIBITS
from derive.operation import catalogue
from derive.proof import Step

ROOT = Path(__file__).resolve().parent.parent
MATMUL = ("matmul", "--m", "2", "--k", "4", "--n", "3")
BIAS = ("bias", "--m", "2", "--n", "3")
REJECTED, MISUSED, INTERRUPTED, PIPE_CLOSED = 1, 2, 130, 141


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Every command runs in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(capsys):
    """Run a command line in this process: how it ended, and what it printed."""

    def run(*arguments):
        code = cli.main(list(arguments))
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


def files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def commands():
    """Every command, as its words and its click object."""

    def walk(words, command):
        yield words, command
        if isinstance(command, click.Group):
            context = click.Context(command)
            for name in command.list_commands(context):
                yield from walk((*words, name), command.get_command(context, name))

    return list(walk((), cli.cli))


# What is written -----------------------------------------------------------------------------------


def test_a_page_is_written_where_nothing_is_said(run, folder):
    code, out, err = run(*MATMUL)
    assert code == 0
    assert files(folder) == ["output/matmul-2x4x3.md"]
    assert "∂L/∂X = ∂L/∂Y · Wᵀ\n∂L/∂W = Xᵀ · ∂L/∂Y\n" in out
    assert re.search(r"^\d+ equalities hold", out, re.MULTILINE)
    assert out.endswith("written to output/matmul-2x4x3.md\n")
    assert err == ""


def test_a_page_on_standard_output_stands_there_alone(run, folder):
    code, out, err = run(*MATMUL, "-o", "-")
    assert code == 0
    assert files(folder) == []
    assert out == derive.derivation("matmul", m=2, k=4, n=3).render("md")
    assert "equalities hold" in err
    assert "written to" not in err


@pytest.mark.parametrize(
    ("output", "written"),
    [
        ("pages/", "pages/matmul-2x4x3.md"),
        ("a/b/c/", "a/b/c/matmul-2x4x3.md"),
        ("page.md", "page.md"),
        ("deep/page.md", "deep/page.md"),
        (".", "matmul-2x4x3.md"),
    ],
)
def test_where_the_page_goes(run, folder, output, written):
    code, out, _ = run(*MATMUL, "--output", output)
    assert code == 0
    assert files(folder) == [written]
    assert f"written to {written}" in out


def test_pages_with_other_numbers_have_other_names(run, folder):
    for exponent in ("3", "-1", "0.5"):
        assert run("pow", "--m", "2", "--n", "2", "--p", exponent)[0] == 0
    assert files(folder) == ["output/pow-2x2-p-1.md", "output/pow-2x2-p1over2.md", "output/pow-2x2-p3.md"]


STARTS = {
    "md": "# Matrix product",
    "html": "<!doctype html>",
    "tex": "\\documentclass",
    "txt": "Matrix product: the gradients",
    "json": "{",
}


@pytest.mark.parametrize(
    ("output", "form", "wanted"),
    [
        ("page.md", None, "md"),
        ("page.html", None, "html"),
        ("page.tex", None, "tex"),
        ("page.txt", None, "txt"),
        ("page.json", None, "json"),
        ("page", None, "md"),
        ("page.v2", "md", "md"),
        ("page.md", "tex", "tex"),
        ("page.tex", "md", "md"),
        ("page", "txt", "txt"),
    ],
)
def test_the_ending_tells_the_format_unless_it_is_told(run, folder, output, form, wanted):
    code, _, _ = run(*MATMUL, "-o", output, *(["--format", form] if form else []))
    assert code == 0
    assert (folder / output).read_text("utf-8").startswith(STARTS[wanted])


def test_an_ending_without_a_format_is_refused(run, folder):
    """Markdown in a file called page.pdf would open nowhere."""
    code, _, err = run(*MATMUL, "-o", "page.pdf")
    assert code == MISUSED
    assert "--format" in err
    assert files(folder) == []


@pytest.mark.parametrize("form", STARTS)
def test_a_folder_takes_the_ending_of_the_format(run, folder, form):
    assert run(*MATMUL, "-o", "pages/", "--format", form)[0] == 0
    assert files(folder) == [f"pages/matmul-2x4x3.{form}"]
    assert run(*MATMUL, "-o", "-", "--format", form)[1] == (folder / f"pages/matmul-2x4x3.{form}").read_text("utf-8")


@pytest.mark.parametrize("option", ["-q", "--quiet"])
def test_quiet(run, option):
    assert run(*MATMUL, option) == (0, "", "")
    code, out, err = run(*MATMUL, "-o", "-", option)
    assert (code, err) == (0, "")
    assert out.startswith("# Matrix product")


def test_names_and_loss(run):
    code, out, err = run(*MATMUL, "--names", "C = A B", "--loss", "E", "-o", "-", "--format", "txt")
    assert code == 0
    assert "∂E/∂A = ∂E/∂C · Bᵀ" in err
    assert "dA = dC @ B.T" in out
    for name in ("X", "W", "Y", "L"):
        assert not re.search(rf"\b{name}\b", out.replace("A scalar loss", ""))


def test_entries(run):
    _, out, _ = run(*MATMUL, "--entry", "X=1,4", "--entry", "W=4,1", "-o", "-")
    assert "Take one entry, $x_{14}$" in out
    assert "Take the entry $w_{41}$" in out
    _, out, _ = run(*MATMUL, "--entry", "W=4,1", "-o", "-")
    assert "Take one entry, $x_{23}$" in out
    assert "Take the entry $w_{41}$" in out


def test_full_elides_nothing(run):
    wide = ("hadamard", "--m", "12", "--n", "12", "-o", "-")
    _, short, _ = run(*wide)
    _, full, _ = run(*wide, "--full")
    assert r"\vdots" in short
    assert not re.search(r"\\[cvd]dots", full)
    for number in range(1, 13):
        assert f"x_{{{number},{number}}}" in full
    assert "x_{7,3}" not in short


def test_an_old_page_is_replaced(run, folder):
    (folder / "page.md").write_text("old")
    assert run(*MATMUL, "-o", "page.md")[0] == 0
    assert files(folder) == ["page.md"]
    assert (folder / "page.md").read_text("utf-8").startswith("# Matrix product")


# Mistakes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("matmull", "--m", "2"), "did you mean 'matmul'?"),
        (("nothing",), "unknown operation or command 'nothing'"),
        (("",), "unknown operation or command ''"),
        (("matmul",), "needs the sizes m, k and n as well"),
        (("matmul", "--m", "2", "--n", "3"), "needs the size k as well"),
        (("matmul", "--m", "0", "--k", "4", "--n", "3"), "the size m must be a positive integer"),
        (("matmul", "--m", "-1", "--k", "4", "--n", "3"), "the size m must be a positive integer"),
        (("matmul", "--m", "2.5", "--k", "4", "--n", "3"), "the size m must be a positive integer, not '2.5'"),
        (("matmul", "--m", "two", "--k", "4", "--n", "3"), "the size m must be a positive integer, not 'two'"),
        (("matmul", "--m", "", "--k", "4", "--n", "3"), "the size m must be a positive integer, not ''"),
        (("matmul", "--m", "1000000000", "--k", "4", "--n", "3"), "GB of memory"),
        (("matmul", "--m", "1" + "0" * 400, "--k", "4", "--n", "3"), "."),
        (("matmul", "--m", "9" * 5000, "--k", "4", "--n", "3"), "."),
        (("matmul", "--m"), "--m"),
        (("matmul", "--q", "2"), "--q"),
        ((*MATMUL, "more"), "more"),
        ((*MATMUL, "--names", "C = A"), "3 of them; got 'C = A'"),
        ((*MATMUL, "--names", "C = A a"), "collide"),
        ((*MATMUL, "--names", "\\alpha = A B"), "'\\alpha' is not"),
        ((*MATMUL, "--names", "m = A B"), "already that of a size"),
        ((*MATMUL, "--loss", "Y"), "the name of the loss"),
        ((*MATMUL, "--loss", ""), "'' is not"),
        ((*MATMUL, "--entry", "X"), "an entry is written like X=2,3"),
        ((*MATMUL, "--entry", "X=3,1"), "X is 2×4: it has no entry 3,1"),
        ((*MATMUL, "--entry", "X=0,1"), "it has no entry 0,1"),
        ((*MATMUL, "--entry", "Y=1,1"), "unknown input 'Y'"),
        ((*MATMUL, "--format", "pdf"), "pdf"),
        ((*MATMUL, "-o", "/proc/nowhere/page.md"), "cannot write /proc/nowhere/page.md"),
        ((*MATMUL, "-o", "/dev/full"), "cannot write /dev/full: No space left on device"),
        (("--nothing",), "--nothing"),
        (("verify", "matmul"), "needs the sizes m, k and n"),
        (("verify", "matmull"), "did you mean 'matmul'?"),
        (("verify", *MATMUL, "--format", "md"), "md"),
        (("verify", *MATMUL, "-o", "page.md"), "-o"),
        (("verify", "ops"), "unknown operation 'ops'"),
        (("ops", "more"), "more"),
    ],
)
def test_a_mistake_is_told_in_one_line(run, folder, arguments, words):
    code, out, err = run(*arguments)
    assert code == MISUSED
    assert out == ""
    assert err.startswith("derive: ")
    assert err.count("\n") == 1
    assert err.endswith("\n")
    assert words in err
    assert len(err) < 500
    assert files(folder) == []


@pytest.mark.parametrize("names", ["J = T I", "C = A in", "T = S R", "I = J K", "P = Q R"])
def test_names_that_are_hard_to_work_with(run, names):
    """Either the page comes out, or the name is refused as the user's mistake."""
    code, _, err = run(*MATMUL, "--names", names)
    assert code == 0 or (code == MISUSED and any(f"name {name} " in err for name in names.split()))


@pytest.mark.parametrize("arguments", [(), ("verify",)])
def test_without_arguments_the_help_is_shown(run, arguments):
    code, out, err = run(*arguments)
    assert code == MISUSED
    assert out == ""
    assert err.startswith("Usage: derive ")
    assert "Example: " in err


# A derivation that the judge rejects ---------------------------------------------------------------


@pytest.fixture
def false_line(monkeypatch):
    """The engine makes a mistake in the third line of the proof for X."""
    honest = api.derive_operation

    def mistaken(*arguments):
        derivation = honest(*arguments)
        theorem, *others = derivation.theorems
        steps = list(theorem.entry.steps)
        steps[2] = Step(2 * steps[2].result, steps[2].by)
        wrong = replace(theorem, entry=replace(theorem.entry, steps=tuple(steps)))
        return replace(derivation, theorems=(wrong, *others))

    monkeypatch.setattr(api, "derive_operation", mistaken)


@pytest.mark.parametrize(
    "output", [(), ("-o", "-"), ("-o", "page.md"), ("-o", "page.json"), ("-o", "new/"), ("--quiet",)]
)
def test_a_rejected_derivation_is_written_nowhere(run, folder, false_line, output):
    (folder / "page.md").write_text("old")
    code, out, err = run(*MATMUL, *output)
    assert code == REJECTED
    assert out == ""
    assert err.count("\n") == 1
    assert err.startswith("derive: the judge rejects the derivation, nothing is written.")
    assert "∂L/∂X for all sizes, line 3: " in err
    assert files(folder) == ["page.md"]
    assert (folder / "page.md").read_text() == "old"
    assert not (folder / "new").exists()


def test_many_faults_are_counted(run, monkeypatch):
    honest = api.derive_operation

    def mistaken(*arguments):
        derivation = honest(*arguments)
        return replace(derivation, definition=2 * derivation.definition)

    monkeypatch.setattr(api, "derive_operation", mistaken)
    code, _, err = run(*MATMUL)
    assert code == REJECTED
    assert re.search(r"\(and \d+ more\)$", err.strip())
    assert err.count("\n") == 1


def test_verify_shows_the_fault(run, false_line):
    code, out, err = run("verify", *MATMUL)
    assert code == REJECTED
    (line,) = [line for line in out.splitlines() if "NO" in line]
    assert "∂L/∂X for all sizes, line 3" in line
    assert err.startswith("derive: 1 of ")
    assert err.count("\n") == 1


def test_verify_tells_the_fault_as_json(run, false_line):
    code, out, _ = run("verify", *MATMUL, "--format", "json")
    assert code == REJECTED
    data = json.loads(out)
    assert data["ok"] is False
    assert [finding["where"] for finding in data["findings"] if not finding["ok"]] == ["∂L/∂X for all sizes, line 3"]


# Other commands ------------------------------------------------------------------------------------


def test_verify_lists_what_was_judged(run, folder):
    code, out, err = run("verify", *MATMUL)
    verdict = derive.derivation("matmul", m=2, k=4, n=3).verdict
    assert (code, err) == (0, "")
    for finding in verdict.findings:
        assert finding.where in out
    assert f"{verdict.equalities} equalities, 0 faults" in out
    assert files(folder) == []


def test_verify_as_json(run):
    code, out, err = run("verify", *BIAS, "--format", "json")
    verdict = derive.derivation("bias", m=2, n=3).verdict
    data = json.loads(out)
    assert (code, err) == (0, "")
    assert data["ok"] is True
    assert data["equalities"] == verdict.equalities
    assert [finding["where"] for finding in data["findings"]] == [finding.where for finding in verdict.findings]
    assert data["modulus"] == 2**61 - 1
    assert 0 < data["bound"] < 1e-9


def test_verify_takes_the_same_names_and_entries(run):
    code, out, _ = run("verify", *MATMUL, "--names", "C = A B", "--loss", "E", "--entry", "A=1,1")
    assert code == 0
    assert "chain rule for a_1,1" in out


def test_ops_lists_every_operation_with_its_results(run):
    code, out, err = run("ops")
    assert (code, err) == (0, "")
    for name, signature in catalogue().items():
        assert name in out
        assert str(signature) in out
    for rule in ("Y = X · W", "∂L/∂X = ∂L/∂Y · Wᵀ", "∂L/∂W = Xᵀ · ∂L/∂Y", "∂L/∂X = (∂L/∂Y)ᵀ"):
        assert rule in out


def test_the_version(run):
    code, out, err = run("--version")
    assert (code, err) == (0, "")
    assert out.strip().endswith(derive.__version__)


@pytest.mark.parametrize("words", [words for words, _ in commands()], ids=" ".join)
@pytest.mark.parametrize("option", ["-h", "--help"])
def test_every_command_has_help_with_an_example(run, words, option):
    code, out, err = run(*words, option)
    assert (code, err) == (0, "")
    assert out.startswith(f"Usage: {' '.join(('derive', *words))} ")
    assert "Example: derive" in out


@pytest.mark.parametrize(
    ("words", "command"), commands(), ids=lambda value: " ".join(value) if isinstance(value, tuple) else ""
)
def test_the_example_in_the_help_works(run, words, command, monkeypatch):
    """It is copied from the screen, so it runs as it stands; of the gallery, one piece will do."""
    monkeypatch.setattr("derive.gallery.EXHIBITS", EXHIBITS[-1:])
    example = re.search(r"Example: derive (.*)", command.help).group(1)
    arguments = shlex.split(example)
    assert tuple(arguments[: len(words)]) == words
    code, _, err = run(*arguments)
    assert code == 0, err


@pytest.mark.parametrize(
    ("words", "command"), commands(), ids=lambda value: " ".join(value) if isinstance(value, tuple) else ""
)
def test_every_option_says_what_it_does(words, command):
    for parameter in command.params:
        if isinstance(parameter, click.Argument):
            continue  # the text above the options says what it is
        assert parameter.help, f"{' '.join(words)} {parameter.opts} has no help"


def test_every_command_and_option_is_documented():
    """In the README or in a file of docs/, by its full name."""
    text = "\n".join(path.read_text("utf-8") for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))))
    missing = set()
    for words, command in commands():
        if words and not re.search(rf"derive {' '.join(words[:1])}\b", text):
            missing.add(" ".join(words[:1]))
        for parameter in command.params:
            if isinstance(parameter, click.Argument):
                continue
            long = max(parameter.opts, key=len)
            if not re.search(rf"(?<![\w-]){re.escape(long)}(?![\w-])", text):
                missing.add(long)
    assert not missing, f"not in README.md or docs/*.md: {', '.join(sorted(missing))}"


# In a process of its own ---------------------------------------------------------------------------


def process(*arguments, program=("-m", "derive"), **more):
    settings = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "encoding": "utf-8"} | more
    return subprocess.run([sys.executable, *program, *arguments], **settings)


def test_it_runs_as_a_module_and_tells_the_shell_how_it_ended(folder):
    done = process(*MATMUL)
    assert (done.returncode, done.stderr) == (0, "")
    assert files(folder) == ["output/matmul-2x4x3.md"]
    done = process("matmull")
    assert (done.returncode, done.stdout) == (MISUSED, "")
    assert done.stderr.count("\n") == 1


def test_it_prints_unicode_wherever_it_runs():
    """Not every terminal says that it speaks UTF-8; no page fails for that."""
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C", "PYTHONUTF8": "0"}
    done = process(*MATMUL, "-o", "-", "--format", "txt", env=environment)
    assert done.returncode == 0
    assert "∂L/∂X = ∂L/∂Y · Wᵀ" in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        ("--version",),
        ("matmul", "--help"),
        ("verify", "--help"),
        ("matmull",),
        ("matmul", "--m", "2"),
        (*MATMUL, "--names", "C = A"),
        ("matmul", "--m", "1000000000", "--k", "4", "--n", "3"),
    ],
)
def test_what_derives_nothing_does_not_import_sympy(arguments):
    """Importing it takes half a second: help and mistakes come at once."""
    program = "import sys; from derive.cli import main; main(sys.argv[1:]); sys.exit('sympy' in sys.modules)"
    assert process(*arguments, program=("-c", program)).returncode == 0


def test_the_package_imports_without_sympy():
    assert process(program=("-c", "import sys, derive; sys.exit('sympy' in sys.modules)")).returncode == 0


@pytest.mark.parametrize(
    "arguments", [(*MATMUL, "-o", "-"), MATMUL, ("ops",), ("verify", *BIAS), ("--help",)], ids=" ".join
)
def test_nobody_reads_on(arguments):
    """The pipe is closed before the first word, as it is by head -0: 128 + SIGPIPE, and no complaint."""
    reader, writer = os.pipe()
    os.close(reader)
    done = process(*arguments, stdout=writer)
    os.close(writer)
    assert done.stderr.count("Traceback") == 0
    assert "Exception ignored" not in done.stderr
    assert done.returncode == PIPE_CLOSED


@pytest.mark.skipif(os.name != "posix", reason="a shell with pipes")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_head_reads_one_line(unbuffered):
    """A page that is longer than a pipe holds, so that its end is written when head has gone.

    Without a buffer, Python passes over a write that was cut short, and with it over the loss of the rest.
    """
    command = f"{shlex.quote(sys.executable)} -m derive matmul --m 12 --k 12 --n 12 --full -q -o - | head -1"
    environment = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    script = ["bash", "-c", f"{command}; exit ${{PIPESTATUS[0]}}"]
    done = subprocess.run(script, capture_output=True, encoding="utf-8", env=environment)
    assert done.stdout == "# Matrix product: the gradients of $Y = X W$\n"
    assert done.stderr == ""
    assert done.returncode == PIPE_CLOSED


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("arguments", [(*MATMUL, "-o", "-"), ("ops",), ("verify", *BIAS), ("--help",)], ids=" ".join)
def test_a_full_disk_behind_standard_output(arguments):
    with open("/dev/full", "w") as full:
        done = process(*arguments, stdout=full)
    assert done.returncode == MISUSED
    assert "derive: cannot write: No space left on device.\n" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


def test_no_standard_output_at_all():
    """As in a service that closed it."""
    command = f"{shlex.quote(sys.executable)} -m derive ops >&-"
    done = subprocess.run(["bash", "-c", command], capture_output=True, encoding="utf-8")
    assert "Traceback" not in done.stderr


INTERRUPTIBLE = """
import signal
import sys
from derive import api
from derive.cli import main

# a shell that starts the tests in the background has it ignored
signal.signal(signal.SIGINT, signal.default_int_handler)
real = api.{part}


def announced(*arguments, **more):
    print("working", file=sys.stderr, flush=True)
    return real(*arguments, **more)


api.{part} = announced
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("part", ["derive_operation", "verdict", "document"])
def test_an_interruption_leaves_nothing_behind(folder, part):
    """The signal comes as the engine, the judge or the printer begins its work of a second or more."""
    (folder / "page.md").write_text("old")
    program = INTERRUPTIBLE.format(part=part)
    arguments = ["matmul", "--m", "20", "--k", "20", "--n", "20", "--full", "-o", "page.md"]
    with subprocess.Popen(
        [sys.executable, "-c", program, *arguments], stderr=subprocess.PIPE, encoding="utf-8"
    ) as running:
        assert running.stderr.readline() == "working\n"
        running.send_signal(signal.SIGINT)
        err = running.stderr.read()
    assert running.returncode == INTERRUPTED
    assert err.strip() == "derive: interrupted."
    assert files(folder) == ["page.md"]
    assert (folder / "page.md").read_text() == "old"
