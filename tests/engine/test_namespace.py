"""The namespace that operators see: primitives, then the module's names, then operators."""

import types

import pytest

from luojia._src.core.op import OPERATORS
from luojia._src.engine.namespace import Namespace
from luojia._src.engine.numpy_engine import ENGINE


def test_the_order_of_lookup():
    module = types.SimpleNamespace(both="module", only="module")
    space = Namespace("space", module, {"both": "primitive"})
    assert (space.both, space.only, space.__name__) == ("primitive", "module", "space")
    module.only = "changed"
    assert space.only == "module"  # looked up once
    assert space.put_add.func is OPERATORS["put_add"].fn


def test_unknown_names():
    with pytest.raises(AttributeError, match="no_such_name"):
        ENGINE.xp.no_such_name  # noqa: B018
