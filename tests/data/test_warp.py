"""Images turned and tilted; their bytes are compared with mindspore's in tests/dataset/test_answers.py."""

import numpy as np
import pytest

from luojia._src.data import warp

METHODS = ["nearest", "bilinear", "bicubic"]


@pytest.mark.parametrize("method", METHODS)
def test_quarter_turns_move_whole_pixels(rng, method):
    for dtype in (np.uint8, np.float32):
        image = rng.integers(0, 256, (5, 7, 3)).astype(dtype)
        assert (warp.rotate(image, 90, method, expand=True) == np.rot90(image)).all()
        assert (warp.rotate(image, 180, method) == image[::-1, ::-1]).all()
        assert (warp.rotate(image[:, :5], 90, method, centre=(2, 2)) == np.rot90(image[:, :5])).all()


@pytest.mark.parametrize("method", METHODS)
def test_shifts_and_views(rng, method):
    image = rng.integers(0, 256, (6, 8)).astype(np.uint8)
    moved = warp.affine(image, warp.slanted(0, (2, 1), 1, (0, 0), (3, 3)), method, fill=9)
    assert (moved[1:, 2:] == image[:-1, :-2]).all() and (moved[0] == 9).all()
    corners = [(0, 0), (7, 0), (7, 5), (0, 5)]
    same = warp.view(corners, [(x + 2, y + 1) for x, y in corners])
    assert (warp.perspective(image, same, method)[1:, 2:] == image[:-1, :-2]).all()
    np.testing.assert_allclose(warp.view_back(corners, [(x + 2, y + 1) for x, y in corners]),
                               [1, 0, -2, 0, 1, -1, 0, 0], atol=1e-12)


def test_pillows_slant_takes_the_way_back():
    there = np.vstack([warp.slanted(20, (3, -2), 1.5, (0, 0), (4, 5)), [0, 0, 1]])
    back = np.array([*warp.slanted_back(20, (3, -2), 1.5, (0, 0), (4, 5)), 0, 0, 1]).reshape(3, 3)
    np.testing.assert_allclose(back @ there, np.eye(3), atol=1e-12)


def test_no_view_of_points_in_one_place():
    matrix = warp.view([(0, 0)] * 4, [(0, 0)] * 4)
    assert matrix.tolist() == [[0, 0, 0], [0, 0, 0], [0, 0, 1]]
    assert warp.perspective(np.ones((2, 2), np.uint8), matrix).shape == (2, 2)
