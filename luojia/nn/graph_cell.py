"""GraphCell: a network from a file that ``export`` wrote."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._src.core.listing import Listing
from .._src.core.tensor import Tensor
from .._src.errors import DTypeError, ShapeError
from .._src.formats import graph_file
from .._src.ops import Parameter
from .module import Module


class FuncGraph:
    """A network as ``load`` gives it, for ``GraphCell``: its operators, and its parameters by name."""

    def __init__(self, listing: Listing, inputs: int, parameters: dict[str, np.ndarray]) -> None:
        self.listing, self.inputs, self.parameters = listing, inputs, parameters

    @classmethod
    def read(cls, path: str) -> FuncGraph:
        """That of a file."""
        listing, values = graph_file.load(path)
        taken = {*listing.named, *listing.constants, *(place for step in listing.steps for place in step.outputs)}
        return cls(listing, min(taken, default=listing.count), values)


class GraphCell(Module):
    """A network that ``load`` read from a file, with its parameters, ready to be called or trained on.

    Args:
        graph: what ``load`` gave.
        params_init: other values of parameters, by name; names that the network has not are ignored.

    Raises:
        TypeError: arguments of another type.
        ShapeError: a ValueError: a value in ``params_init`` is of another shape than the parameter.

    >>> import luojia
    >>> from luojia import Tensor, nn
    >>> net, x = nn.Dense(2, 3), Tensor([[1.0, 2.0]])
    >>> luojia.export(net, x, file_name="dense", file_format="MINDIR")
    >>> loaded = nn.GraphCell(luojia.load("dense.mindir"))
    >>> (loaded(x) == net(x)).all()
    Tensor(shape=[], dtype=Bool, value= True)

    Matches ``mindspore.nn.GraphCell``, for files that luojia's ``export`` wrote.
    """

    def __init__(self, graph: FuncGraph, params_init: dict[str, Any] | None = None,
                 obf_random_seed: int | None = None) -> None:
        super().__init__(auto_prefix=False)
        if not isinstance(graph, FuncGraph):
            raise DTypeError("For 'GraphCell', the argument 'graph' must be a FuncGraph loaded from MindIR, but got "
                             f"type {type(graph)}.")
        given = {} if params_init is None else params_init
        if not isinstance(given, dict):
            raise DTypeError(f"For 'GraphCell', the argument 'params_init' must be a dict, but got {type(given)}.")
        for key, value in given.items():
            if not isinstance(key, str) or not isinstance(value, Tensor):
                raise DTypeError("For 'GraphCell', the key of the 'params_init' must be str, and the value must be "
                                 f"Tensor or Parameter, but got the key type: {type(key)}, and the value type: "
                                 f"{type(value)}")
            old = graph.parameters.get(key)
            if old is not None and old.shape != value.shape:
                raise ShapeError(f"For 'GraphCell', the parameter {key} has the shape {old.shape}, but 'params_init' "
                                 f"has {value.shape}.")
        self.graph = graph
        self._by_name = {}
        for name, old in graph.parameters.items():
            made = Parameter(Tensor(given[name].asnumpy() if name in given else old), name=name)
            self._by_name[name] = made
            self.insert_param_to_cell(name.replace(".", "_"), made)
        self._constants = {place: Tensor(array) for place, array in graph.listing.constants.items()}

    def construct(self, *inputs: Tensor) -> Any:
        if len(inputs) != self.graph.inputs:
            raise ShapeError("The input number of parameters is not Compatible. For 'GraphCell', the network takes "
                             f"{self.graph.inputs} inputs, but got {len(inputs)}.")
        return self.graph.listing.run(inputs, self._by_name, self._constants)


__all__ = ["GraphCell"]
