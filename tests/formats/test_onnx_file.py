import numpy as np
import pytest

from luojia._src.errors import FormatError
from luojia._src.formats import protobuf as pb
from luojia._src.formats.onnx_file import Model, Node, Value, dump, load, save, type_name, type_number

ATTRS = {"i": -3, "f": 0.5, "s": "same", "ints": [1, -2], "floats": [0.5, 2.0], "words": ["a", "b"]}
DTYPES = "float32 uint8 int8 uint16 int16 int32 int64 bool float16 float64 uint32 uint64".split()


def model():
    arrays = {d: np.array([[0, 1], [3, 2]], d) for d in DTYPES} | {"number": np.float32(2), "empty": np.ones((0, 3))}
    nodes = [Node("Add", ["x", ""], ["y"], ATTRS, "n"), Node("Constant", [], ["c"], {"value": np.int64([1, 2])})]
    return Model(nodes, [Value("x", "int64", ("N", None, 3))], [Value("y"), Value("c", "float16", ())], arrays)


def test_what_is_written_is_read(tmp_path):
    save(tmp_path / "m.onnx", model())
    found, wanted = load(tmp_path / "m.onnx"), model()
    assert found.nodes[0] == wanted.nodes[0] and found.opset == 13 and found.name == "luojia"
    assert found.inputs == wanted.inputs and found.outputs == wanted.outputs
    np.testing.assert_array_equal(found.nodes[1].attrs["value"], [1, 2])
    assert list(found.arrays) == list(wanted.arrays)
    for name, array in wanted.arrays.items():
        assert found.arrays[name].dtype == np.asarray(array).dtype
        np.testing.assert_array_equal(found.arrays[name], array)


@pytest.mark.parametrize("kind,number,content,values", [
    (1, 4, np.float32([0.5, 2]).tobytes(), np.float32([0.5, 2])), (11, 10, np.float64([0.5, 2]).tobytes(), [0.5, 2.0]),
    (7, 7, pb.varint(3) + pb.varint(-1), np.int64([3, -1])), (6, 5, pb.varint(3) + pb.varint(-1), np.int32([3, -1])),
    (10, 5, pb.varint(0x3800) + pb.varint(0x4000), np.float16([0.5, 2])), (9, 5, b"\0\1", [False, True]),
])
def test_arrays_may_hold_numbers_in_fields_of_their_kind(kind, number, content, values):
    tensor = pb.whole(1, 2) + pb.whole(2, kind) + pb.field(8, "a") + pb.field(number, content)
    found = load(pb.field(7, pb.field(5, tensor))).arrays["a"]
    assert found.dtype == np.asarray(values).dtype
    np.testing.assert_array_equal(found, values)


def graph_of(field, content):
    return pb.field(7, pb.field(field, content))


@pytest.mark.parametrize("data,error,message", [
    (b"", FormatError, "holds no graph"), (b"\x07\x07", FormatError, "has the kind 7"),
    (b"PK\3\4abc", FormatError, "truncated|kind|holds no graph"),
    (pb.whole(7, 3), FormatError, "no ONNX file"), (dump(model())[:-30], FormatError, "truncated"),
    (graph_of(5, pb.whole(2, 1) + pb.whole(1, 3) + pb.field(9, b"abcd")), FormatError, "truncated"),
    (graph_of(5, pb.whole(2, 1) + pb.whole(1, 3) + pb.field(4, b"abcd")), FormatError, "holds 1 numbers"),
    (graph_of(5, pb.whole(2, 1) + pb.whole(1, -3) + pb.field(4, b"abcd")), FormatError, "impossible shape"),
    (graph_of(5, pb.whole(2, 16)), NotImplementedError, "type 16 is not supported"),
    (graph_of(5, pb.whole(2, 1) + pb.whole(14, 1)), NotImplementedError, "lies in a file beside"),
    (graph_of(15, b""), NotImplementedError, "sparse arrays"),
    (graph_of(1, pb.field(5, pb.field(1, "body") + pb.field(6, b""))), NotImplementedError, "'body' is a graph"),
])
def test_errors_of_reading(data, error, message):
    with pytest.raises(error, match=message):
        load(data)


def test_cut_files_raise_format_errors_alone():
    data = dump(model())
    for end in range(0, len(data), 7):
        try:
            load(data[:end])
        except FormatError:
            pass


def test_types():
    assert type_name(type_number("float16")) == "float16"
    with pytest.raises(TypeError, match="ONNX files hold arrays of float32, .*; got complex64"):
        type_number("complex64")
