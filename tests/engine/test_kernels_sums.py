"""Sums by BLAS, against sums in float64."""

from itertools import chain, combinations

import numpy as np
import pytest

from luojia._src.engine.kernels import sums

TOLERANCE = {"float32": 2e-6, "float64": 1e-14}
SHAPES = [(1200,), (1, 5000), (3, 1021), (40, 33), (1100, 1), (2, 3000), (4, 1031), (3, 5, 7, 11), (8, 16, 9),
          (10, 2, 64), (9000, 2)]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_totals_over_all_choices_of_axes(shape, dtype):
    a = np.random.default_rng(len(shape)).random(shape).astype(dtype) + 1
    rank = len(shape)
    choices = chain.from_iterable(combinations(range(rank), n) for n in range(rank + 1))
    for axis in [None, *range(-rank, rank), *choices, tuple(range(-1, -rank - 1, -1))]:
        for keepdims in (False, True):
            got, want = sums.total(a, axis, keepdims), a.astype(float).sum(axis, keepdims=keepdims)
            assert np.shape(got) == want.shape and got.dtype == a.dtype
            assert type(got) is type(a.sum(axis, keepdims=keepdims))
            np.testing.assert_allclose(got, want, rtol=TOLERANCE[dtype])


def test_what_is_not_finite_stays_in_its_row():
    a = np.ones((50, 40), np.float32)
    a[3, 5], a[7, 0], a[9, 1:3] = np.nan, np.inf, (np.inf, -np.inf)
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(sums.total(a, 1), a.sum(1))
        np.testing.assert_array_equal(sums.total(a, 0), a.sum(0))
        np.testing.assert_array_equal(sums.total(np.full(2000, 3e38, np.float32)), np.float32(np.inf))


@pytest.mark.parametrize("a", [
    np.ones((60, 60), np.float16), np.ones((60, 60), int), np.ones((60, 60), bool), np.ones((60, 60)).T[::2],
    np.asfortranarray(np.ones((60, 60))), np.ones((0, 3)), np.ones((3, 4)),
], ids=lambda a: f"{a.dtype} {a.strides}")
def test_others_are_left_to_numpy(a):
    for axis in (None, 0, 1, (0, 1)):
        got, want = sums.total(a, axis), np.add.reduce(a, axis=axis)
        assert got.dtype == want.dtype
        np.testing.assert_array_equal(got, want)


@pytest.mark.parametrize("axis", [2, -3, (0, 0), (0, 2), "x"])
def test_wrong_axes_are_refused_as_numpy_refuses_them(axis):
    a = np.ones((60, 60))
    with pytest.raises(Exception) as ours:  # noqa: PT011 - compared below
        sums.total(a, axis)
    with pytest.raises(type(ours.value)) as theirs:
        np.add.reduce(a, axis=axis)
    assert str(ours.value) == str(theirs.value)


def test_sums_of_columns():
    for x in (np.ones((4, 5), np.float32), np.zeros((0, 3), np.float32), np.zeros((3, 0)), np.ones((9000, 2), "f"),
              np.arange(12.0).reshape(3, 4)[::-1, ::2]):
        found = sums.column_sums(x)
        assert found.dtype == x.dtype
        np.testing.assert_allclose(found, x.sum(0), rtol=1e-6)
    for n in range(200):
        assert sums.column_sums(np.ones((n, 1))).tolist() == [n]
    assert len(sums._ones) <= 65


def test_sums_beside_kernels_at_work_leave_the_threads_of_blas_asleep(monkeypatch):
    monkeypatch.setattr(sums, "ones", None)  # which BLAS would be given
    monkeypatch.setattr(sums.threads, "recent", 1)
    a = np.ones((200, 60))
    assert sums.total(a) == 12000 and sums.column_sums(a).tolist() == [200] * 60
    with pytest.raises(TypeError):
        sums.total(a[:100])
