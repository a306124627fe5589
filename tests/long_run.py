"""Ask many random questions and print what came of them: ``python tests/long_run.py --count 2000 --seed 1``.

Every answer's NumPy text is run at sizes that the judge does not use, and compared with central
differences of an evaluator of its own.  It ends with status 1 if an answer was wrong or something
other than DeriveError was raised.
"""

from __future__ import annotations

import argparse
import random
import re
import signal
import sys
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import derive
from derive.expressions.calculus import read
from derive.expressions.language import parse
from derive.expressions.sizes import factors
from derive.expressions.text import text
from tests.expressions import SHAPES, SYMBOLS, Undefined, names_in, numbers, program, question, sides, slope, value

LIMIT = 20
"""Seconds for one question."""

SIZES = ({"m": 3, "n": 4, "k": 2}, {"m": 4, "n": 2, "k": 5}, {"m": 2, "n": 1, "k": 3}, {"m": 1, "n": 3, "k": 1})
"""Sizes that the judge does not try; some are 1."""

MOODS = ("normal", "positive", "small")

NOT_FINITE = "not finite"
"""At single points an answer may have no value: the norm of a rectified vector, where that is 0."""


class TooSlow(Exception):
    """A question that was not answered in time."""


def _ring(*_: Any) -> None:
    raise TooSlow


def answered(kind: str, expression: str, wrt: str, shapes: Any, **other: str) -> Any:
    return getattr(derive, kind)(expression, wrt=wrt, shapes={**shapes, **other})


def plain(wrt: str) -> dict[str, str]:
    """The variable without its structure: a gradient that is differenced must hold beside it."""
    return {wrt: "" if SYMBOLS[wrt][0] == (1, 1) else SHAPES[wrt].split(" ")[0]}


def outcome(kind: str, expression: str, wrt: str, shapes: Any = SHAPES) -> tuple[str, str]:
    """One word for what happened, and what there is to say of it; without ``shapes`` they are inferred."""
    try:
        tree = read(expression, shapes)
        if not shapes:
            symbols = {node.name: node for node in tree.walk() if node.op == "symbol"}
            shapes = {name: f"{node.shape[0]},{node.shape[1]}" for name, node in symbols.items()}
            if not symbols or wrt not in symbols:
                return "answered, not compared", ""
            if names_in(expression) - set(symbols):
                return "answered, not compared", ""  # what dropped out has no inferred shape
            if kind != "jacobian" and not tree.scalar:
                kind = "jacobian"
        names = {name for node in tree.walk() for side in node.shape for name in factors(side)[1]}
        if parse(text(tree), shapes, names) is not tree:
            return "text is not read back", text(tree)
    except derive.DeriveError as error:
        return "refused", f"reading: {error}".splitlines()[0]
    try:
        answer = answered(kind, expression, wrt, shapes)
        again = parse(answer.formula, shapes, names)
        if text(again) != answer.formula:
            return "formula is not read back", answer.formula
        gradient = (
            answered("gradient", expression, wrt, shapes, **(plain(wrt) if shapes is SHAPES else {}))
            if kind == "hessian"
            else None
        )
    except derive.DeriveError as error:
        return "refused", str(error).splitlines()[0]
    return compared(kind, expression, wrt, answer, gradient, {name: sides(shape) for name, shape in shapes.items()})


def compared(kind: str, expression: str, wrt: str, answer: Any, gradient: Any, symbols: Any) -> tuple[str, str]:
    """Whether a printed program computes the derivative, as far as differences tell."""
    run = program(answer.numpy, symbols)
    first = program(gradient.numpy, symbols) if gradient is not None else None
    tested, failed, undefined, said = 0, 0, 0, ""
    every = sorted({name for shape, _ in symbols.values() for side in shape for name in factors(side)[1]} - set("mnk"))
    for number, known in enumerate(SIZES):
        sizes = {**known, **{name: 1 + (number + place) % 5 for place, name in enumerate(every)}}
        for mood in MOODS:
            try:
                given = numbers(sizes, 100 * number + len(mood), mood, symbols)
                direction = np.random.default_rng(number).standard_normal(given[wrt].shape)

                def at(move: float, sizes: Any = sizes, given: Any = given, direction: Any = direction) -> Any:
                    moved = {**given, wrt: given[wrt] + move * direction}
                    if first is not None:
                        return np.asarray(first(moved, sizes), float).reshape(given[wrt].shape)
                    return value(expression, moved, sizes)

                with np.errstate(all="ignore"):
                    here = at(0.0)
                    if not np.isfinite(here).all() or np.abs(here).max() > 1e6:
                        continue
                    want, check = slope(at, 1e-3), slope(at, 4e-4)
                    ahead, behind = (at(1e-5) - here) / 1e-5, (here - at(-1e-5)) / 1e-5
                scale = 1 + np.abs(want).max() + np.abs(here).max()
                if not np.isfinite(want).all() or np.abs(want - check).max() > 1e-7 * scale:
                    continue
                if np.abs(ahead - behind).max() > 0.01 * scale:  # a kink, as of |x| at 0
                    continue
            except (np.linalg.LinAlgError, IndexError, Undefined):
                continue
            try:
                with np.errstate(all="ignore"):
                    found = np.asarray(run(given, sizes), float)
            except np.linalg.LinAlgError:  # det of what has no inverse there
                continue
            tested += 1
            problem = mismatch(kind, found, here, direction, want, 1e-5 * scale)
            if problem == NOT_FINITE:
                undefined, said = undefined + 1, said or problem
            elif problem:
                failed += 1
                said = said or f"{problem} at {sizes}, {mood}: {answer.formula}"
            if tested >= 5:
                break
    if failed or (undefined and undefined == tested):
        return "wrong", f"{failed} of {tested}: {said}"
    return ("answered", "") if tested else ("answered, not compared", "")


def mismatch(kind: str, found: Any, here: Any, direction: Any, want: Any, tolerance: float) -> str:
    """What is wrong with the number(s) of a derivative."""
    if not np.isfinite(found).all():
        return NOT_FINITE
    if kind == "gradient":
        shape = direction.shape if direction.size > 1 or found.ndim else ()
        if found.shape != shape:
            return f"shape {found.shape}"
        along = np.sum(found * direction)
    elif direction.size == 1 and found.size == want.size:
        along = found.reshape(want.shape, order="F") * direction
    elif here.size == 1:
        along = np.sum(found.reshape(direction.shape) * direction)
    else:
        if found.size != here.size * direction.size:
            return f"shape {found.shape}"
        matrix = found.reshape(here.size, direction.size, order="F")
        along = (matrix @ direction.reshape(-1, 1, order="F")).reshape(here.shape, order="F")
    off = float(np.abs(along - want).max())
    return "" if off <= tolerance else f"off by {off:.3g} of {np.abs(want).max():.3g}"


def reason(message: str) -> str:
    """The kind of a refusal: its message without the names in it."""
    message = re.sub(r"'[^']*'|\([^)]*\)|\d+", "…", message)
    return re.split(r"[:;]", message)[0][:110] if not message.startswith("the judge") else message[:110]


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--count", type=int, default=2000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--slow", type=float, default=2.0, help="print what takes longer, in seconds")
    options.add_argument("--inferred", action="store_true", help="declare no shapes")
    options.add_argument("--refused", metavar="TEXT", help="print the questions that were refused with this text")
    options.add_argument("--first", type=int, default=0, help="the number of the first question")
    given = options.parse_args()
    signal.signal(signal.SIGALRM, _ring)
    np.seterr(all="ignore")
    counted, reasons, bad = Counter[str](), Counter[str](), 0
    times: list[float] = []
    for number in range(given.first, given.first + given.count):
        kind, expression, wrt = question(random.Random(f"{given.seed} {number}").choice)
        start = time.perf_counter()
        signal.alarm(LIMIT)
        try:
            word, said = outcome(kind, expression, wrt, {} if given.inferred else SHAPES)
        except TooSlow:
            word, said = "too slow", ""
        except Exception as error:  # a crash is one of the outcomes that are counted
            place = traceback.extract_tb(error.__traceback__)[-1]
            word, said = "crashed", f"{type(error).__name__}: {error} in {place.filename.split('/')[-1]}:{place.lineno}"
        finally:
            signal.alarm(0)
        times.append(time.perf_counter() - start)
        counted[word] += 1
        if word == "refused":
            reasons[reason(said)] += 1
        shown = word not in ("answered", "refused", "answered, not compared") or (
            given.refused is not None and given.refused in said
        )
        bad += word not in ("answered", "refused", "answered, not compared")
        if shown or times[-1] > given.slow:
            print(
                f"{word}, {times[-1]:.1f} s, number {number}: {kind} of {expression} by {wrt}\n    {said}", flush=True
            )
    print(f"\n{given.count} questions, seed {given.seed}, {sum(times):.0f} s")
    for word, count in counted.most_common():
        print(f"  {count:6}  {word}")
    for why, count in reasons.most_common():
        print(f"  {count:6}  refused: {why}")
    middle, high = np.quantile(times, [0.5, 0.99])
    print(f"  seconds: median {middle:.3f}, 99 % below {high:.2f}, longest {max(times):.1f}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
