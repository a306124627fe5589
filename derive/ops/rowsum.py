from derive.elements import total
from derive.operation import operation


@operation(
    "X[m,n] -> y[m,1]",
    pullbacks={"X": "G @ ones(1, n)"},
    numpy="np.sum({X}, axis=1, keepdims=True)",
    latex=r"\mathrm{rowsum}",
)
def rowsum(X, i, j):
    """Sum of each row."""
    return total(X.cols, lambda t: X[i, t])
