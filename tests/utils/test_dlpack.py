"""Tensors through DLPack."""

import numpy as np
import pytest

import luojia
from luojia import Tensor
from luojia.utils.dlpack import from_dlpack, to_dlpack


def test_a_tensor_goes_through_a_capsule():
    capsule = to_dlpack(Tensor([[1, 2]], luojia.int32))
    assert repr(from_dlpack(capsule)) == "Tensor(shape=[1, 2], dtype=Int32, value=\n[[1, 2]])"
    with pytest.raises(TypeError, match="capsules can be consumed only once"):
        from_dlpack(capsule)
    assert luojia.from_dlpack(np.arange(2)).tolist() == [0, 1] and luojia.to_dlpack is to_dlpack


def test_errors():
    with pytest.raises(TypeError, match="the argument 'tensor' must be a Tensor, but got <class 'int'>"):
        to_dlpack(3)
    with pytest.raises(TypeError, match="from_dlpack received an invalid capsule: it wants what to_dlpack gives"):
        from_dlpack(3)
    with pytest.raises(NotImplementedError, match="luojia.utils.stress_detect is not provided; it watches Ascend"):
        _ = luojia.utils.stress_detect
