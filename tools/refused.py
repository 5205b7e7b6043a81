"""The public names that luojia refuses by name: ``python -m tools.refused`` writes docs/refused.md; a test compares it.

A module lists the names that it refuses in a table ``_REFUSED``; a class that is there to refuse says so in its
docstring; a module that stands only to refuse has its ``__getattr__`` from ``refusing``; those of
paths that no file has are in path_table.py.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from pathlib import Path
from types import ModuleType

import luojia
from luojia._src import path_modules

PAGE = Path(__file__).parent.parent / "docs" / "refused.md"
HEAD = """# What refuses by name

These names of MindSpore and MXNet are not provided. Using one raises `luojia._src.errors.NotSupportedError`, an
`MXNetError` and a `NotImplementedError`, whose message says what to use instead. Made by `python -m tools.refused`.
"""


def modules() -> list[ModuleType]:
    """The public modules, in order of their names."""
    found: list[ModuleType] = [luojia]
    for info in pkgutil.walk_packages(luojia.__path__, "luojia."):
        if "._src" in info.name or info.name in ("luojia.nd", "luojia.sym", "luojia.__main__", "luojia.mod"):
            continue
        found.append(importlib.import_module(info.name))
    return found


def refused() -> dict[str, list[str]]:
    """Per module the names that it refuses itself; ``['*']`` for a module that refuses all."""
    listed: dict[str, list[str]] = {}
    for module in modules():
        fallback = vars(module).get("__getattr__")
        if getattr(fallback, "__module__", "") == "luojia._src.paths" and not hasattr(module, "_REFUSED"):
            listed[module.__name__] = ["*"]
            continue
        names = set(vars(module).get("_REFUSED", ()))
        for name, value in vars(module).items():
            if inspect.isclass(value) and "is refused" in (value.__doc__ or "")[:200]:
                if value.__module__ == module.__name__:
                    names.add(name)
        if names:
            listed[module.__name__] = sorted(names)
    for path, row in sorted(path_modules.rows().items()):
        if row.refused:
            listed[f"luojia.{path}"] = sorted(row.refused)
    return listed


def page() -> str:
    """The page's text."""
    lines = [HEAD]
    for module, names in refused().items():
        lines.append(f"- `{module}`: " + ("all of it" if names == ["*"] else ", ".join(f"`{n}`" for n in names)))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
    print(PAGE)
