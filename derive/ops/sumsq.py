from derive.elements import total
from derive.operation import operation


@operation(
    "X[m,n] -> y[1,1]",
    pullbacks={"X": "2 * G * X"},
    numpy="np.sum({X}**2)",
    latex=r"\lVert {X} \rVert^2",
)
def sumsq(X, i, j):
    """Sum of squares."""
    return total(X.rows, lambda t: total(X.cols, lambda s: X[t, s] ** 2))
