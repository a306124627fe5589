from derive.operation import operation


@operation(
    "x[m*n,1] -> Y[m,n]",
    pullbacks={"x": "vec(G)"},
    numpy='{x}.reshape({m}, {n}, order="F")',
    torch="{x}.reshape({n}, {m}).T",
)
def unvec(x, i, j, m):
    """The matrix with these stacked columns.

    It undoes vec: column j of Y is the j-th piece of x.
    """
    return x[i + j * m, 0]
