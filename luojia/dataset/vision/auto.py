"""Transforms that choose among transforms: policies found by search, and chance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..._src.data import tone
from ..._src.errors import ArgumentError, DTypeError
from .. import checks, config
from ..rows import PipelineError
from ..transforms.base import apply_all
from . import turns
from .base import ImageTransform, fill_of, happens
from .utils import AutoAugmentPolicy, Inter, interpolation_of

_SIGNED = "ShearX ShearY TranslateX TranslateY Rotate Brightness Color Contrast Sharpness".split()
_BLENDS: dict[str, Callable[[np.ndarray, float], np.ndarray]] = {
    "Brightness": tone.brightness, "Color": tone.saturation, "Contrast": tone.contrast, "Sharpness": tone.sharpness,
}
# Cubuk et al. 2018, "AutoAugment: learning augmentation policies from data", tables 7, 8 and 9.
_POLICIES = {
    "imagenet": """
Posterize .4 8 Rotate .6 9|Solarize .6 5 AutoContrast .6 0|Equalize .8 0 Equalize .6 0|Posterize .6 7 Posterize .6 6|
Equalize .4 0 Solarize .2 4|Equalize .4 0 Rotate .8 8|Solarize .6 3 Equalize .6 0|Posterize .8 5 Equalize 1 0|
Rotate .2 3 Solarize .6 8|Equalize .6 0 Posterize .4 6|Rotate .8 8 Color .4 0|Rotate .4 9 Equalize .6 0|
Equalize 0 0 Equalize .8 0|Invert .6 0 Equalize 1 0|Color .6 4 Contrast 1 8|Rotate .8 8 Color 1 2|
Color .8 8 Solarize .8 7|Sharpness .4 7 Invert .6 0|ShearX .6 5 Equalize 1 0|Color .4 0 Equalize .6 0|
Equalize .4 0 Solarize .2 4|Solarize .6 5 AutoContrast .6 0|Invert .6 0 Equalize 1 0|Color .6 4 Contrast 1 8|
Equalize .8 0 Equalize .6 0""",
    "cifar10": """
Invert .1 0 Contrast .2 6|Rotate .7 2 TranslateX .3 9|Sharpness .8 1 Sharpness .9 3|ShearY .5 8 TranslateY .7 9|
AutoContrast .5 0 Equalize .9 0|ShearY .2 7 Posterize .3 7|Color .4 3 Brightness .6 7|Sharpness .3 9 Brightness .7 9|
Equalize .6 0 Equalize .5 0|Contrast .6 7 Sharpness .6 5|Color .7 7 TranslateX .5 8|Equalize .3 0 AutoContrast .4 0|
TranslateY .4 3 Sharpness .2 6|Brightness .9 6 Color .2 8|Solarize .5 2 Invert 0 0|Equalize .2 0 AutoContrast .6 0|
Equalize .2 0 Equalize .6 0|Color .9 9 Equalize .6 0|AutoContrast .8 0 Solarize .2 8|Brightness .1 3 Color .7 0|
Solarize .4 5 AutoContrast .9 0|TranslateY .9 9 TranslateY .7 9|AutoContrast .9 0 Solarize .8 3|
Equalize .8 0 Invert .1 0|TranslateY .7 9 AutoContrast .9 0""",
    "svhn": """
ShearX .9 4 Invert .2 0|ShearY .9 8 Invert .7 0|Equalize .6 0 Solarize .6 6|Invert .9 0 Equalize .6 0|
Equalize .6 0 Rotate .9 3|ShearX .9 4 AutoContrast .8 0|ShearY .9 8 Invert .4 0|ShearY .9 5 Solarize .2 6|
Invert .9 0 AutoContrast .8 0|Equalize .6 0 Rotate .9 3|ShearX .9 4 Solarize .3 3|ShearY .8 8 Invert .7 0|
Equalize .9 0 TranslateY .6 6|Invert .9 0 Equalize .6 0|Contrast .3 3 Rotate .8 4|Invert .8 0 TranslateY 0 2|
ShearY .7 6 Solarize .4 8|Invert .6 0 Rotate .8 4|ShearY .3 7 TranslateX .9 3|ShearX .1 6 Invert .6 0|
Solarize .7 2 TranslateY .6 7|ShearY .8 4 Invert .8 0|ShearX .7 9 TranslateY .8 3|ShearY .8 5 AutoContrast .7 0|
ShearX .7 2 Invert .1 0""",
}


def policy(name: str) -> list[list[tuple[str, float, int]]]:
    """The sub-policies: lists of (what, probability, strength of 0 to 9).

    >>> policy("imagenet")[0]
    [('Posterize', 0.4, 8), ('Rotate', 0.6, 9)]
    """
    rules = [part.split() for part in _POLICIES[name].replace("\n", "").split("|")]
    return [[(r[i], float(r[i + 1]), int(r[i + 2])) for i in range(0, len(r), 3)] for r in rules]


class _Augment(ImageTransform):
    """What the policies share: images (H, W, 3) of bytes, and what each change does to them."""

    ranks, channels = (3,), (3,)
    takes_bool = False
    bins = 10
    most = {"Shear": 0.3, "TranslateX": 150 / 331, "TranslateY": 150 / 331, "Rotate": 30.0, "blend": 0.9}
    bits = 4  # how many Posterize drops at most

    def __init__(self, interpolation: Inter, fill_value: Any) -> None:
        self.inter, self.fill = interpolation_of(interpolation), fill_of(fill_value)

    def image(self, image: np.ndarray) -> np.ndarray:
        if image.dtype != np.uint8:
            raise PipelineError(
                f"{type(self).__name__}: the data type of image tensor does not match the requirement of operator. "
                f"Expecting tensor in type of (uint8). But got type {image.dtype}."
            )
        return self.augmented(image)

    def augmented(self, image: np.ndarray) -> np.ndarray:
        raise NotImplementedError

    def strength(self, what: str, step: int, size: tuple[int, ...]) -> float:
        """How strong ``what`` is at ``step`` of ``bins``."""
        share = step / (self.bins - 1)
        if what == "Posterize":
            return 8 - round(share * self.bits)
        if what == "Solarize":
            return 255 * (1 - share)
        if what.startswith("Shear"):
            return self.most["Shear"] * share
        if what.startswith("Translate"):
            most = self.most[what]
            return share * (most * size[1 if what == "TranslateX" else 0] if most < 1 else most)
        return share * self.most["Rotate" if what == "Rotate" else "blend"]

    def applied(self, image: np.ndarray, what: str, step: int) -> np.ndarray:
        """``what`` at ``step``, to either side where it has two."""
        amount = self.strength(what, step, image.shape)
        if what in _SIGNED and happens(0.5):
            amount = -amount
        if what in _BLENDS:
            return _BLENDS[what](image, 1 + amount)
        if what == "Identity":
            return image
        if what == "Posterize":
            return tone.posterize(image, int(amount))
        if what == "Solarize":
            return tone.solarize(image, amount, amount)
        if what == "AutoContrast":
            return tone.auto_contrast(image)
        if what == "Equalize":
            return tone.equalize(image)
        if what == "Invert":
            return 255 - image
        return self.moved(image, what, amount)

    def moved(self, image: np.ndarray, what: str, amount: float) -> np.ndarray:
        """Turned, shifted or slanted."""
        if what == "Rotate":
            return turns.Rotate(amount, self.inter, fill_value=self.fill)(image)
        shift, shear = [0.0, 0.0], [0.0, 0.0]
        axis = 0 if what.endswith("X") else 1
        if what.startswith("Shear"):
            shear[axis] = float(np.rad2deg(amount))
        else:
            shift[axis] = float(int(amount)) / image.shape[1 - axis]
        return turns.Affine(0.0, shift, 1.0, shear, self.inter, self.fill)(image)


_SPACE = "Identity ShearX ShearY TranslateX TranslateY Rotate Brightness Color Contrast Sharpness Posterize Solarize " \
         "AutoContrast Equalize"


class AutoAugment(_Augment):
    """One of 25 sub-policies found by search on a data set, of two changes each with their probability.

    >>> from luojia import dataset
    >>> dataset.vision.AutoAugment()(np.full((8, 8, 3), 100, np.uint8)).shape
    (8, 8, 3)

    Source: Cubuk et al. 2018, "AutoAugment: learning augmentation policies from data".
    """

    def __init__(self, policy: AutoAugmentPolicy = AutoAugmentPolicy.IMAGENET,
                 interpolation: Inter = Inter.NEAREST, fill_value: Any = 0) -> None:
        self.policy = checks.kind(policy, (AutoAugmentPolicy,), "policy")
        super().__init__(interpolation, fill_value)

    def augmented(self, image: np.ndarray) -> np.ndarray:
        rules = policy(self.policy.value)
        for what, prob, step in rules[config.stream().randint(len(rules))]:
            if happens(prob):
                image = self.applied(image, what, step)
        return image


class RandAugment(_Augment):
    """``num_ops`` changes one after the other, each drawn from 14, at ``magnitude`` of ``num_magnitude_bins``.

    >>> from luojia import dataset
    >>> dataset.vision.RandAugment()(np.full((8, 8, 3), 100, np.uint8)).shape
    (8, 8, 3)

    Source: Cubuk et al. 2019, "RandAugment: practical automated data augmentation with a reduced search space".
    """

    def __init__(self, num_ops: int = 2, magnitude: int = 9, num_magnitude_bins: int = 31,
                 interpolation: Inter = Inter.NEAREST, fill_value: Any = 0) -> None:
        self.count = checks.whole(num_ops, "num_ops", 0, checks.FLOAT_MAX)
        self.bins = checks.whole(num_magnitude_bins, "num_magnitude_bins", 2, checks.FLOAT_MAX)
        self.step = checks.within(checks.kind(magnitude, (int,), "magnitude"), 0, self.bins, "magnitude", "[)")
        super().__init__(interpolation, fill_value)

    def augmented(self, image: np.ndarray) -> np.ndarray:
        names = _SPACE.split()
        for _ in range(self.count):
            image = self.applied(image, names[config.stream().randint(len(names))], self.step)
        return image


class TrivialAugmentWide(_Augment):
    """One change drawn from 14, of a strength drawn from ``num_magnitude_bins``.

    >>> from luojia import dataset
    >>> dataset.vision.TrivialAugmentWide()(np.full((8, 8, 3), 100, np.uint8)).shape
    (8, 8, 3)

    Source: Müller and Hutter 2021, "TrivialAugment: tuning-free yet state-of-the-art data augmentation".
    """

    most = {"Shear": 0.99, "TranslateX": 32.0, "TranslateY": 32.0, "Rotate": 135.0, "blend": 0.99}
    bits = 6

    def __init__(self, num_magnitude_bins: int = 31, interpolation: Inter = Inter.NEAREST,
                 fill_value: Any = 0) -> None:
        self.bins = checks.whole(num_magnitude_bins, "num_magnitude_bins", 2, checks.FLOAT_MAX)
        super().__init__(interpolation, fill_value)

    def augmented(self, image: np.ndarray) -> np.ndarray:
        names, rng = _SPACE.split(), config.stream()
        return self.applied(image, names[rng.randint(len(names))], int(rng.randint(self.bins)))


class UniformAugment:
    """``num_ops`` of the transforms, drawn anew each time, each with probability 1/2.

    >>> from luojia import dataset
    >>> flips = [dataset.vision.HorizontalFlip(), dataset.vision.VerticalFlip()]
    >>> dataset.vision.UniformAugment(flips, 1)(np.zeros((2, 3, 3), np.uint8)).shape
    (2, 3, 3)

    Source: LingChen et al. 2020, "UniformAugment: a search-free probabilistic data augmentation approach".
    """

    def __init__(self, transforms: Sequence[Callable], num_ops: int = 2) -> None:
        checks.positive(checks.kind(num_ops, (int,), "num_ops"), "num_ops", (int,))
        checks.kind(transforms, (list, tuple), "transforms")
        if num_ops > len(transforms):
            raise ArgumentError(f"num_ops is greater than transforms list size. Got {num_ops} of {len(transforms)}.")
        checks.callables(transforms)
        self.transforms, self.count = list(transforms), num_ops

    def __call__(self, image: Any) -> Any:
        for i in config.stream().permutation(len(self.transforms))[: self.count]:
            image = self.transforms[i](image) if happens(0.5) else image
        return image


class RandomSelectSubpolicy:
    """One of the sub-policies, drawn anew each time: a list of (transform, probability).

    >>> from luojia import dataset
    >>> policy = [[(dataset.vision.HorizontalFlip(), 1.0), (dataset.vision.VerticalFlip(), 0.0)]]
    >>> dataset.vision.RandomSelectSubpolicy(policy)(np.uint8([[1, 2], [3, 4]]))
    array([[2, 1],
           [4, 3]], dtype=uint8)
    """

    def __init__(self, policy: list) -> None:
        checks.kind(policy, (list,), "policy")
        if not policy:
            raise ArgumentError("policy can not be empty.")
        for i, rules in enumerate(policy):
            checks.kind(rules, (list,), f"policy[[{i}]]")
            if not rules:
                raise ArgumentError(f"policy[{i}] can not be empty.")
            for j, rule in enumerate(rules):
                if not isinstance(rule, (list, tuple)) or len(rule) != 2:
                    raise ArgumentError(f"Value policy[{i}][{j}] needs to be a 2-tuple. Got {rule!r}.")
                if not callable(rule[0]):
                    raise DTypeError(
                        f"op of (op, prob) in policy[{i}][{j}] is neither a transforms op (TensorOperation) nor a "
                        "callable pyfunc."
                    )
                checks.probability(rule[1], f"prob of (op, prob) policy[{i}][{j}]", checks.WHOLE, (0, 1))
        self.policy = policy

    def __call__(self, *values: Any) -> Any:
        rules = self.policy[config.stream().randint(len(self.policy))]
        return apply_all([op for op, prob in rules if happens(prob)], values)
