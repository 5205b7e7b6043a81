"""The bijectors: powers and exponentials, lines, softplus and Gumbel's cumulative function."""

from __future__ import annotations

from typing import Any

from .... import ops
from ...._src.core.tensor import Tensor
from ...._src.errors import ArgumentError
from .base import Bijector, parameter_of


class PowerTransform(Bijector):
    """y = (1 + power x)^(1 / power); e^x for power 0.

    Raises:
        ValueError: ``power`` < 0.

    Matches ``mindspore.nn.probability.bijector.PowerTransform``.
    """

    def __init__(self, power: Any = 0.0, name: str = "PowerTransform") -> None:
        super().__init__(name=name, param={"power": power})
        self.power = parameter_of(power)
        if (self.power.asnumpy() < 0).any():
            raise ArgumentError("Power must be greater than or equal to zero.")

    def extend_repr(self) -> str:
        return f"power = {self.power}"

    def _forward_of(self, x: Tensor) -> Tensor:
        p = _or_one(self.power)
        return ops.where(self.power == 0, ops.exp(x), ops.exp(ops.log(1 + x * p) / p))

    def _inverse_of(self, y: Tensor) -> Tensor:
        p = _or_one(self.power)
        return ops.where(self.power == 0, ops.log(y), ops.expm1(ops.log(y) * p) / p)

    def _forward_slope(self, x: Tensor) -> Tensor:
        p = _or_one(self.power)
        return ops.where(self.power == 0, x, (1 / p - 1) * ops.log(1 + x * p))

    def _inverse_slope(self, y: Tensor) -> Tensor:
        return (self.power - 1) * ops.log(y)


def _or_one(power: Tensor) -> Tensor:
    return ops.where(power == 0, ops.ones_like(power), power)


class Exp(PowerTransform):
    """y = e^x.

    >>> from luojia import Tensor
    >>> from luojia.nn.probability import bijector as msb
    >>> msb.Exp().forward_log_jacobian(Tensor([2.0])).tolist()
    [2.0]

    Matches ``mindspore.nn.probability.bijector.Exp``.
    """

    def __init__(self, name: str = "Exp") -> None:
        super().__init__(0.0, name)

    def extend_repr(self) -> str:
        return "exp"


class ScalarAffine(Bijector):
    """y = scale x + shift.

    Matches ``mindspore.nn.probability.bijector.ScalarAffine``.
    """

    def __init__(self, scale: Any = 1.0, shift: Any = 0.0, name: str = "ScalarAffine") -> None:
        super().__init__(is_constant_jacobian=True, name=name, param={"scale": scale, "shift": shift})
        self.scale, self.shift = parameter_of(scale), parameter_of(shift)

    def extend_repr(self) -> str:
        return f"scale = {self.scale}, shift = {self.shift}"

    def _forward_of(self, x: Tensor) -> Tensor:
        return self.scale * x + self.shift

    def _inverse_of(self, y: Tensor) -> Tensor:
        return (y - self.shift) / self.scale

    def _forward_slope(self, x: Tensor) -> Tensor:
        return ops.log(ops.abs(self.scale))

    def _inverse_slope(self, y: Tensor) -> Tensor:
        return -ops.log(ops.abs(self.scale))


class Softplus(Bijector):
    """y = log(1 + e^(sharpness x)) / sharpness.

    Matches ``mindspore.nn.probability.bijector.Softplus``.
    """

    def __init__(self, sharpness: Any = 1.0, name: str = "Softplus") -> None:
        super().__init__(name=name, param={"sharpness": sharpness})
        self.sharpness = parameter_of(sharpness)

    def extend_repr(self) -> str:
        return f"sharpness = {self.sharpness}"

    def _forward_of(self, x: Tensor) -> Tensor:
        return softplus(self.sharpness * x) / self.sharpness

    def _inverse_of(self, y: Tensor) -> Tensor:
        return ops.log(ops.expm1(self.sharpness * y)) / self.sharpness

    def _forward_slope(self, x: Tensor) -> Tensor:
        return -softplus(-self.sharpness * x)

    def _inverse_slope(self, y: Tensor) -> Tensor:
        return -ops.log(-ops.expm1(-self.sharpness * y))


def softplus(x: Tensor) -> Tensor:
    """log(1 + e^x), which does not overflow."""
    return ops.maximum(x, 0) + ops.log1p(ops.exp(-ops.abs(x)))


class GumbelCDF(Bijector):
    """y = e^(-e^(-z)) with z = (x - loc) / scale.

    Raises:
        ValueError: ``scale`` <= 0.

    Matches ``mindspore.nn.probability.bijector.GumbelCDF``.
    """

    def __init__(self, loc: Any = 0.0, scale: Any = 1.0, name: str = "GumbelCDF") -> None:
        super().__init__(name=name, param={"loc": loc, "scale": scale})
        self.loc, self.scale = parameter_of(loc), parameter_of(scale)
        if (self.scale.asnumpy() <= 0).any():
            raise ArgumentError("scale must be greater than zero.")

    def extend_repr(self) -> str:
        return f"loc = {self.loc}, scale = {self.scale}"

    def _forward_of(self, x: Tensor) -> Tensor:
        return ops.exp(-ops.exp(-(x - self.loc) / self.scale))

    def _inverse_of(self, y: Tensor) -> Tensor:
        return self.loc - self.scale * ops.log(-ops.log(y))

    def _forward_slope(self, x: Tensor) -> Tensor:
        z = (x - self.loc) / self.scale
        return -z - ops.exp(-z) - ops.log(self.scale)

    def _inverse_slope(self, y: Tensor) -> Tensor:
        return ops.log(self.scale / (-y * ops.log(y)))
