"""Batches of the images in RecordIO files with the boxes of the objects in them."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._src.data import affine, images
from .._src.errors import ArgumentError, NotSupportedError, ShapeError, within
from .._src.formats import recordio
from .batches import as_nd
from .records import _METHODS, RecordFileIter


class ImageDetRecordIter(RecordFileIter):
    """Batches (N, C, H, W) of images with boxes, and of labels (N, 4 + label_pad_width).

    A label is the number of channels, the height and width of the image, how many numbers follow, and these: those of
    the record (how long its header is, how long an object is, the rest of the header; then for each object its class,
    left, top, right, bottom in parts of the image, and what else there is), and ``label_pad_value`` to the end.

    Args:
        path_imgrec, data_shape, batch_size, num_parts, part_index, shuffle, seed, dtype, resize, inter_method: as those
            of ``ImageRecordIter``. label_width: how long the records' labels are; -1 leaves it to them.
        label_pad_width: at least the length of the longest label, which is the default.
        resize_mode: 'force' the size of ``data_shape``; 'fit' into it in the same ratio; 'shrink' what is larger. The
            rest of the picture is 0.
        rand_crop_prob: how often to crop, by one of ``num_crop_sampler`` samplers, for each of which the tuples give
            bounds: on the crop's scale and ratio, on its overlap with some box (intersection over union), and on how
            much of it, or of the box, the other covers; ``max_crop_trials`` how often to try.
        crop_emit_mode: which boxes remain: those whose 'center' is within, or, with 'overlap', of which a share of
            ``emit_overlap_thresh`` is.
        rand_pad_prob, max_pad_scale: how often to set the image into a larger one of ``fill_value``.
        max_random_hue, random_hue_prob, ...: how far, and how often, colours are changed.
        rand_mirror_prob: how often to mirror.
        mean_r, ..., std_b, scale: ``(pixel - mean) / std * scale``; a deviation of 0 leaves the channel.

    Raises:
        MXNetError: the file cannot be opened. ShapeError: a label is not of this form.
    """

    def __init__(self, *, path_imgrec: str = "./data/imgrec.rec", data_shape: Any = None, batch_size: Any = None,
                 label_width: int = -1, num_parts: int = 1, part_index: int = 0, label_pad_width: int = 0,
                 label_pad_value: float = -1, shuffle: bool = False, seed: int = 0, round_batch: bool = True,
                 dtype: Any = None, aug_seq: str = "det_aug_default", path_imglist: str = "", resize: int = -1,
                 rand_crop_prob: float = 0, min_crop_scales: Any = (0.0,), max_crop_scales: Any = (1.0,),
                 min_crop_aspect_ratios: Any = (1.0,), max_crop_aspect_ratios: Any = (1.0,),
                 min_crop_overlaps: Any = (0.0,), max_crop_overlaps: Any = (1.0,),
                 min_crop_sample_coverages: Any = (0.0,), max_crop_sample_coverages: Any = (1.0,),
                 min_crop_object_coverages: Any = (0.0,), max_crop_object_coverages: Any = (1.0,),
                 num_crop_sampler: int = 1, crop_emit_mode: str = "center", emit_overlap_thresh: float = 0.3,
                 max_crop_trials: Any = (25,), rand_pad_prob: float = 0, max_pad_scale: float = 1,
                 max_random_hue: int = 0, random_hue_prob: float = 0, max_random_saturation: int = 0,
                 random_saturation_prob: float = 0, max_random_illumination: int = 0,
                 random_illumination_prob: float = 0, max_random_contrast: float = 0,
                 random_contrast_prob: float = 0, rand_mirror_prob: float = 0, fill_value: int = 127,
                 inter_method: int = 1, resize_mode: str = "force", mean_img: str = "", mean_r: float = 0,
                 mean_g: float = 0, mean_b: float = 0, mean_a: float = 0, std_r: float = 0, std_g: float = 0,
                 std_b: float = 0, std_a: float = 0, scale: float = 1, data_name: str = "data",
                 label_name: str = "softmax_label", **ignored: Any) -> None:
        who = type(self).__name__
        for name, value, least in (("aug_seq", aug_seq, "det_aug_default"), ("path_imglist", path_imglist, ""),
                                   ("mean_img", mean_img, "")):
            if value != least:
                raise NotSupportedError(f"{who}: {name}={value!r} is not supported; leave it out.")
        for name, value, known in (("resize_mode", resize_mode, ("force", "fit", "shrink")),
                                   ("crop_emit_mode", crop_emit_mode, ("center", "overlap")),
                                   ("inter_method", inter_method, _METHODS)):
            if value not in known:
                raise ArgumentError(f"{who}: {name} must be one of {known}, got {value!r}.")
        given = {**locals()}
        self._options = {k: v for k, v in given.items() if k not in ("self", "ignored", "__class__")}
        self._samplers = [_Sampler(self._options, k) for k in range(num_crop_sampler)]
        super().__init__(who, path_imgrec, data_shape, batch_size, num_parts, part_index, shuffle, seed, round_batch,
                         dtype, (data_name, label_name), ignored)
        channels = slice(0, data_shape[0])
        self._mean = np.array([mean_r, mean_g, mean_b], np.float32)[channels]
        std = np.array([std_r, std_g, std_b], np.float32)[channels]
        self._std = np.where(std > 0, std, 1)

    def _labels(self, who: str) -> np.ndarray:
        with within(f"{who}: {self._path}"):
            o, raw = self._options, [np.ravel(recordio.unpack(r)[0]).astype(np.float32) for r in self._records]
        for i, label in enumerate(raw):
            if o["label_width"] > 0 and label.size != o["label_width"]:
                raise ShapeError(f"{who}: label_width is {o['label_width']}, but record {i} has {label.size} labels.")
            if label.size < 7 or label[0] < 2 or label[1] < 5 or (label.size - label[0]) % label[1]:
                raise ShapeError(f"{who}: the label of record {i} is not of the form 'header length, object length, "
                                 f"..., objects': {label.tolist()[:8]} with {label.size} numbers.")
        most = max((label.size for label in raw), default=0)
        width = o["label_pad_width"] or most
        if width < most:
            raise ShapeError(f"{who}: label_pad_width is {width}, but a record has {most} labels.")
        self._raw = raw
        return np.full((len(raw), 4 + width), o["label_pad_value"], np.float32)

    def next(self) -> Any:
        batch = super().next()
        rows = self._rows()
        pairs = [self._sample(i) for i in rows]
        batch.data = [as_nd(np.stack([image for image, _ in pairs]))]
        batch.label = [as_nd(np.stack([label for _, label in pairs]))]
        return batch

    def getdata(self) -> Any:
        return []  # images and labels are made together: see next

    # -- a sample --------------------------------------------------------------------------------------------------

    def _sample(self, i: int) -> tuple[np.ndarray, np.ndarray]:
        o, image = self._options, self._decode(i)
        raw, method = self._raw[i], o["inter_method"]
        header, length = raw[: int(raw[0])], int(raw[1])
        objects = raw[len(header) :].reshape(-1, length).copy()
        if o["resize"] > 0:
            image = images.resized(image, images.short_size(image.shape, o["resize"]), method)
        image = self._coloured(image)
        if self._happens("rand_mirror_prob"):
            image = image[:, ::-1]
            objects[:, [1, 3]] = 1 - objects[:, [3, 1]]
        if self._happens("rand_pad_prob") and o["max_pad_scale"] > 1:
            image, objects = self._padded(image, objects)
        if self._happens("rand_crop_prob"):
            image, objects = self._cropped(image, objects)
        image = self._sized(image.reshape(*image.shape[:2], -1), method)
        values = np.concatenate([header, objects.ravel()])
        label = np.full(self._label[0][1].shape[1], o["label_pad_value"], np.float32)
        label[:4] = image.shape[2], *image.shape[:2], values.size
        label[4 : 4 + values.size] = values
        pixels = image if self._dtype.kind != "f" else (image - self._mean) / self._std * o["scale"]
        whole = np.zeros(self._image_shape, self._dtype)
        whole[:, : image.shape[0], : image.shape[1]] = self._finish(pixels)
        return whole, label

    def _happens(self, name: str) -> bool:
        return self._options[name] > 0 and self._rng.random_sample() < self._options[name]

    def _coloured(self, image: np.ndarray) -> np.ndarray:
        o = self._options
        shifts = [self._rng.randint(-o[f"max_random_{name}"], o[f"max_random_{name}"] + 1)
                  if self._happens(f"random_{name}_prob") else 0 for name in ("hue", "illumination", "saturation")]
        image = affine.shift_hls(image, *shifts)
        if self._happens("random_contrast_prob"):
            factor = 1 + self._rng.uniform(-o["max_random_contrast"], o["max_random_contrast"])
            image = np.clip(np.rint(image * factor), 0, 255).astype(np.uint8)
        return image

    def _padded(self, image: np.ndarray, objects: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        scale = self._rng.uniform(1, self._options["max_pad_scale"])
        height, width = image.shape[:2]
        tall, wide = int(height * scale), int(width * scale)
        top, left = self._rng.randint(tall - height + 1), self._rng.randint(wide - width + 1)
        image = images.pad(image, left, top, wide - width - left, tall - height - top, self._options["fill_value"])
        moved = objects.copy()
        moved[:, [1, 3]] = (objects[:, [1, 3]] * width + left) / wide
        moved[:, [2, 4]] = (objects[:, [2, 4]] * height + top) / tall
        return image, moved

    def _cropped(self, image: np.ndarray, objects: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """A crop by the first sampler, in random order, that finds one; else the image."""
        for k in self._rng.permutation(len(self._samplers)):
            found = self._samplers[k].draw(image.shape[0] / image.shape[1], objects, self._rng)
            if found is None:
                continue
            box, kept = found
            rows = [round(e * image.shape[0]) for e in box[[1, 3]]]
            columns = [round(e * image.shape[1]) for e in box[[0, 2]]]
            if rows[0] < rows[1] and columns[0] < columns[1]:
                return image[slice(*rows), slice(*columns)], kept
        return image, objects

    def _sized(self, image: np.ndarray, method: int) -> np.ndarray:
        mode, (height, width) = self._options["resize_mode"], self._image_shape[1:]
        if mode != "force":
            factor = min(height / image.shape[0], width / image.shape[1])
            if mode == "shrink":
                factor = min(factor, 1.0)
            height, width = max(1, int(image.shape[0] * factor)), max(1, int(image.shape[1] * factor))
        found = images.resized(image, (height, width), method)
        return found if found.ndim == 3 else found[..., None]


class _Sampler:
    """Bounds on a random crop; boxes are (left, top, right, bottom) in parts of the image."""

    def __init__(self, options: dict[str, Any], k: int) -> None:
        def bounds(name: str) -> tuple[float, float]:
            low, high = (_item(options[f"{end}_crop_{name}"], k) for end in ("min", "max"))
            return float(low), float(high)

        self.scales, self.ratios = bounds("scales"), bounds("aspect_ratios")
        self.limits = [bounds("overlaps"), bounds("sample_coverages"), bounds("object_coverages")]
        self.trials = int(_item(options["max_crop_trials"], k))
        self.center, self.share = options["crop_emit_mode"] == "center", options["emit_overlap_thresh"]

    def draw(self, ratio: float, objects: np.ndarray, rng: np.random.RandomState) -> tuple | None:
        """A crop of an image whose height is ``ratio`` times its width, and its objects; None where all trials fail."""
        for _ in range(self.trials):
            scale = rng.uniform(*self.scales)
            if scale <= 0:
                continue
            low, high = max(self.ratios[0] * ratio, scale**2), min(self.ratios[1] * ratio, 1 / scale**2)
            wide = scale * np.sqrt(rng.uniform(low, max(low, high)))
            tall = scale**2 / wide
            if wide > 1 or tall > 1:
                continue
            left, top = rng.uniform(0, 1 - wide), rng.uniform(0, 1 - tall)
            box = np.array([left, top, left + wide, top + tall])
            kept = self._within(box, objects)
            if kept is not None:
                return box, kept
        return None

    def _within(self, box: np.ndarray, objects: np.ndarray) -> np.ndarray | None:
        corners = objects[:, 1:5]
        low, high = np.maximum(corners[:, :2], box[:2]), np.minimum(corners[:, 2:], box[2:])
        common = np.prod(np.maximum(high - low, 0), axis=1)
        area, own = np.prod(box[2:] - box[:2]), np.prod(corners[:, 2:] - corners[:, :2], axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            shares = [np.nan_to_num(common / n) for n in (area + own - common, area, own)]
        for share, (least, most) in zip(shares, self.limits):
            if (least > 0 or most < 1) and not ((share >= least) & (share <= most)).any():
                return None
        middle = (corners[:, :2] + corners[:, 2:]) / 2
        stays = ((middle >= box[:2]) & (middle <= box[2:])).all(1) if self.center else shares[2] > self.share
        if not stays.any():
            return None
        kept = objects[stays].copy()
        size = np.tile(box[2:] - box[:2], 2)
        kept[:, 1:5] = np.clip((kept[:, 1:5] - np.tile(box[:2], 2)) / size, 0, 1)
        return kept


def _item(values: Any, k: int) -> Any:
    """The value of sampler ``k``; the last one stands for those that are lacking."""
    values = values if isinstance(values, (tuple, list)) else (values,)
    return values[min(k, len(values) - 1)]
