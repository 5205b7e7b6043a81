"""Dropout, of entries and of whole channels."""

from __future__ import annotations

from typing import Any

from .._src.core.dtypes import DType, float32
from .._src.core.op import OPERATORS
from .._src.core.random import next_key
from .._src.core.tensor import Tensor
from .._src.errors import ArgumentError, DTypeError
from .module import Module


class Dropout(Module):
    """In training, zeroes entries with probability p and divides the others by 1 - p (Srivastava et al. 2014).

    Args:
        keep_prob: 1 - p, as MindSpore 1.x has it.
        p: the probability of zeroing, as 2.x has it; goes before ``keep_prob``.

    >>> from luojia import Tensor, nn
    >>> nn.Dropout(p=0.5)(Tensor([1.0, 2.0]))  # not training
    Tensor(shape=[2], dtype=Float32, value= [ 1.00000000e+00,  2.00000000e+00])

    Matches ``mindspore.nn.Dropout``.
    """

    _shared_axes: int | None = None  # axes after the channels share one draw

    def __init__(self, keep_prob: float = 0.5, p: float | None = None, dtype: DType = float32) -> None:
        super().__init__()
        if p is None:
            if isinstance(keep_prob, bool) or not isinstance(keep_prob, (int, float)):
                raise DTypeError(f"For 'Dropout', the 'keep_prob' must be float, but got {type(keep_prob).__name__}.")
            if not 0 < keep_prob <= 1:
                raise ArgumentError(f"For 'Dropout', the 'keep_prob' must be a number in range (0, 1], but got "
                                    f"{keep_prob}.")
            self.p, self._shown = 1.0 - keep_prob, f"keep_prob={keep_prob}"
        else:
            self._set_p(p)
        self.keep_prob = 1.0 - self.p

    def _set_p(self, p: Any) -> None:
        who = type(self).__name__
        if isinstance(p, bool) or not isinstance(p, (int, float)):
            raise DTypeError(f"For '{who}', the 'p' must be float, but got {type(p).__name__}.")
        if not 0 <= p < 1:
            raise ArgumentError(f"For '{who}', the 'p' must be a number in range [0, 1), but got {p}.")
        self.p, self._shown = float(p), f"p={p}"

    def _axes(self, x: Any) -> tuple:
        return ()

    def construct(self, x: Any) -> Any:
        if not isinstance(x, Tensor) and not hasattr(x, "_luojia_apply"):
            raise DTypeError(f"For '{type(self).__name__}', the input must be a Tensor, but got {type(x).__name__}.")
        if not self.training or self.p == 0:
            return x
        return OPERATORS["dropout"](next_key(x._device), x, p=self.p, axes=self._axes(x), training=True)

    def extend_repr(self) -> str:
        return self._shown


class _ChannelDropout(Dropout):
    _spatial = 1

    def __init__(self, p: float = 0.5) -> None:
        Module.__init__(self)
        self._set_p(p)
        self.keep_prob = 1.0 - self.p

    def _axes(self, x: Any) -> tuple:
        return tuple(range(x.ndim - self._spatial, x.ndim))


class Dropout1d(_ChannelDropout):
    """Dropout of whole channels of (N, C, L).

    >>> from luojia import nn, Tensor
    >>> nn.Dropout1d(0.5)(Tensor([[[1.0, 2.0]]])).asnumpy()
    array([[[1., 2.]]], dtype=float32)
    """


class Dropout2d(_ChannelDropout):
    """Dropout of whole channels of (N, C, H, W).

    >>> from luojia import nn, Tensor
    >>> nn.Dropout2d(0.5)(Tensor([[[[1.0, 2.0]]]])).asnumpy()
    array([[[[1., 2.]]]], dtype=float32)
    """

    _spatial = 2


class Dropout3d(_ChannelDropout):
    """Dropout of whole channels of (N, C, D, H, W).

    >>> from luojia import nn, Tensor
    >>> nn.Dropout3d(0.5)(Tensor([[[[[1.0, 2.0]]]]])).asnumpy()
    array([[[[[1., 2.]]]]], dtype=float32)
    """

    _spatial = 3


__all__ = ["Dropout", "Dropout1d", "Dropout2d", "Dropout3d"]
