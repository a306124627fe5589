"""Every operation against NumPy: its formula, its gradients and its code, computed another way."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Add, ImmutableDenseMatrix

import derive.ops
from derive.operation import registered
from derive.terms import Terms
from tests.numeric import SIZES, Point, slope

REFERENCE = {
    "bias": lambda X, b: X + b,
    "hadamard": lambda X, W: X * W,
    "matmul": lambda X, W: X @ W,
    "transpose": lambda X: X.T,
}
"""What each operation computes, in NumPy.  A new operation file needs a line here."""

OPERATIONS = sorted(registered())


def shapes(name, sizes):
    """The shapes of the inputs at these sizes."""
    inputs = registered()[name].signature.inputs
    return [tuple(int(sizes.get(size, size)) for size in (operand.rows, operand.cols)) for operand in inputs]


def by_formula(name, arrays):
    """The output by the element formula, entry by entry."""
    made = registered()[name]
    matrices = [ImmutableDenseMatrix(array.tolist()) for array in arrays]
    sizes = {}
    for operand, array in zip(made.signature.inputs, arrays, strict=True):
        sizes |= {operand.rows: array.shape[0], operand.cols: array.shape[1]}
    rows, cols = sizes[made.signature.output.rows], sizes[made.signature.output.cols]
    return [[int(made.element(*matrices, i, j).replace(Terms, Add)) for j in range(cols)] for i in range(rows)]


def test_every_operation_has_a_reference():
    assert set(REFERENCE) == set(registered())


@pytest.mark.parametrize("name", OPERATIONS)
@settings(max_examples=15, deadline=None)
@given(st.data())
def test_the_formula_is_the_operation(name, data):
    letters = registered()[name].signature.sizes
    sizes = data.draw(st.fixed_dictionaries({letter: st.integers(1, 4) for letter in letters}))
    draw = np.random.default_rng(data.draw(st.integers(0, 99)))
    arrays = [draw.integers(-9, 10, shape) for shape in shapes(name, sizes)]
    assert by_formula(name, arrays) == REFERENCE[name](*arrays).tolist()


def at_numbers(name):
    """A derivation, its numbers, and the exact gradients of L = Σ g_ij y_ij by differences of the reference."""
    signature = registered()[name].signature
    derivation = derive.derivation(name, **{size: SIZES[size] for size in signature.sizes})
    point = Point(seed=7)
    arrays = [point.matrix(matrix) for matrix in derivation.inputs]
    upstream = point.matrix(derivation.upstream)
    gradients = []
    for array in arrays:
        gradient = np.empty(array.shape, dtype=object)
        for at in np.ndindex(array.shape):
            here = array[at]

            def loss(step, array=array, at=at, here=here):
                array[at] = here + step
                value = (upstream * REFERENCE[name](*arrays)).sum()
                array[at] = here
                return value

            gradient[at] = slope(loss)
        gradients.append(gradient)
    return derivation, point, arrays, upstream, gradients


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_matrix_forms_are_the_gradients(name):
    derivation, point, arrays, _, gradients = at_numbers(name)
    assert (point.matrix(derivation.matrix) == REFERENCE[name](*arrays)).all()
    for theorem, gradient in zip(derivation.theorems, gradients, strict=True):
        found = point.matrix(theorem.matrix)
        assert found.shape == gradient.shape
        assert (found == gradient).all()


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_numpy_lines_compute_the_gradients(name):
    """The lines are run one after the other, as a reader would, on floats that hold the numbers exactly."""
    derivation, _, arrays, upstream, gradients = at_numbers(name)
    scope = {"np": np, f"d{derivation.output.name}": upstream.astype(float)}
    scope |= {matrix.name: array.astype(float) for matrix, array in zip(derivation.inputs, arrays, strict=True)}
    for line in derivation.code:
        exec(f"{line.target} = {line.text}", scope)
    wanted = {derivation.output.name: REFERENCE[name](*arrays)}
    wanted |= {f"d{m.name}": gradient for m, gradient in zip(derivation.inputs, gradients, strict=True)}
    assert {line.target for line in derivation.code} == set(wanted)
    for target, array in wanted.items():
        assert scope[target].shape == array.shape
        assert (scope[target] == array.astype(float)).all()


def test_differences_are_exact():
    """The yardstick itself: p(x) = 3 x^4 - x^3 + 5 x - 2 has the slope 5 at 0."""
    assert slope(lambda x: 3 * x**4 - x**3 + 5 * x - 2) == Fraction(5)
