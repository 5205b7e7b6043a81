"""The checks check: an operator that is wrong in one way fails in that way."""

import re
from pathlib import Path

import numpy as np
import pytest

from luojia._src.core.op import OPERATORS, Operator
from luojia._src.errors import NotSupportedError
from tests import check_xla
from tests.check import check_op

x = np.array([0.3, -0.7, 1.1])


@pytest.fixture(autouse=True)
def every_dtype(monkeypatch):
    monkeypatch.setattr(check_xla, "_MODE", "all")


def square(xp, x):
    return x * x


def test_a_right_operator_passes():
    check_op(Operator(square, "square_"), x, ref=np.square)


def test_a_wrong_value_fails():
    with pytest.raises(AssertionError, match="square_"):
        check_op(Operator(square, "square_"), x, ref=np.abs)


def test_a_wrong_rule_fails():
    wrong = Operator(square, "square_").vjp(lambda xp, g, ans, args, needs: (g * args[0],))
    with pytest.raises(AssertionError, match="the gradient for array 0"):
        check_op(wrong, x)


def test_a_rule_that_loses_its_links_fails():
    def rule(xp, g, ans, args, needs):
        return (g * (2 * args[0].detach() if hasattr(args[0], "detach") else 2 * args[0]),)

    with pytest.raises(AssertionError, match="gradient of the gradient"):
        check_op(Operator(square, "square_").vjp(rule), x)


def test_a_result_of_another_dtype_fails():
    with pytest.raises(AssertionError, match="of float32 gave float64"):
        check_op(Operator(lambda xp, x: x.astype("float64"), "widen").vjp(lambda xp, g, ans, args, needs: (g,)), x)


@pytest.mark.numpy_engine
def test_a_wrong_fast_path_fails():
    wrong = Operator(square, "square_")
    wrong.fast(lambda needs, x: (x * x, x))
    wrong.fast_vjp(lambda saved, g, args, needs: (g * 2 * saved + 1,))
    with pytest.raises(AssertionError, match="the gradient for array 0"):
        check_op(wrong, x)


def wrong_on_xla(xp, x, when):
    return x * x * (1.001 if xp.engine.name == "xla" and when(xp.engine, x) else 1)


@pytest.mark.parametrize(("when", "words"), [
    (lambda engine, x: x.dtype == "float32", "of float32 on XLA"),
    (lambda engine, x: x.dtype == "float64", "of float64 compiled"),
    (lambda engine, x: engine.tracing.depth, "of float64 compiled"),
])
def test_a_value_that_is_wrong_on_xla_fails(when, words):
    pytest.importorskip("jax", reason="about the comparison with XLA")
    with pytest.raises(AssertionError, match=f"square_ {words}"):
        check_op(Operator(lambda xp, x: wrong_on_xla(xp, x, when), "square_"), x)


def test_a_bfloat16_result_of_another_dtype_fails_on_xla():
    pytest.importorskip("jax", reason="about the comparison with XLA")
    with pytest.raises(AssertionError, match="of bfloat16 compiled gave float32, expected bfloat16"):
        check_op(Operator(lambda xp, x: x * np.ones((), "float32" if x.dtype == "bfloat16" else x.dtype), "widen"), x)


def test_an_operator_that_asks_for_values_is_checked_eager():
    pytest.importorskip("jax", reason="about the comparison with XLA")

    def shorten(xp, x):
        return x[: int(xp.sum(x > 0))]

    asks = Operator(shorten, "shorten_", differentiable=False)
    with pytest.raises(NotSupportedError, match="cannot be compiled"):
        check_op(asks, x)
    check_op(asks, x, ref=x[:2], xla="eager")


def test_every_differentiable_operator_is_checked():
    """Each has a line ``check_op("name", ...)`` somewhere under tests, or one for a part of ``OPERATORS["name"]``.

    Output operators, whose gradient is by design not that of their value, have tests of their own.
    """
    texts = [p.read_text() for p in Path(__file__).parents[1].rglob("test_*.py")]
    checked = {name for text in texts for name in re.findall(r"check_op\(\s*\"(\w+)\"", text)}
    checked |= {n for text in texts if "check_op(" in text for n in re.findall(r"OPERATORS\[\"(\w+)\"\]", text)}
    missing = sorted(o.name for o in OPERATORS.values() if o.differentiable and not o.loss and o.name not in checked)
    assert not missing, f"no check_op line for {missing}"
