"""vmap: a function of slices as one of whole Tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._src.core.op import OPERATORS
from .._src.core.transforms import check_function
from .._src.errors import ArgumentError, CallError, GraphError
from .._src.ops import Tensor


def vmap(fn: Callable, in_axes: Any = 0, out_axes: Any = 0) -> Callable:
    """``fn`` applied along an axis of its inputs: every slice is computed, the results are stacked.

    Args:
        fn: a function or Module of Tensors; or a CellList, of which each network computes one slice, or with
            ``in_axes`` None all of them compute the same inputs.
        in_axes: per input the axis to map over, or None to pass it whole; one int for all; nested like the inputs.
        out_axes: where the mapped axis stands in the outputs.

    Raises:
        ValueError: slices in another number than the networks of a CellList.
        RuntimeError: inputs that differ in the length of the mapped axis, no mapped input, or a wrong number of axes.
        TypeError: arguments in another number than ``in_axes``; a RuntimeError too.

    >>> from luojia import Tensor, ops
    >>> ops.vmap(lambda x, y: x * y, (0, None))(Tensor([1.0, 2.0]), Tensor(3.0)).asnumpy().tolist()
    [3.0, 6.0]
    """
    check_function(fn, "vmap")
    several = getattr(fn, "_luojia_members", None)
    if several is not None and len(several()) < 2:
        raise GraphError("For 'vmap', in the model ensembling parallel training scenario the size of 'CellList' must "
                         f"be greater than 1, but got {len(several())}.")
    in_axes, out_axes = _as_tuple(in_axes, "in_axes"), _as_tuple(out_axes, "out_axes")
    if out_axes is None and several is None:
        raise GraphError("For 'vmap', the 'out_axes' cannot be a single None while 'fn' is not a 'CellList'.")

    def mapped(*args: Any) -> Any:
        axes = in_axes
        if isinstance(axes, tuple):
            if len(axes) != len(args):
                raise CallError(f"For 'vmap', in_axes has {len(axes)} entries, but the function was called with "
                                f"{len(args)} arguments.")
        else:
            axes = (axes,) * len(args)
        sizes: list[int] = []
        for a, axis in zip(args, axes):
            _sizes(a, axis, sizes)
        fns = None if several is None else several()
        if not sizes and fns is not None:
            sizes = [len(fns)]
        if not sizes:
            raise GraphError("For 'vmap', in_axes are all None: at least one input must be mapped over.")
        if len(set(sizes)) > 1:
            raise GraphError(f"For 'vmap', the mapped axes must have one length, but got {sizes}.")
        if fns is not None and len(fns) != sizes[0]:
            raise ArgumentError("For 'vmap', if you want to execute the model ensembling parallel training, please "
                                f"make sure the 'axis_size' {sizes[0]} is consistent with the cell size {len(fns)} of "
                                "the input 'CellList'.")
        outs = [(fn if fns is None else fns[i])(*[_slice(a, axis, i) for a, axis in zip(args, axes)])
                for i in range(sizes[0])]
        return _gather(outs, out_axes)

    return mapped


def _as_tuple(axes: Any, name: str) -> Any:
    if isinstance(axes, (list, tuple)):
        return tuple([_as_tuple(a, name) for a in axes])
    if axes is not None and (isinstance(axes, bool) or not isinstance(axes, int)):
        raise GraphError(f"The axis in vmap's '{name}' can only be of type Int or None, but got {axes!r}.")
    return axes


def _sizes(a: Any, axis: Any, sizes: list[int]) -> None:
    if axis is None:
        return
    if isinstance(a, (tuple, list)):
        for x, ax in zip(a, axis if isinstance(axis, tuple) else (axis,) * len(a)):
            _sizes(x, ax, sizes)
        return
    if not isinstance(a, Tensor) or not -a.ndim <= axis < a.ndim:
        what = f"a Tensor of {a.ndim} axes" if isinstance(a, Tensor) else type(a).__name__
        raise GraphError(f"For 'vmap', in_axes says axis {axis}, but the input is {what}.")
    sizes.append(a.shape[axis])


def _slice(a: Any, axis: Any, i: int) -> Any:
    if axis is None:
        return a
    if isinstance(a, (tuple, list)):
        axes = axis if isinstance(axis, tuple) else (axis,) * len(a)
        return type(a)([_slice(x, ax, i) for x, ax in zip(a, axes)])
    index = (slice(None, None, None),) * (axis % a.ndim) + (i,)
    return a[index]


def _gather(outs: list, axis: Any) -> Any:
    first = outs[0]
    if isinstance(first, (tuple, list)):
        axes = axis if isinstance(axis, tuple) else (axis,) * len(first)
        if len(axes) != len(first):
            raise GraphError("The size of vmap's 'out_axes' should be equal to the number of results of 'fn': "
                             f"{len(first)}, but got size: {len(axes)}.")
        return tuple([_gather([o[k] for o in outs], ax) for k, ax in enumerate(axes)])
    if isinstance(axis, tuple):
        axis = axis[0]
    if isinstance(first, (int, float)) and axis is not None:
        return Tensor([first] * len(outs))
    if axis is None or not isinstance(first, Tensor):
        return first
    n = first.ndim + 1
    if not -n <= axis < n:
        raise GraphError(f"The axis: {axis} in 'out_axes' is out of bounds for array of dimension [{-n},{n}).")
    at = axis % n
    shape = (*first.shape[:at], 1, *first.shape[at:])
    return OPERATORS["concatenate"](*[OPERATORS["reshape"](o, shape=shape) for o in outs], axis=at)
