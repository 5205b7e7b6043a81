"""Batches of the images in RecordIO files, one label or several to an image."""

from __future__ import annotations

import os
import warnings
from typing import Any

import numpy as np

from .. import ndarray
from .._src.data import affine, codecs, images
from .._src.errors import ArgumentError, DTypeError, FormatError, NotSupportedError, ShapeError, within
from .._src.formats import recordio
from ..ndarray import NDArray
from .batches import DataDesc, as_nd
from .files import _exists, _FileIter, _text

_METHODS = (0, 1, 2, 3, 4, 9, 10)  # OpenCV's numbers of interpolations, those by the sizes and by chance
_TUNING = ("path_imgidx preprocess_threads prefetch_buffer verbose ctx shuffle_chunk_size shuffle_chunk_seed device_id "
           "seed_aug name")
_EIGEN = np.array([[55.46 * -0.5675, 4.794 * 0.7192, 1.148 * 0.4009],  # of RGB over ImageNet, as LightingAug has it
                   [55.46 * -0.5808, 4.794 * -0.0045, 1.148 * -0.8140],
                   [55.46 * -0.5836, 4.794 * -0.6948, 1.148 * 0.4203]])


class RecordFileIter(_FileIter):
    """What iterators over a RecordIO file of images share: its records, a part of them, and their order."""

    _dtype: np.dtype = np.dtype(np.float32)

    def __init__(self, who: str, path: str, data_shape: Any, batch_size: Any, num_parts: int,
                 part_index: int, shuffle: bool, seed: int, round_batch: bool, dtype: Any, names: tuple[str, str],
                 ignored: dict[str, Any]) -> None:
        if data_shape is None or len(data_shape) != 3 or data_shape[0] not in (1, 3):
            got = None if data_shape is None else tuple(data_shape)
            raise ShapeError(f"{who} expects data_shape (1 or 3, height, width), got {got}.")
        if batch_size is None:
            raise ArgumentError(f"Required parameter batch_size of {who} is not presented.")
        if not 0 <= part_index < num_parts:
            raise ArgumentError(f"{who}: part_index must be from 0 to num_parts - 1 = {num_parts - 1}, got "
                                f"{part_index}.")
        if dtype is not None:
            self._dtype = np.dtype(dtype)
        if self._dtype.name not in ("float32", "uint8", "int8"):
            raise DTypeError(f"unknown dtype for {who}: expected float32, uint8 or int8, got {self._dtype.name}.")
        unknown = [name for name in ignored if name not in _TUNING.split()]
        if unknown:
            warnings.warn(f"{who} has no options {unknown}; they are ignored.", stacklevel=4)
        self._path = path
        part = _equal_part if ignored.get("path_imgidx") else _part
        self._records = part(list(recordio.read(_exists(who, path))), num_parts, part_index)
        self._rng = np.random.RandomState(seed)
        self._image_shape = tuple(data_shape)
        super().__init__(as_nd(np.arange(len(self._records))), as_nd(self._labels(who)), batch_size, shuffle,
                         data_name=names[0],
                         label_name=names[1])
        self.round_batch = round_batch

    def _labels(self, who: str) -> np.ndarray:
        raise NotImplementedError

    @property
    def provide_data(self) -> list[DataDesc]:  # type: ignore[override]
        """The inputs of a batch."""
        return [DataDesc(self._data[0][0], (self.batch_size, *self._image_shape), self._dtype.type)]

    def _shuffle(self) -> None:
        if self.shuffle:
            self._order = self._rng.permutation(self.num_data)

    def _decode(self, i: int) -> np.ndarray:
        """The image of record ``i``, (H, W, C)."""
        with within(f"record {i} of {self._path}"):
            image = codecs.decode(recordio.unpack(self._records[i])[3], colour=self._image_shape[0] == 3)
        return image if image.ndim == 3 else image[..., None]

    def _finish(self, pixels: np.ndarray) -> np.ndarray:
        """(H, W, C) as (C, H, W) of the iterator's dtype, cut to its range."""
        if self._dtype.kind != "f":
            info = np.iinfo(self._dtype.type)
            pixels = np.clip(pixels, info.min, info.max)
        return pixels.transpose(2, 0, 1).astype(self._dtype)


class ImageRecordIter(RecordFileIter):
    """Batches (N, C, H, W) of the images in a RecordIO file.

    An image is decoded, resized, turned and scaled, padded, cropped to ``data_shape``, shifted in colour, mirrored and
    normalized, each as far as the options ask for it.

    Args:
        path_imgrec: the ``.rec`` file. path_imglist: a ``.lst`` file, whose labels are taken instead of the records'.
        data_shape: (channels, height, width), 1 or 3 channels.
        batch_size, label_width: samples in a batch, labels of a sample.
        num_parts, part_index: read a part of the file only, as one worker of several; parts of as many records with
            ``path_imgidx``, else of as many bytes.
        shuffle, seed: a new order at each reset.
        round_batch: the last batch is filled from the beginning, its ``pad`` says with how many, and the next pass
            goes on there; otherwise each begins anew.
        dtype: 'float32', 'uint8' or 'int8'.
        resize: the shorter side at first; -1 leaves it. inter_method: OpenCV's number of an interpolation.
        max_rotate_angle, rotate: turn by up to so many degrees, or by exactly so many.
        max_shear_ratio, max_aspect_ratio, min_random_scale, max_random_scale, min_img_size, max_img_size: shear and
            scale at random, with bounds on the lengths. fill_value: what comes from outside the image.
        pad: pixels of ``fill_value`` around the image.
        rand_crop: crop anywhere instead of the middle. min_crop_size, max_crop_size: crop a square of a random size
            and resize it. random_resized_crop: crop a share of the area from ``min_random_area`` to
            ``max_random_area``, with a ratio from ``min_aspect_ratio`` to ``max_aspect_ratio``, and resize it.
        brightness, contrast, saturation, pca_noise: strengths of changes of colour.
        random_h, random_s, random_l: shifts of hue, saturation and lightness.
        mirror, rand_mirror: mirror all images, or half of them.
        mean_img: the file of a mean image, which is made from the data if it is not there.
        mean_r, mean_g, mean_b, std_r, std_g, std_b, scale: ``(pixel - mean) * scale / std``.
        max_random_contrast, max_random_illumination: a random factor about 1, and what is added to it.

    Raises:
        MXNetError: the file cannot be opened.
    """

    def __init__(self, *, path_imgrec: str = "", data_shape: Any = None, batch_size: Any = None, path_imglist: str = "",
                 label_width: int = 1, num_parts: int = 1, part_index: int = 0, shuffle: bool = False, seed: int = 0,
                 round_batch: bool = True, dtype: Any = None, aug_seq: str = "aug_default", resize: int = -1,
                 rand_crop: bool = False, random_resized_crop: bool = False, max_rotate_angle: int = 0,
                 max_aspect_ratio: float = 0, min_aspect_ratio: float | None = None, max_shear_ratio: float = 0,
                 max_crop_size: int = -1, min_crop_size: int = -1, max_random_scale: float = 1,
                 min_random_scale: float = 1, max_random_area: float = 1, min_random_area: float = 1,
                 max_img_size: float = 1e10, min_img_size: float = 0, brightness: float = 0, contrast: float = 0,
                 saturation: float = 0, pca_noise: float = 0, random_h: int = 0, random_s: int = 0, random_l: int = 0,
                 rotate: int = -1, fill_value: int = 255, inter_method: int = 1, pad: int = 0, mirror: bool = False,
                 rand_mirror: bool = False, mean_img: str = "", mean_r: float = 0, mean_g: float = 0,
                 mean_b: float = 0, mean_a: float = 0, std_r: float = 1, std_g: float = 1, std_b: float = 1,
                 std_a: float = 1, scale: float = 1, max_random_contrast: float = 0,
                 max_random_illumination: float = 0, data_name: str = "data", label_name: str = "softmax_label",
                 **ignored: Any) -> None:
        who = type(self).__name__
        if aug_seq != "aug_default":
            raise NotSupportedError(f"{who}: aug_seq={aug_seq!r} is not supported; leave it out.")
        if inter_method not in _METHODS:
            raise ArgumentError(f"{who}: inter_method must be one of {list(_METHODS)}, got {inter_method}.")
        given = {**locals()}
        self._options = {k: v for k, v in given.items() if k not in ("self", "ignored", "__class__")}
        self._method = inter_method
        self._label_width, self._list = label_width, _listed(path_imglist) if path_imglist else None
        super().__init__(who, path_imgrec, data_shape, batch_size, num_parts, part_index, shuffle, seed, round_batch,
                         dtype, (data_name, label_name), ignored)
        channels = slice(0, data_shape[0])
        self._mean: Any = np.array([mean_r, mean_g, mean_b], np.float32)[channels]
        self._std = np.array([std_r, std_g, std_b], np.float32)[channels]
        if mean_img:
            self._mean = self._mean_of(mean_img)

    def _labels(self, who: str) -> np.ndarray:
        found = []
        for record in self._records:
            with within(f"{who}: {self._path}"):
                label, number = recordio.unpack(record)[:2]
            if self._list is not None and number not in self._list:
                raise FormatError(f"{who}: {self._options['path_imglist']} has no line for record {number} of "
                                  f"{self._path}.")
            label = np.ravel(label if self._list is None else self._list[number])
            if label.size != self._label_width:
                raise ShapeError(f"{who}: label_width is {self._label_width}, but record {number} has {label.size} "
                                 "labels; give path_imglist, or pack the file with that many.")
            found.append(label)
        labels = np.array(found, np.float32).reshape(len(found), self._label_width)
        return labels[:, 0] if self._label_width == 1 else labels

    def getdata(self) -> NDArray:
        return as_nd(np.stack([self._normalized(self._cropped(i)) for i in self._rows()]))

    # -- an image --------------------------------------------------------------------------------------------------

    def _cropped(self, i: int) -> np.ndarray:
        """The image of record ``i`` at the size of ``data_shape``, uint8."""
        o, image = self._options, self._decode(i)
        if o["resize"] > 0:
            image = self._resized(image, images.short_size(image.shape, o["resize"]))
        image = self._spread(image)
        if o["pad"] > 0:
            image = images.pad(image, *[o["pad"]] * 4, fill=o["fill_value"])
        return self._coloured(self._crop(image))

    def _resized(self, image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
        found = images.resized(image, size, self._method)
        return found if found.ndim == 3 else found[..., None]

    def _spread(self, image: np.ndarray) -> np.ndarray:
        o, draw = self._options, self._rng.uniform
        ratio = 0 if o["random_resized_crop"] else o["max_aspect_ratio"]
        if not (o["max_rotate_angle"] > 0 or o["max_shear_ratio"] > 0 or o["rotate"] > 0 or ratio != 0
                or (o["max_random_scale"], o["min_random_scale"]) != (1, 1)
                or (o["max_img_size"], o["min_img_size"]) != (1e10, 0)):
            return image
        angle = self._rng.randint(-o["max_rotate_angle"], o["max_rotate_angle"] + 1)
        matrix, size = affine.spread(
            image.shape, angle=o["rotate"] if o["rotate"] > 0 else angle,
            shear=draw(-o["max_shear_ratio"], o["max_shear_ratio"]),
            scale=draw(o["min_random_scale"], o["max_random_scale"]),
            ratio=1 + draw(-ratio, ratio) if o["min_aspect_ratio"] is None else draw(o["min_aspect_ratio"], ratio or 1),
            least=o["min_img_size"], most=o["max_img_size"])
        return affine.warp(image, matrix, size, o["fill_value"], nearest=self._method == "nearest")

    def _crop(self, image: np.ndarray) -> np.ndarray:
        o, (height, width) = self._options, self._image_shape[1:]
        if o["random_resized_crop"]:
            least = o["min_aspect_ratio"]
            ratios = (1 / (1 + o["max_aspect_ratio"]) if least is None else least,
                      1 + o["max_aspect_ratio"] if least is None else o["max_aspect_ratio"])
            part = images.random_area(image.shape, (o["min_random_area"], o["max_random_area"]), ratios, self._rng)
            return self._resized(images.crop(image, *part), (height, width))
        if o["max_crop_size"] != -1 or o["min_crop_size"] != -1:
            if not 0 < o["min_crop_size"] <= o["max_crop_size"] <= min(image.shape[:2]):
                raise ShapeError(f"{type(self).__name__}: an image of {image.shape[0]}x{image.shape[1]} has no square "
                                 f"of min_crop_size={o['min_crop_size']} to max_crop_size={o['max_crop_size']}.")
            side = self._rng.randint(o["min_crop_size"], o["max_crop_size"] + 1)
            return self._resized(self._placed(image, side, side), (height, width))
        if image.shape[0] < height:  # as MXNet, in the same ratio
            image = self._resized(image, (height, int(height * image.shape[1] / image.shape[0])))
        if image.shape[1] < width:
            image = self._resized(image, (int(width * image.shape[0] / image.shape[1]), width))
        return self._placed(image, height, width)

    def _placed(self, image: np.ndarray, height: int, width: int) -> np.ndarray:
        room = (image.shape[0] - height, image.shape[1] - width)
        top, left = (self._rng.randint(n + 1) if self._options["rand_crop"] else n // 2 for n in room)
        return images.crop(image, top, left, height, width)

    def _coloured(self, image: np.ndarray) -> np.ndarray:
        o = self._options
        changes = [name for name in ("brightness", "contrast", "saturation") if o[name] > 0]
        for k in self._rng.permutation(len(changes)) if changes and image.shape[2] == 3 else ():
            change = getattr(images, changes[k])
            image = change(image, 1 + self._rng.uniform(-o[changes[k]], o[changes[k]]))
        shifts = [self._rng.randint(-o[name], o[name] + 1) if o[name] else 0
                  for name in ("random_h", "random_l", "random_s")]
        image = affine.shift_hls(image, *shifts)
        if o["pca_noise"] > 0 and image.shape[2] == 3:
            noise = _EIGEN @ self._rng.normal(0, o["pca_noise"], 3)
            image = np.clip(np.rint(image + noise), 0, 255).astype(np.uint8)
        return image

    def _normalized(self, image: np.ndarray) -> np.ndarray:
        o = self._options
        if o["mirror"] or o["rand_mirror"] and self._rng.random_sample() < 0.5:
            image = image[:, ::-1]
        if self._dtype.kind != "f":
            return self._finish(image)
        pixels = image - self._mean
        if o["max_random_contrast"] or o["max_random_illumination"]:
            pixels = pixels * (1 + self._rng.uniform(-o["max_random_contrast"], o["max_random_contrast"]))
            pixels = pixels + self._rng.uniform(-o["max_random_illumination"], o["max_random_illumination"])
        return self._finish(pixels / (self._std / np.float32(o["scale"])))

    def _mean_of(self, path: str) -> np.ndarray:
        """The mean image (H, W, C) in a file; one that is not there is made of all images first."""
        if not os.path.exists(path):
            total = sum(self._cropped(i).astype(np.float64) for i in range(len(self._records))) / len(self._records)
            ndarray.save(path, {"mean_img": as_nd(np.transpose(total, (2, 0, 1)).astype(np.float32))})
        found = ndarray.load(path)
        mean = found["mean_img"] if isinstance(found, dict) else found[0]
        if mean.shape != self._image_shape:
            raise ShapeError(f"{type(self).__name__}: {path} holds a mean image of shape {mean.shape}, not "
                             f"{self._image_shape}; remove it to have it made anew.")
        return mean.asnumpy().transpose(1, 2, 0)


class ImageRecordUInt8Iter(ImageRecordIter):
    """``ImageRecordIter`` with batches of uint8, which are not normalized."""

    _dtype = np.dtype(np.uint8)


class ImageRecordInt8Iter(ImageRecordIter):
    """``ImageRecordIter`` with batches of int8, which are not normalized: pixels above 127 become 127."""

    _dtype = np.dtype(np.int8)


ImageRecordIter_v1, ImageRecordUInt8Iter_v1 = ImageRecordIter, ImageRecordUInt8Iter


def _part(records: list[bytes], num_parts: int, part_index: int) -> list[bytes]:
    """The records that begin in a part of the file's bytes."""
    sizes = [8 + len(r) + -len(r) % 4 for r in records]
    starts = np.cumsum([0, *sizes])
    step = -(-int(starts[-1]) // num_parts) + 3 & ~3
    return [r for r, start in zip(records, starts) if start // max(step, 1) == part_index]


def _equal_part(records: list[bytes], num_parts: int, part_index: int) -> list[bytes]:
    """A part of as many records as the others, the last perhaps of fewer: as MXNet cuts a file that has an index."""
    step = -(-len(records) // num_parts)
    return records[step * part_index : step * (part_index + 1)]


def _listed(path: str) -> dict[int, np.ndarray]:
    """The labels by number of a ``.lst`` file: lines "number, labels, path" with tabs between."""
    found = {}
    for i, line in enumerate(_text(path).splitlines(), 1):
        fields = line.split("\t")
        try:
            found[int(fields[0])] = np.array(fields[1:-1], np.float32)
        except ValueError as error:
            raise FormatError(f"ImageRecordIter: {path} expects 'number, labels, path' with tabs in line {i}: "
                              f"{error}.") from error
    return found
