from derive.elements import power
from derive.operation import operation


def _product_rule(p: int) -> str:
    if p < 0:
        return " - ".join(["", *(f"matpow(X.T, {k - 1 + p}) @ G @ matpow(X.T, {-k})" for k in range(1, 1 - p))])
    return " + ".join(f"matpow(X.T, {k}) @ G @ matpow(X.T, {p - 1 - k})" for k in range(p)) or "zeros(n, n)"


@operation("X[n,n] -> Y[n,n]", pullbacks={"X": _product_rule}, numpy="np.linalg.matrix_power({X}, {p})")
def matpow(X, i, j, p):
    """Matrix power.

    The product of p copies of X; of its inverse, where p is negative.
    """
    return power(X, p)[i, j]
