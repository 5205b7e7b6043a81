"""Names that are refused: through one table, by name, with what to use instead."""

import pytest

import luojia as mx
from luojia._src.core.refused import REFUSED, SYMBOLS, missing
from luojia._src.errors import AbsentName, NotSupportedError


@pytest.mark.parametrize(("module", "name", "advice"), [
    (mx.nd.contrib, "dgl_adjacency", "take and gather_nd"), (mx.nd.contrib, "quantized_rnn", "floating point"),
    (mx.nd.contrib, "dgl_subgraph", "take and gather_nd"), (mx.nd, "imdecode", "mx.image.imdecode"),
    (mx.nd._internal, "_backward_Activation", "autograd"), (mx.nd.op, "backward_abs", "autograd"),
    (mx.sym.contrib, "quantized_rnn", "quantize_v2"), (mx.sym, "sgd_mom_update", "optimizer"),
    (mx.sym.contrib, "adamw_update", "optimizer"),
])
def test_a_refused_name(module, name, advice):
    with pytest.raises(NotSupportedError, match=rf"{name.lstrip('_')} is not supported: .*{advice}"):
        getattr(module, name)
    with pytest.raises(mx.MXNetError):
        getattr(module, name)
    assert not hasattr(module, name)


def test_other_names_are_plain_attribute_errors():
    for name in ("nope", "reset_arrays"):
        assert isinstance(missing("m", name), AbsentName)
    assert isinstance(missing("m", "reset_arrays", symbols=True), NotSupportedError)


def test_nothing_that_exists_is_refused():
    for name in [*REFUSED, *SYMBOLS]:
        if "*" not in name:
            assert not (name in REFUSED and hasattr(mx.nd, name)), name
            assert not hasattr(mx.nd.contrib, name) or name in SYMBOLS, name
            assert not hasattr(mx.sym, name) and not hasattr(mx.sym.contrib, name), name
