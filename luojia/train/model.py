"""Model: training, evaluation and prediction of a network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._src.core.arguments import takes
from .._src.errors import ArgumentError, DTypeError
from .._src.paths import public_names
from ..context import get_auto_parallel_context
from ..nn.checks import check_bool, check_positive_int
from ..nn.metrics import Loss, Metric, get_metrics
from ..nn.module import Module
from ..nn.wrap import TrainOneStepCell, WithEvalCell, WithLossCell
from . import amp
from .callback import Callback, CallbackManager, InternalCallbackParam, RunContext
from .dataset_helper import Passes, batches, size_of

_OPTIONS = {"loss_scale_manager", "keep_batchnorm_fp32"}
_OLD = {"begin", "end", "epoch_begin", "epoch_end", "step_begin", "step_end"}


class Model:
    """A network with its loss, optimizer and metrics.

    Args:
        network: the network; without ``loss_fn`` it returns the loss.
        loss_fn, optimizer: what training needs.
        metrics: a set of names, or a dict of metrics by name, for ``eval``.
        eval_network, eval_indexes: a network that gives (loss, outputs, labels), or whose outputs at these indexes are
            them.
        amp_level: see ``amp.auto_mixed_precision``.
        kwargs: ``loss_scale_manager``.

    >>> from luojia import Model, Tensor, nn
    >>> net = nn.Dense(1, 1, "zeros", "zeros")
    >>> model = Model(net, nn.MSELoss(), nn.SGD(net.trainable_params(), 0.25), metrics={"mse"})
    >>> model.train(20, [(Tensor([[1.0]]), Tensor([[3.0]]))])
    >>> model.eval([(Tensor([[1.0]]), Tensor([[3.0]]))])
    {'mse': 0.0}

    Matches ``mindspore.train.Model``.
    """

    def __init__(self, network: Module, loss_fn: Callable | None = None, optimizer: Any = None, metrics: Any = None,
                 eval_network: Any = None, eval_indexes: list[int] | None = None, amp_level: str = "O0",
                 boost_level: str = "O0", **kwargs: Any) -> None:
        if not callable(network):
            raise DTypeError(f"For 'Model', the argument 'network' must be a Cell, but got {type(network).__name__}.")
        unknown = set(kwargs) - _OPTIONS
        if unknown:
            raise ArgumentError(f"For 'Model', unsupported arguments: {sorted(unknown)}; there are {sorted(_OPTIONS)}.")
        if loss_fn is not None and not callable(loss_fn):
            raise DTypeError(f"For 'Model', the argument 'loss_fn' must be a Cell or a function, but got "
                             f"{type(loss_fn).__name__}.")
        self._network, self._loss_fn, self._optimizer = network, loss_fn, optimizer
        self._amp_level, self._options = amp_level, kwargs
        self._metrics = get_metrics(metrics)
        if eval_indexes is not None and len(eval_indexes) != 3:
            raise ArgumentError("For 'Model', the argument 'eval_indexes' must have 3 elements (loss, prediction, "
                                f"label), but got {eval_indexes}.")
        self._eval_indexes, self._evaluates_by_own = eval_indexes, eval_network is not None
        self._train_network = self._build_train()
        self._eval_network = eval_network
        if self._metrics and eval_network is None:
            if loss_fn is None:
                raise ArgumentError("For 'Model', metrics need a 'loss_fn' or an 'eval_network'.")
            self._eval_network = WithEvalCell(network, loss_fn, amp_level in ("O2", "O3", "auto"))
        self._predict_network = network

    def _build_train(self) -> Any:
        if self._optimizer is None:
            if self._options.get("loss_scale_manager") is not None:
                raise ArgumentError("For 'Model', the argument 'optimizer' can not be None when set "
                                    "'loss_scale_manager'.")
            return self._network if self._loss_fn is None else WithLossCell(self._network, self._loss_fn)
        if self._amp_level == "O0" and not self._options and not isinstance(self._network, Module):
            return TrainOneStepCell(self._network, self._optimizer)
        return amp.build_train_network(self._network, self._optimizer, self._loss_fn, level=self._amp_level,
                                       **self._options)

    @property
    def train_network(self) -> Any:
        """The network that does one training step."""
        return self._train_network

    @property
    def eval_network(self) -> Any:
        """The network that gives (loss, outputs, labels)."""
        return self._eval_network

    @property
    def predict_network(self) -> Any:
        """The network that predicts."""
        return self._predict_network

    def _params(self, mode: str, network: Any, dataset: Any, manager: CallbackManager, **further: Any) -> Any:
        return InternalCallbackParam(
            mode=mode, network=self._network, loss_fn=self._loss_fn, optimizer=self._optimizer,
            device_number=get_auto_parallel_context("device_num"),
            parallel_mode=get_auto_parallel_context("parallel_mode"),
            batch_num=size_of(dataset), list_callback=manager.callbacks, cur_step_num=0,
            dataset_sink_mode=False, **{f"{mode}_network": network, f"{mode}_dataset": dataset}, **further)

    @takes("sink_size initial_epoch: int")
    def train(self, epoch: int, train_dataset: Any, callbacks: Any = None, dataset_sink_mode: bool = False,
              sink_size: int = -1, initial_epoch: int = 0) -> None:
        """Train for ``epoch`` passes over a dataset (or an iterable of batches).

        Raises:
            TypeError, ValueError: an argument of another type or value; nothing has been done then.
        """
        self._fit("train", epoch, train_dataset, None, 1, callbacks, dataset_sink_mode, sink_size, initial_epoch)

    @takes("sink_size initial_epoch: int; valid_dataset_sink_mode: bool")
    def fit(self, epoch: int, train_dataset: Any, valid_dataset: Any = None, valid_frequency: Any = 1,
            callbacks: Any = None, dataset_sink_mode: bool = False, valid_dataset_sink_mode: bool = False,
            sink_size: int = -1, initial_epoch: int = 0) -> None:
        """Train, and evaluate on ``valid_dataset`` every ``valid_frequency`` epochs, or at those listed.

        Raises:
            ValueError: a callback of a class of your own with a method of the older names, as ``step_end``; or what
                ``train`` raises.
        """
        if valid_dataset is not None and not self._metrics:
            raise ArgumentError("For 'Model.fit', the model argument 'metrics' can not be None or empty, you should "
                                "set the argument 'metrics' for model.")
        if isinstance(valid_frequency, bool) or not isinstance(valid_frequency, (int, list)):
            raise DTypeError("For 'Model.fit', the type of 'valid_frequency' must be a list or an integer, but got "
                             f"{type(valid_frequency).__name__}.")
        for callback in callbacks if isinstance(callbacks, (list, tuple)) else [callbacks]:
            old = _OLD & set(vars(type(callback)))
            if old and not type(callback).__module__.startswith("luojia."):
                raise ArgumentError(f"For {type(callback).__name__} callback, {sorted(old)} methods may not be "
                                    "supported in later version, Use methods prefixed with 'on_train' or 'on_eval' "
                                    "instead when using customized callbacks.")
        self._fit("fit", epoch, train_dataset, valid_dataset, valid_frequency, callbacks, dataset_sink_mode, sink_size,
                  initial_epoch)

    def _fit(self, who: str, epoch: int, dataset: Any, valid: Any, frequency: Any, callbacks: Any, sink: bool,
             sink_size: int, initial_epoch: int) -> None:
        check_positive_int(f"Model.{who}", "epoch", epoch)
        check_bool(f"Model.{who}", "dataset_sink_mode", sink)
        if isinstance(sink_size, bool) or not isinstance(sink_size, int) or sink_size < -1 or sink_size == 0:
            raise ArgumentError(f"For 'Model.{who}', The argument 'sink_size' must be -1 or positive, but got "
                                f"{sink_size}.")
        if isinstance(initial_epoch, bool) or not isinstance(initial_epoch, int) or not 0 <= initial_epoch < epoch:
            raise ArgumentError(f"For 'Model.{who}', the 'initial_epoch' must be an int in [0, {epoch}), but got "
                                f"{initial_epoch!r}.")
        manager = CallbackManager(callbacks)
        network = self._train_network
        if isinstance(network, Module):
            network.set_train()
        params = self._params("train", network, dataset, manager, epoch_num=epoch - initial_epoch, initial_step=None,
                              last_save_ckpt_step=None, latest_ckpt_file=None, train_dataset_element=None,
                              loss_scale_mananger=self._options.get("loss_scale_manager"))
        run, passes = RunContext(params), Passes(dataset)
        with manager:
            manager.on_train_begin(run)
            for i in range(initial_epoch, epoch):
                params.cur_epoch_num = i + 1
                params.eval_results, params.metrics = {}, None
                manager.on_train_epoch_begin(run)
                for step, batch in enumerate(passes):
                    if sink and step == sink_size:
                        break
                    params.cur_step_num += 1
                    params.train_dataset_element = batch
                    manager.on_train_step_begin(run)
                    params.net_outputs = network(*batch)
                    manager.on_train_step_end(run)
                    if run.get_stop_requested():
                        break
                if hasattr(dataset, "reset"):
                    dataset.reset()
                if valid is not None and (i + 1 in frequency if isinstance(frequency, list)
                                          else (i + 1) % frequency == 0):
                    params.eval_results = params.metrics = self._eval(
                        valid, manager, cur_epoch_num=i + 1, epoch_num=params.epoch_num)
                    if isinstance(network, Module):
                        network.set_train()
                manager.on_train_epoch_end(run)
                if run.get_stop_requested():
                    break
            params.metrics = None
            manager.on_train_end(run)

    def eval(self, valid_dataset: Any, callbacks: Any = None, dataset_sink_mode: bool = False) -> dict[str, Any]:
        """The metrics over a dataset, by name.

        Raises:
            ValueError: the model has no metrics.
        """
        check_bool("Model.eval", "dataset_sink_mode", dataset_sink_mode)
        if not self._metrics:
            raise ArgumentError("For 'Model.eval', the model argument 'metrics' can not be None or empty, you should "
                                "set the argument 'metrics' for model.")
        manager = CallbackManager(callbacks)
        with manager:
            return self._eval(valid_dataset, manager)

    def _eval(self, dataset: Any, manager: CallbackManager, **told: Any) -> dict[str, Any]:
        network = self._eval_network
        if isinstance(network, Module):
            network.set_train(False)
        for metric in self._metrics.values():
            metric.clear()
        params = self._params("eval", network, dataset, manager, **told)
        run = RunContext(params)
        manager.on_eval_begin(run)
        manager.on_eval_epoch_begin(run)
        for batch in batches(dataset):
            params.cur_step_num += 1
            manager.on_eval_step_begin(run)
            params.net_outputs = outputs = network(*batch)
            self._update_metrics(outputs)
            manager.on_eval_step_end(run)
        if hasattr(dataset, "reset"):
            dataset.reset()
        results = {name: metric.eval() for name, metric in self._metrics.items()}
        params.eval_results = results
        manager.on_eval_epoch_end(run)
        params.metrics = results
        manager.on_eval_end(run)
        return results

    def _update_metrics(self, outputs: Any) -> None:
        outputs = tuple(outputs) if isinstance(outputs, (tuple, list)) else (outputs,)
        given = self._eval_indexes
        if given is not None and len(outputs) < 3:
            raise ArgumentError(f"For 'Model.eval', the evaluation network must return (loss, prediction, label) for "
                                f"eval_indexes={given}: the length of 'outputs' must be >= 3, but got {len(outputs)}.")
        for metric in self._metrics.values():
            if given is None and self._evaluates_by_own:  # the network of the user gives what its metrics take
                metric.update(*outputs)
                continue
            loss, prediction, label = given or (0, 1, 2)
            if isinstance(metric, Loss):
                metric.update(outputs[loss])
            elif given is None and isinstance(metric, Metric) and metric.indexes is not None:
                metric.update(*outputs)
            else:
                metric.update(outputs[prediction], outputs[label])

    def predict(self, *predict_data: Any, backend: str | None = None, config: Any = None) -> Any:
        """The network's outputs, not training.

        Raises:
            ValueError: another ``backend`` than 'lite', or than None.
        """
        if backend not in (None, "lite"):
            raise ArgumentError(f"For Model.predict, `backend` should be 'lite' or None, but got {backend}")
        if isinstance(self._predict_network, Module):
            self._predict_network.set_train(False)
        return self._predict_network(*predict_data)

    def build(self, *args: Any, **kwargs: Any) -> None:
        """Nothing to do beforehand: a network is compiled when first called."""


__all__ = ["Callback", "Model"]
__dir__ = public_names(__name__)
