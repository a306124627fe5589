from derive.operation import operation


@operation(
    "X[m,n] -> y[m*n,1]",
    pullbacks={"X": "unvec(G, m, n)"},
    numpy='{X}.reshape(-1, 1, order="F")',
    torch="{X}.T.reshape(-1, 1)",
    latex=r"\mathrm{vec}",
)
def vec(X, i, j):
    """The columns of a matrix, stacked."""
    return X[i % X.rows, i // X.rows]
