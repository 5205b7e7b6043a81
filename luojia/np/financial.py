"""``mx.np``'s financial functions, which NumPy had until 1.20 (NEP 32): ``fv``, ``pv``, ``npv``, ``pmt``, ``ppmt``, ...

With rate r, n periods, payment p, present value v and future value f, each solves

    f + v (1 + r)^n + p (1 + r w) ((1 + r)^n - 1) / r = 0

for one of them; w is 1 where payments fall due at the ``when='begin'`` of a period. Results are NumPy's scalars or
ndarrays of float64, constants to every gradient. Source: numpy_financial's documentation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._src.errors import ArgumentError
from .host import placed, values

_DUE = {"end": 0, "finish": 0, "e": 0, 0: 0, "begin": 1, "start": 1, "b": 1, 1: 1}
__all__ = ["fv", "ipmt", "irr", "mirr", "nper", "npv", "pmt", "ppmt", "pv", "rate"]


def _on_values(function: Callable) -> Callable:
    """The function on arrays' values; ndarrays among the arguments make the result one."""
    def call(*args: Any, **kwargs: Any) -> Any:
        given = [values(a) for a in args], {k: values(v) for k, v in kwargs.items()}
        found = np.asarray(function(*given[0], **given[1]))
        arrays = any(new is not old for new, old in zip((*given[0], *given[1].values()), (*args, *kwargs.values())))
        return placed(found, True) if arrays and found.ndim else found[()]

    call.__name__ = call.__qualname__ = function.__name__
    call.__doc__ = function.__doc__
    call.__module__ = __name__
    call.__wrapped__ = function  # type: ignore[attr-defined] - whose signature help shows
    return call


def _due(when: Any) -> Any:
    if isinstance(when, (np.ndarray, list, tuple)):
        return np.array([_due(w) for w in when])
    if when not in _DUE:
        raise ArgumentError(f"np's financial functions: when must be 'begin' or 'end', 1 or 0, got {when!r}.")
    return _DUE[when]


def _growth(rate: Any, nper: Any, when: Any) -> tuple[np.ndarray, np.ndarray]:
    """(1 + r)^n, and what payments of 1 grow to."""
    rate, nper = np.broadcast_arrays(np.asarray(rate, float), np.asarray(nper, float))
    power = (1 + rate) ** nper
    safe = np.where(rate == 0, 1, rate)
    return power, np.where(rate == 0, nper, (1 + rate * _due(when)) * (power - 1) / safe)


@_on_values
def fv(rate: Any, nper: Any, pmt: Any, pv: Any, when: Any = "end") -> Any:
    """The value after ``nper`` periods.

    >>> round(float(fv(0.05 / 12, 10 * 12, -100, -100)), 5)
    15692.92889
    """
    power, paid = _growth(rate, nper, when)
    return -(np.asarray(pv) * power + np.asarray(pmt) * paid)


@_on_values
def pv(rate: Any, nper: Any, pmt: Any, fv: Any = 0, when: Any = "end") -> Any:
    """The value now.

    >>> round(float(pv(0.05 / 12, 10 * 12, -100, 15692.93)), 5)
    -100.00067
    """
    power, paid = _growth(rate, nper, when)
    return -(np.asarray(fv) + np.asarray(pmt) * paid) / power


@_on_values
def pmt(rate: Any, nper: Any, pv: Any, fv: Any = 0, when: Any = "end") -> Any:
    """The payment of each period.

    >>> round(float(pmt(0.075 / 12, 12 * 15, 200000)), 5)
    -1854.02472
    """
    power, paid = _growth(rate, nper, when)
    return -(np.asarray(fv) + np.asarray(pv) * power) / paid


@_on_values
def nper(rate: Any, pmt: Any, pv: Any, fv: Any = 0, when: Any = "end") -> Any:
    """The number of periods.

    >>> round(float(nper(0.07 / 12, -150, 8000)), 5)
    64.07335
    """
    rate, pmt, pv, fv = np.broadcast_arrays(*[np.asarray(a, float) for a in (rate, pmt, pv, fv)])
    safe = np.where(rate == 0, 1, rate)
    part = pmt * (1 + safe * _due(when)) / safe
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(rate == 0, -(fv + pv) / pmt, np.log((part - fv) / (part + pv)) / np.log(1 + safe))


@_on_values
def ipmt(rate: Any, per: Any, nper: Any, pv: Any, fv: Any = 0, when: Any = "end") -> Any:
    """The interest in the payment of period ``per``; nan before the first.

    >>> round(float(ipmt(0.0824 / 12, 1, 12, 2500)), 5)
    -17.16667
    """
    rate, per, nper, pv, fv = np.broadcast_arrays(*[np.asarray(a, float) for a in (rate, per, nper, pv, fv)])
    begin = _due(when) == 1
    power, paid = _growth(rate, nper, when)
    payment = -(fv + pv * power) / paid
    grown, earlier = _growth(rate, per - 1, when)
    interest = -(pv * grown + payment * earlier) * rate
    interest = np.where(begin, interest / (1 + rate), interest)
    interest = np.where(begin & (per == 1), 0, interest)
    return np.where(per < 1, np.nan, interest)


@_on_values
def ppmt(rate: Any, per: Any, nper: Any, pv: Any, fv: Any = 0, when: Any = "end") -> Any:
    """The payment of period ``per`` without its interest.

    >>> round(float(ppmt(0.1 / 12, 1, 60, 55000)), 5)
    -710.25413
    """
    whole = pmt.__wrapped__(rate, nper, pv, fv, when)  # type: ignore[attr-defined]
    return whole - ipmt.__wrapped__(rate, per, nper, pv, fv, when)  # type: ignore[attr-defined]


@_on_values
def rate(nper: Any, pmt: Any, pv: Any, fv: Any, when: Any = "end", guess: Any = None, tol: float | None = None,
         maxiter: int = 100) -> Any:
    """The rate of a period, by Newton's method; nan where that does not converge.

    >>> round(float(rate(10, 0, -3500, 10000)), 5)
    0.11069
    """
    nper, pmt, pv, fv = np.broadcast_arrays(*[np.asarray(a, float) for a in (nper, pmt, pv, fv)])
    r = np.broadcast_to(np.float64(0.1 if guess is None else guess), nper.shape)
    tol, due = 1e-6 if tol is None else tol, _due(when)
    for _ in range(maxiter):
        before, power = (1 + r) ** (nper - 1), (1 + r) ** nper
        value = fv + power * pv + pmt * (power - 1) * (r * due + 1) / r
        slope = (nper * before * pv - pmt * (power - 1) * (r * due + 1) / r**2
                 + nper * pmt * before * (r * due + 1) / r + pmt * (power - 1) * due / r)
        step = value / slope
        r = r - step
        if np.all(np.abs(step) < tol):
            return r
    return np.where(np.abs(step) < tol, r, np.nan)


@_on_values
def npv(rate: Any, values: Any) -> Any:
    """The value now of payments at the beginning of each period: the sum of v_t / (1 + r)^t.

    >>> round(float(npv(0.281, [-100, 39, 59, 55, 20])), 5)
    -0.00848
    """
    flows = np.asarray(values, float)
    return (flows / (1 + rate) ** np.arange(len(flows))).sum(axis=0)


@_on_values
def irr(values: Any) -> Any:
    """The rate at which ``npv`` is 0: of its real roots the nearest to 0; nan without one.

    >>> round(float(irr([-100, 39, 59, 55, 20])), 5)
    0.28095
    """
    roots = np.roots(np.asarray(values, float)[::-1])
    real = roots[(roots.imag == 0) & (roots.real > 0)].real
    if not real.size:
        return np.nan
    found = 1 / real - 1
    return found[np.argmin(np.abs(found))]


@_on_values
def mirr(values: Any, finance_rate: Any, reinvest_rate: Any) -> Any:
    """The rate of return where losses are financed at one rate and gains put in at another; nan without either.

    >>> round(float(mirr([-4500, -800, 800, 800, 600, 600, 800, 800, 700, 3000], 0.08, 0.055)), 5)
    0.0666
    """
    flows = np.asarray(values, float)
    gains, losses = flows > 0, flows < 0
    if not (gains.any() and losses.any()):
        return np.nan
    worth = npv.__wrapped__  # type: ignore[attr-defined]
    quotient = abs(worth(reinvest_rate, flows * gains)) / abs(worth(finance_rate, flows * losses))
    return quotient ** (1 / (len(flows) - 1)) * (1 + reinvest_rate) - 1
