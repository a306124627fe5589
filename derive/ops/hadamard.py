from derive.operation import operation


@operation(
    "X[m,n], W[m,n] -> Y[m,n]",
    pullbacks={"X": "G * W", "W": "G * X"},
    syntax="{X} * {W}",
)
def hadamard(X, W, i, j):
    """Entrywise product.

    y_ij = x_ij w_ij, also called the Hadamard or Schur product.
    """
    return X[i, j] * W[i, j]
