"""The commands for expressions: gradient, jacobian, hessian.  None of them imports sympy."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from derive.errors import DeriveError
from derive.expressions.declarations import shape_options
from derive.files import EXPRESSION_FORMATS, deliver, format_of, place, question_name
from derive.streams import working

if TYPE_CHECKING:
    from derive.expressions.answer import Answer

SLOW = 60
"""Longer expressions show that they are at work."""

PROGRAMS = ("numpy", "torch", "jax", "latex", "sympy", "formula")

_HELP = {
    "gradient": (
        "The gradient of a scalar expression.",
        'derive gradient "tr(A @ X @ B)" --wrt X',
        'derive gradient "sum((X @ W)**2)" --wrt X --wrt W --at X="[[0,1],[2,3]]" --at W="[[1,1],[1,1]]"',
    ),
    "jacobian": (
        "The Jacobian of a vector or matrix expression.",
        'derive jacobian "exp(A @ x)" --wrt x',
        'derive jacobian "A @ X @ B" --wrt X --code numpy',
    ),
    "hessian": (
        "The Hessian of a scalar expression.",
        'derive hessian "logsumexp(x)" --wrt x',
        'derive hessian "x.T @ A @ x" --wrt x --shape "A: n,n symmetric"',
    ),
}


class _Derivative(click.Command):
    """A command whose expression may begin with a minus, and is no option for that."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        negative = [arg for arg in args if re.match(r"-(?!o)[\w(]", arg) and re.search(r"[@*/+()\s.]", arg)]
        if negative and "--" not in args:
            args = [arg for arg in args if arg is not negative[0]] + ["--", negative[0]]
        return super().parse_args(ctx, args)


def commands() -> list[click.Command]:
    """One command for each kind of derivative."""
    return [_command(kind) for kind in _HELP]


def _command(kind: str) -> click.Command:
    title, *examples = _HELP[kind]
    conventions = ("free", "symmetric-projection", "symmetric-independent-entries", "diagonal-independent-entries")
    params: list[click.Parameter] = [
        click.Argument(["expression"], metavar="EXPR"),
        click.Option(["--wrt"], multiple=True, required=True, metavar="X", help="The variable; may be repeated."),
        click.Option(
            ["--shape", "shapes"],
            multiple=True,
            metavar="'A: m,n'",
            help="The shape of a symbol, and its structure ('S: n,n spd'); may be repeated. The rest is inferred.",
        ),
        *(
            [
                click.Option(
                    ["--convention"],
                    type=click.Choice(conventions),
                    default="free",
                    show_default=True,
                    help="What counts as independent in a structured variable.",
                )
            ]
            if kind == "gradient"
            else []
        ),
        click.Option(["--code"], type=click.Choice(PROGRAMS), help="Print just that."),
        click.Option(
            ["--at", "numbers"],
            multiple=True,
            metavar="X=...",
            help="Numbers: X='[[0,1],[2,3]]', X=file.csv or file.npz; may be repeated.",
        ),
        click.Option(["--format", "form"], type=click.Choice(EXPRESSION_FORMATS), help="The format of the page."),
        click.Option(["-o", "--output"], metavar="FILE|DIR|-", help="Write the page; - is standard output."),
        click.Option(["-q", "--quiet"], is_flag=True, help="Print no summary."),
    ]
    return _Derivative(
        kind,
        callback=_runner(kind),
        short_help=title,
        help=f"{title} EXPR is in the expression language; - reads it from standard input.\n\n"
        + "\n\n".join(f"\b\nExample: {example}" for example in examples),
        params=params,
    )


def _runner(kind: str) -> Callable[..., None]:
    def run(
        expression: str,
        wrt: tuple[str, ...],
        shapes: tuple[str, ...],
        code: str | None,
        numbers: tuple[str, ...],
        form: str | None,
        output: str | None,
        quiet: bool,
        convention: str = "free",
    ) -> None:
        if code and (output or form or numbers):
            raise DeriveError("--code prints just that; it goes with neither --output, --format nor --at.")
        form = form or (format_of("worked", output, None) if output else None)
        expression = sys.stdin.read().strip() if expression == "-" else expression
        declared = shape_options(shapes)

        from derive.expressions import calculus
        from derive.expressions.at_numbers import parse_numbers

        at = parse_numbers(numbers)
        options = {"convention": convention} if kind == "gradient" else {}
        with working(len(expression) > SLOW, f"deriving the {kind}"):
            found = getattr(calculus, kind)(expression, list(dict.fromkeys(wrt)), declared, **options)
        answers: list[Answer] = list(found.values())
        if code:
            click.echo("\n\n".join(_program(answer, code) for answer in answers))
            return
        if output is None and form is None:
            from derive.expressions.expression_report import report

            click.echo(report(answers, at))
            return
        from derive.expressions.expression_page import page

        form = form or "md"
        written = page(answers, form, at)
        path: Path | None = place(output, f"{_name(answers, numbers)}.{form}") if output else None
        deliver(written, path)
        if not quiet and path is not None:
            from derive.expressions.expression_report import results

            click.echo(f"{results(answers)}\nwritten to {path}")

    return run


def _name(answers: Sequence[Answer], numbers: Sequence[str]) -> str:
    """The file name that a question has where none is told."""
    from derive.expressions.text import text

    first = answers[0]
    symbols = [f"{node.name}: {node.shape} {node.data[1]}" for node in first.symbols]
    told = [*sorted(symbols), first.last.convention, *numbers]
    return question_name(first.kind, text(first.value), [answer.wrt.name for answer in answers], told)


def _program(answer: Answer, code: str) -> str:
    if code == "sympy":
        return str(answer.to_sympy())
    if code in ("latex", "formula"):
        return str(getattr(answer, code))
    return answer.source(code)
