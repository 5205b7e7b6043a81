"""Functions in front of their regions: found by the structure, shapes, dtypes and modes of the arguments.

``Compiled(fn)`` is what ``jit``, ``ms_function``, GRAPH_MODE and hybridized Blocks are on an engine that compiles. On
NumPy, and inside another trace, it just calls ``fn``.
"""

from __future__ import annotations

import dis
import linecache
import threading
import warnings
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import numpy as np

from ..engine.devices import Auto, current_context
from ..errors import ArgumentError, GraphError, NotSupportedError
from .frame import Input, Pending, Untraceable
from .later import Awaited, described
from .mesh import current_mesh
from .packed import Slot, pack, pack_output, unpack
from .program_graph import ProgramGraph, program_of
from .pure import Region
from .retried import containers, held_output, restore, written
from .structure import modules_in, structure, tensors_of
from .tape import state
from .tensor import Tensor, wrap
from .waiting import run_waiting

_WAY_OUT = (
    "make such choices with ops.select, or with ops.cond, foreach, while_loop (nd.contrib) or ops.WhileLoop, or pass "
    "what decides as a static argument, a Python value"
)


class Mode:
    """Whether Modules compile when they are called: ``set_context(mode=GRAPH_MODE)``."""

    graph = False
    save_graphs = 0  # 1 and 2: write each compiled program as text; 3: as a graph too
    save_graphs_path = "."


class Compiled:
    """``fn``, compiled for each kind of arguments that it is called with.

    Args:
        fn: a function of Tensors, Python values and nested tuples, lists and dicts of them. Python values are
            constants of the program.
        strict: raise where ``fn`` cannot be traced, instead of warning once and running it eagerly.
        name: what messages call it.
        batched: whether its arguments are batches, of which several devices have parts (see mesh.py).
        waits: whether recorded calls may be put off, to be one program with what follows (see waiting.py).
        settles: MindSpore's graphs: Tensors that it is given and writes into are its own, and what it returns are
            values, Tensors in place of parameters, tuples and lists in place of iterators.

    Attributes:
        traces: what was traced and why, newest last.
    """

    def __init__(self, fn: Callable, *, strict: bool = False, name: str | None = None, batched: bool = True,
                 waits: bool = False, settles: bool = False) -> None:
        self.fn, self.strict, self.batched, self.waits = fn, strict, batched, waits
        self.name = name or getattr(fn, "__qualname__", type(fn).__name__)
        self.settles = settles
        self.writes = settles and _writes(fn)
        self.traces: list[str] = []
        self._entries: dict[Any, Any] = {}
        self._lock = threading.RLock()
        self._modules: list[Any] | None = None
        self._version = -1
        self._parts: dict[tuple, int] = {}  # the sets of parameters that the Modules had, numbered
        self._part = 0

    def __deepcopy__(self, memo: dict) -> None:
        return None  # a copy of its owner compiles for itself

    def __reduce__(self) -> Any:
        return (type(None), ())

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if state.frame is not None:
            return self.fn(*args, **kwargs)
        tensors: list[Tensor] = []
        try:
            packed = pack(args, tensors), pack(kwargs, tensors) if kwargs else None
        except Untraceable as e:
            if self.strict and current_context().engine.compiles:
                raise NotSupportedError(f"{self.name} cannot be compiled: {e}.") from None
            return self._eagerly(args, kwargs)
        if self.writes:
            args, kwargs = _apart(args), {k: _apart(v) for k, v in kwargs.items()}
        device = tensors[0]._device if tensors else current_context()
        engine = device._engine or device.engine
        if not engine.compiles:
            if Auto.open and not state.recording and device.device_type != "gpu":
                from .choice import timed_call

                return timed_call(self, args, kwargs, packed, tensors, device)
            out = self.fn(*args, **kwargs)
            return out if out.__class__ is Tensor or not self.settles else settled(out)
        mesh = current_mesh(device)
        key = self._key(packed, device, args, tensors, mesh)
        try:
            entry = self._entries.get(key)
        except TypeError:  # a Python value that does not hash
            return self._eagerly(args, kwargs)
        if isinstance(entry, _Entry) and entry.region.stale():
            del self._entries[key]
            entry = None
        if entry is None:
            with self._lock:
                entry = self._entries.get(key)
                if entry is None:
                    entry = self._trace(args, kwargs, packed, tensors, device, mesh)
                    if entry.__class__ is not _Entry:
                        if entry is not None:
                            self._entries[key] = _EAGER
                            return entry[0]
                        return self._eagerly(args, kwargs)
                    self.traces.append(_reason(key, list(self._entries)))
                    self._entries[key] = entry
        if entry is _EAGER:
            return self._eagerly(args, kwargs)
        return entry(tensors)

    def _eagerly(self, args: tuple, kwargs: dict) -> Any:
        out = self.fn(*args, **kwargs)
        return settled(out) if self.settles else out

    def _key(self, packed: tuple, device: Any, args: tuple, tensors: list[Tensor], mesh: Any) -> tuple:
        """What kind of call this is."""
        if state.waiting is None:
            kinds = [(t.__class__, t._value.shape, t._value.dtype, t._node is not None) for t in tensors]
        else:
            kinds = [(t.__class__, a.shape, a.dtype, t._node is not None)
                     for t, a in [(t, described(t)) for t in tensors]]
        return (packed, device, state.training, state.recording, self._flags(args), tuple(kinds), mesh)

    def graph(self, number: int = -1) -> ProgramGraph:
        """What was compiled: the program of the last trace, or of that ``number`` of ``traces``.

        ``print`` it, or have it drawn: ``f.graph().draw("f.svg")``.

        Raises:
            GraphError: nothing has been compiled, as on the NumPy engine.
            ArgumentError: a ValueError: there was no such trace.
        """
        found = [e for e in self._entries.values() if isinstance(e, _Entry)]
        if not found:
            raise GraphError(f"{self.name}.graph: nothing has been compiled; call it first, on an engine that compiles "
                             "(set_context(engine='xla')). The NumPy engine runs it as Python.")
        try:
            return program_of(found[number].region)
        except IndexError:
            raise ArgumentError(f"{self.name}.graph: number is {number}, but {len(found)} program(s) were compiled."
                                ) from None

    def _flags(self, args: tuple) -> tuple:
        """The training flags of the Modules that the function is made of, and of those among the arguments."""
        if self._version != structure.version:
            self._modules = modules_in(self.fn)
            parts = tuple([(id(t), t._node is None) for m in self._modules for t in tensors_of(m)])
            self._part = self._parts.setdefault(parts, len(self._parts))
            self._version = structure.version
        flags: list[Any] = [m.__dict__.get("training") for m in self._modules or ()]
        flags.append(self._part)
        for a in args:
            if not isinstance(a, Tensor) and hasattr(a, "cells_and_names"):
                flags += [m.__dict__.get("training") for m in modules_in(a)]
        return tuple(flags)

    def _trace(self, args: tuple, kwargs: dict, packed: tuple, tensors: list[Tensor], device: Any,
               mesh: Any = None) -> Any:
        """An entry; None to run eagerly this once; (result,) of the eager run where it cannot be traced."""
        entry = _Entry()

        def body(frame: Any, given: list[Tensor]) -> list[Tensor]:
            before = [t._value for t in given]
            a = unpack(packed[0], given)
            k = unpack(packed[1], given) if packed[1] is not None else {}
            if self.writes:
                a, k = _apart(a), {name: _apart(v) for name, v in k.items()}
            flat: list[Tensor] = []
            held = [] if self.strict else containers((*a, k))
            out = self.fn(*a, **k)
            entry.template = pack_output(settled(out) if self.settles else out, flat)
            if any(t._value is not v for t, v in zip(given, before)) or written(held):
                raise Untraceable("it writes into an argument")
            return flat

        attributes = [(m, dict(m.__dict__)) for m in self._modules or ()]
        try:
            inputs = [Input(t._result_class, a.shape, a.dtype) for t, a in [(t, described(t)) for t in tensors]]
            linked = tuple([t._node is not None for t in tensors]) if state.recording else None
            with nullcontext() if self.strict else held_output():
                entry.region = Region(body, inputs, device, state.recording, state.training, linked, self.name, mesh)
            entry.region.batched = self.batched
            if self.waits:
                entry.region.may_wait()
            self._check_attributes(device.engine)
            if Mode.save_graphs:
                program_of(entry.region).save(Mode.save_graphs_path, Mode.save_graphs > 2)
            return entry
        except Pending:
            return None
        except Awaited:
            run_waiting()
            return self._trace(args, kwargs, packed, tensors, device, mesh)
        except Exception as e:
            restore(attributes)
            known = isinstance(e, (*device.engine.untraceable, Untraceable))
            where, line = _user_line(e)
            if self.strict:
                if not known:
                    raise
                why = f"({line}): " if isinstance(e, Untraceable) else f"asks for the value of an array ({line}): "
                raise NotSupportedError(
                    f"{self.name} cannot be compiled: {where} {why}{_first(e)} "
                    f"Under jit(strict=True) and in hybridized Blocks {_WAY_OUT}."
                ) from e
            result = self._eagerly(args, kwargs)  # raises by itself where the fault is not the trace's
            warnings.warn(
                f"{self.name} runs eagerly, as it cannot be compiled: {where} ({line}): {_first(e)} "
                f"To have it compiled, {_WAY_OUT}; jit(strict=True) makes this an error.", stacklevel=4)
            return (result,)

    def _check_attributes(self, engine: Any) -> None:
        for m in self._modules or ():
            for name, value in m.__dict__.items():
                if isinstance(value, Tensor) and engine.is_traced(value._value):
                    raise Untraceable(f"{type(m).__name__} assigns a Tensor to its attribute {name!r}; make it a "
                                      "Parameter to keep it between calls")


class _Entry:
    """One traced kind of arguments."""

    __slots__ = ("region", "template")
    region: Region
    template: Any

    def __call__(self, tensors: list[Tensor]) -> Any:
        outs = self.region(tensors)
        return outs[0] if self.template.__class__ is Slot else unpack(self.template, outs)


_EAGER = object()


# -- what graphs take and give -----------------------------------------------------------------------------------------

_STORE = dis.opmap["STORE_SUBSCR"]
_LISTS = {map: list, filter: list, zip: tuple, enumerate: tuple, range: tuple, type({}.keys()): tuple,
          type({}.values()): tuple, type({}.items()): list}


def settled(out: Any) -> Any:
    """The result of a MindSpore graph: values in place of parameters and of Python's iterators."""
    if isinstance(out, Tensor):
        return out.value() if out._role else out  # type: ignore[attr-defined] - of a parameter
    kind = out.__class__
    if kind is tuple or kind is list:
        return kind([settled(v) for v in out])
    if kind is dict:
        return {k: settled(v) for k, v in out.items()}
    if isinstance(out, np.generic):
        return out.item()
    made = _LISTS.get(kind)
    return out if made is None else made([settled(v) for v in out])


def _apart(given: Any) -> Any:
    """Arguments with Tensors and lists of their own, into which writing is not seen outside; parameters and dicts are
    the caller's, as in MindSpore."""
    if isinstance(given, Tensor):
        return given if given._role else wrap(given._result_class, given._value, given._device, given._node)
    kind = given.__class__
    return kind([_apart(v) for v in given]) if kind is tuple or kind is list else given


def _writes(fn: Any) -> bool:
    """Whether a function has an assignment to an item: ``x[i] = v``."""
    owner = getattr(fn, "__self__", None)
    found = getattr(owner, "_forward_method", None) or fn
    while True:
        inner = getattr(found, "__func__", None) or getattr(found, "__wrapped__", None) or getattr(found, "_fn", None)
        if inner is None:
            break
        found = inner
    code = getattr(found, "__code__", None)
    return code is not None and _STORE in code.co_code[::2]


# -- messages ----------------------------------------------------------------------------------------------------------


def _user_line(e: BaseException) -> tuple[str, str]:
    """The file and line, and its text, of the user's code nearest to where a trace failed."""
    found = ("its code", "")
    tb = e.__traceback__
    while tb is not None:
        file = tb.tb_frame.f_code.co_filename
        inside = tb.tb_frame.f_globals.get("__name__", "").partition(".")[0] in ("luojia", "jax", "numpy", "jaxlib")
        if not inside and not file.startswith("<frozen"):
            found = (f"{file}:{tb.tb_lineno}", linecache.getline(file, tb.tb_lineno).strip() or "no source")
        tb = tb.tb_next
    return found


def _first(e: BaseException) -> str:
    text = str(e).strip().splitlines()
    return (text[0] if text else "the value of an array is needed").rstrip(".") + "."


def _reason(key: tuple, before: list) -> str:
    """Why a new trace was made: what differs from the one before."""
    if not before:
        return "first call"
    old = before[-1]
    names = ("Python values or structure", "device", "autograd training mode", "recording", "a Module's training flag",
             "shapes, dtypes or classes", "the mesh of devices")
    changed = [n for n, a, b in zip(names, old, key) if a != b]
    detail = f" {[(s, str(d)) for _, s, d, _ in old[5]]} -> {[(s, str(d)) for _, s, d, _ in key[5]]}"
    return "changed: " + ", ".join(changed) + (detail if old[5] != key[5] else "")
