"""Elementwise functions of one array: exponential, trigonometric and hyperbolic families, activations."""

from __future__ import annotations

from ..core.op import op


@op("Exp()(x)", fn="exp(input:x)", mx="exp(data:x)")
def exp(xp, x):
    """e^x."""
    return xp.exp(x)


@exp.vjp(keep="ans")
def _(xp, g, ans, args, needs):
    return (g * ans,)


@op("Log()(x)", fn="log(input:x)", mx="log(data:x)")
def log(xp, x):
    """Natural logarithm."""
    return xp.log(x)


@log.vjp(keep="args")
def _(xp, g, ans, args, needs):
    return (g / args[0],)


@op("Tanh()(x)", fn="tanh(input:x)", mx="tanh(data:x)")
def tanh(xp, x):
    """Hyperbolic tangent."""
    return xp.tanh(x)


@tanh.vjp(keep="ans")
def _(xp, g, ans, args, needs):
    return (g * (1 - ans * ans),)


@op("Sigmoid()(x)", fn="sigmoid(input:x)", mx="sigmoid(data:x)")
def sigmoid(xp, x):
    """1 / (1 + e^-x), computed as (1 + tanh(x/2)) / 2, which does not overflow."""
    return 0.5 * (xp.tanh(0.5 * x) + 1)


@sigmoid.vjp(keep="ans")
def _(xp, g, ans, args, needs):
    return (g * (ans * (1 - ans)),)


@op("ReLU()(x)", fn="relu(input:x)", mx="relu(data:x)")
def relu(xp, x):
    """max(x, 0), with derivative 0 at 0."""
    return xp.maximum(x, 0)


@relu.vjp(keep="ans")
def _(xp, g, ans, args, needs):
    return (g * (ans > 0),)


@op("Square()(x)", fn="square(input:x)", mx="square(data:x)")
def square(xp, x):
    """x^2."""
    return x * x


@square.vjp(keep="args")
def _(xp, g, ans, args, needs):
    return (g * (2 * args[0]),)


@op("Sinh()(x)", fn="sinh(input:x)", mx="sinh(data:x)")
def sinh(xp, x):
    """Hyperbolic sine."""
    return xp.sinh(x)


@op("Greater()(x, y)", fn=("greater(input:x, other:y)", "gt(input:x, other:y)"), elementwise=True,
    differentiable=False)
def greater(xp, x, y):
    """x > y, as booleans."""
    return x > y


@op("Select()(condition:c, x, y)", fn="where(condition:c, input:x, other:y)", mx="where(condition:c, x, y)")
def where(xp, c, x, y):
    """x where c, else y."""
    return xp.where(c, x, y)


@where.vjp(keep="args")
def _(xp, g, ans, args, needs):
    zero = xp.zeros_like(g)
    return None, xp.where(args[0], g, zero) if needs[1] else None, xp.where(args[0], zero, g) if needs[2] else None


@op("ZerosLike()(x)", fn="zeros_like(input:x)", mx="zeros_like(data:x)", differentiable=False)
def zeros_like(xp, x):
    """Zeros of x's shape and dtype."""
    return xp.zeros_like(x)


@op("OnesLike()(x)", fn="ones_like(input:x)", mx="ones_like(data:x)", differentiable=False)
def ones_like(xp, x):
    """Ones of x's shape and dtype."""
    return xp.ones_like(x)


@op("StopGradient()(x)", mx=("BlockGrad(data:x)", "stop_gradient(data:x)"),
    differentiable=False)
def stop_gradient(xp, x):
    """x itself, a constant to every gradient."""
    return xp.stop_gradient(x)


@op("Identity()(x)", fn="identity(x)", mx=("identity(data:x)", "_copy(data:x)"))
def identity(xp, x):
    """x itself."""
    return x


@identity.vjp(keep="")
def _(xp, g, ans, args, needs):
    return (g,)
