"""What the nodes of ONNX graphs that change shapes and take places are as Symbols.

Source: https://github.com/onnx/onnx/blob/main/docs/Operators.md; attributes are those of operator sets 1 to 21;
axes may come as an attribute or as an input.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import symbol as sym
from ..np.graph import numpys
from .onnx_nodes import Given, reads


@reads("Reshape")
def _reshape(given: Given) -> Any:
    shape = given.ints("shape", 1)
    if shape is None:
        raise given.fail("it names no shape")
    if given.attrs.get("allowzero") and 0 in shape:
        raise given.fail("lengths of zero are not read")
    return sym.Reshape(given.symbol(0), shape=tuple(shape))


@reads("Flatten")
def _flatten(given: Given) -> Any:
    axis = given.attrs.get("axis", 1)
    if axis == 1:
        return sym.Flatten(given.symbol(0))
    shape = given.shape()
    return sym.Reshape(given.symbol(0), shape=(int(np.prod(shape[:axis])), -1))


@reads("Transpose")
def _transpose(given: Given) -> Any:
    return sym.transpose(given.symbol(0), axes=tuple(given.ints("perm", None, ())))


@reads("Squeeze")
def _squeeze(given: Given) -> Any:
    axes = given.ints("axes", 1)
    return sym.squeeze(given.symbol(0), axis=None if axes is None else tuple(axes))


@reads("Unsqueeze")
def _unsqueeze(given: Given) -> Any:
    x, axes = given.symbol(0), given.ints("axes", 1)
    if any(a < 0 for a in axes) and len(axes) > 1:
        ndim = len(given.shape()) + len(axes)
        axes = [a % ndim for a in axes]
    for a in sorted(axes):
        x = sym.expand_dims(x, axis=a)
    return x


@reads("Concat")
def _concat(given: Given) -> Any:
    return sym.concat(*given.symbols(), dim=given.attrs.get("axis", 1))


@reads("Split")
def _split(given: Given) -> Any:
    axis, sizes, x = given.attrs.get("axis", 0), given.ints("split", 1), given.symbol(0)
    count = len(given.node.outputs)
    if sizes is None:
        return list(sym.split(x, num_outputs=count, axis=axis)) if count > 1 else x
    stops = np.cumsum([0, *sizes]).tolist()
    return [sym.slice_axis(x, axis=axis, begin=b, end=e) for b, e in zip(stops, stops[1:])]


@reads("Slice")
def _slice(given: Given) -> Any:
    starts, ends = given.ints("starts", 1), given.ints("ends", 2)
    axes = given.ints("axes", 3, list(range(len(starts))))
    steps = given.ints("steps", 4, [1] * len(starts))
    ndim = len(given.shape()) if any(a < 0 for a in axes) else max(axes) + 1
    index: list[tuple] = [(None, None, None)] * ndim
    for a, begin, end, step in zip(axes, starts, ends, steps):
        far = 2**31 - 2
        begin = None if step > 0 and begin == 0 or step < 0 and begin > far else begin
        end = None if step > 0 and end > far or step < 0 and end < -far else end
        index[a % ndim] = (begin, end, step)
    begin, end, step = zip(*index)
    return sym.slice(given.symbol(0), begin=begin, end=end, step=step)


@reads("Pad")
def _pad(given: Given) -> Any:
    pads = given.ints("pads", 1) if "pads" in given.attrs or given.has(1) else given.ints("paddings")
    if given.has(3):
        raise given.fail("pads of some axes are not read")
    value = given.array(2, "the value").item() if given.has(2) else given.number("value", 0.0)
    ndim, mode = len(pads) // 2, given.attrs.get("mode", "constant")
    widths = tuple([(pads[i], pads[i + ndim]) for i in range(ndim)])
    if mode == "constant" or ndim not in (4, 5) or widths[:2] != ((0, 0), (0, 0)):
        return padded(given.symbol(0), widths, mode, value)
    flat = tuple([n for pair in widths for n in pair])
    return sym.Pad(given.symbol(0), mode=mode, pad_width=flat, constant_value=value)


def padded(x: Any, widths: tuple, mode: str, value: float) -> Any:
    return numpys.pad(x, widths, mode, **({"constant_values": value} if mode == "constant" else {}))


@reads("Expand")
def _expand(given: Given) -> Any:
    old, new = given.shape(), given.ints("shape", 1)
    shape = np.broadcast_shapes(old, tuple(new))
    x = given.symbol(0)
    if len(old) < len(shape):
        x = sym.Reshape(x, shape=(1,) * (len(shape) - len(old)) + old)
    wide = (1,) * (len(shape) - len(old)) + old
    return sym.broadcast_to(x, shape=tuple([0 if n == m else m for n, m in zip(wide, shape)]))


@reads("Tile")
def _tile(given: Given) -> Any:
    return sym.tile(given.symbol(0), reps=tuple(given.ints("repeats", 1)))


@reads("Gather")
def _gather(given: Given) -> Any:
    axis, x = given.attrs.get("axis", 0), given.symbol(0)
    places = given.inputs[1]
    if isinstance(places, np.ndarray) and places.ndim == 0:
        n = int(places)
        part = sym.slice_axis(x, axis=axis, begin=n, end=None if n == -1 else n + 1)
        return sym.squeeze(part, axis=axis)
    return sym.take(x, given.symbol(1), axis=axis, mode="wrap")


@reads("GatherElements")
def _gather_elements(given: Given) -> Any:
    return numpys.take_along_axis(given.symbol(0), given.symbol(1), given.attrs.get("axis", 0))


@reads("GatherND")
def _gather_nd(given: Given) -> Any:
    ndim = len(given.shape(1))
    return sym.gather_nd(given.symbol(0), sym.transpose(given.symbol(1), axes=(ndim - 1, *range(ndim - 1))))


@reads("OneHot")
def _one_hot(given: Given) -> Any:
    depth = int(given.array(1, "depth").reshape(-1)[0])
    off, on = given.array(2, "values").tolist()
    out = sym.one_hot(given.symbol(0), depth=depth, on_value=on, off_value=off)
    axis = given.attrs.get("axis", -1)
    if axis == -1:
        return out
    order = list(range(len(given.shape())))
    order.insert(axis, len(order))
    return sym.transpose(out, axes=tuple(order))


@reads("DepthToSpace", "SpaceToDepth")
def _depth(given: Given) -> Any:
    block = given.attrs["blocksize"]
    if given.node.op == "SpaceToDepth":
        return sym.space_to_depth(given.symbol(0), block_size=block)
    if given.attrs.get("mode", "DCR") == "DCR":
        return sym.depth_to_space(given.symbol(0), block_size=block)
    x = sym.Reshape(given.symbol(0), shape=(0, -4, -1, block * block, 0, 0))
    x = sym.Reshape(x, shape=(0, 0, -4, block, block, 0, 0))
    return sym.Reshape(sym.transpose(x, axes=(0, 1, 4, 2, 5, 3)), shape=(0, 0, -3, -3))


@reads("Resize", "Upsample")
def _resize(given: Given) -> Any:
    x, shape = given.symbol(0), given.shape()
    if given.has(3) and given.array(3, "sizes").size:
        size = given.array(3, "sizes").tolist()
    else:
        i = 1 if given.node.op == "Upsample" else 2
        scales = given.array(i, "scales").tolist() if given.has(i) else given.attrs["scales"]
        size = [int(np.floor(n * s)) for n, s in zip(shape, scales)]
    if len(shape) != 4 or size[:2] != list(shape[:2]):
        raise given.fail("only the last two of four axes can be resized")
    how = given.attrs.get("coordinate_transformation_mode", "half_pixel")
    height, width = size[2:]
    times = height // shape[2]
    if given.attrs.get("mode", "nearest") == "nearest" and [height, width] == [times * n for n in shape[2:]]:
        return sym.UpSampling(x, scale=times, sample_type="nearest")
    if given.attrs.get("mode") in ("linear", "bilinear") and how in ("align_corners", "asymmetric"):
        return sym.contrib.BilinearResize2D(x, height=height, width=width, align_corners=how == "align_corners")
    raise given.fail(f"mode {given.attrs.get('mode', 'nearest')!r} with {how!r} is not read")
