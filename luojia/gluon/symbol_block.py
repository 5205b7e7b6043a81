"""SymbolBlock: a graph as a Block."""

from __future__ import annotations

import os
from typing import Any

from .._src.core.open_shapes import has_open, settled
from .._src.core.symbol import Symbol
from .._src.core.tensor import Tensor
from .._src.errors import ArgumentError, FormatError
from .hybrid_block import HybridBlock, _flatten, _Graph, _Imported
from .parameter import DeferredInitializationError, Parameter, ParameterDict


class SymbolBlock(_Imported, HybridBlock):
    """A Block that computes a Symbol.

    Args:
        outputs: a Symbol, or a list of them.
        inputs: the variables that are inputs; all others are parameters.
        params: parameters by name, to share them.

    >>> import luojia as mx
    >>> x = mx.sym.var("x")
    >>> block = SymbolBlock(mx.sym.exp(x), x)
    >>> block(mx.nd.zeros((2,))).asnumpy()
    array([1., 1.], dtype=float32)
    """

    def __init__(self, outputs: Any, inputs: Any, params: Any = None) -> None:
        for given, what in ((inputs, "inputs"), (outputs, "outputs")):
            if not all(isinstance(s, Symbol) for s in (given if isinstance(given, (list, tuple)) else [given])):
                raise ArgumentError(f"SymbolBlock: the {what} must be a Symbol or a list of Symbols, got {given!r}.")
        super().__init__(prefix=None, params=None)
        self._prefix = ""
        self._params = ParameterDict("", params if isinstance(params, ParameterDict) else _as_dict(params))
        if isinstance(outputs, (list, tuple)) and len(outputs) == 1:
            outputs = outputs[0]
        several = isinstance(outputs, (list, tuple))
        if several:
            from .. import symbol

            graph = symbol.Group(list(outputs))
        else:
            graph = outputs
        variables = [inputs] if isinstance(inputs, Symbol) else list(inputs)
        names = []
        for variable in variables:
            listed = variable.list_outputs()
            assert len(listed) == 1 and variable.get_children() is None, (
                f"Input symbols must be variable, but {variable} is an output of operators"
            )
            names.append(variable.name)
        attributes = graph.attr_dict()
        auxiliary = set(graph.list_auxiliary_states())
        for name in graph.list_inputs():
            if name in names:
                continue
            known: dict[str, Any] = {}
            given = attributes.get(name, {})
            if "__shape__" in given:
                try:
                    known["shape"] = tuple(int(n) for n in given["__shape__"].strip("()[]").split(",") if n.strip())
                except ValueError:
                    raise FormatError(f"SymbolBlock: the variable {name!r} has the __shape__ {given['__shape__']!r}, "
                                      "which is none; is the file damaged?") from None
            if name in auxiliary:
                known["grad_req"] = "null"  # shared parameters keep what they have otherwise
            self.params.get(name, allow_deferred_init=True, **known)
        common = os.path.commonprefix(list(self.params)).rpartition("_")[0]
        skip = len(common) + 1 if common and len(self.params) > 1 else 0
        self._reg_params = {name[skip:]: p for name, p in self.params.items()}
        self._symbol = graph
        output = list(graph) if several or len(graph) > 1 else graph
        self._adopt(names, output)

    def _adopt(self, names: list[str], output: Any) -> None:
        self._graph = _Graph(self._symbol, names, output, dict(self.params.items()), {})
        self._graphs = {None: self._graph}
        self._open = has_open(self._symbol)  # to be settled by the inputs' shapes
        self._fitted: dict[tuple, _Graph] = {}

    @staticmethod
    def imports(symbol_file: str, input_names: Any, param_file: str | None = None, ctx: Any = None,
                allow_missing: bool = False, ignore_extra: bool = False) -> SymbolBlock:
        """A SymbolBlock from the files that ``HybridBlock.export`` (or mxnet) wrote.

        Args:
            symbol_file: the graph, ``...-symbol.json``.
            input_names: the name of the input, or a list of names.
            param_file: the parameters, ``...-0000.params``; without it ``initialize`` them.
            ctx: where to put them.
            allow_missing: leave parameters that the file lacks.
            ignore_extra: leave values that the graph does not use.
        """
        from .. import symbol

        names = [input_names] if isinstance(input_names, str) else list(input_names)
        block = SymbolBlock(symbol.load(symbol_file), [symbol.var(name) for name in names])
        if param_file is not None:
            block.collect_params().load(param_file, ctx, allow_missing, ignore_extra, cast_dtype=True,
                                        dtype_source="saved")
        return block

    def __repr__(self) -> str:
        return f"{type(self).__name__}(\n{self._symbol!r} : {len(self._graph.names)} -> {len(self._symbol)}\n)"

    def forward(self, x: Any, *args: Any) -> Any:
        device = self._device_of((x, *args))
        flat = _flatten((x, *args), [])
        if len(flat) != len(self._graph.names):
            names = ", ".join(self._graph.names)
            raise ValueError(f"SymbolBlock expects {len(self._graph.names)} inputs ({names}), got {len(flat)}.")
        if device is None:
            given: dict[str, Any] = dict(zip(self._graph.names, flat))
            return self._symbol(**given)
        graph = self._get_graph(x, *args)
        try:
            held = graph.held(device)
        except DeferredInitializationError:
            self._deferred_infer_shape(x, *args)
            held = graph.held(device)
        return graph.run(held, flat, self._watch if self._op_hooks else None)

    def _get_graph(self, *args: Any) -> _Graph:
        if not self._open:
            return self._graph
        shapes = tuple([a.shape for a in _flatten(args, [])])
        found = self._fitted.get(shapes)
        if found is None:
            names = self._graph.names
            symbol = settled(self._symbol, dict(zip(names, shapes)))
            found = self._fitted[shapes] = _Graph(symbol, names, self._graph.output, self._graph.params, {})
        return found

    def _clear_cached_op(self) -> None:
        """The graph is given once and for all."""

    def __getstate__(self) -> dict[str, Any]:
        return dict(self.__dict__, _graphs=None, _fitted=None, _graph=(self._graph.names, self._graph.output))

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._adopt(*state["_graph"])

    def cast(self, dtype: Any) -> None:
        super().cast(dtype)

    def reset_ctx(self, ctx: Any) -> None:
        """Move the parameters to other devices."""
        self.collect_params().reset_ctx(ctx)


def _as_dict(params: Any) -> ParameterDict | None:
    if params is None:
        return None
    made = ParameterDict()
    for name, value in params.items():
        if isinstance(value, Parameter):
            made._params[name] = value
        else:
            assert isinstance(value, Tensor), f"params must hold Parameters or NDArrays, got {type(value)}"
            made._params[name] = parameter = Parameter(name, shape=value.shape, dtype=value.np_dtype.type)
            parameter._load_init(value, [value._device])
    return made
