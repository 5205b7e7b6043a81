"""What MXNet's attributes are read as, and what is refused; words and numbers as mxnet 1.9.1 has them."""

import numpy as np
import pytest

from luojia._src.core.attributes import kind_of, reader
from luojia._src.errors import ArgumentError

BAD = object()
CASES = [  # operator, attribute, its default, values and what each is read as
    ("argmax", "axis", None, {"1": 1, 2: 2, "None": None, np.int64(3): 3, True: BAD, 1.5: BAD, (1,): BAD, "a": BAD}),
    ("softmax", "axis", -1, {"-2": -2, None: BAD, "None": BAD}),
    ("FullyConnected", "num_hidden", None, {"3": 3, 0: BAD, -1: BAD, "0": BAD, None: BAD}),
    ("sum", "keepdims", False, {"True": True, 1: True, 0: False, "false": False, 2: BAD, "x": BAD, None: BAD}),
    ("Pooling", "count_include_pad", None, {None: None, "1": True, 2: BAD}),
    ("clip", "a_min", None, {"0.5": 0.5, 3: 3, np.float32(0.5): 0.5, True: BAD, (1.0,): BAD, "a": BAD, None: BAD}),
    ("softmax", "temperature", None, {None: None, "2": 2.0, True: BAD}),
    ("Convolution", "kernel", None, {"(3, 3)": (3, 3), (1, 2): (1, 2), "[2]": (2,), 3: 3, (1.5,): BAD, "a": BAD}),
    ("slice", "begin", None, {(None, 1): (None, 1), "(None, 2)": (None, 2)}),
    ("_contrib_MultiBoxPrior", "sizes", (1.0,), {"(0.5, 1)": (0.5, 1), (1, 0.5): (1, 0.5), ("a",): BAD}),
    ("Activation", "act_type", None, {"relu": "relu", "RELU": BAD, None: BAD, 1: BAD}),
    ("LeakyReLU", "act_type", "leaky", {"gelu": "gelu", "tanh": BAD}),
    ("Convolution", "layout", None, {None: None, "None": None, "NCHW": "NCHW", "NHCW": BAD}),
]


@pytest.mark.parametrize("operator, name, default, values", CASES, ids=[f"{c[0]}-{c[1]}" for c in CASES])
def test_read(operator, name, default, values):
    kind = kind_of(operator, name, default)
    assert kind is not None
    read = reader(operator, name, kind)
    for value, expected in values.items():
        if expected is BAD:
            with pytest.raises(ArgumentError, match="Invalid Parameter format|Invalid Input|should be greater equal"):
                read(value)
        else:
            assert read(value) == expected, value
            assert type(read(value)) is type(expected), value


def test_lists_and_arrays_are_read_as_tuples():
    kind = kind_of("transpose", "axes", ())
    assert kind is not None
    assert reader("transpose", "axes", kind)([1, 0]) == (1, 0)
    assert reader("transpose", "axes", kind)(np.array([1, 0])) == (1, 0)


def test_the_messages_name_what_may_be_given():
    kind = kind_of("Activation", "act_type", None)
    assert kind is not None
    with pytest.raises(ArgumentError, match="Invalid Input: 'bogus', valid values are: {'relu', 'sigmoid', 'softrelu'"):
        reader("Activation", "act_type", kind)("bogus")


def test_nothing_is_known_of_dtypes():
    assert kind_of("cast", "dtype", "float32") is None
