"""An optimizer of one's own, written for MindSpore: what it takes from its base class, with the original's numbers."""

import numpy as np
import pytest

import luojia as ms
from luojia import Parameter, Tensor, nn, ops
from luojia.nn import opt_init_args_register

adam = ops.MultitypeFuncGraph("adam")


@adam.register("Tensor", "Tensor", "Tensor", "Tensor", "Tensor", "Tensor", "Tensor", "Tensor", "Bool", "Bool")
def _(beta1, beta2, lr, wd, param, m, v, gradient, decays, mine):
    assert mine
    m_new, v_new = beta1 * m + (1 - beta1) * gradient, beta2 * v + (1 - beta2) * ops.square(gradient)
    update = m_new / (1e-6 + ops.sqrt(v_new)) + (wd * param if decays else 0)
    ops.assign(m, m_new)
    ops.assign(v, v_new)
    return ops.depend(gradient, ops.assign(param, param - lr * update))


class AdamW(nn.Optimizer):
    @opt_init_args_register
    def __init__(self, params, learning_rate=1e-3, weight_decay=0.0):
        super().__init__(learning_rate, params, weight_decay)
        self.beta1, self.beta2 = Tensor([0.9], ms.float32), Tensor([0.999], ms.float32)
        self.moments1, self.moments2 = (self.parameters.clone(prefix=p, init="zeros") for p in ("adam_m", "adam_v"))

    def construct(self, gradients):
        decay, rate = self.get_weight_decay(), self.get_lr()
        self.assignadd(self.global_step, self.global_step_increase_tensor)
        further = (self._parameters, self.moments1, self.moments2, gradients, self.decay_flags, self.optim_filter)
        if self.is_group_lr:
            return self.hyper_map(ops.partial(adam, self.beta1, self.beta2), rate, decay, *further)
        if self.is_group:
            return self.hyper_map(ops.partial(adam, self.beta1, self.beta2, rate), decay, *further)
        return self.hyper_map(ops.partial(adam, self.beta1, self.beta2, rate, decay), *further)


@pytest.mark.parametrize("groups, how, w, b", [
    (None, {}, 0.99258846, -0.00740997),
    (({"lr": 0.2}, {"weight_decay": 0.3}), {}, -0.4823, -0.0074),
    (({"weight_decay": 0.2}, {}), {"learning_rate": 0.1}, 0.2255, -0.7409),
])
def test_a_ported_optimizer(groups, how, w, b):
    ps = [Parameter(Tensor(np.ones((2, 2), np.float32)), name="weight"),
          Parameter(Tensor(np.zeros(2, np.float32)), name="bias")]
    opt = AdamW(ps if groups is None else [{"params": [p], **g} for p, g in zip(ps, groups)], **how)
    for _ in range(2):
        opt((Tensor(np.full((2, 2), 0.5, np.float32)), Tensor(np.full(2, 0.1, np.float32))))
    assert opt.global_step.asnumpy().tolist() == [2] and not opt.use_parallel
    np.testing.assert_allclose(ps[0].asnumpy(), w, atol=2e-4)
    np.testing.assert_allclose(ps[1].asnumpy(), b, atol=2e-4)


def test_what_may_be_set_anew():
    p = Parameter(Tensor([1.0]), name="p")
    opt = nn.SGD([{"params": [p], "lr": 0.5, "weight_decay": 0.25}], 0.1)
    assert opt.group_params == [p] and opt.group_weight_decay == [0.25] and float(opt.group_lr[0]) == 0.5
    assert opt.map_(lambda x: x + 1, (1, 2)) == (2, 3) and opt.map_reverse(lambda x: x, (1, 2)) == (1, 2)
    assert opt.hyper_map_reverse(lambda x: x, (1, 2)) == (1, 2)
    opt.hyper_map = None
    assert opt.hyper_map is None
