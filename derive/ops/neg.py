from derive.operation import operation


@operation(
    "X[m,n] -> Y[m,n]",
    pullbacks={"X": "-G"},
    syntax="-{X}",
)
def neg(X, i, j):
    """Negative."""
    return -X[i, j]
