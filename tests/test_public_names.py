"""``dir()`` and tab completion show a public module's API, and not what its file imports for its own use."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys
import types
from typing import Any

import pytest

import luojia
from luojia._src.paths import public_names

# Names of luojia itself have no __all__, as ``from luojia import *`` would load every module; these tables list them.
TABLES = {"luojia": {*luojia._NAMES, *luojia._DTYPES}}


def modules() -> list[str]:
    """luojia, its modules, its packages whose names begin with no underscore, and the modules in each ``__all__``."""
    found = {"luojia", *(f"luojia.{name}" for name in luojia._MODULES if name[0] != "_")}
    for info in pkgutil.walk_packages(luojia.__path__, "luojia."):
        if info.ispkg and "._" not in info.name and not info.name.startswith("luojia.cli"):
            found.add(info.name)
    for name in sorted(found):
        module = importlib.import_module(name)
        found |= {f"{name}.{n}" for n in getattr(module, "__all__", ())
                  if isinstance(getattr(module, n), types.ModuleType) and f"{name}.{n}" in sys.modules}
    return sorted(found)


def home(value: Any) -> str:
    """The module where a value is defined, as it says; of a module, itself."""
    return value.__name__ if isinstance(value, types.ModuleType) else getattr(value, "__module__", None) or ""


def leaks(module: types.ModuleType) -> list[str]:
    """Names that ``dir(module)`` shows though ``__all__`` has them not, of private modules and other packages; and of
    luojia's other modules, unless the module's own ``__dir__`` names them."""
    chosen = "luojia" if "__dir__" in vars(module) else module.__name__
    declared = {*getattr(module, "__all__", ()), *TABLES.get(module.__name__, ())}
    declared |= {name for name in vars(module) if f"{module.__name__}.{name}" in sys.modules}
    found = {name: home(getattr(module, name)) for name in dir(module) if name[0] != "_" and name not in declared}
    return [f"{name} of {where or 'no module'}" for name, where in found.items()
            if not f"{where}.".startswith(f"{chosen}.") or where.startswith("luojia._src")]


def test_no_name_leaks() -> None:
    """``__dir__ = public_names(__name__)``, of ``luojia._src.paths``, hides what this finds."""
    names = modules()
    assert len(names) > 90
    assert {name: found for name in names if (found := leaks(importlib.import_module(name)))} == {}


def test_every_name_of_all_is_shown() -> None:
    for name in modules():
        module = importlib.import_module(name)
        assert {*getattr(module, "__all__", ())} <= {*dir(module)}, name


def test_leaks_are_found() -> None:
    module = types.ModuleType("luojia.sample")
    vars(module).update(Any=Any, sys=sys, Tensor=luojia.Tensor, ROWS={}, Dense=luojia.nn.Dense, own=lambda: None)
    module.own.__module__ = "luojia.sample"
    assert [leak.split()[0] for leak in leaks(module)] == ["Any", "Dense", "ROWS", "Tensor", "sys"]
    vars(module)["__all__"] = ["Dense", "Tensor"]
    assert [leak.split()[0] for leak in leaks(module)] == ["Any", "ROWS", "sys"]


def test_what_public_names_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    module, child = types.ModuleType("luojia.sample"), types.ModuleType("luojia.sample.child")
    monkeypatch.setitem(sys.modules, "luojia.sample", module)
    monkeypatch.setitem(sys.modules, "luojia.sample.child", child)
    vars(module).update(__all__=["f"], f=len, Any=Any, sys=sys, child=child, _kept=1)
    module.__dir__ = public_names("luojia.sample", lambda: ["late"])
    assert [name for name in dir(module) if not name.startswith("__")] == ["_kept", "child", "f", "late"]


def test_nothing_is_loaded_by_dir_of_luojia() -> None:
    code = "import sys, luojia; before = {*sys.modules}; dir(luojia); assert before == {*sys.modules}"
    subprocess.run([sys.executable, "-c", code], check=True)
