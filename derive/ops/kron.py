from derive.operation import operation


@operation(
    "A[m,n], B[p,q] -> Y[m*p,n*q]",
    pullbacks={
        "A": "unvec(kron(eye(m * n), vec(B).T) @ kron(kron(eye(n), commutation(q, m)), eye(p)).T @ vec(G), m, n)",
        "B": "unvec(kron(vec(A).T, eye(p * q)) @ kron(kron(eye(n), commutation(q, m)), eye(p)).T @ vec(G), p, q)",
    },
    numpy="np.kron({A}, {B})",
    torch="torch.kron({A}.contiguous(), {B}.contiguous())",
    latex=r"{A} \otimes {B}",
)
def kron(A, B, i, j):
    """Kronecker product."""
    return A[i // B.rows, j // B.cols] * B[i % B.rows, j % B.cols]
