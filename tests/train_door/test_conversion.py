"""Checkpoints of one format as files of the other."""

import numpy as np
import pytest

from luojia import (
    async_ckpt_thread_status,
    ckpt_to_safetensors,
    load_checkpoint,
    nn,
    safetensors_to_ckpt,
    save_checkpoint,
)


@pytest.fixture
def saved(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    net = nn.Dense(3, 2)
    save_checkpoint(net, "a.ckpt")
    return net


def test_there_and_back(saved, tmp_path):
    ckpt_to_safetensors("a.ckpt", "out", {"weight": "w.new"})
    assert sorted(load_checkpoint("out/a.safetensors")) == ["bias", "w.new"]
    safetensors_to_ckpt("out/a.safetensors", name_map={"w.new": "weight"})
    found = load_checkpoint("out/a.ckpt")
    np.testing.assert_array_equal(found["weight"].asnumpy(), saved.weight.asnumpy())
    assert not async_ckpt_thread_status()


def test_directories_of_ranks(saved, tmp_path):
    for rank in (0, 1):
        (tmp_path / f"all/rank_{rank}").mkdir(parents=True)
        for name in "xy":
            save_checkpoint(saved, f"all/rank_{rank}/{name}.ckpt")
    ckpt_to_safetensors("all", "out", file_name_regex="x.*")
    assert sorted(str(p.relative_to(tmp_path)) for p in (tmp_path / "out").rglob("*.safetensors")) == [
        "out/rank_0/x.safetensors", "out/rank_1/x.safetensors"]


@pytest.mark.parametrize("call, message", [
    (lambda: ckpt_to_safetensors("nope.ckpt"), "the input path must be a valid path or file, but got nope.ckpt"),
    (lambda: ckpt_to_safetensors(3), "the input path must be a valid path or file, but got 3"),
    (lambda: safetensors_to_ckpt("a.ckpt"), "the input file must be a .safetensors file, but got a.ckpt"),
    (lambda: ckpt_to_safetensors("a.ckpt", name_map=3), "the type of 'name_map' must be a dict"),
    (lambda: ckpt_to_safetensors("a.ckpt", "o.safetensors"), "the save_path must be a directory"),
    (lambda: ckpt_to_safetensors("."), "no directories starting with 'rank' found"),
])
def test_errors(saved, call, message):
    with pytest.raises(ValueError, match=message):
        call()
