"""What both engines add to NumPy's names, as the NumPy engine provides it."""

from __future__ import annotations

from typing import Any

import numpy as np

from .kernels import conv as _conv
from .kernels import erf as _erf
from .kernels import norm as _norm
from .kernels import pool as _pool
from .kernels import scatter as _scatter
from .kernels.finish import Finish
from .kernels.incomplete import gammainc_slope


def _scipy_special(name: str) -> Any:
    """scipy.special.<name>, imported at its first call; the result keeps a float32 or float16 input's dtype."""

    def call(x, *rest):
        import scipy.special

        dtype = np.result_type(x)
        out = np.asarray(getattr(scipy.special, name)(x, *rest))
        return out.astype(dtype, copy=False) if dtype.kind == "f" else out

    call.__name__ = name
    return call


_OURS = {"gammainc_slope": gammainc_slope}


def scipy_special(*xs, name, like=0):
    """scipy.special.<name>, or ours; the result has the dtype of ``xs[like]`` if that is a float."""
    import scipy.special

    dtype = np.result_type(*xs) if like == 0 else np.result_type(xs[like])
    out = np.asarray((_OURS.get(name) or getattr(scipy.special, name))(*xs))
    return out.astype(dtype, copy=False) if dtype.kind == "f" else out.astype(np.float32)


_scipy_erf = _scipy_special("erf")


def erf(x):
    """The error function: of float32 and float16 by a kernel, but for a few numbers."""
    return _erf.erf(x) if _erf.takes(x) else _scipy_erf(x)


def set_at(x, index, value):
    """A copy of ``x`` with ``value`` written at ``index``."""
    out = np.array(x)
    try:
        out[index] = value
    except ValueError:  # NumPy 2.4 no longer writes an array of one element to a place without axes
        if np.size(value) != 1:
            raise
        out[index] = np.reshape(value, ())
    return out


def scatter_with(x, index, value, *, how):
    """A copy of ``x`` where ``value`` was combined in at ``index`` by NumPy's function ``how``, as 'maximum'."""
    out = np.array(x)
    getattr(np, how).at(out, index, value)
    return out


def stable_argsort(x, axis):
    """The positions that sort ``x`` along ``axis``; equal elements keep their order."""
    return np.argsort(x, axis=axis, kind="stable")


def stop_gradient(x):
    return x


def complex_of(x, y):
    """x + i y, of real arrays of one dtype; no product that would make nan of inf."""
    out = np.empty(np.broadcast_shapes(x.shape, y.shape), np.result_type(x, y, np.complex64))
    out.real, out.imag = x, y
    return out


def random_bits(key, shape):
    """Uniform 32-bit integers of ``shape``, a function of ``key`` (two uint32) alone."""
    return generator(key).integers(0, 2**32, shape, np.uint32)


def generator(key) -> np.random.Generator:
    """NumPy's counter-based generator at ``key``."""
    high, low = (int(k) for k in key)
    return np.random.Generator(np.random.Philox(key=(high << 32) | low))


def conv_bias(x, w, b, **how):
    """The convolution of x with w plus a bias per output channel."""
    return _conv.conv(x, w, finish=Finish(shift=b), **how)


NUMPY_PRIMITIVES: dict[str, Any] = {
    **{name: _scipy_special(name) for name in ("erfc", "erfinv", "gammaln", "digamma", "gamma", "polygamma")},
    "erf": erf,
    "scipy_special": scipy_special,
    "scatter_add": _scatter.scatter_add,
    "set_at": set_at,
    "to_integer": lambda x, dtype: x.astype(dtype),
    "scatter_with": scatter_with,
    "stable_argsort": stable_argsort,
    "stop_gradient": stop_gradient,
    "complex_of": complex_of,
    "random_bits": random_bits,
    "generator": generator,
    "conv_bias": conv_bias,
    "rows_add": _scatter.add_rows,
    "normalize": _norm.normalize,
    **{f.__name__: f for f in (
        _conv.conv, _conv.conv_dx, _conv.conv_dw,
        _pool.max_pool, _pool.max_pool_dx, _pool.max_pool_select,
        _pool.sum_pool, _pool.sum_pool_dx, _pool.avg_pool, _pool.avg_pool_dx,
    )},
}
