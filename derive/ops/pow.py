from derive.operation import operation


@operation(
    "X[m,n] -> Y[m,n]",
    pullbacks={"X": lambda p: f"({p}) * G * X**({p} - 1)"},
    syntax="{X}**{p}",
)
def pow(X, i, j, p):
    """Entrywise power.

    The exponent p is a number.
    """
    return X[i, j] ** p
