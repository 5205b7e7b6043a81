"""Normalization: y = gamma (x - mean) / sqrt(var + eps) + beta, over a batch, a layer, a group or an instance.

The kinds differ in the axes that they average over and in what gamma broadcasts over: a ``_View``. One forward, one
derivative rule and one fast path serve all. With x' = (x - mean) / sqrt(var + eps) and u = g gamma,
dx = (u - mean(u) - x' mean(u x')) / sqrt(var + eps).
"""

from __future__ import annotations

from math import prod
from typing import Any, NamedTuple

import numpy as np

from ..core.op import Operator, op
from ..engine.kernels.norm import centred_sums, normalize_dx, scale_and_shift
from ..engine.numpy_engine import ENGINE
from ..errors import ShapeError
from .window import check_layout


class _View(NamedTuple):
    """x's shape for the computation, the axes averaged over, and the shape of gamma and beta against it."""

    shape: tuple
    axes: tuple
    weights: tuple


def _count(view):
    return prod(view.shape[a] for a in view.axes)


def _reshape(xp, a, shape):
    return a if tuple(a.shape) == shape else xp.reshape(a, shape)


def _expect(name, x, size, **weights):
    for what, w in weights.items():
        if w is not None and prod(w.shape) != size:
            raise ShapeError(f"{name} of data {tuple(x.shape)} expects {what} of {size} numbers, got shape "
                             f"{tuple(w.shape)}.")


def _forward(xp, x, gamma, beta, view, eps, **how):
    """(y, mean, var, inv) with inv = 1 / sqrt(var + eps); the last three with the axes kept as 1."""
    gamma = xp.ones(view.weights, x.dtype) if gamma is None else _reshape(xp, gamma, view.weights)
    beta = xp.zeros(view.weights, gamma.dtype) if beta is None else _reshape(xp, beta, view.weights)
    y, *statistics = xp.normalize(_reshape(xp, x, view.shape), gamma, beta, axes=view.axes, eps=eps, **how)
    return (_reshape(xp, y, tuple(x.shape)), *statistics)


def _backward(xp, g, x, gamma, beta, needs, view, eps, moments=None):
    """(dx, dgamma, dbeta); ``moments`` = (gradient of the mean, of the second output, what that is)."""
    d, g = _reshape(xp, x, view.shape), _reshape(xp, g, view.shape)
    count = _count(view)

    def mean(a):
        return xp.sum(a, axis=view.axes, keepdims=True) / count

    def to_weights(a, like):
        axes = tuple([i for i, (n, m) in enumerate(zip(view.shape, view.weights)) if m == 1 != n])
        return xp.reshape(xp.sum(a, axis=axes) if axes else a, like.shape)

    d = d - mean(d)
    inv = (mean(d * d) + eps) ** -0.5
    normal = d * inv
    dx = None
    if needs[0]:
        u = g if gamma is None else g * _reshape(xp, gamma, view.weights)
        dx = inv * (u - mean(u) - normal * mean(u * normal))
        if moments is not None:
            *given, what = moments
            kept = tuple([1 if i in view.axes else n for i, n in enumerate(view.shape)])
            of_mean, of_second = [_reshape(xp, a, kept) for a in given]
            if what == "std":
                of_second = of_second * inv / 2
            elif what == "inv":
                of_second = of_second * inv * inv * inv / -2
            dx = dx + (of_mean + 2 * of_second * d) / count
        dx = _reshape(xp, dx, tuple(x.shape))
    return (dx, to_weights(g * normal, gamma) if needs[1] else None, to_weights(g, beta) if needs[2] else None)


def _second(var, inv, eps, what):
    """The second output that goes with the mean: MXNet gives layer norm's deviation and batch norm's inverse."""
    return {"var": var, "std": 1 / inv, "inv": inv}[what]


def _inverse(second, eps, what):
    """1 / sqrt(var + eps) from what `_second` gave."""
    return (second + eps) ** -0.5 if what == "var" else 1 / second if what == "std" else second


def _fast_backward(saved, g, args: Any, needs, view):
    """`normalize_dx` for the view; of a rectified result, that is saved too."""
    x, gamma = args[:2]
    dx: Any
    mean, inv, *result = saved
    weights = _ones(view.weights, x.dtype) if gamma is None else gamma.reshape(view.weights)
    dx, dgamma, dbeta = normalize_dx(g.reshape(view.shape), x.reshape(view.shape), weights, mean, inv, axes=view.axes,
                                     needs_dx=needs[0], y=result[0] if result else None)
    return (dx.reshape(x.shape) if needs[0] else None, dgamma.reshape(args[1].shape) if needs[1] else None,
            dbeta.reshape(args[2].shape) if needs[2] else None)


def _ones(shape, dtype):
    return ENGINE.xp.ones(shape, dtype)


def _define(operator: Operator, view_of: Any, second: str) -> None:
    """Give an operator (xp, x, gamma, beta, *, eps, output_mean_var, **attrs) its rule and fast path."""
    def named(output_mean_var: Any) -> str:
        return second if output_mean_var is True else output_mean_var

    @operator.vjp(keep="args")
    def _(xp, g, ans, args, needs, *, eps, output_mean_var, **attrs):
        x, gamma, beta = args
        moments = None
        if output_mean_var:
            g, *moments = g
            moments = *moments, named(output_mean_var)
        return _backward(xp, g, x, gamma, beta, needs, view_of(x, gamma, beta, **attrs), eps, moments)

    @operator.fast
    def _(needs, x, gamma=None, beta=None, *, eps, output_mean_var, **attrs):
        view = view_of(x, gamma, beta, **attrs)
        if not output_mean_var:
            y, mean, _var, inv = _forward(ENGINE.xp, x, gamma, beta, view, eps)
            return y, (mean, inv)
        outs = operator.fn(ENGINE.xp, x, gamma, beta, eps=eps, output_mean_var=output_mean_var, **attrs)
        kept = tuple([1 if i in view.axes else n for i, n in enumerate(view.shape)])
        mean, other = [a.reshape(kept) for a in outs[1:]]
        return outs, None if x.dtype.itemsize < 4 else (mean, _inverse(other, eps, named(output_mean_var)))

    @operator.fast_vjp
    def _(saved, g, args, needs, *, eps, output_mean_var, **attrs):
        if output_mean_var:
            if g[1].any() or g[2].any():
                return operator.rule(ENGINE.xp, g, None, args, needs, eps=eps, output_mean_var=output_mean_var, **attrs)
            g = g[0]
        return _fast_backward(saved, g, args, needs, view_of(*args, **attrs))


def _with_moments(outs, shape, eps, output_mean_var, second):
    y, mean, var, inv = outs
    if not output_mean_var:
        return y
    other = _second(var, inv, eps, second if output_mean_var is True else output_mean_var)
    return y, mean.reshape(shape).astype(y.dtype), other.reshape(shape).astype(y.dtype)


def _outputs(output_mean_var=False, **_):
    return 3 if output_mean_var else 1


# -- layer, group and instance -------------------------------------------------------------------------------------


def _layer(x, gamma, beta, *, axis, begin_norm_axis, begin_params_axis, normalized_shape):
    shape = tuple(x.shape)
    rank = len(shape)
    if normalized_shape is not None:
        normalized = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
        if not normalized or shape[-len(normalized):] != normalized:
            raise ShapeError(f"layer_norm of data {shape} expects normalized_shape to be its last sizes, got "
                             f"{normalized}.")
        axes = tuple(range(rank - len(normalized), rank))
    elif begin_norm_axis is not None:
        axes = tuple(range(begin_norm_axis % rank, rank))
    else:
        axes = tuple(sorted(a % rank for a in (axis if isinstance(axis, tuple) else (axis,))))
    kept = axes if begin_params_axis is None else range(begin_params_axis % rank, rank)
    weights = tuple([n if i in kept else 1 for i, n in enumerate(shape)])
    _expect("layer_norm", x, prod(weights), gamma=gamma, beta=beta)
    return _View(shape, axes, weights)


@op("LayerNorm(begin_norm_axis=1, begin_params_axis=1, epsilon:eps=1e-07)(input_x:x, gamma, beta) | "
    "output_mean_var='var'",
    fn="layer_norm(input:x, normalized_shape, weight:gamma=None, bias:beta=None, eps=1e-05)",
    mx="LayerNorm(data:x, gamma, beta, axis=-1, eps=1e-05, output_mean_var=False)", outputs=_outputs, half="wide")
def layer_norm(xp, x, gamma=None, beta=None, *, axis=-1, eps=1e-5, output_mean_var=False, begin_norm_axis=None,
               begin_params_axis=None, normalized_shape=None):
    """x normalized over ``axis`` (or from ``begin_norm_axis`` on, or over the last sizes ``normalized_shape``).

    gamma and beta have x's sizes along those axes. ``output_mean_var`` adds the mean and the standard deviation (as
    mxnet does), or with 'var' the variance.

    >>> from luojia import Tensor, ops
    >>> ops.layer_norm(Tensor([[1.0, 3.0]]), (2,), eps=0.0)
    Tensor(shape=[1, 2], dtype=Float32, value=
    [[-1.00000000e+00,  1.00000000e+00]])

    Source: Ba, Kiros and Hinton, 2016.
    """
    view = _layer(x, gamma, beta, axis=axis, begin_norm_axis=begin_norm_axis, begin_params_axis=begin_params_axis,
                  normalized_shape=normalized_shape)
    kept = tuple([1 if i in view.axes else n for i, n in enumerate(x.shape)])
    return _with_moments(_forward(xp, x, gamma, beta, view, eps), kept, eps, output_mean_var, "std")


_define(layer_norm, _layer, "std")


@layer_norm.complete
def _(shapes, out, *, axis=-1, normalized_shape=None, begin_params_axis=None, **_):
    x = shapes[0] or out
    if x is None:
        return shapes
    axes = axis if isinstance(axis, tuple) else (axis,)
    size = (tuple(x[begin_params_axis:]) if begin_params_axis is not None else
            normalized_shape or tuple([x[a] for a in axes]))
    return [x, size, size]


def _group(x, gamma, beta, *, num_groups):
    n, c, *size = x.shape if len(x.shape) > 1 else (0, 0)
    if len(x.shape) < 2 or num_groups < 1 or c % num_groups:
        raise ShapeError(f"group_norm expects data (N, C, ...) with C a multiple of num_groups={num_groups}, got "
                         f"{tuple(x.shape)}.")
    shape = (n, num_groups, c // num_groups, *size)
    axes = tuple(range(2, len(shape)))
    per_group = gamma is not None and prod(gamma.shape) == num_groups != c  # as mxnet 1.9.1 has it
    _expect("group_norm", x, num_groups if per_group else c, gamma=gamma, beta=beta)
    return _View(shape, axes, (1, num_groups, 1 if per_group else c // num_groups, *(1,) * len(size)))


@op(fn="group_norm(input:x, num_groups, weight:gamma=None, bias:beta=None, eps=1e-05)",
    mx="GroupNorm(data:x, gamma, beta, num_groups=1, eps=1e-05, output_mean_var=False)", outputs=_outputs, half="wide")
def group_norm(xp, x, gamma=None, beta=None, *, num_groups=1, eps=1e-5, output_mean_var=False):
    """x (N, C, ...) normalized over each of ``num_groups`` groups of channels of each image.

    gamma and beta have one number for each channel or, as mxnet 1.9.1 wants, for each group. Source: Wu and He, 2018.
    """
    view = _group(x, gamma, beta, num_groups=num_groups)
    return _with_moments(_forward(xp, x, gamma, beta, view, eps), view.shape[:2], eps, output_mean_var, "std")


_define(group_norm, _group, "std")


@group_norm.complete
def _(shapes, out, *, num_groups=1, **_):
    return [shapes[0] or out, *[s or (num_groups,) for s in shapes[1:]]]


def _instance(x, gamma, beta):
    if len(x.shape) < 3:
        raise ShapeError(f"instance_norm expects data (N, C, ...) with spatial axes, got {tuple(x.shape)}.")
    axes = tuple(range(2, len(x.shape)))
    _expect("instance_norm", x, x.shape[1], gamma=gamma, beta=beta)
    return _View(tuple(x.shape), axes, (1, x.shape[1], *(1,) * len(axes)))


@op(fn=(), mx="InstanceNorm(data:x, gamma, beta, eps=0.001)", outputs=_outputs, half="wide")
def instance_norm(xp, x, gamma=None, beta=None, *, eps=1e-3, output_mean_var=False):
    """x (N, C, ...) normalized over the spatial axes of each channel of each image.

    Source: Ulyanov, Vedaldi and Lempitsky, 2016.
    """
    view = _instance(x, gamma, beta)
    return _with_moments(_forward(xp, x, gamma, beta, view, eps), view.shape[:2], eps, output_mean_var, "std")


_define(instance_norm, _instance, "std")


@instance_norm.complete
def _(shapes, out, **_):
    x = shapes[0] or out
    return shapes if x is None else [x, (x[1],), (x[1],)]


# -- batch -------------------------------------------------------------------------------------------------------------


def _batch(x, gamma, beta, axis):
    rank = len(x.shape)
    if not -rank <= axis < rank or rank < 2:
        raise ShapeError(f"batch_norm expects data of two axes or more, channels on axis {axis}, got {tuple(x.shape)}.")
    axis %= rank
    _expect("batch_norm", x, x.shape[axis], gamma=gamma, beta=beta)
    weights = tuple([n if i == axis else 1 for i, n in enumerate(x.shape)])
    return _View(tuple(x.shape), tuple([i for i in range(rank) if i != axis]), weights)


def _by_batch(xp, x, gamma, beta, moving, view, eps, momentum, unbiased, **how):
    """(y, mean, var, inv, the new moving statistics)."""
    y, *statistics = _forward(xp, x, gamma, beta, view, eps, **how)
    mean, var, inv = [s.reshape(gamma.shape) for s in statistics]
    count = _count(view)
    spread = var * (count / (count - 1)) if unbiased and count > 1 else var
    new = [(old * momentum + found * (1 - momentum)).astype(old.dtype) for old, found in zip(moving, (mean, spread))]
    return y, mean, var, inv, new


_BATCH_OUTPUTS = 2  # the new moving statistics


@op(
    fn=(),
    mx=("BatchNorm(data:x, gamma, beta, moving_mean, moving_var, eps=0.001, momentum=0.9, fix_gamma=True, "
        "use_global_stats=False, output_mean_var=False, axis=1, cudnn_off:_=False, min_calib_range:_=None, "
        "max_calib_range:_=None)",
        "_contrib_SyncBatchNorm(data:x, gamma, beta, moving_mean, moving_var, eps=0.001, momentum=0.9, "
        "fix_gamma=True, use_global_stats=False, output_mean_var=False, ndev:_=1, key:_='')"),
    aux=("moving_mean", "moving_var"), outputs=lambda **attrs: _outputs(**attrs) + _BATCH_OUTPUTS, half="wide",
)
def batch_norm(xp, x, gamma, beta, moving_mean, moving_var, *, eps=1e-3, momentum=0.9, fix_gamma=False,
               use_global_stats=False, output_mean_var=False, axis=1, training=False, unbiased=False, layout=None):
    """(y, new moving_mean, new moving_var), with mean and 1 / sqrt(var + eps) after y if ``output_mean_var``.

    With ``training``, x is normalized by the mean and biased variance of each index of ``axis`` over all other axes,
    and new = momentum * moving + (1 - momentum) * batch (its variance unbiased if ``unbiased``, as MindSpore has it).
    Without, or with ``use_global_stats``, by the moving statistics, which stay. ``fix_gamma`` takes gamma as 1.
    ``output_mean_var`` = 'var' gives the variance. Who calls decides when the new statistics are written back: see
    ``ops.state.batch_norm_apply`` and ``core.ambient.commit``. Source: Ioffe and Szegedy, 2015.
    """
    check_layout(layout, "BatchNorm")
    view = _batch(x, gamma, beta, axis)
    _expect("batch_norm", x, gamma.size, moving_mean=moving_mean, moving_var=moving_var)
    if fix_gamma:
        gamma = xp.ones_like(gamma)
    what = "inv" if output_mean_var is True else output_mean_var
    if training and not use_global_stats:
        y, mean, var, inv, new = _by_batch(xp, x, gamma, beta, (moving_mean, moving_var), view, eps, momentum, unbiased)
        outs = y, mean.astype(y.dtype), _second(var, inv, eps, what or "var").astype(y.dtype)
    else:
        inv, scale, shift = by_moving(gamma, beta, moving_mean, moving_var, eps)
        new = [moving_mean, moving_var]
        if hasattr(x, "flags") and x.dtype == scale.dtype == shift.dtype and x.ndim > 1:
            y = scale_and_shift(x, scale, shift, axis=axis)
        else:
            y = (x * scale.reshape(view.weights) + shift.reshape(view.weights)).astype(x.dtype)
        outs = y, moving_mean, _second(moving_var, inv, eps, what or "var")
    return (*outs[: 3 if output_mean_var else 1], *new)


def by_moving(gamma, beta, moving_mean, moving_var, eps):
    """(inv, scale, shift): out of training a batch norm is x scale + shift, with scale = gamma inv."""
    inv = (moving_var + eps) ** -0.5
    scale = inv * gamma
    return inv, scale, beta - moving_mean * scale


@batch_norm.vjp(keep="args")
def _(xp, g, ans, args, needs, *, eps, fix_gamma, use_global_stats, output_mean_var, axis, training, **_):
    x, gamma, beta, moving_mean, moving_var = args
    view = _batch(x, gamma, beta, axis)
    needs_gamma = needs[1] and not fix_gamma
    weight = None if fix_gamma else gamma
    none = (None, None)
    if training and not use_global_stats:
        moments = None
        if output_mean_var:
            moments = (_reshape(xp, g[1], view.weights), _reshape(xp, g[2], view.weights),
                       "inv" if output_mean_var is True else output_mean_var)
        dx, dgamma, dbeta = _backward(xp, g[0], x, weight, beta, (needs[0], needs_gamma, needs[2]), view, eps, moments)
    else:
        inv = _reshape(xp, (moving_var + eps) ** -0.5, view.weights)
        g = g[0]
        dx = dgamma = None
        if needs[0]:
            dx = g * inv if fix_gamma else g * (inv * _reshape(xp, gamma, view.weights))
        if needs_gamma and x.__class__ is g.__class__ is np.ndarray and x.dtype == g.dtype == gamma.dtype:
            moment, total = centred_sums(g, x, _reshape(xp, moving_mean, view.weights), view.axes)
            return (dx, xp.reshape(moment * inv, gamma.shape), xp.reshape(total, beta.shape) if needs[2] else None,
                    *none)
        if needs_gamma:
            normal = (x - _reshape(xp, moving_mean, view.weights)) * inv
            dgamma = xp.reshape(xp.sum(g * normal, axis=view.axes), gamma.shape)
        dbeta = xp.reshape(xp.sum(g, axis=view.axes), beta.shape) if needs[2] else None
    if needs[1] and fix_gamma:
        dgamma = xp.zeros_like(gamma)
    return (dx, dgamma, dbeta, *none)


def _fast_paths(operator: Operator, **how):
    """The fast paths of ``batch_norm``, and of its rectified form."""

    @operator.fast
    def _(needs, x, gamma, beta, *moving, **attrs):
        xp = ENGINE.xp
        if not attrs["training"] or attrs["use_global_stats"] or attrs["output_mean_var"]:
            return operator.fn(xp, x, gamma, beta, *moving, **attrs), None
        check_layout(attrs["layout"], "BatchNorm")
        view = _batch(x, gamma, beta, attrs["axis"])
        _expect("batch_norm", x, gamma.size, moving_mean=moving[0], moving_var=moving[1])
        weight = xp.ones_like(gamma) if attrs["fix_gamma"] else gamma
        y, mean, _var, inv, new = _by_batch(xp, x, weight, beta, moving, view, attrs["eps"], attrs["momentum"],
                                            attrs["unbiased"], **how)
        return (y, *new), (mean.reshape(view.weights), inv.reshape(view.weights), *((y,) if how else ()))

    @operator.fast_vjp
    def _(saved, g, args, needs, *, fix_gamma, axis, **_):
        x, gamma, beta = args[:3]
        view = _batch(x, gamma, beta, axis)
        needs = (needs[0], needs[1] and not fix_gamma, needs[2])
        dx, dgamma, dbeta = _fast_backward(saved, g[0], (x, None if fix_gamma else gamma, beta), needs, view)
        if fix_gamma:
            dgamma = gamma * 0
        return dx, dgamma, dbeta, None, None


_fast_paths(batch_norm)


@batch_norm.complete
def _(shapes, out, *, axis=1, **_):
    x = shapes[0] or out
    known = next((s for s in shapes[1:] if s), (x[axis],) if x is not None else None)
    return [x, *[known] * 4]


@op(
    fn=(),
    mx="_contrib_BatchNormWithReLU(data:x, gamma, beta, moving_mean, moving_var, eps=0.001, momentum=0.9, "
       "fix_gamma=True, use_global_stats=False, output_mean_var=False, axis=1, cudnn_off:_=False, "
       "min_calib_range:_=None, max_calib_range:_=None)",
    aux=("moving_mean", "moving_var"), outputs=lambda **attrs: _outputs(**attrs) + _BATCH_OUTPUTS, half="wide",
)
def batch_norm_relu(xp, x, gamma, beta, moving_mean, moving_var, *, eps=1e-3, momentum=0.9, fix_gamma=False,
                    use_global_stats=False, output_mean_var=False, axis=1, training=False, unbiased=False, layout=None):
    """``batch_norm`` whose negative results are 0. Source: MXNet's ``contrib.BatchNormWithReLU``."""
    if hasattr(x, "flags") and (not training or use_global_stats) and not output_mean_var:
        check_layout(layout, "BatchNorm")
        _batch(x, gamma, beta, axis)
        _expect("batch_norm", x, gamma.size, moving_mean=moving_mean, moving_var=moving_var)
        _inv, scale, shift = by_moving(xp.ones_like(gamma) if fix_gamma else gamma, beta, moving_mean, moving_var, eps)
        if x.dtype == scale.dtype == shift.dtype:
            return scale_and_shift(x, scale, shift, axis=axis, rectified=True), moving_mean, moving_var
    y, *rest = batch_norm.fn(xp, x, gamma, beta, moving_mean, moving_var, eps=eps, momentum=momentum,
                             fix_gamma=fix_gamma, use_global_stats=use_global_stats, output_mean_var=output_mean_var,
                             axis=axis, training=training, unbiased=unbiased, layout=layout)
    return (xp.maximum(y, 0), *rest)


@batch_norm_relu.vjp(keep="args ans")
def _(xp, g, ans, args, needs, **attrs):
    return batch_norm.rule(xp, (xp.where(ans[0] > 0, g[0], 0 * g[0]), *g[1:]), None, args, needs, **attrs)


_fast_paths(batch_norm_relu, rectified=True)
batch_norm_relu.complete_rule = batch_norm.complete_rule
