from derive.elements import absolute, total
from derive.operation import operation


@operation(
    "X[m,n] -> y[1,1]",
    pullbacks={"X": "G * sign(X)"},
    numpy="np.sum(np.abs({X}))",
    latex=r"\lVert {X} \rVert_1",
)
def norm1(X, i, j):
    """Sum of absolute values.

    It has no derivative where an entry is 0.
    """
    return total(X.rows, lambda t: total(X.cols, lambda s: absolute(X[t, s])))
