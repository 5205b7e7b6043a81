"""``mx.optimizer.contrib``: optimizers that MXNet keeps apart from the others."""

from __future__ import annotations

from typing import Any

from .._src.core.tensor import Tensor
from .._src.paths import public_names
from .optimizer import Optimizer, register

__all__ = ["GroupAdaGrad"]
__dir__ = public_names(__name__)


@register
class GroupAdaGrad(Optimizer):
    """AdaGrad with one rate per row: ``h = h + mean(g**2, axis=1);  w = w - lr g / sqrt(h + eps)``.

    Args:
        eps: keeps the root from 0.
        kwargs: those of ``Optimizer``; no weight decay.

    >>> import luojia as mx
    >>> w = mx.nd.array([[1.0, 2.0], [3.0, 4.0]])
    >>> mx.optimizer.get_updater(GroupAdaGrad(learning_rate=0.1))(0, mx.nd.array([[1.0, 2.0], [0.0, 4.0]]), w)
    >>> w
    <BLANKLINE>
    [[0.9367546 1.8735092]
     [3.        3.8585787]]
    <NDArray 2x2 @cpu(0)>
    """

    rule = "group_adagrad"
    lazy_update = True  # always, as in MXNet
    hyper = {"epsilon": "float_stable_eps"}

    def __init__(self, eps: float = 1e-5, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.float_stable_eps = eps

    def create_state(self, index: int, weight: Tensor) -> Any:
        """The sums of mean squares, of shape (rows, 1)."""
        assert len(weight.shape) == 2, f"GroupAdaGrad expects weights of two axes, got shape {weight.shape}."
        return super().create_state(index, weight)

    def update(self, index: Any, weight: Any, grad: Any, state: Any) -> None:
        if not isinstance(index, (list, tuple)):
            assert self._get_wd(index) == 0, "Weight decay is not supported for GroupAdaGrad"
        super().update(index, weight, grad, state)
