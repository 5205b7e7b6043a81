"""A graph as a callable of arrays, under MXNet's name."""

from __future__ import annotations

from typing import Any

from .._src.core.graph import CachedGraph
from .._src.errors import ArgumentError
from .ndarray import NDArray


class CachedOp:
    """A Symbol as a function of NDArrays, given in order of its ``list_inputs()``.

    >>> import luojia as mx
    >>> square_plus = CachedOp(mx.sym.square(mx.sym.var("x")) + mx.sym.var("b"))
    >>> square_plus(mx.nd.array([3.0]), mx.nd.array([1.0])).asscalar()
    np.float32(10.0)
    """

    def __init__(self, sym: Any, flags: Any = ()) -> None:
        self._graph = CachedGraph(sym)

    def __call__(self, *args: NDArray, out: Any = None, **_: Any) -> Any:
        """The output, or the list of outputs, of the graph; recorded as its operators are."""
        names = self._graph.inputs
        if len(args) != len(names):
            raise ArgumentError(f"CachedOp expects {len(names)} arrays, for {names}, got {len(args)}.")
        found = self._graph(*args)
        results = list(found) if isinstance(found, (list, tuple)) else [found]
        if out is None:
            return results[0] if len(results) == 1 else results
        for i, (o, r) in enumerate(zip(out if isinstance(out, (list, tuple)) else [out], results)):
            o._store(r, i)
        return out
