"""The place of a process in a job, groups by name, and how processes meet; no jax is needed for these."""

import json
import os
import socket
import threading

import pytest

from luojia._src.engine import group
from luojia._src.engine.group import Place, place_in
from luojia._src.engine.rendezvous import meet
from luojia._src.errors import DeviceError, GroupError
from luojia.cli.launch import free_port

OURS = {"LUOJIA_RANK": "1", "LUOJIA_SIZE": "4", "LUOJIA_ADDRESS": "h:1", "LUOJIA_LOCAL_RANK": "1",
        "LUOJIA_LOCAL_SIZE": "2"}
MINDSPORE = {"MS_ROLE": "MS_WORKER", "RANK_ID": "1", "MS_WORKER_NUM": "2", "MS_SCHED_HOST": "h", "MS_SCHED_PORT": "1"}
MXNET = {"DMLC_ROLE": "worker", "DMLC_TASK_ID": "1", "DMLC_NUM_WORKER": "2", "DMLC_PS_ROOT_URI": "h",
         "DMLC_PS_ROOT_PORT": "1"}


@pytest.mark.parametrize("environ, expected", [
    ({}, Place()), (OURS, Place(1, 4, 1, 2, "h:1")), (MINDSPORE, Place(1, 2, 1, 2, "h:1")),
    ({**MINDSPORE, "DEVICE_ID": "0"}, Place(1, 2, 0, 2, "h:1")), (MXNET, Place(1, 2, 1, 2, "h:1")),
    ({**OURS, "LUOJIA_MEMBER": str(os.getpid())}, Place(1, 4, 1, 2, "h:1")),
    ({**OURS, "LUOJIA_MEMBER": "1"}, Place()),  # a process that a rank has started
    ({"LUOJIA_SIZE": "1"}, Place()),
])
def test_environment_variables_say_the_place(environ, expected):
    assert place_in(environ) == expected


@pytest.mark.parametrize("changed, match", [
    ({"LUOJIA_RANK": "x"}, "LUOJIA_RANK must be a whole number, got 'x'"),
    ({"LUOJIA_RANK": "4"}, "LUOJIA_RANK is 4, but LUOJIA_SIZE says that there are 4 ranks, 0 to 3"),
    ({"LUOJIA_ADDRESS": "here"}, "given as host:port, got 'here'"),
])
def test_wrong_variables(changed, match):
    with pytest.raises(GroupError, match=match):
        place_in({**OURS, **changed})


@pytest.mark.parametrize("environ", [{**MINDSPORE, "MS_ROLE": "MS_SCHED"}, {**MXNET, "DMLC_ROLE": "server"}])
def test_servers_and_schedulers_end(environ, capsys):
    with pytest.raises(SystemExit) as caught:
        place_in(environ)
    assert caught.value.code == 0 and "luojia's processes are all workers" in capsys.readouterr().err


@pytest.mark.parametrize("environ, gpus, expected", [
    ({}, 0, (None, None)), ({}, 4, ([1], None)), ({}, 2, ([1], None)), ({}, 1, (None, "cpu")),
    ({"JAX_PLATFORMS": "cuda"}, 1, (None, None)), ({"CUDA_VISIBLE_DEVICES": "3"}, 4, (None, None)),
    ({"CUDA_VISIBLE_DEVICES": "2,3"}, 4, ([1], None)),
])
def test_a_process_takes_the_gpu_of_its_local_number(environ, gpus, expected):
    assert group.devices_for(Place(1, 4, 1, 2), environ, gpus) == expected
    assert group.devices_for(Place(1, 2, 0, 1), environ, gpus) == (None, None)


def test_times_come_from_the_environment():
    assert group.seconds({"T": "2.5"}, "T", 9) == 2.5 and group.seconds({}, "T", 9) == 9
    for wrong in ("x", "-1", "0"):
        with pytest.raises(GroupError, match=f"variable T must be a number of seconds, got '{wrong}'"):
            group.seconds({"T": wrong}, "T", 9)


@pytest.fixture
def rank_1_of_4(monkeypatch):
    monkeypatch.setattr(group._State, "place", Place(1, 4, 1, 2, "127.0.0.1:1"))
    monkeypatch.setattr(group._State, "groups", {})


def test_groups_by_name(rank_1_of_4):
    assert group.ranks_of("f", None) == group.ranks_of("f", "mccl_world_group") == (0, 1, 2, 3)
    group.name_group("odd", [1, 3])
    group.name_group("even", [0, 2])
    assert group.ranks_of("f", "odd") == (1, 3) and group.groups() == [(0, 1, 2, 3), (1, 3)]
    assert group.position("f", (1, 3)) == 0 and group.position("f", (1, 3), 3) == 1
    with pytest.raises(ValueError, match=r"For 'f', rank 1 is not in the group of ranks \[0, 2\]"):
        group.position("f", (0, 2))


def test_without_jax_a_job_says_what_to_install(rank_1_of_4, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "luojia._src.engine.xla_group", None)
    with pytest.raises(DeviceError, match=r"job of 4 processes communicates through jax.*luojia\[xla\]"):
        group.join()


def _meet_all(size, seconds=5.0, facts=None, ranks=None):
    """What each rank, a thread here, was told."""
    address, said = f"127.0.0.1:{free_port()}", {}

    def one(i, rank):
        try:
            meet(Place(rank, size, address=address), seconds, **(facts or {}).get(rank, {}))
            said[i] = "met"
        except GroupError as e:
            said[i] = str(e)

    threads = [threading.Thread(target=one, args=(i, r)) for i, r in enumerate(ranks or range(size))]
    for t in threads:
        t.start()
    for t in threads:
        t.join(20)
    return said


def test_ranks_meet():
    assert _meet_all(3) == {0: "met", 1: "met", 2: "met"}


def test_a_missing_rank_is_named_to_all():
    said = _meet_all(4, 0.5, ranks=[0, 2])
    assert all("rank 1, 3 of 4 did not come within 0.5 seconds" in text for text in said.values()) and len(said) == 2
    assert "rank 0 did not answer at 127.0.0.1:" in _meet_all(2, 0.3, ranks=[1])[0]


def test_ranks_that_do_not_fit():
    assert all("two processes have the rank 1" in t for t in _meet_all(3, ranks=[0, 1, 1]).values())
    said = _meet_all(2, facts={0: {"jax": "1"}, 1: {"jax": "2"}})
    assert all("rank 1 has {'size': 2, 'jax': '2'}, but rank 0 has {'size': 2, 'jax': '1'}" in t for t in said.values())


def test_a_strangers_call_is_passed_over():
    port = free_port()
    done = []
    waiting = threading.Thread(target=lambda: done.append(meet(Place(0, 2, address=f"127.0.0.1:{port}"), 10)))
    waiting.start()
    for text in (b"GET / HTTP/1.1\n", b"", json.dumps([1]).encode() + b"\n"):
        for _ in range(100):
            try:
                with socket.create_connection(("127.0.0.1", port), 1) as s:
                    s.sendall(text)
                break
            except OSError:  # not listening yet
                threading.Event().wait(0.02)
    meet(Place(1, 2, address=f"127.0.0.1:{port}"), 10)
    waiting.join(10)
    assert done == [None]


def test_a_port_in_use_is_named():
    with socket.socket() as taken:
        taken.bind(("", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(GroupError, match=f"cannot wait for the others at port {port} .*another --port"):
            meet(Place(0, 2, address=f"127.0.0.1:{port}"), 1)
