"""Transforms of sound, arrays (..., time), and of spectra, (..., freq, time), for ``Dataset.map``.

What they draw is the stream that ``dataset.config.set_seed`` seeds.
"""

from . import transforms, utils
from .transforms import *  # noqa: F403

__all__ = ["transforms", "utils"]
__all__ += transforms.__all__
