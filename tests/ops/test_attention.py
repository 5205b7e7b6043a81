import numpy as np
import pytest

from luojia import Tensor
from luojia._src.core.op import OPERATORS
from luojia._src.errors import ShapeError
from tests.check import check_op

rng = np.random.default_rng(6)


def array(*shape):
    return rng.normal(size=shape)


def plain(q, k, v, bias=0, scale=None):
    s = q @ np.swapaxes(k, -1, -2) * (scale or q.shape[-1] ** -0.5) + bias
    p = np.exp(s - s.max(-1, keepdims=True))
    return p / p.sum(-1, keepdims=True) @ v


def test_scaled_dot_product_attention():
    q, k, v = array(2, 3, 4), array(2, 5, 4), array(2, 5, 2)
    check_op("scaled_dot_product_attention", q, k, v, None, ref=plain(q, k, v))
    mask = array(3, 5)
    check_op("scaled_dot_product_attention", q, k, v, mask, attrs={"scale": 0.3}, ref=plain(q, k, v, mask, 0.3))
    seen = np.tril(np.ones((3, 5), bool), 1)
    hidden = np.where(seen, 0, -np.inf)
    check_op("scaled_dot_product_attention", q, k, v, seen, ref=plain(q, k, v, hidden))
    past = np.where(np.tril(np.ones((3, 5), bool), 2), 0, -np.inf)
    check_op("scaled_dot_product_attention", q, k, v, None, attrs={"causal": True}, ref=plain(q, k, v, past))
    check_op("attention_past", attrs={"rows": 2, "columns": 3}, ref=np.array([[1, 1, 0], [1, 1, 1]]), dtypes=())


def test_interleaved_products_are_an_attention():
    heads, length, batch, width = 2, 3, 2, 2
    x = array(length, batch, heads * 3 * width)
    check_op("interleaved_matmul_selfatt_qk", x, attrs={"heads": heads})
    q, k, v = (x.reshape(length, batch * heads, 3, width)[:, :, i].swapaxes(0, 1) for i in range(3))
    attention = array(batch * heads, length, length)
    scores = OPERATORS["interleaved_matmul_selfatt_qk"](Tensor(x), heads=heads).asnumpy()
    np.testing.assert_allclose(scores, q @ k.swapaxes(1, 2) / np.sqrt(width))
    ref = (attention @ v).swapaxes(0, 1).reshape(length, batch, heads * width)
    check_op("interleaved_matmul_selfatt_valatt", x, attention, attrs={"heads": heads}, ref=ref)
    queries, keys_values = array(4, batch, heads * width), array(length, batch, heads * 2 * width)
    check_op("interleaved_matmul_encdec_qk", queries, keys_values, attrs={"heads": heads})
    check_op("interleaved_matmul_encdec_valatt", keys_values, array(batch * heads, 4, length), attrs={"heads": heads})
    check_op("div_sqrt_dim", x, ref=x / np.sqrt(x.shape[-1]))


def test_errors():
    with pytest.raises(ShapeError, match="queries and keys of one width"):
        OPERATORS["scaled_dot_product_attention"](Tensor(array(2, 3)), Tensor(array(2, 4)), Tensor(array(2, 3)))
    with pytest.raises(ShapeError, match="heads=2"):
        OPERATORS["interleaved_matmul_selfatt_qk"](Tensor(array(2, 3, 4)), heads=2)
