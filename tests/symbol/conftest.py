"""Symbols that several tests begin with."""

import pytest

import luojia as mx
from luojia import sym


@pytest.fixture(autouse=True)
def fresh_names():
    """Automatic names count from 0."""
    with mx.name.NameManager():
        yield


@pytest.fixture
def a():
    return sym.Variable("a")


@pytest.fixture
def b():
    return sym.Variable("b")


@pytest.fixture
def fc(a):
    return sym.FullyConnected(a, num_hidden=3, name="fc")
