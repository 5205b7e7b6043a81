"""What ``nd`` answers to small programs. The answers in observed.txt are mxnet 1.9.1's."""

from pathlib import Path

import numpy as np

import luojia as mx
from luojia import autograd, gluon, nd
from tests.observed_mxnet import wrong_lines

OBSERVED = Path(__file__).with_name("observed.txt").read_text("utf-8").splitlines()


def names():
    """The arrays of observed.txt's programs."""
    return {
        "nd": nd, "mx": mx, "np": np, "gluon": gluon, "autograd": autograd,
        "x": nd.array([[1.5, -2.0, 0.25], [3.0, 0.5, -1.0]]), "y": nd.array([[2.0, 1.0, -0.5], [1.0, 4.0, 2.0]]),
        "i": nd.array([[1, 4, 9], [2, 7, 5]], dtype="int32"), "u": nd.array([5, 250], dtype="uint8"),
    }


def test_answers_are_mxnets():
    assert len(OBSERVED) >= 30
    assert wrong_lines(OBSERVED, names, nd.NDArray) == []
