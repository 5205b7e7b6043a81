"""How a network is computed: for training or not, in which dtype, kept for a gradient, or computed again for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Self

from .._src.core import dtypes as mstype
from .._src.errors import ArgumentError, DTypeError

_RECOMPUTE_OPTIONS = ("use_reentrant", "output_recompute", "mp_comm_recompute", "parallel_optimizer_comm_recompute",
                      "recompute_slice_activation")
_COMPUTE_TYPES = (mstype.float16, mstype.float32, mstype.bfloat16)


class ModesMixin:
    """The part of Module that says how it is computed."""

    _luojia_plain: bool
    _luojia_keeps: bool
    _func_graph_flags: dict[str, Any]
    cells_and_names: Callable[..., Iterator[tuple[str, Any]]]

    def set_train(self, mode: bool = True) -> Self:
        """Set ``training`` here and below: what Dropout and BatchNorm go by."""
        for _, module in self.cells_and_names():
            module.__dict__["training"] = bool(mode)
            module.__dict__["_luojia_kept"] = None
            module.__dict__["phase"] = "train" if mode else "predict"
            module._func_graph_flags["training"] = bool(mode)
        return self

    def set_grad(self, requires_grad: bool = True) -> Self:
        """Mark this network as one to differentiate.

        Its calls are recorded: ``GradOperation()(net)(x)`` right after ``net(x)`` does not compute ``net(x)`` again.
        """
        values = self.__dict__
        values["requires_grad"] = requires_grad
        if self._luojia_plain or self._luojia_keeps:
            values["_luojia_keeps"] = bool(requires_grad)
            values["_luojia_plain"] = not requires_grad
            values["_luojia_kept"] = None
        return self

    def _luojia_not_plain(self) -> None:
        self.__dict__.update(_luojia_plain=False, _luojia_keeps=False, _luojia_kept=None)

    def to_float(self, dst_type: Any) -> Self:
        """Compute here and below in ``dst_type`` (float16, float32 or bfloat16): inputs and weights are cast.

        Raises:
            ValueError: another dtype.
        """
        if not any(dst_type is t for t in _COMPUTE_TYPES):
            raise ArgumentError("For 'to_float', the argument 'dst_type' must be float32, float16 or bfloat16, but got "
                                f"type: {type(dst_type)} and value: {dst_type}.")
        for _, module in self.cells_and_names():
            module.__dict__.update(_compute_dtype=dst_type, _output_dtype=None)
            module._luojia_not_plain()
            module.add_flags(fp16=dst_type is mstype.float16, fp32=dst_type is mstype.float32,
                             bf16=dst_type is mstype.bfloat16)
        return self

    def add_flags(self, **flags: Any) -> Self:
        """Set flags, which are also attributes."""
        self._func_graph_flags.update(flags)
        self.__dict__.update(flags)
        return self

    def add_flags_recursive(self, **flags: Any) -> Self:
        """Set flags here and below."""
        for _, module in self.cells_and_names():
            module.add_flags(**flags)
        return self

    def get_flags(self) -> dict[str, Any]:
        """The flags that were set."""
        return self._func_graph_flags

    def recompute(self, *, use_reentrant: bool = True, output_recompute: bool = False, **kwargs: Any) -> None:
        """Keep only this network's inputs for the backward pass, which then computes it again.

        Memory falls to that of one such network at a time, gradients and random numbers stay the same, and the forward
        computation is done twice. State that it assigns, as BatchNorm does, is assigned once.

        Args:
            use_reentrant, output_recompute: accepted; the inputs are always kept, the outputs never by this network.
            kwargs: ``mp_comm_recompute``, ``parallel_optimizer_comm_recompute``, ``recompute_slice_activation``, which
                are accepted.

        Raises:
            ValueError: another keyword.
            TypeError: a value that is no bool.

        >>> import numpy as np
        >>> from luojia import Tensor, nn, ops
        >>> net = nn.SequentialCell(nn.Dense(2, 8), nn.Tanh(), nn.Dense(8, 1))
        >>> x = Tensor(np.ones((4, 2), np.float32))
        >>> before = ops.GradOperation()(net)(x)
        >>> net.recompute()
        >>> bool((ops.GradOperation()(net)(x) == before).all())
        True

        Matches ``mindspore.nn.Cell.recompute``.
        """
        for key, value in (("use_reentrant", use_reentrant), ("output_recompute", output_recompute), *kwargs.items()):
            if key not in _RECOMPUTE_OPTIONS:
                raise ArgumentError(f"For 'recompute', keyword '{key}' is not recognized! the key kwargs must be "
                                    + ", ".join(map(repr, _RECOMPUTE_OPTIONS[2:])) + ".")
            if not isinstance(value, bool):
                raise DTypeError(f"The parameter '{key}' must be bool, but got {type(value)}")
        self.__dict__["_recomputes"] = True
        self._luojia_not_plain()
