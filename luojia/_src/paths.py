"""Other import paths of a module: MindSpore's programs import from deep inside it.

``from luojia.nn.layer.basic import Dense`` and ``from luojia.ops.operations import MatMul`` mean the modules that hold
those names here. A package says which paths mean which of its modules, when it is itself imported.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Collection, Iterable
from functools import partial
from types import FunctionType, ModuleType
from typing import Any

from .errors import AbsentName, RefusedName


def also_at(module: ModuleType, *paths: str) -> None:
    """Let ``import`` find ``module`` under further dotted ``paths``, and each under its parent's attribute."""
    for path in paths:
        sys.modules[path] = module
        parent, _, name = path.rpartition(".")
        if parent in sys.modules and not hasattr(sys.modules[parent], name):
            setattr(sys.modules[parent], name, module)


def public_names(module: str, more: Callable[[], Iterable[str]] = tuple) -> Callable[[], list[str]]:
    """A module's ``__dir__``: its ``__all__``, its submodules and ``more``, not what it imports for its own use.

    ``more`` gives the names that are made at first use, where ``__all__`` does not have them.
    """
    def __dir__() -> list[str]:
        here = sys.modules[module]
        own = {name for name, value in vars(here).items() if name.startswith("_")
               or (isinstance(value, ModuleType) and sys.modules.get(f"{module}.{name}") is value)}
        return sorted({*own, *vars(here).get("__all__", ()), *more()})

    return __dir__


def found_here(module: str) -> None:
    """Have pickle find the functions of a module that took the place of those they wrap."""
    for name, found in vars(sys.modules[module]).items():
        if isinstance(found, FunctionType) and hasattr(found, "__wrapped__") and found.__qualname__ == name:
            if vars(sys.modules[found.__module__]).get(name) is not found:
                found.__module__ = module


def open_paths(module: ModuleType) -> None:
    """Let a module have the paths below it that path_table.py lists as attributes, as those of a package."""
    before: Any = vars(module).get("__getattr__")

    def __getattr__(name: str) -> Any:
        try:
            if before is not None:
                return before(name)
        except AttributeError:
            found = child(module.__name__, name)
            if found is None:
                raise
            return found
        found = child(module.__name__, name)
        if found is None:
            raise AbsentName(module.__name__, name)
        return found

    __getattr__.__module__ = module.__name__
    setattr(module, "__getattr__", __getattr__)  # noqa: B010
    vars(module).setdefault("__path__", [])


def child(module: str, name: str) -> Any:
    """The module at the path ``module.name`` of path_table.py; None where there is none."""
    return importlib.import_module("._src.path_modules", "luojia").child(module, name)


def answering(package: ModuleType, *modules: ModuleType) -> None:
    """Let modules of a package find in it what is not theirs: MindSpore has those names in other modules of it."""
    for module in modules:
        if not hasattr(module, "__getattr__"):
            setattr(module, "__getattr__", partial(_elsewhere, package, module.__name__))  # noqa: B010


def _elsewhere(package: ModuleType, module: str, name: str) -> Any:
    if name.startswith("_") or name in _submodules(package) or not hasattr(package, name):
        raise AbsentName(module, name)
    return getattr(package, name)


def _submodules(package: ModuleType) -> set[str]:
    return {n for n, value in vars(package).items() if isinstance(value, ModuleType)}


def refusing(module: str, instead: str, names: Collection[str] | None = None) -> Callable[[str], Any]:
    """A ``__getattr__`` for a module whose names, all or those in ``names``, are not provided: importing it works,
    using such a name raises."""
    def __getattr__(name: str) -> Any:
        if name.startswith("_") or names is not None and name not in names:
            raise AbsentName(module, name)
        raise RefusedName(f"{module}.{name} is not provided; {instead}")

    return __getattr__
