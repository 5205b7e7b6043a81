"""Modules that stand for the originals' import paths: each answers with names of luojia's modules.

The paths are in path_table.py. ``import luojia.symbol.numpy`` finds no file; the finder in ``luojia/__init__.py`` asks
here, and the module that it gets looks its names up where the table says. What a path's row refuses can be imported,
and raises where it is used.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import re
import sys
from collections.abc import Iterator
from functools import cache
from types import ModuleType
from typing import Any

from .errors import AbsentName, NotSupportedError, RefusedImport, RefusedName
from .path_table import TABLE


class _Row:
    def __init__(self) -> None:
        self.sources: list[str] = []
        self.refused: dict[str, str] = {}


def _spread(pattern: str) -> Iterator[str]:
    """The paths that ``a.{b,c}.d`` stands for."""
    found = re.search(r"\{([^{}]*)\}", pattern)
    if found is None:
        yield pattern
        return
    for part in found[1].split(","):
        yield from _spread((pattern[: found.start()] + part + pattern[found.end() :]).replace("..", ".").strip("."))


@cache
def rows() -> dict[str, _Row]:
    """By path, below luojia, where its names are; a path's parents are paths too."""
    found: dict[str, _Row] = {}
    for line in TABLE.splitlines():
        left, _, right = line.partition("=")
        places, _, refusal = right.partition("!")
        names, _, advice = refusal.partition(":")
        for path in [p for pattern in left.split() for p in _spread(pattern)]:
            row = found.setdefault(path, _Row())
            row.sources += places.split()
            row.refused.update(dict.fromkeys(names.split(), advice.strip()))
    return found


@cache
def _children() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for path in rows():
        while path:
            path, _, name = path.rpartition(".")
            found.setdefault(path, set()).add(name)
    return found


def child(module: str, name: str) -> ModuleType | None:
    """The module at the path ``module.name``, for an attribute; None where there is no such path."""
    if name.startswith("__") or name not in _children().get(module[7:], ()):
        return None
    return importlib.import_module(f"{module}.{name}")


class _Loader(importlib.abc.Loader):
    def create_module(self, spec: Any) -> ModuleType:
        return ModuleType(spec.name, f"The names of {spec.name}, which luojia has elsewhere.")

    def exec_module(self, module: ModuleType) -> None:
        name = module.__name__
        vars(module)["__getattr__"] = lambda key: _find(module, key)
        vars(module)["__dir__"] = lambda: sorted({*vars(module), *_children().get(name[7:], ()), *_listed(name)})


def spec(fullname: str) -> Any:
    """The spec of a path of the table; None for others, an error for a name that a package refuses."""
    path = fullname[7:]
    if path in rows() or path in _children():
        return importlib.machinery.ModuleSpec(fullname, _Loader(), is_package=True)
    parent, _, name = fullname.rpartition(".")
    fallback = vars(sys.modules[parent]).get("__getattr__") if parent in sys.modules else None
    if fallback is not None and not name.startswith("_"):
        try:  # ``from luojia import name`` comes here when the package has no such name
            fallback(name)
        except RefusedName as refused:
            raise RefusedImport(str(refused)) from None
        except AttributeError:
            pass
    return None


def _source(where: str) -> Any:
    """The module or the object that a source is; ``ndarray.op:random_*`` is one of names with a prefix."""
    module, _, rest = where.removesuffix("*").partition(":")
    rest = rest.rpartition(".")[0] if where.endswith("*") else rest
    whole = module[1:] if module[0] == "~" else "luojia" if module == "." else f"luojia.{module}"
    found: Any = importlib.import_module(whole)
    for name in rest.split("."):
        found = getattr(found, name) if name else found
    return found


def _prefix(where: str) -> str:
    return re.split("[:.]", where)[-1][:-1] if where.endswith("*") else ""


def _find(module: ModuleType, key: str) -> Any:
    name = module.__name__
    row = rows().get(name[7:]) or _Row()
    if key == "__all__":
        return _listed(name)
    found = child(name, key)
    if found is None and not key.startswith("__"):
        if key in row.refused:
            found = _stand_in(name, key, row.refused[key])
        refusal: Any = None
        for where in row.sources if found is None else ():
            try:
                found = getattr(_source(where), _prefix(where) + key)
            except AttributeError as error:
                refusal = refusal or (error if isinstance(error, RefusedName) else None)
                continue
            break
        if found is None and refusal is not None:
            raise refusal
    if found is None:
        raise AbsentName(name, key)
    setattr(module, key, found)
    return found


def _listed(name: str) -> list[str]:
    row = rows().get(name[7:]) or _Row()
    found = {*row.refused}
    for where in row.sources:
        source = _source(where)
        start = _prefix(where)
        names = dir(source) if start else getattr(source, "__all__", None) or dir(source)
        found |= {key.removeprefix(start) for key in names if key.startswith(start) and not key.startswith("_")}
    return sorted(found)


class _Refused(type):
    advice = ""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        raise NotSupportedError(f"{cls.__module__}.{cls.__name__} is not supported: {cls.advice}.")

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return cls()


def _stand_in(module: str, name: str, advice: str) -> type:
    return _Refused(name, (), {"__module__": module, "advice": advice, "__doc__": f"{name} is refused: {advice}."})
