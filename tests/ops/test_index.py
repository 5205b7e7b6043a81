"""Positions in an index, on whichever engine runs."""

import numpy as np
import pytest

from luojia import Tensor


def test_positions_outside():
    x = Tensor(np.arange(24, dtype=np.float32).reshape(2, 3, 4))
    for index, place in (([0, 5], "index 5 .* axis 0 with size 2"), ((..., [0, 9]), "index 9 .* axis 2 with size 4"),
                         ((slice(None), Tensor([-4])), "index -4 .* axis 1 with size 3"),
                         ((Tensor(np.ones((2, 3), bool)), [9] * 6), "index 9 .* axis 2")):
        with pytest.raises(IndexError, match=place):
            x[index]
        with pytest.raises(IndexError, match=place):
            x[index] = 0.0
    assert x[None, [1], [2], [-4]].asnumpy().tolist() == [[20]]
    assert x[-1, [1, 2], ..., [0, -4]].asnumpy().tolist() == [16, 20]
    assert float(x.sum()) == 276
