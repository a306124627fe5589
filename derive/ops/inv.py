from derive.elements import delta, signed_products
from derive.operation import operation


@operation(
    "X[n,n] -> Y[n,n]",
    pullbacks={"X": "-Y.T @ G @ Y.T"},
    numpy="np.linalg.inv({X})",
    latex="{X}^{-1}",
    identities=("X @ Y = eye(n)", "Y @ X = eye(n)"),
)
def inv(X, i, j):
    """Inverse.

    The matrix Y with X Y = I.  By Cramer's rule, y_ij is the determinant of X with column i replaced by
    column j of I, over the determinant of X.
    """
    return signed_products(
        X.rows, lambda r, s: delta(s, i) * delta(r, j) + (1 - delta(s, i)) * X[r, s]
    ) / signed_products(X.rows, lambda r, s: X[r, s])
