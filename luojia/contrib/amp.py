"""Mixed precision for Gluon and symbols: ``init`` has heavy operators compute in half precision, losses are scaled.

>>> import luojia as mx
>>> from luojia.contrib import amp
>>> net = mx.gluon.nn.Dense(2, in_units=2)
>>> net.initialize(mx.init.One())
>>> trainer = mx.gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.1})
>>> with amp.enabled("float16"):
...     amp.init_trainer(trainer)
...     with mx.autograd.record():
...         out = net(mx.nd.ones((1, 2)))
...         loss = (out.astype("float32") / 8).sum()
...         with amp.scale_loss(loss, trainer) as scaled:
...             mx.autograd.backward(scaled)
...     trainer.step(1)
>>> out.dtype.__name__, net.weight.data().dtype.__name__
('float16', 'float32')
>>> float(net.weight.data()[0, 0])  # 1 - 0.1 / 8
0.987500011920929

Matches ``mxnet.contrib.amp``; the weights stay float32, each operator casts what it is given.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import sys
from collections.abc import Callable, Iterator
from typing import Any

from .. import ndarray
from .._src.core.dtypes import is_float, is_half, to_np
from .._src.core.tensor import Tensor
from .._src.errors import GraphError, RefusedName
from .._src.paths import also_at, open_paths, public_names
from ..gluon.trainer import Trainer
from ..ndarray.door import faces, function
from ..optimizer import Optimizer
from ..symbol import Symbol

_LOW = "Convolution Deconvolution FullyConnected RNN"
_FULL = """arccos arcsin cosh erfinv sinh tan arctanh exp expm1 log log10 log2 log1p broadcast_power square reciprocal
rsqrt rcbrt broadcast_hypot sum sum_axis nansum prod nanprod mean norm softmin khatri_rao moments gamma gammaln argsort
topk SoftmaxOutput softmax log_softmax InstanceNorm LayerNorm GroupNorm L2Normalization LRN SoftmaxActivation
LinearRegressionOutput LogisticRegressionOutput MAERegressionOutput SVMOutput softmax_cross_entropy smooth_l1 MakeLoss
make_loss CTCLoss ctc_loss"""
_WIDEST = """Concat concat Correlation ElementWiseSum add_n batch_dot broadcast_add broadcast_plus broadcast_div
broadcast_equal broadcast_greater broadcast_greater_equal broadcast_lesser broadcast_lesser_equal broadcast_logical_and
broadcast_logical_or broadcast_logical_xor broadcast_maximum broadcast_minimum broadcast_minus broadcast_mod
broadcast_mul broadcast_not_equal broadcast_sub dot elemwise_add elemwise_div elemwise_mul elemwise_sub stack where"""
_CONDITIONAL = [("Activation", "act_type", ["softrelu"]), ("LeakyReLU", "act_type", ["elu", "selu"])]


class _State:
    """The dtype that ``init`` chose, and what it put aside: (module, name, function)."""

    dtype: str | None = None
    aside: list[tuple[Any, str, Any]] = []


def init(target_dtype: Any = "float16", target_precision_ops: list[str] | None = None,
         conditional_fp32_ops: list[tuple[str, str, list[str]]] | None = None, fp32_ops: list[str] | None = None
         ) -> None:
    """From here on have operators of ``nd`` and ``sym`` cast what they are given, in all layers too.

    Convolutions, dense layers and recurrences compute in ``target_dtype``; sums, exponentials, norms, softmax and
    losses in float32; operators of several arrays in the widest of their dtypes. Call it before networks
    are hybridized.

    Args:
        target_dtype: 'float16' or 'bfloat16'.
        target_precision_ops, fp32_ops: names of further operators for the half and the full precision.
        conditional_fp32_ops: further (operator, parameter, values) for which it computes in float32.

    Raises:
        AssertionError: another dtype.
        DTypeError: bfloat16 on the NumPy engine without the package ml_dtypes.

    A second call changes nothing. Matches ``mxnet.contrib.amp.init``.
    """
    name = _half(target_dtype)
    if _State.dtype is not None:
        return
    to_np(name)  # raises where ml_dtypes is missing
    full = [*_FULL.split(), *(fp32_ops or ())]
    low = [n for n in [*_LOW.split(), *(target_precision_ops or ())] if n not in (fp32_ops or ())]
    for n in [*low, *full, *[op for op, _, _ in conditional_fp32_ops or ()]]:
        function(n)  # raises for a name that is no operator
    symbol = importlib.import_module("luojia.symbol")
    for module in (ndarray, symbol):
        for n in low:
            _replace(module, n, lambda args, kwargs: name)
        for n in full:
            if n not in low:
                _replace(module, n, lambda args, kwargs: "float32")
        for n in _WIDEST.split():
            if n not in low and n not in full:
                _replace(module, n, None)
        for n, parameter, values in [*_CONDITIONAL, *(conditional_fp32_ops or ())]:
            _replace(module, n, lambda args, kwargs, p=parameter, v=values: "float32" if kwargs.get(p) in v else "")
    _State.dtype = name


@contextlib.contextmanager
def enabled(target_dtype: Any = "float16") -> Iterator[None]:
    """``init`` for a block, after which operators are as before: luojia's own."""
    init(target_dtype)
    try:
        yield
    finally:
        for module, name, before in reversed(_State.aside):
            setattr(module, name, before)
        _State.aside, _State.dtype = [], None


def _half(dtype: Any) -> str:
    name = dtype if isinstance(dtype, str) else to_np(dtype).name
    if name not in ("float16", "bfloat16"):
        raise AssertionError("AMP currently supports only float16 or bfloat16 as a target_dtype, got "
                             f"{dtype!r}.")
    return name


def _replace(module: Any, name: str, choose: Callable[[tuple, dict], str] | None) -> None:
    """Have ``module.name`` cast its arrays to what ``choose`` says ('': as they are), or to the widest of theirs."""
    before = getattr(module, name)

    @functools.wraps(before)
    def cast_first(*args: Any, **kwargs: Any) -> Any:
        dtype = _widest(args, kwargs) if choose is None else choose(args, kwargs)
        if dtype == "":
            return before(*args, **kwargs)
        if dtype is None:  # symbols, whose dtypes are known at a run
            return before(*_together(args), **kwargs)
        return before(*[_cast(a, dtype) for a in args],
                      **{k: v if k == "out" else _cast(v, dtype) for k, v in kwargs.items()})

    _State.aside.append((module, name, before))
    setattr(module, name, cast_first)


def _cast(value: Any, dtype: str) -> Any:
    if isinstance(value, Symbol):
        return importlib.import_module("luojia.symbol").amp_cast(value, dtype=dtype)
    if isinstance(value, (list, tuple)):
        return type(value)([_cast(v, dtype) for v in value])
    if isinstance(value, Tensor) and is_float(value.np_dtype) and value.np_dtype.itemsize <= 4:
        return value if value.np_dtype.name == dtype else ndarray.amp_cast(value, dtype=dtype)
    return value


def _widest(args: tuple, kwargs: dict) -> str | None:
    """The widest dtype of the arrays where they differ, '' where they do not, None for symbols."""
    flat = [v for a in (*args, *[v for k, v in kwargs.items() if k != "out"])
            for v in (a if isinstance(a, (list, tuple)) else (a,))]
    if any(isinstance(v, Symbol) for v in flat):
        return None
    dtypes = {v.np_dtype for v in flat if isinstance(v, Tensor) and is_float(v.np_dtype)}
    if len(dtypes) < 2:
        return ""
    return "float32" if all(is_half(d) for d in dtypes) else max(dtypes, key=lambda d: d.itemsize).name


def _together(args: tuple) -> tuple:
    """Symbols given by position brought to the widest of their dtypes."""
    if len(args) == 1 and isinstance(args[0], (list, tuple)):
        return (list(_together(tuple(args[0]))),)
    where = [i for i, a in enumerate(args) if isinstance(a, Symbol)]
    if len(where) < 2:
        return args
    cast = importlib.import_module("luojia.symbol").amp_multicast(*[args[i] for i in where], num_outputs=len(where))
    found = list(args)
    for i, s in zip(where, cast):
        found[i] = s
    return tuple(found)


# -- loss scaling ------------------------------------------------------------------------------------------------------


class LossScaler:
    """A loss scale, halved where a gradient overflows, doubled after 2,000 updates without; at most 2^24.

    Matches ``mxnet.contrib.amp.loss_scaler.LossScaler``.
    """

    def __init__(self) -> None:
        self._loss_scale = self._next_loss_scale = 2.0**16
        self._max_loss_scale = 2.0**24
        self._scale_seq_len = 2000
        self._unskipped = 0

    @property
    def loss_scale(self) -> float:
        """The scale of the next loss."""
        self._loss_scale = self._next_loss_scale
        return self._loss_scale

    def has_overflow(self, gradients: list[Tensor]) -> bool:
        """Whether a gradient is not finite; the scale of the next loss changes accordingly."""
        finite = all(bool(ndarray.all_finite(g).asnumpy()[0]) for g in gradients)
        if not finite:
            self._next_loss_scale = max(self._loss_scale / 2.0, 1.0)
            self._unskipped = 0
        else:
            self._unskipped += 1
        if self._unskipped == self._scale_seq_len:
            self._unskipped = 0
            self._next_loss_scale = min(self._max_loss_scale, self._loss_scale * 2.0)
        return not finite


def init_trainer(optimizer_or_trainer: Trainer) -> None:
    """Give a Trainer a loss scale: ``scale_loss`` goes by it, and updates whose gradients overflow are left out.

    Raises:
        AssertionError: ``init`` has not been called.
        TypeError: no Trainer; optimizers alone are refused by name.

    Matches ``mxnet.contrib.amp.init_trainer``.
    """
    if _State.dtype is None:
        raise AssertionError("AMP not initialized, did you forget to call amp.init()?")
    trainer = _trainer(optimizer_or_trainer)
    if trainer._amp_loss_scaler is None:
        trainer._amp_original_scale = trainer._scale
    trainer._amp_loss_scaler = LossScaler()


@contextlib.contextmanager
def scale_loss(loss: Any, optimizer_or_trainer: Trainer) -> Iterator[Any]:
    """``with scale_loss(loss, trainer) as scaled: autograd.backward(scaled)``: the loss, or losses, times the scale.

    The Trainer divides the gradients by it at the next step.

    Raises:
        GraphError: the Trainer has no loss scale.

    Matches ``mxnet.contrib.amp.scale_loss``.
    """
    trainer = _trainer(optimizer_or_trainer)
    scaler = trainer._amp_loss_scaler
    if scaler is None:
        raise GraphError("amp.scale_loss: this Trainer has no loss scale; call amp.init_trainer(trainer) first.")
    scale = scaler.loss_scale
    trainer._scale = trainer._amp_original_scale / scale
    yield [one * scale for one in loss] if isinstance(loss, (list, tuple)) else loss * scale


def unscale(optimizer_or_trainer: Trainer) -> None:
    """Divide the gradients by the loss scale now, as clipping them needs; the next step does not again.

    Matches ``mxnet.contrib.amp.unscale``.
    """
    trainer = _trainer(optimizer_or_trainer)
    for p in trainer._params:
        if p.grad_req != "null":
            for g in p.list_grad() if hasattr(p, "list_grad") else [p.grad]:
                g[:] = g * trainer._scale
    trainer._scale = getattr(trainer, "_amp_original_scale", 1.0)


def _trainer(value: Any) -> Any:
    if isinstance(value, Optimizer):
        raise RefusedName("amp: optimizers alone have no loss scale here; use a gluon Trainer.")
    if not isinstance(value, Trainer):
        raise TypeError("optimizer_or_trainer should be a Gluon Trainer or an optimizer, instead is "
                        f"{type(value)}")
    return value


# -- lists -------------------------------------------------------------------------------------------------------------


def list_lp16_ops(target_dtype: str = "float16") -> list[str]:
    """The operators that compute in half precision."""
    _half(target_dtype)
    return list(_LOW.split())


def list_fp32_ops(target_dtype: str = "float16") -> list[str]:
    """The operators that compute in float32."""
    _half(target_dtype)
    return list(_FULL.split())


def list_lp16_fp32_ops(target_dtype: str = "float16") -> list[str]:
    """The operators that compute in the precision of what they are given."""
    _half(target_dtype)
    others = {*_LOW.split(), *_FULL.split(), *_WIDEST.split(), *[name for name, _, _ in _CONDITIONAL]}
    return [name for name in faces.index() if name not in others]


def list_lp16_use_fp32_params(target_dtype: str = "float16") -> dict[str, list[str]] | None:
    """Which arrays of an operator in half precision stay float32: none here."""
    return None if _half(target_dtype) == "float16" else {}


def list_widest_type_cast(target_dtype: str = "float16") -> list[str]:
    """The operators that bring their arrays to the widest of their dtypes."""
    _half(target_dtype)
    return list(_WIDEST.split())


def list_conditional_fp32_ops(target_dtype: str = "float16") -> list[tuple[str, str, list[str]]]:
    """(operator, parameter, values): those for which it computes in float32."""
    _half(target_dtype)
    return list(_CONDITIONAL)


def list_loss_output_functions(target_dtype: str = "float16") -> list[str]:
    """The operators that are losses."""
    _half(target_dtype)
    return ["SoftmaxOutput", "LinearRegressionOutput", "LogisticRegressionOutput", "MAERegressionOutput"]


from .amp_convert import convert_hybrid_block, convert_model, convert_symbol  # noqa: E402 - which takes the lists above

__all__ = ["LossScaler", "convert_hybrid_block", "convert_model", "convert_symbol", "enabled", "init",
           "init_trainer", "list_conditional_fp32_ops", "list_fp32_ops",
           "list_loss_output_functions", "list_lp16_fp32_ops", "list_lp16_ops",
           "list_lp16_use_fp32_params", "list_widest_type_cast", "scale_loss", "unscale"]
__dir__ = public_names(__name__)

also_at(sys.modules[__name__], f"{__name__}.amp")
open_paths(sys.modules[__name__])
