from derive import elements
from derive.operation import operation


@operation(
    "X[m,n] -> Y[m,n]",
    pullbacks={"X": "G * Y"},
    numpy="np.exp({X})",
    latex=r"\exp",
)
def exp(X, i, j):
    """Exponential, entry by entry."""
    return elements.exp(X[i, j])
