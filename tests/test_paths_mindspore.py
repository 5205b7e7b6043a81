"""MindSpore's import paths that no file of luojia has, and the names in them. See luojia/_src/path_table.py."""

import numpy as np
import pytest

import luojia as ms
from luojia import compat


@pytest.fixture
def stand_in():
    compat.install(["mindspore"], replace=True)
    yield
    compat.uninstall()


@pytest.mark.parametrize("line, expected", [
    ("from mindspore.ops.auto_generate import ReluGrad; ReluGrad()(x, x)", [1, 0]),
    ("from mindspore.ops.auto_generate.gen_ops_prim import Mm; Mm()(ms.ops.ones((1, 3)), ms.ops.ones((3, 1)))", [[3]]),
    ("from mindspore.ops.auto_generate.gen_ops_def import add; add(x, x)", [2, -4]),
    ("from mindspore.ops.auto_generate.gen_extend_func import log2; log2(ms.Tensor([8.0]))", [3]),
    ("from mindspore.ops.operations._scalar_ops import ScalarAdd; ScalarAdd()(1, 2)", 3),
    ("from mindspore.ops.operations._sequence_ops import TupleToTensor; TupleToTensor()((1, 2), ms.int32)", [1, 2]),
    ("from mindspore.ops.composite.multitype_ops.add_impl import add; add(x, x)", [2, -4]),
    ("from mindspore.ops._utils import get_broadcast_shape; get_broadcast_shape((2, 1, 3), (4, 3), 'Add')", [2, 4, 3]),
    ("from mindspore.ops._utils.utils import get_concat_offset as f; f([(2, 3), (4, 3)], None, -2, '')[0]", [0, 2]),
    ("from mindspore.ops._utils.arg_handler import to_kernel_size; to_kernel_size('op', 'k', (1, 2, 3, 4))", [3, 4]),
    ("from mindspore.common._utils import is_shape_unknown, is_dim_unknown; is_shape_unknown((2, -1))", True),
    ("from mindspore.common._register_for_tensor import tensor_operator_registry as r; r.get('abs')(x)", [1, 2]),
    ("from mindspore.common._stub_tensor import StubTensor; issubclass(StubTensor, ms.Tensor)", True),
    ("from mindspore.common.np_dtype import np_dtype_valid; np_dtype_valid('float32')", True),
    ("from mindspore.communication._comm_helper import GlobalComm, Backend; Backend('NCCL') == 'nccl'", True),
    ("from mindspore.communication._comm_helper import _get_rank_helper as r; r('nccl_world_group')", 0),
    ("from mindspore.dataset.core.validator_helpers import type_check; type_check(3, (int,), 'a') is None", True),
    ("from mindspore.dataset.vision.validators import check_positive; check_positive(1) is None", True),
    ("from mindspore.dataset.callback.ds_callback import DSCallback; DSCallback(2).step_size", 2),
    ("from mindspore.dataset.debug.pre_defined_hook import PrintDataHook; callable(PrintDataHook)", True),
    ("from mindspore.dataset.utils.line_reader import LineReader; callable(LineReader)", True),
    ("from mindspore.mindrecord.tools.cifar10_to_mr import Cifar10ToMR; callable(Cifar10ToMR)", True),
    ("from mindspore.boost.grad_accumulation import GradientAccumulation; callable(GradientAccumulation)", True),
    ("from mindspore.parallel.algo_parameter_config import get_algo_parameters as g; callable(g)", True),
    ("from mindspore.parallel.checkpoint_transform import merge_sliced_parameter as f; callable(f)", True),
    ("from mindspore.train.serialization import load_distributed_checkpoint as f; callable(f)", True),
    ("from mindspore.train import build_searched_strategy as f, restore_group_info_list as g; callable(f)", True),
    ("from mindspore.parallel.auto_parallel import AutoParallel; callable(AutoParallel)", True),
    ("from mindspore.parallel.nn import MicroBatchInterleaved; callable(MicroBatchInterleaved)", True),
    ("from mindspore.profiler.schedule import ProfilerAction, Schedule; ProfilerAction.RECORD.value > 0", True),
    ("from mindspore.profiler.profiler import Profiler; callable(Profiler)", True),
    ("from mindspore.train.summary.enums import SummaryRecord; callable(SummaryRecord)", True),
    ("from mindspore.train.callback._dataset_graph import Callback; callable(Callback)", True),
    ("from mindspore.hal.contiguous_tensors_handle import is_available; callable(is_available)", True),
    ("from mindspore.multiprocessing import Queue, cpu_count; cpu_count() > 0", True),
    ("from mindspore._c_expression import typing, Tensor; Tensor is ms.Tensor", True),
    ("from mindspore.nn.learning_rate_schedule import Tensor, LearningRateSchedule; Tensor is ms.Tensor", True),
])
def test_paths(stand_in, line, expected):
    names = {"ms": ms, "np": np, "x": ms.Tensor([1.0, -2.0])}
    first, last = line.split("; ")
    exec(first, names)
    found = eval(last, names)
    np.testing.assert_allclose(found.asnumpy() if hasattr(found, "asnumpy") else found, expected)


@pytest.mark.parametrize("line", [
    "from mindspore.rewrite import SymbolTree, Node; SymbolTree.create(None)",
    "from mindspore.rewrite.api.pattern_engine import PatternEngine; PatternEngine([])",
    "from mindspore.nn.probability.bnn_layers import ConvReparam; ConvReparam(1, 1, 1)",
    "from mindspore.ops.op_info_register import TBERegOp",
    "from mindspore.ops.operations._ms_kernel import ms_kernel; ms_kernel(print)",
    "from mindspore.tools import stress_detect; stress_detect()",
    "from mindspore.graph import register_custom_pass; register_custom_pass(1)",
    "from mindspore.train.train_thor import ConvertModelUtils; ConvertModelUtils()",
    "from mindspore.parallel.distributed import DistributedDataParallel; DistributedDataParallel(None)",
    "from mindspore.common.dump import set_dump; set_dump(None)",
    "from mindspore.boost.boost import AutoBoost",
    "from mindspore import SymbolTree",
])
def test_what_is_refused_says_so(stand_in, line):
    with pytest.raises(NotImplementedError, match="is not (supported|provided)"):
        exec(line.replace("; ", "\n"), {})


def test_rules_for_operators_of_ones_own(stand_in):
    from mindspore.ops._grad_experimental.grad_base import bprop_getters, get_bprop_fn
    from mindspore.ops._vmap.vmap_base import vmap_rules_getters
    from mindspore.ops.vm_impl_registry import get_vm_impl_fn, vm_impl_registry

    class Triple(ms.ops.PrimitiveWithInfer):
        @ms.ops.prim_attr_register
        def __init__(self):
            pass

    @vm_impl_registry.register(Triple)
    def vm_impl_triple(self):
        return lambda x: x * 3

    @bprop_getters.register(Triple)
    def get_bprop_triple(self):
        return lambda x, out, dout: (dout * 3,)

    @vmap_rules_getters.register("Triple")
    def get_vmap_triple(prim, axis_size):
        return None

    assert get_bprop_fn(Triple()) is get_bprop_triple and get_vm_impl_fn("Triple") is vm_impl_triple
    assert vmap_rules_getters.get(Triple) is get_vmap_triple
    x = ms.Tensor([2.0])
    assert Triple()(x).asnumpy().tolist() == [6.0]
    assert ms.ops.GradOperation()(Triple())(x).asnumpy().tolist() == [3.0]
    with pytest.raises(NotImplementedError, match="Add is no operator of one's own"):
        bprop_getters.register(ms.ops.Add)(get_bprop_triple)
    with pytest.raises(NotImplementedError, match="Add is no operator of one's own"):
        bprop_getters.register("Add")(get_bprop_triple)


def test_a_backend():
    from luojia.communication._comm_helper import Backend

    with pytest.raises(ValueError, match="'name' x is not supported, please use hccl or nccl"):
        Backend("x")
    with pytest.raises(TypeError, match="must be a string, but got the type: <class 'int'>"):
        Backend(3)
