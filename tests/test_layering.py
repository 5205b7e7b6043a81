"""Layers point one way: engine -> core -> ops -> {train, data, formats} -> shared -> doors -> the package -> cli.

Every import counts, at the top of a file, inside a function, or through ``import_module("...")`` with a literal name.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import luojia

ROOT = Path(__file__).parent.parent

# A part may import parts of lower rank, and itself. Parts of one rank do not see each other: the doors least of all.
RANK = {
    "base": 0,  # luojia/_src/errors.py and its like: the files straight under _src
    "engine": 1,
    "core": 2,
    "ops": 3,
    "train": 4,
    "data": 4,
    "formats": 4,
    "shared": 5,
    "mindspore": 6,
    "mxnet": 6,
    "package": 7,  # luojia/__init__.py, the table of public names
    "cli": 8,
}
PUBLIC = {
    "base": "version",
    "shared": "log compat context init initializer registry numpy data profiler",
    "mindspore": "boost nn ops mint experimental scipy common train dataset amp dtype communication parallel hub "
    "mindrecord hal utils _checkparam device_context device_manager",
    "mxnet": "gluon nd ndarray sym symbol autograd random metric io mod module model kv kvstore callback mon monitor "
    "img operator optimizer lr_scheduler sched viz visualization test_utils name attribute np npx numpy_extension "
    "engine executor rnn image recordio runtime contrib util base rnd error executor_manager libinfo library "
    "operator_classes misc onnx",
    "cli": "cli __main__",
}
PART_OF = {module: part for part, modules in PUBLIC.items() for module in modules.split()}
MACHINE_ROOM = {name: name for name in ("engine", "core", "ops", "train", "data", "formats")}
MACHINE_ROOM.update(errors="base", paths="base", path_modules="base", path_table="base", typing="base")

# Packages from outside that only some files may import: where the path within _src/engine has such a word in it.
ONLY_IN_ENGINE = {"jax": ("xla",), "jaxlib": ("xla",), "autograd": ("numpy", "autograd")}
NEVER = {"torch", "mxnet", "mindspore", "tensorflow"}


def part(module: str) -> str:
    """The part of luojia to which a dotted module name belongs.

    >>> part("luojia._src.core.tape"), part("luojia._src.errors"), part("luojia.gluon.nn"), part("luojia")
    ('core', 'base', 'mxnet', 'package')
    """
    names = module.split(".")[1:]
    if not names:
        return "package"
    known, table = PART_OF, "PUBLIC"
    if names[0] == "_src":
        names, known, table = names[1:], MACHINE_ROOM, "MACHINE_ROOM"
    if not names:
        return "base"
    if names[0] not in known:
        raise LookupError(f"{module} is in no part: add it to {table} in tests/test_layering.py.")
    return known[names[0]]


def imports(source: str, module: str, is_package: bool) -> Iterator[tuple[int, str]]:
    """Line and absolute dotted name of every module that `source`, the text of `module`, imports."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            here = module.split(".") if is_package else module.split(".")[:-1]
            base = ".".join(here[: len(here) - node.level + 1]) if node.level else ""
            base = ".".join(filter(None, [base, node.module]))
            for alias in node.names:
                # `from luojia import nn` imports a module, `from luojia import Tensor` the table of public names.
                whole = f"{base}.{alias.name}"
                is_module = base == "luojia._src" or (base == "luojia" and alias.name in {*PART_OF, "_src"})
                yield node.lineno, whole if is_module else base
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            name = node.args[0].value
            if called in ("import_module", "__import__") and isinstance(name, str) and not name.startswith("."):
                yield node.lineno, name


def violations(files: dict[str, str]) -> list[str]:
    """What is wrong with the imports of `files`, a dictionary of paths relative to the repository and their texts."""
    found = []
    for path, source in files.items():
        names = Path(path).with_suffix("").parts
        is_package = names[-1] == "__init__"
        module = ".".join(names[:-1] if is_package else names)
        mine = part(module)
        for line, target in imports(source, module, is_package):
            where, top = f"{path}:{line}", target.split(".")[0]
            if top == "luojia":
                theirs = part(target)
                if theirs != mine and RANK[theirs] >= RANK[mine]:
                    found.append(f"{where}: {mine} imports {target}, which belongs to {theirs}")
            elif top in NEVER:
                found.append(f"{where}: luojia does not import {top}")
            elif top in ONLY_IN_ENGINE:
                words = ONLY_IN_ENGINE[top]
                if mine != "engine" or not any(word in name for name in names[3:] for word in words):
                    found.append(f"{where}: only the {words[0]} engine imports {top}")
    return found


def test_every_import_points_down() -> None:
    files = {str(path.relative_to(ROOT)): path.read_text("utf-8") for path in (ROOT / "luojia").rglob("*.py")}
    assert len(files) > 5
    assert violations(files) == []


@pytest.mark.parametrize(
    ("path", "source", "message"),
    [
        ("luojia/_src/engine/protocol.py", "from luojia._src.core import tape", "engine imports luojia._src.core"),
        ("luojia/_src/core/tape.py", "from ..ops.conv import conv", "core imports luojia._src.ops.conv"),
        ("luojia/_src/core/__init__.py", "from ..ops import conv", "core imports luojia._src.ops"),
        ("luojia/_src/core/tape.py", "from .. import train", "core imports luojia._src.train"),
        ("luojia/_src/errors.py", "import luojia._src.core.tensor", "base imports luojia._src.core.tensor"),
        ("luojia/_src/train/rules.py", "from luojia._src.formats import idx", "train imports luojia._src.formats"),
        ("luojia/_src/ops/conv.py", "def f():\n    from luojia import nn", "ops imports luojia.nn"),
        ("luojia/_src/core/tape.py", "import luojia", "core imports luojia, which belongs to package"),
        ("luojia/_src/core/tape.py", "from luojia import Tensor", "core imports luojia, which belongs to package"),
        ("luojia/gluon/nn.py", "from luojia.ops import relu", "mxnet imports luojia.ops"),
        ("luojia/nn/dense.py", "from ..gluon import Block", "mindspore imports luojia.gluon"),
        ("luojia/nn/dense.py", "def f():\n    from .. import nd", "mindspore imports luojia.nd"),
        ("luojia/nn/dense.py", "import importlib\nimportlib.import_module('luojia.sym')", "imports luojia.sym"),
        ("luojia/numpy.py", "from luojia.nd import array", "shared imports luojia.nd"),
        ("luojia/gluon/nn.py", "from luojia.cli import main", "mxnet imports luojia.cli"),
        ("luojia/_src/engine/numpy.py", "import jax.numpy", "only the xla engine imports jax"),
        ("luojia/_src/engine/xla.py", "from autograd import grad", "only the numpy engine imports autograd"),
        ("luojia/_src/ops/grad.py", "import autograd.numpy as anp", "only the numpy engine imports autograd"),
        ("luojia/_src/ops/xla.py", "import jax", "only the xla engine imports jax"),
        ("luojia/_src/core/interop.py", "def f():\n    import torch", "luojia does not import torch"),
    ],
)
def test_an_import_that_points_up_is_found(path: str, source: str, message: str) -> None:
    (found,) = violations({path: source})
    assert message in found
    assert found.startswith(f"{path}:{len(source.splitlines())}: ")


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("luojia/_src/ops/conv.py", "from ..core import op\nfrom .pool import pool\nfrom ..errors import ShapeError"),
        ("luojia/_src/engine/numpy_engine.py", "import autograd.numpy\nfrom .kernels import conv"),
        ("luojia/_src/engine/autograd_rules.py", "from autograd.extend import primitive"),
        ("luojia/_src/engine/xla/convolution.py", "def f():\n    import jax"),
        ("luojia/gluon/nn.py", "from luojia import autograd, nd\nimport luojia._src.ops.conv"),
        ("luojia/nn/dense.py", "from luojia.context import get_context\nfrom .. import ops"),
        ("luojia/cli/__init__.py", "import luojia as mx\nfrom luojia import gluon, nn"),
        ("luojia/__init__.py", "from luojia import nn, gluon"),
        ("luojia/_src/data/digits.py", "def f():\n    import sklearn"),
    ],
)
def test_an_import_that_points_down_is_left_alone(path: str, source: str) -> None:
    assert violations({path: source}) == []


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("luojia/surprise.py", r"luojia\.surprise is in no part: add it to PUBLIC in"),
        ("luojia/_src/surprise/x.py", r"luojia\._src\.surprise\.x is in no part: add it to MACHINE_ROOM in"),
    ],
)
def test_a_module_of_no_part_is_named(path: str, message: str) -> None:
    with pytest.raises(LookupError, match=message):
        violations({path: ""})


def test_every_public_module_has_a_part() -> None:
    assert {*luojia._MODULES, *luojia._ALIASES} <= set(PART_OF)


def test_the_design_names_every_file_of_the_core() -> None:
    listed = re.search(r"The core, by subject(.*?)\n\n", (ROOT / "docs" / "design.md").read_text("utf-8"), re.DOTALL)
    assert listed is not None
    files = [path.stem for path in (ROOT / "luojia" / "_src" / "core").glob("[!_]*.py")]
    assert sorted(re.findall(r"`(\w+)`", listed[1].partition("|---|---|")[2])) == sorted(files)


def test_importing_luojia_loads_no_heavy_package() -> None:
    code = "import sys, luojia; print(*{name.split('.')[0] for name in sys.modules})"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(result.stdout.split())
    assert "luojia" in loaded
    assert not loaded & {"jax", "torch", "scipy", "sklearn", "matplotlib"}
