"""Operators of one's own under MindSpore's names: the bases of primitive classes, and functions of constants."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from .._src.core.primitive import Primitive as _Operator
from .._src.errors import DTypeError, NotSupportedError
from .._src.ops import Tensor
from .._src.paths import public_names

__all__ = ["Primitive", "PrimitiveWithCheck", "PrimitiveWithInfer", "constexpr", "prim_arg_register",
           "prim_attr_register"]
__dir__ = public_names(__name__)


class _EveryOperator(type):
    """Makes each operator class a kind of ``Primitive``, whether of one's own or not."""

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, _Operator) if cls is Primitive else super().__instancecheck__(instance)

    def __subclasscheck__(cls, subclass: type) -> bool:
        return issubclass(subclass, _Operator) if cls is Primitive else super().__subclasscheck__(subclass)


class Primitive(_Operator, metaclass=_EveryOperator):
    """The base of operators of one's own, and of all others; ``Primitive("Add")`` is the one of that name.

    The forward is ``vm_impl(*arrays)`` on NumPy arrays, or a ``__call__`` of one's own on Tensors; ``get_bprop()``
    returns ``bprop(*inputs, out, dout)``, its gradient.

    >>> from luojia import Tensor, ops
    >>> class Double(ops.PrimitiveWithInfer):
    ...     @ops.prim_attr_register
    ...     def __init__(self):
    ...         pass
    ...     def vm_impl(self, x):
    ...         return x * 2
    ...     def get_bprop(self):
    ...         return lambda x, out, dout: (dout * 2,)
    >>> double = Double()
    >>> double(Tensor([1.0])), ops.GradOperation()(double)(Tensor([1.0]))
    (Tensor(shape=[1], dtype=Float32, value= [ 2.00000000e+00]), Tensor(shape=[1], dtype=Float32, value= [ 2.00000000e+00]))
    """  # noqa: E501 - the answer is one line

    def __init__(self, name: str) -> None:
        if not isinstance(name, str):
            raise DTypeError(f"Primitive: the name must be a string, got {type(name).__name__}.")
        super().__init__()
        self._own_name = name
        self.instance_name = name

    @property
    def name(self) -> str:
        return self.__dict__.get("_own_name", type(self).__name__)

    def __call__(self, *args: Any) -> Any:
        if not hasattr(type(self), "vm_impl"):
            infer: Any = getattr(type(self), "infer_value", None)
            if infer is not None and not any(isinstance(a, Tensor) for a in args):
                return infer(self, *args)  # of constants
            if type(self) is Primitive:
                operators = sys.modules[__name__.rpartition(".")[0]]
                known: Any = getattr(operators, self.name, object)
                if _Operator in getattr(known, "__mro__", ()):
                    return known(**self.attrs)(*args)
            raise NotSupportedError(f"{self.name} has no kernel here: write it as a function of Tensors, or give the "
                                    "class a vm_impl or __call__.")
        if not hasattr(type(self), "get_bprop"):
            return self._luojia_forward(*args)
        from ..nn.custom import call_with_bprop

        return call_with_bprop(self, args)

    def _luojia_forward(self, *args: Any) -> Any:
        implementation: Any = getattr(type(self), "vm_impl")  # noqa: B009 - a subclass has it
        arrays = [a.asnumpy() if isinstance(a, Tensor) else a for a in args]
        out = implementation(self, *arrays)
        if isinstance(out, tuple):
            return tuple([o if isinstance(o, Tensor) else Tensor(np.asarray(o)) for o in out])
        return out if isinstance(out, Tensor) else Tensor(np.asarray(out))

    def bprop(self, *args: Any) -> Any:
        """The gradients of the inputs, by what ``get_bprop`` returns."""
        return getattr(self, "get_bprop")()(*args)  # noqa: B009 - a subclass has it


class PrimitiveWithInfer(Primitive):
    """A ``Primitive`` whose ``infer_shape`` and ``infer_dtype`` say what it returns; here the values say it.

    >>> from luojia import Tensor, ops
    >>> class Half(ops.PrimitiveWithInfer):
    ...     @ops.prim_attr_register
    ...     def __init__(self):
    ...         pass
    ...     def infer_shape(self, x):
    ...         return x
    ...     def infer_dtype(self, x):
    ...         return x
    ...     def vm_impl(self, x):
    ...         return x / 2
    >>> print(Half()(Tensor([1.0, 2.0])))
    [0.5 1. ]
    """


class PrimitiveWithCheck(Primitive):
    """A ``Primitive`` whose ``check_shape`` and ``check_dtype`` say what it takes; NumPy refuses what it cannot do.

    >>> from luojia import Tensor, ops
    >>> class Shifted(ops.PrimitiveWithCheck):
    ...     @ops.prim_attr_register
    ...     def __init__(self, by=1):
    ...         pass
    ...     def check_shape(self, x):
    ...         pass
    ...     def check_dtype(self, x):
    ...         pass
    ...     def vm_impl(self, x):
    ...         return x + self.by
    >>> print(Shifted(by=2)(Tensor([1, 5])))
    [3 7]
    """


def prim_attr_register(fn: Callable) -> Callable:
    """A decorator for the ``__init__`` of a primitive: its arguments become attributes of the object.

    >>> from luojia import ops
    >>> class Shift(ops.Primitive):
    ...     @ops.prim_attr_register
    ...     def __init__(self, axis=0, steps=1):
    ...         pass
    >>> Shift(2).attrs, Shift(2).axis
    ({'axis': 2, 'steps': 1}, 2)
    """
    signature = inspect.signature(fn)

    @functools.wraps(fn)
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        Primitive.__init__(self, type(self).__name__)
        bound = signature.bind(self, *args, **kwargs)
        bound.apply_defaults()
        for key, value in list(bound.arguments.items())[1:]:
            self.add_prim_attr(key, value)
        fn(self, *args, **kwargs)

    return init


def _primexpr(fn: Callable | None = None, get_instance: bool = True, name: str | None = None,
              reuse_result: bool = True) -> Any:
    """As ``constexpr``, under the name that MindSpore's own functions use."""
    return constexpr(fn, get_instance, name, reuse_result)


prim_arg_register = prim_attr_register  # arguments are attributes here


def constexpr(fn: Callable | None = None, get_instance: bool = True, name: str | None = None,
              reuse_result: bool = True, check: bool = True) -> Any:
    """A function of constants, which a compiled network evaluates once; here a plain function.

    With ``get_instance=False`` it is a class, whose objects are the function.

    >>> from luojia import ops
    >>> @ops.constexpr
    ... def total(shape):
    ...     return shape[0] * shape[1]
    >>> total((2, 3))
    6
    """
    if fn is None:
        return lambda fn: constexpr(fn, get_instance)
    return fn if get_instance else lambda: fn
