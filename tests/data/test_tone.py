"""Colours of images; their bytes are compared with mindspore's in tests/dataset/test_answers.py."""

import colorsys

import numpy as np

from luojia._src.data import tone


def test_hsv_is_colorsys(rng):
    colours = np.concatenate([rng.random((50, 3)), [[0, 0, 0], [1, 1, 1], [0.5, 0.5, 0.5], [1, 0, 0], [1, 1, 0]]])
    hsv = tone.rgb_to_hsv(colours)
    np.testing.assert_allclose(hsv, [colorsys.rgb_to_hsv(*c) for c in colours], atol=1e-12)
    np.testing.assert_allclose(tone.hsv_to_rgb(hsv), colours, atol=1e-12)


def test_hue_turns(rng):
    image = rng.random((4, 5, 3)).astype(np.float32)
    np.testing.assert_allclose(tone.hue(image, 1.0), image, atol=1e-6)
    red = np.float32([[[1, 0, 0]]])
    np.testing.assert_allclose(tone.hue(red, 1 / 3), [[[0, 1, 0]]], atol=1e-6)


def test_flat_images_stay():
    flat = np.full((3, 3), 7, np.uint8)
    assert (tone.equalize(flat) == flat).all() and (tone.auto_contrast(flat) == flat).all()
    assert (tone.sharpness(flat[:2, :2], 3.0) == 7).all()


def test_lighting_moves_along_the_colours():
    image = np.full((1, 1, 3), 100, np.uint8)
    assert tone.lighting(image, [0.1, 0, 0])[0, 0].tolist() == [97, 97, 97]
    assert (tone.lighting(image, [0, 0, 0]) == image).all()
