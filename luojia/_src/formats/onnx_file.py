"""ONNX files: a graph of nodes over named arrays, as one protobuf message.

The parts of onnx.proto3 that hold networks: models, graphs, nodes with attributes, tensors and the shapes of inputs and
outputs. Not sparse tensors, and no tensors in files beside.

Source: https://github.com/onnx/onnx/blob/main/docs/IR.md
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from luojia._src.errors import DTypeError, NotSupportedError
from luojia._src.formats import protobuf as pb
from luojia._src.formats.atomic import write_bytes
from luojia._src.formats.reader import Reader, Source, open_source

IR_VERSION = 7
_TYPES = {"float32": 1, "uint8": 2, "int8": 3, "uint16": 4, "int16": 5, "int32": 6, "int64": 7, "bool": 9,
          "float16": 10, "float64": 11, "uint32": 12, "uint64": 13}
_NAMES = {number: name for name, number in _TYPES.items()}
_DATA = {4: "<f4", 10: "<f8"}  # the fields of a tensor that hold numbers of their own size


@dataclass
class Node:
    """One operator: its type, the names of what it takes ('' where nothing is given) and of what it gives."""

    op: str
    inputs: list[str]
    outputs: list[str]
    attrs: dict[str, Any] = field(default_factory=dict)  # numbers, strings, lists of them, arrays
    name: str = ""
    domain: str = ""


@dataclass
class Value:
    """An input or output: its name, dtype, and lengths, of which a word or None is open."""

    name: str
    dtype: str = "float32"
    shape: tuple[int | str | None, ...] = ()


@dataclass
class Model:
    """A graph: nodes in an order in which they can run, inputs, outputs, and arrays by name."""

    nodes: list[Node]
    inputs: list[Value]
    outputs: list[Value]
    arrays: dict[str, np.ndarray]
    opset: int = 13
    name: str = "luojia"


def type_number(dtype: Any) -> int:
    """ONNX's number of a dtype.

    >>> type_number("int64")
    7
    """
    name = np.dtype(dtype).name
    if name not in _TYPES:
        raise DTypeError(f"ONNX files hold arrays of {', '.join(_TYPES)}; got {name}.")
    return _TYPES[name]


def type_name(number: int) -> str:
    """The dtype of ONNX's number."""
    if number not in _NAMES:
        raise NotSupportedError(f"an ONNX array of type {number} is not supported; cast it to float32 or int64.")
    return _NAMES[number]


# -- writing -----------------------------------------------------------------------------------------------------------


def dump(model: Model) -> bytes:
    """The bytes of the file.

    >>> model = Model([Node("Relu", ["x"], ["y"])], [Value("x", shape=(2,))], [Value("y", shape=(2,))], {})
    >>> load(dump(model)).nodes
    [Node(op='Relu', inputs=['x'], outputs=['y'], attrs={}, name='', domain='')]
    """
    parts = [pb.field(1, _node(n)) for n in model.nodes] + [pb.field(2, model.name)]
    parts += [pb.field(5, _tensor(a, name)) for name, a in model.arrays.items()]
    parts += [pb.field(11, _value(v)) for v in model.inputs] + [pb.field(12, _value(v)) for v in model.outputs]
    opset = pb.field(1, "") + pb.whole(2, model.opset)
    return (pb.whole(1, IR_VERSION) + pb.field(2, "luojia") + pb.field(7, b"".join(parts)) + pb.field(8, opset))


def save(path: str | os.PathLike[str], model: Model) -> None:
    """Write the file; a failure leaves an old one whole."""
    write_bytes(path, dump(model))


def _node(node: Node) -> bytes:
    parts = [pb.field(1, n) for n in node.inputs] + [pb.field(2, n) for n in node.outputs]
    parts += [pb.field(3, node.name), pb.field(4, node.op)]
    return b"".join(parts + [pb.field(5, _attribute(k, v)) for k, v in node.attrs.items()])


def _attribute(name: str, value: Any) -> bytes:
    head = pb.field(1, name)
    if isinstance(value, np.ndarray):
        return head + pb.field(5, _tensor(value, "")) + pb.whole(20, 4)
    if isinstance(value, str):
        return head + pb.field(4, value) + pb.whole(20, 3)
    if isinstance(value, float):
        return head + pb.single(2, value) + pb.whole(20, 1)
    if isinstance(value, (list, tuple)):
        if value and all(isinstance(v, str) for v in value):
            return head + b"".join(pb.field(9, v) for v in value) + pb.whole(20, 8)
        if any(isinstance(v, float) for v in value):
            return head + b"".join(pb.single(7, v) for v in value) + pb.whole(20, 6)
        return head + b"".join(pb.whole(8, v) for v in value) + pb.whole(20, 7)
    return head + pb.whole(3, value) + pb.whole(20, 2)


def _tensor(array: np.ndarray, name: str) -> bytes:
    raw = np.ascontiguousarray(array, array.dtype.newbyteorder("<")).tobytes()
    return b"".join([*[pb.whole(1, n) for n in array.shape], pb.whole(2, type_number(array.dtype)), pb.field(8, name),
                     pb.field(9, raw)])


def _value(value: Value) -> bytes:
    lengths = [pb.whole(1, n) if isinstance(n, (int, np.integer)) else pb.field(2, n) if n else b""
               for n in value.shape]
    shape = b"".join(pb.field(1, n) for n in lengths)
    tensor = pb.whole(1, type_number(value.dtype)) + pb.field(2, shape)
    return pb.field(1, value.name) + pb.field(2, pb.field(1, tensor))


# -- reading -----------------------------------------------------------------------------------------------------------


def load(source: Source) -> Model:
    """The graph of a file, given by its path or its bytes.

    Raises:
        FormatError: it is empty, truncated, corrupted or no ONNX file.
        NotSupportedError: arrays in files beside, sparse ones, or of a type that luojia does not have.
    """
    data, label = open_source(source)
    reader = Reader(data, f"load of .onnx: {label}")
    try:
        return _model(reader)
    except TypeError as e:  # a field of another kind than it should be
        raise reader.fail(f"is corrupted, or no ONNX file ({e})") from None


def _model(reader: Reader) -> Model:
    graph, opset = None, 1
    for number, value in pb.fields(reader, "the model"):
        if number == 7:
            graph = value
        elif number == 8:
            domain, version = "", 1
            for n, v in pb.fields(_message(value), "an operator set"):
                if n == 1:
                    domain = pb.text(v, "a domain")
                elif n == 2:
                    version = v
            opset = version if domain in ("", "ai.onnx") else opset
    if graph is None:
        raise reader.fail("holds no graph: it is empty, or no ONNX file")
    model = Model([], [], [], {}, opset, "")
    for number, value in pb.fields(_message(graph), "the graph"):
        if number == 1:
            model.nodes.append(_read_node(_message(value)))
        elif number == 2:
            model.name = pb.text(value, "the graph's name")
        elif number == 5:
            name, array = _read_tensor(_message(value))
            model.arrays[name] = array
        elif number in (11, 12):
            (model.inputs if number == 11 else model.outputs).append(_read_value(_message(value)))
        elif number == 15:
            raise NotSupportedError(f"{reader.label} holds sparse arrays, which are not read.")
    return model


def _message(value: Any) -> Reader:
    if not isinstance(value, Reader):
        raise TypeError("a number stands where a message should")
    return value


def _read_node(reader: Reader) -> Node:
    node = Node("", [], [])
    for number, value in pb.fields(reader, "a node"):
        if number in (1, 2):
            (node.inputs if number == 1 else node.outputs).append(pb.text(value, "a name"))
        elif number in (3, 4, 7):
            setattr(node, {3: "name", 4: "op", 7: "domain"}[number], pb.text(value, "a name"))
        elif number == 5:
            name, content = _read_attribute(_message(value))
            node.attrs[name] = content
    return node


def _read_attribute(reader: Reader) -> tuple[str, Any]:
    name, kind, floats, ints, words = "", 0, [], [], []
    one: Mapping[int, Any] = {}
    for number, value in pb.fields(reader, "an attribute"):
        if number == 1:
            name = pb.text(value, "an attribute's name")
        elif number == 20:
            kind = value
        elif number == 7:
            floats += pb.numbers(value, "<f4", "an attribute").tolist()
        elif number == 8:
            ints += pb.wholes(value, "an attribute")
        elif number == 9:
            words.append(pb.text(value, "an attribute"))
        elif number == 2:
            one = {1: float(pb.numbers(value, "<f4", "an attribute")[0])}
        elif number == 3:
            one = {2: value}
        elif number == 4:
            one = {3: pb.text(value, "an attribute")}
        elif number == 5:
            one = {4: _read_tensor(_message(value))[1]}
        elif number in (6, 11):
            raise NotSupportedError(f"{reader.label}: the attribute {name!r} is a graph; loops are not read.")
    lists = {6: floats, 7: ints, 8: words}
    if kind in lists:
        return name, lists[kind]
    defaults = {1: 0.0, 2: 0, 3: ""}  # a value of zero may be left out
    return name, one.get(kind, next(iter(one.values()), defaults.get(kind)))


def _read_tensor(reader: Reader) -> tuple[str, np.ndarray]:
    dims: list[int] = []
    name, kind, raw = "", 0, None
    ints: list[int] = []
    reals: list[np.ndarray] = []
    for number, value in pb.fields(reader, "an array"):
        if number == 1:
            dims += pb.wholes(value, "an array's shape")
        elif number == 2:
            kind = value
        elif number in (5, 7, 11):
            ints += pb.wholes(value, "an array")
        elif number in _DATA:
            reals.append(pb.numbers(value, _DATA[number], "an array"))
        elif number == 8:
            name = pb.text(value, "an array's name")
        elif number == 9:
            raw = _message(value)
        elif number in (13, 14) and value != 0:
            raise NotSupportedError(f"{reader.label}: the array {name!r} lies in a file beside, which is not read; "
                                    "save the model as one file.")
    dtype = np.dtype(type_name(kind))
    if raw is not None:
        array = raw.array(tuple(dims), dtype, f"the array {name!r}")
        raw.done()
        return name, array
    if dtype.name == "float16":  # whose bits stand as whole numbers
        flat = np.array(ints, np.uint16).view(np.float16)
    else:
        flat = np.concatenate(reals).astype(dtype) if reals else np.array(ints, np.int64).astype(dtype)
    reader.nbytes(dims, dtype.itemsize, f"the array {name!r}")
    if flat.size != int(np.prod(dims)):
        raise reader.fail(f"is corrupted: the array {name!r} of shape {tuple(dims)} holds {flat.size} numbers")
    return name, flat.reshape(dims)


def _read_value(reader: Reader) -> Value:
    found = Value("")
    for number, value in pb.fields(reader, "an input or output"):
        if number == 1:
            found.name = pb.text(value, "a name")
        elif number == 2:
            for n, v in pb.fields(_message(value), "a type"):
                if n == 1:
                    _read_type(_message(v), found)
    return found


def _read_type(reader: Reader, found: Value) -> None:
    for number, value in pb.fields(reader, "a type"):
        if number == 1:
            found.dtype = type_name(value)
        elif number == 2:
            lengths: list[int | str | None] = []
            for n, dim in pb.fields(_message(value), "a shape"):
                if n == 1:
                    length: int | str | None = None
                    for k, v in pb.fields(_message(dim), "a length"):
                        length = v if k == 1 else pb.text(v, "a length") if k == 2 else length
                    lengths.append(length)
            found.shape = tuple(lengths)


__all__ = ["Model", "Node", "Value", "dump", "load", "save", "type_name", "type_number"]
