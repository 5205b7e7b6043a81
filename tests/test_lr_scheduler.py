"""Learning-rate schedules, against the numbers of mxnet 1.9.1."""

import pytest

from luojia import lr_scheduler as schedules


def rates(schedule, count):
    return [round(schedule(n), 6) for n in range(count)]


def test_values():
    assert rates(schedules.FactorScheduler(2, 0.5, base_lr=1.0), 6) == [1, 1, 1, 0.5, 0.5, 0.25]
    assert rates(schedules.FactorScheduler(1, 0.1, stop_factor_lr=0.05, base_lr=1.0), 4) == [1, 1, 0.1, 0.05]
    assert rates(schedules.MultiFactorScheduler([2, 5], 0.5, base_lr=1.0), 7) == [1, 1, 1, 0.5, 0.5, 0.5, 0.25]
    assert rates(schedules.PolyScheduler(4, base_lr=1.0), 6) == [1, 0.5625, 0.25, 0.0625, 0, 0]
    assert rates(schedules.CosineScheduler(4, base_lr=1.0, final_lr=0.2), 6) == [1, 0.882843, 0.6, 0.317157, 0.2, 0.2]


def test_base_lr_is_the_current_rate(caplog):
    factor = schedules.FactorScheduler(2, 0.5, base_lr=1, stop_factor_lr=0.2)
    with caplog.at_level("INFO"):
        assert rates(factor, 8)[-1] == 0.2 and (factor.base_lr, factor.count) == (0.2, 6)
    assert factor(0) == 0.2  # a drop stays
    assert caplog.messages == [
        "Update[3]: Change learning rate to 5.00000e-01", "Update[5]: Change learning rate to 2.50000e-01",
        "Update[7]: now learning rate arrived at 2.00000e-01, will not change in the future",
    ]
    several = schedules.MultiFactorScheduler([2, 4], 0.5, base_lr=1)
    assert several(10) == several(0) == several.base_lr == 0.25 and several.cur_step_ind == 2
    poly = schedules.PolyScheduler(4, base_lr=1.0)
    assert rates(poly, 3) == [1, 0.5625, 0.25] and poly.base_lr == 0.25 and poly(9) == 0.25 and poly(0) == 1


def test_warmup():
    warm = {"warmup_steps": 2, "warmup_begin_lr": 0.2}
    assert rates(schedules.PolyScheduler(4, base_lr=1.0, pwr=1, **warm), 5) == [0.2, 0.6, 1, 0.5, 0]
    assert rates(schedules.CosineScheduler(4, base_lr=1.0, warmup_mode="constant", **warm), 4) == [0.2, 0.2, 1, 0.5]
    assert rates(schedules.FactorScheduler(2, 0.5, base_lr=1.0, **warm), 4) == [0.2, 0.6, 1, 0.5]
    assert rates(schedules.MultiFactorScheduler([3], 0.5, base_lr=1.0, **warm), 5) == [0.2, 0.6, 1, 1, 0.5]


@pytest.mark.parametrize("make, text", [
    (lambda: schedules.FactorScheduler(0), "Schedule step must be greater or equal than 1 round"),
    (lambda: schedules.FactorScheduler(1, factor=2), "Factor must be no more than 1 to make lr reduce"),
    (lambda: schedules.MultiFactorScheduler([3, 2]), "Schedule step must be an increasing integer list"),
    (lambda: schedules.MultiFactorScheduler([0]), "Schedule step must be greater or equal than 1 round"),
    (lambda: schedules.MultiFactorScheduler([1], 2), "Factor must be no more than 1"),
    (lambda: schedules.PolyScheduler(0), "maximum number of updates must be strictly positive"),
    (lambda: schedules.CosineScheduler(10, warmup_mode="foo"), "Supports only linear and constant modes of warmup"),
    (lambda: schedules.FactorScheduler(1, warmup_steps=-1), "warmup_steps"),
    (lambda: schedules.FactorScheduler(1, base_lr=0.1, warmup_begin_lr=0.2), "higher than warmup_begin_lr"),
])
def test_errors(make, text):
    with pytest.raises(ValueError, match=text):
        make()


def test_the_base_class_and_types():
    with pytest.raises(NotImplementedError, match="must override this"):
        schedules.LRScheduler()(0)
    with pytest.raises(AssertionError, match="integer"):
        schedules.PolyScheduler(2.5)
    with pytest.raises(AssertionError, match="list"):
        schedules.MultiFactorScheduler(3)
