from derive.elements import sqrt, total
from derive.operation import operation


@operation(
    "X[m,n] -> y[1,1]",
    pullbacks={"X": "G * X / y"},
    numpy="np.sqrt(np.sum({X}**2))",
    latex=r"\lVert {X} \rVert",
)
def norm2(X, i, j):
    """Euclidean norm.

    Of a matrix, the Frobenius norm.  It has no derivative at 0.
    """
    return sqrt(total(X.rows, lambda t: total(X.cols, lambda s: X[t, s] ** 2)))
