"""Graphs and networks converted to mixed precision: casts are put in front of what computes in another one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .. import symbol as symbols
from .._src.core.symbol import Entry, Symbol, SymNode, walk
from .._src.engine.devices import current_context
from .._src.errors import GraphError
from ..gluon.block import HybridBlock
from ..gluon.symbol_block import SymbolBlock
from ..ndarray import NDArray
from . import amp

Conditions = Sequence[tuple[str, str, Sequence[str]]] | None
_FULL = "float32"
_NUMBERS = {"float32": "0", "float16": "2", "bfloat16": "12"}


def convert_symbol(sym: Any, target_dtype: str = "float16", target_dtype_ops: Sequence[str] | None = None,
                   fp32_ops: Sequence[str] | None = None, conditional_fp32_ops: Conditions = None,
                   excluded_sym_names: Sequence[str] | None = None, data_names: Sequence[str] | None = None,
                   cast_optional_params: bool = False) -> Any:
    """The graph with its convolutions, dense layers and recurrences in half precision, and float32 outputs.

    Args:
        sym: a Symbol.
        target_dtype: 'float16' or 'bfloat16'.
        target_dtype_ops, fp32_ops: the operators for the half and the full precision, in place of
            ``list_lp16_ops()`` and ``list_fp32_ops()``.
        conditional_fp32_ops: (operator, parameter, values) for which it computes in float32.
        excluded_sym_names: nodes that stay in float32.
        data_names: the inputs, which are float32; by default those that no node names as its parameter.
        cast_optional_params: parameters that go to operators in half precision alone are of it themselves.

    Raises:
        AssertionError: no Symbol, another dtype, lists that are none or that share operators.

    >>> from luojia import sym
    >>> graph = convert_symbol(sym.FullyConnected(sym.var("x"), num_hidden=2, name="fc"))
    >>> graph.list_outputs()
    ['fc_output_amp_cast_float32_output']

    Matches ``mxnet.contrib.amp.convert_symbol``.
    """
    _expect(isinstance(sym, Symbol), "First argument to convert_symbol should be Symbol")
    _expect(target_dtype in ("float16", "bfloat16"), "Only target_dtype float16 and bfloat16 are supported currently")
    lists = {"target_dtype_ops": target_dtype_ops, "fp32_ops": fp32_ops, "excluded_sym_names": excluded_sym_names}
    for name, given in lists.items():
        _expect(given is None or isinstance(given, (list, tuple)) and all(isinstance(n, str) for n in given),
                f"{name} should be a list of strs")
    _expect(conditional_fp32_ops is None or isinstance(conditional_fp32_ops, (list, tuple)),
            "conditional_fp32_ops should be a list")
    low = set(amp.list_lp16_ops(target_dtype) if target_dtype_ops is None else target_dtype_ops)
    full = set(amp.list_fp32_ops(target_dtype) if fp32_ops is None else fp32_ops)
    if target_dtype_ops is not None and fp32_ops is not None:
        _expect(not low & full, "Ops cannot be in two or more lists. Common ops in target_dtype_ops and fp32_ops "
                                f"{low & full}")
    low, full = (low - full, full) if fp32_ops is not None else (low, full - low)
    conditions = amp.list_conditional_fp32_ops(target_dtype) if conditional_fp32_ops is None else conditional_fp32_ops
    excluded = set(excluded_sym_names or ())
    widest = set(amp.list_widest_type_cast(target_dtype)) - low - full

    def precision(node: SymNode) -> str | None:
        """The dtype that a node computes in, 'widest', or None for that of its inputs."""
        if node.name in excluded or node.kind in full:
            return _FULL
        given = node.strings()
        if any(node.kind == kind and given.get(parameter) in values for kind, parameter, values in conditions):
            return _FULL
        return target_dtype if node.kind in low else "widest" if node.kind in widest else None

    return _Converted(sym, precision, target_dtype, set(data_names or ()), cast_optional_params).symbol


def _expect(fits: bool, message: str) -> None:
    if not fits:
        raise AssertionError(message)


class _Converted:
    """One graph with casts."""

    def __init__(self, graph: Any, precision: Callable, half: str, data: set[str], optional: bool) -> None:
        self.cls, self.half, self.data = type(graph), half, data
        self.new: dict[int, Any] = {}
        self.dtypes: dict[tuple[int, int], str] = {}  # of the new nodes' outputs, as far as they are known
        self.casts: dict[tuple, Entry] = {}
        nodes = walk(graph._outputs)
        whole = self._halved(nodes, precision, data) if optional else set()
        for node in nodes:
            if node.op is None:
                self._variable(node, node.name in whole)
            else:
                self._node(node, precision(node))
        heads = [self.cast(self.moved(e), _FULL) for e in graph._outputs]
        self.symbol = self.cls(heads)

    def _halved(self, nodes: list[SymNode], precision: Callable, data: set[str]) -> set[str]:
        """The names of the parameters that only operators in half precision take."""
        takers: dict[str, set[str | None]] = {}
        for node in nodes:
            for i, entry in enumerate(node.inputs if node.op is not None else ()):
                if entry.node.op is None and entry.node.name not in data:
                    takers.setdefault(entry.node.name, set()).add(precision(node) if i else None)
        return {name for name, found in takers.items() if found == {self.half}}

    def moved(self, entry: Entry) -> Entry:
        return Entry(self.new[id(entry.node)], entry.index)

    def cast(self, entry: Entry, dtype: str) -> Entry:
        """An entry in ``dtype``, made once however many nodes take it."""
        if self.dtypes.get((id(entry.node), entry.index), _FULL) == dtype:
            return entry
        key = id(entry.node), entry.index, dtype
        if key not in self.casts:
            name = f"{entry.node.output_name(entry.index)}_amp_cast_{dtype}"
            [made] = symbols.amp_cast(self.cls([entry]), dtype=dtype, name=name)._outputs
            self.casts[key] = made
            self.dtypes[id(made.node), 0] = dtype
        return self.casts[key]

    def _variable(self, node: SymNode, halved: bool) -> None:
        made = node
        if halved or self.data and node.name not in self.data:
            made = SymNode(node.name, extra={**node.extra, "__dtype__": _NUMBERS[self.half if halved else _FULL]})
        self.new[id(node)] = made
        self.dtypes[id(made), 0] = self.half if halved else _FULL

    def _node(self, node: SymNode, dtype: str | None) -> None:
        places = [i for i, a in enumerate(node.args) if a.__class__ is Entry]
        entries = {i: self.moved(node.args[i]) for i in places}
        taken = [i for i in places if i not in node.aux]
        known = {self.dtypes.get((id(entries[i].node), entries[i].index), _FULL) for i in taken}
        if dtype == "widest":
            dtype = _FULL if len(known) > 1 else None
        if dtype is not None:
            entries |= {i: self.cast(entries[i], dtype) for i in taken}
        args = tuple([entries.get(i, a) for i, a in enumerate(node.args)])
        made = SymNode(node.name, node.op, node.kind, args, node.attrs, dict(node.given), dict(node.extra), node.count,
                       node.order, node.late)
        self.new[id(node)] = made
        first = self.dtypes.get((id(entries[taken[0]].node), entries[taken[0]].index), _FULL) if taken else _FULL
        for i in range(node.count):
            self.dtypes[id(made), i] = first if dtype is None else dtype


def convert_model(sym: Any, arg_params: dict[str, NDArray], aux_params: dict[str, NDArray],
                  target_dtype: str = "float16", target_dtype_ops: Sequence[str] | None = None,
                  fp32_ops: Sequence[str] | None = None, conditional_fp32_ops: Conditions = None,
                  excluded_sym_names: Sequence[str] | None = None, cast_optional_params: bool = False
                  ) -> tuple[Any, dict[str, NDArray], dict[str, NDArray]]:
    """A graph and its parameters in mixed precision: see ``convert_symbol``.

    Gives the graph, its parameters (those in half precision where ``cast_optional_params``) and ``aux_params``.

    Matches ``mxnet.contrib.amp.convert_model``.
    """
    _expect(isinstance(sym, Symbol), "First argument to convert_model should be Symbol")
    _expect(isinstance(arg_params, dict), "Second argument to convert_model should be a dict of name to ndarray")
    _expect(isinstance(aux_params, dict), "Third argument to convert_model should be a dict of name to ndarray")
    data = [n for n in sym.list_inputs() if n not in arg_params and n not in aux_params]
    found = convert_symbol(sym, target_dtype, target_dtype_ops, fp32_ops, conditional_fp32_ops, excluded_sym_names,
                           data, cast_optional_params)
    half = _halves(found)
    return found, {n: a.astype(target_dtype) if n in half else a for n, a in arg_params.items()}, dict(aux_params)


def _halves(graph: Any) -> set[str]:
    """The names of a converted graph's variables that are of half precision."""
    return {n.name for n in walk(graph._outputs) if n.op is None and n.extra.get("__dtype__") in ("2", "12")}


def convert_hybrid_block(block: Any, target_dtype: str = "float16", target_dtype_ops: Sequence[str] | None = None,
                         fp32_ops: Sequence[str] | None = None, conditional_fp32_ops: Conditions = None,
                         excluded_sym_names: Sequence[str] | None = None, ctx: Any = None,
                         cast_optional_params: bool = False) -> SymbolBlock:
    """A hybridized network that has run, as a SymbolBlock in mixed precision on ``ctx`` (by default the current
    device; MXNet's default is ``gpu(0)``): see ``convert_symbol``.

    Raises:
        AssertionError: no HybridBlock. RuntimeError: it is not hybridized, or has not run yet.

    >>> from luojia import nd
    >>> from luojia.gluon import nn
    >>> net = nn.Dense(2, in_units=3)
    >>> net.initialize()
    >>> net.hybridize()
    >>> before = net(nd.ones((1, 3)))
    >>> convert_hybrid_block(net)(nd.ones((1, 3))).dtype.__name__
    'float32'

    Matches ``mxnet.contrib.amp.convert_hybrid_block``.
    """
    _expect(isinstance(block, HybridBlock), "block input should be a HybridBlock")
    graph = next(iter(block._graphs.values()), None)
    if graph is None:
        raise GraphError("amp.convert_hybrid_block: Please first call block.hybridize() and then run forward with this "
                         "block at least once before calling it.")
    found = convert_symbol(graph.symbol, target_dtype, target_dtype_ops, fp32_ops, conditional_fp32_ops,
                           excluded_sym_names, graph.names, cast_optional_params)
    context = current_context() if ctx is None else ctx
    half = _halves(found)
    values = {name: p.data() for name, p in graph.params.items()} | dict(graph.constants)
    made = SymbolBlock(found, [symbols.var(name) for name in graph.names])
    for name, p in made.collect_params().items():
        if name in half:
            p.cast(target_dtype)
        p._load_init(values[name].astype(target_dtype) if name in half else values[name], context, cast_dtype=True,
                     dtype_source="saved")
    return made


__all__ = ["convert_hybrid_block", "convert_model", "convert_symbol"]
