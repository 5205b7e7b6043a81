"""Symbol: a size that ``set_inputs`` leaves open, with what is known of it."""

from __future__ import annotations

from typing import Any

from .._src.errors import ArgumentError, DTypeError


class Symbol:
    """An open size for the shape of a Tensor that ``Cell.set_inputs`` is given; it stands for any size.

    Args:
        max, min, divisor, remainder, unique: what is known of the size; accepted.

    >>> import luojia
    >>> luojia.Tensor(shape=(None, Symbol(max=8), 2), dtype=luojia.float32).shape
    (0, 0, 2)

    Matches ``mindspore.Symbol``; open sizes read 0 here.
    """

    def __init__(self, max: int = 0, min: int = 1, divisor: int = 1, remainder: int = 0, unique: bool = False,
                 **kwargs: Any) -> None:
        for name, value in (("max", max), ("min", min), ("divisor", divisor), ("remainder", remainder)):
            if not isinstance(value, int) or isinstance(value, bool):
                raise DTypeError(f"For 'Symbol', the argument '{name}' must be int, but got {type(value)}")
        if not isinstance(unique, bool):
            raise DTypeError(f"For 'Symbol', the argument 'unique' must be bool, but got {type(unique)}")
        for name, value in (("min", min), ("divisor", divisor)):
            if value <= 0:
                raise ArgumentError(f"For 'Symbol', the '{name}' value should be positive, but got {value}")
        if not 0 <= remainder < divisor:
            raise ArgumentError(f"For 'Symbol', the 'remainder' value should be in the range '[0, {divisor})', but got "
                                f"{remainder}")
        self.max, self.min, self.divisor, self.remainder, self.unique = max, min, divisor, remainder, unique
