"""How fast and how often right `derive` is on matrix expressions, against sympy's `diff` in the same run.

    python -m benchmarks.expressions [--limit SECONDS] [--each]

The problems are those of `tests/expressions_table.py`.  `derive` reads the text, derives, and has
every line judged; sympy is handed the finished expression of matrix symbols and only differentiates.
Both do it once, as in a first call, in one process whose caches neither clears.  Sympy's answers are
then computed at random numbers with its own explicit matrices and compared with the judged ones:
`wrong` is a false value that was returned as an answer, `refused` an error or a derivative left as it
was, `late` no answer within the limit.

A scalar like xᵀA x can be a trace or a 1×1 matrix in sympy.  Both are tried, the better answer
counts, and either order of the axes of a Jacobian is taken for right.
"""

from __future__ import annotations

import argparse
import signal
import statistics
import sys
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add, mul
from time import perf_counter
from typing import Any

import numpy as np
import sympy
from rich.console import Console
from rich.table import Table

import derive
from derive.expressions.answer import Answer
from derive.expressions.language import parse
from derive.expressions.to_sympy import to_sympy
from tests.autodiff import answer_of, program
from tests.expressions_table import CASES, Case, numbers
from tests.sympy_values import sympy_value

STATUS = ("correct", "wrong", "refused", "late", "inexpressible")
"""From the best to the worst that counts for sympy, but for what it has no form for."""

WARM_UP = Case("gradient", "sumsq(A @ z - w)", "z", {"A": "m,n", "z": "n", "w": "m"})


class Late(BaseException):
    """The limit has passed; no part of sympy catches it."""


@dataclass(frozen=True)
class Row:
    case: Case
    ours: float
    status: str
    theirs: float
    shown: str


def timed(case: Case) -> tuple[Answer, float]:
    """What derive says, judged and with its formula and program written, and the seconds it took."""
    start = perf_counter()
    answer = answer_of(case)
    seconds = perf_counter() - start
    if not answer.verified:
        raise SystemExit(f"the judge did not accept the {case}: this benchmark measures nothing")
    return answer, seconds


def expected(case: Case, answer: Answer, given: dict[str, np.ndarray]) -> np.ndarray:
    """The derivative with independent entries, which is what sympy gives."""
    free = answer if case.convention == "free" else answer_of(case._replace(convention="free"))
    return np.squeeze(program(free, "numpy", {"np": np})(given))


def forms(expression: Any) -> Iterator[Any]:
    """A scalar as a person may write it in sympy: as a matrix of one row and column, and with traces."""
    if not expression.is_Matrix and any(trace.arg.shape == (1, 1) for trace in expression.atoms(sympy.Trace)):
        yield one_by_one(expression)
    yield expression


def one_by_one(scalar: Any) -> Any:
    """A scalar as a 1×1 matrix: the trace of one is the matrix itself, and so on upwards."""
    if isinstance(scalar, sympy.Trace) and scalar.arg.shape == (1, 1):
        return scalar.arg
    if not scalar.has(sympy.Trace):
        return scalar * sympy.Identity(1)
    if isinstance(scalar, sympy.Add):
        return reduce(add, map(one_by_one, scalar.args))
    if isinstance(scalar, sympy.Mul):
        return reduce(mul, (one_by_one(factor) if factor.has(sympy.Trace) else factor for factor in scalar.args))
    if isinstance(scalar, sympy.Pow) and not scalar.exp.has(sympy.Trace):
        return one_by_one(scalar.base) ** scalar.exp
    if isinstance(scalar, sympy.Function) and len(scalar.args) == 1:
        return one_by_one(scalar.args[0]).applyfunc(scalar.func)
    return scalar * sympy.Identity(1)


def differentiated(expression: Any, variable: Any, order: int) -> Any:
    for _ in range(order):
        expression = expression.diff(variable)
    return expression


def within(limit: float, work: Any, *arguments: Any) -> Any:
    """The result, unless it takes longer than the limit."""

    def stop(*_: Any) -> None:
        raise Late

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, limit)
    try:
        return work(*arguments)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def asked(
    expression: Any, case: Case, want: np.ndarray, given: dict[str, np.ndarray], limit: float
) -> tuple[str, float, str]:
    """What sympy answers to one form: its status, its seconds, and the answer or the error."""
    variable = next(each for each in expression.atoms(sympy.Symbol, sympy.MatrixSymbol) if each.name == case.wrt)
    start = perf_counter()
    try:
        found = within(limit, differentiated, expression, variable, 2 if case.kind == "hessian" else 1)
    except Late:
        return "late", limit, ""
    except Exception as error:  # whatever sympy raises, it does not answer
        return "refused", perf_counter() - start, f"{type(error).__name__}: {error}"
    seconds = perf_counter() - start
    if found.has(sympy.Derivative):
        return "refused", seconds, str(found)
    try:
        value = np.squeeze(within(limit, sympy_value, found, given))
    except Late:
        return "late", seconds, str(found)
    except Exception as error:  # an answer that sympy itself cannot make explicit is none
        return "refused", seconds, f"{found}, which has no value: {type(error).__name__}"
    right = any(value.shape == each.shape and np.allclose(value, each) for each in layouts(want))
    return ("correct" if right else "wrong"), seconds, str(found)


def layouts(want: np.ndarray) -> Iterator[np.ndarray]:
    """The axes of the value first, or those of the variable."""
    for split in range(want.ndim + 1):
        yield np.moveaxis(want, range(split), range(want.ndim - split, want.ndim))


def row(case: Case, limit: float) -> Row:
    answer, ours = timed(case)
    given = numbers(case.shapes, 1)
    try:
        expression = to_sympy(parse(case.expression, case.shapes))
    except derive.DeriveError as error:
        return Row(case, ours, "inexpressible", 0.0, str(error))
    want = expected(case, answer, given)
    tried = [asked(form, case, want, given, limit) for form in forms(expression)]
    return Row(case, ours, *min(tried, key=lambda each: (STATUS.index(each[0]), each[1])))


def spread(seconds: Sequence[float]) -> tuple[str, ...]:
    if not seconds:
        return ("-",) * 4
    figures = (statistics.median(seconds), float(np.quantile(seconds, 0.95)), max(seconds), sum(seconds))
    return tuple(f"{1000 * figure:.1f}" for figure in figures)


def each_row(rows: Sequence[Row]) -> Table:
    table = Table("problem", "derive (ms)", "sympy (ms)", "ratio", "sympy", title="problem by problem")
    for each in rows:
        ratio = f"{each.theirs / each.ours:.2f}" if each.status != "inexpressible" else ""
        table.add_row(str(each.case), f"{1000 * each.ours:.1f}", f"{1000 * each.theirs:.1f}", ratio, each.status)
    return table


def verdicts(rows: Sequence[Row]) -> Table:
    kinds = ("gradient", "jacobian", "hessian")
    table = Table("asked for", "problems", "derive, judged", *(f"sympy {status}" for status in STATUS), title="answers")
    for kind in (*kinds, "all"):
        of = [each for each in rows if kind in (each.case.kind, "all")]
        count = Counter(each.status for each in of)
        table.add_row(kind, *(str(figure) for figure in (len(of), len(of), *(count[status] for status in STATUS))))
    return table


def times(rows: Sequence[Row]) -> Table:
    table = Table("milliseconds", "problems", "median", "95%", "most", "sum", title="time")
    both = [each for each in rows if each.status == "correct"]
    for name, seconds in (
        ("derive, all, with the judge", [each.ours for each in rows]),
        ("derive, where sympy is correct", [each.ours for each in both]),
        ("sympy, where it is correct", [each.theirs for each in both]),
    ):
        table.add_row(name, str(len(seconds)), *spread(seconds))
    return table


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--limit", type=float, default=10, help="seconds for one answer of sympy (10)")
    given.add_argument("--each", action="store_true", help="print every problem")
    options = given.parse_args()
    warnings.simplefilter("ignore")  # sympy's own, about its own arrays
    row(WARM_UP, options.limit)
    rows = [row(case, options.limit) for case in CASES]
    console = Console(width=120)
    if options.each:
        console.print(each_row(rows))
    for table in (verdicts(rows), times(rows)):
        console.print(table)
    ratios = [each.theirs / each.ours for each in rows if each.status == "correct"]
    total = sum(each.theirs for each in rows if each.status == "correct") / sum(
        each.ours for each in rows if each.status == "correct"
    )
    console.print(
        f"time of sympy over time of derive, where sympy is correct: {total:.2f} in total, "
        f"median {statistics.median(ratios):.2f} (sympy {sympy.__version__}, Python {sys.version.split()[0]})"
    )


if __name__ == "__main__":
    main()
