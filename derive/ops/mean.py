from derive.elements import total
from derive.operation import operation


@operation(
    "X[m,n] -> y[1,1]",
    pullbacks={"X": "G * ones(m, n) / (m * n)"},
    numpy="np.mean({X})",
    latex=r"\mathrm{mean}",
)
def mean(X, i, j):
    """Mean of all entries."""
    return total(X.rows, lambda t: total(X.cols, lambda s: X[t, s])) / (X.rows * X.cols)
