"""Tensors without an array, and arrays that nothing else can see.

A Tensor that waits has an empty slot where its array would be; see waiting.py for what gives it.
"""

from __future__ import annotations

import sys
from typing import Any

from .tape import state
from .tensor import UNSHARED, Tensor

get_value = Tensor.__dict__["_value"].__get__  # an AttributeError where it waits
_get_later = Tensor.__dict__["_later"].__get__


class Awaited(Exception):
    """A trace met a Tensor that waits for its array: what gives it is to run first, outside."""


def later_of(t: Tensor) -> Any:
    """What will give the array of a Tensor that has none yet; None where it has one."""
    try:
        get_value(t)
    except AttributeError:
        try:
            return _get_later(t)
        except AttributeError:  # another thread brought it just now
            return None
    return None


def described(t: Tensor) -> Any:
    """What has the shape and the dtype of a Tensor: its array, or what will give it."""
    return later_of(t) or t._value


def _awaited(self: Tensor, name: str) -> Any:
    """The array of a Tensor that waits for it; for other names, the error that brought us here."""
    if name == "_value":
        later = later_of(self)
        if later is not None:
            if state.frame is not None:
                raise Awaited
            later.step.run()
    return object.__getattribute__(self, name)


def put_off(t: Tensor, later: Any) -> None:
    """Have a Tensor wait for its array."""
    if "__getattr__" not in Tensor.__dict__:  # not before: with it Python finds every attribute the slow way
        Tensor.__getattr__ = _awaited  # pyright: ignore[reportAttributeAccessIssue] - it is to come
    t._later = later
    try:
        del t._value
    except AttributeError:  # it was waiting already, for another
        pass


def exclusive(t: Tensor) -> Any:
    """The Tensor's array, to be donated: a copy if something else can see it."""
    value = t._value
    return value if sys.getrefcount(value) <= UNSHARED else t._device.engine.copy(value)
