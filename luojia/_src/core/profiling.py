"""What runs, and for how long: operators, their rules, compiled programs, and spans that the user marks.

Nothing here costs anything while no ``Recording`` runs: the first that starts puts timed functions in the place of
those that compute (each operator's function and rules, an engine's ``run`` and ``pull``, a region's call), and the last
that stops puts the old ones back. Time is measured around what computes on arrays, without Python's way there. On an
engine that computes asynchronously each result is waited for.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from ..engine.devices import current_context
from ..engine.namespace import OPERATORS
from ..engine.numpy_engine import ENGINE as NUMPY
from . import apply as _apply
from .op import Operator
from .pure import Region
from .repeated import forget
from .tape import state
from .waiting import Waiting

OPERATOR, PROGRAM = "operator", "program"
_lock = threading.RLock()
running: list[Recording] = []
_undo: list[Callable[[], None]] = []
_also: list[tuple[Any, str, Callable[[Any], str]]] = []
_XLA = "luojia._src.engine.xla_engine"


class Event(NamedTuple):
    """Something that happened: a span, or with ``stop`` None an instant, or with ``value`` the new value of a counter.

    Times are ``time.perf_counter_ns()``; ``thread`` is the thread's identity.
    """

    category: str
    name: str
    start: int
    stop: int | None
    thread: int
    value: float | None = None
    scope: str = ""


class Recording:
    """The events of a stretch of a program; ``start`` and ``stop`` may be called again and again.

    Args:
        operators: whether operators are recorded, or only what ``mark`` is told.
        trace_folder: where JAX puts its own trace of each run, where the XLA engine is in use by then.

    >>> from luojia import Tensor
    >>> recording = Recording()
    >>> recording.start()
    >>> x = Tensor([1.0, 2.0]) * 2
    >>> recording.stop()
    >>> [(e.category, e.name) for e in recording.events]
    [('operator', 'multiply')]
    """

    def __init__(self, operators: bool = True, trace_folder: str | None = None) -> None:
        self.events: list[Event] = []
        self.operators = operators
        self.trace_folder = trace_folder
        self.running = False
        self._traces = False

    def start(self) -> None:
        """Record from here on; nothing changes if it does already."""
        with _lock:
            if self.running:
                return
            current_context().engine  # noqa: B018 - loads XLA where that computes
            if self.trace_folder is not None and _XLA in sys.modules:
                from ..engine.xla_profile import start_trace

                self._traces = start_trace(self.trace_folder)
            if self.operators and not any(r.operators for r in running):
                _install()
            self.running = True
            running.append(self)

    def stop(self) -> None:
        """Record no more; nothing changes if it does not."""
        with _lock:
            if not self.running:
                return
            self.running = False
            running.remove(self)
            if self.operators and not any(r.operators for r in running):
                _uninstall()
            if self._traces:
                from ..engine.xla_profile import stop_trace

                self._traces = False
                stop_trace()


def is_recording() -> bool:
    """Whether any recording runs."""
    return bool(running)


def mark(event: Event) -> None:
    """Add an event to all recordings that run."""
    for recording in tuple(running):
        recording.events.append(event)


def _operated(name: str, category: str, start: int, stop: int) -> None:
    event = Event(category, name, start, stop, threading.get_ident())
    for recording in tuple(running):
        if recording.operators:
            recording.events.append(event)


def time_too(owner: type, method: str, name: Callable[[Any], str]) -> None:
    """Have a method timed like an operator while a recording runs, named by its object; where it returns False it did
    nothing, and is not recorded."""
    _also.append((owner, method, name))


_watchers: list[Callable[[str, Sequence[Any], dict[str, Any], Any], None]] = []


@contextmanager
def watching(watch: Callable[[str, Sequence[Any], dict[str, Any], Any], None]) -> Iterator[None]:
    """Tell ``watch(name, arrays, attributes, result)`` of each operator that computes, in this thread."""
    recording, here = Recording(), threading.get_ident()

    def told(*call: Any) -> None:
        if threading.get_ident() == here:
            watch(*call)

    recording.start()
    _watchers.append(told)
    try:
        yield
    finally:
        _watchers.remove(told)
        recording.stop()


def _tell(name: str, args: tuple, attrs: dict[str, Any], found: Any) -> Any:
    """Tell the watchers; the result, its NumPy scalars made the arrays that the caller would make of them."""
    found = tuple(map(_arrayed, found)) if isinstance(found, (tuple, list)) else _arrayed(found)
    if args and isinstance(args[0], Operator):  # an engine's run(op, arrays, attributes)
        name, args, attrs = args[0].name, args[1], args[2]
    elif _on_numpy(args):
        args = args[1:]
    elif name in OPERATORS:  # a shortcut, which is given the arrays alone
        attrs = OPERATORS[name]._defaults
    for watch in tuple(_watchers):
        watch(name, args, attrs, found)
    return found


def _arrayed(found: Any) -> Any:
    return np.asarray(found) if isinstance(found, np.generic) else found


class _Inside(threading.local):
    busy = False


_inside = _Inside()


class _Timed:
    """A function that is timed, where it is not called by another that is; ``when(args)`` says which calls count."""

    __slots__ = ("fn", "name", "category", "when")

    def __init__(self, fn: Callable, name: Any, category: str = OPERATOR,
                 when: Callable[[tuple], bool] | None = None) -> None:
        self.fn, self.name, self.category, self.when = fn, name, category, when

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if _inside.busy or self.when is not None and not self.when(args):
            return self.fn(*args, **kwargs)
        _inside.busy = True
        start = time.perf_counter_ns()
        try:
            found = self.fn(*args, **kwargs)
            _wait(found)
        finally:
            stop = time.perf_counter_ns()
            _inside.busy = False
        if found is False:
            return found
        name = self.name if isinstance(self.name, str) else self.name(args)
        if _watchers and self.category == OPERATOR and name in OPERATORS:
            found = _tell(name, args, kwargs, found)
        _operated(name, self.category, start, stop)
        return found


def _wait(found: Any) -> None:
    if isinstance(found, (tuple, list)):
        for f in found:
            _wait(f)
    else:
        found = getattr(found, "_value", found)
        if hasattr(found, "block_until_ready"):
            found.block_until_ready()


def _on_numpy(args: tuple) -> bool:
    return bool(args) and args[0] is NUMPY.xp


# -- putting timed functions in, and taking them out -------------------------------------------------------------------


def _swap(owner: Any, attribute: str, timed: Any) -> None:
    own = attribute in vars(owner)
    before = getattr(owner, attribute)
    setattr(owner, attribute, timed)
    _undo.append(partial(setattr, owner, attribute, before) if own else partial(delattr, owner, attribute))


def _install() -> None:
    forget()
    for op in OPERATORS.values():
        back = f"_backward_{op.name}"
        _swap(op, "fn", _Timed(op.fn, op.name, when=_on_numpy))
        if op.fast_forward is not None:
            _swap(op, "fast_forward", _Timed(op.fast_forward, op.name))
        if op.fast_backward is not None:
            _swap(op, "fast_backward", _Timed(op.fast_backward, back))
        if op.rule is not None:
            direct = op.direct_rule is not None
            _swap(op, "rule", _Timed(op.rule, back, when=_on_numpy))
            if direct:
                _swap(op, "direct_rule", op.rule)
    differentiate = Operator._differentiate

    def differentiated(self: Operator, engine: Any, *args: Any) -> Any:
        if engine is not NUMPY:
            return differentiate(self, engine, *args)
        return _Timed(differentiate, f"_backward_{self.name}")(self, engine, *args)

    _swap(Operator, "_differentiate", differentiated)
    for op, method in _apply.shortcuts:
        _time_shortcut(op, method)
    _swap(_apply, "shortcuts", _Shortcuts(_apply.shortcuts))
    for owner, method, name in _also:
        _swap_method(owner, method, name, OPERATOR)
    _install_xla()


def _cell(method: Any) -> Any:
    """Where one of ``apply.shortcuts`` holds what it computes by."""
    return method.__closure__[method.__code__.co_freevars.index("fn")]


def _time_shortcut(op: Operator, method: Any) -> None:
    cell = _cell(method)
    fn = cell.cell_contents
    timed = isinstance(fn, _Timed) or isinstance(fn, partial) and isinstance(fn.func, _Timed)
    if not timed:
        cell.cell_contents = _Timed(fn, op.name)


class _Shortcuts(list):
    """``apply.shortcuts`` while operators are timed: those that are added are timed too."""

    def __init__(self, those: list) -> None:
        self.those = those

    def append(self, item: tuple[Operator, Any]) -> None:
        self.those.append(item)
        _time_shortcut(*item)


def _install_xla() -> None:
    module = sys.modules.get(_XLA)
    if module is None:
        return
    engine: Any = module.ENGINE

    def outside(args: tuple) -> bool:
        return not engine.tracing.depth

    _swap(engine, "run", _Timed(engine.run, lambda args: args[0].name, when=outside))
    _swap(engine, "pull", _Timed(engine.pull, lambda args: f"_backward_{args[0].name}", when=outside))
    _swap(Waiting, "allowed", False)
    _swap_method(Region, "__call__", lambda region: region.name, PROGRAM)
    _swap_method(Region, "pull", lambda region: f"_backward_{region.name}", PROGRAM)


def _swap_method(owner: type, attribute: str, name: Callable[[Any], str], category: str) -> None:
    """Time a method, but inside a trace."""
    before = getattr(owner, attribute)

    def run(self: Any, *args: Any, **kwargs: Any) -> Any:
        if state.frame is not None:
            return before(self, *args, **kwargs)
        return _Timed(before, name(self), category)(self, *args, **kwargs)

    _swap(owner, attribute, run)


def _uninstall() -> None:
    forget()
    while _undo:
        _undo.pop()()
    for name, value in list(vars(NUMPY.xp).items()):  # names that were resolved meanwhile hold on to timed functions
        if isinstance(value, partial) and isinstance(value.func, _Timed):
            del vars(NUMPY.xp)[name]
    for _, method in _apply.shortcuts:
        cell = _cell(method)
        fn = cell.cell_contents
        if isinstance(fn, _Timed):
            cell.cell_contents = fn.fn
        elif isinstance(fn, partial) and isinstance(fn.func, _Timed):
            cell.cell_contents = partial(fn.func.fn, *fn.args)
