"""runtime and engine: what MXNet programs ask of them."""

from importlib.util import find_spec

import pytest

import luojia as mx


def test_features():
    features = mx.runtime.Features()
    assert features.is_enabled("lapack") and not features.is_enabled("MKLDNN")
    assert features["LAPACK"].name == "LAPACK" and repr(features["LAPACK"]) == "✔ LAPACK"
    assert repr(features["TENSORRT"]) == "✖ TENSORRT" and "✔ LAPACK" in repr(features)
    assert features.is_enabled("CUDA") == (mx.context.num_gpus() > 0)
    assert features.is_enabled("DIST_KVSTORE") == features.is_enabled("XLA") == (find_spec("jax") is not None)
    with pytest.raises(RuntimeError, match="Feature 'WARP' is unknown, known features are"):
        features.is_enabled("warp")


def test_bulk_changes_nothing():
    with mx.engine.bulk(30):
        x = mx.nd.ones((2,)) + 1
    assert x.asnumpy().tolist() == [2, 2]
    before = mx.engine.set_bulk_size(7)
    assert mx.engine.set_bulk_size(before) == 7
