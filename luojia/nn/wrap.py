"""Networks around networks: with a loss, with a training step, with an evaluation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import ops
from .._src.core.agree import broadcast
from .._src.core.dtypes import float32, int32
from .._src.core.tensor import Tensor, wrap
from .._src.core.transforms import pullback, tensors_in
from .._src.engine.group import ranks_of
from .._src.errors import ArgumentError, DTypeError
from .._src.ops import Parameter, ParameterTuple
from ..context import ParallelMode, get_auto_parallel_context
from .basic import Identity
from .checks import check_bool
from .grad_reducer import DistributedGradReducer
from .module import Module


def _check_callable(who: str, name: str, value: Any) -> Any:
    if not callable(value):
        raise DTypeError(f"For '{who}', the '{name}' must be a Cell or a function, but got {type(value).__name__}.")
    return value


class WithLossCell(Module):
    """loss_fn(backbone(data), label).

    >>> from luojia import Tensor, nn
    >>> net = nn.WithLossCell(nn.Dense(2, 1, "ones", "zeros"), nn.MSELoss())
    >>> float(net(Tensor([[1.0, 2.0]]), Tensor([[1.0]])))
    4.0

    Matches ``mindspore.nn.WithLossCell``.
    """

    def __init__(self, backbone: Callable, loss_fn: Callable) -> None:
        super().__init__(auto_prefix=False)
        self._backbone = _check_callable("WithLossCell", "backbone", backbone)
        self._loss_fn = _check_callable("WithLossCell", "loss_fn", loss_fn)

    def construct(self, data: Any, label: Any) -> Any:
        return self._loss_fn(self._backbone(data), label)

    @property
    def backbone_network(self) -> Any:
        """The network without the loss."""
        return self._backbone


class WithEvalCell(Module):
    """(loss, outputs, label) for metrics.

    >>> from luojia import nn, Tensor
    >>> net = nn.WithEvalCell(nn.Dense(2, 1, "ones"), nn.MSELoss())
    >>> loss, outputs, label = net(Tensor([[1.0, 2.0]]), Tensor([[5.0]]))
    >>> outputs.shape, label.shape
    ((1, 1), (1, 1))

    Matches ``mindspore.nn.WithEvalCell``.
    """

    def __init__(self, network: Callable, loss_fn: Callable | None, add_cast_fp32: bool = False) -> None:
        super().__init__(auto_prefix=False)
        self._network = _check_callable("WithEvalCell", "network", network)
        self._loss_fn = loss_fn
        self.add_cast_fp32 = check_bool("WithEvalCell", "add_cast_fp32", add_cast_fp32)

    def construct(self, data: Any, label: Any) -> Any:
        outputs = self._network(data)
        if self.add_cast_fp32:
            outputs, label = ops.cast(outputs, float32), ops.cast(label, float32)
        loss = self._loss_fn(outputs, label) if self._loss_fn is not None else outputs
        return loss, outputs, label


class WithGradCell(Module):
    """The gradients of the trainable parameters of loss_fn(network(data), label), or of network(*inputs).

    >>> from luojia import nn, Tensor
    >>> net = nn.WithGradCell(nn.Dense(2, 1, "ones", "zeros"), nn.MSELoss())
    >>> [g.asnumpy().tolist() for g in net(Tensor([[1.0, 2.0]]), Tensor([[5.0]]))]
    [[[-4.0, -8.0]], [-4.0]]

    Matches ``mindspore.nn.WithGradCell``.
    """

    def __init__(self, network: Callable, loss_fn: Callable | None = None, sens: Any = None) -> None:
        super().__init__(auto_prefix=False)
        self.network, self.loss_fn, self.sens = network, loss_fn, sens
        self.network_with_loss = network if loss_fn is None else WithLossCell(network, loss_fn)
        self.weights = ParameterTuple(network.trainable_params())
        self.grad = ops.GradOperation(get_by_list=True, sens_param=sens is not None)
        network.set_grad()

    def construct(self, *inputs: Any) -> Any:
        sens = () if self.sens is None else (self.sens,)
        return self.grad(self.network_with_loss, self.weights)(*inputs, *sens)


class ForwardValueAndGrad(Module):
    """(outputs, gradients) of a network in one pass.

    Args:
        network: a network or a function.
        weights: the weights of ``get_by_list``.
        get_all, get_by_list, sens_param: as in ``ops.GradOperation``.

    >>> from luojia import Tensor, nn
    >>> nn.ForwardValueAndGrad(lambda x: x * x)(Tensor([3.0]))
    (Tensor(shape=[1], dtype=Float32, value= [ 9.00000000e+00]), \
Tensor(shape=[1], dtype=Float32, value= [ 6.00000000e+00]))

    Matches ``mindspore.nn.ForwardValueAndGrad``.
    """

    def __init__(self, network: Callable, weights: Any = None, get_all: bool = False, get_by_list: bool = False,
                 sens_param: bool = False) -> None:
        super().__init__(auto_prefix=False)
        if not callable(network):
            raise DTypeError("For 'ForwardValueAndGrad', the argument 'network' must be cell or function, but got "
                             f"{type(network)}.")
        for name, flag in (("get_all", get_all), ("get_by_list", get_by_list), ("sens_param", sens_param)):
            if not isinstance(flag, bool):
                raise DTypeError(f"For 'ForwardValueAndGrad', the type of '{name}' must be bool, but got "
                                 f"{type(flag).__name__}.")
        if get_by_list and not isinstance(weights, (ParameterTuple, tuple, list)):
            raise DTypeError("For 'ForwardValueAndGrad', when 'get_by_list' is set to True, the argument 'weights' "
                             f"must be Parameters array, but got {type(weights)}.")
        self.network, self.weights = network, weights
        self.get_all, self.get_by_list, self.sens_param = get_all, get_by_list, sens_param

    def construct(self, *inputs: Any) -> Any:
        sens = None
        if self.sens_param:
            inputs, sens = inputs[:-1], inputs[-1]
        out, _, pull = pullback(self.network, inputs, weights=list(self.weights) if self.get_by_list else None)
        at_inputs, at_weights = pull(sens)
        if not self.get_all and not self.get_by_list:
            return out, at_inputs[0] if at_inputs else ()
        if self.get_all and self.get_by_list:
            return out, (at_inputs, at_weights)
        return out, at_inputs if self.get_all else at_weights


class TrainOneStepCell(Module):
    """One training step: the loss of ``network`` on the inputs, after which ``optimizer`` has updated.

    Args:
        network: returns the loss.
        optimizer: updates its parameters, of either door.
        sens: the gradient of the loss, which scales all gradients; 1 by default. An optimizer with a ``loss_scale``,
            by which it divides them, wants the same here.
        return_grad: also return the gradients by the names of the parameters.

    >>> from luojia import Tensor, nn
    >>> net = nn.Dense(1, 1, "ones", "zeros")
    >>> step = nn.TrainOneStepCell(nn.WithLossCell(net, nn.MSELoss()), nn.SGD(net.trainable_params(), 0.25))
    >>> float(step(Tensor([[1.0]]), Tensor([[3.0]])))  # the loss before the update
    4.0
    >>> float(net.weight), float(net.bias)
    (2.0, 1.0)

    Matches ``mindspore.nn.TrainOneStepCell``.
    """

    def __init__(self, network: Callable, optimizer: Any, sens: float | None = None, return_grad: bool = False) -> None:
        super().__init__(auto_prefix=False)
        self.network = _check_callable("TrainOneStepCell", "network", network)
        if not callable(optimizer) or not hasattr(optimizer, "parameters"):
            raise DTypeError("For 'TrainOneStepCell', the 'optimizer' must be an Optimizer, but got "
                             f"{type(optimizer).__name__}.")
        self.optimizer = optimizer
        if isinstance(network, Module):
            network.set_grad()
        self.weights = optimizer.parameters
        self.grad = ops.GradOperation(get_by_list=True, sens_param=True)
        self.sens = 1.0 if sens is None else sens
        if isinstance(self.sens, bool) or not isinstance(self.sens, (int, float)):
            raise DTypeError(f"For 'TrainOneStepCell', the 'sens' must be a number, but got {type(sens).__name__}.")
        if self.sens == 0:
            raise ArgumentError("For 'TrainOneStepCell', the 'sens' must not be zero.")
        self.return_grad = return_grad
        self.grad_reducer, self.reducer_flag = _reducer(self.weights)

    def _gradients(self, inputs: tuple, sens: Any) -> tuple[Any, tuple]:
        """The loss, and the gradients of the weights for ``sens``."""
        loss, _, pull = pullback(self.network, inputs, positions=(), weights=list(self.weights))
        return loss, pull(_like(loss, sens), retain=False)[1]

    def construct(self, *inputs: Any) -> Any:
        loss, grads = self._gradients(inputs, self.sens)
        grads = self.grad_reducer(grads)
        self.optimizer(grads)
        if self.return_grad:
            return loss, {p.name: g for p, g in zip(self.weights, grads)}
        return loss


def _reducer(weights: Any) -> tuple[Any, bool]:
    """What joins the gradients of all ranks, and whether it does: in DATA_PARALLEL jobs of several processes."""
    mode, ranks = get_auto_parallel_context("parallel_mode"), ranks_of("TrainOneStepCell", None)
    if len(ranks) == 1 or mode not in (ParallelMode.DATA_PARALLEL, ParallelMode.HYBRID_PARALLEL):
        return Identity(), False
    if get_auto_parallel_context("parameter_broadcast"):
        broadcast("TrainOneStepCell", [(p.name, p) for p in weights], ranks)
    return DistributedGradReducer(weights), True


def _like(out: Any, value: Any) -> Any:
    """``value`` in the shape of each Tensor of ``out``."""
    if not isinstance(out, Tensor):
        return type(out)([_like(o, value) for o in tensors_in(out)])
    if isinstance(value, Tensor):
        return ops.broadcast_to(ops.reshape(value, ()).astype(out.dtype), out.shape)
    engine = out._device.engine
    if value == 1:
        return wrap(Tensor, engine.ones_like(out._value), out._device)
    return wrap(Tensor, engine.asarray(np.full(out.shape, float(value)), out.np_dtype), out._device)


class FixedLossScaleUpdateCell(Module):
    """A loss scale that stays.

    >>> from luojia import nn
    >>> nn.FixedLossScaleUpdateCell(1024).get_loss_scale()
    1024
    """

    def __init__(self, loss_scale_value: float) -> None:
        super().__init__()
        self.loss_scale_value = loss_scale_value

    def get_loss_scale(self) -> float:
        """The loss scale."""
        return self.loss_scale_value

    def construct(self, loss_scale: Any, overflow: Any) -> Any:
        return overflow


class DynamicLossScaleUpdateCell(Module):
    """A loss scale divided by ``scale_factor`` at an overflow, multiplied after ``scale_window`` steps without.

    >>> from luojia import Tensor, nn
    >>> manager = nn.DynamicLossScaleUpdateCell(loss_scale_value=1024, scale_factor=2, scale_window=1000)
    >>> scale = luojia.Parameter(Tensor(np.float32(manager.get_loss_scale())), name="scale")
    >>> bool(manager(scale, Tensor(True)).asnumpy()), float(scale.asnumpy())  # an overflow
    (True, 512.0)
    """

    def __init__(self, loss_scale_value: float, scale_factor: int, scale_window: int) -> None:
        super().__init__()
        self.loss_scale_value = loss_scale_value
        self.scale_factor, self.scale_window = Tensor(scale_factor, float32), Tensor(scale_window, int32)
        self.cur_iter = Parameter(Tensor(1, int32), name="current_iterator_step", requires_grad=False)
        self.last_overflow_iter = Parameter(Tensor(0, int32), name="last_overflow_iterator_step", requires_grad=False)

    def get_loss_scale(self) -> float:
        """The loss scale to start with."""
        return self.loss_scale_value

    def construct(self, loss_scale: Any, overflow: Any) -> Any:
        now, scale = self.cur_iter.value(), loss_scale.value()
        overflow = ops.reshape(overflow if isinstance(overflow, Tensor) else Tensor(bool(overflow)), ())
        grows = ops.logical_and(ops.logical_not(overflow), now - self.last_overflow_iter >= self.scale_window)
        smaller = ops.maximum(scale / self.scale_factor, Tensor(1.0))
        loss_scale.set_data(ops.select(overflow, smaller, ops.select(grows, scale * self.scale_factor, scale)))
        self.last_overflow_iter.set_data(ops.select(ops.logical_or(overflow, grows), now, self.last_overflow_iter))
        self.cur_iter.set_data(now + 1)
        return overflow


class TrainOneStepWithLossScaleCell(TrainOneStepCell):
    """A training step with the loss scaled, which updates only where all gradients are finite.

    In GRAPH_MODE on an engine that compiles it is one program, which decides that without asking for values.

    Args:
        scale_sense: the scale, a Tensor, or a cell that updates it.

    Returns:
        (loss, whether a gradient overflowed, the scale of this step).

    >>> from luojia import Tensor, nn
    >>> net = nn.WithLossCell(nn.Dense(2, 1), nn.MSELoss())
    >>> step = nn.TrainOneStepWithLossScaleCell(net, nn.SGD(net.trainable_params(), 0.1), Tensor(np.float32(1024)))
    >>> x, y = Tensor(np.ones((4, 2), np.float32)), Tensor(np.ones((4, 1), np.float32))
    >>> loss, overflow, scale = step(x, y)
    >>> loss.shape, bool(overflow.asnumpy()), float(scale.asnumpy())
    ((), False, 1024.0)

    Matches ``mindspore.nn.TrainOneStepWithLossScaleCell``.
    """

    def __init__(self, network: Callable, optimizer: Any, scale_sense: Any) -> None:
        super().__init__(network, optimizer, sens=None)
        self.loss_scaling_manager = None
        self.hyper_map = ops.HyperMap()
        if isinstance(scale_sense, Module):
            self.loss_scaling_manager = scale_sense
            scale_sense = Tensor(np.float32(scale_sense.get_loss_scale()))
        elif not isinstance(scale_sense, Tensor):
            raise DTypeError("For 'TrainOneStepWithLossScaleCell', the 'scale_sense' must be Cell or Tensor, but got "
                             f"{type(scale_sense).__name__}.")
        elif scale_sense.size != 1:
            raise ArgumentError("For 'TrainOneStepWithLossScaleCell', the shape of 'scale_sense' must be (1,) or (), "
                                f"but got {scale_sense.shape}.")
        self.scale_sense = Parameter(Tensor(scale_sense, float32), name="scale_sense", requires_grad=False)

    def set_sense_scale(self, sens: Tensor) -> None:
        """Set the scale."""
        if not isinstance(sens, Tensor):
            raise DTypeError("For 'TrainOneStepWithLossScaleCell', the type of 'sens' must be Tensor, but got "
                             f"{type(sens)}")
        self.scale_sense.set_data(Tensor(sens, float32))

    def start_overflow_check(self, pre_cond: Any, compute_input: Any) -> tuple[Any, Any]:
        """(A status, ``compute_input``): for a ``construct`` of one's own, before the gradients are computed."""
        return Tensor(False), compute_input

    def get_overflow_status(self, status: Any, compute_output: Any) -> Tensor:
        """Whether some of the gradients ``compute_output`` is not finite."""
        return ops.logical_or(status, ops.logical_not(all_finite(compute_output)))

    def process_loss_scale(self, overflow: Any) -> Any:
        """Tell the cell that updates the scale; returns ``overflow``.

        >>> from luojia import Tensor, nn
        >>> net = nn.WithLossCell(nn.Dense(1, 1), nn.MSELoss())
        >>> scale = nn.DynamicLossScaleUpdateCell(16, 2, 100)
        >>> step = nn.TrainOneStepWithLossScaleCell(net, nn.SGD(net.trainable_params()), scale)
        >>> status, _ = step.start_overflow_check(Tensor(1.0), Tensor(1.0))
        >>> overflow = step.get_overflow_status(status, (Tensor([float("inf")]),))
        >>> bool(step.process_loss_scale(overflow)), float(step.scale_sense)
        (True, 8.0)
        """
        if self.loss_scaling_manager is not None:
            return self.loss_scaling_manager(self.scale_sense, overflow)
        return overflow

    def construct(self, *inputs: Any) -> tuple[Any, Tensor, Tensor]:
        scale = self.scale_sense.value().copy()
        loss, grads = self._gradients(inputs, scale)
        share = ops.reshape(1.0 / scale, ())
        grads = self.grad_reducer(tuple([g * share.astype(g.dtype) for g in grads]))
        overflow = self.process_loss_scale(ops.logical_not(all_finite(grads)))

        def update() -> tuple:
            self.optimizer(grads)
            return ()

        ops.cond(overflow, lambda: (), update)
        return loss, overflow, scale


class ParameterUpdate(Module):
    """Called with a Tensor, gives the parameter its value.

    >>> from luojia import nn, Parameter, Tensor
    >>> w = Parameter(Tensor([1.0]), name="w")
    >>> nn.ParameterUpdate(w)(Tensor([3.0])).asnumpy()
    array([3.], dtype=float32)

    Matches ``mindspore.nn.ParameterUpdate``.
    """

    def __init__(self, param: Parameter) -> None:
        super().__init__(auto_prefix=False)
        if not isinstance(param, Parameter):
            raise DTypeError(f"For 'ParameterUpdate', 'param' must be 'Parameter', but got {type(param)}.")
        self._param = param

    def construct(self, x: Tensor) -> Tensor:
        self._param.set_data(x)
        return self._param.value()


class Vjp(Module):
    """``Vjp(fn)(*inputs, v)``: (output, vector-Jacobian products, bare for one input).

    >>> from luojia import nn, Tensor
    >>> value, cotangent = nn.Vjp(lambda x: x * x)(Tensor([3.0]), Tensor([1.0]))
    >>> float(value), float(cotangent)
    (9.0, 6.0)

    Matches ``mindspore.nn.Vjp``.
    """

    def __init__(self, fn: Callable) -> None:
        super().__init__()
        self.fn = _check_callable("Vjp", "fn", fn)

    def construct(self, *args: Any) -> tuple[Any, Any]:
        *inputs, v = args
        out, pull = ops.vjp(self.fn, *inputs)
        grads = pull(*v) if isinstance(v, (tuple, list)) else pull(v)
        return out, grads[0] if len(grads) == 1 else grads


class Jvp(Module):
    """``Jvp(fn)(*inputs, v)``: (output, Jacobian-vector product), v a tuple for several inputs.

    >>> from luojia import nn, Tensor
    >>> value, tangent = nn.Jvp(lambda x: x * x)(Tensor([3.0]), Tensor([1.0]))
    >>> float(value), float(tangent)
    (9.0, 6.0)

    Matches ``mindspore.nn.Jvp``.
    """

    def __init__(self, fn: Callable) -> None:
        super().__init__()
        self.fn = _check_callable("Jvp", "fn", fn)

    def construct(self, *args: Any) -> tuple[Any, Any]:
        *inputs, v = args
        return ops.jvp(self.fn, tuple(inputs), tuple(v) if isinstance(v, (tuple, list)) else (v,))


class GetNextSingleOp(Module):
    """GetNextSingleOp is refused: luojia has no data queues on devices."""

    def __init__(self, *args: Any) -> None:
        from .._src.errors import NotSupportedError

        raise NotSupportedError("GetNextSingleOp: luojia has no data queues on devices; iterate over the dataset.")


def all_finite(inputs: Any) -> Tensor:
    """Whether every element of every one of ``inputs`` is finite, a Tensor of bool; in a compiled function too.

    >>> from luojia import Tensor
    >>> bool(all_finite((Tensor([1.0]), Tensor([float("inf")]))))
    False
    """
    found = Tensor(True)
    for g in tensors_in(inputs):
        found = ops.logical_and(found, ops.isfinite(g).all())
    return found


__all__ = ["DynamicLossScaleUpdateCell", "FixedLossScaleUpdateCell", "ForwardValueAndGrad", "GetNextSingleOp", "Jvp",
           "ParameterUpdate", "TrainOneStepCell", "TrainOneStepWithLossScaleCell", "Vjp", "WithEvalCell",
           "WithGradCell", "WithLossCell"]
