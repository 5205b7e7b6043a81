"""The NumPy engine's own functions."""

import numpy as np

from luojia._src.core.op import Operator
from luojia._src.engine.devices import cpu
from luojia._src.engine.numpy_engine import ENGINE


def test_results_are_arrays():
    several = Operator(lambda xp, x: [xp.sum(x), x], "several", outputs=2)
    outs = ENGINE.run(several, [np.ones(3)], {})
    assert type(outs) is tuple and [type(o) for o in outs] == [np.ndarray] * 2
    one = ENGINE.run(Operator(lambda xp, x: xp.sum(x), "one"), [np.ones(3)], {})
    assert type(one) is np.ndarray and one.shape == ()


def test_arrays_in_and_out():
    a = np.ones(2)
    assert ENGINE.put(a, cpu()) is a and ENGINE.to_numpy(a) is a
    assert type(ENGINE.put(np.float32(1), cpu())) is np.ndarray  # another engine's array, or a scalar
    assert ENGINE.asarray([1, 2], np.float16).dtype == np.float16
    assert ENGINE.zeros_like(a).tolist() == [0, 0] and ENGINE.ones_like(a).tolist() == [1, 1]


def test_shapes_without_values():
    out = ENGINE.eval_shape(lambda xp, x, y: xp.log(xp.matmul(x, y)), ((2, 3), "float32"), ((3, 4), "float32"))
    assert out.shape == (2, 4) and out.dtype == np.float32
