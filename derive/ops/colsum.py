from derive.elements import total
from derive.operation import operation


@operation(
    "X[m,n] -> y[1,n]",
    pullbacks={"X": "ones(m, 1) @ G"},
    numpy="np.sum({X}, axis=0, keepdims=True)",
    latex=r"\mathrm{colsum}",
)
def colsum(X, i, j):
    """Sum of each column."""
    return total(X.rows, lambda t: X[t, j])
