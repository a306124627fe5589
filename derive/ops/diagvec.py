from derive.operation import operation


@operation(
    "X[n,n] -> y[n,1]",
    pullbacks={"X": "diag(G)"},
    numpy="np.diagonal({X}).reshape(-1, 1)",
    latex=r"\mathrm{diagvec}",
)
def diagvec(X, i, j):
    """Diagonal of a matrix, as a column."""
    return X[i, i]
