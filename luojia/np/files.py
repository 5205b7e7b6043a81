"""Nodes of symbol files that MXNet's NumPy networks write: ``_npi_add``, ``_np_sum``, ``_npx_relu``.

Each becomes what ``mx.np``'s function of that name makes of its inputs.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import np as mxnp
from .. import npx
from .._src.core.op import OPERATORS
from .._src.core.symbol import Entry
from .._src.core.symbol_ops import parsed
from .._src.core.symbol_stored import node_from_file
from .._src.errors import NotSupportedError
from .symbols import _Symbol

_CREATED = {"zeros": "_zeros", "ones": "_ones", "full": "_full", "arange": "_arange", "eye": "_eye",
            "linspace": "_linspace"}
_OF_LISTS = ("concatenate", "stack", "vstack", "hstack", "dstack", "column_stack")
_ASIDE = ("num_args", "ctx", "is_int", "optimize", "flag", "returned", "weighted", "order")
_RENAMED = {"constant_value": "constant_values"}
_SPECIAL: dict[str, Callable] = {
    "einsum": lambda *xs, subscripts: mxnp.einsum(subscripts, *xs),
    "tensordot": lambda a, b, a_axes_summed, b_axes_summed: mxnp.tensordot(a, b, (a_axes_summed, b_axes_summed)),
    "tensordot_int_axes": lambda a, b, axes: mxnp.tensordot(a, b, axes),
    "norm": lambda x, ord=None, axis=None, keepdims=False: mxnp.linalg.norm(
        x, None if axis is None else ord, axis, keepdims),
    "average": lambda a, *weights, axis=None: mxnp.average(a, axis, *weights),
    "split": lambda a, indices=(), sections=0, axis=0, squeeze_axis=False: mxnp.split(
        a, sections or tuple(indices)[1:], axis),
    "where_lscalar": lambda c, x, scalar: mxnp.where(c, OPERATORS["zeros_like"](x) + scalar, x),
    "where_rscalar": lambda c, x, scalar: mxnp.where(c, x, OPERATORS["zeros_like"](x) + scalar),
}


def nodes_from_file(kind: str, name: str, strings: dict[str, str], inputs: list[Entry], cls: type) -> list[Entry]:
    """The outputs of a node as a file describes it.

    Raises:
        NotSupportedError: a function that ``mx.np`` and ``mx.npx`` do not have.
    """
    plain = kind.split("_", 2)[2]
    if plain in _CREATED:
        return node_from_file(_CREATED[plain], name, {k: v for k, v in strings.items() if k != "ctx"}, inputs, cls)
    attrs = {_RENAMED.get(k, k): parsed(v) for k, v in strings.items() if k not in _ASIDE and not k.startswith("__")}
    args: list[Any] = [_Symbol([e]) for e in inputs]
    homes = (npx, mxnp) if kind.startswith("_npx_") else (mxnp, npx, mxnp.linalg)
    fn = _SPECIAL.get(plain) or _function(plain, homes) if kind != "_npx_reshape" else _reshape
    if fn is None and plain.endswith("_scalar"):
        scalar = attrs.pop("scalar")
        args.append(int(scalar) if strings.get("is_int") in ("True", "1") else float(scalar))
        plain = plain[: -len("_scalar")]
        if (fn := _function(plain, homes)) is None and plain.startswith("r"):
            fn = _function(plain[1:], homes)
            args.reverse()
    if fn is None:
        raise NotSupportedError(
            f"load of symbol JSON: node {name!r} is an operator {kind!r}, which luojia does not have.")
    if attrs.get("dtype") is not None:
        attrs["dtype"] = np.dtype(attrs["dtype"])
    if plain in _OF_LISTS:
        args = [args]
    made = fn(*args, **_known(fn, attrs))
    found = [e for s in (made if isinstance(made, (list, tuple)) else [made]) for e in s._outputs]
    found[0].node.name = name
    return found


def _reshape(a: Any, newshape: tuple, reverse: bool = False) -> Any:
    """``npx.reshape``; what an index leaves out is squeezed: ``y[:, 0]`` stands in files as (-2, -3, -4)."""
    codes = tuple(np.atleast_1d(newshape).tolist())
    if -3 in codes and {*codes[:-1]} <= {-2, -3} and codes[-1] in (-2, -3, -4) and not reverse:
        return mxnp.squeeze(a, tuple([i for i, code in enumerate(codes) if code == -3]))
    return npx.reshape(a, codes, reverse)


def _function(name: str, homes: tuple) -> Callable | None:
    for home in homes:
        fn = getattr(home, name, None)
        if callable(fn):
            return fn
    return None


def _known(fn: Callable, attrs: dict[str, Any]) -> dict[str, Any]:
    """The attributes that ``fn`` asks for; those of None are its defaults."""
    parameters = inspect.signature(fn).parameters
    if any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
        return {k: v for k, v in attrs.items() if v is not None}
    return {k: v for k, v in attrs.items() if k in parameters and v is not None}
