from derive.operation import operation


@operation(
    "X[m,n], W[m,n] -> Y[m,n]",
    pullbacks={"X": "G / W", "W": "-G * X / W**2"},
    syntax="{X} / {W}",
)
def div(X, W, i, j):
    """Entrywise quotient."""
    return X[i, j] / W[i, j]
