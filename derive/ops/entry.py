from derive.operation import operation


@operation(
    "X[m,n] -> y[1,1]",
    pullbacks={"X": lambda row, col: f"G * unit(m, {row}) @ unit(n, {col}).T"},
    syntax="{X}[{row}, {col}]",
)
def entry(X, i, j, row, col):
    """One entry."""
    return X[row, col]
