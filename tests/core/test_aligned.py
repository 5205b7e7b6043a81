"""What the tape takes on trust of nodes whose cotangents fit: their shapes and dtypes."""

from __future__ import annotations

import numpy as np
import pytest

from luojia import autograd, nd
from luojia._src.core import tape
from luojia._src.core.apply import binary, unary
from luojia._src.core.op import OPERATORS
from luojia._src.core.tensor import Tensor, wrap
from luojia._src.engine.devices import cpu
from luojia._src.errors import NotSupportedError

pytestmark = pytest.mark.skipif(not cpu().engine.direct, reason="only the NumPy engine takes shapes on trust")
UNARY = [o for o in OPERATORS.values() if len(o.inputs) == 1 and not o.attrs and not o.variadic and not o.aux
         and o.direct_rule is not None]  # fmt: skip
BINARY = [o for o in OPERATORS.values() if len(o.inputs) == 2 and not o.attrs and o.elementwise
          and o.direct_rule is not None]  # fmt: skip


def node_of(op: object, *values: np.ndarray) -> tuple:
    arrays = [wrap(Tensor, v, cpu()) for v in values]
    for a in arrays:
        a.attach_grad()
    with autograd.record():
        y = (unary if len(arrays) == 1 else binary)(op)(*arrays)  # type: ignore[arg-type]
    return y, y._node


@pytest.mark.parametrize("dtype", [np.float32, np.float16, np.float64])
def test_rules_of_aligned_nodes_give_cotangents_of_their_inputs_shapes_and_dtypes(dtype: type) -> None:
    seen = 0
    values = np.array([[0.6, 0.2, 0.3], [0.2, 0.7, 0.1], [0.3, 0.1, 0.8]], dtype)  # square and positive definite
    for op in UNARY + BINARY:
        args = (values, values.T.copy())[: len(op.inputs)]
        try:
            y, node = node_of(op, *args)
        except (ValueError, TypeError):  # not for matrices
            continue
        if not isinstance(node, tape.Node) or node.attrs is not tape.ALIGNED:
            continue
        seen += 1
        g = np.ones_like(y._value)
        try:
            gs = op.direct_rule(node.device.engine.xp, g, node.ans, node.args, (True,) * len(args))
        except NotSupportedError:  # no derivative by one of its arguments
            continue
        for gi, a in zip(gs if isinstance(gs, tuple) else (gs,), args):
            assert gi is None or (gi.shape, gi.dtype) == (a.shape, a.dtype), op.name
    assert seen >= 30


def test_broadcast_and_reshaped_inputs_are_not_aligned() -> None:
    x, b = nd.ones((2, 3)), nd.ones((3,))
    x.attach_grad()
    b.attach_grad()
    with autograd.record():
        y = (x + b) * 2
        assert y._node.attrs is tape.ALIGNED
        assert y._node.parents[0].attrs is not tape.ALIGNED
    y.backward()
    assert b.grad.asnumpy().tolist() == [4, 4, 4] and x.grad.shape == (2, 3)
