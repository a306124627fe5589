from derive.operation import operation


@operation(
    "c[1,1], X[m,n] -> Y[m,n]",
    pullbacks={"c": "sum(G)", "X": "G"},
    syntax="{c} + {X}",
)
def shift(c, X, i, j):
    """Adding a number.

    The number c is added to every entry.
    """
    return c[0, 0] + X[i, j]
