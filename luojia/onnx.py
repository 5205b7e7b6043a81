"""``mx.onnx``: graphs and their parameters as ONNX files. ``contrib.onnx`` reads them."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ._src.core.dtypes import to_np
from ._src.core.symbol import Symbol
from ._src.errors import ArgumentError, DTypeError
from ._src.formats import onnx_file, onnx_write
from ._src.formats.onnx_trace import EMITTERS
from ._src.paths import open_paths, public_names
from .ndarray import load as load_arrays
from .symbol import load as load_symbol

__all__ = ["export_model", "get_operator_support"]
__dir__ = public_names(__name__)


def export_model(sym: Any, params: Any, in_shapes: Sequence | None = None, in_types: Any = np.float32,
                 onnx_file_path: str = "model.onnx", verbose: bool = False, dynamic: bool = False,
                 dynamic_input_shapes: Sequence | None = None, run_shape_inference: bool = False,
                 input_type: Any = None, input_shape: Sequence | None = None) -> str:
    """Write a graph with its parameters as an ONNX file, of operator set 13. Gives the file's name.

    Args:
        sym: a Symbol, or the name of its file; ``net.export`` writes one.
        params: arrays by name ('arg:' and 'aux:' in front or not), a list of such dicts, or the name of their file.
        in_shapes: the shape of each input, in the order of ``sym.list_inputs()``; labels are left out.
        in_types: the dtype of all inputs, or a list with that of each.
        onnx_file_path: where to write.
        verbose: log what is written.
        dynamic: leave lengths of the inputs open: those that ``dynamic_input_shapes`` gives as None or as words, by
            default the first of each. The graph is written for ``in_shapes``; what is open is meant for batches.
        run_shape_inference: accepted; the shapes of outputs are always written.
        input_type, input_shape: older names of in_types and in_shapes.

    Raises:
        NotSupportedError: an operator that is not written as ONNX; the message names it.
        ValueError: the shapes do not fit the inputs.

    >>> from luojia import nd, sym
    >>> graph = sym.FullyConnected(sym.var("data"), num_hidden=2, no_bias=True, name="fc")
    >>> export_model(graph, {"fc_weight": nd.ones((2, 3))}, [(1, 3)], onnx_file_path="fc.onnx")
    'fc.onnx'

    Matches ``mxnet.onnx.export_model``.
    """
    who = "onnx.export_model"
    graph = load_symbol(os.fspath(sym)) if isinstance(sym, (str, os.PathLike)) else sym
    if not isinstance(graph, Symbol):
        raise DTypeError(f"{who}: sym must be a Symbol or the name of its file, got {type(sym).__name__}.")
    values = _values(params, who)
    shapes = in_shapes if input_shape is None else input_shape
    types = in_types if input_type is None else input_type
    if shapes is None:
        raise ArgumentError(f"{who} needs in_shapes, the shape of each input.")
    names = _data_names(graph, values, len(shapes), who)
    types = list(types) if isinstance(types, (list, tuple)) else [types] * len(names)
    if len(types) != len(names):
        raise ArgumentError(f"{who}: the inputs are {names}, in_types has {len(types)} entries.")
    open_shapes = {}
    for i, name in enumerate(names):
        given = tuple(shapes[i])
        if dynamic_input_shapes is not None:
            given = tuple(dynamic_input_shapes[i])
        elif dynamic:
            given = (f"{name}_batch", *given[1:])
        open_shapes[name] = given
    arrays = {name: np.zeros(tuple(shapes[i]), to_np(types[i])) for i, name in enumerate(names)}
    model = onnx_write.of_symbol(who, graph._outputs, arrays, open_shapes, values)
    onnx_file.save(onnx_file_path, model)
    if verbose:
        logging.info("%s: %d nodes, %d arrays, written to %s", who, len(model.nodes), len(model.arrays), onnx_file_path)
    return onnx_file_path


def _values(params: Any, who: str) -> dict[str, np.ndarray]:
    if isinstance(params, (str, os.PathLike)):
        params = load_arrays(os.fspath(params))
    dicts = params if isinstance(params, (list, tuple)) else [params]
    if not all(isinstance(d, Mapping) for d in dicts):
        raise DTypeError(f"{who}: params must be a dict of arrays, a list of dicts or the name of a file, got "
                         f"{type(params).__name__}.")
    found = {}
    for d in dicts:
        for name, value in d.items():
            value = value.data() if hasattr(value, "list_data") else value
            found[name[4:] if name[:4] in ("arg:", "aux:") else name] = value.asnumpy()
    return found


def _data_names(graph: Any, values: Mapping[str, Any], count: int, who: str) -> list[str]:
    """The inputs that are no parameters; where there are more than ``count``, those that are no labels."""
    names = [n for n in graph.list_inputs() if n not in values]
    if len(names) > count:
        names = [n for n in names if not n.endswith("label")]
    if len(names) != count:
        raise ArgumentError(f"{who}: of the variables {graph.list_inputs()} params lacks {names}, but in_shapes has "
                            f"{count} shapes; give a shape for each input, and the parameters in params.")
    return names


def get_operator_support(opset_version: int | None = None) -> list[str]:
    """The operators that have a form of their own in ONNX; others are written as what they are composed of."""
    return sorted(EMITTERS)


open_paths(sys.modules[__name__])
