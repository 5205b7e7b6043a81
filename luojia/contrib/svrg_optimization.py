"""SVRG: stochastic gradients whose variance is reduced by full gradients, as ``mxnet.contrib.svrg_optimization``."""

from __future__ import annotations

import sys
from typing import Any

from .._src.paths import also_at, public_names
from ..module import Module


class SVRGModule(Module):
    """A Module that descends along g(w) - g(w') + G: g the gradient of a batch, G that of all batches at weights w'.

    Args:
        symbol, data_names, label_names, ...: those of ``Module``.
        update_freq: epochs from one full gradient, and w' = w, to the next.

    >>> import luojia as mx
    >>> net = mx.sym.LinearRegressionOutput(mx.sym.FullyConnected(mx.sym.var("data"), num_hidden=1), name="out")
    >>> data = mx.io.NDArrayIter(mx.nd.ones((4, 2)), mx.nd.ones((4, 1)), 2, label_name="out_label")
    >>> module = SVRGModule(net, label_names=["out_label"], update_freq=2)
    >>> module.fit(data, num_epoch=2, eval_metric="mse")

    Source: Johnson and Zhang 2013. mxnet 1.9.1's first full gradient is this one; to its later ones it adds a share of
    those before, and its numbers on several devices are others.
    """

    def __init__(self, symbol: Any, data_names: Any = ("data",), label_names: Any = ("softmax_label",),
                 *args: Any, update_freq: int | None = None, **kwargs: Any) -> None:
        super().__init__(symbol, data_names, label_names, *args, **kwargs)
        if not isinstance(update_freq, int):
            raise TypeError("update_freq in SVRGModule must be an integer to represent the frequency for calculating "
                            f"full gradients, got {update_freq!r}.")
        if update_freq <= 0:
            raise ValueError("update_freq in SVRGModule must be a positive integer to represent the frequency for "
                             f"calculating full gradients, got {update_freq}.")
        self.update_freq = update_freq
        self._mod_aux = Module(symbol, data_names, label_names, *args, **kwargs)
        self._full: list[dict[str, Any]] = []  # per device G by parameter

    def bind(self, data_shapes: Any, label_shapes: Any = None, for_training: bool = True, *args: Any,
             **kwargs: Any) -> None:
        """Bind this module and the one that holds w'."""
        super().bind(data_shapes, label_shapes, for_training, *args, **kwargs)
        if for_training:
            self._mod_aux.bind(data_shapes, label_shapes, for_training, *args, **kwargs)

    def reshape(self, data_shapes: Any, label_shapes: Any = None) -> None:
        """Bind both to other shapes."""
        super().reshape(data_shapes, label_shapes)
        if self._mod_aux.binded:
            self._mod_aux.reshape(data_shapes, label_shapes)

    def _hold(self) -> None:
        """Set w' to w."""
        args, aux = self.get_params()
        self._mod_aux.init_params(None, args, aux, force_init=True)

    def init_params(self, *args: Any, **kwargs: Any) -> None:
        """Initialize the parameters, w' alike."""
        super().init_params(*args, **kwargs)
        if self._mod_aux.binded:
            self._hold()

    def forward(self, data_batch: Any, is_train: bool | None = None) -> None:
        """Compute, in training also with w'."""
        super().forward(data_batch, is_train)
        if (self.for_training if is_train is None else is_train) and self._mod_aux.binded:
            self._mod_aux.forward(data_batch, True)

    def backward(self, out_grads: Any = None) -> None:
        """The gradients of w and of w'."""
        super().backward(out_grads)
        if self._mod_aux.binded:
            self._mod_aux.backward(out_grads)

    def update(self) -> None:
        """Update by g(w) - g(w') + G, which is g(w) before the first full gradient."""
        for mine, other, full in zip(self._executors, self._mod_aux._executors, self._full):
            for name, total in full.items():
                mine.grad_dict[name][:] = mine.grad_dict[name] - other.grad_dict[name] + total
        super().update()

    def update_full_grads(self, train_data: Any) -> None:
        """Set w' to w, and G to its gradient averaged over the batches of ``train_data``, which is reset before."""
        self._must_be_ready()
        self._hold()
        train_data.reset()
        full: list[dict[str, Any]] = [{} for _ in self._executors]
        count, pad = 0, 0
        for batch in train_data:
            self._mod_aux.forward(batch, True)
            self._mod_aux.backward()
            count, pad = count + 1, batch.pad or 0
            for totals, executor in zip(full, self._mod_aux._executors):
                for name in self._param_names:
                    grad = executor.grad_dict.get(name)
                    if grad is not None:
                        totals[name] = totals[name] + grad if name in totals else grad.copy()
        batches = count - pad / train_data.batch_size
        self._full = [{name: total / batches for name, total in totals.items()} for totals in full]

    def _begin_epoch(self, epoch: int, train_data: Any) -> None:
        if epoch % self.update_freq == 0:
            self.update_full_grads(train_data)
        train_data.reset()


also_at(sys.modules[__name__], f"{__name__}.svrg_module")
__all__ = ["SVRGModule"]
__dir__ = public_names(__name__)
