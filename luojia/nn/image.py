"""Measures of how alike two images are, and simple operations on images (N, C, H, W)."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import ops
from .._src.core.op import OPERATORS
from .._src.errors import ArgumentError, DTypeError, ShapeError
from .._src.ops import Tensor
from .._src.ops.compose import placed
from .checks import check_positive_int
from .module import Module


def _images(who: str, *images: Any) -> None:
    for image in images:
        if isinstance(image, Tensor) and (image.ndim != 4 or image.shape != images[0].shape):
            raise ShapeError(f"For '{who}', expected images (N, C, H, W) of one shape, got "
                             f"{' and '.join(str(i.shape) for i in images)}.")


class ImageGradients(Module):
    """The differences of images (N, C, H, W) to the next row and the next column: (dy, dx), 0 in the last.

    >>> from luojia import Tensor, nn
    >>> dy, dx = nn.ImageGradients()(Tensor([[[[1.0, 3.0], [4.0, 9.0]]]]))
    >>> dy.tolist(), dx.tolist()
    ([[[[3.0, 6.0], [0.0, 0.0]]]], [[[[2.0, 0.0], [5.0, 0.0]]]])
    """

    def construct(self, images: Any) -> tuple[Any, Any]:
        _images("ImageGradients", images)
        down, right = images[:, :, 1:] - images[:, :, :-1], images[..., 1:] - images[..., :-1]
        pad = OPERATORS["pad"]
        return (pad(down, pad_width=((0, 0), (0, 0), (0, 1), (0, 0))),
                pad(right, pad_width=((0, 0), (0, 0), (0, 0), (0, 1))))


class CentralCrop(Module):
    """The central part of images (C, H, W) or (N, C, H, W), ``central_fraction`` of their height and width.

    >>> from luojia import nn, Tensor
    >>> nn.CentralCrop(0.5)(Tensor(np.ones((3, 8, 6), np.float32))).shape
    (3, 4, 4)
    """

    def __init__(self, central_fraction: float) -> None:
        super().__init__()
        if not isinstance(central_fraction, float):
            raise DTypeError("For 'CentralCrop', the 'central_fraction' must be float, but got "
                             f"{type(central_fraction).__name__}.")
        if not 0 < central_fraction <= 1:
            raise ArgumentError(f"For 'CentralCrop', the 'central_fraction' must be in (0, 1], but got "
                                f"{central_fraction}.")
        self.central_fraction = central_fraction

    def construct(self, image: Any) -> Any:
        if image.ndim not in (3, 4):
            raise ShapeError(f"For 'CentralCrop', expected (C, H, W) or (N, C, H, W), got {image.shape}.")
        h, w = image.shape[-2:]
        top, left = int((h - h * self.central_fraction) / 2), int((w - w * self.central_fraction) / 2)
        return image[..., top : h - top, left : w - left]


class PSNR(Module):
    """The peak signal-to-noise ratio of pairs of images, (N,): 10 log10(max_val^2 / mean((a - b)^2)).

    >>> from luojia import Tensor, nn
    >>> float(nn.PSNR()(Tensor([[[[1.0]]]]), Tensor([[[[0.0]]]])))
    0.0
    """

    def __init__(self, max_val: float = 1.0) -> None:
        super().__init__()
        self.max_val = float(max_val)

    def construct(self, img1: Any, img2: Any) -> Any:
        _images("PSNR", img1, img2)
        difference = img1 - img2
        mse = OPERATORS["mean"](difference * difference, axis=(1, 2, 3))
        return 10 * OPERATORS["log10"](self.max_val**2 / mse)


class SSIM(Module):
    """The structural similarity of pairs of images, (N,): 1 for equal ones (Wang et al. 2004).

    Means, variances and covariance are taken in Gaussian windows:
    (2 m1 m2 + c1) (2 cov + c2) / ((m1^2 + m2^2 + c1) (v1 + v2 + c2)), averaged over windows and channels, with
    c1 = (k1 max_val)^2 and c2 = (k2 max_val)^2.

    Args:
        max_val: the greatest value of the images.
        filter_size, filter_sigma: the windows' size and standard deviation.
        k1, k2: see above.

    >>> from luojia import Tensor, nn
    >>> x = Tensor(np.eye(12, dtype=np.float32)[None, None])
    >>> float(nn.SSIM()(x, x))
    1.0
    """

    def __init__(self, max_val: float = 1.0, filter_size: int = 11, filter_sigma: float = 1.5, k1: float = 0.01,
                 k2: float = 0.03) -> None:
        super().__init__()
        who = type(self).__name__
        self.max_val = float(max_val)
        self.filter_size = check_positive_int(who, "filter_size", filter_size)
        for name, value in (("filter_sigma", filter_sigma), ("k1", k1), ("k2", k2)):
            if value <= 0:
                raise ArgumentError(f"For '{who}', the '{name}' must be a number > 0, but got {value!r}.")
        self.filter_sigma, self.k1, self.k2 = filter_sigma, k1, k2

    def _parts(self, a: Any, b: Any) -> tuple[Any, Any]:
        """The products of all three terms, and of the last two, averaged over the windows: (N, C) each."""
        if min(a.shape[2:]) < self.filter_size:
            raise ShapeError(f"For '{type(self).__name__}', the images must be at least {self.filter_size} "
                             f"(filter_size) wide and high, got {a.shape}.")
        at = np.arange(self.filter_size) - (self.filter_size - 1) / 2
        window = np.exp(-(at[:, None] ** 2 + at**2) / (2 * self.filter_sigma**2))
        w = placed((window / window.sum())[None, None].astype(a.np_dtype), a)

        def local(x: Any) -> Any:
            n, c, h, width = x.shape
            y = ops.conv2d(ops.reshape(x, (n * c, 1, h, width)), w)
            return ops.reshape(y, (n, c, *y.shape[2:]))

        c1, c2 = (self.k1 * self.max_val) ** 2, (self.k2 * self.max_val) ** 2
        ma, mb = local(a), local(b)
        product, squares = ma * mb, ma * ma + mb * mb
        structure = (2 * (local(a * b) - product) + c2) / (local(a * a + b * b) - squares + c2)
        whole = (2 * product + c1) / (squares + c1) * structure
        return OPERATORS["mean"](whole, axis=(2, 3)), OPERATORS["mean"](structure, axis=(2, 3))

    def construct(self, img1: Any, img2: Any) -> Any:
        _images(type(self).__name__, img1, img2)
        return OPERATORS["mean"](self._parts(img1, img2)[0], axis=1)


class MSSSIM(SSIM):
    """The structural similarity over several scales, each half the one before (Wang et al. 2003): (N,).

    The product over the scales of contrast and structure, to the powers ``power_factors``, the last scale's with its
    luminance; averaged over the channels. See ``SSIM``.

    >>> from luojia import nn, Tensor
    >>> image = Tensor(np.ones((1, 1, 16, 16), np.float32))
    >>> nn.MSSSIM(power_factors=(0.5, 0.5), filter_size=5)(image, image).asnumpy()
    array([1.], dtype=float32)
    """

    def __init__(self, max_val: float = 1.0, power_factors: Any = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333),
                 filter_size: int = 11, filter_sigma: float = 1.5, k1: float = 0.01, k2: float = 0.03) -> None:
        super().__init__(max_val, filter_size, filter_sigma, k1, k2)
        if not isinstance(power_factors, (tuple, list)) or not power_factors:
            raise DTypeError(f"For 'MSSSIM', the 'power_factors' must be a tuple or list of numbers, but got "
                             f"{power_factors!r}.")
        self.power_factors = tuple(power_factors)

    def construct(self, img1: Any, img2: Any) -> Any:
        _images("MSSSIM", img1, img2)
        found = None
        for i, power in enumerate(self.power_factors):
            if i:
                img1, img2 = (OPERATORS["pooling"](x, kernel=(2, 2), stride=(2, 2), pool_type="avg")
                              for x in (img1, img2))
            whole, structure = self._parts(img1, img2)
            part = ops.relu(whole if i == len(self.power_factors) - 1 else structure) ** power
            found = part if found is None else found * part
        return OPERATORS["mean"](found, axis=1)


__all__ = ["CentralCrop", "ImageGradients", "MSSSIM", "PSNR", "SSIM"]
