"""Padding layers."""

from __future__ import annotations

from typing import Any

from .._checkparam import check_value_type
from .._src.core.op import OPERATORS
from .._src.errors import ArgumentError, DTypeError, ShapeError
from .module import Module


class Pad(Module):
    """x padded by ((before, after), ...) for each axis.

    Args:
        paddings: a pair for each axis.
        mode: 'CONSTANT' (zeros), 'REFLECT' or 'SYMMETRIC'.

    >>> from luojia import nn, Tensor
    >>> nn.Pad(((0, 0), (1, 1)))(Tensor([[1.0, 2.0]])).asnumpy()
    array([[0., 1., 2., 0.]], dtype=float32)

    Matches ``mindspore.nn.Pad``.
    """

    def __init__(self, paddings: Any, mode: str = "CONSTANT") -> None:
        super().__init__()
        if not isinstance(paddings, tuple):
            raise DTypeError(f"For 'Pad', the type of 'paddings' must be tuple, but got {type(paddings).__name__}.")
        if any(len(p) != 2 for p in paddings):
            raise ArgumentError(f"For 'Pad', the shape of 'paddings' must be (n, 2), but got {paddings}.")
        if mode not in ("CONSTANT", "REFLECT", "SYMMETRIC"):
            raise ArgumentError(f"For 'Pad', the 'mode' must be in ['CONSTANT', 'REFLECT', 'SYMMETRIC'], but got "
                                f"{mode}.")
        self.paddings, self.mode = tuple(tuple(p) for p in paddings), mode

    def construct(self, x: Any) -> Any:
        if len(self.paddings) != x.ndim:
            raise ShapeError(f"For 'Pad', the 'paddings' must have a pair for each of the {x.ndim} axes of the input, "
                             f"but got {self.paddings}.")
        return OPERATORS["pad"](x, pad_width=self.paddings, mode=self.mode.lower())


class _SidePad(Module):
    """Pads the last axes by (left, right, top, bottom, ...), of which the last pairs may be left out.

    A constant's padding, and a border's, may be negative.
    """

    _axes = 2
    _mode = "constant"

    def __init__(self, padding: Any) -> None:
        super().__init__()
        check_value_type("padding", padding, (int, tuple, list), type(self).__name__)
        sides = (padding,) * (2 * self._axes) if isinstance(padding, int) else tuple(padding)
        fits = len(sides) % 2 == 0 and 2 * (self._axes == 1) <= len(sides) <= 2 * self._axes
        if not fits or self._mode == "reflect" and min(sides, default=0) < 0:
            raise ArgumentError(f"For '{type(self).__name__}', the 'padding' must be an int or {2 * self._axes} of them"
                                f"{', all >= 0' if self._mode == 'reflect' else ''}, but got {padding}.")
        self.padding = sides

    def construct(self, x: Any) -> Any:
        pairs = [self.padding[i : i + 2] for i in range(0, len(self.padding), 2)][::-1]
        width = ((0, 0),) * (x.ndim - len(pairs)) + tuple(pairs)
        if min(self.padding, default=0) < 0:  # takes elements away
            x = x[tuple([slice(max(-a, 0), n - max(-b, 0)) for n, (a, b) in zip(x.shape, width)])]
            width = tuple([(max(a, 0), max(b, 0)) for a, b in width])
        return self._pad(x, width)

    def _pad(self, x: Any, width: tuple) -> Any:
        return OPERATORS["pad"](x, pad_width=width, mode=self._mode)


class ZeroPad2d(_SidePad):
    """Zeros around the last two axes, by (left, right, top, bottom).

    >>> from luojia import nn, Tensor
    >>> nn.ZeroPad2d((1, 0, 0, 1))(Tensor([[1.0, 2.0]])).asnumpy()
    array([[0., 1., 2.],
           [0., 0., 0.]], dtype=float32)
    """


class ReflectionPad2d(_SidePad):
    """The last two axes reflected at their borders, by (left, right, top, bottom).

    >>> from luojia import nn, Tensor
    >>> nn.ReflectionPad2d((1, 1, 0, 0))(Tensor([[[1.0, 2.0, 3.0]]])).asnumpy()
    array([[[2., 1., 2., 3., 2.]]], dtype=float32)
    """

    _mode = "reflect"


class ReflectionPad1d(ReflectionPad2d):
    """The last axis reflected at its borders, by (left, right).

    >>> from luojia import nn, Tensor
    >>> nn.ReflectionPad1d((1, 1))(Tensor([[1.0, 2.0, 3.0]])).asnumpy()
    array([[2., 1., 2., 3., 2.]], dtype=float32)
    """

    _axes = 1


class ConstantPad2d(_SidePad):
    """A constant around the last two axes, by (left, right, top, bottom).

    >>> from luojia import nn, Tensor
    >>> nn.ConstantPad2d((1, 0, 0, 1), 9.0)(Tensor([[1.0, 2.0]])).asnumpy()
    array([[9., 1., 2.],
           [9., 9., 9.]], dtype=float32)
    """

    def __init__(self, padding: Any, value: float) -> None:
        super().__init__(padding)
        self.value = check_value_type("value", value, (int, float), type(self).__name__)

    def _pad(self, x: Any, width: tuple) -> Any:
        return OPERATORS["pad"](x, pad_width=width, constant_values=self.value)


class ConstantPad1d(ConstantPad2d):
    """A constant around the last axis, by (left, right).

    >>> from luojia import nn, Tensor
    >>> nn.ConstantPad1d((1, 2), 9.0)(Tensor([1.0, 2.0])).asnumpy()
    array([9., 1., 2., 9., 9.], dtype=float32)
    """

    _axes = 1


class ConstantPad3d(ConstantPad2d):
    """A constant around the last three axes, by (left, right, top, bottom, front, back).

    >>> from luojia import nn, Tensor
    >>> nn.ConstantPad3d(1, 0.0)(Tensor(np.ones((2, 3, 4), np.float32))).shape
    (4, 5, 6)
    """

    _axes = 3


class ReflectionPad3d(ReflectionPad2d):
    """The last three axes reflected at their borders, by (left, right, top, bottom, front, back).

    >>> from luojia import nn, Tensor
    >>> nn.ReflectionPad3d(1)(Tensor(np.ones((1, 2, 3, 4), np.float32))).shape
    (1, 4, 5, 6)
    """

    _axes = 3


class ReplicationPad2d(_SidePad):
    """The border of the last two axes repeated, by (left, right, top, bottom).

    >>> from luojia import Tensor, nn
    >>> nn.ReplicationPad2d((1, 0, 0, 1))(Tensor([[1.0, 2.0]])).tolist()
    [[1.0, 1.0, 2.0], [1.0, 1.0, 2.0]]
    """

    _mode = "edge"


class ReplicationPad1d(ReplicationPad2d):
    """The border of the last axis repeated, by (left, right).

    >>> from luojia import nn, Tensor
    >>> nn.ReplicationPad1d((1, 2))(Tensor([[1.0, 2.0]])).asnumpy()
    array([[1., 1., 2., 2., 2.]], dtype=float32)
    """

    _axes = 1


class ReplicationPad3d(ReplicationPad2d):
    """The border of the last three axes repeated, by (left, right, top, bottom, front, back).

    >>> from luojia import nn, Tensor
    >>> nn.ReplicationPad3d(1)(Tensor(np.ones((1, 2, 3, 4), np.float32))).shape
    (1, 4, 5, 6)
    """

    _axes = 3


__all__ = ["ConstantPad1d", "ConstantPad2d", "ConstantPad3d", "Pad", "ReflectionPad1d", "ReflectionPad2d",
           "ReflectionPad3d", "ReplicationPad1d", "ReplicationPad2d", "ReplicationPad3d", "ZeroPad2d"]
