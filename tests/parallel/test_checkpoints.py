"""Checkpoints of several devices: cut otherwise, made whole, loaded here; compared with MindSpore 2.8."""

import json
import os

import numpy as np
import pytest

import luojia as ms
from luojia import Parameter, Tensor, nn, parallel
from luojia._src.errors import FormatError, NotSupportedError
from luojia._src.formats import strategy_file
from luojia._src.formats.strategy_file import Layout, Strategy

ROWS, COLUMNS, BOTH = Layout((8,), (0, -1)), Layout((8,), (-1, 0)), Layout((2, 4), (1, 0))
COPIES = Layout((2, 4), (-1, 0))
SHARDS = Layout((2, 4), (0, -1), opt_weight_shard_step=4, opt_weight_shard_size=2)
FULL = np.arange(256, dtype=np.float32).reshape(16, 16)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def write(path, layouts, stage=0, operators=None):
    with open(path, "wb") as file:
        file.write(strategy_file.dump(Strategy(stage, operators or {"n": b"\x08\x00"}, layouts)))


def save_ranks(folder, ranks, form="ckpt"):
    for rank, values in enumerate(ranks):
        os.makedirs(f"{folder}/rank_{rank}")
        ms.save_checkpoint({k: Tensor(v) for k, v in values.items()}, f"{folder}/rank_{rank}/x", format=form)


def part(layout, rank, full=FULL):
    return full[layout.region(rank, full.shape, "w")]


def read(path):
    return {name: p.asnumpy() for name, p in ms.load_checkpoint(path).items()}


def test_a_layout_says_who_holds_what():
    # what MindSpore's transform_checkpoints gave the ranks, of the same arange
    assert part(BOTH, 7).shape == (8, 4) and part(BOTH, 7)[0, 0] == 140
    assert part(COPIES, 5).shape == (16, 4) and part(COPIES, 5)[0, 0] == 4
    assert part(SHARDS, 7).shape == (2, 16) and part(SHARDS, 7)[0, 0] == 224
    assert part(Layout((2, 2, 2), (-1, 0), opt_weight_shard_step=2, opt_weight_shard_size=4), 7)[0, 0] == 200
    assert np.array_equal(part(SHARDS._replace(opt_weight_shard_size=-1), 3), part(SHARDS, 3))


def test_the_message_is_mindspores():
    # as mindspore's own node_strategy_pb2 serializes it
    content = (b"\x08\x00\x12\x0e\n\x02n0\x12\x08\x08\x00\x12\x04\x08\x01\x08\x04\x1a\"\n\x01a\x12\x1d\n\x02\x08"
               b"\x04\x12\r\x08\x00\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x1a\x00\"\x00(\x000\x008\x00")
    with open("s.ckpt", "wb") as file:
        file.write(content)
    found = strategy_file.load("s.ckpt")
    assert found.layouts == {"a": Layout((4,), (0, -1))} and list(found.operators) == ["n0"]
    assert strategy_file.dump(found) == content


@pytest.mark.parametrize("src, dst, rank, ranks", [
    (BOTH, BOTH, 3, [3]), (BOTH, COPIES, 4, [4, 0]), (BOTH, COPIES, 3, [7, 3]), (BOTH, ROWS, 0, [3, 2, 1, 0]),
    (COPIES, ROWS, 6, [7, 6, 5, 4]), (COPIES, Layout((4, 4), (1, 0)), 9, [1]),
    (SHARDS, Layout((2, 4), (0, -1)), 1, [5, 1]),
    (BOTH, None, 0, [7, 6, 5, 4, 3, 2, 1, 0]), (None, BOTH, 5, [0]), (COPIES, None, 0, [3, 2, 1, 0]),
])
def test_which_files_a_rank_needs(src, dst, rank, ranks):
    for path, layout in (("src.ckpt", src), ("dst.ckpt", dst)):
        if layout:
            write(path, {"w": layout})
    assert ms.rank_list_for_transform(rank, "src.ckpt" if src else None, "dst.ckpt" if dst else None) == ranks


@pytest.mark.parametrize("src", [ROWS, BOTH, COPIES, SHARDS, None])
@pytest.mark.parametrize("dst", [COLUMNS, BOTH, SHARDS, None])
def test_every_rank_gets_its_part(src, dst):
    if src is dst is None:
        return
    ranks = range(8 if src else 1)
    save_ranks("src", [{"w": part(src, r) if src else FULL, "step": np.int32(r)} for r in ranks])
    if src:
        write("src.ckpt", {"w": src})
    if dst:
        write("dst.json", {"w": dst}, operators={"n": {"stage": 0}})
    ms.transform_checkpoints("src", "dst", "p", "src.ckpt" if src else None, "dst.json" if dst else None)
    for rank in range(8 if dst else 1):
        found = read(f"dst/rank_{rank}/p{rank}.ckpt")
        assert np.array_equal(found["w"], part(dst, rank) if dst else FULL)
        assert found["step"] == (rank if src else 0)
    files = {r: f"src/rank_{r}/x.ckpt" for r in ranks}
    names = ("src.ckpt" if src else None, "dst.json" if dst else None)
    parallel.transform_checkpoint_by_rank(0, files, "one.ckpt", *names)
    assert np.array_equal(read("one.ckpt")["w"], part(dst, 0) if dst else FULL)


def test_stages_of_a_pipeline():
    both, rows = Layout((2, 2), (1, 0)), Layout((4,), (0, -1))
    os.mkdir("stages")
    write("stages/0.ckpt", {"w": both, "shared": both}, 0, {"a": b"\x08\x00"})
    write("stages/1.ckpt", {"v": rows, "shared": rows}, 1, {"b": b"\x08\x01"})
    ms.merge_pipeline_strategys("stages", "merged/all.ckpt")
    assert list(ms.build_searched_strategy("merged/all.ckpt")) == ["0-w", "0-shared", "1-v", "1-shared"]
    save_ranks("src", [{"w": part(both, r), "shared": part(both, r, FULL + 7), "a": np.float32(r)} for r in range(4)]
               + [{"v": part(rows, r, FULL + 1), "shared": part(rows, r, FULL + 7)} for r in range(4)])
    ms.transform_checkpoints("src", "one", "p", "merged/all.ckpt")
    found = read("one/rank_0/p0.ckpt")
    assert all(np.array_equal(found[n], FULL + d) for n, d in (("w", 0), ("v", 1), ("shared", 7))) and found["a"] == 0
    write("eight.ckpt", {"w": ROWS, "v": BOTH, "shared": ROWS})
    ms.transform_checkpoints("src", "eight", "p", "merged/all.ckpt", "eight.ckpt")
    found = read("eight/rank_5/p5.ckpt")
    assert found["v"][0, 0] == 133 and found["shared"][0, 0] == 167 and found["w"][0, 0] == 160 and found["a"] == 1
    ms.transform_checkpoints("eight", "back", "p", "eight.ckpt", "merged/all.ckpt")
    assert sorted(read("back/rank_6/p6.ckpt")) == ["a", "shared", "v"]
    assert np.array_equal(read("back/rank_6/p6.ckpt")["v"], part(rows, 2, FULL + 1))
    assert ms.rank_list_for_transform(4, "merged/all.ckpt", "merged/all.ckpt") == [5, 4, 1, 0]
    assert ms.rank_list_for_transform(0, "merged/all.ckpt", "eight.ckpt") == [7, 6, 5, 4, 3, 2, 1, 0]


def test_what_one_strategy_alone_has_is_taken_as_it_is():
    write("src.ckpt", {"w": BOTH, "x": BOTH})
    write("dst.ckpt", {"w": ROWS, "y": ROWS})
    save_ranks("src", [{"w": part(BOTH, r), "x": part(BOTH, r), "y": FULL} for r in range(8)])
    ms.transform_checkpoints("src", "dst", "p", "src.ckpt", "dst.ckpt")
    found = read("dst/rank_7/p7.ckpt")
    assert found["w"].shape == (2, 16) and found["x"][0, 0] == 140 and found["y"].shape == (16, 16)


def test_slices_are_merged_by_a_layout():
    slices = [Parameter(Tensor(np.arange(4.0).reshape(2, 2) + 10 * i), "a") for i in range(8)]
    whole = ms.merge_sliced_parameter(slices, {"a": BOTH}).asnumpy()
    assert whole[1].tolist() == [2, 3, 12, 13, 22, 23, 32, 33] and whole[2].tolist() == [40, 41, 50, 51, 60, 61, 70, 71]
    assert ms.merge_sliced_parameter(slices, {"a": [[2, 4], [-1, 0]]}).asnumpy()[0].tolist() == whole[2].tolist()
    with pytest.raises(ValueError, match="length of 'sliced_parameters' is 4, but device_count is 8"):
        ms.merge_sliced_parameter(slices[:4], {"a": BOTH})
    with pytest.raises(ValueError, match="must hold 'dev_matrix' and 'tensor_map', but got int"):
        ms.merge_sliced_parameter(slices, {"a": 3})


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = Parameter(Tensor(np.zeros((16, 16), np.float32)), name="w")
        self.step = Parameter(Tensor(0), name="step")


def test_a_network_is_loaded_from_all_ranks():
    write("src.ckpt", {"w": BOTH})
    save_ranks("src", [{"w": part(BOTH, r), "step": np.int64(5)} for r in range(8)])
    files = [f"src/rank_{r}/x.ckpt" for r in range(8)]
    net = Net()
    assert ms.load_distributed_checkpoint(net, files, None, "src.ckpt") is True
    assert np.array_equal(net.w.asnumpy(), FULL) and net.step == 5
    with pytest.raises(ValueError, match="the length of 'checkpoint_filenames' is 4 and the device count is 8"):
        ms.load_distributed_checkpoint(net, files[:4], None, "src.ckpt")
    with pytest.raises(ValueError, match="at index 1 is a valid checkpoint file"):
        ms.load_distributed_checkpoint(net, [files[0], "no.ckpt"], None, "src.ckpt")
    with pytest.raises(ValueError, match="should have the same shape as w .* shape \\(2, 16\\)"):
        ms.load_distributed_checkpoint(net, files, {"w": ROWS}, "src.ckpt")
    with pytest.raises(ValueError, match="'train_strategy_filename' or set_auto_parallel_context"):
        ms.load_distributed_checkpoint(net, files)


def test_unified_safetensors():
    shards = Layout((8,), (-1, -1), opt_weight_shard_step=1, opt_weight_shard_size=8)
    write("src.ckpt", {"w": BOTH, "moments.w": shards})
    save_ranks("src", [{"w": part(BOTH, r), "moments.w": part(shards, r, FULL + 1), "step": np.int64(r)}
                       for r in range(8)], "safetensors")
    ms.unified_safetensors("src", "src.ckpt", "whole")
    with open("whole/param_name_map.json") as file:
        listed = json.load(file)
    assert listed == {
        "metadata": {"total_size": 2048}, "weight_map": {"moments.w": "part0.safetensors", "w": "part0.safetensors"}}
    assert read("whole/hyper_param.safetensors") == {"step": 0}
    assert np.array_equal(read("whole/part0.safetensors")["moments.w"], FULL + 1)
    net = Net()
    assert ms.load_distributed_checkpoint(net, format="safetensors", unified_safetensors_dir="whole") == (
        [], ["moments.w"])
    assert np.array_equal(net.w.asnumpy(), FULL)
    write("dst.ckpt", {"w": ROWS, "moments.w": BOTH})
    ms.load_distributed_checkpoint(None, format="safetensors", unified_safetensors_dir="whole",
                                   predict_strategy="dst.ckpt", dst_safetensors_dir="cut", name_map={"w": "v"})
    found = read("cut/rank_3/net.safetensors")
    assert np.array_equal(found["v"], part(ROWS, 3)) and found["moments.w"].shape == (8, 4) and found["step"] == 0
    ms.load_distributed_checkpoint(None, format="safetensors", unified_safetensors_dir="whole", rank_id=0,
                                   dst_safetensors_dir="one", output_format="ckpt")
    assert os.listdir("one/rank_0") == ["net.ckpt"]
    ms.unified_safetensors("src", "src.ckpt", "renamed", choice_func=lambda n: n == "w" and "q.w")
    assert list(read("renamed/part0.safetensors")) == ["q.w"]
    with pytest.raises(ValueError, match="must be bool or str, but got <class 'int'>"):
        ms.unified_safetensors("src", "src.ckpt", "bad", choice_func=lambda n: 3)
    with pytest.raises(ValueError, match="with suffix 'y' and format 'safetensors'"):
        ms.unified_safetensors("src", "src.ckpt", "bad", file_suffix="y")
    with pytest.raises(ValueError, match="safetensor file of rank7 is needed for converting"):
        os.rename("src/rank_7", "elsewhere")
        ms.unified_safetensors("src", "src.ckpt", "bad")
    with pytest.raises(ValueError, match="there must be a JSON file named 'param_name_map.json'"):
        ms.load_distributed_checkpoint(net, format="safetensors", unified_safetensors_dir="src")
    assert not os.path.exists("bad")


def test_segments_are_loaded_together():
    os.mkdir("parts")
    ms.save_checkpoint({"w": Tensor(FULL)}, "parts/a")
    ms.save_checkpoint({"step": Tensor(5)}, "parts/b")
    net = Net()
    assert sorted(ms.load_segmented_checkpoints("parts", net)) == ["step", "w"]
    assert net.step == 5 and np.array_equal(net.w.asnumpy(), FULL)
    assert list(ms.load_segmented_checkpoints("parts", choice_func=lambda n: n == "w")) == ["w"]
    with pytest.raises(ValueError, match="parameter dict is empty"):
        ms.load_segmented_checkpoints("parts", choice_func=lambda n: False)


def test_groups():
    with open("g.pb", "wb") as file:
        file.write(b"\x0a\x09\x0a\x01g\x12\x04\x08\x00\x08\x01\x12\x06\x08\x00\x08\x01\x08\x02")
    assert ms.restore_group_info_list("g.pb") == [0, 1, 2]


def bad(name, content=b""):
    with open(name, "wb") as file:
        file.write(content)
    return name


def layout_of(**kwargs):
    return json.dumps({"parallel_layout_item": {"w": {"dev_matrix": [4], "tensor_map": [0, -1], **kwargs}}}).encode()


@pytest.mark.parametrize("call, error, message", [
    (lambda: ms.build_searched_strategy(3), TypeError, "'strategy_filename' should be string, but got"),
    (lambda: ms.build_searched_strategy("no.ckpt"), ValueError, "no such strategy file: no.ckpt"),
    (lambda: ms.build_searched_strategy(bad("s.ckpt")), ValueError, "should not be empty"),
    (lambda: ms.build_searched_strategy(bad("s.ckpt", b"\x12\xff\xff")), FormatError, "truncated"),
    (lambda: ms.build_searched_strategy(bad("s.ckpt", b"\x1a\x03\n\x01a")), FormatError, "impossible dev_matrix"),
    (lambda: ms.build_searched_strategy(bad("s.ckpt", b"\x18\x03")), FormatError, "a number stands where"),
    (lambda: ms.build_searched_strategy(bad("s.ckpt", b"\x0a\x00")), FormatError, "bytes stands where a number"),
    (lambda: ms.build_searched_strategy(bad("s.json", b"{nope")), FormatError, "is no JSON"),
    (lambda: ms.build_searched_strategy(bad("s.json", b"[]")), FormatError, "is no strategy file"),
    (lambda: ms.build_searched_strategy(bad("s.json", b"[" * 100_000)), FormatError, "is no JSON"),
    (lambda: ms.build_searched_strategy(bad("s.json", layout_of(dev_matrix=[1 << 40]))), FormatError, "impossible"),
    (lambda: ms.build_searched_strategy(bad("s.json", layout_of(dev_matrix="4"))), FormatError, "whole numbers"),
    (lambda: ms.build_searched_strategy(bad("s.json", layout_of(tensor_map=[5, -1]))), FormatError, r"lie in .0, 1"),
    (lambda: ms.build_searched_strategy(bad("s.json", layout_of(tensor_map=[-1] * 40))), FormatError, "at most 32"),
    (lambda: ms.build_searched_strategy(bad("s.json", layout_of(opt_weight_shard_step=-1))), FormatError, "shard_step"),
    (lambda: ms.build_searched_strategy(bad("s.json", layout_of(param_split_shape=[3, 1]))), NotSupportedError, "cut"),
    (lambda: ms.rank_list_for_transform("0"), TypeError, "The rank_id should be a int"),
    (lambda: ms.rank_list_for_transform(4, bad("s.json", layout_of()), "s.json"), ValueError, "not in the"),
    (lambda: ms.transform_checkpoint_by_rank(0, [], "o.ckpt"), TypeError, "should be a dict"),
    (lambda: ms.transform_checkpoint_by_rank("0", {}, "o.ckpt"), TypeError, "should be a int"),
    (lambda: ms.transform_checkpoint_by_rank(0, {}, 3), TypeError, "should be a str"),
    (lambda: ms.transform_checkpoint_by_rank(0, {}, "o"), ValueError, "o should end with .ckpt"),
    (lambda: ms.transform_checkpoint_by_rank(0, {0: "no.ckpt"}, "o.ckpt"), ValueError, "no.ckpt in rank 0 not exits"),
    (lambda: ms.transform_checkpoint_by_rank(0, {}, "o.ckpt"), ValueError, "checkpoint file of rank 0 is missing"),
    (lambda: ms.transform_checkpoint_by_rank(0, {"a": "b"}, "o.ckpt"), TypeError, "file names by rank, but got 'a'"),
    (lambda: ms.transform_checkpoints("no", "dst", "p"), NotADirectoryError, "is not a directory"),
    (lambda: ms.transform_checkpoints(".", "dst", "p"), ValueError, "can not be empty"),
    (lambda: ms.transform_checkpoints(".", "dst", 3), TypeError, "The ckpt_prefix should be a str"),
    (lambda: ms.transform_checkpoints(".", "dst", "p", output_format="zip"), ValueError, "'ckpt' or 'safetensors'"),
    (lambda: ms.merge_pipeline_strategys("no", "m.ckpt"), NotADirectoryError, "no is not a directory"),
    (lambda: ms.merge_pipeline_strategys(".", "m.ckpt"), ValueError, "has no strategy files"),
    (lambda: ms.restore_group_info_list(3), TypeError, "should be str, but got <class 'int'>"),
    (lambda: ms.restore_group_info_list("no.pb"), ValueError, "no such group information file: no.pb"),
    (lambda: ms.restore_group_info_list(bad("g.pb")), ValueError, "should not be empty"),
    (lambda: ms.load_segmented_checkpoints(3), TypeError, "The ckpt_file_dir should be a str"),
    (lambda: ms.load_segmented_checkpoints("no"), ValueError, "no doesn't exist. Or it's not a directory"),
    (lambda: ms.unified_safetensors(3, None, "d"), TypeError, "'src_dir' must be a str"),
    (lambda: ms.unified_safetensors(".", None, "d", choice_func=3), TypeError, "'choice_func' must be callable"),
    (lambda: ms.unified_safetensors(".", None, "d", split_dst_file=(3, 2)), ValueError, "1 <= k <= n, but got"),
    (lambda: ms.unified_safetensors("no", None, "d"), NotADirectoryError, "no is not a directory"),
    (lambda: ms.load_distributed_checkpoint(3), ValueError, "must be isinstance of .*Module.*, but got 3"),
    (lambda: ms.load_distributed_checkpoint(Net(), strict_load=3), TypeError, "must be a bool, but got int"),
    (lambda: ms.load_distributed_checkpoint(Net(), format="zip"), ValueError, "'safetensors', but got zip"),
    (lambda: ms.load_distributed_checkpoint(Net(), dec_key=b"k"), NotSupportedError, "does not decrypt"),
    (lambda: ms.load_distributed_checkpoint(Net(), format="safetensors"), ValueError, "_dir' can not"),
    (lambda: ms.load_distributed_checkpoint(None, format="safetensors", unified_safetensors_dir="."), ValueError,
     "'dst_safetensors_dir' can not be None"),
    (lambda: ms.load_distributed_checkpoint(Net(), "x", None, bad("s.json", layout_of())), ValueError, "a list"),
])
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_damaged_files_say_so(rng):
    write("s.ckpt", {"w": SHARDS, "v": BOTH}, operators={"n": b"\x08\x00"})
    with open("s.ckpt", "rb") as file:
        good = file.read()
    for _ in range(300):
        content = bytearray(good[: rng.integers(len(good) + 1)] if rng.random() < 0.3 else good)
        for at in rng.integers(max(len(content), 1), size=rng.integers(1, 4)) if content else ():
            content[at] = rng.integers(256)
        try:
            found = strategy_file.load(bad("d.ckpt", bytes(content)))
            for layout in found.layouts.values():
                layout.sources(BOTH, 0, 0)
        except (FormatError, NotSupportedError) as error:
            assert "d.ckpt" in str(error)


def test_a_thousand_devices_take_no_time():
    many = {f"w{i}": Layout((32, 32), (1, 0) if i % 2 else (0, -1)) for i in range(500)}
    write("src.ckpt", many)
    write("dst.ckpt", {name: Layout((1024,), (0, -1)) for name in many})
    assert ms.rank_list_for_transform(5, "src.ckpt", "dst.ckpt") == list(range(32))[::-1]
    write("stages.ckpt", {"9999-w": BOTH})
    with pytest.raises(FormatError, match="has 10000 stages of 8 devices, which cannot be"):
        ms.rank_list_for_transform(0, "stages.ckpt")


def test_files_that_do_not_fit_their_strategy():
    write("src.ckpt", {"w": BOTH})
    save_ranks("src", [{"w": FULL[:8, :4]} for _ in range(7)] + [{"w": FULL[:8, :2]}])
    with pytest.raises(ValueError, match="parts of 'w' have different shapes"):
        ms.transform_checkpoints("src", "dst", "p", "src.ckpt")
    write("src.ckpt", {"other": BOTH})
    with pytest.raises(ValueError, match="None of the parameters in checkpoint file are in either"):
        ms.transform_checkpoints("src", "dst", "p", "src.ckpt")
    write("three.ckpt", {"w": Layout((3,), (0, -1))})
    with pytest.raises(ValueError, match=r"of shape \(8, 4\) cannot be cut into \(3, 1\) equal parts"):
        ms.transform_checkpoints("src", "dst", "p", None, "three.ckpt")
    write("deep.ckpt", {"w": Layout((2,), (0, -1, -1))})
    with pytest.raises(ValueError, match="tensor_map of 3 axes, but the parameter has the shape"):
        ms.transform_checkpoints("src", "dst", "p", None, "deep.ckpt")
    write("two.ckpt", {"w": BOTH, "v": Layout((2,), (0,))})
    with pytest.raises(ValueError, match=r"has layouts for \[2, 8\] devices"):
        ms.transform_checkpoints("src", "dst", "p", None, "two.ckpt")
