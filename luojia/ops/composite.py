"""MindSpore's functions of functions over Tensors: HyperMap, dispatch by type, hooks on gradients, clipping by norm."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from .._src.core.op import OPERATORS
from .._src.core.primitive import Primitive
from .._src.core.tape import state
from .._src.errors import ArgumentError, DTypeError, GraphError, MXNetError
from .._src.ops import Tensor
from .._src.ops.composed.hooks import Hooked, hooked
from .._src.ops.composed.linear import smooth_norm
from .._src.paths import public_names


def partial(func: Callable, *args: Any, **kwargs: Any) -> functools.partial:
    """``func`` with its first arguments given, as Python's ``functools.partial``.

    Matches ``mindspore.ops.partial``, which takes no arguments by name.

    >>> from luojia import ops
    >>> float(ops.partial(ops.sub, Tensor(5.0))(Tensor(3.0)))
    2.0
    """
    return functools.partial(func, *args, **kwargs)



class HyperMap:
    """Apply a function to the corresponding elements of nested tuples, lists or dicts; lists come back as tuples.

    >>> from luojia import ops
    >>> ops.HyperMap()(lambda a, b: a + b, (1, (2, 3)), (10, (20, 30)))
    (11, (22, 33))
    """

    _nested = True

    def __init__(self, ops: Callable | None = None, reverse: bool = False) -> None:
        self.ops = ops
        self.reverse = reverse

    def __call__(self, *args: Any) -> Any:
        fn, rest = (self.ops, args) if self.ops is not None else (args[0], args[1:])
        if not callable(fn):
            raise DTypeError(f"{type(self).__name__}: the first argument must be a function, got {type(fn).__name__}.")
        return self._map(fn, rest, 0)

    def _map(self, fn: Callable, args: tuple, depth: int) -> Any:
        first = args[0]
        if isinstance(first, dict):
            return {k: self._map(fn, tuple([a[k] for a in args]), depth + 1) for k in first}
        if not isinstance(first, (tuple, list)) or (depth and not self._nested):
            return fn(*args)
        lengths = [len(a) if isinstance(a, (tuple, list)) else -1 for a in args]
        if len(set(lengths)) != 1:
            raise ArgumentError(f"{type(self).__name__}: the sequences must be equally long, got lengths {lengths}.")
        out = [self._map(fn, items, depth + 1) for items in zip(*args)]
        return tuple(out)


class Map(HyperMap):
    """Apply a function to the corresponding elements of tuples or lists, one level deep.

    >>> from luojia import ops
    >>> ops.Map()(lambda a, b: a + b, (1, 2), (10, 20))
    (11, 22)
    """

    _nested = False


_KINDS: dict[str, Callable[[Any], bool]] = {
    "Tensor": lambda v: isinstance(v, Tensor), "Number": lambda v: isinstance(v, (int, float)),
    "Bool": lambda v: isinstance(v, bool), "Tuple": lambda v: isinstance(v, tuple),
    "List": lambda v: isinstance(v, list), "String": lambda v: isinstance(v, str), "None": lambda v: v is None,
    "Function": callable, "Dictionary": lambda v: isinstance(v, dict),
}


class MultitypeFuncGraph:
    """A function whose implementation is chosen by the types of its arguments.

    >>> from luojia import ops
    >>> double = ops.MultitypeFuncGraph("double")
    >>> @double.register("Number")
    ... def _(x):
    ...     return 2 * x
    >>> double(4)
    8
    """

    def __init__(self, name: str, read_value: bool = False) -> None:
        self.name = name
        self.entries: list[tuple[tuple, Callable]] = []

    def register(self, *type_names: Any) -> Callable:
        """A decorator that registers an implementation for arguments of these types (names or luojia types)."""
        def add(fn: Callable) -> Callable:
            from ..common import dtype as mstype

            for kind in type_names:
                if not isinstance(kind, (str, type, mstype.DType, mstype.TypeFamily)):
                    raise DTypeError("For 'MultitypeFuncGraph', register only supports names of types and types, but "
                                     f"got {kind!r}.")
            self.entries.append((type_names, fn))
            return fn

        return add

    def __call__(self, *args: Any) -> Any:
        for types, fn in self.entries:
            if len(types) == len(args) and all(_is_kind(a, t) for a, t in zip(args, types)):
                return fn(*args)
        got = ", ".join(type(a).__name__ for a in args)
        known = "; ".join(", ".join(map(str, types)) for types, _ in self.entries) or "nothing"
        raise _NoImplementation(f"{self.name} has no implementation for ({got}); it is registered for ({known}).")


class _NoImplementation(ArgumentError, DTypeError):
    """Types that no implementation is for: in MindSpore a ValueError eagerly, a TypeError in GRAPH_MODE."""


def _is_kind(value: Any, kind: Any) -> bool:
    from ..common import dtype as mstype

    if isinstance(kind, str):
        test = _KINDS.get(kind)
        if test is not None:
            return test(value)
        kind = getattr(mstype, kind.lower(), kind)
        if isinstance(kind, str):
            return type(value).__name__ == kind
    if isinstance(kind, type):
        return isinstance(value, kind)
    if isinstance(value, Tensor):
        return False
    try:
        return mstype.issubclass_(mstype.get_py_obj_dtype(value), kind)
    except MXNetError:  # a value that has no such type
        return False


class HookBackward(Primitive):
    """Identity that hands each gradient passing backward to ``hook_fn``, as a tuple; what that returns replaces it.

    >>> from luojia import Tensor, grad, ops
    >>> double = ops.HookBackward(lambda gradients: (gradients[0] * 2,))
    >>> print(grad(lambda x: double(x) * 3)(Tensor([1.0])))
    [6.]
    """

    def __init__(self, hook_fn: Callable, cell_id: str = "") -> None:
        if not callable(hook_fn):
            raise DTypeError("For 'HookBackward', the 'hook_fn' should be a function, but got "
                             f"{type(hook_fn).__name__}.")
        self.attrs = {"cell_id": cell_id}
        self.hook_fn = hook_fn

    def __call__(self, *args: Any) -> Any:
        if len(args) == 1:
            return hooked(args[0], Hooked(self.hook_fn, True))
        tensors = [x for x in args if isinstance(x, Tensor)]
        if not state.recording or all(t._node is None for t in tensors):
            return args
        from ..nn.custom import record

        found = iter(record(self._pull, self.name, tensors, tensors))
        return tuple([next(found) if isinstance(x, Tensor) else x for x in args])

    def _pull(self, inputs: list, outputs: list, gradients: list) -> list:
        changed = self.hook_fn(tuple(gradients))
        if changed is None:
            return gradients
        changed = list(changed) if isinstance(changed, (tuple, list)) else [changed]
        if len(changed) != len(gradients):
            raise GraphError(f"For 'HookBackward', the 'hook_fn' must return as many gradients as it is given, "
                             f"{len(gradients)}, but got {len(changed)}.")
        return changed


class InsertGradientOf(Primitive):
    """Identity whose gradient is ``f`` of the gradient that arrives.

    >>> from luojia import Tensor, grad, ops
    >>> double = ops.InsertGradientOf(lambda gradient: gradient * 2)
    >>> print(double(Tensor([1.0])), grad(lambda x: double(x) * 3)(Tensor([1.0])))
    [1.] [6.]
    """

    def __init__(self, f: Callable) -> None:
        if not callable(f):
            raise DTypeError(f"For 'InsertGradientOf', the 'f' should be a function, but got {type(f).__name__}.")
        self.attrs = {}
        self.f = f

    def __call__(self, x: Any) -> Any:
        return hooked(x, Hooked(self.f, False))


def clip_by_norm(x: Any, max_norm: float, norm_type: float = 2.0, error_if_nonfinite: bool = False) -> Any:
    """Tensors scaled so that their common norm is at most ``max_norm``."""
    listed = [x] if isinstance(x, Tensor) else list(x)
    norms = OPERATORS["stack"]([smooth_norm(t, norm_type) for t in listed])
    total = smooth_norm(norms, norm_type)
    if error_if_nonfinite and not bool(OPERATORS["isfinite"](total)):
        raise ArgumentError(f"clip_by_norm: the norm of the Tensors is {float(total)}, which is not finite.")
    scale = OPERATORS["minimum"](max_norm / (total + 1e-6), 1.0)
    out = [t * scale for t in listed]
    return out[0] if isinstance(x, Tensor) else tuple(out)


def clip_by_global_norm(x: Any, clip_norm: float = 1.0, use_norm: None = None) -> Any:
    """Tensors scaled by clip_norm / max(global norm, clip_norm), the global norm being that of all of them together; a
    Tensor alone is scaled alone.

    >>> from luojia import Tensor, ops
    >>> print(ops.clip_by_global_norm((Tensor([3.0]), Tensor([4.0])), 1.0)[1])
    [0.8]
    """
    if use_norm is not None:
        raise ArgumentError(f"For 'clip_by_global_norm', use_norm must be None, got {use_norm!r}.")
    if isinstance(x, Tensor):
        return clip_by_global_norm((x,), clip_norm)[0]
    if not isinstance(x, (tuple, list)):
        raise DTypeError(f"For 'clip_by_global_norm', x must be a tuple or list of Tensors, got {type(x).__name__}.")
    if clip_norm <= 0:
        raise ArgumentError(f"For 'clip_by_global_norm', clip_norm must be > 0, got {clip_norm}.")
    total = OPERATORS["sqrt"](OPERATORS["add_all"]([OPERATORS["sum"](t * t) for t in x]))
    scale = clip_norm / OPERATORS["maximum"](total, clip_norm)
    return tuple([t * scale for t in x])


__all__ = [
    "HookBackward", "HyperMap", "InsertGradientOf", "Map", "MultitypeFuncGraph",
    "clip_by_global_norm", "clip_by_norm", "partial",
]
__dir__ = public_names(__name__)
