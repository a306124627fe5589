from derive import elements
from derive.operation import operation


@operation(
    "X[m,n] -> Y[m,n]",
    pullbacks={"X": "zeros(m, n)"},
    numpy="np.sign({X})",
    latex=r"\mathrm{sign}",
)
def sign(X, i, j):
    """Sign, entry by entry.

    1, 0 or -1; it has no derivative where an entry is 0, and derivative 0 elsewhere.
    """
    return elements.sign(X[i, j])
