"""Update rules that MindSpore has as operators only (``ops.ApplyAddSign``), not as optimizers.

Each is ``rule(xp, w, g, state, lr, **hyper) -> (new_w, new_state)``, as the functions of ``rules_sgd`` are.
"""

from __future__ import annotations

from typing import Any

Array = Any


def adagrad_outside(xp: Any, w: Array, g: Array, state: tuple, lr: float, *, epsilon: float) -> tuple:
    """``accum = accum + g**2;  w = w - lr * g / (sqrt(accum) + epsilon)``: epsilon outside the root."""
    accum = state[0] + g * g
    return w - lr * g / (xp.sqrt(accum) + epsilon), (accum,)


def adagrad_dual(xp: Any, w: Array, g: Array, state: tuple, lr: float, *, l1: float, l2: float, step: int) -> tuple:
    """Adagrad by dual averaging: ``w = -lr * shrink(sum g, l1 * step) / (l2 * step * lr + sqrt(sum g**2))``.

    Duchi et al. 2011, with ``shrink(a, b) = sign(a) * max(|a| - b, 0)``.
    """
    total, squares = state[0] + g, state[1] + g * g
    return -lr * _shrink(xp, total, l1 * step) / (l2 * step * lr + xp.sqrt(squares)), (total, squares)


def add_sign(xp: Any, w: Array, g: Array, state: tuple, lr: float, *, alpha: float, sign_decay: float,
             beta: float) -> tuple:
    """``m = beta * m + (1 - beta) * g;  w = w - lr * (alpha + sign_decay * sign(g) * sign(m)) * g``.

    Bello et al. 2017.
    """
    m = beta * state[0] + (1 - beta) * g
    return w - lr * (alpha + sign_decay * xp.sign(g) * xp.sign(m)) * g, (m,)


def power_sign(xp: Any, w: Array, g: Array, state: tuple, lr: float, *, logbase: float, sign_decay: float,
               beta: float) -> tuple:
    """``m = beta * m + (1 - beta) * g;  w = w - lr * exp(logbase * sign_decay * sign(g) * sign(m)) * g``.

    Bello et al. 2017.
    """
    m = beta * state[0] + (1 - beta) * g
    return w - lr * xp.exp(logbase * sign_decay * xp.sign(g) * xp.sign(m)) * g, (m,)


def proximal_descent(xp: Any, w: Array, g: Array, state: tuple, lr: float, *, l1: float, l2: float) -> tuple:
    """``p = w - lr * g;  w = sign(p) * max(|p| - lr * l1, 0) / (1 + lr * l2)``.  Duchi and Singer 2009."""
    return _shrink(xp, w - lr * g, lr * l1) / (1 + lr * l2), ()


def keras_momentum(xp: Any, w: Array, g: Array, state: tuple, lr: float, *, momentum: float, nesterov: bool) -> tuple:
    """``accum = momentum * accum - lr * g;  w = w + accum``, or ``w + momentum * accum - lr * g`` with ``nesterov``."""
    accum = momentum * state[0] - lr * g
    return w + (momentum * accum - lr * g if nesterov else accum), (accum,)


def _shrink(xp: Any, a: Array, b: float) -> Array:
    return xp.sign(a) * xp.maximum(xp.abs(a) - b, 0)


def ftrl_shrunk(xp: Any, w: Array, g: Array, state: tuple, lr: float, *, l1: float, l2: float, shrinkage: float,
                power: float) -> tuple:
    """FTRL-proximal whose linear state takes ``g + 2 * shrinkage * w`` for the gradient, with p = -power:

    ``z = z + g + 2 * shrinkage * w - (n_new**p - n**p) / lr * w``, then as ``ftrl``.
    """
    accum = state[0] + g * g
    linear = state[1] + g + 2 * shrinkage * w - (accum ** (-power) - state[0] ** (-power)) / lr * w
    return -_shrink(xp, linear, l1) / (accum ** (-power) / lr + 2 * l2), (accum, linear)
