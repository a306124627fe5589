"""The programs of a notebook with gaps for names, sizes and formulas.

What they define has a low line in its name, so that no matrix goes by it.
"""

HELPERS = '''\
import numpy as np

{sizes}
random_numbers = np.random.default_rng(0)


def random_matrix(rows, cols):
    """Entries between 0.5 and 1.5 in size, of either sign."""
    signs = random_numbers.choice([-1.0, 1.0], size=(rows, cols))
    return signs * random_numbers.uniform(0.5, 1.5, size=(rows, cols))


def show_agreement(what, found, expected, tolerance):
    """Print how far two matrices are apart, as a relative error; raise if too far."""
    expected = np.asarray(expected, dtype=float)
    found = np.reshape(np.asarray(found, dtype=float), expected.shape)
    scale = np.max(np.abs(expected)) or 1.0
    error = np.max(np.abs(found - expected)) / scale
    message = f"{{what}}: relative error {{error:.1e}}"
    assert error <= tolerance, f"{{message}}, more than {{tolerance:.0e}}"
    print(message)


{matrices}'''

DIFFERENCES = '''\
def loss_at({inputs}):
    """A loss whose gradient with respect to {Y} is d{Y}."""
    {forward}
    return np.sum(d{Y} * {Y})


def central_differences(loss_of, matrix, step=1e-6):
    """The slope of the loss from x - step to x + step, for every entry x."""
    slopes = np.zeros(matrix.shape)
    for place in np.ndindex(*matrix.shape):
        shift = np.zeros(matrix.shape)
        shift[place] = step
        slopes[place] = (loss_of(matrix + shift) - loss_of(matrix - shift)) / (2 * step)
    return slopes


{checks}'''

SYMBOLS = '''\
import random

import sympy as sp


def symbol_matrix(name, rows, cols):
    """A matrix of symbols, called as in the text: rows and columns from 1."""

    def symbol(row, col):
        return sp.Symbol(f"{{name}}[{{row + 1}},{{col + 1}}]", {kind}=True)

    return sp.Matrix(rows, cols, symbol)


def show_equal_entries(what, found, expected):
    """Multiply the differences out; if that does not give 0, put in random numbers."""
    difference = (found - expected).applyfunc(sp.expand)
    if difference.is_zero_matrix:
        print(f"{{what}}: all {{len(found)}} entries are equal as formulas")
        return
    numbers = random.Random(0)
    symbols = sorted(difference.free_symbols, key=str)
    place = {{each: sp.Rational(numbers.randint(500, 1500), 1000) for each in symbols}}
    error = max(abs(entry.subs(place).evalf(40)) for entry in difference)
    assert error < sp.Float("1e-30"), f"{{what}}: the entries differ by {{error}}"
    print(f"{{what}}: all {{len(found)}} entries agree to 30 digits at random numbers")


def output_entries({inputs}):
    """The entries of {Y} as they are written above."""
    return {output}


symbols_of = {{
{symbols}
}}
symbols_of["{Y}"] = output_entries({from_symbols})
loss_formula = sum(a * b for a, b in zip(symbols_of["d{Y}"], symbols_of["{Y}"]))


def at_the_numbers(entries):
    """Formulas in these symbols at the numbers of the inputs."""
    place = {{}}
{numbers}
    return np.array(entries.subs(place), dtype=float)


show_agreement("{Y} against its entries", {Y}, at_the_numbers(symbols_of["{Y}"]), 1e-9)'''

ENTRIES = '''\
def entries_of_d{X}({names}):
    """The entries of d{X} as they are written above."""
    return {gradient}


derived_entries = symbols_of["{X}"].applyfunc(lambda entry: sp.diff(loss_formula, entry))
show_equal_entries("d{X} by sympy", derived_entries, entries_of_d{X}(**symbols_of))'''

TORCH = '''\
try:
    import torch
except ImportError:
    print("PyTorch is not installed: nothing is compared here")
else:

    def torch_gradients({inputs}):
        """The gradients of the same loss, by automatic differentiation."""
{tensors}
        {forward}
        loss = (torch.tensor(d{Y}) * {Y}).sum()
        return torch.autograd.grad(loss, [{inputs}])

    by_torch = torch_gradients({inputs})
{checks}'''
