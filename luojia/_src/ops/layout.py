"""Channels-last layouts (NWC, NHWC, NDHWC) of operators that are written channels first."""

from __future__ import annotations

from functools import wraps
from typing import Any

import numpy as np

from ..core.op import Operator

CHANNELS_LAST = ("NWC", "NHWC", "NDHWC")


def first(shape: Any) -> Any:
    """The shape with its last axis put second.

    >>> first((2, 5, 6, 3))
    (2, 3, 5, 6)
    """
    return shape if shape is None or len(shape) < 3 else (shape[0], shape[-1], *shape[1:-1])


def last(shape: Any) -> Any:
    """The shape with its second axis put last."""
    return shape if shape is None or len(shape) < 3 else (shape[0], *shape[2:], shape[1])


def _moved(xp: Any, a: Any, source: int, target: int) -> Any:
    return a if a is None or len(a.shape) < 3 else xp.moveaxis(a, source, target)


def takes_channels_last(op: Operator) -> None:
    """Have an operator take ``layout`` NWC, NHWC or NDHWC: its data, weights and results have their channels last.

    Called under the operator's rules. Data (N, *size, C) are (N, C, *size) to the operator; weights (O, *kernel, C)
    are (O, C, *kernel), as in MXNet.
    """
    fn, rule, forward, backward = op.fn, op.rule, op.fast_forward, op.fast_backward
    shape_rule: Any = op.shape_rule
    complete_rule: Any = op.complete_rule

    def to_first(xp: Any, arrays: Any) -> list:
        return [_moved(xp, a, -1, 1) for a in arrays]

    def to_last(xp: Any, arrays: Any) -> tuple:
        return tuple([_moved(xp, a, 1, -1) for a in arrays])

    @wraps(fn)
    def run(xp: Any, *arrays: Any, **attrs: Any) -> Any:
        if attrs.get("layout") not in CHANNELS_LAST:
            return fn(xp, *arrays, **attrs)
        ans = fn(xp, *to_first(xp, arrays), **{**attrs, "layout": None})
        return to_last(xp, ans) if isinstance(ans, tuple) else _moved(xp, ans, 1, -1)

    def pull(xp: Any, g: Any, ans: Any, args: Any, needs: Any, **attrs: Any) -> Any:
        if attrs.get("layout") not in CHANNELS_LAST:
            return rule(xp, g, ans, args, needs, **attrs)
        g, ans = [tuple(to_first(xp, a)) if isinstance(a, (tuple, list)) else _moved(xp, a, -1, 1) for a in (g, ans)]
        return to_last(xp, rule(xp, g, ans, to_first(xp, args), needs, **{**attrs, "layout": None}))

    def fast(needs: Any, *arrays: Any, **attrs: Any) -> Any:
        if attrs.get("layout") not in CHANNELS_LAST:
            return forward(needs, *arrays, **attrs)
        ans, saved = forward(needs, *to_first(np, arrays), **{**attrs, "layout": None})
        return (to_last(np, ans) if isinstance(ans, tuple) else _moved(np, ans, 1, -1)), saved

    def fast_pull(saved: Any, g: Any, args: Any, needs: Any, **attrs: Any) -> Any:
        if attrs.get("layout") not in CHANNELS_LAST:
            return backward(saved, g, args, needs, **attrs)
        g = tuple(to_first(np, g)) if isinstance(g, (tuple, list)) else _moved(np, g, -1, 1)
        return to_last(np, backward(saved, g, to_first(np, args), needs, **{**attrs, "layout": None}))

    def shape(shapes: Any, **attrs: Any) -> Any:
        if attrs.get("layout") not in CHANNELS_LAST:
            return shape_rule(shapes, **attrs)
        found = shape_rule([first(s) for s in shapes], **{**attrs, "layout": None})
        return tuple([last(s) for s in found]) if isinstance(found[0], tuple) else last(found)

    @wraps(complete_rule or fn)  # inference asks for its signature
    def complete(shapes: Any, out: Any, **attrs: Any) -> Any:
        if attrs.get("layout") not in CHANNELS_LAST:
            return complete_rule(shapes, out, **attrs)
        return [last(s) for s in complete_rule([first(s) for s in shapes], first(out), **{**attrs, "layout": None})]

    op.fn = run
    op.rule = pull
    op.direct_rule = None if op.direct_rule is None else pull
    if forward is not None:
        op.fast_forward, op.fast_backward = fast, fast_pull
    if shape_rule is not None:
        op.shape_rule = shape
    if complete_rule is not None:
        op.complete_rule = complete
