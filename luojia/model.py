"""Checkpoints of graphs: ``prefix-symbol.json`` with ``prefix-0001.params``, as MXNet writes them."""

from __future__ import annotations

import logging
from collections import namedtuple
from typing import Any

from . import ndarray as nd
from . import symbol as sym
from ._src.errors import AbsentName, FormatError
from ._src.paths import public_names

BatchEndParam = namedtuple("BatchEndParam", ["epoch", "nbatch", "eval_metric", "locals"])


def save_checkpoint(prefix: str, epoch: int, symbol: Any, arg_params: dict[str, Any], aux_params: dict[str, Any],
                    remove_amp_cast: bool = True) -> None:
    """Write the graph to ``prefix-symbol.json`` and its parameters to ``prefix-<epoch>.params``."""
    if symbol is not None:
        symbol.save(f"{prefix}-symbol.json", remove_amp_cast)
    name = f"{prefix}-{epoch:04d}.params"
    save_params(name, arg_params, aux_params)
    logging.info('Saved checkpoint to "%s"', name)


def save_params(fname: str, arg_params: dict[str, Any], aux_params: dict[str, Any]) -> None:
    """Write parameters and auxiliary states to one file, under names that begin with arg: and aux:."""
    nd.save(fname, {**{f"arg:{k}": v for k, v in arg_params.items()}, **{f"aux:{k}": v for k, v in aux_params.items()}})


def load_params(prefix: str, epoch: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """The parameters and auxiliary states in ``prefix-<epoch>.params``, by name."""
    name = f"{prefix}-{epoch:04d}.params"
    found = nd.load(name)
    if not isinstance(found, dict):
        raise FormatError(f"load_params: {name} holds a list of arrays without names, no checkpoint.")
    kinds: dict[str, dict[str, Any]] = {"arg": {}, "aux": {}}
    for key, value in found.items():
        kind, _, rest = key.partition(":")
        if kind not in kinds:
            raise FormatError(f"load_params: {name}: expected names that begin with arg: or aux:, found {key!r}.")
        kinds[kind][rest] = value
    return kinds["arg"], kinds["aux"]


def load_checkpoint(prefix: str, epoch: int) -> tuple[Any, dict[str, Any], dict[str, Any]]:
    """The graph, its parameters and its auxiliary states, from the files that ``save_checkpoint`` or MXNet wrote."""
    return sym.load(f"{prefix}-symbol.json"), *load_params(prefix, epoch)


def __getattr__(name: str) -> Any:
    if name == "FeedForward":  # built upon Module, which is built upon this
        from .module.feed_forward import FeedForward

        return FeedForward
    raise AbsentName("luojia.model", name)


__all__ = ["BatchEndParam", "load_checkpoint", "load_params", "save_checkpoint"]
__dir__ = public_names(__name__)
