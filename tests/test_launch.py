"""luojia launch with programs that need no jax: what processes are told, their output, and how a job ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from luojia import cli
from luojia.cli.launch import Job

ROOT = Path(__file__).parents[1]


@pytest.fixture
def program(tmp_path):
    """Writes a program, whose path it gives."""
    def write(source):
        path = tmp_path / "program.py"
        path.write_text("import os, signal, sys, time\nrank = os.environ['LUOJIA_RANK']\n" + source)
        return str(path)

    return write


def test_processes_know_their_places():
    job = Job(["x"], 2, nodes=3, node=1, address="h:1", timeout=7)
    told = job.environment(1)
    assert {k: told[k] for k in ("LUOJIA_RANK", "LUOJIA_SIZE", "LUOJIA_ADDRESS", "LUOJIA_LOCAL_RANK", "RANK_ID",
                                 "RANK_SIZE", "DEVICE_ID", "LUOJIA_LOCAL_SIZE", "LUOJIA_INIT_TIMEOUT")} == {
        "LUOJIA_RANK": "3", "LUOJIA_SIZE": "6", "LUOJIA_ADDRESS": "h:1", "LUOJIA_LOCAL_RANK": "1", "RANK_ID": "3",
        "RANK_SIZE": "6", "DEVICE_ID": "1", "LUOJIA_LOCAL_SIZE": "2", "LUOJIA_INIT_TIMEOUT": "7"}


def test_threads_are_shared_out(monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    assert Job(["x"], 3).environment(0)["OMP_NUM_THREADS"] == "2"
    monkeypatch.setenv("OMP_NUM_THREADS", "5")
    assert Job(["x"], 3).environment(0)["OMP_NUM_THREADS"] == "5"


def test_output_comes_with_the_rank(program, capsys):
    path = program("print('to', sys.argv[1:])\nprint('[Gloo] Rank 0 is connected')\n"
                   "print('err', file=sys.stderr)\nsys.stdout.write('no end')\n")
    assert cli.main(["launch", "-n", "2", path, "--flag", "a"]) == 0
    seen = capsys.readouterr()
    assert sorted(seen.out.splitlines()) == ["[0] no end", "[0] to ['--flag', 'a']", "[1] no end",
                                             "[1] to ['--flag', 'a']"]
    assert sorted(seen.err.splitlines()) == ["[0] err", "[1] err"]


@pytest.mark.parametrize("source, status, message", [
    ("if rank == '1': sys.exit(3)\ntime.sleep(600)", 3, "rank 1 failed with exit status 3; ending rank 0, 2"),
    ("if rank == '2': os.kill(os.getpid(), signal.SIGKILL)\ntime.sleep(600)", 137,
     "rank 2 was ended by SIGKILL; ending rank 0, 1"),
    # what failed because another did is not what is told
    ("if rank == '0': sys.exit(75)\ntime.sleep(0.5)\nif rank == '1': sys.exit(4)\ntime.sleep(600)", 4,
     "rank 1 failed with exit status 4; ending rank 2"),
    ("if rank == '0': sys.exit(75)\ntime.sleep(600)", 75, "rank 0 failed with exit status 75; ending rank 1, 2"),
    # a rank that will not end is killed
    ("signal.signal(signal.SIGTERM, signal.SIG_IGN)\nif rank == '1':\n    time.sleep(1)\n    sys.exit(1)\n"
     "time.sleep(600)", 1, "rank 1 failed with exit status 1; ending rank 0, 2"),
])
def test_the_first_that_fails_ends_the_job(program, capsys, monkeypatch, source, status, message):
    monkeypatch.setattr("luojia.cli.launch._GRACE", 1.0)
    if "exit(4)" in source:  # which comes on a busy machine too
        monkeypatch.setattr("luojia.cli.launch._CAUSE", 60.0)
    start = time.monotonic()
    assert cli.main(["launch", "-n", "3", program(source)]) == status
    assert time.monotonic() - start < 300
    assert capsys.readouterr().err == f"luojia launch: {message}\n"


@pytest.mark.parametrize("how, status", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_ends_all_processes(program, tmp_path, how, status):
    path = program(f"open({str(tmp_path)!r} + '/' + rank, 'w').write(str(os.getpid()))\ntime.sleep(600)")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    # A shell's background jobs ignore SIGINT, and their children with them.
    launcher = subprocess.Popen(
        [sys.executable, "-c", "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
         f"from luojia import cli; sys.exit(cli.main(['launch', '-n', '2', {path!r}]))"],
        env=environment, stderr=subprocess.PIPE, text=True)
    files = [tmp_path / "0", tmp_path / "1"]
    while not all(f.exists() and f.read_text() for f in files):
        assert launcher.poll() is None
        time.sleep(0.05)
    launcher.send_signal(how)
    _, said = launcher.communicate(timeout=120)
    assert launcher.returncode == status and "luojia launch: interrupted; all ranks have ended" in said
    for f in files:
        with pytest.raises(ProcessLookupError):
            os.kill(int(f.read_text()), 0)


def test_modules_and_programs_of_the_originals(program, capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), str(ROOT)]))
    program("print('as a module', __name__)")
    assert cli.main(["launch", "-n", "1", "-m", "program"]) == 0
    assert capsys.readouterr().out == "[0] as a module __main__\n"
    path = program("import mxnet as mx\nprint(mx.kv.create('local').num_workers, mx.nd.ones(2).sum().asscalar())")
    assert cli.main(["launch", "-n", "1", "--originals", path]) == 0
    assert capsys.readouterr().out == "[0] 1 2.0\n"


@pytest.mark.parametrize("arguments, message", [
    (["absent.py"], "there is no file absent.py"),
    (["--nodes", "2", "x.py"], "several machines need --address host:port of the first"),
    (["--nodes", "2", "--address", "h:1", "--node-rank", "2", "x.py"], "--node-rank from 0 to 1, got 'h:1' and 2"),
])
def test_wrong_arguments(arguments, message, capsys):
    assert cli.main(["launch", *arguments]) == 2
    assert message in capsys.readouterr().err


def test_help(capsys):
    with pytest.raises(SystemExit) as caught:
        cli.main(["launch", "--help"])
    assert caught.value.code == 0 and "When one fails, the others are" in capsys.readouterr().out
