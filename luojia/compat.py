"""Run programs unchanged: ``import mxnet`` and ``import mindspore`` find luojia.

``luojia run script.py`` does it for a script; in a program or a notebook call ``install()`` before the imports.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

from ._src.paths import public_names

__all__ = ["ORIGINALS", "install", "uninstall"]
__dir__ = public_names(__name__)

ORIGINALS = ("mxnet", "mindspore", "luojianet_ms")
# What the originals' modules import from each other is found in each of them, as mxnet.gluon.block.numeric_types.
_COMMON = {"mxnet": ("luojia.base", "luojia.util", "luojia.ndarray.ndarray", "luojia.symbol.symbol", "luojia"),
           "mindspore": ("luojia", "luojia.nn", "luojia.ops")}
_ELSEWHERE = {"mxnet.numpy": "luojia.np", "mxnet.numpy_extension": "luojia.npx"}  # luojia.numpy is MindSpore's


class _Loader(importlib.abc.Loader):
    """Gives luojia's module for the original's name; the module keeps its own spec."""

    def __init__(self, target: str, fullname: str = "") -> None:
        self.target, self.fullname = target, fullname
        self.spec: Any = None

    def create_module(self, spec: Any) -> ModuleType:
        module = importlib.import_module(self.target)
        self.spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self.spec
        if not self.fullname:
            return
        inside = hasattr(module, "__path__")  # else nn.wrap.cell_wrapper would lie in no package
        common = _COMMON.get(self.fullname.partition(".")[0], _COMMON["mindspore"])
        if not inside and module.__name__ not in common:
            _answer_for_common(module, common)
        for name in [n for n in sys.modules if n.startswith(f"{self.target}.")]:
            if not inside or sys.modules[name].__name__ != name:  # another path of a module, which the import of it
                # would put in the place of the function of that name, as common.mutable
                sys.modules.setdefault(self.fullname + name[len(self.target):], sys.modules[name])


def _answer_for_common(module: ModuleType, sources: Sequence[str]) -> None:
    """Let a module without modules below it have the names that all of the original's modules import."""
    before = vars(module).get("__getattr__")
    if getattr(before, "sources", None):
        return

    def __getattr__(name: str) -> Any:
        refusal: Any = AttributeError(f"module {module.__name__!r} has no attribute {name!r}")
        if before is not None:
            try:
                return before(name)
            except AttributeError as error:
                refusal = error
        for source in sources if not name.startswith("_") else ():
            try:
                return getattr(importlib.import_module(source), name)
            except AttributeError:
                continue
        raise refusal

    __getattr__.__module__, __getattr__.sources = module.__name__, sources
    _answering.append((module, before))
    setattr(module, "__getattr__", __getattr__)  # noqa: B010


_answering: list[tuple[ModuleType, Any]] = []  # the modules that do, and their own way to find names


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, roots: Sequence[str]) -> None:
        self.roots = set(roots)

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:
        root, _, rest = fullname.partition(".")
        if root not in self.roots:
            return None
        name = f"luojia.{rest}" if rest else "luojia"
        for original, here in _ELSEWHERE.items():
            if fullname == original or fullname.startswith(f"{original}."):
                name = here + fullname[len(original) :]
        try:
            found = importlib.util.find_spec(name)
        except ModuleNotFoundError:
            found = None
        if found is None:
            raise ModuleNotFoundError(f"No module named {fullname!r}: luojia stands in for {root} and has no {name!r}.",
                                      name=fullname)
        return importlib.machinery.ModuleSpec(fullname, _Loader(name, fullname),
                                              is_package=found.submodule_search_locations is not None)


def install(names: Sequence[str] = ORIGINALS, *, replace: bool = False) -> list[str]:
    """Make ``import`` find luojia under the originals' names, and return the names that it stands in for.

    An original that is installed is left alone, unless ``replace``.

    >>> import sys
    >>> install(["luojianet_ms"])
    ['luojianet_ms']
    >>> import luojianet_ms.ops as ops, luojia.ops
    >>> ops is luojia.ops
    True
    >>> uninstall()
    """
    unknown = [n for n in names if n not in ORIGINALS]
    if unknown:
        raise ValueError(f"luojia.compat.install stands in for {', '.join(ORIGINALS)}, not for {unknown[0]!r}.")
    uninstall()
    taken = [n for n in names if replace or (n not in sys.modules and importlib.util.find_spec(n) is None)]
    for module in [m for m in sys.modules if m.partition(".")[0] in taken]:
        del sys.modules[module]
    sys.meta_path.insert(0, _Finder(taken))
    return taken


def uninstall() -> None:
    """Undo ``install``."""
    package = vars(sys.modules["luojia"])
    for original, here in _ELSEWHERE.items():  # importing mxnet.numpy made it an attribute of the package
        name = original.partition(".")[2]
        if name in package and package[name] is sys.modules.get(here):
            del package[name]
    while _answering:
        module, before = _answering.pop()
        if before is None:
            del vars(module)["__getattr__"]
        else:
            vars(module)["__getattr__"] = before
    for finder in [f for f in sys.meta_path if isinstance(f, _Finder)]:
        sys.meta_path.remove(finder)
        for module in [m for m in sys.modules if m.partition(".")[0] in finder.roots]:
            del sys.modules[module]
