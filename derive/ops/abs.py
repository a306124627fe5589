from derive.elements import absolute
from derive.operation import operation


@operation(
    "X[m,n] -> Y[m,n]",
    pullbacks={"X": "G * sign(X)"},
    numpy="np.abs({X})",
    latex=r"\lvert",
)
def abs(X, i, j):
    """Absolute value, entry by entry.

    It has no derivative where an entry is 0.
    """
    return absolute(X[i, j])
