"""Functions of ``ops`` as layers: gammas, matrices and their diagonals, moves of elements."""

from __future__ import annotations

from typing import Any

from .. import ops
from .._src.core.op import OPERATORS
from .._src.errors import DTypeError, ShapeError
from .checks import check_positive_int
from .module import Module


class LGamma(Module):
    """The logarithm of |gamma(x)|.

    >>> from luojia import nn, Tensor
    >>> nn.LGamma()(Tensor([1.0, 5.0])).asnumpy().round(3)
    array([0.   , 3.178], dtype=float32)
    """

    def construct(self, x: Any) -> Any:
        return ops.lgamma(x)


class DiGamma(Module):
    """The derivative of the logarithm of the gamma function.

    >>> from luojia import nn, Tensor
    >>> nn.DiGamma()(Tensor([1.0, 2.0])).asnumpy().round(3)
    array([-0.577,  0.423], dtype=float32)
    """

    def construct(self, x: Any) -> Any:
        return ops.digamma(x)


class IGamma(Module):
    """The lower regularized incomplete gamma function: (a, x) to P(a, x).

    >>> from luojia import nn, Tensor
    >>> nn.IGamma()(Tensor([1.0]), Tensor([1.0])).asnumpy().round(3)
    array([0.632], dtype=float32)
    """

    def construct(self, a: Any, x: Any) -> Any:
        return ops.igamma(a, x)


class LBeta(Module):
    """The logarithm of the beta function: lgamma(x) + lgamma(y) - lgamma(x + y).

    >>> from luojia import nn, Tensor
    >>> nn.LBeta()(Tensor([1.0]), Tensor([2.0])).asnumpy().round(3)
    array([-0.693], dtype=float32)
    """

    def construct(self, x: Any, y: Any) -> Any:
        return ops.lgamma(x) + ops.lgamma(y) - ops.lgamma(x + y)


class MatDet(Module):
    """The determinant of each matrix.

    >>> from luojia import nn, Tensor
    >>> float(nn.MatDet()(Tensor([[2.0, 0.0], [0.0, 4.0]])))
    8.0
    """

    def construct(self, a: Any) -> Any:
        return ops.det(a)


class MatInverse(Module):
    """The inverse of each matrix.

    >>> from luojia import nn, Tensor
    >>> nn.MatInverse()(Tensor([[2.0, 0.0], [0.0, 4.0]])).asnumpy()
    array([[0.5 , 0.  ],
           [0.  , 0.25]], dtype=float32)
    """

    def construct(self, a: Any) -> Any:
        return ops.inverse(a)


class MatrixDiag(Module):
    """Matrices with the rows of the input as their diagonals.

    >>> from luojia import nn, Tensor
    >>> nn.MatrixDiag()(Tensor([1.0, 2.0])).asnumpy()
    array([[1., 0.],
           [0., 2.]], dtype=float32)
    """

    def construct(self, input_x: Any) -> Any:
        return ops.matrix_diag(input_x)


class MatrixDiagPart(Module):
    """The diagonal of each matrix.

    >>> from luojia import nn, Tensor
    >>> nn.MatrixDiagPart()(Tensor([[1.0, 2.0], [3.0, 4.0]])).asnumpy()
    array([1., 4.], dtype=float32)
    """

    def construct(self, input_x: Any) -> Any:
        return ops.matrix_diag_part(input_x)


class MatrixSetDiag(Module):
    """Matrices with their diagonals replaced: (matrices, diagonals) to matrices.

    >>> from luojia import nn, Tensor
    >>> nn.MatrixSetDiag()(Tensor([[1.0, 2.0], [3.0, 4.0]]), Tensor([9.0, 8.0])).asnumpy()
    array([[9., 2.],
           [3., 8.]], dtype=float32)
    """

    def construct(self, input_x: Any, diagonal: Any) -> Any:
        return ops.matrix_set_diag(input_x, diagonal)


class ReduceLogSumExp(Module):
    """log(sum(e^x)) over ``axis``, computed without overflow.

    >>> from luojia import nn, Tensor
    >>> round(float(nn.ReduceLogSumExp(0)(Tensor([0.0, 0.0]))), 3)
    0.693
    """

    def __init__(self, axis: Any, keep_dims: bool = False) -> None:
        super().__init__()
        self.axis, self.keep_dims = axis, keep_dims

    def construct(self, x: Any) -> Any:
        axis = self.axis if isinstance(self.axis, int) else tuple(self.axis) or tuple(range(x.ndim))
        return OPERATORS["logsumexp"](x, axis=axis, keepdims=self.keep_dims)


class Roll(Module):
    """The elements moved ``shift`` places along ``axis``, the last to the front; ints, or lists of them.

    >>> from luojia import nn, Tensor
    >>> nn.Roll(1, 0)(Tensor([1.0, 2.0, 3.0])).asnumpy()
    array([3., 1., 2.], dtype=float32)
    """

    def __init__(self, shift: Any, axis: Any) -> None:
        super().__init__()
        if not isinstance(shift, (int, tuple, list)) or not isinstance(axis, (int, tuple, list)):
            raise DTypeError(f"For 'Roll', 'shift' and 'axis' must be int, tuple or list, but got "
                             f"{type(shift).__name__} and {type(axis).__name__}.")
        if (1 if isinstance(shift, int) else len(shift)) != (1 if isinstance(axis, int) else len(axis)):
            raise ShapeError(f"For 'Roll', 'shift' and 'axis' must be equally many, but got {shift} and {axis}.")
        self.shift, self.axis = shift, axis

    def construct(self, input_x: Any) -> Any:
        shifts, axes = ([v] if isinstance(v, int) else v for v in (self.shift, self.axis))
        for shift, axis in zip(shifts, axes):
            input_x = OPERATORS["roll"](input_x, shift=shift, axis=axis)
        return input_x


class ChannelShuffle(Module):
    """The channels of ``groups`` groups dealt in turns: (N, C, ...) to (N, C, ...) (Zhang et al. 2018).

    >>> from luojia import nn, Tensor
    >>> nn.ChannelShuffle(2)(Tensor(np.arange(4.0).reshape(1, 4, 1, 1))).asnumpy().ravel()
    array([0., 2., 1., 3.])
    """

    def __init__(self, groups: int) -> None:
        super().__init__()
        self.groups = check_positive_int("ChannelShuffle", "groups", groups)

    def construct(self, x: Any) -> Any:
        return ops.channel_shuffle(x, self.groups)


class PixelUnshuffle(Module):
    """(..., C, H r, W r) to (..., C r^2, H, W): r by r pixels become channels; the inverse of ``PixelShuffle``.

    >>> from luojia import nn, Tensor
    >>> nn.PixelUnshuffle(2)(Tensor(np.ones((1, 3, 4, 6), np.float32))).shape
    (1, 12, 2, 3)
    """

    def __init__(self, downscale_factor: int) -> None:
        super().__init__()
        self.downscale_factor = check_positive_int("PixelUnshuffle", "downscale_factor", downscale_factor)

    def construct(self, input: Any) -> Any:
        return ops.pixel_unshuffle(input, self.downscale_factor)


class Upsample(Module):
    """Images enlarged to ``size`` or by ``scale_factor``: ``ops.interpolate`` as a layer.

    Args:
        mode: 'nearest', 'linear', 'bilinear', 'trilinear', 'bicubic' or 'area'.

    >>> from luojia import Tensor, nn
    >>> nn.Upsample(size=4, mode="linear")(Tensor([[[1.0, 2.0]]])).tolist()
    [[[1.0, 1.25, 1.75, 2.0]]]
    """

    def __init__(self, size: Any = None, scale_factor: Any = None, mode: str = "nearest",
                 align_corners: bool | None = None, recompute_scale_factor: bool | None = None) -> None:
        super().__init__()
        self.size, self.scale_factor, self.mode = size, scale_factor, mode
        self.align_corners, self.recompute_scale_factor = align_corners, recompute_scale_factor

    def construct(self, x: Any) -> Any:
        return ops.interpolate(x, self.size, self.scale_factor, self.mode, self.align_corners,
                               self.recompute_scale_factor)


__all__ = ["ChannelShuffle", "DiGamma", "IGamma", "LBeta", "LGamma", "MatDet", "MatInverse", "MatrixDiag",
           "MatrixDiagPart", "MatrixSetDiag", "PixelUnshuffle", "ReduceLogSumExp", "Roll", "Upsample"]
