"""GradOperation, grad and their kin under MindSpore's names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._src.core.parameter import Parameter
from .._src.core.tensor import Tensor
from .._src.core.transforms import Recorded, leaf_of, node_of_leaf, primal_of, seeds_for
from .._src.errors import DTypeError


class GradOperation:
    """A transform that turns a network into its gradient network.

    Args:
        get_all: gradients of all Tensor inputs instead of the first.
        get_by_list: gradients of the weights passed as second argument.
        sens_param: the gradient network takes the gradient of the output as one more argument.

    >>> from luojia import Tensor, ops
    >>> ops.GradOperation()(lambda x: x * x * x)(Tensor([2.0]))
    Tensor(shape=[1], dtype=Float32, value= [ 1.20000000e+01])
    """

    def __init__(self, get_all: bool = False, get_by_list: bool = False, sens_param: bool = False) -> None:
        for name, flag in (("get_all", get_all), ("get_by_list", get_by_list), ("sens_param", sens_param)):
            if flag is not True and flag is not False:
                raise DTypeError(f"For 'GradOperation', the '{name}' should be bool, but got {type(flag).__name__}")
        self.get_all = get_all
        self.get_by_list = get_by_list
        self.sens_param = sens_param

    def __call__(self, fn: Callable, weights: Any = None) -> Callable:
        if not callable(fn):
            raise DTypeError(f"For 'GradOperation', the network should be callable, but got {type(fn).__name__}")
        single = isinstance(weights, Parameter) or (weights is not None and not isinstance(weights, (list, tuple)))

        def gradient(*args: Any, **kwargs: Any) -> Any:
            sens = None
            if self.sens_param:
                if "sens" in kwargs:
                    kwargs = dict(kwargs)
                    sens = kwargs.pop("sens")
                elif args:
                    *args, sens = args
                else:
                    raise TypeError("the gradient network misses sens, the gradient of the output, "
                                    "as its last argument.")
            listed = []
            if self.get_by_list:
                listed = trainable(fn) if weights is None else [weights] if single else list(weights)
                listed = [_weight(w) for w in listed]
            run = Recorded(fn, args, kwargs)
            if self.get_by_list:  # deferred initialization may have created the leaves during the call
                leaves = [leaf_of(w) for w in listed]
            wanted = [n for n in run.nodes if n is not None] + list(run.keyword_nodes.values())
            if self.get_by_list:
                wanted = (wanted if self.get_all else []) + [node_of_leaf(t) for t in leaves]
            elif not self.get_all:
                wanted = wanted[:1]
            results = run.pull(seeds_for(run.out, sens), wanted)
            if self.get_by_list:
                by_weight = tuple([run.gradient(results, node_of_leaf(t), primal_of(t)) for t in leaves])
                if single:
                    by_weight = by_weight[0]
                return (self._inputs(run, results), by_weight) if self.get_all else by_weight
            if self.get_all:
                return self._inputs(run, results)
            if not run.nodes or run.nodes[0] is None:
                return ()
            return run.gradient(results, run.nodes[0], run.primals[0])

        return gradient

    @staticmethod
    def _inputs(run: Recorded, results: dict) -> tuple:
        found = [
            run.gradient(results, node, primal) for node, primal in zip(run.nodes, run.primals) if node is not None
        ]
        found += [
            run.gradient(results, node, primal_of(run.keyword_aliases[k])) for k, node in run.keyword_nodes.items()
        ]
        return tuple(found)


def trainable(fn: Any) -> list:
    """The weights that a gradient by list takes where none are named: the network's trainable parameters."""
    network = fn if hasattr(fn, "trainable_params") else getattr(fn, "__self__", None)
    if network is not None and hasattr(network, "trainable_params"):
        return list(network.trainable_params())
    return []


def _weight(w: Any) -> Any:
    if isinstance(w, Tensor) or hasattr(w, "leaves"):
        return w
    raise DTypeError(f"For 'GradOperation', the weights should be Parameters, but got {type(w).__name__}")
