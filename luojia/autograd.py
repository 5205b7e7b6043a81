"""MXNet's autograd: record computations, and compute gradients of what was recorded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ._src.core import tape
from ._src.core.repeated import is_end, repeated
from ._src.core.tape import Leaf, Node, RichNode, recording_scope, state
from ._src.core.tensor import NO_INPUTS, Tensor, run_backward, seed, wrap
from ._src.errors import ArgumentError, GraphError, ShapeError
from ._src.paths import public_names
from .ndarray import NDArray

# -- modes -------------------------------------------------------------------------------------------------------------


def record(train_mode: bool = True) -> recording_scope:
    """A scope in which computations are recorded, in training mode unless ``train_mode`` is false.

    >>> import luojia as mx
    >>> x = mx.nd.array([3.0])
    >>> x.attach_grad()
    >>> with record():
    ...     y = x * x
    >>> y.backward()
    >>> x.grad.asscalar()
    np.float32(6.0)
    """
    return recording_scope(True, train_mode)


def pause(train_mode: bool = False) -> recording_scope:
    """A scope in which nothing is recorded.

    >>> from luojia import autograd
    >>> with autograd.record():
    ...     with autograd.pause():
    ...         autograd.is_recording()
    False
    """
    return recording_scope(False, train_mode)


def train_mode() -> recording_scope:
    """A scope in training mode; recording stays as it is.

    >>> from luojia import autograd
    >>> with autograd.train_mode():
    ...     autograd.is_recording(), autograd.is_training()
    (False, True)
    """
    return recording_scope(None, True)


def predict_mode() -> recording_scope:
    """A scope in prediction mode; recording stays as it is.

    >>> from luojia import autograd
    >>> with autograd.record():
    ...     with autograd.predict_mode():
    ...         autograd.is_recording(), autograd.is_training()
    (True, False)
    """
    return recording_scope(None, False)


def is_recording() -> bool:
    """Whether computations are being recorded.

    >>> from luojia import autograd
    >>> autograd.is_recording()
    False
    """
    return state.recording


def is_training() -> bool:
    """Whether layers such as Dropout behave as in training.

    >>> from luojia import autograd
    >>> with autograd.record(train_mode=False):
    ...     autograd.is_training()
    False
    """
    return state.training


def set_recording(is_recording: bool) -> bool:
    """Set recording on or off for this thread; returns what it was.

    >>> from luojia import autograd
    >>> before = autograd.set_recording(True)
    >>> before, autograd.is_recording()
    (False, True)
    >>> autograd.set_recording(before)
    True
    """
    before, state.recording = state.recording, bool(is_recording)
    return before


def set_training(train_mode: bool) -> bool:
    """Set training or prediction mode for this thread; returns what it was.

    >>> from luojia import autograd
    >>> before = autograd.set_training(True)
    >>> before, autograd.is_training(), autograd.set_training(before)
    (False, True, True)
    """
    before, state.training = state.training, bool(train_mode)
    return before


# -- gradients ---------------------------------------------------------------------------------------------------------


def mark_variables(variables: Any, gradients: Any, grad_reqs: str | Sequence[str] = "write") -> None:
    """Make arrays variables whose gradients go to the given arrays.

    Args:
        variables, gradients: arrays, as many and of the same shapes.
        grad_reqs: 'write', 'add' or 'null', for all or one each.

    >>> from luojia import autograd, nd
    >>> x, dx = nd.array([3.0]), nd.zeros(1)
    >>> autograd.mark_variables([x], [dx])
    >>> with autograd.record():
    ...     y = x * x
    >>> y.backward()
    >>> float(dx.asscalar())
    6.0
    """
    variables, gradients = _listed(variables), _listed(gradients)
    reqs = [grad_reqs] * len(variables) if isinstance(grad_reqs, str) else list(grad_reqs)
    if not len(variables) == len(gradients) == len(reqs):
        raise ArgumentError(f"mark_variables: {len(variables)} variables need as many gradients and grad_reqs, got "
                            f"{len(gradients)} and {len(reqs)}.")
    for v, g, req in zip(variables, gradients, reqs):
        if req not in ("write", "add", "null"):
            raise KeyError(req)
        if v.shape != g.shape:
            raise ShapeError(f"mark_variables: the variable has shape {v.shape}, its gradient {g.shape}.")
    for v, g, req in zip(variables, gradients, reqs):
        v._node = Leaf(req, g)


def backward(heads: Any, head_grads: Any = None, retain_graph: bool = False, train_mode: bool = True) -> None:
    """Compute the gradients of the variables that ``heads`` depend on, into their ``.grad``.

    Args:
        heads: an array or a list of arrays, recorded.
        head_grads: their gradients, in a list with None for ones; all ones by default.
        retain_graph: keep the graph for another backward pass.
        train_mode: whether the backward pass is in training mode.

    Raises:
        GraphError: an MXNetError: a head that is not recorded, or was backed through before without ``retain_graph``,
            or that depends on no variable.

    >>> from luojia import autograd, nd
    >>> x = nd.array([1.0, 2.0])
    >>> x.attach_grad()
    >>> with autograd.record():
    ...     y = x * x
    >>> autograd.backward([y], [nd.array([1.0, 10.0])])
    >>> x.grad.asnumpy()
    array([ 2., 40.], dtype=float32)
    """
    heads, head_grads = _pairs(heads, head_grads)
    run_backward(heads, head_grads, retain_graph, train_mode, strict=True)


def grad(heads: Any, variables: Any, head_grads: Any = None, retain_graph: bool | None = None,
         create_graph: bool = False, train_mode: bool = True) -> list[NDArray]:
    """The gradients of ``heads`` with respect to ``variables``, in a list; no ``.grad`` changes.

    Args:
        heads, head_grads: as for ``backward``.
        variables: an array or a list of arrays that the heads depend on: variables (see ``attach_grad``), or, beyond
            MXNet, anything on the tape, as an input of a grad network is.
        retain_graph: keep the graph; by default as ``create_graph``.
        create_graph: record the computation of the gradients, so that they can be differentiated in turn.
        train_mode: whether the backward pass is in training mode.

    Raises:
        GraphError: an MXNetError: a head that is not recorded, an array that is no variable, or one that no head
            depends on.

    >>> from luojia import autograd, nd
    >>> x = nd.array([2.0])
    >>> x.attach_grad()
    >>> with autograd.record():
    ...     y = x * x * x
    ...     dx = autograd.grad(y, x, create_graph=True)[0]
    >>> dx.backward()
    >>> float(dx.asscalar()), float(x.grad.asscalar())
    (12.0, 12.0)
    """
    targets = _listed(variables)
    if not targets:
        raise AssertionError("variables cannot be an empty list.")
    heads, grads = _pairs(heads, head_grads)
    for i, v in enumerate(targets, 1):
        if v._node is None:
            raise GraphError(f"Cannot differentiate with respect to the {i}-th variable because it does not require "
                             "gradient; call attach_grad() on it before recording.")
    retain = create_graph if retain_graph is None else retain_graph
    seeds = [(h._node, seed(h, g, strict=True)) for h, g in zip(heads, grads)]
    if create_graph:
        seeds = [(n, _linked_seed(h, g, s)) for (n, s), h, g in zip(seeds, heads, grads)]
    wanted, found = {v._node for v in targets}, None
    with recording_scope(create_graph, train_mode):
        if create_graph and len(seeds) == 1 and seeds[0][0].op is not None and all([is_end(n, 0) for n in wanted]):
            found = repeated(*seeds[0], wanted=wanted, linked=True)
        if found is None:
            found = tape.backward(seeds, wanted=wanted, linked=create_graph, retain=retain or create_graph, ended=[])
    for i, v in enumerate(targets, 1):
        if v._node not in found:
            raise GraphError(f"Cannot differentiate with respect to the {i}-th variable because it is unreachable from "
                             "the outputs.")
    gradients = [_gradient(found[v._node], v) for v in targets]
    if create_graph:  # a gradient that does not depend on its variable has a gradient of zero there
        for g, v in zip(gradients, targets):
            g._node = g._node or tape.stopped((v._node,), g._device)
    return gradients


def _linked_seed(head: Tensor, g: Any, value: Any) -> Tensor:
    return wrap(Tensor, value, head._device, g._node if isinstance(g, Tensor) and g.np_dtype == head.np_dtype else None)


def _gradient(g: Any, variable: Tensor) -> NDArray:
    cls, device = variable._result_class, variable._device
    if g is None:
        return wrap(cls, device.engine.zeros_like(variable._value), device)
    if isinstance(g, Tensor):
        return wrap(cls, g._value, device, g._node)
    return wrap(cls, device.engine.asarray(g), device)


def _listed(arrays: Any) -> list:
    if isinstance(arrays, Tensor):
        return [arrays]
    if not isinstance(arrays, (list, tuple)):
        raise TypeError(f"expected an NDArray or a list of NDArrays, got {type(arrays).__name__}.")
    for a in arrays:
        if not isinstance(a, Tensor):
            raise TypeError(f"expected a list of NDArrays, got one that holds {type(a).__name__}.")
    return list(arrays)


def _pairs(heads: Any, head_grads: Any) -> tuple[list[Tensor], list]:
    """The heads and their gradients, as lists of one length."""
    heads = _listed(heads)
    if head_grads is None:
        grads = [None] * len(heads)
    elif isinstance(head_grads, Tensor):
        grads = [head_grads]
    elif isinstance(head_grads, (list, tuple)):
        grads = list(head_grads)
    else:
        raise TypeError(f"head_grads must be an NDArray or a list of NDArrays, got {type(head_grads).__name__}.")
    if len(grads) != len(heads):
        raise AssertionError(f"heads and head_grads must be lists of the same length, got {len(heads)} and "
                             f"{len(grads)}.")
    if not heads:
        raise GraphError(NO_INPUTS)
    return heads, grads


def get_symbol(x: NDArray) -> Any:
    """The Symbol of the recorded computation that made ``x``.

    >>> from luojia import autograd, nd
    >>> x = nd.array([1.0, 2.0])
    >>> x.attach_grad()
    >>> with autograd.record():
    ...     y = nd.exp(x) * 2
    >>> len(autograd.get_symbol(y).list_arguments())
    1
    """
    if x._node is None or isinstance(x._node, Node) and x._node.parents is None:
        raise GraphError("NDArray is not part of a computation graph. Did you forget to turn on recording?")
    from ._src.core.graph import symbol_of
    from .symbol import Symbol

    return symbol_of(x, Symbol)


# -- functions of one's own --------------------------------------------------------------------------------------------


class Function:
    """A function with a derivative of one's own. Each instance is called once.

    >>> import luojia as mx
    >>> class Sigmoid(Function):
    ...     def forward(self, x):
    ...         y = 1 / (1 + mx.nd.exp(-x))
    ...         self.save_for_backward(y)
    ...         return y
    ...     def backward(self, dy):
    ...         y, = self.saved_tensors
    ...         return dy * y * (1 - y)
    >>> x = mx.nd.array([0.0])
    >>> x.attach_grad()
    >>> with record():
    ...     y = Sigmoid()(x)
    >>> y.backward()
    >>> x.grad.asscalar()
    np.float32(0.25)
    """

    def __init__(self) -> None:
        self._used = False
        self._saved: tuple = ()

    def forward(self, *inputs: NDArray) -> Any:
        """Compute the output, or a tuple of outputs, of ``inputs``. Not recorded."""
        raise NotImplementedError(f"{type(self).__name__} must define forward(self, *inputs).")

    def backward(self, *output_grads: NDArray) -> Any:
        """Compute one gradient per input from one per output."""
        raise NotImplementedError(f"{type(self).__name__} must define backward(self, *output_grads).")

    def save_for_backward(self, *args: NDArray) -> None:
        """Keep arrays for ``backward``, where they are ``self.saved_tensors``."""
        self._saved = args

    @property
    def saved_tensors(self) -> tuple:
        return self._saved

    def __call__(self, *inputs: NDArray) -> Any:
        if self.__dict__.get("_used"):
            raise AssertionError(
                "Each Function instance can only be called once. Please create another instance."
            )
        self._used = True
        with recording_scope(False):
            out = self.forward(*inputs)
        outs = [out] if isinstance(out, Tensor) else list(out)
        parents = tuple([t._node if isinstance(t, Tensor) else None for t in inputs])
        if not state.recording or not any(parents):
            return out
        # A saved output must not hold the node that holds it: keep its number instead.
        plain = [wrap(t._result_class, t._value, t._device) for t in outs]
        saved = tuple([next((i for i, o in enumerate(outs) if o is t), t) for t in self.__dict__.get("_saved", ())])
        device = outs[0]._device
        many = not isinstance(out, Tensor)
        ans = tuple([t._value for t in outs]) if many else outs[0]._value
        args = tuple([t._value if isinstance(t, Tensor) else None for t in inputs])
        self._saved = ()
        node = RichNode(_Custom(self), {}, parents, args, ans, device, saved=saved)
        for i, t in enumerate(plain):
            t._node = tape.select(node, i, t._value) if many else node
        return type(out)(plain) if many and type(out) in (tuple, list) else plain if many else plain[0]


class _Custom(tape.Pullback):
    """The operation of a node that a Function made."""

    __slots__ = ("function",)
    name = "Function"

    def __init__(self, function: Function) -> None:
        self.function = function

    def pull(self, node: RichNode, g: Any, needs: tuple, linked: bool) -> tuple:
        device, function = node.device, self.function
        many = isinstance(node.ans, tuple)
        answers = node.ans if many else (node.ans,)
        gs = g if many else [g]
        outs = [
            wrap(NDArray, a, device, (tape.select(node, i, a) if many else node) if linked else None)
            for i, a in enumerate(answers)
        ]
        heads = [
            wrap(NDArray, device.engine.zeros_like(o._value) if gi is None else getattr(gi, "_value", gi), device,
                 getattr(gi, "_node", None))
            for gi, o in zip(gs, outs)
        ]
        function._saved = tuple([outs[t] if isinstance(t, int) else t for t in node.saved])
        with recording_scope(linked):
            found = function.backward(*heads)
        function._saved = ()
        found = [found] if isinstance(found, Tensor) or found is None else list(found)
        if len(found) != len(node.parents):
            raise ArgumentError(
                f"{type(function).__name__}.backward must return exactly the same number of NDArrays as the number of "
                f"NDArrays arguments to forward. Expecting {len(node.parents)} got {len(found)}"
            )
        for got, value, need in zip(found, node.args, needs):
            if need and got is not None and got.shape != value.shape:
                raise ShapeError(f"{type(function).__name__}.backward gave a gradient of shape {got.shape} for an "
                                 f"input of shape {value.shape}.")
        return tuple([f if linked or f is None else f._value for f in found])


__all__ = [
    "Function", "backward", "get_symbol", "grad", "is_recording", "is_training", "mark_variables", "pause",
    "predict_mode", "record", "set_recording", "set_training", "train_mode",
]
__dir__ = public_names(__name__)
