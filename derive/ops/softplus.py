from derive.elements import exp, log
from derive.operation import operation


@operation(
    "X[m,n] -> Y[m,n]",
    pullbacks={"X": "G * sigmoid(X)"},
    numpy="np.logaddexp(0.0, {X})",
    torch="torch.nn.functional.softplus({X})",
    latex=r"\mathrm{softplus}",
)
def softplus(X, i, j):
    """Softplus, entry by entry."""
    return log(1 + exp(X[i, j]))
