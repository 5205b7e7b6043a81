"""Training steps of one network, in each framework and in the ways in which its users write them."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from benchmarks.cases import networks


def of_network(name: str, channels_last: bool = False) -> dict[str, Any]:
    """The functions of the case that steps this network; in PyTorch also with images channels last in memory."""
    data = networks.DATA[name]
    blocks, modules, layers = [getattr(networks, f"{kind}_{name}") for kind in ("gluon", "mindspore", "torch")]

    def gluon(framework: str, hybrid: bool = False) -> Callable[[], object]:
        return networks.gluon_step(import_module(framework), blocks, *data(), hybrid=hybrid)

    def module() -> Callable[[], object]:
        luojia = import_module("luojia")
        return networks.module_step(luojia, modules(luojia), *data())

    found = {
        "on_luojia": lambda: gluon("luojia"),
        "on_luojia__hybrid": lambda: gluon("luojia", True),
        "on_luojia__module": module,
        "on_torch": lambda: networks.torch_step(layers, *data()),
        "on_mxnet": lambda: gluon("mxnet"),
        "on_mxnet__hybrid": lambda: gluon("mxnet", True),
        "on_mindspore": lambda: networks.mindspore_step(modules, *data()),
    }
    if channels_last:
        found["on_torch__channels_last"] = lambda: networks.torch_step(layers, *data(), channels_last=True)
    return found
