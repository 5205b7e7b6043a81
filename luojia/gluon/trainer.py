"""Trainer: an optimizer applied to a set of parameters, on all their devices."""

from __future__ import annotations

import functools
import operator
import warnings
from collections.abc import Sequence
from typing import Any

from .. import kvstore as kvs
from .. import optimizer as opt
from .._src.core.parameter import Parameter as CoreParameter
from .._src.core.structure import structure
from .._src.core.tape import Leaf, state
from .._src.core.tensor import Tensor, wrap
from .._src.errors import ArgumentError, ShapeError, within
from .._src.formats.atomic import write_bytes
from .._src.formats.reader import open_source
from .._src.paths import public_names
from .._src.train.compression import compression
from ..optimizer.fused import fused_updates
from ..optimizer.optimizer import refuse_trace
from .choice import Watch
from .parameter import Parameter, ParameterDict
from .utils import to_context

__all__ = ["Trainer"]
__dir__ = public_names(__name__)


class Trainer:
    """Updates parameters by their gradients.

    Args:
        params: a ParameterDict or dict of parameters (taken in order of name), or a list of them; gluon's Parameters
            and luojia's alike.
        optimizer: an Optimizer, or the name of one.
        optimizer_params: its arguments, where it is a name.
        kvstore: 'device' or 'local' (how devices are summed makes no difference here), a KVStore, or None. With
            'dist_sync' gradients are summed over the processes of a job (see ``kvstore.create``) and weights begin as
            rank 0's; ``batch_size`` of ``step`` is then that of all processes together.
        compression_params: ``{'type': '2bit', 'threshold': t}`` has each of several devices send -t, 0 or t of a
            gradient's elements, and the rest later.
        update_on_kvstore: with several devices, update one copy and share it (the default), or each device's own
            after summing the gradients, which allows ``allreduce_grads`` and ``update``.

    >>> from luojia import autograd, init, nd
    >>> from luojia.gluon import nn
    >>> net = nn.Dense(1, in_units=2)
    >>> net.initialize(init.One())
    >>> trainer = Trainer(net.collect_params(), "sgd", {"learning_rate": 0.1})
    >>> with autograd.record():
    ...     loss = net(nd.array([[1.0, 2.0]]))
    >>> loss.backward()
    >>> trainer.step(1)
    >>> net.weight.data().asnumpy()
    array([[0.9, 0.8]], dtype=float32)
    """

    _alone: Any = None  # (version of the structure, what _on_one_device found)
    _amp_loss_scaler: Any = None  # says which updates overflow and are left out: see contrib/amp.py

    def __init__(self, params: Any, optimizer: str | opt.Optimizer, optimizer_params: dict[str, Any] | None = None,
                 kvstore: str | kvs.KVStore | None = "device", compression_params: dict[str, Any] | None = None,
                 update_on_kvstore: bool | None = None) -> None:
        if isinstance(params, (dict, ParameterDict)):
            params = [params[key] for key in sorted(params.keys())]
        if not isinstance(params, (list, tuple)):
            raise ValueError(f"First argument must be a list or dict of Parameters, got {type(params)}; of a Block "
                             "give net.collect_params().")
        for p in params:
            if not isinstance(p, (Parameter, CoreParameter)):
                raise ValueError(f"First argument must be a list or dict of Parameters, got list of {type(p)}.")
        self._compression = compression(compression_params)
        if self._compression is not None and isinstance(kvstore, str) and kvstore.startswith("dist"):
            kvs.create(kvstore).set_gradient_compression(compression_params or {})  # refuses
        self._params = list(params)
        self._init_optimizer(optimizer, optimizer_params)
        self._scale = self._optimizer.rescale_grad
        self._kvstore_params = {"kvstore": kvstore, "update_on_kvstore": update_on_kvstore}
        self._kv_initialized = False
        self._kvstore: kvs.KVStore | None = None
        self._update_on_kvstore: bool | None = None
        self._contexts: list | None = None
        self._updaters: list[opt.Updater] = []
        for p in self._params:
            if isinstance(p, CoreParameter):
                p.grad  # noqa: B018 - makes the array that backward writes to
            elif p.stype != "default":
                p._set_trainer(self)
        self._shared = False
        self._check_contexts()
        if isinstance(kvstore, str) and kvstore.startswith("dist"):
            self._kvstore_params["kvstore"] = kvstore = kvs.create(kvstore)
        if isinstance(kvstore, kvs.KVStore) and kvstore.spans and all(
                isinstance(p, CoreParameter) or p._data is not None for p in self._params):
            self._share(kvstore)

    def _init_optimizer(self, optimizer: str | opt.Optimizer, optimizer_params: dict[str, Any] | None) -> None:
        params = dict(enumerate(self._params))
        if isinstance(optimizer, opt.Optimizer):
            assert not optimizer_params, (
                "optimizer_params must be None if optimizer is an instance of Optimizer instead of str"
            )
            self._optimizer = optimizer
            self._optimizer.param_dict = params
        else:
            self._optimizer = opt.create(optimizer, param_dict=params, **(optimizer_params or {}))

    # -- devices ---------------------------------------------------------------------------------------------------

    def _check_contexts(self) -> list:
        """The devices of the parameters, which must all be on the same."""
        contexts = None
        for p in self._params:
            mine = p.list_ctx() if isinstance(p, Parameter) else [p._device]
            assert contexts is None or contexts == mine, (
                f"All Parameters must be initialized on the same set of contexts, but Parameter {p.name} is "
                f"initialized on {mine} while previous Parameters are initialized on {contexts}."
            )
            contexts = mine
        return contexts or []

    def _init_kvstore(self) -> None:
        for p in self._params:
            p.leaves()  # raises where initialization is deferred
        self._contexts = self._check_contexts()
        chosen = self._kvstore_params["kvstore"]
        spanning = chosen if isinstance(chosen, kvs.KVStore) and chosen.spans else None
        if len(self._contexts) > 1 or spanning is not None:
            if chosen is not None:
                self._kvstore = kvs.create(chosen) if isinstance(chosen, str) else chosen
            on_store = self._kvstore_params["update_on_kvstore"]
            self._update_on_kvstore = self._kvstore is not None if on_store is None else bool(on_store)
            if self._update_on_kvstore and self._kvstore is None:
                raise ValueError("Trainer: update_on_kvstore=True needs a kvstore, got kvstore=None.")
        count = 1 if self._update_on_kvstore else max(1, len(self._contexts))
        if not self._updaters:
            self._updaters = [opt.get_updater(self._optimizer) for _ in range(count)]
        if self._update_on_kvstore and self._kvstore is not None:
            self._kvstore._set_updater(self._updaters[0])
        if self._kvstore is not None:  # it gives all devices the first one's values, moving statistics among them
            for p in self._params:
                first, *others = p.leaves()
                for leaf in others:
                    leaf._rebind(to_context(first, leaf._device)._value)
        if spanning is not None and not self._shared:
            changed = self._share(spanning)
            if changed:
                warnings.warn(
                    f"Trainer: Parameter '{changed[0]}' got rank 0's value only now, after a gradient was computed "
                    "from another, as it was not initialized when the Trainer was made; run one batch before that, or "
                    "give all ranks the same seed.", stacklevel=4)
        self._kv_initialized = True

    def _share(self, store: kvs.KVStore) -> list[str]:
        """Give the parameters rank 0's values; the names of those that changed here."""
        self._shared = True
        return store._share([(p.name, leaf) for p in self._params for leaf in p.leaves()])

    # -- the learning rate -----------------------------------------------------------------------------------------

    @property
    def learning_rate(self) -> float:
        """The current learning rate."""
        return self._optimizer.learning_rate

    @property
    def optimizer(self) -> opt.Optimizer:
        """The optimizer."""
        return self._optimizer

    def set_learning_rate(self, lr: float) -> None:
        """Change the learning rate; raises UserWarning where a schedule decides it."""
        self._optimizer.set_learning_rate(lr)

    # -- updates ---------------------------------------------------------------------------------------------------

    def step(self, batch_size: int, ignore_stale_grad: bool = False, grads: Sequence[Any] | None = None) -> None:
        """Update the parameters once: sum gradients over devices, scale them by 1 / ``batch_size``, apply them.

        Args:
            batch_size: what gradients are divided by.
            ignore_stale_grad: leave parameters whose gradient no backward wrote since the last step, instead of
                raising UserWarning.
            grads: gradients to use instead of the parameters' own: one per parameter, in the trainer's order, or one
                per trained parameter, as ``GradOperation(get_by_list=True)`` gives them. None leaves a parameter.
        """
        refuse_trace()
        if state.waiting.__class__ is Watch and grads is None:
            return state.waiting.step(self, batch_size, ignore_stale_grad)
        if not self._kv_initialized:
            self._init_kvstore()
        self._check_and_rescale_grad(self._scale / batch_size)
        if grads is None and self._step_on_one_device():
            return
        if grads is None and self._own_steps():
            self._init_params()
            self._allreduce_grads()
            self._update(ignore_stale_grad)
            return None
        if grads is None:
            found = self._gradients(ignore_stale_grad, summed=len(self._contexts or ()) > 1)
        else:
            found = self._given(grads)
        self._apply(self._across_ranks(found))
        return None

    def _step_on_one_device(self) -> bool:
        """The usual step, without what several devices, stale gradients and the like need; whether it was that."""
        if self._kvstore is not None or self._amp_loss_scaler is not None or type(self) is not Trainer:
            return False
        if self._alone is None or self._alone[0] != structure.version:
            self._alone = structure.version, self._on_one_device()
        leaves = self._alone[1]
        jobs = []
        for i, leaf in leaves:
            node = leaf._node
            if node.__class__ is not Leaf or not node.fresh or node.grad_req == "null":
                return False
            jobs.append((i, node.grad, leaf))
        if not jobs:
            return False
        self._update_together(0, jobs)
        for _, leaf in leaves:
            leaf._node.fresh = False
        return True

    def _on_one_device(self) -> list[tuple[int, Tensor]]:
        """The trained parameters' numbers and arrays, if all are Gluon's and on one device; else none."""
        if not all([isinstance(p, Parameter) for p in self._params]):
            return []
        rows = [(i, p.leaves()) for i, p in enumerate(self._params) if p.grad_req != "null"]
        devices = {leaf._device for _, leaves in rows for leaf in leaves}
        return [(i, leaves[0]) for i, leaves in rows] if len(devices) == 1 else []

    def _across_ranks(self, found: list) -> list:
        """The gradients summed over the processes of a job."""
        if self._kvstore is None or not self._kvstore.spans:
            return found
        totals = self._kvstore._across([grads[0] for _, _, grads in found])
        return [(i, leaves, [total] * len(leaves)) for (i, leaves, _), total in zip(found, totals)]

    def allreduce_grads(self) -> None:
        """Sum the gradients over the devices, and over processes, into each device's gradient."""
        if not self._kv_initialized:
            self._init_kvstore()
        assert not self._update_on_kvstore, (
            "allreduce_grads() when parameters are updated on kvstore is not supported. Try setting "
            "`update_on_kvstore` to False when creating trainer."
        )
        self._allreduce_grads()

    def _allreduce_grads(self) -> None:
        """Sum the gradients into each device's, unless a kvstore does so on the way to its update."""
        if self._update_on_kvstore or len(self._contexts or ()) < 2 and self._kvstore is None:
            return
        rows = [p.leaves() for p in self._trained()]
        totals = self._sums([[leaf._node.grad for leaf in leaves] for leaves in rows], range(len(rows)))
        if self._kvstore is not None:
            totals = self._kvstore._across(totals)
        for leaves, total in zip(rows, totals):
            for leaf in leaves:
                leaf._node.grad._rebind(to_context(total, leaf._device)._value)

    def update(self, batch_size: int, ignore_stale_grad: bool = False) -> None:
        """Update each device's parameters by its own gradients, which ``allreduce_grads`` has summed."""
        refuse_trace()
        if not self._kv_initialized:
            self._init_kvstore()
        assert not self._update_on_kvstore, (
            "update() when parameters are updated on kvstore is not supported. Try setting `update_on_kvstore` to "
            "False when creating trainer."
        )
        self._check_and_rescale_grad(self._scale / batch_size)
        self._update(ignore_stale_grad)

    def _update(self, ignore_stale_grad: bool = False) -> None:
        """Update the parameters by the gradients that ``_allreduce_grads`` has left, scaled as before."""
        on_store = bool(self._update_on_kvstore)  # then the sums are its business
        found = self._gradients(ignore_stale_grad, summed=on_store and len(self._contexts or ()) > 1)
        self._apply(self._across_ranks(found) if on_store else found)

    def _own_steps(self) -> bool:
        """Whether a subclass has a step of its own in the place of one of Trainer's, as distributed trainers have."""
        cls = type(self)
        return cls is not Trainer and any(getattr(cls, name) is not getattr(Trainer, name)
                                          for name in ("_init_params", "_allreduce_grads", "_update"))

    @property
    def _params_to_init(self) -> list:
        """The parameters whose values a kvstore does not have yet."""
        return [] if self._kv_initialized else list(self._params)

    def _init_params(self) -> None:
        """What remains to be done for parameters once the kvstore is there: nothing, ``_init_kvstore`` does it all."""
        assert self._kv_initialized, (
            "Cannot initialize parameters in KVStore when KVStore is not initialized."
        )

    def _reset_kvstore(self) -> None:
        """Let the next step set up the kvstore anew."""
        if self._kvstore is not None and self._kvstore.spans:
            raise RuntimeError("Cannot reset distributed KVStore.")
        self._kv_initialized = False
        self._kvstore = self._update_on_kvstore = None

    def _check_and_rescale_grad(self, scale: float) -> None:
        """Set what gradients are multiplied by."""
        self._optimizer.rescale_grad = scale

    def _row_sparse_pull(self, parameter: Parameter, out: Any, row_id: Any, full_idx: bool = False) -> None:
        """Write the rows of ``parameter`` that ``row_id`` names to ``out``, an array or one per device."""
        for holder in out if isinstance(out, (list, tuple)) else [out]:
            row = parameter.data(holder._device)
            holder._rebind(row._value if full_idx else parameter._rows_of(row, row_id, "row_sparse_data")._value)

    def _sums(self, gradients: list[list[Tensor]], keys: Any) -> list[Tensor]:
        """Each parameter's gradients summed over the devices, which send them compressed if that is asked for."""
        if self._compression is not None:
            gradients = [self._compression(key, grads) for key, grads in zip(keys, gradients)]
        return _sums(gradients)

    def _trained(self) -> list[Any]:
        return [p for p in self._params if p.grad_req != "null"]

    def _gradients(self, ignore_stale: bool, summed: bool) -> list[tuple[int, list[Tensor], list[Tensor]]]:
        """Per trained parameter its number, its leaves, and a gradient for each.

        One that no backward has written since the last update is left out, or raises UserWarning.
        """
        found = []
        for i, p in enumerate(self._params):
            if p.grad_req == "null":
                continue
            leaves = p.leaves()
            nodes = [leaf._node for leaf in leaves]
            stale = [leaf for leaf, node in zip(leaves, nodes) if not node.fresh]
            if stale:
                if not ignore_stale:
                    raise UserWarning(
                        f"Gradient of Parameter `{p.name}` on context {stale[0]._device} has not been updated by "
                        "backward since last `step`. This could mean a bug in your model that made it only use a "
                        "subset of the Parameters (Blocks) for this iteration. If you are intentionally only using a "
                        "subset, call step with ignore_stale_grad=True to suppress this warning and skip updating of "
                        "Parameters with stale gradient"
                    )
                if summed or len(stale) == len(leaves):
                    continue
                leaves = [leaf for leaf in leaves if leaf._node.fresh]
                nodes = [leaf._node for leaf in leaves]
            found.append((i, leaves, [node.grad for node in nodes]))
        if summed:
            totals = self._sums([grads for _, _, grads in found], [i for i, _, _ in found])
            found = [(i, leaves, [total] * len(leaves)) for (i, leaves, _), total in zip(found, totals)]
        return found

    def _given(self, grads: Sequence[Any]) -> list[tuple[int, list[Tensor], list[Tensor]]]:
        """Gradients handed in, matched with the parameters and checked."""
        grads = [grads] if isinstance(grads, Tensor) else list(grads)
        numbers = list(range(len(self._params)))
        trained = [i for i in numbers if self._params[i].grad_req != "null"]
        if len(grads) == len(trained):
            numbers = trained
        elif len(grads) != len(numbers):
            raise ArgumentError(
                f"Trainer.step expects grads for its {len(numbers)} parameters or for the {len(trained)} trained of "
                f"them, in their order, got {len(grads)}."
            )
        found = []
        for i, g in zip(numbers, grads):
            if g is None:
                continue
            p = self._params[i]
            parts = list(g) if isinstance(g, (list, tuple)) else [g]
            for part in parts:
                if not isinstance(part, Tensor) or part.shape != p.shape:
                    got = part.shape if isinstance(part, Tensor) else type(part).__name__
                    raise ShapeError(
                        f"Trainer.step expects a gradient of shape {p.shape} for Parameter '{p.name}', got {got}."
                    )
            leaves = p.leaves()
            found.append((i, leaves, [_summed(parts)] * len(leaves)))
        return found

    def _apply(self, updates: list[tuple[int, list[Tensor], list[Tensor]]]) -> None:
        """Update each device's weights in one go; on a kvstore the first device's, which the others then take."""
        scaler = self._amp_loss_scaler
        if scaler is not None and scaler.has_overflow([g for _, _, grads in updates for g in grads]):
            for _, leaves, _ in updates:
                for leaf in leaves:
                    if isinstance(leaf._node, Leaf):
                        leaf._node.fresh = False
            return
        one = bool(self._update_on_kvstore)
        single = one or len(self._updaters) == 1
        jobs: dict[int, list[tuple[int, Any, Tensor]]] = {0: []}
        for i, leaves, grads in updates:
            for leaf, grad in zip(leaves[:1] if one else leaves, grads):
                number = 0 if single else (self._contexts or []).index(leaf._device)
                jobs.setdefault(number, []).append((i, to_context(grad, leaf._device), leaf))
        for number, mine in jobs.items():
            self._update_together(number, mine)
        for _, leaves, _ in updates:
            for leaf in leaves:
                if one and leaf is not leaves[0]:
                    leaf._rebind(to_context(leaves[0], leaf._device)._value)
                node = leaf._node
                if node.__class__ is Leaf:
                    node.fresh = False

    def _update_together(self, number: int, jobs: list[tuple[int, Any, Tensor]]) -> None:
        """One updater's updates (number, gradient, weight): as one program, where that can be."""
        plain = type(self._optimizer).update is opt.Optimizer.update and not self._optimizer.multi_precision
        if plain and jobs and jobs[0][2]._device.engine.compiles:
            with fused_updates():
                self._updaters[number].together(jobs)
        else:
            self._updaters[number].together(jobs)

    # -- states ----------------------------------------------------------------------------------------------------

    def save_states(self, fname: str) -> None:
        """Write the optimizer and its states to a file, in mxnet's form."""
        if not self._kv_initialized:
            self._init_kvstore()
        write_bytes(fname, self._updaters[0].get_states(dump_optimizer=True))

    def load_states(self, fname: str) -> None:
        """Read what ``save_states`` (or mxnet's) wrote; the optimizer continues where it was."""
        if not self._kv_initialized:
            self._init_kvstore()
        states, called = open_source(fname)
        for updater in self._updaters:
            with within(called):
                updater.set_states(states)
            updater.optimizer = self._updaters[0].optimizer
        self._optimizer = self._updaters[0].optimizer
        self._optimizer.param_dict = dict(enumerate(self._params))

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_kvstore": None, "_alone": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._optimizer.param_dict = dict(enumerate(self._params))
        for updater in self._updaters:
            updater.optimizer = self._optimizer
        self._kv_initialized = False


def _summed(arrays: Sequence[Tensor]) -> Tensor:
    """The sum of arrays of several devices, on the first's."""
    return arrays[0] if len(arrays) == 1 else _sums([arrays])[0]


def _sums(rows: Sequence[Sequence[Tensor]]) -> list[Tensor]:
    """The sum of each row of arrays of several devices, on the device of its first."""
    if not rows:
        return []
    values = [[to_context(a, row[0]._device)._value for a in row] for row in rows]
    engine: Any = rows[0][0]._device.engine
    total = engine.jit("sums over devices", _add_up)(values) if engine.compiles else _add_up(values)
    return [wrap(row[0]._result_class, value, row[0]._device) for row, value in zip(rows, total)]


def _add_up(rows: list) -> list:
    return [functools.reduce(operator.add, row) for row in rows]
