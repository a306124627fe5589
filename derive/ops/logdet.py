from derive.elements import absolute, log, signed_products
from derive.operation import operation


@operation(
    "X[n,n] -> y[1,1]",
    pullbacks={"X": "G * inv(X).T"},
    numpy="np.linalg.slogdet({X})[1]",
    latex=r"\log \lvert \det {X} \rvert",
)
def logdet(X, i, j):
    """Logarithm of the determinant.

    log|det X|, for invertible X.
    """
    return log(absolute(signed_products(X.rows, lambda r, s: X[r, s])))
