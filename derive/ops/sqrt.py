from derive import elements
from derive.operation import operation


@operation(
    "X[m,n] -> Y[m,n]",
    pullbacks={"X": "G / (2 * Y)"},
    numpy="np.sqrt({X})",
)
def sqrt(X, i, j):
    """Square root, entry by entry."""
    return elements.sqrt(X[i, j])
