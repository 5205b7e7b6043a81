"""Tensors from and for other frameworks, through DLPack."""

from __future__ import annotations

from typing import Any

from .._src.core import dlpack as _dlpack
from .._src.errors import DTypeError
from .._src.ops import Tensor
from .._src.paths import public_names


def to_dlpack(tensor: Tensor) -> Any:
    """A DLPack capsule of a Tensor's values, to be read once.

    >>> import luojia
    >>> from_dlpack(to_dlpack(luojia.Tensor([1.0, 2.0])))
    Tensor(shape=[2], dtype=Float32, value= [ 1.00000000e+00,  2.00000000e+00])

    Matches ``mindspore.utils.dlpack.to_dlpack``, but that the memory is not shared.
    """
    if not isinstance(tensor, Tensor):
        raise DTypeError(f"For 'to_dlpack', the argument 'tensor' must be a Tensor, but got {type(tensor)}.")
    return tensor.__dlpack__()


def from_dlpack(dlpack: Any) -> Tensor:
    """A Tensor of a DLPack capsule, or of another framework's array.

    Raises:
        TypeError: what is neither.

    Matches ``mindspore.utils.dlpack.from_dlpack``, but that the memory is not shared.
    """
    if not hasattr(dlpack, "__dlpack__") and type(dlpack).__name__ != "PyCapsule":
        raise DTypeError("from_dlpack received an invalid capsule: it wants what to_dlpack gives, or an array with "
                         f"__dlpack__, but got {type(dlpack)}.")
    try:
        return Tensor(_dlpack.read(dlpack))
    except ValueError as e:
        raise DTypeError("from_dlpack received an invalid capsule. Note that DLTensor capsules can be consumed only "
                         "once, so you might have already constructed a tensor from it once.") from e


__all__ = ["from_dlpack", "to_dlpack"]
__dir__ = public_names(__name__)
