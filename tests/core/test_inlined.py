"""Rules written into passes, and passes that are recorded: each equals what calling the rules gives."""

from __future__ import annotations

import ast

import numpy as np
import pytest

import luojia as lj
from luojia import autograd, nd, ops
from luojia._src.core import inlined, repeated, tape
from luojia._src.core.op import OPERATORS
from luojia._src.core.tensor import wrap
from luojia._src.engine.devices import cpu

pytestmark = pytest.mark.numpy_engine
PLAIN = [o for o in OPERATORS.values() if 1 <= len(o.inputs) <= 2 and not o.variadic and not o.aux and not o.attrs
         and o.direct_rule is not None and inlined.cotangents(o.direct_rule, len(o.inputs))]  # fmt: skip
VALUES = np.array([[0.6, 0.2, 0.3], [0.2, 0.7, 0.1], [0.3, 0.1, 0.8]], np.float32)


@pytest.fixture(autouse=True)
def _forget(monkeypatch):
    monkeypatch.setattr(repeated, "_known", {})
    monkeypatch.setattr(repeated, "_unknown", {})
    monkeypatch.setattr(repeated, "_PATIENCE", 3)


def known() -> int:
    return sum(len(passes) for passes in repeated._known.values())


@np.errstate(all="ignore")
def first_and_second(op, arrays: list) -> list[np.ndarray]:
    """Gradients of sum((op(xs) * 0.5 + x) ** 2) by each input, and of the sum of their squares."""
    xs = [nd.array(a, dtype=a.dtype) for a in arrays]
    for x in xs:
        x.attach_grad()
    with autograd.record():
        y = ((op(*xs) * 0.5 + xs[0]) ** 2).sum()
        gs = autograd.grad(y, xs, create_graph=True, retain_graph=True)
        z = (gs[0] * gs[0]).sum() if len(gs) == 1 else (gs[0] * gs[0]).sum() + (gs[1] * gs[1]).sum()
    z.backward()
    return [*[g.asnumpy() for g in gs], *[x.grad.asnumpy() for x in xs]]


def test_many_rules_are_one_return():
    assert {"add", "subtract", "multiply", "divide", "negative", "tanh", "exp", "square"} <= {o.name for o in PLAIN}
    assert len(PLAIN) >= 30


@pytest.mark.parametrize("op", PLAIN, ids=lambda o: o.name)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_passes_with_rules_written_in_give_what_calls_give(op, dtype):
    arrays = [VALUES.astype(dtype), VALUES.T.astype(dtype) + 1][: len(op.inputs)]
    try:
        wanted = first_and_second(op, arrays)
    except (ValueError, TypeError, NotImplementedError, lj.base.MXNetError):
        pytest.skip("not twice differentiable on matrices")
    for _ in range(6):
        for a, b in zip(first_and_second(op, arrays), wanted):
            assert a.dtype == b.dtype == dtype
            np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("shapes", [[(2, 3), (1,)], [(2, 3), (3,)], [(2, 3), (1, 1)], [(1,), (2, 3)], [(1, 1), (1,)],
                                    [(0, 3), (1,)], [(4, 1), (1, 5)]], ids=str)
@pytest.mark.parametrize("name", ["multiply", "add", "subtract", "divide"])
def test_broadcast_arguments(name, shapes):
    """One number for many is multiplied as an array without axes, and its gradient is summed to its shape."""
    rng = np.random.default_rng(0)
    arrays = [rng.uniform(1, 2, s).astype(np.float32) for s in shapes]
    wanted = first_and_second(OPERATORS[name], arrays)
    for _ in range(6):
        for a, b in zip(first_and_second(OPERATORS[name], arrays), wanted):
            assert a.shape == b.shape
            np.testing.assert_allclose(a, b, rtol=1e-6)


def test_a_parameter_of_one_number_and_then_of_more():
    """A pass that was written for one number is right for a row."""
    def run(w):
        p = lj.Parameter(lj.Tensor(w), name="w")
        x = lj.Tensor(VALUES)
        grads = ops.GradOperation(get_all=True, get_by_list=True)(lambda x: (x * p + x).sum(), lj.ParameterTuple([p]))
        (dx,), (dw,) = grads(x)
        return dx.asnumpy(), dw.asnumpy()

    row = np.array([1.0, 2.0, 3.0], np.float32)
    for _ in range(8):
        dx, dw = run(np.array([2.0], np.float32))
        assert dx.tolist() == [[3.0] * 3] * 3
        np.testing.assert_allclose(dw, [VALUES.sum()], rtol=1e-6)
    assert known()
    dx, dw = run(row)
    np.testing.assert_allclose(dx, np.broadcast_to(row + 1, (3, 3)))
    np.testing.assert_allclose(dw, VALUES.sum(axis=0), rtol=1e-6)


def test_numbers_in_rules_keep_the_dtype():
    """1 - ans is an array of no axes for float32 alone: float16 would become float32 beside it."""
    def rule(xp, g, ans, args, needs):
        return (g * ans * (1 - ans) + 2 * g,)

    given, expressions = inlined.cotangents(rule, 1)
    space: dict = {}

    def bake(value):
        space[f"c{len(space)}"] = value
        return f"c{len(space) - 1}"

    source = inlined.Inliner(rule, {"g": "g", "ans": "ans"}, {}, [], (True,), bake, True).source(expressions[0])
    for dtype in ("float16", "float32", "float64"):
        g, ans = VALUES.astype(dtype), VALUES.T.astype(dtype)
        got = eval(source, {**space, "g": g, "ans": ans})
        assert got.dtype == dtype
        np.testing.assert_array_equal(got, g * ans * (1 - ans) + 2 * g)


def _two_statements(xp, g, ans, args, needs):
    part = g * ans
    return (part,)


def _with_a_scope(xp, g, ans, args, needs):
    return (sum(g * a for a in args),)


def _maybe_none(xp, g, ans, args, needs):
    return g, None


def _starred(xp, g, ans, args, needs):
    return (g, *[None] * (len(args) - 1))


def test_what_is_not_written_in():
    assert inlined.cotangents(_two_statements, 1) is None
    assert inlined.cotangents(_with_a_scope, 1) is None
    assert inlined.cotangents(_starred, 1) is None
    assert inlined.cotangents(lambda xp, g, ans, args, needs: (g,), 1) is None
    _, expressions = inlined.cotangents(_maybe_none, 2)
    inliner = inlined.Inliner(_maybe_none, {"g": "g"}, {}, [], (True, True), str, True)
    assert inliner.source(expressions[0]) == "g" and inliner.source(expressions[1]) is None


def test_a_source_that_has_changed_is_not_taken(tmp_path, monkeypatch):
    """A file may be edited while the program runs: the rule that was compiled counts."""
    path = tmp_path / "rules_of_today.py"
    path.write_text("def rule(xp, g, ans, args, needs):\n    return (g * 2,)\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    import rules_of_today  # pyright: ignore[reportMissingImports]

    path.write_text("def rule(xp, g, ans, args, needs):\n    return (g * 3,)\n")
    assert inlined.cotangents(rules_of_today.rule, 1) is None


def test_needs_are_answered_when_the_pass_is_written():
    given, expressions = inlined.cotangents(OPERATORS["multiply"].direct_rule, 2)
    assert given == ["x", "y"]
    inliner = inlined.Inliner(OPERATORS["multiply"].direct_rule, {"g": "g7"}, {"x": "n7.args[0]", "y": "n7.args[1]"},
                              ["n7.args[0]", "n7.args[1]"], (True, True), str, True)
    assert inliner.source(expressions[0]) == "g7 * n7.args[1]"
    assert "needs" in ast.unparse(expressions[0])


# -- passes that are recorded ------------------------------------------------------------------------------------------


def cube(x):
    return (x[1:] * x[:-1] ** 2 + 3.0 * x[1:] - (1.0 - x[:-1]) ** 3).sum()


def linked_calls(monkeypatch) -> list[bool]:
    """Whether each recorded pass went by one that was written."""
    seen: list[bool] = []
    original = repeated.repeated

    def ask(head, g, floor=0, wanted=frozenset(), linked=False):
        found = original(head, g, floor, wanted, linked)
        if linked:
            seen.append(found is not None)
        return found

    monkeypatch.setattr("luojia.autograd.repeated", ask)
    monkeypatch.setattr("luojia._src.core.transforms.repeated", ask)
    return seen


def test_second_and_third_order_by_written_passes(monkeypatch):
    seen = linked_calls(monkeypatch)
    x = nd.array([0.5, 1.5, -2.0, 3.0])
    x.attach_grad()
    answers = []
    for _ in range(10):
        with autograd.record():
            first = autograd.grad(cube(x), x, create_graph=True, retain_graph=True)[0]
            second = autograd.grad((first * first).sum(), x, create_graph=True, retain_graph=True)[0]
            z = (second * x).sum()
        z.backward()
        answers.append([a.asnumpy() for a in (first, second, x.grad)])
    assert not seen[0] and all(seen[-2:])
    for answer in answers[1:]:
        for a, b in zip(answer, answers[0]):
            np.testing.assert_array_equal(a, b)


def test_gradients_of_gradients_as_functions(monkeypatch):
    seen = linked_calls(monkeypatch)
    x = lj.Tensor(np.array([0.5, 1.5, -2.0], np.float32))
    gradient = ops.GradOperation()(cube)
    product = ops.GradOperation(sens_param=True)(gradient)
    v = lj.Tensor(np.array([1.0, 2.0, -1.0], np.float32))
    answers = [product(x, v).asnumpy() for _ in range(8)]
    assert not seen[0] and seen[-1]
    for answer in answers:
        np.testing.assert_array_equal(answer, answers[0])
    h = 1e-3
    f = [gradient(lj.Tensor((x.asnumpy() + s * h * v.asnumpy()).astype(np.float32))).asnumpy() for s in (1, -1)]
    np.testing.assert_allclose(answers[0], (f[0] - f[1]) / (2 * h), rtol=2e-3)


def test_a_written_recorded_pass_leaves_other_graphs_alone():
    """Arguments of other kinds, an input that is no end, and a pass within a compiled run go the general way."""
    def hvp(fn, x):
        x = nd.array(x)
        x.attach_grad()
        with autograd.record():
            y = fn(x)
            g = autograd.grad(y, x, create_graph=True, retain_graph=True)[0]
        g.backward()
        return g.asnumpy(), x.grad.asnumpy()

    for _ in range(6):
        hvp(lambda x: (x * 2.0 * x).tanh() + x, [1.0, 2.0])
    constant = nd.array([2.0, 2.0])
    for a, b in zip(hvp(lambda x: (x * constant * x).tanh() + x, [1.0, 2.0]),
                    hvp(lambda x: (x * 2.0 * x).tanh() + x, [1.0, 2.0])):
        np.testing.assert_allclose(a, b, rtol=1e-6)


def test_ends():
    """An input within an outer recording ends a pass; any other operator's node is to be passed."""
    x = nd.array([1.0, 2.0])
    x.attach_grad()
    floor = tape.next_id()
    with autograd.record():
        alias = OPERATORS["identity"](x)
        other = alias * x
    assert repeated.is_end(x._node, 0) and repeated.is_end(alias._node, floor)
    assert not repeated.is_end(alias._node, 0) and not repeated.is_end(other._node, floor)


def test_the_wrapped_seed_is_linked():
    """A cotangent that is on the tape is differentiated too."""
    results = []
    for _ in range(6):
        x, s = nd.array([1.0, 2.0]), nd.array([3.0, 4.0])
        for a in (x, s):
            a.attach_grad()
        with autograd.record():
            y = x * x + x
            g = autograd.grad(y, x, head_grads=s * s, create_graph=True, retain_graph=True)[0]
        g.backward()
        results.append((g.asnumpy().tolist(), x.grad.asnumpy().tolist(), s.grad.asnumpy().tolist()))
    assert results == [([27.0, 80.0], [18.0, 32.0], [18.0, 40.0])] * 6
    assert wrap(nd.NDArray, np.ones(1), cpu()).shape == (1,)


def test_an_input_that_is_not_used_has_a_gradient_of_zero():
    w = lj.Parameter(lj.Tensor(np.ones((2, 2), np.float32)), name="w")
    for fn, wanted in ((lambda x: (w * w).sum(), 0.0), (lambda x: w, 0.0), (lambda x: x * 0 + w, 0.0),
                       (lambda x: x, 1.0), (lambda x: (x, w * 2)[1], 0.0)):
        for _ in range(6):
            g = ops.GradOperation()(fn)(lj.Tensor(np.array([3.0], np.float32)))
            assert g.shape == (1,) and g.asnumpy().tolist() == [wanted]


def test_an_error_within_a_function_leaves_no_recording_open():
    def fails(x):
        raise KeyError("inside")

    with pytest.raises(KeyError, match="inside"):
        ops.GradOperation()(fails)(lj.Tensor([1.0]))
    assert not tape.state.recording and tape.state.depth == 0
    assert ops.GradOperation()(lambda x: x * x)(lj.Tensor([2.0])).asnumpy().tolist() == [4.0]
