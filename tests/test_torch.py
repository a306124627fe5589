"""The printed PyTorch programs, and the derivatives of PyTorch's autograd, over all cases of the table."""

import numpy as np
import pytest

from derive.expressions.language import parse
from tests.autodiff import Library, agree, answer_of, conventional, given_numbers, needed, program
from tests.expressions_table import CASES

torch = needed("torch")

LIBRARY = Library(
    torch,
    lambda numbers: torch.tensor(np.asarray(numbers), dtype=torch.float64),
    {"logdet": lambda torch, x: torch.linalg.slogdet(x).logabsdet},
)

DERIVATIVES = {
    "gradient": torch.autograd.functional.jacobian,
    "jacobian": torch.autograd.functional.jacobian,
    "hessian": torch.autograd.functional.hessian,
}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_derivative_is_that_of_autograd_and_the_program_computes_it(case):
    numbers = given_numbers(case)
    given = {name: LIBRARY.array(number) for name, number in numbers.items()}
    node = parse(case.expression, case.shapes)
    free = DERIVATIVES[case.kind](lambda x: LIBRARY.value(node, given | {case.wrt: x}), given[case.wrt])
    answer = answer_of(case)
    in_numpy = program(answer, "numpy", {"np": np})(numbers)
    in_torch = program(answer, "torch", {"torch": torch})(given)
    assert in_torch.dtype == torch.float64
    agree(in_numpy, conventional(free.numpy(), case.convention))
    agree(in_torch.numpy(), in_numpy)


def test_the_program_keeps_single_precision():
    case = next(case for case in CASES if "softmax" in case.expression)
    given = {name: torch.tensor(number, dtype=torch.float32) for name, number in given_numbers(case).items()}
    assert program(answer_of(case), "torch", {"torch": torch})(given).dtype == torch.float32
