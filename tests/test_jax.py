"""The printed JAX programs, and the derivatives of JAX, over part of the table."""

import numpy as np
import pytest

from derive.expressions.language import parse
from tests.autodiff import Library, agree, answer_of, conventional, given_numbers, needed, program
from tests.expressions_table import CASES

jax = needed("jax")
jax.config.update("jax_enable_x64", True)
jnp = jax.numpy

LIBRARY = Library(jnp, lambda numbers: jnp.asarray(np.asarray(numbers)), {})

DERIVATIVES = {"gradient": jax.grad, "jacobian": jax.jacobian, "hessian": jax.hessian}


@pytest.mark.parametrize("case", CASES[::5], ids=str)
def test_the_derivative_is_that_of_jax_and_the_program_computes_it(case):
    numbers = given_numbers(case)
    given = {name: LIBRARY.array(number) for name, number in numbers.items()}
    node = parse(case.expression, case.shapes)
    free = DERIVATIVES[case.kind](lambda x: LIBRARY.value(node, given | {case.wrt: x}))(given[case.wrt])
    answer = answer_of(case)
    in_numpy = program(answer, "numpy", {"np": np})(numbers)
    agree(in_numpy, conventional(np.asarray(free), case.convention))
    agree(program(answer, "jax", {"jnp": jnp})(given), in_numpy)
