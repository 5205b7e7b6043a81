"""nd.CachedOp."""

import pytest

import luojia as mx
from luojia import autograd, nd


def test_a_graph_as_a_function():
    a, b = mx.sym.var("a"), mx.sym.var("b")
    op = nd.CachedOp(mx.sym.square(a) * b)
    x, y, out = nd.array([3.0]), nd.array([2.0]), nd.zeros((1,))
    x.attach_grad()
    with autograd.record():
        z = op(x, y)
    z.backward()
    assert z.asscalar() == 18 and x.grad.asscalar() == 12
    assert op(x, y, out=out) is out and out.asscalar() == 18
    two = nd.CachedOp(mx.sym.Group([a + b, a * b]))
    assert [o.asscalar() for o in two(x, y)] == [5, 6]
    with pytest.raises(mx.MXNetError, match=r"CachedOp expects 2 arrays, for \['a', 'b'\], got 1"):
        op(x)
