"""The tests of the files that need eight devices, and what can be said of a mesh with one device."""

import pytest

from luojia import cpu, parallel
from luojia._src.engine import group

from .on_devices import NEEDS_JAX, failures


@NEEDS_JAX
@pytest.mark.parametrize("file", ["eight_devices_mesh.py", "eight_devices_contexts.py"])
def test_on_eight_devices(file):
    found = failures(file, 8)
    assert not found, found


@pytest.mark.parametrize("devices, error, message", [
    (0, ValueError, "the number of devices must be positive, got 0"),
    ("all", TypeError, "devices must be a number of them or a list of contexts, got 'all'"),
    ([cpu(0), 1], TypeError, "devices must be a number of them or a list of contexts"),
    ([], TypeError, "devices must be a number of them or a list of contexts"),
    ([cpu(0), cpu(0)], ValueError, r"devices must be different ones of one kind, got \[cpu\(0\), cpu\(0\)\]"),
])
def test_what_is_no_list_of_devices(devices, error, message):
    with pytest.raises(error, match=message):
        parallel.Mesh(devices)


def test_what_is_no_axis():
    for axis in (-1, True, "0"):
        with pytest.raises(ValueError, match="Mesh: batch_axis must be an int from 0 up, got"):
            parallel.Mesh(1, batch_axis=axis)  # type: ignore[arg-type]


@pytest.mark.numpy_engine
def test_numpy_has_one_device():
    with pytest.raises(RuntimeError, match=r"cpu\(0\) computes with NumPy, which has one device; put the CPU on XLA by "
                                           r"LUOJIA_ENGINE=xla .* pip install 'luojia\[xla\]'"):
        parallel.data_parallel(abs, 2)


def test_the_processes_of_a_job_have_one_device_each(monkeypatch):
    monkeypatch.setattr(group, "place", lambda: group.Place(0, 2))
    with pytest.raises(NotImplementedError, match="this job has 2 processes, which have one device each; start one "
                                                  "process for all devices"):
        parallel.Mesh(2)
