"""The ``nd`` functions: every operator's MXNet face, made at first use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._src.core.ambient import commit, wants
from .._src.core.apply import apply
from .._src.core.compiled_faces import compile_function, quick_way, run_plain
from .._src.core.faces import MISSING, Face, FaceModule
from .._src.core.random import next_key
from .._src.core.refused import missing
from .._src.core.symbol_names import UNIFORM
from .._src.core.tape import state
from .._src.core.tensor import Tensor, wrap
from .._src.engine.devices import Context, current_context
from .._src.errors import ArgumentError, CallError, DTypeError, NoArrayError
from .ndarray import OPERANDS, NDArray


def run(face: Face, inputs: tuple, attrs: dict[str, Any], out: Any = None, name: Any = None) -> Any:
    """Call an operator with MXNet's conventions: results are NDArrays, several are a list, ``out=`` is written."""
    if face.uniform:
        _one_dtype(face, inputs)
    first = next((t for t in inputs if isinstance(t, Tensor) or hasattr(t, "_luojia_apply")), None)
    for t in inputs:
        if t.__class__ is not NDArray:
            inputs = _checked(face, inputs, first)
            break
    device: Any = None
    if first is None and inputs:
        first = next((t for i in inputs if isinstance(i, (list, tuple)) for t in i if isinstance(t, Tensor)), None)
    if isinstance(first, Tensor):
        device = first._device
    elif first is None:
        device = Context(attrs.pop("ctx")) if attrs.get("ctx") is not None else current_context()
        attrs.pop("ctx", None)
    if face.op.variadic and not inputs:
        raise ArgumentError(f"{face.name}: value 0 for Parameter num_args should be greater equal to 1; give an array.")
    late = face.late
    if late and device is not None:
        if "training" in late:
            attrs["training"] = state.training
        if "key" in late:
            inputs = _with_key(face, inputs, device)
    if first is None and device is not None and device is not current_context():
        with device:
            result = run_plain(face, inputs, attrs)
    else:
        result = run_plain(face, inputs, attrs)
    if first is None:
        result = _as_ndarrays(result)
    if face.op.aux and isinstance(result, tuple):
        result = commit(face.op, inputs, result, attrs)
    if result.__class__ is tuple:
        result = list(result) if len(result) > 1 else result[0]
    if out is None:
        like = getattr(first, "_like", None)
        return result if like is None else like(face.name, inputs, attrs, result)
    if isinstance(out, (list, tuple)):
        results = result if isinstance(result, list) else [result]
        for i, (o, r) in enumerate(zip(out, results)):
            o._store(r, i)
        return out
    return out._store(result[0] if isinstance(result, list) else result)


def _one_dtype(face: Face, inputs: tuple) -> None:
    """Refuse arrays of different dtypes."""
    first: Any = None
    for i, t in enumerate(inputs):
        if isinstance(t, Tensor):
            dtype = t._value.dtype
            if first is None:
                first = dtype
            elif dtype is not first and dtype != first:
                raise DTypeError(f"{face.name}: This layer requires uniform type. Expected '{first}' v.s. given "
                                 f"'{dtype}' at input {i}; cast one of them with astype.")


def _checked(face: Face, inputs: tuple, first: Any) -> tuple:
    """The inputs with NumPy's arrays as NDArrays; what is no array is refused, and so is an input that is missing.

    Beside an array, a number stands for one where shapes broadcast.
    """
    out = []
    for i, t in enumerate(inputs):
        if t is None:
            if i in face.needed or face.op.variadic:
                raise CallError(f"{face.name}: Check failed: num_inputs == infered_num_inputs: it misses the array "
                                f"{face.needed.get(i, 'of its list')!r}.")
        elif t.__class__ is np.ndarray:
            t = _as_input(t, first)
        elif not (isinstance(t, Tensor) or hasattr(t, "_luojia_apply") or hasattr(t, "aval")
                  or face.op.variadic and isinstance(t, (list, tuple))
                  or face.op.elementwise and first is not None and isinstance(t, OPERANDS)):
            who = f"Argument {face.inputs[i].public}" if i < len(face.inputs) else "Positional arguments"
            raise NoArrayError(f"{face.name}: {who} must have NDArray type, but got {t}")
        out.append(t)
    return tuple(out)


def _with_key(face: Face, inputs: tuple, device: Context) -> tuple:
    """The inputs with a fresh random key where the operator, though not its face, takes one."""
    given = dict(zip([p.internal for p in face.inputs], inputs))
    given["key"] = next_key(device)
    rest = inputs[len(face.inputs) :]
    return (*[given.get(name) for name in face.op.inputs], *rest)


def _as_input(array: np.ndarray, first: Any) -> NDArray:
    """A NumPy array among the inputs: floats take the dtype of the first NDArray."""
    device = first._device if isinstance(first, Tensor) else current_context()
    if array.dtype.kind == "f" and isinstance(first, Tensor) and first.np_dtype.kind == "f":
        array = array.astype(first.np_dtype)
    return wrap(NDArray, device.engine.put(array, device), device)


def _as_ndarrays(result: Any) -> Any:
    if isinstance(result, tuple):
        return tuple([_as_ndarrays(r) for r in result])
    return wrap(NDArray, result._value, result._device, result._node) if result.__class__ is Tensor else result


def _make(face: Face) -> Callable:
    named = {p.internal for p in face.params} | face.fixed.keys()
    op = face.op
    face.needed = {i: p.public for i, p in enumerate(face.inputs) if p.default is MISSING}
    face.uniform = face.name in UNIFORM
    face.late = wants(op, named)
    face.direct = (
        not (face.late or op.aux or op.variadic) and len(face.inputs) == len(op.inputs) > 0
        and op.outputs == 1
    )
    quick = quick_way(face) if face.direct else None
    return compile_function(face, run, "luojia.ndarray", "out=None, name=None", quick, NDArray, numpys=True,
                            read=True, straight=apply if face.direct else None)


faces = FaceModule({"mx": _make})
_OLD = {"Convolution_v1": "Convolution", "Pooling_v1": "Pooling", "BatchNorm_v1": "BatchNorm"}
_made: dict[str, Callable] = {}


def function(name: str) -> Callable:
    """The ``nd`` function called ``name``; AttributeError if there is none."""
    found = _made.get(name)
    if found is None:
        try:
            found = _made[name] = faces.get(_OLD.get(name, name))
        except KeyError:
            raise missing("luojia.ndarray", name) from None
    return found
