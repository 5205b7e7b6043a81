"""What is left of MXNet's old manager of executors: how a batch is cut for several devices.

``mod.Module`` does all that the manager did.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ._src.paths import refusing

__all__ = ["_check_arguments", "_split_input_slice"]
_REFUSED = ("DataParallelExecutorGroup", "DataParallelExecutorManager")
__getattr__ = refusing("luojia.executor_manager", "use mod.Module, which holds the executors of several devices.",
                       _REFUSED)


def _split_input_slice(batch_size: int, work_load_list: Sequence[float]) -> list[slice]:
    """The part of a batch for each device, in proportion to its share of the work.

    >>> _split_input_slice(10, [1, 1, 2])
    [slice(0, 2, None), slice(2, 4, None), slice(4, 10, None)]
    """
    total, slices, end = sum(work_load_list), [], 0
    parts = [round(share * batch_size / total) for share in work_load_list]
    parts[-1] += batch_size - sum(parts)
    for part in parts:
        begin, end = int(min(end, batch_size)), int(min(end + part, batch_size))
        if begin >= end:
            raise ValueError("Too many slices. Some splits are empty.")
        slices.append(slice(begin, end))
    return slices


def _check_arguments(symbol: Any) -> None:
    """Raise ValueError where two arguments, or two auxiliary states, have one name."""
    for what, names in (("argument", symbol.list_arguments()), ("auxiliary param", symbol.list_auxiliary_states())):
        for i, name in enumerate(names):
            if name in names[:i]:
                raise ValueError(f'Find duplicated {what} name "{name}", please make the weight name non-duplicated'
                                 f"(using name arguments), arguments are {names}")
