"""What NumPy, as C, makes of integers where XLA would make something else."""

from __future__ import annotations

from typing import Any

import numpy as np


def integers(jax: Any, jnp: Any) -> dict[str, Any]:
    """Name to function, for the namespace of the XLA engine."""
    lax = jax.lax

    def of_bits(x, y):
        """Booleans, which divide as Int8."""
        return (x.astype("int8"), y) if jnp.result_type(x, y) == "bool" and hasattr(x, "astype") else (x, y)

    def remainder(name):
        return lambda x, y: getattr(jnp, name)(*of_bits(x, y))

    def floor_divide(x, y):
        """Integers divided by 0 give 0, as in NumPy."""
        x, y = of_bits(x, y)
        if jnp.result_type(x, y).kind in "iu":
            zero = jnp.equal(y, 0)
            return jnp.where(zero, 0, jnp.floor_divide(x, jnp.where(zero, 1, y)))
        return jnp.floor_divide(x, y)

    def round_(x, decimals=0):
        return jnp.round(x.astype("float16") if x.dtype == "bool" else x, decimals)

    def to_integer(x, dtype):
        """Truncated, and reduced to the bits of ``dtype``; what the processor's conversion cannot hold, nan too, is
        its least number. XLA would give the nearest that ``dtype`` has."""
        dtype = np.dtype(dtype)
        if x.dtype.kind not in "fV":
            return x.astype(dtype)
        wide = np.dtype("int32" if dtype.itemsize < 4 or dtype == "int32" else "int64")
        if x.dtype.itemsize < 4:
            x = x.astype("float32")
        least = np.iinfo(wide).min

        def truncated(x):
            held = (x >= float(least)) & (x < -float(least))
            return jnp.where(held, lax.convert_element_type(x, wide), least).astype(dtype)

        if dtype != "uint64":
            return truncated(x)
        top = -float(least)
        return jnp.where(x >= top, truncated(x - top) + np.uint64(top), truncated(x))

    def whole_power(x, y):
        """x^y for integers y from 0 on; jnp.power looks at the last six bits of y alone."""
        dtype = jnp.result_type(x, y)
        x, y = jnp.broadcast_arrays(jnp.asarray(x, dtype), jnp.asarray(y, dtype))

        def step(state):
            found, base, left = state
            return jnp.where(left & 1 == 1, found * base, found), base * base, left >> 1

        return lax.while_loop(lambda state: jnp.any(state[2] > 0), step, (jnp.ones_like(x), x, y))[0]

    def of_integers(name):
        def call(x, y):
            kind = jnp.result_type(x, y)
            if kind.kind not in "iu":
                raise TypeError(f"{name} expects integers, got {jnp.result_type(x)} and {jnp.result_type(y)}")
            if kind.kind != "i":
                return getattr(jnp, name)(x, y)
            # sizes as unsigned integers: the least signed one has no other, for which jnp.gcd looks for ever
            sizes = [jnp.abs(jnp.asarray(v, kind)).astype(f"uint{kind.itemsize * 8}") for v in (x, y)]
            return getattr(jnp, name)(*sizes).astype(kind)

        return call

    def true_divide(x, y):
        """Integers as float64, as NumPy divides them."""
        if jnp.result_type(x, y).kind in "iub":
            return jnp.true_divide(jnp.asarray(x, "float64"), y)
        return jnp.true_divide(x, y)

    return {"mod": remainder("mod"), "remainder": remainder("remainder"), "fmod": remainder("fmod"),
            "floor_divide": floor_divide, "round": round_, "to_integer": to_integer, "whole_power": whole_power,
            "gcd": of_integers("gcd"), "lcm": of_integers("lcm"), "true_divide": true_divide}
