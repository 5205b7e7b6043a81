"""PNG files: Pillow reads what is written."""

import io

import numpy as np
import pytest

from luojia._src.formats import png


@pytest.mark.parametrize("channels", [1, 3])
def test_pixels(channels):
    image = pytest.importorskip("PIL.Image", reason="Pillow, of luojia[images], reads the file")
    pixels = np.arange(2 * 5 * channels, dtype=np.uint8).reshape(2, 5, channels) * 8
    assert (np.asarray(image.open(io.BytesIO(png.encode(pixels)))).reshape(pixels.shape) == pixels).all()
