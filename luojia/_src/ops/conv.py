"""Convolution. It is bilinear: its derivative rules, and theirs, are among three operators."""

from __future__ import annotations

from ..core.op import op


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


@op(fn=())
def convolution(xp, x, w, b=None, *, stride, pad, dilation, groups=1):
    """``conv`` plus a bias per output channel."""
    y = xp.conv(x, w, stride=stride, pad=pad, dilation=dilation, groups=groups)
    return y if b is None else y + xp.reshape(b, (1, -1) + (1,) * (len(x.shape) - 2))


@convolution.vjp(keep="args")
def _(xp, g, ans, args, needs, **how):
    x, w, _b = args
    return (xp.conv_dx(g, w, shape=x.shape, **how) if needs[0] else None,
            xp.conv_dw(g, x, shape=w.shape, **how) if needs[1] else None,
            xp.sum(g, axis=(0, *range(2, len(g.shape)))) if needs[2] else None)
