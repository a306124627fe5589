from derive.operation import operation


@operation(
    "X[m,n], b[1,n] -> Y[m,n]",
    pullbacks={"X": "G", "b": "colsum(G)"},
    numpy="{X} + {b}",
)
def bias(X, b, i, j):
    """Adding a row to every row.

    y_ij = x_ij + b_j: the row b is broadcast over the rows of X.
    """
    return X[i, j] + b[0, j]
