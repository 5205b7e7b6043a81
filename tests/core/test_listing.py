"""Networks as lists of operators."""

import numpy as np
import pytest

import luojia
from luojia import Tensor, nn, ops
from luojia._src.core.listing import listed
from luojia._src.core.tensor import wrap


def run(fn, *inputs, named=None):
    listing = listed("export", fn, inputs, named or {})
    held = {place: wrap(Tensor, a, inputs[0]._device) for place, a in listing.constants.items()}
    return listing, listing.run(inputs, named or {}, held)


def test_a_list_gives_what_the_function_gives():
    x = Tensor([[1.0, -2.0, 3.0]])

    def fn(x):
        n, m = x.shape
        top = ops.ones((n, m), luojia.float32) + x * m
        return {"a": 2.0 / top - 1, "b": (x.argmax(1), [x.mean(), x[:, None, :2]]), "c": 3}

    listing, out = run(fn, x)
    expected = fn(x)
    assert listing.output["c"] == 3 and list(out) == ["a", "b", "c"]
    assert out["a"].tolist() == expected["a"].tolist() and out["b"][0].tolist() == [2]
    assert np.isclose(out["b"][1][0].asnumpy(), 2 / 3) and out["b"][1][1].tolist() == [[[1.0, -2.0]]]


def test_named_tensors_stay_inputs():
    net = nn.Dense(3, 2)
    named = {p.name: p for p in net.get_parameters()}
    listing, out = run(net, Tensor([[1.0, 2.0, 3.0]]), named=named)
    assert sorted(listing.named.values()) == ["bias", "weight"] and not listing.constants
    assert [step.op for step in listing.steps] == ["dense"]
    other = {name: p * 2 for name, p in named.items()}
    twice = listing.run([Tensor([[1.0, 2.0, 3.0]])], other, {})
    assert np.allclose(twice.asnumpy(), 2 * out.asnumpy())


@pytest.mark.parametrize("fn", [
    lambda x: Tensor(x.asnumpy() * 2) + x,
    lambda x: x * float(x[0].asnumpy()),
])
def test_a_result_that_depends_on_inputs_outside_operators_is_refused(fn):
    with pytest.raises(NotImplementedError, match="export: what the network returns depends on its inputs by more"):
        listed("export", fn, [Tensor([1.0, 2.0])], {})
