"""Methods with two signatures, and what a Tensor says of itself; the answers stand in mindspore/documented.txt."""

import numpy as np
import pytest

import luojia as ms
from luojia import Tensor, ops
from luojia._src.errors import ArgumentError, DTypeError, ShapeError
from tests.observed import T

A, PLACES = T([[1, 2, 3], [4, 5, 6]]), Tensor([[1, 0], [1, 0]])


def test_gradients_pass_through_scatter():
    def f(x, src):
        return (x.scatter(1, PLACES, src, reduce="add") ** 2).sum()

    by_x, by_src = ops.grad(f, (0, 1))(A, A[:, :2] * 0)
    assert by_x.tolist() == (2 * A).tolist() and by_src.tolist() == [[4, 2], [10, 8]]
    product = ops.grad(lambda x: x.scatter(1, PLACES, 3.0, reduce="multiply").sum())(A)
    assert product.tolist() == [[3, 3, 1], [3, 3, 1]]


def test_repeat_interleave_by_a_list():
    assert A.repeat_interleave([2, 0], dim=0).tolist() == [[1, 2, 3], [1, 2, 3]]
    assert A.repeat_interleave(Tensor([2]), dim=-1).shape == (2, 6)


def test_flags():
    x = Tensor([1.0], const_arg=True)
    assert x.const_arg and not x.set_const_arg(False).const_arg
    assert not x.is_init() and x.set_init_flag(True) is None and x.is_init()
    assert Tensor(x, device="CPU").device == "CPU" and x.flush_from_cache() is None


@pytest.mark.parametrize(("call", "error", "match"), [
    (lambda: A.scatter(1, PLACES, 1.0, reduce="max"), ArgumentError, "reduce must be one of"),
    (lambda: A.scatter(1, PLACES), DTypeError, "give src, a Tensor, or value"),
    (lambda: A.scatter(1, PLACES, A[:1]), ShapeError, r"src must cover the index along every axis, got index \(2, 2\)"),
    (lambda: A.repeat(), ArgumentError, "give how often"),
    (lambda: A.repeat((2,)), ShapeError, "expected at least 2 numbers, one for each axis"),
    (lambda: A.repeat_interleave([1, 2, 3], 0), ShapeError, "expected 2 repeats, one for each place of axis 0, got 3"),
    (lambda: A.repeat_interleave(2, 0, output_size=5), ArgumentError, "output_size is 5, but the result has length 4"),
    (lambda: A.view(ms.int64), ShapeError, "the last axis of .* does not divide into Int64"),
    (lambda: A.set_const_arg(1), DTypeError, "the type of 'const_arg' should be 'bool', but got type 'int'"),
    (lambda: Tensor.convert_bytes_to_tensor(b"abcd", (2,), ms.float32), ShapeError, "1 elements do not make the shape"),
    (lambda: Tensor([1], device="GPU"), ArgumentError, "the device must be 'CPU', the current one, got 'GPU'"),
    (lambda: ops.value_and_grad(lambda x: x, sens_param=True)(), DTypeError, "the last argument is the gradient"),
])
def test_bad_arguments(call, error, match):
    with pytest.raises(error, match=match):
        call()


def test_names_found_by_rule():
    for name in ("bincount_ext", "split_view", "AddExt", "LinSpaceExt", "inplace_threshold", "functional_overload"):
        assert getattr(ops, name)
    assert ops.auto_generate.LinSpaceExt()(0.0, 1.0, 3).tolist() == [0, 0.5, 1]
    for missing in ("nothing_ext", "NothingExt", "inplace_nothing"):
        with pytest.raises(AttributeError, match="has no attribute"):
            getattr(ops, missing)
    with pytest.raises(AttributeError, match="has no attribute"):
        ms.nn.NothingExt  # noqa: B018
    assert np.asarray(ms.nn.PReLUExt(2).weight).tolist() == [0.25, 0.25]
