"""The XLA engine: JAX's functions, compiled per operator and attributes. Beside its compiler, only this imports jax."""

from __future__ import annotations

import operator
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import jax  # pyright: ignore[reportMissingImports] - an extra, which the type check does without
import jax.numpy as jnp  # pyright: ignore[reportMissingImports]
import numpy as np
from jax._src.lax.lax import (  # pyright: ignore[reportMissingImports] - no public function makes weak types
    _convert_element_type,
)

from . import group
from .devices import OLDEST_JAX
from .namespace import Namespace
from .xla_compile import Equations, placeholder
from .xla_group import NeedsOneGroup
from .xla_mesh import DeviceMesh, moved, together, whole
from .xla_primitives import xla_primitives

if tuple(map(int, jax.__version__.split(".")[:2])) < tuple(map(int, OLDEST_JAX.split("."))):
    raise ImportError(f"jax {jax.__version__} is installed")

_MOST_PROGRAMS = 4096  # kept; beyond, the older half is forgotten
_MOST_KINDS = 24  # programs of one operator before another must have been asked for more than twice
_MOST_CONSTANTS = 8  # values of a Python number in one place before it becomes an input of the program
_SMALL = 1 << 16  # bytes up to which arrays of zeros and ones are kept
_UNCOMPILED = (
    jax.errors.ConcretizationTypeError, jax.errors.NonConcreteBooleanIndexError, jax.errors.TracerArrayConversionError,
    jax.errors.TracerIntegerConversionError)
_Array = jax.Array
_Tracer = jax.core.Tracer


class NeedsValue(Exception):
    """Python inside a trace asks for the value of an array."""


class _Tracing(threading.local):
    depth = 0


class XlaEngine:
    """Computation through XLA, eager by cached compiled programs. Arrays are ``jax.Array`` or tracers."""

    name = "xla"
    direct = False
    compiles = True
    placeholder = staticmethod(placeholder)
    equations = Equations
    scan, while_loop, cond = staticmethod(jax.lax.scan), staticmethod(jax.lax.while_loop), staticmethod(jax.lax.cond)
    untraceable = (*_UNCOMPILED, jax.errors.UnexpectedTracerError, NeedsValue, NeedsOneGroup)

    def __init__(self) -> None:
        group.join()  # jax must know the other processes before it computes
        jax.config.update("jax_enable_x64", True)
        primitives = xla_primitives(jax, jnp)
        self.xp = Namespace("luojia.xp.xla", jnp, primitives | {
            "set_at": self._meeting(primitives["set_at"]), "vjp": self.vjp_of, "engine": self,
            "collective": self.collective})
        self._crowded = False  # whether there is a mesh of several CPU devices
        self.tracing = _Tracing()  # depth > 0 inside a trace: operators run as they are, for one program of them all
        self._programs: dict[Any, Any] = {}
        self._kinds: dict[Any, int] = {}  # how many programs an operator, or its rule, has
        self._asked: dict[Any, int] = {}
        self._constants: dict[Any, set | None] = {}
        self._filled: dict[Any, Any] = {}

    # -- tracing ---------------------------------------------------------------------------------------------------

    def is_traced(self, array: Any) -> bool:
        """Whether an array is a stand-in inside a trace."""
        return isinstance(array, _Tracer)

    def weak(self, value: Any) -> Any:
        """A traced scalar that counts as a Python number: it leaves float32 arrays float32."""
        return _convert_element_type(value, np.dtype(np.float64), weak_type=True)

    def after(self, arrays: Any, others: Any) -> tuple:
        """Inside a trace: ``arrays``, which what is computed of them has only when ``others`` are there."""
        return jax.lax.optimization_barrier((tuple(arrays), tuple(others)))[0]

    def add(self, a: Any, b: Any) -> Any:
        """a + b, wherever they are."""
        return self._meeting(operator.add)(a, b)

    def copy(self, array: Any) -> Any:
        return jnp.array(array, copy=True)

    # -- arrays in and out -----------------------------------------------------------------------------------------

    def asarray(self, value: Any, dtype: Any = None) -> Any:
        if dtype is None and isinstance(value, _Array):
            return value
        if dtype is not None and isinstance(value, np.ndarray) and value.dtype.kind in "fiub":
            with np.errstate(all="ignore"):
                value = value.astype(dtype, copy=False)  # JAX would compile a program for each shape
        return jnp.asarray(value, dtype)

    def to_numpy(self, array: Any) -> np.ndarray:
        if self.tracing.depth and not isinstance(array, _Tracer):
            raise NeedsValue  # a program would keep the value of this moment
        return np.asarray(array)

    def put(self, array: Any, device: Any) -> Any:
        if self.tracing.depth:
            return jnp.asarray(array)
        return moved(array, self.device_of(device))

    def device_of(self, device: Any) -> Any:
        """JAX's device for a luojia device; cpu numbers beyond what JAX has share its CPUs."""
        found = _devices_like(device)
        return found[device.device_id % len(found)]

    def device_count(self, device: Any) -> int:
        """How many devices of the kind of ``device`` JAX has."""
        return len(_devices_like(device))

    def mesh(self, devices: Any) -> DeviceMesh:
        """Several devices as one."""
        places = [self.device_of(d) for d in devices]
        self._crowded = self._crowded or len(places) > 1 and places[0].platform == "cpu"
        return DeviceMesh(places)

    def settle(self, arrays: Any) -> Any:
        """``arrays``; computed, where the next program must not start before.

        Programs that add up over several CPU devices hold a thread for each until all have come, so two of them at a
        time can wait for each other for ever.
        """
        if self._crowded and not self.tracing.depth:
            jax.block_until_ready(arrays)
        return arrays

    def ready(self, arrays: Any) -> Any:
        """``arrays``, computed."""
        return jax.block_until_ready(arrays)

    together = staticmethod(together)

    def memory(self, device: Any) -> dict[str, int]:
        """What JAX counts of a device's memory, under its names; {} where it does not count."""
        return dict(self.device_of(device).memory_stats() or {})

    def wait(self) -> None:
        """Return when all arrays are computed."""
        jax.block_until_ready(jax.live_arrays())

    # -- operators -------------------------------------------------------------------------------------------------

    def run(self, op: Any, values: list, attrs: dict) -> Any:
        """Apply operator ``op``, compiled once per attributes, scalars and absent arguments."""
        where = tuple([i for i, v in enumerate(values) if _is_array(v)])
        if len(where) == len(values):
            rest, arrays = (), values
        else:
            if op.elementwise:
                _check_integers(values)
            where, rest = self._split(op, values, where)
            arrays = [values[i] for i in where]
        if self.tracing.depth or op.collective:
            ans = _forward(self, op, where, rest, attrs)(*arrays)
            return tuple(ans) if isinstance(ans, (tuple, list)) else ans
        try:
            ans = self._program(_forward, op, where, rest, attrs)(*arrays)
        except _UNCOMPILED:
            ans = _forward(self, op, where, rest, attrs)(*whole(arrays))  # its result's shape depends on values
        except ValueError as e:
            ans = self._program(_forward, op, where, rest, attrs)(*together(e, arrays))
        if self._crowded:
            self.settle(ans)
        return tuple(ans) if isinstance(ans, (tuple, list)) else ans

    def pull(self, op: Any, g: Any, ans: Any, args: tuple, needs: tuple, attrs: dict) -> Any:
        """The operator's own rule, or its function differentiated, compiled; fitted to the arguments."""
        where = tuple([i for i, v in enumerate(args) if _is_array(v)])
        rest = tuple([None if i in where else v for i, v in enumerate(args)])
        arrays = [args[i] for i in where]
        if self.tracing.depth or op.collective:
            return _pullback(self, op, where, rest, attrs, needs)(g, ans, *arrays)
        try:
            gs = self._program(_pullback, op, where, rest, attrs, needs)(g, ans, *arrays)
        except _UNCOMPILED:
            g, ans, *arrays = whole([g, ans, *arrays])
            gs = _pullback(self, op, where, rest, attrs, needs)(g, ans, *arrays)
        except ValueError as e:
            flat, structure = jax.tree.flatten((g, ans, *arrays))
            near = jax.tree.unflatten(structure, together(e, flat))
            gs = self._program(_pullback, op, where, rest, attrs, needs)(*near)
        return self.settle(gs) if self._crowded else gs

    def run_linked(self, op: Any, values: list, attrs: dict, needs: list) -> Any:
        """Inside a trace: (result, its pullback) of an operator without a rule, so that what both need is made once;
        None where it has no such pullback."""
        wanted = [i for i, need in enumerate(needs) if need and np.dtype(values[i].dtype).kind in "fcV"]

        def fn(*free: Any) -> Any:
            full = list(values)
            for i, v in zip(wanted, free):
                full[i] = v
            ans = op.fn(self.xp, *full, **attrs)
            return tuple(ans) if isinstance(ans, (tuple, list)) else ans

        ans, pull = jax.vjp(fn, *[values[i] for i in wanted])
        if any(np.dtype(a.dtype).kind not in "fcV" for a in (ans if isinstance(ans, tuple) else (ans,))):
            return None

        def back(g: Any) -> tuple:
            found = dict(zip(wanted, pull(g)))
            return tuple([found.get(i) for i in range(len(values))])

        return ans, back

    def collective(self, kind: str, array: Any, ranks: tuple[int, ...], **how: Any) -> Any:
        """A collective of the processes in ``ranks``: at once, or as part of the program that is traced."""
        if len(ranks) > 1 and any(isinstance(a, _Tracer) for a in (array if isinstance(array, list) else [array])):
            from .xla_group import traced

            return traced(kind, array, ranks, **how)
        return group.collective(kind, array, ranks, **how)

    def _split(self, op: Any, values: list, where: tuple) -> tuple[tuple, tuple]:
        """Which values are the program's inputs, and the others, which are constants of it.

        Python's numbers are constants, as a power or a size must be, until there were many of them in one place: then
        they are inputs, so that a number that changes from step to step compiles once.
        """
        moving = list(where)
        for i, v in enumerate(values):
            if v.__class__ is float or v.__class__ is int:
                key = (op, i)
                seen = self._constants.get(key, _ABSENT)
                if seen is _ABSENT:
                    seen = self._constants[key] = set()
                if seen is None:
                    if op.elementwise:
                        moving.append(i)
                elif v not in seen:
                    seen.add(v)
                    if len(seen) > _MOST_CONSTANTS:
                        self._constants[key] = None
        inputs = tuple(sorted(moving))
        return inputs, tuple([None if i in inputs else v for i, v in enumerate(values)])

    def _program(self, make: Callable, op: Any, where: tuple, rest: tuple, attrs: dict, *more: Any) -> Any:
        try:
            key = (make, op, where, tuple([(type(r), _static(r)) for r in rest]) if rest else None,
                   tuple([(k, type(v), v) for k, v in attrs.items()]) if attrs else None, more)
            program = self._programs.get(key)
        except TypeError:  # attributes that do not hash: run uncompiled
            return make(self, op, where, rest, attrs, *more)
        if program is None:
            if self._is_passing((make, op), key):
                return make(self, op, where, rest, attrs, *more)
            if len(self._programs) >= _MOST_PROGRAMS:
                for old in list(self._programs)[: _MOST_PROGRAMS // 2]:
                    del self._programs[old]
            program = self._programs[key] = jax.jit(make(self, op, where, rest, attrs, *more))
        return program

    def _is_passing(self, kind: Any, key: Any) -> bool:
        """Whether a program is likely to run only once, as that of a slice that moves or of a bound that shrinks: then
        compiling it would take a hundred times as long as to run the operator as it is."""
        made = self._kinds.get(kind, 0)
        if made >= _MOST_KINDS:
            asked = self._asked[key] = self._asked.get(key, 0) + 1
            if asked <= 2:
                if len(self._asked) > _MOST_PROGRAMS:
                    self._asked.clear()
                return True
            del self._asked[key]
        self._kinds[kind] = made + 1
        return False

    def jit(self, key: Any, fn: Callable, donate: tuple[int, ...] = ()) -> Callable:
        """``fn`` of arrays compiled, the same program for the same ``key``; the arguments in ``donate`` are used up."""
        program = self._programs.get(key)
        if program is None:
            program = self._programs[key] = self.program(fn, donate)
        return program

    def program(self, fn: Callable, donate: tuple[int, ...] = ()) -> Callable:
        """``fn`` of arrays compiled; the arguments in ``donate`` are used up."""
        return self._meeting(jax.jit(fn, donate_argnums=donate))

    def _meeting(self, program: Callable) -> Callable:
        """``program``, whose arguments are brought together where they lie on different devices."""
        def call(*args: Any) -> Any:
            try:
                ans = program(*args)
            except ValueError as e:
                flat, structure = jax.tree.flatten(args)
                ans = program(*jax.tree.unflatten(structure, together(e, flat)))
            return self.settle(ans) if self._crowded else ans

        return call

    # -- derivatives and shapes ------------------------------------------------------------------------------------

    def vjp(self, fn: Any, *arrays: Any) -> tuple[Any, Any]:
        """The value of ``fn(xp, *arrays)`` and the map from its cotangent to those of ``arrays``."""
        return jax.vjp(partial(fn, self.xp), *arrays)

    vjp_of = vjp

    def eval_shape(self, fn: Any, *specs: tuple) -> Any:
        """The shape and dtype of ``fn``'s result, abstractly."""
        try:
            return jax.eval_shape(partial(fn, self.xp), *[jax.ShapeDtypeStruct(s, d) for s, d in specs])
        except _UNCOMPILED:  # the shape depends on values: those of zeros
            return fn(self.xp, *[jnp.zeros(s, d) for s, d in specs])

    # -- arrays of one value ---------------------------------------------------------------------------------------

    def look(self, fn: Callable, *specs: tuple) -> None:
        """Run ``fn`` on stand-ins of these (shape, dtype), for what it tells by the way."""
        jax.eval_shape(fn, *[jax.ShapeDtypeStruct(s, d) for s, d in specs])

    def zeros_like(self, array: Any) -> Any:
        return self._fill(0, array)

    def ones_like(self, array: Any) -> Any:
        return self._fill(1, array)

    def _fill(self, value: int, array: Any) -> Any:
        """An array of one value where ``array`` is; small ones are made once, as JAX's arrays never change."""
        if isinstance(array, _Tracer) or not isinstance(array, _Array):
            return jnp.full(array.shape, value, array.dtype)
        key = (value, array.shape, array.dtype, array.sharding)
        found = self._filled.get(key)
        if found is None:
            found = jax.device_put(np.full(array.shape, value, array.dtype), array.sharding)
            if found.nbytes <= _SMALL and len(self._filled) < _MOST_PROGRAMS:
                self._filled[key] = found
        return found


_ABSENT: Any = object()


def _is_array(v: Any) -> bool:
    return isinstance(v, (_Array, np.ndarray)) or (
        hasattr(v, "shape") and hasattr(v, "dtype") and not isinstance(v, np.generic) and not hasattr(v, "_spec"))


def _check_integers(values: list) -> None:
    """Raise for a Python integer that the arrays' dtype does not hold; XLA would wrap it."""
    for v in values:
        if v.__class__ is int:
            for a in values:
                if _is_array(a) and a.dtype.kind in "iu":
                    a.dtype.type(v)


def _static(value: Any) -> Any:
    """What a constant contributes to a program's key; 0.0 and -0.0 differ, and nan is itself."""
    if isinstance(value, (float, complex, np.inexact)):
        return repr(value)
    return (value.shape, str(value.dtype)) if hasattr(value, "_spec") else value


def _forward(engine: XlaEngine, op: Any, where: tuple, rest: tuple, attrs: dict) -> Callable:
    xp = engine.xp
    if not rest:
        return lambda *arrays: op.fn(xp, *arrays, **attrs)

    def run(*arrays: Any) -> Any:
        values = list(rest)
        for i, a in zip(where, arrays):
            values[i] = a
        return op.fn(xp, *values, **attrs)

    return run


def _pullback(engine: XlaEngine, op: Any, where: tuple, rest: tuple, attrs: dict, needs: tuple) -> Callable:
    def run(g: Any, ans: Any, *arrays: Any) -> Any:
        values = list(rest)
        for i, a in zip(where, arrays):
            values[i] = a
        args = tuple(values)
        if op.rule is None:
            gs = tuple(op._differentiate(engine, g, args, needs, attrs))
        else:
            gs = op.rule(engine.xp, g, ans, args, needs, **attrs)
        if not isinstance(gs, (tuple, list)):
            gs = (gs,)
        return tuple([op.fit(gi, a) if need and gi is not None else None for gi, a, need in zip(gs, args, needs)])

    return run


def _devices_like(device: Any) -> list:
    return jax.local_devices(backend="gpu" if device.device_type == "gpu" else "cpu")


def gpu_count() -> int:
    try:
        return len(jax.local_devices(backend="gpu"))
    except RuntimeError:
        return 0


ENGINE = XlaEngine()
