"""MXNet's initializers: which formula of ``_src.train.initializers`` fills which parameter.

An initializer is called with a description of the parameter, an ``InitDesc``, and the array to fill. The parameter's
own initializer, if it has one (``desc.attrs['__init__']``), goes first; else the suffix of the name decides.
"""

from __future__ import annotations

import json
import logging
import re
import warnings
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from . import registry
from ._src.core.tensor import Tensor
from ._src.errors import DTypeError
from ._src.formats import ndarray_list
from ._src.ops.rnn_layout import gate_slices
from ._src.paths import public_names
from ._src.train import initializers as formulas

__all__ = ["Bilinear", "Constant", "FusedRNN", "InitDesc", "Initializer", "LSTMBias", "Load", "MSRAPrelu", "Mixed",
           "Normal", "One", "Orthogonal", "Uniform", "Xavier", "Zero", "alias", "create", "register"]
__dir__ = public_names(__name__)


class InitDesc(str):
    """The name of a parameter with its attributes.

    Args:
        name: the name.
        attrs: attributes; ``'__init__'`` holds the parameter's own initializer.
        global_init: what initializes it where it has none of its own.

    >>> from luojia import init, nd
    >>> bias = nd.ones((2,))
    >>> init.Xavier()(init.InitDesc("dense0_bias"), bias)  # a bias, by its name
    >>> bias.asnumpy()
    array([0., 0.], dtype=float32)
    """

    attrs: dict[str, Any]
    global_init: Any

    def __new__(cls, name: str, attrs: Mapping[str, Any] | None = None, global_init: Any = None) -> InitDesc:
        self = super().__new__(cls, name)
        self.attrs = dict(attrs or {})
        self.global_init = global_init
        return self


def generator() -> np.random.Generator:
    """A NumPy generator seeded by the next key of the framework's stream, so that ``random.seed`` governs it."""
    from ._src.core.random import next_key

    return np.random.Generator(np.random.Philox(key=np.asarray(next_key()).astype(np.uint64)))


_SUFFIXES = (
    ("weight", "weight"), ("bias", "bias"), ("gamma", "gamma"), ("beta", "beta"), ("min", "zero"), ("max", "one"),
    ("weight_quantize", "quantized_weight"), ("bias_quantize", "quantized_bias"),
    ("moving_mean", "zero"), ("running_mean", "zero"), ("moving_var", "one"), ("running_var", "one"),
    ("moving_inv_var", "zero"), ("moving_avg", "zero"),
)


class Initializer:
    """Base class; a subclass overrides ``_init_weight(name, array)``, and the others where it differs.

    Args:
        kwargs: what the constructor was given, for ``dumps``.

    >>> from luojia import gluon, init
    >>> class Twos(init.Initializer):
    ...     def _init_weight(self, name, array):
    ...         array[:] = 2.0
    >>> net = gluon.nn.Dense(1, in_units=2)
    >>> net.initialize(Twos())
    >>> net.weight.data().asnumpy()
    array([[2., 2.]], dtype=float32)
    """

    def __init__(self, **kwargs: Any) -> None:
        self._kwargs = kwargs
        self._verbose = False
        self._print_func: Callable | None = None

    def set_verbosity(self, verbose: bool = False, print_func: Callable | None = None) -> Initializer:
        """Print, for each parameter, by what it was initialized, with ``print_func(array)``."""
        self._verbose = verbose
        self._print_func = print_func or (lambda x: str(np.abs(x.asnumpy()).mean()))
        return self

    def dumps(self) -> str:
        """The initializer as JSON, from which ``create`` makes it again.

        >>> Xavier().dumps()
        '["xavier", {"rnd_type": "uniform", "factor_type": "avg", "magnitude": 3}]'
        """
        return json.dumps([type(self).__name__.lower(), self._kwargs])

    def __eq__(self, other: object) -> bool:
        return self is other or (type(self) is type(other) and self._kwargs == other._kwargs)  # type: ignore[attr-defined]

    def __hash__(self) -> int:
        return id(self)

    def __call__(self, desc: InitDesc | str, arr: Any) -> None:
        plain = not isinstance(desc, InitDesc)
        if plain:
            if not isinstance(desc, str):
                raise TypeError(f"an initializer expects InitDesc(name), got {type(desc).__name__}.")
            warnings.warn(
                "Calling initializer with init(str, NDArray) has been deprecated. please use "
                "init(mx.init.InitDesc(...), NDArray) instead.", DeprecationWarning, stacklevel=2,
            )
            desc = InitDesc(desc)
        if not isinstance(arr, Tensor):
            raise DTypeError(f"arr must be NDArray, got {type(arr).__name__}.")
        if plain and desc.startswith(("upsampling", "stn_loc")):  # rules of the deprecated way alone
            if desc.startswith("upsampling"):
                Bilinear()._init_weight(desc, arr)
                return
            if desc.endswith(("weight", "bias")):  # of a spatial transformer: at first the identity
                arr[...] = 0.0 if desc.endswith("weight") else np.array([1.0, 0.0, 0.0, 0.0, 1.0, 0.0])
                return
        if desc.global_init is None:
            desc.global_init = self
        own = desc.attrs.get("__init__", "")
        if own:
            made = create(own)
            made._init_weight(desc, arr)
            self._report(desc, own, arr)
            return
        for suffix, kind in reversed(_SUFFIXES):
            if desc.endswith(suffix):
                getattr(self, f"_init_{kind}")(desc, arr)
                self._report(desc, suffix, arr)
                return
        self._init_default(desc, arr)

    def _report(self, desc: InitDesc, init: Any, arr: Any) -> None:
        if self._verbose and self._print_func:
            import logging

            logging.info("Initialized %s as %s: %s", desc, init, self._print_func(arr))

    def _init_zero(self, name: str, arr: Any) -> None:
        arr[...] = 0.0

    def _init_one(self, name: str, arr: Any) -> None:
        arr[...] = 1.0

    _init_bias = _init_beta = _init_quantized_bias = _init_zero
    _init_gamma = _init_one

    def _init_quantized_weight(self, name: str, arr: Any) -> None:
        arr[...] = generator().integers(-127, 127, arr.shape)

    def _init_weight(self, name: str, arr: Any) -> None:
        raise NotImplementedError("Must override it")

    def _init_default(self, name: str, arr: Any) -> None:
        raise ValueError(
            f"Unknown initialization pattern for {name}. Default initialization is now limited to "
            '"weight", "bias", "gamma" (1.0), and "beta" (0.0). '
            "Please use mx.sym.Variable(init=mx.init.*) to set initialization pattern"
        )


register = registry.get_register_func(Initializer, "initializer")
alias = registry.get_alias_func(Initializer, "initializer")
create = registry.get_create_func(Initializer, "initializer")


@register
@alias("zeros")
class Zero(Initializer):
    """Zeros.

    >>> from luojia import gluon, init
    >>> net = gluon.nn.Dense(1, in_units=2)
    >>> net.initialize(init.Zero())
    >>> net.weight.data().asnumpy()
    array([[0., 0.]], dtype=float32)
    """

    _init_weight = Initializer._init_zero


@register
@alias("ones")
class One(Initializer):
    """Ones.

    >>> from luojia import gluon, init
    >>> net = gluon.nn.Dense(1, in_units=2)
    >>> net.initialize(init.One())
    >>> net.weight.data().asnumpy()
    array([[1., 1.]], dtype=float32)
    """

    _init_weight = Initializer._init_one


@register
class Constant(Initializer):
    """One value, or an array of the parameter's shape.

    Args:
        value: a number, a Tensor, or an array.

    >>> from luojia import gluon, init
    >>> net = gluon.nn.Dense(1, in_units=2)
    >>> net.initialize(init.Constant(0.5))
    >>> net.weight.data().asnumpy()
    array([[0.5, 0.5]], dtype=float32)
    """

    def __init__(self, value: Any) -> None:
        super().__init__(value=value)
        self.value = value

    def _init_weight(self, name: str, arr: Any) -> None:
        arr[...] = self.value.asnumpy() if hasattr(self.value, "asnumpy") else self.value

    def __eq__(self, other: object) -> bool:
        theirs = getattr(other, "value", None)
        return isinstance(other, Constant) and bool(np.array_equal(np.asarray(self.value), np.asarray(theirs)))

    __hash__ = Initializer.__hash__

    def dumps(self) -> str:
        value = self.value.asnumpy().tolist() if hasattr(self.value, "asnumpy") else np.asarray(self.value).tolist()
        return json.dumps(["constant", {"value": value}])


@register
class Uniform(Initializer):
    """Uniform on ``[-scale, scale)``.

    >>> from luojia import gluon, init
    >>> net = gluon.nn.Dense(4, in_units=4)
    >>> net.initialize(init.Uniform(0.1))
    >>> bool((net.weight.data().abs() <= 0.1).asnumpy().all())
    True
    """

    def __init__(self, scale: float = 0.07) -> None:
        super().__init__(scale=scale)
        self.scale = scale

    def _init_weight(self, name: str, arr: Any) -> None:
        arr[...] = formulas.uniform(generator(), arr.shape, -self.scale, self.scale)


@register
class Normal(Initializer):
    """Normal with mean 0 and standard deviation ``sigma``.

    >>> from luojia import gluon, init
    >>> net = gluon.nn.Dense(4, in_units=4)
    >>> net.initialize(init.Normal(0.01))
    >>> net.weight.data().shape
    (4, 4)
    """

    def __init__(self, sigma: float = 0.01) -> None:
        super().__init__(sigma=sigma)
        self.sigma = sigma

    def _init_weight(self, name: str, arr: Any) -> None:
        arr[...] = formulas.normal(generator(), arr.shape, self.sigma)


@register
class Orthogonal(Initializer):
    """``scale`` times an orthogonal matrix (Saxe et al. 2014), of uniform or normal draws (``rand_type``).

    >>> from luojia import gluon, init, nd
    >>> net = gluon.nn.Dense(3, in_units=3)
    >>> net.initialize(init.Orthogonal(scale=1.0))
    >>> w = net.weight.data()
    >>> nd.dot(w, w.T).asnumpy().round(3).diagonal()
    array([1., 1., 1.], dtype=float32)
    """

    def __init__(self, scale: float = 1.414, rand_type: str = "uniform") -> None:
        super().__init__(scale=scale, rand_type=rand_type)
        self.scale = scale
        self.rand_type = rand_type

    def _init_weight(self, name: str, arr: Any) -> None:
        arr[...] = formulas.orthogonal(generator(), arr.shape, self.scale, self.rand_type)


@register
class Xavier(Initializer):
    """Uniform or Gaussian of scale ``sqrt(magnitude / fan)``, fan being avg, in or out (Glorot and Bengio 2010).

    >>> from luojia import gluon, init
    >>> net = gluon.nn.Dense(2, in_units=4)
    >>> net.initialize(init.Xavier(magnitude=3))
    >>> float(net.weight.data().abs().max().asscalar()) <= 1.0
    True
    """

    def __init__(self, rnd_type: str = "uniform", factor_type: str = "avg", magnitude: float = 3) -> None:
        super().__init__(rnd_type=rnd_type, factor_type=factor_type, magnitude=magnitude)
        self.rnd_type = rnd_type
        self.factor_type = factor_type
        self.magnitude = float(magnitude)

    def _init_weight(self, name: str, arr: Any) -> None:
        arr[...] = formulas.xavier(
            generator(), arr.shape, self.rnd_type, self.factor_type, self.magnitude, name=str(name)
        )


@register
class MSRAPrelu(Xavier):
    """Gaussian of variance ``2 / ((1 + slope^2) fan)`` (He et al. 2015).

    >>> from luojia import gluon, init
    >>> net = gluon.nn.Dense(2, in_units=4)
    >>> net.initialize(init.MSRAPrelu())
    >>> net.weight.data().shape
    (2, 4)
    """

    def __init__(self, factor_type: str = "avg", slope: float = 0.25) -> None:
        super().__init__("gaussian", factor_type, 2.0 / (1 + slope**2))
        self._kwargs = {"factor_type": factor_type, "slope": slope}


@register
class Bilinear(Initializer):
    """The kernel of bilinear upsampling, for transposed convolutions.

    >>> from luojia import gluon, init
    >>> layer = gluon.nn.Conv2DTranspose(1, 4, strides=2, weight_initializer=init.Bilinear(), in_channels=1)
    >>> layer.initialize()
    >>> layer.weight.data()[0, 0, 0].asnumpy()
    array([0.0625, 0.1875, 0.1875, 0.0625], dtype=float32)
    """

    def _init_weight(self, name: str, arr: Any) -> None:
        arr[...] = formulas.bilinear(None, arr.shape)


@register
class LSTMBias(Initializer):
    """Zeros, but ``forget_bias`` for the forget gate.

    >>> from luojia import gluon, init
    >>> cell = gluon.rnn.LSTMCell(2, i2h_bias_initializer=init.LSTMBias(1.0), input_size=1)
    >>> cell.initialize()
    >>> cell.i2h_bias.data().asnumpy()
    array([0., 0., 1., 1., 0., 0., 0., 0.], dtype=float32)
    """

    def __init__(self, forget_bias: float = 1.0) -> None:
        super().__init__(forget_bias=forget_bias)
        self.forget_bias = forget_bias

    def _init_weight(self, name: str, arr: Any) -> None:
        arr[...] = formulas.lstm_bias(None, arr.shape, self.forget_bias)


@register
class FusedRNN(Initializer):
    """The packed parameters of an ``RNN``, gate by gate.

    Args:
        init: for the weights and biases of each gate; None takes the initializer that is used otherwise.
        num_hidden, num_layers, mode, bidirectional: of the RNN.
        forget_bias: for the biases of an LSTM's forget gates.
    """

    def __init__(self, init: Any, num_hidden: int, num_layers: int, mode: str, bidirectional: bool = False,
                 forget_bias: float = 1.0) -> None:
        if isinstance(init, str):
            init = create(init)
        super().__init__(init=None if init is None else init.dumps(), num_hidden=num_hidden, num_layers=num_layers,
                         mode=mode, bidirectional=bidirectional, forget_bias=forget_bias)
        self._init, self._mode, self._forget_bias = init, mode, forget_bias
        self._how = (mode, num_hidden, num_layers, bidirectional)

    def _init_weight(self, desc: str, arr: Any) -> None:
        own = getattr(desc, "global_init", None)
        for name, (where, shape) in gate_slices(arr.size, *self._how).items():
            part = arr[where].reshape(shape)
            if self._mode == "lstm" and name.endswith("_f_bias"):
                part[:] = self._forget_bias
            else:
                init = self._init or own
                if init is None:
                    raise TypeError("FusedRNN(None, ...) takes the initializer in use: call it with an InitDesc that "
                                    "has a global_init, or give FusedRNN an initializer of its own.")
                init(InitDesc(name, global_init=own), part)
            arr[where] = part.reshape((-1,))


class Load:
    """Values from a file or a dict by name; ``arg:`` and ``aux:`` are dropped from its names.

    Args:
        param: a dict from names to arrays, or a ``.params`` file.
        default_init: for names that it lacks.
        verbose: log what was loaded.

    >>> from luojia import init, nd
    >>> weight = nd.zeros((2,))
    >>> init.Load({"arg:dense0_weight": nd.array([3.0, 4.0])})("dense0_weight", weight)
    >>> weight.asnumpy()
    array([3., 4.], dtype=float32)
    """

    def __init__(self, param: Any, default_init: Callable | None = None, verbose: bool = False) -> None:
        if isinstance(param, str):
            param = ndarray_list.load(param)
        assert isinstance(param, dict)
        self.param = {k[4:] if k.startswith(("arg:", "aux:")) else k: v for k, v in param.items()}
        self.default_init = default_init
        self.verbose = verbose

    def __call__(self, name: str, arr: Any) -> None:
        if name in self.param:
            value = self.param[name]
            assert arr.shape == value.shape, (
                f"Parameter {name} cannot be initialized from loading. Shape mismatch, target {arr.shape} vs loaded "
                f"{value.shape}"
            )
            arr[...] = value
            if self.verbose:
                logging.info("Initialized %s by loading", name)
        else:
            assert self.default_init is not None, (
                f"Cannot Initialize {name}. Not found in loaded param and no default Initializer is provided."
            )
            self.default_init(name, arr)
            if self.verbose:
                logging.info("Initialized %s by default", name)


class Mixed:
    """The first initializer whose pattern (a regular expression) matches the parameter's name.

    >>> from luojia import init, nd
    >>> mixed = init.Mixed([".*bias", ".*"], [init.Zero(), init.One()])
    >>> weight, bias = nd.zeros((2,)), nd.ones((2,))
    >>> mixed(init.InitDesc("dense0_weight"), weight)
    >>> mixed(init.InitDesc("dense0_bias"), bias)
    >>> weight.asnumpy(), bias.asnumpy()
    (array([1., 1.], dtype=float32), array([0., 0.], dtype=float32))
    """

    def __init__(self, patterns: Iterable[str], initializers: Iterable[Callable]) -> None:
        patterns, initializers = list(patterns), list(initializers)
        assert len(patterns) == len(initializers)
        self.map = list(zip([re.compile(p) for p in patterns], initializers))

    def __call__(self, name: str, arr: Any) -> None:
        for pattern, init in self.map:
            if pattern.match(name):
                init(name, arr)
                return
        raise ValueError(
            f'Parameter name {name} did not match any pattern. Consider adding a ".*" pattern at the end with a '
            "default Initializer."
        )
