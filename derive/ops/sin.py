from derive import elements
from derive.operation import operation


@operation(
    "X[m,n] -> Y[m,n]",
    pullbacks={"X": "G * cos(X)"},
    numpy="np.sin({X})",
    latex=r"\sin",
)
def sin(X, i, j):
    """Sine, entry by entry."""
    return elements.sin(X[i, j])
