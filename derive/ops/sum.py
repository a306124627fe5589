from derive.elements import total
from derive.operation import operation


@operation(
    "X[m,n] -> y[1,1]",
    pullbacks={"X": "G * ones(m, n)"},
    numpy="np.sum({X})",
    latex=r"\mathrm{sum}",
)
def sum(X, i, j):
    """Sum of all entries."""
    return total(X.rows, lambda t: total(X.cols, lambda s: X[t, s]))
