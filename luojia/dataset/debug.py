"""Hooks that see the rows of a pipeline in debug mode; see ``config.set_debug_mode``."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from .._src.paths import open_paths

_TITLE = "[Dataset debugger] Print the [{}] of the operation [{}]."


class DebugHook(ABC):
    """Base class: a subclass gives ``compute(*columns)``, which returns the columns.

    Matches ``mindspore.dataset.debug.DebugHook``.
    """

    def __init__(self, prev_op_name: str | None = None) -> None:
        self.prev_op_name = prev_op_name
        self.is_first_op = False

    @abstractmethod
    def compute(self, *args: Any) -> Any:
        """The columns, seen or changed."""

    def __call__(self, *args: Any) -> Any:
        return self.compute(*args)

    def set_previous_op_name(self, prev_op_name: str) -> None:
        """Which operation comes before, or for the first hook, next."""
        self.prev_op_name = prev_op_name

    def set_is_first(self, is_first: bool) -> None:
        """Whether this is before the first operation."""
        self.is_first_op = is_first

    def told(self, operation: Any, is_first: bool) -> Callable[..., Any]:
        """This hook at one place of a pipeline."""
        name = getattr(operation, "__name__", None) or type(operation).__name__

        def hook(*args: Any) -> Any:
            self.set_previous_op_name(name)
            self.set_is_first(is_first)
            return self(*args)

        return hook

    def _title(self) -> str:
        return _TITLE.format("INPUT" if self.is_first_op else "OUTPUT", self.prev_op_name)


class PrintMetaDataHook(DebugHook):
    """Prints the dtype and shape of each column."""

    def compute(self, *args: Any) -> Any:
        print(self._title(), flush=True)
        for i, column in enumerate(args):
            print(f"Column {i}. The dtype is [{getattr(column, 'dtype', None)}]. The shape is "
                  f"[{getattr(column, 'shape', None)}].", flush=True)
        return args


class PrintDataHook(DebugHook):
    """Prints each column."""

    def compute(self, *args: Any) -> Any:
        print(self._title(), flush=True)
        for i, column in enumerate(args):
            print(f"Column {i}. The data is [{column}].", flush=True)
        return args


__all__ = ["DebugHook", "PrintDataHook", "PrintMetaDataHook"]

open_paths(sys.modules[__name__])
