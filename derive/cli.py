"""The command line.  It imports sympy only in the commands that derive something."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import click

from derive import __version__
from derive.cli_document import asked, document_options
from derive.cli_expressions import commands
from derive.cli_templates import gallery, templates
from derive.errors import DeriveError, Rejected
from derive.files import deliver, format_of, operation_name, place
from derive.listing import show_operations
from derive.operation import Signature, catalogue, registered, unknown
from derive.report import show_findings, summary
from derive.request import check_entries, check_names, check_parameters, check_sizes, parse_entries
from derive.streams import prepare_streams, silence, working

if TYPE_CHECKING:
    from derive.api import Derived
    from derive.proof import Verdict

REJECTED, MISUSED, INTERRUPTED, PIPE_CLOSED = 1, 2, 130, 141
SLOW = 20_000
"""Derivations of more terms show that they are at work."""


class _Rejected(Exception):
    """The judge found a fault."""


class _Operations(click.Group):
    """A group with one command for every operation in ``ops/``, made from its signature."""

    def __init__(self, make: Callable[[Signature], click.Command], **settings: Any) -> None:
        super().__init__(**settings)
        self.make = make

    def list_commands(self, context: click.Context) -> list[str]:
        return [*super().list_commands(context), *catalogue()]

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        own = super().get_command(context, name)
        signature = catalogue().get(name)
        return own or (self.make(signature) if signature else None)

    def resolve_command(self, context: click.Context, args: list[str]) -> Any:
        if not args[0].startswith("-") and self.get_command(context, args[0]) is None:
            kind = "operation or command" if self.commands else "operation"
            raise DeriveError(unknown(kind, args[0], self.list_commands(context)))
        return super().resolve_command(context, args)


def _example(signature: Signature) -> str:
    numbers = (2, 4, 3) if len(signature.sizes) == 3 else (2, 3, 4, 5)
    flags = [*zip(signature.sizes, numbers, strict=False), *registered()[signature.name].sample.items()]
    return " ".join(f"--{flag} {number}" for flag, number in flags)


def _sizes(signature: Signature) -> list[click.Option]:
    return [
        click.Option([f"--{size}", f"size_{size}"], metavar="N", help=f"The size {size} of {signature}.")
        for size in signature.sizes
    ]


def _parameters(signature: Signature) -> list[click.Option]:
    names = registered()[signature.name].parameters
    return [click.Option([f"--{p}", f"parameter_{p}"], metavar="X", help=f"The number {p}.") for p in names]


_NAMING = (
    click.Option(["--names"], metavar="'C = A B'", help="Other names for the matrices, the output first."),
    click.Option(["--loss"], metavar="NAME", default="L", show_default=True, help="Another name for the loss."),
    click.Option(
        ["--entry", "entries"], metavar="X=2,3", multiple=True, help="The entry of X to work out; may be repeated."
    ),
)


def _derivation(signature: Signature, options: dict[str, Any]) -> Derived:
    """Check the options first, so that a mistake is told at once, then derive."""
    given = {size: options[f"size_{size}"] for size in signature.sizes}
    sizes = check_sizes(signature, {size: _integer(size, text) for size, text in given.items() if text is not None})
    numbers: dict[str, Any] = {**_numbers(signature, options)}
    names = check_names(signature, options["names"], options["loss"])
    entries = check_entries(signature, names, sizes, parse_entries(options["entries"]))
    with working(signature.terms(sizes) > SLOW, f"deriving {signature.name}"):
        from derive.api import derivation

        numbers |= {"names": options["names"], "loss": options["loss"], "entries": entries, **sizes}
        made = derivation(signature.name, **numbers)
        _ = made.verdict
    return made


def _numbers(signature: Signature, options: dict[str, Any]) -> dict[str, Fraction]:
    given = {p: options.get(f"parameter_{p}") for p in registered()[signature.name].parameters}
    return check_parameters(signature.name, given)


def _integer(size: str, text: str) -> int:
    if re.fullmatch(r"[+-]?[0-9]{1,40}", text) is None:
        raise DeriveError(f"the size {size} must be a positive integer, not '{text[:40]}'.")
    return int(text)


def _derive(signature: Signature) -> click.Command:
    """The command that derives one operation and writes its document."""

    def run(output: str | None, format: str | None, quiet: bool, **options: Any) -> None:
        manner = asked(options)
        format = format_of(manner["template"], output, format)
        made = _derivation(signature, options)
        _reject(made.verdict)
        name = operation_name(
            signature.name, made.sizes.values(), _numbers(signature, options), manner["template"], format
        )
        path = place(output, name)
        deliver(made.render(format, **manner), path)
        if not quiet:
            click.echo(summary(made, path), err=path is None)

    return click.Command(
        signature.name,
        callback=run,
        short_help=f"{signature.title}: {signature}",
        help=f"{signature.title}, {signature}: derive its gradients and write the document.\n\n"
        f"Example: derive {signature.name} {_example(signature)} -o page.md",
        params=[
            *_sizes(signature),
            *_parameters(signature),
            *_NAMING,
            click.Option(
                ["-o", "--output"], metavar="FILE|DIR|-", help="Where to; - is standard output. [default: output/]"
            ),
            *document_options(),
            click.Option(["-q", "--quiet"], is_flag=True, help="Print no summary."),
        ],
    )


def _reject(verdict: Verdict) -> None:
    if verdict.faults:
        lines = "; ".join(f"{fault.where}: {fault.detail}" for fault in verdict.faults[:3])
        more = f" (and {len(verdict.faults) - 3} more)" if len(verdict.faults) > 3 else ""
        raise _Rejected(f"the judge rejects the derivation, nothing is written. {lines}{more}")


def _verify(signature: Signature) -> click.Command:
    """The command that only judges."""

    def run(form: str, **options: Any) -> None:
        made = _derivation(signature, options)
        if form == "json":
            import json

            from derive.encode import encoded_verdict

            click.echo(json.dumps(encoded_verdict(made.verdict), ensure_ascii=False, indent=1))
        else:
            show_findings(made)
        if made.verdict.faults:
            raise _Rejected(f"{len(made.verdict.faults)} of {len(made.verdict.findings)} findings are faults")

    return click.Command(
        signature.name,
        callback=run,
        short_help=f"{signature.title}: {signature}",
        help=f"Judge the derivation of {signature.name}; exit with 1 if a line is false.\n\n"
        f"Example: derive verify {signature.name} {_example(signature)}",
        params=[
            *_sizes(signature),
            *_parameters(signature),
            *_NAMING,
            click.Option(
                ["--format", "form"],
                type=click.Choice(("table", "json")),
                default="table",
                show_default=True,
                help="A table to read, or JSON for machines.",
            ),
        ],
    )


@click.command(
    cls=_Operations,
    make=_derive,
    help="Matrix-calculus derivations, written out step by step and checked line by line.\n\n"
    "Example: derive matmul --m 2 --k 4 --n 3",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="derive")
def cli() -> None: ...


for command in (*commands(), templates, gallery):
    cli.add_command(command)


@cli.group(
    cls=_Operations,
    make=_verify,
    help="Judge a derivation without writing it.\n\nExample: derive verify matmul --m 2 --k 4 --n 3",
)
def verify() -> None: ...


@cli.command(help="List the operations with signature and result.\n\nExample: derive ops")
def ops() -> None:
    show_operations()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and say how it ended.

    0 done, 1 a false line, 2 wrong input, 130 interrupted, 141 the reader of the output went away.
    """
    try:
        prepare_streams()
        # Not cli.main: it takes a closed pipe for an ordinary failure.
        with cli.make_context("derive", list(sys.argv[1:] if arguments is None else arguments)) as context:
            cli.invoke(context)
        sys.stdout.flush()
        return 0
    except click.exceptions.Exit as end:
        sys.stdout.flush()
        return end.exit_code
    except (_Rejected, Rejected) as fault:
        return _end(str(fault), REJECTED)
    except DeriveError as error:
        return _end(str(error), MISUSED)
    except click.exceptions.NoArgsIsHelpError as help_text:
        click.echo(help_text.format_message(), err=True)
        return MISUSED
    except click.ClickException as error:
        return _end(error.format_message(), MISUSED)
    except (KeyboardInterrupt, click.Abort):
        return _end("interrupted.", INTERRUPTED)
    except BrokenPipeError:
        silence()
        return PIPE_CLOSED
    except OSError as error:
        silence()
        return _end(f"cannot write: {error.strerror or error}.", MISUSED)
    except MemoryError:
        return _end("out of memory; take smaller sizes.", MISUSED)


def _end(message: str, code: int) -> int:
    click.echo(f"derive: {message}", err=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
