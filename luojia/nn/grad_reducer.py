"""Gradients of all ranks joined into one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import ops
from .._src.core.agree import check_same
from .._src.core.op import OPERATORS
from .._src.core.tensor import Tensor
from .._src.engine.group import ranks_of
from .._src.errors import ArgumentError, DTypeError
from ..context import get_auto_parallel_context
from .module import Module


class DistributedGradReducer(Module):
    """The sums of gradients over the ranks of a group, or their means.

    The ranks must hold the same parameters, which the first call checks by a hash of their values. Gradients of float16
    and bfloat16 are summed in float32 (``gradient_fp32_sync``). In a world of one process gradients come back as they
    are, also those that several devices of it have computed together.

    Args:
        parameters: the parameters that the gradients are of.
        mean: divide the sums by ``degree``; by default as set_auto_parallel_context(gradients_mean=...) says.
        degree: by default the number of ranks in the group.
        fusion_type: accepted; all gradients of a dtype are one message.
        group: the ranks.

    Raises:
        GroupError: a RuntimeError, from the first call: a parameter differs between ranks, and which.

    >>> from luojia import Tensor, nn
    >>> net = nn.Dense(1, 1)
    >>> nn.DistributedGradReducer(net.trainable_params())((Tensor([[2.0]]), Tensor([1.0])))
    (Tensor(shape=[1, 1], dtype=Float32, value=
    [[ 2.00000000e+00]]), Tensor(shape=[1], dtype=Float32, value= [ 1.00000000e+00]))

    Matches ``mindspore.nn.DistributedGradReducer``.
    """

    def __init__(self, parameters: Sequence[Any], mean: bool | None = None, degree: int | None = None,
                 fusion_type: int = 1, group: str = "nccl_world_group") -> None:
        super().__init__(auto_prefix=False)
        who = "DistributedGradReducer"
        if degree is not None and (isinstance(degree, bool) or not isinstance(degree, int) or degree <= 0):
            raise ArgumentError(f"For '{who}', the 'degree' must be a positive int, but got {degree!r}.")
        if mean is not None and not isinstance(mean, bool):
            raise DTypeError(f"For '{who}', the 'mean' must be a bool, but got {type(mean).__name__}.")
        self._ranks = ranks_of(who, group)
        self.group = group
        self.degree = degree or len(self._ranks)
        self.mean = get_auto_parallel_context("gradients_mean") if mean is None else mean
        self._parameters = tuple(parameters)
        self._checked = len(self._ranks) == 1

    def construct(self, grads: Any) -> Any:
        if not self._checked:
            check_same("DistributedGradReducer", [(p.name, p) for p in self._parameters], self._ranks)
            self._checked = True
        if len(self._ranks) == 1:
            return grads
        single = isinstance(grads, Tensor)
        given = [grads] if single else list(grads)
        dtypes = [g.dtype for g in given]
        wide = [ops.cast(g, "float32") if g.np_dtype.itemsize < 4 else g for g in given] if get_auto_parallel_context(
            "gradient_fp32_sync") else given
        sums = OPERATORS["all_reduce_many"](wide, count=len(wide), group=self.group)
        if self.mean:
            sums = [s * (1 / self.degree) for s in sums]
        out = [s if s.dtype == d else ops.cast(s, d) for s, d in zip(sums, dtypes)]
        return out[0] if single else type(grads)(out)


__all__ = ["DistributedGradReducer"]
