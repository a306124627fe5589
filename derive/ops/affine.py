from derive.elements import total
from derive.operation import operation


@operation(
    "X[m,k], W[k,n], b[1,n] -> Y[m,n]",
    pullbacks={"X": "G @ W.T", "W": "X.T @ G", "b": "colsum(G)"},
    numpy="{X} @ {W} + {b}",
)
def affine(X, W, b, i, j):
    """Affine layer.

    The row b is added to every row of the product.
    """
    return total(X.cols, lambda t: X[i, t] * W[t, j]) + b[0, j]
