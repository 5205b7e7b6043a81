"""Symbol under MXNet's names: variables, groups, inference, binding, files."""

from __future__ import annotations

import copy
import operator
import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from .._src.core import symbol as core
from .._src.core.dtypes import MXNET_CODES, to_numpys
from .._src.core.executor import Executor, debug_str, placing, requests, zeros
from .._src.core.graph import CachedGraph
from .._src.core.infer import Shapes, infer_types, known
from .._src.core.open_shapes import settled
from .._src.core.symbol_functions import function
from .._src.engine.devices import Context
from .._src.errors import ArgumentError, DTypeError, MXNetError
from .._src.formats import atomic
from .._src.formats.reader import open_source
from .._src.paths import public_names
from ..ndarray import NDArray
from ..ndarray.sparse_array import as_stype
from . import files

__all__ = ["Group", "Symbol", "Variable", "load", "load_json", "var"]
__dir__ = public_names(__name__)

_BACKENDS = ("MKLDNN", "MKLDNN_QUANTIZE", "ONEDNN", "ONEDNN_QUANTIZE", "default")
_STYPES = {"0": "default", "1": "row_sparse", "2": "csr"}  # as files number them


class Symbol(core.Symbol):
    """One or several outputs of a graph, which computes nothing until arrays are bound to its variables."""

    __slots__ = ()
    _array_class = NDArray

    # -- shapes and dtypes -----------------------------------------------------------------------------------------

    def infer_shape(self, *args: Any, **kwargs: Any) -> tuple:
        """The shapes of arguments, outputs and auxiliary states from those of some arguments.

        Returns:
            Three lists, in the order of ``list_arguments``, ``list_outputs`` and ``list_auxiliary_states``;
            ``(None, None, None)``, with a warning, where the shapes given do not determine all others.

        Raises:
            MXNetError: shapes that contradict each other, or a name that is no argument.

        >>> import luojia as mx
        >>> fc = mx.sym.FullyConnected(mx.sym.var("data"), num_hidden=3, name="fc")
        >>> fc.infer_shape(data=(2, 4))
        ([(2, 4), (3, 4), (3,)], [(2, 3)], [])
        """
        args_, outs, aux = self._shapes(args, kwargs)
        lacking = [(n, s) for n, s in zip(self.list_arguments(), args_) if not known(s)]
        if lacking or not all(map(known, [*outs, *aux])):
            unknown = "\n\t".join(f"{n}: {s or ()}" for n, s in lacking)
            warnings.warn("Cannot decide shape for the following arguments (0s in shape means unknown dimensions). "
                          f"Consider providing them as input:\n\t{unknown}", stacklevel=2)
            return None, None, None
        return args_, outs, aux

    def infer_shape_partial(self, *args: Any, **kwargs: Any) -> tuple:
        """As ``infer_shape``, with ``()`` for unknown shapes and 0 for unknown lengths."""
        return tuple([[s or () for s in shapes] for shapes in self._shapes(args, kwargs)])

    def _shapes(self, args: tuple, kwargs: dict[str, Any]) -> tuple[list, list, list]:
        if args and kwargs:
            raise ArgumentError("Can only specify known argument shapes either by positional or kwargs way.")
        arguments, auxiliary = self.list_arguments(), self.list_auxiliary_states()
        if len(args) > len(arguments):
            raise ArgumentError(f"infer_shape: got {len(args)} shapes for {len(arguments)} arguments {arguments}.")
        given = {k: v for k, v in zip(arguments, args) if v is not None} if args else kwargs
        for key, value in given.items():
            if not isinstance(value, (tuple, list)):
                raise TypeError(f"Arguments need to be shapes (tuple), but '{key}' is {type(value)}.")
            if key not in arguments and key not in auxiliary:
                raise core.not_found("InferShape", key, arguments)
        given = {k: tuple(map(operator.index, v)) for k, v in given.items()}
        try:
            graph = settled(self, given)
            shapes = Shapes(graph, given)
        except MXNetError as e:
            if () in given.values():  # where no array without axes fits, () says nothing, as in MXNet
                return self._shapes((), {k: v for k, v in given.items() if v})
            listed = "".join(f"\n  {k}: {v}" for k, v in given.items())
            raise type(e)(f"{e}\ninfer_shape error. Arguments:{listed}") from e
        of_variable = {n.name: shapes.of[id(n), 0] for n in shapes.nodes if n.op is None}
        return ([of_variable[n] for n in arguments], [shapes.get(e) for e in graph._outputs],
                [of_variable[n] for n in auxiliary])

    def infer_type(self, *args: Any, **kwargs: Any) -> tuple:
        """The dtypes of arguments, outputs and auxiliary states from those of some arguments."""
        args_, outs, aux = self._types(args, kwargs)
        lacking = [(n, t) for n, t in zip(self.list_arguments(), args_) if t is None]
        if lacking or None in outs:
            unknown = "\n\t".join(f"{n}: None" for n, _ in lacking)
            warnings.warn("Cannot decide type for the following arguments. Consider providing them as input:"
                          f"\n\t{unknown}", stacklevel=2)
            return None, None, None
        return args_, outs, [t or np.float32 for t in aux]

    def infer_type_partial(self, *args: Any, **kwargs: Any) -> tuple:
        """As ``infer_type``, with None for unknown dtypes."""
        return self._types(args, kwargs)

    def _types(self, args: tuple, kwargs: dict[str, Any]) -> tuple[list, list, list]:
        if args and kwargs:
            raise ArgumentError("Can only specify known argument types either by positional or kwargs way.")
        arguments, auxiliary = self.list_arguments(), self.list_auxiliary_states()
        given = dict(zip(arguments, args)) if args else kwargs
        for key in given:
            if key not in arguments and key not in auxiliary:
                raise core.not_found("InferType", key, arguments)
        of = infer_types(self, {k: v for k, v in given.items() if v is not None}, strict=True)
        of_variable = {n.name: of[id(n), 0] for n in core.walk(self._outputs) if n.op is None}

        def plain(dtype: Any) -> Any:
            return None if dtype is None else dtype.type

        return ([plain(of_variable[n]) for n in arguments],
                [plain(of.get((id(e.node), e.index))) for e in self._outputs],
                [plain(of_variable[n]) for n in auxiliary])

    def _infer_shape_impl(self, partial: bool, *args: Any, **kwargs: Any) -> tuple:
        return self.infer_shape_partial(*args, **kwargs) if partial else self.infer_shape(*args, **kwargs)

    def _infer_type_impl(self, partial: bool, *args: Any, **kwargs: Any) -> tuple:
        return self.infer_type_partial(*args, **kwargs) if partial else self.infer_type(*args, **kwargs)

    # -- running ---------------------------------------------------------------------------------------------------

    def optimize_for(self, backend: str, args: Any = None, aux: Any = None, ctx: Context | None = None,
                     **kwargs: Any) -> Symbol:
        """The same graph: luojia's engines choose how to run it themselves, so every ``backend`` is accepted."""
        return copy.copy(self)

    def get_backend_symbol(self, backend: str) -> Symbol:
        """The same graph, for the names of MKL-DNN's backends.

        Raises:
            MXNetError: another backend.
        """
        if backend not in _BACKENDS:
            raise MXNetError(f"SubgraphProperty {backend} is not found in SubgraphBackendRegistry; luojia's engines "
                             f"run graphs by themselves, and accept the names {', '.join(_BACKENDS)}.")
        return copy.copy(self)

    def split_v2(self, indices_or_sections: Any, axis: int = 0, squeeze_axis: bool = False, **kwargs: Any) -> Any:
        """The array cut along ``axis``: in equal sections, or at indices; ``squeeze_axis`` drops axes of length 1."""
        if isinstance(indices_or_sections, int):
            cuts: dict[str, Any] = {"indices": (), "sections": indices_or_sections}
        elif isinstance(indices_or_sections, (tuple, list)):
            cuts = {"indices": (0, *indices_or_sections), "sections": 0}
        else:
            raise ArgumentError("split_v2: indices_or_sections must either int or tuple of ints, got "
                                f"{indices_or_sections!r}.")
        return function("_split_v2")(self, axis=axis, squeeze_axis=squeeze_axis, **cuts, **kwargs)

    def as_np_ndarray(self) -> Symbol:
        """The same graph with NumPy's conventions, as ``mx.np`` has them."""
        from ..np.symbols import _Symbol

        return _Symbol(self._outputs)

    def as_nd_ndarray(self) -> Symbol:
        return self

    def eval(self, ctx: Context | None = None, **kwargs: Any) -> list[Any]:
        """The outputs for the arrays given by name."""
        names = self.list_inputs()
        _all_given(names, kwargs, "args")
        graph = CachedGraph(settled(self, {n: getattr(kwargs[n], "shape", ()) for n in names}))
        return graph(*[kwargs[n] for n in graph.inputs], device=ctx)

    def bind(self, ctx: Context, args: Any, args_grad: Any = None, grad_req: Any = "write", aux_states: Any = None,
             group2ctx: Mapping[str, Context] | None = None, shared_exec: Executor | None = None) -> Executor:
        """An executor on the arrays given.

        Args:
            args: an array for each argument, in a list in the order of ``list_arguments`` or by name.
            args_grad: arrays to write gradients to, likewise; arguments without one get no gradient.
            grad_req: 'write', 'add' or 'null', for all arguments or each (a list, or by name).
            aux_states: arrays for the auxiliary states.
            group2ctx: the devices of nodes that have a ``ctx_group`` (``AttrScope(ctx_group="dev1")``), by its name.
            shared_exec: accepted.
        """
        arguments, auxiliary = self.list_arguments(), self.list_auxiliary_states()
        arrays = _arrays("args", args, arguments, partial=False)
        grads = _arrays("args_grad", args_grad, arguments, partial=True)
        aux = _arrays("aux_states", [] if aux_states is None and not auxiliary else aux_states or {}, auxiliary,
                      partial=False)
        reqs = requests(arguments, grad_req)
        given = {n: a.shape for n, a in zip([*arguments, *auxiliary], [*arrays, *aux])}
        Shapes(settled(self, given), given)
        for name, a, g in zip(arguments, arrays, grads):
            if g is not None and g.shape != a.shape:
                raise ArgumentError(f"bind: the gradient of {name!r} has shape {g.shape}, the argument {a.shape}.")
        return Executor(self, ctx, arrays, grads, reqs, aux, group2ctx)

    def simple_bind(self, ctx: Context, grad_req: Any = "write", type_dict: Mapping[str, Any] | None = None,
                    stype_dict: Any = None, group2ctx: Mapping[str, Context] | None = None,
                    shared_arg_names: Any = None, shared_exec: Executor | None = None, shared_buffer: Any = None,
                    **kwargs: tuple) -> Executor:
        """An executor on new arrays of zeros, their shapes inferred from those of some arguments.

        Variables that declare a storage type, or have one in ``stype_dict``, get arrays of that class. Arrays of
        ``shared_exec`` that have the same name, shape and dtype are shared. Variables with a ``ctx_group`` lie on the
        context that ``group2ctx`` has for it.
        """
        listed = "".join(f"{k}: {v}\n" for k, v in kwargs.items())
        arguments, auxiliary = self.list_arguments(), self.list_auxiliary_states()
        reqs = requests(arguments, grad_req)
        try:
            args_, outs, aux_ = self._shapes((), {k: v for k, v in kwargs.items() if k in arguments + auxiliary})
        except MXNetError as e:
            raise type(e)(f"simple_bind error. Arguments:\n{listed}{e}") from e
        if not all(map(known, [*args_, *outs, *aux_])):
            unknown = ", ".join(f"{n}: {s}" for n, s in zip(arguments, args_) if not known(s))
            raise MXNetError(
                f"simple_bind error. Arguments:\n{listed}InferShape pass cannot decide shapes for the following "
                f"arguments (-1 means unknown dimensions). Please consider providing them as inputs:\n{unknown}"
            )
        types = infer_types(self, type_dict or {})
        dtypes = {n.name: types[id(n), 0] or np.dtype("float32") for n in core.walk(self._outputs) if n.op is None}
        shared = shared_exec.arg_dict | shared_exec.aux_dict if shared_exec is not None else {}

        def allocate(name: str, shape: tuple) -> Any:
            old = shared.get(name)
            if old is not None and old.shape == shape and old.np_dtype == dtypes[name]:
                return old
            return as_stype(zeros(NDArray, shape, dtypes[name], places[name]), stypes.get(name, "default"))

        place = placing(ctx, group2ctx)
        places = {n.name: place(n) for n in core.walk(self._outputs)}

        stypes = {n.name: _STYPES[n.extra["__storage_type__"]] for n in core.walk(self._outputs)
                  if n.extra.get("__storage_type__") in _STYPES}
        stypes |= dict(stype_dict or {})
        arrays = [allocate(n, s) for n, s in zip(arguments, args_)]
        aux = [allocate(n, s) for n, s in zip(auxiliary, aux_)]
        grads: Any = [
            None if r == "null" else as_stype(zeros(NDArray, a.shape, a.np_dtype, a._device),
                                              "row_sparse" if a.stype == "row_sparse" else "default")
            for r, a in zip(reqs, arrays)
        ]
        return Executor(self, ctx, arrays, grads, reqs, aux, group2ctx)

    # -- files -----------------------------------------------------------------------------------------------------

    def tojson(self, remove_amp_cast: bool = True) -> str:
        """The graph as MXNet 1.9.1 writes it, by default without the casts that ``contrib.amp`` put into it."""
        return files.dump(_without_casts(self) if remove_amp_cast else self)

    def save(self, fname: str, remove_amp_cast: bool = True) -> None:
        """Write ``tojson`` to a file."""
        atomic.write_bytes(fname, self.tojson(remove_amp_cast).encode())

    def debug_str(self) -> str:
        """The graph in words."""
        return debug_str(self)

    def __reduce__(self):
        return load_json, (self.tojson(False),)

    def __setstate__(self, state: Mapping[str, str]) -> None:
        """Take the graph that a pickle written by MXNet holds."""
        self._outputs = load_json(state["handle"])._outputs


def _without_casts(graph: Any) -> Any:
    """The graph with the inputs of ``amp_cast`` and ``amp_multicast`` in their places, but for its outputs."""
    nodes = core.walk(graph._outputs)
    kinds, heads = ("amp_cast", "amp_multicast"), {id(e.node) for e in graph._outputs}
    if not any(n.kind in kinds and id(n) not in heads for n in nodes):
        return graph
    new: dict[tuple[int, int], core.Entry] = {}
    for node in nodes:
        args = tuple([new[id(a.node), a.index] if a.__class__ is core.Entry else a for a in node.args])
        made = node
        if node.op is not None:
            made = core.SymNode(node.name, node.op, node.kind, args, node.attrs, dict(node.given), dict(node.extra),
                                node.count, node.order, node.late)
        for i in range(node.count):
            new[id(node), i] = args[i] if node.kind in kinds and id(node) not in heads else core.Entry(made, i)
    return type(graph)([new[id(e.node), e.index] for e in graph._outputs])


def _all_given(names: Iterable[str], given: Mapping[str, Any], what: str) -> None:
    for name in names:
        if name not in given:
            raise ArgumentError(f"key `{name}` is missing in `{what}`")


def _arrays(what: str, given: Any, names: Sequence[str], partial: bool) -> list:
    """Arrays in the order of ``names`` from a list or a dictionary."""
    if given is None and partial:
        return [None] * len(names)
    if isinstance(given, (list, tuple)):
        if len(given) != len(names):
            raise ArgumentError(f"Length of {what} does not match the number of arguments: got {len(given)} "
                                f"for {list(names)}.")
        found = list(given)
    elif isinstance(given, Mapping):
        if not partial:
            _all_given(names, given, what)
        found = [given.get(n) for n in names]
    else:
        raise TypeError("Only accept list of NDArrays or dict of str to NDArray")
    for a in found:
        if not isinstance(a, core.Tensor) and not (partial and a is None):
            raise DTypeError(f"Only accept list of NDArrays or dict of str to NDArray, got {type(a).__name__}.")
    return found


def Variable(name: str, attr: Mapping[str, str] | None = None, shape: tuple | None = None,
             lr_mult: float | None = None, wd_mult: float | None = None, dtype: Any = None, init: Any = None,
             stype: str | None = None, profiler_scope: str | None = None, **kwargs: str) -> Symbol:
    """A variable: an input of the graph, to which an array is bound later.

    Args:
        shape, dtype: what is known of the array; 0 stands for an unknown length.
        lr_mult, wd_mult: factors of the learning rate and of the weight decay for it.
        init: the initializer that a Module uses for it.
        kwargs: further attributes, whose names begin and end with two underscores.

    >>> Variable("w", lr_mult=2).attr("__lr_mult__")
    '2'
    """
    found: dict[str, str] = dict(attr or {})
    if shape is not None:
        found["__shape__"] = str(tuple(shape) if isinstance(shape, (tuple, list)) else shape)
    if lr_mult is not None:
        found["__lr_mult__"] = str(lr_mult)
    if wd_mult is not None:
        found["__wd_mult__"] = str(wd_mult)
    if dtype is not None:
        found["__dtype__"] = str(MXNET_CODES[to_numpys(dtype).name])
    if init is not None:
        found["__init__"] = init if isinstance(init, str) else init.dumps()
    if stype is not None:
        found["__storage_type__"] = {name: number for number, name in _STYPES.items()}[stype]
    for key, value in kwargs.items():
        if not (key.startswith("__") and key.endswith("__")):
            raise ArgumentError(f"Attribute name={key} is not supported. Additional attributes must start and end "
                                "with double underscores, e.g, __yourattr__")
        found[key] = str(value)
    return core.variable(Symbol, name, found)


var = Variable


def Group(symbols: Iterable[Symbol]) -> Symbol:
    """The outputs of several symbols, as one symbol."""
    return core.group(Symbol, symbols)


def load_json(json_str: str) -> Symbol:
    """The graph that a JSON text describes, ours or one of MXNet's.

    Raises:
        FormatError: the text is truncated or describes no graph.
        NotSupportedError: an operator that luojia lacks; the message names it.
    """
    if not isinstance(json_str, str):
        raise TypeError("fname required to be string")
    return files.parse(json_str, Symbol)


def load(fname: str) -> Symbol:
    """The graph in a file that ``save`` or MXNet wrote."""
    if not isinstance(fname, str):
        raise TypeError("fname need to be string")
    return files.parse(str(open_source(fname)[0], "utf-8", "replace"), Symbol, fname)
