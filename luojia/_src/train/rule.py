"""The form of an optimizer's update rule: a pure function of arrays, with its states and hyperparameters declared.

    new_w, new_state = rule.update(xp, w, g, state, lr, wd, t, **hyper)

``xp`` is an array namespace (``numpy`` or ``jax.numpy``), ``state`` a tuple with one array per name in
``rule.state_names(**hyper)``, ``t`` the number of this update, counted from 1.  Nothing is written in place.
What comes before every rule stands here once: rescaling, clipping, weight decay, precision.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np

from luojia._src.errors import ArgumentError, ShapeError

Array = Any
State = tuple

RULES: dict[str, Rule] = {}

_DECAYS = ("after_clip", "before_clip", "own")


@dataclass(frozen=True)
class Rule:
    """One update rule.  Made with :func:`rule`; the families are ``rules_sgd``, ``rules_adaptive``, ``rules_proximal``.

    ``decays`` lists how weight decay may enter, the default first (the hyperparameter ``decay`` chooses):

    - ``after_clip``: ``g = clip(rescale_grad * g) + wd * w``
    - ``before_clip``: ``g = clip(rescale_grad * g + wd * w)``
    - ``own``: ``g = clip(rescale_grad * g)``, and the rule applies ``wd`` itself (decoupled decay)
    """

    name: str
    fn: Callable[..., tuple[Array, State]]
    states: Callable[..., tuple[str, ...]]
    defaults: Mapping[str, Any]
    decays: tuple[str, ...] = ("after_clip",)
    initial: Mapping[str, Callable[..., Array]] = field(default_factory=dict)

    def hyper(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The hyperparameters with their defaults filled in; an unknown name raises ArgumentError."""
        for key in given:
            if key not in self.defaults:
                raise ArgumentError(
                    f"Update rule '{self.name}' has no hyperparameter '{key}'; it takes "
                    f"{', '.join(self.defaults)} (and lr, wd, t, rescale_grad, clip_gradient)."
                )
        merged = {**self.defaults, **{k: _scalar(v) for k, v in given.items()}}
        if merged["decay"] not in self.decays:
            raise ArgumentError(
                f"Update rule '{self.name}' expects decay to be one of {', '.join(self.decays)}, "
                f"got {merged['decay']!r}."
            )
        return merged

    def state_names(self, **hyper: Any) -> tuple[str, ...]:
        """Names of the states, in order; they may depend on the hyperparameters (SGD without momentum has none).

        >>> from luojia._src.train.rules import RULES
        >>> RULES["sgd"].state_names(momentum=0.9)
        ('mom',)
        """
        return self.states(self.hyper(hyper))

    def init(self, xp: Any, w: Array, **hyper: Any) -> State:
        """The states before the first update: zeros of ``w``'s shape and dtype unless the rule says otherwise."""
        full = self.hyper(hyper)
        return tuple(self.initial.get(name, _zeros)(xp, w, full) for name in self.states(full))

    def update(
        self,
        xp: Any,
        w: Array,
        g: Array,
        state: State,
        lr: float,
        wd: float = 0.0,
        t: int = 1,
        *,
        rescale_grad: float = 1.0,
        clip_gradient: float | None = None,
        **hyper: Any,
    ) -> tuple[Array, State]:
        """One update.

        Args:
            xp: array namespace.
            w, g: weight and gradient, one shape; float16 is computed in float32 and rounded back.
            state: tuple of arrays as :meth:`init` returned; a momentum of 0 may have its state too.
            lr, wd: learning rate and weight decay.
            t: number of this update, from 1.
            rescale_grad: factor on the gradient (1 / batch size in Gluon).
            clip_gradient: bound on each entry of the rescaled gradient; None or 0 clips nothing.
            **hyper: the rule's own hyperparameters.

        Returns:
            ``(new_w, new_state)`` in the dtypes of ``w`` and ``state``.

        Raises:
            ShapeError: ``g`` has not the shape of ``w``.
            ArgumentError: an unknown hyperparameter, or a state of the wrong length.

        Example:
            >>> import numpy as np
            >>> from luojia._src.train.rules import RULES
            >>> w, g = np.array([1.0, 2.0], np.float32), np.array([0.5, -0.5], np.float32)
            >>> RULES["sgd"].update(np, w, g, (), lr=0.1)[0]
            array([0.95, 2.05], dtype=float32)
        """
        full = self.hyper(hyper)
        names = self.states(full)
        if tuple(w.shape) != tuple(g.shape):
            raise ShapeError(
                f"Update rule '{self.name}' expects a gradient of the weight's shape {tuple(w.shape)}, "
                f"got {tuple(g.shape)}."
            )
        if len(state) != len(names) and not (len(state) > len(names) and _is(full.get("momentum"), 0)):
            raise ArgumentError(
                f"Update rule '{self.name}' expects {len(names)} states ({', '.join(names) or 'none'}), got "
                f"{len(state)}; make them with init and the same hyperparameters."
            )
        work = _working_dtype(w.dtype)
        w_, g_ = _cast(w, work), _cast(g, work)
        state_ = tuple(_cast(s, _working_dtype(s.dtype)) for s in state)
        lr, wd, t = _scalar(lr), _scalar(wd), _scalar(t)
        if "clip_gradient" in full:  # the rule clips for itself
            full["clip_gradient"], clip_gradient = _scalar(clip_gradient), None
        g_, wd = _prepare(xp, w_, g_, wd, _scalar(rescale_grad), _scalar(clip_gradient), full.pop("decay"))
        new_w, new_state = self.fn(xp, w_, g_, state_, lr, wd, t, **full)
        return _cast(new_w, w.dtype), tuple(_cast(n, s.dtype) for n, s in zip(new_state, state))


def _prepare(xp, w, g, wd, rescale, bound, decay):
    if not _is(rescale, 1):
        g = g * rescale
    decays = not _is(wd, 0)
    if decays and decay == "before_clip":
        g = g + wd * w
    g = clip(xp, g, bound)
    if decays and decay == "after_clip":
        g = g + wd * w
    return g, (wd if decay == "own" else 0.0)


def clip(xp: Any, g: Array, bound: float | None) -> Array:
    """``g`` with its entries clipped to ``[-bound, bound]``; None and 0 clip nothing."""
    if bound is None or (isinstance(bound, (int, float)) and bound <= 0):
        return g
    return xp.clip(g, -bound, bound)


def rule(
    name: str,
    *,
    states: tuple[str, ...] | Callable[[Mapping[str, Any]], tuple[str, ...]] = (),
    decays: tuple[str, ...] = ("after_clip",),
    initial: Mapping[str, Callable[..., Array]] | None = None,
    **defaults: Any,
) -> Callable[[Callable], Rule]:
    """Register ``fn(xp, w, g, state, lr, wd, t, **hyper) -> (new_w, new_state)`` as the rule ``name``."""
    assert set(decays) <= set(_DECAYS)
    names = states if callable(states) else lambda hyper: states

    def register(fn: Callable) -> Rule:
        made = Rule(
            name, fn, names, MappingProxyType({**defaults, "decay": decays[0]}), decays, dict(initial or {})
        )
        RULES[name] = made
        return made

    return register


def init_multi_precision(update_rule: Rule, xp: Any, w: Array, **hyper: Any) -> State:
    """States for a half-precision weight with a float32 master copy, which is the first of them."""
    master = w.astype(xp.float32)
    return (master, *update_rule.init(xp, master, **hyper))


def update_multi_precision(
    update_rule: Rule, xp: Any, w: Array, g: Array, state: State, lr: float, wd: float = 0.0, t: int = 1, **kwargs: Any
) -> tuple[Array, State]:
    """As ``Rule.update``, done on the float32 master copy ``state[0]``; the weight is the master, rounded.

    >>> import numpy as np
    >>> from luojia._src.train.rules import RULES
    >>> w = np.ones(1, np.float16); g = np.full(1, 1e-4, np.float16)
    >>> state = init_multi_precision(RULES["sgd"], np, w)
    >>> for t in range(1, 21):                       # each step alone is too small for float16
    ...     w, state = update_multi_precision(RULES["sgd"], np, w, g, state, lr=1.0, t=t)
    >>> bool(w[0] < 1)
    True
    """
    master, inner = update_rule.update(xp, state[0], g.astype(xp.float32), state[1:], lr, wd, t, **kwargs)
    return master.astype(w.dtype), (master, *inner)


def filled(key: str) -> Callable[..., Array]:
    """An initial state filled with the value of the hyperparameter ``key``."""
    return lambda xp, w, hyper: xp.full(w.shape, hyper[key], dtype=w.dtype)


def _zeros(xp, w, hyper):
    return xp.zeros(w.shape, dtype=w.dtype)


def _scalar(value):
    """A NumPy scalar as a Python number, which leaves float32 arrays float32."""
    return value.item() if isinstance(value, np.generic) else value


def _is(value, number) -> bool:
    return isinstance(value, (int, float)) and value == number


def _working_dtype(dtype):
    return np.dtype(np.float32) if dtype.itemsize == 2 else dtype


def _cast(a, dtype):
    return a if a.dtype == dtype else a.astype(dtype)
