"""Linear algebra, under mint's names."""

from __future__ import annotations

from typing import Any

from .._src.core.documented import tell as _tell
from .._src.core.given import checked
from .._src.core.op import OPERATORS as OP
from .._src.ops import Tensor
from .._src.ops.composed import linear
from .._src.paths import public_names


@checked
def inv(input: Tensor) -> Tensor:
    """The inverse of each matrix."""
    return OP["inverse"](input)


@checked
def qr(A: Tensor, mode: str = "reduced") -> tuple[Tensor, Tensor]:  # noqa: N803 - mint's name
    """Q with orthonormal columns and R upper triangular, A = Q R.

    Q is square if ``mode`` is 'complete', and empty, for want of only R, if it is 'r'.
    """
    if mode == "r":
        return A[..., :0].flatten(), linear.qr(A)[1]
    return linear.qr(A, mode)


@checked
def matrix_norm(A: Tensor, ord: Any = "fro", dim: Any = (-2, -1), keepdim: bool = False, *,  # noqa: N803 - mint's name
                dtype: Any = None) -> Tensor:
    """The norm of the matrices in two axes: 'fro', 'nuc', or 1, -1, 2, -2, inf or -inf."""
    return linear.matrix_norm(A, ord, dim, keepdim, dtype=dtype)


@checked
def vector_norm(x: Tensor, ord: Any = 2, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """(sum |x|^ord)^(1/ord) over ``dim``, of all elements by default."""
    return linear.smooth_norm(x, ord, tuple(dim) if isinstance(dim, list) else dim, keepdim, dtype=dtype)


@checked
def norm(A: Tensor, ord: Any = None, dim: Any = None, keepdim: bool = False, *,  # noqa: N803 - mint's name
         dtype: Any = None) -> Tensor:
    """A vector norm, or with an ``ord`` of the matrices in two axes a matrix norm."""
    matrices = ord is not None and (A.ndim == 2 if dim is None else not isinstance(dim, int) and len(dim) == 2)
    if matrices:
        return linear.matrix_norm(A, ord, (-2, -1) if dim is None else dim, keepdim, dtype=dtype)
    return vector_norm(A, 2 if ord is None else ord, dim, keepdim, dtype=dtype)


__all__ = ["inv", "matrix_norm", "norm", "qr", "vector_norm"]
__dir__ = public_names(__name__)
_tell(globals(), __all__, __name__)
