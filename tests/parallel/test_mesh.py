"""The tests of eight_devices.py, each by its name, and what can be said of a mesh with one device."""

from pathlib import Path

import pytest

from luojia import cpu, parallel
from luojia._src.engine import group

from .on_devices import NEEDS_JAX, names_in, run_on_devices

EIGHT = Path(__file__).with_name("eight_devices.py")


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return run_on_devices(EIGHT, 8, tmp_path_factory.mktemp("eight") / "report.xml")


@NEEDS_JAX
@pytest.mark.parametrize("name", names_in(EIGHT))
def test_on_eight_devices(results, name):
    assert results[name] == "", results[name]


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
