"""Output operators: the last ones of a graph that is trained. Their gradient is that of a loss, not of their value.

A backward pass through one of them ignores the head gradient and gives the derivative of the loss that it stands for.
A gradient of that gradient is the true second derivative of the loss.
"""

from __future__ import annotations

import math

from ..core.op import op
from ..core.tensor import Tensor
from ..errors import ArgumentError, ShapeError

_NORMALIZATIONS = ("null", "batch", "valid")


def _check_normalization(name, normalization):
    if normalization not in _NORMALIZATIONS:
        raise ArgumentError(f"{name}: normalization must be one of {', '.join(map(repr, _NORMALIZATIONS))}, "
                            f"got {normalization!r}.")


def _soft(xp, x, axis):
    e = xp.exp(x - xp.max(x, axis=axis, keepdims=True))
    return e / xp.sum(e, axis=axis, keepdims=True)


def _classes(shape, multi_output, preserve_shape):
    """The data as rows of classes: the shape to give it, its class axis, and the shape of the labels."""
    if multi_output:
        return shape, 1, (shape[0], *shape[2:])
    if preserve_shape or len(shape) <= 2:
        return shape, -1, shape[:-1]
    size = 1
    for n in shape[1:]:
        size *= n
    return (shape[0], size), -1, (shape[0],)


def _check_labels(shape, label, multi_output, preserve_shape):
    """The shape to give data of ``shape`` and its class axis, where labels of the shape ``label`` go with it."""
    rows, axis, labels = _classes(shape, multi_output, preserve_shape)
    if tuple(label) != tuple(shape) and math.prod(label) != math.prod(labels):
        raise ShapeError(f"SoftmaxOutput: data of shape {tuple(shape)} takes labels of shape {tuple(labels)}, or "
                         f"probabilities of its own shape; got {tuple(label)}." + (
                             "" if multi_output or preserve_shape else
                             " For labels per position set preserve_shape=True or multi_output=True."))
    return rows, axis


@op((), fn=(), mx=(
    "SoftmaxOutput(data:x, label, grad_scale=1.0, ignore_label=-1.0, multi_output=False, use_ignore=False, "
    "preserve_shape=False, normalization='null', out_grad=False, smooth_alpha=0.0)",
    "Softmax(data:x, label, grad_scale=1.0, ignore_label=-1.0, multi_output=False, use_ignore=False, "
    "preserve_shape=False, normalization='null', out_grad=False, smooth_alpha=0.0)"), loss=True)
def softmax_output(xp, x, label, *, grad_scale=1.0, ignore_label=-1.0, multi_output=False, use_ignore=False,
                   preserve_shape=False, normalization="null", out_grad=False, smooth_alpha=0.0):
    """The softmax of x (N, K), whose gradient is that of the cross-entropy to ``label`` (N,): softmax - one_hot(label).

    Args:
        multi_output: x is (N, K, d1, ...), label (N, d1, ...), and the gradient is divided by d1 * d2 ...
        preserve_shape: softmax over the last axis; by default over all axes but the first.
        label: class numbers, or probabilities in the shape of x.
        use_ignore: rows whose label is ``ignore_label`` have no gradient.
        normalization: divide the gradient by the batch size ("batch") or the number of labels that differ from
            ``ignore_label`` ("valid").
        out_grad: multiply by the head gradient (mxnet 1.9.1 multiplies by the output instead, by mistake).
        smooth_alpha: the target is 1 - alpha at the label and alpha / (K - 1) elsewhere.

    Source: MXNet's SoftmaxOutput.
    """
    _check_normalization("SoftmaxOutput", normalization)
    rows, axis = _check_labels(x.shape, label.shape, multi_output, preserve_shape)
    return xp.reshape(_soft(xp, xp.reshape(x, rows), axis), x.shape)


@softmax_output.vjp(keep="args ans")
def _(xp, g, ans, args, needs, *, out_grad, multi_output, preserve_shape, **attrs):
    x, label = args
    if isinstance(g, Tensor):  # a link through ans would lead to this rule again, not to the derivative of softmax
        rows, axis, _labels = _classes(x.shape, multi_output, preserve_shape)
        ans = xp.reshape(_soft(xp, xp.reshape(x, rows), axis), x.shape)
    d = xp.softmax_error(ans, label, multi_output=multi_output, preserve_shape=preserve_shape, **attrs)
    return (d * g if out_grad else d), None


@softmax_output.complete
def _(shapes, out, *, multi_output, preserve_shape, **_):
    x, label = shapes
    x = x or out
    if x is not None and label is None:
        label = (x[0], math.prod(x[2:])) if multi_output else _classes(x, multi_output, preserve_shape)[2]
    return [x, label]


@softmax_output.shape
def _(shapes, *, multi_output, preserve_shape, **_):
    data, label = shapes
    _check_labels(data, label, multi_output, preserve_shape)
    return data


@op(fn=())
def softmax_error(xp, p, label, *, grad_scale, ignore_label, multi_output, use_ignore, preserve_shape, normalization,
                  smooth_alpha):
    """(p - target) times the weight of each row: the gradient that SoftmaxOutput sends back."""
    if label.shape == p.shape:
        return (p - label) * grad_scale
    rows, axis, labels = _classes(p.shape, multi_output, preserve_shape)
    p2 = xp.reshape(p, rows)
    axis %= len(rows)
    k = rows[axis]
    number = xp.expand_dims(xp.trunc(xp.reshape(label, labels)), axis)
    hot = number == xp.reshape(xp.arange(k), tuple([k if i == axis else 1 for i in range(len(rows))]))
    target = xp.where(hot, 1.0 - smooth_alpha, smooth_alpha / (k - 1)) if smooth_alpha else hot
    d = (p2 - target) * grad_scale
    if use_ignore:
        d = d * (number != ignore_label)
    if normalization == "valid":
        d = d / xp.maximum(xp.sum(number != ignore_label), 1)
    else:
        per = rows[0] if normalization == "batch" else 1
        if multi_output:
            for n in rows[2:]:
                per *= n
        d = d / per
    return xp.reshape(d, p.shape)


def _match(name, x, label):
    column = {x.shape, label.shape} == {x.shape[:1], (*x.shape[:1], 1)}
    if label.shape != x.shape and not column:
        raise ShapeError(f"{name}: the label must have the shape of the data, {x.shape}, got {label.shape}.")


def _regression_complete(shapes, out, **_):
    x, label = shapes
    x = x or out
    if x is not None and label is None:
        label = x[:-1] if len(x) == 2 and x[1] == 1 else x
    return [x or label, label]


def _per_row(label):
    """MXNet divides the gradient by the number of outputs per row of the batch."""
    size = 1
    for n in label.shape[1:]:
        size *= n
    return size


@op((), fn=(), mx="LinearRegressionOutput(data:x, label, grad_scale=1.0)", loss=True)
def linear_regression_output(xp, x, label, *, grad_scale=1.0):
    """x itself, whose gradient is that of the squared error: (x - label) * grad_scale / outputs per row."""
    _match("LinearRegressionOutput", x, label)
    return x


@linear_regression_output.vjp(keep="args")
def _(xp, g, ans, args, needs, *, grad_scale):
    x, label = args
    return (x - xp.reshape(label, x.shape)) * (grad_scale / _per_row(label)), None


@op((), fn=(), mx="LogisticRegressionOutput(data:x, label, grad_scale=1.0)", loss=True)
def logistic_regression_output(xp, x, label, *, grad_scale=1.0):
    """sigmoid(x), whose gradient is that of the binary cross-entropy: (sigmoid(x) - label) * grad_scale / outputs."""
    _match("LogisticRegressionOutput", x, label)
    return 0.5 * (xp.tanh(0.5 * x) + 1)


@logistic_regression_output.vjp(keep="args")
def _(xp, g, ans, args, needs, *, grad_scale):
    x, label = args
    return (xp.sigmoid(x) - xp.reshape(label, x.shape)) * (grad_scale / _per_row(label)), None


@op((), fn=(), mx="MAERegressionOutput(data:x, label, grad_scale=1.0)", loss=True)
def mae_regression_output(xp, x, label, *, grad_scale=1.0):
    """x itself, whose gradient is that of the absolute error: sign(x - label) * grad_scale / outputs per row."""
    _match("MAERegressionOutput", x, label)
    return x


@mae_regression_output.vjp(keep="args")
def _(xp, g, ans, args, needs, *, grad_scale):
    x, label = args
    return xp.sign(x - xp.reshape(label, x.shape)) * (grad_scale / _per_row(label)), None


for _op in (linear_regression_output, logistic_regression_output, mae_regression_output):
    _op.complete(_regression_complete)


@op((), fn=(), mx="MakeLoss(data:x, grad_scale=1.0, valid_thresh=0.0, normalization='null')", loss=True)
def make_loss_scaled(xp, x, *, grad_scale=1.0, valid_thresh=0.0, normalization="null"):
    """x itself as a loss: its gradient is ``grad_scale``, whatever the head gradient.

    ``normalization`` divides it by the batch size ("batch") or the number of elements above ``valid_thresh`` ("valid").
    """
    _check_normalization("MakeLoss", normalization)
    return x


@make_loss_scaled.vjp(keep="args")
def _(xp, g, ans, args, needs, *, grad_scale, valid_thresh, normalization):
    (x,) = args
    ones = xp.ones_like(x) * grad_scale
    if normalization == "batch":
        ones = ones / x.shape[0]
    elif normalization == "valid":
        ones = ones / xp.maximum(xp.sum(x > valid_thresh), 1)
    return (ones,)


@op((), fn=(), mx="make_loss(data:x)", loss=True)
def make_loss(xp, x):
    """x itself as a loss: its gradient is 1, whatever the head gradient."""
    return x


@make_loss.vjp(keep="")
def _(xp, g, ans, args, needs):
    return (xp.ones_like(g),)


@op((), fn=(), mx="SVMOutput(data:x, label, margin=1.0, regularization_coefficient=1.0, use_linear=False)", loss=True)
def svm_output(xp, x, label, *, margin=1.0, regularization_coefficient=1.0, use_linear=False):
    """x (N, K) itself, whose gradient is that of the squared hinge loss to ``label`` (N,), one class against all.

    With s = 1 at the label and -1 elsewhere, the loss of an element is max(0, margin - s x)^2, or, with
    ``use_linear``, max(0, margin - s x), times ``regularization_coefficient``.
    """
    if len(x.shape) != 2 or label.shape != x.shape[:1]:
        raise ShapeError(f"SVMOutput: expected data (N, K) and labels (N,), got {x.shape} and {label.shape}.")
    return x


@svm_output.vjp(keep="args")
def _(xp, g, ans, args, needs, **attrs):
    return xp.svm_error(*args, **attrs), None


@svm_output.complete
def _(shapes, out, **_):
    x, label = shapes
    x = x or out
    return [x, label or (x and x[:1])]


@op(fn=())
def svm_error(xp, x, label, *, margin, regularization_coefficient, use_linear):
    """The gradient that SVMOutput sends back."""
    sign = xp.where(xp.expand_dims(xp.trunc(label), 1) == xp.arange(x.shape[1]), 1.0, -1.0)
    slack = margin - sign * x
    inside = slack > 0
    d = inside * -sign if use_linear else inside * (-2.0 * sign * slack)
    return (d * regularization_coefficient).astype(x.dtype)
