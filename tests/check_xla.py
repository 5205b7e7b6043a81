"""The part of ``check_op`` that asks the XLA engine: eager and compiled against NumPy in float64, in every dtype.

What is asked of a precision is the outputs and the gradients by each float array; of float64 also the gradient of a
weighted sum of those gradients. Eager, in float32, it is a program for the operator and one for its rule. Compiled,
float64 and one other dtype, which the operator's name and attributes decide, are one program.

``LUOJIA_CHECK_XLA=all`` in the environment compiles all dtypes, which takes twice the time; ``eager`` leaves compiled
programs to the other tests, which takes half.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np

from luojia import jit
from luojia._src.core.dtypes import to_np
from luojia._src.core.tape import recording_scope
from luojia._src.core.tensor import Tensor
from luojia._src.core.transforms import Recorded, gradient_at
from luojia._src.engine.devices import Context
from tests.tolerances import tolerance_of

_MODE = os.environ.get("LUOJIA_CHECK_XLA", "two")  # dtypes compiled together; or 'all', or 'eager', none of them


def check_xla(case: Any, device: Context, reference: Context, dtypes: tuple[str, ...], factor: float, second: bool,
              compiled: bool) -> None:
    """Compare the operator of ``case`` (see check.py) on ``device`` with what ``reference`` gives in float64.

    An operator that draws does so from the same key otherwise on each engine: it is compared with itself, eager.
    """
    op = case.op
    if "key" in getattr(op, "inputs", ()) and {**op.attrs, **case.attrs}.get("p") != 0:
        reference, second = device, False
    precisions = [_Precision(case, to_np(d)) for d in ("float64", *dtypes)]
    orders = [2 if second and case.wrt and i == 0 else 1 for i in range(len(precisions))]
    expected = []
    for p, order in zip(precisions, orders):
        case.device = reference
        expected.append([np.asarray(t) for t in p.answers(case.tensors(p.exact), order)])
    case.device = device
    common = min(1, len(precisions) - 1)  # float32, where there are floats
    eager = precisions[common]
    eager.compare(eager.answers(case.tensors(eager.arrays), 1), expected[common], factor, "on XLA")
    if not compiled or _MODE == "eager":
        return

    if _MODE != "all" and len(precisions) > 2:
        shapes = [getattr(a, "shape", a) for a in case.arrays]
        line = f"{case.op.name} {sorted(case.attrs)} {shapes}"
        place = 1 + zlib.crc32(line.encode()) % (len(precisions) - 1)
        precisions, orders, expected = [[each[0], each[place]] for each in (precisions, orders, expected)]

    def together(parts: list[list]) -> list[list]:
        return [p.answers(list(arrays), order) for p, arrays, order in zip(precisions, parts, orders)]

    answers = jit(together, strict=True)([case.tensors(p.arrays) for p in precisions])
    for p, found, wanted in zip(precisions, answers, expected):
        p.compare(found, wanted, factor, "compiled")


class _Precision:
    """The operator of a case with its float arrays in one dtype."""

    def __init__(self, case: Any, dtype: np.dtype) -> None:
        self.case, self.dtype = case, dtype
        self.arrays = [a.astype(dtype) if i in case.floats else a for i, a in enumerate(case.arrays)]
        self.exact = [a.astype(np.float64) if i in case.floats else a for i, a in enumerate(self.arrays)]

    def answers(self, arrays: list, order: int) -> list[Tensor]:
        """The outputs, the gradients where there are any, and for ``order`` 2 the gradients of those."""
        wrt = self.case.wrt
        outs: list[Tensor] = []

        def gradients(*free: Tensor) -> list[Tensor]:
            full = list(arrays)
            for i, t in zip(wrt, free):
                full[i] = t
            outs[:] = found = self.case.call(full)
            return found

        if not wrt:
            return gradients()
        point = [arrays[i] for i in wrt]
        if order == 1:
            found = _pull(gradients, point, self.case.weights)
            return [*outs, *found]
        with recording_scope(True):
            first: list[Tensor] = []

            def inner(*free: Tensor) -> list[Tensor]:
                first[:] = found = _pull(gradients, free, self.case.weights)
                return found

            found = _pull(inner, point, self.case.probes)
        return [t.detach() for t in (*outs, *first, *found)]

    def compare(self, found: list[Tensor], expected: list[np.ndarray], factor: float, how: str) -> None:
        name = f"{self.case.op.name} of {self.dtype.name} {how}"
        for t, e in zip(found, expected):
            got = np.asarray(t)
            wanted = self.dtype if e.dtype == np.float64 and self.case.floats else e.dtype
            assert got.dtype == wanted, f"{name} gave {got.dtype}, expected {wanted}"
            bound = tolerance_of(wanted)
            inexact = e.dtype.kind in "fc"
            scale = max(1.0, np.abs(e[np.isfinite(e)]).max(initial=0)) if inexact else 1.0
            np.testing.assert_allclose(
                got.astype(e.dtype), e, rtol=bound["rtol"] * factor, atol=bound["atol"] * scale * factor, err_msg=name)


def _pull(fn: Callable, point: Any, seeds: list[np.ndarray]) -> list[Tensor]:
    """The gradients at ``point`` of the float outputs of ``fn``, weighted with ``seeds``."""
    run = Recorded(fn, point)
    heads = []
    for t, s in zip(run.out, seeds):
        if t.np_dtype.kind in "fcV":
            heads.append((t, t._device.engine.asarray(np.asarray(s), t.np_dtype)))
    found = run.pull(heads, [i.node for i in run.inputs if i is not None])
    return [gradient_at(found, i) for i in run.inputs if i is not None]
