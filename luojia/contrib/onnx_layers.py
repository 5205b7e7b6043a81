"""What the nodes of ONNX graphs that are products and layers are as Symbols.

Source: https://github.com/onnx/onnx/blob/main/docs/Operators.md; attributes are those of operator sets 1 to 21;
axes may come as an attribute or as an input.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import symbol as sym
from ..np.graph import numpys
from .onnx_nodes import Given, reads
from .onnx_shapes import padded


@reads("MatMul")
def _matmul(given: Given) -> Any:
    return numpys.matmul(given.symbol(0), given.symbol(1))


@reads("Einsum")
def _einsum(given: Given) -> Any:
    return numpys.einsum(given.attrs["equation"], *given.symbols())


@reads("Gemm")
def _gemm(given: Given) -> Any:
    alpha, beta = given.number("alpha", 1.0), given.number("beta", 1.0)
    turned_a, turned_b = given.attrs.get("transA", 0), given.attrs.get("transB", 0)
    w, c = given.inputs[1], given.inputs[2] if given.has(2) else None
    plain = isinstance(w, np.ndarray) and (c is None or isinstance(c, np.ndarray))
    if plain and not turned_a:  # a dense layer
        w = np.ascontiguousarray(w if turned_b else w.T) * w.dtype.type(alpha)
        units = w.shape[0]
        weight = given.graph.parameter(given.node.inputs[1], w)
        if c is None:
            return sym.FullyConnected(given.symbol(0), weight, num_hidden=units, no_bias=True, flatten=False)
        if c.size == 1 or c.shape in ((units,), (1, units)):
            shift = np.broadcast_to(c.reshape(-1) * c.dtype.type(beta), units)
            bias = given.graph.parameter(given.node.inputs[2], shift)
            return sym.FullyConnected(given.symbol(0), weight, bias, num_hidden=units, flatten=False)
    out = sym.dot(given.symbol(0), given.symbol(1), transpose_a=bool(turned_a), transpose_b=bool(turned_b)) * alpha
    return out if c is None else sym.broadcast_add(out, given.symbol(2) * beta)


def _spatial(given: Given, kernel: list[int], stride: list[int], dilation: list[int]) -> tuple[list, list]:
    """The paddings before and after each axis."""
    axes, auto = len(kernel), given.attrs.get("auto_pad", "NOTSET")
    if auto in ("SAME_UPPER", "SAME_LOWER"):
        sizes = given.shape()[2:]
        total = [max((-(-n // s) - 1) * s + (k - 1) * d + 1 - n, 0)
                 for n, k, s, d in zip(sizes, kernel, stride, dilation)]
        less, more = [t // 2 for t in total], [t - t // 2 for t in total]
        return (less, more) if auto == "SAME_UPPER" else (more, less)
    pads = given.ints("pads", None, [0] * 2 * axes) if auto != "VALID" else [0] * 2 * axes
    return pads[:axes], pads[axes:]


def _even(given: Given, before: list, after: list, value: float = 0.0) -> tuple[Any, tuple]:
    """Input 0 and the padding that a layer adds on both sides; what is uneven is padded first."""
    x = given.symbol(0)
    if before == after:
        return x, tuple(before)
    return padded(x, ((0, 0), (0, 0), *zip(before, after)), "constant", value), (0,) * len(before)


@reads("Conv")
def _conv(given: Given) -> Any:
    shape = given.shape(1)
    kernel = given.ints("kernel_shape", None, list(shape[2:]))
    stride, dilation = given.ints("strides", None, [1] * len(kernel)), given.ints("dilations", None, [1] * len(kernel))
    x, pad = _even(given, *_spatial(given, kernel, stride, dilation))
    bias = [given.symbol(2)] if given.has(2) else []
    return sym.Convolution(x, given.symbol(1), *bias, kernel=tuple(kernel), stride=tuple(stride),
                           dilate=tuple(dilation), pad=pad, num_filter=shape[0], no_bias=not bias,
                           num_group=given.attrs.get("group", 1))


@reads("ConvTranspose")
def _conv_transpose(given: Given) -> Any:
    shape, groups = given.shape(1), given.attrs.get("group", 1)
    kernel = given.ints("kernel_shape", None, list(shape[2:]))
    stride, dilation = given.ints("strides", None, [1] * len(kernel)), given.ints("dilations", None, [1] * len(kernel))
    if given.attrs.get("auto_pad", "NOTSET") not in ("NOTSET", "VALID") or "output_shape" in given.attrs:
        raise given.fail("auto_pad and output_shape are not read; export it with pads")
    pads = given.ints("pads", None, [0] * 2 * len(kernel))
    before, after = pads[: len(kernel)], pads[len(kernel) :]
    adj = given.ints("output_padding", None, [0] * len(kernel))
    cut = [max(c - b - a, 0) for a, b, c in zip(adj, before, after)]  # what is left of the output's end
    adj = [max(a + b - c, 0) for a, b, c in zip(adj, before, after)]
    if any(a >= max(s, d) for a, s, d in zip(adj, stride, dilation)):
        raise given.fail(f"pads {pads} are not read")
    bias = [given.symbol(2)] if given.has(2) else []
    out = sym.Deconvolution(given.symbol(0), given.symbol(1), *bias, kernel=tuple(kernel), stride=tuple(stride),
                            dilate=tuple(dilation), pad=tuple(before), adj=tuple(adj), num_filter=shape[1] * groups,
                            num_group=groups, no_bias=not bias)
    for axis, n in enumerate(cut, 2):
        out = sym.slice_axis(out, axis=axis, begin=0, end=-n) if n else out
    return out


@reads("MaxPool", "AveragePool", "LpPool")
def _pool(given: Given) -> Any:
    kernel, kind = given.ints("kernel_shape"), given.node.op
    stride = given.ints("strides", None, [1] * len(kernel))
    if any(n != 1 for n in given.ints("dilations", None, [1])) or len(given.node.outputs) > 1:
        raise given.fail("dilations and places of maxima are not read")
    before, after = _spatial(given, kernel, stride, [1] * len(kernel))
    counted = bool(given.attrs.get("count_include_pad", 0))
    if before != after and kind == "AveragePool" and not counted:
        return _mean_of_inside(given, kernel, stride, before, after)
    x, pad = _even(given, before, after, -3.4e38 if kind == "MaxPool" else 0.0)
    more = {"p_value": given.attrs.get("p", 2)} if kind == "LpPool" else {}
    return sym.Pooling(x, kernel=tuple(kernel), stride=tuple(stride), pad=pad, count_include_pad=counted,
                       pool_type={"MaxPool": "max", "AveragePool": "avg", "LpPool": "lp"}[kind],
                       pooling_convention="full" if given.attrs.get("ceil_mode") else "valid", **more)


def _mean_of_inside(given: Given, kernel: list, stride: list, before: list, after: list) -> Any:
    """The mean of each window over what is no padding, which is uneven."""
    inside: Any = np.ones((), np.float32)
    for n, k, s, a, b in zip(given.shape()[2:], kernel, stride, before, after):
        starts = np.arange((n + a + b - k) // s + 1) * s - a
        counts = np.minimum(starts + k, n) - np.maximum(starts, 0)
        inside = np.multiply.outer(inside, counts)
    x, _ = _even(given, before, after)
    total = sym.Pooling(x, kernel=tuple(kernel), stride=tuple(stride), pool_type="sum")
    counts = given.graph.parameter(f"{given.node.outputs[0]}_counts", inside.astype(np.float32)[None, None])
    return sym.broadcast_div(total, counts)


@reads("GlobalMaxPool", "GlobalAveragePool")
def _global_pool(given: Given) -> Any:
    kernel = (1,) * (len(given.shape()) - 2)
    return sym.Pooling(given.symbol(0), kernel=kernel, global_pool=True,
                       pool_type="max" if given.node.op == "GlobalMaxPool" else "avg")


@reads("BatchNormalization", "SpatialBN")
def _batch_norm(given: Given) -> Any:
    momentum = given.number("momentum", 0.9)
    return sym.BatchNorm(*given.symbols(), eps=given.number("epsilon", 1e-5), momentum=momentum, fix_gamma=False,
                         use_global_stats=not given.attrs.get("training_mode"))[0]


@reads("InstanceNormalization")
def _instance_norm(given: Given) -> Any:
    return sym.InstanceNorm(*given.symbols(), eps=given.number("epsilon", 1e-5))


@reads("LayerNormalization")
def _layer_norm(given: Given) -> Any:
    if given.attrs.get("axis", -1) not in (-1, len(given.shape()) - 1):
        raise given.fail("only the last axis is read")
    shift = given.symbol(2) if given.has(2) else sym.zeros_like(given.symbol(1))
    return sym.LayerNorm(given.symbol(0), given.symbol(1), shift, eps=given.number("epsilon", 1e-5))


@reads("LRN")
def _lrn(given: Given) -> Any:
    return sym.LRN(given.symbol(0), alpha=given.number("alpha", 1e-4), beta=given.number("beta", 0.75),
                   knorm=given.number("bias", 1.0), nsize=given.attrs["size"])


@reads("LpNormalization")
def _lp_norm(given: Given) -> Any:
    x, axis = given.symbol(0), given.attrs.get("axis", -1)
    return sym.broadcast_div(x, sym.norm(x, ord=given.attrs.get("p", 2), axis=axis, keepdims=True))
