"""NDArray: the Tensor with MXNet's conventions."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .._src.core import dtypes
from .._src.core.op import OPERATORS
from .._src.core.tape import Leaf, Node, Pullback, state
from .._src.core.tensor import Tensor, run_backward, wrap
from .._src.engine.devices import Context
from .._src.errors import ArgumentError, DTypeError, GraphError, ShapeError
from .._src.paths import public_names

__all__ = ["NDArray"]
__dir__ = public_names(__name__)

INPLACE = (
    "Inplace operations (+=, -=, x[:]=, etc) are not supported when recording with autograd. Assigning to NDArrays "
    "that are already in a computational graph will cause undefined behavior when evaluating gradients. Please call "
    "backward first to clear the graph, or do this outside of a record section, for example under autograd.pause()."
)
OPERANDS = (Tensor, int, float, np.generic, np.ndarray)  # what can stand beside an NDArray in an expression
STORAGE_TYPES = ("default", "row_sparse", "csr")
# the numbers that MXNet's files and C functions have for dtypes, storage types and ``grad_req``
_DTYPE_MX_TO_NP = {-1: None, 0: np.float32, 1: np.float64, 2: np.float16, 3: np.uint8, 4: np.int32, 5: np.int8,
                   6: np.int64, 7: np.bool_}
_DTYPE_NP_TO_MX = {dtype: code for code, dtype in _DTYPE_MX_TO_NP.items()}
_STORAGE_TYPE_ID_TO_STR = {-1: "undefined", **dict(enumerate(STORAGE_TYPES))}
_STORAGE_TYPE_STR_TO_ID = {name: code for code, name in _STORAGE_TYPE_ID_TO_STR.items()}
_GRAD_REQ_MAP = {"null": 0, "write": 1, "add": 3}


if TYPE_CHECKING:  # what comes from the operators: see fluent.py and arithmetic.py
    from .ndarray_methods import NDArrayMethods as _Methods  # pyright: ignore[reportMissingModuleSource] - a stub alone
else:
    _Methods = Tensor


class NDArray(_Methods):
    """An n-dimensional array that prints, compares and indexes as MXNet's does. Made by ``nd.array`` and its kin.

    >>> import luojia as mx
    >>> x = mx.nd.array([[1, 2], [3, 4]])
    >>> x.shape, x.dtype, x.context
    ((2, 2), <class 'numpy.float32'>, cpu(0))
    """

    __slots__ = ()
    __array_priority__ = 1000.0
    __array_ufunc__: Any = None  # an ndarray on the left gives way to the NDArray's reflected method

    def __init__(self, input_data: Any = None, *args: Any, **kwargs: Any) -> None:
        empty = input_data is None and not args and not kwargs  # so a pickle of MXNet's begins; __setstate__ follows
        super().__init__(np.zeros(0, np.float32) if empty else input_data, *args, **kwargs)

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take the array that a pickle written by MXNet holds."""
        from .._src.formats.ndarray_list import load_array

        self._value = self._device.engine.put(np.asarray(load_array(bytes(state["handle"]))), self._device)

    # -- what it is ------------------------------------------------------------------------------------------------

    @property
    def dtype(self) -> Any:
        """The NumPy type of the elements, as ``numpy.float32``."""
        return self._value.dtype.type

    @property
    def context(self) -> Context:
        """The device that holds the elements."""
        return self._device

    ctx = context

    @property
    def stype(self) -> str:
        """The storage type: 'default'; 'row_sparse' or 'csr' of the sparse classes, whose data is dense too."""
        return "default"

    @property
    def handle(self) -> int:
        """A number that identifies the array (MXNet: the address of its C++ half)."""
        return id(self)

    writable = True

    @property
    def T(self) -> NDArray:
        """The array with its axes reversed; a copy."""
        return OPERATORS["transpose"](self)

    @property
    def _fresh_grad(self) -> bool:
        """Whether a backward pass wrote the gradient since this was last set to False."""
        return isinstance(self._node, Leaf) and self._node.fresh

    @_fresh_grad.setter
    def _fresh_grad(self, fresh: bool) -> None:
        if isinstance(self._node, Leaf):
            self._node.fresh = bool(fresh)

    def __len__(self) -> int:
        return self.shape[0]

    def __iter__(self) -> Iterator[NDArray]:
        return (self[i] for i in range(self.shape[0]))

    __hash__ = Tensor.__hash__

    def __repr__(self) -> str:
        shape = "x".join(map(str, self.shape))
        return f"\n{self.asnumpy()}\n<{self._result_class.__name__} {shape} @{self._device}>"

    __str__ = __repr__

    def __bool__(self) -> bool:
        size = self.size
        if size > 1:
            raise ArgumentError(
                "The truth value of an NDArray with multiple elements is ambiguous: bool() takes one element, got "
                f"shape {self.shape}; reduce it first, for example with (x > 0).sum()."
            )
        return bool(self.asnumpy().item()) if size else False

    # -- values out ------------------------------------------------------------------------------------------------

    def _scalar(self, what: str) -> Any:
        if self.size != 1:
            raise DTypeError(f"only size-1 arrays can be converted to Python scalars: {what} got shape {self.shape}.")
        return super()._scalar(what)

    def asnumpy(self) -> np.ndarray:
        """The elements as a NumPy array of one's own."""
        return self._copied()

    def asscalar(self) -> Any:
        """The one element as a NumPy scalar."""
        if self.size != 1:
            raise ArgumentError(f"The current array is not a scalar: asscalar() takes one element, got {self.shape}.")
        value = self._value
        return (value if value.__class__ is np.ndarray else self.asnumpy()).reshape(-1)[0]

    def wait_to_read(self) -> None:
        """Return when the value has been computed."""
        value = self._value
        if hasattr(value, "block_until_ready"):
            value.block_until_ready()

    wait_to_write = wait_to_read

    def to_dlpack_for_read(self) -> Any:
        """A DLPack capsule of the elements, for another framework to read."""
        return self._value.__dlpack__()

    def to_dlpack_for_write(self) -> Any:
        """A DLPack capsule of the array's own buffer: what is written to it shows here."""
        value = self._value
        if not isinstance(value, np.ndarray):
            raise DTypeError(f"to_dlpack_for_write: arrays on {self._device} are immutable; use to_dlpack_for_read().")
        if not value.flags.writeable or not value.flags.c_contiguous:
            self._rebind(np.array(value))
        return self._value.__dlpack__()

    # -- copies ----------------------------------------------------------------------------------------------------

    def copy(self) -> NDArray:
        """The same value on the same device, on the tape while recording."""
        return OPERATORS["identity"](self)

    def copyto(self, other: NDArray | Context) -> Any:
        """Write the value into ``other``, or copy it to a device; returns the array written, or the copy."""
        if isinstance(other, Context):
            return self._to(other)
        if not isinstance(other, Tensor):
            raise DTypeError(f"copyto does not support type {type(other)}; give an NDArray or a Context.")
        if other is self:
            warnings.warn("You are attempting to copy an array to itself", RuntimeWarning, stacklevel=2)
            return False
        if other.shape != self.shape:
            raise ShapeError(f"copyto: Incompatible attr in node  at 0-th output: expected {_bracketed(self.shape)}, "
                             f"got {_bracketed(other.shape)}.")
        other[...] = self if self._device is other._device else self._to(other._device)
        return other

    def slice_assign(self, rhs: Any, begin: Sequence, end: Sequence, step: Sequence | None = None) -> NDArray:
        """Write ``rhs`` into the part from ``begin`` to ``end`` by ``step``; returns the array."""
        self[tuple(map(slice, begin, end, step or [None] * len(begin)))] = rhs
        return self

    slice_assign_scalar = slice_assign

    def _at(self, idx: int) -> NDArray:
        return self[idx]

    def _slice(self, start: int, stop: int) -> NDArray:
        return self[start:stop]

    def _sync_copyfrom(self, source_array: Any) -> None:
        """Write values of the same shape."""
        self[...] = np.asarray(source_array).reshape(self.shape)

    def as_in_context(self, context: Context) -> NDArray:
        """The array on ``context``: itself if it is there, else a copy."""
        return self if context is self._device else self._to(Context(context))

    as_in_ctx = as_in_context

    def _to(self, device: Context) -> NDArray:
        engine = device.engine
        value = engine.put(np.array(self._device.engine.to_numpy(self._value)), device)
        node = None
        if state.recording and self._node is not None:
            node = Node(_Move, {"source": self._device}, (self._node,), (), None, device)
        return wrap(self._result_class, value, device, node)

    _brought = _to

    def astype(self, dtype: Any, copy: bool = True) -> NDArray:
        """The array in another dtype; itself if it has that dtype and ``copy`` is false."""
        dtype = dtypes.to_numpys(dtype)
        if not copy and dtype == self.np_dtype:
            return self
        return OPERATORS["cast"](self, dtype=dtype)

    def as_nd_ndarray(self) -> NDArray:
        return self

    def as_np_ndarray(self) -> Any:
        """The same array as an ``mx.np.ndarray``, sharing memory and the place on the tape."""
        from ..np.multiarray import as_np

        return as_np(self)

    def tostype(self, stype: str) -> NDArray:
        """The array under the class of another storage type; sparse_array.py defines it."""
        raise NotImplementedError

    # -- the tape --------------------------------------------------------------------------------------------------

    def backward(self, out_grad: NDArray | None = None, retain_graph: bool = False, train_mode: bool = True) -> None:
        """Compute the gradients of the variables that this depends on, into their ``.grad``.

        Args:
            out_grad: the head gradient, of this array's shape; ones by default.
            retain_graph: keep the graph for another backward pass.
            train_mode: whether the backward pass is in training mode.

        Raises:
            GraphError: an MXNetError: this is not on the tape, or was backed through before.
        """
        run_backward([self], [out_grad], retain_graph, train_mode, strict=True)

    def _check_writable(self, *sources: Any) -> None:
        """Refuse to write into a recorded array, or to compute in place with recorded ones."""
        if state.recording and any(isinstance(t, Tensor) and t._node is not None for t in (self, *sources)):
            raise GraphError(INPLACE)

    def _store(self, result: Tensor, index: int = 0) -> NDArray:
        """Take over the value, and the place on the tape, of an operator's result (``out=``)."""
        self._check_writable()
        if result.shape != self.shape:
            raise ShapeError(f"Incompatible attr in node  at {index}-th output: expected {_bracketed(result.shape)}, "
                             f"got {_bracketed(self.shape)}; give out= an array of the result's shape.")
        if result.np_dtype != self.np_dtype:
            raise DTypeError(f"Incompatible attr in node  at {index}-th output: expected {result.np_dtype}, "
                             f"got {self.np_dtype}; give out= an array of the result's dtype.")
        self._rebind(result._value)
        if state.recording and result._node is not None:
            self._node = result._node
        return self


def _bracketed(shape: tuple) -> str:
    return f"[{','.join(map(str, shape))}]"


class _Move(Pullback):
    """The operation of a node that copies from one device to another; its gradient goes back."""

    name = "as_in_context"

    @staticmethod
    def pull(node: Node, g: Any, needs: tuple, linked: bool) -> tuple:
        source = node.attrs["source"]
        if linked:
            return (NDArray._to(g, source),)
        return (source.engine.put(np.array(node.device.engine.to_numpy(g)), source),)


def coerce(op: Any, inputs: Any) -> tuple | None:
    """MXNet's rule for the inputs of an elementwise operator: one dtype for all, and scalars take the array's.

    An integer array truncates a scalar, so that ``nd.array([1, 2], dtype='int32') * 1.5`` is ``[1 2]``.
    """
    dtype: Any = None
    device: Any = None
    for i, t in enumerate(inputs):
        if not isinstance(t, OPERANDS) and t is not None:
            raise DTypeError(f"{op.name}: type {type(t)} not supported beside an NDArray; use an NDArray, a number or "
                             "a NumPy array.")
        if isinstance(t, Tensor):
            if dtype is None:
                dtype, device = t.np_dtype, t._device
            elif t.np_dtype != dtype:
                raise DTypeError(f"{op.name}: Incompatible attr in node  at {i}-th input: expected {dtype}, got "
                                 f"{t.np_dtype}; cast one of them with astype.")
    mended = [_fit_constant(t, dtype, device) for t in inputs]
    return tuple(mended) if any(m is not t for m, t in zip(mended, inputs)) else None


def _fit_constant(t: Any, dtype: Any, device: Any) -> Any:
    if t is None or isinstance(t, Tensor):
        return t
    if isinstance(t, np.ndarray):
        return wrap(NDArray, device.engine.put(t.astype(dtype), device), device)
    if isinstance(t, np.generic):
        t = t.item()
    if not isinstance(t, (int, float)):
        raise DTypeError(f"type {type(t)} not supported beside an NDArray; use an NDArray, a number or a NumPy array.")
    return whole(t, dtype) if dtype.kind in "iu" else t


def whole(number: Any, dtype: Any) -> int:
    """A number as an element of an integer dtype has it: truncated, and wrapped around the dtype's ends.

    >>> whole(2.7, np.dtype("int32")), whole(-3, np.dtype("uint8"))
    (2, 253)
    """
    bits = 8 * dtype.itemsize
    least = -(1 << bits - 1) if dtype.kind == "i" else 0
    if number.__class__ is int and least <= number < least + (1 << bits):
        return number
    found = (int(number) if np.isfinite(number) else least) & ((1 << bits) - 1)
    return found - (1 << bits) if dtype.kind == "i" and found >> (bits - 1) else found


def keep_integers(engine: Any, op: Any, values: list, ans: Any) -> Any:
    """MXNet's rule for elementwise functions of integers: the result is truncated to the array's dtype."""
    dtypes_ = [v.dtype for v in values if getattr(v, "dtype", None) is not None]
    if ans.__class__ is tuple or ans.dtype.kind != "f" or not dtypes_:
        return ans
    if op.name == "divide":
        return engine.run(OPERATORS["truncated_divide"], values, {})
    with np.errstate(invalid="ignore", over="ignore"):  # nan and inf become the least integer
        to = dtypes_[0]
        return engine.xp.to_integer(ans, to) if to.kind in "iu" else ans.astype(to)


NDArray._result_class = NDArray
NDArray._coerce = staticmethod(coerce)
NDArray._keeps_stops = True
NDArray._keeps_integers = staticmethod(keep_integers)
