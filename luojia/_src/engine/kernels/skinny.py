"""Products of a matrix of few rows with a large one, and of matrices that share a short axis.

OpenBLAS copies both factors into an order of its own before it multiplies them, which for few rows takes longer than
the product. With AVX-512 it has kernels that multiply small matrices, up to a million multiplications, as they lie. So
the large matrix is cut into groups of columns, each of them small: on one core of an AMD EPYC, 20 x 256 with 256 x 1024
takes 97 us instead of 185, and a dense layer of 1024 units for 4 samples a ninth of the time.

Over a short axis, as in a dense layer's gradient g^T x of a small batch, each element is made of few multiplications,
and copying takes a tenth of the time, to two thirds: both factors are cut, into groups of rows and of columns. Where a
layer gives few numbers for each of many rows, as the classes of all steps of a sequence, its rows are cut, for the
outputs and for the gradient of its weight: 700 x 256 to 10 takes 28 us instead of 59, and its gradient, too.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from luojia._src.engine import processor, threads

SMALL = 1_000_000  # multiplications, the most of OpenBLAS's small products
ROWS = 128  # from which copying costs less than a tenth
FEW_ROWS = 16  # the same for BLAS on several threads
READ = 8192  # elements of the first factor, up to which the second's rows are read as fast as they are copied
FEW_COLUMNS = range(2, 13)  # of a product with many rows
FEW_SUMS = range(2, 33)  # rows of a product over many
LEAST_WIDTH = 32  # columns of such a product
RESULTS = 1200  # the most of OpenBLAS's small products by a transposed matrix
WIDE = 120_000  # multiplications of a group whose columns lie one after the other; fewer, larger groups were slower


def product(a: np.ndarray, b: np.ndarray) -> np.ndarray | None:
    """``a @ b`` for a of few rows; None where that had better be left to BLAS as a whole.

    >>> a, b = np.ones((8, 512), np.float32), np.ones((512, 600), np.float32)
    >>> found = product(a, b)
    >>> found is None or bool((found == 512).all())
    True
    """
    (m, k), n = a.shape, b.shape[1]
    if m < 2 or m * k * n <= SMALL or k != len(b) or a.dtype != b.dtype:
        return None
    if m in FEW_SUMS and k > ROWS and n >= LEAST_WIDTH and a.flags.f_contiguous and b.flags.c_contiguous:
        return _over_many_rows(a, b)
    if n in FEW_COLUMNS and m > ROWS and a.flags.c_contiguous and b.flags.f_contiguous:
        return _of_few_columns(a, b)
    if 1 < k <= ROWS and (b.flags.c_contiguous or a.flags.f_contiguous):
        return _over_short_axis(a, b)
    if m > ROWS or not a.flags.c_contiguous:
        return None
    if b.flags.f_contiguous:
        width = _width(m * k, WIDE)
    elif b.flags.c_contiguous and m * k <= READ and k <= 1024:
        width = _width(m * k, SMALL)
    else:
        return None
    if not width or n < 2 * width or m > most_rows():
        return None
    out = np.empty((m, n), a.dtype)
    cut = n - n % width
    if b.flags.f_contiguous:
        groups = b.T[:cut].reshape(-1, width, k).transpose(0, 2, 1)
    else:
        groups = b[:, :cut].reshape(k, -1, width).transpose(1, 0, 2)
    np.matmul(a, groups, out=out[:, :cut].reshape(m, -1, width).transpose(1, 0, 2))
    if cut < n:
        np.matmul(a, b[:, cut:], out=out[:, cut:])
    return out


def _over_many_rows(a: np.ndarray, b: np.ndarray) -> np.ndarray | None:
    """``a @ b`` for a of few rows and many columns, which lie one after the other: the sum over groups of these."""
    (m, k), n = a.shape, b.shape[1]
    most = SMALL // (m * n)
    if most < FEW_ROWS or not processor.has_small_products():
        return None
    rows = k // -(-k // most)
    cut = k - k % rows
    found = np.add.reduce(np.matmul(a.T[:cut].reshape(-1, rows, m).swapaxes(1, 2), b[:cut].reshape(-1, rows, n)), 0)
    if cut < k:
        found += np.matmul(a[:, cut:], b[cut:])
    return found


def _of_few_columns(a: np.ndarray, b: np.ndarray) -> np.ndarray | None:
    """``a @ b`` for a of many rows and b of few columns, which lie one after the other."""
    (m, k), n = a.shape, b.shape[1]
    rows = min(RESULTS // n, SMALL // (k * n))
    if rows < FEW_ROWS or not processor.has_small_products():
        return None
    out = np.empty((m, n), a.dtype)
    cut = m - m % rows
    np.matmul(a[:cut].reshape(-1, rows, k), b, out=out[:cut].reshape(-1, rows, n))
    if cut < m:
        np.matmul(a[cut:], b, out=out[cut:])
    return out


def _over_short_axis(a: np.ndarray, b: np.ndarray) -> np.ndarray | None:
    """``a @ b`` for a of few columns; BLAS is faster where a lies by rows and b by columns."""
    (m, k), n = a.shape, b.shape[1]
    rows = min(m, ROWS)
    width = 64 if rows * k * 64 <= SMALL else 32
    if n < width or k > most_rows():
        return None
    out = np.empty((m, n), a.dtype)
    bottom, right = m - m % rows, n - n % width
    if a.flags.c_contiguous:
        parts = a[:bottom].reshape(-1, rows, k)
    elif a.flags.f_contiguous:
        parts = a.T[:, :bottom].reshape(k, -1, rows).transpose(1, 2, 0)
    else:
        return None
    if b.flags.c_contiguous:
        groups = b[:, :right].reshape(k, -1, width).transpose(1, 0, 2)
    elif b.flags.f_contiguous:
        groups = b.T[:right].reshape(-1, width, k).transpose(0, 2, 1)
    else:
        return None
    tiles = out[:bottom, :right].reshape(-1, rows, right // width, width).transpose(0, 2, 1, 3)
    np.matmul(parts[:, None], groups, out=tiles)
    if right < n:
        np.matmul(a, b[:, right:], out=out[:, right:])
    if bottom < m:
        np.matmul(a[bottom:], b[:, :right], out=out[bottom:, :right])
    return out


def repeated(b: np.ndarray, rows: int, alone: bool = False,
             scale: np.ndarray | None = None) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    """``times(a, out)``, which puts a @ b into ``out``, for many a of up to so many rows; b may change no more.

    With ``scale`` (columns,) it is a @ (b * scale). ``alone`` says that BLAS is on one thread when they meet, as within
    `threads.spread`.

    >>> times = repeated(np.eye(2), 3)
    >>> times(np.ones((3, 2)), np.empty((3, 2))).tolist()
    [[1.0, 1.0], [1.0, 1.0], [1.0, 1.0]]
    """
    k, n = b.shape
    width = next((w for w in (64, 32, 16) if rows * k * w <= SMALL), 0)
    if rows * k * n <= SMALL or not width or n % width or b.dtype.char not in "fd" or rows > most_rows(alone):
        laid = np.ascontiguousarray(b) if scale is None else np.multiply(b, scale, order="C")
        return lambda a, out: np.matmul(a, laid, out=out)
    groups = np.ascontiguousarray(b.reshape(k, -1, width).transpose(1, 0, 2))
    if scale is not None:
        groups *= scale.reshape(-1, 1, width)

    def times(a: np.ndarray, out: np.ndarray) -> np.ndarray:
        np.matmul(a, groups, out=out.reshape(len(out), -1, width).transpose(1, 0, 2))
        return out

    return times


def most_rows(alone: bool = False) -> int:
    """How many rows are few for this process's BLAS; 0 where it copies small matrices, too."""
    if not processor.has_small_products():
        return 0
    return ROWS if alone or threads.allowed() == 1 else FEW_ROWS


def _width(size: int, most: int) -> int:
    """The columns of a group, with that many elements in the first factor; 0 if even few are too many."""
    width = 64
    while width > 8 and width * size > most:
        width //= 2
    return width if width * size <= SMALL else 0
