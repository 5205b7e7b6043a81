"""``nd.*_update``: one step of an optimizer as a function. States are written in place, the weight to ``out``.

The rules are those of ``luojia._src.train``; the table says which rule an MXNet name stands for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from .._src.core.attributes import FLOAT, kind_of, reader
from .._src.core.tensor import Tensor, wrap
from .._src.errors import CallError, DTypeError, NoArrayError, ShapeError
from .._src.train.rules import RULES
from .ndarray import NDArray

_COMMON = {"wd": 0.0, "rescale_grad": 1.0, "clip_gradient": -1.0}
_LATE = 10**9  # Adam's bias correction is the caller's: at this step it is exactly 1


class Update(NamedTuple):
    """A rule under MXNet's names: its states in the order of the call, and the rule's names for arguments."""

    rule: str
    states: tuple[str, ...]
    defaults: dict[str, Any]
    names: dict[str, str] = {}
    fixed: dict[str, Any] = {}


_ADAM = {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}
UPDATES = {
    "sgd_update": Update("sgd", (), {}, fixed={"momentum": 0.0}),
    "sgd_mom_update": Update("sgd", ("mom",), {"momentum": 0.0}),
    "nag_mom_update": Update("nag", ("mom",), {"momentum": 0.0}),
    "adam_update": Update("adam", ("mean", "var"), _ADAM, fixed={"decay": "before_clip", "t": _LATE}),
    "rmsprop_update": Update("rmsprop", ("n",), {"gamma1": 0.95, "epsilon": 1e-8, "clip_weights": -1.0},
                             {"gamma1": "decay_rate"}, {"momentum": 0.0, "centered": False}),
    "rmspropalex_update": Update("rmsprop", ("n", "g", "delta"),
                                 {"gamma1": 0.95, "gamma2": 0.9, "epsilon": 1e-8, "clip_weights": -1.0},
                                 {"gamma1": "decay_rate", "gamma2": "momentum"},
                                 {"centered": True, "descending": True}),
    "ftrl_update": Update("ftrl", ("z", "n"), {"lamda1": 0.01, "beta": 1.0}, fixed={"decay": "own"}),
    "signsgd_update": Update("signum", (), {}, fixed={"momentum": 0.0}),
    "signum_update": Update("signum", ("mom",), {"momentum": 0.0, "wd_lh": 0.0}),
    "ftml_update": Update("ftml", ("d", "v", "z"), {"beta1": 0.6, "beta2": 0.999, "epsilon": 1e-8, "t": 1, "wd": 0.0,
                                                    "rescale_grad": 1.0, "clip_grad": -1.0},
                          {"clip_grad": "clip_gradient"}),
    "adagrad_update": Update("adagrad", ("history",), {"epsilon": 1e-7}),
    "group_adagrad_update": Update("group_adagrad", ("history",),
                                   {"rescale_grad": 1.0, "clip_gradient": -1.0, "epsilon": 1e-5}),
    "scaled_adamw_update": Update("scaled_adamw", ("mean", "var"), {**_ADAM, "eta": 1.0}),
    "lamb_update": Update("lamb", ("mean", "var"), {**_ADAM, "epsilon": 1e-6, "t": 1, "bias_correction": True,
                                                    "lower_bound": -1.0, "upper_bound": -1.0}),
    "lamb_direction_update": Update("lamb_direction", ("mean", "var"), {**_ADAM, "epsilon": 1e-6, "t": 1,
                                                                        "bias_correction": True}),
}


def _function(name: str, update: Update) -> Callable:
    defaults = _defaults(update)
    states = update.states

    def step(weight: NDArray | None = None, grad: NDArray | None = None, *args: Any, out: NDArray | None = None,
             **kwargs: Any) -> NDArray:
        weight, grad, values = _bind(name, states, defaults, weight, grad, args, kwargs)
        held = [values.pop(s) for s in states]
        new, after = _run(update, weight, grad, held, values, out is weight)
        for holder, value in zip(held, after):
            holder._rebind(value)
        made = wrap(NDArray, new, weight._device)
        return made if out is None else out._store(made)

    return _named(step, name, update)


def _mixed(name: str, update: Update) -> Callable:
    """``mp_*``: a float16 weight beside its float32 master copy, which takes the step."""
    defaults = _defaults(update)
    states = (*update.states, "weight32")

    def step(weight: NDArray | None = None, grad: NDArray | None = None, *args: Any, out: NDArray | None = None,
             **kwargs: Any) -> NDArray:
        weight, grad, values = _bind(name, states, defaults, weight, grad, args, kwargs)
        master = values.pop("weight32")
        held = [values.pop(s) for s in update.states]
        new, after = _run(update, master, grad.astype(master.dtype), held, values, True)
        for holder, value in zip([master, *held], [new, *after]):
            holder._rebind(value)
        made = wrap(NDArray, new.astype(weight.np_dtype), weight._device)
        return made if out is None else out._store(made)

    return _named(step, name, update)


def _defaults(update: Update) -> dict[str, Any]:
    return {**update.defaults, **{k: v for k, v in _COMMON.items() if k not in update.names.values()}}


def _run(update: Update, weight: NDArray, grad: NDArray, held: list, values: dict, onto_weight: bool) -> tuple:
    fixed = dict(update.fixed)
    if update.rule == "nag":  # mxnet 1.9.1 writes the weight before it computes the momentum
        fixed["decay"] = "own" if onto_weight else "after_clip"
    bounds = ("clip_gradient", "clip_grad", "clip_weights", "lower_bound", "upper_bound")
    hyper: dict[str, Any] = {
        update.names.get(str(k), str(k)): None if k in bounds and v < 0 else v for k, v in values.items()
    }
    xp = weight._device.engine.xp
    before = tuple([h._value for h in held])
    new, after = RULES[update.rule].update(xp, weight._value, grad._value, before, **hyper, **fixed)
    return new, list(after)


def _bind(name: str, states: tuple, defaults: dict[str, Any], weight: Any, grad: Any, args: tuple,
          kwargs: dict[str, Any]) -> tuple[NDArray, NDArray, dict[str, Any]]:
    """Weight and gradient, and the states and hyperparameters of a call by name, all checked."""
    order = [*states, "lr", *defaults]
    if len(args) > len(order):
        raise CallError(f"{name}() takes weight, grad, {', '.join(order)}; got {len(args) + 2} arguments.")
    for ignored in ("lazy_update", "name"):
        kwargs.pop(ignored, None)
    values = {**defaults, **dict(zip(order, args)), **kwargs}
    for key in values:
        if key not in order:
            raise CallError(f"{name}() got an unexpected keyword argument {key!r}; it takes weight, grad, "
                            f"{', '.join(order)}.")
    for key in order:
        if key not in values:
            raise CallError(f"{name}() misses the required argument {key!r}.")
        value = values[key]
        if key in states:
            check_array(name, key, value)
        elif value.__class__ is not float and not isinstance(value, Tensor):
            kind = kind_of(name, key, defaults.get(key, 0.0)) or FLOAT
            values[key] = reader(name, key, kind)(value)
    weight, grad = check_array(name, "weight", weight), check_array(name, "grad", grad)
    if name != "group_adagrad_update":  # whose history has a number for each row
        for key in ("grad", *states):
            check_like(name, weight, key, grad if key == "grad" else values[key], name.startswith("mp_"))
    return weight, grad, values


def check_like(name: str, weight: NDArray, key: str, array: Any, mixed: bool = False) -> None:
    """Refuse an array of another shape, or unless ``mixed`` of another dtype, than the weight."""
    if array.shape != weight.shape:
        raise ShapeError(f"{name}: Incompatible attr in node: {key} has shape {array.shape}, expected {weight.shape}.")
    if not mixed and array.np_dtype != weight.np_dtype:
        raise DTypeError(f"{name}: Incompatible attr in node: {key} is {array.np_dtype}, expected {weight.np_dtype}.")


def check_array(name: str, key: str, value: Any) -> Any:
    """``value``, if it is an array; the error of one that is none, or is missing, otherwise."""
    if isinstance(value, Tensor):
        return value
    if value is None:
        raise CallError(f"{name}() misses the required argument {key!r}.")
    raise NoArrayError(f"{name}: Argument {key} must have NDArray type, but got {value}")


def _named(step: Callable, name: str, update: Update) -> Callable:
    step.__name__ = step.__qualname__ = name
    step.__doc__ = f"One step of the rule '{update.rule}':\n\n{RULES[update.rule].fn.__doc__}"
    step.__module__ = "luojia.ndarray"
    return step


FUNCTIONS: dict[str, Callable] = {name: _function(name, update) for name, update in UPDATES.items()}
for _name in ("sgd_update", "sgd_mom_update", "nag_mom_update", "scaled_adamw_update", "lamb_update"):
    FUNCTIONS[f"mp_{_name}"] = _mixed(f"mp_{_name}", UPDATES[_name])
