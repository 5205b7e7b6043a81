"""Checks of arguments as programs for MindSpore borrow them: ``from mindspore import _checkparam as validator``.

Each returns the value, or raises a TypeError (another type) or a ValueError (another value). ``Validator`` and ``Rel``
are the same under the names that MindSpore 1 had.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from ._src.errors import AbsentName, ArgumentError, DTypeError

EQ, NE, LT, LE, GT, GE = 1, 2, 3, 4, 5, 6
INC_NEITHER, INC_LEFT, INC_RIGHT, INC_BOTH = 7, 8, 9, 10
IN, NOT_IN = 11, 12
_RELATIONS: dict[int, tuple[str, Callable]] = {
    EQ: ("=", operator.eq), NE: ("!=", operator.ne), LT: ("<", operator.lt), LE: ("<=", operator.le),
    GT: (">", operator.gt), GE: (">=", operator.ge)}
_RANGES = {INC_NEITHER: "()", INC_LEFT: "[)", INC_RIGHT: "(]", INC_BOTH: "[]"}


def _who(prim_name: str | None, arg_name: str | None) -> str:
    return (f"For '{prim_name}', the " if prim_name else "The ") + (f"'{arg_name}'" if arg_name else "input value")


def _typed(value: Any, kind: type, arg_name: str | None, prim_name: str | None) -> Any:
    kinds = (int, np.integer) if kind is int else (float, np.floating)
    if isinstance(value, bool) or not isinstance(value, kinds):
        raise DTypeError(f"{_who(prim_name, arg_name)} must be {kind.__name__}, but got '{type(value).__name__}'")
    return value


def _number(value: Any, limit: Any, rel: int, kind: type, arg_name: str | None, prim_name: str | None) -> Any:
    _typed(value, kind, arg_name, prim_name)
    sign, holds = _RELATIONS[rel]
    if not holds(value, limit):
        raise ArgumentError(f"{_who(prim_name, arg_name)} must be {kind.__name__} and must {sign} {limit}, but got "
                            f"'{value}' with type '{kind.__name__}'.")
    return value


def check(arg_name: str, arg_value: Any, value_name: str, value: Any, rel: int = EQ, prim_name: str | None = None,
          excp_cls: type[Exception] = ValueError) -> Any:
    """``arg_value`` in relation ``rel`` to ``value``, or in it for IN and NOT_IN."""
    if rel in (IN, NOT_IN):
        holds, sign = (arg_value in value) is (rel == IN), "in" if rel == IN else "not in"
    else:
        sign, test = _RELATIONS[rel]
        holds = test(arg_value, value)
    if not holds:
        raise excp_cls(f"{_who(prim_name, arg_name)} should be {sign} {value_name}: {value}, but got {arg_value}.")
    return arg_value


def check_int(arg_value: Any, value: int, rel: int, arg_name: str | None = None, prim_name: str | None = None) -> int:
    """An int in relation ``rel`` to ``value``."""
    return _number(arg_value, value, rel, int, arg_name, prim_name)


def check_float(arg_value: Any, value: float, rel: int, arg_name: str | None = None,
                prim_name: str | None = None) -> float:
    """A float in relation ``rel`` to ``value``."""
    return _number(arg_value, value, rel, float, arg_name, prim_name)


def _compared(kind: type, limit: float, rel: int, what: str) -> Callable:
    def checked(arg_value: Any, arg_name: str | None = None, prim_name: str | None = None) -> Any:
        return _number(arg_value, limit, rel, kind, arg_name, prim_name)

    checked.__doc__ = what
    return checked


check_positive_int = _compared(int, 0, GT, "An int > 0.")
check_negative_int = _compared(int, 0, LT, "An int < 0.")
check_non_positive_int = _compared(int, 0, LE, "An int <= 0.")
check_non_negative_int = _compared(int, 0, GE, "An int >= 0.")
check_positive_float = _compared(float, 0, GT, "A float > 0.")
check_negative_float = _compared(float, 0, LT, "A float < 0.")
check_non_positive_float = _compared(float, 0, LE, "A float <= 0.")
check_non_negative_float = _compared(float, 0, GE, "A float >= 0.")


def check_equal_int(arg_value: Any, value: int, arg_name: str | None = None, prim_name: str | None = None) -> int:
    """An int equal to ``value``."""
    return _number(arg_value, value, EQ, int, arg_name, prim_name)


def check_number(arg_name: str, arg_value: Any, value: Any, rel: int, prim_name: str | None) -> Any:
    """A number in relation ``rel`` to ``value``."""
    sign, holds = _RELATIONS[rel]
    if not holds(arg_value, value):
        raise ArgumentError(f"{_who(prim_name, arg_name).replace('the ', 'the argument ')} must {sign} {value}, but "
                            f"got {arg_value}.")
    return arg_value


def check_number_range(arg_value: Any, lower_limit: Any, upper_limit: Any, rel: int, value_type: type,
                       arg_name: str | None = None, prim_name: str | None = None) -> Any:
    """A number of ``value_type`` between two limits, which ``rel`` (INC_LEFT, ...) includes or not."""
    _typed(arg_value, value_type, arg_name, prim_name)
    left, right = _RANGES[rel]
    above = arg_value >= lower_limit if left == "[" else arg_value > lower_limit
    below = arg_value <= upper_limit if right == "]" else arg_value < upper_limit
    if not (above and below):
        raise ArgumentError(f"{_who(prim_name, arg_name)} must be in range of {left}{lower_limit}, {upper_limit}"
                            f"{right}, but got {arg_value} with type '{type(arg_value).__name__}'.")
    return arg_value


def check_int_range(arg_value: Any, lower_limit: int, upper_limit: int, rel: int, arg_name: str | None = None,
                    prim_name: str | None = None) -> int:
    """An int in a range."""
    return check_number_range(arg_value, lower_limit, upper_limit, rel, int, arg_name, prim_name)


def check_float_range(arg_value: Any, lower_limit: float, upper_limit: float, rel: int, arg_name: str | None = None,
                      prim_name: str | None = None) -> float:
    """A float in a range."""
    return check_number_range(arg_value, lower_limit, upper_limit, rel, float, arg_name, prim_name)


def check_is_int(arg_value: Any, arg_name: str | None = None, prim_name: str | None = None) -> int:
    """An int."""
    return _typed(arg_value, int, arg_name, prim_name)


def check_is_float(arg_value: Any, arg_name: str | None = None, prim_name: str | None = None) -> float:
    """A float."""
    return _typed(arg_value, float, arg_name, prim_name)


def check_bool(arg_value: Any, arg_name: str | None = None, prim_name: str | None = None) -> bool:
    """A bool."""
    if not isinstance(arg_value, bool):
        raise DTypeError(f"{_who(prim_name, arg_name)} must be a bool, but got {type(arg_value).__name__}.")
    return arg_value


def check_string(arg_value: Any, valid_values: Iterable[str], arg_name: str | None = None,
                 prim_name: str | None = None) -> str:
    """One of some strings."""
    valid_values = list(valid_values)
    if not isinstance(arg_value, str) or arg_value not in valid_values:
        raise ArgumentError(f"{_who(prim_name, arg_name)} must be str and must be in '{valid_values}', but got "
                            f"'{arg_value}'.")
    return arg_value


def check_value_type(arg_name: str, arg_value: Any, valid_types: Any, prim_name: str | None = None) -> Any:
    """A value of one of some types; a bool is no int, unless bool is among them."""
    types = tuple(valid_types) if isinstance(valid_types, Iterable) else (valid_types,)
    if (isinstance(arg_value, bool) and bool not in types) or not isinstance(arg_value, types):
        names = [t.__name__ for t in types]
        wanted = f"'{names[0]}'" if len(names) == 1 else f"one of '{names}'"
        start = f"For '{prim_name}', the" if prim_name else "The"
        raise DTypeError(f"{start} type of '{arg_name}' should be {wanted}, but got type "
                         f"'{type(arg_value).__name__}'.")
    return arg_value


def check_isinstance(arg_name: str, arg_value: Any, classes: Any) -> Any:
    """An instance of ``classes``; ValueError else."""
    if not isinstance(arg_value, classes):
        raise ArgumentError(f"The parameter '{arg_name}' must be isinstance of {classes}, but got {arg_value}.")
    return arg_value


def check_str_by_regular(target: str, reg: str | None = None, flag: Any = re.ASCII,
                         prim_name: str | None = None) -> bool:
    """A string that matches a pattern, by default one of letters, digits, '_', '.', '-' and the like."""
    if re.match(reg or r"^[0-9a-zA-Z\_\-\.\:\/\\\s]+$", target, flag) is None:
        raise ArgumentError(f"{_who(prim_name, target)} is illegal, it must be match regular '{reg}'.")
    return True


def check_positive_int_sequence(sequence: Sequence, arg_name: str | None = None, prim_name: str | None = None) -> Any:
    """A tuple or list of ints > 0."""
    for i, value in enumerate(sequence):
        check_positive_int(value, f"{arg_name}[{i}]", prim_name)
    return sequence


class Rel:
    """The relations, as MindSpore 1 named them."""

    EQ, NE, LT, LE, GT, GE = EQ, NE, LT, LE, GT, GE
    INC_NEITHER, INC_LEFT, INC_RIGHT, INC_BOTH, IN, NOT_IN = INC_NEITHER, INC_LEFT, INC_RIGHT, INC_BOTH, IN, NOT_IN


class _Checks(type):
    def __getattr__(cls, name: str) -> Any:
        return __getattr__(name)


class Validator(metaclass=_Checks):
    """The checks, as MindSpore 1 grouped them."""


for _name, _check in list(globals().items()):
    if _name.startswith("check"):
        setattr(Validator, _name, staticmethod(_check))


def __getattr__(name: str) -> Any:
    """The less common checks, which are in ``common.checkparam``."""
    if not name.startswith("__"):
        from .common import checkparam

        found = vars(checkparam).get(name)
        if getattr(found, "__module__", None) == checkparam.__name__:
            return found
    raise AbsentName(__name__, name)
