"""Pooling in one to three dimensions."""

from __future__ import annotations

from typing import Any

from ..block import HybridBlock
from .conv_layers import _per_axis, check_layout, layouts


def _window(pool_size: Any, ndim: int) -> tuple[int, ...]:
    sizes = _per_axis(pool_size, ndim)
    assert len(sizes) == ndim, f"pool_size must be a number or a list of {ndim} ints, got {pool_size!r}"
    return sizes


class _Pooling(HybridBlock):
    """Pooling of one kind over windows, or over everything."""

    def __init__(self, pool_size: tuple[int, ...], strides: Any, padding: Any, ceil_mode: bool, global_pool: bool,
                 pool_type: str, layout: str, count_include_pad: bool | None = None, **kwargs: Any) -> None:
        ndim = len(pool_size)
        check_layout(self, layout, ndim)
        super().__init__(**kwargs)  # after the check: what is refused takes no name
        self._kwargs = {
            "kernel": pool_size, "stride": pool_size if strides is None else _per_axis(strides, ndim),
            "pad": _per_axis(padding, ndim), "global_pool": global_pool, "pool_type": pool_type, "layout": layout,
            "pooling_convention": "full" if ceil_mode else "valid",
        }
        if count_include_pad is not None:
            self._kwargs["count_include_pad"] = count_include_pad

    def _alias(self) -> str:
        return "pool"

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        return F.Pooling(x, name="fwd", **self._kwargs)

    def __repr__(self) -> str:
        how = self._kwargs
        return (
            f"{type(self).__name__}(size={how['kernel']}, stride={how['stride']}, padding={how['pad']}, "
            f"ceil_mode={how['pooling_convention'] == 'full'}, global_pool={how['global_pool']}, "
            f"pool_type={how['pool_type']}, layout={how['layout']})"
        )


def _example(name: str, ndim: int, kind: str) -> str:
    """An example for a docstring: of one window of 2 in each dimension."""
    last = 2**ndim - 1
    shape, found = (1, 1, *(2,) * ndim), float(last) if kind == "max" else last / 2
    return f"""
    >>> from luojia import gluon, nd
    >>> x = nd.arange({last + 1}).reshape({shape})
    >>> y = gluon.nn.{name}()(x)
    >>> y.shape, float(y.asscalar())
    ({(1, 1, *(1,) * ndim)}, {found})
    """


def _window_class(name: str, ndim: int, kind: str) -> type:
    plain = "NC" + "DHW"[3 - ndim:]
    two: Any = 2 if ndim == 1 else (2,) * ndim

    if kind == "max":
        def maxima(self: Any, pool_size: Any = two, strides: Any = None, padding: Any = 0, layout: str = plain,
                   ceil_mode: bool = False, **kwargs: Any) -> None:
            _Pooling.__init__(self, _window(pool_size, ndim), strides, padding, ceil_mode, False, "max", layout,
                              **kwargs)

        def maxima_3d(self: Any, pool_size: Any = two, strides: Any = None, padding: Any = 0, ceil_mode: bool = False,
                      layout: str = plain, **kwargs: Any) -> None:  # in mxnet's order
            maxima(self, pool_size, strides, padding, layout, ceil_mode, **kwargs)

        init: Any = maxima_3d if ndim == 3 else maxima
    elif ndim == 1:
        def means(self: Any, pool_size: Any = two, strides: Any = None, padding: Any = 0, layout: str = plain,
                  ceil_mode: bool = False, count_include_pad: bool = True, **kwargs: Any) -> None:
            _Pooling.__init__(self, _window(pool_size, ndim), strides, padding, ceil_mode, False, "avg", layout,
                              count_include_pad, **kwargs)

        init = means
    else:  # mxnet takes ceil_mode before layout here
        def means_nd(self: Any, pool_size: Any = two, strides: Any = None, padding: Any = 0, ceil_mode: bool = False,
                     layout: str = plain, count_include_pad: bool = True, **kwargs: Any) -> None:
            _Pooling.__init__(self, _window(pool_size, ndim), strides, padding, ceil_mode, False, "avg", layout,
                              count_include_pad, **kwargs)

        init = means_nd
    what = "Maxima" if kind == "max" else "Means"
    doc = f"""{what} over windows of {ndim} dimension{'s' * (ndim > 1)}.

    Args:
        pool_size: size of the window, a number or one per dimension.
        strides: steps between windows; the window's size if not given.
        padding: on both sides of each dimension.
        layout: {plain!r}, or channels last, {layouts(ndim)[1]!r}.
        ceil_mode: let windows reach over the end instead of leaving the rest out.
    """
    if kind == "avg":
        doc += "    count_include_pad: count the padding in the means.\n    "
    doc += _example(name, ndim, kind)
    return type(name, (_Pooling,), {"__init__": init, "__doc__": doc, "__module__": __name__})


def _global_class(name: str, ndim: int, kind: str) -> type:
    plain = "NC" + "DHW"[3 - ndim:]

    def __init__(self: Any, layout: str = plain, **kwargs: Any) -> None:
        _Pooling.__init__(self, (1,) * ndim, None, 0, True, True, kind, layout, **kwargs)

    what = "Maximum" if kind == "max" else "Mean"
    doc = f"{what} over all of the {ndim} spatial dimension{'s' * (ndim > 1)}: (N, C, *size) to (N, C, *ones).\n"
    doc += _example(name, ndim, kind)
    return type(name, (_Pooling,), {"__init__": __init__, "__doc__": doc, "__module__": __name__})


MaxPool1D = _window_class("MaxPool1D", 1, "max")
MaxPool2D = _window_class("MaxPool2D", 2, "max")
MaxPool3D = _window_class("MaxPool3D", 3, "max")
AvgPool1D = _window_class("AvgPool1D", 1, "avg")
AvgPool2D = _window_class("AvgPool2D", 2, "avg")
AvgPool3D = _window_class("AvgPool3D", 3, "avg")
GlobalMaxPool1D = _global_class("GlobalMaxPool1D", 1, "max")
GlobalMaxPool2D = _global_class("GlobalMaxPool2D", 2, "max")
GlobalMaxPool3D = _global_class("GlobalMaxPool3D", 3, "max")
GlobalAvgPool1D = _global_class("GlobalAvgPool1D", 1, "avg")
GlobalAvgPool2D = _global_class("GlobalAvgPool2D", 2, "avg")
GlobalAvgPool3D = _global_class("GlobalAvgPool3D", 3, "avg")
