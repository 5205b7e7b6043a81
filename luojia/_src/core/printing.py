"""How tensors print: MindSpore's ``str`` and ``repr``, and the HTML card of notebooks."""

from __future__ import annotations

import html
from typing import Any

import numpy as np

_DIGITS = {"float16": 4, "float32": 8, "float64": 8}


def tensor_str(array: np.ndarray) -> str:
    return str(array)


def tensor_repr(array: np.ndarray, dtype: str) -> str:
    """``Tensor(shape=[1], dtype=Float32, value= [ 2.15359993e+01])``."""
    if not array.ndim:
        return f"Tensor(shape=[], dtype={dtype}, value= {array.item():g})" if array.dtype.kind == "f" else (
            f"Tensor(shape=[], dtype={dtype}, value= {array.item()})"
        )
    digits = _DIGITS.get(array.dtype.name)
    formatter: Any = {"float_kind": lambda x: f"{x: .{digits}e}"} if digits else {}
    text = np.array2string(array, separator=", ", formatter=formatter or None, threshold=1000, edgeitems=3, prefix="")
    gap = "\n" if array.ndim > 1 else " "
    return f"Tensor(shape={list(array.shape)}, dtype={dtype}, value={gap}{text})"


def tensor_html(t: Any) -> str:
    """A table of what the tensor is, with a preview of its values."""
    array = t.asnumpy()
    with np.printoptions(threshold=50, edgeitems=3, precision=4):
        preview = html.escape(str(array))
    shape = " × ".join(map(str, array.shape)) or "scalar"
    return (
        f"<div><b>{type(t).__name__}</b> {shape} · {array.dtype} · {t.device}"
        f"<pre style='margin:0.3em 0'>{preview}</pre></div>"
    )
