"""Compiling functions and classes: MindSpore's decorators."""

from __future__ import annotations

import functools
import operator
import sys
import warnings
import weakref
from collections.abc import Callable
from typing import Any

from .._src.core.arguments import takes
from .._src.core.compiled import Compiled
from .._src.core.saved import register_saved_tensors_hooks, saved_tensors_hooks  # noqa: F401 - MindSpore has them here
from .._src.core.tensor import Tensor
from .._src.engine.memory import synchronize
from .._src.errors import ArgumentError, DTypeError


class Jit(Compiled):
    """A function that is compiled where an engine compiles, and runs eagerly with the same results elsewhere.

    ``__wrapped__`` is the function itself. On the NumPy engine every call is eager, so ``strict``, which asks that
    nothing fall back to eager running, changes nothing there. ``traces`` lists what was compiled and why.
    """

    __wrapped__: Callable
    __qualname__: str

    def __init__(self, fn: Callable, strict: bool = False) -> None:
        if not callable(fn):
            raise DTypeError(f"For 'jit', the function should be callable, but got {type(fn).__name__}.")
        super().__init__(fn, strict=strict, settles=True)
        functools.update_wrapper(self, fn, updated=())
        self._bound: Any = weakref.WeakKeyDictionary()

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None:
            return self
        try:
            found = self._bound.get(instance)
            if found is None:
                found = self._bound[instance] = Jit(_Method(self.__wrapped__, instance), self.strict)
        except TypeError:  # no weak references to it, or no hash
            return Jit(self.__wrapped__.__get__(instance, owner), self.strict)
        return _Bound(found, instance)

    def __deepcopy__(self, memo: dict) -> Jit:
        return Jit(self.__wrapped__, self.strict)

    def __reduce__(self) -> Any:
        try:  # as a function of a module, which is found by its name
            found = operator.attrgetter(self.__qualname__)(sys.modules[self.__module__])
        except (AttributeError, KeyError):
            found = None
        return self.__qualname__ if found is self else (Jit, (self.__wrapped__, self.strict))

    def __repr__(self) -> str:
        return f"<jit {getattr(self.__wrapped__, '__qualname__', self.__wrapped__)}>"


class _Bound:
    """What ``object.method`` gives: the object's Jit, and the object, which lives as long as this."""

    __slots__ = ("_jit", "__self__")

    def __init__(self, jit: Jit, instance: Any) -> None:
        self._jit, self.__self__ = jit, instance

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._jit(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._jit, name)

    def __repr__(self) -> str:
        return repr(self._jit)


class _Method:
    """A method bound to an object that it does not keep alive."""

    def __init__(self, fn: Callable, instance: Any) -> None:
        functools.update_wrapper(self, fn, updated=())
        self._instance = weakref.ref(instance)
        self._fn = fn

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._fn(self._instance(), *args, **kwargs)

    @property
    def func(self) -> Any:
        """The bound method, where Modules are looked for."""
        return self._fn.__get__(self._instance())


@takes("capture_mode: str ! in ast,bytecode,trace; jit_level: str ! in O0,O1; dynamic: int [0,1]; fullgraph: bool")
def jit(fn: Callable | None = None, mode: str = "PSJit", input_signature: Any = None, hash_args: Any = None,
        jit_config: Any = None, *, function: Callable | None = None, capture_mode: str = "ast", jit_level: str = "O0",
        dynamic: int = 0, fullgraph: bool = False, backend: str = "", strict: bool = False, **options: Any) -> Any:
    """Compile a function, a method or a Module; also a decorator, with or without arguments.

    Args:
        fn: what to compile; ``function`` is its name in MindSpore 2.6 and later.
        mode, input_signature, hash_args, jit_config, capture_mode, jit_level, dynamic, fullgraph, backend, options:
            accepted; shapes and dtypes are found by running.
        strict: raise where the function cannot be compiled as a whole, instead of running it eagerly.

    Raises:
        TypeError, ValueError: a value that MindSpore does not know.

    >>> from luojia import Tensor, jit
    >>> @jit
    ... def double(x):
    ...     return x * 2
    >>> double(Tensor([1.5]))
    Tensor(shape=[1], dtype=Float32, value= [ 3.00000000e+00])
    >>> double.__wrapped__.__name__
    'double'

    Matches ``mindspore.jit`` and ``ms_function``.
    """
    fn = function if fn is None else fn
    if fn is None:
        return lambda fn: Jit(fn, strict)
    return Jit(fn, strict)


def ms_function(fn: Callable | None = None, obj: Any = None, input_signature: Any = None, hash_args: Any = None) -> Any:
    """``jit`` under its name in MindSpore 1.x."""
    return jit(fn, input_signature=input_signature, hash_args=hash_args)


def jit_class(cls: type) -> type:
    """Allow a class inside compiled functions; every class is.

    Raises:
        TypeError: something that is no class, or a network's.
    """
    if not isinstance(cls, type):
        raise DTypeError(f"Decorator jit_class can only be used for class type, but got {cls!r}.")
    if hasattr(cls, "cells_and_names"):
        raise DTypeError("Decorator jit_class is used for user-defined classes and cannot be used for nn.Cell: "
                         f"{cls}.")
    return cls


ms_class = jit_class


class JitConfig:
    """Options of compiling, kept as they are: they tune MindSpore's compiler.

    Raises:
        ValueError: a value that MindSpore does not know.

    >>> JitConfig(jit_level="O1").jit_config_dict["jit_level"]
    'O1'
    """

    def __init__(self, jit_level: str = "", exc_mode: str = "auto", jit_syntax_level: str = "",
                 debug_level: str = "RELEASE", infer_boost: str = "off", **kwargs: Any) -> None:
        for name, value, choices in (
                ("jit_level", jit_level, ["", "O0", "O1", "O2"]), ("exc_mode", exc_mode, ["auto", "sink", "no_sink"]),
                ("jit_syntax_level", jit_syntax_level, ["", "STRICT", "LAX"]),
                ("debug_level", debug_level, ["", "RELEASE", "DEBUG"]), ("infer_boost", infer_boost, ["on", "off"])):
            if value not in choices:
                raise ArgumentError(f"For '{name}' must be one of {[c for c in choices if c]}, but got {value!r}.")
        self.jit_config_dict = {"jit_level": jit_level, "exc_mode": exc_mode, "jit_syntax_level": jit_syntax_level,
                                "debug_level": debug_level, "infer_boost": infer_boost, **kwargs}


def lazy_inline(fn: Callable | None = None, attrs: Any = None, policy: Any = None) -> Any:
    """A decorator of a network's ``__init__`` that tells MindSpore's compiler when to inline; it changes nothing."""
    return fn if fn is not None else lambda fn: fn


def no_inline(fn: Callable | None = None) -> Any:
    """A decorator that keeps MindSpore's compiler from inlining; it changes nothing."""
    return fn if fn is not None else lambda fn: fn


def enable_dynamic(**kwargs: Any) -> Any:
    """A decorator that names the arguments of changing shapes; it changes nothing: every shape is compiled as it comes.

    >>> enable_dynamic(obj=None)(len)("ab")
    2
    """
    if not kwargs:
        raise ArgumentError("For 'enable_dynamic', name at least one argument of the function, as in "
                            "enable_dynamic(x=..).")
    return lambda fn: fn


def run_check() -> None:
    """Compute one product, and say that luojia works.

    >>> run_check()
    luojia version: ...
    The result of multiplication calculation is correct, luojia has been installed on platform [CPU] successfully!
    """
    from .._src.engine.devices import current_context
    from ..version import __version__

    right = (Tensor([[1.0, 2.0]]) * 2).tolist() == [[2.0, 4.0]]
    target = current_context().device_type.upper()
    print("luojia version: ", __version__)
    print(f"The result of multiplication calculation is {'correct' if right else 'wrong'}, luojia has been installed "
          f"on platform [{target}] {'successfully' if right else 'with faults'}!")


class _MutableInt(int):
    _luojia_mutable = True


class _MutableFloat(float):
    _luojia_mutable = True


class _MutableTuple(tuple):
    pass


class _MutableList(list):
    pass


class _MutableDict(dict):
    pass


_MUTABLE = {int: _MutableInt, float: _MutableFloat, tuple: _MutableTuple, list: _MutableList, dict: _MutableDict}


@takes("dynamic_len: bool")
def mutable(input_data: Any, dynamic_len: bool = False) -> Any:
    """``input_data`` marked as a value that a compiled function takes as an input, not as a constant.

    >>> from luojia import mutable
    >>> mutable(5) + 1
    6

    Raises:
        TypeError: something other than a Tensor, a number, or a tuple, a list or a dict of those; with
            ``dynamic_len``, no tuple and no list.
    """
    if not _may_change(input_data):
        raise DTypeError("For 'mutable', the 'input_data' should be one of (bool, int, float, Tensor, tuple, list, "
                         f"dict) or their nested structures, but got {input_data!r}.")
    if dynamic_len and not isinstance(input_data, (tuple, list)):
        raise DTypeError("For 'mutable', when the dynamic_len is True, the first input should be list or tuple, but "
                         f"got: {type(input_data).__name__}.")
    cls = _MUTABLE.get(type(input_data))
    return input_data if cls is None else cls(input_data)


def _may_change(value: Any) -> bool:
    if isinstance(value, (tuple, list)):
        return all(map(_may_change, value))
    if isinstance(value, dict):
        return all(map(_may_change, value.values()))
    return isinstance(value, (Tensor, bool, int, float))


def is_mutable(value: Any) -> bool:
    """Whether ``mutable`` marked the value."""
    return isinstance(value, tuple(_MUTABLE.values()))


class _GraphExecutor:
    """What programs reach for to compile a network without running it: ``_cell_graph_executor.compile(net, *inputs)``.

    The network runs once, and what it assigned to its parameters is undone (``Cell.compile``).
    """

    def compile(self, obj: Any, *args: Any, phase: str = "", **_: Any) -> tuple[str, bool]:
        obj.compile(*args)
        return phase, True

    def __call__(self, obj: Any, *args: Any, phase: str = "predict", **_: Any) -> Any:
        return obj(*args)


_cell_graph_executor = _executor = _GraphExecutor()


class _EagerExecutor:
    """What programs ask of MindSpore's PYNATIVE_MODE: that all is computed."""

    def sync(self) -> None:
        synchronize()


_pynative_executor = _EagerExecutor()


def deprecated(version: str, substitute: str, use_substitute_name: bool = False) -> Any:
    """A decorator that warns when the function is called: MindSpore's ``common._decorator.deprecated``."""
    def decorate(fn: Callable) -> Callable:
        @functools.wraps(fn)
        def called(*args: Any, **kwargs: Any) -> Any:
            warnings.warn(f"'{fn.__name__}' is deprecated from version {version} and will be removed in a future "
                          f"version, use '{substitute}' instead.", DeprecationWarning, stacklevel=2)
            return fn(*args, **kwargs)

        return called

    return decorate
