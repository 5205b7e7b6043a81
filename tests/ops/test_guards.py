"""What operator classes accept, by the tables of attributes and of inputs: the errors are mindspore 2.8.0's."""

import inspect

import numpy as np
import pytest

import luojia as ms
from luojia import Parameter, Tensor, ops
from luojia._src.core.primitive import Primitive
from luojia._src.errors import ArgumentError, DTypeError
from luojia.ops import attributes, guards, inputs


def t(dtype, *shape):
    return Tensor(np.ones(shape or (2, 2)), getattr(ms, dtype))


def names_of(cls):
    """The attributes of a class, by what its constructor keeps or takes."""
    if "face" in cls.__dict__:
        return [p.public for p in cls.face.init]
    init = inspect.unwrap(cls.__init__)
    held = [c.cell_contents for c in init.__closure__ or () if isinstance(c.cell_contents, (list, dict))]
    return [*held[0]] if held else [*getattr(cls, "_defaults", ())] or [*inspect.signature(init).parameters]


@pytest.mark.parametrize("name", sorted({*guards._lines(attributes.TEXT), *guards._lines(inputs.TEXT)}))
def test_every_row_is_of_a_class_and_its_attributes(name):
    cls = getattr(ops, name)
    assert issubclass(cls, Primitive) and cls.__dict__["_guarded"]
    assert set(guards.attributes_of(name)) <= set(names_of(cls))
    row = guards.row_of(name)
    assert row is None or all(set(group) <= set(row.params) for group in row.alike)


@pytest.mark.parametrize(("call", "error", "match"), [
    (lambda: ops.ApproximateEqual("a"), DTypeError, r"of 'tolerance' should be one of '\['int', 'float'\]', but"),
    (lambda: ops.AffineGrid(align_corners=1), DTypeError, "the type of 'align_corners' should be 'bool'"),
    (lambda: ops.DepthToSpace(1), ArgumentError, "'block_size' must be >= 2, but got 1"),
    (lambda: ops.DepthToSpace(True), DTypeError, "'block_size' should be 'int'"),
    (lambda: ops.LRN(-1), ArgumentError, "'depth_radius' must be >= 0"),
    (lambda: ops.LRN(norm_region="B"), ArgumentError, "'norm_region' must be in"),
    (lambda: ops.Conv2D(0, 3), ArgumentError, "'out_channel' must be > 0"),
    (lambda: ops.Conv2D(1, [3, 3]), DTypeError, r"'kernel_size' should be"),
    (lambda: ops.Conv2D(1, (3, 3, 3)), ArgumentError, "'kernel_size' must have 2 or 4 elements"),
    (lambda: ops.Conv2D(1, (3, 0)), ArgumentError, "elements of 'kernel_size' must be int and in range > 0"),
    (lambda: ops.Conv2D(1, (3, 1.5)), ArgumentError, "elements of 'kernel_size' must be int, but got"),
    (lambda: ops.Conv2D(1, 3, pad_mode="full"), ArgumentError, "'pad_mode' must be in"),
    (lambda: ops.Im2Col((1.5,)), DTypeError, "elements of 'ksizes' must be int"),
    (lambda: ops.AdaptiveAvgPool2D((None, -1)), ArgumentError, "elements of 'output_size' must be int and in range"),
    (lambda: ops.BoundingBoxEncode(means=(0, 0, 0, 0)), DTypeError, "elements of 'means' must be float"),
    (lambda: ops.BartlettWindow(dtype=ms.int32), DTypeError, "'dtype' must be one of float16, float32, float64"),
    (lambda: ops.KLDivLoss(reduction=3), ArgumentError, "reduction"),
    (lambda: ops.UniformInt(-1), ArgumentError, "'seed' must be >= 0"),
    (lambda: ops.ScatterAdd(use_locking=None), DTypeError, "'use_locking' should be 'bool'"),
    (lambda: ops.ApplyMomentum(use_nesterov="a"), DTypeError, "'use_nesterov' should be 'bool'"),
    # dtypes in calls
    (lambda: ops.LRN()(t("float64", 1, 2, 2, 2)), DTypeError, "'x' must be one of Float16, Float32, but got Float64"),
    (lambda: ops.BesselJ0()(t("int32")), DTypeError, "'x' must be one of Float16, Float32, Float64"),
    (lambda: ops.BiasAdd()(t("float32"), t("float16", 2)), DTypeError, "must be of one dtype"),
    (lambda: ops.MatMul()(t("float32"), t("float16")), DTypeError, "x and y must be of one dtype"),
    (lambda: ops.MatMul(True)(t("float32"), t("float16")), DTypeError, "x and y must be of one dtype"),
    (lambda: ops.Igamma()(t("float32"), t("float64")), DTypeError, "a and x must be of one dtype"),
    (lambda: ops.AdjustHue()(t("float32", 1, 2, 3), 0.2), DTypeError, "'delta' must be a Tensor, but got float"),
    (lambda: ops.MatrixDiagPartV3()(t("float32"), t("int32", 1), t("int32", 1)[0]), DTypeError,
     "padding_value must be of one dtype"),
    (lambda: ops.AddN()((t("float32"), t("int32"))), DTypeError, "Tensors in 'x' must be of one dtype"),
    (lambda: ops.AddN()(t("float32")), DTypeError, "'x' must be a tuple or list of Tensors, but got Tensor"),
    (lambda: ops.Meshgrid()((t("float32", 2), t("int32", 2))), ArgumentError, "'inputs' must be of one dtype"),
    (lambda: ops.Padding(2)(None), DTypeError, "For 'Padding', a Tensor was expected"),
])
def test_bad_arguments(call, error, match):
    with pytest.raises(error, match=match):
        call()


@pytest.mark.parametrize(("wide", "narrow"), [("float32", "float64"), ("int32", "float32"), ("int8", "uint8")])
def test_what_is_written_takes_no_wider_dtype(wide, narrow):
    x = Parameter(t(wide), name="x")
    with pytest.raises(DTypeError, match="updates of .* cannot be written to input_x"):
        ops.ScatterAdd()(x, Tensor([0], ms.int32), t(narrow, 1, 2))
    assert x.asnumpy().sum() == 4  # nothing was written
    grad = Parameter(t("float32"), name="w")
    with pytest.raises(DTypeError, match="gradient of Float64 cannot be written to variable"):
        ops.ApplyMomentum()(grad, t("float32"), Tensor(0.1), t("float64"), Tensor(0.9))


def test_what_is_written_takes_narrower_dtypes():
    x = Parameter(t("float32"), name="x")
    ops.ScatterAdd()(x, Tensor([0], ms.int32), t("int8", 1, 2))
    assert x.asnumpy().tolist() == [[2, 2], [1, 1]]


def test_good_arguments():
    assert ops.AdaptiveAvgPool2D((None, 1))(t("float32", 1, 2, 3)).shape == (1, 2, 1)
    assert ops.MaxPool(pad_mode="SAME", kernel_size=(1, 1, 2, 2)).pad_mode.lower() == "same"
    assert ops.Argmax(output_type=None)(t("float32")).shape == (2,)
    assert ops.Dropout2D(0.5)(t("int8", 1, 2, 2, 2))[0].shape == (1, 2, 2, 2)  # though Dropout takes floats alone

    class Half(ops.Padding):
        pass

    assert Half(4)(t("float32", 2, 1)).shape == (2, 4)


def test_every_operator_is_a_primitive():
    assert isinstance(ops.Add(), ops.Primitive) and issubclass(ops.ReduceSum, ops.Primitive)
    assert not isinstance(ops.Add(), ops.PrimitiveWithInfer) and not isinstance(3, ops.Primitive)
    assert isinstance(ops.PrimitiveWithInfer("own"), ops.Primitive) and not issubclass(ops.Add, ops.PrimitiveWithCheck)
    assert ops.Primitive("Add")(Tensor([1.0]), Tensor([2.0])).tolist() == [3]
    total = ops.Primitive("ReduceSum").add_prim_attr("keep_dims", True)
    assert total(t("float32"), 1).tolist() == [[2], [2]] and total.name == "ReduceSum"
    assert ops.Add().recompute(False).attrs == {"recompute": False}


@pytest.mark.parametrize(("call", "error", "match"), [
    (lambda a: a.add_prim_attr(1, 2), DTypeError, "'name' must be a string, but got int"),
    (lambda a: a.set_prim_instance_name(None), DTypeError, "'name' must be a string, but got NoneType"),
    (lambda a: a.set_device("TPU"), RuntimeError, "must be 'CPU', 'GPU' or 'Ascend', but got 'TPU'"),
    (lambda a: a.place("MS_SCHED", 0), ArgumentError, "'role' must be 'MS_WORKER'"),
    (lambda a: a.place("MS_WORKER", True), DTypeError, "'rank_id' must be int, but got bool"),
    (lambda a: a.place("MS_WORKER", -1), ArgumentError, "'rank_id' must be at least 0"),
    (lambda a: a.shard([[1], [1]]), DTypeError, "'in_strategy' must be a tuple"),
    (lambda a: a.shard(((1,), 1)), DTypeError, "must have a tuple of int for each input, but got 1"),
    (lambda a: a.shard(None, (("a",),)), DTypeError, r"'out_strategy' must have a tuple of int"),
    (lambda a: ops.Primitive("Nonsense")(Tensor([1.0])), RuntimeError, "Nonsense has no kernel here"),
    (lambda a: ops.Primitive("Morph")(Tensor([1.0])), RuntimeError, "Morph has no kernel here"),
])
def test_bad_arguments_of_every_primitive(call, error, match):
    with pytest.raises(error, match=match):
        call(ops.Add())
