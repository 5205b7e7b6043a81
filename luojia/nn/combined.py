"""Layers that stand for several: convolution or dense layer, normalization, activation."""

from __future__ import annotations

from typing import Any

from .._src.core.dtypes import DType, float32
from .activation import get_activation
from .basic import Dense
from .checks import check_bool
from .conv import Conv2d
from .module import Module
from .normalization import BatchNorm1d, BatchNorm2d


def _act(activation: Any) -> Any:
    return get_activation(activation) if activation is None or isinstance(activation, str) else activation


class Conv2dBnAct(Module):
    """``Conv2d``, with ``has_bn`` ``BatchNorm2d``, and with an ``activation`` that.

    Args:
        activation: a name or a Module; ``alpha`` and ``after_fake`` are accepted.

    >>> from luojia import nn, Tensor
    >>> nn.Conv2dBnAct(3, 8, 3, has_bn=True, activation="relu")(Tensor(np.ones((1, 3, 6, 6), np.float32))).shape
    (1, 8, 6, 6)

    Matches ``mindspore.nn.Conv2dBnAct``.
    """

    def __init__(self, in_channels: int, out_channels: int, kernel_size: Any, stride: Any = 1, pad_mode: str = "same",
                 padding: Any = 0, dilation: Any = 1, group: int = 1, has_bias: bool = False,
                 weight_init: Any = "normal", bias_init: Any = "zeros", has_bn: bool = False, momentum: float = 0.997,
                 eps: float = 1e-5, activation: Any = None, alpha: float = 0.2, after_fake: bool = True) -> None:
        super().__init__()
        self.conv = Conv2d(in_channels, out_channels, kernel_size, stride, pad_mode, padding, dilation, group, has_bias,
                           weight_init, bias_init)
        self.has_bn = check_bool("Conv2dBnAct", "has_bn", has_bn)
        self.batchnorm = BatchNorm2d(out_channels, eps, momentum) if has_bn else None
        self.activation = _act(activation)

    def construct(self, x: Any) -> Any:
        x = self.conv(x)
        x = x if self.batchnorm is None else self.batchnorm(x)
        return x if self.activation is None else self.activation(x)


class DenseBnAct(Module):
    """``Dense``, with ``has_bn`` ``BatchNorm1d``, and with an ``activation`` that; see ``Conv2dBnAct``.

    >>> from luojia import nn, Tensor
    >>> nn.DenseBnAct(4, 2, activation="relu")(Tensor(np.ones((1, 4), np.float32))).shape
    (1, 2)
    """

    def __init__(self, in_channels: int, out_channels: int, weight_init: Any = "normal", bias_init: Any = "zeros",
                 has_bias: bool = True, has_bn: bool = False, momentum: float = 0.9, eps: float = 1e-5,
                 activation: Any = None, alpha: float = 0.2, after_fake: bool = True) -> None:
        super().__init__()
        self.dense = Dense(in_channels, out_channels, weight_init, bias_init, has_bias)
        self.has_bn = check_bool("DenseBnAct", "has_bn", has_bn)
        self.batchnorm = BatchNorm1d(out_channels, eps, momentum) if has_bn else None
        self.activation = _act(activation)

    def construct(self, x: Any) -> Any:
        x = self.dense(x)
        x = x if self.batchnorm is None else self.batchnorm(x)
        return x if self.activation is None else self.activation(x)


class Linear(Dense):
    """x W^T + b, under the names of arguments that ``mint.nn.Linear`` has.

    >>> from luojia import Tensor, nn
    >>> nn.Linear(3, 2, bias=False)(Tensor([[1.0, 2.0, 3.0]])).shape
    (1, 2)
    """

    def __init__(self, in_features: int, out_features: int, bias: bool = True, weight_init: Any = None,
                 bias_init: Any = None, dtype: DType | None = None) -> None:
        super().__init__(in_features, out_features, weight_init, bias_init, bias, dtype=dtype or float32)
        self.in_features, self.out_features = in_features, out_features

    def extend_repr(self) -> str:
        text = f"input_features={self.in_features}, output_features={self.out_features}"
        return text + (f", has_bias={self.has_bias}" if self.has_bias else "")


__all__ = ["Conv2dBnAct", "DenseBnAct", "Linear"]
