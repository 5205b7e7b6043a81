"""How tensors print: MindSpore's ``str`` and ``repr``, and the HTML card of notebooks."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

import numpy as np

_DIGITS = {"float16": 4, "float32": 8, "float64": 8}
_ELEMENTS = 1000  # of a vector, above which it is elided
_EDGE = 3  # items shown on either side of an ellipsis


def tensor_str(array: np.ndarray) -> str:
    """NumPy's ``str``; of bfloat16 with six digits behind the point."""
    if array.dtype.name == "bfloat16":
        def digits(x: Any) -> str:
            return f"{float(x):f}"

        return np.array2string(array, formatter={"all": digits})
    return str(array)


def tensor_repr(array: np.ndarray, dtype: str) -> str:
    """MindSpore's ``repr`` of a Tensor, to the letter.

    A vector breaks its line after 12 floats or booleans, or 24 integers, and is elided above 1000 elements; in more
    dimensions every axis longer than 6 is elided.

    >>> tensor_repr(np.float32([21.536]), "Float32")
    'Tensor(shape=[1], dtype=Float32, value= [ 2.15359993e+01])'
    >>> tensor_repr(np.array(0.5), "Float64")
    'Tensor(shape=[], dtype=Float64, value= 0.5)'
    """
    gap = "\n" if array.ndim > 1 else " "
    return f"Tensor(shape={list(array.shape)}, dtype={dtype}, value={gap}{_values(array)})"


def _values(array: np.ndarray) -> str:
    if array.ndim == 0:
        return _plain(array[()])
    if array.size == 0:
        return ""
    cell = _cell(array)
    return _vector(array, cell) if array.ndim == 1 else _rows(array, cell, 1)


def _cell(array: np.ndarray) -> Callable[[Any], str]:
    """The text of one element, padded to the width of the column."""
    digits = _DIGITS.get(array.dtype.name)
    if digits:
        return lambda x: f"{x:{digits + 7}.{digits}e}"
    if array.dtype.kind == "b":
        return lambda x: f"{x!s:>5}"
    if array.dtype.kind == "c":
        return _plain
    width = max(len(_plain(x)) for x in _shown(array).reshape(-1))
    return lambda x: _plain(x).rjust(width)


def _shown(array: np.ndarray) -> np.ndarray:
    """The elements that elision leaves."""
    limit = _ELEMENTS if array.ndim == 1 else 2 * _EDGE
    for axis, n in enumerate(array.shape):
        if n > limit:
            array = np.take(array, [*range(_EDGE), *range(n - _EDGE, n)], axis)
    return array


def _plain(x: Any) -> str:
    """One number in six digits."""
    if isinstance(x, np.complexfloating):
        return f"{x.real:g}{x.imag:+g}j"
    if isinstance(x, (np.bool_, np.integer)):
        return str(x)
    return f"{float(x):g}"


def _vector(array: np.ndarray, cell: Callable[[Any], str]) -> str:
    if len(array) > _ELEMENTS:
        return "[" + _joined(array, cell) + "]"
    per_line = 12 if array.dtype.kind in "fb" else 24
    text = ""
    for i, x in enumerate(array, 1):
        text += cell(x) + (", " if i < len(array) else "") + ("\n " if i % per_line == 0 else "")
    return "[" + text + "]"


def _joined(row: np.ndarray, cell: Callable[[Any], str]) -> str:
    head = ", ".join(cell(x) for x in row[:_EDGE])
    return f"{head} ... " + ", ".join(cell(x) for x in row[-_EDGE:])


def _rows(array: np.ndarray, cell: Callable[[Any], str], depth: int) -> str:
    if array.ndim == 1:
        inner = _joined(array, cell) if len(array) > 2 * _EDGE else ", ".join(cell(x) for x in array)
        return f"[{inner}]"
    gap = "\n" + " " * depth
    parts = [_rows(a, cell, depth + 1) for a in (array if len(array) <= 2 * _EDGE else [*array[:_EDGE],
                                                                                        *array[-_EDGE:]])]
    if len(array) <= 2 * _EDGE:
        return "[" + f",{gap}".join(parts) + "]"
    return "[" + f",{gap}".join(parts[:_EDGE]) + f",{gap}...{gap}" + f",{gap}".join(parts[_EDGE:]) + "]"


def tensor_html(t: Any) -> str:
    """A table of what the tensor is, with a preview of its values."""
    array = t.asnumpy()
    with np.printoptions(threshold=50, edgeitems=3, precision=4):
        preview = html.escape(str(array))
    shape = " × ".join(map(str, array.shape)) or "scalar"
    return (
        f"<div><b>{type(t).__name__}</b> {shape} · {array.dtype} · {t._device}"
        f"<pre style='margin:0.3em 0'>{preview}</pre></div>"
    )
