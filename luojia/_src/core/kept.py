"""A network's last run, kept for the gradient that is asked of it next.

A network marked by ``set_grad`` records what it computes, as MindSpore's do: ``GradOperation()(net)(x)`` after
``net(x)`` begins where that call ended. So a training step that calls both runs the network once, moves the statistics
of normalizations once, and differentiates the loss that it returns, dropout included.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .tape import now_recording, state
from .tensor import Tensor
from .transforms import Recorded, unlinked


class Kept:
    """One recorded call and what it was given."""

    __slots__ = ("module", "given", "run")

    def __init__(self, module: Any, args: tuple, run: Recorded) -> None:
        self.module, self.run = module, run
        self.given = [(a, a._value) if isinstance(a, Tensor) else (a, None) for a in args]

    def __deepcopy__(self, memo: dict) -> None:
        return None

    def __reduce__(self) -> Any:
        return type(None), ()

    def answers(self, args: tuple) -> bool:
        """Whether a call with ``args`` is the one that was recorded."""
        return len(args) == len(self.given) and all(map(_same, args, self.given))


def _same(a: Any, kept: tuple) -> bool:
    b, value = kept
    if isinstance(a, Tensor):  # another Tensor of the array counts: graphs have arguments of their own
        return isinstance(b, Tensor) and a._value is value and not a._hooked
    return a is b and not isinstance(a, (tuple, list, dict))


def keeping(module: Any, forward: Callable, args: tuple) -> Any:
    """``forward(*args)``, recorded; the outputs are off the tape."""
    place = module.__dict__ if state.frame is None else state.frame.__dict__
    place["_luojia_kept"] = None  # two tapes at a time are one too many
    run = Recorded(forward, args)
    place["_luojia_kept"] = Kept(module, args, run)
    return unlinked(run.out)


def kept(fn: Any, args: tuple, kwargs: dict) -> Recorded | None:
    """The run of ``fn`` on ``args`` that was kept, once."""
    if kwargs or now_recording():
        return None
    place = getattr(fn if state.frame is None else state.frame, "__dict__", {})
    found = place.get("_luojia_kept")
    if found is None or found.module is not fn or not found.answers(args):
        return None
    place["_luojia_kept"] = None
    return found.run
