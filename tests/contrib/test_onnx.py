"""ONNX files. What luojia writes was run by onnxruntime 1.32 once, with luojia's results: all the model zoo, and more
functions and layers than are below. Here they are read again and compared."""

import base64
import zlib

import numpy as np
import pytest

import luojia as mx
from luojia import gluon, nd, onnx, sym
from luojia._src.errors import FormatError
from luojia._src.formats.onnx_file import Model, Node, Value, load, save
from luojia.contrib.onnx import get_model_metadata, import_model, import_to_gluon
from luojia.gluon import nn, rnn

from ..tolerances import tolerance_of


def assert_close(found, expected):
    np.testing.assert_allclose(found, expected, **tolerance_of(np.asarray(found).dtype))


def sequence(*layers):
    net = nn.HybridSequential()
    net.add(*layers)
    return net


class Of(gluon.HybridBlock):
    """A Block of one function."""

    def __init__(self, fn):
        super().__init__()
        self.fn = fn

    def hybrid_forward(self, F, *xs):
        return self.fn(F, *xs)


NETS = {
    "mlp": lambda: sequence(nn.Dense(5, activation="relu"), nn.Dropout(0.5), nn.Dense(3, flatten=False)),
    "pools": lambda: sequence(nn.Conv2D(4, 3, strides=2, padding=1), nn.BatchNorm(), nn.LeakyReLU(0.1),
                              nn.MaxPool2D(3, 2, 1, ceil_mode=True), nn.Dense(3)),
    "means": lambda: sequence(nn.AvgPool2D(3, 2, 1, ceil_mode=True), nn.AvgPool2D(2, ceil_mode=True,
                                                                               count_include_pad=False)),
    "enlarged": lambda: sequence(nn.Conv2DTranspose(4, 3, strides=2, padding=1, output_padding=1, use_bias=True),
                                 nn.PReLU(), nn.InstanceNorm(), nn.GlobalMaxPool2D()),
    "norms": lambda: sequence(nn.GroupNorm(1), nn.LayerNorm(), nn.Swish(), nn.GELU(), nn.SELU(), nn.ELU()),
}
FUNCTIONS = {
    "reshape": (lambda F, x: F.reshape(x, shape=(0, -4, 2, -1)), (2, 4)),
    "slices": (lambda F, x: F.concat(F.slice(x, begin=(0, 1), end=(2, 3)), F.slice_axis(x, axis=1, begin=2, end=None),
                                     F.flip(x, axis=1)), (2, 4)),
    "split": (lambda F, x: F.concat(*F.split(x, 2, axis=1), dim=0), (2, 4)),
    "products": (lambda F, x, y: F.batch_dot(x, y, transpose_b=True), (2, 4, 3), (2, 5, 3)),
    "broadcast": (lambda F, x, y: F.broadcast_add(x, y) * 2 - F.broadcast_mul(x, y) / 3, (2, 3), (1, 3)),
    "softmax": (lambda F, x: F.softmax(x, axis=1) + F.log_softmax(x) + F.clip(x, -0.5, 0.5), (2, 3)),
    "reduced": (lambda F, x: F.concat(F.sum(x, axis=1), F.mean(x, axis=1), F.max(x, axis=1), F.norm(x, axis=1),
                                      F.argmax(x, axis=1), dim=0), (2, 3)),
    "topk": (lambda F, x: F.topk(x, k=2, ret_typ="value"), (2, 5)),
    "where": (lambda F, x, y: F.where(x > y, x, y), (2, 3), (2, 3)),
    "pad": (lambda F, x: F.pad(x, mode="constant", pad_width=(0, 0, 0, 0, 1, 2, 1, 1), constant_value=3),
            (1, 2, 3, 3)),
    "resized": (lambda F, x: F.UpSampling(x, scale=2, sample_type="nearest"), (1, 2, 3, 3)),
    "masked": (lambda F, x: F.SequenceMask(x, F.sum(x > 0, axis=(0, 2)), True), (4, 2, 3)),
    "normal": (lambda F, x: F.LRN(x, nsize=3), (1, 4, 3, 3)),
}


def run(path):
    """What a file computes for its first inputs' arrays."""
    graph, args, states = import_model(path)
    return lambda **data: graph.bind(mx.cpu(), data | args, aux_states=states).forward()[0].asnumpy()


def there_and_back(net, xs, tmp_path):
    net.initialize(mx.init.Normal(0.3))
    net.hybridize()
    expected = net(*xs).asnumpy()
    net.export(str(tmp_path / "net"))
    path = onnx.export_model(str(tmp_path / "net-symbol.json"), str(tmp_path / "net-0000.params"),
                             [x.shape for x in xs], onnx_file_path=str(tmp_path / "net.onnx"))
    assert_close(import_to_gluon(path, mx.cpu())(*xs).asnumpy(), expected)
    return load(path)


@pytest.mark.parametrize("name", NETS)
def test_networks_come_back(name, tmp_path, rng):
    shape = (2, 6) if name == "mlp" else (2, 3, 9, 9)
    model = there_and_back(NETS[name](), [nd.array(rng.standard_normal(shape))], tmp_path)
    if name == "mlp":
        assert [n.op for n in model.nodes] == ["Gemm", "Relu", "Gemm"]
        assert model.inputs == [Value("data", "float32", (2, 6))] and model.outputs[0].shape == (2, 3)
    if name == "pools":
        assert [n.op for n in model.nodes] == ["Conv", "BatchNormalization", "LeakyRelu", "MaxPool", "Reshape", "Gemm"]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_come_back(name, tmp_path, rng):
    fn, *shapes = FUNCTIONS[name]
    there_and_back(Of(fn), [nd.array(rng.standard_normal(s)) for s in shapes], tmp_path)


def test_recurrent_networks_are_written_step_by_step(tmp_path, rng):
    there_and_back(sequence(rnn.LSTM(3, bidirectional=True)), [nd.array(rng.standard_normal((3, 2, 2)))], tmp_path)


def test_a_module_is_written_without_its_label(tmp_path, rng):
    graph = sym.SoftmaxOutput(sym.FullyConnected(sym.var("data"), num_hidden=3, name="fc"), name="softmax")
    params = [{"fc_weight": nd.array(rng.standard_normal((3, 4)))}, {"fc_bias": nd.ones(3)}]
    path = onnx.export_model(graph, params, [(2, 4)], onnx_file_path=str(tmp_path / "m.onnx"), verbose=True,
                             dynamic=True)
    assert get_model_metadata(path) == {"input_tensor_data": [("data", ("data_batch", 4))],
                                        "output_tensor_data": [("softmax_output", ("data_batch", 3))]}
    x = rng.standard_normal((5, 4)).astype(np.float32)
    e = np.exp(x @ params[0]["fc_weight"].asnumpy().T + 1)
    assert_close(run(path)(data=nd.array(x)), e / e.sum(1, keepdims=True))


# Written by the library onnx 1.23 (numbers in fields of their own, raw ones and half ones), run by onnxruntime 1.32.
THEIRS = (
    "c-l=;QES^U5cb(}?A!=-)pl#kU_)at#KztWrJhGAjCGWRz3e3@j=F@}iLvCg>63qo|H=M9_po2Io$ZzF(4ElTeczo<3WJkh3=@Pqgj){jF-zC0jb"
    "I<i$|DR_W!KX}%>_<AT%J$AUR|A!8}MX=fwARsu1)O5ZUX@dgp@-mhM%>%*^YHq$sP1nRxH%P&xeQ81^`D0B?lw?$wCzx-*9%X%e4rpnz3qS<x}"
    ")GDyy`_5Tf7&oCNM0V7QN9uuJAJ6N3w77rMl^oR!+x|M16%9e%o8Srh+$6lfcKjWELwz<tx!7X!kj%E~9m)ZNk?It{pZL_K1kz}a=CtO&-sJK{U+9"
    "BsBX+%r`!hGRXiQa!11x@~x)bunM&<`7z@7swVWyXFJ38*ON)%2+u>*RK17SJ-kO<lN13!7g;3|C^cPIA`t5_K|}4mxIGrc$Zbi;k$evx*?Fd5r~("
    "LQ=btcrbSxEEt>WpPA_o+w{q0a6q2rgxl2fteqGcxx!O+UUP~B30{N$~XN==-&*^jUXLt|--$jqZ7o@tRUaK>DnJwQz;^xE0sGBf!qR}5g#ft3")


def test_a_file_of_the_onnx_library_is_read(tmp_path):
    path = tmp_path / "theirs.onnx"
    path.write_bytes(zlib.decompress(base64.b85decode(THEIRS)))
    assert get_model_metadata(path)["input_tensor_data"] == [("x", ("N", 1, 3, 3))]
    assert_close(run(path)(x=nd.arange(9).reshape((1, 1, 3, 3)) - 4), np.float32([[3.6, 43.2]]))


X = np.float32([[0.5, -1.0, 2.0], [1.5, 0.0, -3.0]])
_e = np.exp(X)
NODES = [  # (type, attributes, further inputs, what it gives for X)
    ("Gelu", {"approximate": "tanh"}, [], [[0.345714, -0.158808, 1.954598], [1.399572, 0.0, -0.003637]]),
    ("HardSwish", {}, [], X * np.clip(X / 6 + 0.5, 0, 1)), ("Mish", {}, [], X * np.tanh(np.log1p(_e))),
    ("Celu", {"alpha": 2.0}, [], np.maximum(X, 0) + np.minimum(0, 2 * np.expm1(X / 2))),
    ("ThresholdedRelu", {"alpha": 1.0}, [], X * (X > 1)), ("Softplus", {}, [], np.log1p(_e)),
    ("PRelu", {}, [np.float32([[0.5], [0.25]])], np.where(X > 0, X, X * [[0.5], [0.25]])),
    ("Clip", {}, [np.float32(-1), None], np.maximum(X, -1)), ("Clip", {"max": 1.0}, [], np.minimum(X, 1)),
    ("ReduceL1", {"axes": [1], "keepdims": 0}, [], np.abs(X).sum(1)), ("ReduceSumSquare", {}, [], [[(X * X).sum()]]),
    ("ReduceLogSumExp", {"axes": [1]}, [], np.log(_e.sum(1, keepdims=True))),
    ("ReduceLogSumExp", {"keepdims": 0}, [], [np.log(_e.sum())]),
    ("ReduceMean", {"noop_with_empty_axes": 1}, [], X),
    ("LpNormalization", {}, [], X / np.linalg.norm(X, axis=1)[:, None]),
    ("LayerNormalization", {"epsilon": 1e-5}, [np.float32([1, 2, 3])],
     (X - X.mean(1, keepdims=True)) / np.sqrt(X.var(1, keepdims=True) + 1e-5) * [1, 2, 3]),
    ("Gemm", {"alpha": 2.0}, [np.ones((3, 2), np.float32), np.float32([[1], [2]])],
     2 * X.sum(1, keepdims=True) + [[1, 1], [2, 2]]),
    ("Gemm", {"transA": 1}, [np.ones((2, 1), np.float32)], X.sum(0)[:, None]),
    ("Slice", {}, [np.int64([-1]), np.int64([-2**63]), np.int64([1]), np.int64([-2])], X[:, ::-2]),
    ("Slice", {"starts": [1], "ends": [2**31 - 1], "axes": [-1]}, [], X[:, 1:]),
    ("Gather", {"axis": 1}, [np.int64(-1)], X[:, -1]), ("Gather", {}, [np.int64([[-1, 0]])], X[[[-1, 0]]]),
    ("GatherND", {}, [np.int64([[0, 2], [1, 0]])], X[[0, 1], [2, 0]]),
    ("GatherElements", {"axis": 1}, [np.int64([[2], [0]])], np.take_along_axis(X, np.int64([[2], [0]]), 1)),
    ("Expand", {}, [np.int64([2, 1, 3])], np.broadcast_to(X, (2, 2, 3))),
    ("Tile", {}, [np.int64([1, 2])], np.tile(X, 2)),
    ("Pad", {}, [np.int64([0, 1, 1, 0]), np.float32(9)], np.pad(X, ((0, 1), (1, 0)), constant_values=9)),
    ("Unsqueeze", {}, [np.int64([0, -1])], X[None, ..., None]), ("CumSum", {}, [np.int64(1)], X.cumsum(1)),
    ("Max", {}, [np.float32([[1], [0]]), np.float32(0.5)], np.maximum(X, [[1], [0.5]])),
    ("Mean", {}, [np.float32([[1], [0]])], (X + [[1], [0]]) / 2), ("Sub", {}, [np.float32(2)], X - 2),
    ("Where", {}, [np.float32([1, 2, 3])], X * 0 + [1, 2, 3]), ("Flatten", {"axis": 0}, [], X.reshape(1, 6)),
    ("ArgMin", {"axis": 1, "keepdims": 0}, [], X.argmin(1)), ("Mod", {"fmod": 0}, [np.float32(2)], np.mod(X, 2)),
    ("Einsum", {"equation": "ij->j"}, [], X.sum(0)), ("Reshape", {}, [np.int64([0, -1, 1])], X[..., None]),
]


def one_node(op, attrs, more, tmp_path, **how):
    arrays = {f"a{i}": a for i, a in enumerate(more) if a is not None}
    names = ["x", *[f"a{i}" if a is not None else "" for i, a in enumerate(more)]]
    if op == "Where":
        arrays["c"], names = np.zeros((1, 3), bool), ["c", "x", *names[1:]]
    model = Model([Node(op, names, ["y"], attrs, "one")], [Value("x", shape=(2, 3))], [Value("y")], arrays, **how)
    save(tmp_path / "m.onnx", model)
    return tmp_path / "m.onnx"


@pytest.mark.parametrize("op,attrs,more,expected", NODES, ids=[f"{n[0]}{i}" for i, n in enumerate(NODES)])
def test_nodes_are_read(op, attrs, more, expected, tmp_path):
    out = run(one_node(op, attrs, more, tmp_path))(x=nd.array(X))
    assert out.shape == np.shape(expected)
    assert_close(out, np.asarray(expected, out.dtype))


def test_softmax_of_older_files_is_over_all_later_axes(tmp_path):
    out = run(one_node("Softmax", {"axis": 0}, [], tmp_path, opset=11))(x=nd.array(X))
    assert_close(out, _e / _e.sum())


PICTURE = np.arange(16, dtype=np.float32).reshape(1, 1, 4, 4)


@pytest.mark.parametrize("op,attrs,more,expected", [
    ("AveragePool", {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [0, 0, 1, 1]}, [], [[5, 6.5], [11, 12.5]]),
    ("MaxPool", {"kernel_shape": [3, 3], "strides": [2, 2], "auto_pad": "SAME_LOWER"}, [], [[5, 7], [13, 15]]),
    ("ConvTranspose", {"strides": [2, 2], "pads": [0, 0, 6, 6]}, [np.ones((1, 1, 1, 1), np.float32)], [[0]]),
    ("DepthToSpace", {"blocksize": 1, "mode": "CRD"}, [], PICTURE[0, 0]),
    ("Resize", {"mode": "linear", "coordinate_transformation_mode": "align_corners"},
     [None, np.float32([1, 1, 0.5, 0.5])], [[0, 3], [12, 15]]),
    ("Resize", {}, [None, None, np.int64([1, 1, 8, 8])], PICTURE[0, 0].repeat(2, 0).repeat(2, 1)),
])
def test_layers_of_pictures_are_read(op, attrs, more, expected, tmp_path):
    path = one_node(op, attrs, more, tmp_path)
    model = load(path)
    model.inputs = [Value("x", shape=(1, 1, 4, 4))]
    save(path, model)
    assert_close(run(path)(x=nd.array(PICTURE))[0, 0], np.float32(expected))


class Branch(gluon.HybridBlock):
    def hybrid_forward(self, F, x):
        return F.contrib.cond(F.sum(x) > 0, lambda: x + 1, lambda: x)


GRAPH = sym.FullyConnected(sym.var("data"), sym.var("w"), num_hidden=2, no_bias=True)


@pytest.mark.parametrize("call,error,message", [
    (lambda d: onnx.export_model(3, {}, [(1, 3)]), TypeError, "sym must be a Symbol or the name of its file, got int"),
    (lambda d: onnx.export_model(GRAPH, 3, [(1, 3)]), TypeError, "params must be a dict of arrays"),
    (lambda d: onnx.export_model(GRAPH, {}), ValueError, "needs in_shapes"),
    (lambda d: onnx.export_model(GRAPH, {}, [(1, 3)]), ValueError, r"lacks \['data', 'w'\], but in_shapes has 1"),
    (lambda d: onnx.export_model(GRAPH, {"w": nd.ones((2, 3))}, [(1, 3)], ["float32"] * 2), ValueError, "2 entries"),
    (lambda d: onnx.export_model(sym.linalg.potrf(sym.var("a")), {}, [(2, 2)]), NotImplementedError,
     "an operator that NumPy computes by itself is not written as ONNX"),
    (lambda d: onnx.export_model(Branch()(sym.var("a")), {}, [(2, 2)]), NotImplementedError, "function of its own"),
    (lambda d: import_model(one_node("Loop", {}, [], d)), NotImplementedError, "of type 'Loop'.* are not read; those"),
    (lambda d: import_model(one_node("CumSum", {"reverse": 1}, [np.int64(1)], d)), NotImplementedError, "not read"),
    (lambda d: import_model(one_node("Reshape", {}, [], d)), NotImplementedError, "it names no shape"),
    (lambda d: import_model(d / "none.onnx"), FileNotFoundError, "No such file"),
])
def test_errors(call, error, message, tmp_path):
    with pytest.raises(error, match=message):
        call(tmp_path)


def test_a_node_whose_input_no_node_gives_is_damage(tmp_path):
    save(tmp_path / "m.onnx", Model([Node("Relu", ["z"], ["y"])], [Value("x")], [Value("y")], {}))
    with pytest.raises(FormatError, match="takes 'z', which no node gives"):
        import_model(tmp_path / "m.onnx")
