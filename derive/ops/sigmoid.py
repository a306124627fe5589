from derive.elements import exp
from derive.operation import operation


@operation(
    "X[m,n] -> Y[m,n]",
    pullbacks={"X": "G * Y * (1 - Y)"},
    numpy="np.exp(-np.logaddexp(0.0, -{X}))",
    torch="torch.sigmoid({X})",
    latex=r"\sigma",
)
def sigmoid(X, i, j):
    """Logistic function, entry by entry."""
    return 1 / (1 + exp(-X[i, j]))
