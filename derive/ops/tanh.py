from derive import elements
from derive.operation import operation


@operation(
    "X[m,n] -> Y[m,n]",
    pullbacks={"X": "G * (1 - Y**2)"},
    numpy="np.tanh({X})",
    latex=r"\tanh",
)
def tanh(X, i, j):
    """Hyperbolic tangent, entry by entry."""
    return elements.tanh(X[i, j])
