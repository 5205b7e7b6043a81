"""Activation layers: each calls the operator of its name."""

from __future__ import annotations

import inspect
from typing import Any

from .. import ops
from .._checkparam import check_value_type
from .._src.core.dtypes import DType, float32
from .._src.core.tensor import Tensor
from .._src.errors import ArgumentError, ShapeError
from .._src.ops import Parameter
from ..common.initializer import initializer
from .checks import check_bool, check_positive_int
from .module import Module


class _Activation(Module):
    """The base of the layers in the table below: attributes at construction, one operator at the call."""

    _operator: str
    __signature__: inspect.Signature

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        bound = type(self).__signature__.bind(*args, **kwargs)
        bound.apply_defaults()
        self._check(**bound.arguments)
        self._attrs = tuple(bound.arguments.values())
        self.__dict__.update(bound.arguments)

    def _check(self, **given: Any) -> None:
        who = type(self).__name__
        if who == "Softmax":
            check_value_type("axis", given["axis"], (int, tuple), who)
        if "lambd" in given:
            check_value_type("lambd", given["lambd"], (bool, int, float), who)
        if "min_val" in given:
            low, high = (check_value_type(n, given[n], (int, float), who) for n in ("min_val", "max_val"))
            if low >= high:
                raise ArgumentError(f"For Hardtanh, min_val should be less than max_val, but got {low} and {high}")

    def construct(self, x: Any) -> Any:
        return getattr(ops, self._operator)(x, *self._attrs)

    def _luojia_is_relu(self) -> bool:
        return self.__class__ is ReLU and self._luojia_is_plain()


def _layer(name: str, operator: str, doc: str, shown: str, **defaults: Any) -> type:
    """A layer; ``shown`` is what its example gives for -1 and 2, to three digits."""
    signature = inspect.Signature([
        inspect.Parameter(k, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=v) for k, v in defaults.items()])
    return type(name, (_Activation,), {
        "__doc__": f"{doc}\n\n>>> from luojia import Tensor, nn\n"
                   f">>> y = nn.{name}({'0.5, 9.0' if name == 'Threshold' else ''})(Tensor([-1.0, 2.0]))\n"
                   ">>> y.asnumpy().round(3)\n"
                   f"array({shown}, dtype=float32)\n\nMatches ``mindspore.nn.{name}``.",
        "__module__": __name__, "__signature__": signature, "_operator": operator})


_REQUIRED = inspect.Parameter.empty
ReLU = _layer("ReLU", "relu", "max(x, 0), with derivative 0 at 0.", "[0., 2.]")
ReLU6 = _layer("ReLU6", "relu6", "min(max(x, 0), 6).", "[0., 2.]")
Tanh = _layer("Tanh", "tanh", "Hyperbolic tangent.", "[-0.762,  0.964]")
Sigmoid = _layer("Sigmoid", "sigmoid", "1 / (1 + e^-x).", "[0.269, 0.881]")
Softmax = _layer("Softmax", "softmax", "e^x / sum(e^x) along ``axis``.", "[0.047, 0.953]", axis=-1)
Softmin = _layer("Softmin", "softmin", "e^-x / sum(e^-x) along ``axis``.", "[0.953, 0.047]", axis=-1)
LogSoftmax = _layer("LogSoftmax", "log_softmax", "The logarithm of softmax along ``axis``.",
                    "[-3.049, -0.049]", axis=-1)
LeakyReLU = _layer("LeakyReLU", "leaky_relu", "x where x >= 0, else alpha x.", "[-0.2,  2. ]", alpha=0.2)
ELU = _layer("ELU", "elu", "x where x >= 0, else alpha (e^x - 1).", "[-0.632,  2.   ]", alpha=1.0)
CELU = _layer("CELU", "celu", "max(x, 0) + min(alpha (e^(x / alpha) - 1), 0).", "[-0.632,  2.   ]", alpha=1.0)
SeLU = _layer("SeLU", "selu", "The self-normalizing ELU (Klambauer et al. 2017).", "[-1.111,  2.101]")
HSwish = _layer("HSwish", "hardswish", "x min(max(x + 3, 0), 6) / 6.", "[-0.333,  1.667]")
HSigmoid = _layer("HSigmoid", "hardsigmoid", "min(max(x / 6 + 1 / 2, 0), 1).", "[0.333, 0.833]")
SiLU = _layer("SiLU", "silu", "x sigmoid(x).", "[-0.269,  1.762]")
Mish = _layer("Mish", "mish", "x tanh(softplus(x)).", "[-0.303,  1.944]")
Softplus = _layer("Softplus", "softplus", "log(1 + e^x).", "[0.313, 2.127]")
Softsign = _layer("Softsign", "softsign", "x / (1 + |x|).", "[-0.5  ,  0.667]")
SoftShrink = _layer("SoftShrink", "softshrink", "x moved towards 0 by lambd, 0 within lambd of it.",
                    "[-0.5,  1.5]", lambd=0.5)
HShrink = _layer("HShrink", "hardshrink", "x, but 0 within lambd of 0.", "[-1.,  2.]", lambd=0.5)
Hardtanh = _layer("Hardtanh", "hardtanh", "x clipped to [min_val, max_val].", "[-1.,  1.]", min_val=-1.0, max_val=1.0)
Threshold = _layer("Threshold", "threshold", "x where x > threshold, else value.",
                   "[9., 2.]", threshold=_REQUIRED, value=_REQUIRED)
Tanhshrink = _layer("Tanhshrink", "tanhshrink", "x - tanh(x).", "[-0.238,  1.036]")
LogSigmoid = _layer("LogSigmoid", "logsigmoid", "log(sigmoid(x)).", "[-1.313, -0.127]")
GLU = _layer("GLU", "glu", "a sigmoid(b), where a and b are the halves of x along ``axis``.", "[-0.881]", axis=-1)
FastGelu = _layer("FastGelu", "fast_gelu", "x / (1 + e^(-1.702 |x|)) e^(0.851 (x - |x|)), an approximation of GELU.",
                  "[-0.154,  1.936]")


class GELU(Module):
    """x times the normal distribution function of x (Hendrycks and Gimpel 2016), or its tanh approximation.

    Args:
        approximate: the approximation x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) / 2.

    >>> from luojia import nn, Tensor
    >>> nn.GELU()(Tensor([-1.0, 2.0])).asnumpy().round(3)
    array([-0.159,  1.955], dtype=float32)

    Matches ``mindspore.nn.GELU``.
    """

    def __init__(self, approximate: bool = True) -> None:
        super().__init__()
        self.approximate = check_bool("GELU", "approximate", approximate)

    def construct(self, x: Any) -> Any:
        return ops.gelu(x, "tanh" if self.approximate else "none")


class Softmax2d(Module):
    """Softmax over the channels of (N, C, H, W) or (C, H, W).

    >>> from luojia import nn, Tensor
    >>> nn.Softmax2d()(Tensor(np.zeros((1, 4, 1, 1), np.float32))).asnumpy().ravel()
    array([0.25, 0.25, 0.25, 0.25], dtype=float32)

    Matches ``mindspore.nn.Softmax2d``.
    """

    def construct(self, x: Any) -> Any:
        if x.ndim not in (3, 4):
            raise ShapeError(f"For 'Softmax2d', the input must be (C, H, W) or (N, C, H, W), got shape {x.shape}.")
        return ops.softmax(x, -3)


class PReLU(Module):
    """x where x >= 0, else w x, with a trainable w for each channel, or one for all.

    Args:
        channel: the number of channels, or 1 for one w.
        w: the initial value, a number, a list or a Tensor of shape (channel,).

    >>> from luojia import nn, Tensor
    >>> nn.PReLU()(Tensor([[-1.0, 2.0]])).asnumpy()
    array([[-0.25,  2.  ]], dtype=float32)

    Matches ``mindspore.nn.PReLU``.
    """

    def __init__(self, channel: int = 1, w: Any = 0.25, dtype: DType = float32) -> None:
        super().__init__()
        check_positive_int("PReLU", "channel", channel)
        if isinstance(w, float):
            value = initializer(w, (channel,), dtype)
        else:
            value = w if isinstance(w, Tensor) else Tensor(w, dtype)
            if value.shape != (channel,):
                raise ShapeError(f"For 'PReLU', the 'w' must have shape ({channel},) for channel={channel}, got "
                                 f"{value.shape}.")
        self.w = Parameter(value, name="a")

    def construct(self, x: Any) -> Any:
        return ops.prelu(x, self.w)


class RReLU(Module):
    """x, or a x where x is negative, with a drawn anew for each element from [lower, upper] (Xu et al. 2015).

    >>> from luojia import nn, Tensor
    >>> y = nn.RReLU()(Tensor([-1.0, 2.0])).asnumpy()
    >>> bool(-1 / 3 <= y[0] <= -1 / 8), float(y[1])
    (True, 2.0)

    Matches ``mindspore.nn.RReLU``, which draws outside training too.
    """

    def __init__(self, lower: float = 1 / 8, upper: float = 1 / 3) -> None:
        super().__init__()
        if lower > upper:
            raise ArgumentError("For RReLU, the value of 'upper' must be greater than or equal to 'lower', but got "
                                f"upper: {upper}, lower: {lower}.")
        self.lower, self.upper = lower, upper

    def construct(self, x: Any) -> Any:
        return ops.rrelu(x, self.lower, self.upper)


_BY_NAME: dict[str, type] = {
    "softmax": Softmax, "softmin": Softmin, "softmax2d": Softmax2d, "logsoftmax": LogSoftmax, "relu": ReLU,
    "relu6": ReLU6, "silu": SiLU, "tanh": Tanh, "tanhshrink": Tanhshrink, "hardtanh": Hardtanh, "gelu": GELU,
    "fast_gelu": FastGelu, "elu": ELU, "celu": CELU, "selu": SeLU, "sigmoid": Sigmoid, "softsign": Softsign,
    "softplus": Softplus, "prelu": PReLU, "leakyrelu": LeakyReLU, "hswish": HSwish, "hsigmoid": HSigmoid,
    "logsigmoid": LogSigmoid, "softshrink": SoftShrink, "hshrink": HShrink, "mish": Mish, "glu": GLU,
}


def get_activation(name: str | None, prim_name: str | None = None) -> Module | None:
    """The activation layer of that name; None for None.

    >>> from luojia import nn
    >>> nn.get_activation("relu")
    ReLU()

    Raises:
        KeyError: no activation of that name.
    """
    if name is None:
        return None
    if name not in _BY_NAME:
        who = f"For '{prim_name}', the" if prim_name else "The"
        raise KeyError(f"{who} 'name' must be in {list(_BY_NAME)}, but got {name}.")
    return _BY_NAME[name]()


__all__ = ["CELU", "ELU", "FastGelu", "GELU", "GLU", "HShrink", "HSigmoid", "HSwish", "Hardtanh", "LeakyReLU",
           "LogSigmoid", "LogSoftmax", "Mish", "PReLU", "RReLU", "ReLU", "ReLU6", "SeLU", "SiLU", "Sigmoid",
           "SoftShrink", "Softmax", "Softmax2d", "Softmin", "Softplus", "Softsign", "Tanh", "Tanhshrink", "Threshold",
           "get_activation"]
