from derive import elements
from derive.operation import operation


@operation(
    "X[m,n] -> Y[m,n]",
    pullbacks={"X": "G / X"},
    numpy="np.log({X})",
    latex=r"\log",
)
def log(X, i, j):
    """Natural logarithm, entry by entry."""
    return elements.log(X[i, j])
