"""The command luojia, in a small setting."""

import platform
import re
import sys

import numpy as np
import pytest

import luojia
from luojia import cli
from luojia.cli import demo as demo_module
from luojia.cli import info as info_module
from luojia.cli import lenet, matmul, plot


def test_the_demo_runs_and_saves_its_plot(tmp_path, capsys):
    out = tmp_path / "new" / "demo.png"
    assert cli.main(["demo", "--epochs", "1", "--quick", "--out", str(out)]) == 0
    text = capsys.readouterr().out
    for part in ("4.51 2.7  3.6", "21.536", "test accuracy", "old - new = lr * gradient / batch size", str(out)):
        assert part in text
    assert text.count("ok: ") == 3 and "FAILED" not in text
    assert out.read_bytes()[:4] == b"\x89PNG"
    with np.load(out.with_name("demo-gradients.npz")) as exported:
        assert exported["lenet_conv0_weight"].shape == (20, 1, 5, 5) and exported["lenet_dense1_bias"].any()


def test_a_failed_check_is_told_by_the_exit_status(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(matmul, "WEIGHT_GRADIENT", 3.0)
    monkeypatch.setattr(demo_module, "GOAL", 1.0)
    noise = np.random.RandomState(0).rand(80, 1, 28, 28).astype(np.float32)
    monkeypatch.setattr(demo_module, "digits", lambda size: (noise, np.arange(80) % 2))
    monkeypatch.setattr(lenet.Step, "unexplained", lambda self, lr: 1.0)
    assert cli.main(["demo", "--epochs", "1", "--out", str(tmp_path / "demo.png")]) == 1
    seen = capsys.readouterr()
    assert seen.out.count("FAILED: ") == 3 and "3 check(s) failed" in seen.err


def test_an_update_that_the_gradient_does_not_explain_is_found():
    weight, gradient = np.ones(3), np.full(3, 4.0)
    step = lenet.Step(1, 2, {"w": gradient}, {"w": weight}, {"w": weight - 0.1 * gradient / 2})
    assert step.unexplained(0.1) < 1e-12 and step.unexplained(0.2) > 0.1 and step.largest_update() == pytest.approx(0.2)


def test_a_missing_matplotlib_is_named(monkeypatch, tmp_path):
    monkeypatch.setitem(__import__("sys").modules, "matplotlib.figure", None)
    with pytest.raises(ImportError, match=r"takes matplotlib: pip install luojia\[viz\]"):
        plot.plot(lenet.History(), str(tmp_path / "demo.png"))


def test_info(capsys, monkeypatch):
    monkeypatch.setenv("MXNET_TEST_VARIABLE", "7")
    assert cli.main(["info"]) == 0
    first, *rest = capsys.readouterr().out.splitlines()
    rows = dict(line.split(":", 1) for line in rest)
    assert first.startswith(f"luojia {luojia.__version__} on Python {platform.python_version()}")
    assert list(rows) == ["packages", "engines", "devices", "choices", "BLAS", "cores", "variables"]
    assert f"numpy {np.__version__}" in rows["packages"] and "numpy" in rows["engines"]
    assert rows["devices"].strip().startswith("cpu")
    assert f"the CPU computes with {luojia.get_context('engine')}" in rows["choices"] and "PYNATIVE" in rows["choices"]
    assert re.search(r"\d+ threads?", rows["BLAS"]) and "MXNET_TEST_VARIABLE=7" in rows["variables"]


def test_info_of_gpus(monkeypatch):
    def memory(number):
        if number:
            raise luojia.MXNetError("no nvidia-smi")
        return 1 << 30, 1 << 31

    monkeypatch.setattr(luojia, "num_gpus", lambda: 2)
    monkeypatch.setattr(luojia.context, "gpu_memory_info", memory)
    assert "cpu, gpu(0) with 2048 MiB, 1024 of them free, gpu(1)" in info_module.info()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "required: command"),
        (["demo", "--epochs", "0"], "whole number of 1 or more, got 0"),
        (["nonsense"], "invalid choice"),
    ],
)
def test_wrong_arguments(arguments, message, capsys):
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments)
    assert caught.value.code == 2 and message in capsys.readouterr().err


def test_a_program_of_an_original_runs_as_it_is(tmp_path, capsys):
    script = tmp_path / "program.py"
    script.write_text("import sys\nimport mxnet as mx\nfrom mindspore import Tensor\nimport beside\n"
                      "print(mx.nd.ones(2).sum().asscalar(), Tensor([1.0]), sys.argv[1:], beside.x)\nsys.exit(3)\n")
    (tmp_path / "beside.py").write_text("x = 7\n")
    path = list(sys.path)
    assert cli.main(["run", "--replace", str(script), "--flag", "a"]) == 3
    assert capsys.readouterr().out == "2.0 [1.] ['--flag', 'a'] 7\n"
    assert sys.path == path and "mxnet" not in sys.modules
    assert cli.main(["run", str(tmp_path / "absent.py")]) == 2
    assert "there is no file" in capsys.readouterr().err


@pytest.mark.parametrize(("leaves", "status", "told"), [
    ("sys.exit()", 0, ""), ("sys.exit(0)", 0, ""), ("sys.exit('no data')", 1, "no data\n"),
])
def test_how_a_program_leaves(leaves, status, told, tmp_path, capsys):
    script = tmp_path / "leaves.py"
    script.write_text(f"import sys\n{leaves}\n")
    assert cli.main(["run", "--replace", str(script)]) == status
    assert capsys.readouterr().err == told


def test_the_version(capsys):
    with pytest.raises(SystemExit) as caught:
        cli.main(["--version"])
    assert caught.value.code == 0 and capsys.readouterr().out == f"luojia {luojia.__version__}\n"
