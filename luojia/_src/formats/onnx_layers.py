"""How layers are written as nodes of ONNX: convolutions, poolings, norms, rectifiers, outputs. See ``onnx_trace``.

Source: https://github.com/onnx/onnx/blob/main/docs/Operators.md, operator set 13.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from luojia._src.errors import NotSupportedError
from luojia._src.formats.onnx_arrays import real
from luojia._src.formats.onnx_trace import EMITTERS, Graph, Traced, emits, value_of


def _pads(pad: Any) -> list[int]:
    return [int(low) for low, _ in pad] + [int(high) for _, high in pad]


@emits("conv", "conv_bias")
def _conv(g: Graph, x: Any, w: Any, b: Any = None, *, stride: Any, pad: Any, dilation: Any, groups: int) -> Any:
    how = {"stride": stride, "pad": pad, "dilation": dilation, "groups": groups}
    value = real("conv", x, w, **how) if b is None else real("conv_bias", x, w, b, **how)
    return g.node("Conv", [g.name(x), g.name(w), g.name(b)], value, kernel_shape=list(w.shape[2:]),
                  strides=list(stride), dilations=list(dilation), group=groups, pads=_pads(pad))


@emits("conv_dx")
def _conv_dx(g: Graph, x: Any, w: Any, *, shape: Any, stride: Any, pad: Any, dilation: Any, groups: int) -> Any:
    value = real("conv_dx", x, w, shape=shape, stride=stride, pad=pad, dilation=dilation, groups=groups)
    more = [n - ((m - 1) * s + d * (k - 1) + 1 - low - high) for n, m, s, d, k, (low, high) in
            zip(shape[2:], x.shape[2:], stride, dilation, w.shape[2:], pad)]
    return g.node("ConvTranspose", [g.name(x), g.name(w)], value, kernel_shape=list(w.shape[2:]), strides=list(stride),
                  dilations=list(dilation), group=groups, pads=_pads(pad), output_padding=more)


@emits("max_pool")
def _max_pool(g: Graph, x: Any, *, kernel: Any, stride: Any, pad: Any) -> Any:
    value = real("max_pool", x, kernel=kernel, stride=stride, pad=pad)
    if tuple(kernel) == x.shape[2:] and not any(_pads(pad)):
        return g.node("GlobalMaxPool", [x.name], value)
    return g.node("MaxPool", [x.name], value, kernel_shape=list(kernel), strides=list(stride), pads=_pads(pad))


@emits("avg_pool")
def _avg_pool(g: Graph, x: Any, *, kernel: Any, stride: Any, pad: Any, count_include_pad: bool = True,
              extra: Any = None) -> Any:
    how = {"kernel": kernel, "stride": stride, "pad": pad}
    value = real("avg_pool", x, **how, count_include_pad=count_include_pad, extra=extra)
    if tuple(kernel) == x.shape[2:] and not any(_pads(pad)):
        return g.node("GlobalAveragePool", [x.name], value)
    if not extra or not np.any(extra) or not count_include_pad:
        return g.node("AveragePool", [x.name], value, kernel_shape=list(kernel), strides=list(stride), pads=_pads(pad),
                      count_include_pad=int(count_include_pad))
    ones = np.ones((1, 1, *x.shape[2:]), x.dtype)  # what makes up a whole window is not counted
    counts = real("sum_pool", ones, **how) / real("avg_pool", ones, **how, count_include_pad=True, extra=extra)
    return g.divide(g.sum_pool(x, **how), counts.astype(x.dtype))


@emits("sum_pool")
def _sum_pool(g: Graph, x: Any, *, kernel: Any, stride: Any, pad: Any) -> Any:
    value = real("sum_pool", x, kernel=kernel, stride=stride, pad=pad)
    count = float(np.prod(kernel))
    mean = g.node("AveragePool", [x.name], value / x.dtype.type(count), kernel_shape=list(kernel), strides=list(stride),
                  pads=_pads(pad), count_include_pad=1)
    return g.multiply(mean, count)


@emits("normalize")
def _normalize(g: Graph, x: Any, gamma: Any, beta: Any, *, axes: Any, eps: float) -> Any:
    mean = g.mean(x, axes, keepdims=True)
    rest = g.subtract(x, mean)
    var = g.mean(g.square(rest), axes, keepdims=True)
    inv = g.reciprocal(g.sqrt(g.add(var, eps)))
    return g.add(g.multiply(g.multiply(rest, inv), gamma), beta), mean, var, inv


@emits("batch_norm")
def _batch_norm(g: Graph, x: Any, gamma: Any, beta: Any, mean: Any, var: Any, *, eps: float = 1e-3,
                fix_gamma: bool = False, output_mean_var: Any = False, axis: int = 1, **how: Any) -> Any:
    if output_mean_var:
        raise NotSupportedError(f"{g.who}: batch_norm with its mean and variance is not written as ONNX.")
    gamma = np.ones(value_of(gamma).shape, value_of(gamma).dtype) if fix_gamma else gamma
    axis = axis % x.ndim
    turned = axis != 1 and x.ndim > 1
    if turned:
        x = g.swapaxes(x, 1, axis)
    value, *_ = real("batch_norm", x, gamma, beta, mean, var, eps=eps, axis=1)
    out = g.node("BatchNormalization", [g.name(v) for v in (x, gamma, beta, mean, var)], value, epsilon=float(eps))
    return (g.swapaxes(out, 1, axis) if turned else out), mean, var


@emits("batch_norm_relu")
def _batch_norm_relu(g: Graph, *args: Any, **how: Any) -> Any:
    out, *rest = _batch_norm(g, *args, **how)
    return (g.relu(out), *rest)


@emits("instance_norm")
def _instance_norm(g: Graph, x: Any, gamma: Any, beta: Any, *, eps: float = 1e-3, output_mean_var: Any = False) -> Any:
    value = real("instance_norm", x, gamma, beta, eps=eps)
    return g.node("InstanceNormalization", [g.name(x), g.name(gamma), g.name(beta)], value, epsilon=float(eps))


@emits("local_response_norm")
def _local_response_norm(g: Graph, x: Any, *, alpha: float = 1e-4, beta: float = 0.75, knorm: float = 2,
                         nsize: int) -> Any:
    value = real("local_response_norm", x, alpha=alpha, beta=beta, knorm=knorm, nsize=nsize)
    return g.node("LRN", [x.name], value, alpha=float(alpha), beta=float(beta), bias=float(knorm), size=nsize)


@emits("dropout")
def _dropout(g: Graph, key: Any, x: Any, **how: Any) -> Any:
    return x


def _softmax(name: str, op: str) -> None:
    @emits(name)
    def emit(g: Graph, x: Any, length: Any = None, axis: Any = -1, temperature: Any = None, dtype: Any = None,
             use_length: bool = False, mode: Any = None) -> Any:
        if length is not None and use_length:
            raise NotSupportedError(f"{g.who}: {name} of rows of several lengths is not written as ONNX.")
        x = x if dtype is None else g.cast(x, dtype)
        x = x if temperature in (None, 1, 1.0) else g.divide(x, temperature)
        axis = (1 if mode == "channel" else -1) if mode is not None else axis[0] if isinstance(axis, tuple) else axis
        return g.node(op, [x.name], real(name, x, axis=axis), axis=int(axis))


_softmax("softmax", "Softmax")
_softmax("log_softmax", "LogSoftmax")


@emits("softmax_output")
def _softmax_output(g: Graph, x: Any, label: Any = None, *, multi_output: bool = False, preserve_shape: bool = False,
                    **how: Any) -> Any:
    if multi_output or preserve_shape or x.ndim == 2:
        return g.softmax(x, axis=1 if multi_output else -1)
    return g.reshape(g.softmax(g.reshape(x, (x.shape[0], -1)), axis=-1), x.shape)


@emits("logistic_regression_output")
def _logistic(g: Graph, x: Any, label: Any = None, **how: Any) -> Any:
    return g.sigmoid(x)


EMITTERS.update(dict.fromkeys(("linear_regression_output", "mae_regression_output", "svm_output"),
                              lambda g, x, label=None, **how: x))


@emits("activation")
def _activation(g: Graph, x: Any, *, act_type: str) -> Any:
    return getattr(g, {"softrelu": "softplus"}.get(act_type, act_type))(x)


def _shaped(name: str, op: str, **names: str) -> None:
    """A rectifier with a number: as an attribute of the node under ONNX's name."""
    @emits(name)
    def emit(g: Graph, x: Any, **how: Any) -> Any:
        return g.node(op, [x.name], real(name, x, **how), **{onnx: float(how[ours]) for ours, onnx in names.items()
                                                             if ours in how})


_shaped("elu", "Elu", alpha="alpha")
_shaped("hard_sigmoid", "HardSigmoid", alpha="alpha", beta="beta")
_shaped("selu", "Selu")


@emits("leaky_relu")
def _leaky_relu(g: Graph, x: Any, *, slope: float = 0.01, halfway: bool = False) -> Any:
    return g.node("LeakyRelu", [x.name], real("leaky_relu", x, slope=slope), alpha=float(slope))


@emits("leaky_relu_family")
def _family(g: Graph, x: Any, w: Any = None, *, act_type: str = "leaky", slope: float = 0.25,
            lower_bound: float = 0.125, upper_bound: float = 0.334) -> Any:
    if act_type == "prelu":
        return g.prelu(x, w)
    if act_type in ("leaky", "rrelu"):
        return g.leaky_relu(x, slope=slope if act_type == "leaky" else (lower_bound + upper_bound) / 2)
    if act_type == "elu":
        return g.elu(x, alpha=slope)
    return g.selu(x) if act_type == "selu" else g.gelu(x)


@emits("prelu")
def _prelu(g: Graph, x: Any, w: Any) -> Any:
    if w.ndim == 1 and x.ndim > 2:
        w = g.reshape(w, (-1,) + (1,) * (x.ndim - 2)) if isinstance(w, Traced) else w.reshape(-1, *(1,) * (x.ndim - 2))
    value = np.where(x.value > 0, x.value, value_of(w) * x.value)
    return g.node("PRelu", [x.name, g.name(w)], value)


__all__: list[str] = []
