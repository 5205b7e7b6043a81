"""What rarely used parts of the MXNet API answer to small programs; observed_mxnet.txt holds mxnet 1.9.1's answers."""

from pathlib import Path

import numpy as np
import pytest

import luojia as mx
from luojia import autograd, gluon, nd
from tests.observed_mxnet import wrong_lines

OBSERVED = Path(__file__).with_name("observed_mxnet.txt").read_text("utf-8").splitlines()


def names():
    """What the programs name; ``p`` is a temporary directory that they start in."""
    return {
        "mx": mx, "nd": nd, "np": np, "gluon": gluon, "autograd": autograd, "tu": mx.test_utils, "sym": mx.sym,
        "x": nd.array([[1.5, -2.0, 0.25], [3.0, 0.5, -1.0]]), "y": nd.array([[2.0, 1.0, -0.5], [1.0, 4.0, 2.0]]),
        "a": nd.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), "S": mx.sym.Variable("S"), "T": mx.sym.Variable("T"),
    }


@pytest.mark.filterwarnings("ignore")
def test_answers_are_mxnets(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert len(OBSERVED) >= 30
    assert wrong_lines(OBSERVED, names, nd.NDArray) == []
