"""``mx.npx``: the operators of networks on ``mx.np`` arrays, and the switches of NumPy semantics.

>>> import luojia as mx
>>> mx.npx.softmax(mx.np.array([[0.0, 0.0]]))
array([[0.5, 0.5]])
"""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable
from math import prod
from types import SimpleNamespace
from typing import Any

import numpy as _np

from . import np as _mxnp
from ._src.core.control import tracing
from ._src.core.op import OPERATORS
from ._src.core.random import generator, seed_streams
from ._src.core.symbol_ops import captured
from ._src.core.tensor import Tensor
from ._src.engine.devices import Context, cpu, cpu_pinned, current_context, gpu, num_gpus
from ._src.errors import AbsentName, ArgumentError, DTypeError, ShapeError, UnfitArgumentError
from ._src.paths import child, open_paths, public_names
from .context import gpu_memory_info
from .ndarray import contrib as _contrib
from .ndarray.door import function as _function
from .ndarray.functions import load as _load
from .ndarray.functions import save as _save
from .ndarray.functions import waitall
from .np.creation import lift, place
from .np.multiarray import as_np, ndarray, result
from .symbol import op as symbols
from .util import is_np_array, is_np_shape, reset_np, set_np

# npx's name: the operator's name under ``nd``
_OPERATORS = {
    **{name: name for name in (
        "batch_dot cast erf erfinv gamma gammaln gather_nd log_softmax one_hot pick "
        "relu reshape_like shape_array sigmoid slice smooth_l1 softmax topk"
    ).split()},
    "activation": "Activation", "arange_like": "_contrib_arange_like", "batch_flatten": "flatten",
    "batch_norm": "BatchNorm", "convolution": "Convolution", "deconvolution": "Deconvolution", "dropout": "Dropout",
    "embedding": "Embedding", "fully_connected": "FullyConnected", "group_norm": "GroupNorm",
    "instance_norm": "InstanceNorm", "layer_norm": "LayerNorm", "leaky_relu": "LeakyReLU", "pooling": "Pooling",
    "rnn": "RNN", "sequence_mask": "SequenceMask", "roi_pooling": "ROIPooling",
    "multibox_detection": "_contrib_MultiBoxDetection",
    "multibox_prior": "_contrib_MultiBoxPrior", "multibox_target": "_contrib_MultiBoxTarget",
}


# In graphs these have inputs that their callers do not give: a random key, and whether a network trains; or, the last,
# an attribute that files need and arrays do not.
_MODAL = ("batch_norm", "dropout", "rnn", "fully_connected")


def _made(name: str) -> Callable:
    target = _OPERATORS[name]
    operator = getattr(_contrib, target[9:]) if target.startswith("_contrib_") else _function(target)

    modal = name in _MODAL

    def call(*args: Any, **kwargs: Any) -> Any:
        if modal and not (args and args[0].__class__ is ndarray):
            cls = next((type(a) for a in (*args, *kwargs.values()) if hasattr(a, "_luojia_apply")), None)
            if cls is not None:
                args = tuple([captured(a, cls) if isinstance(a, Tensor) else a for a in args])
                return getattr(symbols, target)(*args, **kwargs)
        return result(operator(*[as_np(a) for a in args], **{k: as_np(v) for k, v in kwargs.items()}))

    call.__name__ = call.__qualname__ = name
    call.__module__ = __name__
    call.__doc__ = operator.__doc__
    return call


def __getattr__(name: str) -> Any:
    if name in _OPERATORS:
        try:
            found = globals()[name] = _made(name)
        except AttributeError:
            pass
        else:
            return found
    raise AbsentName("luojia.npx", name)


def nonzero(a: Any) -> ndarray:
    """The positions (N, ndim), int64, of the elements that are not 0."""
    a = lift(a, "nonzero")
    if hasattr(a, "_luojia_apply"):
        return OPERATORS["nonzero"](OPERATORS["at_least"](a, ndim=1))
    return place(_np.argwhere(_np.atleast_1d(a.asnumpy())), a._device)


def reshape(a: Any, newshape: Any, reverse: bool = False, order: str = "C") -> ndarray:
    """The array in another shape, given with codes.

    -1 is what is left over, -2 keeps a length, -3 drops a length of 1, -4 keeps all the lengths that are left, -5
    multiplies two, and -6 splits one into the two numbers that follow (of which one may be -1). ``reverse`` reads from
    the right.

    Raises:
        ShapeError: a ValueError: the codes do not fit the shape.
    """
    a = lift(a, "reshape")
    try:
        codes = [operator.index(n) for n in ((newshape,) if isinstance(newshape, int) else newshape)]
    except TypeError as e:
        raise UnfitArgumentError("npx.reshape: the new shape is a number or a tuple of numbers, got "
                                 f"{newshape!r}.") from e
    if hasattr(a, "_luojia_apply"):
        if -3 in codes:
            raise ArgumentError("npx.reshape of a Symbol cannot drop a length (-3); use np.squeeze.")
        legacy = tuple([{-2: 0, -4: -2, -5: -3, -6: -4}.get(c, c) for c in codes])
        return symbols.reshape(a, shape=legacy, reverse=reverse)
    shape = list(a.shape)
    if reverse:
        codes, shape = _mirrored(codes), shape[::-1]
    lengths = _lengths(shape, codes, a, newshape)
    return a.reshape(lengths[::-1] if reverse else lengths, order=order)


def _mirrored(codes: list[int]) -> list[int]:
    """Codes read from the right; a -6 stands before its two numbers again, these exchanged."""
    out, i = [], 0
    while i < len(codes):
        step = 3 if codes[i] == -6 else 1
        out.append([-6, *codes[i + 1 : i + 3][::-1]] if step == 3 else [codes[i]])
        i += step
    return [c for group in reversed(out) for c in group]


def _lengths(shape: list[int], codes: list[int], a: ndarray, newshape: Any) -> list[int]:
    wrong = ShapeError(f"npx.reshape: the codes {newshape} do not fit an array of shape {a.shape}.")
    out: list[int] = []
    given = iter(codes)
    at = 0
    for code in given:
        if code == -4:
            out += shape[at:]
            at = len(shape)
            continue
        taken = 2 if code == -5 else 1
        if code < -1 and at + taken > len(shape) or code < -6:
            raise wrong
        if code == -2:
            out.append(shape[at])
        elif code == -3:
            if shape[at] != 1:
                raise wrong
        elif code == -5:
            out.append(shape[at] * shape[at + 1])
        elif code == -6:
            parts = [next(given, 0), next(given, 0)]
            if -1 in parts and (known := prod(p for p in parts if p != -1)):
                parts[parts.index(-1)] = shape[at] // known
            if prod(parts) != shape[at]:
                raise wrong
            out += parts
        else:
            out.append(code)
        at += taken
    return out


def save(file: str, arr: Any) -> None:
    """Write an array, a list or a dictionary of them to a file."""
    _save(file, [arr] if isinstance(arr, ndarray) else arr)


def load(file: str) -> Any:
    """The list or dictionary of ndarrays in a file."""
    found = _load(file)
    return {k: as_np(v) for k, v in found.items()} if isinstance(found, dict) else [as_np(v) for v in found]


def seed(seed: int, ctx: Any = "all") -> None:
    """Start the random streams of all devices, or of ``ctx`` alone, anew."""
    seed_streams(seed, None if isinstance(ctx, str) and ctx == "all" else Context(ctx))


def _bernoulli(prob: Any = None, logit: Any = None, size: Any = None, dtype: Any = None, ctx: Any = None,
               out: Any = None) -> Any:
    """Draws of 1 with probability ``prob`` (or sigmoid(logit)), else 0."""
    if (prob is None) == (logit is None):
        raise ValueError("npx.random.bernoulli takes either prob or logit, got both or neither.")
    p = _np.asarray(lift(prob).asnumpy() if logit is None else _np.exp(-_np.logaddexp(0, -lift(logit).asnumpy())))
    if prob is not None and not ((p >= 0) & (p <= 1)).all():
        raise ValueError(f"npx.random.bernoulli: expect probs >= 0 && probs <= 1, got {prob}.")
    device = current_context() if ctx is None else Context(ctx)
    found = generator(device).random(p.shape if size is None else size) < p
    made = place(found.astype(dtype or _np.float32), device)
    return made if out is None else out._store(made)


def _batched(draw: Callable) -> Callable:
    def drawn(a: Any = 0.0, b: Any = 1.0, batch_shape: Any = None, dtype: Any = None, ctx: Any = None) -> Any:
        own = _np.broadcast_shapes(_np.shape(lift(a)), _np.shape(lift(b)))
        batch = () if batch_shape is None else (batch_shape,) if isinstance(batch_shape, int) else tuple(batch_shape)
        return draw(a, b, batch + own, dtype, ctx)

    drawn.__doc__ = f"``np.random.{draw.__name__}`` of shape ``batch_shape`` for each parameter."
    return drawn


def constraint_check(x: Any, msg: str = "Constraint violated.") -> Any:
    """Whether all elements of an array of booleans are True.

    Raises:
        ValueError: one is not; ``msg`` is the message. In a graph nothing is raised.
    """
    x = lift(x)
    if isinstance(x, ndarray) and x.np_dtype.kind != "b":
        raise DTypeError(f"constraint_check expects an array of booleans, got {x.np_dtype}.")
    found = _mxnp.all(x)
    if isinstance(found, ndarray) and not tracing() and not found.item():
        raise ArgumentError(msg)
    return found


_random = SimpleNamespace(seed=seed, bernoulli=_bernoulli, uniform_n=_batched(_mxnp.random.uniform),
                         normal_n=_batched(_mxnp.random.normal))
__all__ = [  # pyright: ignore[reportUnsupportedDunderAll] - part of the names comes from a table
    "constraint_check", "cpu", "cpu_pinned", "current_context", "gpu", "gpu_memory_info", "image", "is_np_array",
    "is_np_shape", "load", "nonzero", "num_gpus", "random", "reset_np", "reshape", "save", "seed", "set_np",
    "waitall", *_OPERATORS,
]
__dir__ = public_names(__name__)
open_paths(sys.modules[__name__])
image, random = child(__name__, "image"), child(__name__, "random")
