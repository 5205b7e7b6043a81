"""Stub files of the modules whose names are made from tables, so that type checkers and editors know them.

``python -m tools.stubs`` writes ``__init__.pyi`` beside the ``__init__.py`` of each door's operators and of luojia
itself, whose names are loaded at first use, one for each module under a short name, and a class of the methods made
from tables for Tensor, NDArray and Symbol each, which they inherit for the type checker alone. A test compares the
files with what the tables give now.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import keyword
import pkgutil
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
MODULES = ("luojia.ops", "luojia.mint", "luojia.ndarray", "luojia.symbol", "luojia.numpy", "luojia.np")
ELSEWHERE = {"luojia.operator"}  # what a module offers of another, which does not say so
SHORT = {"luojia.nd": "ndarray", "luojia.sym": "symbol", "luojia.mod": "module", "luojia.init": "initializer"}
CLASSES = {  # the stub's module: the class whose methods it declares, and what the stub's class inherits
    "luojia._src.core.tensor_methods": ("luojia._src.core.tensor", "Tensor", ""),
    "luojia.ndarray.ndarray_methods": ("luojia.ndarray.ndarray", "NDArray", "luojia._src.core.tensor.Tensor"),
    "luojia._src.core.symbol_methods": ("luojia._src.core.symbol", "Symbol", ""),
}
HEAD = '''"""Made by `python -m tools.stubs` from the operators' tables; do not edit."""

import typing as _t
'''
PRIMITIVE = '''
from luojia._src.core.primitive import Primitive as _Primitive

'''


def path_of(module: str) -> Path:
    path = ROOT / module.replace(".", "/")
    return path.with_suffix(".pyi") if module in CLASSES or module in SHORT else path / "__init__.pyi"


def stub(module_name: str) -> str:
    """The text of one module's stub file."""
    module = importlib.import_module(module_name)
    public = set(getattr(module, "__all__", ()))
    made = []
    imports = [_import(".", m.name, m.name) for m in pkgutil.iter_modules(module.__path__) if m.name[0] != "_"]
    for name in sorted(dir(module)):
        if name.startswith("_") or keyword.iskeyword(name):
            continue
        found = getattr(module, name)
        if isinstance(found, types.ModuleType):
            continue  # which submodules are loaded depends on what ran before
        elif inspect.isclass(found) and (hasattr(found, "face") or _is_made(found)):
            made.append(_class(name, found))
        elif callable(found) and (hasattr(found, "face") or _is_local(module, found)):
            made.append(_function(name, found))
        elif _importable(found):
            if name in public or found.__module__ in ELSEWHERE or found.__module__.startswith(f"{module_name}."):
                imports.append(_import(found.__module__, found.__qualname__, name))
                if found.__qualname__ != name:
                    made.append(f"{name} = _{name}\n")
        elif name in public:
            made.append(f"{name}: _t.Any\n")
    return HEAD + PRIMITIVE + "".join(sorted(imports)) + "\n" + "".join(made)


def _import(module: str, name: str, alias: str) -> str:
    """The line that exports ``name``; under another name a stub exports by assignment alone."""
    return f"from {module} import {name} as {alias if alias == name else '_' + alias}\n"


def _is_made(found: type) -> bool:
    """Whether a class of luojia's comes from a table: it has no source."""
    return found.__module__.partition(".")[0] == "luojia" and not _in_source(found)


def _in_source(found: type) -> bool:
    try:
        inspect.getsource(found)
    except (OSError, TypeError):
        return False
    return True


def _is_local(module: Any, found: Any) -> bool:
    """Whether a function is made at first use: it says it lives in ``module``, whose source does not define it."""
    if inspect.isclass(found) or not inspect.isfunction(found):
        return False
    return found.__code__.co_filename == "<string>" or "<locals>" in found.__code__.co_qualname


def _importable(found: Any) -> bool:
    name, module = getattr(found, "__qualname__", None), getattr(found, "__module__", None)
    if not name or not module or not name.isidentifier():
        return False
    return getattr(importlib.import_module(module), name, None) is found


def _parameters(found: Any, first: str = "", skip: int = 0) -> str:
    """The parameters as written in a definition, after ``first`` and without the ``skip`` first of them."""
    parts = [first] if first else []
    starred = False
    for p in list(inspect.signature(found).parameters.values())[skip:]:
        if p.kind is p.KEYWORD_ONLY and not starred:
            parts.append("*")
            starred = True
        starred = starred or p.kind is p.VAR_POSITIONAL
        prefix = {p.VAR_POSITIONAL: "*", p.VAR_KEYWORD: "**"}.get(p.kind, "")
        default = "" if p.default is p.empty else f" = {_default(p.default)}"
        parts.append(f"{prefix}{p.name}: _t.Any{default}")
    return ", ".join(parts)


def _default(value: Any) -> str:
    plain = value is None or isinstance(value, (bool, int, str)) or (
        isinstance(value, float) and value == value and abs(value) != float("inf"))
    return repr(value) if plain else "..."


def _function(name: str, found: Any) -> str:
    return f"def {name}({_parameters(found)}) -> _t.Any: ...\n"


def _class(name: str, found: Any) -> str:
    return (f"class {name}(_Primitive):\n    def __init__({_parameters(found, 'self')}) -> None: ...\n"
            f"    def __call__({_call(found)}) -> _t.Any: ...\n")


def _call(found: Any) -> str:
    """The parameters of an instance's call."""
    from luojia._src.core.faces import Param

    if not hasattr(found, "face"):
        return "self, *args: _t.Any, **kwargs: _t.Any"
    arrays: list[Param] = found.face.call or []
    starred = any(p.star for p in arrays)
    return ", ".join(["self"] + [
        f"*{p.public}: _t.Any" if p.star else f"{p.public}: _t.Any" + ("" if _required(p) and not starred else " = ...")
        for p in arrays
    ])


def _required(p: Any) -> bool:
    from luojia._src.core.faces import MISSING

    return p.default is MISSING


def method_stub(stub_module: str) -> str:
    """The text of the stub with the methods of one class that its source does not show."""
    module_name, name, base = CLASSES[stub_module]
    module = importlib.import_module(module_name)
    cls = getattr(module, name)
    found = dict(_made_methods(module, cls))
    inherits, head = (f"({base})", f"import {base.rpartition('.')[0]}\n") if base else ("", "")
    methods = "".join(_method(n, found[n]) for n in sorted(found) if not keyword.iskeyword(n))
    if "__eq__" in found:
        methods += "    def __hash__(self) -> int: ...\n"  # which Python takes from a class that defines __eq__
    return f"{HEAD}{head}\nclass {name}Methods{inherits}:\n{methods}"


def _made_methods(module: Any, cls: type) -> Iterator[tuple[str, Any]]:
    importlib.import_module("luojia.symbol")  # with the doors, all methods are there
    tree = ast.parse(inspect.getsource(module))
    body = next(n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == cls.__name__).body
    # Tensor has __getattr__ once one of them has waited (see core/later.py)
    shown = {"__module__", "__doc__", "__dict__", "__weakref__", "__getattr__", *getattr(cls, "__slots__", ())}
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            shown.add(node.name)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            shown |= {t.id for t in targets if isinstance(t, ast.Name)}
    for name in cls.__dict__:
        found = inspect.getattr_static(cls, name)
        found = found if isinstance(found, property) else getattr(cls, name)
        public = name[0] != "_" or name.endswith("__")
        if public and name not in shown and (isinstance(found, property) or callable(found)):
            yield name, found
    if cls.__name__ == "Symbol":
        from luojia._src.core.symbol_functions import function
        from luojia._src.core.symbol_names import FLUENT

        yield from ((name, function(name)) for name in FLUENT if name not in shown)


def _method(name: str, found: Any) -> str:
    if isinstance(found, property):
        return f"    @property\n    def {name}(self) -> _t.Any: ...\n"
    first = next(iter(inspect.signature(found).parameters.values()))
    rest = _parameters(found, "self") if first.kind is first.VAR_POSITIONAL else _parameters(found, "self", skip=1)
    return f"    def {name}({rest}) -> _t.Any: ...\n"


def short_stub(module: str) -> str:
    """The stub of a module that another one takes the place of: its names, and its submodules'."""
    name = SHORT[module]
    package = importlib.import_module(f"luojia.{name}")
    parts = [m.name for m in pkgutil.iter_modules(getattr(package, "__path__", ())) if m.name[0] != "_"]
    return (HEAD.partition("\nimport")[0] + f"\nfrom luojia.{name} import *\n"
            + "".join(f"from luojia.{name} import {p} as {p}\n" for p in parts))


def root_stub() -> str:
    """luojia's own: modules, names from modules, and what ``__getattr__`` finds."""
    import luojia

    lines, made = [], []

    def put(module: str, name: str, alias: str) -> None:
        lines.append(_import(module, name, alias))
        if name != alias:
            made.append(f"{alias} = _{alias}\n")

    for name in sorted({*luojia._MODULES, *[module.rpartition(".")[2] for module in SHORT]}):
        put(".", name, name)
    for name, module in sorted(luojia._ALIASES.items()):
        if f"luojia.{name}" not in SHORT:
            put(".", module, name)
    for name in sorted({*luojia._NAMES, *luojia._DTYPES, "__version__"}):
        found = getattr(luojia, name)
        source = luojia._NAMES.get(name, "_src.core.dtypes" if name in luojia._DTYPES else "version")
        if isinstance(found, types.ModuleType):
            package, _, last = found.__name__.rpartition(".")
            put(package, last, name)
        elif _importable(found) and found.__module__.startswith("luojia."):
            put(found.__module__, found.__qualname__, name)
        elif name in _assigned(source):
            put(f".{source}", name, name)
        else:
            made.append(f"{name}: _t.Any\n")
    return HEAD + "\n" + "".join(lines + made) + "\ndef __getattr__(name: str) -> _t.Any: ...\n"


def _assigned(module: str) -> set[str]:
    """The names that a module's source assigns at its top."""
    tree = ast.parse(inspect.getsource(importlib.import_module(f"luojia.{module}")))
    return {t.id for node in tree.body if isinstance(node, (ast.Assign, ast.AnnAssign))
            for t in (node.targets if isinstance(node, ast.Assign) else [node.target]) if isinstance(t, ast.Name)}


def files() -> dict[Path, str]:
    """Every stub file and its text."""
    return ({path_of(n): stub(n) for n in MODULES} | {path_of(n): method_stub(n) for n in CLASSES}
            | {path_of(n): short_stub(n) for n in SHORT} | {path_of("luojia"): root_stub()})


def main() -> None:
    for path, text in files().items():
        path.write_text(text, "utf-8")
        print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
