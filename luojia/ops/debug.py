"""MindSpore's operators that look at values on the way: summaries, assertions, calls of Python."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any

import numpy as np

from .._src.core.dtypes import to_np
from .._src.core.op import OPERATORS as OP
from .._src.core.primitive import Primitive
from .._src.core.tape import state
from .._src.errors import ArgumentError, DTypeError, GraphError, NotSupportedError, ShapeError
from .._src.ops import Tensor
from .._src.ops.composed import groups
from .._src.ops.composed.hooks import Hooked, hooked
from .forms import class_form


class Summaries:
    """What networks mark for summaries while a ``SummaryRecord`` is open: (plugin, name, array)."""

    def __init__(self) -> None:
        self.listening = False
        self.found: list[tuple[str, str, np.ndarray]] = []


summaries = Summaries()


def _summary(name: str, plugin: str, what: str, axes: tuple[int, ...] | None) -> type:
    class Summary(Primitive):
        def __init__(self) -> None:
            super().__init__()

        def __call__(self, name: str, value: Tensor) -> None:
            if not isinstance(name, str) or not name:
                raise DTypeError(f"For '{self.name}', name must be a string that is not empty, got {name!r}.")
            if not isinstance(value, Tensor):
                raise DTypeError(f"For '{self.name}', value must be a Tensor, got {type(value).__name__}.")
            if axes is not None and value.ndim not in axes:
                raise ShapeError(f"For '{self.name}', value must have {what}, got shape {value.shape}.")
            if summaries.listening and state.frame is None:
                summaries.found.append((plugin, name, value.asnumpy()))

    Summary.__name__ = Summary.__qualname__ = name
    Summary.__module__ = __name__
    Summary.__doc__ = (f"``{name}()(name, value)`` marks {what} for the file of a ``SummaryRecord``, if one is open "
                       "and the network is not being compiled.")
    return Summary


ScalarSummary = _summary("ScalarSummary", "scalar", "one element", (0, 1))
ImageSummary = _summary("ImageSummary", "image", "the axes (N, C, H, W)", (4,))
TensorSummary = _summary("TensorSummary", "tensor", "values", None)
HistogramSummary = _summary("HistogramSummary", "histogram", "values", None)


def _assert(self: Any, condition: Any, input_data: Any) -> None:
    if not bool(condition):
        raise GraphError("assert failed: the condition of 'Assert' is false, with " + "; ".join(
            str(t).replace("\n", " ") for t in list(input_data)[: self.summarize]) + ".")


class PyFunc(Primitive):
    """A function of NumPy arrays on Tensors: a tuple of Tensors of the dtypes and shapes that were declared.

    >>> from luojia import float32
    >>> PyFunc(lambda x: x * 2, [float32], [(2,)], [float32], [(2,)])(Tensor([1.0, 2.0]))[0].tolist()
    [2.0, 4.0]

    No gradient passes; write an ``nn.Module`` with a ``bprop`` where one is needed.
    """

    def __init__(self, fn: Callable, in_types: Any, in_shapes: Any, out_types: Any, out_shapes: Any,
                 stateful: bool = True) -> None:
        super().__init__(fn=fn, in_types=in_types, in_shapes=in_shapes, out_types=out_types, out_shapes=out_shapes,
                         stateful=stateful)

    def __call__(self, *inputs: Any) -> tuple[Tensor, ...]:
        given = tuple(inputs[0]) if len(inputs) == 1 and isinstance(inputs[0], (tuple, list)) else inputs
        if len(given) != len(self.in_shapes):
            raise ArgumentError(f"PyFunc: the function is declared with {len(self.in_shapes)} inputs, got "
                                f"{len(given)}.")
        out = self.fn(*[t.asnumpy() for t in given])
        out = out if isinstance(out, (tuple, list)) else (out,)
        if len(out) != len(self.out_types):
            raise ArgumentError(f"PyFunc: the function is declared with {len(self.out_types)} results, and gave "
                                f"{len(out)}.")
        found = [np.asarray(o) for o in out]
        for o, shape in zip(found, self.out_shapes):
            if o.shape != tuple(shape):
                raise ShapeError(f"PyFunc: the function is declared to give shape {tuple(shape)}, and gave {o.shape}.")
        return tuple([Tensor(o.astype(to_np(d))) for o, d in zip(found, self.out_types)])


class _Dumps:
    """How many files ``tensordump`` has written; their names end with the number."""

    def __init__(self) -> None:
        self.count = 0
        self.lock = threading.Lock()

    def next(self) -> int:
        with self.lock:
            self.count += 1
            return self.count - 1


_dumps = _Dumps()


def tensordump(file_name: str, tensor: Tensor, mode: str = "out") -> None:
    """Write a Tensor to ``{file_name}_{dtype}_{number}.npy``; the number counts all files that were written.

    Args:
        file_name: the file, without the suffix or with it; folders are made.
        tensor: of any shape; bfloat16 is written as float32.
        mode: 'in' or 'out', which are the same on one device.

    Raises:
        TypeError: a name that is no string, or no Tensor.
        ValueError: an empty name, or another mode.
        NotSupportedError: a Tensor in a function that is being compiled, where it has no values yet.

    >>> tensordump("seen", Tensor([1.0, 2.0]))

    Matches ``mindspore.ops.tensordump``, which writes while the program goes on.
    """
    if not isinstance(file_name, str):
        raise DTypeError(f"Parameter file_name should only be build_in str type but got: {type(file_name)}")
    if not isinstance(tensor, Tensor):
        raise DTypeError(f"Parameter tensor should only be Tensor type, but got: {type(tensor)}")
    if mode not in ("in", "out"):
        raise ArgumentError(f"Argument [mode] has been not supported value of {mode!r}.")
    if not file_name:
        raise ArgumentError("For 'TensorDump', the input argument[file] cannot be an empty string.")
    if state.frame is not None:
        raise NotSupportedError("tensordump: in a compiled function Tensors have no values to write; return the "
                                "Tensor, or call the function without jit.")
    path = f"{file_name.removesuffix('.npy')}_{tensor.np_dtype.name}_{_dumps.next()}.npy"
    value = tensor.asnumpy()
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    np.save(path, value.astype(np.float32) if tensor.np_dtype.name == "bfloat16" else value)


class TensorDump(Primitive):
    """``TensorDump()(file, x)`` writes a Tensor to a file, as ``tensordump`` does.

    >>> import os
    >>> from luojia import Tensor, ops
    >>> ops.TensorDump()("weight", Tensor([1.0]))
    >>> len([name for name in os.listdir() if name.startswith("weight_float32_")])
    1

    Args:
        input_output: 'in' or 'out', which are the same on one device.

    Raises:
        ValueError: another ``input_output``.
    """

    def __init__(self, input_output: str = "out") -> None:
        if input_output not in ("in", "out"):
            raise ArgumentError("The 'input_output' argument should be one of ['in', 'out'], but got: "
                                f"{input_output}")
        super().__init__(input_output=input_output)

    def __call__(self, file: str, input_x: Tensor) -> None:
        tensordump(file, input_x)


class DumpGradient(Primitive):
    """``DumpGradient()(path, x, input_output)`` is x; the gradient that comes to it is written, as ``tensordump`` does.

    >>> from luojia import grad
    >>> def square(x):
    ...     return DumpGradient()("seen", x * x, "out")
    >>> float(grad(square)(Tensor(3.0)))
    6.0
    """

    def __init__(self) -> None:
        super().__init__()

    def __call__(self, path: str, x: Tensor, input_output: str) -> Tensor:
        if input_output not in ("in", "out"):
            raise ArgumentError(f"For 'DumpGradient', input_output must be 'in' or 'out', got {input_output!r}.")
        return hooked(x, Hooked(lambda gradient: tensordump(path, gradient), False))


def move_to(input: Tensor, to: str = "CPU", blocking: bool = True) -> Tensor:
    """The Tensor where it is: memory is the device's."""
    if to not in ("CPU", "Ascend", "GPU"):
        raise ArgumentError(f"move_to: `to` must be 'CPU', 'GPU' or 'Ascend', got {to!r}.")
    return input


def _equal_count(self: Any, x: Tensor, y: Tensor) -> Tensor:
    if x.shape != y.shape:
        raise ShapeError(f"For 'EqualCount', the shapes of x and y must be the same, got {x.shape} and {y.shape}.")
    return OP["reshape"](OP["cast"](OP["sum"](OP["equal"](x, y), axis=None), dtype=x.np_dtype), shape=(1,))


_ROWS: tuple[Any, ...] = (
    ("Assert", {"summarize": 3}, _assert, "Raise a RuntimeError that shows ``input_data`` if ``condition`` is false."),
    ("MoveTo", {}, lambda self, x, to="CPU", blocking=True: move_to(x, to, blocking), move_to.__doc__),
    ("EqualCount", {}, _equal_count, "How many elements of two Tensors are equal, of shape (1,) in their dtype."),
    ("NoRepeatNGram", {"ngram_size": 1}, lambda self, seq, log_probs: groups.no_repeat_ngram(
        seq, log_probs, self.ngram_size), groups.no_repeat_ngram.__doc__),
    ("LogSoftmaxExt", {}, lambda self, x, dim=None, dtype=None: OP["log_softmax"](
        x if dtype is None else OP["cast"](x, dtype=to_np(dtype)), axis=_axis(x, dim)),
     "log softmax along ``dim``, by default 0 for 0, 1 or 3 axes and else 1."),
)


def _axis(x: Tensor, dim: int | None) -> int:
    return (0 if x.ndim in (0, 1, 3) else 1) if dim is None else dim


_CLASSES = [class_form(__name__, *row) for row in _ROWS]
globals().update({cls.__name__: cls for cls in _CLASSES})
NAMES: dict[str, Any] = {cls.__name__: cls for cls in (
    *_CLASSES, ScalarSummary, ImageSummary, TensorSummary, HistogramSummary, PyFunc, TensorDump, DumpGradient)} | {
        "move_to": move_to, "tensordump": tensordump}
