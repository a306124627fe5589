from derive.operation import operation


@operation(
    "X[m,n], c[1,1] -> Y[m,n]",
    pullbacks={"X": "G / c", "c": "-sum(G * X) / c**2"},
    syntax="{X} / {c}",
)
def ratio(X, c, i, j):
    """Quotient by a number."""
    return X[i, j] / c[0, 0]
