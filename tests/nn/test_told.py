"""What the docstrings of layers, losses and optimizers end in."""

import pytest

from luojia import nn
from luojia._src.core.accepted import read as read_accepted
from luojia._src.core.arguments import read
from luojia.nn import told


@pytest.mark.parametrize(("cls", "text"), [
    (nn.AvgPool1d, "    kernel_size: size of the window, one number or one an axis (1 if left out).\n"),
    (nn.AvgPool1d, "    ``stride`` that is not > 0 is a ValueError.\n"),
    (nn.AvgPool1d, "``x`` of other dtypes than Float16, Float32, Float64, BFloat16 is a TypeError."),
    (nn.Adam, "    beta1: how much of the mean of gradients each step keeps (0.9 if left out).\n"),
    (nn.Adam, ">>> w.asnumpy().round(3)\narray([0.9, 1.9], dtype=float32)"),
    (nn.Hardtanh, "    min_val: the least value (-1.0 if left out).\n"),
    (nn.Threshold, "    value: required."),
    (nn.BCELoss, "``logits`` and ``labels`` of unlike dtypes are a TypeError."),
])
def test_what_is_told(cls, text):
    assert text in cls.__doc__


def test_a_class_says_more_than_the_table():
    assert nn.Dense.__doc__.count("Args:") == 1 and "widths of input and output" in nn.Dense.__doc__


def test_refusals_and_arguments_of_a_class_made_here():
    class Half:
        """x / 2."""

        def __init__(self, axis, mode="a", keep_dims=False):
            pass

    class Plain:
        """Nothing to tell."""

    space = {"Half": Half, "Plain": Plain, "Other": Half, "number": 3}
    kinds = read("Half  axis: int; mode: str ! ~ in a,b")
    told.tell(space, space, kinds, read_accepted("Half  x: f32"))
    assert Half.__doc__ == """x / 2.

Args:
    axis: the axis, or axes, along which it computes.
    mode: ('a' if left out).
    keep_dims: whether reduced axes stay, with length 1 (False if left out).

Refused:
    ``axis`` that is no int is a TypeError.
    ``mode`` that is no str is a ValueError.
    ``mode`` that is not in a, b is a TypeError.
    ``x`` of other dtypes than Float32 is a TypeError."""
    assert Plain.__doc__ == "Nothing to tell."


def test_every_meaning_has_words():
    assert [name for name, meaning in told.MEANINGS.items() if not (name.isidentifier() and meaning)] == []
