"""Classes of operators that are functions of Tensors: attributes at construction, Tensors at the call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._src.core.primitive import Primitive


def class_form(module: str, name: str, attributes: dict[str, Any], call: Callable, doc: str | None = None) -> type:
    """The class form: attributes at construction (``...`` for a required one), then ``call(self, *tensors)``."""
    names = list(attributes)

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        given = {**dict(zip(names, args)), **kwargs}
        if len(args) > len(names) or not set(given) <= set(names):
            raise TypeError(f"{name} takes the attributes ({', '.join(names)}), got {args} and {sorted(kwargs)}.")
        self.attrs = {**attributes, **given}
        missing = [k for k, v in self.attrs.items() if v is ...]
        if missing:
            raise TypeError(f"{name}() misses the required attributes {missing}.")

    text = (doc or call.__doc__ or "").partition(">>>")[0].rstrip()  # the example is the function's
    return type(name, (Primitive,), {"__init__": __init__, "__call__": call, "__doc__": text, "__module__": module})


def attributes_of(function: Callable, **attributes: Any) -> tuple[dict, Callable, str | None]:
    """Attributes and call of a class that is a function with its attributes set."""
    return attributes, lambda self, *xs: function(*xs, **self.attrs), function.__doc__
