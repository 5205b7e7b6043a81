"""Jacobians by blocks of rows against one backward pass per row, on pointwise, indexed, reduced and other operators."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from luojia import Tensor, float64, nn, ops
from luojia._src.core import transforms
from luojia._src.core.transforms import Recorded

RNG = np.random.default_rng(3)
W = Tensor(RNG.normal(size=(3, 5)))
FUNCTIONS: dict[str, Callable] = {
    "pointwise": lambda x: ops.tanh(x) * ops.exp(x) / (1.0 + x * x) - x**3.0,
    "broadcast": lambda x: (x + ops.sum(x, dim=0)) * x[:1] * 2.0,
    "index": lambda x: x[::-1][1:] * x[:-1, :] + x[0],
    "index by arrays": lambda x: x[Tensor([0, 1, 1])] * 2.0,
    "matrix": lambda x: ops.matmul(x, W),
    "vector": lambda x: ops.matmul(x, W[:, 0]),
    "reshaped": lambda x: ops.transpose(ops.reshape(x, (3, 2)), (1, 0)) * x,
    "several outputs of a node": lambda x: ops.split(x, 1, 1)[0] * ops.split(x, 1, 1)[2],
    "no rule of its own": lambda x: ops.cumsum(ops.softmax(x), 1),
    "reduced": lambda x: ops.sum(x, dim=1) * ops.max(x)[0],
    "unused input": lambda x: W * 2.0,
    "input itself": lambda x: x,
}


def by_rows(fn: Callable, x: Tensor) -> np.ndarray:
    run = Recorded(fn, (x,))
    at = run.inputs[0]
    assert at is not None
    rows = []
    for i in range(run.out.size):
        seed = np.zeros(run.out.size)
        seed[i] = 1
        found = run.pull([(run.out, seed.reshape(run.out.shape))], [at.node], retain=True)
        rows.append(transforms.gradient_at(found, at).asnumpy())
    return np.stack(rows).reshape(*run.out.shape, *x.shape)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("block", [1, 20, 1 << 18])
def test_blocks_of_rows_equal_single_rows(name: str, block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transforms, "_ROWS_AT_ONCE", block)
    x = Tensor(RNG.normal(size=(2, 3)))
    found = ops.jacrev(FUNCTIONS[name])(x)
    assert found.dtype is float64
    np.testing.assert_allclose(found.asnumpy(), by_rows(FUNCTIONS[name], x), rtol=1e-12, atol=1e-14)


def test_the_hessian_of_rosenbrock() -> None:
    def rosenbrock(x: Tensor) -> Tensor:
        return (100.0 * (x[1:] - x[:-1] * x[:-1]) ** 2 + (1.0 - x[:-1]) ** 2).sum()

    x = RNG.random(7)
    found = ops.jacrev(ops.grad(rosenbrock))(Tensor(x)).asnumpy()
    expected = np.zeros((7, 7))
    i = np.arange(6)
    expected[i, i] = 1200 * x[:-1] ** 2 - 400 * x[1:] + 2
    expected[i + 1, i + 1] += 200
    expected[i, i + 1] = expected[i + 1, i] = -400 * x[:-1]
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_it_passes_layers_with_fast_paths() -> None:
    net = nn.SequentialCell(nn.Conv2d(1, 2, 2, has_bias=True), nn.ReLU(), nn.Flatten(), nn.Dense(8, 2))
    x = Tensor(RNG.normal(size=(1, 1, 2, 2)).astype(np.float32))
    np.testing.assert_allclose(ops.jacrev(net)(x).asnumpy(), by_rows(net, x), rtol=1e-5, atol=1e-6)


def test_a_jacobian_under_a_gradient_is_linked() -> None:
    second = ops.grad(lambda x: ops.sum(ops.jacrev(lambda y: y * y * y)(x)))(Tensor([1.0, 2.0]))
    np.testing.assert_allclose(second.asnumpy(), [6.0, 12.0])
