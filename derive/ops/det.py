from derive.elements import signed_products
from derive.operation import operation


@operation(
    "X[n,n] -> y[1,1]",
    pullbacks={"X": "G * y * inv(X).T"},
    numpy="np.linalg.det({X})",
    latex=r"\det",
)
def det(X, i, j):
    """Determinant."""
    return signed_products(X.rows, lambda r, s: X[r, s])
