"""Jobs of two processes: what works between them (two_processes.py), and how jobs end and go on."""

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from luojia.cli.launch import free_port

from .in_job import ROOT, names_in, run_job, run_tests_in_job
from .on_devices import NEEDS_JAX

TWO = Path(__file__).with_name("two_processes.py")
PROGRAMS = Path(__file__).with_name("job_programs.py")


@pytest.fixture(scope="module", params=["numpy", "xla"])
def results(request, tmp_path_factory):
    return run_tests_in_job(TWO, request.param, tmp_path_factory.mktemp("two"))


@NEEDS_JAX
@pytest.mark.parametrize("name", names_in(TWO))
def test_on_two_processes(results, name):
    assert results[name] == "", results[name]


@NEEDS_JAX
@pytest.mark.parametrize("engine", ["numpy", "xla"])
def test_groups_of_three_ranks(engine):
    done = run_job(PROGRAMS, "three_ranks", n=3, LUOJIA_ENGINE=engine)
    assert done.returncode == 0, done.stderr
    assert sorted(done.stdout.splitlines()) == [f"[{r}] all is well" for r in range(3)]


@NEEDS_JAX
@pytest.mark.parametrize("name, status, told, of_the_other", [
    ("killed", 137, "rank 1 was ended by SIGKILL", "rank 0 cannot communicate any more: all_reduce of shape (1,)"),
    ("raises", 1, "rank 1 failed with exit status 1", "rank 1 has had enough"),
    ("leaves_early", 75, "rank 1 failed with exit status 75; ending rank 0",
     "on rank 1, all_reduce of shape (1,) float32 waits for rank 0, whose program has ended"),
    ("is_slow", 75, "failed with exit status 75", "took more than 4 seconds (LUOJIA_TIMEOUT); missing: rank 1"),
    ("does_something_else", 75, "failed with exit status 75", "all ranks must call the same collectives in the same"),
])
def test_a_job_that_fails_ends(name, status, told, of_the_other):
    start = time.monotonic()
    done = run_job(PROGRAMS, name, LUOJIA_TIMEOUT="4")
    assert time.monotonic() - start < 250  # of which most is starting two processes
    assert any(line.startswith("luojia launch: ") and told in line for line in done.stderr.splitlines())
    assert of_the_other in done.stderr
    assert done.returncode == status


@NEEDS_JAX
def test_a_rank_that_never_comes_is_named():
    """One machine of two is started, with both of its ranks; the other's are missing."""
    done = run_job(PROGRAMS, "killed", options=("--nodes", "2", "--address", f"127.0.0.1:{free_port()}"),
                   LUOJIA_INIT_TIMEOUT="3")
    assert done.returncode == 1
    assert "the job cannot start: rank 2, 3 of 4 did not come within 3 seconds" in done.stderr


@NEEDS_JAX
@pytest.mark.parametrize("engine, program", [("numpy", "gluon_training"), ("xla", "mindspore_training")])
def test_a_job_goes_on_from_its_checkpoint(engine, program, tmp_path):
    """Killed after three steps of six and started again, it ends at the weights of one process that was let be."""
    alone, job = tmp_path / "alone", tmp_path / "job"
    alone.mkdir()
    job.mkdir()
    assert run_job(PROGRAMS, program, str(alone), n=1, LUOJIA_ENGINE=engine).returncode == 0
    assert run_job(PROGRAMS, program, str(job), "stop", LUOJIA_ENGINE=engine).returncode == 137
    assert not list(job.glob("end-*"))
    done = run_job(PROGRAMS, program, str(job), LUOJIA_ENGINE=engine)
    assert done.returncode == 0, done.stderr
    expected, ends = np.load(alone / "end-0.npz"), [np.load(job / f"end-{r}.npz") for r in (0, 1)]
    for name in expected.files:
        np.testing.assert_allclose(ends[0][name], expected[name], rtol=0, atol=1e-6)
        np.testing.assert_array_equal(ends[0][name], ends[1][name])


@NEEDS_JAX
def test_a_job_of_one_does_not_load_jax():
    code = ("import sys, luojia as lj\n"
            "lj.communication.init()\n"
            "x = lj.ops.AllReduce()(lj.Tensor([1.0]))\n"
            "lj.kv.create('dist_sync').init('a', lj.nd.ones(2))\n"
            "lj.nn.DistributedGradReducer([])((x,))\n"
            "assert 'jax' not in sys.modules")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LUOJIA_")}
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, env=environment)
