"""Which graphs run as straight-line programs on NumPy, and when these are made.

A ``CachedGraph`` that is called a second time with inputs of one kind (shapes, layouts, dtypes, which of them are
linked to the tape, recording or not) gets a ``Program`` for that kind (see program.py). Whatever a program does not
take (see ``plannable``) runs operator by operator.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..engine.numpy_engine import ENGINE
from .apply import Spec
from .chains import specific
from .op import Operator
from .program import Call, Program
from .symbol import KEY
from .tape import state
from .tensor import Tensor
from .widened import HALF, takes

_NUMBERS = (int, float, type(None))
KEPT = 16  # programs of one graph, the latest


def plannable(op: Operator, values: Sequence[Any], given: Sequence[Any], result: Any) -> bool:
    """Whether a program may call this operator for such inputs as ``apply`` would: on the arrays, without more ado.

    ``given`` has KEY in the place of a random key, which each call draws.
    """
    arrays = [v for v in values if isinstance(v, Tensor)]
    if not arrays or not isinstance(result, Tensor):
        return False
    dtypes = {t._value.dtype for t in arrays}
    return (
        all([isinstance(v, Tensor) or v.__class__ in _NUMBERS or k is KEY for v, k in zip(values, given)])
        and arrays[0]._value.dtype.kind == "f"
        and all([d.kind != "V" for d in dtypes])
        and not (op.elementwise and len(dtypes) > 1)
        and result._value.__class__ is np.ndarray
        and not (HALF in dtypes and takes(op, [v._value if isinstance(v, Tensor) else v for v in values]))
    )


def kind_of(arrays: Sequence[Any], late: bool) -> tuple | None:
    """What a program is made for; None where there can be none for these inputs. ``late``: training counts."""
    cls, device = arrays[0].__class__ if arrays else None, getattr(arrays[0], "_device", None) if arrays else None
    if device is None or device.engine is not ENGINE or getattr(cls, "_result_class", None) is not cls:
        return None
    found: list[Any] = [state.recording, state.training if late else None]
    for t in arrays:
        if t.__class__ is not cls or t._device is not device or t._value.__class__ is not np.ndarray:
            return None
        v = t._value
        found.append((v.shape, v.strides, v.dtype, t._node is not None and state.recording))
    return cls, device, *found


class Notes:
    """What ran in a call of a graph: enough to make the program of its kind, unless something ran that none takes."""

    def __init__(self, kind: tuple, constants: dict[int, Any]) -> None:
        self.kind, self.constants = kind, constants
        self.calls: list[Call] = []
        self.plannable = True

    def add(self, op: Operator, attrs: dict, slots: tuple, out: int, values: Sequence[Any], result: Any) -> None:
        """Note that ``op`` took these values from ``slots``."""
        self.plannable = self.plannable and plannable(op, values, [self.constants.get(s) for s in slots], result)
        if self.plannable:
            self.calls.append(Call(*specific(op, attrs), slots, out, Spec(result._value)))


class Programs:
    """The programs of one graph: made at the second call of a kind, the latest first.

    ``steps``, ``heads`` and ``constants`` are the graph's plan, ``plain`` runs it operator by operator.
    """

    def __init__(self, steps: Sequence[Any], heads: Sequence[int], constants: dict[int, Any], plain: Callable) -> None:
        self.heads, self.constants, self.plain = heads, constants, plain
        self.made: list[Program] = []
        self.met: dict[tuple, bool] = {}  # by kind, whether there may be a program
        made = {step.out for step in steps}
        self.late = any([s.late for s in steps])
        self.possible = (
            len(set(heads)) == len(heads) and made.issuperset(heads)
            and all([c.__class__ in _NUMBERS or c is KEY for c in constants.values()])
            and not any([s.source or s.op.run is not None or s.count != 1 or s.op.aux for s in steps])
        )

    def __getstate__(self) -> dict[str, Any]:
        """A copy makes programs of its own."""
        return {**self.__dict__, "made": [], "met": {}}

    def run(self, arrays: Sequence[Any]) -> list | None:
        """The outputs by the program for such arrays, if there is one; None also where it failed."""
        for program in self.made:
            try:
                found = program.run(*arrays)
            except Exception:  # noqa: BLE001 - the operators one by one say what is wrong
                return None
            if found is not None:
                return found
        return None

    def due(self, arrays: Sequence[Any]) -> Notes | None:
        """Where arrays of this kind are met a second time, what is to be told of their run."""
        kind = None if state.depth or state.frame is not None else kind_of(arrays, self.late)
        if kind is None or len(self.met) > 4 * KEPT:
            return None
        if kind not in self.met:
            self.met[kind] = True
            return None
        return Notes(kind, self.constants) if self.met[kind] else None

    def make(self, notes: Notes) -> None:
        """A program of what ran, if one can do it."""
        self.met[notes.kind] = False
        if notes.plannable:
            program = Program(notes.calls, notes.kind, self.constants, self.heads, self.plain)
            self.made = [program, *self.made[: KEPT - 1]]
