"""Giving a Tensor another value in place."""

from __future__ import annotations

import numpy as np

from ...core.dtypes import from_np
from ...core.op import OPERATORS as OP
from ...core.tape import Leaf, state
from ...core.tensor import Tensor
from ...errors import DTypeError, ShapeError


def settle(self: Tensor, new: Tensor, name: str) -> Tensor:
    """Give the Tensor the value and the place on the tape of ``new``; returns the Tensor."""
    if new.shape != self.shape:
        raise ShapeError(f"Tensor.{name}: the result has shape {new.shape}, the Tensor {self.shape}; an in-place "
                         "method cannot change it.")
    if new.np_dtype != self.np_dtype:
        if not np.can_cast(new.np_dtype, self.np_dtype, "same_kind"):
            raise DTypeError(f"Tensor.{name}: the result has dtype {new.dtype}, which does not fit the Tensor's "
                             f"{from_np(self.np_dtype)}; cast the Tensor first.")
        new = OP["cast"](new, dtype=self.np_dtype)
    self._rebind(new._value)
    if state.recording and not self._role and not isinstance(self._node, Leaf):
        self._node = new._node
    return self
