"""Networks whose convolutions and dense layers compute in 8-bit integers.

The inputs of such a layer are quantized, over a range found beforehand (calibrated) or at each call; its weights are
quantized once; its results are converted back, so that what lies between the layers stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from .. import ndarray, symbol
from .._src.core.symbol import Entry, SymNode, walk
from .._src.engine.devices import Context, cpu, current_context
from .._src.paths import public_names
from ..gluon.symbol_block import SymbolBlock
from ..io import DataBatch, DataIter
from ..ndarray import NDArray
from .calibration import Ranges, combine_histogram

__all__ = ["LayerOutputCollector", "calib_graph", "combine_histogram", "quantize_graph", "quantize_model",
           "quantize_model_mkldnn", "quantize_net", "quantize_net_v2"]
__dir__ = public_names(__name__)

_KEPT = {"Convolution": ("kernel", "stride", "dilate", "pad", "num_filter", "num_group", "layout"),
         "FullyConnected": ("num_hidden", "flatten")}
_LAYERS = {"Convolution": "quantized_conv", "FullyConnected": "quantized_fully_connected"}


def quantize_model(sym: Any, arg_params: dict[str, NDArray], aux_params: dict[str, NDArray],
                   data_names: Sequence[str] = ("data",), label_names: Sequence[str] | None = ("softmax_label",),
                   ctx: Context | None = None, excluded_sym_names: list[str] | None = None,
                   excluded_op_names: list[str] | None = None, calib_mode: str = "entropy",
                   calib_data: Any = None, num_calib_examples: int | None = None, quantized_dtype: str = "int8",
                   quantize_mode: str = "smart", quantize_granularity: str = "tensor-wise",
                   logger: Any = None) -> tuple[Any, dict[str, NDArray], dict[str, NDArray]]:
    """A symbol and its parameters with the convolutions and dense layers in 8-bit integers.

    Args:
        sym, arg_params, aux_params: the network.
        data_names: the names of its inputs.
        excluded_sym_names, excluded_op_names: layers, and operators, that stay as they are.
        calib_mode: 'none' (ranges are found at each call), 'naive' (the least and the greatest value in
            ``calib_data``) or 'entropy' (the thresholds at which these values are best cut).
        calib_data: a DataIter. num_calib_examples: how many of its samples to read; all by default.
        quantized_dtype: 'int8', or 'uint8' and 'auto', which take uint8 for calibrated inputs without negative values.

    Returns:
        The symbol, its parameters (weights as ``<name>_quantize``, ``<name>_quantize_min``, ``<name>_quantize_max``),
        and ``aux_params``.

    Matches ``mxnet.contrib.quantization.quantize_model``, but that only convolutions and dense layers are quantized.
    """
    _check(excluded_sym_names, excluded_op_names, calib_mode, quantized_dtype)
    if ctx is not None and not isinstance(ctx, Context):
        raise ValueError(f"currently only supports single ctx, while received {ctx}")
    batches = None
    if calib_mode != "none":
        if calib_data is None:
            raise ValueError(f"calib_data must be provided when calib_mode={calib_mode}")
        if not isinstance(calib_data, DataIter):
            raise ValueError(f"calib_data must be of DataIter type when calib_mode={calib_mode}, while received type "
                             f"{type(calib_data)}")
        batches = _batches(calib_data, len(data_names))
    found, params = _quantized(sym, arg_params, aux_params, list(data_names), batches, num_calib_examples, calib_mode,
                               quantized_dtype, excluded_sym_names or (), excluded_op_names or ())
    return found, params, aux_params


quantize_model_mkldnn = quantize_model


def quantize_net(network: Any, quantized_dtype: str = "auto", quantize_mode: str = "full",
                 exclude_layers: list[str] | None = None, exclude_layers_match: list[str] | None = None,
                 exclude_operators: list[str] | None = None, calib_data: Any = None, data_shapes: Any = None,
                 calib_mode: str = "none", num_calib_examples: int | None = None, ctx: Context | None = None,
                 logger: Any = None, **ignored: Any) -> SymbolBlock:
    """A network with its convolutions and dense layers in 8-bit integers.

    Args:
        network: a HybridBlock.
        quantized_dtype, calib_mode, num_calib_examples: see ``quantize_model``.
        exclude_layers, exclude_operators: the names of layers in the graph, and of operators, that stay as they are.
        exclude_layers_match: parts of such names.
        calib_data: a DataLoader or a DataIter.
        data_shapes: the shapes of the inputs, where there is no ``calib_data``.

    Matches ``mxnet.contrib.quantization.quantize_net``, but that only convolutions and dense layers are quantized.

    >>> from luojia import nd
    >>> from luojia.gluon import nn
    >>> net = nn.Dense(2, in_units=3)
    >>> net.initialize()
    >>> type(quantize_net(net, data_shapes=[(1, 3)])).__name__
    'SymbolBlock'
    """
    _check(exclude_layers, exclude_operators, calib_mode, quantized_dtype)
    context = current_context() if ctx is None else ctx
    if calib_mode != "none" and calib_data is None:
        raise ValueError(f"calib_data must be provided when calib_mode={calib_mode}")
    if data_shapes is not None:
        inputs = [ndarray.zeros(tuple(getattr(s, "shape", s)), ctx=context) for s in data_shapes]
    elif calib_data is not None:
        inputs = _fitting(network, next(iter(_batches(calib_data, None))), context)
    else:
        raise ValueError("data_shapes required")
    network(*inputs)
    graph = network._get_graph(*inputs)
    params = {name: p.data(context) for name, p in graph.params.items()} | dict(graph.constants)
    auxiliary = set(graph.symbol.list_auxiliary_states())
    excluded = list(exclude_layers or ())
    if exclude_layers_match:
        excluded += [node.name for node in walk(graph.symbol._outputs)
                     if any(part in node.name for part in exclude_layers_match)]
    found, arrays = _quantized(
        graph.symbol, {k: v for k, v in params.items() if k not in auxiliary},
        {k: v for k, v in params.items() if k in auxiliary}, graph.names,
        None if calib_data is None else _batches(calib_data, len(inputs)), num_calib_examples, calib_mode,
        quantized_dtype, excluded, exclude_operators or ())
    block = SymbolBlock(found, [symbol.var(name) for name in graph.names])
    arrays |= {k: v for k, v in params.items() if k in auxiliary}
    for name, p in block.collect_params().items():
        p._load_init(arrays[name], context, cast_dtype=True, dtype_source="saved")
    return block


quantize_net_v2 = quantize_net


class LayerOutputCollector:
    """Collects the ranges of the arrays that quantized layers read; ``collect`` is an executor's monitor callback.

    Args:
        wanted: which array is meant by the names that an executor tells.
        entropy: whether ranges end at the best thresholds, instead of at the least and the greatest value.
    """

    def __init__(self, wanted: dict[str, str], entropy: bool) -> None:
        self.wanted, self.ranges = wanted, Ranges(entropy)

    def collect(self, name: str | bytes, arr: NDArray) -> None:
        """Take an array in, if a quantized layer reads it."""
        name = name.decode() if isinstance(name, bytes) else name
        if name in self.wanted:
            self.ranges.add(self.wanted[name], arr.asnumpy())

    @property
    def min_max_dict(self) -> dict[str, tuple[float, float]]:
        """The ranges, by the names of arrays."""
        return self.ranges.found()


def quantize_graph(sym: Any, arg_params: dict[str, NDArray], aux_params: dict[str, NDArray], ctx: Context | None = None,
                   excluded_sym_names: list[str] | None = None, excluded_op_names: list[str] | None = None,
                   calib_mode: str = "entropy", quantized_dtype: str = "int8", quantize_mode: str = "full",
                   quantize_granularity: str = "tensor-wise", LayerOutputCollector: Any = None,
                   logger: Any = None) -> tuple[Any, dict[str, NDArray], dict[str, NDArray], Any]:
    """A symbol and its parameters with the layers in 8-bit integers, not calibrated yet, and a collector of ranges.

    Run the original symbol's executor on some data with ``set_monitor_callback(collector.collect, monitor_all=True)``,
    then hand all to ``calib_graph``.

    Args:
        calib_mode: 'naive', 'entropy', 'none', or 'customize' for a ``LayerOutputCollector`` of one's own, an object
            with ``collect(name, array)`` and ``min_max_dict``.
        sym, arg_params, aux_params, excluded_sym_names, excluded_op_names, quantized_dtype: see ``quantize_model``.

    Returns:
        (symbol, parameters, aux_params, collector); the collector is None for 'none'.

    Raises:
        ValueError: another mode or dtype, or several devices.

    >>> import luojia as mx
    >>> net = mx.sym.FullyConnected(mx.sym.var("data"), num_hidden=1, no_bias=True, name="fc")
    >>> params = {"fc_weight": mx.nd.array([[0.5, -1.0]])}
    >>> quantized, arrays, aux, collector = quantize_graph(net, params, {}, calib_mode="naive")
    >>> run = net.bind(mx.cpu(), {**params, "data": mx.nd.array([[1.0, 2.0]])})
    >>> run.set_monitor_callback(collector.collect, monitor_all=True)
    >>> _ = run.forward()
    >>> quantized, arrays, aux = calib_graph(quantized, arrays, aux, collector, "naive")
    >>> collector.min_max_dict
    {'data': (1.0, 2.0)}
    >>> float(quantized.eval(data=mx.nd.array([[1.0, 2.0]]), **arrays)[0].asnumpy().round(1)[0, 0])
    -1.5

    Matches ``mxnet.contrib.quantization.quantize_graph``, but that only convolutions and dense layers are quantized.
    """
    _check(excluded_sym_names, excluded_op_names, "none" if calib_mode == "customize" else calib_mode, quantized_dtype)
    if ctx is not None and not isinstance(ctx, Context):
        raise ValueError(f"currently only supports single ctx, while received {ctx}")
    excluded, operators = excluded_sym_names or (), excluded_op_names or ()
    found, params = _quantized(sym, arg_params, aux_params, [], None, None, "none", quantized_dtype, excluded,
                                operators)
    if calib_mode == "none":
        return found, params, aux_params, None
    if calib_mode == "customize":
        if not callable(getattr(LayerOutputCollector, "collect", None)):
            raise ValueError("calib_mode='customize' needs a LayerOutputCollector with collect(name, array), got "
                             f"{type(LayerOutputCollector).__name__}")
        return found, params, aux_params, LayerOutputCollector
    wanted = {}
    for node in _layers(sym, arg_params, excluded, operators):
        source = _name(node.inputs[0])
        wanted.update({source: source, f"{node.name}_data": source})
    return found, params, aux_params, _Collector(wanted, calib_mode == "entropy")


_Collector = LayerOutputCollector  # an argument has the class's name


def calib_graph(qsym: Any, arg_params: dict[str, NDArray], aux_params: dict[str, NDArray], collector: Any,
                calib_mode: str = "entropy", quantized_dtype: str = "int8",
                logger: Any = None) -> tuple[Any, dict[str, NDArray], dict[str, NDArray]]:
    """What ``quantize_graph`` gave, its layers' inputs quantized over the ranges that the collector has seen.

    Returns:
        (symbol, parameters, aux_params).

    Raises:
        ValueError: another mode, or 'none'; a collector that has seen nothing.

    Matches ``mxnet.contrib.quantization.calib_graph``.
    """
    _check(None, None, "none" if calib_mode == "customize" else calib_mode, quantized_dtype)
    if calib_mode == "none":
        raise ValueError("please set calibration mode to naive or entropy.")
    ranges = dict(getattr(collector, "min_max_dict", None) or {})
    if not ranges:
        raise ValueError("calib_graph: the collector has seen no arrays; run the original symbol's executor on data "
                         "after set_monitor_callback(collector.collect, monitor_all=True)")
    cls, new = type(qsym), {}
    for node in walk(qsym._outputs):
        args = tuple([Entry(new[id(a.node)], a.index) if a.__class__ is Entry else a for a in node.args])
        known = node.kind == "_contrib_quantize_v2" and ranges.get(_name(node.inputs[0]))
        if known:
            made = symbol.contrib.quantize_v2(cls([args[0]]), name=node.name, **_kind(known, quantized_dtype))
            new[id(node)] = made._outputs[0].node
        elif node.op is None:
            new[id(node)] = node
        else:
            new[id(node)] = SymNode(node.name, node.op, node.kind, args, node.attrs, dict(node.given),
                                    dict(node.extra), node.count, node.order, node.late)
    return cls([Entry(new[id(e.node)], e.index) for e in qsym._outputs]), arg_params, aux_params


def _kind(ends: tuple[float, float], dtype: str) -> dict[str, Any]:
    """How a calibrated array is quantized."""
    low, high = ends
    unsigned = dtype != "int8" and low >= 0
    return {"out_type": "uint8" if unsigned else "int8", "min_calib_range": 0.0 if unsigned else low,
            "max_calib_range": high}


def _check(layers: Any, operators: Any, calib_mode: str, dtype: str) -> None:
    for what, names, of in (("excluded_sym_names", layers, "symbols"), ("excluded_op_names", operators, "operators")):
        if names is not None and not isinstance(names, (list, tuple, set)):
            raise ValueError(f"{what} must be a list of strings representing the names of the {of} that will not be "
                             f"quantized, while received type {type(names)}")
    if calib_mode not in ("none", "naive", "entropy"):
        raise ValueError(f"unknown calibration mode {calib_mode} received, expected `none`, `naive`, or `entropy`")
    if dtype not in ("int8", "uint8", "auto"):
        raise ValueError(f"unknown quantized_dtype {dtype} received, expected `int8`, `uint8` or `auto`")


def _batches(data: Any, count: int | None) -> Iterable[list[NDArray]]:
    """The inputs in each batch of a DataIter, a DataLoader or an array: the first ``count`` arrays."""
    if isinstance(data, NDArray):
        data = [data]
    elif isinstance(data, DataIter):
        data.reset()
    for batch in data:
        arrays = batch.data if isinstance(batch, DataBatch) else batch if isinstance(batch, (list, tuple)) else [batch]
        yield list(arrays[:count])


def _fitting(network: Any, batch: list[NDArray], ctx: Context) -> list[NDArray]:
    """The inputs among the arrays of a batch, whose last ones may be labels."""
    arrays = [a.as_in_context(ctx) for a in batch]
    for count in (max(1, len(arrays) - 1), len(arrays)):
        try:
            network(*arrays[:count])
            return arrays[:count]
        except (TypeError, ValueError):
            if count == len(arrays):
                raise
    return arrays


def _quantized(sym: Any, arg_params: dict, aux_params: dict, data_names: list[str], batches: Any, examples: int | None,
               mode: str, dtype: str, excluded: Any, operators: Any) -> tuple[Any, dict[str, NDArray]]:
    layers = _layers(sym, arg_params, excluded, operators)
    ranges: dict[str, tuple[float, float]] = {}
    if mode != "none" and batches is not None:
        wanted = [_name(node.inputs[0]) for node in layers]
        ranges = _calibrate(sym, {**arg_params, **aux_params}, data_names, batches, examples,
                            list(dict.fromkeys(wanted)), mode == "entropy")
    found, arrays = _rewritten(sym, {id(node) for node in layers}, ranges, arg_params, dtype)
    used = set(found.list_inputs())
    return found, {k: v for k, v in {**arg_params, **arrays}.items() if k in used}


def _layers(sym: Any, arg_params: dict, excluded: Any, operators: Any) -> list[SymNode]:
    """The layers of a graph that can be quantized, and shall be."""
    return [node for node in walk(sym._outputs)
            if node.kind in _LAYERS and node.kind not in operators and node.name not in excluded
            and all(e.node.op is None and e.node.name in arg_params for e in node.inputs[1:])]


def _name(entry: Entry) -> str:
    return entry.node.output_name(entry.index)


def _calibrate(sym: Any, params: dict, data_names: list[str], batches: Iterable, examples: int | None,
               wanted: list[str], entropy: bool) -> dict[str, tuple[float, float]]:
    """The ranges of the arrays ``wanted`` over the batches."""
    internals = sym.get_internals()
    inner = [name for name in wanted if name not in data_names]
    group = symbol.Group([internals[name] for name in inner]) if inner else None
    needed = set(group.list_inputs()) if group is not None else set()
    ranges, count = Ranges(entropy), 0
    for batch in batches:
        given = dict(zip(data_names, batch))
        found = dict(zip(inner, group.eval(**{k: v for k, v in {**params, **given}.items() if k in needed}))
                     if group is not None else ())
        for name in wanted:
            ranges.add(name, (given[name] if name in given else found[name]).asnumpy())
        count += len(batch[0])
        if examples is not None and count >= examples:
            break
    return ranges.found()


def _rewritten(sym: Any, layers: set[int], ranges: dict[str, tuple[float, float]], params: dict,
               dtype: str) -> tuple[Any, dict[str, NDArray]]:
    """The graph with the nodes ``layers`` in integers, and the quantized parameters."""
    cls, new = type(sym), {}
    quantized: dict[tuple, Any] = {}
    arrays: dict[str, NDArray] = {}

    def moved(entry: Entry) -> Entry:
        target = new[id(entry.node)]
        return target if target.__class__ is Entry else Entry(target, entry.index)

    def integers(entry: Entry) -> Any:
        """The data of a layer as integers with their range, made once however many layers read it."""
        key = id(entry.node), entry.index
        if key not in quantized:
            how: dict[str, Any] = {"out_type": "int8"}
            if _name(entry) in ranges:
                how = _kind(ranges[_name(entry)], dtype)
            quantized[key] = symbol.contrib.quantize_v2(cls([moved(entry)]), name=f"{entry.node.name}_quantize", **how)
        return quantized[key]

    def parameter(name: str) -> list[Any]:
        """Variables of a quantized parameter and the ends of its range."""
        names = [f"{name}_quantize{end}" for end in ("", "_min", "_max")]
        if names[0] not in arrays:
            arrays.update(zip(names, ndarray.contrib.quantize_v2(params[name].as_in_context(cpu()), out_type="int8")))
        return [symbol.var(n, shape=arrays[n].shape, dtype=arrays[n].dtype) for n in names]

    for node in walk(sym._outputs):
        if id(node) in layers:
            data, *others = node.inputs
            data = integers(data)
            held = [parameter(entry.node.name) for entry in others]
            named = dict(zip(("min_data", "max_data", "min_weight", "max_weight", "min_bias", "max_bias"),
                             [data[1], data[2], *[end for _, *ends in held for end in ends]]))
            given = {k: v for k, v in node.given.items() if k in _KEPT[node.kind]}
            out = getattr(symbol.contrib, _LAYERS[node.kind])(
                data[0], *[values for values, *_ in held], no_bias=len(held) == 1, name=f"quantized_{node.name}",
                **named, **given)
            back = symbol.contrib.dequantize(out[0], out[1], out[2], name=f"{node.name}_dequantize")
            new[id(node)] = back._outputs[0]
        elif node.op is None:
            new[id(node)] = node
        else:
            args = tuple([moved(a) if a.__class__ is Entry else a for a in node.args])
            new[id(node)] = SymNode(node.name, node.op, node.kind, args, node.attrs, dict(node.given),
                                    dict(node.extra), node.count, node.order, node.late)
    return cls([moved(e) for e in sym._outputs]), arrays
