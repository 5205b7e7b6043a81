"""``mx.contrib.onnx``: ONNX files as graphs and networks; ``export_model``, as in ``mx.onnx``, writes them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import symbol as sym
from .._src.core.symbol import Symbol
from .._src.errors import FormatError, MXNetError, NotSupportedError
from .._src.formats import onnx_file
from .._src.formats.onnx_file import Model, Node
from .._src.paths import open_paths, public_names
from ..gluon.symbol_block import SymbolBlock
from ..ndarray import NDArray, array
from ..onnx import export_model
from . import onnx_layers, onnx_shapes  # noqa: F401 - register how nodes are read
from .onnx_nodes import READERS, Given

__all__ = ["export_model", "get_model_metadata", "import_model", "import_to_gluon"]
__dir__ = public_names(__name__)

_AUXILIARY = {"BatchNormalization": (3, 4)}


def import_model(model_file: str | os.PathLike) -> tuple[Any, dict[str, NDArray], dict[str, NDArray]]:
    """The graph of an ONNX file and its parameters: ``sym, arg_params, aux_params``.

    Raises:
        NotSupportedError: a node of a type that is not read, or one whose shape depends on the inputs' values.
        FormatError: the file is no ONNX file, or damaged.

    >>> from luojia import nd, onnx
    >>> graph = sym.FullyConnected(sym.var("data"), num_hidden=2, no_bias=True, name="fc")
    >>> _ = onnx.export_model(graph, {"fc_weight": nd.ones((2, 3))}, [(1, 3)], onnx_file_path="fc.onnx")
    >>> graph, arg_params, aux_params = import_model("fc.onnx")
    >>> graph.list_arguments(), arg_params["fc_weight"].shape
    (['data', 'fc_weight'], (2, 3))

    Matches ``mxnet.contrib.onnx.import_model``.
    """
    return _Import(onnx_file.load(model_file)).run()


def get_model_metadata(model_file: str | os.PathLike) -> dict[str, list[tuple]]:
    """The names and shapes of a file's inputs and outputs, under 'input_tensor_data' and 'output_tensor_data'."""
    model = onnx_file.load(model_file)
    return {"input_tensor_data": [(v.name, v.shape) for v in model.inputs if v.name not in model.arrays],
            "output_tensor_data": [(v.name, v.shape) for v in model.outputs]}


def import_to_gluon(model_file: str | os.PathLike, ctx: Any) -> SymbolBlock:
    """A file's network as a SymbolBlock, with its parameters on ``ctx``, a device or a list of them."""
    graph, args, states = import_model(model_file)
    known = args | states
    block = SymbolBlock(graph, [sym.var(n) for n in graph.list_inputs() if n not in known])
    for name, parameter in block.collect_params().items():
        parameter._load_init(known[name], ctx, cast_dtype=True, dtype_source="saved")
    return block


class _Import:
    """One file, as it is read."""

    def __init__(self, model: Model) -> None:
        self.model, self.opset = model, model.opset
        self.values: dict[str, Any] = dict(model.arrays)
        self.params: dict[str, np.ndarray] = {}
        self.variables: dict[str, Symbol] = {}
        self.states: set[str] = set()
        self.shapes = {v.name: tuple([n if isinstance(n, int) and n > 0 else 1 for n in v.shape]) for v in model.inputs
                       if v.name not in model.arrays}

    def run(self) -> tuple[Any, dict[str, NDArray], dict[str, NDArray]]:
        for v in self.model.inputs:
            if v.name not in self.values:
                self.values[v.name] = sym.var(v.name, dtype=v.dtype if v.dtype != "float32" else None)
        for node in self.model.nodes:
            self._read(node)
        outputs = [self._output(v.name) for v in self.model.outputs]
        graph = outputs[0] if len(outputs) == 1 else sym.Group(outputs)
        used = set(graph.list_inputs())
        arrays = {name: array(a, dtype=a.dtype) for name, a in self.params.items() if name in used}
        states = set(graph.list_auxiliary_states())
        return (graph, {n: a for n, a in arrays.items() if n not in states},
                {n: a for n, a in arrays.items() if n in states})

    def _output(self, name: str) -> Any:
        value = self.values[name]
        return self.parameter(name, value) if isinstance(value, np.ndarray) else value

    def _read(self, node: Node) -> None:
        missing = [n for n in node.inputs if n and n not in self.values]
        if missing:
            raise FormatError(f"onnx.import_model: the node {node.name!r} takes {missing[0]!r}, which no node gives.")
        given = Given(self, node, [self.values[n] if n else None for n in node.inputs])
        found = _known(given) if node.op in _KNOWN else None
        if found is None:
            reader = READERS.get(node.op) if node.domain in ("", "ai.onnx") else None
            if reader is None:
                kinds = ", ".join(sorted({*READERS, *_KNOWN}))
                raise NotSupportedError(f"onnx.import_model: nodes of type {node.op!r} ({node.domain or 'ai.onnx'}) "
                                        f"are not read; those that are: {kinds}.")
            found = reader(given)
        for name, value in zip(node.outputs, found if isinstance(found, list) else [found]):
            self.values[name] = value

    def parameter(self, name: str, value: np.ndarray) -> Any:
        """The variable of an array of the file; of one array in several forms, several."""
        key, value = name, np.atleast_1d(value)  # graphs have no arrays without axes
        while key in self.params and not (self.params[key].shape == value.shape
                                          and np.array_equal(self.params[key], value)):
            key += "_"
        if key not in self.variables:
            self.params[key] = np.ascontiguousarray(value)
            self.variables[key] = sym.var(key, shape=value.shape, dtype=value.dtype)
        return self.variables[key]

    def shape(self, x: Any, given: Given) -> tuple[int, ...]:
        """The shape of a Symbol, for inputs of the shapes that the file names; open lengths count as 1."""
        known = {n: self.shapes[n] for n in x.list_inputs() if n in self.shapes}
        try:
            _, [shape], _ = x.infer_shape(**known)
        except MXNetError as e:
            raise given.fail(f"its input's shape is not known ({e})") from e
        return tuple(shape)


# -- what is known when the file is read -------------------------------------------------------------------------------


def _constant(given: Given) -> Any:
    for name, dtype in (("value", None), ("value_float", "float32"), ("value_int", "int64"),
                        ("value_floats", "float32"), ("value_ints", "int64")):
        if name in given.attrs:
            return np.asarray(given.attrs[name], dtype)
    raise given.fail("a constant of this kind is not read")


def _shape(given: Given) -> Any:
    start, end = given.attrs.get("start", 0), given.attrs.get("end")
    return np.array(given.shape()[start:end], np.int64)


def _sliced(given: Given) -> Any:
    x = given.inputs[0]
    starts, ends = given.ints("starts", 1), given.ints("ends", 2)
    axes, steps = given.ints("axes", 3, list(range(len(starts)))), given.ints("steps", 4, [1] * len(starts))
    index = [slice(None)] * x.ndim
    for a, begin, end, step in zip(axes, starts, ends, steps):
        index[a] = slice(begin, end if step > 0 or end >= -x.shape[a] else None, step)
    return x[tuple(index)]


def _squeezed(given: Given) -> Any:
    axes = given.ints("axes", 1)
    return np.squeeze(given.inputs[0], None if axes is None else tuple(axes))


def _reshaped(given: Given) -> Any:
    x = given.inputs[0]
    shape = given.ints("shape", 1)
    return x.reshape([n if n or given.attrs.get("allowzero") else x.shape[i] for i, n in enumerate(shape)])


_KNOWN: dict[str, Callable] = {
    "Constant": _constant, "Shape": _shape, "Slice": _sliced, "Squeeze": _squeezed,
    "Size": lambda g: np.array(np.prod(g.shape()), np.int64),
    "ConstantOfShape": lambda g: np.full(g.inputs[0], np.asarray(g.attrs.get("value", np.float32(0))).reshape(-1)[0]),
    "Range": lambda g: np.arange(*[x.item() for x in g.inputs], dtype=g.inputs[0].dtype),
    "Gather": lambda g: np.take(*g.inputs, axis=g.attrs.get("axis", 0)),
    "Concat": lambda g: np.concatenate([np.atleast_1d(x) for x in g.inputs], g.attrs["axis"]),
    "Unsqueeze": lambda g: np.expand_dims(g.inputs[0], tuple(g.ints("axes", 1))),
    "Cast": lambda g: g.inputs[0].astype(onnx_file.type_name(g.attrs["to"])),
    "Reshape": _reshaped, "Identity": lambda g: g.inputs[0],
    "Transpose": lambda g: np.transpose(g.inputs[0], g.attrs.get("perm")),
    "Add": lambda g: np.add(*g.inputs), "Sub": lambda g: np.subtract(*g.inputs),
    "Mul": lambda g: np.multiply(*g.inputs),
    "Div": lambda g: np.divide(*g.inputs) if g.inputs[0].dtype.kind == "f" else np.floor_divide(*g.inputs),
    "Neg": lambda g: -g.inputs[0], "Sqrt": lambda g: np.sqrt(g.inputs[0]), "Equal": lambda g: np.equal(*g.inputs),
    "Where": lambda g: np.where(*g.inputs), "Expand": lambda g: g.inputs[0] * np.ones(g.inputs[1], g.inputs[0].dtype),
}


def _known(given: Given) -> Any:
    """What a node gives where its inputs are known arrays; None where they are not."""
    if given.node.op not in ("Constant", "Shape", "Size") and not all(isinstance(x, np.ndarray) for x in given.inputs
                                                                     if x is not None):
        return None
    return np.asarray(_KNOWN[given.node.op](given))


open_paths(sys.modules[__name__])
