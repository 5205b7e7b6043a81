"""Every ```python block of docs/ runs, in order, in one namespace per page, in an empty folder, and so do those of
CONTRIBUTING.md, which say how to add to luojia.

Each block of docs/parallel.md takes its nets and data from SETUP, and runs on eight devices where JAX is installed.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import luojia

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


ADDED = """
import math
from typing import Any

import numpy as np

from luojia import autograd, gluon, nd, ops, optimizer, sym, Tensor
from luojia._src.core.op import op
from luojia._src.train.rule import rule
from luojia.gluon.loss import Loss
from luojia.nn.module import Module
from luojia.optimizer.optimizer import Optimizer, register
"""
USED = """
x = np.array([0.0, 1.0], np.float32)
expected = (np.sqrt(x * x + 1) - 1) / 2 + x
for y in (ops.bent_identity(Tensor(x)), ops.BentIdentity()(Tensor(x)), nd.bent_identity(data=nd.array(x)),
          sym.bent_identity(sym.var("x")).eval(x=nd.array(x))[0], BentIdentity()(Tensor(x))):
    np.testing.assert_allclose(y.asnumpy(), expected, rtol=1e-6)
second = ops.grad(ops.grad(ops.bent_identity))(Tensor(x))
np.testing.assert_allclose(second.asnumpy(), 0.5 / (x * x + 1) ** 1.5, rtol=1e-5)

loss = LogCoshLoss()(nd.array([[0.0, 1.0]]), nd.array([[3.0, 1.0]]))
np.testing.assert_allclose(loss.asnumpy(), [np.log(np.cosh(3)) / 2], rtol=1e-5)

w = nd.array([1.0, 2.0])
signs = optimizer.create("signdescent", learning_rate=0.1)
signs.update(0, w, nd.array([0.5, -3.0]), signs.create_state(0, w))
np.testing.assert_allclose(w.asnumpy(), [0.9, 2.1], rtol=1e-6)
net = gluon.nn.Dense(1, in_units=2, weight_initializer="ones")
net.initialize()
trainer = gluon.Trainer(net.collect_params(), "signdescent", {"learning_rate": 0.5})
with autograd.record():
    net(nd.ones((1, 2))).backward()
trainer.step(1)
np.testing.assert_allclose(net.weight.data().asnumpy(), [[0.5, 0.5]])
print("all ran")
"""


def test_what_contributing_adds_works(tmp_path: Path) -> None:
    """In a process of its own, as operators and optimizers stay registered."""
    program = tmp_path / "added.py"
    sources = [textwrap.dedent(source) for _, source in blocks((ROOT / "CONTRIBUTING.md").read_text("utf-8"))]
    assert len(sources) == 3
    program.write_text("\n".join([ADDED, *sources, USED]), "utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, str(program)], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout.endswith("all ran\n"), done.stderr


PLACES = ("", "luojia", "luojia/_src", "luojia/_src/engine", "docs", "tests")
PATHS = re.compile(r"`((?:[\w-]+/)+[\w*-]+\.(?:py|md|ipynb)|[\w-]+/(?:[\w-]+/)*)`")


@pytest.mark.parametrize("name", ["README.md", "README.zh.md", "CONTRIBUTING.md", "tutorials/README.md",
                                  *sorted(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))])
def test_files_that_a_page_names_are_there(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    named = [path for path in PATHS.findall(text) if not any(list((ROOT / place).glob(path)) for place in PLACES)]
    linked = [link for link in re.findall(r"\]\((?!https?:|#)([\w./-]+)[)#]", text)
              if not (ROOT / name).parent.joinpath(link).exists()]
    assert named == linked == []


def test_the_reference_covers_every_public_module(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    reference = importlib.import_module("reference")
    told = {name for names in reference.MODULES.values() for name in names}
    ways = {"luojia.ops", "luojia.scipy", "luojia.contrib", "luojia.experimental", "luojia.device_context",
            "luojia._checkparam"}  # packages whose parts have pages, settings of Ascend, and a helper of programs
    assert {f"luojia.{name}" for name in luojia._MODULES} - told == ways
    missing = [name for name in told if importlib.util.find_spec(name) is None]
    assert missing == []
