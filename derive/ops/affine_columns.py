from derive.elements import total
from derive.operation import operation


@operation(
    "W[m,k], X[k,n], b[m,1] -> Y[m,n]",
    pullbacks={"W": "G @ X.T", "X": "W.T @ G", "b": "rowsum(G)"},
    numpy="{W} @ {X} + {b}",
)
def affine_columns(W, X, b, i, j):
    """Affine layer, samples in columns.

    The column b is added to every column of the product.
    """
    return total(W.cols, lambda t: W[i, t] * X[t, j]) + b[i, 0]
