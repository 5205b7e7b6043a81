"""Transforms of images, (H, W, C) or batches (N, H, W, C), as Blocks: for ``dataset.transform_first(...)``.

They compute with NumPy, outside the tape, and draw from NumPy's global random stream. Interpolation is OpenCV's number:
0 nearest, 1 bilinear, 2 bicubic, 3 area.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

import numpy as np

from ...._src.core import dtypes
from ...._src.core.tensor import Tensor, wrap
from ...._src.data import images
from ...._src.errors import AbsentName, ArgumentError, DTypeError, ShapeError
from ...._src.ops import picture
from ...._src.paths import public_names
from ....image import method_of
from ....ndarray import NDArray
from ....symbol import Symbol
from ....symbol import image as pictures
from ...block import Block, HybridBlock
from ...nn import HybridSequential, Sequential
from .._arrays import to_nd

__all__ = [
    "Cast", "CenterCrop", "Compose", "CropResize", "HybridCompose", "Normalize", "RandomApply", "RandomBrightness",
    "RandomColorJitter", "RandomContrast", "RandomCrop", "RandomFlipLeftRight", "RandomFlipTopBottom", "RandomGray",
    "RandomHue", "RandomLighting", "RandomResizedCrop", "RandomRotation", "RandomSaturation", "Resize", "Rotate",
    "ToTensor",
]
__dir__ = public_names(__name__)


def __getattr__(name: str) -> Any:
    raise AbsentName(__name__, name)


_GREY = np.array([0.299, 0.587, 0.114], np.float32)  # what red, green and blue weigh


class Compose(Sequential):
    """Transforms one after the other.

    >>> image = luojia.nd.ones((5, 4, 3), dtype="uint8")
    >>> Compose([Resize(8), ToTensor(), Normalize(0.5, 2.0)])(image).shape
    (3, 8, 8)
    """

    def __init__(self, transforms: Sequence[Callable]) -> None:
        super().__init__()
        for hybrid, group in groupby(transforms, key=lambda t: isinstance(t, HybridBlock)):
            parts = list(group)
            if hybrid and len(parts) > 1:  # as in MXNet, neighbours that are hybrid become one child
                together = _Together()
                together.add(*parts)
                parts = [together]
            self.add(*[part if isinstance(part, Block) else _Function(part) for part in parts])


class _Together(HybridSequential):
    """Hybrid transforms, which stay NumPy's when they are hybridized."""

    def hybridize(self, active: bool = True, **kwargs: Any) -> None:
        pass


_Together.__name__ = "HybridSequential"  # as it prints; pickle finds it by its own name


class HybridCompose(_Together):
    """Transforms one after the other; the same as :class:`Compose` here.

    >>> from luojia import dtype, gluon, nd
    >>> t = gluon.data.vision.transforms
    >>> t.HybridCompose([t.ToTensor(), t.Normalize(0.5, 0.5)])(nd.zeros((4, 4, 3), dtype="uint8")).shape
    (3, 4, 4)
    """

    def __init__(self, transforms: Sequence[HybridBlock]) -> None:
        super().__init__()
        for transform in transforms:
            self.add(transform)

    def forward(self, x: Any, *args: Any) -> Any:
        for child in self._children.values():
            x = child(x, *args)
            args = ()
        return x


class _Function(Block):
    def __init__(self, fn: Callable) -> None:
        super().__init__()
        self._fn = fn

    def forward(self, *args: Any) -> Any:
        return self._fn(*args)


class _OfImage:
    """A NumPy function of one image under a Block; what comes in as an array goes out as an array of its class."""

    def forward(self, x: Any, *args: Any) -> Any:
        if isinstance(x, Tensor):
            image, device = x._device.engine.to_numpy(x._value), x._device
            out = self.image(image)
            made = x._result_class if isinstance(x, NDArray) else NDArray
            return wrap(made, device.engine.put(out, device), device)
        if isinstance(x, np.ndarray):
            return to_nd(self.image(x))
        if isinstance(x, Symbol) and (found := self.graph(x)) is not None:
            return found
        raise DTypeError(f"{type(self).__name__} transforms an NDArray or NumPy array, got a {type(x).__name__}.")

    def image(self, image: np.ndarray) -> np.ndarray:
        """The transformed image; a new array."""
        raise NotImplementedError

    def graph(self, x: Symbol) -> Symbol | None:
        """The transform in a graph, where there is an operator for it."""

    def hybridize(self, active: bool = True, **kwargs: Any) -> None:
        pass


class _Transform(_OfImage, HybridBlock):
    """One that stands among its neighbours in a :class:`Compose` as one child."""


class _AlwaysEager(_OfImage, Block):
    """One that MXNet does not have as a HybridBlock."""


def _each(fn: Callable[[np.ndarray], np.ndarray], image: np.ndarray, who: Block) -> np.ndarray:
    """``fn`` of an image, or of each image of a batch."""
    if image.ndim == 4:
        return np.stack([fn(part) for part in image])
    if image.ndim != 3:
        raise ShapeError(f"{type(who).__name__} expects an image (H, W, C) or a batch (N, H, W, C), got {image.shape}.")
    return fn(image)


class Cast(HybridBlock):
    """Another dtype.

    >>> from luojia import gluon, nd
    >>> gluon.data.vision.transforms.Cast("float16")(nd.ones((2, 2, 3))).dtype
    <class 'numpy.float16'>
    """

    def __init__(self, dtype: Any = "float32") -> None:
        super().__init__()
        self._dtype = dtypes.to_numpys(dtype)

    def forward(self, x: Any, *args: Any) -> Any:
        if isinstance(x, (Tensor, Symbol)):
            return x.astype(self._dtype)
        return to_nd(np.asarray(x).astype(self._dtype))


class ToTensor(_Transform):
    """(H, W, C) of 0..255 to (C, H, W) float32 of 0..1; batches too.

    >>> ToTensor()(luojia.nd.full((2, 2, 3), 51, dtype="uint8"))[0, 0].asnumpy()
    array([0.2, 0.2], dtype=float32)
    """

    def image(self, image: np.ndarray) -> np.ndarray:
        if image.ndim not in (3, 4):
            raise ShapeError(f"ToTensor expects an image (H, W, C) or a batch (N, H, W, C), got {image.shape}.")
        return np.divide(np.moveaxis(image, -1, -3), np.float32(255), dtype=np.float32, order="C")

    def graph(self, x: Symbol) -> Symbol:
        return pictures.to_tensor(x)


class Normalize(_Transform):
    """``(x - mean) / std`` of (C, H, W) or (N, C, H, W), C being 1 or 3; a number or one per channel.

    >>> from luojia import gluon, nd
    >>> gluon.data.vision.transforms.Normalize(0.5, 0.5)(nd.ones((3, 1, 1))).asnumpy().ravel()
    array([1., 1., 1.], dtype=float32)
    """

    def __init__(self, mean: Any = 0.0, std: Any = 1.0) -> None:
        super().__init__()
        self._mean, self._std = (np.reshape(np.float32(value), (-1, 1, 1)) for value in (mean, std))

    def image(self, image: np.ndarray) -> np.ndarray:
        if image.ndim not in (3, 4) or image.shape[-3] not in (1, 3):
            raise ShapeError(
                "Normalize expects shape (channels, height, width) or (N, channels, height, width) with 1 or 3 "
                f"channels, got {image.shape}; apply ToTensor first."
            )
        if not {len(self._mean), len(self._std)} <= {1, image.shape[-3]}:
            raise ShapeError(f"Normalize has {len(self._mean)} means, but the image has {image.shape[-3]} channel(s); "
                             f"it has {len(self._std)} deviations.")
        return ((image - self._mean) / self._std).astype(np.float32, copy=False)

    def graph(self, x: Symbol) -> Symbol:
        return pictures.normalize(x, mean=tuple(self._mean.ravel().tolist()), std=tuple(self._std.ravel().tolist()))


class Resize(_Transform):
    """The image at ``size``: a number, or (width, height). With ``keep_ratio`` a number is the shorter side.

    >>> from luojia import dtype, gluon, nd
    >>> gluon.data.vision.transforms.Resize((6, 4))(nd.ones((8, 8, 3), dtype="uint8")).shape
    (4, 6, 3)
    """

    def __init__(self, size: Any, keep_ratio: bool = False, interpolation: int = 1) -> None:
        super().__init__()
        self._size, self._keep = _pair(size, "Resize"), keep_ratio and isinstance(size, int)
        self._method = interpolation
        method_of(interpolation)

    def image(self, image: np.ndarray) -> np.ndarray:
        width, height = self._size
        shape = images.short_size(image.shape[-3:], width) if self._keep else (height, width)
        return _each(lambda x: images.resized(x, shape, self._method), image, self)

    def graph(self, x: Symbol) -> Symbol:
        size = self._size[0] if self._keep else self._size
        return pictures.resize(x, size=size, keep_ratio=bool(self._keep), interp=self._method)


class CenterCrop(_AlwaysEager):
    """The part of ``size`` (a number, or (width, height)) in the middle, enlarged where the image is smaller.

    >>> from luojia import gluon, nd
    >>> gluon.data.vision.transforms.CenterCrop((6, 4))(nd.ones((8, 8, 3))).shape
    (4, 6, 3)
    """

    def __init__(self, size: Any, interpolation: int = 1) -> None:
        super().__init__()
        self._size, self._method = _pair(size, "CenterCrop"), interpolation

    def image(self, image: np.ndarray) -> np.ndarray:
        from ....image import center_crop

        return _each(lambda x: center_crop(x, self._size, self._method)[0].asnumpy(), image, self)


class CropResize(_Transform):
    """The part of ``width`` x ``height`` pixels from (x, y), at ``size`` if given.

    >>> from luojia import dtype, gluon, nd
    >>> gluon.data.vision.transforms.CropResize(0, 0, 4, 6)(nd.ones((8, 8, 3), dtype="uint8")).shape
    (6, 4, 3)
    """

    def __init__(self, x: int, y: int, width: int, height: int, size: Any = None, interpolation: int = 1) -> None:
        super().__init__()
        self._box, self._size, self._method = (y, x, height, width), size, 1 if interpolation is None else interpolation

    def image(self, image: np.ndarray) -> np.ndarray:
        def part(x: np.ndarray) -> np.ndarray:
            x = images.crop(x, *self._box)
            if self._size is None:
                return x
            return images.resized(x, _pair(self._size, "CropResize")[::-1], self._method)

        return _each(part, image, self)


class RandomCrop(_Transform):
    """A part of ``size`` (a number, or (width, height)) somewhere; ``pad`` pixels of ``pad_value`` are added before.

    >>> from luojia import gluon, nd
    >>> gluon.data.vision.transforms.RandomCrop(4)(nd.ones((8, 8, 3))).shape
    (4, 4, 3)
    """

    def __init__(self, size: Any, pad: int | None = None, pad_value: int = 0, interpolation: int = 1) -> None:
        super().__init__()
        self._size, self._pad, self._value, self._method = _pair(size, "RandomCrop"), pad or 0, pad_value, interpolation

    def image(self, image: np.ndarray) -> np.ndarray:
        from ....image import fixed_crop, scale_down

        def part(x: np.ndarray) -> np.ndarray:
            x = images.pad(x, self._pad, self._pad, self._pad, self._pad, self._value)
            w, h = scale_down((x.shape[1], x.shape[0]), self._size)
            x0, y0 = np.random.randint(x.shape[1] - w + 1), np.random.randint(x.shape[0] - h + 1)
            return fixed_crop(x, x0, y0, w, h, self._size, self._method).asnumpy()

        return _each(part, image, self)


class RandomResizedCrop(_AlwaysEager):
    """A part with a random share of the area and ratio of width to height, at ``size``.

    >>> from luojia import dtype, gluon, nd
    >>> gluon.data.vision.transforms.RandomResizedCrop(4)(nd.ones((8, 8, 3), dtype="uint8")).shape
    (4, 4, 3)
    """

    def __init__(self, size: Any, scale: Any = (0.08, 1.0), ratio: Any = (3 / 4, 4 / 3),
                 interpolation: int = 1) -> None:
        super().__init__()
        self._size, self._scale, self._ratio = _pair(size, "RandomResizedCrop"), scale, ratio
        self._method = interpolation

    def image(self, image: np.ndarray) -> np.ndarray:
        scale = (self._scale, 1.0) if isinstance(self._scale, (int, float)) else self._scale

        def part(x: np.ndarray) -> np.ndarray:
            x = images.crop(x, *images.random_area(x.shape, scale, self._ratio, np.random))
            return images.resized(x, self._size[::-1], self._method)

        return _each(part, image, self)


class RandomFlipLeftRight(_Transform):
    """Mirrored left to right with probability ``p``.

    >>> from luojia import gluon, nd
    >>> gluon.data.vision.transforms.RandomFlipLeftRight()(nd.ones((4, 4, 3))).shape
    (4, 4, 3)
    """

    _axis = -2

    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        self._p = p

    def image(self, image: np.ndarray) -> np.ndarray:
        def flip(x: np.ndarray) -> np.ndarray:
            return np.flip(x, self._axis).copy() if np.random.random() < self._p else x.copy()

        return _each(flip, image, self)


class RandomFlipTopBottom(RandomFlipLeftRight):
    """Mirrored top to bottom with probability ``p``."""

    _axis = -3


class _Jitter(_Transform):
    """A colour change by a factor drawn from [max(0, 1 - amount), 1 + amount]."""

    _change: Callable[[np.ndarray, float], np.ndarray]
    _centre = 1.0

    def __init__(self, amount: float) -> None:
        super().__init__()
        self._amount = amount

    def image(self, image: np.ndarray) -> np.ndarray:
        low = max(0.0, 1 - self._amount) if self._centre else -self._amount
        change = type(self)._change
        return _each(lambda x: change(x, np.random.uniform(low, self._centre + self._amount)), image, self)


def _jitter(name: str, argument: str, change: Callable, centre: float = 1.0) -> type:
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        amount = args[0] if args else kwargs.get(argument)
        if amount is None or len(args) + len(kwargs) != 1:
            raise DTypeError(f"{name} takes one argument, '{argument}'.")
        _Jitter.__init__(self, amount)

    doc = f"The {argument} changed at random by up to ``{argument}`` (a share, as 0.1)."
    fields = {"__init__": __init__, "__doc__": doc, "_change": staticmethod(change), "_centre": centre}
    return type(name, (_Jitter,), {**fields, "__module__": __name__})


def _cut(change: Callable) -> Callable[[np.ndarray, Any], np.ndarray]:
    """A change of colours as ``nd.image`` makes it: integers are cut off, not rounded, and hues turn whole turns."""
    return lambda image, alpha: picture.cut(np, change(np, image, alpha), image.dtype)


RandomBrightness = _jitter("RandomBrightness", "brightness", _cut(picture.brightness))
RandomContrast = _jitter("RandomContrast", "contrast", _cut(picture.contrast))
RandomSaturation = _jitter("RandomSaturation", "saturation", _cut(picture.saturation))
RandomHue = _jitter("RandomHue", "hue", _cut(picture.hue), 0.0)
_lighting = _cut(picture.lighting)


class RandomColorJitter(_Transform):
    """Brightness, contrast, saturation and hue changed at random, in a random order.

    >>> from luojia import gluon, nd
    >>> gluon.data.vision.transforms.RandomColorJitter(0.1, 0.1, 0.1, 0.1)(nd.ones((4, 4, 3))).shape
    (4, 4, 3)
    """

    def __init__(self, brightness: float = 0, contrast: float = 0, saturation: float = 0, hue: float = 0) -> None:
        super().__init__()
        made = zip((RandomBrightness, RandomContrast, RandomSaturation, RandomHue),
                   (brightness, contrast, saturation, hue))
        self._changes = [kind(amount) for kind, amount in made if amount]

    def image(self, image: np.ndarray) -> np.ndarray:
        image = image.copy()
        for i in np.random.permutation(len(self._changes)):
            image = self._changes[i].image(image)
        return image


class RandomLighting(_Transform):
    """AlexNet's noise along the principal colours, of standard deviation ``alpha``."""

    def __init__(self, alpha: float) -> None:
        super().__init__()
        self._alpha = alpha

    def image(self, image: np.ndarray) -> np.ndarray:
        return _each(lambda x: _lighting(x, np.random.normal(0, self._alpha, 3)), image, self)


class RandomGray(_Transform):
    """Grey, of three equal channels, with probability ``p``, as MXNet 2 has it.

    >>> from luojia import gluon, nd
    >>> gluon.data.vision.transforms.RandomGray(1.0)(nd.array([[[1, 2, 3]]]))[0, 0].asnumpy()
    array([1.815, 1.815, 1.815], dtype=float32)
    """

    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        self.p = p

    def image(self, image: np.ndarray) -> np.ndarray:
        def grey(x: np.ndarray) -> np.ndarray:
            if np.random.random() >= self.p:
                return x
            return np.repeat((x @ _GREY)[..., None], 3, axis=-1).astype(x.dtype)

        return _each(grey, image, self)


class Rotate(Block):
    """Float32 images, (C, H, W) or (N, C, H, W), turned by ``rotation_degrees``; see ``mx.image.imrotate``.

    >>> Rotate(90)(luojia.nd.array([[[1, 2], [3, 4]]]))[0].asnumpy().round().tolist()
    [[2.0, 4.0], [1.0, 3.0]]
    """

    def __init__(self, rotation_degrees: Any, zoom_in: bool = False, zoom_out: bool = False) -> None:
        super().__init__()
        self._args = (rotation_degrees, zoom_in, zoom_out)

    def forward(self, x: Any, *args: Any) -> Any:
        from ....image import imrotate

        _expect_float32(self, x)
        return imrotate(x, *self._args)


class RandomRotation(Block):
    """Float32 images turned by an angle uniform in ``angle_limits``, with probability ``rotate_with_proba``."""

    def __init__(self, angle_limits: Sequence[float], zoom_in: bool = False, zoom_out: bool = False,
                 rotate_with_proba: float = 1.0) -> None:
        super().__init__()
        if len(angle_limits) != 2 or angle_limits[0] >= angle_limits[1]:
            raise ArgumentError(f"RandomRotation: `angle_limits` must be an ordered tuple, got {angle_limits}.")
        if not 0 <= rotate_with_proba <= 1:
            raise ArgumentError("RandomRotation: Probability of rotating the image should be between 0 and 1, got "
                                f"{rotate_with_proba}.")
        self._args, self._probability = (angle_limits, zoom_in, zoom_out), rotate_with_proba

    def forward(self, x: Any, *args: Any) -> Any:
        from ....image import random_rotate

        _expect_float32(self, x)
        return random_rotate(x, *self._args) if np.random.random() < self._probability else x


def _expect_float32(transform: Block, x: Any) -> None:
    if x.dtype != np.float32:
        raise DTypeError(f"{type(transform).__name__}: This transformation only supports float32, got {x.dtype}. "
                         "Consider calling it after ToTensor.")


class RandomApply(Sequential):
    """The transforms, with probability ``p``; else the image as it came."""

    def __init__(self, transforms: Any, p: float = 0.5) -> None:
        super().__init__()
        self.transforms, self.p = transforms, p

    def forward(self, x: Any, *args: Any) -> Any:
        return self.transforms(x, *args) if np.random.random() < self.p else x


def _pair(size: Any, who: str) -> tuple[int, int]:
    """(width, height)."""
    pair = (size, size) if isinstance(size, (int, np.integer)) else size
    if not isinstance(pair, (tuple, list)) or len(pair) != 2 or not all(isinstance(n, (int, np.integer)) for n in pair):
        raise ArgumentError(f"{who} expects a size in pixels, a number or (width, height), got {size!r}.")
    return int(pair[0]), int(pair[1])
