"""``mx.npx``: the operators of neural networks on ``mx.np`` arrays, and the switch ``set_np``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import ndarray as nd
from ._src.core.tensor import Tensor
from ._src.engine.devices import Context, cpu, cpu_pinned, current_context, gpu, num_gpus
from .np.array import array, host, ndarray, to_result
from .util import is_np_array, is_np_shape, reset_np, set_np

# mx.npx's name: mx.nd's.
_OF = {
    "activation": "Activation", "batch_dot": "batch_dot", "batch_flatten": "Flatten", "batch_norm": "BatchNorm",
    "cast": "Cast", "convolution": "Convolution", "deconvolution": "Deconvolution", "dropout": "Dropout",
    "embedding": "Embedding", "erf": "erf", "erfinv": "erfinv", "fully_connected": "FullyConnected", "gamma": "gamma",
    "gammaln": "gammaln", "gather_nd": "gather_nd", "layer_norm": "LayerNorm", "leaky_relu": "LeakyReLU",
    "log_softmax": "log_softmax", "one_hot": "one_hot", "pick": "pick", "pooling": "Pooling", "relu": "relu",
    "reshape_like": "reshape_like", "rnn": "RNN", "sequence_mask": "SequenceMask", "shape_array": "shape_array",
    "sigmoid": "sigmoid", "slice": "slice", "smooth_l1": "smooth_l1", "softmax": "softmax", "topk": "topk",
}


def waitall() -> None:
    """Return when everything computed so far is there."""
    nd.waitall()


def save(file: str, arr: Any) -> None:
    """Write an array, a list or a dict of arrays to a file, in MXNet's format."""
    nd.save(file, arr)


def load(file: str) -> Any:
    """The list or dict of ndarrays in a file."""
    found = nd.load(file)
    return {k: array(v) for k, v in found.items()} if isinstance(found, dict) else [array(v) for v in found]


def seed(seed: int, ctx: Any = "all") -> None:
    """Start the random streams anew."""
    from .random import seed as start

    start(seed, ctx)


def arange_like(data: Any, start: float = 0.0, step: float = 1.0, repeat: int = 1, axis: int | None = None) -> Any:
    """Numbers from ``start`` by ``step``, as many as ``data`` has along ``axis``."""
    return to_result(nd.contrib.arange_like(data, start, step, repeat, axis=axis), True)


def nonzero(x: Any) -> Any:
    """The indices of the elements that are not zero, a row each; int64."""
    import numpy

    return host(numpy.argwhere, x)


def reshape(a: Any, newshape: Any, reverse: bool = False, order: str = "C") -> Any:
    """``a`` in another shape, with codes: -1 inferred, -2 kept, -5 two joined."""
    shape, source = [], list(a.shape)
    for n in newshape if isinstance(newshape, (tuple, list)) else (newshape,):
        if n == -2:
            shape.append(source[len(shape)])
        elif n == -5:
            at = len(shape)
            shape.append(source[at] * source[at + 1])
            source[at : at + 2] = [shape[-1]]
        else:
            shape.append(n)
    return a.reshape(tuple(shape), order=order)


def __getattr__(name: str) -> Callable:
    if name not in _OF:
        raise AttributeError(f"module 'luojia.npx' has no attribute {name!r}; dir() lists what it has.")
    function = getattr(nd, _OF[name])

    def fn(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        wide = any(isinstance(a, Tensor) and str(a.np_dtype) == "float64" for a in args)
        return to_result(result, wide)

    fn.__name__ = fn.__qualname__ = name
    fn.__module__ = __name__
    fn.__doc__ = function.__doc__
    globals()[name] = fn
    return fn


def __dir__() -> list[str]:
    return sorted({*__all__, *_OF})


__all__ = ["Context", "arange_like", "cpu", "cpu_pinned", "current_context", "gpu", "is_np_array", "is_np_shape",
           "load", "ndarray", "nonzero", "num_gpus", "reset_np", "reshape", "save", "seed", "set_np", "waitall"]
