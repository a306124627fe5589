from derive.elements import total
from derive.operation import operation


@operation(
    "X[m,k], W[k,n] -> Y[m,n]",
    pullbacks={"X": "G @ W.T", "W": "X.T @ G"},
    syntax="{X} @ {W}",
)
def matmul(X, W, i, j):
    """Matrix product.

    y_ij is row i of X times column j of W: the sum of x_it w_tj over t.
    """
    return total(X.cols, lambda t: X[i, t] * W[t, j])
