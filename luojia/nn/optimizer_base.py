"""What optimizers of one's own, written for MindSpore, use of their base class beside its public methods."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from .. import ops
from .._src.core.dtypes import int32
from .._src.core.tensor import Tensor
from .._src.ops import Parameter, ParameterTuple


def opt_init_args_register(fn: Callable) -> Callable:
    """Accepted: the arguments of an optimizer's ``__init__`` need not be remembered."""
    return fn


class OptimizerBase:
    """Attributes that MindSpore's optimizers have; a subclass may set them to something else."""

    parameters: ParameterTuple
    is_group: bool
    decay_flags: tuple[bool, ...]
    _o_own: list[tuple[Any, Any]]

    use_parallel = dynamic_decay_flags = False
    skip_auto_parallel_compile = enable_tuple_broaden = True
    param_rank = None

    @cached_property
    def _parameters(self) -> ParameterTuple:
        return self.parameters

    @cached_property
    def optim_filter(self) -> tuple[bool, ...]:
        """Which parameters this process updates: all."""
        return (True,) * len(self.parameters)

    @cached_property
    def group_params(self) -> list[Parameter]:
        """The parameters in their order."""
        return list(self.parameters)

    @cached_property
    def group_lr(self) -> list[Any]:
        """Their learning rates."""
        return [rate for rate, _ in self._o_own]

    @cached_property
    def group_weight_decay(self) -> list[Any]:
        """Their weight decays."""
        return [decay for _, decay in self._o_own]

    @cached_property
    def assignadd(self) -> Any:
        """``ops.AssignAdd()``, for the step."""
        return ops.AssignAdd()

    @cached_property
    def global_step_increase_tensor(self) -> Tensor:
        """What a step adds to ``global_step``."""
        return Tensor([1], int32)

    @cached_property
    def hyper_map(self) -> Any:
        """``ops.HyperMap()``."""
        return ops.HyperMap()

    @cached_property
    def hyper_map_reverse(self) -> Any:
        """``ops.HyperMap()`` from the last to the first."""
        return ops.HyperMap(None, True)

    @cached_property
    def map_(self) -> Any:
        """``ops.Map()``."""
        return ops.Map()

    @cached_property
    def map_reverse(self) -> Any:
        """``ops.Map()`` from the last to the first."""
        return ops.Map(None, True)
