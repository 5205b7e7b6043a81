"""How the processes of a job find each other: rank 0 waits at an address until all the others have called.

jax's own coordinator ends the process where a rank does not come; this says which one, and starts it only when all are
there.
"""

from __future__ import annotations

import json
import socket
import time
from typing import Any

from ..errors import GroupError
from .group import Place

_PAUSE = 0.05


def meet(place: Place, seconds: float, **facts: Any) -> None:
    """Return when all ranks are there and agree on ``facts``.

    Raises:
        GroupError: a rank has not come after ``seconds``, two processes have one rank, or facts differ.
    """
    host, _, port = place.address.rpartition(":")
    end = time.monotonic() + seconds
    if place.rank:
        _call(place, host, int(port), end, seconds, facts)
    else:
        _wait(place, int(port), end, seconds, facts)


def _wait(place: Place, port: int, end: float, seconds: float, facts: dict) -> None:
    """Rank 0: collect the others, then tell each how it went."""
    came: set[int] = set()
    callers: list[socket.socket] = []
    problem = ""
    with socket.socket() as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind(("", port))
        except OSError as e:
            raise GroupError(f"rank 0 cannot wait for the others at port {port} ({e}); give 'luojia launch' another "
                             "--port.") from e
        door.listen(place.size)
        try:
            while len(came) < place.size - 1 and not problem:
                door.settimeout(max(end - time.monotonic(), 0.001))
                try:
                    caller = door.accept()[0]
                except TimeoutError:
                    missing = sorted({*range(1, place.size)} - came)
                    problem = (f"rank {', '.join(map(str, missing))} of {place.size} did not come within {seconds:g} "
                               "seconds; see whether the process runs, and its output")
                    break
                caller.settimeout(max(end - time.monotonic(), 1))
                said = _read(caller)
                if not isinstance(said, dict) or "rank" not in said:
                    caller.close()  # somebody else's call
                    continue
                rank = said.pop("rank")
                if rank in came or not 0 < rank < place.size:
                    problem = f"two processes have the rank {rank}, or it is outside 0 to {place.size - 1}"
                elif said != {"size": place.size, **facts}:
                    problem = f"rank {rank} has {said}, but rank 0 has {({'size': place.size, **facts})}"
                came.add(rank)
                callers.append(caller)
        finally:
            for caller in callers:
                try:
                    caller.sendall(json.dumps({"problem": problem}).encode() + b"\n")
                except OSError:  # it is gone; jax will find out
                    pass
                caller.close()
    if problem:
        raise GroupError(f"the job cannot start: {problem}.")


def _call(place: Place, host: str, port: int, end: float, seconds: float, facts: dict) -> None:
    """Another rank: call rank 0 until it answers."""
    while True:
        try:
            with socket.create_connection((host, port), timeout=max(end - time.monotonic(), 0.001)) as line:
                line.settimeout(max(end - time.monotonic(), 0) + 5)  # rank 0 says itself that the time is over
                line.sendall(json.dumps({"rank": place.rank, "size": place.size, **facts}).encode() + b"\n")
                said = _read(line)
        except OSError:
            said = None
        if isinstance(said, dict):
            if said.get("problem"):
                raise GroupError(f"the job cannot start: {said['problem']}.")
            return
        if time.monotonic() >= end:
            raise GroupError(f"the job cannot start: rank 0 did not answer at {place.address} within {seconds:g} "
                             f"seconds; rank {place.rank} needs it to be there.")
        time.sleep(_PAUSE)


def _read(line: socket.socket) -> Any:
    """One line of JSON, None where there is none."""
    data = b""
    try:
        while not data.endswith(b"\n") and len(data) < 4096:
            more = line.recv(4096)
            if not more:
                return None
            data += more
        return json.loads(data)
    except (OSError, ValueError):
        return None
