"""runtime and engine: what MXNet programs ask of them."""

from importlib.util import find_spec

import pytest

import luojia as mx


def test_features():
    features = mx.runtime.Features()
    assert features.is_enabled("lapack") and not features.is_enabled("MKLDNN")
    assert features["LAPACK"].name == "LAPACK" and repr(features["LAPACK"]) == "✔ LAPACK"
    assert repr(features["TENSORRT"]) == "✖ TENSORRT" and "✔ LAPACK" in repr(features)
    assert features.is_enabled("CUDA") == (mx.context.num_gpus() > 0)
    assert features.is_enabled("DIST_KVSTORE") == features.is_enabled("XLA") == (find_spec("jax") is not None)
    with pytest.raises(RuntimeError, match="Feature 'WARP' is unknown, known features are"):
        features.is_enabled("warp")


def test_bulk_changes_nothing():
    with mx.engine.bulk(30):
        x = mx.nd.ones((2,)) + 1
    assert x.asnumpy().tolist() == [2, 2]
    before = mx.engine.set_bulk_size(7)
    assert mx.engine.set_bulk_size(before) == 7


def test_settings_that_change_nothing_are_checked():
    runtime = mx.runtime
    runtime.launch_blocking()
    runtime.dispatch_threads_num(2)
    runtime.set_cpu_affinity(True, {"device0": ["0-1"]})
    runtime.set_memory("10GB", "2GB", "60GB", "O1", "0GB")
    runtime.set_kernel_launch_group()
    runtime.set_kernel_launch_capture(True)
    runtime.ms_memory_recycle()
    for call, kind, message in [
        (lambda: runtime.dispatch_threads_num("a"), TypeError, "'threads_num' must be <class 'int'>"),
        (lambda: runtime.dispatch_threads_num(0), ValueError, "'threads_num' must be 1 or more, but got 0"),
        (lambda: runtime.set_memory(3), TypeError, "'init_size' must be <class 'str'>, but got <class 'int'>"),
        (lambda: runtime.set_memory("3"), ValueError, "'init_size' must be a size such as '2GB', but got '3'"),
        (lambda: runtime.set_memory(optimize_level="O9"), ValueError, "'optimize_level' must be one of"),
        (lambda: runtime.set_cpu_affinity(3), TypeError, "'enable_affinity' must be <class 'bool'>"),
    ]:
        with pytest.raises(kind, match=message):
            call()


def test_the_memory_table():
    lines = mx.runtime.memory_summary().splitlines()
    assert lines[0] == "|" + "=" * 45 + "|" and lines[3] == "| Metric               | Data                 |"
    assert lines[5].startswith("| Reserved memory      |") and {len(line) for line in lines} == {47}
