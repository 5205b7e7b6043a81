"""Whether the ranks of a job hold the same parameters, and making it so."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..engine.group import collective, gather_bytes, place
from ..errors import GroupError
from .tape import state
from .tensor import Tensor

Named = Sequence[tuple[str, Tensor]]


def check_same(who: str, parameters: Named, ranks: tuple[int, ...], values: bool = True) -> None:
    """Raise where the ranks' parameters differ: in number, name, shape, dtype, or (if ``values``) in a hash of values.

    Raises:
        GroupError: a RuntimeError, on all ranks; it names the first parameter that differs.
    """
    mine = [[name, list(t.shape), str(t.np_dtype), _hash(_host(t)) if values else ""] for name, t in parameters]
    text = json.dumps(mine).encode()
    digests = gather_bytes(who, _sha256(text).digest(), ranks)
    if all(d == digests[0] for d in digests):
        return
    lists = [json.loads(b) for b in gather_bytes(who, text, ranks)]
    for rank, found in zip(ranks, lists):
        problem = _difference(lists[0], found, ranks[0], rank)
        if problem:
            raise GroupError(f"{who}: the ranks do not start alike: {problem}.")


def _difference(first: list, other: list, a: int, b: int) -> str:
    for (name, *one), (name2, *two) in zip(first, other):
        if name != name2:
            return (f"rank {a} has the parameter '{name}' where rank {b} has '{name2}'; build the same network on all "
                    "ranks")
        for what, x, y in zip(("shape", "dtype"), one, two):
            if x != y:
                return f"parameter '{name}' has {what} {x} on rank {a} and {y} on rank {b}; build the same network"
        if one != two:
            return (f"parameter '{name}' has other values on rank {b} than on rank {a}; give all ranks the same seed "
                    "(set_seed), load one checkpoint on all, or set_auto_parallel_context(parameter_broadcast=True)")
    if len(first) != len(other):
        return f"rank {a} has {len(first)} parameters, rank {b} {len(other)}; build the same network on all ranks"
    return ""


def broadcast(who: str, parameters: Named, ranks: tuple[int, ...]) -> list[str]:
    """Give the parameters the values that the first rank has; the names of those that changed here."""
    check_same(who, parameters, ranks, values=False)
    changed = []
    by_dtype: dict[Any, list[tuple[str, Tensor]]] = {}
    for name, t in parameters:
        by_dtype.setdefault(t.np_dtype, []).append((name, t))
    for named in by_dtype.values():  # one message per dtype
        mine = [np.ravel(_host(t)) for _, t in named]
        flat = collective("broadcast", np.concatenate(mine), ranks, root=0)
        for (name, t), before, new in zip(named, mine, np.split(flat, np.cumsum([m.size for m in mine])[:-1])):
            if before.tobytes() != new.tobytes():
                t._rebind(t._device.engine.put(new.reshape(t.shape), t._device))
                changed.append(name)
    return changed if place().rank != ranks[0] else []


def _host(t: Tensor) -> np.ndarray:
    value = t._value if state.frame is None else state.frame.before(t)
    return np.asarray(value)


def _hash(array: np.ndarray) -> str:
    return _sha256(np.ascontiguousarray(array).tobytes()).hexdigest()


def _sha256(data: bytes) -> Any:
    import hashlib  # at first use: it loads OpenSSL

    return hashlib.sha256(data)
