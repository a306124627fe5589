from derive import elements
from derive.operation import operation


@operation(
    "X[m,n] -> Y[m,n]",
    pullbacks={"X": "zeros(m, n)"},
    numpy="np.where({X} > 0, 1.0, 0.0)",
    torch="({X} > 0).to({X}.dtype)",
    latex=r"\mathrm{step}",
)
def step(X, i, j):
    """Unit step, entry by entry.

    1 where positive, else 0; it has no derivative where an entry is 0, and derivative 0 elsewhere.
    """
    return elements.step(X[i, j])
