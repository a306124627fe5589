from derive.operation import operation


@operation("X[m,n] -> Y[n,m]", pullbacks={"X": "G.T"}, syntax="{X}.T")
def transpose(X, i, j):
    """Transpose.

    y_ij = x_ji: rows become columns.
    """
    return X[j, i]
