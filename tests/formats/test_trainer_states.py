import os
import pickle

import numpy as np
import pytest

from luojia._src.errors import DTypeError, FormatError, NotSupportedError
from luojia._src.formats.trainer_states import Object, dump, load, save

SGD = Object("mxnet.optimizer.optimizer.SGD", {"lr": 0.1, "num_update": 3, "lr_mult": {"b": 2.0}, "sym_info": ()})


def test_momentum_of_mxnet(fixtures):
    states, optimizer = load(fixtures / "mxnet/trainer_sgd.states")
    np.testing.assert_array_equal(states[0], np.float32([-0.1, -0.1]))
    np.testing.assert_array_equal(states[1], np.full((2, 3), -0.1, np.float32))
    assert optimizer.kind == "mxnet.optimizer.optimizer.SGD"
    kept = {k: optimizer.attributes[k] for k in ("lr", "momentum", "wd", "num_update", "_index_update_count")}
    assert kept == {"lr": 0.1, "momentum": 0.9, "wd": 0.0, "num_update": 1, "_index_update_count": {0: 1, 1: 1}}


def test_adam_of_mxnet(fixtures):
    """After one step of gradient 1: mean 1 - beta1, variance 1 - beta2."""
    states, optimizer = load(str(fixtures / "mxnet/trainer_adam.states"))
    for index, shape in enumerate([(2,), (2, 3)]):
        mean, var = states[index]
        np.testing.assert_allclose(mean, np.full(shape, 0.1), rtol=1e-6)
        np.testing.assert_allclose(var, np.full(shape, 0.001), rtol=2e-5)
    assert optimizer.kind.endswith(".Adam") and optimizer.attributes["beta2"] == 0.999


def test_round_trip(tmp_path):
    """mxnet 1.9.1 loads such files and goes on training from them."""
    schedule = Object("mxnet.lr_scheduler.FactorScheduler", {"step": 10, "base_lr": np.float64(0.5)})
    optimizer = Object(SGD.kind, SGD.attributes | {"lr_scheduler": schedule})
    states = {0: None, 1: np.float32([1, 2]), "w": (np.ones((2, 2), "f2"), (np.array(3.0), None))}
    for arguments in ((states,), (states, optimizer)):
        save(tmp_path / "s", *arguments)
        found, kept = load(tmp_path / "s")
        assert found.keys() == states.keys() and found[0] is None and found["w"][1][1] is None
        for a, b in [(found[1], states[1]), (found["w"][0], states["w"][0]), (found["w"][1][0], np.array(3.0))]:
            assert a.dtype == b.dtype
            np.testing.assert_array_equal(a, b)
        assert kept == (optimizer if len(arguments) == 2 else None)


def test_what_is_shared_stays_shared():
    counts = {0: 1}
    _, found = load(dump({}, Object("a.B", {"x": counts, "y": counts})))
    assert found.attributes["x"] is found.attributes["y"]
    deep = ()
    for _ in range(60):  # two to the sixty tuples, were they copied
        deep = (deep, deep)
    assert load(dump({}, Object("a.B", {"x": deep})))[1].attributes["x"][0] is not None


def test_nothing_in_the_file_is_called(tmp_path):
    """A pickle that would run a command, as a state, as the optimizer, in its attributes: the command never runs."""

    class Evil:
        def __reduce__(self):
            return os.system, (f"touch {tmp_path}/ran",)

    for content in (Evil(), {0: Evil()}, ({}, Evil()), {0: (Evil(),)}):
        data = pickle.dumps(content)
        try:
            _, optimizer = load(data)
        except (FormatError, NotSupportedError):
            continue
        assert optimizer == Object("posix.system")
    assert os.listdir(tmp_path) == []
    with pytest.raises(NotSupportedError, match="the state of parameter 0 is a posix.system; luojia reads dense"):
        load(pickle.dumps({0: Evil()}))


def test_refused_to_write(tmp_path):
    save(tmp_path / "f", {0: np.ones(2)})
    old = (tmp_path / "f").read_bytes()
    for value in (object(), os.system, int, np.random.default_rng()):
        with pytest.raises(DTypeError, match="expects None, arrays, tuples and plain values, got"):
            save(tmp_path / "f", {0: value})
    with pytest.raises(DTypeError, match="got complex128"):
        save(tmp_path / "f", {0: np.ones(2, complex)})
    assert (tmp_path / "f").read_bytes() == old and os.listdir(tmp_path) == ["f"]


def looped():
    states = {}
    states[0] = (states,)
    return states


BROKEN = {
    "is truncated, corrupted or no pickle: ": b"not a pickle",
    "no pickle: EOFError": b"",
    "holds no states: expected a dict by index, got list": pickle.dumps([1]),
    "holds no states: expected a dict by index, got dict": pickle.dumps(({}, 3)),
    "the state of parameter 0 is a int, expected None, an NDArray or a tuple": pickle.dumps({0: 3}),
    "an object contains itself": pickle.dumps(looped()),
    "load of an NDArray: <bytes> is corrupted: .* no magic": dump({0: np.ones(1)}).replace(b"\xfa\x93\xf9", b"xyz"),
}


@pytest.mark.parametrize("match", BROKEN)
def test_broken_files(match):
    with pytest.raises(FormatError, match=f"load of trainer states: <bytes>:? .*{match}"):
        load(BROKEN[match])


@pytest.mark.parametrize("name", ["sgd", "adam"])
def test_every_cut_is_refused(fixtures, damage, name):
    damage.every_cut(load, (fixtures / f"mxnet/trainer_{name}.states").read_bytes())
    damage.every_cut(load, dump({0: np.ones(2), 1: None}, SGD))


def test_random_corruption(fixtures, damage):
    damage.random_corruption(load, (fixtures / "mxnet/trainer_adam.states").read_bytes(), factor=200)


@pytest.mark.parametrize("code", [pickle.BYTEARRAY8, pickle.BINBYTES8, pickle.BINUNICODE8, pickle.FRAME, b"\x8b"])
def test_sizes_are_checked_before_allocation(damage, code):
    size = (2**30).to_bytes(4 if code == b"\x8b" else 8, "little")  # 0x8b: LONG4
    assert not damage.bounded(load, b"\x80\x05" + code + size + b"abc.")
    assert not damage.bounded(load, b"\x80\x04}r\xff\xff\xff\x7f" + b"a" * 4)  # memo number two billion
