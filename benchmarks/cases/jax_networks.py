"""The networks of ``networks.py`` written by hand in JAX, and their training steps: whole, and in Gluon's three calls.

A network is ``(start, apply)``: ``start(rng)`` makes the weights and statistics, ``apply(weights, state, x)`` gives the
logits and the new statistics.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import jax  # pyright: ignore[reportMissingImports] - the cases that use it run where jax is
import jax.numpy as jnp  # pyright: ignore[reportMissingImports]
import numpy as np
from jax import lax  # pyright: ignore[reportMissingImports]

from benchmarks.cases.networks import CLASSES, HEADS, INNER, RATE, STAGES, WIDTH

Network = tuple[Callable[[Any], tuple], Callable[[Any, Any, Any], tuple]]


def _uniform(rng: Any, *shape: int) -> Any:
    bound = (3 / max(1, np.prod(shape[1:]))) ** 0.5
    return jnp.asarray(rng.uniform(-bound, bound, shape), jnp.float32)


def _dense(rng: Any, before: int, after: int) -> dict:
    return {"w": _uniform(rng, after, before), "b": jnp.zeros(after, jnp.float32)}


def _linear(p: dict, x: Any) -> Any:
    return x @ p["w"].T + p["b"]


def mlp() -> Network:
    sizes = (784, 128, 64, CLASSES)

    def start(rng: Any) -> tuple:
        return [_dense(rng, a, b) for a, b in zip(sizes, sizes[1:])], ()

    def apply(weights: Any, state: Any, x: Any) -> tuple:
        for p in weights[:-1]:
            x = jax.nn.relu(_linear(p, x))
        return _linear(weights[-1], x), state

    return start, apply


def _conv(x: Any, w: Any, stride: int = 1, pad: int = 0) -> Any:
    return lax.conv_general_dilated(x, w, (stride, stride), [(pad, pad)] * 2,
                                    dimension_numbers=("NCHW", "OIHW", "NCHW"))


def _pool(x: Any) -> Any:
    return lax.reduce_window(x, -jnp.inf, lax.max, (1, 1, 2, 2), (1, 1, 2, 2), "VALID")


def lenet() -> Network:
    def start(rng: Any) -> tuple:
        filters = [(_uniform(rng, 20, 1, 5, 5), jnp.zeros((20, 1, 1), jnp.float32)), (_uniform(rng, 50, 20, 5, 5),
                                                                        jnp.zeros((50, 1, 1), jnp.float32))]
        return {"filters": filters, "dense": [_dense(rng, 800, 128), _dense(rng, 128, CLASSES)]}, ()

    def apply(weights: Any, state: Any, x: Any) -> tuple:
        for w, b in weights["filters"]:
            x = _pool(jax.nn.relu(_conv(x, w) + b))
        hidden, last = weights["dense"]
        return _linear(last, jax.nn.relu(_linear(hidden, x.reshape(len(x), -1)))), state

    return start, apply


def resnet() -> Network:
    def convolution(rng: Any, before: int, channels: int, kernel: int) -> dict:
        return {"w": _uniform(rng, channels, before, kernel, kernel), "gamma": jnp.ones((channels, 1, 1), jnp.float32),
                "beta": jnp.zeros((channels, 1, 1), jnp.float32)}

    def start(rng: Any) -> tuple:
        layers, before = [convolution(rng, 3, 16, 3)], 16
        for channels, stride in STAGES:
            layers += [convolution(rng, before, channels, 3), convolution(rng, channels, channels, 3)]
            if stride != 1 or before != channels:
                layers.append(convolution(rng, before, channels, 1))
            before = channels
        state = [(jnp.zeros_like(p["beta"]), jnp.ones_like(p["gamma"])) for p in layers]
        return {"layers": layers, "last": _dense(rng, 64, CLASSES)}, state

    def apply(weights: Any, state: Any, x: Any) -> tuple:
        layers, moments, after = iter(weights["layers"]), iter(state), []

        def norm(x: Any, stride: int, pad: int) -> Any:
            p, (mean, var) = next(layers), next(moments)
            x = _conv(x, p["w"], stride, pad)
            m = jnp.mean(x, (0, 2, 3), keepdims=True)[0]
            v = jnp.mean(jnp.square(x - m), (0, 2, 3), keepdims=True)[0]
            after.append((lax.stop_gradient(0.9 * mean + 0.1 * m), lax.stop_gradient(0.9 * var + 0.1 * v)))
            return (x - m) * (p["gamma"] * lax.rsqrt(v + 1e-5)) + p["beta"]

        x, before = jax.nn.relu(norm(x, 1, 1)), 16
        for channels, stride in STAGES:
            y = norm(jax.nn.relu(norm(x, stride, 1)), 1, 1)
            x = jax.nn.relu(y + (x if stride == 1 and before == channels else norm(x, stride, 0)))
            before = channels
        return _linear(weights["last"], x.mean((2, 3))), after

    return start, apply


def lstm() -> Network:
    def start(rng: Any) -> tuple:
        return {"x": _dense(rng, WIDTH, 4 * WIDTH), "h": _dense(rng, WIDTH, 4 * WIDTH),
                "last": _dense(rng, WIDTH, CLASSES)}, ()

    def apply(weights: Any, state: Any, x: Any) -> tuple:
        def step(held: tuple, a: Any) -> tuple:
            h, c = held
            i, f, g, o = jnp.split(a + _linear(weights["h"], h), 4, 1)
            c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
            h = jax.nn.sigmoid(o) * jnp.tanh(c)
            return (h, c), h

        zeros = jnp.zeros((x.shape[1], WIDTH), jnp.float32)
        return _linear(weights["last"], lax.scan(step, (zeros, zeros), _linear(weights["x"], x))[1]), state

    return start, apply


def transformer(joined: bool = True) -> Network:
    """With the projections to queries, keys and values as one product, or as three."""
    projections = {"qkv": (WIDTH, 3 * WIDTH)} if joined else dict.fromkeys("qkv", (WIDTH, WIDTH))

    def start(rng: Any) -> tuple:
        sizes = {**projections, "out": (WIDTH, WIDTH), "grow": (WIDTH, INNER), "shrink": (INNER, WIDTH),
                 "classify": (WIDTH, CLASSES)}
        weights: dict = {name: _dense(rng, *size) for name, size in sizes.items()}
        for name in ("norm1", "norm2"):
            weights[name] = jnp.ones(WIDTH, jnp.float32), jnp.zeros(WIDTH, jnp.float32)
        return weights, ()

    def norm(p: tuple, x: Any) -> Any:
        mean = x.mean(-1, keepdims=True)
        return (x - mean) * lax.rsqrt(jnp.square(x - mean).mean(-1, keepdims=True) + 1e-5) * p[0] + p[1]

    def apply(weights: Any, state: Any, x: Any) -> tuple:
        n, t, c = x.shape
        parts = [_linear(weights[name], x) for name in projections]
        q, k, v = (a.reshape(n, t, HEADS, -1).transpose(0, 2, 1, 3)
                   for a in (jnp.split(parts[0], 3, -1) if joined else parts))
        share = jax.nn.softmax(q @ k.transpose(0, 1, 3, 2) * (WIDTH // HEADS) ** -0.5)
        mixed = (share @ v).transpose(0, 2, 1, 3).reshape(n, t, c)
        x = norm(weights["norm1"], x + _linear(weights["out"], mixed))
        x = norm(weights["norm2"], x + _linear(weights["shrink"], jax.nn.relu(_linear(weights["grow"], x))))
        return _linear(weights["classify"], x.mean(1)), state

    return start, apply


def _losses(apply: Callable, weights: Any, state: Any, x: Any, y: Any) -> tuple:
    """The loss of each row, and the new statistics."""
    logits, state = apply(weights, state, x)
    logits = jax.nn.log_softmax(logits)
    return -jnp.take_along_axis(logits, y[..., None], -1)[..., 0], state


def _follow(weights: Any, grads: Any, rate: float) -> Any:
    return jax.tree.map(lambda w, g: w - rate * g, weights, grads)


def whole_step(network: Network, data: np.ndarray, labels: np.ndarray) -> Callable[[], object]:
    """A step as one program whose weights and statistics are donated, and the loss read."""
    start, apply = network
    weights, state = start(np.random.default_rng(0))
    x, y = jnp.asarray(data), jnp.asarray(labels.astype(np.int32))

    @partial(jax.jit, donate_argnums=(0, 1))
    def step(weights: Any, state: Any, x: Any, y: Any) -> tuple:
        def mean(weights: Any) -> tuple:
            losses, new = _losses(apply, weights, state, x, y)
            return losses.mean(), new

        (loss, new), grads = jax.value_and_grad(mean, has_aux=True)(weights)
        return _follow(weights, grads, RATE), new, loss

    def run() -> object:
        nonlocal weights, state
        weights, state, loss = step(weights, state, x, y)
        return float(loss)

    return run


def three_calls(network: Network, data: np.ndarray, labels: np.ndarray) -> Callable[[], object]:
    """The same in three programs, as Gluon's loop has it: forward, backward, donated update; the losses read."""
    start, apply = network
    weights, state = start(np.random.default_rng(0))
    x, y = jnp.asarray(data), jnp.asarray(labels.astype(np.int32))

    @jax.jit
    def forward(weights: Any, state: Any, x: Any, y: Any) -> tuple:
        return jax.vjp(lambda weights: _losses(apply, weights, state, x, y), weights, has_aux=True)

    backward = jax.jit(lambda pull, g: pull(g)[0])
    update = jax.jit(_follow, donate_argnums=0)
    seeds, rate = jnp.ones(labels.shape, jnp.float32), RATE / labels.size

    def run() -> object:
        nonlocal weights, state
        losses, pull, state = forward(weights, state, x, y)
        weights = update(weights, backward(pull, seeds), rate)
        return float(losses.mean())

    return run
