"""What the arguments of MindSpore's functions may be: the type errors that they raise before anything is computed."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from ..errors import ArgumentError, DTypeError, ShapeError, UnfitArgumentError
from .tensor import Tensor

_WHAT = {"Tensor": "a Tensor", "Tensor | None": "a Tensor", "operand": "a Tensor or a number", "bool": "'bool'",
         "int": "'int'", "str": "'str'", "float": "one of '['int', 'float']'",
         "axes": "one of '['int', 'tuple', 'list']'"}
_NEVER = {"int": (bool, float, str, dict, np.ndarray), "float": (bool, str, dict, np.ndarray),
          "axes": (bool, float, str, dict)}


def is_operand(x: Any) -> bool:
    """Whether ``x`` stands for a Tensor: one itself, a Symbol, an array of JAX's."""
    return isinstance(x, Tensor) or hasattr(x, "_luojia_apply") or hasattr(x, "aval")


def allowed(x: Any, kind: str) -> bool:
    """Whether an argument is of a kind; None always is, as operators tell what they need.

    >>> allowed(3, "int"), allowed(True, "int"), allowed((1, 2), "int"), allowed("a", "axes")
    (True, False, True, False)
    """
    if kind == "Tensor":
        return is_operand(x)
    if kind == "Tensor | None":
        return x is None or is_operand(x)
    if kind == "operand":
        return x is None or is_operand(x) or isinstance(x, (bool, int, float, complex, np.generic))
    if x is None:
        return True
    if isinstance(x, Tensor):
        return kind == "axes" or kind != "str" and x.size == 1
    if kind == "bool":
        return isinstance(x, (bool, np.bool_))
    if kind == "str":
        return isinstance(x, str)
    return not isinstance(x, _NEVER[kind])


def refuse(name: str, parameter: str, x: Any, kind: str) -> DTypeError:
    """The error of an argument that is not of its kind."""
    got, shown = type(x).__name__, f"of shape {x.shape}" if isinstance(x, np.ndarray) else str(x)[:60]
    if kind in ("Tensor", "Tensor | None", "operand"):
        return DTypeError(f"For '{name}', '{parameter}' must be {_WHAT[kind]}, but got {got}: {shown}; wrap it first, "
                          "as in Tensor(...).")
    error = UnfitArgumentError if kind == "str" else DTypeError  # MindSpore's wrong choices are mostly ValueErrors
    return error(f"For '{name}', the type of '{parameter}' should be {_WHAT[kind]}, but got type '{got}': {shown}.")


_WHOLE = {"axis", "dim", "dims", "start_dim", "end_dim", "batch_dims", "offset", "diagonal", "k", "bins", "decimals",
          "groups", "group", "upscale_factor", "seed"}


def kind_of_default(name: str, default: Any) -> str | None:
    """What an attribute of this name and default may be, if they say; a 1 may stand for a number of any kind.

    >>> kind_of_default("axis", -1), kind_of_default("beta", 1), kind_of_default("keepdims", False)
    ('int', 'float', 'bool')
    """
    if type(default) is int and name != "ddof":
        return "int" if name in _WHOLE else "float"
    if name == "ddof" or name.endswith("type"):  # a bool is a number of degrees, a dtype more than its name
        return None
    kinds = {bool: "bool", float: "float", str: "str"}
    return "axes" if default == () and isinstance(default, tuple) else kinds.get(type(default))


def _plain(annotation: str) -> str:
    return annotation if annotation.startswith("Tensor") else annotation.removesuffix(" | None")


def checked(function: Callable) -> Callable:
    """The function, with its arguments compared with its annotations ``Tensor``, ``int``, ``bool``, ``str``, ``float``.

    None is allowed where no Tensor must be: what it means, or that it means nothing, the function says.

    >>> def double(input: Tensor, times: int = 2): return input * times
    >>> checked(double)(Tensor([1]), True)
    Traceback (most recent call last):
    luojia._src.errors.DTypeError: For 'double', the type of 'times' should be 'int', but got type 'bool': True.
    """
    parameters = inspect.signature(function).parameters.values()
    told = {p.name: _plain(str(p.annotation)) for p in parameters if p.kind is not p.VAR_POSITIONAL}
    kinds = {name: kind for name, kind in told.items() if kind in _WHAT}
    if not kinds and not any(p.annotation == "Tensor" for p in parameters):
        return function
    names = list(inspect.signature(function).parameters)
    order = [(name, kinds.get(name)) for name in names]
    defaults = {p.name: p.default for p in inspect.signature(function).parameters.values() if p.default is not p.empty}

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        for x, (name, kind) in zip(args, order):
            if kind is not None and x.__class__ is not Tensor and not allowed(x, kind):
                raise refuse(function.__name__, name, x, kind)
        for name, x in kwargs.items():
            kind = kinds.get(name)
            if kind is not None and not allowed(x, kind):
                raise refuse(function.__name__, name, x, kind)
        try:
            return function(*args, **kwargs)
        except AttributeError as e:
            raise no_tensor(function.__name__, e) from None
        except (ValueError, IndexError, ZeroDivisionError) as e:
            given = {**dict(zip(names, args)), **kwargs}
            if not unfit(e, [(x, defaults.get(p)) for p, x in given.items()]):
                raise
            raise UnfitArgumentError(str(e)) from e

    return call


def unfit(e: Exception, given: list[tuple[Any, Any]]) -> bool:
    """Whether an argument's type explains the error of a call that failed, which then is a TypeError too.

    ``given`` pairs the arguments with their defaults. Looking costs nothing, as the call has failed.

    >>> unfit(ValueError("no"), [("a", None)]), unfit(ValueError("no"), [(1, 0)])
    (True, False)
    """
    return e.__class__ in _RETOLD and any(_odd(x, default) for x, default in given)


_RETOLD = (ShapeError, ArgumentError, ValueError, IndexError, ZeroDivisionError)


def _odd(x: Any, default: Any, depth: int = 0) -> bool:
    """Whether x is of a type that hardly any parameter of this default takes."""
    if isinstance(x, (tuple, list)) and depth < 2:
        return any(v is None or _odd(v, None, depth + 1) for v in x) or isinstance(default, (bool, str))
    if x is None:
        return default is not None
    if isinstance(x, (str, bool)):
        return not isinstance(default, type(x))
    return isinstance(x, (float, dict, np.ndarray)) and not isinstance(default, float)


def no_tensor(name: str, e: AttributeError) -> Exception:
    """A number or a list that was asked for its shape or dtype, told in terms of the function; others as they are."""
    text = str(e)
    if not text.startswith(("'int'", "'float'", "'bool'", "'str'", "'list'", "'tuple'", "'NoneType'", "'dict'",
                            "'numpy.ndarray'", "'complex'")):
        return e
    found = text.split("'")[1]
    return DTypeError(f"For '{name}', a Tensor was expected among the arguments, but got {found}; wrap it first, as in "
                      "Tensor(...).")
