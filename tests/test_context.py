"""Devices, and MindSpore's set_context. Messages are mindspore 2.8.0's."""

import copy
import importlib.util
import os
import pickle

import pytest

import luojia as mx
from luojia import context
from luojia._src.errors import DeviceError


@pytest.fixture(autouse=True)
def settings():
    """Give back every setting afterwards."""
    kept, parallel = dict(context._settings), dict(context._parallel)
    yield
    context._settings.update(kept)
    context._parallel.update(parallel)


def test_contexts():
    assert mx.Context("cpu", 1) == mx.cpu(1) != mx.cpu(0)
    made = (mx.cpu(), mx.gpu(0), mx.cpu_pinned(), mx.Context("cpu", 1))
    assert repr(made) == "(cpu(0), gpu(0), cpu_pinned(0), cpu(1))"
    assert str(mx.cpu(1)) == "cpu(1)" and mx.gpu(7).device_id == 7
    assert (mx.cpu().device_type, mx.cpu().device_typeid, mx.gpu().device_typeid) == ("cpu", 1, 2)
    assert {mx.cpu(0): 1}[mx.Context("cpu")] == 1 and mx.Context(mx.cpu(1)) is mx.cpu(1)
    assert copy.deepcopy(mx.cpu(1)) is mx.cpu(1) is pickle.loads(pickle.dumps(mx.cpu(1)))
    mx.cpu().empty_cache()
    with pytest.raises(mx.MXNetError, match="device_type must be one of 'cpu', 'gpu'.*got 'foo'"):
        mx.Context("foo")


def test_default_context():
    assert mx.current_context() == mx.cpu(0)
    with mx.cpu(1):
        assert mx.nd.ones((1,)).ctx == mx.current_context() == mx.context.current_context() == mx.cpu(1)
        with mx.cpu(2):
            assert mx.nd.zeros((1,)).ctx == mx.cpu(2)
        assert mx.nd.random.uniform().ctx == mx.nd.arange(3).ctx == mx.cpu(1)
    assert mx.nd.ones((1,)).ctx == mx.cpu(0)
    with pytest.raises(ZeroDivisionError), mx.cpu(1):
        1 / 0  # noqa: B018
    assert mx.current_context() == mx.cpu(0)


@pytest.mark.skipif(mx.num_gpus() > 0, reason="this machine has the device whose absence is tested")
def test_a_missing_gpu():
    assert mx.num_gpus() == mx.context.num_gpus() == 0
    for allocate in (lambda: mx.nd.ones((2,), ctx=mx.gpu(0)), lambda: mx.nd.ones((2,)).as_in_context(mx.gpu(0)),
                     lambda: mx.nd.random.normal(ctx=mx.gpu(0)), lambda: mx.gpu_memory_info(0)
                     if hasattr(mx, "gpu_memory_info") else mx.context.gpu_memory_info(0)):
        with pytest.raises(mx.MXNetError, match=r"gpu\(0\) is not available.*luojia\[xla\].*ctx=luojia.cpu\(\)"):
            allocate()
    with pytest.raises(mx.MXNetError, match="is not available"), mx.gpu():
        mx.nd.ones((1,))
    with pytest.raises(ValueError, match="Unsupported device target GPU.*luojia"):
        mx.set_context(device_target="GPU")
    with pytest.raises(ValueError, match="Unsupported device target Ascend"):
        mx.set_context(mode=mx.GRAPH_MODE, device_target="Ascend")
    assert mx.get_context("device_target") == "CPU" and mx.get_context("mode") == mx.PYNATIVE_MODE
    assert mx.current_context() == mx.cpu(0)


def test_set_context():
    assert (mx.GRAPH_MODE, mx.PYNATIVE_MODE) == (0, 1)
    mx.set_context(mode=mx.GRAPH_MODE, device_target="CPU", save_graphs=2)
    assert [mx.get_context(k) for k in ("mode", "device_target", "device_id", "save_graphs")] == [0, "CPU", 0, 2]
    mx.set_device("CPU")
    mx.set_context()
    assert mx.context.get_context("max_call_depth") == 1000


@pytest.mark.parametrize("settings, error, message", [
    ({"mode": 5}, ValueError, r"the argument 'mode' should be context.GRAPH_MODE \(0\) or context.PYNATIVE_MODE \(1\), "
                              "but got 5"),
    ({"mode": None}, ValueError, "the argument 'mode' should be .* but got None"),
    ({"mode": "a"}, TypeError, "The parameter 'mode' must be <class 'int'>, but got <class 'str'>"),
    ({"foo": 1}, ValueError, "the keyword argument foo is not recognized! For detailed usage of 'set_context'"),
    ({"device_target": "TPU"}, ValueError,
     r"must be one of \['CPU', 'GPU', 'Ascend', 'Davinci'\], but got TPU"),
    ({"device_target": 3}, TypeError, "The parameter 'device_target' must be <class 'str'>, but got <class 'int'>"),
    ({"device_id": -1}, ValueError, r"the argument 'device_id' must be in range \[0, 4095\], but got -1"),
    ({"device_id": 4096}, ValueError, r"must be in range \[0, 4095\], but got 4096"),
    ({"device_id": "a"}, TypeError, "The parameter 'device_id' must be <class 'int'>, but got <class 'str'>"),
    ({"device_id": 1.5}, TypeError, "The parameter 'device_id' must be <class 'int'>, but got <class 'float'>"),
    ({"save_graphs": "a"}, TypeError, r"must be \(<class 'bool'>, <class 'int'>\), but got <class 'str'>"),
    ({"max_call_depth": -1}, ValueError, "'max_call_depth' must be greater than 0, but got -1"),
    ({"exec_order": "zz"}, ValueError, r"must be one of \['bfs', 'dfs'\], but got zz"),
    ({"jit_config": {"jit_level": "zz"}}, ValueError, "the value of argument jit_level must be one of"),
    ({"env_config_path": "no.json"}, ValueError, "no.json' does not exist"),
    ({"op_timeout": -1}, ValueError, "must be bigger than or equal to 0, but got -1"),
    ({"jit_enable_inplace_ops": 1}, TypeError, "must be <class 'bool'>"),
])
def test_set_context_errors(settings, error, message):
    before = dict(context._settings)
    with pytest.raises(error, match=message):
        mx.set_context(max_device_memory="1GB", **settings)
    assert context._settings == before


@pytest.mark.parametrize("key, given, told", [
    ("save_graphs", False, 0), ("save_graphs", True, 2), ("save_graphs", 3, 3), ("memory_optimize_level", "O1", 1),
    ("mempool_block_size", "2GB", 2.0), ("max_device_memory", "3GB", 3.0),
    ("save_graphs_path", "irs", os.path.abspath("irs")),
])
def test_what_get_context_makes_of_a_value(key, given, told):
    before = context._settings[key]
    try:
        mx.set_context(**{key: given})
        assert mx.get_context(key) == told and type(mx.get_context(key)) is type(told)
    finally:
        mx.set_context(**{key: before})


def test_set_context_takes_keywords_only():
    with pytest.raises(TypeError, match="positional argument"):
        mx.set_context(3)


def test_get_context_of_an_unknown_key():
    with pytest.raises(ValueError, match="the argument foo is not recognized! For detailed usage of 'get_context'"):
        mx.get_context("foo")


@pytest.mark.numpy_engine
def test_parallel_settings():
    mx.set_auto_parallel_context(parallel_mode=mx.ParallelMode.DATA_PARALLEL, device_num=8, gradients_mean=True)
    assert mx.get_auto_parallel_context("parallel_mode") == "data_parallel"
    assert mx.get_auto_parallel_context("device_num") == 8
    mx.reset_auto_parallel_context()
    assert mx.get_auto_parallel_context("parallel_mode") == "stand_alone"


@pytest.mark.parametrize("settings, error, message", [
    ({"foo": 1}, ValueError, "Set context keyword foo is not recognized!"),
    ({"parallel_mode": "x"}, ValueError, "'parallel_mode' only support 'stand_alone'.* but got the value : x"),
    ({"device_num": 0}, ValueError, "'device_num' must be a positive integer, but got the value of device_num : 0"),
    ({"gradients_mean": 1}, TypeError, "The parameter 'gradients_mean' must be <class 'bool'>, but got <class 'int'>"),
])
def test_parallel_errors(settings, error, message):
    with pytest.raises(error, match=message):
        mx.set_auto_parallel_context(full_batch=True, **settings)
    assert mx.get_auto_parallel_context("full_batch") is False
    with pytest.raises(ValueError, match="Get context keyword foo is not recognized!"):
        mx.get_auto_parallel_context("foo")


def test_an_unknown_type_is_a_key_error_as_in_mxnet():
    with pytest.raises(KeyError) as caught:
        mx.Context("foo")
    assert str(caught.value).startswith("Context: device_type must be one of 'cpu'") and isinstance(
        caught.value, mx.MXNetError)


def test_the_engine_of_the_cpu():
    before = mx.get_context("engine")
    mx.set_context(engine=before)
    assert mx.get_context("engine") == before
    with pytest.raises(ValueError, match="argument 'engine' must be 'numpy', 'xla' or 'auto', but got 'torch'"):
        mx.set_context(engine="torch")
    if importlib.util.find_spec("jax") is None:
        with pytest.raises(DeviceError, match=r"needs jax .*pip install 'luojia\[xla\]'"):
            mx.set_context(engine="xla")
        assert mx.get_context("engine") == before
    else:
        mx.set_context(engine="xla")
        assert mx.cpu().engine.name == "xla"
        mx.set_context(engine=before)
    assert mx.cpu().engine.name == before


def test_shortcuts(monkeypatch):
    monkeypatch.setattr(context, "_settings", dict(context._settings))
    assert mx.get_current_device() == ("CPU", 0) and (mx.STRICT, mx.COMPATIBLE, mx.LAX) == (0, 1, 2)
    mx.set_deterministic(True)
    mx.set_recursion_limit(77)
    assert context.get_context("deterministic") == "ON" and context.get_context("max_call_depth") == 77
    mx.set_ps_context(enable_ps=False, enable_ssl=True)
    assert mx.get_ps_context("enable_ps") is False and mx.get_ps_context("enable_ssl") is True
    mx.reset_ps_context()
    assert mx.get_ps_context("enable_ssl") is False


@pytest.mark.parametrize("call, error, message", [
    (lambda: context.get_context(3), TypeError, "attribute name must be string, not 'int'"),
    (lambda: context.set_context(save_graphs=5), ValueError, "should be 0-3 but got '5'"),
    (lambda: context.set_context(deterministic="x"), ValueError, "must be one of .'ON', 'OFF'., but got x"),
    (lambda: context.set_context(memory_optimize_level="O9"), ValueError, "must be one of .'O0', 'O1'., but got O9"),
    (lambda: context.set_context(runtime_num_threads=-3), ValueError, "'runtime_num_threads' must be >= 0"),
    (lambda: context.set_auto_parallel_context(search_mode="zz"), ValueError, "'search_mode' only support"),
    (lambda: context.set_auto_parallel_context(communi_parallel_mode="zz"), ValueError, "only support"),
    (lambda: context.set_auto_parallel_context(dataset_strategy="zz"), ValueError, "'full_batch' or 'data_parallel'"),
    (lambda: context.set_auto_parallel_context(all_reduce_fusion_config=3), TypeError, "must be <class 'list'>"),
    (lambda: context.set_auto_parallel_context(global_rank=5000), ValueError, "'global_rank' must be in .0, 4095."),
    (lambda: context.set_deterministic(1), TypeError, "'deterministic' must be <class 'bool'>"),
    (lambda: context.set_ps_context(enable_ps=True), ValueError, "there is no parameter server"),
    (lambda: context.set_ps_context(foo=1), ValueError, "Set PS context keyword foo is not recognized"),
    (lambda: context.get_ps_context("foo"), ValueError, "Get PS context keyword foo is not recognized"),
    (lambda: mx.JitConfig("XX"), ValueError, "For 'jit_level' must be one of .'O0', 'O1', 'O2'."),
    (lambda: mx.JitConfig(exc_mode="zz"), ValueError, "For 'exc_mode' must be one of"),
])
def test_more_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_parallel_settings_are_told_whole():
    context.set_auto_parallel_context(comm_fusion={"allreduce": {"mode": "size", "config": 32}},
                                      strategy_ckpt_config={"save_file": "a.ckpt"}, dataset_strategy=((1, 2),))
    try:
        rest = {"mode": "auto", "config": None}
        assert context.get_auto_parallel_context("comm_fusion") == {
            "openstate": True, "allreduce": {"mode": "size", "config": 32}, "allgather": rest, "reducescatter": rest}
        assert context.get_auto_parallel_context("strategy_ckpt_config") == {
            "load_file": "", "save_file": "a.ckpt", "only_trainable_params": True}
        assert context.get_auto_parallel_context("dataset_strategy") == [[1, 2]]
        context.set_auto_parallel_context(full_batch=True)
        assert context.get_auto_parallel_context("dataset_strategy") == "full_batch"
        context.set_auto_parallel_context(dataset_strategy="data_parallel")
        assert not context.get_auto_parallel_context("full_batch")
    finally:
        context.reset_auto_parallel_context()
    assert context.get_auto_parallel_context("comm_fusion")["allreduce"] == rest
    assert context.get_auto_parallel_context("dataset_strategy") == []


@pytest.mark.parametrize("wrong, error, message", [
    ({"parallel_mode": 3}, TypeError, "'parallel_mode' must be <class 'str'>"),
    ({"dataset_strategy": [(1, 2)]}, TypeError, "must be str or tuple type"),
    ({"strategy_ckpt_config": {"x": 1}}, ValueError, "Unknown config: .'x'."),
    ({"comm_fusion": 3}, TypeError, "the config must be dict"),
    ({"comm_fusion": {"x": 1}}, KeyError, "comm fusion type must be openstate, allreduce, allgather"),
    ({"comm_fusion": {"allreduce": 3}}, TypeError, "the 'allreduce' config must be dict"),
    ({"comm_fusion": {"allreduce": {"mode": "auto"}}}, KeyError, "the key 'config' should be contained"),
    ({"comm_fusion": {"allreduce": {"mode": "x", "config": 1}}}, KeyError, "mode must be auto, index or size"),
])
def test_wrong_parallel_settings(wrong, error, message):
    with pytest.raises(error, match=message):
        context.set_auto_parallel_context(**wrong)
