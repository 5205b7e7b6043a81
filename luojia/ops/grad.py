"""GradOperation: MindSpore's transform of a network into its gradient network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._src.core.compiled import Mode
from .._src.core.first_gradient import gradient_of_first
from .._src.core.kept import kept
from .._src.core.tape import Reached
from .._src.core.transforms import (
    Recorded,
    check_weights,
    gradients_at,
    like,
    seeds_for,
    tensors_in,
    weight_input,
)
from .._src.errors import DTypeError


class GradOperation:
    """A transform that turns a network into its gradient network.

    ``GradOperation(...)(net)(*inputs)`` gives, for an output seeded with ones (or with ``sens``):

    =========  =============  ========================================================
    get_all    get_by_list    result
    =========  =============  ========================================================
    False      False          the gradient of the first input, a Tensor
    True       False          the gradients of all Tensor inputs, a tuple
    False      True           the gradients of the weights, a tuple
    True       True           (gradients of the inputs, gradients of the weights)
    =========  =============  ========================================================

    Args:
        get_all: gradients of all Tensor inputs instead of the first.
        get_by_list: gradients of the weights passed as second argument of the call; a single Parameter gives a bare
            Tensor, ``None`` means the trainable parameters that the computation used.
        sens_param: the gradient network takes the gradient of the output as its last argument, or as ``sens=``.

    Raises:
        TypeError: a flag that is not bool, something not callable, weights that hold no Parameters, a ``sens`` of
            another dtype than the output.
        ValueError: a ``sens`` of another shape than the output.

    >>> from luojia import Tensor, ops
    >>> ops.GradOperation()(lambda x: x * x * x)(Tensor([2.0]))
    Tensor(shape=[1], dtype=Float32, value= [ 1.20000000e+01])
    >>> ops.GradOperation(get_all=True)(lambda x, y: x * y)(Tensor([2.0]), Tensor([5.0]))
    (Tensor(shape=[1], dtype=Float32, value= [ 5.00000000e+00]), \
Tensor(shape=[1], dtype=Float32, value= [ 2.00000000e+00]))

    Matches ``mindspore.ops.GradOperation``; weights may also be Gluon Parameters.
    """

    def __init__(self, get_all: bool = False, get_by_list: bool = False, sens_param: bool = False) -> None:
        if not (get_all.__class__ is get_by_list.__class__ is sens_param.__class__ is bool):
            for name, flag in (("get_all", get_all), ("get_by_list", get_by_list), ("sens_param", sens_param)):
                if flag is not True and flag is not False:
                    raise DTypeError(f"For 'GradOperation', the '{name}' should be bool, but got {type(flag).__name__}")
        self.get_all = get_all
        self.get_by_list = get_by_list
        self.sens_param = sens_param

    def __call__(self, fn: Callable, weights: Any = None) -> Callable:
        if not callable(fn):
            raise DTypeError(
                f"For 'GradOperation', the network should be a Module or a function, but got {type(fn).__name__}"
            )
        plain = not (self.get_all or self.get_by_list or self.sens_param)  # the gradient of the first input alone
        listed, single = [], False
        if self.get_by_list:
            listed = check_weights(weights, "GradOperation")
            single = weights is not None and not isinstance(weights, (list, tuple))

        def gradient(*args: Any, **kwargs: Any) -> Any:
            sens = None
            if plain and not kwargs and args:
                run = getattr(fn, "_luojia_keeps", False) and kept(fn, args, kwargs)
                found = run.gradient(run.inputs[0]) if run and run.inputs[0] else gradient_of_first(fn, args)
                if found is not None:
                    return found
                return _of_container(fn, *args) if Mode.graph else ()
            if self.sens_param:
                args, kwargs, sens = _take_sens(args, kwargs)
            try:
                run = kept(fn, args, kwargs) or Recorded(
                    fn, args, kwargs, None if self.get_all else () if self.get_by_list else (0,))
            except TypeError as e:
                if self.sens_param:
                    e.add_note("With sens_param=True the last argument is the gradient of the output; the network has "
                               f"got the {len(args)} before it.")
                raise
            inputs = run.inputs + run.keyword_inputs
            if not self.get_all:
                inputs = [] if self.get_by_list else inputs[:1]
            inputs = [i for i in inputs if i is not None]
            if not self.get_by_list:
                results = run.pull(seeds_for(run.out, sens), [i.node for i in inputs])
                by_input = gradients_at(results, inputs)
                return by_input if self.get_all else by_input[0] if by_input else ()
            if listed is None:
                wanted = Reached(i.node for i in inputs)
                results = run.pull(seeds_for(run.out, sens), wanted)
                leaves = sorted((n for n in results if getattr(n, "owner", None)), key=lambda n: n.id)
                by_weight = gradients_at(results, [weight_input(n.owner()) for n in leaves])
            else:
                at_weights = [weight_input(w, run.device) for w in listed]
                results = run.pull(seeds_for(run.out, sens), [i.node for i in (*inputs, *at_weights)])
                by_weight = gradients_at(results, at_weights)
            by_weight = by_weight[0] if single else by_weight
            return (gradients_at(results, inputs), by_weight) if self.get_all else by_weight

        return gradient

    def __repr__(self) -> str:
        return (f"GradOperation(get_all={self.get_all}, get_by_list={self.get_by_list}, "
                f"sens_param={self.sens_param})")


def _of_container(fn: Callable, first: Any, *rest: Any) -> Any:
    """The gradients of the Tensors in a ``mutable`` first input, in its structure, as MindSpore's graphs give them."""
    from ..common import is_mutable

    if not is_mutable(first):
        return ()
    found = GradOperation(get_all=True)(lambda *xs: fn(like(first, iter(xs)), *rest))(*tensors_in(first))
    made = like(first, iter(found))
    return dict(made) if isinstance(made, dict) else list(made) if isinstance(made, list) else tuple(made)


def _take_sens(args: tuple, kwargs: dict) -> tuple[tuple, dict, Any]:
    if "sens" in kwargs:
        return args, {k: v for k, v in kwargs.items() if k != "sens"}, kwargs["sens"]
    if not args:
        raise DTypeError("a gradient network with sens_param=True takes the gradient of the output as its last "
                         "argument, got no arguments.")
    return args[:-1], kwargs, args[-1]


__all__ = ["GradOperation"]
