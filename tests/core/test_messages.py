"""What errors tell that NumPy raised inside an operator: which operator, what fits, what arrived."""

import numpy as np
import pytest

from luojia import Tensor, nd, ops
from luojia._src.core.op import OPERATORS


def ones(*shape):
    return Tensor(np.ones(shape, np.float32))


@pytest.mark.parametrize(("call", "kind", "told"), [
    (lambda: ops.add(ones(2), ones(3)), ValueError,
     "; lengths must be equal or 1, counted from the last axis; it was applied to ((2,) float32, (3,) float32)."),
    (lambda: nd.ones(2) + nd.ones(3), ValueError, "lengths must be equal or 1, counted from the last axis"),
    (lambda: Tensor([[1], [2, 3]]), TypeError, "the nested lists do not form an array (their lengths differ)."),
    (lambda: nd.ones(2).attach_grad(grad_req="x"), KeyError,
     "attach_grad: grad_req must be 'write', 'add' or 'null', got 'x'"),
    (lambda: nd.random.uniform(shape="a"), ValueError,
     "nd.random: shape must be an int or a tuple of ints, got 'a'."),
])
def test_what_is_told(call, kind, told):
    with pytest.raises(kind) as caught:
        call()
    assert told in str(caught.value)


def test_products_and_creation_on_numpy():
    if nd.ones(1).context.engine.name != "numpy":
        return  # XLA tells them in its own words
    with pytest.raises(ValueError, match="^dense: lengths 3 and 5, which the product sums over, must be equal; it was"):
        nd.FullyConnected(nd.ones((2, 3)), nd.ones((4, 5)), nd.ones(4), num_hidden=4)
    with pytest.raises(ValueError, match="^For 'linspace', the number of steps must be positive, but got -1[.]$"):
        ops.linspace(0, 1, -1)


def test_the_public_name_of_an_operator():
    chosen = ("add", "filled_ones", "special_i0", "softmax")
    names = {name: OPERATORS[name].public for name in chosen}
    assert names == {"add": "add", "filled_ones": "ones", "special_i0": "bessel_i0", "softmax": "softmax"}
