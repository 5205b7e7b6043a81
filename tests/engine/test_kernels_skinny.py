"""Products of matrices of few rows, against the sum of products in float64."""

import numpy as np
import pytest

from luojia._src.engine import threads
from luojia._src.engine.kernels import skinny
from luojia._src.engine.shortcuts import matmul


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Products are large from a thousandth of the size on, and BLAS, on one thread, has kernels for smaller ones."""
    monkeypatch.setattr(skinny, "SMALL", 1000)
    monkeypatch.setattr(skinny, "WIDE", 500)
    monkeypatch.setattr(skinny, "LEAST_WIDTH", 4)
    monkeypatch.setattr(threads, "architecture", lambda: "SkylakeX")
    monkeypatch.setattr(threads, "allowed", lambda: 1)


def factors(m, k, n, dtype="float32"):
    rng = np.random.RandomState(m * k + n)
    return rng.randn(m, k).astype(dtype), rng.randn(k, n).astype(dtype)


def is_close(got, a, b):
    assert got.dtype == a.dtype and got.flags.c_contiguous
    tolerance = {"float32": 1e-5, "float64": 1e-13}[a.dtype.name]
    np.testing.assert_allclose(got, a.astype(float) @ b.astype(float), atol=tolerance * a.shape[1], rtol=tolerance)


@pytest.mark.parametrize("order", "CF")
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("m, k, n", [(2, 5, 128), (3, 7, 129), (4, 30, 250), (2, 1, 1001), (5, 13, 71)])
def test_products_in_groups_of_columns(m, k, n, dtype, order):
    a, b = factors(m, k, n, dtype)
    b = np.asarray(b, order=order)
    found = skinny.product(a, b)
    assert found is not None
    is_close(found, a, b)
    is_close(matmul(a, b), a, b)
    np.testing.assert_allclose(matmul(a.reshape(1, m, k), b), found[None], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("orders", ["CC", "FC", "FF"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("m, k, n", [(40, 5, 32), (150, 4, 70), (256, 2, 64), (300, 128, 33), (129, 3, 100)])
def test_products_over_a_short_axis(m, k, n, dtype, orders):
    a, b = (np.asarray(x, order=order) for x, order in zip(factors(m, k, n, dtype), orders))
    found = skinny.product(a, b)
    assert found is not None
    is_close(found, a, b)
    is_close(matmul(a, b), a, b)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("m, k, n", [(129, 9, 2), (150, 5, 12), (300, 13, 3)])
def test_few_numbers_for_each_of_many_rows(m, k, n, dtype):
    a, b = factors(m, k, n, dtype)
    found = skinny.product(a, np.asfortranarray(b))
    assert found is not None
    is_close(found, a, b)
    is_close(matmul(a, np.asfortranarray(b)), a, b)
    grad = np.ascontiguousarray(found)
    found = skinny.product(grad.T, a)
    assert found is not None
    is_close(found, grad.T, a)
    is_close(matmul(grad.T, a), grad.T, a)


@pytest.mark.parametrize("a, b", [
    (np.ones((1, 40)), np.ones((40, 90)).T.copy().T),  # one row
    (np.ones((200, 9)), np.ones((90, 9)).T),  # many rows
    (np.ones((200, 30)), np.ones((3, 30)).T),  # of which only few make a small product
    (np.ones((200, 30)).T, np.ones((200, 3))),
    (np.ones((3, 10)), np.ones((90, 11)).T),  # which do not fit
    (np.ones((3, 10)), np.ones((10, 20))),  # small
    (np.ones((3, 200)), np.ones((90, 200)).T),  # whose groups would not be small
    (np.ones((3, 10), "f"), np.ones((90, 10)).T),  # of two dtypes
    (np.ones((20, 10))[::2].T, np.ones((90, 10)).T),  # the first with gaps
    (np.ones((20, 10))[::2].T, np.ones((10, 90))),
    (np.ones((10, 10)).T, np.ones((90, 20))[:, ::2].T),  # the second, which meets columns
    (np.ones((3, 10)), np.ones((90, 20))[:, ::2].T),  # the second with gaps
    (np.ones((3, 20)), np.ones((90, 20)).T[:, :15]),  # fewer columns than two groups
], ids=str)
def test_others_are_left_to_blas(a, b):
    assert skinny.product(a, b) is None
    if a.shape[1] == len(b):
        np.testing.assert_array_equal(matmul(a, b), np.matmul(a, b))
    else:
        with pytest.raises(ValueError, match="mismatch"):
            matmul(a, b)


def test_how_many_rows_are_few(monkeypatch):
    assert skinny.most_rows() == skinny.ROWS
    monkeypatch.setattr(threads, "allowed", lambda: 2)
    assert skinny.most_rows() == skinny.FEW_ROWS
    monkeypatch.setattr(threads, "architecture", lambda: "Haswell")
    assert skinny.most_rows() == 0
    a, b = factors(3, 30, 90)
    assert skinny.product(a, np.asfortranarray(b)) is None


@pytest.mark.parametrize("m, k, n", [(3, 6, 128), (3, 20, 48), (2, 10, 60), (3, 5, 64), (200, 5, 64)])
def test_repeated_products(m, k, n):
    a, b = factors(m, k, n)
    times = skinny.repeated(b, m)
    out = np.empty((m, n), np.float32)
    assert times(a, out) is out
    is_close(out, a, b)
    is_close(times(2 * a, out), 2 * a, b)
    is_close(times(a[1:], np.empty((m - 1, n), np.float32)), a[1:], b)


def test_the_real_blas_is_known():
    """OpenBLAS names its processor; where that has AVX-512, a skinny product is taken."""
    known = threads._found().architecture
    assert known == "" or known[0].isupper()
