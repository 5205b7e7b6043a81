"""NumPy's dtypes that NumPy lacks: ``bfloat16``, of the package ml_dtypes."""

from __future__ import annotations

from typing import Any

from .._src.core.dtypes import to_np

__all__ = ["bfloat16", "np_dtype_valid"]  # noqa: F822 # pyright: ignore[reportUnsupportedDunderAll] - made when asked for


def __getattr__(name: str) -> Any:
    if name == "bfloat16":
        return to_np("bfloat16").type
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def np_dtype_valid(dtype: Any) -> bool:
    """Whether arrays can have such a dtype."""
    try:
        return bool(to_np(dtype))
    except (TypeError, ValueError):
        return False
