"""``mx.contrib.autograd``: autograd under its old names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import autograd as _autograd
from .._src.errors import NoArrayError
from ..autograd import mark_variables
from ..ndarray import NDArray, zeros_like  # type: ignore[attr-defined]

__all__ = ["backward", "compute_gradient", "grad", "grad_and_loss", "mark_variables", "set_is_training",
           "test_section", "train_section"]


def set_is_training(is_train: bool) -> bool:
    """Set training and recording; returns whether training was on."""
    before = _autograd.set_training(is_train)
    _autograd.set_recording(is_train)
    return before


def train_section() -> Any:
    """A scope that records in training mode; ``autograd.record()``."""
    return _autograd.record()


def test_section() -> Any:
    """A scope that does not record, in prediction mode; ``autograd.pause()``."""
    return _autograd.pause()


def backward(outputs: list, out_grads: Any = None, retain_graph: bool = False) -> None:
    """Compute the gradients of the marked variables; ``out_grads`` are those of the outputs, ones by default."""
    _autograd.backward(outputs, out_grads, retain_graph)


def compute_gradient(outputs: list) -> None:
    """``backward``."""
    backward(outputs)


def grad_and_loss(func: Callable, argnum: Any = None) -> Callable:
    """The function that gives (gradients, output) of ``func``, by its arguments or those that ``argnum`` names.

    >>> from luojia import nd
    >>> grads, loss = grad_and_loss(lambda x: x * x)(nd.array([3.0]))
    >>> grads[0].asscalar(), loss.asscalar()
    (np.float32(6.0), np.float32(9.0))
    """
    def wrapped(*args: Any) -> tuple[list, Any]:
        chosen = range(len(args)) if argnum is None else argnum if isinstance(argnum, list) else [argnum]
        variables = [args[i] for i in chosen]
        for x in variables:
            if not isinstance(x, NDArray):
                raise NoArrayError(f"type of autograd input should be NDArray, got {type(x).__name__}.")
        grads = [zeros_like(x) for x in variables]
        mark_variables(variables, grads)
        with train_section():
            outputs = func(*args)
        backward([outputs] if isinstance(outputs, NDArray) else outputs)
        return grads, outputs

    return wrapped


def grad(func: Callable, argnum: Any = None) -> Callable:
    """The function that gives the gradients of ``func``; see ``grad_and_loss``."""
    both = grad_and_loss(func, argnum)
    return lambda *args: both(*args)[0]
