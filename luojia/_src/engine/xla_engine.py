"""The XLA engine: JAX's functions, compiled per operator and attributes. Only this file imports jax."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax  # pyright: ignore[reportMissingImports] - an extra, which the type check does without
import jax.numpy as jnp  # pyright: ignore[reportMissingImports]
import numpy as np

from .namespace import Namespace
from .xla_primitives import xla_primitives


class XlaEngine:
    """Computation through XLA, eager by cached compiled programs. Arrays are ``jax.Array`` or tracers."""

    name = "xla"
    direct = False

    def __init__(self) -> None:
        jax.config.update("jax_enable_x64", True)
        self.xp = Namespace("luojia.xp.xla", jnp, xla_primitives(jax, jnp) | {"vjp": self.vjp_of, "engine": self})
        self._compiled: dict[Any, Any] = {}

    def asarray(self, value: Any, dtype: Any = None) -> Any:
        return jnp.asarray(value, dtype)

    def to_numpy(self, array: Any) -> np.ndarray:
        return np.asarray(array)

    def put(self, array: Any, device: Any) -> Any:
        return jax.device_put(array, self.device_of(device))

    def device_of(self, device: Any) -> Any:
        """JAX's device for a luojia device; cpu numbers beyond what JAX has share its CPUs."""
        found = jax.devices("gpu" if device.device_type == "gpu" else "cpu")
        return found[device.device_id % len(found)]

    def run(self, op: Any, values: list, attrs: dict) -> Any:
        """Apply operator ``op``, compiled once per attributes, scalars and absent arguments."""
        where = tuple([i for i, v in enumerate(values) if _is_array(v)])
        arrays = [values[i] for i in where]
        rest = tuple([None if i in where else v for i, v in enumerate(values)])
        try:
            ans = self._cached(_forward, op, where, rest, attrs)(*arrays)
        except (jax.errors.ConcretizationTypeError, jax.errors.NonConcreteBooleanIndexError):
            ans = _forward(self.xp, op, where, rest, attrs)(*arrays)  # its result's shape depends on values
        return tuple(ans) if isinstance(ans, (tuple, list)) else ans

    def pull(self, op: Any, g: Any, ans: Any, args: tuple, needs: tuple, attrs: dict) -> Any:
        """Apply the operator's own rule, compiled."""
        where = tuple([i for i, v in enumerate(args) if _is_array(v)])
        rest = tuple([None if i in where else v for i, v in enumerate(args)])
        program = self._cached(_pullback, op, where, rest, attrs, needs)
        return program(g, ans, *[args[i] for i in where])

    def _cached(self, make: Any, op: Any, where: tuple, rest: tuple, attrs: dict, *more: Any) -> Any:
        try:
            key = (make, op, where, tuple([(type(r), _static(r)) for r in rest]),
                   tuple([(k, type(v), v) for k, v in sorted(attrs.items())]), more)
            program = self._compiled.get(key)
        except TypeError:  # attributes that do not hash or sort: run uncompiled
            return make(self.xp, op, where, rest, attrs, *more)
        if program is None:
            program = self._compiled[key] = jax.jit(make(self.xp, op, where, rest, attrs, *more))
        return program

    def vjp(self, fn: Any, *arrays: Any) -> tuple[Any, Any]:
        """The value of ``fn(xp, *arrays)`` and the map from its cotangent to those of ``arrays``."""
        return jax.vjp(partial(fn, self.xp), *arrays)

    vjp_of = vjp

    def eval_shape(self, fn: Any, *specs: tuple) -> Any:
        """The shape and dtype of ``fn``'s result, abstractly."""
        return jax.eval_shape(partial(fn, self.xp), *[jax.ShapeDtypeStruct(s, d) for s, d in specs])

    def zeros_like(self, array: Any) -> Any:
        return jnp.zeros_like(array)

    def ones_like(self, array: Any) -> Any:
        return jnp.ones_like(array)


def _is_array(v: Any) -> bool:
    return hasattr(v, "shape") and hasattr(v, "dtype") and not isinstance(v, np.generic) and not hasattr(v, "_spec")


def _static(value: Any) -> Any:
    """What a constant contributes to a program's key; 0.0 and -0.0 differ, and nan is itself."""
    if isinstance(value, (float, complex, np.inexact)):
        return repr(value)
    return (value.shape, str(value.dtype)) if hasattr(value, "_spec") else value


def _forward(xp: Any, op: Any, where: tuple, rest: tuple, attrs: dict) -> Any:
    def run(*arrays: Any) -> Any:
        values = list(rest)
        for i, a in zip(where, arrays):
            values[i] = a
        return op.fn(xp, *values, **attrs)

    return run


def _pullback(xp: Any, op: Any, where: tuple, rest: tuple, attrs: dict, needs: tuple) -> Any:
    def run(g: Any, ans: Any, *arrays: Any) -> Any:
        values = list(rest)
        for i, a in zip(where, arrays):
            values[i] = a
        return op.rule(xp, g, ans, tuple(values), needs, **attrs)

    return run


def gpu_count() -> int:
    try:
        return len(jax.devices("gpu"))
    except RuntimeError:
        return 0


ENGINE = XlaEngine()
