from derive.operation import operation
from derive.terms import total


@operation("X[m,k], W[k,n] -> Y[m,n]")
def matmul(X, W, i, j):
    """Matrix product.

    y_ij is row i of X times column j of W: the sum of x_it w_tj over t.
    """
    return total(X.cols, lambda t: X[i, t] * W[t, j])
