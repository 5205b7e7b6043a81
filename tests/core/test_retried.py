"""A function that cannot be traced runs again eagerly, as if it had not run before."""

import importlib.util
import warnings

import pytest

import luojia as mx
from luojia import Parameter, Tensor, nn
from tests.core.test_compiled import close, on_xla  # noqa: F401 - every test here runs on it

pytestmark = pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="compiling needs jax")


def test_it_prints_once(capsys):
    def shows(x):
        print("sum", x.sum())
        return x + 1

    def tells(x):
        print("traced")
        return x + 1

    with pytest.warns(UserWarning, match="shows runs eagerly"):
        mx.jit(shows)(Tensor([1.0, 2.0]))
    mx.jit(tells)(Tensor([1.0, 2.0]))
    assert capsys.readouterr().out == "sum 3.0\ntraced\n"


def test_what_a_debugger_prompts_appears_at_once(capsys):
    seen = []

    def asks(x):
        print("(Pdb) ", end="", flush=True)
        seen.append(capsys.readouterr().out)
        return x

    mx.jit(asks)(Tensor([1.0]))
    assert seen == ["(Pdb) "]


def test_containers_that_it_writes_into():
    def keeps(x, known):
        known["twice"] = x * 2
        return x + 1

    def appends(x, seen):
        seen[0].append(x.shape)
        return x + 1

    known, seen = {}, ([],)
    with pytest.warns(UserWarning, match="keeps runs eagerly.*it writes into an argument"):
        mx.jit(keeps)(Tensor([1.0]), known)
    close(known["twice"], [2.0])
    with pytest.warns(UserWarning, match="appends runs eagerly.*it writes into an argument"):
        mx.jit(appends)(Tensor([1.0]), seen)
    assert seen == ([(1,)],)


def test_attributes_are_as_before():
    class Counts(nn.Module):
        def __init__(self):
            super().__init__()
            self.calls, self.kept = 0, Tensor([1.0])
            self.p = Parameter(Tensor([1.0]), name="p")

        def call(self, x):
            self.calls += 1
            self.kept = self.kept + 1.0
            self.fresh = x
            return x + self.kept

    net = Counts()
    f = mx.jit(net)
    with pytest.warns(UserWarning, match="'kept'|'fresh'"):
        close(f(Tensor([1.0])), [3.0])
    close(f(Tensor([1.0])), [4.0])
    assert net.calls == 2
    strict = mx.jit(net, strict=True)
    with pytest.raises(mx.base.MXNetError, match="cannot be compiled"):
        strict(Tensor([1.0]))
    assert net.calls == 2 and net.kept.asnumpy().tolist() == [3.0]


def test_the_object_of_a_method_lives_through_its_call():
    class Model:
        def __init__(self, k):
            self.k = k

        @mx.jit
        def run(self, x):
            return x * self.k

    close(Model(3.0).run(Tensor([2.0])), [6.0])
    assert Model(3.0).run.traces == [] and "run" in repr(Model(3.0).run)


def test_what_it_returns_is_settled_too():
    scale = Parameter(Tensor(2.0), name="scale", requires_grad=False)

    def asks(x):
        return scale if float(x) > 0 else x

    f = mx.jit(asks)
    for _ in range(2):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert type(f(Tensor(1.0))) is Tensor
