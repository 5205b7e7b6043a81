"""What operators take from their surroundings, and give back to them.

An operator reads no mode flag and keeps no state. Three conventions let the doors and the graphs supply both:

- an attribute ``training`` that the face does not name is ``autograd.is_training()`` at the call;
- an input ``key`` that the face does not name is a fresh random key (``core.random.next_key()``);
- ``@op(..., aux=("moving_mean", "moving_var"))`` marks inputs that the operator renews: its last outputs, one per
  name and in that order, are their new values: the old ones, times ``momentum`` if it has that attribute, and
  something that does not depend on those. They are no public outputs; ``commit`` writes them back.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from . import tape
from .random import next_key
from .tape import state
from .tensor import Tensor


def wants(op: Any, named: Collection[str]) -> tuple[str, ...]:
    """Which of "training" and "key" the operator takes and its face, which names ``named``, does not give.

    >>> import luojia._src.ops  # registers the operators
    >>> from luojia._src.core.op import OPERATORS
    >>> wants(OPERATORS["exp"], {"x"})
    ()
    """
    found = []
    if "training" in op.attrs and "training" not in named:
        found.append("training")
    if "key" in op.inputs and "key" not in named:
        found.append("key")
    return tuple(found)


def draw_key(device: Any = None) -> Any:
    """The random key of one call on ``device``, the current one by default."""
    return next_key(device)


def visible(op: Any, attrs: dict[str, Any]) -> int:
    """The number of public outputs: all but the new values of the aux inputs."""
    return op.count_outputs(**attrs) - len(op.aux)


def commit(op: Any, inputs: Any, outs: tuple, attrs: dict[str, Any]) -> Any:
    """Take the new aux values off the outputs, and have them written when a backward passes the node.

    MXNet's BatchNorm renews its moving statistics in the backward pass, so a forward alone changes nothing. Where the
    call was not recorded nothing is written. Of several calls recorded before the backward pass each renews what the
    one before it left, the last call first.
    """
    count = len(op.aux)
    new, rest = outs[-count:], outs[:-count]
    node = rest[0]._node
    if node is not None and state.training and not attrs.get("use_global_stats"):
        owner = node.parents[0] if node.op is tape.SELECT else node
        holders = [inputs[op.inputs.index(name)] for name in op.aux]
        before = [holder._value if isinstance(holder, Tensor) else None for holder in holders]
        values = [t._value for t in new]
        momentum = attrs.get("momentum", op.attrs.get("momentum", 1.0))

        def effect() -> None:
            for holder, old, value in zip(holders, before, values):
                if isinstance(holder, Tensor):
                    if holder._value is not old:
                        value = value + momentum * (holder._value - old)
                    if state.frame is not None:
                        state.frame.renew(holder, momentum)
                    holder._rebind(value)

        owner.effect = effect
    return rest[0] if len(rest) == 1 else rest
