"""MindSpore's strategy files: how the parameters of a network were cut over devices, as protocol buffers or JSON.

A parameter's layout says how the devices are arranged (``dev_matrix``) and along which axis of that arrangement,
counted from the last, each of the parameter's axes is cut (``tensor_map``; -1: not at all). ``opt_weight_shard_size``
devices, ``opt_weight_shard_step`` apart, hold equal parts and cut theirs further, along axis 0, among each other.

Source: the descriptors of MindSpore's ``node_strategy.proto``.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from luojia._src.errors import ArgumentError, DTypeError, FormatError, NotSupportedError, ShapeError
from luojia._src.formats import protobuf
from luojia._src.formats.reader import Reader

_KEYS = ("dev_matrix", "tensor_map", "param_split_shape", "indices_offset")
MAX_DEVICES = 1 << 16  # what a damaged file may make this machine count


class Layout(NamedTuple):
    """How one parameter lies on the devices.

    >>> layout = Layout((2, 4), (1, 0))
    >>> layout.devices, layout.cuts(), layout.part(6)
    (8, (2, 4), (1, 2))
    """

    dev_matrix: tuple[int, ...]
    tensor_map: tuple[int, ...]
    param_split_shape: tuple[int, ...] = ()
    indices_offset: tuple[int, ...] = ()
    field: int = 0
    opt_weight_shard_step: int = 0
    opt_weight_shard_size: int = 0

    @property
    def devices(self) -> int:
        """How many devices there are."""
        return math.prod(self.dev_matrix)

    def _axes(self) -> list[int]:
        return [1 if m == -1 else self.dev_matrix[-1 - m] for m in self.tensor_map]

    def _shards(self) -> int:
        if not self.opt_weight_shard_step or not self.tensor_map:
            return 1
        size = self.opt_weight_shard_size
        return self.devices // math.prod(self._axes()) if size == -1 else size

    def cuts(self) -> tuple[int, ...]:
        """Into how many parts each axis is cut."""
        axes = self._axes()
        return (axes[0] * self._shards(), *axes[1:]) if axes else ()

    def part(self, rank: int) -> tuple[int, ...]:
        """Which part along each axis the device ``rank`` holds."""
        return tuple(_parts(self)[rank].tolist())

    def sources(self, target: Layout | None, local: int, near: int) -> list[int]:
        """The devices, one for each part, that have something of the part of device ``local`` in another layout.

        Of those that hold equal parts it is the one that stands among them where ``near`` stands among its own. Without
        a ``target``, or with one of other axes, every part counts.
        """
        parts, (place, count) = _parts(self), _places(self)
        chosen = place == place[near] % count
        if target is not None and len(target.tensor_map) == len(self.tensor_map):
            part, cuts, wanted = _parts(target)[local], np.array(self.cuts()), np.array(target.cuts())
            chosen &= ((parts * wanted < (part + 1) * cuts) & (part * cuts < (parts + 1) * wanted)).all(1)
        return np.flatnonzero(chosen).tolist()

    def region(self, rank: int, shape: Sequence[int], what: str) -> tuple[slice, ...]:
        """Where in the whole array, of the given shape, the part of ``rank`` lies."""
        cuts = self.cuts()
        if len(cuts) != len(shape):
            raise ShapeError(f"the strategy of {what!r} has a tensor_map of {len(cuts)} axes, but the parameter has "
                             f"the shape {tuple(shape)}; take the strategy file that belongs to the checkpoints.")
        if any(n % c for n, c in zip(shape, cuts)):
            raise ShapeError(f"{what!r} of shape {tuple(shape)} cannot be cut into {cuts} equal parts, as its strategy "
                             "says; take the strategy file that belongs to the checkpoints.")
        return tuple(slice(p * n // c, (p + 1) * n // c) for p, n, c in zip(self.part(rank), shape, cuts))


WHOLE = Layout((1,), ())


@lru_cache(64)
def _parts(layout: Layout) -> np.ndarray:
    """(devices, axes): which part along each axis each device holds."""
    ranks = np.arange(layout.devices)
    where = np.unravel_index(ranks, layout.dev_matrix)
    parts = np.array([0 * ranks if m == -1 else where[-1 - m] for m in layout.tensor_map], np.int64)
    parts = parts.reshape(len(layout.tensor_map), len(ranks)).T
    if layout._shards() > 1:
        parts[:, 0] = parts[:, 0] * layout._shards() + ranks // layout.opt_weight_shard_step % layout._shards()
    return parts


@lru_cache(64)
def _places(layout: Layout) -> tuple[np.ndarray, np.ndarray]:
    """For each device how many before it hold the same part, and how many do in all."""
    parts = _parts(layout)
    if not parts.shape[1]:
        return np.arange(len(parts)), np.full(len(parts), len(parts))
    _, group, counts = np.unique(parts, axis=0, return_inverse=True, return_counts=True)
    group = group.reshape(-1)
    order = np.argsort(group, kind="stable")
    place = np.empty(len(parts), np.int64)
    place[order] = np.arange(len(parts)) - np.repeat(np.cumsum(counts) - counts, counts)
    return place, counts[group]


class Strategy(NamedTuple):
    """What a file says: the stage, the operators' strategies as they are stored, and the parameters' layouts."""

    stage: int
    operators: Mapping[str, Any]
    layouts: Mapping[str, Layout]


def checked(name: str, layout: Layout, label: str = "the strategy") -> Layout:
    """The layout, if devices can be arranged so.

    Raises:
        FormatError: numbers that no layout has.
        NotSupportedError: parts of different sizes.
    """
    dev, axes = layout.dev_matrix, layout.tensor_map
    if not dev or any(n < 1 for n in dev) or math.prod(dev) > MAX_DEVICES:
        raise FormatError(f"{label}: {name!r} has the impossible dev_matrix {dev}.")
    if any(not -1 <= m < len(dev) for m in axes):
        raise FormatError(f"{label}: {name!r} has the tensor_map {axes}, whose numbers must be -1 or lie in "
                          f"[0, {len(dev)}), the axes of dev_matrix.")
    if len(axes) > 32:
        raise FormatError(f"{label}: {name!r} has a tensor_map of {len(axes)} axes, at most 32 are possible.")
    if layout.opt_weight_shard_step < 0 or not -1 <= layout.opt_weight_shard_size <= math.prod(dev) or (
            layout.opt_weight_shard_step and not layout.opt_weight_shard_size):
        raise FormatError(f"{label}: {name!r} has opt_weight_shard_step {layout.opt_weight_shard_step} and "
                          f"opt_weight_shard_size {layout.opt_weight_shard_size}.")
    if layout.param_split_shape or layout.field:
        raise NotSupportedError(f"{label}: {name!r} is cut into parts of different sizes (param_split_shape, field), "
                                "which luojia does not support; merge it with the program that cut it.")
    return layout


def load(path: str) -> Strategy:
    """Read a file: JSON if its name ends so, protocol buffers otherwise.

    Raises:
        FormatError: the file holds something else.
    """
    with open(path, "rb") as file:
        data = file.read()
    if path.endswith(".json"):
        return _of_json(data, path)
    return _of_messages(data, path)


def _of_messages(data: bytes, path: str) -> Strategy:
    stage, operators, layouts = 0, {}, {}
    for number, value in protobuf.fields(Reader(data, path), "the strategies"):
        if number == 1:
            stage = _whole(value, path)
        elif number == 2:
            name, inner = _item(value, path)
            operators[name] = bytes(inner.data[inner.position:inner.end])
        elif number == 3:
            name, inner = _item(value, path)
            layouts[name] = checked(name, _layout(inner, path), path)
    return Strategy(stage, operators, layouts)


def _whole(value: Any, path: str) -> int:
    if not isinstance(value, int):
        raise FormatError(f"{path} is corrupted: a field of bytes stands where a number must.")
    return value


def _reader(value: Any, path: str) -> Reader:
    if not isinstance(value, Reader):
        raise FormatError(f"{path} is corrupted: a number stands where a field of bytes must.")
    return value


def _item(value: Any, path: str) -> tuple[str, Reader]:
    found = dict(protobuf.fields(_reader(value, path), "an item"))
    return (protobuf.text(_reader(found.get(1, Reader(b"", path)), path), "a name"),
            _reader(found.get(2, Reader(b"", path)), path))


def _layout(reader: Reader, path: str) -> Layout:
    found: dict[str, Any] = {"dev_matrix": [], "tensor_map": []}
    for number, value in protobuf.fields(reader, "a layout"):
        if 1 <= number <= 4:
            dims = found.setdefault(_KEYS[number - 1], [])
            for inner, dim in protobuf.fields(_reader(value, path), _KEYS[number - 1]):
                dims += protobuf.wholes(dim, "dim") if inner == 1 else []
        elif 5 <= number <= 7:
            found[Layout._fields[number - 1]] = _whole(value, path)
    taken: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in found.items()}
    return Layout(**taken)


def _of_json(data: bytes, path: str) -> Strategy:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{path} is no JSON: {str(error)[:200]}.") from None
    items = found.get("parallel_layout_item") if isinstance(found, dict) else None
    operators = found.get("parallel_strategy_item") if isinstance(found, dict) else None
    if not isinstance(items, dict) or not isinstance(operators or {}, dict):
        raise FormatError(f"{path} is no strategy file: expected objects 'parallel_strategy_item' and "
                          "'parallel_layout_item' in JSON.")
    layouts = {name: checked(name, of_value(name, item, path), path) for name, item in items.items()}
    stage = found.get("current_stage", 0)
    return Strategy(stage if isinstance(stage, int) else 0, operators or {}, layouts)


def of_value(name: str, value: Any, label: str = "the strategy") -> Layout:
    """A layout of what stands for one: a Layout, a dict as in JSON, or a list of device matrix, tensor map, ..."""
    if isinstance(value, Layout):
        return value
    if isinstance(value, (list, tuple)) and len(value) >= 2:
        value = dict(zip(_KEYS[:2], value))
    if not isinstance(value, Mapping):
        raise FormatError(f"{label}: the layout of {name!r} must hold 'dev_matrix' and 'tensor_map', but got "
                          f"{type(value).__name__}.")
    found: dict[str, Any] = {}
    for key in Layout._fields:
        given: Any = value.get(key, [] if key in _KEYS else 0)
        numbers = given if isinstance(given, (list, tuple)) else [given]
        if (key in _KEYS) != isinstance(given, (list, tuple)) or not all(type(n) is int for n in numbers):
            wanted = "whole numbers" if key in _KEYS else "a whole number"
            raise FormatError(f"{label}: the {key} of {name!r} must be {wanted}, but got {str(given)[:60]}.")
        found[key] = tuple(numbers) if key in _KEYS else given
    return Layout(**found)


def dump(strategy: Strategy) -> bytes:
    """The file's content, as protocol buffers where the operators' strategies are, as JSON otherwise."""
    if any(isinstance(v, bytes) for v in strategy.operators.values()):
        pieces = [protobuf.whole(1, strategy.stage)]
        for name, value in strategy.operators.items():
            pieces.append(protobuf.field(2, protobuf.field(1, name) + protobuf.field(2, value)))
        for name, layout in strategy.layouts.items():
            inner = [protobuf.whole(i, value) if isinstance(value, int) else
                     protobuf.field(i, b"".join(protobuf.whole(1, n) for n in value))
                     for i, value in enumerate(layout, 1)]
            pieces.append(protobuf.field(3, protobuf.field(1, name) + protobuf.field(2, b"".join(inner))))
        return b"".join(pieces)
    return json.dumps({"current_stage": strategy.stage, "parallel_strategy_item": dict(strategy.operators),
                       "parallel_layout_item": {n: v._asdict() for n, v in strategy.layouts.items()}}).encode()


def staged(layouts: Mapping[str, Layout]) -> dict[int, dict[str, Layout]]:
    """The layouts of each stage of a merged file, whose names begin with the stage's number; of others, stage 0."""
    found: dict[int, dict[str, Layout]] = {}
    for name, layout in layouts.items():
        stage, _, rest = name.partition("-")
        merged = re.fullmatch("[0-9]{1,4}", stage) and rest
        found.setdefault(int(stage) if merged else 0, {})[rest if merged else name] = layout
    return found


def read_group(data: bytes, path: str) -> list[int]:
    """The ranks that hold what a rank holds, of a file of communication groups."""
    for number, value in protobuf.fields(Reader(data, path), "the groups"):
        if number == 2:
            return [n for inner, v in protobuf.fields(_reader(value, path), "the ranks") if inner == 1
                    for n in protobuf.wholes(v, "a rank")]
    return []


def merged(name: str, parts: Sequence[np.ndarray], layout: Layout) -> np.ndarray:
    """The whole array of the parts that the devices hold, in order of their ranks; of equal parts the last counts."""
    if len(parts) != layout.devices:
        raise ArgumentError(f"{name!r} lies on {layout.devices} devices, but got {len(parts)} parts.")
    if len({(p.shape, p.dtype) for p in parts}) > 1:
        raise DTypeError(f"the parts of {name!r} have different shapes or dtypes.")
    first = parts[0]
    cuts = layout.cuts()
    if len(cuts) != first.ndim:
        raise ShapeError(f"the strategy of {name!r} has a tensor_map of {len(cuts)} axes, but its parts have the shape "
                         f"{first.shape}.")
    shape = tuple(n * c for n, c in zip(first.shape, cuts))
    out = np.empty(shape, first.dtype)
    for rank, part in enumerate(parts):
        out[layout.region(rank, shape, name)] = part
    return out
