"""The windows of images that lie channels last, against windows gathered one by one."""

import threading
import weakref
from itertools import product

import numpy as np
import pytest

from luojia._src.engine.kernels import windows
from luojia._src.engine.kernels.windows import Windows

# x (N, H, W, C), kernel, out, stride, lo, dilation
CASES = {
    "same": ((3, 6, 5, 4), (3, 3), (6, 5), (1, 1), (1, 1), (1, 1)),
    "strided": ((3, 9, 8, 2), (3, 2), (5, 4), (2, 2), (1, 0), (1, 1)),
    "dilated": ((2, 9, 9, 3), (3, 2), (9, 7), (1, 1), (2, 0), (2, 3)),
    "stride and dilation": ((2, 13, 12, 2), (3, 3), (4, 3), (3, 4), (1, 2), (2, 3)),
    "cropped": ((2, 9, 9, 3), (2, 2), (5, 4), (1, 1), (-2, -1), (1, 2)),
    "pointwise": ((5, 4, 3, 6), (1, 1), (4, 3), (1, 1), (0, 0), (1, 1)),
    "wide padding": ((2, 2, 2, 3), (3, 3), (8, 9), (1, 1), (4, 5), (1, 1)),
}


@pytest.mark.parametrize("small", [False, True], ids=["few blocks", "many blocks"])
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_taps_hold_every_window(case, small, monkeypatch):
    if small:
        monkeypatch.setattr(windows, "BUFFER_BYTES", 1)
        monkeypatch.setattr(windows, "LEAST_ROWS", 1)
    shape, kernel, out, stride, lo, dilation = case
    x = np.random.default_rng(29).standard_normal(shape)
    got = np.zeros((shape[0], *out, *kernel, shape[3]))
    flat = got.reshape(shape[0], out[0] * out[1], kernel[0], -1)
    blocks = 0
    for images, outputs, held in Windows(x, kernel, out, stride, lo, dilation, x.dtype):
        blocks += 1
        for tap in held.taps:
            flat[images, outputs][:, tap.start : tap.stop, tap.row] = tap.matrix
        if held.stack is not None:
            assert np.array_equal(flat[images, outputs], np.moveaxis(held.stack, 0, 2))
    expected = np.zeros_like(got)
    for o, k in product(product(*map(range, out)), product(*map(range, kernel))):
        i = [a * s + b * d - c for a, s, b, d, c in zip(o, stride, k, dilation, lo)]
        if all(0 <= a < m for a, m in zip(i, shape[1:3])):
            expected[:, o[0], o[1], k[0], k[1]] = x[:, i[0], i[1]]
    assert np.array_equal(got, expected)
    assert blocks >= (shape[0] if small else 1)


def test_the_buffer_stays_small():
    """All the windows of 64 images of 224 x 224 x 16 would take 616 MB."""
    x = np.zeros((4, 224, 224, 16), np.float32)
    block = next(iter(Windows(x, (3, 3), (224, 224), (1, 1), (1, 1), (1, 1), x.dtype)))
    held = block.held.taps[0].matrix
    while held.base is not None:
        held = held.base
    assert held.nbytes < 2 * windows.BUFFER_BYTES


# -- what a thread keeps -----------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def nothing_kept():
    windows.forget()
    yield
    windows.forget()


def unfolded(case, seed, each=lambda: None):
    """Every window that the blocks hold, with something done at each block."""
    shape, kernel, out, stride, lo, dilation = case
    x = np.random.default_rng(seed).standard_normal(shape)
    found = np.zeros((shape[0], out[0] * out[1], kernel[0], kernel[1] * shape[3]))
    for images, outputs, held in Windows(x, kernel, out, stride, lo, dilation, x.dtype):
        each()
        for tap in held.taps:
            found[images, outputs][:, tap.start : tap.stop, tap.row] = tap.matrix
    return found


def anew(case, seed):
    windows.forget()
    return unfolded(case, seed)


@pytest.mark.parametrize("small", [False, True], ids=["few blocks", "many blocks"])
def test_padding_holds_whatever_used_the_buffer_before(small, monkeypatch):
    if small:
        monkeypatch.setattr(windows, "BUFFER_BYTES", 1)
        monkeypatch.setattr(windows, "LEAST_ROWS", 1)
    order = [*CASES.values(), *reversed(CASES.values())] * 2
    found = [unfolded(case, seed) for seed, case in enumerate(order)]
    for seed, case in enumerate(order):
        np.testing.assert_array_equal(found[seed], anew(case, seed))


def test_windows_within_windows_have_a_buffer_of_their_own():
    """As where a signal's handler computes, or a program reads two at a time."""
    same, other = CASES["same"], CASES["dilated"]
    inner = []
    outer = unfolded(same, 0, lambda: inner.extend([unfolded(same, 1), unfolded(other, 2)]))
    for found, (case, seed) in zip([outer, *inner], [(same, 0), (same, 1), (other, 2)], strict=True):
        np.testing.assert_array_equal(found, anew(case, seed))


def test_a_thread_keeps_one_buffer_and_no_large_one():
    unfolded(CASES["same"], 0)
    first = windows._kept.memory["windows"]
    unfolded(CASES["cropped"], 0)
    assert windows._kept.memory["windows"] is first and len(windows._kept.frames) == 2
    unfolded(((3, 9, 9, 4), (3, 3), (9, 9), (1, 1), (1, 1), (1, 1)), 0)  # which needs more
    assert windows._kept.memory["windows"].size > first.size and len(windows._kept.frames) == 1
    wide = ((1, 3, windows.MOST_KEPT // 64, 4), (3, 3), (3, windows.MOST_KEPT // 64), (1, 1), (1, 1), (1, 1))
    before = windows._kept.memory["windows"].size
    for block in Windows(np.zeros(wide[0]), *wide[1:], np.dtype(float)):
        held = weakref.ref(block.held)
        del block
    assert held() is None  # at once, without the garbage collector
    assert windows._kept.memory["windows"].size == before
    own = []
    thread = threading.Thread(target=lambda: own.append(not windows._kept.frames))
    thread.start()
    thread.join()
    assert own == [True]


def test_a_thread_forgets_geometries_beyond_a_number(monkeypatch):
    monkeypatch.setattr(windows, "FRAMES", 2)
    for n in range(1, 6):
        unfolded(((n, 4, 4, 2), (3, 3), (4, 4), (1, 1), (1, 1), (1, 1)), n)
        assert 0 < len(windows._kept.frames) <= 2


def test_what_stops_a_block_leaves_no_padding_behind():
    class Stopped(Exception):
        pass

    def stop():
        raise Stopped

    same = CASES["same"]
    with pytest.raises(Stopped):
        unfolded(same, 0, stop)
    np.testing.assert_array_equal(unfolded(same, 1), anew(same, 1))
