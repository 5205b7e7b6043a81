"""Products, norms, distances, systems and factors of matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.dtypes import float_limits, to_np
from ...core.op import OPERATORS as OP
from ...core.tensor import Tensor
from ...errors import ArgumentError, DTypeError, ShapeError
from ..compose import placed, reshaped
from ..shape import axis_in


def adjoint(x: Tensor) -> Tensor:
    """Each matrix transposed and, if complex, conjugated."""
    turned = OP["swapaxes"](x, axis1=-1, axis2=-2)
    return OP["conj"](turned) if x.np_dtype.kind == "c" else turned


def addbmm(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """beta input + alpha times the sum of the products of N pairs of matrices, (N, A, B) with (N, B, C)."""
    return beta * input + alpha * OP["sum"](OP["matmul"](batch1, batch2), axis=0)


def addr(x: Tensor, vec1: Tensor, vec2: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """beta x + alpha times the outer product of two vectors."""
    return beta * x + alpha * OP["outer"](vec1, vec2)


def cross(input: Tensor, other: Tensor, dim: int | None = None) -> Tensor:
    """The cross products along ``dim``, by default the first axis of length 3."""
    if input.shape != other.shape:
        try:
            shape = np.broadcast_shapes(input.shape, other.shape)
        except ValueError as e:
            raise ShapeError(f"For 'cross', the shapes {input.shape} and {other.shape} cannot be broadcast.") from e
        input, other = (OP["broadcast_to"](t, shape=shape) for t in (input, other))
    if dim is None:
        dim = next((i for i, n in enumerate(input.shape) if n == 3), -1)
    if not -input.ndim <= dim < input.ndim or input.shape[dim] != 3:
        raise ShapeError(f"For 'cross', both must have length 3 on axis {dim}, got shapes {input.shape} "
                         f"and {other.shape}.")
    out = OP["cross"](input, other, axis=dim)
    return out if out.np_dtype == input.np_dtype else OP["cast"](out, dtype=input.np_dtype)


def vecdot(x: Tensor, y: Tensor, *, axis: int = -1) -> Tensor:
    """The scalar products along ``axis``."""
    return OP["sum"](x * y, axis=axis)


def batch_dot(x1: Tensor, x2: Tensor, axes: Any = None) -> Tensor:
    """The products of N pairs of arrays, summed over an axis of each: ``axes``, or a pair of them.

    By default the last axis of x1 and the last but one of x2 (the last, if it has 2). Axis 0 counts the pairs.
    """
    if axes is None:
        axes = (x1.ndim - 1, x2.ndim - 2 if x2.ndim > 2 else x2.ndim - 1)
    axes = (axes, axes) if isinstance(axes, int) else tuple(axes)
    a, b = (axis_in(i, x.ndim, "batch_dot") for i, x in zip(axes, (x1, x2)))
    if a == 0 or b == 0:
        raise ArgumentError(f"For 'batch_dot', the axes must not be 0, which counts the pairs, got {tuple(axes)}.")
    if x1.shape[0] != x2.shape[0] or x1.shape[a] != x2.shape[b]:
        raise ShapeError(f"For 'batch_dot', lengths along axis 0 and along axes {(a, b)} must be equal, got shapes "
                         f"{x1.shape} and {x2.shape}.")
    left = OP["moveaxis"](x1, source=a, destination=-1)
    right = OP["moveaxis"](x2, source=b, destination=1)
    n, k = x1.shape[0], x1.shape[a]
    out = OP["matmul"](reshaped(left, (n, -1, k)), reshaped(right, (n, k, -1)))
    shape = (n, *left.shape[1:-1], *right.shape[2:])
    return reshaped(out, shape if len(shape) > 1 else (n, 1))


def bidense(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """out[..., k] = x1 W[k] x2 + b[k], for x1 (..., I), x2 (..., J) and W (K, I, J).

    Of integers Int64 without b, else their dtype, as in MindSpore.
    """
    part = OP["einsum"](input1, weight, equation="...i,kij->...kj")
    out = OP["sum"](part * OP["expand_dims"](input2, axis=-2), axis=-1)
    return out if bias is None else OP["cast"](out, dtype=input1.np_dtype) + bias


def _as(x: Tensor, dtype: Any) -> Tensor:
    return x if dtype is None else OP["cast"](x, dtype=to_np(dtype))


def vector_norm(x: Tensor, ord: Any = 2, axis: Any = None, keepdims: bool = False, *, dtype: Any = None) -> Tensor:
    """(sum |x|^ord)^(1/ord) along ``axis``, of all elements by default; ``ord`` may be inf, -inf or 0."""
    x = _as(x, dtype)
    axis = tuple(range(x.ndim)) if axis is None else axis
    if np.isinf(ord):
        return OP["max" if ord > 0 else "min"](OP["abs"](x), axis=axis, keepdims=keepdims)
    if ord == 0:
        return OP["cast"](OP["sum"](OP["cast"](OP["not_equal"](x, 0), dtype=x.np_dtype), axis=axis,
                                    keepdims=keepdims), dtype=x.np_dtype)
    if ord == 1:
        return OP["sum"](OP["abs"](x), axis=axis, keepdims=keepdims)
    if ord == 2:
        return OP["norm"](x, ord=2, axis=axis, keepdims=keepdims)
    return root(OP["sum"](OP["power"](OP["abs"](x), ord), axis=axis, keepdims=keepdims), ord)


def root(total: Tensor, ord: float) -> Tensor:
    """total^(1/ord), with the gradient 0 where total is 0."""
    none = OP["equal"](total, 0)
    some = OP["where"](none, OP["ones_like"](total), total)
    if ord == 2:
        return OP["where"](none, OP["stop_gradient"](total), OP["sqrt"](some))
    return OP["where"](none, OP["power"](OP["stop_gradient"](total), 1 / ord), OP["power"](some, 1 / ord))


def smooth_norm(x: Tensor, ord: Any = 2, axis: Any = None, keepdims: bool = False, *, dtype: Any = None) -> Tensor:
    """``vector_norm``, the 2-norm too with the gradient 0 at 0.

    >>> from luojia import Tensor, ops
    >>> ops.grad(smooth_norm)(Tensor([0.0, 0.0])).tolist()
    [0.0, 0.0]
    """
    if ord != 2:
        return vector_norm(x, ord, axis, keepdims, dtype=dtype)
    x = _as(x, dtype)
    size = OP["abs"](x) if x.np_dtype.kind == "c" else x
    return root(OP["sum"](size * size, axis=axis, keepdims=keepdims), 2)


def matrix_norm(A: Tensor, ord: Any = "fro", axis: Any = (-2, -1), keepdims: bool = False, *,  # noqa: N803 - MindSpore
                dtype: Any = None) -> Tensor:
    """The norm of the matrices in two axes: 'fro', 'nuc', or 1, -1, 2, -2, inf or -inf.

    'nuc' is the sum of the singular values, 2 and -2 the greatest and the least; 1 and -1 the greatest and the least
    sum of a column's absolute values, inf and -inf of a row's.
    """
    x = _as(A, dtype)
    row, column = (axis_in(a, x.ndim, "matrix_norm") for a in axis)
    if ord == "fro":
        return vector_norm(x, 2, (row, column), keepdims)
    if ord in (1, -1, float("inf"), float("-inf")):
        summed, rest = (row, column) if abs(ord) == 1 else (column, row)
        totals = OP["sum"](OP["abs"](x), axis=summed, keepdims=True)
        out = OP["max" if ord > 0 else "min"](totals, axis=rest, keepdims=True)
        return out if keepdims else OP["squeeze"](out, axis=(row, column))
    if ord not in ("nuc", 2, -2):
        raise ArgumentError(f"For 'matrix_norm', ord must be 'fro', 'nuc', inf, -inf, 1, -1, 2 or -2, got {ord!r}.")
    s = OP["singular_values"](OP["moveaxis"](x, source=(row, column), destination=(-2, -1)))
    out = OP["sum"](s, axis=-1) if ord == "nuc" else s[..., 0] if ord == 2 else s[..., -1]
    return reshaped(out, [1 if i in (row, column) else n for i, n in enumerate(x.shape)]) if keepdims else out


def norm(A: Tensor, ord: Any = None, dim: Any = None, keepdim: bool = False, *,  # noqa: N803 - MindSpore's name
         dtype: Any = None) -> Tensor:
    """The norm of the vectors along ``dim``, or of the matrices in a pair of axes.

    Without ``ord`` the root of the sum of squares, over all elements by default. With it a Tensor of two axes is a
    matrix (see ``matrix_norm``), any other a vector (see ``vector_norm``), unless ``dim`` says otherwise.

    >>> from luojia import Tensor
    >>> float(norm(Tensor([[3.0, 4.0], [0.0, 1.0]]), 1))
    5.0
    """
    axes = tuple(dim) if isinstance(dim, (tuple, list)) else dim
    if ord is None:
        return vector_norm(A, 2, axes, keepdim, dtype=dtype)
    pair = (0, 1) if axes is None and A.ndim == 2 else axes if isinstance(axes, tuple) and len(axes) == 2 else None
    if pair is not None:
        return matrix_norm(A, ord, pair, keepdim, dtype=dtype)
    if not isinstance(ord, (int, float)):
        raise DTypeError(f"For 'norm', the order of vectors must be a number, got {ord!r}; 'fro' and 'nuc' are of "
                            "matrices.")
    return vector_norm(A, ord, axes, keepdim, dtype=dtype)


def cond(A: Tensor, p: Any = None) -> Tensor:  # noqa: N803 - MindSpore's name
    """The condition number of each matrix in the norm ``p``: |A| |A^-1|; by default of its singular values."""
    if p in (None, 2, -2):
        s = OP["singular_values"](A)
        return s[..., -1] / s[..., 0] if p == -2 else s[..., 0] / s[..., -1]
    return matrix_norm(A, p) * matrix_norm(OP["inverse"](A), p)


def dist(input: Tensor, other: Tensor, p: int = 2) -> Tensor:
    """The p-norm of all elements of input - other."""
    return smooth_norm(input - other, p)


def pdist(input: Tensor, p: float = 2.0) -> Tensor:
    """The p-norms between every two rows of x (..., N, M), in the order (0, 1), (0, 2), ..., (N-2, N-1)."""
    if input.ndim < 2:
        raise ShapeError(f"For 'pdist', the input must have rows, got shape {input.shape}.")
    first, second = np.triu_indices(input.shape[-2], 1)
    if p in (1, 2) and input.ndim == 2:
        return OP["pair_distances"](input, input, p=float(p))[first, second]
    return vector_norm(input[..., first, :] - input[..., second, :], p, -1)


def renorm(input: Tensor, p: int, axis: int, maxnorm: float) -> Tensor:
    """Each slice along ``axis`` whose p-norm is above ``maxnorm`` scaled down to it."""
    axis = axis_in(axis, input.ndim, "renorm")
    norms = smooth_norm(input, p, tuple([i for i in range(input.ndim) if i != axis]), True)
    over = OP["greater"](norms, maxnorm)
    return input * OP["where"](over, maxnorm / (OP["where"](over, norms, 1.0) + 1e-7), 1.0)


def cov(input: Tensor, *, correction: int = 1, fweights: Tensor | None = None,
        aweights: Tensor | None = None) -> Tensor:
    """The covariance matrix of the variables in the rows: sums of products over n - correction."""
    often = None if fweights is None else tuple(fweights.asnumpy().tolist())
    return OP["cov"](input, None, aweights, ddof=correction, fweights=often)


def matrix_power(input: Tensor, n: int) -> Tensor:
    """Square matrices to the power ``n``; a negative one is that of their inverses."""
    return OP["matrix_power"](input, n=n)


def logdet(input: Tensor) -> Tensor:
    """The logarithm of the determinant."""
    return OP["log"](OP["det"](input))


# -- systems and factors -----------------------------------------------------------------------------------------------


def cholesky_inverse(input_x: Tensor, upper: bool = False) -> Tensor:
    """The inverse of L L^T for the lower triangular L, or of U^T U for the upper triangular U."""
    return OP["cholesky_inverse"](adjoint(OP["triu"](input_x)) if upper else OP["tril"](input_x))


def cholesky_solve(input: Tensor, input2: Tensor, upper: bool = False) -> Tensor:
    """The x with L L^T x = input, for the triangular factor ``input2``: L, or L^T if ``upper``."""
    half = OP["trsm"](input2, input, lower=not upper, transpose=upper)
    return OP["trsm"](input2, half, lower=not upper, transpose=not upper)


def solve_triangular(A: Tensor, b: Tensor, upper: bool = True, transpose: bool = False,  # noqa: N803 - as below
                     unitriangular: bool = False) -> Tensor:
    """The x with A x = b for the triangular A; ``unitriangular`` takes its diagonal for ones."""
    if unitriangular:
        n = A.shape[-1]
        A = OP["where"](placed(np.eye(n, dtype=bool), A), 1.0 + 0 * A, A)
    return OP["trsm"](A, b, lower=not upper, transpose=transpose)


def triangular_solve(b: Tensor, A: Tensor, upper: bool = True, transpose: bool = False,  # noqa: N803 - MindSpore's name
                     unitriangular: bool = False) -> tuple[Tensor, Tensor]:
    """The x with A x = b for the triangular A, and A."""
    return solve_triangular(A, b, upper, transpose, unitriangular), OP["identity"](A)


def matrix_solve(matrix: Tensor, rhs: Tensor, adjoint: bool = False) -> Tensor:
    """The x with A x = rhs; of A's transpose if ``adjoint``."""
    return OP["solve"](OP["swapaxes"](matrix, axis1=-1, axis2=-2) if adjoint else matrix, rhs)


def lstsq(input: Tensor, A: Tensor) -> Tensor:  # noqa: N803 - MindSpore's name
    """The x (N, K) of least |input x - A|, for input (M, N) of full rank and A (M, K) or (M,).

    Of the many x that M < N allows, the shortest.
    """
    if input.ndim != 2 or A.ndim not in (1, 2) or input.shape[0] != A.shape[0]:
        raise ShapeError(f"For 'lstsq', expected input (M, N) and A (M, K) or (M,), got shapes {input.shape} and "
                         f"{A.shape}.")
    b = OP["expand_dims"](A, axis=-1) if A.ndim == 1 else A
    if input.shape[0] >= input.shape[1]:
        q, r = OP["orthogonal_upper"](input)
        return OP["trsm"](r, OP["matmul"](q, b, transpose_a=True), lower=False)
    q, r = OP["orthogonal_upper"](adjoint(input))
    return OP["matmul"](q, OP["trsm"](r, b, lower=False, transpose=True))


def pinv(x: Tensor, *, atol: Any = None, rtol: Any = None, hermitian: bool = False) -> Tensor:
    """The Moore-Penrose inverse: V diag(1/s) U^T, where singular values up to max(atol, rtol s_max) count as 0.

    ``rtol`` is max(M, N) times the dtype's epsilon, or 0 if ``atol`` is given. ``hermitian`` is accepted.
    """
    s, u, v = OP["svd"](x)
    if rtol is None:
        rtol = 0.0 if atol is not None else max(x.shape[-2:]) * float(float_limits(x.np_dtype).eps)
    limit = s[..., :1] * rtol
    limit = limit if atol is None else OP["maximum"](limit, atol)
    keep = OP["greater"](s, limit)
    inverse = OP["where"](keep, 1 / OP["where"](keep, s, 1.0 + 0 * s), 0 * s)
    return OP["matmul"](v * OP["expand_dims"](inverse, axis=-2), u, transpose_b=True)


def svd(input: Tensor, full_matrices: bool = False, compute_uv: bool = True) -> Any:
    """Singular values s (..., K), falling, and U and V with input = U diag(s) V^T; s alone without ``compute_uv``."""
    return OP["svd"](input, full_matrices=full_matrices) if compute_uv else OP["singular_values"](input)


def qr(input: Tensor, mode: str = "reduced") -> tuple[Tensor, Tensor]:
    """Q with orthonormal columns and R upper triangular, input = Q R; Q square if ``mode`` is 'complete'."""
    if mode not in ("reduced", "complete"):
        raise DTypeError(f"For qr, the arg mode must be 'reduced' or 'complete', but got {mode}.")
    if input.ndim < 2:
        raise ShapeError(f"For 'qr', expected matrices in the last two axes, got shape {input.shape}.")
    m, n = input.shape[-2:]
    if mode == "complete" and m > n:
        return OP["orthogonal_complete"](input)
    if m >= n:
        return OP["orthogonal_upper"](input)
    q, u = OP["orthogonal_upper"](input[..., :m])
    return q, OP["concatenate"](u, OP["matmul"](q, input[..., m:], transpose_a=True), axis=-1)


def _row_order(pivots: np.ndarray, rows: int) -> np.ndarray:
    """The order of rows that exchanges, counted from 1, lead to."""
    lead = pivots.shape[:-1]
    found = np.empty((*lead, rows), np.int64)
    for at in np.ndindex(*lead):
        order = np.arange(rows)
        for i, j in enumerate(pivots[at]):
            order[[i, j - 1]] = order[[j - 1, i]]
        found[at] = order
    return found


def lu_solve(b: Tensor, LU_data: Tensor, LU_pivots: Tensor) -> Tensor:  # noqa: N803 - MindSpore's names
    """The x with A x = b, for the packed factors of A = P L U and its row exchanges, counted from 1."""
    order = _row_order(LU_pivots.asnumpy(), LU_data.shape[-1])
    permuted = OP["take_along"](b, placed(np.broadcast_to(order[..., None], b.shape).copy(), b), axis=-2)
    half = solve_triangular(LU_data, permuted, upper=False, unitriangular=True)
    return solve_triangular(LU_data, half)


def lu_unpack(LU_data: Tensor, LU_pivots: Tensor, unpack_data: bool = True,  # noqa: N803 - MindSpore's names
              unpack_pivots: bool = True) -> tuple:
    """(P, L, U) of the packed factors (..., M, N) of A = P L U and its row exchanges, counted from 1.

    What is not to be unpacked is None.
    """
    m, n = LU_data.shape[-2:]
    if LU_pivots.shape[:-1] != LU_data.shape[:-2]:
        raise ShapeError(f"For 'lu_unpack', LU_pivots of shape {LU_pivots.shape} do not belong to LU_data of shape "
                         f"{LU_data.shape}: the leading lengths differ.")
    k, exchanges, lower, upper = min(m, n), None, None, None
    if unpack_pivots:
        order = _row_order(LU_pivots.asnumpy(), m)
        exchanges = placed(np.swapaxes(np.eye(m)[order], -1, -2).astype(LU_data.np_dtype), LU_data)
    if unpack_data:
        one = placed(np.eye(m, k, dtype=LU_data.np_dtype), LU_data)
        lower, upper = OP["tril"](LU_data[..., :k], k=-1) + one, OP["triu"](LU_data[..., :k, :])
    return exchanges, lower, upper


# -- reflections -------------------------------------------------------------------------------------------------------


def geqrf(input: Tensor) -> tuple[Tensor, Tensor]:
    """The Householder form of QR: R with the reflections' vectors below its diagonal, and their factors tau.

    Not differentiable; see ``qr``. LAPACK's geqrf.
    """
    wide = input.np_dtype.itemsize > 2
    h, tau = np.linalg.qr(input.asnumpy() if wide else input.asnumpy().astype(np.float32), mode="raw")
    return placed(np.swapaxes(h, -1, -2).astype(input.np_dtype), input), placed(tau.astype(input.np_dtype), input)


def orgqr(input: Tensor, input2: Tensor) -> Tensor:
    """The first N columns of the product of reflections I - tau v v^T, from ``geqrf``'s x (..., M, N) and tau."""
    m, n = input.shape[-2:]
    return OP["matmul"](_reflections(input, input2), placed(np.eye(m, n, dtype=input.np_dtype), input))


def ormqr(input: Tensor, tau: Tensor, other: Tensor, left: bool = True, transpose: bool = False) -> Tensor:
    """Q @ other, or other @ Q if not ``left``, of Q the product of ``geqrf``'s reflections, or its transpose."""
    q = _reflections(input, tau)
    return OP["matmul"](q, other, transpose_a=transpose) if left else OP["matmul"](other, q, transpose_b=transpose)


def _reflections(x: Tensor, tau: Tensor) -> Tensor:
    m = x.shape[-2]
    one = placed(np.eye(m, dtype=x.np_dtype), x)
    below = OP["tril"](x, k=-1) + placed(np.eye(*x.shape[-2:], dtype=x.np_dtype), x)
    q = one
    for i in range(tau.shape[-1]):
        v = below[..., i : i + 1]
        q = OP["matmul"](q, one - reshaped(tau[..., i], (*tau.shape[:-1], 1, 1)) * OP["matmul"](v, v, transpose_b=True))
    return q


def eig(A: Tensor) -> tuple[Tensor, Tensor]:  # noqa: N803 - MindSpore's name
    """The eigenvalues (..., N) and eigenvectors (..., N, N), in columns, of square matrices: complex Tensors.

    >>> eig(Tensor([[2.0, 0.0], [0.0, 3.0]]))[0]
    Tensor(shape=[2], dtype=Complex64, value= [2+0j, 3+0j])
    """
    if A.np_dtype.kind != "c":
        A = OP["cast"](A, dtype="complex128" if A.np_dtype.name == "float64" else "complex64")
    return OP["eig"](A)


def eigvals(A: Tensor) -> Tensor:  # noqa: N803 - MindSpore's name
    """The eigenvalues (..., N) of square matrices, a complex Tensor."""
    return eig(A)[0]


def matrix_logarithm(x: Tensor) -> Tensor:
    """The matrix whose exponential is x, for each complex square matrix; it has no gradient.

    >>> import numpy as np
    >>> matrix_logarithm(Tensor(np.eye(1, dtype=np.complex64))).tolist()
    [[0j]]
    """
    if x.np_dtype.kind != "c":
        raise DTypeError(f"For 'MatrixLogarithm', x must be complex, got {x.dtype}.")
    if x.ndim < 2 or x.shape[-1] != x.shape[-2]:
        raise ShapeError(f"For 'MatrixLogarithm', x must have square matrices in its last axes, got shape {x.shape}.")
    from scipy.linalg import logm

    found = [logm(m) for m in x.asnumpy().reshape(-1, *x.shape[-2:])]
    return placed(np.array(found, x.np_dtype).reshape(x.shape), x)
