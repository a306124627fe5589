from derive.elements import step
from derive.operation import operation


@operation(
    "X[m,n] -> Y[m,n]",
    pullbacks={"X": "G * step(X)"},
    numpy="np.maximum({X}, 0.0)",
    torch="torch.relu({X})",
    latex=r"\mathrm{relu}",
)
def relu(X, i, j):
    """Rectifier, entry by entry.

    The entry where it is positive, else 0; it has no derivative where an entry is 0.
    """
    return X[i, j] * step(X[i, j])
