"""Executor: a graph with arrays bound to its variables, run forward and backward.

A forward runs the plan of ``CachedGraph`` on private leaves that share the bound arrays' values, under a recording of
its own, so it keeps what a backward needs whether or not training was said, and touches no tape outside.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..engine.devices import Context
from ..errors import ArgumentError, DTypeError, GraphError, MXNetError, ShapeError
from .infer import Shapes
from .mirror import cached_graph
from .open_shapes import settled
from .symbol import Symbol, SymNode, walk
from .symbol_calls import kept
from .symbol_ops import input_names
from .tape import STOP, Leaf, backward, recording_scope
from .tensor import Tensor, wrap
from .watching import Passage

GRAD_REQS = ("write", "add", "null")


class Executor:
    """A graph bound to arrays.

    Made by ``Symbol.bind`` and ``Symbol.simple_bind``. ``arg_dict``, ``grad_dict`` and ``aux_dict`` give the bound
    arrays by name: write into them (``executor.arg_dict['w'][:] = w``) to feed the executor; giving a dictionary entry
    another array changes the dictionary only.
    """

    def __init__(self, symbol: Symbol, ctx: Context, args: list[Tensor], grads: list[Tensor | None],
                 reqs: list[str], aux: list[Tensor], group2ctx: Mapping[str, Context] | None = None) -> None:
        self._symbol = symbol
        self._ctx = ctx
        shapes = {n: a.shape for n, a in zip(symbol.list_arguments(), args)}
        self._graph = cached_graph(settled(symbol, shapes), [*symbol.list_arguments(), *symbol.list_auxiliary_states()])
        self._args = args
        self._grads = grads
        self._reqs = reqs
        self._aux = aux
        self._group2ctx = group2ctx
        place = placing(ctx, group2ctx)
        self._places = [place(entry.node) for entry in symbol._outputs]  # the devices of the outputs
        self._class = symbol._array_class
        self._leaves: list[Leaf | None] = []
        self._recorded: list[Tensor] = []
        self._outputs: list[Tensor] | None = None
        self._monitor: tuple[Callable, bool] | None = None
        self._made: dict = {}  # operators of a user's own, which may keep something between forwards
        self._passage: Passage | None = None  # of the last forward, where a monitor watches
        names = symbol.list_arguments()
        self.arg_dict = dict(zip(names, args))
        self.grad_dict = dict(zip(names, grads))
        self.aux_dict = dict(zip(symbol.list_auxiliary_states(), aux))

    # -- what is bound ---------------------------------------------------------------------------------------------

    @property
    def arg_arrays(self) -> list[Tensor]:
        return list(self._args)

    @property
    def grad_arrays(self) -> list[Tensor | None]:
        return list(self._grads)

    @property
    def aux_arrays(self) -> list[Tensor]:
        return list(self._aux)

    @property
    def outputs(self) -> list[Tensor]:
        """The outputs of the last forward; before any, what a forward of the bound arrays gives."""
        if self._outputs is None:
            self.forward()
        return list(self._outputs or ())

    @property
    def output_dict(self) -> dict[str, Tensor]:
        return dict(zip(self._symbol.list_outputs(), self.outputs))

    # -- running ---------------------------------------------------------------------------------------------------

    def forward(self, is_train: bool = False, **kwargs: Any) -> list[Tensor]:
        """Copy the keyword arrays into the bound arguments, run the graph, and return its outputs.

        Raises:
            TypeError: a keyword that is no argument.
            ArgumentError: an array of another shape, or something that is no array.
        """
        bound = dict(zip(self._symbol.list_arguments(), self._args))
        for name, value in kwargs.items():
            if not isinstance(value, (Tensor, np.ndarray)):
                raise ArgumentError("only accept keyword argument of NDArrays and numpy.ndarray, got "
                                    f"{type(value).__name__} for {name}.")
            if name not in bound:
                raise TypeError(f"Unknown argument {name}; the graph has {list(bound)}.")
            if bound[name].shape != tuple(value.shape):
                raise ArgumentError(f"Shape not match! Argument {name}, need: {bound[name].shape}, "
                                    f"received: {tuple(value.shape)}")
        for name, value in kwargs.items():
            copy_into(bound[name], value)
        self._leaves = [Leaf() if req != "null" and g is not None else None
                        for req, g in zip(self._reqs, self._grads)]
        inputs = [wrap(self._class, a._value, self._ctx, leaf) for a, leaf in zip(self._args, self._leaves)]
        # Auxiliary states go in as themselves, as a backward writes their new values into them.
        before, kept.made = kept.made, self._made
        try:
            with recording_scope(True, bool(is_train)):
                self._recorded = self._graph(*inputs, *self._aux, device=self._ctx, watch=self._watcher())
        finally:
            kept.made = before
        self._outputs = [wrap(self._class, t._value, place) for t, place in zip(self._recorded, self._places)]
        return list(self._outputs)

    def backward(self, out_grads: Any = None, is_train: bool = True) -> None:
        """Write (or add) the gradients of the arguments into the bound gradient arrays.

        Args:
            out_grads: the gradient of each output, an array or a list of them. Outputs that are losses
                (``SoftmaxOutput``, ``make_loss``) need none.

        Raises:
            GraphError: an output that is no loss has no gradient, or there was no forward.
        """
        if not self._recorded:
            raise GraphError("Executor.backward: there was no forward to differentiate; call forward() first.")
        given = [] if out_grads is None else [out_grads] if isinstance(out_grads, Tensor) else out_grads
        if not isinstance(given, (list, tuple)) or not all(isinstance(g, Tensor) for g in given):
            raise DTypeError("inputs must be NDArray")
        heads = []
        for i, (t, entry) in enumerate(zip(self._recorded, self._symbol._outputs)):
            if t._node is None or t._node.op is STOP:
                continue
            g = given[i] if i < len(given) else None
            if g is not None:
                if g.shape != t.shape:
                    raise ShapeError(f"backward: operands shape mismatch: output {i} has shape {t.shape}, "
                                     f"its gradient {g.shape}.")
                value = g._value if g.np_dtype == t.np_dtype else g._value.astype(t.np_dtype)
            elif entry.node.op is None or not entry.node.op.loss:
                raise GraphError(
                    "Because the last operator is not Loss function, head_gradient is required when calling backward. "
                    "If you are attempting to minimize the output as an objective, please modify your network and pass "
                    "it through the make_loss symbol."
                )
            else:
                value = self._ctx.engine.ones_like(t._value)
            heads.append((t._node, value))
        with recording_scope(False, is_train):
            results = backward(heads, wanted=self._passage.wanted() if self._passage else frozenset(), retain=True)
        if self._passage is not None and self._monitor is not None:
            for i, g in enumerate(given):
                self._monitor[0](f"_head_grad_{i}_id_output".encode(), g)
            for name, v, g in self._passage.gradients(results):
                g = v._device.engine.zeros_like(v._value) if g is None else g
                self._monitor[0](name.encode(), wrap(self._class, g, v._device))
        for leaf, grad, req in zip(self._leaves, self._grads, self._reqs):
            if leaf is None or grad is None:
                continue
            g = results.get(leaf)
            if g is None:
                if req == "write":
                    grad._rebind(grad._device.engine.zeros_like(grad._value))
            else:
                g = grad._device.engine.asarray(g, grad.np_dtype)
                grad._rebind(grad._value + g if req == "add" else g)

    def _watcher(self) -> Callable | None:
        if self._monitor is None:
            return None
        callback, everything = self._monitor
        passage = self._passage = Passage()

        def watch(node: Any, result: Any, values: list) -> None:
            passage.note(node, values)
            if everything:
                shown = {id(a): v for a, v in zip(node.args, values) if isinstance(v, Tensor) and hasattr(a, "node")}
                for entry, name in zip(node.inputs, input_names(node)):
                    if (v := shown.get(id(entry))) is not None:
                        for label in (entry.node.name, name) if entry.node.op is None else (name,):
                            callback(label.encode(), wrap(self._class, v._value, v._device))
            for i, t in enumerate(result if isinstance(result, tuple) else (result,)):
                callback(node.output_name(i).encode(), wrap(self._class, t._value, t._device))

        return watch

    def set_monitor_callback(self, callback: Callable[[bytes, Tensor], None], monitor_all: bool = False) -> None:
        """Have ``callback(name, array)`` called with every operator's outputs, and inputs if ``monitor_all``.

        A backward calls it with the gradients that operators hand to their inputs, as ``fc1_backward_output1``. The
        name is bytes, as in MXNet.
        """
        self._monitor = (callback, monitor_all)

    # -- parameters and shapes -------------------------------------------------------------------------------------

    def copy_params_from(self, arg_params: Mapping[str, Tensor], aux_params: Mapping[str, Tensor] | None = None,
                         allow_extra_params: bool = False) -> None:
        """Copy arrays, by name, into the bound arguments and auxiliary states.

        Raises:
            ArgumentError: a name that the graph lacks, unless ``allow_extra_params``; a shape that differs.
        """
        pairs = []
        for what, params, bound in (("arguments", arg_params, self.arg_dict),
                                    ("auxiliary states", aux_params or {}, self.aux_dict)):
            for name, value in params.items():
                if name in bound:
                    if tuple(value.shape) != bound[name].shape:
                        raise ShapeError(f"copy_params_from: {name!r} has shape {tuple(value.shape)}, "
                                         f"the executor's {bound[name].shape}.")
                    pairs.append((bound[name], value))
                elif not allow_extra_params:
                    raise ArgumentError(f'Find name "{name}" that is not in the {what}')
        for target, value in pairs:
            copy_into(target, value)

    def reshape(self, partial_shaping: bool = False, allow_up_sizing: bool = False, **kwargs: tuple) -> Executor:
        """An executor for other input shapes that shares the arrays whose shapes stay.

        Args:
            partial_shaping: allow shapes of arguments that are not named to change.
            allow_up_sizing: allow arrays larger than the present ones.
        """
        arguments = self._symbol.list_arguments()
        for name in kwargs:
            if name not in arguments:
                raise ArgumentError(f"Executor.reshape: {name!r} is no argument of the graph; it has {arguments}.")
        shapes = Shapes(settled(self._symbol, kwargs), kwargs)
        found = {n.name: shapes.of[id(n), 0] for n in shapes.nodes if n.op is None}
        args, grads = [], []
        for name, a, g in zip(arguments, self._args, self._grads):
            shape = found[name]
            if shape is None or 0 in shape:
                raise MXNetError("Insufficient argument shapes provided.")
            if shape == a.shape:
                args.append(a)
                grads.append(g)
                continue
            if name not in kwargs and not partial_shaping:
                raise MXNetError(
                    f"Shape of unspecifie arg: {name} changed. This can cause the new executor to not share parameters "
                    "with the old one. Please check for error in network. If this is intended, set "
                    "partial_shaping=True to suppress this warning."
                )
            if np.prod(shape) > a.size and not allow_up_sizing:
                raise MXNetError(
                    f"New shape of arg: {name} is larger than original. First making a big executor and then down "
                    "sizing it is more efficient than the reverse. If you really want to up size, set "
                    "allow_up_sizing=True to enable allocation of new arrays."
                )
            args.append(zeros(self._class, shape, a.np_dtype, a._device))
            grads.append(None if g is None else zeros(self._class, shape, a.np_dtype, a._device))
        aux = []
        for name, a in zip(self._symbol.list_auxiliary_states(), self._aux):
            shape = found[name]
            if shape != a.shape and not partial_shaping:
                raise MXNetError(f"Shape of unspecifie aux: {name} changed; set partial_shaping=True to allow it.")
            aux.append(a if shape is None or shape == a.shape else zeros(self._class, shape, a.np_dtype, a._device))
        return Executor(self._symbol, self._ctx, args, grads, self._reqs, aux, self._group2ctx)

    def debug_str(self) -> str:
        """The graph in words."""
        return debug_str(self._symbol)

    def get_optimized_symbol(self) -> Symbol:
        """The graph, which luojia's engines run as it is."""
        return self._symbol


def placing(ctx: Context, group2ctx: Mapping[str, Context] | None) -> Callable[[SymNode], Context]:
    """The device of each node: what ``group2ctx`` says of its ``ctx_group``, and ``ctx`` where it has none.

    Groups are places of memory, as NumPy computes everywhere alike; an engine that compiles keeps to ``ctx``.

    Raises:
        MXNetError: the function returned meets a group that ``group2ctx`` does not name.
    """
    if group2ctx is not None and not isinstance(group2ctx, Mapping):
        raise ArgumentError(f"group2ctx expects a dictionary from groups to contexts, got {group2ctx!r}.")
    for group, device in (group2ctx or {}).items():
        if not isinstance(device, Context):
            raise ArgumentError(f"group2ctx expects a context for the group {group!r}, got {device!r}.")

    def place(node: SymNode) -> Context:
        group = node.extra.get("__ctx_group__")
        if not group2ctx or group is None or ctx.engine.compiles:
            return ctx
        if group not in group2ctx:
            raise MXNetError(f"The device assignment not found for group {group}; group2ctx names "
                             f"{', '.join(map(repr, group2ctx))}.")
        return group2ctx[group]

    return place


def copy_into(target: Tensor, value: Any) -> None:
    """Give ``target`` the value of an array of its shape, in its dtype, on its device."""
    array = value.asnumpy() if isinstance(value, Tensor) else np.array(value)
    target._rebind(target._device.engine.put(array.astype(target.np_dtype, copy=False), target._device))


def zeros(cls: type, shape: Sequence[int], dtype: Any, ctx: Context) -> Any:
    return wrap(cls, ctx.engine.put(np.zeros(shape, dtype), ctx), ctx)


def requests(names: list[str], grad_req: Any) -> list[str]:
    """What to do with each argument's gradient, from one word, a list, or a dictionary (absent: 'null')."""
    if isinstance(grad_req, str):
        found = [grad_req] * len(names)
    elif isinstance(grad_req, (list, tuple)):
        if len(grad_req) != len(names):
            raise ArgumentError(f"grad_req lists {len(grad_req)} requests for {len(names)} arguments {names}.")
        found = list(grad_req)
    elif isinstance(grad_req, dict):
        found = [grad_req.get(n, "null") for n in names]
    else:
        raise ArgumentError(f"grad_req must be a str, a list or a dict, got {type(grad_req).__name__}.")
    for req in found:
        if req not in GRAD_REQS:
            raise ArgumentError(f"grad_req={req} is not a valid input; only 'null', 'write', and 'add' are supported")
    return found


def debug_str(symbol: Symbol) -> str:
    """MXNet's listing of a graph: outputs, variables, operators with inputs and attributes."""
    if len(symbol._outputs) == 1 and symbol._outputs[0].node.op is None:
        return f"Variable:{symbol._outputs[0].node.name}\n"
    lines = ["Symbol Outputs:"]
    lines += [f"\toutput[{i}]={e.node.name}({e.index})" for i, e in enumerate(symbol._outputs)]
    for node in walk(symbol._outputs):
        if node.op is None:
            lines.append(f"Variable:{node.name}")
            continue
        lines += ["-" * 20, f"Op:{node.kind}, Name={node.name}", "Inputs:"]
        for i, e in enumerate(node.inputs):
            suffix = " version=0" if e.node.op is None else ""
            lines.append(f"\targ[{i}]={e.node.name}({e.index}){suffix}")
        strings = node.strings()
        if strings:
            lines.append("Attrs:")
            lines += [f"\t{k}={v}" for k, v in sorted(strings.items())]
    return "\n".join(lines) + "\n"
