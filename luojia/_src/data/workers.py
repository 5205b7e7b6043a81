"""A function mapped over jobs by threads or by forked processes, in order, reading ahead.

A worker's exception is raised here with its traceback as the cause.  A worker that dies is noticed at once, one that
takes longer than the timeout is given up; neither hangs the caller.
"""

from __future__ import annotations

import multiprocessing
import pickle
import random
import signal
import sys
import threading
import traceback
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from concurrent.futures import wait as futures_wait
from multiprocessing.connection import Connection, wait
from queue import SimpleQueue
from typing import Any

import numpy as np

from luojia._src.engine.threads import helping, keep_alone
from luojia._src.errors import MXNetError


class WorkerError(MXNetError):
    """A worker died, or did not answer in time, or failed with an exception that cannot be sent."""


class WorkerTraceback(Exception):
    """The traceback inside a worker, as the cause of the exception raised here."""

    def __str__(self) -> str:
        return f'\n"""\n{self.args[0]}"""'


def processes_are_safe() -> bool:
    """Whether forking is: a system that forks, no jax (its threads would deadlock in the child), no other thread.

    Those that help the kernels wait for work and hold nothing.
    """
    return (
        "fork" in multiprocessing.get_all_start_methods()
        and sys.platform != "darwin"
        and "jax" not in sys.modules
        and threading.active_count() == 1 + helping()
        and not multiprocessing.current_process().daemon
    )


def in_threads(
    fn: Callable[[Any], Any], jobs: Iterable[Any], workers: int, prefetch: int, timeout: float
) -> Iterator[Any]:
    """``map(fn, jobs)`` by threads, up to ``prefetch`` results ahead.

    >>> list(in_threads(abs, [-1, -2], workers=2, prefetch=2, timeout=10))
    [1, 2]
    """
    tasks: SimpleQueue[tuple[Future, Any] | None] = SimpleQueue()
    for number in range(workers):  # daemons, as a program must be able to end while a job hangs
        threading.Thread(target=_serve, args=(fn, tasks), name=f"luojia-loader_{number}", daemon=True).start()
    pending, jobs = deque(), iter(jobs)
    try:
        while True:
            while len(pending) < prefetch and (job := next(jobs, pending)) is not pending:
                pending.append(Future())
                tasks.put((pending[-1], job))
            if not pending:
                return
            future = pending.popleft()
            if not futures_wait([future], timeout).done:
                raise _late(timeout)
            yield future.result()
    finally:
        for future in pending:
            future.cancel()
        for _ in range(workers):
            tasks.put(None)


def _serve(fn: Callable[[Any], Any], tasks: SimpleQueue) -> None:
    while (task := tasks.get()) is not None:
        future, job = task
        if future.set_running_or_notify_cancel():
            try:
                future.set_result(fn(job))
            except BaseException as error:
                future.set_exception(error)
        del task, future, job  # while it waits, it keeps nothing


def in_processes(fn: Callable[[Any], Any], jobs: Iterable[Any], workers: int, timeout: float) -> Iterator[Any]:
    """``map(fn, jobs)`` by forked processes, each of which works one job ahead of what has been yielded.

    A worker is sent a job only when it has answered the one before, so neither side ever waits for the other to read.
    Each worker's ``random`` and ``numpy.random`` get their own seed, drawn from the caller's ``numpy.random``.
    """
    context = multiprocessing.get_context("fork")
    crew: list[tuple[Connection, Any]] = []
    jobs = iter(jobs)
    pending: deque[int] = deque()
    try:
        seeds = np.random.randint(0, 2**31 - 1, workers)
        for index, job in zip(range(workers), jobs):
            here, there = context.Pipe()
            seed, held = int(seeds[index]), [here, *(other for other, _ in crew)]
            process = context.Process(target=_work, args=(fn, there, seed, held), daemon=True)
            with warnings.catch_warnings():  # BLAS threads make newer Pythons warn of every fork
                warnings.simplefilter("ignore", DeprecationWarning)
                process.start()
            there.close()
            crew.append((here, process))
            here.send(job)
            pending.append(index)
        while pending:
            index = pending.popleft()
            here, process = crew[index]
            result = _receive(here, process, timeout)
            for job in jobs:
                here.send(job)
                pending.append(index)
                break
            yield result
    finally:
        for here, process in crew:
            here.close()
            process.terminate()
        for _, process in crew:
            process.join(1)
            if process.exitcode is None:  # its code catches SIGTERM
                process.kill()
                process.join(5)


def _work(fn, connection, seed, held):
    for inherited in held:  # else a worker would keep its own pipe open when the caller is killed
        inherited.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    keep_alone()
    random.seed(seed)
    np.random.seed(seed)
    while True:
        try:
            job = connection.recv()
        except (EOFError, OSError):
            return
        try:
            answer = pickle.dumps((True, fn(job)), protocol=5)
        except BaseException as error:
            answer = _failure(error)
        try:
            connection.send_bytes(answer)
        except OSError:  # the caller has stopped reading
            return


def _failure(error):
    text = "".join(traceback.format_exception(error))
    try:
        answer = pickle.dumps((False, error, text))
        pickle.loads(answer)
    except Exception:
        return pickle.dumps((False, WorkerError(f"A data worker failed:\n{text}"), text))
    return answer


def _receive(here, process, timeout):
    ready = wait([here, process.sentinel], timeout)
    if not ready:
        raise _late(timeout)
    if here not in ready and not here.poll():
        process.join(1)
        raise WorkerError(
            f"A data worker died (exit code {process.exitcode}) before it gave its batch; it may have run out of "
            "memory. num_workers=0 shows where, thread_pool=True uses threads."
        )
    try:
        good, *answer = pickle.loads(here.recv_bytes())
    except (EOFError, OSError) as error:
        process.join(1)
        raise WorkerError(f"A data worker died (exit code {process.exitcode}) while it gave its batch.") from error
    if good:
        return answer[0]
    error, text = answer
    raise error from WorkerTraceback(text)


def _late(timeout):
    return WorkerError(
        f"A data worker gave no batch within {timeout} seconds; pass a larger timeout, or num_workers=0 to see where."
    )
