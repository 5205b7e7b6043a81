"""The operators that MindSpore's layers keep: what a subclass calls in its own ``construct``, as self.conv2d(x, w).

Each is made where it is first asked for; a layer's own computation does not use them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from .. import ops
from .._src.core.dtypes import float32, int32
from .._src.core.tensor import Tensor


def _plain(**names: str) -> dict[str, Callable]:
    """Operators without attributes: ``matmul="MatMul"``."""
    return {name: lambda _, kind=kind: getattr(ops, kind)() for name, kind in names.items()}


def _conv(s: Any, kind: str) -> Any:
    return getattr(ops, kind)(s.out_channels, s.kernel_size, 1, s.pad_mode, s.padding, s.stride, s.dilation, s.group)


def _pool(s: Any, kind: str) -> Any:
    return getattr(ops, kind)(s.kernel_size, s.stride, s.pad_mode)


_NORM = {
    "bn_train": lambda s: ops.BatchNorm(True, s.eps, 1 - s.momentum),
    "bn_infer": lambda s: ops.BatchNorm(False, s.eps),
    **_plain(assign_sub_mean="AssignSub", assign_sub_var="AssignSub", cast="Cast", dtype="DType", mul_mean="Mul",
             mul_var="Mul", reshape="Reshape", shape="Shape", sqrt="Sqrt", square="Square", sub_mean="Sub",
             sub_var="Sub"),
    "reduce_mean": lambda _: ops.ReduceMean(True),
}
_ROWS: dict[str, dict[str, Callable]] = {
    "Dense": {"matmul": lambda _: ops.MatMul(transpose_b=True),
              **_plain(bias_add="BiasAdd", reshape="Reshape", shape_op="Shape")},
    "Conv2d": {"conv2d": lambda s: _conv(s, "Conv2D"), **_plain(bias_add="BiasAdd")},
    "Conv3d": {"conv3d": lambda s: _conv(s, "Conv3D"), **_plain(shape="Shape"),
               "bias_add": lambda _: ops.BiasAdd("NCDHW")},
    "BatchNorm1d": _NORM, "BatchNorm2d": _NORM,
    "LayerNorm": {"layer_norm": lambda s: ops.LayerNorm(s.begin_norm_axis, s.begin_params_axis, s.epsilon)},
    "Embedding": _plain(gather="Gather", expand="ExpandDims", reshape="Reshape", reshape_flat="Reshape",
                        get_shp="Shape", array_mul="MatMul", one_hot="OneHot", concat="Concat"),
    "Dropout": {"dropout": lambda s: ops.Dropout(s.keep_prob)},
    "MaxPool2d": {"max_pool": lambda s: _pool(s, "MaxPool")},
    "AvgPool2d": {"avg_pool": lambda s: _pool(s, "AvgPool")},
    "Softmax": {"softmax": lambda s: ops.Softmax(s.axis)},
    "LogSoftmax": {"log_softmax": lambda s: ops.LogSoftmax(s.axis)},
    "ReLU": _plain(relu="ReLU"), "ReLU6": _plain(relu6="ReLU6"), "Sigmoid": _plain(sigmoid="Sigmoid"),
    "Tanh": _plain(tanh="Tanh"), "PReLU": _plain(prelu="PReLU"), "HSwish": _plain(hswish="HSwish"),
    "HSigmoid": _plain(hsigmoid="HSigmoid"), "Mish": _plain(mish="Mish"),
    "LossBase": _plain(cast="Cast", mul="Mul", reduce_mean="ReduceMean", reduce_sum="ReduceSum"),
    "SmoothL1Loss": {"smooth_l1_loss": lambda s: ops.SmoothL1Loss(s.beta)},
    "TrainOneStepCell": {"grad_no_sens": lambda _: ops.GradOperation(get_by_list=True)},
    "TrainOneStepWithLossScaleCell": {
        "base": lambda _: Tensor(1, float32), "base0": lambda _: Tensor(0, int32),
        **_plain(equal="Equal", less_equal="LessEqual", logic_not="LogicalNot", reduce_all="ReduceAll",
                 reduce_sum="ReduceSum", allreduce="AllReduce")},
}


def install(classes: Mapping[str, Any]) -> None:
    """Give the classes of these names their operators."""
    for name, row in _ROWS.items():
        for attribute, make in row.items():
            if not hasattr(classes[name], attribute):
                found = cached_property(make)
                found.__set_name__(classes[name], attribute)
                setattr(classes[name], attribute, found)
