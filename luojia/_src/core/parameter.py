"""Parameters: Tensors in the role of a network's leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import count
from typing import Any

import numpy as np

from ..errors import ArgumentError, DTypeError, ShapeError
from .structure import structure
from .tape import Leaf
from .tensor import Tensor, wrap

_LONGEST_NAME = 1024
_unnamed = count(2)  # as in MindSpore, where the first is its own


class ParameterHook:
    """What ``Parameter.register_hook`` returns; ``remove()`` takes the hook away, once or more often."""

    def __init__(self, hooks: dict) -> None:
        self._hooks = hooks

    def remove(self) -> None:
        """Remove the hook."""
        self._hooks.pop(self, None)


def _number(init: Any) -> Callable[[np.ndarray], None] | None:
    """What fills an array with a number; None for anything else."""
    return (lambda array: array.fill(init)) if isinstance(init, (int, float)) else None


class _Flag:
    """An attribute that is a bool."""

    def __init__(self, default: bool = False) -> None:
        self.default = default

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: type | None = None) -> bool:
        return self.default if instance is None else instance.__dict__.get(self.name, self.default)

    def __set__(self, instance: Any, value: bool) -> None:
        if not isinstance(value, bool):
            raise DTypeError(f"The argument `{self.name}` must be bool type, but got {type(value).__name__}.")
        instance.__dict__[self.name] = value


class Parameter(Tensor):
    """A Tensor that a network owns and training changes.

    Args:
        default_input: its initial value: a Tensor, a number, a list of integers or a NumPy array.
        name: its name; without one, the attribute that holds it names it.
        requires_grad: whether it is trained.
        layerwise_parallel, parallel_optimizer, storage_format, device: accepted; they are for training on many devices.

    >>> from luojia import ops, Parameter, Tensor
    >>> w = Parameter(Tensor([1.0, 2.0]), name="w")
    >>> (w * w).sum().asnumpy()
    array(5., dtype=float32)
    >>> ops.grad(lambda x: (w * x).sum(), None, w)(Tensor([3.0, 4.0])).asnumpy()
    array([3., 4.], dtype=float32)
    """

    _role = True
    # What MindSpore keeps for training on many devices; programs read and set these, and nothing here depends on them.
    cache_enable, sliced, key, inited_param, init_mode, is_in_parallel = False, False, -1, None, None, False
    cache_shape: Any = ()
    unique = False  # pyright: ignore[reportAssignmentType] - of a Tensor a method
    layerwise_parallel, parallel_optimizer, parallel_optimizer_comm_recompute = _Flag(), _Flag(True), _Flag()
    has_init = False  # pyright: ignore[reportAssignmentType] - of a Tensor it is a property
    _initializer: Callable[[Any], Any] = staticmethod(_number)  # what fills an array; the door's knows its initializers

    def __init__(self, default_input: Any, name: str | None = None, requires_grad: bool = True,
                 layerwise_parallel: bool = False, parallel_optimizer: bool = True, storage_format: str = "",
                 device: str | None = None) -> None:
        if isinstance(default_input, (bool, np.bool_)):
            raise ArgumentError("Parameter data can not be `bool`; default_input must be a Tensor, a number, a list or "
                                "a NumPy array.")
        if not isinstance(default_input, (Tensor, int, float, np.ndarray, np.generic, list)):
            raise DTypeError("The type of the argument 'default_input' must be in ['Tensor', 'int', 'float', "
                             f"'numpy.ndarray', 'list']. But got type {type(default_input)}.")
        if not isinstance(storage_format, str):
            raise DTypeError(f"The argument `storage_format` must be str, but got {type(storage_format).__name__}.")
        if device not in (None, "CPU", "Remote"):
            raise ArgumentError(f"Only 'CPU' and 'Remote' is supported for device, but got ${device}.")
        if isinstance(default_input, int):
            default_input = np.asarray(default_input).astype(np.int32)
        elif isinstance(default_input, float):
            default_input = float(default_input)  # NumPy's float64 is one, and float32 here
        if isinstance(default_input, Tensor) and default_input.init is not None:
            default_input = default_input.init_data()
        super().__init__(default_input)
        self._leaf = Leaf(owner=self)
        self.is_init = False  # pyright: ignore[reportAttributeAccessIssue] - of a Tensor it is a method
        self.layerwise_parallel = layerwise_parallel
        self.parallel_optimizer = parallel_optimizer
        self.name = name
        self.requires_grad = requires_grad

    @property
    def name(self) -> str:
        return self._name

    @name.setter
    def name(self, value: str | None) -> None:
        if value is not None and not isinstance(value, str):
            raise ArgumentError("The type of the Parameter's name should be 'string' or 'None', but got "
                                f"{type(value)}.")
        value = (value or "").strip()
        if len(value) > _LONGEST_NAME:
            raise ArgumentError(f"The length of the name '{value[:20]}...' should be at most {_LONGEST_NAME}, but got "
                                f"{len(value)}.")
        self.has_default_name = not value
        self._name = value or f"Parameter#{next(_unnamed)}"

    @property
    def requires_grad(self) -> bool:
        return self._requires_grad

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        if not isinstance(value, (bool, np.bool_)):
            raise DTypeError(f"The argument `requires_grad` must be bool type, but got {type(value).__name__}.")
        if value != self.__dict__.get("_requires_grad", value):
            structure.version += 1  # what was compiled took it, or did not take it, for a constant
        self._requires_grad = bool(value)
        self._node = self._leaf if value else None

    @property
    def comm_fusion(self) -> int:
        """The group of parameters whose gradients MindSpore sends together."""
        return self.__dict__.get("_comm_fusion", 1)

    @comm_fusion.setter
    def comm_fusion(self, value: int) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            raise DTypeError(f"The input value must be int, but got '{type(value).__name__}'")
        if value < 0:
            raise ArgumentError(f"The input value must be int and must >= 0, but got '{value}' with type 'int'.")
        self._comm_fusion = value

    @property
    def grad(self) -> Any:
        """The gradient, one object for life."""
        leaf = self._leaf
        if leaf.grad is None:
            leaf.grad = wrap(Tensor, self._device.engine.zeros_like(self._value), self._device)
        return leaf.grad

    @property
    def grad_req(self) -> str:
        return self._leaf.grad_req if self._requires_grad else "null"

    def attach_grad(self, grad_req: str = "write", stype: str | None = None) -> None:
        """Say what backward does with the gradient ('write', 'add' or 'null'), and set it to zero."""
        if grad_req not in ("write", "add", "null"):
            raise KeyError(f"attach_grad: grad_req must be 'write', 'add' or 'null', got {grad_req!r}")
        self._leaf.grad_req = grad_req
        self.grad._rebind(self._device.engine.zeros_like(self._value))
        self.requires_grad = True

    def requires_grad_(self, requires_grad: bool = True) -> Parameter:
        """Set whether it is trained; the parameter itself."""
        self.requires_grad = requires_grad
        return self

    def leaves(self) -> list[Tensor]:
        """The Tensors that hold this weight's value: itself."""
        return [self]

    def set_data(self, data: Any, slice_shape: bool = False) -> Parameter:
        """Give the parameter the value of ``data``, of the same shape, cast to the parameter's dtype.

        Raises:
            ShapeError: another shape, unless ``slice_shape``.
            DTypeError: data that are no Tensor and no number.
        """
        if isinstance(data, bool) or not isinstance(data, (Tensor, int, float)):
            raise DTypeError("Parameter data must be [`Tensor`, `int`, `float`] or a kind of `Tensor` (like `Tensor`). "
                             f"But with type {type(data)}.")
        value: Any = data._read() if isinstance(data, Tensor) else np.asarray(data, self.np_dtype)
        if value.shape != self.shape and not slice_shape:
            raise ShapeError(
                f"Can not change the shape of Parameter '{self.name}' which has been initialized: it has shape "
                f"{self.shape}, the new data {value.shape}; pass slice_shape=True to replace it."
            )
        if value.dtype != self.np_dtype:
            value = (value.real if value.dtype.kind == "c" != self.np_dtype.kind else value).astype(self.np_dtype)
        self._rebind(self._device.engine.put(value, self._device))
        return self

    def assign_value(self, value: Any) -> Parameter:
        """As ``set_data``."""
        return self.set_data(value)

    @property
    def data(self) -> Tensor:
        """The value as a Tensor that no gradient passes; assigned a Tensor, the parameter takes its shape and dtype."""
        return wrap(Tensor, self._read(), self._device)

    @data.setter
    def data(self, value: Tensor) -> None:
        if not isinstance(value, Tensor):
            raise DTypeError(f"The data of Parameter '{self.name}' must be a Tensor, but got {type(value).__name__}.")
        self._rebind(self._device.engine.put(value._read(), self._device))

    def copy(self) -> Parameter:
        """A parameter of the same name, value and flags."""
        return self.clone()

    def add_pipeline_stage(self, stage: int) -> None:
        """Accepted: every parameter is of the one stage that there is.

        Raises:
            TypeError: no int >= 0.
        """
        if isinstance(stage, bool) or not isinstance(stage, int) or stage < 0:
            raise DTypeError(f"`stage` must be a positive number of int type, but got {stage!r}.")

    def value(self) -> Tensor:
        """The parameter as a Tensor that is no Parameter; gradients pass to the parameter."""
        return wrap(Tensor, self._read(), self._device, self._node)

    def register_hook(self, hook: Callable) -> ParameterHook:
        """Call ``hook(gradient)`` on each gradient that is computed of this parameter as one of the weights.

        What it returns, if not None, is the gradient in its stead.

        Returns:
            A handle whose ``remove()`` takes the hook away.

        >>> from luojia import Parameter, Tensor, ops
        >>> p = Parameter(Tensor([1.0]), name="p")
        >>> handle = p.register_hook(lambda g: g * 7)
        >>> ops.grad(lambda x: x * p, None, p)(Tensor([3.0])).tolist()
        [21.0]

        Raises:
            TypeError: a hook that is no function.
        """
        if not callable(hook):
            raise DTypeError(f"Expected a callable hook function, but got {type(hook).__name__}.")
        hooks = self.__dict__.setdefault("_grad_hooks", {})
        handle = ParameterHook(hooks)
        hooks[handle] = hook
        return handle

    def init_data(self, *_: Any, **__: Any) -> Parameter:
        """The parameter itself, which is initialized when it is made."""
        return self

    def clone(self, init: Any = "same") -> Parameter:
        """A parameter of the same name, shape and flags with its own data: the same, a number, a Tensor's, or what an
        initializer or one of its name gives ('zeros', 'normal', ...).

        Raises:
            ArgumentError: an unknown name.
            DTypeError: an ``init`` of another type.
        """
        engine = self._device.engine
        if init == "same":
            value = self._value
        elif isinstance(init, Tensor):
            if init.shape != self.shape:
                raise ArgumentError(f"Parameter.clone: the Tensor 'init' must have the shape {self.shape}, but got "
                                    f"{init.shape}.")
            value = engine.asarray(init._read(), self.np_dtype)
        elif isinstance(init, str) and init in _NUMBERS:
            value = engine.asarray(np.full(self.shape, _NUMBERS[init]), self.np_dtype)
        else:
            fill = self._initializer(init)
            if fill is None:
                raise ArgumentError("Parameter.clone: init must be 'same', a number, a Tensor, an initializer or its "
                                    f"name, got {init!r}.")
            array = np.zeros(self.shape, self.np_dtype)
            fill(array)
            value = engine.put(array, self._device)
        return type(self)(wrap(Tensor, value, self._device), self.name, self.requires_grad, self.layerwise_parallel)

    def _extra_state(self) -> dict:
        state = dict(self.__dict__)
        state.pop("_variable", None)  # what it is in graphs
        state.pop("_grad_hooks", None)
        state["_leaf"] = (self._leaf.grad_req,)
        return state

    def _restore(self, extra: dict) -> None:
        extra = dict(extra)
        self._leaf = Leaf(*extra.pop("_leaf"), owner=self)
        self.__dict__.update(extra)
        self._node = self._leaf if self._requires_grad else None

    def __repr__(self) -> str:
        return (
            f"Parameter (name={self.name}, shape={self.shape}, dtype={self.dtype}, "
            f"requires_grad={self.requires_grad})"
        )

    __str__ = __repr__
    __hash__ = Tensor.__hash__


_NUMBERS = {"zeros": 0.0, "ones": 1.0}


class ParameterTuple(tuple):
    """A tuple of parameters: the weights that a gradient is taken with respect to.

    >>> from luojia import nn, ParameterTuple
    >>> net = nn.Dense(2, 1)
    >>> weights = ParameterTuple(net.trainable_params())
    >>> [p.name for p in weights]
    ['weight', 'bias']
    """

    def __new__(cls, iterable: Iterable) -> ParameterTuple:
        if isinstance(iterable, Tensor) or not isinstance(iterable, Iterable):
            raise DTypeError("For ParameterTuple initialization, ParameterTuple input should be a collection of "
                             f"'Parameter', but got a {type(iterable)}.")
        items = tuple(iterable)
        seen: set[int] = set()
        names: set[str] = set()
        for p in items:
            if not hasattr(p, "leaves"):
                raise DTypeError("For ParameterTuple initialization, ParameterTuple input should be 'Parameter' "
                                 f"collection, but got an element of type {type(p)}.")
            if id(p) not in seen and p.name in names:
                raise ArgumentError(f"The value {p}, its name '{p.name}' already exists. Please set a unique name for "
                                    "the parameter.")
            seen.add(id(p))
            names.add(p.name)
        return super().__new__(cls, items)

    def clone(self, prefix: str, init: Any = "same") -> ParameterTuple:
        """Clones named ``prefix.name``, with the same data or with ``init``."""
        if not isinstance(prefix, str):
            raise DTypeError(f"ParameterTuple.clone: prefix must be str, got {type(prefix).__name__}.")
        out = []
        for p in self:
            q = p.clone(init)
            q.name = f"{prefix}.{p.name}"
            out.append(q)
        return ParameterTuple(out)
