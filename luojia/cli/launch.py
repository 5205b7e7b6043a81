"""``luojia launch -n 2 train.py``: a job of several processes, watched until it ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .._src.engine.group import LOST

_POLL = 0.05  # seconds between looks at the processes
_GRACE = 5.0  # seconds that a process has to end after it was asked to
_CAUSE = 2.0  # seconds in which a rank shows up that others lost (jax ends those by SIGABRT)
_NOISE = b"[Gloo] Rank "  # gloo greets on stdout for every connection


@dataclass(frozen=True)
class Job:
    """What to start: ``count`` processes here, those of machine number ``node`` of ``nodes``."""

    command: Sequence[str]
    count: int
    nodes: int = 1
    node: int = 0
    address: str = ""
    timeout: float | None = None

    def environment(self, local: int) -> dict[str, str]:
        """The environment of this machine's process number ``local``."""
        rank, size = self.node * self.count + local, self.nodes * self.count
        threads = str(max(1, (os.cpu_count() or 1) // self.count))
        found = {"OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads, "TF_CPP_MIN_LOG_LEVEL": "2",
                 "PYTHONUNBUFFERED": "1", **os.environ}
        found.pop("LUOJIA_MEMBER", None)  # where a rank starts a job of its own
        found |= {"LUOJIA_RANK": str(rank), "LUOJIA_SIZE": str(size), "LUOJIA_ADDRESS": self.address,
                  "LUOJIA_LOCAL_RANK": str(local), "LUOJIA_LOCAL_SIZE": str(self.count),
                  "RANK_ID": str(rank), "RANK_SIZE": str(size), "DEVICE_ID": str(local)}
        if self.timeout is not None:
            found["LUOJIA_INIT_TIMEOUT"] = str(self.timeout)
        return found


def launch(job: Job) -> int:
    """Run a job; gives its exit status: 0, or that of the first process that failed, after all have ended."""
    first = job.node * job.count
    ranks: dict[int, subprocess.Popen] = {}
    readers: list[threading.Thread] = []
    alone = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGTERM, _interrupt) if alone else None
    try:
        for local in range(job.count):
            process = subprocess.Popen(job.command, env=job.environment(local), stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE, start_new_session=True)
            ranks[first + local] = process
            for source, target in ((process.stdout, sys.stdout), (process.stderr, sys.stderr)):
                reader = threading.Thread(target=_pass_on, args=(source, target, f"[{first + local}] "), daemon=True)
                reader.start()
                readers.append(reader)
        return _watch(ranks)
    except KeyboardInterrupt as e:
        _end(ranks, signal.SIGINT)
        _say("interrupted; all ranks have ended")
        return 143 if e.args else 130
    finally:
        _end(ranks, signal.SIGTERM)
        for reader in readers:
            reader.join(2)  # a grandchild may hold the pipe
        if before is not None:
            signal.signal(signal.SIGTERM, before)


def _watch(ranks: dict[int, subprocess.Popen]) -> int:
    """Wait for the processes; when one fails, say which, and end the others."""
    failed: dict[int, int] = {}  # in the order in which they were found
    since = 0.0
    while True:
        codes = {rank: process.poll() for rank, process in ranks.items()}
        failed |= {rank: c for rank, c in sorted(codes.items(), key=lambda found: found[1] or 0) if c}
        if failed:
            causes = {rank: c for rank, c in failed.items() if c not in (LOST, -signal.SIGABRT)}
            if not causes and since < _CAUSE and None in codes.values():
                since += _POLL
                time.sleep(_POLL)
                continue
            rank, code = next(iter((causes or failed).items()))
            others = [r for r, c in codes.items() if c is None]
            ending = f"; ending rank {', '.join(map(str, others))}" if others else ""
            _say(f"rank {rank} {_fate(code)}{ending}")
            _end(ranks, signal.SIGTERM)
            return code if code > 0 else 128 - code
        if all(c == 0 for c in codes.values()):
            return 0
        time.sleep(_POLL)


def _fate(code: int) -> str:
    return f"failed with exit status {code}" if code > 0 else f"was ended by {signal.Signals(-code).name}"


def _end(ranks: dict[int, subprocess.Popen], how: int) -> None:
    """Ask the processes that still run to end, and kill those that do not."""
    for step, seconds in ((how, _GRACE), (signal.SIGKILL, None)):
        running = [p for p in ranks.values() if p.poll() is None]
        for process in running:
            try:
                os.killpg(process.pid, step)  # with what it has started
            except ProcessLookupError:  # it has just ended
                pass
        end = time.monotonic() + (seconds or 0)
        for process in running:
            try:
                process.wait(None if seconds is None else max(end - time.monotonic(), 0))
            except subprocess.TimeoutExpired:
                pass


def _pass_on(source: Any, target: Any, prefix: str) -> None:
    """Write the lines of a process as they come, with its rank before each."""
    raw = getattr(target, "buffer", None)
    with source:
        for line in source:
            if line.startswith(_NOISE):
                continue
            data = prefix.encode() + line + (b"" if line.endswith(b"\n") else b"\n")
            if raw is None:
                target.write(data.decode(errors="replace"))
            else:
                raw.write(data)
            target.flush()


def _interrupt(*_: Any) -> None:
    raise KeyboardInterrupt("SIGTERM")


def _say(text: str) -> None:
    print(f"luojia launch: {text}", file=sys.stderr, flush=True)


def free_port() -> int:
    """A port of this machine that nothing listens at."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def run(arguments: Any) -> int:
    """``luojia launch`` with its parsed arguments; gives the exit status."""
    if arguments.nodes > 1 and (not arguments.address or not 0 <= arguments.node_rank < arguments.nodes):
        _say(f"several machines need --address host:port of the first, the same on all, and --node-rank from 0 to "
             f"{arguments.nodes - 1}, got {arguments.address!r} and {arguments.node_rank}")
        return 2
    if not arguments.module and not os.path.isfile(arguments.script):
        _say(f"there is no file {arguments.script}")
        return 2
    python = [sys.executable]
    if arguments.originals:
        python += ["-m", "luojia", "run", "--replace"]
    elif arguments.module:
        python += ["-m"]
    address = arguments.address or f"127.0.0.1:{free_port()}"
    return launch(Job([*python, arguments.script, *arguments.arguments], arguments.processes, arguments.nodes,
                      arguments.node_rank, address, arguments.timeout))
