"""Checkpoints under MindSpore's names."""

import os
import pathlib

import numpy as np
import pytest

import luojia
from luojia import Parameter, Tensor, load_checkpoint, load_param_into_net, nn, save_checkpoint

FIXTURES = pathlib.Path(__file__).parent.parent / "fixtures" / "mindspore"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def net():
    return nn.Dense(2, 3)


@pytest.mark.parametrize("format", ["ckpt", "safetensors"])
def test_round_trip(net, format):
    save_checkpoint(net, "a", append_dict={"epoch": 3, "lr": 0.5, "flag": True, "note": "text"}, format=format)
    assert os.listdir() == [f"a.{format}"]
    found = load_checkpoint(f"a.{format}")
    assert {k: str(v) for k, v in found.items() if k in ("weight", "note")} == {
        "weight": "Parameter (name=weight, shape=(3, 2), dtype=Float32, requires_grad=True)", "note": "text"}
    assert found["epoch"].asnumpy() == 3 and found["lr"].asnumpy() == 0.5 and found["flag"].asnumpy()
    other = nn.Dense(2, 3)
    assert load_param_into_net(other, found) == ([], ["epoch", "lr", "flag", "note"]) or format == "safetensors"
    assert np.array_equal(other.weight.asnumpy(), net.weight.asnumpy())


def test_a_file_of_mindspore():
    found = load_checkpoint(str(FIXTURES / "net.ckpt"))
    assert found and all(isinstance(p, Parameter) for p in found.values())


def test_into_a_net_while_loading(net):
    save_checkpoint(net, "a.ckpt")
    other = nn.Dense(2, 3)
    load_checkpoint("a.ckpt", net=other)
    assert np.array_equal(other.bias.asnumpy(), net.bias.asnumpy())


def test_what_is_saved(net):
    save_checkpoint([{"name": "a", "data": Tensor([1.0])}], "b")
    assert list(load_checkpoint("b.ckpt")) == ["a"]
    save_checkpoint({"a": Tensor([1.0]), "b": Tensor([2.0])}, "c", choice_func=lambda name: name == "b")
    assert list(load_checkpoint("c.ckpt")) == ["b"]
    save_checkpoint(net, "d", crc_check=True)
    assert list(load_checkpoint("d.ckpt", filter_prefix="w", crc_check=True)) == ["bias"]
    assert list(load_checkpoint("d.ckpt", specify_prefix=["w"])) == ["weight"]
    assert list(load_checkpoint("d.ckpt", choice_func=lambda n: n == "bias")) == ["bias"]


def test_partly_fitting(net):
    assert load_param_into_net(net, {}) == (["weight", "bias"], [])
    assert load_param_into_net(net, {"foo": Parameter(Tensor([1.0]))}) == (["weight", "bias"], ["foo"])
    wide = Parameter(Tensor(np.ones((3, 2))), name="weight")
    assert load_param_into_net(net, {"weight": wide}) == (["bias"], [])
    assert net.weight.dtype == luojia.float32 and net.weight.asnumpy().tolist() == [[1, 1]] * 3


def test_further_axes_of_length_one(net):
    longer = np.full((*net.bias.shape, 1, 1), 7.0, np.float32)
    load_param_into_net(net, {"bias": Parameter(Tensor(longer), name="bias")})
    assert set(net.bias.asnumpy().tolist()) == {7.0}


def test_a_failed_load_changes_nothing(net):
    before = net.weight.asnumpy()
    values = {"weight": Parameter(Tensor(np.ones((3, 2), np.float32))), "bias": Parameter(Tensor([1.0]))}
    with pytest.raises(RuntimeError, match="bias in the argument 'net' should have the same shape as bias"):
        load_param_into_net(net, values)
    assert np.array_equal(net.weight.asnumpy(), before)


def bad(name, content):
    pathlib.Path(name).write_bytes(content)
    return name


def test_slices_are_merged_and_files_loaded_in_a_thread(net):
    slices = [Parameter(Tensor([[1.0, 2.0]]), "w"), Parameter(Tensor([[3.0, 4.0], [5.0, 6.0]]), "w")]
    whole = luojia.merge_sliced_parameter(slices)
    assert whole.name == "w" and whole.tolist() == [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
    save_checkpoint(net, "a.ckpt")
    found = luojia.load_checkpoint_async("a.ckpt").result()
    assert list(found) == [p.name for p in net.get_parameters()]
    with pytest.raises(ValueError, match="does not exist, please check whether"):
        luojia.load_checkpoint_async("nofile.ckpt").result()


@pytest.mark.parametrize("call, error, message", [
    (lambda n: save_checkpoint(3, "b"), TypeError, "'save_obj' must be nn.Cell, list or dict, but got <class 'int'>"),
    (lambda n: save_checkpoint(n, 3), TypeError, "'ckpt_file_name' must be string, but got <class 'int'>"),
    (lambda n: save_checkpoint(n, "a", format="zip"), ValueError, "the 'format' must be in"),
    (lambda n: save_checkpoint(n, "a", append_dict=3), TypeError, "the argument 'append_dict' must be dict"),
    (lambda n: save_checkpoint(n, "a", append_dict={"a": []}), TypeError, "the 'append_dict' must hold int, float"),
    (lambda n: save_checkpoint(n, "a", enc_key=b"k"), NotImplementedError, "luojia does not encrypt"),
    (lambda n: save_checkpoint([{"name": "a"}], "c"), TypeError, "key values 'name' and 'data'"),
    (lambda n: save_checkpoint({"a": []}, "c"), TypeError, "save_obj must hold Parameters or Tensors"),
    (lambda n: save_checkpoint(n, "nodir/x/a"), OSError, "nodir"),
    (lambda n: load_checkpoint("a"), ValueError, "the checkpoint file format must same with 'format'"),
    (lambda n: load_checkpoint("nofile.ckpt"), ValueError, "does not exist, please check whether"),
    (lambda n: load_checkpoint(3), TypeError, "the argument 'ckpt_file_name' must be string, but got <class 'int'>"),
    (lambda n: load_checkpoint(bad("x.ckpt", b"abcdef")), ValueError, "Failed to read the checkpoint file"),
    (lambda n: load_checkpoint("x.ckpt", format="zip"), ValueError, "the 'format' must be in"),
    (lambda n: load_checkpoint("x.ckpt", dec_key=b"k"), NotImplementedError, "luojia does not decrypt"),
    (lambda n: save_checkpoint(n, ""), IsADirectoryError, "is a directory, it must be a file name"),
    (lambda n: load_checkpoint("x.ckpt", filter_prefix=[]), ValueError, "'filter_prefix' can't be empty when it is a"),
    (lambda n: load_checkpoint("x.ckpt", filter_prefix=[3]), TypeError, "the 'filter_prefix' must be str"),
    (lambda n: (save_checkpoint(n, "a"), load_checkpoint("a.ckpt", specify_prefix="foo")), ValueError,
     "The loaded parameter dict is empty after filter or specify"),
    (lambda n: load_checkpoint("x.ckpt", specify_prefix=""), ValueError, "can't include ''"),
    (lambda n: save_checkpoint([{"name": "q", "data": 3}], "a"), TypeError, "the data in dict should be parameter"),
    (lambda n: load_param_into_net(n, {}, remove_redundancy=3), TypeError, "the 'remove_redundancy' must be a bool"),
    (lambda n: load_param_into_net(3, {}), TypeError, "the argument 'net' should be a Cell, but got <class 'int'>"),
    (lambda n: load_param_into_net(n, 3), TypeError, "the argument 'parameter_dict' should be a dict"),
    (lambda n: load_param_into_net(n, {3: Parameter(1.0)}), TypeError, "should be a 'str' and 'Parameter'"),
    (lambda n: load_param_into_net(n, {"weight": Tensor([1.0])}), TypeError, "should be a 'str' and 'Parameter'"),
    (lambda n: load_param_into_net(n, {}, strict_load=3), TypeError, "the 'strict_load' must be a bool, but got int"),
    (lambda n: load_param_into_net(n, {"bias": Parameter(Tensor(np.ones(3)))}, True), TypeError, "strict_load=True"),
    (lambda n: luojia.export(n, file_name="a", file_format="MINDIR"), TypeError, "which must be Tensors, but got"),
    (lambda n: luojia.export(n, 3, file_name="a", file_format="MINDIR"), TypeError, r"but got \['int'\]"),
    (lambda n: luojia.export(n, file_name=3, file_format="MINDIR"), TypeError, "'file_name' must be string, but got"),
    (lambda n: luojia.export(3, Tensor([1.0]), file_name="a", file_format="MINDIR"), TypeError, "or a function"),
    (lambda n: luojia.export(n, file_name="a", file_format="AIR"), NotImplementedError, "'AIR' is not supported"),
    (lambda n: luojia.export(n, file_name="a", file_format="MINDIR", enc_key=b"k"), NotImplementedError, "enc_key"),
    (lambda n: luojia.export(n, file_name="a", file_format="X"), ValueError, "'file_format' must be one of"),
    (lambda n: luojia.merge_sliced_parameter(3), TypeError, "'sliced_parameters' should be list, but got"),
    (lambda n: luojia.merge_sliced_parameter([]), ValueError, "'sliced_parameters' should not be empty"),
    (lambda n: luojia.merge_sliced_parameter([3]), TypeError, "should be 'Parameter', but got <class 'int'> at"),
    (lambda n: luojia.merge_sliced_parameter([Parameter(1.0, "a"), Parameter(1.0, "b")]), ValueError, "got name: b"),
    (lambda n: luojia.merge_sliced_parameter([Parameter(1.0, "a")], 3), TypeError, "'strategy' should be dict, but"),
    (lambda n: luojia.merge_sliced_parameter([Parameter(1.0, "a")], {}), KeyError, "name a should be a key in the"),
    (lambda n: luojia.load("nope.mindir"), ValueError, "does not exist, please check whether the 'file_name'"),
    (lambda n: luojia.load(__file__), ValueError, "should end with '.mindir', please input"),
    (lambda n: luojia.load(3), ValueError, "'file_name' must be string, but got <class 'int'>"),
    (lambda n: luojia.load(bad("x.mindir", b"abcdef")), RuntimeError, "Load MindIR failed. luojia reads the files"),
])
def test_errors(call, error, message, net):
    with pytest.raises(error, match=message):
        call(net)


def test_networks_as_onnx(tmp_path, rng):
    from luojia.contrib.onnx import get_model_metadata, import_to_gluon

    net = nn.SequentialCell(nn.Conv2d(2, 3, 3), nn.BatchNorm2d(3), nn.ReLU(), nn.AvgPool2d(3, 2, pad_mode="same"),
                            nn.Flatten(), nn.Dense(12, 4), nn.LayerNorm((4,)), nn.GELU())
    net.set_train(False)
    x = rng.standard_normal((2, 2, 4, 4)).astype(np.float32)
    luojia.export(net, Tensor(x), file_name=str(tmp_path / "net"), file_format="ONNX")
    path = tmp_path / "net.onnx"
    assert get_model_metadata(path) == {"input_tensor_data": [("input_data", (2, 2, 4, 4))],
                                        "output_tensor_data": [("output", (2, 4))]}
    found = import_to_gluon(path, luojia.cpu())(luojia.nd.array(x)).asnumpy()
    np.testing.assert_allclose(found, net(Tensor(x)).asnumpy(), 1e-4, 1e-5)

    attend = nn.MultiheadAttention(4, 2, batch_first=True)
    luojia.export(lambda q: attend(q, q, q)[0], Tensor(x[0]), file_name=str(path), file_format="ONNX")
    found = import_to_gluon(path, luojia.cpu())(luojia.nd.array(x[0])).asnumpy()
    np.testing.assert_allclose(found, attend(*[Tensor(x[0])] * 3)[0].asnumpy(), 1e-4, 1e-5)

    with pytest.raises(NotImplementedError, match="an operator that NumPy computes by itself is not written as ONNX"):
        luojia.export(luojia.ops.cholesky, Tensor(np.eye(2, dtype=np.float32)), file_name="c", file_format="ONNX")
    with pytest.raises(NotImplementedError, match="an ONNX graph has arrays for outputs"):
        luojia.export(lambda x: {"y": x + 1}, Tensor(x), file_name="c", file_format="ONNX")
