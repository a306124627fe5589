from derive import elements
from derive.operation import operation


@operation(
    "X[m,n] -> Y[m,n]",
    pullbacks={"X": "-G * sin(X)"},
    numpy="np.cos({X})",
    latex=r"\cos",
)
def cos(X, i, j):
    """Cosine, entry by entry."""
    return elements.cos(X[i, j])
