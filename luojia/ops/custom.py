"""Operators of one's own as Python functions of NumPy arrays: ``Custom``, and the language of ``kernel``."""

from __future__ import annotations

import builtins
import contextlib
import functools
import math
import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .._src.core.dtypes import DType, to_np
from .._src.core.tensor import Tensor
from .._src.errors import ArgumentError, DTypeError, GraphError, NotSupportedError, ShapeError
from .primitive import Primitive

_KINDS = ("hybrid", "akg", "tbe", "aicpu", "aot", "pyfunc")


class Custom(Primitive):
    """An operator that a Python function of NumPy arrays computes.

    Args:
        func: the function; it returns an array, or a tuple of them. For 'hybrid', one that ``kernel`` decorates.
        out_shape: the shape of the result, or a function of the inputs' shapes; tuples of them for several results.
        out_dtype: its dtype, or a function of the inputs' dtypes.
        func_type: 'pyfunc', or 'hybrid', for which shape and dtype may be left out.
        bprop: ``bprop(*inputs, out, dout)`` on Tensors, the gradients of the inputs; without one there are none.
        reg_info: accepted.

    Raises:
        TypeError: a ``func`` that is no function, or for 'pyfunc' no ``out_shape`` or ``out_dtype``.
        ValueError: a ``func_type`` that MindSpore does not have either.
        NotSupportedError: compiled kernels ('aot' and the others).
        GraphError: a gradient is asked of it that no ``bprop`` gives.

    >>> from luojia import Tensor, ops
    >>> add = ops.Custom(lambda x, y: x + y, lambda x, y: x, lambda x, y: x, "pyfunc")
    >>> add(Tensor([1.0]), Tensor([2.0])).tolist()
    [3.0]

    Matches ``mindspore.ops.Custom`` for functions in Python.
    """

    def __init__(self, func: Callable | str, out_shape: Any = None, out_dtype: Any = None, func_type: str = "hybrid",
                 bprop: Callable | None = None, reg_info: Any = None) -> None:
        super().__init__("Custom")
        if not isinstance(func, str) and not callable(func):
            raise DTypeError(f"For 'Custom', 'func' must be of type function or str, but got {type(func)}")
        who = f"For 'Custom', 'func_type': {func_type}, 'func': {func}"
        if func_type not in _KINDS:
            raise ArgumentError(f"{who}, 'func_type' must be one of {list(_KINDS)}, but got {func_type}")
        if isinstance(func, str) or func_type not in ("pyfunc", "hybrid"):
            raise NotSupportedError(f"{who}: luojia loads no compiled kernels; write a Python function of NumPy "
                                    "arrays, with func_type 'pyfunc'.")
        for name, value, kinds in (("out_shape", out_shape, (tuple, list)),
                                   ("out_dtype", out_dtype, (tuple, list, DType))):
            if value is None and func_type == "hybrid":
                continue
            if not isinstance(value, kinds) and not callable(value):
                names = ", ".join(k.__name__ for k in kinds)
                raise DTypeError(f"{who}, '{name}' must be one of [{names}, function], but got {type(value)}")
        if bprop is not None and not callable(bprop):
            raise DTypeError(f"{who}, 'bprop' must be a function, but got {type(bprop)}")
        self.func, self.out_shape, self.out_dtype, self._own_bprop = func, out_shape, out_dtype, bprop
        for name, value in (("func_name", getattr(func, "__name__", "")), ("func_type", func_type)):
            self.add_prim_attr(name, value)

    def __call__(self, *args: Any) -> Any:
        from ..nn.custom import call_with_bprop

        return call_with_bprop(self, args)

    def _luojia_forward(self, *args: Any) -> Any:
        out = self.func(*[a.asnumpy() if isinstance(a, Tensor) else a for a in args])
        several = isinstance(out, (tuple, list))
        found = [np.asarray(o) for o in (out if several else [out])]
        tensors = [a for a in args if isinstance(a, Tensor)]
        dtypes = self._said(self.out_dtype, [t.dtype for t in tensors], len(found), several)
        shapes = self._said(self.out_shape, [t.shape for t in tensors], len(found), several)
        for i, (array, shape) in enumerate(zip(found, shapes)):
            if shape is not None and array.shape != tuple(shape):
                raise ShapeError(f"For 'Custom', result {i} of {getattr(self.func, '__name__', self.func)} has shape "
                                 f"{array.shape}, but 'out_shape' says {tuple(shape)}.")
        made = [Tensor(array if dtype is None else array.astype(to_np(dtype), copy=False))
                for array, dtype in zip(found, dtypes)]
        return tuple(made) if several else made[0]

    def _said(self, rule: Any, inputs: list, count: int, several: bool) -> list:
        """What the rule says of each result; None where it says nothing."""
        if rule is None:
            return [None] * count
        said: Any = rule(*inputs) if callable(rule) else rule
        said = list(said) if several else [said]
        if len(said) != count:
            raise ArgumentError(f"For 'Custom', {getattr(self.func, '__name__', self.func)} has {count} results, but "
                                f"'out_shape' or 'out_dtype' tells of {len(said)}.")
        return said

    def bprop(self, *args: Any) -> Any:
        """The gradients of the inputs."""
        if self._own_bprop is None:
            raise GraphError(f"For 'Custom', the bprop of {getattr(self.func, '__name__', self.func)} is not defined; "
                             "give bprop=fn(*inputs, out, dout), or ops.stop_gradient(its result).")
        return self._own_bprop(*args)


# -- the language of kernel --------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _block(*_: Any) -> Iterator[None]:
    yield


_LANGUAGE: dict[str, Any] = {
    **dict.fromkeys(("allocate", "output_tensor"), lambda shape, dtype, scope="": np.zeros(shape, dtype)),
    **dict.fromkeys(("serial", "vectorize", "parallel", "reduce"), range),
    "grid": np.ndindex, "block_realize": _block, "attach": _block,
    **{name: getattr(np, name) for name in (
        "log", "exp", "sqrt", "tanh", "sin", "cos", "power", "isnan", "isinf", "isfinite", "expm1", "floor", "ceil",
        "trunc", "round", "float16", "float32", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32",
        "uint64")},
    "rsqrt": lambda x: 1 / np.sqrt(x), "erf": np.vectorize(math.erf), "atan": np.arctan, "atan2": np.arctan2,
}


def kernel(fn: Callable | None = None, reg_info: Any = None, compile_attrs: Any = None) -> Any:
    """A decorator for functions in MindSpore's hybrid language, which are run as Python on NumPy arrays.

    ``output_tensor`` and ``allocate`` make arrays; ``serial``, ``vectorize``, ``parallel`` and ``reduce`` are
    ``range``.

    >>> import numpy as np
    >>> @kernel
    ... def double(a):
    ...     c = output_tensor(a.shape, a.dtype)
    ...     for i in range(a.shape[0]):
    ...         c[i] = a[i] * 2
    ...     return c
    >>> double(np.ones(2))
    array([2., 2.])

    Matches ``mindspore.ops.kernel``; ``reg_info`` and ``compile_attrs`` are accepted.
    """
    if fn is None:
        return functools.partial(kernel, reg_info=reg_info, compile_attrs=compile_attrs)
    if not isinstance(fn, types.FunctionType):
        raise DTypeError(f"For 'kernel', it decorates a function, but got {type(fn)}.")
    known = {**vars(builtins), **_LANGUAGE, **fn.__globals__}
    made = types.FunctionType(fn.__code__, known, fn.__name__, fn.__defaults__, fn.__closure__)
    made.__kwdefaults__ = fn.__kwdefaults__
    return functools.wraps(fn)(made)


# -- descriptions of kernels, which Custom accepts ---------------------------------------------------------------------


class CustomRegOp:
    """A description of a kernel's inputs, outputs and targets; kept as it is given.

    >>> CustomRegOp("add").input(0, "x").output(0, "y").target("CPU").get_op_info()["op_name"]
    'add'

    Matches ``mindspore.ops.CustomRegOp``.
    """

    def __init__(self, op_name: str = "Custom") -> None:
        if not isinstance(op_name, str):
            raise DTypeError(f"op_name value must be string, but got {type(op_name)}")
        self.op_info: dict[str, Any] = {"op_name": op_name, "inputs": [], "outputs": [], "attr": [],
                                        "fusion_type": "", "dtype_format": [], "target": "UnKnown"}

    def _add(self, part: str, *given: Any, **more: Any) -> CustomRegOp:
        keys = ("name", "paramType", "type", "defaultValue") if part == "attr" else ("index", "name", "paramType")
        for key, value in (*zip(keys, given), *more.items()):
            kind = int if key == "index" else str
            if value is not None and (not isinstance(value, kind) or isinstance(value, bool)):
                raise DTypeError(f"CustomRegOp: {key} must be {kind.__name__}, but got {value!r}.")
        self.op_info[part].append({k: v for k, v in (*zip(keys, given), *more.items()) if v is not None})
        return self

    def input(self, index: int | None = None, name: str | None = None, param_type: str = "required",
              **kwargs: Any) -> CustomRegOp:
        """Describe an input."""
        return self._add("inputs", index, name, param_type, **kwargs)

    def output(self, index: int | None = None, name: str | None = None, param_type: str = "required",
               **kwargs: Any) -> CustomRegOp:
        """Describe an output."""
        return self._add("outputs", index, name, param_type, **kwargs)

    def attr(self, name: str | None = None, param_type: str | None = None, value_type: str | None = None,
             default_value: str | None = None, **kwargs: Any) -> CustomRegOp:
        """Describe an attribute."""
        return self._add("attr", name, param_type, value_type, default_value, **kwargs)

    def dtype_format(self, *args: Any) -> CustomRegOp:
        """The dtypes and layouts of the inputs and outputs."""
        expected = len(self.op_info["inputs"]) + len(self.op_info["outputs"])
        if len(args) != expected:
            raise ArgumentError("CustomRegOp: dtype_format takes one pair for each input and output described, "
                                f"{expected} here, but got {len(args)}.")
        self.op_info["dtype_format"].append(args)
        return self

    def target(self, target: str | None = None) -> CustomRegOp:
        """'CPU', 'GPU' or 'Ascend'."""
        if target is not None and not isinstance(target, str):
            raise DTypeError(f"CustomRegOp: target must be str, but got {target!r}.")
        self.op_info["target"] = target
        return self

    def get_op_info(self) -> dict[str, Any]:
        """The description."""
        return self.op_info


def custom_info_register(*reg_info: Any) -> Callable:
    """A decorator that attaches descriptions to a function.

    >>> from luojia import ops
    >>> @ops.custom_info_register("takes float32")
    ... def kernel(x):
    ...     return x
    >>> kernel.reg_info
    ('takes float32',)

    Matches ``mindspore.ops.custom_info_register``.
    """
    def attach(fn: Callable) -> Callable:
        fn.reg_info = reg_info  # type: ignore[attr-defined]
        return fn

    return attach


_SHORT = {"None": "", "BOOL": "bool", "F16": "float16", "F32": "float32", "F64": "float64", "C64": "complex64",
          "C128": "complex128", **{f"I{n}": f"int{n}" for n in (8, 16, 32, 64)},
          **{f"U{n}": f"uint{n}" for n in (8, 16, 32, 64)}}


class _DataTypes(type):
    def __getattr__(cls, name: str) -> tuple[str, str]:
        dtype, _, layout = name.partition("_")
        if dtype not in _SHORT or not layout:
            raise AttributeError(f"DataType has no {name!r}; it has a dtype and a layout, such as F32_Default.")
        return _SHORT[dtype], {"Default": "DefaultFormat", "None": ""}.get(layout, layout)


class DataType(metaclass=_DataTypes):
    """Pairs of a dtype and a layout: ``DataType.F32_Default``.

    >>> DataType.F32_Default
    ('float32', 'DefaultFormat')

    Matches ``mindspore.ops.DataType``.
    """


__all__ = ["Custom", "CustomRegOp", "DataType", "custom_info_register", "kernel"]
