"""Arguments and results of a compiled function as a structure, which is compared and hashed, and their Tensors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..engine.devices import current_context
from .frame import Untraceable
from .tape import Leaf
from .tensor import Tensor, wrap


class Slot:
    """The place of a Tensor in a structure; equal where the number is."""

    __slots__ = ("number",)

    def __init__(self, number: int) -> None:
        self.number = number

    def __eq__(self, other: object) -> bool:
        return other.__class__ is Slot and other.number == self.number  # type: ignore[attr-defined]

    def __hash__(self) -> int:
        return self.number


_SLOTS = [Slot(i) for i in range(64)]


class _Same:
    """An object that is itself in a structure: a parameter, a Module, a function, a Python value of its type."""

    __slots__ = ("value", "_key")

    def __init__(self, value: Any) -> None:
        self.value = value
        kind = value.__class__
        plain = kind in (int, bool, str, type(None), bytes)
        self._key = (kind, value if plain else repr(value) if kind in (float, complex) else id(value))

    def __eq__(self, other: object) -> bool:
        return other.__class__ is _Same and other._key == self._key  # type: ignore[attr-defined]

    def __hash__(self) -> int:
        return hash(self._key)


class _Nest:
    """A tuple, list or dict in a structure."""

    __slots__ = ("kind", "items", "names")

    def __init__(self, kind: type, items: tuple, names: tuple | None = None) -> None:
        self.kind, self.items, self.names = kind, items, names

    def __eq__(self, other: object) -> bool:
        return (other.__class__ is _Nest and other.kind is self.kind and other.items == self.items  # type: ignore
                and other.names == self.names)  # type: ignore[attr-defined]

    def __hash__(self) -> int:
        return hash((self.kind, self.items, self.names))


def pack(value: Any, tensors: list[Tensor]) -> Any:
    """The structure of arguments; their Tensors, but for parameters, go to ``tensors``."""
    if isinstance(value, Tensor):
        node = value._node
        if value._role or node.__class__ is Leaf and node.owner is not None:
            return _Same(value)
        tensors.append(value)
        count = len(tensors)
        return _SLOTS[count - 1] if count <= len(_SLOTS) else Slot(count - 1)
    if isinstance(value, (tuple, list)):
        return _Nest(type(value), tuple([pack(v, tensors) for v in value]))
    if isinstance(value, dict):
        return _Nest(type(value), tuple([pack(v, tensors) for v in value.values()]), tuple(value))
    if isinstance(value, np.ndarray):
        raise Untraceable("an argument is a NumPy array, make it a Tensor")
    if hasattr(value, "_luojia_apply"):
        raise Untraceable("an argument is a Symbol")
    if hasattr(value, "_luojia_mutable"):
        device = current_context()
        kind = np.float32 if isinstance(value, float) else np.int64
        tensors.append(wrap(Tensor, device.engine.put(np.asarray(value, kind), device), device))
        return Slot(len(tensors) - 1)
    return _Same(value)


def pack_output(value: Any, tensors: list[Tensor]) -> Any:
    """The structure of a result; its Tensors go to ``tensors``."""
    if isinstance(value, Tensor):
        tensors.append(value)
        return Slot(len(tensors) - 1)
    if isinstance(value, (tuple, list)):
        return _Nest(type(value), tuple([pack_output(v, tensors) for v in value]))
    if isinstance(value, dict):
        return _Nest(type(value), tuple([pack_output(v, tensors) for v in value.values()]), tuple(value))
    if callable(value) and not isinstance(value, type):
        raise Untraceable(f"it returns a {type(value).__name__}, which may hold on to what was traced")
    return _Same(value)


def unpack(template: Any, tensors: Sequence[Tensor]) -> Any:
    """The value of this structure with these Tensors."""
    kind = template.__class__
    if kind is Slot:
        return tensors[template.number]
    if kind is _Same:
        return template.value
    items = [unpack(t, tensors) for t in template.items]
    if template.names is not None:
        return dict(zip(template.names, items)) if template.kind is dict else template.kind(zip(template.names, items))
    made = template.kind
    return made._make(items) if hasattr(made, "_make") else items if made is list else made(items)
