"""Convolution. It is bilinear: its derivative rules, and theirs, are among three operators.

``conv``, ``conv_dx`` and ``conv_dw`` take the geometry in normal form; ``convolution`` and ``deconvolution`` are what
both doors call, and add the bias.
"""

from __future__ import annotations

from ..core.op import op
from ..engine.kernels.conv import conv_pull, conv_shape
from ..engine.kernels.rows import rows, total
from ..engine.numpy_engine import ENGINE
from ..errors import ShapeError
from .layout import takes_channels_last
from .window import check_layout, ints, padding, pads, spatial


@op(fn=())
def conv(xp, x, w, *, stride, pad, dilation, groups):
    """Cross-correlation of x (N, C, *spatial) with w (O, C / groups, *kernel); ``pad`` is (low, high) per axis."""
    return xp.conv(x, w, stride=stride, pad=pad, dilation=dilation, groups=groups)


@conv.vjp(keep="args")
def _(xp, g, ans, args, needs, **how):
    x, w = args
    return (xp.conv_dx(g, w, shape=x.shape, **how) if needs[0] else None,
            xp.conv_dw(g, x, shape=w.shape, **how) if needs[1] else None)


@op(fn=())
def conv_dx(xp, g, w, *, shape, stride, pad, dilation, groups):
    """The gradient of ``conv`` with respect to its input of ``shape``; as a forward, transposed convolution."""
    return xp.conv_dx(g, w, shape=shape, stride=stride, pad=pad, dilation=dilation, groups=groups)


@conv_dx.vjp(keep="args")
def _(xp, h, ans, args, needs, *, shape, **how):
    g, w = args
    return (xp.conv(h, w, **how) if needs[0] else None,
            xp.conv_dw(g, h, shape=w.shape, **how) if needs[1] else None)


@op(fn=())
def conv_dw(xp, g, x, *, shape, stride, pad, dilation, groups):
    """The gradient of ``conv`` with respect to its weight of ``shape``."""
    return xp.conv_dw(g, x, shape=shape, stride=stride, pad=pad, dilation=dilation, groups=groups)


@conv_dw.vjp(keep="args")
def _(xp, h, ans, args, needs, *, shape, **how):
    g, x = args
    return (xp.conv(x, h, **how) if needs[0] else None,
            xp.conv_dx(g, h, shape=x.shape, **how) if needs[1] else None)


# -- what the doors call -----------------------------------------------------------------------------------------------


def _geometry(x, w, *, kernel, stride, pad, dilation, groups, num_filter, pad_mode, layout, name="Convolution"):
    """The keywords of ``conv`` for x and w of these shapes."""
    check_layout(layout, name)
    size = spatial(x, name)
    axes = len(size)
    if len(w) != axes + 2:
        raise ShapeError(f"{name} expects a weight of {axes + 2} axes (out, in / groups, *kernel) for data {tuple(x)}, "
                         f"got {tuple(w)}.")
    if kernel not in (None, ()) and ints(kernel, axes, "kernel", name) != tuple(w[2:]):
        raise ShapeError(f"{name} with kernel={kernel} expects a weight (out, in / groups, *kernel), got {tuple(w)}.")
    if num_filter and num_filter != w[0]:
        raise ShapeError(f"{name} with num_filter={num_filter} expects a weight ({num_filter}, {x[1] // groups}, "
                         f"*kernel), got {tuple(w)}.")
    stride, dilation = ints(stride, axes, "stride", name), ints(dilation, axes, "dilation", name)
    pad = padding(pad_mode, pad, size, w[2:], stride, dilation, name)
    return {"stride": stride, "pad": pad, "dilation": dilation, "groups": groups}


def _expect_bias(b, channels, name):
    if b is not None and tuple(b.shape) != (channels,):
        raise ShapeError(f"{name} of {channels} output channels expects a bias of shape ({channels},), got "
                         f"{tuple(b.shape)}.")


_MX = ("kernel=(), stride=(), dilate:dilation=(), pad=(), {extra}num_filter=0, num_group:groups=1, workspace:_=1024, "
       "no_bias:_={no_bias}, cudnn_tune:_=None, cudnn_off:_=False, layout=None")
_FN = "(input:x, weight:w, bias:b=None, stride=1, pad_mode='valid', padding:pad=0, dilation=1, groups=1)"


@op(("Conv2D(out_channel:num_filter, kernel_size:kernel, mode:_=1, pad_mode='valid', pad=0, stride=1, dilation=1, "
     "group:groups=1, data_format:layout='NCHW')(x, weight:w)",
     "Conv3D(out_channel:num_filter, kernel_size:kernel, mode:_=1, pad_mode='valid', pad=0, stride=1, dilation=1, "
     "group:groups=1, data_format:layout='NCDHW')(x, weight:w, bias:b=None)"),
    fn=("conv1d" + _FN, "conv2d" + _FN, "conv3d" + _FN),
    mx=f"Convolution(data:x, weight:w, bias:b=None, {_MX.format(extra='', no_bias='False')})")
def convolution(xp, x, w, b=None, *, kernel=None, stride=1, pad=0, dilation=1, groups=1, num_filter=None,
                pad_mode="pad", layout=None):
    """y[n, o, p] = b[o] + sum over c, k of w[o, c, k] x[n, c, p stride + k dilation - pad].

    x is (N, C, *size) with one to three spatial axes, w is (O, C / groups, *kernel), b is (O,) or absent; y is
    (N, O, *out) with out = (size + pads - dilation (kernel - 1) - 1) // stride + 1. ``stride``, ``pad`` and
    ``dilation`` are ints or one for each axis; ``pad_mode`` is 'pad', 'valid' (no padding) or 'same' (out =
    ceil(size / stride)). ``kernel`` and ``num_filter``, where given, must be those of w. Channels come first,
    or last with ``layout`` NWC, NHWC or NDHWC: x (N, *size, C), w (O, *kernel, C / groups).

    >>> from luojia import Tensor, ops
    >>> ops.conv2d(Tensor([[[[1.0, 2.0, 3.0]]]]), Tensor([[[[1.0, 1.0]]]]))
    Tensor(shape=[1, 1, 1, 2], dtype=Float32, value=
    [[[[ 3.00000000e+00,  5.00000000e+00]]]])
    """
    how = _geometry(x.shape, w.shape, kernel=kernel, stride=stride, pad=pad, dilation=dilation, groups=groups,
                    num_filter=num_filter, pad_mode=pad_mode, layout=layout)
    if b is None:
        return xp.conv(x, w, **how)
    _expect_bias(b, w.shape[0], "Convolution")
    return xp.conv_bias(x, w, b, **how)


@convolution.vjp(keep="args")
def _(xp, g, ans, args, needs, **attrs):
    x, w, _b = args
    how = _geometry(x.shape, w.shape, **attrs)
    return (xp.conv_dx(g, w, shape=x.shape, **how) if needs[0] else None,
            xp.conv_dw(g, x, shape=w.shape, **how) if needs[1] else None,
            _bias_gradient(xp, g) if needs[2] else None)


def _bias_gradient(xp, g):
    return xp.sum(g, axis=(0, *range(2, len(g.shape))))


@convolution.fast
def _(needs, x, w, b=None, **attrs):
    return convolution.fn(ENGINE.xp, x, w, b, **attrs), ()


@convolution.fast_vjp
def _(saved, g, args, needs, **attrs):
    x, w, _b = args
    xp, how = ENGINE.xp, _geometry(x.shape, w.shape, **attrs)
    if needs[0] and needs[1]:
        dx, dw = conv_pull(g, x, w, **how)
    else:
        dx = xp.conv_dx(g, w, shape=x.shape, **how) if needs[0] else None
        dw = xp.conv_dw(g, x, shape=w.shape, **how) if needs[1] else None
    if not needs[2]:
        return dx, dw, None
    flat = rows(g, (0, *range(2, g.ndim)))
    return dx, dw, _bias_gradient(xp, g) if flat is None or g.dtype == "float16" else total(flat)


@convolution.shape
def _(shapes, **attrs):
    x, w = shapes[:2]
    return conv_shape(x, w, **_geometry(x, w, **attrs))


@convolution.complete
def _(shapes, out, *, kernel=None, groups=1, num_filter=None, **_):
    x, w, b = (*shapes, None)[:3]
    channels = num_filter or (w[0] if w else b[0] if b else out[1] if out else None)
    if x is not None and kernel not in (None, ()) and channels:
        w = (channels, x[1] // groups, *ints(kernel, len(x) - 2, "kernel", "Convolution"))
    return [x, w, (channels,) if channels else b]


def _transposed(x, w, *, kernel, stride, pad, pad_list, dilation, adj, target_shape, num_filter, groups, pad_mode, size,
                layout, name="Deconvolution"):
    """The keywords of ``conv_dx``, of which the transposed convolution is the forward."""
    check_layout(layout, name)
    given = spatial(x, name)
    axes = len(given)
    if len(w) != axes + 2 or w[0] != x[1]:
        raise ShapeError(f"{name} expects a weight of shape ({x[1]}, out / groups, *kernel) for data {tuple(x)}, got "
                         f"{tuple(w)}.")
    if kernel not in (None, ()) and ints(kernel, axes, "kernel", name) != tuple(w[2:]):
        raise ShapeError(f"{name} with kernel={kernel} expects a weight (in, out / groups, *kernel), got {tuple(w)}.")
    channels = w[1] * groups
    if size is None and num_filter and num_filter != channels:
        raise ShapeError(f"{name} with num_filter={num_filter} and {groups} groups expects a weight ({x[1]}, "
                         f"{num_filter // groups}, *kernel), got {tuple(w)}.")
    stride, dilation = ints(stride, axes, "stride", name), ints(dilation, axes, "dilation", name)
    full = tuple([(n - 1) * s + d * (k - 1) + 1 for n, s, d, k in zip(given, stride, dilation, w[2:])])
    if size is not None:  # MindSpore: the whole shape of the result
        out = tuple(size[2:])
        pad = padding(pad_mode, pad if pad_list is None else pad_list, out, w[2:], stride, dilation, name)
    elif target_shape not in (None, ()) and any(ints(target_shape, axes, "target_shape", name)):
        out = ints(target_shape, axes, "target_shape", name)
        if any(f < t for f, t in zip(full, out)):
            raise ShapeError(f"{name}: target_shape {out} is larger than the {full} that data {tuple(x)} reaches.")
        pad = tuple([((f - t + 1) // 2, (f - t) // 2) for f, t in zip(full, out)])
    else:
        pad, adj = pads(pad, axes, name), ints(adj, axes, "adj", name, 0)
        if any(a >= s for a, s in zip(adj, stride)):
            raise ShapeError(f"{name}: adj must be smaller than stride, got adj {adj} and stride {stride}.")
        out = tuple([f - lo - hi + a for f, (lo, hi), a in zip(full, pad, adj)])
        if min(out) < 1:
            raise ShapeError(f"{name}: data {tuple(x)} with kernel {tuple(w[2:])}, stride {stride} and pad {pad} gives "
                             f"an output of size {out}; use less padding.")
    return {"shape": (x[0], channels, *out), "stride": stride, "pad": pad, "dilation": dilation, "groups": groups}


_MS_TRANSPOSE = ("(out_channel:num_filter, kernel_size:kernel, pad_mode='valid', pad=0, pad_list=None, mode:_=1, "
                 "stride=1, dilation=1, group:groups=1, data_format:layout='NCHW')")


@op((f"Conv2DTranspose{_MS_TRANSPOSE}(dout:x, weight:w, input_size:size)",
     f"Conv2DBackpropInput{_MS_TRANSPOSE}(out_backprop:x, filter:w, input_sizes:size)"),
    fn="conv_transpose2d(input:x, weight:w, bias:b=None, stride=1, padding:pad=0, output_padding:adj=0, groups=1, "
       "dilation=1)",
    mx=f"Deconvolution(data:x, weight:w, bias:b=None, {_MX.format(extra='adj=(), target_shape=(), ', no_bias='True')})")
def deconvolution(xp, x, w, b=None, *, kernel=None, stride=1, pad=0, pad_list=None, dilation=1, adj=0,
                  target_shape=None, num_filter=None, groups=1, pad_mode="pad", size=None, layout=None):
    """The transposed convolution: the gradient of a convolution's input, as a layer that enlarges.

    x is (N, C, *size), w is (C, O / groups, *kernel), b is (O,) or absent; y is (N, O, *out) with
    out = (size - 1) stride + dilation (kernel - 1) + 1 - pads + adj, or ``target_shape``, to which the padding is then
    fitted. ``size`` is MindSpore's input_size, the whole shape of the result.
    """
    how = _transposed(x.shape, w.shape, kernel=kernel, stride=stride, pad=pad, pad_list=pad_list, dilation=dilation,
                      adj=adj, target_shape=target_shape, num_filter=num_filter, groups=groups, pad_mode=pad_mode,
                      size=size, layout=layout)
    y = xp.conv_dx(x, w, **how)
    if b is None:
        return y
    _expect_bias(b, y.shape[1], "Deconvolution")
    return y + xp.reshape(b, (1, -1) + (1,) * (len(x.shape) - 2))


@deconvolution.vjp(keep="args")
def _(xp, g, ans, args, needs, **attrs):
    x, w, _b = args
    how = _transposed(x.shape, w.shape, **attrs)
    del how["shape"]
    return (xp.conv(g, w, **how) if needs[0] else None,
            xp.conv_dw(x, g, shape=w.shape, **how) if needs[1] else None,
            _bias_gradient(xp, g) if needs[2] else None)


@deconvolution.shape
def _(shapes, **attrs):
    return _transposed(*shapes[:2], **attrs)["shape"]


@deconvolution.complete
def _(shapes, out, *, kernel=None, groups=1, num_filter=None, **_):
    x, w, b = (*shapes, None)[:3]
    channels = num_filter or (w[1] * groups if w else b[0] if b else out[1] if out else None)
    if x is not None and kernel not in (None, ()) and channels:
        w = (x[1], channels // groups, *ints(kernel, len(x) - 2, "kernel", "Deconvolution"))
    return [x, w, (channels,) if channels else b]


@op("BiasAdd(data_format:layout='NCHW')(input_x:x, bias:b)", fn="bias_add(input_x:x, bias:b)", half="wide")
def bias_add(xp, x, b, *, layout="NCHW"):
    """x (N, C, ...) plus b (C,), one number for each channel; of ``layout`` NHWC the channels come last."""
    axis = -1 if layout == "NHWC" else 1
    if len(x.shape) < 2 or tuple(b.shape) != (x.shape[axis],):
        raise ShapeError(f"BiasAdd expects x (N, C, ...) and a bias of shape (C,), got x {tuple(x.shape)} and bias "
                         f"{tuple(b.shape)}.")
    if axis == -1:
        return x + b
    check_layout(layout, "BiasAdd")
    return x + xp.reshape(b, (1, -1) + (1,) * (len(x.shape) - 2))


@bias_add.vjp(keep="")
def _(xp, g, ans, args, needs, *, layout):
    if layout == "NHWC":
        return g, g if needs[1] else None
    return g, _bias_gradient(xp, g) if needs[1] else None


for _operator in (convolution, deconvolution):
    takes_channels_last(_operator)
