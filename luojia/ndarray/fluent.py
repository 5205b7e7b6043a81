"""The operators that are NDArray's methods: ``x.exp()`` is ``nd.exp(x)``."""

from __future__ import annotations

from typing import Any

from .._src.core.faces import LazyMethod
from .._src.core.op import OPERATORS
from .._src.errors import ShapeError
from .door import function
from .indexing import reshaped
from .ndarray import NDArray

FLUENT = (
    "norm round rint fix floor ceil trunc zeros_like ones_like abs sign sin cos tan arcsin arccos arctan degrees "
    "radians sinh cosh tanh arcsinh arccosh arctanh exp expm1 log log10 log2 log1p sqrt rsqrt square reciprocal cbrt "
    "rcbrt relu sigmoid softmax log_softmax softmin flip sort topk argsort argmax argmin argmax_channel shape_array "
    "size_array one_hot tile repeat swapaxes diag depth_to_space space_to_depth split slice slice_axis slice_like clip "
    "broadcast_axes broadcast_like pad reshape_like take pick sum nansum prod nanprod mean max min"
).split()
METHODS = [*FLUENT, "reshape", "flatten", "expand_dims", "squeeze", "transpose", "broadcast_to", "split_v2"]


def flatten(self: NDArray, inplace: bool = False) -> NDArray:
    """The array as (N, product of the other axes); ``inplace`` shares memory."""
    out = reshaped(self, (self.shape[0], -1) if self.size else (self.shape[0], 0))
    return out if inplace else out.copy()


def expand_dims(self: NDArray, axis: int, inplace: bool = False) -> NDArray:
    """The array with an axis of length 1 inserted; ``inplace`` shares memory."""
    n = self.ndim
    if not -n - 1 <= axis <= n:
        raise ShapeError(f"expand_dims: axis must be in the range [{-n - 1}, {n}] ({axis} provided)")
    axis %= n + 1
    out = reshaped(self, (*self.shape[:axis], 1, *self.shape[axis:]))
    return out if inplace else out.copy()


def squeeze(self: NDArray, axis: int | tuple | None = None, inplace: bool = False) -> NDArray:
    """The array without axes of length 1, all or those named; ``inplace`` shares memory."""
    shape, n = self.shape, self.ndim
    axes = [i for i, k in enumerate(shape) if k == 1] if axis is None else [axis] if isinstance(axis, int) else axis
    for a in axes:
        if not -n <= a < n:
            raise ShapeError(f"squeeze: axis {a} exceeds the input dimension of {n}")
        if shape[a] != 1:
            raise ShapeError(
                f"squeeze: cannot select an axis to squeeze out which has size={shape[a]} not equal to one"
            )
    gone = {a % n for a in axes}
    # An array of one element keeps one axis: MXNet's numbers are arrays of shape (1,).
    left = tuple([k for i, k in enumerate(shape) if i not in gone]) or (1,)
    out = reshaped(self, left)
    return out if inplace else out.copy()


def transpose(self: NDArray, *axes: Any, **kwargs: Any) -> NDArray:
    """The array with its axes permuted, reversed by default: ``x.transpose((1, 0))`` or ``x.transpose(1, 0)``."""
    if "axes" in kwargs:
        axes = kwargs.pop("axes") or ()
    elif len(axes) == 1 and isinstance(axes[0], (tuple, list)):
        axes = tuple(axes[0])
    elif axes == (None,):
        axes = ()
    if kwargs:
        raise TypeError(f"transpose() got an unexpected keyword argument {next(iter(kwargs))!r}; it takes axes.")
    n = self.ndim
    if axes and sorted(a % n for a in axes if -n <= a < n) != list(range(n)):
        raise ShapeError(f"transpose: axes {tuple(axes)} must name each of the {n} axes of shape {self.shape} once.")
    return OPERATORS["transpose"](self, axes=tuple(a % n for a in axes) if axes else None)


def broadcast_to(self: NDArray, shape: tuple) -> NDArray:
    """The array repeated along axes of length 1, and new leading axes, to ``shape``; 0 keeps a length."""
    shape = (shape,) if isinstance(shape, int) else tuple(shape)
    lead = len(shape) - self.ndim
    if lead < 0:
        raise ShapeError(f"broadcast_to: cannot broadcast shape {self.shape} to {shape}, which has fewer axes.")
    full = (1,) * lead + self.shape
    shape = tuple([a if b == 0 else b for a, b in zip(full, shape)])
    if any(a != b and a != 1 for a, b in zip(full, shape)):
        raise ShapeError("broadcast_to: operands could not be broadcast together with remapped shapes"
                         f"[original->remapped]: {self.shape} and requested shape {shape}: lengths must be equal or 1.")
    return OPERATORS["broadcast_to"](self, shape=shape)


def split_v2(self: NDArray, *args: Any, **kwargs: Any) -> Any:
    """``nd.split_v2`` of this array."""
    from .functions import split_v2 as split

    return split(self, *args, **kwargs)


for _name in FLUENT:
    setattr(NDArray, _name, LazyMethod(NDArray, _name, function))
for _own in (flatten, expand_dims, squeeze, transpose, broadcast_to, split_v2):
    setattr(NDArray, _own.__name__, _own)
__all__ = ["FLUENT", "METHODS"]
