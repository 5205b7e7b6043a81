"""What all distributions have: functions of values, moments, distances and samples, by a few formulas of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .... import ops
from ...._checkparam import check_non_negative_int, check_value_type
from ...._src.core.dtypes import DType, float32, is_float
from ...._src.core.tensor import Tensor
from ...._src.errors import ArgumentError, DTypeError
from ...module import Module
from ..bijector.base import parameter_of

_OF_VALUES = ("prob", "log_prob", "cdf", "log_cdf", "survival_function", "log_survival")
_OF_PARAMETERS = ("mean", "sd", "var", "mode", "entropy")
_OF_TWO = ("kl_loss", "cross_entropy")


class Distribution(Module):
    """The base class.

    A subclass names its parameters in ``_names`` and gives some of ``_log_prob_of(x, *params)``, ``_cdf_of``,
    ``_mean_of(*params)``, ``_sd_of``, ``_mode_of``, ``_entropy_of``, ``_kl_of(*params, *others)`` and
    ``_sample_of(shape, *params)``; what follows from them follows. Each method takes parameters in place of those that
    the distribution was made with, which may then be None. Calling it with a method's name, as
    ``normal("prob", x)``, calls the method.

    Raises:
        NotImplementedError: a function that the distribution does not have.
        TypeError: a value that is no Tensor, or a parameter that was never given.

    Matches ``mindspore.nn.probability.distribution.Distribution``.
    """

    _names: tuple[str, ...] = ()
    _shown: tuple[str, ...] = ()  # as the repr calls them
    _float = True

    def __init__(self, seed: int | None, dtype: DType, name: str, param: dict[str, Any]) -> None:
        super().__init__()
        self.name = check_value_type("name", name, str, type(self).__name__)
        if seed is not None:
            check_non_negative_int(seed, "seed", name)
        self.seed = seed or 0
        if not isinstance(dtype, DType) or (self._float and not is_float(dtype.np)):
            raise DTypeError(f"For '{type(self).__name__}', the 'dtype' should be a floating dtype, but got {dtype}.")
        self.dtype = dtype
        self.parameter_type = dtype if is_float(dtype.np) else float32
        given = {n: param[n] for n in self._names}
        self.parameters = {**given, "seed": seed, "dtype": dtype, "name": name, "param_dict": given}
        for n, value in given.items():
            value = None if value is None else parameter_of(value, self.parameter_type)
            setattr(self, f"_of_{n}", value)
        self._check(*[getattr(self, f"_of_{n}") for n in self._names])

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for n in cls._names:
            if not hasattr(cls, n):
                setattr(cls, n, property(lambda self, n=n: getattr(self, f"_of_{n}"), doc=f"The parameter {n}."))

    def _check(self, *params: Tensor | None) -> None:
        """Raise ValueError for parameters outside their range."""

    def _check_sign(self, *named: tuple[str, Tensor | None]) -> None:
        for what, value in named:
            if value is not None and not (value.asnumpy() > 0).all():
                raise ArgumentError(f"{what} must be greater than zero.")

    # -- what it tells ---------------------------------------------------------------------------------------------

    @property
    def batch_shape(self) -> tuple[int, ...]:
        """The shape of the parameters together."""
        return np.broadcast_shapes(*[p.shape for p in self._kept() if p is not None])

    broadcast_shape = batch_shape

    @property
    def is_scalar_batch(self) -> bool:
        """Whether every parameter is one number."""
        return self.batch_shape == ()

    def _kept(self) -> list[Tensor | None]:
        return [getattr(self, f"_of_{n}") for n in self._names]

    def extend_repr(self) -> str:
        if not self._shown:
            return ""
        if not self.is_scalar_batch:
            return f"batch_shape = {self.batch_shape}"
        return ", ".join(f"{n} = {p}" for n, p in zip(self._shown, self._kept()))

    def get_dist_type(self) -> str:
        """The kind of distribution."""
        return type(self).__name__

    def get_dist_args(self, *args: Any, **kwargs: Any) -> tuple:
        """The parameters that a call with these would use."""
        return tuple(self._given_of(args, kwargs))

    # -- calls -------------------------------------------------------------------------------------------------------

    def _params_of(self, args: tuple, kwargs: dict) -> list[Tensor]:
        out = self._given_of(args, kwargs)
        shape = np.broadcast_shapes(*[p.shape for p in out])
        return [p if p.shape == shape else ops.broadcast_to(p, shape) for p in out]

    def _given_of(self, args: tuple, kwargs: dict) -> list[Tensor]:
        out: list[Tensor] = []
        for i, n in enumerate(self._names):
            value = args[i] if i < len(args) and args[i] is not None else kwargs.get(n)
            value = getattr(self, f"_of_{n}") if value is None else value
            if value is not None and not isinstance(value, Tensor):
                raise DTypeError(f"For {n}, input type must be a Tensor or Parameter. Got {type(value).__name__}.")
            if value is None:
                raise DTypeError(f"the type {n} must be subclass of Tensor. It can not be None since it is not "
                                 "specified during initialization.")
            out.append(value if value.dtype is self.parameter_type else value.astype(self.parameter_type))
        return out

    def _value(self, value: Any) -> Tensor:
        if not isinstance(value, Tensor):
            raise DTypeError("For value, input type must be a Tensor or Parameter.")
        return value if value.dtype is self.parameter_type else value.astype(self.parameter_type)

    def _formula(self, name: str, asked: str) -> Callable:
        found = getattr(type(self), f"_{name}_of", None)
        if found is None:
            raise NotImplementedError(f"{asked} is not implemented for {self.name} distribution.")
        return lambda *args: found(self, *args)

    def log_prob(self, value: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        """The logarithm of the density, or of the probability, of ``value``."""
        return self._formula("log_prob", "log_prob")(self._value(value), *self._params_of(args, kwargs))

    def prob(self, value: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        """The density, or the probability, of ``value``."""
        return ops.exp(self._formula("log_prob", "prob")(self._value(value), *self._params_of(args, kwargs)))

    def _cdf(self, asked: str, value: Any, args: tuple, kwargs: dict) -> Tensor:
        return self._formula("cdf", asked)(self._value(value), *self._params_of(args, kwargs))

    def cdf(self, value: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        """The probability of at most ``value``."""
        return self._cdf("cdf", value, args, kwargs)

    def log_cdf(self, value: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        """log cdf(value)."""
        return ops.log(self._cdf("log_cdf", value, args, kwargs))

    def survival_function(self, value: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        """1 - cdf(value)."""
        return 1 - self._cdf("survival_function", value, args, kwargs)

    def log_survival(self, value: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        """log(1 - cdf(value))."""
        return ops.log(1 - self._cdf("log_cdf", value, args, kwargs))

    def mean(self, *args: Any, **kwargs: Any) -> Tensor:
        """The mean."""
        return self._formula("mean", "mean")(*self._params_of(args, kwargs))

    def sd(self, *args: Any, **kwargs: Any) -> Tensor:
        """The standard deviation."""
        return self._formula("sd", "sd")(*self._params_of(args, kwargs))

    def var(self, *args: Any, **kwargs: Any) -> Tensor:
        """The variance."""
        sd = self._formula("sd", "var")(*self._params_of(args, kwargs))
        return sd * sd

    def mode(self, *args: Any, **kwargs: Any) -> Tensor:
        """The most likely value."""
        return self._formula("mode", "mode")(*self._params_of(args, kwargs))

    def entropy(self, *args: Any, **kwargs: Any) -> Tensor:
        """The entropy, by natural logarithms."""
        return self._formula("entropy", "entropy")(*self._params_of(args, kwargs))

    def _distance(self, asked: str, dist: str, args: tuple, kwargs: dict) -> tuple[Tensor, list]:
        formula = self._formula("kl", asked)
        if dist != type(self).__name__:
            raise ArgumentError(f"Expected dist input is {type(self).__name__}, but got {dist}.")
        n = len(self._names)
        others = list(args[:n]) + [kwargs[f"{name}_b"] for name in self._names[len(args):] if f"{name}_b" in kwargs]
        if len(others) < n:
            raise TypeError(f"{type(self).__name__}.{asked} takes the parameters {', '.join(self._names)} of the other "
                            f"distribution, but got {len(others)}.")
        params = self._params_of(args[n:], kwargs)
        other = [parameter_of(p, self.parameter_type).astype(self.parameter_type) for p in others]
        return formula(*params, *other), params

    def kl_loss(self, dist: str, *args: Any, **kwargs: Any) -> Tensor:
        """The Kullback-Leibler divergence of this distribution from another of its kind, ``dist``, with parameters."""
        return self._distance("kl_loss", dist, args, kwargs)[0]

    def cross_entropy(self, dist: str, *args: Any, **kwargs: Any) -> Tensor:
        """The cross entropy with another of its kind: the entropy plus ``kl_loss``."""
        divergence, params = self._distance("cross_entropy", dist, args, kwargs)
        return self._formula("entropy", "cross_entropy")(*params) + divergence

    def sample(self, shape: tuple[int, ...] = (), *args: Any, **kwargs: Any) -> Tensor:
        """Samples of shape ``shape`` + that of the parameters."""
        formula = self._formula("sample", "sample")
        params = self._params_of(args, kwargs)
        return formula((*shape, *self._event(params)), *params).astype(self.dtype)

    def _event(self, params: list[Tensor]) -> tuple[int, ...]:
        return params[0].shape

    def construct(self, name: str, *args: Any, **kwargs: Any) -> Any:
        if name not in (*_OF_VALUES, *_OF_PARAMETERS, *_OF_TWO, "sample"):
            raise NotImplementedError(f"{name} is not implemented for {self.name} distribution.")
        return getattr(self, name)(*args, **kwargs)


def uniform(shape: tuple[int, ...]) -> Tensor:
    """Uniform within (0, 1)."""
    return ops.uniform(shape, Tensor(1e-7, float32), Tensor(1 - 1e-7, float32))
