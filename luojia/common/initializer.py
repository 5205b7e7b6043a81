"""Initializers under MindSpore's names, over the formulas of ``_src.train.initializers``."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from .._src.core import dtypes
from .._src.core.arguments import guard_all, read
from .._src.core.dtypes import DType
from .._src.core.parameter import Parameter
from .._src.core.random import generator
from .._src.core.tensor import Tensor
from .._src.errors import ArgumentError, DTypeError, ShapeError
from .._src.paths import public_names
from .._src.train import initializers as formulas


class Initializer:
    """The base class: ``init(array)`` fills a NumPy array. A subclass overrides ``_initialize(array)``.

    >>> from luojia.common.initializer import initializer
    >>> initializer("ones", [2]).asnumpy()
    array([1., 1.], dtype=float32)
    """

    _formula: Any = None
    _fixed: dict[str, Any] = {}
    _renamed: dict[str, str] = {}

    def __init__(self, **kwargs: Any) -> None:
        self._kwargs = kwargs

    def _initialize(self, arr: np.ndarray) -> None:
        if self._formula is None:
            raise NotImplementedError(f"{type(self).__name__} must define _initialize(arr), which fills the array.")
        given = {self._renamed.get(k, k): v for k, v in self._kwargs.items()}
        formula: Any = type(self)._formula
        arr[...] = formula(generator(), arr.shape, **given, **self._fixed)

    def __call__(self, arr: np.ndarray) -> None:
        self._initialize(arr)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in self._kwargs.items())})"


_ALIASES: dict[str, type[Initializer]] = {}


def _register(*aliases: str) -> Callable:
    """A class decorator: names of an initializer as strings, beside the class's."""

    def register(cls: type[Initializer]) -> type[Initializer]:
        for alias in (cls.__name__.lower(), *aliases):
            _ALIASES[alias] = cls
        return cls

    return register


def _initializer(*aliases: str, formula: Callable, renamed: dict[str, str] | None = None, **fixed: Any) -> Callable:
    """A class decorator: the formula, what its parameters are called here, what is fixed, and names as strings."""

    def register(cls: type[Initializer]) -> type[Initializer]:
        cls._formula, cls._renamed, cls._fixed = staticmethod(formula), renamed or {}, fixed
        return _register(*aliases)(cls)

    return register


@_initializer("zeros", formula=formulas.zero)
class Zero(Initializer):
    """All zeros.

    >>> from luojia.common.initializer import Zero, initializer
    >>> initializer(Zero(), [2]).asnumpy()
    array([0., 0.], dtype=float32)
    """

    def __init__(self) -> None:
        super().__init__()


@_initializer("ones", formula=formulas.one)
class One(Initializer):
    """All ones.

    >>> from luojia.common.initializer import One, initializer
    >>> initializer(One(), [2]).asnumpy()
    array([1., 1.], dtype=float32)
    """

    def __init__(self) -> None:
        super().__init__()


@_initializer(formula=formulas.constant)
class Constant(Initializer):
    """One value everywhere.

    >>> from luojia.common.initializer import Constant, initializer
    >>> initializer(Constant(0.5), [2]).asnumpy()
    array([0.5, 0.5], dtype=float32)
    """

    def __init__(self, value: Any) -> None:
        super().__init__(value=value)


@_initializer(formula=formulas.identity)
class Identity(Initializer):
    """The identity matrix, for two axes.

    >>> from luojia.common.initializer import Identity, initializer
    >>> initializer(Identity(), [2, 2]).asnumpy()
    array([[1., 0.],
           [0., 1.]], dtype=float32)
    """

    def __init__(self) -> None:
        super().__init__()


@_initializer(formula=formulas.dirac)
class Dirac(Initializer):
    """The kernel of an identity convolution, for three to five axes.

    >>> from luojia.common.initializer import Dirac, initializer
    >>> initializer(Dirac(), [1, 1, 3]).asnumpy()
    array([[[0., 1., 0.]]], dtype=float32)
    """

    def __init__(self, groups: int = 1) -> None:
        super().__init__(groups=groups)


@_initializer(formula=formulas.orthogonal, renamed={"gain": "scale"})
class Orthogonal(Initializer):
    """A (semi-)orthogonal matrix (Saxe et al. 2014).

    >>> from luojia.common.initializer import Orthogonal, initializer
    >>> w = initializer(Orthogonal(), [3, 3]).asnumpy()
    >>> (w @ w.T).diagonal().round(3)
    array([1., 1., 1.], dtype=float32)
    """

    def __init__(self, gain: float = 1.0) -> None:
        super().__init__(gain=gain)


@_initializer(formula=lambda rng, shape, scale: formulas.uniform(rng, shape, -scale, scale))
class Uniform(Initializer):
    """Uniform in [-scale, scale].

    >>> from luojia.common.initializer import Uniform, initializer
    >>> w = initializer(Uniform(0.1), [4, 4])
    >>> bool((abs(w.asnumpy()) <= 0.1).all())
    True
    """

    def __init__(self, scale: float = 0.07) -> None:
        super().__init__(scale=scale)


@_initializer(formula=formulas.normal)
class Normal(Initializer):
    """Normal with the given deviation and mean.

    >>> from luojia.common.initializer import Normal, initializer
    >>> initializer(Normal(0.02), [4, 4]).shape
    (4, 4)
    """

    def __init__(self, sigma: float = 0.01, mean: float = 0.0) -> None:
        super().__init__(sigma=sigma, mean=mean)


@_initializer("truncated_normal", formula=formulas.truncated_normal)
class TruncatedNormal(Initializer):
    """Normal, redrawn outside [a, b], by default two deviations from the mean as in MindSpore 1.7.

    MindSpore 2.x has -2 and 2 as defaults, which cut nothing from its sigma of 0.01.

    >>> from luojia.common.initializer import TruncatedNormal, initializer
    >>> w = initializer(TruncatedNormal(0.01), [4, 4])
    >>> bool((abs(w.asnumpy()) <= 0.02).all())
    True
    """

    def __init__(self, sigma: float = 0.01, mean: float = 0.0, a: float | None = None, b: float | None = None) -> None:
        super().__init__(sigma=sigma, mean=mean, a=a, b=b)


def _xavier(rng: Any, shape: Any, gain: float, kind: str) -> np.ndarray:
    return formulas.xavier(rng, shape, kind, "avg", 3.0 if kind == "uniform" else 1.0) * np.float32(gain)


@_initializer("xavier_uniform", formula=_xavier, kind="uniform")
class XavierUniform(Initializer):
    """Uniform in [-b, b] with b = gain sqrt(6 / (fan_in + fan_out)) (Glorot and Bengio 2010).

    >>> from luojia.common.initializer import XavierUniform, initializer
    >>> w = initializer(XavierUniform(), [3, 3])
    >>> bool((abs(w.asnumpy()) <= 1).all())
    True
    """

    def __init__(self, gain: float = 1) -> None:
        super().__init__(gain=gain)


@_initializer("xavier_normal", formula=_xavier, kind="gaussian")
class XavierNormal(Initializer):
    """Normal with deviation gain sqrt(2 / (fan_in + fan_out)).

    >>> from luojia.common.initializer import XavierNormal, initializer
    >>> initializer(XavierNormal(), [4, 3]).shape
    (4, 3)
    """

    def __init__(self, gain: float = 1) -> None:
        super().__init__(gain=gain)


@_initializer("he_uniform", formula=formulas.he_uniform)
class HeUniform(Initializer):
    """Uniform in [-b, b] with b = gain sqrt(3 / fan) (He et al. 2015).

    >>> from luojia.common.initializer import HeUniform, initializer
    >>> w = initializer(HeUniform(), [4, 3])
    >>> bool((abs(w.asnumpy()) <= np.sqrt(2)).all())
    True
    """

    def __init__(self, negative_slope: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu") -> None:
        super().__init__(negative_slope=negative_slope, mode=mode, nonlinearity=nonlinearity)


@_initializer("he_normal", formula=formulas.he_normal)
class HeNormal(Initializer):
    """Normal with deviation gain / sqrt(fan).

    >>> from luojia.common.initializer import HeNormal, initializer
    >>> initializer(HeNormal(), [4, 3]).shape
    (4, 3)
    """

    def __init__(self, negative_slope: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu") -> None:
        super().__init__(negative_slope=negative_slope, mode=mode, nonlinearity=nonlinearity)


@_initializer("variance_scaling", formula=formulas.variance_scaling)
class VarianceScaling(Initializer):
    """Variance scale / fan, drawn as ``distribution`` says.

    >>> from luojia.common.initializer import VarianceScaling, initializer
    >>> initializer(VarianceScaling(2.0), [4, 3]).shape
    (4, 3)
    """

    def __init__(self, scale: float = 1.0, mode: str = "fan_in", distribution: str = "truncated_normal") -> None:
        super().__init__(scale=scale, mode=mode, distribution=distribution)


class Sparse(Initializer):
    """Normal, with a fraction of each column set to zero (Martens 2010).

    >>> from luojia.common.initializer import Sparse, initializer
    >>> w = initializer(Sparse(0.5), [4, 2]).asnumpy()
    >>> (w == 0).sum(axis=0)
    array([2, 2])
    """

    def __init__(self, sparsity: float, sigma: float = 0.01) -> None:
        super().__init__(sparsity=sparsity, sigma=sigma)

    def _initialize(self, arr: np.ndarray) -> None:
        if arr.ndim != 2:
            raise ShapeError(f"Sparse expects a shape of two axes, got {arr.shape}.")
        rng = generator()
        arr[...] = formulas.normal(rng, arr.shape, self._kwargs["sigma"])
        n = int(np.ceil(self._kwargs["sparsity"] * arr.shape[0]))
        for column in range(arr.shape[1]):
            arr[rng.permutation(arr.shape[0])[:n], column] = 0


_ALIASES["sparse"] = Sparse


def create(init: Any) -> Initializer:
    """The Initializer that a string, a number or an Initializer stands for.

    Raises:
        ValueError: an unknown name.
    """
    if isinstance(init, Initializer):
        return init
    if isinstance(init, (int, float)) and not isinstance(init, bool):
        return Constant(init)
    if isinstance(init, str):
        cls = _ALIASES.get(init.lower())
        if cls is None:
            raise ArgumentError(f"For 'initializer', the class corresponding to '{init}' was not found; there are "
                                f"{', '.join(sorted(_ALIASES))}.")
        needed = [p for p in list(inspect.signature(cls).parameters.values()) if p.default is p.empty
                  and p.kind is not p.VAR_KEYWORD]
        if needed:
            raise ArgumentError(f"For 'initializer', '{init}' needs {needed[0].name}: write "
                                f"{cls.__name__}({needed[0].name}=...).")
        return cls()
    raise DTypeError("For 'initializer', the type of the 'init' argument must be 'Tensor', 'number', 'string' or "
                     f"'initializer', but got {type(init)}.")


def initializer(init: Any, shape: Any = None, dtype: DType = dtypes.float32) -> Tensor:
    """A Tensor of ``shape`` filled as ``init`` says: a name, a number, an Initializer, or a Tensor of that shape.

    >>> from luojia.common.initializer import One, initializer
    >>> initializer("ones", [2])
    Tensor(shape=[2], dtype=Float32, value= [ 1.00000000e+00,  1.00000000e+00])
    >>> initializer(One(), (1, 2)).shape
    (1, 2)

    Raises:
        TypeError: an ``init`` of another type, a dtype that is none.
        ValueError: an unknown name, a shape that is none or has lengths below 1, no dtype, a Tensor of another shape.

    Matches ``mindspore.common.initializer.initializer``, but fills at once.
    """
    if dtype is None:
        raise ArgumentError("For 'initializer', init, dtype and shape must have values at the same time.")
    if not isinstance(dtype, DType):
        raise DTypeError(f"For 'initializer', the argument 'dtype' must be a dtype such as luojia.float32, but got "
                         f"{type(dtype)}.")
    whole = isinstance(shape, (int, np.integer)) and not isinstance(shape, bool)
    sizes: Any = (shape,) if whole else shape
    if isinstance(init, Tensor):
        if sizes is not None and tuple(sizes) != init.shape:
            raise ShapeError("For 'initializer', the shape of the 'init' argument should be same as the argument "
                             f"'shape', but got {init.shape} and {tuple(sizes)}.")
        return init
    fill = create(init)
    if not isinstance(sizes, (tuple, list)) or any(
            isinstance(n, bool) or not isinstance(n, (int, np.integer)) or n < 1 for n in sizes):
        raise ArgumentError("For 'initializer', the argument 'shape' is invalid, the value of 'shape' must be positive "
                            f"integer, but got {shape}.")
    array = np.zeros(tuple(sizes), dtype.np if dtype.np.kind in "fciub" else np.float32)
    fill(array)
    made = Tensor(array, dtype)
    made.__dict__["_filled"] = True
    return made


Parameter._initializer = staticmethod(create)

# What programs with initializers of their own import.


def _assignment(arr: np.ndarray, num: Any) -> np.ndarray:
    arr[...] = num
    return arr


def _init_random_normal(mean: float, sigma: float, shape: Any) -> np.ndarray:
    return generator().normal(mean, sigma, shape)


def _init_random_uniform(a: float, b: float, shape: Any) -> np.ndarray:
    return generator().uniform(a, b, shape)


_calculate_fan_in_and_fan_out, _calculate_gain = formulas.fans, formulas.gain


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """The factor that keeps a layer's variance through a nonlinearity; ``param`` is the slope of leaky_relu (0.01).

    >>> round(calculate_gain("relu"), 6)
    1.414214
    """
    return formulas.gain(nonlinearity, 0.01 if param is None else param)


def _calculate_correct_fan(shape: tuple, mode: str) -> int:
    mode = mode.lower()
    if mode not in ("fan_in", "fan_out"):
        raise ArgumentError(f"'mode' {mode} not supported, please use one of ['fan_in', 'fan_out'].")
    return formulas.fans(shape)[mode == "fan_out"]


guard_all(globals(), read("""
    VarianceScaling  scale: bool int float >0; mode: str ! in fan_in,fan_out,fan_avg
    VarianceScaling  distribution: str ! in uniform,truncated_normal,untruncated_normal
"""))

__all__ = ["Constant", "Dirac", "HeNormal", "HeUniform", "Identity", "Initializer", "Normal", "One", "Orthogonal",
           "Sparse", "TruncatedNormal", "Uniform", "VarianceScaling", "XavierNormal", "XavierUniform", "Zero",
           "calculate_gain", "initializer"]
__dir__ = public_names(__name__)
