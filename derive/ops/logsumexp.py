from derive.elements import exp, log, total
from derive.operation import operation


@operation(
    "X[m,n] -> y[1,1]",
    pullbacks={"X": "G * exp(X - y)"},
    numpy="np.logaddexp.reduce({X}.ravel())",
    torch="torch.logsumexp({X}, dim=(0, 1))",
    latex=r"\mathrm{logsumexp}",
)
def logsumexp(X, i, j):
    """Logarithm of the sum of exponentials."""
    return log(total(X.rows, lambda t: total(X.cols, lambda s: exp(X[t, s]))))
