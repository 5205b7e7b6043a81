"""Gluon's Parameter: the recipe of a weight, which owns one leaf array per device."""

from __future__ import annotations

import threading
import warnings
from typing import Any

import numpy as np

from .. import initializer
from .._src.core.dtypes import to_numpys
from .._src.core.frame import Pending
from .._src.core.structure import structure
from .._src.core.tape import Leaf, recording_scope, state
from .._src.core.tensor import Tensor, wrap
from .._src.engine.devices import Context, current_context
from .._src.errors import DTypeError, MXNetError, ParameterShapeError
from .._src.paths import public_names
from ..ndarray import NDArray, array
from ..ndarray.sparse_array import as_stype
from ..util import array_class, is_np_shape
from .loaded import load_all
from .utils import contexts_of, shape_is_known

_finishing = threading.RLock()

__all__ = ["Constant", "DeferredInitializationError", "Parameter", "ParameterDict", "tensor_types"]
__dir__ = public_names(__name__)

tensor_types = (Tensor,)
_GRAD_REQS = ("write", "add", "null")


class DeferredInitializationError(MXNetError):
    """A parameter was asked for before its shape was known."""


class Parameter:
    """A weight of Blocks: name, shape, how it is initialized, and, once it is, an array on each of its devices.

    Args:
        name: its full name.
        grad_req: 'write' (a backward replaces the gradient), 'add' (it adds to it) or 'null' (there is none).
        shape: the shape; 0 or -1 stands for a size to be found at the first forward pass.
        dtype: anything that names a dtype.
        lr_mult, wd_mult: factors on the trainer's learning rate and weight decay.
        init: its own initializer; without one, that of ``initialize``.
        allow_deferred_init: wait for unknown sizes instead of raising.
        differentiable: False for statistics: there is no gradient.
        stype, grad_stype: the storage types that its data and gradient are read as; they are stored dense.

    >>> from luojia import init
    >>> p = Parameter("w", shape=(2, 3))
    >>> p.initialize(init.One())
    >>> float(p.data().asnumpy().sum()), p.grad().shape
    (6.0, (2, 3))
    """

    _trainer: Any = None  # of a sparse parameter: the Trainer that updates it

    def __init__(self, name: str, grad_req: str = "write", shape: Any = None, dtype: Any = np.float32,
                 lr_mult: float = 1.0, wd_mult: float = 1.0, init: Any = None, allow_deferred_init: bool = False,
                 differentiable: bool = True, stype: str = "default", grad_stype: str = "default") -> None:
        for what, kind in (("stype", stype), ("grad_stype", grad_stype)):
            assert kind in ("default", "row_sparse", "csr"), (
                f"{what} for Parameter '{name}' must be one of 'default', 'row_sparse', or 'csr', but got '{kind}'"
            )
        self._data: dict[Context, NDArray] | None = None
        self._deferred_init: tuple = ()
        self._differentiable = differentiable
        self._allow_deferred_init = allow_deferred_init
        self._var: Any = None
        self._grad_req = "null"
        self.name = name
        self._shape: Any = (shape,) if isinstance(shape, int) else None if shape is None else tuple(shape)
        self._dtype = dtype
        self.lr_mult = lr_mult
        self.wd_mult = wd_mult
        self.init = init
        self._stype = stype
        self._grad_stype = grad_stype
        self.grad_req = grad_req

    def __repr__(self) -> str:
        return f"{type(self).__name__} {self.name} (shape={self.shape}, dtype={self.dtype})"

    # -- what it is ------------------------------------------------------------------------------------------------

    @property
    def grad_req(self) -> str:
        """What backward does with the gradient: 'write', 'add' or 'null'."""
        return self._grad_req

    @grad_req.setter
    def grad_req(self, req: str) -> None:
        assert req in _GRAD_REQS, f"grad_req must be one of 'write', 'add', or 'null', but got '{req}'"
        if not self._differentiable:
            req = "null"
        if self._grad_req == req:
            return
        self._grad_req = req
        structure.version += 1
        for leaf in (self._data or {}).values():
            self._make_leaf(leaf)

    @property
    def requires_grad(self) -> bool:
        """Whether the parameter is trained."""
        return self._grad_req != "null"

    @property
    def dtype(self) -> Any:
        """The dtype, as it was given."""
        return self._dtype

    @dtype.setter
    def dtype(self, dtype: Any) -> None:
        self.cast(dtype)

    @property
    def shape(self) -> Any:
        """The shape; 0, or -1 while ``npx.set_np()`` is on, stands for a size not known yet."""
        if self._shape is None or not is_np_shape():
            return self._shape
        return tuple([n or -1 for n in self._shape])

    @shape.setter
    def shape(self, new_shape: tuple[int, ...]) -> None:
        new_shape = tuple(new_shape)
        if self._shape is not None:
            fits = len(self._shape) == len(new_shape) and all(
                old in (0, -1, new) for old, new in zip(self._shape, new_shape)
            )
            assert fits, f"Expected shape {new_shape} is incompatible with given shape {self._shape}."
        self._shape = new_shape
        self._var = None

    @property
    def stype(self) -> str:
        return self._stype

    @property
    def grad_stype(self) -> str:
        return self._grad_stype

    # -- initialization --------------------------------------------------------------------------------------------

    def initialize(self, init: Any = None, ctx: Any = None, default_init: Any = None,
                   force_reinit: bool = False) -> None:
        """Give the parameter its values, now or, with unknown sizes, at the first forward pass.

        Args:
            init: the initializer; by default the parameter's own, else ``default_init``.
            ctx: a device or a list of devices; by default the current one.
            default_init: ``Uniform()`` if not given.
            force_reinit: do so again where it has values; else that only warns.

        Raises:
            ValueError: sizes are unknown, and ``allow_deferred_init`` was not said.
        """
        if self._data is not None and not force_reinit:
            warnings.warn(
                f"Parameter '{self.name}' is already initialized, ignoring. Set force_reinit=True to re-initialize.",
                stacklevel=2,
            )
            return
        contexts = contexts_of(ctx)
        default_init = initializer.Uniform() if default_init is None else default_init
        if init is None:
            init = default_init if self.init is None else self.init
        if not shape_is_known(self._shape):
            if not self._allow_deferred_init:
                raise ValueError(
                    f"Cannot initialize Parameter '{self.name}' because it has invalid shape: {self._shape}."
                )
            structure.version += 1
            self._data = None
            self._deferred_init = (init, contexts, default_init, None)
            return
        self._materialize(init, contexts, default_init, None)

    def _finish_deferred_init(self) -> None:
        """Initialize now, the shape having become known."""
        if not self._deferred_init:
            return
        if not shape_is_known(self._shape):
            raise DeferredInitializationError(
                f"Cannot initialize Parameter '{self.name}' because it has invalid shape: {self._shape}. Please "
                "specify in_units, in_channels, etc for `Block`s."
            )
        if state.frame is not None:
            raise Pending(f"Parameter '{self.name}' has no values yet")
        with _finishing:  # of threads that share a net, the first one draws the values
            if self._deferred_init:
                self._materialize(*self._deferred_init)

    def _materialize(self, init: Any, contexts: list[Context], default_init: Any, data: Any) -> None:
        if data is None:
            device = Context("cpu", 0)
            try:
                blank = np.zeros(self._shape, to_numpys(self._dtype))
            except ValueError as e:
                raise ParameterShapeError(f"Parameter '{self.name}': lengths must not be negative, got shape "
                                          f"{self._shape}.") from e
            except TypeError as e:
                raise DTypeError(f"Parameter '{self.name}': shape {self._shape} or dtype {self._dtype} is not one "
                                 f"({e}).") from e
            with recording_scope(False):
                zeros = device.engine.put(blank, device)
                array = wrap(array_class(), zeros, device)
                initializer.create(default_init)(initializer.InitDesc(self.name, {"__init__": init}), array)
            data = array.asnumpy()
        self._place(np.asarray(data, to_numpys(self._dtype)), contexts)
        self._deferred_init = ()

    def _place(self, data: np.ndarray, contexts: list[Context]) -> None:
        """Put copies of ``data`` on the devices, as leaves."""
        structure.version += 1
        placed = {}
        for device in contexts:
            leaf = wrap(array_class(), device.engine.put(data.copy(), device), device)
            leaf._role = True
            self._make_leaf(leaf)
            placed[device] = leaf
        self._data = placed  # whole, for another thread may look

    def _make_leaf(self, leaf: NDArray) -> None:
        if self._grad_req == "null":
            leaf._node = None
        elif isinstance(leaf._node, Leaf):
            leaf._node.grad_req = self._grad_req
            leaf._node.grad._rebind(leaf._device.engine.zeros_like(leaf._value))  # what was summed does not count
        else:
            zeros = leaf._device.engine.zeros_like(leaf._value)
            grad = wrap(leaf._result_class, zeros, leaf._device)
            plain = self._grad_stype == "default"
            leaf._node = Leaf(self._grad_req, grad if plain else as_stype(grad, self._grad_stype))

    def _load_init(self, data: Any, ctx: Any = None, cast_dtype: bool = False, dtype_source: str = "current") -> None:
        """Take values read from a file; nothing is changed where they do not fit."""
        load_all([(self, data)], ctx, cast_dtype, dtype_source)

    def reset_ctx(self, ctx: Any) -> None:
        """Move the parameter to other devices."""
        contexts = contexts_of(ctx)
        if self._data is not None:
            self._place(self._reduce(), contexts)
        elif self._deferred_init:
            init, _, default_init, data = self._deferred_init
            self._deferred_init = (init, contexts, default_init, data)
        else:
            raise ValueError(f"Cannot reset context for Parameter '{self.name}' because it has not been initialized.")

    reset_device = reset_ctx

    def cast(self, dtype: Any) -> None:
        """Change the dtype of values and gradient."""
        to_numpys(dtype)
        self._dtype = dtype
        self._var = None
        for leaf in (self._data or {}).values():
            leaf._rebind(leaf._value.astype(to_numpys(dtype)))
            if isinstance(leaf._node, Leaf):
                leaf._node.grad._rebind(leaf._node.grad._value.astype(to_numpys(dtype)))

    # -- values ----------------------------------------------------------------------------------------------------

    def _leaves(self) -> dict[Context, NDArray]:
        """The leaves by device; raises where there are none yet."""
        if self._data is not None:
            return self._data
        if self._deferred_init:
            raise DeferredInitializationError(
                f"Parameter '{self.name}' has not been initialized yet because initialization was deferred. Actual "
                "initialization happens during the first forward pass. Please pass one batch of data through the "
                "network before accessing Parameters. You can also avoid deferred initialization by specifying "
                "in_units, num_features, etc., for network layers."
            )
        raise RuntimeError(
            f"Parameter '{self.name}' has not been initialized. Note that you should initialize parameters and create "
            "Trainer with Block.collect_params() instead of Block.params because the later does not include Parameters "
            "of nested child Blocks. Call initialize() on the Block first."
        )

    @property
    def _grad(self) -> list[NDArray] | None:
        """The gradients on all devices; None where there are none."""
        return None if self._data is None or self._grad_req == "null" else [n._node.grad for n in self._data.values()]

    @property
    def _ctx_list(self) -> list[Context] | None:
        return None if self._data is None else list(self._data)

    def _check_and_get(self, arr_list: Any, ctx: Any) -> Any:
        """Of ``self._data`` or ``self._grad`` the array on ``ctx``, or with the class ``list`` all of them."""
        devices = list(self._leaves())
        arrays = list(arr_list.values()) if isinstance(arr_list, dict) else list(arr_list or ())
        if ctx is list:
            return arrays
        if ctx is None:
            ctx = devices[0] if len(devices) == 1 else current_context()
        Parameter.data(self, ctx)  # raises where it is not on that device; a subclass may build its own on this
        return arrays[devices.index(ctx)]

    def _get_row_sparse(self, arr_list: Any, ctx: Any, row_id: Any) -> Any:
        """The rows that ``row_id`` names of what ``_check_and_get`` finds."""
        found = self._check_and_get(arr_list, ctx)
        many = isinstance(found, list)
        rows = [self._rows_of(leaf, row_id, "row_sparse_data") for leaf in (found if many else [found])]
        return rows if many else rows[0]

    def _init_impl(self, data: Any, ctx_list: Any) -> None:
        """Put ``data`` on the devices, and make gradients."""
        self._place(data.asnumpy() if isinstance(data, Tensor) else np.asarray(data), contexts_of(ctx_list))

    def _init_grad(self) -> None:
        """Make the gradients anew, of zeros."""
        for leaf in self._leaves().values():
            leaf._node = None
            self._make_leaf(leaf)

    def _set_trainer(self, trainer: Any) -> None:
        """Note the trainer that updates the parameter; a sparse one has one trainer only."""
        if self._stype != "default" and self._trainer is not None and trainer is not None and (
                self._trainer is not trainer):
            raise RuntimeError(f"Failed to set the trainer for Parameter '{self.name}' because it was already set. "
                               "More than one trainers for a sparse parameter is not supported.")
        self._trainer = trainer

    def leaves(self) -> list[NDArray]:
        """The arrays that hold this weight, one per device."""
        return list(self._leaves().values())

    def data(self, ctx: Context | None = None) -> NDArray:
        """The array on a device (by default the only one, else the current): the same object at every call."""
        found = self._data
        if found is None:
            found = self._leaves()
        if ctx is None:
            if len(found) == 1:
                return next(iter(found.values()))
            ctx = current_context()
        leaf = found.get(ctx)
        if leaf is None:
            raise RuntimeError(
                f"Parameter '{self.name}' was not initialized on context {ctx}. It was only initialized on "
                f"{list(found)}."
            )
        return leaf

    def list_data(self) -> list[NDArray]:
        """The arrays on all devices, in the order of initialization."""
        return self.leaves()

    def grad(self, ctx: Context | None = None) -> NDArray:
        """The gradient on a device: the same object at every call."""
        self._check_grad()
        return Parameter.data(self, ctx)._node.grad

    def list_grad(self) -> list[NDArray]:
        """The gradients on all devices."""
        self._check_grad()
        return [leaf._node.grad for leaf in self.leaves()]

    def _check_grad(self) -> None:
        if self._grad_req == "null" and self._data is not None:
            raise RuntimeError(f"Cannot get gradient array for Parameter '{self.name}' because grad_req='null'")
        self._leaves()

    def list_ctx(self) -> list[Context]:
        """The devices that the parameter is, or will be, on."""
        if self._data is not None:
            return list(self._data)
        if self._deferred_init:
            return list(self._deferred_init[1])
        raise RuntimeError(f"Parameter '{self.name}' has not been initialized; call initialize() on the Block first.")

    list_device = list_ctx

    def zero_grad(self) -> None:
        """Set the gradient to zero on all devices; without a gradient nothing happens."""
        for leaf in (self._data or {}).values():
            if isinstance(leaf._node, Leaf):
                leaf._node.grad._rebind(leaf._device.engine.zeros_like(leaf._value))

    def set_data(self, data: Any) -> None:
        """Set the values on all devices, of a Tensor or array of the parameter's shape."""
        value = data.asnumpy() if isinstance(data, Tensor) else np.asarray(data)
        self.shape = value.shape
        if self._data is None:
            assert self._deferred_init, f"Parameter '{self.name}' has not been initialized"
            self._deferred_init = (*self._deferred_init[:3], value)
            return
        self._set(value)

    def _set(self, value: np.ndarray) -> None:
        for device, leaf in self._leaves().items():
            leaf._rebind(device.engine.put(np.array(value, leaf.np_dtype), device))

    def _reduce(self) -> np.ndarray:
        """The values, averaged over the devices."""
        arrays = [leaf.asnumpy() for leaf in self.leaves()]
        return arrays[0] if len(arrays) == 1 else (sum(arrays[1:], arrays[0]) / len(arrays)).astype(arrays[0].dtype)

    def row_sparse_data(self, row_id: Any) -> NDArray:
        """The rows that ``row_id`` names, the others 0, of a parameter of stype 'row_sparse'."""
        return self._rows_of(self.data(), row_id, "row_sparse_data")

    def list_row_sparse_data(self, row_id: Any) -> list[NDArray]:
        """``row_sparse_data`` on each context."""
        return [self._rows_of(leaf, row_id, "list_row_sparse_data") for leaf in self.leaves()]

    def _rows_of(self, leaf: NDArray, row_id: Any, who: str) -> NDArray:
        if self._stype != "row_sparse":
            raise RuntimeError(f"Cannot return a copy of Parameter {self.name} via {who}() because its storage type is "
                               f"{self._stype}. Please use data() instead.")
        return as_stype(leaf, "row_sparse").retain(row_id)  # type: ignore[attr-defined]

    def var(self) -> Any:
        """The Symbol variable that stands for the parameter in graphs."""
        if self._var is None:
            from .. import symbol

            self._var = symbol.var(self.name, shape=self._shape, dtype=to_numpys(self._dtype), lr_mult=self.lr_mult,
                                   wd_mult=self.wd_mult, init=self.init, stype="default")
        return self._var

    def __getstate__(self) -> dict[str, Any]:
        state = dict(self.__dict__)
        state["_var"] = state["_trainer"] = None
        if self._data is not None:
            state["_data"] = {device: leaf.asnumpy() for device, leaf in self._data.items()}
            nodes = [leaf._node for leaf in self._data.values()]
            state["_grads"] = [(n.grad.asnumpy(), n.fresh) if isinstance(n, Leaf) else None for n in nodes]
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        state = dict(state)
        arrays, grads = state["_data"], state.pop("_grads", ())
        self.__dict__.update(state, _data=None)
        if arrays is None:
            return
        self._data = {}
        for (device, values), grad in zip(arrays.items(), grads):
            leaf = wrap(array_class(), device.engine.put(values, device), device)
            leaf._role = True
            self._make_leaf(leaf)
            if grad is not None:
                leaf._node.grad._rebind(device.engine.put(grad[0], device))
                leaf._node.fresh = grad[1]
            self._data[device] = leaf


class Constant(Parameter):
    """A parameter that is never trained, with the values given.

    >>> from luojia import nd
    >>> Constant("c", nd.ones((2,)))
    Constant c (shape=(2,), dtype=<class 'numpy.float32'>)
    """

    @property
    def grad_req(self) -> str:
        """Always 'null'."""
        return "null"

    @grad_req.setter
    def grad_req(self, req: str) -> None:
        if req != "null":
            warnings.warn(f'Constant parameter "{self.name}" does not support grad_req other than "null", and new '
                          f'value "{req}" is ignored.', stacklevel=2)

    def __init__(self, name: str, value: Any) -> None:
        if not isinstance(value, Tensor):
            value = array(value)
            value = wrap(array_class(), value._value, value._device)
        self.value = value
        dtype = value.dtype if isinstance(value, NDArray) else value.np_dtype.type
        super().__init__(name, grad_req="null", shape=value.shape, dtype=dtype,
                         init=initializer.Constant(value), differentiable=False)


from .parameter_dict import ParameterDict  # noqa: E402 - it needs the classes above
