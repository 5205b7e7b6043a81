"""The reference pages, written when Sphinx starts: one of all operators, from the registry, and one per module."""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
DOORS = {"ms": "class", "fn": "function", "mx": "`nd` and `sym`"}
MODULES = {door: tuple([f"luojia.{name}" for name in names.split()]) for door, names in {
    "The MindSpore door": """
        ops.functional ops.composed ops.composite ops.control ops.plain ops.primitive ops.random nn
        nn.probability.distribution mint mint.nn mint.nn.functional mint.optim mint.linalg mint.special
        mint.distributed numpy scipy.linalg scipy.optimize common common.initializer train amp dataset
        dataset.transforms dataset.vision dataset.text dataset.audio mindrecord communication
        communication.comm_func parallel boost experimental.optim experimental.optim.lr_scheduler hal runtime
        device_manager hub utils
    """,
    "The MXNet door": """
        autograd gluon gluon.nn gluon.rnn gluon.loss gluon.data gluon.data.vision gluon.data.vision.transforms
        gluon.utils gluon.model_zoo.vision gluon.contrib.nn gluon.contrib.rnn ndarray.ndarray ndarray ndarray.random
        ndarray.linalg ndarray.contrib ndarray.sparse ndarray.image symbol.symbol symbol symbol.contrib np np.linalg
        np.random npx optimizer metric initializer init lr_scheduler kvstore io image recordio mod module model
        callback monitor visualization operator rnn executor executor_manager contrib.amp contrib.quantization
        contrib.text contrib.svrg_optimization contrib.tensorboard name attribute base engine error library libinfo
        util test_utils onnx contrib.onnx misc
    """,
    "Both": """
        compat context random data profiler log version
    """,
}.items()}


def write(folder: Path = HERE / "reference") -> None:
    """Write the pages into ``folder``; Sphinx rereads only those that changed."""
    folder.mkdir(exist_ok=True)
    pages = {"operators.md": operators(), **{f"{door.lower().replace(' ', '_')}.md": modules(door, names)
                                             for door, names in MODULES.items()}}
    for name, text in pages.items():
        path = folder / name
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")


def operators() -> str:
    """Every operator: what it computes, its signature, and its faces at both doors."""
    from luojia._src import ops  # noqa: F401 - registers the operators
    from luojia._src.core.op import OPERATORS

    families: dict[str, list[Any]] = {}
    for op in OPERATORS.values():
        families.setdefault(op.__module__.rpartition(".")[2], []).append(op)
    parts = ["# Operators\n", "Each operator is defined once; its faces are the names and signatures under which the "
             "two doors offer it.\n"]
    for family, members in sorted(families.items()):
        parts.append(f"## {family.capitalize().replace('_', ' ')}\n")
        about = inspect.getdoc(sys.modules[members[0].__module__])
        if about:
            parts.append(_literal(about) if "\n\n" in about else _escaped(about) + "\n")
        parts += [_operator(op) for op in sorted(members, key=lambda op: op.name)]
    return "\n".join(parts)


def _operator(op: Any) -> str:
    lines = [f"### {op.name}\n", f"`{op.name}{op.signature}`\n", _literal(inspect.getdoc(op) or op.name)]
    if ">>>" not in (op.__doc__ or ""):
        shown = next(filter(None, _examples(op)), "")
        lines += [f"```python\n{shown}\n```\n"] if shown else []
    for kind, label in DOORS.items():
        faces = op.faces.get(kind, ())
        if faces:
            lines.append(f"- {label}: " + ", ".join(f"`{_public(face)}`" for face in faces))
    lines.append("" if op.differentiable else "- not differentiable: a constant to every gradient\n")
    return "\n".join(lines)


def _examples(op: Any) -> Iterator[str]:
    """The operator's example at each door."""
    from luojia._src.core.documented import example
    from luojia._src.core.faces import Face

    for kind, module in (("fn", "luojia.ops"), ("ms", "luojia.ops"), ("mx", "luojia.ndarray")):
        for spec in op.faces.get(kind, ()):
            yield example(Face(op, spec), module, kind == "ms")


def _public(face: str) -> str:
    """A face without the operator's own names and what the door fixes."""
    from luojia._src.core.documented import split

    head, _, _ = face.partition("|")
    name, _, rest = head.strip().partition("(")
    groups = [", ".join(_public_parameter(p) for p in split(g)) for g in rest.rstrip(")").split(")(")]
    return name.strip() + "".join(f"({g})" for g in groups)


def _public_parameter(text: str) -> str:
    name, equals, default = text.partition("=")
    return name.partition(":")[0].strip() + (f"={default.strip()}" if equals else "")


def _literal(text: str) -> str:
    fence = "```"
    return f"{fence}text\n{text}\n{fence}\n"


def _escaped(text: str) -> str:
    return text.replace("*", r"\*").replace("_", r"\_").replace("``", "`").replace("$", r"\$")


def modules(door: str, names: tuple[str, ...]) -> str:
    """The classes and functions of the modules, by automodule, but for those that are NumPy's own."""
    parts = [f"# {door}\n"]
    for name in names:
        module = importlib.import_module(name)
        options = "   :members:\n   :no-index:\n"
        if hasattr(module, "__all__"):
            others = [n for n in module.__all__ if not _is_luojias(getattr(module, n))]
            options += "   :imported-members:\n" + f"   :exclude-members: {', '.join(others)}\n" * bool(others)
        parts.append(f"## {name}\n\n```{{eval-rst}}\n.. automodule:: {name}\n{options}```\n")
    return "\n".join(parts)


def _is_luojias(found: Any) -> bool:
    return str(getattr(found, "__module__", None) or "luojia").startswith("luojia")
