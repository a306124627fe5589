from derive.elements import delta
from derive.operation import operation


@operation(
    "x[n,1] -> Y[n,n]",
    pullbacks={"x": "diagvec(G)"},
    numpy="np.diagflat({x})",
    latex=r"\mathrm{diag}",
)
def diag(x, i, j):
    """Diagonal matrix of a column."""
    return delta(i, j) * x[i, 0]
