"""Operators of one's own, written on NDArrays: ``CustomOp``, ``CustomOpProp``, ``register`` and ``nd.Custom``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from ._src.core import tape
from ._src.core.symbol import Entry, Symbol, new_name, variable
from ._src.core.symbol_calls import Call, call_node, kept
from ._src.core.symbol_names import OPERATIONS
from ._src.core.symbol_ops import FACES
from ._src.core.tape import Node, RichNode, recording_scope, state
from ._src.core.tensor import Tensor, wrap
from ._src.errors import ArgumentError, DTypeError, MXNetError, NotSupportedError, ShapeError
from ._src.paths import public_names
from .ndarray import NDArray

_registered: dict[str, type] = {}


class CustomOp:
    """What an operator computes: ``forward`` fills ``out_data``, ``backward`` ``in_grad``, both with ``assign``."""

    def forward(self, is_train: bool, req: list[str], in_data: list[NDArray], out_data: list[NDArray],
                aux: list[NDArray]) -> None:
        """Compute the outputs of ``in_data`` into ``out_data``."""
        raise NotImplementedError(f"{type(self).__name__} must define forward(is_train, req, in_data, out_data, aux).")

    def backward(self, req: list[str], out_grad: list[NDArray], in_data: list[NDArray], out_data: list[NDArray],
                 in_grad: list[NDArray], aux: list[NDArray]) -> None:
        """Compute the gradients of the inputs into ``in_grad``. The default leaves zeros."""

    def assign(self, dst: NDArray, req: str, src: Any) -> None:
        """Write ``src`` to ``dst`` as ``req`` says: 'write', 'inplace', 'add' or 'null'."""
        if req in ("write", "inplace"):
            dst[:] = src
        elif req == "add":
            dst[:] = dst + src
        elif req != "null":
            raise ArgumentError(f"assign: req must be 'write', 'inplace', 'add' or 'null', got {req!r}.")


class CustomOpProp:
    """What an operator is: the names of its arrays, their shapes and dtypes, and the CustomOp that computes it.

    Args:
        need_top_grad: whether ``backward`` reads the gradients of the outputs; a loss does not.
    """

    def __init__(self, need_top_grad: bool = True) -> None:
        self.need_top_grad_ = need_top_grad

    def list_arguments(self) -> list[str]:
        """The names of the inputs."""
        return ["data"]

    def list_outputs(self) -> list[str]:
        """The names of the outputs."""
        return ["output"]

    def list_auxiliary_states(self) -> list[str]:
        """The names of the arrays that the operator keeps; given after the inputs."""
        return []

    def infer_shape(self, in_shape: list) -> tuple:
        """Shapes of the inputs, the outputs and the auxiliary states."""
        return in_shape, [in_shape[0]] * len(self.list_outputs()), []

    def infer_type(self, in_type: list) -> tuple:
        """Dtypes of the inputs, the outputs and the auxiliary states: by default those of the first input."""
        return in_type, [in_type[0]] * len(self.list_outputs()), [in_type[0]] * len(self.list_auxiliary_states())

    def infer_storage_type(self, in_stype: list[str]) -> tuple:
        """Storage types of the inputs, the outputs and the auxiliary states: all 'default'."""
        self._dense("infer_storage_type", in_stype=in_stype)
        return in_stype, ["default"] * len(self.list_outputs()), ["default"] * len(self.list_auxiliary_states())

    def infer_storage_type_backward(self, ograd_stype: list[str], in_stype: list[str], out_stype: list[str],
                                    igrad_stype: list[str], aux_stype: list[str]) -> tuple:
        """Storage types of what ``backward`` reads and writes: all 'default'."""
        self._dense("infer_storage_type_backward", ograd_stype=ograd_stype, in_stype=in_stype, out_stype=out_stype,
                    aux_stype=aux_stype)
        return ograd_stype, in_stype, out_stype, ["default"] * len(igrad_stype), aux_stype

    def _dense(self, who: str, **given: list[str]) -> None:
        for what, stypes in given.items():
            for i, stype in enumerate(stypes):
                assert stype == "default", (
                    f"Default {who} implementation doesnt allow non default stypes: found non default stype "
                    f"'{stype}' for {what}[{i}]; override {who} in {type(self).__name__}."
                )

    def declare_backward_dependency(self, out_grad: Sequence, in_data: Sequence, out_data: Sequence) -> list:
        """What ``backward`` reads. (luojia keeps all of it.)"""
        return [*(out_grad if self.need_top_grad_ else ()), *in_data, *out_data]

    def create_operator(self, ctx: Any, in_shapes: list, in_dtypes: list) -> CustomOp:
        """The CustomOp for inputs of these shapes and dtypes."""
        raise NotImplementedError(f"{type(self).__name__} must define create_operator(ctx, in_shapes, in_dtypes).")


def register(reg_name: str) -> Callable[[type], type]:
    """A class decorator that makes a CustomOpProp known as ``nd.Custom(..., op_type=reg_name)``."""

    def decorate(prop: type) -> type:
        if not isinstance(prop, type) or not issubclass(prop, CustomOpProp):
            raise ArgumentError(f"register({reg_name!r}) decorates a subclass of CustomOpProp, got {prop!r}.")
        _registered[reg_name] = prop
        return prop

    return decorate


def get_all_registered_operators() -> list[str]:
    """The names of all operators: those of symbols, and those that ``register`` was given."""
    return sorted({*FACES.index(), *OPERATIONS, *_registered})


class OperatorArguments(NamedTuple):
    """What an operator takes: how many arguments, their names and their kinds."""

    narg: int
    names: list[str]
    types: list[str]


def get_operator_arguments(op_name: str) -> OperatorArguments:
    """The arguments of the ``nd`` function of an operator.

    >>> get_operator_arguments("Activation").names
    ['data', 'act_type']
    """
    from ._src.core.faces import Face
    from .ndarray.door import faces

    if op_name not in faces.index():
        raise ArgumentError(f"get_operator_arguments: there is no operator {op_name!r}.")
    face = Face(*faces.index()[op_name][1:])
    arrays = {p.public for p in face.inputs}
    names = [p.public for p in face.params]
    return OperatorArguments(len(names), names, ["NDArray-or-Symbol" if n in arrays else "attribute" for n in names])


def custom(*args: NDArray, op_type: str = "", name: str | None = None, **kwargs: Any) -> Any:
    """Run the operator registered as ``op_type``.

    Args:
        args: its inputs and then its auxiliary states, in order or by name among ``kwargs``.
        kwargs: the rest of ``kwargs`` goes to the CustomOpProp as strings.

    Raises:
        ArgumentError: an unknown name, or a wrong number of inputs.
        NotSupportedError: a second derivative is asked of it: its backward is not recorded.
    """
    attributes = {k: str(v) for k, v in kwargs.items() if not isinstance(v, Tensor)}
    return _run(op_type, _prop(op_type, attributes), args, kwargs)


def _prop(op_type: str, attributes: dict[str, str]) -> Any:
    if not op_type:
        raise MXNetError("Custom: Required argument `op_type` is missing.")
    if op_type not in _registered:
        raise ArgumentError(f"Custom: no operator is registered as {op_type!r}; known are "
                            f"{sorted(_registered)}. Decorate its CustomOpProp with operator.register.")
    return _registered[op_type](**attributes)


def _run(op_type: str, prop: Any, args: tuple, kwargs: dict[str, Any]) -> Any:
    names, aux_names = prop.list_arguments(), prop.list_auxiliary_states()
    arrays = [*args, *[kwargs[n] for n in [*names, *aux_names][len(args) :] if n in kwargs]]
    if len(arrays) != len(names) + len(aux_names):
        raise ArgumentError(f"Custom {op_type!r} expects {len(names) + len(aux_names)} arrays, for "
                            f"{[*names, *aux_names]}, got {len(arrays)}.")
    inputs, aux = arrays[: len(names)], arrays[len(names) :]
    device = inputs[0]._device
    in_shapes, out_shapes, _ = _inferred(prop, [list(t.shape) for t in inputs])
    for n, t, s in zip(names, inputs, in_shapes):
        if tuple(s) != t.shape:
            raise ShapeError(f"Custom {op_type!r}: its infer_shape expects {n} of shape {tuple(s)}, got {t.shape}.")
    out_types = prop.infer_type([t.dtype for t in inputs])[1]
    operator = _operator(prop, device, in_shapes, [t.dtype for t in inputs])
    outs = [_zeros(tuple(s), d, device) for s, d in zip(out_shapes, out_types)]
    plain = [wrap(NDArray, t._value, device) for t in inputs]
    with recording_scope(False):
        operator.forward(state.training, ["write"] * len(outs), plain, outs, aux)
    parents = tuple([t._node for t in inputs])
    if state.recording and any(parents):
        ans = tuple([o._value for o in outs])
        node = RichNode(_Custom(op_type, operator, aux), {}, parents, tuple([t._value for t in inputs]), ans, device)
        for i, o in enumerate(outs):
            o._node = tape.select(node, i, o._value)
    return outs[0] if len(outs) == 1 else outs


def _inferred(prop: Any, shapes: list) -> list[list]:
    """The shapes of inputs, outputs and auxiliary states that ``infer_shape`` gives, checked in number."""
    found = prop.infer_shape(shapes)
    if len(found) not in (2, 3):
        raise ShapeError(f"{type(prop).__name__}.infer_shape must return 2 or 3 lists, got {len(found)}.")
    named = ("input", prop.list_arguments()), ("output", prop.list_outputs())
    parts = [list(part) for part in found]
    for (kind, names), part in zip(named, parts):
        if len(part) != len(names):
            raise ShapeError(f"InferShape Error: expecting {len(names)} entries in returned {kind} shapes, got "
                             f"{len(part)}; {type(prop).__name__} names {names}.")
    return [*parts, []][:3]


def _operator(prop: Any, device: Any, shapes: list, dtypes: list) -> CustomOp:
    """A new CustomOp; where an executor runs, the one that it had before for arrays of these shapes."""
    made, key = kept.made, (prop, device, str(shapes), str(dtypes))
    if made is None:
        return prop.create_operator(device, shapes, dtypes)
    if key not in made:
        made[key] = prop.create_operator(device, shapes, dtypes)
    return made[key]


def custom_symbol(*args: Any, op_type: str = "", name: str | None = None, attr: dict[str, str] | None = None,
                  **kwargs: Any) -> Any:
    """``sym.Custom``: the operator registered as ``op_type`` in a graph; variables are made for arrays not given."""
    given = {k: str(v) for k, v in kwargs.items() if not isinstance(v, Symbol)}
    prop = _prop(op_type, given)
    names = [*prop.list_arguments(), *prop.list_auxiliary_states()]
    for key, value in kwargs.items():
        if isinstance(value, Symbol) and key not in names:
            raise ArgumentError(f"Custom {op_type!r} has no array {key!r}; it has {names}.")
    if len(args) > len(names):
        raise ArgumentError(f"Custom {op_type!r} expects {len(names)} arrays, for {names}, got {len(args)}.")
    held = [*args, *[kwargs.get(n) for n in names[len(args) :]]]
    cls = next((type(s) for s in held if isinstance(s, Symbol)), None) or _symbol_class()
    name = new_name(name, "custom")
    entries = []
    for n, s in zip(names, held):
        if s is None:
            s = variable(cls, f"{name}_{n}")
            s._outputs[0].node.extra.update(given, op_type=op_type)
        if not isinstance(s, Symbol) or len(s) != 1:
            raise DTypeError(f"Custom {op_type!r}: {n} must be a Symbol of one output, got {s!r}.")
        entries.append(s._outputs[0])
    given = {**given, "op_type": op_type}
    return call_node(cls, _call(op_type, prop), "Custom", name, entries, given, attr)


def custom_node(name: str, strings: dict[str, str], inputs: list[Entry], cls: type) -> list[Entry]:
    """The outputs of a Custom node as a file describes it."""
    given = {k: v for k, v in strings.items() if not k.startswith("__")}
    prop = _prop(given.get("op_type", ""), {k: v for k, v in given.items() if k != "op_type"})
    return list(call_node(cls, _call(given["op_type"], prop), "Custom", name, inputs, given)._outputs)


def _symbol_class() -> type:
    from .symbol import Symbol

    return Symbol


def _call(op_type: str, prop: Any) -> Call:
    names, aux = prop.list_arguments(), prop.list_auxiliary_states()
    n = len(names)

    def run(*arrays: Any) -> Any:
        found = _run(op_type, prop, arrays, {})
        return tuple(found) if isinstance(found, list) else found

    def shapes(found: list) -> list:
        return [tuple(s) for s in _inferred(prop, [list(s) for s in found[:n]])[1]]

    def types(found: list) -> list:
        return list(prop.infer_type([d.type for d in found[:n]])[1])

    def complete(found: list) -> list:
        if not found or found[0] is None:
            return found
        ins, _, states = _inferred(prop, [[] if s is None else list(s) for s in found[:n]])
        return [tuple(s) for s in (*ins, *states)]

    return Call(f"Custom {op_type!r}", [*names, *aux], len(prop.list_outputs()), run, shapes, complete, aux=aux,
                loss=not prop.need_top_grad_, stems=prop.list_outputs(), types=types)


def _zeros(shape: tuple, dtype: Any, device: Any) -> NDArray:
    return wrap(NDArray, device.engine.put(np.zeros(shape, dtype), device), device)


class _Custom(tape.Pullback):
    """The operation of a node that a CustomOp made."""

    __slots__ = ("name", "operator", "aux")

    def __init__(self, name: str, operator: CustomOp, aux: list) -> None:
        self.name, self.operator, self.aux = name, operator, aux

    def pull(self, node: Node, g: list, needs: tuple, linked: bool) -> tuple:
        if linked:
            raise NotSupportedError(f"Custom {self.name!r}: its backward is not recorded, so it has no second "
                                    "derivative; write it as an autograd.Function, which has.")
        device = node.device
        zeros = device.engine.zeros_like
        inputs = [wrap(NDArray, a, device) for a in node.args]
        outs = [wrap(NDArray, a, device) for a in node.ans]
        heads = [wrap(NDArray, zeros(o._value) if gi is None else gi, device) for gi, o in zip(g, outs)]
        found = [wrap(NDArray, zeros(t._value), device) for t in inputs]
        req = ["write" if need else "null" for need in needs]
        with recording_scope(False):
            self.operator.backward(req, heads, inputs, outs, found, self.aux)
        return tuple([f._value if need else None for f, need in zip(found, needs)])


from .operator_classes import NDArrayOp, NumpyOp, PythonOp  # noqa: E402 - they are made of the above

__all__ = ["CustomOp", "CustomOpProp", "NDArrayOp", "NumpyOp", "OperatorArguments", "PythonOp", "custom",
           "get_all_registered_operators", "get_operator_arguments", "register"]
__dir__ = public_names(__name__)
