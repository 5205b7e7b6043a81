"""Devices: interning, nesting, threads, pickles, and what is not there."""

import copy
import importlib.util
import os
import pickle
import subprocess
import sys
import threading
import tomllib
from pathlib import Path

import numpy as np
import pytest

from luojia import Context, Tensor, cpu, cpu_pinned, current_context, gpu, nd, num_gpus
from luojia._src.engine import devices


def test_contexts_are_interned():
    assert Context("cpu", 1) is cpu(1) is Context(cpu(1)) and cpu(0) is cpu() and cpu(0) != cpu(1)
    assert pickle.loads(pickle.dumps(cpu(3))) is cpu(3) and copy.deepcopy(gpu(2)) is gpu(2)
    assert {cpu(1): "a"}[Context("cpu", 1)] == "a"
    assert [repr(c) for c in (cpu(), gpu(1), cpu_pinned(2))] == ["cpu(0)", "gpu(1)", "cpu_pinned(2)"]
    assert (gpu(1).device_type, gpu(1).device_id, gpu(1).device_typeid) == ("gpu", 1, 2)
    assert Context("cpu_shared").device_typeid == 5 and Context("cpu", np.int64(1)) is cpu(1)


def test_unknown_types():
    with pytest.raises(ValueError, match="device_type must be one of 'cpu', 'gpu', 'cpu_pinned', 'cpu_shared', "
                                         "got 'tpu'"):
        Context("tpu")


def test_blocks_nest_and_restore():
    assert current_context() is cpu(0)
    with cpu(1):
        with cpu(2), cpu(1):
            assert current_context() is cpu(1)
        with cpu(1):
            assert Tensor(1.0)._device is cpu(1)
        assert current_context() is cpu(1)
        with pytest.raises(ZeroDivisionError), cpu(5):
            1 / 0  # noqa: B018
        assert current_context() is cpu(1)
    assert current_context() is cpu(0)


def test_threads_may_enter_one_context_at_a_time_of_their_own():
    """The second thread leaves last what both have entered: each returns to its own outer device."""
    first_in, second_in = threading.Event(), threading.Event()
    seen = {}

    def first():
        with cpu(1):
            with cpu(5):
                first_in.set()
                second_in.wait(5)
            seen["first"] = current_context()

    def second():
        first_in.wait(5)
        with cpu(2):
            with cpu(5):
                second_in.set()
                a.join(5)
            seen["second"] = current_context()

    a, b = threading.Thread(target=first), threading.Thread(target=second)
    with cpu(7):
        for t in (a, b):
            t.start()
        for t in (a, b):
            t.join()
    assert seen == {"first": cpu(1), "second": cpu(2)}


def test_the_default_device_is_that_of_threads_started_later(monkeypatch):
    monkeypatch.setattr(devices._Scope, "device", cpu(0))
    before = current_context()
    seen = []
    try:
        devices.set_default_device(cpu(4))
        assert current_context() is cpu(4)
        t = threading.Thread(target=lambda: seen.append(current_context()))
        t.start()
        t.join()
    finally:
        devices._scope.device = before
    assert seen == [cpu(4)]


def test_gpus_construct_and_refuse_arrays_where_there_are_none(monkeypatch):
    monkeypatch.setattr(devices, "num_gpus", lambda: 0)
    device = gpu(77)
    with pytest.raises(ValueError, match=r"gpu\(77\) is not available: .* 0 GPU.*pip install 'luojia\[xla\]'.*cpu\(\)"):
        Tensor(1.0, device=device)
    with pytest.raises(RuntimeError, match=r"gpu\(77\) is not available"):
        nd.ones((2,), ctx=device)
    with device:
        with pytest.raises(ValueError, match="not available"):
            Tensor(1.0)
    assert current_context() is cpu(0)
    device.empty_cache()


@pytest.mark.parametrize("count, driver, message", [
    (2, True, r"this machine shows 2 GPU\(s\) to luojia. They are gpu\(0\) to gpu\(1\); CUDA_VISIBLE_DEVICES may hide"),
    (0, True, r"It has a driver, but JAX sees none: install a CUDA build \(pip install .*'jax\[cuda12\]'\), or"),
    (0, False, r"It has no driver for one. Where it has, install luojia\[xla\] with a CUDA build of jax"),
])
def test_what_is_said_of_a_gpu_that_is_not_there(monkeypatch, count, driver, message):
    monkeypatch.setattr(devices, "num_gpus", lambda: count)
    monkeypatch.setattr(devices, "has_gpu_driver", lambda: driver)
    with pytest.raises(RuntimeError, match=message):
        devices.gpu_engine(gpu(7))


def test_no_gpu_is_seen_without_a_driver(monkeypatch):
    monkeypatch.setattr(devices.os.path, "exists", lambda path: False)
    assert num_gpus() == 0


def test_cpus_compute_apart():
    x, y = Tensor([1.0], device=cpu(0)), Tensor([1.0], device=cpu(1))
    assert (y + y)._device is cpu(1) and (y + y).device == "CPU"
    with pytest.raises(ValueError, match=r"on cpu\(0\) and cpu\(1\)"):
        x + y


def test_an_unknown_engine(monkeypatch):
    monkeypatch.setattr(devices, "_chosen", None)  # another test may have asked for one
    monkeypatch.setenv("LUOJIA_ENGINE", "abacus")
    with pytest.raises(ValueError, match="LUOJIA_ENGINE must be 'numpy', 'xla' or 'auto', got 'abacus'"):
        devices.cpu_engine()


ENGINE_MODULE = "luojia._src.engine.xla_engine"


def test_without_jax_the_error_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, ENGINE_MODULE, None)  # as if importing it failed
    todo = r"needs jax 0\.10 or newer.*pip install 'luojia\[xla\]'.*LUOJIA_ENGINE=numpy"
    with pytest.raises(RuntimeError, match=todo):
        devices.xla_engine()
    monkeypatch.setenv("LUOJIA_ENGINE", "xla")
    monkeypatch.setattr(devices, "_chosen", None)
    with pytest.raises(RuntimeError, match="the XLA engine needs jax"):
        devices.cpu_engine()
    before = devices._chosen
    with pytest.raises(RuntimeError, match="the XLA engine needs jax"):
        devices.set_cpu_engine("xla")
    assert devices._chosen is before


def test_a_jax_too_old_is_refused_by_its_version(monkeypatch):
    jax = pytest.importorskip("jax", reason="asks what an old jax gets")
    monkeypatch.delitem(sys.modules, ENGINE_MODULE, raising=False)
    monkeypatch.setattr(jax, "__version__", "0.4.30")
    with pytest.raises(RuntimeError, match=r"needs jax 0\.10 or newer.*\(jax 0\.4\.30 is installed\)"):
        devices.xla_engine()


def test_the_extra_asks_for_the_jax_that_the_engine_needs():
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    assert project["optional-dependencies"]["xla"] == [f"jax>={devices.OLDEST_JAX}"]


@pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="about what jax does as it is imported")
def test_the_import_of_jax_leaves_numpys_seed():
    code = ("import numpy as np\nimport luojia as mx\nnp.random.seed(0)\nmx.nd.ones(2).asnumpy()\n"
            "import sys\nassert 'jax' in sys.modules\nprint(np.random.rand())")
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, "LUOJIA_ENGINE": "xla"}, capture_output=True,
                          text=True, check=True)
    assert float(done.stdout) == np.random.RandomState(0).rand()
