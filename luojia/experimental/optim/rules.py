"""The update rules, which are those of torch.optim; ``s`` are the states before, ``t`` counts the updates from 1."""

from __future__ import annotations

from typing import Any

from ... import ops
from ..._src.core.arguments import guard_all, read
from ..._src.errors import ArgumentError
from .optimizer import Optimizer, at_least_zero, check_betas, number


class SGD(Optimizer):
    """v' = momentum v + (1 - dampening) g, v' = g at first; w' = w - lr v', with Nesterov lr (g + momentum v').

    >>> from luojia import Parameter, Tensor
    >>> w = Parameter(Tensor([1.0]), name="w")
    >>> SGD([w], lr=0.5)((Tensor([1.0]),))
    True
    >>> float(w)
    0.5
    """

    _states = {"accum": 0.0}
    _more = {"grad_centralization": False}
    _rate_zero = True

    def __init__(self, params: Any, lr: Any, momentum: float = 0, dampening: float = 0, weight_decay: float = 0.0,
                 nesterov: bool = False, *, maximize: bool = False) -> None:
        super().__init__(params, {"lr": lr, "momentum": float(momentum), "dampening": float(dampening),
                                  "weight_decay": weight_decay, "nesterov": nesterov, "maximize": maximize})

    def _check(self, group: dict[str, Any]) -> None:
        if group["momentum"] < 0:
            raise ArgumentError(f"Invalid momentum value: {group['momentum']}")
        at_least_zero(group, "weight_decay")
        if group["nesterov"] and (group["momentum"] <= 0 or group["dampening"] != 0):
            raise ArgumentError("For 'SGD', if 'nesterov' is true, 'momentum' must be > 0.0 and 'dampening' must equal "
                                f"to 0.0, but got 'momentum' {group['momentum']}, 'dampening' {group['dampening']}")

    def _rule(self, w: Any, g: Any, s: tuple, group: dict[str, Any], lr: Any, t: Any) -> tuple[Any, tuple]:
        momentum = group["momentum"]
        g = g + group["weight_decay"] * w if group["weight_decay"] else g
        if not momentum:
            return w - lr * g, s
        lr, t = number(lr), number(t)
        v = momentum * s[0] + (1 - group["dampening"]) * g
        v = (g if t == 1 else v) if isinstance(t, (int, float)) else ops.select(t == 1, g, v)
        return w - lr * (g + momentum * v if group["nesterov"] else v), (v,)


class _Betas(Optimizer):
    _eps_zero = False

    def _check(self, group: dict[str, Any]) -> None:
        check_betas(group)
        at_least_zero(group, "weight_decay", **{"eps": self._eps_zero})
        if group.get("momentum_decay", 0) < 0:
            raise ArgumentError(f"For {type(self).__name__}, the momentum_decay must be greater than or equal to 0, "
                                f"but got {group['momentum_decay']}.")


def _moments(g: Any, s: tuple, betas: tuple[float, float]) -> tuple[Any, Any]:
    return betas[0] * s[0] + (1 - betas[0]) * g, betas[1] * s[1] + (1 - betas[1]) * g * g


class Adam(_Betas):
    """m' = b1 m + (1 - b1) g, v' = b2 v + (1 - b2) g^2, w' = w - lr m^ / (sqrt(v^) + eps) (Kingma and Ba 2015); the
    hats divide by 1 - b^t, weight_decay w is part of g, and amsgrad takes the largest v^ so far."""

    _states = {"exp_avg": 0.0, "exp_avg_sq": 0.0, "max_exp_avg_sq": 0.0}
    _decoupled, _rate_zero, _eps_zero = False, True, True

    def __init__(self, params: Any, lr: Any = 1e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
                 weight_decay: float = 0.0, amsgrad: bool = False, *, maximize: bool = False) -> None:
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay,
                                  "amsgrad": amsgrad, "maximize": maximize})

    def _rule(self, w: Any, g: Any, s: tuple, group: dict[str, Any], lr: Any, t: Any) -> tuple[Any, tuple]:
        b1, b2 = group["betas"]
        decay, lr, t = group["weight_decay"], number(lr), number(t)
        if decay and self._decoupled:
            w = w * (1 - lr * decay)
        elif decay:
            g = g + decay * w
        m, v = _moments(g, s, (b1, b2))
        top = ops.maximum(s[2], v) if group["amsgrad"] else v
        root = ops.sqrt(top) / (1 - b2**t) ** 0.5 + group["eps"]
        return w - lr / (1 - b1**t) * m / root, (m, v, *([top] if group["amsgrad"] else s[2:]))


class AdamW(Adam):
    """Adam whose decay is apart from the gradient: w' = (1 - lr decay) w - ... (Loshchilov and Hutter 2019)."""

    _decoupled = True

    def __init__(self, params: Any, lr: Any = 1e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
                 weight_decay: float = 0.01, amsgrad: bool = False, *, maximize: bool = False) -> None:
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad, maximize=maximize)


class Adamax(_Betas):
    """Adam with the largest gradient instead of the root of squares: u' = max(b2 u, |g| + eps)."""

    _states = {"exp_avg": 0.0, "exp_inf": 0.0}

    def __init__(self, params: Any, lr: Any = 2e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
                 weight_decay: float = 0.0, *, maximize: bool = False) -> None:
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay,
                                  "maximize": maximize})

    def _rule(self, w: Any, g: Any, s: tuple, group: dict[str, Any], lr: Any, t: Any) -> tuple[Any, tuple]:
        b1, b2 = group["betas"]
        g = g + group["weight_decay"] * w
        m = b1 * s[0] + (1 - b1) * g
        u = ops.maximum(b2 * s[1], ops.abs(g) + group["eps"])
        return w - lr / (1 - b1**t) * m / u, (m, u)


class NAdam(_Betas):
    """Adam with Nesterov's momentum, b1 (1 - 0.96^(t psi) / 2) at step t (Dozat 2016)."""

    _states = {"exp_avg": 0.0, "exp_avg_sq": 0.0, "mu_product": 1.0}

    def __init__(self, params: Any, lr: Any = 2e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
                 weight_decay: float = 0.0, momentum_decay: float = 4e-3) -> None:
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay,
                                  "momentum_decay": momentum_decay})

    def _rule(self, w: Any, g: Any, s: tuple, group: dict[str, Any], lr: Any, t: Any) -> tuple[Any, tuple]:
        b1, b2 = group["betas"]
        psi = group["momentum_decay"]
        g = g + group["weight_decay"] * w
        m, v = _moments(g, s, (b1, b2))
        mu, ahead = b1 * (1 - 0.5 * 0.96 ** (t * psi)), b1 * (1 - 0.5 * 0.96 ** ((t + 1) * psi))
        product = s[2] * mu
        root = ops.sqrt(v / (1 - b2**t)) + group["eps"]
        w = w - lr * (1 - mu) / (1 - product) * g / root - lr * ahead / (1 - product * ahead) * m / root
        return w, (m, v, product)


class RAdam(_Betas):
    """Adam whose rate waits until its second moment can be trusted (Liu et al. 2020)."""

    _states = {"exp_avg": 0.0, "exp_avg_sq": 0.0}

    def __init__(self, params: Any, lr: Any = 1e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
                 weight_decay: float = 0.0) -> None:
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay})

    def _rule(self, w: Any, g: Any, s: tuple, group: dict[str, Any], lr: Any, t: Any) -> tuple[Any, tuple]:
        b1, b2 = group["betas"]
        g = g + group["weight_decay"] * w
        m, v = _moments(g, s, (b1, b2))
        hat = m / (1 - b1**t)
        most = 2 / (1 - b2) - 1
        rho = most - 2 * t * b2**t / (1 - b2**t)
        sure = rho > 5
        safe = ops.select(sure, rho, ops.ones_like(rho) * 6.0)
        factor = ops.sqrt((safe - 4) * (safe - 2) * most / ((most - 4) * (most - 2) * safe))
        scaled = hat * factor * ops.sqrt(1 - b2**t) / (ops.sqrt(v) + group["eps"])
        return w - lr * ops.select(sure, scaled, hat), (m, v)


class Adagrad(Optimizer):
    """s' = s + g^2, w' = w - lr / (1 + (t - 1) lr_decay) g / (sqrt(s') + eps) (Duchi, Hazan and Singer 2011)."""

    _states = {"accum": lambda group: group["initial_accumulator_value"]}

    def __init__(self, params: Any, lr: Any = 1e-2, lr_decay: float = 0.0, weight_decay: float = 0.0,
                 initial_accumulator_value: float = 0.0, eps: float = 1e-10, *, maximize: bool = False) -> None:
        super().__init__(params, {"lr": lr, "lr_decay": lr_decay, "weight_decay": weight_decay, "eps": eps,
                                  "initial_accumulator_value": initial_accumulator_value, "maximize": maximize})

    def _check(self, group: dict[str, Any]) -> None:
        at_least_zero(group, "lr_decay", "weight_decay", "initial_accumulator_value", eps=False)

    def _rule(self, w: Any, g: Any, s: tuple, group: dict[str, Any], lr: Any, t: Any) -> tuple[Any, tuple]:
        g = g + group["weight_decay"] * w
        total = s[0] + g * g
        return w - lr / (1 + (t - 1) * group["lr_decay"]) * g / (ops.sqrt(total) + group["eps"]), (total,)


class Adadelta(Optimizer):
    """s' = rho s + (1 - rho) g^2, d = sqrt(u + eps) / sqrt(s' + eps) g, u' = rho u + (1 - rho) d^2, w' = w - lr d
    (Zeiler 2012)."""

    _states = {"square_avg": 0.0, "acc_delta": 0.0}

    def __init__(self, params: Any, lr: Any = 1.0, rho: float = 0.9, eps: float = 1e-6, weight_decay: float = 0.0, *,
                 maximize: bool = False) -> None:
        super().__init__(params, {"lr": lr, "rho": rho, "eps": eps, "weight_decay": weight_decay,
                                  "maximize": maximize})

    def _check(self, group: dict[str, Any]) -> None:
        at_least_zero(group, "weight_decay", eps=False)

    def _rule(self, w: Any, g: Any, s: tuple, group: dict[str, Any], lr: Any, t: Any) -> tuple[Any, tuple]:
        rho, eps = group["rho"], group["eps"]
        g = g + group["weight_decay"] * w
        square = rho * s[0] + (1 - rho) * g * g
        delta = ops.sqrt(s[1] + eps) / ops.sqrt(square + eps) * g
        return w - lr * delta, (square, rho * s[1] + (1 - rho) * delta * delta)


class RMSprop(Optimizer):
    """s' = alpha s + (1 - alpha) g^2, w' = w - lr g / (sqrt(s') + eps); centered takes the mean's square off s', with
    momentum the step is v' = momentum v + g / (...) (Hinton 2012, Graves 2013)."""

    _states = {"mean_square": 0.0, "moment": 0.0, "mean_grad": 0.0}

    def __init__(self, params: Any, lr: Any = 1e-2, alpha: float = 0.99, eps: float = 1e-8, weight_decay: float = 0.0,
                 momentum: float = 0.0, centered: bool = False, maximize: bool = False) -> None:
        super().__init__(params, {"lr": lr, "alpha": alpha, "eps": eps, "weight_decay": weight_decay,
                                  "momentum": momentum, "centered": centered, "maximize": maximize})

    def _check(self, group: dict[str, Any]) -> None:
        at_least_zero(group, "momentum", "weight_decay", "alpha", eps=False)

    def _rule(self, w: Any, g: Any, s: tuple, group: dict[str, Any], lr: Any, t: Any) -> tuple[Any, tuple]:
        alpha = group["alpha"]
        g = g + group["weight_decay"] * w
        square = alpha * s[0] + (1 - alpha) * g * g
        mean = alpha * s[2] + (1 - alpha) * g if group["centered"] else s[2]
        step = g / (ops.sqrt(square - mean * mean if group["centered"] else square) + group["eps"])
        moment = group["momentum"] * s[1] + step if group["momentum"] else s[1]
        return w - lr * (moment if group["momentum"] else step), (square, moment, mean)


class Rprop(Optimizer):
    """Steps by the gradient's sign, whose lengths grow while the sign stays and shrink where it turns (Riedmiller and
    Braun 1993)."""

    _states = {"prev": 0.0, "step_size": 0.0}
    _more = {"weight_decay": 0.0}

    def __init__(self, params: Any, lr: Any = 1e-2, etas: tuple[float, float] = (0.5, 1.2),
                 step_sizes: tuple[float, float] = (1e-6, 50), *, maximize: bool = False) -> None:
        super().__init__(params, {"lr": lr, "etas": etas, "step_sizes": step_sizes, "maximize": maximize})

    def _check(self, group: dict[str, Any]) -> None:
        if not 0 < group["etas"][0] < 1 < group["etas"][1]:
            raise ArgumentError(f"Invalid eta values: {group['etas'][0]}, {group['etas'][1]}")

    def _rule(self, w: Any, g: Any, s: tuple, group: dict[str, Any], lr: Any, t: Any) -> tuple[Any, tuple]:
        down, up = group["etas"]
        least, most = group["step_sizes"]
        same = g * s[0]
        ones = ops.ones_like(same)
        factor = ops.select(same > 0, ones * up, ops.select(same < 0, ones * down, ones))
        step = ops.clip_by_value(ops.select(t == 1, ones * lr, s[1]) * factor, least, most)
        g = ops.select(same < 0, ops.zeros_like(g), g)
        return w - ops.sign(g) * step, (g, step)


class ASGD(Optimizer):
    """SGD with decay lambd and a falling rate, and the average of the weights (Polyak and Juditsky 1992)."""

    _states = {"ax": 0.0, "eta": 0.0, "mu": 1.0}

    def __init__(self, params: Any, lr: Any = 1e-2, lambd: float = 1e-4, alpha: float = 0.75, t0: float = 1e6,
                 weight_decay: float = 0.0, maximize: bool = False) -> None:
        super().__init__(params, {"lr": lr, "lambd": lambd, "alpha": alpha, "t0": t0, "weight_decay": weight_decay,
                                  "maximize": maximize})

    def _check(self, group: dict[str, Any]) -> None:
        at_least_zero(group, "weight_decay")

    def _rule(self, w: Any, g: Any, s: tuple, group: dict[str, Any], lr: Any, t: Any) -> tuple[Any, tuple]:
        ax, eta, mu = s
        eta = ops.select(t == 1, ops.ones_like(eta) * lr, eta)  # the rate as it is at the first step
        lambd = group["lambd"]
        g = g + group["weight_decay"] * w
        w = w * (1 - lambd * eta) - eta * g
        ax = ops.select(mu == 1, w, ax + mu * (w - ax))
        ones = ops.ones_like(eta)
        return w, (ax, ones * (lr / (1 + lambd * lr * t) ** group["alpha"]),
                   ones / ops.maximum(ones, ones * (t - group["t0"])))


guard_all(globals(), read("""
    SGD  momentum dampening: int float; nesterov maximize: bool
    ASGD  lambd t0: float
    Adadelta  rho: float [0,1]
"""))
