"""What all bijectors have."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...._checkparam import check_value_type
from ...._src.core.dtypes import float32, is_float
from ...._src.core.tensor import Tensor
from ...._src.errors import DTypeError
from ...module import Module


def parameter_of(value: Any, dtype: Any = None) -> Tensor:
    """A parameter as a Tensor: a number, a list or an array becomes one, of ``dtype``.

    Without ``dtype`` it is a bijector's, which must be a float.

    Raises:
        TypeError: it is none of them, or a bijector's of another dtype.
    """
    if isinstance(value, (bool, np.bool_)):
        raise DTypeError("Input cannot be Type Bool")
    if not isinstance(value, (Tensor, int, float, list, np.ndarray, np.number)):
        raise DTypeError(f"Unable to convert input of type {type(value)} to a Tensor of type {dtype or float32}")
    found = value if isinstance(value, Tensor) else Tensor(value)
    if dtype is None and not is_float(found.np_dtype):
        raise DTypeError(f"The parameter of a bijector must be of float16, float32 or float64, but got {found.dtype}.")
    return value if isinstance(value, Tensor) else Tensor(value, dtype or float32)


class Bijector(Module):
    """The base class. A subclass gives ``_forward_of``, ``_inverse_of`` and the logs of their derivatives.

    Calling it with the name of a method, as ``bijector("forward", x)``, calls the method.

    Matches ``mindspore.nn.probability.bijector.Bijector``.
    """

    def __init__(self, is_constant_jacobian: bool = False, is_injective: bool = True, name: str | None = None,
                 dtype: Any = None, param: dict[str, Any] | None = None) -> None:
        super().__init__()
        self.name = check_value_type("name", type(self).__name__ if name is None else name, str, type(self).__name__)
        self.is_constant_jacobian, self.is_injective, self.dtype = is_constant_jacobian, is_injective, dtype
        given = {k: v for k, v in (param or {}).items() if k not in ("self", "__class__", "name", "param_dict")}
        self.parameters = {**given, "name": self.name, **({"param_dict": given} if given else {})}

    @property
    def batch_shape(self) -> tuple[int, ...]:
        """The shape of the parameters together."""
        given = (getattr(self, name, None) for name in self.parameters if name not in ("name", "param_dict"))
        return np.broadcast_shapes(*[value.shape for value in given if isinstance(value, Tensor)])

    @property
    def is_scalar_batch(self) -> bool:
        """Whether every parameter is one number."""
        return self.batch_shape == ()

    def _value(self, value: Any) -> Tensor:
        if not isinstance(value, Tensor):
            raise DTypeError("For input value of bijector, input type must be a Tensor or Parameter.")
        if not is_float(value.dtype.np):
            raise DTypeError(
                f"For input value of bijector , the type must be or be subclass of Float, but got {value.dtype}"
            )
        return value

    def forward(self, value: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        """The map."""
        return self._forward_of(self._value(value), *args, **kwargs).astype(value.dtype)

    def inverse(self, value: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        """The inverse map."""
        return self._inverse_of(self._value(value), *args, **kwargs).astype(value.dtype)

    def forward_log_jacobian(self, value: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        """log |d forward(x) / dx|."""
        return self._forward_slope(self._value(value), *args, **kwargs).astype(value.dtype)

    def inverse_log_jacobian(self, value: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        """log |d inverse(y) / dy|."""
        return self._inverse_slope(self._value(value), *args, **kwargs).astype(value.dtype)

    def _forward_of(self, x: Tensor) -> Tensor:
        raise NotImplementedError(f"{self.name} has no forward.")

    def _inverse_of(self, y: Tensor) -> Tensor:
        raise NotImplementedError(f"{self.name} has no inverse.")

    def _forward_slope(self, x: Tensor) -> Tensor:
        return -self._inverse_slope(self._forward_of(x))

    def _inverse_slope(self, y: Tensor) -> Tensor:
        return -self._forward_slope(self._inverse_of(y))

    def construct(self, name: Any, *args: Any, **kwargs: Any) -> Any:
        from ..distribution.base import Distribution

        if isinstance(name, Distribution):  # the distribution of its values
            from ..distribution.transformed import TransformedDistribution

            return TransformedDistribution(self, name, *args, **kwargs)
        if name not in ("forward", "inverse", "forward_log_jacobian", "inverse_log_jacobian"):
            raise NotImplementedError(f"{name} is not implemented for {self.name}.")
        return getattr(Bijector, name)(self, *args, **kwargs)


class Invert(Bijector):
    """The inverse of ``bijector``.

    >>> from luojia import Tensor
    >>> from luojia.nn.probability import bijector as msb
    >>> msb.Invert(msb.Exp()).forward(Tensor([1.0])).tolist()
    [0.0]

    Matches ``mindspore.nn.probability.bijector.Invert``.
    """

    def __init__(self, bijector: Bijector, name: str = "") -> None:
        check_value_type("bijector", bijector, Bijector, "Invert")
        super().__init__(bijector.is_constant_jacobian, bijector.is_injective, name or f"Invert{bijector.name}",
                         bijector.dtype)
        self._bijector = bijector
        self.parameters = {"bijector": bijector, "name": self.name}

    @property
    def bijector(self) -> Bijector:
        """What is inverted."""
        return self._bijector

    def _forward_of(self, x: Tensor) -> Tensor:
        return self._bijector.inverse(x)

    def _inverse_of(self, y: Tensor) -> Tensor:
        return self._bijector.forward(y)

    def _forward_slope(self, x: Tensor) -> Tensor:
        return self._bijector.inverse_log_jacobian(x)

    def _inverse_slope(self, y: Tensor) -> Tensor:
        return self._bijector.forward_log_jacobian(y)
