"""``engine="auto"``: what decides, and that trials leave no trace."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator

import numpy as np
import pytest

import luojia as ms
from luojia import Tensor, nn
from luojia._src.core import choice
from luojia._src.engine import devices
from luojia._src.errors import DeviceError
from luojia.cli.info import info

needs_jax = pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="the XLA engine is not installed")
X = np.random.RandomState(0).rand(8, 4).astype(np.float32)
Y = np.arange(8, dtype=np.int32) % 3


@pytest.fixture(autouse=True)
def engine() -> Iterator[None]:
    before, decided = devices.cpu_engine_name(), list(choice.decisions)
    yield
    choice._times.clear()
    choice.decisions[:] = decided
    ms.set_context(mode=ms.PYNATIVE_MODE, engine=before)


def losses(name: str, dropout: bool = False, calls: int = 8) -> list[float]:
    ms.set_context(mode=ms.GRAPH_MODE, engine=name)
    ms.set_seed(1)
    net = nn.SequentialCell(nn.Dense(4, 6), nn.Dropout(p=0.5) if dropout else nn.BatchNorm1d(6), nn.Dense(6, 3))
    loss = nn.SoftmaxCrossEntropyWithLogits(sparse=True, reduction="mean")
    step = nn.TrainOneStepCell(nn.WithLossCell(net, loss), nn.Adam(net.trainable_params(), 0.05))
    step.set_train()
    return [float(step(Tensor(X), Tensor(Y))) for _ in range(calls)]


@needs_jax
@pytest.mark.parametrize("factor, kept", [(0.0, "xla"), (1e9, "numpy")])
def test_the_faster_engine_is_kept_and_trials_leave_no_trace(factor: float, kept: str, monkeypatch) -> None:
    time = choice._time
    monkeypatch.setattr(choice, "_time", lambda *a: time(*a) * factor)
    expected = losses("numpy")
    np.testing.assert_allclose(losses("auto"), expected, rtol=2e-5)
    assert choice.decisions[-1].startswith(f"{kept}: TrainOneStepCell took")
    assert ms.cpu().engine.name == kept and ms.get_context("engine") == "auto"
    assert f"the CPU computes with auto ({kept}: TrainOneStepCell took" in info()


@needs_jax
def test_it_is_timed_by_itself() -> None:
    losses("auto")
    assert " ms on NumPy, " in choice.decisions[-1] and not devices.Auto.open


def test_random_numbers_stay_those_of_numpy() -> None:
    expected = losses("numpy", dropout=True)
    assert losses("auto", dropout=True) == expected
    why = "draws random numbers" if importlib.util.find_spec("jax") else "jax is not installed, or too old"
    assert choice.decisions[-1].startswith("numpy: ") and choice.decisions[-1].endswith(why)


@needs_jax
def test_what_trains_nothing_does_not_decide() -> None:
    ms.set_context(mode=ms.GRAPH_MODE, engine="auto")
    net, before = nn.Dense(4, 2), list(choice.decisions)
    found = [net(Tensor(X)).asnumpy() for _ in range(7)]
    assert all((f == found[0]).all() for f in found)
    assert devices.Auto.open and choice.decisions == before and ms.cpu().engine.name == "numpy"


@needs_jax
def test_what_cannot_be_compiled_stays_on_numpy() -> None:
    ms.set_context(engine="auto")
    w = ms.Parameter(Tensor([1.0]), name="w")

    @ms.jit
    def step(x: Tensor) -> Tensor:
        if float(x) > 0:
            w.set_data(w + x)
        return w * 1

    assert [float(step(Tensor([1.0]))) for _ in range(7)] == [2, 3, 4, 5, 6, 7, 8]
    assert "cannot be compiled" in choice.decisions[-1] and ms.cpu().engine.name == "numpy"


def test_without_jax_it_is_numpy(monkeypatch) -> None:
    def missing(name: str) -> None:
        raise DeviceError("no jax")

    monkeypatch.setattr(choice, "keep_engine", missing)
    assert losses("auto") == losses("numpy")
    assert choice.decisions[-1] == "numpy: jax is not installed, or too old"


def test_what_an_engine_may_be_called() -> None:
    with pytest.raises(ValueError, match="must be 'numpy', 'xla' or 'auto', but got 'fast'"):
        ms.set_context(engine="fast")
