"""Gradients sent as two bits: what a device sends is rounded to -t, 0 or t, and what that loses is sent later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..core.tensor import Tensor
from ..errors import ArgumentError, NotSupportedError


class TwoBit:
    """sent = t where r >= t, -t where r <= -t, else 0, for r the gradient and what was not sent so far; r -= sent.

    Args:
        threshold: t.

    >>> import luojia as ms
    >>> send = TwoBit(0.5)
    >>> [send("w", [ms.Tensor([0.3, -2.0])])[0].tolist() for _ in range(2)]
    [[0.0, -0.5], [0.5, -0.5]]

    Source: Seide et al. 2014; the 2-bit compression of MXNet's key-value stores.
    """

    def __init__(self, threshold: float = 0.5) -> None:
        if threshold <= 0:
            raise ArgumentError(f"compression of gradients: threshold must be positive, got {threshold}.")
        self.threshold = threshold
        self._unsent: dict[tuple, Any] = {}

    def __call__(self, key: Any, gradients: list[Tensor]) -> list[Tensor]:
        """What the devices send of their gradients for ``key``."""
        found = []
        for number, gradient in enumerate(gradients):
            engine, value = gradient._device.engine, gradient._value
            before = self._unsent.get((key, number))
            rest = value if before is None else engine.add(before, value)
            sent = engine.xp.where(rest >= self.threshold, self.threshold,
                                   engine.xp.where(rest <= -self.threshold, -self.threshold, 0)).astype(value.dtype)
            self._unsent[key, number] = rest - sent
            made = gradient.copy()
            made._rebind(sent)
            found.append(made)
        return found


def compression(params: Mapping[str, Any] | None) -> TwoBit | None:
    """What ``compression_params`` asks for: ``{'type': '2bit', 'threshold': 0.5}``, or nothing."""
    params = dict(params or {"type": "none"})
    if "type" not in params:
        raise ArgumentError("compression of gradients: Required parameter type of string is not presented; it is "
                            "'2bit' or 'none'.")
    kind = params.pop("type")
    if kind == "none":
        return None
    if kind != "2bit":
        raise NotSupportedError(f"compression of gradients: the type must be '2bit' or 'none', got {kind!r}.")
    if unknown := params.keys() - {"threshold"}:
        raise ArgumentError(f"compression of gradients: '2bit' takes a threshold, got {sorted(unknown)} as well.")
    return TwoBit(float(params.get("threshold", 0.5)))
