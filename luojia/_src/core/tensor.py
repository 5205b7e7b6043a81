"""The tensor that both doors share: an engine's array, its device and its link to the tape."""

from __future__ import annotations

import math
import operator
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from ..engine.devices import Context, current_context
from ..errors import ArgumentError, DTypeError, GraphError, IndexTypeError, UnfitArgumentError
from . import dtypes, printing
from .dtypes import DType
from .literals import array_of
from .repeated import repeated
from .tape import Leaf, Node, backward, now_recording, set_recording, state

_new = object.__new__


def wrap(cls: type, value: Any, device: Context, node: Any = None) -> Any:
    """A Tensor of class ``cls`` around an engine's array, without checks or copies."""
    t = _new(cls)
    t._value = value
    t._device = device
    t._node = node
    return t


if TYPE_CHECKING:  # what comes from the operators: see ops/methods.py and ops/tensor_methods.py
    from .tensor_methods import TensorMethods as _Methods  # pyright: ignore[reportMissingModuleSource] - a stub alone
else:
    _Methods = object


class Tensor(_Methods):
    """An n-dimensional array that operators and gradients know.

    Args:
        input_data: a number, nested lists of numbers, a NumPy array or a Tensor. Integers give Int64, floats and lists
            of floats Float32; NumPy arrays and Tensors keep their dtype.
        dtype: a luojia dtype to cast to, as ``luojia.float32``.
        shape, init: instead of data: a shape, and an initializer that fills it (see ``init_data``). Without ``init``
            zeros; sizes may then be None, for any, and are 0.

    >>> Tensor([[1, 2], [3, 4]])
    Tensor(shape=[2, 2], dtype=Int64, value=
    [[1, 2],
     [3, 4]])
    """

    __slots__ = ("_value", "_device", "_node", "_later", "__dict__", "__weakref__")
    _value: Any
    _later: Any  # what will give the array, while there is none (see waiting.py)
    _device: Context
    _node: Any
    _role = False  # True for parameters, whose class does not decide that of results
    _hooked = False  # whether there are functions on the gradient by it as an input (ops/composed/hooks.py)
    _result_class: type
    _coerce: Any
    const_arg = False  # whether a graph takes it as a constant: graphs here are made of values
    init_flag = False
    init: Any = None  # the initializer of a Tensor made without data
    param_info: Any = None  # of a Parameter: what parallel training knows of it
    _keeps_stops = False  # MXNet's arrays: what has no derivative is on the tape, and leads to gradients of zero
    _keeps_integers: Any = None  # MXNet's arrays: an elementwise result in the integers that it was made of
    _brought: Any = None  # MXNet's arrays: the same on another device, linked to the tape

    _part_of: Any  # of what it is a part (ops/methods.py)

    def __init__(self, input_data: Any = None, dtype: DType | None = None, shape: Any = None, init: Any = None,
                 internal: bool = False, const_arg: bool = False, *, device: Context | str | None = None) -> None:
        if dtype is not None and not isinstance(dtype, DType):
            raise DTypeError(f"Tensor: dtype must be a luojia dtype such as luojia.float32, got {dtype!r}.")
        self._node = None
        data = input_data
        if device is not None and not isinstance(device, Context):
            device = _named_device(device)
        self._device = device or (data._device if isinstance(data, Tensor) else current_context())
        if const_arg is not False:
            self.set_const_arg(const_arg)
        if data is None:
            if dtype is None or (shape is None and init is not None):
                raise UnfitArgumentError("Tensor: give data, or dtype, shape and init together; got neither.")
            shape = (shape,) if isinstance(shape, int) else tuple(shape or ())  # None: of any number of axes
            if init is not None:
                self.init = init
            # without init it stands for any Tensor of its dtype and shape, in which None, or a Symbol, is any size
            value = np.zeros([0 if n is None or hasattr(n, "divisor") else n for n in shape], dtype.np)
        else:
            if shape is not None or init is not None:
                raise ArgumentError("Tensor: give either data or shape and init, not both.")
            value = data._read() if isinstance(data, Tensor) else array_of(data)
            if dtype is not None and isinstance(data, float):
                value = np.asarray(data, np.float64)
        if dtype is not None and value.dtype != dtype.np:
            value = value.astype(dtype.np)
        self._value = self._device.engine.put(value, self._device)

    # -- what it is ------------------------------------------------------------------------------------------------

    @property
    def shape(self) -> tuple[int, ...]:
        return self._value.shape

    @property
    def np_dtype(self) -> np.dtype:
        """The NumPy dtype of the elements."""
        return self._value.dtype

    @property
    def dtype(self) -> Any:
        return dtypes.from_np(self._value.dtype)

    @property
    def ndim(self) -> int:
        return len(self._value.shape)

    @property
    def size(self) -> int:
        return math.prod(self._value.shape)

    @property
    def itemsize(self) -> int:
        return self._value.dtype.itemsize

    @property
    def nbytes(self) -> int:
        return self.size * self.itemsize

    @property
    def strides(self) -> tuple[int, ...]:
        return np.asarray(self._value).strides

    @property
    def device(self) -> str:
        """The device that holds the elements, as MindSpore calls it: 'CPU', 'GPU:0'."""
        kind = self._device.device_type.upper()
        return "CPU" if kind.startswith("CPU") else f"{kind}:{self._device.device_id}"

    def __len__(self) -> int:
        if not self._value.shape:
            raise TypeError("len() of a 0-d Tensor; it has one element, read it with item().")
        return self._value.shape[0]

    def __iter__(self) -> Iterator:
        if not self._value.shape:
            raise TypeError("iteration over a 0-d Tensor; it has one element, read it with item().")
        return (self[i] for i in range(self._value.shape[0]))

    def __hash__(self) -> int:
        return id(self)

    # -- values out ------------------------------------------------------------------------------------------------

    def asnumpy(self) -> np.ndarray:
        """The elements as a NumPy array, which shares the Tensor's memory where nothing else does, as MindSpore's.

        What is written to it then shows in the Tensor, until that is given new values. On a GPU, and where other
        Tensors or the tape hold the memory too, it is a copy; with XLA always.

        >>> Tensor([1.0, 2.0]).asnumpy()
        array([1., 2.], dtype=float32)
        """
        value = self._value
        if value.__class__ is np.ndarray and sys.getrefcount(value) <= UNSHARED and value.base is None:
            return value if value.flags.carray else value.copy()
        return self._copied()

    def _copied(self) -> np.ndarray:
        """The elements as a NumPy array of one's own."""
        value = self._value
        if value.__class__ is np.ndarray:
            return value.copy()
        return np.array(self._device.engine.to_numpy(value), order="C")

    def numpy(self) -> np.ndarray:
        return self.asnumpy()

    def tolist(self) -> Any:
        return self.asnumpy().tolist()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        value = self._device.engine.to_numpy(self._value)
        if dtype is not None and value.dtype != np.dtype(dtype):
            if copy is False:
                raise ValueError(f"a {self.np_dtype} Tensor becomes a {np.dtype(dtype)} array by a copy only.")
            return value.astype(dtype)
        if copy is False:
            view = value.view()
            view.flags.writeable = False
            return view
        return np.array(value)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        """NumPy's functions take a Tensor's values: an ndarray on the left gives an ndarray, a scalar a Tensor."""
        scalar = len(inputs) == 2 and isinstance(inputs[0], (np.generic, np.ndarray)) and inputs[0].ndim == 0
        if scalar and ufunc in _SIGNS:
            return _SIGNS[ufunc](inputs[0].item(), inputs[1])
        return getattr(ufunc, method)(*[np.asarray(x) if isinstance(x, Tensor) else x for x in inputs], **kwargs)

    def __dlpack__(self, **kwargs: Any) -> Any:
        value = self._value
        engine = self._device.engine
        copied = np.array(value) if isinstance(value, np.ndarray) else engine.put(engine.copy(value), self._device)
        return copied.__dlpack__(**kwargs)

    def __dlpack_device__(self) -> Any:
        return self._value.__dlpack_device__()

    def item(self, *index: int) -> Any:
        """The one element, or the one at ``index``, as a Python number."""
        if not index and self.size != 1:
            raise ArgumentError(f"item() takes a Tensor of one element, got shape {self.shape}; give an index.")
        return self.asnumpy().item(*index)

    def _scalar(self, what: str) -> Any:
        if self.size != 1:
            raise ArgumentError(
                f"The truth value or number of an array with several elements is ambiguous: {what} takes a Tensor "
                f"of one element, got shape {self.shape}; reduce it first, for example with .any(), .all() or .sum()."
            )
        return self._device.engine.to_numpy(self._value).item()

    def __bool__(self) -> bool:
        return bool(self._scalar("bool()"))

    def __float__(self) -> float:
        return float(self._scalar("float()"))

    def __int__(self) -> int:
        return int(self._scalar("int()"))

    def __complex__(self) -> complex:
        return complex(self._scalar("complex()"))

    def __index__(self) -> int:
        value = self._scalar("index()")
        if not isinstance(value, int):
            raise IndexTypeError(f"only integer Tensors of one element are indices, got dtype {self.dtype}.")
        return int(value)

    def __format__(self, spec: str) -> str:
        if spec and self.size != 1:
            raise DTypeError(f"format() with {spec!r} takes a Tensor of one element, got shape {self.shape}.")
        return format(self._scalar("format()"), spec) if spec else str(self)

    def __str__(self) -> str:
        if self.init is not None and "_filled" not in self.__dict__:
            return f"Tensor(shape={list(self.shape)}, dtype={dtypes.from_np(self.np_dtype)}, value=\n<uninitialized>)"
        return printing.tensor_str(self.asnumpy())

    def __repr__(self) -> str:
        return printing.tensor_repr(self.asnumpy(), str(dtypes.from_np(self.np_dtype)))

    def _repr_html_(self) -> str:
        return printing.tensor_html(self)

    # -- values in -------------------------------------------------------------------------------------------------

    def _read(self) -> Any:
        """The array, for those who compute with it without an operator; inside a trace, as an input of it."""
        if state.frame is not None:
            state.frame.lift(self)
        return self._value

    def _rebind(self, value: Any) -> None:
        """Give the Tensor another array; nothing recorded sees it."""
        if state.frame is not None:
            state.frame.note(self)
        if state.journal is not None:
            state.journal.note(self)
        self._value = value

    def _write(self, index: Any, value: Any) -> None:
        """Write at ``index``: into the buffer if nothing else can see it, else into a copy."""
        if state.journal is not None:
            state.journal.note(self)
        array = self._value
        if isinstance(array, np.ndarray):
            if sys.getrefcount(array) > UNSHARED or array.base is not None or not array.flags.writeable:
                array = array.copy()
            array[index] = value
            self._value = array
        else:
            self._rebind(self._device.engine.xp.set_at(array, index, value))

    def init_data(self, slice_index: Any = None, shape: Any = None, opt_shard_group: Any = None) -> Any:
        """Fill a Tensor made of ``shape``, ``dtype`` and ``init`` with the initializer's values; returns it.

        Raises:
            TypeError: it was made of data.
        """
        if "_filled" in self.__dict__:  # what ``initializer`` gives has its values
            return self
        if self.init is None:
            raise DTypeError("init_data must be set Tensor.init, init can't be None")
        array = np.zeros(self.shape, self.np_dtype)
        self.init(array)
        self._rebind(self._device.engine.put(array, self._device))
        self.__dict__["_filled"] = True
        return self

    # -- the tape --------------------------------------------------------------------------------------------------

    @property
    def grad(self) -> Any:
        """The gradient that backward wrote, one object for life; None before ``attach_grad``."""
        node = self._node
        return node.grad if isinstance(node, Leaf) else None

    def attach_grad(self, grad_req: str = "write", stype: str | None = None) -> None:
        """Make this a variable: allocate a zero gradient, which backward fills ('write') or adds to ('add')."""
        if grad_req not in ("write", "add", "null"):
            raise KeyError(f"attach_grad: grad_req must be 'write', 'add' or 'null', got {grad_req!r}")
        zeros = wrap(self._result_class, self._device.engine.zeros_like(self._value), self._device)
        if stype not in (None, "default"):
            zeros = zeros.tostype(stype)
        self._node = Leaf(grad_req, zeros)

    def detach(self) -> Any:
        """The same value, without a link to the computation that made it."""
        return wrap(self._result_class, self._read(), self._device)

    def backward(self, out_grad: Any = None, retain_graph: bool = False, train_mode: bool = True) -> None:
        """Compute the gradients of the variables that this depends on; ones are the default head gradient."""
        run_backward([self], [out_grad], retain_graph, train_mode)

    # -- copies ----------------------------------------------------------------------------------------------------

    def __reduce__(self):
        return _rebuild, (type(self), self.asnumpy(), self._device, self._extra_state())

    def _extra_state(self) -> dict:
        return {k: v for k, v in self.__dict__.items() if k != "_part_of"}

    def __deepcopy__(self, memo: dict) -> Any:
        value = self._value.copy() if isinstance(self._value, np.ndarray) else self._value
        t = wrap(type(self), value, self._device)
        memo[id(self)] = t
        t._restore(self._extra_state())
        return t

    def _restore(self, extra: dict) -> None:
        self.__dict__.update(extra)


Tensor._result_class = Tensor


def _named_device(name: Any) -> Context:
    """The device that a string names: the current one, whose kind it must be."""
    device = current_context()
    if not isinstance(name, str) or name.partition(":")[0].lower() != device.device_type:
        raise ArgumentError(f"Tensor: the device must be {device.device_type.upper()!r}, the current one, got {name!r}"
                            "; choose the device in set_context.")
    return device


def _rebuild(cls: type, value: np.ndarray, device: Context, extra: dict) -> Any:
    t = wrap(cls, device.engine.put(value, device), device)
    t._restore(extra)
    return t


NO_GRAPH = (
    "Cannot differentiate node because it is not in a computational graph. You need to set is_recording to true or use "
    "autograd.record() to save computational graphs for backward. If you want to differentiate the same graph twice, "
    "you need to pass retain_graph=True to backward. Call attach_grad() on the variables before they are recorded; "
    "of functions and networks, ops.grad and ops.value_and_grad give gradients without recording."
)
NO_INPUTS = (
    "There are no inputs in computation graph that require gradients. Call attach_grad() on an input before recording; "
    "if an earlier backward freed a part of this graph, pass retain_graph=True there."
)


def run_backward(heads: list, head_grads: Any, retain_graph: bool = False, train_mode: bool = True,
                 strict: bool = False) -> None:
    """Backward from several heads at once, into the ``.grad`` of every variable they depend on.

    ``strict``, as in MXNet: no head was freed, head gradients have their heads' dtypes, and some variable is reached.
    """
    head_grads = [None] * len(heads) if head_grads is None else head_grads
    if len(head_grads) != len(heads):
        raise ArgumentError(f"backward: {len(heads)} heads need as many head gradients, got {len(head_grads)}.")
    if state.waiting is not None and state.waiting.backward(heads, head_grads, retain_graph):
        return
    pairs = [(head._node, seed(head, g, strict)) for head, g in zip(heads, head_grads)]
    recording, training, results = now_recording(), state.training, None
    try:
        state.training = train_mode
        set_recording(False)
        if len(pairs) == 1 and not retain_graph and state.depth == 0 and pairs[0][0].op is not None:
            results = repeated(*pairs[0])
        if results is None:
            results = backward(pairs, retain=retain_graph, ended=[])
    finally:
        state.training = training
        set_recording(recording)
    if strict and not any(isinstance(leaf, Leaf) and leaf.grad_req != "null" for leaf in results):
        raise GraphError(NO_INPUTS)
    deposit(results)


def seed(head: Tensor, g: Any, strict: bool = False) -> Any:
    """The array that starts the backward pass of ``head``: ``g`` if given, which must have its shape, else ones."""
    node = head._node
    if node is None or strict and isinstance(node, Node) and node.parents is None:
        raise GraphError(NO_GRAPH)
    if strict and isinstance(g, Tensor) and g.np_dtype != head.np_dtype:
        raise ArgumentError(f"backward: the head has dtype {head.np_dtype}, its head gradient {g.np_dtype}; cast it "
                            f"with astype({head.np_dtype.name!r}).")
    if g is None:
        return head._device.engine.ones_like(head._value)
    value = g._value if isinstance(g, Tensor) else np.array(g)  # a copy: it may become the gradient itself
    if value.shape != head.shape:
        raise ArgumentError(f"backward: the head has shape {head.shape}, its head gradient {value.shape}.")
    return value if value.dtype == head.np_dtype else value.astype(head.np_dtype)


def deposit(results: dict) -> None:
    """Write, or add, the gradients of leaves into their ``.grad``."""
    told = state.frame is not None or state.journal is not None
    for leaf, g in results.items():
        if leaf.__class__ is not Leaf or leaf.grad_req == "null":
            continue
        holder = leaf.grad
        if holder is None:
            owner = leaf.owner and leaf.owner()
            if owner is None:
                continue
            holder = owner.grad
        leaf.fresh = True
        if g.__class__ is np.ndarray and holder._value.__class__ is np.ndarray and leaf.grad_req == "write":
            if told:
                holder._rebind(g)
            else:
                holder._value = g
            continue
        if g is None:  # it is zero
            if leaf.grad_req == "write":
                holder._rebind(holder._device.engine.zeros_like(holder._value))
            continue
        if not hasattr(g, "ndim") or g.__class__ is not type(holder._value):
            g = holder._device.engine.asarray(g)
        if leaf.grad_req == "add":
            g = holder._device.engine.add(holder._read(), g)
        holder._rebind(g)


_SIGNS = {
    np.add: operator.add, np.subtract: operator.sub, np.multiply: operator.mul, np.true_divide: operator.truediv,
    np.floor_divide: operator.floordiv, np.remainder: operator.mod, np.power: operator.pow, np.less: operator.lt,
    np.less_equal: operator.le, np.greater: operator.gt, np.greater_equal: operator.ge, np.equal: operator.eq,
    np.not_equal: operator.ne,
}


def _calibrate() -> int:
    t = wrap(Tensor, np.zeros(1), current_context())
    array = t._value
    return sys.getrefcount(array)


UNSHARED = _calibrate()
