from derive.elements import total
from derive.operation import operation


@operation(
    "X[n,n] -> y[1,1]",
    pullbacks={"X": "G * eye(n)"},
    numpy="np.trace({X})",
    latex=r"\mathrm{tr}",
)
def tr(X, i, j):
    """Trace."""
    return total(X.rows, lambda t: X[t, t])
