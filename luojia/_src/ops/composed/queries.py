"""What a Tensor is: its layout, its kind, and Tensors made after it."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.dtypes import to_np
from ...core.op import OPERATORS as OP
from ...core.tensor import Tensor
from ...errors import ArgumentError, DTypeError, ShapeError
from .. import compose
from ..compose import placed, reshaped
from . import linear


def allclose(self: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> bool:
    """Whether |self - other| <= atol + rtol |other| everywhere."""
    close = OP["isclose"](self, other, rtol=float(rtol), atol=float(atol), equal_nan=equal_nan)
    return bool(close.asnumpy().all())


def is_contiguous(self: Tensor) -> bool:
    """True: the elements always lie in order."""
    return True


def from_numpy(array: np.ndarray) -> Tensor:
    """A Tensor of a NumPy array; on NumPy it is a view of the array, whose later changes it shows."""
    if not isinstance(array, np.ndarray):
        raise DTypeError(f"Tensor.from_numpy: expected a numpy.ndarray, got {array.__class__.__name__}.")
    made = Tensor(array)
    if isinstance(made._value, np.ndarray) and made._value.dtype == array.dtype and array.flags.c_contiguous \
            and array.flags.writeable:
        made._rebind(array.view(np.ndarray))
    return made


def data_ptr(self: Tensor) -> int:
    """The address of the first element."""
    value = self._value
    return value.ctypes.data if isinstance(value, np.ndarray) else value.unsafe_buffer_pointer()


def get_bytes(self: Tensor) -> bytes:
    """The elements as bytes, in order."""
    return self.asnumpy().tobytes()


def index(self: Tensor, indices: Any) -> Tensor:
    """The elements at a tuple of index Tensors: ``self[indices]``."""
    return self[tuple(indices)]


def requires_grad_(self: Tensor, requires_grad: bool = True) -> Tensor:
    """Make this a variable, whose ``.grad`` a backward pass fills, or no longer; the Tensor itself."""
    if requires_grad and self.grad is None:
        self.attach_grad()
    elif not requires_grad:
        self._node = None
    return self


def pin_memory(self: Tensor) -> Tensor:
    """The Tensor itself: memory of the host is pinned where the device needs it."""
    return self


def is_pinned(self: Tensor) -> bool:
    """False: there is no memory to pin."""
    return False


def is_signed(self: Tensor) -> bool:
    """Whether the dtype has negative numbers."""
    return self.np_dtype.kind not in "ub"


def stride(self: Tensor, dim: int | None = None) -> Any:
    """How many elements lie between neighbours along each axis, or along ``dim``."""
    steps = [int(np.prod(self.shape[i + 1:])) for i in range(self.ndim)]
    return steps if dim is None else steps[dim]


def storage_offset(self: Tensor) -> int:
    """0: a Tensor begins its buffer."""
    return 0


def hermitian(self: Tensor) -> Tensor:
    """The transpose of a matrix, conjugated."""
    if self.ndim != 2:
        raise ShapeError(f"For tensor.H only support 2-D Tensor, but got {self.ndim}-D; see swapaxes.")
    return OP["conj"](OP["transpose"](self)) if self.np_dtype.kind == "c" else OP["transpose"](self)


def kind(self: Tensor, dtype: Any = None) -> Any:
    """The dtype's name; with a ``dtype`` the Tensor in it."""
    if dtype is None:
        return str(self.dtype)
    return OP["cast"](self, dtype=np.dtype(f"{dtype.__name__}64") if dtype in (int, float) else to_np(dtype))


def sum_to_size(self: Tensor, *size: Any) -> Tensor:
    """The sum over the axes that broadcasting to this shape would stretch: the result has shape ``size``."""
    shape = tuple(size[0]) if len(size) == 1 and not isinstance(size[0], int) else size
    lead = self.ndim - len(shape)
    if lead < 0 or any(n not in (1, m) for n, m in zip(shape, self.shape[lead:])):
        raise ShapeError(f"Tensor.sum_to_size: a Tensor of shape {self.shape} cannot be summed to {tuple(shape)}.")
    axes = tuple([i for i, m in enumerate(self.shape) if i < lead or shape[i - lead] == 1 and m != 1])
    return reshaped(OP["sum"](self, axis=axes), shape) if axes else OP["identity"](self)


def resize(self: Tensor, *new_shape: Any) -> Tensor:
    """The elements in order in another shape: what is missing is 0, what is too much left out."""
    shape = tuple(new_shape[0]) if len(new_shape) == 1 and not isinstance(new_shape[0], int) else new_shape
    if any(n < 0 for n in shape):
        raise ArgumentError(f"Tensor.resize: lengths must not be negative, got {tuple(shape)}.")
    size, flat = int(np.prod(shape)), reshaped(self, (-1,))
    if size > self.size:
        flat = OP["pad"](flat, pad_width=((0, size - self.size),))
    return reshaped(flat[:size], shape)


def new_full(self: Tensor, size: Any, fill_value: Any, *, dtype: Any = None) -> Tensor:
    """A Tensor of a shape full of a value, in this Tensor's dtype by default."""
    shape = (size,) if isinstance(size, int) else tuple(size)
    return placed(np.full(shape, fill_value, self.np_dtype if dtype is None else to_np(dtype)), self)


def new_empty(self: Tensor, size: Any, *, dtype: Any = None, device: Any = None) -> Tensor:
    """A Tensor of a shape, zeros here, in this Tensor's dtype by default."""
    return new_full(self, size, 0, dtype=dtype)


def inplace_update(self: Tensor, v: Tensor, indices: Any) -> Tensor:
    """This Tensor with the rows ``indices`` replaced by ``v``; numbers below 0 count from the end."""
    if isinstance(indices, Tensor):
        at = indices
    else:
        rows = np.atleast_1d(np.asarray(indices))
        at = placed(np.where(rows < 0, rows + len(self), rows), self)
    return OP["tensor_scatter_update"](self, OP["expand_dims"](at, axis=-1), v)


def kthvalue(self: Tensor, k: int, dim: int = -1, keepdim: bool = False) -> tuple[Tensor, Tensor]:
    """The ``k``-th least element along ``dim``, counted from 1, and its position."""
    values, positions = OP["sort_with_index"](self, axis=dim)
    if not 1 <= k <= self.shape[dim]:
        raise ArgumentError(f"Tensor.kthvalue: k must lie between 1 and {self.shape[dim]}, got {k}.")
    at = (slice(None),) * (dim % self.ndim) + (slice(k - 1, k),)
    out = values[at], OP["cast"](positions[at], dtype="int64")
    return out if keepdim else (OP["squeeze"](out[0], axis=dim), OP["squeeze"](out[1], axis=dim))


def choose(self: Tensor, choices: Any, mode: str = "clip") -> Tensor:
    """Element by element that of the choice whose number stands in this Tensor."""
    if mode not in ("raise", "wrap", "clip"):
        raise ArgumentError(f"Tensor.choose: mode must be 'raise', 'wrap' or 'clip', got {mode!r}.")
    if not isinstance(choices, (list, tuple, Tensor)):
        raise DTypeError(f"Tensor.choose: expected a list, tuple or Tensor of choices, got {type(choices).__name__}.")
    many = list(choices)
    return compose.choose(self, [c if isinstance(c, Tensor) else placed(c, self) for c in many], mode)


def fill_diagonal(input: Tensor, fill_value: float, wrap: bool = False) -> Tensor:
    """``input`` with ``fill_value`` on the main diagonal; with ``wrap`` that of a tall matrix begins anew after N rows.

    Of more than two axes, all of one length, the elements with all indices equal.
    """
    if input.ndim < 2 or input.ndim > 2 and len(set(input.shape)) > 1:
        raise ShapeError(f"For 'fill_diagonal', expected a matrix, or axes of one length, got shape {input.shape}.")
    mask = np.zeros(input.shape, bool)
    np.fill_diagonal(mask, True, wrap)
    return OP["cast"](OP["where"](placed(mask, input), fill_value, input), dtype=input.np_dtype)


def qr(self: Tensor, some: bool = True) -> tuple[Tensor, Tensor]:
    """Q and R of this Tensor, reduced; with ``some`` false, complete."""
    return linear.qr(self, "reduced" if some else "complete")


def set_const_arg(self: Tensor, const_arg: bool = True) -> Tensor:
    """Say whether a graph takes this Tensor as a constant; graphs here are made of values. The Tensor itself."""
    self.const_arg = const_arg
    return self


def is_init(self: Tensor) -> bool:
    """What ``set_init_flag`` has set; False before."""
    return self.init_flag


def set_init_flag(self: Tensor, flag: bool = False) -> None:
    """Set what ``is_init`` returns."""
    self.init_flag = flag


def flush_from_cache(self: Tensor) -> None:
    """Nothing: there is no cache of rows."""


def convert_bytes_to_tensor(bytes_data: bytes, dims: Any, data_type: Any) -> Tensor:
    """A Tensor of shape ``dims`` whose elements are given as bytes, in order; the inverse of ``get_bytes``.

    >>> from luojia import Tensor, int16
    >>> Tensor.convert_bytes_to_tensor(Tensor([1, 2], int16).get_bytes(), (2,), int16).tolist()
    [1, 2]
    """
    values = np.frombuffer(bytes_data, to_np(data_type))
    if values.size != int(np.prod(dims)):
        raise ShapeError(f"Tensor.convert_bytes_to_tensor: {values.size} elements do not make the shape {tuple(dims)}.")
    return Tensor(values.reshape(tuple(dims)).copy())
