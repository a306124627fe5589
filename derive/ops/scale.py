from derive.operation import operation


@operation(
    "c[1,1], X[m,n] -> Y[m,n]",
    pullbacks={"c": "sum(G * X)", "X": "c * G"},
    syntax="{c} * {X}",
)
def scale(c, X, i, j):
    """Scalar multiple.

    The number c multiplies every entry.
    """
    return c[0, 0] * X[i, j]
