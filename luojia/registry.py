"""Registries of classes by name, as initializers and metrics have them."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from typing import Any, TypeVar

from ._src.errors import nearest

_Class = TypeVar("_Class", bound=type)

_REGISTRIES: dict[type, dict[str, type]] = {}


def get_registry(base_class: type) -> dict[str, type]:
    """The classes registered under ``base_class``, by lower-case name (a copy)."""
    return dict(_REGISTRIES.get(base_class, {}))


def get_register_func(base_class: type, nickname: str) -> Callable[..., Any]:
    """A function, usable as a decorator, that registers a subclass under its name in lower case."""
    registry = _REGISTRIES.setdefault(base_class, {})

    def register(klass: _Class, name: str | None = None) -> _Class:
        assert issubclass(klass, base_class), f"Can only register subclass of {base_class.__name__}"
        key = (name or klass.__name__).lower()
        if key in registry and registry[key] is not klass:
            warnings.warn(
                f"New {nickname} {klass.__module__}.{klass.__name__} registered with name {key} is overriding "
                f"existing {nickname} {registry[key].__module__}.{registry[key].__name__}",
                UserWarning, stacklevel=2,
            )
        registry[key] = klass
        return klass

    register.__doc__ = f"Register a {nickname} class, to be created by its name."
    return register


def get_alias_func(base_class: type, nickname: str) -> Callable[..., Callable[[_Class], _Class]]:
    """A decorator that registers a class under further names."""
    register = get_register_func(base_class, nickname)

    def alias(*names: str) -> Callable[[_Class], _Class]:
        def decorate(klass: _Class) -> _Class:
            for name in names:
                register(klass, name)
            return klass

        return decorate

    return alias


def get_create_func(base_class: type, nickname: str) -> Callable[..., Any]:
    """A function that makes an instance from its name, a JSON string ``'["name", {...}]'``, or the instance itself."""
    registry = _REGISTRIES.setdefault(base_class, {})

    def create(*args: Any, **kwargs: Any) -> Any:
        if args:
            name, args = args[0], args[1:]
        else:
            name = kwargs.pop(nickname)
        if isinstance(name, base_class):
            assert not args and not kwargs, f"{nickname} is already an instance. Additional arguments are invalid"
            return name
        if isinstance(name, dict):
            return create(**name)
        assert isinstance(name, str), f"{nickname} must be of string type"
        if name.startswith("["):
            assert not args and not kwargs
            name, kwargs = json.loads(name)
            return create(name, **kwargs)
        if name.startswith("{"):
            assert not args and not kwargs
            return create(**json.loads(name))
        key = name.lower()
        assert key in registry, (f"{name} is not registered. Please register with {nickname}.register first"
                                 + nearest(key, registry))
        return registry[key](*args, **kwargs)

    create.__doc__ = f"Make a {nickname} from its registered name; an instance is handed through."
    return create
