"""Work of the NumPy kernels, spread over as many threads as BLAS may use.

A kernel cuts its work into parts, ranges of images mostly, and `spread` has them computed. NumPy and BLAS let other
threads run while they compute, so that parts run at one time; BLAS keeps to one thread meanwhile. The parts are claimed
one by one by whoever is free, the caller first of all: a thread that wakes late, on a busy machine, delays nobody. What
parts add to a sum is added in their order, so that the numbers do not depend on who computed what.

BLAS knows how many threads are allowed: by OMP_NUM_THREADS, OPENBLAS_NUM_THREADS, threadpoolctl, or `use`. Where it
begins with one, only `use` changes that, and no thread is ever made. Workers are made at first use, and again in a
process that forked.
"""

from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Callable
from contextvars import copy_context
from itertools import count
from queue import SimpleQueue
from typing import Any, TypeVar

import numpy as np

PRODUCTS = 4e4  # multiplied and added in a microsecond
LEAST = 150.0  # microseconds of work that are worth a thread: a sleeping one takes some 40 to wake
FINE = 3000.0  # and from which each thread has two parts, so that who is free early helps out
SHORT = 400.0  # of a product of matrices that is not cut while the crew is at work
ROWS = 32  # the fewest of a product's part
RECENT = 32  # such products after each job of the crew
MOST = 8  # threads; each holds Python's lock for about a tenth of its time

Result = TypeVar("Result")


recent = 0  # how many short products are still to leave the threads of BLAS asleep; read by shortcuts.py


class _Job:
    """Parts of one piece of work, and what has become of them."""

    def __init__(self, fn: Callable[[Any], Any], parts: list) -> None:
        self.fn, self.parts = fn, parts
        self.results: list = [None] * len(parts)
        self.errors: list[tuple[int, BaseException]] = []
        self.claims, self.finished = count(), count(1)  # one step of a count is atomic
        self.done = threading.Lock()
        self.done.acquire()
        self.context = copy_context()

    def work(self) -> None:
        """Compute parts until all are claimed."""
        every = len(self.parts)
        while (i := next(self.claims)) < every:
            try:
                if not self.errors:
                    self.results[i] = self.fn(self.parts[i])
            except BaseException as error:
                self.errors.append((i, error))
            if next(self.finished) == every:
                self.done.release()

    def found(self) -> list:
        """The results, once; raises what the first part that failed raised."""
        results, self.results, self.fn = self.results, [], _spent  # a late thread holds the job, not the arrays
        errors, self.errors = self.errors, []
        if errors:
            _, error = min(errors)
            try:
                raise error
            finally:
                del error, errors  # else the traceback would hold them
        return results

    def help(self) -> None:
        """`work` in a thread of the crew, in a context like the caller's: NumPy warns of overflows as it does there."""
        self.context.copy().run(self.work)


class _Crew:
    """The threads that help, and the BLAS libraries that they hold to one thread."""

    def __init__(self, libraries: list[Any]) -> None:
        self.libraries = libraries
        self.calls = [_calls(library) for library in libraries]
        self.queue: SimpleQueue[_Job] = SimpleQueue()
        self.turn: dict[str, object] = {}  # whose work it does: taken and told in one step, whatever interrupts
        self.before: list[int] = []  # how many threads the libraries used before this turn
        self.size = 0
        self.first = self.of_blas()
        self.single = self.first[:1] in ([], [1])  # so that one thread need not ask BLAS
        self.architecture = str(getattr(libraries[0], "architecture", "")) if libraries else ""
        self.library = next((str(b.filepath) for b in libraries if getattr(b, "internal_api", "") == "openblas"), None)

    def of_blas(self) -> list[int]:
        """The numbers of threads that the libraries use."""
        return [get() for get, _ in self.calls]

    def allowed(self) -> int:
        """How many threads may compute, the caller's included."""
        return 1 if self.single else min(self.calls[0][0](), MOST)

    def hold(self, threads: list[int]) -> None:
        """Have the libraries use so many threads."""
        for (_, set_number), most in zip(self.calls, threads):
            set_number(most)

    def begin(self, me: object) -> bool:
        """Take the turn for ``me``, the libraries on one thread, if nobody has it. In any case `end` it in the end."""
        if self.turn.setdefault("of", me) is not me:
            return False
        self.before = self.of_blas()
        self.hold([1] * len(self.before))
        return True

    def end(self, me: object) -> None:
        """End a turn of ``me``, if it is one: the libraries as before, whatever interrupts this."""
        if self.turn.get("of") is not me:
            return
        try:
            self.hold(self.before)
        except BaseException:
            self.hold(self.before)
            raise
        finally:
            self.before = []
            self.turn.clear()

    def call(self, helpers: int, job: _Job) -> None:
        """Wake so many threads for a job."""
        while self.size < helpers:
            threading.Thread(target=_serve, args=(self.queue,), name=NAME, daemon=True).start()
            self.size += 1
        for _ in range(helpers):
            self.queue.put(job)


def routine(library: ctypes.CDLL, name: str) -> Any:
    """A routine of OpenBLAS under the name that this build gives it, or None."""
    names = [f"{before}{name}{after}" for before in ("scipy_", "") for after in ("64_", "")]
    return next((getattr(library, n) for n in names if hasattr(library, n)), None)


def _calls(library: Any) -> tuple[Callable[[], int], Callable[[int], None]]:
    """What tells and what sets a library's number of threads. Of OpenBLAS with threads of its own, asked twice for each
    piece of work, the routines themselves, in a quarter of the time."""
    if library.internal_api == "openblas" and library.threading_layer == "pthreads":
        own = ctypes.PyDLL(library.filepath)  # which keeps Python's lock
        found = [routine(own, f"openblas_{verb}_num_threads") for verb in ("get", "set")]
        if None not in found:
            return found[0], found[1]
    return library.get_num_threads, library.set_num_threads


NAME = "luojia-kernels"
_crew: _Crew | None = None


def _serve(queue: SimpleQueue) -> None:
    while True:
        queue.get().help()


def _forget() -> None:
    """A forked process has none of the threads."""
    global _crew
    _crew = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)


def _found() -> _Crew:
    global _crew
    if _crew is None:
        from threadpoolctl import ThreadpoolController

        found = [c for c in ThreadpoolController().lib_controllers if c.user_api == "blas"]
        _crew = _Crew([c for c in found if c.get_num_threads()])  # None where a library cannot tell
    return _crew


def use(threads: int) -> int:
    """Compute on up to so many threads from now on, BLAS too, and how many these are; 0 for as many as at first.

    There are never more than the cores that this process may run on.
    """
    crew = _found()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    crew.hold([min(threads, cores) or first for first in crew.first])
    crew.single = crew.of_blas()[:1] in ([], [1])
    return crew.allowed()


def allowed() -> int:
    """How many threads may compute at a time."""
    return (_crew or _found()).allowed()


def architecture() -> str:
    """The processors that NumPy's BLAS takes this one for, as OpenBLAS names them; "" where it is another."""
    return (_crew or _found()).architecture


def library() -> str | None:
    """The file of NumPy's BLAS, where that is OpenBLAS."""
    return (_crew or _found()).library


def keep_alone() -> None:
    """Leave this process's kernels on one thread, as where many processes share the cores."""
    global _crew
    _crew = _Crew([])


def helping() -> int:
    """How many threads of this process wait for work of kernels; a fork need not fear them."""
    return sum(t.name == NAME for t in threading.enumerate())


def number(micros: float) -> int:
    """Into how many parts to cut work that takes one thread so many microseconds."""
    if micros < 2 * LEAST:
        return 1
    threads = allowed()
    if threads > 1 and micros >= threads * FINE:
        return 2 * threads
    return threads if micros >= threads * LEAST else int(micros / LEAST)


def ranges(n: int, micros: float) -> list[slice]:
    """``range(n)``, of images for example, as the parts of work that takes one thread so many microseconds.

    >>> ranges(3, micros=0.0)
    [slice(0, 3, None)]
    """
    return _cut(n, min(number(micros), n))


def shares(n: int, micros: float, least: int) -> list[slice]:
    """`ranges` with no more than one for each thread, and at least so many in each."""
    return _cut(n, min(number(micros), allowed(), n // least))


def _cut(n: int, parts: int) -> list[slice]:
    parts = parts or 1
    return [slice(n * i // parts, n * (i + 1) // parts) for i in range(parts)]


def spread(fn: Callable[[Any], Result], parts: list) -> list[Result]:
    """``[fn(part) for part in parts]``, by several threads. What a part raises is raised here.

    >>> spread(abs, [-1, -2])
    [1, 2]
    """
    if len(parts) < 2:
        return [fn(part) for part in parts]
    crew = _found()
    threads = crew.allowed()
    if threads == 1:
        return [fn(part) for part in parts]
    global recent
    job: _Job | None = None
    me = object()
    try:
        if not crew.begin(me):  # within a part, or beside another thread's work
            return [fn(part) for part in parts]
        job, recent = _Job(fn, parts), RECENT
        crew.call(min(threads, len(parts)) - 1, job)
        job.work()
        job.done.acquire()
    except BaseException:
        if job is not None:
            job.errors.append((0, InterruptedError()))  # the others need not begin what is left
        raise
    finally:
        crew.end(me)
    try:
        return job.found()
    finally:
        del job  # else the traceback of an error would hold it, and it the error


class Behind:
    """Work that the crew does while the caller goes on, in a ``with`` block: at its end, all of it is done.

    Each job is computed whole, by whoever is free, so that the numbers do not depend on who it was: by the caller where
    nobody else has begun it when it is wanted. BLAS keeps to one thread meanwhile.
    """

    def __init__(self) -> None:
        self.crew = _found()
        self.jobs: list[_Job] = []

    def __enter__(self) -> Behind:
        try:
            self.crew.begin(self)  # else another thread has the crew, and this works alone
        except BaseException:
            self.crew.end(self)
            raise
        return self

    def add(self, fn: Callable[[], Any]) -> _Job:
        """Have ``fn()`` computed, for `take` or the end of the block."""
        global recent
        recent = RECENT
        job = _Job(lambda _: fn(), [None])
        self.jobs.append(job)
        if self.crew.turn.get("of") is self:
            self.crew.call(1, job)
        return job

    def take(self, job: _Job) -> Any:
        """The result of a job, which is computed here and now if nobody began it."""
        job.work()
        job.done.acquire()
        self.jobs.remove(job)
        return job.found()[0]

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        try:
            if error is not None:
                for job in self.jobs:
                    job.errors.append((0, InterruptedError()))  # nobody need begin what is left
            for job in self.jobs:
                job.work()
            while self.jobs and error is None:
                self.take(self.jobs[0])
        finally:
            self.crew.end(self)


def product(a: np.ndarray, b: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """``a.dot(b, out)`` by the crew, as BLAS's threads, once woken, run on for milliseconds and take the crew's cores.

    A short one is computed by the caller alone, a long one by all.
    """
    global recent
    recent -= 1
    crew = _found()
    if crew.single:
        return a.dot(b, out)
    micros = a.size * b.shape[1] / PRODUCTS
    if micros > SHORT and len(parts := shares(len(a), micros, ROWS)) > 1:
        result = np.empty((len(a), b.shape[1]), np.result_type(a, b)) if out is None else out
        spread(lambda part: np.matmul(a[part], b, out=result[part]), parts)
        return result
    me = object()
    try:
        crew.begin(me)  # else BLAS is held already
        return a.dot(b, out)
    finally:
        crew.end(me)


def total(fn: Callable[[Any], np.ndarray], parts: list) -> np.ndarray:
    """The sum of ``fn(part)``, new arrays, over the parts.

    >>> total(lambda part: np.arange(part.start, part.stop), [slice(0, 2), slice(2, 4)]).tolist()
    [2, 4]
    """
    found, *more = spread(fn, parts)
    for term in more:
        found += term
    return found


def _spent(part: Any) -> None:
    raise AssertionError("a part of finished work was claimed")
