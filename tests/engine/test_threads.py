"""Work spread over threads: results in order, errors, BLAS on one thread, forks; kernels on one thread and on two."""

import gc
import multiprocessing
import os
import subprocess
import sys
import threading
import warnings
import weakref
from contextlib import contextmanager

import numpy as np
import pytest

from luojia import context
from luojia._src.core import chain
from luojia._src.data.workers import processes_are_safe
from luojia._src.engine import threads
from luojia._src.engine.kernels import conv, norm, pool, pool_winners, recurrent, rnn, rows, skinny
from luojia._src.engine.kernels.finish import Finish
from luojia._src.engine.shortcuts import matmul, maximum, where_positive
from luojia._src.train import inplace


@pytest.fixture
def two(monkeypatch):
    """Two threads, whatever the machine has, and work of any size is worth spreading."""
    monkeypatch.setattr(threads, "LEAST", 0.0)
    crew = threads._found()
    monkeypatch.setattr(threads, "_crew", crew)
    monkeypatch.setattr(crew, "single", False)
    if not crew.libraries:
        pytest.skip("threadpoolctl knows no BLAS library here, so that kernels keep to one thread")
    before = crew.of_blas()
    crew.hold([2] * len(before))
    yield crew
    crew.hold(before)


@contextmanager
def another_threads_work():
    """Another thread has the crew, within the block."""
    inside, leave = threading.Event(), threading.Event()

    def part(i):
        inside.set()
        assert leave.wait(30)

    other = threading.Thread(target=lambda: threads.spread(part, [0, 1]))
    other.start()
    assert inside.wait(30)
    yield
    leave.set()
    other.join()


def test_results_are_in_the_order_of_the_parts(two):
    assert threads.spread(lambda part: 2 * part, [3, 1, 2]) == [6, 2, 4]
    assert threads.spread(abs, [-1]) == [1] and threads.spread(abs, []) == []
    assert threads.total(lambda part: np.full(2, part), [1, 2, 3]).tolist() == [6, 6]


def test_parts_run_at_one_time(two):
    meeting = threading.Barrier(2, timeout=30)
    threads.spread(lambda part: meeting.wait(), [0, 1])
    assert two.size and threads.helping()


def test_short_products_soon_after_leave_the_threads_of_blas_asleep(two, monkeypatch):
    used, a, b = [], np.ones((8, 4), np.float32), np.ones((4, 2), np.float32)
    hold = two.hold
    monkeypatch.setattr(two, "hold", lambda counts: (used.append(counts), hold(counts)))
    monkeypatch.setattr(threads, "recent", 0)
    assert matmul(a, b).tolist() == [[4, 4]] * 8 and not used
    threads.spread(abs, [1, 2])
    assert threads.recent == threads.RECENT
    used.clear()
    assert matmul(a, b).tolist() == [[4, 4]] * 8
    assert used == [[1] * len(two.libraries), [2] * len(two.libraries)] and two.of_blas()[0] == 2
    for _ in range(threads.RECENT):
        matmul(a, b)
    assert threads.recent <= 0


def test_long_products_soon_after_are_cut(two, monkeypatch, rng, assert_close):
    for name, value in {"LEAST": 1e-3, "SHORT": 0.0, "ROWS": 2, "recent": 9}.items():
        monkeypatch.setattr(threads, name, value)
    taken = []
    spread = threads.spread
    monkeypatch.setattr(threads, "spread", lambda fn, parts: (taken.append(len(parts)), spread(fn, parts))[1])
    a, b = rng.standard_normal((7, 3)), rng.standard_normal((3, 5))
    for first in (a, np.asfortranarray(a), a[:2], a[:0]):
        assert_close(matmul(first, b), np.dot(first, b), "float64")
    assert taken == [2, 2] and two.of_blas()[0] == 2
    with pytest.raises(ValueError, match="mismatch"):
        matmul(a, a)
    assert threads.product(a.astype("float32"), b).dtype == np.float64


def test_where_positive_is_the_same_by_parts(two, monkeypatch):
    monkeypatch.setattr(threads, "LEAST", 1e-3)
    g, y = [np.random.RandomState(k).randn(40, 30, 20).astype(np.float32) for k in (0, 1)]
    for turn in (lambda a: a, lambda a: a.transpose(2, 0, 1), lambda a: a[::2], lambda a: a[:, :, 0]):
        np.testing.assert_array_equal(where_positive(turn(g), turn(y)), turn(g) * (turn(y) > 0))


def test_where_positive_lies_as_what_was_rectified():
    """Or gradients that come channels first would have every layer before them turn theirs."""
    g, y = np.ones((2, 3, 4, 5), np.float32), np.ones((2, 4, 5, 3), np.float32).transpose(0, 3, 1, 2)
    assert where_positive(g, y).strides == y.strides


def test_products_within_a_part_take_blas_as_it_is(two):
    a = np.ones((2, 2), np.float32)
    threads.spread(abs, [1, 2])
    assert [p.tolist() for p in threads.spread(lambda _: matmul(a, a), [0, 1])] == [[[2, 2], [2, 2]]] * 2
    assert two.of_blas()[0] == 2 and not two.turn


def test_work_is_cut_by_its_size(two, monkeypatch):
    monkeypatch.setattr(threads, "LEAST", 75.0)
    monkeypatch.setattr(threads, "FINE", 1000.0)
    assert [threads.number(m) for m in (149.0, 150.0, 1999.0, 2000.0)] == [1, 2, 2, 4]
    with monkeypatch.context() as six:
        six.setattr(two, "allowed", lambda: 6)
        assert [threads.number(m) for m in (149.0, 150.0, 299.0, 500.0, 5999.0, 6000.0)] == [1, 2, 3, 6, 6, 12]
    assert threads.ranges(5, 200.0) == [slice(0, 2), slice(2, 5)]
    assert threads.shares(9, 1e6, 4) == [slice(0, 4), slice(4, 9)] and threads.shares(9, 1e6, 5) == [slice(0, 9)]
    assert threads.shares(0, 1e6, 4) == [slice(0, 0)] and threads.shares(9, 149.0, 4) == [slice(0, 9)]
    assert threads.ranges(1, 1e6) == [slice(0, 1)] and threads.ranges(0, 1e6) == [slice(0, 0)]
    two.hold([1] * len(two.libraries))
    assert threads.number(1e6) == 1


def test_a_raise_in_a_part_arrives_and_leaves_things_as_they_were(two):
    meeting = threading.Barrier(2, timeout=30)

    def fail(part):
        meeting.wait()
        raise ValueError(f"part {part}")

    for _ in range(3):
        with pytest.raises(ValueError, match="part 0"):  # the first of them, whoever failed first
            threads.spread(fail, [0, 1])
        assert two.of_blas() == [2] * len(two.libraries)
    assert threads.spread(abs, [-1, -2]) == [1, 2]


@pytest.mark.parametrize("work", ["spread", "product"])
@pytest.mark.parametrize("at", ["of_blas", "hold", "end"])
def test_an_interrupt_leaves_the_crew_free(two, monkeypatch, work, at):
    calls = iter(range(9))
    name = "hold" if at == "end" else at
    whole = getattr(two, name)

    def interrupted(*args):
        if next(calls) == (at == "end"):
            raise KeyboardInterrupt
        return whole(*args)

    monkeypatch.setattr(two, name, interrupted)
    with pytest.raises(KeyboardInterrupt):
        if work == "spread":
            threads.spread(abs, [-1, -2])
        else:
            threads.product(np.ones((8, 4), np.float32), np.ones((4, 2), np.float32))
    assert not two.turn and [c.get_num_threads() for c in two.libraries] == [2] * len(two.libraries)


def test_blas_keeps_to_one_thread_meanwhile(two):
    assert threads.spread(lambda part: two.of_blas()[0], [0, 1]) == [1, 1]
    assert two.of_blas()[0] == 2


def test_work_within_a_part_stays_in_its_thread(two):
    def inner(part):
        return threading.get_ident()

    def outer(part):
        return threading.get_ident(), threads.number(1e6), threads.spread(inner, [0, 1])

    for own, number, found in threads.spread(outer, [0, 1]):
        assert number == 1 and found == [own, own]


def test_threads_of_the_user_do_not_wait_for_each_other(two):
    with another_threads_work():
        found = threads.spread(abs, [-1, -2])
    assert found == [1, 2] and two.of_blas()[0] == 2


def test_a_helper_that_never_wakes_delays_nobody(two, monkeypatch):
    monkeypatch.setattr(two, "call", lambda helpers, job: None)
    assert threads.spread(abs, [-1, -2, -3]) == [1, 2, 3]


def test_a_helper_that_comes_late_holds_no_arrays(two, monkeypatch):
    held = []
    monkeypatch.setattr(two, "call", lambda helpers, job: held.append(job))
    x = np.zeros(3)
    gone = weakref.ref(x)
    threads.spread(lambda part, x=x: x[part:], [0, 1])
    del x
    gc.collect()
    assert held and gone() is None
    held[0].help()  # and finds nothing to do


def test_parts_handle_overflows_as_the_caller_does(two):
    meeting = threading.Barrier(2, timeout=30)

    def overflow(part):
        meeting.wait()
        return np.float32(1e38) * np.float32(10)

    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("error")
        assert threads.spread(overflow, [0, 1]) == [np.inf, np.inf]
    with np.errstate(over="raise"), pytest.raises(FloatingPointError, match="overflow"):
        threads.spread(overflow, [0, 1])


def test_work_behind_is_done_by_the_end(two):
    meeting, done = threading.Barrier(2, timeout=30), []
    with threads.Behind() as behind:
        met = behind.add(meeting.wait)
        meeting.wait()  # a helper is there, too
        blas, own = behind.add(lambda: two.of_blas()[0]), two.of_blas()[0]
        behind.add(lambda: done.append(1))
        assert {behind.take(met), behind.take(blas), own} <= {0, 1}
        assert threads.spread(lambda part: threading.get_ident(), [0, 1]) == [threading.get_ident()] * 2
    assert done == [1] and not two.turn and two.of_blas()[0] == 2


def test_work_behind_is_done_though_no_helper_wakes(two, monkeypatch):
    monkeypatch.setattr(two, "call", lambda helpers, job: None)
    done = []
    with threads.Behind() as behind:
        taken = behind.add(lambda: 5)
        behind.add(lambda: done.append(1))
        assert behind.take(taken) == 5 and not done
    assert done == [1]


def test_work_behind_beside_another_threads_work(two):
    found = []
    with another_threads_work():
        with threads.Behind() as behind:
            behind.add(lambda: found.append(threading.get_ident()))
    assert found == [threading.get_ident()] and two.of_blas()[0] == 2 and not two.turn


@pytest.mark.parametrize("taken", [True, False], ids=["taken", "left"])
def test_a_raise_in_work_behind_arrives(two, taken):
    with pytest.raises(ZeroDivisionError):
        with threads.Behind() as behind:
            job = behind.add(lambda: 1 // 0)
            if taken:
                behind.take(job)
    assert not two.turn and two.of_blas()[0] == 2


def test_a_raise_beside_work_behind_gives_up_what_nobody_began(two, monkeypatch):
    monkeypatch.setattr(two, "call", lambda helpers, job: None)
    done = []
    with pytest.raises(KeyError):
        with threads.Behind() as behind:
            behind.add(lambda: done.append(1))
            raise KeyError
    assert not done and not two.turn and two.of_blas()[0] == 2


@pytest.mark.parametrize("at", ["of_blas", "hold"])
def test_an_interrupt_before_work_behind_leaves_the_crew_free(two, monkeypatch, at):
    whole, calls = getattr(two, at), iter(range(9))

    def interrupted(*args):
        if not next(calls):
            raise KeyboardInterrupt
        return whole(*args)

    monkeypatch.setattr(two, at, interrupted)
    with pytest.raises(KeyboardInterrupt):
        with threads.Behind():
            raise AssertionError("begun")
    assert not two.turn and two.of_blas()[0] == 2


def test_set_context_chooses(two, monkeypatch):
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    before = context.get_context("runtime_num_threads")
    context.set_context(runtime_num_threads=1)
    assert two.of_blas()[0] == two.allowed() == 1
    context.set_context(runtime_num_threads=10_000)
    assert two.of_blas()[0] == cores
    context.set_context(runtime_num_threads=0)
    assert two.of_blas() == two.first
    context._settings["runtime_num_threads"] = before


def test_a_blas_that_cannot_tell_its_threads_leaves_kernels_on_one(two, monkeypatch):
    class Library:
        user_api, get_num_threads = "blas", staticmethod(lambda: None)

    class Controller:
        lib_controllers = (Library,)

    monkeypatch.setattr("threadpoolctl.ThreadpoolController", Controller)
    monkeypatch.setattr(threads, "_crew", None)
    assert threads.number(1e9) == 1 and threads.use(2) == 1


def test_alone(two):
    threads.keep_alone()
    assert threads.number(1e9) == 1 and threads.spread(abs, [-1, -2]) == [1, 2]


def test_one_thread_makes_no_others():
    code = ("import threading, numpy as np\nfrom luojia._src.engine.kernels.conv import conv\n"
            "x, w = np.ones((64, 16, 32, 32), 'f'), np.ones((16, 16, 3, 3), 'f')\n"
            "conv(x, w, stride=(1, 1), pad=((1, 1), (1, 1)), dilation=(1, 1), groups=1)\n"
            "assert threading.active_count() == 1")
    subprocess.run([sys.executable, "-c", code], check=True, env={
        **os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": os.getcwd()})


HOW = {"stride": (1, 1), "pad": ((1, 1), (1, 1)), "dilation": (1, 1), "groups": 1}


def _in_child(x, w, results):
    results.put((conv.conv(x, w, **HOW).sum(), threads._found().size))


@pytest.mark.numpy_engine
@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="the system does not fork")
def test_a_forked_process_has_helpers_of_its_own(two, rng):
    x, w = rng.random((5, 3, 6, 6)), rng.random((4, 3, 3, 3))
    here = conv.conv(x, w, **HOW).sum()
    assert two.size
    alone = threading.active_count() == 1 + threads.helping() and "jax" not in sys.modules
    assert processes_are_safe() == (alone and sys.platform == "linux")
    forking = multiprocessing.get_context("fork")
    results = forking.SimpleQueue()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # newer Pythons warn of forks beside threads
        child = forking.Process(target=_in_child, args=(x, w, results))
        child.start()
    child.join(60)
    assert child.exitcode == 0
    there, size = results.get()
    assert there == pytest.approx(here, rel=1e-12) and size == 1


# -- kernels -----------------------------------------------------------------------------------------------------------


def _last(a):
    """a, channels last in memory."""
    return np.moveaxis(np.ascontiguousarray(np.moveaxis(a, 1, -1)), -1, 1)


def _apart(a):
    """a, every other row of a larger array."""
    return np.repeat(a, 2, axis=2)[:, :, ::2]


LAYOUTS = {"first": np.ascontiguousarray, "last": _last, "apart": _apart}

CONVS = {  # shape of x, of w, and the geometry
    "3x3": ((5, 12, 9, 7), (6, 12, 3, 3), HOW),
    "thin": ((7, 2, 8, 8), (5, 2, 3, 3), HOW),
    "1x1": ((3, 4, 5, 5), (6, 4, 1, 1), {**HOW, "pad": ((0, 0), (0, 0))}),
    "stride": ((5, 12, 9, 8), (6, 12, 3, 3), {**HOW, "stride": (2, 3)}),
    "wasteful": ((5, 12, 7, 7), (6, 12, 5, 5), {**HOW, "pad": ((0, 0), (0, 0))}),
    "dilated": ((3, 12, 9, 9), (4, 12, 3, 2), {**HOW, "dilation": (2, 1)}),
    "groups": ((5, 4, 6, 6), (6, 2, 3, 3), {**HOW, "groups": 2}),
    "1d": ((5, 3, 9), (4, 3, 3), {"stride": (2,), "pad": ((1, 0),), "dilation": (1,), "groups": 1}),
    "3d": ((3, 2, 4, 5, 4), (3, 2, 2, 2, 2), {"stride": (1,) * 3, "pad": ((0, 0),) * 3, "dilation": (1,) * 3,
                                              "groups": 1}),
    "one": ((1, 12, 9, 7), (6, 12, 3, 3), HOW),
    "one, stride": ((1, 12, 11, 7), (6, 12, 3, 3), {**HOW, "stride": (3, 2), "dilation": (2, 1)}),
    "one, thin": ((1, 2, 9, 7), (6, 2, 3, 2), {**HOW, "stride": (2, 1)}),
    "one, narrow": ((1, 12, 2, 3), (6, 12, 1, 3), {**HOW, "pad": ((0, 2), (1, 1))}),
    "none": ((0, 12, 9, 7), (6, 12, 3, 3), HOW),
}


def _agree(two, monkeypatch, compute, dtype, assert_close):
    """``compute()`` on two threads, in two parts and in four, against one; and the same numbers every time."""
    two.hold([1] * len(two.libraries))
    expected = compute()
    two.hold([2] * len(two.libraries))
    for fine in (np.inf, 0.0):
        monkeypatch.setattr(threads, "FINE", fine)
        found, again = compute(), compute()
        for a, b, c in zip(found, again, expected):
            assert a.shape == c.shape and a.dtype == c.dtype == dtype
            assert_close(a, c)
            assert np.array_equal(a, b)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("case", CONVS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_convolutions(two, monkeypatch, rng, assert_close, case, layout, dtype):
    x_shape, w_shape, how = CONVS[case]
    x, w = LAYOUTS[layout](rng.standard_normal(x_shape).astype(dtype)), rng.standard_normal(w_shape).astype(dtype)
    shape = conv.conv_shape(x_shape, w_shape, **how)
    g = LAYOUTS[layout](rng.standard_normal(shape).astype(dtype))
    _agree(two, monkeypatch, lambda: (
        conv.conv(x, w, **how), conv.conv_dx(g, w, shape=x_shape, **how), conv.conv_dw(g, x, shape=w_shape, **how),
        *conv.conv_pull(g, x, w, **how),
    ), dtype, assert_close)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("count", [5, 1, 0])
@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
def test_poolings(two, monkeypatch, rng, assert_close, count, layout, dtype):
    shape, how = (count, 3, 7, 6), {"kernel": (3, 2), "stride": (2, 2), "pad": ((1, 0), (0, 1))}
    x = LAYOUTS[layout](rng.integers(-3, 3, shape).astype(dtype))
    y = pool.max_pool(x, **how)
    g = LAYOUTS[layout](rng.integers(-3, 3, y.shape).astype(dtype))
    _agree(two, monkeypatch, lambda: (
        pool.max_pool(x, **how), pool.max_pool_dx(g, x, y, **how), pool.sum_pool(x, **how),
        pool.sum_pool_dx(g, shape=shape, **how), pool.avg_pool(x, **how), pool.avg_pool_dx(g, shape=shape, **how),
    ), dtype, assert_close)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("count", [5, 0])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_pooling_that_keeps_the_winners(two, monkeypatch, rng, assert_close, count, layout, dtype):
    x = LAYOUTS[layout](rng.integers(-3, 3, (count, 3, 7, 6)).astype(dtype))
    g = LAYOUTS[layout](rng.standard_normal((count, 3, 3, 3)).astype(dtype))

    def compute():
        y, winners = pool_winners.max_pool_winners(x, kernel=(2, 2), stride=(2, 2), pad=((0, 0), (0, 0)))
        return y, pool_winners.max_pool_winners_dx(g, winners, x.shape)

    _agree(two, monkeypatch, compute, dtype, assert_close)


@pytest.mark.parametrize("shape", [(5, 3, 7, 6), (300, 12, 3, 3), (2, 600, 2, 2), (1, 5, 1, 1)])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_batch_norm(two, monkeypatch, rng, assert_close, shape, dtype):
    x, g = [_last(rng.standard_normal(shape).astype(dtype)) for _ in range(2)]
    gamma, beta = rng.standard_normal((2, 1, shape[1], 1, 1)).astype(dtype)
    axes = (0, 2, 3)

    def compute():
        y, mean, var, inv = norm.normalize(x, gamma, beta, axes=axes, eps=1e-3)
        return y, mean, var, *norm.normalize_dx(g, x, gamma, mean, inv, axes=axes)

    _agree(two, monkeypatch, compute, dtype, assert_close)


@pytest.mark.parametrize("axes, weights", [
    ((0, 2, 3), (1, 6, 1, 1)), ((1, 2, 3), (1, 6, 4, 5)), ((3,), (1, 1, 1, 5)), ((2, 3), (1, 6, 1, 1)),
    ((0, 1, 2, 3), (1, 6, 1, 1)),
], ids=["batch", "layer", "last", "instance", "all"])
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_norms(two, monkeypatch, rng, assert_close, axes, weights, layout, dtype):
    x, g = [LAYOUTS[layout](rng.standard_normal((7, 6, 4, 5)).astype(dtype)) for _ in range(2)]
    gamma, beta = rng.standard_normal((2, *weights)).astype(dtype)

    def compute():
        y, mean, var, inv = norm.normalize(x, gamma, beta, axes=axes, eps=1e-3)
        assert norm.normalize_dx(g, x, gamma, mean, inv, axes=axes, needs_dx=False)[0] is None
        return y, mean, var, *norm.normalize_dx(g, x, gamma, mean, inv, axes=axes)

    _agree(two, monkeypatch, compute, dtype, assert_close)


@pytest.mark.parametrize("mode", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("n", [3, 9, 34])
@pytest.mark.parametrize("long", [0.0, 300.0], ids=["by sequences", "led"])
def test_recurrent_layers(two, monkeypatch, rng, assert_close, mode, n, long):
    """Where the batch is of 34, products with few rows."""
    monkeypatch.setattr(recurrent, "LONG", long)
    steps, channels, size = 11, 3, 160 if n == 34 else 5
    gates = {"rnn": 1, "lstm": 4, "gru": 3}[mode] * size
    x, h0, c0, wx, wh, bx, bh, gy, gh = [rng.standard_normal(shape).astype("float32") / 8 for shape in [
        (steps, n, channels), (n, size), (n, size), (gates, channels), (gates, size), gates, gates, (steps, n, size),
        (n, size)]]
    first = (x, h0, c0) if mode == "lstm" else (x, h0)
    monkeypatch.setattr(skinny, "SMALL", 100_000)
    monkeypatch.setattr(threads, "LEAST", 1e-3)

    def compute():
        *out, saved = getattr(rnn, mode)(*first, wx, wh, bx, bh)
        found = getattr(rnn, mode + "_backward")(saved, x, wx, wh, gy, gh)
        return [*out, *[a for a in found if a is not None]]

    _agree(two, monkeypatch, compute, "float32", assert_close)


def test_passes_over_rows(two, monkeypatch, rng, assert_close):
    x = rng.standard_normal((1001, 7))
    _agree(two, monkeypatch, lambda: [rows.total(x)], "float64", assert_close)


def test_what_follows_a_convolution(two, monkeypatch, rng, assert_close):
    x, by = rng.standard_normal((7, 3, 11, 13)), rng.standard_normal(3)

    def compute():
        found = [x.copy(), np.ascontiguousarray(x.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)]
        for y in found:
            Finish(by, by, rectified=True).whole(y)
        return found

    _agree(two, monkeypatch, compute, "float64", assert_close)


def test_products_of_pairs_of_matrices(two, monkeypatch, rng, assert_close):
    a, b = rng.standard_normal((5, 3, 4)), rng.standard_normal((5, 2, 4)).swapaxes(1, 2)
    heads, others = [rng.standard_normal((5, 4, 2, 3)).swapaxes(1, 2) for _ in range(2)]
    monkeypatch.setattr(threads, "LEAST", 1e-3)
    _agree(two, monkeypatch, lambda: (matmul(a, b), matmul(a[:0], b[:0]), matmul(a[:1], b[:1]),
                                      matmul(heads, others.swapaxes(2, 3))), "float64", assert_close)
    with pytest.raises(ValueError, match="mismatch"):
        matmul(heads, others)


def test_rectifying(two, monkeypatch, rng, assert_close):
    x = rng.standard_normal((3, 20_001)).astype("float32")
    _agree(two, monkeypatch, lambda: (maximum(x, 0), maximum(x.T, 0)), "float32", assert_close)


@pytest.mark.parametrize("name, states", [("sgd", 0), ("momentum", 1), ("adam", 2)])
def test_updates(two, monkeypatch, rng, assert_close, name, states):
    monkeypatch.setattr(inplace, "_BLOCK", 1000)
    w, g = rng.standard_normal((2, 97, 101)).astype("float32")

    def compute():
        new, state = w.copy(), tuple([np.full_like(w, 0.5) for _ in range(states)])
        inplace.update_inplace(name, new, g, state, lr=0.1, wd=0.01, t=2)
        return new, *state

    _agree(two, monkeypatch, compute, "float32", assert_close)


@pytest.mark.numpy_engine
def test_chains(two, monkeypatch, rng, assert_close):
    import luojia
    from luojia import autograd, gluon

    class Net(gluon.HybridBlock):
        def hybrid_forward(self, F, x, y):
            return F.tanh(F.relu(x * y) + x) * F.exp(-x)

    monkeypatch.setattr(chain, "BLOCK", 10_000)
    net = Net()
    net.hybridize()
    x, y = [luojia.nd.array(rng.standard_normal((70, 501)).astype("float32")) for _ in range(2)]
    x.attach_grad()

    def compute():
        with autograd.record():
            z = net(x, y)
        z.backward()
        return z.asnumpy(), x.grad.asnumpy()

    _agree(two, monkeypatch, compute, "float32", assert_close)
