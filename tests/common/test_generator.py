"""Generators: streams of one's own, and that of the device."""

from __future__ import annotations

import numpy as np
import pytest

import luojia as ms
from luojia import mint, nn


def numbers(n: int = 4, **kwargs: object) -> list:
    return mint.rand(n, **kwargs).asnumpy().tolist()


def test_a_stream_of_ones_own() -> None:
    g, h = ms.Generator().manual_seed(5), ms.Generator()
    assert g.initial_seed() == 5 and h.initial_seed() == 0
    first = numbers(generator=g)
    assert first != numbers(generator=g) and first != numbers(generator=h)
    assert first == numbers(generator=g.manual_seed(5))
    assert isinstance(fresh := g.seed(), int) and g.initial_seed() == fresh
    state = g.get_state()
    assert state.shape == (16,) and state.dtype == ms.uint8
    again = [mint.randn(2, generator=g).asnumpy().tolist(), mint.randperm(5, generator=g).asnumpy().tolist(),
             mint.randint(0, 9, (3,), generator=g).asnumpy().tolist(),
             mint.normal(size=(2,), generator=g).asnumpy().tolist(),
             mint.bernoulli(ms.Tensor([0.5] * 8), generator=g).asnumpy().tolist(),
             ms.Tensor(np.zeros(3, np.float32)).uniform_(generator=g).asnumpy().tolist()]
    h.set_state(state)
    assert again[0] == mint.randn(2, generator=h).asnumpy().tolist()
    assert again[1] == mint.randperm(5, generator=h).asnumpy().tolist()


def test_the_stream_of_the_device() -> None:
    ms.manual_seed(3)
    assert ms.initial_seed() == 3 and ms.default_generator.initial_seed() == 3
    first = numbers()
    state = ms.get_rng_state()
    second = numbers()
    ms.set_rng_state(state)
    assert numbers() == second != first
    ms.manual_seed(3)
    assert numbers() == first
    before = numbers()
    numbers(generator=ms.Generator())
    ms.manual_seed(3)
    assert numbers() == first and numbers() == before
    assert ms.default_generator.get_state().shape == (16,)
    assert isinstance(ms.common.generator.seed(), int)


def test_dropout_goes_on_from_a_state() -> None:
    net = nn.Dropout(p=0.5)
    net.set_train()
    x = ms.Tensor(np.ones(20, np.float32))
    state = ms.get_rng_state()
    first = net(x).asnumpy()
    ms.set_rng_state(state)
    assert (net(x).asnumpy() == first).all()


def test_what_is_refused() -> None:
    with pytest.raises(TypeError, match=r"'Generator.manual_seed', the seed must be int, but got float"):
        ms.Generator().manual_seed(1.5)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"'Generator.set_state', the state must be a Tensor, but got int"):
        ms.Generator().set_state(3)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"16 numbers of uint8, but got shape \(3,\) and float32"):
        ms.set_rng_state(ms.Tensor(np.ones(3, np.float32)))
    with pytest.raises(TypeError, match="generator must be a Generator or None, but got int"):
        mint.rand(2, generator=3)


def test_names_of_dtypes() -> None:
    assert ms.half is ms.float16 and ms.long is ms.int64 and ms.ubyte is ms.uint8 and ms.cfloat is ms.complex64
    assert ms.common.float32 is ms.float32 and ms.common.double is ms.float64 and ms.common.uintp is ms.uint64
    assert callable(ms.common.recompute)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = ms.common.nothing


@pytest.mark.skipif(not ms.cpu().engine.compiles, reason="compiling needs the XLA engine")
def test_a_compiled_function_with_a_generator_runs_eagerly() -> None:
    g = ms.Generator()
    f = ms.jit(lambda x: x + mint.rand(2, generator=g))
    with pytest.warns(UserWarning, match="it draws from a Generator"):
        first = f(ms.Tensor([0.0, 0.0]))
    assert (first.asnumpy() != f(ms.Tensor([0.0, 0.0])).asnumpy()).all()
