from derive.operation import operation


@operation(
    "X[m,n], W[m,n] -> Y[m,n]",
    pullbacks={"X": "G", "W": "G"},
    syntax="{X} + {W}",
)
def add(X, W, i, j):
    """Matrix sum."""
    return X[i, j] + W[i, j]
