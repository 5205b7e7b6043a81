"""Every ```python block of docs/ runs, in order, in one namespace per page, in an empty folder.

Each block of docs/parallel.md takes its nets and data from SETUP, and runs on eight devices where JAX is installed.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from .test_readme import ROOT, blocks, run

PAGES = sorted(p.name for p in (ROOT / "docs").glob("*.md") if blocks(p.read_text("utf-8")))
ON_DEVICES = "parallel.md"
SETUP = """
import numpy as np

import luojia as mx
from luojia import (GRAPH_MODE, Model, cpu, ParallelMode, gpu, parallel, set_auto_parallel_context, set_context)
from luojia.train import ModelCheckpoint
from luojia import autograd, communication, gluon, hal, nn, runtime
from luojia.communication import get_group_size, get_rank
from luojia.dataset import GeneratorDataset

mx.reset_auto_parallel_context()
set_context(mode=mx.PYNATIVE_MODE)
epochs, batch_size = 1, 8
rows, classes = np.ones((32, 4), np.float32), np.zeros(32, np.int32)
source = list(zip(rows, classes))
cell = nn.Dense(4, 2)
model = Model(cell, nn.SoftmaxCrossEntropyWithLogits(sparse=True, reduction="mean"),
              nn.Momentum(cell.trainable_params(), 0.1, 0.9))
dataset = GeneratorDataset(source, ["x", "y"]).batch(8)
net, loss_fn = gluon.nn.Dense(2, in_units=4), gluon.loss.SoftmaxCrossEntropyLoss()
if 'net.initialize' not in part:
    net.initialize()
    trainer = gluon.Trainer(net.collect_params(), "sgd")
net.hybridize()
x, y = mx.nd.array(rows[:8]), mx.nd.array(classes[:8])
batches = [(x, y)]
if 'net.initialize' not in part:
    with autograd.record():
        loss = loss_fn(net(x), y)
    loss.backward()
train_step = nn.TrainOneStepCell(nn.WithLossCell(cell, nn.MSELoss()), nn.SGD(cell.trainable_params(), 0.1))
"""


def test_which_pages_have_blocks() -> None:
    assert PAGES == ["design.md", "parallel.md", "tools.md"]


@pytest.mark.parametrize("name", [name for name in PAGES if name != ON_DEVICES])
def test_the_blocks_of_a_page_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run(name, (ROOT / "docs" / name).read_text("utf-8"))


def test_the_blocks_about_devices_run(tmp_path: Path) -> None:
    if importlib.util.find_spec("jax") is None:
        pytest.skip("a mesh of devices needs jax; make test-xla runs these blocks")
    parts = [textwrap.dedent(source) for _, source in blocks((ROOT / "docs" / ON_DEVICES).read_text("utf-8"))]
    program = tmp_path / "page.py"
    program.write_text(f"for part in {parts!r}:\n    space = {{'part': part}}\n    exec({SETUP!r}, space)\n"
                       "    exec(part, space)\nprint('all ran')\n", "utf-8")
    environment = {**os.environ, "LUOJIA_ENGINE": "xla", "PYTHONPATH": str(ROOT),
                   "XLA_FLAGS": "--xla_force_host_platform_device_count=8"}
    done = subprocess.run([sys.executable, str(program)], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout.endswith("all ran\n"), done.stderr
