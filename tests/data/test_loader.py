import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from luojia._src.data import loader as loader_module
from luojia._src.data.batchify import AsList
from luojia._src.data.datasets import ArrayDataset, SimpleDataset
from luojia._src.data.loader import DataLoader
from luojia._src.data.samplers import BatchSampler, SequentialSampler
from luojia._src.data.workers import WorkerError, WorkerTraceback, in_processes, in_threads, processes_are_safe
from luojia._src.engine.threads import helping
from luojia._src.errors import ArgumentError

X = np.arange(22, dtype=np.float32).reshape(11, 2)
Y = np.arange(11)
MODES = [{}, {"num_workers": 2, "thread_pool": True}, {"num_workers": 2}]


@pytest.fixture(autouse=True)
def no_thread_of_the_test_before():
    deadline = time.monotonic() + 60
    while any(t.name.startswith("luojia-loader") for t in threading.enumerate()) and time.monotonic() < deadline:
        time.sleep(0.01)


@pytest.fixture
def workers(monkeypatch):
    """The loader forks, whatever threads other tests have left; where jax is loaded its workers are threads."""
    forks = "jax" not in sys.modules
    monkeypatch.setattr(loader_module, "processes_are_safe", lambda: forks)
    return "processes" if forks else "threads"


@pytest.fixture
def processes(workers):
    if workers == "threads":
        pytest.skip("jax is loaded: forking could deadlock, so the loader uses threads")


def as_lists(loader):
    return [[part.tolist() for part in batch] for batch in loader]


@pytest.mark.parametrize("mode", MODES)
def test_batches_come_in_order_and_every_pass_begins_anew(mode, workers):
    loader = DataLoader(ArrayDataset(X, Y).transform_first(lambda x: x + 1), batch_size=4, **mode)
    expected = [[(X[i : i + 4] + 1).tolist(), Y[i : i + 4].tolist()] for i in (0, 4, 8)]
    assert len(loader) == 3 and as_lists(loader) == expected and as_lists(loader) == expected


def test_gathering_equals_reading_one_by_one():
    fast = list(DataLoader(ArrayDataset(X, Y), 4))
    slow = list(DataLoader(ArrayDataset(X, Y).transform(lambda *s: s), 4))
    for a, b in zip(fast, slow):
        assert isinstance(a, list) and isinstance(b, list)
        for p, q in zip(a, b):
            np.testing.assert_array_equal(p, q)
            assert p.dtype == q.dtype
    assert not np.shares_memory(fast[0][0], X)


def test_gathering_reads_no_single_sample():
    class Counting(ArrayDataset):
        reads = 0

        def __getitem__(self, idx):
            Counting.reads += 1
            return super().__getitem__(idx)

    dataset = Counting(X, Y)
    list(DataLoader(dataset, 4, shuffle=True))
    assert Counting.reads == 0
    list(DataLoader(dataset, 4, batchify_fn=AsList()))
    assert Counting.reads == 11


def test_shuffling_and_last_batches():
    loader = DataLoader(ArrayDataset(Y), 4, shuffle=True, last_batch="discard", rng=np.random.RandomState(0))
    first, second = ([b.tolist() for b in loader] for _ in range(2))
    assert [len(b) for b in first] == [4, 4] and first != second
    rolled = DataLoader(ArrayDataset(Y), 4, last_batch="rollover")
    assert [b.tolist() for b in rolled][-1] == [4, 5, 6, 7] and next(iter(rolled)).tolist() == [8, 9, 10, 0]
    sampled = DataLoader(ArrayDataset(Y), batch_sampler=BatchSampler(SequentialSampler(4), 3))
    assert [b.tolist() for b in sampled] == [[0, 1, 2], [3]]
    assert [b.tolist() for b in DataLoader(SimpleDataset([1, 2, 3]), 2)] == [[1, 2], [3]]


def fails_at_five(x):
    if x == 5:
        raise KeyError("sample five is bad")
    return x


@pytest.mark.parametrize("mode", MODES)
def test_an_exception_of_a_worker_arrives_with_its_traceback(mode, workers):
    loader = DataLoader(SimpleDataset(list(range(11))).transform(fails_at_five), 2, **mode)
    got = []
    with pytest.raises(KeyError, match="sample five is bad") as caught:
        for batch in loader:
            got.append(batch.tolist())
    assert got == [[0, 1], [2, 3]]
    if mode == {"num_workers": 2} and workers == "processes":
        assert isinstance(caught.value.__cause__, WorkerTraceback)
        assert "in fails_at_five" in str(caught.value.__cause__)


def unsendable(x):
    class Local(Exception):
        pass

    raise Local("local trouble")


def test_an_exception_that_cannot_be_sent_arrives_as_text(processes):
    with pytest.raises(WorkerError, match="local trouble"):
        list(DataLoader(SimpleDataset([1]).transform(unsendable), 1, num_workers=1))


def dies(x):
    if x == 2:
        os._exit(3)
    return x


def test_a_dead_worker_is_noticed(processes):
    start = time.monotonic()
    with pytest.raises(WorkerError, match=r"died \(exit code 3\)"):
        list(DataLoader(SimpleDataset(list(range(6))).transform(dies), 1, num_workers=2))
    assert time.monotonic() - start < 100


@pytest.mark.parametrize("mode", MODES[1:])
def test_a_late_worker_is_given_up(mode, workers):
    release = threading.Event()

    def slow(x):
        release.wait(5)
        return x

    loader = DataLoader(SimpleDataset([1]).transform(slow), 1, timeout=0.1, **mode)
    with pytest.raises(WorkerError, match="no batch within 0.1 seconds"):
        list(loader)
    release.set()


@pytest.mark.parametrize("mode", MODES[1:])
def test_stopping_early_leaves_no_worker(mode, workers):
    import multiprocessing

    for _ in DataLoader(SimpleDataset(list(range(100))), 1, **mode):
        break
    deadline = time.monotonic() + 60

    def running():
        return [*multiprocessing.active_children(), *(t for t in threading.enumerate() if "luojia-loader" in t.name)]

    while running() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not running()


def draw(x):
    return np.random.random()


def test_processes_draw_different_numbers_that_the_seed_decides(processes):
    loader = DataLoader(SimpleDataset(list(range(4))).transform(draw), 1, num_workers=2)
    np.random.seed(0)
    first = [b.item() for b in loader]
    np.random.seed(0)
    assert first == [b.item() for b in loader] and len(set(first)) == 4


def test_big_batches_and_many_indices_do_not_block(workers):
    big = ArrayDataset(np.zeros((60_000, 8), np.float64))  # indices and batches larger than a pipe's buffer
    shapes = [b.shape for b in DataLoader(big.transform(lambda x: x), 30_000, num_workers=1)]
    assert shapes == [(30_000, 8), (30_000, 8)]


def test_threads_where_forking_is_not_safe(monkeypatch):
    monkeypatch.delitem(sys.modules, "jax", raising=False)
    monkeypatch.setattr(threading, "active_count", lambda: 1 + helping())
    assert processes_are_safe() == (sys.platform == "linux")
    monkeypatch.setattr(threading, "active_count", lambda: 2 + helping())
    assert not processes_are_safe()
    monkeypatch.setattr(threading, "active_count", lambda: 1 + helping())
    monkeypatch.setitem(sys.modules, "jax", object())
    assert not processes_are_safe()
    monkeypatch.undo()
    monkeypatch.setattr(loader_module, "processes_are_safe", lambda: False)
    names = []
    dataset = SimpleDataset([1, 2]).transform(lambda x: names.append(threading.current_thread().name) or x)
    assert [b.item() for b in DataLoader(dataset, 1, num_workers=1)] == [1, 2]
    assert all(name.startswith("luojia-loader") for name in names)


def test_threads_read_no_further_ahead_than_asked():
    drawn = []

    def jobs():
        for i in range(10):
            drawn.append(i)
            yield i

    results = in_threads(abs, jobs(), 1, 3, 10)
    assert next(results) == 0 and len(drawn) == 3
    results.close()


def test_a_program_ends_while_a_thread_hangs():
    program = """if True:
        import time
        from luojia._src.data.workers import WorkerError, in_threads
        try:
            list(in_threads(time.sleep, [1000], 1, 1, 0.1))
        except WorkerError as e:
            print(e)
    """
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert "gave no batch within 0.1 seconds" in done.stdout


@pytest.mark.numpy_engine  # nothing is forked where jax runs
def test_a_process_that_catches_the_signal_to_end_is_killed():
    def stubborn(x):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        return os.getpid() if x else time.sleep(1000)

    results = in_processes(stubborn, [1, 0], 1, 0.1)
    worker = next(results)
    with pytest.raises(WorkerError, match="gave no batch within 0.1 seconds"):
        next(results)
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)


ERRORS = [
    (lambda: DataLoader([1]), "batch_size must be specified unless batch_sampler is specified"),
    (lambda: DataLoader([1], 2, batch_sampler=[[0]]), "must not be specified if batch_sampler is specified"),
    (lambda: DataLoader([1], 2, shuffle=True, sampler=SequentialSampler(1)), "shuffle must not be specified"),
    (lambda: DataLoader([1], 2, last_batch="x"), "last_batch must be one of"),
    (lambda: DataLoader([1], 2, timeout=0), "timeout > 0 seconds, got 0"),
]


@pytest.mark.parametrize("call, match", ERRORS)
def test_errors(call, match):
    with pytest.raises(ArgumentError, match=match):
        call()
