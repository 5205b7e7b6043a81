"""Parameters: Tensors in the role of a network's leaves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from ..errors import ArgumentError, DTypeError
from .tape import Leaf
from .tensor import Tensor, wrap

_LONGEST_NAME = 1024


class Parameter(Tensor):
    """A Tensor that a network owns and training changes.

    Args:
        default_input: its initial value: a Tensor, a number, a list of integers or a NumPy array.
        name: its name; without one, the attribute that holds it names it.
        requires_grad: whether it is trained.
    """

    _role = True

    def __init__(self, default_input: Any, name: str | None = None, requires_grad: bool = True,
                 layerwise_parallel: bool = False, parallel_optimizer: bool = True, **_: Any) -> None:
        if isinstance(default_input, bool):
            raise ArgumentError("Parameter: default_input must be a Tensor, a number, a list or an array, got bool.")
        if isinstance(default_input, int):
            default_input = np.asarray(default_input, np.int32)
        super().__init__(default_input)
        if isinstance(default_input, Tensor) and hasattr(default_input, "init"):
            self.init = default_input.init
        self._leaf = Leaf(owner=self)
        self.is_init = True
        self.layerwise_parallel = layerwise_parallel
        self.parallel_optimizer = parallel_optimizer
        self.name = name
        self.requires_grad = requires_grad

    @property
    def name(self) -> str:
        return self._name

    @name.setter
    def name(self, value: str | None) -> None:
        self.has_default_name = value is None
        if value is None:
            self._name = "Parameter"
            return
        if not isinstance(value, str):
            raise ArgumentError(f"Parameter: the name must be a string, got {value!r} of type {type(value).__name__}.")
        value = value.strip()
        if not value or len(value) > _LONGEST_NAME:
            raise ArgumentError(
                f"Parameter: the name must have 1 to {_LONGEST_NAME} characters, got {len(value)}."
            )
        self._name = value

    @property
    def requires_grad(self) -> bool:
        return self._requires_grad

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        if not isinstance(value, (bool, np.bool_)):
            raise DTypeError(f"Parameter: requires_grad must be bool, got {type(value).__name__}.")
        self._requires_grad = bool(value)
        self._node = self._leaf if value else None

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
            raise KeyError(grad_req)
        self._leaf.grad_req = grad_req
        self.grad._rebind(self._device.engine.zeros_like(self._value))
        self.requires_grad = True

    def leaves(self) -> list[Tensor]:
        """The Tensors that hold this weight's value: itself."""
        return [self]

    def set_data(self, data: Any, slice_shape: bool = False) -> Parameter:
        """Give the parameter the value of ``data``, of the same shape and a dtype that fits in the parameter's.

        Raises:
            ShapeError: another shape, unless ``slice_shape``.
            DTypeError: a dtype that would be narrowed.
        """
        value = data._value if isinstance(data, Tensor) else Tensor(data)._value
        if value.shape != self.shape and not slice_shape:
            raise ArgumentError(
                f"Can not change the shape of Parameter '{self.name}' which has been initialized: it has shape "
                f"{self.shape}, the new data {value.shape}; pass slice_shape=True to replace it."
            )
        mine = self.np_dtype
        if value.dtype != mine:
            if not np.can_cast(value.dtype, mine, "same_kind") or value.dtype.itemsize > mine.itemsize:
                raise DTypeError(
                    f"Parameter '{self.name}' holds {self.dtype}, and data of dtype {value.dtype} would be narrowed; "
                    "cast the data first."
                )
            value = value.astype(mine)
        self._rebind(self._device.engine.put(value, self._device))
        return self

    def clone(self, init: Any = "same") -> Parameter:
        """A parameter of the same name, shape and flags with its own data."""
        value = self._value if init == "same" else self._device.engine.asarray(np.full(self.shape, _number(init)),
                                                                               self.np_dtype)
        return type(self)(wrap(Tensor, value, self._device), self.name, self.requires_grad, self.layerwise_parallel)

    def _extra_state(self) -> dict:
        state = dict(self.__dict__)
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


def _number(init: Any) -> Any:
    return {"zeros": 0.0, "ones": 1.0}.get(init, init)


class ParameterTuple(tuple):
    """A tuple of parameters: the weights that a gradient is taken with respect to."""

    def __new__(cls, iterable: Iterable) -> ParameterTuple:
        items = tuple(iterable)
        seen: set[int] = set()
        names: set[str] = set()
        for p in items:
            if not hasattr(p, "leaves"):
                raise DTypeError(f"ParameterTuple input should be Parameter collection, got {type(p).__name__}.")
            if id(p) not in seen and p.name in names:
                raise ArgumentError(f"ParameterTuple: the Parameter named '{p.name}': its name '{p.name}' already "
                                    "exists; rename it.")
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
