"""MindSpore's functional transforms: grad, value_and_grad, vjp, jvp, jacrev, jacfwd, vmap, derivative, jet and more."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from .._src.core import transforms
from .._src.core.op import OPERATORS
from .._src.core.recompute import recomputed
from .._src.core.transforms import check_function, check_weights, pullback, pushforward, unlinked, with_aux
from .._src.errors import ArgumentError, DTypeError, GraphError, PositionError, ShapeError
from .._src.ops import Parameter, Tensor
from .._src.paths import public_names
from .grad import GradOperation
from .mapped import vmap


def _positions(grad_position: Any, who: str) -> tuple[int, ...] | None:
    if grad_position is None:
        return None
    given = grad_position if isinstance(grad_position, tuple) else (grad_position,)
    for p in given:
        if not isinstance(p, int):
            raise DTypeError(f"For '{who}', the 'grad_position' must be int or tuple of int, "
                             f"but got {type(grad_position).__name__}: {grad_position!r}.")
        if p < 0:
            raise ArgumentError(f"For '{who}', the elements of grad_position must be >= 0, but got {p}.")
    if len(set(given)) != len(given):
        raise ArgumentError(f"For '{who}', there are duplicate positions in `grad_position`: {grad_position}.")
    return given


def _check_call(positions: Sequence[int], args: Sequence[Any], who: str) -> None:
    for p in positions:
        if p >= len(args):
            raise PositionError(f"For '{who}', position index {p} exceeds the inputs: the function was called with "
                                f"{len(args)} positional arguments.")


def bare(items: tuple) -> Any:
    """The one item of a tuple of one, else the tuple."""
    return items[0] if len(items) == 1 else items


def _flag(value: Any, name: str, who: str) -> None:
    if not isinstance(value, bool):
        raise DTypeError(f"For '{who}', the '{name}' should be bool, but got {type(value).__name__}.")


def _value_and_grad(fn: Callable, grad_position: Any, weights: Any, has_aux: bool, who: str,
                    return_ids: bool = False, sens_param: bool = False) -> Callable:
    check_function(fn, who)
    _flag(has_aux, "has_aux", who)
    _flag(return_ids, "return_ids", who)
    positions = _positions(grad_position, who)
    listed = check_weights(weights, who)
    if positions == ():
        raise ArgumentError(f"For '{who}', grad_position should not be empty when grad by position.")
    if positions is None and listed is None:
        raise ArgumentError(f"For '{who}', `grad_position` and `weight` can not be None at the same time.")
    bare_weight = weights is not None and not isinstance(weights, (list, tuple))

    def value_and_gradient(*args: Any, **kwargs: Any) -> tuple[Any, tuple, Any]:
        sens = None
        if sens_param:
            if not args:
                raise DTypeError(f"For '{who}', with sens_param the last argument is the gradient of the output, got "
                                 "no arguments.")
            args, sens = args[:-1], args[-1]
        at, call = positions or (), fn
        if kwargs:  # the positions go on through the keywords, in the order of the call
            count, names = len(args), list(kwargs)
            args = (*args, *kwargs.values())

            def call(*a: Any) -> Any:
                return fn(*a[:count], **dict(zip(names, a[count:])))

        if args:
            _check_call(at, args, who)
        else:
            at = ()  # there is nothing to differentiate by but weights
        out, aux, pull = pullback(call, args, weights=listed, positions=at, has_aux=has_aux)
        by_input, by_weight = pull(retain=False) if sens is None else pull(sens, retain=False)
        if return_ids:
            by_input = tuple(zip([p for p in at if isinstance(args[p], Tensor)], by_input))
            by_weight = tuple([(w.name, g) for w, g in zip(listed or (), by_weight)])
        inputs = bare(by_input)
        weighted = by_weight[0] if bare_weight and by_weight else by_weight
        if positions is None:
            gradients = weighted
        else:
            gradients = inputs if listed is None else (inputs, weighted)
        return unlinked(out), unlinked(aux), gradients

    return value_and_gradient


def grad(fn: Callable, grad_position: Any = 0, weights: Any = None, has_aux: bool = False, return_ids: bool = False,
         *, sens_param: bool = False) -> Callable:
    """The gradient function of ``fn`` with respect to inputs, weights, or both.

    Args:
        fn: a function or Module of Tensors.
        grad_position: which positional input, or a tuple of them; None for weights only.
        weights: a ParameterTuple, list of Parameters, or one Parameter.
        has_aux: ``fn`` returns (output, *aux); the result is then (gradients, aux).
        return_ids: in place of each gradient give (position or name, gradient), for ``get_grad``.
        sens_param: MindSpore 1.7's: the gradient function takes the output's gradient as last argument. A bool in
            the place of ``weights`` is read as this.

    Raises:
        ValueError: a negative or repeated position, nothing to differentiate by, ``has_aux`` without aux.
        TypeError: a position of another type.
        RuntimeError: a position beyond the arguments of the call.

    >>> from luojia import Tensor, ops
    >>> ops.grad(lambda x, y: x * y, (0, 1))(Tensor(2.0), Tensor(3.0))
    (Tensor(shape=[], dtype=Float32, value= 3), Tensor(shape=[], dtype=Float32, value= 2))

    Matches ``mindspore.grad``.
    """
    if isinstance(weights, bool):
        sens_param, weights = weights, None
    if sens_param:
        check_function(fn, "grad")
        positions = _positions(grad_position, "grad") or (0,)

        def with_sens(*args: Any) -> Any:
            *inputs, sens = args
            _check_call(positions, inputs, "grad")
            gradients = pullback(fn, inputs, positions=positions)[2](sens, retain=False)[0]
            return bare(gradients)

        return with_sens
    both = _value_and_grad(fn, grad_position, weights, has_aux, "grad", return_ids)

    def gradient(*args: Any, **kwargs: Any) -> Any:
        _, aux, gradients = both(*args, **kwargs)
        return (gradients, aux) if has_aux else gradients

    return gradient


def value_and_grad(fn: Callable, grad_position: Any = 0, weights: Any = None, has_aux: bool = False,
                   return_ids: bool = False, sens_param: bool = False) -> Callable:
    """Like ``grad``, giving (output, gradients); with ``has_aux`` ((output, *aux), gradients).

    ``return_ids`` is as in ``grad``. With ``sens_param`` the last argument of the call is the gradient of the output.

    >>> from luojia import Tensor, ops
    >>> ops.value_and_grad(lambda x: x * x)(Tensor(3.0))
    (Tensor(shape=[], dtype=Float32, value= 9), Tensor(shape=[], dtype=Float32, value= 6))
    """
    both = _value_and_grad(fn, grad_position, weights, has_aux, "value_and_grad", return_ids, sens_param)

    def value_and_gradient(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        out, aux, gradients = both(*args, **kwargs)
        return ((out, *aux) if has_aux else out), gradients

    return value_and_gradient


def _arity(fn: Callable, count: int) -> bool:
    """Whether ``fn`` takes ``count`` positional arguments."""
    target = getattr(fn, "_forward_method", None) or fn
    try:
        inspect.signature(target).bind(*range(count))
    except TypeError:
        return False
    except ValueError:
        return True
    return True


def get_grad(gradients: Any, identifier: Any) -> Tensor:
    """The gradient of a position or a Parameter among those that ``grad`` gives with ``return_ids``.

    Raises:
        TypeError: an identifier that is no int and no Parameter.
        RuntimeError: there is no such gradient.

    >>> from luojia import Tensor, ops
    >>> found = ops.grad(lambda x, y: x * y, (0, 1), return_ids=True)(Tensor(2.0), Tensor(3.0))
    >>> ops.get_grad(found, 1)
    Tensor(shape=[], dtype=Float32, value= 2)

    Matches ``mindspore.get_grad``.
    """
    if isinstance(identifier, bool) or not isinstance(identifier, (int, Parameter)):
        raise DTypeError(f"For `get_grad`, the `x` should be an integer or a Parameter, but got {identifier}")
    wanted = identifier.name if isinstance(identifier, Parameter) else identifier
    waiting = [gradients]
    while waiting:
        found = waiting.pop()
        if not isinstance(found, (tuple, list)):
            continue
        if len(found) == 2 and isinstance(found[0], (int, str)) and isinstance(found[1], Tensor):
            if found[0] == wanted:
                return found[1]
            continue
        waiting.extend(found)
    raise GraphError(f"Can not find the gradient for position or Parameter {identifier}")


def vjp(fn: Callable, *inputs: Any, weights: Any = None, has_aux: bool = False) -> tuple:
    """(output, vjp_fn): ``vjp_fn(sens)`` gives the vector-Jacobian products of the inputs, a tuple.

    With ``weights``, ((inputs), (weights)). With ``has_aux``, (output, vjp_fn, aux), a single aux bare. MindSpore 1.7's
    ``vjp(fn, inputs, v)``, which gives (output, gradients), is recognized by its arguments not fitting ``fn``.

    >>> from luojia import Tensor, ops
    >>> out, vjp_fn = ops.vjp(lambda x: x * x, Tensor(3.0))
    >>> vjp_fn(Tensor(1.0))
    (Tensor(shape=[], dtype=Float32, value= 6),)
    """
    check_function(fn, "vjp")
    _flag(has_aux, "has_aux", "vjp")
    old = len(inputs) == 2 and (isinstance(inputs[0], (tuple, list)) or not _arity(fn, 2))
    if old:
        first, v = inputs
        inputs = tuple(first) if isinstance(first, (tuple, list)) else (first,)
    listed = check_weights(weights, "vjp")
    for i, x in enumerate(inputs):
        if not isinstance(x, Tensor):
            raise DTypeError(f"For 'vjp', the inputs must be Tensors, but input {i} is {type(x).__name__}.")
    out, aux, pull = pullback(fn, inputs, weights=listed, has_aux=has_aux)
    if old:
        gradients = pull(tuple(v) if isinstance(v, list) else v, retain=False)[0]
        return unlinked(out), bare(gradients)

    def vjp_fn(*sens: Any) -> tuple:
        if isinstance(out, (tuple, list)):
            given = sens[0] if len(sens) == 1 and isinstance(sens[0], (tuple, list)) else sens
        else:
            given = sens[0] if sens else None
            if isinstance(given, (int, float)):
                raise DTypeError(f"For 'vjp', the gradient of the output must be a Tensor, but got "
                                 f"{type(given).__name__}.")
        by_input, by_weight = pull(given)
        if listed is None:
            return by_input
        return by_input, by_weight[0] if isinstance(weights, Parameter) else by_weight

    return (unlinked(out), vjp_fn, bare(unlinked(aux))) if has_aux else (unlinked(out), vjp_fn)


def jvp(fn: Callable, inputs: Any, v: Any, has_aux: bool = False) -> tuple:
    """(output, tangent): the Jacobian-vector product of ``fn`` at ``inputs`` along ``v``.

    Raises:
        ValueError: ``inputs`` and ``v`` differ in number or shape.

    >>> from luojia import Tensor, ops
    >>> ops.jvp(lambda x: x * x, Tensor(3.0), Tensor(1.0))
    (Tensor(shape=[], dtype=Float32, value= 9), Tensor(shape=[], dtype=Float32, value= 6))
    """
    check_function(fn, "jvp")
    _flag(has_aux, "has_aux", "jvp")
    args = tuple(inputs) if isinstance(inputs, (tuple, list)) else (inputs,)
    tangents = tuple(v) if isinstance(v, (tuple, list)) else (v,)
    for x in (*args, *tangents):
        if not isinstance(x, Tensor):
            raise DTypeError(f"For 'jvp', inputs and v must be Tensors, but got {type(x).__name__}.")
    if len(args) != len(tangents):
        raise ArgumentError(f"For 'jvp', inputs and v must have the same length, "
                            f"but got {len(args)} inputs and {len(tangents)} tangents.")
    for i, (x, t) in enumerate(zip(args, tangents)):
        if x.shape != t.shape:
            raise ShapeError(f"For 'jvp', input {i} has shape {x.shape}, its tangent {t.shape}; they must be equal.")
        if x.np_dtype != t.np_dtype:
            raise DTypeError(f"For 'jvp', input {i} is {x.dtype}, its tangent {t.dtype}; they must be equal.")
    aux: list = []

    def main(*xs: Any) -> Any:
        out = fn(*xs)
        if has_aux:
            aux[:] = with_aux(out)[1:]
            return out[0]
        return out

    out, pushed = pushforward(main, args, tangents)
    return (unlinked(out), pushed, bare(unlinked(tuple(aux)))) if has_aux else (unlinked(out), pushed)


def _jacobian(build: Callable, fn: Callable, grad_position: Any, has_aux: bool, who: str) -> Callable:
    check_function(fn, who)
    _flag(has_aux, "has_aux", who)
    positions = _positions(grad_position, who)
    if positions is None:
        raise DTypeError(f"For '{who}', the 'grad_position' must be int or a tuple of int, but got None.")
    if not positions:
        raise ArgumentError(f"For '{who}', grad_position should not be empty.")

    def jacobian(*args: Any) -> Any:
        _check_call(positions, args, who)
        for p in positions:
            if not isinstance(args[p], Tensor):
                raise DTypeError(f"For '{who}', argument {p} must be a Tensor, but got {type(args[p]).__name__}.")
        out, aux = build(fn, args, positions, has_aux)
        return (out, bare(unlinked(aux))) if has_aux else out

    return jacobian


def jacrev(fn: Callable, grad_position: Any = 0, has_aux: bool = False) -> Callable:
    """The Jacobian function of ``fn`` in reverse mode: Tensors of shape out_shape + in_shape.

    >>> from luojia import Tensor, ops
    >>> ops.jacrev(lambda x: x * x)(Tensor([1.0, 2.0])).asnumpy().tolist()
    [[2.0, 0.0], [0.0, 4.0]]
    """
    return _jacobian(transforms.jacobian_reverse, fn, grad_position, has_aux, "jacrev")


def jacfwd(fn: Callable, grad_position: Any = 0, has_aux: bool = False) -> Callable:
    """The Jacobian function of ``fn`` in forward mode; ``jacfwd(jacrev(f))`` is the Hessian.

    >>> from luojia import Tensor, ops
    >>> ops.jacfwd(ops.jacrev(lambda x: ops.sum(x * x * x)))(Tensor([1.0, 2.0])).asnumpy().tolist()
    [[6.0, 0.0], [0.0, 12.0]]
    """
    return _jacobian(transforms.jacobian_forward, fn, grad_position, has_aux, "jacfwd")


def _primals(who: str, given: Any) -> tuple:
    """The Tensor, or those of the tuple, at which a function is expanded."""
    listed = tuple(given) if isinstance(given, (tuple, list)) else (given,)
    for x in listed:
        if not isinstance(x, Tensor) or x.np_dtype.name not in ("int32", "int64", "float32", "float64"):
            got = x.dtype if isinstance(x, Tensor) else type(x).__name__
            raise DTypeError(f"For '{who}', Tensors of Int32, Int64, Float32 or Float64 are expected, but got {got}.")
    return listed


def derivative(fn: Callable, primals: Any, order: int) -> tuple:
    """(output, derivative of the given order) of ``fn`` along ones, element by element.

    >>> from luojia import Tensor, ops
    >>> ops.derivative(lambda x: x * x * x, Tensor([2.0]), 2)[1].asnumpy().tolist()
    [12.0]
    """
    if isinstance(order, bool) or not isinstance(order, int):
        raise DTypeError(f"For 'derivative', the 'order' must be int, but got {type(order).__name__}.")
    if order < 1:
        raise ArgumentError(f"For 'derivative', the 'order' must be at least 1, but got {order}.")
    args = _primals("derivative", primals)
    ones, zeros = OPERATORS["ones_like"], OPERATORS["zeros_like"]
    series = [[ones(x) for x in args]] + [[zeros(x) for x in args]] * (order - 1)
    out, found = transforms.taylor(fn, args, series)
    return unlinked(out), found[-1]


def jet(fn: Callable, primals: Any, series: Any) -> tuple:
    """(output, derivatives): the Taylor coefficients of ``fn`` along the curve with derivatives ``series`` at 0.

    ``series`` has the orders along its first axis; so has the result.
    """
    args, given = _primals("jet", primals), _primals("jet", series)
    if isinstance(primals, Tensor) != isinstance(series, Tensor):
        raise DTypeError("For 'jet', primals and series must both be a Tensor, or both be tuples.")
    if len(args) != len(given):
        raise ArgumentError(f"For 'jet', got {len(args)} primals and {len(given)} series; give one for each.")
    for x, s in zip(args, given):
        if s.shape[1:] != x.shape:
            raise ShapeError(f"For 'jet', a primal of shape {x.shape} needs a series of shape (order, *{x.shape}), "
                             f"got {s.shape}.")
    orders = [[s[i] for s in given] for i in range(given[0].shape[0])]
    out, found = transforms.taylor(fn, args, orders)
    reshape, concatenate = OPERATORS["reshape"], OPERATORS["concatenate"]
    stacked = concatenate(*[reshape(t, shape=(1, *t.shape)) for t in found], axis=0)
    return unlinked(out), stacked


def stop_gradient(value: Any) -> Any:
    """``value`` itself, a constant to every gradient; a tuple or list of Tensors is taken entry by entry.

    >>> from luojia import Tensor, ops
    >>> ops.grad(lambda x: x * ops.stop_gradient(x))(Tensor(3.0))
    Tensor(shape=[], dtype=Float32, value= 3)
    """
    if isinstance(value, (tuple, list)):
        return type(value)([stop_gradient(v) for v in value])
    if isinstance(value, Tensor) or hasattr(value, "_luojia_apply"):
        return OPERATORS["stop_gradient"](value)
    if value is None or isinstance(value, (bool, int, float, complex, str)):
        return value
    raise DTypeError(f"For 'stop_gradient', expected a Tensor, a number, None, or a tuple of those, "
                     f"but got {type(value).__name__}.")


def recompute(block: Callable, *args: Any, use_reentrant: bool = True, output_recompute: bool = False,
              **kwargs: Any) -> Any:
    """``block(*args, **kwargs)``, of which the tape keeps only the inputs: backward computes it again.

    Args:
        block: a network, or a function, which must do the same when it is called again.
        use_reentrant, output_recompute: accepted.

    >>> from luojia import Tensor, ops
    >>> float(ops.grad(lambda x: ops.recompute(ops.tanh, x))(Tensor(0.0)))
    1.0

    Matches ``mindspore.recompute``, which takes networks only.
    """
    if not callable(block):
        raise DTypeError(f"For 'recompute', the block must be callable, got {type(block).__name__}.")
    return recomputed(block, *args, **kwargs)


__all__ = ["GradOperation", "derivative", "get_grad", "grad", "jacfwd", "jacrev", "jet", "jvp", "recompute",
           "stop_gradient", "value_and_grad", "vjp", "vmap"]
__dir__ = public_names(__name__)
