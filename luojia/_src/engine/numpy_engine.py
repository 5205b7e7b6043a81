"""The NumPy engine: NumPy's functions, the kernels, and derivatives through HIPS autograd."""

from __future__ import annotations

from typing import Any

import numpy as np

from .allocator import keep_big_buffers
from .bfloat16 import has_bfloat16, narrow, widen
from .contract import einsum
from .group import collective
from .namespace import Namespace
from .primitives import NUMPY_PRIMITIVES
from .shortcuts import SHORTCUTS


class NumpyEngine:
    """Eager computation on the CPU. Arrays are ``numpy.ndarray``."""

    name = "numpy"
    compiles = False
    direct = True  # operators and rules run at once, without a compiled form to look up

    def __init__(self) -> None:
        self.xp = Namespace("luojia.xp.numpy", np, SHORTCUTS | NUMPY_PRIMITIVES | {
            "einsum": einsum, "vjp": self.vjp, "engine": self, "collective": collective})
        self._traced: Namespace | None = None
        self._ones: dict[tuple, np.ndarray] = {}

    @property
    def traced(self) -> Namespace:
        """The namespace in which autograd follows the computation; autograd is imported at first use."""
        if self._traced is None:
            import autograd.numpy as anp

            from .autograd_rules import traced_primitives

            self._traced = Namespace(
                "luojia.xp.autograd", anp, traced_primitives() | {"vjp": self.vjp, "engine": self}
            )
        return self._traced

    def asarray(self, value: Any, dtype: Any = None) -> np.ndarray:
        return np.asarray(value, dtype)

    def to_numpy(self, array: np.ndarray) -> np.ndarray:
        return array

    def add(self, a: Any, b: Any) -> Any:
        """a + b."""
        return a + b

    def copy(self, array: np.ndarray) -> np.ndarray:
        return array.copy()

    def weak(self, value: Any) -> Any:
        """A scalar that counts as a Python number: it leaves float32 arrays float32."""
        return float(value)

    def put(self, array: Any, device: Any) -> np.ndarray:
        return array if array.__class__ is np.ndarray else np.asarray(array)

    def run(self, op: Any, values: list, attrs: dict) -> Any:
        """Apply operator ``op`` to arrays; 0-d results come back as arrays, not as NumPy scalars.

        bfloat16, which is no dtype of NumPy's own, is computed in float32, and the results are rounded to it.
        """
        if op.name != "cast" and has_bfloat16(values):
            return narrow(self.run(op, widen(values), attrs), values, attrs)
        ans = op.fn(self.xp, *values, **attrs)
        if ans.__class__ is np.ndarray:
            return ans
        if isinstance(ans, (tuple, list)):
            return tuple([np.asarray(a) for a in ans])
        return np.asarray(ans)

    def pull(self, op: Any, g: Any, ans: Any, args: tuple, needs: tuple, attrs: dict) -> Any:
        """Apply the operator's own rule to arrays."""
        if has_bfloat16(args):
            return op.rule(self.xp, *widen((g, ans)), widen(args), needs, **attrs)
        return op.rule(self.xp, g, ans, args, needs, **attrs)

    def run_bfloat16(self, op: Any, values: list, attrs: dict, needs: list) -> Any:
        """As ``run``, for arrays of bfloat16 among ``values``, and the pullback."""
        wide = widen(values)
        ans = self.run(op, wide, attrs)

        def pull(g: Any) -> Any:
            if op.rule is None:
                return tuple(op._differentiate(self, widen((g,))[0], tuple(wide), tuple(needs), attrs))
            return op.rule(self.xp, widen((g,))[0], ans, tuple(wide), tuple(needs), **attrs)

        return narrow(ans, values, attrs), pull

    def vjp(self, fn: Any, *arrays: Any) -> tuple[Any, Any]:
        """The value of ``fn(xp, *arrays)`` and the map from its cotangent to those of ``arrays``.

        May be called on arrays that autograd is following already, so that derivatives nest to any order.
        """
        from .autograd_rules import make_vjp

        return make_vjp(lambda *boxes: fn(self.traced, *boxes), arrays)

    def eval_shape(self, fn: Any, *specs: tuple) -> Any:
        """The shape and dtype of ``fn``'s result for arrays of these (shape, dtype), by running it on zeros."""
        with np.errstate(all="ignore"):
            return fn(self.xp, *[np.zeros(shape, dtype) for shape, dtype in specs])

    def zeros_like(self, array: np.ndarray) -> np.ndarray:
        return np.zeros_like(array)

    def ones_like(self, array: np.ndarray) -> np.ndarray:
        """Ones, for reading: small ones are made once, as every backward pass starts from them."""
        key = (array.shape, array.dtype.num)  # a dtype takes three times as long to hash
        ones = self._ones.get(key)
        if ones is None:
            ones = np.ones(array.shape, array.dtype)
            if ones.nbytes <= 4096 and len(self._ones) < 256:
                ones.flags.writeable = False
                self._ones[key] = ones
        return ones


keep_big_buffers()
ENGINE = NumpyEngine()
