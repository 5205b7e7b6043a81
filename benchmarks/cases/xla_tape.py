"""What one recorded operation costs with its share of backward on XLA, each operator a program."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.cases import compiled, tiny_chain

TITLE = "tiny op on XLA, recorded and differentiated"
UNIT = "us/op"
SCALE = tiny_chain.SCALE
RUNS = 2
LIMITS = (45.0, 30.0)
NEEDS = "jax"
RATIOS: dict[str, tuple] = {}


def on_luojia() -> Callable[[], object]:
    return tiny_chain._gluon(compiled.on_engine())


def on_jax() -> Callable[[], object]:
    """JAX without jit: each operation a program here too, its gradient by jax.vjp."""
    import jax  # pyright: ignore[reportMissingImports]
    import jax.numpy as jnp  # pyright: ignore[reportMissingImports]

    x, w, b = (jnp.full((3,), value, jnp.float32) for value in tiny_chain.START)
    seed = jnp.ones(3, jnp.float32)

    def chain(x: jax.Array, w: jax.Array, b: jax.Array) -> jax.Array:
        for _ in range(tiny_chain.OPS // 4):
            x = b - jnp.tanh(x * w + b)
        return x

    return lambda: jax.device_get(jax.vjp(chain, x, w, b)[1](seed)[0])
