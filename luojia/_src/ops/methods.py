"""The operators as Tensor's Python operators."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core.op import OPERATORS, Operator, apply, binary
from ..core.tensor import Tensor
from .index import encode

_NONE: dict[str, Any] = {}


def _reflected(op: Operator) -> Callable:
    def method(self: Tensor, other: Any) -> Tensor:
        return apply(op, (other, self), _NONE)

    return method


def _unary(op: Operator) -> Callable:
    def method(self: Tensor) -> Tensor:
        return apply(op, (self,), _NONE)

    return method


def getitem(self: Tensor, index: Any) -> Tensor:
    template, arrays = encode(index)
    return apply(OPERATORS["getitem"], (self, *arrays), {"index": template})


for _name, _op in {"add": "add", "sub": "subtract", "mul": "multiply", "truediv": "divide", "pow": "power"}.items():
    setattr(Tensor, f"__{_name}__", binary(OPERATORS[_op]))
    setattr(Tensor, f"__r{_name}__", _reflected(OPERATORS[_op]))
Tensor.__neg__ = _unary(OPERATORS["negative"])
Tensor.__gt__ = binary(OPERATORS["greater"])
setattr(Tensor, "__getitem__", getitem)  # noqa: B010 - a type checker takes Tensor as declared
