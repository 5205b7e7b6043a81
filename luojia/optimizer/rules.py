"""MXNet's optimizers by name: each an update rule of ``_src.train.rules`` with MXNet's argument names."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np

from .._src.core.tensor import Tensor, wrap
from .._src.errors import ArgumentError
from ..ndarray import NDArray
from .optimizer import Optimizer, apply_rule, arrays_of, refuse_trace, register


@register
class SGD(Optimizer):
    """``mom = momentum * mom - lr * (g + wd * w);  w = w + mom``.

    Args:
        momentum: 0 keeps no state.
        lazy_update: a row_sparse gradient changes its own rows only.
        kwargs: those of ``Optimizer``.

    >>> from luojia import nd, optimizer
    >>> w, optimizer_ = nd.array([1.0, 2.0]), optimizer.create("sgd", learning_rate=0.1)
    >>> optimizer_.update(0, w, nd.array([0.5, 1.0]), optimizer_.create_state(0, w))
    >>> w.asnumpy()
    array([0.95, 1.9 ], dtype=float32)
    """

    rule = "sgd"
    master_is_last = True
    hyper = {"momentum": "momentum"}

    def __init__(self, momentum: float = 0.0, lazy_update: bool = True, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.momentum = momentum
        self.lazy_update = lazy_update


@register
class ccSGD(SGD):
    """SGD under its old name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        warnings.warn("ccSGD is deprecated; use SGD.", DeprecationWarning, stacklevel=2)


@register
class LBSGD(Optimizer):
    """SGD for large batches: gradients averaged over ``batch_scale`` calls, at a rate that grows to as many times.

    Args:
        momentum: 0 keeps no state.
        warmup_strategy: how the factor of the rate grows from 1 to ``batch_scale``: 'linear', 'power2' or 'sqrt' in
            the share of the warm-up that is over; 'lars' takes ``sqrt(|w|^2 / (|g|^2 + wd |w|^2))`` instead.
        warmup_epochs, updates_per_epoch, begin_epoch: calls of the warm-up, and those before the first.
        num_epochs: accepted.
        kwargs: those of ``Optimizer``.

    Source: Goyal et al. 2017; You, Gitman and Ginsburg 2017.

    >>> from luojia import nd, optimizer
    >>> w, rule = nd.array([1.0, 2.0]), optimizer.LBSGD(learning_rate=0.1, batch_scale=2)
    >>> state = rule.create_state(0, w)
    >>> for _ in range(2):
    ...     rule.update(0, w, nd.array([0.5, 1.0]), state)
    >>> w.asnumpy().round(4)
    array([0.9494, 1.8988], dtype=float32)
    """

    rule = "sgd"
    hyper = {"momentum": "momentum"}

    def __init__(self, momentum: float = 0.0, multi_precision: bool = False, warmup_strategy: str = "linear",
                 warmup_epochs: int = 5, batch_scale: float = 1, updates_per_epoch: int = 32, begin_epoch: int = 0,
                 num_epochs: int = 60, **kwargs: Any) -> None:
        super().__init__(multi_precision=multi_precision, **kwargs)
        if warmup_strategy not in ("linear", "power2", "sqrt", "lars"):
            raise ArgumentError("LBSGD: warmup_strategy must be 'linear', 'power2', 'sqrt' or 'lars', got "
                                f"{warmup_strategy!r}.")
        logging.info("Running Large-Batch SGD Algorithm")
        logging.info("(Batch_scale=%f, warmup_epochs=%d, warmup_strategy=%s, updates_per_epoch=%d)", batch_scale,
                     warmup_epochs, warmup_strategy, updates_per_epoch)
        self.momentum = momentum
        self.warmup_strategy = warmup_strategy
        self.warmup_epochs = warmup_epochs
        self.batch_scale = batch_scale
        self.updates_per_epoch = updates_per_epoch
        self.init_updates = begin_epoch * updates_per_epoch
        self.num_epochs = num_epochs
        self._sums: dict[int, tuple[int, Any]] = {}

    def _factor(self, count: int, w: np.ndarray, g: np.ndarray, wd: float) -> float:
        if self.warmup_strategy == "lars":
            weights, gradients = float((w * w).sum()), float((g * g).sum())
            return float(np.clip(np.sqrt(weights / (gradients + wd * weights + 1e-18)), 0.01, 100))
        share = (count + self.init_updates) / max(self.warmup_epochs * self.updates_per_epoch, 1)
        share = {"linear": share, "power2": share**2, "sqrt": share**0.5}[self.warmup_strategy] if share < 1 else 1.0
        return 1.0 + (self.batch_scale - 1.0) * share

    def update(self, index: Any, weight: Any, grad: Any, state: Any) -> None:
        if isinstance(index, (list, tuple)):
            for one in zip(index, weight, grad, state):
                self.update(*one)
            return
        lr, wd = self._get_lr(index), self._get_wd(index)  # before this call counts: the schedule's rate is one behind
        self._update_count(index)
        t = self._index_update_count[index]
        calls, total = self._sums.pop(index, (0, 0))
        calls, total = calls + 1, total + grad._value
        if calls < self.batch_scale:
            self._sums[index] = calls, total
            return
        mean = total / calls
        to_numpy = weight._device.engine.to_numpy
        lr *= self._factor(t, to_numpy(weight._value), to_numpy(mean), wd)
        states = arrays_of(state)
        how = {"rescale_grad": self.rescale_grad, "clip_gradient": self.clip_gradient, **self.hyperparameters(index)}
        apply_rule("sgd", weight, mean, states, lr, wd, t, how)


@register
class NAG(Optimizer):
    """Nesterov's accelerated gradient.

    >>> from luojia import nd, optimizer
    >>> w, nag = nd.array([1.0, 2.0]), optimizer.create("nag", learning_rate=0.1, momentum=0.9)
    >>> nag.update(0, w, nd.array([0.5, 1.0]), nag.create_state(0, w))
    >>> w.asnumpy().round(3)
    array([0.905, 1.81 ], dtype=float32)
    """

    rule = "nag"
    master_is_last = True
    hyper = {"momentum": "momentum"}

    def __init__(self, momentum: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.momentum = momentum

    def _updates_rows(self, weight: Any) -> bool:
        return not self.momentum


@register
class SGLD(Optimizer):
    """Stochastic gradient Langevin dynamics (Welling and Teh 2011): a half step plus noise of variance ``lr``.

    >>> from luojia import nd, optimizer
    >>> w, rule = nd.array([1.0, 2.0]), optimizer.SGLD(learning_rate=0.1)
    >>> state = rule.create_state(0, w)
    >>> for _ in range(2):
    ...     rule.update(0, w, nd.array([0.5, 1.0]), state)
    >>> w.shape
    (2,)
    """

    rule = "sgld"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)

    def create_state(self, index: int, weight: Tensor) -> None:
        return None

    def update(self, index: Any, weight: Any, grad: Any, state: Any) -> None:
        if isinstance(index, (list, tuple)):
            super().update(index, weight, grad, state)
            return
        from ..initializer import generator

        self._update_count(index)
        noise = weight._device.engine.asarray(generator().standard_normal(weight.shape, np.float32))
        how = {"rescale_grad": self.rescale_grad, "clip_gradient": self.clip_gradient, "noise": noise}
        t = self._index_update_count[index]
        apply_rule("sgld", weight, grad._value, (), self._get_lr(index), self._get_wd(index), t, how)


@register
class Signum(Optimizer):
    """Sign of the momentum (Bernstein et al. 2018); ``momentum=0`` is SignSGD, ``wd_lh`` decays the weight itself.

    >>> from luojia import nd, optimizer
    >>> w, rule = nd.array([1.0, 2.0]), optimizer.Signum(learning_rate=0.1)
    >>> state = rule.create_state(0, w)
    >>> for _ in range(2):
    ...     rule.update(0, w, nd.array([0.5, 1.0]), state)
    >>> w.asnumpy().round(4)
    array([0.8, 1.8], dtype=float32)
    """

    rule = "signum"
    hyper = {"momentum": "momentum", "wd_lh": "wd_lh"}

    def __init__(self, learning_rate: float = 0.01, momentum: float = 0.9, wd_lh: float = 0.0, **kwargs: Any) -> None:
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.momentum = momentum
        self.wd_lh = wd_lh


@register
class DCASGD(Optimizer):
    """Delay-compensated asynchronous SGD (Zheng et al. 2017).

    >>> from luojia import nd, optimizer
    >>> w, rule = nd.array([1.0, 2.0]), optimizer.DCASGD(learning_rate=0.1)
    >>> state = rule.create_state(0, w)
    >>> for _ in range(2):
    ...     rule.update(0, w, nd.array([0.5, 1.0]), state)
    >>> w.asnumpy().round(4)
    array([0.9   , 1.8004], dtype=float32)
    """

    rule = "dcasgd"
    hyper = {"momentum": "momentum", "lamda": "lamda"}

    def __init__(self, momentum: float = 0.0, lamda: float = 0.04, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.momentum = momentum
        self.lamda = lamda

    def create_state(self, index: int, weight: Tensor) -> tuple:
        """The momentum, None where it is 0, and the weight before the last update."""
        arrays = arrays_of(super().create_state(index, weight))
        return arrays if self.momentum else (None, *arrays)


@register
class LARS(Optimizer):
    """SGD with a rate per layer (You, Gitman and Ginsburg 2017); biases, gammas and betas of ``idx2name`` have none.

    >>> from luojia import nd, optimizer
    >>> w, rule = nd.array([1.0, 2.0]), optimizer.LARS(learning_rate=0.1, eta=0.5)
    >>> state = rule.create_state(0, w)
    >>> for _ in range(2):
    ...     rule.update(0, w, nd.array([0.5, 1.0]), state)
    >>> w.asnumpy().round(4)
    array([0.9025, 1.805 ], dtype=float32)
    """

    rule = "lars"
    master_is_last = True

    def __init__(self, momentum: float = 0.0, lazy_update: bool = True, eta: float = 0.001, eps: float = 0,
                 momentum_correction: bool = True, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.momentum = momentum
        self.momentum_correction = momentum_correction
        self.lazy_update = lazy_update
        self.eta = eta
        self.eps = eps

    def set_wd_mult(self, args_wd_mult: Mapping[Any, float]) -> None:
        """Multiply weight decays; only what is named ``_weight`` decays otherwise."""
        silent = {n: 0.0 for n in self.idx2name.values() if not n.endswith("_weight")}
        self.wd_mult = {**silent, **self._from_symbol("__wd_mult__"), **args_wd_mult}

    def rule_of(self, index: int) -> str:
        name = self.idx2name.get(index, "")  # unknown under a Trainer, where mxnet gives every parameter its own rate
        return "sgd" if name.endswith(("gamma", "beta", "bias")) else "lars"

    def hyperparameters(self, index: int) -> dict[str, Any]:
        if self.rule_of(index) == "sgd":
            return {"momentum": self.momentum}
        return {"momentum": self.momentum, "eta": self.eta, "epsilon": self.eps}


@register
class Adam(Optimizer):
    """Adam (Kingma and Ba 2015), the bias correction folded into the rate.

    >>> from luojia import nd, optimizer
    >>> w, adam = nd.array([1.0, 2.0]), optimizer.create("adam", learning_rate=0.1)
    >>> adam.update(0, w, nd.array([0.5, 1.0]), adam.create_state(0, w))
    >>> w.asnumpy().round(3)
    array([0.9, 1.9], dtype=float32)
    """

    rule = "adam"
    hyper = {"beta1": "beta1", "beta2": "beta2", "epsilon": "epsilon"}

    def __init__(self, learning_rate: float = 0.001, beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-8,
                 lazy_update: bool = True, **kwargs: Any) -> None:
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.lazy_update = lazy_update


@register
class AdamW(Adam):
    """Adam with decoupled weight decay (Loshchilov and Hutter 2019).

    >>> from luojia import nd, optimizer
    >>> w, rule = nd.array([1.0, 2.0]), optimizer.AdamW(learning_rate=0.1, wd=0.1)
    >>> state = rule.create_state(0, w)
    >>> for _ in range(2):
    ...     rule.update(0, w, nd.array([0.5, 1.0]), state)
    >>> w.asnumpy().round(4)
    array([0.7811, 1.7612], dtype=float32)
    """

    rule = "adamw"
    fixed = {"bias_correction": True}

    def __init__(self, learning_rate: float = 0.001, beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-8,
                 **kwargs: Any) -> None:
        init: Any = super().__init__
        init(learning_rate, beta1, beta2, epsilon, **kwargs)


@register
class Adamax(Optimizer):
    """Adam with the infinity norm (Kingma and Ba 2015).

    >>> from luojia import nd, optimizer
    >>> w, rule = nd.array([1.0, 2.0]), optimizer.Adamax(learning_rate=0.1)
    >>> state = rule.create_state(0, w)
    >>> for _ in range(2):
    ...     rule.update(0, w, nd.array([0.5, 1.0]), state)
    >>> w.asnumpy().round(4)
    array([0.8, 1.8], dtype=float32)
    """

    rule = "adamax"
    hyper = {"beta1": "beta1", "beta2": "beta2"}

    def __init__(self, learning_rate: float = 0.002, beta1: float = 0.9, beta2: float = 0.999, **kwargs: Any) -> None:
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.beta1 = beta1
        self.beta2 = beta2


@register
class Nadam(Adam):
    """Adam with Nesterov's momentum (Dozat 2016).

    As in MXNet ``m_schedule``, the product of the momentum's schedule, is one for all weights and takes a factor at the
    update of each.

    >>> from luojia import nd, optimizer
    >>> w, rule = nd.array([1.0, 2.0]), optimizer.Nadam(learning_rate=0.1)
    >>> state = rule.create_state(0, w)
    >>> for _ in range(2):
    ...     rule.update(0, w, nd.array([0.5, 1.0]), state)
    >>> w.asnumpy().round(4)
    array([0.816, 1.816], dtype=float32)
    """

    rule = "nadam"
    hyper = {**Adam.hyper, "schedule_decay": "schedule_decay"}

    def __init__(self, learning_rate: float = 0.001, beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-8,
                 schedule_decay: float = 0.004, **kwargs: Any) -> None:
        init: Any = super().__init__
        init(learning_rate, beta1, beta2, epsilon, **kwargs)
        self.schedule_decay = schedule_decay
        self.m_schedule = 1.0

    def _updates_rows(self, weight: Any) -> bool:
        return False

    def create_state(self, index: int, weight: Tensor) -> tuple:
        """The running means of gradients and of their squares."""
        return super().create_state(index, weight)[:2]

    def update(self, index: Any, weight: Any, grad: Any, state: Any) -> None:
        if isinstance(index, (list, tuple)):
            super().update(index, weight, grad, state)
            return
        refuse_trace()
        t = self._index_update_count.get(index, self.begin_num_update) + 1
        product = wrap(NDArray, weight._device.engine.asarray(np.float32(self.m_schedule)), weight._device)
        super().update(index, weight, grad, (*state, product))
        self.m_schedule *= self.beta1 * (1 - 0.5 * 0.96 ** (t * self.schedule_decay))


@register
class FTML(Optimizer):
    """Follow the moving leader (Zheng and Kwok 2017).

    >>> from luojia import nd, optimizer
    >>> w, rule = nd.array([1.0, 2.0]), optimizer.FTML(learning_rate=0.1)
    >>> state = rule.create_state(0, w)
    >>> for _ in range(2):
    ...     rule.update(0, w, nd.array([0.5, 1.0]), state)
    >>> w.asnumpy().round(4)
    array([0.8375, 1.8375], dtype=float32)
    """

    rule = "ftml"
    hyper = {"beta1": "beta1", "beta2": "beta2", "epsilon": "epsilon"}

    def __init__(self, beta1: float = 0.6, beta2: float = 0.999, epsilon: float = 1e-8, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon


@register
class LAMB(Optimizer):
    """Layer-wise adaptive moments (You et al. 2020).

    >>> from luojia import nd, optimizer
    >>> w, rule = nd.array([1.0, 2.0]), optimizer.LAMB(learning_rate=0.1)
    >>> state = rule.create_state(0, w)
    >>> for _ in range(2):
    ...     rule.update(0, w, nd.array([0.5, 1.0]), state)
    >>> w.asnumpy().round(4)
    array([0.6987, 1.6987], dtype=float32)
    """

    rule = "lamb"
    hyper = {k: k for k in ("beta1", "beta2", "epsilon", "lower_bound", "upper_bound", "bias_correction")}

    def __init__(self, learning_rate: float = 0.001, beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-6,
                 lower_bound: float | None = None, upper_bound: float | None = None, bias_correction: bool = True,
                 **kwargs: Any) -> None:
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.lower_bound = lower_bound
        self.upper_bound = upper_bound
        self.bias_correction = bias_correction


@register
class RMSProp(Optimizer):
    """Rate divided by the root of a running mean of squares; ``centered`` (Graves 2013) has the momentum ``gamma2``.

    >>> from luojia import nd, optimizer
    >>> w, rms = nd.array([1.0, 2.0]), optimizer.create("rmsprop", learning_rate=0.1)
    >>> rms.update(0, w, nd.array([0.5, 1.0]), rms.create_state(0, w))
    >>> w.asnumpy().round(3)
    array([0.684, 1.684], dtype=float32)
    """

    rule = "rmsprop"
    state_is_tuple = True

    def __init__(self, learning_rate: float = 0.001, gamma1: float = 0.9, gamma2: float = 0.9, epsilon: float = 1e-8,
                 centered: bool = False, clip_weights: float | None = None, **kwargs: Any) -> None:
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.gamma1 = gamma1
        self.gamma2 = gamma2
        self.centered = centered
        self.epsilon = epsilon
        self.clip_weights = clip_weights

    def hyperparameters(self, index: int) -> dict[str, Any]:
        return {"decay_rate": self.gamma1, "momentum": self.gamma2 if self.centered else 0.0,
                "epsilon": self.epsilon, "centered": self.centered, "clip_weights": self.clip_weights,
                "descending": True}


@register
class AdaGrad(Optimizer):
    """Rate divided by the root of the sum of squares (Duchi et al. 2011).

    >>> from luojia import nd, optimizer
    >>> w, rule = nd.array([1.0, 2.0]), optimizer.create("adagrad", learning_rate=0.1)
    >>> rule.update(0, w, nd.array([0.5, 1.0]), rule.create_state(0, w))
    >>> w.asnumpy().round(3)
    array([0.9, 1.9], dtype=float32)
    """

    rule = "adagrad"
    lazy_update = True  # always: a row without a gradient would not change anyway
    hyper = {"epsilon": "float_stable_eps"}

    def __init__(self, eps: float = 1e-7, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.float_stable_eps = eps


@register
class AdaDelta(Optimizer):
    """Zeiler 2012; it knows no learning rate.

    >>> from luojia import nd, optimizer
    >>> w, rule = nd.array([1.0, 2.0]), optimizer.AdaDelta()
    >>> state = rule.create_state(0, w)
    >>> for _ in range(2):
    ...     rule.update(0, w, nd.array([0.5, 1.0]), state)
    >>> w.asnumpy().round(4)
    array([0.9797, 1.9797], dtype=float32)
    """

    rule = "adadelta"
    hyper = {"rho": "rho", "epsilon": "epsilon"}

    def __init__(self, rho: float = 0.9, epsilon: float = 1e-5, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rho = rho
        self.epsilon = epsilon


@register
class Ftrl(Optimizer):
    """Follow the regularized leader, proximal (McMahan et al. 2013).

    >>> from luojia import nd, optimizer
    >>> w, rule = nd.array([1.0, 2.0]), optimizer.Ftrl(learning_rate=0.1)
    >>> state = rule.create_state(0, w)
    >>> for _ in range(2):
    ...     rule.update(0, w, nd.array([0.5, 1.0]), state)
    >>> w.asnumpy().round(4)
    array([0.27  , 0.9081], dtype=float32)
    """

    rule = "ftrl"
    hyper = {"lamda1": "lamda1", "beta": "beta"}

    def __init__(self, lamda1: float = 0.01, learning_rate: float = 0.1, beta: float = 1, **kwargs: Any) -> None:
        super().__init__(**kwargs)  # as in mxnet, a schedule keeps its own base_lr
        self.lr = learning_rate
        self.lamda1 = lamda1
        self.beta = beta

    def _updates_rows(self, weight: Any) -> bool:
        return weight.stype == "row_sparse"  # of a dense weight MXNet updates all rows


@register
class Test(Optimizer):
    """``w = w + rescale_grad * g``, for tests of what surrounds an optimizer."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)

    def create_state(self, index: int, weight: Tensor) -> NDArray:
        return wrap(NDArray, weight._device.engine.zeros_like(weight._value), weight._device)

    def update(self, index: Any, weight: Any, grad: Any, state: Any) -> None:
        weight._rebind(weight._value + self.rescale_grad * grad._value)
        state._rebind(weight._value)
