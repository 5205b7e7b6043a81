"""Python's objects sent between ranks; pickle must take them."""

from __future__ import annotations

import pickle
from typing import Any

from .._src.engine.group import gather_bytes, position
from .._src.errors import ArgumentError, DTypeError
from .groups import is_here, ranks_in


def all_gather_object(object_list: list, obj: Any, group: str | None = None) -> None:
    """Put the object of each rank, which pickle must take, into a list.

    >>> found = [None]
    >>> all_gather_object(found, {1: 2}); found
    [{1: 2}]

    Matches ``mindspore.mint.distributed.all_gather_object``.
    """
    who = "all_gather_object"
    _objects(who, "object_list", object_list, len(ranks_in(who, group)))
    object_list[:] = _given(who, obj, group)


def gather_object(obj: Any, object_gather_list: list | None = None, dst: int = 0, group: str | None = None) -> None:
    """``all_gather_object`` on rank ``dst`` of the world.

    Matches ``mindspore.mint.distributed.gather_object``.
    """
    who = "gather_object"
    here = is_here(who, "dst", dst, group)
    if here:
        _objects(who, "object_gather_list", object_gather_list, len(ranks_in(who, group)))
    found = _given(who, obj, group)
    if here and object_gather_list is not None:
        object_gather_list[:] = found


def broadcast_object_list(object_list: list, src: int = 0, group: str | None = None, device: Any = None) -> None:
    """Make the objects in a list those of rank ``src`` of the world.

    Matches ``mindspore.mint.distributed.broadcast_object_list``.
    """
    who = "broadcast_object_list"
    if not isinstance(object_list, list) or not object_list:
        raise DTypeError(f"The object_list can not be empty, and must be a list, but got {object_list!r}.")
    here = is_here(who, "src", src, group)
    ranks = ranks_in(who, group)
    found = _given(who, list(object_list) if here else None, group)[position(who, ranks, src)]
    if len(found) != len(object_list):
        raise ArgumentError(f"For '{who}', rank {src} has {len(found)} objects, but this one's list has "
                            f"{len(object_list)}.")
    object_list[:] = found


def scatter_object_list(scatter_object_output_list: list, scatter_object_input_list: list | None, src: int = 0,
                        group: str | None = None) -> None:
    """Put this rank's object, of the list that rank ``src`` of the world has, at the head of a list.

    Matches ``mindspore.mint.distributed.scatter_object_list``.
    """
    who = "scatter_object_list"
    ranks = ranks_in(who, group)
    here = is_here(who, "src", src, group)
    if here:
        _objects(who, "scatter_object_input_list", scatter_object_input_list, len(ranks))
    if not isinstance(scatter_object_output_list, list) or not scatter_object_output_list:
        raise DTypeError("The scatter_object_output_list can not be empty, and must be a list, but got "
                         f"{scatter_object_output_list!r}.")
    found = _given(who, scatter_object_input_list if here else None, group)[position(who, ranks, src)]
    scatter_object_output_list[0] = found[position(who, ranks)]


def _given(who: str, obj: Any, group: str | None) -> list[Any]:
    """The object of each rank."""
    return [pickle.loads(data) for data in gather_bytes(who, pickle.dumps(obj), ranks_in(who, group))]


def _objects(who: str, name: str, value: Any, count: int) -> None:
    if not isinstance(value, list):
        raise DTypeError(f"For '{who}', the '{name}' must be a list, but got {type(value)}.")
    if len(value) != count:
        raise DTypeError(f"For '{who}', the '{name}' must have one object for each of the {count} ranks, but got "
                         f"{len(value)}.")


__all__ = ["all_gather_object", "broadcast_object_list", "gather_object", "scatter_object_list"]
