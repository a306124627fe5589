from derive.elements import exp, total
from derive.operation import operation


@operation(
    "X[m,n] -> Y[m,n]",
    pullbacks={"X": "Y * (G - rowsum(G * Y) @ ones(1, n))"},
    numpy="np.exp({X} - np.logaddexp.reduce({X}, axis=1, keepdims=True))",
    torch="torch.softmax({X}, dim=1)",
    latex=r"\mathrm{softmax}",
)
def softmax(X, i, j):
    """Softmax of each row."""
    return exp(X[i, j]) / total(X.cols, lambda t: exp(X[i, t]))
