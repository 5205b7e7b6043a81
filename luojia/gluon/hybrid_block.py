"""HybridBlock: a Block written for arrays and graphs alike, which can run as its graph."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

from .. import ndarray as nd
from .._src.core.compiled import Compiled
from .._src.core.graph import CachedGraph, trace
from .._src.core.mirror import cached_graph
from .._src.core.structure import structure
from .._src.core.symbol import Symbol
from .._src.core.symbol_ops import input_names
from .._src.core.tape import recording_scope, state
from .._src.core.tensor import Tensor
from .._src.engine.devices import Auto
from .._src.errors import ArgumentError, MXNetError, ParameterShapeError
from .._src.formats import ndarray_list
from ..util import is_np_array, is_np_shape
from .base_block import Block
from .parameter import DeferredInitializationError, Parameter
from .utils import shape_is_known


class HybridBlock(Block):
    """Base class of layers written as ``hybrid_forward(F, x, *args, **params)``.

    ``F`` is ``nd`` for arrays and ``sym`` for Symbols; ``params`` are the Block's own parameters by attribute name.
    Called with a Symbol it gives a Symbol. After ``hybridize()`` it is traced to its graph at the first call and runs
    as that: Python side effects happen once, and Python that depends on values raises.

    >>> from luojia import nd
    >>> from luojia.gluon import HybridBlock
    >>> class Scale(HybridBlock):
    ...     def __init__(self, **kwargs):
    ...         super().__init__(**kwargs)
    ...         self.scale = self.params.get("scale", shape=(1,), init="ones")
    ...     def hybrid_forward(self, F, x, scale):
    ...         return F.broadcast_mul(x, scale)
    >>> block = Scale()
    >>> block.initialize()
    >>> block.hybridize()
    >>> block(nd.array([2.0])).asnumpy()
    array([2.], dtype=float32)
    """

    def __init__(self, prefix: str | None = None, params: Any = None) -> None:
        super().__init__(prefix=prefix, params=params)
        self._active = False
        self._graphs: dict[Any, _Graph] = {}
        self._op_hooks: list[tuple[Callable, bool]] = []

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if isinstance(value, (HybridBlock, Parameter)):
            self._clear_cached_op()

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_graphs": {}}

    def _clear_cached_op(self) -> None:
        self.__dict__["_graphs"] = {}

    def register_child(self, block: Block, name: str | None = None) -> None:
        if not isinstance(block, HybridBlock):
            raise ValueError(
                f"Children of HybridBlock must also be HybridBlock, but {block} has type {type(block)}. If you are "
                "using Sequential, please try HybridSequential instead."
            )
        super().register_child(block, name)
        self._clear_cached_op()

    def hybridize(self, active: bool = True, backend: str | None = None, clear: bool = True,
                  static_alloc: bool = False, static_shape: bool = False, inline_limit: int = 2,
                  forward_bulk_size: int | None = None, backward_bulk_size: int | None = None,
                  **kwargs: Any) -> None:
        """Run as a graph from the next call on (``active``), or no more.

        The other arguments tune mxnet's executor; they are accepted and change nothing here.
        """
        self._active = active
        if clear:
            self._clear_cached_op()
        super().hybridize(active, static_alloc=static_alloc, static_shape=static_shape)

    def optimize_for(self, x: Any, *args: Any, backend: str | None = None, clear: bool = False, **kwargs: Any) -> None:
        """``hybridize``, then one call with these inputs. ``backend`` must be named; luojia compiles itself."""
        if backend is None:
            raise ArgumentError('optimize_for: name a backend, as in optimize_for(x, backend="MKLDNN").')
        self.hybridize(True, backend, clear, **kwargs)
        self(x, *args)

    def cast(self, dtype: Any) -> None:
        self._clear_cached_op()
        super().cast(dtype)

    def register_op_hook(self, callback: Callable[[str, str, Any], Any], monitor_all: bool = False) -> None:
        """Call ``callback(array name, operator name, array)`` for each operator's outputs, and with ``monitor_all``
        its inputs, when running as a graph."""
        self._op_hooks.append((callback, monitor_all))

    # -- calling ---------------------------------------------------------------------------------------------------

    def forward(self, x: Any, *args: Any) -> Any:
        """Compute with arrays, or build a graph from Symbols: what ``hybrid_forward`` says."""
        device = x._device if isinstance(x, Tensor) else None
        if device is None or args and not all([isinstance(a, Tensor) and a._device is device for a in args]):
            device = self._device_of((x, *args))
        if device is None:
            from .. import symbol

            with self.name_scope():
                numpys = is_np_array() or isinstance(x, Symbol) and x._array_class is not nd.NDArray
                params = {name: _conventional(p.var(), numpys) for name, p in self._reg_params.items()}
                return self.hybrid_forward(symbol, x, *args, **params)
        if self._active:
            return self._call_cached_op(x, *args)
        try:
            params = {name: p.data(device) for name, p in self._reg_params.items()}
        except DeferredInitializationError:
            self._deferred_infer_shape(x, *args)
            params = {name: p.data(device) for name, p in self._reg_params.items()}
        try:
            return self.hybrid_forward(nd, x, *args, **params)
        except TypeError as e:
            if e.__class__ is TypeError and getattr(e.__traceback__, "tb_next", None) is None:  # of this call
                e.add_note(f"{type(self).__name__} is called as hybrid_forward(F, x, ...), with F for nd or sym and "
                           f"its own parameters by name: {', '.join(params) or 'it has none'}.")
            raise

    def _device_of(self, args: tuple) -> Any:
        """The device of the arrays among the arguments; None for Symbols."""
        flat = [a for a in _leaves_in(args)]
        devices = list(dict.fromkeys(a._device for a in flat if isinstance(a, Tensor)))
        has_symbol = any(isinstance(a, Symbol) for a in flat)
        if has_symbol and devices:
            raise ValueError(
                "In HybridBlock, we do not support mixed NDArrays and Symbols types for the input. Please check the "
                "type of the args.\n"
            )
        if has_symbol:
            return None
        if not devices:
            raise ValueError(
                "In HybridBlock, there must be one NDArray or one Symbol in the input. Please check the type of the "
                f"args.\nGot {', '.join(type(a).__name__ for a in args)}; make arrays of them, as in nd.array(x)."
            )
        if self._active and len(devices) > 1:
            raise ValueError(
                "Find multiple contexts in the input, After hybridized, the HybridBlock only supports one input "
                "context. You can print the ele.ctx in the input arguments to inspect their contexts. Find all "
                f"contexts = {{{', '.join(map(str, devices))}}}"
            )
        return devices[0]

    def hybrid_forward(self, F: Any, x: Any, *args: Any, **kwargs: Any) -> Any:
        """Compute the outputs with the functions of ``F``; subclasses override it."""
        raise NotImplementedError(f"{type(self).__name__} has no hybrid_forward; define hybrid_forward(self, F, x, "
                                  "...).")

    # -- the graph -------------------------------------------------------------------------------------------------

    def _get_graph(self, *args: Any) -> _Graph:
        """The graph for arguments of this structure, traced at the first such call."""
        nesting: list[Any] = []
        flat = _flatten(args, nesting)
        key = tuple(nesting)
        found = self._graphs.get(key)
        if found is None:
            found = self._graphs[key] = self._trace(args, len(flat))
        return found

    def _trace(self, args: tuple, count: int) -> _Graph:
        from .. import symbol

        names = ["data"] if count == 1 else [f"data{i}" for i in range(count)]
        numpys = is_np_array() or any([getattr(t, "_result_class", nd.NDArray).__name__ == "ndarray"
                                       for t in _flatten(args, [])])
        inputs = _replace(args, iter([_conventional(symbol.var(name), numpys) for name in names]))
        params = {p.name: p for p in self.collect_params().values()}
        ready = {name: p for name, p in params.items() if p._data is not None}
        traced = trace(self.forward, inputs, ready)
        return _Graph(traced.symbol, names, traced.output, params, traced.constants)

    def _call_cached_op(self, *args: Any) -> Any:
        if all([isinstance(a, Tensor) for a in args]):
            flat, nesting = list(args), (("list", len(args)), *["array"] * len(args))
        else:
            found: list[Any] = []
            flat, nesting = _flatten(args, found), tuple(found)
        graph = self._graphs.get(nesting) or self._get_graph(*args)
        device = flat[0]._device
        try:
            held = graph.held(device)
        except DeferredInitializationError:
            self._finish_children(*args)
            held = graph.held(device)
        return graph.run(held, flat, self._watch if self._op_hooks else None)

    def _watch(self, node: Any, outputs: Any, inputs: list) -> None:
        outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
        for callback, monitor_all in self._op_hooks:
            if monitor_all:
                for name, array in zip(input_names(node), [t for t in inputs if isinstance(t, Tensor)]):
                    callback(name, node.kind, array)
            for i, array in enumerate(outputs):
                callback(node.output_name(i), node.kind, array)

    def _finish_children(self, *args: Any) -> None:
        """Finish deferred initialization through the graph, or where that does not tell all, by one eager pass in
        which each layer finds its own shapes."""
        try:
            self._deferred_infer_shape(*args)
        except ValueError:
            active: list[HybridBlock] = []
            self.apply(lambda b: active.append(b) if isinstance(b, HybridBlock) and b._active else None)
            for block in active:
                block.__dict__["_active"] = False
            try:
                with recording_scope(False, False):
                    self.forward(*args)
            finally:
                for block in active:
                    block.__dict__["_active"] = True

    def _deferred_infer_shape(self, *args: Any) -> None:
        try:
            self.infer_shape(*args)
        except (MXNetError, ValueError) as error:
            raise ParameterShapeError(
                f"Deferred initialization failed because shape cannot be inferred. {error}"
            ) from error
        for parameter in self.collect_params().values():
            parameter._finish_deferred_init()

    def _build_cache(self, *args: Any) -> None:
        self._get_graph(*args)

    @property
    def _cached_graph(self) -> tuple:
        """The symbols of the inputs and the outputs of the graph; () before there is one."""
        if not self._graphs:
            return ()
        from .. import symbol

        graph = next(iter(self._graphs.values()))
        return [symbol.var(name) for name in graph.names], graph.output

    @property
    def _cached_op(self) -> Any:
        """What runs the graph; None before there is one."""
        return next(iter(self._graphs.values())).plan if self._graphs else None

    def infer_shape(self, *args: Any) -> None:
        """Find the unknown shapes of parameters from the inputs', through the graph."""
        graph = self._get_graph(*args)
        shapes = {n: a.shape for n, a in zip(graph.names, _flatten(args, [])) if n in graph.plan.inputs}
        known = {n: c.shape for n, c in graph.constants.items()}
        argument_shapes, _, aux_shapes = graph.symbol.infer_shape_partial(**shapes, **known)
        found = dict(zip(graph.symbol.list_arguments(), argument_shapes or ()))
        found.update(zip(graph.symbol.list_auxiliary_states(), aux_shapes or ()))
        unknown = [n for n in graph.params if n in graph.plan.inputs and not _decided(found.get(n), graph.params[n])]
        if unknown:
            raise ValueError(f"Inputs of shapes {shapes} leave those of {unknown} undecided; give them to the layers "
                             "that have these parameters, as in_units, in_channels and the like.")
        for name, shape in found.items():
            if name in graph.params and shape and shape_is_known(shape):
                graph.params[name].shape = shape

    def infer_type(self, *args: Any) -> None:
        """Find the dtypes of parameters from the inputs', through the graph."""
        graph = self._get_graph(*args)
        dtypes = {n: a.np_dtype.type for n, a in zip(graph.names, _flatten(args, [])) if n in graph.plan.inputs}
        argument_types, _, aux_types = graph.symbol.infer_type(**dtypes)
        found = dict(zip(graph.symbol.list_arguments(), argument_types or ()))
        found.update(zip(graph.symbol.list_auxiliary_states(), aux_types or ()))
        for name, dtype in found.items():
            if name in graph.params and dtype is not None:
                graph.params[name].cast(dtype)

    def export(self, path: str, epoch: int = 0, remove_amp_cast: bool = True) -> tuple[str, str]:
        """Write the graph and the parameters for ``SymbolBlock.imports``, ``Module`` or mxnet.

        Args:
            path: the beginning of the file names ``path-symbol.json`` and ``path-0000.params``.
            epoch: the number in the second.
            remove_amp_cast: leave out the casts that ``contrib.amp`` put into it.

        Returns:
            The two file names.

        Raises:
            RuntimeError: the Block has not been hybridized and called.
        """
        if not self._graphs or not (self._active or isinstance(self, _Imported)):
            raise RuntimeError(
                "Please first call block.hybridize() and then run forward with this block at least once before "
                "calling export."
            )
        graph = next(iter(self._graphs.values()))
        symbol_file, params_file = f"{path}-symbol.json", f"{path}-{epoch:04d}.params"
        arrays = {}
        auxiliary = set(graph.symbol.list_auxiliary_states())
        for name in graph.plan.inputs:
            kind = "aux" if name in auxiliary else "arg"
            if name in graph.params:
                arrays[f"{kind}:{name}"] = graph.params[name]._reduce()
            elif name in graph.constants:
                arrays[f"{kind}:{name}"] = graph.constants[name].asnumpy()
        graph.symbol.save(symbol_file, remove_amp_cast)
        ndarray_list.save(params_file, arrays, np_shape=is_np_shape() or None)
        return symbol_file, params_file


class _Imported:
    """Marks Blocks that are graphs from the beginning."""


class _Graph:
    """A graph with what its variables stand for: inputs by number, parameters, constants."""

    def __init__(self, symbol: Any, names: list[str], output: Any, params: dict[str, Parameter],
                 constants: dict[str, Tensor]) -> None:
        self.symbol = symbol
        self.names = names
        self.output = output
        self.params = params
        self.constants = constants
        self.plan = cached_graph(symbol)
        self._compiled = Compiled(_Plan(self.plan), strict=True, name="a hybridized Block", waits=True)
        self._held: dict[Any, _Held] = {}
        self.at_once: Callable[..., list[Tensor] | None] | None = None  # NumPy's way for inputs that it does not refuse
        place = {name: i for i, name in enumerate(names)}
        self.sources: list[Any] = [place[n] if n in place else constants[n] if n in constants else params[n]
                        for n in self.plan.inputs]
        # parameters of a class whose data() makes an array for each call, as one that drops weights
        self._own_data = any([isinstance(s, Parameter) and type(s).data is not Parameter.data for s in self.sources])

    def held(self, device: Any) -> _Held:
        """The graph's variables but for its inputs: the same object while they are the same arrays."""
        found = self._held.get(device)
        if found is not None and found.version == structure.version:
            return found
        if not self._held:
            self._tell_what_is_unused()
        version = structure.version  # before the values are read: another thread may change them
        values = [s if s.__class__ is int else s.data(device) if isinstance(s, Parameter) else s for s in self.sources]
        if found is None or any([a is not b for a, b in zip(values, found.values)]):
            found = self._held[device] = _Held(values)
        found.version = -1 if self._own_data else version
        return found

    def _tell_what_is_unused(self) -> None:
        used = set(self.symbol.list_inputs())
        inputs = ", ".join([f"{i}-th" for i, name in enumerate(self.names) if name not in used])
        if inputs:
            warnings.warn(f"The {inputs} input to HybridBlock is not used by any computation. Is this intended?",
                          stacklevel=6)
        params = ", ".join([name for name in self.params if name not in used])
        if params:
            warnings.warn(f"Parameter {params} is not used by any computation. Is this intended?", stacklevel=6)

    def run(self, held: _Held, flat: list[Tensor], watch: Callable | None = None) -> Any:
        """The outputs for the inputs ``flat``, in the structure that the Block returned."""
        outputs = self.outputs(held, flat) if watch is None else self.plan(*held.filled(flat), watch=watch)
        return _outputs_like(self.output, iter(outputs))

    def outputs(self, held: _Held, flat: list[Tensor]) -> Sequence[Tensor]:
        """The outputs for the inputs ``flat``, in a list."""
        if state.frame is None:
            if flat[0]._device.engine.compiles and not self._own_data:
                return self._compiled(held, *flat)
            if Auto.open and state.recording:
                from .choice import watched

                return watched(self, held, flat)
            return self.directly(held, flat)
        return self.plan(*held.filled(flat))

    def directly(self, held: _Held, flat: list[Tensor]) -> Sequence[Tensor]:
        """The outputs on NumPy."""
        found = None if self.at_once is None else self.at_once(*flat)
        return self.plan(*held.filled(flat)) if found is None else found


class _Held:
    """The arrays of a graph's variables, with the numbers of inputs in the places of those."""

    __slots__ = ("values", "version")

    def __init__(self, values: list) -> None:
        self.values, self.version = values, -1

    def filled(self, flat: Sequence[Tensor]) -> list[Tensor]:
        return [flat[v] if v.__class__ is int else v for v in self.values]


class _Plan:
    """A graph as a function of what is held and its inputs."""

    __slots__ = ("plan",)

    def __init__(self, plan: CachedGraph) -> None:
        self.plan = plan

    def __call__(self, held: _Held, *flat: Tensor) -> list[Tensor]:
        return self.plan(*held.filled(flat))


def _decided(found: Any, parameter: Parameter) -> bool:
    """Whether a shape was found, or the parameter has one: () may be either a scalar's or unknown."""
    return shape_is_known(parameter.shape) or (bool(found) and shape_is_known(found))


def _outputs_like(output: Any, arrays: Any) -> Any:
    if isinstance(output, Symbol):
        return next(arrays) if len(output) == 1 else [next(arrays) for _ in range(len(output))]
    if isinstance(output, (list, tuple)):
        return [_outputs_like(o, arrays) for o in output]  # as in MXNet, a hybridized Block's tuples are lists
    if isinstance(output, dict):
        return {k: _outputs_like(o, arrays) for k, o in output.items()}
    return output


def _leaves_in(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        for v in value:
            yield from _leaves_in(v)
    else:
        yield value


def _flatten(args: Any, structure: list[Any]) -> list[Any]:
    """The arrays of nested lists in order; ``structure`` receives a description of the nesting."""
    if isinstance(args, (list, tuple)):
        structure.append(("list", len(args)))
        return [a for arg in args for a in _flatten(arg, structure)]
    structure.append(None if args is None else "array")
    if args is None:
        return []
    if not isinstance(args, (Tensor, Symbol)):
        raise ValueError(
            "When hybridized, the input of HybridBlock input must be (nested) list of Symbol or NDArray, but got "
            f"{args} of type {type(args)}"
        )
    return [args]


def _conventional(x: Any, numpys: bool) -> Any:
    """A Symbol with the conventions of the arrays that Blocks are called with: ``sym``'s or NumPy's."""
    return x.as_np_ndarray() if numpys else x


def _replace(args: Any, symbols: Any) -> Any:
    if isinstance(args, (list, tuple)):
        return type(args)(_replace(a, symbols) for a in args)
    return None if args is None else next(symbols)
