"""Memory and names of devices: nothing is counted on CPUs; a GPU's answers, here those of a stand-in."""

import subprocess
from types import SimpleNamespace

import pytest

import luojia as lj
from luojia import context, cpu, gpu, hal, nd, runtime
from luojia._src.engine import devices, memory

STATS = {"bytes_in_use": 3 << 20, "peak_bytes_in_use": 5 << 20, "bytes_limit": 1 << 30, "pool_bytes": 8 << 20,
         "peak_pool_bytes": 9 << 20}


class Engine:
    """As the XLA engine is with one GPU."""

    compiles = True

    def __init__(self, stats=STATS):
        self.stats = stats

    def memory(self, device):
        return self.stats

    def device_count(self, device):
        return 1

    def device_of(self, device):
        return SimpleNamespace(device_kind="NVIDIA H100", compute_capability="9.0")


@pytest.fixture
def one_gpu(monkeypatch):
    monkeypatch.setattr(devices, "num_gpus", lambda: 1)
    monkeypatch.setattr(hal, "num_gpus", lambda: 1)
    monkeypatch.setattr(gpu(0), "_engine", Engine())
    return gpu(0)


def test_nothing_is_counted_on_a_cpu():
    stats = runtime.memory_stats()
    assert list(stats) == ["total_reserved_memory", "total_allocated_memory", "total_idle_memory",
                           "total_eager_free_memory", "max_reserved_memory", "max_allocated_memory",
                           "common_mem_pool_stats", "persistent_mem_pool_stats"]
    assert stats["max_allocated_memory"] == runtime.memory_reserved() == runtime.max_memory_reserved() == 0
    runtime.reset_peak_memory_stats()
    runtime.reset_max_memory_allocated()
    runtime.empty_cache()
    assert "| Reserved memory      |      0 B " in runtime.memory_summary()


def test_waiting():
    x = nd.ones((4,)) + 1
    runtime.synchronize()
    nd.waitall()
    hal.synchronize()
    assert x.asnumpy().sum() == 8


def test_what_jax_counts(one_gpu):
    with one_gpu:
        stats = runtime.memory_stats()
        assert (stats["total_reserved_memory"], stats["total_allocated_memory"]) == (8 << 20, 3 << 20)
        assert stats["total_idle_memory"] == 5 << 20
        assert (runtime.max_memory_allocated(), runtime.max_memory_reserved()) == (5 << 20, 9 << 20)
        assert "| Allocated memory     |   3072 KB " in runtime.memory_summary()
        with pytest.raises(NotImplementedError, match="reset_peak_memory_stats: JAX keeps its peaks"):
            runtime.reset_peak_memory_stats()
    assert hal.memory_allocated("GPU") == 3 << 20 and hal.memory_allocated("CPU") == 0
    assert memory.max_memory_allocated(cpu(0)) == 0


def test_the_devices(one_gpu):
    assert hal.is_available("GPU") and hal.is_available("CPU") and not hal.is_available("Ascend")
    assert hal.device_count("GPU") == 1 and hal.device_count() >= 1
    assert hal.get_device_name(0) == "CPU" and hal.get_device_name(0, "GPU") == "NVIDIA H100"
    assert hal.get_device_capability(0, "GPU") == (9, 0) and hal.get_device_capability(0) is None
    assert hal.get_arch_list("CPU") is None and hal.is_initialized("CPU") and hal.get_device_properties(0) is None
    with pytest.raises(ValueError, match=r"gpu\(3\) is not available: this machine shows 1 GPU"):
        hal.get_device_name(3, "GPU")
    with pytest.raises(ValueError, match=r"For 'hal.get_device_name', there is no device cpu\(99\)"):
        hal.get_device_name(99)


def test_devices_that_are_not_there(monkeypatch):
    with pytest.raises(ValueError, match=r"'device_target' must be one of \['CPU', 'GPU', 'Ascend'\], but got X"):
        hal.is_available("X")
    monkeypatch.setattr(hal, "num_gpus", lambda: 0)
    with pytest.raises(ValueError, match=r"For 'hal.memory_stats', GPU is not available here; .*pip install 'jax"):
        hal.memory_stats("GPU")
    with pytest.raises(AttributeError, match="module 'luojia.hal' has no attribute 'strem'"):
        hal.strem  # noqa: B018


def test_the_drivers_answer(one_gpu, monkeypatch):
    asked = []

    def run(command, **how):
        asked.append(command[1])
        return SimpleNamespace(stdout="100, 200\n")

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert lj.context.gpu_memory_info(0) == (100 << 20, 200 << 20)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "5,2")
    assert lj.util.get_gpu_memory(0) == (100 << 20, 200 << 20)
    assert asked == ["--id=0", "--id=5"]
    assert hal.get_device_properties(0, "GPU") == {"name": "NVIDIA H100", "total_memory": 200 << 20,
                                                   "free_memory": 100 << 20, "capability": (9, 0)}


def test_jaxs_answer_without_a_driver(one_gpu, monkeypatch):
    def run(command, **how):
        raise FileNotFoundError("nvidia-smi")

    monkeypatch.setattr(subprocess, "run", run)
    assert context.gpu_memory_info(0) == ((1 << 30) - (3 << 20), 1 << 30)
    monkeypatch.setattr(one_gpu, "_engine", Engine({}))
    with pytest.raises(lj.MXNetError, match=r"neither nvidia-smi \(nvidia-smi\) nor JAX knows the memory of gpu\(0\)"):
        context.gpu_memory_info(0)
