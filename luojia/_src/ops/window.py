"""The geometry of windows: kernel, stride, padding and dilation as both doors spell them, in one normal form."""

from __future__ import annotations

from typing import Any

from ..errors import ArgumentError, DTypeError, NotSupportedError, ShapeError

Ints = tuple[int, ...]
Pads = tuple[tuple[int, int], ...]

_INT = frozenset((int,))
_LAYOUTS = (None, "NCW", "NCHW", "NCDHW")


def ints(value: Any, axes: int, what: str, name: str, default: int = 1) -> Ints:
    """One integer for each of ``axes``: from an int, a tuple of one or of all, or () for the default.

    MindSpore's (1, 1, h, w) is taken for its last two.

    >>> ints(2, 2, "stride", "conv"), ints((), 2, "stride", "conv"), ints((3, 1), 2, "stride", "conv")
    ((2, 2), (1, 1), (3, 1))
    """
    if value.__class__ is int:
        return (value,) * axes
    if value.__class__ is tuple and len(value) == axes and _INT.issuperset(map(type, value)):
        return value
    if value is None or value == ():
        return (default,) * axes
    listed = value if isinstance(value, (tuple, list)) else (value,)
    if any([isinstance(v, (float, str)) for v in listed]):
        raise DTypeError(f"{name} expects {what} to be an int or {axes} ints, one for each spatial axis, got "
                         f"{value!r}.")
    if not isinstance(value, (tuple, list)):
        return (int(value),) * axes
    if len(value) == axes:
        return tuple([int(v) for v in value])
    if len(value) == 1:
        return (int(value[0]),) * axes
    if len(value) == axes + 2 and tuple(value[:2]) == (1, 1):
        return tuple([int(v) for v in value[2:]])
    raise ShapeError(f"{name} expects {what} to be an int or {axes} ints, one for each spatial axis, got {value}: of "
                     f"{len(value)} ints for data of {len(value) + 2} axes, (N, C, ...); this data has {axes + 2}.")


def pads(value: Any, axes: int, name: str) -> Pads:
    """(before, after) for each axis: from an int, an int for each axis, 2 for each (MindSpore), or pairs.

    >>> pads(1, 2, "conv"), pads((1, 0), 2, "conv"), pads((1, 2, 3, 4), 2, "conv")
    (((1, 1), (1, 1)), ((1, 1), (0, 0)), ((1, 2), (3, 4)))
    """
    if isinstance(value, (tuple, list)):
        if value and isinstance(value[0], (tuple, list)):
            if len(value) == axes and all(len(v) == 2 for v in value):
                return tuple([(int(lo), int(hi)) for lo, hi in value])
            raise ShapeError(f"{name} expects pad to hold {axes} pairs (before, after), got {value}.")
        if len(value) == 2 * axes:
            return tuple([(int(value[2 * i]), int(value[2 * i + 1])) for i in range(axes)])
    return tuple([(p, p) for p in ints(value, axes, "pad", name, 0)])


def same(sizes: Ints, kernel: Ints, stride: Ints, dilation: Ints) -> Pads:
    """The padding for which the output has ceil(size / stride) places; the odd one comes after."""
    found = []
    for n, k, s, d in zip(sizes, kernel, stride, dilation):
        total = max((-(-n // s) - 1) * s + d * (k - 1) + 1 - n, 0)
        found.append((total // 2, total - total // 2))
    return tuple(found)


def padding(mode: Any, pad: Any, sizes: Ints, kernel: Ints, stride: Ints, dilation: Ints, name: str) -> Pads:
    """The padding of MindSpore's pad_mode 'valid', 'same' or 'pad' (in either case)."""
    kind = str(mode).lower()
    given = pads(pad, len(sizes), name)
    if kind == "pad":
        return given
    if kind not in ("valid", "same"):
        raise ArgumentError(f"{name}: pad_mode must be 'valid', 'same' or 'pad', got {mode!r}.")
    if any(lo or hi for lo, hi in given):
        raise ArgumentError(f"{name}: pad must be 0 for pad_mode {mode!r}, got {pad}; for padding of your own use "
                            "pad_mode='pad'.")
    return same(sizes, kernel, stride, dilation) if kind == "same" else given


def spatial(x_shape: Ints, name: str) -> Ints:
    """The spatial sizes of x (N, C, *size)."""
    if not 3 <= len(x_shape) <= 5:
        raise ShapeError(f"{name} expects data of shape (N, C, *size) with one to three spatial axes, got "
                         f"{tuple(x_shape)}.")
    return tuple(x_shape[2:])


def check_layout(layout: Any, name: str) -> None:
    """Refuse layouts that do not have the channels second; those that have them last were taken before."""
    if layout not in _LAYOUTS:
        raise NotSupportedError(f"{name}: layout {layout!r} is not supported; transpose the data to channels first "
                                "(NCW, NCHW, NCDHW).")
