"""TensorArray; what is expected was observed on mindspore 2.0.0."""

import numpy as np
import pytest

import luojia as ms
from luojia import Tensor, nn


def test_an_array_that_grows():
    array = nn.TensorArray(ms.int64, ())
    assert array.write(0, 1) is True and array.write(1, 2)
    assert array.read(1).item() == 2 and array.size().item() == 2 and array.stack().tolist() == [1, 2]
    assert array.write(5, 7) and array.stack().tolist() == [1, 2, 0, 0, 0, 7]
    assert array.clear() is True and array.size().item() == 0 and array.stack().shape == (0,)
    assert array.close() is True
    for used in (array.size, array.stack, array.clear, lambda: array.read(0)):
        with pytest.raises(RuntimeError, match="the array was closed"):
            used()


def test_an_array_of_one_size():
    array = nn.TensorArray(ms.float32, (2,), dynamic_size=False, size=3)
    assert array.write(1, Tensor([1.0, 2.0])) and array.stack().tolist() == [[0, 0], [1, 2], [0, 0]]
    assert ms.ops.grad(lambda x: array.write(0, x) and array.stack().sum())(Tensor([1.0, 2.0])).tolist() == [1, 1]
    with pytest.raises(RuntimeError, match="the index must be from 0 on and below 3, got 3"):
        array.write(3, Tensor([1.0, 2.0]))


@pytest.mark.parametrize("call, error, match", [
    (lambda: nn.TensorArray(3, ()), TypeError, "the 'dtype' must be a dtype such as luojia.float32, but got 3"),
    (lambda: nn.TensorArray(ms.int32, (), size=-1), ValueError, "must >= 0, but got '-1' with type 'int'"),
    (lambda: nn.TensorArray(ms.int32, ()).read(0), RuntimeError, "below 0, got 0"),
    (lambda: nn.TensorArray(ms.int32, ()).write(-1, 1), RuntimeError, "the index must be from 0 on"),
    (lambda: nn.TensorArray(ms.float32, (2,)).write(0, Tensor(np.ones(3, np.float32))), RuntimeError,
     r"expected shape \(2,\) and Float32, got \(3,\) and Float32"),
])
def test_what_is_refused(call, error, match):
    with pytest.raises(error, match=match):
        call()
